/* Builds the schemas from schema.def and gives access to entities.
 *
 * The table's text (types, defaults) is read once per run; equal notations share one type. A default that is a plain
 * literal is kept as a value, so that 100,000 assets need not evaluate it. */
#include "model/entity.h"

#include "base/strbuf.h"

#include <string.h>

struct row_text {
    const char *name, *type, *fallback;
    unsigned flags;
    const char *doc;
};

/* clang-format off */
static const struct row_text rows[] = {
#define BLOCK(id, name, plural, label, kind, flags, children, doc)
#define ATTR(id, attr, type, fallback, flags, doc) {#attr, type, fallback, flags, doc},
#define BLOCK_END(id)
#include "model/schema.def"
#undef BLOCK
#undef ATTR
#undef BLOCK_END
};

static const struct {
    const char *id, *name, *plural;
    enum label_rule label;
    enum kind_rule kind;
    unsigned flags;
    uint32_t row_count;
    const char *children, *doc;
} blocks[] = {
#define BLOCK(id, name, plural, label, kind, flags, children, doc)                                                     \
    {#id, name, plural, label, kind, flags, id##_ROWS, children, doc},
#define ATTR(id, attr, type, fallback, flags, doc)
#define BLOCK_END(id)
#include "model/schema.def"
#undef BLOCK
#undef ATTR
#undef BLOCK_END
};
/* clang-format on */

static const struct ask_text {
    uint32_t block, row;
    int64_t least, most;
    const char *help, *beside, *not_in;
} asks[] = {
#define LIMITS(block, attr, least, most, help) {BLOCK_##block, block##_##attr, least, most, help, NULL, NULL},
#define BESIDE(block, attr, conditions) {BLOCK_##block, block##_##attr, 0, NO_LIMIT, NULL, conditions, NULL},
#define NOT_IN(block, attr, word) {BLOCK_##block, block##_##attr, 0, NO_LIMIT, NULL, NULL, word},
#include "model/asks.def"
#undef LIMITS
#undef BESIDE
#undef NOT_IN
};

/* An attribute may have limits and stand beside something. */
static void add_asks(struct model *model)
{
    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
        const struct ask_text *text = &asks[i];
        struct attr_row *row = &model->schemas[text->block].rows[text->row];
        struct attr_asks *all = ARENA_NEW(model->arena, struct attr_asks);

        *all = row->asks ? *row->asks : (struct attr_asks){0, NO_LIMIT, NULL, NULL, NULL};
        if (text->help) {
            all->least = text->least;
            all->most = text->most;
            all->help = text->help;
        }
        if (text->beside)
            all->beside = text->beside;
        if (text->not_in)
            all->not_in = text->not_in;
        row->asks = all;
        model->schemas[text->block].asking = true;
    }
}

static void condition_text(struct strbuf *text, const char *beside)
{
    static const char round[] = "parent.";

    strbuf_addstr(text, "Only with ");
    for (const char *next; beside; beside = next ? next + 3 : NULL) {
        next = strstr(beside, " | ");
        if (strncmp(beside, round, strlen(round)) == 0)
            beside += strlen(round);
        strbuf_addf(text, "`%.*s`%s", (int)(next ? next - beside : (ptrdiff_t)strlen(beside)), beside, next ? " or " : ".");
    }
}

const char *attr_asks_text(struct arena *arena, const struct attr_row *row)
{
    struct strbuf text = STRBUF_INIT;
    const char *unit = row->type->kind == TYPE_PERCENT ? "%" : "", *result;

    if (row->asks && row->asks->help && row->asks->most == NO_LIMIT)
        strbuf_addf(&text, "%lld%s or more. ", (long long)row->asks->least, unit);
    else if (row->asks && row->asks->help)
        strbuf_addf(&text, "%lld%s to %lld%s. ", (long long)row->asks->least, unit, (long long)row->asks->most, unit);
    if (row->asks && row->asks->beside)
        condition_text(&text, row->asks->beside);
    if (row->asks && row->asks->not_in)
        strbuf_addf(&text, " Not in a `%s`.", row->asks->not_in);
    while (text.len && strbuf_str(&text)[text.len - 1] == ' ')
        text.len--;
    result = strbuf_dup(&text, arena);
    strbuf_release(&text);
    return result;
}

static int block_by_id(const char *id, size_t len)
{
    for (int i = 0; i < BLOCK_COUNT; i++) {
        if (strlen(blocks[i].id) == len && memcmp(blocks[i].id, id, len) == 0)
            return i;
    }
    return -1;
}

