/* Second pass: kinds. Each adds rows to the block it is a kind of, and inherits rows, methods, procedures and emits of the
 * kind it is built on; an own one replaces an inherited one of the same name. */
#include "sema/internal.h"

#include "sema/library.h"
#include "source/lost.h"

#include <string.h>

enum state { NOT_BUILT, BUILDING, BUILT };

struct build {
    struct kind_info info; /* first, so that a kind_info is its build */
    enum state state;
};

static const char *text_of(const struct sema *sema, struct span span, uint32_t *len)
{
    const struct source_file *file = sources_file_at(sema->model->sources, span.start);

    *len = span.end - span.start;
    return file ? file->text + (span.start - file->base) : "";
}

/* `type = list(string)`: the notation is the text itself; a string literal may hold what the grammar has no word for. */
static const struct type *read_type(struct sema *sema, const struct expr *expr)
{
    const char *error = NULL;
    const struct type *type;
    const char *notation;
    const char *text;
    uint32_t len;

    if (!expr)
        return type_read(sema->model, "string", &error);
    if (expr->kind == EXPR_ERROR)
        return type_read(sema->model, "any", &error);
    if (expr->kind == EXPR_STRING) {
        notation = expr->u.string.text;
    } else {
        text = text_of(sema, expr->span, &len);
        notation = arena_strndup(sema->arena, text, len);
    }
    type = type_read(sema->model, notation, &error);
    if (!type) {
        diag_note(diag_report(sema->sink, DIAG_E0213, expr->span, "`%s` is not a type", notation), "%s", error ? error : "");
        type = type_read(sema->model, "any", &error);
    }
    return type;
}

static struct attr *find_attr(const struct sema *sema, const struct block *block, const char *name)
{
    return block_attr(block, intern_str(sema->model->names, name));
}

static bool is_true(const struct attr *attr)
{
    return attr && attr->value && attr->value->kind == EXPR_BOOL && attr->value->u.integer;
}

/* Rows from the `attribute` blocks of a kind or of one of its extension blocks. */
static void add_rows(struct sema *sema, const struct block *block, const struct block_schema *of, struct attr_row **rows, uint32_t *count)
{
    atom word = intern_str(sema->model->names, "attribute");
    VEC(struct attr_row) list = {0};

    for (uint32_t i = 0; i < *count; i++)
        vec_push(sema->arena, &list, (*rows)[i]);
    for (const struct block *child = block->blocks; child; child = child->next) {
        struct attr_row row = {0};
        const struct attr *attr;
        uint32_t at;

        if (child->type != word)
            continue;
        row.name = child->labels && child->labels->count == 1 ? sema_label(sema, child->labels->items[0]) : NULL;
        if (!row.name)
            continue; /* reported when the kind's nested blocks are bound */
        row.span = child->labels->items[0]->span;
        if (map_get(&of->by_name, row.name)) {
            diag_help(diag_report(sema->sink, DIAG_E0214, row.span, "every %s has an attribute `%s` already", of->name, row.name),
                      "`drc explain %s` prints them", of->name);
            continue;
        }
        attr = find_attr(sema, child, "type");
        row.type = read_type(sema, attr ? attr->value : NULL);
        attr = find_attr(sema, child, "default");
        row.fallback = attr ? attr->value : NULL;
        row.constant.type = row.fallback ? VALUE_PENDING : VALUE_UNKNOWN;
        row.flags = is_true(find_attr(sema, child, "required")) ? ROW_REQUIRED : 0;
        row.flags |= is_true(find_attr(sema, child, "address")) ? ROW_ADDRESS : 0;
        attr = find_attr(sema, child, "valid");
        row.valid = attr ? attr->value : NULL;
        attr = find_attr(sema, child, "unique");
        row.unique = attr ? attr->value : NULL;
        row.tree = child;
        attr = find_attr(sema, child, "doc");
        row.doc = attr && attr->value && attr->value->kind == EXPR_STRING ? attr->value->u.string.text : child->doc ? child->doc : "";
        for (at = 0; at < list.len && list.items[at].name != row.name; at++)
            ;
        if (at < list.len)
            list.items[at] = row; /* a kind may refine what it inherits */
        else
            vec_push(sema->arena, &list, row);
    }
    *rows = list.items;
    *count = list.len;
}

