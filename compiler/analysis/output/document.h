/* The plan as it is published, made from the proof: plan/plan.def filled in. One file for each part of it. */
#ifndef DRC_ANALYSIS_DOCUMENT_H
#define DRC_ANALYSIS_DOCUMENT_H

#include "base/map.h"
#include "base/vec.h"
#include "model/plan.h"
#include "plan/checked.h"
#include "plan/plan.h"

struct maker {
    const struct plan *plan;
    const struct sources *sources;
    struct arena *arena;
    struct arena *scratch; /* gone before the scenarios are filled in, which are the largest part */
    struct plan_document *out;
    struct plan_thing **things; /* by number of the entity; NULL: there are none */
    struct map figures;         /* struct figure -> struct plan_figure * */
    struct intern *ids;         /* of things and jobs in use; the texts are the document's */
    struct intern *names;
    /* Of the scenario or drill at work: step -> struct plan_step *. */
    struct map steps;
    const struct scenario_result *result; /* NULL: a drill */
    /* For checks: only of these are things made, places and names with the places of their attributes, others without any, and no FILE:LINE is
     * worked out. NULL: everything of everything. */
    const struct map *wanted;
    struct plan_schedule *last_schedule; /* the one made last, and in which zone: most jobs run at the same hour */
    const struct zone *last_zone;
    int last_kind, last_counted;
    const char ***rest_texts; /* by kind (rto, rpo) and scenario, then by asset: how a verdict is called; made when it is first asked for */
    struct map *schedules;    /* NULL outside of emissions: written -> struct plan_schedule * */
    VEC(struct plan_schedule) emitted_schedules;
};

/* The whole plan, in the arena; no struct in it points into the model, texts do. `forget`: nobody wants the ledger, jobs and scenarios of the plan
 * afterwards. They are freed as soon as the document has them (plan_forget), so that the two are never there whole. `trees`: those of the syntax,
 * which go as soon as the document says how things are written; NULL: they stay. */
struct plan_document *make_document(struct plan *plan, struct arena *arena, bool forget, struct arena **trees);

/* What targets look at before they refuse, see plan/checked.h. */
const struct plan_checked *make_checked(const struct plan *plan, struct arena *arena);

/* One figure alone, of a library without a specification. */
struct plan_figure *make_figure(const struct sources *sources, const struct figure *figure, struct arena *arena);

/* ---- between the files of the maker */

void name_things(struct maker *m); /* and where they stand, and how what is worked out elsewhere is written */
void fill_things(struct maker *m); /* their attributes */
void make_sites(struct maker *m);
void make_names(struct maker *m);
void make_emissions_of(struct maker *m, const char *target); /* NULL: of all targets */
void place_scenarios(struct maker *m);                       /* what others refer to, empty */
void make_scenarios(struct maker *m, struct plan *forget);   /* each is free as soon as it is filled in; NULL: none */
void make_work(struct maker *m);                             /* stores, jobs, drills, exports, emissions */
void make_entries(struct maker *m);                          /* ledger and findings */

struct plan_thing *document_thing(const struct maker *m, const struct entity *entity); /* NULL where it is none */
const char *document_free_id(struct maker *m, const char *id); /* the same, or with a number where another thing has it already */
struct plan_site *document_site(const struct maker *m, const struct site_info *site);
struct plan_site *document_place(const struct maker *m, const struct entity *entity);
struct plan_asset *document_asset(const struct maker *m, const struct asset *asset);
struct plan_endpoint *document_endpoint(const struct maker *m, const struct entity *entity);
struct plan_group *document_group(const struct maker *m, const struct entity *entity);
struct plan_figure *document_figure(const struct maker *m, const struct figure *figure);
struct plan_figure **document_figures(struct maker *m, const struct assumed_figures *from, uint32_t *count);
struct plan_thing **document_list(struct maker *m, struct entity *const *from, uint32_t count, uint32_t *out);
struct plan_objective *document_objective(struct maker *m, const struct objective *from);
struct plan_asset **document_assets(struct maker *m, const struct entity *entity, uint32_t row, uint32_t *count); /* that an attribute lists */
const char *document_grade(struct maker *m, char letter); /* NULL: none, or it does not apply */
struct plan_range document_range(struct span_of_time time);
void document_schedule(struct maker *m, const char *written, const struct schedule *from); /* kept where something is emitted */
struct plan_place document_at(struct span span);
const char *document_origin(const struct maker *m, struct span span); /* NULL where there is no place */
const char *document_date(struct maker *m, int64_t day);
struct plan_value document_value(struct maker *m, struct value value);
struct plan_command *document_command(struct maker *m, const struct command *from); /* NULL when it is not set */
void document_steps(struct maker *m, struct step *const *from, uint32_t count, struct plan_step **out, uint32_t *out_count);

#endif
