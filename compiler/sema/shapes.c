/* Shapes: what the static check knows of a value that is not there yet, and what conditions add to that. */
#include "sema/shapes.h"

static const struct type any = {.kind = TYPE_ANY}, bools = {.kind = TYPE_BOOL}, strings = {.kind = TYPE_STRING};

struct shape shape_of(const struct type *type)
{
    return (struct shape){type && type->kind != TYPE_ANY ? type : NULL, NULL, false};
}

struct shape shape_element(struct shape list)
{
    if (!list.type || list.type->kind != TYPE_LIST)
        return shape_of(NULL);
    return (struct shape){list.type->element->kind == TYPE_ANY ? NULL : list.type->element, list.kind, false};
}

struct shape shape_list(struct evaluator *eval, struct shape element)
{
    struct type *type = ARENA_NEW(eval->arena, struct type);

    type->kind = TYPE_LIST;
    type->element = element.type ? element.type : &any;
    return (struct shape){type, element.kind, false};
}

static bool same_type(const struct type *a, const struct type *b)
{
    if (a == b)
        return true;
    if (!a || !b || a->kind != b->kind || a->count != b->count)
        return false;
    switch (a->kind) {
    case TYPE_REF: return a->schema == b->schema;
    case TYPE_LIST:
    case TYPE_RANGE:
    case TYPE_MAP: return same_type(a->element, b->element);
    case TYPE_UNION:
        for (uint32_t i = 0; i < a->count; i++) {
            if (!same_type(a->alternatives[i], b->alternatives[i]))
                return false;
        }
        return true;
    case TYPE_ENUM: return a->words == b->words;
    default: return true;
    }
}

static const struct type *union_of(struct evaluator *eval, const struct type *const *alternatives, uint32_t count)
{
    struct type *type;

    if (count < 2)
        return count ? alternatives[0] : NULL;
    type = ARENA_NEW(eval->arena, struct type);
    type->kind = TYPE_UNION;
    type->alternatives = ARENA_ARRAY(eval->arena, const struct type *, count);
    type->count = count;
    for (uint32_t i = 0; i < count; i++)
        ((const struct type **)(uintptr_t)type->alternatives)[i] = alternatives[i];
    return type;
}

struct shape shape_either(struct evaluator *eval, struct shape a, struct shape b)
{
    const struct type *both[2] = {a.type, b.type};
    struct shape shape = {.kind = a.kind == b.kind ? a.kind : NULL, .runtime = a.runtime && b.runtime};

    if (same_type(a.type, b.type))
        shape.type = a.type;
    else if (a.type && b.type && a.type->kind == TYPE_REF && b.type->kind == TYPE_REF)
        shape.type = union_of(eval, both, 2);
    return shape;
}

struct shape shape_of_value(struct evaluator *eval, struct value value, const struct type *seen)
{
    struct shape shape = shape_of(seen);

    if (value.type == VALUE_ENTITY) {
        const struct entity *root = value.u.entity;

        if (!shape.type)
            shape.type = ref_type(eval, value.u.entity->schema);
        while (root->parent)
            root = root->parent;
        shape.kind = root->schema->id == BLOCK_KIND ? NULL : root->kind;
    }
    return shape;
}

/* A value of the type, to try an operator with; VALUE_PENDING when there is none. */
struct value shape_sample(const struct expr *expr, const struct type *type)
{
    static const struct frac rate = {1, 1};

    switch (expr->kind) {
    case EXPR_INT: return value_int(VALUE_INT, expr->u.integer ? expr->u.integer : 1);
    case EXPR_DECIMAL: return value_int(VALUE_DECIMAL, expr->u.integer ? expr->u.integer : 1);
    default: break;
    }
    while (type && type->kind == TYPE_RANGE)
        type = type->element;
    switch (type ? type->kind : TYPE_ANY) {
    case TYPE_BOOL: return value_int(VALUE_BOOL, 1);
    case TYPE_INT: return value_int(VALUE_INT, 1);
    case TYPE_DECIMAL: return value_int(VALUE_DECIMAL, NANO);
    case TYPE_PERCENT: return value_int(VALUE_PERCENT, NANO);
    case TYPE_DURATION: return value_int(VALUE_DURATION, MS_DAY);
    case TYPE_SIZE: return value_int(VALUE_SIZE, 1);
    case TYPE_RATE: return (struct value){.type = VALUE_RATE, .u.rate = &rate};
    case TYPE_DATE: return value_int(VALUE_DATE, 20000);
    case TYPE_TIME: return value_int(VALUE_TIME, 1);
    default: return VALUE_OF(VALUE_PENDING);
    }
}

