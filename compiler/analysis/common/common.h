/* Private to the analysis: its working state, and what every room asks: of kinds, places and spans of time, and how a finding is told. */
#ifndef DRC_ANALYSIS_COMMON_H
#define DRC_ANALYSIS_COMMON_H

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

/* Why something cannot be taken: words for people, and what programs tell apart. */
struct why {
    const char *text;
    enum refusal as;
    const struct entity *at; /* what `as` is about; NULL */
};

struct analysis {
    struct model *model;
    struct evaluator *eval;
    struct diag_sink *sink;
    struct arena *arena;
    struct arena *proof;   /* of what only the proof needs: plan_forget() */
    struct arena *entries; /* of the ledger, as long as it is wanted: plan_forget_ledger() */
    struct arena *work;    /* of jobs: plan_forget_work() */
    struct plan *plan;
    const struct analysis_options *options;
    struct scenario_result *scenario; /* being worked on: what `scenario`, `here` and hooks refer to */
    bool *site_lost;                  /* by site index, in that scenario */
    bool *site_compromised;
    VEC(struct link) links; /* sites first, then stores; empty when nothing is limited */
    bool *site_cut;         /* partitioned: cannot be reached */
    const bool *down;       /* by asset index, in that scenario: it does not answer */
    struct asset **rebuilt; /* assets that are made from others: `rebuild { from }` */
    uint32_t rebuilt_count;
    struct ground *places; /* by site index: what the scenario does to it and inside of it; stands.h */
    struct map nearest;    /* in the scenario: the recovery places that stand nearest, as far as somebody asked; standing.c */
    bool as_usual;         /* what serves where is asked of normal operation, not of the scenario */
    uint32_t asked;        /* how often an expression asked for what the analysis knows */
    bool chosen;           /* every asset of the scenario has chosen: `here` is final */
    struct map addresses;  /* text -> the site whose address it is; the plan: several; places.c */
    uint64_t address_lengths;
    bool addresses_indexed;
    bool held;            /* a step of people in it cannot be carried out where it works */
    struct map dns_zones; /* zone name -> asset; see stability.c */
    bool zones_indexed;
    struct map figures_of;              /* struct figure, by the address of its block and row */
    VEC(const struct figure *) figures; /* those the plan uses */
    struct map gaps;                    /* struct known_gap, by printed form */
    struct schedule_memory *schedules;  /* what was worked out of the calendar */
    uint8_t *hit;                       /* by asset index, what the scenario does to the asset itself: HIT_… */
    uint32_t *groups_first;             /* groups of asset i: groups_of[groups_first[i] .. groups_first[i + 1]) */
    struct entity **groups_of;
    struct loss_memo *losses;            /* of backups, worked out last; rpo.c */
    const struct schedule_gap *last_gap; /* the one asked for last, and of what */
    struct value last_gap_schedule;
    uint32_t last_gap_missed, last_gap_dialects;
    VEC(struct finding) findings;
    VEC(const struct entity *) asked_inputs; /* inputs of assets that a command of a step uses */
    struct map unset;                        /* by thing and attribute: see unset.c */
    bool *told_place;                        /* by site index: the same of a place that is made */
    bool nobody_acts;                        /* in the scenario at hand: nobody is left who could begin */
    bool *told_restores;                     /* by asset index: said that it is promised too late for what it restores */
    bool *told_creation;                     /* by asset index: said that its recovery creates infrastructure */
    uint8_t *no_objective;                   /* by asset index: NO_RTO, NO_RPO when it was said that it has none */
    struct waiver **waivers;                 /* by number of the `accept` block; NULL until the first finding */
    struct map waivers_of;                   /* the first waiver of each rule or code */
    VEC(struct told_reason *) reasons;       /* what leaves objectives undecided, as it was found; see missing.c */
    struct map reasons_of;                   /* thing -> its reasons */
    struct intern *entry_names;              /* ids of entries of the ledger; NULL: there is none */
    struct map ledger;                       /* id -> struct assumption * */
    struct map credits;                      /* protection -> struct credit *; see credit.c */
    struct map needs_come;                   /* asset -> itself: all it needs comes back in the scenario; the plan: never */
    struct map held_writers;                 /* store -> asset whose jobs write there and that somebody else controls in the scenario */
    struct map makers;                       /* protection -> struct maker *, of what emits say they make or watch */
    struct map emitters;                     /* things whose emits were asked what they make */
    bool scenarios_done;                     /* every scenario was worked out: rules may ask what came of it */
    bool has_cycle;                          /* then nothing is timed: there is no order */
    uint32_t *needs_first;                   /* asset numbers so that what is needed comes before what needs it */
    uint32_t settling;                       /* how deep in choices that rest on other choices */
    struct cause **causes;                   /* by asset index, in that scenario: with which message it is told; NULL: nothing yet */
    struct emitted *emitted;                 /* what rules see of it; NULL until everything is emitted */
    bool asked_emitted;                      /* a rule asked before that: it waits */
    VEC(struct entity *) waiting_rules;
    struct map after_sets;      /* step that waits for many -> map of the steps it waits for */
    struct frontier *frontiers; /* by asset index, while the steps of a scenario are made */
    struct arena *frontier_arena;
};

enum { DEPTH_LIMIT = 64 }; /* of places inside of places */

