/* What schedulers start: each backup that a command of ours takes, and the test of what it left. Said for each scheduler exactly, or not at
 * all: a schedule that one of them cannot express, or reads otherwise than the one that counts, is left out there, with the reason. */
#include "analysis/output/output.h"
#include "analysis/recovery/loss.h"

#include "base/vec.h"
#include "schedule/schedule.h"

#include <string.h>

/* How often data that is backed up `on change` is looked at. */
#define ON_CHANGE_EVERY (5 * MS_MINUTE)

typedef VEC(struct job_task) task_list;

enum cron_dialect job_reading(const struct backup_job *job)
{
    static const struct {
        const char *word;
        enum cron_dialect dialect;
    } named[] = {{"debian", DIALECT_DEBIAN},
                 {"cronie", DIALECT_CRONIE},
                 {"kubernetes", DIALECT_KUBERNETES},
                 {"eventbridge", DIALECT_AWS},
                 {"aws_backup", DIALECT_AWS}};
    struct value word = job->backup ? entity_slot(job->backup, BACKUP_scheduler) : value_unknown();

    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        if (is_word(word, named[i].word))
            return named[i].dialect;
    }
    return DIALECT_SYSTEMD;
}

static struct task_start start(struct analysis *a, const struct job_task *task, enum schedule_target target)
{
    struct schedule_lines lines = {0};
    struct task_start result = {0};
    enum cron_dialect counted = job_reading(task->job);

    if (task->job->runs_at && target == TARGET_KUBERNETES) {
        result.reason = intern_text(a, "it reads what is at %s itself, which no pod sees", task->job->runs_at->entity->name);
        return result;
    }
    if (!schedule_convert(a->arena, task->schedule, target, task->zone, &lines)) {
        result.reason = lines.refusal.reason ? lines.refusal.reason : "it cannot express this schedule";
        result.help = lines.refusal.help;
        return result;
    }
    if (!schedule_same(a->arena, task->schedule, task->zone, counted, target_dialect(target))) {
        result.reason = intern_text(a, "it would start this at other times than %s, whose reading counts", dialect_name(counted));
        result.help = "restrict only one of day of the month and weekday, write the times in UTC, or name the one that runs it: `scheduler = …`";
        return result;
    }
    result.lines = ARENA_ARRAY(a->arena, const char *, lines.count);
    memcpy(result.lines, lines.line, lines.count * sizeof *result.lines);
    result.count = lines.count;
    result.zone = lines.zone;
    return result;
}

static void add_task(struct analysis *a, struct job_task task, task_list *out)
{
    static const enum schedule_target targets[TASK_SCHEDULERS] = {TARGET_CRON_DEBIAN, TARGET_SYSTEMD, TARGET_KUBERNETES};

    for (int i = 0; i < TASK_SCHEDULERS; i++)
        task.starts[i] = start(a, &task, targets[i]);
    vec_push(a->arena, out, task);
}

/* Continuous shipping and backups on change have no slots of their own: something has to look, often enough. */
static void add_backup(struct analysis *a, struct backup_job *job, task_list *out)
{
    struct job_task task = {.job = job, .work = TASK_BACKUP, .schedule = job->schedule, .zone = job->zone};
    struct value interval = job->backup ? entity_slot(job->backup, BACKUP_interval) : value_unknown();
    struct schedule *every;

    if (job->schedule->kind == SCHEDULE_CONTINUOUS || job->schedule->kind == SCHEDULE_ON_CHANGE) {
        every = ARENA_NEW(a->arena, struct schedule);
        every->kind = SCHEDULE_EVERY;
        every->every = ON_CHANGE_EVERY;
        task.work = job->schedule->kind == SCHEDULE_ON_CHANGE ? TASK_IF_CHANGED : TASK_BACKUP;
        if (task.work == TASK_IF_CHANGED && interval.type == VALUE_DURATION && interval.u.integer >= MS_MINUTE)
            every->every = interval.u.integer;
        if (task.work == TASK_BACKUP && job->ship_every >= MS_MINUTE)
            every->every = job->ship_every;
        task.schedule = every;
        task.zone = NULL;
    }
    add_task(a, task, out);
}

/* Tests of stored backups run when most backups are done, spread over two hours so that they do not meet. */
static const struct schedule *test_schedule(struct analysis *a, const struct backup_job *job, uint32_t number)
{
    struct schedule *schedule = ARENA_NEW(a->arena, struct schedule);

    if (job->verify_every < MS_DAY) {
        schedule->kind = SCHEDULE_EVERY;
        schedule->every = job->verify_every;
        return schedule;
    }
    schedule->kind = SCHEDULE_DAILY;
    schedule->times[0] = (uint16_t)(5 * 60 + number * 7 % 120);
    schedule->time_count = 1;
    return schedule;
}

static bool concerns(const struct entity *drill, const struct backup_job *job)
{
    const struct value of = entity_slot(drill, DRILL_of);

    for (uint32_t i = 0; of.type == VALUE_LIST && i < of.u.list->count; i++) {
        const struct value item = of.u.list->items[i];

        for (uint32_t m = 0; m < job->member_count; m++) {
            if (item.type == VALUE_ENTITY && item.u.entity == job->members[m]->entity)
                return true;
        }
    }
    return false;
}

/* The drill that tests this backup without people, when there is one with a time of its own. */
static const struct entity *automated_test(const struct analysis *a, const struct backup_job *job)
{
    for (uint32_t i = 0; i < a->model->declared[BLOCK_DRILL].list.len; i++) {
        const struct entity *drill = a->model->declared[BLOCK_DRILL].list.items[i];

        if (is_word(entity_slot(drill, DRILL_kind), "restore_test") && is_word(entity_slot(drill, DRILL_participants), "automated") &&
            entity_slot(drill, DRILL_at).type == VALUE_SCHEDULE && concerns(drill, job))
            return drill;
    }
    return NULL;
}

static void add_test(struct analysis *a, struct backup_job *job, uint32_t number, task_list *out)
{
    const struct entity *drill = automated_test(a, job);

    if (drill)
        add_task(a, (struct job_task){.job = job, .work = TASK_TEST, .drill = drill, .schedule = entity_slot(drill, DRILL_at).u.schedule}, out);
    else if (job->verify_every > 0)
        add_task(a, (struct job_task){.job = job, .work = TASK_TEST_IF_DUE, .schedule = test_schedule(a, job, number)}, out);
}

void make_job_tasks(struct analysis *a)
{
    task_list tasks = {0};

    for (uint32_t i = 0; i < a->plan->job_count; i++) {
        struct backup_job *job = &a->plan->jobs[i];

        if (!command_is_set(&job->run) || !job->schedule)
            continue;
        add_backup(a, job, &tasks);
        add_test(a, job, i, &tasks);
    }
    a->plan->tasks = tasks.items;
    a->plan->task_count = tasks.len;
}
