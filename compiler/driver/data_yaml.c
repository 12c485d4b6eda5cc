/* YAML by libyaml's events: aliases stand for the value of their anchor, `<<` takes in what the mapping itself does not say. */
#include "driver/data_internal.h"

#include "base/map.h"

#include <string.h>
#include <yaml.h>

struct anchored {
    struct value value;
    uint32_t weight; /* how many values it stands for */
};

struct yaml {
    struct data_reader *reader;
    yaml_parser_t parser;
    struct map anchors; /* name -> struct anchored */
    uint32_t values;    /* so far, those that aliases stand for included */
    size_t index;       /* the last place asked for, in characters and … */
    const char *at;     /* … in the text */
};

/* libyaml counts characters, our places are bytes. Events come in the order of the text, so one goes on from the last. */
static uint32_t offset_of(struct yaml *yaml, yaml_mark_t mark)
{
    const struct source_file *file = yaml->reader->file;
    const char *end = file->text + file->len;

    if (!yaml->at || mark.index < yaml->index) {
        yaml->at = file->text + (file->len >= 3 && memcmp(file->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0);
        yaml->index = 0;
    }
    for (; yaml->index < mark.index && yaml->at < end; yaml->index++) {
        yaml->at++;
        while (yaml->at < end && ((unsigned char)*yaml->at & 0xC0) == 0x80)
            yaml->at++;
    }
    return file->base + (uint32_t)(yaml->at - file->text);
}

static void fail(struct yaml *yaml, yaml_mark_t mark, const char *message)
{
    data_fail(yaml->reader, offset_of(yaml, mark), message);
}

/* Counts values: a few lines of aliases of aliases can stand for more than any machine holds. */
static void count_values(struct yaml *yaml, uint32_t weight, yaml_mark_t mark)
{
    if (weight > DATA_VALUES - yaml->values)
        fail(yaml, mark, "its aliases stand for more than 10,000,000 values");
    else
        yaml->values += weight;
}

static struct value read_node(struct yaml *yaml, yaml_event_t *event, int depth);

static bool next_event(struct yaml *yaml, yaml_event_t *event)
{
    if (yaml_parser_parse(&yaml->parser, event))
        return true;
    fail(yaml, yaml->parser.problem_mark, yaml->parser.problem ? yaml->parser.problem : "it is not YAML");
    return false;
}

static struct value read_sequence(struct yaml *yaml, int depth)
{
    struct arena *arena = yaml->reader->session->arena;
    struct value_list *list = ARENA_NEW(arena, struct value_list);
    VEC(struct value) items = {0};
    yaml_event_t event;

    while (!yaml->reader->failed && next_event(yaml, &event)) {
        bool end = event.type == YAML_SEQUENCE_END_EVENT;

        if (!end)
            vec_push(arena, &items, read_node(yaml, &event, depth + 1));
        yaml_event_delete(&event);
        if (end)
            break;
    }
    list->items = items.items;
    list->count = items.len;
    return (struct value){.type = VALUE_LIST, .u.list = list};
}

/* The pairs of a mapping while it is read. */
struct pairs {
    VEC(struct value_pair) items;
    struct map seen; /* keys, for finding one that comes twice without looking at all of them */
};

static void take_in(struct yaml *yaml, struct pairs *pairs, struct value value)
{
    for (uint32_t i = 0; i < value.u.object->count; i++) {
        const struct value_pair *pair = &value.u.object->pairs[i];

        if (map_add(&pairs->seen, yaml->reader->session->arena, pair->key, yaml))
            vec_push(yaml->reader->session->arena, &pairs->items, *pair);
    }
}

/* `<<: *base` or `<<: [*first, *second]`: what the mapping says itself comes before, and the first before the second. */
static void merge(struct yaml *yaml, struct pairs *pairs, struct value value, yaml_mark_t mark)
{
    bool list = value.type == VALUE_LIST;

    for (uint32_t i = 0; i < (list ? value.u.list->count : 1); i++) {
        struct value one = list ? value.u.list->items[i] : value;

        if (one.type == VALUE_OBJECT)
            take_in(yaml, pairs, one);
        else
            fail(yaml, mark, "`<<` takes in a mapping, or a list of mappings");
    }
}

static bool is_merge(const yaml_event_t *event)
{
    return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && event->data.scalar.length == 2 && memcmp(event->data.scalar.value, "<<", 2) == 0;
}

static atom read_key(struct yaml *yaml, const yaml_event_t *event)
{
    if (event->type != YAML_SCALAR_EVENT)
        fail(yaml, event->start_mark, "a key must be a word");
    else if (event->data.scalar.tag)
        fail(yaml, event->start_mark, "tags are not supported: write the key itself");
    else if (memchr(event->data.scalar.value, 0, event->data.scalar.length))
        fail(yaml, event->start_mark, "a NUL byte has no place in a key");
    if (yaml->reader->failed)
        return NULL;
    return intern_add(yaml->reader->session->names, (const char *)event->data.scalar.value, event->data.scalar.length);
}

static struct value read_mapping(struct yaml *yaml, int depth)
{
    struct arena *arena = yaml->reader->session->arena;
    struct value_object *object = ARENA_NEW(arena, struct value_object);
    struct pairs pairs = {0};
    struct value merged = value_error();
    yaml_mark_t merged_at = {0};
    yaml_event_t event;

    while (!yaml->reader->failed && next_event(yaml, &event)) {
        struct value_pair pair = {0};
        yaml_mark_t mark = event.start_mark;
        bool end = event.type == YAML_MAPPING_END_EVENT, merges = !end && event.type == YAML_SCALAR_EVENT && is_merge(&event);

        if (!end) {
            pair.key = read_key(yaml, &event);
            if (pair.key && (merges ? merged.type != VALUE_ERROR : !map_add(&pairs.seen, arena, pair.key, yaml)))
                fail(yaml, mark, "a key is written twice");
        }
        yaml_event_delete(&event);
        if (end || yaml->reader->failed || !next_event(yaml, &event))
            break;
        pair.value = read_node(yaml, &event, depth + 1);
        yaml_event_delete(&event);
        if (merges) {
            merged = pair.value;
            merged_at = mark;
        } else {
            vec_push(arena, &pairs.items, pair);
        }
    }
    if (merged.type != VALUE_ERROR && !yaml->reader->failed)
        merge(yaml, &pairs, merged, merged_at);
    object->pairs = pairs.items.items;
    object->count = pairs.items.len;
    return (struct value){.type = VALUE_OBJECT, .u.object = object};
}

/* The value an alias stands for: that of the last anchor of its name which is complete. */
static struct value read_alias(struct yaml *yaml, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    const struct anchored *anchored = map_get(&yaml->anchors, intern_str(yaml->reader->session->names, name));

    if (!anchored) {
        fail(yaml, event->start_mark, arena_printf(yaml->reader->session->arena, "`*%s` has no anchor before it", name));
        return value_error();
    }
    count_values(yaml, anchored->weight, event->start_mark);
    return anchored->value;
}

static const char *anchor_of(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT: return (const char *)event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT: return (const char *)event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT: return (const char *)event->data.mapping_start.anchor;
    default: return NULL;
    }
}

