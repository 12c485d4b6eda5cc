/* Third pass: attributes to rows. A slot then holds a final value or the expression it will be evaluated from.
 *
 * An attribute is looked for in the block itself, then in the file's `default : kind` block, then in the row's default. */
#include "sema/internal.h"

#include "base/utf8.h"
#include "source/lost.h"

#include <string.h>

static bool is_literal(const struct expr *expr)
{
    switch (expr->kind) {
    case EXPR_TEMPLATE:
    case EXPR_MEMBER:
    case EXPR_CALL:
    case EXPR_UNARY:
    case EXPR_BINARY:
    case EXPR_COND:
    case EXPR_RANGE:
    case EXPR_FOR:
    case EXPR_ANY:
    case EXPR_ALL:
    case EXPR_COUNT:
    case EXPR_ERROR: return false;
    case EXPR_LIST:
        for (uint32_t i = 0; i < expr->u.list->count; i++) {
            if (!is_literal(expr->u.list->items[i]))
                return false;
        }
        return true;
    case EXPR_OBJECT: return expr->u.object->count == 0;
    default: return true;
    }
}

/* A bareword is a constant only where it is a word, not where it names a declared thing. */
static bool is_constant(const struct attr_row *row)
{
    if (!row->fallback || !is_literal(row->fallback))
        return false;
    return row->fallback->kind != EXPR_NAME || row->type->kind == TYPE_ENUM || row->type->kind == TYPE_UNION;
}

static void make_constants(struct sema *sema, struct attr_row *rows, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct attr_row *row = &rows[i];

        if (row->constant.type == VALUE_PENDING && row->type->kind != TYPE_TYPE && is_constant(row))
            row->constant = eval(sema->eval, row->fallback, NULL, row->type);
    }
}

void sema_constants(struct sema *sema)
{
    for (uint32_t i = 0; i < BLOCK_COUNT; i++)
        make_constants(sema, sema->model->schemas[i].rows, sema->model->schemas[i].row_count);
}

/* The kind whose attributes an entity and its nested blocks have; false when it is not known, which was reported. */
static bool kind_is_known(const struct entity *entity, const struct kind_info **kind)
{
    while (entity->parent)
        entity = entity->parent;
    *kind = entity->schema->id == BLOCK_KIND ? NULL : entity->kind;
    return !has_a_kind(entity->schema) || (entity->kind && !entity->kind->incomplete);
}

/* Whether an attribute may be declared where nobody could read it. */
static bool may_have(const struct sema *sema, const struct entity *entity, const char *name)
{
    const struct kind_info *kind;

    if (!kind_is_known(entity, &kind))
        return true;
    for (; kind; kind = kind->base) {
        if (lost_word_in(sema->sink, kind->entity->tree->span, name))
            return true;
    }
    return false;
}

/* Returns the row that seems to be meant, -1 when there is none. */
static int unknown_attribute(struct sema *sema, const struct entity *entity, const struct attr *attr, const char *of)
{
    VEC(const char *) names = {0};
    const struct attr_row *row;
    const char *near;
    struct diag *diag;

    if (lost_covers(sema->sink, attr_name_span(attr)) || may_have(sema, entity, attr->name))
        return -1;

    for (uint32_t i = 0; (row = entity_row_info(entity, i)); i++)
        vec_push(sema->arena, &names, row->name);
    diag = diag_report(sema->sink, DIAG_E0205, attr_name_span(attr), "%s has no attribute `%s`", of, attr->name);
    for (uint32_t i = 0; i < entity->schema->child_count; i++) {
        if (entity->schema->children[i]->name == attr->name) {
            diag_help(diag, "`%s` is a block: write `%s%s { … }`", attr->name, attr->name,
                      entity->schema->children[i]->label == LABEL_NAME ? " NAME" : "");
            return -1;
        }
    }
    if (entity->schema->id == BLOCK_ENDPOINT && strcmp(attr->name, "provider") == 0) {
        diag_help(diag, "who keeps a name is its kind: write `endpoint %s : KIND { … }`; `drc list kinds` prints them", entity->name);
        return -1;
    }
    near = nearest(attr->name, names.items, names.len);
    if (near) {
        diag_fix(diag, attr_name_span(attr), near, "did you mean `%s`?", near);
        return entity_row(entity, intern_str(sema->model->names, near));
    }
    diag_help(diag, "`drc explain %s` prints all of them",
              entity->kind && entity->schema->id != BLOCK_KIND ? entity->kind->entity->name : entity->schema->name);
    return -1;
}

