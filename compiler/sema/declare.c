/* First pass: every block at file level becomes an entity with a name. Nothing is evaluated yet. */
#include "sema/internal.h"

#include "source/lost.h"

#include <string.h>

atom sema_label(struct sema *sema, const struct expr *label)
{
    if (label->kind == EXPR_STRING)
        return intern_add(sema->model->names, label->u.string.text, label->u.string.len);
    return expr_path(label, sema->model->names);
}

struct entity *sema_new_entity(struct sema *sema, const struct block_schema *schema, const struct block *tree, struct entity *parent, atom name,
                               struct span span)
{
    struct entity *entity = ARENA_NEW(sema->arena, struct entity);

    entity->schema = schema;
    entity->tree = tree;
    entity->parent = parent;
    entity->name = name;
    entity->span = span;
    entity->number = ++sema->model->entity_count;
    entity->doc = tree ? tree->doc : NULL;
    return entity;
}

/* Sorts whose names stay inside of the specification: no file, address or message to a person is called after them. */
static bool is_word_of_the_language(uint32_t id)
{
    return id == BLOCK_KIND || id == BLOCK_PARAM || id == BLOCK_RULE || id == BLOCK_FRAMEWORK || id == BLOCK_ACCEPT;
}

/* The name with its capitals (of ASCII) in lower case; the same atom when it has none. */
static atom sema_folded(const struct sema *sema, atom name)
{
    char *folded = NULL;

    for (size_t i = 0; name[i]; i++) {
        if (name[i] < 'A' || name[i] > 'Z')
            continue;
        if (!folded)
            folded = arena_strdup(sema->arena, name);
        folded[i] = (char)(name[i] - 'A' + 'a');
    }
    return folded ? intern_str(sema->model->names, folded) : name;
}

void sema_differs_in_case(struct sema *sema, const struct entity *entity, const struct entity *other)
{
    struct diag *diag = diag_report(sema->sink, DIAG_E0220, entity->span, "the names of %s `%s` and %s `%s` differ only in case",
                                    entity->schema->name, entity->name, other->schema->name, other->name);

    diag_label(diag, other->span, "the other one");
    diag_help(diag, "give one of them another name: files, folders and many names at providers do not tell capitals from small letters");
}

/* Most names are in small letters: only those with capitals are kept a second time. */
static void check_case(struct sema *sema, struct entity *entity)
{
    uint32_t id = entity->schema->id;
    atom folded = sema_folded(sema, entity->name);
    struct entity *other = map_get(&sema->model->declared[id].capitals, folded);

    if (is_word_of_the_language(id))
        return;
    if (folded != entity->name) {
        if (!other)
            other = map_get(&sema->model->declared[id].by_name, folded);
        map_add(&sema->model->declared[id].capitals, sema->arena, folded, entity);
    }
    if (other)
        sema_differs_in_case(sema, entity, other);
}

bool sema_add(struct sema *sema, struct entity *entity)
{
    uint32_t id = entity->schema->id;
    struct entity *other;

    if (!map_add(&sema->model->declared[id].by_name, sema->arena, entity->name, entity)) {
        other = map_get(&sema->model->declared[id].by_name, entity->name);
        diag_label(diag_at(diag_report(sema->sink, DIAG_E0203, entity->span, "%s `%s` is declared twice", entity->schema->name, entity->name),
                           "declared again here"),
                   other->span, "first declared here");
        return false;
    }
    check_case(sema, entity);
    entity->index = sema->model->declared[id].list.len;
    vec_push(sema->arena, &sema->model->declared[id].list, entity);
    return true;
}

static const struct block_schema *nested_schema_named(const struct model *model, atom name, const struct block_schema **parent)
{
    for (uint32_t i = 0; i < BLOCK_COUNT; i++) {
        const struct block_schema *schema = &model->schemas[i];

        for (uint32_t c = 0; c < schema->child_count; c++) {
            if (schema->children[c]->name == name) {
                *parent = schema;
                return schema->children[c];
            }
        }
    }
    return NULL;
}

