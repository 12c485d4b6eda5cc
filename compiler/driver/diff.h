/* `drc diff`: what the command and its printers share. */
#ifndef DRC_DRIVER_DIFF_H
#define DRC_DRIVER_DIFF_H

#include "compare/compare.h"

/* All to standard output. */
void diff_text(const struct compare_report *report);
void diff_json(const struct plan_document *before, const struct plan_document *after, const struct compare_report *report); /* drc.diff/1 */
void diff_markdown(struct arena *arena, const struct plan_document *after, const struct compare_report *report);

#endif
