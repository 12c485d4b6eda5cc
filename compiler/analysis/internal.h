/* Private to the analysis: what its files share. */
#ifndef DRC_ANALYSIS_INTERNAL_H
#define DRC_ANALYSIS_INTERNAL_H

#include "analysis/analysis.h"

/* The last steps one waits for when one waits for an asset. */
struct frontier {
    struct step **items;
    uint32_t len, cap;
};

/* A limit on what restores move: the bandwidth of a site, or the rate a store is read at. */
struct link {
    struct entity *entity;
    struct frac rate;
    int64_t capacity; /* bytes a second, rounded down, > 0 */
};

struct analysis {
    struct model *model;
    struct evaluator *eval;
    struct diag_sink *sink;
    struct arena *arena;
    struct plan *plan;
    const struct analysis_options *options;
    struct scenario_result *scenario; /* being worked on: what `scenario`, `here` and hooks refer to */
    bool *site_lost;                  /* by site index, in that scenario */
    bool *site_compromised;
    VEC(struct link) links;           /* sites first, then stores; empty when nothing is limited */
    bool *site_cut;                   /* partitioned: cannot be reached */
    const bool *down;                 /* by asset index, in that scenario: it does not answer */
    struct asset **rebuilt;           /* assets that are made from others: `rebuild { from }` */
    uint32_t rebuilt_count;
    struct ground *places;             /* by site index: what the scenario does to it and inside of it; stands.h */
    struct map nearest;               /* in the scenario: the recovery places that stand nearest, as far as somebody asked; standing.c */
    bool as_usual;                    /* what serves where is asked of normal operation, not of the scenario */
    uint32_t asked;                   /* how often an expression asked for what the analysis knows */
    bool chosen;                      /* every asset of the scenario has chosen: `here` is final */
    struct map addresses;             /* text -> the site whose address it is; the plan: several; places.c */
    uint64_t address_lengths;
    bool addresses_indexed;
    bool held;                        /* a step of people in it cannot be carried out where it works */
    const struct scope *method_scope; /* what all methods of a scenario see, and the scenario it was made for */
    const struct entity *method_scope_of;
    struct map dns_zones;             /* zone name -> asset; see stability.c */
    bool zones_indexed;
    struct map figures_of;            /* struct figure, by the address of its block and row */
    VEC(const struct figure *) figures; /* those the plan uses */
    struct map gaps;                  /* cached gaps of schedules, by printed form */
    uint8_t *hit;                        /* by asset index, what the scenario does to the asset itself: HIT_… */
    uint32_t *groups_first;              /* groups of asset i: groups_of[groups_first[i] .. groups_first[i + 1]) */
    struct entity **groups_of;
    struct loss_memo *losses;            /* of backups, worked out last; rpo.c */
    const struct schedule_gap *last_gap; /* the one asked for last, and of what */
    struct value last_gap_schedule;
    uint32_t last_gap_missed, last_gap_dialects;
    VEC(struct finding) findings;
    VEC(const struct entity *) asked_inputs; /* inputs of assets that a command of a step uses */
    struct map unset;                 /* by thing and attribute: see unset.c */
    bool *told_place;                 /* by site index: the same of a place that is made */
    bool nobody_acts;                 /* in the scenario at hand: nobody is left who could begin */
    bool *told_creation;              /* by asset index: said that its recovery creates infrastructure */
    uint8_t *no_objective;            /* by asset index: NO_RTO, NO_RPO when it was said that it has none */
    struct waiver **waivers;          /* by number of the `accept` block; NULL until the first finding */
    struct map waivers_of;            /* the first waiver of each rule or code */
    VEC(struct told_reason *) reasons; /* what leaves objectives undecided, as it was found; see missing.c */
    struct map reasons_of;            /* thing -> its reasons */
    struct map ledger;                /* id -> struct assumption * */
    struct map credits;               /* protection -> struct credit *; see credit.c */
    struct map held_writers;          /* store -> asset whose jobs write there and that somebody else controls in the scenario */
    struct map makers;                /* protection -> struct maker *, of what emits say they make or watch */
    struct map emitters;              /* things whose emits were asked what they make */
    bool scenarios_done;              /* every scenario was worked out: rules may ask what came of it */
    bool has_cycle;                   /* then nothing is timed: there is no order */
    uint32_t *needs_first;            /* asset numbers so that what is needed comes before what needs it */
    uint32_t settling;                /* how deep in choices that rest on other choices */
    struct cause **causes;            /* by asset index, in that scenario: with which message it is told; NULL: nothing yet */
    struct frontier *frontiers;       /* by asset index, in the scenario being worked on */
};

