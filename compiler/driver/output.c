/* Compares the output set with the folder, decides for every file, and hands the changes over. */
#include "driver/output.h"

#include "base/sha256.h"
#include "base/utf8.h"
#include "driver/output_internal.h"
#include "emit/manifest.h"
#include "fetch/patch.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MANIFEST_BYTES_MAX = 256 * 1024 * 1024,
    SHOWN_BYTES_MAX = 4 * 1024 * 1024, /* of an edited file, for the lines that differ */
    DIFF_BYTES_MAX = 64 * 1024 * 1024, /* of a side of a diff */
    SHOWN_LINES = 3,
    SHOWN_COLUMNS = 80,
};

/* ---- the report -------------------------------------------------------------------------------- */

void output_event(struct output *output, enum output_kind kind, const char *path, const char *detail)
{
    struct output_event event = {kind, arena_strdup(output->arena, path), arena_strdup(output->arena, detail)};

    vec_push_owned(output->arena, &output->report->events, event);
}

void output_failed(struct output *output, const char *path, const char *operation)
{
    output_event(output, OUTPUT_FAILED, path, arena_printf(output->arena, "cannot %s: %s", operation, strerror(errno)));
}

const char *output_kind_name(enum output_kind kind)
{
    static const char *const names[] = {
        [OUTPUT_CREATED] = "created", [OUTPUT_UPDATED] = "updated", [OUTPUT_REMOVED] = "removed", [OUTPUT_RECOVERED] = "recovered",
        [OUTPUT_KEPT] = "kept",       [OUTPUT_LEFT] = "left",       [OUTPUT_IGNORED] = "ignored", [OUTPUT_MISSING] = "missing",
        [OUTPUT_STALE] = "stale",     [OUTPUT_ORPHAN] = "orphan",   [OUTPUT_EDITED] = "edited",   [OUTPUT_FOREIGN] = "foreign",
        [OUTPUT_DAMAGED] = "damaged", [OUTPUT_BLOCKED] = "blocked", [OUTPUT_BUSY] = "busy",       [OUTPUT_FAILED] = "failed",
    };

    return names[kind];
}

bool output_is_below_roots(const struct output *output, const char *path)
{
    size_t len = strcspn(path, "/");

    for (const char *const *root = output->roots; root && *root; root++) {
        if (strlen(*root) == len && memcmp(*root, path, len) == 0)
            return true;
    }
    return !output->roots;
}

/* ---- the old manifest -------------------------------------------------------------------------- */

struct known {
    const char *path;
    const char *sha256;
    int64_t size; /* -1: it does not say */
};

struct old_manifest {
    VEC(struct known) files;    /* sorted by path */
    VEC(struct left_file) left; /* in folders that no target of this build writes: as it says, not looked at */
    bool exists;                /* there is a readable one */
};

static bool is_sha256(const char *text)
{
    return text && strlen(text) == 64 && text[strspn(text, "0123456789abcdef")] == '\0';
}

static int compare_known(const void *a, const void *b)
{
    return strcmp(((const struct known *)a)->path, ((const struct known *)b)->path);
}

static int compare_left(const void *a, const void *b)
{
    return strcmp(((const struct left_file *)a)->path, ((const struct left_file *)b)->path);
}

static const struct known *find_known(const struct old_manifest *manifest, const char *path)
{
    struct known key = {path, NULL, -1};

    if (manifest->files.len == 0)
        return NULL;
    return bsearch(&key, manifest->files.items, manifest->files.len, sizeof key, compare_known);
}

static void read_left(struct output *output, const json_t *entry, const struct known *known, struct old_manifest *manifest)
{
    const char *backend = json_string_value(json_object_get(entry, "backend"));
    const json_t *origins = json_object_get(entry, "origins");
    struct left_file left = {known->path, arena_strdup(output->arena, backend ? backend : ""), known->sha256, 0, false, {0}};

    for (size_t i = 0; i < json_array_size(origins); i++) {
        const char *origin = json_string_value(json_array_get(origins, i));

        if (origin)
            vec_push(output->arena, &left.origins, arena_strdup(output->arena, origin));
    }
    vec_push(output->arena, &manifest->left, left);
}

