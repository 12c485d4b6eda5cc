/* Scripts of backups: their facts, the commands of the job and of its stores, whom they tell. */
#include "base/file_name.h"
#include "base/units.h"
#include "base/vec.h"
#include "validate/reading.h"

#include <string.h>

struct fact {
    const char *key, *value;
    bool found;
};

/* What is the same for all jobs. */
struct job_facts {
    bool spread;     /* over several machines */
    bool *on_change; /* by job */
    struct job_users {
        VEC(const struct plan_job *) jobs;
    } * needed_by;     /* by job: those that build on it */
    struct map stores; /* plan_thing -> plan_store */
};

struct job_script {
    struct reading *r;
    const struct job_facts *all;
    struct arena *arena;
    const struct plan_job *job;
    VEC(struct fact) facts; /* that the plan asks for */
    uint32_t stores;        /* how many of them were met */
};

static void want(struct job_script *s, const char *key, const char *value)
{
    for (uint32_t i = 0; i < s->facts.len; i++) {
        if (strcmp(s->facts.items[i].key, key) == 0 && strcmp(s->facts.items[i].value, value) == 0)
            return; /* said once */
    }
    vec_push(s->arena, &s->facts, ((struct fact){key, value, false}));
}

static void want_number(struct job_script *s, const char *key, int64_t value)
{
    want(s, key, arena_printf(s->arena, "%lld", (long long)value));
}

/* How long copies are kept: seconds, "daily=14 weekly=8", or forever. */
static const char *kept(struct arena *arena, const struct plan_value *retain)
{
    const char *text = "";

    if (retain && retain->tag == PLAN_TAG_DURATION)
        return arena_printf(arena, "%lld", (long long)(retain->number / MS_SECOND));
    for (uint32_t i = 0; retain && retain->shape == PLAN_SHAPE_PAIRS && i < retain->count; i++) {
        const struct plan_value *value = &retain->pairs[i].value;

        if (value->tag == PLAN_TAG_NONE && value->shape == PLAN_SHAPE_NUMBER && value->number > 0)
            text = arena_printf(arena, "%s%s%s=%lld", text, *text ? " " : "", retain->pairs[i].key, (long long)value->number);
    }
    return *text ? text : "forever";
}

static bool names_its_run(const struct plan_command *run)
{
    for (uint32_t i = 0; run && i < run->count; i++) {
        const struct plan_word *word = !run->shell ? &run->words[i] : run->pieces[i].script ? NULL : &run->pieces[i].value;

        for (uint32_t n = 0; word && n < word->count; n++) {
            if (word->parts[n].runtime && strcmp(word->parts[n].text, "job.object") == 0)
                return true;
        }
    }
    return false;
}

/* Its command puts what it takes where it belongs: `none` comes out of it for others to put. */
static bool stores_itself(const struct plan_job *job)
{
    return job->output && strcmp(job->output, "none") == 0;
}

static const struct plan_store *access_to(const struct job_script *s, const struct plan_thing *store)
{
    return map_get(&s->all->stores, (atom)(const void *)store);
}

/* The store with that number; NULL: the script has no such one. */
static const struct plan_thing *store_at(const struct job_script *s, uint32_t number)
{
    const struct plan_job *job = s->job;

    if (stores_itself(job) && !names_its_run(job->run))
        return NULL;
    if (number == 0)
        return job->to;
    return !stores_itself(job) && number <= job->copies_count ? job->copies[number - 1] : NULL;
}

static uint32_t store_count(const struct job_script *s)
{
    if (stores_itself(s->job))
        return store_at(s, 0) ? 1 : 0;
    return (s->job->to ? 1 : 0) + s->job->copies_count;
}

static bool jobs_are_spread(const struct plan_document *plan)
{
    const struct plan_site *first = NULL;

    for (uint32_t i = 0; i < plan->tasks_count; i++) {
        const struct plan_site *site = plan->tasks[i].job->runs_at;

        if (site && first && site != first)
            return true;
        first = site ? site : first;
    }
    return false;
}

