/* What waits for what: steps of an asset for each other, for what the asset needs, and for what its restore is opened with. */
#include "analysis/recovery/recovery.h"
#include "analysis/recovery/steps.h"

void wait_for(struct analysis *a, struct step *step, struct step *other)
{
    if (!other || other == step)
        return;
    for (uint32_t i = 0; i < step->after_count; i++) {
        if (step->after[i] == other)
            return;
    }
    step->after = arena_grow(a->arena, step->after, step->after_count * sizeof *step->after, (step->after_count + 1) * sizeof *step->after);
    step->after[step->after_count++] = other;
}

/* Waits for whoever must serve first. An asset without steps of its own (its kind needs nothing to go on) passes the wait on
 * to what it needs: its frontier. Assets are visited needs first, so a frontier is there when it is asked for. */
void find_frontiers(struct analysis *a, struct scenario_result *result)
{
    a->frontiers = ARENA_ARRAY(a->arena, struct frontier, a->plan->asset_count);
    for (uint32_t at = 0; at < a->plan->asset_count; at++) {
        struct asset *asset = &a->plan->assets[a->needs_first[at]];
        struct asset_state *state = &result->states[asset->index];
        struct frontier *frontier = &a->frontiers[asset->index];

        if (state->last) {
            vec_push(a->arena, frontier, state->last);
            continue;
        }
        for (uint32_t n = 0; state->fate == FATE_IMPAIRED && n < asset->needs.count; n++) {
            const struct frontier *from = &a->frontiers[asset->needs.items[n].to->index];

            for (uint32_t i = 0; i < from->len; i++) {
                uint32_t seen = 0;

                while (seen < frontier->len && frontier->items[seen] != from->items[i])
                    seen++;
                if (seen == frontier->len)
                    vec_push(a->arena, frontier, from->items[i]);
            }
        }
    }
}

void wait_for_asset(struct analysis *a, struct step *step, const struct asset *asset)
{
    const struct frontier *frontier = &a->frontiers[asset->index];

    for (uint32_t i = 0; i < frontier->len; i++)
        wait_for(a, step, frontier->items[i]);
}

void chain(struct analysis *a, struct asset_state *state, step_list *steps, uint32_t first)
{
    struct step *previous = NULL;

    state->steps = &steps->items[first];
    state->step_count = steps->len - first;
    for (uint32_t i = first; i < steps->len; i++) {
        struct step *step = steps->items[i];

        wait_for(a, step, previous);
        previous = step;
        if (step->phase != PHASE_REPROTECT)
            state->last = step;
    }
}

static bool standby_early(const struct asset_state *state)
{
    const struct entity *element = state->chosen && state->chosen->element.type == VALUE_ENTITY ? state->chosen->element.u.entity : NULL;
    struct value early;

    if (!element || element->schema->id != BLOCK_STANDBY)
        return false;
    early = entity_slot(element, STANDBY_before_needs);
    return early.type == VALUE_BOOL && early.u.integer;
}

/* Keys, keepers of secrets and sources that come back before what they are needed for. */
static void wait_for_inputs(struct analysis *a, const struct asset_state *state, struct step *step)
{
    uint32_t end;

    for (uint32_t i = restore_inputs_of(a->scenario, state->asset, &end); i < end; i++) {
        if (a->scenario->inputs[i].waits)
            wait_for_asset(a, step, a->scenario->inputs[i].waits);
    }
}

/* The first step that does not go ahead waits for what the asset needs; the ones after it wait for that one. */
void wait_for_needs(struct analysis *a, struct asset_state *state)
{
    bool early = standby_early(state);

    for (uint32_t i = 0; i < state->step_count; i++) {
        struct step *step = state->steps[i];

        if (step->before_needs || step->phase == PHASE_FENCE || step->phase == PHASE_PREPARE ||
            (early && step->phase == PHASE_RECOVER && step != state->last))
            continue;
        for (uint32_t n = 0; n < state->asset->needs.count; n++)
            wait_for_asset(a, step, state->asset->needs.items[n].to);
        if (state->chosen && state->chosen->restores) {
            for (uint32_t n = 0; n < state->asset->restores_with.count; n++)
                wait_for_asset(a, step, state->asset->restores_with.items[n].to);
        }
        if (!state->stuck)
            wait_for_inputs(a, state, step);
        return;
    }
}
