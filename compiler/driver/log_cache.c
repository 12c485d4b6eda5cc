/* What `drc log` worked out before, under XDG_CACHE_HOME or ~/.cache, in a folder that nobody else can write to.
 *
 * An entry is what a revision is beside the one before. Its name is a digest of everything that decides it: format, build of the compiler,
 * options, the time zones of the system, and in both revisions the answers to every question that any compilation of this specification has asked
 * of git (which files there are, what is in them). So an entry that is found is right, whatever repository it comes from; the questions are kept
 * beside the entries, and whoever asks a new one makes new names of all.
 *
 * Nothing is believed that is not whole: the first line of a file is the digest of the rest. What is damaged, somebody else's or not readable is
 * removed or passed over, and worked out again. That nothing can be kept is no mistake: it takes longer. */
#include "driver/log.h"

#include "base/sha256.h"
#include "emit/json.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENTRY_FORMAT "drc.log-entry/1"

struct log_cache {
    struct arena *arena;
    int folder;
    char base[65]; /* digest of what is the same for all revisions */
};

/* ---- the folder */

static bool is_ours(int file, mode_t sort)
{
    struct stat info;

    return fstat(file, &info) == 0 && (info.st_mode & S_IFMT) == sort && info.st_uid == geteuid() && !(info.st_mode & (S_IWGRP | S_IWOTH));
}

/* Each part of it that is missing is made; the last has to be ours. */
static int open_folder(struct arena *arena)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char *path;
    int folder;

    if (cache && cache[0] == '/')
        path = arena_printf(arena, "%s/drc/log", cache);
    else if (home && home[0] == '/')
        path = arena_printf(arena, "%s/.cache/drc/log", home);
    else
        return -1;
    for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        mkdir(path, 0700); /* what cannot be made is seen by open() */
        *at = '/';
    }
    mkdir(path, 0700);
    folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder >= 0 && !is_ours(folder, S_IFDIR)) {
        close(folder);
        folder = -1;
    }
    return folder;
}

/* ---- files */

enum { ENTRY_MAX = 1 << 28 };

