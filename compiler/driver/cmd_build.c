/* `drc build`: check, then write the artifacts, all or nothing. */
#include "driver/driver.h"

#include "analysis/output/document.h"
#include "backends/registry.h"
#include "base/strbuf.h"
#include "driver/artifacts.h"
#include "driver/output.h"
#include "emit/manifest.h"
#include "source/report.h"

#include <stdio.h>
#include <string.h>

enum { ORIGINS_TOLD = 3 };

/* Whether --target names it, or nothing is named. */
static bool target_is_wanted(const struct options *options, const char *name)
{
    if (options->targets.len == 0)
        return true;
    for (uint32_t i = 0; i < options->targets.len; i++) {
        if (strcmp(options->targets.items[i], name) == 0)
            return true;
    }
    return false;
}

bool targets_exist(struct arena *arena, const struct options *options)
{
    for (uint32_t i = 0; i < options->targets.len; i++) {
        const struct backend *const *backend = drc_backends;

        if (target_is_program(options->targets.items[i])) {
            if (program_target_name(arena, options->targets.items[i]))
                continue;
            complain(
                "drc: `%s` gives its folder no name of its own\nhelp: the program's name is of small letters, digits, `-` and `_`, and no target's\n",
                options->targets.items[i]);
            return false;
        }

        while (*backend && strcmp((*backend)->name, options->targets.items[i]) != 0)
            backend++;
        if (!*backend) {
            complain("drc: there is no target `%s`\nhelp: `drc list backends` prints them; `exec:PROGRAM` is a program of yours\n",
                     options->targets.items[i]);
            return false;
        }
    }
    for (uint32_t i = 0; i < options->drops.len; i++) {
        const char *name = program_target_name(arena, arena_printf(arena, "exec:%s", options->drops.items[i]));

        if (!name || strcmp(name, options->drops.items[i]) != 0) {
            complain("drc: `%s` is no folder of a program\nhelp: the build says which ones are left\n", options->drops.items[i]);
            return false;
        }
    }
    return true;
}

void session_check_targets(struct session *session)
{
    const struct plan_checked *parts = NULL;
    struct arena *scratch = arena_new();

    for (const struct backend *const *backend = drc_backends; *backend; backend++) {
        if (!target_is_wanted(session->options, (*backend)->name))
            continue;
        if ((*backend)->check && !parts)
            parts = make_checked(session->plan, scratch);
        if ((*backend)->check)
            (*backend)->check(parts, &session->sink);
    }
    arena_delete(scratch);
}

bool tell_unfinished(struct arena *arena, const char *path)
{
    const char *dir = output_unfinished(arena, path);

    if (dir)
        complain("unfinished: %s: a build was interrupted here, files of two plans stand beside each other\n"
                 "help: `drc build` into this folder completes it\n",
                 dir);
    return dir != NULL;
}

static void print_event(const struct output_event *event, const char *dir)
{
    if (event->kind == OUTPUT_CREATED || event->kind == OUTPUT_UPDATED || event->kind == OUTPUT_REMOVED)
        return;
    complain("%s: %s%s%s%s%s\n", output_kind_name(event->kind), dir, event->path[0] ? "/" : "", event->path, event->detail[0] ? ": " : "",
             event->detail);
}

/* The first components of whatever a build writes: the manifest, and of each target its folder and what it writes beside it. */
static const char *const *output_roots(struct arena *arena, const struct options *options)
{
    VEC(const char *) roots = {0};

    vec_push(arena, &roots, MANIFEST_NAME);
    for (const struct backend *const *backend = drc_backends; *backend; backend++) {
        vec_push(arena, &roots, (*backend)->name);
        for (const char *const *root = (*backend)->roots; root && *root; root++)
            vec_push(arena, &roots, *root);
    }
    for (uint32_t i = 0; i < options->targets.len; i++) {
        if (target_is_program(options->targets.items[i]))
            vec_push(arena, &roots, program_target_name(arena, options->targets.items[i]));
    }
    for (uint32_t i = 0; i < options->drops.len; i++)
        vec_push(arena, &roots, options->drops.items[i]); /* the user names it, not the manifest */
    vec_push(arena, &roots, NULL);
    return roots.items;
}

/* A diff for a person: no byte of a file that others may have written drives the terminal. */
static void say_diff(struct byte_sink *sink, const void *bytes, size_t len)
{
    (void)sink;
    for (size_t i = 0; i < len; i++)
        say_byte(((const char *)bytes)[i]);
}

/* For a program. */
struct kept_diff {
    struct byte_sink sink;
    struct strbuf text;
};

