/* By which methods what is lost can come back: where each would lead, from which copy, at what loss, and why one cannot be taken. */
#include "analysis/recovery/credit.h"
#include "analysis/recovery/recovery.h"
#include "analysis/world/stands.h"
#include "analysis/world/world.h"

#include <string.h>

/* `since_base`: from the base a log starts at to what is restored. The newest base is as old as that at most, and as a rule half as old. */
static struct value since_base(struct analysis *a, const struct candidate *candidate, struct value now)
{
    /* Only logs have a base that is older. */
    static const struct value_range at_once = {
        {.type = VALUE_DURATION},
        {.type = VALUE_DURATION},
        {.type = VALUE_DURATION},
    };
    struct value_range *range;

    if (!candidate->copy || candidate->since_base < 0)
        return value_unknown();
    if (now.type == VALUE_RANGE && now.u.range->worst.u.integer == candidate->since_base)
        return now;
    if (candidate->since_base == 0)
        return (struct value){.type = VALUE_RANGE, .u.range = &at_once};
    range = ARENA_NEW(a->arena, struct value_range);
    range->best = value_int(VALUE_DURATION, 0);
    range->typical = value_int(VALUE_DURATION, candidate->since_base / 2);
    range->worst = value_int(VALUE_DURATION, candidate->since_base);
    return (struct value){.type = VALUE_RANGE, .u.range = range};
}

/* The names a method sees beside itself, from the innermost outwards. */
struct seen {
    struct scope *copy, *since_base, *store, *into, *self;
};

static struct scope *next(struct scope *scope)
{
    return (struct scope *)(uintptr_t)scope->outer;
}

static struct seen seen_by(struct scope *copy)
{
    struct seen seen = {.copy = copy};

    seen.since_base = next(seen.copy);
    seen.store = next(seen.since_base);
    seen.into = next(seen.store);
    seen.self = next(seen.into);
    return seen;
}

/* A method is evaluated attribute by attribute, so its scope is kept as long as somebody is at it: one for each candidate, whose copy and store
 * become known on the way. */
const struct scope *method_scope(struct analysis *a, struct asset_state *state, struct candidate *candidate)
{
    struct scope *copy = candidate ? candidate->scope_copy : NULL;
    const struct site_info *into;
    struct seen seen;

    if (!copy) {
        static const char *const names[] = {"into", "store", "since_base", "copy"};
        const struct attr *loop = candidate && candidate->element.type != VALUE_NULL ? entity_attr(candidate->method, METHOD_for) : NULL;

        copy = scope_add(a->eval, scenario_scope(a), "self", value_entity(state->asset->entity));
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            copy = scope_add(a->eval, copy, names[i], value_unknown());
        if (!candidate)
            return copy;
        candidate->scope_copy = copy;
        candidate->scope = loop && attr_loop_name(loop) ? scope_add(a->eval, copy, attr_loop_name(loop), candidate->element) : copy;
    }
    /* What a restoring method reads: known once the copies were judged. */
    seen = seen_by(copy);
    seen.copy->value = candidate->copy ? value_entity(candidate->copy) : value_unknown();
    seen.since_base->value = since_base(a, candidate, seen.since_base->value);
    seen.store->value = candidate->from_store ? value_entity(candidate->from_store) : value_unknown();
    into = candidate->into ? candidate->into : state->fate == FATE_LOST ? NULL : state->serving;
    seen.into->value = into ? value_entity(into->entity) : value_unknown();
    return candidate->scope;
}

