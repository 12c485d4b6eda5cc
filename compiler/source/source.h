/* The texts of one compilation, side by side in one space of 32-bit offsets.
 *
 * A place is a `struct span` of two offsets; which file, line and column it is gets computed only when a message
 * is printed. Offset 0 belongs to no file: a zeroed span means "no place". Inventory files (YAML, JSON) are added
 * like any other, so that a message can point into them. */
#ifndef DRC_SOURCE_SOURCE_H
#define DRC_SOURCE_SOURCE_H

#include "base/arena.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct span {
    uint32_t start;
    uint32_t end; /* one past the last byte; start == end is a point */
};

struct source_file {
    const char *name; /* as shown to the user: relative path as given, or "std/aws" */
    const char *text; /* len bytes, then two NULs (what flex wants for scanning in place) */
    uint32_t len;
    uint32_t base;      /* offset of its first byte in the one space */
    bool is_std;        /* from the embedded standard library */
    bool is_made;       /* no file: standard input, a value of the command line */
    const char *prefix; /* names it declares are PREFIX.NAME (`import … as`); NULL */
    uint32_t *lines;    /* offsets of line starts, made on first use */
    uint32_t line_count;
    struct {
        uint32_t line, offset, column;
    } last; /* the last answer of sources_place, so that many places on one long line take linear time */
};

struct sources {
    struct arena *arena;
    VEC(struct source_file *) files;
    uint32_t next;                 /* first unused offset */
    struct recent_origins *recent; /* what sources_origin() said of late */
    const char *root;              /* folder that origins are relative to, "" or ending in "/"; NULL: origins are names as given */
};

struct place {
    const struct source_file *file; /* NULL when the span has no place */
    uint32_t line;                  /* from 1 */
    uint32_t column;                /* display column from 1: tabs to multiples of 8, wide characters 2 */
};

void sources_init(struct sources *sources, struct arena *arena);

/* Copies the text. NULL when the offsets of all files together would pass 2^32 - 2. */
struct source_file *sources_add(struct sources *sources, const char *name, const char *text, size_t len);
/* The same without a copy: `text` lives as long as the sources and is followed by two NULs. */
struct source_file *sources_take(struct sources *sources, const char *name, char *text, size_t len);

struct source_file *sources_file_at(const struct sources *sources, uint32_t offset);
/* The text of a span without what does not count: comments, how code is broken into lines and indented, how a text is indented, a comma before a
 * bracket closes. Two that differ in nothing else are the same. In the arena; "" where there is no such text. */
const char *sources_essence(const struct sources *sources, struct span span, struct arena *arena);
struct place sources_place(const struct sources *sources, uint32_t offset);

/* "file.dr:12" for origin comments; "" when there is no place. In the arena. With a root the file is named as seen from it, so
 * that artifacts do not depend on the folder the compiler was called in. */
const char *sources_origin(const struct sources *sources, struct span span);

struct span span_join(struct span a, struct span b); /* smallest span over both; an empty one is ignored */

#endif
