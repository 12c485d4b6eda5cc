/* How systemd finds the next elapse of a calendar timer across a change of the clock.
 *
 * The search raises one component after the other and asks mktime() whether the time exists. Where clocks
 * are set forward, mktime() leads either behind the gap or before it, depending on which side the tz
 * database calls daylight saving time: in most zones behind; in Dublin and Casablanca, where winter is the
 * daylight time, before. Then systemd gives up the rest of the day. Only repeating the steps tells.
 *
 * Where daily lists need several OnCalendar= lines, they are searched here as if they were one; around
 * such a gap that may lose slots that systemd keeps, never the other way round.
 *
 * Source: systemd 252, src/shared/calendarspec.c, and the behaviour of glibc 2.36 mktime(). */
#include "schedule/oncalendar.h"

enum { HOUR = 3600, DAY = 86400, STEPS_MAX = 1000 };

/* Components in the order of their size; normal() brings them into their ranges. */
struct broken {
    int64_t year;
    int64_t month; /* 1 … 12 */
    int64_t day;
    int64_t hour;
    int64_t minute;
    int64_t second;
    int daylight; /* 1, 0, or -1: not known */
};

static int64_t wall_of(const struct broken *time)
{
    int64_t months = time->year * 12 + time->month - 1;
    int64_t year = div_floor(months, 12);
    int64_t first = days_from_civil(year, (unsigned)(months - year * 12) + 1, 1);
    return (first + time->day - 1) * DAY + time->hour * HOUR + time->minute * 60 + time->second;
}

static void break_down(const struct zone *zone, int64_t at, struct broken *out)
{
    int64_t wall = at + zone_offset(zone, at);
    int64_t day = div_floor(wall, DAY);
    int64_t rest = wall - day * DAY;
    unsigned month, monthday;
    civil_from_days(day, &out->year, &month, &monthday);
    out->month = month;
    out->day = monthday;
    out->hour = rest / HOUR;
    out->minute = rest / 60 % 60;
    out->second = rest % 60;
    out->daylight = zone_is_daylight(zone, at) ? 1 : 0;
}

/* mktime(): the instant of a wall time; *time is brought into its ranges. */
static int64_t normal(const struct zone *zone, struct broken *time)
{
    int64_t wall = wall_of(time);
    /* Offsets are below 26 hours, so these two are in force before and after whatever happens at that
     * time. */
    int32_t before = zone_offset(zone, wall - 26 * HOUR), after = zone_offset(zone, wall + 26 * HOUR);
    int64_t first = wall - before, second = wall - after;
    bool first_exists = zone_offset(zone, first) == before;
    bool second_exists = zone_offset(zone, second) == after;
    bool first_daylight = zone_is_daylight(zone, first), second_daylight = zone_is_daylight(zone, second);
    bool take_second;
    if (first_exists && second_exists) { /* usual or repeated time: the first unless told otherwise */
        take_second = time->daylight >= 0 && first_daylight != (time->daylight == 1) && second_daylight == (time->daylight == 1);
    } else if (first_exists || second_exists) {
        take_second = second_exists;
    } else { /* skipped time: towards the side whose daylight flag differs from a known one, else to daylight time */
        bool wanted = time->daylight != 1;
        take_second = first_daylight != wanted && second_daylight == wanted;
    }
    int64_t at = take_second ? second : first;
    break_down(zone, at, time);
    return at;
}

/* Compares from the largest component on; *place says which one differs: 0 the year … 5 the second. */
static int compare(const struct broken *a, const struct broken *b, int *place)
{
    const int64_t left[6] = {a->year, a->month, a->day, a->hour, a->minute, a->second};
    const int64_t right[6] = {b->year, b->month, b->day, b->hour, b->minute, b->second};
    for (int i = 0; i < 6; i++) {
        if (left[i] != right[i]) {
            *place = i;
            return left[i] < right[i] ? -1 : 1;
        }
    }
    *place = 6;
    return 0;
}

enum bounds { BOUNDS_BACKWARD, BOUNDS_MOVED, BOUNDS_INSIDE };

/* Whether the time exists; moves it forward when mktime() does. */
static enum bounds within_bounds(const struct zone *zone, struct broken *time)
{
    struct broken moved = *time;
    int place;
    normal(zone, &moved);
    int order = compare(&moved, time, &place);
    if (order < 0) {
        return BOUNDS_BACKWARD;
    }
    if (order == 0) {
        return BOUNDS_INSIDE;
    }
    /* The component below the one that moved starts anew. */
    switch (place) {
    case 0: moved.month = 1; break;
    case 1: moved.day = 1; break;
    case 2: moved.hour = 0; break;
    case 3: moved.minute = 0; break;
    case 4: moved.second = 0; break;
    default: break;
    }
    *time = moved;
    return BOUNDS_MOVED;
}

enum match { MATCH_NONE, MATCH_SAME, MATCH_RAISED };

/* Raises *value to the next one in the mask (bits 0 … max). */
static enum match raise(uint64_t mask, int64_t max, int64_t *value)
{
    for (int64_t next = *value; next <= max; next++) {
        if ((mask >> next & 1u) != 0) {
            bool same = next == *value;
            *value = next;
            return same ? MATCH_SAME : MATCH_RAISED;
        }
    }
    return MATCH_NONE;
}

