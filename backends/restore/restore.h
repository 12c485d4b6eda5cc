/* Inside of the restore target. restore.c is the backend: fixed scripts, digests, collisions. scenario.c writes the tables
 * of a scenario, step.c its step files, drill.c drills, readme.c what people read first. */
#ifndef DRC_BACKENDS_RESTORE_RESTORE_H
#define DRC_BACKENDS_RESTORE_RESTORE_H

#include "backends/registry.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "emit/fileset.h"
#include "plan/plan.h"

/* What is being written, and what was written so far. */
struct restore {
    const struct plan_document *plan;
    const struct plan_index *index;
    const struct plan_thing *about; /* the `plan` block; NULL */
    struct arena *arena;            /* of the file or the batch of steps at work */
    struct arena *whole;            /* of what all of them need */
    struct fileset *files;
    VEC(struct output_file *) written; /* for SHA256SUMS */
};

/* One direction through a scenario: the recovery, or the way back. */
struct procedure {
    const struct plan_scenario *result;
    const struct plan_outcome **outcomes; /* of each asset, by its place in the plan; NULL: nothing happens to it */
    const char *folder;                   /* "restore/scenarios/region-loss" or ".../failback" */
    bool failback;
    const struct plan_step *steps;
    uint32_t count;
    unsigned width; /* digits of a step's number */
};

/* A set of names in the order they were met. */
struct restore_names {
    VEC(const char *) list;
};

void restore_names_add(struct arena *arena, struct restore_names *names, const char *name);

/* The folder name of a scenario, and the name recover.sh is called with. */
const char *restore_scenario_name(struct arena *arena, const struct plan_scenario *result);

/* Digits of the digest alone. */
const char *restore_digest(const struct restore *r);

struct output_file *restore_add(struct restore *r, const char *path, struct strbuf *text, bool executable);

void restore_scenario(struct restore *r, const struct procedure *p);

/* "003-database-promote.sh": never longer than a file name may be. */
const char *restore_step_file(struct arena *arena, const struct procedure *p, const struct plan_step *step);
const char *restore_step_number(struct arena *arena, const struct procedure *p, const struct plan_step *step);
void restore_step(struct restore *r, const struct procedure *p, const struct plan_step *step);
/* "check,run,until,verify": what the step file has functions for. */
const char *restore_step_verbs(struct arena *arena, const struct plan_step *step);
/* Environment variables that sending its notices needs. */
void restore_step_tokens(struct restore *r, const struct plan_step *step, struct restore_names *tokens);
bool restore_step_is_manual(const struct plan_step *step);
/* Whether `step` has to await the end of `other`, one of those it `follows`. Not when it waits for it anyway, and not when it
 * comes before it in the total order (steps that take no time may): everything awaited comes earlier, so nothing awaits itself. */
bool restore_step_takes_over(const struct plan_step *step, const struct plan_step *other);
/* Names of the runtime questions of a step: its `input` blocks, and what its commands refer to as `input.NAME`. */
void restore_step_inputs(struct arena *arena, const struct plan_step *step, struct restore_names *inputs);
const struct plan_question *restore_step_input(const struct plan_step *step, const char *name); /* NULL: no block declares it */
/* What brings the copy that a question of type `stored` is for: the job and the store of the plan. NULL: nothing does, and the answer is a file. */
const struct plan_job *restore_fetching_job(const struct restore *r, const struct procedure *p, const struct plan_step *step, const char *input);
/* The key of a question: the same input of the same asset is asked once. */
const char *restore_input_key(const struct restore *r, const struct plan_step *step, const char *name);
/* Environment variables the step's commands need. */
void restore_step_secrets(struct arena *arena, const struct plan_step *step, struct restore_names *secrets);

void restore_drills(struct restore *r);
void restore_readme(struct restore *r);

#endif
