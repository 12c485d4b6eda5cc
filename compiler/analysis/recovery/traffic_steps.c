/* Steps that lead names to the recovered side. */
#include "analysis/recovery/recovery.h"
#include "analysis/recovery/steps.h"
#include "analysis/world/world.h"

#include <string.h>

/* A command of the script that the target route53 writes beside the recovery scripts; `out.folder` is where all targets are. */
static void traffic_command(struct analysis *a, const struct endpoint_state *state, const char *verb, const char *target, struct command *out)
{
    const char *words[] = {NULL, state->endpoint->name, verb, target};

    out->words = ARENA_ARRAY(a->arena, struct word, 4);
    out->count = target ? 4 : 3;
    for (uint32_t i = 0; i < out->count; i++) {
        out->words[i].count = i ? 1 : 2;
        out->words[i].parts = ARENA_ARRAY(a->arena, struct word_part, 2);
        out->words[i].parts[0] = i ? (struct word_part){.text = words[i]} : (struct word_part){.runtime = true, .text = "out.folder"};
    }
    out->words[0].parts[1] = (struct word_part){.text = "/route53/traffic.sh"};
    out->span = state->endpoint->span;
}

/* By whoever keeps a name that no target of ours moves: words for a person, in the runbook and the script. `from` may be NULL. */
const char *traffic_words(struct analysis *a, const struct endpoint_state *state, const struct entity *from, const struct entity *to)
{
    const struct entity *endpoint = state->endpoint;
    const char *title = endpoint->kind ? entity_string(a->model, endpoint->kind->entity, "title", endpoint->kind->entity->name) : "whoever keeps it";
    const char *alias = entity_string(a->model, to, "alias", NULL), *leads = alias ? alias : entity_string(a->model, to, "value", NULL);

    return intern_text(a, "%s: let %s (%s record, routing %s) lead to %s%s%s%s%s%s, and write down what was there before", title,
                       entity_string(a->model, endpoint, "name", endpoint->name), entity_string(a->model, endpoint, "record", "A"),
                       entity_string(a->model, endpoint, "routing", "failover"), to->name, leads ? " (" : "", leads ? leads : "", leads ? ")" : "",
                       from ? " and no longer to " : "", from ? from->name : "");
}

bool name_is_led(const struct endpoint_state *state)
{
    return state->affected && state->to && (state->to != state->from || state->moves == MOVES_BY_STEP);
}

/* A name that its check leads elsewhere is held there before the recovery side takes writes: the check would lead users back to the old side as
 * soon as that answers again (SEMANTICS §3.4). Where nobody knows how long that takes, recoveries do not wait for it; then whoever keeps the name
 * is asked what keeps the old side from answering. Until something serves at the new side nobody is answered, and by the old one nobody may be. */
static bool is_held_first(const struct endpoint_state *state)
{
    return state->moves == MOVES_BY_CHECK && !state->let_go && !state->zone && state->step->takes.known;
}

/* With what an asset that somebody recovers begins to take writes: its point of no return, else the last step of its recovery; NULL. */
static struct step *takes_writes(const struct asset_state *state)
{
    struct step *last = NULL;

    for (uint32_t i = 0; state->fate == FATE_LOST && state->chosen && !state->chosen->automatic && i < state->step_count; i++) {
        struct step *step = state->steps[i];

        if (step->phase != PHASE_RECOVER)
            continue;
        if (step->irreversible)
            return step;
        last = step;
    }
    return last;
}

/* What the name serves, and all that needs, takes no writes before `held`. */
static void hold_before_writes(struct analysis *a, struct scenario_result *result, const struct asset *asset, struct step *held, struct map *seen)
{
    VEC(const struct asset *) todo = {0};

    vec_push(a->frontier_arena, &todo, asset);
    while (todo.len) {
        const struct asset *next = todo.items[--todo.len];
        struct step *step = takes_writes(&result->states[next->index]);

        if (!map_add(seen, a->frontier_arena, (atom)(const void *)next, held))
            continue;
        if (step)
            wait_for(a, step, held);
        for (uint32_t n = 0; n < next->needs.count; n++)
            vec_push(a->frontier_arena, &todo, next->needs.items[n].to);
    }
}

