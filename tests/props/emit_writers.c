/* Writes the strings of standard input (each ended by NUL) with one of the writers, so that emit.py can hand
 * the result to the format's real reader. The first argument chooses the writer. */
#include "emit/hcl.h"
#include "emit/json.h"
#include "emit/md.h"
#include "emit/sh.h"
#include "emit/yaml.h"

#include <stdio.h>
#include <string.h>

struct strings {
    VEC(const char *) list;
};

static void read_strings(struct arena *arena, struct strings *strings)
{
    struct strbuf text = STRBUF_INIT;
    int c;

    while ((c = getchar()) != EOF) {
        if (c != '\0') {
            strbuf_addch(&text, (char)c);
            continue;
        }
        vec_push(arena, &strings->list, strbuf_dup(&text, arena));
        strbuf_clear(&text);
    }
    strbuf_release(&text);
}

/* One output whose value is a list of objects, holding each text as a string, within templates and as a key;
 * and every text as a comment, where it must have no effect. */
static void write_hcl(struct arena *arena, const struct strings *s, struct strbuf *out)
{
    struct hcl_body *file = hcl_body_new(arena), *output;
    struct hcl_expr *list = hcl_list(arena), *item, *tmpl, *keyed;

    for (uint32_t i = 0; i < s->list.len; i++) {
        const char *text = s->list.items[i];

        hcl_comment(file, text);
        item = hcl_object(arena);
        hcl_object_set_string(item, "text", text);
        tmpl = hcl_template(arena);
        hcl_template_text(tmpl, text);
        hcl_template_ref(tmpl, HCL_SOURCE("local.mid"));
        hcl_template_text(tmpl, text);
        hcl_object_set(item, "template", tmpl);
        keyed = hcl_object(arena);
        hcl_object_set_string(keyed, text, "v");
        hcl_object_set_string(keyed, "short", "v");
        hcl_object_set(item, "as_key", hcl_call1(arena, "keys", keyed));
        hcl_list_add(list, item);
    }
    hcl_set_string(hcl_block(file, "locals", NULL, NULL), "mid", "|");
    output = hcl_block(file, "output", "strings", NULL);
    hcl_comment(output, s->list.len > 0 ? s->list.items[0] : "");
    hcl_set(output, "value", list);
    hcl_print(file, out);
}

/* ---- random Terraform trees: only the layout matters ------------------------------------------- */

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static const char *random_text(struct arena *arena, const struct strings *s, uint32_t *state)
{
    return s->list.len > 1 ? s->list.items[1 + next_random(state) % (s->list.len - 1)] : arena_strdup(arena, "x");
}

static struct hcl_expr *random_expr(struct arena *arena, const struct strings *s, uint32_t *state, unsigned depth)
{
    static const char *const operators[] = {"==", "!=", "<", "<=", ">", ">=", "&&", "||", "+", "-", "*", "/", "%"};
    uint32_t choice = next_random(state) % (depth > 4 ? 5 : 11), count = next_random(state) % 5;
    struct hcl_expr *expr;

    switch (choice) {
    case 0: return hcl_string(arena, random_text(arena, s, state));
    case 1: return hcl_int(arena, (int64_t)next_random(state) - 2000000000);
    case 2: return hcl_bool(arena, count % 2);
    case 3: return hcl_expr(arena, count % 2 ? HCL_SOURCE("aws_kms_key.west[0].arn") : HCL_SOURCE("[for k, v in var.m : v.id]"));
    case 4:
        expr = hcl_template(arena);
        for (uint32_t i = 0; i <= count; i++) {
            hcl_template_text(expr, random_text(arena, s, state));
            hcl_template_ref(expr, HCL_SOURCE("local.x"));
        }
        return expr;
    case 5:
    case 6:
        expr = hcl_list(arena);
        for (uint32_t i = 0; i < count; i++)
            hcl_list_add(expr, random_expr(arena, s, state, depth + 1));
        return expr;
    case 7:
        expr = hcl_object(arena);
        for (uint32_t i = 0; i < count; i++)
            hcl_object_set(expr, i % 2 ? arena_printf(arena, "key_%u", (unsigned)(next_random(state) % 100000)) : random_text(arena, s, state),
                           random_expr(arena, s, state, depth + 1));
        if (count == 3)
            hcl_object_set_computed(expr, HCL_SOURCE("var.k"), hcl_null(arena));
        return expr;
    case 8:
        expr = hcl_call(arena, count % 2 ? "merge" : "jsonencode");
        for (uint32_t i = 0; i < count; i++)
            hcl_call_add(expr, random_expr(arena, s, state, depth + 1));
        return expr;
    case 9:
        expr =
            hcl_binary(arena, operators[next_random(state) % 13], random_expr(arena, s, state, depth + 2), random_expr(arena, s, state, depth + 2));
        return count == 0 ? hcl_not(arena, expr) : expr;
    default:
        return hcl_conditional(arena, random_expr(arena, s, state, depth + 2), random_expr(arena, s, state, depth + 2),
                               random_expr(arena, s, state, depth + 2));
    }
}

