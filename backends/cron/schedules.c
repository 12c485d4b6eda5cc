/* The same slots for three schedulers: /etc/cron.d, systemd timers and Kubernetes CronJobs. A schedule that one of them
 * cannot express is left out there, with the reason in README.md; it is never approximated. */
#include "backends/cron/cron.h"

#include "base/sha256.h"
#include "emit/cron.h"
#include "emit/md.h"
#include "emit/sh.h"
#include "emit/text.h"
#include "emit/yaml.h"

#include <string.h>

/* Two names may differ in capitals alone, and then be one file. */
static const char *place_name(struct cron_output *c, const struct plan_site *site)
{
    const char *name = output_name(c->arena, site->name);
    char *folded;

    for (unsigned n = 1;; n++) {
        bool taken = false;
        const char *other = n == 1 ? name : arena_printf(c->arena, "%s-%u", name, n);

        folded = arena_strdup(c->arena, other);
        for (char *at = folded; *at; at++)
            *at = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
        for (uint32_t i = 0; !taken && i < c->places.len; i++)
            taken = strcmp(c->places.items[i].name, folded) == 0;
        if (!taken)
            return folded;
    }
}

static void plan_places(struct cron_output *c)
{
    uint32_t machines = 0;

    for (uint32_t i = 0; i < c->tasks.len; i++) {
        const struct plan_site *site = c->tasks.items[i].job->runs_at;
        const char *name;
        bool known = false;

        for (uint32_t p = 0; !known && p < c->places.len; p++)
            known = c->places.items[p].site == site;
        if (known)
            continue;
        machines += site != NULL;
        name = site ? place_name(c, site) : "";
        vec_push(c->arena, &c->places, ((struct cron_place){site, name}));
    }
    c->spread = machines > 1;
}

/* Whether the task is for this place; every task where jobs are not spread over several. */
static bool cron_is_at(const struct cron_output *c, const struct cron_task *task, const struct cron_place *place)
{
    return !c->spread || task->job->runs_at == place->site;
}

const char *cron_table_path(struct cron_output *c, const struct cron_place *place)
{
    return arena_printf(c->arena, "cron.d/drc-%s%s%s", c->slug, c->spread && place->site ? "-" : "", c->spread ? place->name : "");
}

const char *cron_units_folder(struct cron_output *c, const struct cron_place *place)
{
    return c->spread && place->site ? arena_printf(c->arena, "systemd/%s", place->name) : "systemd";
}

static void take_task(struct cron_output *c, const struct plan_task *from)
{
    const char *name = cron_job_name(c->arena, from->job);
    bool test = from->work == PLAN_WORK_test || from->work == PLAN_WORK_test_if_due;
    struct cron_task task = {.job = from->job, .schedule = from->schedule};

    task.debian = &from->starts[0];
    task.systemd = &from->starts[1];
    task.kubernetes = &from->starts[2];
    task.name = test ? arena_printf(c->arena, "%s-verify", name) : name;
    task.arguments = from->work == PLAN_WORK_if_changed ? " --if-changed" : from->work == PLAN_WORK_test ? " verify" : test ? " verify --if-due" : "";
    task.what = from->drill ? arena_printf(c->arena, "drill %s, test of the newest copy", from->drill->name)
                : test      ? "test of the newest copy"
                            : "backup";
    task.is_test = test;
    task.jitter = test ? 0 : from->job->jitter;
    vec_push(c->arena, &c->tasks, task);
    for (uint32_t i = 0; i < from->starts_count; i++)
        c->can_start[from->job - c->plan->jobs] |= from->starts[i].lines_count > 0;
}

void cron_plan_tasks(struct cron_output *c)
{
    c->can_start = ARENA_ARRAY(c->arena, bool, c->plan->jobs_count);
    c->needed_by = ARENA_ARRAY(c->arena, struct job_list, c->plan->jobs_count);
    for (uint32_t i = 0; i < c->plan->jobs_count; i++) {
        const struct plan_job *job = &c->plan->jobs[i];

        if (job->run && job->schedule && job->of)
            vec_push(c->arena, &c->needed_by[job->of - c->plan->jobs].jobs, job);
    }
    for (uint32_t i = 0; i < c->plan->tasks_count; i++)
        take_task(c, &c->plan->tasks[i]);
    plan_places(c);
}

