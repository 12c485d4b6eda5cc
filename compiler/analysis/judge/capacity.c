/* Whether what fails over together fits (SEMANTICS §5): for each site with a `quota`, what occupies it once a scenario's recovery is
 * done. Whatever serves there occupies all it needs; a standby that was not called keeps the share it runs at. Amounts are exact
 * decimals in the owner's own units; `demand` of assets counts as the amount called demand. */
#include "analysis/common/entries.h"
#include "analysis/judge/judge.h"
#include "analysis/world/stands.h"

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
    struct diag *diag =
        find(a, DIAG_E0546, (struct about){.subject = site->entity, .scenario = result->scenario, .span = entity_attr_span(site->entity, SITE_quota)},
             "%s %s do not fit into `%s` in `%s`: its quota is %s", number(a, sum), quota->key, site->entity->name, result->scenario->name,
             number(a, limit));

    if (!diag)
        return;
    qsort(list, count, sizeof *list, by_size);
    for (uint32_t i = 0; i < count; i++)
        (i < SHOWN ? diag_note : diag_note_more)(diag, "%s for `%s`%s", number(a, list[i].nano), list[i].asset->name,
                                                 list[i].arrives ? ", which moves there"
                                                 : list[i].grows ? ", which has to be carried there alone"
                                                                 : "");
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

/* ---------------------------------------------------------------- names */

static bool has_name(struct value object, const char *name)
{
    for (uint32_t i = 0; object.type == VALUE_OBJECT && i < object.u.object->count; i++) {
        if (strcmp(object.u.object->pairs[i].key, name) == 0)
            return true;
    }
    return false;
}

static bool some_quota_has(const struct analysis *a, const char *name)
{
    for (uint32_t s = 0; s < a->plan->site_count; s++) {
        if (has_name(entity_slot(a->plan->sites[s].entity, SITE_quota), name))
            return true;
    }
    return false;
}

static const char *nearest_quota(struct analysis *a, const char *name)
{
    VEC(const char *) names = {0};

    for (uint32_t s = 0; s < a->plan->site_count; s++) {
        struct value quota = entity_slot(a->plan->sites[s].entity, SITE_quota);

        for (uint32_t i = 0; quota.type == VALUE_OBJECT && i < quota.u.object->count; i++)
            vec_push(a->arena, &names, quota.u.object->pairs[i].key);
    }
    return names.len ? nearest(name, names.items, names.len) : NULL;
}

static bool has_quotas(const struct analysis *a)
{
    for (uint32_t s = 0; s < a->plan->site_count; s++) {
        struct value quota = entity_slot(a->plan->sites[s].entity, SITE_quota);

        if (quota.type == VALUE_OBJECT && quota.u.object->count)
            return true;
    }
    return false;
}

/* Where no site states a quota, whether there is room is asked (add_room). */
void check_resources(struct analysis *a)
{
    bool any = has_quotas(a);

    for (uint32_t i = 0; any && i < a->plan->asset_count; i++) {
        struct value occupies = entity_slot(a->plan->assets[i].entity, ASSET_occupies);

        for (uint32_t n = 0; occupies.type == VALUE_OBJECT && n < occupies.u.object->count; n++) {
            const char *name = occupies.u.object->pairs[n].key, *near;
            struct diag *diag;

            if (some_quota_has(a, name))
                continue;
            diag = diag_report(a->sink, DIAG_E0583, entity_attr_span(a->plan->assets[i].entity, ASSET_occupies),
                               "`%s` takes up `%s`, which no `quota` has", a->plan->assets[i].name, name);
            near = nearest_quota(a, name);
            if (near)
                diag_help(diag, "did you mean `%s`?", near);
            else
                diag_help(diag, "say in the `quota` of the sites it may move to how much of it there is");
        }
    }
}

/* Whether the quota of the site, or of one around it, says how much there is of all that the asset takes up. */
static bool is_measured(const struct analysis *a, const struct asset *asset, const struct site_info *site)
{
    struct value occupies = entity_slot(asset->entity, ASSET_occupies);
    bool any = false, all = true;

    for (uint32_t n = 0; occupies.type == VALUE_OBJECT && n < occupies.u.object->count; n++) {
        bool known = false;

        for (const struct site_info *at = site; at && !known; at = at->within ? plan_site(a->plan, at->within) : NULL)
            known = has_name(entity_slot(at->entity, SITE_quota), occupies.u.object->pairs[n].key);
        all &= known;
        any = true;
    }
    return any && all;
}

bool room_is_asked(const struct analysis *a, const struct asset_state *state)
{
    const struct site_info *site = state->fate == FATE_LOST ? state->serving : NULL;

    if (!site || (state->chosen && state->chosen->automatic && state->chosen->instant))
        return false;
    for (uint32_t i = 0; i < state->asset->site_count; i++) {
        if (site_is_in(a, state->asset->sites[i], site->entity) || site_is_in(a, site, state->asset->sites[i]->entity))
            return false; /* it was there before */
    }
    return !is_measured(a, state->asset, site);
}

void add_room(struct analysis *a, const struct scenario_result *result, const struct asset_state *state)
{
    const struct site_info *site = state->serving;
    struct assumption *room;
    bool is_new;

    if (!room_is_asked(a, state))
        return;
    room = ledger_entry(a, ASSUME_CAPACITY, site->entity, ".room", &is_new);
    if (is_new) {
        room->says = intern_text(a, "`%s` has room for what is recovered there, machines, disks and addresses", site->entity->name);
        ask_owner(a, room, site->entity, "restore", "what is free there, and what do quotas and contracts allow? State it as `quota` and `occupies`");
    }
    rest_rto(a, room, result, state);
}

/* ---------------------------------------------------------------- what fits */

void check_capacity(struct analysis *a, struct scenario_result *result)
{
    for (uint32_t s = 0; s < a->plan->site_count; s++) {
        struct value quota = entity_slot(a->plan->sites[s].entity, SITE_quota);

        for (uint32_t i = 0; quota.type == VALUE_OBJECT && i < quota.u.object->count; i++)
            check_quota(a, result, &a->plan->sites[s], &quota.u.object->pairs[i]);
    }
}
