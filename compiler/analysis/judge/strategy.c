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

        for (uint32_t i = 0; is_loss_of_place(result->scenario) && i < a->plan->asset_count; i++) {
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

            for (uint32_t i = 0; is_loss_of_place(result->scenario) && i < a->plan->asset_count; i++) {
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

        for (uint32_t i = 0; is_loss_of_place(result->scenario) && i < a->plan->asset_count; i++) {
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
    for (uint32_t w = 0; w < a->plan->scenario_count; w++) {
        for (uint32_t n = 0; n < a->plan->scenario_count; n++) {
            const struct scenario_result *wide = &a->plan->scenarios[w], *narrow = &a->plan->scenarios[n];

            if (w != n && is_loss_of_place(wide->scenario) && is_loss_of_place(narrow->scenario) && is_wider(a, wide->scenario, narrow->scenario))
                check_pair(a, wide, narrow);
        }
    }
}
