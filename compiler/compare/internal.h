/* Private to compiler/compare. */
#ifndef DRC_COMPARE_INTERNAL_H
#define DRC_COMPARE_INTERNAL_H

#include "base/map.h"
#include "base/vec.h"
#include "compare/compare.h"
#include "plan/table.h"

enum side { BEFORE, AFTER, SIDES };

struct comparison {
    struct arena *arena;
    struct intern *names;
    const struct plan_document *plan[SIDES];
    VEC(struct compare_edit) edits;
    struct map edits_of;      /* id of a thing -> struct edit_list */
    struct map renamed;       /* id before -> id after */
    struct map assets[SIDES]; /* of each side, by the id after */
    VEC(struct compare_change) changes;
    bool unwritten;
};

struct edit_list {
    VEC(uint32_t) items;
};

/* ---- words.c: a field as readers see it */
const char *field_words(struct comparison *c, const struct plan_field *field, const void *item); /* NULL: nothing is said */
bool same_words(const char *a, const char *b);                                                   /* NULL is like itself alone */
bool same_block(struct comparison *c, const struct plan_emitted_block *a, const struct plan_emitted_block *b);
const char *duration_words(struct comparison *c, int64_t ms);
/* Which way from one to the other, by the direction its row states: what is not known is weaker than any number. */
enum compare_way way_of(const struct plan_field *field, const void *before, const void *after);

/* ---- edits.c */
void find_edits(struct comparison *c);
const char *id_after(struct comparison *c, const char *id); /* of something before: the id it has now, or its own */

/* ---- effects.c */
void find_effects(struct comparison *c);

/* ---- causes.c */
/* What an outcome, a name or a group of a scenario is worked out from, on both sides; `objective`: and what it is compared with. Either outcome may
 * be NULL. */
void causes_of_outcome(struct comparison *c, struct compare_change *change, const struct plan_scenario *const scenario[SIDES],
                       const struct plan_outcome *const outcome[SIDES], bool loss, bool objective);
void causes_of_name(struct comparison *c, struct compare_change *change, const struct plan_scenario *const scenario[SIDES],
                    const struct plan_name_outcome *const name[SIDES], bool objective);
void causes_of_group(struct comparison *c, struct compare_change *change, const struct plan_scenario *const scenario[SIDES],
                     const struct plan_group_outcome *const group[SIDES], bool objective);
/* Of what is declared as a thing, or follows from that alone. Either may be NULL. */
void causes_of_thing(struct comparison *c, struct compare_change *change, const struct plan_thing *before, const struct plan_thing *after);
/* Of an objective: where it comes from. */
void causes_of_objective(struct comparison *c, struct compare_change *change, const struct plan_objective *before, const struct plan_objective *after,
                         const struct plan_asset *asset);

#endif
