/*
 * The parser and the formatter. Trees are written as text and compared with text worked out by hand from the language
 * reference; the formatter is held to its three promises: comments stay, meaning stays, and again changes nothing.
 */
#include "test.h"
#include "tree_text.h"

#include "syntax/format.h"

#include <stdlib.h>

struct run {
    struct arena *arena;
    struct sources sources;
    struct diag_sink sink;
    struct parse_context context;
};

static void run_init(struct run *run)
{
    run->arena = arena_new();
    sources_init(&run->sources, run->arena);
    diag_sink_init(&run->sink, run->arena, &run->sources);
    run->context = (struct parse_context){.arena = run->arena, .names = intern_new(run->arena), .sink = &run->sink};
}

static struct file_tree *parse(struct run *run, const char *text)
{
    return parse_file(&run->context, sources_add(&run->sources, "test.dr", text, strlen(text)));
}

/* The value `x` gets in `b { x = VALUE }`. */
static void check_value(const char *value, const char *want, const char *file, int line)
{
    struct run run;
    struct strbuf text = STRBUF_INIT, got = STRBUF_INIT;
    struct file_tree *tree;

    run_init(&run);
    strbuf_addf(&text, "b {\n  x = %s\n  y = 1\n}\n", value);
    tree = parse(&run, strbuf_str(&text));
    if (run.sink.errors)
        strbuf_addf(&got, "error: %s", run.sink.diags.items[0]->message);
    else
        tree_expr(&got, tree->blocks->attrs->value);
    test_str(strbuf_str(&got), want, file, line, value);
    strbuf_release(&got);
    strbuf_release(&text);
    arena_delete(run.arena);
}

#define VALUE(text, want) check_value(text, want, __FILE__, __LINE__)

static void test_literals(void)
{
    TEST("literals");
    VALUE("5", "5");
    VALUE("-5", "(neg 5)");
    VALUE("0.5", "#500000000");
    VALUE("99.999%", "999990000ppb");
    VALUE("1h30m", "5400000ms");
    VALUE("500GiB", "536870912000B");
    VALUE("200MiB/s", "1048576/5B/ms");
    VALUE("1200 USD", "12000000:USD:");
    VALUE("1200.5 USD/mo", "12005000:USD:mo");
    VALUE("2026-11-21", "day20778"); /* 1795219200 s / 86400, from date(1) */
    VALUE("02:05", "minute125");
    VALUE("true", "true");
    VALUE("null", "null");
    VALUE("unknown", "unknown");
    VALUE("\"a\\n\\t\\\"\\\\\\u{e9}\"", "\"a\\n\t\\\"\\\xC3\xA9\"");
    TEST("ranges");
    VALUE("60s..90s..120s", "(.. 60000ms 90000ms 120000ms)");
    VALUE("1m..2m", "(.. 60000ms 120000ms 120000ms)");
    VALUE("1..5", "(.. 1 5 5)");
    VALUE("a + 1m..b * 2", "(.. (+ a 60000ms) (* b 2) (* b 2))");
    VALUE("a..b < c", "(< (.. a b b) c)");
    TEST("schedules");
    VALUE("every 1h30m", "<every 1h30m>");
    VALUE("daily at 14:00, 02:00", "<daily at 02:00, 14:00>");
    VALUE("weekly on wed, sun at 03:00", "<weekly on sun, wed at 03:00>");
    VALUE("monthly on 15, 1 at 04:00 in \"Europe/Berlin\"", "<monthly on 1, 15 at 04:00 in \"Europe/Berlin\">");
    VALUE("cron \"0 2 * * 1-5\"", "<cron \"0 2 * * 1-5\">");
    VALUE("continuous", "<continuous>");
    VALUE("on change", "<on change>");
    VALUE("[daily at 02:00, 03:00, every 5m]", "[<daily at 02:00, 03:00> <every 5m>]");
    VALUE("[06:00, 07:00]", "[minute360 minute420]");
}

