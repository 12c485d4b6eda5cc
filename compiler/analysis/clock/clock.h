/* clock/: when? What its files answer; README.md says how. */
#ifndef DRC_ANALYSIS_CLOCK_H
#define DRC_ANALYSIS_CLOCK_H

#include "analysis/common/common.h"

/* ---- timing.c */
/* The earliest a step may start, whatever it waits for. */
enum release { RELEASE_AT_ONCE, RELEASE_DETECTED, RELEASE_DECLARED };
enum release step_release(const struct scenario_result *result, const struct step *step);
void time_steps(struct analysis *a, struct scenario_result *result);

/* ---- bandwidth.c */
struct project;
void find_links(struct analysis *a);
void share_links(struct analysis *a, struct scenario_result *result, struct project *project, struct arena *scratch);

/* ---- lanes.c */
/* Channels for the schedule, where steps might want more than there is. Before the tasks' times are taken from the steps. */
/* lanes.c: what the plan says in `operators` or `parallel`, 0 when it says nothing; and whose hands each step of a person takes. */
uint32_t stated_hands(const struct analysis *a, uint32_t row);
/* *who: by number of the hands, team or person; NULL. */
bool share_hands(const struct analysis *a, const struct scenario_result *result, struct project *project, struct arena *scratch,
                 const struct entity ***who);

/* ---- detection.c */
/* When somebody begins: detection (without `detect` in the scenario the first health check or probe that fails for certain), declaration,
 * approval. After fates, before methods are compared. */
void find_begin(struct analysis *a, struct scenario_result *result);
/* Whether the health check of a target turns red in the scenario. It stays green where the old side goes on answering: in a compromise,
 * after damage, and where its alarm stands in what is lost. */
bool check_turns_red(struct analysis *a, const struct scenario_result *result, const struct entity *endpoint, const struct entity *target);

/* The same, or nobody knows: a connection may still be accepted by what is in front of it. */
bool check_may_turn_red(struct analysis *a, const struct entity *endpoint, const struct entity *target);

/* ---- traffic.c */
/* When the health check of a target notices that it is gone, ms: threshold x (interval + timeout). */
struct health_clock {
    const struct entity *block;           /* NULL: the target has none */
    int64_t threshold, interval, timeout; /* threshold 0: an alarm, which has a time of its own */
    int64_t after;                        /* TIME_UNKNOWN */
};
int64_t provider_timeout(const struct entity *health); /* how long one check of that type takes to fail where none is stated, ms */
struct health_clock health_clock(const struct entity *target);
void find_targets(struct analysis *a, struct scenario_result *result); /* where endpoints lead afterwards: before make_steps */
void move_traffic(struct analysis *a, struct scenario_result *result);

#endif
