/* The output set. Paths are kept in a table of their folded form (ASCII letters in lower case), so that two
 * paths which a case-insensitive file system would merge are told apart from two that it would not; the table
 * also holds every folder a path implies, since a file cannot be a folder as well. */
#include "emit/fileset.h"

#include "base/sha256.h"
#include "base/utf8.h"
#include "emit/text.h"

#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES_MAX = 1024, COMPONENT_BYTES_MAX = 255, NAME_BYTES_MAX = 100 };

void fileset_init(struct fileset *set, struct arena *arena)
{
    memset(set, 0, sizeof *set);
    set->arena = arena;
}

static const char *component_refusal(const char *part, size_t len)
{
    if (len == 0)
        return "the path has an empty component";
    if (len == 1 && part[0] == '.')
        return "the path has a `.` component";
    if (len == 2 && part[0] == '.' && part[1] == '.')
        return "the path leaves the output folder";
    if (part[0] == '.')
        return "a component of the path begins with a dot";
    if (len > COMPONENT_BYTES_MAX)
        return "a component of the path is longer than 255 bytes";
    if (part[len - 1] == '.' || part[len - 1] == ' ')
        return "a component of the path ends in a dot or a blank";
    return NULL;
}

const char *output_path_refusal(const char *path)
{
    size_t len = strlen(path), start = 0, n;
    const char *refusal;
    uint32_t cp;

    if (len == 0)
        return "the path is empty";
    if (path[0] == '/')
        return "the path is absolute";
    if (len > PATH_BYTES_MAX)
        return "the path is longer than 1024 bytes";
    for (size_t i = 0; i < len; i += n) {
        n = text_decode(path + i, len - i, &cp);
        if (n == 0)
            return "the path is not UTF-8";
        if (cp == '\\')
            return "the path holds a backslash";
        if (utf8_is_hidden(cp))
            return "the path holds a control character";
    }
    for (size_t i = 0; i <= len; i++) {
        if (i < len && path[i] != '/')
            continue;
        refusal = component_refusal(path + start, i - start);
        if (refusal)
            return refusal;
        start = i + 1;
    }
    return NULL;
}

/* ---- the table of taken paths ------------------------------------------------------------------ */

/* An entry is a kind byte and the folded path. The kind of a folder also keeps the spelling apart: see
 * claim_folder. */
enum { KIND_FILE = 'f', KIND_FOLDER = 'd' };

static uint32_t hash_text(const char *text)
{
    uint32_t hash = 2166136261U; /* FNV-1a */

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619U;
    return hash;
}

/* The slot of a folded path, or the free slot where it belongs. Entries are "kind, exact path, NUL, folded
 * path". */
static const char *entry_folded(const char *entry)
{
    return entry + strlen(entry) + 1;
}

static uint32_t find_slot(const struct fileset *set, const char *folded)
{
    uint32_t mask = set->taken.len - 1, slot = hash_text(folded) & mask;

    while (set->taken.items[slot] && strcmp(entry_folded(set->taken.items[slot]), folded) != 0)
        slot = (slot + 1) & mask;
    return slot;
}

static void grow_table(struct fileset *set)
{
    uint32_t old_len = set->taken.len;
    const char **old = set->taken.items;

    if (old_len > 0 && (set->taken_len + 1) * 2 <= old_len)
        return;
    set->taken.len = old_len > 0 ? old_len * 2 : 64;
    set->taken.items = ARENA_ARRAY(set->arena, const char *, set->taken.len);
    for (uint32_t i = 0; i < old_len; i++) {
        if (old[i])
            set->taken.items[find_slot(set, entry_folded(old[i]))] = old[i];
    }
}

static char *fold(struct arena *arena, const char *path, size_t len)
{
    char *folded = arena_strndup(arena, path, len);

    for (size_t i = 0; i < len; i++) {
        if (folded[i] >= 'A' && folded[i] <= 'Z')
            folded[i] = (char)(folded[i] - 'A' + 'a');
    }
    return folded;
}

/* The entry that path[0..len) meets, or NULL and, when add is set, the path is entered with this kind. */
static const char *claim(struct fileset *set, char kind, const char *path, size_t len, bool add)
{
    char *folded = fold(set->arena, path, len), *entry;
    uint32_t slot;

    grow_table(set);
    slot = find_slot(set, folded);
    if (set->taken.items[slot])
        return set->taken.items[slot];
    if (add) {
        entry = arena_alloc(set->arena, 2 * len + 3);
        entry[0] = kind;
        memcpy(entry + 1, path, len);
        memcpy(entry + len + 2, folded, len);
        set->taken.items[slot] = entry;
        set->taken_len++;
    }
    return NULL;
}

