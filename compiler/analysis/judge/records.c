/* Drills that took place, against drills that are planned (SEMANTICS §5): the newest record of each drill is young enough at the day of
 * judgement, was held with this very plan, succeeded, and what it measured is within the objectives and within what was proved. Anything
 * else needs verification. The driver reads the files; what a record holds is in compiler/model/records.schema.json. */
#include "analysis/judge/judge.h"

#include <string.h>

static struct value get(const struct analysis *a, const struct analysis_record *record, const char *key)
{
    atom name = intern_str(a->model->names, key);

    for (uint32_t i = 0; i < record->value.u.object->count; i++) {
        if (record->value.u.object->pairs[i].key == name)
            return record->value.u.object->pairs[i].value;
    }
    return value_unknown();
}

static const char *text_in(struct value object, const char *key)
{
    for (uint32_t i = 0; object.type == VALUE_OBJECT && i < object.u.object->count; i++) {
        if (strcmp(object.u.object->pairs[i].key, key) == 0 && object.u.object->pairs[i].value.type == VALUE_STRING)
            return object.u.object->pairs[i].value.u.string;
    }
    return "";
}

static int64_t ms_in(struct value object, const char *key)
{
    for (uint32_t i = 0; object.type == VALUE_OBJECT && i < object.u.object->count; i++) {
        struct value value = object.u.object->pairs[i].value;

        if (strcmp(object.u.object->pairs[i].key, key) == 0 && (value.type == VALUE_INT || value.type == VALUE_DURATION))
            return value.u.integer;
    }
    return TIME_UNKNOWN;
}

static const char *text_of(const struct analysis *a, const struct analysis_record *record, const char *key)
{
    struct value value = get(a, record, key);

    return value.type == VALUE_STRING ? value.u.string : "";
}

/* Day on which it ended: a date, or the date of a time stamp. */
static bool day_of(const struct analysis *a, const struct analysis_record *record, int64_t *day)
{
    struct value value = get(a, record, "finished_at");

    if (value.type == VALUE_DATE) {
        *day = value.u.integer;
        return true;
    }
    return value.type == VALUE_STRING && strlen(value.u.string) >= 10 && read_date(value.u.string, 10, day);
}

static bool is_of(const struct analysis *a, const struct analysis_record *record, const char *schema)
{
    return record->value.type == VALUE_OBJECT && strcmp(text_of(a, record, "schema"), schema) == 0;
}

static const char drill_schema[] = "drc.drill-record/1", recovery_schema[] = "drc.recovery-record/1";

/* A record that nobody can make sense of is no evidence, and is told. */
static void check_record(struct analysis *a, const struct analysis_record *record)
{
    const char *missing = NULL;
    int64_t day;

    if (record->value.type != VALUE_OBJECT)
        missing = "it is no object";
    else if (!is_of(a, record, drill_schema) && !is_of(a, record, recovery_schema))
        missing = "its `schema` is neither `drc.drill-record/1` nor `drc.recovery-record/1`";
    else if (is_of(a, record, drill_schema) && !model_find(a->model, BLOCK_DRILL, intern_str(a->model->names, text_of(a, record, "drill"))))
        missing = "its `drill` is none of this plan";
    else if (is_of(a, record, recovery_schema) && !model_find(a->model, BLOCK_SCENARIO, intern_str(a->model->names, text_of(a, record, "scenario"))))
        missing = "its `scenario` is none of this plan";
    else if (!day_of(a, record, &day))
        missing = "its `finished_at` is no date";
    if (missing)
        diag_help(diag_report(a->sink, DIAG_E0551, (struct span){record->value.origin, record->value.origin}, "record `%s` is no evidence: %s",
                              record->file, missing),
                  "`drc explain E0551` says what a record holds");
}

/* The newest record of a schema whose `key` is `name`, not after the day of judgement. */
static const struct analysis_record *newest(const struct analysis *a, const char *schema, const char *key, const char *name, int64_t *day)
{
    const struct analysis_record *found = NULL;

    for (uint32_t i = 0; i < a->options->record_count; i++) {
        const struct analysis_record *record = &a->options->records[i];
        int64_t at;

        if (!is_of(a, record, schema) || strcmp(text_of(a, record, key), name) != 0 || !day_of(a, record, &at))
            continue;
        if ((a->options->has_as_of && at > a->options->as_of) || (found && at < *day))
            continue;
        found = record;
        *day = at;
    }
    return found;
}

static bool is_this_plan(const struct analysis *a, const struct analysis_record *record)
{
    const char *digest = text_of(a, record, "digest");

    return strcmp(strncmp(digest, "sha256:", 7) == 0 ? digest + 7 : digest, a->plan->digest) == 0;
}

static const char *words(struct analysis *a, int64_t ms)
{
    struct strbuf text = STRBUF_INIT;
    const char *copy;

    print_duration(&text, ms);
    copy = strbuf_dup(&text, a->arena);
    strbuf_release(&text);
    return copy;
}

/* ---------------------------------------------------------------- what was measured */