/* One entry. What it says is not believed blindly: the file may come from a repository others write to. What lies in a folder that no
 * target of this build writes is neither removed nor replaced, only known on. */
static void read_known(struct output *output, const json_t *entry, struct old_manifest *manifest)
{
    const char *path = json_string_value(json_object_get(entry, "path"));
    const char *sha256 = json_string_value(json_object_get(entry, "sha256")), *refusal;
    const json_t *size = json_object_get(entry, "size");
    struct known known;
    bool below;

    if (!path || !is_sha256(sha256)) {
        output_event(output, OUTPUT_IGNORED, MANIFEST_NAME, "an entry has no path or no valid digest");
        return;
    }
    below = output_is_below_roots(output, path);
    refusal = output_path_refusal(path);
    if (!refusal && !below && !strchr(path, '/'))
        refusal = "no target writes there";
    if (refusal) {
        output_event(output, OUTPUT_IGNORED, MANIFEST_NAME, arena_printf(output->arena, "`%s`: %s", path, refusal));
        return;
    }
    known.path = arena_strdup(output->arena, path);
    known.sha256 = arena_strdup(output->arena, sha256);
    known.size = json_is_integer(size) ? json_integer_value(size) : -1;
    if (below)
        vec_push(output->arena, &manifest->files, known);
    else
        read_left(output, entry, &known, manifest);
}

static void read_manifest(struct output *output, struct old_manifest *manifest)
{
    struct strbuf text = STRBUF_INIT;
    struct entry entry = disk_see(output, MANIFEST_NAME);
    const char *schema;
    json_t *root, *files;
    json_error_t error;

    memset(manifest, 0, sizeof *manifest);
    if (entry.kind != ENTRY_FILE || entry.size > MANIFEST_BYTES_MAX)
        return; /* absent: a first build; anything else is reported when the new manifest is compared */
    if (!disk_read(output->dir, MANIFEST_NAME, MANIFEST_BYTES_MAX, &text))
        strbuf_clear(&text);
    root = json_loadb(strbuf_str(&text), text.len, JSON_REJECT_DUPLICATES, &error);
    strbuf_release(&text);
    files = json_object_get(root, "files");
    schema = json_string_value(json_object_get(root, "schema"));
    if (schema && strcmp(schema, MANIFEST_SCHEMA) == 0 && json_is_array(files)) {
        manifest->exists = true;
        for (size_t i = 0; i < json_array_size(files); i++)
            read_known(output, json_array_get(files, i), manifest);
        if (manifest->files.len > 1)
            qsort(manifest->files.items, manifest->files.len, sizeof(struct known), compare_known);
        if (manifest->left.len > 1)
            qsort(manifest->left.items, manifest->left.len, sizeof(struct left_file), compare_left);
    }
    json_decref(root);
}

/* ---- differing lines --------------------------------------------------------------------------- */

static void add_line(struct strbuf *out, const char *line, size_t len)
{
    uint32_t c;
    size_t n, columns = 0;

    for (size_t i = 0; i < len && columns < SHOWN_COLUMNS; i += n, columns++) {
        n = utf8_decode(line + i, len - i, &c);
        /* Bytes of a stranger's file must not drive the terminal. */
        if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (n == 1 && c == 0xFFFD))
            strbuf_addch(out, '?');
        else
            strbuf_add(out, line + i, n);
        if (columns + 1 == SHOWN_COLUMNS && i + n < len)
            strbuf_addstr(out, "…");
    }
}

static size_t line_length(const char *at, const char *end)
{
    const char *newline = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;

    return newline ? (size_t)(newline - at) : (size_t)(end - at);
}

/* The beginning of a file that is printed when it is wanted. */
struct beginning {
    struct byte_sink sink;
    struct strbuf text;
    size_t limit;
};