/* ---- basics.c */
struct entity **asset_groups(const struct analysis *a, const struct asset *asset, uint32_t *count); /* those it is a member of */
struct value kind_slot(const struct kind_info *kind, uint32_t row);                                 /* own or inherited; UNKNOWN */
struct entity *kind_deferred(const struct kind_info *kind, uint32_t row);                           /* kind entity that writes the row, or NULL */
bool site_is_in(const struct analysis *a, const struct site_info *site, const struct entity *ancestor);
bool site_is_account(const struct entity *site); /* its kind says so: places belong to it, and it is none */
const char *intern_text(const struct analysis *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *common_text(const struct analysis *a, const char *format, ...) __attribute__((format(printf, 2, 3))); /* kept once, however often */
struct span_of_time time_of(struct value value); /* DURATION or a range of them; otherwise unknown */
struct span_of_time time_add(struct span_of_time a, struct span_of_time b);
struct span_of_time time_max(struct span_of_time a, struct span_of_time b);
struct span_of_time time_exact(int64_t ms);
bool step_has_command(const struct step *step); /* that does it or shows that it is done */
bool step_is_by_people(const struct step *step);
/* What the script itself does around a step at the worst, ms: a second (SEMANTICS 3.2). What the platform does by itself has no script. */
int64_t step_own_work(const struct step *step);
struct span_of_time step_lasts(const struct step *step); /* what it takes, with the script's own work at the worst end */
bool step_takes_people(const struct step *step);         /* the same, but for what is only waiting: nobody has to be there */
/* The reference that makes the edge. Not kept: the name of what is needed lies far away, and few ask. */
struct span edge_span(const struct edge *edge);
/* Who answers for an asset, group, store, site …: itself, else (assets) its tier or (others) the plan; NULL. */
struct entity *answers_for(const struct analysis *a, struct entity *thing);
const struct scope *scenario_scope(struct analysis *a); /* what is the same for every method of the scenario */
bool covers_loss(struct value list, const char *loss);  /* a method's `for` */
bool says_yes(struct analysis *a, const struct entity *method, uint32_t row, const struct scope *scope);
bool is_word(struct value value, const char *word);
bool speaks_of(const struct entity *source, const char *attribute);       /* whether a source is about that one of what stands beside it */
bool class_binds(const struct entity *class_, const struct asset *asset); /* by `applies_to`; all when unset */
bool asset_wants_proof(const struct analysis *a, const struct asset *asset);
const struct scope *emit_scope(struct analysis *a, const struct block *tree, const struct scope *scope); /* with its `let` names */

/* ---- missing.c */
/* Whether nobody says how soon the scenario is detected or declared: then *out is why nothing in it can be timed. */
const struct reason *keep_reason(struct analysis *a, const struct reason *reason);
/* Whether nobody answers for what a scenario takes for granted: *out says so. */
bool nobody_owns(struct analysis *a, const struct scenario_result *result, struct entity *subject, struct reason *out);
bool clock_is_unset(const struct scenario_result *result, struct reason *out);

/* ---- findings.c */
/* What a finding is about. Nothing but the subject is needed: `(struct about){.subject = asset}` refutes what was promised of it. */
struct about {
    struct entity *subject;  /* asset, endpoint, group, site …; NULL */
    struct entity *scenario; /* in which it is so; NULL: whatever happens */
    struct span span;        /* where to point; no place: at the subject */
    struct entity *cause;    /* find_with(): with whose message it is told */
    const char *rule;        /* the rule of the language that found it; NULL */
    enum severity severity;  /* a rule's own; else SEVERITY_ADVICE stands for that of the code */
    bool strict;             /* proof is demanded: an error, whatever the code is else */
    bool unknown;            /* it cannot be decided; else it is refuted */
    bool decides_nothing;    /* neither: worth telling all the same */
};

/* Records a finding and reports it unless a waiver accepts it: then NULL, and nothing more is to be said. */
struct diag *find(struct analysis *a, enum diag_code code, struct about about, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Records a finding that is told with the one of its `cause`. False when a waiver accepts it: then it is not to be told at all. */
bool find_with(struct analysis *a, enum diag_code code, struct about about, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Programs get every finding by itself; in a text the message `with` names it. `number`: of one that find_with() recorded. */
void tell_by_itself(struct analysis *a, uint32_t number, struct diag *with);

/* ---- unset.c */
/* Tells what attributes of the user's things leave a command unknown. False when none does: then whoever asks tells it another way. */
bool tell_unset(struct analysis *a, const struct expr *expr, const struct scope *scope, const char *who);

/* ---- waivers.c */
bool rule_is_off(const struct analysis *a, const char *name); /* by -Wno-NAME */
/* The `accept` block, not past its last day, that accepts the finding, by its subject or its scenario; NULL. Marks it as used. */
struct entity *find_waiver(struct analysis *a, const struct finding *finding);
void check_waivers(struct analysis *a); /* when everything else was found: expired and unused ones */
void check_review(struct analysis *a);  /* whether the plan's review is overdue, at --as-of */

/* ---- causes.c: one message for one cause, within a scenario */
/* The message about an asset was printed (or accepted: NULL); what misses its objective because of it can be told with it. */
void cause_told(struct analysis *a, struct asset *asset, struct diag *diag);
/* The asset with whose message this one is told, itself for a cause; NULL when there is no such message. */
struct asset *cause_root(const struct analysis *a, const struct asset *asset);
/* Because of which one a refuted asset misses its RTO: it waits for that one, which is later than its own objective, and would not miss it
 * else. NULL when its own steps are to blame. */
struct asset *cause_of_delay(struct analysis *a, const struct scenario_result *result, const struct asset_state *state);
struct asset *cause_of_endpoint(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state);
/* Records a finding that follows from another: it is named in the message of `root`, whose entity becomes the cause, and told to programs by
 * itself; `finish` unknown: it cannot be timed. Nothing when a waiver accepts it. */
void find_consequence(struct analysis *a, enum diag_code code, struct about about, struct asset *root, struct span_of_time finish,
                      struct objective rto, const char *message);
void tell_consequences(struct analysis *a); /* at the end of a scenario: adds the names */

#endif
