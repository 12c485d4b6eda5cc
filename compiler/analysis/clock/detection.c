/* When somebody begins: detection, declaration, approval (SEMANTICS §3.1).
 *
 * How soon a scenario is noticed when it does not say so: by the first check that fails for certain.
 *
 * An asset is down when it is lost in a way that stops it, or when something it needs is down. A wrong or deleted record and an attacker
 * who keeps the pages up stop nothing: such scenarios are noticed by people, who say how soon. A health check fails when its site is gone
 * or what its endpoint serves there is down; one that only opens a connection (tcp) when its site is gone: a load balancer, or the kernel of
 * a process that hangs, may go on accepting, or not. A probe with an `interval` fails when its asset is down. Whoever fails first is who
 * notices; a check fails after threshold x (interval + timeout).
 *
 * Whoever watches has to stand, with all it needs: what observes an asset is who asks its probe, and without anybody who observes it the
 * probe is asked from outside (that is what its interval says). When all that is declared to watch falls with what it watches, nobody
 * hears: then how soon the scenario is noticed is unknown, whatever it says. */
#include "analysis/clock/clock.h"

#include <string.h>

static bool stops_it(const struct asset_state *state)
{
    static const char *const quiet[] = {"corruption", "deletion", "object", "account"};

    for (uint32_t i = 0; i < state->loss_count; i++) {
        bool seen = true;

        for (size_t q = 0; q < sizeof quiet / sizeof quiet[0]; q++)
            seen &= strcmp(state->losses[i], quiet[q]) != 0;
        if (seen)
            return true;
    }
    return false;
}

static bool *find_down(struct analysis *a, const struct scenario_result *result)
{
    bool *down = ARENA_ARRAY(a->arena, bool, a->plan->asset_count);

    for (uint32_t at = 0; at < a->plan->asset_count; at++) {
        uint32_t i = a->needs_first[at];
        const struct asset_state *state = &result->states[i];

        down[i] = state->fate == FATE_LOST && stops_it(state);
        for (uint32_t n = 0; !down[i] && n < state->asset->needs.count; n++)
            down[i] = down[state->asset->needs.items[n].index];
    }
    return down;
}

static bool serves_in(const struct analysis *a, const struct asset *asset, const struct site_info *site)
{
    for (uint32_t i = 0; i < asset->site_count; i++) {
        if (site_is_in(a, asset->sites[i], site->entity) || site_is_in(a, site, asset->sites[i]->entity))
            return true;
    }
    return false;
}

static bool only_connects(const struct entity *target)
{
    uint32_t cursor = 0;
    const struct entity *health = entity_child(target, BLOCK_HEALTH, &cursor);

    return health && is_word(entity_slot(health, HEALTH_type), "tcp");
}

/* `surely`: a check that only opens a connection may fail with what it connects to, or go on. */
static bool target_fails(struct analysis *a, const struct entity *endpoint, const struct entity *target, const bool *down, bool surely)
{
    const struct site_info *site = plan_site(a->plan, model_find(a->model, BLOCK_SITE, target->name));
    struct value serves = entity_slot(endpoint, ENDPOINT_serves);

    if (!site)
        return false;
    if (a->site_lost[site->index] || a->site_cut[site->index])
        return true;
    for (uint32_t i = 0; !(surely && only_connects(target)) && serves.type == VALUE_LIST && i < serves.u.list->count; i++) {
        const struct asset *asset = serves.u.list->items[i].type == VALUE_ENTITY ? plan_asset(a->plan, serves.u.list->items[i].u.entity) : NULL;

        if (asset && down[asset->index] && serves_in(a, asset, site))
            return true;
    }
    return false;
}

/* A check that asks an alarm hears nothing new when the alarm's region is gone: its last known state holds. */
static bool alarm_stands(struct analysis *a, const struct entity *target)
{
    uint32_t cursor = 0;
    const struct entity *health = entity_child(target, BLOCK_HEALTH, &cursor);
    struct value type = health ? entity_slot(health, HEALTH_type) : value_unknown();
    struct value region = health ? entity_slot(health, HEALTH_alarm_region) : value_unknown();
    const struct site_info *own = plan_site(a->plan, model_find(a->model, BLOCK_SITE, target->name));
    const char *at = region.type == VALUE_STRING ? region.u.string : own ? own->region : "";

    if (type.type != VALUE_WORD || strcmp(type.u.word, "alarm") != 0)
        return true;
    for (uint32_t i = 0; i < a->plan->site_count; i++) {
        const struct site_info *site = &a->plan->sites[i];

        if (strcmp(site->level, "region") == 0 && (at[0] ? strcmp(site->region, at) == 0 : site == own) && (a->site_lost[i] || a->site_cut[i]))
            return false;
    }
    return true;
}

