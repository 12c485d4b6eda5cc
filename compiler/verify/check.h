/* Private to compiler/verify: what the questions share. Each file asks one (times.c, losses.c with story.c and calendar.c, statements.c, verdicts.c,
 * groups.c, ledger.c), with what reading.c and lost.c find for all of them; verify.c has their order. */
#ifndef DRC_VERIFY_CHECK_H
#define DRC_VERIFY_CHECK_H

#include "base/intern.h"
#include "base/map.h"
#include "base/units.h"
#include "base/vec.h"
#include "schedule/schedule.h"
#include "verify/verify.h"

/* Moments and amounts beyond this are refused (34,000 years): then no sum of a few of them overflows. */
enum { ENDS = 3, LINKS_MAX = 1000, RUNS_MAX = 4000 };
#define LONGEST (INT64_C(1) << 50)

/* What an asset is found to be in the scenario at hand. */
enum lost_for_good { LOST_UNDECIDED, LOST_DECIDING, LOST_NO, LOST_YES };

struct check {
    struct arena *arena;   /* of the report */
    struct arena *scratch; /* until the check is done */
    struct intern *names;
    const struct plan_document *document;
    const struct verify_options *options;
    struct verify_report *report;

    /* Where one is: "scenarios[SCENARIO].LIST[ITEM]". */
    const struct plan_scenario *scenario; /* NULL: outside of any */
    const char *list, *item;

    /* Of the scenario at hand. */
    const struct plan_outcome **outcomes; /* by the index of the asset in the document; NULL: unaffected */
    uint8_t *for_good;                    /* enum lost_for_good, in the same order */
    bool *site_lost;                      /* by the index of the site in the document */
    int64_t *group_loss;                  /* the largest loss of its groups, by the index of the asset */

    struct map sites;      /* id of the thing -> struct plan_site */
    struct map assets;     /* the same */
    struct map timetables; /* what a schedule says, and to whom -> struct timetable */
    struct map zones;      /* name -> struct zone */

    VEC(const struct plan_thing *) plan_objectives; /* of the plan itself, ceilings left out */

    /* ledger.c */
    struct map verdicts; /* every name of one, those that do not apply too */
    struct map records;  /* "rto:database/region-loss" -> struct verdict_record */
    struct map needs;    /* id of an entry -> the last struct need of it */
    struct map entries;  /* id -> struct plan_assumption */
    int64_t hold, assumed, declared, refuted, unknown;
};

/* ---- reading.c */
/* Tells a problem at `field` of where one is: ".finish"; "": the thing itself. */
void problem(struct check *c, const char *field, const char *format, ...) __attribute__((format(printf, 3, 4)));
void at(struct check *c, const char *list, const char *item);

const struct plan_outcome *outcome_of(const struct check *c, const struct plan_asset *asset); /* NULL: unaffected */
const struct plan_candidate *chosen_of(const struct plan_outcome *outcome);                   /* NULL: none */
bool is_block(const struct plan_thing *thing, const char *block);
bool refers_to(const struct plan_value *value, const struct plan_thing *thing); /* a reference to it, or a list that holds one */
bool word_is(const struct plan_thing *thing, const char *attribute, const char *word);

/* The ends of a duration; PLAN_UNKNOWN where there is none. `unset`: what it is where the attribute is not there. */
int64_t best_end(const struct plan_thing *thing, const char *attribute, int64_t unset);
int64_t worst_end(const struct plan_thing *thing, const char *attribute, int64_t unset);
int64_t end_of(const struct plan_range *range, int end); /* 0 best, 1 typical, 2 worst */

/* Whole amounts that may be unknown (less than 0): unknown where one is, or where the sum is beyond LONGEST. */
int64_t plus(int64_t a, int64_t b);

/* ---- lost.c */
void find_lost_sites(struct check *c); /* of the scenario at hand, before the others */
/* Whether the place of a thing (its `site`) is one that the scenario takes. */
bool place_is_lost(const struct check *c, const struct plan_thing *thing);
/* No method is left for it, or for something it cannot come back without. */
bool is_lost_for_good(struct check *c, const struct plan_asset *asset);

