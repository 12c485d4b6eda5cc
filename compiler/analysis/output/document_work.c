/* Backups that run, drills, exports and what kinds emit, as the published plan has them. */
#include "analysis/output/document.h"
#include "analysis/output/output.h"

#include "schedule/schedule.h"

#include <string.h>

/* `counted`: whose reading of the schedule is the one that counts; a notation that would fire at other instants is none of it. */
struct reading {
    const struct schedule *schedule;
    const struct zone *zone;
    enum cron_dialect counted;
};

static const char **lines_of(struct maker *m, const struct reading *from, enum schedule_target target, uint32_t *count)
{
    const struct schedule *schedule = from->schedule;
    struct schedule_lines lines;
    const char **list;

    if (schedule->kind == SCHEDULE_CONTINUOUS || schedule->kind == SCHEDULE_ON_CHANGE ||
        !schedule_convert(m->arena, schedule, target, from->zone, &lines))
        return NULL;
    if (from->counted != DIALECT_PLAIN && !schedule_same(m->arena, schedule, from->zone, from->counted, target_dialect(target)))
        return NULL;
    list = ARENA_ARRAY(m->arena, const char *, lines.count);
    memcpy(list, lines.line, lines.count * sizeof *list);
    *count = lines.count;
    return list;
}

static struct plan_schedule *schedule_of(struct maker *m, const struct schedule *from, const struct zone *zone, enum cron_dialect counted)
{
    const struct reading reading = {from, zone, counted};
    struct plan_schedule *out;
    struct strbuf text = STRBUF_INIT;

    if (!from)
        return NULL;
    print_schedule(&text, from);
    out = ARENA_NEW(m->arena, struct plan_schedule);
    out->written = strbuf_dup(&text, m->arena);
    strbuf_release(&text);
    out->zone = from->zone;
    out->debian_cron = lines_of(m, &reading, TARGET_CRON_DEBIAN, &out->debian_cron_count);
    out->cronie = lines_of(m, &reading, TARGET_CRON_CRONIE, &out->cronie_count);
    out->kubernetes = lines_of(m, &reading, TARGET_KUBERNETES, &out->kubernetes_count);
    out->systemd = lines_of(m, &reading, TARGET_SYSTEMD, &out->systemd_count);
    out->eventbridge = lines_of(m, &reading, TARGET_EVENTBRIDGE, &out->eventbridge_count);
    out->aws_backup = lines_of(m, &reading, TARGET_AWS_BACKUP, &out->aws_backup_count);
    return out;
}

static bool same_text(const char *one, const char *other)
{
    return one == other || (one && other && strcmp(one, other) == 0);
}

/* One for all neighbours that have it: most jobs run at the same hour, and each has six notations. */
static struct plan_schedule *shared_schedule(struct maker *m, const struct schedule *from, const struct zone *zone, enum cron_dialect counted)
{
    struct strbuf text = STRBUF_INIT;
    bool same;

    if (!from)
        return NULL;
    print_schedule(&text, from);
    same = m->last_schedule && m->last_zone == zone && m->last_kind == (int)from->kind && m->last_counted == (int)counted &&
           same_text(m->last_schedule->zone, from->zone) && strcmp(m->last_schedule->written, strbuf_str(&text)) == 0;
    strbuf_release(&text);
    if (!same) {
        m->last_schedule = schedule_of(m, from, zone, counted);
        m->last_counted = (int)counted;
        m->last_zone = zone;
        m->last_kind = (int)from->kind;
    }
    return m->last_schedule;
}

/* Of what is emitted: a target that prints a schedule in its own notation finds it by its text. EventBridge reads the hours by UTC, or by a zone
 * that its author puts beside them. */
