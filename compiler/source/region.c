/* What the formats of diagnostics share: words, identifiers, and where in a file something is. */
#include "source/render.h"

#include "base/utf8.h"

const char *severity_name(enum severity severity)
{
    static const char *const names[] = {"advice", "note", "warning", "error"};

    return names[severity];
}

const char *help_label(const struct diag_help *help)
{
    return help->sense == OFFER_ASSERTS ? "help (asserts)" : help->sense == OFFER_WEAKENS ? "help (weakens)" : "help";
}

const char *diag_id(const struct diag *diag)
{
    return diag->rule ? diag->rule : diag_info(diag->code)->code;
}

const char *diag_name(const struct diag *diag)
{
    return diag->rule ? diag->rule : diag_info(diag->code)->name;
}

/* Where an offset is, from the last place on when that is on the same line: then it stands in the cursor. */
static void locate(const struct diag_sink *sink, uint32_t offset, struct region_cursor *cursor)
{
    const struct source_file *file = sources_file_at(sink->sources, offset);
    uint32_t at = offset - file->base;
    struct place place = sources_place(sink->sources, offset);

    if (cursor->file != file || cursor->line != place.line || cursor->offset > at)
        *cursor = (struct region_cursor){file, place.line, file->lines[place.line - 1], 1, 1};
    while (cursor->offset < at) {
        uint32_t character;
        size_t size = utf8_decode(file->text + cursor->offset, file->len - cursor->offset, &character);

        if (cursor->offset + size > at)
            break;
        cursor->offset += (uint32_t)size;
        cursor->column++;
        cursor->unit += character > 0xFFFF ? 2 : 1;
    }
}

struct region region_of(const struct diag_sink *sink, struct span span, struct region_cursor *cursor)
{
    struct region region = {sources_file_at(sink->sources, span.start), 0, 0, 0, 0, 0, 0};

    if (!region.file)
        return region;
    if (span.end < span.start || span.end > region.file->base + region.file->len)
        span.end = span.start;
    locate(sink, span.start, cursor);
    region.line = cursor->line;
    region.column = cursor->column;
    region.unit = cursor->unit;
    locate(sink, span.end, cursor);
    region.end_line = cursor->line;
    region.end_column = cursor->column;
    region.end_unit = cursor->unit;
    return region;
}
