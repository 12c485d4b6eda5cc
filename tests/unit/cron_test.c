/* Cron expressions: what each dialect accepts, where mistakes are, and days against a naive calendar.
 *
 * Everything accepted here is accepted by `crontab -n` of Debian cron 3.0pl1-162 and by robfig/cron
 * v3.0.1. The reverse does not hold on purpose: Debian cron ignores rubbish after a number and runs
 * `30-10` never, robfig drops empty list elements; such text is refused. */
#include "test.h"

#include "schedule/cron.h"

#include <stdlib.h>

static struct arena *arena;

static bool parses(const char *text, enum cron_dialect dialect)
{
    struct cron cron;
    struct cron_error error;
    return cron_parse(arena, text, dialect, &cron, &error);
}

/* "offset+len: message" of the mistake, or "accepted". */
static const char *mistake(const char *text, enum cron_dialect dialect)
{
    struct cron cron;
    struct cron_error error;
    if (cron_parse(arena, text, dialect, &cron, &error)) {
        return "accepted";
    }
    return arena_printf(arena, "%zu+%zu: %s", error.offset, error.len, error.message);
}

static struct cron cron_of(const char *text, enum cron_dialect dialect)
{
    struct cron cron;
    struct cron_error error;
    if (!cron_parse(arena, text, dialect, &cron, &error)) {
        CHECK_STR(error.message, "accepted");
    }
    return cron;
}

