/* The typed view of sites and assets that the rest of the analysis works on. */
#include "analysis/world/world.h"

#include "source/lost.h"

#include <stdio.h>
#include <string.h>

enum { LEVEL_NONE = 1000 };

/* ---------------------------------------------------------------- sites */

static struct entity *ref_slot(const struct entity *entity, uint32_t row)
{
    struct value value = entity_slot(entity, row);

    return value.type == VALUE_ENTITY ? value.u.entity : NULL;
}

static const char *word_slot(const struct entity *entity, uint32_t row)
{
    struct value value = entity_slot(entity, row);

    return value.type == VALUE_WORD ? value.u.word : value.type == VALUE_STRING ? value.u.string : "";
}

/* Once for a circle, at the first of its sites; a site that only leads into one is not inside of itself. */
static void report_site_cycle(struct analysis *a, struct entity *site)
{
    const struct entity *at = ref_slot(site, SITE_within);

    for (int depth = 0; at && at != site && depth < DEPTH_LIMIT; at = ref_slot(at, SITE_within), depth++) {
        if (at->index < site->index)
            return;
    }
    if (at != site)
        return;
    diag_help(diag_report(a->sink, DIAG_E0510, site->span, "site `%s` is inside of itself", site->name),
              "`within` must lead outwards: zone, region, provider");
}

void build_sites(struct analysis *a)
{
    struct plan *plan = a->plan;

    plan->site_count = a->model->declared[BLOCK_SITE].list.len;
    plan->sites = ARENA_ARRAY(a->arena, struct site_info, plan->site_count);
    for (uint32_t i = 0; i < plan->site_count; i++) {
        struct entity *entity = a->model->declared[BLOCK_SITE].list.items[i];
        struct site_info *site = &plan->sites[i];
        struct value level = kind_slot(entity->kind, KIND_level);

        site->entity = entity;
        site->index = i;
        site->within = ref_slot(entity, SITE_within);
        site->role = word_slot(entity, SITE_role);
        site->level = level.type == VALUE_WORD ? level.u.word : "";
    }
    for (uint32_t i = 0; i < plan->site_count; i++) {
        struct site_info *site = &plan->sites[i];
        int depth = 0;

        site->region = "";
        for (const struct entity *at = site->entity; at; at = ref_slot(at, SITE_within)) {
            if (++depth > DEPTH_LIMIT) {
                report_site_cycle(a, site->entity);
                a->has_cycle = true;
                site->within = NULL;
                break;
            }
            if (!site->account)
                site->account = ref_slot(at, SITE_account);
            if (!site->account && at != site->entity && site_is_account(at))
                site->account = (struct entity *)(uintptr_t)at;
            if (!site->region[0])
                site->region = entity_string(a->model, at, "region", "");
        }
    }
}

/* ---------------------------------------------------------------- assets */

static struct edges make_edges(struct analysis *a, struct asset *asset, uint32_t row)
{
    struct value list = entity_slot(asset->entity, row);
    struct edges edges = {0};

    if (list.type != VALUE_LIST)
        return edges;
    edges.items = ARENA_ARRAY(a->arena, struct edge, list.u.list->count);
    for (uint32_t i = 0; i < list.u.list->count; i++) {
        struct value item = list.u.list->items[i];
        struct asset *to = item.type == VALUE_ENTITY ? plan_asset(a->plan, item.u.entity) : NULL;

        if (!to)
            continue; /* a store or a secret: see rpo.c and the rules */
        edges.items[edges.count].to = to;
        edges.items[edges.count].index = to->index;
        edges.items[edges.count].from = item.origin;
        edges.items[edges.count++].degraded = NULL;
    }
    return edges;
}

/* `uses [a, b]` and `uses a { degraded = … }` blocks together. */
static struct edges make_uses(struct analysis *a, struct asset *asset)
{
    struct edges edges = make_edges(a, asset, ASSET_uses);
    struct entity *child;
    uint32_t extra = 0;

    for (uint32_t i = 0; entity_child(asset->entity, BLOCK_USES, &i);)
        extra++;
    if (!extra)
        return edges;
    edges.items = arena_grow(a->arena, edges.items, edges.count * sizeof *edges.items, (edges.count + extra) * sizeof *edges.items);
    for (uint32_t i = 0; (child = entity_child(asset->entity, BLOCK_USES, &i));) {
        struct entity *to = model_find(a->model, BLOCK_ASSET, child->name);
        struct value degraded = entity_slot(child, USES_degraded);
        uint32_t at;

        if (!to && lost_name(a->sink, child->name))
            continue;
        if (!to) {
            lost_missing(diag_report(a->sink, DIAG_E0511, child->span, "`uses %s`: there is no asset `%s`", child->name, child->name), "asset",
                         child->name);
            continue;
        }
        for (at = 0; at < edges.count && edges.items[at].to->entity != to; at++)
            ;
        edges.items[at].to = plan_asset(a->plan, to);
        edges.items[at].index = edges.items[at].to->index;
        edges.items[at].from = child->span.start;
        edges.items[at].degraded = degraded.type == VALUE_STRING ? degraded.u.string : NULL;
        if (at == edges.count)
            edges.count++;
    }
    return edges;
}

