/* What a scenario does to each asset: lost, impaired, unaffected (SEMANTICS §1).
 *
 * An asset is lost where it stands, by what is lost around it, by what is done to it, or by an intruder; whoever needs it is impaired. */
#include "analysis/world/stands.h"
#include "analysis/world/world.h"

#include <string.h>

/* Lists may name every asset there is, so they are walked once, not once for each asset. */
enum { HIT_CORRUPTED = 1, HIT_DELETED = 2, HIT_FAILED = 4 };

static void mark_hit(struct analysis *a, struct value list, uint8_t mark)
{
    for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++) {
        struct asset *asset = list.u.list->items[i].type == VALUE_ENTITY ? plan_asset(a->plan, list.u.list->items[i].u.entity) : NULL;

        if (asset)
            a->hit[asset->index] |= mark;
    }
}

static void mark_assets(struct analysis *a, const struct entity *scenario)
{
    if (!a->hit)
        a->hit = ARENA_ARRAY(a->arena, uint8_t, a->plan->asset_count);
    memset(a->hit, 0, a->plan->asset_count);
    mark_hit(a, entity_slot(scenario, SCENARIO_corrupts), HIT_CORRUPTED);
    mark_hit(a, entity_slot(scenario, SCENARIO_deletes), HIT_DELETED);
    mark_hit(a, entity_slot(scenario, SCENARIO_fails), HIT_FAILED);
}

static const char *level_of(const struct analysis *a, const struct entity *site)
{
    const struct site_info *info = plan_site(a->plan, site);

    return info && info->level[0] ? info->level : "region";
}

/* An asset may be lost in several ways at once (failed, and its region gone): a method must cover all of them. The first is what it
 * is called by. */
void lose(struct analysis *a, struct asset_state *state, const char *loss, struct entity *with)
{
    if (state->fate != FATE_LOST) {
        state->fate = FATE_LOST;
        state->loss = loss;
        state->lost_with = with;
    }
    for (uint32_t i = 0; i < state->loss_count; i++) {
        if (strcmp(state->losses[i], loss) == 0)
            return;
    }
    if (state->loss_count == LOSS_LIMIT)
        return;
    /* One is the rule. */
    if (state->loss_count < 2)
        state->losses = arena_grow(a->arena, state->losses, state->loss_count * sizeof *state->losses,
                                   (state->loss_count ? LOSS_LIMIT : 1) * sizeof *state->losses);
    state->losses[state->loss_count++] = loss;
}

bool state_has_loss(const struct asset_state *state, const char *loss)
{
    for (uint32_t i = 0; i < state->loss_count; i++) {
        if (strcmp(state->losses[i], loss) == 0)
            return true;
    }
    return false;
}

bool is_damaged(const struct asset_state *state)
{
    return state_has_loss(state, "corruption") || state_has_loss(state, "deletion") || state_has_loss(state, "object");
}

/* A method that goes on with what is left beside the lost part: nothing is brought from elsewhere, nobody decides. */
static bool falls_over(struct analysis *a, const struct asset *asset, const char *loss)
{
    const struct kind_info *kind = asset->entity->kind;
    const struct scope *scope = NULL;

    for (uint32_t m = 0; m < kind->methods.len; m++) {
        const struct entity *method = kind->methods.items[m];

        if (eval_is_written(method, METHOD_for) || eval_is_written(method, METHOD_restores) || !eval_is_written(method, METHOD_automatic))
            continue;
        if (!scope)
            scope = scope_add(a->eval, scenario_scope(a), "self", value_entity(asset->entity));
        if (says_yes(a, method, METHOD_automatic, scope) && covers_loss(eval_deferred(a->eval, method, METHOD_covers, scope), loss) &&
            says_yes(a, method, METHOD_when, scope))
            return true;
    }
    return false;
}

