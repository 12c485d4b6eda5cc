/* The clock: when every step starts and ends, in which order, and which of them decide the end.
 *
 * A step starts when all it waits for has ended, not before somebody has declared and approved the recovery (unless it happens by
 * itself), and when a pair of hands is free: those of its people, of which `operators` work at once (lanes.c), or, for automated steps,
 * `parallel`. Who is served first is decided
 * at the worst case, by tier, then by the longest remaining path, then as written (project.c). That order then stays: best and typical
 * times are the longest paths through the same order, so that no stroke of luck makes anything later. Without bounds the
 * finish is the longest path. */
#include "analysis/clock/bound.h"
#include "analysis/clock/clock.h"

#include <stdlib.h>
#include <string.h>

/* A step while it is being put in order. */
struct work {
    struct step *step;
    uint32_t sequence; /* written order */
    int64_t level;     /* of the asset's tier */
    int64_t start;     /* when it is sorted by it: the steps themselves are far apart in memory */
    uint32_t wave;
};

enum release step_release(const struct scenario_result *result, const struct step *step)
{
    const struct asset_state *state = step->asset ? &result->states[step->asset->index] : NULL;
    const struct candidate *chosen = state ? state->chosen : NULL;

    if (!chosen || !chosen->automatic || step_is_by_people(step))
        return RELEASE_DECLARED;
    return chosen->includes_detect ? RELEASE_AT_ONCE : RELEASE_DETECTED;
}

static struct span_of_time earliest(const struct scenario_result *result, const struct step *step)
{
    enum release release = step_release(result, step);

    return release == RELEASE_AT_ONCE ? time_exact(0) : release == RELEASE_DETECTED ? result->detect : result->begin;
}

/* Steps know each other by pointer, tasks by number: `ordinal` holds it meanwhile. */
static void make_tasks(const struct scenario_result *result, struct project *project, const struct work *works, struct arena *scratch)
{
    uint32_t total = 0, *after;

    for (uint32_t i = 0; i < project->count; i++) {
        works[i].step->ordinal = i;
        total += works[i].step->after_count;
    }
    after = ARENA_ARRAY(scratch, uint32_t, total);
    for (uint32_t i = 0; i < project->count; i++) {
        const struct step *step = works[i].step;
        struct task *task = &project->tasks[i];
        struct span_of_time release = earliest(result, step);

        task->release = release.known ? release.worst : START_UNKNOWN;
        task->takes = step->takes.known ? step_lasts(step).worst : TAKES_UNKNOWN;
        task->rank = works[i].level;
        task->tie = i;
        /* What a person does takes a person, even when a command checks or verifies it afterwards; a platform keeps to nobody's turn. */
        task->pool = step->idle || step->mode == STEP_BY_ITSELF ? POOL_NONE : step_takes_people(step) ? POOL_MANUAL : POOL_AUTOMATED;
        if (task->pool == POOL_MANUAL && step->takes.known && step->takes.worst == 0)
            task->pool = POOL_NONE; /* only the script works on it */
        task->counts = step->asset && result->states[step->asset->index].last == step;
        task->late = step->phase == PHASE_REPROTECT;
        task->after = after;
        task->after_count = step->after_count;
        for (uint32_t w = 0; w < step->after_count; w++)
            *after++ = step->after[w]->ordinal;
    }
}

static bool waits_anyway(const struct step *step, const struct step *other)
{
    for (uint32_t i = 0; i < step->after_count; i++) {
        if (step->after[i] == other)
            return true;
    }
    return false;
}

/* Starts and ends at the worst case, and what each step waited for. */
static void take_times(struct analysis *a, struct scenario_result *result, const struct project *project, const struct work *works)
{
    for (uint32_t i = 0; i < project->count; i++) {
        struct step *step = works[i].step;
        const struct task *task = &project->tasks[i];

        step->wave = task->wave;
        if (step->wave > result->wave_count)
            result->wave_count = step->wave;
        step->start = (struct span_of_time){.known = task->start >= 0, .worst = task->start};
        step->waits_for = task->decided_by == NO_TASK ? NULL : works[task->decided_by].step;
        step->follows = task->heir_count ? ARENA_ARRAY(a->arena, struct step *, task->heir_count) : NULL;
        step->follow_count = 0;
        for (uint32_t h = 0; h < task->heir_count; h++) {
            struct step *other = works[project->heirs[task->first_heir + h]].step;

            if (!waits_anyway(step, other))
                step->follows[step->follow_count++] = other;
        }
    }
}

/* Best and typical times of a step, when those of all before it are there. */
static void time_step(const struct scenario_result *result, struct step *step)
{
    int64_t worst = step->start.worst;

    if (!step->start.known) {
        step->start = step->finish = (struct span_of_time){0};
        return;
    }
    step->start = earliest(result, step);
    for (uint32_t i = 0; i < step->after_count; i++)
        step->start = time_max(step->start, step->after[i]->finish);
    for (uint32_t i = 0; i < step->follow_count; i++)
        step->start = time_max(step->start, step->follows[i]->finish);
    step->start.worst = worst;
    step->finish = time_add(step->start, step_lasts(step));
}

