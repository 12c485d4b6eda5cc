/*
 * Lost text: which names may be declared in it. Worked out by hand from the texts below.
 */
#include "test.h"

#include "source/lost.h"

#include <string.h>

static struct span part(const struct source_file *file, const char *text)
{
    uint32_t start = file->base + (uint32_t)(strstr(file->text, text) - file->text);

    return (struct span){start, start + (uint32_t)strlen(text)};
}

int main(void)
{
    static const char text[] = "asset db : t.sql { port = 5  size-a = 1 } asset web : t.app { }";
    struct arena *arena = arena_new();
    struct sources sources;
    struct diag_sink sink;
    struct source_file *file;
    struct lost_mark mark;
    struct diag *diag;

    sources_init(&sources, arena);
    diag_sink_init(&sink, arena, &sources);
    file = sources_add(&sources, "main.dr", text, strlen(text));

    TEST("nothing lost");
    CHECK(!lost_any(&sink));
    CHECK(!lost_name(&sink, "db"));
    CHECK(!lost_covers(&sink, part(file, "db")));

    TEST("words of lost text");
    mark = lost_mark(&sink);
    lost_text(&sink, part(file, "asset db : t.sql { port = 5  size-a = 1 }"));
    CHECK(lost_any(&sink));
    CHECK(lost_name(&sink, "db"));
    CHECK(lost_name(&sink, "t.sql"));
    CHECK(lost_name(&sink, "size-a"));
    CHECK(!lost_name(&sink, "size"));
    CHECK(!lost_name(&sink, "d"));
    CHECK(!lost_name(&sink, "web"));
    CHECK(!lost_name(&sink, "t.app"));
    CHECK(lost_covers(&sink, part(file, "port = 5")));
    CHECK(!lost_covers(&sink, part(file, "1 } asset web")));

    TEST("a word or what is meant by it");
    CHECK(lost_word_in(&sink, part(file, text), "port"));
    CHECK(lost_word_in(&sink, part(file, text), "ports"));
    CHECK(!lost_word_in(&sink, part(file, text), "engine"));
    CHECK(!lost_word_in(&sink, part(file, "asset web : t.app { }"), "port"));

    TEST("read again");
    lost_rewind(&sink, mark);
    CHECK(!lost_covers(&sink, part(file, "port = 5")));
    CHECK(!lost_word_in(&sink, part(file, text), "port"));

    TEST("imports");
    lost_import(&sink, "far.off");
    CHECK(lost_name(&sink, "far.off.db"));
    CHECK(!lost_name(&sink, "far.offer"));
    CHECK(!lost_name(&sink, "far"));
    lost_import(&sink, NULL);
    CHECK(lost_name(&sink, "anything"));

    TEST("a declaration without a name explains one missing name of its sort");
    diag_sink_init(&sink, arena, &sources);
    lost_nameless(&sink, "asset");
    diag = diag_report(&sink, DIAG_E0306, part(file, "db"), "there is no asset `x`");
    lost_missing(diag, "asset", "x");
    diag = diag_report(&sink, DIAG_E0306, part(file, "web"), "there is no site `y`");
    lost_missing(diag, "site", "y");
    lost_settle(&sink);
    CHECK_INT(sink.diags.len, 1);
    CHECK_INT(sink.errors, 1);
    CHECK_STR(sink.diags.items[0]->message, "there is no site `y`");

    TEST("but not two");
    diag_sink_init(&sink, arena, &sources);
    lost_nameless(&sink, "asset");
    lost_missing(diag_report(&sink, DIAG_E0306, part(file, "db"), "there is no asset `x`"), "asset", "x");
    lost_missing(diag_report(&sink, DIAG_E0306, part(file, "web"), "there is no asset `y`"), "asset", "y");
    lost_settle(&sink);
    CHECK_INT(sink.errors, 2);

    arena_delete(arena);
    return test_finish();
}
