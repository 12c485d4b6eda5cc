/* TZif reader and POSIX rule evaluator.
 *
 * A TZif file holds the data twice: for old readers with 32-bit times, then with 64-bit times, followed by
 * a footer such as `CET-1CEST,M3.5.0,M10.5.0/3` that rules after the last explicit transition. Only the
 * second part and the footer are used. The bytes are not trusted: every count is checked against the size
 * before it is used. */
#include "schedule/zone.h"

#include "base/units.h"

#include <string.h>

#define CYCLE_SECONDS (INT64_C(146097) * 86400)

enum { TZIF_HEADER = 44, TIMES_MAX = 2000, CYCLE_CHANGES_MAX = 2 * 400 + 4, SECONDS_PER_DAY = 86400, MAX_OFFSET = 26 * 3600 };

/* The day of a POSIX rule: `Jn` (1 … 365, never 29 february), `n` (0 … 365) or `Mm.w.d`. */
enum rule_kind { RULE_JULIAN, RULE_DAY, RULE_MONTH };

struct rule {
    enum rule_kind kind;
    int32_t day;     /* JULIAN, DAY; MONTH: weekday, 0 = sunday */
    int32_t week;    /* MONTH: 1 … 5, 5 = the last */
    int32_t month;   /* MONTH */
    int32_t seconds; /* wall-clock seconds after that day's midnight; may be negative or beyond a day */
};

struct zone {
    const char *name;
    uint32_t count;
    const int64_t *at;       /* explicit transitions, ascending */
    const int32_t *offset;   /* from at[i] on */
    const bool *is_daylight; /* from at[i] on */
    int32_t first_offset;    /* before at[0] */
    bool first_daylight;
    bool has_footer;
    bool has_dst; /* the footer has daylight saving */
    int32_t standard;
    int32_t daylight;
    struct rule start; /* to daylight time, on the standard clock */
    struct rule end;   /* back, on the daylight clock */
    /* The changes the footer makes in 400 years from `base` on, worked out once: it repeats itself after
     * that. */
    int64_t base;
    uint32_t cycle_count;
    const int64_t *cycle_at; /* seconds after base, ascending; the first is 0 */
    const bool *cycle_daylight;
};

/* ---- bytes --------------------------------------------------------------------------------------------- */

static uint32_t read_u32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int32_t read_i32(const unsigned char *bytes)
{
    uint32_t value = read_u32(bytes);
    return value <= INT32_MAX ? (int32_t)value : (int32_t)(value - UINT32_C(0x80000000)) + INT32_MIN;
}

static int64_t read_i64(const unsigned char *bytes)
{
    uint64_t value = (uint64_t)read_u32(bytes) << 32 | read_u32(bytes + 4);
    return value <= INT64_MAX ? (int64_t)value : (int64_t)(value - (UINT64_C(1) << 63)) + INT64_MIN;
}

struct counts {
    uint32_t utc, standard, leap, times, types, chars;
};

static bool read_header(const unsigned char *bytes, size_t size, struct counts *counts)
{
    if (size < TZIF_HEADER || memcmp(bytes, "TZif", 4) != 0) {
        return false;
    }
    counts->utc = read_u32(bytes + 20);
    counts->standard = read_u32(bytes + 24);
    counts->leap = read_u32(bytes + 28);
    counts->times = read_u32(bytes + 32);
    counts->types = read_u32(bytes + 36);
    counts->chars = read_u32(bytes + 40);
    return true;
}

/* Size of the data after a header whose times have `width` bytes; 64 bits cannot overflow. */
static uint64_t data_size(const struct counts *counts, unsigned width)
{
    return (uint64_t)counts->times * (width + 1) + (uint64_t)counts->types * 6 + counts->chars + (uint64_t)counts->leap * (width + 4) +
           counts->standard + counts->utc;
}

/* ---- footer -------------------------------------------------------------------------------------------- */

struct cursor {
    const char *at;
    const char *end;
};

static bool take(struct cursor *cursor, char c)
{
    if (cursor->at < cursor->end && *cursor->at == c) {
        cursor->at++;
        return true;
    }
    return false;
}

static bool take_number(struct cursor *cursor, int32_t max, int32_t *value)
{
    const char *start = cursor->at;
    int32_t number = 0;
    while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9') {
        number = number * 10 + (*cursor->at++ - '0');
        if (number > max) {
            return false;
        }
    }
    *value = number;
    return cursor->at > start;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool take_abbreviation(struct cursor *cursor)
{
    const char *start = cursor->at;
    if (take(cursor, '<')) {
        while (cursor->at < cursor->end && *cursor->at != '>') {
            cursor->at++;
        }
        return cursor->at - start > 1 && take(cursor, '>');
    }
    while (cursor->at < cursor->end && is_letter(*cursor->at)) {
        cursor->at++;
    }
    return cursor->at - start >= 3;
}

