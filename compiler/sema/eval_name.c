/* Names: what a bareword means, and what stands after a dot.
 *
 * The order is: local names; words and declared things of the expected type; names of enclosing blocks; the plan and the
 * lists of everything declared; declared things of any sort when only one sort has the name. */
#include "sema/fields.h"

#include "model/places.h"
#include "sema/library.h"
#include "source/lost.h"

#include <string.h>

enum { OUTER_MAX = 64 }; /* places nested deeper than that are taken for a circle */

/* ---------------------------------------------------------------- types of declared things */

const struct type *ref_type(struct evaluator *eval, const struct block_schema *schema)
{
    const struct type **slot = &eval->state->ref_types[schema->id];

    if (!*slot) {
        struct type *type = ARENA_NEW(eval->arena, struct type);

        type->kind = TYPE_REF;
        type->schema = schema;
        *slot = type;
    }
    return *slot;
}

const struct type *list_type(struct evaluator *eval, const struct block_schema *schema)
{
    const struct type **slot = &eval->state->list_types[schema->id];

    if (!*slot) {
        struct type *type = ARENA_NEW(eval->arena, struct type);

        type->kind = TYPE_LIST;
        type->element = ref_type(eval, schema);
        *slot = type;
    }
    return *slot;
}

static struct value block_list(struct evaluator *eval, const struct block_schema *schema)
{
    struct value *cached = &eval->state->lists[schema->id];
    uint32_t count = eval->model->declared[schema->id].list.len;

    if (cached->type != VALUE_LIST || cached->u.list->count != count) {
        struct value *items = ARENA_ARRAY(eval->arena, struct value, count);

        for (uint32_t i = 0; i < count; i++)
            items[i] = value_entity(eval->model->declared[schema->id].list.items[i]);
        *cached = eval_list_of(eval, items, count);
    }
    return *cached;
}

/* ---------------------------------------------------------------- suggestions */

const char *suggest(struct evaluator *eval, const char *word, const char *const *candidates, size_t count)
{
    /* Many mistakes times many names must not become a wait. */
    if ((int64_t)count > eval->state->suggesting)
        return NULL;
    eval->state->suggesting -= (int64_t)count;
    return nearest(word, candidates, count);
}

static void add_name(struct evaluator *eval, const char *name)
{
    vec_push_owned(eval->arena, &eval->state->candidates, name);
}

static const char *suggest_added(struct evaluator *eval, const char *word)
{
    return suggest(eval, word, eval->state->candidates.items, eval->state->candidates.len);
}

static void add_declared(struct evaluator *eval, uint32_t id)
{
    for (uint32_t i = 0; i < eval->model->declared[id].list.len; i++)
        add_name(eval, eval->model->declared[id].list.items[i]->name);
}

static void add_expected(struct evaluator *eval, const struct type *type)
{
    if (!type)
        return;
    switch (type->kind) {
    case TYPE_ENUM:
        for (uint32_t i = 0; i < type->count; i++)
            add_name(eval, type->words[i]);
        break;
    case TYPE_REF: add_declared(eval, type->schema->id); break;
    case TYPE_UNION:
        for (uint32_t i = 0; i < type->count; i++)
            add_expected(eval, type->alternatives[i]);
        break;
    case TYPE_LIST:
    case TYPE_RANGE: add_expected(eval, type->element); break;
    default: break;
    }
}

/* ---------------------------------------------------------------- finding a name */

static const struct scope *find_local(const struct scope *scope, atom name, bool weak)
{
    for (; scope; scope = scope->outer) {
        if (scope->name == name && scope->weak == weak)
            return scope;
    }
    return NULL;
}

bool name_is_local(const struct scope *scope, atom name)
{
    return find_local(scope, name, false) != NULL;
}

static struct value local_value(struct evaluator *eval, const struct scope *found, struct span span, const struct type **seen)
{
    struct scope *local = (struct scope *)(uintptr_t)found; /* a `let` is filled in when it is first needed */
    const struct expr *expr;

    if (seen)
        *seen = found->type;
    if (local->value.type == VALUE_BUSY)
        return value_error_at(eval, DIAG_E0313, span, "`%s` depends on itself", found->name);
    if (local->value.type != VALUE_PENDING)
        return local->value;
    expr = local->value.u.pending;
    local->value.type = VALUE_BUSY;
    local->value = eval_typed(eval, expr, local->outer, NULL, &local->type);
    if (seen)
        *seen = local->type;
    return local->value;
}

