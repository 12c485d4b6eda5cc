/* What an asset holds, and what a method that reads no copies loses of it (SEMANTICS §1).
 *
 * Databases and files hold data; a queue holds what is in flight; a cache holds nothing as long as nobody says otherwise: an RPO on the asset
 * itself, a backup or a replica says so. Objectives of tier, class and plan do not reach what holds nothing, and what cannot hold
 * anything has none. */
#include "analysis/world/stands.h"
#include "analysis/world/world.h"

#include <string.h>

static bool has_child(const struct entity *entity, enum block_id block)
{
    uint32_t cursor = 0;

    return entity_child(entity, block, &cursor) != NULL;
}

/* Where it promises a loss of its own; NULL when it does not. */
static const struct entity *own_promise(const struct asset *asset)
{
    const struct entity *child;

    if (entity_slot(asset->entity, ASSET_rpo).type == VALUE_DURATION)
        return asset->entity;
    for (uint32_t i = 0; (child = entity_child(asset->entity, BLOCK_OBJECTIVE, &i));) {
        if (entity_slot(child, OBJECTIVE_rpo).type == VALUE_DURATION)
            return child;
    }
    return NULL;
}

static bool is_kept(const struct analysis *a, const struct asset *asset)
{
    uint32_t groups;

    asset_groups(a, asset, &groups);
    return groups || has_child(asset->entity, BLOCK_BACKUP) || has_child(asset->entity, BLOCK_REPLICA);
}

/* A promise about nothing is a mistake, not a promise kept. */
static void refuse_promise(struct analysis *a, const struct asset *asset, const struct entity *promise)
{
    struct diag *diag = find(
        a, DIAG_E0566, (struct about){.subject = asset->entity, .span = attr_span_or(entity_attr_named(a->model, promise, "rpo"), asset->entity)},
        "`%s` has an RPO, and a thing of kind `%s` holds no data", asset->name, asset->entity->kind->entity->name);

    if (diag)
        diag_help(diag, "leave `rpo` away, or give the data it works with an asset of its own");
}

void find_holding(struct analysis *a, struct asset *asset)
{
    const struct kind_info *kind = asset->entity->kind;
    struct entity *says = kind_deferred(kind, KIND_holds);
    struct value holds =
        says ? eval_deferred(a->eval, says, KIND_holds, scope_add(a->eval, NULL, "self", value_entity(asset->entity))) : value_unknown();
    const struct entity *promise;

    if (!kind || kind->incomplete || (!says && asset->stateful))
        return; /* a kind that is not known, which is reported, says nothing */
    promise = own_promise(asset);
    if (!says) {
        if (promise)
            refuse_promise(a, asset, promise);
        return;
    }
    if (holds.type != VALUE_WORD) /* not known: the worst */
        asset->holds = HOLDS_DATA;
    else if (strcmp(holds.u.word, "in_flight") == 0)
        asset->holds = HOLDS_IN_FLIGHT;
    else
        asset->holds = strcmp(holds.u.word, "data") == 0 || promise || is_kept(a, asset) ? HOLDS_DATA : HOLDS_NOTHING;
    asset->stateful = asset->holds == HOLDS_DATA;
}
