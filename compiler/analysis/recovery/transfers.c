/* What a step, a restore or a whole method moves, and how long the limits of bandwidth.c make it (see there). */
#include "analysis/recovery/recovery.h"

#include <string.h>

static bool passes(const struct analysis *a, const struct candidate *candidate, const struct link *link)
{
    return link->entity->schema->id == BLOCK_STORE ? candidate->from_store == link->entity
                                                   : candidate->into && site_is_in(a, candidate->into, link->entity);
}

/* The tightest limit on what a candidate moves; NULL when there is none. */
static const struct link *tightest(const struct analysis *a, const struct candidate *candidate)
{
    const struct link *least = NULL;

    for (uint32_t i = 0; i < a->links.len; i++) {
        if (passes(a, candidate, &a->links.items[i]) && (!least || frac_compare(a->links.items[i].rate, least->rate)))
            least = &a->links.items[i];
    }
    return least;
}

/* Bytes a second, rounded up, at most what the limit has. */
static int64_t reserved(struct frac rate, const struct link *limit)
{
    int64_t num;

    if (!frac_compare(rate, limit->rate) || __builtin_mul_overflow(rate.num, INT64_C(1000), &num))
        return limit->capacity;
    num = num / rate.den + (num % rate.den != 0);
    return num < limit->capacity ? num : limit->capacity;
}

/* One end of a range: how long the bytes take, by themselves and at most as fast as the limit. False on overflow. */
static bool slow_down(int64_t bytes, struct frac rate, const struct link *limit, int64_t *takes, int64_t *moving)
{
    int64_t free;

    if (!divide_size_by_rate(bytes, rate, &free))
        return false;
    *moving = free;
    if (!frac_compare(limit->rate, rate))
        return true;
    return divide_size_by_rate(bytes, limit->rate, moving) && !__builtin_add_overflow(*takes, *moving - free, takes);
}

static struct frac slower(struct frac a, struct frac b)
{
    return frac_compare(a, b) ? a : b;
}

/* What a figure becomes when `bytes` are moved in it at `rates` (best, typical, worst). */
static struct transfer *move(struct analysis *a, const struct candidate *candidate, const struct link *limit, int64_t bytes,
                             const struct frac rates[3], struct span_of_time *takes)
{
    struct transfer *transfer = ARENA_NEW(a->arena, struct transfer);
    int64_t best, typical, worst;

    transfer->bytes = bytes;
    transfer->through = ARENA_ARRAY(a->arena, struct entity *, a->links.len);
    for (uint32_t i = 0; i < a->links.len; i++) {
        if (passes(a, candidate, &a->links.items[i]))
            transfer->through[transfer->through_count++] = a->links.items[i].entity;
    }
    if (bytes < 0 || !takes->known || !slow_down(bytes, rates[0], limit, &takes->best, &best) ||
        !slow_down(bytes, rates[1], limit, &takes->typical, &typical) || !slow_down(bytes, rates[2], limit, &takes->worst, &worst)) {
        takes->known = false;
        transfer->rate = limit->capacity;
        return transfer;
    }
    transfer->slowed_by = frac_compare(limit->rate, rates[2]) ? limit->entity : NULL;
    transfer->rate = reserved(slower(rates[2], limit->rate), limit);
    transfer->fastest = reserved(slower(rates[0], limit->rate), limit);
    transfer->held_best = takes->best + (worst - best);
    transfer->held_typical = takes->typical + (worst - typical);
    return transfer;
}

/* Spread evenly over the whole time. */
static struct transfer *move_evenly(struct analysis *a, const struct candidate *candidate, int64_t bytes, struct span_of_time *takes)
{
    const struct link *limit = tightest(a, candidate);
    struct frac rates[3] = {{1, 1}, {1, 1}, {1, 1}};

    if (!limit || bytes == 0 || (takes->known && takes->worst == 0 && bytes < 0))
        return NULL;
    if (bytes > 0 && takes->known) {
        /* In no time at all: as fast as the limit lets it. */
        const int64_t times[3] = {takes->best, takes->typical, takes->worst};

        for (int i = 0; i < 3; i++)
            frac_make(bytes, times[i] > 0 ? times[i] : 1, &rates[i]);
    }
    return move(a, candidate, limit, bytes, rates, takes);
}

static int64_t bytes_of(struct value size)
{
    return size.type == VALUE_SIZE ? size.u.integer : TIME_UNKNOWN;
}

void step_moves(struct analysis *a, const struct candidate *candidate, const struct entity *block, const struct scope *scope, struct step *step)
{
    const struct link *limit = tightest(a, candidate);
    struct value rate, size;
    struct frac rates[3];

    if (!limit || !entity_attr(block, STEP_size))
        return;
    size = eval_deferred(a->eval, (struct entity *)block, STEP_size, scope);
    if (!entity_attr(block, STEP_rate)) {
        step->transfer = move_evenly(a, candidate, bytes_of(size), &step->takes);
        return;
    }
    rate = eval_deferred(a->eval, (struct entity *)block, STEP_rate, scope);
    if (bytes_of(size) == 0)
        return;
    if (value_worst(rate).type != VALUE_RATE || value_best(rate).type != VALUE_RATE || value_typical(rate).type != VALUE_RATE) {
        step->transfer = move_evenly(a, candidate, TIME_UNKNOWN, &step->takes);
        return;
    }
    rates[0] = *value_best(rate).u.rate;
    rates[1] = *value_typical(rate).u.rate;
    rates[2] = *value_worst(rate).u.rate;
    step->transfer = move(a, candidate, limit, bytes_of(size), rates, &step->takes);
}

void restore_moves(struct analysis *a, const struct asset_state *state, const struct candidate *candidate, struct step *const *steps, uint32_t count)
{
    struct step *longest = NULL;

    if (!candidate->restores || !tightest(a, candidate))
        return;
    for (uint32_t i = 0; i < count; i++) {
        struct step *step = steps[i];

        if (step->transfer || (step->origin && entity_attr(step->origin, STEP_size)))
            return; /* it says what it moves */
        if (step->phase == PHASE_RECOVER && (!longest || !step->takes.known || (longest->takes.known && step->takes.worst > longest->takes.worst)))
            longest = step;
    }
    if (longest)
        longest->transfer = move_evenly(a, candidate, bytes_of(entity_slot(state->asset->entity, ASSET_size)), &longest->takes);
}

/* One figure for all of it holds all that its steps say they move, else the size of the asset. */
static int64_t bytes_in_all(struct analysis *a, struct asset_state *state, struct candidate *candidate)
{
    const struct scope *scope = method_scope(a, state, candidate);
    struct entity *block;
    int64_t sum = 0;
    bool any = false;

    for (uint32_t i = 0; (block = entity_child(candidate->method, BLOCK_STEP, &i));) {
        int64_t bytes;

        if (!entity_attr(block, STEP_size))
            continue;
        any = true;
        bytes = bytes_of(eval_deferred(a->eval, block, STEP_size, scope));
        if (bytes < 0 || __builtin_add_overflow(sum, bytes, &sum))
            return TIME_UNKNOWN;
    }
    return any ? sum : candidate->restores ? bytes_of(entity_slot(state->asset->entity, ASSET_size)) : 0;
}

struct transfer *figure_moves(struct analysis *a, struct asset_state *state, struct candidate *candidate, struct span_of_time *figure)
{
    return a->links.len && tightest(a, candidate) ? move_evenly(a, candidate, bytes_in_all(a, state, candidate), figure) : NULL;
}
