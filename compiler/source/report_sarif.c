/* SARIF 2.1.0 (OASIS, errata 01), written as text in one pass with one result per line, so that reports of two runs compare line by line.
 *
 * Files are relative to the folder `drc` was called in, which is %SRCROOT% and has no address here: a report names no place of the machine it was
 * made on. Columns count units of UTF-16, as editors do whether or not they read `columnKind`. */
#include "source/report.h"

#include "base/escape.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int compare_rules(const void *a, const void *b)
{
    return strcmp((*(const struct report_rule *const *)a)->id, (*(const struct report_rule *const *)b)->id);
}

/* Those that occur, by their identifiers, each once. */
static uint32_t collect_rules(const struct report *report, const struct report_rule **rules)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < report->findings.len; i++)
        rules[i] = report->findings.items[i].rule;
    if (report->findings.len)
        qsort(rules, report->findings.len, sizeof *rules, compare_rules);
    for (uint32_t i = 0; i < report->findings.len; i++) {
        if (!count || strcmp(rules[count - 1]->id, rules[i]->id) != 0)
            rules[count++] = rules[i];
    }
    return count;
}

static uint32_t rule_index(const struct report_rule **rules, uint32_t count, const struct report_rule *rule)
{
    const struct report_rule **found = bsearch(&rule, rules, count, sizeof *rules, compare_rules);

    return (uint32_t)(found - rules);
}

static const char *level_of(enum severity severity)
{
    return severity == SEVERITY_ADVICE ? "note" : severity_name(severity);
}

static void add_text(struct strbuf *out, const char *key, const char *text)
{
    strbuf_addf(out, "\"%s\":{\"text\":", key);
    strbuf_add_json(out, text);
    strbuf_addch(out, '}');
}

static void add_artifact(struct strbuf *out, const struct report_place *place)
{
    strbuf_addstr(out, "\"artifactLocation\":{\"uri\":\"");
    escape_uri(out, place->file);
    strbuf_addstr(out, place->is_input && place->file[0] != '/' ? "\",\"uriBaseId\":\"%SRCROOT%\"}" : "\"}");
}

static void add_region(struct strbuf *out, const char *key, const struct report_place *place)
{
    strbuf_addf(out, "\"%s\":{\"startLine\":%" PRIu32, key, place->line);
    if (place->column)
        strbuf_addf(out, ",\"startColumn\":%" PRIu32 ",\"endLine\":%" PRIu32 ",\"endColumn\":%" PRIu32, place->unit, place->end_line,
                    place->end_unit);
    strbuf_addch(out, '}');
}

static void add_physical(struct strbuf *out, const struct report_place *place)
{
    strbuf_addstr(out, "\"physicalLocation\":{");
    add_artifact(out, place);
    if (place->line) {
        strbuf_addch(out, ',');
        add_region(out, "region", place);
    }
    strbuf_addch(out, '}');
}

static void add_labels(struct strbuf *out, const struct report_finding *finding)
{
    for (uint32_t i = 0; i < finding->labels.len; i++) {
        const struct report_label *label = &finding->labels.items[i];

        strbuf_addf(out, "%s{\"id\":%" PRIu32 ",", i ? "," : ",\"relatedLocations\":[", i + 1);
        add_physical(out, &label->place);
        strbuf_addch(out, ',');
        add_text(out, "message", label->text);
        strbuf_addch(out, '}');
    }
    if (finding->labels.len)
        strbuf_addch(out, ']');
}

static void add_fixes(struct strbuf *out, const struct report_finding *finding)
{
    for (uint32_t i = 0; i < finding->fixes.len; i++) {
        const struct report_fix *fix = &finding->fixes.items[i];

        strbuf_addstr(out, i ? ",{" : ",\"fixes\":[{");
        add_text(out, "description", fix->text);
        strbuf_addstr(out, ",\"artifactChanges\":[{");
        add_artifact(out, &fix->place);
        strbuf_addstr(out, ",\"replacements\":[{");
        add_region(out, "deletedRegion", &fix->place);
        strbuf_addch(out, ',');
        add_text(out, "insertedContent", fix->replacement);
        strbuf_addstr(out, "}]}]}");
    }
    if (finding->fixes.len)
        strbuf_addch(out, ']');
}

static void add_result(struct strbuf *out, const struct report *report, const struct report_finding *finding, uint32_t rule, const char *print)
{
    struct strbuf message = STRBUF_INIT;
    struct report_place place = finding->place;

    if (!place.file)
        place = (struct report_place){.file = report->input, .is_input = true}; /* viewers drop what is nowhere */
    strbuf_addf(&message, "%s%s", finding->message, finding->more);
    strbuf_addstr(out, "{\"ruleId\":");
    strbuf_add_json(out, finding->rule->id);
    strbuf_addf(out, ",\"ruleIndex\":%" PRIu32 ",\"level\":\"%s\",", rule, level_of(finding->severity));
    add_text(out, "message", strbuf_str(&message));
    strbuf_release(&message);
    if (place.file[0]) {
        strbuf_addstr(out, ",\"locations\":[{");
        add_physical(out, &place);
        strbuf_addstr(out, "}]");
    }
    add_labels(out, finding);
    strbuf_addf(out, ",\"partialFingerprints\":{\"drc/v1\":\"%s\"}", print);
    if (finding->severity == SEVERITY_ADVICE)
        strbuf_addstr(out, ",\"properties\":{\"tags\":[\"advice\"]}");
    add_fixes(out, finding);
    strbuf_addch(out, '}');
}

static void add_rule(struct strbuf *out, const struct report_rule *rule)
{
    strbuf_addstr(out, "{\"id\":");
    strbuf_add_json(out, rule->id);
    strbuf_addstr(out, ",\"name\":");
    strbuf_add_json(out, rule->name);
    strbuf_addch(out, ',');
    add_text(out, "shortDescription", rule->title);
    strbuf_addch(out, ',');
    add_text(out, "help", rule->help);
    strbuf_addf(out, ",\"defaultConfiguration\":{\"level\":\"%s\"}}", level_of(rule->severity));
}

void report_sarif(const struct report *report, struct arena *arena, struct strbuf *out)
{
    const struct report_rule **rules = ARENA_ARRAY(arena, const struct report_rule *, report->findings.len + 1);
    uint32_t count = collect_rules(report, rules);
    const char **prints = report_fingerprints(report, arena);

    strbuf_addstr(out, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{"
                       "\"tool\":{\"driver\":{\"name\":\"drc\"");
    if (report->version[0]) {
        strbuf_addstr(out, ",\"version\":");
        strbuf_add_json(out, report->version);
    }
    strbuf_addstr(out, ",\"rules\":[");
    for (uint32_t i = 0; i < count; i++) {
        strbuf_addstr(out, i ? ",\n" : "\n");
        add_rule(out, rules[i]);
    }
    strbuf_addstr(out, count ? "\n]}}," : "]}},");
    strbuf_addstr(out, "\"originalUriBaseIds\":{\"%SRCROOT%\":{\"description\":{\"text\":\"The folder drc was called in.\"}}},"
                       "\"columnKind\":\"utf16CodeUnits\",\"results\":[");
    for (uint32_t i = 0; i < report->findings.len; i++) {
        const struct report_finding *finding = &report->findings.items[i];

        strbuf_addstr(out, i ? ",\n" : "\n");
        add_result(out, report, finding, rule_index(rules, count, finding->rule), prints[i]);
    }
    strbuf_addstr(out, report->findings.len ? "\n]}]}\n" : "]}]}\n");
}