/* A mistake in the table is a mistake of ours: it shows at the first start, in every test. */
static void add_children(struct model *model, struct block_schema *schema, const char *children)
{
    VEC(const struct block_schema *) list = {0};

    while (*children) {
        size_t len = strcspn(children, " ");
        int child = block_by_id(children, len);

        if (child >= 0)
            vec_push(model->arena, &list, &model->schemas[child]);
        children += len;
        children += strspn(children, " ");
    }
    schema->children = list.items;
    schema->child_count = list.len;
}

void model_init(struct model *model, struct arena *arena, struct intern *names, struct sources *sources, parse_default_fn *parse, void *context)
{
    struct map types = {0};
    const struct row_text *next = rows;

    memset(model, 0, sizeof *model);
    model->arena = arena;
    model->names = names;
    model->sources = sources;
    model->schemas = ARENA_ARRAY(arena, struct block_schema, BLOCK_COUNT);
    for (uint32_t i = 0; i < BLOCK_COUNT; i++) {
        struct block_schema *schema = &model->schemas[i];

        schema->name = intern_str(names, blocks[i].name);
        schema->plural = blocks[i].plural;
        schema->label = blocks[i].label;
        schema->kind = blocks[i].kind;
        schema->flags = blocks[i].flags;
        schema->id = i;
        schema->doc = blocks[i].doc;
        if (schema->flags & SCHEMA_TOP)
            map_add(&model->schema_by_name, arena, schema->name, schema);
    }
    for (uint32_t i = 0; i < BLOCK_COUNT; i++) {
        struct block_schema *schema = &model->schemas[i];

        add_children(model, schema, blocks[i].children);
        schema->row_count = blocks[i].row_count;
        schema->rows = ARENA_ARRAY(arena, struct attr_row, schema->row_count);
        for (uint32_t row = 0; row < schema->row_count; row++, next++) {
            struct attr_row *attr = &schema->rows[row];
            atom notation = intern_str(names, next->type);
            const struct type *type = map_get(&types, notation);
            const char *error = NULL;

            if (!type) {
                type = type_read(model, notation, &error);
                map_add(&types, arena, notation, (void *)(uintptr_t)type);
            }
            attr->name = intern_str(names, next->name);
            attr->type = type;
            attr->flags = next->flags | (schema->flags & SCHEMA_DEFERRED ? ROW_DEFERRED : 0);
            attr->doc = next->doc;
            attr->constant = value_unknown();
            if (next->fallback) {
                attr->fallback = parse(context, next->fallback);
                attr->constant.type = VALUE_PENDING;
            }
            map_add(&schema->by_name, arena, attr->name, (void *)(uintptr_t)(row + 1));
        }
    }
    add_asks(model);
}

struct entity *model_find(const struct model *model, enum block_id block, atom name)
{
    return map_get(&model->declared[block].by_name, name);
}

void model_enter(struct model *model, struct span span)
{
    const struct source_file *file;

    if (!model->has_prefixes)
        return;
    file = sources_file_at(model->sources, span.start);
    model->prefix = file ? file->prefix : NULL;
}

atom model_own_name(const struct model *model, atom name)
{
    struct strbuf text = STRBUF_INIT;
    atom own;

    if (!model->prefix)
        return name;
    strbuf_addf(&text, "%s.%s", model->prefix, name);
    own = intern_add(model->names, strbuf_str(&text), text.len);
    strbuf_release(&text);
    return own;
}

struct entity *model_find_here(const struct model *model, enum block_id block, atom name)
{
    struct entity *entity = model->prefix ? model_find(model, block, model_own_name(model, name)) : NULL;

    return entity ? entity : model_find(model, block, name);
}

/* The rows beyond the schema's: a kind's, or what the parent's kind adds to a nested block. */
static const struct attr_row *extra_rows(const struct entity *entity, uint32_t *count)
{
    const struct entity *root = entity;

    *count = 0;
    if (entity->schema->id == BLOCK_KIND)
        return NULL;
    if (entity->kind) {
        *count = entity->kind->row_count;
        return entity->kind->rows;
    }
    if (!entity->parent)
        return NULL;
    while (root->parent)
        root = root->parent;
    if (!root->kind || root->schema->id == BLOCK_KIND)
        return NULL;
    for (uint32_t i = 0; i < root->kind->extension_count; i++) {
        if (root->kind->extensions[i].schema == entity->schema) {
            *count = root->kind->extensions[i].row_count;
            return root->kind->extensions[i].rows;
        }
    }
    return NULL;
}

