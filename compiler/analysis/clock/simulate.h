/* How long a recovery takes when every figure is drawn from its range, many times: a look at what is likely, beside the proof.
 *
 * Each range is a triangle: its density rises from best to typical and falls to worst. Every step has its own sequence of draws, which
 * depends on the seed, the scenario and the step's name alone (splitmix64: Steele, Lea, Flood, Fast splittable pseudorandom number
 * generators, 2014), so another step, scenario or computer changes nothing. All arithmetic is in integers. Steps follow each other as in
 * the plan, hands and bandwidth included, so no run takes longer than what was proved. */
#ifndef DRC_ANALYSIS_SIMULATE_H
#define DRC_ANALYSIS_SIMULATE_H

#include "model/plan.h"

/* Times from the interruption, ms. Percentiles by nearest rank: the least time that at least p % of the runs do not exceed. */
struct simulated {
    bool known; /* false: a figure is missing, nothing can be drawn */
    int64_t least, p50, p95, p99, most;
    int64_t proven;    /* the worst case of the plan */
    int64_t objective; /* ms; TIME_UNKNOWN when there is none */
    uint32_t met;      /* in how many runs; 0 when there is nothing to recover it with */
};

struct simulation {
    uint32_t runs;
    struct simulated *assets;    /* one for each of the scenario's `order` */
    struct simulated *endpoints; /* one for each endpoint; only affected ones are filled in */
    struct simulated all;        /* until the last asset is back */
    bool judged;                 /* no objective is without an answer */
    uint32_t met;                /* runs in which every objective holds */
};

/* Draws `runs` recoveries. Results live in `arena`. runs x (affected assets and endpoints) must be at most SIMULATION_LIMIT. */
#define SIMULATION_LIMIT (INT64_C(1) << 25)
int64_t simulation_size(const struct scenario_result *result); /* affected assets and endpoints, and one for all */
void simulate(const struct plan *plan, const struct scenario_result *result, uint32_t runs, uint64_t seed, struct arena *arena,
              struct simulation *out);

/* For tests: the value a draw of u / 2^32 gives, best <= value <= worst, rising with u, rounded up. */
int64_t triangle_at(struct span_of_time range, uint32_t u);
uint64_t draw_at(uint64_t base, uint64_t n); /* the n-th number of splitmix64 with state `base`, from 0 */

#endif
