/* Types of attributes: reading and printing their notation.
 *
 *     type    = single { "|" single }
 *     single  = word [ "(" argument { "," argument } ")" ]
 *
 * where an argument is a type, or a word for `enum` and `ref`. `ref(a, b)` is the union of `ref(a)` and `ref(b)`. */
#include "model/entity.h"

#include <string.h>

static const struct {
    const char *name;
    enum type_kind kind;
    bool of_element; /* takes one type in parentheses */
} type_words[] = {
    {"any", TYPE_ANY, false},         {"bool", TYPE_BOOL, false},         {"int", TYPE_INT, false},         {"decimal", TYPE_DECIMAL, false},
    {"percent", TYPE_PERCENT, false}, {"duration", TYPE_DURATION, false}, {"size", TYPE_SIZE, false},       {"rate", TYPE_RATE, false},
    {"money", TYPE_MONEY, false},     {"date", TYPE_DATE, false},         {"time", TYPE_TIME, false},       {"string", TYPE_STRING, false},
    {"label", TYPE_LABEL, false},     {"schedule", TYPE_SCHEDULE, false}, {"range", TYPE_RANGE, true},      {"list", TYPE_LIST, true},
    {"map", TYPE_MAP, true},          {"object", TYPE_OBJECT, false},     {"command", TYPE_COMMAND, false}, {"type", TYPE_TYPE, false},
};

enum { TYPE_DEPTH = 16 };

struct type_reader {
    struct model *model;
    const char *at;
    const char *error;
    int depth;
};