/* What the loss of a part of its site does to an asset that outlives it; NULL: nothing. */
static const char *shaken(struct analysis *a, const struct asset *asset, const struct site_info *site)
{
    const struct ground *place = ground_of(a, site);

    if (!place->inner[TAKEN_LOST] && !place->inner[TAKEN_CUT])
        return NULL;
    if (!place->level_count)
        return falls_over(a, asset, "zone") ? "zone" : NULL;
    for (uint32_t i = 0; i < place->level_count; i++) {
        if (falls_over(a, asset, place->levels[i]))
            return place->levels[i];
    }
    return NULL;
}

static bool serves_at(struct analysis *a, const struct asset *asset, const struct site_info *site)
{
    return stands_at(a, asset->entity, site) && !shaken(a, asset, site);
}

/* Every way in which it is gone at a site where it does not serve: a method has to cover all of them. */
static void lose_at(struct analysis *a, struct asset_state *state, const struct site_info *site)
{
    const struct ground *place = ground_of(a, site);
    const struct entity *thing = state->asset->entity;
    struct entity *with;
    const char *loss;
    bool perhaps;

    if ((with = taken_with(a, thing, site, TAKEN_HELD, &perhaps)))
        lose(a, state, strcmp(level_of(a, with), "host") == 0 ? "host" : "account", perhaps ? with : site->entity);
    with = taken_with(a, thing, site, TAKEN_LOST, &perhaps);
    if (with && !perhaps && with != place->closed)
        lose(a, state, level_of(a, with), with);
    if (place->closed)
        lose(a, state, level_of(a, place->closed), place->closed);
    if (with && perhaps && outlives(a, thing) > 0 && !place->whole)
        lose(a, state, level_of(a, site->entity), with); /* more than it outlives: as if the whole site were gone */
    for (uint32_t i = 0; with && perhaps && i < place->level_count && (outlives(a, thing) == 0 || place->whole); i++)
        lose(a, state, place->levels[i], with);
    if ((!with || perhaps) && (with = taken_with(a, thing, site, TAKEN_CUT, &perhaps)))
        lose(a, state, "partition", with); /* intact, and of no use to anybody */
    if (!state->loss_count && (loss = shaken(a, state->asset, site)))
        lose(a, state, loss, place->inner[TAKEN_LOST] ? place->inner[TAKEN_LOST] : place->inner[TAKEN_CUT]);
}

/* Data that is written at several places is written through each of them: a quorum outvotes a place that is gone, and nobody who logs in to one.
 * In the hands of somebody who has one of them it is suspect everywhere, though every place stands. */
static void lose_to_intruder(struct analysis *a, struct asset_state *state)
{
    bool perhaps;

    for (uint32_t i = 0; i < state->asset->site_count; i++) {
        if (taken_with(a, state->asset->entity, state->asset->sites[i], TAKEN_HELD, &perhaps))
            lose_at(a, state, state->asset->sites[i]);
    }
}

/* A side that writes as well is where the data is: what somebody changes there is taken over here. */
static void lose_to_other_writer(struct analysis *a, struct asset_state *state)
{
    struct entity *replica;
    bool perhaps;

    for (uint32_t i = 0; (replica = entity_child(state->asset->entity, BLOCK_REPLICA, &i));) {
        const struct site_info *site = plan_site(a->plan, model_find(a->model, BLOCK_SITE, replica->name));
        struct entity *with =
            site && is_word(entity_slot(replica, REPLICA_mode), "multi_writer") ? taken_with(a, replica, site, TAKEN_HELD, &perhaps) : NULL;

        if (with)
            lose(a, state, strcmp(level_of(a, with), "host") == 0 ? "host" : "account", perhaps ? with : site->entity);
    }
}

