/* `drc list kinds|rules|figures|backends|scenarios|std|blocks`. */
#include "driver/driver.h"

#include "backends/registry.h"
#include "sema/stdlib.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *title_of(const struct session *session, const struct entity *entity)
{
    const char *title = entity_string(&session->model, entity, "title", NULL);
    const struct attr *attr;

    if (title)
        return title;
    attr = entity_attr_named(&session->model, entity, "title");
    if (attr && attr->value->kind == EXPR_STRING)
        return attr->value->u.string.text;
    return entity->doc ? entity->doc : "";
}

/* What of a kind was carried out, in front of its title. */
static const char *tried_word(const struct entity *entity)
{
    static const char *const words[] = {
        [KIND_EXECUTED] = "executed  ", [KIND_PARTLY] = "partly    ", [KIND_DECLARED] = "declared  ", [KIND_WITHOUT_WAYS] = "-         "};

    return entity->schema->id == BLOCK_KIND && entity->kind ? words[kind_tried(entity->kind)] : "";
}

static void print_lines(struct session *session, enum block_id id)
{
    VEC(const char *) lines = {0};

    for (uint32_t i = 0; i < session->model.declared[id].list.len; i++) {
        const struct entity *entity = session->model.declared[id].list.items[i];
        const char *title = title_of(session, entity);
        size_t first = strcspn(title, "\n");

        vec_push(session->arena, &lines, arena_printf(session->arena, "%-28s %s%.*s", entity->name, tried_word(entity), (int)first, title));
    }
    if (lines.len)
        qsort(lines.items, lines.len, sizeof *lines.items, compare_text);
    for (uint32_t i = 0; i < lines.len; i++)
        print_clipped(lines.items[i]);
}

/* Without a specification: everything the standard library has. */
static int list_declared(const struct options *options, enum block_id id)
{
    struct options all = *options;
    struct session session;
    int status = EXIT_FINE;

    all.arguments.items = options->arguments.items + 1;
    all.arguments.len = options->arguments.len - 1;
    session_init(&session, &all);
    if (!(all.arguments.len ? session_load(&session) : load_library(&session)))
        status = session_report(&session);
    if (status == EXIT_FINE)
        print_lines(&session, id);
    session_release(&session);
    return status;
}

static void print_row(const char *name, size_t width, const char *says)
{
    struct strbuf line = STRBUF_INIT;
    size_t used = text_columns(name);

    strbuf_addstr(&line, name);
    strbuf_addfill(&line, ' ', (used < width ? width - used : 0) + 1);
    strbuf_addstr(&line, says);
    print_clipped(strbuf_str(&line));
    strbuf_release(&line);
}

int command_list(const struct options *options)
{
    const char *what = options->arguments.len ? options->arguments.items[0] : "";

    if (strcmp(what, "kinds") == 0)
        return list_declared(options, BLOCK_KIND);
    if (strcmp(what, "rules") == 0)
        return list_declared(options, BLOCK_RULE);
    if (strcmp(what, "figures") == 0)
        return list_figures(options);
    if (strcmp(what, "scenarios") == 0 && options->arguments.len > 1)
        return list_declared(options, BLOCK_SCENARIO);
    if (strcmp(what, "backends") == 0) {
        for (const struct backend *const *backend = drc_backends; *backend; backend++)
            print_row((*backend)->name, 12, (*backend)->summary);
        return EXIT_FINE;
    }
    if (strcmp(what, "std") == 0) {
        for (size_t i = 0; i < drc_stdlib_count; i++)
            say_line(drc_stdlib[i].name);
        return EXIT_FINE;
    }
    if (strcmp(what, "blocks") == 0) {
        struct session session;

        session_init(&session, options);
        for (uint32_t i = 0; i < BLOCK_COUNT; i++) {
            if (session.model.schemas[i].flags & SCHEMA_TOP)
                print_row(session.model.schemas[i].name, 12, session.model.schemas[i].doc);
        }
        session_release(&session);
        return EXIT_FINE;
    }
    complain("drc: write `drc list kinds|rules|figures|backends|std|blocks`, or `drc list scenarios SPEC`\n");
    return EXIT_USAGE;
}