static void add_extension(struct sema *sema, struct kind_info *info, enum block_id id, const struct block *block)
{
    const struct block_schema *schema = &sema->model->schemas[id];
    uint32_t at;

    for (at = 0; at < info->extension_count && info->extensions[at].schema != schema; at++)
        ;
    if (at == info->extension_count) {
        info->extensions = arena_grow(sema->arena, info->extensions, at * sizeof *info->extensions, (at + 1) * sizeof *info->extensions);
        info->extension_count++;
        info->extensions[at].schema = schema;
    }
    add_rows(sema, block, schema, &info->extensions[at].rows, &info->extensions[at].row_count);
}

/* Methods, procedures and checks replace an inherited one of the same name; emits for the same target add up. */
static void collect(struct sema *sema, struct kind_info *info, struct entity *child)
{
    switch (child->schema->id) {
    case BLOCK_METHOD:
        for (uint32_t i = 0; i < info->methods.len; i++) {
            if (info->methods.items[i]->name == child->name) {
                info->methods.items[i] = child;
                return;
            }
        }
        vec_push(sema->arena, &info->methods, child);
        return;
    case BLOCK_PROCEDURE:
        for (uint32_t i = 0; i < info->procedures.len; i++) {
            if (info->procedures.items[i]->name == child->name) {
                info->procedures.items[i] = child;
                return;
            }
        }
        vec_push(sema->arena, &info->procedures, child);
        return;
    case BLOCK_CHECK:
        for (uint32_t i = 0; i < info->checks.len; i++) {
            if (info->checks.items[i]->name == child->name) {
                info->checks.items[i] = child;
                return;
            }
        }
        vec_push(sema->arena, &info->checks, child);
        return;
    case BLOCK_EMIT: vec_push(sema->arena, &info->emits, child); return;
    default: return;
    }
}

static void inherit(struct sema *sema, struct kind_info *info)
{
    const struct kind_info *base = info->base;

    info->of = base->of;
    info->incomplete |= base->incomplete;
    info->rows = base->rows;
    info->row_count = base->row_count;
    for (uint32_t i = 0; i < base->methods.len; i++)
        vec_push(sema->arena, &info->methods, base->methods.items[i]);
    for (uint32_t i = 0; i < base->procedures.len; i++)
        vec_push(sema->arena, &info->procedures, base->procedures.items[i]);
    for (uint32_t i = 0; i < base->emits.len; i++)
        vec_push(sema->arena, &info->emits, base->emits.items[i]);
    for (uint32_t i = 0; i < base->checks.len; i++)
        vec_push(sema->arena, &info->checks, base->checks.items[i]);
    if (base->extension_count) {
        info->extensions = arena_grow(sema->arena, base->extensions, base->extension_count * sizeof *info->extensions,
                                      base->extension_count * sizeof *info->extensions);
        info->extension_count = base->extension_count;
    }
}

/* Behind the last import of the file, else at its beginning. */
static struct span place_of_import(const struct sema *sema, struct span span)
{
    const struct source_file *file = sources_file_at(sema->model->sources, span.start);
    struct span place = {file ? file->base : 0, file ? file->base : 0};

    for (uint32_t i = 0; i < sema->input->file_count; i++) {
        if (sema->input->files[i]->file != file)
            continue;
        for (const struct import *import = sema->input->files[i]->imports; import; import = import->next)
            place.start = place.end = import->span.end > place.start ? import->span.end : place.start;
    }
    return place;
}

static void offer_import(const struct sema *sema, struct diag *diag, struct span span, const char *file)
{
    struct span place = place_of_import(sema, span);
    const struct source_file *source = sources_file_at(sema->model->sources, span.start);
    bool first = source && place.start == source->base;

    diag_fix(diag, place, arena_printf(sema->arena, first ? "import \"%s\"\n" : "\nimport \"%s\"", file), "add `import \"%s\"`, which declares it",
             file);
}

/* The kind as it is called behind the prefix of an import, when one of that name came in that way; NULL. */
static const char *prefixed(const struct sema *sema, atom path)
{
    size_t len = strlen(path);

    for (uint32_t i = 0; i < sema->model->declared[BLOCK_KIND].list.len; i++) {
        const struct entity *kind = sema->model->declared[BLOCK_KIND].list.items[i];
        const struct source_file *file = sources_file_at(sema->model->sources, kind->span.start);
        size_t prefix = file && file->prefix ? strlen(file->prefix) : 0;

        if (prefix && strlen(kind->name) == prefix + 1 + len && strcmp(kind->name + prefix + 1, path) == 0)
            return kind->name;
    }
    return NULL;
}

