/* Open addressing. */
#include "base/intern.h"

#include <string.h>

struct entry {
    uint32_t len;
    char text[];
};

/* The hash stands beside the entry: another text in the way costs no look at it. */
struct slot {
    uint32_t hash;
    struct entry *entry; /* NULL: free */
};

enum { FIRST_CAPACITY = 1024, RECENT = 64 };

struct intern {
    struct arena *arena, *texts;
    struct slot *slots;
    size_t cap;
    size_t count;
    /* What intern_str() was asked last, by where the text lies: the program asks for its own literals again and again. The text is compared
     * all the same, since another one may lie there by now. */
    struct {
        const char *at;
        atom atom;
    } recent[RECENT];
};

struct intern *intern_new_beside(struct arena *texts, struct arena *index)
{
    struct intern *table = ARENA_NEW(index, struct intern);

    table->arena = index;
    table->texts = texts;
    table->cap = FIRST_CAPACITY;
    table->slots = ARENA_ARRAY(index, struct slot, table->cap);
    return table;
}

struct intern *intern_new(struct arena *arena)
{
    return intern_new_beside(arena, arena);
}

size_t intern_count(const struct intern *table)
{
    return table->count;
}

static uint32_t hash_bytes(const char *text, size_t len)
{
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t hash = len * odd, word;

    /* Eight bytes at a time: half of a file's bytes are names. Nothing depends on the order of hashes, so neither on the byte order. */
    for (; len >= sizeof word; text += sizeof word, len -= sizeof word) {
        memcpy(&word, text, sizeof word);
        hash = (hash ^ word) * odd;
        hash ^= hash >> 29;
    }
    for (word = 0; len; len--)
        word = word << 8 | (unsigned char)text[len - 1];
    hash = (hash ^ word) * odd;
    return (uint32_t)(hash >> 32);
}

static void grow(struct intern *table)
{
    size_t cap = table->cap * 2;
    struct slot *slots = ARENA_ARRAY(table->arena, struct slot, cap);

    for (size_t i = 0; i < table->cap; i++) {
        size_t at;

        if (!table->slots[i].entry)
            continue;
        for (at = table->slots[i].hash & (cap - 1); slots[at].entry; at = (at + 1) & (cap - 1))
            ;
        slots[at] = table->slots[i];
    }
    arena_give_back(table->arena, table->slots, table->cap * sizeof *slots);
    table->slots = slots;
    table->cap = cap;
}

atom intern_add(struct intern *table, const char *text, size_t len)
{
    uint32_t hash = hash_bytes(text, len);
    struct entry *entry;
    size_t at = hash & (table->cap - 1);

    for (; (entry = table->slots[at].entry); at = (at + 1) & (table->cap - 1)) {
        if (table->slots[at].hash == hash && entry->len == len && memcmp(entry->text, text, len) == 0)
            return entry->text;
    }
    entry = arena_alloc(table->texts, sizeof *entry + len + 1);
    entry->len = (uint32_t)len;
    if (len)
        memcpy(entry->text, text, len);
    table->slots[at] = (struct slot){hash, entry};
    if (++table->count * 2 > table->cap)
        grow(table);
    return entry->text;
}

atom intern_str(struct intern *table, const char *text)
{
    size_t slot = ((uintptr_t)text * UINT64_C(0x9e3779b97f4a7c15)) >> 58;

    if (table->recent[slot].at != text || strcmp(table->recent[slot].atom, text) != 0) {
        table->recent[slot].atom = intern_add(table, text, strlen(text));
        table->recent[slot].at = text;
    }
    return table->recent[slot].atom;
}
