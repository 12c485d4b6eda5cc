/* Files lie one after the other in the offset space with one unused offset between them, so that the place just
 * behind a file's last byte still belongs to that file. */
#include "source/source.h"

#include "base/strbuf.h"
#include "base/utf8.h"

#include <string.h>

enum { TAB_WIDTH = 8 };

/* Of one asset a plan tells a hundred things, at a few places. */
enum { ORIGINS_RECENT = 256 };

struct recent_origins {
    uint32_t start[ORIGINS_RECENT]; /* 0: none */
    const char *origin[ORIGINS_RECENT];
};

void sources_init(struct sources *sources, struct arena *arena)
{
    memset(sources, 0, sizeof *sources);
    sources->arena = arena;
    sources->recent = ARENA_NEW(arena, struct recent_origins);
    sources->next = 1;
}

static bool has_room(const struct sources *sources, size_t len)
{
    return len <= UINT32_MAX - 2 && sources->next <= UINT32_MAX - 2 - (uint32_t)len;
}

struct source_file *sources_add(struct sources *sources, const char *name, const char *text, size_t len)
{
    char *copy;

    if (!has_room(sources, len))
        return NULL;
    copy = arena_alloc(sources->arena, len + 2); /* zeroed: the two NULs are there */
    if (len)
        memcpy(copy, text, len);
    return sources_take(sources, name, copy, len);
}

struct source_file *sources_take(struct sources *sources, const char *name, char *text, size_t len)
{
    struct source_file *file;

    if (!has_room(sources, len))
        return NULL;
    file = ARENA_NEW(sources->arena, struct source_file);
    file->name = arena_strdup(sources->arena, name);
    file->text = text;
    file->len = (uint32_t)len;
    file->base = sources->next;
    file->is_made = name[0] == '<' && name[strlen(name) - 1] == '>'; /* `<stdin>`: what a user names ends in a suffix */
    sources->next += file->len + 1;
    vec_push(sources->arena, &sources->files, file);
    return file;
}

struct source_file *sources_file_at(const struct sources *sources, uint32_t offset)
{
    uint32_t low = 0, high = sources->files.len;

    if (offset == 0 || offset >= sources->next)
        return NULL;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (sources->files.items[middle]->base <= offset)
            low = middle;
        else
            high = middle;
    }
    return high ? sources->files.items[low] : NULL;
}

/* A line ends after LF; CR LF counts as one end because CR is the line's last byte then. */
static void find_lines(const struct sources *sources, struct source_file *file)
{
    uint32_t count = 1;

    for (const char *at = file->text, *end = at + file->len; (at = memchr(at, '\n', (size_t)(end - at))); at++)
        count++;
    file->lines = ARENA_ARRAY(sources->arena, uint32_t, count);
    file->line_count = 1;
    for (uint32_t i = 0; i < file->len; i++) {
        if (file->text[i] == '\n')
            file->lines[file->line_count++] = i + 1;
    }
}

/* The line, from 0, in which a byte of a file stands. */
static uint32_t line_of(const struct sources *sources, struct source_file *file, uint32_t at)
{
    uint32_t low = 0, high;

    if (!file->lines)
        find_lines(sources, file);
    high = file->line_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (file->lines[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

struct place sources_place(const struct sources *sources, uint32_t offset)
{
    struct place place = {NULL, 0, 0};
    struct source_file *file = sources_file_at(sources, offset);
    uint32_t at, from, low, column = 0;

    if (!file)
        return place;
    at = offset - file->base;
    low = line_of(sources, file, at);
    from = file->lines[low];
    if (file->last.line == low && file->last.offset > from && file->last.offset <= at) {
        from = file->last.offset;
        column = file->last.column;
    }
    while (from < at) {
        uint32_t character;
        size_t size = utf8_decode(file->text + from, file->len - from, &character);

        if (from + size > at)
            break; /* the offset is inside a character: its first column */
        if (character == '\t')
            column += TAB_WIDTH - column % TAB_WIDTH;
        else
            column += (uint32_t)utf8_width(character);
        from += (uint32_t)size;
    }
    file->last.line = low;
    file->last.offset = from;
    file->last.column = column;
    place.file = file;
    place.line = low + 1;
    place.column = column + 1;
    return place;
}

/* How many folders up from the root a name's text begins, and what is left of the name. A file that no relative path leads to
 * (an absolute import of a relative specification) is known by its last part. */
static const char *name_from(const char *root, const char *name, uint32_t *up)
{
    const char *last = strrchr(name, '/');
    size_t common = 0;

    *up = 0;
    for (size_t i = 0; root[i] && root[i] == name[i]; i++) {
        if (root[i] == '/')
            common = i + 1;
    }
    for (const char *at = root + common; *at; at++)
        *up += *at == '/';
    if ((root[0] == '/') == (name[0] == '/') && strncmp(root + common, "../", 3) != 0)
        return name + common;
    *up = 0;
    return last ? last + 1 : name;
}

const char *sources_origin(const struct sources *sources, struct span span)
{
    uint32_t slot = span.start % ORIGINS_RECENT, up = 0;
    struct strbuf text = STRBUF_INIT;
    const char *name, *origin;
    struct source_file *file;

    if (span.start && sources->recent->start[slot] == span.start)
        return sources->recent->origin[slot];
    file = sources_file_at(sources, span.start);
    if (!file)
        return "";
    name = file->name;
    if (sources->root && !file->is_std)
        name = name_from(sources->root, name, &up);
    while (up--)
        strbuf_addstr(&text, "../");
    strbuf_addstr(&text, name);
    strbuf_addch(&text, ':');
    strbuf_addint(&text, line_of(sources, file, span.start - file->base) + 1);
    origin = strbuf_dup(&text, sources->arena);
    strbuf_release(&text);
    sources->recent->start[slot] = span.start;
    sources->recent->origin[slot] = origin;
    return origin;
}

struct span span_join(struct span a, struct span b)
{
    struct span joined;

    if (a.start == 0 && a.end == 0)
        return b;
    if (b.start == 0 && b.end == 0)
        return a;
    joined.start = a.start < b.start ? a.start : b.start;
    joined.end = a.end > b.end ? a.end : b.end;
    return joined;
}