static void want_load(struct job_script *s)
{
    uint32_t cursor = 0, count;
    const struct plan_thing *load = plan_child(s->job->backup, "load", &cursor), *failure;
    const struct plan_value *notify;
    const char *names = "";

    if (plan_number(load, "nice", PLAN_TAG_NONE, INT64_MIN) != INT64_MIN)
        want_number(s, "nice", plan_number(load, "nice", PLAN_TAG_NONE, 0));
    if (plan_words(s->arena, load, "not_within", NULL))
        want(s, "not_within", plan_words(s->arena, load, "not_within", ""));
    cursor = 0;
    failure = plan_child(s->job->backup, "on_failure", &cursor);
    if (!failure)
        return;
    want_number(s, "alert_after", plan_number(failure, "after", PLAN_TAG_NONE, 1));
    notify = plan_items(failure, "notify", &count);
    for (uint32_t i = 0; i < count; i++) {
        const struct plan_thing *who = plan_leads_to(s->r->index, &notify[i]);

        if (who)
            names = arena_printf(s->arena, "%s%s%s", names, *names ? ", " : "", who->name);
    }
    if (*names)
        want(s, "notify", names);
    if (plan_words(s->arena, failure, "heartbeat", NULL))
        want(s, "heartbeat", plan_words(s->arena, failure, "heartbeat", ""));
}

static void want_tools(struct job_script *s)
{
    for (uint32_t i = 0; i < s->job->tools_count; i++)
        want(s, "tool", s->job->tools[i]);
    for (uint32_t i = 0; i < s->job->secrets_count; i++)
        want(s, "secret", variable_named(s->arena, s->job->secrets[i]));
    for (uint32_t n = 0; n <= s->job->copies_count; n++) {
        const struct plan_thing *store = store_at(s, n);
        const struct plan_store *access = store ? access_to(s, store) : NULL;

        for (uint32_t i = 0; access && i < access->tools_count; i++)
            want(s, "store_tool", access->tools[i]);
        for (uint32_t i = 0; access && i < access->secrets_count; i++)
            want(s, "store_secret", variable_named(s->arena, access->secrets[i]));
    }
}

static void want_facts(struct job_script *s)
{
    const struct plan_document *plan = s->r->plan;
    const struct plan_job *job = s->job;
    struct job_limits limits = limits_of(job);

    want(s, "plan", plan->name);
    want(s, "plan_slug", s->r->slug);
    want(s, "name", output_name(s->arena, job->name));
    want(s, "output", job->output && *job->output ? job->output : "file");
    want(s, "suffix", job->suffix && *job->suffix ? job->suffix : "backup");
    if (job->runs_at && strcmp(job->runs_at->level, "host") == 0) {
        want(s, "host", job->runs_at->name);
        if (plan_words(s->arena, job->runs_at->thing, "address", NULL))
            want(s, "address", plan_words(s->arena, job->runs_at->thing, "address", ""));
        if (s->all->spread)
            want(s, "spread", "1");
    }
    want_number(s, "timeout", limits.run);
    if (job->copies_count)
        want_number(s, "copy_timeout", limits.copy);
    if (job->waits > 0)
        want_number(s, "waits", (job->waits + MS_SECOND - 1) / MS_SECOND);
    want(s, "retain", kept(s->arena, job->retain));
    if (s->all->on_change[job - plan->jobs])
        want(s, "on_change", "1");
    if (job->renew > 0)
        want_number(s, "renew", job->renew / MS_SECOND);
    if (job->jitter > 0)
        want_number(s, "jitter", job->jitter / MS_SECOND);
    if (job->verify_every > 0)
        want_number(s, "verify_every", job->verify_every / MS_SECOND);
    if (job->of)
        want(s, "of", output_name(s->arena, job->of->name));
    for (uint32_t i = 0; i < s->all->needed_by[job - plan->jobs].jobs.len; i++)
        want(s, "needed_by", output_name(s->arena, s->all->needed_by[job - plan->jobs].jobs.items[i]->name));
    want_load(s);
    want_tools(s);
}