static void random_body(struct hcl_body *body, struct arena *arena, const struct strings *s, uint32_t *state, unsigned depth)
{
    uint32_t count = next_random(state) % 9;

    for (uint32_t i = 0; i < count; i++) {
        switch (next_random(state) % 8) {
        case 0: hcl_comment(body, random_text(arena, s, state)); break;
        case 1: hcl_blank(body); break;
        case 2:
            if (depth < 3)
                random_body(hcl_block(body, "nested", i % 2 ? "label" : NULL, NULL), arena, s, state, depth + 1);
            break;
        default:
            hcl_set(body, arena_printf(arena, "a%.*s%u", (int)(next_random(state) % 20), "_some_longer_name_xx", (unsigned)i),
                    random_expr(arena, s, state, 0));
        }
    }
}

/* The first string is the seed. */
static void write_hcl_tree(struct arena *arena, const struct strings *s, struct strbuf *out)
{
    struct hcl_body *file = hcl_body_new(arena);
    uint32_t state = 2463534242U;

    for (const char *seed = s->list.len > 0 ? s->list.items[0] : ""; *seed; seed++)
        state = state * 31 + (unsigned char)*seed;
    for (int i = 0; i < 60; i++)
        random_body(hcl_block(file, "resource", "random", arena_printf(arena, "r%d", i)), arena, s, &state, 0);
    hcl_print(file, out);
}

static void write_sh(struct arena *arena, const struct strings *s, struct strbuf *out)
{
    struct sh_cmd cmd;
    struct sh w;

    sh_init(&w, arena, out);
    sh_header(&w, s->list.len > 0 ? s->list.items[0] : NULL);
    sh_assign(&w, "MID", sh_lit(arena, "$m"));
    sh_assoc(&w, "table");
    for (uint32_t i = 0; i < s->list.len; i++) {
        const char *text = s->list.items[i];
        struct sh_word word = sh_lit(arena, text);

        sh_comment(&w, text);
        /* Through a variable, as an argument, around an expansion, as a case pattern, in a table's key and
         * value. */
        sh_assign(&w, "value", word);
        sh_assign(&w, "fallback", sh_var_or_source(arena, "UNSET_VARIABLE", SH_SOURCE("")));
        sh_default(&w, "fallback", word);
        cmd = SH_CMD(arena, sh_lit(arena, "printf"), sh_lit(arena, "%s\\0"));
        sh_cmd_add(&cmd, word);
        sh_cmd_add(&cmd, sh_var(arena, "value"));
        sh_cmd_add(&cmd, sh_cat(arena, sh_cat(arena, word, sh_var(arena, "MID")), word));
        sh_cmd_add(&cmd, sh_var(arena, "fallback"));
        sh_run(&w, &cmd);
        sh_case(&w, sh_var(arena, "value"));
        sh_arm(&w, &word, 1);
        cmd = SH_CMD_LIT(arena, "printf", "matched\\0");
        sh_run(&w, &cmd);
        sh_arm_end(&w);
        sh_arm_default(&w);
        cmd = SH_CMD_LIT(arena, "printf", "missed\\0");
        sh_run(&w, &cmd);
        sh_arm_end(&w);
        sh_esac(&w);
        sh_assoc_set(&w, "table", sh_litf(arena, "k%s", text), word);
        cmd = sh_compare(arena, sh_expand(arena, SH_SOURCE("${table[\"k${value}\"]}")), "==", word);
        sh_if(&w, &cmd);
        cmd = SH_CMD_LIT(arena, "printf", "found\\0");
        sh_run(&w, &cmd);
        sh_fi(&w);
    }
}

