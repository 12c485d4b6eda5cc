/* The script of one backup job: facts, and one function for each command of its kind's and its stores' procedures. How a
 * backup runs is in cron/lib/drc-backup-lib.sh. */
#include "backends/cron/cron.h"

#include "backends/common/command.h"
#include "backends/common/published.h"
#include "backends/common/tell.h"
#include "emit/sh.h"

#include <string.h>

const char *cron_job_name(struct arena *arena, const struct backup_job *job)
{
    return output_name(arena, job->name);
}

int64_t cron_timeout(const struct backup_job *job)
{
    int64_t worst = job->duration.known ? job->duration.worst / 1000 : 0, waits = job->waits > 0 ? job->waits / 1000 : 0;

    if (worst <= 0)
        return 6 * 3600 + waits;
    return (worst * 2 > worst + 900 ? worst * 2 : worst + 900) + waits;
}

static void fact(struct sh *w, const char *key, const char *value)
{
    struct sh_cmd cmd = SH_CMD(w->arena, sh_lit(w->arena, "job"), sh_lit(w->arena, key), sh_lit(w->arena, value));

    sh_run(w, &cmd);
}

static void fact_number(struct sh *w, const char *key, int64_t value)
{
    fact(w, key, arena_printf(w->arena, "%lld", (long long)value));
}

/* Seconds, "forever", or "daily=14 weekly=8": as the library reads it. */
static const char *retention(struct arena *arena, struct value retain)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    if (retain.type == VALUE_DURATION)
        return arena_printf(arena, "%lld", (long long)(retain.u.integer / 1000));
    if (retain.type != VALUE_OBJECT)
        return "forever";
    for (uint32_t i = 0; i < retain.u.object->count; i++) {
        const struct value_pair *pair = &retain.u.object->pairs[i];

        if (pair->value.type == VALUE_INT && pair->value.u.integer > 0)
            strbuf_addf(&text, "%s%s=%lld", text.len > 0 ? " " : "", pair->key, (long long)pair->value.u.integer);
    }
    result = text.len > 0 ? strbuf_dup(&text, arena) : "forever";
    strbuf_release(&text);
    return result;
}

/* Each once, in the order met. */
static void fact_once(struct sh *w, struct map *seen, struct intern *names, const char *key, const char *value)
{
    if (map_add(seen, w->arena, intern_str(names, value), seen))
        fact(w, key, value);
}

static const struct store_access *access_at(const struct backup_job *job, uint32_t number)
{
    return number == 0 ? job->to_access : job->copy_access ? &job->copy_access[number - 1] : NULL;
}

static void write_tools(struct cron_output *c, struct sh *w, const struct backup_job *job)
{
    struct intern *names = c->plan->model->names;
    struct map tools = {0}, secrets = {0}, store_tools = {0}, store_secrets = {0};

    for (uint32_t i = 0; i < job->tool_count; i++)
        fact_once(w, &tools, names, "tool", job->tools[i]);
    for (uint32_t i = 0; i < job->secret_count; i++)
        fact_once(w, &secrets, names, "secret", sh_identifier(w->arena, job->secrets[i]));
    /* A job whose command stores by itself uses no store of the library's. */
    if (job->output && strcmp(job->output, "none") == 0)
        return;
    for (uint32_t s = 0; s <= job->copy_count; s++) {
        const struct store_access *access = access_at(job, s);

        for (uint32_t i = 0; access && i < access->tool_count; i++)
            fact_once(w, &store_tools, names, "store_tool", access->tools[i]);
        for (uint32_t i = 0; access && i < access->secret_count; i++)
            fact_once(w, &store_secrets, names, "store_secret", sh_identifier(w->arena, access->secrets[i]));
    }
}

static void write_load(struct cron_output *c, struct sh *w, const struct backup_job *job)
{
    uint32_t cursor = 0;
    const struct entity *load = job->backup ? entity_child(job->backup, BLOCK_LOAD, &cursor) : NULL;
    const struct entity *failure;
    struct value notify;
    struct strbuf names = STRBUF_INIT;

    if (load && entity_slot(load, LOAD_nice).type == VALUE_INT)
        fact_number(w, "nice", entity_slot(load, LOAD_nice).u.integer);
    if (load && entity_string(c->plan->model, load, "not_within", NULL))
        fact(w, "not_within", entity_string(c->plan->model, load, "not_within", ""));
    cursor = 0;
    failure = job->backup ? entity_child(job->backup, BLOCK_ON_FAILURE, &cursor) : NULL;
    if (failure) {
        fact_number(w, "alert_after", entity_integer(c->plan->model, failure, "after", 1));
        notify = entity_slot(failure, ON_FAILURE_notify);
        for (uint32_t i = 0; notify.type == VALUE_LIST && i < notify.u.list->count; i++) {
            if (notify.u.list->items[i].type == VALUE_ENTITY)
                strbuf_addf(&names, "%s%s", names.len > 0 ? ", " : "", notify.u.list->items[i].u.entity->name);
        }
        if (names.len > 0)
            fact(w, "notify", strbuf_str(&names));
        if (entity_string(c->plan->model, failure, "heartbeat", NULL))
            fact(w, "heartbeat", entity_string(c->plan->model, failure, "heartbeat", ""));
        strbuf_release(&names);
    }
}

