/* The largest and the shortest gap of a schedule, exact over the whole calendar.
 *
 * Let a day have m times and let the span of missed + 2 slots start at the b-th of them. Its end is a
 * fixed number q of matching days later, at a fixed time of day; q takes only two values. So without clock
 * changes it suffices to walk the matching days once per value with two pointers, q days apart, instead of
 * walking the slots.
 *
 * With clock changes, spans whose days see no change are found in the same way, and around every change
 * the slots are walked one by one. Changes repeat with the calendar; changes that only repeat a case seen
 * before are left out where the days of the schedule cannot tell them apart. */
#include "schedule/slots.h"

#include <string.h>

enum { KNOWN_CHANGES = 64, WALK_DAYS_MAX = 14, LONG_CYCLES = 20 };

struct search {
    const struct schedule_slots *slots;
    uint32_t missed;
    int64_t from; /* instants before do not start a span */
    int64_t first_day;
    int64_t end_day; /* starts of spans before this day cover every case */
    struct schedule_gap *out;
    bool found;
    bool found_min;
    bool stopped; /* the scheduler found no slot after stopped_at */
    int64_t stopped_at;
    bool walking; /* head and tail stand missed + 1 slots apart, where the last walk ended */
    struct slot_walk head, tail;
    /* Changes of the clock, met in order. */
    bool has_change;
    struct zone_change change;
    int64_t low_day, high_day; /* the wall days the change touches */
    struct known {
        int32_t before, after;
        int64_t time; /* seconds of the wall day */
        int64_t weekday;
    } known[KNOWN_CHANGES];
    uint32_t known_count;
};

static void offer_max(struct search *search, int64_t from, int64_t to)
{
    struct schedule_gap *out = search->out;
    int64_t gap = to - from;
    if (!search->found || gap > out->max_gap || (gap == out->max_gap && from < out->max_from)) {
        search->found = true;
        out->max_gap = gap;
        out->max_from = from;
        out->max_to = to;
    }
}

static void offer_min(struct search *search, int64_t from, int64_t to)
{
    struct schedule_gap *out = search->out;
    int64_t gap = to - from;
    if (!search->found_min || gap < out->min_gap || (gap == out->min_gap && from < out->min_from)) {
        search->found_min = true;
        out->min_gap = gap;
        out->min_from = from;
        out->min_to = to;
    }
}

/* ---- around clock changes ------------------------------------------------------------------------------ */

static bool next_change(struct search *search, int64_t after)
{
    search->has_change = search->slots->zone != NULL && zone_next_change(search->slots->zone, after, &search->change);
    if (search->has_change) {
        const struct zone_change *change = &search->change;
        int32_t low = change->before < change->after ? change->before : change->after;
        int32_t high = change->before < change->after ? change->after : change->before;
        search->low_day = div_floor(change->at + low, 86400);
        search->high_day = div_floor(change->at + high, 86400);
        if (search->slots->search != SEARCH_CALENDAR) {
            search->high_day += 1; /* these searches may pass over the rest of a day */
        }
    }
    return search->has_change;
}

/* Whether a change differs from an earlier one in nothing the schedule can see. */
static bool is_known(struct search *search)
{
    int64_t period = day_rule_period(&search->slots->days);
    if (period > 7 || (search->missed + 1) / search->slots->count >= WALK_DAYS_MAX) {
        return false;
    }
    const struct zone_change *change = &search->change;
    int64_t wall = change->at + change->before;
    int64_t day = div_floor(wall, 86400);
    struct known now = {change->before, change->after, wall - day * 86400, period == 1 ? 0 : weekday_of(day)};
    for (uint32_t i = 0; i < search->known_count; i++) {
        const struct known *known = &search->known[i];
        if (known->before == now.before && known->after == now.after && known->time == now.time && known->weekday == now.weekday) {
            return true;
        }
    }
    if (search->known_count < KNOWN_CHANGES) {
        search->known[search->known_count++] = now;
    }
    return false;
}

/* Moves to the next slot and offers the distance; false when the scheduler stops there. */
static bool advance(struct search *search, struct slot_walk *walk, bool offer)
{
    int64_t from = walk->slot;
    if (!slot_walk_next(walk)) {
        search->stopped = true;
        search->stopped_at = from;
        return false;
    }
    if (offer) {
        offer_min(search, from, walk->slot);
    }
    return true;
}

