/* The cron target: one script for each backup job, and what starts it: /etc/cron.d, systemd timers or Kubernetes CronJobs,
 * whichever the reader uses. What none of them can start, and what the platform does by itself, is in README.md. */
#include "backends/cron/cron.h"

#include "backends/common/command.h"
#include "backends/common/demands.h"
#include "backends/common/place.h"
#include "backends/common/rows.h"
#include "backends/common/texts.h"
#include "emit/md.h"

#include <string.h>

struct output_file *cron_add(struct cron_output *c, const char *path, struct strbuf *text, bool executable, const char *origin)
{
    const char *reason = NULL;
    struct output_file *file = fileset_take(c->files, drc_cron.name, path, text, &reason);

    /* check() has reported every path that would be refused. */
    if (!file)
        return NULL;
    file->executable = executable;
    if (origin)
        output_file_add_origin(c->files, file, origin);
    return file;
}

const char *cron_unique(struct cron_output *c, const char *folder, const char *name)
{
    const char *path = arena_printf(c->arena, "%s/%s", folder, name);
    const char *other = name;

    for (unsigned n = 2; !map_add(&c->taken, c->arena, intern_str(c->words, path), c); n++) {
        other = arena_printf(c->arena, "%.40s-%u", name, n);
        path = arena_printf(c->arena, "%s/%s", folder, other);
    }
    return other;
}

const char *cron_origin(struct cron_output *c, const char *origin)
{
    return origin ? arena_printf(c->arena, " (%s)", origin) : "";
}

static const char *owner_name(const struct plan_job *job)
{
    return job->group ? job->group->name : job->assets_count ? job->assets[0]->name : job->name;
}

/* ---- README.md --------------------------------------------------------------------------------- */

static const char *store_names(struct cron_output *c, const struct plan_job *job)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    if (job->to)
        strbuf_addstr(&text, job->to->name);
    for (uint32_t i = 0; i < job->copies_count; i++)
        strbuf_addf(&text, "%s%s", text.len > 0 ? ", " : "", job->copies[i]->name);
    result = text.len > 0 ? strbuf_dup(&text, c->arena) : "-";
    strbuf_release(&text);
    return result;
}

static struct md_inline slots_cell(struct cron_output *c, const struct plan_start *slots)
{
    struct strbuf text = STRBUF_INIT;
    struct md_inline cell;

    if (!slots->lines_count)
        return MD("no");
    for (uint32_t i = 0; i < slots->lines_count; i++)
        strbuf_addf(&text, "%s%s", i > 0 ? "; " : "", slots->lines[i]);
    cell = md_code(c->arena, strbuf_str(&text));
    strbuf_release(&text);
    return cell;
}

static void readme_tasks(struct cron_output *c, struct md *w)
{
    bool refused = false;
    struct rows rows = {0};

    if (c->tasks.len == 0)
        return;
    md_heading(w, 2, MD("What runs when"));
    md_paragraph(w, MD("The same slots for three schedulers. Install one of them, not several."));
    MD_TABLE(w, NULL, MD("Task"), MD("Schedule"), MD("`cron.d/`"), MD("`systemd/`"), MD("`kubernetes/`"));
    for (uint32_t i = 0; i < c->tasks.len; i++) {
        const struct cron_task *task = &c->tasks.items[i];

        if (rows_take(&rows, false))
            MD_ROW(w, md_code(c->arena, task->name), md_text(c->arena, task->schedule), slots_cell(c, task->debian), slots_cell(c, task->systemd),
                   slots_cell(c, task->kubernetes));
        refused = refused || !task->debian->lines_count || !task->systemd->lines_count || !task->kubernetes->lines_count;
    }
    md_table_end(w);
    rows_tell(w, &rows, "tasks", "tasks");
    if (!refused)
        return;
    md_heading(w, 2, MD("What a scheduler cannot do"));
    md_paragraph(w, MD("A schedule that cannot be expressed exactly is left out of that scheduler's files, never approximated. Use another "
                       "one for these tasks, or start the script by hand."));
    for (uint32_t i = 0; i < c->tasks.len; i++) {
        const struct cron_task *task = &c->tasks.items[i];
        const struct {
            const char *name;
            const struct plan_start *slots;
        } all[] = {{"Debian cron", task->debian}, {"systemd", task->systemd}, {"Kubernetes", task->kubernetes}};

        for (size_t n = 0; n < sizeof all / sizeof *all; n++) {
            if (!all[n].slots->lines_count) {
                md_bullet(w, 0,
                          md_cat(c->arena, md_code(c->arena, task->name), MD(", "), md_text(c->arena, all[n].name), MD(": "),
                                 md_text(c->arena, all[n].slots->reason), all[n].slots->help ? MD("; ") : MD(""),
                                 md_text(c->arena, all[n].slots->help ? all[n].slots->help : "")));
            }
        }
    }
}

