/* The plan: the result of a compilation, and all that backends see.
 *
 * It holds the model (entities with final slots), what the analysis found for every asset and scenario, and the typed
 * trees into which steps, procedures and emits were evaluated. Backends print it; they compute nothing.
 * All times are milliseconds, -1 or `known == false` where unknown. Arrays are in declaration order unless said. */
#ifndef DRC_MODEL_PLAN_H
#define DRC_MODEL_PLAN_H

#include "base/phases.h"
#include "model/entity.h"
#include "source/diag.h"

struct diag;

enum { TIME_UNKNOWN = -1 };

struct scope;
struct expr;
struct reason;

/* Best, typical, worst. */
struct span_of_time {
    bool known;
    int64_t best, typical, worst;
};

/* ---- figures ---- */

struct figure_source {
    const char *url; /* "policy": an assumption of the library */
    const char *says;
    char grade;
    bool bounds; /* it gives an upper bound */
    bool was_read;
    int64_t read; /* days since 1970-01-01, when it was */
};

/* What a kind says about time: one attribute of a method, of a step or of the kind itself. What the specification states about its own things is
 * no figure. */
struct figure {
    const char *id;             /* "aws.rds.postgres.promote_replica.promote" */
    const char *attribute;      /* "takes" */
    const struct entity *block; /* it stands in */
    const struct expr *expr;
    const char *written; /* on one line */
    struct span span;
    struct span_of_time time; /* unknown where it depends on the asset: then its steps say how long they take */
    char grade, bound;        /* of best and typical, and of the worst end: A, B, C, D, P; 0: nobody says */
    struct figure_source *sources;
    uint32_t source_count;
    uint32_t index;   /* in the plan */
    unsigned content; /* private to the analysis */
};

/* Figures without a bound that a verdict rests on: it would fail were the worst end of one of them twice as long. The one that moves it most
 * comes first. */
struct assumed_figures {
    const struct figure **items;
    uint32_t count;
};

/* What an asset's numbers in a scenario come from, beside the figures of its steps. */
struct state_figures {
    struct assumed_figures rto, rpo; /* its verdicts rest on these */
    const struct figure *full_speed; /* NULL: there is none, or it is stated */
    const struct figure *loss;       /* in one of its `rpo_terms`, see term_figure */
};

/* ---- commands: words with runtime parts, or a shell script with its values as variables ---- */

struct word_part {
    bool runtime;     /* text is a runtime name ("job.output", "input.at", "env.PGPASSWORD") */
    uint32_t places;  /* sites whose fields it was made of: model/places.h */
    const char *text; /* literal text otherwise */
};

struct word {
    uint32_t count;
    struct word_part *parts;
};

struct command {
    union {
        struct word *words; /* argument list, `count` of them */
        /* is_shell: literal script pieces and values in turn. A value must reach the shell as a quoted variable. */
        struct shell_piece {
            const char *script; /* text of the author, or NULL */
            struct word value;  /* when script is NULL */
        } * pieces;
    };
    uint32_t count;
    uint32_t piece_count : 31;
    uint32_t is_shell : 1;
    struct span span;
};

/* ---- objectives ---- */

enum objective_from { FROM_ELSEWHERE, FROM_ASSET, FROM_CLASS };

struct objective {
    int64_t ms;         /* TIME_UNKNOWN when there is none */
    const char *source; /* "asset", "objective L1", "tier critical (default)", "plan (default)" */
    struct span span;   /* the line it comes from */
    enum objective_from from;
};

/* ---- assets ---- */

struct site_info {
    struct entity *entity;
    struct entity *within;  /* NULL at the top */
    struct entity *account; /* own or inherited along `within`; NULL */
    const char *level;      /* "zone", "region" … "" when unknown */
    const char *role;       /* "primary" … "" */
    const char *region;     /* region string of it or the nearest enclosing site; "" */
    uint32_t index;
};

struct edge {
    struct asset *to;
    uint32_t from;        /* where the reference begins in the sources: see edge_span */
    uint32_t index;       /* of `to`: states are found without a look at the asset */
    const char *degraded; /* soft edges: what users notice; NULL */
};

struct edges {
    struct edge *items;
    uint32_t count;
};

/* What is lost with an asset. */
enum holding { HOLDS_NOTHING, HOLDS_IN_FLIGHT, HOLDS_DATA };

struct asset {
    struct entity *entity;
    const char *name;
    uint32_t index;
    enum holding holds;       /* what an RPO is about; see holding.c */
    struct entity *tier;      /* NULL */
    int64_t level;            /* of the tier; large when there is none */
    struct site_info **sites; /* where it serves in normal operation */
    uint32_t site_count;
    bool stateful;        /* it holds data */
    bool rebuildable;     /* it comes back without data of its own: no RPO is asked of it */
    struct entity *owner; /* team or person; asset's, else tier's, else the plan's; NULL */
    struct edges needs, uses, restores_with, observes;
    struct objective rto, rpo, mtd; /* general ones; per scenario see asset_state */
    const struct value_list *alone; /* private to the analysis: it as a list, made when it is first asked for */
};

