/* Who makes true what a verdict rests on (SEMANTICS §7): for each protection (a backup, replica or standby, or an asset's own method) the
 * first of an emitted file that does it, the platform, somebody who is asked to, nobody. */
#ifndef DRC_ANALYSIS_CREDIT_H
#define DRC_ANALYSIS_CREDIT_H

#include "analysis/common/missing.h"
#include "model/plan.h"

struct credit {
    enum makes_true by;
    const struct entity *maker; /* the `emit` or `procedure` that does or asks it; NULL: asked because the kind has no way */
    struct entity *subject;     /* whose kind that is of: the asset, a store */
    const struct scope *scope;  /* of an `emit`: what its expressions see */
    struct entity *on;          /* BY_DEMAND: who answers for it */
    bool watched;               /* somebody or something hears of it when it stops; true where that is part of what does it */
    const struct entity *watch; /* the `emit` that watches it; NULL */
};

/* Of a `backup` (of an asset or group), `replica` or `standby` block. The same in every scenario; worked out once. */
const struct credit *credit_of(struct analysis *a, struct entity *thing);

/* Whether an emit of the kind of `subject` makes `thing` in a file: the target of a name (its record), a health check. Fills maker,
 * subject and scope. */
bool emit_makes(struct analysis *a, const struct entity *thing, struct entity *subject, struct credit *out);

/* The worst of what a candidate rests on: its element, every link of its copies, what its method presupposes.
 * *thing: the one nobody makes true, else NULL. */
enum makes_true credit_of_candidate(struct analysis *a, struct asset_state *state, struct candidate *candidate, struct entity **thing);

/* Whether every copy the candidate reads is taken, and got out of its store, by ways that were carried out (`executed`); true where it reads none. */
bool copies_are_executed(struct analysis *a, const struct candidate *candidate);

/* Whether runs of what the candidate reads are somebody's to look after: no platform promises that each of them succeeds. False where it reads
 * none. */
bool copies_on_demand(struct analysis *a, const struct candidate *candidate);

/* Why what rests on `thing` is unknown: it is by nobody. */
struct reason nobody_reason(struct analysis *a, struct entity *thing);

/* After judging a scenario: what is right only as long as nobody has to notice, is told (E0563); unknown where the tier demands proof. */
void check_watched(struct analysis *a, struct scenario_result *result);

/* Whether the value names somebody, or something else than the watched, that can hear: no team without people, no empty name. */
bool hears(struct value who, const struct entity *watched);

#endif
