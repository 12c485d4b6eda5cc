/* Names of files that come from names of the specification. */
#ifndef DRC_BACKENDS_COMMON_NAMES_H
#define DRC_BACKENDS_COMMON_NAMES_H

#include "base/arena.h"

#include <stdint.h>

struct plan_checked_name;

/* Calls `told` with each pair whose files would be one: with the later, then the first of its name. */
void names_each_clash(const struct plan_checked_name *names, uint32_t count, struct arena *arena,
                      void (*told)(void *context, const struct plan_checked_name *one, const struct plan_checked_name *other), void *context);

#endif