/* ---- per scenario ---- */

enum asset_fate { FATE_UNAFFECTED, FATE_IMPAIRED, FATE_LOST };

/* Who makes true what a verdict rests on, the best first: an emitted file, the platform by itself, an owner who is asked in words, nobody. */
enum makes_true { BY_ARTIFACT, BY_PLATFORM, BY_DEMAND, BY_NOBODY };

/* Which part of a loss a term is: the rule others check it by, docs/certificate.md. In the order of TERM in plan/plan.def. */
enum term_what {
    TERM_GAP,
    TERM_SKIPPED,
    TERM_READ_LATE,
    TERM_WINDOW,
    TERM_JITTER,
    TERM_WAITS,
    TERM_RUN,
    TERM_CAPTURED,
    TERM_COPY,
    TERM_QUEUED,
    TERM_BASE,
    TERM_THINNED,
    TERM_EVERY,
    TERM_MISSED,
    TERM_OVERRUN,
    TERM_CLOSED,
    TERM_SETTLE,
    TERM_SEALED,
    TERM_STATED,
    TERM_SOURCE,
    TERM_CUT,
    TERM_GROUP,
    TERM_UNBOUNDED
};

/* What is computed of one number, for people: "G_k 24h + jitter 0s + duration 40m", with the line of each term. */
struct term {
    const char *text; /* "largest gap of backup `full`" */
    int64_t ms;       /* its contribution; TIME_UNKNOWN */
    struct span span;
    uint8_t what; /* enum term_what */
};

struct terms {
    struct term *items;
    uint32_t count;
    bool starts_with_gap; /* the first is the largest gap of a schedule */
};

/* Why a candidate is refused, as far as programs tell reasons apart; people read the words. */
enum refusal {
    REFUSED_OTHERWISE,
    REFUSED_NO_PLACE,    /* nowhere to recover into */
    REFUSED_KEPT_SHORT,  /* the copies of `refused_for`, a backup, are deleted too early */
    REFUSED_LOCK_LIFTED, /* the lock of `refused_for`, a store, can be lifted */
    REFUSED_KEY_LOST     /* `refused_for`, the key of a store, is lost */
};

struct candidate {
    struct entity *method;            /* of the kind */
    const char *label;                /* "promote_replica(west)" */
    struct value element;             /* loop element; NULL value when there is none */
    struct site_info *into;           /* serving site afterwards; NULL unknown */
    const char *rejected;             /* why not, when it is not usable or was not chosen */
    const struct entity *refused_for; /* what `refusal` is about; NULL */
    struct span_of_time own;          /* its own time */
    int64_t rpo;                      /* worst loss; TIME_UNKNOWN; -2 n/a */
    struct terms rpo_terms;
    struct entity *nobody;     /* the protection that nobody makes true; NULL */
    struct entity *copy;       /* the backup it restores from (the newest link), NULL */
    struct entity *from_store; /* the store that copy is read from */
    int64_t behind_cut;        /* part of `rpo`: what the cut-off side of a partition accepts until it is fenced; 0 */
    int64_t since_base;        /* restores of a log: how long before what is restored its base was taken at most; 0; TIME_UNKNOWN */
    const char *failback;      /* how one goes back afterwards; NULL */
    const char *reprotect;     /* how protection is re-established; NULL */
    bool usable;
    uint8_t refusal; /* enum refusal: what `rejected` says, where something could be changed about it */
    bool automatic, includes_detect, includes_fence, irreversible, restores;
    bool promotes;                 /* a second writer comes to be; known of the chosen one, with its steps */
    bool instant;                  /* nothing in `own` takes any time but the script's own work */
    bool circular;                 /* rests on something that rests on the asset itself */
    const struct site_info *whose; /* where it finds what it goes on with, and nobody knows whether that is taken; NULL */
    const struct step *unmanned;   /* a step that waits for people of whom none is in reach; NULL */
    enum makes_true by;            /* the worst of what it rests on */
    /* Private to the analysis: what the method is evaluated in, and its steps, made once. */
    const struct reason *missing; /* what nobody stated and leaves its loss unknown; NULL */
    const struct scope *scope;
    struct scope *scope_copy; /* that of `copy`, innermost but for the loop; NULL: there are none now */
    struct step **steps;
    const struct entity *steps_copy, *steps_store; /* what they were made for */
    uint32_t step_count;
    bool steps_last; /* nothing in them depends on how other assets are recovered */
};

enum { RPO_NOT_APPLICABLE = -2, RPO_ALL = -3 }; /* all: it starts empty */

enum verdict { VERDICT_OK, VERDICT_REFUTED, VERDICT_UNKNOWN, VERDICT_NOT_APPLICABLE };

