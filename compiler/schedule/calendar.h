/* Which days a schedule runs on: a rule over the proleptic Gregorian calendar, and walking its days fast.
 *
 * A month's days are computed as one 32-bit mask (bit 1 = the first), so that the 400-year cycle is 4,800
 * small steps instead of 146,097 days or 210 million minutes. */
#ifndef DRC_SCHEDULE_CALENDAR_H
#define DRC_SCHEDULE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

enum { CALENDAR_CYCLE_DAYS = 146097 }; /* 400 years; a multiple of 7 */

#define ALL_MONTHS 0x1ffeu
#define ALL_MONTHDAYS 0xfffffffeu
#define ALL_WEEKDAYS 0x7fu

/* A day matches when its month is in `months` and its day of the month and its weekday match, or with
 * `either` one of the two. Days of the month: `monthdays`, or the last day, or the weekday nearest to a
 * day; weekdays: `weekdays`, or the last or n-th such weekday of the month. */
struct day_rule {
    uint32_t months;         /* bit 1 … bit 12 */
    uint32_t monthdays;      /* bit 1 … bit 31 */
    uint32_t weekdays;       /* bit 0 = sunday … bit 6 = saturday */
    bool either;             /* day of the month or weekday, instead of both */
    bool last_day;           /* also the last day of the month */
    uint32_t nearest;        /* bit d: also the weekday (monday … friday) of this month nearest to day d */
    uint32_t last_weekday;   /* bit w: also the last such weekday of the month */
    uint32_t nth_weekday[6]; /* [n], bit w: also the n-th such weekday of the month, n = 1 … 5 */
    int64_t every_days;      /* > 0: every so many days counted from monday 1970-01-05; the rest is ignored */
};

extern const struct day_rule day_rule_all;

/* Whether the plain set leaves everything open; words like last and n-th are beside it. */
bool day_rule_any_month(const struct day_rule *rule);
bool day_rule_any_monthday(const struct day_rule *rule);
bool day_rule_any_weekday(const struct day_rule *rule);
bool day_rule_is_all(const struct day_rule *rule);
/* Days after which the rule repeats itself: 1, 7, every_days or the whole cycle. */
int64_t day_rule_period(const struct day_rule *rule);

bool day_rule_matches(const struct day_rule *rule, int64_t day); /* day: days since 1970-01-01 */

/* Walks the matching days. */
struct day_walk {
    const struct day_rule *rule;
    int64_t day; /* the current matching day, days since 1970-01-01 */
    /* private */
    int64_t year;
    unsigned month;
    int64_t month_start;
    uint32_t mask;
};

/* Puts the walk on the first matching day >= from; false when no day matches in a whole cycle. */
bool day_walk_start(struct day_walk *walk, const struct day_rule *rule, int64_t from);
/* The next matching day. Must only be called after a successful start. */
void day_walk_next(struct day_walk *walk);
/* The last matching day <= day; false when there is none in a whole cycle. */
bool day_rule_last(const struct day_rule *rule, int64_t day, int64_t *found);

unsigned weekday_of(int64_t day); /* 0 = sunday */
unsigned month_days(int64_t year, unsigned month);

#endif
