/* What may be changed so that a recovery is fast enough: another method, more hands, something that stands ready, a dependency made soft,
 * an earlier declaration; for a name users reach its TTL and health check. */
#include "analysis/repair/repair.h"
#include "analysis/world/world.h"

#include <string.h>

enum { SITES_TRIED = 3, EDGES_TRIED = 4, PATH_STEPS = 64 };

/* ---------------------------------------------------------------- methods */

void repair_method(struct repair_list *list, const struct scenario_result *result, const struct asset_state *state)
{
    const struct entity *asset = state->asset->entity;
    const char *class_name = result->class_ ? result->class_->name : "";
    struct entity *own = result->class_ ? entity_child_named(asset, BLOCK_RECOVERY, result->class_->name) : NULL;

    repair_next(list, OFFER_CHANGES);
    for (uint32_t i = 0; i < state->candidate_count; i++) {
        const struct candidate *candidate = &state->candidates[i];
        const char *method = candidate->method->name;
        struct edit edit;

        if (!candidate->usable || candidate == state->chosen || (state->chosen && strcmp(method, state->chosen->method->name) == 0))
            continue;
        if (own && edit_set(list, own, "method", method, &edit))
            repair_add(list, edit, "`method = %s` in `recovery %s` of asset `%s`", method, class_name, asset->name);
        else if (!own && class_name[0] && edit_names(list, asset) &&
                 edit_add_block(list, asset, arena_printf(list->arena, "recovery %s { method = %s }", class_name, method), &edit))
            repair_add(list, edit, "`recovery %s { method = %s }` in asset `%s`", class_name, method, asset->name);
    }
}

void repair_standbys(struct repair_list *list, const struct scenario_result *result, const struct asset_state *state)
{
    const struct plan *plan = list->plan;
    const struct entity *asset = state->asset->entity;
    const char *level = state->asset->site_count ? state->asset->sites[0]->level : "";
    struct entity *standby;
    uint32_t tried = 0;
    struct edit edit;

    if (is_from_damage(result, state) || !repair_has_method_for(plan, asset->kind, "standbys"))
        return;
    repair_next(list, OFFER_CHANGES);
    for (uint32_t i = 0; (standby = entity_child(asset, BLOCK_STANDBY, &i));) {
        struct value capacity = entity_slot(standby, STANDBY_capacity);

        if (capacity.type == VALUE_PERCENT && capacity.u.integer < 1000000000 && edit_set(list, standby, "capacity", "100%", &edit))
            repair_add(list, edit, "`capacity = 100%%` in `standby %s` of asset `%s`", standby->name, asset->name);
    }
    repair_next(list, OFFER_CHANGES);
    for (uint32_t i = 0; i < plan->site_count && tried < SITES_TRIED; i++) {
        const struct site_info *site = &plan->sites[i];
        bool own = false;

        for (uint32_t s = 0; s < state->asset->site_count; s++)
            own |= state->asset->sites[s] == site;
        if (own || strcmp(site->level, level) != 0 || entity_child_named(asset, BLOCK_STANDBY, site->entity->name) || !edit_names(list, asset) ||
            !result->places_stand[i])
            continue;
        tried++;
        if (edit_add_block(list, asset, arena_printf(list->arena, "standby %s { capacity = 100%% }", site->entity->name), &edit))
            repair_add(list, edit, "`standby %s { capacity = 100%% }` in asset `%s`", site->entity->name, asset->name);
    }
}

/* ---------------------------------------------------------------- hands and decisions */

/* More people or more jobs at once, where something on the critical path waited for them. */
static void more_hands(struct repair_list *list)
{
    static const struct {
        uint32_t row;
        const char *name;
    } limits[] = {{PLAN_operators, "operators"}, {PLAN_parallel, "parallel"}};
    const struct entity *plan = list->plan->model->plan;

    for (size_t l = 0; plan && l < sizeof limits / sizeof *limits; l++) {
        struct value value = entity_slot(plan, limits[l].row);

        if (value.type != VALUE_INT || value.u.integer < 1 || value.u.integer > 100)
            continue;
        repair_next(list, limits[l].row == PLAN_operators ? OFFER_ASSERTS : OFFER_CHANGES);
        for (int64_t more = 1; more <= 3; more++) {
            const char *text = arena_printf(list->arena, "%lld", (long long)(value.u.integer + more));
            struct edit edit;

            if (edit_set(list, plan, limits[l].name, text, &edit))
                repair_add(list, edit, "`%s = %s` in plan `%s`", limits[l].name, text, plan->name);
        }
    }
}

/* Whole minutes, and not less than one: nobody decides in seconds. */
static void sooner(struct repair_list *list, const struct scenario_result *result, int64_t excess)
{
    const struct span_of_time *times[2] = {&result->declare, &result->detect};
    static const char *const names[2] = {"declare", "detect"};

    for (int i = 0; i < 2; i++) {
        int64_t room = times[i]->known ? (times[i]->worst - excess) / MS_MINUTE * MS_MINUTE : 0;
        struct edit edit;

        repair_next(list, OFFER_ASSERTS);
        if (excess <= 0 || room < MS_MINUTE || !edit_set(list, result->scenario, names[i], text_of_duration(list->arena, room), &edit))
            continue;
        repair_add(list, edit, "`%s = %s` in scenario `%s`", names[i], text_of_duration(list->arena, room), result->scenario->name);
    }
}

/* ---------------------------------------------------------------- dependencies */

