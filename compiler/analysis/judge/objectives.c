/* Effective objectives with their source, ceilings, and the verdict over what was computed.
 *
 * Order: the asset's own for the class, its general one, its tier's default, the plan's default. Ceilings (tier limit,
 * class, plan) are checked afterwards and never applied silently. */
#include "analysis/common/entries.h"
#include "analysis/common/missing.h"
#include "analysis/judge/judge.h"
#include "analysis/recovery/credit.h"
#include "analysis/recovery/loss.h"
#include "analysis/recovery/recovery.h"
#include "analysis/world/stands.h"
#include "analysis/world/world.h"

#include <string.h>

static struct objective none(void)
{
    return (struct objective){TIME_UNKNOWN, "", {0, 0}, FROM_ELSEWHERE};
}

static bool take(const struct entity *entity, uint32_t row, const char *source, enum objective_from from, struct objective *out)
{
    struct value value = entity ? entity_slot(entity, row) : value_unknown();

    if (value.type == VALUE_NA) {
        *out = (struct objective){RPO_NOT_APPLICABLE, source, entity_attr_span(entity, row), from};
        return true;
    }
    if (value.type != VALUE_DURATION)
        return false;
    *out = (struct objective){value.u.integer, source, entity_attr_span(entity, row), from};
    return true;
}

struct entity *plan_objectives(const struct analysis *a, const char *role)
{
    uint32_t cursor = 0;
    struct entity *block = entity_child(a->model->plan, BLOCK_PLAN_OBJECTIVES, &cursor);
    struct value is = block ? entity_slot(block, PLAN_OBJECTIVES_role) : value_unknown();

    return is.type == VALUE_WORD && strcmp(is.u.word, role) == 0 ? block : NULL;
}

static void general_objectives(struct analysis *a, struct asset *asset)
{
    const struct entity *tier_default = NULL, *plan = plan_objectives(a, "default");
    uint32_t cursor = 0;

    asset->rto = asset->rpo = asset->mtd = none();
    if (asset->tier)
        tier_default = entity_child(asset->tier, BLOCK_TIER_DEFAULT, &cursor);
    if (!take(asset->entity, ASSET_rto, "asset", FROM_ASSET, &asset->rto) &&
        !take(tier_default, TIER_DEFAULT_rto, "tier default", FROM_ELSEWHERE, &asset->rto))
        take(plan, PLAN_OBJECTIVES_rto, "plan default", FROM_ELSEWHERE, &asset->rto);
    if (!take(asset->entity, ASSET_rpo, "asset", FROM_ASSET, &asset->rpo) &&
        !take(tier_default, TIER_DEFAULT_rpo, "tier default", FROM_ELSEWHERE, &asset->rpo))
        take(plan, PLAN_OBJECTIVES_rpo, "plan default", FROM_ELSEWHERE, &asset->rpo);
    if (!take(asset->entity, ASSET_mtd, "asset", FROM_ASSET, &asset->mtd))
        take(tier_default, TIER_DEFAULT_mtd, "tier default", FROM_ELSEWHERE, &asset->mtd);
    if (asset->holds == HOLDS_NOTHING)
        asset->rpo = (struct objective){RPO_NOT_APPLICABLE, "stateless", asset->entity->span, FROM_ELSEWHERE};
}

void find_objectives(struct analysis *a)
{
    for (uint32_t i = 0; i < a->plan->asset_count; i++)
        general_objectives(a, &a->plan->assets[i]);
}

/* Without any objective of its own, what the class promises is the objective. */
static void from_class(struct analysis *a, const struct scenario_result *result, struct asset_state *state)
{
    if (!result->class_ || !class_binds(result->class_, state->asset))
        return;
    if (state->rto.ms == TIME_UNKNOWN)
        take(result->class_, CLASS_rto, intern_text(a, "class %s", result->class_->name), FROM_CLASS, &state->rto);
    if (state->rpo.ms == TIME_UNKNOWN)
        take(result->class_, CLASS_rpo, intern_text(a, "class %s", result->class_->name), FROM_CLASS, &state->rpo);
}

void effective_objectives(struct analysis *a, struct scenario_result *result)
{
    const char *source = result->class_ ? intern_text(a, "objective %s", result->class_->name) : "";

    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];
        struct entity *own = result->class_ ? entity_child_named(state->asset->entity, BLOCK_OBJECTIVE, result->class_->name) : NULL;

        state->rto = state->asset->rto;
        state->rpo = state->asset->rpo;
        if (own) {
            take(own, OBJECTIVE_rto, source, FROM_ELSEWHERE, &state->rto);
            if (state->asset->holds != HOLDS_NOTHING)
                take(own, OBJECTIVE_rpo, source, FROM_ELSEWHERE, &state->rpo);
        }
        from_class(a, result, state);
    }
}

static enum verdict compare(int64_t value, bool known, struct objective objective)
{
    if (objective.ms == RPO_NOT_APPLICABLE || objective.ms == TIME_UNKNOWN)
        return VERDICT_NOT_APPLICABLE;
    if (!known)
        return VERDICT_UNKNOWN;
    return value <= objective.ms ? VERDICT_OK : VERDICT_REFUTED;
}

