/* The cron target: one script for each backup job, and what starts it: /etc/cron.d, systemd timers or Kubernetes CronJobs,
 * whichever the reader uses. What none of them can start, and what the platform does by itself, is in README.md. */
#include "backends/cron/cron.h"

#include "backends/common/command.h"
#include "backends/common/demands.h"
#include "backends/common/published.h"
#include "backends/common/texts.h"
#include "emit/md.h"

#include <string.h>

struct output_file *cron_add(struct cron_output *c, const char *path, const struct strbuf *text, bool executable, struct span origin)
{
    const char *reason = NULL;
    struct output_file *file = fileset_add(c->files, drc_cron.name, path, strbuf_str(text), text->len, &reason);

    /* check() has reported every path that would be refused. */
    if (!file)
        return NULL;
    file->executable = executable;
    if (origin.end > 0)
        output_file_add_origin(c->files, file, sources_origin(c->plan->model->sources, origin));
    return file;
}

const char *cron_unique(struct cron_output *c, const char *folder, const char *name)
{
    struct intern *names = c->plan->model->names;
    const char *path = arena_printf(c->arena, "%s/%s", folder, name);
    const char *other = name;

    for (unsigned n = 2; !map_add(&c->taken, c->arena, intern_str(names, path), c); n++) {
        other = arena_printf(c->arena, "%.40s-%u", name, n);
        path = arena_printf(c->arena, "%s/%s", folder, other);
    }
    return other;
}

const char *cron_origin(struct cron_output *c, struct span span)
{
    const char *origin = span.end > 0 ? sources_origin(c->plan->model->sources, span) : "";

    return *origin ? arena_printf(c->arena, " (%s)", origin) : "";
}

static bool has_script(const struct backup_job *job)
{
    return command_is_set(&job->run);
}

static const char *owner_name(const struct backup_job *job)
{
    return job->group ? job->group->name : job->asset ? job->asset->name : job->name;
}

/* ---- README.md --------------------------------------------------------------------------------- */

static const char *store_names(struct cron_output *c, const struct backup_job *job)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    if (job->to)
        strbuf_addstr(&text, job->to->name);
    for (uint32_t i = 0; i < job->copy_count; i++)
        strbuf_addf(&text, "%s%s", text.len > 0 ? ", " : "", job->copies[i]->name);
    result = text.len > 0 ? strbuf_dup(&text, c->arena) : "-";
    strbuf_release(&text);
    return result;
}

static const char *retention_text(struct cron_output *c, const struct backup_job *job)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    if (!value_is_known(job->retain))
        return "not stated: kept";
    value_print(job->retain, &text);
    result = strbuf_dup(&text, c->arena);
    strbuf_release(&text);
    return result;
}

static struct md_inline slots_cell(struct cron_output *c, const struct cron_slots *slots)
{
    struct strbuf text = STRBUF_INIT;
    struct md_inline cell;

    if (!slots->possible)
        return MD("no");
    for (uint32_t i = 0; i < slots->lines.count; i++)
        strbuf_addf(&text, "%s%s", i > 0 ? "; " : "", slots->lines.line[i]);
    cell = md_code(c->arena, strbuf_str(&text));
    strbuf_release(&text);
    return cell;
}

static void readme_tasks(struct cron_output *c, struct md *w)
{
    bool refused = false;

    if (c->tasks.len == 0)
        return;
    md_heading(w, 2, MD("What runs when"));
    md_paragraph(w, MD("The same slots for three schedulers. Install one of them, not several."));
    MD_TABLE(w, NULL, MD("Task"), MD("Schedule"), MD("`cron.d/`"), MD("`systemd/`"), MD("`kubernetes/`"));
    for (uint32_t i = 0; i < c->tasks.len; i++) {
        const struct cron_task *task = &c->tasks.items[i];

        MD_ROW(w, md_code(c->arena, task->name), md_text(c->arena, task->schedule), slots_cell(c, &task->debian),
               slots_cell(c, &task->systemd), slots_cell(c, &task->kubernetes));
        refused = refused || !task->debian.possible || !task->systemd.possible || !task->kubernetes.possible;
    }
    md_table_end(w);
    if (!refused)
        return;
    md_heading(w, 2, MD("What a scheduler cannot do"));
    md_paragraph(w, MD("A schedule that cannot be expressed exactly is left out of that scheduler's files, never approximated. Use another "
                       "one for these tasks, or start the script by hand."));
    for (uint32_t i = 0; i < c->tasks.len; i++) {
        const struct cron_task *task = &c->tasks.items[i];
        const struct {
            const char *name;
            const struct cron_slots *slots;
        } all[] = {{"Debian cron", &task->debian}, {"systemd", &task->systemd}, {"Kubernetes", &task->kubernetes}};

        for (size_t n = 0; n < sizeof all / sizeof *all; n++) {
            if (!all[n].slots->possible) {
                md_bullet(w, 0, md_cat(c->arena, md_code(c->arena, task->name), MD(", "), md_text(c->arena, all[n].name), MD(": "),
                                       md_text(c->arena, all[n].slots->reason), all[n].slots->help ? MD("; ") : MD(""),
                                       md_text(c->arena, all[n].slots->help ? all[n].slots->help : "")));
            }
        }
    }
}

