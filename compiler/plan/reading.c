/* Reading what is declared: attributes in words, blocks, and things by id and by sort. */
#include "plan/plan.h"

#include "base/map.h"
#include "base/units.h"

#include <string.h>

/* ---- values in words */

static void print_text(const char *text, struct strbuf *out)
{
    strbuf_addch(out, '"');
    for (const char *p = text; *p; p++) {
        if (*p == '"' || *p == '\\')
            strbuf_addf(out, "\\%c", *p);
        else if (*p == '\n' || *p == '\t')
            strbuf_addstr(out, *p == '\n' ? "\\n" : "\\t");
        else if ((unsigned char)*p < 0x20 || *p == 0x7f)
            strbuf_addf(out, "\\u{%x}", (unsigned)(unsigned char)*p);
        else
            strbuf_addch(out, *p);
    }
    strbuf_addch(out, '"');
}

static void print_value(const struct plan_value *value, struct strbuf *out);

static void print_number(const struct plan_value *value, struct strbuf *out)
{
    switch (value->tag) {
    case PLAN_TAG_DECIMAL: print_decimal(out, value->number); break;
    case PLAN_TAG_PERCENT: print_percent(out, value->number); break;
    case PLAN_TAG_DURATION: print_duration(out, value->number); break;
    case PLAN_TAG_SIZE: print_size(out, value->number); break;
    default: strbuf_addint(out, value->number);
    }
}

/* A text with values in it, as the author wrote it. */
static void print_parts(const struct plan_value *value, struct strbuf *out)
{
    for (uint32_t i = 0; i < value->count; i++) {
        const struct plan_value *part = &value->items[i];

        if (part->shape == PLAN_SHAPE_STRING && (part->tag == PLAN_TAG_NONE || part->tag == PLAN_TAG_LITERAL)) {
            strbuf_addstr(out, part->text);
            continue;
        }
        strbuf_addstr(out, "\\(");
        print_value(part, out);
        strbuf_addch(out, ')');
    }
}

static void print_items(const struct plan_value *value, struct strbuf *out)
{
    struct frac rate;

    if (value->tag == PLAN_TAG_RATE && value->count == 2) {
        rate = (struct frac){value->items[0].number, value->items[1].number};
        print_rate(out, &rate);
        return;
    }
    if (value->tag == PLAN_TAG_TEXT || value->tag == PLAN_TAG_SHELL) {
        strbuf_addstr(out, value->tag == PLAN_TAG_TEXT ? "\"" : "shell(\"");
        print_parts(value, out);
        strbuf_addstr(out, value->tag == PLAN_TAG_TEXT ? "\"" : "\")");
        return;
    }
    strbuf_addstr(out, value->tag == PLAN_TAG_RANGE ? "" : "[");
    for (uint32_t i = 0; i < value->count; i++) {
        if (i)
            strbuf_addstr(out, value->tag == PLAN_TAG_RANGE ? ".." : ", ");
        print_value(&value->items[i], out);
    }
    strbuf_addstr(out, value->tag == PLAN_TAG_RANGE ? "" : "]");
}

/* "sort.name", the last of a path: its name. */
static const char *last_name(const char *id)
{
    const char *slash = strrchr(id, '/'), *own = slash ? slash + 1 : id, *dot = strchr(own, '.');

    return dot ? dot + 1 : own;
}

static void print_value(const struct plan_value *value, struct strbuf *out)
{
    switch ((enum plan_shape)value->shape) {
    case PLAN_SHAPE_NULL: strbuf_addstr(out, "null"); break;
    case PLAN_SHAPE_BOOL: strbuf_addstr(out, value->truth ? "true" : "false"); break;
    case PLAN_SHAPE_NUMBER: print_number(value, out); break;
    case PLAN_SHAPE_STRING:
        if (value->tag == PLAN_TAG_NONE)
            print_text(value->text, out);
        else
            strbuf_addstr(out, value->tag == PLAN_TAG_REF ? last_name(value->text) : value->text);
        break;
    case PLAN_SHAPE_ITEMS: print_items(value, out); break;
    case PLAN_SHAPE_PAIRS:
        strbuf_addstr(out, value->count ? "{ " : "{");
        for (uint32_t i = 0; i < value->count; i++) {
            strbuf_addf(out, "%s%s = ", i ? "  " : "", value->pairs[i].key);
            print_value(&value->pairs[i].value, out);
        }
        strbuf_addstr(out, value->count ? " }" : "}");
        break;
    }
}

const char *plan_value_words(struct arena *arena, const struct plan_value *value)
{
    struct strbuf out = STRBUF_INIT;
    const char *words;

    if (value->shape == PLAN_SHAPE_STRING)
        return value->tag == PLAN_TAG_REF ? last_name(value->text) : value->text;
    if (value->tag == PLAN_TAG_TEXT)
        print_parts(value, &out);
    else
        print_value(value, &out);
    words = strbuf_dup(&out, arena);
    strbuf_release(&out);
    return words;
}

