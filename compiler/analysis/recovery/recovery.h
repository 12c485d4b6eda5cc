/* recovery/: how does it come back, from what, with what loss, by which steps? What its files answer; README.md says how. */
#ifndef DRC_ANALYSIS_RECOVERY_H
#define DRC_ANALYSIS_RECOVERY_H

#include "analysis/common/common.h"

/* ---- choice.c */
bool kind_has_method(const struct kind_info *kind, const char *name);
const char *method_named(const struct analysis *a, const struct asset_state *state); /* by `recovery`, for the class or always; NULL */
int64_t candidate_time(const struct analysis *a, const struct candidate *candidate); /* ms until its own work ends; INT64_MAX unknown */
/* Chooses the method of a lost asset, unless that was done or is being done. */
void settle(struct analysis *a, struct asset_state *state);
void choose_again(struct analysis *a, struct asset_state *state); /* among the candidates it has, where what they lose has changed */

/* ---- methods.c */
/* How every lost asset comes back, and where; groups together. */
void choose_methods(struct analysis *a, struct scenario_result *result);

/* ---- candidates.c */
void refuse(struct candidate *candidate, const struct why *why); /* says why it cannot be taken */
/* Works out one candidate: place, copy, loss, steps; `rejected` when it cannot be taken. */
void consider(struct analysis *a, struct asset_state *state, struct candidate *candidate);
/* self, r, scenario, plan, input: what methods and steps see. */
const struct scope *method_scope(struct analysis *a, struct asset_state *state, struct candidate *candidate); /* NULL: of no candidate yet */
void drop_method_scope(struct analysis *a, struct candidate *candidate); /* it is made anew when it is asked for */

/* ---- closure.c */
enum comes { COMES_STANDS, COMES_BACK, COMES_IN_CIRCLE, COMES_NEVER };
/* Whether what opens a store (key, secrets) is there, or comes back; *why when never. */
enum comes store_opens(struct analysis *a, const struct entity *store, struct why *why);
/* The same for what a candidate is restored with, or made from. */
enum comes restore_comes(struct analysis *a, const struct asset_state *state, const struct candidate *candidate, struct why *why);
/* What the chosen methods stand on: result->inputs, circles, copies of the plan. Before make_steps. */
void close_restores(struct analysis *a, struct scenario_result *result);
/* Time until a copy in the store can be read: what it says itself, else its kind for its storage class; off-line media without a
 * figure: unknown; 0 for everything else. */
struct span_of_time retrieval_of(struct analysis *a, struct entity *store);
/* First of result->inputs of an asset; *end is one past the last. */
uint32_t restore_inputs_of(const struct scenario_result *result, const struct asset *asset, uint32_t *end);

/* ---- stability.c */
/* Marks a step of a method whose control plane does not answer, or lets its attestation stand in. */
void bar_step(struct analysis *a, struct asset_state *state, const struct candidate *candidate, struct step *step);
const char *barred_reason(struct analysis *a, const struct candidate *candidate); /* why it cannot be carried out; NULL */
/* Why the platform cannot do what a method with one figure says; NULL when it can, or when nothing says that it asks a control plane for it. */
const char *barred_figure(struct analysis *a, struct asset_state *state, struct candidate *candidate);
/* The place whose control plane does not answer where a method with one figure works, and nothing says whether it needs it; NULL. */
const struct entity *plane_in_doubt(struct analysis *a, struct asset_state *state, struct candidate *candidate);
void bar_runbook(struct analysis *a, struct scenario_result *result, struct step *step);
void bar_provision(struct analysis *a, const struct site_info *site, struct step *step);
void bar_record(struct analysis *a, struct scenario_result *result, struct endpoint_state *state, struct step *step); /* mode = manual */
bool record_can_be_held(struct analysis *a, const struct entity *endpoint); /* the control plane of its record answers in the scenario */
void check_creation(struct analysis *a, struct scenario_result *result);    /* infrastructure made during the recovery of tier 0 and 1 */

