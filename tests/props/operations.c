/* Writes what the restore and cron targets make of a small plan built by hand, so that the tests beside this
 * file can run the scripts against programs of their own.
 *
 *     operations FOLDER [PREFIX]     PREFIX goes before every name and text: hostile ones are tried with it
 *
 * Backups: `full` to two directories, `hourly` that builds on it, `files` (a directory), `config` on change.
 *
 * The scenario: a database that is fenced and promoted, an application and a cache that need it, a report that
 * needs nothing. */
#include "backends/registry.h"
#include "base/vec.h"
#include "plan/plan.h"
#include "schedule/schedule.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct arena *arena;
static struct plan_document *plan;
static const char *prefix = "";

static const char *named(const char *text)
{
    return arena_printf(arena, "%s%s", prefix, text);
}

/* ---- what is declared -------------------------------------------------------------------------- */

enum { CTO, STATUS, RUNBOOK, NEAR, FAR, FIRST_ASSET, THINGS = FIRST_ASSET + 5 };

static struct plan_thing *declare(uint32_t number, const char *block, const char *name)
{
    struct plan_thing *thing = &plan->declared[number];

    thing->block = block;
    thing->name = name;
    thing->id = arena_printf(arena, "%s.%s", block, name);
    thing->attributes.pairs = ARENA_ARRAY(arena, struct plan_pair, 4);
    return thing;
}

static void set(struct plan_thing *thing, const char *key, struct plan_value value)
{
    thing->attributes.pairs[thing->attributes.count++] = (struct plan_pair){key, value};
}

static struct plan_value text(const char *words)
{
    return (struct plan_value){.shape = PLAN_SHAPE_STRING, .text = words};
}

static struct plan_value list_of(const struct plan_thing *only)
{
    struct plan_value *item = ARENA_NEW(arena, struct plan_value);

    *item = (struct plan_value){.tag = PLAN_TAG_REF, .shape = PLAN_SHAPE_STRING, .text = only->id};
    return (struct plan_value){.shape = PLAN_SHAPE_ITEMS, .count = 1, .items = item};
}

/* "$job.output" is a runtime name, anything else literal; words end with NULL. */
static struct plan_word word_of(const char *words)
{
    struct plan_word word = {1, ARENA_NEW(arena, struct plan_part)};

    word.parts[0].runtime = words[0] == '$';
    word.parts[0].text = words[0] == '$' ? words + 1 : words;
    return word;
}

static struct plan_command *words(const char *const *list)
{
    struct plan_command *command = ARENA_NEW(arena, struct plan_command);

    while (list[command->count])
        command->count++;
    command->words = ARENA_ARRAY(arena, struct plan_word, command->count);
    for (uint32_t i = 0; i < command->count; i++)
        command->words[i] = word_of(list[i]);
    return command;
}
#define WORDS(...) words((const char *const[]){__VA_ARGS__, NULL})

/* Script, value, script, value …; NULL ends. */
static struct plan_command *shell(const char *const *list)
{
    struct plan_command *command = ARENA_NEW(arena, struct plan_command);

    command->shell = true;
    while (list[command->count])
        command->count++;
    command->pieces = ARENA_ARRAY(arena, struct plan_piece, command->count);
    for (uint32_t i = 0; i < command->count; i++) {
        if (i % 2 == 0)
            command->pieces[i].script = list[i];
        else
            command->pieces[i].value = word_of(list[i]);
    }
    return command;
}
#define SHELL(...) shell((const char *const[]){__VA_ARGS__, NULL})

static struct plan_range seconds(int64_t worst)
{
    return (struct plan_range){true, worst * 500, worst * 700, worst * 1000};
}

/* ---- the scenario ------------------------------------------------------------------------------ */

enum { DATABASE, CACHE, APP, REPORT, ASSETS };

static struct plan_site home = {.name = "home"}, away = {.name = "away"};

