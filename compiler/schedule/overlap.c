/* A scheduler starts no run of a job while the one before has not ended: one that starts late or lasts long keeps the next slots out (SEMANTICS §2).
 *
 * The state that comes back is that of a run which keeps `out` slots out; to do so it starts no later than it must, for what it holds is as new as
 * its start (or its end). Each of the `missed` runs after it starts as late and lasts as long as it may before it fails, which keeps most slots out.
 * `next` is the slot of the run after these. Over all slots and all `out`, `next` less the state is at most what lies between that state and the
 * slot of the run whose copy is awaited. */
#include "schedule/slots.h"

enum { SLOTS_LIMIT = 8 * DAY_MINUTES, OUT_LIMIT = 64, MISSED_LIMIT = 64 };

/* The first slot after `slot` that is later than `until`. */
static bool next_beyond(const struct schedule_slots *slots, int64_t until, int64_t *slot)
{
    return schedule_next(slots, until > *slot ? until : *slot, slot);
}

bool schedule_overlap_at(const struct schedule_slots *slots, const struct schedule_runs *runs, int64_t slot, uint32_t out,
                         struct schedule_overlap *world)
{
    int64_t last = slot, need, lasts = runs->least, delay, ends, next = slot;

    for (uint32_t i = 0; i < out; i++) {
        if (!schedule_next(slots, last, &last))
            return false;
    }
    need = last - slot - runs->own;
    if (need > lasts)
        lasts = need < runs->longest ? need : runs->longest;
    delay = need > lasts ? need - lasts : 0;
    ends = slot + delay + lasts + runs->own;
    if (delay > runs->late || !next_beyond(slots, ends > last ? ends : last, &next))
        return false;
    for (uint32_t k = 0; k < runs->missed; k++) {
        if (!next_beyond(slots, next + runs->late + runs->longest + runs->own, &next))
            return false;
    }
    *world = (struct schedule_overlap){.slot = slot, .out = out, .delay = delay, .lasts = lasts, .next = next};
    world->between = next - slot - delay - (runs->at_end ? lasts : 0);
    return true;
}

/* Looks at all runs of slots after `slot` and up to `until`. False where that is too much. */
static bool look_at(const struct schedule_slots *slots, const struct schedule_runs *runs, int64_t slot, int64_t until, struct schedule_overlap *best,
                    bool *found)
{
    struct schedule_overlap world;

    while (schedule_next(slots, slot, &slot) && slot <= until) {
        for (uint32_t out = 0; out <= OUT_LIMIT && schedule_overlap_at(slots, runs, slot, out, &world); out++) {
            if (out == OUT_LIMIT)
                return false;
            if (!*found || world.between > best->between)
                *best = world;
            *found = true;
        }
    }
    return true;
}

/* Around the first change of the clock of each kind, from where no world reaches it; all others are like these. */
static bool around_changes(const struct schedule_slots *slots, const struct schedule_runs *runs, struct schedule_overlap *best, bool *found)
{
    int64_t busy = runs->late + runs->longest + runs->own, reach = (runs->missed + 2) * (busy + 8 * MS_DAY),
            at = ZONE_FROM_DAY * (MS_DAY / MS_SECOND);
    struct zone_change change;

    if (reach > 60 * MS_DAY || (reach / MS_DAY + 10) * slots->count > 4 * SLOTS_LIMIT || !zone_changes_alike(slots->zone))
        return false;
    for (int i = 0; i < 4; i++) { /* the first two may come too soon for what is before them */
        if (!zone_next_change(slots->zone, at, &change))
            return false;
        at = change.at;
        if (i >= 2 && !look_at(slots, runs, at * MS_SECOND - reach - 8 * MS_DAY, at * MS_SECOND + 2 * MS_DAY, best, found))
            return false;
    }
    return true;
}

bool schedule_overlaps(const struct schedule_slots *slots, const struct schedule_runs *runs, struct schedule_overlap *best)
{
    int64_t period = day_rule_period(&slots->days), begin = ZONE_FROM_DAY * MS_DAY - 1;
    bool found = false;

    if (slots->elapsed > 0 || period > 7 || 7 % period != 0 || (int64_t)slots->count * 8 > SLOTS_LIMIT || runs->missed > MISSED_LIMIT)
        return false;
    if (slots->zone ? !around_changes(slots, runs, best, &found) : !look_at(slots, runs, begin, begin + 1 + 8 * MS_DAY, best, &found))
        return false;
    return found;
}