/* What follows the digest in a file that is ours and whole; NULL otherwise, and then it is gone. */
static char *read_entry(const struct log_cache *cache, const char *name, size_t *len)
{
    int file = openat(cache->folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    struct stat info;
    char *text = NULL, hex[65];
    size_t have = 0;

    if (file < 0)
        return NULL;
    if (is_ours(file, S_IFREG) && fstat(file, &info) == 0 && info.st_size > 65 && info.st_size < ENTRY_MAX) {
        size_t size = (size_t)info.st_size;
        ssize_t got;

        text = arena_alloc(cache->arena, size + 2);
        while (have < size && ((got = read(file, text + have, size - have)) > 0 || (got < 0 && errno == EINTR)))
            have += got > 0 ? (size_t)got : 0;
        sha256_hex(text + 65, have > 65 ? have - 65 : 0, hex);
        if (have != size || memcmp(text, hex, 64) != 0 || text[64] != '\n')
            text = NULL;
    }
    close(file);
    if (!text)
        unlinkat(cache->folder, name, 0);
    *len = have - 65;
    return text ? text + 65 : NULL;
}

static bool write_all(int file, const char *bytes, size_t len)
{
    while (len) {
        ssize_t put = write(file, bytes, len);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        bytes += put;
        len -= (size_t)put;
    }
    return true;
}

/* Beside and renamed: whoever reads sees all of it or nothing. */
static void write_entry(const struct log_cache *cache, const char *name, const struct strbuf *text)
{
    const char *beside = arena_printf(cache->arena, "%s.%ld", name, (long)getpid());
    int file = openat(cache->folder, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    char hex[66];
    bool good;

    if (file < 0) {
        unlinkat(cache->folder, beside, 0); /* of a process of the same number that died */
        return;
    }
    sha256_hex(strbuf_str(text), text->len, hex);
    hex[64] = '\n';
    good = write_all(file, hex, 65) && write_all(file, strbuf_str(text), text->len);
    good = close(file) == 0 && good;
    if (!good || renameat(cache->folder, beside, cache->folder, name) != 0)
        unlinkat(cache->folder, beside, 0);
}

/* ---- keys */

static void add_text(struct sha256 *hash, const char *text)
{
    sha256_add(hash, text ? text : "\1", strlen(text ? text : "\1") + 1);
}

static void add_number(struct sha256 *hash, int64_t number)
{
    sha256_add(hash, &number, sizeof number);
}

static void add_file(struct sha256 *hash, const char *path)
{
    struct stat info;

    if (stat(path, &info) != 0)
        return;
    add_number(hash, info.st_size);
    add_number(hash, info.st_mtim.tv_sec);
    add_number(hash, info.st_mtim.tv_nsec);
}

/* Time zones decide when schedules fire. The version of the database stands in a file of Debian's; elsewhere its folder tells that it was renewed. */
static void add_zones(struct sha256 *hash)
{
    add_file(hash, "/usr/share/zoneinfo/tzdata.zi");
    add_file(hash, "/usr/share/zoneinfo");
}

static void add_list(struct sha256 *hash, const char *const *items, uint32_t count)
{
    add_number(hash, count);
    for (uint32_t i = 0; i < count; i++)
        add_text(hash, items[i]);
}

/* False when results depend on files that no key names. */
static bool find_base(struct log_cache *cache, const struct options *options, const char *path)
{
    struct sha256 hash;

    if (options->includes.len || options->records)
        return false;
    sha256_init(&hash);
    add_text(&hash, ENTRY_FORMAT);
    add_text(&hash, DRC_VERSION);
    add_number(&hash, PLAN_FORMAT);
    add_file(&hash, "/proc/self/exe");
    add_zones(&hash);
    add_text(&hash, path);
    add_text(&hash, options->as_of);
    add_text(&hash, options->scenario);
    add_text(&hash, options->causes);
    add_list(&hash, options->defines.items, options->defines.len);
    add_list(&hash, options->levels.items, options->levels.len);
    add_number(&hash, options->param_files.len);
    for (uint32_t i = 0; i < options->param_files.len; i++) {
        const char *error;
        size_t len;
        char *text = read_whole_file(cache->arena, options->param_files.items[i], &len, &error);

        if (!text)
            return false;
        add_number(&hash, (int64_t)len);
        sha256_add(&hash, text, len);
    }
    sha256_final_hex(&hash, cache->base);
    return true;
}

struct log_cache *log_cache_open(struct arena *arena, const struct options *options, const char *path)
{
    struct log_cache *cache = ARENA_NEW(arena, struct log_cache);

    cache->arena = arena;
    if (!find_base(cache, options, path))
        return NULL;
    cache->folder = open_folder(arena);
    return cache->folder < 0 ? NULL : cache;
}

void log_cache_close(struct log_cache *cache)
{
    if (cache)
        close(cache->folder);
}

static const char *name_of(const struct log_cache *cache, const char *before, const char *key)
{
    struct sha256 hash;
    char hex[65];

    sha256_init(&hash);
    add_text(&hash, cache->base);
    add_text(&hash, before);
    add_text(&hash, key);
    sha256_final_hex(&hash, hex);
    return arena_printf(cache->arena, "%s.json", hex);
}

/* ---- questions, a line each; names with a newline are asked anew each time, which only takes longer */

void log_cache_questions(const struct log_cache *cache, struct git_reads *reads)
{
    size_t len;
    char *text = cache ? read_entry(cache, arena_printf(cache->arena, "%s.asked", cache->base), &len) : NULL;

    for (char *line = text; line && *line;) {
        char *end = strchr(line, '\n');

        if (end)
            *end = '\0';
        git_reads_add(reads, line);
        line = end ? end + 1 : NULL;
    }
}

void log_cache_keep_questions(const struct log_cache *cache, const struct git_reads *reads)
{
    struct strbuf text = STRBUF_INIT;

    if (!cache)
        return;
    for (uint32_t i = 0; i < reads->items.len; i++)
        strbuf_addf(&text, "%s\n", reads->items.items[i]);
    write_entry(cache, arena_printf(cache->arena, "%s.asked", cache->base), &text);
    strbuf_release(&text);
}

/* ---- entries */

static const char *text_in(struct arena *arena, const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? arena_strdup(arena, text) : NULL;
}

static int64_t number_in(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static const char *lines_in(struct arena *arena, const json_t *object, const char *key)
{
    const json_t *list = json_object_get(object, key);
    struct strbuf text = STRBUF_INIT;
    const char *lines;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *line = json_string_value(json_array_get(list, i));

        strbuf_addf(&text, "%s%s", i ? "\n" : "", line ? line : "");
    }
    lines = strbuf_dup(&text, arena);
    strbuf_release(&text);
    return lines;
}

static struct log_step *step_of(struct arena *arena, const json_t *root)
{
    struct log_step *step = ARENA_NEW(arena, struct log_step);
    const json_t *counts = json_object_get(root, "counts"), *changes = json_object_get(root, "changes"), *renames = json_object_get(root, "renames");

    *step = (struct log_step){.error = text_in(arena, root, "error"),
                              .digest = text_in(arena, root, "digest"),
                              .hold = number_in(counts, "hold"),
                              .refuted = number_in(counts, "refuted"),
                              .unknown = number_in(counts, "unknown"),
                              .accepted = number_in(counts, "accepted"),
                              .weaker = number_in(root, "weaker"),
                              .stronger = number_in(root, "stronger"),
                              .other = number_in(root, "other"),
                              .edits = number_in(root, "edits")};
    for (size_t i = 0; i < json_array_size(changes); i++) {
        const json_t *item = json_array_get(changes, i);
        struct log_change change = {.sort = text_in(arena, item, "sort"),
                                    .subject = text_in(arena, item, "subject"),
                                    .scenario = text_in(arena, item, "scenario"),
                                    .what = text_in(arena, item, "what"),
                                    .before = text_in(arena, item, "before"),
                                    .after = text_in(arena, item, "after"),
                                    .before_at = text_in(arena, item, "before_at"),
                                    .after_at = text_in(arena, item, "after_at"),
                                    .way = text_in(arena, item, "way"),
                                    .rule = text_in(arena, item, "rule"),
                                    .because = lines_in(arena, item, "because")};

        if (!change.sort || !change.subject || !change.way)
            return NULL;
        vec_push(arena, &step->changes, change);
    }
    for (size_t i = 0; i < json_array_size(renames); i++) {
        struct log_rename rename = {text_in(arena, json_array_get(renames, i), "was"), text_in(arena, json_array_get(renames, i), "is")};

        if (!rename.was || !rename.is)
            return NULL;
        vec_push(arena, &step->renames, rename);
    }
    return step;
}

const struct log_step *log_cache_get(const struct log_cache *cache, const char *before, const char *key)
{
    const char *name, *format;
    struct log_step *step = NULL;
    json_t *root;
    size_t len;
    char *text;

    if (!cache)
        return NULL;
    name = name_of(cache, before, key);
    text = read_entry(cache, name, &len);
    root = text ? json_loadb(text, len, 0, NULL) : NULL;
    format = root ? json_string_value(json_object_get(root, "format")) : NULL;
    if (format && strcmp(format, ENTRY_FORMAT) == 0)
        step = step_of(cache->arena, root);
    json_decref(root);
    if (text && !step)
        unlinkat(cache->folder, name, 0);
    return step;
}

void log_cache_put(const struct log_cache *cache, const char *before, const char *key, const struct log_step *step)
{
    struct strbuf text = STRBUF_INIT;
    struct jsonw j;

    if (!cache)
        return;
    jsonw_init(&j, &text);
    jsonw_object_begin(&j);
    jsonw_key_string(&j, "format", ENTRY_FORMAT);
    log_json_step(&j, step, NULL);
    jsonw_object_end(&j);
    if (jsonw_finish(&j))
        write_entry(cache, name_of(cache, before, key), &text);
    strbuf_release(&text);
}
