/* Exact quantities: how they are kept, read and printed. No binary floating point anywhere.
 *
 * duration: int64 milliseconds; size: int64 bytes; decimal and percent: int64 parts per 10^9 (100% is 10^9);
 * rate: fraction of bytes per millisecond in lowest terms; money: int64 parts per 10^4 of the currency's unit.
 * Every function that can overflow returns false and leaves its result alone. */
#ifndef DRC_BASE_UNITS_H
#define DRC_BASE_UNITS_H

#include "base/intern.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

enum { NANO = 1000000000 };
#define MS_SECOND INT64_C(1000)
#define MS_MINUTE (60 * MS_SECOND)
#define MS_HOUR (60 * MS_MINUTE)
#define MS_DAY (24 * MS_HOUR)

struct frac {
    int64_t num;
    int64_t den; /* > 0; lowest terms */
};

struct money {
    int64_t amount; /* parts per 10^4 */
    atom currency;  /* "USD" */
    atom period;    /* "mo", "y", "d", "h", or NULL for a plain amount */
};

enum schedule_kind { SCHEDULE_EVERY, SCHEDULE_DAILY, SCHEDULE_WEEKLY, SCHEDULE_MONTHLY, SCHEDULE_CRON, SCHEDULE_CONTINUOUS, SCHEDULE_ON_CHANGE };

/* When something runs. Slots of `every` are aligned to midnight of the zone. */
struct schedule {
    enum schedule_kind kind;
    int64_t every;      /* EVERY: milliseconds */
    uint32_t weekdays;  /* WEEKLY: bit 0 = sunday … bit 6 = saturday */
    uint32_t monthdays; /* MONTHLY: bit 1 … bit 31 */
    uint16_t times[24]; /* DAILY, WEEKLY, MONTHLY: minutes of the day, ascending */
    uint8_t time_count;
    const char *cron; /* CRON: the expression as written (five fields) */
    const char *zone; /* IANA name, or NULL for UTC */
};

/* Printing is exact and shortest in the language's own notation: 5400000 -> "1h30m", 536870912000 -> "500GiB". */
void print_duration(struct strbuf *out, int64_t ms);
const char *text_of_duration(struct arena *arena, int64_t ms); /* the same, in the arena */
/* A time that was worked out, for a sentence: up to whole minutes from an hour on, up to whole seconds from a minute on, never less than it is. As
 * it is where that would hide that it keeps `limit`, with which it is compared; less than 0: with nothing. */
const char *text_of_time(struct arena *arena, int64_t ms, int64_t limit);
const char *text_of_promise(struct arena *arena, int64_t ms); /* what one would promise to keep it: as above, whole minutes from ten minutes on */
void print_size(struct strbuf *out, int64_t bytes);
void print_rate(struct strbuf *out, const struct frac *rate);
void print_decimal(struct strbuf *out, int64_t nano); /* "99.95" */
void print_percent(struct strbuf *out, int64_t nano); /* "99.95%" */
void print_money(struct strbuf *out, const struct money *money);
void print_date(struct strbuf *out, int64_t days);    /* "2026-11-21" */
void print_time(struct strbuf *out, int64_t minutes); /* "02:00" */
void print_schedule(struct strbuf *out, const struct schedule *schedule);

/* A duration rounded for people ("1 h 05 min", "2 d 3 h"): at most two units, rounded up. */
void print_duration_words(struct strbuf *out, int64_t ms);

/* Reading a whole literal; false when it is not one or does not fit. */
bool read_duration(const char *text, size_t len, int64_t *ms);
bool read_size(const char *text, size_t len, int64_t *bytes);
bool read_rate(const char *text, size_t len, struct frac *rate);
bool read_decimal(const char *text, size_t len, int64_t *nano);
bool read_date(const char *text, size_t len, int64_t *days);
bool read_time(const char *text, size_t len, int64_t *minutes);

/* What print_schedule() wrote; texts of it live in the arena. False for anything else. */
bool read_schedule(struct arena *arena, const char *text, struct schedule *out);

bool frac_make(int64_t num, int64_t den, struct frac *out); /* lowest terms, den > 0; false for den == 0 */
bool frac_compare(struct frac a, struct frac b);            /* true when a < b, exactly */

/* bytes / rate in milliseconds, rounded up (towards the pessimistic side). False on overflow or rate <= 0. */
bool divide_size_by_rate(int64_t bytes, struct frac rate, int64_t *ms);

/* Civil calendar, proleptic Gregorian. */
int64_t days_from_civil(int64_t year, unsigned month, unsigned day);
void civil_from_days(int64_t days, int64_t *year, unsigned *month, unsigned *day);

#endif
