/* What may stand after a dot, behind a thing: one look-up for the evaluator, which has the thing, and for the static check, which knows only
 * its block and perhaps its kind. */
#include "sema/fields.h"

#include "base/vec.h"

#include <string.h>

static const struct attr_row *row_named(const struct attr_row *rows, uint32_t count, atom name)
{
    for (uint32_t i = 0; i < count; i++) {
        if (rows[i].name == name)
            return &rows[i];
    }
    return NULL;
}

static const struct attr_row *kind_rows_of(const struct kind_info *kind, const struct block_schema *schema, uint32_t *count)
{
    *count = 0;
    if (kind->of == schema) {
        *count = kind->row_count;
        return kind->rows;
    }
    for (uint32_t i = 0; i < kind->extension_count; i++) {
        if (kind->extensions[i].schema == schema) {
            *count = kind->extensions[i].row_count;
            return kind->extensions[i].rows;
        }
    }
    return NULL;
}

const struct attr_row *kind_row(const struct kind_info *kind, const struct block_schema *schema, atom name)
{
    uint32_t count;
    const struct attr_row *rows = kind_rows_of(kind, schema, &count);

    return row_named(rows, count, name);
}

static const struct attr_row *row_of_any_kind(const struct evaluator *eval, const struct block_schema *schema, atom name)
{
    const struct attr_row *row = NULL;

    for (uint32_t i = 0; !row && i < eval->model->kinds.len; i++)
        row = kind_row(eval->model->kinds.entries[i].value, schema, name);
    return row;
}

static bool may_contain(const struct block_schema *schema, const struct block_schema *child)
{
    for (uint32_t i = 0; i < schema->child_count; i++) {
        if (schema->children[i] == child)
            return true;
    }
    return false;
}

/* An attribute, of the block or of the kind. */
static bool find_attribute(struct evaluator *eval, struct field_of of, atom name, struct field *out)
{
    uintptr_t row = (uintptr_t)map_get(&of.schema->by_name, name);
    const struct attr_row *extra = NULL;

    if (of.thing) {
        int slot = entity_row(of.thing, name);

        if (slot < 0)
            return false;
        extra = entity_row_info(of.thing, (uint32_t)slot);
        *out = (struct field){.how = FIELD_ATTRIBUTE, .row = (uint32_t)slot, .type = extra ? extra->type : NULL};
        return true;
    }
    if (row)
        extra = &of.schema->rows[row - 1];
    else if (of.schema->id < BLOCK_COUNT)
        extra = of.kind ? kind_row(of.kind, of.schema, name) : row_of_any_kind(eval, of.schema, name);
    *out = (struct field){.how = FIELD_ATTRIBUTE, .type = extra ? extra->type : NULL};
    return extra != NULL;
}

/* Nested blocks: all of a sort by their plural, the only one by its name. */
static bool find_nested(struct evaluator *eval, struct field_of of, atom name, struct field *out)
{
    for (uint32_t i = 0; i < of.schema->child_count; i++) {
        const struct block_schema *child = of.schema->children[i];

        if (child->flags & SCHEMA_SINGLE && child->name == name) {
            *out = (struct field){.how = FIELD_CHILD, .schema = child, .type = ref_type(eval, child), .same_kind = true};
            return true;
        }
        if (eval->state->plural_of[child->id] == name) {
            *out = (struct field){.how = FIELD_CHILDREN, .schema = child, .type = list_type(eval, child), .same_kind = true};
            return true;
        }
    }
    return false;
}

static bool is_named_for_its_site(const struct block_schema *schema)
{
    return schema->id == BLOCK_REPLICA || schema->id == BLOCK_STANDBY || schema->id == BLOCK_TARGET;
}

/* The block it stands in: by `parent`, or by what that is called. */
static bool find_parent(struct evaluator *eval, struct field_of of, atom name, struct field *out)
{
    const struct block_schema *schemas = eval->model->schemas;

    *out = (struct field){.how = FIELD_PARENT, .same_kind = true};
    if (of.thing) {
        const struct entity *parent = of.thing->parent;

        if (!parent || (name != eval->state->names.parent && name != parent->schema->name))
            return false;
        out->type = ref_type(eval, parent->schema);
        return true;
    }
    if (name == eval->state->names.parent)
        return !(of.schema->flags & SCHEMA_TOP);
    for (uint32_t i = 0; i < BLOCK_COUNT; i++) {
        if (schemas[i].name == name && may_contain(&schemas[i], of.schema)) {
            out->type = ref_type(eval, &schemas[i]);
            return true;
        }
    }
    return false;
}

