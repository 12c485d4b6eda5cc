/* Schedules in the dialect of AWS Backup and EventBridge: cron(minute hour day month weekday year), in UTC,
 * weekdays 1 (Sunday) to 7, and `?` in the day field that is not used. Sources: AWS documentation of cron
 * expressions for rules and for AWS Backup. */
#include "backends/terraform/terraform.h"

#include <string.h>

static const char *const weekday_names[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
static const char *const month_names[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                          "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};

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
