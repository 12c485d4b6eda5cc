/* Any bytes as the texts of all writers at once. JSON and YAML are read back by jansson and libyaml and must give the
 * text again; nothing a reader cannot see may reach a script, Terraform or a comment; paths that are taken must be
 * inside the folder. The sanitizers watch the rest. */
#include "emit/cron.h"
#include "emit/fileset.h"
#include "emit/hcl.h"
#include "emit/json.h"
#include "emit/md.h"
#include "emit/sh.h"
#include "emit/yaml.h"

#include "base/utf8.h"

#include <jansson.h>
#include <stdint.h>
#include <string.h>
#include <yaml.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool condition)
{
    if (!condition)
        __builtin_trap();
}

/* Of all control characters only line ends may stand in generated text. */
static void demand_no_controls(const struct strbuf *text)
{
    for (size_t i = 0; i < text->len; i++)
        demand((unsigned char)text->data[i] >= 0x20 || text->data[i] == '\n');
}

static void fuzz_json(const char *text, bool utf8)
{
    struct strbuf out = STRBUF_INIT;
    struct jsonw j;
    json_t *root;

    jsonw_init(&j, &out);
    jsonw_object_begin(&j);
    jsonw_key_string(&j, text, text);
    jsonw_object_end(&j);
    demand(jsonw_finish(&j) == utf8);
    demand_no_controls(&out);
    root = json_loadb(out.data, out.len, 0, NULL);
    demand(root != NULL);
    if (utf8)
        demand(strcmp(json_string_value(json_object_get(root, text)), text) == 0);
    json_decref(root);
    strbuf_release(&out);
}

static void fuzz_yaml(struct arena *arena, const char *text, bool utf8)
{
    struct strbuf out = STRBUF_INIT;
    struct yaml *y = yaml_new(arena, &out);
    yaml_parser_t parser;
    yaml_event_t event;
    bool done = false;
    unsigned scalars = 0;

    yaml_comment(y, text);
    yaml_document_begin(y);
    yaml_map_begin(y);
    yaml_key_string(y, text, text);
    yaml_key_list(y, "list");
    yaml_string(y, text);
    yaml_list_end(y);
    yaml_map_end(y);
    yaml_document_end(y);
    demand(yaml_finish(y));
    demand_no_controls(&out);
    demand(yaml_parser_initialize(&parser));
    yaml_parser_set_input_string(&parser, (const unsigned char *)out.data, out.len);
    while (!done) {
        demand(yaml_parser_parse(&parser, &event));
        done = event.type == YAML_STREAM_END_EVENT;
        if (event.type == YAML_SCALAR_EVENT && ++scalars != 3 && utf8)
            demand(strcmp((const char *)event.data.scalar.value, text) == 0);
        yaml_event_delete(&event);
    }
    demand(scalars == 4);
    yaml_parser_delete(&parser);
    strbuf_release(&out);
}

static void fuzz_hcl(struct arena *arena, const char *text, const char *other)
{
    struct strbuf out = STRBUF_INIT;
    struct hcl_body *file = hcl_body_new(arena), *block;
    struct hcl_expr *object = hcl_object(arena), *tmpl = hcl_template(arena), *list = hcl_list(arena);

    hcl_comment(file, text);
    block = hcl_block(file, text, other, text);
    hcl_set_string(block, text, other);
    hcl_object_set_string(object, text, other);
    hcl_object_set_string(object, other, text);
    hcl_template_text(tmpl, text);
    hcl_template_ref(tmpl, hcl_ref(arena, text, other));
    hcl_template_text(tmpl, other);
    hcl_list_add(list, object);
    hcl_list_add(list, tmpl);
    hcl_list_add(list, hcl_decimal(arena, text));
    hcl_set(block, "value", hcl_call1(arena, other, list));
    demand(hcl_is_identifier(hcl_identifier(arena, text)));
    hcl_print(file, &out);
    demand_no_controls(&out);
    demand(utf8_invalid(out.data, out.len) == out.len);
    strbuf_release(&out);
}

