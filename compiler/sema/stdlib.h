/*
 * The standard library as the build embedded it. The table is generated from stdlib/ by compiler/embed/embed.c.
 */
#ifndef DRC_SEMA_STDLIB_H
#define DRC_SEMA_STDLIB_H

#include <stddef.h>

struct embedded_file {
    const char *name;          /* as an import writes it: "std/aws" is stdlib/aws.dr */
    const unsigned char *data; /* the file's bytes; one 0 follows them and is not counted */
    size_t size;
};

/* Sorted by name (strcmp order), so that it may be searched by bisection; one empty entry follows the last. */
extern const struct embedded_file drc_stdlib[];
extern const size_t drc_stdlib_count;

#endif
