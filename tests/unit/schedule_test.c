/* Schedules against independent oracles: known answers, gaps that a Python program found by listing every
 * slot of 400 years, slots that the schedulers themselves name around clock changes (tests/oracles/), and
 * a naive enumerator here. */
#include "test.h"

#include "schedule/schedule.h"

#include <stdlib.h>
#include <time.h>

#define MINUTES(n) ((n)*MS_MINUTE)

static struct arena *arena;

/* ---- zones from their rule ----------------------------------------------------------------------------- */

struct zone_row {
    const char *name;
    const char *rule;
};

/* The footers of the tz database (2025b). */
static const struct zone_row zones[] = {
    {"Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3"},
    {"America/New_York", "EST5EDT,M3.2.0,M11.1.0"},
    {"Africa/Cairo", "EET-2EEST,M4.5.5/0,M10.5.4/24"},
    {"Australia/Lord_Howe", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"},
    {"America/Santiago", "<-04>4<-03>,M9.1.6/24,M4.1.6/24"},
    {"America/Havana", "CST5CDT,M3.2.0/0,M11.1.0/1"},
    {"Asia/Beirut", "EET-2EEST,M3.5.0/0,M10.5.0/0"},
    {"Europe/Dublin", "IST-1GMT0,M10.5.0,M3.5.0/1"},
    {"Pacific/Auckland", "NZST-12NZDT,M9.5.0,M4.1.0/3"},
    {"Asia/Kathmandu", "<+0545>-5:45"},
    {"Asia/Kolkata", "IST-5:30"},
    {"Etc/GMT+8", "<-08>8"},
};

/* The smallest TZif file: two empty headers, one local time type, the footer. */
static size_t build_zone(unsigned char *bytes, const char *rule)
{
    size_t size = 0;
    memset(bytes, 0, 200);
    memcpy(bytes, "TZif2", 5);
    bytes[39] = 1; /* typecnt */
    bytes[43] = 1; /* charcnt */
    size = 44 + 6 + 1;
    memcpy(bytes + size, bytes, size);
    size *= 2;
    size += (size_t)sprintf((char *)bytes + size, "\n%s\n", rule);
    return size;
}

static const struct zone *zone_of(const char *name)
{
    static const struct zone *parsed[sizeof zones / sizeof zones[0]];
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
        if (strcmp(zones[i].name, name) == 0) {
            if (parsed[i] == NULL) {
                unsigned char bytes[200];
                const char *error;
                parsed[i] = zone_parse(arena, name, bytes, build_zone(bytes, zones[i].rule), &error);
            }
            return parsed[i];
        }
    }
    return NULL;
}

/* ---- schedules ----------------------------------------------------------------------------------------- */

static struct schedule cron(const char *text)
{
    return (struct schedule){.kind = SCHEDULE_CRON, .cron = text};
}

static struct schedule every(int64_t ms)
{
    return (struct schedule){.kind = SCHEDULE_EVERY, .every = ms};
}

static struct schedule daily(uint16_t first, int second)
{
    struct schedule schedule = {.kind = SCHEDULE_DAILY, .times = {first}, .time_count = 1};
    if (second >= 0) {
        schedule.times[schedule.time_count++] = (uint16_t)second;
    }
    return schedule;
}

static struct schedule in_zone(struct schedule schedule, const char *zone)
{
    schedule.zone = zone;
    return schedule;
}

static struct schedule_gap gap_of(struct schedule schedule, enum cron_dialect dialect, uint32_t missed)
{
    struct schedule_gap gap;
    schedule_gap(arena, &schedule, dialect, schedule.zone == NULL ? NULL : zone_of(schedule.zone), missed, &gap);
    return gap;
}

static const char *instant(int64_t ms, const char *zone)
{
    struct strbuf text = STRBUF_INIT;
    print_instant(&text, ms, zone == NULL ? NULL : zone_of(zone));
    const char *copy = strbuf_dup(&text, arena);
    strbuf_release(&text);
    return copy;
}

