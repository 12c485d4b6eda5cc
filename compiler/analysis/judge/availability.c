/* Availability of a name against its SLO (SEMANTICS §4): what it needs multiplies, redundant places combine, and what scenarios take away
 * is subtracted.
 *
 * A figure of an asset is its own `slo` (of the whole asset), else what its kind says its provider promises for one instance, else the
 * `slo` of the place it stands at (counted once for all that stands there: software is no more available than its machine). Instances at
 * places that share no region and nothing they are physically inside of fail independently of each other; others do not count as redundant, and
 * neither does a standby: how long it takes over is in the scenarios. As many have to stand as the `quorum` of the asset says.
 *
 * Every scenario that touches the name takes at most its worst finish once in its mean time between events (`frequency`): by the union
 * bound the expected availability is at least the product minus the sum of these shares. Failures that a promise covers and a scenario
 * plays count twice, which is the safe side. All figures are long-run means, in parts per 10⁹, carried at 10¹⁸ and rounded down. */
#include "analysis/judge/judge.h"
#include "analysis/recovery/credit.h"

#include <string.h>

enum { SHOWN = 12 }; /* terms a text prints; `drc explain slo NAME` prints all */

#define WHOLE INT64_C(1000000000)

__extension__ typedef __int128 wide;

static const int64_t FINE = WHOLE * WHOLE; /* the scale products are carried at */

static int64_t times(int64_t fine, int64_t parts)
{
    return (int64_t)((wide)fine * parts / WHOLE);
}

static int64_t slo_of(const struct entity *entity, uint32_t row)
{
    struct value value = entity_slot(entity, row);

    return value.type == VALUE_PERCENT && value.u.integer >= 0 && value.u.integer <= WHOLE ? value.u.integer : TIME_UNKNOWN;
}

/* Of the place or the nearest one it is inside of. */
static int64_t place_slo(const struct analysis *a, const struct site_info *site, const struct site_info **whose)
{
    for (int depth = 0; site && depth < 64; depth++) {
        int64_t slo = slo_of(site->entity, SITE_slo);

        *whose = site;
        if (slo >= 0)
            return slo;
        site = site->within ? plan_site(a->plan, site->within) : NULL;
    }
    return TIME_UNKNOWN;
}

static bool independent(const struct analysis *a, const struct site_info *x, const struct site_info *y)
{
    if (x->region[0] && strcmp(x->region, y->region) == 0)
        return false;
    for (const struct site_info *at = x; at; at = at->within ? plan_site(a->plan, at->within) : NULL) {
        if (site_is_in(a, y, at->entity))
            return false;
    }
    return true;
}

static int64_t quorum_of(const struct asset *asset)
{
    struct value quorum = entity_slot(asset->entity, ASSET_quorum);

    return quorum.type == VALUE_INT && quorum.u.integer > 1 ? quorum.u.integer : 1;
}

/* Places that may fail together, as far as anybody knows: how many, and for how much of the time one of them is down at most (union bound). */
struct cluster {
    uint32_t places;
    int64_t down;
};

/* For how much of the time `quorum` places stand at least, when blocks fail independently and one that fails takes all its places along. */
static int64_t at_least(struct analysis *a, const struct cluster *clusters, uint32_t count, int64_t quorum)
{
    int64_t *stand = ARENA_ARRAY(a->arena, int64_t, (size_t)quorum + 1); /* by how many stand, the quorum and more as one; FINE is always */

    stand[0] = FINE;
    for (uint32_t b = 0; b < count; b++) {
        int64_t up = WHOLE - clusters[b].down;

        for (int64_t n = quorum; n >= 0; n--) {
            int64_t to = n + clusters[b].places > quorum ? quorum : n + clusters[b].places, moved = times(stand[n], up);

            if (to == n)
                continue;
            stand[n] = times(stand[n], clusters[b].down);
            stand[to] += moved;
        }
    }
    return stand[quorum] / WHOLE;
}

/* For how much of the time as many of its places stand as its quorum says, at least; *places: those that count as redundant. Three bounds, of
 * which the best is taken: one place of each block alone; blocks that fall as a whole; and, whatever fails together, that so many fail no more
 * often than all fail together by so many (Markov). */
