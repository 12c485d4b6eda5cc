/* `drc verify FILE|-|DIR`: the certificate of a plan.json, checked (docs/certificate.md); of a folder that a build has written, also whether each
 * artifact still says what the plan says. */
#include "driver/artifacts.h"

#include "emit/json.h"
#include "verify/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void print_problems(const struct options *options, const struct verify_report *report)
{
    uint32_t shown = report->problem_count;

    if (options->max_errors && shown > options->max_errors)
        shown = options->max_errors;
    for (uint32_t i = 0; i < shown; i++) {
        const struct verify_problem *problem = &report->problems[i];

        complain("%s%s%s\n", problem->at, problem->at[0] ? ": " : "", problem->message);
    }
    if (report->problems_found > shown)
        complain("and %" PRIu64 " more\n", report->problems_found - shown);
}

static void count(struct strbuf *line, uint64_t number, const char *one, const char *many)
{
    strbuf_addf(line, "%" PRIu64 " %s", number, number == 1 ? one : many);
}

static void print_summary_lines(const struct verify_report *report)
{
    struct strbuf line = STRBUF_INIT;

    strbuf_addstr(&line, report->problems_found ? "refused, with " : "accepted: ");
    if (report->problems_found) {
        count(&line, report->problems_found, "problem", "problems");
        strbuf_addstr(&line, ": ");
    }
    count(&line, report->verdicts, "verdict", "verdicts");
    strbuf_addstr(&line, ", ");
    count(&line, report->derivations, "derivation", "derivations");
    strbuf_addstr(&line, ", ");
    count(&line, report->witnesses, "witness", "witnesses");
    strbuf_addstr(&line, ", ");
    count(&line, report->steps, "step", "steps");
    strbuf_addstr(&line, " and ");
    count(&line, report->entries, "entry", "entries");
    strbuf_addstr(&line, " of the ledger were checked");
    if (report->gaps) {
        strbuf_addstr(&line, "; ");
        count(&line, report->gaps, "loss has", "losses have");
        strbuf_addstr(&line, " a story that stays inside of the bound, by up to ");
        print_duration(&line, report->largest_gap);
        strbuf_addf(&line, " (%s)", report->largest_gap_at);
    }
    if (report->in_words) {
        strbuf_addstr(&line, "; ");
        count(&line, report->in_words, "refutation is", "refutations are");
        strbuf_addstr(&line, " in words alone");
    }
    if (report->untold) {
        strbuf_addstr(&line, "; ");
        count(&line, report->untold, "loss has", "losses have");
        strbuf_addstr(&line, " no story");
    }
    end_line(&line);
    strbuf_addstr(&line, "not checked: ");
    for (const char *const *what = verify_not_checked; *what; what++)
        strbuf_addf(&line, "%s%s", what == verify_not_checked ? "" : "; ", *what);
    if (report->listed_in_part)
        strbuf_addf(&line, "; what rests on %" PRIu64 " entries of which the plan lists only the first", report->listed_in_part);
    end_line(&line);
    strbuf_release(&line);
}

static void print_artifacts(const struct options *options, const char *dir, const struct folder_report *folder)
{
    const struct validate_report *report = &folder->artifacts;
    uint32_t shown = report->problem_count;
    struct strbuf line = STRBUF_INIT;

    if (options->max_errors && shown > options->max_errors)
        shown = options->max_errors;
    for (uint32_t i = 0; i < shown; i++) {
        const struct validate_problem *problem = &report->problems[i];

        if (problem->line)
            complain("%s/%s:%" PRIu32 ": %s\n", dir, problem->path, problem->line, problem->message);
        else
            complain("%s/%s: %s\n", dir, problem->path, problem->message);
    }
    if (report->problems_found > shown)
        complain("and %" PRIu64 " more\n", report->problems_found - shown);
    if (options->quiet)
        return;
    strbuf_addstr(&line, report->problems_found ? "the artifacts do not say what the plan says, with " : "the artifacts say what the plan says: ");
    if (report->problems_found) {
        count(&line, report->problems_found, "finding", "findings");
        strbuf_addstr(&line, ": ");
    }
    count(&line, report->facts, "fact", "facts");
    strbuf_addf(&line, " in %" PRIu64 " of ", report->files);
    count(&line, folder->listed, "file", "files");
    strbuf_addstr(&line, " were compared");
    end_line(&line);
    strbuf_release(&line);
}