void document_schedule(struct maker *m, const char *written, const struct schedule *from)
{
    struct schedule_lines lines;
    struct plan_schedule *out;

    if (!m->schedules || !map_add(m->schedules, m->arena, intern_str(m->names, written), m))
        return;
    out = schedule_of(m, from, NULL, DIALECT_PLAIN);
    if (from->zone && strcmp(from->zone, "UTC") != 0 && strcmp(from->zone, "Etc/UTC") != 0) {
        out->eventbridge = NULL;
        out->eventbridge_count = 0;
        out->eventbridge_reason = "it is in a time zone, and this expression is read in UTC";
    } else if (from->kind == SCHEDULE_CONTINUOUS || from->kind == SCHEDULE_ON_CHANGE) {
        out->eventbridge_reason = from->kind == SCHEDULE_CONTINUOUS ? "it is continuous" : "it follows changes, not the clock";
    } else if (!schedule_convert(m->arena, from, TARGET_EVENTBRIDGE, NULL, &lines)) {
        out->eventbridge_reason = lines.refusal.reason;
    }
    vec_push(m->arena, &m->emitted_schedules, *out);
}

/* ---- jobs and stores */

static void fill_store(struct maker *m, const struct store_access *from, struct plan_store *out)
{
    out->store = document_thing(m, from->store);
    out->put = document_command(m, &from->put);
    out->fetch = document_command(m, &from->fetch);
    out->list = document_command(m, &from->list);
    out->remove = document_command(m, &from->remove);
    out->tools = from->tools;
    out->tools_count = from->tool_count;
    out->secrets = from->secrets;
    out->secrets_count = from->secret_count;
}

/* Each store once, in the order in which jobs use them. */
static void add_store(struct maker *m, struct map *seen, const struct store_access *from)
{
    if (from && map_add(seen, m->arena, (atom)(const void *)from->store, m))
        fill_store(m, from, &m->out->stores[m->out->stores_count++]);
}

static void make_stores(struct maker *m)
{
    struct map seen = {0};
    uint32_t most = 0;

    for (uint32_t i = 0; i < m->plan->job_count; i++)
        most += 1 + m->plan->jobs[i].copy_count;
    if (most > m->plan->model->declared[BLOCK_STORE].list.len)
        most = m->plan->model->declared[BLOCK_STORE].list.len;
    m->out->stores = ARENA_ARRAY(m->arena, struct plan_store, most);
    for (uint32_t i = 0; i < m->plan->job_count; i++) {
        const struct backup_job *job = &m->plan->jobs[i];

        add_store(m, &seen, job->to_access);
        for (uint32_t c = 0; job->copy_access && c < job->copy_count; c++)
            add_store(m, &seen, &job->copy_access[c]);
    }
}

static struct plan_value *kept(struct maker *m, struct value value)
{
    struct plan_value *out;

    if (!value_is_known(value))
        return NULL;
    out = ARENA_NEW(m->arena, struct plan_value);
    *out = document_value(m, value);
    return out;
}

static const char *kept_text(struct maker *m, struct value value)
{
    struct strbuf text = STRBUF_INIT;
    const char *words;

    if (value.type == VALUE_UNKNOWN)
        return NULL;
    for (uint32_t i = 0; value.type == VALUE_OBJECT && i < value.u.object->count; i++)
        strbuf_addf(&text, "%s%s %s", i ? ", " : "", value_text(value.u.object->pairs[i].value, m->arena), value.u.object->pairs[i].key);
    if (value.type != VALUE_OBJECT)
        value_print(value, &text);
    words = strbuf_dup(&text, m->arena);
    strbuf_release(&text);
    return words;
}

