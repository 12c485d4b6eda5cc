/* Drills: the commands that make and remove a rehearsal's surroundings, and its own steps, with their words filled in. What a
 * drill rehearses is a scenario, whose steps are worked out elsewhere. Exports: the commands that take data out and bring it back. */
#include "analysis/output/output.h"
#include "analysis/recovery/recovery.h"
#include "analysis/recovery/steps.h"

static const char *text_of(struct analysis *a, struct value value)
{
    return value.type == VALUE_STRING || value.type == VALUE_TEXT ? value_text(value, a->arena) : NULL;
}

static void step_command(struct analysis *a, struct entity *block, uint32_t row, const struct scope *scope, struct command **at)
{
    struct value value = eval_deferred(a->eval, block, row, scope);
    struct command made = {0};

    if (value.type == VALUE_UNKNOWN || value.type == VALUE_ERROR || value.type == VALUE_NULL)
        return;
    if (evaluate_command(a, value, &made))
        keep_command(a, at, made);
    else
        diag_at(diag_report(a->sink, DIAG_E0515, block->span, "a word of a command of drill step `%s` is not known", block->name), "in this step");
}

static struct step *drill_step(struct analysis *a, struct entity *drill, struct entity *block, const struct scope *scope, uint32_t ordinal)
{
    struct value by = eval_deferred(a->eval, block, STEP_by, scope);
    const char *title = text_of(a, eval_deferred(a->eval, block, STEP_title, scope));
    struct step *step = begin_step(a, (struct step_begin){.id = arena_printf(a->arena, "drill.%s", block->name),
                                                          .title = title ? title : block->name,
                                                          .phase = PHASE_VERIFY,
                                                          .subject = drill,
                                                          .block = block,
                                                          .by = by.type == VALUE_ENTITY ? by.u.entity : entity_ref(a->model, drill, "owner")});

    step->manual = text_of(a, eval_deferred(a->eval, block, STEP_manual, scope));
    step->expect = text_of(a, eval_deferred(a->eval, block, STEP_expect, scope));
    step_command(a, block, STEP_run, scope, &step->run);
    step_command(a, block, STEP_verify, scope, &step->verify);
    step->takes = time_of(eval_deferred(a->eval, block, STEP_takes, scope));
    find_doer(step);
    step->ordinal = step->wave = ordinal;
    return step;
}

static void slot_command(struct analysis *a, struct entity *block, uint32_t row, struct command *out)
{
    struct value value = entity_slot(block, row);

    if (value_is_known(value) && value.type != VALUE_NULL && !evaluate_command(a, value, out))
        *out = (struct command){0};
}

void make_drills(struct analysis *a)
{
    const uint32_t count = a->model->declared[BLOCK_DRILL].list.len;
    const struct scope *outer = a->model->plan ? scope_add(a->eval, NULL, "plan", value_entity(a->model->plan)) : NULL;

    a->plan->drills = ARENA_ARRAY(a->arena, struct drill_plan, count);
    a->plan->drill_count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct drill_plan *out = &a->plan->drills[i];
        struct entity *drill = a->model->declared[BLOCK_DRILL].list.items[i], *scenario, *block;
        const struct scope *scope = outer;
        uint32_t cursor = 0, blocks = 0;

        out->drill = drill;
        scenario = entity_ref(a->model, drill, "scenario");
        if (scenario && scenario->index < a->plan->scenario_count) {
            out->result = &a->plan->scenarios[scenario->index];
            scope = scope_add(a->eval, outer, "scenario", value_entity(scenario));
        }
        block = entity_child(drill, BLOCK_ENVIRONMENT, &cursor);
        if (block) {
            slot_command(a, block, ENVIRONMENT_create, &out->create);
            slot_command(a, block, ENVIRONMENT_destroy, &out->destroy);
        }
        for (cursor = 0; entity_child(drill, BLOCK_STEP, &cursor);)
            blocks++;
        out->steps = ARENA_ARRAY(a->arena, struct step *, blocks);
        for (cursor = 0; (block = entity_child(drill, BLOCK_STEP, &cursor));) {
            out->steps[out->step_count] = drill_step(a, drill, block, scope, out->step_count + 1);
            out->step_count++;
        }
    }
}

static void job_command(struct analysis *a, struct entity *block, uint32_t row, struct command *out)
{
    const struct scope *scope = scope_add(a->eval, NULL, "job", (struct value){.type = VALUE_RUNTIME, .u.word = intern_str(a->model->names, "job")});
    const struct attr *attr = eval_is_written(block, row) ? entity_attr(block, row) : NULL;
    struct value value = attr ? eval_deferred(a->eval, block, row, scope) : value_unknown();

    if (!attr || value.type == VALUE_ERROR || value.type == VALUE_NULL || evaluate_command(a, value, out))
        return;
    diag_report(a->sink, DIAG_E0515, attr->value->span, "a word of the command is not known");
    *out = (struct command){0};
}

void make_exports(struct analysis *a)
{
    const uint32_t count = a->model->declared[BLOCK_EXPORT].list.len;

    a->plan->exports = ARENA_ARRAY(a->arena, struct export_plan, count);
    a->plan->export_count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct export_plan *out = &a->plan->exports[i];
        struct entity *import;
        struct value twice;
        uint32_t cursor = 0;

        out->export = a->model->declared[BLOCK_EXPORT].list.items[i];
        job_command(a, out->export, EXPORT_run, &out->run);
        import = entity_child(out->export, BLOCK_IMPORT, &cursor);
        if (!import)
            continue;
        job_command(a, import, IMPORT_run, &out->import);
        twice = eval_deferred(a->eval, import, IMPORT_idempotent, NULL);
        out->idempotent = twice.type == VALUE_BOOL && twice.u.integer;
        out->words = eval_is_written(import, IMPORT_verify) ? text_of(a, eval_deferred(a->eval, import, IMPORT_verify, NULL)) : NULL;
        if (!out->words)
            job_command(a, import, IMPORT_verify, &out->verify);
    }
}