static void test_expressions(void)
{
    TEST("precedence");
    VALUE("1 + 2 * 3", "(+ 1 (* 2 3))");
    VALUE("(1 + 2) * 3", "(* (+ 1 2) 3)");
    VALUE("1 - 2 - 3", "(- (- 1 2) 3)");
    VALUE("a && b || c && d", "(|| (&& a b) (&& c d))");
    VALUE("!a.b && c <= 1 + 2", "(&& (! a.b) (<= c (+ 1 2)))");
    VALUE("a ? b : c ? d : e", "(? a b (? c d e))");
    VALUE("a == b ? 1 : 2", "(? (== a b) 1 2)");
    VALUE("-a * b", "(* (neg a) b)");
    VALUE("7 % 3", "(% 7 3)");
    TEST("names, members, calls");
    VALUE("orders-db.here.host", "orders-db.here.host");
    VALUE("f(a, g(b),)", "(call f a (call g b))");
    VALUE("scenario.loses(self.site)", "(call scenario.loses self.site)");
    VALUE("r.for.in.true", "r.for.in.true");
    TEST("quantifiers");
    VALUE("any(c in a.copies: c.site != a.site)", "(any c a.copies (!= c.site a.site))");
    VALUE("[for x in xs if x.a: { n = x.n  \"odd key\" = 1 }]", "(for x xs if x.a {n=x.n odd key=1})");
    VALUE("count(x in xs: x > 1) + 1", "(+ (count x xs (> x 1)) 1)");
    VALUE("all", "all");
    VALUE("[any, all, count]", "[any all count]");
    VALUE("count(xs)", "(call count xs)");
    VALUE("any(x in c ? p : q: x)", "(any x (? c p q) x)");
    TEST("words that are keywords elsewhere");
    VALUE("daily", "daily");
    VALUE("{ a = daily  at = 02:00  b = weekly  on = 1  c = on  change = 2 }", "{a=daily at=minute120 b=weekly on=1 c=on change=2}");
    VALUE("every", "every");
    VALUE("[on, at, for, if, in, let]", "[on at for if in let]");
}

static void test_strings(void)
{
    TEST("interpolation");
    VALUE("\"a\\(b)c\"", "(text \"a\" b \"c\")");
    VALUE("\"\\(a)\\(b)\"", "(text a b)");
    VALUE("\"\\(f(\"x\\(y)\"))\"", "(text (call f (text \"x\" y)))");
    VALUE("\"${HOME} %{b} {{c}}\"", "\"${HOME} %{b} {{c}}\"");
    VALUE("\"\"", "\"\"");
    VALUE("\"\\(\"a\")\"", "(text \"a\")");
    TEST("text of several lines");
    VALUE("\"\"\"\n    one\n      two\n\n    three\n    \"\"\"", "\"one\\n  two\\n\\nthree\\n\"");
    VALUE("\"\"\"\n    one\n    two\"\"\"", "\"one\\ntwo\"");
    VALUE("\"\"\"one \"two\" three\"\"\"", "\"one \\\"two\\\" three\"");
    VALUE("\"\"\"\n  a\n  \\(b)\n  \"\"\"", "(text \"a\\n\" b \"\\n\")");
    VALUE("\"\"\"\r\n    one\r\n    \"\"\"", "\"one\\n\"");
}

static void test_blocks(void)
{
    static const char text[] = "import \"std/aws\"\nimport \"x.dr\" as other;\n"
                               "/// Two\n/// lines.\nasset database : aws.rds.postgres { a = 1; b = 2 c = 3\n"
                               "  backup full { kind = full }\n  for = r in self.replicas\n  let z = 1\n}\n"
                               "resource aws_db_instance ident(self.name, r.site) { }\n"
                               "once r.site { for = x in xs : k.l }\n"
                               "inventory \"a.yaml\" as e : kind(e.kind) { }\n"
                               "daily every\n{ every = 1 in = 2 import = 3 }\n";
    static const char want[] = "import std/aws as -\nimport x.dr as other\n"
                               "/// Two\nlines.\nasset database: aws.rds.postgres {\na = 1\nb = 2\nc = 3\nfor = r in self.replicas\n"
                               "let z = 1\nbackup full{\nkind = full\n}\n}\n"
                               "resource aws_db_instance (call ident self.name r.site){\n}\n"
                               "once r.site{\nfor = x in (of xs k.l)\n}\n"
                               "inventory \"a.yaml\" as e: (call kind e.kind){\n}\n"
                               "daily every{\nevery = 1\nin = 2\nimport = 3\n}\n";
    struct run run;
    struct strbuf got = STRBUF_INIT;
    struct file_tree *tree;

    run_init(&run);
    TEST("blocks");
    tree = parse(&run, text);
    tree_text(&got, tree);
    CHECK_STR(strbuf_str(&got), want);
    CHECK_INT(run.sink.diags.len, 0);
    CHECK_INT(tree->block_count, 6);
    TEST("places");
    if (tree->blocks && tree->blocks->attrs) {
        const struct block *block = tree->blocks;
        struct place place = sources_place(&run.sources, block->attrs->value->span.start);

        CHECK_INT(place.line, 5);
        CHECK_INT(place.column, 41);
        CHECK_INT(sources_place(&run.sources, block->span.start).column, 1);
        CHECK_INT(sources_place(&run.sources, block->span.end - 1).line, 9);
        CHECK_STR(block_label_name(block, 0), "database");
        CHECK(block_attr(block, intern_str(run.context.names, "b"))->value->u.integer == 2);
        CHECK(block_attr(block, intern_str(run.context.names, "z")) == NULL);
    }
    strbuf_release(&got);
    arena_delete(run.arena);
}

