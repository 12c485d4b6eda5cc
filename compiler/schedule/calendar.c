/* Days of a schedule: one mask of days per month, computed from the month's length and first weekday.
 *
 * The Gregorian calendar repeats every 400 years = 4,800 months = 146,097 days, which is a whole number of
 * weeks, so a rule that matches nothing in one cycle matches nothing ever. */
#include "schedule/calendar.h"

#include "base/units.h"

#include <stddef.h>

enum { CYCLE_MONTHS = 4800, MONDAY_1970 = 4 /* days from 1970-01-01 to the first monday, 1970-01-05 */ };

const struct day_rule day_rule_all = {.months = ALL_MONTHS, .monthdays = ALL_MONTHDAYS, .weekdays = ALL_WEEKDAYS};

static int64_t floor_mod(int64_t value, int64_t modulus)
{
    int64_t rest = value % modulus;
    return rest < 0 ? rest + modulus : rest;
}

unsigned weekday_of(int64_t day)
{
    return (unsigned)floor_mod(day + 4, 7); /* 1970-01-01 was a thursday */
}

unsigned month_days(int64_t year, unsigned month)
{
    static const unsigned char days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month] + (month == 2 && leap ? 1u : 0u);
}

bool day_rule_any_monthday(const struct day_rule *rule)
{
    return (rule->monthdays & ALL_MONTHDAYS) == ALL_MONTHDAYS;
}

bool day_rule_any_weekday(const struct day_rule *rule)
{
    return (rule->weekdays & ALL_WEEKDAYS) == ALL_WEEKDAYS;
}

bool day_rule_any_month(const struct day_rule *rule)
{
    return (rule->months & ALL_MONTHS) == ALL_MONTHS;
}

bool day_rule_is_all(const struct day_rule *rule)
{
    if (rule->every_days > 0) {
        return rule->every_days == 1;
    }
    if (!day_rule_any_month(rule)) {
        return false;
    }
    return rule->either ? day_rule_any_monthday(rule) || day_rule_any_weekday(rule) : day_rule_any_monthday(rule) && day_rule_any_weekday(rule);
}

int64_t day_rule_period(const struct day_rule *rule)
{
    if (rule->every_days > 0) {
        return rule->every_days;
    }
    if (day_rule_is_all(rule)) {
        return 1;
    }
    bool by_week = rule->last_weekday == 0;
    for (int n = 1; n <= 5; n++) {
        by_week = by_week && rule->nth_weekday[n] == 0;
    }
    if (day_rule_any_month(rule) && day_rule_any_monthday(rule) && !rule->either && by_week) {
        return 7;
    }
    return CALENDAR_CYCLE_DAYS;
}

/* The day of a month's weekday (monday to friday) nearest to `day`, never in another month. */
static unsigned nearest_workday(unsigned day, unsigned first_weekday, unsigned length)
{
    unsigned weekday = (first_weekday + day - 1) % 7;
    if (weekday == 6) { /* saturday: the friday before, or the monday after the first */
        return day > 1 ? day - 1 : day + 2;
    }
    if (weekday == 0) { /* sunday: the monday after, or the friday before the last */
        return day < length ? day + 1 : day - 2;
    }
    return day;
}

/* The matching days of one month as bits 1 … 31; rules with every_days are not asked. */
static uint32_t day_rule_month(const struct day_rule *rule, int64_t year, unsigned month)
{
    if ((rule->months >> month & 1u) == 0) {
        return 0;
    }
    unsigned length = month_days(year, month);
    unsigned first = weekday_of(days_from_civil(year, month, 1));
    uint32_t inside = (uint32_t)((UINT64_C(2) << length) - 2); /* bits 1 … length */

    uint32_t by_day = rule->monthdays;
    if (rule->last_day) {
        by_day |= UINT32_C(1) << length;
    }
    for (unsigned day = 1; rule->nearest != 0 && day <= length; day++) {
        if ((rule->nearest >> day & 1u) != 0) {
            by_day |= UINT32_C(1) << nearest_workday(day, first, length);
        }
    }

    uint32_t by_weekday = 0;
    for (unsigned weekday = 0; weekday < 7; weekday++) {
        unsigned day = 1 + (weekday + 7 - first) % 7;
        bool every = (rule->weekdays >> weekday & 1u) != 0;
        for (unsigned n = 1; day <= length; day += 7, n++) {
            bool last = day + 7 > length && (rule->last_weekday >> weekday & 1u) != 0;
            if (every || last || (rule->nth_weekday[n] >> weekday & 1u) != 0) {
                by_weekday |= UINT32_C(1) << day;
            }
        }
    }
    return (rule->either ? by_day | by_weekday : by_day & by_weekday) & inside;
}

bool day_rule_matches(const struct day_rule *rule, int64_t day)
{
    if (rule->every_days > 0) {
        return floor_mod(day - MONDAY_1970, rule->every_days) == 0;
    }
    int64_t year;
    unsigned month, monthday;
    civil_from_days(day, &year, &month, &monthday);
    return (day_rule_month(rule, year, month) >> monthday & 1u) != 0;
}

static unsigned lowest_bit(uint32_t mask)
{
    return (unsigned)__builtin_ctz(mask);
}

/* Makes the months from walk->year/month on the current ones until one has a matching day. */
static bool walk_to_month(struct day_walk *walk)
{
    for (int i = 0; i <= CYCLE_MONTHS; i++) {
        if (walk->mask != 0) {
            unsigned day = lowest_bit(walk->mask);
            walk->mask &= walk->mask - 1;
            walk->day = walk->month_start + day - 1;
            return true;
        }
        walk->month_start += month_days(walk->year, walk->month);
        if (++walk->month > 12) {
            walk->month = 1;
            walk->year++;
        }
        walk->mask = day_rule_month(walk->rule, walk->year, walk->month);
    }
    return false;
}

bool day_walk_start(struct day_walk *walk, const struct day_rule *rule, int64_t from)
{
    walk->rule = rule;
    if (rule->every_days > 0) {
        walk->day = from + floor_mod(MONDAY_1970 - from, rule->every_days);
        return true;
    }
    unsigned monthday;
    civil_from_days(from, &walk->year, &walk->month, &monthday);
    walk->month_start = from - (int64_t)monthday + 1;
    walk->mask = day_rule_month(rule, walk->year, walk->month) & ~((UINT32_C(1) << monthday) - 1);
    return walk_to_month(walk);
}

void day_walk_next(struct day_walk *walk)
{
    if (walk->rule->every_days > 0) {
        walk->day += walk->rule->every_days;
        return;
    }
    walk_to_month(walk);
}

bool day_rule_last(const struct day_rule *rule, int64_t day, int64_t *found)
{
    if (rule->every_days > 0) {
        *found = day - floor_mod(day - MONDAY_1970, rule->every_days);
        return true;
    }
    int64_t year;
    unsigned month, monthday;
    civil_from_days(day, &year, &month, &monthday);
    int64_t start = day - (int64_t)monthday + 1;
    uint32_t mask = day_rule_month(rule, year, month) & (uint32_t)((UINT64_C(2) << monthday) - 1);
    for (int i = 0; i <= CYCLE_MONTHS; i++) {
        if (mask != 0) {
            *found = start + (31 - __builtin_clz(mask)) - 1;
            return true;
        }
        if (--month == 0) {
            month = 12;
            year--;
        }
        start -= month_days(year, month);
        mask = day_rule_month(rule, year, month);
    }
    return false;
}
