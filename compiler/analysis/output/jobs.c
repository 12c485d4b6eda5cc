/* Backup jobs: for every `backup` block the kind's procedure with its words filled in, and how files get into and out of
 * the stores it writes to. A backup nobody knows how to take stays a job without a procedure: an explicit manual step. */
#include "analysis/output/output.h"
#include "analysis/recovery/loss.h"
#include "analysis/recovery/recovery.h"

#include <string.h>

static struct value runtime(const struct analysis *a, const char *name)
{
    return (struct value){.type = VALUE_RUNTIME, .u.word = intern_str(a->model->names, name)};
}

/* Adds those that are not there yet. */
static void strings(struct analysis *a, struct value list, const char ***items, uint32_t *count)
{
    const char **all;

    if (list.type != VALUE_LIST)
        return;
    all = ARENA_ARRAY(a->arena, const char *, *count + list.u.list->count);
    for (uint32_t i = 0; i < *count; i++)
        all[i] = (*items)[i];
    for (uint32_t i = 0; i < list.u.list->count; i++) {
        const char *text = value_text(list.u.list->items[i], a->arena);
        bool known = false;

        for (uint32_t k = 0; k < *count && !known; k++)
            known = strcmp(all[k], text) == 0;
        if (!known)
            all[(*count)++] = text;
    }
    *items = all;
}

static const char *needs_it(struct analysis *a, const struct entity *procedure, const struct entity *subject, const struct entity *backup)
{
    return intern_text(a, "procedure `%s` of %s `%s`, for backup `%s` of `%s`", procedure->name, subject->schema->name, subject->name, backup->name,
                       backup->parent->name);
}

static void command(struct analysis *a, const struct entity *procedure, uint32_t row, const struct scope *scope, const struct entity *subject,
                    const struct entity *backup, struct command *out)
{
    struct value value = eval_deferred(a->eval, procedure, row, scope);
    const struct attr *attr = entity_attr(procedure, row);

    if (!attr || value.type == VALUE_ERROR || value.type == VALUE_NULL || evaluate_command(a, value, out))
        return;
    if (!tell_unset(a, attr->value, scope, needs_it(a, procedure, subject, backup)))
        diag_label(diag_report(a->sink, DIAG_E0515, attr->value->span, "a word of the command is not known"), subject->span, "for `%s`",
                   subject->name);
    memset(out, 0, sizeof *out);
}

static struct store_access access_of(struct analysis *a, const struct entity *backup, struct entity *store)
{
    struct store_access access = {.store = store};
    static const char *const names[] = {"put", "fetch", "list", "remove"};
    const struct scope *scope;

    if (!store->kind || !store->kind->procedures.len)
        return access;
    scope = scope_add(a->eval, scope_add(a->eval, NULL, "job", runtime(a, "job")), "self", value_entity(store));
    for (int i = 0; i < 4; i++) {
        struct entity *procedure = kind_procedure(store->kind, names[i]);
        struct command *out = i == 0 ? &access.put : i == 1 ? &access.fetch : i == 2 ? &access.list : &access.remove;

        struct value when;

        if (!procedure)
            continue;
        when = eval_deferred(a->eval, procedure, PROCEDURE_when, scope);
        if (when.type == VALUE_BOOL && !when.u.integer)
            continue; /* e.g. nobody removes from a locked store */
        command(a, procedure, PROCEDURE_run, scope, store, backup, out);
        strings(a, eval_deferred(a->eval, procedure, PROCEDURE_tools, scope), &access.tools, &access.tool_count);
        strings(a, eval_deferred(a->eval, procedure, PROCEDURE_secrets, scope), &access.secrets, &access.secret_count);
    }
    scope_drop(a->eval, scope, NULL);
    return access;
}

static int64_t duration_of(const struct entity *entity, uint32_t row, int64_t unset)
{
    struct value value = value_worst(entity_slot(entity, row));

    return value.type == VALUE_DURATION ? value.u.integer : unset;
}

static const char *word_of(struct analysis *a, struct value value, const char *fallback)
{
    return value.type == VALUE_WORD || value.type == VALUE_STRING ? value_text(value, a->arena) : fallback;
}