static void keep_beginning(struct byte_sink *sink, const void *bytes, size_t len)
{
    struct beginning *beginning = (struct beginning *)(void *)sink;
    size_t room = beginning->limit - beginning->text.len;

    strbuf_add(&beginning->text, bytes, len < room ? len : room);
}

/* "line 3: on disk `…`, built `…`" for the first lines that differ. */
static const char *differing_lines(struct output *output, struct output_file *file)
{
    struct strbuf disk = STRBUF_INIT, text = STRBUF_INIT;
    struct beginning built = {{keep_beginning}, STRBUF_INIT, SHOWN_BYTES_MAX};
    const char *a, *a_end, *b, *b_end, *result;
    unsigned shown = 0;

    output_file_print(file, &built.sink);
    b = strbuf_str(&built.text);
    b_end = b + built.text.len;
    if (!disk_read(output->dir, file->path, SHOWN_BYTES_MAX, &disk))
        strbuf_clear(&disk);
    a = strbuf_str(&disk);
    a_end = a + disk.len;
    for (unsigned line = 1; (a < a_end || b < b_end) && shown < SHOWN_LINES; line++) {
        size_t a_len = line_length(a, a_end), b_len = line_length(b, b_end);

        if (a_len != b_len || memcmp(a, b, a_len) != 0 || (a < a_end) != (b < b_end)) {
            strbuf_addf(&text, "%sline %u: ", shown > 0 ? "\n" : "", line);
            strbuf_addstr(&text, a < a_end ? "on disk `" : "not on disk");
            add_line(&text, a, a_len);
            strbuf_addstr(&text, a < a_end ? "`, " : ", ");
            strbuf_addstr(&text, b < b_end ? "built `" : "not built");
            add_line(&text, b, b_len);
            strbuf_addstr(&text, b < b_end ? "`" : "");
            shown++;
        }
        a = a + a_len < a_end ? a + a_len + 1 : a_end;
        b = b + b_len < b_end ? b + b_len + 1 : b_end;
    }
    if (shown == 0)
        strbuf_addstr(&text, "the end of the last line or the mode differs");
    result = strbuf_dup(&text, output->arena);
    strbuf_release(&disk);
    strbuf_release(&built.text);
    strbuf_release(&text);
    return result;
}

/* What a build would make of a file, for whoever asked. `file` NULL: it would go. */
static void show_change(struct output *output, const char *path, struct output_file *file, bool is_there)
{
    struct beginning built = {{keep_beginning}, STRBUF_INIT, DIFF_BYTES_MAX + 1};
    struct patch_side before = {NULL, 0}, after = {NULL, 0};
    struct strbuf disk = STRBUF_INIT, text = STRBUF_INIT;

    if (!output->diff || strcmp(path, MANIFEST_NAME) == 0)
        return; /* the manifest: digests of what is shown anyway */
    if (is_there && disk_read(output->dir, path, DIFF_BYTES_MAX + 1, &disk))
        before = (struct patch_side){strbuf_str(&disk), disk.len};
    if (file && output_file_print(file, &built.sink))
        after = (struct patch_side){strbuf_str(&built.text), built.text.len};
    if (before.len > DIFF_BYTES_MAX || after.len > DIFF_BYTES_MAX || !patch_print(path, &before, &after, output->diff)) {
        strbuf_addf(&text, "Files a/%s and b/%s differ, and are too large to be shown\n", path, path);
        output->diff->take(output->diff, text.data, text.len);
    }
    strbuf_release(&disk);
    strbuf_release(&built.text);
    strbuf_release(&text);
}

/* ---- deciding ---------------------------------------------------------------------------------- */

struct decision {
    struct changes changes;
    bool refused;
    bool differs;
};

/* With a digest: whether an interrupted run left these bytes there; without: whether it left any. */
static bool is_leftover(const struct leftovers *leftovers, const char *path, const char *sha256)
{
    for (uint32_t i = 0; i < leftovers->list.len; i++) {
        const struct leftover *left = &leftovers->list.items[i];

        if (strcmp(left->path, path) == 0 && (!sha256 || strcmp(left->sha256, sha256) == 0))
            return true;
    }
    return false;
}

