/* A schedule in the notation of each scheduler: exactly, or not at all.
 *
 * The times of day become groups of minutes that share their hours, one line each; the days become fields.
 * What a notation cannot say exactly is refused with the reason. Programs that know no time zone get UTC:
 * a zone whose offset never changes is moved there, day included. */
#include "schedule/slots.h"

#include <string.h>

enum { GROUPS_MAX = 60 };

/* At every minute of `minutes` in every hour of `hours`. */
struct group {
    uint64_t minutes;
    uint32_t hours;
};

/* Times of one day, hours by minute. */
struct clock {
    uint32_t hours[60];
};

static bool refuse(struct schedule_lines *out, const char *reason, const char *help)
{
    memset(&out->refusal, 0, sizeof out->refusal);
    out->refusal.reason = reason;
    out->refusal.help = help;
    out->count = 0;
    return false;
}

static void clock_add(struct clock *clock, int64_t minute)
{
    clock->hours[minute % 60] |= UINT32_C(1) << (minute / 60);
}

static unsigned clock_groups(const struct clock *clock, struct group groups[GROUPS_MAX])
{
    unsigned count = 0;
    for (unsigned minute = 0; minute < 60; minute++) {
        uint32_t hours = clock->hours[minute];
        unsigned i = 0;
        while (i < count && groups[i].hours != hours) {
            i++;
        }
        if (hours == 0) {
            continue;
        }
        if (i == count) {
            groups[count++] = (struct group){0, hours};
        }
        groups[i].minutes |= UINT64_C(1) << minute;
    }
    return count;
}

/* ---- fields -------------------------------------------------------------------------------------------- */

enum notation { NOTATION_CRON, NOTATION_AWS, NOTATION_SYSTEMD };

/* Ranges and lists of a mask: "1,5-7" or, for systemd, "01,05..07". */
static void add_list(struct strbuf *out, uint64_t mask, unsigned max, enum notation notation)
{
    bool first = true;
    for (unsigned low = 0; low <= max; low++) {
        if ((mask >> low & 1u) == 0) {
            continue;
        }
        unsigned high = low;
        while (high < max && (mask >> (high + 1) & 1u) != 0) {
            high++;
        }
        if (!first) {
            strbuf_addch(out, ',');
        }
        first = false;
        int width = notation == NOTATION_SYSTEMD ? 2 : 1;
        strbuf_addf(out, "%0*u", width, low);
        if (high >= low + 2) {
            strbuf_addf(out, "%s%0*u", notation == NOTATION_SYSTEMD ? ".." : "-", width, high);
            low = high;
        }
    }
}

/* The values 0 … size - 1 of a clock field: everything, a step from 0, or a list. */
static void add_clock_field(struct strbuf *out, uint64_t mask, unsigned size, enum notation notation)
{
    uint64_t all = (UINT64_C(1) << size) - 1;
    if ((mask & all) == all) {
        strbuf_addch(out, '*');
        return;
    }
    for (unsigned step = 2; step <= size / 3; step++) {
        uint64_t steps = 0;
        for (unsigned value = 0; value < size; value += step) {
            steps |= UINT64_C(1) << value;
        }
        if (mask == steps) {
            switch (notation) {
            case NOTATION_CRON: strbuf_addf(out, "*/%u", step); break;
            case NOTATION_AWS: strbuf_addf(out, "0/%u", step); break;
            case NOTATION_SYSTEMD:
                /* With its end: an open step runs over the hour and the day, and systemd 252 then loses
                 * the slot at midnight, or finds none at all where midnight is skipped. */
                strbuf_addf(out, "00..%02u/%u", (size - 1) / step * step, step);
                break;
            }
            return;
        }
    }
    add_list(out, mask, size - 1, notation);
}

static void add_weekdays(struct strbuf *out, uint32_t mask, enum notation notation)
{
    static const char *const names[7] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const aws_names[7] = {"MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"};
    if (notation == NOTATION_CRON) {
        add_list(out, mask, 6, notation);
        return;
    }
    /* From monday on, so that a working week is one range. AWS counts its week from sunday: a range that
     * reached sunday would run backwards there. */
    uint32_t week = (mask >> 1 & 0x3fu) | (mask & 1u) << 6;
    unsigned last = notation == NOTATION_AWS ? 5 : 6;
    bool first = true;
    for (unsigned low = 0; low < 7; low++) {
        if ((week >> low & 1u) == 0) {
            continue;
        }
        unsigned high = low;
        while (high < last && (week >> (high + 1) & 1u) != 0) {
            high++;
        }
        if (!first) {
            strbuf_addch(out, ',');
        }
        first = false;
        const char *const *table = notation == NOTATION_AWS ? aws_names : names;
        strbuf_addstr(out, table[low]);
        if (high >= low + 2) {
            strbuf_addf(out, "%s%s", notation == NOTATION_AWS ? "-" : "..", table[high]);
            low = high;
        }
    }
}

