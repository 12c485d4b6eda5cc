/* plan.json back into structs: tree.c reads the text, the tables say what must be there, references are resolved at the end. */
#include "base/intern.h"
#include "base/map.h"
#include "base/units.h"
#include "base/vec.h"
#include "plan/table.h"
#include "plan/tree.h"

#include <string.h>

enum { DEPTH_MAX = 200 }; /* of blocks and values inside one another: two levels of JSON each, what the writer allows */

/* A reference that was read and not resolved yet. */
struct pending {
    void **slot;
    atom key;
    const struct tree *at;
};

struct reader {
    struct arena *arena;
    struct intern *names;
    struct map things; /* "STRUCT SCOPE KEY" -> item */
    VEC(struct pending) pending;
    struct strbuf path;
    struct strbuf text;
    uint32_t scope, scopes; /* of steps: a scenario or a drill; 0: none */
    int depth;
    bool referred[PLAN_STRUCT_COUNT]; /* something may refer to structs of this sort: they are known by their keys */
    struct plan_error *error;         /* set once */
};

static bool fail(struct reader *r, const char *message)
{
    if (!r->error->message) {
        r->error->at = arena_strdup(r->arena, strbuf_str(&r->path));
        r->error->message = arena_strdup(r->arena, message);
    }
    return false;
}

static const char *kept(struct reader *r, const struct tree *json)
{
    return arena_strndup(r->arena, json->text, json->count);
}

/* Steps of two scenarios may have one id. */
static atom key_of(struct reader *r, int id, const char *key)
{
    strbuf_clear(&r->text);
    strbuf_addint(&r->text, id);
    strbuf_addch(&r->text, ' ');
    strbuf_addint(&r->text, id == PLAN_STRUCT_step ? r->scope : 0);
    strbuf_addch(&r->text, ' ');
    strbuf_addstr(&r->text, key);
    return intern_str(r->names, strbuf_str(&r->text));
}

static bool read_struct(struct reader *r, int id, struct tree *json, void *item);

static bool is_truth(const struct tree *json)
{
    return tree_is(json, TREE_TRUE) || tree_is(json, TREE_FALSE);
}

static bool read_text(struct reader *r, const struct tree *json, const char **out)
{
    if (tree_is(json, TREE_NULL))
        return true;
    if (!tree_is(json, TREE_STRING))
        return fail(r, "a text or null is wanted");
    *out = kept(r, json);
    return true;
}

static bool read_int(struct reader *r, const struct tree *json, int64_t *out)
{
    if (!tree_is(json, TREE_INTEGER))
        return fail(r, "a whole number is wanted");
    *out = json->number;
    return true;
}

static bool read_amount(struct reader *r, const struct tree *json, int64_t *out)
{
    *out = PLAN_UNKNOWN;
    if (tree_is(json, TREE_NULL))
        return true;
    return read_int(r, json, out) && (*out >= 0 || fail(r, "it is less than 0"));
}

static bool read_loss(struct reader *r, const struct tree *json, int64_t *out)
{
    const char *word = tree_text(json);

    if (!word)
        return tree_is(json, TREE_NULL) ? fail(r, "a loss is wanted") : read_amount(r, json, out);
    *out = strcmp(word, "n/a") == 0 ? PLAN_NOT_APPLICABLE : strcmp(word, "all") == 0 ? PLAN_ALL : PLAN_UNKNOWN;
    return *out != PLAN_UNKNOWN || strcmp(word, "unknown") == 0 || fail(r, "a loss is wanted: a number, `n/a`, `all` or `unknown`");
}

static bool read_day(struct reader *r, const struct tree *json, int64_t *out)
{
    *out = PLAN_NO_DAY;
    if (tree_is(json, TREE_NULL))
        return true;
    return (tree_is(json, TREE_STRING) && read_date(tree_text(json), json->count, out)) || fail(r, "a date is wanted");
}

/* The value of a member that must be there. */
static struct tree *member(struct reader *r, const struct tree *object, const char *name)
{
    struct tree *value = tree_get(object, name);

