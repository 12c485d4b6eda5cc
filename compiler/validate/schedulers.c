/* What starts a job when: /etc/cron.d, systemd units, Kubernetes CronJobs. Each is read as its program reads it; then every task of the plan must be
 * started by what the plan says it is started by, at the instants of its schedule, with the right words, and nothing else is started. */
#include "base/file_name.h"
#include "base/units.h"
#include "base/vec.h"
#include "validate/reading.h"

#include <string.h>

enum scheduler { SCHEDULER_CRON, SCHEDULER_SYSTEMD, SCHEDULER_KUBERNETES, SCHEDULER_COUNT };

static const struct {
    const char *word; /* in the plan */
    const char *title;
    enum notation_kind notation;
} schedulers[] = {
    [SCHEDULER_CRON] = {"debian_cron", "/etc/cron.d", NOTATION_CRON},
    [SCHEDULER_SYSTEMD] = {"systemd", "systemd", NOTATION_ON_CALENDAR},
    [SCHEDULER_KUBERNETES] = {"kubernetes", "Kubernetes", NOTATION_KUBERNETES},
};

/* What a scheduler's files say of a task. */
struct started {
    VEC(const char *) lines;
    const char *zone;
    struct artifact artifact; /* the first that starts it; NULL path: none */
    const char *at;
};

struct task {
    const struct plan_task *plan;
    const char *command; /* as the scheduler starts it: the script and its words */
    bool is_test;
    struct started by[SCHEDULER_COUNT];
};

struct tasks {
    struct reading *r;
    struct arena *arena;
    struct task *items;
    uint32_t count;
    struct map by_command;
    struct intern *names;
};

static void collect(struct tasks *tasks)
{
    const struct plan_document *plan = tasks->r->plan;

    tasks->names = intern_new(tasks->arena);
    tasks->items = ARENA_ARRAY(tasks->arena, struct task, plan->tasks_count + 1);
    for (uint32_t i = 0; i < plan->tasks_count; i++) {
        static const char *const words[PLAN_WORK_COUNT] = {[PLAN_WORK_backup] = "",
                                                           [PLAN_WORK_if_changed] = " --if-changed",
                                                           [PLAN_WORK_test] = " verify",
                                                           [PLAN_WORK_test_if_due] = " verify --if-due"};
        struct task *task = &tasks->items[tasks->count++];

        task->plan = &plan->tasks[i];
        task->is_test = task->plan->work == PLAN_WORK_test || task->plan->work == PLAN_WORK_test_if_due;
        task->command = arena_printf(tasks->arena, "/opt/drc/%s/cron/jobs/%s.sh%s", tasks->r->slug, output_name(tasks->arena, task->plan->job->name),
                                     words[task->plan->work]);
        map_add(&tasks->by_command, tasks->arena, intern_str(tasks->names, task->command), task);
    }
}

static struct task *find_task(const struct tasks *tasks, const char *command)
{
    return map_get(&tasks->by_command, intern_str(tasks->names, command));
}

static int64_t jitter_of(const struct task *task)
{
    return task->is_test || task->plan->job->jitter < 0 ? 0 : task->plan->job->jitter;
}

/* The task that such words start, counted to the scheduler's; NULL, with a finding, when none. `spread`: what spreads its starts there. */
static struct task *start_task(struct tasks *tasks, const struct artifact *artifact, const char *at, enum scheduler scheduler, const char *command,
                               const char *spread)
{
    size_t len = strlen(command), tail = spread ? strlen(spread) : 0;
    bool spreads = tail && len > tail && strcmp(command + len - tail, spread) == 0;
    struct task *task = find_task(tasks, spreads ? arena_strndup(tasks->arena, command, len - tail) : command);

    if (!holds(artifact, at, task != NULL, "no task of the plan is started by `%s`", command))
        return NULL;
    if (spread)
        holds(artifact, at, spreads == (jitter_of(task) > 0), "`%s` %s spread its start, and by the plan it %s", command,
              spreads ? "does" : "does not", spreads ? "must not" : "must");
    if (!task->by[scheduler].artifact.path) {
        task->by[scheduler].artifact = *artifact;
        task->by[scheduler].at = at;
    } else if (scheduler == SCHEDULER_CRON) {
        holds(artifact, at, task->by[scheduler].artifact.path == artifact->path, "another machine starts `%s` as well", command);
    }
    return task;
}

