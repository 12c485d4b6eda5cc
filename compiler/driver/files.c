/* Reading from disk. */
#include "driver/driver.h"

#include "base/utf8.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool is_folder(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool file_exists(const char *path)
{
    struct stat info;

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
    FILE *file;
    struct strbuf text = STRBUF_INIT;
    char chunk[65536];
    size_t got, size;
    char *copy;

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

bool list_folder(struct arena *arena, const char *path, const char *suffix, const char ***names, uint32_t *count)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    VEC(const char *) list = {0};
    size_t want = strlen(suffix);
    int failed;

    if (!folder)
        return false;
    errno = 0;
    while ((entry = readdir(folder))) {
        size_t len = strlen(entry->d_name);

        if (entry->d_name[0] != '.' && len > want && same_but_for_case(entry->d_name + len - want, suffix))
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
