/* What is declared, and what follows from that alone: places, assets, names, groups; and what is written of it: jobs, stores, exports. */
#include "compare/internal.h"

#include <string.h>

/* ---- what they are called */

#define KEY_BY_THING(type)                                                                                                                           \
    static const char *key_of_##type(struct comparison *c, enum side side, const void *item)                                                         \
    {                                                                                                                                                \
        const struct plan_##type *it = item;                                                                                                         \
                                                                                                                                                     \
        return declared_id(c, side, it->thing, it->name);                                                                                            \
    }
KEY_BY_THING(site)
KEY_BY_THING(endpoint)
KEY_BY_THING(group)

const char *key_of_asset(struct comparison *c, enum side side, const void *asset)
{
    const struct plan_asset *it = asset;

    return declared_id(c, side, it->thing, it->name);
}

static const char *key_of_slo(struct comparison *c, enum side side, const void *item)
{
    const struct plan_endpoint *endpoint = ((const struct plan_slo *)item)->endpoint;

    return endpoint ? declared_id(c, side, endpoint->thing, endpoint->name) : NULL;
}

static const char *key_of_job(struct comparison *c, enum side side, const void *item)
{
    const struct plan_job *job = item;

    const char *id = declared_id(c, side, job->backup, NULL);

    return id ? arena_printf(c->arena, "%s@%s", id, job->group ? "group" : "") : job->name;
}

static const char *key_of_store(struct comparison *c, enum side side, const void *item)
{
    return declared_id(c, side, ((const struct plan_store *)item)->store, NULL);
}

static const char *key_of_export(struct comparison *c, enum side side, const void *item)
{
    return declared_id(c, side, ((const struct plan_export *)item)->thing, NULL);
}

/* ---- objectives */

void compare_objective(struct comparison *c, const struct about *about, const char *what, const struct plan_objective *before,
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
    change = add_change(c, &here, what, a, b, way, CHANGE_OBJECTIVE_NO_WEAKEN);
    causes_of_objective(c, change, before, after, asset);
}

/* ---- lists of the plan */

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
                         job_sort = {"job", PLAN_STRUCT_job, "name", "backup", "name"},
                         store_sort = {"store", PLAN_STRUCT_store, NULL, "store", NULL},
                         export_sort = {"export", PLAN_STRUCT_export, NULL, "thing", NULL};

static void each_thing(struct comparison *c, const void *before, const void *after, void *context)
{
    const struct sort *sort = context;
    const struct plan_thing *from = pointer_at(sort->in, sort->thing, before), *to = pointer_at(sort->in, sort->thing, after);
    const void *any = after ? after : before;
    const char *name = sort->named ? pointer_at(sort->in, sort->named, any) : to ? to->name : from ? from->name : NULL;
    struct about about = about_of(c, sort->name, name, from, to);

    tell_thing(c, &about, sort->in, before, after, from, to, sort->words ? pointer_at(sort->in, sort->words, any) : name);
}

static void each_asset(struct comparison *c, const void *before, const void *after, void *context)
{
    const struct plan_asset *a = before, *b = after;
    struct about about;

    each_thing(c, before, after, context);
    if (!a || !b)
        return;
    about = about_of(c, "asset", b->name, a->thing, b->thing);
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
    struct about about = about_of(c, "endpoint", any->endpoint->name, a ? a->endpoint->thing : NULL, b ? b->endpoint->thing : NULL);

    (void)context;
    tell_thing(c, &about, PLAN_STRUCT_slo, a, b, a ? a->endpoint->thing : NULL, b ? b->endpoint->thing : NULL, "SLO");
}

/* How something is written and read; that it is new or gone is told as what is declared. */
static void each_way(struct comparison *c, const void *before, const void *after, void *context)
{
    if (before && after)
        each_thing(c, before, after, context);
}

struct compared {
    struct list list;
    key_fn *key;
    pair_fn *each;
    const struct sort *sort;
};

static void compare_lists(struct comparison *c, const struct compared *lists, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pair_up(c, &lists[i].list, lists[i].key, lists[i].each, (void *)(uintptr_t)lists[i].sort);
}

void compare_things(struct comparison *c)
{
    const struct plan_document *a = c->plan[BEFORE], *b = c->plan[AFTER];
    const struct compared lists[] = {
        {LIST_OF(site, a, b, sites), key_of_site, each_thing, &site_sort},
        {LIST_OF(asset, a, b, assets), key_of_asset, each_asset, &asset_sort},
        {LIST_OF(endpoint, a, b, endpoints), key_of_endpoint, each_thing, &endpoint_sort},
        {LIST_OF(group, a, b, groups), key_of_group, each_thing, &group_sort},
        {LIST_OF(slo, a, b, slos), key_of_slo, each_slo, NULL},
    };

    compare_lists(c, lists, sizeof lists / sizeof *lists);
}

void compare_artifacts(struct comparison *c)
{
    const struct plan_document *a = c->plan[BEFORE], *b = c->plan[AFTER];
    const struct compared lists[] = {
        {LIST_OF(job, a, b, jobs), key_of_job, each_thing, &job_sort},
        {LIST_OF(store, a, b, stores), key_of_store, each_way, &store_sort},
        {LIST_OF(export, a, b, exports), key_of_export, each_way, &export_sort},
    };

    compare_lists(c, lists, sizeof lists / sizeof *lists);
}