static void fuzz_sh(struct arena *arena, const char *text, const char *other)
{
    struct strbuf out = STRBUF_INIT;
    struct sh_word word = sh_lit(arena, text);
    struct sh_word mixed = sh_cat(arena, sh_cat(arena, word, sh_var(arena, other)), word);
    struct sh_cmd cmd = SH_CMD(arena, word, mixed, sh_path(arena, other)), next = SH_CMD_LIT(arena, text, other);
    struct sh w;

    sh_init(&w, arena, &out);
    sh_header(&w, text);
    sh_cmd_option(&cmd, text, word);
    sh_cmd_env(&cmd, text, mixed);
    sh_cmd_pipe(&cmd, &next);
    sh_run(&w, &cmd);
    sh_run_or(&w, &cmd, &next);
    sh_capture(&w, text, &cmd);
    sh_assoc_set(&w, other, word, mixed);
    sh_default(&w, text, word);
    sh_case(&w, mixed);
    sh_arm(&w, &word, 1);
    sh_arm_end(&w);
    sh_esac(&w);
    demand_no_controls(&out);
    demand(utf8_invalid(out.data, out.len) == out.len);
    strbuf_release(&out);
}

static void fuzz_md(struct arena *arena, const char *text, const char *other)
{
    struct strbuf out = STRBUF_INIT;
    struct md_inline plain = md_text(arena, text), code = md_code(arena, other);
    struct md w;

    md_init(&w, arena, &out);
    md_comment(&w, text);
    md_heading(&w, 2, plain);
    md_paragraph(&w, md_cat(arena, plain, code, md_link(arena, plain, other)));
    md_bullet(&w, 0, plain);
    md_number(&w, 5, 7, code);
    md_quote(&w, plain);
    md_alert(&w, text, plain);
    MD_TABLE(&w, NULL, plain, code);
    MD_ROW(&w, code, plain);
    md_table_end(&w);
    (void)mermaid_label(arena, text);
    (void)mermaid_id(arena, text);
    (void)mermaid_gantt_text(arena, text);
    (void)md_anchor(arena, text);
    demand_no_controls(&out);
    md_code_block(&w, "text", text);
    demand(utf8_invalid(out.data, out.len) == out.len);
    strbuf_release(&out);
}

static void fuzz_files(struct arena *arena, const char *text, const char *other)
{
    const struct cron_time time = {text, "*", "*", "*", "*"}, always = {"*", "*", "*", "*", "*"};
    struct strbuf out = STRBUF_INIT;
    struct output_file *file;
    struct fileset set;

    fileset_init(&set, arena);
    file = fileset_add(&set, "fuzz", text, other, strlen(other), NULL);
    if (file)
        demand(text[0] != '/' && text[0] != '\0' && !strstr(text, "//") && strncmp(text, "../", 3) != 0 && !strstr(text, "/../") &&
               strcmp(text, "..") != 0);
    demand(!(file && fileset_add(&set, "fuzz", text, "", 0, NULL)));
    fileset_add(&set, "fuzz", other, "", 0, NULL);
    demand(!output_path_refusal(output_name(arena, text)));
    cron_comment(&out, text);
    cron_line(&out, &time, other, text);
    cron_line(&out, &always, "root", text);
    cron_env(&out, text, other);
    cron_env(&out, "A", other);
    demand_no_controls(&out);
    demand(out.len > 0 && out.data[out.len - 1] == '\n');
    strbuf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    const uint8_t *cut = size > 0 ? memchr(data, '\0', size) : NULL;
    size_t first = cut ? (size_t)(cut - data) : size;
    const char *text = arena_strndup(arena, size > 0 ? (const char *)data : "", first);
    const char *rest = cut ? (const char *)cut + 1 : "other $x";
    const char *end = cut ? memchr(rest, '\0', size - first - 1) : NULL;
    const char *other = cut ? arena_strndup(arena, rest, end ? (size_t)(end - rest) : size - first - 1) : rest;
    bool utf8 = utf8_invalid(text, strlen(text)) == strlen(text);

    fuzz_json(text, utf8);
    fuzz_yaml(arena, text, utf8);
    fuzz_hcl(arena, text, other);
    fuzz_sh(arena, text, other);
    fuzz_md(arena, text, other);
    fuzz_files(arena, text, other);
    arena_delete(arena);
    return 0;
}
