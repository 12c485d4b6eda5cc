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
#include "analysis/clock/bound.h"
#include "analysis/clock/clock.h"

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
