/* A build whose targets lie: validate_build SPEC DIR TARGET OLD NEW. The files of that target are made as always, and then in each of them the first OLD
 * becomes NEW. What the build says of it, and its exit status, are drc's own. */
#include "backends/registry.h"
#include "driver/driver.h"

#include "base/strbuf.h"

#include <stdio.h>
#include <string.h>

static const struct backend *honest;
static const char *old_text, *new_text;

struct text {
    struct byte_sink sink;
    struct strbuf bytes;
};

static void take(struct byte_sink *sink, const void *bytes, size_t len)
{
    strbuf_add(&((struct text *)(void *)sink)->bytes, bytes, len);
}

static void lie(const struct plan_document *plan, struct fileset *files)
{
    struct fileset made;

    fileset_init(&made, files->arena);
    honest->emit(plan, &made);
    for (uint32_t i = 0; i < made.files.len; i++) {
        struct output_file *file = made.files.items[i], *told;
        struct text text = {{take}, STRBUF_INIT};
        struct strbuf changed = STRBUF_INIT;
        const char *at;

        output_file_print(file, &text.sink);
        at = strstr(strbuf_str(&text.bytes), old_text);
        if (at) {
            strbuf_add(&changed, text.bytes.data, (size_t)(at - text.bytes.data));
            strbuf_addstr(&changed, new_text);
            strbuf_addstr(&changed, at + strlen(old_text));
        } else {
            strbuf_addstr(&changed, strbuf_str(&text.bytes));
        }
        told = fileset_add(files, honest->name, file->path, strbuf_str(&changed), changed.len, NULL);
        if (told)
            told->executable = file->executable;
        strbuf_release(&text.bytes);
        strbuf_release(&changed);
    }
    fileset_release(&made);
}

static struct backend liar;
const struct backend *const drc_backends[] = {&liar, NULL};

int main(int argc, char **argv)
{
    static const struct backend *const all[] = {&drc_runbooks, &drc_terraform, &drc_route53, &drc_cron, &drc_restore, &drc_plan};
    struct options options = {.command = "build", .color = 0, .max_errors = 20, .quiet = true};
    struct arena *arena = arena_new();
    int status = 9;

    if (argc == 6) {
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
            if (strcmp(all[i]->name, argv[3]) == 0)
                honest = all[i];
        }
        old_text = argv[4];
        new_text = argv[5];
        options.output = argv[2];
        vec_push(arena, &options.arguments, argv[1]);
    }
    if (honest) {
        liar = *honest;
        liar.emit = lie;
        status = command_build(&options);
    }
    arena_delete(arena);
    return status;
}