static void plan_change(struct output *output, struct decision *decision, struct output_file *file, const struct entry *entry)
{
    struct change change = {file->path, file, entry->sha256[0] ? arena_strdup(output->arena, entry->sha256) : ""};

    vec_push_owned(output->arena, &decision->changes.list, change);
}

/* Whether the file may be replaced: it is as a build left it. */
static bool is_ours(const struct old_manifest *manifest, const struct leftovers *leftovers, const struct output_file *file, const struct entry *entry)
{
    const struct known *known = find_known(manifest, file->path);

    if (strcmp(file->path, MANIFEST_NAME) == 0)
        return manifest->exists;
    return (known && strcmp(known->sha256, entry->sha256) == 0) || is_leftover(leftovers, file->path, entry->sha256);
}

/* Whether the bytes can matter. A file of another size is neither what is built nor what was, and may be of any size. */
static bool worth_reading(const struct output_options *options, const struct old_manifest *manifest, const struct leftovers *leftovers,
                          const struct output_file *file, const struct entry *entry)
{
    const struct known *known = find_known(manifest, file->path);

    return entry->size == file->size || (options->force && !options->check) || is_leftover(leftovers, file->path, NULL) ||
           (known && (known->size < 0 || (uint64_t)known->size == entry->size)) || (strcmp(file->path, MANIFEST_NAME) == 0 && manifest->exists);
}

static void decide_file(struct output *output, const struct output_options *options, const struct old_manifest *manifest,
                        const struct leftovers *leftovers, struct output_file *file, struct decision *decision)
{
    const char *sha256 = output_file_sha256(file); /* and its size */
    struct entry entry = disk_see(output, file->path);
    bool is_manifest = strcmp(file->path, MANIFEST_NAME) == 0, equal = false;

    if (strncasecmp(file->path, STAGE_NAME, strlen(STAGE_NAME)) == 0) {
        output_event(output, OUTPUT_BLOCKED, file->path, "the name is reserved for the build itself");
        decision->refused = true;
        return;
    }
    if (entry.kind == ENTRY_FILE && worth_reading(options, manifest, leftovers, file, &entry))
        disk_hash(output, file->path, &entry);
    switch (entry.kind) {
    case ENTRY_ERROR:
        output_failed(output, file->path, "read");
        decision->refused = true;
        return;
    case ENTRY_OTHER:
        output_event(output, OUTPUT_BLOCKED, file->path, arena_printf(output->arena, "there is %s", entry.what));
        decision->refused = true;
        return;
    case ENTRY_ABSENT:
        decision->differs = true;
        if (options->check)
            output_event(output, OUTPUT_MISSING, file->path, "");
        show_change(output, file->path, file, false);
        plan_change(output, decision, file, &entry);
        return;
    case ENTRY_FILE: break;
    }
    equal = strcmp(entry.sha256, sha256) == 0;
    if (equal && entry.executable == file->executable) {
        output->report->unchanged++;
        return;
    }
    decision->differs = true;
    if (!is_ours(manifest, leftovers, file, &entry) && !equal && !(options->force && !options->check)) {
        enum output_kind kind = is_manifest ? OUTPUT_DAMAGED : find_known(manifest, file->path) != NULL ? OUTPUT_EDITED : OUTPUT_FOREIGN;

        output_event(output, kind, file->path, is_manifest ? "" : differing_lines(output, file));
        show_change(output, file->path, file, true);
        decision->refused = true;
        return;
    }
    if (options->check)
        output_event(output, OUTPUT_STALE, file->path, equal ? "the mode differs" : "");
    show_change(output, file->path, file, true);
    plan_change(output, decision, file, &entry);
}