/* A loss is refuted by a world that exceeds the objective, not by a bound that does: what lies between is not known. */
static enum verdict loss_verdict(struct analysis *a, const struct scenario_result *result, struct asset_state *state)
{
    enum verdict verdict;
    int64_t reached;

    if (state->loss_ms == RPO_NOT_APPLICABLE)
        return VERDICT_NOT_APPLICABLE;
    if (state->loss_ms == RPO_ALL)
        return compare(INT64_MAX, true, state->rpo);
    verdict = compare(state->loss_ms, state->loss_ms >= 0, state->rpo);
    if (verdict != VERDICT_REFUTED)
        return verdict;
    reached = reached_loss(a, result, state);
    return reached == TIME_UNKNOWN || reached + 1 <= state->rpo.ms ? VERDICT_UNKNOWN : VERDICT_REFUTED;
}

static void explain_terms(struct analysis *a, struct diag *diag, const struct terms *terms)
{
    for (uint32_t i = 0; diag && i < terms->count && i < 6; i++) {
        const struct term *term = &terms->items[i];

        if (term->ms && span_is_in_data(a->eval, term->span) && !span_is_in_data(a->eval, diag->primary.span))
            diag_label(diag, term->span, "%s", term->text);
        if (term->ms == TIME_UNKNOWN)
            diag_note(diag, "%s: unknown", term->text);
        else if (term->ms == RPO_NOT_APPLICABLE || term->ms == RPO_ALL)
            diag_note(diag, "%s", term->text);
        else
            diag_note(diag, "%s: %s", term->text, text_of_duration(a->arena, term->ms));
    }
}

static void add_figure(void *context, struct entity *entity, atom attribute)
{
    struct diag *diag = context;
    const char *text =
        arena_printf(diag->sink->arena, "state `%s` of %s `%s`; unknown is never taken as fine", attribute, entity->schema->name, entity->name);

    for (uint32_t i = 0; i < diag->helps.len; i++) {
        if (strcmp(diag->helps.items[i].text, text) == 0)
            return;
    }
    diag_help(diag, "%s", text);
}

/* What of the user's things a step's time is worked out from and nobody stated. False when it is nothing of the kind. */
static bool name_figures(struct analysis *a, struct asset_state *state, struct diag *diag)
{
    const struct scope *scope = state->chosen ? method_scope(a, state, state->chosen) : NULL;

    for (uint32_t i = 0; scope && i < state->step_count; i++) {
        const struct entity *origin = state->steps[i]->origin;
        const struct attr *takes =
            origin && !state->steps[i]->takes.known && origin->parent == state->chosen->method ? entity_attr(origin, STEP_takes) : NULL;

        if (takes)
            eval_unset_parts(a->eval, takes->value, scope, add_figure, diag);
    }
    return diag->helps.len > 0;
}

static void unknown_verdict(struct analysis *a, struct scenario_result *result, struct asset_state *state, enum objective_kind kind)
{
    bool strict = asset_wants_proof(a, state->asset), time = kind == OBJECTIVE_RTO;
    struct diag *diag =
        find(a, DIAG_E0504, (struct about){.unknown = true, .strict = strict, .subject = state->asset->entity, .scenario = result->scenario},
             "%s of `%s` in `%s` is unknown", time ? "the recovery time" : "the data loss", state->asset->name, result->scenario->name);

    if (time)
        cause_told(a, state->asset, diag);
    if (!diag)
        return;
    if (!time)
        explain_terms(a, diag, &state->rpo_terms);
    if (!time && state->loss_ms >= 0) {
        diag_note(diag, "together %s, more than its RPO of %s; no run of events is known that loses more than the RPO",
                  text_of_time(a->arena, state->loss_ms, state->rpo.ms), text_of_duration(a->arena, state->rpo.ms));
        diag_help(diag, "back up more often, or let runs and copies end before the next is due: then both numbers meet");
        return;
    } else if (state->blocked_by)
        diag_note(diag, "it waits for `%s`, whose recovery time is unknown", state->blocked_by->name);
    for (uint32_t i = 0; i < state->step_count && time; i++) {
        const struct step *step = state->steps[i];

        if (!step->takes.known && step->transfer && step->transfer->bytes < 0)
            diag_label(diag, step->span, "how much `%s` moves is not known, and `%s` has a limit", step->id, step->transfer->through[0]->name);
        else if (!step->takes.known)
            diag_label(diag, step->span, "how long `%s` takes is not known", step->id);
    }
    if (!(time && name_figures(a, state, diag)))
        diag_help(diag, "state the missing figure; unknown is never taken as fine");
}

