/*
 * Diagnostics: order, repetition, nearest names, and every format. Texts are worked out by hand; JSON is read back with
 * jansson, which shares no code with the writer.
 */
#include "test.h"

#include "source/diag.h"

#include <jansson.h>
#include <stdlib.h>

struct run {
    struct arena *arena;
    struct sources sources;
    struct diag_sink sink;
};

static void run_init(struct run *run)
{
    run->arena = arena_new();
    sources_init(&run->sources, run->arena);
    diag_sink_init(&run->sink, run->arena, &run->sources);
}

static struct span span(const struct source_file *file, uint32_t start, uint32_t end)
{
    struct span result = {file->base + start, file->base + end};

    return result;
}

static struct source_file *add(struct run *run, const char *name, const char *text)
{
    return sources_add(&run->sources, name, text, strlen(text));
}

static void check_text(struct run *run, uint32_t max, const char *want, const char *file, int line)
{
    struct diag_style style = {.format = DIAG_TEXT, .max = max, .tool_version = "1"};
    struct strbuf out = STRBUF_INIT;

    diag_sort(&run->sink);
    diag_render(&run->sink, &style, &out);
    test_str(strbuf_str(&out), want, file, line, "text");
    strbuf_release(&out);
}

#define TEXT(run, max, want) check_text(run, max, want, __FILE__, __LINE__)

static void test_sources(void)
{
    struct run run;
    struct source_file *a, *b, *empty;
    struct place place;

    run_init(&run);
    TEST("places");
    a = add(&run, "a.dr", "one\n\ttwo\n\xE6\xBC\xA2\xE5\xAD\x97 x\r\nlast");
    empty = add(&run, "empty.dr", "");
    b = add(&run, "b.dr", "x");
    place = sources_place(&run.sources, a->base + 5);
    CHECK(place.file == a && place.line == 2);
    CHECK_INT(place.column, 9); /* behind a tab */
    place = sources_place(&run.sources, a->base + 16);
    CHECK_INT(place.line, 3);
    CHECK_INT(place.column, 6); /* two wide characters and a space */
    CHECK_INT(sources_place(&run.sources, a->base + a->len).line, 4);
    CHECK_INT(sources_place(&run.sources, a->base + a->len).column, 5);
    CHECK(sources_place(&run.sources, 0).file == NULL);
    CHECK(sources_file_at(&run.sources, empty->base) == empty);
    CHECK(sources_file_at(&run.sources, b->base) == b && sources_file_at(&run.sources, b->base + 1) == b);
    CHECK(sources_file_at(&run.sources, b->base + 2) == NULL);
    CHECK_STR(sources_origin(&run.sources, span(a, 5, 6)), "a.dr:2");
    CHECK_STR(sources_origin(&run.sources, (struct span){0, 0}), "");
    TEST("origins are named from the root");
    {
        static const struct {
            const char *root, *name, *want;
        } rows[] = {
            {"", "main.dr", "main.dr:1"},
            {"", "parts/x.dr", "parts/x.dr:1"},
            {"", "../x.dr", "../x.dr:1"},
            {"", "/etc/dr/x.dr", "x.dr:1"},
            {"plans/shop/", "plans/shop/main.dr", "main.dr:1"},
            {"plans/shop/", "plans/shop/parts/x.dr", "parts/x.dr:1"},
            {"plans/shop/", "plans/shop.dr", "../shop.dr:1"},
            {"plans/shop/", "plans/x.dr", "../x.dr:1"},
            {"plans/shop/", "x.dr", "../../x.dr:1"},
            {"/a/b/", "/a/b/x.dr", "x.dr:1"},
            {"/a/b/", "/a/c/x.dr", "../c/x.dr:1"},
            {"../b/", "../b/x.dr", "x.dr:1"},
            {"../b/", "../c/x.dr", "../c/x.dr:1"},
            {"../../b/", "../x.dr", "x.dr:1"},
        };

        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            run.sources.root = rows[i].root;
            CHECK_STR(sources_origin(&run.sources, span(add(&run, rows[i].name, "x"), 0, 1)), rows[i].want);
        }
    }
    TEST("too much text");
    CHECK(sources_add(&run.sources, "huge", "", (size_t)UINT32_MAX) == NULL);
    arena_delete(run.arena);
}

