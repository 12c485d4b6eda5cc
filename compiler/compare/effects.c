/* What the edits make of the proof: each field that somebody decides by, in words, which way it went, and the rule that is against it.
 *
 * What a field is and which direction is weaker its row of plan.def says; which fields are told, and under which name, the table here. */
#include "compare/internal.h"

#include <string.h>

/* What a field of an outcome is worked out from. */
enum rests { ON_THING, ON_TIME, ON_LOSS, ON_TIME_AND_OBJECTIVE, ON_LOSS_AND_OBJECTIVE };

struct watch {
    int in;
    const char *field; /* NULL: that it is there at all */
    const char *what;
    enum compare_rule rule;
    enum rests rests;
};

/* clang-format off */
static const struct watch watched[] = {
    {PLAN_STRUCT_site, NULL, NULL, COMPARE_SITE_NO_DELETE, ON_THING},
    {PLAN_STRUCT_site, "within", "within", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_site, "region", "region", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_asset, NULL, NULL, COMPARE_ASSET_NO_DELETE, ON_THING},
    {PLAN_STRUCT_asset, "kind", "kind", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_asset, "tier", "tier", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_asset, "owner", "owner", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_asset, "sites", "places", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_asset, "needs", "needs", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_asset, "restores_with", "restores with", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_copies, "total", "copies", COMPARE_COPY_NO_DELETE, ON_THING},
    {PLAN_STRUCT_copies, "media", "media of copies", COMPARE_COPY_NO_DELETE, ON_THING},
    {PLAN_STRUCT_copies, "offsite", "copies elsewhere", COMPARE_COPY_NO_DELETE, ON_THING},
    {PLAN_STRUCT_copies, "immutable", "copies nobody can change", COMPARE_COPY_NO_DELETE, ON_THING},
    {PLAN_STRUCT_copies, "verified_every", "restores are tested every", COMPARE_DRILL_NO_LOOSEN, ON_THING},
    {PLAN_STRUCT_endpoint, NULL, NULL, COMPARE_ASSET_NO_DELETE, ON_THING},
    {PLAN_STRUCT_endpoint, "fqdn", "name", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_endpoint, "mode", "moved by", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_endpoint, "kept", "answers are kept", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_group, NULL, NULL, COMPARE_ASSET_NO_DELETE, ON_THING},
    {PLAN_STRUCT_group, "members", "members", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_scenario, NULL, NULL, COMPARE_SCENARIO_NO_DELETE, ON_THING},
    {PLAN_STRUCT_scenario, "class", "class", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_scenario, "detect", "noticed within", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_scenario, "declare", "declared within", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_scenario, "approve", "approved within", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_scenario, "finish", "all is back after", COMPARE_RTO_NO_REGRESS, ON_THING},
    {PLAN_STRUCT_outcome, NULL, NULL, COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_outcome, "fate", "fate", COMPARE_NO_RULE, ON_TIME},
    {PLAN_STRUCT_outcome, "method", "method", COMPARE_NO_RULE, ON_TIME},
    {PLAN_STRUCT_outcome, "serves_at", "serves at", COMPARE_NO_RULE, ON_TIME},
    {PLAN_STRUCT_outcome, "finish", "worst-case recovery time", COMPARE_RTO_NO_REGRESS, ON_TIME},
    {PLAN_STRUCT_outcome, "data_loss", "worst-case loss", COMPARE_RPO_NO_REGRESS, ON_LOSS},
    {PLAN_STRUCT_outcome, "rto_verdict", "verdict of its RTO", COMPARE_VERDICT_NO_REGRESS, ON_TIME_AND_OBJECTIVE},
    {PLAN_STRUCT_outcome, "rpo_verdict", "verdict of its RPO", COMPARE_VERDICT_NO_REGRESS, ON_LOSS_AND_OBJECTIVE},
    {PLAN_STRUCT_name_outcome, "to", "leads to", COMPARE_NO_RULE, ON_TIME},
    {PLAN_STRUCT_name_outcome, "finish", "worst-case recovery time", COMPARE_RTO_NO_REGRESS, ON_TIME},
    {PLAN_STRUCT_name_outcome, "verdict", "verdict of its RTO", COMPARE_VERDICT_NO_REGRESS, ON_TIME_AND_OBJECTIVE},
    {PLAN_STRUCT_group_outcome, "data_loss", "worst-case loss", COMPARE_RPO_NO_REGRESS, ON_LOSS},
    {PLAN_STRUCT_group_outcome, "skew", "worst skew", COMPARE_RPO_NO_REGRESS, ON_LOSS},
    {PLAN_STRUCT_group_outcome, "max_skew", "tolerated skew", COMPARE_OBJECTIVE_NO_WEAKEN, ON_LOSS},
    {PLAN_STRUCT_group_outcome, "verdict", "verdict", COMPARE_VERDICT_NO_REGRESS, ON_LOSS_AND_OBJECTIVE},
    {PLAN_STRUCT_step, NULL, NULL, COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "after", "waits for", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "takes", "takes", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "by", "done by", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "manual", "instruction", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "phase", "phase", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "mode", "who does it", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "otherwise", "what is attested instead", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "expect", "what one sees then", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "run", "command", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "check", "command that tells whether it is done", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "until", "command that is asked until it is done", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "verify", "command that verifies it", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "undo", "command that takes it back", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "retries", "tried again", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "on_failure", "when it fails", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "irreversible", "point of no return", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "best_effort", "may fail", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_slo, NULL, NULL, COMPARE_OBJECTIVE_NO_WEAKEN, ON_THING},
    {PLAN_STRUCT_slo, "target", "availability asked for", COMPARE_OBJECTIVE_NO_WEAKEN, ON_THING},
    {PLAN_STRUCT_slo, "availability", "availability at the worst", COMPARE_RTO_NO_REGRESS, ON_THING},
    {PLAN_STRUCT_slo, "verdict", "verdict of the availability", COMPARE_VERDICT_NO_REGRESS, ON_THING},
    {PLAN_STRUCT_job, NULL, NULL, COMPARE_COPY_NO_DELETE, ON_THING},
    {PLAN_STRUCT_job, "runs_at", "runs at", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_job, "to", "writes to", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_job, "copies", "copies to", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_job, "ship_every", "ships every", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_job, "verify_every", "restores are tested every", COMPARE_DRILL_NO_LOOSEN, ON_THING},
    {PLAN_STRUCT_job, "encryption", "encryption", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_job, "run", "command", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_job, "verify", "command that verifies a copy", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_job, "restore", "command that brings a copy back", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_store, NULL, NULL, COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_store, "put", "command that writes", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_store, "fetch", "command that reads", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_store, "list", "command that lists", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_store, "remove", "command that removes", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_export, NULL, NULL, COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_export, "run", "command", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_export, "import", "command that imports", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_export, "verify", "command that verifies it", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_schedule, "written", "schedule", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_drill, NULL, NULL, COMPARE_DRILL_NO_LOOSEN, ON_THING},
    {PLAN_STRUCT_drill, "kind", "sort", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_drill, "scenario", "rehearses", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_drill, "cadence", "held every", COMPARE_DRILL_NO_LOOSEN, ON_THING},
    {PLAN_STRUCT_figure, NULL, NULL, COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_figure, "value", "worst end", COMPARE_FIGURE_NO_ASSERT, ON_THING},
    {PLAN_STRUCT_assumption, NULL, NULL, COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_assumption, "value", "value", COMPARE_NO_RULE, ON_THING},
    {PLAN_STRUCT_made_true, "who", "made true by", COMPARE_ASSUMPTION_NO_DEMAND, ON_THING},
};
/* clang-format on */