static void known_answers(void)
{
    TEST("known answers");
    CHECK_INT(gap_of(cron("0 2 * * 1-5"), DIALECT_DEBIAN, 0).max_gap, 3 * MS_DAY);
    CHECK_INT(gap_of(cron("0 2 * * 1-5"), DIALECT_DEBIAN, 1).max_gap, 4 * MS_DAY);
    CHECK_INT(gap_of(cron("0 2 31 * *"), DIALECT_DEBIAN, 0).max_gap, 61 * MS_DAY);
    CHECK_INT(gap_of(cron("0 2 29 2 *"), DIALECT_DEBIAN, 0).max_gap, 2921 * MS_DAY);
    CHECK_INT(gap_of(cron("0 2 */2 * 1"), DIALECT_DEBIAN, 0).max_gap, 21 * MS_DAY);
    CHECK_INT(gap_of(cron("0 2 */2 * 1"), DIALECT_CRONIE, 0).max_gap, 21 * MS_DAY);
    CHECK_INT(gap_of(cron("0 2 */2 * 1"), DIALECT_KUBERNETES, 0).max_gap, 2 * MS_DAY);
    CHECK_INT(gap_of(cron("*/10 8-17 * * 1-5"), DIALECT_DEBIAN, 0).max_gap, 2 * MS_DAY + MINUTES(14 * 60 + 10));
    CHECK_INT(gap_of(cron("*/35 * * * *"), DIALECT_DEBIAN, 0).max_gap, MINUTES(35));
    CHECK_INT(gap_of(cron("*/35 * * * *"), DIALECT_DEBIAN, 0).min_gap, MINUTES(25));
    CHECK_INT(gap_of(cron("0 2 1 * *"), DIALECT_DEBIAN, 0).max_gap, 31 * MS_DAY);
    CHECK_INT(gap_of(cron("0 2 1-31 * 1"), DIALECT_DEBIAN, 0).max_gap, MS_DAY);
    CHECK_INT(gap_of(cron("0 2 30 2 *"), DIALECT_DEBIAN, 0).status, SCHEDULE_NEVER);
    CHECK_INT(gap_of(daily(120, -1), DIALECT_AWS, 0).max_gap, MS_DAY);

    TEST("known answers in Europe/Berlin");
    struct schedule night = in_zone(daily(150, -1), "Europe/Berlin");
    CHECK_INT(gap_of(night, DIALECT_SYSTEMD, 0).max_gap, 47 * MS_HOUR);
    CHECK_INT(gap_of(night, DIALECT_KUBERNETES, 0).max_gap, 47 * MS_HOUR);
    CHECK_INT(gap_of(night, DIALECT_AWS, 0).max_gap, 47 * MS_HOUR);
    CHECK_INT(gap_of(night, DIALECT_DEBIAN, 0).max_gap, 25 * MS_HOUR);
    CHECK_INT(gap_of(night, DIALECT_CRONIE, 0).max_gap, 25 * MS_HOUR);
    struct schedule hourly = in_zone(every(MS_HOUR), "Europe/Berlin");
    CHECK_INT(gap_of(hourly, DIALECT_SYSTEMD, 0).max_gap, 2 * MS_HOUR);
    CHECK_INT(gap_of(hourly, DIALECT_KUBERNETES, 0).max_gap, MS_HOUR);
    CHECK_INT(gap_of(hourly, DIALECT_DEBIAN, 0).max_gap, MS_HOUR);
    /* A star in the minute field makes it a job of the wall clock for Debian cron: nothing is caught up. */
    CHECK_INT(gap_of(in_zone(cron("*/30 2 * * *"), "Europe/Berlin"), DIALECT_DEBIAN, 0).max_gap, 46 * MS_HOUR + MINUTES(30));
    CHECK_INT(gap_of(in_zone(cron("0,30 2 * * *"), "Europe/Berlin"), DIALECT_DEBIAN, 0).max_gap, 24 * MS_HOUR + MINUTES(30));
    /* Kubernetes passes over the friday on which Cairo has no midnight. */
    CHECK_INT(gap_of(in_zone(cron("0 2 * * 5"), "Africa/Cairo"), DIALECT_KUBERNETES, 0).max_gap, 14 * MS_DAY - MS_HOUR);

    TEST("witnesses");
    struct schedule_gap gap = gap_of(cron("0 2 31 * *"), DIALECT_DEBIAN, 0);
    CHECK_STR(instant(gap.max_from, NULL), "2026-03-31 02:00 UTC");
    CHECK_STR(instant(gap.max_to, NULL), "2026-05-31 02:00 UTC");
    gap = gap_of(cron("0 2 29 2 *"), DIALECT_DEBIAN, 0);
    CHECK_STR(instant(gap.max_from, NULL), "2096-02-29 02:00 UTC");
    CHECK_STR(instant(gap.max_to, NULL), "2104-02-29 02:00 UTC");
    gap = gap_of(night, DIALECT_SYSTEMD, 0);
    CHECK_STR(instant(gap.max_from, "Europe/Berlin"), "2026-03-28 02:30+01:00");
    CHECK_STR(instant(gap.max_to, "Europe/Berlin"), "2026-03-30 02:30+02:00");
    gap = gap_of(night, DIALECT_DEBIAN, 0);
    CHECK_STR(instant(gap.max_from, "Europe/Berlin"), "2026-10-25 02:30+02:00");
    CHECK_STR(instant(gap.min_from, "Europe/Berlin"), "2026-03-28 02:30+01:00");
    CHECK_INT(gap.min_gap, 23 * MS_HOUR + MINUTES(30));
}