static void refute_rto(struct analysis *a, struct scenario_result *result, struct asset_state *state)
{
    const char *message =
        intern_text(a, "`%s` is back after %s in `%s`, its RTO is %s", state->asset->name, text_of_time(a->arena, state->finish.worst, state->rto.ms),
                    result->scenario->name, text_of_duration(a->arena, state->rto.ms));
    struct asset *root = cause_of_delay(a, result, state);
    const struct about about = {.subject = state->asset->entity, .scenario = result->scenario};
    const struct step *path[64];
    uint32_t length = 0;
    int64_t script = 0;
    struct diag *diag;

    if (root) {
        find_consequence(a, DIAG_E0501, about, root, state->finish, state->rto, message);
        return;
    }
    diag = find(a, DIAG_E0501, about, "%s", message);
    cause_told(a, state->asset, diag);
    if (!diag)
        return;
    diag_label(diag, state->rto.span, "RTO from here (%s)", state->rto.source);
    for (const struct step *step = state->decides; step && length < 64; step = step->waits_for)
        path[length++] = step;
    if (length && path[length - 1]->waits_for && path[length - 1]->start.known)
        diag_note(diag, "%s until `%s` starts (too many steps to list)", text_of_duration(a->arena, path[length - 1]->start.worst),
                  path[length - 1]->id);
    else if (length && path[length - 1]->start.known)
        diag_note(diag, "%s until the first step starts (detection and declaration)", text_of_duration(a->arena, path[length - 1]->start.worst));
    for (uint32_t i = length; i-- > 0;) {
        if (path[i]->takes.known && path[i]->takes.worst > 0)
            diag_note(diag, "%s for `%s`", text_of_duration(a->arena, path[i]->takes.worst), path[i]->id);
        script += step_own_work(path[i]);
    }
    if (script)
        diag_note(diag, "%s for what the script itself does around these steps, at most a second each", text_of_duration(a->arena, script));
    diag_help(diag, "`drc explain rto %s --scenario %s` prints the sum with the line of every term", state->asset->name, result->scenario->name);
}

static void refute_rpo(struct analysis *a, struct scenario_result *result, struct asset_state *state)
{
    struct diag *diag = find(a, DIAG_E0502,
                             (struct about){.subject = state->asset->entity,
                                            .scenario = result->scenario,
                                            .span = state->chosen && state->chosen->copy ? state->chosen->copy->span : state->asset->entity->span},
                             "`%s` can lose %s in `%s`, its RPO is %s", state->asset->name,
                             state->loss_ms == RPO_ALL ? "everything" : text_of_time(a->arena, state->loss_ms, state->rpo.ms), result->scenario->name,
                             text_of_duration(a->arena, state->rpo.ms));

    if (!diag)
        return;
    diag_label(diag, state->rpo.span, "RPO from here (%s)", state->rpo.source);
    explain_terms(a, diag, &state->rpo_terms);
    if (is_from_damage(result, state))
        diag_help(diag, "back up more often, ship logs, or keep copies where the damage does not reach; what follows the data holds the damage too");
    else
        diag_help(diag, "back up more often, ship logs, or add a replica that survives");
}

/* What it waits for is lost for good. */
static bool never_back(const struct scenario_result *result, const struct asset *blocked_by)
{
    const struct asset_state *state = blocked_by ? &result->states[blocked_by->index] : NULL;

    return state && state->fate == FATE_LOST && !state->chosen;
}

/* What it is restored with is lost for good, and that was told: every way back there would be needs it. NULL otherwise. */
static struct asset *lost_with_key(const struct analysis *a, const struct scenario_result *result, const struct asset_state *state)
{
    bool restores = false;

    for (uint32_t i = 0; i < state->candidate_count; i++)
        restores |= state->candidates[i].restores;
    for (uint32_t n = 0; restores && n < state->asset->restores_with.count; n++) {
        struct asset *other = state->asset->restores_with.items[n].to;

        if (never_back(result, other) && cause_root(a, other))
            return cause_root(a, other);
    }
    return NULL;
}

static void no_method(struct analysis *a, struct scenario_result *result, struct asset_state *state)
{
    const char *message = intern_text(a, "nothing is left to recover `%s` with in `%s`", state->asset->name, result->scenario->name);
    struct asset *key = lost_with_key(a, result, state);
    const struct about about = {.subject = state->asset->entity, .scenario = result->scenario};
    struct diag *diag;

    if (key) {
        find_consequence(a, DIAG_E0503, about, key, state->finish, state->rto, message);
        return;
    }
    diag = find(a, DIAG_E0503, about, "%s", message);
    cause_told(a, state->asset, diag);
    if (!diag)
        return;
    if (state->lost_with && state->lost_with != state->asset->entity)
        diag_label(diag, state->lost_with->span, "lost with `%s`", state->lost_with->name);
    if (!state->candidate_count)
        diag_note(diag, "kind `%s` has no method", state->asset->entity->kind->entity->name);
    for (uint32_t i = 0; i < state->candidate_count; i++)
        diag_note(diag, "`%s`: %s", state->candidates[i].label, state->candidates[i].rejected);
    if (is_from_damage(result, state))
        diag_help(diag,
                  "keep copies from before the damage, longer than it may go unnoticed and where it does not reach (another account, a lock), or "
                  "add a `rebuild`; what follows the data holds the damage too");
    else
        diag_help(diag, "add a replica, a standby or a copy at a site that survives, or a `rebuild`");
}

