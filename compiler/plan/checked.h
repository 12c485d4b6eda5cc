/* What targets look at before they refuse anything: part of the plan, made for every `drc check`, so that it must cost little. Names, what is
 * emitted for Terraform and the things these speak of are a document with everything else empty; of jobs and steps it has what can be refused. */
#ifndef DRC_PLAN_CHECKED_H
#define DRC_PLAN_CHECKED_H

#include "plan/plan.h"

/* A scenario or a drill, for which files are named. */
struct plan_checked_name {
    const char *name;
    struct plan_place place;
};

/* A job with a procedure. */
struct plan_checked_job {
    const char *name, *backup, *of; /* of a group, or of an asset */
    struct plan_place place, entry; /* of the backup; of the entry of a data file that its asset was made of, no place: it was not */
    const char *refused_by;         /* the store to which nothing brings what it makes; NULL */
    struct plan_place refused_at;
    const struct plan_start *starts; /* why no scheduler starts it or its test, by each: Debian's cron, systemd, Kubernetes; NULL: one does */
};

/* Whose a shell text is: those of jobs and stores stand in the scripts of jobs, the others in what a recovery or a drill runs or shows. */
enum plan_shell_of { PLAN_SHELL_JOB, PLAN_SHELL_STORE, PLAN_SHELL_STEP, PLAN_SHELL_DRILL, PLAN_SHELL_EXPORT };

/* A shell text, each once. Lists of words need no look: each word is quoted. */
struct plan_checked_shell {
    enum plan_shell_of kind;
    const char *of;    /* name of the job, store, drill or asset; id of the step */
    const char *which; /* "run", "verify" … */
    const struct plan_command *command;
};

struct plan_checked {
    const struct plan_document *document;
    const struct plan_checked_name *scenarios, *drills;
    const struct plan_checked_job *jobs;
    const struct plan_checked_shell *shells; /* in the order of their kinds */
    uint32_t scenarios_count, drills_count, jobs_count, shells_count;
};

#endif
