/* What a site's `strategy` says, against what is declared for it and what is promised (SEMANTICS §4). All of it are warnings: the verdict is
 * what was computed.
 *
 * - A name stronger than the protection: the weakest of the most critical assets that come back there decides.
 * - Objectives tighter than the strategy is known to meet, and an SLO of 99.99 % on backup and restore.
 * - A wider loss that is promised to be over sooner than a narrower one inside of it.
 *
 * Bands: https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_planning_for_recovery_disaster_recovery.html; sources differ on
 * them, so only what is below every one of them is told. */
#include "analysis/judge/judge.h"

#include "base/strbuf.h"

#include <stdlib.h>
#include <string.h>

static const struct band {
    const char *name;
    const char *says;
    int64_t rto, rpo; /* nobody promises less, ms */
} bands[] = {
    {"backup_and_restore", "hours to recover, and at best the five minutes of log shipping to lose", MS_HOUR, 5 * MS_MINUTE},
    {"pilot_light", "data is live, servers are started first: tens of minutes, and minutes to lose", 10 * MS_MINUTE, MS_MINUTE},
    {"warm_standby", "all of it runs, smaller: minutes, and seconds to lose", MS_MINUTE, MS_SECOND},
    {"hot_standby", "all of it runs at full size", 0, 0},
    {"active_active", "all of it serves already", 0, 0},
};

enum { BACKUP_AND_RESTORE, PILOT_LIGHT, WARM_STANDBY, HOT_STANDBY, ACTIVE_ACTIVE, NO_STRATEGY, NAMES_MAX = 6 };

#define SLO_FOUR_NINES INT64_C(999900000)

static int strategy_of(const struct site_info *site)
{
    struct value value = entity_slot(site->entity, SITE_strategy);

    for (int i = 0; value.type == VALUE_WORD && i < NO_STRATEGY; i++) {
        if (strcmp(bands[i].name, value.u.word) == 0)
            return i;
    }
    return NO_STRATEGY;
}

static const char *words(struct analysis *a, int64_t ms)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    print_duration(&text, ms);
    result = strbuf_dup(&text, a->arena);
    strbuf_release(&text);
    return result;
}

static bool has_items(const struct entity *entity, uint32_t row)
{
    struct value list = entity_slot(entity, row);

    return list.type == VALUE_LIST && list.u.list->count;
}

/* A place is lost, and nothing else goes wrong. */
static bool is_loss_of_place(const struct entity *scenario)
{
    static const uint32_t others[] = {SCENARIO_fails, SCENARIO_corrupts, SCENARIO_deletes, SCENARIO_compromises, SCENARIO_partitions};

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (has_items(scenario, others[i]))
            return false;
    }
    return has_items(scenario, SCENARIO_loses);
}

static bool comes_back_there(const struct analysis *a, const struct asset_state *state, const struct site_info *site)
{
    return state->fate == FATE_LOST && state->chosen && state->chosen->into && site_is_in(a, state->chosen->into, site->entity) &&
           !kind_is_a(state->asset->entity->kind, "external");
}

/* Those the strategy is for: the most critical of what comes back there. */
static int64_t level_meant(const struct analysis *a, const struct site_info *site)
{
    int64_t level = INT64_MAX;

    for (uint32_t s = 0; s < a->plan->scenario_count; s++) {
        const struct scenario_result *result = &a->plan->scenarios[s];

        if (!is_loss_of_place(result->scenario))
            continue;
        for (uint32_t i = 0; i < a->plan->asset_count; i++) {
            if (comes_back_there(a, &result->states[i], site) && result->states[i].asset->level < level)
                level = result->states[i].asset->level;
        }
    }
    return level;
}

/* The strongest strategy the way an asset comes back is worth. */
static int worth(const struct asset_state *state)
{
    const struct entity *element = state->chosen->element.type == VALUE_ENTITY ? state->chosen->element.u.entity : NULL;
    struct value capacity;

    if (state->chosen->copy)
        return BACKUP_AND_RESTORE;
    if (element && element->schema->id == BLOCK_REPLICA)
        return HOT_STANDBY;
    if (!element || element->schema->id != BLOCK_STANDBY)
        return state->chosen->automatic ? HOT_STANDBY : PILOT_LIGHT; /* made anew, or there by itself */
    capacity = entity_slot(element, STANDBY_capacity);
    if (capacity.type != VALUE_PERCENT || capacity.u.integer == 0)
        return PILOT_LIGHT;
    return capacity.u.integer < INT64_C(1000000000) ? WARM_STANDBY : HOT_STANDBY;
}