/* [+|-]hh[:mm[:ss]] in seconds. */
static bool take_clock(struct cursor *cursor, int32_t max_hours, int32_t *seconds)
{
    bool negative = take(cursor, '-');
    if (!negative) {
        take(cursor, '+');
    }
    int32_t hours, minutes = 0, rest = 0;
    if (!take_number(cursor, max_hours, &hours)) {
        return false;
    }
    if (take(cursor, ':') && !take_number(cursor, 59, &minutes)) {
        return false;
    }
    if (take(cursor, ':') && !take_number(cursor, 59, &rest)) {
        return false;
    }
    int32_t total = hours * 3600 + minutes * 60 + rest;
    *seconds = negative ? -total : total;
    return true;
}

static bool take_rule(struct cursor *cursor, struct rule *rule)
{
    rule->seconds = 2 * 3600;
    if (take(cursor, 'M')) {
        rule->kind = RULE_MONTH;
        if (!take_number(cursor, 12, &rule->month) || rule->month < 1 || !take(cursor, '.') || !take_number(cursor, 5, &rule->week) ||
            rule->week < 1 || !take(cursor, '.') || !take_number(cursor, 6, &rule->day)) {
            return false;
        }
    } else if (take(cursor, 'J')) {
        rule->kind = RULE_JULIAN;
        if (!take_number(cursor, 365, &rule->day) || rule->day < 1) {
            return false;
        }
    } else {
        rule->kind = RULE_DAY;
        if (!take_number(cursor, 365, &rule->day)) {
            return false;
        }
    }
    return !take(cursor, '/') || take_clock(cursor, 167, &rule->seconds);
}

/* An offset in a POSIX rule is positive west of Greenwich; ours is positive east. */
static bool parse_footer(struct zone *zone, const char *text, size_t len)
{
    struct cursor cursor = {text, text + len};
    int32_t west;
    if (!take_abbreviation(&cursor) || !take_clock(&cursor, 24, &west)) {
        return false;
    }
    zone->standard = -west;
    zone->has_footer = true;
    if (cursor.at == cursor.end) {
        return true;
    }
    if (!take_abbreviation(&cursor)) {
        return false;
    }
    zone->daylight = zone->standard + 3600;
    if (cursor.at < cursor.end && *cursor.at != ',') {
        if (!take_clock(&cursor, 24, &west)) {
            return false;
        }
        zone->daylight = -west;
    }
    zone->has_dst = true;
    return take(&cursor, ',') && take_rule(&cursor, &zone->start) && take(&cursor, ',') && take_rule(&cursor, &zone->end) && cursor.at == cursor.end;
}

/* ---- rules --------------------------------------------------------------------------------------------- */

static int64_t floor_div(int64_t value, int64_t divisor)
{
    int64_t quotient = value / divisor;
    return value % divisor < 0 ? quotient - 1 : quotient;
}

/* Wall-clock seconds since 1970 at which the rule strikes in a year. */
static int64_t rule_wall(const struct rule *rule, int64_t year)
{
    int64_t first = days_from_civil(year, 1, 1);
    int64_t day = first;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (rule->kind == RULE_JULIAN) {
        day = first + rule->day - 1 + (leap && rule->day >= 60 ? 1 : 0);
    } else if (rule->kind == RULE_DAY) {
        day = first + rule->day;
    } else {
        int64_t month = days_from_civil(year, (unsigned)rule->month, 1);
        int64_t next = rule->month == 12 ? days_from_civil(year + 1, 1, 1) : days_from_civil(year, (unsigned)rule->month + 1, 1);
        int64_t weekday = (month + 4) % 7;
        weekday = weekday < 0 ? weekday + 7 : weekday;
        day = month + (rule->day - weekday + 7) % 7 + 7 * (int64_t)(rule->week - 1);
        if (day >= next) {
            day -= 7;
        }
    }
    return day * SECONDS_PER_DAY + rule->seconds;
}

static int64_t year_of(int64_t seconds)
{
    int64_t year;
    unsigned month, day;
    civil_from_days(floor_div(seconds, SECONDS_PER_DAY), &year, &month, &day);
    return year;
}

/* Whether the footer makes it daylight time: the latest strike not after `at` decides. A strike lies
 * within eight days of its year, so the years beside suffice. Where daylight time ends and starts at one
 * instant it is permanent. */
static bool rule_is_daylight(const struct zone *zone, int64_t at)
{
    int64_t year = year_of(at);
    int64_t latest = INT64_MIN;
    bool daylight = false;
    for (int64_t y = year - 1; y <= year + 1; y++) {
        int64_t end = rule_wall(&zone->end, y) - zone->daylight;
        int64_t start = rule_wall(&zone->start, y) - zone->standard;
        if (end <= at && end > latest) {
            latest = end;
            daylight = false;
        }
        if (start <= at && start >= latest) {
            latest = start;
            daylight = true;
        }
    }
    return daylight;
}

