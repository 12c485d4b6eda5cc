/* `drc diff`: what the command and its printers share. */
#ifndef DRC_DRIVER_DIFF_H
#define DRC_DRIVER_DIFF_H

#include "compare/compare.h"
#include "source/diag.h"

/* All to standard output. */
void diff_text(const struct compare_report *report);
void diff_json(const struct plan_document *before, const struct plan_document *after, const struct compare_report *report); /* drc.diff/1 */
void diff_markdown(struct arena *arena, const struct plan_document *after, const struct compare_report *report);

/* For build servers (SARIF, GitHub, GitLab, JUnit): what is weaker, as findings of the rules it is against, each with the level of its rule.
 * `folder`: of the new side, with a slash at its end or "", before the names of its files. */
void diff_for_servers(struct arena *arena, enum diag_format format, const struct compare_report *report,
                      const enum severity levels[COMPARE_RULE_COUNT], const char *folder);

/* "worst-case loss of asset `orders` in `blackout`: 15m -> 1d20m"; and its terms and edits, lines that each begin with a newline. */
void diff_tell_change(struct strbuf *out, const struct compare_change *change);
void diff_tell_causes(struct strbuf *out, const struct compare_report *report, const struct compare_change *change);

#endif