static void keep_diff(struct byte_sink *sink, const void *bytes, size_t len)
{
    strbuf_add(&((struct kept_diff *)(void *)sink)->text, bytes, len);
}

/* What differs, for the report as JSON: each file with its state, and the diff where it was asked for. */
static const char *differences_json(struct session *session, const struct output_report *report, enum output_result result, const char *diff)
{
    struct strbuf out = STRBUF_INIT;
    const char *text;

    strbuf_addf(&out, ",\"same\":%s,\"files\":[", result == OUTPUT_OK ? "true" : "false");
    for (uint32_t i = 0; i < report->events.len; i++) {
        const struct output_event *event = &report->events.items[i];

        strbuf_addstr(&out, i ? ",\n{\"state\":" : "\n{\"state\":");
        strbuf_add_json(&out, output_kind_name(event->kind));
        strbuf_addstr(&out, ",\"path\":");
        strbuf_add_json(&out, event->path);
        strbuf_addstr(&out, ",\"detail\":");
        strbuf_add_json(&out, event->detail);
        strbuf_addch(&out, '}');
    }
    strbuf_addstr(&out, report->events.len ? "\n]" : "]");
    if (diff) {
        strbuf_addstr(&out, ",\"diff\":");
        strbuf_add_json(&out, diff);
    }
    text = strbuf_dup(&out, session->arena);
    strbuf_release(&out);
    return text;
}

/* The same for build servers: each file is a finding. */
static void add_differences(struct session *session, const struct output_report *report)
{
    static const struct report_rule rule = {"ARTIFACT_DIFFERS", "ARTIFACT_DIFFERS", "a file is not as the specification says",
                                            "run `drc build` without --check, and keep what it writes", SEVERITY_ERROR};
    VEC(struct report_finding) found = {0};

    for (uint32_t i = 0; i < report->events.len; i++) {
        const struct output_event *event = &report->events.items[i];
        struct report_finding add = {.rule = &rule, .severity = SEVERITY_ERROR, .more = ""};

        if (event->kind < OUTPUT_KEPT || event->kind > OUTPUT_BLOCKED || event->kind == OUTPUT_LEFT)
            continue;
        add.message = arena_printf(session->arena, "%s: %s%s%s", event->path[0] ? event->path : session->options->output,
                                   output_kind_name(event->kind), event->detail[0] ? ": " : "", event->detail);
        add.place = (struct report_place){
            .file = arena_printf(session->arena, "%s%s%s", session->options->output, event->path[0] ? "/" : "", event->path), .is_input = true};
        vec_push(session->arena, &found, add);
    }
    session->others = found.items;
    session->other_count = found.len;
}

static void print_counts(const struct options *options, const struct output_report *report)
{
    if (!options->quiet) /* a machine reads the report from stdout: nothing else may stand there */
        (options->format == DIAG_TEXT ? say : complain)("%s: %u files: %u new, %u changed, %u unchanged, %u removed\n", options->output,
                                                        report->created + report->updated + report->unchanged, report->created, report->updated,
                                                        report->unchanged, report->removed);
}

/* How many of the files that a build writes are not as it would write them, of --check. */
static void print_difference(const struct options *options, const struct output_report *report)
{
    uint32_t counts[OUTPUT_FAILED + 1] = {0};
    const char *separator = "";
    struct strbuf line = STRBUF_INIT;

    for (uint32_t i = 0; i < report->events.len; i++)
        counts[report->events.items[i].kind]++;
    for (unsigned kind = OUTPUT_KEPT; kind <= OUTPUT_BLOCKED; kind++) {
        if (!counts[kind] || kind == OUTPUT_LEFT)
            continue;
        strbuf_addf(&line, "%s%u %s", separator, counts[kind], output_kind_name((enum output_kind)kind));
        separator = ", ";
    }
    complain("%s is not what the specification says: %s\n", options->output, strbuf_str(&line));
    strbuf_release(&line);
}

/* Writes them, or with --check only compares; then the report as JSON says what differs. */
static int write_files(const struct options *options, struct session *session, struct fileset *files)
{
    struct byte_sink told = {say_diff};
    struct kept_diff kept = {{keep_diff}, STRBUF_INIT};
    bool program = options->format != DIAG_TEXT;
    struct output_options how = {.force = options->force, .check = options->check, .roots = output_roots(session->arena, options)};
    struct output_report report = {0};
    enum output_result result;

    if (options->diff)
        how.diff = program ? &kept.sink : &told;
    result = output_write(files, options->output, &how, session->arena, &report);
    if (options->check)
        session->members = differences_json(session, &report, result, options->diff ? strbuf_str(&kept.text) : NULL);
    if (options->check)
        add_differences(session, &report);
    strbuf_release(&kept.text);
    for (uint32_t i = 0; i < report.events.len; i++)
        print_event(&report.events.items[i], options->output);
    switch (result) {
    case OUTPUT_OK: print_counts(options, &report); return EXIT_FINE;
    case OUTPUT_DIFFERS:
        print_difference(options, &report);
        fprintf(stderr, "help: run `drc build` without --check to write what the specification says%s\n",
                options->diff ? "" : "; `--diff` shows what would change");
        return EXIT_DIFFERS;
    case OUTPUT_REFUSED:
        fprintf(stderr, "help: nothing was written; move the changes into the specification, or overwrite them with --force\n");
        return EXIT_DIFFERS;
    default: return EXIT_IO;
    }
}

