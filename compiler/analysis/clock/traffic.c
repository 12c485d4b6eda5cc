/* When users reach the recovered system again: the endpoint's own clock (SEMANTICS §3.4).
 *
 * A name moves by itself where its health check turns red: max(finish of what it serves, detection by the check) + TTL. In every other
 * mode, and where the check stays green (an intruder keeps the pages up), a step moves it, which waits for the declaration and for what
 * the name serves: end of the step + TTL, and behind a stop switch its alarm and its check besides. Where what it serves comes back in its
 * place, a check that turned red has led users to a side that was never put to work: finish + detection (turning green takes as many answers) + TTL.
 * A target with a check of its own is an answer only once that is green: it was red for as long as nothing served there.
 *
 * Detection: threshold x (interval + timeout); the timeouts of the provider's checkers
 * (HTTP and HTTPS 4 s to connect and 2 s to answer, TCP 10 s) are documented at
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html */
#include "analysis/clock/clock.h"
#include "analysis/common/missing.h"
#include "analysis/world/world.h"

#include <string.h>

static const char *word(const struct entity *entity, uint32_t row, const char *fallback)
{
    struct value value = entity_slot(entity, row);

    return value.type == VALUE_WORD ? value.u.word : fallback;
}

int64_t provider_timeout(const struct entity *health)
{
    return strcmp(word(health, HEALTH_type, "https"), "tcp") == 0 ? 10 * MS_SECOND : 6 * MS_SECOND;
}

/* Stated, else that of the checkers of Route 53 for names they look at. */
static int64_t check_timeout(const struct entity *health)
{
    struct value value = entity_slot(health, HEALTH_timeout);

    return value.type == VALUE_DURATION ? value.u.integer : name_mover(health->parent->parent) ? provider_timeout(health) : TIME_UNKNOWN;
}

struct health_clock health_clock(const struct entity *target)
{
    uint32_t cursor = 0;
    struct health_clock clock = {.block = target ? entity_child(target, BLOCK_HEALTH, &cursor) : NULL, .after = TIME_UNKNOWN};
    struct value interval, threshold;
    int64_t time;

    if (!clock.block)
        return clock;
    /* How soon an alarm goes off is its own affair; `timeout` says it. */
    if (strcmp(word(clock.block, HEALTH_type, "https"), "alarm") == 0) {
        clock.after = entity_slot(clock.block, HEALTH_timeout).type == VALUE_DURATION ? check_timeout(clock.block) : TIME_UNKNOWN;
        return clock;
    }
    interval = entity_slot(clock.block, HEALTH_interval);
    threshold = entity_slot(clock.block, HEALTH_threshold);
    if (interval.type != VALUE_DURATION || threshold.type != VALUE_INT || interval.u.integer < 1 || threshold.u.integer < 1)
        return clock;
    clock.threshold = threshold.u.integer;
    clock.interval = interval.u.integer;
    clock.timeout = check_timeout(clock.block);
    if (clock.timeout != TIME_UNKNOWN && !__builtin_add_overflow(clock.interval, clock.timeout, &time) &&
        !__builtin_mul_overflow(time, clock.threshold, &time))
        clock.after = time;
    return clock;
}

static bool target_lost(struct analysis *a, const struct entity *target)
{
    const struct site_info *site = plan_site(a->plan, model_find(a->model, BLOCK_SITE, target->name));

    return site && (a->site_lost[site->index] || a->site_compromised[site->index] || a->site_cut[site->index]);
}

static bool is_served(const struct scenario_result *result, const struct endpoint_state *state)
{
    struct value serves = entity_slot(state->endpoint, ENDPOINT_serves);

    for (uint32_t i = 0; serves.type == VALUE_LIST && i < serves.u.list->count; i++) {
        const struct entity *entity = serves.u.list->items[i].type == VALUE_ENTITY ? serves.u.list->items[i].u.entity : NULL;

        if (entity && result->states[entity->index].fate != FATE_UNAFFECTED)
            return true;
    }
    return false;
}