static void test_expression(void)
{
    struct run run;
    struct strbuf got = STRBUF_INIT;
    struct expr *expr;

    run_init(&run);
    TEST("an expression on its own");
    expr = parse_expression(&run.context, sources_add(&run.sources, "-D", "5m + 1h", 7));
    CHECK(expr != NULL);
    if (expr)
        tree_expr(&got, expr);
    CHECK_STR(strbuf_str(&got), "(+ 300000ms 3600000ms)");
    CHECK(parse_expression(&run.context, sources_add(&run.sources, "-D", "5 5", 3)) == NULL);
    CHECK_INT(run.sink.errors, 1);
    CHECK(parse_expression(&run.context, sources_add(&run.sources, "-D", "", 0)) == NULL);
    CHECK(parse_expression(&run.context, sources_add(&run.sources, "-D", "a = 1", 5)) == NULL);
    strbuf_release(&got);
    arena_delete(run.arena);
}

/* Formats twice; compares with `want` unless that is NULL. */
static void check_format(const char *text, const char *want, const char *file, int line)
{
    struct run run;
    struct strbuf once = STRBUF_INIT, twice = STRBUF_INIT, before = STRBUF_INIT, after = STRBUF_INIT;
    struct source_file *first, *second;
    bool formats;

    run_init(&run);
    first = sources_add(&run.sources, "first.dr", text, strlen(text));
    formats = format_file(&run.context, first, &once);
    test_result(formats, file, line, "it can be formatted");
    if (want)
        test_str(strbuf_str(&once), want, file, line, "canonical form");
    second = sources_add(&run.sources, "second.dr", strbuf_str(&once), once.len);
    test_result(format_file(&run.context, second, &twice), file, line, "the result can be formatted");
    test_str(strbuf_str(&twice), strbuf_str(&once), file, line, "formatting again changes nothing");
    tree_text(&before, parse_file(&run.context, first));
    tree_text(&after, parse_file(&run.context, second));
    test_str(strbuf_str(&after), strbuf_str(&before), file, line, "the meaning stays");
    strbuf_release(&once);
    strbuf_release(&twice);
    strbuf_release(&before);
    strbuf_release(&after);
    arena_delete(run.arena);
}

#define FORMAT(text, want) check_format(text, want, __FILE__, __LINE__)

static void test_format(void)
{
    TEST("alignment and blank lines");
    FORMAT("asset a:data{size=1GiB\n\n\n\nrto=1h\nlonger=[1,2,]\n}\nsite b : x.y { }\nasset c {\n}\n"
           "plan p {\n a=1\n}\n",
           "asset a : data {\n  size = 1GiB\n\n  rto    = 1h\n  longer = [1, 2]\n}\n\n"
           "site b : x.y { }\nasset c { }\n\nplan p {\n  a = 1\n}\n");
    TEST("blanks at the end of a doc comment are no text");
    FORMAT("/// one \t\n/// two  \nasset a { }\n", "/// one\n/// two\nasset a { }\n");
    TEST("a semicolon that ends nothing");
    FORMAT("plan p {\n; }\n", "plan p { }\n");
    FORMAT(";; plan p { ;; a = 1;; ; b = 2; }\n", NULL);
    TEST("one line stays one line if it fits");
    FORMAT("class L1 { title = \"x\";rto=1h     rpo = 15m }\n", "class L1 { title = \"x\"  rto = 1h  rpo = 15m }\n");
    FORMAT("class L1 { a = \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\" b = \"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\" }",
           "class L1 {\n  a = \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"\n"
           "  b = \"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\"\n}\n");
    TEST("comments stay where they are");
    FORMAT("// head\n\n#second\nb { // open\n  a = 1 // one\n  // two\n\n  /* three */\n  c = [ 1, // four\n 2 ]\n"
           "  d = /* five */ 2 // six\n  // last\n}\n// end",
           "// head\n\n#second\nb {  // open\n  a = 1  // one\n  // two\n\n  /* three */\n  c = [\n    1,  // four\n    2,\n  ]\n"
           "  d = /* five */ 2  // six\n  // last\n}\n// end\n");
    FORMAT("/// doc\nb // in the header\n{ a = 1\n}\n", "/// doc\nb {  // in the header\n  a = 1\n}\n");
    TEST("expressions");
    FORMAT("b { x = a+b*-c  y = !d&&e  z = f ( 1,2 ) w = any(q in r:q.s)  }\nc{ v = a?b:c u = 1 .. 2 t = { a=1,b=2 } }\n",
           "b { x = a + b * -c  y = !d && e  z = f(1, 2)  w = any(q in r: q.s) }\nc { v = a ? b : c  u = 1..2  t = { a = 1  b = 2 } }\n");
    FORMAT("b {\n  x = a &&\n    b\n  y = [\n1]\n  z = 1200    USD\n  s = daily at 02:00 , 03:00\n}\n",
           "b {\n  x = a\n    && b\n  y = [\n    1,\n  ]\n  z = 1200 USD\n  s = daily at 02:00, 03:00\n}\n");
    FORMAT("b { for = r in xs:k.l }\nimport   \"x\"   as   y\n", "b { for = r in xs : k.l }\nimport \"x\" as y\n");
    TEST("strings are not touched");
    FORMAT("b {\n  x = \"\"\"\n      a\n        \\( f( 1 ) )\n      \"\"\"\n    y  =  \"\\(a+b)\"\n}\n",
           "b {\n  x = \"\"\"\n      a\n        \\( f( 1 ) )\n      \"\"\"\n  y = \"\\(a+b)\"\n}\n");
    TEST("line ends and marks of other systems go away");
    FORMAT("\xEF\xBB\xBF"
           "b {\r\n  a = 1 // x\r\n}\r\n",
           "b {\n  a = 1  // x\n}\n");
    TEST("nothing");
    FORMAT("", "");
    FORMAT("// only\n\n\n", "// only\n");
    TEST("long values");
    FORMAT("b {\n  x = f("
           "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", [\"bbbbbbbbbbbbbbbbbbbbbbbbbbbb\", \"ccccccccccccccccccccccccc\"])\n}\n",
           NULL);
    FORMAT("b {\n  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx = "
           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ? bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb : cccccccccccc\n  y = 1\n}\n",
           NULL);
    FORMAT("b { c { d { e = [[1, 2], [3, { f = 1, g = [4] }]] } } }", NULL);
}