static int compare_steps(const void *x, const void *y)
{
    const struct work *a = x, *b = y;

    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->wave != b->wave)
        return a->wave < b->wave ? -1 : 1;
    if (a->level != b->level)
        return a->level < b->level ? -1 : 1;
    return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

static void take_decider(struct asset_state *state, const struct asset_state *other)
{
    if (!state->decides && other->finish.known && other->finish.worst == state->finish.worst)
        state->decides = other->decides;
}

static void find_decider(const struct scenario_result *result, struct asset_state *state)
{
    if (!state->finish.known)
        return;
    if (state->last && state->last->finish.known && state->last->finish.worst >= state->finish.worst)
        state->decides = state->last;
    for (uint32_t n = 0; n < state->asset->needs.count; n++)
        take_decider(state, &result->states[state->asset->needs.items[n].index]);
    for (uint32_t n = 0; state->chosen && state->chosen->restores && n < state->asset->restores_with.count; n++)
        take_decider(state, &result->states[state->asset->restores_with.items[n].index]);
}

/* Without steps of its own an impaired asset is back when all it needs is. Needs come first in the order. */
static void finish_assets(struct analysis *a, struct scenario_result *result)
{
    for (uint32_t at = 0; at < a->plan->asset_count; at++) {
        struct asset_state *state = &result->states[a->needs_first[at]];

        state->start = state->finish = time_exact(0);
        if (state->fate == FATE_UNAFFECTED)
            continue;
        if (state->last) {
            state->start = state->steps[0]->start;
            state->finish = state->last->finish;
        } else if (state->fate == FATE_LOST) {
            state->start = state->finish = (struct span_of_time){0};
        }
        for (uint32_t n = 0; n < state->asset->needs.count; n++)
            state->finish = time_max(state->finish, result->states[state->asset->needs.items[n].index].finish);
        /* What a restore needs and never comes back makes the restore unknown, although no step waits for it. */
        for (uint32_t n = 0; state->chosen && state->chosen->restores && n < state->asset->restores_with.count; n++)
            state->finish = time_max(state->finish, result->states[state->asset->restores_with.items[n].index].finish);
        if (state->stuck)
            state->finish = (struct span_of_time){0};
        find_decider(result, state);
        if (state->full_speed)
            *state->full_speed = time_max(state->finish, time_add(state->start, *state->full_speed));
        state->loss_ms = state->fate == FATE_LOST && state->chosen                          ? state->chosen->rpo
                         : state->fate == FATE_LOST && state->asset->holds != HOLDS_NOTHING ? TIME_UNKNOWN
                                                                                            : RPO_NOT_APPLICABLE;
        if (state->chosen)
            state->rpo_terms = state->chosen->rpo_terms;
    }
}

static bool forget_finish(struct asset_state *state, const struct asset_state *other)
{
    if (!state->finish.known || other->finish.known || state->fate == FATE_UNAFFECTED)
        return false;
    state->finish = (struct span_of_time){0};
    state->decides = NULL;
    return true;
}

/* What a restore reads may stand and serve nobody knows when: then no step waits for it, and yet nobody knows when the restore ends. */
static void finish_inputs(const struct analysis *a, struct scenario_result *result)
{
    bool grown = result->input_count > 0;

    while (grown) {
        grown = false;
        for (uint32_t i = 0; i < result->input_count; i++) {
            const struct restore_input *input = &result->inputs[i];

            if (input->waits)
                grown |= forget_finish(&result->states[input->asset->index], &result->states[input->waits->index]);
        }
        for (uint32_t at = 0; grown && at < a->plan->asset_count; at++) {
            struct asset_state *state = &result->states[a->needs_first[at]];

            for (uint32_t n = 0; n < state->asset->needs.count; n++)
                forget_finish(state, &result->states[state->asset->needs.items[n].index]);
            for (uint32_t n = 0; state->chosen && state->chosen->restores && n < state->asset->restores_with.count; n++)
                forget_finish(state, &result->states[state->asset->restores_with.items[n].index]);
        }
    }
}

static int64_t order_key(const struct asset_state *state)
{
    return state->last ? state->last->ordinal : state->finish.known ? state->finish.worst : INT64_MAX;
}

struct ordered {
    struct asset_state *state;
    int64_t finish, key;
};

static int compare_states(const void *x, const void *y)
{
    const struct ordered *a = x, *b = y;

    if (a->finish != b->finish)
        return a->finish < b->finish ? -1 : 1;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->state < b->state ? -1 : 1; /* by number: states stand in the order of their assets */
}

