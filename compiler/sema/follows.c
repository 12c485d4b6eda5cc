/* Whom the configuration of an asset follows: the assets of which its `bind` blocks say where they serve now.
 *
 * A binding that names another attribute (`db.host`) says in every scenario what it says today. */
#include "sema/eval_internal.h"

#include <string.h>

struct followed {
    struct evaluator *eval;
    const struct scope *scope;
    bool instances; /* only those of which it asks what serves in their place */
    VEC(struct value) list;
};

static void add_followed(struct followed *followed, struct value who)
{
    struct entity *entity = who.type == VALUE_ENTITY ? who.u.entity : NULL;

    for (uint32_t i = 0; who.type == VALUE_LIST && i < who.u.list->count; i++)
        add_followed(followed, who.u.list->items[i]);
    if (entity && entity->schema->id == BLOCK_ENDPOINT) /* whoever asks for a name is led by it */
        add_followed(followed, eval_slot(followed->eval, entity, ENDPOINT_serves));
    if (!entity || entity->schema->id != BLOCK_ASSET)
        return;
    for (uint32_t i = 0; i < followed->list.len; i++) {
        if (followed->list.items[i].u.entity == entity)
            return;
    }
    vec_push(followed->eval->arena, &followed->list, who);
}

static void walk(struct followed *followed, const struct expr *expr);

static void walk_list(struct followed *followed, const struct expr_list *list)
{
    for (uint32_t i = 0; list && i < list->count; i++)
        walk(followed, list->items[i]);
}

/* `X.here`, `X.serves_at`, or an attribute of a name. */
static void walk_member(struct followed *followed, const struct expr *expr)
{
    const char *name = expr->u.member.name;
    struct value object;

    walk(followed, expr->u.member.object);
    if (expr->u.member.object->kind != EXPR_NAME && expr->u.member.object->kind != EXPR_MEMBER)
        return;
    object = eval(followed->eval, expr->u.member.object, followed->scope, NULL);
    if (strcmp(name, "here") == 0 ||
        (!followed->instances && (strcmp(name, "serves_at") == 0 || (object.type == VALUE_ENTITY && object.u.entity->schema->id == BLOCK_ENDPOINT))))
        add_followed(followed, object);
}

/* What a loop runs over has other names inside: each of it is followed where the body says so. */
static void walk_loop(struct followed *followed, const struct expr_loop *loop)
{
    const struct scope *outer = followed->scope;
    struct value source = eval(followed->eval, loop->source, outer, NULL);

    walk(followed, loop->source);
    for (uint32_t i = 0; source.type == VALUE_LIST && i < source.u.list->count; i++) {
        followed->scope = scope_add(followed->eval, outer, loop->name, source.u.list->items[i]);
        walk(followed, loop->body);
    }
    followed->scope = outer;
}

static void walk(struct followed *followed, const struct expr *expr)
{
    switch (expr->kind) {
    case EXPR_MEMBER: walk_member(followed, expr); break;
    case EXPR_TEMPLATE:
    case EXPR_LIST: walk_list(followed, expr->u.list); break;
    case EXPR_CALL:
        walk(followed, expr->u.call.callee);
        walk_list(followed, expr->u.call.args);
        break;
    case EXPR_UNARY: walk(followed, expr->u.unary); break;
    case EXPR_BINARY:
        walk(followed, expr->u.binary.left);
        walk(followed, expr->u.binary.right);
        break;
    case EXPR_COND:
        walk(followed, expr->u.cond->yes);
        walk(followed, expr->u.cond->no);
        break;
    case EXPR_OBJECT:
        for (uint32_t i = 0; i < expr->u.object->count; i++)
            walk(followed, expr->u.object->pairs[i].value);
        break;
    case EXPR_FOR: walk_loop(followed, expr->u.loop); break;
    default: break;
    }
}

struct value eval_follows(struct evaluator *eval, struct entity *asset, bool instances)
{
    struct followed followed = {.eval = eval, .instances = instances};
    struct entity *bind;
    uint32_t any = 0;

    if (!entity_child(asset, BLOCK_BIND, &any))
        return eval_list_of(eval, NULL, 0);
    followed.scope = eval->model->plan ? scope_add(eval, NULL, "plan", value_entity(eval->model->plan)) : NULL;
    followed.scope = scope_add(eval, followed.scope, "scenario", value_unknown());
    followed.scope = scope_add(eval, followed.scope, "self", value_entity(asset));
    followed.scope = scope_add(eval, followed.scope, "here", value_entity(asset));
    for (uint32_t i = 0; (bind = entity_child(asset, BLOCK_BIND, &i));) {
        for (const struct attr *attr = bind->tree->attrs; attr; attr = attr->next) {
            if (attr->value)
                walk(&followed, attr->value);
        }
    }
    return eval_list_of(eval, followed.list.items, followed.list.len);
}