/* What a verdict is about: the recovery time or the loss of an asset, the time until a name leads to what was recovered, the loss and skew of
 * a group, the availability of a name. */
enum objective_kind { OBJECTIVE_RTO, OBJECTIVE_RPO, OBJECTIVE_ENDPOINT, OBJECTIVE_GROUP, OBJECTIVE_SLO };

/* How often the data of an asset exists: 3-2-1-1-0. */
struct copy_counts {
    uint32_t total;     /* the original included */
    uint32_t media;     /* different ones */
    uint32_t offsite;   /* away from the original */
    uint32_t immutable; /* under lock or off line */
    int64_t verified;   /* longest time between two checks of a restore, ms; -1: none */
};

enum { LOSS_LIMIT = 8 };

/* What a stateless asset loses because of the data it needs. */
struct derived {
    struct asset *from; /* the data that loses most */
    int64_t rpo_ms;     /* weakest objective of that data; TIME_UNKNOWN, RPO_NOT_APPLICABLE */
    int64_t loss_ms;    /* largest loss of it; TIME_UNKNOWN, RPO_NOT_APPLICABLE */
};

struct asset_state {
    struct asset *asset;
    enum asset_fate fate;
    uint32_t loss_count;
    const char *loss;             /* kind of loss: "region", "corruption" … "" when not lost */
    const char **losses;          /* every kind of loss at once; a method must cover all; losses[0] is `loss` */
    struct entity *lost_with;     /* the site or asset that explains it */
    struct candidate *candidates; /* lost assets: every method considered */
    uint32_t candidate_count;
    uint32_t step_count;
    struct candidate *chosen;          /* NULL when none is left (refuted) */
    struct site_info *serving;         /* where it serves afterwards */
    struct objective rto, rpo;         /* effective in this scenario */
    struct span_of_time start, finish; /* from the interruption; finish without traffic */
    struct span_of_time *full_speed;   /* when it serves as fast as before, where the platform loads lazily; NULL: with `finish` */
    int64_t loss_ms;                   /* computed worst-case loss; TIME_UNKNOWN, RPO_NOT_APPLICABLE */
    const struct derived *derived;     /* stateless assets; NULL: it needs no data */
    int64_t discarded_ms;              /* written between corruption and recovery; RPO_NOT_APPLICABLE */
    struct terms rpo_terms;
    enum verdict rto_verdict, rpo_verdict;
    struct entity *nobody;             /* a protection that this one, or what it needs, rests on and nobody makes true; NULL */
    const struct reason *undecided;    /* unknown only because of what they rest on: nobody makes it true, others might change it; NULL */
    const struct reason *split;        /* a cut leaves it, or what it needs, on both sides: why nobody knows what that does; NULL */
    struct asset *blocked_by;          /* what it needs has no time: its own verdict is only a consequence; NULL */
    struct step **steps;               /* its steps in this scenario, in order */
    struct step *last;                 /* the last of its steps */
    struct step *ready;                /* the last before it is asked under a public name that is led elsewhere meanwhile; NULL: none is */
    struct state_figures *figures;     /* beside those of its steps; NULL: none */
    struct step *decides;              /* step whose end is `finish`: its own last one, or one of what it waits for; NULL unknown or none */
    const char *never;                 /* why a verdict is refuted whatever the numbers say; NULL */
    bool rto_on_demand, rpo_on_demand; /* they rest on what an owner is asked to see to */
    bool unwatched;                    /* … or on what nobody would notice the end of */
    bool settled;                      /* its method was chosen */
    bool settling;                     /* … is being chosen just now */
    bool grouped;                      /* a group that is hit has it as a member */
    bool stuck;                        /* its recovery waits for itself: see the finding */
    /* They rest on a method, a backup or a store of a kind that was never carried out from end to end. One byte: there are states by the million. */
    bool rto_on_declared : 1, rpo_on_declared : 1;
    const char *undone; /* why what it waits for is never done: nobody is left who could, what it reads is gone; NULL */
};

/* Who does a step. The one answer for hands, clock, ledger, rules, scripts and pages. */
enum step_mode {
    STEP_BY_PERSON, /* `manual` says what, whether or not a command verifies it; without it the title */
    STEP_ATTESTED,  /* `manual` is what somebody attests in place of a command that cannot run */
    STEP_BY_SCRIPT, /* commands, and nobody */
    STEP_BY_ITSELF, /* nothing has to be started: the platform does it, or it is so already */
    STEP_TELLS      /* notices only: sent by the script, as far as it can */
};

enum step_failure { FAILURE_BLOCK, FAILURE_CONTINUE, FAILURE_ASK }; /* what the failure of a step does to the rest */

