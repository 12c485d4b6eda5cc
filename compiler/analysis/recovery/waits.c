/* What waits for what: steps of an asset for each other, for what the asset needs, and for what its restore is opened with. */
#include "analysis/recovery/recovery.h"
#include "analysis/recovery/steps.h"

enum { FEW = 32 };

/* Whether the step waits for the other already; else it is noted that it does. Who waits for many has a set of them beside the list. */
static bool waits_already(struct analysis *a, const struct step *step, const struct step *other)
{
    atom key = (atom)(const void *)step;
    struct map *set;

    if (step->after_count < FEW) {
        for (uint32_t i = 0; i < step->after_count; i++) {
            if (step->after[i] == other)
                return true;
        }
        return false;
    }
    set = map_get(&a->after_sets, key);
    if (!set) {
        set = ARENA_NEW(a->arena, struct map);
        map_add(&a->after_sets, a->arena, key, set);
        for (uint32_t i = 0; i < step->after_count; i++)
            map_add(set, a->arena, (atom)(const void *)step->after[i], set);
    }
    return !map_add(set, a->arena, (atom)(const void *)other, set);
}

void wait_for(struct analysis *a, struct step *step, struct step *other)
{
    uint32_t count = step->after_count;

    if (!other || other == step || waits_already(a, step, other))
        return;
    if ((count & (count - 1)) == 0) /* a power of two: that is how many there was room for */
        step->after = arena_grow(a->arena, step->after, count * sizeof *step->after, (count ? count * 2 : 1) * sizeof *step->after);
    step->after[step->after_count++] = other;
}

/* What one of the needs passes on, each step once. What waits for one only waits for just the same. */
static void add_frontier(struct analysis *a, struct frontier *frontier, const struct frontier *from, struct arena *scratch, struct map *seen)
{
    if (!frontier->len) {
        *frontier = (struct frontier){from->items, from->len, from->len};
        return;
    }
    if (frontier->items == from->items && frontier->len == from->len)
        return;
    for (uint32_t i = seen->len; i < frontier->len; i++)
        map_add(seen, scratch, (atom)(const void *)frontier->items[i], frontier);
    for (uint32_t i = 0; i < from->len; i++) {
        if (map_add(seen, scratch, (atom)(const void *)from->items[i], frontier))
            vec_push(a->frontier_arena, frontier, from->items[i]);
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

/* Whether a step does not wait for what the asset needs. */
static bool goes_ahead(const struct asset_state *state, const struct step *step, bool early)
{
    return step->before_needs || step->phase == PHASE_FENCE || step->phase == PHASE_PREPARE ||
           (early && step->phase == PHASE_RECOVER && step != state->last);
}

/* Whether all of its steps may end before what it needs serves. */
static bool all_go_ahead(const struct asset_state *state)
{
    bool early = standby_early(state);

    for (uint32_t i = 0; i < state->step_count; i++) {
        if (!goes_ahead(state, state->steps[i], early))
            return false;
    }
    return true;
}

int64_t rest_of_restore(const struct asset_state *state)
{
    bool early = standby_early(state), begun = false;
    int64_t rest = 0;

    for (uint32_t i = 0; i < state->step_count; i++) {
        const struct step *step = state->steps[i];

        begun |= !goes_ahead(state, step, early);
        if (!begun || step->phase == PHASE_REPROTECT)
            continue;
        if (!step->takes.known || __builtin_add_overflow(rest, step->takes.worst, &rest))
            return 0;
    }
    return rest;
}

/* Waits for whoever must serve first. An asset that is ready before what it needs serves when that does. An asset without steps of its own
 * (its kind needs nothing to go on) passes the wait on to what it needs: its frontier. Assets are visited needs first, so a frontier is
 * there when it is asked for. */
void find_frontiers(struct analysis *a, struct scenario_result *result)
{
    struct arena *scratch = arena_new();
    struct map seen = {0};

    a->frontiers = ARENA_ARRAY(a->frontier_arena, struct frontier, a->plan->asset_count);
    for (uint32_t at = 0; at < a->plan->asset_count; at++) {
        struct asset *asset = &a->plan->assets[a->needs_first[at]];
        struct asset_state *state = &result->states[asset->index];
        struct frontier *frontier = &a->frontiers[asset->index];

        find_ready(result, state);
        if (state->ready) {
            bool ahead = all_go_ahead(state);

            vec_push(a->frontier_arena, frontier, state->ready);
            for (uint32_t n = 0; ahead && n < asset->needs.count; n++)
                add_frontier(a, frontier, &a->frontiers[asset->needs.items[n].index], scratch, &seen);
            for (uint32_t n = 0; ahead && state->chosen && state->chosen->restores && n < asset->restores_with.count; n++)
                add_frontier(a, frontier, &a->frontiers[asset->restores_with.items[n].index], scratch, &seen);
            seen = (struct map){0};
            continue;
        }
        for (uint32_t n = 0; (state->fate == FATE_IMPAIRED || state->last) && n < asset->needs.count; n++)
            add_frontier(a, frontier, &a->frontiers[asset->needs.items[n].index], scratch, &seen);
        seen = (struct map){0};
    }
    arena_delete(scratch);
}

void wait_for_asset(struct analysis *a, struct step *step, const struct asset *asset)
{
    const struct frontier *frontier = &a->frontiers[asset->index];

    for (uint32_t i = 0; i < frontier->len; i++)
        wait_for(a, step, frontier->items[i]);
}

/* An archive is asked at once, whatever else has to be done before its answer is read. */
bool step_is_asked_ahead(const struct step *step)
{
    return step->idle && step->before_needs && step->phase == PHASE_RECOVER;
}

/* Whether what the archive hands out is read by a step after this one. */
static bool read_later(const step_list *steps, uint32_t at)
{
    for (uint32_t i = at + 1; i < steps->len; i++) {
        if (!step_is_asked_ahead(steps->items[i]) && steps->items[i]->phase >= PHASE_RECOVER && steps->items[i]->phase < PHASE_REPROTECT)
            return true;
    }
    return false;
}

void chain(struct analysis *a, struct asset_state *state, step_list *steps, uint32_t first)
{
    struct step *previous = NULL;
    uint32_t asked = first; /* answers before this one are waited for */

    state->steps = &steps->items[first];
    state->step_count = steps->len - first;
    for (uint32_t i = first; i < steps->len; i++) {
        struct step *step = steps->items[i];
        bool ahead = step_is_asked_ahead(step) && read_later(steps, i);

        if (step->phase != PHASE_REPROTECT)
            state->last = step;
        if (ahead)
            continue;
        wait_for(a, step, previous);
        for (; step->phase >= PHASE_RECOVER && asked < i; asked++) {
            if (step_is_asked_ahead(steps->items[asked]))
                wait_for(a, step, steps->items[asked]);
        }
        previous = step;
    }
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

        if (goes_ahead(state, step, early))
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