static void readme_jobs(struct cron_output *c, struct md *w)
{
    bool any = false;
    struct rows rows = {0};

    for (uint32_t i = 0; i < c->plan->jobs_count; i++) {
        const struct plan_job *job = &c->plan->jobs[i];
        struct strbuf tools = STRBUF_INIT, secrets = STRBUF_INIT;

        if (!job->run || !rows_take(&rows, false))
            continue;
        if (!any) {
            md_heading(w, 2, MD("Jobs"));
            MD_TABLE(w, NULL, MD("Job"), MD("Of"), MD("Runs"), MD("Stores"), MD("Kept"), MD("Needs"), MD("Variables"));
            any = true;
        }
        for (uint32_t n = 0; n < job->tools_count; n++)
            strbuf_addf(&tools, "%s%s", n > 0 ? ", " : "", job->tools[n]);
        for (uint32_t n = 0; n < job->secrets_count; n++)
            strbuf_addf(&secrets, "%s%s", n > 0 ? ", " : "", job->secrets[n]);
        MD_ROW(w, md_link(c->arena, md_code(c->arena, job->name), arena_printf(c->arena, "jobs/%s.sh", cron_job_name(c->arena, job))),
               md_text(c->arena, owner_name(job)), job->runs_at ? md_cat(c->arena, MD("at "), md_code(c->arena, job->runs_at->name)) : MD("anywhere"),
               md_text(c->arena, store_names(c, job)), md_text(c->arena, job->retain ? job->retain_text : "not stated: kept"),
               md_text(c->arena, tools.len > 0 ? strbuf_str(&tools) : "-"), md_text(c->arena, secrets.len > 0 ? strbuf_str(&secrets) : "-"));
        strbuf_release(&tools);
        strbuf_release(&secrets);
    }
    if (any)
        md_table_end(w);
    rows_tell(w, &rows, "jobs", "jobs");
}

/* What somebody or something else does: the platform, or people. */
static void readme_others(struct cron_output *c, struct md *w)
{
    bool managed = false, manual = false;
    struct rows rows = {0};

    for (uint32_t i = 0; i < c->plan->jobs_count; i++) {
        const struct plan_job *job = &c->plan->jobs[i];

        if (job->run || !job->managed || !rows_take(&rows, false))
            continue;
        if (!managed)
            md_heading(w, 2, MD("Done by the platform"));
        managed = true;
        md_bullet(w, 0, md_cat(c->arena, md_code(c->arena, job->name), MD(": "), md_text(c->arena, job->managed)));
    }
    rows_tell(w, &rows, "backups", "jobs");
    for (uint32_t i = 0; i < c->plan->jobs_count; i++) {
        const struct plan_job *job = &c->plan->jobs[i];

        if (job->managed || (job->run && c->can_start[i]))
            continue;
        if (!manual) {
            md_heading(w, 2, MD("To be done by hand"));
            md_paragraph(w, MD("No script or scheduler can do these as the specification asks. Somebody has to."));
        }
        manual = true;
        md_bullet(
            w, 0,
            md_cat(c->arena, md_code(c->arena, job->name), MD(", "), md_text(c->arena, job->schedule ? job->schedule->written : "no schedule"),
                   md_textf(c->arena, ", by %s: %s", job->assets_count && job->assets[0]->owner ? plan_title(job->assets[0]->owner) : "its owner",
                            job->run ? "start its script" : "its kind has no procedure for this backup")));
    }
}