static void stores(struct analysis *a, struct backup_job *job)
{
    struct value to = entity_slot(job->backup, BACKUP_to), copies = entity_slot(job->backup, BACKUP_copies);

    if (to.type == VALUE_ENTITY) {
        job->to = to.u.entity;
        job->to_access = ARENA_NEW(a->work, struct store_access);
        *job->to_access = access_of(a, job->backup, job->to);
    }
    if (copies.type != VALUE_LIST || !copies.u.list->count)
        return;
    job->copies = ARENA_ARRAY(a->work, struct entity *, copies.u.list->count);
    job->copy_access = ARENA_ARRAY(a->work, struct store_access, copies.u.list->count);
    for (uint32_t i = 0; i < copies.u.list->count; i++) {
        if (copies.u.list->items[i].type != VALUE_ENTITY)
            continue;
        job->copies[job->copy_count] = copies.u.list->items[i].u.entity;
        job->copy_access[job->copy_count] = access_of(a, job->backup, job->copies[job->copy_count]);
        job->copy_count++;
    }
}

static void fill_procedure(struct analysis *a, struct backup_job *job, const struct scope *scope, struct entity *subject)
{
    struct entity *procedure = job->procedure;
    struct value managed = eval_deferred(a->eval, procedure, PROCEDURE_managed, scope);

    job->managed = managed.type == VALUE_STRING ? managed.u.string : NULL;
    command(a, procedure, PROCEDURE_run, scope, subject, job->backup, &job->run);
    command(a, procedure, PROCEDURE_verify, scope, subject, job->backup, &job->verify);
    command(a, procedure, PROCEDURE_restore, scope, subject, job->backup, &job->restore);
    strings(a, eval_deferred(a->eval, procedure, PROCEDURE_tools, scope), &job->tools, &job->tool_count);
    strings(a, eval_deferred(a->eval, procedure, PROCEDURE_secrets, scope), &job->secrets, &job->secret_count);
    job->suffix = word_of(a, eval_deferred(a->eval, procedure, PROCEDURE_suffix, scope), "backup");
    job->output = word_of(a, eval_deferred(a->eval, procedure, PROCEDURE_output, scope), "file");
    job->capture = word_of(a, eval_deferred(a->eval, procedure, PROCEDURE_capture, scope), "start");
}

static void name_members(struct analysis *a, struct backup_job *job, const struct entity *owner, struct asset *member)
{
    struct value members = owner->schema->id == BLOCK_GROUP ? entity_slot(owner, GROUP_members) : value_unknown();

    job->group = members.type == VALUE_LIST ? job->backup->parent : NULL;
    job->members = ARENA_ARRAY(a->work, struct asset *, members.type == VALUE_LIST ? members.u.list->count + 1 : 1);
    if (member)
        job->members[job->member_count++] = member;
    for (uint32_t i = 0; !member && members.type == VALUE_LIST && i < members.u.list->count; i++) {
        if (members.u.list->items[i].type == VALUE_ENTITY)
            job->members[job->member_count++] = plan_asset(a->plan, members.u.list->items[i].u.entity);
    }
    job->asset = job->member_count ? job->members[0] : NULL;
}

/* `member`: the asset the run is of; NULL for a run that takes a whole group. */
static struct backup_job make_job(struct analysis *a, struct entity *owner, struct entity *backup, struct asset *member)
{
    struct value schedule = entity_slot(backup, BACKUP_schedule);
    struct backup_job job = {.backup = backup, .span = backup->span, .suffix = "backup", .output = "file", .capture = "start"};
    const struct scope *scope = run_scope(a, backup, member);
    const struct entity *window_of;

    job.name = backup_job_name(a->arena, backup, member ? member->entity : NULL);
    name_members(a, &job, owner, member);
    if (schedule.type == VALUE_SCHEDULE) {
        job.schedule = schedule.u.schedule;
        if (job.schedule->zone && a->options->zone)
            job.zone = a->options->zone(a->options->zone_context, job.schedule->zone);
    }
    job.ship_every = duration_of(backup, BACKUP_ship_every, TIME_UNKNOWN);
    job.duration = time_of(entity_slot(backup, BACKUP_duration));
    job.start_window = backup_start_window(backup, &window_of);
    job.jitter = duration_of(backup, BACKUP_jitter, 0);
    job.waits = backup_waits(a, backup);
    job.renew = backup_renewal(backup);
    job.copy_time = time_of(entity_slot(backup, BACKUP_copy_time));
    job.retain = entity_slot(backup, BACKUP_retain);
    job.verify_every = duration_of(backup, BACKUP_verify, TIME_UNKNOWN);
    stores(a, &job);
    job.encryption = encryption_text(a, &job);
    job.procedure = run_procedure(a, backup, member, scope);
    if (job.procedure) {
        fill_procedure(a, &job, scope, member ? member->entity : owner);
        job.runs_at = run_site(a, backup, member);
    }
    scope_drop(a->eval, scope, NULL);
    return job;
}

