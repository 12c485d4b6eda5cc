/* One compilation from options to plan. */
#include "driver/driver.h"

#include "analysis/output/document.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct expr *parse_default(void *context, const char *text)
{
    struct session *session = context;
    /* Schema defaults are texts of our own table; they live outside of the user's sources. */
    struct source_file *file = sources_add(&session->sources, "(default)", text, strlen(text));

    file->is_std = true;
    return parse_expression(&session->parse, file);
}

void session_init(struct session *session, const struct options *options)
{
    memset(session, 0, sizeof *session);
    session->options = options;
    session->arena = arena_new();
    session->names = intern_new(session->arena);
    sources_init(&session->sources, session->arena);
    diag_sink_init(&session->sink, session->arena, &session->sources);
    session->trees = arena_new();
    session->parse = (struct parse_context){session->arena, session->names, &session->sink, session->trees};
    session->schedules = ARENA_NEW(session->arena, struct schedule_memory);
    session->schedules->arena = session->arena;
    session->schedules->names = intern_new(session->arena);
    model_init(&session->model, session->arena, session->names, &session->sources, parse_default, session);
    evaluator_init(&session->eval, &session->model, &session->sink);
}

void session_release(struct session *session)
{
    if (session->plan)
        plan_forget(session->plan);
    arena_delete(session->trees);
    arena_delete(session->arena);
}

static bool set_level(struct session *session, const char *text)
{
    bool off = strncmp(text, "no-", 3) == 0;
    enum diag_code code;

    if (strcmp(text, "error") == 0) {
        session->sink.warnings_are_errors = true;
        return true;
    }
    if (strcmp(text, "no-error") == 0) {
        session->sink.warnings_are_errors = false;
        return true;
    }
    if (strcmp(off ? text + 3 : text, "advice") == 0) {
        session->sink.no_advice = off;
        return true;
    }
    if (strncmp(text, "error=", 6) == 0) {
        code = diag_find(text + 6);
        if (code != DIAG_COUNT)
            session->sink.level[code] = SEVERITY_ERROR;
        return code != DIAG_COUNT;
    }
    code = diag_find(off ? text + 3 : text);
    if (code == DIAG_COUNT)
        return false;
    if (off && diag_info(code)->severity == SEVERITY_ERROR)
        return false; /* an error cannot be switched off; a waiver says why it is accepted */
    session->sink.level[code] = off ? LEVEL_OFF : LEVEL_DEFAULT;
    return true;
}

/* The name in "NAME" or "no-NAME". */
static const char *level_name(const char *text, bool *off)
{
    *off = strncmp(text, "no-", 3) == 0;
    return *off ? text + 3 : text;
}

static bool wrong_level(struct session *session, const char *text)
{
    complain("drc: -W%s names no warning or rule that can be switched\nhelp: `drc explain --codes` and `drc list rules` print them; an "
             "error is waived with `accept`\n",
             text);
    session->misused = true;
    return false;
}

static void add_parameter(struct session *session, const char *definition)
{
    const char *equals = strchr(definition, '=');
    struct sema_param param = {0};

    param.name = arena_strndup(session->arena, definition, (size_t)(equals - definition));
    param.text = equals + 1;
    param.where = arena_printf(session->arena, "-D %s", definition);
    param.file = sources_add(&session->sources, param.where, param.text, strlen(param.text));
    if (param.file)
        param.file->is_made = true;
    vec_push(session->arena, &session->params, param);
}

double session_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void session_timing(const struct session *session, const char *what, double since)
{
    if (session->options->timings)
        fprintf(stderr, "%-10s %8.3f s\n", what, session_seconds() - since);
}

/* False when an option is wrong: that is told, and nothing is read. */
static bool check_options(struct session *session)
{
    for (uint32_t i = 0; i < session->options->levels.len; i++) {
        const char *text = session->options->levels.items[i];
        bool off;

        /* What is no code may be a rule: see switch_rules, once the rules are known. */
        if (!set_level(session, text) && (strncmp(text, "error=", 6) == 0 || diag_find(level_name(text, &off)) != DIAG_COUNT))
            return wrong_level(session, text);
    }
    for (uint32_t i = 0; i < session->options->defines.len; i++) {
        const char *definition = session->options->defines.items[i];

        if (!strchr(definition, '=') || definition[0] == '=') {
            complain("drc: -D %s: write -D NAME=VALUE\n", definition);
            session->misused = true;
            return false;
        }
        add_parameter(session, definition);
    }
    if (session->options->arguments.len == 0) {
        complain("drc: `drc %s` needs a specification: a file, a folder, or - for standard input\n", session->options->command);
        session->misused = true;
    }
    return !session->misused;
}

bool session_load(struct session *session)
{
    struct sema_input input = {0};
    double start = session_seconds();

    if (!check_options(session))
        return false;
    load_specifications(session);
    read_parameter_files(session);
    session_timing(session, "parse", start);
    start = session_seconds();
    input.files = session->files.items;
    input.file_count = session->files.len;
    input.params = session->params.items;
    input.param_count = session->params.len;
    input.inventory = read_inventory;
    input.inventory_context = session;
    sema_run(&session->model, &session->eval, &session->parse, &input);
    session_timing(session, "resolve", start);
    return session->sink.errors == 0;
}