/* ---- /etc/cron.d ------------------------------------------------------------------------------- */

static bool is_setting(const char *line)
{
    size_t name = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");

    return name > 0 && line[name] == '=';
}

static void read_crontab_line(struct tasks *tasks, const struct artifact *artifact, const char *at, char *line)
{
    char *field = line, *command, *user;
    struct task *task;

    for (int i = 0; i < 5; i++) {
        field += strcspn(field, " \t");
        if (!holds(artifact, at, *field != '\0', "this is no line of a crontab"))
            return;
        if (i < 4)
            field += strspn(field, " \t");
    }
    *field++ = '\0';
    user = field + strspn(field, " \t");
    command = user + strcspn(user, " \t");
    if (!holds(artifact, at, *command != '\0', "a line of /etc/cron.d names a user, and then a command"))
        return;
    *command++ = '\0';
    same_text(artifact, at, "the user", user, "root");
    task = start_task(tasks, artifact, at, SCHEDULER_CRON, command, " --scheduled");
    if (task)
        vec_push(tasks->arena, &task->by[SCHEDULER_CRON].lines, line);
}

static void read_crontab(struct tasks *tasks, const struct artifact *artifact)
{
    static const char *const settings[] = {"SHELL=/bin/sh", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "MAILTO=\"\""};
    struct lines lines = {artifact->text, NULL, tasks->arena};
    unsigned set = 0;
    char *line;

    while (next_line(&lines, &line)) {
        line += strspn(line, " \t");
        if (!*line || *line == '#')
            continue;
        if (is_setting(line)) {
            if (holds(artifact, lines.at, set < 3, "`%s` is not among what a crontab of the plan sets", line))
                same_text(artifact, lines.at, "the setting", line, settings[set++]);
        } else {
            read_crontab_line(tasks, artifact, lines.at, line);
        }
    }
    holds(artifact, NULL, set == 3, "the crontab does not set its shell, PATH and MAILTO");
    holds(artifact, NULL, artifact->len > 0 && artifact->text[artifact->len - 1] == '\n', "the last line has no end: cron refuses the file");
}

/* ---- systemd ----------------------------------------------------------------------------------- */

/* The lines of a unit of one kind: what stands in each section, in order. */
struct setting {
    const char *section, *key;
    const char *value; /* NULL: whoever reads it says what it must be */
};

typedef void take_setting(void *context, const struct artifact *artifact, const char *at, const char *key, const char *value);

/* Each setting that is expected occurs, once but for those without a value, in its section, and no other does. */
static void read_unit(struct tasks *tasks, const struct artifact *artifact, const struct setting *expected, uint32_t count, take_setting *take,
                      void *context)
{
    struct lines lines = {artifact->text, NULL, tasks->arena};
    bool *found = ARENA_ARRAY(tasks->arena, bool, count);
    const char *section = "";
    char *line;

    while (next_line(&lines, &line)) {
        char *value = strchr(line, '=');
        uint32_t i = 0;

        if (!*line || *line == '#' || *line == ';')
            continue;
        if (*line == '[') {
            section = line;
            continue;
        }
        if (!holds(artifact, lines.at, value != NULL, "`%s` is no setting", line))
            continue;
        *value++ = '\0';
        while (i < count && (strcmp(expected[i].section, section) != 0 || strcmp(expected[i].key, line) != 0))
            i++;
        if (!holds(artifact, lines.at, i < count, "nothing in the plan asks for `%s=%s` in %s", line, value, section))
            continue;
        holds(artifact, lines.at, !found[i] || !expected[i].value, "`%s` is set twice", line);
        found[i] = true;
        if (expected[i].value)
            same_text(artifact, lines.at, line, value, expected[i].value);
        else
            take(context, artifact, lines.at, line, value);
    }
    for (uint32_t i = 0; i < count; i++)
        holds(artifact, NULL, found[i] || strcmp(expected[i].key, "RandomizedDelaySec") == 0, "`%s` is not set in %s", expected[i].key,
              expected[i].section);
}

