/*
 * Exact quantities. Expectations are worked out by hand; the calendar is checked against dates published elsewhere
 * (POSIX time of known moments) and by walking day by day.
 */
#include "test.h"

#include "base/units.h"
#include "base/utf8.h"

#include <stdlib.h>

static struct strbuf out;

#define PRINTS(call, want)                                                                                                                           \
    do {                                                                                                                                             \
        strbuf_clear(&out);                                                                                                                          \
        call;                                                                                                                                        \
        CHECK_STR(strbuf_str(&out), want);                                                                                                           \
    } while (0)

static int64_t duration(const char *text)
{
    int64_t value = -1;

    return read_duration(text, strlen(text), &value) ? value : -1;
}

static int64_t size_of(const char *text)
{
    int64_t value = -1;

    return read_size(text, strlen(text), &value) ? value : -1;
}

static int64_t decimal(const char *text)
{
    int64_t value = INT64_MIN;

    return read_decimal(text, strlen(text), &value) ? value : INT64_MIN;
}

static int64_t date(const char *text)
{
    int64_t value = INT64_MIN;

    return read_date(text, strlen(text), &value) ? value : INT64_MIN;
}

static int64_t time_of_day(const char *text)
{
    int64_t value = -1;

    return read_time(text, strlen(text), &value) ? value : -1;
}

static void test_durations(void)
{
    TEST("reading durations");
    CHECK_INT(duration("500ms"), 500);
    CHECK_INT(duration("90s"), 90000);
    CHECK_INT(duration("15m"), 900000);
    CHECK_INT(duration("4h"), 14400000);
    CHECK_INT(duration("30d"), 2592000000);
    CHECK_INT(duration("2w"), 1209600000);
    CHECK_INT(duration("7y"), 220752000000);
    CHECK_INT(duration("1h30m"), 5400000);
    CHECK_INT(duration("1d2h3m4s5ms"), 93784005);
    CHECK_INT(duration("0s"), 0);
    CHECK_INT(duration("9223372036854775807ms"), INT64_MAX);
    TEST("what is not a duration");
    CHECK_INT(duration("9223372036854775808ms"), -1);
    CHECK_INT(duration("300000000y"), -1);
    CHECK_INT(duration("30m1h"), -1);
    CHECK_INT(duration("1h1h"), -1);
    CHECK_INT(duration("1.5h"), -1);
    CHECK_INT(duration("5"), -1);
    CHECK_INT(duration("h"), -1);
    CHECK_INT(duration(""), -1);
    CHECK_INT(duration("5M"), -1);
    TEST("printing durations");
    PRINTS(print_duration(&out, 0), "0s");
    PRINTS(print_duration(&out, 5400000), "1h30m");
    PRINTS(print_duration(&out, 500), "500ms");
    PRINTS(print_duration(&out, 90000), "1m30s");
    PRINTS(print_duration(&out, 2592000000), "30d");
    PRINTS(print_duration(&out, -5400000), "-1h30m");
    TEST("durations for people round up");
    PRINTS(print_duration_words(&out, 0), "0 s");
    PRINTS(print_duration_words(&out, 1), "1 ms");
    PRINTS(print_duration_words(&out, 1001), "2 s");
    PRINTS(print_duration_words(&out, 59001), "1 min");
    PRINTS(print_duration_words(&out, 90000), "1 min 30 s");
    PRINTS(print_duration_words(&out, 65 * 1000), "1 min 05 s");
    PRINTS(print_duration_words(&out, 3599001), "1 h");
    PRINTS(print_duration_words(&out, 3900000), "1 h 05 min");
    PRINTS(print_duration_words(&out, 86399001), "1 d");
    PRINTS(print_duration_words(&out, (2 * 24 + 3) * 3600000LL), "2 d 3 h");
}

/* What is printed reads back as the same value. */
static void test_round_trip(void)
{
    static const int64_t samples[] = {1,         999,       1000,        60000,       61001,       86400000, 86400001,
                                      123456789, 604800000, 31536000000, 31536000001, 99999999999, INT64_MAX};
    uint64_t state = 88172645463325252u;

    TEST("durations and sizes read back");
    for (size_t i = 0; i < 2000; i++) {
        int64_t value = i < sizeof samples / sizeof samples[0] ? samples[i] : 0;
        bool same;

        if (i >= sizeof samples / sizeof samples[0]) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            value = (int64_t)(state >> (state % 60 + 1));
        }
        strbuf_clear(&out);
        print_duration(&out, value);
        same = duration(strbuf_str(&out)) == value;
        strbuf_clear(&out);
        print_size(&out, value);
        same = same && size_of(strbuf_str(&out)) == value;
        strbuf_clear(&out);
        print_decimal(&out, value);
        same = same && decimal(strbuf_str(&out)) == value;
        if (!same || i == 0)
            CHECK(same);
    }
}