static int64_t combine(struct analysis *a, const struct asset *asset, int64_t instance, bool by_place, uint32_t *places)
{
    struct cluster *single = ARENA_ARRAY(a->arena, struct cluster, asset->site_count),
                   *whole = ARENA_ARRAY(a->arena, struct cluster, asset->site_count);
    const struct site_info **first = ARENA_ARRAY(a->arena, const struct site_info *, asset->site_count);
    int64_t quorum = quorum_of(asset), down = 0, best, other;
    uint32_t count = 0, stated = 0;

    for (uint32_t i = 0; i < asset->site_count; i++) {
        const struct site_info *whose;
        int64_t one = by_place ? place_slo(a, asset->sites[i], &whose) : instance;
        uint32_t in = count;

        if (one < 0)
            continue; /* it never stands, as far as anybody promises */
        stated++;
        down = down + WHOLE - one;
        for (uint32_t b = 0; b < count; b++) {
            if (independent(a, first[b], asset->sites[i]))
                continue;
            if (in == count) {
                in = b;
            } else { /* it ties two of them together */
                whole[in].places += whole[b].places;
                whole[in].down += whole[b].down;
                first[b] = first[--count];
                single[b] = single[count];
                whole[b--] = whole[count];
            }
        }
        if (in == count) {
            first[count] = asset->sites[i];
            single[count] = (struct cluster){1, WHOLE - one};
            whole[count++] = (struct cluster){0, 0};
        }
        whole[in].places++;
        whole[in].down = whole[in].down + WHOLE - one > WHOLE ? WHOLE : whole[in].down + WHOLE - one;
    }
    *places = count;
    if (stated < quorum)
        return TIME_UNKNOWN;
    best = at_least(a, single, count, quorum);
    if ((other = at_least(a, whole, count, quorum)) > best)
        best = other;
    down = (down + stated - quorum) / (stated - quorum + 1); /* rounded up */
    return WHOLE - down > best ? WHOLE - down : best;
}

struct work {
    struct analysis *a;
    struct slo_state *state;
    VEC(struct slo_term) terms;
    const bool *needed; /* by index of the asset: the name cannot do without */
    bool *place_seen;   /* by site index */
};

static void add(struct work *work, struct entity *entity, const char *text, int64_t parts, bool lost, struct span span)
{
    vec_push(work->a->arena, &work->terms, ((struct slo_term){entity, text, parts, lost, span}));
    if (parts < 0)
        work->state->known = false;
}

static const char *places_text(struct analysis *a, const struct asset *asset, uint32_t independent_places)
{
    int64_t quorum = quorum_of(asset);

    if (quorum < 2)
        return intern_text(a, "%u independent places", independent_places);
    return intern_text(a, "%u places, %u of them independent, of which %lld have to stand", asset->site_count, independent_places, (long long)quorum);
}

static void add_asset(struct work *work, const struct asset *asset)
{
    struct analysis *a = work->a;
    struct entity *block = kind_deferred(asset->entity->kind, KIND_availability);
    const struct site_info *whose = NULL;
    int64_t parts = slo_of(asset->entity, ASSET_slo);
    struct value promised;
    uint32_t places = 0;

    if (parts >= 0) {
        add(work, asset->entity, intern_text(a, "`%s`, by its own `slo`", asset->name), parts, false, entity_attr_span(asset->entity, ASSET_slo));
        return;
    }
    promised =
        block ? eval_deferred(a->eval, block, KIND_availability, scope_add(a->eval, NULL, "self", value_entity(asset->entity))) : value_unknown();
    if (promised.type == VALUE_PERCENT && promised.u.integer >= 0 && promised.u.integer <= WHOLE) {
        parts = asset->site_count ? combine(a, asset, promised.u.integer, false, &places) : promised.u.integer;
        add(work, asset->entity,
            places < 2 && quorum_of(asset) < 2
                ? intern_text(a, "`%s`, promised for `%s`", asset->name, asset->entity->kind->entity->name)
                : intern_text(a, "`%s` at %s, each promised for `%s`", asset->name, places_text(a, asset, places), asset->entity->kind->entity->name),
            parts, false, asset->entity->span);
        return;
    }
    parts = asset->site_count ? place_slo(a, asset->sites[0], &whose) : TIME_UNKNOWN;
    if (asset->site_count > 1) {
        int64_t together = combine(a, asset, 0, true, &places);

        if (places > 1 || quorum_of(asset) > 1) {
            add(work, asset->entity, intern_text(a, "`%s` at %s", asset->name, places_text(a, asset, places)), together, false, asset->entity->span);
            return;
        }
    }
    if (parts < 0) {
        add(work, asset->entity, intern_text(a, "`%s`: no `slo` of it, its kind or its place", asset->name), TIME_UNKNOWN, false,
            asset->entity->span);
        return;
    }
    if (work->place_seen[whose->index])
        return;
    work->place_seen[whose->index] = true;
    add(work, whose->entity, intern_text(a, "`%s`, where `%s` stands", whose->entity->name, asset->name), parts, false,
        entity_attr_span(whose->entity, SITE_slo));
}

