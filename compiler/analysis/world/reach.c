/* Whether somebody is left to act in a scenario, and a place to act from (SEMANTICS §1): people and the places of scripts are lost like
 * everything else. Who says nothing about where they are is outside of the reach of every scenario. */
#include "analysis/world/stands.h"
#include "analysis/world/world.h"

#include <string.h>

/* Nothing of the scenario begins: nobody can decide, or there is no place to act from. Told once it is known that something has to be done. */
static struct diag *nobody_at_all(struct analysis *a, const struct scenario_result *result, struct entity *subject, struct span span,
                                  const char *message)
{
    a->nobody_acts = true;
    if (!result->order_count)
        return NULL;
    return find(a, DIAG_E0567, (struct about){.subject = subject, .scenario = result->scenario, .span = span}, "%s", message);
}

/* The scripts and runbooks have to be started and read somewhere. */
static void check_places(struct analysis *a, const struct scenario_result *result)
{
    struct value from = a->model->plan ? entity_slot(a->model->plan, PLAN_runs_from) : value_unknown();
    struct diag *diag;

    if (from.type != VALUE_LIST || !from.u.list->count)
        return;
    for (uint32_t i = 0; i < from.u.list->count; i++) {
        const struct site_info *site = from.u.list->items[i].type == VALUE_ENTITY ? plan_site(a->plan, from.u.list->items[i].u.entity) : NULL;

        if (!site || stands_at(a, a->model->plan, site))
            return;
    }
    diag = nobody_at_all(a, result, a->model->plan, entity_attr_span(a->model->plan, PLAN_runs_from),
                         intern_text(a, "no place is left from which `%s` can be recovered", result->scenario->name));
    if (diag)
        diag_help(diag, "add a place to `runs_from` that stands when the others do not");
}

/* "is lost with the place", "has nobody in it" */
static const char *why_not(const struct entity *who)
{
    return has_people(who) ? "is lost with the place" : "is a team without people";
}

static const char *where_else(const struct entity *who, const char *help)
{
    return has_people(who) ? help : "name the people of the team: `members`, `lead`";
}

/* Whoever declares a disaster, and the deputy. */
static void check_decision(struct analysis *a, const struct scenario_result *result)
{
    struct value who = a->model->plan ? entity_slot(a->model->plan, PLAN_approver) : value_unknown();
    struct value deputy = a->model->plan ? entity_slot(a->model->plan, PLAN_deputy) : value_unknown();
    struct diag *diag;

    if (who.type != VALUE_ENTITY || somebody_stands(a, who.u.entity) || (deputy.type == VALUE_ENTITY && somebody_stands(a, deputy.u.entity)))
        return;
    diag = nobody_at_all(
        a, result, who.u.entity, who.u.entity->span,
        intern_text(a, "`%s`, who declares the disaster of `%s`, %s", who.u.entity->name, result->scenario->name, why_not(who.u.entity)));
    if (diag)
        diag_help(diag, "%s", where_else(who.u.entity, "name a `deputy` of the plan who works elsewhere"));
}

/* The steps of people, one message for each of them. */
static void check_hands(struct analysis *a, struct scenario_result *result)
{
    for (uint32_t i = 0; i < result->step_count; i++) {
        struct step *step = result->steps[i];
        struct diag *diag;
        bool told = false;

        if (!step_takes_people(step) || !step->by || somebody_stands(a, step->by))
            continue;
        for (uint32_t n = 0; n < i && !told; n++)
            told = step_takes_people(result->steps[n]) && result->steps[n]->by == step->by;
        if (told)
            continue;
        diag = find(a, DIAG_E0567, (struct about){.subject = step->by, .scenario = result->scenario}, "`%s`, who does `%s` in `%s`, %s",
                    step->by->name, step->id, result->scenario->name, why_not(step->by));
        if (!diag)
            continue;
        diag_label(diag, step->span, "this step");
        diag_help(diag, "%s", where_else(step->by, "give the step to a team with members at several places (`by`)"));
    }
}