    if (!value) {
        strbuf_clear(&r->text);
        strbuf_addf(&r->text, "`%s` is missing", name);
        fail(r, strbuf_str(&r->text));
    }
    return value;
}

static bool read_range(struct reader *r, const struct tree *json, struct plan_range *out)
{
    struct tree *best, *typical, *worst;

    if (tree_is(json, TREE_NULL))
        return true;
    if (!tree_is(json, TREE_OBJECT) || tree_size(json, TREE_OBJECT) != 3)
        return fail(r, "`best`, `typical` and `worst`, or null, are wanted");
    out->known = true;
    return (best = member(r, json, "best")) && read_int(r, best, &out->best) && (typical = member(r, json, "typical")) &&
           read_int(r, typical, &out->typical) && (worst = member(r, json, "worst")) && read_int(r, worst, &out->worst);
}

static bool read_choice(struct reader *r, const struct plan_field *field, const struct tree *json, uint8_t *out)
{
    const struct plan_choice *choice = &plan_choices[field->of];

    for (unsigned i = 0; tree_is(json, TREE_STRING) && i < choice->count; i++) {
        if (strcmp(tree_text(json), choice->words[i]) == 0) {
            *out = (uint8_t)i;
            return true;
        }
    }
    return fail(r, "it is none of the words there are");
}

static bool read_word(struct reader *r, const struct tree *json, struct plan_word *out)
{
    size_t count = tree_is(json, TREE_ARRAY) ? tree_size(json, TREE_ARRAY) : 1;

    if (!tree_is(json, TREE_ARRAY) && !tree_is(json, TREE_STRING))
        return fail(r, "a word of a command is wanted");
    out->count = (uint32_t)count;
    out->parts = ARENA_ARRAY(r->arena, struct plan_part, count);
    for (size_t i = 0; i < count; i++) {
        const struct tree *part = tree_is(json, TREE_ARRAY) ? &json->items[i] : json;

        out->parts[i].runtime = tree_is(part, TREE_OBJECT);
        if (out->parts[i].runtime) {
            if (tree_size(part, TREE_OBJECT) != 1)
                return fail(r, "`runtime` alone is wanted");
            part = member(r, part, "runtime");
        }
        if (!part || !tree_is(part, TREE_STRING))
            return fail(r, "a text is wanted");
        out->parts[i].text = kept(r, part);
    }
    return true;
}

static bool read_piece(struct reader *r, const struct tree *json, struct plan_piece *out)
{
    const struct tree *script = tree_get(json, "script"), *value = tree_get(json, "value");

    if (!tree_is(json, TREE_OBJECT) || tree_size(json, TREE_OBJECT) != 1 || (!tree_is(script, TREE_STRING) && !value))
        return fail(r, "`script` or `value` is wanted");
    if (value)
        return read_word(r, value, &out->value);
    out->script = kept(r, script);
    return true;
}

static bool read_command(struct reader *r, const struct tree *json, struct plan_command **out)
{
    const struct tree *words = tree_get(json, "words"), *shell = tree_get(json, "shell"), *list = words ? words : shell;
    struct plan_command *command;

    if (tree_is(json, TREE_NULL))
        return true;
    if (!tree_is(json, TREE_OBJECT) || tree_size(json, TREE_OBJECT) != 1 || !tree_is(list, TREE_ARRAY))
        return fail(r, "`words` or `shell` is wanted");
    command = *out = ARENA_NEW(r->arena, struct plan_command);
    command->shell = !words;
    command->count = (uint32_t)tree_size(list, TREE_ARRAY);
    if (words)
        command->words = ARENA_ARRAY(r->arena, struct plan_word, command->count);
    else
        command->pieces = ARENA_ARRAY(r->arena, struct plan_piece, command->count);
    for (uint32_t i = 0; i < command->count; i++) {
        if (!(words ? read_word(r, &list->items[i], &command->words[i]) : read_piece(r, &list->items[i], &command->pieces[i])))
            return false;
    }
    return true;
}

static bool read_value(struct reader *r, const struct tree *json, struct plan_value *out);

