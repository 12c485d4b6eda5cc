/* Simulation of recoveries (see simulate.h). The scenario is first laid flat: nodes in the order of the plan, each with the nodes it comes
 * after, so that a run is one pass over arrays. */
#include "analysis/clock/simulate.h"
#include "analysis/clock/clock.h"

#include <stdlib.h>
#include <string.h>

/* A drawn figure, or a maximum: finish = largest finish of the nodes it comes after + figure. */
struct node {
    struct span_of_time takes;
    uint64_t base;         /* its draws */
    uint32_t first, count; /* before[first …]: nodes it comes after */
    int64_t finish;        /* in the current run */
};

enum { NODE_DETECT, NODE_DECLARE, NODE_BEGIN, NODE_FIRST_STEP };

/* One row of the result: a maximum of nodes, then something added. */
struct row {
    uint32_t first, count; /* before[first …] */
    int64_t floor, after;  /* at least `floor`, then `after` */
    struct simulated *out;
    int64_t *times; /* of every run */
};

struct bench {
    const struct plan *plan;
    const struct scenario_result *result;
    struct arena *scratch;
    struct node *nodes;
    uint32_t node_count;
    VEC(uint32_t) before;
    uint32_t *asset_node; /* by asset index; UINT32_MAX: unaffected or unknown */
    VEC(struct row) rows;
};

/* ---------------------------------------------------------------- numbers */

uint64_t draw_at(uint64_t base, uint64_t n)
{
    uint64_t z = base + (n + 1) * UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), so that names give states that have nothing to do with each other. */
static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
    return (hash ^ 0xFF) * UINT64_C(0x100000001B3); /* no byte of UTF-8: ends the text */
}

static uint64_t base_of(uint64_t seed, const char *scenario, const char *name)
{
    return draw_at(seed ^ hash_text(hash_text(UINT64_C(0xCBF29CE484222325), scenario), name), 0);
}

/* The largest x with x * x <= n. */
static uint64_t square_root(uint64_t n)
{
    uint64_t root = 0;

    for (uint64_t bit = UINT64_C(1) << 31; bit; bit >>= 1) {
        if ((root | bit) * (root | bit) <= n)
            root |= bit;
    }
    return root;
}

static uint64_t square_root_up(uint64_t n)
{
    uint64_t root = square_root(n);

    return root + (root * root < n);
}

/* x * u / 2^32, x < 2^62, rounded down. */
static uint64_t part(uint64_t x, uint64_t u)
{
    return (x >> 32) * u + (((x & UINT32_MAX) * u) >> 32);
}

/* The share below `typical` is rise / wide. There x = sqrt(u * wide * rise) from best, beyond x = sqrt((1 - u) * wide * fall) before worst.
 * Ranges wider than 2^31 ms (24 days) are drawn in coarser steps. */
int64_t triangle_at(struct span_of_time range, uint32_t u)
{
    uint64_t wide = (uint64_t)(range.worst - range.best), rise = (uint64_t)(range.typical - range.best), from, value;
    unsigned shift = 0;

    while (wide >> shift >= UINT64_C(1) << 31)
        shift++;
    wide >>= shift;
    rise >>= shift;
    if (wide == 0)
        return range.worst;
    if ((uint64_t)u * wide < rise << 32) {
        value = square_root_up(part(wide * rise, u)) << shift;
        return value < (uint64_t)(range.typical - range.best) ? range.best + (int64_t)value : range.typical;
    }
    from = (UINT64_C(1) << 32) - u;
    value = square_root(part(wide * (wide - rise), from)) << shift;
    return value < (uint64_t)(range.worst - range.typical) ? range.worst - (int64_t)value : range.typical;
}

/* ---------------------------------------------------------------- the scenario laid flat */

static void comes_after(struct bench *bench, uint32_t *count, uint32_t other)
{
    vec_push(bench->scratch, &bench->before, other);
    ++*count;
}