static void several_schedulers(void)
{
    TEST("the worst of several schedulers");
    struct schedule_gap gap;
    enum cron_dialect worst;
    struct schedule night = in_zone(daily(150, -1), "Europe/Berlin");
    uint32_t all = 1u << DIALECT_DEBIAN | 1u << DIALECT_SYSTEMD | 1u << DIALECT_KUBERNETES;
    schedule_gap_among(arena, &night, all, zone_of("Europe/Berlin"), 0, NULL, &gap, &worst);
    CHECK_INT(gap.max_gap, 47 * MS_HOUR);
    CHECK_INT(worst, DIALECT_KUBERNETES);
    CHECK_INT(gap.min_gap, MS_HOUR); /* Kubernetes runs it twice in autumn */
    struct schedule text = cron("0 2 */2 * 1");
    schedule_gap_among(arena, &text, all, NULL, 0, NULL, &gap, &worst);
    CHECK_INT(gap.max_gap, 21 * MS_DAY);
    CHECK_INT(worst, DIALECT_DEBIAN);
    CHECK_INT(gap.min_gap, MS_DAY);
    text = cron("0/20 * * * *"); /* only Kubernetes reads it */
    schedule_gap_among(arena, &text, all, NULL, 0, NULL, &gap, &worst);
    CHECK_INT(gap.status, SCHEDULE_OK);
    CHECK_INT(worst, DIALECT_KUBERNETES);
    schedule_gap_among(arena, &text, 1u << DIALECT_DEBIAN, NULL, 0, NULL, &gap, &worst);
    CHECK_INT(gap.status, SCHEDULE_REFUSED);
    schedule_gap_among(arena, &text, 0, NULL, 0, NULL, &gap, &worst);
    CHECK_INT(gap.status, SCHEDULE_REFUSED);
}

static void words(void)
{
    TEST("schedules in words");
    CHECK_INT(gap_of(every(MINUTES(15)), DIALECT_DEBIAN, 0).max_gap, MINUTES(15));
    CHECK_INT(gap_of(every(MINUTES(15)), DIALECT_DEBIAN, 3).max_gap, MINUTES(60));
    CHECK_INT(gap_of(every(MINUTES(45)), DIALECT_KUBERNETES, 0).min_gap, MINUTES(45));
    CHECK_INT(gap_of(every(30 * MS_SECOND), DIALECT_SYSTEMD, 0).max_gap, 30 * MS_SECOND);
    CHECK_INT(gap_of(every(30 * MS_SECOND), DIALECT_DEBIAN, 0).status, SCHEDULE_REFUSED);
    CHECK_INT(gap_of(every(7 * MS_HOUR), DIALECT_DEBIAN, 0).status, SCHEDULE_REFUSED);
    CHECK_STR(gap_of(every(7 * MS_HOUR), DIALECT_DEBIAN, 0).refusal.reason, "`every 7h` does not divide the day");
    /* Aligned to midnight: 00:00 07:00 14:00 21:00 00:00 */
    CHECK_INT(gap_of(every(7 * MS_HOUR), DIALECT_PLAIN, 0).max_gap, 7 * MS_HOUR);
    CHECK_INT(gap_of(every(7 * MS_HOUR), DIALECT_PLAIN, 0).min_gap, 3 * MS_HOUR);
    CHECK_INT(gap_of(every(7 * MS_HOUR), DIALECT_PLAIN, 1).max_gap, 14 * MS_HOUR);
    CHECK_INT(gap_of(every(7 * MS_HOUR), DIALECT_PLAIN, 3).max_gap, 24 * MS_HOUR);
    CHECK_INT(gap_of(every(36 * MS_HOUR), DIALECT_PLAIN, 1).max_gap, 72 * MS_HOUR);
    CHECK_INT(gap_of(every(36 * MS_HOUR), DIALECT_SYSTEMD, 0).status, SCHEDULE_REFUSED);
    CHECK_INT(gap_of(every(10 * MS_DAY), DIALECT_PLAIN, 2).max_gap, 30 * MS_DAY);
    CHECK_INT(gap_of(in_zone(every(10 * MS_DAY), "Europe/Berlin"), DIALECT_PLAIN, 0).max_gap, 10 * MS_DAY + MS_HOUR);
    CHECK_INT(gap_of(every(10 * MS_DAY), DIALECT_AWS, 0).status, SCHEDULE_REFUSED);
    CHECK_INT(gap_of(every(7 * MS_DAY), DIALECT_AWS, 0).max_gap, 7 * MS_DAY);
    CHECK_INT(gap_of(every(500), DIALECT_PLAIN, 0).status, SCHEDULE_REFUSED);
    CHECK_INT(gap_of(every(0), DIALECT_PLAIN, 0).status, SCHEDULE_REFUSED);
    CHECK_INT(gap_of(every(INT64_MAX), DIALECT_PLAIN, 0).status, SCHEDULE_REFUSED);
    CHECK_INT(gap_of(daily(120, 14 * 60), DIALECT_PLAIN, 0).max_gap, 12 * MS_HOUR);
    CHECK_INT(gap_of(daily(120, 3 * 60), DIALECT_PLAIN, 0).max_gap, 23 * MS_HOUR);
    struct schedule weekly = daily(180, -1);
    weekly.kind = SCHEDULE_WEEKLY;
    weekly.weekdays = 1u << 0 | 1u << 3;
    CHECK_INT(gap_of(weekly, DIALECT_PLAIN, 0).max_gap, 4 * MS_DAY);
    CHECK_INT(gap_of(weekly, DIALECT_PLAIN, 0).min_gap, 3 * MS_DAY);
    CHECK_STR(instant(gap_of(weekly, DIALECT_PLAIN, 0).max_from, NULL), "2026-01-07 03:00 UTC"); /* a wednesday */
    weekly.weekdays = 0;
    CHECK_INT(gap_of(weekly, DIALECT_PLAIN, 0).status, SCHEDULE_NEVER);
    struct schedule monthly = daily(240, -1);
    monthly.kind = SCHEDULE_MONTHLY;
    monthly.monthdays = 1u << 1 | 1u << 15;
    CHECK_INT(gap_of(monthly, DIALECT_PLAIN, 0).max_gap, 17 * MS_DAY);
    struct schedule nothing = {.kind = SCHEDULE_DAILY};
    CHECK_INT(gap_of(nothing, DIALECT_PLAIN, 0).status, SCHEDULE_REFUSED);
    CHECK_INT(gap_of((struct schedule){.kind = SCHEDULE_CONTINUOUS}, DIALECT_PLAIN, 0).status, SCHEDULE_UNTIMED);
    CHECK_INT(gap_of((struct schedule){.kind = SCHEDULE_ON_CHANGE}, DIALECT_PLAIN, 0).status, SCHEDULE_UNTIMED);

    TEST("an unknown zone is never taken for UTC");
    struct schedule lost = in_zone(daily(120, -1), "Mars/Olympus");
    CHECK_INT(gap_of(lost, DIALECT_PLAIN, 0).status, SCHEDULE_REFUSED);
    CHECK_INT(gap_of(in_zone(daily(120, -1), "Etc/UTC"), DIALECT_PLAIN, 0).status, SCHEDULE_OK);

    TEST("the place of a mistake");
    struct schedule_gap gap = gap_of(cron("0 25 * * *"), DIALECT_PLAIN, 0);
    CHECK_INT(gap.status, SCHEDULE_REFUSED);
    CHECK_INT(gap.refusal.offset, 2);
    CHECK_INT(gap.refusal.len, 2);
    CHECK_STR(gap.refusal.reason, "hour `25` is out of range 0 to 23");
    CHECK_INT(gap_of(daily(120, -1), DIALECT_PLAIN, SCHEDULE_MISSED_MAX + 1).status, SCHEDULE_REFUSED);
}

