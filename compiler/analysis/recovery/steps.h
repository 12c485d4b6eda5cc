/* Private to the files that make steps. */
#ifndef DRC_ANALYSIS_STEPS_H
#define DRC_ANALYSIS_STEPS_H

#include "analysis/common/common.h"

typedef VEC(struct step *) step_list;

/* ---- step.c ---- */
struct step_source {
    struct entity *block; /* `step` */
    const struct scope *scope;
    struct entity *subject;
    struct asset *asset;
    struct entity *owner;
    const char *prefix;                /* "database" */
    const char *suffix;                /* loop element's name, "" */
    const struct candidate *candidate; /* whose step it is; NULL for people's steps */
};

/* What every step begins with. It blocks when it fails, until somebody says otherwise. */
struct step_begin {
    const char *id, *title;
    enum step_phase phase;
    struct asset *asset;        /* NULL: of no asset */
    struct entity *subject;     /* NULL: the asset */
    const struct entity *block; /* NULL: the analysis itself makes it */
    struct entity *by;          /* NULL: the asset's owner */
    struct span span;           /* no place: that of its block */
};
struct step *begin_step(struct analysis *a, struct step_begin from);
/* Most steps have one command or none, so a step holds each by itself. The first makes room for one, the second keeps one that is set. */
struct command *new_command(struct analysis *a, struct command **at);
void keep_command(struct analysis *a, struct command **at, struct command made);
/* Once its words are set: who does it. What is neither said nor run, nor tells anybody, a person does. */
void find_doer(struct step *step);
const char *text_or(struct analysis *a, struct value value, const char *fallback);
const char *title_from_name(struct analysis *a, const char *name);
void default_timeout(struct step *step);    /* three times the worst case, when none is set */
bool step_goes_on(const struct step *step); /* its failure does not stop the rest: it costs the time limit */
/* Adds what `step->retries` attempts before the last cost, each cut at `attempt` ms, with the script's pauses. */
void add_retries(struct step *step, int64_t attempt);
void add_block(struct analysis *a, struct step_source from, step_list *list);

/* ---- method_steps.c ---- */
void lost_steps(struct analysis *a, struct asset_state *state, step_list *out);
void impaired_steps(struct analysis *a, struct asset_state *state, step_list *out);

/* ---- runbook_steps.c ---- */
void runbook_steps(struct analysis *a, struct scenario_result *result, enum block_id where, step_list *out);
/* result->failback: the steps, one after the other. */
void walk_back(struct analysis *a, struct scenario_result *result, step_list *steps);
void failback_steps(struct analysis *a, struct scenario_result *result);

/* ---- waits.c ---- */
/* Steps of an asset in a row, from `first` to the end of the list. */
void chain(struct analysis *a, struct asset_state *state, step_list *steps, uint32_t first);
bool step_is_asked_ahead(const struct step *step); /* it waits for no other step of its asset */
void find_frontiers(struct analysis *a, struct scenario_result *result);
void wait_for_asset(struct analysis *a, struct step *step, const struct asset *asset); /* frontiers must be known */
void wait_for_needs(struct analysis *a, struct asset_state *state);

/* ---- name_checks.c: verifications that ask a public name ---- */
void find_ready(struct scenario_result *result, struct asset_state *state);
void ask_after_traffic(struct analysis *a, struct scenario_result *result); /* after traffic_steps() */

/* ---- provisioning.c ---- */
void provision_sites(struct analysis *a, struct scenario_result *result, const step_list *before, step_list *out);

/* ---- traffic_steps.c ---- */
/* What a person does to lead a name that no target of ours moves to one of its targets. `from`: no longer there; may be NULL. */
const char *traffic_words(struct analysis *a, const struct endpoint_state *state, const struct entity *from, const struct entity *to);
bool name_is_led(const struct endpoint_state *state); /* a step leads it elsewhere, or holds it there */
void traffic_steps(struct analysis *a, struct scenario_result *result, const step_list *before, step_list *out);

#endif
