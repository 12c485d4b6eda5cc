/* Diagnostics for programs: our own JSON, written as text in one pass with one diagnostic per line, so that reports of two runs compare line by
 * line. */
#include "source/render.h"

#include <inttypes.h>

static void add_region(struct strbuf *out, const struct region *region)
{
    strbuf_addstr(out, "\"file\":");
    strbuf_add_json(out, region->file->name);
    strbuf_addf(out, ",\"line\":%u,\"column\":%u,\"end_line\":%u,\"end_column\":%u", region->line, region->column, region->end_line,
                region->end_column);
}

static void add_diag(const struct diag_sink *sink, const struct diag *diag, struct region_cursor *cursor, struct strbuf *out)
{
    struct region region = region_of(sink, diag->primary.span, cursor);

    strbuf_addstr(out, "{\"code\":");
    strbuf_add_json(out, diag_info(diag->code)->code);
    strbuf_addstr(out, ",\"name\":");
    strbuf_add_json(out, diag_name(diag));
    strbuf_addf(out, ",\"severity\":\"%s\",\"message\":", severity_name(diag->severity));
    strbuf_add_json(out, diag->message);
    if (diag->subject) {
        strbuf_addstr(out, ",\"subject\":");
        strbuf_add_json(out, diag->subject);
    }
    if (region.file) {
        strbuf_addch(out, ',');
        add_region(out, &region);
        if (diag->primary.text[0]) {
            strbuf_addstr(out, ",\"text\":");
            strbuf_add_json(out, diag->primary.text);
        }
    }
    strbuf_addstr(out, ",\"labels\":[");
    for (uint32_t i = 0, written = 0; i < diag->labels.len; i++) {
        struct region_cursor own = {0};

        region = region_of(sink, diag->labels.items[i].span, &own);
        if (!region.file)
            continue;
        strbuf_addstr(out, written++ ? ",{" : "{");
        add_region(out, &region);
        strbuf_addstr(out, ",\"text\":");
        strbuf_add_json(out, diag->labels.items[i].text);
        strbuf_addch(out, '}');
    }
    strbuf_addstr(out, "],\"notes\":[");
    for (uint32_t i = 0; i < diag->notes.len; i++) {
        if (i)
            strbuf_addch(out, ',');
        strbuf_add_json(out, diag->notes.items[i].text);
    }
    strbuf_addstr(out, "],\"helps\":[");
    for (uint32_t i = 0; i < diag->helps.len; i++) {
        const struct diag_help *help = &diag->helps.items[i];
        struct region_cursor own = {0};

        strbuf_addstr(out, i ? ",{\"text\":" : "{\"text\":");
        strbuf_add_json(out, help->text);
        if (help->sense != OFFER_CHANGES)
            strbuf_addf(out, ",\"states\":\"%s\"", help->sense == OFFER_ASSERTS ? "asserts" : "weakens");
        region = region_of(sink, help->fix, &own);
        if (help->replacement && region.file) {
            strbuf_addstr(out, ",\"fix\":{");
            add_region(out, &region);
            strbuf_addstr(out, ",\"replacement\":");
            strbuf_add_json(out, help->replacement);
            strbuf_addf(out, ",\"start\":%u,\"end\":%u}", help->fix.start - region.file->base, help->fix.end - region.file->base);
        }
        if (help->result.measure) {
            strbuf_addf(out, ",\"result\":{\"measure\":\"%s\",\"subject\":", help->result.measure);
            strbuf_add_json(out, help->result.subject ? help->result.subject : "");
            if (help->result.ms >= 0)
                strbuf_addf(out, ",\"ms\":%" PRId64 "}", help->result.ms);
            else
                strbuf_addstr(out, ",\"ms\":null}");
        }
        strbuf_addch(out, '}');
    }
    strbuf_addstr(out, "]}");
}

void render_json(const struct diag_sink *sink, const struct diag_style *style, struct strbuf *out)
{
    struct region_cursor cursor = {0};

    strbuf_addstr(out, "{\"schema\":\"drc.diagnostics/1\",\"version\":");
    strbuf_add_json(out, style->tool_version ? style->tool_version : "");
    strbuf_addf(out, ",\"errors\":%u,\"warnings\":%u,\"diagnostics\":[", sink->errors, sink->warnings);
    for (uint32_t i = 0; i < sink->diags.len; i++) {
        strbuf_addstr(out, i ? ",\n" : "\n");
        add_diag(sink, sink->diags.items[i], &cursor, out);
    }
    strbuf_addstr(out, sink->diags.len ? "\n]" : "]");
    strbuf_addstr(out, style->members ? style->members : "");
    strbuf_addstr(out, "}\n");
}
