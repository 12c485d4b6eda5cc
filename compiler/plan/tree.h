/* JSON as a tree, for the reader of plan.json alone: a plan of 10,000 assets is a hundred megabytes of it, and of a general library each value is an
 * allocation of its own. Objects keep the order of their members; whoever asks for them in that order finds each at once. */
#ifndef DRC_PLAN_TREE_H
#define DRC_PLAN_TREE_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum tree_type { TREE_NULL, TREE_FALSE, TREE_TRUE, TREE_INTEGER, TREE_REAL, TREE_STRING, TREE_ARRAY, TREE_OBJECT };

struct tree {
    union {
        int64_t number;
        const char *text; /* ends with a NUL that does not count, and holds no other */
        struct tree *items;
        struct tree_member *members;
    };
    uint32_t count; /* bytes of a text, items, members */
    uint32_t next;  /* of an object: where the member asked for next probably is */
    uint8_t type;   /* enum tree_type */
};

struct tree_member {
    const char *name;
    struct tree value;
};

/* The tree of a text: UTF-8, no member twice in an object, whole numbers of 64 bits. It lives in the arena. NULL with *line (from 1) and *error, a
 * static sentence, for anything else. */
struct tree *tree_read(struct arena *arena, const char *text, size_t len, int *line, const char **error);

struct tree *tree_get(const struct tree *object, const char *name); /* NULL: it has none, or is no object */

static inline bool tree_is(const struct tree *tree, enum tree_type type)
{
    return tree && tree->type == type;
}

static inline uint32_t tree_size(const struct tree *tree, enum tree_type type) /* 0 where it is of another type */
{
    return tree_is(tree, type) ? tree->count : 0;
}

static inline const char *tree_text(const struct tree *tree) /* NULL: it is no text */
{
    return tree_is(tree, TREE_STRING) ? tree->text : NULL;
}

#endif
