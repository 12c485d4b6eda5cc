/* The Terraform writer against text written by hand in the style `terraform fmt` demands (the property tests
 * ask terraform itself). */
#include "emit/hcl.h"

#include "test.h"

static void check(const struct hcl_body *body, const char *want)
{
    struct strbuf out = STRBUF_INIT;

    hcl_print(body, &out);
    CHECK_STR(strbuf_str(&out), want);
    strbuf_release(&out);
}

static void test_layout(struct arena *arena)
{
    struct hcl_body *file = hcl_body_new(arena), *rule, *life;
    struct hcl_expr *list = hcl_list(arena), *tags = hcl_object(arena), *policy = hcl_object(arena);

    TEST("alignment and blank lines");
    hcl_comment(file, "from main.dr:7");
    rule = hcl_block(file, "resource", "aws_s3_bucket", "replica");
    hcl_set_ref(rule, "provider", HCL_SOURCE("aws.recovery"));
    hcl_blank(rule);
    hcl_set_string(rule, "bucket", "orders");
    hcl_set_bool(rule, "force_destroy", false);
    hcl_object_set_string(tags, "tier", "1");
    hcl_object_set_ref(tags, "managed-by", HCL_SOURCE("local.owner"));
    hcl_set(rule, "tags", tags);
    hcl_set_int(rule, "n", -3);
    hcl_block(rule, "filter", NULL, NULL);
    life = hcl_block(rule, "lifecycle", NULL, NULL);
    hcl_set_bool(life, "prevent_destroy", true);
    hcl_list_add_ref(list, HCL_SOURCE("tags"));
    hcl_set(life, "ignore_changes", list);
    hcl_object_set_string(policy, "Version", "2012-10-17");
    hcl_set(hcl_block(file, "locals", NULL, NULL), "policy", hcl_call1(arena, "jsonencode", policy));
    check(file, "# from main.dr:7\n"
                "resource \"aws_s3_bucket\" \"replica\" {\n"
                "  provider = aws.recovery\n"
                "\n"
                "  bucket        = \"orders\"\n"
                "  force_destroy = false\n"
                "  tags = {\n"
                "    tier         = \"1\"\n"
                "    \"managed-by\" = local.owner\n"
                "  }\n"
                "  n = -3\n"
                "\n"
                "  filter {}\n"
                "\n"
                "  lifecycle {\n"
                "    prevent_destroy = true\n"
                "    ignore_changes  = [tags]\n"
                "  }\n"
                "}\n"
                "\n"
                "locals {\n"
                "  policy = jsonencode({\n"
                "    Version = \"2012-10-17\"\n"
                "  })\n"
                "}\n");
}

static void test_expressions(struct arena *arena)
{
    struct hcl_body *file = hcl_body_new(arena);
    struct hcl_expr *tmpl = hcl_template(arena), *alone = hcl_template(arena), *list = hcl_list(arena);
    struct hcl_expr *a = hcl_expr(arena, HCL_SOURCE("var.a")), *b = hcl_int(arena, 2);

    TEST("expressions");
    hcl_template_text(tmpl, "arn:");
    hcl_template_text(tmpl, "$");
    hcl_template_ref(tmpl, HCL_SOURCE("var.x"));
    hcl_template_text(tmpl, "/${y}");
    hcl_set(file, "template", tmpl);
    hcl_template_ref(alone, HCL_SOURCE("var.x"));
    hcl_set(file, "alone", alone);
    hcl_set(file, "cond", hcl_conditional(arena, hcl_binary(arena, "&&", hcl_binary(arena, "==", a, b), hcl_not(arena, a)), b, hcl_null(arena)));
    hcl_set(file, "decimal", hcl_decimal(arena, "0.25"));
    hcl_set(file, "no_decimal", hcl_decimal(arena, "1e5"));
    for (int i = 0; i < 9; i++)
        hcl_list_add_string(list, "0123456789");
    hcl_set_ref(file, "ref", hcl_ref(arena, "aws_kms_key", "bad name; x", "arn"));
    hcl_set(file, "long", list);
    check(file, "template   = \"arn:\\u0024${var.x}/$${y}\"\n"
                "alone      = var.x\n"
                "cond       = ((var.a == 2) && !var.a) ? 2 : null\n"
                "decimal    = 0.25\n"
                "no_decimal = \"1e5\"\n"
                "ref        = aws_kms_key.bad_name_x.arn\n"
                "long = [\n"
                "  \"0123456789\",\n  \"0123456789\",\n  \"0123456789\",\n"
                "  \"0123456789\",\n  \"0123456789\",\n  \"0123456789\",\n"
                "  \"0123456789\",\n  \"0123456789\",\n  \"0123456789\",\n"
                "]\n");
}

int main(void)
{
    struct arena *arena = arena_new();
    struct hcl_body *file = hcl_body_new(arena);

    test_layout(arena);
    test_expressions(arena);
    TEST("comments end with their line");
    hcl_comment(file, "one\ntwo\r\nthree\rresource \"x\" \"y\" {}\xE2\x80\xA8last\n");
    check(file, "# one\n# two\n# three\n# resource \"x\" \"y\" {}\n# last\n");
    TEST("identifiers");
    CHECK_STR(hcl_identifier(arena, "Orders DB/eu"), "orders_db_eu");
    CHECK_STR(hcl_identifier(arena, "2nd"), "_2nd");
    CHECK_STR(hcl_identifier(arena, ""), "_");
    CHECK_STR(hcl_identifier(arena, "\xC3\xA9"), "_");
    CHECK(!hcl_is_identifier("a.b"));
    CHECK(!hcl_is_identifier(""));
    arena_delete(arena);
    return test_finish();
}
