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
    const char *path, *sha256;
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

        if (path && sha256 && !output_path_refusal(path))
            list[(*count)++] = (struct listed){path, sha256};
        else
            add_finding(session, report, MANIFEST_NAME, "an entry has no path or no digest that can be believed");
    }
    if (*count)
        qsort(list, *count, sizeof *list, compare_listed);
    return list;
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
    {"route53/traffic.sh", "route53/traffic.sh"},
};

/* Those of a folder that this version has built are its own, byte for byte. */
static void compare_fixed(struct session *session, const struct folder *folder, struct folder_report *report)
{
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        const struct fixed_text *own = fixed_text_find(fixed[i][1]);
        struct strbuf text = STRBUF_INIT;

        if (own && disk_read(folder->dir, fixed[i][0], ARTIFACT_BYTES_MAX, &text) &&
            (text.len != own->size || memcmp(strbuf_str(&text), own->data, own->size) != 0))
            add_finding(session, report, fixed[i][0], "it is not the script of this version of drc");
        strbuf_release(&text);
    }
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
    compare_digests(session, &folder, report, &input.count);
    if (document->compiler && strcmp(document->compiler, DRC_VERSION) == 0)
        compare_fixed(session, &folder, report);
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
