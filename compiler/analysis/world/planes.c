/* Which control planes answer in a scenario. */
#include "analysis/world/world.h"

#include <string.h>

static bool has_word(struct value list, const char *word)
{
    for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++) {
        if (list.u.list->items[i].type == VALUE_WORD && strcmp(list.u.list->items[i].u.word, word) == 0)
            return true;
    }
    return false;
}

bool is_among(const struct analysis *a, struct value list, const struct site_info *site)
{
    for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++) {
        if (list.u.list->items[i].type == VALUE_ENTITY && site_is_in(a, site, list.u.list->items[i].u.entity))
            return true;
    }
    return false;
}

bool plane_degraded(const struct analysis *a, const struct entity *scenario, const struct site_info *site, const char *plane)
{
    return has_word(entity_slot(scenario, SCENARIO_planes), plane) && is_among(a, entity_slot(scenario, SCENARIO_degrades), site);
}

/* The asset that is the zone of that name; looked up in an index made on first use. */
struct asset *zone_asset(struct analysis *a, const char *name)
{
    for (uint32_t i = 0; !a->zones_indexed && i < a->plan->asset_count; i++) {
        const char *zone = entity_string(a->model, a->plan->assets[i].entity, "zone_name", "");

        if (zone[0] && !map_get(&a->dns_zones, intern_str(a->model->names, zone)))
            map_add(&a->dns_zones, a->arena, intern_str(a->model->names, zone), &a->plan->assets[i]);
    }
    a->zones_indexed = true;
    return map_get(&a->dns_zones, intern_str(a->model->names, name));
}

const char *name_mover(const struct entity *endpoint)
{
    struct value target = endpoint->kind ? kind_slot(endpoint->kind, KIND_moved_by) : value_unknown();

    return target.type == VALUE_WORD ? target.u.word : NULL;
}

const char *name_told_in(const struct entity *endpoint)
{
    const char *mover = name_mover(endpoint);

    return mover ? mover : "runbooks";
}
