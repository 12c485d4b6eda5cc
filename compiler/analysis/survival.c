/* What a scenario does to every asset, and by which methods a lost one can come back.
 *
 * A scenario removes sites with everything physically inside them, fails assets, corrupts or deletes data, or
 * compromises accounts. An asset is lost, impaired (something it needs is), or unaffected. */
#include "analysis/stands.h"

#include "analysis/credit.h"

#include <string.h>

/* ---------------------------------------------------------------- what is gone */

enum { HIT_CORRUPTED = 1, HIT_DELETED = 2, HIT_FAILED = 4 };

/* Lists may name every asset there is, so they are walked once, not once for each asset. */
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

static bool is_word(struct value value, const char *word)
{
    return value.type == VALUE_WORD && strcmp(value.u.word, word) == 0;
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
    if (!state->losses)
        state->losses = ARENA_ARRAY(a->arena, const char *, LOSS_LIMIT);
    if (state->loss_count < LOSS_LIMIT)
        state->losses[state->loss_count++] = loss;
}

/* Whoever needs something that is not serving is impaired, through any number of edges. Reverse edges are walked from what is
 * lost, so the work is proportional to what is affected. */
static void spread(struct analysis *a, struct scenario_result *result)
{
    uint32_t count = a->plan->asset_count;
    uint32_t *first = ARENA_ARRAY(a->arena, uint32_t, count + 1);
    uint32_t *queue = ARENA_ARRAY(a->arena, uint32_t, count);
    uint32_t *users, *fill;
    uint32_t head = 0, tail = 0;

    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t n = 0; n < a->plan->assets[i].needs.count; n++)
            first[a->plan->assets[i].needs.items[n].to->index + 1]++;
    }
    for (uint32_t i = 0; i < count; i++)
        first[i + 1] += first[i];
    users = ARENA_ARRAY(a->arena, uint32_t, first[count]);
    fill = ARENA_ARRAY(a->arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t n = 0; n < a->plan->assets[i].needs.count; n++) {
            uint32_t to = a->plan->assets[i].needs.items[n].to->index;

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
}

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

bool store_survives(const struct analysis *a, const struct entity *store, const char *loss, const char **why)
{
    struct value site = entity_slot(store, STORE_site);
    const struct site_info *info = site.type == VALUE_ENTITY ? plan_site(a->plan, site.u.entity) : NULL;
    uint32_t cursor = 0;
    struct value flag;
    const struct entity *lock, *with;
    bool perhaps;

    (void)loss;
    if (!info)
        return true;
    if ((with = taken_with(a, store, info, TAKEN_LOST, &perhaps))) {
        *why = perhaps ? intern_text(a, "store `%s` may stand in `%s`, which is lost: %s", store->name, with->name,
                                     outlives(a, store) ? "more zones are lost than it outlives"
                                                        : "its kind does not say that it spans zones (`multi_zone`)")
                       : intern_text(a, "store `%s` is lost with `%s`", store->name, ground_of(a, info)->closed ? with->name : info->entity->name);
        return false;
    }
    if ((with = taken_with(a, store, info, TAKEN_CUT, &perhaps))) {
        *why = intern_text(a, perhaps ? "store `%s` may stand in `%s`, which is cut off" : "store `%s` cannot be reached, it is cut off with `%s`",
                           store->name, perhaps ? with->name : info->entity->name);
        return false;
    }
    if (!taken_with(a, store, info, TAKEN_HELD, &perhaps))
        return true;
    if (store_withstands(a, store))
        return true;
    lock = entity_child(store, BLOCK_STORE_LOCK, &cursor);
    /* Append-only binds who writes into it, not who administers the place it is in: it saves nothing here. */
    flag = entity_slot(store, STORE_append_only);
    *why = intern_text(a, lock ? "the lock of store `%s` can be lifted from the compromised account: it is not of mode `compliance`"
                          : flag.type == VALUE_BOOL && flag.u.integer
                              ? "store `%s` can be deleted from the compromised account: `append_only` binds its writers, not who administers it"
                              : "store `%s` can be deleted from the compromised account", store->name);
    return false;
}