/* What may stand for anything of its sort. */
static const char *anything(const struct block_schema *schema)
{
    if (schema && schema->id == BLOCK_SITE)
        return "`generic.provider` or `generic.datacenter`";
    if (schema && schema->id == BLOCK_STORE)
        return "`generic.directory` or `generic.offline_media`";
    return "`generic.service` for a program, `generic.data` for what holds data";
}

static void unknown_kind(struct sema *sema, atom path, const struct block_schema *schema, struct span span)
{
    VEC(const char *) names = {0};
    const char *near, *file, *behind;
    struct diag *diag;

    if (lost_name(sema->sink, path))
        return;
    diag = diag_report(sema->sink, DIAG_E0204, span, "unknown kind `%s`", path);
    for (uint32_t i = 0; i < sema->model->declared[BLOCK_KIND].list.len; i++)
        vec_push_owned(sema->arena, &names, sema->model->declared[BLOCK_KIND].list.items[i]->name);
    if ((behind = prefixed(sema, path))) {
        diag_fix(diag, span, behind, "it was imported with a prefix: write `%s`", behind);
    } else if ((file = library_import("kind", path))) {
        offer_import(sema, diag, span, file);
    } else if ((near = nearest(path, names.items, names.len))) {
        diag_fix(diag, span, near, "did you mean `%s`?", near);
    } else if ((near = library_nearest(sema->arena, "kind", path))) {
        diag_help(diag, "did you mean `%s` of `import \"%s\"`?", near, library_import("kind", near));
    } else {
        diag_help(diag, "import the file that declares it; `drc list kinds` prints those of the library");
        if (schema && schema->id == BLOCK_ENDPOINT)
            diag_help(diag, "nothing fits? declare `kind %s : name_provider { control_plane = SITE }`: where its records are changed", path);
        else
            diag_help(diag, "nothing fits? `import \"std/generic\"` has %s; or declare a `kind` of your own", anything(schema));
    }
    arena_give_back(sema->arena, names.items, names.cap * sizeof *names.items);
}

static void build_kind(struct sema *sema, struct entity *entity);

static void build_base(struct sema *sema, struct entity *entity, struct build *build)
{
    const struct block *tree = entity->tree;
    struct entity *base = (model_enter(sema->model, tree->kind_span), model_find_here(sema->model, BLOCK_KIND, tree->kind));
    struct build *base_build;

    if (!base) {
        unknown_kind(sema, tree->kind, NULL, tree->kind_span);
        build->info.incomplete = true;
        return;
    }
    build_kind(sema, base);
    base_build = (struct build *)(void *)base->kind;
    if (base_build->state == BUILDING) {
        diag_at(diag_report(sema->sink, DIAG_E0212, tree->kind_span, "kind `%s` is built on itself", entity->name), "leads back to `%s`",
                entity->name);
        build->info.incomplete = true;
        return;
    }
    build->info.base = &base_build->info;
    inherit(sema, &build->info);
}

/* Names are brought back by no method and have no copies: what said so would be read by nobody. */
static void check_names(struct sema *sema, const struct kind_info *info, const struct entity *child)
{
    static const enum block_id allowed[] = {BLOCK_ATTRIBUTE, BLOCK_CHECK, BLOCK_KIND_TARGET, BLOCK_EMIT, BLOCK_SOURCE};

    if (info->of->id != BLOCK_ENDPOINT)
        return;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
        if (child->schema->id == (uint32_t)allowed[i])
            return;
    }
    diag_help(diag_report(sema->sink, DIAG_E0210, child->span, "a kind of names has no `%s`", child->schema->name),
              "what is true of names is said by `control_plane`, `stands_in` and their sources; what is written for them by `emit`");
}