static bool has_pods(const struct cron_output *c)
{
    for (uint32_t i = 0; i < c->tasks.len; i++) {
        if (c->tasks.items[i].kubernetes->lines_count)
            return true;
    }
    return false;
}

static void add_install(struct cron_output *c, struct strbuf *text, const struct cron_place *place)
{
    const char *table = cron_table_path(c, place), *units = cron_units_folder(c, place);

    if (c->spread)
        strbuf_addf(text, "%s# %s%s\n", text->len > 0 ? "\n" : "", place->site ? "at " : "at one machine, whichever it is",
                    place->site ? place->site->name : "");
    strbuf_addf(text, "install -D -m 0644 %s /etc/%s      # cron, or\n", table, table);
    strbuf_addf(text, "install -m 0644 %s/*.service %s/*.timer /etc/systemd/system/\n", units, units);
    strbuf_addf(text, "systemctl daemon-reload && systemctl enable --now drc-%s-*.timer\n", c->slug);
}

/* What no scheduler can be wrong about: the job itself looks where it is. */
static void readme_hosts(struct cron_output *c, struct md *w)
{
    for (uint32_t p = 0; p < c->places.len; p++) {
        const struct plan_site *site = c->places.items[p].site;
        const char *address = site ? plan_words(c->arena, site->thing, "address", NULL) : NULL;
        struct strbuf jobs = STRBUF_INIT;

        for (uint32_t i = 0; site && i < c->plan->jobs_count; i++) {
            if (c->plan->jobs[i].runs_at == site && c->plan->jobs[i].run)
                strbuf_addf(&jobs, "%s%s", jobs.len > 0 ? ", " : "", c->plan->jobs[i].name);
        }
        if (site && strcmp(site->level, "host") == 0 && c->spread)
            md_bullet(w, 0,
                      md_cat(c->arena, md_code(c->arena, site->name), md_textf(c->arena, ": %s. They run where ", strbuf_str(&jobs)),
                             MD("`/etc/drc/host` (or `DRC_HOST`) says "), md_code(c->arena, site->name),
                             address ? md_textf(c->arena, ", or where there is no such file and %s is an address of the machine", address) : MD(""),
                             MD("; anywhere else they end with 78.")));
        else if (site && strcmp(site->level, "host") == 0)
            md_bullet(w, 0,
                      md_cat(c->arena, md_code(c->arena, site->name), md_textf(c->arena, ": %s. Where ", strbuf_str(&jobs)),
                             MD("`/etc/drc/host` (or `DRC_HOST`) says another name they end with 78.")));
        else if (site)
            md_bullet(w, 0,
                      md_cat(c->arena, md_code(c->arena, site->name),
                             md_textf(c->arena, ": %s. It is no machine: install each on the one that has what it reads, and on no other.",
                                      strbuf_str(&jobs))));
        strbuf_release(&jobs);
    }
}