/* Works out the changes of 400 years. */
static void expand_rules(struct arena *arena, struct zone *zone)
{
    int64_t *at = ARENA_ARRAY(arena, int64_t, CYCLE_CHANGES_MAX);
    bool *daylight = ARENA_ARRAY(arena, bool, CYCLE_CHANGES_MAX);
    uint32_t count = 0;
    at[count] = 0;
    daylight[count++] = rule_is_daylight(zone, zone->base);
    int64_t first = year_of(zone->base) - 1;
    for (int64_t year = first; year <= first + 402; year++) {
        int64_t start = rule_wall(&zone->start, year) - zone->standard;
        int64_t end = rule_wall(&zone->end, year) - zone->daylight;
        const int64_t strikes[2] = {start < end ? start : end, start < end ? end : start};
        for (int i = 0; i < 2; i++) {
            int64_t since = strikes[i] - zone->base;
            /* Strikes of two years may interleave; one that comes late changes nothing any more. */
            if (since <= at[count - 1] || since >= CYCLE_SECONDS || count == CYCLE_CHANGES_MAX) {
                continue;
            }
            bool now = rule_is_daylight(zone, strikes[i]);
            if (now != daylight[count - 1]) {
                at[count] = since;
                daylight[count++] = now;
            }
        }
    }
    zone->cycle_at = at;
    zone->cycle_daylight = daylight;
    zone->cycle_count = count;
}