static bool read_pairs(struct reader *r, struct tree *json, struct plan_pair **pairs, uint32_t *count)
{
    if (!tree_is(json, TREE_OBJECT))
        return fail(r, "an object is wanted");
    *pairs = ARENA_ARRAY(r->arena, struct plan_pair, tree_size(json, TREE_OBJECT));
    for (uint32_t i = 0; i < json->count; i++) {
        (*pairs)[*count].key = arena_strdup(r->arena, json->members[i].name);
        if (!read_value(r, &json->members[i].value, &(*pairs)[(*count)++].value))
            return false;
    }
    return true;
}

/* What JSON has itself, or what a tag names. */
static bool read_plain(struct reader *r, struct tree *json, struct plan_value *out)
{
    if (tree_is(json, TREE_NULL)) {
        out->shape = PLAN_SHAPE_NULL;
    } else if (is_truth(json)) {
        out->shape = PLAN_SHAPE_BOOL;
        out->truth = tree_is(json, TREE_TRUE);
    } else if (tree_is(json, TREE_INTEGER)) {
        out->shape = PLAN_SHAPE_NUMBER;
        out->number = json->number;
    } else if (tree_is(json, TREE_STRING)) {
        out->shape = PLAN_SHAPE_STRING;
        out->text = kept(r, json);
    } else if (tree_is(json, TREE_ARRAY)) {
        out->shape = PLAN_SHAPE_ITEMS;
        out->count = (uint32_t)tree_size(json, TREE_ARRAY);
        out->items = ARENA_ARRAY(r->arena, struct plan_value, out->count);
        for (uint32_t i = 0; i < out->count; i++) {
            if (!read_value(r, &json->items[i], &out->items[i]))
                return false;
        }
    } else if (tree_is(json, TREE_OBJECT) && out->tag) {
        out->shape = PLAN_SHAPE_PAIRS;
        return read_pairs(r, json, &out->pairs, &out->count);
    } else {
        return fail(r, "no value of an attribute has this form");
    }
    return true;
}

static bool read_value(struct reader *r, const struct tree *json, struct plan_value *out)
{
    struct tree *inner = (struct tree *)json;
    bool done;

    if (r->depth == DEPTH_MAX)
        return fail(r, "values stand too deep inside one another");
    if (tree_is(json, TREE_OBJECT)) {
        const char *key = json->count == 1 ? json->members[0].name : "";

        for (int tag = PLAN_TAG_NONE + 1; tag < PLAN_TAG_COUNT; tag++) {
            if (strcmp(plan_tag_name((enum plan_tag)tag), key) == 0)
                out->tag = (uint8_t)tag;
        }
        if (!out->tag)
            return fail(r, "no value of an attribute has this form");
        inner = tree_get(json, key);
    }
    r->depth++;
    done = read_plain(r, inner, out);
    r->depth--;
    return done;
}

static bool refer(struct reader *r, int id, const struct tree *json, void **slot)
{
    struct pending pending = {.slot = slot};

    if (!tree_is(json, TREE_STRING))
        return fail(r, "a name is wanted");
    pending.key = key_of(r, id, tree_text(json));
    pending.at = json;
    vec_push(r->arena, &r->pending, pending);
    return true;
}

/* Element `i` of a list: the path is longer meanwhile. */
static bool read_element(struct reader *r, const struct plan_field *field, struct tree *json, uint32_t i, char *items)
{
    size_t before = r->path.len;
    bool done;

    strbuf_addch(&r->path, '[');
    strbuf_addint(&r->path, i);
    strbuf_addch(&r->path, ']');
    if (field->type == PLAN_TYPE_LIST)
        done = read_struct(r, field->of, json, items + i * plan_structs[field->of].size);
    else if (field->type == PLAN_TYPE_REFS)
        done = refer(r, field->of, json, &((void **)(void *)items)[i]);
    else
        done = tree_is(json, TREE_STRING) ? read_text(r, json, &((const char **)(void *)items)[i]) : fail(r, "a text is wanted");
    strbuf_truncate(&r->path, before);
    return done;
}

