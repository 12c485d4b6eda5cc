/* The methods of all that is lost: of each by itself, then of groups together, then of what is made anew from others, once these are settled. */
#include "analysis/recovery/recovery.h"

#include <string.h>

/* What of its loss is not that of its sources stays as it is. */
static void lose_anew(struct analysis *a, const struct asset_state *state, struct candidate *candidate, const struct entity *made)
{
    struct terms before = candidate->rpo_terms, after;

    loss_of_sources(a, state, candidate, made);
    after = candidate->rpo_terms;
    if (before.count < 2 || !after.count)
        return;
    candidate->rpo_terms.items = ARENA_ARRAY(a->arena, struct term, before.count);
    memcpy(candidate->rpo_terms.items, before.items, before.count * sizeof *before.items);
    candidate->rpo_terms.count = before.count;
    candidate->rpo_terms.items[0] = after.items[0];
    for (uint32_t i = 1; i < before.count && candidate->rpo >= 0; i++)
        candidate->rpo = before.items[i].ms < 0 ? TIME_UNKNOWN : candidate->rpo + before.items[i].ms;
}

/* What it is made anew from comes first. What that lost may be more, or less, than when this one chose: then it chooses again, unless a group did. */
static void follow_sources(struct analysis *a, struct scenario_result *result, struct asset_state *state, bool *seen)
{
    bool changed = false;

    if (seen[state->asset->index])
        return;
    seen[state->asset->index] = true;
    for (uint32_t i = 0; state->fate == FATE_LOST && i < state->candidate_count; i++) {
        struct candidate *candidate = &state->candidates[i];
        const struct entity *made = candidate->element.type == VALUE_ENTITY ? candidate->element.u.entity : NULL;
        struct value from = made && made->schema->id == BLOCK_REBUILD ? entity_slot(made, REBUILD_from) : value_unknown();
        int64_t before = candidate->rpo;

        for (uint32_t k = 0; from.type == VALUE_LIST && k < from.u.list->count; k++) {
            const struct asset *source = from.u.list->items[k].type == VALUE_ENTITY ? plan_asset(a->plan, from.u.list->items[k].u.entity) : NULL;

            if (source)
                follow_sources(a, result, &result->states[source->index], seen);
        }
        if (from.type != VALUE_LIST || candidate->copy || !candidate->rpo_terms.count || candidate->rpo_terms.items[0].what != TERM_SOURCE)
            continue;
        lose_anew(a, state, candidate, made);
        changed |= candidate->rpo != before;
    }
    if (changed && !state->grouped)
        choose_again(a, state);
}

void choose_methods(struct analysis *a, struct scenario_result *result)
{
    bool *seen;

    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];

        if (state->fate == FATE_LOST)
            settle(a, state);
    }
    choose_for_groups(a, result);
    seen = result->group_count ? ARENA_ARRAY(a->work, bool, a->plan->asset_count) : NULL;
    for (uint32_t i = 0; seen && i < a->plan->asset_count; i++)
        follow_sources(a, result, &result->states[i], seen);
    for (uint32_t i = 0; result->group_count && i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];

        if (state->fate == FATE_LOST)
            state->serving = state->chosen ? state->chosen->into : NULL;
    }
}
