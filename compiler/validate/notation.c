/* When a line of a scheduler fires. The line is read here, field by field, as its program reads it, and its instants are compared with those of the
 * schedule that the plan writes (schedule/ knows what that means): each of eight days, and the first of every day of four years, so that hours,
 * weekdays, days of the month, months and leap days all show. */
#include "base/units.h"
#include "schedule/schedule.h"
#include "validate/reading.h"

#include <string.h>

enum { DENSE_DAYS = 8, SPARSE_DAYS = 4 * 365 + 2, DENSE_MOST = 60000, SEARCH_DAYS = 366 * 9, DAY_SECONDS = 86400 };

/* One line: on the matching days, at every second of `seconds` of every minute of `minutes` of every hour of `hours`. */
struct notation {
    uint64_t seconds, minutes, hours;
    uint64_t monthdays, months, weekdays; /* bit 0 of weekdays: Sunday */
    bool either;                          /* a day of the month or a weekday, instead of both */
    const char *zone;                     /* NULL: it says none */
};

/* ---- fields ------------------------------------------------------------------------------------ */

struct field {
    int64_t least, most;
    const char *const *names; /* of least and what follows; NULL: it has none */
    const char *range;        /* between two ends: "-", ".." */
};

static const char *const month_names[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", NULL};
static const char *const weekday_names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL};

static bool same_letters(const char *text, const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];

        if (c != name[i])
            return false;
    }
    return true;
}

static bool read_value(const struct field *field, const char **at, int64_t *value)
{
    if (**at >= '0' && **at <= '9') {
        *value = 0;
        while (**at >= '0' && **at <= '9' && *value < 10000)
            *value = *value * 10 + (*(*at)++ - '0');
        return true;
    }
    for (int i = 0; field->names && field->names[i]; i++) {
        if (same_letters(*at, field->names[i], 3)) {
            *value = field->least + i;
            *at += 3;
            return true;
        }
    }
    return false;
}

/* "*", "7", "1-5", "0/15", "a..b/n" and lists of these; *star: the whole field is a star. */
static bool read_field(const struct field *field, const char *text, uint64_t *set, bool *star)
{
    const char *at = text;

    *set = 0;
    *star = strcmp(text, "*") == 0 || strcmp(text, "?") == 0;
    for (;;) {
        int64_t from = field->least, to = field->most, step = 1;
        bool open = false;

        if (*at == '*' || *at == '?') {
            at++;
        } else {
            if (!read_value(field, &at, &from))
                return false;
            to = from;
            open = true;
            if (strncmp(at, field->range, strlen(field->range)) == 0) {
                at += strlen(field->range);
                open = false;
                if (!read_value(field, &at, &to))
                    return false;
            }
        }
        if (*at == '/') {
            at++;
            if (!read_value(&(struct field){0, 0, NULL, "-"}, &at, &step) || step < 1)
                return false;
            if (open)
                to = field->most;
        }
        if (from < field->least || to > field->most || from > to)
            return false;
        for (; from <= to; from += step)
            *set |= UINT64_C(1) << from;
        if (*at != ',')
            return *at == '\0';
        at++;
    }
}

/* ---- cron -------------------------------------------------------------------------------------- */

/* Splits at blanks; how many words there are, at most `most`, else most + 1. */
static unsigned split(struct arena *arena, const char *text, char **words, unsigned most)
{
    unsigned count = 0;

    while (*(text += strspn(text, " \t"))) {
        size_t len = strcspn(text, " \t");

        if (count == most)
            return most + 1;
        words[count++] = arena_strndup(arena, text, len);
        text += len;
    }
    return count;
}

static bool read_cron(struct arena *arena, const char *text, bool kubernetes, struct notation *out)
{
    static const struct field fields[] = {
        {0, 59, NULL, "-"}, {0, 23, NULL, "-"}, {1, 31, NULL, "-"}, {1, 12, month_names, "-"}, {0, 7, weekday_names, "-"}};
    uint64_t sets[5];
    bool stars[5];
    char *words[5];

    if (split(arena, text, words, 5) != 5)
        return false;
    for (int i = 0; i < 5; i++) {
        if (!read_field(&fields[i], words[i], &sets[i], &stars[i]))
            return false;
        if (!kubernetes)
            stars[i] = words[i][0] == '*'; /* Vixie cron looks at the first character alone */
    }
    *out = (struct notation){1, sets[0], sets[1], sets[2], sets[3], (sets[4] | sets[4] >> 7) & 0x7f, !stars[2] && !stars[4], NULL};
    if (kubernetes && stars[2] != stars[4]) { /* the starred one of the two says nothing */
        out->monthdays = stars[2] ? UINT64_MAX : out->monthdays;
        out->weekdays = stars[4] ? 0x7f : out->weekdays;
    }
    return true;
}

