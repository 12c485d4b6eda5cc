/* Reading and printing of exact quantities. Reading checks every step for overflow with the compiler's checked
 * arithmetic; printing takes the largest unit that divides without rest. */
#include "base/units.h"

#include <inttypes.h>
#include <string.h>

struct unit {
    const char *name;
    int64_t factor;
};

/* From large to small: a compound literal must descend through this table. */
static const struct unit duration_units[] = {
    {"y", 365 * MS_DAY}, {"w", 7 * MS_DAY}, {"d", MS_DAY}, {"h", MS_HOUR}, {"m", MS_MINUTE}, {"s", MS_SECOND}, {"ms", 1},
};

static const struct unit size_units[] = {
    {"PiB", INT64_C(1) << 50},
    {"TiB", INT64_C(1) << 40},
    {"GiB", INT64_C(1) << 30},
    {"MiB", INT64_C(1) << 20},
    {"KiB", INT64_C(1) << 10},
    {"PB", INT64_C(1000000000000000)},
    {"TB", INT64_C(1000000000000)},
    {"GB", 1000000000},
    {"MB", 1000000},
    {"KB", 1000},
    {"B", 1},
};

static const struct unit rate_units[] = {{"s", MS_SECOND}, {"m", MS_MINUTE}, {"h", MS_HOUR}, {"d", MS_DAY}};

/* Wide enough for every product of two 64-bit numbers. */
__extension__ typedef __int128 wide;

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct unit *find_unit(const struct unit *units, size_t count, const char *text, size_t len)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(units[i].name) == len && memcmp(units[i].name, text, len) == 0)
            return &units[i];
    }
    return NULL;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Digits at *at; false when there are none or they do not fit. */
static bool read_digits(const char *text, size_t len, size_t *at, int64_t *value)
{
    size_t start = *at;

    *value = 0;
    for (; *at < len && is_digit(text[*at]); (*at)++) {
        if (__builtin_mul_overflow(*value, 10, value) || __builtin_add_overflow(*value, text[*at] - '0', value))
            return false;
    }
    return *at > start;
}

bool read_duration(const char *text, size_t len, int64_t *ms)
{
    int64_t total = 0;
    const struct unit *last = NULL;

    if (len == 0)
        return false;
    for (size_t at = 0; at < len;) {
        int64_t value;
        size_t start;
        const struct unit *unit;

        if (!read_digits(text, len, &at, &value))
            return false;
        for (start = at; at < len && is_letter(text[at]); at++)
            ;
        unit = find_unit(duration_units, COUNT(duration_units), text + start, at - start);
        if (!unit || (last && unit <= last))
            return false;
        last = unit;
        if (__builtin_mul_overflow(value, unit->factor, &value) || __builtin_add_overflow(total, value, &total))
            return false;
    }
    *ms = total;
    return true;
}

/* A decimal number times `factor`, when that is a whole number. */
static bool read_scaled(const char *text, size_t len, size_t *at, int64_t factor, int64_t *value)
{
    int64_t whole, fraction = 0, scale = 1;

    if (!read_digits(text, len, at, &whole) || __builtin_mul_overflow(whole, factor, &whole))
        return false;
    if (*at + 1 < len && text[*at] == '.' && is_digit(text[*at + 1])) {
        size_t start = ++*at;
        wide product;

        if (!read_digits(text, len, at, &fraction))
            return false;
        for (size_t i = start; i < *at; i++) {
            if (__builtin_mul_overflow(scale, 10, &scale))
                return false;
        }
        product = (wide)fraction * factor;
        if (product % scale || __builtin_add_overflow(whole, (int64_t)(product / scale), &whole))
            return false;
    }
    *value = whole;
    return true;
}

static size_t number_length(const char *text, size_t len)
{
    size_t at = 0;

    while (at < len && (is_digit(text[at]) || (text[at] == '.' && at + 1 < len && is_digit(text[at + 1]))))
        at++;
    return at;
}