/* What a step moves through limits that restores share. */
struct transfer {
    int64_t bytes;           /* TIME_UNKNOWN */
    struct entity **through; /* sites with a `bandwidth`, stores with a `read_rate` */
    uint32_t through_count;
    bool shared;                     /* others may want the same at the same time: it gets what is reserved for it, never more */
    struct entity *slowed_by;        /* the limit that makes even the worst case longer; NULL */
    int64_t rate, fastest;           /* bytes a second: reserved while it runs, and what it could use by itself */
    int64_t held_best, held_typical; /* ms: what it takes when held to `rate` */
};

struct step {
    /* What the clock walks over comes first, so that it is together in memory. */
    struct asset *asset; /* NULL for a step of a runbook or an endpoint */
    struct step **after; /* it waits for these */
    uint32_t after_count;
    uint32_t ordinal; /* total order, from 1 */
    struct span_of_time takes;
    uint32_t wave; /* from 1; steps of a wave wait for nothing in it */
    enum step_phase phase;
    struct span_of_time start, finish;
    struct step *waits_for; /* the step that determined its start: one of `after` or `follows`, NULL */
    struct step **follows;  /* steps whose hands or bandwidth it takes over: it starts after them as well */
    uint32_t follow_count;
    enum step_mode mode;
    bool critical; /* on the critical path of the scenario */
    bool irreversible, best_effort, before_needs;
    bool planeless;            /* it calls no control plane */
    bool idle;                 /* only waiting: it takes nobody's hands */
    bool undone;               /* nobody is left to do or begin it, or what it waits for */
    bool inside;               /* its own time is not known: it lies within the one figure of its method, which others count */
    struct entity *barred;     /* site whose control plane it needs and that does not answer; NULL */
    struct entity *at;         /* site it would have to work at and that the scenario takes; NULL */
    struct transfer *transfer; /* NULL: it moves nothing that is limited */
    const char *id;            /* unique in its scenario: "database.promote", "api.traffic", "failover.announce" */
    const char *title;
    struct entity *subject;                              /* asset, endpoint or runbook entity */
    struct entity *origin;                               /* the `step` block, or NULL for a generated one */
    struct command *run, *check, *until, *verify, *undo; /* never NULL; count == 0 && piece_count == 0: none, and then it is shared */
    const char *manual;                                  /* instruction for a person */
    const char *otherwise;                               /* attestation in place of a command that cannot run */
    const char *expect;                                  /* what one sees when it worked */
    struct entity *by;                                   /* team or person; NULL */
    struct entity *hands;                                /* whose hands its figure covers although it is automated; NULL */
    int64_t timeout;                                     /* ms */
    struct entity *control_plane;                        /* site */
    struct entity **inputs;                              /* `input` blocks: runtime questions */
    struct entity **notify;                              /* notices and channels */
    uint32_t input_count, notify_count;
    enum step_failure on_failure;
    uint32_t retries;
    int64_t cut; /* ms after which an attempt but the last is given up, its worst time; 0: there is one attempt */
    struct span span;
    const struct figure *figure; /* that says how long it takes; NULL: a statement */
    struct span stated;          /* where that is stated */
};

/* How a name comes to lead elsewhere. */
enum moves {
    MOVES_NOT,      /* it need not, or nothing is left to lead it to */
    MOVES_BY_CHECK, /* the health check of the old target turns red */
    MOVES_BY_STEP,  /* somebody moves it: changes the record, turns a switch, overrules a check that stays green */
    MOVES_AND_BACK  /* its health check leads users away from what comes back in its place, and back again once it is green */
};

struct endpoint_state {
    struct entity *endpoint;
    struct entity *from, *to; /* target blocks before and after; `to` NULL when none is left */
    struct entity *dropped;   /* weighted and latency routing: a target that is lost while others serve; NULL */
    bool affected;
    bool barred;                        /* its record cannot be changed: see the finding */
    const struct asset *zone;           /* its hosted zone, when that is lost and has to come back first; NULL */
    const struct reason *zone_unstated; /* the scenario may take its zone, and nobody says where that is; NULL */
    struct objective rto;
    struct span_of_time finish;                 /* with traffic */
    int64_t detection, green, ttl, propagation; /* its own terms, ms; 0 where one does not count */
    enum moves moves;
    int64_t lingers;     /* how long it may still be answered otherwise, after the step that leads it or after what comes back; ms */
    bool answers_anyway; /* its one record is the answer, whatever the check says */
    bool let_go;         /* moved by its check, and what would hold it there cannot be done */
    bool stays_green;    /* it has a check that does not notice this scenario */
    struct step *step;   /* that leads it to `to`; NULL */
    enum verdict verdict;
    bool on_declared; /* see asset_state: what it serves, or that it is led elsewhere */
    struct assumed_figures assumed;
};

/* Where the copies of a member lie in time, in a scenario. */
enum points {
    POINTS_NOW,   /* at the interruption itself: intact, or recovered without loss */
    POINTS_ANY,   /* any moment older than its loss: logs, versions */
    POINTS_ONE,   /* one point: a promoted replica */
    POINTS_SLOTS, /* one a run: full backups, snapshots */
    POINTS_UNKNOWN
};

