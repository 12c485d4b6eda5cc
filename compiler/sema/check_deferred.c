/* Static check of deferred expressions: those of rules and kinds, which may never be evaluated.
 *
 * The walk mirrors the evaluator's, but carries shapes instead of values: what type something has and, for a declared thing, of
 * which kind it is. Where a shape is not known nothing is said; a mistake is reported once, and evaluating that expression stays silent. What
 * stands after a dot and what functions give is looked up where the evaluator does. */
#include "sema/fields.h"
#include "sema/shapes.h"
#include "source/lost.h"

#include <string.h>

struct checker {
    struct evaluator *eval;
    uint32_t depth;
    const struct fact *facts;
};

static const struct type type_bool = {.kind = TYPE_BOOL}, type_int = {.kind = TYPE_INT}, type_string = {.kind = TYPE_STRING},
                         type_duration = {.kind = TYPE_DURATION}, type_durations = {.kind = TYPE_RANGE, .element = &type_duration};

static struct shape check(struct checker *c, const struct expr *expr, const struct scope *scope, const struct type *expected);

/* ---------------------------------------------------------------- fields */

/* Looks for a field of things of a block. False when no such thing can have it. */
static bool find_field(struct checker *c, struct shape object, const struct block_schema *schema, atom name, struct shape *out)
{
    struct field found;

    *out = shape_of(NULL);
    if (!field_find(c->eval, (struct field_of){.schema = schema, .kind = object.kind}, name, &found))
        return false;
    *out = shape_of(found.type);
    if (found.same_kind && found.type)
        out->kind = object.kind;
    return true;
}

static struct shape mistake(struct checker *c, const struct expr *expr)
{
    map_set(&c->eval->state->mistakes, c->eval->arena, (atom)(const void *)expr, c->eval);
    return shape_of(NULL);
}

static bool is_mistake(const struct checker *c, const struct expr *expr)
{
    return expr->kind == EXPR_ERROR || expr_is_mistake(c->eval, expr);
}

/* Whether a thing of the shape may have a field that nobody could read: a kind that was lost, or part of one. */
static bool field_is_lost(struct checker *c, struct shape object, const char *name)
{
    if (object.kind)
        return kind_may_have(c->eval, object.kind, name);
    for (uint32_t i = 0; i < c->eval->model->kinds.len; i++) {
        const struct kind_info *kind = c->eval->model->kinds.entries[i].value;

        if (kind_may_have(c->eval, kind, name))
            return true;
    }
    return lost_name(c->eval->sink, name);
}

static const char *describe_ref(struct checker *c, struct shape object, const struct block_schema *schema)
{
    const char *article = strchr("aeiou", schema->name[0]) ? "an" : "a";

    if (object.kind && object.kind->of == schema)
        return arena_printf(c->eval->arena, "%s %s of kind `%s`", article, schema->name, object.kind->entity->name);
    if (object.kind && !(schema->flags & SCHEMA_TOP))
        return arena_printf(c->eval->arena, "%s %s of kind `%s`", article, schema->name, object.kind->entity->name);
    return arena_printf(c->eval->arena, "%s %s", article, schema->name);
}

/* False when nothing of the shape can have the field; its type is known, and no union. */
static bool has_field(struct checker *c, struct shape object, atom name, struct shape *out)
{
    const struct type *type = object.type;
    const struct eval_state *state = c->eval->state;

    *out = shape_of(NULL);
    switch (type->kind) {
    case TYPE_REF: return find_field(c, object, type->schema, name, out);
    case TYPE_LIST:
        *out = name == state->names.count ? shape_of(&type_int) : shape_element(object);
        return name == state->names.first || name == state->names.last || name == state->names.count;
    case TYPE_MAP: *out = shape_of(type->element); return true;
    case TYPE_RANGE: type = type->element; /* fall through */
    case TYPE_INT:
    case TYPE_DECIMAL:
    case TYPE_DURATION:
    case TYPE_SIZE:
    case TYPE_RATE:
    case TYPE_MONEY: *out = shape_of(type); return name == state->names.best || name == state->names.typical || name == state->names.worst;
    case TYPE_BOOL:
    case TYPE_PERCENT:
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_SCHEDULE:
    case TYPE_ENUM: return false;
    case TYPE_STRING: /* may be a run-time value, which has fields */
    case TYPE_LABEL:
    case TYPE_ANY:
    case TYPE_OBJECT:
    case TYPE_COMMAND:
    case TYPE_TYPE:
    case TYPE_UNION: return true;
    }
    return true;
}

