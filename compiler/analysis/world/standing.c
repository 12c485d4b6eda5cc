/* In what places things of a kind can stand (`stands_in` of the kind): a managed service in a region of its provider, a server on a host
 * before anywhere else. A kind that says nothing stands anywhere. Recovery places are chosen among those, the nearest first, among equally
 * near ones by the order of that list; what is declared to be anywhere else is an error. */
#include "analysis/world/stands.h"
#include "analysis/world/world.h"

#include <string.h>

static bool is_a(const struct entity *site, const char *name)
{
    for (const struct kind_info *kind = site->kind; kind; kind = kind->base) {
        if (strcmp(kind->entity->name, name) == 0)
            return true;
    }
    return false;
}

int stands_in_rank(const struct kind_info *kind, const struct entity *site)
{
    struct value list = kind ? kind_slot(kind, KIND_stands_in) : value_unknown();

    if (list.type != VALUE_LIST)
        return 0;
    for (uint32_t i = 0; i < list.u.list->count; i++) {
        if (list.u.list->items[i].type == VALUE_STRING && is_a(site, list.u.list->items[i].u.string))
            return (int)i;
    }
    return -1;
}

/* "aws.region or aws.zone" */
static const char *places_of_kind(const struct analysis *a, const struct kind_info *kind)
{
    struct value list = kind_slot(kind, KIND_stands_in);
    struct strbuf text = STRBUF_INIT;
    const char *words;

    for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++)
        strbuf_addf(&text, "%s`%s`", i == 0 ? "" : i + 1 < list.u.list->count ? ", " : " or ", list.u.list->items[i].u.string);
    words = list.type == VALUE_LIST && list.u.list->count ? strbuf_dup(&text, a->arena) : "nothing";
    strbuf_release(&text);
    return words;
}

const char *misplaced(const struct analysis *a, const struct kind_info *kind, const struct entity *site)
{
    if (stands_in_rank(kind, site) >= 0)
        return NULL;
    return intern_text(a, "a thing of kind `%s` stands in %s, and `%s` is of kind `%s`", kind->entity->name, places_of_kind(a, kind), site->name,
                       site->kind ? site->kind->entity->name : "site");
}

/* ---------------------------------------------------------------- the nearest place */

static struct site_info *around(const struct analysis *a, const struct site_info *site)
{
    return site->within ? plan_site(a->plan, site->within) : NULL;
}

/* How many places are around both, from the outermost one inwards; the region in the provider's words counts as well. */
static int nearness(const struct analysis *a, const struct site_info *from, const struct site_info *to)
{
    int shared = from->region[0] && strcmp(from->region, to->region) == 0 ? 64 : 0;

    for (const struct site_info *at = from; at; at = around(a, at)) {
        if (site_is_in(a, to, at->entity))
            shared++;
    }
    return shared;
}

/* What was found for the kinds that say the same of places: by index of the place one comes from. Of kinds that say nothing: the first. */
static struct site_info **found_for(struct analysis *a, const struct kind_info *kind)
{
    struct value list = kind ? kind_slot(kind, KIND_stands_in) : value_unknown();
    atom key = (atom)(const void *)(list.type == VALUE_LIST ? (const void *)list.u.list : (const void *)a->plan);
    struct site_info **found = map_get(&a->nearest, key);

    if (!found) {
        found = ARENA_ARRAY(a->arena, struct site_info *, a->plan->site_count + 1);
        map_set(&a->nearest, a->arena, key, found);
    }
    return found;
}

/* Where what is tied to a zone can be put when that is taken: the region around it, or another zone of that; NULL. Whoever lives in a zone moves
 * to the next one, and keeps no place for that. */
static struct site_info *beside(const struct analysis *a, const struct site_info *from, const struct kind_info *kind)
{
    struct site_info *region = from && strcmp(from->level, "zone") == 0 ? around(a, from) : NULL;

    if (!region || strcmp(region->level, "region") != 0 || region->account != from->account || !place_stands(a, region))
        return NULL;
    if (stands_in_rank(kind, region->entity) >= 0)
        return region;
    for (uint32_t i = 0; i < a->plan->site_count; i++) {
        struct site_info *site = &a->plan->sites[i];

        if (around(a, site) == region && site->account == from->account && place_stands(a, site) && stands_in_rank(kind, site->entity) >= 0)
            return site;
    }
    return NULL;
}

struct site_info *nearest_recovery(struct analysis *a, const struct site_info *from, const struct kind_info *kind)
{
    struct site_info **found = found_for(a, kind);
    struct site_info *best = NULL;
    uint32_t index = from ? from->index : a->plan->site_count;
    int most = -1, first = 0;

    if (found[index])
        return found[index];
    for (uint32_t i = 0; i < a->plan->site_count; i++) {
        struct site_info *site = &a->plan->sites[i];
        int near, rank;

        if (strcmp(site->role, "recovery") != 0 || !place_stands(a, site) || (rank = stands_in_rank(kind, site->entity)) < 0)
            continue;
        near = from ? nearness(a, from, site) : 0;
        if (near > most || (near == most && rank < first)) {
            most = near;
            first = rank;
            best = site;
        }
    }
    if (!best || !from || !from->within || !site_is_in(a, best, from->within))
        best = beside(a, from, kind) ? beside(a, from, kind) : best;
    found[index] = best;
    return best;
}

/* ---------------------------------------------------------------- what is declared elsewhere */

static void check_place(struct analysis *a, const struct asset *asset, struct entity *thing, const struct entity *site, struct span span)
{
    const char *why = site ? misplaced(a, asset->entity->kind, site) : NULL;
    struct diag *diag;

    if (!why)
        return;
    diag = find(a, DIAG_E0586, (struct about){.subject = thing, .span = span}, "%s `%s` cannot be at `%s`", thing->schema->name,
                thing == asset->entity ? asset->name : intern_text(a, "%s` of `%s", thing->name, asset->name), site->name);
    if (!diag)
        return;
    diag_label(diag, site->span, "this is of kind `%s`", site->kind ? site->kind->entity->name : "site");
    diag_note(diag, "%s", why);
    diag_help(diag, "name a place of such a kind, or give the thing the kind of what it is there");
}

void check_standing(struct analysis *a)
{
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        const struct asset *asset = &a->plan->assets[i];
        struct entity *child;

        if (!asset->entity->kind || kind_slot(asset->entity->kind, KIND_stands_in).type != VALUE_LIST)
            continue;
        for (uint32_t s = 0; s < asset->site_count; s++)
            check_place(a, asset, asset->entity, asset->sites[s]->entity,
                        entity_attr_span(asset->entity, entity_slot(asset->entity, ASSET_site).type == VALUE_ENTITY ? ASSET_site : ASSET_sites));
        for (uint32_t c = 0; (child = entity_child(asset->entity, BLOCK_REPLICA, &c));)
            check_place(a, asset, child, model_find(a->model, BLOCK_SITE, child->name), child->span);
        for (uint32_t c = 0; (child = entity_child(asset->entity, BLOCK_STANDBY, &c));)
            check_place(a, asset, child, model_find(a->model, BLOCK_SITE, child->name), child->span);
    }
}
