/* Inside of the cron target. cron.c is the backend and writes README.md; job.c writes a job's script; schedules.c turns its
 * schedule into the lines of each scheduler and writes their files. */
#ifndef DRC_BACKENDS_CRON_CRON_H
#define DRC_BACKENDS_CRON_CRON_H

#include "backends/registry.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "plan/plan.h"

/* Where the output folder is installed; /etc/cron.d and unit files need absolute paths. */
#define CRON_HOME "/opt/drc"

/* One thing to run: a backup, or the test of what it left. */
struct cron_task {
    const struct plan_job *job;
    const char *name;      /* "database-full", "database-full-verify": safe in file names */
    const char *arguments; /* of the job's script */
    const char *what;      /* for people */
    const struct plan_start *debian, *systemd, *kubernetes;
    bool is_test;
    int64_t jitter;       /* ms */
    const char *schedule; /* in the language */
};

/* A machine that jobs belong to. */
struct cron_place {
    const struct plan_site *site; /* NULL: any */
    const char *name;             /* safe in file names; "" for any */
};

struct cron_output {
    const struct plan_document *plan;
    const struct plan_index *index;
    struct arena *arena;
    struct fileset *files;
    const char *slug; /* the plan's name in paths */
    VEC(struct cron_task) tasks;
    bool *can_start; /* by job: some scheduler can */
    struct job_list {
        VEC(const struct plan_job *) jobs;
    } * needed_by;     /* by job: those that build on it */
    struct map stores; /* plan_thing -> plan_store */
    struct intern *words;
    struct map taken;              /* names of units and CronJobs */
    VEC(struct cron_place) places; /* where jobs have to run, in order of appearance; one without a site for those that run anywhere */
    bool spread;                   /* over several machines: each has files of its own */
};

/* `origin` may be NULL. */
struct output_file *cron_add(struct cron_output *c, const char *path, struct strbuf *text, bool executable, const char *origin);

/* " (platform.dr:12)", or "" when the place is not known. */
const char *cron_origin(struct cron_output *c, const char *origin);

const char *cron_job_name(struct arena *arena, const struct plan_job *job);
/* Seconds after which a run is given up: generous, but never without end. */
int64_t cron_unit_timeout(const struct plan_job *job); /* seconds a scheduler gives a whole run: with its copies, verification and pruning */

/* Below cron/: "cron.d/drc-shop-vm1", "systemd/vm1"; without the place where jobs are not spread. */
const char *cron_table_path(struct cron_output *c, const struct cron_place *place);
const char *cron_units_folder(struct cron_output *c, const struct cron_place *place);

/* The name, or when another file of this folder has it already, the name with something that tells them apart. */
const char *cron_unique(struct cron_output *c, const char *folder, const char *name);

/* Fills c->tasks, can_start, needed_by and places. */
void cron_plan_tasks(struct cron_output *c);
void cron_write_job(struct cron_output *c, const struct plan_job *job);
void cron_write_table(struct cron_output *c);      /* cron.d/ */
void cron_write_units(struct cron_output *c);      /* systemd/ */
void cron_write_kubernetes(struct cron_output *c); /* kubernetes/ */

#endif