static void write_facts(struct cron_output *c, struct sh *w, const struct backup_job *job)
{
    fact(w, "plan", c->plan->name);
    fact(w, "plan_slug", c->slug);
    fact(w, "name", cron_job_name(c->arena, job));
    fact(w, "output", job->output && *job->output ? job->output : "file");
    fact(w, "suffix", job->suffix && *job->suffix ? job->suffix : "backup");
    if (job->runs_at && strcmp(job->runs_at->level, "host") == 0) {
        fact(w, "host", job->runs_at->entity->name);
        if (entity_string(c->plan->model, job->runs_at->entity, "address", NULL))
            fact(w, "address", entity_string(c->plan->model, job->runs_at->entity, "address", ""));
        if (c->spread)
            fact_number(w, "spread", 1);
    }
    fact_number(w, "timeout", cron_timeout(job));
    if (job->waits > 0)
        fact_number(w, "waits", (job->waits + 999) / 1000);
    fact(w, "retain", retention(c->arena, job->retain));
    if (job->jitter > 0)
        fact_number(w, "jitter", job->jitter / 1000);
    if (job->verify_every > 0)
        fact_number(w, "verify_every", job->verify_every / 1000);
    if (job->of)
        fact(w, "of", cron_job_name(c->arena, job->of));
    for (uint32_t i = 0; i < c->needed_by[job - c->plan->jobs].jobs.len; i++)
        fact(w, "needed_by", cron_job_name(c->arena, c->needed_by[job - c->plan->jobs].jobs.items[i]));
    write_load(c, w, job);
    write_tools(c, w, job);
}

static void write_function(struct sh *w, const char *name, const struct command *command)
{
    if (!command_is_set(command))
        return;
    sh_blank(w);
    sh_function_begin(w, name);
    command_write(w, published_command(w->arena, command));
    sh_function_end(w);
}

/* One of those to be told. False when no program can reach it. */
static bool tell(struct cron_output *c, struct sh *w, const struct entity *who, bool first)
{
    const struct plan_thing *thing = who ? plan_find(c->index, arena_printf(c->arena, "%s.%s", who->schema->name, who->name)) : NULL;

    if (!tell_reaches(c->arena, c->index, thing))
        return false;
    if (first) {
        sh_blank(w);
        sh_function_begin(w, "job_alert");
    }
    tell_write(w, c->index, thing);
    return true;
}

/* Whom `on_failure` names; who answers for the asset, else for the plan, where it names nobody that a program can reach. */
static void write_alert(struct cron_output *c, struct sh *w, const struct backup_job *job)
{
    uint32_t cursor = 0;
    const struct entity *failure = job->backup ? entity_child(job->backup, BLOCK_ON_FAILURE, &cursor) : NULL;
    struct value notify = failure ? entity_slot(failure, ON_FAILURE_notify) : value_unknown();
    const struct entity *plan = c->plan->model->plan;
    bool any = false;

    for (uint32_t i = 0; notify.type == VALUE_LIST && i < notify.u.list->count; i++) {
        const struct entity *who = notify.u.list->items[i].type == VALUE_ENTITY ? notify.u.list->items[i].u.entity : NULL;

        any |= tell(c, w, who, !any);
    }
    if (!any && job->asset)
        any = tell(c, w, job->asset->owner, true);
    if (!any && plan)
        any = tell(c, w, entity_ref(c->plan->model, plan, "owner"), true);
    if (any)
        sh_function_end(w);
}

static void write_store(struct cron_output *c, struct sh *w, uint32_t number, const struct entity *store,
                        const struct store_access *access)
{
    struct sh_cmd cmd = SH_CMD(c->arena, sh_lit(c->arena, "store"), sh_lit(c->arena, store->name));

    sh_blank(w);
    sh_comment(w, arena_printf(c->arena, "%s %s", number == 0 ? "Written to" : "Copied to", entity_title(c->plan->model, store)));
    sh_run(w, &cmd);
    if (!access)
        return;
    write_function(w, arena_printf(c->arena, "store_%u_put", number), &access->put);
    write_function(w, arena_printf(c->arena, "store_%u_fetch", number), &access->fetch);
    write_function(w, arena_printf(c->arena, "store_%u_list", number), &access->list);
    write_function(w, arena_printf(c->arena, "store_%u_remove", number), &access->remove);
}

void cron_write_job(struct cron_output *c, const struct backup_job *job)
{
    struct strbuf text = STRBUF_INIT, head = STRBUF_INIT;
    struct sh w;

    strbuf_addf(&head, "Backup job %s of plan %s", job->name, c->plan->name);
    if (job->schedule) {
        strbuf_addstr(&head, ", ");
        print_schedule(&head, job->schedule);
    }
    strbuf_addf(&head, ".\nSee `%s.sh --help` and README.md.\n", cron_job_name(c->arena, job));
    strbuf_addf(&head, "Generated by drc%s.", cron_origin(c, job->span));
    sh_init(&w, c->arena, &text);
    sh_header(&w, strbuf_str(&head));
    strbuf_release(&head);
    sh_blank(&w);
    sh_fixed(&w, "here=\"$(cd -- \"$(dirname -- \"${BASH_SOURCE[0]}\")\" && pwd)\"");
    sh_fixed(&w, "# shellcheck source=../lib/drc-backup-lib.sh");
    sh_fixed(&w, "source \"${here}/../lib/drc-backup-lib.sh\"");
    sh_blank(&w);
    write_facts(c, &w, job);
    write_function(&w, "job_run", &job->run);
    write_function(&w, "job_verify", &job->verify);
    write_function(&w, "job_restore", &job->restore);
    write_alert(c, &w, job);
    if (!job->output || strcmp(job->output, "none") != 0) {
        if (job->to)
            write_store(c, &w, 0, job->to, job->to_access);
        for (uint32_t i = 0; i < job->copy_count; i++)
            write_store(c, &w, i + 1, job->copies[i], access_at(job, i + 1));
    }
    sh_blank(&w);
    sh_fixed(&w, "drc_job_main \"$@\"");
    cron_add(c, arena_printf(c->arena, "cron/jobs/%s.sh", cron_job_name(c->arena, job)), &text, true, job->span);
    strbuf_release(&text);
}
