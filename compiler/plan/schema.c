/* The JSON Schema of plan.json, from the tables. */
#include "emit/json.h"
#include "plan/table.h"

#include <jansson.h>
#include <string.h>

static void ref(struct jsonw *j, const char *name)
{
    struct strbuf text = STRBUF_INIT;

    strbuf_addf(&text, "#/$defs/%s", name);
    jsonw_key_string(j, "$ref", strbuf_str(&text));
    strbuf_release(&text);
}

/* "type": ["string", "null"] */
static void nullable(struct jsonw *j, const char *type)
{
    jsonw_key_array(j, "type");
    jsonw_string(j, type);
    jsonw_string(j, "null");
    jsonw_array_end(j);
}

static void or_null(struct jsonw *j, const char *name)
{
    jsonw_key_array(j, "anyOf");
    jsonw_object_begin(j);
    ref(j, name);
    jsonw_object_end(j);
    jsonw_object_begin(j);
    jsonw_key_string(j, "type", "null");
    jsonw_object_end(j);
    jsonw_array_end(j);
}

static void array_of(struct jsonw *j, const char *name)
{
    jsonw_key_string(j, "type", "array");
    jsonw_key_object(j, "items");
    if (name)
        ref(j, name);
    else
        jsonw_key_string(j, "type", "string");
    jsonw_object_end(j);
}

static void field_type(struct jsonw *j, const struct plan_field *field)
{
    bool key = field->flags & PLAN_KEY;

    switch (field->type) {
    case PLAN_TYPE_TEXT:
    case PLAN_TYPE_REF:
        if (key)
            jsonw_key_string(j, "type", "string");
        else
            nullable(j, "string");
        break;
    case PLAN_TYPE_BOOL: jsonw_key_string(j, "type", "boolean"); break;
    case PLAN_TYPE_INT: jsonw_key_string(j, "type", "integer"); break;
    case PLAN_TYPE_PARTS:
    case PLAN_TYPE_MS:
    case PLAN_TYPE_BYTES:
        nullable(j, "integer");
        jsonw_key_int(j, "minimum", 0);
        break;
    case PLAN_TYPE_LOSS: ref(j, "loss"); break;
    case PLAN_TYPE_DAY:
        nullable(j, "string");
        jsonw_key_string(j, "format", "date");
        break;
    case PLAN_TYPE_RANGE: or_null(j, "range"); break;
    case PLAN_TYPE_CHOICE:
        jsonw_key_array(j, "enum");
        for (unsigned i = 0; i < plan_choices[field->of].count; i++)
            jsonw_string(j, plan_choices[field->of].words[i]);
        jsonw_array_end(j);
        break;
    case PLAN_TYPE_COMMAND: or_null(j, "command"); break;
    case PLAN_TYPE_VALUE: or_null(j, "value"); break;
    case PLAN_TYPE_VALUES:
        jsonw_key_string(j, "type", "object");
        jsonw_key_object(j, "additionalProperties");
        ref(j, "value");
        jsonw_object_end(j);
        break;
    case PLAN_TYPE_TEXTS:
    case PLAN_TYPE_REFS: array_of(j, NULL); break;
    case PLAN_TYPE_ONE: or_null(j, plan_structs[field->of].name); break;
    case PLAN_TYPE_LIST: array_of(j, plan_structs[field->of].name); break;
    }
}

/* The sentence of the row, then what the type says of it. */
static void describe(struct jsonw *j, const struct plan_field *field)
{
    struct strbuf text = STRBUF_INIT;

    strbuf_addstr(&text, field->doc);
    if (field->type == PLAN_TYPE_MS)
        strbuf_addstr(&text, " Milliseconds; null: unknown, or none.");
    else if (field->type == PLAN_TYPE_BYTES)
        strbuf_addstr(&text, " Bytes; null: unknown.");
    else if (field->type == PLAN_TYPE_REF || field->type == PLAN_TYPE_REFS)
        strbuf_addf(&text, " %s of `%s`%s.", field->type == PLAN_TYPE_REF ? "Key" : "Keys", plan_structs[field->of].name,
                    field->of == PLAN_STRUCT_step ? ", of the same scenario or drill" : "");
    else if (field->type == PLAN_TYPE_CHOICE)
        strbuf_addf(&text, " %s", plan_choices[field->of].doc);
    jsonw_key_string(j, "description", strbuf_str(&text));
    strbuf_release(&text);
}

