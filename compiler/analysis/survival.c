/* What a scenario does to every asset, and by which methods a lost one can come back.
 *
 * A scenario removes sites with everything physically inside them, fails assets, corrupts or deletes data, or
 * compromises accounts. An asset is lost, impaired (something it needs is), or unaffected. */
#include "analysis/internal.h"

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

/* The listed site this one is, or is inside of; NULL. */
static struct entity *listed(const struct analysis *a, struct value list, const struct site_info *site)
{
    if (list.type != VALUE_LIST)
        return NULL;
    for (uint32_t i = 0; i < list.u.list->count; i++) {
        struct value item = list.u.list->items[i];

        if (item.type == VALUE_ENTITY && site_is_in(a, site, item.u.entity))
            return item.u.entity;
    }
    return NULL;
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

static void mark_sites(struct analysis *a, const struct entity *scenario)
{
    struct value loses = entity_slot(scenario, SCENARIO_loses);
    struct value compromises = entity_slot(scenario, SCENARIO_compromises);
    struct value partitions = entity_slot(scenario, SCENARIO_partitions);

    for (uint32_t i = 0; i < a->plan->site_count; i++) {
        struct site_info *site = &a->plan->sites[i];

        a->site_lost[i] = listed(a, loses, site) != NULL;
        a->site_compromised[i] = listed(a, compromises, site) || (site->account && listed(a, compromises, plan_site(a->plan, site->account)));
        a->site_cut[i] = listed(a, partitions, site) || plane_degraded(a, scenario, site, "data");
    }
}

/* A regional thing without a zone of its own may stand in the lost zone: unless its kind spans zones, it is lost with it. `thing`: an asset
 * or a store. */
static struct entity *lost_inside(const struct analysis *a, const struct entity *thing, const struct site_info *site, struct value loses)
{
    struct entity *block;
    struct value spans;