static const char *describe(struct sema *sema, const struct entity *entity)
{
    if (entity->kind && entity->schema->id != BLOCK_KIND)
        return arena_printf(sema->arena, "`%s`", entity->kind->entity->name);
    return arena_printf(sema->arena, "a `%s` block", entity->schema->name);
}

/* Labels of some blocks name a declared thing: then they find it as any other name in their file does. */
static atom label_name(struct sema *sema, const struct block_schema *schema, atom name, struct span span)
{
    static const struct {
        enum block_id block, of;
    } labels[] = {{BLOCK_REPLICA, BLOCK_SITE}, {BLOCK_STANDBY, BLOCK_SITE},    {BLOCK_TARGET, BLOCK_SITE},
                  {BLOCK_USES, BLOCK_ASSET},   {BLOCK_OBJECTIVE, BLOCK_CLASS}, {BLOCK_RECOVERY, BLOCK_CLASS}};

    for (size_t i = 0; sema->model->has_prefixes && i < sizeof labels / sizeof labels[0]; i++) {
        struct entity *thing;

        if (schema->id != (uint32_t)labels[i].block)
            continue;
        model_enter(sema->model, span);
        thing = model_find_here(sema->model, labels[i].of, name);
        return thing ? thing->name : name;
    }
    return name;
}

static bool is_first_misplaced(const struct sema *sema, const struct entity *entity, const struct block *block)
{
    const struct block *lists[] = {entity->tree->blocks, entity->defaults ? entity->defaults->tree->blocks : NULL};

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (const struct block *first = lists[i]; first; first = first->next) {
            if (first == block || sema_is_misplaced(sema, entity->schema, first))
                return first == block;
        }
    }
    return false;
}

static struct entity *make_child(struct sema *sema, struct entity *entity, const struct block *block)
{
    const struct block_schema *schema = NULL;
    uint32_t labels = block->labels ? block->labels->count : 0;
    struct span span = labels ? block->labels->items[0]->span : block->type_span;
    atom name = intern_str(sema->model->names, "");

    for (uint32_t i = 0; i < entity->schema->child_count; i++) {
        if (entity->schema->children[i]->name == block->type)
            schema = entity->schema->children[i];
    }
    if (!schema) {
        const char *near;
        struct diag *diag;

        if ((entity->schema->flags & SCHEMA_OPEN) || lost_covers(sema->sink, block->type_span))
            return NULL;
        if (block->broken) {
            lost_text(sema->sink, block->span);
            return NULL;
        }
        if (sema_is_misplaced(sema, entity->schema, block) && !is_first_misplaced(sema, entity, block))
            return NULL; /* one brace is wrong, not every block after it */
        diag = diag_report(sema->sink, DIAG_E0208, block->type_span, "a `%s` block has no `%s` inside", entity->schema->name, block->type);
        near = sema_near_child(entity->schema, block->type);
        if (near)
            diag_fix(diag, block->type_span, near, "did you mean `%s`?", near);
        else if (map_get(&sema->model->schema_by_name, block->type))
            diag_help(diag, "`%s` stands at file level, outside other blocks", block->type);
        else
            diag_help(diag, "`drc explain %s` prints what may stand in it", entity->schema->name);
        for (uint32_t i = 0; near && i < entity->schema->child_count; i++) {
            if (entity->schema->children[i]->name == near)
                schema = entity->schema->children[i];
        }
        if (!schema) {
            if (!sema_is_misplaced(sema, entity->schema, block))
                lost_text(sema->sink, block->span);
            return NULL;
        }
    }
    if (schema->label == LABEL_NAME || (schema->label == LABEL_OPTIONAL && labels)) {
        name = labels ? sema_label(sema, block->labels->items[0]) : NULL;
        if ((labels != 1 || !name) && !block->broken)
            diag_help(diag_report(sema->sink, DIAG_E0202, labels > 1 ? block->labels->items[1]->span : span,
                                  labels ? "`%s` has one name" : "`%s` needs a name", block->type),
                      "write `%s NAME { … }`", block->type);
        if (!name) {
            /* Without a name it is none of its parent's blocks, but what stands in it is looked at. */
            vec_push(sema->arena, &sema->extras, sema_new_entity(sema, schema, block, entity, intern_str(sema->model->names, ""), span));
            return NULL;
        }
    } else if (schema->label == LABEL_NONE && labels) {
        diag_report(sema->sink, DIAG_E0202, span, "`%s` takes no name here", block->type);
    }
    if (block->kind)
        diag_report(sema->sink, DIAG_E0210, block->kind_span, "`%s` takes no kind", block->type);
    return sema_new_entity(sema, schema, block, entity, label_name(sema, schema, name, span), span);
}

