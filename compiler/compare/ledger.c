/* What the proof rests on: figures, the ledger, and what rules found. */
#include "compare/internal.h"

#include <string.h>

static const char *key_of_figure(struct comparison *c, enum side side, const void *item)
{
    (void)c;
    (void)side;
    return ((const struct plan_figure *)item)->id;
}

/* What is behind the colon of an id, with the new name of everything that has one: `runs:db.full@shelf`, `detects:api.east.flood`. */
static const char *renamed_parts(struct comparison *c, const char *parts)
{
    struct strbuf out = STRBUF_INIT;
    const char *copy;

    while (*parts) {
        size_t len = strcspn(parts, ".@/");
        const char *now = NULL;

        for (uint32_t i = 0; i < c->renamed.len && !now && len; i++) {
            const char *old = strchr(c->renamed.entries[i].key, '.');

            if (old && strlen(old + 1) == len && strncmp(old + 1, parts, len) == 0 && strchr(c->renamed.entries[i].value, '.'))
                now = strchr(c->renamed.entries[i].value, '.') + 1;
        }
        strbuf_addf(&out, "%.*s", now ? (int)strlen(now) : (int)len, now ? now : parts);
        parts += len;
        if (*parts)
            strbuf_add(&out, parts++, 1);
    }
    copy = strbuf_dup(&out, c->arena);
    strbuf_release(&out);
    return copy;
}

/* Of what was renamed the entries are called otherwise too: the subject as a whole, which may have dots of its own, and what follows it. */
static const char *key_of_assumption(struct comparison *c, enum side side, const void *item)
{
    const struct plan_assumption *entry = item;
    const char *colon = entry->id ? strchr(entry->id, ':') : NULL, *now, *rest;
    size_t len = entry->subject ? strlen(entry->subject) : 0;

    if (side == AFTER || !c->renamed.len || !colon)
        return entry->id;
    rest = colon + 1;
    now = "";
    if (len && entry->subject_kind && strncmp(rest, entry->subject, len) == 0 && (!rest[len] || strchr(".@/", rest[len]))) {
        now = id_after(c, arena_printf(c->arena, "%s.%s", entry->subject_kind, entry->subject)) + strlen(entry->subject_kind) + 1;
        rest += len;
    }
    return arena_printf(c->arena, "%.*s:%s%s", (int)(colon - entry->id), entry->id, now, renamed_parts(c, rest));
}

static int grade_rank(const char *grade)
{
    return grade && grade[0] ? strcmp(grade, "P") == 0 ? 'P' : grade[0] : 'Z';
}

/* A figure is its kind's: each beginning of its id may be one's name. */
static void why_figure(struct comparison *c, struct compare_change *change, const char *id)
{
    for (const char *dot = strchr(id, '.'); dot; dot = strchr(dot + 1, '.')) {
        const char *kind = arena_printf(c->arena, "kind.%.*s", (int)(dot - id), id);

        causes_of_ids(c, change, &kind, 1);
    }
}

static void each_figure(struct comparison *c, const void *before, const void *after, void *context)
{
    const struct plan_figure *a = before, *b = after, *any = b ? b : a;
    struct about about = {.sort = "figure", .subject = any->id, .at = {a ? a->origin : NULL, b ? b->origin : NULL}, .thing = c->plan_id};

    uint32_t first = c->changes.len;

    (void)context;
    if (!a || !b)
        return; /* which of them the proof uses follows from what it is about */
    compare_fields(c, &about, PLAN_STRUCT_figure, a, b, NULL, NULL);
    if (!a->value.known && !b->value.known && !same_words(a->written, b->written))
        add_change(c, &about, a->attribute, a->written, b->written, COMPARE_NEITHER, CHANGE_NO_RULE);
    if (!same_words(a->grade, b->grade))
        add_change(c, &about, "grade", a->grade, b->grade, grade_rank(b->grade) > grade_rank(a->grade) ? COMPARE_WEAKER : COMPARE_STRONGER,
                   CHANGE_FIGURE_NO_ASSERT);
    if (!same_words(a->worst_grade, b->worst_grade))
        add_change(c, &about, "grade of its worst end", a->worst_grade, b->worst_grade,
                   grade_rank(b->worst_grade) > grade_rank(a->worst_grade) ? COMPARE_WEAKER : COMPARE_STRONGER, CHANGE_FIGURE_NO_ASSERT);
    for (uint32_t i = first; i < c->changes.len; i++)
        why_figure(c, &c->changes.items[i], any->id);
}

static const char *check_words(struct comparison *c, const struct plan_check *check)
{
    const struct plan_field *command = field_named(PLAN_STRUCT_check, "command");
    const char *words = check ? field_words(c, command, check) : NULL;

    return words ? words : check ? check->question : NULL;
}

/* The block that an entry is about, where its id names one: `asset.db/replica.west` of `lag:db.replica.west`. */
static const char *protection_of(struct comparison *c, const struct plan_assumption *entry)
{
    const char *colon = entry->id ? strchr(entry->id, ':') : NULL;
    size_t len = entry->subject ? strlen(entry->subject) : 0;

    if (!colon || !entry->subject_kind || !len || strncmp(colon + 1, entry->subject, len) != 0 || colon[1 + len] != '.')
        return NULL;
    return arena_printf(c->arena, "%s.%s/%s", entry->subject_kind, entry->subject, colon + 2 + len);
}