/* ---- against the oracles ------------------------------------------------------------------------------- */

static void brute_force_gaps(void)
{
    static const struct {
        enum cron_dialect dialect;
        const char *text;
        uint32_t missed;
        int64_t largest;
        int64_t shortest;
    } rows[] = {
#include "tests/oracles/gap_vectors.inc"
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        TEST(arena_printf(arena, "gap of `%s` in dialect %d with %u missed", rows[i].text, (int)rows[i].dialect, rows[i].missed));
        struct schedule_gap gap = gap_of(cron(rows[i].text), rows[i].dialect, rows[i].missed);
        if (rows[i].largest < 0) {
            CHECK_INT(gap.status, SCHEDULE_NEVER);
            continue;
        }
        CHECK_INT(gap.max_gap, rows[i].largest * MS_MINUTE);
        CHECK_INT(gap.min_gap, rows[i].shortest * MS_MINUTE);
        CHECK_INT(gap.max_to - gap.max_from, gap.max_gap);
    }
}

struct slot_row {
    const char *zone;
    const char *text;
    int64_t after;
    int64_t slots[8];
};

static void scheduler_slots(enum cron_dialect dialect, const struct slot_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct schedule schedule = in_zone(cron(rows[i].text), rows[i].zone);
        const struct zone *zone = zone_of(rows[i].zone);
        enum schedule_status status;
        struct schedule_refusal refusal;
        struct schedule_slots *slots = schedule_slots_new(arena, &schedule, dialect, zone, &status, &refusal);
        TEST(arena_printf(arena, "slots of `%s` in %s for %s after %lld", rows[i].text, rows[i].zone, dialect_name(dialect),
                          (long long)rows[i].after));
        CHECK_INT(status, SCHEDULE_OK);
        int64_t at = rows[i].after * MS_SECOND, earlier = 0;
        for (size_t n = 0; slots != NULL && n < 8; n++) {
            if (!schedule_next(slots, at, &at)) {
                CHECK(!"a slot was expected");
                break;
            }
            CHECK_INT(at / MS_SECOND, rows[i].slots[n]);
            if (dialect != DIALECT_KUBERNETES && n > 0) { /* Kubernetes' runs depend on where its search started */
                CHECK(schedule_previous(slots, at, &earlier));
                CHECK_INT(earlier / MS_SECOND, rows[i].slots[n - 1]);
            }
        }
    }
}

