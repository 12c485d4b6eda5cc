/* What the readers of runbooks share: a page as its elements, comparing, and the words in which pages say times, people and ways to them. Private to
 * them. */
#ifndef DRC_VALIDATE_PAGES_H
#define DRC_VALIDATE_PAGES_H

#include "base/vec.h"
#include "validate/reading.h"

enum element_kind { ELEMENT_HEADING, ELEMENT_ROW, ELEMENT_BULLET, ELEMENT_QUOTE, ELEMENT_CODE, ELEMENT_TEXT };
enum { CELLS_MOST = 12 };

struct element {
    enum element_kind kind;
    unsigned level; /* of a heading */
    const char *at;
    const char *text;              /* as it is written; of code: its lines */
    const char *cells[CELLS_MOST]; /* of a row */
    uint32_t cell_count;
};

struct page {
    struct reading *r;
    struct arena *arena;
    struct artifact artifact;
    VEC(struct element) elements;
    bool cut; /* a table of it says that it is */
    struct intern *names;
    struct map headings; /* level and text -> number of the element + 1 */
};

/* ---- markdown.c */
bool page_open(struct page *page, const char *path); /* false, with a finding: it is missing */
/* What is left of a text: letters, digits, `.:/+-_@%#=`, one blank between words. How one writes the others in Markdown is the writer's. */
const char *page_essence(struct arena *arena, const char *text);
uint32_t page_behind(const struct page *page, const char *title, unsigned level); /* the first element behind that heading; the page's end: none */
/* The next row of the table there; NULL behind its last. *at begins with what page_behind() gave, and passes the head. */
struct element *page_row(struct page *page, uint32_t *at, bool *begun);
void page_same(const struct page *page, const char *at, const char *what, const char *got, const char *want);
void page_begins(const struct page *page, const char *at, const char *got, const char *want);                    /* sentences may follow */
void page_same_row(const struct page *page, const struct element *row, const char *const *want, uint32_t count); /* NULL: that cell is not compared */
bool page_is_cut(const struct page *page); /* tables of large plans are, and say so */
void page_all_rows(const struct page *page, const char *what, uint32_t got, uint32_t want);

#define SAME_ROW(page, row, ...)                                                                                                                     \
    page_same_row((page), (row), (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* ---- page_words.c */
const char *page_time_words(struct arena *arena, bool known, int64_t ms);
const char *page_objective_of(struct arena *arena, const struct plan_objective *objective);
/* Hours and minutes since the interruption; `up`: to the next whole minute. */
const char *page_moment(struct arena *arena, bool known, int64_t ms, bool up);
const char *page_moment_of(struct arena *arena, const struct plan_range *range);
bool page_is_a(const struct plan_thing *thing, const char *block);
const char *page_who_is(const struct page *page, const struct plan_thing *who);
const char *page_ways_to(const struct page *page, const struct plan_thing *who);
const char *page_duration_of(const struct page *page, const struct plan_thing *thing, const char *name, const char *otherwise);
void page_same_command(const struct page *page, const struct element *code, const struct plan_command *command);
const struct plan_outcome *page_outcome_of(struct page *page, const struct plan_scenario *scenario, const char *name); /* its essence */
void page_read_notices(struct page *page, const char *heading, const struct plan_thing *severity);

/* ---- plan_pages.c: front page, protection, communication, drills, review, exports */
void read_plan_pages(struct reading *r);

/* ---- guides.c: READMEs */
void read_guides(struct reading *r);

#endif