int entity_row(const struct entity *entity, atom name)
{
    uintptr_t found = (uintptr_t)map_get(&entity->schema->by_name, name);
    const struct attr_row *extra;
    uint32_t count;

    if (found)
        return (int)(found - 1);
    if (entity->kind && entity->schema->id != BLOCK_KIND) {
        found = (uintptr_t)map_get(&entity->kind->by_name, name);
        return found ? (int)(entity->schema->row_count + found - 1) : -1;
    }
    extra = extra_rows(entity, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (extra[i].name == name)
            return (int)(entity->schema->row_count + i);
    }
    return -1;
}

const struct attr_row *entity_extra_row(const struct entity *entity, uint32_t slot)
{
    const struct attr_row *extra;
    uint32_t count;

    extra = extra_rows(entity, &count);
    slot -= entity->schema->row_count;
    return slot < count ? &extra[slot] : NULL;
}

struct value entity_get(const struct model *model, const struct entity *entity, const char *name)
{
    int row;

    if (!entity)
        return value_unknown();
    row = entity_row(entity, intern_str(model->names, name));
    return row < 0 ? value_unknown() : entity_slot(entity, (uint32_t)row);
}

const char *entity_string(const struct model *model, const struct entity *entity, const char *name, const char *fallback)
{
    struct value value = entity_get(model, entity, name);

    if (value.type == VALUE_STRING)
        return value.u.string;
    return value.type == VALUE_WORD ? value.u.word : fallback;
}

int64_t entity_integer(const struct model *model, const struct entity *entity, const char *name, int64_t fallback)
{
    struct value value = value_worst(entity_get(model, entity, name));

    return value_is_integer(value) ? value.u.integer : fallback;
}

struct entity *entity_ref(const struct model *model, const struct entity *entity, const char *name)
{
    struct value value = entity_get(model, entity, name);

    return value.type == VALUE_ENTITY ? value.u.entity : NULL;
}

struct entity *entity_child(const struct entity *entity, enum block_id block, uint32_t *cursor)
{
    while (entity && *cursor < entity->child_count) {
        struct entity *child = entity->children[(*cursor)++];

        if (child->schema->id == (uint32_t)block)
            return child;
    }
    return NULL;
}

struct entity *entity_child_named(const struct entity *entity, enum block_id block, atom name)
{
    struct entity *child;

    for (uint32_t i = 0; (child = entity_child(entity, block, &i));) {
        if (child->name == name)
            return child;
    }
    return NULL;
}

bool kind_is_a(const struct kind_info *kind, const char *base)
{
    for (; kind; kind = kind->base) {
        if (strcmp(kind->entity->name, base) == 0)
            return true;
    }
    return false;
}

struct entity *kind_procedure(const struct kind_info *kind, const char *name)
{
    for (uint32_t i = 0; kind && i < kind->procedures.len; i++) {
        if (strcmp(kind->procedures.items[i]->name, name) == 0)
            return kind->procedures.items[i];
    }
    return NULL;
}

bool backup_runs_apart(const struct entity *backup)
{
    const struct entity *group = backup->parent;
    struct value to = entity_slot(backup, BACKUP_to), method = entity_slot(backup, BACKUP_method), members;
    const struct kind_info *store = to.type == VALUE_ENTITY ? to.u.entity->kind : NULL;

    if (!group || group->schema->id != BLOCK_GROUP)
        return false;
    if ((method.type == VALUE_STRING || method.type == VALUE_WORD) && kind_procedure(store, method.u.string))
        return false;
    members = entity_slot(group, GROUP_members);
    for (uint32_t i = 0; members.type == VALUE_LIST && i < members.u.list->count; i++) {
        const struct value *member = &members.u.list->items[i];

        if (member->type == VALUE_ENTITY && member->u.entity->kind && member->u.entity->kind->procedures.len)
            return true;
    }
    return false;
}

const char *backup_job_name(struct arena *arena, const struct entity *backup, const struct entity *member)
{
    const char *of = backup->parent ? backup->parent->name : "";

    return member && backup_runs_apart(backup) ? arena_printf(arena, "%s-%s-%s", of, backup->name, member->name)
                                               : arena_printf(arena, "%s-%s", of, backup->name);
}