static bool read_list(struct reader *r, const struct plan_field *field, const struct tree *json, char *item)
{
    size_t size = field->type == PLAN_TYPE_LIST ? plan_structs[field->of].size : sizeof(void *);
    uint32_t count = (uint32_t)tree_size(json, TREE_ARRAY);
    char *items;

    if (!tree_is(json, TREE_ARRAY))
        return fail(r, "a list is wanted");
    items = arena_alloc(r->arena, size * count);
    *(void **)(void *)(item + field->offset) = items;
    *(uint32_t *)(void *)(item + field->count_offset) = count;
    for (uint32_t i = 0; i < count; i++) {
        if (!read_element(r, field, &json->items[i], i, items))
            return false;
    }
    return true;
}

static bool read_one(struct reader *r, const struct plan_field *field, struct tree *json, void **slot)
{
    if (tree_is(json, TREE_NULL))
        return true;
    *slot = arena_alloc(r->arena, plan_structs[field->of].size);
    return read_struct(r, field->of, json, *slot);
}

static bool read_field(struct reader *r, const struct plan_field *field, struct tree *json, char *item)
{
    void *at = item + field->offset;
    struct plan_values *values;

    switch (field->type) {
    case PLAN_TYPE_TEXT: return read_text(r, json, at);
    case PLAN_TYPE_BOOL: *(bool *)at = tree_is(json, TREE_TRUE); return is_truth(json) || fail(r, "true or false is wanted");
    case PLAN_TYPE_INT: return read_int(r, json, at);
    case PLAN_TYPE_PARTS:
    case PLAN_TYPE_MS:
    case PLAN_TYPE_BYTES: return read_amount(r, json, at);
    case PLAN_TYPE_LOSS: return read_loss(r, json, at);
    case PLAN_TYPE_DAY: return read_day(r, json, at);
    case PLAN_TYPE_RANGE: return read_range(r, json, at);
    case PLAN_TYPE_CHOICE: return read_choice(r, field, json, at);
    case PLAN_TYPE_COMMAND: return read_command(r, json, at);
    case PLAN_TYPE_VALUE:
        if (tree_is(json, TREE_NULL))
            return true;
        return read_value(r, json, *(struct plan_value **)at = ARENA_NEW(r->arena, struct plan_value));
    case PLAN_TYPE_VALUES: values = at; return read_pairs(r, json, &values->pairs, &values->count);
    case PLAN_TYPE_ONE: return read_one(r, field, json, at);
    case PLAN_TYPE_TEXTS:
    case PLAN_TYPE_LIST:
    case PLAN_TYPE_REFS: return read_list(r, field, json, item);
    case PLAN_TYPE_REF: return tree_is(json, TREE_NULL) || refer(r, field->of, json, at);
    }
    return false;
}

/* Whether some field refers to structs of this sort. */
static bool is_referred_to(int id)
{
    for (int s = 0; s < PLAN_STRUCT_COUNT; s++) {
        for (unsigned f = 0; f < plan_structs[s].count; f++) {
            const struct plan_field *field = &plan_structs[s].fields[f];

            if (field->of == id && (field->type == PLAN_TYPE_REF || field->type == PLAN_TYPE_REFS))
                return true;
        }
    }
    return false;
}

/* Known by its key from now on. */
static bool enter(struct reader *r, int id, void *item)
{
    const struct plan_field *key = plan_key(&plan_structs[id]);
    const char *name;

    if (!r->referred[id] || !key)
        return true;
    name = plan_identity(&plan_structs[id], item);
    if (!name)
        return fail(r, "it has no key");
    return map_add(&r->things, r->arena, key_of(r, id, name), item) || fail(r, "another one has the same key");
}