/* Another alternative may have it: then one asks which it is. */
static struct shape may_be_other(struct checker *c, const struct expr *expr, const struct type *type, const struct type *among, struct diag *diag)
{
    const char *object = span_text(c->eval, expr->u.member.object->span);
    struct shape found;

    diag_note(diag, "`%s` is `%s`", object, type_show(c->eval, among));
    for (uint32_t i = 0; i < among->count; i++) {
        struct shape other = shape_of(among->alternatives[i]);

        if (!other.type || other.type == type || other.type->kind != TYPE_REF || !has_field(c, other, expr->u.member.name, &found))
            continue;
        diag_help(diag, "ask which it is: `is(%s, %s) ? %s : …`", object, other.type->schema->name, span_text(c->eval, expr->span));
        break;
    }
    return mistake(c, expr);
}

/* `among`: the union it is an alternative of; NULL. */
static struct shape no_field(struct checker *c, const struct expr *expr, struct shape object, const char *what, const struct type *among)
{
    const struct type *type = object.type;
    const char **names, *near = NULL;
    struct diag *diag;
    uint32_t count;

    if (type->kind == TYPE_REF && has_a_kind(type->schema) && field_is_lost(c, object, expr->u.member.name))
        return mistake(c, expr);
    diag = diag_report(c->eval->sink, DIAG_E0308, member_span(expr), "%s has no field `%s`", what, expr->u.member.name);
    if (among)
        return may_be_other(c, expr, type, among, diag);
    if (type->kind == TYPE_REF) {
        field_names(c->eval, (struct field_of){.schema = type->schema, .kind = object.kind}, &names, &count);
        near = suggest(c->eval, expr->u.member.name, names, count);
    }
    if (near)
        diag_fix(diag, member_span(expr), near, "did you mean `%s`?", near);
    else if (type->kind == TYPE_LIST && type->element->kind == TYPE_REF)
        diag_help(diag, "for the field of each element, write `[for x in %s: x.%s]`", span_text(c->eval, expr->u.member.object->span),
                  expr->u.member.name);
    else if (type->kind == TYPE_REF && type->schema->id < BLOCK_COUNT)
        diag_help(diag, "`drc explain %s` lists what it has",
                  object.kind && object.kind->of == type->schema ? object.kind->entity->name : type->schema->name);
    return mistake(c, expr);
}

static const char *describe_shape(struct checker *c, struct shape object)
{
    if (object.type->kind == TYPE_REF)
        return describe_ref(c, object, object.type->schema);
    return object.type->kind == TYPE_LIST ? "a list" : arena_printf(c->eval->arena, "a value of type `%s`", type_show(c->eval, object.type));
}

/* Every alternative has to have it: which one it is is known only when it is evaluated. */
static struct shape field_of_union(struct checker *c, const struct expr *expr, struct shape object)
{
    struct shape all = shape_of(NULL), found;

    for (uint32_t i = 0; i < object.type->count; i++) {
        struct shape one = {object.type->alternatives[i], object.kind, false};

        if (!has_field(c, one, expr->u.member.name, &found))
            return no_field(c, expr, one, describe_shape(c, one), object.type);
        all = i ? shape_either(c->eval, all, found) : found;
    }
    return all;
}

static struct shape field(struct checker *c, const struct expr *expr, struct shape object)
{
    struct shape found;

    if (!object.type)
        return object; /* a run-time value's parts are run-time values */
    if (object.type->kind == TYPE_UNION)
        return field_of_union(c, expr, object);
    if (has_field(c, object, expr->u.member.name, &found))
        return found;
    return no_field(c, expr, object, describe_shape(c, object), NULL);
}

/* ---------------------------------------------------------------- names */

static struct shape name(struct checker *c, const struct expr *expr, const struct scope *scope, const struct type *expected)
{
    const struct scope *local = shape_binding(scope, expr->u.name);
    const struct type *seen = NULL;
    struct value value = value_unknown();

    if (local && (!local->weak || !expected))
        return (struct shape){local->type, ((const struct shape_scope *)local)->kind, ((const struct shape_scope *)local)->runtime};
    if (!name_find(c->eval, expr, expr->u.name, scope, expected, &value, &seen)) {
        eval_name(c->eval, expr, scope, expected, NULL);
        return mistake(c, expr);
    }
    if (value.type == VALUE_ERROR)
        return mistake(c, expr);
    return shape_of_value(c->eval, value, seen);
}