struct group_member {
    struct asset_state *state;
    bool recovered; /* lost and brought back; else intact, and as new as when the interruption came */
    enum points points;
    int64_t newest; /* age of its newest usable point at the worst, ms; TIME_UNKNOWN */
};

/* A consistency group in a scenario that takes data of at least one member. */
struct group_state {
    struct entity *group;
    struct group_member *members;
    uint32_t member_count;
    bool common;          /* all recovered members can come back to one point */
    bool shared;          /* that point is a run of the group's own backup */
    bool reconciles;      /* its `reconcile` steps are part of the recovery */
    int64_t point_ms;     /* worst age of the common point; TIME_UNKNOWN when there is none */
    int64_t skew_ms;      /* worst distance between the points of recovered members; TIME_UNKNOWN */
    int64_t intact_ms;    /* how much newer an intact member may be than what the others come back to; 0 when there is none */
    int64_t loss_ms;      /* worst loss of the group; TIME_UNKNOWN */
    bool exceeded;        /* in some execution a member loses more than the group may */
    struct objective rpo; /* of the group */
    int64_t max_skew;     /* ms; TIME_UNKNOWN when none is set */
    enum verdict verdict;
    struct assumed_figures assumed;
};

/* ---- availability ---- */

struct slo_term {
    struct entity *entity; /* asset, site or scenario */
    const char *text;
    int64_t parts; /* per 10⁹: available, or taken away when `lost`; TIME_UNKNOWN */
    bool lost;
    struct span span;
};

/* A name with an `slo`: what it needs multiplied, less what scenarios take. */
struct slo_state {
    struct entity *endpoint;
    int64_t target, parts; /* per 10⁹; parts is the most it can be while `known` is false */
    bool known;
    bool strict;             /* something it needs demands proof */
    bool measured;           /* by somebody or something outside; else it is unknown whether it is met */
    int64_t over_ms;         /* the window */
    int64_t budget_ms;       /* what the target leaves in it */
    struct entity *outlasts; /* first scenario one event of which is longer than that; NULL */
    struct slo_term *terms;
    uint32_t term_count;
    enum verdict verdict;
    struct span span;
};

struct finding {
    enum diag_code code;
    const char *rule;     /* the rule of the language that found it; NULL */
    enum verdict verdict; /* REFUTED or UNKNOWN; OK: told, and decides nothing */
    const char *message;
    struct entity *subject;  /* asset, endpoint …; NULL */
    struct entity *scenario; /* NULL */
    struct entity *accepted; /* the waiver, NULL */
    struct span span;
    uint32_t severity;    /* enum severity */
    struct diag *diag;    /* the message that tells it; NULL when it is accepted, or told with its cause */
    struct entity *cause; /* the subject it is told with: it misses its objective only because that one does; NULL */
};

/* What the chosen method of an asset reads or is opened with. */
struct restore_input {
    struct asset *asset;
    struct entity *thing;   /* store, secret or asset */
    struct entity *through; /* the store that it opens; NULL */
    const char *how;        /* "stands", "comes back", "in a circle", "lost" */
    struct asset *waits;    /* what must be recovered before, beyond `needs` and `restores_with`; NULL */
    struct span span;
};

/* Pairs of hands, or slots of the script, that steps take one after the other. */
struct step_hands {
    const char *name;         /* "people", "script", "nobody", a team, a person */
    const struct entity *who; /* NULL */
    uint32_t count;
};

/* What others check a loss by (docs/certificate.md): the chain of copies a restore reads, the newest first, in milliseconds. */
struct chain_link {
    const struct entity *backup;
    const struct entity *store; /* NULL: the platform keeps it beside the asset */
    const char *scheduler;      /* whose reading of the schedule counts: "systemd"; NULL: no clock starts it, and the four below are unknown */
    int64_t gap, from, to;      /* largest span of missed + 2 slots; its first and last slot, since 1970 UTC */
    int64_t shortest;           /* of two slots */
    int64_t missed;
    int64_t window, jitter, waits; /* how late a run may start */
    int64_t own_copies;            /* how long copies that the run makes itself keep the next one out */
    int64_t limit;                 /* what the platform keeps it at most; TIME_UNKNOWN: as long as it is asked to */
    int64_t loss, reach;           /* by itself; how old it may have to be when it has been read; TIME_UNKNOWN */
    bool copied;                   /* the store is not where the run writes to */
    bool at_end;                   /* a run holds the state of its end */
};

enum run_fate { RUN_DONE, RUN_MISSED, RUN_SKIPPED, RUN_DELETED };

/* A run in a story; moments since 1970 UTC, TIME_UNKNOWN where it did not come to that. */
struct story_run {
    const struct entity *backup;
    enum run_fate fate;
    int64_t slot, starts, captured, ends, arrives;
};

