/* The part of the plan that targets look at before they refuse anything (plan/checked.h). */
#include "analysis/output/document.h"

#include "plan/checked.h"

#include <string.h>

/* ---- names and emissions */

static void want(struct maker *m, struct map *wanted, const struct entity *entity)
{
    while (entity && entity->parent)
        entity = entity->parent;
    if (entity)
        map_set(wanted, m->arena, (atom)(const void *)entity, m);
}

static void want_value(struct maker *m, struct map *wanted, struct value value)
{
    switch (value.type) {
    case VALUE_ENTITY: want(m, wanted, value.u.entity); break;
    case VALUE_FACT: want(m, wanted, value.u.fact->entity); break;
    case VALUE_LIST:
        for (uint32_t i = 0; i < value.u.list->count; i++)
            want_value(m, wanted, value.u.list->items[i]);
        break;
    case VALUE_OBJECT:
        for (uint32_t i = 0; i < value.u.object->count; i++)
            want_value(m, wanted, value.u.object->pairs[i].value);
        break;
    case VALUE_CALL:
        for (uint32_t i = 0; i < value.u.call->count; i++)
            want_value(m, wanted, value.u.call->arguments[i]);
        break;
    case VALUE_TEXT:
        for (uint32_t i = 0; i < value.u.text->count; i++)
            want_value(m, wanted, value.u.text->parts[i].value);
        break;
    default: break;
    }
}

static void want_block(struct maker *m, struct map *wanted, const struct emitted_block *block)
{
    for (uint32_t i = 0; i < block->attr_count; i++)
        want_value(m, wanted, block->attrs[i].value);
    for (uint32_t i = 0; i < block->block_count; i++)
        want_block(m, wanted, block->blocks[i]);
}

static struct plan_document *names_and_emissions(struct maker *m)
{
    struct plan_document *out = ARENA_NEW(m->arena, struct plan_document);
    const struct plan *plan = m->plan;
    struct map *wanted = ARENA_NEW(m->arena, struct map);
    const struct model *model = plan->model;
    bool any = model->declared[BLOCK_ENDPOINT].list.len > 0;

    m->out = out;
    m->wanted = wanted;
    out->format = PLAN_FORMAT;
    out->name = plan->name;
    for (uint32_t i = 0; i < plan->emission_count; i++) {
        if (strcmp(plan->emissions[i].target, "terraform") != 0)
            continue;
        any = true;
        want(m, wanted, plan->emissions[i].subject);
        want_block(m, wanted, plan->emissions[i].block);
    }
    if (!any)
        return out;
    for (uint32_t i = 0; i < plan->site_count; i++)
        want(m, wanted, plan->sites[i].entity);
    for (uint32_t i = 0; i < model->declared[BLOCK_ENDPOINT].list.len; i++)
        want(m, wanted, model->declared[BLOCK_ENDPOINT].list.items[i]);
    for (uint32_t i = 0; i < model->declared[BLOCK_TERRAFORM_PROVIDER].list.len; i++)
        want(m, wanted, model->declared[BLOCK_TERRAFORM_PROVIDER].list.items[i]);
    name_things(m);
    fill_things(m);
    make_sites(m);
    make_names(m);
    make_emissions_of(m, "terraform");
    return out;
}

/* ---- jobs */

static const struct plan_start *starts_of(struct maker *m, const struct job_task *task)
{
    static const char *const schedulers[TASK_SCHEDULERS] = {"debian_cron", "systemd", "kubernetes"};
    struct plan_start *starts = ARENA_ARRAY(m->arena, struct plan_start, TASK_SCHEDULERS);

    for (int i = 0; i < TASK_SCHEDULERS; i++)
        starts[i] = (struct plan_start){.scheduler = schedulers[i], .reason = task->starts[i].reason, .help = task->starts[i].help};
    return starts;
}

