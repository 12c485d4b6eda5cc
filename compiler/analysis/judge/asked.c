/* What rules may ask of the results: how an asset comes back in each scenario, and what is known of a backup only when its
 * schedule was read and its procedure chosen. What outcomes and steps have are rows of plan/plan.def; each is answered here, by a switch the
 * compiler holds against those rows. The fields of backups are rows of the table in sema/computed.c.
 *
 * Nothing is kept: an answer is made when a rule asks, paid from the operation budget, and what one asset does in a few scenarios is
 * short. Before the scenarios are worked out outcomes are unknown; when things need each other in a circle there are none (and that
 * circle is an error of its own). */
#include "analysis/judge/judge.h"
#include "analysis/recovery/recovery.h"

#include "plan/seen.h"
#include "schedule/cron.h"

#include <string.h>

static struct value yes_or_no(bool yes)
{
    return value_int(VALUE_BOOL, yes);
}

static struct value word(const struct analysis *a, const char *text)
{
    return text ? (struct value){.type = VALUE_WORD, .u.word = intern_str(a->model->names, text)} : value_unknown();
}

static struct value text(const char *said)
{
    return said ? value_string(said) : value_unknown();
}

static struct value entity_or_unknown(struct entity *entity)
{
    return entity ? value_entity(entity) : value_unknown();
}

static struct value site_or_unknown(const struct site_info *site)
{
    return entity_or_unknown(site ? site->entity : NULL);
}

static struct value duration(int64_t ms)
{
    return ms == RPO_NOT_APPLICABLE ? VALUE_OF(VALUE_NA) : ms < 0 ? value_unknown() : value_int(VALUE_DURATION, ms);
}

static struct value range(const struct analysis *a, struct span_of_time time)
{
    struct value_range *made;

    if (!time.known)
        return value_unknown();
    made = ARENA_NEW(a->arena, struct value_range);
    made->best = value_int(VALUE_DURATION, time.best);
    made->typical = value_int(VALUE_DURATION, time.typical);
    made->worst = value_int(VALUE_DURATION, time.worst);
    return (struct value){.type = VALUE_RANGE, .u.range = made};
}

static struct value list(const struct analysis *a, struct value *items, uint32_t count)
{
    struct value_list *made = ARENA_NEW(a->arena, struct value_list);

    *made = (struct value_list){.count = count, .items = items};
    return (struct value){.type = VALUE_LIST, .u.list = made};
}

/* ---------------------------------------------------------------- grades of figures */

static struct value grade_word(const struct analysis *a, char grade)
{
    const char letter[] = {grade, '\0'};

    return grade == GRADE_NOT_APPLICABLE ? VALUE_OF(VALUE_NA) : grade ? word(a, letter) : value_unknown();
}

char recovery_grade(const struct asset_state *state, bool worst)
{
    const struct entity *method = state->chosen ? state->chosen->method : NULL;
    const struct entity *timing = method ? entity_child_named(state->asset->entity, BLOCK_TIMING, method->name) : NULL;
    char weakest = 0;

    if (timing)
        return entity_slot(timing, TIMING_source).type == VALUE_STRING ? 'B' : 0;
    if (method && eval_is_written(method, METHOD_rto))
        return block_grade(method, worst);
    for (uint32_t i = 0; i < state->step_count; i++) {
        const struct step *step = state->steps[i];
        char grade = block_grade(step->origin, worst);

        /* Steps of the analysis itself (a probe, a restart) and of runbooks have no sources: their figures are the user's. */
        if (!step->origin || step->origin->parent != method)
            continue;
        if (!grade)
            return 0;
        weakest = !weakest || grade_rank(grade) > grade_rank(weakest) ? grade : weakest;
    }
    return weakest ? weakest : GRADE_NOT_APPLICABLE;
}

/* ---------------------------------------------------------------- outcomes */

/* What rules see of one struct of the plan is an object. */
struct object {
    struct analysis *a;
    struct value_object *object;
    const struct plan_seen *rows; /* of the struct whose answers come next */
};

static struct object object_new(struct analysis *a, unsigned fields)
{
    struct object made = {.a = a, .object = ARENA_NEW(a->arena, struct value_object)};

    made.object->pairs = ARENA_ARRAY(a->arena, struct value_pair, fields);
    return made;
}

static unsigned begin(struct object *made, enum plan_struct_id in)
{
    unsigned count;

    made->rows = plan_seen(in, &count);
    return count;
}

static void put(struct object *made, unsigned row, struct value value)
{
    made->object->pairs[made->object->count++] = (struct value_pair){intern_str(made->a->model->names, made->rows[row].name), value};
}

