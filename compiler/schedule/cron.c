/* Reader of cron expressions.
 *
 * One table row per field and family of dialects says its range and names; one routine reads a list of
 * elements (`*`, `n`, `a-b`, each with `/step`) into a bit mask. The dialects differ in small, documented
 * points, which are asked for by name at the place where they matter. Sources: the programs themselves
 * (Debian cron 3.0pl1-162 entry.c, cronie src/entry.c, robfig/cron v3.0.1 parser.go) and the EventBridge
 * documentation for the six fields. */
#include "schedule/cron.h"

#include <stdint.h>
#include <string.h>

static const char *const month_names[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
static const char *const day_names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

enum field_kind { FIELD_MINUTE, FIELD_HOUR, FIELD_MONTHDAY, FIELD_MONTH, FIELD_WEEKDAY, FIELD_YEAR };

struct field_row {
    const char *name;
    unsigned min;
    unsigned max;
    const char *const *names;
    unsigned name_count;
    unsigned name_base; /* value of names[0] */
};

static const struct field_row vixie_fields[] = {
    {"minute", 0, 59, NULL, 0, 0},        {"hour", 0, 23, NULL, 0, 0},        {"day of the month", 1, 31, NULL, 0, 0},
    {"month", 1, 12, month_names, 12, 1}, {"weekday", 0, 7, day_names, 7, 0},
};

static const struct field_row robfig_weekday = {"weekday", 0, 6, day_names, 7, 0};
static const struct field_row aws_weekday = {"weekday", 1, 7, day_names, 7, 1};

struct shorthand {
    const char *name;
    const char *meaning;
};

static const struct shorthand shorthands[] = {
    {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"}, {"@weekly", "0 0 * * 0"},
    {"@daily", "0 0 * * *"},  {"@midnight", "0 0 * * *"}, {"@hourly", "0 * * * *"},
};

const char *dialect_name(enum cron_dialect dialect)
{
    static const char *const names[DIALECT_COUNT] = {
        [DIALECT_PLAIN] = "the specification", [DIALECT_DEBIAN] = "Debian cron", [DIALECT_CRONIE] = "cronie",
        [DIALECT_KUBERNETES] = "Kubernetes",   [DIALECT_SYSTEMD] = "systemd",    [DIALECT_AWS] = "AWS",
    };
    return names[dialect];
}

const char *dialect_word(enum cron_dialect dialect)
{
    static const char *const words[DIALECT_COUNT] = {
        [DIALECT_PLAIN] = "plain",           [DIALECT_DEBIAN] = "debian",   [DIALECT_CRONIE] = "cronie",
        [DIALECT_KUBERNETES] = "kubernetes", [DIALECT_SYSTEMD] = "systemd", [DIALECT_AWS] = "aws",
    };
    return words[dialect];
}

/* What a field said besides its mask. */
struct field {
    size_t offset;
    size_t len;
    uint64_t mask;
    bool first_star;    /* its first character is `*`: Vixie's flag */
    bool whole_star;    /* an element is `*`, `?` or one of them with step 1: robfig's flag */
    bool question;      /* is `?` */
    unsigned star_step; /* step of an element `*` + `/step` or `0/step`; 0 when there is none */
    size_t step_offset;
    size_t step_len;
    /* AWS */
    bool last;
    uint32_t nearest;
    uint32_t last_weekday;
    uint32_t nth_weekday[6];
};

struct reader {
    struct arena *arena;
    const char *text;
    enum cron_dialect dialect;
    bool aws; /* six fields */
    struct cron_error *error;
};

static bool fail(struct reader *reader, size_t offset, size_t len, const char *message, const char *help)
{
    reader->error->offset = offset;
    reader->error->len = len;
    reader->error->message = message;
    reader->error->help = help;
    return false;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z');
}

/* How many bytes of the text a message may quote; expressions are short, but input is not trusted. */
static int quoted(size_t len)
{
    return len > 40 ? 40 : (int)len;
}

/* One number or name of a field. *at moves behind it. */
static bool read_value(struct reader *reader, const struct field_row *row, size_t *at, size_t end, unsigned *value)
{
    size_t start = *at;
    while (*at < end && is_word(reader->text[*at])) {
        ++*at;
    }
    size_t len = *at - start;
    const char *word = reader->text + start;
    if (len == 0) {
        return fail(reader, start, end > start ? 1 : 0, arena_printf(reader->arena, "a %s is expected here", row->name), NULL);
    }
    if (is_digit(word[0])) {
        unsigned number = 0;
        for (size_t i = 0; i < len; i++) {
            if (!is_digit(word[i]) || i >= 6) {
                return fail(reader, start, len, arena_printf(reader->arena, "`%.*s` is not a %s", quoted(len), word, row->name), NULL);
            }
            number = number * 10 + (unsigned)(word[i] - '0');
        }
        if (number < row->min || number > row->max) {
            const char *help = NULL;
            if (row == &robfig_weekday && number == 7) {
                help = "Kubernetes counts sunday as 0 only";
            }
            return fail(reader, start, len, arena_printf(reader->arena, "%s `%u` is out of range %u to %u", row->name, number, row->min, row->max),
                        help);
        }
        *value = number;
        return true;
    }
    for (unsigned i = 0; i < row->name_count && len == 3; i++) {
        const char *name = row->names[i];
        if (lower(word[0]) == name[0] && lower(word[1]) == name[1] && lower(word[2]) == name[2]) {
            *value = row->name_base + i;
            return true;
        }
    }
    const char *help = row->name_count == 0                           ? "only numbers are allowed here"
                       : row->name_base == 1 && row->name_count == 12 ? "months are 1 to 12, or their first three letters in English"
                                                                      : "weekdays are numbers, or their first three letters in English";
    return fail(reader, start, len, arena_printf(reader->arena, "`%.*s` is not a %s", quoted(len), word, row->name), help);
}

static bool read_step(struct reader *reader, const struct field_row *row, size_t *at, size_t end, unsigned *step)
{
    size_t start = *at;
    unsigned number = 0;
    while (*at < end && is_digit(reader->text[*at]) && *at - start < 6) {
        number = number * 10 + (unsigned)(reader->text[(*at)++] - '0');
    }
    if (*at == start) {
        return fail(reader, start, end > start ? 1 : 0, "a number is expected after `/`", NULL);
    }
    if (number == 0) {
        return fail(reader, start, *at - start, "a step of 0 never ends", "write a step of at least 1");
    }
    if (number > row->max) {
        return fail(reader, start, *at - start,
                    arena_printf(reader->arena, "step `%u` is larger than the largest %s, %u", number, row->name, row->max),
                    "name the single value without a step");
    }
    *step = number;
    return true;
}

/* The words only AWS knows: `L`, `5L`, `3W`, `2#1`. False with *done unset when the element is none of
 * them. */
static bool read_aws_word(struct reader *reader, const struct field_row *row, enum field_kind kind, size_t *at, size_t end, struct field *field,
                          bool *done)
{
    const char *text = reader->text;
    size_t start = *at, stop = start;
    *done = false;
    while (stop < end && text[stop] != ',') {
        stop++;
    }
    size_t len = stop - start;
    char tail = len > 0 ? lower(text[stop - 1]) : '\0';
    if (len == 1 && tail == 'l' && (kind == FIELD_MONTHDAY || kind == FIELD_WEEKDAY)) {
        /* In the weekday field a lone L is the last day of the week, saturday. */
        if (kind == FIELD_MONTHDAY) {
            field->last = true;
        } else {
            field->mask |= UINT64_C(1) << 7;
        }
    } else if (len > 1 && tail == 'w' && kind == FIELD_MONTHDAY) {
        unsigned day;
        if (lower(text[start]) == 'l') {
            return fail(reader, start, len, "`LW` is not documented for AWS", "use `L` or a day with `W`");
        }
        if (!read_value(reader, row, at, stop - 1, &day)) {
            return false;
        }
        if (*at != stop - 1) {
            return fail(reader, start, len, "`W` follows a single day of the month", NULL);
        }
        field->nearest |= UINT32_C(1) << day;
    } else if (len > 1 && tail == 'l' && kind == FIELD_WEEKDAY) {
        unsigned day;
        if (!read_value(reader, row, at, stop - 1, &day)) {
            return false;
        }
        if (*at != stop - 1) {
            return fail(reader, start, len, "`L` follows a single weekday", NULL);
        }
        field->last_weekday |= UINT32_C(1) << (day - 1);
    } else if (kind == FIELD_WEEKDAY && memchr(text + start, '#', len) != NULL) {
        unsigned day;
        if (!read_value(reader, row, at, stop, &day)) {
            return false;
        }
        if (*at + 2 != stop || text[*at] != '#' || text[*at + 1] < '1' || text[*at + 1] > '5') {
            return fail(reader, start, len, "`#` stands between a weekday and a number from 1 to 5", NULL);
        }
        field->nth_weekday[text[*at + 1] - '0'] |= UINT32_C(1) << (day - 1);
    } else {
        return true;
    }
    *at = stop;
    *done = true;
    return true;
}

/* One element of a list. */
static bool read_element(struct reader *reader, const struct field_row *row, enum field_kind kind, size_t *at, size_t end, struct field *field)
{
    const char *text = reader->text;
    bool robfig = reader->dialect == DIALECT_KUBERNETES;
    unsigned low, high, step = 1;
    size_t start = *at;
    bool star = false, single = false;

    if (reader->aws) {
        bool done;
        if (!read_aws_word(reader, row, kind, at, end, field, &done)) {
            return false;
        }
        if (done) {
            return true;
        }
    }
    if (*at < end && (text[*at] == '*' || (robfig && text[*at] == '?'))) {
        star = true;
        low = row->min;
        high = row->max;
        ++*at;
    } else {
        if (*at < end && text[*at] == '?') {
            return fail(reader, *at, 1, arena_printf(reader->arena, "`?` is not known to %s here", dialect_name(reader->dialect)), "write `*`");
        }
        if (*at < end && text[*at] == '~') {
            return fail(reader, *at, 1, "a random time is not a schedule that can be proved", "name the time, and allow for delay with `jitter`");
        }
        if (!read_value(reader, row, at, end, &low)) {
            return false;
        }
        high = low;
        single = true;
        if (*at < end && text[*at] == '-') {
            ++*at;
            single = false;
            if (!read_value(reader, row, at, end, &high)) {
                return false;
            }
            if (high < low) {
                return fail(reader, start, *at - start,
                            arena_printf(reader->arena, "the range `%.*s` runs backwards", quoted(*at - start), text + start),
                            "write two ranges with a comma between them");
            }
        }
    }
    if (*at < end && text[*at] == '/') {
        size_t slash = (*at)++;
        if (!read_step(reader, row, at, end, &step)) {
            return false;
        }
        if (single) {
            if (!robfig && !reader->aws) {
                return fail(reader, slash, *at - slash, "a step needs a range before it",
                            arena_printf(reader->arena, "write `%u-%u/%u`", low, row->max, step));
            }
            high = row->max;
        }
        if (reader->aws && kind == FIELD_WEEKDAY) {
            return fail(reader, slash, *at - slash, "AWS has no steps in the weekday field", "list the weekdays");
        }
        if (star || (single && low == row->min)) {
            field->star_step = step;
            field->step_offset = start;
            field->step_len = *at - start;
        }
    }
    field->whole_star = field->whole_star || (star && step == 1);
    for (unsigned value = low; value <= high; value += step) {
        field->mask |= UINT64_C(1) << value;
    }
    return true;
}

static bool read_field(struct reader *reader, const struct field_row *row, enum field_kind kind, struct field *field)
{
    size_t at = field->offset, end = field->offset + field->len;
    const char *text = reader->text;
    field->first_star = text[at] == '*';
    if (reader->aws && (kind == FIELD_MONTHDAY || kind == FIELD_WEEKDAY) && field->len == 1 && text[at] == '?') {
        field->question = true;
        for (unsigned value = row->min; value <= row->max; value++) {
            field->mask |= UINT64_C(1) << value;
        }
        return true;
    }
    for (;;) {
        if (!read_element(reader, row, kind, &at, end, field)) {
            return false;
        }
        if (at == end) {
            return true;
        }
        if (text[at] == '~') {
            return fail(reader, at, 1, "a random time is not a schedule that can be proved", "name the time, and allow for delay with `jitter`");
        }
        if (text[at] != ',') {
            return fail(reader, at, 1, arena_printf(reader->arena, "unexpected character in the %s field", row->name), NULL);
        }
        at++;
    }
}

/* Splits at blanks; returns the number of fields, at most max + 1. */
static unsigned split(const char *text, size_t from, size_t end, struct field *fields, unsigned max)
{
    unsigned count = 0;
    size_t at = from;
    for (;;) {
        while (at < end && is_blank(text[at])) {
            at++;
        }
        if (at == end) {
            return count;
        }
        size_t start = at;
        while (at < end && !is_blank(text[at])) {
            at++;
        }
        if (count < max) {
            memset(&fields[count], 0, sizeof fields[count]);
            fields[count].offset = start;
            fields[count].len = at - start;
        }
        if (++count > max) {
            return count;
        }
    }
}

static void fill_days(const struct reader *reader, const struct field fields[], struct cron *out)
{
    const struct field *monthday = &fields[FIELD_MONTHDAY];
    const struct field *weekday = &fields[FIELD_WEEKDAY];
    memset(out, 0, sizeof *out);
    out->minutes = fields[FIELD_MINUTE].mask;
    out->hours = (uint32_t)fields[FIELD_HOUR].mask;
    out->minute_star = fields[FIELD_MINUTE].first_star;
    out->hour_star = fields[FIELD_HOUR].first_star;
    out->wild = out->minute_star || out->hour_star;
    out->six_fields = reader->aws;
    struct day_rule *days = &out->days;
    days->months = (uint32_t)fields[FIELD_MONTH].mask;
    days->monthdays = (uint32_t)monthday->mask;
    if (reader->aws) {
        days->weekdays = (uint32_t)(weekday->mask >> 1) & ALL_WEEKDAYS;
        days->last_day = monthday->last;
        days->nearest = monthday->nearest;
        days->last_weekday = weekday->last_weekday;
        memcpy(days->nth_weekday, weekday->nth_weekday, sizeof days->nth_weekday);
        return;
    }
    uint32_t week = (uint32_t)weekday->mask;
    days->weekdays = (week | week >> 7) & ALL_WEEKDAYS; /* 7 is sunday too */
    bool star = reader->dialect == DIALECT_KUBERNETES ? monthday->whole_star || weekday->whole_star : monthday->first_star || weekday->first_star;
    days->either = !star;
    /* "or" with a side that matches every day is every day: keep one form for one meaning. */
    if (days->either && ((days->monthdays & ALL_MONTHDAYS) == ALL_MONTHDAYS || (days->weekdays & ALL_WEEKDAYS) == ALL_WEEKDAYS)) {
        days->either = false;
        days->monthdays = ALL_MONTHDAYS;
        days->weekdays = ALL_WEEKDAYS;
    }
}

/* Reads the text into fields and *out. `fields` has room for six. */
static bool read_expression(struct reader *reader, struct field fields[6], struct cron *out)
{
    const char *text = reader->text;
    size_t from = 0, end = strlen(text);
    while (end > 0 && is_blank(text[end - 1])) {
        end--;
    }
    while (from < end && is_blank(text[from])) {
        from++;
    }
    if (from == end) {
        return fail(reader, 0, end, "the cron expression is empty", "write five fields, as in `0 2 * * *`");
    }
    if (end - from > 1000) {
        return fail(reader, from, end - from, "the cron expression is longer than 1000 characters", NULL);
    }
    if (text[from] == '@') {
        for (size_t i = 0; i < sizeof shorthands / sizeof shorthands[0]; i++) {
            size_t len = strlen(shorthands[i].name);
            if (len == end - from && memcmp(shorthands[i].name, text + from, len) == 0) {
                reader->text = shorthands[i].meaning;
                return read_expression(reader, fields, out);
            }
        }
        return fail(reader, from, end - from, "this shorthand names no time of day",
                    "write five fields, or one of `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`");
    }
    if (strncmp(text + from, "TZ=", 3) == 0 || strncmp(text + from, "CRON_TZ=", 8) == 0) {
        return fail(reader, from, end - from, "the time zone does not belong into the cron expression",
                    "write the zone after the schedule, as in `cron \"0 2 * * *\" in \"Europe/Berlin\"`");
    }
    if (reader->dialect == DIALECT_AWS && end - from > 6 && memcmp(text + from, "cron(", 5) == 0 && text[end - 1] == ')') {
        from += 5;
        end--;
    }

    unsigned count = split(text, from, end, fields, 6);
    reader->aws = reader->dialect == DIALECT_AWS && count == 6;
    if (count != 5 && !reader->aws) {
        const char *help = "the fields are minute, hour, day of the month, month, weekday";
        if (count == 6) {
            help = "only AWS has six fields; there are no seconds and no year: write minute, hour, day of the month, "
                   "month, weekday";
        }
        return fail(reader, from, end - from,
                    count > 6 ? "a cron expression has five fields, this one has more than six"
                              : arena_printf(reader->arena, "a cron expression has five fields, this one has %u", count),
                    help);
    }
    for (unsigned i = 0; i < 5; i++) {
        const struct field_row *row = &vixie_fields[i];
        if (i == FIELD_WEEKDAY && reader->aws) {
            row = &aws_weekday;
        } else if (i == FIELD_WEEKDAY && reader->dialect == DIALECT_KUBERNETES) {
            row = &robfig_weekday;
        }
        if (!read_field(reader, row, (enum field_kind)i, &fields[i])) {
            return false;
        }
    }
    if (reader->aws) {
        const struct field *year = &fields[FIELD_YEAR];
        if (year->len != 1 || text[year->offset] != '*') {
            return fail(reader, year->offset, year->len, "a schedule with years ends", "write `*` as the year");
        }
        if (fields[FIELD_MONTHDAY].question == fields[FIELD_WEEKDAY].question) {
            return fail(reader, fields[FIELD_MONTHDAY].offset,
                        fields[FIELD_WEEKDAY].offset + fields[FIELD_WEEKDAY].len - fields[FIELD_MONTHDAY].offset,
                        "AWS wants `?` in exactly one of day of the month and weekday", "write `?` in the field that does not matter");
        }
    }
    fill_days(reader, fields, out);
    return true;
}

bool cron_parse(struct arena *arena, const char *text, enum cron_dialect dialect, struct cron *out, struct cron_error *error)
{
    struct field fields[6];
    struct reader reader = {arena, text, dialect, false, error};
    memset(error, 0, sizeof *error);
    memset(out, 0, sizeof *out);
    return read_expression(&reader, fields, out);
}

/* ---- lint ---------------------------------------------------------------------------------------------- */

struct lint_list {
    struct cron_lint *out;
    unsigned count;
};

static void add(struct lint_list *list, enum cron_lint_kind kind, const struct field *first, const struct field *last, const char *message)
{
    if (list->count < CRON_LINT_MAX) {
        struct cron_lint *lint = &list->out[list->count++];
        lint->kind = kind;
        lint->offset = first->offset;
        lint->len = last->offset + last->len - first->offset;
        lint->message = message;
    }
}

static bool same_days(const struct day_rule *a, const struct day_rule *b)
{
    return a->months == b->months && (a->monthdays & ALL_MONTHDAYS) == (b->monthdays & ALL_MONTHDAYS) && a->weekdays == b->weekdays &&
           a->either == b->either;
}

/* A stepped star restarts with every hour, day, month or year. */
static void lint_steps(struct arena *arena, struct lint_list *list, const struct field fields[])
{
    static const struct {
        unsigned count; /* values of the field; 0: the number differs from month to month */
        const char *restart;
    } rows[] = {{60, "hour"}, {24, "day"}, {0, "month"}, {12, "year"}, {7, "week"}};
    for (unsigned i = 0; i < 5; i++) {
        unsigned step = fields[i].star_step;
        if (step <= 1 || (rows[i].count != 0 && rows[i].count % step == 0)) {
            continue;
        }
        struct field place = fields[i];
        place.offset = fields[i].step_offset;
        place.len = fields[i].step_len;
        add(list, CRON_LINT_UNEVEN_STEP, &place, &place,
            arena_printf(arena, "a step of %u starts anew every %s, so the distances differ", step, rows[i].restart));
    }
}

unsigned cron_lint(struct arena *arena, const char *text, enum cron_dialect dialect, struct cron_lint out[CRON_LINT_MAX])
{
    struct field fields[6], other_fields[6];
    struct cron cron, other;
    struct cron_error error;
    struct reader reader = {arena, text, dialect, false, &error};
    struct lint_list list = {out, 0};
    memset(fields, 0, sizeof fields);
    memset(other_fields, 0, sizeof other_fields);
    if (!read_expression(&reader, fields, &cron)) {
        return 0;
    }
    if (reader.text != text) { /* a shorthand: its fields are not places in the text, and nothing is wrong with it */
        return 0;
    }
    const struct field *monthday = &fields[FIELD_MONTHDAY], *weekday = &fields[FIELD_WEEKDAY];
    const struct day_rule *days = &cron.days;

    struct day_walk walk;
    if (!day_walk_start(&walk, days, 0)) {
        add(&list, CRON_LINT_NEVER, monthday, weekday, "no day of any year matches");
    }
    bool ambiguous = false;
    if (!reader.aws) {
        enum cron_dialect counterpart = dialect == DIALECT_KUBERNETES ? DIALECT_DEBIAN : DIALECT_KUBERNETES;
        struct reader second = {arena, text, counterpart, false, &error};
        ambiguous = read_expression(&second, other_fields, &other) && !same_days(days, &other.days);
        if (ambiguous) {
            add(&list, CRON_LINT_STEP_AND, monthday, weekday,
                days->either ? "day of the month or weekday decides here, while other programs demand both"
                             : "day of the month and weekday must both match here, while other programs take either");
        }
    }
    if (days->either && !ambiguous) {
        add(&list, CRON_LINT_DAY_EITHER, monthday, weekday, "day of the month and weekday are both given, and either of them suffices");
    }
    lint_steps(arena, &list, fields);
    uint32_t late = UINT32_C(7) << 29;
    if (!days->either && !days->last_day && days->nearest == 0 && (days->monthdays & ALL_MONTHDAYS & ~late) == 0) {
        bool lacking = false;
        for (unsigned month = 1; month <= 12; month++) {
            unsigned shortest = month == 2 ? 28 : month_days(2001, month);
            uint32_t inside = (uint32_t)((UINT64_C(2) << shortest) - 2);
            lacking = lacking || ((days->months >> month & 1u) != 0 && (days->monthdays & inside) == 0);
        }
        if (lacking && day_walk_start(&walk, days, 0)) {
            add(&list, CRON_LINT_SKIPS_MONTHS, monthday, monthday, "not every month has such a day");
        }
    }
    return list.count;
}