static void add_site(struct analysis *a, struct asset *asset, struct value value)
{
    struct site_info *site = value.type == VALUE_ENTITY ? plan_site(a->plan, value.u.entity) : NULL;

    if (!site)
        return;
    for (uint32_t i = 0; i < asset->site_count; i++) {
        if (asset->sites[i] == site)
            return;
    }
    asset->sites = arena_grow(a->arena, asset->sites, asset->site_count * sizeof *asset->sites, (asset->site_count + 1) * sizeof *asset->sites);
    asset->sites[asset->site_count++] = site;
}

/* A zone is the more exact place; `sites` are all at once. */
static void find_sites(struct analysis *a, struct asset *asset)
{
    struct value sites = entity_slot(asset->entity, ASSET_sites);
    struct value zone = entity_slot(asset->entity, ASSET_zone);

    if (sites.type == VALUE_LIST) {
        for (uint32_t i = 0; i < sites.u.list->count; i++)
            add_site(a, asset, sites.u.list->items[i]);
    }
    if (asset->site_count == 0)
        add_site(a, asset, zone.type == VALUE_ENTITY ? zone : entity_slot(asset->entity, ASSET_site));
}

static struct entity *find_owner(const struct analysis *a, const struct asset *asset)
{
    struct entity *owner = ref_slot(asset->entity, ASSET_owner);
    struct entity *defaults;
    uint32_t cursor = 0;

    if (owner)
        return owner;
    defaults = asset->tier ? entity_child(asset->tier, BLOCK_TIER_DEFAULT, &cursor) : NULL;
    owner = defaults ? ref_slot(defaults, TIER_DEFAULT_owner) : NULL;
    return owner ? owner : a->model->plan ? ref_slot(a->model->plan, PLAN_owner) : NULL;
}

/* Who is in which group is asked for every candidate: so it is turned round once. */
static void index_groups(struct analysis *a)
{
    uint32_t groups = a->model->declared[BLOCK_GROUP].list.len, *fill;

    a->groups_first = ARENA_ARRAY(a->arena, uint32_t, a->plan->asset_count + 1);
    for (int pass = 0; pass < 2 && groups; pass++) {
        fill = pass ? ARENA_ARRAY(a->arena, uint32_t, a->plan->asset_count) : NULL;
        for (uint32_t g = 0; g < groups; g++) {
            struct entity *group = a->model->declared[BLOCK_GROUP].list.items[g];
            struct value list = entity_slot(group, GROUP_members);

            for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++) {
                struct asset *asset = list.u.list->items[i].type == VALUE_ENTITY ? plan_asset(a->plan, list.u.list->items[i].u.entity) : NULL;

                if (asset && pass)
                    a->groups_of[a->groups_first[asset->index] + fill[asset->index]++] = group;
                else if (asset)
                    a->groups_first[asset->index + 1]++;
            }
        }
        for (uint32_t i = 0; !pass && i < a->plan->asset_count; i++)
            a->groups_first[i + 1] += a->groups_first[i];
        if (!pass)
            a->groups_of = ARENA_ARRAY(a->arena, struct entity *, a->groups_first[a->plan->asset_count]);
    }
}

void build_assets(struct analysis *a)
{
    struct plan *plan = a->plan;

    plan->asset_count = a->model->declared[BLOCK_ASSET].list.len;
    plan->assets = ARENA_ARRAY(a->arena, struct asset, plan->asset_count);
    for (uint32_t i = 0; i < plan->asset_count; i++) {
        struct entity *entity = a->model->declared[BLOCK_ASSET].list.items[i];

        plan->assets[i].entity = entity;
        plan->assets[i].name = entity->name;
        plan->assets[i].index = i;
    }
    for (uint32_t i = 0; i < plan->asset_count; i++) {
        struct asset *asset = &plan->assets[i];
        struct value stateful = kind_slot(asset->entity->kind, KIND_stateful);
        struct value rebuildable = kind_slot(asset->entity->kind, KIND_rebuildable);
        uint32_t cursor = 0;
        struct value level;

        asset->tier = ref_slot(asset->entity, ASSET_tier);
        level = asset->tier ? entity_slot(asset->tier, TIER_level) : value_unknown();
        asset->level = level.type == VALUE_INT ? level.u.integer : LEVEL_NONE;
        asset->stateful = stateful.type == VALUE_BOOL && stateful.u.integer;
        asset->holds = asset->stateful ? HOLDS_DATA : HOLDS_NOTHING;
        asset->rebuildable = (rebuildable.type == VALUE_BOOL && rebuildable.u.integer) || entity_child(asset->entity, BLOCK_REBUILD, &cursor);
        asset->owner = find_owner(a, asset);
        find_sites(a, asset);
        asset->needs = make_edges(a, asset, ASSET_needs);
        asset->restores_with = make_edges(a, asset, ASSET_restores_with);
        asset->observes = make_edges(a, asset, ASSET_observes);
        asset->uses = make_uses(a, asset);
    }
    index_groups(a);
    find_rebuilt(a);
    for (uint32_t i = 0; i < plan->asset_count; i++)
        find_holding(a, &plan->assets[i]);
}