const struct type *shape_type_of_sample(enum value_type type)
{
    static const struct type durations = {.kind = TYPE_DURATION}, sizes = {.kind = TYPE_SIZE}, rates = {.kind = TYPE_RATE},
                             percents = {.kind = TYPE_PERCENT}, decimals = {.kind = TYPE_DECIMAL}, dates = {.kind = TYPE_DATE},
                             times = {.kind = TYPE_TIME};

    switch (type) {
    case VALUE_BOOL: return &bools;
    case VALUE_INT:
    case VALUE_DECIMAL: return &decimals;
    case VALUE_DURATION: return &durations;
    case VALUE_SIZE: return &sizes;
    case VALUE_RATE: return &rates;
    case VALUE_PERCENT: return &percents;
    case VALUE_DATE: return &dates;
    case VALUE_TIME: return &times;
    case VALUE_STRING: return &strings;
    default: return NULL;
    }
}

/* ---------------------------------------------------------------- conditions */

const struct scope *shape_binding(const struct scope *scope, atom name)
{
    while (scope && scope->name != name)
        scope = scope->outer;
    return scope;
}

/* Whether both name the same: a name, or a field of the same. */
static bool same_path(const struct expr *a, const struct expr *b)
{
    while (a->kind == EXPR_MEMBER && b->kind == EXPR_MEMBER && a->u.member.name == b->u.member.name) {
        a = a->u.member.object;
        b = b->u.member.object;
    }
    return a->kind == EXPR_NAME && b->kind == EXPR_NAME && a->u.name == b->u.name;
}

static const struct scope *bound_at(const struct expr *expr, const struct scope *scope)
{
    while (expr->kind == EXPR_MEMBER)
        expr = expr->u.member.object;
    return expr->kind == EXPR_NAME ? shape_binding(scope, expr->u.name) : NULL;
}

const struct fact *facts_of(struct evaluator *eval, const struct expr *test, const struct scope *scope, bool holds, const struct fact *outer)
{
    const struct expr_list *args;
    const struct function *function;
    struct fact *fact;

    if (test->kind == EXPR_UNARY && test->op == OP_NOT)
        return facts_of(eval, test->u.unary, scope, !holds, outer);
    if (test->kind == EXPR_BINARY && test->op == (holds ? OP_AND : OP_OR)) {
        outer = facts_of(eval, test->u.binary.left, scope, holds, outer);
        return facts_of(eval, test->u.binary.right, scope, holds, outer);
    }
    if (test->kind == EXPR_CALL && test->u.call.callee->kind == EXPR_NAME && (args = test->u.call.args) && args->count == 2 &&
        (function = function_named(eval, test->u.call.callee->u.name)) && function->flags & SORT && args->items[1]->kind == EXPR_NAME) {
        fact = ARENA_NEW(eval->arena, struct fact);
        *fact = (struct fact){.outer = outer,
                              .what = args->items[0],
                              .root = bound_at(args->items[0], scope),
                              .sort = map_get(&eval->model->schema_by_name, args->items[1]->u.name),
                              .holds = holds};
        return fact;
    }
    return outer;
}

struct shape shape_narrowed(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct fact *facts, struct shape shape)
{
    for (const struct fact *fact = facts; fact && shape.type && shape.type->kind == TYPE_UNION; fact = fact->outer) {
        const struct type **left = ARENA_ARRAY(eval->arena, const struct type *, shape.type->count);
        uint32_t count = 0;

        if (!same_path(expr, fact->what) || bound_at(expr, scope) != fact->root)
            continue;
        for (uint32_t i = 0; i < shape.type->count; i++) {
            const struct type *one = shape.type->alternatives[i];

            if ((one->kind == TYPE_REF && one->schema == fact->sort) == fact->holds)
                left[count++] = one;
        }
        shape.type = union_of(eval, left, count);
    }
    return shape;
}