static void add_calendar_field(struct strbuf *out, uint32_t mask, bool any, unsigned max, enum notation notation)
{
    if (any) {
        strbuf_addch(out, '*');
    } else {
        add_list(out, mask, max, notation);
    }
}

/* ---- lines --------------------------------------------------------------------------------------------- */

static bool add_line(struct arena *arena, struct schedule_lines *out, const struct strbuf *line)
{
    if (out->count == SCHEDULE_LINES_MAX) {
        return refuse(out, arena_printf(arena, "it would take more than %d lines", SCHEDULE_LINES_MAX), "take times that share their minutes");
    }
    out->line[out->count++] = strbuf_dup(line, arena);
    return true;
}

/* "15 2,14 * * 1-5"; `days` is the text of the last three fields. */
static bool add_cron_lines(struct arena *arena, struct schedule_lines *out, const struct clock *clock, const char *days)
{
    struct group groups[GROUPS_MAX];
    unsigned count = clock_groups(clock, groups);
    for (unsigned i = 0; i < count; i++) {
        struct strbuf line = STRBUF_INIT;
        add_clock_field(&line, groups[i].minutes, 60, NOTATION_CRON);
        strbuf_addch(&line, ' ');
        add_clock_field(&line, groups[i].hours, 24, NOTATION_CRON);
        strbuf_addf(&line, " %s", days);
        bool added = add_line(arena, out, &line);
        strbuf_release(&line);
        if (!added) {
            return false;
        }
    }
    return true;
}

/* The last three fields of a cron line for a rule that restricts at most one kind of day. */
static const char *cron_days(struct arena *arena, const struct day_rule *rule)
{
    struct strbuf text = STRBUF_INIT;
    add_calendar_field(&text, rule->monthdays, day_rule_any_monthday(rule), 31, NOTATION_CRON);
    strbuf_addch(&text, ' ');
    add_calendar_field(&text, rule->months, day_rule_any_month(rule), 12, NOTATION_CRON);
    strbuf_addch(&text, ' ');
    if (day_rule_any_weekday(rule)) {
        strbuf_addch(&text, '*');
    } else {
        add_weekdays(&text, rule->weekdays, NOTATION_CRON);
    }
    char *copy = strbuf_dup(&text, arena);
    strbuf_release(&text);
    return copy;
}

/* The expression as written with single blanks; from field `first` (0 …) to the end. */
static const char *cron_fields(struct arena *arena, const char *text, unsigned first)
{
    struct strbuf out = STRBUF_INIT;
    unsigned field = 0;
    for (const char *at = text; *at != '\0';) {
        size_t blanks = strspn(at, " \t");
        at += blanks;
        size_t len = strcspn(at, " \t");
        if (len > 0 && field++ >= first) {
            if (out.len > 0) {
                strbuf_addch(&out, ' ');
            }
            strbuf_add(&out, at, len);
        }
        at += len;
    }
    char *copy = strbuf_dup(&out, arena);
    strbuf_release(&out);
    return copy;
}

/* The times of a schedule as seen on a clock `shift` minutes behind it: on the day before, the same and
 * the next. */
static void split_times(const struct schedule_slots *slots, int64_t shift, struct clock clocks[3])
{
    memset(clocks, 0, 3 * sizeof *clocks);
    for (uint32_t i = 0; i < slots->count; i++) {
        int64_t minute = slots_time(slots, i) / MS_MINUTE - shift;
        int64_t day = div_floor(minute, DAY_MINUTES);
        clock_add(&clocks[day + 1], minute - day * DAY_MINUTES);
    }
}

static bool clock_is_empty(const struct clock *clock)
{
    for (unsigned i = 0; i < 60; i++) {
        if (clock->hours[i] != 0) {
            return false;
        }
    }
    return true;
}

static uint32_t turn_weekdays(uint32_t mask, int days)
{
    uint32_t turned = 0;
    for (int weekday = 0; weekday < 7; weekday++) {
        if ((mask >> weekday & 1u) != 0) {
            turned |= UINT32_C(1) << ((weekday + days + 7) % 7);
        }
    }
    return turned;
}