/* ---------------------------------------------------------------- methods */

/* What is the same for every method of the scenario. */
static const struct scope *scenario_scope(struct analysis *a)
{
    const struct scope *scope = NULL;

    if (a->method_scope && a->method_scope_of == a->scenario->scenario)
        return a->method_scope;
    if (a->model->plan)
        scope = scope_add(a->eval, scope, "plan", value_entity(a->model->plan));
    scope = scope_add(a->eval, scope, "scenario", value_entity(a->scenario->scenario));
    scope = scope_add(a->eval, scope, "input", (struct value){.type = VALUE_RUNTIME, .u.word = intern_str(a->model->names, "input")});
    a->method_scope = scope;
    a->method_scope_of = a->scenario->scenario;
    return scope;
}

/* `since_base`: from the base a log starts at to what is restored. The newest base is as old as that at most, and as a rule half as old. */
static struct value since_base(struct analysis *a, const struct candidate *candidate)
{
    struct value now = candidate->scope_base->value;
    struct value_range *range;

    if (!candidate->copy || candidate->since_base < 0)
        return value_unknown();
    if (now.type == VALUE_RANGE && now.u.range->worst.u.integer == candidate->since_base)
        return now;
    range = ARENA_NEW(a->arena, struct value_range);
    range->best = value_int(VALUE_DURATION, 0);
    range->typical = value_int(VALUE_DURATION, candidate->since_base / 2);
    range->worst = value_int(VALUE_DURATION, candidate->since_base);
    return (struct value){.type = VALUE_RANGE, .u.range = range};
}

/* A method is evaluated attribute by attribute, so its scope is kept: one for each candidate, whose copy and store become known on the way. */
const struct scope *method_scope(struct analysis *a, struct asset_state *state, struct candidate *candidate)
{
    struct scope *copy = candidate ? candidate->scope_copy : NULL;
    const struct site_info *into;

    if (!copy) {
        struct scope *self = scope_add(a->eval, scenario_scope(a), "self", value_entity(state->asset->entity));
        struct scope *place = scope_add(a->eval, self, "into", value_unknown()), *base;
        struct scope *store = scope_add(a->eval, place, "store", value_unknown());
        const struct attr *loop = candidate && candidate->element.type != VALUE_NULL && candidate->method->tree
                                      ? block_attr(candidate->method->tree, intern_str(a->model->names, "for"))
                                      : NULL;

        base = scope_add(a->eval, store, "since_base", value_unknown());
        copy = scope_add(a->eval, base, "copy", value_unknown());
        if (!candidate)
            return copy;
        candidate->scope_copy = copy;
        candidate->scope_store = store;
        candidate->scope_into = place;
        candidate->scope_base = base;
        candidate->scope = loop && loop->loop_name ? scope_add(a->eval, copy, loop->loop_name, candidate->element) : copy;
    }
    /* What a restoring method reads: known once the copies were judged. */
    copy->value = candidate->copy ? value_entity(candidate->copy) : value_unknown();
    candidate->scope_base->value = since_base(a, candidate);
    candidate->scope_store->value = candidate->from_store ? value_entity(candidate->from_store) : value_unknown();
    into = candidate->into ? candidate->into : state->fate == FATE_LOST ? NULL : state->serving;
    candidate->scope_into->value = into ? value_entity(into->entity) : value_unknown();
    return candidate->scope;
}

static bool covers(struct value list, const char *loss)
{
    if (list.type != VALUE_LIST)
        return false;
    for (uint32_t i = 0; i < list.u.list->count; i++) {
        if (is_word(list.u.list->items[i], loss))
            return true;
    }
    return false;
}

