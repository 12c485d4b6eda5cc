/* The clock: when every step starts and ends, in which order, and which of them decide the end.
 *
 * A step starts when all it waits for has ended, not before somebody has declared the recovery (unless it happens by
 * itself), and when a pair of hands is free: `operators` bounds manual steps, `parallel` automated ones. Ready steps are
 * served by tier, then by the longest remaining path, then in written order (list scheduling): deterministic. Without bounds the
 * finish is the longest path. */
#include "analysis/internal.h"

#include <stdlib.h>
#include <string.h>

struct work {
    struct step *step;
    uint32_t waits;      /* predecessors not finished */
    uint32_t sequence;   /* written order */
    int64_t level;       /* of the asset's tier */
    int64_t remaining;   /* longest path from here to the end, worst case; INT64_MAX unknown */
};

struct pool {
    int64_t *free_at;      /* when each pair of hands is free, worst case */
    struct step **last;    /* what it did before */
    uint32_t count;        /* 0: no bound */
};

struct clock {
    struct analysis *a;
    struct scenario_result *result;
    struct work *works;
    uint32_t count;
    uint32_t *first, *next; /* successors of work i: next[first[i] .. first[i + 1]) */
    uint32_t *heap;
    uint32_t heap_len;
    struct pool manual, automated;
};

static bool before(const struct clock *clock, uint32_t x, uint32_t y)
{
    const struct work *a = &clock->works[x], *b = &clock->works[y];

    if (a->level != b->level)
        return a->level < b->level;
    if (a->remaining != b->remaining)
        return a->remaining > b->remaining;
    return a->sequence < b->sequence;
}

