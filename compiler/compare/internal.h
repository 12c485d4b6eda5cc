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
    struct map edits_of;                         /* id of a thing -> struct edit_list */
    struct map renamed;                          /* id before -> id after */
    struct map assets[SIDES];                    /* of each side, by the id after */
    const struct plan_outcome **outcomes[SIDES]; /* of the scenario that is being compared, by number of the asset */
    const struct plan_step **path[SIDES];        /* causes.c: room for the way to a step */
    VEC(struct compare_change) changes;
    VEC(struct edit_values) values; /* of each edit, as the plans have them */
    const struct compare_asked *asked;
    struct map kinds[SIDES]; /* a kind -> struct kind_ids: what it and those it is built on are called */
    struct watch_list *told; /* watch.c: of each struct of a plan */
    const char *plan_id;     /* of the plan block of the new plan, "plan.shop" */
};

struct edit_values {
    const struct plan_value *before, *after; /* NULL: there is none, or it is no attribute */
};

struct edit_list {
    VEC(uint32_t) items;
};

/* ---- words.c: a field as readers see it */
const char *field_words(struct comparison *c, const struct plan_field *field, const void *item); /* NULL: nothing is said */
bool is_same_field(const struct plan_field *field, const void *before, const void *after);       /* seen without words; false: they tell */
bool same_words(const char *a, const char *b);                                                   /* NULL is like itself alone */
bool same_block(struct comparison *c, const struct plan_emitted_block *a, const struct plan_emitted_block *b);
const char *duration_words(struct comparison *c, int64_t ms);
/* Which way from one to the other, by the direction its row states: what is not known is weaker than any number. */
enum compare_way way_of(const struct plan_field *field, const void *before, const void *after);

/* ---- content.c */
/* Whether two plans say the same, whatever the order: their digests hold that as well. */
bool same_content(const struct plan_document *a, const struct plan_document *b);

/* ---- edits.c */
void find_edits(struct comparison *c);
bool same_value(struct comparison *c, const struct plan_value *a, const struct plan_value *b);
void drop_orders(struct comparison *c);                     /* edits of an order that nothing comes from are none */
const char *id_after(struct comparison *c, const char *id); /* of something before: the id it has now, or its own */

/* ---- watch.c: which fields are told, and lists whose items meet their like */

/* What a field is worked out from. */
enum rests { ON_THING, ON_TIME, ON_LOSS, ON_TIME_AND_OBJECTIVE, ON_LOSS_AND_OBJECTIVE };

struct watch {
    int in;
    const char *field; /* NULL: that it is there at all */
    const char *what;
    enum change_rule rule;
    enum rests rests;
};

struct about {
    const char *sort, *subject, *scenario;
    const char *at[SIDES]; /* FILE:LINE */
    const char *thing;     /* id among what is declared, in the new plan's names; NULL */
};

struct about about_of(struct comparison *c, const char *sort, const char *subject, const struct plan_thing *before, const struct plan_thing *after);
struct compare_change *add_change(struct comparison *c, const struct about *about, const char *what, const char *before, const char *after,
                                  enum compare_way way, enum change_rule rule);
const struct plan_field *field_named(int in, const char *name);

/* Every watched field of two of one struct; those that are others are told. `why` says where each comes from; NULL: nobody asks. */
typedef void why_fn(struct comparison *c, struct compare_change *change, const struct watch *watch, void *context);
void compare_fields(struct comparison *c, const struct about *about, int in, const void *before, const void *after, why_fn *why, void *context);
/* Fields of what is declared on both sides; what is on one side alone is new or gone, weaker where a rule says so. */
void tell_thing(struct comparison *c, const struct about *about, int in, const void *before, const void *after, const struct plan_thing *from,
                const struct plan_thing *to, const char *words);
void why_thing(struct comparison *c, struct compare_change *change, const struct watch *watch, void *things);

struct list {
    const void *items[SIDES];
    uint32_t count[SIDES];
    size_t size;
};

typedef const char *key_fn(struct comparison *c, enum side side, const void *item);
typedef void pair_fn(struct comparison *c, const void *before, const void *after, void *context);

/* In the order of the new plan, what is gone first. What a plan of others does not name is left out. */
void pair_up(struct comparison *c, const struct list *list, key_fn *key, pair_fn *each, void *context);

#define LIST_OF(type, from, to, field)                                                                                                               \
    ((struct list){{(from) ? (from)->field : NULL, (to) ? (to)->field : NULL},                                                                       \
                   {(from) ? (from)->field##_count : 0, (to) ? (to)->field##_count : 0},                                                             \
                   sizeof(struct plan_##type)})

/* Its id among what is declared, in the names of the new plan. */
const char *declared_id(struct comparison *c, enum side side, const struct plan_thing *thing, const char *otherwise);

/* ---- things.c, noted.c, outcomes.c, order.c, ledger.c, emitted.c: what the edits make of everything else */
void compare_things(struct comparison *c);
void compare_artifacts(struct comparison *c); /* jobs, stores, exports, drills */
void compare_noted(struct comparison *c);     /* what is declared is all there is of it */
void compare_scenarios(struct comparison *c);
void compare_order(struct comparison *c, const struct plan_scenario *before, const struct plan_scenario *after);
void compare_ledger(struct comparison *c);
void compare_emissions(struct comparison *c);
const char *key_of_asset(struct comparison *c, enum side side, const void *asset);
const char *key_of_step(struct comparison *c, enum side side, const void *step);
void compare_objective(struct comparison *c, const struct about *about, const char *what, const struct plan_objective *before,
                       const struct plan_objective *after, const struct plan_asset *asset);

/* ---- policy.c: which changes count, and who accepts them */
void judge_changes(struct comparison *c);

/* ---- causes.c */
void index_outcomes(struct comparison *c, enum side side, const struct plan_scenario *scenario); /* the one that is being compared */
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

/* Of what has an id alone, or names it: `kind.aws.s3.objects`. NULL is nothing. */
void causes_of_ids(struct comparison *c, struct compare_change *change, const char *const *ids, uint32_t count);
void one_cause(struct comparison *c, struct compare_change *change, uint32_t edit);
/* What has none by what it is worked out from, comes from all of them together. */
void causes_of_the_rest(struct comparison *c);

#endif