/* ---------------------------------------------------------------- name against protection */

static void check_protection(struct analysis *a, const struct site_info *site, int64_t level, int strategy)
{
    bool *told = ARENA_ARRAY(a->arena, bool, a->plan->asset_count);
    struct diag *diag = NULL;
    const char *first = NULL;
    uint32_t count = 0;

    for (int pass = 0; pass < 2; pass++) {
        uint32_t noted = 0;

        memset(told, 0, a->plan->asset_count * sizeof *told);
        for (uint32_t s = 0; s < a->plan->scenario_count; s++) {
            const struct scenario_result *result = &a->plan->scenarios[s];

            if (!is_loss_of_place(result->scenario))
                continue;
            for (uint32_t i = 0; i < a->plan->asset_count; i++) {
                const struct asset_state *state = &result->states[i];

                if (told[i] || state->asset->level > level || !comes_back_there(a, state, site) || worth(state) >= strategy)
                    continue;
                told[i] = true;
                if (pass == 0) {
                    first = first ? first : state->asset->name;
                    count++;
                } else {
                    (noted++ < NAMES_MAX ? diag_note : diag_note_more)(diag, "`%s` by `%s`: that is %s", state->asset->name, state->chosen->label,
                                                                       bands[worth(state)].name);
                }
            }
        }
        if (!count)
            return;
        if (pass == 0) {
            diag = find(a, DIAG_E0537, (struct about){.subject = site->entity, .span = entity_attr_span(site->entity, SITE_strategy)},
                        count == 1   ? "site `%s` is called `%s`, but `%s` does not come back that way"
                        : count == 2 ? "site `%s` is called `%s`, but `%s` and another asset do not come back that way"
                                     : "site `%s` is called `%s`, but `%s` and %u other assets do not come back that way",
                        site->entity->name, bands[strategy].name, first, count - 1);
            if (!diag)
                return;
        }
    }
    diag_help(diag, "%s; add what is missing there (`standby`, `replica`), or call it what it is", bands[strategy].says);
}

/* ---------------------------------------------------------------- objectives against the band */

static void check_band(struct analysis *a, const struct site_info *site, int64_t level, int strategy)
{
    const struct asset_state *rto = NULL, *rpo = NULL;
    struct diag *diag;

    for (uint32_t s = 0; s < a->plan->scenario_count; s++) {
        const struct scenario_result *result = &a->plan->scenarios[s];

        if (!is_loss_of_place(result->scenario))
            continue;
        for (uint32_t i = 0; i < a->plan->asset_count; i++) {
            const struct asset_state *state = &result->states[i];

            if (state->asset->level > level || !comes_back_there(a, state, site))
                continue;
            if (state->rto.ms >= 0 && state->rto.ms < bands[strategy].rto && (!rto || state->rto.ms < rto->rto.ms))
                rto = state;
            if (state->asset->stateful && state->rpo.ms >= 0 && state->rpo.ms < bands[strategy].rpo && (!rpo || state->rpo.ms < rpo->rpo.ms))
                rpo = state;
        }
    }
    if (!rto && !rpo)
        return;
    if (rto)
        diag = find(a, DIAG_E0537, (struct about){.subject = site->entity, .span = entity_attr_span(site->entity, SITE_strategy)},
                    "site `%s` is called `%s`, which is not known to recover `%s` within %s", site->entity->name, bands[strategy].name,
                    rto->asset->name, words(a, rto->rto.ms));
    else
        diag = find(a, DIAG_E0537, (struct about){.subject = site->entity, .span = entity_attr_span(site->entity, SITE_strategy)},
                    "site `%s` is called `%s`, which is not known to lose no more than %s of `%s`", site->entity->name, bands[strategy].name,
                    words(a, rpo->rpo.ms), rpo->asset->name);
    if (!diag)
        return;
    if (rto)
        diag_label(diag, rto->rto.span, "RTO from here (%s); worked out: %s", rto->rto.source,
                   rto->finish.known ? words(a, rto->finish.worst) : "unknown");
    if (rpo)
        diag_label(diag, rpo->rpo.span, "RPO of `%s` from here (%s); worked out: %s", rpo->asset->name, rpo->rpo.source,
                   rpo->loss_ms >= 0 ? words(a, rpo->loss_ms) : "unknown");
    diag_help(diag, "%s: %s; what was worked out is the verdict, so call it what it is", bands[strategy].name, bands[strategy].says);
}

