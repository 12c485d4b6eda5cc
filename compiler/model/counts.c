/* How many verdicts hold, and what they rest on: what the last line of a command says. */
#include "model/plan.h"

static void count_verdict(struct verdict_counts *counts, enum verdict verdict, bool on_demand, bool on_declared)
{
    if (verdict == VERDICT_NOT_APPLICABLE)
        return;
    if (verdict == VERDICT_OK) {
        counts->hold++;
        counts->on_demand += on_demand;
        counts->on_declared += on_declared;
    } else if (verdict == VERDICT_REFUTED) {
        counts->refuted++;
    } else {
        counts->unknown++;
    }
}

/* Verdicts somebody accepted stay refuted or unknown in the plan; here they are counted apart. */
static void count_accepted(const struct plan *plan, struct verdict_counts *counts)
{
    for (uint32_t i = 0; i < plan->finding_count; i++) {
        const struct finding *finding = &plan->findings[i];

        if (!finding->accepted)
            continue;
        counts->accepted++;
        if (finding->scenario && finding->verdict == VERDICT_REFUTED && counts->refuted)
            counts->refuted--;
        else if (finding->scenario && finding->verdict == VERDICT_UNKNOWN && counts->unknown)
            counts->unknown--;
    }
}

/* Its loss is that of its members. */
static bool group_on_demand(const struct group_state *group)
{
    for (uint32_t i = 0; i < group->member_count; i++) {
        if (group->members[i].recovered && group->members[i].state->rpo_on_demand)
            return true;
    }
    return false;
}

bool group_on_declared(const struct group_state *group)
{
    for (uint32_t i = 0; i < group->member_count; i++) {
        if (group->members[i].recovered && group->members[i].state->rpo_on_declared)
            return true;
    }
    return false;
}

struct verdict_counts plan_counts(const struct plan *plan)
{
    struct verdict_counts counts = {.scenarios = plan->scenario_count};

    if (plan->counted)
        return *plan->counted;
    counts.assumed = plan_assumed(plan);
    for (uint32_t s = 0; s < plan->scenario_count; s++) {
        const struct scenario_result *result = &plan->scenarios[s];

        for (uint32_t i = 0; result->states && i < plan->asset_count; i++) {
            const struct asset_state *state = &result->states[i];

            count_verdict(&counts, state->rto_verdict, state->rto_on_demand, state->rto_on_declared);
            count_verdict(&counts, state->rpo_verdict, state->rpo_on_demand, state->rpo_on_declared);
        }
        for (uint32_t i = 0; i < result->endpoint_count; i++)
            count_verdict(&counts, result->endpoints[i].verdict, true, result->endpoints[i].on_declared); /* its records are somebody's to see to */
        for (uint32_t i = 0; i < result->group_count; i++)
            count_verdict(&counts, result->groups[i].verdict, group_on_demand(&result->groups[i]), group_on_declared(&result->groups[i]));
    }
    for (uint32_t i = 0; i < plan->slo_count; i++)
        count_verdict(&counts, plan->slos[i].verdict, false, false);
    for (uint32_t i = 0; i < plan->asset_count; i++) {
        bool tested = false;

        for (uint32_t s = 0; s < plan->scenario_count && !tested; s++) {
            const struct asset_state *state = plan->scenarios[s].states ? &plan->scenarios[s].states[i] : NULL;

            tested = state && state->fate != FATE_UNAFFECTED;
        }
        counts.untested += !tested && (plan->assets[i].rto.ms >= 0 || plan->assets[i].rpo.ms >= 0);
    }
    count_accepted(plan, &counts);
    return counts;
}

void plan_forget_ledger(struct plan *plan)
{
    plan->assumption_count = 0;
    plan->assumptions = NULL;
    arena_delete(plan->entries);
    plan->entries = NULL;
}

void plan_forget_work(struct plan *plan)
{
    plan->job_count = plan->task_count = 0;
    plan->jobs = NULL;
    plan->tasks = NULL;
    arena_delete(plan->work);
    plan->work = NULL;
}

static void keep_counts(struct plan *plan)
{
    struct verdict_counts *counted;

    if (plan->counted)
        return;
    counted = ARENA_NEW(plan->arena, struct verdict_counts);
    *counted = plan_counts(plan);
    plan->counted = counted;
}

void plan_forget_states(struct plan *plan, struct scenario_result *result)
{
    keep_counts(plan);
    arena_give_back(plan->proof, result->states, plan->asset_count * sizeof *result->states);
    result->states = NULL;
}

void plan_forget(struct plan *plan)
{
    plan_forget_ledger(plan);
    plan_forget_work(plan);
    if (!plan->proof)
        return;
    keep_counts(plan);
    plan->scenario_count = plan->drill_count = 0;
    plan->scenarios = NULL;
    arena_delete(plan->proof);
    plan->proof = NULL;
}