static void slots_at_clock_changes(void)
{
    static const struct slot_row debian[] = {
#include "tests/oracles/slots_debian.inc"
    };
    static const struct slot_row systemd[] = {
#include "tests/oracles/slots_systemd.inc"
    };
    static const struct slot_row robfig[] = {
#include "tests/oracles/slots_robfig.inc"
    };
    scheduler_slots(DIALECT_DEBIAN, debian, sizeof debian / sizeof debian[0]);
    scheduler_slots(DIALECT_SYSTEMD, systemd, sizeof systemd / sizeof systemd[0]);
    scheduler_slots(DIALECT_KUBERNETES, robfig, sizeof robfig / sizeof robfig[0]);
}

/* The largest gap in a zone must be that of the slots themselves, listed over four hundred years. */
static void gaps_match_slots(void)
{
    static const struct {
        const char *text;
        const char *zone;
        uint32_t missed;
    } rows[] = {
        {"30 2 * * 0,3", "Europe/Berlin", 2},       {"15 1,2,3 * * 0", "America/New_York", 1}, {"0 2 1 * *", "Europe/Dublin", 0},
        {"45 1 1-7 * *", "Australia/Lord_Howe", 5}, {"0 0 * * 5", "Africa/Cairo", 0},          {"10 0 31 * *", "Asia/Beirut", 1},
        {"0 */6 */15 * *", "America/Santiago", 3},  {"59 23 * * 6", "America/Havana", 0},      {"20 2 29 2 *", "Pacific/Auckland", 1},
        {"*/20 2 1-5 3 *", "Europe/Berlin", 0},     {"0 3 * * 1", "Asia/Kathmandu", 4},        {"*/15 * * * *", "Europe/Berlin", 0},
        {"5 2-3 25-31 10 0", "Europe/Berlin", 0},
    };
    static const enum cron_dialect dialects[] = {DIALECT_DEBIAN, DIALECT_KUBERNETES, DIALECT_SYSTEMD, DIALECT_AWS};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t d = 0; d < sizeof dialects / sizeof dialects[0]; d++) {
            struct schedule schedule = in_zone(cron(rows[i].text), rows[i].zone);
            struct schedule_gap gap = gap_of(schedule, dialects[d], rows[i].missed);
            enum schedule_status status;
            struct schedule_refusal refusal;
            struct schedule_slots *slots = schedule_slots_new(arena, &schedule, dialects[d], zone_of(rows[i].zone), &status, &refusal);
            TEST(arena_printf(arena, "gap and slots of `%s` in %s for %s", rows[i].text, rows[i].zone, dialect_name(dialects[d])));
            CHECK_INT(gap.status, SCHEDULE_OK);
            if (slots == NULL) {
                CHECK(!"slots were expected");
                continue;
            }
            int64_t ring[8] = {0}, largest = 0, shortest = INT64_MAX;
            int64_t at = ZONE_FROM_DAY * MS_DAY - 1, end = (ZONE_FROM_DAY + CALENDAR_CYCLE_DAYS) * MS_DAY;
            if (strcmp(rows[i].text, "*/15 * * * *") == 0) { /* two years hold every case */
                end = (ZONE_FROM_DAY + 800) * MS_DAY;
            }
            uint32_t span = rows[i].missed + 1;
            uint64_t n = 0;
            while (schedule_next(slots, at, &at)) {
                if (n > 0 && at - ring[(n - 1) % 8] < shortest) {
                    shortest = at - ring[(n - 1) % 8];
                }
                if (n >= span) {
                    int64_t from = ring[(n - span) % 8];
                    if (from >= end) {
                        break;
                    }
                    if (at - from > largest) {
                        largest = at - from;
                    }
                }
                ring[n++ % 8] = at;
            }
            CHECK_INT(gap.max_gap, largest);
            CHECK_INT(gap.min_gap, shortest);
        }
    }
}

/* ---- conversions --------------------------------------------------------------------------------------- */

static const char *converted(struct schedule schedule, enum schedule_target target)
{
    struct schedule_lines lines;
    struct strbuf text = STRBUF_INIT;
    const struct zone *zone = schedule.zone == NULL ? NULL : zone_of(schedule.zone);
    if (!schedule_convert(arena, &schedule, target, zone, &lines)) {
        return arena_printf(arena, "refused: %s", lines.refusal.reason);
    }
    for (uint32_t i = 0; i < lines.count; i++) {
        strbuf_addf(&text, "%s%s", i > 0 ? "; " : "", lines.line[i]);
    }
    const char *copy = strbuf_dup(&text, arena);
    strbuf_release(&text);
    return copy;
}