static void readme_install(struct cron_output *c, struct md *w)
{
    struct strbuf text = STRBUF_INIT;
    bool bound = c->places.len > 1 || (c->places.len && c->places.items[0].site);

    md_heading(w, 2, MD("Installation"));
    md_paragraph(w, md_textf(c->arena, "Copy the whole output folder to %s/%s, owned by root and writable by nobody else.", CRON_HOME, c->slug));
    for (uint32_t p = 0; p < (c->spread ? c->places.len : 1); p++)
        add_install(c, &text, &c->places.items[p]);
    if (has_pods(c))
        strbuf_addstr(&text, "kubernetes/scripts.sh backups && kubectl apply --kustomize kubernetes --namespace backups\n");
    text.data[--text.len] = '\0';
    md_code_block(w, "sh", strbuf_str(&text));
    strbuf_release(&text);
    if (bound)
        md_paragraph(
            w, MD("A job that reads the files of a place, or a server under `localhost` there, belongs to that place, and never into a cluster:"));
    readme_hosts(c, w);
    md_paragraph(w, md_textf(c->arena,
                             "Secrets and settings are read from /etc/drc/%s.env (mode 0600), one NAME=value a line, as systemd reads it: nothing "
                             "in it is carried out, quotation marks round a whole value are left out. In Kubernetes they come "
                             "from the Secret drc-%s.",
                             c->slug, c->slug));
    if (has_pods(c))
        md_paragraph(w, MD("In Kubernetes nothing is kept from run to run: failures in a row are counted anew for every pod (the cluster's own "
                           "alerts see failed Jobs), and a "
                           "test runs each day, of one store after the other, whatever `verify` says."));
    MD_TABLE(w, NULL, MD("Variable"), MD("Meaning"));
    MD_ROW(w, MD("`DRC_ALERT_COMMAND`"),
           MD("program called when a job fails: plan, job, status, text, failures in a row, whom to tell; without "
              "it, the channels that have an API, mail by the machine's `sendmail`, and the system log; what went "
              "nowhere is in the log as `alert-failed`"));
    MD_ROW(w, MD("`DRC_HEARTBEAT_URL`"),
           MD("URL fetched after every success, in place of `heartbeat` in the specification; `{job}` becomes the job's name"));
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
    md_bullet(w, 0,
              MD("A copy counts once its checksum lies beside it (`JOB/STAMP.SUFFIX.sha256`); what is half written is never restored and "
                 "never taken for the last good one."));
    md_bullet(w, 0, MD("The newest complete copy is never removed, nor one that a kept incremental or log builds on."));
    md_bullet(w, 0, MD("Every run leaves a line in the log, also one that was locked out."));
    md_bullet(w, 0, MD("A test fetches the newest copy from one store after the other, compares checksums, and runs the kind's own check."));
}

static void write_readme(struct cron_output *c)
{
    struct strbuf text = STRBUF_INIT;
    const char *digest = strchr(c->plan->digest, ':');
    struct md w;

    md_init(&w, c->arena, &text);
    md_heading(&w, 1, md_textf(c->arena, "Backup jobs of %s", c->plan->name));
    md_paragraph(&w, md_textf(c->arena, "Generated by drc %s from plan %.12s. Do not edit: build again.", c->plan->compiler,
                              digest ? digest + 1 : c->plan->digest));
    if (c->plan->jobs_count == 0)
        md_paragraph(&w, MD("The specification has no backups."));
    readme_tasks(c, &w);
    readme_jobs(c, &w);
    readme_others(c, &w);
    if (c->tasks.len > 0) {
        readme_install(c, &w);
        readme_codes(&w);
    }
    demand_section(&w, c->plan, "cron");
    cron_add(c, "cron/README.md", &text, false, NULL);
    strbuf_release(&text);
}

/* ---- the backend ------------------------------------------------------------------------------- */

static void add_text(struct cron_output *c, const char *source, const char *path)
{
    const struct fixed_text *fixed = fixed_text_find(source);
    struct strbuf text = STRBUF_INIT;

    if (fixed) {
        strbuf_add(&text, fixed->data, fixed->size);
        cron_add(c, path, &text, false, NULL);
    } else {
        fileset_lose(c->files, drc_cron.name, path, "this compiler was built without its text");
    }
    strbuf_release(&text);
}

static void emit(const struct plan_document *plan, struct fileset *files)
{
    struct cron_output c = {.plan = plan, .arena = files->arena, .files = files, .slug = output_name(files->arena, plan->name)};

    c.index = plan_index(c.plan, c.arena);
    c.words = intern_new(c.arena);
    for (uint32_t i = 0; i < c.plan->stores_count; i++)
        map_add(&c.stores, c.arena, (atom)(const void *)c.plan->stores[i].store, &c.plan->stores[i]);
    cron_plan_tasks(&c);
    if (c.tasks.len > 0) {
        add_text(&c, "cron/lib/drc-backup-lib.sh", "cron/lib/drc-backup-lib.sh");
        add_text(&c, "common/notify.sh", "cron/lib/notify.sh");
        add_text(&c, "common/hosts.sh", "cron/lib/hosts.sh");
        add_text(&c, "cron/lib/retention.sh", "cron/lib/retention.sh");
    }
    for (uint32_t i = 0; i < c.plan->jobs_count; i++) {
        if (c.plan->jobs[i].run)
            cron_write_job(&c, &c.plan->jobs[i]);
    }
    cron_write_table(&c);
    cron_write_units(&c);
    cron_write_kubernetes(&c);
    write_readme(&c);
}