/* The fields as they are written, names of months and days as the numbers they stand for: Debian's cron promises names alone, and neither lists nor
 * ranges of them. */
static const char *numbered(struct arena *arena, const char *fields)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec", days[] = "sunmontuewedthufrisat";
    struct strbuf out = STRBUF_INIT;
    const char *result;
    while (*fields != '\0') {
        unsigned number = 0;
        char word[3];
        for (unsigned i = 0; i < 3 && fields[i] != '\0' && (number = i + 1); i++) {
            word[i] = (char)(fields[i] >= 'A' && fields[i] <= 'Z' ? fields[i] - 'A' + 'a' : fields[i]);
        }
        bool found = false;
        for (unsigned i = 0; number == 3 && word[0] >= 'a' && word[0] <= 'z' && i < 12 && !found; i++) {
            if (memcmp(word, names + (size_t)3 * i, 3) == 0) {
                strbuf_addf(&out, "%u", i + 1);
                found = true;
            } else if (i < 7 && memcmp(word, days + (size_t)3 * i, 3) == 0) {
                strbuf_addf(&out, "%u", i);
                found = true;
            }
        }
        if (!found) {
            strbuf_addch(&out, *fields);
        }
        fields += found ? 3 : 1;
    }
    result = strbuf_dup(&out, arena);
    strbuf_release(&out);
    return result;
}

/* Lines of five fields on a clock `shift` minutes behind the schedule's own. */
static bool convert_cron(struct arena *arena, const struct schedule *schedule, const struct schedule_slots *slots, int64_t shift,
                         struct schedule_lines *out)
{
    bool written = schedule->kind == SCHEDULE_CRON && schedule->cron[strspn(schedule->cron, " \t")] != '@';
    if (written && shift == 0) {
        struct strbuf line = STRBUF_INIT;
        strbuf_addstr(&line, numbered(arena, cron_fields(arena, schedule->cron, 0)));
        add_line(arena, out, &line);
        strbuf_release(&line);
        return true;
    }
    struct clock clocks[3];
    split_times(slots, shift, clocks);
    if (clock_is_empty(&clocks[0]) && clock_is_empty(&clocks[2])) {
        return add_cron_lines(arena, out, &clocks[1],
                              written ? numbered(arena, cron_fields(arena, schedule->cron, 2)) : cron_days(arena, &slots->days));
    }
    int64_t period = day_rule_period(&slots->days);
    if (period > 7) {
        return refuse(out, "in UTC some of its times fall on another day, and its days of the month cannot be shifted", "write the times in UTC");
    }
    if (period == 1) {
        struct clock all = clocks[1];
        for (unsigned i = 0; i < 60; i++) {
            all.hours[i] |= clocks[0].hours[i] | clocks[2].hours[i];
        }
        return add_cron_lines(arena, out, &all, "* * *");
    }
    for (int day = -1; day <= 1; day++) {
        struct day_rule rule = slots->days;
        rule.weekdays = turn_weekdays(rule.weekdays, day);
        if (!add_cron_lines(arena, out, &clocks[day + 1], cron_days(arena, &rule))) {
            return false;
        }
    }
    return true;
}

/* "Mon..Fri *-*-* 02,14:15:00 Europe/Berlin" */
static bool add_systemd_lines(struct arena *arena, const struct schedule_slots *slots, const struct day_rule *rule, const char *zone,
                              struct schedule_lines *out)
{
    struct strbuf days = STRBUF_INIT;
    if (!day_rule_any_weekday(rule)) {
        add_weekdays(&days, rule->weekdays, NOTATION_SYSTEMD);
        strbuf_addch(&days, ' ');
    }
    strbuf_addstr(&days, "*-");
    add_calendar_field(&days, rule->months, day_rule_any_month(rule), 12, NOTATION_SYSTEMD);
    strbuf_addch(&days, '-');
    add_calendar_field(&days, rule->monthdays, day_rule_any_monthday(rule), 31, NOTATION_SYSTEMD);