/* "cron(0 2 * * ? *)": minutes, hours, day of the month, month, day of the week from Sunday = 1, year. */
static bool read_aws(struct arena *arena, const char *text, struct notation *out)
{
    static const struct field fields[] = {
        {0, 59, NULL, "-"}, {0, 23, NULL, "-"}, {1, 31, NULL, "-"}, {1, 12, month_names, "-"}, {1, 7, weekday_names, "-"}};
    size_t len = strlen(text);
    uint64_t sets[5];
    char *words[6];
    bool star;

    if (strncmp(text, "cron(", 5) != 0 || text[len - 1] != ')' || split(arena, arena_strndup(arena, text + 5, len - 6), words, 6) != 6)
        return false;
    for (int i = 0; i < 5; i++) {
        if (!read_field(&fields[i], words[i], &sets[i], &star))
            return false;
    }
    if ((strcmp(words[2], "?") == 0) == (strcmp(words[4], "?") == 0) || strcmp(words[5], "*") != 0)
        return false;
    *out = (struct notation){1, sets[0], sets[1], sets[2], sets[3], sets[4] >> 1, false, NULL};
    return true;
}

/* ---- OnCalendar -------------------------------------------------------------------------------- */

/* "Mon..Fri *-01,07-15 02:00,30:00 Europe/Berlin": weekdays and zone may be left out. */
static bool read_on_calendar(struct arena *arena, const char *text, struct notation *out)
{
    static const struct field weekdays = {0, 6, weekday_names, ".."}, months = {1, 12, NULL, ".."}, days = {1, 31, NULL, ".."},
                              hours = {0, 23, NULL, ".."}, sixty = {0, 59, NULL, ".."};
    char *words[4], *date = NULL, *time = NULL, *month, *day, *minute, *second;
    unsigned count = split(arena, text, words, 4), next = 0;
    bool star;

    *out = (struct notation){.weekdays = 0x7f, .months = UINT64_MAX, .monthdays = UINT64_MAX};
    if (count < 1 || count > 4)
        return false;
    if (read_field(&weekdays, words[next], &out->weekdays, &star) && !star && !strchr("0123456789", words[next][0]))
        next++;
    else
        out->weekdays = 0x7f;
    if (next < count && strchr(words[next], '-'))
        date = words[next++];
    if (next < count && strchr(words[next], ':'))
        time = words[next++];
    if (next < count)
        out->zone = words[next++];
    if (next != count || !time)
        return false;
    if (date) {
        month = strchr(date, '-');
        day = month ? strchr(month + 1, '-') : NULL;
        if (!day || strncmp(date, "*-", 2) != 0)
            return false;
        *day = '\0';
        if (!read_field(&months, month + 1, &out->months, &star) || !read_field(&days, day + 1, &out->monthdays, &star))
            return false;
    }
    minute = strchr(time, ':');
    *minute = '\0';
    second = strchr(minute + 1, ':');
    if (second)
        *second = '\0';
    return read_field(&hours, time, &out->hours, &star) && read_field(&sixty, minute + 1, &out->minutes, &star) &&
           read_field(&sixty, second ? second + 1 : "0", &out->seconds, &star);
}

/* ---- instants ---------------------------------------------------------------------------------- */

/* Month and day of the month of a day since 1970-01-01. */
static void civil(int64_t day, unsigned *month, unsigned *of_month)
{
    int64_t shifted = day + 719468, era = shifted / 146097, of_era = shifted - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100), part = (5 * of_year + 2) / 153;

    *of_month = (unsigned)(of_year - (153 * part + 2) / 5 + 1);
    *month = (unsigned)(part < 10 ? part + 3 : part - 9);
}

static bool matches_day(const struct notation *n, int64_t day)
{
    unsigned month, of_month;
    bool by_month, by_week;

    civil(day, &month, &of_month);
    by_month = n->monthdays >> of_month & 1;
    by_week = n->weekdays >> (day + 4) % 7 & 1;
    return (n->months >> month & 1) && (n->either ? by_month || by_week : by_month && by_week);
}