/* A word or declared thing of the expected type. */
static bool find_expected(struct evaluator *eval, atom name, const struct type *type, struct value *out)
{
    struct entity *entity;

    switch (type->kind) {
    case TYPE_ENUM:
        if (!type_has_word(type, name))
            return false;
        *out = (struct value){.type = VALUE_WORD, .u.word = name};
        return true;
    case TYPE_REF:
        entity = model_find_here(eval->model, (enum block_id)type->schema->id, name);
        if (!entity && type->schema->id == BLOCK_KIND) {
            struct kind_info *kind = map_get(&eval->model->kinds, name);

            entity = kind ? kind->entity : NULL;
        }
        if (!entity)
            return false;
        *out = value_entity(entity);
        return true;
    case TYPE_UNION:
        for (uint32_t i = 0; i < type->count; i++) {
            if (find_expected(eval, name, type->alternatives[i], out))
                return true;
        }
        return false;
    case TYPE_LIST:
    case TYPE_RANGE:
        /* Not a list, but what its elements are: the mismatch is then reported as one. */
        return find_expected(eval, name, type->element, out);
    default: return false;
    }
}

static bool wants_label(const struct type *type)
{
    if (!type)
        return false;
    if (type->kind == TYPE_UNION) {
        for (uint32_t i = 0; i < type->count; i++) {
            if (wants_label(type->alternatives[i]))
                return true;
        }
    }
    return type->kind == TYPE_LABEL || (type->kind == TYPE_LIST && wants_label(type->element));
}

static bool wants_ref(const struct type *type)
{
    while (type->kind == TYPE_LIST)
        type = type->element;
    return type->kind == TYPE_REF;
}

/* Declared things of any sort. */
static bool find_anywhere(struct evaluator *eval, atom name, struct span span, struct value *out, const struct type **seen)
{
    struct entity *found = NULL;
    struct diag *diag;
    const char *first;

    for (uint32_t i = 0; i < BLOCK_COUNT; i++) {
        struct entity *entity;

        if (!eval->model->declared[i].list.len || !(entity = model_find_here(eval->model, (enum block_id)i, name)))
            continue;
        if (!found) {
            found = entity;
            continue;
        }
        diag = diag_report(eval->sink, DIAG_E0307, span, "`%s` is the name of several things", name);
        first = found->schema->name;
        diag_label(diag, found->span, "a %s", first);
        for (; i < BLOCK_COUNT; i++) {
            if ((entity = model_find_here(eval->model, (enum block_id)i, name)))
                diag_label(diag, entity->span, "a %s", entity->schema->name);
        }
        diag_help(diag, "say which sort is meant, for example `%s.%s`", first, name);
        *out = value_error();
        return true;
    }
    if (!found)
        return false;
    *out = value_entity(found);
    if (seen)
        *seen = ref_type(eval, found->schema);
    return true;
}

bool name_find(struct evaluator *eval, const struct expr *expr, atom name, const struct scope *scope, const struct type *expected, struct value *out,
               const struct type **seen)
{
    const struct scope *local = find_local(scope, name, false);
    const struct block_schema *schema;

    if (local) {
        *out = local_value(eval, local, expr->span, seen);
        return true;
    }
    if (expected && find_expected(eval, name, expected, out))
        return true;
    if ((local = find_local(scope, name, true))) {
        *out = local_value(eval, local, expr->span, seen);
        return true;
    }
    if (expected && wants_label(expected)) {
        *out = value_string(name);
        return true;
    }
    if (name == eval->state->names.plan) {
        *out = eval->model->plan ? value_entity(eval->model->plan) : value_unknown();
        if (seen)
            *seen = ref_type(eval, &eval->model->schemas[BLOCK_PLAN]);
        return true;
    }
    if ((schema = map_get(&eval->state->plurals, name))) {
        *out = block_list(eval, schema);
        if (seen)
            *seen = list_type(eval, schema);
        return true;
    }
    /* The one that is meant is lost; a namesake of another sort would only be of the wrong type. */
    if (lost_any(eval->sink) && expected && wants_ref(expected) && lost_name(eval->sink, name)) {
        *out = value_error();
        return true;
    }
    return find_anywhere(eval, name, expr->span, out, seen);
}