static struct shape member(struct checker *c, const struct expr *expr, const struct scope *scope, const struct type *expected)
{
    const struct expr *root = expr->u.member.object;
    struct shape object;

    while (root->kind == EXPR_MEMBER)
        root = root->u.member.object;
    /* Without a local name at its root it depends on nothing local: kinds, declared things, parameters. */
    if (root->kind == EXPR_NAME && !shape_binding(scope, root->u.name) && root->u.name != c->eval->state->names.plan) {
        uint32_t before = c->eval->sink->diags.len;
        const struct type *seen = NULL;
        struct value value = eval_typed(c->eval, expr, NULL, NULL, &seen);

        (void)expected;
        if (c->eval->sink->diags.len > before)
            return mistake(c, expr);
        return shape_of_value(c->eval, value, seen);
    }
    object = check(c, expr->u.member.object, scope, NULL);
    return is_mistake(c, expr->u.member.object) ? mistake(c, expr) : field(c, expr, object);
}

/* An expression compared with something of a shape: barewords are its words or things. */
static struct shape beside(struct checker *c, const struct expr *expr, const struct scope *scope, struct shape other)
{
    struct value value;

    if (expr->kind == EXPR_NAME && !shape_binding(scope, expr->u.name)) {
        uint32_t before = c->eval->sink->diags.len;
        const struct type *seen = NULL;

        /* Of the other side nothing is known, so the word may be one of its words. */
        if (!other.type && !name_find(c->eval, expr, expr->u.name, scope, NULL, &value, &seen))
            return shape_of(NULL);
        value = eval_beside(c->eval, expr, scope, other.type, value_unknown(), &seen);
        return c->eval->sink->diags.len > before ? mistake(c, expr) : shape_of_value(c->eval, value, seen);
    }
    if ((expr->kind == EXPR_MEMBER && other.type && other.type->kind == TYPE_REF && other.type->schema->id == BLOCK_KIND) ||
        (expr->kind == EXPR_STRING && other.type)) {
        uint32_t before = c->eval->sink->diags.len;
        const struct expr *root = expr;
        const struct type *seen = NULL;

        while (root->kind == EXPR_MEMBER)
            root = root->u.member.object;
        if (root->kind != EXPR_NAME || !shape_binding(scope, root->u.name)) {
            value = eval_beside(c->eval, expr, scope, other.type, value_unknown(), &seen);
            return c->eval->sink->diags.len > before ? mistake(c, expr) : shape_of_value(c->eval, value, seen);
        }
    }
    return check(c, expr, scope, NULL);
}

/* ---------------------------------------------------------------- operators */

/* An expression where a condition holds, or does not. */
static struct shape check_under(struct checker *c, const struct expr *test, bool holds, const struct expr *expr, const struct scope *scope,
                                const struct type *expected)
{
    const struct fact *before = c->facts;
    struct shape shape;

    c->facts = facts_of(c->eval, test, scope, holds, c->facts);
    shape = check(c, expr, scope, expected);
    c->facts = before;
    return shape;
}

static struct shape report_runtime(struct checker *c, const struct expr *expr, const struct expr *culprit, const char *doing)
{
    struct diag *diag =
        diag_report(c->eval->sink, DIAG_E0319, culprit->span, "the run-time value `%s` cannot be %s", span_text(c->eval, culprit->span), doing);

    diag_at(diag, "known only when the plan runs");
    return mistake(c, expr);
}

static struct shape binary(struct checker *c, const struct expr *expr, const struct scope *scope)
{
    const struct expr *left = expr->u.binary.left, *right = expr->u.binary.right;
    bool compares = expr->op >= OP_EQ && expr->op <= OP_GE;
    struct shape a, b;
    struct value result, from, by;
    uint32_t before;

