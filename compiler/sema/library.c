/* The library is text in the program. It is looked through only when a name was not found, a line at a time: its declarations begin in
 * the first column, because `drc fmt` puts them there. */
#include "sema/library.h"

#include "base/arena.h"
#include "base/vec.h"
#include "sema/stdlib.h"

#include <string.h>

/* One declaration of a file. */
struct declared {
    const char *name;
    size_t len;
};

/* The next line `word NAME …` from *at on. */
static bool next_declared(const char **at, const char *word, struct declared *out)
{
    size_t len = strlen(word);

    while (**at) {
        const char *line = *at, *end = strchr(line, '\n');

        *at = end ? end + 1 : line + strlen(line);
        if (strncmp(line, word, len) != 0 || line[len] != ' ')
            continue;
        out->name = line + len + 1;
        out->len = strcspn(out->name, " :{\n");
        return true;
    }
    return false;
}

static const struct embedded_file *file_named(const char *name, size_t len)
{
    for (size_t i = 0; i < drc_stdlib_count; i++) {
        if (strlen(drc_stdlib[i].name) == len && strncmp(drc_stdlib[i].name, name, len) == 0)
            return &drc_stdlib[i];
    }
    return NULL;
}

/* "std/aws" imports "std/aws/s3": whoever wants one of them wants that. */
static const char *gathered(const struct embedded_file *file)
{
    const char *slash = strrchr(file->name, '/');
    const struct embedded_file *above = slash ? file_named(file->name, (size_t)(slash - file->name)) : NULL;
    const char *at = above ? (const char *)above->data : "", *found;
    size_t len = strlen(file->name);

    while ((found = strstr(at, file->name))) {
        if (found > (const char *)above->data && found[-1] == '"' && found[len] == '"')
            return above->name;
        at = found + len;
    }
    return file->name;
}

const char *library_import(const char *word, const char *name)
{
    for (size_t i = 0; i < drc_stdlib_count; i++) {
        const char *at = (const char *)drc_stdlib[i].data;
        struct declared declared;

        while (next_declared(&at, word, &declared)) {
            if (strlen(name) == declared.len && strncmp(declared.name, name, declared.len) == 0)
                return gathered(&drc_stdlib[i]);
        }
    }
    return NULL;
}

/* `azure.region` is no slip for `aws.region`. */
static bool same_family(struct arena *scratch, const char *name, const char *other)
{
    const char *first = arena_strndup(scratch, other, strcspn(other, "."));

    return nearest(arena_strndup(scratch, name, strcspn(name, ".")), &first, 1) != NULL;
}

const char *library_nearest(struct arena *scratch, const char *word, const char *name)
{
    VEC(const char *) names = {0};

    for (size_t i = 0; i < drc_stdlib_count; i++) {
        const char *at = (const char *)drc_stdlib[i].data;
        struct declared declared;

        while (next_declared(&at, word, &declared)) {
            const char *other = arena_strndup(scratch, declared.name, declared.len);

            if (same_family(scratch, name, other))
                vec_push(scratch, &names, other);
        }
    }
    return nearest(name, names.items, names.len);
}