bool check_turns_red(struct analysis *a, const struct scenario_result *result, const struct entity *endpoint, const struct entity *target)
{
    (void)result;
    return target_fails(a, endpoint, target, a->down, true) && alarm_stands(a, target);
}

/* What nobody may count on, and nobody may count out either. */
bool check_may_turn_red(struct analysis *a, const struct entity *endpoint, const struct entity *target)
{
    return target_fails(a, endpoint, target, a->down, false);
}

/* The first one wins; of equal ones the first declared. */
static void notice(struct scenario_result *result, int64_t after, const char *who, struct span span)
{
    if (after < 0 || (result->detect.known && result->detect.worst <= after))
        return;
    result->detect = time_exact(after);
    result->detected_by = who;
    result->detect_span = span;
}

/* Who observes what is down: nobody, only such as fall too, or somebody who stands. */
enum watched { WATCHED_BY_NOBODY, WATCHED_BY_FALLEN, WATCHED };

static enum watched *find_watched(struct analysis *a, struct scenario_result *result, const bool *down)
{
    enum watched *watched = ARENA_ARRAY(a->arena, enum watched, a->plan->asset_count);

    result->blind = NULL;
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        const struct asset_state *watcher = &result->states[i];

        for (uint32_t o = 0; o < watcher->asset->observes.count; o++) {
            const struct asset *asset = watcher->asset->observes.items[o].to;

            if (!down[asset->index])
                continue;
            if (watcher->fate == FATE_UNAFFECTED) {
                watched[asset->index] = WATCHED;
            } else if (watched[asset->index] == WATCHED_BY_NOBODY) {
                watched[asset->index] = WATCHED_BY_FALLEN;
                if (!result->blind) {
                    result->blind = watcher->asset->entity;
                    result->blind_text = intern_text(a, "`%s`, which watches `%s`, falls with it, and nothing else is declared to watch",
                                                     watcher->asset->name, asset->name);
                }
            }
        }
    }
    return watched;
}

/* "health check of `api` at `east`: 3 x (30s + 6s)" */
static const char *figure(struct analysis *a, const char *what, const char *name, const char *place, const struct health_clock *clock)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    strbuf_addf(&text, "%s of `%s`", what, name);
    if (place)
        strbuf_addf(&text, " at `%s`", place);
    if (clock->threshold > 0) {
        strbuf_addf(&text, ": %lld x (", (long long)clock->threshold);
        print_duration(&text, clock->interval);
        strbuf_addstr(&text, " + ");
        print_duration(&text, clock->timeout);
        strbuf_addstr(&text, ")");
    }
    result = strbuf_dup(&text, a->arena);
    strbuf_release(&text);
    return result;
}

static void by_health(struct analysis *a, struct scenario_result *result, const bool *down)
{
    for (uint32_t i = 0; i < a->model->declared[BLOCK_ENDPOINT].list.len; i++) {
        const struct entity *endpoint = a->model->declared[BLOCK_ENDPOINT].list.items[i];
        struct entity *target;

        for (uint32_t t = 0; (target = entity_child(endpoint, BLOCK_TARGET, &t));) {
            struct health_clock clock = health_clock(target);

            if (clock.after != TIME_UNKNOWN && target_fails(a, endpoint, target, down, true) && alarm_stands(a, target))
                notice(result, clock.after, figure(a, "health check", endpoint->name, target->name, &clock), clock.block->span);
        }
    }
}

