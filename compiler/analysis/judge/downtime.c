/* How long people can do without: the maximum tolerable downtime of an asset against what its recovery takes, and the plan's mean time to
 * recovery against the typical one. */
#include "analysis/common/missing.h"
#include "analysis/judge/judge.h"

static int64_t work_recovery(const struct asset *asset)
{
    struct value work = entity_slot(asset->entity, ASSET_work_recovery);
    uint32_t cursor = 0;
    struct entity *defaults = asset->tier ? entity_child(asset->tier, BLOCK_TIER_DEFAULT, &cursor) : NULL;

    if (work.type != VALUE_DURATION && defaults)
        work = entity_slot(defaults, TIER_DEFAULT_work_recovery);
    return work.type == VALUE_DURATION ? work.u.integer : 0;
}

enum verdict downtime_verdict(const struct asset_state *state)
{
    int64_t sum;

    if (state->asset->mtd.ms < 0)
        return VERDICT_NOT_APPLICABLE;
    if (!state->finish.known)
        return VERDICT_UNKNOWN;
    if (__builtin_add_overflow(state->finish.worst, work_recovery(state->asset), &sum))
        return VERDICT_REFUTED;
    return sum <= state->asset->mtd.ms ? VERDICT_OK : VERDICT_REFUTED;
}

void refute_downtime(struct analysis *a, struct scenario_result *result, struct asset_state *state)
{
    int64_t work = work_recovery(state->asset);
    struct diag *diag = find(a, DIAG_E0518, (struct about){.subject = state->asset->entity, .scenario = result->scenario},
                             "`%s` is back after %s in `%s`%s, its maximum tolerable downtime is %s", state->asset->name,
                             text_of_time(a->arena, state->finish.worst, state->asset->mtd.ms), result->scenario->name,
                             work ? intern_text(a, ", and catches up for another %s", text_of_duration(a->arena, work)) : "",
                             text_of_duration(a->arena, state->asset->mtd.ms));

    cause_told(a, state->asset, diag);
    if (!diag)
        return;
    diag_label(diag, state->asset->mtd.span, "downtime from here (%s)", state->asset->mtd.source);
    diag_help(diag, "`drc explain rto %s --scenario %s` prints what takes so long", state->asset->name, result->scenario->name);
}

/* ---------------------------------------------------------------- mean time to recovery */

/* Rounded towards the pessimistic side. False on overflow. */
static bool add_excess(int64_t *over, int64_t excess, int64_t apart)
{
    int64_t seconds = excess / MS_SECOND + (excess % MS_SECOND > 0), often = apart / MS_SECOND > 0 ? apart / MS_SECOND : 1, part;

    if (__builtin_mul_overflow(seconds, INT64_C(1000000000), &part))
        return false;
    return !__builtin_add_overflow(*over, part / often + (part > 0 && part % often > 0), over);
}

/* The mean over all incidents, each as often as its scenario says. false: somebody does not say how often, and it matters. */
static bool mean_holds(const struct analysis *a, int64_t limit, bool *known)
{
    bool some_above = false, some_below = false, often = true;
    int64_t over = 0; /* seconds beyond the limit, in as many incidents as there are in 10⁹ s */

    *known = true;
    for (uint32_t i = 0; i < a->plan->scenario_count; i++) {
        const struct scenario_result *result = &a->plan->scenarios[i];
        struct value apart = entity_slot(result->scenario, SCENARIO_frequency);

        if (!result->order_count)
            continue;
        if (!result->finish.known) {
            *known = false;
            return false;
        }
        some_above |= result->finish.typical > limit;
        some_below |= result->finish.typical <= limit;
        often &= apart.type == VALUE_DURATION && apart.u.integer > 0;
        if (often && !add_excess(&over, result->finish.typical - limit, apart.u.integer)) {
            *known = false;
            return false;
        }
    }
    if (some_above && some_below && !often)
        *known = false;
    return !some_above || (some_below && often && over <= 0);
}

void check_mean_time(struct analysis *a)
{
    uint32_t cursor = 0;
    struct entity *block = a->model->plan ? entity_child(a->model->plan, BLOCK_PLAN_OBJECTIVES, &cursor) : NULL;
    struct value limit = block ? entity_slot(block, PLAN_OBJECTIVES_mttr) : value_unknown();
    bool known, holds;
    struct diag *diag;

    if (limit.type != VALUE_DURATION)
        return;
    holds = mean_holds(a, limit.u.integer, &known);
    if (known && holds)
        return;
    diag =
        find(a, DIAG_E0573,
             (struct about){.unknown = !known, .severity = known ? SEVERITY_ERROR : SEVERITY_WARNING, .subject = a->model->plan, .span = block->span},
             "%s the mean time to recovery of %s%s", known ? "recoveries typically take longer than" : "whether",
             text_of_duration(a->arena, limit.u.integer), known ? "" : " is met is not known");
    if (!diag)
        return;
    for (uint32_t i = 0; i < a->plan->scenario_count; i++) {
        const struct scenario_result *result = &a->plan->scenarios[i];

        if (result->order_count && result->finish.known)
            diag_note(diag, "`%s`: typically %s", result->scenario->name, text_of_duration(a->arena, result->finish.typical));
        else if (result->order_count)
            diag_note(diag, "`%s`: unknown", result->scenario->name);
    }
    diag_help(diag, known ? "recover sooner, or aim at a longer `mttr`"
                          : "state in each scenario how far apart such events are (`frequency`), and what makes its times unknown");
}