/* ---- places.c: steps that would work in what the scenario takes */
void lead_words(struct analysis *a, struct step *step); /* words that are written out or answered: where they lead */
/* Sets `at` of a step whose words lead to a place that the scenario takes, or lets its attestation stand in. */
void place_step(struct analysis *a, struct step *step);
const char *place_reason(struct analysis *a, const struct step *step);             /* why it cannot be carried out; NULL */
void report_places(struct analysis *a, struct step *const *steps, uint32_t count); /* steps of what was chosen, of people, of runbooks */
/* Whether such a step, of its own or of people, is why its end is unknown: that was told with the step. */
bool places_hold(const struct analysis *a, const struct asset_state *state);

/* ---- keeping.c */
void check_keeping(struct analysis *a); /* locks against retention, what copies build on */
void count_copies(struct analysis *a);  /* plan->copies */
/* When a copy made on change is made again although nothing changed, ms: a store's lock lets copies go by their age, and this may be the only
 * one. Half of what the lock leaves beyond `retain`. TIME_UNKNOWN: never. */
int64_t backup_renewal(const struct entity *backup);

/* ---- rpo.c */
/* Smallest worst-case loss over the complete chains of copies that survive; fills rpo, rpo_terms, copy, from_store.
 * False with `rejected` set when no chain survives. `read`: how long the restore takes, ms, during which copies must not expire. */
/* `owner`: only the copies of this asset or group; NULL for all. */
bool copies_loss(struct analysis *a, struct asset_state *state, struct candidate *candidate, const struct entity *method, int64_t read,
                 const struct entity *owner);
bool goes_back(const struct analysis *a, const struct asset_state *state); /* behind what went unnoticed, not only to the newest copy */

/* ---- backup_loss.c */
/* How the recovery points of one scheduled backup lie, ms; TIME_UNKNOWN when it has no schedule or a figure is missing. */
struct spacing {
    int64_t apart;    /* two consecutive ones at most: largest gap, start window, jitter */
    int64_t youngest; /* age of the newest usable one at least: shortest run and copy; 0 unknown */
    int64_t within;   /* from a slot to the end of its run at most: start window, jitter, longest run */
    int64_t longest;  /* longest run */
    int64_t gap;      /* two consecutive slots at most */
};
void backup_spacing(struct analysis *a, const struct asset *asset, const struct entity *backup, const struct entity *store, struct spacing *out);
void check_backups(struct analysis *a); /* schedules that never fire, broken chains, runs longer than their gap */

/* ---- proof.c */
/* What others check the loss of each lost asset by that has a method and a loss that is a number: result->proofs. Once everything is timed. */
void prove_losses(struct analysis *a, struct scenario_result *result);
/* The most that a legal execution was found to lose of such an asset, ms; TIME_UNKNOWN: none is told. Once everything is timed. */
int64_t reached_loss(struct analysis *a, const struct scenario_result *result, struct asset_state *state);
/* Whether groups lose more than they may in some execution: a bound that is beyond refutes nothing. Before judge_groups(). */
void exceed_groups(struct analysis *a, struct scenario_result *result);

/* ---- replica_loss.c */
/* The loss of a candidate that neither restores copies nor says what it loses, as a method over replicas whose lag is not stated. */
void unstated_loss(struct analysis *a, const struct asset_state *state, struct candidate *candidate);
/* In a partition: what the cut-off side goes on accepting until it is fenced is lost as well. Once the steps of the candidate are known. */
void accept_behind_cut(struct analysis *a, const struct asset_state *state, struct candidate *candidate);
/* The same with the times of the plan. After time_steps, before judge. */
void time_cuts(struct analysis *a, struct scenario_result *result);

/* ---- encryption.c */
void check_encryption(struct analysis *a);
const char *encryption_text(struct analysis *a, const struct backup_job *job); /* what is done in each of its stores */