    struct strbuf line = STRBUF_INIT;
    bool added = true;
    if (slots->every % MS_MINUTE != 0) {
        /* Every so many seconds, in periods of an hour: the minutes for each second that occurs. */
        uint64_t minutes[60] = {0};
        for (int64_t at = 0; at < MS_HOUR; at += slots->every) {
            minutes[at / MS_SECOND % 60] |= UINT64_C(1) << (at / MS_MINUTE);
        }
        for (unsigned second = 0; added && second < 60; second++) {
            uint64_t seconds = 0;
            if (minutes[second] == 0) {
                continue;
            }
            for (unsigned other = second; other < 60; other++) {
                if (minutes[other] == minutes[second]) {
                    seconds |= UINT64_C(1) << other;
                }
            }
            uint64_t same = minutes[second];
            for (unsigned other = second; other < 60; other++) {
                minutes[other] = minutes[other] == same ? 0 : minutes[other];
            }
            strbuf_clear(&line);
            strbuf_addf(&line, "%s *:", strbuf_str(&days));
            add_clock_field(&line, same, 60, NOTATION_SYSTEMD);
            strbuf_addch(&line, ':');
            add_clock_field(&line, seconds, 60, NOTATION_SYSTEMD);
            strbuf_addf(&line, " %s", zone);
            added = add_line(arena, out, &line);
        }
    } else {
        struct clock clocks[3];
        struct group groups[GROUPS_MAX];
        split_times(slots, 0, clocks);
        unsigned count = clock_groups(&clocks[1], groups);
        for (unsigned i = 0; added && i < count; i++) {
            strbuf_clear(&line);
            strbuf_addf(&line, "%s ", strbuf_str(&days));
            add_clock_field(&line, groups[i].hours, 24, NOTATION_SYSTEMD);
            strbuf_addch(&line, ':');
            add_clock_field(&line, groups[i].minutes, 60, NOTATION_SYSTEMD);
            strbuf_addf(&line, ":00 %s", zone);
            added = add_line(arena, out, &line);
        }
    }
    strbuf_release(&line);
    strbuf_release(&days);
    return added;
}

/* Splits "day of the month or weekday" into two rules; otherwise one. */
static unsigned split_rule(const struct day_rule *rule, struct day_rule rules[2])
{
    rules[0] = *rule;
    rules[0].either = false;
    if (!rule->either) {
        return 1;
    }
    rules[1] = rules[0];
    rules[0].weekdays = ALL_WEEKDAYS;
    rules[1].monthdays = ALL_MONTHDAYS;
    return 2;
}

static bool convert_systemd(struct arena *arena, const struct schedule_slots *slots, const char *zone, struct schedule_lines *out)
{
    if (slots->every % MS_MINUTE != 0 && MS_HOUR % slots->every != 0) {
        return refuse(out, "a duration with seconds must divide the hour for systemd", "take whole minutes");
    }
    if (slots->every % MS_SECOND != 0) {
        return refuse(out, "systemd timers cannot run between seconds here", "take whole seconds");
    }
    struct day_rule rules[2];
    unsigned count = split_rule(&slots->days, rules);
    for (unsigned i = 0; i < count; i++) {
        if (!add_systemd_lines(arena, slots, &rules[i], zone, out)) {
            return false;
        }
    }
    return true;
}

static bool add_aws_lines(struct arena *arena, const struct schedule_slots *slots, const struct day_rule *rule, struct schedule_lines *out)
{
    struct clock clocks[3];
    struct group groups[GROUPS_MAX];
    split_times(slots, 0, clocks);
    unsigned count = clock_groups(&clocks[1], groups);
    bool added = true;
    for (unsigned i = 0; added && i < count; i++) {
        struct strbuf line = STRBUF_INIT;
        strbuf_addstr(&line, "cron(");
        add_clock_field(&line, groups[i].minutes, 60, NOTATION_AWS);
        strbuf_addch(&line, ' ');
        add_clock_field(&line, groups[i].hours, 24, NOTATION_AWS);
        strbuf_addch(&line, ' ');
        if (day_rule_any_weekday(rule)) {
            add_calendar_field(&line, rule->monthdays, day_rule_any_monthday(rule), 31, NOTATION_AWS);
        } else {
            strbuf_addch(&line, '?');
        }
        strbuf_addch(&line, ' ');
        add_calendar_field(&line, rule->months, day_rule_any_month(rule), 12, NOTATION_AWS);
        strbuf_addch(&line, ' ');
        if (day_rule_any_weekday(rule)) {
            strbuf_addch(&line, '?');
        } else {
            add_weekdays(&line, rule->weekdays, NOTATION_AWS);
        }
        strbuf_addstr(&line, " *)");
        added = add_line(arena, out, &line);
        strbuf_release(&line);
    }
    return added;
}

