/* `drc ledger SPEC`: what the proof rests on, who makes it true, and how one sees whether it is true now (SEMANTICS §7). */
#include "driver/driver.h"

#include "backends/registry.h"

#include <stdio.h>
#include <string.h>

static bool rests_in(const struct assumption *a, const void *context)
{
    const struct options *options = context;
    bool found = !options->scenario && !options->asset;

    for (uint32_t i = 0; i < a->rest_count && !found; i++) {
        const struct resting *r = &a->rests[i];

        found = (!options->scenario || (r->scenario && strcmp(r->scenario->name, options->scenario) == 0)) &&
                (!options->asset || strcmp(r->subject->name, options->asset) == 0);
    }
    return found && (!options->by || strcmp(options->by, makes_true_name(a->by)) == 0);
}

static void print_who(const struct assumption *a)
{
    switch (a->by) {
    case BY_ARTIFACT:
        printf("    by %s: %s\n", makes_true_name(a->by), a->file ? a->file : a->target ? a->target : "");
        break;
    case BY_PLATFORM:
        printf("    by the platform%s%s\n", a->source ? ": " : ", as the specification says", a->source ? a->source : "");
        break;
    case BY_DEMAND:
        printf("    asked of %s%s%s\n", a->on ? a->on->name : "nobody", a->words ? ": " : "", a->words ? a->words : "");
        break;
    case BY_NOBODY:
        puts("    by nobody: what rests on it is unknown");
    }
}

static void print_check(const struct assumption *a)
{
    if (a->check.count) {
        fputs("    check:", stdout);
        for (uint32_t i = 0; i < a->check.count; i++) {
            putchar(' ');
            for (uint32_t p = 0; p < a->check.words[i].count; p++)
                fputs(a->check.words[i].parts[p].text, stdout);
        }
        putchar('\n');
    } else if (a->question) {
        printf("    ask: %s\n", a->question);
    }
}

static void print_rests(const struct assumption *a)
{
    static const char *const words[] = {"RTO", "RPO", "RTO", "RPO", "SLO"};

    fputs("    rests on it:", stdout);
    for (uint32_t i = 0; i < a->rest_count; i++) {
        const struct resting *r = &a->rests[i], *before = i ? r - 1 : NULL;
        bool same = before && before->subject == r->subject && before->scenario == r->scenario;

        if (same)
            printf(" and %s", words[r->kind]);
        else
            printf("%s %s%s%s: %s", i ? ";" : "", r->subject->name, r->scenario ? " in " : "", r->scenario ? r->scenario->name : "", words[r->kind]);
    }
    putchar('\n');
}

static void print_entry(const struct assumption *a)
{
    printf("%s%s\n  %s\n", a->id, a->unwatched ? "  (unwatched)" : "", a->says);
    print_who(a);
    print_check(a);
    print_rests(a);
}

static void print_table(const struct plan *plan, const struct options *options)
{
    uint32_t counts[BY_NOBODY + 1] = {0}, shown = 0;

    for (uint32_t i = 0; i < plan->assumption_count; i++) {
        const struct assumption *a = plan->assumptions[i];

        if (!rests_in(a, options))
            continue;
        shown++;
        counts[a->by]++;
        print_entry(a);
    }
    printf("%s%u %s: %u by artifacts, %u by the platform, %u on demand, %u by nobody\n", shown ? "\n" : "", shown, shown == 1 ? "entry" : "entries",
           counts[BY_ARTIFACT], counts[BY_PLATFORM], counts[BY_DEMAND], counts[BY_NOBODY]);
}

static void print_json(const struct plan *plan, const struct options *options)
{
    struct strbuf out = STRBUF_INIT;

    ledger_json(plan, rests_in, options, &out);
    fputs(strbuf_str(&out), stdout);
    strbuf_release(&out);
}

int command_ledger(const struct options *options)
{
    bool json = options->format == DIAG_JSON;
    struct options quiet = *options;
    struct session session;
    int status;

    if (json)
        quiet.format = DIAG_TEXT; /* the ledger is the result; messages go to standard error */
    session_init(&session, &quiet);
    if (json)
        name_origins_from_specification(&session);
    session_analyse(&session, TREES_ALL);
    status = session_report(&session);
    if (session.plan && json)
        print_json(session.plan, options);
    else if (session.plan)
        print_table(session.plan, options);
    session_release(&session);
    return status;
}