static void readme_jobs(struct cron_output *c, struct md *w)
{
    bool any = false;

    for (uint32_t i = 0; i < c->plan->job_count; i++) {
        const struct backup_job *job = &c->plan->jobs[i];
        struct strbuf tools = STRBUF_INIT, secrets = STRBUF_INIT;

        if (!has_script(job))
            continue;
        if (!any) {
            md_heading(w, 2, MD("Jobs"));
            MD_TABLE(w, NULL, MD("Job"), MD("Of"), MD("Runs"), MD("Stores"), MD("Kept"), MD("Needs"), MD("Variables"));
            any = true;
        }
        for (uint32_t n = 0; n < job->tool_count; n++)
            strbuf_addf(&tools, "%s%s", n > 0 ? ", " : "", job->tools[n]);
        for (uint32_t n = 0; n < job->secret_count; n++)
            strbuf_addf(&secrets, "%s%s", n > 0 ? ", " : "", job->secrets[n]);
        MD_ROW(w, md_link(c->arena, md_code(c->arena, job->name), arena_printf(c->arena, "jobs/%s.sh", cron_job_name(c->arena, job))),
               md_text(c->arena, owner_name(job)),
               job->runs_at ? md_cat(c->arena, MD("at "), md_code(c->arena, job->runs_at->entity->name)) : MD("anywhere"),
               md_text(c->arena, store_names(c, job)), md_text(c->arena, retention_text(c, job)),
               md_text(c->arena, tools.len > 0 ? strbuf_str(&tools) : "-"),
               md_text(c->arena, secrets.len > 0 ? strbuf_str(&secrets) : "-"));
        strbuf_release(&tools);
        strbuf_release(&secrets);
    }
    if (any)
        md_table_end(w);
}

/* What somebody or something else does: the platform, or people. */
static void readme_others(struct cron_output *c, struct md *w)
{
    bool managed = false, manual = false;

    for (uint32_t i = 0; i < c->plan->job_count; i++) {
        const struct backup_job *job = &c->plan->jobs[i];

        if (has_script(job) || !job->managed)
            continue;
        if (!managed)
            md_heading(w, 2, MD("Done by the platform"));
        managed = true;
        md_bullet(w, 0, md_cat(c->arena, md_code(c->arena, job->name), MD(": "), md_text(c->arena, job->managed)));
    }
    for (uint32_t i = 0; i < c->plan->job_count; i++) {
        const struct backup_job *job = &c->plan->jobs[i];
        struct strbuf schedule = STRBUF_INIT;

        if (job->managed || (has_script(job) && c->can_start[i]))
            continue;
        if (!manual) {
            md_heading(w, 2, MD("To be done by hand"));
            md_paragraph(w, MD("No script or scheduler can do these as the specification asks. Somebody has to."));
        }
        manual = true;
        if (job->schedule)
            print_schedule(&schedule, job->schedule);
        md_bullet(w, 0, md_cat(c->arena, md_code(c->arena, job->name), MD(", "),
                               md_text(c->arena, schedule.len > 0 ? strbuf_str(&schedule) : "no schedule"),
                               md_textf(c->arena, ", by %s: %s",
                                        job->asset && job->asset->owner ? entity_title(c->plan->model, job->asset->owner)
                                                                        : "its owner",
                                        has_script(job) ? "start its script" : "its kind has no procedure for this backup")));
        strbuf_release(&schedule);
    }
}

static bool has_pods(const struct cron_output *c)
{
    for (uint32_t i = 0; i < c->tasks.len; i++) {
        if (c->tasks.items[i].kubernetes.possible)
            return true;
    }
    return false;
}

