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

#include "plan/plan.h"
#include "schedule/schedule.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct arena *arena;
static struct intern *names;
static struct model model;
static struct plan plan;
static const char *prefix = "";

static const struct expr *no_default(void *context, const char *text)
{
    (void)context;
    (void)text;
    return NULL;
}

static const char *named(const char *text)
{
    return arena_printf(arena, "%s%s", prefix, text);
}

static struct entity *entity_of(enum block_id block, const char *name)
{
    struct entity *entity = ARENA_NEW(arena, struct entity);

    entity->schema = &model.schemas[block];
    entity->name = intern_str(names, name);
    entity->slot_count = entity->schema->row_count;
    entity->slots = ARENA_ARRAY(arena, struct value, entity->slot_count);
    for (uint32_t i = 0; i < entity->slot_count; i++)
        entity->slots[i] = value_unknown();
    return entity;
}

static void set_string(struct entity *entity, uint32_t row, const char *text)
{
    entity->slots[row] = value_string(arena_strdup(arena, text));
}

static struct value list_of(struct entity *only)
{
    struct value_list *list = ARENA_NEW(arena, struct value_list);

    list->count = 1;
    list->items = ARENA_NEW(arena, struct value);
    list->items[0] = value_entity(only);
    return (struct value){.type = VALUE_LIST, .u.list = list};
}

/* "$job.output" is a runtime name, anything else literal; words end with NULL. */
static struct word word_of(const char *text)
{
    struct word word = {1, ARENA_NEW(arena, struct word_part)};

    word.parts[0].runtime = text[0] == '$';
    word.parts[0].text = text[0] == '$' ? text + 1 : text;
    return word;
}

static struct command words(const char *const *list)
{
    struct command command = {0};

    while (list[command.count])
        command.count++;
    command.words = ARENA_ARRAY(arena, struct word, command.count);
    for (uint32_t i = 0; i < command.count; i++)
        command.words[i] = word_of(list[i]);
    return command;
}
#define WORDS(...) words((const char *const[]){__VA_ARGS__, NULL})

/* Script, value, script, value …; NULL ends. */
static struct command shell(const char *const *list)
{
    struct command command = {.is_shell = true};

    while (list[command.piece_count])
        command.piece_count++;
    command.pieces = ARENA_ARRAY(arena, struct shell_piece, command.piece_count);
    for (uint32_t i = 0; i < command.piece_count; i++) {
        if (i % 2 == 0)
            command.pieces[i].script = list[i];
        else
            command.pieces[i].value = word_of(list[i]);
    }
    return command;
}
#define SHELL(...) shell((const char *const[]){__VA_ARGS__, NULL})

static struct span_of_time seconds(int64_t worst)
{
    return (struct span_of_time){true, worst * 500, worst * 700, worst * 1000};
}

/* ---- the plan ---------------------------------------------------------------------------------- */

enum { DATABASE, CACHE, APP, REPORT, ASSETS };

static struct asset *new_asset(uint32_t index, const char *name, bool stateful)
{
    struct asset *asset = &plan.assets[index];

    asset->name = named(name);
    asset->entity = entity_of(BLOCK_ASSET, asset->name);
    asset->index = index;
    asset->stateful = stateful;
    return asset;
}

static struct step *new_step(struct scenario_result *result, struct asset *asset, const char *name,
                             enum step_phase phase)
{
    struct step *step = ARENA_NEW(arena, struct step);
    struct asset_state *state;

    step->id = asset ? arena_printf(arena, "%s.%s", asset->name, name) : named(name);
    step->title = named("Title of $(touch /tmp/drc-injected) `id` \"quoted\" 'single' \\back");
    step->asset = asset;
    step->phase = phase;
    step->automated = true;
    step->takes = seconds(60);
    step->finish = seconds(120);
    step->timeout = 20000;
    step->on_failure = "block";
    step->ordinal = ++result->step_count;
    step->wave = step->ordinal;
    result->steps[step->ordinal - 1] = step;
    if (asset) {
        state = &result->states[asset->index];
        state->steps[state->step_count++] = step;
    }
    return step;
}

static void waits(struct step *step, struct step *other)
{
    if (!step->after)
        step->after = ARENA_ARRAY(arena, struct step *, 8);
    step->after[step->after_count++] = other;
}

static void back_step(struct scenario_result *result, struct asset *asset, const char *name, const char *words)
{
    struct step *step = ARENA_NEW(arena, struct step);

    step->id = arena_printf(arena, "%s.%s", asset->name, name);
    step->title = name;
    step->asset = asset;
    step->subject = asset->entity;
    step->phase = PHASE_REPROTECT;
    step->manual = words;
    step->timeout = TIME_UNKNOWN;
    step->on_failure = "block";
    step->ordinal = step->wave = ++result->failback_count;
    result->failback[step->ordinal - 1] = step;
}

