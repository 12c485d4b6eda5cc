/* Schedules in the dialect of AWS Backup and EventBridge: cron(minute hour day month weekday year), in UTC,
 * weekdays 1 (Sunday) to 7, and `?` in the day field that is not used. Sources: AWS documentation of cron
 * expressions for rules and for AWS Backup. */
#include "backends/terraform/terraform.h"

#include <string.h>

static const char *const weekday_names[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
static const char *const month_names[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                          "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};

/* ---- writing ---- */

static const char *text_of(struct strbuf *text, struct arena *arena)
{
    const char *copy = strbuf_dup(text, arena);

    strbuf_release(text);
    return copy;
}

static const char *every(struct arena *arena, int64_t ms, const char **why)
{
    int64_t minutes = ms / MS_MINUTE;

    if (ms <= 0 || ms % MS_MINUTE != 0 || ms > MS_DAY) {
        *why = ms > MS_DAY ? "its interval is longer than a day, which no cron field holds"
                           : "its interval is no whole number of minutes";
        return NULL;
    }
    if (minutes < 60 && 60 % minutes == 0)
        return minutes == 1 ? "cron(* * * * ? *)" : arena_printf(arena, "cron(0/%d * * * ? *)", (int)minutes);
    if (minutes % 60 == 0 && 24 % (minutes / 60) == 0) {
        if (minutes == 60)
            return "cron(0 * * * ? *)";
        return minutes == 24 * 60 ? "cron(0 0 * * ? *)"
                                  : arena_printf(arena, "cron(0 0/%d * * ? *)", (int)(minutes / 60));
    }
    *why = "its interval does not divide the hour or the day";
    return NULL;
}

/* "30 2,14": all times must fall on the same minute of the hour, since cron combines every hour with every
 * minute. */
static bool add_times(struct strbuf *text, const struct schedule *schedule)
{
    if (schedule->time_count == 0)
        return false;
    for (unsigned i = 1; i < schedule->time_count; i++) {
        if (schedule->times[i] % 60 != schedule->times[0] % 60)
            return false;
    }
    strbuf_addf(text, "%u ", schedule->times[0] % 60u);
    for (unsigned i = 0; i < schedule->time_count; i++)
        strbuf_addf(text, "%s%u", i ? "," : "", schedule->times[i] / 60u);
    return true;
}

/* A five-field expression of ours; fields other than the weekday are the same in both dialects. */
static const char *five_fields(struct arena *arena, const char *cron, const char **why)
{
    const char *field[5];
    size_t len[5];
    int count = 0;
    struct strbuf text = STRBUF_INIT;
    bool any_day, any_weekday;

    for (const char *p = cron; *p;) {
        p += strspn(p, " \t");
        if (!*p)
            break;
        if (count == 5) {
            *why = "it is no cron expression of five fields";
            return NULL;
        }
        field[count] = p;
        len[count++] = strcspn(p, " \t");
        p += len[count - 1];
    }
    if (count != 5) {
        *why = "it is no cron expression of five fields";
        return NULL;
    }
    any_day = len[2] == 1 && *field[2] == '*';
    any_weekday = len[4] == 1 && *field[4] == '*';
    if (!any_day && !any_weekday) {
        *why = "it restricts both the day of the month and the weekday, and AWS takes only one of them";
        return NULL;
    }
    strbuf_addstr(&text, "cron(");
    for (int i = 0; i < 2; i++) {
        /* `*` with a step is written from 0. */
        if (len[i] > 1 && field[i][0] == '*')
            strbuf_addf(&text, "0%.*s ", (int)len[i] - 1, field[i] + 1);
        else
            strbuf_addf(&text, "%.*s ", (int)len[i], field[i]);
    }
    strbuf_addf(&text, "%.*s %.*s ", any_day && !any_weekday ? 1 : (int)len[2],
                any_day && !any_weekday ? "?" : field[2], (int)len[3], field[3]);
    if (any_weekday) {
        strbuf_addch(&text, '?');
    } else {
        /* 0 or 7 is Sunday for us, 1 is for AWS. A step counts from its own number and stays. */
        for (size_t i = 0; i < len[4]; i++) {
            char c = field[4][i];

            if (c == '/' || c == '#') {
                strbuf_release(&text);
                *why = "it has a step or a count in its weekday";
                return NULL;
            }
            if (c >= '0' && c <= '7')
                strbuf_addch(&text, c == '7' ? '1' : (char)(c + 1));
            else
                strbuf_addch(&text, c);
        }
    }
    strbuf_addstr(&text, " *)");
    if (tf_schedule_error(strbuf_str(&text), false)) {
        *why = tf_schedule_error(strbuf_str(&text), false);
        strbuf_release(&text);
        return NULL;
    }
    return text_of(&text, arena);
}

const char *tf_schedule(struct arena *arena, const struct schedule *schedule, const char **why)
{
    struct strbuf text = STRBUF_INIT;
    bool first = true;

    *why = NULL;
    if (schedule->zone && strcmp(schedule->zone, "UTC") != 0 && strcmp(schedule->zone, "Etc/UTC") != 0) {
        *why = "it is in a time zone, and this expression is read in UTC";
        return NULL;
    }
    switch (schedule->kind) {
    case SCHEDULE_EVERY:
        return every(arena, schedule->every, why);
    case SCHEDULE_CRON:
        return five_fields(arena, schedule->cron, why);
    case SCHEDULE_CONTINUOUS:
        *why = "it is continuous";
        return NULL;
    case SCHEDULE_ON_CHANGE:
        *why = "it follows changes, not the clock";
        return NULL;
    default:
        break;
    }
    strbuf_addstr(&text, "cron(");
    if (!add_times(&text, schedule)) {
        strbuf_release(&text);
        *why = "its times of day do not fall on the same minute of the hour";
        return NULL;
    }
    if (schedule->kind == SCHEDULE_DAILY) {
        strbuf_addstr(&text, " * * ?");
    } else if (schedule->kind == SCHEDULE_WEEKLY) {
        strbuf_addstr(&text, " ? * ");
        for (unsigned day = 0; day < 7; day++) {
            if (!(schedule->weekdays & (1u << day)))
                continue;
            strbuf_addf(&text, "%s%s", first ? "" : ",", weekday_names[day]);
            first = false;
        }
    } else {
        strbuf_addch(&text, ' ');
        for (unsigned day = 1; day <= 31; day++) {
            if (!(schedule->monthdays & (1u << day)))
                continue;
            strbuf_addf(&text, "%s%u", first ? "" : ",", day);
            first = false;
        }
        strbuf_addstr(&text, " * ?");
    }
    strbuf_addstr(&text, " *)");
    return text_of(&text, arena);
}

/* ---- reading: the provider takes any text here ---- */

struct field_rule {
    const char *name;
    int low, high;
    const char *const *names;
    int name_count;
    bool optional;        /* `?` is allowed */
    const char *specials; /* letters with a meaning of their own */
};

static const struct field_rule fields[] = {
    {"minute", 0, 59, NULL, 0, false, ""},
    {"hour", 0, 23, NULL, 0, false, ""},
    {"day of the month", 1, 31, NULL, 0, true, "LW"},
    {"month", 1, 12, month_names, 12, false, ""},
    {"weekday", 1, 7, weekday_names, 7, true, "L#"},
    {"year", 1970, 2199, NULL, 0, false, ""},
};

static bool read_number(const char **text, const char *end, const struct field_rule *rule, int *number)
{
    const char *p = *text;

    for (int i = 0; i < rule->name_count; i++) {
        if (end - p >= 3 && strncmp(p, rule->names[i], 3) == 0) {
            *number = rule->low + i;
            *text = p + 3;
            return true;
        }
    }
    if (p == end || *p < '0' || *p > '9')
        return false;
    for (*number = 0; p < end && *p >= '0' && *p <= '9' && *number < 10000; p++)
        *number = *number * 10 + (*p - '0');
    *text = p;
    return *number >= rule->low && *number <= rule->high;
}

static bool item_ok(const char *p, const char *end, const struct field_rule *rule)
{
    int low, high, step;

    if (p == end)
        return false;
    if (*p == '*') {
        p++;
    } else {
        if (strchr(rule->specials, 'L') && *rule->specials && *p == 'L' &&
            (p + 1 == end || (p[1] == 'W' && p + 2 == end)))
            return true;
        if (!read_number(&p, end, rule, &low))
            return false;
        if (p + 1 == end && *rule->specials && strchr(rule->specials, *p))
            return true;
        if (p + 2 == end && *p == '#' && strchr(rule->specials, '#') && p[1] >= '1' && p[1] <= '5')
            return true;
        if (p < end && *p == '-') {
            p++;
            if (!read_number(&p, end, rule, &high) || high < low)
                return false;
        }
    }
    if (p < end && *p == '/') {
        p++;
        step = 0;
        for (; p < end && *p >= '0' && *p <= '9' && step < 10000; p++)
            step = step * 10 + (*p - '0');
        return p == end && step > 0;
    }
    return p == end;
}

static bool field_ok(const char *text, size_t len, const struct field_rule *rule)
{
    const char *end = text + len, *comma;

    if (len == 1 && *text == '?')
        return rule->optional;
    for (;; text = comma + 1) {
        comma = memchr(text, ',', (size_t)(end - text));
        if (!item_ok(text, comma ? comma : end, rule))
            return false;
        if (!comma)
            return true;
    }
}

static const char *cron_error(const char *text, size_t len)
{
    const char *start[6];
    size_t length[6];
    int count = 0;
    bool day, weekday;

    for (size_t i = 0; i < len;) {
        size_t end = i;

        while (end < len && text[end] != ' ')
            end++;
        if (end == i || count == 6)
            return "a cron expression of AWS has six fields with one blank between them";
        start[count] = text + i;
        length[count++] = end - i;
        i = end + 1;
    }
    if (count != 6)
        return "a cron expression of AWS has six fields: minute, hour, day of the month, month, weekday, "
               "year";
    for (int i = 0; i < 6; i++) {
        if (!field_ok(start[i], length[i], &fields[i])) {
            switch (i) {
            case 0:
                return "its minute is out of range or malformed (0-59)";
            case 1:
                return "its hour is out of range or malformed (0-23)";
            case 2:
                return "its day of the month is out of range or malformed (1-31)";
            case 3:
                return "its month is out of range or malformed (1-12)";
            case 4:
                return "its weekday is out of range or malformed (1-7, where 1 is Sunday)";
            default:
                return "its year is out of range or malformed (1970-2199)";
            }
        }
    }
    day = length[2] == 1 && *start[2] == '?';
    weekday = length[4] == 1 && *start[4] == '?';
    if (day == weekday)
        return day ? "both its day fields are `?`; one of them must say when"
                   : "one of its day fields must be `?`: AWS does not combine the day of the month with the "
                     "weekday";
    return NULL;
}

const char *tf_schedule_error(const char *text, bool rates)
{
    size_t len = strlen(text);

    if (strncmp(text, "cron(", 5) == 0 && text[len - 1] == ')')
        return cron_error(text + 5, len - 6);
    if (rates && strncmp(text, "rate(", 5) == 0 && text[len - 1] == ')') {
        size_t digits = strspn(text + 5, "0123456789");
        const char *unit = text + 5 + digits;
        bool one = digits == 1 && text[5] == '1';

        if (digits > 0 && text[5] != '0' && *unit == ' ') {
            static const char *const units[] = {"minute", "hour", "day"};

            for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
                size_t size = strlen(units[i]);

                if (strncmp(unit + 1, units[i], size) == 0 && strcmp(unit + 1 + size, one ? ")" : "s)") == 0)
                    return NULL;
            }
        }
        return "a rate is a whole number and minutes, hours or days: `rate(1 hour)`, `rate(5 minutes)`";
    }
    if (rates && strncmp(text, "at(", 3) == 0)
        return NULL;
    return rates ? "it is neither cron(…), rate(…) nor at(…)" : "it is not of the form cron(…)";
}