static void add_child(struct sema *sema, struct entity *entity, struct entity *child, uint32_t *cap)
{
    for (uint32_t i = 0; i < entity->child_count; i++) {
        struct entity *other = entity->children[i];

        if (other->schema != child->schema || child->schema->id == BLOCK_EMIT)
            continue;
        if (child->schema->flags & SCHEMA_SINGLE) {
            diag_label(diag_report(sema->sink, DIAG_E0209, child->span, "`%s` may stand once", child->schema->name), other->span, "first one");
            vec_push(sema->arena, &sema->extras, child);
            return;
        }
        if (child->schema->label == LABEL_NAME && other->name == child->name) {
            diag_label(diag_report(sema->sink, DIAG_E0203, child->span, "%s `%s` is declared twice", child->schema->name, child->name), other->span,
                       "first declared here");
            vec_push(sema->arena, &sema->extras, child);
            return;
        }
        if (child->schema->label == LABEL_NAME && same_but_for_case(other->name, child->name))
            sema_differs_in_case(sema, child, other);
    }
    if (entity->child_count == *cap) {
        uint32_t grown = *cap ? *cap * 2 : 4;

        entity->children = arena_grow(sema->arena, entity->children, *cap * sizeof *entity->children, grown * sizeof *entity->children);
        *cap = grown;
    }
    entity->children[entity->child_count++] = child;
}

static void add_children(struct sema *sema, struct entity *entity)
{
    uint32_t cap = 0;

    if (!entity->tree)
        return;
    for (const struct block *block = entity->tree->blocks; block; block = block->next) {
        struct entity *child = make_child(sema, entity, block);

        if (child)
            add_child(sema, entity, child, &cap);
    }
    if (!entity->defaults)
        return;
    for (const struct block *block = entity->defaults->tree->blocks; block; block = block->next) {
        struct entity *child = make_child(sema, entity, block);
        bool present = false;

        for (uint32_t i = 0; child && i < entity->child_count; i++) {
            if (entity->children[i]->schema == child->schema && entity->children[i]->name == child->name)
                present = true;
        }
        if (child && !present)
            add_child(sema, entity, child, &cap);
    }
}

static void add_loose(struct sema *sema, struct entity *entity, const struct attr *attr)
{
    struct loose loose = {entity, attr->value};

    vec_push(sema->arena, &sema->loose, loose);
}

/* The attribute that seems to be meant is not missing: that would be the same mistake once more. */
static void misspelt(struct sema *sema, struct entity *entity, const struct attr *attr, const char *of)
{
    int meant = unknown_attribute(sema, entity, attr, of);
    struct value *slot = meant >= 0 ? &entity->slots[meant] : NULL;

    if (slot && !(slot->type == VALUE_PENDING && slot->u.pending))
        *slot = value_error();
    add_loose(sema, entity, attr);
}

static void set_slot(struct sema *sema, struct entity *entity, const struct attr *attr, bool defaulted, const char *of)
{
    int row = entity_row(entity, attr->name);
    const struct attr_row *info;
    struct value *slot;

    if (row < 0) {
        if (!(entity->schema->flags & SCHEMA_OPEN))
            misspelt(sema, entity, attr, of);
        return;
    }
    slot = &entity->slots[row];
    if (slot->type == VALUE_PENDING && slot->u.pending) {
        if (!defaulted) {
            diag_report(sema->sink, DIAG_E0206, attr_name_span(attr), "attribute `%s` is written twice", attr->name);
            add_loose(sema, entity, attr);
        }
        return;
    }
    info = entity_row_info(entity, (uint32_t)row);
    slot->u.pending = attr->value;
    slot->type = VALUE_PENDING;
    slot->defaulted = defaulted;
    slot->origin = attr->value ? attr->value->span.start : attr->name_start;
    if (info->flags & ROW_DEFERRED)
        slot->defaulted = defaulted ? 3 : 2; /* present; becomes UNKNOWN below */
}