static void struct_schema(struct jsonw *j, const struct plan_struct *table)
{
    jsonw_key_string(j, "description", table->doc);
    jsonw_key_string(j, "type", "object");
    jsonw_key_bool(j, "additionalProperties", false);
    jsonw_key_array(j, "required");
    for (unsigned i = 0; i < table->count; i++)
        jsonw_string(j, table->fields[i].name);
    jsonw_array_end(j);
    jsonw_key_object(j, "properties");
    for (unsigned i = 0; i < table->count; i++) {
        const struct plan_field *field = &table->fields[i];

        jsonw_key_object(j, field->name);
        describe(j, field);
        if (table == &plan_structs[PLAN_STRUCT_document] && strcmp(field->name, "format") == 0)
            jsonw_key_int(j, "const", PLAN_FORMAT);
        else
            field_type(j, field);
        jsonw_object_end(j);
    }
    jsonw_object_end(j);
}

/* What no row describes. Apostrophes stand for quotation marks. */
static const char *const fixed[][2] = {
    {"range", "{'description': 'Best, typical and worst, in milliseconds.', 'type': 'object', 'additionalProperties': false,"
              " 'required': ['best', 'typical', 'worst'], 'properties': {'best': {'type': 'integer'}, 'typical': {'type': 'integer'},"
              " 'worst': {'type': 'integer'}}}"},
    {"loss", "{'description': 'Milliseconds; `n/a`: there is nothing to lose; `all`: no number bounds it; `unknown`.',"
             " 'anyOf': [{'type': 'integer', 'minimum': 0}, {'enum': ['n/a', 'all', 'unknown']}]}"},
    {"word", "{'description': 'One argument: a text, or texts and names that are known when it runs (`input.at`, `job.output`), joined.',"
             " 'anyOf': [{'type': 'string'}, {'type': 'array', 'items': {'anyOf': [{'type': 'string'}, {'type': 'object',"
             " 'additionalProperties': false, 'required': ['runtime'], 'properties': {'runtime': {'type': 'string'}}}]}}]}"},
    {"command",
     "{'description': 'An argument list, or a shell text: pieces of script and values in turn. A value must reach the shell as a quoted variable.',"
     " 'anyOf': [{'type': 'object', 'additionalProperties': false, 'required': ['words'], 'properties': {'words': {'type': 'array',"
     " 'items': {'$ref': '#/$defs/word'}}}}, {'type': 'object', 'additionalProperties': false, 'required': ['shell'], 'properties':"
     " {'shell': {'type': 'array', 'items': {'anyOf': [{'type': 'object', 'additionalProperties': false, 'required': ['script'],"
     " 'properties': {'script': {'type': 'string'}}}, {'type': 'object', 'additionalProperties': false, 'required': ['value'],"
     " 'properties': {'value': {'$ref': '#/$defs/word'}}}]}}}}]}"},
};

/* As write.c writes it; jansson keeps the order of keys. */
static void copy(struct jsonw *j, const json_t *from)
{
    size_t i;
    const char *key;
    json_t *item;

    if (json_is_object(from)) {
        jsonw_object_begin(j);
        json_object_foreach ((json_t *)from, key, item) {
            jsonw_key(j, key);
            copy(j, item);
        }
        jsonw_object_end(j);
    } else if (json_is_array(from)) {
        jsonw_array_begin(j);
        json_array_foreach (from, i, item)
            copy(j, item);
        jsonw_array_end(j);
    } else if (json_is_integer(from)) {
        jsonw_int(j, json_integer_value(from));
    } else if (json_is_boolean(from)) {
        jsonw_bool(j, json_is_true(from));
    } else {
        jsonw_string(j, json_string_value(from));
    }
}

static void fixed_schema(struct jsonw *j, const char *name, const char *text)
{
    struct strbuf quoted = STRBUF_INIT;
    json_t *tree;

    for (; *text; text++)
        strbuf_addch(&quoted, *text == '\'' ? '"' : *text);
    tree = json_loadb(quoted.data, quoted.len, 0, NULL);
    jsonw_key(j, name);
    copy(j, tree);
    json_decref(tree);
    strbuf_release(&quoted);
}