static void take_fact(struct job_script *s, const struct script *script, const struct statement *statement)
{
    if (!holds(script->artifact, statement->at, statement->count == 3, "`%s` is no fact of a job", statement->line))
        return;
    for (uint32_t i = 0; i < s->facts.len; i++) {
        struct fact *fact = &s->facts.items[i];

        if (!fact->found && strcmp(fact->key, statement->words[1]) == 0 && strcmp(fact->value, statement->words[2]) == 0) {
            fact->found = true;
            s->r->report->facts++;
            return;
        }
    }
    for (uint32_t i = 0; i < s->facts.len; i++) { /* the nearest thing to tell */
        if (!s->facts.items[i].found && strcmp(s->facts.items[i].key, statement->words[1]) == 0) {
            s->facts.items[i].found = true;
            same_text(script->artifact, statement->at, statement->words[1], statement->words[2], s->facts.items[i].value);
            return;
        }
    }
    wrong(script->artifact, statement->at, "nothing in the plan asks for `%s %s`", statement->words[1], statement->words[2]);
}

static void alarms(struct job_script *s, struct notices *out)
{
    uint32_t cursor = 0, count, plans;
    const struct plan_thing *failure = plan_child(s->job->backup, "on_failure", &cursor), *plan = plan_sort(s->r->index, "plan", &plans);
    const struct plan_value *notify = plan_items(failure, "notify", &count);

    for (uint32_t i = 0; i < count; i++)
        alarms_of(s->r, s->arena, plan_leads_to(s->r->index, &notify[i]), false, out);
    if (!out->count && s->job->assets_count)
        alarms_of(s->r, s->arena, s->job->assets[0]->owner, false, out);
    if (!out->count && plan)
        alarms_of(s->r, s->arena, plan_ref(s->r->index, plan, "owner"), false, out);
}

/* The command that a function is to hold; false: the plan knows no such function. */
static bool command_called(const struct job_script *s, const char *name, const struct plan_command **command)
{
    *command = NULL;
    if (strcmp(name, "job_run") == 0) {
        *command = s->job->run;
    } else if (strcmp(name, "job_verify") == 0) {
        *command = s->job->verify;
    } else if (strcmp(name, "job_restore") == 0) {
        *command = s->job->restore;
    } else if (strncmp(name, "store_", 6) == 0 && s->stores) {
        uint32_t number = s->stores - 1;
        const struct plan_store *access = store_at(s, number) ? access_to(s, store_at(s, number)) : NULL;
        const char *verb = strrchr(name, '_') + 1;

        if (!access || strcmp(name, arena_printf(s->arena, "store_%u_%s", number, verb)) != 0)
            return false;
        if (stores_itself(s->job) && (strcmp(verb, "put") == 0 || strcmp(verb, "fetch") == 0))
            return false;
        *command = strcmp(verb, "put") == 0      ? access->put
                   : strcmp(verb, "fetch") == 0  ? access->fetch
                   : strcmp(verb, "list") == 0   ? access->list
                   : strcmp(verb, "remove") == 0 ? access->remove
                                                 : NULL;
    }
    return *command != NULL;
}

static uint32_t one(const struct plan_command *command)
{
    return command ? 1 : 0;
}

/* How many functions the plan asks for besides the alarm. */
static uint32_t functions_wanted(const struct job_script *s)
{
    uint32_t count = one(s->job->run) + one(s->job->verify) + one(s->job->restore);

    for (uint32_t i = 0; i <= s->job->copies_count; i++) {
        const struct plan_store *access = store_at(s, i) ? access_to(s, store_at(s, i)) : NULL;

        if (access)
            count += one(access->list) + one(access->remove) + (stores_itself(s->job) ? 0 : one(access->put) + one(access->fetch));
    }
    return count;
}

static void take_store(struct job_script *s, const struct script *script, const struct statement *statement)
{
    const struct plan_thing *store = store_at(s, s->stores);

    if (store)
        same_text(script->artifact, statement->at, "the store", statement->count == 2 ? statement->words[1] : NULL, store->name);
    else
        wrong(script->artifact, statement->at, "`%s`: the plan has no store more", statement->line);
    s->stores++;
}

