/* What cannot be where it is said to be: a place with `provision` is made by the recovery, so nothing is there before (SEMANTICS §1).
 * A place where an asset stands exists all the same: then its block says how it is made again. */
#include "analysis/world/world.h"

#include <string.h>

/* The place without which this one is not there either, and which only a recovery makes; NULL: it exists. */
static const struct site_info *not_yet(const struct analysis *a, const struct site_info *site, const bool *exists)
{
    for (int depth = 0; site && depth < 64; depth++) {
        uint32_t cursor = 0;
        const struct site_info *account = site->account && site->account != site->entity ? plan_site(a->plan, site->account) : NULL;
        const struct site_info *missing;

        if (exists[site->index])
            return NULL;
        if (entity_child(site->entity, BLOCK_PROVISION, &cursor))
            return site;
        missing = account && depth == 0 ? not_yet(a, account, exists) : NULL;
        if (missing)
            return missing;
        site = site->within ? plan_site(a->plan, site->within) : NULL;
    }
    return NULL;
}

static bool *places_that_exist(struct analysis *a)
{
    bool *exists = ARENA_ARRAY(a->arena, bool, a->plan->site_count + 1);

    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        for (uint32_t s = 0; s < a->plan->assets[i].site_count; s++) {
            const struct site_info *site = a->plan->assets[i].sites[s];

            for (int depth = 0; site && depth < 64 && !exists[site->index]; depth++) {
                exists[site->index] = true;
                if (site->account && plan_site(a->plan, site->account))
                    exists[plan_site(a->plan, site->account)->index] = true;
                site = site->within ? plan_site(a->plan, site->within) : NULL;
            }
        }
    }
    return exists;
}

static void tell(struct analysis *a, struct entity *thing, const char *what, struct span span, const struct site_info *site, const bool *exists)
{
    const struct site_info *missing = site ? not_yet(a, site, exists) : NULL;
    struct diag *diag;

    if (!missing)
        return;
    diag = find(a, DIAG_E0568, (struct about){.subject = thing, .span = span}, "%s cannot be at `%s`: that is made by the recovery", what,
                site->entity->name);
    if (!diag)
        return;
    diag_label(diag, missing->entity->span, "`provision` says how, so it is not there before");
    diag_help(diag, "put it where something stands, or take `provision` from `%s` if that exists", missing->entity->name);
}

static const struct site_info *site_of(const struct analysis *a, struct value at)
{
    return at.type == VALUE_ENTITY && at.u.entity->schema->id == BLOCK_SITE ? plan_site(a->plan, at.u.entity) : NULL;
}

static void check_elements(struct analysis *a, const struct asset *asset, enum block_id block, const char *word, const bool *exists)
{
    struct entity *element;

    for (uint32_t i = 0; (element = entity_child(asset->entity, block, &i));)
        tell(a, element, intern_text(a, "a %s of `%s`", word, asset->name), element->span,
             plan_site(a->plan, model_find(a->model, BLOCK_SITE, element->name)), exists);
}

static void check_declared(struct analysis *a, enum block_id block, uint32_t row, const char *word, const bool *exists)
{
    for (uint32_t i = 0; i < a->model->declared[block].list.len; i++) {
        struct entity *thing = a->model->declared[block].list.items[i];

        tell(a, thing, intern_text(a, "%s `%s`", word, thing->name), entity_attr_span(thing, row), site_of(a, entity_slot(thing, row)), exists);
    }
}

void check_not_yet(struct analysis *a)
{
    struct value from = a->model->plan ? entity_slot(a->model->plan, PLAN_runs_from) : value_unknown();
    const bool *exists;
    bool any = false;

    for (uint32_t i = 0, cursor = 0; i < a->plan->site_count && !any; i++, cursor = 0)
        any = entity_child(a->plan->sites[i].entity, BLOCK_PROVISION, &cursor) != NULL;
    if (!any)
        return;
    exists = places_that_exist(a);
    check_declared(a, BLOCK_STORE, STORE_site, "store", exists);
    check_declared(a, BLOCK_SECRET, SECRET_site, "secret", exists);
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        check_elements(a, &a->plan->assets[i], BLOCK_REPLICA, "replica", exists);
        check_elements(a, &a->plan->assets[i], BLOCK_STANDBY, "standby", exists);
    }
    for (uint32_t i = 0; from.type == VALUE_LIST && i < from.u.list->count; i++)
        tell(a, a->model->plan, "what the recovery is run from", entity_attr_span(a->model->plan, PLAN_runs_from), site_of(a, from.u.list->items[i]),
             exists);
}