static void keep_anchor(struct yaml *yaml, const char *name, struct value value, uint32_t weight)
{
    struct arena *arena = yaml->reader->session->arena;
    struct anchored *anchored = ARENA_NEW(arena, struct anchored);

    *anchored = (struct anchored){value, weight};
    map_set(&yaml->anchors, arena, intern_str(yaml->reader->session->names, name), anchored);
}

/* `!secret x`, `!!binary x`: what a tag makes of a value is not known here, so that leaving it out would be another value. */
static bool has_tag(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT: return event->data.scalar.tag != NULL;
    case YAML_SEQUENCE_START_EVENT: return event->data.sequence_start.tag != NULL;
    case YAML_MAPPING_START_EVENT: return event->data.mapping_start.tag != NULL;
    default: return false;
    }
}

static struct value read_node(struct yaml *yaml, yaml_event_t *event, int depth)
{
    struct value value = value_error();
    uint32_t origin = offset_of(yaml, event->start_mark), before = yaml->values;
    const char *anchor = anchor_of(event);

    count_values(yaml, 1, event->start_mark);

    if (depth >= DATA_DEPTH && (event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT)) {
        fail(yaml, event->start_mark, DATA_TOO_DEEP);
        return value;
    }
    if (has_tag(event)) {
        fail(yaml, event->start_mark, "tags are not supported: write the value itself");
        return value;
    }
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        if (memchr(event->data.scalar.value, 0, event->data.scalar.length))
            fail(yaml, event->start_mark, "a NUL byte has no place in a text");
        else if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
            value = data_scalar(yaml->reader->session->arena, (const char *)event->data.scalar.value, event->data.scalar.length);
        else
            value = value_string(arena_strndup(yaml->reader->session->arena, (const char *)event->data.scalar.value, event->data.scalar.length));
        break;
    case YAML_SEQUENCE_START_EVENT: value = read_sequence(yaml, depth); break;
    case YAML_MAPPING_START_EVENT: value = read_mapping(yaml, depth); break;
    case YAML_ALIAS_EVENT: return read_alias(yaml, event); /* a finding about it points to where it is written */
    default: fail(yaml, event->start_mark, "it holds no value");
    }
    value.origin = origin;
    if (anchor && !yaml->reader->failed)
        keep_anchor(yaml, anchor, value, yaml->values - before);
    return value;
}

/* What follows the first document is another one, or no YAML: either would be forgotten. */
static void end_of_documents(struct yaml *yaml)
{
    yaml_event_t event;

    while (!yaml->reader->failed && next_event(yaml, &event)) {
        yaml_event_type_t type = event.type;

        if (type != YAML_DOCUMENT_END_EVENT && type != YAML_STREAM_END_EVENT)
            fail(yaml, event.start_mark, "it holds a second document, and only one is read");
        yaml_event_delete(&event);
        if (type == YAML_STREAM_END_EVENT)
            return;
    }
}

struct value data_read_yaml(struct data_reader *reader)
{
    struct yaml state = {.reader = reader}, *yaml = &state;
    struct value value = value_error();
    yaml_event_t event;

    if (!yaml_parser_initialize(&yaml->parser))
        out_of_memory();
    yaml_parser_set_input_string(&yaml->parser, (const unsigned char *)reader->file->text, reader->file->len);
    while (!reader->failed && next_event(yaml, &event)) {
        bool content = event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_START_EVENT;

        if (content && event.type != YAML_STREAM_END_EVENT)
            value = read_node(yaml, &event, 0);
        else if (content)
            fail(yaml, event.start_mark, "it is empty");
        yaml_event_delete(&event);
        if (content)
            break;
    }
    end_of_documents(yaml);
    yaml_parser_delete(&yaml->parser);
    return reader->failed ? value_error() : value;
}
