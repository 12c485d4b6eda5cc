/* What the formats of diagnostics share. */
#include "source/render.h"

#include "base/utf8.h"

void diag_render(const struct diag_sink *sink, const struct diag_style *style, struct strbuf *out)
{
    switch (style->format) {
    case DIAG_TEXT: render_text(sink, style, out); break;
    case DIAG_JSON: render_json(sink, style, out); break;
    case DIAG_SARIF: render_sarif(sink, style, out); break;
    case DIAG_GITHUB: render_github(sink, out); break;
    case DIAG_JUNIT: render_junit(sink, out); break;
    case DIAG_MARKDOWN: break;
    }
}

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

static void locate(const struct diag_sink *sink, uint32_t offset, struct region_cursor *cursor, uint32_t *line, uint32_t *column)
{
    const struct source_file *file = sources_file_at(sink->sources, offset);
    uint32_t at = offset - file->base, from;
    struct place place = sources_place(sink->sources, offset);

    from = file->lines[place.line - 1];
    *column = 1;
    if (cursor->file == file && cursor->line == place.line && cursor->offset <= at) {
        from = cursor->offset;
        *column = cursor->column;
    }
    while (from < at) {
        uint32_t character;
        size_t size = utf8_decode(file->text + from, file->len - from, &character);

        if (from + size > at)
            break;
        from += (uint32_t)size;
        ++*column;
    }
    *line = place.line;
    cursor->file = file;
    cursor->line = place.line;
    cursor->offset = from;
    cursor->column = *column;
}

struct region region_of(const struct diag_sink *sink, struct span span, struct region_cursor *cursor)
{
    struct region region = {sources_file_at(sink->sources, span.start), 0, 0, 0, 0};

    if (!region.file)
        return region;
    if (span.end < span.start || span.end > region.file->base + region.file->len)
        span.end = span.start;
    locate(sink, span.start, cursor, &region.line, &region.column);
    locate(sink, span.end, cursor, &region.end_line, &region.end_column);
    return region;
}
