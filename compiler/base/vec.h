/* Typed growing arrays in an arena: `VEC(struct step *) steps;` then `vec_push(arena, &steps, step)`.
 * Elements are reached as steps.items[i], 0 <= i < steps.len. A zeroed vector is empty and valid. */
#ifndef DRC_BASE_VEC_H
#define DRC_BASE_VEC_H

#include "base/arena.h"

#include <stdint.h>

#define VEC(type)                                                                                                                                    \
    struct {                                                                                                                                         \
        type *items;                                                                                                                                 \
        uint32_t len;                                                                                                                                \
        uint32_t cap;                                                                                                                                \
    }

#define vec_push(arena, vec, item)                                                                                                                   \
    do {                                                                                                                                             \
        if ((vec)->len == (vec)->cap) {                                                                                                              \
            (vec)->items = vec_grow_((arena), (vec)->items, &(vec)->cap, sizeof *(vec)->items);                                                      \
        }                                                                                                                                            \
        (vec)->items[(vec)->len++] = (item);                                                                                                         \
    } while (0)

/* The same of a vector whose items nobody else points to: what it grows out of is given back, which counts where there are many. */
#define vec_push_owned(arena, vec, item)                                                                                                             \
    do {                                                                                                                                             \
        if ((vec)->len == (vec)->cap) {                                                                                                              \
            (vec)->items = vec_grow_owned_((arena), (vec)->items, &(vec)->cap, sizeof *(vec)->items);                                                \
        }                                                                                                                                            \
        (vec)->items[(vec)->len++] = (item);                                                                                                         \
    } while (0)

void *vec_grow_owned_(struct arena *arena, void *items, uint32_t *cap, size_t size);
void *vec_grow_(struct arena *arena, void *items, uint32_t *cap, size_t size);

#endif