static void check_measured(struct analysis *a, struct scenario_result *result, const struct analysis_record *record, struct value item)
{
    struct entity *entity = model_find(a->model, BLOCK_ASSET, intern_str(a->model->names, text_in(item, "name")));
    const struct asset_state *state = entity ? &result->states[entity->index] : NULL;
    int64_t rto = ms_in(item, "rto_ms"), rpo = ms_in(item, "rpo_ms");
    struct diag *diag = NULL;

    if (!state || state->fate == FATE_UNAFFECTED)
        return;
    if (rto >= 0 && state->rto.ms >= 0 && rto > state->rto.ms) {
        diag = find(a, DIAG_E0549, (struct about){.subject = entity, .scenario = result->scenario},
                    "`%s` was back after %s in a drill of `%s`, its RTO is %s", entity->name, words(a, rto), result->scenario->name,
                    words(a, state->rto.ms));
    } else if (rto >= 0 && state->finish.known && rto > state->finish.worst) {
        diag = find(a, DIAG_E0550, (struct about){.subject = entity, .scenario = result->scenario},
                    "`%s` was back after %s in a drill of `%s`, although its worst case is %s", entity->name, words(a, rto), result->scenario->name,
                    words(a, state->finish.worst));
        if (diag)
            diag_help(diag, "a figure is too good: write what was measured as `timing METHOD { rto = …  source = \"%s\" }`", record->file);
    }
    if (diag)
        diag_note(diag, "record `%s`", record->file);
    if (rpo >= 0 && state->rpo.ms >= 0 && rpo > state->rpo.ms) {
        diag =
            find(a, DIAG_E0549, (struct about){.subject = entity, .scenario = result->scenario}, "`%s` had lost %s in a drill of `%s`, its RPO is %s",
                 entity->name, words(a, rpo), result->scenario->name, words(a, state->rpo.ms));
        if (diag)
            diag_note(diag, "record `%s`", record->file);
    }
}

static void check_recoveries(struct analysis *a)
{
    for (uint32_t i = 0; i < a->plan->scenario_count; i++) {
        struct scenario_result *result = &a->plan->scenarios[i];
        int64_t day;
        const struct analysis_record *record = newest(a, recovery_schema, "scenario", result->scenario->name, &day);
        struct value assets = record ? get(a, record, "assets") : value_unknown();

        for (uint32_t n = 0; assets.type == VALUE_LIST && n < assets.u.list->count; n++)
            check_measured(a, result, record, assets.u.list->items[n]);
    }
}

/* ---------------------------------------------------------------- drills */

static void judge_drill(struct analysis *a, struct entity *drill, struct drill_evidence *out)
{
    struct value cadence = entity_slot(drill, DRILL_cadence), success;
    const struct analysis_record *record = newest(a, drill_schema, "drill", drill->name, &out->day);
    struct strbuf why = STRBUF_INIT;
    int64_t age;
    struct diag *diag;

    out->state = "verified";
    if (!record) {
        out->state = "no record";
        strbuf_addstr(&why, "there is no record of it");
    } else {
        out->file = record->file;
        success = get(a, record, "success");
        age = a->options->has_as_of ? a->options->as_of - out->day : 0;
        if (success.type == VALUE_BOOL && !success.u.integer) {
            out->state = "failed";
            strbuf_addstr(&why, "it failed when it was held last");
        } else if (success.type != VALUE_BOOL) {
            out->state = "undecided";
            strbuf_addstr(&why, "nobody has said yet whether its criteria were met");
        } else if (!is_this_plan(a, record)) {
            out->state = "other plan";
            strbuf_addstr(&why, "it was held with another version of this plan");
        } else if (a->options->has_as_of && cadence.type == VALUE_DURATION && age > cadence.u.integer / MS_DAY) {
            out->state = "overdue";
            strbuf_addf(&why, "it was held %lld days ago, its cadence is %s", (long long)age, words(a, cadence.u.integer));
        }
    }
    if (why.len) {
        diag = find(a, DIAG_E0548, (struct about){.unknown = true, .subject = drill}, "drill `%s` needs verification: %s", drill->name,
                    strbuf_str(&why));
        if (diag && record)
            diag_note(diag, "record `%s`", record->file);
        if (diag)
            diag_help(diag, "hold it, and keep the record its script writes with the others");
    }
    strbuf_release(&why);
}

void check_records(struct analysis *a)
{
    const uint32_t count = a->model->declared[BLOCK_DRILL].list.len;

    a->plan->evidence = ARENA_ARRAY(a->arena, struct drill_evidence, count);
    a->plan->evidence_count = count;
    for (uint32_t i = 0; i < count; i++)
        a->plan->evidence[i].drill = a->model->declared[BLOCK_DRILL].list.items[i];
    if (!a->options->has_records)
        return;
    if (!a->options->has_as_of && count)
        diag_report(a->sink, DIAG_E0552, a->plan->evidence[0].drill->span, "records are not judged by age without --as-of");
    for (uint32_t i = 0; i < a->options->record_count; i++)
        check_record(a, &a->options->records[i]);
    for (uint32_t i = 0; i < count; i++)
        judge_drill(a, a->plan->evidence[i].drill, &a->plan->evidence[i]);
    check_recoveries(a);
    check_measured_methods(a);
}