static void new_asset(uint32_t index, const char *name, bool stateful)
{
    struct plan_asset *asset = &plan->assets[index];

    asset->name = named(name);
    asset->thing = declare(FIRST_ASSET + index, "asset", asset->name);
    asset->stateful = stateful;
    asset->sites = ARENA_NEW(arena, struct plan_site *);
    asset->sites[0] = &home;
    asset->sites_count = 1;
}

static struct plan_step *new_step(struct plan_scenario *result, struct plan_asset *asset, const char *name, uint8_t phase)
{
    struct plan_step *step = &result->steps[result->steps_count++];

    step->id = asset ? arena_printf(arena, "%s.%s", asset->name, name) : named(name);
    step->title = named("Title of $(touch /tmp/drc-injected) `id` \"quoted\" 'single' \\back");
    step->asset = asset;
    step->subject = asset ? asset->thing : &plan->declared[RUNBOOK];
    step->phase = phase;
    step->automated = true;
    step->mode = PLAN_DOER_script;
    step->takes = seconds(60);
    step->finish = seconds(120);
    step->timeout = 20000;
    step->attempt_cut = PLAN_UNKNOWN;
    step->ordinal = step->wave = result->steps_count;
    if (asset) {
        struct plan_outcome *outcome = &result->assets[asset - plan->assets];

        outcome->steps[outcome->steps_count++] = step;
    }
    return step;
}

static void waits(struct plan_step *step, struct plan_step *other)
{
    if (!step->after)
        step->after = ARENA_ARRAY(arena, struct plan_step *, 8);
    step->after[step->after_count++] = other;
}

static void back_step(struct plan_scenario *result, struct plan_asset *asset, const char *name, const char *manual)
{
    struct plan_step *step = &result->failback[result->failback_count++];

    step->id = arena_printf(arena, "%s.%s", asset->name, name);
    step->title = name;
    step->asset = asset;
    step->subject = asset->thing;
    step->phase = PLAN_PHASE_reprotect;
    step->manual = manual;
    step->timeout = step->attempt_cut = PLAN_UNKNOWN;
    step->ordinal = step->wave = result->failback_count;
}

static struct plan_objective *objective(int64_t ms, const char *source)
{
    struct plan_objective *out = ARENA_NEW(arena, struct plan_objective);

    *out = (struct plan_objective){ms, source, NULL};
    return out;
}

static void build_outcomes(struct plan_scenario *result)
{
    result->assets_count = result->order_count = ASSETS;
    result->assets = ARENA_ARRAY(arena, struct plan_outcome, ASSETS);
    result->order = ARENA_ARRAY(arena, struct plan_asset *, ASSETS);
    for (uint32_t i = 0; i < ASSETS; i++) {
        struct plan_outcome *outcome = &result->assets[i];

        outcome->asset = result->order[i] = &plan->assets[i];
        outcome->fate = PLAN_FATE_lost;
        outcome->serves_at = &away;
        outcome->steps = ARENA_ARRAY(arena, struct plan_step *, 8);
        outcome->rto = objective(3600000, "asset");
        outcome->rpo = objective(900000, "tier critical (default)");
        outcome->finish = seconds(300);
        outcome->data_loss = plan->assets[i].stateful ? 30000 : PLAN_NOT_APPLICABLE;
    }
}