/* One of each list has to agree before anything begins. */
static void check_approvals(struct analysis *a, const struct scenario_result *result)
{
    for (uint32_t i = 0; i < result->runbook_count; i++) {
        struct entity *runbook = result->runbooks[i];
        struct value who = entity_slot(runbook, RUNBOOK_approve);
        const struct entity *last = NULL;
        struct diag *diag;
        bool stands = false;

        for (uint32_t n = 0; who.type == VALUE_LIST && n < who.u.list->count && !stands; n++) {
            last = who.u.list->items[n].type == VALUE_ENTITY ? who.u.list->items[n].u.entity : last;
            stands = last && somebody_stands(a, last);
        }
        if (!last || stands)
            continue;
        diag = nobody_at_all(
            a, result, runbook, entity_attr_span(runbook, RUNBOOK_approve),
            intern_text(a, "nobody can approve what `%s` does in `%s`: `%s` %s", runbook->name, result->scenario->name, last->name, why_not(last)));
        if (diag)
            diag_help(diag, "%s", where_else(last, "name somebody in `approve` who works elsewhere"));
    }
}

/* Whether the step begins only when somebody has declared and approved the recovery. */
static bool is_decided(const struct scenario_result *result, const struct step *step)
{
    const struct candidate *chosen = step->asset ? result->states[step->asset->index].chosen : NULL;

    return !chosen || !chosen->automatic || step_is_by_people(step);
}

static bool nobody_does(const struct analysis *a, const struct scenario_result *result, const struct step *step)
{
    return (step_takes_people(step) && step->by && !somebody_stands(a, step->by)) || (a->nobody_acts && is_decided(result, step));
}

/* Steps that nobody is left to do or to begin, and all that wait for them: places to be made, what runbooks do first. Steps are in total order. */
static void find_undone(const struct analysis *a, struct scenario_result *result)
{
    for (uint32_t i = 0; i < result->step_count; i++) {
        struct step *step = result->steps[i];

        step->undone = nobody_does(a, result, step);
        for (uint32_t n = 0; n < step->after_count && !step->undone; n++)
            step->undone = step->after[n]->undone;
    }
}

/* Whom nobody brings back. */
struct stuck {
    bool *whole; /* by asset: it never serves, by itself or for what it needs */
    bool *data;  /* what it holds never comes back either: nobody does its steps, or brings back what these read */
};

static bool mark(bool *marks, const struct asset *asset)
{
    bool is_new = !marks[asset->index];

    marks[asset->index] = true;
    return is_new;
}

/* One edge further: needs, what a restore is done with, and what its method reads. */
static bool spread_stuck(const struct scenario_result *result, struct stuck *stuck)
{
    bool grown = false;

    for (uint32_t i = 0; i < result->order_count; i++) {
        const struct asset *asset = result->order[i];
        const struct asset_state *state = &result->states[asset->index];
        bool restores = state->fate == FATE_LOST && state->chosen && state->chosen->restores;

        for (uint32_t n = 0; n < asset->needs.count; n++)
            grown |= stuck->whole[asset->needs.items[n].index] && mark(stuck->whole, asset);
        for (uint32_t n = 0; restores && n < asset->restores_with.count; n++)
            grown |= stuck->whole[asset->restores_with.items[n].index] && (mark(stuck->whole, asset) | mark(stuck->data, asset));
    }
    for (uint32_t i = 0; i < result->input_count; i++) {
        const struct restore_input *input = &result->inputs[i];

        if (input->waits && stuck->whole[input->waits->index])
            grown |= mark(stuck->whole, input->asset) | mark(stuck->data, input->asset);
    }
    return grown;
}

/* Whether what an asset holds waits for that: nobody does the step, or makes the place, or begins it. For what it needs only its service waits. */
static bool holds_data_up(const struct analysis *a, const struct scenario_result *result, const struct step *step)
{
    bool held = nobody_does(a, result, step);

    for (uint32_t n = 0; n < step->after_count && !held; n++)
        held = !step->after[n]->asset && step->after[n]->undone;
    return held;
}