/* ---- scheduler.c */
uint32_t backup_dialects(const struct entity *backup); /* bits 1u << dialect of the schedulers it may run under */
/* "Kubernetes": a scheduler that starts things at no host of ours; NULL when the backup, or the kind of its store, names none, or another. */
const char *backup_scheduler_elsewhere(const struct entity *backup);
/* A scheduler named for a job of ours for which no files are written; NULL: they are, for each that may run it. */
const char *backup_scheduler_unwritten(const struct entity *backup);
/* How late a run may start, ms; 0 when nothing says so. *from: the kind that says it when the backup does not, else NULL. */
bool backup_has_slots(const struct entity *backup); /* a clock starts its runs: neither continuous nor on change */
int64_t backup_start_window(const struct entity *backup, const struct entity **from);
/* A continuous backup, of whose copy in this store only single points are left. */
bool copy_loses_points(const struct analysis *a, const struct entity *backup, const struct entity *store);
void check_service(struct analysis *a, const struct entity *backup); /* what the service that runs it refuses, or does not keep */

/* ---- retention.c */
bool is_period(const char *key);              /* by which copies can be kept: hourly … yearly */
bool is_thinned(const struct entity *backup); /* kept by classes, although each copy builds on the one before */
enum retention { RETENTION_LASTS, RETENTION_SHORT, RETENTION_UNKNOWN };
/* Where the copies of a backup lie in time, ms. */
struct rhythm {
    int64_t gap, shortest; /* between two slots */
    bool uniform;          /* all gaps are the same */
    int64_t late;          /* a run begins that long after its slot at most; TIME_UNKNOWN */
    bool keeps_day;        /* … on the same day */
    int64_t once;          /* of each day, week or month (in ms, the longest) there is one run; 0 */
};
/* Whether a copy of `backup` can be read when it is up to `age` old, ms. `newest`: the newest of all will do. `locked` is how long nobody can
 * delete it. *extra: how much further apart copies of that age are than the gap. */
enum retention retention_covers(struct analysis *a, const struct entity *backup, int64_t age, bool newest, struct rhythm rhythm, int64_t locked,
                                int64_t *extra);

/* ---- discarded.c */
int64_t time_of_damage(const struct scenario_result *result); /* from the damage until somebody acts, ms; TIME_UNKNOWN */
/* What is discarded with the restore of each asset: discarded_ms, RPO_NOT_APPLICABLE or TIME_UNKNOWN. Once methods are chosen. */
void find_discarded(struct analysis *a, struct scenario_result *result);

/* ---- stated_loss.c */
/* The loss of a candidate that restores no copies, from what its method says: fills rpo and rpo_terms. */
void stated_loss(struct analysis *a, struct asset_state *state, struct candidate *candidate, struct value rpo, struct span place);

/* ---- sources.c */
/* What a thing made anew from others loses: fills rpo and rpo_terms of the candidate. */
void loss_of_sources(struct analysis *a, const struct asset_state *state, struct candidate *candidate, const struct entity *rebuild);
void derive_losses(struct analysis *a, struct scenario_result *result); /* after time_steps */

/* ---- group.c */
struct candidate candidate_copy(const struct candidate *candidate); /* to try something with; shares nothing that was made for it */
/* Chooses for each group methods with a common point, where there are some, and works out what the group loses; after every member has
 * chosen on its own. Fills result->groups. */
void choose_for_groups(struct analysis *a, struct scenario_result *result);
void judge_groups(struct analysis *a, struct scenario_result *result); /* the findings: after the steps are known */
/* Steps that make members agree again, in the order written, after the steps of all recovered members; who needs a member waits for them.
 * Frontiers must be known. */
void reconcile_groups(struct analysis *a, struct scenario_result *result, struct step ***steps, uint32_t *count);

/* ---- method_steps.c */
/* The steps of a candidate in this scenario, evaluated once: candidate->steps. */
void find_steps(struct analysis *a, struct asset_state *state, struct candidate *candidate);
struct span_of_time own_time(struct analysis *a, struct asset_state *state, struct candidate *candidate);
/* The standby it recovers to, when that runs at less than full capacity and nobody says how long it takes to grow; NULL. */
const struct entity *standby_of_unknown_growth(struct analysis *a, const struct candidate *candidate);