/* Whether a part of `a-b` stands for something on its own. */
static bool part_is_known(struct evaluator *eval, const char *text, size_t len, const struct scope *scope)
{
    atom name;

    if (!len)
        return false;
    if (strspn(text, "0123456789") >= len)
        return true;
    name = intern_add(eval->names, text, len);
    if (find_local(scope, name, false) || find_local(scope, name, true) || map_get(&eval->state->plurals, name))
        return true;
    for (uint32_t i = 0; i < BLOCK_COUNT; i++) {
        if (model_find_here(eval->model, (enum block_id)i, name))
            return true;
    }
    return false;
}

static bool is_unit_of_time(atom name)
{
    return (name[0] == 's' || name[0] == 'm' || name[0] == 'h' || name[0] == 'd') && !name[1];
}

/* `12000 /s` is read as a division. */
static bool follows_slash(const struct evaluator *eval, struct span span)
{
    uint32_t at = span.start;

    while (at > 1 && strcmp(span_text(eval, (struct span){at - 1, at}), " ") == 0)
        at--;
    return at > 1 && strcmp(span_text(eval, (struct span){at - 1, at}), "/") == 0;
}

static struct value name_unknown(struct evaluator *eval, const struct expr *expr, atom name, const struct scope *scope, const struct type *expected)
{
    const struct type *only = expected;
    const char *near;
    struct diag *diag;

    /* An enumeration alone: the words are few, so all of them are told. */
    while (only && (only->kind == TYPE_LIST || only->kind == TYPE_RANGE))
        only = only->element;
    if (!(only && only->kind == TYPE_ENUM) && lost_name(eval->sink, name))
        return value_error();
    if (only && only->kind == TYPE_ENUM) {
        diag = diag_report(eval->sink, DIAG_E0312, expr->span, "`%s` is not one of the words allowed here", name);
        diag_at(diag, "expected `%s`", type_show(eval, only));
        near = suggest(eval, name, only->words, only->count);
        if (near)
            diag_fix(diag, expr->span, near, "did you mean `%s`?", near);
        return value_error();
    }
    eval->state->candidates.len = 0;
    if (only && only->kind == TYPE_REF) {
        diag = diag_report(eval->sink, DIAG_E0306, expr->span, "there is no %s `%s`", only->schema->name, name);
        add_expected(eval, only);
    } else {
        diag = diag_report(eval->sink, DIAG_E0306, expr->span, "nothing is called `%s`", name);
        for (const struct scope *at = scope; at; at = at->outer)
            add_name(eval, at->name);
        add_expected(eval, expected);
        add_name(eval, "plan");
        for (uint32_t i = 0; i < eval->state->plurals.len; i++)
            add_name(eval, eval->state->plurals.entries[i].key);
        for (uint32_t i = 0; i < BLOCK_COUNT; i++)
            add_declared(eval, i);
    }
    lost_missing(diag, only && only->kind == TYPE_REF ? only->schema->name : NULL, name);
    if (expected && only && only->kind != TYPE_REF)
        diag_at(diag, "expected `%s`", type_show(eval, expected));
    for (const char *minus = strchr(name, '-'); minus; minus = strchr(minus + 1, '-')) {
        if (part_is_known(eval, name, (size_t)(minus - name), scope) && part_is_known(eval, minus + 1, strlen(minus + 1), scope)) {
            const char *spaced = arena_printf(eval->arena, "%.*s - %s", (int)(minus - name), name, minus + 1);

            diag_fix(diag, expr->span, spaced, "a name may hold `-`; for a subtraction write `%s`", spaced);
            return value_error();
        }
    }
    if (is_unit_of_time(name) && follows_slash(eval, expr->span)) {
        diag_help(diag, "a rate is one word with its unit: `12MiB/%s`", name);
        return value_error();
    }
    near = suggest_added(eval, name);
    if (near)
        diag_fix(diag, expr->span, near, "did you mean `%s`?", near);
    else if (only && only->kind == TYPE_STRING)
        diag_fix(diag, expr->span, arena_printf(eval->arena, "\"%s\"", name), "text is written in quotes: `\"%s\"`", name);
    else if (only && only->kind == TYPE_REF && library_import(only->schema->name, name))
        diag_help(diag, "add `import \"%s\"`, which declares it", library_import(only->schema->name, name));
    else if (only && only->kind == TYPE_REF)
        diag_help(diag, "declare it, `%s %s%s { … }`, or import the file that does", only->schema->name, name,
                  only->schema->kind == KIND_REQUIRED ? " : KIND" : "");
    else if (!only)
        diag_help(diag, "text is written in quotes: `\"%s\"`", name);
    return value_error();
}

