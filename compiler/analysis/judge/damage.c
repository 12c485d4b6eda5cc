/* Damage that is noticed late (SEMANTICS §2, corruption): what was written meanwhile and is discarded, its ceiling, and whether the copies
 * still live when the restore, after everything it waits for, has read them.
 *
 * The clock of the recovery starts when the damage is noticed; the loss counts back from the damage itself. */
#include "analysis/judge/judge.h"
#include "analysis/recovery/recovery.h"

#include <string.h>

static void check_ceiling_of_discarded(struct analysis *a, const struct scenario_result *result, const struct asset_state *state)
{
    bool binds = result->class_ && class_binds(result->class_, state->asset);
    struct value ceiling = binds ? entity_slot(result->class_, CLASS_discarded) : value_unknown();
    struct diag *diag;

    if (ceiling.type != VALUE_DURATION || state->discarded_ms == RPO_NOT_APPLICABLE)
        return;
    if (state->discarded_ms == TIME_UNKNOWN) {
        diag = find(a, DIAG_E0504,
                    (struct about){.unknown = true,
                                   .subject = state->asset->entity,
                                   .scenario = result->scenario,
                                   .span = result->scenario->span,
                                   .strict = asset_wants_proof(a, state->asset)},
                    "how much is written to `%s` between the damage in `%s` and its recovery is unknown", state->asset->name, result->scenario->name);
        if (diag)
            diag_help(diag, "state `noticed_within`, `detect` and `declare`");
        return;
    }
    if (state->discarded_ms <= ceiling.u.integer)
        return;
    diag = find(a, DIAG_E0539, (struct about){.subject = state->asset->entity, .scenario = result->scenario},
                "up to %s of changes to `%s` are discarded in `%s`, class `%s` allows %s",
                text_of_time(a->arena, state->discarded_ms, ceiling.u.integer), state->asset->name, result->scenario->name, result->class_->name,
                text_of_duration(a->arena, ceiling.u.integer));
    if (!diag)
        return;
    diag_label(diag, entity_attr_span(result->class_, CLASS_discarded), "ceiling from here");
    diag_note(diag, "noticed late (`noticed_within`): %s",
              text_of_duration(a->arena, entity_slot(result->scenario, SCENARIO_noticed_within).u.integer));
    diag_note(diag, "detected: %s, declared: %s", text_of_duration(a->arena, result->detect.worst),
              text_of_duration(a->arena, result->declare.worst));
    if (result->approve.worst > 0)
        diag_note(diag, "approved: %s", text_of_duration(a->arena, result->approve.worst));
    diag_help(diag, "notice it earlier: compare checksums or row counts, and say so in `noticed_within`");
}

/* Copies were judged by the restore's own time. What it waits for makes them older still. */
static void check_expiry(struct analysis *a, const struct scenario_result *result, struct asset_state *state)
{
    const struct candidate *chosen = state->chosen;
    struct span_of_time act = result->begin;
    struct candidate trial;
    struct diag *diag;
    int64_t read;
    bool same;

    if (!chosen || !chosen->copy || !chosen->own.known || !state->finish.known || !act.known)
        return;
    read = state->finish.worst - act.worst;
    if (read <= chosen->own.worst)
        return;
    trial = candidate_copy(chosen);
    same = copies_loss(a, state, &trial, trial.method, read, chosen->copy->parent) && trial.copy == chosen->copy &&
           trial.from_store == chosen->from_store;
    drop_method_scope(a, &trial);
    if (same)
        return;
    diag = find(a, DIAG_E0538, (struct about){.subject = state->asset->entity, .scenario = result->scenario, .span = chosen->copy->span},
                "copies of `%s` may have expired in `%s` when `%s` reads them", state->asset->name, result->scenario->name, chosen->label);
    state->rpo_verdict = VERDICT_REFUTED;
    if (state->rto_verdict == VERDICT_OK)
        state->rto_verdict = VERDICT_REFUTED; /* nothing to restore: it is not back then */
    state->never = "its copies may have expired when they are read";
    state->loss_ms = RPO_ALL; /* what it would read is not there */
    state->rpo_terms = (struct terms){ARENA_NEW(a->arena, struct term), 1, false};
    state->rpo_terms.items[0] = (struct term){state->never, RPO_ALL, chosen->copy->span, TERM_STATED};
    if (!diag)
        return;
    if (trial.rejected)
        diag_note(diag, "%s", trial.rejected);
    diag_note(diag, "the restore ends %s after it is declared, %s of that is its own time", text_of_duration(a->arena, read),
              text_of_duration(a->arena, chosen->own.worst));
    diag_help(diag, "keep `%s` longer", chosen->copy->name);
}

/* What is made anew from what never comes back does not either. */
static bool lose_with_source(struct analysis *a, const struct scenario_result *result, struct asset_state *state)
{
    const struct entity *made =
        state->fate == FATE_LOST && state->chosen && state->chosen->element.type == VALUE_ENTITY ? state->chosen->element.u.entity : NULL;
    struct value from = made && made->schema->id == BLOCK_REBUILD ? entity_slot(made, REBUILD_from) : value_unknown();

    for (uint32_t i = 0; from.type == VALUE_LIST && i < from.u.list->count && state->loss_ms != RPO_ALL; i++) {
        const struct asset *asset = from.u.list->items[i].type == VALUE_ENTITY ? plan_asset(a->plan, from.u.list->items[i].u.entity) : NULL;
        const struct asset_state *source = asset ? &result->states[asset->index] : NULL;

        if (!source || !source->never || source->loss_ms != RPO_ALL)
            continue;
        state->never = source->never;
        if (state->rto_verdict == VERDICT_OK)
            state->rto_verdict = VERDICT_REFUTED;
        if (state->rpo_verdict != VERDICT_NOT_APPLICABLE)
            state->rpo_verdict = VERDICT_REFUTED;
        if (state->asset->holds == HOLDS_NOTHING)
            return true;
        state->loss_ms = RPO_ALL;
        state->rpo_terms = (struct terms){ARENA_NEW(a->arena, struct term), 1, false};
        state->rpo_terms.items[0] =
            (struct term){intern_text(a, "loss of `%s`, from which it is made", asset->name), RPO_ALL, made->span, TERM_SOURCE};
        return true;
    }
    return false;
}

void judge_damage(struct analysis *a, struct scenario_result *result)
{
    bool grown = true;

    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];

        if (state->fate != FATE_LOST)
            continue;
        check_ceiling_of_discarded(a, result, state);
        check_expiry(a, result, state);
    }
    while (grown) {
        grown = false;
        for (uint32_t i = 0; i < a->plan->asset_count; i++)
            grown |= !result->states[i].never && lose_with_source(a, result, &result->states[i]);
    }
}