struct about {
    const char *sort, *subject, *scenario;
    const char *at[SIDES]; /* FILE:LINE */
};

static const struct plan_field *field_named(int in, const char *name)
{
    for (unsigned i = 0; i < plan_structs[in].count; i++) {
        if (strcmp(plan_structs[in].fields[i].name, name) == 0)
            return &plan_structs[in].fields[i];
    }
    return NULL;
}

static struct compare_change *add_change(struct comparison *c, const struct about *about, const char *what, const char *before, const char *after,
                                         enum compare_way way, enum compare_rule rule)
{
    struct compare_change change = {.sort = about->sort,
                                    .subject = about->subject,
                                    .scenario = about->scenario,
                                    .what = what,
                                    .before = before,
                                    .after = after,
                                    .before_at = about->at[BEFORE],
                                    .after_at = about->at[AFTER],
                                    .way = way,
                                    .rule = way == COMPARE_WEAKER ? rule : COMPARE_NO_RULE};

    vec_push(c->arena, &c->changes, change);
    return &c->changes.items[c->changes.len - 1];
}

/* Every watched field of two of one struct; those that are others are told. `each` says why; NULL: nobody asks. */
typedef void why_fn(struct comparison *c, struct compare_change *change, const struct watch *watch, void *context);

static void compare_fields(struct comparison *c, const struct about *about, int in, const void *before, const void *after, why_fn *why, void *context)
{
    for (size_t i = 0; i < sizeof watched / sizeof *watched; i++) {
        const struct watch *watch = &watched[i];
        const struct plan_field *field = watch->in == in && watch->field ? field_named(in, watch->field) : NULL;
        const char *a, *b;
        struct compare_change *change;

        if (!field)
            continue;
        a = field_words(c, field, before);
        b = field_words(c, field, after);
        if (same_words(a, b))
            continue;
        change = add_change(c, about, watch->what, a, b, way_of(field, before, after), watch->rule);
        if (why)
            why(c, change, watch, context);
    }
}

static enum compare_rule rule_of(int in)
{
    for (size_t i = 0; i < sizeof watched / sizeof *watched; i++) {
        if (watched[i].in == in && !watched[i].field)
            return watched[i].rule;
    }
    return COMPARE_NO_RULE;
}