static void conversions(void)
{
    TEST("to cron");
    CHECK_STR(converted(daily(120, -1), TARGET_CRON_DEBIAN), "0 2 * * *");
    CHECK_STR(converted(daily(120, 14 * 60), TARGET_CRON_DEBIAN), "0 2,14 * * *");
    CHECK_STR(converted(daily(120, 14 * 60 + 30), TARGET_CRON_DEBIAN), "0 2 * * *; 30 14 * * *");
    CHECK_STR(converted(every(MINUTES(15)), TARGET_CRON_DEBIAN), "*/15 * * * *");
    CHECK_STR(converted(every(6 * MS_HOUR), TARGET_CRON_DEBIAN), "0 */6 * * *");
    CHECK_STR(converted(every(7 * MS_DAY), TARGET_CRON_DEBIAN), "0 0 * * 1");
    CHECK_STR(converted(every(MINUTES(45)), TARGET_KUBERNETES), "0,45 */3 * * *; 15 2,5,8,11,14,17,20,23 * * *; 30 1,4,7,10,13,16,19,22 * * *");
    CHECK_STR(converted(every(7 * MS_HOUR), TARGET_CRON_DEBIAN), "refused: `every 7h` does not divide the day");
    CHECK_STR(converted(every(30 * MS_SECOND), TARGET_CRON_DEBIAN), "refused: Debian cron has no seconds, so it cannot run `every 30s`");
    CHECK_STR(converted(cron("  0  2\t*/2 * Mon-Fri "), TARGET_CRON_DEBIAN), "0 2 */2 * 1-5");
    CHECK_STR(converted(cron("@daily"), TARGET_CRON_DEBIAN), "0 0 * * *");
    CHECK_STR(converted(cron("@weekly"), TARGET_KUBERNETES), "0 0 * * 0");
    CHECK_STR(converted(cron("0 2 * * 7"), TARGET_KUBERNETES), "refused: weekday `7` is out of range 0 to 6");
    CHECK_STR(converted(cron("0 2 30 2 *"), TARGET_CRON_DEBIAN), "refused: the schedule never fires");

    TEST("to cron from another zone");
    CHECK_STR(converted(in_zone(daily(120, -1), "Europe/Berlin"), TARGET_CRON_DEBIAN),
              "refused: cron runs in UTC here, and the clock of `Europe/Berlin` changes");
    CHECK_STR(converted(in_zone(daily(120, -1), "Asia/Kolkata"), TARGET_CRON_DEBIAN), "30 20 * * *");
    CHECK_STR(converted(in_zone(cron("0 2,12 * * 1-5"), "Asia/Kolkata"), TARGET_CRON_DEBIAN), "30 20 * * 0-4; 30 6 * * 1-5");
    CHECK_STR(converted(in_zone(cron("0 20 * * 6"), "Etc/GMT+8"), TARGET_CRON_DEBIAN), "0 4 * * 0");
    CHECK_STR(converted(in_zone(cron("0 12 1,15 * *"), "Asia/Kolkata"), TARGET_CRON_DEBIAN), "30 6 1,15 * *");
    CHECK_STR(converted(in_zone(cron("0 2 1,15 * *"), "Asia/Kolkata"), TARGET_CRON_DEBIAN),
              "refused: in UTC some of its times fall on another day, and its days of the month cannot be shifted");
    CHECK_STR(converted(in_zone(daily(120, -1), "Europe/Berlin"), TARGET_KUBERNETES), "0 2 * * *");

    TEST("to systemd");
    CHECK_STR(converted(daily(120, -1), TARGET_SYSTEMD), "*-*-* 02:00:00 UTC");
    CHECK_STR(converted(every(MINUTES(15)), TARGET_SYSTEMD), "*-*-* *:00..45/15:00 UTC");
    CHECK_STR(converted(every(30 * MS_SECOND), TARGET_SYSTEMD), "*-*-* *:*:00,30 UTC");
    CHECK_STR(converted(every(90 * MS_SECOND), TARGET_SYSTEMD),
              "*-*-* *:00..57/3:00 UTC; *-*-* *:01,04,07,10,13,16,19,22,25,28,31,34,37,40,43,46,49,52,55,58:30 UTC");
    CHECK_STR(converted(in_zone(cron("30 2 * * 1-5"), "Europe/Berlin"), TARGET_SYSTEMD), "Mon..Fri *-*-* 02:30:00 Europe/Berlin");
    CHECK_STR(converted(cron("0 2 1,15 3-6 *"), TARGET_SYSTEMD), "*-03..06-01,15 02:00:00 UTC");
    CHECK_STR(converted(cron("0 2 1-7 * sun,mon"), TARGET_SYSTEMD), "*-*-01..07 02:00:00 UTC; Mon,Sun *-*-* 02:00:00 UTC");
    CHECK_STR(converted(cron("0 2 */16 * 1"), TARGET_SYSTEMD), "Mon *-*-01,17 02:00:00 UTC");

    TEST("to AWS");
    CHECK_STR(converted(daily(120, -1), TARGET_EVENTBRIDGE), "cron(0 2 * * ? *)");
    CHECK_STR(converted(every(MINUTES(15)), TARGET_EVENTBRIDGE), "cron(0/15 * * * ? *)");
    CHECK_STR(converted(every(MINUTES(15)), TARGET_AWS_BACKUP), "refused: AWS Backup runs at most once an hour");
    CHECK_STR(converted(every(MS_HOUR), TARGET_AWS_BACKUP), "cron(0 * * * ? *)");
    CHECK_STR(converted(cron("0 2 * * 1-5"), TARGET_AWS_BACKUP), "cron(0 2 ? * MON-FRI *)");
    CHECK_STR(converted(cron("0 2 * * 0,5,6"), TARGET_AWS_BACKUP), "cron(0 2 ? * FRI,SAT,SUN *)");
    CHECK_STR(converted(cron("0 2 1 * 1"), TARGET_AWS_BACKUP), "cron(0 2 1 * ? *); cron(0 2 ? * MON *)");
    CHECK_STR(converted(cron("0 2 */2 * 1"), TARGET_AWS_BACKUP), "refused: AWS cannot combine day of the month and weekday");
    CHECK_STR(converted(cron("0 5 ? * 6#3 *"), TARGET_AWS_BACKUP), "cron(0 5 ? * 6#3 *)");
    CHECK_STR(converted(cron("cron(0 5 L * ? *)"), TARGET_EVENTBRIDGE), "cron(0 5 L * ? *)");

    TEST("rates");
    struct schedule schedule = every(7 * MS_HOUR);
    CHECK_STR(schedule_rate(arena, &schedule), "rate(7 hours)");
    schedule = every(MS_DAY);
    CHECK_STR(schedule_rate(arena, &schedule), "rate(1 day)");
    schedule = every(MINUTES(90));
    CHECK_STR(schedule_rate(arena, &schedule), "rate(90 minutes)");
    schedule = every(90 * MS_SECOND);
    CHECK(schedule_rate(arena, &schedule) == NULL);
}