static void each_assumption(struct comparison *c, const void *before, const void *after, void *context)
{
    const struct plan_assumption *a = before, *b = after, *any = b ? b : a;
    struct about about = {.sort = "ledger",
                          .subject = any->id,
                          .at = {a ? a->origin : NULL, b ? b->origin : NULL},
                          .thing = any->subject_kind ? arena_printf(c->arena, "%s.%s", any->subject_kind, any->subject ? any->subject : "") : NULL};
    const char *checks[SIDES], *ids[] = {about.thing, protection_of(c, any)};
    uint32_t first = c->changes.len;

    (void)context;
    if (!a || !b) {
        add_change(c, &about, NULL, a ? a->says : NULL, b ? b->says : NULL, COMPARE_NEITHER, CHANGE_NO_RULE);
        causes_of_ids(c, &c->changes.items[first], ids, 2);
        return;
    }
    compare_fields(c, &about, PLAN_STRUCT_assumption, a, b, NULL, NULL);
    if (same_words(a->value, b->value) && same_words(a->id, b->id) && !same_words(a->says, b->says))
        add_change(c, &about, "says", a->says, b->says, COMPARE_NEITHER, CHANGE_NO_RULE);
    if (a->by && b->by)
        compare_fields(c, &about, PLAN_STRUCT_made_true, a->by, b->by, NULL, NULL);
    checks[BEFORE] = check_words(c, a->check);
    checks[AFTER] = check_words(c, b->check);
    if (!same_words(checks[BEFORE], checks[AFTER]))
        add_change(c, &about, "check", checks[BEFORE], checks[AFTER],
                   !checks[AFTER]    ? COMPARE_WEAKER
                   : !checks[BEFORE] ? COMPARE_STRONGER
                                     : COMPARE_NEITHER,
                   CHANGE_ASSUMPTION_NO_UNWATCH);
    if (a->unwatched != b->unwatched)
        add_change(c, &about, "somebody would notice its end", a->unwatched ? "no" : "yes", b->unwatched ? "no" : "yes",
                   b->unwatched ? COMPARE_WEAKER : COMPARE_STRONGER, CHANGE_ASSUMPTION_NO_UNWATCH);
    for (uint32_t i = first; i < c->changes.len; i++)
        causes_of_ids(c, &c->changes.items[i], ids, 2);
}

/* ---- what rules found */

static const char *subject_id(struct comparison *c, enum side side, const struct plan_finding *finding)
{
    const char *id = arena_printf(c->arena, "%s.%s", finding->subject_kind ? finding->subject_kind : "", finding->subject ? finding->subject : "");

    return side == BEFORE ? id_after(c, id) : id;
}

static const char *key_of_finding(struct comparison *c, enum side side, const void *item)
{
    const struct plan_finding *finding = item;

    return arena_printf(c->arena, "%s %s %s", finding->name ? finding->name : "", subject_id(c, side, finding),
                        finding->scenario && finding->scenario->name ? finding->scenario->name : "");
}

/* An objective that does not hold is told as its verdict. */
static bool is_of_a_verdict(const struct plan_finding *finding)
{
    static const char *const names[] = {"rto-refuted", "rpo-refuted", "no-method",         "verdict-unknown", "endpoint-refuted",
                                        "group-skew",  "slo-refuted", "group-rpo-refuted", "slo-unknown"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (same_words(finding->name, names[i]))
            return true;
    }
    return false;
}

static void each_finding(struct comparison *c, const void *before, const void *after, void *context)
{
    const struct plan_finding *a = before, *b = after, *any = b ? b : a;
    struct about about = {.sort = "finding",
                          .subject = any->name,
                          .scenario = any->scenario ? any->scenario->name : NULL,
                          .at = {a ? a->origin : NULL, b ? b->origin : NULL},
                          .thing = subject_id(c, b ? AFTER : BEFORE, any)};
    const char *rule = arena_printf(c->arena, "rule.%s", any->name ? any->name : ""), *ids[] = {about.thing, rule, NULL};
    struct compare_change *change = NULL;

    (void)context;
    if (a && b) {
        const char *was = a->accepted ? id_after(c, a->accepted->id) : NULL, *is = b->accepted ? b->accepted->id : NULL;

        about.subject = arena_printf(c->arena, "%s on %s", any->name ? any->name : "", about.thing);
        if (!same_words(was, is))
            change = add_change(c, &about, "accepted by", was, is, COMPARE_NEITHER, CHANGE_NO_RULE);
        ids[2] = is ? is : was;
    } else if (any->severity >= PLAN_SEVERITY_warning && !is_of_a_verdict(any)) {
        about.subject = arena_printf(c->arena, "%s on %s", any->name ? any->name : "", about.thing);
        change = add_change(c, &about, NULL, a ? a->message : NULL, b ? b->message : NULL, b ? COMPARE_WEAKER : COMPARE_STRONGER,
                            any->severity == PLAN_SEVERITY_error ? CHANGE_ERROR_NO_ADD : CHANGE_FINDING_NO_ADD);
        ids[2] = any->accepted ? any->accepted->id : NULL;
    }
    if (change)
        causes_of_ids(c, change, ids, 3);
}

void compare_ledger(struct comparison *c)
{
    const struct plan_document *a = c->plan[BEFORE], *b = c->plan[AFTER];
    const struct list figures = LIST_OF(figure, a, b, figures), assumptions = LIST_OF(assumption, a, b, assumptions),
                      findings = LIST_OF(finding, a, b, findings);

    pair_up(c, &figures, key_of_figure, each_figure, NULL);
    pair_up(c, &assumptions, key_of_assumption, each_assumption, NULL);
    pair_up(c, &findings, key_of_finding, each_finding, NULL);
}