/* Index of the last element <= value; the first element must be. */
static uint32_t last_at(const int64_t *at, uint32_t count, int64_t value)
{
    uint32_t low = 0, high = count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (at[middle] <= value) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The cycle an instant lies in, as its distance from the first, and the place in it. */
static uint32_t cycle_place(const struct zone *zone, int64_t at, int64_t *shift)
{
    int64_t since = at - zone->base;
    *shift = floor_div(since, CYCLE_SECONDS) * CYCLE_SECONDS;
    return last_at(zone->cycle_at, zone->cycle_count, since - *shift);
}

static bool footer_is_daylight(const struct zone *zone, int64_t at)
{
    int64_t shift;
    return zone->has_dst && zone->cycle_daylight[cycle_place(zone, at, &shift)];
}

/* ---- interface ----------------------------------------------------------------------------------------- */

const char *zone_name(const struct zone *zone)
{
    return zone == NULL ? "UTC" : zone->name;
}

const struct zone *zone_parse(struct arena *arena, const char *name, const void *bytes, size_t size, const char **error)
{
    const unsigned char *data = bytes;
    struct counts counts;
    *error = NULL;
    if (!read_header(data, size, &counts)) {
        *error = "the file is not in the TZif format";
        return NULL;
    }
    if (data[4] < '2') {
        *error = "the file is TZif version 1, which ends in 2037";
        return NULL;
    }
    uint64_t first = TZIF_HEADER + data_size(&counts, 4);
    if (first > size || !read_header(data + first, size - (size_t)first, &counts)) {
        *error = "the file is cut off before its 64-bit part";
        return NULL;
    }
    const unsigned char *part = data + first + TZIF_HEADER;
    size_t left = size - (size_t)first - TZIF_HEADER;
    uint64_t needed = data_size(&counts, 8);
    if (needed > left) {
        *error = "the file is cut off in its 64-bit part";
        return NULL;
    }
    if (counts.types == 0 || counts.types > 256) {
        *error = "the file has no local time types";
        return NULL;
    }
    if (counts.times > TIMES_MAX) {
        *error = "the file has more than 2,000 transitions";
        return NULL;
    }
    if (counts.leap != 0) {
        *error = "the file counts leap seconds; take the one without";
        return NULL;
    }

    const unsigned char *type_of = part + (size_t)counts.times * 8;
    const unsigned char *types = type_of + counts.times;
    struct zone *zone = ARENA_NEW(arena, struct zone);
    int64_t *at = ARENA_ARRAY(arena, int64_t, counts.times);
    int32_t *offset = ARENA_ARRAY(arena, int32_t, counts.times);
    bool *is_daylight = ARENA_ARRAY(arena, bool, counts.times);
    for (uint32_t i = 0; i < counts.types; i++) {
        int32_t value = read_i32(types + (size_t)i * 6);
        if (value <= -MAX_OFFSET || value >= MAX_OFFSET) {
            *error = "an offset in the file is beyond 26 hours";
            return NULL;
        }
    }
    /* Some files begin with the big bang; nothing real lies behind the year 2500, and a schedule is walked
     * that far. */
    const int64_t limit = days_from_civil(2500, 1, 1) * SECONDS_PER_DAY;
    for (uint32_t i = 0; i < counts.times; i++) {
        at[i] = read_i64(part + (size_t)i * 8);
        at[i] = at[i] < -limit ? -limit : at[i];
        bool ascending = i == 0 || at[i] > at[i - 1] || at[i] == -limit;
        if (!ascending || at[i] > limit || type_of[i] >= counts.types) {
            *error = "the transitions of the file are damaged";
            return NULL;
        }
        offset[i] = read_i32(types + (size_t)type_of[i] * 6);
        is_daylight[i] = types[(size_t)type_of[i] * 6 + 4] != 0;
    }
    zone->name = arena_strdup(arena, name);
    zone->count = counts.times;
    zone->at = at;
    zone->offset = offset;
    zone->is_daylight = is_daylight;
    zone->first_offset = read_i32(types);
    zone->first_daylight = types[4] != 0;

    const char *footer = (const char *)part + needed;
    size_t footer_size = left - (size_t)needed;
    const char *end = footer_size < 2 ? NULL : memchr(footer + 1, '\n', footer_size - 1);
    if (footer_size < 2 || footer[0] != '\n' || end == NULL) {
        *error = "the file has no footer";
        return NULL;
    }
    size_t len = (size_t)(end - footer - 1);
    if (len > 0 && !parse_footer(zone, footer + 1, len)) {
        *error = arena_printf(arena, "the footer `%.*s` of the file cannot be read", (int)(len > 60 ? 60 : len), footer + 1);
        return NULL;
    }
    if (zone->has_dst) {
        zone->base = zone->count > 0 ? zone->at[zone->count - 1] : 0;
        expand_rules(arena, zone);
    }
    return zone;
}

/* Index of the first transition after an instant. */
static uint32_t first_after(const struct zone *zone, int64_t at)
{
    uint32_t low = 0, high = zone->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (zone->at[middle] <= at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

int32_t zone_offset(const struct zone *zone, int64_t at)
{
    if (zone == NULL) {
        return 0;
    }
    uint32_t next = first_after(zone, at);
    if (next == zone->count && zone->has_footer) {
        return footer_is_daylight(zone, at) ? zone->daylight : zone->standard;
    }
    return next == 0 ? zone->first_offset : zone->offset[next - 1];
}

bool zone_is_daylight(const struct zone *zone, int64_t at)
{
    if (zone == NULL) {
        return false;
    }
    uint32_t next = first_after(zone, at);
    if (next == zone->count && zone->has_footer) {
        return footer_is_daylight(zone, at);
    }
    return next == 0 ? zone->first_daylight : zone->is_daylight[next - 1];
}

static bool change_at(const struct zone *zone, int64_t at, struct zone_change *out)
{
    out->at = at;
    out->before = zone_offset(zone, at - 1);
    out->after = zone_offset(zone, at);
    return out->before != out->after;
}

bool zone_next_change(const struct zone *zone, int64_t after, struct zone_change *out)
{
    if (zone == NULL) {
        return false;
    }
    for (uint32_t i = first_after(zone, after); i < zone->count; i++) {
        if (change_at(zone, zone->at[i], out)) {
            return true;
        }
    }
    if (!zone->has_dst) {
        return false;
    }
    int64_t base = after;
    if (zone->count > 0 && zone->at[zone->count - 1] > base) {
        base = zone->at[zone->count - 1];
    }
    int64_t shift;
    uint32_t place = cycle_place(zone, base, &shift);
    for (uint32_t i = 0; i <= zone->cycle_count; i++) {
        if (++place == zone->cycle_count) {
            place = 0;
            shift += CYCLE_SECONDS;
        }
        if (change_at(zone, zone->base + shift + zone->cycle_at[place], out)) {
            return true;
        }
    }
    return false;
}

bool zone_is_fixed(const struct zone *zone, int32_t *offset)
{
    struct zone_change change;
    int64_t from = ZONE_FROM_DAY * SECONDS_PER_DAY;
    if (offset != NULL) {
        *offset = zone_offset(zone, from);
    }
    return !zone_next_change(zone, from, &change);
}

int64_t zone_table_end(const struct zone *zone)
{
    return zone == NULL || zone->count == 0 ? INT64_MIN : zone->at[zone->count - 1];
}

bool zone_changes_alike(const struct zone *zone)
{
    const int64_t week = 7 * INT64_C(86400), until = (ZONE_FROM_DAY + INT64_C(146097)) * 86400;
    struct zone_change change, like[2] = {{0}};
    int64_t at = ZONE_FROM_DAY * 86400;
    bool seen[2] = {false};

    while (zone_next_change(zone, at, &change) && change.at < until) {
        bool back = change.after < change.before;

        if (seen[back] && ((change.at - like[back].at) % week != 0 || change.before != like[back].before || change.after != like[back].after))
            return false;
        seen[back] = true;
        like[back] = change;
        at = change.at;
    }
    return seen[0] && seen[1];
}
