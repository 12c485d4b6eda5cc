/* Brings a folder to a described state through output_write, so that output.py can attack it.
 * Arguments: [--check] [--force] [--only ROOT] DIR. Standard input: path, NUL, bytes, NUL, … (a path ending in `*` is
 * executable). Prints one line per event, then the result; the exit code is the result. */
#include "driver/output.h"
#include "emit/manifest.h"

#include "base/strbuf.h"

#include <stdio.h>
#include <string.h>

static const char *next_string(struct arena *arena, const char **at, const char *end, size_t *len)
{
    const char *start = *at, *stop = memchr(start, '\0', (size_t)(end - start));

    if (!stop)
        return NULL;
    *len = (size_t)(stop - start);
    *at = stop + 1;
    return arena_strndup(arena, start, *len);
}

static bool read_files(struct arena *arena, struct fileset *set)
{
    struct strbuf text = STRBUF_INIT;
    const char *at, *path, *data, *reason;
    size_t path_len, size;
    bool ok = true;
    int c;

    while ((c = getchar()) != EOF)
        strbuf_addch(&text, (char)c);
    for (at = strbuf_str(&text); ok && at < text.data + text.len;) {
        const char *end = text.data + text.len;
        struct output_file *file;
        bool executable;

        path = next_string(arena, &at, end, &path_len);
        data = path ? next_string(arena, &at, end, &size) : NULL;
        if (!data)
            break;
        executable = path_len > 0 && path[path_len - 1] == '*';
        path = arena_strndup(arena, path, path_len - executable);
        file = fileset_add(set, "test", path, data, size, &reason);
        if (!file) {
            printf("refused %s: %s\n", path, reason);
            ok = false;
            break;
        }
        file->executable = executable;
        output_file_add_origin(set, file, "test.dr:1");
    }
    strbuf_release(&text);
    return ok;
}

int main(int argc, char **argv)
{
    static const char *const results[] = {"ok", "differs", "refused", "error"};
    const struct manifest_info info = {"0.0.0", "sha256:none"};
    struct output_options options = {.force = false};
    const char *roots[] = {MANIFEST_NAME, NULL, NULL};
    struct arena *arena = arena_new();
    struct output_report report;
    enum output_result result;
    struct fileset set;
    const char *reason;

    for (int i = 1; i + 1 < argc; i++) {
        options.check = options.check || strcmp(argv[i], "--check") == 0;
        options.force = options.force || strcmp(argv[i], "--force") == 0;
        if (strcmp(argv[i], "--only") == 0) {
            roots[1] = argv[i + 1];
            options.roots = roots;
        }
    }
    fileset_init(&set, arena);
    if (argc < 2 || !read_files(arena, &set) || !manifest_add(&set, &info, &reason)) {
        arena_delete(arena);
        return 9;
    }
    result = output_write(&set, argv[argc - 1], &options, arena, &report);
    for (uint32_t i = 0; i < report.events.len; i++)
        printf("%s %s: %s\n", output_kind_name(report.events.items[i].kind), report.events.items[i].path, report.events.items[i].detail);
    printf("= %s created %u updated %u unchanged %u removed %u\n", results[result], report.created, report.updated, report.unchanged, report.removed);
    arena_delete(arena);
    return (int)result;
}
