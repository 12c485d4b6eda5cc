/* plan.json: walks over the tables and writes every field. */
#include "base/units.h"
#include "emit/json.h"
#include "plan/table.h"

#include <string.h>

struct writer {
    struct jsonw *j;
    struct strbuf text;
};

static void write_struct(struct writer *w, int id, const void *item);

static void write_word(struct writer *w, const struct plan_word *word)
{
    if (word->count == 1 && !word->parts[0].runtime) {
        jsonw_string(w->j, word->parts[0].text);
        return;
    }
    jsonw_array_begin(w->j);
    for (uint32_t i = 0; i < word->count; i++) {
        if (!word->parts[i].runtime) {
            jsonw_string(w->j, word->parts[i].text);
            continue;
        }
        jsonw_object_begin(w->j);
        jsonw_key_string(w->j, "runtime", word->parts[i].text);
        jsonw_object_end(w->j);
    }
    jsonw_array_end(w->j);
}

static void write_command(struct writer *w, const struct plan_command *command)
{
    if (!command) {
        jsonw_null(w->j);
        return;
    }
    jsonw_object_begin(w->j);
    jsonw_key_array(w->j, command->shell ? "shell" : "words");
    for (uint32_t i = 0; i < command->count; i++) {
        if (!command->shell) {
            write_word(w, &command->words[i]);
            continue;
        }
        jsonw_object_begin(w->j);
        if (command->pieces[i].script) {
            jsonw_key_string(w->j, "script", command->pieces[i].script);
        } else {
            jsonw_key(w->j, "value");
            write_word(w, &command->pieces[i].value);
        }
        jsonw_object_end(w->j);
    }
    jsonw_array_end(w->j);
    jsonw_object_end(w->j);
}

static void write_value(struct writer *w, const struct plan_value *value);

static void write_pairs(struct writer *w, const struct plan_pair *pairs, uint32_t count)
{
    jsonw_object_begin(w->j);
    for (uint32_t i = 0; i < count; i++) {
        jsonw_key(w->j, pairs[i].key);
        write_value(w, &pairs[i].value);
    }
    jsonw_object_end(w->j);
}

static void write_value(struct writer *w, const struct plan_value *value)
{
    if (value->tag) {
        jsonw_object_begin(w->j);
        jsonw_key(w->j, plan_tag_name((enum plan_tag)value->tag));
    }
    switch ((enum plan_shape)value->shape) {
    case PLAN_SHAPE_NULL: jsonw_null(w->j); break;
    case PLAN_SHAPE_BOOL: jsonw_bool(w->j, value->truth); break;
    case PLAN_SHAPE_NUMBER: jsonw_int(w->j, value->number); break;
    case PLAN_SHAPE_STRING: jsonw_string(w->j, value->text); break;
    case PLAN_SHAPE_ITEMS:
        jsonw_array_begin(w->j);
        for (uint32_t i = 0; i < value->count; i++)
            write_value(w, &value->items[i]);
        jsonw_array_end(w->j);
        break;
    case PLAN_SHAPE_PAIRS: write_pairs(w, value->pairs, value->count); break;
    }
    if (value->tag)
        jsonw_object_end(w->j);
}

static void write_range(struct writer *w, const struct plan_range *range)
{
    if (!range->known) {
        jsonw_null(w->j);
        return;
    }
    jsonw_object_begin(w->j);
    jsonw_key_int(w->j, "best", range->best);
    jsonw_key_int(w->j, "typical", range->typical);
    jsonw_key_int(w->j, "worst", range->worst);
    jsonw_object_end(w->j);
}

static void write_amount(struct writer *w, int64_t amount)
{
    if (amount < 0)
        jsonw_null(w->j);
    else
        jsonw_int(w->j, amount);
}

static void write_loss(struct writer *w, int64_t loss)
{
    if (loss >= 0)
        jsonw_int(w->j, loss);
    else
        jsonw_string(w->j, loss == PLAN_NOT_APPLICABLE ? "n/a" : loss == PLAN_ALL ? "all" : "unknown");
}

static void write_day(struct writer *w, int64_t day)
{
    if (day == PLAN_NO_DAY) {
        jsonw_null(w->j);
        return;
    }
    strbuf_clear(&w->text);
    print_date(&w->text, day);
    jsonw_string(w->j, strbuf_str(&w->text));
}

