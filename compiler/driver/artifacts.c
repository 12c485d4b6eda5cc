/* Gives the readers of compiler/validate the files: those of a set before it is written, or those of a folder by its manifest. */
#include "driver/artifacts.h"

#include "backends/common/texts.h"
#include "base/sha256.h"
#include "driver/output.h"
#include "driver/output_internal.h"
#include "emit/manifest.h"
#include "plan/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARTIFACT_BYTES_MAX = 256 * 1024 * 1024, TOLD_MOST = 20 };

/* ---- of a build -------------------------------------------------------------------------------- */

struct text_sink {
    struct byte_sink sink;
    struct strbuf *text;
};

static void add_text(struct byte_sink *sink, const void *bytes, size_t len)
{
    strbuf_add(((struct text_sink *)(void *)sink)->text, bytes, len);
}

static bool read_of_set(void *context, uint32_t file, struct strbuf *text)
{
    struct fileset *files = context;
    struct text_sink sink = {{add_text}, text};

    return output_file_print(files->files.items[file], &sink.sink);
}

bool artifacts_of_build(struct session *session, struct fileset *files)
{
    uint32_t count = (uint32_t)fileset_sort(files);
    const char **paths = ARENA_ARRAY(session->arena, const char *, count + 1);
    struct validate_input input = {
        .paths = paths, .count = count, .read = read_of_set, .context = files, .zone = session_zone, .zone_context = session};
    struct validate_report report;
    double start = session_seconds();

    for (uint32_t i = 0; i < count; i++)
        paths[i] = files->files.items[i]->path;
    validate_artifacts(session->arena, session->document, &input, &report);
    session_timing(session, "validate", start);
    for (uint32_t i = 0; i < report.problem_count && i < TOLD_MOST; i++) {
        const struct validate_problem *problem = &report.problems[i];
        struct diag *diag =
            diag_report(&session->sink, DIAG_E0793, (struct span){0, 0}, "`%s` does not say what the plan says: %s", problem->path, problem->message);

        if (problem->line)
            diag_note(diag, "line %u of it", problem->line);
        diag_help(diag, "this is a mistake of drc, not of the specification; nothing was written");
    }
    return report.problems_found == 0;
}

/* ---- of a folder ------------------------------------------------------------------------------- */

struct listed {
    const char *path, *sha256, *mode;
};

struct folder {
    int dir;
    struct listed *files;
};

static bool read_of_folder(void *context, uint32_t file, struct strbuf *text)
{
    const struct folder *folder = context;

    return disk_read(folder->dir, folder->files[file].path, ARTIFACT_BYTES_MAX, text);
}

static int compare_listed(const void *a, const void *b)
{
    return strcmp(((const struct listed *)a)->path, ((const struct listed *)b)->path);
}

static void add_finding(struct session *session, struct folder_report *report, const char *path, const char *message)
{
    struct validate_report *artifacts = &report->artifacts;

    if (!artifacts->problems)
        artifacts->problems = ARENA_ARRAY(session->arena, struct validate_problem, VALIDATE_PROBLEMS_KEPT);
    if (artifacts->problems_found++ < VALIDATE_PROBLEMS_KEPT)
        artifacts->problems[artifacts->problem_count++] = (struct validate_problem){path, 0, message};
}

/* What the manifest lists, sorted, each once; NULL when it cannot be read. */
static struct listed *read_list(struct session *session, int dir, struct folder_report *report, uint32_t *count)
{
    struct strbuf text = STRBUF_INIT;
    const char *error, *schema;
    struct tree *root, *files;
    struct listed *list;
    int line;

    root = disk_read(dir, MANIFEST_NAME, ARTIFACT_BYTES_MAX, &text) ? tree_read(session->arena, strbuf_str(&text), text.len, &line, &error) : NULL;
    strbuf_release(&text);
    schema = root ? tree_text(tree_get(root, "schema")) : NULL;
    files = root ? tree_get(root, "files") : NULL;
    if (!schema || strcmp(schema, MANIFEST_SCHEMA) != 0 || !tree_is(files, TREE_ARRAY))
        return NULL;
    list = ARENA_ARRAY(session->arena, struct listed, files->count + 1);
    *count = 0;
    for (uint32_t i = 0; i < files->count; i++) {
        const char *path = tree_text(tree_get(&files->items[i], "path")), *sha256 = tree_text(tree_get(&files->items[i], "sha256"));
        const char *mode = tree_text(tree_get(&files->items[i], "mode"));

        if (path && sha256 && !output_path_refusal(path))
            list[(*count)++] = (struct listed){path, sha256, mode};
        else
            add_finding(session, report, MANIFEST_NAME, "an entry has no path or no digest that can be believed");
    }
    if (*count)
        qsort(list, *count, sizeof *list, compare_listed);
    return list;
}

