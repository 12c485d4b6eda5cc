/* What the platform of an asset does with its backups by itself, as its kind says (`base_every` of a procedure, `limit`): full copies of its own
 * that a log starts from, and how long it keeps anything at all. */
#include "analysis/recovery/loss.h"
#include "analysis/recovery/recovery.h"

#include <string.h>

int64_t platform_base(struct analysis *a, const struct entity *backup)
{
    const struct entity *procedure = backup_procedure(a, (struct entity *)(uintptr_t)backup);
    struct value every = procedure && eval_is_written(procedure, PROCEDURE_base_every) ? eval_deferred(a->eval, procedure, PROCEDURE_base_every, NULL)
                                                                                       : value_unknown();

    return every.type == VALUE_DURATION ? every.u.integer : TIME_UNKNOWN;
}

/* What the kind, or one it is built on, says of backups of that kind in one attribute of `limit`; UNKNOWN. */
static struct value limit_of(const struct asset *asset, const struct entity *backup, uint32_t row, const struct entity **limit)
{
    struct value kind = entity_slot(backup, BACKUP_kind), most;
    const struct entity *block;

    *limit = NULL;
    for (const struct kind_info *at = asset->entity->kind; at && kind.type == VALUE_WORD; at = at->base) {
        for (uint32_t i = 0; (block = entity_child(at->entity, BLOCK_KIND_LIMIT, &i));) {
            most = entity_slot(block, row);
            if (strcmp(block->name, kind.u.word) != 0 || most.type != VALUE_DURATION)
                continue;
            *limit = block;
            return most;
        }
    }
    return value_unknown();
}

int64_t platform_limit(struct analysis *a, const struct asset *asset, const struct entity *backup, const struct entity **limit)
{
    struct value most = limit_of(asset, backup, KIND_LIMIT_retain, limit);

    (void)a;
    return most.type == VALUE_DURATION ? most.u.integer : INT64_MAX;
}

int64_t platform_interval(const struct asset *asset, const struct entity *backup, const struct entity **limit)
{
    struct value least = limit_of(asset, backup, KIND_LIMIT_ship_every, limit);

    return least.type == VALUE_DURATION ? least.u.integer : 0;
}
