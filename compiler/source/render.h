/* Private to the source layer: one function per format of diagnostics. All take a sorted sink. */
#ifndef DRC_SOURCE_RENDER_H
#define DRC_SOURCE_RENDER_H

#include "source/diag.h"

void render_text(const struct diag_sink *sink, const struct diag_style *style, struct strbuf *out);
void render_json(const struct diag_sink *sink, const struct diag_style *style, struct strbuf *out);
void render_report(const struct diag_sink *sink, const struct diag_style *style, struct strbuf *out); /* see report.h */

/* For programs: lines and columns count from 1, columns are Unicode characters and not terminal columns. */
struct region {
    const struct source_file *file; /* NULL: no place */
    uint32_t line, column, end_line, end_column;
    uint32_t unit, end_unit; /* columns in units of UTF-16 */
};

/* Remembers the last place, so that a walk in file order is linear. Zero it before first use. */
struct region_cursor {
    const struct source_file *file;
    uint32_t line, offset, column, unit;
};

struct region region_of(const struct diag_sink *sink, struct span span, struct region_cursor *cursor);

const char *help_label(const struct diag_help *help); /* "help", "help (asserts)", "help (weakens)" */
const char *diag_id(const struct diag *diag);         /* the rule's name, or the code: "E0301" */
const char *diag_name(const struct diag *diag);       /* the rule's name, or the code's: "syntax-error" */

#endif
