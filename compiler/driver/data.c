/* YAML (libyaml) and JSON (jansson) as values, for inventories and parameter files.
 *
 * Plain scalars of YAML that are literals of our language (`500GiB`, `15m`, `true`, `7`) get that type; quoted ones are strings.
 * Values know where they stand in a YAML file, so that a message can point there. */
#include "driver/driver.h"
#include "source/lost.h"

#include "base/utf8.h"

#include <jansson.h>
#include <string.h>
#include <yaml.h>

enum { DATA_DEPTH = 64 };

static const char TOO_DEEP[] = "it is nested deeper than 64 lists and mappings";

struct reader {
    struct session *session;
    struct source_file *file;
    struct span span; /* where the file is named */
    const char *name;
    yaml_parser_t parser;
    bool failed;
};

static struct value scalar(struct arena *arena, const char *text, size_t len)
{
    struct frac rate;
    int64_t number;

    if (len == 0 || (len == 4 && memcmp(text, "null", 4) == 0) || (len == 1 && text[0] == '~'))
        return value_unknown();
    if (len == 4 && memcmp(text, "true", 4) == 0)
        return value_int(VALUE_BOOL, 1);
    if (len == 5 && memcmp(text, "false", 5) == 0)
        return value_int(VALUE_BOOL, 0);
    if (read_decimal(text, len, &number)) {
        if (!memchr(text, '.', len))
            return value_int(VALUE_INT, number / NANO);
        return value_int(VALUE_DECIMAL, number);
    }
    if (len > 1 && text[len - 1] == '%' && read_decimal(text, len - 1, &number))
        return value_int(VALUE_PERCENT, number / 100);
    if (read_duration(text, len, &number))
        return value_int(VALUE_DURATION, number);
    if (read_size(text, len, &number))
        return value_int(VALUE_SIZE, number);
    if (read_date(text, len, &number))
        return value_int(VALUE_DATE, number);
    if (read_rate(text, len, &rate)) {
        struct frac *copy = ARENA_NEW(arena, struct frac);

        *copy = rate;
        return (struct value){.type = VALUE_RATE, .u.rate = copy};
    }
    return value_string(arena_strndup(arena, text, len));
}

/* ---------------------------------------------------------------- YAML */

/* libyaml counts characters; our places are bytes. */
static uint32_t offset_of(const struct reader *reader, yaml_mark_t mark)
{
    const char *text = reader->file->text, *end = text + reader->file->len, *at = text;

    for (size_t line = 0; line < mark.line && at < end; line++) {
        const char *next = memchr(at, '\n', (size_t)(end - at));

        if (!next)
            break;
        at = next + 1;
    }
    for (size_t column = 0; column < mark.column && at < end; column++) {
        at++;
        while (at < end && ((unsigned char)*at & 0xC0) == 0x80)
            at++;
    }
    return reader->file->base + (uint32_t)(at - text);
}

static void fail_at(struct reader *reader, uint32_t at, const char *message)
{
    if (!reader->failed)
        diag_label(diag_report(&reader->session->sink, DIAG_E0805, (struct span){at, at}, "%s: %s", reader->name, message), reader->span,
                   "read from here");
    reader->failed = true;
}

static void fail(struct reader *reader, yaml_mark_t mark, const char *message)
{
    fail_at(reader, offset_of(reader, mark), message);
}

static struct value read_node(struct reader *reader, yaml_event_t *event, int depth);

static bool next_event(struct reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->parser, event))
        return true;
    fail(reader, reader->parser.problem_mark, reader->parser.problem ? reader->parser.problem : "it is not YAML");
    return false;
}

static struct value read_sequence(struct reader *reader, int depth)
{
    struct arena *arena = reader->session->arena;
    struct value_list *list = ARENA_NEW(arena, struct value_list);
    VEC(struct value) items = {0};
    yaml_event_t event;

    while (!reader->failed && next_event(reader, &event)) {
        bool end = event.type == YAML_SEQUENCE_END_EVENT;

        if (!end)
            vec_push(arena, &items, read_node(reader, &event, depth + 1));
        yaml_event_delete(&event);
        if (end)
            break;
    }
    list->items = items.items;
    list->count = items.len;
    return (struct value){.type = VALUE_LIST, .u.list = list};
}

static struct value read_mapping(struct reader *reader, int depth)
{
    struct arena *arena = reader->session->arena;
    struct value_object *object = ARENA_NEW(arena, struct value_object);
    VEC(struct value_pair) pairs = {0};
    yaml_event_t event;