struct value eval_name(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct type *expected,
                       const struct type **seen)
{
    struct value value;
    struct diag *diag;

    model_enter(eval->model, expr->span);
    if (name_find(eval, expr, expr->u.name, scope, expected, &value, seen))
        return value;
    if (map_get(&eval->model->schema_by_name, expr->u.name) && !(expected && expected->kind == TYPE_REF)) {
        diag = diag_report(eval->sink, DIAG_E0306, expr->span, "`%s` alone is not a value", expr->u.name);
        diag_help(diag, "name one, `%s.NAME`", expr->u.name);
        return value_error();
    }
    return name_unknown(eval, expr, expr->u.name, scope, expected);
}

/* ---------------------------------------------------------------- names in comparisons */

/* The type a word compared with this value is looked up by. */
static const struct type *comparison_type(struct evaluator *eval, struct value other, const struct type *seen)
{
    if (seen && seen->kind != TYPE_ANY)
        return seen;
    if (other.type == VALUE_ENTITY)
        return ref_type(eval, other.u.entity->schema);
    return NULL;
}

/* The only type in it that barewords or strings could belong to. */
static const struct type *only_enum(const struct type *type)
{
    const struct type *found = NULL;

    if (!type || type->kind == TYPE_ENUM)
        return type;
    if (type->kind != TYPE_UNION)
        return NULL;
    for (uint32_t i = 0; i < type->count; i++) {
        if (type->alternatives[i]->kind == TYPE_STRING || type->alternatives[i]->kind == TYPE_REF || found)
            return NULL;
        if (type->alternatives[i]->kind == TYPE_ENUM)
            found = type->alternatives[i];
    }
    return found;
}

struct value eval_beside(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct type *type, struct value other,
                         const struct type **seen)
{
    const struct type *expected = comparison_type(eval, other, type);
    struct value value;
    atom path;

    model_enter(eval->model, expr->span);
    if (seen)
        *seen = NULL;
    if (expr_is_mistake(eval, expr))
        return value_error();
    if (expr->kind == EXPR_NAME && !name_is_local(scope, expr->u.name)) {
        if (expected && find_expected(eval, expr->u.name, expected, &value))
            return value;
        /* Nothing is known about the other side, so nothing can be said about the word. */
        if (!expected && (other.type == VALUE_UNKNOWN || other.type == VALUE_ERROR || other.type == VALUE_NA) &&
            !name_find(eval, expr, expr->u.name, scope, NULL, &value, seen))
            return other;
        if (!expected && other.type == VALUE_WORD)
            return (struct value){.type = VALUE_WORD, .u.word = expr->u.name, .origin = expr->span.start};
        if (expected && expected->kind == TYPE_ENUM)
            return name_unknown(eval, expr, expr->u.name, scope, expected);
        if (name_find(eval, expr, expr->u.name, scope, expected, &value, seen))
            return value;
        return name_unknown(eval, expr, expr->u.name, scope, expected);
    }
    if (expr->kind == EXPR_MEMBER && expected && expected->kind == TYPE_REF && expected->schema->id == BLOCK_KIND &&
        (path = expr_path(expr, eval->names)) && find_expected(eval, path, expected, &value))
        return value;
    value = eval_typed(eval, expr, scope, NULL, seen);
    /* A string that no value of the other side can be would make the comparison always false. */
    if (expr->kind == EXPR_STRING && (expected = only_enum(expected)) && !type_has_word(expected, intern_str(eval->names, expr->u.string.text))) {
        struct diag *diag = diag_report(eval->sink, DIAG_E0312, expr->span, "`%s` is not one of the words of the other side", expr->u.string.text);
        const char *near = suggest(eval, expr->u.string.text, expected->words, expected->count);

        diag_at(diag, "the other side is `%s`", type_show(eval, expected));
        if (near)
            diag_fix(diag, expr->span, near, "did you mean `%s`?", near);
        return value_error();
    }
    return value;
}

/* ---------------------------------------------------------------- fields */

static struct value child_list(struct evaluator *eval, const struct entity *entity, const struct block_schema *schema)
{
    uint32_t count = 0;
    struct value *items;