static void read_job(struct reading *r, const struct job_facts *all, struct arena *arena, const struct artifact *artifact, const struct plan_job *job)
{
    static const char *const fixed[] = {"set -euo pipefail", "{", "here=\"$(cd -- \"$(dirname -- \"${BASH_SOURCE[0]}\")\" && pwd)\"",
                                        "source \"${here}/../lib/drc-backup-lib.sh\"", "drc_job_main \"$@\""};
    struct job_script s = {.r = r, .all = all, .arena = arena, .job = job};
    struct script script = {artifact, arena, artifact->text};
    struct statement statement;
    struct notices notices = {0};
    uint32_t lines = 0, functions = 0;
    bool alarm = false;

    want_facts(&s);
    alarms(&s, &notices);
    for (;;) {
        const struct plan_command *command;

        next_statement(&script, &statement);
        if (statement.kind == STATEMENT_END)
            break;
        if (statement.kind == STATEMENT_FUNCTION && strcmp(statement.name, "job_alert") == 0) {
            alarm = true;
            same_notices(&script, &notices);
            end_function(&script, statement.name);
        } else if (statement.kind == STATEMENT_FUNCTION) {
            bool known = command_called(&s, statement.name, &command);

            functions += known;
            same_function(&script, statement.name, command);
        } else if (statement.count && strcmp(statement.words[0], "job") == 0) {
            take_fact(&s, &script, &statement);
        } else if (statement.count && strcmp(statement.words[0], "store") == 0) {
            take_store(&s, &script, &statement);
        } else if (lines < sizeof fixed / sizeof *fixed) {
            same_text(artifact, statement.at, "the line", statement.line, fixed[lines++]);
        } else {
            wrong(artifact, statement.at, "nothing in the plan asks for `%s`", statement.line);
        }
    }
    end_function(&script, "the script"); /* between braces: carried out as a whole or not at all */
    if (*script.at)
        wrong(artifact, script.at, "the script ends here, and more follows");
    holds(artifact, NULL, lines == sizeof fixed / sizeof *fixed, "the script does not load its library, or does not begin");
    for (uint32_t i = 0; i < s.facts.len; i++)
        holds(artifact, NULL, s.facts.items[i].found, "`%s %s` is missing", s.facts.items[i].key, s.facts.items[i].value);
    same_number(artifact, NULL, "the number of commands", functions, functions_wanted(&s));
    same_number(artifact, NULL, "the number of stores", s.stores, store_count(&s));
    holds(artifact, NULL, alarm == (notices.count > 0), "nobody is told of a failure");
}

static void collect(struct reading *r, struct job_facts *all)
{
    const struct plan_document *plan = r->plan;

    *all = (struct job_facts){.spread = jobs_are_spread(plan),
                              .on_change = ARENA_ARRAY(r->scratch, bool, plan->jobs_count + 1),
                              .needed_by = ARENA_ARRAY(r->scratch, struct job_users, plan->jobs_count + 1)};
    for (uint32_t i = 0; i < plan->tasks_count; i++)
        all->on_change[plan->tasks[i].job - plan->jobs] |= plan->tasks[i].work == PLAN_WORK_if_changed;
    for (uint32_t i = 0; i < plan->jobs_count; i++) {
        if (plan->jobs[i].of && plan->jobs[i].run && plan->jobs[i].schedule)
            vec_push(r->scratch, &all->needed_by[plan->jobs[i].of - plan->jobs].jobs, &plan->jobs[i]);
    }
    for (uint32_t i = 0; i < plan->stores_count; i++)
        map_add(&all->stores, r->scratch, (atom)(const void *)plan->stores[i].store, &plan->stores[i]);
}

void read_jobs(struct reading *r)
{
    struct job_facts all;
    const char *path;
    uint32_t next = 0, scripts = 0, wanted = 0;

    if (!artifact_next(r, "cron/", &next, &path))
        return;
    collect(r, &all);
    for (uint32_t i = 0; i < r->plan->jobs_count; i++) {
        const struct plan_job *job = &r->plan->jobs[i];
        struct arena *arena;
        struct artifact artifact;

        if (!job->run)
            continue;
        wanted++;
        arena = arena_new();
        path = arena_printf(arena, "cron/jobs/%s.sh", output_name(arena, job->name));
        if (artifact_open(r, arena, path, &artifact))
            read_job(r, &all, arena, &artifact, job);
        else
            wrong_file(r, path, "the script of the backup `%s` is missing", job->name);
        arena_delete(arena);
    }
    for (next = 0; artifact_next(r, "cron/jobs/", &next, &path);)
        scripts++;
    if (scripts != wanted)
        wrong_file(r, "cron/jobs", "there are %u scripts, and by the plan %u", scripts, wanted);
}