/* Everything the name needs, each once, in declaration order. */
static void add_needs(struct work *work)
{
    struct analysis *a = work->a;
    bool *needed = ARENA_ARRAY(a->arena, bool, a->plan->asset_count);
    struct value serves = entity_slot(work->state->endpoint, ENDPOINT_serves);

    for (uint32_t i = 0; serves.type == VALUE_LIST && i < serves.u.list->count; i++) {
        if (serves.u.list->items[i].type == VALUE_ENTITY)
            needed[serves.u.list->items[i].u.entity->index] = true;
    }
    for (uint32_t at = a->plan->asset_count; at-- > 0;) {
        const struct asset *asset = &a->plan->assets[a->needs_first[at]];

        for (uint32_t n = 0; needed[asset->index] && n < asset->needs.count; n++)
            needed[asset->needs.items[n].index] = true;
    }
    work->needed = needed;
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        if (!needed[i])
            continue;
        add_asset(work, &a->plan->assets[i]);
        work->state->strict |= asset_wants_proof(a, &a->plan->assets[i]);
    }
}

static void add_scenarios(struct work *work)
{
    struct analysis *a = work->a;

    for (uint32_t i = 0; i < a->plan->scenario_count; i++) {
        const struct scenario_result *result = &a->plan->scenarios[i];
        const struct endpoint_state *endpoint = &result->endpoints[work->state->endpoint->index];
        struct value every = entity_slot(result->scenario, SCENARIO_frequency);
        const char *name = result->scenario->name;
        wide share;

        if (!endpoint->affected)
            continue;
        if (every.type != VALUE_DURATION || every.u.integer <= 0) {
            add(work, result->scenario, intern_text(a, "`%s`: how often it happens is not stated (`frequency`)", name), TIME_UNKNOWN, true,
                result->scenario->span);
            continue;
        }
        if (!endpoint->to || !endpoint->finish.known) {
            add(work, result->scenario, intern_text(a, "`%s`: how long it takes is not known", name), TIME_UNKNOWN, true, result->scenario->span);
            continue;
        }
        if (endpoint->finish.worst > work->state->budget_ms && !work->state->outlasts)
            work->state->outlasts = result->scenario;
        share = ((wide)endpoint->finish.worst * WHOLE + every.u.integer - 1) / every.u.integer;
        add(work, result->scenario,
            intern_text(a, "`%s`: %s once in %s", name, text_of_duration(a->arena, endpoint->finish.worst),
                        text_of_duration(a->arena, every.u.integer)),
            share > WHOLE ? WHOLE : (int64_t)share, true, entity_attr_span(result->scenario, SCENARIO_frequency));
    }
}

/* What it needs itself falls with it, and measures nothing then. */
static bool is_measured(const struct work *work, struct value who)
{
    const struct asset *asset = who.type == VALUE_ENTITY ? plan_asset(work->a->plan, who.u.entity) : NULL;

    for (uint32_t i = 0; who.type == VALUE_LIST && i < who.u.list->count; i++) {
        if (is_measured(work, who.u.list->items[i]))
            return true;
    }
    return who.type != VALUE_LIST && !(asset && work->needed[asset->index]) && hears(who, work->state->endpoint);
}

static void sum_up(struct work *work)
{
    int64_t fine = FINE;

    work->state->terms = work->terms.items;
    work->state->term_count = work->terms.len;
    work->state->parts = TIME_UNKNOWN;
    /* What is known may refute already: what is not can only lower it. */
    for (uint32_t i = 0; i < work->terms.len; i++) {
        if (!work->terms.items[i].lost && work->terms.items[i].parts >= 0)
            fine = times(fine, work->terms.items[i].parts);
    }
    for (uint32_t i = 0; i < work->terms.len; i++) {
        if (work->terms.items[i].lost && work->terms.items[i].parts >= 0)
            fine = fine > work->terms.items[i].parts * WHOLE ? fine - work->terms.items[i].parts * WHOLE : 0;
    }
    work->state->parts = fine / WHOLE;
    work->state->verdict = work->state->parts < work->state->target      ? VERDICT_REFUTED
                           : work->state->known && work->state->measured ? VERDICT_OK
                                                                         : VERDICT_UNKNOWN;
}

