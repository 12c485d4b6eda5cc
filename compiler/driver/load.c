/* Finds and parses the files of a specification: what was named on the command line and everything it imports, each once,
 * imports before what imports them. */
#include "driver/driver.h"
#include "sema/stdlib.h"
#include "source/lost.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 200, COPIES_MAX = 1000, BYTES_MAX = 1 << 29 };

struct loading {
    struct session *session;
    VEC(atom) stack;   /* files being loaded, outermost first: meeting one again is a circle, whatever `as` says */
    struct map copies; /* of each file by its path, each under another prefix: how many */
    struct map told;   /* imports that close a circle, by their two files: told once, not for each prefix */
    size_t bytes;      /* of all texts */
    bool full;         /* one of the limits was met, which was told: no more is loaded */
};

static void load_import(struct loading *loading, const struct import *import, const char *from, const char *outer);

static const char *folder_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? arena_strndup(arena, path, (size_t)(slash - path) + 1) : "";
}

/* "a/./b", "a/x/../b" and "a//b" are one file: the shortest spelling, without asking the disk. */
static const char *clean_path(struct arena *arena, const char *path)
{
    char *out = arena_alloc(arena, strlen(path) + 2);
    size_t len = 0;
    bool absolute = path[0] == '/';

    while (*path) {
        size_t part = strcspn(path, "/");

        if (part == 0 || (part == 1 && path[0] == '.')) {
            /* nothing */
        } else {
            size_t last = len;

            while (last > 0 && out[last - 1] != '/')
                last--;
            if (part == 2 && memcmp(path, "..", 2) == 0 && len > last && !(len - last == 2 && memcmp(out + last, "..", 2) == 0)) {
                len = last ? last - 1 : 0;
            } else {
                if (len || absolute)
                    out[len++] = '/';
                memcpy(out + len, path, part);
                len += part;
            }
        }
        path += part;
        while (*path == '/')
            path++;
    }
    out[len] = '\0';
    return len ? out : ".";
}

/* With `as` a file is another one: its names are. What it imports in turn carries its prefix too, but the standard library, which is the
 * same for everybody, does not. */
static const char *prefix_of(struct session *session, const struct import *import, const char *outer)
{
    if (import->prefix && outer)
        return arena_printf(session->arena, "%s.%s", outer, import->prefix);
    if (import->prefix)
        return import->prefix;
    return strncmp(import->path, "std/", 4) == 0 ? NULL : outer;
}

/* Told once; what is not loaded is not missed either. */
static void stop_loading(struct loading *loading, struct span span, const char *what, const char *help)
{
    struct diag *diag;

    lost_import(&loading->session->sink, NULL);
    if (loading->full)
        return;
    loading->full = true;
    diag = diag_report(&loading->session->sink, DIAG_E0807, span, "%s", what);
    diag_help(diag, "%s", help);
}

/* Whether one more file fits: files that import two others twice each double at every step. */
static bool has_room(struct loading *loading, atom path, struct span span)
{
    struct arena *arena = loading->session->arena;
    uintptr_t copies = (uintptr_t)map_get(&loading->copies, path);

    if (loading->full || loading->stack.len >= DEPTH_MAX)
        stop_loading(loading, span, arena_printf(arena, "files import each other more than %d deep", DEPTH_MAX),
                     "import what is needed from one file");
    else if (copies >= COPIES_MAX)
        stop_loading(loading, span, arena_printf(arena, "`%s` is imported under more than %d names", path, COPIES_MAX),
                     "import what many need once, without `as`");
    else
        map_set(&loading->copies, arena, path, (void *)(copies + 1));
    return !loading->full;
}

static atom key_of(struct session *session, const char *path, const char *prefix)
{
    return intern_str(session->names, prefix ? arena_printf(session->arena, "%s as %s", path, prefix) : path);
}