/* A legal execution that loses `loss`. */
struct story {
    struct story_run *runs;
    uint32_t run_count;
    int64_t strikes, read, newest;
    int64_t fenced; /* a partition: until then the cut-off side accepts what is lost; TIME_UNKNOWN */
    int64_t loss;
    const struct asset *of; /* whose runs those are: another member of its group, or what it is made from; NULL: its own */
};

struct loss_proof {
    const struct asset_state *state;
    struct chain_link *links;
    uint32_t link_count;
    struct story *story; /* NULL: none is told */
};

struct scenario_result {
    struct entity *scenario;
    struct entity *class_;
    struct span_of_time detect, declare;
    struct span_of_time approve; /* what its runbooks allow for approvals, one after the other; 0 when none is asked for */
    struct span_of_time begin;   /* the sum: before that nothing starts but what happens by itself */
    const char *detected_by;     /* "health check of `api` at `east`: 3 x (30s + 6s)"; NULL when the scenario says it */
    struct span detect_span;     /* where the figure comes from */
    struct entity *blind;        /* what was to watch and falls too, when nothing else watches; NULL */
    const char *blind_text;
    struct asset_state *states; /* one for each asset, same index */
    const bool *places_stand;   /* by site: something new can be put there; NULL before fates are known */
    const bool *stores_stand;   /* by index of the store: it is there, can be reached and is ours */
    struct endpoint_state *endpoints;
    uint32_t endpoint_count;
    struct group_state *groups; /* affected ones, in declaration order */
    uint32_t group_count;
    struct step **steps; /* in total order */
    uint32_t step_count;
    uint32_t wave_count;
    struct asset **order; /* recovered (lost and impaired) assets in recovery order */
    uint32_t order_count;
    struct step **critical; /* critical path, first to last */
    uint32_t critical_count;
    struct span_of_time finish; /* of the last asset */
    int64_t bound;              /* no order of the steps ends sooner in the worst case; finish.worst where hands and bandwidth suffice */
    struct entity **runbooks;   /* every `runbook` block for it, in declaration order */
    uint32_t runbook_count;
    struct restore_input *inputs; /* by index of the asset */
    uint32_t input_count;
    struct loss_proof *proofs; /* of lost assets whose loss is a number, by index; none unless the plan is written */
    uint32_t proof_count;
    struct step_hands *hands; /* whose hands steps take; none unless the plan is written */
    uint32_t hands_count;
    struct {
        uint32_t pool, crew; /* numbers of `hands`; UINT32_MAX: none */
    } * taken;               /* by the step's ordinal, less one */
    bool has_declare_by;
    int64_t declare_by;     /* ms from the interruption: a later declaration breaks an objective; less than 0: any does */
    struct step **failback; /* steps of the way back, in total order: of runbooks, else in the words of kinds */
    uint32_t failback_count;
    const struct scope *scope; /* private to the analysis: what is the same for every method */
};

/* ---- backup jobs ---- */

struct zone;

/* How files get into and out of a store: procedures `put`, `fetch`, `list` and `remove` of the store's kind, evaluated with
 * self = the store. Their runtime names: job.object (name below the store, "JOB/STAMP.SUFFIX"), job.prefix ("JOB/"),
 * job.input (file that `put` reads), job.output (file that `fetch` writes). `list` prints one object name a line. Unset
 * where the kind has none. */
struct store_access {
    struct entity *store;
    struct command put, fetch, list, remove;
    const char **tools; /* programs the commands need */
    uint32_t tool_count;
    const char **secrets; /* environment variables they need */
    uint32_t secret_count;
};

struct backup_job {
    const char *name; /* "database-full" */
    struct asset *asset;
    struct asset **members; /* a group's job covers several */
    uint32_t member_count;
    struct entity *backup;    /* the `backup` block */
    struct entity *group;     /* NULL */
    struct entity *procedure; /* NULL: no kind knows how; an explicit manual step */
    const char *managed;      /* platform feature that does it; then there is no run */
    const struct schedule *schedule;
    struct command run, verify, restore;
    const struct site_info *runs_at; /* its run reads what is there alone; NULL: it runs anywhere */
    const char **tools;
    uint32_t tool_count;
    const char **secrets; /* environment variables it needs */
    uint32_t secret_count;
    const char *suffix;
    const char *output;     /* "file", "directory", "none" */
    struct entity *to;      /* store */
    struct entity **copies; /* stores */
    uint32_t copy_count;
    struct store_access *to_access;   /* of `to`; NULL when the job writes to no store */
    struct store_access *copy_access; /* as many as copies; NULL when there are none */
    const struct zone *zone;          /* parsed schedule->zone; NULL for UTC */
    int64_t ship_every;               /* continuous jobs: worst time between two runs; TIME_UNKNOWN */
    struct span_of_time duration;
    int64_t start_window, jitter; /* ms, 0 when unset */
    int64_t waits;                /* ms one run may wait for others that use its stores; TIME_UNKNOWN */
    struct span_of_time copy_time;
    int64_t renew;          /* ms; see backup_renewal() */
    struct value retain;    /* DURATION, WORD forever, OBJECT, UNKNOWN */
    int64_t verify_every;   /* ms; TIME_UNKNOWN */
    struct backup_job *of;  /* the job it builds on */
    const char *capture;    /* "start", "end" */
    const char *encryption; /* at rest, in each of its stores, as it is done */
    struct span span;
};