static uint32_t add_node(struct bench *bench, struct span_of_time takes, uint64_t base)
{
    struct node *node = &bench->nodes[bench->node_count];

    *node = (struct node){.takes = takes, .base = base, .first = bench->before.len};
    return bench->node_count++;
}

static void add_steps(struct bench *bench, uint64_t seed, uint32_t *step_node)
{
    const struct scenario_result *result = bench->result;

    for (uint32_t i = 0; i < result->step_count; i++) {
        const struct step *step = result->steps[i];
        enum release release = step_release(result, step);
        struct node *node;

        step_node[i] = UINT32_MAX;
        if (!step->finish.known)
            continue;
        step_node[i] = add_node(bench, step_lasts(step), base_of(seed, result->scenario->name, step->id));
        node = &bench->nodes[step_node[i]];
        if (release != RELEASE_AT_ONCE)
            comes_after(bench, &node->count, release == RELEASE_DETECTED ? NODE_DETECT : NODE_BEGIN);
        for (uint32_t w = 0; w < step->after_count; w++)
            comes_after(bench, &node->count, step_node[step->after[w]->ordinal - 1]);
        for (uint32_t f = 0; f < step->follow_count; f++)
            comes_after(bench, &node->count, step_node[step->follows[f]->ordinal - 1]);
    }
}

/* What an asset has to have back before it is back itself. */
static uint32_t waits_of(const struct asset_state *state, uint32_t n, const struct asset **other)
{
    const struct edges *needs = &state->asset->needs, *with = &state->asset->restores_with;
    uint32_t count = needs->count + (state->chosen && state->chosen->restores ? with->count : 0);

    if (n < count)
        *other = n < needs->count ? needs->items[n].to : with->items[n - needs->count].to;
    return count;
}

static void add_asset(struct bench *bench, const struct asset_state *state, const uint32_t *step_node)
{
    const struct asset *other = NULL;
    uint32_t number = add_node(bench, time_exact(0), 0);
    struct node *node = &bench->nodes[number];

    if (state->last)
        comes_after(bench, &node->count, step_node[state->last->ordinal - 1]);
    for (uint32_t n = 0; n < waits_of(state, n, &other); n++) {
        if (bench->asset_node[other->index] != UINT32_MAX)
            comes_after(bench, &node->count, bench->asset_node[other->index]);
    }
    bench->asset_node[state->asset->index] = number;
}

/* Assets after those they wait for: whoever waits for nobody that is not there yet, again and again. */
static void add_assets(struct bench *bench, const uint32_t *step_node)
{
    const struct scenario_result *result = bench->result;
    uint32_t count = bench->plan->asset_count, head = 0, tail = 0, total = 0, at = 0;
    uint32_t *waits = ARENA_ARRAY(bench->scratch, uint32_t, count), *first = ARENA_ARRAY(bench->scratch, uint32_t, count + 1);
    uint32_t *ready = ARENA_ARRAY(bench->scratch, uint32_t, count), *fill, *next;
    const struct asset *other = NULL;

    bench->asset_node = ARENA_ARRAY(bench->scratch, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        bench->asset_node[i] = UINT32_MAX;
        for (uint32_t n = 0; n < waits_of(&result->states[i], n, &other); n++, total++)
            first[other->index + 1]++;
    }
    for (uint32_t i = 0; i < count; i++)
        first[i + 1] += first[i];
    next = ARENA_ARRAY(bench->scratch, uint32_t, total);
    fill = ARENA_ARRAY(bench->scratch, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t n = 0; n < waits_of(&result->states[i], n, &other); n++, waits[i]++)
            next[first[other->index] + fill[other->index]++] = i;
        if (!waits[i])
            ready[tail++] = i;
    }
    for (; head < tail; head++) {
        const struct asset_state *state = &result->states[ready[head]];

        if (state->fate != FATE_UNAFFECTED && state->finish.known)
            add_asset(bench, state, step_node);
        for (at = first[ready[head]]; at < first[ready[head] + 1]; at++) {
            if (--waits[next[at]] == 0)
                ready[tail++] = next[at];
        }
    }
}

