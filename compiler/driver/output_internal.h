/* Shared by the parts of output.c. Every path is walked component by component from the folder's descriptor
 * and no symbolic link is followed, so that nothing outside the folder can be reached, whatever a manifest or
 * a journal says. */
#ifndef DRC_DRIVER_OUTPUT_INTERNAL_H
#define DRC_DRIVER_OUTPUT_INTERNAL_H

#include "driver/output.h"

#include "base/strbuf.h"

#include <sys/types.h>

#define STAGE_NAME ".drc-stage"

struct output {
    struct arena *arena;
    struct output_report *report;
    int dir;  /* descriptor of the output folder */
    int near; /* of the folder below it that was walked to last, -1 when there is none: files of a folder come one after the other */
    struct strbuf near_path;
    const char *const *roots;
    struct byte_sink *diff;
};

void output_event(struct output *output, enum output_kind kind, const char *path, const char *detail);
/* "cannot DO: CAUSE" from errno. */
void output_failed(struct output *output, const char *path, const char *operation);

/* Whether a target of this build writes there, or roots were not given. */
bool output_is_below_roots(const struct output *output, const char *path);

/* ---- disk: output_disk.c ----------------------------------------------------------------------- */

enum entry_kind { ENTRY_ABSENT, ENTRY_FILE, ENTRY_OTHER, ENTRY_ERROR };

struct entry {
    enum entry_kind kind;
    const char *what; /* for ENTRY_OTHER: "a symbolic link", … */
    char sha256[65];  /* "" until the bytes were looked at */
    uint64_t size;
    bool executable;
};

/* The folder that holds the path's last component, which *leaf then points to, or -1: errno is ENOENT when a
 * folder is missing, ELOOP or ENOTDIR when something else is in its place. With create, missing folders are
 * made. */
int disk_parent(int dir, const char *path, bool create, const char **leaf);

/* The same, but the descriptor is kept for the next path in that folder and not to be closed. */
int disk_parent_kept(struct output *output, const char *path, bool create, const char **leaf);
void disk_forget(struct output *output);

struct entry disk_see(struct output *output, const char *path);               /* what is there, its bytes unread */
bool disk_hash(struct output *output, const char *path, struct entry *entry); /* of a file; false: it cannot be read, and is ENTRY_ERROR */
struct entry disk_look(struct output *output, const char *path);              /* both */

/* The first bytes of a file, at most limit; false when it cannot be read. */
bool disk_read(int dir, const char *path, size_t limit, struct strbuf *out);

/* A new file with this mode and exactly the bytes that are printed; false with errno set. Nothing is followed or overwritten. */
typedef bool disk_printer(void *what, struct byte_sink *sink); /* false: they cannot be printed right */
bool disk_create(int dir, const char *name, disk_printer *print, void *what, mode_t mode);

/* Whatever was written to the file system of the folder is on the disk afterwards; false with errno set. One call for all files: an
 * fsync for each costs a hundred times as much. */
bool disk_sync(int dir);

/* Removes the folders above the path that are empty now; those that are not stay. */
void disk_prune(int dir, const char *path);

/* ---- changes: output_commit.c ------------------------------------------------------------------- */

struct change {
    const char *path;
    struct output_file *file; /* NULL: what is there is removed */
    const char *old_sha256;   /* "" when there was no file */
};

struct changes {
    VEC(struct change) list; /* manifest.json last */
};

/* Stages, journals and carries out the changes; false when nothing has changed after all, or not
 * for sure, with an event. */
bool commit_changes(struct output *output, const struct changes *changes);

/* A hash the interrupted run may have left at a path, besides the one the manifest knows. */
struct leftover {
    const char *path;
    const char *sha256;
};

struct leftovers {
    VEC(struct leftover) list;
};

/* Finishes what an interrupted run left, or discards it when it had not begun to rename. What could not be
 * finished is added to leftovers. False on an input/output error, with an event. */
bool commit_recover(struct output *output, struct leftovers *leftovers);

/* Whether an interrupted run has left something to do. */
bool commit_pending(const struct output *output);

#endif