/* ---- what schedulers start ---- */

enum task_work { TASK_BACKUP, TASK_IF_CHANGED, TASK_TEST, TASK_TEST_IF_DUE };
enum task_scheduler { TASK_DEBIAN, TASK_SYSTEMD, TASK_KUBERNETES, TASK_SCHEDULERS };

struct task_start {
    const char **lines;        /* the union of them is the schedule */
    uint32_t count;            /* 0: this scheduler does not start it */
    const char *zone;          /* IANA name to put beside the lines */
    const char *reason, *help; /* why not; `help` may be NULL */
};

struct job_task {
    struct backup_job *job;
    enum task_work work;
    const struct entity *drill; /* whose time a test keeps; NULL */
    const struct schedule *schedule;
    const struct zone *zone;
    struct task_start starts[TASK_SCHEDULERS];
};

/* ---- drills ---- */

struct drill_plan {
    struct entity *drill;
    struct scenario_result *result; /* of the scenario it rehearses; NULL when it rehearses none, or none could be worked out */
    struct command create, destroy; /* surroundings made for it and taken down after it; may be unset */
    struct step **steps;            /* its own steps, in written order; ids "drill.STEP" */
    uint32_t step_count;
};

/* ---- exports ---- */

struct export_plan {
    struct entity *export;
    struct command run, import, verify; /* out, back in, and how one sees that it is right; may be unset */
    const char *words;                  /* `verify` in words; NULL */
    bool idempotent;                    /* the import may run twice */
};

/* ---- what kinds emit for a target ---- */

struct emitted_attr {
    const char *name;
    struct value value; /* may hold REF, FACT, HCL, CALL, TEXT anywhere inside */
    struct span span;
};

struct emitted_block {
    const char *type; /* "resource", "lifecycle" */
    const char **labels;
    uint32_t label_count;
    struct emitted_attr *attrs;
    uint32_t attr_count;
    struct emitted_block **blocks;
    uint32_t block_count;
    struct span span;
};

enum emit_root { ROOT_NONE, ROOT_GLOBAL, ROOT_PRIMARY, ROOT_RECOVERY };

/* One top-level block (`resource`, `data` …) of an `emit` after for, when and once. */
struct emission {
    const char *target; /* "terraform", "route53", "demands" … */
    enum emit_root root;
    struct site_info *site; /* ROOT_RECOVERY: whose; ROOT_PRIMARY: the asset's site */
    const char *file;       /* concern: "database"; "main" when unset */
    const char *example;    /* comment above a file that nobody applies as it is; NULL: of a file that counts */
    struct entity *subject; /* asset, site, store, endpoint */
    struct entity *kind;    /* the kind block */
    struct emitted_block *block;
    bool shared; /* from a `once` block */
};

/* What is known of a drill from records. */
struct drill_evidence {
    struct entity *drill;
    const char *state; /* "verified", "no record", "overdue", "other plan", "failed", "undecided"; NULL: no records were given */
    const char *file;  /* its newest record; NULL */
    int64_t day;       /* of that, days since 1970-01-01 */
};

/* ---- the ledger: what verdicts rest on (SEMANTICS §7) ---- */

enum assumption_kind {
    ASSUME_RUNS,
    ASSUME_KEPT,
    ASSUME_LAG,
    ASSUME_STANDS_READY,
    ASSUME_READABLE,
    ASSUME_ALLOWED,
    ASSUME_CAPACITY,
    ASSUME_FIGURE,
    ASSUME_DETECTS,
    ASSUME_ANSWERS,
    ASSUME_DECIDES_WITHIN,
    ASSUME_LIMIT
};

/* A verdict that rests on an entry. */
struct resting {
    enum objective_kind kind;
    bool seed; /* only while the ledger is made: what has no objective itself, and others wait for it */
    struct entity *subject, *scenario;
};

/* One thing that a verdict credits, however many do. */
struct assumption {
    const char *id; /* "runs:database.full@backups" */
    enum assumption_kind kind;
    struct entity *subject; /* asset, group, endpoint, scenario, runbook, store, site or the plan */
    const char *says;       /* the sentence */
    const char *value;      /* "every 1h, up to 10m each"; NULL */
    enum makes_true by;
    const char *target, *file;  /* BY_ARTIFACT: "cron", "cron/jobs/database-full.sh"; file may be NULL. BY_DEMAND: whose README tells it */
    const char *source, *grade; /* where that is said, and how strong a source it is; NULL where the specification says it */
    bool was_read;
    int64_t read;         /* days since 1970-01-01, when it was */
    struct entity *on;    /* BY_DEMAND: who is asked */
    const char *words;    /* BY_DEMAND: for what, in the kind's words; NULL: `says` */
    struct command check; /* tells whether it is true now; unset: `question` */
    const char *question;
    bool unwatched; /* nobody would notice its end */
    struct span span;
    struct resting *rests; /* first those in whose own terms it is, then those that wait for them */
    uint32_t own_count, rest_count, rest_cap;
    bool whole; /* false: the plan is too large to list any but the first */
};