static void fill_job(struct maker *m, const struct backup_job *from, struct plan_job *out)
{
    struct strbuf id = STRBUF_INIT;

    /* Two jobs of one name are refused by what would write them, and told all the same. */
    strbuf_addf(&id, "job %s", from->name);
    out->name = document_free_id(m, strbuf_str(&id)) + strlen("job ");
    strbuf_release(&id);
    out->assets = ARENA_ARRAY(m->arena, struct plan_asset *, from->member_count);
    for (uint32_t i = 0; i < from->member_count; i++)
        out->assets[out->assets_count++] = document_asset(m, from->members[i]);
    out->backup = document_thing(m, from->backup);
    out->group = document_group(m, from->group);
    out->procedure = from->procedure ? from->procedure->name : NULL;
    out->managed = from->managed;
    out->runs_at = document_site(m, from->runs_at);
    out->schedule = shared_schedule(m, from->schedule, from->zone, job_reading(from));
    out->run = document_command(m, &from->run);
    out->verify = document_command(m, &from->verify);
    out->restore = document_command(m, &from->restore);
    out->tools = from->tools;
    out->tools_count = from->tool_count;
    out->secrets = from->secrets;
    out->secrets_count = from->secret_count;
    out->suffix = from->suffix;
    out->output = from->output;
    out->to = document_thing(m, from->to);
    out->copies = document_list(m, from->copies, from->copy_count, &out->copies_count);
    out->ship_every = from->ship_every;
    out->duration = document_range(from->duration);
    out->start_window = from->start_window;
    out->jitter = from->jitter;
    out->waits = from->waits;
    out->renew = from->renew;
    out->copy_time = document_range(from->copy_time);
    out->retain = kept(m, from->retain);
    out->retain_text = kept_text(m, from->retain);
    out->verify_every = from->verify_every;
    out->capture = from->capture;
    out->encryption = from->encryption;
    out->origin = document_origin(m, from->span);
}

static void make_jobs_of(struct maker *m)
{
    m->out->jobs_count = m->plan->job_count;
    m->out->jobs = ARENA_ARRAY(m->arena, struct plan_job, m->plan->job_count);
    for (uint32_t i = 0; i < m->plan->job_count; i++)
        fill_job(m, &m->plan->jobs[i], &m->out->jobs[i]);
    for (uint32_t i = 0; i < m->plan->job_count; i++) {
        const struct backup_job *of = m->plan->jobs[i].of;

        if (of)
            m->out->jobs[i].of = &m->out->jobs[of - m->plan->jobs];
    }
}

/* ---- tasks */

static void fill_task(struct maker *m, const struct job_task *from, struct plan_task *out)
{
    static const char *const schedulers[TASK_SCHEDULERS] = {"debian_cron", "systemd", "kubernetes"};
    static const uint8_t work[] = {PLAN_WORK_backup, PLAN_WORK_if_changed, PLAN_WORK_test, PLAN_WORK_test_if_due};
    struct strbuf text = STRBUF_INIT;

    out->job = &m->out->jobs[from->job - m->plan->jobs];
    out->work = work[from->work];
    out->drill = document_thing(m, from->drill);
    print_schedule(&text, from->schedule);
    out->schedule = strbuf_dup(&text, m->arena);
    strbuf_release(&text);
    out->starts_count = TASK_SCHEDULERS;
    out->starts = ARENA_ARRAY(m->arena, struct plan_start, TASK_SCHEDULERS);
    for (int i = 0; i < TASK_SCHEDULERS; i++) {
        const struct task_start *start = &from->starts[i];

        out->starts[i] = (struct plan_start){schedulers[i], start->lines, start->count, start->zone, start->reason, start->help};
    }
}

static void make_tasks_of(struct maker *m)
{
    m->out->tasks_count = m->plan->task_count;
    m->out->tasks = ARENA_ARRAY(m->arena, struct plan_task, m->plan->task_count);
    for (uint32_t i = 0; i < m->plan->task_count; i++)
        fill_task(m, &m->plan->tasks[i], &m->out->tasks[i]);
}

/* ---- drills and exports */

/* Its commands and steps are known once everything else is right. */
static void fill_drill_work(struct maker *m, const struct drill_plan *from, struct plan_drill *out)
{
    if (from->result)
        out->scenario = &m->out->scenarios[from->result - m->plan->scenarios];
    out->create = document_command(m, &from->create);
    out->destroy = document_command(m, &from->destroy);
    document_steps(m, from->steps, from->step_count, &out->steps, &out->steps_count);
}