/* Tasks run in the order of jobs. Told by the task of the backup itself, where no scheduler starts it or its test. */
static const struct plan_start *never_starts(struct maker *m, const struct backup_job *job, uint32_t *next)
{
    const struct plan *plan = m->plan;
    const struct job_task *first = *next < plan->task_count ? &plan->tasks[*next] : NULL;
    bool starts = false;

    for (; *next < plan->task_count && plan->tasks[*next].job == job; ++*next) {
        for (int s = 0; s < TASK_SCHEDULERS; s++)
            starts |= plan->tasks[*next].starts[s].count > 0;
    }
    return starts || !first || first->job != job ? NULL : starts_of(m, first);
}

/* The entry that the asset was made of, where the backup stands in the block that many are made by. */
static struct span entry_of(const struct maker *m, const struct backup_job *job)
{
    const struct entity *thing = job->asset ? job->asset->entity : NULL;

    if (!thing || !thing->tree || !thing->scope || sources_file_at(m->sources, thing->span.start) == sources_file_at(m->sources, job->span.start))
        return (struct span){0, 0};
    return thing->span;
}

static void add_jobs(struct maker *m, struct plan_checked *out)
{
    struct plan_checked_job *jobs = ARENA_ARRAY(m->arena, struct plan_checked_job, m->plan->job_count);
    uint32_t next = 0;

    for (uint32_t i = 0; i < m->plan->job_count; i++) {
        const struct backup_job *from = &m->plan->jobs[i];
        struct plan_checked_job *job = &jobs[out->jobs_count];
        bool writes = !from->output || strcmp(from->output, "none") != 0;

        if (!command_is_set(&from->run))
            continue;
        out->jobs_count++;
        job->name = from->name;
        job->backup = from->backup->name;
        job->of = from->group ? from->group->name : from->asset ? from->asset->name : from->name;
        job->place = document_at(from->span);
        job->entry = document_at(entry_of(m, from));
        job->starts = never_starts(m, from, &next);
        if (writes && from->to && (!from->to_access || !command_is_set(&from->to_access->put))) {
            job->refused_by = from->to->name;
            job->refused_at = document_at(from->to->span);
        }
    }
    out->jobs = jobs;
}

/* ---- shell texts */

struct shells {
    struct maker *m;
    VEC(struct plan_checked_shell) list;
};

static void add_shell(struct shells *shells, enum plan_shell_of kind, const char *of, const char *which, const struct command *command)
{
    if (command && command->is_shell)
        vec_push(shells->m->arena, &shells->list, ((struct plan_checked_shell){kind, of, which, document_command(shells->m, command)}));
}

/* Each store once, in the order in which jobs use them. */
static void add_store_shells(struct shells *shells, struct map *seen, const struct store_access *access)
{
    if (!access || !map_add(seen, shells->m->arena, (atom)(const void *)access->store, shells))
        return;
    add_shell(shells, PLAN_SHELL_STORE, access->store->name, "put", &access->put);
    add_shell(shells, PLAN_SHELL_STORE, access->store->name, "fetch", &access->fetch);
    add_shell(shells, PLAN_SHELL_STORE, access->store->name, "list", &access->list);
    add_shell(shells, PLAN_SHELL_STORE, access->store->name, "remove", &access->remove);
}

static void add_job_shells(struct shells *shells, const struct plan *plan)
{
    struct map seen = {0};

    for (uint32_t i = 0; i < plan->job_count; i++) {
        const struct backup_job *job = &plan->jobs[i];

        if (!command_is_set(&job->run))
            continue;
        add_shell(shells, PLAN_SHELL_JOB, job->name, "run", &job->run);
        add_shell(shells, PLAN_SHELL_JOB, job->name, "verify", &job->verify);
        add_shell(shells, PLAN_SHELL_JOB, job->name, "restore", &job->restore);
    }
    for (uint32_t i = 0; i < plan->job_count; i++) {
        add_store_shells(shells, &seen, plan->jobs[i].to_access);
        for (uint32_t c = 0; plan->jobs[i].copy_access && c < plan->jobs[i].copy_count; c++)
            add_store_shells(shells, &seen, &plan->jobs[i].copy_access[c]);
    }
}

