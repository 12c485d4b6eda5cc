/* One revision of `drc log`, as texts: from a comparison, from the first plan there is, from a specification of which nothing is proved. */
#include "driver/log.h"

#include "driver/diff.h"
#include "plan/table.h"

#include <inttypes.h>
#include <string.h>

/* What is followed through history: of what has objectives that it is there, what becomes of it in a disaster, and whatever has a better direction.
 * How large it is and who owns it `drc diff` tells. */
static bool is_followed(const struct compare_change *change)
{
    static const char *const sorts[] = {"asset", "endpoint", "group", "SLO"};

    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++) {
        if (strcmp(change->sort, sorts[i]) == 0)
            return !change->what || change->scenario || change->way != COMPARE_NEITHER;
    }
    return false;
}

static void count_verdicts(struct log_step *step, const struct plan_document *plan)
{
    step->digest = plan->digest;
    if (!plan->counts)
        return;
    step->hold = plan->counts->hold;
    step->refuted = plan->counts->refuted;
    step->unknown = plan->counts->unknown;
    step->accepted = plan->counts->accepted;
}

/* Texts of a plan go with its session. */
static const char *kept(struct arena *arena, const char *text)
{
    return text ? arena_strdup(arena, text) : NULL;
}

const struct log_step *log_step_between(struct arena *arena, const struct plan_document *after, const struct compare_report *report)
{
    static const char *const ways[] = {[COMPARE_NEITHER] = "other", [COMPARE_WEAKER] = "weaker", [COMPARE_STRONGER] = "stronger"};
    struct log_step *step = ARENA_NEW(arena, struct log_step);
    struct strbuf because = STRBUF_INIT;

    count_verdicts(step, after);
    step->digest = kept(arena, step->digest);
    step->weaker = report->weaker;
    step->stronger = report->stronger;
    step->other = report->neither;
    step->edits = report->edit_count;
    for (uint32_t i = 0; i < report->change_count; i++) {
        const struct compare_change *change = &report->changes[i];
        struct log_change add = {.sort = kept(arena, change->sort),
                                 .subject = kept(arena, change->subject ? change->subject : ""),
                                 .scenario = kept(arena, change->scenario),
                                 .what = kept(arena, change->what),
                                 .before = kept(arena, change->before),
                                 .after = kept(arena, change->after),
                                 .before_at = kept(arena, change->before_at),
                                 .after_at = kept(arena, change->after_at),
                                 .way = ways[change->way],
                                 .rule = change->rule ? change_rule_name(change->rule) : NULL};

        if (!is_followed(change))
            continue;
        strbuf_clear(&because);
        diff_tell_causes(&because, report, change);
        add.because = arena_strdup(arena, because.len ? strbuf_str(&because) + 1 : "");
        vec_push(arena, &step->changes, add);
    }
    for (uint32_t i = 0; i < report->edit_count; i++) {
        struct log_rename rename = {kept(arena, report->edits[i].was), kept(arena, report->edits[i].id)};

        if (rename.was && rename.is)
            vec_push(arena, &step->renames, rename);
    }
    strbuf_release(&because);
    return step;
}

/* ---- the first plan: everything is new, and is told as it is */

struct first {
    struct arena *arena;
    struct log_step *step;
    const char *sort, *subject, *scenario, *at;
};

static void add_fact(const struct first *first, const char *what, const char *value)
{
    struct log_change add = {.sort = first->sort,
                             .subject = kept(first->arena, first->subject),
                             .scenario = kept(first->arena, first->scenario),
                             .what = what,
                             .after = kept(first->arena, value),
                             .after_at = kept(first->arena, first->at),
                             .way = "other",
                             .because = ""};

    if (value)
        vec_push(first->arena, &first->step->changes, add);
}

static const char *time_words(struct arena *arena, int64_t ms)
{
    return ms == PLAN_UNKNOWN ? "unknown" : ms == PLAN_NOT_APPLICABLE ? "n/a" : ms == PLAN_ALL ? "all" : text_of_duration(arena, ms);
}

static const char *objective_words(struct arena *arena, const struct plan_objective *objective)
{
    return objective ? time_words(arena, objective->ms) : NULL;
}

static const char *finish_words(struct arena *arena, const struct plan_range *finish)
{
    return finish->known ? time_words(arena, finish->worst) : "unknown";
}

static const char *verdict_words(uint8_t verdict)
{
    return verdict == PLAN_VERDICT_na ? NULL : plan_choices[PLAN_CHOICE_VERDICT].words[verdict];
}