    if (expr->op == OP_AND || expr->op == OP_OR) {
        check(c, left, scope, &type_bool);
        check_under(c, left, expr->op == OP_AND, right, scope, &type_bool);
        return shape_of(&type_bool);
    }
    if (compares && left->kind == EXPR_NAME && !shape_binding(scope, left->u.name)) {
        b = check(c, right, scope, NULL);
        a = beside(c, left, scope, b);
    } else {
        a = check(c, left, scope, NULL);
        b = compares ? beside(c, right, scope, a) : check(c, right, scope, NULL);
    }
    if (is_mistake(c, left) || is_mistake(c, right))
        return mistake(c, expr);
    if (a.runtime || b.runtime)
        return report_runtime(c, expr, a.runtime ? left : right, compares ? "compared" : "calculated with");
    from = shape_sample(left, a.type);
    by = shape_sample(right, b.type);
    if (from.type == VALUE_PENDING || by.type == VALUE_PENDING) {
        /* Things have no units; an order of things, or a thing beside a quantity, is a mistake all the same. */
        bool thing = a.type && a.type->kind == TYPE_REF && a.type->schema->id < BLOCK_COUNT && a.type->schema->id != BLOCK_KIND;
        bool quantity = by.type != VALUE_PENDING;

        if (compares && thing && quantity) {
            struct diag *diag = diag_report(c->eval->sink, DIAG_E0303, expr->span, "cannot compare %s with %s",
                                            describe_ref(c, shape_of(a.type), a.type->schema), value_describe(c->eval, by));

            diag_help(diag, "compare one of its attributes, for example `%s.%s`", span_text(c->eval, left->span),
                      a.type->schema->id == BLOCK_TIER ? "level" : "name");
            return mistake(c, expr);
        }
        return shape_of(compares ? &type_bool : NULL);
    }
    before = c->eval->sink->diags.len;
    result = operate(c->eval, (enum binary_op)expr->op, (struct operand){from, left->span}, (struct operand){by, right->span}, expr->span);
    if (c->eval->sink->diags.len > before)
        return mistake(c, expr);
    return shape_of(compares ? &type_bool : shape_type_of_sample((enum value_type)result.type));
}

/* ---------------------------------------------------------------- loops and calls */

static struct shape_scope bound(atom local, struct shape shape, const struct scope *outer)
{
    return (struct shape_scope){
        .base = {.outer = outer, .name = local, .value = value_unknown(), .type = shape.type}, .kind = shape.kind, .runtime = shape.runtime};
}

/* The shape of what a loop runs over. */
static struct shape source(struct checker *c, const struct expr *expr, const struct scope *scope)
{
    struct shape list = check(c, expr, scope, NULL);

    if (is_mistake(c, expr) || !list.type || list.type->kind == TYPE_LIST || list.type->kind == TYPE_UNION || list.type->kind == TYPE_STRING ||
        list.type->kind == TYPE_LABEL)
        return list;
    diag_report(c->eval->sink, DIAG_E0321, expr->span, "expected a list to loop over, found a value of type `%s`", type_show(c->eval, list.type));
    return mistake(c, expr);
}

static struct shape loop(struct checker *c, const struct expr *expr, const struct scope *scope)
{
    const struct expr_loop *each = expr->u.loop;
    struct shape list = source(c, each->source, scope), body;
    struct shape_scope local = bound(each->name, shape_element(list), scope);

    if (each->filter)
        check(c, each->filter, &local.base, &type_bool);
    if (each->filter)
        body = check_under(c, each->filter, true, each->body, &local.base, expr->kind == EXPR_FOR ? NULL : &type_bool);
    else
        body = check(c, each->body, &local.base, expr->kind == EXPR_FOR ? NULL : &type_bool);
    if (expr->kind == EXPR_FOR)
        return shape_list(c->eval, body);
    return shape_of(expr->kind == EXPR_COUNT ? &type_int : &type_bool);
}

static struct shape result_of(struct checker *c, const struct function *function, const struct shape *args, uint32_t count)
{
    const struct type *type = function_result(c->eval, function);

    if (type || !count)
        return shape_of(type);
    if (function->flags & ONE_OF)
        return args[0].type && args[0].type->kind == TYPE_LIST ? shape_element(args[0]) : args[0];
    if (function->flags & (ELEMENTS | FLAT))
        return shape_element(args[0]);
    if (function->flags & (SAME | LISTS)) {
        struct shape all = shape_of(NULL);

        for (uint32_t i = 0; i < count; i++)
            all = !all.type ? args[i] : args[i].type ? shape_either(c->eval, all, args[i]) : all;
        return all;
    }
    return shape_of(NULL);
}

static struct shape method(struct checker *c, const struct expr *expr, const struct scope *scope)
{
    const struct expr *callee = expr->u.call.callee;
    struct shape object = check(c, callee->u.member.object, scope, NULL);
    const struct expr_list *args = expr->u.call.args;
    const struct type *type = NULL;
    atom called = callee->u.member.name;
    const char **names = NULL, *near;
    uint32_t count = 0;
    struct diag *diag;

