/* Steps that make the members of a group agree once each is back: they wait for all of them, and whoever needs a member, is restored with one or is
 * made from one waits for them. */
#include "analysis/recovery/recovery.h"

#include <string.h>

struct marks {
    bool *set;
    uint32_t *queue;
    uint32_t len;
};

static void mark(struct marks *marks, const struct asset *asset)
{
    if (marks->set[asset->index])
        return;
    marks->set[asset->index] = true;
    marks->queue[marks->len++] = asset->index;
}

/* Everything a member of any of these groups needs, at any distance: that cannot wait for members to agree. NULL when no group reconciles. */
static bool *needed_by_members(const struct analysis *a, const struct scenario_result *result)
{
    struct marks marks = {0};

    for (uint32_t i = 0; i < result->group_count; i++) {
        const struct group_state *group = &result->groups[i];

        if (group->reconciles && !marks.set) {
            marks.set = ARENA_ARRAY(a->arena, bool, a->plan->asset_count);
            marks.queue = ARENA_ARRAY(a->arena, uint32_t, a->plan->asset_count);
        }
        for (uint32_t m = 0; group->reconciles && m < group->member_count; m++)
            mark(&marks, group->members[m].state->asset);
    }
    for (uint32_t at = 0; at < marks.len; at++) {
        const struct asset *asset = &a->plan->assets[marks.queue[at]];
        uint32_t end;

        for (uint32_t n = 0; n < asset->needs.count; n++)
            mark(&marks, asset->needs.items[n].to);
        for (uint32_t n = 0; n < asset->restores_with.count; n++)
            mark(&marks, asset->restores_with.items[n].to);
        for (uint32_t i = restore_inputs_of(result, asset, &end); i < end; i++) {
            if (result->inputs[i].waits)
                mark(&marks, result->inputs[i].waits);
        }
    }
    return marks.set;
}

/* The step that leads users to a member, or lets them in again; NULL: none of its own. Steps of an asset stand by phase. */
static struct step *first_of_traffic(const struct asset_state *state)
{
    for (uint32_t i = 0; i < state->step_count; i++) {
        if (state->steps[i]->phase == PHASE_TRAFFIC)
            return state->steps[i];
    }
    return NULL;
}

static struct step *last_before_traffic(const struct asset_state *state)
{
    struct step *last = NULL;

    if (!first_of_traffic(state))
        return state->last;
    for (uint32_t i = 0; i < state->step_count && state->steps[i]->phase < PHASE_TRAFFIC; i++)
        last = state->steps[i];
    return last;
}

/* Whether it needs one of those, or its restore reads one. */
static bool uses(const struct scenario_result *result, const struct asset *asset, const bool *marked)
{
    const struct asset_state *state = &result->states[asset->index];
    bool any = false;
    uint32_t end;

    for (uint32_t n = 0; n < asset->needs.count; n++)
        any |= marked[asset->needs.items[n].index];
    for (uint32_t n = 0; state->chosen && state->chosen->restores && n < asset->restores_with.count; n++)
        any |= marked[asset->restores_with.items[n].index];
    for (uint32_t i = state->stuck ? UINT32_MAX : restore_inputs_of(result, asset, &end); i != UINT32_MAX && i < end; i++)
        any |= result->inputs[i].waits && marked[result->inputs[i].waits->index];
    return any;
}

/* What waits for the end of these steps: by a step of its own, or (true) all that waits for it does. */
static bool passes_on(struct analysis *a, const struct scenario_result *result, const struct asset *asset, struct step *end)
{
    const struct asset_state *state = &result->states[asset->index];

    for (uint32_t s = 0; s < state->step_count; s++) {
        if (state->steps[s]->phase >= PHASE_RECOVER && !state->steps[s]->before_needs) {
            wait_for(a, state->steps[s], end);
            break;
        }
    }
    return !state->last;
}

static void reconcile(struct analysis *a, struct scenario_result *result, struct group_state *group, struct step **steps, uint32_t count,
                      const bool *needed)
{
    bool *waits = ARENA_ARRAY(a->arena, bool, a->plan->asset_count), *done = ARENA_ARRAY(a->arena, bool, a->plan->asset_count), grown = true;
    struct step *end = steps[count - 1];

    for (uint32_t i = 0; i < count; i++) {
        steps[i]->id = intern_text(a, "%s.reconcile.%s", group->group->name, steps[i]->origin->name);
        if (!entity_attr(steps[i]->origin, STEP_phase))
            steps[i]->phase = PHASE_VERIFY;
        if (i)
            wait_for(a, steps[i], steps[i - 1]);
    }
    for (uint32_t i = 0; i < group->member_count; i++) {
        wait_for(a, steps[0], last_before_traffic(group->members[i].state));
        waits[group->members[i].state->asset->index] = true;
    }
    /* Whoever uses a member, directly or through something without steps of its own. */
    while (grown) {
        grown = false;
        for (uint32_t at = 0; at < a->plan->asset_count; at++) {
            struct asset *asset = &a->plan->assets[a->needs_first[at]];

            if (needed[asset->index] || waits[asset->index] || done[asset->index] || !uses(result, asset, waits))
                continue;
            done[asset->index] = true;
            waits[asset->index] = passes_on(a, result, asset, end);
            grown |= waits[asset->index];
        }
    }
    for (uint32_t i = 0; i < group->member_count; i++) {
        struct asset_state *state = group->members[i].state;

        struct step *traffic = first_of_traffic(state);

        if (!state->last)
            continue;
        /* Nobody is let in again before what belongs together agrees. */
        if (traffic) {
            wait_for(a, traffic, end);
            continue;
        }
        state->last = end;
        a->frontiers[state->asset->index] = (struct frontier){0};
        vec_push(a->frontier_arena, &a->frontiers[state->asset->index], end);
    }
}

/* Whether one of them has to succeed before the recovery goes on: nothing else makes members agree. */
static bool has_sure_step(struct step *const *steps, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!steps[i]->best_effort && steps[i]->on_failure != FAILURE_CONTINUE)
            return true;
    }
    return false;
}

void reconcile_groups(struct analysis *a, struct scenario_result *result, struct step ***steps, uint32_t *count)
{
    bool *needed = needed_by_members(a, result);
    VEC(struct step *) all = {0};

    for (uint32_t i = 0; i < result->group_count; i++) {
        struct group_state *group = &result->groups[i];
        const struct scope *scope = NULL;
        uint32_t cursor = 0, own = 0;
        struct entity *part = group->reconciles ? entity_child(group->group, BLOCK_RECONCILE, &cursor) : NULL;
        struct step **list = NULL;

        if (!part)
            continue;
        if (a->model->plan)
            scope = scope_add(a->eval, scope, "plan", value_entity(a->model->plan));
        scope = scope_add(a->eval, scope, "scenario", value_entity(result->scenario));
        scope = scope_add(a->eval, scope, "self", value_entity(group->group));
        block_steps(a, part, group->group, scope, &list, &own);
        group->reconciles = has_sure_step(list, own);
        if (!own)
            continue;
        for (uint32_t s = 0; s < own; s++)
            place_step(a, list[s]);
        report_places(a, list, own);
        reconcile(a, result, group, list, own, needed);
        for (uint32_t s = 0; s < own; s++)
            vec_push(a->arena, &all, list[s]);
    }
    *steps = all.items;
    *count = all.len;
}
