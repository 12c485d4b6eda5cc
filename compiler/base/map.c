/* Insertion-ordered hash map: a dense entry array and an open-addressing index once it grows. */
#include "base/map.h"

enum { LINEAR_LIMIT = 8 };

/* The hash stands beside the number: another name in the way costs no look at its entry. */
struct map_slot {
    uint32_t hash;
    uint32_t number; /* of the entry, from 1; 0: free */
};

/* Equal names are one atom, so its address will do: the text may lie far away. Entries stay in their order whatever it is. */
static uint32_t hash_of(atom key)
{
    return (uint32_t)(((uint64_t)(uintptr_t)key * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

static struct map_entry *find(const struct map *map, atom key)
{
    uint32_t hash;

    if (!map->index_cap) {
        for (uint32_t i = 0; i < map->len; i++) {
            if (map->entries[i].key == key)
                return &map->entries[i];
        }
        return NULL;
    }
    hash = hash_of(key);
    for (uint32_t at = hash & (map->index_cap - 1); map->index[at].number; at = (at + 1) & (map->index_cap - 1)) {
        if (map->index[at].hash == hash && map->entries[map->index[at].number - 1].key == key)
            return &map->entries[map->index[at].number - 1];
    }
    return NULL;
}

static void put_index(struct map *map, uint32_t number)
{
    uint32_t hash = hash_of(map->entries[number].key), at = hash & (map->index_cap - 1);

    while (map->index[at].number)
        at = (at + 1) & (map->index_cap - 1);
    map->index[at] = (struct map_slot){hash, number + 1};
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
        struct map_entry *old = map->entries;

        map->entries = arena_grow(arena, old, map->cap * sizeof *old, cap * sizeof *old);
        if (map->entries != old)
            arena_give_back(arena, old, map->cap * sizeof *old);
        map->cap = cap;
    }
    map->entries[map->len].key = key;
    map->entries[map->len].value = value;
    map->len++;
    if (map->len > LINEAR_LIMIT && map->len * 2 > map->index_cap) {
        arena_give_back(arena, map->index, map->index_cap * sizeof *map->index);
        map->index_cap = map->index_cap ? map->index_cap * 2 : LINEAR_LIMIT * 4;
        map->index = ARENA_ARRAY(arena, struct map_slot, map->index_cap);
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

void map_release(struct map *map, struct arena *arena)
{
    arena_give_back(arena, map->entries, map->cap * sizeof *map->entries);
    arena_give_back(arena, map->index, map->index_cap * sizeof *map->index);
    *map = (struct map){0};
}