static void build_kind(struct sema *sema, struct entity *entity)
{
    struct build *build = (struct build *)(void *)entity->kind;
    const struct block *tree = entity->tree;
    const struct attr *of;
    struct kind_info *info;

    if (build)
        return;
    build = ARENA_NEW(sema->arena, struct build);
    build->state = BUILDING;
    info = &build->info;
    info->entity = entity;
    entity->kind = info;
    info->of = &sema->model->schemas[BLOCK_ASSET];
    info->incomplete = tree->broken;
    if (tree->kind)
        build_base(sema, entity, build);
    of = find_attr(sema, tree, "of");
    if (of && of->value && of->value->kind == EXPR_NAME) {
        const struct block_schema *schema = map_get(&sema->model->schema_by_name, of->value->u.name);

        if (schema && (schema->id == BLOCK_ASSET || schema->id == BLOCK_SITE || schema->id == BLOCK_STORE || schema->id == BLOCK_ENDPOINT))
            info->of = schema;
    }
    add_rows(sema, tree, info->of, &info->rows, &info->row_count);
    for (uint32_t i = 0; i < info->row_count; i++)
        map_add(&info->by_name, sema->arena, info->rows[i].name, (void *)(uintptr_t)(i + 1));
    sema_bind(sema, entity);
    for (uint32_t i = 0; i < entity->child_count; i++) {
        struct entity *child = entity->children[i];

        check_names(sema, info, child);
        switch (child->schema->id) {
        case BLOCK_KIND_REPLICA: add_extension(sema, info, BLOCK_REPLICA, child->tree); break;
        case BLOCK_KIND_BACKUP: add_extension(sema, info, BLOCK_BACKUP, child->tree); break;
        case BLOCK_KIND_STANDBY: add_extension(sema, info, BLOCK_STANDBY, child->tree); break;
        case BLOCK_KIND_TARGET: add_extension(sema, info, BLOCK_TARGET, child->tree); break;
        default: collect(sema, info, child);
        }
    }
    map_add(&sema->model->kinds, sema->arena, entity->name, info);
    build->state = BUILT;
}

void sema_kinds(struct sema *sema)
{
    for (uint32_t i = 0; i < sema->model->declared[BLOCK_KIND].list.len; i++)
        build_kind(sema, sema->model->declared[BLOCK_KIND].list.items[i]);
    for (uint32_t i = 0; i < sema->extras.len; i++) {
        if (sema->extras.items[i]->schema->id == BLOCK_KIND)
            build_kind(sema, sema->extras.items[i]);
    }
}

struct kind_info *sema_find_kind_quietly(struct sema *sema, atom path, struct span span)
{
    struct kind_info *info;

    model_enter(sema->model, span);
    info = map_get(&sema->model->kinds, model_own_name(sema->model, path));
    return info ? info : map_get(&sema->model->kinds, path);
}

struct kind_info *sema_find_kind(struct sema *sema, atom path, const struct block_schema *schema, struct span span)
{
    struct kind_info *info = sema_find_kind_quietly(sema, path, span);
    struct value abstract;

    if (!info) {
        unknown_kind(sema, path, schema, span);
        return NULL;
    }
    if (info->of != schema) {
        struct diag *diag = diag_report(sema->sink, DIAG_E0210, span, "`%s` is a kind of %s, not of %s", path, info->of->name, schema->name);

        diag_label(diag, info->entity->span, "declared here");
        if (schema->id == BLOCK_ENDPOINT)
            diag_help(diag, "a kind of endpoints is built on `name_provider`: `kind NAME : name_provider { control_plane = SITE }`");
        return NULL;
    }
    abstract = eval_slot(sema->eval, info->entity, KIND_abstract); /* kinds are found before all slots are evaluated */
    if (abstract.type == VALUE_BOOL && abstract.u.integer) {
        diag_help(diag_report(sema->sink, DIAG_E0210, span, "kind `%s` is only a base for other kinds", path),
                  "choose a kind that is built on it; `drc list kinds` prints them");
        return NULL;
    }
    return info;
}

/* Of the usual kinds that of the library is the least. NULL: nothing was imported that has one. */
struct kind_info *sema_usual_kind(struct sema *sema)
{
    struct kind_info *found = NULL;
    bool own = false;

    for (uint32_t i = 0; i < sema->model->declared[BLOCK_KIND].list.len; i++) {
        struct entity *entity = sema->model->declared[BLOCK_KIND].list.items[i];
        const struct source_file *file = sources_file_at(sema->model->sources, entity->span.start);
        struct value usual = eval_slot(sema->eval, entity, KIND_usual);
        bool is_own = file && !file->is_std;

        if (usual.type != VALUE_BOOL || !usual.u.integer)
            continue;
        if (entity->kind->of->id != BLOCK_ENDPOINT) {
            diag_help(diag_report(sema->sink, DIAG_E0210, entity->span, "`%s` is a kind of %s, of which each says its kind", entity->name,
                                  entity->kind->of->name),
                      "take `usual` away: only kinds of endpoints have it");
            continue;
        }
        if (found && own && is_own) {
            diag_help(diag_label(diag_report(sema->sink, DIAG_E0210, entity->span, "`%s` and `%s` are both the usual kind of endpoints", entity->name,
                                             found->entity->name),
                                 found->entity->span, "the other one"),
                      "keep `usual = true` in one of them");
            continue;
        }
        if (!found || is_own)
            found = entity->kind;
        own |= is_own;
    }
    return found;
}