static void check_slos(struct analysis *a)
{
    for (uint32_t i = 0; i < a->plan->slo_count; i++) {
        const struct slo_state *slo = &a->plan->slos[i];
        struct entity *target;
        struct diag *diag;

        for (uint32_t t = 0; slo->target >= SLO_FOUR_NINES && (target = entity_child(slo->endpoint, BLOCK_TARGET, &t));) {
            const struct site_info *site = plan_site(a->plan, model_find(a->model, BLOCK_SITE, target->name));

            if (!site || strategy_of(site) != BACKUP_AND_RESTORE)
                continue;
            diag = find(a, DIAG_E0537, (struct about){.subject = slo->endpoint, .span = slo->span},
                        "`%s` promises 99.99 %% or more, and `%s` recovers by backup and restore", slo->endpoint->name, site->entity->name);
            if (diag) {
                diag_label(diag, entity_attr_span(site->entity, SITE_strategy), "hours to recover");
                diag_help(diag, "99.99 %% leaves 52 minutes a year; keep a standby, or promise less");
            }
            break;
        }
    }
}

/* ---------------------------------------------------------------- wider losses */

/* Everything the one takes the other takes too, and more. */
static bool is_wider(const struct analysis *a, const struct entity *wide, const struct entity *narrow)
{
    struct value outer = entity_slot(wide, SCENARIO_loses), inner = entity_slot(narrow, SCENARIO_loses);
    bool more = false;

    for (uint32_t i = 0; i < inner.u.list->count; i++) {
        const struct site_info *site = inner.u.list->items[i].type == VALUE_ENTITY ? plan_site(a->plan, inner.u.list->items[i].u.entity) : NULL;
        bool inside = false;

        for (uint32_t o = 0; site && o < outer.u.list->count; o++) {
            struct entity *lost = outer.u.list->items[o].type == VALUE_ENTITY ? outer.u.list->items[o].u.entity : NULL;

            inside |= lost && site_is_in(a, site, lost);
            more |= lost && lost != site->entity && site_is_in(a, site, lost);
        }
        if (!inside)
            return false;
    }
    return more;
}

/* Scenarios that take the same places, one behind the other in the list of all that take places alone. */
struct alike {
    uint32_t first, count;
    int64_t *least,
        *most; /* of each asset: what is promised in one of them, INT64_MAX and TIME_UNKNOWN where nothing is; made when it is asked for */
};

struct losses {
    struct analysis *a;
    struct arena *scratch;
    uint32_t *scenarios; /* by what they take, then by number */
    uint32_t count;
    struct alike *groups;
    uint32_t group_count;
    uint32_t *first, *taking; /* by site, and one more: the groups that take it */
};

static const struct value_list *taken(const struct losses *l, uint32_t scenario)
{
    return entity_slot(l->a->plan->scenarios[scenario].scenario, SCENARIO_loses).u.list;
}

static const struct site_info *site_taken(const struct losses *l, const struct value_list *list, uint32_t i)
{
    return list->items[i].type == VALUE_ENTITY ? plan_site(l->a->plan, list->items[i].u.entity) : NULL;
}

/* Whether two scenarios take the same: the order of lists among themselves is of no account. */
static int compare_taken(const struct losses *l, uint32_t one, uint32_t other)
{
    const struct value_list *x = taken(l, one), *y = taken(l, other);

    if (x->count != y->count)
        return x->count < y->count ? -1 : 1;
    for (uint32_t i = 0; i < x->count; i++) {
        const struct site_info *a = site_taken(l, x, i), *b = site_taken(l, y, i);
        uint32_t m = a ? a->index : UINT32_MAX, n = b ? b->index : UINT32_MAX;

        if (m != n)
            return m < n ? -1 : 1;
    }
    return 0;
}

/* Stable, so that scenarios alike stay in their order. */
static void sort_losses(struct losses *l, uint32_t from, uint32_t to, uint32_t *room)
{
    uint32_t middle = from + (to - from) / 2, one = from, other = middle, at = from;

    if (to - from < 2)
        return;
    sort_losses(l, from, middle, room);
    sort_losses(l, middle, to, room);
    while (one < middle || other < to)
        room[at++] = other == to || (one < middle && compare_taken(l, l->scenarios[one], l->scenarios[other]) <= 0) ? l->scenarios[one++]
                                                                                                                    : l->scenarios[other++];
    memcpy(&l->scenarios[from], &room[from], (to - from) * sizeof *room);
}

