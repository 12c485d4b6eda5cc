/* `drc diff`: what the command and its printers share. */
#ifndef DRC_DRIVER_DIFF_H
#define DRC_DRIVER_DIFF_H

#include "compare/compare.h"
#include "driver/diff_written.h"
#include "source/diag.h"

/* The two sides of a comparison; the old one first. */
struct diff_sides {
    struct session *sessions[2]; /* without a plan: that side is a plan.json */
    const struct plan_document *document[2];
    bool written; /* both say what would be written of them */
};

/* ---- cmd_diff.c */
/* Where both are specifications, their sources tell more than the plans: lines of attributes, what comes from parameters and kinds, and which of
 * several edits decides. `levels`: of each rule, over what the plans say; NULL. The report lives as long as the second session. */
void diff_compare(struct diff_sides *sides, const struct options *options, const int *levels, struct compare_report *report);

/* ---- diff_causes.c */
/* Takes out of the causes of each change those edits without which it is the same. At most 32 compilations, unless `unlimited`. */
void separate_causes(struct arena *arena, const struct diff_sides *sides, struct compare_report *report, const struct written_edits *edits,
                     bool unlimited);

/* ---- diff_print.c */
/* All to standard output. */
void diff_text(const struct compare_report *report);
void diff_json(const struct plan_document *before, const struct plan_document *after, const struct compare_report *report); /* drc.diff/1 */
void diff_markdown(struct arena *arena, const struct plan_document *after, const struct compare_report *report);

/* Pieces of these, appended. `quote` stands around names, "`" or "". */
void diff_sum_up(struct strbuf *out, const struct compare_report *report);
void diff_name_change(struct strbuf *out, const struct compare_change *change, const char *quote);
void diff_tell_pair(struct strbuf *out, const char *before, const char *after, const char *arrow);
void diff_tell_edit(struct strbuf *out, const struct compare_report *report, const struct compare_edit *edit, const char *quote, const char *arrow);
void diff_tell_waiver(struct strbuf *out, const struct compare_waiver *waiver, const char *quote); /* and whether it counts */

/* For build servers (SARIF, GitHub, GitLab, JUnit): what is weaker, as findings of the rules it is against, each as it counts.
 * `folder`: of the new side, with a slash at its end or "", before the names of its files. */
void diff_for_servers(struct arena *arena, enum diag_format format, const struct compare_report *report, const char *folder);

/* "worst-case loss of asset `orders` in `blackout`: 15m -> 1d20m"; and its terms and edits, lines that each begin with a newline. */
void diff_tell_change(struct strbuf *out, const struct compare_change *change);
void diff_tell_causes(struct strbuf *out, const struct compare_report *report, const struct compare_change *change);

#endif
