/* Lists on pages end somewhere: a page is read by people, and what they look up among thousands they ask of plan.json. */
#ifndef DRC_BACKENDS_COMMON_ROWS_H
#define DRC_BACKENDS_COMMON_ROWS_H

#include "emit/md.h"

#include <stdbool.h>
#include <stdint.h>

enum { ROWS_MAX = 200 };

struct rows {
    uint32_t shown, left_out;
};

/* Whether the next entry of a list is shown; counted either way. What `must` be shown is: what a person has to do, what misses its objective. */
bool rows_take(struct rows *rows, bool must);

/* After the list, if it was cut: "Shown are 200 of 10000 backups; `plan.json` has all of them (`jobs`)." */
void rows_tell(struct md *md, const struct rows *rows, const char *what, const char *field);

#endif
