/* judge/: does it hold, and why not? What its files answer; README.md says how. */
#ifndef DRC_ANALYSIS_JUDGE_H
#define DRC_ANALYSIS_JUDGE_H

#include "analysis/common/common.h"

/* ---- records.c */
void check_records(struct analysis *a); /* plan->evidence; after the digest */

/* ---- measured.c */
void check_measured_methods(struct analysis *a); /* how long methods took by the records, against what the proof assumes (E0550, E0590) */

/* ---- capacity.c */
void check_capacity(struct analysis *a, struct scenario_result *result); /* quotas; after survive */
void check_resources(struct analysis *a);                                /* what assets take up and no quota has (E0583) */

/* ---- addresses.c */
void check_addresses(struct analysis *a); /* one machine told as two (E0582) */

/* ---- damage.c */
void judge_damage(struct analysis *a, struct scenario_result *result); /* after judge */

/* ---- availability.c */
void check_availability(struct analysis *a); /* fills plan->slos; after all scenarios */

/* ---- strategy.c */
void check_strategies(struct analysis *a); /* after check_availability */

/* ---- figures.c */
int grade_rank(char grade);                               /* 0 the strongest; no grade is the weakest */
char block_grade(const struct entity *block, bool worst); /* weakest of its sources, of the worst end or of the rest; 0: it has none */
bool figure_is_assumed(const struct figure *figure);      /* nobody else gives a bound */
void check_figures(struct analysis *a);                   /* worst ends that are ours, of all kinds */
const struct figure *figure_if_any(struct analysis *a, const struct entity *block, uint32_t row); /* NULL: it says nothing by itself */
void take_figures(struct analysis *a, struct scenario_result *result);                            /* step->figure, step->stated; after time_steps */

/* ---- admins.c */
void check_admins(struct analysis *a, struct scenario_result *result); /* after judge: who else might change what the recovery rests on */

/* ---- doubt.c */
void spread_doubt(struct analysis *a, struct scenario_result *result); /* after all that leaves an RTO open */

/* ---- assumed.c */
void rest_on_figures(struct analysis *a, struct scenario_result *result); /* when every verdict of the scenario is known */

/* ---- objectives.c */
struct reason;
void effective_objectives(struct analysis *a, struct scenario_result *result);
void judge(struct analysis *a, struct scenario_result *result);
struct entity *plan_objectives(const struct analysis *a, const char *role); /* "default", "ceiling"; NULL */
/* Reports an objective that is weaker than a ceiling. `scenario` may be NULL. */
void check_ceiling(struct analysis *a, struct entity *scenario, const struct asset *asset, const struct entity *ceiling, uint32_t row,
                   const char *name, struct objective objective, const char *what);
void find_objectives(struct analysis *a); /* of every asset, in general; effective_objectives() says which holds in a scenario */
enum { NO_RTO = 1, NO_RPO = 2 };
/* An objective nobody stated cannot be proved: said once for an asset. `result`: where it is missed, NULL when it is in all scenarios. An error
 * for tiers that demand proof. */
void no_objective(struct analysis *a, const struct scenario_result *result, const struct asset *asset, uint8_t which);

/* ---- downtime.c */
enum verdict downtime_verdict(const struct asset_state *state); /* of `mtd`: finish + work_recovery */
void refute_downtime(struct analysis *a, struct scenario_result *result, struct asset_state *state);
void check_mean_time(struct analysis *a); /* of the plan's `mttr`; after all scenarios */

/* ---- inversions.c */
void check_inversions(struct analysis *a);                                             /* needs that promise less than what rests on them */
void check_restore_promises(struct analysis *a, const struct scenario_result *result); /* the same of what restores in it read */

/* ---- consistency.c */
/* Tier limits and ceilings of the plan against what holds in one class. `scenario` may be NULL. */
void check_class_objective(struct analysis *a, struct entity *scenario, const struct asset *asset, struct objective rto, struct objective rpo);
void check_consistency(struct analysis *a);
void check_form(struct analysis *a);  /* labels that name nothing, nobody to do the work: true of the text alone */
void check_kinds(struct analysis *a); /* methods with two figures, steps without one */

/* ---- rules.c */
void check_rules(struct analysis *a);
void judge_waiting_rules(struct analysis *a); /* about what is emitted */

/* ---- emitted.c */
bool emitted_hook(struct evaluator *eval, atom name, struct value *out); /* emitted(TYPE) */
void check_emitted(struct analysis *a);                                  /* when everything is emitted */
/* Of an object that emitted() gave: what emits it, with the place of the attribute, else of the block; NULL for any other value. */
const struct emission *emitted_for(const struct analysis *a, struct value element, const char *attribute, struct span *span);

/* ---- asked.c */
enum { GRADE_NOT_APPLICABLE = '-' };
/* The weakest grade a recovery's time rests on, of its worst ends or of the rest; 0: a figure has no source, GRADE_NOT_APPLICABLE: there is no
 * figure of its kind. One that the owner states for his own asset (`timing`) and says where it comes from is as good as a vendor's guidance. */
char recovery_grade(const struct asset_state *state, bool worst);
/* Computed fields that only the analysis knows (`asset.outcomes`, `backup.procedure` …); false when the name is none of them. */
bool asked_field(struct analysis *a, struct entity *entity, atom name, struct value *out);

/* ---- budget.c */
void check_budgets(struct analysis *a);

#endif