    for (uint32_t i = 0; args && i < args->count; i++) {
        atom path = expr_path(args->items[i], c->eval->names);

        if (!path || !map_get(&c->eval->model->kinds, path))
            check(c, args->items[i], scope, NULL);
    }
    if (is_mistake(c, callee->u.member.object))
        return mistake(c, expr);
    if (!object.type || (object.type->kind != TYPE_REF && object.type->kind != TYPE_LIST))
        return shape_of(NULL);
    if (object.type->kind == TYPE_LIST) {
        atom path = args && args->count == 1 ? expr_path(args->items[0], c->eval->names) : NULL;

        if (strcmp(called, "of") == 0)
            return (struct shape){object.type, path ? map_get(&c->eval->model->kinds, path) : NULL, false};
        value_error_at(c->eval, DIAG_E0309, member_span(callee), "a list has no function `%s`", called);
        return mistake(c, expr);
    }
    if (object.type->schema->id >= BLOCK_COUNT || computed_shape(c->eval, object.type->schema, called, true, &type))
        return shape_of(type);
    diag =
        diag_report(c->eval->sink, DIAG_E0309, member_span(callee), "%s has no function `%s`", describe_ref(c, object, object.type->schema), called);
    computed_names(c->eval, object.type->schema, true, &names, &count);
    near = suggest(c->eval, called, names, count);
    if (near)
        diag_help(diag, "did you mean `%s(…)`?", near);
    return mistake(c, expr);
}

static struct shape call(struct checker *c, const struct expr *expr, const struct scope *scope, const struct type *expected)
{
    const struct expr *callee = expr->u.call.callee;
    const struct expr_list *args = expr->u.call.args;
    uint32_t count = args ? args->count : 0;
    struct shape shapes[8] = {0};
    const struct function *function;
    const struct block_schema *schema;

    if (callee->kind == EXPR_MEMBER)
        return method(c, expr, scope);
    if (callee->kind != EXPR_NAME)
        return shape_of(NULL);
    if (!call_is_known(c->eval, expr))
        return mistake(c, expr);
    function = function_named(c->eval, callee->u.name);
    schema = function ? NULL : map_get(&c->eval->model->schema_by_name, callee->u.name);
    for (uint32_t i = 0; i < count; i++) {
        struct shape shape;

        if (function && function->flags & FOREIGN && i != 1)
            continue;
        if (function && function->flags & SORT && i == 1) {
            if (!sort_named(c->eval, args->items[i]))
                return mistake(c, expr);
            continue;
        }
        if (schema)
            shape = beside(c, args->items[i], scope, shape_of(ref_type(c->eval, schema)));
        else if (function->flags & BESIDE && i == 1)
            shape = beside(c, args->items[i], scope, shape_element(shapes[0]));
        else
            shape = check(c, args->items[i], scope, function->flags & (SAME | LISTS) ? expected : NULL);
        if (i < sizeof shapes / sizeof *shapes)
            shapes[i] = shape;
    }
    if (schema)
        return shape_of(ref_type(c->eval, schema));
    return result_of(c, function, shapes, count < 8 ? count : 8);
}

/* ---------------------------------------------------------------- the walk */

static const struct type *inner_list(const struct type *type)
{
    if (type && type->kind == TYPE_LIST)
        return type->element;
    for (uint32_t i = 0; type && type->kind == TYPE_UNION && i < type->count; i++) {
        if (type->alternatives[i]->kind == TYPE_LIST)
            return type->alternatives[i]->element;
    }
    return NULL;
}

static struct shape check_compound(struct checker *c, const struct expr *expr, const struct scope *scope, const struct type *expected)
{
    struct shape shape = shape_of(NULL);
    struct kind_info *kind;

