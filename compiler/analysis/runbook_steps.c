/* Steps of people round a recovery: before, after, and the way back. */
#include "analysis/steps.h"

void runbook_steps(struct analysis *a, struct scenario_result *result, enum block_id where, step_list *out)
{
    const struct scope *scope;
    struct entity *part, *block;
    uint32_t cursor = 0;

    if (!result->runbook || !(part = entity_child(result->runbook, where, &cursor)))
        return;
    scope = scope_add(a->eval, a->model->plan ? scope_add(a->eval, NULL, "plan", value_entity(a->model->plan)) : NULL, "scenario",
                      value_entity(result->scenario));
    for (uint32_t i = 0; (block = entity_child(part, BLOCK_STEP, &i));) {
        struct entity *owner = a->model->plan ? entity_ref(a->model, a->model->plan, "owner") : NULL;
        struct step_source from = {block, scope, result->runbook, NULL, owner, result->runbook->name, "", NULL};
        uint32_t before = out->len;

        add_block(a, from, out);
        for (uint32_t s = before; s < out->len; s++) {
            /* A notice takes nobody's time that the recovery waits for. */
            if (!out->items[s]->takes.known && !command_is_set(&out->items[s]->run) && out->items[s]->notify_count)
                out->items[s]->takes = time_exact(0);
            bar_runbook(a, result, out->items[s]);
            if (!block_attr(block->tree, intern_str(a->model->names, "phase")))
                out->items[s]->phase = where == BLOCK_BEFORE ? PHASE_PREPARE : where == BLOCK_AFTER ? PHASE_VERIFY : PHASE_RECOVER;
        }
    }
}

struct entity *find_runbook(struct analysis *a, const struct entity *scenario)
{
    for (uint32_t i = 0; i < a->model->declared[BLOCK_RUNBOOK].list.len; i++) {
        struct entity *runbook = a->model->declared[BLOCK_RUNBOOK].list.items[i];
        struct value list = entity_slot(runbook, RUNBOOK_for);

        for (uint32_t s = 0; list.type == VALUE_LIST && s < list.u.list->count; s++) {
            if (list.u.list->items[s].type == VALUE_ENTITY && list.u.list->items[s].u.entity == scenario)
                return runbook;
        }
    }
    return NULL;
}

/* The way back is walked step by step, in a window of its own: its clock starts when somebody begins. */
void failback_steps(struct analysis *a, struct scenario_result *result)
{
    step_list steps = {0};
    struct span_of_time clock = time_exact(0);

    runbook_steps(a, result, BLOCK_FAILBACK, &steps);
    for (uint32_t i = 0; i < steps.len; i++) {
        struct step *step = steps.items[i];

        step->id = intern_text(a, "failback.%s", step->origin->name);
        step->ordinal = step->wave = i + 1;
        step->start = clock;
        clock = step->finish = time_add(clock, step->takes);
        if (i)
            wait_for(a, step, steps.items[i - 1]);
    }
    result->failback = steps.items;
    result->failback_count = steps.len;
}
