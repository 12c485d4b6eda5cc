/* `drc ledger SPEC`: what the proof rests on, who makes it true, and how one sees whether it is true now (SEMANTICS §7). */
#include "driver/driver.h"

#include "emit/json.h"

#include <stdio.h>
#include <string.h>

/* What is wanted: a table of `--asset` beside the options, because a verdict rests on what those it waits for rest on. */
struct wanted {
    const struct options *options;
    const struct ledger_scope *scope; /* of --asset; NULL: all */
};

static bool is_wanted(const struct assumption *a, const void *context)
{
    const struct wanted *wanted = context;
    const char *scenario = wanted->options->scenario;
    bool found = !scenario && !wanted->scope;

    for (uint32_t i = 0; i < a->rest_count && !found; i++) {
        const struct resting *r = &a->rests[i];

        found = (!scenario || (r->scenario && strcmp(r->scenario->name, scenario) == 0)) && (!wanted->scope || in_ledger_scope(wanted->scope, a, r));
    }
    return found && (!wanted->options->by || strcmp(wanted->options->by, makes_true_name(a->by)) == 0);
}

static void print_rests(const struct assumption *a)
{
    static const char *const words[] = {"RTO", "RPO", "RTO", "RPO", "SLO"};
    struct strbuf line = STRBUF_INIT;

    strbuf_addstr(&line, "    rests on it:");
    for (uint32_t i = 0; i < a->own_count; i++) {
        const struct resting *r = &a->rests[i], *before = i ? r - 1 : NULL;
        bool same = before && before->subject == r->subject && before->scenario == r->scenario;

        if (same)
            strbuf_addf(&line, " and %s", words[r->kind]);
        else
            strbuf_addf(&line, "%s %s%s%s: %s", i ? ";" : "", r->subject->name, r->scenario ? " in " : "", r->scenario ? r->scenario->name : "",
                        words[r->kind]);
    }
    if (a->rest_count > a->own_count)
        strbuf_addf(&line, "%s %u more through %s", a->own_count ? "; and" : "", a->rest_count - a->own_count,
                    a->own_count ? "these" : "what waits for it");
    print_wrapped(strbuf_str(&line), 6);
    strbuf_release(&line);
}

static void print_entry(const struct assumption *a)
{
    print_assumption(a, 0);
    print_rests(a);
}

static void print_table(const struct plan *plan, const struct wanted *wanted)
{
    uint32_t counts[BY_NOBODY + 1] = {0}, shown = 0;

    for (uint32_t i = 0; i < plan->assumption_count; i++) {
        const struct assumption *a = plan->assumptions[i];

        if (!is_wanted(a, wanted))
            continue;
        shown++;
        counts[a->by]++;
        print_entry(a);
    }
    say("%s%u %s: %u by artifacts, %u by the platform, %u on demand, %u by nobody\n", shown ? "\n" : "", shown, shown == 1 ? "entry" : "entries",
        counts[BY_ARTIFACT], counts[BY_PLATFORM], counts[BY_DEMAND], counts[BY_NOBODY]);
}

static void print_json(struct session *session, const struct wanted *wanted)
{
    const struct plan *plan = session->plan;
    const struct plan_document *document = session_document(session);
    struct strbuf out = STRBUF_INIT;
    struct jsonw j;

    jsonw_init(&j, &out);
    jsonw_object_begin(&j);
    jsonw_key_string(&j, "schema", "drc.ledger/2");
    jsonw_key_string(&j, "plan", plan->name);
    jsonw_key_array(&j, "assumptions");
    for (uint32_t i = 0; i < plan->assumption_count; i++) {
        if (is_wanted(plan->assumptions[i], wanted))
            plan_write_struct(&j, "assumption", &document->assumptions[i]);
    }
    jsonw_array_end(&j);
    jsonw_object_end(&j);
    jsonw_finish(&j);
    say_text(strbuf_str(&out));
    strbuf_release(&out);
}

int command_ledger(const struct options *options)
{
    bool json = options->format == DIAG_JSON;
    struct options quiet = *options;
    struct session session;
    struct wanted wanted = {options, NULL};
    int status;

    if (json)
        quiet.format = DIAG_TEXT; /* the ledger is the result; messages go to standard error */
    session_init(&session, &quiet);
    if (json)
        name_origins_from_specification(&session);
    session_analyse(&session, TREES_ALL);
    status = session_report(&session);
    if (session.plan && options->asset) {
        wanted.scope = ledger_scope(&session, options->asset);
        if (!wanted.scope) {
            complain("drc: there is no asset, endpoint or group `%s`\n", options->asset);
            status = EXIT_USAGE;
        }
    }
    if (session.plan && json && status != EXIT_USAGE)
        print_json(&session, &wanted);
    else if (session.plan && status != EXIT_USAGE)
        print_table(session.plan, &wanted);
    session_release(&session);
    return status;
}
