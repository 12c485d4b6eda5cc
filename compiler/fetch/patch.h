/* How two texts differ, line by line, in the unified format that `patch` and people read. */
#ifndef DRC_FETCH_PATCH_H
#define DRC_FETCH_PATCH_H

#include "base/sink.h"

#include <stdbool.h>
#include <stddef.h>

struct patch_side {
    const char *bytes; /* NULL: there is no such file */
    size_t len;
};

/* Prints what makes `after` of `before`: nothing where they are equal, two lines of names and the hunks otherwise, or one sentence where a
 * side is no text. The names are a/PATH and b/PATH, or /dev/null. False when there is no memory for it. */
bool patch_print(const char *path, const struct patch_side *before, const struct patch_side *after, struct byte_sink *out);

#endif