static void test_sizes(void)
{
    struct frac rate;

    TEST("sizes");
    CHECK_INT(size_of("0B"), 0);
    CHECK_INT(size_of("500GiB"), 536870912000);
    CHECK_INT(size_of("20MB"), 20000000);
    CHECK_INT(size_of("1.5TiB"), 1649267441664);
    CHECK_INT(size_of("0.5B"), -1);
    CHECK_INT(size_of("8191PiB"), 8191 * (INT64_C(1) << 50));
    CHECK_INT(size_of("8192PiB"), -1);
    CHECK_INT(size_of("5G"), -1);
    PRINTS(print_size(&out, 536870912000), "500GiB");
    PRINTS(print_size(&out, 20000000), "20MB");
    PRINTS(print_size(&out, 0), "0B");
    PRINTS(print_size(&out, 1023), "1023B");
    TEST("rates are fractions");
    CHECK(read_rate("200MiB/s", 8, &rate) && rate.num == 1048576 && rate.den == 5); /* 209715200 / 1000 */
    PRINTS(print_rate(&out, &rate), "200MiB/s");
    CHECK(read_rate("2GiB/h", 6, &rate));
    PRINTS(print_rate(&out, &rate), "2GiB/h");
    CHECK(!read_rate("2GiB/x", 6, &rate));
    CHECK(!read_rate("2GiB", 4, &rate));
    TEST("size by rate rounds up");
    {
        struct frac per_second = {1, 1000}, third = {3, 1}, none = {0, 1};
        int64_t ms = 0;

        CHECK(divide_size_by_rate(1, per_second, &ms));
        CHECK_INT(ms, 1000);
        CHECK(divide_size_by_rate(10, third, &ms));
        CHECK_INT(ms, 4);
        CHECK(divide_size_by_rate(9, third, &ms));
        CHECK_INT(ms, 3);
        CHECK(!divide_size_by_rate(9, none, &ms));
        CHECK(!divide_size_by_rate(INT64_MAX, per_second, &ms));
        CHECK_INT(ms, 3);
    }
    TEST("fractions");
    {
        struct frac frac = {7, 7}, third = {1, 3}, more = {333333334, 1000000000};

        CHECK(frac_make(6, -4, &frac) && frac.num == -3 && frac.den == 2);
        CHECK(frac_make(0, 5, &frac) && frac.num == 0 && frac.den == 1);
        CHECK(!frac_make(1, 0, &frac) && frac.num == 0);
        CHECK(frac_compare(third, more) && !frac_compare(more, third) && !frac_compare(third, third));
    }
}

static void test_numbers(void)
{
    static const struct money cents = {12005000, "USD", "mo"}, whole = {12000000, "EUR", NULL}, negative = {-5000, "CHF", "y"};

    TEST("decimals and percentages");
    CHECK_INT(decimal("0.5"), 500000000);
    CHECK_INT(decimal("99.95"), 99950000000);
    CHECK_INT(decimal("-1.25"), -1250000000);
    CHECK_INT(decimal("0.000000001"), 1);
    CHECK_INT(decimal("0.0000000001"), INT64_MIN);
    CHECK_INT(decimal("9223372036.854775807"), INT64_MAX);
    CHECK_INT(decimal("9223372037"), INT64_MIN);
    CHECK_INT(decimal("1."), INT64_MIN);
    PRINTS(print_decimal(&out, 99950000000), "99.95");
    PRINTS(print_decimal(&out, -1), "-0.000000001");
    PRINTS(print_percent(&out, 999500000), "99.95%");
    PRINTS(print_percent(&out, 1000000000), "100%");
    PRINTS(print_percent(&out, 999990000), "99.999%");
    PRINTS(print_percent(&out, 1), "0.0000001%");
    TEST("money");
    PRINTS(print_money(&out, &cents), "1200.50 USD/mo");
    PRINTS(print_money(&out, &whole), "1200 EUR");
    PRINTS(print_money(&out, &negative), "-0.50 CHF/y");
}

