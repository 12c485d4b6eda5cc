/* Worst-case loss of methods that restore no copies (SEMANTICS §2): the lag of a replica, and in a partition what the cut-off side goes on
 * accepting from whoever still reaches it, until it is fenced.
 *
 * A synchronous replica has confirmed every write, so a side that is cut off from it confirms none. Whether anybody enforces or watches the
 * lag of an asynchronous one is judged with what a verdict rests on (credit.c). */
#include "analysis/common/missing.h"
#include "analysis/recovery/loss.h"
#include "analysis/recovery/recovery.h"
#include "analysis/world/world.h"

#include <string.h>

static const struct entity *replica_of(const struct candidate *candidate)
{
    const struct entity *element = candidate->element.type == VALUE_ENTITY ? candidate->element.u.entity : NULL;

    return element && element->schema->id == BLOCK_REPLICA ? element : NULL;
}

void unstated_loss(struct analysis *a, const struct asset_state *state, struct candidate *candidate)
{
    const struct entity *replica = replica_of(candidate);

    candidate->rpo = TIME_UNKNOWN;
    if (!replica || entity_slot(replica, REPLICA_lag).type != VALUE_UNKNOWN)
        return;
    if (is_word(entity_slot(replica, REPLICA_mode), "sync")) {
        candidate->rpo = 0;
        return;
    }
    candidate->missing =
        unset_row(a, replica, "lag", intern_text(a, "the lag of replica `%s` of `%s` is not stated", replica->name, state->asset->name), NULL);
}

/* ---------------------------------------------------------------- partitions */

static bool is_cut(const struct analysis *a, const struct asset_state *state)
{
    struct value cut = entity_slot(a->scenario->scenario, SCENARIO_partitions);

    return state->asset->stateful && cut.type == VALUE_LIST && cut.u.list->count && state_has_loss(state, "partition");
}

static void add_behind_cut(struct analysis *a, struct candidate *candidate, int64_t until)
{
    const char *text = until == TIME_UNKNOWN ? "what the cut-off side accepts meanwhile: nothing is sure to fence it"
                                             : "what the cut-off side accepts until it is fenced";
    struct terms *terms = &candidate->rpo_terms;
    struct term *items = ARENA_ARRAY(a->arena, struct term, terms->count + 1);

    if (terms->count)
        memcpy(items, terms->items, terms->count * sizeof *items);
    items[terms->count] = (struct term){text, until, a->scenario->scenario->span, TERM_CUT};
    terms->items = items;
    terms->count++;
    candidate->behind_cut = until;
    if (until == TIME_UNKNOWN || __builtin_add_overflow(candidate->rpo, until, &candidate->rpo))
        candidate->rpo = TIME_UNKNOWN;
}

/* A fence that may fail is none. Without steps the fence is within the method's own figure: people see to it before they promote. What promotes
 * by itself fences only where its method says so, `includes = [fence]`; else both sides take writes. */
static bool is_fence(const struct step *step)
{
    return step->phase == PHASE_FENCE && !step->best_effort;
}

static bool has_fence(struct step *const *steps, uint32_t count)
{
    bool fence = false;

    for (uint32_t i = 0; i < count; i++)
        fence |= is_fence(steps[i]);
    return fence;
}

static bool has_figure(const struct candidate *candidate)
{
    return eval_is_written(candidate->method, METHOD_rto) && (!candidate->automatic || candidate->includes_fence);
}

/* Whether the cut-off side confirms no write alone: what goes on without a copy elsewhere (a quorum), or with one that confirms every write.
 * A lag of none is no such promise: the side that is cut off goes on accepting. */
static bool confirms_together(const struct candidate *candidate)
{
    const struct entity *replica = replica_of(candidate);

    if (candidate->rpo != 0 || candidate->copy)
        return false;
    return replica ? is_word(entity_slot(replica, REPLICA_mode), "sync") : candidate->element.type != VALUE_ENTITY;
}

void accept_behind_cut(struct analysis *a, const struct asset_state *state, struct candidate *candidate)
{
    struct span_of_time until = time_exact(0);
    bool fence = has_fence(candidate->steps, candidate->step_count);

    if (!is_cut(a, state) || candidate->rpo < 0 || candidate->rpo == RPO_ALL || confirms_together(candidate))
        return;
    if (!candidate->automatic)
        until = a->scenario->begin;
    else if (!candidate->includes_detect)
        until = a->scenario->detect;
    for (uint32_t i = 0; i < candidate->step_count; i++) {
        if (is_fence(candidate->steps[i]))
            until = time_add(until, step_lasts(candidate->steps[i]));
    }
    if (!fence && has_figure(candidate))
        until = time_add(until, candidate->own);
    add_behind_cut(a, candidate, until.known && (fence || has_figure(candidate)) ? until.worst : TIME_UNKNOWN);
}

/* When the old side is fenced according to the plan, ms. */
static int64_t fenced_at(const struct asset_state *state)
{
    bool fence = has_fence(state->steps, state->step_count);
    int64_t at = 0;

    for (uint32_t i = 0; fence && i < state->step_count; i++) {
        if (!is_fence(state->steps[i]))
            continue;
        if (state->steps[i]->inside)
            return state->finish.known ? state->finish.worst : TIME_UNKNOWN; /* somewhere within the method's figure */
        if (!state->steps[i]->finish.known)
            return TIME_UNKNOWN;
        at = state->steps[i]->finish.worst > at ? state->steps[i]->finish.worst : at;
    }
    return fence ? at : state->finish.known ? state->finish.worst : TIME_UNKNOWN;
}

void time_cuts(struct analysis *a, struct scenario_result *result)
{
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];
        struct candidate *chosen = state->chosen;
        int64_t at, more;

        if (state->fate != FATE_LOST || !chosen || chosen->behind_cut <= 0 || chosen->rpo < 0 || chosen->rpo == RPO_ALL)
            continue;
        at = fenced_at(state);
        more = at - chosen->behind_cut;
        if (at != TIME_UNKNOWN && more <= 0)
            continue;
        for (uint32_t t = 0; t < chosen->rpo_terms.count; t++) {
            struct term *term = &chosen->rpo_terms.items[t];

            if (term->what == TERM_CUT)
                term->ms = at;
        }
        chosen->behind_cut = at;
        chosen->rpo = at == TIME_UNKNOWN ? TIME_UNKNOWN : chosen->rpo + more;
        state->loss_ms = chosen->rpo;
        state->rpo_terms = chosen->rpo_terms;
        for (uint32_t g = 0; g < result->group_count; g++) {
            struct group_state *group = &result->groups[g];

            for (uint32_t m = 0; m < group->member_count; m++) {
                if (group->members[m].state == state && group->loss_ms >= 0 && (chosen->rpo < 0 || group->loss_ms < chosen->rpo))
                    group->loss_ms = chosen->rpo;
            }
        }
    }
}