    switch ((enum expr_kind)expr->kind) {
    case EXPR_NAME: return name(c, expr, scope, expected);
    case EXPR_MEMBER: return member(c, expr, scope, expected);
    case EXPR_CALL: return call(c, expr, scope, expected);
    case EXPR_TEMPLATE:
        for (uint32_t i = 0; i < expr->u.list->count; i++) {
            if (expr->u.list->items[i]->kind != EXPR_STRING)
                check(c, expr->u.list->items[i], scope, NULL);
        }
        return shape_of(&type_string);
    case EXPR_UNARY:
        shape = check(c, expr->u.unary, scope, expr->op == OP_NOT ? &type_bool : NULL);
        return expr->op == OP_NOT ? shape_of(&type_bool) : shape;
    case EXPR_BINARY: return binary(c, expr, scope);
    case EXPR_COND:
        check(c, expr->u.cond->test, scope, &type_bool);
        shape = check_under(c, expr->u.cond->test, true, expr->u.cond->yes, scope, expected);
        {
            struct shape no = check_under(c, expr->u.cond->test, false, expr->u.cond->no, scope, expected);

            if (!shape.type)
                shape = no;
            else if (no.type)
                shape = shape_either(c->eval, shape, no);
        }
        return shape;
    case EXPR_RANGE:
        shape = check(c, expr->u.range->best, scope, NULL);
        if (expr->u.range->typical != expr->u.range->worst)
            check(c, expr->u.range->typical, scope, NULL);
        check(c, expr->u.range->worst, scope, NULL);
        return shape;
    case EXPR_LIST:
        for (uint32_t i = 0; expr->u.list && i < expr->u.list->count; i++) {
            struct shape item = check(c, expr->u.list->items[i], scope, inner_list(expected));

            if (!i)
                shape = item;
            else
                shape = shape_either(c->eval, shape, item);
        }
        return shape_list(c->eval, shape);
    case EXPR_OBJECT:
        for (uint32_t i = 0; expr->u.object && i < expr->u.object->count; i++)
            check(c, expr->u.object->pairs[i].value, scope, NULL);
        return shape;
    case EXPR_FOR:
    case EXPR_ANY:
    case EXPR_ALL:
    case EXPR_COUNT: return loop(c, expr, scope);
    case EXPR_OF_KIND:
        kind = map_get(&c->eval->model->kinds, expr->u.member.name);
        shape = check(c, expr->u.member.object, scope, NULL);
        if (!kind) {
            eval_typed(c->eval, expr, scope, NULL, NULL);
            return mistake(c, expr);
        }
        return (struct shape){shape.type, kind, false};
    default: return shape;
    }
}

static struct shape check(struct checker *c, const struct expr *expr, const struct scope *scope, const struct type *expected)
{
    static const struct type literals[] = {
        [EXPR_BOOL] = {.kind = TYPE_BOOL},       [EXPR_INT] = {.kind = TYPE_INT},           [EXPR_DECIMAL] = {.kind = TYPE_DECIMAL},
        [EXPR_PERCENT] = {.kind = TYPE_PERCENT}, [EXPR_DURATION] = {.kind = TYPE_DURATION}, [EXPR_SIZE] = {.kind = TYPE_SIZE},
        [EXPR_RATE] = {.kind = TYPE_RATE},       [EXPR_MONEY] = {.kind = TYPE_MONEY},       [EXPR_DATE] = {.kind = TYPE_DATE},
        [EXPR_TIME] = {.kind = TYPE_TIME},       [EXPR_STRING] = {.kind = TYPE_STRING},     [EXPR_SCHEDULE] = {.kind = TYPE_SCHEDULE},
    };
    struct shape shape;

    if (!expr || is_mistake(c, expr) || c->depth >= EVAL_DEPTH)
        return shape_of(NULL);
    if (expected && expected->kind == TYPE_TYPE)
        return shape_of(NULL);
    if (expr->kind >= EXPR_BOOL && expr->kind <= EXPR_SCHEDULE && expr->kind != EXPR_TEMPLATE) {
        /* What is written down can be judged as it is. */
        if (expected && expected->kind != TYPE_ANY && eval_typed(c->eval, expr, scope, expected, NULL).type == VALUE_ERROR)
            return mistake(c, expr);
        return shape_of(&literals[expr->kind]);
    }
    c->depth++;
    shape = shape_narrowed(c->eval, expr, scope, c->facts, check_compound(c, expr, scope, expected));
    c->depth--;
    if (!is_mistake(c, expr) && shape.runtime && expected && expected->kind == TYPE_BOOL) {
        struct diag *diag = diag_report(c->eval->sink, DIAG_E0319, expr->span, "a condition cannot depend on the run-time value `%s`",
                                        span_text(c->eval, expr->span));

        diag_at(diag, "known only when the plan runs");
        return mistake(c, expr);
    }
    if (!is_mistake(c, expr) && expected && expected->kind == TYPE_BOOL && shape.type && shape.type->kind != TYPE_BOOL &&
        shape.type->kind != TYPE_UNION && shape.type->kind != TYPE_STRING && shape.type->kind != TYPE_LABEL) {
        struct diag *diag =
            diag_report(c->eval->sink, DIAG_E0325, expr->span, "expected true or false, found a value of type `%s`", type_show(c->eval, shape.type));

        if (shape.type->kind == TYPE_LIST)
            diag_help(diag, "to ask whether it has elements, write `%s.count > 0`", span_text(c->eval, expr->span));
        else
            diag_help(diag, "to ask whether it has a value, write `known(%s)`", span_text(c->eval, expr->span));
        return mistake(c, expr);
    }
    return shape;
}

