/* Files below a folder's descriptor, without following symbolic links. */
#define _GNU_SOURCE /* syncfs */
#include "driver/output_internal.h"

#include "base/sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_MODE = 0755, CHUNK = 65536 };

static int open_folder(int dir, const char *name)
{
    return openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int disk_parent(int dir, const char *path, bool create, const char **leaf)
{
    int at = open_folder(dir, "."), next, saved;
    char name[256];

    for (*leaf = path; at >= 0; *leaf = strchr(*leaf, '/') + 1) {
        const char *slash = strchr(*leaf, '/');

        if (!slash)
            return at;
        snprintf(name, sizeof name, "%.*s", (int)(slash - *leaf), *leaf);
        next = open_folder(at, name);
        if (next < 0 && errno == ENOENT && create && mkdirat(at, name, FOLDER_MODE) == 0)
            next = open_folder(at, name);
        saved = errno;
        close(at);
        errno = saved;
        at = next;
    }
    return -1;
}

void disk_forget(struct output *output)
{
    if (output->near >= 0)
        close(output->near);
    output->near = -1;
    strbuf_release(&output->near_path);
}

int disk_parent_kept(struct output *output, const char *path, bool create, const char **leaf)
{
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash - path) : 0;
    int parent;

    if (output->near >= 0 && output->near_path.len == len && memcmp(strbuf_str(&output->near_path), path, len) == 0) {
        *leaf = slash ? slash + 1 : path;
        return output->near;
    }
    parent = disk_parent(output->dir, path, create, leaf);
    if (parent < 0)
        return -1;
    disk_forget(output);
    output->near = parent;
    strbuf_add(&output->near_path, path, len);
    return parent;
}

static const char *kind_of(mode_t mode)
{
    if (S_ISLNK(mode))
        return "a symbolic link";
    if (S_ISDIR(mode))
        return "a folder";
    return "a special file";
}

static bool hash_file(int fd, char hex[65])
{
    char chunk[CHUNK];
    struct sha256 hash;
    ssize_t got;

    sha256_init(&hash);
    for (;;) {
        got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        sha256_add(&hash, chunk, (size_t)got);
    }
    sha256_final_hex(&hash, hex);
    return true;
}

struct entry disk_see(struct output *output, const char *path)
{
    struct entry entry = {ENTRY_ERROR, "", "", 0, false};
    const char *leaf;
    struct stat status;
    int parent = disk_parent_kept(output, path, false, &leaf);

    if (parent < 0) {
        if (errno == ENOENT) {
            entry.kind = ENTRY_ABSENT;
        } else if (errno == ELOOP || errno == ENOTDIR) {
            entry.kind = ENTRY_OTHER;
            entry.what = "a file or a symbolic link in place of a folder";
        }
        return entry;
    }
    if (fstatat(parent, leaf, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        entry.kind = errno == ENOENT ? ENTRY_ABSENT : ENTRY_ERROR;
    } else if (!S_ISREG(status.st_mode)) {
        entry.kind = ENTRY_OTHER;
        entry.what = kind_of(status.st_mode);
    } else {
        entry.kind = ENTRY_FILE;
        entry.size = (uint64_t)status.st_size;
        entry.executable = (status.st_mode & S_IXUSR) != 0;
    }
    return entry;
}

bool disk_hash(struct output *output, const char *path, struct entry *entry)
{
    const char *leaf;
    int parent = disk_parent_kept(output, path, false, &leaf), fd = -1;
    bool ok = false;

    if (parent >= 0)
        fd = openat(parent, leaf, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0) {
        ok = hash_file(fd, entry->sha256);
        close(fd);
    }
    if (!ok)
        entry->kind = ENTRY_ERROR;
    return ok;
}

struct entry disk_look(struct output *output, const char *path)
{
    struct entry entry = disk_see(output, path);

    if (entry.kind == ENTRY_FILE)
        disk_hash(output, path, &entry);
    return entry;
}

bool disk_read(int dir, const char *path, size_t limit, struct strbuf *out)
{
    const char *leaf;
    char chunk[CHUNK];
    int parent = disk_parent(dir, path, false, &leaf), fd;
    ssize_t got = 1;

    if (parent < 0)
        return false;
    fd = openat(parent, leaf, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    close(parent);
    if (fd < 0)
        return false;
    while (out->len < limit && got != 0) {
        got = read(fd, chunk, limit - out->len < sizeof chunk ? limit - out->len : sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            break;
        strbuf_add(out, chunk, (size_t)got);
    }
    close(fd);
    return got >= 0;
}

struct file_sink {
    struct byte_sink sink;
    int fd;
    bool failed;
    int error;
};

static void write_bytes(struct byte_sink *sink, const void *bytes, size_t len)
{
    struct file_sink *file = (struct file_sink *)(void *)sink;
    const char *at = bytes;

    while (len > 0 && !file->failed) {
        ssize_t put = write(file->fd, at, len);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0) {
            file->failed = true;
            file->error = errno;
            return;
        }
        at += put;
        len -= (size_t)put;
    }
}

bool disk_create(int dir, const char *name, disk_printer *print, void *what, mode_t mode)
{
    struct file_sink file = {{write_bytes}, openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600), false, 0};

    if (file.fd < 0)
        return false;
    errno = 0;
    if (!print(what, &file.sink) && !file.failed) {
        file.failed = true;
        file.error = errno ? errno : EILSEQ; /* all that can be wrong with a text in memory is that it is no UTF-8 */
    }
    if (!file.failed && fchmod(file.fd, mode) != 0) {
        file.failed = true;
        file.error = errno;
    }
    /* Some file systems report a full disk only here. */
    if (close(file.fd) != 0 && !file.failed)
        return false;
    errno = file.error;
    return !file.failed;
}

bool disk_sync(int dir)
{
#ifdef __linux__
    return syncfs(dir) == 0;
#else
    (void)dir;
    sync();
    return true;
#endif
}

void disk_prune(int dir, const char *path)
{
    struct strbuf folder = STRBUF_INIT;
    const char *leaf;
    char *slash;
    int parent;

    strbuf_addstr(&folder, path);
    while ((slash = strrchr(folder.data, '/')) != NULL) {
        *slash = '\0';
        parent = disk_parent(dir, folder.data, false, &leaf);
        if (parent < 0)
            break;
        if (unlinkat(parent, leaf, AT_REMOVEDIR) != 0) {
            close(parent);
            break;
        }
        close(parent);
    }
    strbuf_release(&folder);
}
