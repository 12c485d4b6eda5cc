/* Scenarios that hit nothing: they prove nothing, and look as if everything survived.
 *
 * Not every scenario without a lost asset is a mistake: an asset that stands in two sites, or whose kind spans zones, is unaffected because
 * somebody designed it so, and losing only a vault, a secret or a target is worth a scenario. So it is said only when nothing at all stands in
 * what is hit, or around it. */
#include "analysis/world/world.h"

#include <string.h>

/* Whether the site is hit, or a hit one lies within it: then what stands in it survives by spanning more than what is lost. An account
 * is not a place of which something could stand elsewhere. */
static bool near_a_hit(const struct analysis *a, const struct site_info *site)
{
    if (a->site_lost[site->index] || a->site_cut[site->index] || a->site_compromised[site->index])
        return true;
    for (uint32_t i = 0; i < a->plan->site_count; i++) {
        const struct site_info *inner = &a->plan->sites[i];

        if ((a->site_lost[i] || a->site_cut[i]) && strcmp(inner->level, "account") != 0 && site_is_in(a, inner, site->entity))
            return true;
    }
    return false;
}

static bool stands_near(const struct analysis *a, const bool *near, struct value site)
{
    const struct site_info *info = site.type == VALUE_ENTITY ? plan_site(a->plan, site.u.entity) : NULL;

    return info && near[info->index];
}

static bool touches_something(const struct analysis *a, const struct scenario_result *result)
{
    const struct plan *plan = a->plan;
    uint32_t stores = a->model->declared[BLOCK_STORE].list.len, secrets = a->model->declared[BLOCK_SECRET].list.len;
    bool *near = ARENA_ARRAY(a->arena, bool, plan->site_count);

    for (uint32_t i = 0; i < plan->site_count; i++)
        near[i] = near_a_hit(a, &plan->sites[i]);
    for (uint32_t i = 0; i < result->endpoint_count; i++) {
        if (result->endpoints[i].affected || result->endpoints[i].dropped)
            return true;
    }
    for (uint32_t i = 0; i < plan->asset_count; i++) {
        /* Which scenario should hit what stands nowhere is not known either; that it does is said at the asset (E0519). */
        if (!plan->assets[i].site_count && !kind_is_a(plan->assets[i].entity->kind, "external"))
            return true;
        for (uint32_t s = 0; s < plan->assets[i].site_count; s++) {
            if (near[plan->assets[i].sites[s]->index])
                return true;
        }
    }
    for (uint32_t i = 0; i < stores; i++) {
        if (stands_near(a, near, entity_slot(a->model->declared[BLOCK_STORE].list.items[i], STORE_site)))
            return true;
    }
    for (uint32_t i = 0; i < secrets; i++) {
        if (stands_near(a, near, entity_slot(a->model->declared[BLOCK_SECRET].list.items[i], SECRET_site)))
            return true;
    }
    return false;
}

void check_effect(struct analysis *a, const struct scenario_result *result)
{
    struct entity *scenario = result->scenario;
    struct value degrades = entity_slot(scenario, SCENARIO_degrades);
    struct diag *diag;

    if (!a->plan->asset_count || result->order_count || (degrades.type == VALUE_LIST && degrades.u.list->count) || touches_something(a, result))
        return;
    diag = find(a, DIAG_E0553, (struct about){.unknown = true, .subject = scenario, .scenario = scenario}, "scenario `%s` affects no asset",
                scenario->name);
    if (!diag)
        return;
    diag_help(diag, "name the sites where its assets stand (`loses`, `partitions`, `compromises`) or the assets (`fails`, `corrupts`, `deletes`)");
}