/* ---- calendar.c */
struct timetable {
    enum schedule_kind kind;
    bool readable;
    struct schedule_slots *slots; /* NULL: no clock starts it, or it cannot be said */
    const struct schedule *schedule;
    enum cron_dialect dialect;
    const struct zone *zone;
    bool closed; /* slots in these hours are none */
    struct closed_hours hours;
    const char *key;
    struct map gaps; /* missed runs -> struct schedule_gap */
    struct map thinned;
    struct map overlaps;
};
/* When the runs of a link are due. */
struct timetable *timetable_of(struct check *c, const struct plan_link *link);
const struct schedule_gap *gap_of(struct check *c, struct timetable *table, int64_t missed); /* NULL where it cannot be said */
/* What is left of its copies; NULL where it cannot be said. */
const struct schedule_thinning *thinning_of(struct check *c, struct timetable *table, enum keep_class keep, int64_t count, int64_t missed,
                                            int64_t late);
/* The worst of runs that keep others out; NULL where that is not worked out slot by slot. */
const struct schedule_overlap *overlap_of(struct check *c, struct timetable *table, const struct plan_link *link);
/* The worst of what is made on the next link while that is on its way, and of copies that wait for each other; false where that is not worked out. */
bool behind_of(struct check *c, const struct plan_link *link, const struct plan_link *base, struct schedule_behind *worst);
bool queue_of(struct check *c, const struct plan_link *link, struct schedule_queue *worst);
int64_t closed_length(const struct plan_thing *backup); /* ms in which it must not run; 0: none; PLAN_UNKNOWN */
int64_t lateness(const struct plan_link *link);         /* how long after its slot a run starts at most; PLAN_UNKNOWN */
/* 0 ≤ retain classes: the class of an attribute's key; false: none. */
bool class_named(const char *name, enum keep_class *keep);

/* ---- times.c */
void check_times(struct check *c);

bool is_step_of(const struct plan_scenario *scenario, const struct plan_step *step); /* false: of the way back */

/* ---- statements.c */
void check_statements(struct check *c); /* of the scenario at hand */
void check_jobs(struct check *c);
void find_plan_objectives(struct check *c);
/* The objective that is stated for it in the scenario at hand; PLAN_UNKNOWN: none. */
int64_t stated_for(const struct check *c, const struct plan_outcome *outcome, const char *what);

/* ---- losses.c */
void check_losses(struct check *c);
/* The parts of a loss by what they are; PLAN_UNKNOWN where one of them is. */
int64_t part_of(const struct plan_outcome *outcome, enum plan_choice_TERM what);
int64_t interval_of(const struct timetable *table, const struct plan_thing *backup); /* between two runs that no clock starts, at the worst */

/* ---- story.c */
void check_story(struct check *c, const struct plan_outcome *outcome);

/* ---- groups.c */
void check_groups(struct check *c); /* of the scenario at hand, with their verdicts */

/* ---- verdicts.c */
int64_t objective_of(const struct plan_objective *objective);
void check_verdicts(struct check *c); /* of the scenario at hand */
void check_slos(struct check *c);
void check_counts(struct check *c);

/* ---- ledger.c */
/* A verdict, and what is found of the entries it rests on. What one that holds must rest on is said by need_entry() and the `wants_…`. */
struct verdict_record {
    const struct plan_scenario *scenario;
    const char *list, *item;
    const char *objective; /* "rto" */
    bool holds;
    bool wants_detected, wants_decided; /* what notices the scenario; who decides */
    bool wants_replica;                 /* its lag, or that something stands ready */
    const char *wants_answer;           /* the name of an endpoint that is moved; NULL */
    uint32_t entries;                   /* that it rests on */
    const char *nobody;                 /* one of them that nobody makes true */
    bool says_on_demand;                /* or is of what says nothing of it */
    const char *demand;                 /* one of them that somebody is asked to see to */
    bool detected, decided, replicated, answered;
    uint32_t stamp; /* the entry at hand lists it */
};

struct need {
    struct verdict_record *verdict;
    const char *entry;
    struct need *before; /* another one of the same entry */
};

/* Counts a verdict; NULL where it does not apply. */
struct verdict_record *record_verdict(struct check *c, uint8_t verdict, const char *objective, const char *subject, bool assumed, bool declared);
void need_entry(struct check *c, struct verdict_record *verdict, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool has_entry(const struct check *c, const char *id);
void index_ledger(struct check *c); /* before the first of these */
void check_ledger(struct check *c);

#endif