/* Jobs of one owner stand side by side. */
static void link_jobs(struct analysis *a)
{
    uint32_t first = 0;

    for (uint32_t i = 0; i < a->plan->job_count; i++) {
        struct backup_job *job = &a->plan->jobs[i];
        struct value of = entity_slot(job->backup, BACKUP_of);

        if (job->backup->parent != a->plan->jobs[first].backup->parent)
            first = i;
        if (of.type != VALUE_STRING && of.type != VALUE_WORD)
            continue;
        for (uint32_t other = first; other < a->plan->job_count; other++) {
            const struct entity *backup = a->plan->jobs[other].backup;

            if (backup->parent != job->backup->parent)
                break;
            if (a->plan->jobs[other].asset == job->asset && strcmp(backup->name, of.u.string) == 0)
                job->of = &a->plan->jobs[other];
        }
    }
}

static bool has_procedures(struct value store)
{
    return store.type == VALUE_ENTITY && store.u.entity->kind && store.u.entity->kind->procedures.len > 0;
}

static bool has_commands(const struct entity *procedure)
{
    return procedure && (eval_is_written(procedure, PROCEDURE_run) || eval_is_written(procedure, PROCEDURE_verify) ||
                         eval_is_written(procedure, PROCEDURE_restore));
}

/* A job that no kind knows how to run is a manual step, and one that the platform runs has no words, which no target refuses: a check does
 * without them. */
static bool is_needed(const struct analysis *a, const struct entity *owner, const struct entity *backup)
{
    struct value copies = entity_slot(backup, BACKUP_copies), name = entity_slot(backup, BACKUP_method);

    if (a->options->trees == TREES_ALL || has_procedures(entity_slot(backup, BACKUP_to)))
        return true;
    for (uint32_t i = 0; copies.type == VALUE_LIST && i < copies.u.list->count; i++) {
        if (has_procedures(copies.u.list->items[i]))
            return true;
    }
    if (name.type != VALUE_STRING && name.type != VALUE_WORD)
        name = entity_slot(backup, BACKUP_kind);
    return owner->kind && has_commands(kind_procedure(owner->kind, name.type == VALUE_STRING || name.type == VALUE_WORD ? name.u.string : "full"));
}

typedef VEC(struct backup_job) job_list;

static void add_apart(struct analysis *a, job_list *jobs, struct entity *group, struct entity *backup)
{
    struct value members = entity_slot(group, GROUP_members);

    for (uint32_t i = 0; i < members.u.list->count; i++) {
        struct asset *member = members.u.list->items[i].type == VALUE_ENTITY ? plan_asset(a->plan, members.u.list->items[i].u.entity) : NULL;

        if (member)
            vec_push_owned(a->work, jobs, make_job(a, group, backup, member));
    }
}

void make_jobs(struct analysis *a)
{
    job_list jobs = {0};
    struct entity *backup;

    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        for (uint32_t c = 0; (backup = entity_child(a->plan->assets[i].entity, BLOCK_BACKUP, &c));) {
            if (is_needed(a, a->plan->assets[i].entity, backup))
                vec_push_owned(a->work, &jobs, make_job(a, a->plan->assets[i].entity, backup, &a->plan->assets[i]));
        }
    }
    for (uint32_t i = 0; i < a->model->declared[BLOCK_GROUP].list.len; i++) {
        struct entity *group = a->model->declared[BLOCK_GROUP].list.items[i];

        for (uint32_t c = 0; (backup = entity_child(group, BLOCK_BACKUP, &c));) {
            if (backup_runs_apart(backup))
                add_apart(a, &jobs, group, backup);
            else
                vec_push_owned(a->work, &jobs, make_job(a, group, backup, NULL));
        }
    }
    a->plan->jobs = jobs.items;
    a->plan->job_count = jobs.len;
    link_jobs(a);
}
