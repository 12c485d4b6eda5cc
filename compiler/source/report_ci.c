/* Reports for build servers: GitHub's workflow commands, GitLab's code quality, and JUnit's XML (the dialect of Jenkins' junit-10.xsd). */
#include "source/report.h"

#include "base/escape.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- GitHub */

static void add_command(const struct report_finding *finding, struct strbuf *out)
{
    const struct report_place *place = &finding->place;
    const struct report_rule *rule = finding->rule;

    strbuf_addf(out, "::%s ", finding->severity <= SEVERITY_NOTE ? "notice" : severity_name(finding->severity));
    if (place->file) {
        strbuf_addstr(out, "file=");
        escape_command(out, place->file, true);
        if (place->line)
            strbuf_addf(out, ",line=%" PRIu32 ",endLine=%" PRIu32, place->line, place->end_line);
        /* GitHub refuses columns of a range over several lines. */
        if (place->column && place->line == place->end_line)
            strbuf_addf(out, ",col=%" PRIu32 ",endColumn=%" PRIu32, place->column, place->end_column);
        strbuf_addch(out, ',');
    }
    strbuf_addstr(out, "title=");
    escape_command(out, rule->id, true);
    if (strcmp(rule->id, rule->name) != 0) {
        strbuf_addch(out, ' ');
        escape_command(out, rule->name, true);
    }
    strbuf_addstr(out, "::");
    escape_command(out, finding->message, false);
    escape_command(out, finding->more, false);
    strbuf_addch(out, '\n');
}

/* All of them: GitHub shows ten of a kind beside the code, and the whole in the log. So the worst of each kind come first. */
void report_github(const struct report *report, struct strbuf *out)
{
    for (uint32_t i = 0; i < report->findings.len; i++)
        add_command(&report->findings.items[i], out);
}

/* ---- GitLab */

static const char *gitlab_severity(enum severity severity)
{
    return severity == SEVERITY_ERROR ? "critical" : severity == SEVERITY_WARNING ? "major" : severity == SEVERITY_NOTE ? "minor" : "info";
}

void report_gitlab(const struct report *report, struct arena *arena, struct strbuf *out)
{
    const char **prints = report_fingerprints(report, arena);

    strbuf_addch(out, '[');
    for (uint32_t i = 0; i < report->findings.len; i++) {
        const struct report_finding *finding = &report->findings.items[i];
        struct strbuf text = STRBUF_INIT;

        strbuf_addf(&text, "%s%s", finding->message, finding->more);
        strbuf_addstr(out, i ? ",\n{\"type\":\"issue\",\"check_name\":" : "\n{\"type\":\"issue\",\"check_name\":");
        strbuf_add_json(out, finding->rule->id);
        strbuf_addstr(out, ",\"description\":");
        strbuf_add_json(out, strbuf_str(&text));
        strbuf_addf(out, ",\"categories\":[\"Bug Risk\"],\"severity\":\"%s\",\"fingerprint\":\"%s\",\"location\":{\"path\":",
                    gitlab_severity(finding->severity), prints[i]);
        strbuf_add_json(out, finding->place.file ? finding->place.file : report->input);
        strbuf_addf(out, ",\"lines\":{\"begin\":%" PRIu32, finding->place.line ? finding->place.line : 1);
        if (finding->place.line)
            strbuf_addf(out, ",\"end\":%" PRIu32, finding->place.end_line);
        strbuf_addstr(out, "}}}");
        strbuf_release(&text);
    }
    strbuf_addstr(out, report->findings.len ? "\n]\n" : "]\n");
}

/* ---- JUnit: each objective is a case of the suite of its scenario; what is found besides is one of the suite `specification` */

struct junit {
    const struct report *report;
    uint32_t count; /* of findings that decide */
    bool *told;     /* findings that a case has told */
    struct strbuf *out;
};

static int compare_subjects(const void *a, const void *b)
{
    const struct report_finding *x = *(const struct report_finding *const *)a, *y = *(const struct report_finding *const *)b;
    int order = strcmp(x->decides, y->decides);

    return order ? order : x < y ? -1 : x > y;
}

static void add_where(struct strbuf *out, const struct report_place *place)
{
    strbuf_addstr(out, place->file);
    if (place->line)
        strbuf_addf(out, ":%" PRIu32, place->line);
    if (place->line && place->column)
        strbuf_addf(out, ":%" PRIu32, place->column);
}

static void add_finding(struct strbuf *out, const struct report_finding *finding)
{
    struct strbuf text = STRBUF_INIT;

    strbuf_addf(&text, "%s[%s]: %s", severity_name(finding->severity), finding->rule->id, finding->message);
    if (finding->place.file) {
        strbuf_addstr(&text, "\n  --> ");
        add_where(&text, &finding->place);
    }
    strbuf_addstr(&text, finding->more);
    escape_xml(out, strbuf_str(&text));
    strbuf_release(&text);
}

static void begin_case(struct strbuf *out, const char *suite, const char *name)
{
    strbuf_addstr(out, "    <testcase classname=\"");
    escape_xml(out, suite);
    strbuf_addstr(out, "\" name=\"");
    escape_xml(out, name);
    strbuf_addstr(out, "\">\n");
}