    if (loses.type != VALUE_LIST || loses.u.list->count == 0)
        return NULL;
    for (uint32_t i = 0; i < loses.u.list->count; i++) {
        struct entity *lost = loses.u.list->items[i].type == VALUE_ENTITY ? loses.u.list->items[i].u.entity : NULL;
        struct site_info *info = plan_site(a->plan, lost);

        if (!info || info == site || !site_is_in(a, info, site->entity) || strcmp(info->level, "account") == 0)
            continue;
        block = kind_deferred(thing->kind, KIND_multi_zone);
        spans = block ? eval_deferred(a->eval, block, KIND_multi_zone,
                                      scope_add(a->eval, NULL, "self", value_entity((struct entity *)(uintptr_t)thing)))
                      : value_unknown();
        if (spans.type != VALUE_BOOL || !spans.u.integer)
            return lost;
    }
    return NULL;
}

/* An asset may be lost in several ways at once (failed, and its region gone): a method must cover all of them. The first is what it
 * is called by. */
static void lose(struct analysis *a, struct asset_state *state, const char *loss, struct entity *with)
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

/* Why the asset does not serve at one of its sites; NULL when it does. */
static const char *gone_at(struct analysis *a, const struct asset *asset, struct site_info *site, const struct entity *scenario, struct entity **with)
{
    struct value loses = entity_slot(scenario, SCENARIO_loses), partitions = entity_slot(scenario, SCENARIO_partitions);

    *with = site->entity;
    if (a->site_compromised[site->index])
        return strcmp(level_of(a, site->entity), "host") == 0 ? "host" : "account";
    if (a->site_lost[site->index]) {
        *with = listed(a, loses, site);
        return level_of(a, *with);
    }
    if ((*with = lost_inside(a, asset->entity, site, loses)))
        return level_of(a, *with);
    if ((*with = listed(a, partitions, site)) || (*with = lost_inside(a, asset->entity, site, partitions)))
        return "partition";
    *with = site->entity;
    if (a->site_cut[site->index]) /* its data plane does not answer: intact, and of no use to anybody */
        return "partition";
    return NULL;
}

static void decide_loss(struct analysis *a, struct asset_state *state, const struct entity *scenario)
{
    struct asset *asset = state->asset;
    uint32_t gone = 0;
    struct entity *with;

    if (a->hit[asset->index] & HIT_CORRUPTED)
        lose(a, state, is_word(entity_slot(scenario, SCENARIO_scope), "object") ? "object" : "corruption", asset->entity);
    if (a->hit[asset->index] & HIT_DELETED)
        lose(a, state, is_word(entity_slot(scenario, SCENARIO_scope), "object") ? "object" : "deletion", asset->entity);
    for (uint32_t i = 0; i < asset->site_count; i++)
        gone += gone_at(a, asset, asset->sites[i], scenario, &with) != NULL;
    for (uint32_t i = 0; gone && gone == asset->site_count && i < asset->site_count; i++) {
        const char *loss = gone_at(a, asset, asset->sites[i], scenario, &with);

        lose(a, state, loss, with);
        /* Whoever holds the account may also have destroyed what else was there: both kinds of loss have to be covered. */
        if (a->site_compromised[asset->sites[i]->index] && a->site_lost[asset->sites[i]->index])
            lose(a, state, level_of(a, listed(a, entity_slot(scenario, SCENARIO_loses), asset->sites[i])), with);
    }
    if (a->hit[asset->index] & HIT_FAILED)
        lose(a, state, "instance", asset->entity);
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
        if (result->states[i].fate == FATE_LOST)
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

bool store_survives(const struct analysis *a, const struct entity *store, const char *loss, const char **why)
{
    struct value site = entity_slot(store, STORE_site);
    const struct site_info *info = site.type == VALUE_ENTITY ? plan_site(a->plan, site.u.entity) : NULL;
    uint32_t cursor = 0;
    struct value flag;
    const struct entity *immutable, *lock, *inside;

    (void)loss;
    if (!info)
        return true;
    if (a->site_lost[info->index]) {
        *why = intern_text(a, "store `%s` is lost with `%s`", store->name, info->entity->name);
        return false;
    }
    if ((inside = lost_inside(a, store, info, entity_slot(a->scenario->scenario, SCENARIO_loses)))) {
        *why = intern_text(a, "store `%s` may stand in `%s`, which is lost: its kind does not say that it spans zones (`multi_zone`)", store->name,
                           inside->name);
        return false;
    }
    if (a->site_cut[info->index]) {
        *why = intern_text(a, "store `%s` cannot be reached, it is cut off with `%s`", store->name, info->entity->name);
        return false;
    }
    if (!a->site_compromised[info->index])
        return true;
    /* A governance lock is lifted by whoever may administer the account. */
    lock = entity_child(store, BLOCK_STORE_LOCK, &cursor);
    if (lock && is_word(entity_slot(lock, STORE_LOCK_mode), "compliance"))
        return true;
    /* Append-only binds who writes into it, not who administers the place it is in: `append_only` saves nothing here. */
    flag = entity_slot(store, STORE_offline);
    if (flag.type == VALUE_BOOL && flag.u.integer)
        return true;
    /* What a kind calls immutable because of its lock is as good as the lock. */
    immutable = lock ? NULL : kind_deferred(store->kind, KIND_immutable);
    if (immutable) {
        flag = eval_deferred(a->eval, immutable, KIND_immutable,
                             scope_add(a->eval, NULL, "self", value_entity((struct entity *)(uintptr_t)store)));
        if (flag.type == VALUE_BOOL && flag.u.integer)
            return true;
    }
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

/* A method is evaluated attribute by attribute, so its scope is kept: one for each candidate, whose copy and store become known on the way. */
const struct scope *method_scope(struct analysis *a, struct asset_state *state, struct candidate *candidate)
{
    struct scope *copy = candidate ? candidate->scope_copy : NULL;
    const struct site_info *into;

    if (!copy) {
        struct scope *self = scope_add(a->eval, scenario_scope(a), "self", value_entity(state->asset->entity));
        struct scope *place = scope_add(a->eval, self, "into", value_unknown());
        struct scope *store = scope_add(a->eval, place, "store", value_unknown());
        const struct attr *loop = candidate && candidate->element.type != VALUE_NULL && candidate->method->tree
                                      ? block_attr(candidate->method->tree, intern_str(a->model->names, "for"))
                                      : NULL;

        copy = scope_add(a->eval, store, "copy", value_unknown());
        if (!candidate)
            return copy;
        candidate->scope_copy = copy;
        candidate->scope_store = store;
        candidate->scope_into = place;
        candidate->scope = loop && loop->loop_name ? scope_add(a->eval, copy, loop->loop_name, candidate->element) : copy;
    }
    /* What a restoring method reads: known once the copies were judged. */
    copy->value = candidate->copy ? value_entity(candidate->copy) : value_unknown();
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

static bool is_damaged(const struct asset_state *state)
{
    return state_has_loss(state, "corruption") || state_has_loss(state, "deletion") || state_has_loss(state, "object");
}

static bool site_usable(const struct analysis *a, const struct site_info *site)
{
    return !a->site_lost[site->index] && !a->site_compromised[site->index] && !a->site_cut[site->index];
}

/* The element a candidate rests on (a replica, a standby) must not be lost with the asset. */
static bool element_available(struct analysis *a, const struct asset_state *state, struct candidate *candidate)
{
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
    /* Wrong or deleted data is wrong or deleted in every replica a moment later. */
    if (element->schema->id == BLOCK_REPLICA && is_damaged(state)) {
        candidate->rejected = intern_text(a, "the damage is in the replica at `%s` as well", site->entity->name);
        return false;
    }
    if (a->site_lost[site->index]) {
        candidate->rejected = intern_text(a, "`%s` is lost as well", site->entity->name);
        return false;
    }
    if (a->site_compromised[site->index]) {
        candidate->rejected = intern_text(a, "`%s` is in the compromised account", site->entity->name);
        return false;
    }
    if (a->site_cut[site->index]) {
        candidate->rejected = intern_text(a, "`%s` is cut off as well", site->entity->name);
        return false;
    }
    return true;
}

/* Where a thing serves when its method does not say: where it was if that still stands, else the scenario's choice, else the first
 * recovery site that stands. */
static struct site_info *default_place(struct analysis *a, const struct asset_state *state)
{
    struct value wanted = entity_slot(a->scenario->scenario, SCENARIO_recover_into);

    for (uint32_t i = 0; i < state->asset->site_count; i++) {
        struct site_info *site = state->asset->sites[i];

        if (site_usable(a, site) && strcmp(state->loss, "partition") != 0)
            return site;
    }
    if (wanted.type == VALUE_ENTITY)
        return plan_site(a->plan, wanted.u.entity);
    for (uint32_t i = 0; i < a->plan->site_count; i++) {
        struct site_info *site = &a->plan->sites[i];

        if (strcmp(site->role, "recovery") == 0 && site_usable(a, site))
            return site;
    }
    return NULL;
}

static int64_t loss_of(struct value value)
{
    value = value_worst(value);
    if (value.type == VALUE_DURATION)
        return value.u.integer;
    if (value.type == VALUE_WORD || value.type == VALUE_NA)
        return RPO_NOT_APPLICABLE;
    return TIME_UNKNOWN;
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

/* The lag of an asynchronous replica is a bound only where the platform enforces it. */
static bool assumed(const struct candidate *candidate)
{
    const struct entity *element = candidate->element.type == VALUE_ENTITY ? candidate->element.u.entity : NULL;
    struct value bounded = element && element->schema->id == BLOCK_REPLICA ? entity_slot(element, REPLICA_bounded) : value_unknown();

    return candidate->rpo > 0 && bounded.type == VALUE_BOOL && !bounded.u.integer;
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

static void consider(struct analysis *a, struct asset_state *state, struct candidate *candidate)
{
    const struct scope *scope = method_scope(a, state, candidate);
    const struct entity *method = candidate->method;
    struct value condition = eval_deferred(a->eval, method, METHOD_when, scope);
    struct value includes, into, rpo, covered;

    candidate->automatic = flag(a, method, METHOD_automatic, scope);
    candidate->irreversible = flag(a, method, METHOD_irreversible, scope);
    candidate->restores = flag(a, method, METHOD_restores, scope);
    includes = eval_deferred(a->eval, method, METHOD_includes, scope);
    candidate->includes_detect = covers(includes, "detect");
    candidate->includes_declare = covers(includes, "declare");
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
    if (!candidate->into)
        candidate->into = default_place(a, state);
    if (!candidate->into && state->asset->site_count) {
        candidate->rejected = "there is no surviving site to recover into; give one the role `recovery`, or set `recover_into`";
        return;
    }
    if (candidate->into && !site_usable(a, candidate->into)) {
        candidate->rejected = intern_text(a, "it recovers into `%s`, which does not stand", candidate->into->entity->name);
        return;
    }
    if (!restore_inputs(a, state, candidate))
        return;
    rpo = eval_deferred(a->eval, method, METHOD_rpo, scope);
    if (!state->asset->stateful) {
        candidate->rpo = RPO_NOT_APPLICABLE;
    } else if (rpo.type != VALUE_UNKNOWN && rpo.type != VALUE_ERROR) {
        candidate->rpo = loss_of(rpo);
        candidate->rpo_terms.items = ARENA_NEW(a->arena, struct term);
        candidate->rpo_terms.items[0] = (struct term){intern_text(a, assumed(candidate) ? "loss of `%s`, assumed: nothing enforces the lag"
                                                                                             : "loss of `%s`", candidate->label), candidate->rpo,
                                                      loss_place(a, candidate, rpo)};
        candidate->rpo_terms.count = 1;
    } else if (candidate->restores && !copies_loss(a, state, candidate, method, 0, NULL)) {
        return;
    }
    candidate->own = own_time(a, state, candidate);
    /* Copies must not expire while they are read; how long that takes is known only now. */
    if (candidate->copy && candidate->own.known && candidate->own.worst > 0) {
        const struct entity *copy = candidate->copy, *store = candidate->from_store;

        if (!copies_loss(a, state, candidate, method, candidate->own.worst, NULL))
            return;
        if (candidate->copy != copy || candidate->from_store != store)
            candidate->own = own_time(a, state, candidate);
    }
    candidate->by = credit_of_candidate(a, candidate, &candidate->nobody);
    find_steps(a, state, candidate);
    if ((candidate->rejected = barred_reason(a, candidate)))
        return;
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
    if (candidate->rpo == RPO_NOT_APPLICABLE && candidate->copy)
        return INT64_MAX - 1;
    return candidate->rpo == RPO_NOT_APPLICABLE ? 0 : candidate->rpo == TIME_UNKNOWN ? INT64_MAX : candidate->rpo;
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
    int64_t limit = state->rpo.ms < 0 ? INT64_MAX : state->rpo.ms;
    bool best_meets = false, sound = false;

    for (uint32_t i = 0; i < state->candidate_count; i++)
        sound |= state->candidates[i].usable && is_sound(&state->candidates[i]) && (!named || strcmp(state->candidates[i].method->name, named) == 0);
    for (uint32_t i = 0; i < state->candidate_count; i++) {
        struct candidate *candidate = &state->candidates[i];
        bool meets = loss_rank(candidate) <= limit;
        bool better;

        if (!is_sound(candidate) && sound)
            continue;
        if (!candidate->usable || (named && strcmp(candidate->method->name, named) != 0))
            continue;
        if (!best)
            better = true;
        else if (meets != best_meets)
            better = meets;
        else if (meets)
            better = candidate_time(a, candidate) < candidate_time(a, best);
        else
            better = loss_rank(candidate) < loss_rank(best);
        if (better) {
            best = candidate;
            best_meets = meets;
        }
    }
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
    mark_sites(a, scenario);
    mark_assets(a, scenario);
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];

        state->asset = &a->plan->assets[i];
        state->loss = "";
        state->serving = state->asset->site_count ? state->asset->sites[0] : NULL;
        for (uint32_t s = 0; s < state->asset->site_count; s++) {
            if (site_usable(a, state->asset->sites[s])) {
                state->serving = state->asset->sites[s];
                break;
            }
        }
        decide_loss(a, state, scenario);
    }
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