static void index_sites(struct losses *l)
{
    uint32_t total = 0;

    l->first = ARENA_ARRAY(l->scratch, uint32_t, l->a->plan->site_count + 2);
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t g = 0; g < l->group_count; g++) {
            const struct value_list *list = taken(l, l->scenarios[l->groups[g].first]);

            for (uint32_t i = 0; i < list->count; i++) {
                const struct site_info *site = site_taken(l, list, i);

                if (site && pass == 0)
                    l->first[site->index + 2]++;
                else if (site)
                    l->taking[l->first[site->index + 1]++] = g;
            }
        }
        if (pass)
            break;
        for (uint32_t i = 2; i < l->a->plan->site_count + 2; i++)
            total = l->first[i] += total;
        l->taking = ARENA_ARRAY(l->scratch, uint32_t, total + 1);
    }
}

static void find_losses(struct losses *l)
{
    const struct plan *plan = l->a->plan;

    l->scenarios = ARENA_ARRAY(l->scratch, uint32_t, plan->scenario_count + 1);
    for (uint32_t s = 0; s < plan->scenario_count; s++) {
        if (is_loss_of_place(plan->scenarios[s].scenario))
            l->scenarios[l->count++] = s;
    }
    sort_losses(l, 0, l->count, ARENA_ARRAY(l->scratch, uint32_t, l->count + 1));
    l->groups = ARENA_ARRAY(l->scratch, struct alike, l->count + 1);
    for (uint32_t i = 0; i < l->count; i++) {
        if (i == 0 || compare_taken(l, l->scenarios[i - 1], l->scenarios[i]) != 0)
            l->groups[l->group_count++].first = i;
        l->groups[l->group_count - 1].count++;
    }
    index_sites(l);
}

static bool is_promised(const struct asset_state *state)
{
    return state->fate != FATE_UNAFFECTED && state->rto.ms >= 0;
}

static void find_promises(const struct losses *l, struct alike *group)
{
    uint32_t count = l->a->plan->asset_count;

    if (group->least)
        return;
    group->least = ARENA_ARRAY(l->scratch, int64_t, count + 1);
    group->most = ARENA_ARRAY(l->scratch, int64_t, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        group->least[i] = INT64_MAX;
        group->most[i] = TIME_UNKNOWN;
    }
    for (uint32_t n = 0; n < group->count; n++) {
        const struct asset_state *states = l->a->plan->scenarios[l->scenarios[group->first + n]].states;

        for (uint32_t i = 0; i < count; i++) {
            if (!is_promised(&states[i]))
                continue;
            group->least[i] = states[i].rto.ms < group->least[i] ? states[i].rto.ms : group->least[i];
            group->most[i] = states[i].rto.ms > group->most[i] ? states[i].rto.ms : group->most[i];
        }
    }
}

/* Whether a scenario promises less than the most, or more than the least, of another group of an asset. */
static bool differs(const struct losses *l, uint32_t scenario, const struct alike *wide, const struct alike *narrow)
{
    const struct asset_state *states = l->a->plan->scenarios[scenario].states;

    for (uint32_t i = 0; i < l->a->plan->asset_count; i++) {
        if (is_promised(&states[i]) && (narrow ? states[i].rto.ms < narrow->most[i] : states[i].rto.ms > wide->least[i]))
            return true;
    }
    return false;
}

struct pair {
    uint32_t wide, narrow;
};

typedef VEC(struct pair) pair_list;

static void add_pairs(const struct losses *l, struct alike *wide, struct alike *narrow, pair_list *pairs)
{
    uint32_t *worse = ARENA_ARRAY(l->scratch, uint32_t, narrow->count), count = 0;

    find_promises(l, wide);
    find_promises(l, narrow);
    for (uint32_t n = 0; n < narrow->count; n++) {
        if (differs(l, l->scenarios[narrow->first + n], wide, NULL))
            worse[count++] = l->scenarios[narrow->first + n];
    }
    for (uint32_t w = 0; count && w < wide->count; w++) {
        uint32_t scenario = l->scenarios[wide->first + w];

        if (!differs(l, scenario, NULL, narrow))
            continue;
        for (uint32_t n = 0; n < count; n++) {
            if (worse[n] != scenario)
                vec_push_owned(l->scratch, pairs, ((struct pair){scenario, worse[n]}));
        }
    }
}

