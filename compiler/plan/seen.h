/* What rules see of the results, by the rows of plan.def: names, types and sentences, for whoever answers (analysis/judge/asked.c), for whoever
 * checks what is asked (sema), and for the reference. Nothing of the plan itself is here. */
#ifndef DRC_PLAN_SEEN_H
#define DRC_PLAN_SEEN_H

#include "base/phases.h"

/* clang-format off */
#define CHOICE(ID, doc)
#define ITEM(ID, name, text)
#define CHOICE_END(ID)
#define FIELD(in, name, TYPE, of, since, flags, doc)

enum plan_struct_id {
#define STRUCT(name, doc) PLAN_STRUCT_##name,
#define STRUCT_END(name)
#include "plan/plan.def"
    PLAN_STRUCT_COUNT
};
#undef STRUCT
#undef STRUCT_END

/* PLAN_SEEN_outcome_fate: what rules see of an outcome, in the order of the rows. */
#define STRUCT(name, doc) enum plan_seen_##name {
#define SEEN(in, name, TYPE, of, since, flags, as, type, doc) PLAN_SEEN_##in##_##as,
#define ONLY_SEEN(in, as, type, doc) PLAN_SEEN_##in##_##as,
#define STRUCT_END(name) PLAN_SEEN_##name##_COUNT };
#include "plan/plan.def"
#undef STRUCT
#undef STRUCT_END
#undef CHOICE
#undef ITEM
#undef CHOICE_END
#undef FIELD
/* clang-format on */

struct plan_seen {
    const char *name;
    const char *type; /* as the language writes it; "list(object)" where it is a list of what rules see of another struct */
    int of;           /* enum plan_struct_id of that; -1 */
    const char *doc;
};

/* The rows of one struct, by its enumeration (PLAN_SEEN_outcome_…); static. */
const struct plan_seen *plan_seen(enum plan_struct_id in, unsigned *count);

#endif