/* Whether a header has a name and a kind where the sort of block wants them. */
static bool has_form_of(const struct block_schema *schema, const struct block *block)
{
    bool has_kind = block->kind || block->kind_expr, has_name = block->labels && block->labels->count == 1;

    return (schema->label == LABEL_NAME) == has_name && (schema->kind != KIND_REQUIRED || has_kind) && (schema->kind != KIND_NONE || !has_kind);
}

/* What is meant by an unknown word, where that is plain enough to go on with it: the block has the form of the other one. */
static const struct block_schema *meant_block(const struct sema *sema, const struct block *block, const char *near)
{
    const struct block_schema *schema = near ? map_get(&sema->model->schema_by_name, intern_str(sema->model->names, near)) : NULL;

    return schema && has_form_of(schema, block) ? schema : NULL;
}

static const struct block_schema *unknown_block(struct sema *sema, const struct block *block)
{
    const struct block_schema *parent = NULL, *meant;
    const char *names[BLOCK_COUNT];
    size_t count = 0;
    const char *near;
    struct diag *diag;

    if (block->broken) {
        lost_text(sema->sink, block->span);
        return NULL;
    }
    diag = diag_report(sema->sink, DIAG_E0201, block->type_span, "unknown block `%s`", block->type);
    if (nested_schema_named(sema->model, block->type, &parent)) {
        diag_help(diag, "`%s` stands inside %s `%s` block", block->type, strchr("aeiou", parent->name[0]) ? "an" : "a", parent->name);
        lost_text(sema->sink, block->span);
        return NULL;
    }
    for (uint32_t i = 0; i < BLOCK_COUNT; i++) {
        if (sema->model->schemas[i].flags & SCHEMA_TOP)
            names[count++] = sema->model->schemas[i].name;
    }
    near = nearest(block->type, names, count);
    if (near)
        diag_fix(diag, block->type_span, near, "did you mean `%s`?", near);
    meant = meant_block(sema, block, near);
    if (!meant)
        lost_text(sema->sink, block->span);
    return meant;
}

/* The name a header gives; NULL when it gives none, which is reported. A header that could not be read was reported by the parser. */
static atom declared_name(struct sema *sema, const struct block *block, const struct block_schema *schema, struct span span)
{
    uint32_t labels = block->labels ? block->labels->count : 0;
    atom name = labels ? sema_label(sema, block->labels->items[0]) : NULL;

    if (schema->label == LABEL_NONE && labels) {
        diag_report(sema->sink, DIAG_E0202, span, "`%s` takes no name", block->type);
        lost_text(sema->sink, span_join(span, block->labels->items[labels - 1]->span));
    } else if (schema->label == LABEL_NAME && (labels != 1 || !name)) {
        if (!block->broken)
            diag_help(diag_report(sema->sink, DIAG_E0202, labels > 1 ? block->labels->items[1]->span : span,
                                  labels == 0   ? "`%s` needs a name"
                                  : labels == 1 ? "the name of `%s` is not a name"
                                                : "`%s` has more than one name",
                                  block->type),
                      "write `%s NAME%s { … }`", block->type, schema->kind == KIND_REQUIRED ? " : KIND" : "");
        if (!labels && !block->broken)
            lost_nameless(sema->sink, schema->name);
        else if (labels)
            lost_text(sema->sink, span_join(span, block->labels->items[labels - 1]->span)); /* one of them is the name */
        return name;
    }
    return schema->label == LABEL_NAME ? name : intern_str(sema->model->names, "");
}