/* What the set refused is in no file: then nothing is written. A backend's check has told what it can, with the places; this is told in
 * any case. */
static void tell_refusals(struct session *session, const struct fileset *files)
{
    for (uint32_t i = 0; i < files->refusals.len; i++) {
        const struct output_refusal *refusal = &files->refusals.items[i];
        struct diag *diag =
            diag_report(&session->sink, DIAG_E0790, (struct span){0, 0}, "`%s` cannot be written: %s", refusal->path, refusal->reason);

        diag_note(diag, "target `%s`", refusal->backend);
        for (uint32_t o = 0; refusal->other && o < refusal->other->origins.len && o < ORIGINS_TOLD; o++)
            diag_note(diag, "`%s` comes from %s", refusal->other->path, refusal->other->origins.items[o]);
        diag_help(diag, "give what it is called after another name; nothing was written");
    }
}

void session_check_programs(struct session *session)
{
    struct fileset files;

    fileset_init(&files, session->arena);
    run_program_targets(session, &files);
    tell_refusals(session, &files);
    fileset_release(&files);
}

static void emit_files(const struct options *options, struct session *session, struct fileset *files)
{
    const struct plan_document *document = session_last_document(session); /* from here on everybody reads that */

    fileset_init(files, session->arena);
    files->store = text_store_new(session->arena);
    for (const struct backend *const *backend = drc_backends; *backend; backend++) {
        if (!target_is_wanted(options, (*backend)->name))
            continue;
        files->arena = arena_new(); /* what it makes its texts from is many times what stays of them */
        (*backend)->emit(document, files);
        arena_delete(files->arena);
        files->arena = files->kept;
    }
    run_program_targets(session, files);
    tell_refusals(session, files);
}

static bool add_manifest(struct session *session, struct fileset *files)
{
    struct manifest_info info = {.compiler = DRC_VERSION, .spec_digest = arena_printf(session->arena, "sha256:%s", session->plan->digest)};
    const char *reason = NULL;

    if (manifest_add(files, &info, &reason))
        return true;
    complain("drc: the manifest cannot be written: %s\n", reason ? reason : "a name is not UTF-8");
    return false;
}

/* What is to be written, written or compared; a message says why not. */
static int install(const struct options *options, struct session *session, struct fileset *files)
{
    return add_manifest(session, files) ? write_files(options, session, files) : EXIT_OURS;
}

int command_build(const struct options *options)
{
    struct session session;
    struct fileset files = {0};
    int status, installed = EXIT_FINE;
    bool true_to_plan = true;
    bool told_in_report = options->check && options->format != DIAG_TEXT; /* one report: what differs is a part of it */

    if (!options->output) {
        complain("drc: `drc build` needs a folder to write to\nhelp: add `-o out`\n");
        return EXIT_USAGE;
    }
    if (options->diff && !options->check) {
        complain("drc: `--diff` shows what `--check` finds\nhelp: `drc build --check --diff` writes nothing\n");
        return EXIT_USAGE;
    }
    session_init(&session, options);
    if (!targets_exist(session.arena, options)) {
        session_release(&session);
        return EXIT_USAGE;
    }
    name_origins_from_specification(&session);
    session_analyse(&session, TREES_ALL);
    if (session_can_ask_targets(&session))
        session_check_targets(&session);
    if (session.plan && session.sink.errors == 0)
        emit_files(options, &session, &files);
    if (session.plan && session.sink.errors == 0)
        true_to_plan = artifacts_of_build(&session, &files);
    if (told_in_report && session.plan && session.sink.errors == 0)
        installed = install(options, &session, &files);
    status = session_report(&session);
    if (!true_to_plan)
        status = EXIT_OURS;
    if (status == EXIT_FINE)
        status = told_in_report ? installed : install(options, &session, &files);
    if (!options->diff) /* then standard output is a patch and nothing else */
        print_summary(&session);
    text_store_release(files.store);
    fileset_release(&files);
    session_release(&session);
    return status;
}