static void heap_push(struct clock *clock, uint32_t work)
{
    uint32_t at = clock->heap_len++;

    while (at && before(clock, work, clock->heap[(at - 1) / 2])) {
        clock->heap[at] = clock->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    clock->heap[at] = work;
}

static uint32_t heap_pop(struct clock *clock)
{
    uint32_t top = clock->heap[0], last = clock->heap[--clock->heap_len], at = 0;

    for (;;) {
        uint32_t child = 2 * at + 1;

        if (child >= clock->heap_len)
            break;
        if (child + 1 < clock->heap_len && before(clock, clock->heap[child + 1], clock->heap[child]))
            child++;
        if (!before(clock, clock->heap[child], last))
            break;
        clock->heap[at] = clock->heap[child];
        at = child;
    }
    if (clock->heap_len)
        clock->heap[at] = last;
    return top;
}

static void make_pool(struct clock *clock, struct pool *pool, uint32_t row)
{
    struct value limit = clock->a->model->plan ? entity_slot(clock->a->model->plan, row) : value_unknown();

    if (limit.type != VALUE_INT || limit.u.integer <= 0 || limit.u.integer >= clock->count)
        return;
    pool->count = (uint32_t)limit.u.integer;
    pool->free_at = ARENA_ARRAY(clock->a->arena, int64_t, pool->count);
    pool->last = ARENA_ARRAY(clock->a->arena, struct step *, pool->count);
}

/* Numbers of steps by address: steps know each other by pointer. */
static void link_works(struct clock *clock)
{
    uint32_t total = 0;

    for (uint32_t i = 0; i < clock->count; i++)
        clock->works[i].step->ordinal = i;
    clock->first = ARENA_ARRAY(clock->a->arena, uint32_t, clock->count + 1);
    for (uint32_t i = 0; i < clock->count; i++) {
        const struct step *step = clock->works[i].step;

        clock->works[i].waits = step->after_count;
        total += step->after_count;
        for (uint32_t w = 0; w < step->after_count; w++)
            clock->first[step->after[w]->ordinal + 1]++;
    }
    for (uint32_t i = 0; i < clock->count; i++)
        clock->first[i + 1] += clock->first[i];
    clock->next = ARENA_ARRAY(clock->a->arena, uint32_t, total);
    {
        uint32_t *fill = ARENA_ARRAY(clock->a->arena, uint32_t, clock->count + 1);

        for (uint32_t i = 0; i < clock->count; i++) {
            const struct step *step = clock->works[i].step;

            for (uint32_t w = 0; w < step->after_count; w++) {
                uint32_t from = step->after[w]->ordinal;

                clock->next[clock->first[from] + fill[from]++] = i;
            }
        }
    }
}

static int64_t add_path(int64_t x, int64_t y)
{
    int64_t sum;

    return x == INT64_MAX || y == INT64_MAX || __builtin_add_overflow(x, y, &sum) ? INT64_MAX : sum;
}

/* Kahn's order, then backwards: the longest path from each step to an end. */
static void measure_paths(struct clock *clock)
{
    uint32_t *order = ARENA_ARRAY(clock->a->arena, uint32_t, clock->count);
    uint32_t *waits = ARENA_ARRAY(clock->a->arena, uint32_t, clock->count);
    uint32_t head = 0, tail = 0;

    for (uint32_t i = 0; i < clock->count; i++) {
        waits[i] = clock->works[i].waits;
        if (!waits[i])
            order[tail++] = i;
    }
    for (; head < tail; head++) {
        for (uint32_t n = clock->first[order[head]]; n < clock->first[order[head] + 1]; n++) {
            if (--waits[clock->next[n]] == 0)
                order[tail++] = clock->next[n];
        }
    }
    while (tail-- > 0) {
        struct work *work = &clock->works[order[tail]];
        int64_t longest = 0;

        for (uint32_t n = clock->first[order[tail]]; n < clock->first[order[tail] + 1]; n++) {
            int64_t path = clock->works[clock->next[n]].remaining;

            longest = path > longest ? path : longest;
        }
        work->remaining = add_path(longest, work->step->takes.known ? work->step->takes.worst : INT64_MAX);
    }
}

/* The earliest a step may start, whatever it waits for. */
static struct span_of_time earliest(const struct clock *clock, const struct step *step)
{
    const struct asset_state *state = step->asset ? &clock->result->states[step->asset->index] : NULL;
    const struct candidate *chosen = state ? state->chosen : NULL;
    bool by_itself = chosen && chosen->automatic && step->automated;

    if (by_itself && chosen->includes_detect)
        return time_exact(0);
    if (by_itself)
        return clock->result->detect;
    return time_add(clock->result->detect, clock->result->declare);
}

static void take_hands(struct pool *pool, struct step *step)
{
    uint32_t best = 0;
    int64_t end;

    if (!pool->count || (step->takes.known && step->takes.worst == 0))
        return;
    for (uint32_t i = 1; i < pool->count; i++) {
        if (pool->free_at[i] < pool->free_at[best])
            best = i;
    }
    /* What takes nobody knows how long keeps its hands: what waits for them is unknown as well. */
    if (pool->free_at[best] == INT64_MAX) {
        step->start = (struct span_of_time){0};
        step->waits_for = pool->last[best];
    }
    if (!step->start.known || !step->takes.known || __builtin_add_overflow(step->start.worst, step->takes.worst, &end)) {
        pool->free_at[best] = INT64_MAX;
        pool->last[best] = step;
        return;
    }
    if (pool->free_at[best] > step->start.worst) {
        int64_t wait = pool->free_at[best] - step->start.worst;

        step->start = time_add(step->start, time_exact(wait));
        step->waits_for = pool->last[best];
    }
    if (__builtin_add_overflow(step->start.worst, step->takes.worst, &pool->free_at[best]))
        pool->free_at[best] = INT64_MAX;
    pool->last[best] = step;
}

static void run_step(struct clock *clock, struct step *step)
{
    step->start = earliest(clock, step);
    step->wave = 1;
    step->waits_for = NULL;
    for (uint32_t i = 0; i < step->after_count; i++) {
        struct step *other = step->after[i];

        if (!other->finish.known || !step->start.known ? !other->finish.known && step->start.known
                                                       : other->finish.worst >= step->start.worst)
            step->waits_for = other;
        step->start = time_max(step->start, other->finish);
        if (other->wave >= step->wave)
            step->wave = other->wave + 1;
    }
    if (!step->idle)
        take_hands(step->automated ? &clock->automated : &clock->manual, step);
    step->finish = time_add(step->start, step->takes);
    if (step->wave > clock->result->wave_count)
        clock->result->wave_count = step->wave;
}

static int compare_steps(const void *x, const void *y)
{
    const struct work *a = x, *b = y;
    int64_t at = a->step->start.known ? a->step->start.worst : INT64_MAX;
    int64_t bt = b->step->start.known ? b->step->start.worst : INT64_MAX;

    if (at != bt)
        return at < bt ? -1 : 1;
    if (a->step->wave != b->step->wave)
        return a->step->wave < b->step->wave ? -1 : 1;
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
        take_decider(state, &result->states[state->asset->needs.items[n].to->index]);
    for (uint32_t n = 0; state->chosen && state->chosen->restores && n < state->asset->restores_with.count; n++)
        take_decider(state, &result->states[state->asset->restores_with.items[n].to->index]);
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
            state->finish = time_max(state->finish, result->states[state->asset->needs.items[n].to->index].finish);
        /* What a restore needs and never comes back makes the restore unknown, although no step waits for it. */
        for (uint32_t n = 0; state->chosen && state->chosen->restores && n < state->asset->restores_with.count; n++)
            state->finish = time_max(state->finish, result->states[state->asset->restores_with.items[n].to->index].finish);
        if (state->stuck)
            state->finish = (struct span_of_time){0};
        find_decider(result, state);
        state->loss_ms = state->fate == FATE_LOST && state->chosen ? state->chosen->rpo
                         : state->fate == FATE_LOST && state->asset->stateful ? TIME_UNKNOWN : RPO_NOT_APPLICABLE;
        if (state->chosen)
            state->rpo_terms = state->chosen->rpo_terms;
        state->discarded_ms = RPO_NOT_APPLICABLE;
        if (strcmp(state->loss, "corruption") == 0) {
            struct value noticed = entity_slot(result->scenario, SCENARIO_noticed_within);
            struct span_of_time act = time_add(result->detect, result->declare);

            state->discarded_ms = TIME_UNKNOWN;
            if (noticed.type == VALUE_DURATION && act.known && __builtin_add_overflow(noticed.u.integer, act.worst, &state->discarded_ms))
                state->discarded_ms = TIME_UNKNOWN;
        }
    }
}

