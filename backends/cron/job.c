/* The script of one backup job: facts, and one function for each command of its kind's and its stores' procedures. How a
 * backup runs is in cron/lib/drc-backup-lib.sh. */
#include "backends/cron/cron.h"

#include "backends/common/command.h"
#include "backends/common/tell.h"
#include "emit/sh.h"

#include <string.h>

const char *cron_job_name(struct arena *arena, const struct plan_job *job)
{
    return output_name(arena, job->name);
}

/* With room: who is slower than the proof counts is late, and need not be killed for it. */
static int64_t limit_of(struct plan_range takes)
{
    int64_t worst = takes.known ? takes.worst / 1000 : 0;

    return worst <= 0 ? 6 * 3600 : worst * 2 > worst + 900 ? worst * 2 : worst + 900;
}

static int64_t cron_timeout(const struct plan_job *job)
{
    return limit_of(job->duration) + (job->waits > 0 ? job->waits / 1000 : 0);
}

/* Of one copy to one store. */
static int64_t copy_timeout(const struct plan_job *job)
{
    int64_t limit = limit_of(job->copy_time) + (job->waits > 0 ? job->waits / 1000 : 0);

    return limit > cron_timeout(job) ? limit : cron_timeout(job);
}

int64_t cron_unit_timeout(const struct plan_job *job)
{
    /* The last: to make up for copies of other days, and for one that began just before that time was over. */
    return cron_timeout(job) * 4 + 600 + (int64_t)job->copies_count * copy_timeout(job) * 3;
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
static const char *retention(struct arena *arena, const struct plan_value *retain)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    if (retain && retain->tag == PLAN_TAG_DURATION)
        return arena_printf(arena, "%lld", (long long)(retain->number / 1000));
    for (uint32_t i = 0; retain && retain->shape == PLAN_SHAPE_PAIRS && i < retain->count; i++) {
        const struct plan_pair *pair = &retain->pairs[i];

        if (pair->value.shape == PLAN_SHAPE_NUMBER && pair->value.tag == PLAN_TAG_NONE && pair->value.number > 0)
            strbuf_addf(&text, "%s%s=%lld", text.len > 0 ? " " : "", pair->key, (long long)pair->value.number);
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

/* How one gets at what it writes to (0) and copies to; NULL: nothing says. */
static const struct plan_store *access_at(const struct cron_output *c, const struct plan_job *job, uint32_t number)
{
    const struct plan_thing *store = number == 0 ? job->to : job->copies[number - 1];

    return store ? map_get(&c->stores, (atom)(const void *)store) : NULL;
}

/* Its command puts what it took where it belongs. */
static bool stores_itself(const struct plan_job *job)
{
    return job->output && strcmp(job->output, "none") == 0;
}

static bool word_names(const struct plan_word *word, const char *name)
{
    for (uint32_t i = 0; i < word->count; i++) {
        if (word->parts[i].runtime && strcmp(word->parts[i].text, name) == 0)
            return true;
    }
    return false;
}

/* A command that stores by itself under the name of the run (`job.object`): its store can list and remove what it stored by that name. */
static bool names_its_run(const struct plan_command *run)
{
    for (uint32_t i = 0; run && i < run->count; i++) {
        if (run->shell ? !run->pieces[i].script && word_names(&run->pieces[i].value, "job.object") : word_names(&run->words[i], "job.object"))
            return true;
    }
    return false;
}

static void write_tools(struct cron_output *c, struct sh *w, const struct plan_job *job)
{
    struct map tools = {0}, secrets = {0}, store_tools = {0}, store_secrets = {0};

    for (uint32_t i = 0; i < job->tools_count; i++)
        fact_once(w, &tools, c->words, "tool", job->tools[i]);
    for (uint32_t i = 0; i < job->secrets_count; i++)
        fact_once(w, &secrets, c->words, "secret", sh_identifier(w->arena, job->secrets[i]));
    if (stores_itself(job) && !names_its_run(job->run))
        return;
    for (uint32_t s = 0; s <= (stores_itself(job) ? 0 : job->copies_count); s++) {
        const struct plan_store *access = access_at(c, job, s);

        for (uint32_t i = 0; access && i < access->tools_count; i++)
            fact_once(w, &store_tools, c->words, "store_tool", access->tools[i]);
        for (uint32_t i = 0; access && i < access->secrets_count; i++)
            fact_once(w, &store_secrets, c->words, "store_secret", sh_identifier(w->arena, access->secrets[i]));
    }
}

static const struct plan_thing *block_of(const struct plan_job *job, const char *name)
{
    uint32_t cursor = 0;

    return plan_child(job->backup, name, &cursor);
}

static void write_load(struct cron_output *c, struct sh *w, const struct plan_job *job)
{
    const struct plan_thing *load = block_of(job, "load"), *failure = block_of(job, "on_failure");
    struct strbuf names = STRBUF_INIT;
    const struct plan_value *notify;
    uint32_t count;

    if (plan_number(load, "nice", PLAN_TAG_NONE, INT64_MIN) != INT64_MIN)
        fact_number(w, "nice", plan_number(load, "nice", PLAN_TAG_NONE, 0));
    if (plan_words(c->arena, load, "not_within", NULL))
        fact(w, "not_within", plan_words(c->arena, load, "not_within", ""));
    if (!failure)
        return;
    fact_number(w, "alert_after", plan_number(failure, "after", PLAN_TAG_NONE, 1));
    notify = plan_items(failure, "notify", &count);
    for (uint32_t i = 0; i < count; i++) {
        const struct plan_thing *who = plan_leads_to(c->index, &notify[i]);

        if (who)
            strbuf_addf(&names, "%s%s", names.len > 0 ? ", " : "", who->name);
    }
    if (names.len > 0)
        fact(w, "notify", strbuf_str(&names));
    if (plan_words(c->arena, failure, "heartbeat", NULL))
        fact(w, "heartbeat", plan_words(c->arena, failure, "heartbeat", ""));
    strbuf_release(&names);
}

static bool is_on_change(const struct cron_output *c, const struct plan_job *job)
{
    for (uint32_t i = 0; i < c->plan->tasks_count; i++) {
        if (c->plan->tasks[i].job == job && c->plan->tasks[i].work == PLAN_WORK_if_changed)
            return true;
    }
    return false;
}

static void write_facts(struct cron_output *c, struct sh *w, const struct plan_job *job)
{
    fact(w, "plan", c->plan->name);
    fact(w, "plan_slug", c->slug);
    fact(w, "name", cron_job_name(c->arena, job));
    fact(w, "output", job->output && *job->output ? job->output : "file");
    fact(w, "suffix", job->suffix && *job->suffix ? job->suffix : "backup");
    if (job->runs_at && strcmp(job->runs_at->level, "host") == 0) {
        fact(w, "host", job->runs_at->name);
        if (plan_words(c->arena, job->runs_at->thing, "address", NULL))
            fact(w, "address", plan_words(c->arena, job->runs_at->thing, "address", ""));
        if (c->spread)
            fact_number(w, "spread", 1);
    }
    fact_number(w, "timeout", cron_timeout(job));
    if (job->copies_count)
        fact_number(w, "copy_timeout", copy_timeout(job));
    if (job->waits > 0)
        fact_number(w, "waits", (job->waits + 999) / 1000);
    fact(w, "retain", retention(c->arena, job->retain));
    if (is_on_change(c, job))
        fact_number(w, "on_change", 1);
    if (job->renew > 0)
        fact_number(w, "renew", job->renew / 1000);
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

/* One of those to be told. False when no program can reach it. */
static bool tell(struct cron_output *c, struct sh *w, const struct plan_thing *who, bool first)
{
    if (!tell_reaches(c->arena, c->index, who))
        return false;
    if (first) {
        sh_blank(w);
        sh_function_begin(w, "job_alert");
    }
    tell_write(w, c->index, who);
    return true;
}

/* Whom `on_failure` names; who answers for the asset, else for the plan, where it names nobody that a program can reach. */
static void write_alert(struct cron_output *c, struct sh *w, const struct plan_job *job)
{
    uint32_t count, plans;
    const struct plan_value *notify = plan_items(block_of(job, "on_failure"), "notify", &count);
    const struct plan_thing *plan = plan_sort(c->index, "plan", &plans);
    bool any = false;

    for (uint32_t i = 0; i < count; i++)
        any |= tell(c, w, plan_leads_to(c->index, &notify[i]), !any);
    if (!any && job->assets_count)
        any = tell(c, w, job->assets[0]->owner, true);
    if (!any && plan)
        any = tell(c, w, plan_ref(c->index, plan, "owner"), true);
    if (any)
        sh_function_end(w);
}

static void write_store(struct cron_output *c, struct sh *w, uint32_t number, const struct plan_thing *store, const struct plan_store *access)
{
    struct sh_cmd cmd = SH_CMD(c->arena, sh_lit(c->arena, "store"), sh_lit(c->arena, store->name));

    sh_blank(w);
    sh_comment(w, arena_printf(c->arena, "%s %s", number == 0 ? "Written to" : "Copied to", plan_title(store)));
    sh_run(w, &cmd);
    if (!access)
        return;
    command_function(w, arena_printf(c->arena, "store_%u_put", number), access->put);
    command_function(w, arena_printf(c->arena, "store_%u_fetch", number), access->fetch);
    command_function(w, arena_printf(c->arena, "store_%u_list", number), access->list);
    command_function(w, arena_printf(c->arena, "store_%u_remove", number), access->remove);
}

/* The same for what a command stores there by itself: it is listed and removed, but put and fetched by that command alone. */
static void write_own_store(struct cron_output *c, struct sh *w, const struct plan_thing *store, const struct plan_store *access)
{
    struct plan_store own = access ? *access : (struct plan_store){0};

    own.put = own.fetch = NULL;
    write_store(c, w, 0, store, &own);
}

void cron_write_job(struct cron_output *c, const struct plan_job *job)
{
    struct strbuf text = STRBUF_INIT, head = STRBUF_INIT;
    struct sh w;

    strbuf_addf(&head, "Backup job %s of plan %s", job->name, c->plan->name);
    if (job->schedule)
        strbuf_addf(&head, ", %s", job->schedule->written);
    strbuf_addf(&head, ".\nSee `%s.sh --help` and README.md.\n", cron_job_name(c->arena, job));
    strbuf_addf(&head, "Generated by drc%s.", cron_origin(c, job->origin));
    sh_init(&w, c->arena, &text);
    sh_header(&w, strbuf_str(&head));
    strbuf_release(&head);
    sh_blank(&w);
    sh_comment(&w, "As a whole or not at all: bash reads what is between braces to its end before it does anything.");
    sh_fixed(&w, "{");
    sh_fixed(&w, "here=\"$(cd -- \"$(dirname -- \"${BASH_SOURCE[0]}\")\" && pwd)\"");
    sh_fixed(&w, "# shellcheck source=../lib/drc-backup-lib.sh");
    sh_fixed(&w, "source \"${here}/../lib/drc-backup-lib.sh\"");
    sh_blank(&w);
    write_facts(c, &w, job);
    command_function(&w, "job_run", job->run);
    command_function(&w, "job_verify", job->verify);
    command_function(&w, "job_restore", job->restore);
    write_alert(c, &w, job);
    if (stores_itself(job)) {
        if (job->to && names_its_run(job->run))
            write_own_store(c, &w, job->to, access_at(c, job, 0));
    } else {
        if (job->to)
            write_store(c, &w, 0, job->to, access_at(c, job, 0));
        for (uint32_t i = 0; i < job->copies_count; i++)
            write_store(c, &w, i + 1, job->copies[i], access_at(c, job, i + 1));
    }
    sh_blank(&w);
    sh_fixed(&w, "drc_job_main \"$@\"");
    sh_fixed(&w, "}");
    cron_add(c, arena_printf(c->arena, "cron/jobs/%s.sh", cron_job_name(c->arena, job)), &text, true, job->origin);
    strbuf_release(&text);
}