static void build_scenario(void)
{
    struct plan_scenario *result = ARENA_NEW(arena, struct plan_scenario);
    struct plan_step *fence, *promote, *cache, *app, *traffic, *report, *manual;
    struct plan_asset *a = plan->assets;

    plan->scenarios = result;
    plan->scenarios_count = 1;
    result->name = "region-loss";
    result->thing = declare(FIRST_ASSET + ASSETS, "scenario", "region-loss");
    result->thing->title = named("Region lost");
    result->runbooks = ARENA_NEW(arena, struct plan_thing *);
    result->runbooks[0] = &plan->declared[RUNBOOK];
    result->runbooks_count = 1;
    result->finish = seconds(600);
    result->steps = ARENA_ARRAY(arena, struct plan_step, 16);
    build_outcomes(result);
    result->failback = ARENA_ARRAY(arena, struct plan_step, 2);
    back_step(result, &a[DATABASE], "failback", "Replicate back, then switch in a quiet hour.\nTell everybody.");
    back_step(result, &a[DATABASE], "reprotect", "Create a new replica.");
    waits(&result->failback[1], &result->failback[0]);

    fence = new_step(result, &a[DATABASE], "fence", PLAN_PHASE_fence);
    fence->run = WORDS("stub", "fence", named("prod-database"));
    fence->otherwise = "The old primary cannot accept writes.";
    promote = new_step(result, &a[DATABASE], "promote", PLAN_PHASE_recover);
    promote->check = WORDS("stub", "promoted?");
    promote->run = WORDS("stub", "promote", named("it's \"new\" $HOME `x` \\ *\nline two"), "$input.at");
    promote->until = WORDS("stub", "available?");
    promote->verify = SHELL("test \"$(stub verify ", named("a b"), ")\" = '", named("v'w"), "'");
    promote->irreversible = true;
    promote->inputs = ARENA_NEW(arena, struct plan_question);
    promote->inputs[0] = (struct plan_question){.name = "at", .type = "timestamp", .ask = named("Recover to which moment (UTC)?")};
    promote->inputs_count = 1;
    waits(promote, fence);
    cache = new_step(result, &a[CACHE], "start", PLAN_PHASE_recover);
    cache->run = WORDS("stub", "cache");
    cache->retries = 2;
    app = new_step(result, &a[APP], "start", PLAN_PHASE_recover);
    app->run = WORDS("stub", "app", "$env.APP_TOKEN");
    waits(app, promote);
    waits(app, cache);
    report = new_step(result, &a[REPORT], "start", PLAN_PHASE_recover);
    report->run = WORDS("stub", "report");
    traffic = new_step(result, &a[APP], "traffic", PLAN_PHASE_traffic);
    traffic->run = WORDS("stub", "traffic");
    waits(traffic, app);
    manual = new_step(result, NULL, "announce", PLAN_PHASE_verify);
    manual->automated = false;
    manual->mode = PLAN_DOER_person;
    manual->manual = named("Say on the bridge that it is over.\nWrite it down, too.");
    manual->by = &plan->declared[CTO];
    waits(manual, traffic);
    traffic->notify = ARENA_NEW(arena, struct plan_thing *);
    traffic->notify[0] = &plan->declared[STATUS];
    traffic->notify_count = 1;
}

/* ---- backups ----------------------------------------------------------------------------------- */

/* A store that is a directory below $STUB_HOME. */
static void add_store(struct plan_thing *store)
{
    struct plan_store *access = &plan->stores[plan->stores_count++];

    access->store = store;
    access->put = WORDS("stub-store", "put", store->name, "$job.input", "$job.object");
    access->fetch = WORDS("stub-store", "fetch", store->name, "$job.object", "$job.output");
    access->list = SHELL("stub-store list ", store->name, " ", "$job.prefix");
    access->remove = WORDS("stub-store", "remove", store->name, "$job.object");
}