/* A script that nobody can start recovers nothing, and one that anybody can write to is anybody's. */
static void compare_mode(struct session *session, const struct folder *folder, const struct listed *file, struct folder_report *report)
{
    const char *leaf;
    struct stat status;
    int parent = disk_parent(folder->dir, file->path, false, &leaf);

    if (parent < 0)
        return; /* told as missing */
    if (fstatat(parent, leaf, &status, AT_SYMLINK_NOFOLLOW) == 0 && file->mode) {
        bool executable = strcmp(file->mode, "0755") == 0;

        if (!executable && strcmp(file->mode, "0644") != 0)
            add_finding(session, report, file->path, "its mode in the manifest is none that a build gives");
        else if (((status.st_mode & S_IXUSR) != 0) != executable)
            add_finding(session, report, file->path,
                        executable ? "it cannot be executed" : "it can be executed, and a build leaves it so that it cannot");
        if (status.st_mode & S_IWOTH)
            add_finding(session, report, file->path, "anybody on this computer can write to it");
    }
    close(parent);
}

/* Compares the digests; what is not there is taken off the list. */
static void compare_digests(struct session *session, struct folder *folder, struct folder_report *report, uint32_t *count)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < *count; i++) {
        struct strbuf text = STRBUF_INIT;
        char hex[65];

        if (kept && strcmp(folder->files[kept - 1].path, folder->files[i].path) == 0)
            continue;
        if (disk_read(folder->dir, folder->files[i].path, ARTIFACT_BYTES_MAX, &text)) {
            sha256_hex(strbuf_str(&text), text.len, hex);
            if (strcmp(hex, folder->files[i].sha256) != 0)
                add_finding(session, report, folder->files[i].path, "it is not as it was built: its digest is not the manifest's");
            compare_mode(session, folder, &folder->files[i], report);
            folder->files[kept++] = folder->files[i];
        } else {
            add_finding(session, report, folder->files[i].path,
                        errno == ENOENT ? "it is missing" : arena_printf(session->arena, "it cannot be read: %s", strerror(errno)));
        }
        strbuf_release(&text);
    }
    *count = kept;
}

/* Scripts that are the same in every build of a version: where they go, and what they are called in the compiler. */
static const char *const fixed[][2] = {
    {"restore/recover.sh", "restore/recover.sh"},
    {"restore/failback.sh", "restore/failback.sh"},
    {"restore/drill.sh", "restore/drill.sh"},
    {"restore/lib/ask.sh", "restore/lib/ask.sh"},
    {"restore/lib/common.sh", "restore/lib/common.sh"},
    {"restore/lib/drill.sh", "restore/lib/drill.sh"},
    {"restore/lib/engine.sh", "restore/lib/engine.sh"},
    {"restore/lib/hosts.sh", "common/hosts.sh"},
    {"restore/lib/notify.sh", "common/notify.sh"},
    {"restore/lib/report.sh", "restore/lib/report.sh"},
    {"restore/lib/run-step.sh", "restore/lib/run-step.sh"},
    {"restore/lib/step.sh", "restore/lib/step.sh"},
    {"cron/lib/drc-backup-lib.sh", "cron/lib/drc-backup-lib.sh"},
    {"cron/lib/hosts.sh", "common/hosts.sh"},
    {"cron/lib/notify.sh", "common/notify.sh"},
    {"cron/lib/retention.sh", "cron/lib/retention.sh"},
    {"route53/traffic.sh", "route53/traffic.sh"},
};

static bool lists(const struct folder *folder, uint32_t count, const char *prefix)
{
    for (uint32_t i = 0; i < count; i++) {
        if (strncmp(folder->files[i].path, prefix, strlen(prefix)) == 0)
            return true;
    }
    return false;
}