static int compare_pairs(const void *one, const void *other)
{
    const struct pair *x = one, *y = other;

    if (x->wide != y->wide)
        return x->wide < y->wide ? -1 : 1;
    return x->narrow < y->narrow ? -1 : x->narrow > y->narrow;
}

static void check_pair(struct analysis *a, const struct scenario_result *wide, const struct scenario_result *narrow)
{
    const struct asset_state *first = NULL, *other;
    struct strbuf others = STRBUF_INIT;
    uint32_t count = 0;
    struct diag *diag;

    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        const struct asset_state *x = &wide->states[i], *y = &narrow->states[i];

        if (x->fate == FATE_UNAFFECTED || y->fate == FATE_UNAFFECTED || x->rto.ms < 0 || y->rto.ms < 0 || x->rto.ms >= y->rto.ms)
            continue;
        first = first ? first : x;
        if (count++)
            strbuf_addf(&others, "%s`%s`", count > 2 ? ", " : "", x->asset->name);
    }
    if (!first)
        return; /* and no others */
    other = &narrow->states[first->asset->index];
    diag = find(a, DIAG_E0537, (struct about){.subject = first->asset->entity, .scenario = wide->scenario, .span = first->rto.span},
                "`%s` is promised back within %s in `%s`, but within %s in `%s`, which takes less", first->asset->name, words(a, first->rto.ms),
                wide->scenario->name, words(a, other->rto.ms), narrow->scenario->name);
    if (!diag) {
        strbuf_release(&others);
        return;
    }
    diag_label(diag, other->rto.span, "the weaker objective (%s)", other->rto.source);
    if (count > 2)
        diag_note_brief(diag, arena_printf(a->arena, "the same for %s", strbuf_str(&others)), "the same for %u other assets", count - 1);
    else if (count > 1)
        diag_note(diag, "the same for %s", strbuf_str(&others));
    strbuf_release(&others);
    diag_help(diag, "what holds when more is lost holds when less is: state the same or less for `%s`", narrow->scenario->name);
}

/* Of all pairs only those are looked at in which something is promised sooner: scenarios that take the same are judged at once, and what is wider
 * takes a place around one that the narrower takes. */
static void check_wider(struct analysis *a)
{
    struct losses l = {.a = a, .scratch = arena_new()};
    uint32_t *seen;
    pair_list pairs = {0};

    find_losses(&l);
    seen = ARENA_ARRAY(l.scratch, uint32_t, l.group_count + 1);
    for (uint32_t g = 0; g < l.group_count; g++) {
        uint32_t narrow = l.scenarios[l.groups[g].first];
        const struct site_info *site = site_taken(&l, taken(&l, narrow), 0);

        for (int depth = 0; site && depth < DEPTH_LIMIT; depth++, site = site->within ? plan_site(a->plan, site->within) : NULL) {
            for (uint32_t i = l.first[site->index]; i < l.first[site->index + 1]; i++) {
                struct alike *wide = &l.groups[l.taking[i]];

                if (seen[l.taking[i]] == g + 1)
                    continue;
                seen[l.taking[i]] = g + 1;
                if (is_wider(a, a->plan->scenarios[l.scenarios[wide->first]].scenario, a->plan->scenarios[narrow].scenario))
                    add_pairs(&l, wide, &l.groups[g], &pairs);
            }
        }
    }
    if (pairs.len)
        qsort(pairs.items, pairs.len, sizeof *pairs.items, compare_pairs);
    for (uint32_t i = 0; i < pairs.len; i++)
        check_pair(a, &a->plan->scenarios[pairs.items[i].wide], &a->plan->scenarios[pairs.items[i].narrow]);
    arena_delete(l.scratch);
}

void check_strategies(struct analysis *a)
{
    if (a->has_cycle)
        return;
    for (uint32_t i = 0; i < a->plan->site_count; i++) {
        int strategy = strategy_of(&a->plan->sites[i]);
        int64_t level;

        if (strategy == NO_STRATEGY)
            continue;
        level = level_meant(a, &a->plan->sites[i]);
        check_protection(a, &a->plan->sites[i], level, strategy);
        check_band(a, &a->plan->sites[i], level, strategy);
    }
    check_slos(a);
    check_wider(a);
}
