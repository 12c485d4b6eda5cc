/* Insertion-ordered hash map: a dense entry array and an open-addressing index once it grows. */
#include "base/map.h"

enum { LINEAR_LIMIT = 8 };

static struct map_entry *find(const struct map *map, atom key)
{
    if (!map->index_cap) {
        for (uint32_t i = 0; i < map->len; i++) {
            if (map->entries[i].key == key)
                return &map->entries[i];
        }
        return NULL;
    }
    for (uint32_t at = atom_hash(key) & (map->index_cap - 1); map->index[at]; at = (at + 1) & (map->index_cap - 1)) {
        if (map->entries[map->index[at] - 1].key == key)
            return &map->entries[map->index[at] - 1];
    }
    return NULL;
}

static void put_index(struct map *map, uint32_t number)
{
    uint32_t at = atom_hash(map->entries[number].key) & (map->index_cap - 1);

    while (map->index[at])
        at = (at + 1) & (map->index_cap - 1);
    map->index[at] = number + 1;
}

void *map_get(const struct map *map, atom key)
{
    struct map_entry *entry = find(map, key);

    return entry ? entry->value : NULL;
}

bool map_add(struct map *map, struct arena *arena, atom key, void *value)
{
    if (find(map, key))
        return false;
    if (map->len == map->cap) {
        uint32_t cap = map->cap ? map->cap * 2 : 4;

        map->entries = arena_grow(arena, map->entries, map->cap * sizeof *map->entries, cap * sizeof *map->entries);
        map->cap = cap;
    }
    map->entries[map->len].key = key;
    map->entries[map->len].value = value;
    map->len++;
    if (map->len > LINEAR_LIMIT && map->len * 2 > map->index_cap) {
        map->index_cap = map->index_cap ? map->index_cap * 2 : LINEAR_LIMIT * 4;
        map->index = ARENA_ARRAY(arena, uint32_t, map->index_cap);
        for (uint32_t i = 0; i < map->len; i++)
            put_index(map, i);
    } else if (map->index_cap) {
        put_index(map, map->len - 1);
    }
    return true;
}

void map_set(struct map *map, struct arena *arena, atom key, void *value)
{
    struct map_entry *entry = find(map, key);

    if (entry)
        entry->value = value;
    else
        map_add(map, arena, key, value);
}