bool read_size(const char *text, size_t len, int64_t *bytes)
{
    size_t at = 0, number = number_length(text, len);
    const struct unit *unit = find_unit(size_units, COUNT(size_units), text + number, len - number);
    int64_t value;

    if (!unit || !read_scaled(text, len, &at, unit->factor, &value) || at != number)
        return false;
    *bytes = value;
    return true;
}

bool read_rate(const char *text, size_t len, struct frac *rate)
{
    const char *slash = memchr(text, '/', len);
    const struct unit *per;
    int64_t bytes;

    if (!slash)
        return false;
    per = find_unit(rate_units, COUNT(rate_units), slash + 1, len - (size_t)(slash + 1 - text));
    return per && read_size(text, (size_t)(slash - text), &bytes) && frac_make(bytes, per->factor, rate);
}

bool read_decimal(const char *text, size_t len, int64_t *nano)
{
    size_t at = 0;
    bool negative = len > 0 && text[0] == '-';
    int64_t value;

    at = negative;
    if (!read_scaled(text, len, &at, NANO, &value) || at != len)
        return false;
    *nano = negative ? -value : value;
    return true;
}

static bool two_digits(const char *text, unsigned *value)
{
    if (!is_digit(text[0]) || !is_digit(text[1]))
        return false;
    *value = (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0');
    return true;
}

static unsigned month_days(int64_t year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

bool read_date(const char *text, size_t len, int64_t *days)
{
    unsigned century, year, month, day;

    if (len != 10 || text[4] != '-' || text[7] != '-' || !two_digits(text, &century) || !two_digits(text + 2, &year) ||
        !two_digits(text + 5, &month) || !two_digits(text + 8, &day))
        return false;
    year += century * 100;
    if (month < 1 || month > 12 || day < 1 || day > month_days(year, month))
        return false;
    *days = days_from_civil(year, month, day);
    return true;
}

bool read_time(const char *text, size_t len, int64_t *minutes)
{
    unsigned hour, minute;

    if (len != 5 || text[2] != ':' || !two_digits(text, &hour) || !two_digits(text + 3, &minute) || hour > 23 || minute > 59)
        return false;
    *minutes = hour * 60 + minute;
    return true;
}

/* ---- printing ---- */

/* The absolute value, also of INT64_MIN, after the sign was written. */
static uint64_t add_sign(struct strbuf *out, int64_t value)
{
    if (value >= 0)
        return (uint64_t)value;
    strbuf_addch(out, '-');
    return (uint64_t)0 - (uint64_t)value;
}

/* What is below a unit's factor or divided by one fits a signed number; a whole of milliseconds or bytes may not. */
static void add_amount(struct strbuf *out, uint64_t amount, const char *unit)
{
    if (amount <= INT64_MAX)
        strbuf_addint(out, (int64_t)amount);
    else
        strbuf_addf(out, "%" PRIu64, amount);
    strbuf_addstr(out, unit);
}

void print_duration(struct strbuf *out, int64_t ms)
{
    uint64_t rest = add_sign(out, ms);

    if (rest == 0) {
        strbuf_addstr(out, "0s");
        return;
    }
    /* Years and weeks only when they say it all: `400d` reads better than `1y5w`, `30d` better than `4w2d`. */
    for (size_t i = 0; i < 2; i++) {
        uint64_t factor = (uint64_t)duration_units[i].factor;

        if (rest % factor == 0 && (i == 0 || rest / factor == 1)) {
            add_amount(out, rest / factor, duration_units[i].name);
            return;
        }
    }
    for (size_t i = 2; i < COUNT(duration_units); i++) {
        uint64_t factor = (uint64_t)duration_units[i].factor;

        if (rest >= factor) {
            add_amount(out, rest / factor, duration_units[i].name);
            rest %= factor;
        }
    }
}

const char *text_of_duration(struct arena *arena, int64_t ms)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    print_duration(&text, ms);
    result = strbuf_dup(&text, arena);
    strbuf_release(&text);
    return result;
}

const char *text_of_time(struct arena *arena, int64_t ms, int64_t limit)
{
    int64_t unit = ms >= MS_HOUR ? MS_MINUTE : ms >= MS_MINUTE ? MS_SECOND : 1, rest = ms % unit;

    if (rest == 0 || ms > INT64_MAX - unit || (limit >= ms && limit < ms - rest + unit))
        return text_of_duration(arena, ms);
    return text_of_duration(arena, ms - rest + unit);
}

const char *text_of_promise(struct arena *arena, int64_t ms)
{
    int64_t rest = ms % MS_MINUTE;

    return text_of_time(arena, ms > 10 * MS_MINUTE && rest && ms <= INT64_MAX - MS_MINUTE ? ms - rest + MS_MINUTE : ms, -1);
}

void print_size(struct strbuf *out, int64_t bytes)
{
    uint64_t value = add_sign(out, bytes);
    const struct unit *best = &size_units[COUNT(size_units) - 1];

    /* The unit that leaves the smallest whole number; binary prefixes stand first and win a tie. */
    for (size_t i = 0; value && i < COUNT(size_units); i++) {
        uint64_t factor = (uint64_t)size_units[i].factor;

        if (value % factor == 0 && factor > (uint64_t)best->factor)
            best = &size_units[i];
    }
    add_amount(out, value / (uint64_t)best->factor, best->name);
}

void print_rate(struct strbuf *out, const struct frac *rate)
{
    for (size_t i = 0; i < COUNT(rate_units); i++) {
        wide bytes = (wide)rate->num * rate_units[i].factor;

        if (bytes % rate->den == 0 && bytes / rate->den <= INT64_MAX && bytes / rate->den >= INT64_MIN) {
            print_size(out, (int64_t)(bytes / rate->den));
            strbuf_addf(out, "/%s", rate_units[i].name);
            return;
        }
    }
    /* Not a whole number of bytes in any unit: the fraction itself stays exact. */
    strbuf_addf(out, "%" PRId64 "/%" PRId64 "B/ms", rate->num, rate->den);
}

/* value / 10^digits without trailing zeros. */
static void print_fixed(struct strbuf *out, int64_t value, int digits, int least)
{
    char text[24];
    uint64_t scale = 1, rest = add_sign(out, value);
    int len = digits;

    for (int i = 0; i < digits; i++)
        scale *= 10;
    strbuf_addf(out, "%" PRIu64, rest / scale);
    rest %= scale;
    for (int i = digits; i-- > 0; rest /= 10)
        text[i] = (char)('0' + rest % 10);
    while (len > least && text[len - 1] == '0')
        len--;
    if (len > 0) {
        strbuf_addch(out, '.');
        strbuf_add(out, text, (size_t)len);
    }
}

void print_decimal(struct strbuf *out, int64_t nano)
{
    print_fixed(out, nano, 9, 0);
}

void print_percent(struct strbuf *out, int64_t nano)
{
    print_fixed(out, nano, 7, 0); /* parts per 10^9 are hundredths times 10^7 */
    strbuf_addch(out, '%');
}

void print_money(struct strbuf *out, const struct money *money)
{
    /* 1200 and 1200.50: cents are written in full when there are any. */
    print_fixed(out, money->amount, 4, money->amount % 10000 ? 2 : 0);
    strbuf_addf(out, " %s", money->currency);
    if (money->period)
        strbuf_addf(out, "/%s", money->period);
}

void print_date(struct strbuf *out, int64_t days)
{
    int64_t year;
    unsigned month, day;

    civil_from_days(days, &year, &month, &day);
    strbuf_addf(out, "%04" PRId64 "-%02u-%02u", year, month, day);
}

void print_time(struct strbuf *out, int64_t minutes)
{
    strbuf_addf(out, "%02" PRId64 ":%02" PRId64, minutes / 60, minutes % 60);
}

static const char *const weekday_names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

static void print_times(struct strbuf *out, const struct schedule *schedule)
{
    strbuf_addstr(out, " at ");
    for (unsigned i = 0; i < schedule->time_count; i++) {
        if (i)
            strbuf_addstr(out, ", ");
        print_time(out, schedule->times[i]);
    }
}

static void print_bits(struct strbuf *out, uint32_t bits, unsigned first, unsigned last, const char *const *names)
{
    const char *comma = "";

    for (unsigned i = first; i <= last; i++) {
        if (!(bits & UINT32_C(1) << i))
            continue;
        if (names)
            strbuf_addf(out, "%s%s", comma, names[i]);
        else
            strbuf_addf(out, "%s%u", comma, i);
        comma = ", ";
    }
}

static void print_quoted(struct strbuf *out, const char *text)
{
    strbuf_addch(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            strbuf_addch(out, '\\');
        strbuf_addch(out, *text);
    }
    strbuf_addch(out, '"');
}

void print_schedule(struct strbuf *out, const struct schedule *schedule)
{
    switch (schedule->kind) {
    case SCHEDULE_EVERY:
        strbuf_addstr(out, "every ");
        print_duration(out, schedule->every);
        break;
    case SCHEDULE_DAILY:
        strbuf_addstr(out, "daily");
        print_times(out, schedule);
        break;
    case SCHEDULE_WEEKLY:
        strbuf_addstr(out, "weekly on ");
        print_bits(out, schedule->weekdays, 0, 6, weekday_names);
        print_times(out, schedule);
        break;
    case SCHEDULE_MONTHLY:
        strbuf_addstr(out, "monthly on ");
        print_bits(out, schedule->monthdays, 1, 31, NULL);
        print_times(out, schedule);
        break;
    case SCHEDULE_CRON:
        strbuf_addstr(out, "cron ");
        print_quoted(out, schedule->cron ? schedule->cron : "");
        break;
    case SCHEDULE_CONTINUOUS: strbuf_addstr(out, "continuous"); break;
    case SCHEDULE_ON_CHANGE: strbuf_addstr(out, "on change"); break;
    }
    if (schedule->zone) {
        strbuf_addstr(out, " in ");
        print_quoted(out, schedule->zone);
    }
}

/* The text goes on with the word, which is passed over. */
static bool take(const char **at, const char *word)
{
    size_t len = strlen(word);

    if (strncmp(*at, word, len) != 0)
        return false;
    *at += len;
    return true;
}

/* "…", with what print_quoted() put before quotation marks taken away; NULL when there is none. */
static const char *take_quoted(struct arena *arena, const char **at)
{
    char *text = arena_alloc(arena, strlen(*at) + 1);
    size_t len = 0;

    if (!take(at, "\""))
        return NULL;
    for (; **at && **at != '"'; ++*at) {
        if (**at == '\\' && (*at)[1])
            ++*at;
        text[len++] = **at;
    }
    return take(at, "\"") ? text : NULL;
}

static bool take_times(const char **at, struct schedule *out)
{
    if (!take(at, " at "))
        return false;
    do {
        int64_t minutes;

        if (out->time_count == sizeof out->times / sizeof out->times[0] || strlen(*at) < 5 || !read_time(*at, 5, &minutes))
            return false;
        if (out->time_count && minutes <= out->times[out->time_count - 1])
            return false;
        out->times[out->time_count++] = (uint16_t)minutes;
        *at += 5;
    } while (take(at, ", "));
    return true;
}

static bool take_bits(const char **at, uint32_t *bits, unsigned first, unsigned last, const char *const *names)
{
    do {
        unsigned bit = last + 1;

        if (!names) { /* at most two digits */
            for (bit = 0; **at >= '0' && **at <= '9' && bit < 10; ++*at)
                bit = bit * 10 + (unsigned)(**at - '0');
        }
        for (unsigned i = first; names && i <= last && bit > last; i++) {
            if (take(at, names[i]))
                bit = i;
        }
        if (bit < first || bit > last)
            return false;
        *bits |= UINT32_C(1) << bit;
    } while (take(at, ", "));
    return true;
}

static bool take_duration(const char **at, int64_t *ms)
{
    size_t len = strcspn(*at, " ");
    bool read = read_duration(*at, len, ms);

    *at += len;
    return read && *ms > 0;
}

bool read_schedule(struct arena *arena, const char *text, struct schedule *out)
{
    const char *at = text;
    bool read;

    memset(out, 0, sizeof *out);
    if (take(&at, "every ")) {
        out->kind = SCHEDULE_EVERY;
        read = take_duration(&at, &out->every);
    } else if (take(&at, "daily")) {
        out->kind = SCHEDULE_DAILY;
        read = take_times(&at, out);
    } else if (take(&at, "weekly on ")) {
        out->kind = SCHEDULE_WEEKLY;
        read = take_bits(&at, &out->weekdays, 0, 6, weekday_names) && take_times(&at, out);
    } else if (take(&at, "monthly on ")) {
        out->kind = SCHEDULE_MONTHLY;
        read = take_bits(&at, &out->monthdays, 1, 31, NULL) && take_times(&at, out);
    } else if (take(&at, "cron ")) {
        out->kind = SCHEDULE_CRON;
        read = (out->cron = take_quoted(arena, &at)) != NULL;
    } else {
        out->kind = take(&at, "continuous") ? SCHEDULE_CONTINUOUS : SCHEDULE_ON_CHANGE;
        read = out->kind == SCHEDULE_CONTINUOUS || take(&at, "on change");
    }
    if (read && take(&at, " in "))
        read = (out->zone = take_quoted(arena, &at)) != NULL;
    return read && !*at;
}

void print_duration_words(struct strbuf *out, int64_t ms)
{
    static const struct {
        uint64_t large, small;
        const char *large_name, *small_name;
        unsigned digits; /* of the small number: two where it counts sixtieths */
        uint64_t below;
    } forms[] = {
        {MS_MINUTE, MS_SECOND, "min", "s", 2, MS_HOUR},
        {MS_HOUR, MS_MINUTE, "h", "min", 2, MS_DAY},
        {MS_DAY, MS_HOUR, "d", "h", 1, UINT64_MAX},
    };
    uint64_t value = add_sign(out, ms);

    if (value < (uint64_t)MS_SECOND) {
        if (value)
            strbuf_addf(out, "%" PRIu64 " ms", value);
        else
            strbuf_addstr(out, "0 s");
        return;
    }
    if ((value + 999) / 1000 < 60) {
        strbuf_addf(out, "%" PRIu64 " s", (value + 999) / 1000);
        return;
    }
    for (size_t i = 0; i < COUNT(forms); i++) {
        uint64_t small = forms[i].small, rounded = (value + small - 1) / small * small;

        if (rounded >= forms[i].below)
            continue; /* rounding up carried into the next form: 59 min 59.5 s is 1 h */
        strbuf_addf(out, "%" PRIu64 " %s", rounded / forms[i].large, forms[i].large_name);
        rounded = rounded % forms[i].large / small;
        if (rounded)
            strbuf_addf(out, " %0*" PRIu64 " %s", (int)forms[i].digits, rounded, forms[i].small_name);
        return;
    }
}

/* ---- fractions ---- */

static int64_t gcd(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

bool frac_make(int64_t num, int64_t den, struct frac *out)
{
    int64_t common;

    if (den == 0 || num == INT64_MIN || den == INT64_MIN)
        return false;
    if (den < 0) {
        num = -num;
        den = -den;
    }
    common = gcd(num < 0 ? -num : num, den);
    out->num = num / common;
    out->den = den / common;
    return true;
}

bool frac_compare(struct frac a, struct frac b)
{
    return (wide)a.num * b.den < (wide)b.num * a.den;
}

bool divide_size_by_rate(int64_t bytes, struct frac rate, int64_t *ms)
{
    wide product;

    if (rate.num <= 0 || rate.den <= 0 || bytes < 0)
        return false;
    product = (wide)bytes * rate.den;
    product = (product + rate.num - 1) / rate.num;
    if (product > INT64_MAX)
        return false;
    *ms = (int64_t)product;
    return true;
}

/* ---- calendar ----
 * Years are counted from March, so that the leap day is the last of its year; 400 years are 146,097 days. */

int64_t days_from_civil(int64_t year, unsigned month, unsigned day)
{
    int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

void civil_from_days(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;

    *day = (unsigned)(day_of_year - (153 * shifted + 2) / 5 + 1);
    *month = (unsigned)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = year_of_era + era * 400 + (*month <= 2);
}