    for (uint32_t i = 0; i < entity->child_count; i++)
        count += entity->children[i]->schema == schema;
    if (!count)
        return eval_list_of(eval, NULL, 0);
    items = ARENA_ARRAY(eval->arena, struct value, count);
    count = 0;
    for (uint32_t i = 0; i < entity->child_count; i++) {
        if (entity->children[i]->schema == schema)
            items[count++] = value_entity(entity->children[i]);
    }
    return eval_list_of(eval, items, count);
}

/* The site a replica, standby or target is at: its label. */
static struct value label_site(struct evaluator *eval, const struct entity *entity)
{
    struct entity *site = model_find(eval->model, BLOCK_SITE, entity->name);

    return site ? value_entity(site) : value_unknown();
}

/* What a site's own attribute is worth, marked with the site. What it says of itself in the words of the schema (its role, its strategy) is
 * no address; what its kind added may be. */
static struct value from_site(struct evaluator *eval, struct entity *site, uint32_t row, struct value value)
{
    switch ((enum value_type)value.type) {
    case VALUE_LIST:
    case VALUE_OBJECT:
        /* Marked once, in its place: a list is copied for that. */
        if (!places_in(eval->model, value))
            value = site->slots[row] = places_add(eval->model, value, places_of(eval->model, site));
        return value;
    case VALUE_STRING:
    case VALUE_TEXT: break;
    case VALUE_WORD:
    case VALUE_INT:
    case VALUE_DECIMAL:
        if (row < site->schema->row_count)
            return value;
        break;
    default: return value;
    }
    return places_add(eval->model, value, places_of(eval->model, site));
}

/* What a kind calls an address leads to where the thing stands. */
static struct value from_address(struct evaluator *eval, struct entity *entity, uint32_t row, struct value value)
{
    const struct attr_row *info = entity_row_info(entity, row);
    struct value place;

    if (!info || !(info->flags & ROW_ADDRESS))
        return value;
    place = place_of(eval, entity);
    return place.type == VALUE_ENTITY ? places_add(eval->model, value, places_of(eval->model, place.u.entity)) : value;
}

/* Names and addresses a target of an endpoint has lead to its site. */
static struct value from_target(struct evaluator *eval, struct entity *target, struct value value)
{
    struct value site = value.type == VALUE_STRING ? label_site(eval, target) : value_unknown();

    return site.type == VALUE_ENTITY ? places_add(eval->model, value, places_of(eval->model, site.u.entity)) : value;
}

/* The name of a thing; of a site, and of what has the name of one, that leads there. */
static struct value own_name(struct evaluator *eval, struct entity *entity)
{
    struct value value = value_string(entity->name ? entity->name : ""), site = value_unknown();

    if (entity->schema->id == BLOCK_SITE)
        site = value_entity(entity);
    else if (entity->schema->id == BLOCK_REPLICA || entity->schema->id == BLOCK_STANDBY || entity->schema->id == BLOCK_TARGET)
        site = label_site(eval, entity);
    return site.type == VALUE_ENTITY ? places_add(eval->model, value, places_of(eval->model, site.u.entity)) : value;
}

/* Whether the kind of a thing, or what that is built on, may have a field nobody could read. */
bool kind_may_have(const struct evaluator *eval, const struct kind_info *kind, const char *name)
{
    if (kind && kind->incomplete)
        return true;
    for (; kind && lost_any(eval->sink); kind = kind->base) {
        if (lost_word_in(eval->sink, kind->entity->tree->span, name))
            return true;
    }
    return false;
}

static bool field_is_lost(const struct evaluator *eval, const struct entity *entity, const char *name)
{
    while (entity->parent)
        entity = entity->parent;
    if (has_a_kind(entity->schema) && !entity->kind)
        return true;
    return entity->schema->id != BLOCK_KIND && kind_may_have(eval, entity->kind, name);
}

static struct value unknown_field(struct evaluator *eval, struct entity *entity, atom name, struct span span)
{
    const char **names, *near;
    uint32_t count;
    struct diag *diag;

