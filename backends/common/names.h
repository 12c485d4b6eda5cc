/* Names of files that come from names of the specification. */
#ifndef DRC_BACKENDS_COMMON_NAMES_H
#define DRC_BACKENDS_COMMON_NAMES_H

#include "base/vec.h"

#include <stdbool.h>

typedef VEC(const char *) file_names;

/* Whether all names, as names of files, differ in more than the case of letters: then nobody need compare them in pairs. */
bool names_differ(const file_names *names);

#endif