/* Files the old manifest lists and the set no longer has. */
static void decide_orphans(struct output *output, const struct output_options *options, const struct old_manifest *manifest,
                           const struct leftovers *leftovers, const struct fileset *set, struct decision *decision)
{
    uint32_t next = 0;

    for (uint32_t i = 0; i < manifest->files.len; i++) {
        const struct known *known = &manifest->files.items[i];
        struct change change;
        struct entry entry;

        while (next < set->files.len && strcmp(set->files.items[next]->path, known->path) < 0)
            next++;
        if (next < set->files.len && strcmp(set->files.items[next]->path, known->path) == 0)
            continue;
        if (i > 0 && strcmp(manifest->files.items[i - 1].path, known->path) == 0)
            continue; /* listed twice */
        entry = disk_see(output, known->path);
        if (entry.kind == ENTRY_FILE && (known->size < 0 || (uint64_t)known->size == entry.size || is_leftover(leftovers, known->path, NULL)))
            disk_hash(output, known->path, &entry);
        if (entry.kind == ENTRY_ABSENT)
            continue;
        if (entry.kind != ENTRY_FILE || (strcmp(entry.sha256, known->sha256) != 0 && !is_leftover(leftovers, known->path, entry.sha256))) {
            output_event(output, OUTPUT_KEPT, known->path, entry.kind == ENTRY_FILE ? "it was edited by hand" : "it is no regular file any more");
            continue;
        }
        decision->differs = true;
        if (options->check)
            output_event(output, OUTPUT_ORPHAN, known->path, "");
        show_change(output, known->path, NULL, true);
        change = (struct change){known->path, NULL, arena_strdup(output->arena, entry.sha256)};
        vec_push_owned(output->arena, &decision->changes.list, change);
    }
}

static void tell_left(struct output *output, const char *folder, size_t len, unsigned count)
{
    if (count > 0)
        output_event(output, OUTPUT_LEFT, arena_strndup(output->arena, folder, len),
                     arena_printf(output->arena,
                                  "%u file%s as an earlier build left %s for a program that is not asked for; `--drop %.*s` removes %s", count,
                                  count == 1 ? "" : "s", count == 1 ? "it" : "them", (int)len, folder, count == 1 ? "it" : "them"));
}

/* What the new manifest goes on knowing: files in folders that no target of this build writes, as long as nobody changes them. */
static void decide_left(struct output *output, const struct old_manifest *manifest, const struct leftovers *leftovers, struct fileset *set)
{
    const char *folder = "";
    size_t len = 0;
    unsigned count = 0;

    for (uint32_t i = 0; i < manifest->left.len; i++) {
        struct left_file left = manifest->left.items[i];
        struct entry entry;

        if (i > 0 && strcmp(manifest->left.items[i - 1].path, left.path) == 0)
            continue; /* listed twice */
        entry = disk_look(output, left.path);
        if (entry.kind != ENTRY_FILE || (strcmp(entry.sha256, left.sha256) != 0 && !is_leftover(leftovers, left.path, entry.sha256)))
            continue; /* it is its owner's now */
        left.sha256 = arena_strdup(output->arena, entry.sha256);
        left.size = entry.size;
        left.executable = entry.executable;
        vec_push(set->kept, &set->left, left);
        if (strncmp(left.path, folder, len) != 0 || left.path[len] != '/' || len == 0) {
            tell_left(output, folder, len, count);
            folder = left.path;
            len = strcspn(left.path, "/");
            count = 0;
        }
        count++;
    }
    tell_left(output, folder, len, count);
}

/* The manifest is renamed last: until then the old one describes the folder. */
static void move_manifest_last(struct decision *decision)
{
    uint32_t len = decision->changes.list.len;
    struct change *list = decision->changes.list.items;

    for (uint32_t i = 0; i + 1 < len; i++) {
        if (strcmp(list[i].path, MANIFEST_NAME) == 0) {
            struct change manifest = list[i];

            memmove(list + i, list + i + 1, (len - i - 1) * sizeof *list);
            list[len - 1] = manifest;
            return;
        }
    }
}