static bool convert_aws(struct arena *arena, const struct schedule *schedule, const struct schedule_slots *slots, struct schedule_lines *out)
{
    if (slots->from_cron && slots->cron.six_fields) {
        const char *text = schedule->cron + strspn(schedule->cron, " \t");
        size_t len = strlen(text);
        while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t')) {
            len--;
        }
        if (strncmp(text, "cron(", 5) == 0) {
            text += 5;
            len -= 6;
        }
        struct strbuf line = STRBUF_INIT;
        strbuf_addf(&line, "cron(%s)", cron_fields(arena, arena_strndup(arena, text, len), 0));
        add_line(arena, out, &line);
        strbuf_release(&line);
        return true;
    }
    struct day_rule rules[2];
    unsigned count = split_rule(&slots->days, rules);
    for (unsigned i = 0; i < count; i++) {
        if (!day_rule_any_monthday(&rules[i]) && !day_rule_any_weekday(&rules[i])) {
            return refuse(out, "AWS cannot combine day of the month and weekday", "restrict only one of the two fields");
        }
        if (!add_aws_lines(arena, slots, &rules[i], out)) {
            return false;
        }
    }
    return true;
}

/* ---- interface ----------------------------------------------------------------------------------------- */

enum cron_dialect target_dialect(enum schedule_target target)
{
    switch (target) {
    case TARGET_CRON_DEBIAN: return DIALECT_DEBIAN;
    case TARGET_CRON_CRONIE: return DIALECT_CRONIE;
    case TARGET_KUBERNETES: return DIALECT_KUBERNETES;
    case TARGET_SYSTEMD: return DIALECT_SYSTEMD;
    case TARGET_EVENTBRIDGE:
    case TARGET_AWS_BACKUP: return DIALECT_AWS;
    }
    return DIALECT_PLAIN;
}

bool schedule_convert(struct arena *arena, const struct schedule *schedule, enum schedule_target target, const struct zone *zone,
                      struct schedule_lines *out)
{
    struct schedule_slots slots;
    enum schedule_status status;
    memset(out, 0, sizeof *out);
    if (!slots_init(arena, &slots, schedule, target_dialect(target), zone, &status, &out->refusal)) {
        return false;
    }
    struct day_walk walk;
    if (!day_walk_start(&walk, &slots.days, ZONE_FROM_DAY)) {
        return refuse(out, "the schedule never fires", NULL);
    }
    bool utc = zone == NULL;
    out->zone = utc ? "Etc/UTC" : zone_name(zone);
    switch (target) {
    case TARGET_CRON_DEBIAN:
    case TARGET_CRON_CRONIE:
        out->zone = "Etc/UTC";
        if (slots.zone != NULL) {
            return refuse(out, arena_printf(arena, "cron runs in UTC here, and the clock of `%s` changes", zone_name(zone)),
                          "write the times in UTC, or let systemd run it");
        }
        if (slots.offset % MS_MINUTE != 0) {
            return refuse(out, "the offset of its time zone is not a whole number of minutes", "write the times in UTC");
        }
        return convert_cron(arena, schedule, &slots, slots.offset / MS_MINUTE, out);
    case TARGET_KUBERNETES: return convert_cron(arena, schedule, &slots, 0, out);
    case TARGET_SYSTEMD: return convert_systemd(arena, &slots, utc ? "UTC" : zone_name(zone), out);
    case TARGET_EVENTBRIDGE: return convert_aws(arena, schedule, &slots, out);
    case TARGET_AWS_BACKUP: {
        /* The rule is about the expression, so clock changes do not count. */
        struct schedule on_clock = *schedule;
        struct schedule_gap gap;
        on_clock.zone = NULL;
        schedule_gap(arena, &on_clock, DIALECT_AWS, NULL, 0, &gap);
        if (gap.status != SCHEDULE_OK || gap.min_gap < MS_HOUR) {
            return refuse(out, "AWS Backup runs at most once an hour", "take `every 1h` or longer, or continuous backups");
        }
        return convert_aws(arena, schedule, &slots, out);
    }
    }
    return refuse(out, "no such target", NULL);
}

const char *schedule_rate(struct arena *arena, const struct schedule *schedule)
{
    int64_t every = schedule->every;
    if (schedule->kind != SCHEDULE_EVERY || every < MS_MINUTE || every % MS_MINUTE != 0) {
        return NULL;
    }
    static const struct {
        int64_t unit;
        const char *one;
        const char *many;
    } units[] = {{MS_DAY, "day", "days"}, {MS_HOUR, "hour", "hours"}, {MS_MINUTE, "minute", "minutes"}};
    size_t i = 0;
    while (every % units[i].unit != 0) {
        i++;
    }
    long long count = (long long)(every / units[i].unit);
    return arena_printf(arena, "rate(%lld %s)", count, count == 1 ? units[i].one : units[i].many);
}