/* A timer and the service it starts. */
struct unit {
    struct tasks *tasks;
    struct task *task;
    int64_t timeout, spread;
    const char *timeout_at;
    VEC(const char *) lines;
    const char *at;
};

static void take_service(void *context, const struct artifact *artifact, const char *at, const char *key, const char *value)
{
    struct unit *unit = context;

    if (strcmp(key, "ExecStart") == 0) {
        unit->task = start_task(unit->tasks, artifact, at, SCHEDULER_SYSTEMD, value, NULL);
    } else if (strcmp(key, "TimeoutStartSec") == 0) {
        unit->timeout = number_of(value);
        unit->timeout_at = at;
    } /* Description: prose */
}

static void take_timer(void *context, const struct artifact *artifact, const char *at, const char *key, const char *value)
{
    struct unit *unit = context;

    (void)artifact;
    if (strcmp(key, "OnCalendar") == 0) {
        vec_push(unit->tasks->arena, &unit->lines, value);
        unit->at = unit->at ? unit->at : at;
    } else if (strcmp(key, "RandomizedDelaySec") == 0) {
        unit->spread = number_of(value);
    }
}

static void read_service(struct tasks *tasks, const struct artifact *artifact)
{
    const struct setting expected[] = {
        {"[Unit]", "Description", NULL},
        {"[Unit]", "Wants", "network-online.target"},
        {"[Unit]", "After", "network-online.target"},
        {"[Service]", "Type", "oneshot"},
        {"[Service]", "Environment", "HOME=%h"},
        {"[Service]", "EnvironmentFile", arena_printf(tasks->arena, "-/etc/drc/%s.env", tasks->r->slug)},
        {"[Service]", "ExecStart", NULL},
        {"[Service]", "TimeoutStartSec", NULL},
        {"[Service]", "SuccessExitStatus", "75 76"},
        {"[Service]", "NoNewPrivileges", "yes"},
        {"[Service]", "PrivateTmp", "yes"},
        {"[Service]", "IOSchedulingClass", "best-effort"},
        {"[Service]", "IOSchedulingPriority", "7"},
    };
    static const struct setting of_timer[] = {
        {"[Unit]", "Description", NULL},  {"[Timer]", "OnCalendar", NULL},         {"[Timer]", "Persistent", "true"},
        {"[Timer]", "AccuracySec", "1s"}, {"[Timer]", "RandomizedDelaySec", NULL}, {"[Install]", "WantedBy", "timers.target"},
    };
    struct unit unit = {.tasks = tasks, .timeout = -1};
    size_t base = strlen(artifact->path) - strlen(".service");
    const char *path = arena_printf(tasks->arena, "%.*s.timer", (int)base, artifact->path);
    struct artifact timer;

    read_unit(tasks, artifact, expected, sizeof expected / sizeof *expected, take_service, &unit);
    if (!unit.task)
        return;
    same_number(artifact, unit.timeout_at, "TimeoutStartSec", unit.timeout, limits_of(unit.task->plan->job).whole + (unit.task->is_test ? 86400 : 0));
    if (!artifact_open(tasks->r, tasks->arena, path, &timer)) {
        wrong(artifact, NULL, "no timer `%s` starts it", path);
        return;
    }
    read_unit(tasks, &timer, of_timer, sizeof of_timer / sizeof *of_timer, take_timer, &unit);
    same_number(&timer, NULL, "RandomizedDelaySec", unit.spread, jitter_of(unit.task) / MS_SECOND);
    holds(artifact, NULL, unit.task->by[SCHEDULER_SYSTEMD].lines.len == 0, "two services start `%s`", unit.task->command);
    for (uint32_t i = 0; i < unit.lines.len; i++)
        vec_push(tasks->arena, &unit.task->by[SCHEDULER_SYSTEMD].lines, unit.lines.items[i]);
    unit.task->by[SCHEDULER_SYSTEMD].artifact = timer;
    unit.task->by[SCHEDULER_SYSTEMD].at = unit.at;
}

