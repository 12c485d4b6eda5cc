/* One message for what leaves objectives undecided (SEMANTICS, laws 2 and 3): a figure nobody stated, a protection nobody carries out.
 *
 * Every objective that is unknown for such a reason is a finding of its own in the plan, so that it can be waived and compared. It is
 * told once, at what is missing, with the list of the objectives it decides. */
#ifndef DRC_ANALYSIS_MISSING_H
#define DRC_ANALYSIS_MISSING_H

#include "model/plan.h"
#include "source/diag.h"

struct analysis;

/* Why something is not known. Two reasons are one when `at`, `attribute` and `code` are the same. */
struct reason {
    enum diag_code code;     /* DIAG_E0561: not stated; DIAG_E0562: nobody does it; DIAG_E0563: nobody would notice */
    const struct entity *at; /* what has it unset, or what is not done */
    const char *attribute;   /* name of the unset attribute; NULL */
    struct span span;        /* where to point; {0, 0}: the attribute when it is written, else the label of `at` */
    const char *text;        /* "`declare` of scenario `loss` is not stated"; NULL: made from `at` and `attribute` */
    const char *help;        /* NULL: "state `ATTRIBUTE`" */
    bool gone;               /* it may never be back at all: what is restored by it may be lost, too */
};

/* An objective: `subject` is an asset, an endpoint or a group. */
struct objective_ref {
    enum objective_kind kind;
    struct entity *subject;
    struct entity *scenario; /* NULL: in all */
    bool strict;             /* its tier demands proof: then it is an error */
};

/* The objective is undecided because of `reason`. False when a waiver accepts that: nothing is told of it then. */
bool decides(struct analysis *a, const struct reason *reason, struct objective_ref objective);

/* Why something is unknown: a row nobody stated. `text` and `help` may be NULL. */
const struct reason *unset_row(const struct analysis *a, const struct entity *entity, const char *row, const char *text, const char *help);

/* The same for what does not leave it undecided but has to be told (an unwatched protection): no finding of the objective is unknown. */
bool concerns(struct analysis *a, const struct reason *reason, struct objective_ref objective);

/* Prints the messages, in the order in which the reasons were found. After all scenarios. */
void tell_reasons(struct analysis *a);

#endif
