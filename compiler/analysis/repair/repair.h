/* Single changes of the text that may make a refuted objective hold.
 *
 * What is proposed here is only likely: a pure function of the plan cannot know what else a change does. Whoever offers one compiles
 * the changed text again and looks at the result (driver/repair.c). */
#ifndef DRC_ANALYSIS_REPAIR_H
#define DRC_ANALYSIS_REPAIR_H

#include "base/vec.h"
#include "model/plan.h"
#include "source/diag.h"

/* Replaces span by text in the file the span lies in; an empty span inserts. */
struct edit {
    struct span span;
    const char *text;
    bool for_all; /* the text is that of several things */
};

struct repair {
    struct edit edit;
    const char *what; /* the change in words: "`schedule = every 6h` in backup `nightly`" */
    uint32_t family;  /* changes of one sort, the smallest first: only the first one that holds is worth offering */
    enum offer_sense sense;
};

struct repair_list {
    struct arena *arena;
    const struct plan *plan;
    VEC(struct repair) list;
    uint32_t family;        /* of what is added next */
    enum offer_sense sense; /* the same */
};

/* Changes that may make the finding go away, smallest first, the relaxed objective last. Nothing for a finding that is no refuted
 * objective, and no change of a text that is not the user's own (standard library, inventory). */
void repair_candidates(const struct plan *plan, const struct finding *finding, struct arena *arena, struct repair_list *out);

/* ---- private to repair*.c */

/* repair_text.c: changes of one block. False when its text is not the user's, or has another form than such a change can be made to. */
bool edit_set(const struct repair_list *list, const struct entity *entity, const char *attribute, const char *value, struct edit *out);
bool edit_add_block(const struct repair_list *list, const struct entity *entity, const char *text, struct edit *out);
/* One more element of a list of names. */
bool edit_add_name(const struct repair_list *list, const struct entity *entity, const char *attribute, const char *name, struct edit *out);
/* `needs = [x, …]` becomes `uses = [x]` for one of its elements. */
bool edit_soften(const struct repair_list *list, const struct entity *entity, const char *name, struct edit *out);
/* Whether names can be written in the text of this entity as they are called in the plan: not in a file imported with `as`. */
bool edit_names(const struct repair_list *list, const struct entity *entity);

/* The next change is of another sort. Most change what is done; some state a figure that has to be true, or promise less. */
void repair_next(struct repair_list *list, enum offer_sense sense);
void repair_add(struct repair_list *list, struct edit edit, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Whether the kind has a method that runs over `self.FIELD` ("replicas", "standbys"). */
bool repair_has_method_for(const struct plan *plan, const struct kind_info *kind, const char *field);

/* repair.c: a replica at a site that stands. */
void repair_replicas(struct repair_list *list, const struct scenario_result *result, const struct asset_state *state);

/* repair_time.c */
void repair_method(struct repair_list *list, const struct scenario_result *result, const struct asset_state *state);
void repair_standbys(struct repair_list *list, const struct scenario_result *result, const struct asset_state *state);
void repair_time(struct repair_list *list, const struct scenario_result *result, const struct asset_state *state);
void repair_endpoint(struct repair_list *list, const struct scenario_result *result, const struct entity *endpoint);

/* repair_objectives.c */
void repair_inversion(struct repair_list *list, const struct finding *finding);
void repair_ceiling(struct repair_list *list, const struct asset *asset, const struct scenario_result *result);
void repair_downtime(struct repair_list *list, const struct asset *asset);
void repair_availability(struct repair_list *list, const struct entity *endpoint);
void repair_discarded(struct repair_list *list, const struct scenario_result *result, const struct asset_state *state);

#endif
