/* What of the specification could not be read, so that a run tells every mistake that is one in itself and no other.
 *
 * The parser marks the text its recovery skipped, the loader the imports that brought nothing. A later stage that misses
 * something asks here first: a name is missed only because of the lost text when it occurs there as a word, and only then is
 * nothing said about it. In a specification that was read whole every question is answered "no" at once. */
#ifndef DRC_SOURCE_LOST_H
#define DRC_SOURCE_LOST_H

#include "source/diag.h"

/* This text was not read, or means nothing for certain. */
void lost_text(struct diag_sink *sink, struct span span);

/* An import brought nothing: with a prefix any name PREFIX.NAME may have come from it, with NULL any name at all. */
void lost_import(struct diag_sink *sink, const char *prefix);

/* A text that is read again is not lost twice: back to what lost_mark() returned, before anybody asked. */
struct lost_mark {
    uint32_t spans, prefixes;
    bool any_name;
};
struct lost_mark lost_mark(const struct diag_sink *sink);
void lost_rewind(struct diag_sink *sink, struct lost_mark mark);

/* Until it is called with false again, every name counts as lost: for text whose meaning depends on something lost. */
void lost_all(struct diag_sink *sink, bool all);

/* A declaration of some sort ("asset") without a name: one of the names that are missing may be its own. */
void lost_nameless(struct diag_sink *sink, const char *sort);

/* `diag` says that nothing of this sort (NULL: nothing at all) has this name. lost_settle() takes back those that declarations without
 * a name explain, when all have been found. */
void lost_missing(struct diag *diag, const char *sort, const char *name);
void lost_settle(struct diag_sink *sink);

bool lost_is_all(const struct diag_sink *sink);

bool lost_any(const struct diag_sink *sink); /* something was lost */

/* Whether a name (dotted, or a word of an attribute) may be declared in what was lost. */
bool lost_name(const struct diag_sink *sink, const char *name);

/* Whether all of `span` stands in lost text: it was read, but its place in the whole is a guess. */
bool lost_covers(const struct diag_sink *sink, struct span span);

/* Whether `word`, or one that may be meant by it, stands in lost text within `span`. */
bool lost_word_in(const struct diag_sink *sink, struct span span, const char *word);

#endif
