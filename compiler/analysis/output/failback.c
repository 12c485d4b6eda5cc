/* The way back, made once for whoever prints it: page, script and plan. A scenario whose runbooks describe one is walked back by their steps;
 * otherwise each asset goes back in the words of its kind, in recovery order, since what others need goes back first. It is walked step by
 * step, in a window of its own: its clock starts when somebody begins. */
#include "analysis/output/output.h"
#include "analysis/recovery/steps.h"
#include "analysis/world/world.h"

static void add(struct analysis *a, const struct asset_state *state, const char *name, const char *title, const char *words, step_list *out)
{
    struct step *step;

    if (!words)
        return;
    step = begin_step(a, (struct step_begin){.id = intern_text(a, "%s.%s", state->asset->name, name),
                                             .title = intern_text(a, "%s %s", title, state->asset->name),
                                             .phase = PHASE_REPROTECT,
                                             .asset = state->asset,
                                             .span = state->chosen->method ? state->chosen->method->span : state->asset->entity->span});
    step->manual = words;
    step->timeout = TIME_UNKNOWN;
    find_doer(step);
    vec_push(a->arena, out, step);
}

/* A name that a script moved it moves back; of others somebody has to be told. */
static void lead_back(struct analysis *a, const struct endpoint_state *state, step_list *out)
{
    struct step *step;

    if (!state->step || name_mover(state->endpoint))
        return;
    step = begin_step(
        a, (struct step_begin){.id = intern_text(a, "%s.failback", state->endpoint->name),
                               .title = intern_text(a, "Lead %s back to %s", entity_string(a->model, state->endpoint, "name", state->endpoint->name),
                                                    state->from->name),
                               .phase = PHASE_REPROTECT,
                               .subject = state->endpoint,
                               .span = state->endpoint->span});
    step->manual = traffic_words(a, state, state->to != state->from ? state->to : NULL, state->from);
    step->by = state->step->by;
    step->timeout = TIME_UNKNOWN;
    find_doer(step);
    vec_push(a->arena, out, step);
}

static void by_kinds(struct analysis *a, struct scenario_result *result)
{
    step_list steps = {0};

    for (uint32_t i = 0; i < result->order_count; i++) {
        const struct asset_state *state = &result->states[result->order[i]->index];

        if (!state->chosen)
            continue;
        add(a, state, "failback", "Take back", state->chosen->failback, &steps);
        add(a, state, "reprotect", "Protect again", state->chosen->reprotect, &steps);
    }
    for (uint32_t i = 0; i < result->endpoint_count; i++)
        lead_back(a, &result->endpoints[i], &steps);
    walk_back(a, result, &steps);
}

void make_failbacks(struct analysis *a)
{
    for (uint32_t i = 0; i < a->plan->scenario_count; i++) {
        if (!a->plan->scenarios[i].failback_count)
            by_kinds(a, &a->plan->scenarios[i]);
    }
}

/* ---- until when a recovery must be declared */

/* Whether an asset comes back only after the declaration: not by itself, or it waits for such. In recovery order. */
static bool waits_for_people(const struct scenario_result *result, const struct asset *asset, const bool *declared)
{
    const struct asset_state *state = &result->states[asset->index];

    if (state->fate == FATE_LOST && !(state->chosen && state->chosen->automatic))
        return true;
    for (uint32_t i = 0; i < asset->needs.count; i++) {
        if (declared[asset->needs.items[i].index])
            return true;
    }
    return false;
}

/* How late the declaration may come for one objective; the earliest of all is kept. */
static void leaves(struct scenario_result *result, struct span_of_time finish, int64_t rto)
{
    int64_t latest;

    if (!finish.known || rto < 0)
        return;
    latest = rto - finish.worst + result->detect.worst + result->declare.worst;
    if (!result->has_declare_by || latest < result->declare_by)
        result->declare_by = latest;
    result->has_declare_by = true;
}

void find_declare_by(struct analysis *a, struct scenario_result *result)
{
    bool *declared = ARENA_ARRAY(a->arena, bool, a->plan->asset_count);

    if (!result->begin.known)
        return;
    for (uint32_t i = 0; i < result->order_count; i++) {
        const struct asset_state *state = &result->states[result->order[i]->index];

        declared[state->asset->index] = waits_for_people(result, state->asset, declared);
        if (declared[state->asset->index])
            leaves(result, state->finish, state->rto.ms);
    }
    for (uint32_t i = 0; i < result->endpoint_count; i++) {
        const struct endpoint_state *state = &result->endpoints[i];
        struct value serves = entity_slot(state->endpoint, ENDPOINT_serves);
        bool waits = state->step != NULL;

        for (uint32_t n = 0; serves.type == VALUE_LIST && n < serves.u.list->count; n++) {
            const struct asset *asset = serves.u.list->items[n].type == VALUE_ENTITY ? plan_asset(a->plan, serves.u.list->items[n].u.entity) : NULL;

            waits |= asset && declared[asset->index];
        }
        if (state->affected && waits)
            leaves(result, state->finish, state->rto.ms);
    }
}