/* ---- Kubernetes -------------------------------------------------------------------------------- */

#define POD "spec.jobTemplate.spec.template.spec."

static const char *words_of_command(struct tasks *tasks, const struct artifact *artifact, const struct scalars *scalars, const char **at)
{
    struct strbuf command = STRBUF_INIT;
    const char *text;

    for (unsigned i = 0;; i++) {
        const struct scalar *word = scalar_at(scalars, arena_printf(tasks->arena, POD "containers[0].command[%u]", i));

        if (!word)
            break;
        *at = word->at;
        if (i == 0)
            same_text(artifact, word->at, "the program", word->value, "bash");
        else
            strbuf_addf(&command, "%s%s", i > 1 ? " " : "", word->value);
    }
    text = strbuf_dup(&command, tasks->arena);
    strbuf_release(&command);
    return text;
}

static void read_cronjob(struct tasks *tasks, const struct artifact *artifact, const struct scalars *scalars, const char *account)
{
    const char *folder = arena_printf(tasks->arena, "/opt/drc/%s/cron/", tasks->r->slug), *at = NULL;
    const char *command = words_of_command(tasks, artifact, scalars, &at);
    const struct scalar *schedule = scalar_at(scalars, "spec.schedule"), *zone = scalar_at(scalars, "spec.timeZone");
    struct task *task = start_task(tasks, artifact, at, SCHEDULER_KUBERNETES, command, " --scheduled");
    const struct plan_job *job = task ? task->plan->job : NULL;
    struct started *started = task ? &task->by[SCHEDULER_KUBERNETES] : NULL;
    const char *base = strrchr(artifact->path, '/') + 1;
    static const struct {
        const char *key, *value;
    } fixed[] = {
        {"apiVersion", "batch/v1"},
        {"spec.concurrencyPolicy", "Forbid"},
        {"spec.successfulJobsHistoryLimit", "3"},
        {"spec.failedJobsHistoryLimit", "5"},
        {"spec.jobTemplate.spec.backoffLimit", "0"},
        {POD "restartPolicy", "Never"},
        {POD "containers[0].name", "backup"},
        {POD "containers[0].image", "drc-backup-tools"},
        {POD "containers[0].env[0].name", "DRC_STATE"},
        {POD "containers[0].env[0].value", "/var/lib/drc"},
        {POD "containers[0].env[1].name", "DRC_STATELESS"},
        {POD "containers[0].env[1].value", "1"},
        {POD "containers[0].envFrom[0].secretRef.optional", "true"},
        {POD "containers[0].securityContext.allowPrivilegeEscalation", "false"},
        {POD "containers[0].volumeMounts[0].name", "jobs"},
        {POD "containers[0].volumeMounts[0].readOnly", "true"},
        {POD "containers[0].volumeMounts[1].name", "lib"},
        {POD "containers[0].volumeMounts[1].readOnly", "true"},
        {POD "containers[0].volumeMounts[2].name", "state"},
        {POD "containers[0].volumeMounts[2].mountPath", "/var/lib/drc"},
        {POD "containers[0].volumeMounts[2].readOnly", "false"},
        {POD "volumes[0].name", "jobs"},
        {POD "volumes[1].name", "lib"},
        {POD "volumes[2].name", "state"},
    };

    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        same_scalar(artifact, scalars, fixed[i].key, fixed[i].value);
    same_scalar(artifact, scalars, "metadata.name", arena_strndup(tasks->arena, base, strlen(base) - strlen(".yaml")));
    same_scalar(artifact, scalars, "metadata.labels.app.kubernetes.io/managed-by", "drc");
    same_scalar(artifact, scalars, "metadata.labels.app.kubernetes.io/part-of", account);
    same_scalar(artifact, scalars, POD "serviceAccountName", account);
    same_scalar(artifact, scalars, POD "containers[0].envFrom[0].secretRef.name", account);
    same_scalar(artifact, scalars, POD "containers[0].volumeMounts[0].mountPath", arena_printf(tasks->arena, "%sjobs", folder));
    same_scalar(artifact, scalars, POD "containers[0].volumeMounts[1].mountPath", arena_printf(tasks->arena, "%slib", folder));
    scalar_at(scalars, POD "volumes[0].configMap.name"); /* as scripts.sh makes them: compared there */
    scalar_at(scalars, POD "volumes[1].configMap.name");
    if (!task)
        return;
    same_scalar_number(artifact, scalars, "spec.startingDeadlineSeconds", job->start_window >= 10 * MS_SECOND ? job->start_window / MS_SECOND : 10);
    same_scalar_number(artifact, scalars, "spec.jobTemplate.spec.activeDeadlineSeconds",
                       limits_of(job).whole + (task->is_test ? 86400 : 0) + jitter_of(task) / MS_SECOND);
    if (!holds(artifact, NULL, schedule && zone, "it names no schedule and zone"))
        return;
    started->at = started->lines.len ? started->at : schedule->at;
    holds(artifact, zone->at, !started->zone || strcmp(started->zone, zone->value) == 0, "its parts are of different zones");
    started->zone = zone->value;
    vec_push(tasks->arena, &started->lines, schedule->value);
}

