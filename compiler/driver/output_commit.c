/* Carrying changes out. Everything that can fail for want of space or rights happens in the stage folder
 * first: the new files, a hard link to every old one, the journal. Then come the renames. An error among them
 * is undone with the hard links; a crash among them is completed by the next run from the journal, whose
 * presence means "begun". */
#include "driver/output_internal.h"

#include "emit/json.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOURNAL "journal"
#define JOURNAL_NEW "journal.new"
#define JOURNAL_SCHEMA "drc.journal/1"

enum { JOURNAL_BYTES_MAX = 256 * 1024 * 1024, STAGE_MODE = 0700, NAME_MAX_BYTES = 32 };

static void stage_name(char name[NAME_MAX_BYTES], const char *kind, uint32_t number)
{
    snprintf(name, NAME_MAX_BYTES, "%s-%u", kind, (unsigned)number);
}

/* ---- the stage folder -------------------------------------------------------------------------- */

static int open_stage(const struct output *output)
{
    return openat(output->dir, STAGE_NAME, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* The number of the folder on its file system: a journal that was copied here, in a clone or an archive, names another. */
static const char *stage_number(const struct output *output, int stage)
{
    struct stat status;

    return fstat(stage, &status) == 0 ? arena_printf(output->arena, "%ju", (uintmax_t)status.st_ino) : "";
}

/* Why nothing is carried out that the stage says, or NULL. */
static const char *stage_distrust(int stage)
{
    struct stat status;

    if (fstat(stage, &status) != 0)
        return "its rights cannot be read";
    if (status.st_uid != geteuid())
        return "it belongs to somebody else";
    return (status.st_mode & 07777) != STAGE_MODE ? "others may enter it, as into none that a build leaves" : NULL;
}

static bool is_stage_file(const char *name)
{
    return strncmp(name, "new-", 4) == 0 || strncmp(name, "old-", 4) == 0 || strcmp(name, JOURNAL) == 0 || strcmp(name, JOURNAL_NEW) == 0;
}

/* Removes the stage folder; only names that we give are touched. The journal goes first: what remains after a
 * crash here is rubbish, not a job. */
static bool remove_stage(const struct output *output)
{
    int stage = open_stage(output);
    struct dirent *entry;
    DIR *list;

    if (stage < 0)
        return errno == ENOENT;
    if (unlinkat(stage, JOURNAL, 0) != 0 && errno != ENOENT) {
        close(stage);
        return false;
    }
    list = fdopendir(stage);
    if (!list) {
        close(stage);
        return false;
    }
    while ((entry = readdir(list)) != NULL) {
        if (is_stage_file(entry->d_name))
            unlinkat(dirfd(list), entry->d_name, 0);
    }
    closedir(list);
    return unlinkat(output->dir, STAGE_NAME, AT_REMOVEDIR) == 0;
}

bool commit_pending(const struct output *output)
{
    struct stat status;
    int stage = open_stage(output);
    bool pending;

    if (stage < 0)
        return false;
    pending = !stage_distrust(stage) && fstatat(stage, JOURNAL, &status, AT_SYMLINK_NOFOLLOW) == 0;
    close(stage);
    return pending;
}

/* ---- staging ----------------------------------------------------------------------------------- */

/* Whether the file system simply has no hard links: then there is no undoing, but work can go on. */
static bool no_links(int error)
{
    return error == EPERM || error == EOPNOTSUPP || error == ENOSYS || error == EMLINK || error == EXDEV;
}

static bool print_file(void *file, struct byte_sink *sink)
{
    return output_file_print(file, sink);
}

/* The new file, its folder, and a link to the old one. */
static bool stage_change(struct output *output, int stage, uint32_t number, const struct change *change)
{
    char name[NAME_MAX_BYTES];
    const char *leaf;
    int parent;
    bool ok = true;

    if (change->file) {
        stage_name(name, "new", number);
        if (!disk_create(stage, name, print_file, change->file, change->file->executable ? 0755 : 0644)) {
            output_failed(output, change->path, "write");
            return false;
        }
    }
    parent = disk_parent_kept(output, change->path, change->file != NULL, &leaf);
    if (parent < 0) {
        output_failed(output, change->path, "create its folder");
        return false;
    }
    stage_name(name, "old", number);
    if (change->old_sha256[0] && linkat(parent, leaf, stage, name, 0) != 0 && !no_links(errno)) {
        output_failed(output, change->path, "keep the old file");
        ok = false;
    }
    return ok;
}

struct journal {
    const char *stage; /* its number */
    const struct changes *changes;
};

static bool print_journal(void *what, struct byte_sink *sink)
{
    const struct journal *journal = what;
    struct strbuf buffer = STRBUF_INIT;
    struct jsonw j;
    bool ok;

    jsonw_init_sink(&j, &buffer, sink);
    jsonw_object_begin(&j);
    jsonw_key_string(&j, "schema", JOURNAL_SCHEMA);
    jsonw_key_string(&j, "stage", journal->stage);
    jsonw_key_array(&j, "changes");
    for (uint32_t i = 0; i < journal->changes->list.len; i++) {
        const struct change *change = &journal->changes->list.items[i];

        jsonw_object_begin(&j);
        jsonw_key_string(&j, "path", change->path);
        jsonw_key_string(&j, "old", change->old_sha256);
        jsonw_key_string(&j, "new", change->file ? output_file_sha256(change->file) : "");
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_object_end(&j);
    ok = jsonw_finish(&j);
    strbuf_release(&buffer);
    return ok;
}

static bool write_journal(struct output *output, int stage, const struct changes *changes)
{
    struct journal journal = {stage_number(output, stage), changes};
    bool ok = disk_create(stage, JOURNAL_NEW, print_journal, &journal, 0600) && disk_sync(stage) &&
              renameat(stage, JOURNAL_NEW, stage, JOURNAL) == 0 && disk_sync(stage);

    if (!ok)
        output_failed(output, "", "write the journal");
    return ok;
}

/* ---- renaming ---------------------------------------------------------------------------------- */

static bool apply(struct output *output, int stage, uint32_t number, const char *path, bool remove)
{
    char name[NAME_MAX_BYTES];
    const char *leaf;
    int parent = disk_parent_kept(output, path, false, &leaf);

    if (parent < 0)
        return false;
    stage_name(name, "new", number);
    return (remove ? unlinkat(parent, leaf, 0) : renameat(stage, name, parent, leaf)) == 0;
}

static bool undo(struct output *output, int stage, uint32_t number, const struct change *change)
{
    char name[NAME_MAX_BYTES];
    const char *leaf;
    int parent = disk_parent(output->dir, change->path, false, &leaf);
    bool ok;

    if (parent < 0)
        return false;
    stage_name(name, "old", number);
    ok = (change->old_sha256[0] ? renameat(stage, name, parent, leaf) : unlinkat(parent, leaf, 0)) == 0;
    close(parent);
    return ok;
}

static void report_changes(struct output *output, const struct changes *changes)
{
    for (uint32_t i = 0; i < changes->list.len; i++) {
        const struct change *change = &changes->list.items[i];

        if (!change->file) {
            output->report->removed++;
            output_event(output, OUTPUT_REMOVED, change->path, "");
        } else if (change->old_sha256[0]) {
            output->report->updated++;
            output_event(output, OUTPUT_UPDATED, change->path, "");
        } else {
            output->report->created++;
            output_event(output, OUTPUT_CREATED, change->path, "");
        }
    }
}

/* Folders made for files that never came. */
static void prune_new_folders(struct output *output, const struct changes *changes)
{
    disk_forget(output);
    for (uint32_t i = 0; i < changes->list.len; i++) {
        if (!changes->list.items[i].old_sha256[0])
            disk_prune(output->dir, changes->list.items[i].path);
    }
}

/* All changes, or after an error none. */
static bool apply_all(struct output *output, int stage, const struct changes *changes)
{
    bool undone = true;
    uint32_t done = 0;

    while (done < changes->list.len && apply(output, stage, done, changes->list.items[done].path, !changes->list.items[done].file))
        done++;
    if (done == changes->list.len)
        return true;
    output_failed(output, changes->list.items[done].path, changes->list.items[done].file ? "put the new file in place" : "remove");
    while (done > 0) {
        done--;
        undone = undo(output, stage, done, &changes->list.items[done]) && undone;
    }
    if (undone)
        remove_stage(output);
    else
        output_event(output, OUTPUT_FAILED, "", "some files are new already; the next build completes them");
    return false;
}

bool commit_changes(struct output *output, const struct changes *changes)
{
    int stage;
    bool ok = true;

    if (mkdirat(output->dir, STAGE_NAME, STAGE_MODE) != 0) {
        output_failed(output, "", "create `" STAGE_NAME "`");
        return false;
    }
    stage = open_stage(output);
    if (stage < 0) {
        output_failed(output, "", "open `" STAGE_NAME "`");
        return false;
    }
    for (uint32_t i = 0; i < changes->list.len && ok; i++)
        ok = stage_change(output, stage, i, &changes->list.items[i]);
    if (!ok || !write_journal(output, stage, changes)) {
        remove_stage(output);
        prune_new_folders(output, changes);
        close(stage);
        return false;
    }
    disk_forget(output); /* the folders are looked for again: what was staged is what is carried out now */
    ok = apply_all(output, stage, changes);
    close(stage);
    if (!ok) {
        prune_new_folders(output, changes);
        return false;
    }
    disk_forget(output);
    if (!disk_sync(output->dir)) {
        output_failed(output, "", "put the new files on the disk"); /* the journal stays: the next build looks again */
        return false;
    }
    remove_stage(output);
    for (uint32_t i = 0; i < changes->list.len; i++) {
        if (!changes->list.items[i].file)
            disk_prune(output->dir, changes->list.items[i].path);
    }
    report_changes(output, changes);
    return true;
}

/* ---- after a crash ----------------------------------------------------------------------------- */

struct job {
    const char *path;
    const char *old_sha256;
    const char *new_sha256; /* "" for a removal */
    bool done;              /* the folder already has the new state */
    bool foreign;           /* somebody changed the file since: leave it */
    bool beyond;            /* no target of this build writes there: it may be a program's that is not asked for, or a stranger's wish */
};

struct jobs {
    VEC(struct job) list;
};

static bool is_digest(const char *text)
{
    return text && (*text == '\0' || (strlen(text) == 64 && text[strspn(text, "0123456789abcdef")] == '\0'));
}

/* The jobs of a journal that was written in this very stage. */
static bool read_jobs(struct output *output, int stage, struct jobs *jobs)
{
    struct strbuf text = STRBUF_INIT;
    json_error_t error;
    json_t *root, *list;
    const char *schema, *number;
    bool ok = disk_read(output->dir, STAGE_NAME "/" JOURNAL, JOURNAL_BYTES_MAX, &text);

    root = json_loadb(strbuf_str(&text), text.len, JSON_REJECT_DUPLICATES, &error);
    strbuf_release(&text);
    list = json_object_get(root, "changes");
    schema = json_string_value(json_object_get(root, "schema"));
    number = json_string_value(json_object_get(root, "stage"));
    ok = ok && schema && strcmp(schema, JOURNAL_SCHEMA) == 0 && json_is_array(list) && number && strcmp(number, stage_number(output, stage)) == 0;
    for (size_t i = 0; ok && i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const char *path = json_string_value(json_object_get(entry, "path"));
        const char *old = json_string_value(json_object_get(entry, "old"));
        const char *new = json_string_value(json_object_get(entry, "new"));
        struct job job;

        ok = path && !output_path_refusal(path) && is_digest(old) && is_digest(new);
        memset(&job, 0, sizeof job);
        job.beyond = ok && !output_is_below_roots(output, path);
        ok = ok && !(job.beyond && !strchr(path, '/')); /* programs have folders */
        if (!ok)
            break;
        job.path = arena_strdup(output->arena, path);
        job.old_sha256 = arena_strdup(output->arena, old);
        job.new_sha256 = arena_strdup(output->arena, new);
        vec_push(output->arena, &jobs->list, job);
    }
    json_decref(root);
    return ok;
}

/* Looks where a job stands; false when it can neither be left as it is nor be completed. */
static bool inspect(struct output *output, uint32_t number, struct job *job)
{
    struct entry entry = disk_look(output, job->path);
    char name[NAME_MAX_BYTES], path[NAME_MAX_BYTES + sizeof STAGE_NAME + 1];
    const char *now = entry.kind == ENTRY_FILE ? entry.sha256 : "";

    if (entry.kind == ENTRY_ERROR)
        return false;
    job->done = entry.kind != ENTRY_OTHER && strcmp(now, job->new_sha256) == 0;
    job->foreign = !job->done && (entry.kind == ENTRY_OTHER || (*now && strcmp(now, job->old_sha256) != 0));
    if (job->done || job->foreign || !job->new_sha256[0])
        return true;
    stage_name(name, "new", number);
    snprintf(path, sizeof path, "%s/%s", STAGE_NAME, name);
    entry = disk_look(output, path);
    return entry.kind == ENTRY_FILE && strcmp(entry.sha256, job->new_sha256) == 0;
}

/* Renames and removals that the crash prevented. */
static bool complete(struct output *output, int stage, const struct jobs *jobs)
{
    for (uint32_t i = 0; i < jobs->list.len; i++) {
        const struct job *job = &jobs->list.items[i];
        const char *leaf;
        int parent;

        if (job->done || job->foreign)
            continue;
        /* The folder was there when the journal was written, but may have been pruned by hand since. */
        disk_forget(output);
        parent = disk_parent(output->dir, job->path, true, &leaf);
        if (parent >= 0)
            close(parent);
        if (!apply(output, stage, i, job->path, !job->new_sha256[0])) {
            output_failed(output, job->path, "complete the interrupted build");
            return false;
        }
    }
    disk_forget(output);
    for (uint32_t i = 0; i < jobs->list.len; i++) {
        if (!jobs->list.items[i].new_sha256[0])
            disk_prune(output->dir, jobs->list.items[i].path);
    }
    return true;
}

/* What is half done in a folder that no target of this build writes. Neither completed, for the journal might be a stranger's, nor forgotten,
 * for then its files would be nobody's. */
static bool block_beyond(struct output *output, const struct jobs *jobs)
{
    for (uint32_t i = 0; i < jobs->list.len; i++) {
        const struct job *job = &jobs->list.items[i];
        int len = (int)strcspn(job->path, "/");

        if (!job->beyond || job->done || job->foreign)
            continue;
        output_event(output, OUTPUT_BLOCKED, STAGE_NAME,
                     arena_printf(output->arena,
                                  "an interrupted build was also writing `%.*s`, which no target of this one does: ask for its program again, or "
                                  "take `--drop %.*s`; if no build of yours wrote there, remove `" STAGE_NAME "`",
                                  len, job->path, len, job->path));
        return true;
    }
    return false;
}

bool commit_recover(struct output *output, struct leftovers *leftovers)
{
    struct jobs jobs = {{NULL, 0, 0}};
    const char *distrust;
    bool whole, ok = true;
    int stage = open_stage(output);

    if (stage < 0) {
        if (errno == ENOENT)
            return true;
        output_failed(output, "", "open `" STAGE_NAME "`");
        return false;
    }
    distrust = stage_distrust(stage);
    if (distrust) {
        output_event(output, OUTPUT_IGNORED, STAGE_NAME, distrust);
    } else if (commit_pending(output)) {
        whole = read_jobs(output, stage, &jobs);
        for (uint32_t i = 0; i < jobs.list.len; i++)
            whole = inspect(output, i, &jobs.list.items[i]) && whole;
        if (block_beyond(output, &jobs)) {
            close(stage);
            return false;
        }
        if (whole) {
            ok = complete(output, stage, &jobs) && disk_sync(output->dir);
            if (ok)
                output_event(output, OUTPUT_RECOVERED, "", "the interrupted build before this one was completed");
        } else {
            /* Not all new files survived: what is in place already counts as ours, the rest is built anew. */
            for (uint32_t i = 0; i < jobs.list.len; i++) {
                struct leftover left = {jobs.list.items[i].path, jobs.list.items[i].new_sha256};

                if (jobs.list.items[i].done && *left.sha256)
                    vec_push(output->arena, &leftovers->list, left);
            }
        }
    }
    close(stage);
    if (ok && !remove_stage(output)) {
        output_failed(output, STAGE_NAME, "remove what another build left (look at it, and remove it yourself: nothing in it is needed)");
        ok = false;
    }
    return ok;
}