/* ---- attributes */

const char *plan_words(struct arena *arena, const struct plan_thing *thing, const char *name, const char *fallback)
{
    const struct plan_value *value = thing ? plan_attribute(thing, name) : NULL;

    if (!value || value->shape == PLAN_SHAPE_NULL || value->tag == PLAN_TAG_REF || value->tag == PLAN_TAG_NOTHING ||
        (value->shape == PLAN_SHAPE_ITEMS && value->tag == PLAN_TAG_NONE))
        return fallback;
    return plan_value_words(arena, value);
}

const struct plan_value *plan_items(const struct plan_thing *thing, const char *name, uint32_t *count)
{
    const struct plan_value *value = thing ? plan_attribute(thing, name) : NULL;
    bool list = value && value->shape == PLAN_SHAPE_ITEMS && value->tag == PLAN_TAG_NONE;

    *count = list ? value->count : 0;
    return list ? value->items : NULL;
}

bool plan_is_true(const struct plan_thing *thing, const char *name)
{
    const struct plan_value *value = thing ? plan_attribute(thing, name) : NULL;

    return value && value->shape == PLAN_SHAPE_BOOL && value->truth;
}

int64_t plan_number(const struct plan_thing *thing, const char *name, enum plan_tag tag, int64_t fallback)
{
    const struct plan_value *value = thing ? plan_attribute(thing, name) : NULL;

    return value && value->shape == PLAN_SHAPE_NUMBER && value->tag == tag ? value->number : fallback;
}

const struct plan_thing *plan_child(const struct plan_thing *thing, const char *block, uint32_t *cursor)
{
    while (thing && *cursor < thing->blocks_count) {
        const struct plan_thing *child = &thing->blocks[(*cursor)++];

        if (strcmp(child->block, block) == 0)
            return child;
    }
    return NULL;
}

/* ---- things by id and by sort */

struct sort {
    const struct plan_thing *first;
    uint32_t count;
};

/* The ids lie in the document: the table is of pointers alone, and made as large as it has to be. */
struct plan_index {
    const struct plan_thing **things; /* by hash of the id, the next free place where one is taken */
    size_t capacity;                  /* a power of two, at most half of it taken */
    struct intern *names;             /* of sorts */
    struct map sorts;
};

static size_t place_of(const struct plan_index *index, const char *id)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    size_t at;

    for (const char *c = id; *c; c++)
        hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    for (at = (size_t)(hash ^ hash >> 32) & (index->capacity - 1); index->things[at]; at = (at + 1) & (index->capacity - 1)) {
        if (strcmp(index->things[at]->id, id) == 0)
            break;
    }
    return at;
}

static size_t count_things(const struct plan_thing *things, uint32_t count)
{
    size_t sum = count;

    for (uint32_t i = 0; i < count; i++)
        sum += count_things(things[i].blocks, things[i].blocks_count);
    return sum;
}

static void add_things(struct plan_index *index, const struct plan_thing *things, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        size_t at = place_of(index, things[i].id);

        if (!index->things[at])
            index->things[at] = &things[i];
        add_things(index, things[i].blocks, things[i].blocks_count);
    }
}

const struct plan_index *plan_index(const struct plan_document *document, struct arena *arena)
{
    struct plan_index *index = ARENA_NEW(arena, struct plan_index);
    size_t count = count_things(document->declared, document->declared_count);

    index->names = intern_new(arena);
    for (index->capacity = 16; index->capacity / 2 < count;)
        index->capacity *= 2;
    index->things = ARENA_ARRAY(arena, const struct plan_thing *, index->capacity);
    add_things(index, document->declared, document->declared_count);
    for (uint32_t i = 0; i < document->declared_count; i++) { /* those of a sort lie beside each other */
        const struct plan_thing *thing = &document->declared[i];
        atom name = intern_str(index->names, thing->block);
        struct sort *sort = map_get(&index->sorts, name);

        if (!sort) {
            sort = ARENA_NEW(arena, struct sort);
            sort->first = thing;
            map_add(&index->sorts, arena, name, sort);
        }
        if (thing == sort->first + sort->count)
            sort->count++;
    }
    return index;
}

const struct plan_thing *plan_find(const struct plan_index *index, const char *id)
{
    return index->things[place_of(index, id)];
}

const struct plan_thing *plan_sort(const struct plan_index *index, const char *block, uint32_t *count)
{
    const struct sort *sort = map_get(&index->sorts, intern_str(index->names, block));

    *count = sort ? sort->count : 0;
    return sort ? sort->first : NULL;
}

const struct plan_thing *plan_leads_to(const struct plan_index *index, const struct plan_value *value)
{
    return value && value->tag == PLAN_TAG_REF && value->shape == PLAN_SHAPE_STRING ? plan_find(index, value->text) : NULL;
}

const struct plan_thing *plan_ref(const struct plan_index *index, const struct plan_thing *thing, const char *name)
{
    return thing ? plan_leads_to(index, plan_attribute(thing, name)) : NULL;
}
