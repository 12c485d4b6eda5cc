/* The shell writer against text written by hand (the property tests ask bash and shellcheck). */
#include "emit/sh.h"

#include "test.h"

static void check_quote(const char *text, const char *want)
{
    struct strbuf out = STRBUF_INIT;

    sh_quote(&out, text);
    CHECK_STR(strbuf_str(&out), want);
    strbuf_release(&out);
}

static void test_quotes(void)
{
    TEST("quotes");
    check_quote("us-west-2", "us-west-2");
    check_quote("", "''");
    check_quote("a b", "'a b'");
    check_quote("it's", "\"it's\"");
    check_quote("$HOME", "\"\\$HOME\"");
    check_quote("a\nb\x01"
                "2",
                "$'a\\nb\\0012'");
    check_quote("~/x", "\\~'/x'");
    check_quote("then", "'then'");
    check_quote("\xE2\x80\xAE", "$'\\342\\200\\256'"); /* right-to-left override */
}

static void test_commands(struct arena *arena)
{
    struct sh_cmd cmd = SH_CMD_LIT(arena, "aws", "rds", "promote-read-replica"), next = SH_CMD_LIT(arena, "jq", "-r", ".x");

    TEST("commands");
    sh_cmd_option(&cmd, "--db-instance-identifier", sh_lit(arena, "orders; rm -rf /"));
    sh_cmd_option(&cmd, "--region", sh_var(arena, "REGION"));
    sh_cmd_env(&cmd, "AWS_PAGER", sh_lit(arena, ""));
    sh_cmd_pipe(&cmd, &next);
    sh_cmd_redirect(&cmd, SH_ERR_TO_OUT, sh_lit(arena, ""));
    CHECK_STR(sh_cmd_text(arena, &cmd), "AWS_PAGER='' aws rds promote-read-replica --db-instance-identifier "
                                        "'orders; rm -rf /' --region \"${REGION}\" 2>&1 | jq -r .x");
    cmd = SH_CMD_LIT(arena, "A=1", "B=2");
    CHECK_STR(sh_cmd_text(arena, &cmd), "'A=1' B=2");
    cmd = sh_compare(arena, sh_var(arena, "x"), "==", sh_lit(arena, "a*"));
    CHECK_STR(sh_cmd_text(arena, &cmd), "[[ \"${x}\" == 'a*' ]]");
    CHECK_STR(sh_word_text(arena, sh_path(arena, "-rf")), "./-rf");
    CHECK_STR(sh_word_text(arena, sh_cat(arena, sh_lit(arena, "s3://"), sh_var(arena, "b\"; x"))), "\"s3://${b___x}\"");
}

static void test_script(struct arena *arena)
{
    struct strbuf out = STRBUF_INIT;
    struct sh_word words[] = {sh_lit(arena, "a"), sh_lit(arena, "b c")};
    struct sh_cmd cmd = SH_CMD_LIT(arena, "echo", "hi");
    struct sh w;

    TEST("scripts");
    sh_init(&w, arena, &out);
    sh_header(&w, "from x\nshellcheck disable=all");
    sh_function_begin(&w, "step one");
    sh_local(&w, "x");
    sh_capture(&w, "x", &cmd);
    sh_for(&w, "i", words, 2);
    sh_fixed(&w, "echo \"$i\"\n\necho done");
    sh_done(&w);
    sh_case(&w, sh_var(arena, "x"));
    sh_arm(&w, words, 2);
    sh_run(&w, &cmd);
    sh_arm_end(&w);
    sh_arm_default(&w);
    sh_fixed(&w, "return 1");
    sh_arm_end(&w);
    sh_esac(&w);
    sh_function_end(&w);
    sh_array(&w, "list", words, 2);
    cmd = sh_cmd_new(arena);
    for (int i = 0; i < 3; i++)
        sh_cmd_option(&cmd, i ? "--a-long-option-name" : "command", sh_lit(arena, "a value of some thirty bytes.."));
    sh_run(&w, &cmd);
    CHECK_STR(strbuf_str(&out), "#!/usr/bin/env bash\n"
                                "# from x\n"
                                "# (shellcheck disable=all\n"
                                "\n"
                                "set -euo pipefail\n"
                                "\n"
                                "step_one() {\n"
                                "    local x\n"
                                "    x=\"$(echo hi)\"\n"
                                "    for i in a 'b c'; do\n"
                                "        echo \"$i\"\n"
                                "\n"
                                "        echo done\n"
                                "    done\n"
                                "    case \"${x}\" in\n"
                                "        a | 'b c')\n"
                                "            echo hi\n"
                                "            ;;\n"
                                "        *)\n"
                                "            return 1\n"
                                "            ;;\n"
                                "    esac\n"
                                "}\n"
                                "\n"
                                "list=(\n"
                                "    a\n"
                                "    'b c'\n"
                                ")\n"
                                "command 'a value of some thirty bytes..' \\\n"
                                "    --a-long-option-name 'a value of some thirty bytes..' \\\n"
                                "    --a-long-option-name 'a value of some thirty bytes..'\n");
    strbuf_release(&out);
}

int main(void)
{
    struct arena *arena = arena_new();

    test_quotes();
    test_commands(arena);
    test_script(arena);
    arena_delete(arena);
    return test_finish();
}