/* ---- what cannot be expressed ---- */

/* Capitals make no other file everywhere. */
static const char *folded(struct arena *arena, const char *name)
{
    char *text = arena_strdup(arena, output_name(arena, name));

    for (char *at = text; *at; at++) {
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
    }
    return text;
}

static void check_names(const struct plan_checked *plan, struct diag_sink *sink)
{
    struct arena *arena = arena_new();
    struct intern *words = intern_new(arena);
    struct map seen = {0};

    for (uint32_t i = 0; i < plan->jobs_count; i++) {
        const struct plan_checked_job *job = &plan->jobs[i], *other;
        atom key = intern_str(words, folded(arena, job->name));
        struct diag *d;

        if (!(other = map_get(&seen, key))) {
            map_add(&seen, arena, key, (void *)(uintptr_t)job);
            continue;
        }
        d = diag_report(sink, DIAG_E0740, place_span(job->place),
                        "backup `%s` of `%s` and backup `%s` of `%s` would share the script `cron/jobs/%s.sh`", job->backup, job->of, other->backup,
                        other->of, output_name(sink->arena, job->name));
        diag_label(d, place_span(other->entry.start ? other->entry : other->place), "the other one");
        if (job->entry.start)
            diag_label(d, place_span(job->entry), "of this entry");
        diag_help(d, "give one of them a name that differs in letters, digits, `-` or `_`");
    }
    arena_delete(arena);
}

static void check_shell(struct diag_sink *sink, const struct plan_checked_shell *shell)
{
    const char *fault = command_fault(sink->arena, shell->command);
    struct diag *d;

    if (!fault)
        return;
    d = diag_report(sink, DIAG_E0743, place_span(shell->command->place), "shell text of %s `%s` cannot stand in a script: %s",
                    shell->kind == PLAN_SHELL_STORE ? "store" : "backup", shell->of, fault);
    diag_at(d, "`%s` of this procedure", shell->which);
    diag_help(d, "%s", command_fault_help(fault));
}

static void check_job(struct diag_sink *sink, const struct plan_checked_job *job)
{
    struct diag *d;

    if (job->starts) {
        d = diag_report(sink, DIAG_E0741, place_span(job->place), "no scheduler can start backup `%s` when it should", job->name);
        diag_note(d, "Debian cron: %s", job->starts[0].reason);
        diag_note(d, "systemd: %s", job->starts[1].reason);
        diag_note(d, "Kubernetes: %s", job->starts[2].reason);
        if (job->starts[1].help)
            diag_help(d, "%s", job->starts[1].help);
    }
    if (job->refused_by) {
        d = diag_report(sink, DIAG_E0742, place_span(job->place), "backup `%s` cannot be brought to store `%s`", job->name, job->refused_by);
        diag_label(d, place_span(job->refused_at), "its kind has no procedure `put`");
        diag_help(d, "add `procedure put { run = [\"program\", job.input, job.object] }` to the kind");
    }
}

static void check(const struct plan_checked *plan, struct diag_sink *sink)
{
    check_names(plan, sink);
    for (uint32_t i = 0; i < plan->shells_count && plan->shells[i].kind <= PLAN_SHELL_STORE; i++)
        check_shell(sink, &plan->shells[i]);
    for (uint32_t i = 0; i < plan->jobs_count; i++)
        check_job(sink, &plan->jobs[i]);
}

const struct backend drc_cron = {
    .name = "cron",
    .summary = "backup jobs: scripts, /etc/cron.d, systemd timers and Kubernetes CronJobs",
    .readers = "installed once, run every day",
    .check = check,
    .emit = emit,
};
