/* Interned strings: equal names are one pointer, so that names compare and hash by address.
 * An atom is a NUL-terminated string owned by its table's arena; it never holds a NUL byte itself. */
#ifndef DRC_BASE_INTERN_H
#define DRC_BASE_INTERN_H

#include "base/arena.h"

#include <stdint.h>

typedef const char *atom;

struct intern;

struct intern *intern_new(struct arena *arena); /* lives in the arena; its index is arena memory too */
/* Its texts lie in one arena, all else in another: they stay when that is gone, and the table with it. */
struct intern *intern_new_beside(struct arena *texts, struct arena *index);
size_t intern_count(const struct intern *table); /* different texts */
atom intern_add(struct intern *table, const char *text, size_t len);
atom intern_str(struct intern *table, const char *text);

#endif
