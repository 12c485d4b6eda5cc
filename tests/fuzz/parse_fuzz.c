/*
 * Any bytes: the parser must report or read them, within its limits. A text without errors must keep its meaning when
 * formatted, and formatting again must change nothing. Every diagnostic must render in every format.
 */
#include "../unit/tree_text.h"

#include "syntax/format.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void render(struct diag_sink *sink)
{
    diag_sort(sink);
    for (int format = DIAG_TEXT; format <= DIAG_JUNIT; format++) {
        struct diag_style style = {.format = (enum diag_format)format, .color = format % 2 == 0, .tool_version = "0"};
        struct strbuf out = STRBUF_INIT;

        diag_render(sink, &style, &out);
        strbuf_release(&out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct sources sources;
    struct diag_sink sink;
    struct parse_context context = {.arena = arena, .names = intern_new(arena), .sink = &sink};
    struct strbuf once = STRBUF_INIT, twice = STRBUF_INIT, before = STRBUF_INIT, after = STRBUF_INIT;
    struct source_file *file;

    sources_init(&sources, arena);
    diag_sink_init(&sink, arena, &sources);
    file = sources_add(&sources, "fuzz.dr", (const char *)data, size);
    tree_text(&before, parse_file(&context, file));
    render(&sink);
    if (format_file(&context, file, &once)) {
        file = sources_add(&sources, "once.dr", strbuf_str(&once), once.len);
        tree_text(&after, parse_file(&context, file));
        if (strcmp(strbuf_str(&before), strbuf_str(&after)) != 0)
            abort();
        if (!format_file(&context, file, &twice) || strcmp(strbuf_str(&once), strbuf_str(&twice)) != 0)
            abort();
    }
    strbuf_release(&once);
    strbuf_release(&twice);
    strbuf_release(&before);
    strbuf_release(&after);
    arena_delete(arena);
    return 0;
}
