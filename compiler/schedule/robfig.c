/* How Kubernetes finds the next run across a change of the clock.
 *
 * CronJob uses robfig/cron, whose search moves month by month, day by day, hour by hour and minute by
 * minute with the date arithmetic of Go. Around a change of the clock the outcome is a property of that
 * search and not of the expression: where midnight is skipped east of Greenwich it may pass over the whole
 * day (Cairo, Beirut), and with half-hour changes it may pass over an hour that exists (Lord Howe). A
 * proof must count with that, so the search is repeated here in the same steps. Differences on purpose:
 * the limit of five years is a calendar cycle, and seconds are always 0.
 *
 * Source: robfig/cron v3.0.1, spec.go; Go's time.Date for wall times that do not exist or exist twice. */
#include "schedule/robfig.h"

/* 401 years of days and more; only a zone with half-day changes could make the search go in circles. */
enum { HOUR = 3600, DAY = 86400, STEPS_MAX = 300000 };

struct moment {
    const struct zone *zone;
    /* The offset last looked up and the instants it is known to hold for: a search asks for neighbours. */
    int64_t known_from;
    int64_t known_to;
    int32_t known_offset;

    int64_t judged_day; /* the day last asked about, and whether it matches */
    bool judgement;

    int32_t steps;

    int64_t at; /* seconds since 1970 UTC */
    int64_t year;
    unsigned month;
    unsigned day;
    unsigned hour;
    unsigned minute;
    unsigned second;
};

static int32_t offset_at(struct moment *moment, int64_t at)
{
    if (at < moment->known_from || at >= moment->known_to) {
        struct zone_change change;
        moment->known_offset = zone_offset(moment->zone, at);
        moment->known_from = at;
        moment->known_to = zone_next_change(moment->zone, at, &change) ? change.at : INT64_MAX;
    }
    return moment->known_offset;
}

static void moment_set(struct moment *moment, int64_t at)
{
    int64_t wall = at + offset_at(moment, at);
    int64_t day = div_floor(wall, DAY);
    int64_t rest = wall - day * DAY;
    moment->steps++;
    moment->at = at;
    civil_from_days(day, &moment->year, &moment->month, &moment->day);
    moment->hour = (unsigned)(rest / HOUR);
    moment->minute = (unsigned)(rest / 60 % 60);
    moment->second = (unsigned)(rest % 60);
}

static void moment_add(struct moment *moment, int64_t seconds)
{
    moment_set(moment, moment->at + seconds);
}

/* time.Date: takes the wall time for UTC, subtracts the offset in force then, and if another offset is in
 * force at the result, subtracts that one instead. */
static void moment_date(struct moment *moment, int64_t day, int64_t seconds)
{
    int64_t wall = day * DAY + seconds;
    int32_t offset = offset_at(moment, wall);
    offset = offset_at(moment, wall - offset);
    moment_set(moment, wall - offset);
}

static int64_t time_of_day(const struct moment *moment)
{
    return (int64_t)moment->hour * HOUR + (int64_t)moment->minute * 60 + moment->second;
}

static int64_t date_of(const struct moment *moment)
{
    return days_from_civil(moment->year, moment->month, moment->day);
}

static bool month_matches(const struct schedule_slots *slots, unsigned month)
{
    return (slots->days.months >> month & 1u) != 0;
}

static bool date_matches(const struct schedule_slots *slots, struct moment *moment)
{
    int64_t day = date_of(moment);
    if (day != moment->judged_day) {
        moment->judged_day = day;
        moment->judgement = day_rule_matches(&slots->days, day);
    }
    return moment->judgement;
}

/* One pass through the fields; true when all match, false when a field wrapped around and all must be
 * tried again. */
static bool pass(const struct schedule_slots *slots, struct moment *t, bool *added)
{
    while (!month_matches(slots, t->month) && t->steps < STEPS_MAX) {
        if (!*added) {
            *added = true;
            moment_date(t, days_from_civil(t->year, t->month, 1), 0);
        }
        int64_t length = month_days(t->year, t->month);
        moment_date(t, date_of(t) + length, time_of_day(t)); /* the day is always the first here */
        if (t->month == 1) {
            return false;
        }
    }
    while (!date_matches(slots, t) && t->steps < STEPS_MAX) {
        if (!*added) {
            *added = true;
            moment_date(t, date_of(t), 0);
        }
        moment_date(t, date_of(t) + 1, time_of_day(t));
        if (t->hour > 12) { /* midnight is skipped and the day before was hit */
            moment_add(t, (24 - (int64_t)t->hour) * HOUR);
        } else if (t->hour > 0) { /* … or the hour after */
            moment_add(t, -(int64_t)t->hour * HOUR);
        }
        if (t->day == 1) {
            return false;
        }
    }
    while (!slots_has_hour(slots, t->hour) && t->steps < STEPS_MAX) {
        if (!*added) {
            *added = true;
            moment_date(t, date_of(t), (int64_t)t->hour * HOUR);
        }
        moment_add(t, HOUR);
        if (t->hour == 0) {
            return false;
        }
    }
    while (!slots_has_minute(slots, t->hour, t->minute) && t->steps < STEPS_MAX) {
        if (!*added) {
            *added = true;
            moment_set(t, div_floor(t->at, 60) * 60);
        }
        moment_add(t, 60);
        if (t->minute == 0) {
            return false;
        }
    }
    while (t->second != 0) {
        *added = true;
        moment_add(t, 1);
        if (t->second == 0) {
            return false;
        }
    }
    return true;
}

bool robfig_next(const struct schedule_slots *slots, int64_t after, int64_t *next)
{
    struct moment t = {.zone = slots->zone, .known_from = 1, .known_to = 0, .judged_day = INT64_MIN};
    int64_t from = div_floor(after, MS_SECOND) + 1;
    bool added = false;
    moment_set(&t, from);
    int64_t last_year = t.year + 401;
    while (t.year <= last_year && t.steps < STEPS_MAX) {
        if (!pass(slots, &t, &added) || t.steps >= STEPS_MAX) {
            continue;
        }
        if (t.at * MS_SECOND > after) {
            *next = t.at * MS_SECOND;
            return true;
        }
        /* In repeated time that does not begin at a full hour (Chatham) the library may name an instant before the one it was
         * asked about. The controller asks again as time goes on. */
        from += 60;
        added = false;
        moment_set(&t, from);
    }
    return false;
}
