/* Markdown, YAML, JSON and cron against text written by hand (the property tests ask the formats' readers).
 */
#include "emit/cron.h"
#include "emit/json.h"
#include "emit/md.h"
#include "emit/yaml.h"

#include "test.h"

static void check(struct strbuf *out, const char *want)
{
    CHECK_STR(strbuf_str(out), want);
    strbuf_release(out);
}

static void test_md(struct arena *arena)
{
    struct strbuf out = STRBUF_INIT;
    const enum md_align align[] = {MD_LEFT, MD_RIGHT};
    struct md w;

    TEST("Markdown inline");
    CHECK_STR(md_text(arena, "# no *heading* <b> [x](y)").markdown, "\\# no \\*heading\\* \\<b> \\[x\\](y)");
    CHECK_STR(md_text(arena, "orders_db at 12:30").markdown, "orders_db at 12:30");
    CHECK_STR(md_code(arena, "a``b`").markdown, "``` a``b` ```");
    CHECK_STR(md_link(arena, MD("x"), "javascript:alert(1)").markdown, "x");
    CHECK_STR(md_link(arena, MD("x"), "//evil.example").markdown, "x");
    CHECK_STR(md_link(arena, MD("x"), "a b.md#c").markdown, "[x](a%20b.md#c)");
    CHECK_STR(md_link(arena, MD("x"), "https://a.example/)").markdown, "[x](https://a.example/%29)");
    CHECK_STR(md_anchor(arena, "1. Fence & promote (`db`)"), "1-fence--promote-db");
    CHECK_STR(md_anchor(arena, "Write a\nb"), "write-a-b");
    CHECK_STR(md_anchor(arena, "Call \xF0\x9F\x9A\x92 _now_ \xE6\xBC\xA2"), "call--_now_-\xE6\xBC\xA2"); /* an emoji is no letter */
    CHECK_STR(mermaid_label(arena, "a \"b\" <c>\nd"), "\"a #34;b#34; #60;c#62;<br/>d\"");
    CHECK_STR(mermaid_gantt_text(arena, "a:b, c;d"), "a-b  c d");
    CHECK_STR(mermaid_gantt_text(arena, "Fence: stop it"), "Fence - stop it");
    {
        static const struct {
            int64_t hours;
            const char *want;
        } rows[] = {{0, "2001-01-01 00:00:00"},
                    {25, "2001-01-02 01:00:00"},
                    {31 * 24, "2001-02-01 00:00:00"},
                    {59 * 24, "2001-03-01 00:00:00"},
                    {365 * 24, "2002-01-01 00:00:00"}};

        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            struct strbuf text = STRBUF_INIT;

            mermaid_gantt_time(&text, rows[i].hours * 3600000);
            CHECK_STR(strbuf_str(&text), rows[i].want);
            strbuf_release(&text);
        }
    }

    TEST("Markdown blocks");
    md_init(&w, arena, &out);
    md_heading(&w, 1, MD("T"));
    md_paragraph(&w, md_text(arena, "a\nb"));
    md_number(&w, 0, 10, MD("ten"));
    md_bullet(&w, 1, MD("below ten"));
    md_task(&w, 1, true, MD("done"));
    MD_TABLE(&w, align, MD("k"), MD("v"));
    MD_ROW(&w, md_code(arena, "a|b"), md_text(arena, "c|d\ne"));
    MD_ROW(&w, MD("only"));
    md_table_end(&w);
    md_code_block(&w, "sh", "x\n```\n");
    check(&out, "# T\n\na\\\nb\n\n10. ten\n    - below ten\n    - [x] done\n\n"
                "| k | v |\n| --- | ---: |\n| `a\\|b` | c\\|d<br>e |\n| only | |\n\n"
                "````sh\nx\n```\n````\n");
}

