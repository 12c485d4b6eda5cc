/* The certificate of a plan, checked: whether its numbers follow from its statements by the rules of docs/certificate.md, its verdicts from
 * the numbers, and whether its witnesses are legal and reach what they are said to reach.
 *
 * It reads the plan as it is published (plan/plan.h) and shares nothing with the analysis that made it, but for what a schedule means
 * (schedule/): verify/drc-verify.py shares nothing at all. A plan is a stranger's: whatever stands in it, the check ends, in time and memory
 * bounded by its size, and no arithmetic overflows. */
#ifndef DRC_VERIFY_VERIFY_H
#define DRC_VERIFY_VERIFY_H

#include "base/arena.h"
#include "plan/plan.h"
#include "schedule/zone.h"

#include <stdint.h>

struct verify_options {
    /* The zone of an IANA name; NULL when there is none. The result lives until the check is done. NULL: there is none but UTC. */
    const struct zone *(*zone)(void *context, const char *name);
    void *zone_context;
};

struct verify_problem {
    const char *at;      /* "scenarios[region-loss].assets[database].chain[0].gap"; "" for the plan as a whole */
    const char *message; /* one line, lower case, no full stop */
};

enum { VERIFY_PROBLEMS_KEPT = 1000 };

struct verify_report {
    struct verify_problem *problems; /* in the order of the plan; the first ones */
    uint32_t problem_count;          /* of these */
    uint64_t problems_found;         /* all of them; 0: the plan is accepted */
    uint64_t verdicts;               /* that were checked */
    uint64_t derivations;            /* of them: losses whose terms were, and recoveries whose steps were */
    uint64_t witnesses;              /* stories, and the worst case of each scenario's steps */
    uint64_t steps;
    uint64_t entries;           /* of the ledger */
    uint64_t listed_in_part;    /* entries of which the plan does not list all that rests on them: that was not checked */
    uint64_t gaps;              /* losses whose story stays more than a millisecond inside of the bound */
    int64_t largest_gap;        /* ms */
    const char *largest_gap_at; /* "database in region-loss"; NULL without gaps */
    uint64_t in_words;          /* refutations that no number shows, only a sentence of the plan */
    uint64_t untold;            /* losses in numbers, above 0, that no story is told for */
};

/* What a check of a certificate does not decide, one sentence each; ends with NULL. */
extern const char *const verify_not_checked[];

/* Checks the document, which plan_read() made. Texts of the report live in the arena or in the document. Accepted when problems_found is 0. */
void verify_plan(struct arena *arena, const struct plan_document *document, const struct verify_options *options, struct verify_report *report);

#endif