void check_ceiling(struct analysis *a, struct entity *scenario, const struct asset *asset, const struct entity *ceiling, uint32_t row,
                   const char *name, struct objective objective, const char *what)
{
    struct value limit = entity_slot(ceiling, row);
    const char *title = strcmp(name, "rto") == 0 ? "RTO" : strcmp(name, "rpo") == 0 ? "RPO" : "maximum tolerable downtime";
    struct diag *diag;

    if (limit.type != VALUE_DURATION || objective.ms < 0 || objective.ms <= limit.u.integer)
        return;
    diag = find(a, DIAG_E0506, (struct about){.subject = asset->entity, .scenario = scenario}, "the %s of `%s` is %s, weaker than the ceiling of %s",
                title, asset->name, text_of_duration(a->arena, objective.ms), what);
    if (!diag)
        return;
    diag_label(diag, objective.span, "objective from here (%s)", objective.source);
    diag_label(diag, entity_attr_span(ceiling, row), "ceiling is %s", text_of_duration(a->arena, limit.u.integer));
    diag_help(diag, "state `%s = %s` or less", name, text_of_duration(a->arena, limit.u.integer));
}

static void check_class_ceilings(struct analysis *a, struct scenario_result *result, struct asset_state *state)
{
    const char *what;

    if (!result->class_ || !class_binds(result->class_, state->asset))
        return;
    what = intern_text(a, "class `%s`", result->class_->name);
    check_ceiling(a, result->scenario, state->asset, result->class_, CLASS_rto, "rto", state->rto, what);
    check_ceiling(a, result->scenario, state->asset, result->class_, CLASS_rpo, "rpo", state->rpo, what);
}

/* A figure of the asset itself that nobody stated, when that is why its time is unknown. */
static bool figure_is_unset(struct analysis *a, const struct asset_state *state, struct reason *out)
{
    const struct entity *standby = standby_of_unknown_growth(a, state->chosen);
    struct strbuf share = STRBUF_INIT;

    if (!standby)
        return false;
    print_percent(&share, entity_slot(standby, STANDBY_capacity).u.integer);
    *out = (struct reason){.code = DIAG_E0547,
                           .at = standby,
                           .attribute = "scale_up",
                           .span = standby->span,
                           .text = intern_text(a, "the standby of `%s` at `%s` carries %s of the load, and nothing says when it carries all of it",
                                               state->asset->name, standby->name, strbuf_str(&share)),
                           .help = "add `scale_up = …`, or `capacity = 100%`"};
    strbuf_release(&share);
    return true;
}

/* Whose missing time makes this one's unknown: said there, once. */
static struct asset *blocked_by(const struct scenario_result *result, const struct asset_state *state)
{
    const struct edges *edges[2] = {&state->asset->needs, state->chosen && state->chosen->restores ? &state->asset->restores_with : NULL};

    for (int kind = 0; kind < 2 && edges[kind]; kind++) {
        for (uint32_t n = 0; n < edges[kind]->count; n++) {
            const struct asset_state *other = &result->states[edges[kind]->items[n].index];

            if (!other->finish.known)
                return other->blocked_by ? other->blocked_by : other->asset;
        }
    }
    for (uint32_t end, i = restore_inputs_of(result, state->asset, &end); i < end; i++) {
        const struct asset *waits = result->inputs[i].waits;
        const struct asset_state *other = waits ? &result->states[waits->index] : NULL;

        if (other && !other->finish.known)
            return other->blocked_by ? other->blocked_by : other->asset;
    }
    for (uint32_t i = 0; i < state->step_count; i++) {
        const struct step *hands = !state->steps[i]->start.known ? state->steps[i]->waits_for : NULL;

        if (hands && hands->asset && hands->asset != state->asset)
            return hands->asset;
    }
    return NULL;
}

static void never_in_time(struct analysis *a, struct scenario_result *result, struct asset_state *state)
{
    const char *message = intern_text(a, "`%s` never serves again in `%s`: `%s`, which it waits for, has no way back", state->asset->name,
                                      result->scenario->name, state->blocked_by->name);
    struct asset *root = cause_root(a, state->blocked_by);
    const struct about about = {.subject = state->asset->entity, .scenario = result->scenario};

    if (!root)
        find(a, DIAG_E0501, about, "%s", message);
    else
        find_consequence(a, DIAG_E0501, about, root, state->finish, state->rto, message);
}