static void decide_loss(struct analysis *a, struct asset_state *state, const struct entity *scenario)
{
    struct asset *asset = state->asset;
    struct value quorum = entity_slot(asset->entity, ASSET_quorum);
    uint32_t standing = 0;

    if (a->hit[asset->index] & HIT_CORRUPTED)
        lose(a, state, is_word(entity_slot(scenario, SCENARIO_scope), "object") ? "object" : "corruption", asset->entity);
    if (a->hit[asset->index] & HIT_DELETED)
        lose(a, state, is_word(entity_slot(scenario, SCENARIO_scope), "object") ? "object" : "deletion", asset->entity);
    for (uint32_t i = 0; i < asset->site_count; i++)
        standing += serves_at(a, asset, asset->sites[i]);
    if (asset->site_count && (standing == 0 || (standing < asset->site_count && quorum.type == VALUE_INT && standing < quorum.u.integer))) {
        for (uint32_t i = 0; i < asset->site_count; i++) {
            if (!serves_at(a, asset, asset->sites[i]))
                lose_at(a, state, asset->sites[i]);
        }
    }
    if (!state->loss_count && asset->stateful && asset->site_count > 1)
        lose_to_intruder(a, state);
    if (!state->loss_count && asset->stateful)
        lose_to_other_writer(a, state);
    if (a->hit[asset->index] & HIT_FAILED)
        lose(a, state, "instance", asset->entity);
}

/* Whoever needs something that is not serving is impaired, through any number of edges. Reverse edges are walked from what is
 * lost, so the work is proportional to what is affected. */
static void impair(struct analysis *a, struct scenario_result *result)
{
    uint32_t count = a->plan->asset_count;
    struct arena *scratch = arena_new();
    uint32_t *first = ARENA_ARRAY(scratch, uint32_t, count + 1);
    uint32_t *queue = ARENA_ARRAY(scratch, uint32_t, count);
    uint32_t *users, *fill;
    uint32_t head = 0, tail = 0;

    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t n = 0; n < a->plan->assets[i].needs.count; n++)
            first[a->plan->assets[i].needs.items[n].index + 1]++;
    }
    for (uint32_t i = 0; i < count; i++)
        first[i + 1] += first[i];
    users = ARENA_ARRAY(scratch, uint32_t, first[count]);
    fill = ARENA_ARRAY(scratch, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t n = 0; n < a->plan->assets[i].needs.count; n++) {
            uint32_t to = a->plan->assets[i].needs.items[n].index;

            users[first[to] + fill[to]++] = i;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (result->states[i].fate != FATE_UNAFFECTED)
            queue[tail++] = i;
    }
    while (head < tail) {
        uint32_t from = queue[head++];

        for (uint32_t i = first[from]; i < first[from + 1]; i++) {
            struct asset_state *state = &result->states[users[i]];

            if (state->fate != FATE_UNAFFECTED)
                continue;
            state->fate = FATE_IMPAIRED;
            state->lost_with = a->plan->assets[from].entity;
            queue[tail++] = users[i];
        }
    }
    arena_delete(scratch);
}

bool is_from_damage(const struct scenario_result *result, const struct asset_state *state)
{
    static const char *const damage[] = {"corruption", "deletion", "object"};
    struct value compromises = entity_slot(result->scenario, SCENARIO_compromises);

    for (uint32_t i = 0; i < state->loss_count; i++) {
        for (size_t d = 0; d < sizeof damage / sizeof *damage; d++) {
            if (strcmp(state->losses[i], damage[d]) == 0)
                return true;
        }
    }
    return compromises.type == VALUE_LIST && compromises.u.list->count;
}

void find_fates(struct analysis *a, struct scenario_result *result)
{
    const struct entity *scenario = result->scenario;

    a->chosen = a->held = false;
    mark_places(a);
    mark_whose(a);
    mark_assets(a, scenario);
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];

        state->asset = &a->plan->assets[i];
        state->loss = "";
        state->serving = state->asset->site_count ? state->asset->sites[0] : NULL;
        for (uint32_t s = 0; s < state->asset->site_count; s++) {
            if (place_stands(a, state->asset->sites[s])) {
                state->serving = state->asset->sites[s];
                break;
            }
        }
        decide_loss(a, state, scenario);
    }
    find_split(a, result);
    spread_damage(a, result);
    impair(a, result);
}
