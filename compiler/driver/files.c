/* Reading from disk. */
#include "driver/driver.h"

#include "base/utf8.h"
#include "fetch/git.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Folders that are revisions: `main:/examples/shop.dr` is read from there. */
enum { MOUNTS_MAX = 2 };

static struct {
    const char *prefix; /* with the slash */
    struct git_revision *revision;
} mounts[MOUNTS_MAX];

void mount_revision(const char *prefix, struct git_revision *revision)
{
    for (int i = 0; i < MOUNTS_MAX; i++) {
        if (!mounts[i].prefix || strcmp(mounts[i].prefix, prefix) == 0) {
            mounts[i].prefix = revision ? prefix : NULL;
            mounts[i].revision = revision;
            return;
        }
    }
}

/* The revision that a path is of, and what it is called there; NULL: it is a path of the disk. */
static const struct git_revision *revision_of(const char *path, const char **inside)
{
    for (int i = 0; i < MOUNTS_MAX; i++) {
        size_t len = mounts[i].prefix ? strlen(mounts[i].prefix) : 0;

        if (!len || strncmp(path, mounts[i].prefix, len - 1) != 0 || (path[len - 1] && path[len - 1] != '/'))
            continue;
        *inside = path + len - (path[len - 1] == '\0');
        return mounts[i].revision;
    }
    return NULL;
}

bool is_folder(const char *path)
{
    const char *inside;
    const struct git_revision *revision = revision_of(path, &inside);
    struct stat info;

    if (revision)
        return git_revision_look(revision, inside) == GIT_ENTRY_FOLDER;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool file_exists(const char *path)
{
    const char *inside;
    const struct git_revision *revision = revision_of(path, &inside);
    struct stat info;

    if (revision)
        return git_revision_look(revision, inside) == GIT_ENTRY_FILE;

    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* Why a path is not read, or NULL. A device has no end, and a pipe nobody writes to would be waited for without end; the
 * shell's `<(command)` is a pipe too, but one with a writer. */
static const char *refusal(const char *path)
{
    struct stat info;

    if (stat(path, &info) != 0)
        return NULL; /* opening it tells why */
    if (S_ISDIR(info.st_mode))
        return "it is a folder";
    if (S_ISREG(info.st_mode) && info.st_size > INT32_MAX)
        return "it is longer than 2 GiB";
    if (S_ISREG(info.st_mode) || (S_ISFIFO(info.st_mode) && strncmp(path, "/dev/fd/", 8) == 0))
        return NULL;
    return "it is neither a file nor standard input";
}

/* Of a file on disk, 0 when that is not known. */
static size_t size_of(FILE *file)
{
    struct stat info;

    return fstat(fileno(file), &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0 && (uint64_t)info.st_size < SIZE_MAX / 2
               ? (size_t)info.st_size
               : 0;
}

char *read_whole_file(struct arena *arena, const char *path, size_t *len, const char **error)
{
    bool standard = strcmp(path, "-") == 0;
    const char *inside;
    const struct git_revision *revision = revision_of(path, &inside);
    FILE *file;
    struct strbuf text = STRBUF_INIT;
    char chunk[65536];
    size_t got, size;
    char *copy;

    if (revision)
        return git_revision_read(revision, arena, inside, len, error);
    *error = standard ? NULL : refusal(path);
    if (*error)
        return NULL;
    file = standard ? stdin : fopen(path, "rb");
    if (!file) {
        *error = strerror(errno);
        return NULL;
    }
    size = size_of(file);
    copy = size ? arena_alloc(arena, size + 2) : NULL;
    if (copy) {
        /* Into its place at once; one byte more is asked for, to see whether the file has grown meanwhile. */
        got = fread(copy, 1, size + 1, file);
        if (got <= size && !ferror(file)) {
            fclose(file);
            *len = got;
            return copy;
        }
        strbuf_add(&text, copy, got);
    }
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0)
        strbuf_add(&text, chunk, got);
    if (ferror(file)) {
        *error = strerror(errno);
        if (!standard)
            fclose(file);
        strbuf_release(&text);
        return NULL;
    }
    if (!standard)
        fclose(file);
    *len = text.len;
    copy = arena_alloc(arena, text.len + 2);
    memcpy(copy, strbuf_str(&text), text.len);
    strbuf_release(&text);
    return copy;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool has_suffix(const char *name, const char *suffix)
{
    size_t len = strlen(name), want = strlen(suffix);

    return name[0] != '.' && len > want && same_but_for_case(name + len - want, suffix);
}

static bool list_revision(const struct git_revision *revision, struct arena *arena, const char *path, const char *suffix, const char ***names,
                          uint32_t *count)
{
    uint32_t all, kept = 0;

    if (!git_revision_list(revision, arena, path, names, &all))
        return false;
    for (uint32_t i = 0; i < all; i++) {
        if (has_suffix((*names)[i], suffix))
            (*names)[kept++] = (*names)[i];
    }
    if (kept)
        qsort(*names, kept, sizeof **names, compare_names);
    *count = kept;
    return true;
}

bool list_folder(struct arena *arena, const char *path, const char *suffix, const char ***names, uint32_t *count)
{
    const char *inside;
    const struct git_revision *revision = revision_of(path, &inside);
    DIR *folder = revision ? NULL : opendir(path);
    struct dirent *entry;
    VEC(const char *) list = {0};
    int failed;

    if (revision)
        return list_revision(revision, arena, inside, suffix, names, count);
    if (!folder)
        return false;
    errno = 0;
    while ((entry = readdir(folder))) {
        if (has_suffix(entry->d_name, suffix))
            vec_push(arena, &list, arena_strdup(arena, entry->d_name));
        errno = 0;
    }
    failed = errno;
    closedir(folder);
    errno = failed;
    if (failed)
        return false;
    if (list.len)
        qsort(list.items, list.len, sizeof *list.items, compare_names);
    *names = list.items;
    *count = list.len;
    return true;
}