static void print_artifacts_json(struct jsonw *j, const struct folder_report *folder)
{
    const struct validate_report *report = &folder->artifacts;

    jsonw_key_object(j, "artifacts");
    jsonw_key_bool(j, "agree", report->problems_found == 0);
    jsonw_key_int(j, "listed", (int64_t)folder->listed);
    jsonw_key_int(j, "files", (int64_t)report->files);
    jsonw_key_int(j, "facts", (int64_t)report->facts);
    jsonw_key_int(j, "problems_found", (int64_t)report->problems_found);
    jsonw_key_array(j, "problems");
    for (uint32_t i = 0; i < report->problem_count; i++) {
        jsonw_object_begin(j);
        jsonw_key_string(j, "path", report->problems[i].path);
        if (report->problems[i].line)
            jsonw_key_int(j, "line", report->problems[i].line);
        else
            jsonw_key(j, "line"), jsonw_null(j);
        jsonw_key_string(j, "message", report->problems[i].message);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    jsonw_object_end(j);
}

/* `folder` NULL: a plan alone was asked for. */
static void print_json(const struct plan_document *document, const struct verify_report *report, const struct folder_report *folder)
{
    struct strbuf out = STRBUF_INIT;
    struct jsonw j;

    jsonw_init(&j, &out);
    jsonw_object_begin(&j);
    jsonw_key_string(&j, "schema", "drc.verify/1");
    jsonw_key_string(&j, "plan", document->name);
    jsonw_key_string(&j, "digest", document->digest);
    jsonw_key_bool(&j, "accepted", report->problems_found == 0);
    jsonw_key_int(&j, "verdicts", (int64_t)report->verdicts);
    jsonw_key_int(&j, "derivations", (int64_t)report->derivations);
    jsonw_key_int(&j, "witnesses", (int64_t)report->witnesses);
    jsonw_key_int(&j, "steps", (int64_t)report->steps);
    jsonw_key_int(&j, "entries", (int64_t)report->entries);
    jsonw_key_int(&j, "listed_in_part", (int64_t)report->listed_in_part);
    jsonw_key_int(&j, "gaps", (int64_t)report->gaps);
    jsonw_key_int(&j, "largest_gap", report->largest_gap);
    jsonw_key_string(&j, "largest_gap_at", report->largest_gap_at);
    jsonw_key_int(&j, "in_words", (int64_t)report->in_words);
    jsonw_key_int(&j, "untold", (int64_t)report->untold);
    jsonw_key_array(&j, "not_checked");
    for (const char *const *what = verify_not_checked; *what; what++)
        jsonw_string(&j, *what);
    jsonw_array_end(&j);
    jsonw_key_int(&j, "problems_found", (int64_t)report->problems_found);
    jsonw_key_array(&j, "problems");
    for (uint32_t i = 0; i < report->problem_count; i++) {
        jsonw_object_begin(&j);
        jsonw_key_string(&j, "at", report->problems[i].at);
        jsonw_key_string(&j, "message", report->problems[i].message);
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    if (folder)
        print_artifacts_json(&j, folder);
    jsonw_object_end(&j);
    jsonw_finish(&j);
    say_text(strbuf_str(&out));
    strbuf_release(&out);
}

static int verify_document(struct session *session, const struct plan_document *document, const char *dir)
{
    struct verify_options how = {.zone = session_zone, .zone_context = session};
    struct verify_report report;
    struct folder_report folder = {0};

    verify_plan(session->arena, document, &how, &report);
    if (dir)
        artifacts_of_folder(session, dir, document, &folder);
    if (session->options->format == DIAG_JSON) {
        print_json(document, &report, dir ? &folder : NULL);
    } else {
        print_problems(session->options, &report);
        if (!session->options->quiet)
            print_summary_lines(&report);
        if (dir)
            print_artifacts(session->options, dir, &folder);
    }
    if (report.problems_found)
        return EXIT_INVALID;
    return folder.artifacts.problems_found ? EXIT_DIFFERS : EXIT_FINE;
}

int command_verify(const struct options *options)
{
    const char *name = options->arguments.len == 1 ? options->arguments.items[0] : NULL, *error = NULL, *dir = NULL;
    const struct plan_document *document = NULL;
    struct session session;
    struct plan_error wrong;
    int status = EXIT_FINE;
    char *text;
    size_t len;

    if (!name || (options->format != DIAG_TEXT && options->format != DIAG_JSON)) {
        complain(name ? "drc: `drc verify` prints text or json\n"
                      : "drc: `drc verify` needs one plan.json, a folder that a build has written, or - for standard input\n");
        return EXIT_USAGE;
    }
    session_init(&session, options);
    if (is_folder(name)) {
        dir = name;
        name = arena_printf(session.arena, "%s/plan.json", dir);
    }
    text = read_whole_file(session.arena, name, &len, &error);
    if (text)
        document = plan_read(session.arena, text, len, &wrong);
    if (!text) {
        complain("drc: %s: %s\n", name, error);
        status = EXIT_IO;
    } else if (!document) {
        complain("drc: %s is no plan: %s%s%s\n", name, wrong.at, wrong.at[0] ? ": " : "", wrong.message);
        status = EXIT_INVALID;
    } else {
        status = verify_document(&session, document, dir);
        if (tell_unfinished(session.arena, dir ? dir : name) && dir && status == EXIT_FINE)
            status = EXIT_DIFFERS;
    }
    session_release(&session);
    return status;
}
