/* Names that users reach, and what asks whether a target of one is well: what follows from what is written. Made here once, for expressions and
 * for the published plan. Texts are as they are written; NULL: nothing is. */
#ifndef DRC_MODEL_NAMES_H
#define DRC_MODEL_NAMES_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

enum { FIRST_SHARE = 100 }; /* weight of the first target, where none is written; that of the others is 0 */

/* A name of DNS without a dot at its end: the same text, or one in the arena. */
const char *name_without_dot(struct arena *arena, const char *name);
/* The routing of the records: by hand one record is rewritten, because a failover pair would move by itself. */
const char *name_policy(const char *mode, const char *routing);

/* What a health check of that type asks: "https", "http" or "tcp"; NULL: nothing, it follows an alarm. */
const char *check_asks(const char *type);
int64_t check_port(const char *type); /* where none is written */
/* An address, no block. */
bool check_is_address(const char *text);
/* The address that is asked: the host where it is one, else the one the target has, where the internet leads to it, since a name may lead
 * anywhere. NULL: whatever the host's name leads to. */
const char *check_address(const char *host, const char *value);

#endif
