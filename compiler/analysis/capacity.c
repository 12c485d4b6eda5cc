/* Whether what fails over together fits (SEMANTICS §5): for each site with a `quota`, what occupies it once a scenario's recovery is
 * done. Whatever serves there occupies all it needs; a standby that was not called keeps the share it runs at. Amounts are exact
 * decimals in the owner's own units; `demand` of assets counts as the amount called demand. */
#include "analysis/stands.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN = 5 };

static bool amount(struct value value, int64_t *nano)
{
    if (value.type == VALUE_INT)
        return !__builtin_mul_overflow(value.u.integer, (int64_t)NANO, nano);
    *nano = value.u.integer;
    return value.type == VALUE_DECIMAL;
}

/* How much of a resource an asset needs; 0 when it does not say. */
static int64_t need_of(const struct asset *asset, const char *name)
{
    struct value occupies = entity_slot(asset->entity, ASSET_occupies);
    int64_t nano = 0;

    if (strcmp(name, "demand") == 0)
        return amount(entity_slot(asset->entity, ASSET_demand), &nano) && nano > 0 ? nano : 0;
    for (uint32_t i = 0; occupies.type == VALUE_OBJECT && i < occupies.u.object->count; i++) {
        if (strcmp(occupies.u.object->pairs[i].key, name) == 0 && amount(occupies.u.object->pairs[i].value, &nano))
            return nano > 0 ? nano : 0;
    }
    return 0;
}

/* The share of it that runs at the site although it serves elsewhere, in parts per 10^9. */
static int64_t standby_share(const struct analysis *a, const struct asset *asset, const struct site_info *site)
{
    struct entity *standby;

    for (uint32_t i = 0; (standby = entity_child(asset->entity, BLOCK_STANDBY, &i));) {
        const struct site_info *at = plan_site(a->plan, model_find(a->model, BLOCK_SITE, standby->name));
        struct value capacity = entity_slot(standby, STANDBY_capacity);

        if (at && site_is_in(a, at, site->entity))
            return capacity.type == VALUE_PERCENT ? capacity.u.integer : NANO;
    }
    return 0;
}

static int64_t share_of(int64_t nano, int64_t parts)
{
    if (parts >= NANO)
        return nano;
    /* Rounded up; in two halves so that neither product leaves 64 bits. */
    return nano / NANO * parts + (nano % NANO * parts + NANO - 1) / NANO;
}

static bool serves_in(const struct analysis *a, const struct asset_state *state, const struct site_info *site)
{
    if (state->fate == FATE_LOST)
        return state->serving && site_is_in(a, state->serving, site->entity);
    for (uint32_t i = 0; i < state->asset->site_count; i++) {
        if (site_is_in(a, state->asset->sites[i], site->entity) && stands_at(a, state->asset->entity, state->asset->sites[i]))
            return true;
    }
    return false;
}

/* Whether it served from several places and some are gone: those that are left take over what those carried. `occupies` is what it takes up
 * where it serves in full, and how several of them share is stated nowhere, so each has to have room for all of it. */
static bool takes_over(const struct analysis *a, const struct asset_state *state)
{
    uint32_t gone = 0;

    for (uint32_t i = 0; i < state->asset->site_count && state->asset->site_count > 1; i++)
        gone += !stands_at(a, state->asset->entity, state->asset->sites[i]);
    return gone > 0;
}

struct occupant {
    const struct asset *asset;
    int64_t nano;
    bool arrives; /* it did not serve there before */
    bool grows;   /* it did, and carries what was served elsewhere as well */
};

static int by_size(const void *x, const void *y)
{
    const struct occupant *a = x, *b = y;

    if (a->nano != b->nano)
        return a->nano > b->nano ? -1 : 1;
    return a->asset->index < b->asset->index ? -1 : 1;
}

static const char *number(struct analysis *a, int64_t nano)
{
    struct strbuf text = STRBUF_INIT;
    const char *copy;

    print_decimal(&text, nano);
    copy = strbuf_dup(&text, a->arena);
    strbuf_release(&text);
    return copy;
}

static void report(struct analysis *a, struct scenario_result *result, const struct site_info *site, const struct value_pair *quota, int64_t limit,
                   int64_t sum, struct occupant *list, uint32_t count)
{
    const struct attr *attr = site->entity->tree ? block_attr(site->entity->tree, intern_str(a->model->names, "quota")) : NULL;
    struct diag *diag = find(a, DIAG_E0546, VERDICT_REFUTED, site->entity, result->scenario,
                             attr ? span_join(attr->name_span, attr->value->span) : site->entity->span,
                             "%s %s do not fit into `%s` in `%s`: its quota is %s", number(a, sum), quota->key, site->entity->name,
                             result->scenario->name, number(a, limit));

    if (!diag)
        return;
    qsort(list, count, sizeof *list, by_size);
    for (uint32_t i = 0; i < count; i++)
        (i < SHOWN ? diag_note : diag_note_more)(diag, "%s for `%s`%s", number(a, list[i].nano), list[i].asset->name,
                                                 list[i].arrives ? ", which moves there" : list[i].grows ? ", which has to be carried there alone" : "");
    diag_help(diag, "raise the quota beforehand, or let less of it recover there");
}

static void check_quota(struct analysis *a, struct scenario_result *result, const struct site_info *site, const struct value_pair *quota)
{
    VEC(struct occupant) list = {0};
    int64_t limit, sum = 0;
    bool arrives = false;

    if (!amount(quota->value, &limit) || !place_stands(a, site))
        return;
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];
        int64_t need = need_of(state->asset, quota->key);
        bool before = false, grows = false;

        if (need == 0)
            continue;
        for (uint32_t s = 0; s < state->asset->site_count; s++)
            before |= site_is_in(a, state->asset->sites[s], site->entity);
        if (!serves_in(a, state, site)) {
            if (state->fate == FATE_LOST && before)
                continue; /* gone from there */
            need = share_of(need, standby_share(a, state->asset, site));
        } else {
            grows = before && takes_over(a, state);
            arrives |= !before || grows;
        }
        if (need == 0)
            continue;
        if (__builtin_add_overflow(sum, need, &sum))
            sum = INT64_MAX;
        vec_push(a->arena, &list, ((struct occupant){state->asset, need, !before && serves_in(a, state, site), grows}));
    }
    if (arrives && sum > limit)
        report(a, result, site, quota, limit, sum, list.items, list.len);
}

void check_capacity(struct analysis *a, struct scenario_result *result)
{
    for (uint32_t s = 0; s < a->plan->site_count; s++) {
        struct value quota = entity_slot(a->plan->sites[s].entity, SITE_quota);

        for (uint32_t i = 0; quota.type == VALUE_OBJECT && i < quota.u.object->count; i++)
            check_quota(a, result, &a->plan->sites[s], &quota.u.object->pairs[i]);
    }
}
