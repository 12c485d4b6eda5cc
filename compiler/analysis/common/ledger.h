/* The ledger: everything the verdicts rest on, with who makes it true and how one sees whether it is true now (SEMANTICS §7). */
#ifndef DRC_ANALYSIS_LEDGER_H
#define DRC_ANALYSIS_LEDGER_H

struct analysis;

/* Fills plan->assumptions from the methods that were chosen. After all scenarios; only when the plan is wanted as data. */
void make_ledger(struct analysis *a);

#endif