static void add_step_shells(struct shells *shells, struct step *const *steps, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        add_shell(shells, PLAN_SHELL_STEP, steps[i]->id, "check", steps[i]->check);
        add_shell(shells, PLAN_SHELL_STEP, steps[i]->id, "run", steps[i]->run);
        add_shell(shells, PLAN_SHELL_STEP, steps[i]->id, "until", steps[i]->until);
        add_shell(shells, PLAN_SHELL_STEP, steps[i]->id, "verify", steps[i]->verify);
        add_shell(shells, PLAN_SHELL_STEP, steps[i]->id, "undo", steps[i]->undo);
    }
}

static void add_shells(struct maker *m, struct plan_checked *out)
{
    const struct plan *plan = m->plan;
    struct shells shells = {.m = m};

    add_job_shells(&shells, plan);
    for (uint32_t i = 0; i < plan->scenario_count; i++) {
        add_step_shells(&shells, plan->scenarios[i].steps, plan->scenarios[i].step_count);
        add_step_shells(&shells, plan->scenarios[i].failback, plan->scenarios[i].failback_count);
    }
    for (uint32_t i = 0; i < plan->drill_count; i++)
        add_step_shells(&shells, plan->drills[i].steps, plan->drills[i].step_count);
    for (uint32_t i = 0; i < plan->drill_count; i++) {
        add_shell(&shells, PLAN_SHELL_DRILL, plan->drills[i].drill->name, "create", &plan->drills[i].create);
        add_shell(&shells, PLAN_SHELL_DRILL, plan->drills[i].drill->name, "destroy", &plan->drills[i].destroy);
    }
    for (uint32_t i = 0; i < plan->export_count; i++) {
        add_shell(&shells, PLAN_SHELL_EXPORT, plan->exports[i].export->name, "run", &plan->exports[i].run);
        add_shell(&shells, PLAN_SHELL_EXPORT, plan->exports[i].export->name, "import", &plan->exports[i].import);
        add_shell(&shells, PLAN_SHELL_EXPORT, plan->exports[i].export->name, "verify", &plan->exports[i].verify);
    }
    out->shells = shells.list.items;
    out->shells_count = shells.list.len;
}

/* ---- names of files */

static void add_names(struct maker *m, struct plan_checked *out)
{
    struct plan_checked_name *scenarios = ARENA_ARRAY(m->arena, struct plan_checked_name, m->plan->scenario_count);
    struct plan_checked_name *drills = ARENA_ARRAY(m->arena, struct plan_checked_name, m->plan->drill_count);

    for (uint32_t i = 0; i < m->plan->scenario_count; i++) {
        const struct entity *scenario = m->plan->scenarios[i].scenario;

        scenarios[i] = (struct plan_checked_name){scenario->name, document_at(scenario->span)};
    }
    for (uint32_t i = 0; i < m->plan->drill_count; i++)
        drills[i] = (struct plan_checked_name){m->plan->drills[i].drill->name, document_at(m->plan->drills[i].drill->span)};
    out->scenarios = scenarios;
    out->scenarios_count = m->plan->scenario_count;
    out->drills = drills;
    out->drills_count = m->plan->drill_count;
}

const struct plan_checked *make_checked(const struct plan *plan, struct arena *arena)
{
    struct plan_checked *out = ARENA_NEW(arena, struct plan_checked);
    struct maker m = {.plan = plan, .sources = plan->model->sources, .arena = arena, .names = intern_new(arena), .ids = intern_new(arena)};

    out->document = names_and_emissions(&m);
    add_names(&m, out);
    add_jobs(&m, out);
    add_shells(&m, out);
    return out;
}