/* Readers of this stage see it as unknown; eval_deferred() finds its expression there, without a search by name. What a `default` block
 * says of a deferred attribute does not count. */
static void defer_slot(struct sema *sema, struct value *slot, const struct expr *expr)
{
    static struct deferred nothing; /* shared: without an expression nothing of it changes */

    *slot = value_unknown();
    slot->u.deferred = &nothing;
    if (!expr)
        return;
    slot->u.deferred = ARENA_NEW(sema->arena, struct deferred);
    slot->u.deferred->expr = expr;
}

/* Whether the attribute may be set where nobody could read it: in the block, or in the `default` block of its kind. */
static bool is_lost_row(const struct sema *sema, const struct entity *entity, const struct attr_row *row)
{
    if ((entity->tree && entity->tree->touched) || (entity->defaults && entity->defaults->tree->touched))
        return true;
    return lost_name(sema->sink, "default") && lost_name(sema->sink, row->name);
}

static void fill_slots(struct sema *sema, struct entity *entity, const char *of)
{
    const struct attr_row *row;

    for (uint32_t i = 0; i < entity->slot_count; i++) {
        struct value *slot = &entity->slots[i];

        row = entity_row_info(entity, i);
        if (slot->type == VALUE_ERROR)
            continue;
        if (slot->type == VALUE_PENDING && slot->u.pending) {
            if (row->flags & ROW_DEFERRED)
                defer_slot(sema, slot, slot->defaulted == 2 ? slot->u.pending : NULL);
            continue;
        }
        *slot = row->constant;
        slot->defaulted = 1;
        if (row->flags & ROW_REQUIRED) {
            if (!is_lost_row(sema, entity, row))
                diag_help(diag_report(sema->sink, DIAG_E0207, entity->span, "%s `%s` needs `%s`", of,
                                      entity->name[0] ? entity->name : entity->schema->name, row->name),
                          "%s", row->doc && row->doc[0] ? row->doc : "add it");
            slot->type = VALUE_ERROR;
        }
        if (row->flags & ROW_DEFERRED)
            defer_slot(sema, slot, NULL);
        else if (slot->type == VALUE_PENDING)
            slot->u.pending = row->fallback;
    }
}

void sema_bind(struct sema *sema, struct entity *entity)
{
    const struct block_schema *schema = entity->schema;
    const char *of = describe(sema, entity);
    const struct attr_row *row;

    entity->slot_count = schema->row_count;
    if (entity->kind && schema->id != BLOCK_KIND)
        entity->slot_count += entity->kind->row_count;
    else if (entity->parent)
        for (row = NULL; (row = entity_row_info(entity, entity->slot_count)); entity->slot_count++)
            ;
    entity->slots = ARENA_ARRAY(sema->arena, struct value, entity->slot_count);
    if (entity->tree) {
        for (const struct attr *attr = entity->tree->attrs; attr; attr = attr->next) {
            if (!attr->is_let && !(entity->scope && schema->id == BLOCK_ASSET && sema_says_entries(attr->name)))
                set_slot(sema, entity, attr, false, of);
        }
    }
    if (entity->defaults) {
        for (const struct attr *attr = entity->defaults->tree->attrs; attr; attr = attr->next) {
            if (!attr->is_let)
                set_slot(sema, entity, attr, true, of);
        }
    }
    fill_slots(sema, entity, of);
    add_children(sema, entity);
    for (uint32_t i = 0; i < entity->child_count; i++)
        sema_bind(sema, entity->children[i]);
}

void sema_loose(struct sema *sema)
{
    lost_all(sema->sink, true);
    for (uint32_t i = 0; i < sema->loose.len; i++) {
        const struct loose *loose = &sema->loose.items[i];

        eval(sema->eval, loose->value, entity_scope(sema->eval, loose->entity), NULL);
    }
    lost_all(sema->sink, false);
}