/* ---------------------------------------------------------------- what is asked */

static struct row *add_row(struct bench *bench, struct simulated *out, int64_t proven, int64_t objective, uint32_t runs)
{
    struct row row = {.first = bench->before.len, .out = out};

    out->known = true;
    out->proven = proven;
    out->objective = objective;
    row.times = ARENA_ARRAY(bench->scratch, int64_t, runs);
    vec_push(bench->scratch, &bench->rows, row);
    return &bench->rows.items[bench->rows.len - 1];
}

static void ask_assets(struct bench *bench, struct simulation *out)
{
    const struct scenario_result *result = bench->result;

    for (uint32_t i = 0; i < result->order_count; i++) {
        const struct asset_state *state = &result->states[result->order[i]->index];
        struct row *row;

        out->assets[i].objective = state->rto.ms < 0 ? TIME_UNKNOWN : state->rto.ms;
        out->judged &= state->rto_verdict != VERDICT_UNKNOWN;
        if (!state->finish.known)
            continue;
        row = add_row(bench, &out->assets[i], state->finish.worst, out->assets[i].objective, out->runs);
        comes_after(bench, &row->count, bench->asset_node[state->asset->index]);
    }
}

static void ask_endpoints(struct bench *bench, const uint32_t *step_node, struct simulation *out)
{
    const struct scenario_result *result = bench->result;

    for (uint32_t i = 0; i < result->endpoint_count; i++) {
        const struct endpoint_state *state = &result->endpoints[i];
        struct value serves = entity_slot(state->endpoint, ENDPOINT_serves);
        struct row *row;

        out->endpoints[i].objective = state->rto.ms < 0 ? TIME_UNKNOWN : state->rto.ms;
        out->judged &= state->verdict != VERDICT_UNKNOWN;
        if (!state->affected || !state->finish.known)
            continue;
        row = add_row(bench, &out->endpoints[i], state->finish.worst, out->endpoints[i].objective, out->runs);
        if (state->moves == MOVES_BY_CHECK) {
            row->floor = state->detection;
            row->after = state->ttl;
        } else if (state->moves == MOVES_AND_BACK) {
            row->after = state->ttl + state->detection; /* added by the proof, without overflow */
        } else if (state->moves == MOVES_BY_STEP) {
            comes_after(bench, &row->count, step_node[state->step->ordinal - 1]);
            row->after = state->ttl + state->detection + state->propagation; /* the proof added them without overflow */
        }
        for (uint32_t s = 0; serves.type == VALUE_LIST && s < serves.u.list->count; s++) {
            struct value item = serves.u.list->items[s];
            const struct asset *asset = item.type == VALUE_ENTITY ? plan_asset(bench->plan, item.u.entity) : NULL;

            if (asset && bench->asset_node[asset->index] != UINT32_MAX)
                comes_after(bench, &row->count, bench->asset_node[asset->index]);
        }
    }
}

static void ask_all(struct bench *bench, struct simulation *out)
{
    const struct scenario_result *result = bench->result;
    struct row *row;

    out->all.objective = TIME_UNKNOWN;
    if (!result->finish.known)
        return;
    row = add_row(bench, &out->all, result->finish.worst, TIME_UNKNOWN, out->runs);
    for (uint32_t i = 0; i < result->order_count; i++)
        comes_after(bench, &row->count, bench->asset_node[result->order[i]->index]);
}

/* ---------------------------------------------------------------- running */

static int64_t latest(const struct bench *bench, uint32_t first, uint32_t count, int64_t at_least)
{
    for (uint32_t i = first; i < first + count; i++) {
        int64_t finish = bench->nodes[bench->before.items[i]].finish;

        at_least = finish > at_least ? finish : at_least;
    }
    return at_least;
}