static int64_t order_key(const struct asset_state *state)
{
    return state->last ? state->last->ordinal : state->finish.known ? state->finish.worst : INT64_MAX;
}

static int compare_states(const void *x, const void *y)
{
    const struct asset_state *a = *(const struct asset_state *const *)x, *b = *(const struct asset_state *const *)y;
    int64_t af = a->finish.known ? a->finish.worst : INT64_MAX, bf = b->finish.known ? b->finish.worst : INT64_MAX;

    if (af != bf)
        return af < bf ? -1 : 1;
    if (order_key(a) != order_key(b))
        return order_key(a) < order_key(b) ? -1 : 1;
    return a->asset->index < b->asset->index ? -1 : 1;
}

static void order_assets(struct analysis *a, struct scenario_result *result)
{
    struct asset_state **states = ARENA_ARRAY(a->arena, struct asset_state *, a->plan->asset_count);
    uint32_t count = 0;
    struct step *last = NULL;

    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        if (result->states[i].fate != FATE_UNAFFECTED)
            states[count++] = &result->states[i];
    }
    if (count)
        qsort(states, count, sizeof *states, compare_states);
    result->order = ARENA_ARRAY(a->arena, struct asset *, count);
    result->finish = time_exact(0);
    for (uint32_t i = 0; i < count; i++) {
        result->order[result->order_count++] = states[i]->asset;
        result->finish = time_max(result->finish, states[i]->finish);
        if (states[i]->last)
            last = states[i]->decides ? states[i]->decides : states[i]->last;
    }
    for (struct step *step = last; step; step = step->waits_for) {
        step->critical = true;
        result->critical_count++;
    }
    result->critical = ARENA_ARRAY(a->arena, struct step *, result->critical_count);
    count = result->critical_count;
    for (struct step *step = last; step; step = step->waits_for)
        result->critical[--count] = step;
}

void time_steps(struct analysis *a, struct scenario_result *result)
{
    struct clock clock = {.a = a, .result = result, .count = result->step_count};

    clock.works = ARENA_ARRAY(a->arena, struct work, clock.count);
    clock.heap = ARENA_ARRAY(a->arena, uint32_t, clock.count);
    for (uint32_t i = 0; i < clock.count; i++) {
        clock.works[i].step = result->steps[i];
        clock.works[i].sequence = i;
        clock.works[i].level = result->steps[i]->asset ? result->steps[i]->asset->level : -1;
    }
    make_pool(&clock, &clock.manual, PLAN_operators);
    make_pool(&clock, &clock.automated, PLAN_parallel);
    link_works(&clock);
    measure_paths(&clock);
    for (uint32_t i = 0; i < clock.count; i++) {
        if (!clock.works[i].waits)
            heap_push(&clock, i);
    }
    while (clock.heap_len) {
        uint32_t at = heap_pop(&clock);

        run_step(&clock, clock.works[at].step);
        for (uint32_t n = clock.first[at]; n < clock.first[at + 1]; n++) {
            if (--clock.works[clock.next[n]].waits == 0)
                heap_push(&clock, clock.next[n]);
        }
    }
    if (clock.count)
        qsort(clock.works, clock.count, sizeof *clock.works, compare_steps);
    for (uint32_t i = 0; i < clock.count; i++) {
        result->steps[i] = clock.works[i].step;
        result->steps[i]->ordinal = i + 1;
    }
    finish_assets(a, result);
    order_assets(a, result);
}
