/* What rules may ask of the results: how an asset comes back in each scenario, and what is known of a backup only when its
 * schedule was read and its procedure chosen. The fields are rows of the table in sema/computed.c.
 *
 * Nothing is kept: an answer is made when a rule asks, paid from the operation budget, and what one asset does in a few scenarios is
 * short. Before the scenarios are worked out outcomes are unknown; when things need each other in a circle there are none (and that
 * circle is an error of its own). */
#include "analysis/judge/judge.h"
#include "analysis/recovery/recovery.h"

#include "schedule/cron.h"

#include <string.h>

enum { FIELDS_MAX = 21 };

struct object {
    struct analysis *a;
    struct value_object *object;
};

static struct object object_new(struct analysis *a)
{
    struct object made = {a, ARENA_NEW(a->arena, struct value_object)};

    made.object->pairs = ARENA_ARRAY(a->arena, struct value_pair, FIELDS_MAX);
    return made;
}

static void put(struct object *made, const char *key, struct value value)
{
    struct value_pair *pair = &made->object->pairs[made->object->count++];

    pair->key = intern_str(made->a->model->names, key);
    pair->value = value;
}

static struct value object_value(const struct object *made)
{
    return (struct value){.type = VALUE_OBJECT, .u.object = made->object};
}

static struct value yes_or_no(bool yes)
{
    return value_int(VALUE_BOOL, yes);
}

static struct value word(const struct analysis *a, const char *text)
{
    return text ? (struct value){.type = VALUE_WORD, .u.word = intern_str(a->model->names, text)} : value_unknown();
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
    const char text[] = {grade, '\0'};

    return grade ? word(a, text) : value_unknown();
}

/* The weakest grade a recovery's time rests on, of its worst ends or of the rest. A figure without any source makes it unknown; one that
 * the owner states for his own asset (`timing`) and says where it comes from is as good as a vendor's guidance. */
static struct value recovery_grade(const struct analysis *a, const struct asset_state *state, bool worst)
{
    const struct entity *method = state->chosen ? state->chosen->method : NULL;
    const struct entity *timing = method ? entity_child_named(state->asset->entity, BLOCK_TIMING, method->name) : NULL;
    char weakest = 0;

    if (timing)
        return entity_slot(timing, TIMING_source).type == VALUE_STRING ? word(a, "B") : value_unknown();
    if (method && eval_is_written(method, METHOD_rto))
        return grade_word(a, block_grade(method, worst));
    for (uint32_t i = 0; i < state->step_count; i++) {
        const struct step *step = state->steps[i];
        char grade = block_grade(step->origin, worst);

        /* Steps of the analysis itself (a probe, a restart) and of runbooks have no sources: their figures are the user's. */
        if (!step->origin || step->origin->parent != method)
            continue;
        if (!grade)
            return value_unknown();
        weakest = !weakest || grade_rank(grade) > grade_rank(weakest) ? grade : weakest;
    }
    return weakest ? grade_word(a, weakest) : VALUE_OF(VALUE_NA);
}

/* ---------------------------------------------------------------- outcomes */

static struct value step_value(struct analysis *a, const struct step *step)
{
    struct object made = object_new(a);

    put(&made, "name", value_string(step->id));
    put(&made, "title", step->title ? value_string(step->title) : value_unknown());
    put(&made, "phase", word(a, phase_words[step->phase]));
    put(&made, "manual", yes_or_no(step->mode == STEP_BY_PERSON));
    put(&made, "attested", yes_or_no(step->mode == STEP_ATTESTED));
    put(&made, "automated", yes_or_no(step->mode == STEP_BY_SCRIPT || step->mode == STEP_BY_ITSELF));
    put(&made, "irreversible", yes_or_no(step->irreversible));
    put(&made, "best_effort", yes_or_no(step->best_effort));
    put(&made, "critical", yes_or_no(step->critical));
    put(&made, "takes", range(a, step->takes));
    put(&made, "by", entity_or_unknown(step->by));
    put(&made, "control_plane", entity_or_unknown(step->control_plane));
    put(&made, "grade", grade_word(a, block_grade(step->origin, false)));
    put(&made, "worst_grade", grade_word(a, block_grade(step->origin, true)));
    return object_value(&made);
}

/* Once all scenarios are worked out nothing is asked in one of them, but for what the method saw. */
static bool promotes(struct analysis *a, struct scenario_result *result, struct asset_state *state)
{
    struct scenario_result *now = a->scenario;
    bool yes;

    a->scenario = result;
    method_scope(a, state, state->chosen);
    a->scenario = now;
    yes = method_promotes(a, state);
    drop_method_scope(a, state->chosen);
    return yes;
}

static struct value outcome_value(struct analysis *a, struct scenario_result *result, struct asset_state *state)
{
    const struct candidate *chosen = state->chosen;
    struct value *steps = ARENA_ARRAY(a->arena, struct value, state->step_count);
    struct object made = object_new(a);

    for (uint32_t i = 0; i < state->step_count; i++)
        steps[i] = step_value(a, state->steps[i]);
    put(&made, "scenario", value_entity(result->scenario));
    put(&made, "fate", word(a, state->fate == FATE_LOST ? "lost" : "impaired"));
    put(&made, "method", chosen ? value_string(chosen->method->name) : value_unknown());
    put(&made, "automatic", chosen ? yes_or_no(chosen->automatic) : value_unknown());
    put(&made, "irreversible", chosen ? yes_or_no(chosen->irreversible) : value_unknown());
    put(&made, "restores", chosen ? yes_or_no(chosen->restores) : value_unknown());
    put(&made, "into", site_or_unknown(state->serving));
    put(&made, "copy", entity_or_unknown(chosen ? chosen->copy : NULL));
    put(&made, "store", entity_or_unknown(chosen ? chosen->from_store : NULL));
    put(&made, "rto", duration(state->rto.ms));
    put(&made, "rpo", duration(state->rpo.ms));
    put(&made, "finish", range(a, state->finish));
    put(&made, "lost", duration(state->loss_ms));
    put(&made, "discarded", duration(state->discarded_ms));
    put(&made, "grade", recovery_grade(a, state, false));
    put(&made, "worst_grade", recovery_grade(a, state, true));
    put(&made, "promotes", chosen ? yes_or_no(promotes(a, result, state)) : value_unknown());
    put(&made, "failback", chosen && chosen->failback ? value_string(chosen->failback) : value_unknown());
    put(&made, "reprotect", chosen && chosen->reprotect ? value_string(chosen->reprotect) : value_unknown());
    put(&made, "steps", list(a, steps, state->step_count));
    return object_value(&made);
}

static struct value outcomes(struct analysis *a, const struct asset *asset)
{
    struct value *items;
    uint32_t count = 0, steps = 0;

    if (!a->scenarios_done)
        return value_unknown();
    items = ARENA_ARRAY(a->arena, struct value, a->plan->scenario_count);
    for (uint32_t i = 0; i < a->plan->scenario_count; i++) {
        struct scenario_result *result = &a->plan->scenarios[i];
        struct asset_state *state = &result->states[asset->index];

        if (state->fate == FATE_UNAFFECTED)
            continue;
        steps += state->step_count;
        items[count++] = outcome_value(a, result, state);
    }
    a->eval->budget -= a->plan->scenario_count + (int64_t)FIELDS_MAX * (count + steps);
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