/* One message for one cause, unless that is only a warning and this asset demands proof. */
static void unknown_time(struct analysis *a, struct scenario_result *result, struct asset_state *state)
{
    struct asset *root = state->blocked_by ? cause_root(a, state->blocked_by) : NULL;
    bool strict = asset_wants_proof(a, state->asset);
    const struct about about = {.unknown = true, .strict = strict, .subject = state->asset->entity, .scenario = result->scenario};

    if (state->blocked_by && result->states[state->blocked_by->index].stuck)
        return; /* the circle was told */
    if (!root || (strict && !asset_wants_proof(a, root) && result->states[root->index].chosen)) {
        unknown_verdict(a, result, state, OBJECTIVE_RTO);
        return;
    }
    find_consequence(a, DIAG_E0504, about, root, state->finish, state->rto,
                     intern_text(a, "the recovery time of `%s` in `%s` is unknown", state->asset->name, result->scenario->name));
}

void no_objective(struct analysis *a, const struct scenario_result *result, const struct asset *asset, uint8_t which)
{
    const char *title = which == NO_RTO ? "RTO" : "RPO";
    struct diag *diag;

    if (a->no_objective[asset->index] & which)
        return;
    a->no_objective[asset->index] |= which;
    if (result)
        diag = find(a, DIAG_E0509,
                    (struct about){.unknown = true, .strict = asset_wants_proof(a, asset), .subject = asset->entity, .scenario = result->scenario},
                    "asset `%s` has no %s in `%s`", asset->name, title, result->scenario->name);
    else
        diag = find(a, DIAG_E0509, (struct about){.unknown = true, .strict = asset_wants_proof(a, asset), .subject = asset->entity},
                    "asset `%s` has no %s", asset->name, title);
    if (!diag)
        return;
    diag_help(diag, "state `%s`, or give it a tier with a default%s", which == NO_RTO ? "rto" : "rpo", result ? ", or its class a ceiling" : "");
}

/* Whether somebody is asked for what its loss is worked out from: a lag that nothing enforces, runs of backups, what a method says of itself. */
static bool loss_on_demand(struct analysis *a, const struct candidate *chosen)
{
    const struct entity *element = chosen->element.type == VALUE_ENTITY ? chosen->element.u.entity : NULL;

    if (element && element->schema->id == BLOCK_REPLICA)
        return !lag_is_enforced(a, element);
    return chosen->copy ? copies_on_demand(a, chosen) : !chosen->automatic;
}

/* Whether the loss of what it is made from rests on a demand (those are judged before). */
static bool sources_on_demand(const struct analysis *a, const struct scenario_result *result, const struct candidate *chosen)
{
    const struct entity *made = chosen->element.type == VALUE_ENTITY ? chosen->element.u.entity : NULL;
    struct value from = made && made->schema->id == BLOCK_REBUILD ? entity_slot(made, REBUILD_from) : value_unknown();

    for (uint32_t i = 0; from.type == VALUE_LIST && i < from.u.list->count; i++) {
        const struct asset *source = from.u.list->items[i].type == VALUE_ENTITY ? plan_asset(a->plan, from.u.list->items[i].u.entity) : NULL;

        if (source && result->states[source->index].rpo_on_demand)
            return true;
    }
    return false;
}

/* What it rests on itself, and through what it needs (those are judged before). */
static void take_nobody(struct analysis *a, const struct scenario_result *result, struct asset_state *state)
{
    const struct edges *edges[2] = {&state->asset->needs, state->chosen && state->chosen->restores ? &state->asset->restores_with : NULL};

    uint32_t end;

    state->nobody = state->chosen ? state->chosen->nobody : NULL;
    state->rpo_on_demand = state->chosen && (state->chosen->by == BY_DEMAND || restore_inputs_of(result, state->asset, &end) < end ||
                                             loss_on_demand(a, state->chosen) || sources_on_demand(a, result, state->chosen));
    /* Somebody notices, and declares: that is asked of the plan's owner, unless the method needs neither. */
    state->rto_on_demand =
        state->chosen && (state->chosen->by == BY_DEMAND || !state->chosen->automatic || !state->chosen->includes_detect || room_is_asked(a, state));
    state->rto_on_declared = state->chosen && (!way_executed(state->chosen->method) || !copies_are_executed(a, state->chosen));
    state->rpo_on_declared = state->rto_on_declared;
    for (int kind = 0; kind < 2 && edges[kind]; kind++) {
        for (uint32_t n = 0; n < edges[kind]->count; n++) {
            const struct asset_state *other = &result->states[edges[kind]->items[n].index];

            if (other->fate == FATE_UNAFFECTED)
                continue;
            state->rto_on_demand |= other->rto_on_demand;
            state->rto_on_declared |= other->rto_on_declared;
            if (!state->nobody)
                state->nobody = other->nobody;
        }
    }
}

/* A recovery that takes no time is none, unless its method says that it happens by itself. */
static bool is_empty(struct analysis *a, const struct asset_state *state, struct reason *out)
{
    const struct candidate *chosen = state->fate == FATE_LOST ? state->chosen : NULL;

    if (!chosen || chosen->automatic || !chosen->instant)
        return false;
    *out = (struct reason){
        .code = DIAG_E0562,
        .at = state->asset->entity,
        .span = state->asset->entity->span,
        .text = intern_text(a, "nobody does anything to bring `%s` back: nothing of `%s` takes any time", state->asset->name, chosen->label),
        .help = "give the method steps with `takes`, or say `automatic = true` with a `source` where the platform does it by itself"};
    return true;
}

