/* Map from atom to pointer that remembers insertion order: iterate entries[0..len), never hash order. */
#ifndef DRC_BASE_MAP_H
#define DRC_BASE_MAP_H

#include "base/arena.h"
#include "base/intern.h"

#include <stdbool.h>

struct map_entry {
    atom key;
    void *value;
};

struct map {
    struct map_entry *entries; /* in insertion order */
    struct map_slot *index;    /* by hash */
    uint32_t len;
    uint32_t cap;       /* of entries */
    uint32_t index_cap; /* power of two, or 0 while a linear look is faster */
};

/* A zeroed map is empty and valid. */
void *map_get(const struct map *map, atom key);                            /* NULL when absent */
bool map_add(struct map *map, struct arena *arena, atom key, void *value); /* false, unchanged, when present */
void map_set(struct map *map, struct arena *arena, atom key, void *value); /* adds or replaces */
void map_release(struct map *map, struct arena *arena);                    /* gives its tables back; it is empty */

#endif