/* ---- build.c ---- */
void build_sites(struct analysis *a);
void build_assets(struct analysis *a);
struct entity **asset_groups(const struct analysis *a, const struct asset *asset, uint32_t *count); /* those it is a member of */
struct value kind_slot(const struct kind_info *kind, uint32_t row);           /* own or inherited; UNKNOWN */
struct entity *kind_deferred(const struct kind_info *kind, uint32_t row);     /* kind entity that writes the row, or NULL */
bool site_is_in(const struct analysis *a, const struct site_info *site, const struct entity *ancestor);
const char *intern_text(const struct analysis *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct span_of_time time_of(struct value value); /* DURATION or a range of them; otherwise unknown */
struct span_of_time time_add(struct span_of_time a, struct span_of_time b);
struct span_of_time time_max(struct span_of_time a, struct span_of_time b);
struct span_of_time time_exact(int64_t ms);

/* The reference that makes the edge. Not kept: the name of what is needed lies far away, and few ask. */
struct span edge_span(const struct edge *edge);

/* ---- graph.c ---- */
/* Reports every cycle of `needs` and `restores_with`, once, edge by edge; sets has_cycle. */
void graph_cycles(struct analysis *a);

/* ---- effect.c ---- */
void check_effect(struct analysis *a, const struct scenario_result *result); /* scenarios that hit nothing (E0553) */

/* ---- survival.c ---- */
bool kind_has_method(const struct kind_info *kind, const char *name);
/* An asset may be lost in several ways at once: a method must cover all of them. The first is what it is called by. */
void lose(struct analysis *a, struct asset_state *state, const char *loss, struct entity *with);
void survive(struct analysis *a, struct scenario_result *result);
/* self, r, scenario, plan, input: what methods and steps see. */
const struct scope *method_scope(struct analysis *a, struct asset_state *state, struct candidate *candidate); /* NULL: of no candidate yet */
const char *method_named(const struct analysis *a, const struct asset_state *state); /* by `recovery`, for the class or always; NULL */
int64_t candidate_time(const struct analysis *a, const struct candidate *candidate); /* ms until its own work ends; INT64_MAX unknown */
/* Whether who writes into the store cannot delete from it: append-only, or a lock of any mode (who writes administers nothing). */
bool binds_writers(const struct analysis *a, const struct entity *store);
bool writers_delete(const struct analysis *a, const struct entity *store); /* by its kind, whatever is stated of it */
/* Nobody who may change the place where it is can delete from it: a lock nobody lifts, media off line. */
bool store_withstands(const struct analysis *a, const struct entity *store);
bool store_survives(const struct analysis *a, const struct entity *store, const char *loss, const char **why);

/* Chooses the method of a lost asset, unless that was done or is being done. */
void settle(struct analysis *a, struct asset_state *state);

/* ---- closure.c ---- */
enum comes { COMES_STANDS, COMES_BACK, COMES_IN_CIRCLE, COMES_NEVER };
/* Whether what opens a store (key, secrets) is there, or comes back; *why when never. */
enum comes store_opens(struct analysis *a, const struct entity *store, const char **why);
/* The same for what a candidate is restored with, or made from. */
enum comes restore_comes(struct analysis *a, const struct asset_state *state, const struct candidate *candidate, const char **why);
/* Whether an instance at one place is of use at another (`bound_to` of its kind). */
bool works_at(const struct analysis *a, const struct asset *asset, const struct site_info *instance, const struct site_info *place);
/* What the chosen methods stand on: result->inputs, circles, copies of the plan. Before make_steps. */
void close_restores(struct analysis *a, struct scenario_result *result);
/* Time until a copy in the store can be read: what it says itself, else its kind for its storage class; off-line media without a
 * figure: unknown; 0 for everything else. */
struct span_of_time retrieval_of(struct analysis *a, struct entity *store);
/* First of result->inputs of an asset; *end is one past the last. */
uint32_t restore_inputs_of(const struct scenario_result *result, const struct asset *asset, uint32_t *end);

/* ---- stability.c ---- */
bool plane_degraded(const struct analysis *a, const struct entity *scenario, const struct site_info *site, const char *plane);
/* Marks a step of a method whose control plane does not answer, or lets its attestation stand in. */
void bar_step(struct analysis *a, struct asset_state *state, const struct candidate *candidate, struct step *step);
void attest_instead(struct step *step);
const char *barred_reason(struct analysis *a, const struct candidate *candidate); /* why it cannot be carried out; NULL */
/* Why the platform cannot do what a method with one figure says; NULL when it can, or when nothing says that it asks a control plane for it. */
const char *barred_figure(struct analysis *a, struct asset_state *state, struct candidate *candidate);
/* The place whose control plane does not answer where a method with one figure works, and nothing says whether it needs it; NULL. */
const struct entity *plane_in_doubt(struct analysis *a, struct asset_state *state, struct candidate *candidate);
void bar_runbook(struct analysis *a, struct scenario_result *result, struct step *step);
void bar_provision(struct analysis *a, const struct site_info *site, struct step *step);
void bar_record(struct analysis *a, struct scenario_result *result, struct endpoint_state *state, struct step *step); /* mode = manual */
bool record_can_be_held(struct analysis *a, const struct entity *endpoint); /* the control plane of its record answers in the scenario */
struct kind_info *name_provider(const struct analysis *a, const struct entity *endpoint); /* NULL: no import knows its provider */
struct asset *zone_asset(struct analysis *a, const char *name); /* the asset that is the zone of that name; NULL */

/* ---- name_zone.c */
void find_zone(struct analysis *a, struct scenario_result *result, struct endpoint_state *state); /* whether the scenario takes what keeps the name */
void check_creation(struct analysis *a, struct scenario_result *result); /* infrastructure made during the recovery of tier 0 and 1 */

/* ---- places.c: steps that would work in what the scenario takes ---- */
void lead_words(struct analysis *a, struct step *step); /* words that are written out or answered: where they lead */
/* Sets `at` of a step whose words lead to a place that the scenario takes, or lets its attestation stand in. */
void place_step(struct analysis *a, struct step *step);
const char *place_reason(struct analysis *a, const struct step *step); /* why it cannot be carried out; NULL */
void report_places(struct analysis *a, struct step *const *steps, uint32_t count); /* steps of what was chosen, of people, of runbooks */

/* Whether such a step, of its own or of people, is why its end is unknown: that was told with the step. */
bool places_hold(const struct analysis *a, const struct asset_state *state);

/* ---- records.c ---- */
void check_records(struct analysis *a); /* plan->evidence; after the digest */

/* ---- capacity.c ---- */
void check_capacity(struct analysis *a, struct scenario_result *result); /* quotas; after survive */

void check_resources(struct analysis *a); /* what assets take up and no quota has (E0583) */

/* ---- keeping.c ---- */
void check_keeping(struct analysis *a); /* locks against retention, what copies build on */
void check_addresses(struct analysis *a); /* one machine told as two (E0582) */
void check_standing(struct analysis *a);  /* what is said to be where its kind cannot stand (E0586) */
void check_not_yet(struct analysis *a); /* what is said to be where only a recovery makes a place (E0568) */
void count_copies(struct analysis *a);  /* plan->copies */

/* ---- rpo.c ---- */
/* Smallest worst-case loss over the complete chains of copies that survive; fills rpo, rpo_terms, copy, from_store.
 * False with `rejected` set when no chain survives. `read`: how long the restore takes, ms, during which copies must not expire. */
/* `owner`: only the copies of this asset or group; NULL for all. */
bool copies_loss(struct analysis *a, struct asset_state *state, struct candidate *candidate, const struct entity *method, int64_t read,
                 const struct entity *owner);
/* How the recovery points of one scheduled backup lie, ms; TIME_UNKNOWN when it has no schedule or a figure is missing. */
struct spacing {
    int64_t apart;    /* two consecutive ones at most: largest gap, start window, jitter */
    int64_t youngest; /* age of the newest usable one at least: shortest run and copy; 0 unknown */
    int64_t within;   /* from a slot to the end of its run at most: start window, jitter, longest run */
    int64_t longest;  /* longest run */
    int64_t gap;      /* two consecutive slots at most */
};
void backup_spacing(struct analysis *a, const struct asset *asset, const struct entity *backup, const struct entity *store, struct spacing *out);
bool state_has_loss(const struct asset_state *state, const char *loss);
bool is_damaged(const struct asset_state *state); /* its data is wrong or gone, where it stands */
bool goes_back(const struct analysis *a, const struct asset_state *state); /* behind what went unnoticed, not only to the newest copy */
void check_backups(struct analysis *a); /* schedules that never fire, broken chains, runs longer than their gap */

/* ---- split.c: what a partition leaves on both sides ---- */
void find_split(struct analysis *a, struct scenario_result *result);  /* after the fates, before they spread */
void judge_split(struct analysis *a, struct scenario_result *result); /* after judge */

/* ---- replica_loss.c ---- */
/* The loss of a candidate that neither restores copies nor says what it loses, as a method over replicas whose lag is not stated. */
void unstated_loss(struct analysis *a, const struct asset_state *state, struct candidate *candidate);
/* In a partition: what the cut-off side goes on accepting until it is fenced is lost as well. Once the steps of the candidate are known. */
void accept_behind_cut(struct analysis *a, const struct asset_state *state, struct candidate *candidate);
/* The same with the times of the plan. After time_steps, before judge. */
void time_cuts(struct analysis *a, struct scenario_result *result);

/* ---- encryption.c ---- */
void check_encryption(struct analysis *a);
const char *encryption_text(struct analysis *a, const struct backup_job *job); /* what is done in each of its stores */

/* ---- scheduler.c ---- */
uint32_t backup_dialects(const struct entity *backup); /* bits 1u << dialect of the schedulers it may run under */
bool backup_runs_in_aws_backup(const struct entity *backup);
/* "Kubernetes": a scheduler that starts things at no host of ours; NULL when the backup, or the kind of its store, names none, or another. */
const char *backup_scheduler_elsewhere(const struct entity *backup);
/* A scheduler named for a job of ours for which no files are written; NULL: they are, for each that may run it. */
const char *backup_scheduler_unwritten(const struct entity *backup);
/* How late a run may start, ms; 0 when nothing says so. *from: the kind that says it when the backup does not, else NULL. */
int64_t backup_start_window(const struct entity *backup, const struct entity **from);
/* A continuous backup, of whose copy in this store only single points are left. */
bool copy_loses_points(const struct analysis *a, const struct entity *backup, const struct entity *store);
void check_service(struct analysis *a, const struct entity *backup); /* what the service that runs it refuses, or does not keep */

/* ---- retention.c ---- */
bool is_period(const char *key); /* by which copies can be kept: hourly … yearly */
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
enum retention retention_covers(const struct entity *backup, int64_t age, bool newest, struct rhythm rhythm, int64_t locked, int64_t *extra);

/* ---- damage.c ---- */
int64_t time_of_damage(const struct scenario_result *result); /* from the damage until somebody acts, ms; TIME_UNKNOWN */
/* ms; RPO_NOT_APPLICABLE, TIME_UNKNOWN */
int64_t discarded_by(const struct analysis *a, const struct scenario_result *result, const struct asset_state *state);
void judge_damage(struct analysis *a, struct scenario_result *result); /* after judge */

/* ---- availability.c ---- */
void check_availability(struct analysis *a); /* fills plan->slos; after all scenarios */

/* ---- holding.c ---- */
void find_holding(struct analysis *a, struct asset *asset); /* what it holds, says its kind; an RPO of what cannot hold anything (E0566) */
/* The loss of a candidate that restores no copies, from what its method says: fills rpo and rpo_terms. */
void stated_loss(struct analysis *a, struct asset_state *state, struct candidate *candidate, struct value rpo, struct span place);

/* ---- reach.c ---- */
void check_reach(struct analysis *a, struct scenario_result *result); /* whether somebody is left to act, and a place to act from (E0567) */
void refute_without_hands(struct analysis *a, struct scenario_result *result); /* after judge(): what waits for those who cannot is never back */

/* ---- derived.c ---- */
void find_rebuilt(struct analysis *a);                                /* a->rebuilt */
void spread_damage(struct analysis *a, struct scenario_result *result); /* to what is made from damaged data; after fates */
/* What a thing made anew from others loses: fills rpo and rpo_terms of the candidate. */
void loss_of_sources(struct analysis *a, const struct asset_state *state, struct candidate *candidate, const struct entity *rebuild);
void derive_losses(struct analysis *a, struct scenario_result *result); /* after time_steps */

/* ---- strategy.c ---- */
void check_strategies(struct analysis *a); /* after check_availability */

/* ---- group.c ---- */
struct candidate candidate_copy(const struct candidate *candidate); /* to try something with; shares nothing that was made for it */
/* Chooses for each group methods with a common point, where there are some, and works out what the group loses; after every member has
 * chosen on its own. Fills result->groups. */
void choose_for_groups(struct analysis *a, struct scenario_result *result);
void judge_groups(struct analysis *a, struct scenario_result *result); /* the findings: after the steps are known */
/* Steps that make members agree again, in the order written, after the steps of all recovered members; who needs a member waits for them.
 * Frontiers must be known. */
void reconcile_groups(struct analysis *a, struct scenario_result *result, struct step ***steps, uint32_t *count);

/* ---- figures.c ---- */
int grade_rank(char grade);                                /* 0 the strongest; no grade is the weakest */
char block_grade(const struct entity *block, bool worst); /* weakest of its sources, of the worst end or of the rest; 0: it has none */
bool speaks_of(const struct entity *source, const char *attribute); /* whether a source is about that one of what stands beside it */
bool figure_is_assumed(const struct figure *figure);       /* nobody else gives a bound */
void check_figures(struct analysis *a);                    /* worst ends that are ours, of all kinds */
const struct figure *figure_if_any(struct analysis *a, const struct entity *block, uint32_t row); /* NULL: it says nothing by itself */
void take_figures(struct analysis *a, struct scenario_result *result); /* step->figure, step->stated; after time_steps */

/* ---- admins.c ---- */
void check_admins(struct analysis *a, struct scenario_result *result); /* after judge: who else might change what the recovery rests on */

/* ---- assumed.c ---- */
void rest_on_figures(struct analysis *a, struct scenario_result *result); /* when every verdict of the scenario is known */

/* ---- steps.c ---- */
/* The steps of a candidate in this scenario, evaluated once: candidate->steps. */
void find_steps(struct analysis *a, struct asset_state *state, struct candidate *candidate);
void wait_for(struct analysis *a, struct step *step, struct step *other);
/* The steps of a block that belongs to no asset (`part`: a child of `subject`). */
void block_steps(struct analysis *a, struct entity *part, struct entity *subject, const struct scope *scope, struct step ***steps, uint32_t *count);
void make_steps(struct analysis *a, struct scenario_result *result);
void check_inputs(struct analysis *a); /* of assets: asked by a step of some scenario; after all of them */
struct span_of_time own_time(struct analysis *a, struct asset_state *state, struct candidate *candidate);
/* The standby it recovers to, when that runs at less than full capacity and nobody says how long it takes to grow; NULL. */
const struct entity *standby_of_unknown_growth(struct analysis *a, const struct candidate *candidate);
bool command_asks(const struct command *command, const char *name); /* whether the answer to the input of that name is in its words */
bool evaluate_command(struct analysis *a, struct value value, struct command *out);

/* ---- runbook_steps.c ---- */
void find_runbooks(struct analysis *a, struct scenario_result *result); /* before anything is timed */

/* ---- bindings.c ---- */
struct value serving_instance(const struct analysis *a, struct entity *entity); /* `asset.here` */
struct value serving_site(const struct analysis *a, const struct entity *entity); /* `asset.serves_at`; UNKNOWN when it serves nowhere */
struct value bindings_of(struct analysis *a, struct entity *entity);            /* `asset.bindings` */
/* What of it is another than in normal operation, as a person sets it: "DB=10.0.0.2, …"; NULL: nothing. */
const char *changed_bindings(struct analysis *a, struct entity *entity);
/* The step that asks from outside whether an asset serves; NULL when the block says nothing that can be asked. */
struct step *make_probe(struct analysis *a, struct asset_state *state, struct entity *probe);
/* The step that sees whether its recovered data is right: a command, else a person; NULL when the block says nothing. */
struct step *make_verify(struct analysis *a, struct asset_state *state, struct entity *verify);

/* ---- timing.c ---- */
/* The earliest a step may start, whatever it waits for. */
enum release { RELEASE_AT_ONCE, RELEASE_DETECTED, RELEASE_DECLARED };
enum release step_release(const struct scenario_result *result, const struct step *step);
void time_steps(struct analysis *a, struct scenario_result *result);

/* ---- bandwidth.c ---- */
struct project;
void find_links(struct analysis *a);
/* What a step says it moves: makes its time as long as the limits demand. Does nothing without limits. */
void step_moves(struct analysis *a, const struct candidate *candidate, const struct entity *block, const struct scope *scope, struct step *step);
/* A restore none of whose steps says so moves the size of its asset, in its longest step. */
void restore_moves(struct analysis *a, const struct asset_state *state, const struct candidate *candidate, struct step *const *steps, uint32_t count);
/* One figure for the whole method; makes it longer. NULL when it moves nothing that is limited. */
struct transfer *figure_moves(struct analysis *a, struct asset_state *state, struct candidate *candidate, struct span_of_time *figure);
/* Channels for the schedule, where steps might want more than there is. Before the tasks' times are taken from the steps. */
/* lanes.c: what the plan says in `operators` or `parallel`, 0 when it says nothing; and whose hands each step of a person takes. */
uint32_t stated_hands(const struct analysis *a, uint32_t row);
bool share_hands(const struct analysis *a, const struct scenario_result *result, struct project *project, struct arena *scratch);
void share_links(struct analysis *a, struct scenario_result *result, struct project *project, struct arena *scratch);

/* ---- detection.c ---- */
/* When somebody begins: detection (without `detect` in the scenario the first health check or probe that fails for certain), declaration,
 * approval. After fates, before methods are compared. */
void find_begin(struct analysis *a, struct scenario_result *result);
/* Whether the health check of a target turns red in the scenario. It stays green where the old side goes on answering: in a compromise,
 * after damage, and where its alarm stands in what is lost. */
bool check_turns_red(struct analysis *a, const struct scenario_result *result, const struct entity *endpoint, const struct entity *target);

/* ---- traffic.c ---- */
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
bool endpoint_wants_proof(const struct analysis *a, const struct entity *endpoint); /* something it serves does */

/* ---- objectives.c ---- */
struct reason;
/* Whether nobody says how soon the scenario is detected or declared: then *out is why nothing in it can be timed. */
const struct reason *keep_reason(struct analysis *a, const struct reason *reason);
/* Whether nobody answers for what a scenario takes for granted: *out says so. */
bool nobody_owns(struct analysis *a, const struct scenario_result *result, struct entity *subject, struct reason *out);
bool clock_is_unset(const struct scenario_result *result, struct reason *out);
void effective_objectives(struct analysis *a, struct scenario_result *result);
void judge(struct analysis *a, struct scenario_result *result);
struct entity *plan_objectives(const struct analysis *a, const char *role); /* "default", "ceiling"; NULL */
/* Reports an objective that is weaker than a ceiling. `scenario` may be NULL. */
void check_ceiling(struct analysis *a, struct entity *scenario, const struct asset *asset, const struct entity *ceiling,
                   uint32_t row, const char *name,
                   struct objective objective, const char *what);
bool class_binds(const struct entity *class_, const struct asset *asset); /* by `applies_to`; all when unset */
void general_objectives(struct analysis *a, struct asset *asset);
enum { NO_RTO = 1, NO_RPO = 2 };
/* An objective nobody stated cannot be proved: said once for an asset. `result`: where it is missed, NULL when it is in all scenarios. An error
 * for tiers that demand proof. */
void no_objective(struct analysis *a, const struct scenario_result *result, const struct asset *asset, uint8_t which);
bool asset_wants_proof(const struct analysis *a, const struct asset *asset);

/* ---- downtime.c ---- */
enum verdict downtime_verdict(const struct asset_state *state); /* of `mtd`: finish + work_recovery */
void refute_downtime(struct analysis *a, struct scenario_result *result, struct asset_state *state);
void check_mean_time(struct analysis *a); /* of the plan's `mttr`; after all scenarios */

/* ---- inversions.c ---- */
void check_inversions(struct analysis *a); /* needs that promise less than what rests on them */

/* ---- consistency.c ---- */
/* Tier limits and ceilings of the plan against what holds in one class. `scenario` may be NULL. */
void check_class_objective(struct analysis *a, struct entity *scenario, const struct asset *asset, struct objective rto, struct objective rpo);
void check_consistency(struct analysis *a);
void check_form(struct analysis *a);  /* labels that name nothing, nobody to do the work: true of the text alone */
void check_kinds(struct analysis *a); /* methods with two figures, steps without one */

/* ---- findings.c ---- */
struct span entity_slot_span(const struct entity *entity, uint32_t row); /* where it is written, name and value; else the entity */
/* Records a finding and reports it unless a waiver accepts it: then NULL, and nothing more is to be said. */
struct diag *find(struct analysis *a, enum diag_code code, enum verdict verdict, struct entity *subject, struct entity *scenario,
                  struct span span, const char *format, ...) __attribute__((format(printf, 7, 8)));
struct diag *find_rule(struct analysis *a, struct entity *rule, enum verdict verdict, uint32_t severity, struct entity *subject,
                       struct span span, const char *message);
/* Records a finding that is told with the one of `cause`. False when a waiver accepts it: then it is not to be told at all. */
bool find_with(struct analysis *a, enum diag_code code, enum verdict verdict, enum severity severity, struct entity *subject,
               struct entity *scenario, struct span span, struct entity *cause, const char *format, ...)
    __attribute__((format(printf, 9, 10)));

/* Programs get every finding by itself; in a text the message `with` names it. `number`: of one that find_with() recorded. */
void tell_by_itself(struct analysis *a, uint32_t number, struct diag *with);

/* ---- unset.c ---- */
/* Tells what attributes of the user's things leave a command unknown. False when none does: then whoever asks tells it another way. */
bool tell_unset(struct analysis *a, const struct expr *expr, const struct scope *scope, const char *who);

/* ---- waivers.c ---- */
/* The `accept` block, not past its last day, that accepts a finding on the subject or in the scenario; NULL. Marks it as used. */
struct entity *find_waiver(struct analysis *a, const char *code, const char *name, const struct entity *subject,
                           const struct entity *scenario);
void check_waivers(struct analysis *a); /* when everything else was found: expired and unused ones */
void check_review(struct analysis *a);  /* whether the plan's review is overdue, at --as-of */

/* ---- causes.c: one message for one cause, within a scenario ---- */
/* The message about an asset was printed (or accepted: NULL); what misses its objective because of it can be told with it. */
void cause_told(struct analysis *a, struct asset *asset, struct diag *diag);
/* The asset with whose message this one is told, itself for a cause; NULL when there is no such message. */
struct asset *cause_root(const struct analysis *a, const struct asset *asset);
/* Because of which one a refuted asset misses its RTO: it waits for that one, which is later than its own objective, and would not miss it
 * else. NULL when its own steps are to blame. */
struct asset *cause_of_delay(struct analysis *a, const struct scenario_result *result, const struct asset_state *state);
struct asset *cause_of_endpoint(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state);
/* What find_with() recorded last is to be named in the message of `root`; `finish` unknown: it cannot be timed. */
void told_with(struct analysis *a, struct asset *root, struct entity *subject, struct span_of_time finish, struct objective rto);
void tell_consequences(struct analysis *a); /* at the end of a scenario: adds the names */

/* ---- rules.c ---- */
void check_rules(struct analysis *a);

/* ---- asked.c ---- */
/* Computed fields that only the analysis knows (`asset.outcomes`, `backup.procedure` …); false when the name is none of them. */
bool asked_field(struct analysis *a, struct entity *entity, atom name, struct value *out);

bool method_promotes(struct analysis *a, struct asset_state *state); /* the chosen method makes a second writer */

/* ---- jobs.c, emissions.c ---- */
void make_jobs(struct analysis *a);
void make_job_tasks(struct analysis *a); /* what schedulers start of them */
/* The procedure of a kind that takes the backup; NULL when none does, and a person must. */
struct entity *backup_procedure(struct analysis *a, struct entity *backup);

/* ---- takers.c ---- `asset`: what the run is of; NULL when one run takes a whole group. */
const struct scope *run_scope(struct analysis *a, const struct entity *backup, const struct asset *asset);
struct entity *run_procedure(struct analysis *a, const struct entity *backup, const struct asset *asset, const struct scope *scope);
/* The members a run is for: all of the group's, or the one it is of. */
struct value run_members(struct analysis *a, const struct entity *backup, const struct asset *asset);
void tell_left_out(struct analysis *a, const struct entity *backup, const struct asset *asset, const char *why, const char *help); /* E0564 */
/* ---- run_places.c ---- `asset` as in takers.c */
/* Where a run has to take place, because it reads what is there alone; NULL: anywhere, or no job of ours runs. */
const struct site_info *run_site(struct analysis *a, const struct entity *backup, const struct asset *asset);
void check_run_places(struct analysis *a); /* members that stand elsewhere, schedulers that cannot get there */
/* ---- budget.c ---- */
void check_budgets(struct analysis *a);

void check_takers(struct analysis *a); /* tools nobody knows, and members no run captures */
void make_failbacks(struct analysis *a); /* the way back in the words of kinds, where no runbook has one */
void find_declare_by(struct analysis *a, struct scenario_result *result); /* the latest moment at which a declaration saves every objective */
void make_drills(struct analysis *a);
void make_exports(struct analysis *a); /* what takes data out and brings it back, with its words filled in */
void make_emissions(struct analysis *a);
/* The file under the output folder that an `emit` writes into, in the scope of its loop; NULL when it has no root. */
const char *emit_file(struct analysis *a, const struct entity *emit, struct entity *subject, const struct scope *scope);
const struct scope *emit_scope(struct analysis *a, const struct block *tree, const struct scope *scope); /* with its `let` names */

/* ---- digest.c ---- */
const char *plan_digest(struct analysis *a);

#endif
