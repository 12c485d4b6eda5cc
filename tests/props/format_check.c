/*
 * format_check FILE…: each file must parse, keep its tree when formatted, and not change when formatted again. The
 * canonical form is written to FILE.out. Exit 1 after a line that says which promise was broken.
 */
#include "../unit/tree_text.h"

#include "syntax/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void read_file(const char *path, struct strbuf *text)
{
    char bytes[65536];
    size_t len;
    FILE *file = fopen(path, "rb");

    if (!file) {
        perror(path);
        exit(2);
    }
    while ((len = fread(bytes, 1, sizeof bytes, file)) > 0)
        strbuf_add(text, bytes, len);
    fclose(file);
}

static bool fail(const char *path, const char *what, const struct strbuf *a, const struct strbuf *b)
{
    printf("%s: %s\n--- one\n%s\n--- other\n%s\n", path, what, strbuf_str(a), strbuf_str(b));
    return false;
}

static bool check(const char *path)
{
    struct arena *arena = arena_new();
    struct sources sources;
    struct diag_sink sink;
    struct parse_context context = {.arena = arena, .names = intern_new(arena), .sink = &sink};
    struct diag_style style = {.format = DIAG_TEXT, .max = 0, .tool_version = "0"};
    struct strbuf text = STRBUF_INIT, once = STRBUF_INIT, twice = STRBUF_INIT, before = STRBUF_INIT, after = STRBUF_INIT;
    struct source_file *file;
    bool good;

    sources_init(&sources, arena);
    diag_sink_init(&sink, arena, &sources);
    read_file(path, &text);
    file = sources_add(&sources, path, strbuf_str(&text), text.len);
    tree_text(&before, parse_file(&context, file));
    good = format_file(&context, file, &once);
    if (good) {
        FILE *out = fopen(arena_printf(arena, "%s.out", path), "wb");

        good = out && fwrite(once.data ? once.data : "", 1, once.len, out) == once.len && fclose(out) == 0;
        file = sources_add(&sources, path, strbuf_str(&once), once.len);
        tree_text(&after, parse_file(&context, file));
        if (good && strcmp(strbuf_str(&before), strbuf_str(&after)) != 0)
            good = fail(path, "another meaning", &before, &after);
        if (good && (!format_file(&context, file, &twice) || strcmp(strbuf_str(&once), strbuf_str(&twice)) != 0))
            good = fail(path, "not canonical", &once, &twice);
    } else {
        strbuf_clear(&after);
        diag_sort(&sink);
        diag_render(&sink, &style, &after);
        fail(path, "does not parse", &text, &after);
    }
    strbuf_release(&text);
    strbuf_release(&once);
    strbuf_release(&twice);
    strbuf_release(&before);
    strbuf_release(&after);
    arena_delete(arena);
    return good;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (!check(argv[i]))
            return 1;
    }
    return 0;
}