/* Whose members wait for a step that makes them agree. */
static void mark_members(const struct analysis *a, const struct scenario_result *result, const struct step *step, struct stuck *stuck)
{
    bool data = holds_data_up(a, result, step);

    for (uint32_t g = 0; g < result->group_count; g++) {
        const struct group_state *group = &result->groups[g];

        for (uint32_t m = 0; group->group == step->subject && m < group->member_count; m++) {
            const struct asset_state *state = group->members[m].state;

            stuck->whole[state->asset->index] |= state->last != NULL;
            stuck->data[state->asset->index] |= data && group->members[m].recovered;
        }
    }
}

/* Refutes whatever is marked and not refuted yet. */
static void refute_stuck(struct scenario_result *result, const struct stuck *stuck, const char *never)
{
    for (uint32_t i = 0; i < result->order_count; i++) {
        struct asset_state *state = &result->states[result->order[i]->index];
        bool data = stuck->data[state->asset->index] && state->fate == FATE_LOST && state->chosen && state->rpo.ms >= 0;

        if (stuck->whole[state->asset->index] && !state->undone)
            state->undone = state->never ? state->never : never;
        if (state->undone && (state->rto_verdict == VERDICT_OK || state->rto_verdict == VERDICT_UNKNOWN))
            state->rto_verdict = VERDICT_REFUTED, state->never = never;
        if (data && (state->rpo_verdict == VERDICT_OK || state->rpo_verdict == VERDICT_UNKNOWN))
            state->rpo_verdict = VERDICT_REFUTED, state->never = never;
    }
}

void refute_without_hands(struct analysis *a, struct scenario_result *result)
{
    struct arena *scratch = arena_new();
    struct stuck stuck = {ARENA_ARRAY(scratch, bool, a->plan->asset_count + 1), ARENA_ARRAY(scratch, bool, a->plan->asset_count + 1)};

    find_undone(a, result);
    for (uint32_t i = 0; i < result->step_count; i++) {
        const struct step *step = result->steps[i];

        if (!step->undone || step->phase == PHASE_REPROTECT)
            continue;
        if (!step->asset) {
            mark_members(a, result, step, &stuck);
            continue;
        }
        stuck.whole[step->asset->index] = true;
        stuck.data[step->asset->index] |= holds_data_up(a, result, step);
    }
    while (spread_stuck(result, &stuck))
        ;
    refute_stuck(result, &stuck, "nobody is left who could do what it waits for");
    arena_delete(scratch);
}

void refute_with_lost(struct analysis *a, struct scenario_result *result)
{
    struct arena *scratch = arena_new();
    struct stuck stuck = {ARENA_ARRAY(scratch, bool, a->plan->asset_count + 1), ARENA_ARRAY(scratch, bool, a->plan->asset_count + 1)};
    bool any = false;

    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        const struct asset_state *state = &result->states[i];

        stuck.whole[i] = state->undone || (state->never && state->loss_ms == RPO_ALL);
        stuck.data[i] = stuck.whole[i] && state->loss_ms == RPO_ALL;
        any |= stuck.whole[i] && !state->undone;
    }
    while (any && spread_stuck(result, &stuck))
        ;
    if (any)
        refute_stuck(result, &stuck, "what it waits for is lost for good");
    arena_delete(scratch);
}

void find_reach(struct analysis *a, struct scenario_result *result)
{
    a->nobody_acts = false;
    result->order_count = 0; /* of recoveries nothing is known yet, so nothing is told */
    check_places(a, result);
    check_decision(a, result);
    check_approvals(a, result);
}

void check_reach(struct analysis *a, struct scenario_result *result)
{
    if (!result->order_count)
        return; /* nothing has to be done */
    check_places(a, result);
    check_decision(a, result);
    check_approvals(a, result);
    check_hands(a, result);
}
