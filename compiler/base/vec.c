/* Doubling growth for VEC. */
#include "base/vec.h"

void *vec_grow_(struct arena *arena, void *items, uint32_t *cap, size_t size)
{
    uint32_t old = *cap;

    if (old > UINT32_MAX / 2)
        out_of_memory();
    *cap = old ? old * 2 : 4;
    return arena_grow(arena, items, old * size, *cap * size);
}

void *vec_grow_owned_(struct arena *arena, void *items, uint32_t *cap, size_t size)
{
    uint32_t old = *cap;
    void *grown = vec_grow_(arena, items, cap, size);

    if (grown != items)
        arena_give_back(arena, items, old * size);
    return grown;
}