static bool goes_on_without(const struct step *step)
{
    return step->best_effort || step->on_failure == FAILURE_CONTINUE;
}

/* A recovery of which nothing has to succeed may end with nothing recovered. Preparing, fencing and verifying bring nothing back. */
static bool may_all_fail(struct analysis *a, const struct asset_state *state, struct reason *out)
{
    const struct candidate *chosen = state->fate == FATE_LOST ? state->chosen : NULL;
    const struct step *only = NULL;

    if (!chosen || chosen->automatic || !chosen->step_count)
        return false;
    for (uint32_t i = 0; i < chosen->step_count; i++) {
        const struct step *step = chosen->steps[i];

        if ((step->phase == PHASE_RECOVER || step->phase == PHASE_TRAFFIC) && !goes_on_without(step))
            return false;
        if (step->phase == PHASE_RECOVER)
            only = step;
    }
    *out = (struct reason){.code = DIAG_E0562,
                           .at = chosen->method,
                           .span = chosen->method->span,
                           .text = only ? intern_text(a, "nothing of `%s` has to succeed: `%s` may be back or not", chosen->label, state->asset->name)
                                        : intern_text(a, "no step of `%s` brings `%s` back", chosen->label, state->asset->name),
                           .help = only ? "let a step of phase `recover` block: without `best_effort` and `on_failure = continue`"
                                        : "say what does, in a step of phase `recover`"};
    return true;
}

/* What happens by itself is started by nobody of ours: a command of a step runs when somebody starts the script. */
static bool waits_for_the_script(struct analysis *a, const struct asset_state *state, struct reason *out)
{
    const struct candidate *chosen = state->fate == FATE_LOST ? state->chosen : NULL;

    for (uint32_t i = 0; chosen && chosen->automatic && i < chosen->step_count; i++) {
        if (!command_is_set(chosen->steps[i]->run))
            continue;
        *out = (struct reason){
            .code = DIAG_E0562,
            .at = chosen->method,
            .span = chosen->method->span,
            .text = intern_text(a, "nobody starts step `%s` by itself: `%s` is `automatic`, and its commands run when somebody starts the script",
                                chosen->steps[i]->id, chosen->label),
            .help = "take `automatic` away, or the command, where the platform does it"};
        return true;
    }
    return false;
}

static bool answers_choose(struct analysis *a, const struct step *step, const struct command *command)
{
    for (uint32_t i = 0; i < step->input_count; i++) {
        struct value type = eval_deferred(a->eval, step->inputs[i], INPUT_type, NULL);
        struct value chooses = eval_deferred(a->eval, step->inputs[i], INPUT_chooses, NULL);
        bool settled = entity_attr(step->inputs[i], INPUT_default);

        if (settled) /* what is taken when nobody answers was chosen before the damage */
            continue;
        if (!is_word(type, "timestamp") && !is_word(type, "date") && !is_word(type, "stored") && !(chooses.type == VALUE_BOOL && chooses.u.integer))
            continue;
        if (command_asks(command, step->inputs[i]->name))
            return true;
    }
    return false;
}

/* After damage, or an intruder, the newest copy may hold it: a command that no answer tells which one to take restores that (SEMANTICS §2). Where
 * people do all of it, they choose. */
static bool takes_the_newest(struct analysis *a, const struct asset_state *state, struct reason *out)
{
    const struct candidate *chosen = state->fate == FATE_LOST ? state->chosen : NULL;
    uint32_t commands = 0;

    if (!chosen || !chosen->restores || !chosen->copy || !goes_back(a, state) || (!chosen->automatic && chosen->step_count == 0))
        return false;
    for (uint32_t i = 0; i < chosen->step_count; i++) {
        const struct step *step = chosen->steps[i];

        if (step->phase != PHASE_PREPARE && step->phase != PHASE_RECOVER)
            continue;
        if (answers_choose(a, step, step->run) || answers_choose(a, step, step->check))
            return false;
        commands += command_is_set(step->run);
    }
    if (!commands && !chosen->automatic)
        return false;
    *out = (struct reason){
        .code = DIAG_E0562,
        .at = chosen->method,
        .span = chosen->method->span,
        .text = intern_text(a, "nobody chooses the copy `%s` is restored from: no command of `%s` is told one from before the damage",
                            state->asset->name, chosen->label),
        .help = "let it ask, `input at { type = timestamp }` or `input copy { chooses = true  ask = \"…\" }`, and put `input.at` into the "
                "command; or let a person do it, in a `manual` step"};
    return true;
}

/* Without it nobody knows how far one has to go back, and whether copies live that long. */
static bool notice_is_unset(const struct analysis *a, const struct scenario_result *result, const struct asset_state *state, struct reason *out)
{
    if (!goes_back(a, state) || value_is_known(entity_slot(result->scenario, SCENARIO_noticed_within)))
        return false;
    *out = (struct reason){.code = DIAG_E0561, .at = result->scenario, .attribute = "noticed_within"};
    return true;
}