/* Those of a folder that this version has built are there, and its own, byte for byte. */
static void compare_fixed(struct session *session, const struct folder *folder, uint32_t count, struct folder_report *report)
{
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        const struct fixed_text *own = fixed_text_find(fixed[i][1]);
        const char *user = strncmp(fixed[i][0], "cron/", 5) == 0      ? "cron/jobs/"
                           : strncmp(fixed[i][0], "restore/", 8) == 0 ? "restore/scenarios/"
                                                                      : "route53/";
        struct strbuf text = STRBUF_INIT;

        if (!lists(folder, count, fixed[i][0]) && lists(folder, count, user))
            add_finding(session, report, fixed[i][0], "the manifest does not list it, and what stands beside it needs it");
        else if (own && disk_read(folder->dir, fixed[i][0], ARTIFACT_BYTES_MAX, &text) &&
                 (text.len != own->size || memcmp(strbuf_str(&text), own->data, own->size) != 0))
            add_finding(session, report, fixed[i][0], "it is not the script of this version of drc");
        strbuf_release(&text);
    }
}

/* What `sha256sum -c` would be asked before a recovery: each file once, with its digest, and nothing else. */
static void compare_sums(struct session *session, const struct folder *folder, uint32_t count, struct folder_report *report)
{
    static const char sums[] = "restore/SHA256SUMS", top[] = "restore/";
    struct strbuf text = STRBUF_INIT;
    const char *at;
    uint32_t next = 0;

    if (!lists(folder, count, "restore/scenarios/"))
        return;
    if (!disk_read(folder->dir, sums, ARTIFACT_BYTES_MAX, &text)) {
        if (!lists(folder, count, sums))
            add_finding(session, report, sums, "it is missing, and recovery scripts are compared with it");
        strbuf_release(&text);
        return; /* what is listed and missing is told with the others */
    }
    if (!lists(folder, count, sums))
        add_finding(session, report, sums, "the manifest does not list it");
    at = strbuf_str(&text);
    for (; next < count; next++) { /* both are sorted by path */
        const struct listed *file = &folder->files[next];
        const char *line;

        if (strncmp(file->path, top, sizeof top - 1) != 0 || strcmp(file->path, sums) == 0)
            continue;
        line = arena_printf(session->arena, "%s  %s\n", file->sha256, file->path + sizeof top - 1);
        if (strncmp(at, line, strlen(line)) != 0) {
            add_finding(session, report, sums, arena_printf(session->arena, "the line of `%s` is not there, or another", file->path));
            break;
        }
        at += strlen(line);
    }
    if (next == count && *at)
        add_finding(session, report, sums, "it goes on behind the last file");
    strbuf_release(&text);
}

void artifacts_of_folder(struct session *session, const char *dir, const struct plan_document *document, struct folder_report *report)
{
    struct folder folder = {open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), NULL};
    struct validate_report artifacts;
    struct validate_input input = {.read = read_of_folder, .context = &folder, .zone = session_zone, .zone_context = session};
    const char **paths;

    memset(report, 0, sizeof *report);
    folder.files = folder.dir < 0 ? NULL : read_list(session, folder.dir, report, &input.count);
    if (!folder.files) {
        add_finding(session, report, MANIFEST_NAME, "it cannot be read: without it nothing says which files are of this build");
        if (folder.dir >= 0)
            close(folder.dir);
        return;
    }
    report->readable = true;
    report->listed = input.count;
    compare_sums(session, &folder, input.count, report);
    compare_digests(session, &folder, report, &input.count);
    if (document->compiler && strcmp(document->compiler, DRC_VERSION) == 0)
        compare_fixed(session, &folder, input.count, report);
    if (!lists(&folder, input.count, "README.md"))
        add_finding(session, report, "README.md", "the manifest does not list it, and each build has it");
    paths = ARENA_ARRAY(session->arena, const char *, input.count + 1);
    for (uint32_t i = 0; i < input.count; i++)
        paths[i] = folder.files[i].path;
    input.paths = paths;
    validate_artifacts(session->arena, document, &input, &artifacts);
    for (uint32_t i = 0; i < artifacts.problem_count; i++) {
        add_finding(session, report, artifacts.problems[i].path, artifacts.problems[i].message);
        if (report->artifacts.problem_count && report->artifacts.problems_found <= VALIDATE_PROBLEMS_KEPT)
            report->artifacts.problems[report->artifacts.problem_count - 1].line = artifacts.problems[i].line;
    }
    report->artifacts.problems_found += artifacts.problems_found - artifacts.problem_count;
    report->artifacts.files = artifacts.files;
    report->artifacts.facts = artifacts.facts;
    close(folder.dir);
}
