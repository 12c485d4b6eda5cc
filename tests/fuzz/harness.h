/*
 * One compilation in memory, for the fuzzers.
 *
 * The functions below stand in for compiler/driver/files.c: the linker takes them instead of that file from the
 * library. Standard input is the fuzzer's text, and there is no other file, so that a run touches nothing.
 */
#ifndef DRC_FUZZ_HARNESS_H
#define DRC_FUZZ_HARNESS_H

#include "backends/registry.h"
#include "driver/driver.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *fuzz_text;
static size_t fuzz_size;

char *read_whole_file(struct arena *arena, const char *path, size_t *len, const char **error)
{
    if (strcmp(path, "-") != 0) {
        *error = "there are no files here";
        return NULL;
    }
    char *text = arena_alloc(arena, fuzz_size + 2); /* two zero bytes at the end, as files.c leaves them for the scanner */

    memcpy(text, fuzz_text, fuzz_size);
    *len = fuzz_size;
    return text;
}

bool is_folder(const char *path)
{
    (void)path;
    return false;
}

bool file_exists(const char *path)
{
    (void)path;
    return false;
}

bool list_folder(struct arena *arena, const char *path, const char *suffix, const char ***names, uint32_t *count)
{
    (void)arena;
    (void)path;
    (void)suffix;
    (void)names;
    (void)count;
    return false;
}

/* What the harness may demand of every run: if there are errors they can be printed, in every format. */
static inline void fuzz_report(struct session *session)
{
    static const enum diag_format formats[] = {DIAG_TEXT, DIAG_JSON, DIAG_SARIF, DIAG_GITHUB, DIAG_GITLAB, DIAG_JUNIT};

    diag_sort(&session->sink);
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        struct diag_style style = {.format = formats[i], .max = 20, .tool_version = "0"};
        struct strbuf text = STRBUF_INIT;

        diag_render(&session->sink, &style, &text);
        if (session->sink.errors > 0 && text.len == 0)
            abort();
        strbuf_release(&text);
    }
}

/* Every backend over a plan without errors. */
static inline void fuzz_emit(struct session *session)
{
    const struct plan_document *document = session_document(session);
    struct fileset files;

    fileset_init(&files, session->arena);
    for (size_t i = 0; drc_backends[i]; i++) {
        if (drc_backends[i]->check)
            drc_backends[i]->check(document, &session->sink);
        if (session->sink.errors)
            return;
    }
    for (size_t i = 0; drc_backends[i]; i++)
        drc_backends[i]->emit(document, &files);
    size_t count = fileset_sort(&files);
    for (size_t i = 0; i < count; i++) {
        if (output_path_refusal(files.files.items[i]->path))
            abort(); /* names cannot leave the folder */
    }
}

/* True when the backends were reached. */
static inline bool fuzz_compile(const char *text, size_t size, bool emit)
{
    struct options options = {.command = "build", .color = 0, .max_errors = 20};
    struct arena *arena = arena_new();
    struct session session;
    bool emitted = false;

    fuzz_text = text;
    fuzz_size = size;
    vec_push(arena, &options.arguments, "-");
    session_init(&session, &options);
    if (session_analyse(&session, emit ? TREES_ALL : TREES_NONE) && emit) {
        fuzz_emit(&session);
        emitted = session.sink.errors == 0;
    }
    fuzz_report(&session);
    session_release(&session);
    arena_delete(arena);
    return emitted;
}

#endif