static void write_json(const struct strings *s, struct strbuf *out, bool compact)
{
    struct jsonw j;

    jsonw_init(&j, out);
    j.row = compact;
    jsonw_array_begin(&j);
    for (uint32_t i = 0; i < s->list.len; i++) {
        jsonw_object_begin(&j);
        jsonw_key_string(&j, s->list.items[i], s->list.items[i]);
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_finish(&j);
}

static bool write_yaml(struct arena *arena, const struct strings *s, struct strbuf *out)
{
    struct yaml *y = yaml_new(arena, out);

    for (uint32_t i = 0; i < s->list.len; i++) {
        const char *text = s->list.items[i];

        yaml_comment(y, text);
        yaml_document_begin(y);
        yaml_map_begin(y);
        yaml_key_string(y, text, text);
        yaml_key_list(y, "nested-list");
        yaml_string(y, text);
        yaml_map_begin(y);
        yaml_key_string(y, "deep", text);
        yaml_key_int(y, "number", -12);
        yaml_key_bool(y, "truth", true);
        yaml_map_end(y);
        yaml_list_end(y);
        yaml_map_end(y);
        yaml_document_end(y);
    }
    return yaml_finish(y);
}

/* Every text as heading, paragraph, list items, quote, table cells (plain and code), code span and code
 * block. */
static void write_md(struct arena *arena, const struct strings *s, struct strbuf *out)
{
    struct md w;

    md_init(&w, arena, out);
    md_comment(&w, s->list.len > 0 ? s->list.items[0] : "");
    md_heading(&w, 1, MD("Strings"));
    for (uint32_t i = 0; i < s->list.len; i++) {
        const char *text = s->list.items[i];
        struct md_inline plain = md_text(arena, text), code = md_code(arena, text);

        md_heading(&w, 2, md_cat(arena, md_textf(arena, "%u ", (unsigned)i), plain));
        md_paragraph(&w, plain);
        md_paragraph(&w, md_cat(arena, MD("x "), code, MD(" y")));
        md_bullet(&w, 0, plain);
        md_bullet(&w, 1, md_cat(arena, md_strong(arena, MD("b")), MD(" "), plain));
        md_number(&w, 2, 1, plain);
        md_task(&w, 0, false, plain);
        md_quote(&w, plain);
        md_alert(&w, "NOTE", plain);
        MD_TABLE(&w, NULL, MD("plain"), MD("code"));
        MD_ROW(&w, plain, code);
        md_table_end(&w);
        md_code_block(&w, "text", text);
    }
}

int main(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct strings strings = {{NULL, 0, 0}};
    struct strbuf out = STRBUF_INIT;
    const char *mode = argc > 1 ? argv[1] : "";
    bool known = true;

    read_strings(arena, &strings);
    if (strcmp(mode, "hcl") == 0) {
        write_hcl(arena, &strings, &out);
    } else if (strcmp(mode, "hcl-tree") == 0) {
        write_hcl_tree(arena, &strings, &out);
    } else if (strcmp(mode, "sh") == 0) {
        write_sh(arena, &strings, &out);
    } else if (strcmp(mode, "json") == 0 || strcmp(mode, "json-compact") == 0) {
        write_json(&strings, &out, mode[4] != '\0');
    } else if (strcmp(mode, "yaml") == 0) {
        known = write_yaml(arena, &strings, &out);
    } else if (strcmp(mode, "md") == 0) {
        write_md(arena, &strings, &out);
    } else {
        known = false;
    }
    fwrite(strbuf_str(&out), 1, out.len, stdout);
    strbuf_release(&out);
    arena_delete(arena);
    return known ? 0 : 1;
}