static uint32_t random_state = 12345;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % limit;
}

/* The lines written for a target, read back in its own dialect and joined, are the schedule: same slots,
 * in order. */
static void conversions_keep_the_slots(void)
{
    static const enum schedule_target targets[] = {TARGET_CRON_DEBIAN, TARGET_KUBERNETES, TARGET_EVENTBRIDGE};
    static const int64_t divisors[] = {1, 2, 3, 5, 8, 9, 16, 32, 36, 45, 48, 60, 72, 80, 90, 96, 120, 144, 240, 720};
    for (int round = 0; round < 120; round++) {
        struct schedule schedule = {0};
        schedule.time_count = (uint8_t)(1 + random_below(5));
        for (uint32_t i = 0; i < schedule.time_count; i++) {
            schedule.times[i] = (uint16_t)(random_below(24) * 60 + random_below(4) * 15);
        }
        schedule.weekdays = 1 + random_below(127);
        schedule.monthdays = (1 + random_below(0x7fffffff)) << 1;
        switch (round % 4) {
        case 0:
            schedule.kind = SCHEDULE_EVERY;
            schedule.every = divisors[random_below(20)] * MS_MINUTE;
            break;
        case 1: schedule.kind = SCHEDULE_DAILY; break;
        case 2: schedule.kind = SCHEDULE_WEEKLY; break;
        default: schedule.kind = SCHEDULE_MONTHLY; break;
        }
        const char *zone = round % 3 == 0 ? "Asia/Kolkata" : NULL;
        schedule.zone = zone;
        enum schedule_target target = targets[round % 3];
        struct schedule_lines lines;
        TEST(arena_printf(arena, "conversion %d", round));
        if (!schedule_convert(arena, &schedule, target, zone == NULL ? NULL : zone_of(zone), &lines)) {
            CHECK(zone != NULL && schedule.kind == SCHEDULE_MONTHLY);
            continue;
        }
        enum schedule_status status;
        struct schedule_refusal refusal;
        struct schedule_slots *whole = schedule_slots_new(arena, &schedule, DIALECT_PLAIN, zone == NULL ? NULL : zone_of(zone), &status, &refusal);
        struct schedule_slots *parts[SCHEDULE_LINES_MAX];
        const struct zone *line_zone = strcmp(lines.zone, "Etc/UTC") == 0 ? NULL : zone_of(lines.zone);
        bool readable = true;
        for (uint32_t i = 0; i < lines.count; i++) {
            struct schedule line = cron(lines.line[i]);
            parts[i] = schedule_slots_new(arena, &line, target_dialect(target), line_zone, &status, &refusal);
            readable = readable && parts[i] != NULL;
        }
        CHECK(readable && whole != NULL);
        int64_t at = (int64_t)random_below(20000) * MS_DAY;
        int differences = 0;
        for (int n = 0; readable && whole != NULL && n < 200; n++) {
            int64_t next = 0, first = INT64_MAX;
            for (uint32_t i = 0; i < lines.count; i++) {
                int64_t slot;
                if (schedule_next(parts[i], at, &slot) && slot < first) {
                    first = slot;
                }
            }
            schedule_next(whole, at, &next);
            differences += next != first;
            at = next;
        }
        CHECK_INT(differences, 0);
    }
}