static void write_field(struct writer *w, const struct plan_field *field, const char *item)
{
    const void *at = item + field->offset;
    uint32_t count = field->count_offset ? *(const uint32_t *)(const void *)(item + field->count_offset) : 0;
    const struct plan_struct *of = field->of >= 0 && field->type != PLAN_TYPE_CHOICE ? &plan_structs[field->of] : NULL;

    switch (field->type) {
    case PLAN_TYPE_TEXT: jsonw_string(w->j, *(const char *const *)at); break;
    case PLAN_TYPE_BOOL: jsonw_bool(w->j, *(const bool *)at); break;
    case PLAN_TYPE_INT: jsonw_int(w->j, *(const int64_t *)at); break;
    case PLAN_TYPE_PARTS:
    case PLAN_TYPE_MS:
    case PLAN_TYPE_BYTES: write_amount(w, *(const int64_t *)at); break;
    case PLAN_TYPE_LOSS: write_loss(w, *(const int64_t *)at); break;
    case PLAN_TYPE_DAY: write_day(w, *(const int64_t *)at); break;
    case PLAN_TYPE_RANGE: write_range(w, at); break;
    case PLAN_TYPE_CHOICE: jsonw_string(w->j, plan_choices[field->of].words[*(const uint8_t *)at]); break;
    case PLAN_TYPE_COMMAND: write_command(w, *(const struct plan_command *const *)at); break;
    case PLAN_TYPE_VALUE:
        if (*(const struct plan_value *const *)at)
            write_value(w, *(const struct plan_value *const *)at);
        else
            jsonw_null(w->j);
        break;
    case PLAN_TYPE_VALUES: write_pairs(w, ((const struct plan_values *)at)->pairs, ((const struct plan_values *)at)->count); break;
    case PLAN_TYPE_TEXTS:
        jsonw_array_begin(w->j);
        for (uint32_t i = 0; i < count; i++)
            jsonw_string(w->j, (*(const char **const *)at)[i]);
        jsonw_array_end(w->j);
        break;
    case PLAN_TYPE_ONE:
        if (*(const void *const *)at)
            write_struct(w, field->of, *(const void *const *)at);
        else
            jsonw_null(w->j);
        break;
    case PLAN_TYPE_LIST:
        jsonw_array_begin(w->j);
        for (uint32_t i = 0; i < count; i++)
            write_struct(w, field->of, *(const char *const *)at + i * of->size);
        jsonw_array_end(w->j);
        break;
    case PLAN_TYPE_REF: jsonw_string(w->j, plan_identity(of, *(const void *const *)at)); break;
    case PLAN_TYPE_REFS:
        jsonw_array_begin(w->j);
        for (uint32_t i = 0; i < count; i++)
            jsonw_string(w->j, plan_identity(of, (*(const void *const *const *)at)[i]));
        jsonw_array_end(w->j);
        break;
    }
}

/* The document and its scenarios are laid out; everything in them is a line: a diff shows what changed, and many assets stay small. */
static bool is_row(int id)
{
    return id != PLAN_STRUCT_document && id != PLAN_STRUCT_scenario;
}

static void write_struct(struct writer *w, int id, const void *item)
{
    const struct plan_struct *table = &plan_structs[id];
    bool inside = w->j->row;

    jsonw_object_begin(w->j);
    w->j->row = inside || is_row(id);
    for (unsigned i = 0; i < table->count; i++) {
        jsonw_key_word(w->j, table->fields[i].name, table->fields[i].len);
        write_field(w, &table->fields[i], item);
    }
    jsonw_object_end(w->j);
    w->j->row = inside;
}

void plan_write_struct(struct jsonw *j, const char *name, const void *item)
{
    struct writer w = {.j = j, .text = STRBUF_INIT};

    for (int id = 0; id < PLAN_STRUCT_COUNT; id++) {
        if (strcmp(plan_structs[id].name, name) == 0)
            write_struct(&w, id, item);
    }
    strbuf_release(&w.text);
}

bool plan_write(const struct plan_document *document, struct strbuf *out)
{
    struct jsonw j;

    jsonw_init(&j, out);
    plan_write_struct(&j, "document", document);
    return jsonw_finish(&j);
}

bool plan_print(const struct plan_document *document, struct byte_sink *sink)
{
    struct strbuf buffer = STRBUF_INIT;
    struct jsonw j;
    bool ok;

    jsonw_init_sink(&j, &buffer, sink);
    plan_write_struct(&j, "document", document);
    ok = jsonw_finish(&j);
    strbuf_release(&buffer);
    return ok;
}
