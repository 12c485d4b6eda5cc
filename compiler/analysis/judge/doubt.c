/* What is as unknown as what it waits for (SEMANTICS §0.2). A number may be there all the same: that of the world in which all goes well.
 *
 * An asset waits for what it needs, a restore for what it is done with and for what it reads: keys, keepers of secrets, what it is made from. */
#include "analysis/common/missing.h"
#include "analysis/judge/judge.h"
#include "analysis/world/world.h"

/* `reads`: its data comes back by way of the other. */
static bool inherit(struct analysis *a, struct scenario_result *result, struct asset_state *state, const struct asset *from, bool reads)
{
    struct objective_ref objective = {OBJECTIVE_RTO, state->asset->entity, result->scenario, asset_wants_proof(a, state->asset)};
    const struct asset_state *other = &result->states[from->index];
    /* Of what has no objective a reason is all there is; one that speaks of what it holds alone does not matter here. */
    bool open = other->rto_verdict == VERDICT_UNKNOWN || (other->rto_verdict == VERDICT_NOT_APPLICABLE && !is_of_one_place(other));

    bool rto, rpo;

    open = open && other->undecided;
    rto = open && state->rto_verdict == VERDICT_OK;
    rpo = open && state->rpo_verdict == VERDICT_OK && reads && other->undecided->gone;
    if (!rto && !rpo)
        return false;
    state->undecided = other->undecided;
    if (rto) {
        state->rto_verdict = VERDICT_UNKNOWN;
        decides(a, other->undecided, objective);
    }
    objective.kind = OBJECTIVE_RPO;
    if (rpo) {
        state->rpo_verdict = VERDICT_UNKNOWN;
        decides(a, other->undecided, objective);
    }
    return true;
}

static bool spread(struct analysis *a, struct scenario_result *result)
{
    bool grown = false;

    for (uint32_t i = 0; i < result->order_count; i++) {
        struct asset_state *state = &result->states[result->order[i]->index];
        bool restores = state->fate == FATE_LOST && state->chosen && state->chosen->restores;

        for (uint32_t n = 0; n < state->asset->needs.count; n++)
            grown |= inherit(a, result, state, state->asset->needs.items[n].to, false);
        for (uint32_t n = 0; restores && n < state->asset->restores_with.count; n++)
            grown |= inherit(a, result, state, state->asset->restores_with.items[n].to, true);
    }
    for (uint32_t i = 0; i < result->input_count; i++) {
        if (result->inputs[i].waits)
            grown |= inherit(a, result, &result->states[result->inputs[i].asset->index], result->inputs[i].waits, true);
    }
    return grown;
}

void spread_doubt(struct analysis *a, struct scenario_result *result)
{
    while (spread(a, result))
        ;
}