/* Whether what it serves ends up at the site of this target. */
static bool serves_at(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state, const struct entity *target)
{
    struct value serves = entity_slot(state->endpoint, ENDPOINT_serves);
    const struct site_info *site = plan_site(a->plan, model_find(a->model, BLOCK_SITE, target->name));

    for (uint32_t i = 0; i < serves.u.list->count; i++) {
        const struct entity *entity = serves.u.list->items[i].type == VALUE_ENTITY ? serves.u.list->items[i].u.entity : NULL;
        const struct site_info *serving = entity ? result->states[entity->index].serving : NULL;

        if (site && serving && !site_is_in(a, serving, site->entity) && !site_is_in(a, site, serving->entity))
            return false;
    }
    return true;
}

static struct objective endpoint_objective(const struct scenario_result *result, const struct endpoint_state *state)
{
    struct objective best = {TIME_UNKNOWN, "", {0, 0}, FROM_ELSEWHERE};
    struct value own = entity_slot(state->endpoint, ENDPOINT_rto), serves = entity_slot(state->endpoint, ENDPOINT_serves);
    struct entity *block = result->class_ ? entity_child_named(state->endpoint, BLOCK_OBJECTIVE, result->class_->name) : NULL;
    struct value in_class = block ? entity_slot(block, OBJECTIVE_rto) : value_unknown();

    if (in_class.type == VALUE_DURATION)
        return (struct objective){in_class.u.integer, "endpoint, for the class", block->span, FROM_ELSEWHERE};
    if (own.type == VALUE_DURATION)
        return (struct objective){own.u.integer, "endpoint", state->endpoint->span, FROM_ELSEWHERE};
    for (uint32_t i = 0; serves.type == VALUE_LIST && i < serves.u.list->count; i++) {
        const struct entity *entity = serves.u.list->items[i].type == VALUE_ENTITY ? serves.u.list->items[i].u.entity : NULL;
        const struct objective *rto = entity ? &result->states[entity->index].rto : NULL;

        if (rto && rto->ms >= 0 && (best.ms < 0 || rto->ms < best.ms))
            best = *rto;
    }
    if (best.ms >= 0)
        best.from = FROM_ELSEWHERE, best.source = "strictest of what it serves";
    return best;
}

static struct span_of_time served_back(const struct scenario_result *result, const struct endpoint_state *state)
{
    struct value serves = entity_slot(state->endpoint, ENDPOINT_serves);
    struct span_of_time finish = time_exact(0);

    for (uint32_t i = 0; serves.type == VALUE_LIST && i < serves.u.list->count; i++) {
        if (serves.u.list->items[i].type == VALUE_ENTITY)
            finish = time_max(finish, result->states[serves.u.list->items[i].u.entity->index].finish);
    }
    return finish;
}

static bool add_to(int64_t *sum, int64_t more)
{
    return *sum >= 0 && more >= 0 && !__builtin_add_overflow(*sum, more, sum);
}

/* From the turn of the switch until the check it overrules calls the primary unhealthy. */
static int64_t behind_the_switch(const struct endpoint_state *state)
{
    struct value alarm = entity_slot(state->endpoint, ENDPOINT_switch_time);
    int64_t time = health_clock(state->from).after;

    return alarm.type == VALUE_DURATION && add_to(&time, alarm.u.integer) ? time : TIME_UNKNOWN;
}

/* What a name takes by itself once it is to lead elsewhere: 0 where a term does not count, TIME_UNKNOWN where nobody knows. */
struct name_clock {
    int64_t detection, green, ttl, propagation;
};

