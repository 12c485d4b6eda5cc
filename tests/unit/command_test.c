/* Commands as shell text: what an author writes stays, what a value holds is never read as shell. The expected lines follow
 * the quoting rules of the bash manual (3.1.2 Quoting), written down by hand. */
#include "backends/common/command.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

static struct arena *arena;

/* "@name" is a runtime part, anything else literal; parts end with NULL. */
static struct plan_word make_word(const char *const *parts)
{
    struct plan_word word = {0};

    while (parts[word.count])
        word.count++;
    word.parts = ARENA_ARRAY(arena, struct plan_part, word.count);
    for (uint32_t i = 0; i < word.count; i++)
        word.parts[i] = (struct plan_part){.runtime = parts[i][0] == '@', .text = parts[i][0] == '@' ? parts[i] + 1 : parts[i]};
    return word;
}
#define WORD(...) make_word((const char *const[]){__VA_ARGS__, NULL})

static const char *written(const struct plan_command *command)
{
    struct strbuf out = STRBUF_INIT;
    struct sh w;
    const char *text;

    sh_init(&w, arena, &out);
    command_write(&w, command);
    text = strbuf_dup(&out, arena);
    strbuf_release(&out);
    return text;
}

/* before VALUE after, as shell text with one value. */
static const char *shell(const char *before, struct plan_word value, const char *after)
{
    struct plan_command command = {.shell = true, .count = 3};
    struct plan_piece pieces[3] = {{.script = before}, {.value = value}, {.script = after}};

    command.pieces = pieces;
    return written(&command);
}

static const char *fault(const char *text)
{
    struct plan_piece piece = {.script = text};
    struct plan_command command = {.shell = true, .count = 1, .pieces = &piece};

    return command_fault(arena, &command);
}

/* The programs of a text, with a value in place of `%`, separated by blanks. */
static const char *programs(const char *text)
{
    struct plan_word value = WORD("value");
    struct plan_piece pieces[9];
    struct plan_command command = {.shell = true, .pieces = pieces};
    struct strbuf out = STRBUF_INIT;
    command_names names = {0};
    const char *result;

    for (const char *rest = text; rest;) {
        const char *end = strchr(rest, '%');

        pieces[command.count++] = (struct plan_piece){.script = end ? arena_strndup(arena, rest, (size_t)(end - rest)) : rest};
        if (end)
            pieces[command.count++] = (struct plan_piece){.value = value};
        rest = end ? end + 1 : NULL;
    }
    command_programs(arena, &command, &names);
    for (uint32_t i = 0; i < names.len; i++)
        strbuf_addf(&out, "%s%s", i ? " " : "", names.items[i]);
    result = strbuf_dup(&out, arena);
    strbuf_release(&out);
    return result;
}

static void test_programs(void)
{
    static const char *const table[][2] = {
        {"git clone -- % work", "git"},
        {"% --version", ""},
        {"found=$(aws eks describe --name %) &&\n  test \"$found\" = ACTIVE", "aws"},
        {"test \"$(kubectl get x | jq -r .y)\" = 1", "kubectl jq"},
        {"(\n  work=$(mktemp -d) &&\n  trap 'rm -rf \"$work\"' EXIT &&\n  restic restore --target \"$work\"\n)", "restic"},
        {"drc_on % root 'systemctl stop \"$1\"' x < file", ""},
        {"if ! psql -c 'select 1' > /dev/null 2>&1; then pg_restore f; fi", "psql pg_restore"},
        {"PGPASSWORD=x psql; ./check.sh & /opt/run", "psql ./check.sh /opt/run"},
        {"a |& b; c 2> err; d &> all; e >| f", "a b c d e"},
        {"x=1 # git\ncurl y", "curl"},
        {"one &&\\\n two", "one two"},
        {"while read -r l; do tool \"$l\"; done < list", "tool"},
        {"cat <<EOF\nnot me\nEOF\nneither", ""},
        {"jq . f; case $x in git) a ;; esac", "jq"},
        {"f() { git; }; f", ""},
        {"[[ a && git ]]", ""},
        {"((n + 1)); git", ""},
        {"{ aws a; } | xargs -n 1 b", "aws"},
        {"'quoted' git", ""},
        {"git a; git b", "git"},
    };

    TEST("programs of shell text");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        CHECK_STR(programs(table[i][0]), table[i][1]);
    CHECK(command_holds_text(&(struct plan_command){.shell = true, .count = 1, .pieces = &(struct plan_piece){.script = "a \"it's\" 'x $1'"}}));
    CHECK(!command_holds_text(&(struct plan_command){.shell = true, .count = 1, .pieces = &(struct plan_piece){.script = "a \"it's $1\" # '$2'"}}));
}

static void test_arguments(void)
{
    struct plan_word words[] = {WORD("aws"),        WORD("s3"), WORD("cp"), WORD("@job.output"), WORD("s3://b/", "@job.object"),
                                WORD("it's $HOME"), WORD("")};
    struct plan_command command = {.words = words, .count = 7};
    command_names names = {0};

    TEST("an argument list: every word is one word");
    CHECK_STR(written(&command), "aws s3 cp \"${job_output}\" \"s3://b/${job_object}\" \"it's \\$HOME\" ''\n");
    CHECK_STR(command_line(arena, &command), "aws s3 cp \"${job_output}\" \"s3://b/${job_object}\" \"it's \\$HOME\" ''");
    command_programs(arena, &command, &names);
    CHECK(names.len == 1);
    CHECK_STR(names.items[0], "aws");
    TEST("an unset command writes nothing");
    CHECK_STR(written(NULL), "");
}