static bool find_common(struct evaluator *eval, struct field_of of, atom name, struct field *out)
{
    static const struct type text = {.kind = TYPE_STRING};
    const struct eval_state *state = eval->state;
    const struct block_schema *schemas = eval->model->schemas;

    *out = (struct field){0};
    if (name == state->names.name || name == state->names.label) {
        out->how = FIELD_NAME;
        out->type = &text;
        return true;
    }
    if (name == state->names.kind && (of.thing ? of.thing->kind && of.schema->id != BLOCK_KIND : of.schema->kind != KIND_NONE)) {
        out->how = FIELD_KIND;
        out->type = ref_type(eval, &schemas[BLOCK_KIND]);
        return true;
    }
    if (name == state->names.site && is_named_for_its_site(of.schema)) {
        out->how = FIELD_SITE;
        out->type = ref_type(eval, &schemas[BLOCK_SITE]);
        return true;
    }
    if (of.schema->id == BLOCK_PARAM && name == state->names.value) {
        out->how = FIELD_VALUE;
        return true;
    }
    return false;
}

bool field_find(struct evaluator *eval, struct field_of of, atom name, struct field *out)
{
    const struct attr_row *outer;

    if (of.thing)
        of.schema = of.thing->schema;
    if (find_attribute(eval, of, name, out))
        return true;
    if (of.schema->id >= BLOCK_COUNT)
        return false; /* a copy: made up, see computed.c */
    if (find_nested(eval, of, name, out) || find_common(eval, of, name, out) || find_parent(eval, of, name, out))
        return true;
    *out = (struct field){.how = FIELD_COMPUTED};
    if (computed_shape(eval, of.schema, name, false, &out->type))
        return true;
    /* What a kind says of a place holds for the places inside of it. */
    outer = of.schema->id == BLOCK_SITE ? row_of_any_kind(eval, of.schema, name) : NULL;
    *out = (struct field){.how = FIELD_OF_PLACE, .type = outer ? outer->type : NULL};
    return outer != NULL;
}

void field_names(struct evaluator *eval, struct field_of of, const char ***names, uint32_t *count)
{
    const struct block_schema *schema = of.thing ? of.thing->schema : of.schema;
    VEC(const char *) all = {0};
    const struct attr_row *rows;
    const char **computed;
    uint32_t len;

    for (uint32_t i = 0; of.thing && i < of.thing->slot_count; i++) {
        const struct attr_row *row = entity_row_info(of.thing, i);

        if (row)
            vec_push(eval->arena, &all, row->name);
    }
    for (uint32_t i = 0; !of.thing && i < schema->row_count; i++)
        vec_push(eval->arena, &all, schema->rows[i].name);
    rows = !of.thing && of.kind ? kind_rows_of(of.kind, schema, &len) : NULL;
    for (uint32_t i = 0; rows && i < len; i++)
        vec_push(eval->arena, &all, rows[i].name);
    for (uint32_t i = 0; i < schema->child_count; i++) {
        vec_push(eval->arena, &all, schema->children[i]->plural);
        if (schema->children[i]->flags & SCHEMA_SINGLE)
            vec_push(eval->arena, &all, schema->children[i]->name);
    }
    vec_push(eval->arena, &all, "name");
    if (of.thing ? of.thing->kind != NULL : of.kind && of.kind->of == schema)
        vec_push(eval->arena, &all, "kind");
    if (schema->id < BLOCK_COUNT) {
        computed_names(eval, schema, false, &computed, &len);
        for (uint32_t i = 0; i < len; i++)
            vec_push(eval->arena, &all, computed[i]);
    }
    *names = all.items;
    *count = all.len;
}

struct span member_span(const struct expr *expr)
{
    uint32_t len = (uint32_t)strlen(expr->u.member.name);
    struct span span = expr->span;

    if (!expr->parenthesised && span.end - span.start > len)
        span.start = span.end - len;
    return span;
}