static const char *percent(struct analysis *a, int64_t parts)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    print_percent(&text, parts);
    result = strbuf_dup(&text, a->arena);
    strbuf_release(&text);
    return result;
}

/* Promises and frequencies are what somebody answers for, or nobody does. */
static void keep_credit(struct analysis *a, struct slo_state *state)
{
    struct reason reason;

    if (state->verdict != VERDICT_OK || !nobody_owns(a, NULL, state->endpoint, &reason))
        return;
    state->verdict = VERDICT_UNKNOWN;
    decides(a, &reason, (struct objective_ref){OBJECTIVE_SLO, state->endpoint, NULL, state->strict});
}

static void say(struct analysis *a, const struct slo_state *state)
{
    const char *name = state->endpoint->name;
    bool unknown = state->verdict == VERDICT_UNKNOWN;
    struct diag *diag;

    if (state->verdict == VERDICT_OK)
        return;
    if (unknown && state->known)
        diag = find(a, DIAG_E0536, (struct about){.unknown = true, .strict = state->strict, .subject = state->endpoint, .span = state->span},
                    "nobody measures the availability of `%s`, its SLO is %s", name, percent(a, state->target));
    else if (unknown)
        diag = find(a, DIAG_E0536, (struct about){.unknown = true, .strict = state->strict, .subject = state->endpoint, .span = state->span},
                    "the availability of `%s` is unknown, its SLO is %s", name, percent(a, state->target));
    else
        diag = find(a, DIAG_E0535, (struct about){.subject = state->endpoint, .span = state->span},
                    "`%s` can be available %s of the time%s, its SLO is %s", name, percent(a, state->parts), state->known ? "" : " at most",
                    percent(a, state->target));
    if (!diag)
        return;
    for (uint32_t i = 0; i < state->term_count; i++) {
        const struct slo_term *term = &state->terms[i];

        if (unknown && term->parts >= 0)
            continue;
        if (term->parts < 0)
            (i < SHOWN ? diag_note : diag_note_more)(diag, "%s", term->text);
        else
            (i < SHOWN ? diag_note : diag_note_more)(diag, "%s%s %s", term->text, term->lost ? ": less" : ":", percent(a, term->parts));
    }
    if (unknown && !state->known && !state->measured)
        diag_note(diag, "nobody measures it");
    if (unknown && !state->measured)
        diag_help(diag, "name who or what measures it from outside: `watched_by = [MONITOR]` in its `slo`; what nobody measures is met by nobody");
    if (unknown && !state->known)
        diag_help(diag, "state what is missing: `slo` of assets or sites, `frequency` of scenarios");
    else
        diag_help(diag, "make a need soft (`uses`), serve from independent regions, recover faster, or promise less%s%s",
                  state->known ? ": it holds for " : "", state->known ? percent(a, state->parts) : "");
}

void check_availability(struct analysis *a)
{
    uint32_t count = a->model->declared[BLOCK_ENDPOINT].list.len;

    if (a->has_cycle)
        return;
    a->plan->slos = ARENA_ARRAY(a->arena, struct slo_state, count);
    for (uint32_t i = 0; i < count; i++) {
        struct entity *endpoint = a->model->declared[BLOCK_ENDPOINT].list.items[i], *block;
        uint32_t cursor = 0;
        struct work work = {.a = a};
        struct value over;

        block = entity_child(endpoint, BLOCK_SLO, &cursor);
        if (!block || slo_of(block, SLO_availability) < 0)
            continue;
        work.state = &a->plan->slos[a->plan->slo_count++];
        *work.state = (struct slo_state){.endpoint = endpoint, .target = slo_of(block, SLO_availability), .known = true};
        work.state->span = entity_attr_span(block, SLO_availability);
        over = entity_slot(block, SLO_over);
        work.state->over_ms = over.type == VALUE_DURATION ? over.u.integer : TIME_UNKNOWN;
        work.state->budget_ms = over.type == VALUE_DURATION ? (int64_t)((wide)over.u.integer * (WHOLE - work.state->target) / WHOLE) : TIME_UNKNOWN;
        work.place_seen = ARENA_ARRAY(a->arena, bool, a->plan->site_count);
        add_needs(&work);
        work.state->measured = is_measured(&work, entity_slot(block, SLO_watched_by));
        add_scenarios(&work);
        sum_up(&work);
        say(a, work.state);
        keep_credit(a, work.state);
    }
}