static void test_calendar(void)
{
    int64_t year, day_number = days_from_civil(1899, 12, 31), wrong = 0;
    unsigned month, day;

    TEST("known days since 1970-01-01");
    CHECK_INT(date("1970-01-01"), 0);
    CHECK_INT(date("2000-03-01"), 11017);
    CHECK_INT(date("2001-09-09"), 11574); /* Unix time 1,000,000,000 */
    CHECK_INT(date("2038-01-19"), 24855); /* Unix time 2^31 */
    CHECK_INT(date("1969-12-31"), -1);
    TEST("dates that do not exist");
    CHECK_INT(date("2026-02-29"), INT64_MIN);
    CHECK_INT(date("1900-02-29"), INT64_MIN);
    CHECK_INT(date("2026-13-01"), INT64_MIN);
    CHECK_INT(date("2026-00-10"), INT64_MIN);
    CHECK_INT(date("2026-04-31"), INT64_MIN);
    CHECK_INT(date("2026-1-01"), INT64_MIN);
    CHECK(date("2024-02-29") != INT64_MIN && date("2000-02-29") != INT64_MIN);
    TEST("four hundred years, day by day");
    for (int64_t y = 1900; y < 2300; y++) {
        static const unsigned char lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

        for (unsigned m = 1; m <= 12; m++) {
            unsigned last = lengths[m - 1] + (m == 2 && (y % 400 == 0 || (y % 4 == 0 && y % 100 != 0)));

            for (unsigned d = 1; d <= last; d++) {
                civil_from_days(++day_number, &year, &month, &day);
                wrong += year != y || month != m || day != d || days_from_civil(y, m, d) != day_number;
            }
        }
    }
    CHECK_INT(wrong, 0);
    PRINTS(print_date(&out, 0), "1970-01-01");
    TEST("times of day");
    CHECK_INT(time_of_day("00:00"), 0);
    CHECK_INT(time_of_day("23:59"), 1439);
    CHECK_INT(time_of_day("24:00"), -1);
    CHECK_INT(time_of_day("12:60"), -1);
    CHECK_INT(time_of_day("1:00"), -1);
    PRINTS(print_time(&out, 125), "02:05");
}

static void test_schedules(void)
{
    static const struct schedule every = {.kind = SCHEDULE_EVERY, .every = 900000},
                                 daily = {.kind = SCHEDULE_DAILY, .times = {120, 840}, .time_count = 2, .zone = "Europe/Berlin"},
                                 weekly = {.kind = SCHEDULE_WEEKLY, .weekdays = 1u | 1u << 3, .times = {180}, .time_count = 1},
                                 monthly = {.kind = SCHEDULE_MONTHLY, .monthdays = 1u << 1 | 1u << 31, .times = {240}, .time_count = 1},
                                 cron = {.kind = SCHEDULE_CRON, .cron = "0 2 * * 1-5"};

    TEST("schedules");
    PRINTS(print_schedule(&out, &every), "every 15m");
    PRINTS(print_schedule(&out, &daily), "daily at 02:00, 14:00 in \"Europe/Berlin\"");
    PRINTS(print_schedule(&out, &weekly), "weekly on sun, wed at 03:00");
    PRINTS(print_schedule(&out, &monthly), "monthly on 1, 31 at 04:00");
    PRINTS(print_schedule(&out, &cron), "cron \"0 2 * * 1-5\"");
}

static void test_utf8(void)
{
    /* The boundary cases of Unicode's table 3-7, and Markus Kuhn's classes of malformed text. */
    static const struct {
        const char *text;
        size_t bad;
    } samples[] = {
        {"plain ascii, long enough for words", 34},
        {"\xC3\xA9", 2},
        {"\xED\x9F\xBF", 3},
        {"\xEE\x80\x80", 3},
        {"\xF4\x8F\xBF\xBF", 4},
        {"a\x80", 1},
        {"\xC0\x80", 0},
        {"\xC1\xBF", 0},
        {"\xE0\x9F\xBF", 0},
        {"\xED\xA0\x80", 0},
        {"\xF0\x8F\xBF\xBF", 0},
        {"\xF4\x90\x80\x80", 0},
        {"\xF5\x80\x80\x80", 0},
        {"ab\xE2\x82", 2},
        {"\xFE", 0},
        {"12345678\xFF", 8},
    };
    uint32_t character;
    char bytes[4];

    TEST("UTF-8");
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        CHECK_INT(utf8_invalid(samples[i].text, strlen(samples[i].text)), samples[i].bad);
    CHECK_INT(utf8_decode("\xE2\x82\xAC", 3, &character), 3);
    CHECK_INT(character, 0x20AC);
    CHECK_INT(utf8_encode(0x20AC, bytes), 3);
    CHECK_MEM(bytes, 3, "\xE2\x82\xAC", 3);
    CHECK_INT(utf8_encode(0xD800, bytes), 0);
    CHECK_INT(utf8_encode(0x110000, bytes), 0);
    TEST("columns");
    CHECK_INT(utf8_width('a'), 1);
    CHECK_INT(utf8_width(0x6F22), 2);  /* a Chinese character */
    CHECK_INT(utf8_width(0x1F600), 2); /* an emoji */
    CHECK_INT(utf8_width(0x0301), 0);  /* a combining accent */
    CHECK_INT(utf8_width(0xE9), 1);
}

int main(void)
{
    test_durations();
    test_round_trip();
    test_sizes();
    test_numbers();
    test_calendar();
    test_schedules();
    test_utf8();
    strbuf_release(&out);
    return test_finish();
}
