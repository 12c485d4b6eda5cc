/* The order of what is told: the verdict first, advice last. Sorted once before it is rendered. */
#include "source/diag.h"

#include "base/map.h"

#include <stdlib.h>
#include <string.h>

/* How far back one looks within one place and code: only few diagnostics stand there. */
enum { LOOK_BACK = 16 };

/* What comes before what. A reader who stops at any point has seen what weighs more. */
enum rank { RANK_WRONG, RANK_UNKNOWN, RANK_DOUBTFUL, RANK_RULE, RANK_NOTE, RANK_ADVICE };

#define COMPARE(a, b)                                                                                                                                \
    do {                                                                                                                                             \
        if ((a) != (b))                                                                                                                              \
            return (a) < (b) ? -1 : 1;                                                                                                               \
    } while (0)

static enum rank rank_of(const struct diag *diag)
{
    if (diag->severity == SEVERITY_ADVICE)
        return RANK_ADVICE;
    if (diag->rule)
        return RANK_RULE;
    if (diag->verdict == DIAG_UNKNOWN)
        return RANK_UNKNOWN;
    if (diag->severity == SEVERITY_ERROR)
        return RANK_WRONG;
    return diag->severity == SEVERITY_WARNING ? RANK_DOUBTFUL : RANK_NOTE;
}

static int compare_rules(const struct diag *x, const struct diag *y)
{
    return strcmp(x->rule ? x->rule : "", y->rule ? y->rule : "");
}

static int compare_places(const void *a, const void *b)
{
    const struct diag *x = *(const struct diag *const *)a, *y = *(const struct diag *const *)b;
    int order;

    /* Without a place means about the whole run: after everything that has one. */
    COMPARE(x->primary.span.start == 0, y->primary.span.start == 0);
    COMPARE(x->primary.span.start, y->primary.span.start);
    COMPARE(x->primary.span.end, y->primary.span.end);
    COMPARE(x->code, y->code);
    order = compare_rules(x, y);
    if (order)
        return order;
    COMPARE(x->sequence, y->sequence);
    return 0;
}

/* Blocks by rank, in it the worst first, then by the place of what opens them. */
static int compare_ranks(const void *a, const void *b)
{
    const struct diag *x = *(const struct diag *const *)a, *y = *(const struct diag *const *)b;

    COMPARE(rank_of(x->block), rank_of(y->block));
    COMPARE(y->block->severity, x->block->severity);
    COMPARE(x->block->position, y->block->position);
    COMPARE(x != x->block, y != y->block);
    COMPARE(y->severity, x->severity);
    COMPARE(x->position, y->position);
    return 0;
}

static bool same_place(const struct diag *x, const struct diag *y)
{
    return x->code == y->code && x->primary.span.start == y->primary.span.start && x->primary.span.end == y->primary.span.end &&
           compare_rules(x, y) == 0;
}

static bool same_diag(const struct diag *x, const struct diag *y)
{
    return same_place(x, y) && strcmp(x->message, y->message) == 0;
}

/* Each once, and advice only where it is wanted. */
static void drop_repeated(struct diag_sink *sink)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < sink->diags.len; i++) {
        struct diag *diag = sink->diags.items[i];
        bool seen = false;

        for (uint32_t back = kept; back-- > 0 && kept - back <= LOOK_BACK && !seen;) {
            if (sink->diags.items[back]->primary.span.start != diag->primary.span.start)
                break;
            seen = same_diag(sink->diags.items[back], diag);
        }
        if (!seen && !(sink->no_advice && diag->severity == SEVERITY_ADVICE))
            sink->diags.items[kept++] = diag;
    }
    sink->diags.len = kept;
}

/* ---------------------------------------------------------------- blocks */

/* The thing a message is about, without the scenario. */
static size_t thing_length(const struct diag *diag)
{
    return diag->subject ? strcspn(diag->subject, "@") : 0;
}

/* Whether it says of another scenario what the other says of its own, for the same reasons. */
static bool same_cause(const struct diag *x, const struct diag *y)
{
    size_t length = thing_length(x);

    if (!same_place(x, y) || x->rule || x->severity != y->severity || x->verdict != y->verdict || x->told_with || y->told_with || !length ||
        !x->subject[length] || thing_length(y) != length || strncmp(x->subject, y->subject, length + 1) != 0 || strcmp(x->subject, y->subject) == 0 ||
        x->notes.len != y->notes.len || x->labels.len != y->labels.len)
        return false;
    for (uint32_t i = 0; i < x->notes.len; i++) {
        if (strcmp(x->notes.items[i].text, y->notes.items[i].text) != 0)
            return false;
    }
    for (uint32_t i = 0; i < x->labels.len; i++) {
        if (x->labels.items[i].span.start != y->labels.items[i].span.start || strcmp(x->labels.items[i].text, y->labels.items[i].text) != 0)
            return false;
    }
    return true;
}

static struct diag *block_of_cause(const struct diag_sink *sink, struct diag *diag)
{
    for (uint32_t back = diag->position; back-- > 0 && diag->position - back <= LOOK_BACK;) {
        struct diag *other = sink->diags.items[back];

        if (!same_place(other, diag))
            break;
        if (other->block == other && same_cause(other, diag))
            return other;
    }
    return diag;
}

static atom block_key(struct diag_sink *sink, struct intern *names, const struct diag *diag)
{
    return intern_str(names, arena_printf(sink->arena, "%s %s", diag_info(diag->code)->code, diag->rule));
}

static void find_blocks(struct diag_sink *sink)
{
    struct intern *names = intern_new(sink->arena);
    struct map rules = {0};

    for (uint32_t i = 0; i < sink->diags.len; i++) {
        struct diag *diag = sink->diags.items[i], *worst;

        diag->position = i;
        diag->block = diag;
        if (!diag->rule) {
            diag->block = block_of_cause(sink, diag);
            continue;
        }
        worst = map_get(&rules, block_key(sink, names, diag));
        if (!worst || diag->severity > worst->severity)
            map_set(&rules, sink->arena, block_key(sink, names, diag), diag);
    }
    for (uint32_t i = 0; i < sink->diags.len; i++) {
        struct diag *diag = sink->diags.items[i];

        if (diag->rule)
            diag->block = map_get(&rules, block_key(sink, names, diag));
    }
}

static void sort(struct diag_sink *sink, int (*compare)(const void *, const void *))
{
    if (sink->diags.len > 1)
        qsort(sink->diags.items, sink->diags.len, sizeof sink->diags.items[0], compare);
}

void diag_sort(struct diag_sink *sink)
{
    sort(sink, compare_places);
    drop_repeated(sink);
    find_blocks(sink);
    sort(sink, compare_ranks);
    sink->errors = sink->warnings = 0;
    for (uint32_t i = 0; i < sink->diags.len; i++) {
        sink->errors += sink->diags.items[i]->severity == SEVERITY_ERROR;
        sink->warnings += sink->diags.items[i]->severity == SEVERITY_WARNING;
    }
}