/* Down the critical path: of each asset on it the dependency that is last to come back. */
static void softer(struct repair_list *list, const struct scenario_result *result, const struct asset_state *state)
{
    repair_next(list, OFFER_ASSERTS);
    for (uint32_t depth = 0; state && depth < EDGES_TRIED; depth++) {
        const struct asset_state *last = NULL;
        struct edit edit;

        for (uint32_t n = 0; n < state->asset->needs.count; n++) {
            const struct asset_state *other = &result->states[state->asset->needs.items[n].index];

            if (other->finish.known && other->finish.worst > 0 && (!last || other->finish.worst > last->finish.worst))
                last = other;
        }
        if (last && edit_soften(list, state->asset->entity, last->asset->name, &edit))
            repair_add(list, edit, "`uses = [%s]` in place of `needs` in asset `%s`, if it can serve without", last->asset->name, state->asset->name);
        state = last;
    }
}

/* Whatever brings `state` back earlier; `excess`: by how much somebody is late, ms. */
static void earlier(struct repair_list *list, const struct scenario_result *result, const struct asset_state *state, int64_t excess)
{
    repair_method(list, result, state);
    repair_standbys(list, result, state);
    repair_replicas(list, result, state);
    more_hands(list);
    softer(list, result, state);
    sooner(list, result, excess);
}

void repair_time(struct repair_list *list, const struct scenario_result *result, const struct asset_state *state)
{
    earlier(list, result, state, state->finish.known && state->rto.ms >= 0 ? state->finish.worst - state->rto.ms : 0);
}

/* ---------------------------------------------------------------- endpoints */

static const struct asset_state *slowest_served(const struct scenario_result *result, const struct entity *endpoint)
{
    struct value serves = entity_slot(endpoint, ENDPOINT_serves);
    const struct asset_state *slowest = NULL;

    for (uint32_t i = 0; serves.type == VALUE_LIST && i < serves.u.list->count; i++) {
        const struct entity *entity = serves.u.list->items[i].type == VALUE_ENTITY ? serves.u.list->items[i].u.entity : NULL;
        const struct asset_state *state = entity ? &result->states[entity->index] : NULL;

        if (state && state->finish.known && (!slowest || state->finish.worst > slowest->finish.worst))
            slowest = state;
    }
    return slowest;
}

static void shorter_ttl(struct repair_list *list, const struct endpoint_state *state, int64_t excess)
{
    static const int64_t ladder[] = {5 * MS_MINUTE, 2 * MS_MINUTE, MS_MINUTE, 30 * MS_SECOND, 20 * MS_SECOND, 10 * MS_SECOND, 5 * MS_SECOND};
    struct edit edit;

    /* The TTL of an alias is that of what it points to. */
    if (state->ttl <= excess || (state->from && entity_slot(state->from, TARGET_alias).type == VALUE_STRING))
        return;
    repair_next(list, OFFER_CHANGES);
    for (size_t i = 0; i < sizeof ladder / sizeof *ladder; i++) {
        const char *text = text_of_duration(list->arena, ladder[i]);

        if (ladder[i] <= state->ttl - excess && edit_set(list, state->endpoint, "ttl", text, &edit))
            repair_add(list, edit, "`ttl = %s` in endpoint `%s`", text, state->endpoint->name);
    }
}

static void quicker_health(struct repair_list *list, const struct endpoint_state *state)
{
    static const char *const counts[] = {"2", "1"};
    const struct entity *target = state->dropped ? state->dropped : state->from;
    uint32_t cursor = 0;
    const struct entity *health = target ? entity_child(target, BLOCK_HEALTH, &cursor) : NULL;
    struct value interval = health ? entity_slot(health, HEALTH_interval) : value_unknown();
    struct value threshold = health ? entity_slot(health, HEALTH_threshold) : value_unknown();
    struct edit edit;

    if (!health)
        return;
    repair_next(list, OFFER_CHANGES);
    if (interval.type == VALUE_DURATION && interval.u.integer > 10 * MS_SECOND && edit_set(list, health, "interval", "10s", &edit))
        repair_add(list, edit, "`interval = 10s` in the health check of `target %s` of endpoint `%s`", target->name, state->endpoint->name);
    repair_next(list, OFFER_CHANGES);
    for (int64_t i = 0; i < 2; i++) {
        if (threshold.type == VALUE_INT && threshold.u.integer > 2 - i && edit_set(list, health, "threshold", counts[i], &edit))
            repair_add(list, edit, "`threshold = %s` in the health check of `target %s` of endpoint `%s`", counts[i], target->name,
                       state->endpoint->name);
    }
}

void repair_endpoint(struct repair_list *list, const struct scenario_result *result, const struct entity *endpoint)
{
    const struct endpoint_state *state = NULL;
    const struct asset_state *served;
    struct entity *own;
    const char *text;
    int64_t excess;
    struct edit edit;

    for (uint32_t i = 0; i < result->endpoint_count; i++) {
        if (result->endpoints[i].endpoint == endpoint)
            state = &result->endpoints[i];
    }
    if (!state || !state->finish.known || state->rto.ms < 0)
        return;
    excess = state->finish.worst - state->rto.ms;
    shorter_ttl(list, state, excess);
    quicker_health(list, state);
    served = slowest_served(result, endpoint);
    if (served && served->finish.worst > 0)
        earlier(list, result, served, excess);
    repair_next(list, OFFER_WEAKENS);
    text = text_of_promise(list->arena, state->finish.worst);
    own = result->class_ ? entity_child_named(endpoint, BLOCK_OBJECTIVE, result->class_->name) : NULL;
    if (own && edit_set(list, own, "rto", text, &edit))
        repair_add(list, edit, "`rto = %s` in `objective %s` of endpoint `%s`", text, own->name, endpoint->name);
    else if (!own && edit_set(list, endpoint, "rto", text, &edit))
        repair_add(list, edit, "`rto = %s` in endpoint `%s`", text, endpoint->name);
}