static void start_of_day(struct broken *time)
{
    time->hour = time->minute = time->second = 0;
}

/* A full mask is written as a star, and a star is never out of range. */
static enum match raise_hour(const struct schedule_slots *slots, struct broken *time)
{
    uint64_t mask = 0;
    for (unsigned hour = 0; hour < 24; hour++) {
        mask |= slots_has_hour(slots, hour) ? UINT64_C(1) << hour : 0;
    }
    return mask == (UINT64_C(1) << 24) - 1 ? MATCH_SAME : raise(mask, 23, &time->hour);
}

static enum match raise_minute(const struct schedule_slots *slots, struct broken *time)
{
    uint64_t mask = 0;
    for (unsigned minute = 0; minute < 60; minute++) {
        mask |= slots_has_minute(slots, (unsigned)time->hour, minute) ? UINT64_C(1) << minute : 0;
    }
    return mask == (UINT64_C(1) << 60) - 1 ? MATCH_SAME : raise(mask, 59, &time->minute);
}

static enum match raise_day(const struct schedule_slots *slots, struct broken *time)
{
    const struct day_rule *rule = &slots->days;
    if (rule->either || (rule->monthdays & ALL_MONTHDAYS) == ALL_MONTHDAYS) {
        return MATCH_SAME;
    }
    return raise(rule->monthdays & ALL_MONTHDAYS, 31, &time->day);
}

static bool day_matches(const struct schedule_slots *slots, const struct zone *zone, const struct broken *time)
{
    const struct day_rule *rule = &slots->days;
    struct broken moved = *time;
    normal(zone, &moved);
    int64_t day = days_from_civil(moved.year, (unsigned)moved.month, (unsigned)moved.day);
    return rule->either ? day_rule_matches(rule, day) : (rule->weekdays >> weekday_of(day) & 1u) != 0;
}

bool oncalendar_next(const struct schedule_slots *slots, int64_t after, int64_t *next)
{
    const struct zone *zone = slots->zone;
    struct broken start, time;
    bool keep_daylight = false;
    break_down(zone, div_floor(after, MS_SECOND) + 1, &start);
    time = start;
    for (int steps = 0; steps < STEPS_MAX; steps++) {
        normal(zone, &time);
        if (!keep_daylight) {
            time.daylight = -1;
        }
        if (within_bounds(zone, &time) != BOUNDS_INSIDE) {
            return false;
        }

        enum match match = raise(slots->days.months, 12, &time.month);
        if (match == MATCH_RAISED) {
            time.day = 1;
            start_of_day(&time);
        }
        enum bounds bounds = match == MATCH_NONE ? BOUNDS_BACKWARD : within_bounds(zone, &time);
        if (bounds == BOUNDS_BACKWARD) {
            time.year++;
            time.month = 1;
            time.day = 1;
            start_of_day(&time);
            continue;
        }
        if (bounds == BOUNDS_MOVED) {
            continue;
        }

        match = raise_day(slots, &time);
        if (match == MATCH_RAISED) {
            start_of_day(&time);
        }
        bounds = match == MATCH_NONE ? BOUNDS_BACKWARD : within_bounds(zone, &time);
        if (bounds == BOUNDS_BACKWARD) {
            time.month++;
            time.day = 1;
            start_of_day(&time);
            continue;
        }
        if (bounds == BOUNDS_MOVED) {
            continue;
        }

        if (!day_matches(slots, zone, &time)) {
            time.day++;
            start_of_day(&time);
            continue;
        }

        match = raise_hour(slots, &time);
        if (match == MATCH_RAISED) {
            time.minute = time.second = 0;
        }
        bounds = match == MATCH_NONE ? BOUNDS_BACKWARD : within_bounds(zone, &time);
        if (bounds == BOUNDS_BACKWARD) {
            time.day++;
            start_of_day(&time);
            continue;
        }
        if (bounds == BOUNDS_MOVED) {
            continue;
        }

        match = raise_minute(slots, &time);
        if (match == MATCH_RAISED) {
            time.second = 0;
        }
        bounds = match == MATCH_NONE ? BOUNDS_BACKWARD : within_bounds(zone, &time);
        if (bounds == BOUNDS_BACKWARD) {
            time.hour++;
            time.minute = time.second = 0;
            continue;
        }
        if (bounds == BOUNDS_MOVED) {
            continue;
        }

        bounds = time.second > 0 ? BOUNDS_BACKWARD : within_bounds(zone, &time);
        if (bounds == BOUNDS_BACKWARD) {
            time.minute++;
            time.second = 0;
            continue;
        }
        if (bounds == BOUNDS_MOVED) {
            continue;
        }

        int place;
        if (compare(&time, &start, &place) < 0) {
            /* Repeated time, or led before a gap: an hour on, and the daylight flag decides from here. */
            keep_daylight = true;
            time.hour++;
            continue;
        }
        *next = normal(zone, &time) * MS_SECOND;
        return *next > after;
    }
    return false;
}