static bool read_fields(struct reader *r, const struct plan_struct *table, struct tree *json, void *item)
{
    for (unsigned i = 0; i < table->count; i++) {
        size_t before = r->path.len;
        struct tree *value = member(r, json, table->fields[i].name);
        bool done = value != NULL;

        if (before)
            strbuf_addch(&r->path, '.');
        strbuf_add(&r->path, table->fields[i].name, table->fields[i].len);
        done = done && read_field(r, &table->fields[i], value, item);
        strbuf_truncate(&r->path, before);
        if (!done)
            return false;
    }
    if (tree_size(json, TREE_OBJECT) == table->count)
        return true;
    for (uint32_t m = 0; m < json->count; m++) {
        const char *name = json->members[m].name;
        unsigned i = 0;

        while (i < table->count && strcmp(table->fields[i].name, name) != 0)
            i++;
        if (i < table->count)
            continue;
        strbuf_clear(&r->text);
        strbuf_addf(&r->text, "`%s` is no field of this format", name);
        return fail(r, strbuf_str(&r->text));
    }
    return true;
}

static bool read_struct(struct reader *r, int id, struct tree *json, void *item)
{
    uint32_t outer = r->scope;
    bool done;

    if (!tree_is(json, TREE_OBJECT))
        return fail(r, "an object is wanted");
    if (r->depth == DEPTH_MAX)
        return fail(r, "blocks stand too deep inside one another");
    if (id == PLAN_STRUCT_scenario || id == PLAN_STRUCT_drill)
        r->scope = ++r->scopes;
    r->depth++;
    done = read_fields(r, &plan_structs[id], json, item) && enter(r, id, item);
    r->depth--;
    r->scope = outer;
    return done;
}

/* Where in the tree it is: the path as it is told. */
static bool find_path(struct reader *r, const struct tree *tree, const struct tree *wanted)
{
    bool object = tree_is(tree, TREE_OBJECT);

    if (tree == wanted)
        return true;
    for (uint32_t i = 0; i < tree->count && tree->type >= TREE_ARRAY; i++) {
        size_t before = r->path.len;

        if (object)
            strbuf_addf(&r->path, "%s%s", before ? "." : "", tree->members[i].name);
        else
            strbuf_addf(&r->path, "[%u]", i);
        if (find_path(r, object ? &tree->members[i].value : &tree->items[i], wanted))
            return true;
        strbuf_truncate(&r->path, before);
    }
    return false;
}

static bool resolve(struct reader *r, const struct tree *tree)
{
    for (uint32_t i = 0; i < r->pending.len; i++) {
        const struct pending *pending = &r->pending.items[i];
        const char *key = pending->key;

        *pending->slot = map_get(&r->things, pending->key);
        if (*pending->slot)
            continue;
        for (int blanks = 0; blanks < 2; key++)
            blanks += *key == ' ';
        find_path(r, tree, pending->at);
        r->error->at = arena_strdup(r->arena, strbuf_str(&r->path));
        r->error->message = arena_printf(r->arena, "`%s` leads nowhere", key);
        return false;
    }
    return true;
}

struct plan_document *plan_read(struct arena *arena, const char *text, size_t len, struct plan_error *error)
{
    struct reader r = {.arena = arena, .names = intern_new(arena), .path = STRBUF_INIT, .text = STRBUF_INIT, .error = error};
    struct plan_document *document = ARENA_NEW(arena, struct plan_document);
    struct arena *scratch = arena_new();
    const char *wrong = NULL;
    int line = 0;
    struct tree *json = tree_read(scratch, text, len, &line, &wrong), *format = tree_get(json, "format");
    bool done = false;

    *error = (struct plan_error){NULL, NULL};
    for (int id = 0; id < PLAN_STRUCT_COUNT; id++)
        r.referred[id] = is_referred_to(id);
    if (!json) {
        error->at = arena_printf(arena, "line %d", line);
        error->message = wrong;
    } else if (!tree_is(format, TREE_INTEGER) || format->number != PLAN_FORMAT) {
        fail(&r, "it is no plan of format 2");
    } else {
        done = read_struct(&r, PLAN_STRUCT_document, json, document) && resolve(&r, json);
    }
    arena_delete(scratch);
    strbuf_release(&r.path);
    strbuf_release(&r.text);
    return done ? document : NULL;
}