static void add_task(struct plan_job *job, uint8_t work, const struct schedule *schedule)
{
    static const struct {
        const char *name;
        enum schedule_target target;
    } schedulers[] = {{"debian_cron", TARGET_CRON_DEBIAN}, {"systemd", TARGET_SYSTEMD}, {"kubernetes", TARGET_KUBERNETES}};
    struct plan_task *task = &plan->tasks[plan->tasks_count++];
    struct strbuf out = STRBUF_INIT;

    *task = (struct plan_task){.job = job, .work = work, .starts_count = 3, .starts = ARENA_ARRAY(arena, struct plan_start, 3)};
    print_schedule(&out, schedule);
    task->schedule = strbuf_dup(&out, arena);
    strbuf_release(&out);
    for (size_t i = 0; i < 3; i++) {
        struct schedule_lines lines;

        task->starts[i].scheduler = schedulers[i].name;
        if (!schedule_convert(arena, schedule, schedulers[i].target, NULL, &lines)) {
            task->starts[i].reason = lines.refusal.reason ? lines.refusal.reason : "it cannot express this schedule";
            continue;
        }
        task->starts[i].lines_count = lines.count;
        task->starts[i].lines = ARENA_ARRAY(arena, const char *, lines.count);
        memcpy(task->starts[i].lines, lines.line, lines.count * sizeof *lines.line);
        task->starts[i].zone = lines.zone;
    }
}

static struct plan_job *new_job(const char *name, const struct schedule *schedule, struct plan_thing *to)
{
    struct plan_job *job = &plan->jobs[plan->jobs_count++];
    struct strbuf out = STRBUF_INIT;

    job->name = named(name);
    job->assets = ARENA_NEW(arena, struct plan_asset *);
    job->assets[0] = &plan->assets[DATABASE];
    job->assets_count = 1;
    job->schedule = ARENA_NEW(arena, struct plan_schedule);
    print_schedule(&out, schedule);
    job->schedule->written = strbuf_dup(&out, arena);
    strbuf_release(&out);
    job->run = WORDS("stub-backup", name, "$job.output", "$env.DB_PASSWORD");
    job->verify = WORDS("stub-verify", name, "$job.output");
    job->restore = WORDS("stub-restore", name, "$job.input");
    job->suffix = "dump";
    job->output = "file";
    job->duration = (struct plan_range){true, 1000, 1000, 2000};
    job->retain = ARENA_NEW(arena, struct plan_value);
    *job->retain = (struct plan_value){.tag = PLAN_TAG_DURATION, .shape = PLAN_SHAPE_NUMBER, .number = 7 * MS_DAY};
    job->retain_text = "7d";
    job->verify_every = job->ship_every = job->waits = PLAN_UNKNOWN;
    job->to = to;
    job->secrets = ARENA_NEW(arena, const char *);
    job->secrets[0] = "DB_PASSWORD";
    job->secrets_count = 1;
    job->tools = ARENA_NEW(arena, const char *);
    job->tools[0] = "stub-backup";
    job->tools_count = 1;
    return job;
}

static void keep_periods(struct plan_job *job)
{
    static const struct {
        const char *name;
        int64_t count;
    } kept[] = {{"daily", 3}, {"weekly", 2}, {"monthly", 2}};

    *job->retain =
        (struct plan_value){.tag = PLAN_TAG_OBJECT, .shape = PLAN_SHAPE_PAIRS, .count = 3, .pairs = ARENA_ARRAY(arena, struct plan_pair, 3)};
    for (size_t i = 0; i < 3; i++)
        job->retain->pairs[i] = (struct plan_pair){kept[i].name, {.shape = PLAN_SHAPE_NUMBER, .number = kept[i].count}};
}

