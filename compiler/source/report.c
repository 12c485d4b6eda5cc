/* Diagnostics of a compilation as a report. */
#include "source/report.h"

#include "source/render.h"

#include <string.h>

/* As somebody who reads the repository knows it: `./` and the path of the working folder say nothing there. */
static const char *shown(const struct diag_style *style, const char *file)
{
    size_t len = style->root ? strlen(style->root) : 0;

    if (len && strncmp(file, style->root, len) == 0 && file[len])
        return file + len;
    while (file[0] == '.' && file[1] == '/' && file[2])
        file += 2;
    return file;
}

static struct report_place place_of(const struct diag_sink *sink, const struct diag_style *style, struct span span, struct region_cursor *cursor)
{
    struct region region = region_of(sink, span, cursor);

    if (!region.file)
        return (struct report_place){.file = NULL};
    return (struct report_place){.file = shown(style, region.file->name),
                                 .is_input = !region.file->is_std && !region.file->is_made,
                                 .line = region.line,
                                 .end_line = region.end_line,
                                 .column = region.column,
                                 .end_column = region.end_column,
                                 .unit = region.unit,
                                 .end_unit = region.end_unit};
}

static const struct report_rule *rule_of(const struct diag_sink *sink, const struct diag_style *style, const struct diag *diag)
{
    struct report_rule *rule = ARENA_NEW(sink->arena, struct report_rule);
    const struct diag_info *info = diag_info(diag->code);

    *rule = (struct report_rule){diag_id(diag), diag_name(diag), diag_name(diag), "", diag->severity};
    if (!diag->rule) {
        rule->title = info->title[0] ? info->title : rule->name;
        rule->help = info->explanation;
        rule->severity = info->severity;
    } else if (style->rule_text) {
        struct diag_rule_text text = {NULL, NULL};

        style->rule_text(style->context, diag->rule, &text);
        rule->title = text.title && text.title[0] ? text.title : rule->name;
        rule->help = text.help ? text.help : "";
    }
    if (!rule->help[0])
        rule->help = arena_printf(sink->arena, "drc explain %s", rule->id);
    return rule;
}

static void add_finding(const struct diag_sink *sink, const struct diag_style *style, const struct diag *diag, struct region_cursor *cursor,
                        struct report *report)
{
    struct report_finding finding = {.rule = rule_of(sink, style, diag),
                                     .severity = diag->severity,
                                     .message = diag->message,
                                     .subject = diag->subject,
                                     .decides = diag->verdict == DIAG_NO_VERDICT ? NULL : diag->subject,
                                     .place = place_of(sink, style, diag->primary.span, cursor)};
    struct strbuf more = STRBUF_INIT;

    for (uint32_t i = 0; i < diag->notes.len; i++)
        strbuf_addf(&more, "\nnote: %s", diag->notes.items[i].text);
    for (uint32_t i = 0; i < diag->labels.len; i++) {
        struct region_cursor own = {0};
        struct report_label label = {place_of(sink, style, diag->labels.items[i].span, &own), diag->labels.items[i].text};

        if (label.place.file)
            vec_push(sink->arena, &finding.labels, label);
    }
    for (uint32_t i = 0; i < diag->helps.len; i++) {
        const struct diag_help *help = &diag->helps.items[i];
        struct region_cursor own = {0};
        bool changes = help->sense == OFFER_CHANGES;
        struct report_fix fix = {changes ? help->text : arena_printf(sink->arena, "%s: %s", help_label(help), help->text),
                                 place_of(sink, style, help->fix, &own), help->replacement};

        strbuf_addf(&more, "\n%s: %s", help_label(help), help->text);
        if (fix.replacement && fix.place.file && fix.place.is_input)
            vec_push(sink->arena, &finding.fixes, fix);
    }
    finding.more = strbuf_dup(&more, sink->arena);
    strbuf_release(&more);
    vec_push(sink->arena, &report->findings, finding);
}

static struct report report_of(const struct diag_sink *sink, const struct diag_style *style)
{
    struct report report = {.version = style->tool_version ? style->tool_version : "", .input = style->input ? shown(style, style->input) : ""};
    struct region_cursor cursor = {0};

    for (uint32_t i = 0; i < sink->diags.len; i++)
        add_finding(sink, style, sink->diags.items[i], &cursor, &report);
    for (uint32_t i = 0; i < style->other_count; i++) {
        struct report_finding other = style->others[i];

        other.place.file = other.place.file ? shown(style, other.place.file) : NULL;
        vec_push(sink->arena, &report.findings, other);
    }
    for (uint32_t i = 0; i < style->case_count; i++)
        vec_push(sink->arena, &report.cases, style->cases[i]);
    return report;
}

void report_render(const struct report *report, enum diag_format format, struct arena *arena, struct strbuf *out)
{
    switch (format) {
    case DIAG_SARIF: report_sarif(report, arena, out); break;
    case DIAG_GITHUB: report_github(report, out); break;
    case DIAG_GITLAB: report_gitlab(report, arena, out); break;
    default: report_junit(report, arena, out); break;
    }
}

void render_report(const struct diag_sink *sink, const struct diag_style *style, struct strbuf *out)
{
    struct report report = report_of(sink, style);

    report_render(&report, style->format, sink->arena, out);
}
