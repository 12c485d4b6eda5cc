/* How long methods really took, by the records of drills and recoveries, against what the proof assumes (SEMANTICS §3, figures).
 *
 * A record says when each step ended. One that waited for others in the record lasted from the last of their ends on; the first steps of all
 * have no beginning, and are left out. A method took as long as its steps together, which is how its own time is worked out too. Steps that
 * were left out, or that nothing ran for, measure nothing. Record times are whole seconds: a step is taken as a second shorter than it seems. */
#include "analysis/judge/judge.h"
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

enum {
    ENOUGH = 5 /* so many records make an offer */
};

static struct value get(struct value object, const char *key)
{
    for (uint32_t i = 0; object.type == VALUE_OBJECT && i < object.u.object->count; i++) {
        if (strcmp(object.u.object->pairs[i].key, key) == 0)
            return object.u.object->pairs[i].value;
    }
    return value_unknown();
}

static bool says(struct value object, const char *key, const char *text)
{
    struct value value = get(object, key);

    return (value.type == VALUE_STRING && strcmp(value.u.string, text) == 0) || is_word(value, text);
}

/* When each step of the record ended, ms from the interruption and one more (a map holds no 0), by id. Only what was really done. */
static void read_ends(struct analysis *a, struct value record, struct arena *scratch, struct map *ends)
{
    struct value steps = get(record, "steps");

    for (uint32_t i = 0; steps.type == VALUE_LIST && i < steps.u.list->count; i++) {
        struct value id = get(steps.u.list->items[i], "step"), end = get(steps.u.list->items[i], "ended_ms");

        if (id.type == VALUE_STRING && end.type == VALUE_INT && end.u.integer >= 0 && says(steps.u.list->items[i], "state", "done"))
            map_set(ends, scratch, intern_str(a->model->names, id.u.string), (void *)(uintptr_t)(end.u.integer + 1));
    }
}

static int64_t end_of(struct analysis *a, const struct map *ends, const struct step *step)
{
    void *found = map_get(ends, intern_str(a->model->names, step->id));

    return found ? (int64_t)(uintptr_t)found - 1 : TIME_UNKNOWN;
}

/* How long the step lasted; TIME_UNKNOWN. */
static int64_t lasted(struct analysis *a, const struct map *ends, const struct step *step)
{
    int64_t end = end_of(a, ends, step), start = TIME_UNKNOWN, before;

    for (uint32_t i = 0; i < step->after_count + step->follow_count; i++) {
        before = end_of(a, ends, i < step->after_count ? step->after[i] : step->follows[i - step->after_count]);
        if (before == TIME_UNKNOWN && i < step->after_count)
            return TIME_UNKNOWN;
        start = before > start ? before : start;
    }
    return end == TIME_UNKNOWN || start == TIME_UNKNOWN || start > end ? TIME_UNKNOWN : end - start;
}

static bool is_of_method(const struct asset_state *state, const struct step *step)
{
    const struct entity *timing = entity_child_named(state->asset->entity, BLOCK_TIMING, state->chosen->method->name);

    if (step->origin)
        return step->origin->parent == state->chosen->method;
    return step->span.start == state->chosen->method->span.start || (timing && step->span.start == timing->span.start);
}

/* What the steps of the method took together, and what they take at the worst; TIME_UNKNOWN when one of them is not known. */
static int64_t method_took(struct analysis *a, const struct map *ends, const struct asset_state *state, int64_t *worst, uint32_t *steps)
{
    int64_t sum = 0, one;

    *worst = 0;
    *steps = 0;
    for (uint32_t i = 0; i < state->step_count; i++) {
        const struct step *step = state->steps[i];

        if (step->phase == PHASE_REPROTECT || step->inside || !is_of_method(state, step) || (step->takes.known && step->takes.worst == 0))
            continue;
        if (!step->takes.known || (one = lasted(a, ends, step)) == TIME_UNKNOWN)
            return TIME_UNKNOWN;
        sum += one;
        *worst += step->takes.worst;
        ++*steps;
    }
    return *steps ? sum : TIME_UNKNOWN;
}

static int compare_times(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;

    return *a < *b ? -1 : *a > *b;
}

static void judge_measured(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, int64_t *took, uint32_t count,
                           int64_t worst, uint32_t steps)
{
    const char *method = state->chosen->method->name;
    const struct about about = {.subject = state->asset->entity, .scenario = result->scenario};
    int64_t least, typical, most, twice;
    struct diag *diag;

    qsort(took, count, sizeof *took, compare_times);
    least = took[0];
    typical = took[count / 2];
    most = took[count - 1];
    if (most - steps * MS_SECOND > worst) {
        diag = find(a, DIAG_E0550, about, "`%s` of `%s` was measured to take %s in `%s`, and the proof assumes %s", method, state->asset->name,
                    text_of_duration(a->arena, most), result->scenario->name, text_of_duration(a->arena, worst));
        if (diag)
            diag_help(diag, "in asset `%s`: `timing %s { rto = %s..%s..%s  source = \"records of %u\" }`, or more", state->asset->name, method,
                      text_of_duration(a->arena, least), text_of_duration(a->arena, typical), text_of_duration(a->arena, most), count);
        return;
    }
    /* A bound of one's own is at least twice the typical, and twice what was ever seen. */
    if (count < ENOUGH || __builtin_mul_overflow(most > MS_SECOND ? most : MS_SECOND, INT64_C(2), &twice) || twice >= worst)
        return;
    diag = find(a, DIAG_E0590, about, "`%s` of `%s` was measured to take %s at most, n = %u, and the proof assumes %s", method, state->asset->name,
                text_of_duration(a->arena, most), count, text_of_duration(a->arena, worst));
    if (diag)
        diag_help(diag, "in asset `%s` (asserts): `timing %s { rto = %s..%s..%s  source = \"records of %u\" }`", state->asset->name, method,
                  text_of_duration(a->arena, least), text_of_duration(a->arena, typical), text_of_duration(a->arena, twice), count);
}

static bool measures(const struct analysis *a, const struct analysis_record *record, const struct scenario_result *result)
{
    (void)a;
    return says(record->value, "schema", "drc.recovery-record/1") && says(record->value, "scenario", result->scenario->name) &&
           !says(record->value, "kind", "drill-simulated") && !says(record->value, "kind", "failback");
}

void check_measured_methods(struct analysis *a)
{
    struct arena *scratch = arena_new();

    for (uint32_t s = 0; s < a->plan->scenario_count; s++) {
        struct scenario_result *result = &a->plan->scenarios[s];
        struct map *ends = ARENA_ARRAY(scratch, struct map, a->options->record_count);
        int64_t *took = ARENA_ARRAY(scratch, int64_t, a->options->record_count);
        uint32_t records = 0;

        for (uint32_t r = 0; r < a->options->record_count; r++) {
            if (measures(a, &a->options->records[r], result))
                read_ends(a, a->options->records[r].value, scratch, &ends[records++]);
        }
        for (uint32_t i = 0; records && i < a->plan->asset_count; i++) {
            const struct asset_state *state = &result->states[i];
            uint32_t count = 0, steps = 0;
            int64_t worst = 0;

            for (uint32_t r = 0; r < records && state->fate == FATE_LOST && state->chosen; r++) {
                int64_t sum;
                uint32_t parts;

                took[count] = method_took(a, &ends[r], state, &sum, &parts);
                if (took[count] == TIME_UNKNOWN)
                    continue;
                count++;
                worst = sum;
                steps = parts;
            }
            if (count)
                judge_measured(a, result, state, took, count, worst, steps);
        }
    }
    arena_delete(scratch);
}