/* ---- waits.c */
/* What of a restore is still to do when it begins to read what it is restored with, at the worst, ms; 0 where nobody knows. */
int64_t rest_of_restore(const struct asset_state *state);
void wait_for(struct analysis *a, struct step *step, struct step *other);

/* ---- step.c */
void attest_instead(struct step *step); /* a person attests in place of the command, as `otherwise` says */
/* The steps of a block that belongs to no asset (`part`: a child of `subject`). */
void block_steps(struct analysis *a, struct entity *part, struct entity *subject, const struct scope *scope, struct step ***steps, uint32_t *count);
void check_inputs(struct analysis *a);                              /* of assets: asked by a step of some scenario; after all of them */
bool command_asks(const struct command *command, const char *name); /* whether the answer to the input of that name is in its words */

/* ---- steps.c */
void make_steps(struct analysis *a, struct scenario_result *result);

/* ---- commands.c */
bool evaluate_command(struct analysis *a, struct value value, struct command *out);

/* ---- runbook_steps.c */
void find_runbooks(struct analysis *a, struct scenario_result *result); /* before anything is timed */

/* ---- bindings.c */
struct value serving_instance(const struct analysis *a, struct entity *entity);   /* `asset.here` */
struct value serving_site(const struct analysis *a, const struct entity *entity); /* `asset.serves_at`; UNKNOWN when it serves nowhere */
struct value bindings_of(struct analysis *a, struct entity *entity);              /* `asset.bindings` */
/* What of it is another than in normal operation, as a person sets it: "DB=10.0.0.2, …"; NULL: nothing. */
const char *changed_bindings(struct analysis *a, struct entity *entity);
/* The step that asks from outside whether an asset serves; NULL when the block says nothing that can be asked. */
struct step *make_probe(struct analysis *a, struct asset_state *state, struct entity *probe);
/* The step that sees whether its recovered data is right: a command, else a person; NULL when the block says nothing. */
struct step *make_verify(struct analysis *a, struct asset_state *state, struct entity *verify);

/* ---- transfers.c */
/* What a step says it moves: makes its time as long as the limits demand. Does nothing without limits. */
void step_moves(struct analysis *a, const struct candidate *candidate, const struct entity *block, const struct scope *scope, struct step *step);
/* A restore none of whose steps says so moves the size of its asset, in its longest step. */
void restore_moves(struct analysis *a, const struct asset_state *state, const struct candidate *candidate, struct step *const *steps, uint32_t count);
/* One figure for the whole method; makes it longer. NULL when it moves nothing that is limited. */
struct transfer *figure_moves(struct analysis *a, struct asset_state *state, struct candidate *candidate, struct span_of_time *figure);

/* ---- takers.c: `asset`: what the run is of; NULL when one run takes a whole group */
/* The procedure of a kind that takes the backup; NULL when none does, and a person must. */
struct entity *backup_procedure(struct analysis *a, struct entity *backup);
const struct scope *run_scope(struct analysis *a, const struct entity *backup, const struct asset *asset);
struct entity *run_procedure(struct analysis *a, const struct entity *backup, const struct asset *asset, const struct scope *scope);
/* The members a run is for: all of the group's, or the one it is of. */
struct value run_members(struct analysis *a, const struct entity *backup, const struct asset *asset);
void tell_left_out(struct analysis *a, const struct entity *backup, const struct asset *asset, const char *why, const char *help); /* E0564 */
void check_takers(struct analysis *a); /* tools nobody knows, and members no run captures */

/* ---- run_places.c: `asset` as in takers.c */
/* Where a run has to take place, because it reads what is there alone; NULL: anywhere, or no job of ours runs. */
const struct site_info *run_site(struct analysis *a, const struct entity *backup, const struct asset *asset);
void check_run_places(struct analysis *a); /* members that stand elsewhere, schedulers that cannot get there */

#endif
