/* Steps: what is done for every recovered asset in a scenario, from the method that was chosen.
 *
 * A lost asset gets the steps of its method, by phase and in written order; a method with one figure and no steps becomes
 * one step. An impaired asset gets what its kind says happens after a dependency was restored. Runbooks put their steps
 * round all of that. Each step becomes typed: words, times, waits. */
#include "analysis/recovery/steps.h"
#include "analysis/recovery/recovery.h"

static void append_steps(struct scenario_result *result, const step_list *list)
{
    for (uint32_t i = 0; i < list->len; i++)
        result->steps[result->step_count++] = list->items[i];
}

static void add_seen(struct analysis *a, struct step *step, step_list *out)
{
    if (!step)
        return;
    lead_words(a, step);
    place_step(a, step);
    report_places(a, &step, 1);
    vec_push(a->arena, out, step);
}

/* Whether the data is right, where somebody recovered it (what the platform does by itself has no steps of ours behind it): before users are led
 * there. `first`: where the steps of the asset begin. */
static void check_data(struct analysis *a, struct asset_state *state, uint32_t first, step_list *out)
{
    step_list led = {0};
    uint32_t at = first;
    struct entity *block;

    if (state->fate != FATE_LOST || state->chosen->automatic)
        return;
    while (at < out->len && out->items[at]->phase < PHASE_TRAFFIC)
        at++;
    for (uint32_t i = at; i < out->len; i++)
        vec_push(a->arena, &led, out->items[i]);
    out->len = at;
    for (uint32_t i = 0; (block = entity_child(state->asset->entity, BLOCK_VERIFY, &i));)
        add_seen(a, make_verify(a, state, block), out);
    for (uint32_t i = 0; i < led.len; i++)
        vec_push(a->arena, out, led.items[i]);
}

/* Last of all, whether it serves, seen from where users are. */
static void check_steps(struct analysis *a, struct asset_state *state, uint32_t first, step_list *out)
{
    struct entity *block;

    check_data(a, state, first, out);
    for (uint32_t i = 0; (block = entity_child(state->asset->entity, BLOCK_PROBE, &i));)
        add_seen(a, make_probe(a, state, block), out);
}

void make_steps(struct analysis *a, struct scenario_result *result)
{
    step_list steps = {0}, before = {0}, after = {0}, sites = {0}, traffic = {0}, agree = {0};
    struct arena *scratch = arena_new();
    uint32_t *first = ARENA_ARRAY(scratch, uint32_t, a->plan->asset_count + 1);

    a->frontier_arena = scratch;
    a->chosen = true;
    runbook_steps(a, result, BLOCK_BEFORE, &before);
    runbook_steps(a, result, BLOCK_AFTER, &after);
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];

        first[i] = steps.len;
        if (state->fate == FATE_LOST && state->chosen)
            lost_steps(a, state, &steps);
        else if (state->fate == FATE_IMPAIRED)
            impaired_steps(a, state, &steps);
        if (steps.len > first[i])
            check_steps(a, state, first[i], &steps);
    }
    first[a->plan->asset_count] = steps.len;
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        step_list own = {steps.items, first[i + 1], steps.cap};

        if (first[i] < first[i + 1])
            chain(a, &result->states[i], &own, first[i]);
    }
    find_frontiers(a, result);
    for (uint32_t i = 0; i < a->plan->asset_count; i++)
        wait_for_needs(a, &result->states[i]);
    reconcile_groups(a, result, &agree.items, &agree.len);
    provision_sites(a, result, &before, &sites);
    traffic_steps(a, result, &before, &traffic);
    ask_after_traffic(a, result);
    /* What a runbook does first, everything that waits for a decision waits for. */
    for (uint32_t i = 1; i < before.len; i++)
        wait_for(a, before.items[i], before.items[i - 1]);
    for (uint32_t i = 0; before.len && i < steps.len; i++) {
        struct asset_state *state = steps.items[i]->asset ? &result->states[steps.items[i]->asset->index] : NULL;
        bool is_first = !state || (state->step_count && state->steps[0] == steps.items[i]) || step_is_asked_ahead(steps.items[i]);

        if (is_first && !(state && state->chosen && state->chosen->automatic))
            wait_for(a, steps.items[i], before.items[before.len - 1]);
    }
    for (uint32_t i = 0; i < after.len; i++) {
        if (i == 0) {
            /* Users are told when what the class is about is back, not when the last archive is. */
            for (uint32_t s = 0; s < a->plan->asset_count; s++) {
                if (!result->class_ || class_binds(result->class_, &a->plan->assets[s]))
                    wait_for(a, after.items[0], result->states[s].last);
            }
            for (uint32_t s = 0; s < traffic.len; s++)
                wait_for(a, after.items[0], traffic.items[s]);
        } else {
            wait_for(a, after.items[i], after.items[i - 1]);
        }
    }
    failback_steps(a, result);
    result->steps = ARENA_ARRAY(a->arena, struct step *, before.len + sites.len + steps.len + agree.len + traffic.len + after.len);
    result->step_count = 0;
    append_steps(result, &before);
    append_steps(result, &sites);
    append_steps(result, &steps);
    append_steps(result, &agree);
    append_steps(result, &traffic);
    append_steps(result, &after);
    a->frontiers = NULL;
    a->frontier_arena = NULL;
    arena_delete(scratch);
}