static void build_scenario(void)
{
    struct scenario_result *result = ARENA_NEW(arena, struct scenario_result);
    struct entity *runbook = entity_of(BLOCK_RUNBOOK, "failover"), *cto = entity_of(BLOCK_PERSON, "cto");
    struct entity *input = entity_of(BLOCK_INPUT, "at"), *status = entity_of(BLOCK_CHANNEL, "status");
    struct step *fence, *promote, *cache, *app, *traffic, *report, *manual;
    struct asset *a = plan.assets;

    plan.scenarios = result;
    plan.scenario_count = 1;
    result->scenario = entity_of(BLOCK_SCENARIO, "region-loss");
    set_string(result->scenario, SCENARIO_title, named("Region lost"));
    result->states = ARENA_ARRAY(arena, struct asset_state, ASSETS);
    result->steps = ARENA_ARRAY(arena, struct step *, 16);
    result->order = ARENA_ARRAY(arena, struct asset *, ASSETS);
    result->order_count = ASSETS;
    result->runbooks = ARENA_NEW(arena, struct entity *);
    result->runbooks[0] = runbook;
    result->runbook_count = 1;
    result->finish = seconds(600);
    set_string(runbook, RUNBOOK_confirm, "FAILOVER");
    runbook->slots[RUNBOOK_approve] = list_of(cto);
    set_string(input, INPUT_ask, named("Recover to which moment (UTC)?"));
    input->slots[INPUT_type] = (struct value){.type = VALUE_WORD, .u.word = intern_str(names, "timestamp")};
    for (uint32_t i = 0; i < ASSETS; i++) {
        struct asset_state *state = &result->states[i];

        state->asset = &a[i];
        state->fate = FATE_LOST;
        state->steps = ARENA_ARRAY(arena, struct step *, 8);
        state->rto = (struct objective){.ms = 3600000, .source = "asset"};
        state->rpo = (struct objective){.ms = 900000, .source = "tier critical (default)"};
        state->finish = seconds(300);
        state->loss_ms = a[i].stateful ? 30000 : RPO_NOT_APPLICABLE;
        state->chosen = ARENA_NEW(arena, struct candidate);
        result->order[i] = &a[i];
    }
    result->failback = ARENA_ARRAY(arena, struct step *, 2);
    back_step(result, &a[DATABASE], "failback", "Replicate back, then switch in a quiet hour.\nTell everybody.");
    back_step(result, &a[DATABASE], "reprotect", "Create a new replica.");
    waits(result->failback[1], result->failback[0]);

    fence = new_step(result, &a[DATABASE], "fence", PHASE_FENCE);
    fence->run = WORDS("stub", "fence", named("prod-database"));
    fence->otherwise = "The old primary cannot accept writes.";
    promote = new_step(result, &a[DATABASE], "promote", PHASE_RECOVER);
    promote->check = WORDS("stub", "promoted?");
    promote->run = WORDS("stub", "promote", named("it's \"new\" $HOME `x` \\ *\nline two"), "$input.at");
    promote->until = WORDS("stub", "available?");
    promote->verify = SHELL("test \"$(stub verify ", named("a b"), ")\" = '", named("v'w"), "'");
    promote->irreversible = true;
    promote->inputs = ARENA_NEW(arena, struct entity *);
    promote->inputs[0] = input;
    promote->input_count = 1;
    waits(promote, fence);
    cache = new_step(result, &a[CACHE], "start", PHASE_RECOVER);
    cache->run = WORDS("stub", "cache");
    cache->retries = 2;
    app = new_step(result, &a[APP], "start", PHASE_RECOVER);
    app->run = WORDS("stub", "app", "$env.APP_TOKEN");
    waits(app, promote);
    waits(app, cache);
    report = new_step(result, &a[REPORT], "start", PHASE_RECOVER);
    report->run = WORDS("stub", "report");
    traffic = new_step(result, &a[APP], "traffic", PHASE_TRAFFIC);
    traffic->run = WORDS("stub", "traffic");
    waits(traffic, app);
    manual = new_step(result, NULL, "announce", PHASE_VERIFY);
    manual->automated = false;
    manual->manual = named("Say on the bridge that it is over.\nWrite it down, too.");
    manual->by = cto;
    waits(manual, traffic);
    status->slots[CHANNEL_type] = (struct value){.type = VALUE_WORD, .u.word = intern_str(names, "slack")};
    set_string(status, CHANNEL_address, named("#incidents"));
    traffic->notify = ARENA_NEW(arena, struct entity *);
    traffic->notify[0] = status;
    traffic->notify_count = 1;
}

/* ---- backups ----------------------------------------------------------------------------------- */

/* A store that is a directory below $STUB_HOME. */
static struct store_access access_of(struct entity *store)
{
    struct store_access access = {.store = store};