static void tell_asset(struct first first, const struct plan_outcome *outcome)
{
    first.sort = "asset";
    first.subject = outcome->asset->name;
    first.at = outcome->asset->origin;
    add_fact(&first, "RTO", objective_words(first.arena, outcome->rto));
    add_fact(&first, "worst-case recovery time", finish_words(first.arena, &outcome->finish));
    add_fact(&first, "RTO verdict", verdict_words(outcome->rto_verdict));
    add_fact(&first, "RPO", objective_words(first.arena, outcome->rpo));
    if (outcome->data_loss != PLAN_NOT_APPLICABLE)
        add_fact(&first, "worst-case loss", time_words(first.arena, outcome->data_loss));
    add_fact(&first, "RPO verdict", verdict_words(outcome->rpo_verdict));
}

static void tell_name(struct first first, const struct plan_name_outcome *outcome)
{
    first.sort = "endpoint";
    first.subject = outcome->endpoint->name;
    first.at = outcome->endpoint->origin;
    add_fact(&first, "RTO", objective_words(first.arena, outcome->rto));
    if (outcome->affected)
        add_fact(&first, "worst-case recovery time", finish_words(first.arena, &outcome->finish));
    add_fact(&first, "RTO verdict", verdict_words(outcome->verdict));
}

static void tell_group(struct first first, const struct plan_group_outcome *outcome)
{
    first.sort = "group";
    first.subject = outcome->group->name;
    first.at = outcome->group->origin;
    add_fact(&first, "RPO", objective_words(first.arena, outcome->rpo));
    add_fact(&first, "worst-case loss", time_words(first.arena, outcome->data_loss));
    add_fact(&first, "verdict", verdict_words(outcome->verdict));
}

static const char *percent_words(struct arena *arena, int64_t parts)
{
    struct strbuf out = STRBUF_INIT;
    const char *words;

    if (parts < 0)
        return "unknown";
    print_percent(&out, parts);
    words = strbuf_dup(&out, arena);
    strbuf_release(&out);
    return words;
}

static void tell_slo(struct first first, const struct plan_slo *slo)
{
    first.sort = "SLO";
    first.subject = slo->endpoint->name;
    first.scenario = NULL;
    first.at = slo->endpoint->origin;
    add_fact(&first, "availability asked for", percent_words(first.arena, slo->target));
    add_fact(&first, "availability at the worst", percent_words(first.arena, slo->availability));
    add_fact(&first, "availability verdict", verdict_words(slo->verdict));
}

const struct log_step *log_step_first(struct arena *arena, const struct plan_document *plan)
{
    struct log_step *step = ARENA_NEW(arena, struct log_step);
    struct first first = {.arena = arena, .step = step};

    count_verdicts(step, plan);
    step->digest = kept(arena, step->digest);
    for (uint32_t s = 0; s < plan->scenarios_count; s++) {
        const struct plan_scenario *scenario = &plan->scenarios[s];

        first.scenario = scenario->name;
        for (uint32_t i = 0; i < scenario->assets_count; i++)
            tell_asset(first, &scenario->assets[i]);
        for (uint32_t i = 0; i < scenario->endpoints_count; i++)
            tell_name(first, &scenario->endpoints[i]);
        for (uint32_t i = 0; i < scenario->groups_count; i++)
            tell_group(first, &scenario->groups[i]);
    }
    for (uint32_t i = 0; i < plan->slos_count; i++)
        tell_slo(first, &plan->slos[i]);
    return step;
}

/* ---- what cannot be proved */

/* A text without the name of the place where the revision is mounted, which stands before names of files. */
static const char *without(struct arena *arena, const char *text, const char *prefix)
{
    struct strbuf out = STRBUF_INIT;
    size_t len = strlen(prefix);
    const char *rest, *found;

    for (rest = text; (found = strstr(rest, prefix)); rest = found + len) {
        bool begins = found == text || found[-1] == '`' || found[-1] == ' ';

        strbuf_add(&out, rest, (size_t)(found - rest) + (begins ? 0 : len));
    }
    strbuf_addstr(&out, rest);
    rest = strbuf_dup(&out, arena);
    strbuf_release(&out);
    return rest;
}

const struct log_step *log_step_broken(struct arena *arena, struct session *session, const char *prefix)
{
    struct log_step *step = ARENA_NEW(arena, struct log_step);
    const struct diag *worst = NULL;

    diag_sort(&session->sink);
    for (uint32_t i = 0; i < session->sink.diags.len && !worst; i++) {
        if (session->sink.diags.items[i]->severity == SEVERITY_ERROR)
            worst = session->sink.diags.items[i];
    }
    step->error = "nothing is proved of it";
    if (worst) {
        struct place place = sources_place(&session->sources, worst->primary.span.start);

        step->error = place.file
                          ? arena_printf(arena, "%s:%" PRIu32 ": %s [%s]", place.file->name, place.line, worst->message, diag_info(worst->code)->code)
                          : arena_printf(arena, "%s [%s]", worst->message, diag_info(worst->code)->code);
        step->error = without(arena, step->error, prefix);
    }
    return step;
}