/* What decides about a subject, in the order of the report: the first of `by_subject`, and one past the last. */
static uint32_t range_of(const struct junit *j, const struct report_finding **sorted, const char *subject, uint32_t *end)
{
    uint32_t low = 0, high = j->count, first;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (strcmp(sorted[middle]->decides, subject) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (first = low; low < j->count && strcmp(sorted[low]->decides, subject) == 0;)
        low++;
    *end = low;
    return first;
}

static void add_objective(struct junit *j, const struct report_finding **sorted, const struct report_case *c)
{
    static const char *const elements[] = {[REPORT_REFUTED] = "failure", [REPORT_UNKNOWN] = "error", [REPORT_SKIPPED] = "skipped"};
    uint32_t end, first = range_of(j, sorted, c->subject, &end);

    begin_case(j->out, c->suite, c->name);
    if (c->state != REPORT_HOLDS) {
        bool skipped = c->state == REPORT_SKIPPED;

        strbuf_addf(j->out, "      <%s message=\"", elements[c->state]);
        escape_xml(j->out, c->message);
        strbuf_addstr(j->out, skipped ? "\"/>\n" : c->state == REPORT_REFUTED ? "\" type=\"refuted\">" : "\" type=\"unknown\">");
        if (skipped && first < end)
            strbuf_addstr(j->out, "      <system-out>");
        for (uint32_t i = first; i < end; i++) {
            if (i > first)
                escape_xml(j->out, "\n\n");
            add_finding(j->out, sorted[i]);
            j->told[sorted[i] - j->report->findings.items] = true;
        }
        if (skipped && first < end)
            strbuf_addstr(j->out, "</system-out>\n");
        else if (!skipped)
            strbuf_addf(j->out, "</%s>\n", elements[c->state]);
    }
    strbuf_addstr(j->out, "    </testcase>\n");
}

static void begin_suite(struct strbuf *out, const char *name, uint32_t tests, uint32_t failures, uint32_t errors, uint32_t skipped)
{
    strbuf_addstr(out, "  <testsuite name=\"");
    escape_xml(out, name);
    strbuf_addf(out, "\" tests=\"%" PRIu32 "\" failures=\"%" PRIu32 "\" errors=\"%" PRIu32 "\" skipped=\"%" PRIu32 "\">\n", tests, failures, errors,
                skipped);
}

static void add_scenarios(struct junit *j, const struct report_finding **sorted)
{
    const struct report *report = j->report;

    for (uint32_t i = 0, end; i < report->cases.len; i = end) {
        uint32_t states[REPORT_SKIPPED + 1] = {0};

        for (end = i; end < report->cases.len && strcmp(report->cases.items[end].suite, report->cases.items[i].suite) == 0; end++)
            states[report->cases.items[end].state]++;
        begin_suite(j->out, report->cases.items[i].suite, end - i, states[REPORT_REFUTED], states[REPORT_UNKNOWN], states[REPORT_SKIPPED]);
        for (uint32_t c = i; c < end; c++)
            add_objective(j, sorted, &report->cases.items[c]);
        strbuf_addstr(j->out, "  </testsuite>\n");
    }
}

/* A warning does not fail the build, so its case passes and says why it is there. */
static void add_other(struct strbuf *out, const struct report_finding *finding)
{
    struct strbuf name = STRBUF_INIT;

    strbuf_addstr(&name, finding->rule->id);
    if (finding->place.file) {
        strbuf_addch(&name, ' ');
        add_where(&name, &finding->place);
    }
    begin_case(out, finding->place.file ? finding->place.file : "drc", strbuf_str(&name));
    if (finding->severity == SEVERITY_ERROR) {
        strbuf_addstr(out, "      <failure type=\"");
        escape_xml(out, finding->rule->name);
        strbuf_addstr(out, "\" message=\"");
        escape_xml(out, finding->message);
        strbuf_addstr(out, "\">");
        add_finding(out, finding);
        strbuf_addstr(out, "</failure>\n");
    } else {
        strbuf_addstr(out, "      <system-out>");
        add_finding(out, finding);
        strbuf_addstr(out, "</system-out>\n");
    }
    strbuf_addstr(out, "    </testcase>\n");
    strbuf_release(&name);
}

void report_junit(const struct report *report, struct arena *arena, struct strbuf *out)
{
    const struct report_finding **sorted = ARENA_ARRAY(arena, const struct report_finding *, report->findings.len + 1);
    struct junit j = {.report = report, .told = ARENA_ARRAY(arena, bool, report->findings.len + 1), .out = out};
    uint32_t rest = 0, failures = 0;

    for (uint32_t i = 0; i < report->findings.len; i++) {
        j.told[i] = false;
        if (report->findings.items[i].decides)
            sorted[j.count++] = &report->findings.items[i];
    }
    if (j.count)
        qsort(sorted, j.count, sizeof *sorted, compare_subjects);
    strbuf_addstr(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    add_scenarios(&j, sorted);
    for (uint32_t i = 0; i < report->findings.len; i++) {
        rest += !j.told[i];
        failures += !j.told[i] && report->findings.items[i].severity == SEVERITY_ERROR;
    }
    /* A report without any case would be taken for one of a run that never was. */
    begin_suite(out, "specification", rest ? rest : 1, failures, 0, 0);
    for (uint32_t i = 0; i < report->findings.len; i++) {
        if (!j.told[i])
            add_other(out, &report->findings.items[i]);
    }
    if (!rest)
        strbuf_addstr(out, "    <testcase classname=\"drc\" name=\"specification\"/>\n");
    strbuf_addstr(out, "  </testsuite>\n</testsuites>\n");
}