/* ---------------------------------------------------------------- blocks */

static const struct scope *add(struct checker *c, const struct scope *outer, const char *local, struct shape shape)
{
    struct shape_scope *scope = ARENA_NEW(c->eval->arena, struct shape_scope);

    *scope = bound(intern_str(c->eval->names, local), shape, outer);
    return &scope->base;
}

static const struct scope *add_lets(struct checker *c, const struct block *tree, const struct scope *scope)
{
    for (const struct attr *attr = tree->attrs; attr; attr = attr->next) {
        if (attr->is_let)
            scope = add(c, scope, attr->name, check(c, attr->value, scope, NULL));
    }
    return scope;
}

static const struct attr *attribute(struct checker *c, const struct block *tree, const char *called)
{
    return block_attr(tree, intern_str(c->eval->names, called));
}

/* `for = x in xs`: binds x for everything else in the block. */
static const struct scope *add_loop(struct checker *c, const struct block *tree, const struct scope *scope)
{
    const struct attr *each = attribute(c, tree, "for");

    if (!each || !attr_loop_name(each))
        return scope;
    return add(c, scope, attr_loop_name(each), shape_element(source(c, each->value, scope)));
}

/* The condition of a block of which nothing else is asked where it does not hold; NULL. */
static const struct attr *condition_of(struct checker *c, const struct entity *block)
{
    switch (block->schema->id) {
    case BLOCK_RULE: return attribute(c, block->tree, "where");
    case BLOCK_CHECK: return attribute(c, block->tree, "when");
    default: return NULL;
    }
}

static void check_attributes(struct checker *c, const struct entity *block, const struct scope *scope)
{
    const struct attr *condition = condition_of(c, block);
    const struct fact *before = c->facts;

    if (condition)
        check(c, condition->value, scope, &type_bool);
    if (condition)
        c->facts = facts_of(c->eval, condition->value, scope, true, c->facts);
    for (const struct attr *attr = block->tree->attrs; attr; attr = attr->next) {
        uintptr_t row = (uintptr_t)map_get(&block->schema->by_name, attr->name);

        if (attr != condition && !attr->is_let && !attr_loop_name(attr) && row)
            check(c, attr->value, scope, block->schema->rows[row - 1].type);
    }
    c->facts = before;
}

static void check_block(struct checker *c, const struct entity *block, const struct scope *scope)
{
    if (!block->tree)
        return;
    scope = add_lets(c, block->tree, add_loop(c, block->tree, scope));
    check_attributes(c, block, scope);
    for (uint32_t i = 0; i < block->child_count; i++) {
        if (block->children[i]->schema->flags & SCHEMA_DEFERRED)
            check_block(c, block->children[i], scope);
    }
}

/* The declaration of an attribute: its default is of the type it declares. */
static void check_attribute(struct checker *c, const struct entity *block, const struct block_schema *of, const struct kind_info *kind,
                            const struct scope *scope)
{
    const struct attr_row *row = kind && of ? kind_row(kind, of, block->name) : NULL;
    const struct attr *value = block->tree ? attribute(c, block->tree, "default") : NULL;

    if (value && !value->is_let)
        check(c, value->value, scope, row ? row->type : NULL);
    if (block->tree && (value = attribute(c, block->tree, "unique")) && !value->is_let)
        check(c, value->value, scope, &type_string);
    if (block->tree && (value = attribute(c, block->tree, "valid")) && !value->is_let)
        check(c, value->value, add(c, scope, "value", shape_of(row ? row->type : NULL)), &type_bool);
}