    while (!reader->failed && next_event(reader, &event)) {
        struct value_pair pair = {0};

        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            break;
        }
        if (event.type != YAML_SCALAR_EVENT) {
            fail(reader, event.start_mark, "a key must be a word");
            yaml_event_delete(&event);
            break;
        }
        if (event.data.scalar.tag || (event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE && event.data.scalar.length == 2 &&
                                      memcmp(event.data.scalar.value, "<<", 2) == 0))
            fail(reader, event.start_mark, event.data.scalar.tag ? "tags are not supported: write the key itself"
                                                                 : "merge keys are not supported: write the values out");
        if (memchr(event.data.scalar.value, 0, event.data.scalar.length))
            fail(reader, event.start_mark, "a NUL byte has no place in a key");
        pair.key = intern_add(reader->session->names, (const char *)event.data.scalar.value, event.data.scalar.length);
        for (uint32_t i = 0; i < pairs.len; i++) {
            if (pairs.items[i].key == pair.key)
                fail(reader, event.start_mark, "a key is written twice");
        }
        yaml_event_delete(&event);
        if (reader->failed || !next_event(reader, &event))
            break;
        pair.value = read_node(reader, &event, depth + 1);
        yaml_event_delete(&event);
        vec_push(arena, &pairs, pair);
    }
    object->pairs = pairs.items;
    object->count = pairs.len;
    return (struct value){.type = VALUE_OBJECT, .u.object = object};
}

/* `!secret x`, `!!binary x`: what a tag makes of a value is not known here, so that leaving it out would be another value. */
static bool has_tag(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.tag != NULL;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.tag != NULL;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.tag != NULL;
    default:
        return false;
    }
}

static struct value read_node(struct reader *reader, yaml_event_t *event, int depth)
{
    struct value value = value_error();
    uint32_t origin = offset_of(reader, event->start_mark);

    if (depth >= DATA_DEPTH && (event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT)) {
        fail(reader, event->start_mark, TOO_DEEP);
        return value;
    }
    if (has_tag(event)) {
        fail(reader, event->start_mark, "tags are not supported: write the value itself");
        return value;
    }
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        if (memchr(event->data.scalar.value, 0, event->data.scalar.length))
            fail(reader, event->start_mark, "a NUL byte has no place in a text");
        else if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
            value = scalar(reader->session->arena, (const char *)event->data.scalar.value, event->data.scalar.length);
        else
            value = value_string(arena_strndup(reader->session->arena, (const char *)event->data.scalar.value, event->data.scalar.length));
        break;
    case YAML_SEQUENCE_START_EVENT:
        value = read_sequence(reader, depth);
        break;
    case YAML_MAPPING_START_EVENT:
        value = read_mapping(reader, depth);
        break;
    case YAML_ALIAS_EVENT:
        fail(reader, event->start_mark, "aliases are not supported: write the value out");
        break;
    default:
        fail(reader, event->start_mark, "it holds no value");
    }
    value.origin = origin;
    return value;
}

/* What follows the first document is another one, or no YAML: either would be forgotten. */
static void end_of_documents(struct reader *reader)
{
    yaml_event_t event;

    while (!reader->failed && next_event(reader, &event)) {
        yaml_event_type_t type = event.type;

        if (type != YAML_DOCUMENT_END_EVENT && type != YAML_STREAM_END_EVENT)
            fail(reader, event.start_mark, "it holds a second document, and only one is read");
        yaml_event_delete(&event);
        if (type == YAML_STREAM_END_EVENT)
            return;
    }
}

static struct value read_yaml(struct reader *reader)
{
    struct value value = value_error();
    yaml_event_t event;

    if (!yaml_parser_initialize(&reader->parser))
        out_of_memory();
    yaml_parser_set_input_string(&reader->parser, (const unsigned char *)reader->file->text, reader->file->len);
    while (!reader->failed && next_event(reader, &event)) {
        bool content = event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_START_EVENT;

        if (content && event.type != YAML_STREAM_END_EVENT)
            value = read_node(reader, &event, 0);
        else if (content)
            fail(reader, event.start_mark, "it is empty");
        yaml_event_delete(&event);
        if (content)
            break;
    }
    end_of_documents(reader);
    yaml_parser_delete(&reader->parser);
    return reader->failed ? value_error() : value;
}

/* ---------------------------------------------------------------- JSON */

/* Where the nesting goes beyond what is read; jansson keeps no places. */
static uint32_t too_deep_at(const struct reader *reader)
{
    const char *text = reader->file->text;
    int depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < reader->file->len; i++) {
        if (quoted && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && (text[i] == '[' || text[i] == '{') && ++depth > DATA_DEPTH)
            return reader->file->base + (uint32_t)i;
        else if (!quoted && (text[i] == ']' || text[i] == '}'))
            depth--;
    }
    return reader->file->base;
}

static struct value from_json(struct reader *reader, const json_t *json, int depth)
{
    struct arena *arena = reader->session->arena;
    struct value value = value_unknown();