static void test_order(void)
{
    struct run run;
    struct source_file *a, *b;

    run_init(&run);
    a = add(&run, "a.dr", "aaaa\nbbbb\n");
    b = add(&run, "b.dr", "cccc\n");
    TEST("sorted by place, the same thing once");
    diag_report(&run.sink, DIAG_E0101, (struct span){0, 0}, "without a place");
    diag_report(&run.sink, DIAG_E0101, span(b, 0, 1), "in b");
    diag_report(&run.sink, DIAG_E0101, span(a, 5, 6), "second line");
    diag_report(&run.sink, DIAG_E0101, span(a, 0, 1), "first line");
    diag_report(&run.sink, DIAG_E0101, span(a, 5, 6), "second line");
    diag_report(&run.sink, DIAG_E0101, span(a, 5, 6), "another thing");
    CHECK_INT(run.sink.errors, 6);
    TEXT(&run, 0,
         "error[E0101]: first line\n  --> a.dr:1:1\n   |\n 1 | aaaa\n   | ^\n\n"
         "error[E0101]: second line\n  --> a.dr:2:1\n   |\n 2 | bbbb\n   | ^\n\n"
         "error[E0101]: another thing\n  --> a.dr:2:1\n   |\n 2 | bbbb\n   | ^\n\n"
         "error[E0101]: in b\n  --> b.dr:1:1\n   |\n 1 | cccc\n   | ^\n\n"
         "error[E0101]: without a place\n\n");
    CHECK_INT(run.sink.errors, 5);
    TEST("only so many");
    TEXT(&run, 1, "error[E0101]: first line\n  --> a.dr:1:1\n   |\n 1 | aaaa\n   | ^\n\n… and 4 more (5 in all)\n");
    arena_delete(run.arena);
}

static void test_levels(void)
{
    struct run run;

    run_init(&run);
    TEST("-W settings");
    run.sink.level[DIAG_E0124] = LEVEL_OFF;
    run.sink.level[DIAG_E0104] = SEVERITY_ERROR;
    diag_help(diag_report(&run.sink, DIAG_E0124, (struct span){0, 0}, "switched off"), "still takes help");
    diag_report(&run.sink, DIAG_E0104, (struct span){0, 0}, "raised");
    diag_report(&run.sink, DIAG_E0105, (struct span){0, 0}, "as it is");
    CHECK_INT(run.sink.errors, 1);
    CHECK_INT(run.sink.warnings, 1);
    run.sink.warnings_are_errors = true;
    diag_report(&run.sink, DIAG_E0105, (struct span){0, 0}, "an error now");
    CHECK_INT(run.sink.errors, 2);
    CHECK_INT(run.sink.diags.len, 3);
    TEST("codes by number and name");
    CHECK(diag_find("E0124") == DIAG_E0124 && diag_find("lost-doc-comment") == DIAG_E0124);
    CHECK(diag_find("no-such-thing") == DIAG_COUNT);
    arena_delete(run.arena);
}

static void test_nearest(void)
{
    static const char *const words[] = {"title", "retain", "schedule", "rto", "rpo", "a"};

    TEST("did you mean");
    CHECK_STR(nearest("titel", words, 6), "title");        /* letters swapped */
    CHECK_STR(nearest("Retain", words, 6), "retain");      /* another case */
    CHECK_STR(nearest("shedule", words, 6), "schedule");   /* one missing */
    CHECK_STR(nearest("schedulle", words, 6), "schedule"); /* one too many */
    CHECK_STR(nearest("rtp", words, 6), "rto");            /* a tie: the earlier */
    CHECK_STR(nearest("b", words, 6), NULL);
    CHECK_STR(nearest("completely", words, 6), NULL);
    CHECK_STR(nearest("", words, 6), NULL);
    CHECK_STR(nearest("x", NULL, 0), NULL);
}

static void test_labels(void)
{
    struct run run;
    struct source_file *a, *b;
    struct diag *diag;

    run_init(&run);
    a = add(&run, "spec.dr", "asset a {\n  rpo = 15m\n  x = 1\n  y = 2\n  schedule = every 1h\n}\n");
    b = add(&run, "tiers.dr", "limit { rpo = 15m }\n");
    TEST("labels on other lines and in other files, notes and help");
    diag = diag_report(&run.sink, DIAG_E0101, span(a, 51, 59), "backup interval is longer than the RPO");
    diag_at(diag, "worst-case gap is 1h");
    diag_label(diag, span(a, 18, 21), "RPO promised here");
    diag_label(diag, span(b, 14, 17), "and demanded here");
    diag_note(diag, "first\nsecond");
    diag_help(diag, "write `every 15m`");
    TEXT(&run, 0,
         "error[E0101]: backup interval is longer than the RPO\n"
         "  --> spec.dr:5:14\n"
         "   |\n"
         " 2 |   rpo = 15m\n"
         "   |         --- RPO promised here\n"
         " ...\n"
         " 5 |   schedule = every 1h\n"
         "   |              ^^^^^^^^ worst-case gap is 1h\n"
         "  ::: tiers.dr:1:15\n"
         "   |\n"
         " 1 | limit { rpo = 15m }\n"
         "   |               --- and demanded here\n"
         "   |\n"
         "   = note: first\n"
         "           second\n"
         "   = help: write `every 15m`\n"
         "\n");
    arena_delete(run.arena);

    run_init(&run);
    a = add(&run, "x.dr", "a = bb + ccc\n");
    TEST("several labels on one line");
    diag = diag_report(&run.sink, DIAG_E0101, span(a, 7, 8), "units differ");
    diag_label(diag, span(a, 4, 6), "a duration");
    diag_label(diag, span(a, 9, 12), "a size");
    TEXT(&run, 0,
         "error[E0101]: units differ\n"
         "  --> x.dr:1:8\n"
         "   |\n"
         " 1 | a = bb + ccc\n"
         "   |     -- ^ --- a size\n"
         "   |     a duration\n"
         "\n");
    arena_delete(run.arena);

    run_init(&run);
    a = add(&run, "w.dr", "\tx = \"\xE6\xBC\xA2\" + y\n");
    TEST("tabs and wide characters");
    diag_report(&run.sink, DIAG_E0101, span(a, 13, 14), "here");
    TEXT(&run, 0, "error[E0101]: here\n  --> w.dr:1:20\n   |\n 1 |         x = \"\xE6\xBC\xA2\" + y\n   |                    ^\n\n");
    arena_delete(run.arena);
}