    if (field_is_lost(eval, entity, name))
        return value_error();
    if (entity->kind && entity->schema->id != BLOCK_KIND)
        diag = diag_report(eval->sink, DIAG_E0308, span, "the %s `%s` of kind `%s` has no field `%s`", entity->schema->name, entity->name,
                           entity->kind->entity->name, name);
    else
        diag = diag_report(eval->sink, DIAG_E0308, span, "%s has no field `%s`", value_describe(eval, value_entity(entity)), name);
    for (uint32_t i = 0; i < entity->child_count; i++) {
        if (entity->children[i]->name == name) {
            diag_help(diag, "nested blocks are reached as a list: `%s`", entity->children[i]->schema->plural);
            return value_error();
        }
    }
    for (uint32_t i = 0; entity->kind && i < eval->model->kinds.len; i++) {
        const struct kind_info *kind = eval->model->kinds.entries[i].value;

        if (kind->of == entity->schema && map_get(&kind->by_name, name)) {
            diag_help(diag, "things of kind `%s` have it; to loop over those alone, write `x in %s : %s`", kind->entity->name, entity->schema->plural,
                      kind->entity->name);
            return value_error();
        }
    }
    field_names(eval, (struct field_of){.thing = entity}, &names, &count);
    near = suggest(eval, name, names, count);
    if (near)
        diag_help(diag, "did you mean `%s`?", near);
    return value_error();
}

/* What a kind says of a place holds for the places inside of it: the partition of a region is that of its zones. */
static bool outer_field(struct evaluator *eval, struct entity *site, atom name, struct value *out, const struct type **seen)
{
    for (int depth = 0; site && site->schema->id == BLOCK_SITE && depth < OUTER_MAX; depth++) {
        struct value outer = eval_slot(eval, site, SITE_within);
        int row;

        site = outer.type == VALUE_ENTITY ? outer.u.entity : NULL;
        row = site ? entity_row(site, name) : -1;
        if (row < (int)SITE_ROWS)
            continue;
        if (seen)
            *seen = entity_row_info(site, (uint32_t)row)->type;
        *out = eval_slot(eval, site, (uint32_t)row);
        return true;
    }
    return false;
}

static struct value attribute_field(struct evaluator *eval, struct entity *entity, uint32_t row)
{
    struct value value = eval_slot(eval, entity, row);

    /* A method of a kind runs what the `rebuild` of the asset says, in the scenario it is asked in. */
    if (value.type == VALUE_UNKNOWN && entity->schema->id == BLOCK_REBUILD && row == REBUILD_run)
        return eval_deferred(eval, entity, REBUILD_run, entity_scope(eval, entity));
    if (value.type == VALUE_UNKNOWN)
        return inherited_field(eval, entity, row, value);
    if (entity->schema->id == BLOCK_SITE)
        return from_site(eval, entity, row, value);
    if (entity->schema->id == BLOCK_TARGET)
        return from_target(eval, entity, value);
    return row >= entity->schema->row_count ? from_address(eval, entity, row, value) : value;
}

static struct value field_typed(struct evaluator *eval, struct entity *entity, atom name, struct span span, const struct type **seen)
{
    struct value value = value_unknown();
    struct field field;

    if (!field_find(eval, (struct field_of){.thing = entity}, name, &field))
        return unknown_field(eval, entity, name, span);
    if (seen)
        *seen = field.type;
    switch (field.how) {
    case FIELD_ATTRIBUTE: return attribute_field(eval, entity, field.row);
    case FIELD_CHILDREN: return child_list(eval, entity, field.schema);
    case FIELD_CHILD: value = child_list(eval, entity, field.schema); return value.u.list->count ? value.u.list->items[0] : value_unknown();
    case FIELD_NAME: return own_name(eval, entity);
    case FIELD_KIND: return value_entity(entity->kind->entity);
    case FIELD_SITE: return label_site(eval, entity);
    case FIELD_VALUE: return eval_slot(eval, entity, PARAM_default);
    case FIELD_PARENT: return value_entity(entity->parent);
    case FIELD_COMPUTED:
        if (computed_field(eval, entity, name, span, &value, seen) ||
            (eval->hooks && eval->hooks->field && eval->hooks->field(eval, entity, name, span, &value)))
            return value;
        break;
    case FIELD_OF_PLACE:
        if (outer_field(eval, entity, name, &value, seen))
            return value;
        break;
    }
    if (seen)
        *seen = NULL;
    return unknown_field(eval, entity, name, span);
}

/* ---------------------------------------------------------------- what stands after a dot */

static struct value object_field(struct evaluator *eval, const struct value_object *object, const struct expr *expr)
{
    const char *near;
    struct diag *diag;

