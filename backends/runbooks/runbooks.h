/* Inside of the runbooks target. backend.c chooses the pages; scenario.c writes what one follows at night, steps.c its
 * steps, pages.c the pages for calmer hours, tables.c what several pages show. */
#ifndef DRC_BACKENDS_RUNBOOKS_RUNBOOKS_H
#define DRC_BACKENDS_RUNBOOKS_RUNBOOKS_H

#include "backends/common/rows.h"
#include "backends/registry.h"
#include "emit/md.h"
#include "plan/plan.h"

/* What all pages are made from. */
struct book {
    const struct plan_document *plan;
    const struct plan_index *index;
    const struct plan_thing *about; /* the `plan` block; NULL */
    struct arena *arena;
    struct fileset *files;
};

struct page {
    const struct book *book;
    const struct plan_document *plan;
    struct arena *arena; /* goes with the page */
    struct md md;
    struct strbuf out;
    /* Of the page of a scenario: what becomes of each asset, by its place in the plan; NULL: nothing. */
    const struct plan_outcome **outcomes;
};

/* Values of a list. */
struct items {
    const struct plan_value *at;
    uint32_t count;
};

/* ---- backend.c */
void page_begin(struct page *page, const struct book *book, const char *title, const char *origin); /* `origin` may be NULL */
void page_end(struct page *page, const char *path, const char *origin);
void page_outcomes(struct page *page, const struct plan_scenario *result);
const struct plan_outcome *page_outcome(const struct page *page, const struct plan_asset *asset); /* NULL: unaffected */
const char *scenario_file(struct arena *arena, const struct plan_scenario *result);               /* "scenario-region-loss.md" */
const char *failback_file(struct arena *arena, const struct plan_scenario *result);

/* ---- tables.c */
struct md_inline page_time(struct page *page, bool known, int64_t ms);        /* "38m", "unknown", "n/a" */
struct md_inline page_takes(struct page *page, const struct plan_step *step); /* the same of a step; "within the whole" */
struct md_inline page_objective(struct page *page, const struct plan_objective *objective);
struct md_inline page_deadline(struct page *page, int64_t ms);
struct md_inline page_clock(struct page *page, bool known, int64_t ms);       /* "T+0:38" */
struct md_inline page_who(struct page *page, const struct plan_thing *who);   /* a person or team by name, "nobody named" */
struct md_inline page_reach(struct page *page, const struct plan_thing *who); /* ways to reach them */
/* "a, b, c" from a list of things, words or texts. */
struct md_inline page_words(struct page *page, const struct plan_thing *thing, const char *name, const char *empty);
/* Of people, teams, things and texts, as they are called. */
struct md_inline page_names(struct page *page, const struct plan_thing *thing, const char *name);
struct md_inline page_updates(struct page *page, const struct plan_thing *severity); /* "every 30 min", a schedule: how often stakeholders hear */
const char *attr_text(const struct page *page, const struct plan_thing *thing, const char *name, const char *fallback);
const struct plan_thing *attr_ref(const struct page *page, const struct plan_thing *thing, const char *name);
struct items attr_list(const struct plan_thing *thing, const char *name);
const struct plan_thing *item_thing(const struct page *page, struct items items, uint32_t i); /* NULL: it is no thing */
const char *step_subject(const struct plan_step *step);                                       /* name of what it is for */
void contacts_table(struct page *page);
void figures_table(struct page *page, const struct plan_scenario *result);
void notices_table(struct page *page, const struct plan_thing *severity);
void checklist(struct page *page, const struct plan_scenario *result, const char *phase, const char *heading);
void dependency_graph(struct page *page, bool colours); /* `colours`: what the scenario of the page does to each */
void timeline(struct page *page, const struct plan_scenario *result);
bool has_steps(const struct plan_scenario *result);

/* ---- steps.c */
bool step_taken(struct rows *rows, const struct plan_step *step); /* into a list of steps that may be cut: what needs a person always is */
void step_table(struct page *page, const struct plan_step *steps, uint32_t count, bool back); /* `back`: of the failback */
struct md_inline page_question(struct page *page, const struct plan_question *input);
struct md_inline page_doer(struct page *page, const struct plan_step *step); /* who does it, or the script */
void step_details(struct page *page, const struct plan_step *steps, uint32_t count);

/* ---- scenario.c */
void scenario_page(const struct book *book, const struct plan_scenario *result);
void failback_page(const struct book *book, const struct plan_scenario *result);

/* ---- pages.c */
void index_page(const struct book *book);
void communication_page(const struct book *book);
void drills_page(const struct book *book);
void review_page(const struct book *book);
void protection_page(const struct book *book);
void compliance_page(const struct book *book);
void exports_page(const struct book *book);

#endif