/* Walks every span that may see the current change. */
static void walk_change(struct search *search)
{
    const struct schedule_slots *slots = search->slots;
    if (is_known(search)) {
        return;
    }
    /* Start missed + 1 slots, or more, before the first day touched; a change before may have swallowed
     * slots. */
    int64_t day = search->low_day;
    int64_t back = (int64_t)(search->missed + 1) / slots->count + (slots->count < 48 ? 3 : 1);
    for (int64_t i = 0; i < back; i++) {
        if (!day_rule_last(&slots->days, day - 1, &day)) {
            return;
        }
    }
    int64_t start = (day - 1) * MS_DAY;
    if (start < search->from - 1) {
        start = search->from - 1;
    }
    /* Where slots are rare, the walk around the last change may have come further already. */
    if (!search->walking || search->tail.slot < start) {
        if (!slot_walk_start(&search->tail, slots, start)) {
            search->stopped = true;
            search->stopped_at = start;
            return;
        }
        search->walking = true;
        search->head = search->tail;
        for (uint32_t i = 0; i <= search->missed; i++) {
            if (!advance(search, &search->head, true)) {
                return;
            }
        }
    }
    /* Offsets are below 26 hours: behind this, no slot lies on a day that was touched. */
    int64_t stop = (search->high_day + 1) * MS_DAY + 26 * MS_HOUR;
    for (;;) {
        offer_max(search, search->tail.slot, search->head.slot);
        if (search->tail.slot > stop || !advance(search, &search->head, true) || !advance(search, &search->tail, false)) {
            return;
        }
    }
}

/* ---- between them -------------------------------------------------------------------------------------- */

/* The extreme distance within the day of a span's ends, over the starts b whose span ends q days on. */
static bool best_times(const struct search *search, int64_t span, int64_t days, bool largest, uint32_t *start, int64_t *distance)
{
    const struct schedule_slots *slots = search->slots;
    bool found = false;
    for (uint32_t b = 0; b < slots->count; b++) {
        int64_t end = b + span;
        if (end / slots->count != days) {
            continue;
        }
        int64_t apart = slots_time(slots, (uint32_t)(end % slots->count)) - slots_time(slots, b);
        if (!found || (largest ? apart > *distance : apart < *distance)) {
            found = true;
            *start = b;
            *distance = apart;
        }
    }
    return found;
}

/* The offset in milliseconds at a wall time whose day sees no change. */
static int64_t wall_offset(const struct schedule_slots *slots, int64_t wall)
{
    if (slots->zone == NULL) {
        return slots->offset;
    }
    int64_t seconds = div_floor(wall, MS_SECOND);
    int32_t guess = zone_offset(slots->zone, seconds); /* right unless a change lies between wall time and UTC */
    return (int64_t)zone_offset(slots->zone, seconds - guess) * MS_SECOND;
}

/* Offers all spans of `span` + 1 slots that end `days` matching days after their start and see no change. */
static void walk_days(struct search *search, int64_t span, int64_t days, bool largest)
{
    const struct schedule_slots *slots = search->slots;
    uint32_t start = 0;
    int64_t distance = 0;
    if (!best_times(search, span, days, largest, &start, &distance)) {
        return;
    }
    int64_t from_change = search->from / MS_SECOND - 1;
    next_change(search, from_change);
    struct day_walk tail, head;
    if (!day_walk_start(&tail, &slots->days, search->first_day)) {
        return;
    }
    head = tail;
    for (int64_t i = 0; i < days; i++) {
        day_walk_next(&head);
    }
    int64_t time = slots_time(slots, start);
    bool better = false;
    int64_t best = 0;
    while (tail.day < search->end_day) {
        while (search->has_change && search->high_day < tail.day) {
            next_change(search, search->change.at);
        }
        bool touched = search->has_change && search->low_day <= head.day;
        int64_t apart = head.day - tail.day;
        /* Only a strictly better day is worth an offer: the first one is the witness. */
        if (!touched && (!better || (largest ? apart > best : apart < best))) {
            int64_t wall = tail.day * MS_DAY + time;
            int64_t from = wall - wall_offset(slots, wall);
            if (from >= search->from) {
                better = true;
                best = apart;
                if (largest) {
                    offer_max(search, from, from + apart * MS_DAY + distance);
                } else {
                    offer_min(search, from, from + apart * MS_DAY + distance);
                }
            }
        }
        day_walk_next(&tail);
        if (days == 0) {
            head = tail;
        } else {
            day_walk_next(&head);
        }
    }
}

static int64_t greatest_common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* How many days of starts cover every case. */
static int64_t search_days(const struct schedule_slots *slots)
{
    int64_t period = day_rule_period(&slots->days);
    if (slots->zone == NULL) {
        return period + 1; /* a fixed offset may push the first day's slots before the start */
    }
    /* Every n days against the calendar's changes: the common cycle, but not beyond 8,000 years, within
     * which every distance of a day to a change has long occurred. */
    int64_t cycles = period > CALENDAR_CYCLE_DAYS ? 1 : period / greatest_common_divisor(period, CALENDAR_CYCLE_DAYS);
    if (cycles > LONG_CYCLES) {
        cycles = LONG_CYCLES;
    }
    int64_t days = cycles * CALENDAR_CYCLE_DAYS;
    int64_t table_end = zone_table_end(slots->zone);
    if (table_end > ZONE_FROM_DAY * 86400) {
        days += table_end / 86400 - ZONE_FROM_DAY + 1; /* irregular until there; a whole cycle after it */
    }
    return days;
}