static void fill_drill(struct maker *m, const struct entity *drill, struct plan_drill *out)
{
    const struct model *model = m->plan->model;
    struct value at = entity_slot(drill, DRILL_at);

    out->name = drill->name;
    out->thing = document_thing(m, drill);
    out->kind = entity_string(model, drill, "kind", NULL);
    out->cadence = entity_integer(model, drill, "cadence", TIME_UNKNOWN);
    out->at = at.type == VALUE_SCHEDULE ? shared_schedule(m, at.u.schedule, NULL, DIALECT_PLAIN) : NULL;
    if (drill->index < m->plan->drill_count)
        fill_drill_work(m, &m->plan->drills[drill->index], out);
    out->held_on = PLAN_NO_DAY;
    if (drill->index < m->plan->evidence_count) {
        const struct drill_evidence *evidence = &m->plan->evidence[drill->index];

        out->state = evidence->state;
        out->record = evidence->file;
        out->held_on = evidence->file ? evidence->day : PLAN_NO_DAY;
    }
    out->origin = document_origin(m, drill->span);
}

static void make_drills_of(struct maker *m)
{
    uint32_t count = m->plan->model->declared[BLOCK_DRILL].list.len;

    m->out->drills_count = count;
    m->out->drills = ARENA_ARRAY(m->arena, struct plan_drill, count);
    for (uint32_t i = 0; i < count; i++)
        fill_drill(m, m->plan->model->declared[BLOCK_DRILL].list.items[i], &m->out->drills[i]);
}

static void make_exports_of(struct maker *m)
{
    m->out->exports_count = m->plan->export_count;
    m->out->exports = ARENA_ARRAY(m->arena, struct plan_export, m->plan->export_count);
    for (uint32_t i = 0; i < m->plan->export_count; i++) {
        const struct export_plan *from = &m->plan->exports[i];

        m->out->exports[i] = (struct plan_export){document_thing(m, from->export),
                                                  document_command(m, &from->run),
                                                  document_command(m, &from->import),
                                                  document_command(m, &from->verify),
                                                  from->words,
                                                  from->idempotent};
    }
}

/* ---- emissions */

static void fill_block(struct maker *m, const struct emitted_block *from, struct plan_emitted_block *out)
{
    out->type = from->type;
    out->labels = from->labels;
    out->labels_count = from->label_count;
    out->attributes_count = from->attr_count;
    out->attributes = ARENA_ARRAY(m->arena, struct plan_emitted_attribute, from->attr_count);
    for (uint32_t i = 0; i < from->attr_count; i++) {
        struct plan_value *value = ARENA_NEW(m->arena, struct plan_value);

        *value = document_value(m, from->attrs[i].value);
        out->attributes[i] =
            (struct plan_emitted_attribute){from->attrs[i].name, value, document_origin(m, from->attrs[i].span), document_at(from->attrs[i].span)};
    }
    out->blocks_count = from->block_count;
    out->blocks = ARENA_ARRAY(m->arena, struct plan_emitted_block, from->block_count);
    for (uint32_t i = 0; i < from->block_count; i++)
        fill_block(m, from->blocks[i], &out->blocks[i]);
    out->origin = document_origin(m, from->span);
    out->place = document_at(from->span);
}

void make_emissions_of(struct maker *m, const char *target)
{
    struct map schedules = {0};

    m->schedules = &schedules;
    m->out->emissions = ARENA_ARRAY(m->arena, struct plan_emission, m->plan->emission_count);
    for (uint32_t i = 0; i < m->plan->emission_count; i++) {
        const struct emission *from = &m->plan->emissions[i];
        struct plan_emission *out = &m->out->emissions[m->out->emissions_count];

        if (target && strcmp(from->target, target) != 0)
            continue;
        m->out->emissions_count++;
        *out = (struct plan_emission){.target = from->target,
                                      .root = (uint8_t)from->root,
                                      .site = document_site(m, from->site),
                                      .file = from->file,
                                      .example = from->example,
                                      .subject = document_thing(m, from->subject),
                                      .kind = from->kind->name,
                                      .shared = from->shared};
        out->block = ARENA_NEW(m->arena, struct plan_emitted_block);
        fill_block(m, from->block, out->block);
    }
    m->schedules = NULL;
    m->out->schedules = m->emitted_schedules.items;
    m->out->schedules_count = m->emitted_schedules.len;
}

void make_work(struct maker *m)
{
    make_stores(m);
    make_jobs_of(m);
    make_tasks_of(m);
    make_drills_of(m);
    make_exports_of(m);
    make_emissions_of(m, NULL);
}