/* How long a check takes to turn green once what it asks answers. An alarm that has to be quiet besides is so when its service pleases. */
static int64_t turns_green(const struct entity *target)
{
    struct health_clock clock = health_clock(target);
    struct value clears = clock.block ? entity_slot(clock.block, HEALTH_alarm_clears) : value_unknown();

    if (!clock.block || entity_slot(clock.block, HEALTH_alarm).type != VALUE_STRING)
        return clock.after;
    if (clears.type != VALUE_DURATION || clock.after == TIME_UNKNOWN)
        return TIME_UNKNOWN;
    return clears.u.integer > clock.after ? clears.u.integer : clock.after;
}

/* What it serves has been serving at that target all along. */
static bool was_green(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state)
{
    return !is_served(result, state) && serves_at(a, result, state, state->to);
}

/* The check of the target it leads to, where that decides; NULL. */
static const struct entity *check_behind(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state)
{
    const char *mode = word(state->endpoint, ENDPOINT_mode, "health");

    if ((strcmp(mode, "health") != 0 && strcmp(mode, "stop") != 0) || strcmp(word(state->endpoint, ENDPOINT_routing, "failover"), "simple") == 0)
        return NULL;
    if (state->moves == MOVES_NOT || state->moves == MOVES_AND_BACK || !state->to || was_green(a, result, state))
        return NULL;
    return health_clock(state->to).block;
}

static struct name_clock name_clock(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state)
{
    struct value ttl = entity_slot(state->endpoint, ENDPOINT_ttl), propagation = entity_slot(state->endpoint, ENDPOINT_propagation);
    const char *mode = word(state->endpoint, ENDPOINT_mode, "health");
    struct name_clock clock = {.ttl = ttl.type == VALUE_DURATION ? ttl.u.integer : TIME_UNKNOWN};

    /* An alias of Route 53 has the TTL of what it points to, 60 s for load balancers, whatever is written. */
    if (state->from && name_mover(state->endpoint) && entity_slot(state->from, TARGET_alias).type == VALUE_STRING)
        clock.ttl = MS_MINUTE;
    if (state->moves == MOVES_BY_CHECK)
        clock.detection = health_clock(state->dropped ? state->dropped : state->from).after;
    else if (state->moves == MOVES_AND_BACK)
        clock.detection = turns_green(state->from);
    else if (state->moves == MOVES_BY_STEP && strcmp(mode, "stop") == 0)
        clock.detection = behind_the_switch(state);
    else if (state->moves == MOVES_BY_STEP && strcmp(mode, "arc") != 0)
        clock.propagation = propagation.type == VALUE_DURATION ? propagation.u.integer : TIME_UNKNOWN;
    if (check_behind(a, result, state))
        clock.green = turns_green(state->to);
    return clock;
}

static void time_endpoint(struct analysis *a, struct scenario_result *result, struct endpoint_state *state)
{
    struct name_clock clock = name_clock(a, result, state);
    struct span_of_time served;
    int64_t after = 0;

    state->ttl = clock.ttl;
    state->detection = clock.detection;
    state->green = clock.green;
    state->propagation = clock.propagation;
    state->finish = state->to ? served_back(result, state) : (struct span_of_time){0};
    if (state->zone)
        state->finish = time_max(state->finish, result->states[state->zone->index].finish);
    if (state->moves == MOVES_NOT)
        return; /* the record need not change */
    served = clock.green == TIME_UNKNOWN ? (struct span_of_time){0} : time_add(state->finish, time_exact(clock.green));
    if (state->moves == MOVES_BY_CHECK) {
        state->finish = clock.detection == TIME_UNKNOWN ? (struct span_of_time){0} : time_max(state->finish, time_exact(clock.detection));
    } else {
        if (state->moves == MOVES_BY_STEP)
            state->finish = state->step ? time_max(state->finish, state->step->finish) : (struct span_of_time){0};
        after = add_to(&after, clock.detection) && add_to(&after, clock.propagation) ? after : TIME_UNKNOWN;
        state->finish = after == TIME_UNKNOWN ? (struct span_of_time){0} : time_add(state->finish, time_exact(after));
    }
    state->finish = time_max(state->finish, served);
    after = clock.ttl;
    state->finish = after == TIME_UNKNOWN ? (struct span_of_time){0} : time_add(state->finish, time_exact(after));
}

