/* The sink: diagnostics are made in the arena and kept in order of report. diag_order.c sorts and deduplicates them once before they
 * are rendered. */
#include "source/diag.h"

#include <stdlib.h>
#include <string.h>

enum { NOTE = SEVERITY_NOTE, WARNING = SEVERITY_WARNING, ERROR = SEVERITY_ERROR };

static const struct diag_info infos[] = {
#define DIAG(code, name, level, title, explanation) {#code, name, (enum severity)level, title, explanation},
#include "source/diag.def"
#undef DIAG
    {NULL, NULL, SEVERITY_NOTE, NULL, NULL},
};

void diag_sink_init(struct diag_sink *sink, struct arena *arena, const struct sources *sources)
{
    memset(sink, 0, sizeof *sink);
    sink->arena = arena;
    sink->sources = sources;
    memset(sink->level, LEVEL_DEFAULT, sizeof sink->level);
}

const struct diag_info *diag_info(enum diag_code code)
{
    return &infos[code];
}

enum diag_code diag_find(const char *text)
{
    for (int code = 0; code < DIAG_COUNT; code++) {
        if (strcmp(infos[code].code, text) == 0 || strcmp(infos[code].name, text) == 0)
            return (enum diag_code)code;
    }
    return DIAG_COUNT;
}

struct diag *diag_report(struct diag_sink *sink, enum diag_code code, struct span span, const char *format, ...)
{
    struct diag *diag = ARENA_NEW(sink->arena, struct diag);
    int level = sink->level[code] < 0 ? (int)infos[code].severity : sink->level[code];
    va_list args;

    diag->sink = sink;
    diag->code = code;
    diag->primary.span = span;
    diag->primary.text = "";
    va_start(args, format);
    diag->message = arena_vprintf(sink->arena, format, args);
    va_end(args);
    if (level == LEVEL_OFF)
        return diag; /* never listed, but the caller may go on adding to it */
    if (level == WARNING && sink->warnings_are_errors)
        level = ERROR;
    diag->severity = (enum severity)level;
    diag->sequence = sink->diags.len;
    vec_push(sink->arena, &sink->diags, diag);
    if (level == ERROR)
        sink->errors++;
    else if (level == WARNING)
        sink->warnings++;
    return diag;
}

static void count(struct diag_sink *sink, enum severity severity, uint32_t by)
{
    if (severity == SEVERITY_ERROR)
        sink->errors += by;
    else if (severity == SEVERITY_WARNING)
        sink->warnings += by;
}

void diag_set_severity(struct diag *diag, enum severity severity)
{
    struct diag_sink *sink = diag->sink;

    if (sink->level[diag->code] == LEVEL_OFF || (sink->level[diag->code] >= 0 && severity != SEVERITY_ADVICE))
        return; /* the user decided, or it is off and not counted */
    if (severity == SEVERITY_WARNING && sink->warnings_are_errors)
        severity = SEVERITY_ERROR;
    count(sink, diag->severity, (uint32_t)-1);
    count(sink, severity, 1);
    diag->severity = severity;
}

struct diag *diag_at(struct diag *diag, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    diag->primary.text = arena_vprintf(diag->sink->arena, format, args);
    va_end(args);
    return diag;
}

struct diag *diag_label(struct diag *diag, struct span span, const char *format, ...)
{
    struct diag_label label = {span, NULL};
    va_list args;

    va_start(args, format);
    label.text = arena_vprintf(diag->sink->arena, format, args);
    va_end(args);
    if (span.start) /* a label without a place has nothing to point at */
        vec_push(diag->sink->arena, &diag->labels, label);
    return diag;
}

struct diag *diag_note(struct diag *diag, const char *format, ...)
{
    struct diag_note note = {0};
    va_list args;

    va_start(args, format);
    note.text = arena_vprintf(diag->sink->arena, format, args);
    va_end(args);
    vec_push(diag->sink->arena, &diag->notes, note);
    return diag;
}

struct diag *diag_note_brief(struct diag *diag, const char *whole, const char *format, ...)
{
    struct diag_note note = {.text = arena_strdup(diag->sink->arena, whole)};
    va_list args;

    va_start(args, format);
    note.brief = arena_vprintf(diag->sink->arena, format, args);
    va_end(args);
    vec_push(diag->sink->arena, &diag->notes, note);
    return diag;
}

struct diag *diag_note_more(struct diag *diag, const char *format, ...)
{
    struct diag_note note = {.brief = ""};
    va_list args;

    va_start(args, format);
    note.text = arena_vprintf(diag->sink->arena, format, args);
    va_end(args);
    vec_push(diag->sink->arena, &diag->notes, note);
    return diag;
}

struct diag *diag_help(struct diag *diag, const char *format, ...)
{
    struct diag_help help = {0};
    va_list args;

    va_start(args, format);
    help.text = arena_vprintf(diag->sink->arena, format, args);
    va_end(args);
    vec_push(diag->sink->arena, &diag->helps, help);
    return diag;
}

struct diag *diag_fix(struct diag *diag, struct span span, const char *replacement, const char *format, ...)
{
    struct diag_help help = {.fix = span, .replacement = arena_strdup(diag->sink->arena, replacement)};
    va_list args;

    va_start(args, format);
    help.text = arena_vprintf(diag->sink->arena, format, args);
    va_end(args);
    vec_push(diag->sink->arena, &diag->helps, help);
    return diag;
}

enum { WORD_MAX = 64 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool equal_ignoring_case(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b))
        a++, b++;
    return *a == *b;
}

/* Damerau-Levenshtein (optimal string alignment); a result above `limit` is only known to be above it. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];

    for (size_t j = 0; j <= b_len; j++)
        last[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *spare = before;

        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t best = last[j - 1] + (a[i - 1] != b[j - 1]);

            if (last[j] + 1 < best)
                best = last[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            row[j] = best;
        }
        before = last;
        last = row;
        row = spare;
    }
    return last[b_len];
}

const char *nearest(const char *word, const char *const *candidates, size_t count)
{
    size_t len = strlen(word), limit = len / 3 > 1 ? len / 3 : 1, best = limit + 1;
    const char *found = NULL;

    for (size_t i = 0; i < count; i++) {
        if (candidates[i] && equal_ignoring_case(word, candidates[i]))
            return candidates[i];
    }
    if (len > WORD_MAX || len == 0)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t other = candidates[i] ? strlen(candidates[i]) : 0, far;

        if (other == 0 || other > WORD_MAX || (other > len ? other - len : len - other) >= best)
            continue;
        far = distance(word, len, candidates[i], other);
        /* A word of one or two letters is near everything of its length. */
        if (far < best && far < len && far < other) {
            best = far;
            found = candidates[i];
        }
    }
    return found;
}