    for (uint32_t i = 0; i < object->count; i++) {
        if (object->pairs[i].key == expr->u.member.name)
            return object->pairs[i].value;
    }
    eval->state->candidates.len = 0;
    for (uint32_t i = 0; i < object->count; i++)
        add_name(eval, object->pairs[i].key);
    diag = diag_report(eval->sink, DIAG_E0308, member_span(expr), "the object has no key `%s`", expr->u.member.name);
    if (object->count && object->pairs[0].value.origin)
        diag_label(diag, (struct span){object->pairs[0].value.origin, object->pairs[0].value.origin}, "the object is here");
    near = suggest_added(eval, expr->u.member.name);
    if (near)
        diag_fix(diag, member_span(expr), near, "did you mean `%s`?", near);
    else
        diag_help(diag, "for a key that may be missing, write `get(%s, \"%s\", DEFAULT)`", span_text(eval, expr->u.member.object->span),
                  expr->u.member.name);
    return value_error();
}

static struct value list_field(struct evaluator *eval, const struct value_list *list, const struct expr *expr, const struct type *list_seen,
                               const struct type **seen)
{
    const struct eval_state *state = eval->state;
    atom name = expr->u.member.name;
    struct diag *diag;

    if (name == state->names.count)
        return value_int(VALUE_INT, list->count);
    if (name == state->names.first || name == state->names.last) {
        if (seen && list_seen && list_seen->kind == TYPE_LIST)
            *seen = list_seen->element;
        if (!list->count)
            return value_unknown();
        return list->items[name == state->names.first ? 0 : list->count - 1];
    }
    diag = diag_report(eval->sink, DIAG_E0308, member_span(expr), "a list has no field `%s`", name);
    diag_at(diag, "a list has `first`, `last` and `count`");
    diag_help(diag, "for the field of each element, write `[for x in %s: x.%s]`", span_text(eval, expr->u.member.object->span), name);
    return value_error();
}

static struct value value_field(struct evaluator *eval, struct value object, const struct expr *expr, const struct type *type,
                                const struct type **seen)
{
    const struct eval_state *state = eval->state;
    atom name = expr->u.member.name;

    switch ((enum value_type)object.type) {
    case VALUE_PENDING:
    case VALUE_BUSY:
    case VALUE_ERROR: return value_error();
    case VALUE_NULL:
        object = value_unknown();
        /* fall through */
    case VALUE_UNKNOWN:
    case VALUE_NA:
        /* The type still says what the field would be, so that words beside it can be checked. */
        if (seen && type && type->kind == TYPE_REF) {
            uintptr_t row = (uintptr_t)map_get(&type->schema->by_name, name);

            *seen = row ? type->schema->rows[row - 1].type : NULL;
        }
        return object;
    case VALUE_ENTITY: return field_typed(eval, object.u.entity, name, member_span(expr), seen);
    case VALUE_OBJECT:
        if (seen && type && type->kind == TYPE_REF) {
            uintptr_t row = (uintptr_t)map_get(&type->schema->by_name, name);

            *seen = row ? type->schema->rows[row - 1].type : NULL;
        } else if (seen && type && type->kind == TYPE_MAP) {
            *seen = type->element;
        }
        return object_field(eval, object.u.object, expr);
    case VALUE_LIST: return list_field(eval, object.u.list, expr, type, seen);
    case VALUE_RUNTIME:
        return (struct value){.type = VALUE_RUNTIME, .u.word = intern_str(eval->names, arena_printf(eval->arena, "%s.%s", object.u.word, name))};
    case VALUE_RANGE:
    case VALUE_INT:
    case VALUE_DECIMAL:
    case VALUE_DURATION:
    case VALUE_SIZE:
    case VALUE_RATE:
    case VALUE_MONEY:
        /* An attribute that may be a range may also be one value, which is all three. */
        if (seen && type)
            *seen = type->kind == TYPE_RANGE ? type->element : type;
        if (name == state->names.best)
            return value_best(object);
        if (name == state->names.typical)
            return value_typical(object);
        if (name == state->names.worst)
            return value_worst(object);
        break;
    default: break;
    }
    if (seen)
        *seen = NULL;
    return value_error_at(eval, DIAG_E0308, member_span(expr), "%s has no field `%s`", value_describe(eval, object), name);
}