    access.put = WORDS("stub-store", "put", store->name, "$job.input", "$job.object");
    access.fetch = WORDS("stub-store", "fetch", store->name, "$job.object", "$job.output");
    access.list = SHELL("stub-store list ", store->name, " ", "$job.prefix");
    access.remove = WORDS("stub-store", "remove", store->name, "$job.object");
    return access;
}

static struct backup_job *new_job(const char *name, struct schedule schedule, struct entity *to)
{
    struct backup_job *job = &plan.jobs[plan.job_count++];
    struct schedule *copy = ARENA_NEW(arena, struct schedule);

    *copy = schedule;
    job->name = named(name);
    job->asset = &plan.assets[DATABASE];
    job->schedule = copy;
    job->run = WORDS("stub-backup", name, "$job.output", "$env.DB_PASSWORD");
    job->verify = WORDS("stub-verify", name, "$job.output");
    job->restore = WORDS("stub-restore", name, "$job.input");
    job->suffix = "dump";
    job->output = "file";
    job->duration = (struct span_of_time){true, 1000, 1000, 2000};
    job->retain = value_int(VALUE_DURATION, 7 * MS_DAY);
    job->verify_every = TIME_UNKNOWN;
    job->ship_every = TIME_UNKNOWN;
    job->to = to;
    job->to_access = ARENA_NEW(arena, struct store_access);
    *job->to_access = access_of(to);
    job->secrets = ARENA_NEW(arena, const char *);
    job->secrets[0] = "DB_PASSWORD";
    job->secret_count = 1;
    job->tools = ARENA_NEW(arena, const char *);
    job->tools[0] = "stub-backup";
    job->tool_count = 1;
    return job;
}

static void build_jobs(void)
{
    struct schedule daily = {.kind = SCHEDULE_DAILY, .times = {120}, .time_count = 1};
    struct schedule hourly = {.kind = SCHEDULE_EVERY, .every = MS_HOUR};
    struct schedule uneven = {.kind = SCHEDULE_EVERY, .every = 90 * MS_MINUTE};
    struct schedule change = {.kind = SCHEDULE_ON_CHANGE};
    struct schedule weekdays = {.kind = SCHEDULE_CRON, .cron = "0 2 * * 1-5"};
    struct entity *near = entity_of(BLOCK_STORE, "near"), *far = entity_of(BLOCK_STORE, "far");
    struct backup_job *full, *job;

    plan.jobs = ARENA_ARRAY(arena, struct backup_job, 8);
    full = new_job("full", daily, near);
    full->copies = ARENA_NEW(arena, struct entity *);
    full->copies[0] = far;
    full->copy_count = 1;
    full->copy_access = ARENA_NEW(arena, struct store_access);
    full->copy_access[0] = access_of(far);
    full->verify_every = MS_DAY;
    full->jitter = 30000;
    job = new_job("hourly", hourly, near);
    job->of = full;
    job->retain = value_int(VALUE_DURATION, 2 * MS_DAY);
    job = new_job("files", uneven, near);
    job->output = "directory";
    job->suffix = "tar";
    new_job("config", change, near);
    new_job("weekdays", weekdays, near);
    job = new_job("periods", daily, near);
    job->retain = (struct value){.type = VALUE_OBJECT, .u.object = ARENA_NEW(arena, struct value_object)};
    *(struct value_object *)(uintptr_t)job->retain.u.object = (struct value_object){
        .count = 3, .pairs = ARENA_ARRAY(arena, struct value_pair, 3)};
    job->retain.u.object->pairs[0] = (struct value_pair){"daily", value_int(VALUE_INT, 3)};
    job->retain.u.object->pairs[1] = (struct value_pair){"weekly", value_int(VALUE_INT, 2)};
    job->retain.u.object->pairs[2] = (struct value_pair){"monthly", value_int(VALUE_INT, 2)};
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
    struct backend_options options = {.version = "test"};
    struct sources sources;
    struct fileset files;
    bool done;

    if (argc < 2) {
        fprintf(stderr, "usage: operations FOLDER [PREFIX]\n");
        return 64;
    }
    if (argc > 2)
        prefix = argv[2];
    arena = arena_new();
    names = intern_new(arena);
    sources_init(&sources, arena);
    model_init(&model, arena, names, &sources, no_default, NULL);
    plan.model = &model;
    plan.document = ARENA_NEW(arena, struct plan_document);
    plan.arena = arena;
    plan.name = "demo";
    plan.compiler = "test";
    plan.digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    plan.assets = ARENA_ARRAY(arena, struct asset, ASSETS);
    plan.asset_count = ASSETS;
    new_asset(DATABASE, "database", true);
    new_asset(CACHE, "cache", false);
    new_asset(APP, "app", false);
    new_asset(REPORT, "report", false);
    build_scenario();
    build_jobs();
    fileset_init(&files, arena);
    drc_restore.emit(&plan, &options, &files);
    drc_cron.emit(&plan, &options, &files);
    done = write_files(&files, argv[1]);
    arena_delete(arena);
    return done ? 0 : 1;
}
