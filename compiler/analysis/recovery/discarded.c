/* What is written between a damage and its recovery, and goes with the restore. */
#include "analysis/recovery/recovery.h"
#include "analysis/world/world.h"

int64_t time_of_damage(const struct scenario_result *result)
{
    struct value noticed = entity_slot(result->scenario, SCENARIO_noticed_within);
    struct span_of_time act = result->begin;
    int64_t total;

    if (noticed.type != VALUE_DURATION || !act.known || __builtin_add_overflow(noticed.u.integer, act.worst, &total))
        return TIME_UNKNOWN;
    return total;
}

/* Whatever was written to it since the damage goes with the restore: to the rest of a damaged table, to what somebody made anew in place of
 * what was deleted. Where only one object is put back, to that object. After a compromise nobody can tell users' writes from the intruder's:
 * all since then goes. */
static int64_t discarded_by(const struct analysis *a, const struct scenario_result *result, const struct asset_state *state)
{
    bool back = is_damaged(state) || (state->asset->stateful && goes_back(a, state));

    return state->fate == FATE_LOST && back ? time_of_damage(result) : RPO_NOT_APPLICABLE;
}

void find_discarded(struct analysis *a, struct scenario_result *result)
{
    for (uint32_t i = 0; i < a->plan->asset_count; i++)
        result->states[i].discarded_ms = discarded_by(a, result, &result->states[i]);
}