/* What is there on one side alone. What is gone is weaker where a rule says so. */
static struct compare_change *there_or_gone(struct comparison *c, const struct about *about, int in, bool gone, const char *words)
{
    enum compare_rule rule = rule_of(in);
    enum compare_way way = rule == COMPARE_NO_RULE ? COMPARE_NEITHER : gone ? COMPARE_WEAKER : COMPARE_STRONGER;

    return add_change(c, about, NULL, gone ? words : NULL, gone ? NULL : words, way, rule);
}

/* ---- lists: those of one side, and each with its like on the other */

typedef const char *key_fn(struct comparison *c, enum side side, const void *item);

struct list {
    const void *items[SIDES];
    uint32_t count[SIDES];
    size_t size;
};

static const void *item_of(const struct list *list, enum side side, uint32_t i)
{
    return (const char *)list->items[side] + i * list->size;
}

typedef void pair_fn(struct comparison *c, const void *before, const void *after, void *context);

/* In the order of the new plan, what is gone first. What a plan of others does not name is left out. */
static void pair_up(struct comparison *c, const struct list *list, key_fn *key, pair_fn *each, void *context)
{
    struct map had = {0}, met = {0};

    for (uint32_t i = 0; i < list->count[BEFORE]; i++) {
        const void *item = item_of(list, BEFORE, i);
        const char *name = key(c, BEFORE, item);

        if (name && name[0])
            map_add(&had, c->arena, intern_str(c->names, name), (void *)(uintptr_t)item);
    }
    for (uint32_t i = 0; i < list->count[AFTER]; i++) {
        const void *item = item_of(list, AFTER, i);
        const char *name = key(c, AFTER, item);

        if (name && name[0])
            map_add(&met, c->arena, intern_str(c->names, name), (void *)(uintptr_t)item);
    }
    for (uint32_t i = 0; i < had.len; i++) {
        if (!map_get(&met, had.entries[i].key))
            each(c, had.entries[i].value, NULL, context);
    }
    for (uint32_t i = 0; i < met.len; i++)
        each(c, map_get(&had, met.entries[i].key), met.entries[i].value, context);
    map_release(&had, c->arena);
    map_release(&met, c->arena);
}