static bool kept_for_ever(const struct entity *backup)
{
    struct value of = entity_slot(backup, BACKUP_of), retain = entity_slot(backup, BACKUP_retain);
    const struct entity *base;

    for (uint32_t i = 0; of.type == VALUE_STRING && (base = entity_child(backup->parent, BLOCK_BACKUP, &i));) {
        if (strcmp(base->name, of.u.string) == 0 && base != backup && !is_word(entity_slot(base, BACKUP_retain), "forever"))
            return false;
    }
    return is_word(retain, "forever");
}

/* When it is noticed, what it would read may be gone: then it is not back at all. An intruder may have waited until a lock has ended as well. */
static bool may_have_expired(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, struct reason *out)
{
    const struct entity *copy = state->fate == FATE_LOST && state->chosen ? state->chosen->copy : NULL;

    return copy && (is_held(a, state->asset) || !kept_for_ever(copy)) && notice_is_unset(a, result, state, out);
}

/* Why what would hold is not known after all: nobody does what it rests on, or nobody answers for what the scenario takes for granted. */
static bool lacks_credit(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, struct reason *out)
{
    if (!state->nobody)
        return is_empty(a, state, out) || may_all_fail(a, state, out) || waits_for_the_script(a, state, out) || takes_the_newest(a, state, out) ||
               nobody_owns(a, result, state->asset->entity, out) || may_have_expired(a, result, state, out);
    *out = nobody_reason(a, state->nobody);
    return true;
}

static void judge_credit(struct analysis *a, struct scenario_result *result, struct asset_state *state)
{
    struct objective_ref objective = {OBJECTIVE_RTO, state->asset->entity, result->scenario, asset_wants_proof(a, state->asset)};
    struct reason reason;

    if ((state->rto_verdict != VERDICT_OK && state->rpo_verdict != VERDICT_OK) || !lacks_credit(a, result, state, &reason))
        return;
    state->undecided = keep_reason(a, &reason);
    if (state->rto_verdict == VERDICT_OK) {
        state->rto_verdict = VERDICT_UNKNOWN;
        decides(a, &reason, objective);
    }
    objective.kind = OBJECTIVE_RPO;
    if (state->rpo_verdict == VERDICT_OK) {
        state->rpo_verdict = VERDICT_UNKNOWN;
        decides(a, &reason, objective);
    }
}

/* How much log is replayed depends on how fast it is written. */
static bool change_rate_is_unset(struct analysis *a, const struct asset_state *state, struct reason *out)
{
    const struct candidate *chosen = state->chosen;
    struct value kind = chosen && chosen->copy ? entity_slot(chosen->copy, BACKUP_kind) : value_unknown();

    if (kind.type != VALUE_WORD || strcmp(kind.u.word, "log") != 0 || chosen->own.known || chosen->since_base == 0 ||
        entity_slot(state->asset->entity, ASSET_change_rate).type != VALUE_UNKNOWN)
        return false;
    *out = (struct reason){
        .code = DIAG_E0561,
        .at = state->asset->entity,
        .attribute = "change_rate",
        .text = intern_text(a, "how fast the data of `%s` changes is not stated, so nobody knows how much log is replayed", state->asset->name)};
    return true;
}