/* Whether something it serves does. */
static bool endpoint_wants_proof(const struct analysis *a, const struct entity *endpoint)
{
    struct value serves = entity_slot(endpoint, ENDPOINT_serves);

    for (uint32_t i = 0; serves.type == VALUE_LIST && i < serves.u.list->count; i++) {
        const struct asset *asset = serves.u.list->items[i].type == VALUE_ENTITY ? plan_asset(a->plan, serves.u.list->items[i].u.entity) : NULL;

        if (asset && asset_wants_proof(a, asset))
            return true;
    }
    return false;
}

/* What is not said of a name, so that nobody knows when it leads elsewhere; NULL: it is something else. */
static const struct reason *unset_of_name(const struct analysis *a, const struct endpoint_state *state)
{
    const struct entity *health = state->moves == MOVES_BY_CHECK ? health_clock(state->dropped ? state->dropped : state->from).block : NULL;

    if (!name_mover(state->endpoint) && state->moves == MOVES_BY_STEP && state->step && !state->step->takes.known && !state->barred)
        return unset_row(a, state->endpoint, "change_time", NULL,
                         "state how long whoever keeps the name takes to lead it elsewhere: `change_time = 5m..15m..30m`");
    if (!health && state->moves == MOVES_AND_BACK)
        health = health_clock(state->from).block;
    if (state->green == TIME_UNKNOWN)
        health = health_clock(state->to).block;
    if (health && (state->green == TIME_UNKNOWN || state->moves == MOVES_AND_BACK) && entity_slot(health, HEALTH_alarm).type == VALUE_STRING &&
        entity_slot(health, HEALTH_alarm_clears).type != VALUE_DURATION)
        return unset_row(a, health, "alarm_clears",
                         intern_text(a, "how long `%s` stays red after what it watches is back, and `%s` leads elsewhere, is not stated",
                                     entity_slot(health, HEALTH_alarm).u.string, state->endpoint->name),
                         NULL);
    if (!name_mover(state->endpoint) && health && entity_slot(health, HEALTH_timeout).type != VALUE_DURATION)
        return unset_row(a, health, "timeout", intern_text(a, "how long one health check of `%s` takes to fail is not stated", state->endpoint->name),
                         "state the `timeout` of its provider's checks");
    return NULL;
}

/* A name that leads to what is not known to be back in time leads there in an unknown time as well; and so does one nobody answers for. */
static void keep_credit(struct analysis *a, const struct scenario_result *result, struct endpoint_state *state)
{
    struct value serves = entity_slot(state->endpoint, ENDPOINT_serves);
    const struct reason *why = NULL;
    struct reason owner;

    for (uint32_t i = 0; serves.type == VALUE_LIST && i < serves.u.list->count && !why; i++) {
        if (serves.u.list->items[i].type == VALUE_ENTITY)
            why = result->states[serves.u.list->items[i].u.entity->index].undecided;
    }
    if (!why && state->zone)
        why = result->states[state->zone->index].undecided;
    if (!why && nobody_owns(a, result, state->endpoint, &owner))
        why = &owner;
    if (!why)
        return;
    state->verdict = VERDICT_UNKNOWN;
    decides(a, why, (struct objective_ref){OBJECTIVE_ENDPOINT, state->endpoint, result->scenario, endpoint_wants_proof(a, state->endpoint)});
}