/* Rules of the specification and of the library that -Wno-NAME switches off. */
static bool switch_rules(struct session *session, struct analysis_options *options)
{
    VEC(atom) off_rules = {0};

    for (uint32_t i = 0; i < session->options->levels.len; i++) {
        const char *text = session->options->levels.items[i];
        bool off;
        atom name = intern_str(session->names, level_name(text, &off));

        if (strncmp(text, "error=", 6) == 0 || strcmp(name, "error") == 0 || strcmp(name, "advice") == 0 || diag_find(name) != DIAG_COUNT)
            continue;
        if (!model_find(&session->model, BLOCK_RULE, name))
            return wrong_level(session, text);
        if (off)
            vec_push(session->arena, &off_rules, name);
    }
    options->rules_off = off_rules.items;
    options->rules_off_count = off_rules.len;
    return true;
}

bool session_analyse(struct session *session, enum analysis_trees trees)
{
    struct analysis_options options = {.version = DRC_VERSION,
                                       .trees = trees,
                                       .digest = trees == TREES_ALL,
                                       .proofs = session->wants_worlds,
                                       .ledger = session->wants_ledger,
                                       .zone = session_zone,
                                       .zone_context = session,
                                       .schedules = session->schedules};
    double start;

    if (session->options->as_of) {
        if (!read_date(session->options->as_of, strlen(session->options->as_of), &options.as_of)) {
            complain("drc: --as-of %s is not a date\nhelp: write YYYY-MM-DD\n", session->options->as_of);
            session->misused = true;
            return false;
        }
        options.has_as_of = true;
    }
    if (!session_load(session)) {
        if (!session->misused)
            analyse_form(&session->model, &session->eval, &options);
        return false;
    }
    if (session->options->records) {
        options.digest = true; /* a record is of this plan, or it is not */
        if (!read_records(session, session->options->records, &options))
            return false;
    }
    if (!switch_rules(session, &options))
        return false;
    start = session_seconds();
    session->plan = analyse(&session->model, &session->eval, &options);
    session_timing(session, "prove", start);
    if (session->options->format == DIAG_JUNIT)
        collect_cases(session);
    return session->sink.errors == 0;
}

bool session_can_ask_targets(const struct session *session)
{
    return session->plan && session->sink.errors == session->plan->refused;
}

const struct plan_document *session_last_document(struct session *session)
{
    if (session->document || session->plan->refuted)
        return session_document(session);
    session->document = make_document(session->plan, session->arena, true, &session->trees);
    return session->document;
}

const struct plan_document *session_document(struct session *session)
{
    if (!session->document)
        session->document = make_document(session->plan, session->arena, false, NULL);
    return session->document;
}

static bool wants_color(const struct options *options, FILE *stream)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    if (options->color >= 0)
        return options->color;
    return isatty(fileno(stream)) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

/* A specification named on the command line that cannot be read is no fault of the specification. */
static bool input_failed(const struct session *session)
{
    for (uint32_t i = 0; i < session->sink.diags.len; i++) {
        const struct diag *diag = session->sink.diags.items[i];

        if (diag->code == DIAG_E0801 && diag->primary.span.start == 0)
            return true;
    }
    return false;
}

int session_report(struct session *session)
{
    const struct options *options = session->options;
    FILE *stream = options->format == DIAG_TEXT ? stderr : stdout;
    struct diag_style style = {.format = options->format,
                               .color = wants_color(options, stream),
                               .max = options->max_errors,
                               .tool_version = DRC_VERSION,
                               .members = session->members};
    struct strbuf text = STRBUF_INIT;
    double start;

    if (session->misused)
        return EXIT_USAGE;
    diag_sort(&session->sink);
    start = session_seconds();
    offer_repairs(session);
    if (session->plan && session->plan->refuted)
        session_timing(session, "offers", start);
    if (options->quiet && options->format == DIAG_TEXT) {
        uint32_t kept = 0;

        for (uint32_t i = 0; i < session->sink.diags.len; i++) {
            if (session->sink.diags.items[i]->severity == SEVERITY_ERROR)
                session->sink.diags.items[kept++] = session->sink.diags.items[i];
        }
        session->sink.diags.len = kept;
    }
    complete_style(session, &style);
    diag_render(&session->sink, &style, &text);
    fwrite(strbuf_str(&text), 1, text.len, stream);
    strbuf_release(&text);
    if (input_failed(session))
        return EXIT_IO;
    return session->sink.errors ? EXIT_INVALID : EXIT_FINE;
}

static bool is_zone_name(const char *name)
{
    size_t len = strlen(name);

    if (len == 0 || len > 64 || name[0] == '/' || strstr(name, ".."))
        return false;
    return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") == len;
}

const struct zone *session_zone(void *context, const char *name)
{
    struct session *session = context;
    atom key = intern_str(session->names, name);
    const struct zone *zone = map_get(&session->zones, key);
    const char *error = NULL; /* who asked says that the zone is unknown, with its place */
    size_t len;
    char *bytes;

    if (zone)
        return zone;
    if (is_zone_name(name)) {
        bytes = read_whole_file(session->arena, arena_printf(session->arena, "/usr/share/zoneinfo/%s", name), &len, &error);
        zone = bytes ? zone_parse(session->arena, name, bytes, len, &error) : NULL;
    }
    if (zone)
        map_add(&session->zones, session->arena, key, (void *)(uintptr_t)zone);
    return zone;
}
