/* What whoever holds a machine can do to the copies its jobs write: delete them, unless the store takes nothing back, or its lock lasts.
 *
 * A job carries what it needs to write, and whoever holds its machine has that as well. */
#include "analysis/recovery/loss.h"
#include "analysis/recovery/recovery.h"
#include "analysis/world/stands.h"
#include "analysis/world/world.h"

/* Whether a job of ours writes the backups of an asset into the store. What the platform copies, no job does. */
static bool writes_into(struct analysis *a, const struct entity *owner, const struct entity *store)
{
    struct entity *backup;

    for (uint32_t i = 0; (backup = entity_child(owner, BLOCK_BACKUP, &i));) {
        struct value to = entity_slot(backup, BACKUP_to), copies = entity_slot(backup, BACKUP_copies);
        bool into = to.type == VALUE_ENTITY && to.u.entity == store;
        const struct entity *procedure;

        for (uint32_t c = 0; copies.type == VALUE_LIST && c < copies.u.list->count; c++)
            into |= copies.u.list->items[c].type == VALUE_ENTITY && copies.u.list->items[c].u.entity == store;
        procedure = into ? backup_procedure(a, backup) : NULL;
        if (into && !(procedure && eval_is_written(procedure, PROCEDURE_managed)))
            return true;
    }
    return false;
}

/* The first asset that somebody else controls and whose jobs write into the store; NULL. */
static const struct entity *held_writer(struct analysis *a, const struct entity *store)
{
    atom key = (atom)(const void *)store;
    const struct entity *held = map_get(&a->held_writers, key);

    if (held)
        return held == store ? NULL : held;
    for (uint32_t i = 0; !held && i < a->plan->asset_count; i++) {
        const struct asset *asset = &a->plan->assets[i];
        uint32_t count;
        struct entity **groups;
        bool writes;

        if (!is_held(a, asset))
            continue;
        writes = writes_into(a, asset->entity, store);
        groups = asset_groups(a, asset, &count);
        for (uint32_t g = 0; !writes && g < count; g++)
            writes = writes_into(a, groups[g], store);
        held = writes ? asset->entity : NULL;
    }
    map_add(&a->held_writers, a->arena, key, (void *)(uintptr_t)(held ? held : store));
    return held;
}

bool deleted_by_writer(struct analysis *a, const struct entity *store, struct why *why)
{
    struct value held = entity_slot(a->scenario->scenario, SCENARIO_compromises);
    const struct entity *writer;

    if (held.type != VALUE_LIST || !held.u.list->count || binds_writers(a, store) || !(writer = held_writer(a, store)))
        return false;
    why->text = intern_text(a,
                            writers_delete(a, store)
                                ? "whoever holds `%s` logs in at store `%s` as its jobs do, and can delete there whatever is said of it"
                                : "whoever holds `%s` can do what its backups do: delete from store `%s`, which is neither `append_only` nor locked",
                            writer->name, store->name);
    return true;
}

/* How long nobody can delete what is in the store. A lock counts where somebody is in its account, or where it alone stands between the copies and
 * a job that somebody else holds; one without a time is none. */
int64_t locked_for(struct analysis *a, const struct entity *store)
{
    struct value site = store ? entity_slot(store, STORE_site) : value_unknown();
    const struct site_info *info = site.type == VALUE_ENTITY ? plan_site(a->plan, site.u.entity) : NULL;
    uint32_t cursor = 0;
    const struct entity *lock = store ? entity_child(store, BLOCK_STORE_LOCK, &cursor) : NULL;
    struct value min, other = store ? entity_slot(store, STORE_offline) : value_unknown();
    bool inside = info && a->site_compromised[info->index];

    if (!lock || (other.type == VALUE_BOOL && other.u.integer))
        return INT64_MAX;
    other = entity_slot(store, STORE_append_only);
    if (!inside && ((other.type == VALUE_BOOL && other.u.integer && !writers_delete(a, store)) || !held_writer(a, store)))
        return INT64_MAX;
    min = entity_slot(lock, STORE_LOCK_min);
    return min.type == VALUE_DURATION ? min.u.integer : 0;
}