static void acceptance(void)
{
    static const struct {
        const char *text;
        bool debian, kubernetes, aws;
    } rows[] = {
        {"0 2 * * *", true, true, true},
        {"0 2 * * mon-fri", true, true, true},
        {"0 2 * JAN,Dec SUN", true, true, true},
        {"*/15 * * * *", true, true, true},
        {"0-59/15 * * * *", true, true, true},
        {"0 2 * * 7", true, false, true},
        {"0 2 * * 5-7", true, false, true},
        {"0/15 * * * *", false, true, false},
        {"0 2 ? * *", false, true, false},
        {"0 2 * * 1#2", false, false, false},
        {"0 2 L * *", false, false, false},
        {"0 2 15W * *", false, false, false},
        {"0~30 2 * * *", false, false, false},
        {"0 2 * * monday", false, false, false},
        {"30-10 2 * * *", false, false, false},
        {"*/0 * * * *", false, false, false},
        {"60 * * * *", false, false, false},
        {"* 24 * * *", false, false, false},
        {"* * 0 * *", false, false, false},
        {"* * 32 * *", false, false, false},
        {"* * * 0 *", false, false, false},
        {"* * * 13 *", false, false, false},
        {"* * * * 8", false, false, false},
        {"0 2 * *", false, false, false},
        {"0 2 * * * *", false, false, false},
        {"", false, false, false},
        {"   ", false, false, false},
        {"1,,2 * * * *", false, false, false},
        {"1, * * * *", false, false, false},
        {",1 * * * *", false, false, false},
        {"1- * * * *", false, false, false},
        {"-1 * * * *", false, false, false},
        {"1-2-3 * * * *", false, false, false},
        {"*/ * * * *", false, false, false},
        {"*/1/2 * * * *", false, false, false},
        {"** * * * *", false, false, false},
        {"*-5 * * * *", false, false, false},
        {"5* * * * *", false, false, false},
        {"99999999999999999999 * * * *", false, false, false},
        {"1.5 * * * *", false, false, false},
        {"@daily", true, true, true},
        {"@hourly", true, true, true},
        {"@reboot", false, false, false},
        {"@every 1h", false, false, false},
        {"CRON_TZ=Europe/Berlin 0 2 * * *", false, false, false},
        {"\xc3\xa9 2 * * *", false, false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        TEST(arena_printf(arena, "accepting `%s`", rows[i].text));
        CHECK_INT(parses(rows[i].text, DIALECT_DEBIAN), rows[i].debian);
        CHECK_INT(parses(rows[i].text, DIALECT_CRONIE), rows[i].debian);
        CHECK_INT(parses(rows[i].text, DIALECT_SYSTEMD), rows[i].debian);
        CHECK_INT(parses(rows[i].text, DIALECT_PLAIN), rows[i].debian);
        CHECK_INT(parses(rows[i].text, DIALECT_KUBERNETES), rows[i].kubernetes);
        CHECK_INT(parses(rows[i].text, DIALECT_AWS), rows[i].aws);
    }

    TEST("six fields of AWS");
    CHECK(parses("0 2 * * ? *", DIALECT_AWS));
    CHECK(parses("cron(0/15 8-17 ? * MON-FRI *)", DIALECT_AWS));
    CHECK(parses("0 2 L * ? *", DIALECT_AWS));
    CHECK(parses("0 2 3W * ? *", DIALECT_AWS));
    CHECK(parses("0 2 ? * 6L *", DIALECT_AWS));
    CHECK(parses("0 2 ? * TUE#2 *", DIALECT_AWS));
    CHECK(!parses("0 2 * * * *", DIALECT_AWS));
    CHECK(!parses("0 2 ? * ? *", DIALECT_AWS));
    CHECK(!parses("0 2 1 * 1 *", DIALECT_AWS));
    CHECK(!parses("0 2 ? * 0 *", DIALECT_AWS));
    CHECK(!parses("0 2 ? * 2/2 *", DIALECT_AWS));
    CHECK(!parses("0 2 ? * 3#6 *", DIALECT_AWS));
    CHECK(!parses("0 2 ? * #2 *", DIALECT_AWS));
    CHECK(!parses("0 2 W * ? *", DIALECT_AWS));
    CHECK(!parses("0 2 LW * ? *", DIALECT_AWS));
    CHECK(!parses("0 2 1-3W * ? *", DIALECT_AWS));
    CHECK(!parses("0 2 * * ? 2027", DIALECT_AWS));
    CHECK(!parses("0 2 * * ? * *", DIALECT_AWS));
    CHECK(!parses("0 2 L * *", DIALECT_AWS));
}

static void mistakes(void)
{
    TEST("the place and the words of a mistake");
    CHECK_STR(mistake("0 25 * * *", DIALECT_DEBIAN), "2+2: hour `25` is out of range 0 to 23");
    CHECK_STR(mistake("0 2 * * mon,xyz", DIALECT_DEBIAN), "12+3: `xyz` is not a weekday");
    CHECK_STR(mistake("0 2 * * 7", DIALECT_KUBERNETES), "8+1: weekday `7` is out of range 0 to 6");
    CHECK_STR(mistake("5/10 * * * *", DIALECT_DEBIAN), "1+3: a step needs a range before it");
    CHECK_STR(mistake("*/0 * * * *", DIALECT_DEBIAN), "2+1: a step of 0 never ends");
    CHECK_STR(mistake("0 2 20-10 * *", DIALECT_DEBIAN), "4+5: the range `20-10` runs backwards");
    CHECK_STR(mistake("0 2 * *", DIALECT_DEBIAN), "0+7: a cron expression has five fields, this one has 4");
    CHECK_STR(mistake("0 2 1 * 1 *", DIALECT_AWS), "4+5: AWS wants `?` in exactly one of day of the month and weekday");
    CHECK_STR(mistake("0 2 * * ? 2027", DIALECT_AWS), "10+4: a schedule with years ends");
    CHECK_STR(mistake("0~30 2 * * *", DIALECT_CRONIE), "1+1: a random time is not a schedule that can be proved");
    struct cron cron;
    struct cron_error error;
    CHECK(!cron_parse(arena, "5/10 * * * *", DIALECT_DEBIAN, &cron, &error));
    CHECK_STR(error.help, "write `5-59/10`");
}

static void fields(void)
{
    TEST("fields");
    struct cron cron = cron_of("1,5-9/2,20-22 */7 * * *", DIALECT_DEBIAN);
    CHECK_INT(cron.minutes, INT64_C(1) << 1 | 1 << 5 | 1 << 7 | 1 << 9 | 1 << 20 | 1 << 21 | 1 << 22);
    CHECK_INT(cron.hours, 1 << 0 | 1 << 7 | 1 << 14 | 1 << 21);
    CHECK(cron.wild && cron.hour_star && !cron.minute_star);
    CHECK(!cron_of("0 2 * * *", DIALECT_DEBIAN).wild);
    CHECK_INT(cron_of("0 2 * * 7", DIALECT_DEBIAN).days.weekdays, 1);
    CHECK_INT(cron_of("0 2 * * 5-7", DIALECT_DEBIAN).days.weekdays, 1 | 1 << 5 | 1 << 6);
    CHECK_INT(cron_of("0 2 * * */7", DIALECT_DEBIAN).days.weekdays, 1);
    CHECK_INT(cron_of("7/20 * * * *", DIALECT_KUBERNETES).minutes, INT64_C(1) << 7 | INT64_C(1) << 27 | INT64_C(1) << 47);
    CHECK_INT(cron_of("0 2 ? * 1 *", DIALECT_AWS).days.weekdays, 1);
    CHECK_INT(cron_of("0 2 ? * SAT *", DIALECT_AWS).days.weekdays, 1 << 6);
    CHECK_INT(cron_of("0 2 * * 1", DIALECT_AWS).days.weekdays, 1 << 1);

    TEST("day of the month and weekday");
    CHECK(cron_of("0 2 1,15 * 1", DIALECT_DEBIAN).days.either);
    CHECK(cron_of("0 2 1,15 * 1", DIALECT_KUBERNETES).days.either);
    CHECK(!cron_of("0 2 */2 * 1", DIALECT_DEBIAN).days.either);
    CHECK(cron_of("0 2 */2 * 1", DIALECT_KUBERNETES).days.either);
    CHECK(!cron_of("0 2 */1 * 1", DIALECT_KUBERNETES).days.either);
    CHECK(!cron_of("0 2 1 * ?", DIALECT_KUBERNETES).days.either);
    struct cron late_star = cron_of("0 2 5,* * 1", DIALECT_DEBIAN); /* the star is not the first character */
    CHECK(day_rule_is_all(&late_star.days));
    late_star = cron_of("0 2 5,* * 1", DIALECT_KUBERNETES);
    CHECK(!day_rule_is_all(&late_star.days));
}

/* ---- days against a naive calendar --------------------------------------------------------------------- */

struct naive {
    int year, month, day, weekday; /* weekday 0 = sunday */
    int length;                    /* of the month */
};

static int naive_length(int year, int month)
{
    if (month == 2) {
        return year % 4 != 0 ? 28 : year % 100 != 0 ? 29 : year % 400 != 0 ? 28 : 29;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static void naive_next(struct naive *date)
{
    date->weekday = (date->weekday + 1) % 7;
    if (++date->day > date->length) {
        date->day = 1;
        if (++date->month > 12) {
            date->month = 1;
            date->year++;
        }
        date->length = naive_length(date->year, date->month);
    }
}

static uint32_t random_state = 99;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % limit;
}

/* A list of some values of a range; the set goes to wanted[]. `stars`: may also be a star or a stepped
 * star. */
static const char *random_field(int low, int high, bool wanted[64], bool *star)
{
    memset(wanted, 0, 64);
    uint32_t kind = random_below(5);
    *star = kind <= 1;
    if (kind == 0) {
        for (int value = low; value <= high; value++) {
            wanted[value] = true;
        }
        return "*";
    }
    if (kind == 1) {
        int step = 2 + (int)random_below(9);
        step = step > high ? high : step;
        for (int value = low; value <= high; value += step) {
            wanted[value] = true;
        }
        return arena_printf(arena, "*/%d", step);
    }
    int a = low + (int)random_below((uint32_t)(high - low + 1)), b = low + (int)random_below((uint32_t)(high - low + 1));
    if (kind == 2) {
        wanted[a] = wanted[b] = true;
        return arena_printf(arena, "%d,%d", a, b);
    }
    int first = a < b ? a : b, last = a < b ? b : a, step = 1 + (int)random_below(4);
    for (int value = first; value <= last; value += step) {
        wanted[value] = true;
    }
    return arena_printf(arena, "%d-%d/%d", first, last, step);
}

static void days_by_naive_calendar(void)
{
    for (int round = 0; round < 24; round++) {
        bool minute[64], hour[64], monthday[64], month[64], weekday[64];
        bool star, monthday_star, weekday_star;
        const char *m = random_field(0, 59, minute, &star), *h = random_field(0, 23, hour, &star);
        const char *d = random_field(1, 31, monthday, &monthday_star), *mo = random_field(1, 12, month, &star);
        const char *w = random_field(0, 7, weekday, &weekday_star);
        const char *text = arena_printf(arena, "%s %s %s %s %s", m, h, d, mo, w);
        weekday[0] = weekday[0] || weekday[7];
        struct cron cron = cron_of(text, DIALECT_DEBIAN);
        TEST(text);
        for (int value = 0; value < 60; value++) {
            if (((cron.minutes >> value & 1) != 0) != minute[value]) {
                CHECK_INT(value, -1);
            }
        }
        for (int value = 0; value < 24; value++) {
            if (((cron.hours >> value & 1) != 0) != hour[value]) {
                CHECK_INT(value, -1);
            }
        }
        struct naive date = {1999, 1, 1, 5, 31}; /* 1999-01-01 was a friday */
        int64_t day = 10592;                     /* days since 1970 */
        struct day_walk walk;
        bool any = day_walk_start(&walk, &cron.days, day);
        int wrong = 0, matches = 0;
        int64_t last = -1;
        for (int n = 0; n < CALENDAR_CYCLE_DAYS; n++, day++, naive_next(&date)) {
            bool a = monthday[date.day], b = weekday[date.weekday];
            bool runs = month[date.month] && (monthday_star || weekday_star ? a && b : a || b);
            wrong += runs != (any && walk.day == day);
            if (runs && any) {
                matches++;
                last = day;
                day_walk_next(&walk);
            }
            if (n % 97 == 0) {
                int64_t found;
                wrong += runs != day_rule_matches(&cron.days, day);
                if (last >= 0) {
                    wrong += !day_rule_last(&cron.days, day, &found) || found != last;
                }
            }
        }
        CHECK_INT(wrong, 0);
        CHECK_INT(any, matches > 0);
    }
}

/* ---- lint ---------------------------------------------------------------------------------------------- */

/* The kinds found, as letters in order: Either, step-And, Never, Uneven, sKips. */
static const char *lints(const char *text, enum cron_dialect dialect)
{
    struct cron_lint found[CRON_LINT_MAX];
    unsigned count = cron_lint(arena, text, dialect, found);
    char *letters = arena_alloc(arena, CRON_LINT_MAX + 1);
    for (unsigned i = 0; i < count; i++) {
        letters[i] = "EANUK"[found[i].kind];
        if (found[i].offset + found[i].len > strlen(text) || found[i].len == 0) {
            CHECK(!"a lint lies outside of its text");
        }
    }
    return letters;
}

static void lint(void)
{
    TEST("lint");
    CHECK_STR(lints("0 2 * * *", DIALECT_DEBIAN), "");
    CHECK_STR(lints("0 2 1,15 * 1", DIALECT_DEBIAN), "E");
    CHECK_STR(lints("0 2 1-7 * 1", DIALECT_KUBERNETES), "E");
    CHECK_STR(lints("0 2 */2 * 1", DIALECT_DEBIAN), "AU");
    CHECK_STR(lints("0 2 */2 * 1", DIALECT_KUBERNETES), "AU");
    CHECK_STR(lints("0 2 30 2 *", DIALECT_DEBIAN), "N");
    CHECK_STR(lints("0 2 31 4,6,9,11 *", DIALECT_DEBIAN), "N");
    CHECK_STR(lints("*/35 * * * *", DIALECT_DEBIAN), "U");
    CHECK_STR(lints("*/20 */5 * * *", DIALECT_DEBIAN), "U");
    CHECK_STR(lints("0 2 */10 * *", DIALECT_DEBIAN), "U");
    CHECK_STR(lints("0/25 * * * *", DIALECT_KUBERNETES), "U");
    CHECK_STR(lints("0 2 31 * *", DIALECT_DEBIAN), "K");
    CHECK_STR(lints("0 2 29 2 *", DIALECT_DEBIAN), "K");
    CHECK_STR(lints("0 2 31 1,3 *", DIALECT_DEBIAN), "");
    CHECK_STR(lints("0 2 31 * 1", DIALECT_DEBIAN), "E");
    CHECK_STR(lints("0 2 L * ? *", DIALECT_AWS), "");
    CHECK_STR(lints("@weekly", DIALECT_DEBIAN), "");
    CHECK_STR(lints("not cron", DIALECT_DEBIAN), "");
}

int main(void)
{
    arena = arena_new();
    acceptance();
    mistakes();
    fields();
    days_by_naive_calendar();
    lint();
    arena_delete(arena);
    return test_finish();
}