/* What is applied: the account, and each CronJob. */
static void read_kustomization(struct tasks *tasks, const struct artifact *artifact, const struct scalars *scalars, uint32_t cronjobs)
{
    uint32_t listed = 0;

    same_scalar(artifact, scalars, "apiVersion", "kustomize.config.k8s.io/v1beta1");
    for (;; listed++) {
        const struct scalar *resource = scalar_at(scalars, arena_printf(tasks->arena, "resources[%u]", listed));

        if (!resource)
            break;
        holds(artifact, resource->at, artifact_exists(tasks->r, arena_printf(tasks->arena, "cron/kubernetes/%s", resource->value)),
              "there is no file `%s`", resource->value);
    }
    same_number(artifact, NULL, "the number of resources", listed, cronjobs + 1);
    same_scalar(artifact, scalars, "images[0].name", "drc-backup-tools");
    same_scalar(artifact, scalars, "images[0].newName", "registry.example.com/backup-tools");
    same_scalar(artifact, scalars, "images[0].newTag", "latest");
}

static void read_kubernetes(struct tasks *tasks)
{
    const char *path, *account = NULL;
    struct artifact kustomization = {0}, artifact;
    struct scalars applied = {0}, scalars;
    uint32_t next = 0, cronjobs = 0;

    if (artifact_open(tasks->r, tasks->arena, "cron/kubernetes/service-account.yaml", &artifact) && read_yaml(&artifact, tasks->arena, &scalars)) {
        const struct scalar *name = scalar_at(&scalars, "metadata.name");

        same_scalar(&artifact, &scalars, "apiVersion", "v1");
        same_scalar(&artifact, &scalars, "kind", "ServiceAccount");
        account = name ? name->value : NULL;
        holds(&artifact, name ? name->at : NULL,
              account && (strcmp(account, arena_printf(tasks->arena, "drc-%s", tasks->r->slug)) == 0 || strncmp(account, "drc-", 4) == 0),
              "the account is not called after the plan");
        scalars_end(&artifact, &scalars);
    }
    while (artifact_next(tasks->r, "cron/kubernetes/", &next, &path)) {
        const struct scalar *kind;

        if (strcmp(path + strlen(path) - 5, ".yaml") != 0 || strstr(path, "/service-account.yaml") ||
            !artifact_open(tasks->r, tasks->arena, path, &artifact) || !read_yaml(&artifact, tasks->arena, &scalars))
            continue;
        kind = scalar_at(&scalars, "kind");
        if (kind && strcmp(kind->value, "Kustomization") == 0) {
            kustomization = artifact;
            applied = scalars;
            continue;
        }
        same_text(&artifact, kind ? kind->at : NULL, "the kind", kind ? kind->value : NULL, "CronJob");
        cronjobs++;
        read_cronjob(tasks, &artifact, &scalars, account);
        scalars_end(&artifact, &scalars);
    }
    if (kustomization.path) {
        read_kustomization(tasks, &kustomization, &applied, cronjobs);
        scalars_end(&kustomization, &applied);
    } else if (cronjobs) {
        wrong_file(tasks->r, "cron/kubernetes/kustomization.yaml", "nothing applies the CronJobs");
    }
}