static void by_probe(struct analysis *a, struct scenario_result *result, const struct asset *asset)
{
    struct entity *probe;

    for (uint32_t i = 0; (probe = entity_child(asset->entity, BLOCK_PROBE, &i));) {
        struct health_clock clock = {.block = probe};
        const struct scope *scope;
        struct value interval, timeout, threshold;

        if (!entity_attr(probe, PROBE_interval))
            continue;
        scope = scope_add(a->eval, NULL, "self", value_entity(asset->entity));
        interval = eval_deferred(a->eval, probe, PROBE_interval, scope);
        timeout = eval_deferred(a->eval, probe, PROBE_timeout, scope);
        threshold = eval_deferred(a->eval, probe, PROBE_threshold, scope);
        if (interval.type != VALUE_DURATION || timeout.type != VALUE_DURATION || threshold.type != VALUE_INT || threshold.u.integer < 1)
            continue;
        clock.interval = interval.u.integer;
        clock.timeout = timeout.u.integer;
        clock.threshold = threshold.u.integer;
        if (!__builtin_add_overflow(clock.interval, clock.timeout, &clock.after) &&
            !__builtin_mul_overflow(clock.after, clock.threshold, &clock.after))
            notice(result, clock.after, figure(a, "probe", asset->name, NULL, &clock), probe->span);
    }
}

static bool asked_in_time(const struct entity *asset)
{
    const struct entity *probe;

    for (uint32_t i = 0; (probe = entity_child(asset, BLOCK_PROBE, &i));) {
        if (entity_attr(probe, PROBE_interval))
            return true;
    }
    return false;
}

/* A health check that turns red; one that asks an alarm which falls too is noted as what should have watched. */
static bool checked(struct analysis *a, struct scenario_result *result, const bool *down)
{
    for (uint32_t i = 0; i < a->model->declared[BLOCK_ENDPOINT].list.len; i++) {
        const struct entity *endpoint = a->model->declared[BLOCK_ENDPOINT].list.items[i];
        struct entity *target;

        for (uint32_t t = 0; (target = entity_child(endpoint, BLOCK_TARGET, &t));) {
            if (health_clock(target).after == TIME_UNKNOWN || !target_fails(a, endpoint, target, down, true))
                continue;
            if (alarm_stands(a, target))
                return true;
            if (!result->blind) {
                result->blind = (struct entity *)(uintptr_t)endpoint;
                result->blind_text =
                    intern_text(a, "the alarm behind the health check of `%s` at `%s` falls with it, and nothing else is declared to watch",
                                endpoint->name, target->name);
            }
        }
    }
    return false;
}

/* Whether all that is declared to watch what is down falls with it. */
static bool nobody_hears(struct analysis *a, struct scenario_result *result, const bool *down, const enum watched *watched)
{
    bool hears = checked(a, result, down);

    for (uint32_t i = 0; i < a->plan->asset_count && !hears; i++)
        hears = watched[i] == WATCHED || (down[i] && watched[i] == WATCHED_BY_NOBODY && asked_in_time(a->plan->assets[i].entity));
    if (hears)
        result->blind = NULL;
    return result->blind != NULL;
}

static void detect_by_checks(struct analysis *a, struct scenario_result *result)
{
    const bool *down = a->down;
    const enum watched *watched = find_watched(a, result, down);

    if (nobody_hears(a, result, down, watched)) {
        result->detect = (struct span_of_time){0};
        return;
    }
    if (result->detect.known || value_is_known(entity_slot(result->scenario, SCENARIO_detect)))
        return;
    by_health(a, result, down);
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        if (down[i] && watched[i] != WATCHED_BY_FALLEN)
            by_probe(a, result, &a->plan->assets[i]);
    }
}

/* ---------------------------------------------------------------- approval */

/* Each runbook that somebody has to approve asks on its own, and the script asks one after the other. */
static void find_approval(const struct analysis *a, struct scenario_result *result)
{
    result->approve = time_exact(0);
    for (uint32_t i = 0; i < result->runbook_count; i++) {
        struct value who = entity_slot(result->runbooks[i], RUNBOOK_approve), within = entity_slot(result->runbooks[i], RUNBOOK_approve_within);
        struct span_of_time one = {within.type == VALUE_DURATION, 0, within.u.integer, within.u.integer};

        if (one.known || (who.type == VALUE_LIST && who.u.list->count))
            result->approve = time_add(result->approve, one);
    }
    (void)a;
}

void find_begin(struct analysis *a, struct scenario_result *result)
{
    a->down = find_down(a, result);
    detect_by_checks(a, result);
    find_approval(a, result);
    result->begin = time_add(time_add(result->detect, result->declare), result->approve);
}