static const struct embedded_file *find_std(const char *name)
{
    size_t low = 0, high = drc_stdlib_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, drc_stdlib[middle].name);

        if (order == 0)
            return &drc_stdlib[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* `file`: NULL when the offset space is full. */
static void load_text(struct loading *loading, atom key, atom path, const char *name, const char *folder, struct source_file *file, bool is_std,
                      const char *prefix)
{
    struct session *session = loading->session;
    struct file_tree *tree;

    if (!file) {
        diag_report(&session->sink, DIAG_E0801, (struct span){0, 0}, "`%s` is too large", name);
        lost_import(&session->sink, prefix);
        return;
    }
    file->is_std = is_std;
    file->prefix = prefix;
    loading->bytes += file->len;
    if (loading->bytes > BYTES_MAX) {
        stop_loading(loading, (struct span){file->base, file->base},
                     arena_printf(session->arena, "the texts of the specification are more than %d MiB, with `%s`", BYTES_MAX >> 20, name),
                     "import fewer files, or once instead of under several names");
        return;
    }
    tree = parse_file(&session->parse, file);
    vec_push(session->arena, &loading->stack, path);
    for (const struct import *import = tree->imports; import; import = import->next)
        load_import(loading, import, folder, prefix);
    loading->stack.len--;
    map_set(&session->loaded, session->arena, key, tree);
    vec_push(session->arena, &session->files, tree);
}

/* True when the file is loaded already, or is being loaded under whatever prefix: then that is reported. */
static bool seen(struct loading *loading, atom key, atom path_of, const char *name, struct span span)
{
    struct session *session = loading->session;

    for (uint32_t i = 0; i < loading->stack.len; i++) {
        struct strbuf path = STRBUF_INIT;
        struct diag *diag;

        if (loading->stack.items[i] != path_of)
            continue;
        if (!map_add(&loading->told, session->arena,
                     intern_str(session->names, arena_printf(session->arena, "%s\n%s", loading->stack.items[loading->stack.len - 1], path_of)),
                     loading))
            return true;
        for (uint32_t at = i; at < loading->stack.len; at++)
            strbuf_addf(&path, "`%s` -> ", loading->stack.items[at]);
        strbuf_addf(&path, "`%s`", name);
        diag = diag_report(&session->sink, DIAG_E0802, span, "files import each other in a circle: %s", strbuf_str(&path));
        diag_help(diag, "put what both need into a third file");
        strbuf_release(&path);
        return true;
    }
    return map_get(&session->loaded, key) != NULL || !has_room(loading, path_of, span);
}

/* A file of the library that does not exist stands for one of those that do: their names may be missed because of it. */
static void lose_library(struct session *session)
{
    for (size_t i = 0; i < drc_stdlib_count; i++) {
        const struct embedded_file *embedded = &drc_stdlib[i];
        struct source_file *file = sources_add(&session->sources, embedded->name, (const char *)embedded->data, embedded->size);

        if (file)
            lost_text(&session->sink, (struct span){file->base, file->base + file->len});
    }
}

static void load_std(struct loading *loading, const char *name, struct span span, const char *prefix)
{
    struct session *session = loading->session;
    const struct embedded_file *file;
    atom key = key_of(session, name, prefix), path_of = intern_str(session->names, name);

    if (seen(loading, key, path_of, name, span))
        return;
    for (uint32_t i = 0; i < session->options->includes.len; i++) {
        const char *path = arena_printf(session->arena, "%s/%s.dr", session->options->includes.items[i], name);
        const char *error;
        size_t len;
        char *text;

        if (!file_exists(path))
            continue;
        text = read_whole_file(session->arena, path, &len, &error);
        if (!text) {
            diag_report(&session->sink, DIAG_E0801, span, "`%s` cannot be read: %s", path, error);
            lost_import(&session->sink, prefix);
            return;
        }
        load_text(loading, key, path_of, name, "std/", sources_take(&session->sources, name, text, len), true, prefix);
        return;
    }
    file = find_std(name);
    if (!file) {
        VEC(const char *) names = {0};
        struct diag *diag = diag_report(&session->sink, DIAG_E0803, span, "the standard library has no `%s`", name);
        const char *near;

        for (size_t i = 0; i < drc_stdlib_count; i++)
            vec_push(session->arena, &names, drc_stdlib[i].name);
        near = nearest(name, names.items, names.len);
        if (!near) {
            diag_help(diag, "`drc list std` prints its files");
            lose_library(session);
            return;
        }
        /* Going on with what is meant, what it declares is not missed. */
        diag_help(diag, "did you mean `%s`?", near);
        name = near;
        key = key_of(session, name, prefix);
        path_of = intern_str(session->names, name);
        if (seen(loading, key, path_of, name, span))
            return;
        file = find_std(name);
    }
    load_text(loading, key, path_of, name, "std/", sources_add(&session->sources, name, (const char *)file->data, file->size), true, prefix);
}

/* The text the origin of this session read, or the changed one. Standard input can be read only once, and a file may change meanwhile. */
static char *text_again(struct session *session, const char *name, size_t *len)
{
    const struct sources *sources = &session->origin->sources;

    if (strcmp(name, session->changed_file) == 0) {
        *len = session->changed_len;
        return (char *)(uintptr_t)session->changed_text;
    }
    for (uint32_t i = 0; i < sources->files.len; i++) {
        const struct source_file *file = sources->files.items[i];

        if (!file->is_std && strcmp(file->name, name) == 0) {
            *len = file->len;
            return (char *)(uintptr_t)file->text;
        }
    }
    return NULL;
}

static void load_file(struct loading *loading, const char *path, const char *name, struct span span, const char *prefix)
{
    struct session *session = loading->session;
    const char *error = NULL;
    const char *clean = clean_path(session->arena, path);
    atom key = key_of(session, clean, prefix), path_of = intern_str(session->names, clean);
    size_t len;
    char *text;

    if (seen(loading, key, path_of, name, span))
        return;
    text =
        session->origin ? text_again(session, strcmp(path, "-") == 0 ? "<stdin>" : clean, &len) : read_whole_file(session->arena, path, &len, &error);
    if (!text) {
        diag_report(&session->sink, DIAG_E0801, span, "`%s` cannot be read: %s", name, error ? error : "it was not read before");
        lost_import(&session->sink, prefix);
        return;
    }
    name = strcmp(path, "-") == 0 ? "<stdin>" : clean;
    load_text(loading, key, path_of, name, folder_of(session->arena, clean),
              session->origin ? sources_add(&session->sources, name, text, len) : sources_take(&session->sources, name, text, len), false, prefix);
}

static bool has_suffix(const char *text, const char *suffix)
{
    size_t len = strlen(text), want = strlen(suffix);

    return len >= want && strcmp(text + len - want, suffix) == 0;
}

static void load_import(struct loading *loading, const struct import *import, const char *from, const char *outer)
{
    struct session *session = loading->session;
    const char *prefix = prefix_of(session, import, outer);
    const char *path = import->path;
    const char *name;

    if (strstr(path, "://")) {
        diag_help(diag_report(&session->sink, DIAG_E0804, import->span, "`%s` is not pinned", path),
                  "keep a copy beside the specification, and import that");
        lost_import(&session->sink, prefix);
        return;
    }
    if (strncmp(path, "std/", 4) == 0) {
        load_std(loading, path, import->span, prefix);
        return;
    }
    name = arena_printf(session->arena, "%s%s%s", path[0] == '/' ? "" : from, path, has_suffix(path, ".dr") ? "" : ".dr");
    if (!file_exists(name) && path[0] != '/') {
        for (uint32_t i = 0; i < session->options->includes.len; i++) {
            const char *other =
                arena_printf(session->arena, "%s/%s%s", session->options->includes.items[i], path, has_suffix(path, ".dr") ? "" : ".dr");

            if (file_exists(other)) {
                name = other;
                break;
            }
        }
    }
    load_file(loading, name, name, import->span, prefix);
}

static void load_argument(struct loading *loading, const char *path)
{
    struct session *session = loading->session;
    const char *main_file, **names;
    uint32_t count;

    if (strcmp(path, "-") == 0 || !is_folder(path)) {
        load_file(loading, path, path, (struct span){0, 0}, NULL);
        return;
    }
    main_file = arena_printf(session->arena, "%s/main.dr", path);
    if (file_exists(main_file)) {
        load_file(loading, main_file, main_file, (struct span){0, 0}, NULL);
        return;
    }
    if (!list_folder(session->arena, path, ".dr", &names, &count)) {
        diag_report(&session->sink, DIAG_E0801, (struct span){0, 0}, "`%s` cannot be read: %s", path, strerror(errno));
        return;
    }
    if (count == 0) {
        diag_report(&session->sink, DIAG_E0806, (struct span){0, 0}, "`%s` has no .dr file", path);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        const char *file = arena_printf(session->arena, "%s/%s", path, names[i]);

        load_file(loading, file, file, (struct span){0, 0}, NULL);
    }
}

void load_specifications(struct session *session)
{
    struct loading loading = {.session = session};

    load_std(&loading, "std/base", (struct span){0, 0}, NULL);
    for (uint32_t i = 0; i < session->options->arguments.len; i++)
        load_argument(&loading, session->options->arguments.items[i]);
}

void name_origins_from_specification(struct session *session)
{
    const char *first = session->options->arguments.len ? session->options->arguments.items[0] : "";
    const char *file = is_folder(first) ? arena_printf(session->arena, "%s/main.dr", first) : first;

    session->sources.root = folder_of(session->arena, clean_path(session->arena, file));
}

bool load_library(struct session *session)
{
    struct loading loading = {.session = session};
    struct sema_input input = {0};

    for (size_t i = 0; i < drc_stdlib_count; i++)
        load_std(&loading, drc_stdlib[i].name, (struct span){0, 0}, NULL);
    input.files = session->files.items;
    input.file_count = session->files.len;
    sema_run(&session->model, &session->eval, &session->parse, &input);
    return session->sink.errors == 0;
}
