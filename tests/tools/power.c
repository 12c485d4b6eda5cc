/* Preloaded into a program: what it does to files below POWER_ROOT is written to POWER_LOG, and it dies before the POWER_AT-th of these calls.
 *
 * A call is a line of fields, separated by tabs: its name, paths relative to the root, then what belongs to it (bytes in hex, a mode in
 * octal). tests/lib/power.py plays such a log back, without what no sync had put on the disk. Reads are passed on unseen. Standard output
 * and the like are no files below the root. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *root;
static size_t root_len;
static long kill_at, calls;
static int log_file = -1;
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_openat)(int, const char *, int, ...);

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("POWER_LOG"), *at = getenv("POWER_AT");

    real_write = REAL(write);
    real_openat = REAL(openat);
    root = getenv("POWER_ROOT");
    root_len = root ? strlen(root) : 0;
    kill_at = at ? atol(at) : 0;
    if (path)
        log_file = real_openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* The path of an open file, or of a name in an open folder, without the root; false when it is not below it. */
static bool below(int dir, const char *name, char out[PATH_MAX])
{
    char link[64], path[2 * PATH_MAX];
    ssize_t len = 0;

    if (!root)
        return false;
    if (!name || name[0] != '/') {
        snprintf(link, sizeof link, dir == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", dir);
        len = readlink(link, path, PATH_MAX);
        if (len < 0)
            return false;
    }
    path[len] = '\0';
    if (name)
        snprintf(path + len, sizeof path - (size_t)len, "%s%s", len ? "/" : "", name);
    if (strncmp(path, root, root_len) != 0 || (path[root_len] && path[root_len] != '/'))
        return false;
    snprintf(out, PATH_MAX, "%s", path[root_len] ? path + root_len + 1 : ".");
    return true;
}

static void put(const char *text)
{
    if (log_file >= 0 && real_write(log_file, text, strlen(text)) < 0)
        abort();
}

/* Before a call: death if it is its turn. */
static void next(void)
{
    if (++calls == kill_at)
        kill(getpid(), SIGKILL);
}

/* After a call that did what it should. */
static void note(const char *name, const char *path, const char *more)
{
    put(name);
    put("\t");
    put(path);
    put("\t");
    put(more ? more : "");
    put("\n");
}

ssize_t write(int file, const void *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    char path[PATH_MAX], *hex;
    ssize_t done;

    if (!below(file, NULL, path))
        return real_write(file, bytes, len);
    next();
    done = real_write(file, bytes, len);
    hex = malloc(2 * len + 1);
    if (done < 0 || !hex) {
        free(hex);
        return done;
    }
    for (ssize_t i = 0; i < done; i++) {
        hex[2 * i] = digits[((const unsigned char *)bytes)[i] >> 4];
        hex[2 * i + 1] = digits[((const unsigned char *)bytes)[i] & 15];
    }
    hex[2 * done] = '\0';
    note("write", path, hex);
    free(hex);
    return done;
}

int openat(int dir, const char *name, int flags, ...)
{
    char path[PATH_MAX], octal[16];
    mode_t mode = 0;
    va_list rest;
    int file;

    va_start(rest, flags);
    if (flags & O_CREAT)
        mode = va_arg(rest, mode_t);
    va_end(rest);
    if (!(flags & O_CREAT) || !below(dir, name, path))
        return real_openat(dir, name, flags, mode);
    next();
    file = real_openat(dir, name, flags, mode);
    snprintf(octal, sizeof octal, "%o", (unsigned)mode);
    if (file >= 0)
        note("create", path, octal);
    return file;
}

int mkstemp(char *template)
{
    char path[PATH_MAX];
    int file;

    next();
    file = REAL(mkstemp)(template);
    if (file >= 0 && below(AT_FDCWD, template, path))
        note("create", path, "600");
    return file;
}

int mkdirat(int dir, const char *name, mode_t mode)
{
    char path[PATH_MAX], octal[16];
    bool ours = below(dir, name, path);
    int done;

    if (ours)
        next();
    done = REAL(mkdirat)(dir, name, mode);
    snprintf(octal, sizeof octal, "%o", (unsigned)mode);
    if (ours && done == 0)
        note("mkdir", path, octal);
    return done;
}

int fchmod(int file, mode_t mode)
{
    char path[PATH_MAX], octal[16];
    bool ours = below(file, NULL, path);
    int done;

    if (ours)
        next();
    done = REAL(fchmod)(file, mode);
    snprintf(octal, sizeof octal, "%o", (unsigned)mode);
    if (ours && done == 0)
        note("chmod", path, octal);
    return done;
}

int unlinkat(int dir, const char *name, int flags)
{
    char path[PATH_MAX];
    bool ours = below(dir, name, path);
    int done;

    if (ours)
        next();
    done = REAL(unlinkat)(dir, name, flags);
    if (ours && done == 0)
        note(flags & AT_REMOVEDIR ? "rmdir" : "unlink", path, NULL);
    return done;
}

static int two(const char *what, int from, const char *old, int to, const char *new, int (*call)(int, const char *, int, const char *, int))
{
    char one[PATH_MAX], other[PATH_MAX];
    bool ours = below(from, old, one) && below(to, new, other);
    int done;

    if (ours)
        next();
    done = call(from, old, to, new, 0);
    if (ours && done == 0)
        note(what, one, other);
    return done;
}

static int call_rename(int from, const char *old, int to, const char *new, int flags)
{
    (void)flags;
    return REAL(renameat)(from, old, to, new);
}

int renameat(int from, const char *old, int to, const char *new)
{
    return two("rename", from, old, to, new, call_rename);
}

int rename(const char *old, const char *new)
{
    return two("rename", AT_FDCWD, old, AT_FDCWD, new, call_rename);
}

int linkat(int from, const char *old, int to, const char *new, int flags)
{
    (void)flags;
    return two("link", from, old, to, new, REAL(linkat));
}

/* Noted, not carried out: nobody cuts the power of this machine, and the test waits for no disk. */
static int sync_noted(const char *name, int file)
{
    char path[PATH_MAX];

    if (below(file, NULL, path)) {
        next();
        note(name, path, NULL);
    }
    return 0;
}

int syncfs(int file)
{
    return sync_noted("syncfs", file);
}

int fsync(int file)
{
    return sync_noted("fsync", file);
}