static bool flag(struct analysis *a, const struct entity *method, uint32_t row, const struct scope *scope)
{
    struct value value = eval_deferred(a->eval, method, row, scope);

    return value.type == VALUE_BOOL && value.u.integer;
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
        if (flag(a, method, METHOD_automatic, scope) && covers(eval_deferred(a->eval, method, METHOD_covers, scope), loss) &&
            flag(a, method, METHOD_when, scope))
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
        lose(a, state, strcmp(level_of(a, perhaps ? with : site->entity), "host") == 0 ? "host" : "account", perhaps ? with : site->entity);
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

/* Data that is written at several places is whatever is confirmed by as many as its quorum: in the hands of somebody who has these, it is
 * suspect everywhere, though every place stands. */
static void lose_to_intruder(struct analysis *a, struct asset_state *state)
{
    struct value quorum = entity_slot(state->asset->entity, ASSET_quorum);
    int64_t needed = quorum.type == VALUE_INT ? quorum.u.integer : 1;
    bool perhaps;

    for (uint32_t i = 0; i < state->asset->site_count; i++)
        needed -= taken_with(a, state->asset->entity, state->asset->sites[i], TAKEN_HELD, &perhaps) != NULL;
    for (uint32_t i = 0; needed <= 0 && i < state->asset->site_count; i++) {
        if (taken_with(a, state->asset->entity, state->asset->sites[i], TAKEN_HELD, &perhaps))
            lose_at(a, state, state->asset->sites[i]);
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
    if (a->hit[asset->index] & HIT_FAILED)
        lose(a, state, "instance", asset->entity);
}

static const char *element_name(const struct entity *element)
{
    return element->schema->id == BLOCK_REPLICA ? "replica" : element->schema->id == BLOCK_STANDBY ? "standby" : "place";
}

/* The element a candidate rests on (a replica, a standby) must not be lost with the asset. */
static bool element_available(struct analysis *a, const struct asset_state *state, struct candidate *candidate)
{
    static const char *const gone[TAKINGS] = {"is lost as well", "is cut off as well", "is in the compromised account"};
    bool perhaps;
    struct entity *element = candidate->element.type == VALUE_ENTITY ? candidate->element.u.entity : NULL;
    struct entity *site_entity = NULL;
    struct site_info *site;

    if (!element)
        return true;
    if (element->schema->id == BLOCK_SITE)
        site_entity = element;
    else if (element->schema->id == BLOCK_REPLICA || element->schema->id == BLOCK_STANDBY)
        site_entity = model_find(a->model, BLOCK_SITE, element->name);
    site = plan_site(a->plan, site_entity);
    if (!site)
        return true;
    candidate->into = site;
    /* Whoever controls the data changes it, and its replicas follow. */
    if (element->schema->id == BLOCK_REPLICA && state->asset->stateful && is_held(a, state->asset)) {
        candidate->rejected = intern_text(a, "what somebody changes in `%s` is in the replica at `%s` a moment later", state->asset->name, site->entity->name);
        return false;
    }
    /* Wrong or deleted data is wrong or deleted in every replica a moment later. */
    if (element->schema->id == BLOCK_REPLICA && is_damaged(state)) {
        candidate->rejected = intern_text(a, "the damage is in the replica at `%s` as well", site->entity->name);
        return false;
    }
    for (int how = 0; how < TAKINGS; how++) {
        struct entity *with = taken_with(a, element, site, (enum taking)how, &perhaps);

        if (!with)
            continue;
        candidate->rejected = perhaps ? intern_text(a, "the %s may stand in `%s`, which %s", element_name(element), with->name, gone[how])
                                      : intern_text(a, "`%s` %s", site->entity->name, gone[how]);
        return false;
    }
    return true;
}

/* A method that goes on beside what is lost, with what the asset has there itself: nothing is brought from elsewhere. */
static bool goes_on_here(const struct asset_state *state, const struct candidate *candidate, struct value rpo)
{
    if (candidate->element.type != VALUE_NULL || candidate->restores)
        return false;
    return candidate->automatic || (state->asset->stateful && value_worst(rpo).type == VALUE_DURATION);
}

/* The place itself, or the nearest one around it that stands; NULL. */
static struct site_info *standing_around(const struct analysis *a, struct site_info *site)
{
    for (; site; site = site->within ? plan_site(a->plan, site->within) : NULL) {
        if (place_stands(a, site))
            return site;
    }
    return NULL;
}

/* Where a thing serves when its method does not say: where the scenario says, else where it was if that still stands, else the nearest
 * recovery site that stands. */
static struct site_info *default_place(struct analysis *a, const struct asset_state *state, bool here)
{
    struct value wanted = entity_slot(a->scenario->scenario, SCENARIO_recover_into);

    if (here && state->asset->site_count && standing_around(a, state->asset->sites[0]))
        return standing_around(a, state->asset->sites[0]);
    if (wanted.type == VALUE_ENTITY)
        return plan_site(a->plan, wanted.u.entity);
    for (uint32_t i = 0; i < state->asset->site_count; i++) {
        if (place_stands(a, state->asset->sites[i]) && strcmp(state->loss, "partition") != 0)
            return state->asset->sites[i];
    }
    return nearest_recovery(a, state->asset->site_count ? state->asset->sites[0] : NULL, state->asset->entity->kind);
}

/* Whether it can be where the candidate serves. Where it was declared to be, that was judged already (E0586). */
static bool can_stand(struct analysis *a, const struct asset_state *state, struct candidate *candidate)
{
    const struct entity *element = candidate->element.type == VALUE_ENTITY ? candidate->element.u.entity : NULL;

    if (!candidate->into || (element && (element->schema->id == BLOCK_REPLICA || element->schema->id == BLOCK_STANDBY)))
        return true;
    for (uint32_t i = 0; i < state->asset->site_count; i++) {
        if (candidate->into == state->asset->sites[i] || site_is_in(a, state->asset->sites[i], candidate->into->entity))
            return true;
    }
    candidate->rejected = misplaced(a, state->asset->entity->kind, candidate->into->entity);
    return !candidate->rejected;
}

/* There is no place to recover into, or none in which such a thing can stand. */
static const char *no_place(struct analysis *a, const struct asset_state *state)
{
    const struct site_info *other = nearest_recovery(a, state->asset->sites[0], NULL);

    return other ? intern_text(a, "there is no place for it: %s; give a site of such a kind the role `recovery`, or set `recover_into`",
                               misplaced(a, state->asset->entity->kind, other->entity))
                 : "there is no surviving site to recover into; give one the role `recovery`, or set `recover_into`";
}

/* Whether it serves where the scenario says that one recovers into, as exactly as that is known. */
static bool obeys(struct analysis *a, struct candidate *candidate)
{
    struct value wanted = entity_slot(a->scenario->scenario, SCENARIO_recover_into);
    const struct site_info *site = wanted.type == VALUE_ENTITY ? plan_site(a->plan, wanted.u.entity) : NULL;

    if (!site || !candidate->into || site_is_in(a, candidate->into, site->entity) || site_is_in(a, site, candidate->into->entity))
        return true;
    candidate->rejected = intern_text(a, "it would serve in `%s`, and `%s` says `recover_into = %s`", candidate->into->entity->name,
                                      a->scenario->scenario->name, site->entity->name);
    return false;
}

static const char *words(struct analysis *a, const struct entity *method, uint32_t row, const struct scope *scope)
{
    struct value value = eval_deferred(a->eval, method, row, scope);

    return value.type == VALUE_STRING ? value.u.string : NULL;
}

/* What a restore needs, or a thing is made anew from, must be there or come back; in which order is seen to later. */
static bool restore_inputs(struct analysis *a, const struct asset_state *state, struct candidate *candidate)
{
    enum comes comes = restore_comes(a, state, candidate, &candidate->rejected);

    candidate->circular = comes == COMES_IN_CIRCLE;
    return comes != COMES_NEVER;
}

/* `rpo = r.lag` in a kind is only a name for what the replica's own line says. */
static struct span loss_place(const struct analysis *a, const struct candidate *candidate, struct value rpo)
{
    atom key = intern_str(a->model->names, "rpo");
    const struct attr *written = candidate->method->tree ? block_attr(candidate->method->tree, key) : NULL;
    const struct entity *element = candidate->element.type == VALUE_ENTITY ? candidate->element.u.entity : NULL;
    const struct attr *own = NULL;

    if (written && written->value && written->value->kind == EXPR_MEMBER && element && element->tree)
        own = block_attr(element->tree, written->value->u.member.name);
    return own && own->value ? span_join(own->name_span, own->value->span) : (struct span){rpo.origin, rpo.origin};
}

/* A failover within its place needs a place that is left: what waits in another zone is lost with that. */
static bool rests_beside(struct analysis *a, const struct asset_state *state, struct candidate *candidate)
{
    int64_t limit;

    for (uint32_t i = 0; i < state->asset->site_count; i++) {
        uint32_t zones = zones_taken_around(a, state->asset->sites[i]);

        if (zones < 2)
            continue;
        limit = outlives(a, state->asset->entity);
        if (zones <= (limit > 1 ? limit : 1))
            continue;
        candidate->rejected = intern_text(a, "%u zones are lost around `%s`, and what it falls back on may be in one of them", zones,
                                          state->asset->name);
        return false;
    }
    return true;
}

/* Whether the specification says itself that there is something in another zone: `multi_az = true`, two readers. What its kind says of all
 * things of its sort is another matter. */
static bool says_it_spans_zones(const struct analysis *a, struct entity *asset)
{
    struct entity *says = asset->kind ? kind_deferred(asset->kind, KIND_multi_zone) : NULL;
    const struct attr *written = says ? block_attr(says->tree, intern_str(a->model->names, "multi_zone")) : NULL;

    return written && written->value->kind != EXPR_BOOL && entity_slot(asset, ASSET_tolerates).type != VALUE_INT && outlives(a, asset) > 0;
}

/* What is tied to one zone has nothing in the others that could go on. Of what says that it has, `zone` is where the first of them is. */
static bool goes_with_its_zone(const struct analysis *a, const struct asset_state *state, struct candidate *candidate)
{
    struct value zone = entity_slot(state->asset->entity, ASSET_zone);
    const struct site_info *site = zone.type == VALUE_ENTITY ? plan_site(a->plan, zone.u.entity) : NULL;

    if (!site || place_stands(a, site) || says_it_spans_zones(a, state->asset->entity))
        return false;
    candidate->rejected = intern_text(a, "`%s` is tied to `%s` (`zone`), which does not stand; leave `zone` out where it runs in several",
                                      state->asset->name, site->entity->name);
    return true;
}

static bool has_backups(struct analysis *a, const struct asset *asset)
{
    uint32_t cursor = 0, count;
    struct entity **groups = asset_groups(a, asset, &count);
    bool any = entity_child(asset->entity, BLOCK_BACKUP, &cursor) != NULL;

    for (uint32_t g = 0; !any && g < count; g++) {
        cursor = 0;
        any = entity_child(groups[g], BLOCK_BACKUP, &cursor) != NULL;
    }
    return any;
}

/* Whether the method reads copies that jobs make; replicas and earlier versions have clocks of their own. */
static bool reads_copies(struct analysis *a, struct asset_state *state, struct candidate *candidate)
{
    static const char *const copies[] = {"full", "incremental", "differential", "log", "snapshot"};
    struct value from = eval_deferred(a->eval, candidate->method, METHOD_from, method_scope(a, state, candidate));

    if (candidate->element.type == VALUE_ENTITY && candidate->element.u.entity->schema->id != BLOCK_BACKUP)
        return false;
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
        if (covers(from, copies[i]))
            return true;
    }
    return candidate->restores && has_backups(a, state->asset);
}

/* What its copies lose, or what it says that it loses, whichever is more: reading an old copy loses no less because somebody says so. */
static bool loses_by_copies(struct analysis *a, struct asset_state *state, struct candidate *candidate, struct value rpo, int64_t read)
{
    struct value worst = value_worst(rpo);

    if (!copies_loss(a, state, candidate, candidate->method, read, NULL))
        return false;
    if (worst.type == VALUE_DURATION && candidate->rpo >= 0 && worst.u.integer > candidate->rpo)
        stated_loss(a, state, candidate, rpo, loss_place(a, candidate, rpo));
    return true;
}

static bool loses_as_stated(struct analysis *a, struct asset_state *state, struct candidate *candidate, struct value rpo)
{
    if (value_worst(rpo).type == VALUE_DURATION && reads_copies(a, state, candidate))
        return loses_by_copies(a, state, candidate, rpo, 0);
    stated_loss(a, state, candidate, rpo, loss_place(a, candidate, rpo));
    return true;
}

static void consider(struct analysis *a, struct asset_state *state, struct candidate *candidate)
{
    const struct scope *scope = method_scope(a, state, candidate);
    const struct entity *method = candidate->method;
    struct value condition = eval_deferred(a->eval, method, METHOD_when, scope);
    struct value includes, into, rpo, covered;
    bool here;

    candidate->automatic = flag(a, method, METHOD_automatic, scope);
    candidate->irreversible = flag(a, method, METHOD_irreversible, scope);
    candidate->restores = flag(a, method, METHOD_restores, scope);
    includes = eval_deferred(a->eval, method, METHOD_includes, scope);
    candidate->includes_detect = covers(includes, "detect");
    candidate->includes_declare = covers(includes, "declare");
    candidate->includes_fence = covers(includes, "fence");
    candidate->rpo = TIME_UNKNOWN;
    if (condition.type != VALUE_BOOL || !condition.u.integer) {
        candidate->rejected = condition.type == VALUE_BOOL ? "its condition does not hold" : "its condition is unknown";
        return;
    }
    covered = eval_deferred(a->eval, method, METHOD_covers, scope);
    for (uint32_t i = 0; i < state->loss_count; i++) {
        const char *loss = state->losses[i];

        if (!covers(covered, loss)) {
            if (strcmp(loss, "corruption") == 0 || strcmp(loss, "deletion") == 0)
                candidate->rejected = intern_text(a, "it does not undo a %s", loss);
            else if (strcmp(loss, "partition") == 0)
                candidate->rejected = "it does not cover a site that is cut off";
            else
                candidate->rejected = intern_text(a, "it does not cover the loss of %s %s", strchr("aeio", loss[0]) ? "an" : "a", loss);
            return;
        }
    }
    if (!element_available(a, state, candidate))
        return;
    into = eval_deferred(a->eval, method, METHOD_into, scope);
    if (into.type == VALUE_ENTITY)
        candidate->into = plan_site(a->plan, into.u.entity);
    rpo = eval_deferred(a->eval, method, METHOD_rpo, scope);
    here = goes_on_here(state, candidate, rpo);
    if (here && (goes_with_its_zone(a, state, candidate) || !rests_beside(a, state, candidate)))
        return;
    if (!candidate->into)
        candidate->into = default_place(a, state, here);
    if (!candidate->into && state->asset->site_count) {
        candidate->rejected = no_place(a, state);
        return;
    }
    if (candidate->into && !place_stands(a, candidate->into)) {
        candidate->rejected = intern_text(a, "it recovers into `%s`, which does not stand", candidate->into->entity->name);
        return;
    }
    if ((!(here && candidate->automatic) && !obeys(a, candidate)) || !can_stand(a, state, candidate) || !restore_inputs(a, state, candidate))
        return;
    if (state->asset->holds == HOLDS_NOTHING) {
        candidate->rpo = RPO_NOT_APPLICABLE;
    } else if (rpo.type != VALUE_UNKNOWN && rpo.type != VALUE_ERROR) {
        if (!loses_as_stated(a, state, candidate, rpo))
            return;
    } else if (!candidate->restores) {
        unstated_loss(a, state, candidate);
    } else if (!loses_by_copies(a, state, candidate, rpo, 0)) {
        return;
    }
    candidate->own = own_time(a, state, candidate);
    /* Copies must not expire while they are read; how long that takes is known only now. */
    if (candidate->copy && candidate->own.known && candidate->own.worst > 0) {
        const struct entity *copy = candidate->copy, *store = candidate->from_store;

        if (!loses_by_copies(a, state, candidate, rpo, candidate->own.worst))
            return;
        if (candidate->copy != copy || candidate->from_store != store)
            candidate->own = own_time(a, state, candidate);
    }
    candidate->by = credit_of_candidate(a, state, candidate, &candidate->nobody);
    find_steps(a, state, candidate);
    if ((candidate->rejected = barred_reason(a, candidate)) || (candidate->rejected = barred_figure(a, state, candidate)))
        return;
    accept_behind_cut(a, state, candidate);
    candidate->failback = words(a, method, METHOD_failback, scope);
    candidate->reprotect = words(a, method, METHOD_reprotect, scope);
    candidate->usable = true;
}

/* From the interruption to the end of the candidate's own work: what methods are compared by. */
int64_t candidate_time(const struct analysis *a, const struct candidate *candidate)
{
    struct span_of_time time = candidate->own;

    if (!candidate->automatic)
        time = time_add(time, a->scenario->begin);
    else if (!candidate->includes_detect)
        time = time_add(time, a->scenario->detect);
    return time.known ? time.worst : INT64_MAX;
}

static int64_t loss_rank(const struct candidate *candidate)
{
    /* A copy that no clock bounds never beats a bounded one. */
    if (candidate->rpo == RPO_ALL || (candidate->rpo == RPO_NOT_APPLICABLE && candidate->copy))
        return INT64_MAX - 1;
    return candidate->rpo == RPO_NOT_APPLICABLE ? 0 : candidate->rpo < 0 ? INT64_MAX : candidate->rpo;
}

static bool is_known(const struct candidate *candidate)
{
    return candidate->own.known && candidate->rpo != TIME_UNKNOWN;
}

/* Known before unknown; what meets the RPO before what does not; among those the faster one, else the smaller loss; then what somebody is not
 * only asked to do. */
static bool is_better(const struct analysis *a, const struct candidate *x, const struct candidate *y, int64_t limit)
{
    bool meets = loss_rank(x) <= limit;
    int64_t mine = meets ? candidate_time(a, x) : loss_rank(x), other = meets ? candidate_time(a, y) : loss_rank(y);

    if (is_known(x) != is_known(y))
        return is_known(x);
    if (meets != (loss_rank(y) <= limit))
        return meets;
    if (mine != other)
        return mine < other;
    if (x->own.known && y->own.known && x->own.worst != y->own.worst)
        return x->own.worst < y->own.worst;
    return x->by < y->by && y->by == BY_DEMAND;
}

bool kind_has_method(const struct kind_info *kind, const char *name)
{
    for (uint32_t i = 0; i < kind->methods.len; i++) {
        if (strcmp(kind->methods.items[i]->name, name) == 0)
            return true;
    }
    return false;
}

static const char *named_method(const struct analysis *a, const struct asset_state *state, struct span *span)
{
    const char *general = NULL;
    struct entity *child;

    for (uint32_t i = 0; (child = entity_child(state->asset->entity, BLOCK_RECOVERY, &i));) {
        struct value method = entity_slot(child, RECOVERY_method);

        if ((method.type != VALUE_STRING && method.type != VALUE_WORD) || !kind_has_method(state->asset->entity->kind, method.u.string))
            continue; /* a name that is none was reported: see check_method_name */
        if (child->name[0] && a->scenario->class_ && child->name == a->scenario->class_->name) {
            *span = child->span;
            return method.u.string;
        }
        if (!child->name[0]) {
            *span = child->span;
            general = method.u.string;
        }
    }
    return general;
}

const char *method_named(const struct analysis *a, const struct asset_state *state)
{
    struct span span = {0, 0};

    return named_method(a, state, &span);
}

/* What rests on the asset itself, or on what nobody does, is chosen only where nothing else is left. */
static bool is_sound(const struct candidate *candidate)
{
    return !candidate->circular && candidate->by != BY_NOBODY;
}

/* The named method; else the fastest among those that meet the RPO; else the smallest loss. */
static void choose(struct analysis *a, struct asset_state *state)
{
    struct span span = {0, 0};
    const char *named = named_method(a, state, &span);
    struct candidate *best = NULL;
    int64_t limit = state->rpo.ms < 0 ? INT64_MAX - 2 : state->rpo.ms; /* losing everything is nothing anybody asked for */
    bool best_meets, sound = false;

    for (uint32_t i = 0; i < state->candidate_count; i++)
        sound |= state->candidates[i].usable && is_sound(&state->candidates[i]) && (!named || strcmp(state->candidates[i].method->name, named) == 0);
    for (uint32_t i = 0; i < state->candidate_count; i++) {
        struct candidate *candidate = &state->candidates[i];

        if (!is_sound(candidate) && sound)
            continue;
        if (!candidate->usable || (named && strcmp(candidate->method->name, named) != 0))
            continue;
        if (!best || is_better(a, candidate, best, limit))
            best = candidate;
    }
    best_meets = best && loss_rank(best) <= limit;
    state->chosen = best;
    for (uint32_t i = 0; i < state->candidate_count; i++) {
        struct candidate *candidate = &state->candidates[i];

        if (!candidate->usable || candidate == best)
            continue;
        if (named && strcmp(candidate->method->name, named) != 0)
            candidate->rejected = intern_text(a, "the specification chooses `%s`", named);
        else if (candidate->circular && sound)
            candidate->rejected = "it needs what it restores";
        else if (candidate->nobody && sound)
            candidate->rejected = intern_text(a, "nobody makes `%s` true", candidate->nobody->name);
        else if (best && is_known(best) && !is_known(candidate))
            candidate->rejected = candidate->own.known ? "how much it loses is unknown" : "how long it takes is unknown";
        else if (best_meets && loss_rank(candidate) > limit)
            candidate->rejected = "it loses more data than the objective allows";
        else
            candidate->rejected = best_meets ? intern_text(a, "`%s` is not slower", best->label)
                                             : intern_text(a, "`%s` loses no more", best ? best->label : "");
    }
}

static const char *label_of(struct analysis *a, const struct entity *method, struct value element)
{
    if (element.type == VALUE_ENTITY && element.u.entity->name[0])
        return intern_text(a, "%s(%s)", method->name, element.u.entity->name);
    return method->name;
}

static void find_candidates(struct analysis *a, struct asset_state *state)
{
    const struct kind_info *kind = state->asset->entity->kind;
    struct candidate first[8]; /* mostly there are fewer: then only as many are kept as there are */
    VEC(struct candidate) list = {first, 0, sizeof first / sizeof *first};

    for (uint32_t m = 0; m < kind->methods.len; m++) {
        struct entity *method = kind->methods.items[m];
        struct candidate candidate = {.method = method, .element = VALUE_OF(VALUE_NULL)};
        struct value elements = VALUE_OF(VALUE_NULL);
        atom name = NULL;

        if (eval_is_written(method, METHOD_for))
            elements = eval_loop(a->eval, method, METHOD_for, method_scope(a, state, NULL), &name);
        if (!name) {
            candidate.label = label_of(a, method, candidate.element);
            vec_push(a->arena, &list, candidate);
            continue;
        }
        for (uint32_t i = 0; elements.type == VALUE_LIST && i < elements.u.list->count; i++) {
            candidate.element = elements.u.list->items[i];
            candidate.label = label_of(a, method, candidate.element);
            vec_push(a->arena, &list, candidate);
        }
    }
    state->candidates = ARENA_ARRAY(a->arena, struct candidate, list.len);
    if (list.len)
        memcpy(state->candidates, list.items, list.len * sizeof *list.items);
    state->candidate_count = list.len;
    for (uint32_t i = 0; i < list.len; i++)
        consider(a, state, &state->candidates[i]);
}

void settle(struct analysis *a, struct asset_state *state)
{
    /* Beyond that many keys of keys nobody can follow either: then they count as a circle. */
    enum { DEPTH_MAX = 64 };

    if (state->settled || state->settling || a->settling >= DEPTH_MAX)
        return;
    state->settling = true;
    a->settling++;
    find_candidates(a, state);
    choose(a, state);
    state->serving = state->chosen ? state->chosen->into : NULL;
    a->settling--;
    state->settling = false;
    state->settled = true;
}

void survive(struct analysis *a, struct scenario_result *result)
{
    const struct entity *scenario = result->scenario;

    a->chosen = a->held = false;
    mark_places(a);
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
    spread(a, result);
    find_begin(a, result);
    effective_objectives(a, result);
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];

        if (state->fate == FATE_LOST)
            settle(a, state);
    }
    choose_for_groups(a, result);
    for (uint32_t i = 0; result->group_count && i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];

        if (state->fate == FATE_LOST)
            state->serving = state->chosen ? state->chosen->into : NULL;
    }
}
