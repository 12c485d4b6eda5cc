/* JSON. jansson judges the text and decodes its strings; what it does not keep, the place of each value and the digits of each number, is
 * read from the text beside it, in step: members keep their order, and no key comes twice. */
#include "driver/data_internal.h"

#include <jansson.h>
#include <string.h>

struct walk {
    struct data_reader *reader;
    const char *at; /* in the text of the file, which is valid JSON */
};

static void skip_blanks(struct walk *walk)
{
    walk->at += strspn(walk->at, " \t\r\n");
}

/* Steps over one character of structure and what stands around it. */
static void step_over(struct walk *walk)
{
    skip_blanks(walk);
    walk->at++;
    skip_blanks(walk);
}

static void skip_string(struct walk *walk)
{
    for (walk->at++; *walk->at != '"'; walk->at++)
        walk->at += *walk->at == '\\';
    walk->at++;
}

static struct value from_json(struct walk *walk, const json_t *json, int depth);

static struct value from_array(struct walk *walk, const json_t *json, int depth)
{
    struct arena *arena = walk->reader->session->arena;
    struct value_list *list = ARENA_NEW(arena, struct value_list);

    list->count = (uint32_t)json_array_size(json);
    list->items = ARENA_ARRAY(arena, struct value, list->count);
    if (!list->count)
        step_over(walk); /* `[` */
    for (uint32_t i = 0; i < list->count; i++) {
        step_over(walk); /* `[` or `,` */
        list->items[i] = from_json(walk, json_array_get(json, i), depth + 1);
    }
    step_over(walk);
    return (struct value){.type = VALUE_LIST, .u.list = list};
}

static struct value from_object(struct walk *walk, json_t *json, int depth)
{
    struct arena *arena = walk->reader->session->arena;
    struct value_object *object = ARENA_NEW(arena, struct value_object);
    const char *key;
    json_t *item;

    object->pairs = ARENA_ARRAY(arena, struct value_pair, json_object_size(json));
    if (!json_object_size(json))
        step_over(walk);
    json_object_foreach (json, key, item) {
        step_over(walk); /* `{` or `,` */
        skip_string(walk);
        step_over(walk); /* `:` */
        object->pairs[object->count].key = intern_str(walk->reader->session->names, key);
        object->pairs[object->count++].value = from_json(walk, item, depth + 1);
    }
    step_over(walk);
    return (struct value){.type = VALUE_OBJECT, .u.object = object};
}

/* A number whose digits our numbers cannot hold (1e-12) is its text: it is missed where somebody asks for it, not where nobody does. */
static struct value from_number(struct walk *walk)
{
    size_t len = strspn(walk->at, "+-.0123456789eE");
    struct value value = data_scalar(walk->reader->session->arena, walk->at, len);

    walk->at += len;
    return value;
}

static struct value from_json(struct walk *walk, const json_t *json, int depth)
{
    struct data_reader *reader = walk->reader;
    struct arena *arena = reader->session->arena;
    uint32_t origin = reader->file->base + (uint32_t)(walk->at - reader->file->text);
    struct value value = value_unknown();

    if (depth >= DATA_DEPTH && (json_is_array(json) || json_is_object(json)))
        data_fail(reader, origin, DATA_TOO_DEEP);
    if (reader->failed)
        return value_error();
    switch (json_typeof(json)) {
    case JSON_STRING:
        /* JSON has no literals for quantities: a text that is one counts as one. */
        value = data_scalar(arena, json_string_value(json), json_string_length(json));
        if (value.type != VALUE_DURATION && value.type != VALUE_SIZE && value.type != VALUE_RATE && value.type != VALUE_PERCENT)
            value = value_string(arena_strndup(arena, json_string_value(json), json_string_length(json)));
        skip_string(walk);
        break;
    case JSON_INTEGER:
    case JSON_REAL: value = from_number(walk); break;
    case JSON_ARRAY: value = from_array(walk, json, depth); break;
    case JSON_OBJECT: value = from_object(walk, (json_t *)(uintptr_t)json, depth); break;
    case JSON_TRUE:
    case JSON_FALSE:
        value = value_int(VALUE_BOOL, json_is_true(json));
        /* fall through */
    default: walk->at += strspn(walk->at, "aeflnrstu"); /* true, false, null */
    }
    value.origin = origin;
    return value;
}

struct value data_read_json(struct data_reader *reader)
{
    struct walk walk = {reader, reader->file->text};
    json_error_t error;
    json_t *json = json_loadb(reader->file->text, reader->file->len, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &error);
    struct value value;

    if (!json) {
        uint32_t at = error.position > 0 && (uint32_t)error.position <= reader->file->len ? (uint32_t)error.position - 1 : 0;

        data_fail(reader, reader->file->base + at, error.text);
        return value_error();
    }
    skip_blanks(&walk);
    value = from_json(&walk, json, 0);
    json_decref(json);
    return reader->failed ? value_error() : value;
}
