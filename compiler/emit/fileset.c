/* The output set. Paths are kept in a table of their folded form (ASCII letters in lower case), so that two
 * paths which a case-insensitive file system would merge are told apart from two that it would not; the table
 * also holds every folder a path implies, since a file cannot be a folder as well. */
#include "emit/fileset.h"

#include "base/sha256.h"
#include "base/utf8.h"
#include "emit/text.h"

#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES_MAX = 1024, COMPONENT_BYTES_MAX = 255 };
enum { TAKEN_BYTES_MIN = 1 << 16, FEW_ORIGINS = 8 };

void fileset_init(struct fileset *set, struct arena *arena)
{
    memset(set, 0, sizeof *set);
    set->arena = set->kept = arena;
}

void fileset_release(struct fileset *set)
{
    for (uint32_t i = 0; i < set->owned.len; i++)
        free(set->owned.items[i]);
    set->owned.len = 0;
    strbuf_release(&set->folded);
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

/* An entry is a kind byte, the path as it is written, a NUL and, where that differs, the folded path: then the kind is a capital letter.
 * The kind of a folder also keeps the spelling apart: see path_conflict. */
enum { KIND_FILE = 'f', KIND_FOLDER = 'd', CAPITAL = 'a' - 'A' };

static uint32_t hash_text(const char *text)
{
    uint32_t hash = 2166136261U; /* FNV-1a */

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619U;
    return hash;
}

static const char *entry_folded(const char *entry)
{
    return entry[0] == KIND_FILE || entry[0] == KIND_FOLDER ? entry + 1 : entry + strlen(entry) + 1;
}

static bool entry_is(const char *entry, char kind)
{
    return entry[0] == kind || entry[0] == (char)(kind - CAPITAL);
}

/* The slot of a folded path, or the free slot where it belongs. */
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
    set->taken.items = ARENA_ARRAY(set->kept, const char *, set->taken.len);
    for (uint32_t i = 0; i < old_len; i++) {
        if (old[i])
            set->taken.items[find_slot(set, entry_folded(old[i]))] = old[i];
    }
    arena_give_back(set->kept, old, old_len * sizeof *old);
}

static const char *fold(struct fileset *set, const char *path, size_t len)
{
    strbuf_clear(&set->folded);
    strbuf_add(&set->folded, path, len);
    for (size_t i = 0; i < len; i++) {
        if (path[i] >= 'A' && path[i] <= 'Z')
            set->folded.data[i] = (char)(path[i] + CAPITAL);
    }
    return set->folded.data;
}

/* The entry that path[0..len) meets, or NULL and, when *added is asked for, the path is entered with this kind. */
static const char *claim(struct fileset *set, char kind, const char *path, size_t len, const char **added)
{
    const char *folded = fold(set, path, len);
    bool differs = memcmp(folded, path, len) != 0;
    uint32_t slot;
    char *entry;

    grow_table(set);
    slot = find_slot(set, folded);
    if (set->taken.items[slot])
        return set->taken.items[slot];
    if (added) {
        entry = arena_alloc(set->kept, (differs ? 2 * len + 1 : len) + 2);
        entry[0] = differs ? (char)(kind - CAPITAL) : kind;
        memcpy(entry + 1, path, len);
        if (differs)
            memcpy(entry + len + 2, folded, len);
        set->taken.items[slot] = entry;
        set->taken_len++;
        *added = entry + 1;
    }
    return NULL;
}

/* Why the path cannot be taken; else NULL and, when *kept is asked for, the path is taken and kept there. */
static const char *path_conflict(struct fileset *set, const char *path, const char **kept)
{
    size_t len = strlen(path);
    const char *entry;

    for (size_t i = 0; i < len; i++) {
        if (path[i] != '/')
            continue;
        entry = claim(set, KIND_FOLDER, path, i, kept);
        if (!entry)
            continue;
        if (entry_is(entry, KIND_FILE))
            return arena_printf(set->kept, "`%s` is already a file", entry + 1);
        if (strlen(entry + 1) != i || memcmp(entry + 1, path, i) != 0)
            return arena_printf(set->kept, "it differs only in case from the folder `%s`", entry + 1);
    }
    entry = claim(set, KIND_FILE, path, len, kept);
    if (!entry)
        return NULL;
    if (entry_is(entry, KIND_FOLDER))
        return "the path is already a folder";
    if (strcmp(entry + 1, path) == 0)
        return "the path is already taken";
    return arena_printf(set->kept, "it differs only in case from `%s`", entry + 1);
}

/* ---- files ------------------------------------------------------------------------------------- */

void fileset_lose(struct fileset *set, const char *backend, const char *path, const char *reason)
{
    struct output_refusal refusal = {backend, arena_strdup(set->kept, path), reason, NULL};

    for (uint32_t i = 0; i < set->files.len && !refusal.other; i++) {
        if (same_but_for_case(set->files.items[i]->path, path))
            refusal.other = set->files.items[i];
    }
    vec_push(set->kept, &set->refusals, refusal);
}

/* A file without bytes; NULL when the path is refused. */
static struct output_file *new_file(struct fileset *set, const char *backend, const char *path, const char **reason)
{
    const char *refusal = output_path_refusal(path), *kept = NULL;
    struct output_file *file;