void schedule_gap(struct arena *arena, const struct schedule *schedule, enum cron_dialect dialect, const struct zone *zone, uint32_t missed,
                  struct schedule_gap *out)
{
    schedule_gap_outside(arena, schedule, dialect, zone, missed, NULL, out);
}

void schedule_gap_outside(struct arena *arena, const struct schedule *schedule, enum cron_dialect dialect, const struct zone *zone, uint32_t missed,
                          const struct closed_hours *closed, struct schedule_gap *out)
{
    struct schedule_slots slots;
    memset(out, 0, sizeof *out);
    if (missed > SCHEDULE_MISSED_MAX) {
        out->status = SCHEDULE_REFUSED;
        out->refusal.reason = arena_printf(arena, "more than %d missed runs are not worked out", SCHEDULE_MISSED_MAX);
        return;
    }
    if (!slots_init(arena, &slots, schedule, dialect, zone, &out->status, &out->refusal)) {
        return;
    }
    if (closed != NULL && !slots_close(&slots, closed, &out->refusal)) {
        out->status = SCHEDULE_REFUSED;
        return;
    }
    if (slots.count == 0 && slots.elapsed == 0) {
        out->status = SCHEDULE_NEVER;
        return;
    }
    struct search search;
    memset(&search, 0, sizeof search);
    search.slots = &slots;
    search.missed = missed;
    search.from = ZONE_FROM_DAY * MS_DAY;
    search.out = out;
    int64_t span = (int64_t)missed + 1;
    if (slots.elapsed > 0) {
        struct slot_walk walk;
        slot_walk_start(&walk, &slots, search.from - 1);
        offer_max(&search, walk.slot, walk.slot + span * slots.elapsed);
        offer_min(&search, walk.slot, walk.slot + slots.elapsed);
        return;
    }
    struct day_walk first;
    if (!day_walk_start(&first, &slots.days, ZONE_FROM_DAY)) {
        out->status = SCHEDULE_NEVER;
        return;
    }
    search.first_day = ZONE_FROM_DAY - 1; /* the wall day at `from` may be the day before */
    search.end_day = search.first_day + 1 + search_days(&slots);

    for (int64_t days = span / slots.count; days <= span / slots.count + 1; days++) {
        walk_days(&search, span, days, true);
    }
    for (int64_t days = 1 / slots.count; days <= 1; days++) {
        walk_days(&search, 1, days, false);
    }
    for (next_change(&search, search.from / MS_SECOND - 1);
         search.has_change && !search.stopped && div_floor(search.change.at, 86400) <= search.end_day; next_change(&search, search.change.at)) {
        walk_change(&search);
    }
    if (search.stopped) {
        struct strbuf when = STRBUF_INIT;
        print_instant(&when, search.stopped_at, zone);
        memset(out, 0, sizeof *out);
        out->status = SCHEDULE_REFUSED;
        out->refusal.reason = arena_printf(arena, "%s finds no run after %s", dialect_name(dialect), strbuf_str(&when));
        out->refusal.help = "write the times in UTC";
        strbuf_release(&when);
    }
}

void schedule_gap_among(struct arena *arena, const struct schedule *schedule, uint32_t dialects, const struct zone *zone, uint32_t missed,
                        const struct closed_hours *closed, struct schedule_gap *out, enum cron_dialect *worst)
{
    bool first = true;
    memset(out, 0, sizeof *out);
    out->status = SCHEDULE_REFUSED;
    out->refusal.reason = "no scheduler was asked";
    *worst = DIALECT_PLAIN;
    for (int dialect = 0; dialect < DIALECT_COUNT; dialect++) {
        struct schedule_gap gap;
        if ((dialects >> dialect & 1u) == 0) {
            continue;
        }
        schedule_gap_outside(arena, schedule, (enum cron_dialect)dialect, zone, missed, closed, &gap);
        if (first || (out->status != SCHEDULE_OK && gap.status == SCHEDULE_OK) || gap.status == SCHEDULE_NEVER) {
            *out = gap;
            *worst = (enum cron_dialect)dialect;
        } else if (gap.status == SCHEDULE_OK) {
            if (gap.max_gap > out->max_gap) {
                out->max_gap = gap.max_gap;
                out->max_from = gap.max_from;
                out->max_to = gap.max_to;
                *worst = (enum cron_dialect)dialect;
            }
            if (gap.min_gap < out->min_gap) {
                out->min_gap = gap.min_gap;
                out->min_from = gap.min_from;
                out->min_to = gap.min_to;
            }
        }
        first = false;
        if (out->status == SCHEDULE_NEVER) {
            return;
        }
    }
}
