/* Markdown (CommonMark with GitHub's tables and task lists). Inline content is a value of its own type: text
 * of a specification passes through md_text or md_code, which no character can leave. Blank lines between
 * blocks come by themselves; the result passes markdownlint's defaults except line length (MD013: table rows
 * are one line) and `<br>` for a newline inside a table cell (MD033).
 *
 * Inline values live in the arena; the document grows in the caller's strbuf. */
#ifndef DRC_EMIT_MD_H
#define DRC_EMIT_MD_H

#include "base/arena.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

struct md_inline {
    const char *markdown;
};

/* Markdown the backend's author wrote: MD("Use **only** when …"). A string literal by construction. */
#define MD(literal) ((struct md_inline){"" literal ""})

/* ---- inline ------------------------------------------------------------------------------------ */

/* Shows the text, whatever it holds; line breaks stay (blanks in headings), characters one cannot see become
 * U+FFFD. As everywhere in Markdown, blanks at the ends of a line and runs of blanks collapse on display. */
struct md_inline md_text(struct arena *arena, const char *text);
/* Text in which what stands between backquotes is code; one that is not closed is no mark. */
struct md_inline md_marked(struct arena *arena, const char *text);
/* The same with a mark that no text of others has, since it is not UTF-8: what they wrote between backquotes, or behind one, stays as it is. */
#define MD_QUOTE "\xff"
struct md_inline md_quoted(struct arena *arena, const char *text);
struct md_inline md_textf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct md_inline md_code(struct arena *arena, const char *text); /* `text`, newlines become blanks */
struct md_inline md_codef(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct md_inline md_strong(struct arena *arena, struct md_inline content);
/* A link. Only http, https, mailto and relative targets become one; another scheme leaves the text alone. */
struct md_inline md_link(struct arena *arena, struct md_inline text, const char *target);
#define md_cat(arena, ...)                                                                                                                           \
    md_cat_parts((arena), (const struct md_inline[]){__VA_ARGS__}, sizeof((const struct md_inline[]){__VA_ARGS__}) / sizeof(struct md_inline))
struct md_inline md_cat_parts(struct arena *arena, const struct md_inline *parts, size_t count);

/* GitHub's anchor of a heading with this visible text, without the `#`. The n-th repetition of a heading in a
 * file gets `-n` appended by GitHub (from the second on, -1): avoid repeating. */
const char *md_anchor(struct arena *arena, const char *heading);

/* ---- blocks ------------------------------------------------------------------------------------ */

enum { MD_DEPTH_MAX = 8 };

struct md {
    struct arena *arena;
    struct strbuf *out;
    int last;                          /* kind of the previous block, see md.c */
    unsigned columns;                  /* of the open table */
    unsigned depth;                    /* of the last list item */
    unsigned indent[MD_DEPTH_MAX + 1]; /* columns before the content of the list at each depth */
    bool ordered[MD_DEPTH_MAX + 1];
};

void md_init(struct md *w, struct arena *arena, struct strbuf *out);

void md_heading(struct md *w, unsigned level, struct md_inline text); /* 1..6; end punctuation stays yours */
void md_paragraph(struct md *w, struct md_inline text);
/* Lists: consecutive items of any depth (0 is outermost) form one list. */
void md_bullet(struct md *w, unsigned depth, struct md_inline text);
void md_number(struct md *w, unsigned depth, unsigned number, struct md_inline text);
void md_task(struct md *w, unsigned depth, bool done, struct md_inline text);
void md_quote(struct md *w, struct md_inline text); /* consecutive quotes: one quote, several paragraphs */
/* GitHub alert: kind is NOTE, TIP, IMPORTANT, WARNING or CAUTION. */
void md_alert(struct md *w, const char *kind, struct md_inline text);
/* Fence longer than any inside; language is a word of the backend's ("sh", "mermaid"). The text is shown as
 * it is, its final newline optional. */
void md_code_block(struct md *w, const char *language, const char *text);
/* What stands until md_fold_end is folded away behind a line of text, which is shown as it is. GitHub and GitLab know it; others show it open. */
void md_fold_begin(struct md *w, const char *line);
void md_fold_end(struct md *w);
/* <!-- text -->, not shown; for the "generated from" line. */
void md_comment(struct md *w, const char *text);

enum md_align { MD_LEFT, MD_RIGHT, MD_CENTRE };

/* Tables: every row has the number of cells of the head; missing ones are empty. `align` may be NULL (all
 * left). */
void md_table_begin(struct md *w, const struct md_inline *head, const enum md_align *align, unsigned columns);
void md_table_row(struct md *w, const struct md_inline *cells, unsigned count);
#define MD_ROW(w, ...)                                                                                                                               \
    md_table_row((w), (const struct md_inline[]){__VA_ARGS__}, (unsigned)(sizeof((const struct md_inline[]){__VA_ARGS__}) / sizeof(struct md_inline)))
#define MD_TABLE(w, align, ...)                                                                                                                      \
    md_table_begin((w), (const struct md_inline[]){__VA_ARGS__}, (align),                                                                            \
                   (unsigned)(sizeof((const struct md_inline[]){__VA_ARGS__}) / sizeof(struct md_inline)))
void md_table_end(struct md *w);

/* ---- Mermaid (the text goes into md_code_block(w, "mermaid", …)) -------------------------------- */

/* A quoted label for a flowchart node: `"…"` with every character that Mermaid or HTML would read as an
 * entity. */
const char *mermaid_label(struct arena *arena, const char *text);
/* A node identifier: n_ and letters, digits, `_`. Two texts may collide: prefer numbering nodes. */
const char *mermaid_id(struct arena *arena, const char *text);
/* A name for a Gantt task or section, where quotes do not help: `:`, `#`, `;`, `,` and newlines are
 * replaced. */
const char *mermaid_gantt_text(struct arena *arena, const char *text);
/* The moment `ms` after time zero, in MERMAID_GANTT_FORMAT. A day of its own stands for zero: Mermaid shows it as it is written, in
 * whatever zone the reader is; milliseconds would be shifted to the reader's zone. */
#define MERMAID_GANTT_FORMAT "YYYY-MM-DD HH:mm:ss"
void mermaid_gantt_time(struct strbuf *out, int64_t ms);

#endif