void judge(struct analysis *a, struct scenario_result *result)
{
    struct reason clock, notice, figure, rate;
    bool has_clock = !clock_is_unset(result, &clock);

    for (uint32_t at = 0; at < a->plan->asset_count; at++) {
        struct asset_state *state = &result->states[a->needs_first[at]];

        state->rto_verdict = state->rpo_verdict = VERDICT_NOT_APPLICABLE;
        if (state->fate == FATE_UNAFFECTED) {
            state->loss_ms = RPO_NOT_APPLICABLE;
            state->discarded_ms = RPO_NOT_APPLICABLE;
            continue;
        }
        check_class_ceilings(a, result, state);
        if (result->class_) {
            struct objective rto = state->asset->rto.ms == TIME_UNKNOWN && state->rto.from == FROM_CLASS ? state->rto : none();
            struct objective rpo = state->asset->rpo.ms == TIME_UNKNOWN && state->rpo.from == FROM_CLASS ? state->rpo : none();

            check_class_objective(a, result->scenario, state->asset, rto, rpo);
        }
        if (state->rto.ms == TIME_UNKNOWN)
            no_objective(a, result, state->asset, NO_RTO);
        if (state->rpo.ms == TIME_UNKNOWN && state->asset->stateful && state->fate == FATE_LOST && !state->asset->rebuildable)
            no_objective(a, result, state->asset, NO_RPO);
        if (state->fate == FATE_LOST && !state->chosen) {
            state->rto_verdict = VERDICT_REFUTED;
            state->rpo_verdict = state->asset->holds != HOLDS_NOTHING ? VERDICT_REFUTED : VERDICT_NOT_APPLICABLE;
            if (state->asset->holds != HOLDS_NOTHING)
                state->loss_ms = RPO_ALL; /* nothing brings any of it back */
            no_method(a, result, state);
            continue;
        }
        if (state->stuck) { /* the circle it waits in was told */
            state->rto_verdict = VERDICT_REFUTED;
            state->rpo_verdict = state->fate == FATE_LOST && state->asset->holds != HOLDS_NOTHING ? VERDICT_REFUTED : VERDICT_NOT_APPLICABLE;
            state->never = "its recovery waits for itself";
            continue;
        }
        take_nobody(a, result, state);
        state->rto_verdict = compare(state->finish.worst, state->finish.known, state->rto);
        if (state->rto.ms == TIME_UNKNOWN) /* then the tolerable downtime is all there is to meet */
            state->rto_verdict = downtime_verdict(state);
        if (!state->finish.known)
            state->blocked_by = blocked_by(result, state);
        if (never_back(result, state->blocked_by) && state->rto.ms >= 0) {
            state->rto_verdict = VERDICT_REFUTED;
            state->never = "what it waits for has no way back";
        }
        if (state->fate == FATE_LOST && state->asset->holds != HOLDS_NOTHING)
            state->rpo_verdict = loss_verdict(a, result, state);
        judge_credit(a, result, state);
        if (state->rto_verdict == VERDICT_REFUTED && state->blocked_by)
            ; /* told with what never comes back */
        else if (state->rto_verdict == VERDICT_REFUTED && state->rto.ms == TIME_UNKNOWN)
            refute_downtime(a, result, state);
        else if (state->rto_verdict == VERDICT_REFUTED)
            refute_rto(a, result, state);
        else if (state->rto_verdict == VERDICT_UNKNOWN && state->undecided)
            ; /* told where it is missing */
        else if (state->rto_verdict == VERDICT_UNKNOWN && !has_clock)
            decides(a, &clock, (struct objective_ref){OBJECTIVE_RTO, state->asset->entity, result->scenario, asset_wants_proof(a, state->asset)});
        else if (state->rto_verdict == VERDICT_UNKNOWN && places_hold(a, state))
            find_with(
                a, DIAG_E0504,
                (struct about){
                    .unknown = true, .subject = state->asset->entity, .scenario = result->scenario, .strict = true, .cause = state->asset->entity},
                "the recovery time of `%s` in `%s` is unknown", state->asset->name, result->scenario->name);
        else if (state->rto_verdict == VERDICT_UNKNOWN && change_rate_is_unset(a, state, &rate))
            decides(a, &rate, (struct objective_ref){OBJECTIVE_RTO, state->asset->entity, result->scenario, asset_wants_proof(a, state->asset)});
        else if (state->rto_verdict == VERDICT_UNKNOWN && !state->blocked_by && figure_is_unset(a, state, &figure))
            decides(a, &figure, (struct objective_ref){OBJECTIVE_RTO, state->asset->entity, result->scenario, asset_wants_proof(a, state->asset)});
        else if (state->rto_verdict == VERDICT_UNKNOWN && !state->blocked_by)
            unknown_verdict(a, result, state, OBJECTIVE_RTO);
        /* Beside an RTO, met or not: whoever accepts that one is missed has not accepted this. */
        if (!state->blocked_by && state->rto.ms != TIME_UNKNOWN && downtime_verdict(state) == VERDICT_REFUTED)
            refute_downtime(a, result, state);
        if (state->rpo_verdict == VERDICT_REFUTED)
            refute_rpo(a, result, state);
        else if (state->rpo_verdict == VERDICT_UNKNOWN && state->undecided && !notice_is_unset(a, result, state, &notice))
            ; /* told where it is missing */
        else if (state->rpo_verdict == VERDICT_UNKNOWN && notice_is_unset(a, result, state, &notice))
            decides(a, &notice, (struct objective_ref){OBJECTIVE_RPO, state->asset->entity, result->scenario, asset_wants_proof(a, state->asset)});
        else if (state->rpo_verdict == VERDICT_UNKNOWN && state->chosen && state->chosen->missing)
            decides(a, state->chosen->missing,
                    (struct objective_ref){OBJECTIVE_RPO, state->asset->entity, result->scenario, asset_wants_proof(a, state->asset)});
        else if (state->rpo_verdict == VERDICT_UNKNOWN)
            unknown_verdict(a, result, state, OBJECTIVE_RPO);
    }
    /* What waits for others is told with them: after all of them. */
    for (uint32_t at = 0; at < a->plan->asset_count; at++) {
        struct asset_state *state = &result->states[a->needs_first[at]];

        if (state->rto_verdict == VERDICT_UNKNOWN && has_clock && state->blocked_by && !places_hold(a, state))
            unknown_time(a, result, state);
        else if (state->rto_verdict == VERDICT_REFUTED && state->blocked_by)
            never_in_time(a, result, state);
    }
}