/* What a target writes: any attribute of any name, in blocks of any name. `root` and `once` are read by who collects them. */
static void check_emitted(struct checker *c, const struct block *tree, const struct scope *scope, bool outermost)
{
    const struct attr *when = attribute(c, tree, "when");
    const struct fact *before = c->facts;

    scope = add_lets(c, tree, add_loop(c, tree, scope));
    if (when) {
        check(c, when->value, scope, &type_bool);
        c->facts = facts_of(c->eval, when->value, scope, true, c->facts);
    }
    for (const struct attr *attr = tree->attrs; attr; attr = attr->next) {
        if (attr == when || attr->is_let || attr_loop_name(attr))
            continue;
        if (outermost && strcmp(attr->name, "root") == 0) {
            if (attr->value->kind == EXPR_CALL) {
                for (uint32_t i = 0; attr->value->u.call.args && i < attr->value->u.call.args->count; i++)
                    check(c, attr->value->u.call.args->items[i], scope, NULL);
            }
            continue;
        }
        check(c, attr->value, scope, NULL);
    }
    for (uint32_t i = 0; !outermost && tree->labels && i < tree->labels->count; i++) {
        const struct expr *label = tree->labels->items[i];
        const struct expr *root = label;

        while (root->kind == EXPR_MEMBER)
            root = root->u.member.object;
        if (label->kind == EXPR_CALL || label->kind == EXPR_TEMPLATE ||
            (label->kind == EXPR_MEMBER && root->kind == EXPR_NAME && shape_binding(scope, root->u.name)))
            check(c, label, scope, NULL);
    }
    for (const struct block *nested = tree->blocks; nested; nested = nested->next)
        check_emitted(c, nested, scope, false);
    c->facts = before;
}

static void check_kind(struct checker *c, const struct entity *block)
{
    struct evaluator *eval = c->eval;
    const struct block_schema *schemas = eval->model->schemas;
    struct shape self = {block->kind && block->kind->of ? ref_type(eval, block->kind->of) : NULL, block->kind, false};
    struct shape runtime = {.runtime = true};
    const struct scope *scope = add(c, NULL, "self", self), *outer;

    check_attributes(c, block, scope);
    for (uint32_t i = 0; i < block->child_count; i++) {
        const struct entity *child = block->children[i];

        if (!child->tree)
            continue;
        switch (child->schema->id) {
        case BLOCK_METHOD:
            outer = add(c, scope, "scenario", shape_of(ref_type(eval, &schemas[BLOCK_SCENARIO])));
            outer = add(c, outer, "into", shape_of(ref_type(eval, &schemas[BLOCK_SITE])));
            outer = add(c, outer, "copy", shape_of(ref_type(eval, &schemas[BLOCK_BACKUP])));
            outer = add(c, outer, "store", shape_of(ref_type(eval, &schemas[BLOCK_STORE])));
            outer = add(c, outer, "since_base", shape_of(&type_durations));
            check_block(c, child, add(c, outer, "input", runtime));
            break;
        case BLOCK_PROCEDURE:
            /* A store's procedures are also run for what is kept in it: an asset or a group is `self` then. */
            outer = self.type && self.type->schema->id == BLOCK_STORE ? add(c, NULL, "self", shape_of(NULL)) : scope;
            outer = add(c, add(c, outer, "job", runtime), "input", runtime);
            outer = add(c, outer, "store", shape_of(ref_type(eval, &schemas[BLOCK_STORE])));
            outer = add(c, outer, "members", shape_of(NULL)); /* of any kinds */
            check_block(c, child, add(c, outer, "backup", (struct shape){ref_type(eval, &schemas[BLOCK_BACKUP]), block->kind, false}));
            break;
        case BLOCK_CHECK: check_block(c, child, scope); break;
        case BLOCK_EMIT: check_emitted(c, child->tree, scope, true); break;
        case BLOCK_ATTRIBUTE: check_attribute(c, child, block->kind ? block->kind->of : NULL, block->kind, scope); break;
        case BLOCK_KIND_REPLICA:
        case BLOCK_KIND_BACKUP:
        case BLOCK_KIND_STANDBY:
        case BLOCK_KIND_TARGET: {
            static const uint32_t extended[][2] = {{BLOCK_KIND_REPLICA, BLOCK_REPLICA},
                                                   {BLOCK_KIND_BACKUP, BLOCK_BACKUP},
                                                   {BLOCK_KIND_STANDBY, BLOCK_STANDBY},
                                                   {BLOCK_KIND_TARGET, BLOCK_TARGET}};

            for (size_t j = 0; j < sizeof extended / sizeof *extended; j++) {
                const struct block_schema *of = &schemas[extended[j][1]];

                if (extended[j][0] != child->schema->id)
                    continue;
                outer = add(c, scope, child->schema->name, (struct shape){ref_type(eval, of), block->kind, false});
                for (uint32_t k = 0; k < child->child_count; k++)
                    check_attribute(c, child->children[k], of, block->kind, outer);
            }
            break;
        }
        default: break;
        }
    }
}

void check_deferred(struct evaluator *eval, const struct entity *block)
{
    struct checker checker = {.eval = eval};

    if (!block->tree)
        return;
    if (block->schema->id == BLOCK_KIND)
        check_kind(&checker, block);
    else
        check_block(&checker, block, NULL);
}