void drop_method_scope(struct analysis *a, struct candidate *candidate)
{
    if (candidate->scope_copy)
        scope_drop(a->eval, candidate->scope, seen_by(candidate->scope_copy).self->outer); /* which all methods share */
    candidate->scope = candidate->scope_copy = NULL;
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
        candidate->rejected =
            intern_text(a, "what somebody changes in `%s` is in the replica at `%s` a moment later", state->asset->name, site->entity->name);
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

/* Whether it is done to a thing where that stands: it covers the loss of no place, restores nothing and puts nothing else to work. */
static bool acts_in_place(const struct candidate *candidate, struct value covered)
{
    static const char *const places[] = {"host", "rack", "datacenter", "zone", "region", "account", "provider", "partition"};

    if (candidate->element.type != VALUE_NULL || candidate->restores)
        return false;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (covers_loss(covered, places[i]))
            return false;
    }
    return true;
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
static struct why no_place(struct analysis *a, const struct asset_state *state)
{
    const struct site_info *other = nearest_recovery(a, state->asset->sites[0], NULL);

    if (other)
        return (struct why){intern_text(a, "there is no place for it: %s; give a site of such a kind the role `recovery`, or set `recover_into`",
                                        misplaced(a, state->asset->entity->kind, other->entity)),
                            0, NULL};
    for (uint32_t i = 0; i < state->asset->site_count; i++) {
        if (place_stands(a, state->asset->sites[i]))
            return (struct why){
                "the places of it that are not cut off are too few to go on, and there is no other to recover into; give one the role "
                "`recovery`, or set `recover_into`",
                REFUSED_NO_PLACE, NULL};
    }
    return (struct why){"there is no surviving site to recover into; give one the role `recovery`, or set `recover_into`", REFUSED_NO_PLACE, NULL};
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

void refuse(struct candidate *candidate, const struct why *why)
{
    candidate->rejected = why->text;
    candidate->refusal = (uint8_t)why->as;
    candidate->refused_for = why->at;
}

/* What a restore needs, or a thing is made anew from, must be there or come back; in which order is seen to later. */
static bool restore_inputs(struct analysis *a, const struct asset_state *state, struct candidate *candidate)
{
    struct why why = {0};
    enum comes comes = restore_comes(a, state, candidate, &why);

    refuse(candidate, &why);
    candidate->circular = comes == COMES_IN_CIRCLE;
    return comes != COMES_NEVER;
}

/* `rpo = r.lag` in a kind is only a name for what the replica's own line says. */
static struct span loss_place(const struct candidate *candidate, struct value rpo)
{
    const struct attr *written = entity_attr(candidate->method, METHOD_rpo);
    const struct entity *element = candidate->element.type == VALUE_ENTITY ? candidate->element.u.entity : NULL;
    const struct attr *own = NULL;

    if (written && written->value && written->value->kind == EXPR_MEMBER && element && element->tree)
        own = block_attr(element->tree, written->value->u.member.name);
    return own && own->value ? attr_span(own) : (struct span){rpo.origin, rpo.origin};
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
        candidate->rejected =
            intern_text(a, "%u zones are lost around `%s`, and what it falls back on may be in one of them", zones, state->asset->name);
        return false;
    }
    return true;
}

/* Whether the specification says itself that there is something in another zone: `multi_az = true`, two readers. What its kind says of all
 * things of its sort is another matter. */
static bool says_it_spans_zones(const struct analysis *a, struct entity *asset)
{
    struct entity *says = asset->kind ? kind_deferred(asset->kind, KIND_multi_zone) : NULL;
    const struct attr *written = says ? entity_attr(says, KIND_multi_zone) : NULL;

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
        if (covers_loss(from, copies[i]))
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
        stated_loss(a, state, candidate, rpo, loss_place(candidate, rpo));
    return true;
}

static bool loses_as_stated(struct analysis *a, struct asset_state *state, struct candidate *candidate, struct value rpo)
{
    if (value_worst(rpo).type == VALUE_DURATION && reads_copies(a, state, candidate))
        return loses_by_copies(a, state, candidate, rpo, 0);
    stated_loss(a, state, candidate, rpo, loss_place(candidate, rpo));
    return true;
}

void consider(struct analysis *a, struct asset_state *state, struct candidate *candidate)
{
    const struct scope *scope = method_scope(a, state, candidate);
    const struct entity *method = candidate->method;
    struct value condition = eval_deferred(a->eval, method, METHOD_when, scope);
    struct value includes, into, rpo, covered;
    bool here;

    candidate->automatic = says_yes(a, method, METHOD_automatic, scope);
    candidate->irreversible = says_yes(a, method, METHOD_irreversible, scope);
    candidate->restores = says_yes(a, method, METHOD_restores, scope);
    includes = eval_deferred(a->eval, method, METHOD_includes, scope);
    candidate->includes_detect = covers_loss(includes, "detect");
    candidate->includes_fence = covers_loss(includes, "fence");
    candidate->rpo = TIME_UNKNOWN;
    if (condition.type != VALUE_BOOL || !condition.u.integer) {
        candidate->rejected = condition.type == VALUE_BOOL ? "its condition does not hold" : "its condition is unknown";
        return;
    }
    covered = eval_deferred(a->eval, method, METHOD_covers, scope);
    for (uint32_t i = 0; i < state->loss_count; i++) {
        const char *loss = state->losses[i];

        if (!covers_loss(covered, loss)) {
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
    if (here && state->asset->stateful && is_held(a, state->asset)) {
        candidate->rejected = intern_text(a, "what it goes on with is what somebody else has changed in `%s`", state->asset->name);
        return;
    }
    if (here && (goes_with_its_zone(a, state, candidate) || !rests_beside(a, state, candidate)))
        return;
    if (!candidate->into)
        candidate->into = default_place(a, state, here || acts_in_place(candidate, covered));
    if (!candidate->into && state->asset->site_count) {
        struct why why = no_place(a, state);

        refuse(candidate, &why);
        return;
    }
    if (candidate->into && !place_stands(a, candidate->into)) {
        candidate->rejected = intern_text(a, "it recovers into `%s`, which does not stand", candidate->into->entity->name);
        candidate->refusal = REFUSED_NO_PLACE;
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
    candidate->whose = whose_source(a, candidate->element, candidate->from_store);
    find_steps(a, state, candidate);
    for (uint32_t i = 0; i < candidate->step_count && !candidate->unmanned; i++) {
        const struct step *step = candidate->steps[i];

        if (step_takes_people(step) && step->by && step->phase != PHASE_REPROTECT && !somebody_stands(a, step->by))
            candidate->unmanned = step;
    }
    if ((candidate->rejected = barred_reason(a, candidate)) || (candidate->rejected = barred_figure(a, state, candidate)))
        return;
    accept_behind_cut(a, state, candidate);
    candidate->failback = words(a, method, METHOD_failback, scope);
    candidate->reprotect = words(a, method, METHOD_reprotect, scope);
    candidate->usable = true;
}
