/* Whether a store outlives what happens around it, and whom its locks bind. */
#include "analysis/world/stands.h"
#include "analysis/world/world.h"

#include <string.h>

bool store_withstands(const struct analysis *a, const struct entity *store)
{
    uint32_t cursor = 0;
    const struct entity *lock = entity_child(store, BLOCK_STORE_LOCK, &cursor);
    struct entity *immutable = kind_deferred(store->kind, KIND_immutable);
    struct value flag = entity_slot(store, STORE_offline);

    /* A governance lock is lifted by whoever may administer the account. What a kind calls immutable because of its lock is as good as it. */
    if (lock)
        return is_word(entity_slot(lock, STORE_LOCK_mode), "compliance") || (flag.type == VALUE_BOOL && flag.u.integer);
    if (!(flag.type == VALUE_BOOL && flag.u.integer) && immutable)
        flag = eval_deferred(a->eval, immutable, KIND_immutable, scope_add(a->eval, NULL, "self", value_entity((struct entity *)(uintptr_t)store)));
    return flag.type == VALUE_BOOL && flag.u.integer;
}

bool writers_delete(const struct analysis *a, const struct entity *store)
{
    struct entity *says = kind_deferred(store->kind, KIND_writers_delete);
    struct value flag = value_unknown();

    if (says)
        flag = eval_deferred(a->eval, says, KIND_writers_delete, scope_add(a->eval, NULL, "self", value_entity((struct entity *)(uintptr_t)store)));
    return flag.type == VALUE_BOOL && flag.u.integer;
}

bool binds_writers(const struct analysis *a, const struct entity *store)
{
    struct value flag = entity_slot(store, STORE_append_only);
    uint32_t cursor = 0;

    if (writers_delete(a, store))
        return false;
    return (flag.type == VALUE_BOOL && flag.u.integer) || store_withstands(a, store) || entity_child(store, BLOCK_STORE_LOCK, &cursor);
}

bool store_survives(const struct analysis *a, const struct entity *store, struct why *why)
{
    struct value site = entity_slot(store, STORE_site);
    const struct site_info *info = site.type == VALUE_ENTITY ? plan_site(a->plan, site.u.entity) : NULL;
    uint32_t cursor = 0;
    struct value flag;
    const struct entity *lock, *with;
    bool perhaps;

    if (!info)
        return true;
    if ((with = taken_with(a, store, info, TAKEN_LOST, &perhaps))) {
        why->text = perhaps
                        ? common_text(a, "store `%s` may stand in `%s`, which is lost: %s", store->name, with->name,
                                      outlives(a, store) ? "more zones are lost than it outlives"
                                                         : "its kind does not say that it spans zones (`multi_zone`)")
                        : common_text(a, "store `%s` is lost with `%s`", store->name, ground_of(a, info)->closed ? with->name : info->entity->name);
        return false;
    }
    if ((with = taken_with(a, store, info, TAKEN_CUT, &perhaps))) {
        why->text =
            common_text(a, perhaps ? "store `%s` may stand in `%s`, which is cut off" : "store `%s` cannot be reached, it is cut off with `%s`",
                        store->name, perhaps ? with->name : info->entity->name);
        return false;
    }
    with = taken_with(a, store, info, TAKEN_HELD, &perhaps);
    if (!with || store_withstands(a, store))
        return true;
    if (writers_delete(a, store) && !site_is_in(a, info, with) && info->account != with) {
        why->text = common_text(a, "whoever holds `%s` logs in where store `%s` is as jobs do, and can delete there whatever is said of it",
                                with->name, store->name);
        return false;
    }
    lock = entity_child(store, BLOCK_STORE_LOCK, &cursor);
    /* Append-only binds who writes into it, not who administers the place it is in: it saves nothing here. */
    flag = entity_slot(store, STORE_append_only);
    if (lock)
        *why = (struct why){.as = REFUSED_LOCK_LIFTED, .at = store};
    why->text = common_text(a,
                            lock ? "the lock of store `%s` can be lifted from the compromised account: it is not of mode `compliance`"
                            : flag.type == VALUE_BOOL && flag.u.integer
                                ? "store `%s` can be deleted from the compromised account: `append_only` binds its writers, not who administers it"
                                : "store `%s` can be deleted from the compromised account",
                            store->name);
    return false;
}