static void test_broken(void)
{
    struct run run;
    struct strbuf out = STRBUF_INIT;

    run_init(&run);
    TEST("a broken file is not formatted");
    CHECK(!format_file(&run.context, sources_add(&run.sources, "x.dr", "b { a = }", 9), &out));
    CHECK_INT(out.len, 0);
    TEST("what could be read is in the tree");
    {
        struct strbuf got = STRBUF_INIT;

        tree_text(&got, parse(&run, "a { x = 1 + }\nb { y = [1 2]\n  z = 3 }\nc { w = 4\n"));
        CHECK_STR(strbuf_str(&got), "a {\nx = <error>\n}\nb {\ny = <error>\nz = 3\n}\nc {\nw = 4\n}\n");
        strbuf_release(&got);
    }
    strbuf_release(&out);
    arena_delete(run.arena);
}

/* Work grows with the text, and limits end it. */
static void test_limits(void)
{
    static const char *const openers[] = {"a {", "a { b = [", "a { b = (", "a { b = \"\\(", "a { b = -", "a { b = c ? d : ", "a { b = {c="};

    TEST("nesting without end");
    for (size_t i = 0; i < sizeof openers / sizeof openers[0]; i++) {
        struct run run;
        struct strbuf text = STRBUF_INIT;
        const char *again = i == 0 ? openers[0] : openers[i] + 8;

        run_init(&run);
        strbuf_addstr(&text, openers[i]);
        for (int n = 0; n < 10000; n++)
            strbuf_addstr(&text, again);
        parse(&run, strbuf_str(&text));
        diag_sort(&run.sink);
        CHECK(run.sink.errors >= 1 && run.sink.errors <= 2);
        if (run.sink.diags.len)
            CHECK_STR(diag_info(run.sink.diags.items[run.sink.diags.len - 1]->code)->name, "nested-too-deep");
        arena_delete(run.arena);
        strbuf_release(&text);
    }
    TEST("a line of one megabyte");
    {
        struct run run;
        struct strbuf text = STRBUF_INIT, out = STRBUF_INIT;
        struct diag_style style = {.format = DIAG_TEXT, .max = 0, .tool_version = "0"};

        run_init(&run);
        for (int n = 0; n < 30000; n++)
            strbuf_addstr(&text, "b { a = 5min; longer_name = \"x\" }");
        parse(&run, strbuf_str(&text));
        CHECK_INT(run.sink.errors, 10001); /* the last says that there are too many */
        diag_sort(&run.sink);
        diag_render(&run.sink, &style, &out);
        CHECK(out.len < 10001 * 400u);
        strbuf_release(&out);
        strbuf_release(&text);
        arena_delete(run.arena);
    }
}

int main(void)
{
    test_literals();
    test_expressions();
    test_strings();
    test_blocks();
    test_expression();
    test_format();
    test_broken();
    test_limits();
    return test_finish();
}