static struct value answer_step(const struct analysis *a, const struct step *step, enum plan_seen_step which)
{
    switch (which) {
    case PLAN_SEEN_step_name: return value_string(step->id);
    case PLAN_SEEN_step_title: return text(step->title);
    case PLAN_SEEN_step_phase: return word(a, phase_words[step->phase]);
    case PLAN_SEEN_step_manual: return yes_or_no(step->mode == STEP_BY_PERSON);
    case PLAN_SEEN_step_attested: return yes_or_no(step->mode == STEP_ATTESTED);
    case PLAN_SEEN_step_automated: return yes_or_no(step->mode == STEP_BY_SCRIPT || step->mode == STEP_BY_ITSELF);
    case PLAN_SEEN_step_irreversible: return yes_or_no(step->irreversible);
    case PLAN_SEEN_step_best_effort: return yes_or_no(step->best_effort);
    case PLAN_SEEN_step_critical: return yes_or_no(step->critical);
    case PLAN_SEEN_step_takes: return range(a, step->takes);
    case PLAN_SEEN_step_by: return entity_or_unknown(step->by);
    case PLAN_SEEN_step_control_plane: return entity_or_unknown(step->control_plane);
    case PLAN_SEEN_step_grade: return grade_word(a, block_grade(step->origin, false));
    case PLAN_SEEN_step_worst_grade: return grade_word(a, block_grade(step->origin, true));
    case PLAN_SEEN_step_COUNT: break;
    }
    return value_unknown();
}

static struct value step_value(struct analysis *a, const struct step *step)
{
    struct object made = object_new(a, PLAN_SEEN_step_COUNT);
    unsigned count = begin(&made, PLAN_STRUCT_step);

    for (unsigned i = 0; i < count; i++)
        put(&made, i, answer_step(a, step, (enum plan_seen_step)i));
    return (struct value){.type = VALUE_OBJECT, .u.object = made.object};
}

static struct value steps_value(struct analysis *a, const struct asset_state *state)
{
    struct value *steps = ARENA_ARRAY(a->arena, struct value, state->step_count);

    for (uint32_t i = 0; i < state->step_count; i++)
        steps[i] = step_value(a, state->steps[i]);
    return list(a, steps, state->step_count);
}

static struct value answer_outcome(struct analysis *a, const struct scenario_result *result, const struct asset_state *state,
                                   enum plan_seen_outcome which)
{
    switch (which) {
    case PLAN_SEEN_outcome_scenario: return value_entity(result->scenario);
    case PLAN_SEEN_outcome_fate: return word(a, state->fate == FATE_LOST ? "lost" : "impaired");
    case PLAN_SEEN_outcome_into: return site_or_unknown(state->serving);
    case PLAN_SEEN_outcome_rto: return duration(state->rto.ms);
    case PLAN_SEEN_outcome_rpo: return duration(state->rpo.ms);
    case PLAN_SEEN_outcome_finish: return range(a, state->finish);
    case PLAN_SEEN_outcome_lost: return duration(state->loss_ms);
    case PLAN_SEEN_outcome_discarded: return duration(state->discarded_ms);
    case PLAN_SEEN_outcome_grade: return grade_word(a, recovery_grade(state, false));
    case PLAN_SEEN_outcome_worst_grade: return grade_word(a, recovery_grade(state, true));
    case PLAN_SEEN_outcome_promotes: return state->chosen ? yes_or_no(state->chosen->promotes) : value_unknown();
    case PLAN_SEEN_outcome_steps: return steps_value(a, state);
    case PLAN_SEEN_outcome_COUNT: break;
    }
    return value_unknown();
}

/* Of the method that is chosen. */
static struct value answer_candidate(const struct candidate *chosen, enum plan_seen_candidate which)
{
    switch (which) {
    case PLAN_SEEN_candidate_method: return value_string(chosen->method->name);
    case PLAN_SEEN_candidate_automatic: return yes_or_no(chosen->automatic);
    case PLAN_SEEN_candidate_irreversible: return yes_or_no(chosen->irreversible);
    case PLAN_SEEN_candidate_restores: return yes_or_no(chosen->restores);
    case PLAN_SEEN_candidate_copy: return entity_or_unknown(chosen->copy);
    case PLAN_SEEN_candidate_store: return entity_or_unknown(chosen->from_store);
    case PLAN_SEEN_candidate_failback: return text(chosen->failback);
    case PLAN_SEEN_candidate_reprotect: return text(chosen->reprotect);
    case PLAN_SEEN_candidate_COUNT: break;
    }
    return value_unknown();
}

enum { OUTCOME_FIELDS = (int)PLAN_SEEN_outcome_COUNT + (int)PLAN_SEEN_candidate_COUNT };

static struct value outcome_value(struct analysis *a, const struct scenario_result *result, const struct asset_state *state)
{
    struct object made = object_new(a, OUTCOME_FIELDS);
    unsigned count = begin(&made, PLAN_STRUCT_outcome);

