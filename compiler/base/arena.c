/* Chunked bump allocator; a request larger than a chunk gets a chunk of its own.
 *
 * Chunks are zeroed by whoever gives them: malloc's calloc for the first ones, the system for the rest of a large compilation. There
 * calloc would clear again what is clear (its blocks come from the heap's top), and page after page would be faulted in. */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#endif
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { CHUNK_SIZE = 1 << 20, MAPPED_SIZE = 1 << 21, ALIGNMENT = 16 };

#ifndef MAP_POPULATE
#define MAP_POPULATE 0 /* only a wish: the pages at once, not one by one */
#endif

struct chunk {
    struct chunk *next;
    size_t used;
    size_t size;
    size_t mapped; /* bytes to unmap; 0 when it is from malloc */
    _Alignas(ALIGNMENT) unsigned char data[];
};

struct arena {
    struct chunk *chunks; /* the newest first; allocation happens in the head only */
    size_t bytes;
};

_Noreturn void out_of_memory(void)
{
    fputs("drc: out of memory\n", stderr);
    exit(70);
}

struct arena *arena_new(void)
{
    struct arena *arena = calloc(1, sizeof *arena);

    if (!arena)
        out_of_memory();
    return arena;
}

void arena_delete(struct arena *arena)
{
    if (!arena)
        return;
    for (struct chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        if (chunk->mapped)
            munmap(chunk, chunk->mapped);
        else
            free(chunk);
    }
    free(arena);
}

static struct chunk *chunk_new(size_t size)
{
    struct chunk *chunk;

    if (size > SIZE_MAX - sizeof *chunk)
        out_of_memory();
    chunk = calloc(1, sizeof *chunk + size);
    if (!chunk)
        out_of_memory();
    chunk->size = size;
    return chunk;
}

/* The next chunk to allocate from, with room for at least `size`. */
static struct chunk *chunk_next(const struct arena *arena, size_t size)
{
    struct chunk *chunk;

    if (arena->bytes > 2 * CHUNK_SIZE && size <= MAPPED_SIZE - sizeof *chunk) {
        chunk = mmap(NULL, MAPPED_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
        if (chunk != MAP_FAILED) {
            chunk->mapped = MAPPED_SIZE;
            chunk->size = MAPPED_SIZE - sizeof *chunk;
            return chunk;
        }
    }
    return chunk_new(size > CHUNK_SIZE ? size : CHUNK_SIZE);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    struct chunk *head = arena->chunks;
    void *result;

    if (size > SIZE_MAX - ALIGNMENT)
        out_of_memory();
    arena->bytes += size;
#ifdef DRC_ARENA_MALLOC
    head = chunk_new(size ? size : 1);
    head->next = arena->chunks;
    arena->chunks = head;
    return head->data;
#endif
    size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (size == 0)
        size = ALIGNMENT;
    if (!head || head->size - head->used < size) {
        if (size > CHUNK_SIZE / 4 && head) {
            /* A big object goes behind the head, so that the head's free rest is not lost. */
            struct chunk *own = chunk_new(size);

            own->used = size;
            own->next = head->next;
            head->next = own;
            return own->data;
        }
        head = chunk_next(arena, size);
        head->next = arena->chunks;
        arena->chunks = head;
    }
    result = head->data + head->used;
    head->used += size;
    return result;
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);

    if (len)
        memcpy(copy, text, len);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
    char small[256]; /* most texts fit: they are printed once */
    va_list again;
    char *text;
    int len;

    va_copy(again, args);
    len = vsnprintf(small, sizeof small, format, args);
    if (len < 0)
        out_of_memory();
    text = arena_alloc(arena, (size_t)len + 1);
    if ((size_t)len < sizeof small)
        memcpy(text, small, (size_t)len);
    else
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size)
{
    void *place = arena_alloc(arena, new_size);

    if (old_size)
        memcpy(place, old, old_size);
    return place;
}

size_t arena_bytes(const struct arena *arena)
{
    return arena->bytes;
}