/* `asset.database`, `param.region`, `kind.aws.rds.postgres`: a name of a sort of declaration before the dot. */
static bool namespace_member(struct evaluator *eval, const struct expr *expr, const struct scope *scope, struct value *out, const struct type **seen)
{
    const struct expr *object = expr->u.member.object;
    const struct block_schema *schema;
    struct entity *entity;
    const char *near;
    struct diag *diag;
    atom name = expr->u.member.name;

    if (object->kind != EXPR_NAME || object->u.name == eval->state->names.plan || find_local(scope, object->u.name, false) ||
        find_local(scope, object->u.name, true))
        return false;
    schema = map_get(&eval->model->schema_by_name, object->u.name);
    if (!schema)
        return false;
    entity = model_find_here(eval->model, (enum block_id)schema->id, name);
    if (entity) {
        if (schema->id == BLOCK_PARAM) {
            struct value type = eval_slot(eval, entity, PARAM_type);

            *out = eval_slot(eval, entity, PARAM_default);
            if (type.type == VALUE_TYPE) {
                *out = convert(eval, *out, type.u.type, entity->span, NULL, name);
                if (seen)
                    *seen = type.u.type;
            }
            return true;
        }
        *out = value_entity(entity);
        if (seen)
            *seen = ref_type(eval, schema);
        return true;
    }
    if (schema->id == BLOCK_KIND)
        return false;
    if (lost_name(eval->sink, name)) {
        *out = value_error();
        return true;
    }
    diag = diag_report(eval->sink, DIAG_E0306, member_span(expr), "there is no %s `%s`", schema->name, name);
    lost_missing(diag, schema->name, name);
    eval->state->candidates.len = 0;
    add_declared(eval, schema->id);
    near = suggest_added(eval, name);
    if (near)
        diag_fix(diag, member_span(expr), near, "did you mean `%s`?", near);
    else if (library_import(schema->name, name))
        diag_help(diag, "add `import \"%s\"`, which declares it", library_import(schema->name, name));
    else
        diag_help(diag, "declare it, `%s %s%s { … }`, or import the file that does", schema->name, name,
                  schema->kind == KIND_REQUIRED ? " : KIND" : "");
    *out = value_error();
    return true;
}

/* A dotted path that is one name: a kind, or a name behind the prefix of an import. */
static bool path_member(struct evaluator *eval, const struct expr *expr, const struct expr *root, const struct scope *scope,
                        const struct type *expected, struct value *out, const struct type **seen)
{
    struct kind_info *kind;
    struct value found;
    atom path;

    if (find_local(scope, root->u.name, false))
        return false;
    path = expr_path(expr, eval->names);
    if (!path)
        return false;
    if (expected && find_expected(eval, path, expected, out))
        return true;
    kind = map_get(&eval->model->kinds, path);
    if (!kind && strncmp(path, "kind.", 5) == 0)
        kind = map_get(&eval->model->kinds, intern_str(eval->names, path + 5));
    if (kind) {
        *out = value_entity(kind->entity);
        if (seen)
            *seen = ref_type(eval, &eval->model->schemas[BLOCK_KIND]);
        return true;
    }
    /* What the first name alone stands for goes before names with a prefix. */
    if (find_local(scope, root->u.name, true) || root->u.name == eval->state->names.plan || map_get(&eval->state->plurals, root->u.name) ||
        map_get(&eval->model->schema_by_name, root->u.name))
        return false;
    for (uint32_t i = 0; i < BLOCK_COUNT; i++) {
        if (eval->model->declared[i].list.len && model_find_here(eval->model, (enum block_id)i, path)) {
            if (!find_anywhere(eval, path, expr->span, &found, seen))
                return false;
            *out = found;
            return true;
        }
    }
    return false;
}

struct value eval_member(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct type *expected,
                         const struct type **seen)
{
    const struct expr *object = expr->u.member.object, *root = object;
    const struct type *type = NULL, *unused = NULL;
    struct value value;

    if (!seen)
        seen = &unused;
    model_enter(eval->model, expr->span);
    while (root->kind == EXPR_MEMBER)
        root = root->u.member.object;
    if (root->kind == EXPR_NAME && path_member(eval, expr, root, scope, expected, &value, seen))
        return value;
    if (namespace_member(eval, expr, scope, &value, seen))
        return value;
    value = eval_typed(eval, object, scope, NULL, &type);
    return value_field(eval, value, expr, type, seen);
}