static void check_kind(struct sema *sema, const struct block *block, const struct block_schema *schema, atom name, struct span span)
{
    if (schema->kind == KIND_NONE && block->kind)
        diag_report(sema->sink, DIAG_E0210, block->kind_span, "`%s` takes no kind", block->type);
    if (schema->kind != KIND_REQUIRED || block->kind || block->broken || !name)
        return;
    if (!block->labels)
        diag_help(diag_report(sema->sink, DIAG_E0211, span, "`%s` has no kind", block->type),
                  "write `%s : KIND { … }`; `drc list kinds` prints all kinds", block->type);
    /* With two names the second is the kind, whose `:` was forgotten. */
    else if (block->labels->count == 1)
        diag_help(diag_report(sema->sink, DIAG_E0211, span, "%s `%s` has no kind", block->type, name),
                  "write `%s %s : KIND { … }`; `drc list kinds` prints all kinds", block->type, name);
}

static void declare_block(struct sema *sema, const struct block *block)
{
    const struct block_schema *schema = map_get(&sema->model->schema_by_name, block->type);
    struct span span = block->labels ? block->labels->items[0]->span : block->type_span;
    struct entity *entity;
    atom name;

    if (!schema && !(schema = unknown_block(sema, block)))
        return;
    name = declared_name(sema, block, schema, span);
    check_kind(sema, block, schema, name, span);
    model_enter(sema->model, block->type_span);
    entity = sema_new_entity(sema, schema, block, NULL, name && name[0] ? model_own_name(sema->model, name) : name, span);
    if (schema->id == BLOCK_DEFAULT) {
        if (block->kind)
            vec_push(sema->arena, &sema->defaults, entity);
    } else if (schema->id == BLOCK_INVENTORY) {
        if (!block->broken)
            vec_push(sema->arena, &sema->inventories, entity);
        else
            lost_import(sema->sink, NULL);
    } else if (!name) {
        entity->name = intern_str(sema->model->names, "");
        vec_push(sema->arena, &sema->extras, entity);
    } else if (schema->id == BLOCK_PLAN && sema->model->plan) {
        diag_label(diag_at(diag_report(sema->sink, DIAG_E0209, span, "a specification has one plan"), "second `plan` block"), sema->model->plan->span,
                   "first one");
        vec_push(sema->arena, &sema->extras, entity);
    } else if (!sema_add(sema, entity)) {
        vec_push(sema->arena, &sema->extras, entity);
    } else if (schema->id == BLOCK_PLAN) {
        sema->model->plan = entity;
    }
}

static bool may_stand_in(const struct block_schema *schema, atom type)
{
    for (uint32_t i = 0; i < schema->child_count; i++) {
        if (schema->children[i]->name == type)
            return true;
    }
    return schema->flags & SCHEMA_OPEN;
}

const char *sema_near_child(const struct block_schema *schema, atom type)
{
    const char *names[BLOCK_COUNT];

    for (uint32_t i = 0; i < schema->child_count; i++)
        names[i] = schema->children[i]->name;
    return nearest(type, names, schema->child_count);
}

bool sema_is_misplaced(const struct sema *sema, const struct block_schema *schema, const struct block *block)
{
    return !may_stand_in(schema, block->type) && map_get(&sema->model->schema_by_name, block->type) && !sema_near_child(schema, block->type);
}

/* A block of file level that stands inside of another one, because a brace is in the wrong place: it is declared all the same. */
static void declare_misplaced(struct sema *sema, const struct block *outer)
{
    const struct block_schema *schema = map_get(&sema->model->schema_by_name, outer->type);

    for (const struct block *block = schema ? outer->blocks : NULL; block; block = block->next) {
        if (sema_is_misplaced(sema, schema, block) && has_form_of(map_get(&sema->model->schema_by_name, block->type), block)) {
            declare_block(sema, block);
            declare_misplaced(sema, block);
        }
    }
}

void sema_declare(struct sema *sema)
{
    for (uint32_t f = 0; f < sema->input->file_count; f++) {
        for (const struct block *block = sema->input->files[f]->blocks; block; block = block->next) {
            declare_block(sema, block);
            declare_misplaced(sema, block);
        }
    }
}