/* Why it leads to what never comes back, or waits for somebody to lead it there and nobody is left who could; NULL. */
static const char *undone(const struct scenario_result *result, const struct endpoint_state *state)
{
    struct value serves = entity_slot(state->endpoint, ENDPOINT_serves);

    for (uint32_t i = 0; serves.type == VALUE_LIST && i < serves.u.list->count; i++) {
        const struct asset_state *served =
            serves.u.list->items[i].type == VALUE_ENTITY ? &result->states[serves.u.list->items[i].u.entity->index] : NULL;

        if (served && served->undone)
            return served->undone;
    }
    if (state->zone && result->states[state->zone->index].undone)
        return result->states[state->zone->index].undone;
    return state->moves == MOVES_BY_STEP && state->step && state->step->undone ? "nobody is left who could lead it there" : NULL;
}

/* That a name is led elsewhere no kind has carried out; else it is as its target comes back. */
static bool rests_on_declared(const struct scenario_result *result, const struct endpoint_state *state)
{
    struct value serves = entity_slot(state->endpoint, ENDPOINT_serves);
    bool declared = state->moves != MOVES_NOT || (state->zone && result->states[state->zone->index].rto_on_declared);

    for (uint32_t i = 0; serves.type == VALUE_LIST && i < serves.u.list->count && !declared; i++)
        declared = serves.u.list->items[i].type == VALUE_ENTITY && result->states[serves.u.list->items[i].u.entity->index].rto_on_declared;
    return declared;
}

