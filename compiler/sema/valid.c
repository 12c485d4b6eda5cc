/* Last pass: what kinds ask of the values of their things. `valid` and `unique` of attributes, and `check` blocks.
 *
 * A platform's own limits are no matter of opinion, so these are errors that nobody waives. What is not known is not refused here. Things
 * of kinds that ask nothing cost nothing. */
#include "base/strbuf.h"
#include "sema/eval_internal.h"
#include "sema/internal.h"

#include <string.h>

struct validator {
    struct sema *sema;
    struct evaluator *eval;
    const struct type *boolean, *string;
    struct map names; /* `among` and value -> struct named * */
};

struct named {
    struct entity *entity;
    const struct attr_row *row;
    struct span span;
};

/* Where a value was written: its attribute, or the entry of an inventory; else the thing. */
static struct span written_at(const struct entity *entity, const struct attr_row *row, struct value value)
{
    const struct attr *attr = entity->tree ? block_attr(entity->tree, row->name) : NULL;

    if (attr && attr->value)
        return attr->value->span;
    attr = entity->defaults ? block_attr(entity->defaults->tree, row->name) : NULL;
    if (attr && attr->value)
        return attr->value->span;
    if (!entity->tree && !value.defaulted && value.origin)
        return (struct span){value.origin, value.origin};
    return entity->span;
}

static const struct entity *outermost(const struct entity *entity)
{
    while (entity->parent)
        entity = entity->parent;
    return entity;
}

static const char *describe(const struct validator *v, const struct entity *entity)
{
    const struct entity *root = outermost(entity);

    if (root == entity)
        return arena_printf(v->sema->arena, "%s `%s`", entity->schema->name, entity->name);
    return arena_printf(v->sema->arena, "%s `%s` of `%s`", entity->schema->name, entity->name, root->name);
}

static const char *text_of(const struct validator *v, const struct block *tree, const char *name, const struct scope *scope)
{
    const struct attr *attr = tree ? block_attr(tree, intern_str(v->sema->model->names, name)) : NULL;
    struct value value = attr && attr->value ? eval(v->eval, attr->value, scope, v->string) : value_unknown();

    return value.type == VALUE_STRING ? value.u.string : NULL;
}

/* `contains([…], value)` tells what may stand there: the nearest is offered. */
static void offer_nearest(const struct validator *v, const struct attr_row *row, struct value value, struct span span, const struct scope *scope,
                          struct diag *diag)
{
    const struct expr *call = row->valid;
    struct value list;
    VEC(const char *) names = {0};
    const char *near;

    while (call && call->kind == EXPR_BINARY)
        call = call->u.binary.right;
    if (!call || call->kind != EXPR_CALL || call->u.call.callee->kind != EXPR_NAME || strcmp(call->u.call.callee->u.name, "contains") != 0 ||
        !call->u.call.args || call->u.call.args->count != 2 || value.type != VALUE_STRING)
        return;
    list = eval(v->eval, call->u.call.args->items[0], scope, NULL);
    for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++) {
        if (list.u.list->items[i].type == VALUE_STRING)
            vec_push(v->sema->arena, &names, list.u.list->items[i].u.string);
    }
    near = nearest(value.u.string, names.items, names.len);
    if (near)
        diag_fix(diag, span, arena_printf(v->sema->arena, "\"%s\"", near), "did you mean `%s`?", near);
}

static void check_valid(struct validator *v, struct entity *entity, const struct attr_row *row, struct value value)
{
    struct scope *scope = scope_add(v->eval, entity_scope(v->eval, entity), "value", value);
    struct value fine;
    struct span span;
    struct diag *diag;
    const char *wanted;

    scope->type = row->type;
    fine = eval(v->eval, row->valid, scope, v->boolean);
    if (fine.type != VALUE_BOOL || fine.u.integer)
        return;
    span = written_at(entity, row, value);
    wanted = text_of(v, row->tree, "wanted", scope);
    diag = diag_report(v->sema->sink, DIAG_E0404, span, "`%s` of %s is %s%s%s", row->name, describe(v, entity), value_show(v->eval, value),
                       wanted ? ", and has to be " : ", which will not do", wanted ? wanted : "");
    if (value.defaulted)
        diag_note(diag, "nothing is written for `%s`: this is what the kind takes by itself", row->name);
    if (row->doc && row->doc[0]) /* a kind of somebody's own may say nothing of it */
        diag_note(diag, "`%s`: %s", row->name, row->doc);
    offer_nearest(v, row, value, span, scope, diag);
}

/* A path as it leads to where it does: one folder is not two because of a stroke. Other texts are as they are. */
static const char *canonical(struct arena *arena, const char *text)
{
    const char *from = strncmp(text, "local:/", 7) == 0 ? text + 6 : strncmp(text, "file:///", 8) == 0 ? text + 7 : text;
    struct strbuf path = STRBUF_INIT;
    const char *result;

    if (*from != '/')
        return text;
    while (*from) {
        size_t length = strcspn(from += strspn(from, "/"), "/");

        if (length == 2 && strncmp(from, "..", 2) == 0) {
            while (path.len && path.data[--path.len] != '/')
                continue;
        } else if (length && !(length == 1 && *from == '.')) {
            strbuf_addf(&path, "/%.*s", (int)length, from);
        }
        from += length;
    }
    result = path.len ? strbuf_dup(&path, arena) : "/";
    strbuf_release(&path);
    return result;
}