/* Script name below the installed folder. */
static const char *cron_script(struct cron_output *c, const struct plan_job *job)
{
    return arena_printf(c->arena, CRON_HOME "/%s/cron/jobs/%s.sh", c->slug, cron_job_name(c->arena, job));
}

/* Beside the files of a scheduler: which tasks are not among them, and why. */
static void write_left_out(struct cron_output *c, const char *folder, const char *title, const struct plan_start *(*of)(const struct cron_task *task))
{
    struct strbuf text = STRBUF_INIT;
    struct md w;
    bool any = false;

    md_init(&w, c->arena, &text);
    md_heading(&w, 1, md_textf(c->arena, "Not started by %s", title));
    md_paragraph(&w, MD("These tasks have no file here: another scheduler has to run them, see `../README.md`."));
    for (uint32_t i = 0; i < c->tasks.len; i++) {
        const struct plan_start *slots = of(&c->tasks.items[i]);

        if (slots->lines_count)
            continue;
        any = true;
        md_bullet(&w, 0, md_cat(c->arena, md_code(c->arena, c->tasks.items[i].name), MD(": "), md_text(c->arena, slots->reason)));
    }
    if (any)
        cron_add(c, arena_printf(c->arena, "cron/%s/README.md", folder), &text, false, NULL);
    strbuf_release(&text);
}

static const struct plan_start *systemd_slots(const struct cron_task *task)
{
    return task->systemd;
}

static const struct plan_start *kubernetes_slots(const struct cron_task *task)
{
    return task->kubernetes;
}

/* ---- /etc/cron.d ------------------------------------------------------------------------------- */

static char *next_field(char **text)
{
    char *field = *text, *end = field + strcspn(field, " ");

    if (*end)
        *end++ = '\0';
    *text = end;
    return field;
}

