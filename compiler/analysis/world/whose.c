/* Whose a place is, where nobody says so (SEMANTICS §1: unset is unknown).
 *
 * Where places of its kind belong to accounts and one does not say to which, a scenario that takes an account over, or closes it, may take that
 * place along. What serves, is kept or stands by there is as unknown as that. A place in another provider than the account is none of its. */
#include "analysis/common/missing.h"
#include "analysis/world/stands.h"
#include "analysis/world/world.h"

#include <string.h>

/* The provider it is in, as far as that is said; NULL. */
static const struct site_info *provider_of(const struct analysis *a, const struct site_info *site)
{
    for (int depth = 0; site && depth < 64; depth++) {
        if (strcmp(site->level, "provider") == 0)
            return site;
        site = site->within ? plan_site(a->plan, site->within) : NULL;
    }
    return NULL;
}

static bool may_be_of(const struct analysis *a, const struct site_info *site, const struct site_info *account)
{
    const struct site_info *here = provider_of(a, site), *there = provider_of(a, account);

    return !here || !there || here == there;
}

/* A taken account that may be its own: a closed one first, for that takes more. */
static void find_whose(struct analysis *a, const struct site_info *site, const struct site_info *const *taken, uint32_t count)
{
    struct ground *place = &a->places[site->index];

    for (uint32_t t = 0; t < count; t++) {
        bool closed = a->site_lost[taken[t]->index];

        if ((place->perhaps && (place->perhaps_closed || !closed)) || !may_be_of(a, site, taken[t]))
            continue;
        place->perhaps = taken[t]->entity;
        place->perhaps_closed = closed;
    }
}

void mark_whose(struct analysis *a)
{
    const struct site_info **taken = ARENA_ARRAY(a->arena, const struct site_info *, a->plan->site_count);
    VEC(const struct kind_info *) kinds = {0};
    uint32_t count = 0;

    for (uint32_t i = 0; i < a->plan->site_count; i++) {
        if (site_is_account(a->plan->sites[i].entity) && (a->site_lost[i] || a->site_compromised[i]))
            taken[count++] = &a->plan->sites[i];
    }
    for (uint32_t i = 0; count && i < a->plan->site_count; i++) {
        const struct kind_info *kind = a->plan->sites[i].account ? a->plan->sites[i].entity->kind : NULL;
        bool seen = !kind;

        for (uint32_t k = 0; k < kinds.len && !seen; k++)
            seen = kinds.items[k] == kind;
        if (!seen)
            vec_push(a->arena, &kinds, kind);
    }
    for (uint32_t i = 0; i < a->plan->site_count; i++) {
        const struct site_info *site = &a->plan->sites[i];

        for (uint32_t k = 0; k < kinds.len && !site->account && !site_is_account(site->entity) && !a->site_lost[i]; k++) {
            if (kinds.items[k] == site->entity->kind)
                find_whose(a, site, taken, count);
        }
    }
}

const struct reason *whose_unset(struct analysis *a, const struct site_info *site)
{
    struct reason reason = {.code = DIAG_E0561, .at = site->entity, .attribute = "account", .help = "state its `account`", .gone = true};

    reason.text = intern_text(a, "to which account `%s` belongs is not stated, so nobody knows whether `%s` reaches it", site->entity->name,
                              a->scenario->scenario->name);
    return keep_reason(a, &reason);
}

const struct reason *whose_doubt(struct analysis *a, const struct asset *asset, struct entity **with)
{
    struct value quorum = entity_slot(asset->entity, ASSET_quorum);
    int64_t needed = quorum.type == VALUE_INT ? quorum.u.integer : 1;
    const struct site_info *unsaid = NULL;

    for (uint32_t i = 0; i < asset->site_count; i++) {
        if (!stands_at(a, asset->entity, asset->sites[i]))
            continue;
        if (ground_of(a, asset->sites[i])->perhaps)
            unsaid = asset->sites[i];
        else
            needed--;
    }
    if (!unsaid || needed <= 0)
        return NULL;
    *with = ground_of(a, unsaid)->perhaps;
    return whose_unset(a, unsaid);
}

const struct site_info *whose_source(const struct analysis *a, struct value element, const struct entity *store)
{
    const struct entity *standby = element.type == VALUE_ENTITY ? element.u.entity : NULL;
    struct value at = store ? entity_slot(store, STORE_site) : value_unknown();
    const struct site_info *site = at.type == VALUE_ENTITY ? plan_site(a->plan, at.u.entity) : NULL;

    if (site && ground_of(a, site)->perhaps && (ground_of(a, site)->perhaps_closed || !store_withstands(a, store)))
        return site;
    if (!standby || (standby->schema->id != BLOCK_REPLICA && standby->schema->id != BLOCK_STANDBY))
        return NULL;
    site = plan_site(a->plan, model_find(a->model, BLOCK_SITE, standby->name));
    return site && ground_of(a, site)->perhaps ? site : NULL;
}