static void check_unique(struct validator *v, struct entity *entity, const struct attr_row *row, struct value value)
{
    struct value among = eval(v->eval, row->unique, entity_scope(v->eval, entity), v->string);
    struct named *named, *other;
    struct diag *diag;
    atom key;

    if (among.type != VALUE_STRING || value.type != VALUE_STRING)
        return;
    key = intern_str(v->sema->model->names, arena_printf(v->sema->arena, "%s\n%s", among.u.string, canonical(v->sema->arena, value.u.string)));
    other = map_get(&v->names, key);
    if (!other) {
        named = ARENA_NEW(v->sema->arena, struct named);
        *named = (struct named){entity, row, written_at(entity, row, value)};
        map_add(&v->names, v->sema->arena, key, named);
        return;
    }
    diag = diag_report(v->sema->sink, DIAG_E0405, written_at(entity, row, value), "`%s` is the name of two among the %s", value.u.string,
                       among.u.string);
    diag_at(diag, "`%s` of %s", row->name, describe(v, entity));
    diag_label(diag, other->span, "`%s` of %s", other->row->name, describe(v, other->entity));
    diag_help(diag, "give one of them another `%s`", row->name);
}

static void check_rows(struct validator *v, struct entity *entity)
{
    const struct attr_row *row;

    for (uint32_t i = entity->schema->row_count; i < entity->slot_count && (row = entity_row_info(entity, i)); i++) {
        struct value value = entity->slots[i];

        if ((!row->valid && !row->unique) || !value_is_known(value) || value.type == VALUE_NULL)
            continue;
        if (row->valid)
            check_valid(v, entity, row, value);
        if (row->unique)
            check_unique(v, entity, row, value);
    }
}

static struct span check_place(const struct validator *v, const struct entity *check, const struct entity *entity, struct value element)
{
    const struct attr *at = block_attr(check->tree, intern_str(v->sema->model->names, "at"));
    const struct entity *things[] = {element.type == VALUE_ENTITY ? element.u.entity : NULL, entity};
    atom name = at && at->value && at->value->kind == EXPR_NAME ? at->value->u.name : NULL;

    for (size_t i = 0; name && i < sizeof things / sizeof *things; i++) {
        const struct attr *attr = things[i] && things[i]->tree ? block_attr(things[i]->tree, name) : NULL;

        if (!attr && things[i] && things[i]->defaults)
            attr = block_attr(things[i]->defaults->tree, name);
        if (attr && attr->value)
            return attr->value->span;
    }
    return things[0] && things[0]->tree ? things[0]->span : entity->span;
}

static void check_one(struct validator *v, struct entity *check, struct entity *entity, const struct scope *scope, struct value element)
{
    struct value when = eval_deferred(v->eval, check, CHECK_when, scope), require;
    const char *message, *help;
    struct diag *diag;

    if (when.type != VALUE_BOOL || !when.u.integer)
        return;
    require = eval_deferred(v->eval, check, CHECK_require, scope);
    if (require.type != VALUE_BOOL || require.u.integer)
        return;
    message = eval_text(v->eval, check, CHECK_message, scope);
    help = eval_text(v->eval, check, CHECK_help, scope);
    diag = diag_report(v->sema->sink, DIAG_E0406, check_place(v, check, entity, element), "%s", message ? message : check->name);
    diag_label(diag, check->span, "asked by kind `%s`", check->parent->name);
    if (help)
        diag_help(diag, "%s", help);
}

static void check_blocks(struct validator *v, struct entity *entity)
{
    const struct scope *plan, *self;

    if (!entity->kind->checks.len)
        return;
    plan = v->sema->model->plan ? scope_add(v->eval, NULL, "plan", value_entity(v->sema->model->plan)) : NULL;
    self = scope_add(v->eval, plan, "self", value_entity(entity));
    for (uint32_t i = 0; i < entity->kind->checks.len; i++) {
        struct entity *check = entity->kind->checks.items[i];
        atom name;
        struct value elements = eval_loop(v->eval, check, CHECK_for, self, &name);

        if (!name)
            check_one(v, check, entity, self, value_unknown());
        for (uint32_t n = 0; name && elements.type == VALUE_LIST && n < elements.u.list->count; n++)
            check_one(v, check, entity, scope_add(v->eval, self, name, elements.u.list->items[n]), elements.u.list->items[n]);
    }
}

void sema_validate(struct sema *sema)
{
    static const enum block_id blocks[] = {BLOCK_SITE, BLOCK_STORE, BLOCK_ASSET, BLOCK_ENDPOINT};
    struct validator v = {.sema = sema, .eval = sema->eval};
    const char *error = NULL;

    v.boolean = type_read(sema->model, "bool", &error);
    v.string = type_read(sema->model, "string", &error);
    for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++) {
        for (uint32_t i = 0; i < sema->model->declared[blocks[k]].list.len; i++) {
            struct entity *entity = sema->model->declared[blocks[k]].list.items[i];

            if (!entity->kind || entity->kind->incomplete)
                continue;
            check_rows(&v, entity);
            for (uint32_t c = 0; entity->kind->extension_count && c < entity->child_count; c++)
                check_rows(&v, entity->children[c]);
            check_blocks(&v, entity);
        }
    }
}
