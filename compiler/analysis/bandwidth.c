/* What restores share: the bandwidth of a site (`site { bandwidth }`), and the rate a store is read at (`store { read_rate }`).
 *
 * A step that says how many bytes it moves (`size`) into a site, or out of a store, with a limit never moves them faster than the tightest
 * of the limits: what it takes grows by what the bytes take longer. Without a `rate` of its own it moves them evenly over its whole time.
 *
 * Steps that run at the same time share a limit by reservation: while a step runs, the rate of its worst case is reserved for it, and it
 * starts only when that much is free. So at no time more is promised than there is. Whoever might have to share is held to what is
 * reserved for it, also when it could be faster by itself: best and typical times count on no bandwidth that others may be using. Where even
 * the fastest that could run together fit, nobody is held.
 *
 * A restore that does not say how much it moves moves the size of its asset; when that is not known either, its time is unknown. */
#include "analysis/internal.h"

#include "analysis/bound.h"

#include <string.h>

static bool add_link(struct analysis *a, struct entity *entity, struct value rate, struct link *link)
{
    struct value limit = value_worst(rate);

    if (limit.type != VALUE_RATE)
        return false;
    *link = (struct link){.entity = entity, .rate = *limit.u.rate};
    /* Whole bytes a second, rounded down. */
    if (link->rate.num <= 0 || __builtin_mul_overflow(link->rate.num, INT64_C(1000), &link->capacity))
        link->capacity = link->rate.num <= 0 ? 0 : INT64_MAX;
    else
        link->capacity /= link->rate.den;
    if (link->capacity > 0)
        return true;
    diag_help(diag_report(a->sink, DIAG_E0520, entity->span, "nothing gets through `%s`: its rate is below a byte a second", entity->name),
              "leave the attribute out when nothing limits it");
    return false;
}

void find_links(struct analysis *a)
{
    uint32_t sites = a->plan->site_count, stores = a->model->declared[BLOCK_STORE].list.len;
    struct link link;

    for (uint32_t i = 0; i < sites + stores; i++) {
        struct entity *entity = i < sites ? a->plan->sites[i].entity : a->model->declared[BLOCK_STORE].list.items[i - sites];
        struct value rate = entity_slot(entity, i < sites ? SITE_bandwidth : STORE_read_rate);

        if (value_is_known(rate) && add_link(a, entity, rate, &link))
            vec_push(a->arena, &a->links, link);
    }
}

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

static bool says(const struct entity *block, uint32_t row)
{
    return block->tree && block_attr(block->tree, block->schema->rows[row].name);
}

void step_moves(struct analysis *a, const struct candidate *candidate, const struct entity *block, const struct scope *scope, struct step *step)
{
    const struct link *limit = tightest(a, candidate);
    struct value rate, size;
    struct frac rates[3];

    if (!limit || !says(block, STEP_size))
        return;
    size = eval_deferred(a->eval, (struct entity *)block, STEP_size, scope);
    if (!says(block, STEP_rate)) {
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

        if (step->transfer || (step->origin && says(step->origin, STEP_size)))
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

        if (!says(block, STEP_size))
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

/* ---------------------------------------------------------------- who shares */

static uint32_t link_of(const struct analysis *a, const struct entity *entity)
{
    uint32_t i = 0;

    while (a->links.items[i].entity != entity)
        i++;
    return i;
}

static int64_t sum_up(int64_t x, int64_t y)
{
    int64_t sum;

    return __builtin_add_overflow(x, y, &sum) ? INT64_MAX : sum;
}

void share_links(struct analysis *a, struct scenario_result *result, struct project *project, struct arena *scratch)
{
    int64_t *wanted = ARENA_ARRAY(scratch, int64_t, a->links.len), *capacity = ARENA_ARRAY(scratch, int64_t, a->links.len);

    for (uint32_t i = 0; i < result->step_count; i++) {
        const struct transfer *transfer = result->steps[i]->transfer;

        for (uint32_t t = 0; transfer && t < transfer->through_count; t++) {
            uint32_t link = link_of(a, transfer->through[t]);

            wanted[link] = sum_up(wanted[link], result->steps[i]->takes.known ? transfer->fastest : a->links.items[link].capacity);
        }
    }
    for (uint32_t i = 0; i < a->links.len; i++)
        capacity[i] = a->links.items[i].capacity;
    project->capacity = capacity;
    project->channel_count = a->links.len;
    for (uint32_t i = 0; i < result->step_count; i++) {
        struct step *step = result->steps[i];
        struct transfer *transfer = step->transfer;
        struct task *task = &project->tasks[i];
        uint32_t *channels;
        int64_t most;

        if (!transfer || (step->takes.known && step->takes.worst == 0))
            continue;
        channels = ARENA_ARRAY(scratch, uint32_t, transfer->through_count);
        task->channels = channels;
        for (uint32_t t = 0; t < transfer->through_count; t++) {
            uint32_t link = link_of(a, transfer->through[t]);

            if (wanted[link] > capacity[link])
                channels[task->channel_count++] = link;
        }
        if (!task->channel_count)
            continue;
        transfer->shared = true;
        task->rate = transfer->rate;
        if (!step->takes.known)
            continue;
        task->volume = transfer->bytes;
        if (!__builtin_mul_overflow(task->rate, step->takes.worst, &most) && most / 1000 < task->volume)
            task->volume = most / 1000; /* a figure that is shorter than its own bytes at its own rate */
        /* Reserved is what the worst case needs: nobody counts on more. */
        step->takes.best = transfer->held_best < step->takes.worst ? transfer->held_best : step->takes.worst;
        step->takes.typical = transfer->held_typical < step->takes.worst ? transfer->held_typical : step->takes.worst;
    }
}