static void build_jobs(void)
{
    struct schedule daily = {.kind = SCHEDULE_DAILY, .times = {120}, .time_count = 1},
                    test = {.kind = SCHEDULE_DAILY, .times = {300}, .time_count = 1};
    struct schedule hourly = {.kind = SCHEDULE_EVERY, .every = MS_HOUR};
    struct schedule uneven = {.kind = SCHEDULE_EVERY, .every = 90 * MS_MINUTE};
    struct schedule change = {.kind = SCHEDULE_ON_CHANGE}, look = {.kind = SCHEDULE_EVERY, .every = 5 * MS_MINUTE};
    struct schedule weekdays = {.kind = SCHEDULE_CRON, .cron = "0 2 * * 1-5"};
    struct plan_thing *near = &plan->declared[NEAR], *far = &plan->declared[FAR];
    struct plan_job *full, *job;

    plan->jobs = ARENA_ARRAY(arena, struct plan_job, 8);
    plan->tasks = ARENA_ARRAY(arena, struct plan_task, 8);
    plan->stores = ARENA_ARRAY(arena, struct plan_store, 2);
    add_store(near);
    add_store(far);
    full = new_job("full", &daily, near);
    full->copies = ARENA_NEW(arena, struct plan_thing *);
    full->copies[0] = far;
    full->copies_count = 1;
    full->verify_every = MS_DAY;
    full->jitter = 30000;
    add_task(full, PLAN_WORK_backup, &daily);
    add_task(full, PLAN_WORK_test_if_due, &test);
    job = new_job("hourly", &hourly, near);
    job->of = full;
    job->retain->number = 2 * MS_DAY;
    add_task(job, PLAN_WORK_backup, &hourly);
    job = new_job("files", &uneven, near);
    job->output = "directory";
    job->suffix = "tar";
    add_task(job, PLAN_WORK_backup, &uneven);
    add_task(new_job("config", &change, near), PLAN_WORK_if_changed, &look);
    add_task(new_job("weekdays", &weekdays, near), PLAN_WORK_backup, &weekdays);
    job = new_job("periods", &daily, near);
    keep_periods(job);
    add_task(job, PLAN_WORK_backup, &daily);
}

static void build_plan(void)
{
    plan = ARENA_NEW(arena, struct plan_document);
    plan->name = "demo";
    plan->compiler = "test";
    plan->digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    plan->declared_count = THINGS;
    plan->declared = ARENA_ARRAY(arena, struct plan_thing, THINGS);
    declare(CTO, "person", "cto");
    declare(STATUS, "channel", "status");
    set(&plan->declared[STATUS], "type", text("slack"));
    set(&plan->declared[STATUS], "address", text(named("#incidents")));
    declare(RUNBOOK, "runbook", "failover");
    set(&plan->declared[RUNBOOK], "confirm", text("FAILOVER"));
    set(&plan->declared[RUNBOOK], "approve", list_of(&plan->declared[CTO]));
    declare(NEAR, "store", "near");
    declare(FAR, "store", "far");
    plan->assets_count = ASSETS;
    plan->assets = ARENA_ARRAY(arena, struct plan_asset, ASSETS);
    new_asset(DATABASE, "database", true);
    new_asset(CACHE, "cache", false);
    new_asset(APP, "app", false);
    new_asset(REPORT, "report", false);
    build_scenario();
    build_jobs();
}

/* ---- writing ----------------------------------------------------------------------------------- */

static void make_folders(const char *path)
{
    char *copy = arena_strdup(arena, path);

    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST)
            perror(copy);
        *slash = '/';
    }
}

static bool write_files(struct fileset *files, const char *folder)
{
    size_t count = fileset_sort(files);

    for (size_t i = 0; i < count; i++) {
        const struct output_file *file = files->files.items[i];
        const char *path = arena_printf(arena, "%s/%s", folder, file->path);
        FILE *stream;

        make_folders(path);
        stream = fopen(path, "wb");
        if (!stream || fwrite(file->data, 1, file->size, stream) != file->size || fclose(stream) != 0) {
            perror(path);
            return false;
        }
        if (file->executable && chmod(path, 0755) != 0)
            perror(path);
    }
    return count > 0;
}

int main(int argc, char **argv)
{
    struct fileset files;
    bool done;

    if (argc < 2) {
        fprintf(stderr, "usage: operations FOLDER [PREFIX]\n");
        return 64;
    }
    if (argc > 2)
        prefix = argv[2];
    arena = arena_new();
    build_plan();
    fileset_init(&files, arena);
    drc_restore.emit(plan, &files);
    drc_cron.emit(plan, &files);
    done = write_files(&files, argv[1]);
    arena_delete(arena);
    return done ? 0 : 1;
}
