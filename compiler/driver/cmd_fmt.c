/* `drc fmt`: the one canonical form. */
#include "driver/driver.h"

#include "syntax/format.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Everything into a file that nobody could have put there before, and on the disk. */
static bool write_beside(int file, const struct strbuf *text, const struct stat *old)
{
    const char *data = strbuf_str(text);
    size_t left = text->len;

    while (left > 0) {
        ssize_t put = write(file, data, left);

        if (put < 0 && errno != EINTR)
            return false;
        data += put > 0 ? put : 0;
        left -= put > 0 ? (size_t)put : 0;
    }
    /* Its owner first: changing that takes rights away. Whoever may not give it away keeps the group at least, or none of it. */
    if (fchown(file, old->st_uid, old->st_gid) != 0 && fchown(file, (uid_t)-1, old->st_gid) != 0 && errno != EPERM)
        return false;
    return fchmod(file, old->st_mode & 07777) == 0 && fsync(file) == 0;
}

/* Written beside the file and moved over it, so that a full disk leaves the old text whole. What is no file of its own is left alone: a
 * link would be replaced, or written through. */
static bool replace_file(struct arena *arena, const char *path, const struct strbuf *text)
{
    char *next = arena_printf(arena, "%s.XXXXXX", path);
    struct stat old;
    bool fine;
    int file;

    if (lstat(path, &old) != 0) {
        complain("drc: %s: %s\n", path, strerror(errno));
        return false;
    }
    if (!S_ISREG(old.st_mode)) {
        complain("drc: %s: it is %s, nothing was written\nhelp: name the file itself\n", path, S_ISLNK(old.st_mode) ? "a symbolic link" : "no file");
        return false;
    }
    file = mkstemp(next);
    if (file < 0) {
        complain("drc: %s: no file can be made beside it: %s\n", path, strerror(errno));
        return false;
    }
    fine = write_beside(file, text, &old);
    fine = close(file) == 0 && fine;
    if (fine && rename(next, path) == 0)
        return true;
    complain("drc: %s: %s\n", path, strerror(errno));
    remove(next);
    return false;
}

static int format_one(const struct options *options, struct session *session, const char *path)
{
    struct strbuf text = STRBUF_INIT;
    const char *error = NULL;
    struct source_file *file;
    int status = EXIT_FINE;
    size_t len;
    char *old = read_whole_file(session->arena, path, &len, &error);

    if (!old) {
        complain("drc: %s: %s\n", path, error);
        return EXIT_IO;
    }
    file = sources_add(&session->sources, strcmp(path, "-") == 0 ? "<stdin>" : path, old, len);
    if (!file || !format_file(&session->parse, file, &text)) {
        status = EXIT_INVALID;
    } else {
        bool same = text.len == len && memcmp(strbuf_str(&text), old, len) == 0;

        if (options->check && !same) {
            say("%s\n", path);
            status = EXIT_DIFFERS;
        } else if (options->write && strcmp(path, "-") != 0) {
            if (!same && !replace_file(session->arena, path, &text))
                status = EXIT_IO;
        } else if (!options->check) {
            fwrite(strbuf_str(&text), 1, text.len, stdout);
        }
    }
    strbuf_release(&text);
    return status;
}

static int format_path(const struct options *options, struct session *session, const char *path)
{
    const char **names;
    uint32_t count;
    int status = EXIT_FINE;

    if (strcmp(path, "-") == 0 || !is_folder(path))
        return format_one(options, session, path);
    if (!list_folder(session->arena, path, ".dr", &names, &count)) {
        complain("drc: `%s` cannot be read: %s\n", path, strerror(errno));
        return EXIT_IO;
    }
    for (uint32_t i = 0; i < count; i++) {
        int one = format_one(options, session, arena_printf(session->arena, "%s/%s", path, names[i]));

        status = one > status ? one : status;
    }
    return status;
}

int command_fmt(const struct options *options)
{
    struct session session;
    int status = EXIT_FINE;

    if (options->arguments.len == 0) {
        complain("drc: `drc fmt` needs a file, a folder, or - for standard input\n");
        return EXIT_USAGE;
    }
    session_init(&session, options);
    for (uint32_t i = 0; i < options->arguments.len; i++) {
        int one = format_path(options, &session, options->arguments.items[i]);

        /* A file that cannot be read outweighs a wrong one, a wrong one outweighs one that differs. */
        if (one == EXIT_IO || (one == EXIT_INVALID && status != EXIT_IO) || status == EXIT_FINE)
            status = one;
    }
    if (session.sink.diags.len)
        session_report(&session);
    session_release(&session);
    return status;
}