/* ---- against the plan -------------------------------------------------------------------------- */

static const struct plan_start *start_of(const struct plan_task *task, const char *scheduler)
{
    for (uint32_t i = 0; i < task->starts_count; i++) {
        if (strcmp(task->starts[i].scheduler, scheduler) == 0)
            return &task->starts[i];
    }
    return NULL;
}

static void compare_task(struct tasks *tasks, struct task *task, enum scheduler scheduler)
{
    const struct plan_start *start = start_of(task->plan, schedulers[scheduler].word);
    struct started *started = &task->by[scheduler];
    bool wanted = start && start->lines_count;
    const char *why;

    tasks->r->report->facts++;
    if (!wanted || !started->lines.len) {
        if (wanted)
            wrong_file(tasks->r, "cron", "`%s` is not started by %s, and the plan says %s", task->command, schedulers[scheduler].title,
                       task->plan->schedule);
        else if (started->lines.len)
            wrong(&started->artifact, started->at, "`%s` is started by %s, which by the plan cannot", task->command, schedulers[scheduler].title);
        return;
    }
    fires_as(tasks->r, schedulers[scheduler].notation, started->lines.items, started->lines.len, started->zone, task->plan->schedule, &why);
    holds(&started->artifact, started->at, why == NULL, "`%s` is to run %s: %s", task->command, task->plan->schedule, why);
}

/* Where jobs belong to several machines, the files of one are called after it. */
static void compare_places(struct tasks *tasks)
{
    const char *plain = arena_printf(tasks->arena, "cron/cron.d/drc-%s", tasks->r->slug);

    for (uint32_t i = 0; i < tasks->count; i++) {
        const struct started *started = &tasks->items[i].by[SCHEDULER_CRON];
        const struct plan_site *site = tasks->items[i].plan->job->runs_at;
        const char *path = started->artifact.path;

        if (!path || !holds(&started->artifact, NULL, strncmp(path, plain, strlen(plain)) == 0, "the file is not called after the plan"))
            continue;
        path += strlen(plain);
        if (*path == '-') {
            char *name = site ? arena_strdup(tasks->arena, output_name(tasks->arena, site->name)) : NULL;

            for (char *c = name; c && *c; c++)
                *c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
            holds(&started->artifact, started->at, name && strncmp(path + 1, name, strlen(name)) == 0, "`%s` runs at %s by the plan",
                  tasks->items[i].command, site ? site->name : "any place");
        }
    }
}

void read_schedulers(struct reading *r)
{
    struct arena *arena = arena_new();
    struct tasks tasks = {.r = r, .arena = arena};
    struct artifact artifact;
    const char *path;
    uint32_t next = 0;

    if (!artifact_next(r, "cron/", &next, &path)) { /* the target was not asked for */
        arena_delete(arena);
        return;
    }
    collect(&tasks);
    for (next = 0; artifact_next(r, "cron/cron.d/", &next, &path);) {
        if (artifact_open(r, arena, path, &artifact))
            read_crontab(&tasks, &artifact);
    }
    for (next = 0; artifact_next(r, "cron/systemd/", &next, &path);) {
        if (strlen(path) > 8 && strcmp(path + strlen(path) - 8, ".service") == 0 && artifact_open(r, arena, path, &artifact))
            read_service(&tasks, &artifact);
        else if (strlen(path) > 6 && strcmp(path + strlen(path) - 6, ".timer") == 0 &&
                 !artifact_exists(r, arena_printf(arena, "%.*s.service", (int)(strlen(path) - 6), path)))
            wrong_file(r, path, "it starts a service that is not there");
    }
    read_kubernetes(&tasks);
    for (uint32_t i = 0; i < tasks.count; i++) {
        for (int scheduler = 0; scheduler < SCHEDULER_COUNT; scheduler++)
            compare_task(&tasks, &tasks.items[i], (enum scheduler)scheduler);
    }
    compare_places(&tasks);
    arena_delete(arena);
}
