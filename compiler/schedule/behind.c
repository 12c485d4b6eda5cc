/* Copies on their way (SEMANTICS §2): how far behind what comes back may be because a copy it waits for is slow.
 *
 * What builds on a copy is of no use until that has arrived. A run builds on the newest base that has ended when it starts: the state that comes
 * back is that of the last run which starts before the base ends, as soon as it may; the next one that is not missed starts as late as it may, but
 * not before the base has ended, or it would hold a newer state on the old base.
 *
 * Copies of one backup to a store that takes one at a time wait for each other: each arrives so long after its run ends, or after the one before
 * has arrived. All runs up to the one whose state comes back end as late as they may; the `missed` after it make no copies. */
#include "schedule/slots.h"

enum { WEEK_SLOTS = 8 * DAY_MINUTES, NEAR_LIMIT = 100000 };

/* The slots of the first week that schedules are judged from, after one that fills the row; they repeat from then on. */
#define WEEK_BEGINS (ZONE_FROM_DAY * MS_DAY)

static bool is_weekly(const struct schedule_slots *slots)
{
    int64_t period = day_rule_period(&slots->days);

    return !slots->zone && slots->elapsed == 0 && period <= 7 && 7 % period == 0 && (int64_t)slots->count * 8 <= WEEK_SLOTS;
}

static bool after_missed(const struct schedule_slots *slots, int64_t slot, uint32_t missed, int64_t *next)
{
    *next = slot;
    for (uint32_t k = 0; k <= missed; k++) {
        if (!schedule_next(slots, *next, next))
            return false;
    }
    return true;
}

bool schedule_behind_base(const struct schedule_slots *bases, const struct schedule_runs *base, const struct schedule_slots *slots,
                          const struct schedule_runs *runs, struct schedule_behind *worst)
{
    int64_t at = WEEK_BEGINS + 53 * 7 * MS_DAY - 1, until = at + 7 * MS_DAY, budget = NEAR_LIMIT;

    *worst = (struct schedule_behind){.between = -1};
    if (!is_weekly(bases) || !is_weekly(slots) || runs->missed > 64 || base->late + base->longest > 50 * 7 * MS_DAY || runs->late > 50 * 7 * MS_DAY)
        return false;
    while (schedule_next(bases, at, &at) && at <= until) {
        int64_t first = at + base->least, last = at + base->late + base->longest, slot = first - runs->late, next, ends;

        for (uint32_t k = 0; k <= runs->missed + 1; k++) {
            if (!schedule_previous(slots, slot, &slot))
                return false;
        }
        while (schedule_next(slots, slot, &slot) && slot < last) {
            if (!budget-- || !after_missed(slots, slot, runs->missed, &next))
                return false;
            ends = next + runs->late < last ? next + runs->late : last;
            if (ends < first || ends <= slot || ends - slot - (runs->at_end ? runs->least : 0) <= worst->between)
                continue;
            *worst = (struct schedule_behind){
                .base = at, .ends = ends, .slot = slot, .next = next, .between = ends - slot - (runs->at_end ? runs->least : 0)};
        }
    }
    return worst->between >= 0;
}

bool schedule_queues(const struct schedule_slots *slots, const struct schedule_runs *runs, int64_t copy, struct schedule_queue *worst)
{
    int64_t slot = WEEK_BEGINS - 1, first = slot, free = INT64_MIN, filled = WEEK_BEGINS + 7 * MS_DAY, until = filled + 7 * MS_DAY, sum = 0;

    *worst = (struct schedule_queue){.between = -1};
    if (!is_weekly(slots) || runs->missed > 64 || runs->late > MS_DAY * 7 || runs->longest > MS_DAY * 7 || copy <= 0 || copy > MS_DAY * 7)
        return false;
    while (schedule_next(slots, slot, &slot) && slot < filled) {
        sum += copy;
        if (sum > 7 * MS_DAY) {
            worst->endless = true;
            return true;
        }
    }
    for (slot = WEEK_BEGINS - 1; schedule_next(slots, slot, &slot) && slot < until;) {
        int64_t lasts = runs->at_end ? runs->least : runs->longest, ends = slot + lasts, there, next, arrives;

        if (!after_missed(slots, slot, runs->missed, &next))
            return false;
        there = (free > ends ? free : ends) + copy;
        arrives = next + runs->late + runs->longest;
        arrives = (there > arrives ? there : arrives) + copy;
        if (slot >= filled && arrives - slot - (runs->at_end ? runs->least : 0) > worst->between)
            *worst = (struct schedule_queue){
                .first = free > ends ? first : slot, .slot = slot, .next = next, .between = arrives - slot - (runs->at_end ? runs->least : 0)};
        ends = slot + runs->late + runs->longest;
        if (free <= ends)
            first = slot;
        free = (free > ends ? free : ends) + copy;
    }
    return worst->between >= 0;
}