/* Leads each name whose target changes to the new one, once what it serves is there; what its check leads there is held before. */
void traffic_steps(struct analysis *a, struct scenario_result *result, const step_list *before, step_list *out)
{
    for (uint32_t i = 0; i < result->endpoint_count; i++) {
        struct endpoint_state *state = &result->endpoints[i];
        struct value serves = entity_slot(state->endpoint, ENDPOINT_serves), mode = entity_slot(state->endpoint, ENDPOINT_mode);
        struct value propagation = entity_slot(state->endpoint, ENDPOINT_propagation);
        const char *how = mode.type == VALUE_WORD ? mode.u.word : "health";
        struct value owner = entity_slot(state->endpoint, ENDPOINT_owner), name = entity_slot(state->endpoint, ENDPOINT_name);
        struct map seen = {0};
        struct step *step;

        if (!name_is_led(state))
            continue;
        step = begin_step(a, (struct step_begin){.id = intern_text(a, "%s.traffic", state->endpoint->name),
                                                 .title = intern_text(a, "Lead %s to %s", text_or(a, name, state->endpoint->name), state->to->name),
                                                 .phase = PHASE_TRAFFIC,
                                                 .subject = state->endpoint,
                                                 .span = state->endpoint->span});
        if (name_mover(state->endpoint)) {
            traffic_command(a, state, "to", state->to->name, new_command(a, &step->run));
            traffic_command(a, state, "undo", NULL, new_command(a, &step->undo));
        } else {
            step->manual = traffic_words(a, state, state->dropped ? state->dropped : state->from != state->to ? state->from : NULL, state->to);
        }
        step->expect = intern_text(a, "%s leads to %s", text_or(a, name, state->endpoint->name), state->to->name);
        /* A call or two. What follows it (propagation, the check behind a switch) is the endpoint's own clock: nobody's hands are held. */
        step->takes = time_of(entity_slot(state->endpoint, ENDPOINT_change_time));
        if (!step->takes.known && name_mover(state->endpoint))
            step->takes = (struct span_of_time){true, 0, 10000, 60000};
        step->by = owner.type == VALUE_ENTITY ? owner.u.entity : a->model->plan ? entity_ref(a->model, a->model->plan, "owner") : NULL;
        step->on_failure = FAILURE_ASK;
        find_doer(step);
        state->step = step;
        /* Records and health checks are changed through the provider's control plane; switches and routing controls are not. */
        if (state->moves == MOVES_BY_STEP && strcmp(how, "stop") != 0 && strcmp(how, "arc") != 0)
            bar_record(a, result, state, step);
        state->let_go = state->moves == MOVES_BY_CHECK && !record_can_be_held(a, state->endpoint);
        if (is_held_first(state))
            step->title =
                intern_text(a, "Hold %s at %s before anything there takes writes", text_or(a, name, state->endpoint->name), state->to->name);
        default_timeout(step);
        if (name_mover(state->endpoint) && propagation.type == VALUE_DURATION && propagation.u.integer < INT64_MAX - step->timeout)
            step->timeout += propagation.u.integer; /* the script waits until all name servers know */
        for (uint32_t s = 0; serves.type == VALUE_LIST && s < serves.u.list->count; s++) {
            struct asset *asset = serves.u.list->items[s].type == VALUE_ENTITY ? plan_asset(a->plan, serves.u.list->items[s].u.entity) : NULL;

            if (asset && is_held_first(state))
                hold_before_writes(a, result, asset, step, &seen);
            else if (asset)
                wait_for_asset(a, step, asset);
        }
        if (state->zone)
            wait_for_asset(a, step, state->zone);
        if (before->len)
            wait_for(a, step, before->items[before->len - 1]);
        vec_push(a->arena, out, step);
    }
}