static void test_yaml(struct arena *arena)
{
    struct strbuf out = STRBUF_INIT;
    struct yaml *y = yaml_new(arena, &out);

    TEST("YAML");
    yaml_comment(y, "from a\nb");
    yaml_document_begin(y);
    yaml_map_begin(y);
    yaml_key_string(y, "kind", "CronJob");
    yaml_key_string(y, "no", "15:30");
    yaml_key_list(y, "args");
    yaml_string(y, "012");
    yaml_int(y, 12);
    yaml_bool(y, true);
    yaml_null(y);
    yaml_decimal(y, "0.5");
    yaml_list_end(y);
    yaml_key_string(y, "script", "a\nb\n");
    yaml_map_end(y);
    yaml_document_end(y);
    CHECK(yaml_finish(y));
    check(&out, "# from a\n# b\n---\nkind: \"CronJob\"\n\"no\": \"15:30\"\nargs:\n- \"012\"\n- 12\n- true\n- "
                "null\n- 0.5\n"
                "script: |\n  a\n  b\n");
    y = yaml_new(arena, &out);
    yaml_document_begin(y);
    yaml_map_end(y);
    CHECK(!yaml_finish(y));
    strbuf_release(&out);
}

static void test_json(void)
{
    struct strbuf out = STRBUF_INIT;
    struct jsonw j;

    TEST("JSON");
    jsonw_init(&j, &out);
    jsonw_object_begin(&j);
    jsonw_key_array(&j, "a");
    jsonw_int(&j, INT64_MIN);
    jsonw_uint(&j, UINT64_MAX);
    jsonw_decimal(&j, "-0.50");
    jsonw_decimal(&j, "NaN");
    jsonw_null(&j);
    jsonw_array_end(&j);
    jsonw_key_object(&j, "b");
    jsonw_object_end(&j);
    jsonw_key_string(&j, "c", "\"\\\n\x1f\xC3\xA9");
    jsonw_object_end(&j);
    CHECK(jsonw_finish(&j));
    check(&out, "{\n  \"a\": [\n    -9223372036854775808,\n    18446744073709551615,\n    -0.50,\n    "
                "\"NaN\",\n    null\n  ],\n"
                "  \"b\": {},\n  \"c\": \"\\\"\\\\\\n\\u001f\xC3\xA9\"\n}\n");

    TEST("JSON that does not nest is refused");
    jsonw_init(&j, &out);
    jsonw_object_begin(&j);
    jsonw_int(&j, 1); /* no key */
    jsonw_object_end(&j);
    CHECK(!jsonw_finish(&j));
    strbuf_clear(&out);
    jsonw_init(&j, &out);
    jsonw_array_begin(&j);
    CHECK(!jsonw_finish(&j));
    strbuf_clear(&out);
    jsonw_init(&j, &out);
    for (int i = 0; i < 1000; i++)
        jsonw_array_begin(&j);
    CHECK(!jsonw_finish(&j));
    strbuf_clear(&out);
    jsonw_init(&j, &out);
    jsonw_string(&j, "\xff");
    CHECK(!jsonw_finish(&j));
    strbuf_release(&out);
}

static void test_cron(void)
{
    const struct cron_time daily = {"30", "2", "*", "*", "1-5"}, bad = {"30\n", "2", "*", "*", "*"};
    struct strbuf out = STRBUF_INIT, large = STRBUF_INIT;

    TEST("cron");
    cron_comment(&out, "from a\nb");
    CHECK(cron_env(&out, "PATH", "/usr/bin:/bin"));
    CHECK(cron_env(&out, "MAILTO", ""));
    CHECK(cron_line(&out, &daily, "backup", "/opt/drc/job 100%"));
    CHECK(!cron_line(&out, &bad, "backup", "x"));
    CHECK(!cron_line(&out, &daily, "root x", "x"));
    CHECK(!cron_line(&out, &daily, "root", "x\ny"));
    CHECK(!cron_line(&out, &daily, "root", "x \\% y"));
    CHECK(!cron_line(&out, &daily, "root", ""));
    strbuf_addfill(&large, 'x', 999);
    CHECK(!cron_line(&out, &daily, "root", strbuf_str(&large)));
    CHECK(!cron_env(&out, "A B", "x"));
    CHECK(!cron_env(&out, "A", "x\n* * * * * root id"));
    CHECK(!cron_env(&out, "A", "both ' and \""));
    CHECK(!cron_file_name_ok("drc.cron"));
    CHECK(!cron_file_name_ok(""));
    CHECK(cron_file_name_ok("drc-orders_1"));
    check(&out, "# from a\n# b\nPATH=/usr/bin:/bin\nMAILTO=\"\"\n30 2 * * 1-5 backup /opt/drc/job 100\\%\n");
    strbuf_release(&large);
}

int main(void)
{
    struct arena *arena = arena_new();

    test_md(arena);
    test_yaml(arena);
    test_json();
    test_cron();
    arena_delete(arena);
    return test_finish();
}