static void write_place_table(struct cron_output *c, const struct cron_place *place)
{
    struct strbuf text = STRBUF_INIT;
    bool any = false;

    cron_comment(&text, arena_printf(c->arena,
                                     "Backups of plan %s. Copy this file to /etc/cron.d/%s%s, owned by root, mode 0644.\n"
                                     "Times are UTC: cron has no time zones of its own, so the machine's clock must be "
                                     "UTC as well.\nGenerated by drc; see README.md.",
                                     c->plan->name, c->spread && place->site ? " of " : "", c->spread && place->site ? place->site->name : ""));
    cron_env(&text, "SHELL", "/bin/sh");
    cron_env(&text, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    cron_env(&text, "MAILTO", "");
    cron_blank(&text);
    for (uint32_t i = 0; i < c->tasks.len; i++) {
        const struct cron_task *task = &c->tasks.items[i];

        if (!cron_is_at(c, task, place))
            continue;
        if (!task->debian->lines_count) {
            cron_comment(&text, arena_printf(c->arena, "Not here: %s, %s.", task->name, task->debian->reason));
            continue;
        }
        any = true;
        cron_comment(&text, arena_printf(c->arena, "%s: %s, %s%s", task->job->name, task->what, task->schedule, cron_origin(c, task->job->origin)));
        for (uint32_t n = 0; n < task->debian->lines_count; n++) {
            char *line = arena_strdup(c->arena, task->debian->lines[n]);
            struct cron_time time;

            time.minute = next_field(&line);
            time.hour = next_field(&line);
            time.day = next_field(&line);
            time.month = next_field(&line);
            time.weekday = next_field(&line);
            if (!cron_line(&text, &time, "root",
                           arena_printf(c->arena, "%s%s%s", cron_script(c, task->job), task->arguments, task->jitter > 0 ? " --scheduled" : "")))
                fileset_lose(c->files, "cron", cron_table_path(c, place), arena_printf(c->arena, "`%s` cannot stand in it", task->debian->lines[n]));
        }
    }
    if (any)
        cron_add(c, arena_printf(c->arena, "cron/%s", cron_table_path(c, place)), &text, false, NULL);
    strbuf_release(&text);
}

void cron_write_table(struct cron_output *c)
{
    for (uint32_t p = 0; p < (c->spread ? c->places.len : c->places.len > 0); p++)
        write_place_table(c, &c->places.items[p]);
}

/* ---- systemd ----------------------------------------------------------------------------------- */

/* A value in a unit file: one line, no specifiers, and nothing that drives the terminal of `systemctl status`. */
static const char *unit_text(struct cron_output *c, const char *value)
{
    struct strbuf out = STRBUF_INIT, shown = STRBUF_INIT;
    const char *result;

    text_add_shown(&shown, value, strlen(value));
    for (const char *text = strbuf_str(&shown); *text; text++) {
        if (*text == '%')
            strbuf_addch(&out, '%');
        strbuf_addch(&out, (unsigned char)*text < 32 || *text == 127 || *text == '\\' ? ' ' : *text);
    }
    result = strbuf_dup(&out, c->arena);
    strbuf_release(&out);
    strbuf_release(&shown);
    return result;
}

/* A test fetches a copy, from wherever that is. */
static int64_t unit_timeout(const struct cron_task *task)
{
    return cron_unit_timeout(task->job) + (task->is_test ? 86400 : 0);
}

static void write_service(struct cron_output *c, const struct cron_task *task, const char *folder, const char *unit)
{
    struct strbuf text = STRBUF_INIT;

    strbuf_addf(&text, "# Generated by drc for plan %s%s; see README.md.\n", unit_text(c, c->plan->name),
                unit_text(c, cron_origin(c, task->job->origin)));
    strbuf_addf(&text, "[Unit]\nDescription=%s %s of plan %s\n", unit_text(c, task->job->name), task->what, unit_text(c, c->plan->name));
    strbuf_addstr(&text, "Wants=network-online.target\nAfter=network-online.target\n\n[Service]\nType=oneshot\n");
    /* systemd sets none, and ssh, git or kubectl look for what they know there. */
    strbuf_addstr(&text, "Environment=HOME=%h\n");
    strbuf_addf(&text, "EnvironmentFile=-/etc/drc/%s.env\n", c->slug);
    strbuf_addf(&text, "ExecStart=%s%s\n", cron_script(c, task->job), task->arguments);
    /* The script keeps its own time limit for each command; this one is for whatever else may hang. */
    strbuf_addf(&text, "TimeoutStartSec=%lld\n", (long long)unit_timeout(task));
    strbuf_addstr(&text, "# Locked or outside its hours: reported, no failure of the unit.\nSuccessExitStatus=75 76\n");
    strbuf_addstr(&text, "NoNewPrivileges=yes\nPrivateTmp=yes\nIOSchedulingClass=best-effort\nIOSchedulingPriority=7\n");
    cron_add(c, arena_printf(c->arena, "cron/%s/%s.service", folder, unit), &text, false, task->job->origin);
    strbuf_release(&text);
}

static void write_timer(struct cron_output *c, const struct cron_task *task, const char *folder, const char *unit)
{
    struct strbuf text = STRBUF_INIT;

    strbuf_addf(&text, "# Generated by drc for plan %s%s; see README.md.\n", unit_text(c, c->plan->name),
                unit_text(c, cron_origin(c, task->job->origin)));
    strbuf_addf(&text, "[Unit]\nDescription=%s %s of plan %s: %s\n\n[Timer]\n", unit_text(c, task->job->name), task->what,
                unit_text(c, c->plan->name), unit_text(c, task->schedule));
    for (uint32_t i = 0; i < task->systemd->lines_count; i++)
        strbuf_addf(&text, "OnCalendar=%s\n", task->systemd->lines[i]);
    strbuf_addstr(&text, "# A run missed while the machine was off is made up for.\nPersistent=true\nAccuracySec=1s\n");
    if (task->jitter > 0)
        strbuf_addf(&text, "RandomizedDelaySec=%lld\n", (long long)(task->jitter / 1000));
    strbuf_addstr(&text, "\n[Install]\nWantedBy=timers.target\n");
    cron_add(c, arena_printf(c->arena, "cron/%s/%s.timer", folder, unit), &text, false, task->job->origin);
    strbuf_release(&text);
}

void cron_write_units(struct cron_output *c)
{
    write_left_out(c, "systemd", "systemd", systemd_slots);
    for (uint32_t i = 0; i < c->tasks.len; i++) {
        const struct cron_task *task = &c->tasks.items[i];
        const struct cron_place *place = c->places.items;
        const char *unit, *folder;

        if (!task->systemd->lines_count)
            continue;
        while (!cron_is_at(c, task, place))
            place++;
        folder = cron_units_folder(c, place);
        unit = cron_unique(c, "systemd", arena_printf(c->arena, "drc-%s-%s", c->slug, task->name));
        write_service(c, task, folder, unit);
        write_timer(c, task, folder, unit);
    }
}

/* ---- Kubernetes -------------------------------------------------------------------------------- */

enum { KUBERNETES_NAME_MAX = 52 }; /* a CronJob's name; the controller adds eleven characters to name its Jobs */

/* A DNS label that stays distinct when it has to be cut. */
static const char *kubernetes_name(struct cron_output *c, const char *text)
{
    struct strbuf name = STRBUF_INIT;
    const char *result;
    char hex[65];
    bool exact = true;

    for (const char *p = text; *p; p++) {
        bool upper = *p >= 'A' && *p <= 'Z';
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '-';

        exact = exact && plain;
        strbuf_addch(&name, upper ? (char)(*p - 'A' + 'a') : plain ? *p : '-');
    }
    while (name.len > 0 && name.data[name.len - 1] == '-') {
        name.data[--name.len] = '\0';
        exact = false;
    }
    if (!exact || name.len > KUBERNETES_NAME_MAX) {
        sha256_hex(text, strlen(text), hex);
        hex[8] = '\0';
        result = arena_printf(c->arena, "%.*s-%s", KUBERNETES_NAME_MAX - 9, strbuf_str(&name), hex);
    } else {
        result = strbuf_dup(&name, c->arena);
    }
    strbuf_release(&name);
    return result;
}

/* ARGV of the task's script, from the words after its name. */
static void write_arguments(struct yaml *y, struct cron_output *c, const struct cron_task *task)
{
    char *rest = arena_strdup(c->arena, task->arguments + (task->arguments[0] == ' '));

    yaml_key_list(y, "command");
    yaml_string(y, "bash");
    yaml_string(y, cron_script(c, task->job));
    while (*rest)
        yaml_string(y, next_field(&rest));
    if (task->jitter > 0)
        yaml_string(y, "--scheduled");
    yaml_list_end(y);
}

static void write_volume_mount(struct yaml *y, const char *name, const char *path, bool read_only)
{
    yaml_map_begin(y);
    yaml_key_string(y, "name", name);
    yaml_key_string(y, "mountPath", path);
    yaml_key_bool(y, "readOnly", read_only);
    yaml_map_end(y);
}

static void write_pod(struct yaml *y, struct cron_output *c, const struct cron_task *task)
{
    const char *plan = kubernetes_name(c, arena_printf(c->arena, "drc-%s", c->slug));

    yaml_key_string(y, "restartPolicy", "Never");
    yaml_key_string(y, "serviceAccountName", plan);
    yaml_key_list(y, "containers");
    yaml_map_begin(y);
    yaml_key_string(y, "name", "backup");
    /* Replaced by kustomization.yaml: which image has the tools is the cluster's affair. */
    yaml_key_string(y, "image", "drc-backup-tools");
    write_arguments(y, c, task);
    yaml_key_list(y, "env");
    yaml_map_begin(y);
    yaml_key_string(y, "name", "DRC_STATE");
    yaml_key_string(y, "value", "/var/lib/drc");
    yaml_map_end(y);
    yaml_map_begin(y);
    yaml_key_string(y, "name", "DRC_STATELESS");
    yaml_key_string(y, "value", "1");
    yaml_map_end(y);
    yaml_list_end(y);
    yaml_key_list(y, "envFrom");
    yaml_map_begin(y);
    yaml_key_map(y, "secretRef");
    yaml_key_string(y, "name", plan);
    yaml_key_bool(y, "optional", true);
    yaml_map_end(y);
    yaml_map_end(y);
    yaml_list_end(y);
    yaml_key_map(y, "securityContext");
    yaml_key_bool(y, "allowPrivilegeEscalation", false);
    yaml_map_end(y);
    yaml_key_list(y, "volumeMounts");
    write_volume_mount(y, "jobs", arena_printf(c->arena, CRON_HOME "/%s/cron/jobs", c->slug), true);
    write_volume_mount(y, "lib", arena_printf(c->arena, CRON_HOME "/%s/cron/lib", c->slug), true);
    write_volume_mount(y, "state", "/var/lib/drc", false);
    yaml_list_end(y);
    yaml_map_end(y);
    yaml_list_end(y);
    yaml_key_list(y, "volumes");
    for (int i = 0; i < 2; i++) {
        yaml_map_begin(y);
        yaml_key_string(y, "name", i == 0 ? "jobs" : "lib");
        yaml_key_map(y, "configMap");
        yaml_key_string(y, "name", kubernetes_name(c, arena_printf(c->arena, "drc-%s-%s", c->slug, i == 0 ? "jobs" : "lib")));
        yaml_map_end(y);
        yaml_map_end(y);
    }
    yaml_map_begin(y);
    yaml_key_string(y, "name", "state");
    yaml_key_map(y, "emptyDir");
    yaml_map_end(y);
    yaml_map_end(y);
    yaml_list_end(y);
}

static void add_yaml(struct cron_output *c, struct yaml *y, struct strbuf *text, const char *path, const char *origin)
{
    if (!yaml_finish(y))
        fileset_lose(c->files, drc_cron.name, path, "a text in it cannot stand in YAML");
    cron_add(c, path, text, false, origin);
}

static void write_cronjob(struct cron_output *c, const struct cron_task *task, uint32_t line, const char *name)
{
    struct strbuf text = STRBUF_INIT;
    struct yaml *y = yaml_new(c->arena, &text);
    const char *plan = kubernetes_name(c, arena_printf(c->arena, "drc-%s", c->slug));
    int64_t late = task->job->start_window > 0 ? task->job->start_window / 1000 : 0;

    yaml_comment(y, arena_printf(c->arena, "%s: %s, %s%s. Generated by drc; see README.md.", task->job->name, task->what, task->schedule,
                                 cron_origin(c, task->job->origin)));
    yaml_document_begin(y);
    yaml_map_begin(y);
    yaml_key_string(y, "apiVersion", "batch/v1");
    yaml_key_string(y, "kind", "CronJob");
    yaml_key_map(y, "metadata");
    yaml_key_string(y, "name", name);
    yaml_key_map(y, "labels");
    yaml_key_string(y, "app.kubernetes.io/managed-by", "drc");
    yaml_key_string(y, "app.kubernetes.io/part-of", plan);
    yaml_map_end(y);
    yaml_map_end(y);
    yaml_key_map(y, "spec");
    yaml_key_string(y, "schedule", task->kubernetes->lines[line]);
    yaml_key_string(y, "timeZone", task->kubernetes->zone ? task->kubernetes->zone : "Etc/UTC");
    yaml_key_string(y, "concurrencyPolicy", "Forbid");
    /* What the proof counts on, and no later: what begins after that is a run that was missed, and told. Below ten seconds the controller may
     * never start it. */
    yaml_key_int(y, "startingDeadlineSeconds", late < 10 ? 10 : late);
    yaml_key_int(y, "successfulJobsHistoryLimit", 3);
    yaml_key_int(y, "failedJobsHistoryLimit", 5);
    yaml_key_map(y, "jobTemplate");
    yaml_key_map(y, "spec");
    yaml_key_int(y, "backoffLimit", 0);
    yaml_key_int(y, "activeDeadlineSeconds", unit_timeout(task) + task->jitter / 1000);
    yaml_key_map(y, "template");
    yaml_key_map(y, "spec");
    write_pod(y, c, task);
    yaml_map_end(y);
    yaml_map_end(y);
    yaml_map_end(y);
    yaml_map_end(y);
    yaml_map_end(y);
    yaml_map_end(y);
    yaml_document_end(y);
    add_yaml(c, y, &text, arena_printf(c->arena, "cron/kubernetes/%s.yaml", name), task->job->origin);
    strbuf_release(&text);
}

static void write_account(struct cron_output *c)
{
    struct strbuf text = STRBUF_INIT;
    struct yaml *y = yaml_new(c->arena, &text);

    yaml_comment(y, "What the jobs run as. Bind to it what their commands need, and no more.");
    yaml_document_begin(y);
    yaml_map_begin(y);
    yaml_key_string(y, "apiVersion", "v1");
    yaml_key_string(y, "kind", "ServiceAccount");
    yaml_key_map(y, "metadata");
    yaml_key_string(y, "name", kubernetes_name(c, arena_printf(c->arena, "drc-%s", c->slug)));
    yaml_map_end(y);
    yaml_map_end(y);
    yaml_document_end(y);
    add_yaml(c, y, &text, "cron/kubernetes/service-account.yaml", NULL);
    strbuf_release(&text);
}

typedef VEC(const char *) name_list;

static void write_kustomization(struct cron_output *c, const name_list *names)
{
    struct strbuf text = STRBUF_INIT;
    struct yaml *y = yaml_new(c->arena, &text);

    yaml_comment(y, "kubectl apply --kustomize . --namespace backups, after scripts.sh has made the ConfigMaps.\n"
                    "Replace newName by an image with bash, coreutils, flock and the tools listed in ../README.md.");
    yaml_document_begin(y);
    yaml_map_begin(y);
    yaml_key_string(y, "apiVersion", "kustomize.config.k8s.io/v1beta1");
    yaml_key_string(y, "kind", "Kustomization");
    yaml_key_list(y, "resources");
    yaml_string(y, "service-account.yaml");
    for (uint32_t i = 0; i < names->len; i++)
        yaml_string(y, arena_printf(c->arena, "%s.yaml", names->items[i]));
    yaml_list_end(y);
    yaml_key_list(y, "images");
    yaml_map_begin(y);
    yaml_key_string(y, "name", "drc-backup-tools");
    yaml_key_string(y, "newName", "registry.example.com/backup-tools");
    yaml_key_string(y, "newTag", "latest");
    yaml_map_end(y);
    yaml_list_end(y);
    yaml_map_end(y);
    yaml_document_end(y);
    add_yaml(c, y, &text, "cron/kubernetes/kustomization.yaml", NULL);
    strbuf_release(&text);
}

/* The job scripts reach the pods as ConfigMaps made from the files themselves, so that there is one copy of each. */
static void write_scripts(struct cron_output *c)
{
    struct strbuf text = STRBUF_INIT;
    struct sh w;

    sh_init(&w, c->arena, &text);
    sh_header(&w, "Brings the job scripts into the cluster as ConfigMaps: scripts.sh NAMESPACE [options of kubectl]\n"
                  "Run again after every build.");
    sh_blank(&w);
    sh_fixed(&w, "namespace=\"${1:?usage: scripts.sh NAMESPACE [options of kubectl]}\"");
    sh_fixed(&w, "shift");
    sh_fixed(&w, "here=\"$(cd -- \"$(dirname -- \"${BASH_SOURCE[0]}\")\" && pwd)\"");
    for (int i = 0; i < 2; i++) {
        const char *folder = i == 0 ? "jobs" : "lib";
        struct sh_cmd create = SH_CMD_LIT(c->arena, "kubectl", "create", "configmap");
        struct sh_cmd apply = SH_CMD_LIT(c->arena, "kubectl", "apply", "--filename", "-");

        sh_cmd_add_lit(&create, kubernetes_name(c, arena_printf(c->arena, "drc-%s-%s", c->slug, folder)));
        sh_cmd_option(&create, "--namespace", sh_var(c->arena, "namespace"));
        sh_cmd_option(&create, "--from-file", sh_cat(c->arena, sh_var(c->arena, "here"), sh_litf(c->arena, "/../%s", folder)));
        sh_cmd_add_lit(&create, "--dry-run=client");
        sh_cmd_add_lit(&create, "--output=yaml");
        sh_cmd_add(&apply, sh_args(c->arena));
        sh_cmd_pipe(&create, &apply);
        sh_run(&w, &create);
    }
    cron_add(c, "cron/kubernetes/scripts.sh", &text, true, NULL);
    strbuf_release(&text);
}

void cron_write_kubernetes(struct cron_output *c)
{
    name_list names = {0};

    write_left_out(c, "kubernetes", "Kubernetes", kubernetes_slots);
    for (uint32_t i = 0; i < c->tasks.len; i++) {
        const struct cron_task *task = &c->tasks.items[i];

        for (uint32_t n = 0; task->kubernetes->lines_count && n < task->kubernetes->lines_count; n++) {
            const char *suffix = task->kubernetes->lines_count > 1 ? arena_printf(c->arena, "-%u", n + 1) : "";
            const char *name = kubernetes_name(c, arena_printf(c->arena, "drc-%s-%s%s", c->slug, task->name, suffix));

            name = cron_unique(c, "kubernetes", name);
            write_cronjob(c, task, n, name);
            vec_push(c->arena, &names, name);
        }
    }
    if (names.len == 0)
        return;
    write_account(c);
    write_scripts(c);
    write_kustomization(c, &names);
}