/* ---- zones --------------------------------------------------------------------------------------------- */

static void zone_files(void)
{
    TEST("damaged zone files are refused");
    unsigned char bytes[200];
    const char *error;
    size_t size = build_zone(bytes, "CET-1CEST,M3.5.0,M10.5.0/3");
    for (size_t cut = 0; cut < size; cut++) {
        bool refused = zone_parse(arena, "Europe/Berlin", bytes, cut, &error) == NULL && error != NULL;
        if (!refused) {
            CHECK_INT(cut, -1);
        }
    }
    CHECK(zone_parse(arena, "Europe/Berlin", bytes, size, &error) != NULL);
    static const char *const bad[] = {
        "CET",    "CET-1CEST", "CET-1CEST,M3.5.0",           "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J365", "CET-99",
        "<CET-1", "CE-1",      "CET-1CEST,M3.5.0,M10.5.0/3x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        size = build_zone(bytes, bad[i]);
        CHECK(zone_parse(arena, "X", bytes, size, &error) == NULL);
    }

    TEST("rules by day of the year, and daylight time that never ends");
    struct zone_change change;
    size = build_zone(bytes, "AAA0BBB,J60/0,300/0");
    const struct zone *zone = zone_parse(arena, "X", bytes, size, &error);
    /* J60 is the first of march in every year; 300 counts 29 february: 27 october, in leap years 26
     * october (UTC+1). */
    CHECK(zone_next_change(zone, days_from_civil(2028, 1, 1) * 86400, &change));
    CHECK_INT(change.at, days_from_civil(2028, 3, 1) * 86400);
    CHECK(zone_next_change(zone, change.at, &change));
    CHECK_INT(change.at, days_from_civil(2028, 10, 27) * 86400 - 3600);
    CHECK(zone_next_change(zone, change.at, &change));
    CHECK(zone_next_change(zone, change.at, &change));
    CHECK_INT(change.at, days_from_civil(2029, 10, 28) * 86400 - 3600);
    size = build_zone(bytes, "XXX3EDT4,0/0,J365/23");
    zone = zone_parse(arena, "X", bytes, size, &error);
    int32_t offset = 0;
    CHECK(zone_is_fixed(zone, &offset));
    CHECK_INT(offset, -4 * 3600);
}

/* The C library reads the same files with other code. */
static void zones_of_this_computer(void)
{
    static const char *const names[] = {"Europe/Berlin",       "America/New_York", "Africa/Casablanca", "Europe/Dublin",
                                        "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu",    "Africa/Cairo",
                                        "Pacific/Chatham",     "Asia/Tehran",      "America/Sao_Paulo", "Antarctica/Troll"};
    static unsigned char bytes[200000];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        FILE *file = fopen(arena_printf(arena, "/usr/share/zoneinfo/%s", names[i]), "rb");
        if (file == NULL) {
            printf("# SKIP %s: no tz database on this computer\n", names[i]);
            continue;
        }
        size_t size = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        const char *error;
        const struct zone *zone = zone_parse(arena, names[i], bytes, size, &error);
        TEST(names[i]);
        CHECK(zone != NULL);
        setenv("TZ", names[i], 1);
        tzset();
        int differences = 0;
        for (int n = 0; zone != NULL && n < 3000; n++) {
            int64_t at = days_from_civil(1930, 1, 1) * 86400 + (int64_t)random_below(1u << 22) * 3137;
            struct zone_change change;
            if (n % 3 == 0 && zone_next_change(zone, at, &change)) {
                at = change.at - (n % 2);
            }
            time_t instant_of = (time_t)at;
            struct tm *tm = localtime(&instant_of);
            int64_t wall = days_from_civil(tm->tm_year + 1900, (unsigned)tm->tm_mon + 1, (unsigned)tm->tm_mday) * 86400 + tm->tm_hour * 3600 +
                           tm->tm_min * 60 + tm->tm_sec;
            differences += wall - at != zone_offset(zone, at) || (tm->tm_isdst > 0) != zone_is_daylight(zone, at);
        }
        CHECK_INT(differences, 0);
    }
    setenv("TZ", "UTC", 1);
    tzset();
}

int main(void)
{
    arena = arena_new();
    known_answers();
    several_schedulers();
    words();
    brute_force_gaps();
    slots_at_clock_changes();
    gaps_match_slots();
    conversions();
    conversions_keep_the_slots();
    zone_files();
    zones_of_this_computer();
    arena_delete(arena);
    return test_finish();
}