static void order_assets(struct analysis *a, struct scenario_result *result)
{
    struct ordered *states = ARENA_ARRAY(a->arena, struct ordered, a->plan->asset_count);
    uint32_t count = 0;
    struct step *last = NULL;

    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];

        if (state->fate != FATE_UNAFFECTED)
            states[count++] = (struct ordered){state, state->finish.known ? state->finish.worst : INT64_MAX, order_key(state)};
    }
    if (count)
        qsort(states, count, sizeof *states, compare_states);
    result->order = ARENA_ARRAY(a->arena, struct asset *, count);
    result->finish = time_exact(0);
    for (uint32_t i = 0; i < count; i++) {
        result->order[result->order_count++] = states[i].state->asset;
        result->finish = time_max(result->finish, states[i].state->finish);
        if (states[i].state->last)
            last = states[i].state->decides ? states[i].state->decides : states[i].state->last;
    }
    for (struct step *step = last; step; step = step->waits_for) {
        step->critical = true;
        result->critical_count++;
    }
    arena_give_back(a->arena, states, a->plan->asset_count * sizeof *states);
    result->critical = ARENA_ARRAY(a->arena, struct step *, result->critical_count);
    count = result->critical_count;
    for (struct step *step = last; step; step = step->waits_for)
        result->critical[--count] = step;
}

/* Keeps for whoever checks the schedule whose hands each step takes. Steps are in total order. */
static void keep_hands(struct analysis *a, struct scenario_result *result, const struct project *project, const struct work *works,
                       const struct entity *const *who)
{
    uint32_t pools = POOL_COUNT - 1, *number = ARENA_ARRAY(a->arena, uint32_t, pools + project->team_count);

    result->hands = ARENA_ARRAY(a->arena, struct step_hands, pools + project->team_count);
    result->taken = arena_alloc(a->arena, project->count * sizeof *result->taken);
    for (uint32_t i = 0; i < pools + project->team_count; i++)
        number[i] = UINT32_MAX;
    for (uint32_t i = 0; i < project->count; i++) {
        const struct task *task = &project->tasks[works[i].sequence];
        uint32_t slots[2] = {task->pool == POOL_NONE || !task->takes || !project->hands[task->pool] ? UINT32_MAX : task->pool - 1u,
                             task->team && task->takes ? pools + task->team : UINT32_MAX};

        for (uint32_t s = 0; s < 2; s++) {
            uint32_t slot = slots[s], *to = s ? &result->taken[i].crew : &result->taken[i].pool;

            *to = UINT32_MAX;
            if (slot == UINT32_MAX)
                continue;
            if (number[slot] == UINT32_MAX) {
                const struct entity *crew = slot < pools ? NULL : who[slot - pools];

                number[slot] = result->hands_count;
                result->hands[result->hands_count++] =
                    (struct step_hands){crew                       ? intern_text(a, "%s.%s", crew->schema->name, crew->name)
                                        : slot >= pools            ? "nobody"
                                        : slot + 1u == POOL_MANUAL ? "people"
                                                                   : "script",
                                        crew, slot < pools ? project->hands[slot + 1u] : project->team_hands[slot - pools]};
            }
            *to = number[slot];
        }
    }
}

void time_steps(struct analysis *a, struct scenario_result *result)
{
    struct arena *scratch = arena_new();
    const struct entity **who;
    uint32_t teams;
    struct project project = {.count = result->step_count};
    bool apart;
    struct work *works = ARENA_ARRAY(scratch, struct work, project.count);

    project.tasks = ARENA_ARRAY(scratch, struct task, project.count);
    if (a->links.len)
        share_links(a, result, &project, scratch);
    project.hands[POOL_MANUAL] = stated_hands(a, PLAN_operators);
    project.hands[POOL_AUTOMATED] = stated_hands(a, PLAN_parallel);
    for (uint32_t i = 0; i < project.count; i++) {
        works[i].step = result->steps[i];
        works[i].sequence = i;
        works[i].level = result->steps[i]->asset ? result->steps[i]->asset->level : -1;
    }
    make_tasks(result, &project, works, scratch);
    apart = share_hands(a, result, &project, scratch, &who);
    project_schedule(&project, scratch);
    teams = project.team_count;
    if (!apart)
        project.team_count = 0; /* no bound: who is in two teams could be given to the other */
    result->bound = project_bound(&project);
    project.team_count = teams;
    take_times(a, result, &project, works);
    for (uint32_t i = 0; i < project.count; i++) {
        works[i].start = project.tasks[i].start >= 0 ? project.tasks[i].start : INT64_MAX;
        works[i].wave = project.tasks[i].wave;
    }
    if (project.count)
        qsort(works, project.count, sizeof *works, compare_steps);
    for (uint32_t i = 0; i < project.count; i++) {
        result->steps[i] = works[i].step;
        result->steps[i]->ordinal = i + 1;
        time_step(result, result->steps[i]);
    }
    if (a->options->digest)
        keep_hands(a, result, &project, works, who);
    arena_delete(scratch);
    finish_assets(a, result);
    finish_inputs(a, result);
    order_assets(a, result);
}
