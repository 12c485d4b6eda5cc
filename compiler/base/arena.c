/* Chunked bump allocator; a request larger than a chunk gets a chunk of its own.
 *
 * Chunks are zeroed by whoever gives them: malloc's calloc for the first ones, the system for the rest of a large compilation. There
 * calloc would clear again what is clear (its blocks come from the heap's top), page after page would be faulted in, and half of the time
 * would go into looking up where pages are: so the system is asked for large ones. What is reserved and never touched costs nothing. */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, madvise() */
#endif
#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { FIRST_SIZE = 1 << 14, CHUNK_SIZE = 1 << 20, LARGE_PAGE = 1 << 21, MAPPED_SIZE = 1 << 25 };
enum { ALIGNMENT = 8 }; /* of pointers and 64-bit numbers: nothing here is wider, and with 16 a tenth was gaps */
_Static_assert(_Alignof(void *) <= ALIGNMENT && _Alignof(int64_t) <= ALIGNMENT, "objects are aligned");
enum { ALONE_SIZE = CHUNK_SIZE / 4 }; /* what is larger has a chunk of its own, and can be given back */

struct chunk {
    struct chunk *next, *prev;
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

static void chunk_free(struct chunk *chunk)
{
    if (chunk->mapped)
        munmap(chunk, chunk->mapped);
    else
        free(chunk);
}

void arena_delete(struct arena *arena)
{
    if (!arena)
        return;
    for (struct chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        chunk_free(chunk);
    }
    free(arena);
}

static void chunk_link(struct arena *arena, struct chunk *chunk, struct chunk *after)
{
    chunk->prev = after;
    chunk->next = after ? after->next : arena->chunks;
    if (chunk->next)
        chunk->next->prev = chunk;
    if (after)
        after->next = chunk;
    else
        arena->chunks = chunk;
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

/* A chunk of `size` bytes of whole large pages; NULL where the system gives none. */
static struct chunk *chunk_map(size_t size)
{
    unsigned char *place, *start;
    struct chunk *chunk;

    size = (size + LARGE_PAGE - 1) & ~(size_t)(LARGE_PAGE - 1);
    place = mmap(NULL, size + LARGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED)
        return NULL;
    start = place + (LARGE_PAGE - (uintptr_t)place % LARGE_PAGE) % LARGE_PAGE;
    if (start != place)
        munmap(place, (size_t)(start - place));
    if (start != place + LARGE_PAGE)
        munmap(start + size, (size_t)(place + LARGE_PAGE - start));
#ifdef MADV_HUGEPAGE
    madvise(start, size, MADV_HUGEPAGE); /* only a wish */
#endif
    chunk = (struct chunk *)(void *)start;
    chunk->mapped = size;
    chunk->size = size - sizeof *chunk;
    return chunk;
}

/* A chunk with room for at least `size` beside its head; `alone`: and for nothing else. The first ones are small, so that an arena for one
 * question costs little; each next one is as large as all before it. */
static struct chunk *chunk_next(const struct arena *arena, size_t size, bool alone)
{
    size_t usual = arena->bytes < FIRST_SIZE ? FIRST_SIZE : arena->bytes < CHUNK_SIZE ? arena->bytes : CHUNK_SIZE;
    struct chunk *chunk = NULL;

    if (size < SIZE_MAX / 2 && (alone ? size > LARGE_PAGE : arena->bytes > 4 * CHUNK_SIZE || size > LARGE_PAGE))
        chunk = chunk_map(sizeof *chunk + size > MAPPED_SIZE || alone ? sizeof *chunk + size : MAPPED_SIZE);
    return chunk ? chunk : chunk_new(size > usual || alone ? size : usual);
}

static size_t aligned(size_t size)
{
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    struct chunk *head = arena->chunks;
    size_t from;

    if (size > SIZE_MAX - ALIGNMENT)
        out_of_memory();
    arena->bytes += size;
#ifdef DRC_ARENA_MALLOC
    head = chunk_new(size ? size : 1);
    chunk_link(arena, head, NULL);
    return head->data;
#endif
    size = size ? aligned(size) : ALIGNMENT;
    if (size > ALONE_SIZE) {
        /* A big object goes behind the head, so that the head's free rest is not lost. */
        struct chunk *own = chunk_next(arena, size, true);

        own->used = own->size;
        chunk_link(arena, own, head);
        return own->data;
    }
    from = head ? aligned(head->used) : 0;
    if (!head || from > head->size || head->size - from < size) {
        head = chunk_next(arena, size, false);
        chunk_link(arena, head, NULL);
        from = 0;
    }
    head->used = from + size;
    return head->data + from;
}

/* Texts stand one behind the other: every third object is one. */
static char *arena_text(struct arena *arena, size_t size)
{
#ifndef DRC_ARENA_MALLOC
    struct chunk *head = arena->chunks;
    char *text;

    if (size && size <= ALONE_SIZE && head && head->size - head->used >= size) {
        text = (char *)head->data + head->used;
        head->used += size;
        arena->bytes += size;
        return text;
    }
#endif
    return arena_alloc(arena, size);
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_text(arena, len + 1);

    if (len)
        memcpy(copy, text, len);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

/* Formats of literal text and %s alone, which most are: put together at a tenth of vsnprintf's cost. NULL: there is more in it. */
static char *join(struct arena *arena, const char *format, va_list args)
{
    enum { PARTS_MAX = 16 };
    struct {
        const char *text;
        size_t len;
    } parts[PARTS_MAX];
    size_t count = 0, total = 0;
    char *text, *to;

    for (const char *at = format; *at;) {
        size_t len = strcspn(at, "%");

        if (count + 2 > PARTS_MAX)
            return NULL;
        parts[count].text = at;
        parts[count++].len = len;
        total += len;
        at += len;
        if (!*at)
            break;
        if (at[1] != 's')
            return NULL;
        parts[count].text = va_arg(args, const char *);
        if (!parts[count].text)
            return NULL;
        parts[count].len = strlen(parts[count].text);
        total += parts[count++].len;
        at += 2;
    }
    text = to = arena_text(arena, total + 1);
    for (size_t i = 0; i < count; to += parts[i++].len)
        memcpy(to, parts[i].text, parts[i].len);
    return text;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
    char small[256]; /* most texts fit: they are printed once */
    va_list again;
    char *text;
    int len;

    va_copy(again, args);
    text = join(arena, format, again);
    va_end(again);
    if (text)
        return text;
    va_copy(again, args);
    len = vsnprintf(small, sizeof small, format, args);
    if (len < 0)
        out_of_memory();
    text = arena_text(arena, (size_t)len + 1);
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

void arena_give_back(struct arena *arena, const void *object, size_t size)
{
    struct chunk *chunk = (struct chunk *)((uintptr_t)object - offsetof(struct chunk, data));

#ifndef DRC_ARENA_MALLOC
    if (aligned(size) <= ALONE_SIZE)
        return;
#endif
    if (!object)
        return;
    if (chunk->next)
        chunk->next->prev = chunk->prev;
    if (chunk->prev)
        chunk->prev->next = chunk->next;
    else
        arena->chunks = chunk->next;
    arena->bytes -= size;
    chunk_free(chunk);
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size)
{
    void *place;

#ifndef DRC_ARENA_MALLOC
    struct chunk *head = arena->chunks;
    size_t was = aligned(old_size), more;

    /* The newest object grows where it is. */
    if (old_size && head && old_size < new_size && new_size <= ALONE_SIZE && (unsigned char *)old + was == head->data + head->used) {
        more = aligned(new_size) - was;
        if (more <= head->size - head->used) {
            arena->bytes += more;
            head->used += more;
            return old;
        }
    }
#endif
    place = arena_alloc(arena, new_size);
    if (old_size)
        memcpy(place, old, old_size);
    return place;
}

size_t arena_bytes(const struct arena *arena)
{
    return arena->bytes;
}
