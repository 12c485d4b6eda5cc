/* From the output set to disk, all or nothing. The folder belongs to the compiler as far as its manifest.json
 * says: a file edited by hand or made by someone else is never overwritten unless forced, one that is no
 * longer produced is removed only if it is unchanged, one that is the same keeps its time stamp.
 *
 * New files are written into DIR/.drc-stage first; a journal there then lists the renames and removals to
 * come. So a full disk or a crash while writing leaves the old output whole, an error while renaming is
 * rolled back, and a crash while renaming is finished by the next run; what the journal names is on the disk
 * before the journal is, and the renames are before it goes, so that a power cut is no worse.
 *
 * Both files may come with a clone of a stranger's repository. A stage counts only if this user owns it, nobody
 * else may enter it and its journal was written in this very folder; and neither file reaches beyond the roots. */
#ifndef DRC_DRIVER_OUTPUT_H
#define DRC_DRIVER_OUTPUT_H

#include "base/arena.h"
#include "base/vec.h"
#include "emit/fileset.h"

#include <stdbool.h>

enum output_kind {
    /* what was done */
    OUTPUT_CREATED,
    OUTPUT_UPDATED,
    OUTPUT_REMOVED,
    OUTPUT_RECOVERED, /* an interrupted earlier run was finished; no path */
    /* warnings */
    OUTPUT_KEPT,    /* no longer produced, but edited by hand: left in place */
    OUTPUT_LEFT,    /* a folder of what an earlier build wrote for somebody who is not asked this time: nothing there is touched */
    OUTPUT_IGNORED, /* an entry of manifest.json was not believed; detail says why */
    /* differences, only with check */
    OUTPUT_MISSING,
    OUTPUT_STALE,  /* unchanged since it was built, but the specification says otherwise now */
    OUTPUT_ORPHAN, /* no longer produced */
    /* refusals, also reported with check; the first three give way to force */
    OUTPUT_EDITED,  /* detail: the first lines that differ */
    OUTPUT_FOREIGN, /* exists, but no build of ours made it */
    OUTPUT_DAMAGED, /* manifest.json cannot be read */
    OUTPUT_BLOCKED, /* a symbolic link, a folder or a special file is in the way */
    /* errors */
    OUTPUT_BUSY,  /* another run holds the folder */
    OUTPUT_FAILED /* input or output error; detail names the operation and the cause */
};

struct output_event {
    enum output_kind kind;
    const char *path;   /* relative to the folder; "" for the folder itself */
    const char *detail; /* words for a person, or "" */
};

struct output_report {
    VEC(struct output_event) events; /* by path within each phase: the same state gives the same list */
    unsigned created, updated, unchanged, removed;
};

struct output_options {
    bool force;             /* overwrite edited and foreign files */
    bool check;             /* compare only: nothing is written, not even the folder */
    struct byte_sink *diff; /* check: gets what a build would change, as a unified diff; NULL: nobody asks */
    /* The first components of all that a build may write, NULL-terminated: because of what a manifest or a journal says of any other
     * nothing is removed or replaced, for both may come with a repository from strangers. */
    const char *const *roots;
};

enum output_result {
    OUTPUT_OK,      /* written, or with check: all as it should be */
    OUTPUT_DIFFERS, /* check: something is missing, stale, orphaned or edited (exit 2) */
    OUTPUT_REFUSED, /* nothing was written, events say what is in the way (exit 2) */
    OUTPUT_ERROR    /* busy or input/output error, nothing changed (exit 74) */
};

/* Makes DIR hold exactly the set (which must contain manifest.json, see manifest_add) beside what others keep
 * there. Creates DIR and its parents. The report's strings live in `arena`. */
enum output_result output_write(struct fileset *set, const char *dir, const struct output_options *options, struct arena *arena,
                                struct output_report *report);

/* The folder, if a build was interrupted in it between its first and last change, or is at work: what stands there is of two plans. NULL: it is
 * whole. `path`: the folder, or a file in it. */
const char *output_unfinished(struct arena *arena, const char *path);

const char *output_kind_name(enum output_kind kind); /* "created", "stale", … for listings */

#endif
