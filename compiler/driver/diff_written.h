/* What the sources of two compilations say of the edits between their plans: where each attribute is written, what comes from a parameter, from a
 * `default` block or from a kind, and which texts make the one of the other. */
#ifndef DRC_DRIVER_DIFF_WRITTEN_H
#define DRC_DRIVER_DIFF_WRITTEN_H

#include "compare/compare.h"
#include "driver/driver.h"

/* The text of one thing on both sides: what is in one source alone is put into the other, or taken out of it. */
struct written {
    bool known;           /* both texts are known well enough to exchange them */
    struct span span[2];  /* of each side, in its own sources; start 0: it is not there */
    struct span place[2]; /* where one is that is not there: the end of its block, or of its file */
    bool whole;           /* a block, not an attribute */
};

struct written_edits {
    VEC(struct compare_edit) given;
    VEC(struct written) written; /* of each given edit; after written_places() of each edit */
};

/* Edits of what a plan does not hold: parameters, `default` blocks, kinds, rules. `sessions`: old and new, resolved. */
void find_written(struct arena *arena, struct session *const sessions[2], struct written_edits *out);
/* Gives the edits of a report their lines, names through which other edit they come, and finds their texts. */
void written_places(struct arena *arena, struct session *const sessions[2], struct compare_report *report, struct written_edits *edits);

#endif