/* Sums cannot overflow: no figure is above its worst, and the worst ones were added before. */
static bool run_once(struct bench *bench, uint32_t run)
{
    bool met = true;

    for (uint32_t i = 0; i < bench->node_count; i++) {
        struct node *node = &bench->nodes[i];

        node->finish =
            latest(bench, node->first, node->count, 0) +
            (node->takes.best == node->takes.worst ? node->takes.worst : triangle_at(node->takes, (uint32_t)(draw_at(node->base, run) >> 32)));
    }
    for (uint32_t i = 0; i < bench->rows.len; i++) {
        struct row *row = &bench->rows.items[i];
        bool holds;

        row->times[run] = latest(bench, row->first, row->count, row->floor) + row->after;
        holds = row->out->objective < 0 || row->times[run] <= row->out->objective;
        row->out->met += holds;
        met &= holds;
    }
    return met;
}

static int compare_times(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

    return (a > b) - (a < b);
}

static int64_t rank(const int64_t *sorted, uint32_t runs, uint32_t percent)
{
    return sorted[((uint64_t)percent * runs + 99) / 100 - 1];
}

static void summarise(const struct row *row, uint32_t runs)
{
    qsort(row->times, runs, sizeof *row->times, compare_times);
    row->out->least = row->times[0];
    row->out->p50 = rank(row->times, runs, 50);
    row->out->p95 = rank(row->times, runs, 95);
    row->out->p99 = rank(row->times, runs, 99);
    row->out->most = row->times[runs - 1];
}

int64_t simulation_size(const struct scenario_result *result)
{
    return (int64_t)result->order_count + result->endpoint_count + 1;
}

void simulate(const struct plan *plan, const struct scenario_result *result, uint32_t runs, uint64_t seed, struct arena *arena,
              struct simulation *out)
{
    struct bench bench = {.plan = plan, .result = result, .scratch = arena_new()};
    uint32_t *step_node = ARENA_ARRAY(bench.scratch, uint32_t, result->step_count);
    bool lost_for_good = false;

    *out = (struct simulation){.runs = runs, .judged = true};
    out->assets = ARENA_ARRAY(arena, struct simulated, result->order_count);
    out->endpoints = ARENA_ARRAY(arena, struct simulated, result->endpoint_count);
    bench.nodes = ARENA_ARRAY(bench.scratch, struct node, NODE_FIRST_STEP + result->step_count + result->order_count);
    add_node(&bench, result->detect.known ? result->detect : time_exact(0), base_of(seed, result->scenario->name, " detect"));
    bench.nodes[NODE_DETECT].count = 0;
    add_node(&bench, result->declare.known ? result->declare : time_exact(0), base_of(seed, result->scenario->name, " declare"));
    comes_after(&bench, &bench.nodes[NODE_DECLARE].count, NODE_DETECT);
    add_node(&bench, result->approve.known ? result->approve : time_exact(0), base_of(seed, result->scenario->name, " approve"));
    comes_after(&bench, &bench.nodes[NODE_BEGIN].count, NODE_DECLARE);
    add_steps(&bench, seed, step_node);
    add_assets(&bench, step_node);
    ask_assets(&bench, out);
    ask_endpoints(&bench, step_node, out);
    ask_all(&bench, out);
    for (uint32_t i = 0; i < result->order_count; i++) {
        const struct asset_state *state = &result->states[result->order[i]->index];

        lost_for_good |= state->fate == FATE_LOST && !state->chosen && state->rto_verdict == VERDICT_REFUTED;
    }
    for (uint32_t i = 0; i < result->endpoint_count; i++)
        lost_for_good |= result->endpoints[i].verdict == VERDICT_REFUTED && !result->endpoints[i].finish.known;
    for (uint32_t run = 0; run < runs; run++)
        out->met += run_once(&bench, run);
    if (lost_for_good) {
        out->met = 0;
        out->judged = true;
    }
    for (uint32_t i = 0; i < bench.rows.len; i++)
        summarise(&bench.rows.items[i], runs);
    arena_delete(bench.scratch);
}