static void skip_space(struct type_reader *reader)
{
    while (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\n' || *reader->at == '\r')
        reader->at++;
}

static bool word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

static atom read_word(struct type_reader *reader)
{
    const char *start;

    skip_space(reader);
    start = reader->at;
    while (word_char(*reader->at))
        reader->at++;
    if (reader->at == start) {
        reader->error = *start ? arena_printf(reader->model->arena, "a type was expected before `%s`", start) : "a type was expected at its end";
        return NULL;
    }
    return intern_add(reader->model->names, start, (size_t)(reader->at - start));
}

static bool expect(struct type_reader *reader, char c)
{
    skip_space(reader);
    if (*reader->at == c) {
        reader->at++;
        return true;
    }
    reader->error = arena_printf(reader->model->arena, "`%c` is missing", c);
    return false;
}

static bool accept(struct type_reader *reader, char c)
{
    skip_space(reader);
    if (*reader->at != c)
        return false;
    reader->at++;
    return true;
}

static struct type *type_new(struct type_reader *reader, enum type_kind kind)
{
    struct type *type = ARENA_NEW(reader->model->arena, struct type);

    type->kind = kind;
    return type;
}

/* Blocks at file level first: several nested blocks share a name with one of those (`objectives`, `default`). */
static const struct block_schema *find_schema(const struct model *model, atom name)
{
    const struct block_schema *nested = NULL;

    for (uint32_t i = 0; i < BLOCK_COUNT; i++) {
        const struct block_schema *schema = &model->schemas[i];

        if (schema->name != name)
            continue;
        if (schema->flags & SCHEMA_TOP)
            return schema;
        if (!nested)
            nested = schema;
    }
    return nested;
}

static const struct type *read_union(struct type_reader *reader);

static const struct type *read_ref(struct type_reader *reader)
{
    VEC(const struct type *) refs = {0};
    struct type *type;

    if (!expect(reader, '('))
        return NULL;
    do {
        atom name = read_word(reader);
        struct type *ref;

        if (!name)
            return NULL;
        ref = type_new(reader, TYPE_REF);
        ref->schema = find_schema(reader->model, name);
        if (!ref->schema) {
            reader->error = arena_printf(reader->model->arena, "there is no block `%s` to refer to", name);
            return NULL;
        }
        vec_push(reader->model->arena, &refs, ref);
    } while (accept(reader, ','));
    if (!expect(reader, ')'))
        return NULL;
    if (refs.len == 1)
        return refs.items[0];
    type = type_new(reader, TYPE_UNION);
    type->alternatives = refs.items;
    type->count = refs.len;
    return type;
}

static const struct type *read_enum(struct type_reader *reader)
{
    VEC(atom) words = {0};
    struct type *type;

    if (!expect(reader, '('))
        return NULL;
    do {
        atom word = read_word(reader);

        if (!word)
            return NULL;
        vec_push(reader->model->arena, &words, word);
    } while (accept(reader, ','));
    if (!expect(reader, ')'))
        return NULL;
    type = type_new(reader, TYPE_ENUM);
    type->words = words.items;
    type->count = words.len;
    return type;
}

static const struct type *read_single(struct type_reader *reader)
{
    atom word = read_word(reader);

    if (!word)
        return NULL;
    if (strcmp(word, "ref") == 0)
        return read_ref(reader);
    if (strcmp(word, "enum") == 0)
        return read_enum(reader);
    for (size_t i = 0; i < sizeof type_words / sizeof *type_words; i++) {
        struct type *type;

        if (strcmp(word, type_words[i].name) != 0)
            continue;
        type = type_new(reader, type_words[i].kind);
        if (!type_words[i].of_element)
            return type;
        skip_space(reader);
        /* `list` alone is a list of anything. */
        if (*reader->at != '(') {
            type->element = type_new(reader, TYPE_ANY);
            return type;
        }
        reader->at++;
        type->element = read_union(reader);
        if (!type->element || !expect(reader, ')'))
            return NULL;
        return type;
    }
    reader->error = arena_printf(reader->model->arena, "`%s` is not a type", word);
    return NULL;
}

static const struct type *read_union(struct type_reader *reader)
{
    VEC(const struct type *) alternatives = {0};
    struct type *type;

    if (++reader->depth > TYPE_DEPTH) {
        reader->error = "types are nested too deeply";
        return NULL;
    }
    do {
        const struct type *single = read_single(reader);

        if (!single)
            return NULL;
        if (single->kind == TYPE_UNION) {
            for (uint32_t i = 0; i < single->count; i++)
                vec_push(reader->model->arena, &alternatives, single->alternatives[i]);
        } else {
            vec_push(reader->model->arena, &alternatives, single);
        }
    } while (accept(reader, '|'));
    reader->depth--;
    if (alternatives.len == 1)
        return alternatives.items[0];
    type = type_new(reader, TYPE_UNION);
    type->alternatives = alternatives.items;
    type->count = alternatives.len;
    return type;
}

const struct type *type_read(struct model *model, const char *notation, const char **error)
{
    struct type_reader reader = {.model = model, .at = notation};
    const struct type *type = read_union(&reader);

    skip_space(&reader);
    if (type && *reader.at) {
        reader.error = arena_printf(model->arena, "`%s` follows a complete type", reader.at);
        type = NULL;
    }
    if (error)
        *error = type ? NULL : reader.error;
    return type;
}

void type_print(const struct type *type, struct strbuf *out)
{
    bool all_refs = true;

    switch (type->kind) {
    case TYPE_ENUM:
        strbuf_addstr(out, "enum(");
        for (uint32_t i = 0; i < type->count; i++)
            strbuf_addf(out, "%s%s", i ? ", " : "", type->words[i]);
        strbuf_addch(out, ')');
        return;
    case TYPE_REF: strbuf_addf(out, "ref(%s)", type->schema->name); return;
    case TYPE_UNION:
        for (uint32_t i = 0; i < type->count; i++)
            all_refs = all_refs && type->alternatives[i]->kind == TYPE_REF;
        if (all_refs)
            strbuf_addstr(out, "ref(");
        for (uint32_t i = 0; i < type->count; i++) {
            if (i)
                strbuf_addstr(out, all_refs ? ", " : " | ");
            if (all_refs)
                strbuf_addstr(out, type->alternatives[i]->schema->name);
            else
                type_print(type->alternatives[i], out);
        }
        if (all_refs)
            strbuf_addch(out, ')');
        return;
    default: break;
    }
    for (size_t i = 0; i < sizeof type_words / sizeof *type_words; i++) {
        if (type_words[i].kind != type->kind)
            continue;
        strbuf_addstr(out, type_words[i].name);
        if (type_words[i].of_element) {
            strbuf_addch(out, '(');
            type_print(type->element, out);
            strbuf_addch(out, ')');
        }
        return;
    }
}
