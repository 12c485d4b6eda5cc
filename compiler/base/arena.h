/* Region allocator: one arena lives as long as a compilation and is freed at once.
 *
 * Memory from an arena is zeroed and aligned for pointers and 64-bit numbers. Running out of memory ends the process with
 * exit status 70 after a message, so callers never see NULL. With DRC_ARENA_MALLOC every object is its own
 * allocation, so that the address sanitizer sees overflows between neighbours. */
#ifndef DRC_BASE_ARENA_H
#define DRC_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_delete(struct arena *arena); /* NULL is allowed */

void *arena_alloc(struct arena *arena, size_t size); /* zeroed; size 0 gives a valid pointer */
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t len); /* copies exactly len bytes, adds NUL */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* Gives an array a larger place, which may be where it is if that is larger indeed; else the old place stays readable until the arena goes. */
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size);

/* What is needed no more, with the size it was asked for: memory of large objects is free at once, that of small ones with the arena. NULL is
 * allowed. */
void arena_give_back(struct arena *arena, const void *object, size_t size);

size_t arena_bytes(const struct arena *arena); /* bytes handed out, for `--timings` */

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (size_t)(count)))

/* Ends the process: the one reaction to memory exhaustion. */
_Noreturn void out_of_memory(void);

#endif
