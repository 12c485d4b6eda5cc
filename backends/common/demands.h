/* What a target's README says of demands: what verdicts rest on and no file of ours makes true, who is asked, and how one sees it. */
#ifndef DRC_BACKENDS_COMMON_DEMANDS_H
#define DRC_BACKENDS_COMMON_DEMANDS_H

#include "emit/md.h"
#include "plan/plan.h"

/* How one sees whether it is so: the check as one line of code, else the question. */
struct md_inline demand_check(struct arena *arena, const struct plan_assumption *demand);

/* A task: `name`: what (asked of whom; how one sees it). `on` NULL: nobody in particular. */
void demand_task(struct md *md, const char *name, const char *what, const char *on, struct md_inline check);

/* A heading and the demands of the ledger that concern the target, a task each; nothing when there is none. Figures of kinds that nobody else
 * bounds are a table of target `restore`: drills measure them. */
void demand_section(struct md *md, const struct plan_document *plan, const char *target);

uint32_t demanded_figures(const struct plan_document *plan); /* how many are in that table */

/* Of those of one target, the ones `wanted` (NULL: all): tasks only. Returns how many. */
uint32_t demand_tasks(struct md *md, const struct plan_document *plan, const char *target,
                      bool (*wanted)(const struct plan_assumption *demand, void *context), void *context);

/* A figure of a kind is no task of its own: a drill measures many at once. */
bool demand_is_figure(const struct plan_assumption *demand);

#endif