static void add_install(struct cron_output *c, struct strbuf *text, const struct cron_place *place)
{
    const char *table = cron_table_path(c, place), *units = cron_units_folder(c, place);

    if (c->spread)
        strbuf_addf(text, "%s# %s%s\n", text->len > 0 ? "\n" : "", place->site ? "at " : "at one machine, whichever it is",
                    place->site ? place->site->entity->name : "");
    strbuf_addf(text, "install -D -m 0644 %s /etc/%s      # cron, or\n", table, table);
    strbuf_addf(text, "install -m 0644 %s/*.service %s/*.timer /etc/systemd/system/\n", units, units);
    strbuf_addf(text, "systemctl daemon-reload && systemctl enable --now drc-%s-*.timer\n", c->slug);
}

/* What no scheduler can be wrong about: the job itself looks where it is. */
static void readme_hosts(struct cron_output *c, struct md *w)
{
    for (uint32_t p = 0; p < c->places.len; p++) {
        const struct site_info *site = c->places.items[p].site;
        const char *address = site ? entity_string(c->plan->model, site->entity, "address", NULL) : NULL;
        struct strbuf jobs = STRBUF_INIT;

        for (uint32_t i = 0; site && i < c->plan->job_count; i++) {
            if (c->plan->jobs[i].runs_at == site && has_script(&c->plan->jobs[i]))
                strbuf_addf(&jobs, "%s%s", jobs.len > 0 ? ", " : "", c->plan->jobs[i].name);
        }
        if (site && strcmp(site->level, "host") == 0 && c->spread)
            md_bullet(w, 0, md_cat(c->arena, md_code(c->arena, site->entity->name), md_textf(c->arena, ": %s. They run where ", strbuf_str(&jobs)),
                                   MD("`/etc/drc/host` (or `DRC_HOST`) says "), md_code(c->arena, site->entity->name),
                                   address ? md_textf(c->arena, ", or where there is no such file and %s is an address of the machine", address) : MD(""),
                                   MD("; anywhere else they end with 78.")));
        else if (site && strcmp(site->level, "host") == 0)
            md_bullet(w, 0, md_cat(c->arena, md_code(c->arena, site->entity->name), md_textf(c->arena, ": %s. Where ", strbuf_str(&jobs)),
                                   MD("`/etc/drc/host` (or `DRC_HOST`) says another name they end with 78.")));
        else if (site)
            md_bullet(w, 0, md_cat(c->arena, md_code(c->arena, site->entity->name),
                                   md_textf(c->arena, ": %s. It is no machine: install each on the one that has what it reads, and on no other.", strbuf_str(&jobs))));
        strbuf_release(&jobs);
    }
}

static void readme_install(struct cron_output *c, struct md *w)
{
    struct strbuf text = STRBUF_INIT;
    bool bound = c->places.len > 1 || (c->places.len && c->places.items[0].site);

    md_heading(w, 2, MD("Installation"));
    md_paragraph(w, md_textf(c->arena, "Copy the whole output folder to %s/%s, owned by root and writable by nobody else.", CRON_HOME,
                             c->slug));
    for (uint32_t p = 0; p < (c->spread ? c->places.len : 1); p++)
        add_install(c, &text, &c->places.items[p]);
    if (has_pods(c))
        strbuf_addstr(&text, "kubernetes/scripts.sh backups && kubectl apply --kustomize kubernetes --namespace backups\n");
    text.data[--text.len] = '\0';
    md_code_block(w, "sh", strbuf_str(&text));
    strbuf_release(&text);
    if (bound)
        md_paragraph(w, MD("A job that reads the files of a place, or a server under `localhost` there, belongs to that place, and never into a cluster:"));
    readme_hosts(c, w);
    md_paragraph(w, md_textf(c->arena, "Secrets and settings are read from /etc/drc/%s.env (mode 0600), one NAME=value a line; in Kubernetes "
                                       "from the Secret drc-%s.", c->slug, c->slug));
    if (has_pods(c))
        md_paragraph(w, MD("In Kubernetes, failures in a row are counted anew for every pod; the cluster's own alerts see failed Jobs."));
    MD_TABLE(w, NULL, MD("Variable"), MD("Meaning"));
    MD_ROW(w, MD("`DRC_ALERT_COMMAND`"), MD("program called when a job fails: plan, job, status, text, failures in a row, whom to tell; without "
                                            "it, the channels that have an API and the system log"));
    MD_ROW(w, MD("`DRC_HEARTBEAT_URL`"), MD("URL fetched after every success, in place of `heartbeat` in the specification; `{job}` becomes the job's name"));
    if (bound)
        MD_ROW(w, MD("`DRC_HOST`"), MD("name of this machine in the specification, in place of what `/etc/drc/host` says"));
    MD_ROW(w, MD("`DRC_STATE`"), md_textf(c->arena, "locks, counters and the log backup.jsonl; default /var/lib/drc/%s", c->slug));
    MD_ROW(w, MD("`DRC_WORK`"), MD("where backups are made before they are stored; default the same"));
    MD_ROW(w, MD("`DRC_LOG`"), MD("another place for the log"));
    MD_ROW(w, MD("`AWS_ENDPOINT_URL`"), MD("another endpoint for every AWS command, for tests"));
    md_table_end(w);
}

