/* Two plans by meaning: what was edited, what that makes of the proof, which of it is weaker, and because of which edits.
 *
 * The plans are as they are published (plan/plan.h), so that each may come from a file that somebody kept. Reformatting, comments and the
 * order in which things are written are no difference. */
#ifndef DRC_COMPARE_COMPARE_H
#define DRC_COMPARE_COMPARE_H

#include "base/change_rules.h"
#include "plan/plan.h"

enum compare_way { COMPARE_NEITHER, COMPARE_WEAKER, COMPARE_STRONGER };

/* Something declared that is another. Texts are as one writes them; NULL: there is none. */
struct compare_edit {
    const char *id;        /* of the thing, `asset.database/backup.log`; its new one where it was renamed */
    const char *attribute; /* NULL: the thing as a whole */
    const char *before, *after;
    const char *before_at, *after_at; /* FILE:LINE of the thing; NULL */
    const char *was;                  /* the id it had before, where it has another name; NULL */
    bool order;                       /* nothing but the order is another, of what it names or of what is declared */
    uint32_t through;                 /* the edit that it comes from, a parameter's or a default's: its index + 1; 0: it is one itself */
};

/* A part of a number that is another: a term of a loss, a step on the way to a time. */
struct compare_part {
    const char *what;
    const char *before, *after;       /* NULL: there is none */
    const char *before_at, *after_at; /* NULL */
};

/* Somebody accepts a change, for a reason, until a day. */
struct compare_waiver {
    const char *id, *why, *until, *by, *at; /* `at`: FILE:LINE */
    bool expired;                           /* it is none any more */
    bool undated;                           /* nobody said which day it is, so it is none */
};

struct compare_change {
    const char *sort;     /* "asset", "endpoint", "group", "scenario", "backup", "drill", "figure", "ledger", "site", "resource", "step" … */
    const char *subject;  /* its name */
    const char *scenario; /* in which; NULL: in none, or it is one */
    const char *what;     /* "worst-case loss"; NULL: it is there, or gone, as a whole */
    const char *before, *after;
    const char *before_at, *after_at;
    enum compare_way way;
    enum change_rule rule;               /* the one it is against, where it is weaker */
    enum change_level level;             /* how much that counts: where it is weaker */
    const char *thing;                   /* id of what is declared and it is about, `asset.database`; NULL: of none */
    const struct compare_waiver *waiver; /* the one that names it; NULL */
    const struct compare_part *parts;
    uint32_t part_count;
    uint32_t *causes; /* edits, by index; what was not told apart is one set */
    uint32_t cause_count;
};

struct compare_report {
    struct compare_edit *edits;
    uint32_t edit_count;
    struct compare_change *changes; /* in the order of the plan: what is older first */
    uint32_t change_count;
    uint32_t weaker, stronger, neither;
    uint32_t refused;  /* of the weaker ones: against a rule that counts, and accepted by nobody */
    uint32_t accepted; /* of the weaker ones: by a waiver */
    bool untold;       /* the digests differ, and nothing above says why */
    bool unwritten;    /* of one of them nothing is written: jobs, exports and resources were not compared */
};

/* What the caller knows beyond the two plans, and asks. */
struct compare_asked {
    bool written;                     /* both say what would be written of them */
    const char *as_of;                /* YYYY-MM-DD, by which waivers are judged; NULL: nobody said */
    const struct compare_edit *given; /* of what plans do not hold: kinds, parameters, defaults; they come first among the edits */
    uint32_t given_count;
    const char *(*base_of)(void *context, bool after, const char *kind); /* the kind that a kind is built on; NULL: none. May be NULL */
    void *context;
    const int *levels; /* of each rule, over what the plans say; -1: as these say; NULL: of all */
};

/* Whether a plan says what would be written of it: not where something is wrong with it. Of one that was compiled the compiler knows better. */
bool compare_is_written(const struct plan_document *plan);

/* Which changes count is said by the old plan (`changes`), waivers stand in the new one. Everything in the report lives in the arena, or in one of
 * the documents, which have to outlive it; causes may be taken out by whoever knows better. */
void compare_plans(struct arena *arena, const struct plan_document *before, const struct plan_document *after, const struct compare_asked *asked,
                   struct compare_report *report);

#endif