/* ---- the folder -------------------------------------------------------------------------------- */

/* Makes the folder and its parents, as `mkdir -p` does. */
static bool make_folder(struct output *output, const char *dir)
{
    char *path = arena_strdup(output->arena, dir);

    for (char *s = path + 1;; s++) {
        char c = *s;

        if (c != '/' && c != '\0')
            continue;
        *s = '\0';
        if (mkdir(path, 0755) != 0 && errno != EEXIST && c == '\0')
            return false;
        *s = c;
        if (c == '\0')
            return true;
    }
}

static enum output_result check_absent(struct output *output, const struct fileset *set)
{
    for (uint32_t i = 0; i < set->files.len; i++) {
        output_event(output, OUTPUT_MISSING, set->files.items[i]->path, "");
        show_change(output, set->files.items[i]->path, set->files.items[i], false);
    }
    return set->files.len > 0 ? OUTPUT_DIFFERS : OUTPUT_OK;
}

static enum output_result compare_and_write(struct output *output, struct fileset *set, const struct output_options *options)
{
    struct old_manifest manifest;
    struct leftovers leftovers = {{NULL, 0, 0}};
    struct decision decision;
    size_t count = fileset_sort(set);

    memset(&decision, 0, sizeof decision);
    if (options->check) {
        if (commit_pending(output)) {
            output_event(output, OUTPUT_STALE, "", "an earlier build was interrupted");
            decision.differs = true;
        }
    } else if (!commit_recover(output, &leftovers)) {
        return OUTPUT_ERROR;
    }
    read_manifest(output, &manifest);
    decide_left(output, &manifest, &leftovers, set);
    for (size_t i = 0; i < count; i++)
        decide_file(output, options, &manifest, &leftovers, set->files.items[i], &decision);
    decide_orphans(output, options, &manifest, &leftovers, set, &decision);
    if (options->check)
        return decision.refused || decision.differs ? OUTPUT_DIFFERS : OUTPUT_OK;
    if (decision.refused)
        return OUTPUT_REFUSED;
    move_manifest_last(&decision);
    if (decision.changes.list.len > 0 && !commit_changes(output, &decision.changes))
        return OUTPUT_ERROR;
    return OUTPUT_OK;
}

const char *output_unfinished(struct arena *arena, const char *path)
{
    struct output output = {.arena = arena, .dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), .near = -1};
    const char *slash = strrchr(path, '/');
    bool pending;

    if (output.dir < 0 && errno == ENOTDIR) {
        path = slash == path ? "/" : slash ? arena_strndup(arena, path, (size_t)(slash - path)) : ".";
        output.dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    if (output.dir < 0)
        return NULL;
    pending = commit_pending(&output);
    close(output.dir);
    return pending ? path : NULL;
}

enum output_result output_write(struct fileset *set, const char *dir, const struct output_options *options, struct arena *arena,
                                struct output_report *report)
{
    struct output output = {
        .arena = arena, .report = report, .dir = -1, .near = -1, .roots = options->roots, .diff = options->check ? options->diff : NULL};
    struct sigaction ignore, before;
    enum output_result result;

    memset(report, 0, sizeof *report);
    fileset_sort(set);
    if (!options->check && !make_folder(&output, dir)) {
        output_failed(&output, "", "create the folder");
        return OUTPUT_ERROR;
    }
    output.dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (output.dir < 0) {
        if (options->check && errno == ENOENT)
            return check_absent(&output, set);
        output_failed(&output, "", "open the folder");
        return OUTPUT_ERROR;
    }
    if (flock(output.dir, (options->check ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        output_event(&output, OUTPUT_BUSY, "", "another build is writing here");
        close(output.dir);
        return OUTPUT_ERROR;
    }
    /* A file-size limit must arrive as an error of write(), not as a signal. */
    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGXFSZ, &ignore, &before);
    result = compare_and_write(&output, set, options);
    sigaction(SIGXFSZ, &before, NULL);
    disk_forget(&output);
    close(output.dir);
    return result;
}