static void judge_endpoint(struct analysis *a, struct scenario_result *result, struct endpoint_state *state)
{
    struct strbuf have = STRBUF_INIT, want = STRBUF_INIT;
    struct asset *root;
    const struct reason *unset;
    struct reason clock;
    struct diag *diag;

    state->verdict = VERDICT_NOT_APPLICABLE;
    if (state->barred) { /* told with its step */
        state->verdict = VERDICT_REFUTED;
        state->finish = (struct span_of_time){0};
        return;
    }
    if (!state->affected)
        return;
    /* Users who find nobody there for ever are told of, objective or not. */
    if (!state->to && (state->rto.ms >= 0 || state->from)) {
        state->verdict = VERDICT_REFUTED;
        diag = find(a, DIAG_E0505, (struct about){.subject = state->endpoint, .scenario = result->scenario},
                    "`%s` leads nowhere in `%s`: no target is left", state->endpoint->name, result->scenario->name);
        if (diag)
            diag_help(diag, "add a `target` at the site where what it serves is recovered");
        return;
    }
    if (state->zone && !result->states[state->zone->index].chosen && (state->rto.ms >= 0 || state->from)) {
        state->verdict = VERDICT_REFUTED;
        state->finish = (struct span_of_time){0};
        diag = find(a, DIAG_E0505, (struct about){.subject = state->endpoint, .scenario = result->scenario},
                    "`%s` is gone in `%s` with its zone `%s`, which does not come back", state->endpoint->name, result->scenario->name,
                    state->zone->name);
        if (diag)
            diag_help(diag, "keep the zone in an account that is lost with nothing else");
        return;
    }
    if (state->rto.ms < 0)
        return;
    if (state->zone_unstated) {
        state->verdict = VERDICT_UNKNOWN;
        state->finish = (struct span_of_time){0};
        decides(a, state->zone_unstated,
                (struct objective_ref){OBJECTIVE_ENDPOINT, state->endpoint, result->scenario, endpoint_wants_proof(a, state->endpoint)});
        return;
    }
    if (undone(result, state)) {
        state->verdict = VERDICT_REFUTED;
        state->finish = (struct span_of_time){0};
        diag = find(a, DIAG_E0505, (struct about){.subject = state->endpoint, .scenario = result->scenario},
                    "`%s` leads to nothing that serves in `%s`: %s", state->endpoint->name, result->scenario->name, undone(result, state));
        if (diag)
            diag_help(diag,
                      "`drc explain rto NAME` of what it serves says what that waits for; people who act stand at several places (`by`, `approve`)");
        return;
    }
    state->verdict = !state->finish.known ? VERDICT_UNKNOWN : state->finish.worst <= state->rto.ms ? VERDICT_OK : VERDICT_REFUTED;
    root = state->verdict == VERDICT_OK ? NULL : cause_of_endpoint(a, result, state);
    if (root) {
        bool late = state->verdict == VERDICT_REFUTED;

        find_consequence(a, late ? DIAG_E0505 : DIAG_E0504,
                         (struct about){.unknown = !late, .subject = state->endpoint, .scenario = result->scenario}, root, state->finish, state->rto,
                         intern_text(a, "`%s` leads to the recovered system %s in `%s`", state->endpoint->name,
                                     late ? "later than its RTO allows" : "after an unknown time", result->scenario->name));
        return;
    }
    if (state->answers_anyway && state->verdict != VERDICT_REFUTED) {
        struct reason reason = {.code = DIAG_E0561, .at = state->endpoint, .attribute = "routing"};

        reason.text = intern_text(a, "`%s` has one record (`routing = simple`), which is the answer whatever its health check says: nothing moves it",
                                  state->endpoint->name);
        reason.help = "write `mode = manual`, or another `routing`";
        state->verdict = VERDICT_UNKNOWN;
        state->finish = (struct span_of_time){0};
        decides(a, keep_reason(a, &reason),
                (struct objective_ref){OBJECTIVE_ENDPOINT, state->endpoint, result->scenario, endpoint_wants_proof(a, state->endpoint)});
        return;
    }
    unset = state->verdict == VERDICT_UNKNOWN ? unset_of_name(a, state) : NULL;
    if (unset) {
        decides(a, unset, (struct objective_ref){OBJECTIVE_ENDPOINT, state->endpoint, result->scenario, endpoint_wants_proof(a, state->endpoint)});
        return;
    }
    if (state->verdict == VERDICT_UNKNOWN && clock_is_unset(result, &clock)) {
        decides(a, &clock, (struct objective_ref){OBJECTIVE_ENDPOINT, state->endpoint, result->scenario, endpoint_wants_proof(a, state->endpoint)});
        return;
    }
    if (state->verdict == VERDICT_UNKNOWN) {
        diag =
            find(a, DIAG_E0504,
                 (struct about){
                     .unknown = true, .strict = endpoint_wants_proof(a, state->endpoint), .subject = state->endpoint, .scenario = result->scenario},
                 "the time until `%s` leads to the recovered system in `%s` is unknown", state->endpoint->name, result->scenario->name);
        if (diag && state->moves == MOVES_BY_STEP && strcmp(word(state->endpoint, ENDPOINT_mode, ""), "stop") == 0 &&
            state->detection == TIME_UNKNOWN)
            diag_note(diag, "the stop switch overrules the health check of `%s`, which has none", state->from->name);
        if (diag)
            diag_help(diag, "give its target a `health` block, and every asset it serves a known recovery time");
        return;
    }
    if (state->verdict == VERDICT_OK)
        keep_credit(a, result, state);
    if (state->verdict != VERDICT_REFUTED)
        return;
    print_duration(&have, state->finish.worst);
    print_duration(&want, state->rto.ms);
    diag = find(a, DIAG_E0505, (struct about){.subject = state->endpoint, .scenario = result->scenario},
                "`%s` leads to the recovered system after %s in `%s`, its RTO is %s", state->endpoint->name, strbuf_str(&have),
                result->scenario->name, strbuf_str(&want));
    if (diag) {
        diag_label(diag, state->rto.span, "RTO from here (%s)", state->rto.source);
        if (state->stays_green)
            diag_note(diag, "the health check of `%s` stays green in `%s`: a step moves the name, after the declaration",
                      (state->dropped ? state->dropped : state->from)->name, result->scenario->name);
        diag_help(diag, "shorten the TTL, the health check, or the recovery of what it serves");
    }
    strbuf_release(&have);
    strbuf_release(&want);
}

