/* Whether two schedulers start a schedule at the same instants.
 *
 * They differ in how days of the month and weekdays combine in a cron expression, and at changes of the clock. Without a time zone the slots
 * of a year depend on its length and its first weekday alone: 28 years from 2024 on hold all of them. With one the last rule of the zone
 * repeats with them. */
#include "schedule/slots.h"

enum { YEARS = 28, FROM_DAY = 19723 }; /* 2024-01-01 */

static bool may_differ(const struct schedule *schedule, const struct schedule_slots *one, const struct schedule_slots *other)
{
    if (one->zone || other->zone)
        return true;
    return schedule->kind == SCHEDULE_CRON;
}

bool schedule_same(struct arena *arena, const struct schedule *schedule, const struct zone *zone, enum cron_dialect one, enum cron_dialect other)
{
    const int64_t from = FROM_DAY * MS_DAY, until = from + (int64_t)YEARS * 36525 * MS_DAY / 100;
    enum schedule_status status;
    struct schedule_refusal refusal;
    struct schedule_slots slots[2];
    struct slot_walk walks[2];

    if (one == other)
        return true;
    if (!slots_init(arena, &slots[0], schedule, one, zone, &status, &refusal) ||
        !slots_init(arena, &slots[1], schedule, other, zone, &status, &refusal))
        return false;
    if (!may_differ(schedule, &slots[0], &slots[1]))
        return true;
    if (!slot_walk_start(&walks[0], &slots[0], from) || !slot_walk_start(&walks[1], &slots[1], from))
        return false;
    while (walks[0].slot == walks[1].slot && walks[0].slot < until) {
        if (!slot_walk_next(&walks[0]) || !slot_walk_next(&walks[1]))
            return false;
    }
    return walks[0].slot == walks[1].slot;
}