static void readme_codes(struct md *w)
{
    md_heading(w, 2, MD("Exit codes of a job"));
    MD_TABLE(w, NULL, MD("Code"), MD("Meaning"));
    MD_ROW(w, MD("0"), MD("done: stored, copied, old ones removed"));
    MD_ROW(w, MD("1"), MD("failed: nothing new is in the first store"));
    MD_ROW(w, MD("3"), MD("verification failed: nothing was stored, or a stored copy is damaged"));
    MD_ROW(w, MD("4"), MD("stored, but a copy is missing; nothing old was removed"));
    MD_ROW(w, MD("5"), MD("stored, but old copies could not be removed"));
    MD_ROW(w, MD("64"), MD("wrong use"));
    MD_ROW(w, MD("75"), MD("another run is under way: a missed run"));
    MD_ROW(w, MD("76"), MD("outside the hours it may run in: a missed run"));
    MD_ROW(w, MD("78"), MD("a program or variable is missing, or this is not the machine the job is for"));
    MD_ROW(w, MD("124"), MD("out of time"));
    md_table_end(w);
    md_heading(w, 2, MD("What you can rely on"));
    md_bullet(w, 0, MD("A copy counts once its checksum lies beside it (`JOB/STAMP.SUFFIX.sha256`); what is half written is never restored and "
                       "never taken for the last good one."));
    md_bullet(w, 0, MD("The newest complete copy is never removed, nor one that a kept incremental or log builds on."));
    md_bullet(w, 0, MD("Every run leaves a line in the log, also one that was locked out."));
    md_bullet(w, 0, MD("A test fetches the newest copy from one store after the other, compares checksums, and runs the kind's own check."));
}

static void write_readme(struct cron_output *c)
{
    struct strbuf text = STRBUF_INIT;
    struct md w;

    md_init(&w, c->arena, &text);
    md_heading(&w, 1, md_textf(c->arena, "Backup jobs of %s", c->plan->name));
    md_paragraph(&w, md_textf(c->arena, "Generated by drc %s from plan %.12s. Do not edit: build again.", c->plan->compiler,
                              c->plan->digest));
    if (c->plan->job_count == 0)
        md_paragraph(&w, MD("The specification has no backups."));
    readme_tasks(c, &w);
    readme_jobs(c, &w);
    readme_others(c, &w);
    if (c->tasks.len > 0) {
        readme_install(c, &w);
        readme_codes(&w);
    }
    demand_section(&w, c->plan->document, "cron");
    cron_add(c, "cron/README.md", &text, false, (struct span){0});
    strbuf_release(&text);
}

/* ---- the backend ------------------------------------------------------------------------------- */

static struct cron_output begin(const struct plan *plan, struct arena *arena, struct fileset *files)
{
    struct cron_output c = {.plan = plan, .arena = arena, .files = files, .slug = output_name(arena, plan->name)};

    cron_plan_tasks(&c);
    return c;
}

static void add_text(struct cron_output *c, const char *source, const char *path)
{
    const struct fixed_text *fixed = fixed_text_find(source);
    struct strbuf text = STRBUF_INIT;

    if (fixed) {
        strbuf_add(&text, fixed->data, fixed->size);
        cron_add(c, path, &text, false, (struct span){0});
    } else {
        fileset_lose(c->files, drc_cron.name, path, "this compiler was built without its text");
    }
    strbuf_release(&text);
}

