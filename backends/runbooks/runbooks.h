/* Inside of the runbooks target. backend.c chooses the pages; scenario.c writes what one follows at night, steps.c its
 * steps, pages.c the pages for calmer hours, tables.c what several pages show. */
#ifndef DRC_BACKENDS_RUNBOOKS_RUNBOOKS_H
#define DRC_BACKENDS_RUNBOOKS_RUNBOOKS_H

#include "backends/registry.h"
#include "emit/md.h"

struct page {
    const struct plan *plan;
    struct arena *arena;
    struct md md;
    struct strbuf out;
};

/* ---- backend.c */
void page_begin(struct page *page, const struct plan *plan, const char *title, struct span origin);
void page_end(struct page *page, struct fileset *files, const char *path, struct span origin);
const char *scenario_file(const struct plan *plan, const struct scenario_result *result); /* "scenario-region-loss.md" */
const char *failback_file(const struct plan *plan, const struct scenario_result *result);

/* ---- tables.c */
struct md_inline page_time(struct page *page, bool known, int64_t ms);  /* "38m", "unknown", "n/a" */
struct md_inline page_deadline(struct page *page, int64_t ms);
struct md_inline page_clock(struct page *page, bool known, int64_t ms); /* "T+0:38" */
struct md_inline page_who(struct page *page, const struct entity *who); /* a person or team by name, "nobody named" */
struct md_inline page_reach(struct page *page, const struct entity *who); /* ways to reach them */
struct md_inline page_words(struct page *page, struct value list, const char *empty); /* "a, b, c" from a list of things, words or texts */
struct md_inline page_names(struct page *page, struct value list); /* of people, teams, things and texts, as they are called */
struct md_inline page_updates(struct page *page, const struct entity *severity); /* "every 30 min", a schedule: how often stakeholders hear */
const char *attr_text(const struct page *page, const struct entity *entity, const char *name, const char *fallback);
struct value attr_list(const struct page *page, const struct entity *entity, const char *name);
void contacts_table(struct page *page);
void figures_table(struct page *page, const struct scenario_result *result);
void notices_table(struct page *page, const struct entity *severity);
void checklist(struct page *page, const struct scenario_result *result, const char *phase, const char *heading);
void dependency_graph(struct page *page, const struct scenario_result *result);
void timeline(struct page *page, const struct scenario_result *result);
bool has_steps(const struct scenario_result *result);

/* ---- steps.c */
void step_table(struct page *page, struct step *const *steps, uint32_t count, bool back); /* `back`: of the failback */
struct md_inline page_question(struct page *page, const struct entity *input);
void step_details(struct page *page, struct step *const *steps, uint32_t count);

/* ---- scenario.c */
void scenario_page(const struct plan *plan, const struct scenario_result *result, struct fileset *files);
void failback_page(const struct plan *plan, const struct scenario_result *result, struct fileset *files);

/* ---- pages.c */
void index_page(const struct plan *plan, struct fileset *files);
void communication_page(const struct plan *plan, struct fileset *files);
void drills_page(const struct plan *plan, struct fileset *files);
void review_page(const struct plan *plan, struct fileset *files);
void protection_page(const struct plan *plan, struct fileset *files);
void compliance_page(const struct plan *plan, struct fileset *files);
void exports_page(const struct plan *plan, struct fileset *files);

#endif