static void test_names(void)
{
    TEST("runtime names become variables");
    CHECK_STR(command_variable(arena, "job.output"), "job_output");
    CHECK_STR(command_variable(arena, "input.at"), "input_at");
    CHECK_STR(command_variable(arena, "env.PGPASSWORD"), "PGPASSWORD");
    CHECK_STR(command_variable(arena, "input.odd-name"), "input_odd_name");
}

static void test_quotes(void)
{
    struct plan_word at = WORD("@input.at");

    TEST("a value outside quotes is quoted");
    CHECK_STR(shell("echo ", at, " end"), "echo \"${input_at}\" end\n");
    TEST("inside double quotes the author's quotes serve");
    CHECK_STR(shell("echo \"at ", at, "\""), "echo \"at ${input_at}\"\n");
    TEST("inside single quotes they are closed round it");
    CHECK_STR(shell("jq '.a == ", at, "'"), "jq '.a == '\"${input_at}\"''\n");
    TEST("in a substitution inside double quotes, plain rules hold");
    CHECK_STR(shell("test \"$(date -d ", at, ")\" = x"), "test \"$(date -d \"${input_at}\")\" = x\n");
    TEST("after that substitution the double quotes go on");
    CHECK_STR(shell("echo \"$(id) ", at, "\""), "echo \"$(id) ${input_at}\"\n");
    TEST("an escaped quote opens nothing");
    CHECK_STR(shell("echo \\' ", at, ""), "echo \\' \"${input_at}\"\n");
    TEST("a quote in a comment opens nothing");
    CHECK_STR(shell("# it's\necho ", at, ""), "# it's\necho \"${input_at}\"\n");
    TEST("a hash inside a word is no comment");
    CHECK_STR(shell("echo a#' ", at, "'"), "echo a#' '\"${input_at}\"''\n");
}

static void test_values(void)
{
    TEST("a literal value arrives in a variable, whatever it holds");
    CHECK_STR(shell("rm -rf -- ", WORD("$(reboot); `x` \"y\" 'z'"), ""), "v1=\"\\$(reboot); \\`x\\` \\\"y\\\" 'z'\"\nrm -rf -- \"${v1}\"\n");
    CHECK_STR(shell("cp ", WORD("/a/", "@job.object"), " ."), "v1=\"/a/${job_object}\"\ncp \"${v1}\" .\n");
}

static void test_faults(void)
{
    static const char *const wrong[][2] = {
        {"echo 'a", "a single quote is never closed"},
        {"echo \"a", "a double quote is never closed"},
        {"echo \"$(id\"", "a double quote is never closed"},
        {"( cd /", "a parenthesis is never closed"},
        {"echo $(id", "a parenthesis is never closed"},
        {"echo ${x", "a brace is never closed"},
        {"echo `id", "a backquote is never closed"},
        {"", "it holds no command"},
        {"  # only a comment\n\n", "it holds no command"},
        {"true\n}\ntouch x\ng() {\ntrue", "`}` stands where the end of a command should be, in line 2 of it"},
        {"true; }; touch x; g() { true", "`}` stands where the end of a command should be"},
        {"true\n}\\\n\ntouch x\ng() { true", "`}` stands where the end of a command should be, in line 2 of it"},
        {"if; then", "`;` stands where a command should be"},
        {"if a; then b", "it ends where `fi` should be"},
        {"for x in a; b", "`b` stands where `do` should be"},
        {"case x in x) true;;", "it ends where a pattern of `case` should be"},
        {"true &&", "it ends where a command should be"},
        {"| true", "`|` stands where a command should be"},
        {"true ;; true", "`;;` stands where the end of a command should be"},
        {"true \\", "it ends in a backslash, which would join the line behind it"},
        {"cat <<EOF", "a here-document never ends: no line is `EOF` alone"},
        {"cat <<EOF\nx\n EOF", "a here-document never ends: no line is `EOF` alone, in line 2 of it"},
        {"[[ a == ]]", "`]]` stands where what a test compares with should be"},
        {"f() true", "`true` stands where the body of a function should be"},
        {"echo `fi`", "between backquotes, `fi` stands where a command should be"},
        {"echo a (b)", "`(` stands where the end of a command should be"},
    };
    static const char *const right[] = {
        "echo 'a' \"b $(c 'd')\" $'e\\'f' # it's",
        "case x in (a) b ;; esac; for i in $(x); do :; done",
        "echo } fi done",
        "cat <<EOF\nit's }\nEOF",
        "a && { b; } || ! c &",
        "x=(1 2) f; [[ $x =~ ^(a|b c)$ ]] && ((x++))",
    };

    TEST("what bash refuses, or what would end the function round it");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_STR(fault(wrong[i][0]), wrong[i][1]);
    TEST("what is fine");
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        CHECK(fault(right[i]) == NULL);
    TEST("nested without end");
    {
        char *deep = arena_alloc(arena, 3000);
        for (int i = 0; i < 900; i++)
            memcpy(deep + 3 * i, "\"$(", 3);
        CHECK_STR(fault(deep), "it is nested too deeply");
        for (int i = 0; i < 500; i++)
            memcpy(deep + 5 * i, "(( $(", 5);
        CHECK_STR(fault(deep), "it is nested too deeply");
    }
}

static void test_collect(void)
{
    struct plan_word words[] = {WORD("a", "@env.TOKEN"), WORD("@input.at"), WORD("@env.TOKEN")};
    struct plan_command command = {.words = words, .count = 3};
    command_names names = {0};

    TEST("runtime names, each once");
    command_collect(arena, &command, &names);
    CHECK_INT(names.len, 2);
    CHECK_STR(names.items[0], "env.TOKEN");
    CHECK_STR(names.items[1], "input.at");
}

int main(void)
{
    arena = arena_new();
    test_arguments();
    test_programs();
    test_names();
    test_quotes();
    test_values();
    test_faults();
    test_collect();
    arena_delete(arena);
    return test_finish();
}