static void emit(const struct plan *plan, const struct backend_options *options, struct fileset *files)
{
    struct cron_output c = begin(plan, files->arena, files);

    (void)options;
    c.index = plan_index(plan->document, files->arena);
    if (c.tasks.len > 0) {
        add_text(&c, "cron/lib/drc-backup-lib.sh", "cron/lib/drc-backup-lib.sh");
        add_text(&c, "common/notify.sh", "cron/lib/notify.sh");
        add_text(&c, "common/hosts.sh", "cron/lib/hosts.sh");
    }
    for (uint32_t i = 0; i < plan->job_count; i++) {
        if (has_script(&plan->jobs[i]))
            cron_write_job(&c, &plan->jobs[i]);
    }
    cron_write_table(&c);
    cron_write_units(&c);
    cron_write_kubernetes(&c);
    write_readme(&c);
}

/* Capitals make no other file everywhere. */
static atom folded(const struct plan *plan, struct arena *arena, const char *name)
{
    char *text = arena_strdup(arena, name);

    for (char *at = text; *at; at++) {
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
    }
    return intern_str(plan->model->names, text);
}

static void check_names(const struct plan *plan, struct diag_sink *sink)
{
    struct map seen = {0};

    for (uint32_t i = 0; i < plan->job_count; i++) {
        const struct backup_job *job = &plan->jobs[i];
        const char *name = cron_job_name(sink->arena, job);
        atom key = folded(plan, sink->arena, name);
        const struct backup_job *other = map_get(&seen, key);
        struct diag *d;

        if (!has_script(job))
            continue;
        if (!other) {
            map_add(&seen, sink->arena, key, (void *)(uintptr_t)job);
            continue;
        }
        d = diag_report(sink, DIAG_E0740, job->span, "backup `%s` of `%s` and backup `%s` of `%s` would share the script `cron/jobs/%s.sh`",
                        job->backup->name, owner_name(job), other->backup->name, owner_name(other), name);
        diag_label(d, other->span, "the other one");
        diag_help(d, "give one of them a name that differs in letters, digits, `-` or `_`");
    }
}

static void check_commands(struct arena *arena, const struct backup_job *job, struct diag_sink *sink)
{
    const struct command *commands[] = {&job->run, &job->verify, &job->restore};
    static const char *const names[] = {"run", "verify", "restore"};

    for (size_t n = 0; n < sizeof commands / sizeof *commands; n++) {
        const char *fault = command_fault(published_command(arena, commands[n]));

        if (fault) {
            struct diag *d = diag_report(sink, DIAG_E0743, commands[n]->span,
                                         "shell text of backup `%s` cannot stand in a script: %s", job->name, fault);

            diag_at(d, "`%s` of this procedure", names[n]);
            diag_help(d, "close it, or write the command as a list of arguments: [\"program\", \"argument\"]");
        }
    }
}

static void check(const struct plan *plan, struct diag_sink *sink)
{
    struct cron_output c = begin(plan, sink->arena, NULL);

    check_names(plan, sink);
    for (uint32_t i = 0; i < plan->job_count; i++) {
        const struct backup_job *job = &plan->jobs[i];
        bool writes = !job->output || strcmp(job->output, "none") != 0;

        if (!has_script(job))
            continue;
        check_commands(plan->arena, job, sink);
        if (job->schedule && !c.can_start[i]) {
            struct diag *d = diag_report(sink, DIAG_E0741, job->span, "no scheduler can start backup `%s` when it should", job->name);

            for (uint32_t n = 0; n < c.tasks.len; n++) {
                if (c.tasks.items[n].job != job)
                    continue;
                diag_note(d, "Debian cron: %s", c.tasks.items[n].debian.reason);
                diag_note(d, "systemd: %s", c.tasks.items[n].systemd.reason);
                diag_note(d, "Kubernetes: %s", c.tasks.items[n].kubernetes.reason);
                if (c.tasks.items[n].systemd.help)
                    diag_help(d, "%s", c.tasks.items[n].systemd.help);
                break;
            }
        }
        if (writes && job->to && (!job->to_access || !command_is_set(&job->to_access->put))) {
            struct diag *d = diag_report(sink, DIAG_E0742, job->span, "backup `%s` cannot be brought to store `%s`", job->name,
                                         job->to->name);

            diag_label(d, job->to->span, "its kind has no procedure `put`");
            diag_help(d, "add `procedure put { run = [\"program\", job.input, job.object] }` to the kind");
        }
    }
}

const struct backend drc_cron = {
    .name = "cron",
    .summary = "backup jobs: scripts, /etc/cron.d, systemd timers and Kubernetes CronJobs",
    .readers = "installed once, run every day",
    .check = check,
    .emit = emit,
};
