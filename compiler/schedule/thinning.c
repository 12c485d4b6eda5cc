/* What is left of the copies of a schedule when only the newest of each hour, day, ISO week, month or year is kept (SEMANTICS §2).
 *
 * Which period a copy is of is decided by when its run began, in UTC, as the emitted job does it: at its slot, or up to `late` after. `missed`
 * runs in a row may be lost. Of a period is left the last run that was neither lost nor began in the next one. So with the slot s of a copy that
 * may be the one left of its period, and n the slot `missed` + 1 further on: the next copy that is left is the last of the period in which the
 * run of n may begin. Over all s, that is how far apart two are at most.
 *
 * A copy goes when `count` later periods have one: at the first run of the last of them. */
#include "schedule/slots.h"

enum { PERIODS_LIMIT = 25000, BACK_LIMIT = 64, A_YEAR = 366, ALL_YEARS = 28 * 366, FEW_HOURS = 100 * 24 };

struct period {
    int64_t start, end;  /* ms since 1970 UTC, end not included */
    int64_t first, last; /* slots in it */
};

static void period_of(enum keep_class keep, int64_t at, int64_t *start, int64_t *end)
{
    int64_t day = div_floor(at, MS_DAY), year;
    unsigned month, monthday;

    switch (keep) {
    case KEEP_HOURLY:
        *start = div_floor(at, MS_HOUR) * MS_HOUR;
        *end = *start + MS_HOUR;
        return;
    case KEEP_DAILY:
        *start = day * MS_DAY;
        *end = *start + MS_DAY;
        return;
    case KEEP_WEEKLY: /* from monday on: 1970-01-05 was one */
        *start = (div_floor(day - 4, 7) * 7 + 4) * MS_DAY;
        *end = *start + 7 * MS_DAY;
        return;
    default: break;
    }
    civil_from_days(day, &year, &month, &monthday);
    if (keep == KEEP_YEARLY) {
        *start = days_from_civil(year, 1, 1) * MS_DAY;
        *end = days_from_civil(year + 1, 1, 1) * MS_DAY;
        return;
    }
    *start = days_from_civil(year, month, 1) * MS_DAY;
    *end = *start + (int64_t)month_days(year, month) * MS_DAY;
}

/* How many days of starts are looked at; *whole: they cover every case. 0: spans that are no days. */
static int64_t days_to_look_at(const struct schedule_slots *slots, enum keep_class keep, int64_t count, bool *whole)
{
    static const int64_t a_day[] = {[KEEP_HOURLY] = 24, [KEEP_DAILY] = 1, [KEEP_WEEKLY] = 1, [KEEP_MONTHLY] = 1, [KEEP_YEARLY] = 1};
    bool repeats = slots->elapsed == 0 && day_rule_period(&slots->days) <= 7 && 7 % day_rule_period(&slots->days) == 0;
    bool weekly = !slots->zone && repeats;
    int64_t days = weekly && keep <= KEEP_WEEKLY ? 28 : CALENDAR_CYCLE_DAYS;

    if (slots->elapsed > 0)
        return 0;
    /* Each change of the clock once, where all are alike; and for as many years as it takes for the weeks between them to come again. */
    if (slots->zone && repeats && keep <= KEEP_WEEKLY && (keep != KEEP_HOURLY || count <= FEW_HOURS) && zone_changes_alike(slots->zone)) {
        *whole = true;
        return keep == KEEP_HOURLY ? A_YEAR : ALL_YEARS;
    }
    *whole = days / (keep == KEEP_WEEKLY ? 7 : keep == KEEP_MONTHLY ? 28 : keep == KEEP_YEARLY ? 365 : 1) * a_day[keep] <= PERIODS_LIMIT;
    return *whole ? days : A_YEAR; /* every change of the clock once */
}