/* Whether the check of the place that stays may turn red meanwhile, and another target is the answer until it is green again. */
static bool leaves_and_returns(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state)
{
    const struct entity *endpoint = state->endpoint;
    uint32_t cursor = 0;

    if (strcmp(word(endpoint, ENDPOINT_mode, "health"), "health") != 0 || strcmp(word(endpoint, ENDPOINT_routing, "failover"), "simple") == 0)
        return false;
    return entity_child(endpoint, BLOCK_TARGET, &cursor) && entity_child(endpoint, BLOCK_TARGET, &cursor) && is_served(result, state) &&
           health_clock(state->from).block && check_may_turn_red(a, endpoint, state->from);
}

/* A name without a check that could notice anything is moved by nobody. */
static void find_move(struct analysis *a, const struct scenario_result *result, struct endpoint_state *state)
{
    const struct entity *target = state->dropped ? state->dropped : state->from;

    if (!state->affected || !state->to)
        return;
    if (state->to == state->from && !state->dropped) {
        state->moves = leaves_and_returns(a, result, state) ? MOVES_AND_BACK : MOVES_NOT;
        return;
    }
    state->moves = MOVES_BY_STEP;
    if (strcmp(word(state->endpoint, ENDPOINT_mode, "health"), "health") != 0)
        return;
    state->answers_anyway = strcmp(word(state->endpoint, ENDPOINT_routing, "failover"), "simple") == 0;
    state->stays_green = health_clock(target).block && !check_turns_red(a, result, state->endpoint, target);
    if (!state->stays_green && !state->answers_anyway)
        state->moves = MOVES_BY_CHECK;
}

/* A check that turns red later than anybody begins moves it then; behind a switch, or on the way back, it has to turn first. */
static int64_t lingers(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state)
{
    struct name_clock clock = name_clock(a, result, state);
    int64_t sum = clock.ttl;

    if (state->moves == MOVES_BY_CHECK && clock.detection != TIME_UNKNOWN && result->begin.known)
        clock.detection = clock.detection > result->begin.worst ? clock.detection - result->begin.worst : 0;
    if (clock.green == TIME_UNKNOWN || clock.green > clock.detection)
        clock.detection = clock.green;
    return add_to(&sum, clock.detection) && add_to(&sum, clock.propagation) ? sum : TIME_UNKNOWN;
}

void find_targets(struct analysis *a, struct scenario_result *result)
{
    uint32_t count = a->model->declared[BLOCK_ENDPOINT].list.len;

    result->endpoints = ARENA_ARRAY(a->arena, struct endpoint_state, count);
    result->endpoint_count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct endpoint_state *state = &result->endpoints[i];
        struct entity *target;
        const char *routing;
        bool shared;

        state->endpoint = a->model->declared[BLOCK_ENDPOINT].list.items[i];
        state->affected = is_served(result, state);
        routing = word(state->endpoint, ENDPOINT_routing, "failover");
        shared = strcmp(routing, "weighted") == 0 || strcmp(routing, "latency") == 0;
        for (uint32_t t = 0; (target = entity_child(state->endpoint, BLOCK_TARGET, &t));) {
            if (!state->from)
                state->from = target;
            if (!state->to && !target_lost(a, target) && serves_at(a, result, state, target))
                state->to = target;
            /* Of several targets at once a lost one has to drop out before its users are served by the others. */
            if (shared && !state->dropped && target_lost(a, target))
                state->dropped = target;
        }
        find_zone(a, result, state);
        state->affected |= (state->from && target_lost(a, state->from)) || state->dropped || state->zone || state->zone_unstated;
        find_move(a, result, state);
        state->lingers = state->moves == MOVES_NOT ? 0 : lingers(a, result, state);
    }
}

void move_traffic(struct analysis *a, struct scenario_result *result)
{
    for (uint32_t i = 0; i < result->endpoint_count; i++) {
        struct endpoint_state *state = &result->endpoints[i];

        state->rto = endpoint_objective(result, state);
        time_endpoint(a, result, state);
        state->on_declared = rests_on_declared(result, state);
        judge_endpoint(a, result, state);
    }
}
