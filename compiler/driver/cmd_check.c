/* `drc check`: verify every objective and rule. `drc version`, `drc debug`. */
#include "driver/driver.h"

#include <stdio.h>
#include <string.h>

int command_check(const struct options *options)
{
    struct session session;
    bool programs;
    int status;

    if (options->emit)
        return command_plan(options);
    session_init(&session, options);
    if (!targets_exist(session.arena, options)) {
        session_release(&session);
        return EXIT_USAGE;
    }
    /* What a build would refuse is refused here: a merge comes after the check, and the build after the merge. A program gets the plan whole. */
    programs = has_program_target(options);
    if (programs)
        name_origins_from_specification(&session);
    session_analyse(&session, programs ? TREES_ALL : TREES_CHECKED);
    if (session_can_ask_targets(&session))
        session_check_targets(&session);
    if (programs && session.plan && session.sink.errors == 0)
        session_check_programs(&session);
    status = session_report(&session);
    print_summary(&session);
    session_release(&session);
    return status;
}

int command_version(const struct options *options)
{
    (void)options;
    printf("drc %s\n", DRC_VERSION);
    return EXIT_FINE;
}

/* `drc debug plan-schema`: compiler/plan/plan.schema.json, from the table. */
static int debug_plan_schema(void)
{
    struct strbuf text = STRBUF_INIT;

    plan_schema(&text);
    fwrite(strbuf_str(&text), 1, text.len, stdout);
    strbuf_release(&text);
    return EXIT_FINE;
}

/* `drc debug plan FILE`: reads a plan.json and writes it again: the same bytes. */
static int debug_plan(const struct options *options)
{
    struct arena *arena = arena_new();
    int status = EXIT_FINE;

    for (uint32_t i = 1; i < options->arguments.len; i++) {
        const char *name = options->arguments.items[i], *error = NULL;
        struct strbuf out = STRBUF_INIT;
        struct plan_error wrong;
        size_t len;
        char *text = read_whole_file(arena, name, &len, &error);
        const struct plan_document *document = text ? plan_read(arena, text, len, &wrong) : NULL;

        if (!text)
            complain("drc: %s: %s\n", name, error);
        else if (!document)
            complain("drc: %s is no plan: %s%s%s\n", name, wrong.at, wrong.at[0] ? ": " : "", wrong.message);
        else if (plan_write(document, &out))
            fwrite(strbuf_str(&out), 1, out.len, stdout);
        status = !text ? EXIT_IO : !document ? EXIT_INVALID : status;
        strbuf_release(&out);
    }
    arena_delete(arena);
    return status;
}

int command_debug(const struct options *options)
{
    const char *what = options->arguments.len ? options->arguments.items[0] : "";
    struct session session;
    int status = EXIT_FINE;

    if (strcmp(what, "reference") == 0)
        return command_reference(options);
    if (strcmp(what, "plan-schema") == 0)
        return debug_plan_schema();
    if (strcmp(what, "plan") == 0)
        return debug_plan(options);
    session_init(&session, options);
    for (uint32_t i = 1; i < options->arguments.len; i++) {
        const char *error = NULL;
        size_t len;
        char *text = read_whole_file(session.arena, options->arguments.items[i], &len, &error);
        struct file_tree *tree;

        if (!text) {
            complain("drc: %s: %s\n", options->arguments.items[i], error);
            status = EXIT_IO;
            continue;
        }
        tree = parse_file(&session.parse, sources_add(&session.sources, options->arguments.items[i], text, len));
        printf("%s: %u blocks, %zu bytes of memory\n", options->arguments.items[i], tree->block_count, arena_bytes(session.arena));
    }
    if (session.sink.diags.len)
        status = session_report(&session);
    session_release(&session);
    return status;
}