    if (depth >= DATA_DEPTH && (json_is_array(json) || json_is_object(json))) {
        fail_at(reader, too_deep_at(reader), TOO_DEEP);
        return value_error();
    }
    switch (json_typeof(json)) {
    case JSON_STRING:
        /* JSON has no literals for quantities: a text that is one counts as one. */
        value = scalar(arena, json_string_value(json), json_string_length(json));
        if (value.type != VALUE_DURATION && value.type != VALUE_SIZE && value.type != VALUE_RATE && value.type != VALUE_PERCENT)
            value = value_string(arena_strndup(arena, json_string_value(json), json_string_length(json)));
        break;
    case JSON_INTEGER:
        value = value_int(VALUE_INT, json_integer_value(json));
        break;
    case JSON_REAL:
        diag_report(&reader->session->sink, DIAG_E0805, reader->span, "%s: a number with a fraction is not exact in JSON: write it as a text",
                    reader->name);
        reader->failed = true;
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        value = value_int(VALUE_BOOL, json_is_true(json));
        break;
    case JSON_ARRAY: {
        struct value_list *list = ARENA_NEW(arena, struct value_list);

        list->count = (uint32_t)json_array_size(json);
        list->items = ARENA_ARRAY(arena, struct value, list->count);
        for (uint32_t i = 0; i < list->count; i++)
            list->items[i] = from_json(reader, json_array_get(json, i), depth + 1);
        value = (struct value){.type = VALUE_LIST, .u.list = list};
        break;
    }
    case JSON_OBJECT: {
        struct value_object *object = ARENA_NEW(arena, struct value_object);
        const char *key;
        json_t *item;

        object->pairs = ARENA_ARRAY(arena, struct value_pair, json_object_size(json));
        json_object_foreach((json_t *)(uintptr_t)json, key, item) {
            object->pairs[object->count].key = intern_str(reader->session->names, key);
            object->pairs[object->count++].value = from_json(reader, item, depth + 1);
        }
        value = (struct value){.type = VALUE_OBJECT, .u.object = object};
        break;
    }
    default:
        break;
    }
    value.origin = reader->file->base;
    return value;
}

static struct value read_json(struct reader *reader)
{
    json_error_t error;
    json_t *json = json_loadb(reader->file->text, reader->file->len, JSON_REJECT_DUPLICATES, &error);
    struct value value;

    if (!json) {
        uint32_t at = reader->file->base + (error.position > 0 && (uint32_t)error.position <= reader->file->len ? (uint32_t)error.position - 1 : 0);

        diag_label(diag_report(&reader->session->sink, DIAG_E0805, (struct span){at, at}, "%s: %s", reader->name, error.text), reader->span,
                   "read from here");
        return value_error();
    }
    value = from_json(reader, json, 0);
    json_decref(json);
    return reader->failed ? value_error() : value;
}

/* ---------------------------------------------------------------- callers */

bool read_data(struct session *session, const char *path, struct span span, struct value *out)
{
    struct reader reader = {.session = session, .span = span, .name = path};
    const char *error = NULL;
    size_t len, name_len = strlen(path);
    char *text = read_whole_file(session->arena, path, &len, &error);

    if (!text) {
        diag_report(&session->sink, DIAG_E0801, span, "`%s` cannot be read: %s", path, error);
        lost_import(&session->sink, NULL);
        return false;
    }
    reader.file = sources_take(&session->sources, path, text, len);
    if (!reader.file) {
        diag_report(&session->sink, DIAG_E0801, span, "`%s` is too large", path);
        return false;
    }
    *out = name_len > 5 && same_but_for_case(path + name_len - 5, ".json") ? read_json(&reader) : read_yaml(&reader);
    if (out->type != VALUE_ERROR)
        return true;
    lost_text(&session->sink, (struct span){reader.file->base, reader.file->base + reader.file->len});
    return false;
}

bool read_inventory(void *context, const char *path, const struct source_file *from, struct span span, struct value *out)
{
    struct session *session = context;
    const char *slash = strrchr(from->name, '/');
    const char *full = path;

    if (path[0] != '/' && slash)
        full = arena_printf(session->arena, "%.*s%s", (int)(slash - from->name + 1), from->name, path);
    return read_data(session, full, span, out);
}

bool read_parameter_files(struct session *session)
{
    for (uint32_t i = 0; i < session->options->param_files.len; i++) {
        const char *path = session->options->param_files.items[i];
        struct value value;

        if (!read_data(session, path, (struct span){0, 0}, &value))
            continue;
        if (value.type != VALUE_OBJECT) {
            diag_report(&session->sink, DIAG_E0805, (struct span){value.origin, value.origin}, "%s holds no mapping of names to values", path);
            continue;
        }
        for (uint32_t p = 0; p < value.u.object->count; p++) {
            struct sema_param param = {.name = value.u.object->pairs[p].key, .value = value.u.object->pairs[p].value, .where = path};

            vec_push(session->arena, &session->params, param);
        }
    }
    return session->sink.errors == 0;
}
