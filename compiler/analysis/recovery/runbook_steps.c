/* Steps of people round a recovery: before and after, and on the way back. */
#include "analysis/recovery/recovery.h"
#include "analysis/recovery/steps.h"

static void steps_of(struct analysis *a, struct scenario_result *result, struct entity *runbook, enum block_id where, step_list *out)
{
    struct entity *part, *block, *owner = a->model->plan ? entity_ref(a->model, a->model->plan, "owner") : NULL;
    const struct scope *scope;
    uint32_t cursor = 0;

    if (!(part = entity_child(runbook, where, &cursor)))
        return;
    scope = scope_add(a->eval, a->model->plan ? scope_add(a->eval, NULL, "plan", value_entity(a->model->plan)) : NULL, "scenario",
                      value_entity(result->scenario));
    for (uint32_t i = 0; (block = entity_child(part, BLOCK_STEP, &i));) {
        struct step_source from = {block, scope, runbook, NULL, owner, runbook->name, "", NULL};
        uint32_t before = out->len;

        add_block(a, from, out);
        for (uint32_t s = before; s < out->len; s++) {
            /* A notice takes nobody's time that the recovery waits for. */
            if (!out->items[s]->takes.known && !command_is_set(out->items[s]->run) && out->items[s]->notify_count)
                out->items[s]->takes = time_exact(0);
            if (where != BLOCK_FAILBACK) {
                place_step(a, out->items[s]);
                report_places(a, &out->items[s], 1);
            }
            bar_runbook(a, result, out->items[s]);
            if (!entity_attr(block, STEP_phase))
                out->items[s]->phase = where == BLOCK_BEFORE ? PHASE_PREPARE : where == BLOCK_AFTER ? PHASE_VERIFY : PHASE_RECOVER;
        }
    }
}

/* Whoever wrote two runbooks for a scenario means both: one after the other, in the order they were declared. */
void runbook_steps(struct analysis *a, struct scenario_result *result, enum block_id where, step_list *out)
{
    for (uint32_t i = 0; i < result->runbook_count; i++)
        steps_of(a, result, result->runbooks[i], where, out);
}

void find_runbooks(struct analysis *a, struct scenario_result *result)
{
    VEC(struct entity *) found = {0};

    for (uint32_t i = 0; i < a->model->declared[BLOCK_RUNBOOK].list.len; i++) {
        struct entity *runbook = a->model->declared[BLOCK_RUNBOOK].list.items[i];
        struct value list = entity_slot(runbook, RUNBOOK_for);
        bool applies = false;

        for (uint32_t s = 0; list.type == VALUE_LIST && s < list.u.list->count; s++)
            applies |= list.u.list->items[s].type == VALUE_ENTITY && list.u.list->items[s].u.entity == result->scenario;
        if (applies)
            vec_push(a->arena, &found, runbook);
    }
    result->runbooks = found.items;
    result->runbook_count = found.len;
}

void walk_back(struct analysis *a, struct scenario_result *result, step_list *steps)
{
    struct span_of_time clock = time_exact(0);

    for (uint32_t i = 0; i < steps->len; i++) {
        struct step *step = steps->items[i];

        step->ordinal = step->wave = i + 1;
        step->start = clock;
        clock = step->finish = time_add(clock, step_lasts(step));
        if (i)
            wait_for(a, step, steps->items[i - 1]);
    }
    result->failback = steps->items;
    result->failback_count = steps->len;
}

void failback_steps(struct analysis *a, struct scenario_result *result)
{
    step_list steps = {0};

    runbook_steps(a, result, BLOCK_FAILBACK, &steps);
    for (uint32_t i = 0; i < steps.len; i++) {
        steps.items[i]->id = result->runbook_count > 1 ? intern_text(a, "failback.%s", steps.items[i]->id)
                                                       : intern_text(a, "failback.%s", steps.items[i]->origin->name);
    }
    walk_back(a, result, &steps);
}