/* The lowest bit of the set from `from` on; 64: there is none. */
static unsigned bit_from(uint64_t set, unsigned from)
{
    while (from < 64 && !(set >> from & 1))
        from++;
    return from;
}

/* The first second of the day, from that one on; -1. */
static int64_t second_of_day(const struct notation *n, int64_t from)
{
    unsigned hour = (unsigned)(from / 3600), minute = (unsigned)(from / 60 % 60), second = (unsigned)(from % 60);

    second = bit_from(n->seconds, second);
    if (second > 59) {
        second = bit_from(n->seconds, 0);
        minute++;
    }
    if (!(n->hours >> hour & 1) || bit_from(n->minutes, minute) > 59) {
        hour = bit_from(n->hours, hour + (n->hours >> hour & 1));
        minute = 0;
        if (hour > 23)
            return -1; /* none is left on this day */
    }
    if (bit_from(n->minutes, minute) != minute || !(n->hours >> hour & 1))
        second = bit_from(n->seconds, 0);
    minute = bit_from(n->minutes, minute);
    if (hour > 23 || minute > 59 || second > 59)
        return -1;
    if (hour * 3600 + minute * 60 + second < from)
        second = bit_from(n->seconds, 0);
    return hour * 3600 + minute * 60 + second;
}

/* The first instant after that one, milliseconds since 1970 as the clock of its zone has them; INT64_MAX: none in nine years. */
static int64_t next_of(const struct notation *n, int64_t after)
{
    int64_t at = after / 1000 + 1, day = at / DAY_SECONDS, from = at % DAY_SECONDS;

    for (int64_t last = day + SEARCH_DAYS; day < last; day++, from = 0) {
        int64_t second;

        if (!matches_day(n, day))
            continue;
        second = second_of_day(n, from);
        if (second >= 0)
            return (day * DAY_SECONDS + second) * 1000;
    }
    return INT64_MAX;
}

static int64_t next_of_all(const struct notation *lines, uint32_t count, int64_t after)
{
    int64_t first = INT64_MAX;

    for (uint32_t i = 0; i < count; i++) {
        int64_t next = next_of(&lines[i], after);

        first = next < first ? next : first;
    }
    return first;
}

static int64_t next_slot(const struct schedule_slots *slots, int64_t after)
{
    int64_t slot;

    return schedule_next(slots, after, &slot) ? slot : INT64_MAX;
}

/* ---- comparing --------------------------------------------------------------------------------- */

static bool is_utc(const char *zone)
{
    return !zone || strcmp(zone, "UTC") == 0 || strcmp(zone, "Etc/UTC") == 0;
}

static const char *instant(struct arena *arena, int64_t ms)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    if (ms == INT64_MAX)
        return "never";
    print_instant(&text, ms, NULL);
    result = strbuf_dup(&text, arena);
    strbuf_release(&text);
    return result;
}

static const char *first_difference(struct arena *arena, const struct notation *lines, uint32_t count, const struct schedule_slots *slots)
{
    const int64_t from = ZONE_FROM_DAY * MS_DAY, until = from + DENSE_DAYS * MS_DAY;
    int64_t at = from - 1;

    for (uint32_t i = 0; i < DENSE_MOST && at < until; i++) {
        int64_t got = next_of_all(lines, count, at), want = next_slot(slots, at);

        if (got != want)
            return arena_printf(arena, "after %s it fires at %s, and by the plan at %s", instant(arena, at), instant(arena, got),
                                instant(arena, want));
        if (got == INT64_MAX)
            return NULL;
        at = got;
    }
    for (int64_t day = 1; day < SPARSE_DAYS; day++) {
        int64_t got, want;

        at = from + day * MS_DAY - 1;
        got = next_of_all(lines, count, at);
        want = next_slot(slots, at);
        if (got != want)
            return arena_printf(arena, "after %s it fires at %s, and by the plan at %s", instant(arena, at), instant(arena, got),
                                instant(arena, want));
        if (got == INT64_MAX)
            break;
        if (got > at + 2 * MS_DAY) /* nothing is between */
            day = (got - from) / MS_DAY;
    }
    return NULL;
}

static const struct zone *zone_called(struct reading *r, const char *name)
{
    return r->input->zone ? r->input->zone(r->input->zone_context, name) : NULL;
}

