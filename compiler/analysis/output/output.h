/* output/: what do targets print? What its files answer; README.md says how. */
#ifndef DRC_ANALYSIS_OUTPUT_H
#define DRC_ANALYSIS_OUTPUT_H

#include "analysis/common/common.h"

#include "schedule/schedule.h"

/* ---- jobs.c */
void make_jobs(struct analysis *a);

/* ---- tasks.c */
void make_job_tasks(struct analysis *a); /* what schedulers start of them */
/* Whose reading of its schedule counts: of the scheduler that the backup names, else systemd's. */
enum cron_dialect job_reading(const struct backup_job *job);

/* ---- failback.c */
void make_failbacks(struct analysis *a);                                  /* the way back in the words of kinds, where no runbook has one */
void find_declare_by(struct analysis *a, struct scenario_result *result); /* the latest moment at which a declaration saves every objective */

/* ---- drills.c */
void make_drills(struct analysis *a);
void make_exports(struct analysis *a); /* what takes data out and brings it back, with its words filled in */

/* ---- kinds.c */
void find_kinds(struct analysis *a); /* of what is declared, and what their methods are called */

/* ---- emissions.c */
void make_emissions(struct analysis *a);
/* The file under the output folder that an `emit` writes into, in the scope of its loop; NULL when it has no root. */
const char *emit_file(struct analysis *a, const struct entity *emit, struct entity *subject, const struct scope *scope);

/* ---- digest.c */
const char *plan_digest(struct analysis *a);

#endif