/* A kind that something declared is of. */
struct named_kind {
    const struct kind_info *kind;
    const char **titles;   /* of its methods; NULL: it depends on the asset */
    const char **executed; /* by its methods, then its procedures: by what each was carried out; NULL: by nothing */
    uint8_t tried;         /* PLAN_TRIED_… */
};

struct plan {
    struct model *model;
    struct arena *arena;
    struct arena *proof;                  /* states, steps, candidates; NULL once it is forgotten */
    struct arena *entries;                /* the ledger; NULL once it is forgotten */
    struct arena *work;                   /* jobs; NULL once they are forgotten */
    const struct verdict_counts *counted; /* then: what it came to */
    const char *name;                     /* of the plan block; "plan" when there is none */
    const char *compiler;                 /* version */
    const char *digest;                   /* SHA-256 (hex) of everything recovery-relevant */
    struct site_info *sites;              /* by entity index */
    uint32_t site_count;
    struct asset *assets; /* by entity index */
    uint32_t asset_count;
    struct copy_counts *copies;        /* by index of the asset, where `stateful`; NULL unless asked for */
    struct scenario_result *scenarios; /* by entity index */
    uint32_t scenario_count;
    struct backup_job *jobs;
    uint32_t job_count;
    struct job_task *tasks; /* in the order of jobs: each backup, and its test behind it */
    uint32_t task_count;
    struct drill_plan *drills; /* by entity index */
    uint32_t drill_count;
    struct export_plan *exports; /* by entity index */
    uint32_t export_count;
    struct drill_evidence *evidence; /* by index of the drill */
    uint32_t evidence_count;
    struct emission *emissions;
    uint32_t emission_count;
    struct slo_state *slos; /* of endpoints with an `slo`, in declaration order */
    uint32_t slo_count;
    struct finding *findings;
    uint32_t finding_count;
    const struct figure **figures; /* that the proof uses, in the order in which it met them */
    uint32_t figure_count;
    struct assumption **assumptions; /* in the order in which verdicts were found to rest on them; NULL unless asked for */
    uint32_t assumption_count;
    struct named_kind *kinds; /* in declaration order; NULL unless asked for */
    uint32_t kind_count;
    const atom *rules_off; /* rules nobody judged, because they were switched off */
    uint32_t rules_off_count;
    uint32_t refused; /* errors about what is emitted: what collides, what a platform refuses. What targets refuse is asked all the same */
    uint32_t refuted, unknown, waived; /* counts of verdicts and findings */
    uint32_t advised;                  /* findings that are advice only: in none of the other counts */
};

struct asset *plan_asset(const struct plan *plan, const struct entity *entity); /* NULL when it is none */
struct site_info *plan_site(const struct plan *plan, const struct entity *entity);
/* What the last line of a command says: verdicts of assets, names, groups and availability in all scenarios. */
struct verdict_counts {
    uint32_t hold, assumed, on_demand, on_declared; /* of those that hold: on an assumed figure, on what an owner is asked to see to, on kinds
                                                       only declared */
    uint32_t refuted, unknown, accepted, scenarios;
    uint32_t untested; /* assets with objectives that no scenario touches */
};
struct verdict_counts plan_counts(const struct plan *plan);
bool group_on_declared(const struct group_state *group); /* its loss is that of its members */

/* Free what the proof needed, once its document has it: no ledger, no jobs are left; then no scenarios either, only what they came to. Twice is
 * harmless. */
void plan_forget_ledger(struct plan *plan);
void plan_forget_work(struct plan *plan);
void plan_forget_states(struct plan *plan, struct scenario_result *result); /* of one scenario */
void plan_forget(struct plan *plan);                                        /* all of it */

const char *assumption_kind_name(enum assumption_kind kind);                      /* "runs", "stands_ready" */
const char *makes_true_name(enum makes_true by);                                  /* "artifact", "platform", "demand", "nobody" */
const char *entity_title(const struct model *model, const struct entity *entity); /* title, else name */
bool command_is_set(const struct command *command);
/* As somebody would type it; what is known only when it runs is in braces. */
void command_print(const struct command *command, struct strbuf *out);
/* Of one of the terms of its loss; NULL when that is stated, or worked out. */
const struct figure *term_figure(const struct asset_state *state, uint32_t term);
uint32_t plan_assumed(const struct plan *plan); /* verdicts that hold and rest on figures whose worst end nobody bounds */

#endif