#define LIST_OF(type, from, to, field)                                                                                                               \
    ((struct list){{(from) ? (from)->field : NULL, (to) ? (to)->field : NULL},                                                                       \
                   {(from) ? (from)->field##_count : 0, (to) ? (to)->field##_count : 0},                                                             \
                   sizeof(struct plan_##type)})

/* Its id among what is declared, in the names of the new plan. */
static const char *declared(struct comparison *c, enum side side, const struct plan_thing *thing, const char *otherwise)
{
    if (!thing || !thing->id)
        return otherwise;
    return side == BEFORE ? id_after(c, thing->id) : thing->id;
}

#define KEY_BY_THING(type)                                                                                                                           \
    static const char *key_of_##type(struct comparison *c, enum side side, const void *item)                                                         \
    {                                                                                                                                                \
        const struct plan_##type *it = item;                                                                                                         \
                                                                                                                                                     \
        return declared(c, side, it->thing, it->name);                                                                                               \
    }
KEY_BY_THING(site)
KEY_BY_THING(asset)
KEY_BY_THING(endpoint)
KEY_BY_THING(group)
KEY_BY_THING(scenario)
KEY_BY_THING(drill)

static const char *key_of_outcome(struct comparison *c, enum side side, const void *item)
{
    const struct plan_asset *asset = ((const struct plan_outcome *)item)->asset;

    return asset ? declared(c, side, asset->thing, asset->name) : NULL;
}

static const char *key_of_name(struct comparison *c, enum side side, const void *item)
{
    const struct plan_endpoint *endpoint = ((const struct plan_name_outcome *)item)->endpoint;

    return endpoint ? declared(c, side, endpoint->thing, endpoint->name) : NULL;
}

static const char *key_of_group_outcome(struct comparison *c, enum side side, const void *item)
{
    const struct plan_group *group = ((const struct plan_group_outcome *)item)->group;

    return group ? declared(c, side, group->thing, group->name) : NULL;
}

static const char *key_of_slo(struct comparison *c, enum side side, const void *item)
{
    const struct plan_endpoint *endpoint = ((const struct plan_slo *)item)->endpoint;

    return endpoint ? declared(c, side, endpoint->thing, endpoint->name) : NULL;
}

/* Of a renamed asset the steps are called otherwise too. */
static const char *key_of_step(struct comparison *c, enum side side, const void *item)
{
    const struct plan_step *step = item;
    const char *dot = step->id ? strchr(step->id, '.') : NULL, *name;

    if (side == AFTER || !dot || !step->subject || !step->subject->id)
        return step->id;
    name = strchr(id_after(c, step->subject->id), '.');
    return name ? arena_printf(c->arena, "%s%s", name + 1, dot) : step->id;
}

static const char *key_of_job(struct comparison *c, enum side side, const void *item)
{
    const struct plan_job *job = item;

    const char *id = declared(c, side, job->backup, NULL);

    return id ? arena_printf(c->arena, "%s@%s", id, job->group ? "group" : "") : job->name;
}

static const char *key_of_store(struct comparison *c, enum side side, const void *item)
{
    return declared(c, side, ((const struct plan_store *)item)->store, NULL);
}

static const char *key_of_export(struct comparison *c, enum side side, const void *item)
{
    return declared(c, side, ((const struct plan_export *)item)->thing, NULL);
}

static const char *key_of_figure(struct comparison *c, enum side side, const void *item)
{
    (void)c;
    (void)side;
    return ((const struct plan_figure *)item)->id;
}

static const char *key_of_assumption(struct comparison *c, enum side side, const void *item)
{
    (void)c;
    (void)side;
    return ((const struct plan_assumption *)item)->id;
}

static const char *address_of(struct comparison *c, const struct plan_emission *emission)
{
    struct strbuf out = STRBUF_INIT;
    const char *text;

    strbuf_addstr(&out, emission->block->type ? emission->block->type : "");
    for (uint32_t i = 0; i < emission->block->labels_count; i++)
        strbuf_addf(&out, " %s", emission->block->labels[i] ? emission->block->labels[i] : "");
    text = strbuf_dup(&out, c->arena);
    strbuf_release(&out);
    return text;
}

static const char *key_of_emission(struct comparison *c, enum side side, const void *item)
{
    const struct plan_emission *emission = item;

    (void)side;
    if (!emission->block)
        return "";
    return arena_printf(c->arena, "%s %d %s %s %s", emission->target ? emission->target : "", (int)emission->root,
                        emission->site && emission->site->name ? emission->site->name : "", emission->example ? "example" : "",
                        address_of(c, emission));
}

/* ---- objectives */

static void compare_objective(struct comparison *c, const struct about *about, const char *what, const struct plan_objective *before,
                              const struct plan_objective *after, const struct plan_asset *asset)
{
    const struct plan_field *field = field_named(PLAN_STRUCT_objective, "ms");
    const char *a = before && before->ms >= 0 ? duration_words(c, before->ms) : NULL;
    const char *b = after && after->ms >= 0 ? duration_words(c, after->ms) : NULL;
    struct compare_change *change;
    struct about here = *about;
    enum compare_way way;

    if (same_words(a, b))
        return;
    way = !a ? COMPARE_STRONGER : !b ? COMPARE_WEAKER : way_of(field, before, after);
    here.at[BEFORE] = a ? before->origin : NULL;
    here.at[AFTER] = b ? after->origin : NULL;
    change = add_change(c, &here, what, a, b, way, COMPARE_OBJECTIVE_NO_WEAKEN);
    causes_of_objective(c, change, before, after, asset);
}

/* ---- what is declared, and what follows from that alone */

static void why_thing(struct comparison *c, struct compare_change *change, const struct watch *watch, void *context)
{
    const struct plan_thing **things = context;

    (void)watch;
    causes_of_thing(c, change, things[BEFORE], things[AFTER]);
}

static void told(struct comparison *c, const struct about *about, int in, const void *before, const void *after, const struct plan_thing *from,
                 const struct plan_thing *to, const char *words)
{
    const struct plan_thing *things[SIDES] = {from, to};

    if (before && after)
        compare_fields(c, about, in, before, after, why_thing, things);
    else
        causes_of_thing(c, there_or_gone(c, about, in, before != NULL, words), from, to);
}

static struct about about_of(const char *sort, const char *subject, const char *before_at, const char *after_at)
{
    return (struct about){.sort = sort, .subject = subject, .at = {before_at, after_at}};
}

static const void *pointer_at(int in, const char *field, const void *item)
{
    const struct plan_field *row = item ? field_named(in, field) : NULL;

    return row ? *(const void *const *)(const void *)((const char *)item + row->offset) : NULL;
}

/* A sort of things in a list of the plan: what it is called, and the fields of its struct that hold its name, its thing and words for it. */
struct sort {
    const char *name;
    int in;
    const char *named, *thing, *words;
};

static const struct sort site_sort = {"site", PLAN_STRUCT_site, "name", "thing", "kind"},
                         asset_sort = {"asset", PLAN_STRUCT_asset, "name", "thing", "kind"},
                         endpoint_sort = {"endpoint", PLAN_STRUCT_endpoint, "name", "thing", "fqdn"},
                         group_sort = {"group", PLAN_STRUCT_group, "name", "thing", "name"},
                         drill_sort = {"drill", PLAN_STRUCT_drill, "name", "thing", "kind"},
                         job_sort = {"backup", PLAN_STRUCT_job, "name", "backup", "name"},
                         store_sort = {"store", PLAN_STRUCT_store, NULL, "store", NULL},
                         export_sort = {"export", PLAN_STRUCT_export, NULL, "thing", NULL};

static void each_thing(struct comparison *c, const void *before, const void *after, void *context)
{
    const struct sort *sort = context;
    const struct plan_thing *from = pointer_at(sort->in, sort->thing, before), *to = pointer_at(sort->in, sort->thing, after);
    const void *any = after ? after : before;
    const char *name = sort->named ? pointer_at(sort->in, sort->named, any) : to ? to->name : from ? from->name : NULL;
    struct about about = about_of(sort->name, name, from ? from->origin : NULL, to ? to->origin : NULL);

    told(c, &about, sort->in, before, after, from, to, sort->words ? pointer_at(sort->in, sort->words, any) : name);
}

static void each_asset(struct comparison *c, const void *before, const void *after, void *context)
{
    const struct plan_asset *a = before, *b = after;
    struct about about;

    each_thing(c, before, after, context);
    if (!a || !b)
        return;
    about = about_of("asset", b->name, a->origin, b->origin);
    compare_objective(c, &about, "RTO", a->rto, b->rto, b);
    compare_objective(c, &about, "RPO", a->rpo, b->rpo, b);
    compare_objective(c, &about, "longest tolerable downtime", a->mtd, b->mtd, b);
    if (a->copies && b->copies) {
        const struct plan_thing *things[SIDES] = {a->thing, b->thing};

        compare_fields(c, &about, PLAN_STRUCT_copies, a->copies, b->copies, why_thing, things);
    }
}

static void each_slo(struct comparison *c, const void *before, const void *after, void *context)
{
    const struct plan_slo *a = before, *b = after, *any = b ? b : a;
    struct about about = about_of("endpoint", any->endpoint->name, a ? a->origin : NULL, b ? b->origin : NULL);

    (void)context;
    told(c, &about, PLAN_STRUCT_slo, a, b, a ? a->endpoint->thing : NULL, b ? b->endpoint->thing : NULL, "SLO");
}

static int64_t kept_for(const struct plan_value *retain)
{
    if (retain && retain->tag == PLAN_TAG_DURATION && retain->shape == PLAN_SHAPE_NUMBER)
        return retain->number;
    return retain && retain->shape == PLAN_SHAPE_STRING && retain->text && strcmp(retain->text, "forever") == 0 ? INT64_MAX : PLAN_UNKNOWN;
}

/* Of classes each is looked at: less of one of them is weaker. */
static enum compare_way way_of_retention(const struct plan_value *a, const struct plan_value *b)
{
    bool less = false, more = false;

    if (kept_for(a) >= 0 && kept_for(b) >= 0)
        return kept_for(b) < kept_for(a) ? COMPARE_WEAKER : COMPARE_STRONGER;
    if (!a || !b || a->tag != PLAN_TAG_OBJECT || b->tag != PLAN_TAG_OBJECT || a->shape != PLAN_SHAPE_PAIRS || b->shape != PLAN_SHAPE_PAIRS)
        return a && !b ? COMPARE_WEAKER : !a && b ? COMPARE_STRONGER : COMPARE_NEITHER;
    for (uint32_t i = 0; i < a->count; i++) {
        int64_t now = 0;

        for (uint32_t j = 0; j < b->count; j++)
            now = same_words(a->pairs[i].key, b->pairs[j].key) ? b->pairs[j].value.number : now;
        less |= now < a->pairs[i].value.number;
        more |= now > a->pairs[i].value.number;
    }
    return less ? COMPARE_WEAKER : more || b->count > a->count ? COMPARE_STRONGER : COMPARE_NEITHER;
}

static void each_job(struct comparison *c, const void *before, const void *after, void *context)
{
    const struct plan_job *a = before, *b = after;
    struct about about;

    each_thing(c, before, after, context);
    if (!a || !b)
        return;
    about = about_of("backup", b->name, a->origin, b->origin);
    if (!same_words(a->retain_text, b->retain_text))
        causes_of_thing(c,
                        add_change(c, &about, "copies are kept", a->retain_text, b->retain_text, way_of_retention(a->retain, b->retain),
                                   COMPARE_RETENTION_NO_SHORTEN),
                        a->backup, b->backup);
    if (a->schedule && b->schedule) {
        const struct plan_thing *things[SIDES] = {a->backup, b->backup};

        compare_fields(c, &about, PLAN_STRUCT_schedule, a->schedule, b->schedule, why_thing, things);
    }
}

static int grade_rank(const char *grade)
{
    return grade && grade[0] ? strcmp(grade, "P") == 0 ? 'P' : grade[0] : 'Z';
}

static void each_figure(struct comparison *c, const void *before, const void *after, void *context)
{
    const struct plan_figure *a = before, *b = after, *any = b ? b : a;
    struct about about = about_of("figure", any->id, a ? a->origin : NULL, b ? b->origin : NULL);

    (void)context;
    if (!a || !b)
        return; /* which of them the proof uses follows from what it is about */
    compare_fields(c, &about, PLAN_STRUCT_figure, a, b, NULL, NULL);
    if (!a->value.known && !b->value.known && !same_words(a->written, b->written))
        add_change(c, &about, a->attribute, a->written, b->written, COMPARE_NEITHER, COMPARE_NO_RULE);
    if (!same_words(a->worst_grade, b->worst_grade))
        add_change(c, &about, "grade of its worst end", a->worst_grade, b->worst_grade,
                   grade_rank(b->worst_grade) > grade_rank(a->worst_grade) ? COMPARE_WEAKER : COMPARE_STRONGER, COMPARE_FIGURE_NO_ASSERT);
}

static const char *check_words(struct comparison *c, const struct plan_check *check)
{
    const struct plan_field *command = field_named(PLAN_STRUCT_check, "command");
    const char *words = check ? field_words(c, command, check) : NULL;

    return words ? words : check ? check->question : NULL;
}

static void each_assumption(struct comparison *c, const void *before, const void *after, void *context)
{
    const struct plan_assumption *a = before, *b = after, *any = b ? b : a;
    struct about about = about_of("ledger", any->id, a ? a->origin : NULL, b ? b->origin : NULL);
    const char *checks[SIDES];

    (void)context;
    if (!a || !b) {
        add_change(c, &about, NULL, a ? a->says : NULL, b ? b->says : NULL, COMPARE_NEITHER, COMPARE_NO_RULE);
        return;
    }
    compare_fields(c, &about, PLAN_STRUCT_assumption, a, b, NULL, NULL);
    if (a->by && b->by)
        compare_fields(c, &about, PLAN_STRUCT_made_true, a->by, b->by, NULL, NULL);
    checks[BEFORE] = check_words(c, a->check);
    checks[AFTER] = check_words(c, b->check);
    if (!same_words(checks[BEFORE], checks[AFTER]))
        add_change(c, &about, "check", checks[BEFORE], checks[AFTER], !checks[AFTER] ? COMPARE_WEAKER : COMPARE_NEITHER,
                   COMPARE_ASSUMPTION_NO_UNWATCH);
    if (a->unwatched != b->unwatched)
        add_change(c, &about, "somebody would notice its end", a->unwatched ? "no" : "yes", b->unwatched ? "no" : "yes",
                   b->unwatched ? COMPARE_WEAKER : COMPARE_STRONGER, COMPARE_ASSUMPTION_NO_UNWATCH);
}

static void each_emission(struct comparison *c, const void *before, const void *after, void *context)
{
    const struct plan_emission *a = before, *b = after, *any = b ? b : a;
    struct about about;
    const char *address;

    (void)context;
    if (!any->block || (a && b && same_block(c, a->block, b->block)))
        return;
    address = address_of(c, any);
    about = about_of(any->target, address, a ? a->block->origin : NULL, b ? b->block->origin : NULL);
    causes_of_thing(c,
                    add_change(c, &about, a && b ? "content" : NULL, a ? "written" : NULL, b ? (a ? "another" : "written") : NULL, COMPARE_NEITHER,
                               COMPARE_NO_RULE),
                    a ? a->subject : NULL, b ? b->subject : NULL);
}

/* ---- scenarios */

struct in_scenario {
    const struct plan_scenario *scenario[SIDES];
    const char *name;
    bool examines_less; /* it takes, fails or damages less than it did */
};

/* What an attribute of a scenario names, and the other side does not. */
static bool names_more(struct comparison *c, const struct plan_thing *one, const struct plan_thing *other, const char *attribute, enum side side)
{
    uint32_t count, others;
    const struct plan_value *items = plan_items(one, attribute, &count), *theirs = plan_items(other, attribute, &others);

    for (uint32_t i = 0; i < count; i++) {
        const char *id = items[i].shape == PLAN_SHAPE_STRING ? items[i].text : NULL;
        bool found = !id;

        id = id && side == BEFORE ? id_after(c, id) : id;
        for (uint32_t j = 0; j < others && !found; j++)
            found = theirs[j].shape == PLAN_SHAPE_STRING && same_words(id, theirs[j].text);
        if (!found)
            return true;
    }
    return false;
}

/* What a scenario does, in its own words: less of it proves less. */
static bool compare_reach(struct comparison *c, const struct about *about, const struct plan_thing *before, const struct plan_thing *after)
{
    static const char *const attributes[] = {"loses", "fails", "corrupts", "deletes", "degrades", "planes", "partitions", "compromises"};
    bool less = false;

    for (size_t i = 0; before && after && i < sizeof attributes / sizeof *attributes; i++) {
        const struct plan_value *a = plan_attribute(before, attributes[i]), *b = plan_attribute(after, attributes[i]);
        bool fewer = names_more(c, before, after, attributes[i], BEFORE), more = names_more(c, after, before, attributes[i], AFTER);

        if (fewer || more)
            causes_of_thing(c,
                            add_change(c, about, attributes[i], a ? plan_value_words(c->arena, a) : NULL, b ? plan_value_words(c->arena, b) : NULL,
                                       fewer  ? COMPARE_WEAKER
                                       : more ? COMPARE_STRONGER
                                              : COMPARE_NEITHER,
                                       COMPARE_SCENARIO_NO_DELETE),
                            before, after);
        less |= fewer;
    }
    return less;
}

static bool is_on_both_sides(struct comparison *c, enum side side, const struct plan_asset *asset)
{
    const char *name = key_of_asset(c, side, asset);

    return name && map_get(&c->assets[!side], intern_str(c->names, name));
}

static void index_assets(struct comparison *c)
{
    for (int side = BEFORE; side < SIDES; side++) {
        for (uint32_t i = 0; i < c->plan[side]->assets_count; i++) {
            const struct plan_asset *asset = &c->plan[side]->assets[i];
            const char *name = key_of_asset(c, side, asset);

            if (name)
                map_add(&c->assets[side], c->arena, intern_str(c->names, name), (void *)(uintptr_t)asset);
        }
    }
}

/* Two of one sort, in a scenario: outcomes, names or groups. */
struct pair {
    const struct in_scenario *in;
    const void *item[SIDES];
};

static void why_outcome(struct comparison *c, struct compare_change *change, const struct watch *watch, void *context)
{
    const struct pair *pair = context;
    const struct plan_outcome *const outcomes[SIDES] = {pair->item[BEFORE], pair->item[AFTER]};

    causes_of_outcome(c, change, pair->in->scenario, outcomes, watch->rests == ON_LOSS || watch->rests == ON_LOSS_AND_OBJECTIVE,
                      watch->rests >= ON_TIME_AND_OBJECTIVE);
}

static void each_outcome(struct comparison *c, const void *before, const void *after, void *context)
{
    struct pair pair = {.in = context, .item = {before, after}};
    const struct plan_outcome *a = before, *b = after;
    const struct plan_asset *asset = b ? b->asset : a->asset;
    struct about about = about_of("asset", asset->name, a ? a->asset->origin : NULL, b ? b->asset->origin : NULL);
    const struct watch fate = {.rests = ON_TIME};

    about.scenario = pair.in->name;
    if (a && b) {
        compare_objective(c, &about, "RTO", a->rto, b->rto, b->asset);
        compare_objective(c, &about, "RPO", a->rpo, b->rpo, b->asset);
        compare_fields(c, &about, PLAN_STRUCT_outcome, a, b, why_outcome, &pair);
    } else if (is_on_both_sides(c, b ? AFTER : BEFORE, asset)) { /* else it is told with the asset */
        enum compare_way way = b ? COMPARE_WEAKER : pair.in->examines_less ? COMPARE_WEAKER : COMPARE_STRONGER;

        why_outcome(c,
                    add_change(c, &about, "fate", a ? plan_choices[PLAN_CHOICE_FATE].words[a->fate] : "unaffected",
                               b ? plan_choices[PLAN_CHOICE_FATE].words[b->fate] : "unaffected", way,
                               b ? COMPARE_NO_RULE : COMPARE_SCENARIO_NO_DELETE),
                    &fate, &pair);
    }
}

static void why_name(struct comparison *c, struct compare_change *change, const struct watch *watch, void *context)
{
    const struct pair *pair = context;
    const struct plan_name_outcome *const names[SIDES] = {pair->item[BEFORE], pair->item[AFTER]};

    causes_of_name(c, change, pair->in->scenario, names, watch->rests == ON_TIME_AND_OBJECTIVE);
}

static void each_name(struct comparison *c, const void *before, const void *after, void *context)
{
    struct pair pair = {.in = context, .item = {before, after}};
    const struct plan_name_outcome *a = before, *b = after;
    struct about about;

    if (!a || !b)
        return; /* told with the name */
    about = about_of("endpoint", b->endpoint->name, a->endpoint->origin, b->endpoint->origin);
    about.scenario = pair.in->name;
    compare_objective(c, &about, "RTO", a->rto, b->rto, NULL);
    compare_fields(c, &about, PLAN_STRUCT_name_outcome, a, b, why_name, &pair);
}

static void why_group(struct comparison *c, struct compare_change *change, const struct watch *watch, void *context)
{
    const struct pair *pair = context;
    const struct plan_group_outcome *const members[SIDES] = {pair->item[BEFORE], pair->item[AFTER]};

    causes_of_group(c, change, pair->in->scenario, members, watch->rests == ON_LOSS_AND_OBJECTIVE);
}

static void each_group_outcome(struct comparison *c, const void *before, const void *after, void *context)
{
    struct pair pair = {.in = context, .item = {before, after}};
    const struct plan_group_outcome *a = before, *b = after;
    struct about about;

    if (!a || !b)
        return;
    about = about_of("group", b->group->name, a->group->origin, b->group->origin);
    about.scenario = pair.in->name;
    compare_objective(c, &about, "RPO", a->rpo, b->rpo, NULL);
    compare_fields(c, &about, PLAN_STRUCT_group_outcome, a, b, why_group, &pair);
}

static void each_step(struct comparison *c, const void *before, const void *after, void *context)
{
    const struct in_scenario *in = context;
    const struct plan_step *a = before, *b = after, *any = b ? b : a;
    struct about about = about_of("step", any->id, a ? a->origin : NULL, b ? b->origin : NULL);

    about.scenario = in->name;
    told(c, &about, PLAN_STRUCT_step, a, b, a ? a->subject : NULL, b ? b->subject : NULL, any->title);
}

static void each_scenario(struct comparison *c, const void *before, const void *after, void *context)
{
    const struct plan_scenario *a = before, *b = after, *any = b ? b : a;
    struct in_scenario in = {.scenario = {a, b}, .name = any->name};
    struct about about = about_of("scenario", any->name, a && a->thing ? a->thing->origin : NULL, b && b->thing ? b->thing->origin : NULL);
    struct list outcomes, names, groups, steps;

    (void)context;
    told(c, &about, PLAN_STRUCT_scenario, a, b, a ? a->thing : NULL, b ? b->thing : NULL, plan_title(any->thing));
    if (!a || !b)
        return;
    in.examines_less = compare_reach(c, &about, a->thing, b->thing);
    outcomes = LIST_OF(outcome, a, b, assets);
    names = LIST_OF(name_outcome, a, b, endpoints);
    groups = LIST_OF(group_outcome, a, b, groups);
    steps = LIST_OF(step, a, b, steps);
    pair_up(c, &outcomes, key_of_outcome, each_outcome, &in);
    pair_up(c, &names, key_of_name, each_name, &in);
    pair_up(c, &groups, key_of_group_outcome, each_group_outcome, &in);
    pair_up(c, &steps, key_of_step, each_step, &in);
}

/* ---- people and waivers: what is declared is all there is of them */

static bool is_of(const char *id, const char *const *sorts)
{
    for (; *sorts; sorts++) {
        size_t len = strlen(*sorts);

        if (strncmp(id, *sorts, len) == 0 && id[len] == '.' && !strchr(id, '/'))
            return true;
    }
    return false;
}

static void tell_edits(struct comparison *c)
{
    static const char *const contacts[] = {"person", "team", "channel", NULL}, *const waivers[] = {"accept", NULL};

    for (uint32_t i = 0; i < c->edits.len; i++) {
        const struct compare_edit edit = c->edits.items[i];
        bool contact = is_of(edit.id, contacts), waiver = is_of(edit.id, waivers), whole = !edit.attribute;
        const char *dot = strchr(edit.id, '.');
        enum compare_way way = COMPARE_NEITHER;
        struct compare_change *change;
        struct about about;
        uint32_t *cause;

        if (!contact && !waiver)
            continue;
        about = about_of(contact ? "contact" : "waiver", dot + 1, edit.before_at, edit.after_at);
        if (contact && whole)
            way = edit.after ? COMPARE_STRONGER : COMPARE_WEAKER;
        else if (waiver && whole)
            way = edit.after ? COMPARE_WEAKER : COMPARE_STRONGER;
        else if (waiver && strcmp(edit.attribute, "until") == 0 && edit.before && edit.after) /* dates, as texts in their order */
            way = strcmp(edit.after, edit.before) > 0 ? COMPARE_WEAKER : COMPARE_STRONGER;
        change = add_change(c, &about, edit.attribute, edit.before, edit.after, way, contact ? COMPARE_CONTACT_NO_DELETE : COMPARE_WAIVER_NO_EXTEND);
        cause = ARENA_NEW(c->arena, uint32_t);
        *cause = i;
        change->causes = cause;
        change->cause_count = 1;
    }
}

bool compare_is_written(const struct plan_document *plan)
{
    bool wrong = false;

    for (uint32_t i = 0; i < plan->findings_count && !wrong; i++)
        wrong = plan->findings[i].severity == PLAN_SEVERITY_error;
    return !wrong || plan->jobs_count || plan->emissions_count;
}

void find_effects(struct comparison *c)
{
    const struct plan_document *a = c->plan[BEFORE], *b = c->plan[AFTER];
    const struct {
        struct list list;
        key_fn *key;
        pair_fn *each;
        const struct sort *sort;
        bool artifact; /* part of what is written */
    } lists[] = {
        {LIST_OF(site, a, b, sites), key_of_site, each_thing, &site_sort, false},
        {LIST_OF(asset, a, b, assets), key_of_asset, each_asset, &asset_sort, false},
        {LIST_OF(endpoint, a, b, endpoints), key_of_endpoint, each_thing, &endpoint_sort, false},
        {LIST_OF(group, a, b, groups), key_of_group, each_thing, &group_sort, false},
        {LIST_OF(scenario, a, b, scenarios), key_of_scenario, each_scenario, NULL, false},
        {LIST_OF(slo, a, b, slos), key_of_slo, each_slo, NULL, false},
        {LIST_OF(job, a, b, jobs), key_of_job, each_job, &job_sort, true},
        {LIST_OF(store, a, b, stores), key_of_store, each_thing, &store_sort, true},
        {LIST_OF(export, a, b, exports), key_of_export, each_thing, &export_sort, true},
        {LIST_OF(drill, a, b, drills), key_of_drill, each_thing, &drill_sort, true},
        {LIST_OF(figure, a, b, figures), key_of_figure, each_figure, NULL, false},
        {LIST_OF(assumption, a, b, assumptions), key_of_assumption, each_assumption, NULL, false},
        {LIST_OF(emission, a, b, emissions), key_of_emission, each_emission, NULL, true},
    };

    index_assets(c);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (!lists[i].artifact || !c->unwritten)
            pair_up(c, &lists[i].list, lists[i].key, lists[i].each, (void *)(uintptr_t)lists[i].sort);
    }
    tell_edits(c);
}