static void test_hostile(void)
{
    struct run run;
    struct source_file *a;
    struct strbuf line = STRBUF_INIT, out = STRBUF_INIT;
    struct diag_style style = {.format = DIAG_TEXT, .max = 0, .tool_version = "1"};

    run_init(&run);
    TEST("nothing reaches the terminal as a control character");
    a = add(&run, "e.dr", "x = \"\x1B[31m\xE2\x80\xAE\x07\xFF\"\n");
    diag_report(&run.sink, DIAG_E0101, span(a, 0, 1), "name `\x1B]0;t\x07`");
    TEXT(&run, 0,
         "error[E0101]: name `\xEF\xBF\xBD]0;t\xEF\xBF\xBD`\n  --> e.dr:1:1\n   |\n"
         " 1 | x = \"\xEF\xBF\xBD[31m\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"\n   | ^\n\n");
    arena_delete(run.arena);

    run_init(&run);
    TEST("a long line is clipped round the place");
    strbuf_addfill(&line, 'a', 1000000);
    strbuf_addstr(&line, "HERE");
    strbuf_addfill(&line, 'b', 1000000);
    a = add(&run, "long.dr", strbuf_str(&line));
    diag_label(diag_report(&run.sink, DIAG_E0101, span(a, 1000000, 1000004), "found"), span(a, 5, 6), "and far away");
    diag_sort(&run.sink);
    diag_render(&run.sink, &style, &out);
    CHECK(out.len < 1000);
    CHECK(strstr(strbuf_str(&out), "HERE") != NULL);
    CHECK(strstr(strbuf_str(&out), "^^^^\n") != NULL);
    CHECK(strstr(strbuf_str(&out), "- and far away") != NULL);
    CHECK(strstr(strbuf_str(&out), "long.dr:1:1000001") != NULL);
    TEST("places on line ends");
    {
        struct source_file *b = add(&run, "crlf.dr", "ab\r\n\r\n");

        for (uint32_t i = 0; i <= b->len; i++)
            diag_report(&run.sink, DIAG_E0106, span(b, i, i < b->len ? i + 1 : i), "at %u", i);
        strbuf_clear(&out);
        diag_sort(&run.sink);
        diag_render(&run.sink, &style, &out);
        CHECK(strstr(strbuf_str(&out), "crlf.dr:3:1") != NULL);
    }
    TEST("a long name in a message gives way");
    strbuf_clear(&out);
    run.sink.diags.len = 0;
    diag_report(&run.sink, DIAG_E0101, span(a, 0, 1), "name `%s` is long", strbuf_str(&line));
    diag_render(&run.sink, &style, &out);
    CHECK(out.len < 2000 && strstr(strbuf_str(&out), "is long") != NULL);
    strbuf_release(&line);
    strbuf_release(&out);
    arena_delete(run.arena);
}

static void test_machines(void)
{
    struct run run;
    struct source_file *a;
    struct diag *diag;
    struct strbuf out = STRBUF_INIT;
    struct diag_style style = {.format = DIAG_JSON, .max = 0, .tool_version = "1.2.3"};
    json_t *root, *item, *result;
    json_error_t error;

    run_init(&run);
    a = add(&run, "dir/a b.dr", "x = \"\xE6\xBC\xA2\" + y\nz = 1\n");
    diag = diag_report(&run.sink, DIAG_E0101, span(a, 12, 13), "quote \" backslash \\ control \x01 bad \xFF and, 100%% of: it");
    diag_label(diag, span(a, 14, 15), "there");
    diag_fix(diag, span(a, 12, 13), "y2", "write `y2`");
    diag->subject = "asset.a";
    diag_report(&run.sink, DIAG_E0124, span(a, 14, 15), "a warning")->rule = "my-rule";
    diag_sort(&run.sink);

    TEST("JSON");
    diag_render(&run.sink, &style, &out);
    root = json_loads(strbuf_str(&out), 0, &error);
    CHECK(root != NULL);
    CHECK_STR(json_string_value(json_object_get(root, "schema")), "drc.diagnostics/1");
    CHECK_INT(json_integer_value(json_object_get(root, "errors")), 1);
    CHECK_INT(json_integer_value(json_object_get(root, "warnings")), 1);
    item = json_array_get(json_object_get(root, "diagnostics"), 0);
    CHECK_STR(json_string_value(json_object_get(item, "code")), "E0101");
    CHECK_STR(json_string_value(json_object_get(item, "name")), "syntax-error");
    CHECK_STR(json_string_value(json_object_get(item, "subject")), "asset.a");
    CHECK_STR(json_string_value(json_object_get(item, "message")), "quote \" backslash \\ control \x01 bad \xEF\xBF\xBD and, 100% of: it");
    CHECK_INT(json_integer_value(json_object_get(item, "line")), 1);
    CHECK_INT(json_integer_value(json_object_get(item, "column")), 11); /* characters, not bytes or columns */
    CHECK_STR(json_string_value(json_object_get(json_array_get(json_object_get(item, "labels"), 0), "text")), "there");
    CHECK_STR(json_string_value(json_object_get(json_object_get(json_array_get(json_object_get(item, "helps"), 0), "fix"), "replacement")), "y2");
    item = json_array_get(json_object_get(root, "diagnostics"), 1);
    CHECK_STR(json_string_value(json_object_get(item, "name")), "my-rule");
    json_decref(root);

    TEST("SARIF");
    strbuf_clear(&out);
    style.format = DIAG_SARIF;
    diag_render(&run.sink, &style, &out);
    root = json_loads(strbuf_str(&out), 0, &error);
    CHECK(root != NULL);
    CHECK_STR(json_string_value(json_object_get(root, "version")), "2.1.0");
    item = json_array_get(json_object_get(root, "runs"), 0);
    result = json_array_get(json_object_get(item, "results"), 0);
    CHECK_STR(json_string_value(json_object_get(result, "ruleId")), "E0101");
    CHECK_STR(json_string_value(json_object_get(
                  json_object_get(json_object_get(json_array_get(json_object_get(result, "locations"), 0), "physicalLocation"), "artifactLocation"),
                  "uri")),
              "dir/a%20b.dr");
    CHECK_INT(json_array_size(json_object_get(json_object_get(json_object_get(item, "tool"), "driver"), "rules")), 2);
    json_decref(root);

    TEST("GitHub");
    strbuf_clear(&out);
    style.format = DIAG_GITHUB;
    diag_render(&run.sink, &style, &out);
    CHECK_STR(strbuf_str(&out),
              "::error file=dir/a b.dr,line=1,endLine=1,col=11,endColumn=12,title=E0101 syntax-error::quote \" backslash \\ control "
              "\xEF\xBF\xBD bad \xEF\xBF\xBD and, 100%25 of: it%0Ahelp: write `y2`\n"
              "::warning file=dir/a b.dr,line=2,endLine=2,col=1,endColumn=2,title=my-rule::a warning\n");
    for (int i = 0; i < 25; i++)
        diag_report(&run.sink, DIAG_E0101, span(a, 0, 1), "number %d", i);
    strbuf_clear(&out);
    diag_sort(&run.sink);
    diag_render(&run.sink, &style, &out);
    CHECK(strstr(strbuf_str(&out), "::number 24\n") != NULL); /* whole, whatever the service shows */

    TEST("JUnit");
    strbuf_clear(&out);
    style.format = DIAG_JUNIT;
    diag_render(&run.sink, &style, &out);
    CHECK(strstr(strbuf_str(&out), "tests=\"27\" failures=\"26\"") != NULL);
    CHECK(strstr(strbuf_str(&out), "\x01") == NULL && strstr(strbuf_str(&out), "\xFF") == NULL);
    run.sink.diags.len = 0;
    strbuf_clear(&out);
    diag_render(&run.sink, &style, &out);
    CHECK(strstr(strbuf_str(&out), "tests=\"1\" failures=\"0\"") != NULL);
    strbuf_release(&out);
    arena_delete(run.arena);
}

int main(void)
{
    test_sources();
    test_order();
    test_levels();
    test_nearest();
    test_labels();
    test_hostile();
    test_machines();
    return test_finish();
}