/* The periods that have a slot, from the first day on that schedules are judged from, and those that have none but in which a late run may begin. */
static struct period *find_periods(struct arena *arena, const struct schedule_slots *slots, enum keep_class keep, int64_t until, int64_t late,
                                   int64_t more, uint32_t *count)
{
    struct period *list = ARENA_ARRAY(arena, struct period, PERIODS_LIMIT * 2 + 2);
    int64_t at = ZONE_FROM_DAY * MS_DAY - 1;

    for (*count = 0; *count < 2 * PERIODS_LIMIT && more > 0; ++*count) {
        struct period *period = &list[*count];
        int64_t slot;

        if (!schedule_next(slots, at, &period->first))
            return NULL;
        period_of(keep, period->first, &period->start, &period->end);
        if (!schedule_previous(slots, period->end, &period->last))
            return NULL;
        at = period->end - 1;
        more -= period->first >= until;
        if (period->last + late >= period->end && (!schedule_next(slots, at, &slot) || slot >= 2 * period->end - period->start)) {
            struct period *extra = &list[++*count];

            period_of(keep, period->end, &extra->start, &extra->end);
            extra->first = extra->start;
            extra->last = period->last;
            if (slot < extra->end)
                --*count; /* months differ in length: it has one after all */
        }
    }
    return more > 0 ? NULL : list;
}

/* The last copy that may be left first after that of the run of `slot`, which may begin late. NULL beyond what was looked up. */
static const struct period *period_at(const struct period *list, uint32_t count, uint32_t from, int64_t slot, int64_t late)
{
    const struct period *own = NULL;

    for (uint32_t i = from; i < count; i++) {
        if (!own && slot < list[i].end && slot >= list[i].start && list[i].first >= list[i].start && list[i].first <= slot)
            own = &list[i];
        if (slot + late < list[i].end)
            return slot + late >= list[i].start && list[i].last >= slot ? &list[i] : own;
    }
    return NULL;
}

/* Looks at a copy that may be the one left of its period: see above. False when that leads beyond what was looked up. */
static bool offer(const struct schedule_slots *slots, const struct period *list, uint32_t count, uint32_t i, int64_t slot, uint32_t missed,
                  int64_t late, int64_t keeps, struct schedule_thinning *out)
{
    int64_t next = slot, latest = slot + late < list[i].end ? slot + late : list[i].end - 1, goes, before;
    const struct period *then;

    for (uint32_t k = 0; k <= missed; k++) {
        if (!schedule_next(slots, next, &next))
            return false;
    }
    then = period_at(list, count, i, next, late);
    if (!then || i + keeps >= count)
        return false;
    if (then->last - slot > out->apart) {
        out->apart = then->last - slot;
        out->from = slot;
        out->to = then->last;
        out->ends = list[i].end;
        out->starts = then->start;
        out->stops = then->end;
    }
    goes = list[i + keeps].first;
    if (schedule_previous(slots, list[i + keeps].start, &before) && before + late >= list[i + keeps].start)
        goes = list[i + keeps].start; /* a late run of before begins the period */
    if (goes - latest < out->life)
        out->life = goes - latest;
    return true;
}

bool schedule_thinned(struct arena *scratch, const struct schedule_slots *slots, enum keep_class keep, int64_t count, uint32_t missed, int64_t late,
                      struct schedule_thinning *out)
{
    bool whole = false;
    int64_t days = days_to_look_at(slots, keep, count, &whole), until = (ZONE_FROM_DAY + days) * MS_DAY;
    uint32_t periods;
    struct period *list;

    *out = (struct schedule_thinning){.life = INT64_MAX, .whole = whole};
    if ((keep == KEEP_HOURLY && late >= MS_HOUR) || (keep == KEEP_DAILY && late >= MS_DAY))
        return false;
    if (!days || count < 1 || count > PERIODS_LIMIT / 2 || missed > BACK_LIMIT / 2 || late < 0 || late > MS_DAY)
        return false;
    list = find_periods(scratch, slots, keep, until, late, count + missed + 4 + late / MS_HOUR, &periods);
    if (!list)
        return false;
    for (uint32_t i = 0; i < periods && list[i].first < until; i++) {
        int64_t slot = list[i].last;
        uint32_t lost = 0, back = 0;

        /* Back from the last one: those after it were lost, or began in the next period. */
        for (; slot >= list[i].start && lost <= missed && back < BACK_LIMIT; back++) {
            if (!offer(slots, list, periods, i, slot, missed, late, count, out))
                return false;
            lost += slot + late < list[i].end;
            if (!schedule_previous(slots, slot, &slot))
                return false;
        }
        if (back == BACK_LIMIT)
            return false;
    }
    return out->apart > 0;
}