/* "rate(6 hours)": no instants of its own, only how far they are apart. */
static bool read_aws_rate(const char *text, int64_t *apart)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"minute)", MS_MINUTE}, {"minutes)", MS_MINUTE}, {"hour)", MS_HOUR}, {"hours)", MS_HOUR}, {"day)", MS_DAY}, {"days)", MS_DAY}};
    int64_t count = 0;

    if (strncmp(text, "rate(", 5) != 0)
        return false;
    for (text += 5; *text >= '0' && *text <= '9' && count < 100000; text++)
        count = count * 10 + (*text - '0');
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (*text == ' ' && strcmp(text + 1, units[i].unit) == 0) {
            *apart = count * units[i].ms;
            return true;
        }
    }
    return false;
}

static const char *compare(struct reading *r, enum notation_kind kind, const char *const *lines, uint32_t count, const char *zone,
                           const char *written)
{
    struct notation *read = ARENA_ARRAY(r->scratch, struct notation, count + 1);
    struct schedule schedule = {0};
    enum schedule_status status;
    struct schedule_refusal refusal;
    struct schedule_slots *slots;
    const struct zone *of_schedule = NULL;
    int64_t apart;

    if (!read_schedule(r->scratch, written, &schedule))
        return arena_printf(r->arena, "the plan's schedule `%s` cannot be read", written);
    if (kind == NOTATION_AWS && count == 1 && read_aws_rate(lines[0], &apart))
        return schedule.kind == SCHEDULE_EVERY && schedule.every == apart ? NULL : "it is another distance between two runs";
    for (uint32_t i = 0; i < count; i++) {
        bool ok = kind == NOTATION_ON_CALENDAR ? read_on_calendar(r->scratch, lines[i], &read[i])
                  : kind == NOTATION_AWS       ? read_aws(r->scratch, lines[i], &read[i])
                                               : read_cron(r->scratch, lines[i], kind == NOTATION_KUBERNETES, &read[i]);

        if (!ok)
            return arena_printf(r->arena, "`%s` cannot be read", lines[i]);
        if (kind == NOTATION_ON_CALENDAR && i > 0 && strcmp(read[i].zone ? read[i].zone : "", zone ? zone : "") != 0)
            return "its lines are of different zones";
        if (kind == NOTATION_ON_CALENDAR)
            zone = read[i].zone;
    }
    if (kind == NOTATION_ON_CALENDAR && !zone)
        return "it says no zone, so that the machine's own counts";
    if (!is_utc(schedule.zone)) { /* in one zone the two clocks are one; else their instants in UTC are compared */
        if (zone && strcmp(zone, schedule.zone) == 0) {
            schedule.zone = zone = NULL;
        } else if (!(of_schedule = zone_called(r, schedule.zone))) {
            return arena_printf(r->arena, "it is in the zone %s, and the plan's in %s", zone ? zone : "UTC", schedule.zone);
        }
    } else {
        schedule.zone = NULL;
    }
    if (!is_utc(zone))
        return arena_printf(r->arena, "it is in the zone %s, and the plan's in %s", zone, schedule.zone ? schedule.zone : "UTC");
    slots = schedule_slots_new(r->scratch, &schedule, DIALECT_PLAIN, of_schedule, &status, &refusal);
    if (!slots)
        return arena_printf(r->arena, "the plan's schedule `%s` names no instants", written);
    return first_difference(r->arena, read, count, slots);
}

bool fires_as(struct reading *r, enum notation_kind kind, const char *const *lines, uint32_t count, const char *zone, const char *written,
              const char **why)
{
    static const char same = 0;
    struct strbuf key = STRBUF_INIT;
    const char *known;
    atom name;

    strbuf_addf(&key, "%d %s %s", (int)kind, zone ? zone : "", written);
    for (uint32_t i = 0; i < count; i++)
        strbuf_addf(&key, "\n%s", lines[i]);
    name = intern_add(r->names, strbuf_str(&key), key.len);
    strbuf_release(&key);
    known = map_get(&r->compared, name);
    if (!known) {
        *why = compare(r, kind, lines, count, zone, written);
        known = *why ? *why : &same;
        map_add(&r->compared, r->scratch, name, (void *)(uintptr_t)known);
    }
    *why = known == &same ? NULL : known;
    return known == &same;
}