    /* Two passes, so that a refused path claims nothing. */
    if (!refusal)
        refusal = path_conflict(set, path, NULL);
    if (refusal) {
        fileset_lose(set, backend, path, refusal);
        if (reason)
            *reason = refusal;
        return NULL;
    }
    path_conflict(set, path, &kept);
    file = ARENA_NEW(set->kept, struct output_file);
    file->path = kept;
    file->backend = backend;
    vec_push_owned(set->kept, &set->files, file);
    set->sorted = false;
    return file;
}

struct output_file *fileset_add(struct fileset *set, const char *backend, const char *path, const void *data, size_t size, const char **reason)
{
    struct output_file *file = new_file(set, backend, path, reason);

    if (!file)
        return NULL;
    file->size = size;
    if (set->store && size > 0 && set->store->put(set->store, data, size, &file->at)) {
        file->store = set->store;
        sha256_hex(data, size, file->sha256);
    } else {
        file->data = arena_strndup(set->kept, size > 0 ? data : "", size);
    }
    return file;
}

struct output_file *fileset_take(struct fileset *set, const char *backend, const char *path, struct strbuf *text, const char **reason)
{
    struct output_file *file;

    if (text->len < TAKEN_BYTES_MIN) {
        file = fileset_add(set, backend, path, strbuf_str(text), text->len, reason);
        strbuf_release(text);
        return file;
    }
    file = new_file(set, backend, path, reason);
    if (file) {
        file->size = text->len;
        file->data = strbuf_detach(text);
        vec_push(set->kept, &set->owned, (char *)(uintptr_t)file->data);
    }
    strbuf_release(text);
    return file;
}

/* ---- files that are printed when their bytes are wanted ---------------------------------------- */

struct measure {
    struct byte_sink sink;
    struct byte_sink *to; /* NULL: nowhere */
    struct sha256 hash;
    size_t size;
};

static void measure_bytes(struct byte_sink *sink, const void *bytes, size_t len)
{
    struct measure *measure = (struct measure *)(void *)sink;

    sha256_add(&measure->hash, bytes, len);
    measure->size += len;
    if (measure->to)
        measure->to->take(measure->to, bytes, len);
}

static bool print_measured(struct output_file *file, struct byte_sink *to)
{
    struct measure measure = {.sink = {measure_bytes}, .to = to};

    sha256_init(&measure.hash);
    if (!file->print(file->what, &measure.sink))
        return false;
    file->size = measure.size;
    sha256_final_hex(&measure.hash, file->sha256);
    return true;
}

struct output_file *fileset_add_printed(struct fileset *set, const char *backend, const char *path, output_printer *print, const void *what,
                                        const char **reason)
{
    struct output_file *file = new_file(set, backend, path, reason);

    if (file) {
        file->print = print;
        file->what = what;
    }
    return file;
}

bool output_file_print(struct output_file *file, struct byte_sink *sink)
{
    if (file->data) {
        sink->take(sink, file->data, file->size);
        return true;
    }
    if (file->store)
        return file->store->get(file->store, file->at, file->size, sink);
    return file->sha256[0] ? file->print(file->what, sink) : print_measured(file, sink);
}

const char *output_file_sha256(struct output_file *file)
{
    if (!file->sha256[0] && file->data)
        sha256_hex(file->data, file->size, file->sha256);
    else if (!file->sha256[0])
        print_measured(file, NULL);
    return file->sha256;
}

/* ---- origins ----------------------------------------------------------------------------------- */

static uint32_t origin_slot(const struct output_file *file, const char *origin)
{
    uint32_t mask = file->origin_slot_count - 1, slot = hash_text(origin) & mask;

    while (file->origin_slots[slot] && strcmp(file->origins.items[file->origin_slots[slot] - 1], origin) != 0)
        slot = (slot + 1) & mask;
    return slot;
}

/* One file may come from every asset of a large specification; most come from a line or two. */
static bool has_origin(const struct output_file *file, const char *origin)
{
    if (file->origin_slot_count)
        return file->origin_slots[origin_slot(file, origin)] != 0;
    for (uint32_t i = 0; i < file->origins.len; i++) {
        if (strcmp(file->origins.items[i], origin) == 0)
            return true;
    }
    return false;
}

static void index_origins(struct fileset *set, struct output_file *file)
{
    arena_give_back(set->kept, file->origin_slots, file->origin_slot_count * sizeof *file->origin_slots);
    file->origin_slot_count = file->origin_slot_count ? file->origin_slot_count * 2 : 4 * FEW_ORIGINS;
    file->origin_slots = ARENA_ARRAY(set->kept, uint32_t, file->origin_slot_count);
    for (uint32_t i = 0; i < file->origins.len; i++)
        file->origin_slots[origin_slot(file, file->origins.items[i])] = i + 1;
}

void output_file_add_origin(struct fileset *set, struct output_file *file, const char *origin)
{
    if (has_origin(file, origin))
        return;
    if (file->origins.len >= FEW_ORIGINS && (file->origins.len + 1) * 2 > file->origin_slot_count)
        index_origins(set, file);
    vec_push(set->kept, &file->origins, arena_strdup(set->kept, origin));
    if (file->origin_slot_count)
        file->origin_slots[origin_slot(file, origin)] = file->origins.len;
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