    for (unsigned i = 0; i < count; i++)
        put(&made, i, answer_outcome(a, result, state, (enum plan_seen_outcome)i));
    count = begin(&made, PLAN_STRUCT_candidate);
    for (unsigned i = 0; i < count; i++)
        put(&made, i, state->chosen ? answer_candidate(state->chosen, (enum plan_seen_candidate)i) : value_unknown());
    return (struct value){.type = VALUE_OBJECT, .u.object = made.object};
}

static struct value outcomes(struct analysis *a, const struct asset *asset)
{
    struct value *items;
    uint32_t count = 0, steps = 0;

    if (!a->scenarios_done)
        return value_unknown();
    items = ARENA_ARRAY(a->arena, struct value, a->plan->scenario_count);
    for (uint32_t i = 0; i < a->plan->scenario_count; i++) {
        const struct scenario_result *result = &a->plan->scenarios[i];
        const struct asset_state *state = &result->states[asset->index];

        if (state->fate == FATE_UNAFFECTED)
            continue;
        steps += state->step_count;
        items[count++] = outcome_value(a, result, state);
    }
    a->eval->budget -= a->plan->scenario_count + (int64_t)(OUTCOME_FIELDS + 1) * (count + steps);
    return list(a, items, count);
}

/* ---------------------------------------------------------------- what a kind can do */

static bool is_true(struct value value)
{
    return value.type == VALUE_BOOL && value.u.integer;
}

/* Losses from which some method brings the asset back without anybody deciding, whatever the scenario. */
static struct value automatic_for(struct analysis *a, struct entity *entity)
{
    VEC(struct value) found = {0};
    const struct kind_info *kind = entity->kind;
    const struct scope *scope = scope_add(a->eval, NULL, "scenario", value_unknown());

    if (a->model->plan)
        scope = scope_add(a->eval, scope, "plan", value_entity(a->model->plan));
    scope = scope_add(a->eval, scope, "self", value_entity(entity));
    for (uint32_t m = 0; kind && m < kind->methods.len; m++) {
        struct entity *method = kind->methods.items[m];
        atom name = NULL;
        struct value elements = eval_loop(a->eval, method, METHOD_for, scope, &name);
        uint32_t count = !name ? 1 : elements.type == VALUE_LIST ? elements.u.list->count : 0;

        for (uint32_t e = 0; e < count; e++) {
            const struct scope *each = name ? scope_add(a->eval, scope, name, elements.u.list->items[e]) : scope;
            struct value covers, when = eval_deferred(a->eval, method, METHOD_when, each);

            /* A condition on the scenario is not known here: there are scenarios in which it holds, and the proof asks each. */
            if (!is_true(eval_deferred(a->eval, method, METHOD_automatic, each)) || (when.type != VALUE_UNKNOWN && !is_true(when)))
                continue;
            covers = eval_deferred(a->eval, method, METHOD_covers, each);
            for (uint32_t i = 0; covers.type == VALUE_LIST && i < covers.u.list->count; i++) {
                if (covers.u.list->items[i].type == VALUE_WORD)
                    vec_push(a->arena, &found, value_string(covers.u.list->items[i].u.word));
            }
        }
    }
    a->eval->budget -= found.len;
    return list(a, found.items, found.len);
}

/* ---------------------------------------------------------------- backups */

static struct value ambiguities(struct analysis *a, const struct schedule *schedule)
{
    struct cron_lint found[CRON_LINT_MAX];
    struct value *items;
    unsigned count = schedule->cron ? cron_lint(a->arena, schedule->cron, DIALECT_PLAIN, found) : 0;

    items = ARENA_ARRAY(a->arena, struct value, count);
    for (unsigned i = 0; i < count; i++)
        items[i] = value_string(found[i].message);
    return list(a, items, count);
}

bool asked_field(struct analysis *a, struct entity *entity, atom name, struct value *out)
{
    struct value schedule;

    if (entity->schema->id == BLOCK_ASSET && strcmp(name, "outcomes") == 0) {
        const struct asset *asset = plan_asset(a->plan, entity);

        *out = asset ? outcomes(a, asset) : value_unknown();
        return true;
    }
    if (entity->schema->id == BLOCK_ASSET && strcmp(name, "automatic_for") == 0) {
        *out = automatic_for(a, entity);
        return true;
    }
    if (entity->schema->id != BLOCK_BACKUP)
        return false;
    if (strcmp(name, "procedure") == 0) {
        struct entity *procedure = backup_procedure(a, entity);

        *out = procedure ? value_string(procedure->name) : value_unknown();
        return true;
    }
    schedule = entity_slot(entity, BACKUP_schedule);
    if (strcmp(name, "zone") == 0)
        *out = schedule.type != VALUE_SCHEDULE ? value_unknown() : value_string(schedule.u.schedule->zone ? schedule.u.schedule->zone : "UTC");
    else if (strcmp(name, "ambiguities") == 0)
        *out = schedule.type != VALUE_SCHEDULE ? value_unknown() : ambiguities(a, schedule.u.schedule);
    else
        return false;
    return true;
}
