/* When tasks run if hands and bandwidth are limited, and what no order of them could beat. Knows nothing of the model.
 *
 * A project is a set of tasks. A task starts when the tasks it comes after have ended, not before its release, and when what it
 * needs is free: one pair of hands of its pool, one of its team, and its rate in each of its channels. It is not interrupted.
 *
 *   project_schedule  one feasible order, by list scheduling: whenever something is free, the first waiting task that fits
 *   project_bound     a proven lower bound on the end of the last task that counts, over all feasible orders
 *
 * project_bound(p) <= end of the last task that counts, of any feasible schedule; equal when nothing is limited. Both are
 * deterministic. All times are milliseconds. A test fills in tasks, hands and capacities and calls both: see tests/unit/bound_test.c. */
#ifndef DRC_ANALYSIS_BOUND_H
#define DRC_ANALYSIS_BOUND_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

/* Whose hands a task takes. A task that takes no time takes none. */
enum pool { POOL_NONE, POOL_MANUAL, POOL_AUTOMATED, POOL_COUNT };

#define NO_TASK UINT32_MAX
enum { TAKES_UNKNOWN = -1, START_UNKNOWN = -1 };

struct task {
    /* given */
    int64_t release; /* >= 0; START_UNKNOWN: nobody knows */
    int64_t takes;   /* >= 0; TAKES_UNKNOWN */
    int64_t rank;    /* the smaller is served first; then the longest remaining path; then the smaller `tie` */
    uint32_t tie;    /* different for each task */
    enum pool pool;
    uint32_t team;         /* whose hands it takes beside those of its pool; 0: nobody's */
    bool counts;           /* the project ends with the last task that counts */
    bool late;             /* nobody waits for it but such as are late too: it starts when all others have ended */
    const uint32_t *after; /* it waits for these tasks; the graph has no cycle */
    uint32_t after_count;
    const uint32_t *channels; /* what its bytes pass through; no channel twice */
    uint32_t channel_count;
    int64_t rate;   /* reserved in each of them while it runs, units per second, 0 < rate <= capacity */
    int64_t volume; /* units that pass, at most rate x takes / 1000; for the bound */

    /* found by project_schedule */
    int64_t start, finish;           /* START_UNKNOWN when not known */
    uint32_t wave;                   /* 1, or one more than the largest of what it waits for */
    int64_t remaining;               /* longest path from its start to an end; INT64_MAX unknown */
    uint32_t decided_by;             /* the task whose end is its start, or one that keeps it from being known; NO_TASK */
    uint32_t first_heir, heir_count; /* heirs[first_heir …]: tasks whose hands or bandwidth it took over */
};

struct project {
    struct task *tasks;
    uint32_t count;
    uint32_t hands[POOL_COUNT]; /* how many pairs; 0: no limit. hands[POOL_NONE] is not read */
    const uint32_t *team_hands; /* how many pairs each team has, > 0; the first is not read */
    uint32_t team_count;
    const int64_t *capacity; /* of each channel, units per second, > 0 */
    uint32_t channel_count;

    /* found by project_schedule */
    uint32_t *heirs;
};

/* Fills start, finish, decided_by and the heirs. Whatever the tasks take instead, as long as it is not longer and `release` not later: if
 * each one also waits for those it inherited from, then the schedule stays feasible and no task ends later (waiting is monotone where
 * the order is fixed; list scheduling by itself is not, see Graham, Bounds on multiprocessing timing anomalies, 1969).
 * A task of unknown start, or of unknown length that takes hands or bandwidth, comes after all others that want the same: it inherits from
 * the last of them, has no start, and changes no time that is known. Results live in `arena`. */
void project_schedule(struct project *project, struct arena *arena);

/* The largest of: the longest path; for each pool and channel, over all sets of tasks, (sum of the earliest starts of as many tasks as
 * there are hands + work + sum of the shortest tails) / hands. For sets in which the hands count once: Carlier, The one-machine
 * sequencing problem, 1982 (preemptive schedule of Jackson, on a machine as fast as all hands). And some pair of
 * hands does more than its share of the longest tasks. What is unknown counts as 0. */
int64_t project_bound(const struct project *project);

#endif