static const char *path_conflict(struct fileset *set, const char *path, bool add)
{
    size_t len = strlen(path);
    const char *entry;

    for (size_t i = 0; i < len; i++) {
        if (path[i] != '/')
            continue;
        entry = claim(set, KIND_FOLDER, path, i, add);
        if (!entry)
            continue;
        if (entry[0] == KIND_FILE)
            return arena_printf(set->arena, "`%s` is already a file", entry + 1);
        if (strlen(entry + 1) != i || memcmp(entry + 1, path, i) != 0)
            return arena_printf(set->arena, "it differs only in case from the folder `%s`", entry + 1);
    }
    entry = claim(set, KIND_FILE, path, len, add);
    if (!entry)
        return NULL;
    if (entry[0] == KIND_FOLDER)
        return "the path is already a folder";
    if (strcmp(entry + 1, path) == 0)
        return "the path is already taken";
    return arena_printf(set->arena, "it differs only in case from `%s`", entry + 1);
}

/* ---- files ------------------------------------------------------------------------------------- */

void fileset_lose(struct fileset *set, const char *backend, const char *path, const char *reason)
{
    struct output_refusal refusal = {backend, arena_strdup(set->arena, path), reason, NULL};

    for (uint32_t i = 0; i < set->files.len && !refusal.other; i++) {
        if (same_but_for_case(set->files.items[i]->path, path))
            refusal.other = set->files.items[i];
    }
    vec_push(set->arena, &set->refusals, refusal);
}

struct output_file *fileset_add(struct fileset *set, const char *backend, const char *path, const void *data, size_t size, const char **reason)
{
    const char *refusal = output_path_refusal(path);
    struct output_file *file;

    /* Two passes, so that a refused path claims nothing. */
    if (!refusal)
        refusal = path_conflict(set, path, false);
    if (refusal) {
        fileset_lose(set, backend, path, refusal);
        if (reason)
            *reason = refusal;
        return NULL;
    }
    path_conflict(set, path, true);
    file = ARENA_NEW(set->arena, struct output_file);
    file->path = arena_strdup(set->arena, path);
    file->data = arena_strndup(set->arena, size > 0 ? data : "", size);
    file->size = size;
    file->backend = backend;
    vec_push(set->arena, &set->files, file);
    set->sorted = false;
    return file;
}

static uint32_t origin_slot(const struct output_file *file, const char *origin)
{
    uint32_t mask = file->origin_slot_count - 1, slot = hash_text(origin) & mask;

    while (file->origin_slots[slot] && strcmp(file->origins.items[file->origin_slots[slot] - 1], origin) != 0)
        slot = (slot + 1) & mask;
    return slot;
}

const char *output_file_sha256(struct output_file *file)
{
    if (!file->sha256[0])
        sha256_hex(file->data, file->size, file->sha256);
    return file->sha256;
}

void output_file_add_origin(struct fileset *set, struct output_file *file, const char *origin)
{
    uint32_t slot;

    /* One file may come from every asset of a large specification. */
    if ((file->origins.len + 1) * 2 > file->origin_slot_count) {
        file->origin_slot_count = file->origin_slot_count ? file->origin_slot_count * 2 : 16;
        file->origin_slots = ARENA_ARRAY(set->arena, uint32_t, file->origin_slot_count);
        for (uint32_t i = 0; i < file->origins.len; i++)
            file->origin_slots[origin_slot(file, file->origins.items[i])] = i + 1;
    }
    slot = origin_slot(file, origin);
    if (file->origin_slots[slot])
        return;
    vec_push(set->arena, &file->origins, arena_strdup(set->arena, origin));
    file->origin_slots[slot] = file->origins.len;
}

static int compare_files(const void *a, const void *b)
{
    const struct output_file *const *x = a, *const *y = b;

    return strcmp((*x)->path, (*y)->path);
}

size_t fileset_sort(struct fileset *set)
{
    if (!set->sorted && set->files.len > 1)
        qsort(set->files.items, set->files.len, sizeof *set->files.items, compare_files);
    set->sorted = true;
    return set->files.len;
}

struct output_file *fileset_find(const struct fileset *set, const char *path)
{
    for (uint32_t i = 0; i < set->files.len; i++) {
        if (strcmp(set->files.items[i]->path, path) == 0)
            return set->files.items[i];
    }
    return NULL;
}

const char *output_name(struct arena *arena, const char *text)
{
    struct strbuf name = STRBUF_INIT;
    const char *result;

    for (; *text && name.len < NAME_BYTES_MAX; text++) {
        bool keep = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') || (*text >= '0' && *text <= '9') || *text == '_';

        if (keep)
            strbuf_addch(&name, *text);
        else if (name.len > 0 && name.data[name.len - 1] != '-')
            strbuf_addch(&name, '-');
    }
    while (name.len > 0 && name.data[name.len - 1] == '-')
        name.data[--name.len] = '\0';
    result = name.len > 0 ? strbuf_dup(&name, arena) : "unnamed";
    strbuf_release(&name);
    return result;
}