/* A value of an attribute: what JSON has itself, or an object with one key that says what it is. */
static void value_schema(struct jsonw *j)
{
    static const char *const plain[] = {"null", "boolean", "integer", "string"};
    static const struct {
        enum plan_tag tag;
        const char *shape, *doc;
    } tagged[] = {
        {PLAN_TAG_DECIMAL, "integer", "Per 10^9."},
        {PLAN_TAG_PERCENT, "integer", "Per 10^9; 100 % is 10^9."},
        {PLAN_TAG_DURATION, "integer", "Milliseconds."},
        {PLAN_TAG_SIZE, "integer", "Bytes."},
        {PLAN_TAG_RATE, "array", "Bytes, and milliseconds they take."},
        {PLAN_TAG_MONEY, "string", "Amount, currency, period."},
        {PLAN_TAG_DATE, "string", "YYYY-MM-DD."},
        {PLAN_TAG_TIME, "string", "HH:MM, in UTC."},
        {PLAN_TAG_SCHEDULE, "string", "As the specification has it."},
        {PLAN_TAG_RANGE, "array", "Best, typical, worst."},
        {PLAN_TAG_OBJECT, "object", "By name."},
        {PLAN_TAG_REF, "string", "Id of something declared; of a rule or a kind its name."},
        {PLAN_TAG_RUNTIME, "string", "Known when it runs."},
        {PLAN_TAG_TEXT, "array", "Joined: texts, and values."},
        {PLAN_TAG_SHELL, "array", "Joined: literal script, and values that reach the shell as quoted variables."},
        {PLAN_TAG_LITERAL, "string", "Text of the author inside of `text` or `shell`."},
        {PLAN_TAG_REFERENCE, "object", "Attribute of an emitted resource: resource, key, attribute."},
        {PLAN_TAG_FACT, "object",
         "True of what exists already: of, name, value. Where `of` is null it is a variable of its own, and `says` tells what it is."},
        {PLAN_TAG_EXPRESSION, "string", "Of the target's own language."},
        {PLAN_TAG_CALL, "object", "Function of the target's own language: function, arguments."},
        {PLAN_TAG_TYPE, "string", "A type."},
        {PLAN_TAG_WRITTEN, "string", "As the specification has it: what it is worth depends on where it is used."},
        {PLAN_TAG_NOTHING, "string", "`n/a`: it does not apply; `unknown`."},
    };

    jsonw_key_object(j, "value");
    jsonw_key_string(j, "description",
                     "Value of an attribute: null, truth, number, text or list as JSON has them, else an object with one key that says what it is.");
    jsonw_key_array(j, "anyOf");
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        jsonw_object_begin(j);
        jsonw_key_string(j, "type", plain[i]);
        jsonw_object_end(j);
    }
    jsonw_object_begin(j);
    array_of(j, "value");
    jsonw_object_end(j);
    for (size_t i = 0; i < sizeof tagged / sizeof tagged[0]; i++) {
        const char *name = plan_tag_name(tagged[i].tag);

        jsonw_object_begin(j);
        jsonw_key_string(j, "type", "object");
        jsonw_key_bool(j, "additionalProperties", false);
        jsonw_key_array(j, "required");
        jsonw_string(j, name);
        jsonw_array_end(j);
        jsonw_key_object(j, "properties");
        jsonw_key_object(j, name);
        jsonw_key_string(j, "description", tagged[i].doc);
        jsonw_key_string(j, "type", tagged[i].shape);
        if (strcmp(tagged[i].shape, "array") == 0) {
            jsonw_key_object(j, "items");
            ref(j, "value");
            jsonw_object_end(j);
        } else if (strcmp(tagged[i].shape, "object") == 0) {
            jsonw_key_object(j, "additionalProperties");
            ref(j, "value");
            jsonw_object_end(j);
        }
        jsonw_object_end(j);
        jsonw_object_end(j);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    jsonw_object_end(j);
}

void plan_schema(struct strbuf *out)
{
    struct jsonw j;

    jsonw_init(&j, out);
    jsonw_object_begin(&j);
    jsonw_key_string(&j, "$schema", "https://json-schema.org/draft/2020-12/schema");
    jsonw_key_string(&j, "title", "drc plan, format 2");
    struct_schema(&j, &plan_structs[PLAN_STRUCT_document]);
    jsonw_key_object(&j, "$defs");
    for (int i = 0; i < PLAN_STRUCT_COUNT; i++) {
        if (i == PLAN_STRUCT_document)
            continue;
        jsonw_key_object(&j, plan_structs[i].name);
        struct_schema(&j, &plan_structs[i]);
        jsonw_object_end(&j);
    }
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        fixed_schema(&j, fixed[i][0], fixed[i][1]);
    value_schema(&j);
    jsonw_object_end(&j);
    jsonw_object_end(&j);
    jsonw_finish(&j);
}
