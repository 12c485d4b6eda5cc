/* Static check of deferred expressions: those of rules and kinds, which may never be evaluated.
 *
 * The walk mirrors the evaluator's, but carries shapes instead of values: what type something has and, for a declared thing, of
 * which kind it is. Where a shape is not known nothing is said; a mistake is reported once and the expression is turned into
 * EXPR_ERROR, so that evaluating it stays silent. */
#include "sema/eval_internal.h"
#include "source/lost.h"

#include <string.h>

struct shape {
    const struct type *type; /* NULL: nothing is known */
    struct kind_info *kind;  /* of a thing, of the elements of a list, or of the asset a nested block stands in; or NULL */
    bool runtime;            /* known only when the plan runs */
};

/* A scope whose values are unknown; `base` first, so that the evaluator's look-up works on it. */
struct shape_scope {
    struct scope base;
    struct kind_info *kind;
    bool runtime;
};

struct checker {
    struct evaluator *eval;
    uint32_t depth;
};

static const struct type type_any = {.kind = TYPE_ANY}, type_bool = {.kind = TYPE_BOOL}, type_int = {.kind = TYPE_INT},
                         type_string = {.kind = TYPE_STRING}, type_strings = {.kind = TYPE_LIST, .element = &type_string};

static const struct type type_duration = {.kind = TYPE_DURATION}, type_durations = {.kind = TYPE_RANGE, .element = &type_duration};

static struct shape check(struct checker *c, struct expr *expr, const struct scope *scope, const struct type *expected);

static struct shape shape_of(const struct type *type)
{
    return (struct shape){type && type->kind != TYPE_ANY ? type : NULL, NULL, false};
}

/* ---------------------------------------------------------------- shapes */

static struct shape element_of(struct shape list)
{
    if (!list.type || list.type->kind != TYPE_LIST)
        return shape_of(NULL);
    return (struct shape){list.type->element->kind == TYPE_ANY ? NULL : list.type->element, list.kind, false};
}

static struct shape list_of(struct checker *c, struct shape element)
{
    struct type *type = ARENA_NEW(c->eval->arena, struct type);

    type->kind = TYPE_LIST;
    type->element = element.type ? element.type : &type_any;
    return (struct shape){type, element.kind, false};
}

static struct shape shape_of_value(struct checker *c, struct value value, const struct type *seen)
{
    struct shape shape = shape_of(seen);

    if (value.type == VALUE_ENTITY) {
        const struct entity *root = value.u.entity;

        if (!shape.type)
            shape.type = ref_type(c->eval, value.u.entity->schema);
        while (root->parent)
            root = root->parent;
        shape.kind = root->schema->id == BLOCK_KIND ? NULL : root->kind;
    }
    return shape;
}

/* A value of the type, to try an operator with; VALUE_PENDING when there is none. */
static struct value sample(const struct expr *expr, const struct type *type)
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

static const struct type *type_of_sample(enum value_type type)
{
    static const struct type durations = {.kind = TYPE_DURATION}, sizes = {.kind = TYPE_SIZE}, rates = {.kind = TYPE_RATE},
                             percents = {.kind = TYPE_PERCENT}, decimals = {.kind = TYPE_DECIMAL}, dates = {.kind = TYPE_DATE},
                             times = {.kind = TYPE_TIME};

    switch (type) {
    case VALUE_BOOL: return &type_bool;
    case VALUE_INT:
    case VALUE_DECIMAL: return &decimals;
    case VALUE_DURATION: return &durations;
    case VALUE_SIZE: return &sizes;
    case VALUE_RATE: return &rates;
    case VALUE_PERCENT: return &percents;
    case VALUE_DATE: return &dates;
    case VALUE_TIME: return &times;
    case VALUE_STRING: return &type_string;
    default: return NULL;
    }
}

/* ---------------------------------------------------------------- fields */

static const struct attr_row *row_named(const struct attr_row *rows, uint32_t count, atom name)
{
    for (uint32_t i = 0; i < count; i++) {
        if (rows[i].name == name)
            return &rows[i];
    }
    return NULL;
}

/* What a kind adds to its things, or to blocks nested in them. */
static const struct attr_row *kind_row(const struct kind_info *kind, const struct block_schema *schema, atom name)
{
    if (kind->of == schema)
        return row_named(kind->rows, kind->row_count, name);
    for (uint32_t i = 0; i < kind->extension_count; i++) {
        if (kind->extensions[i].schema == schema)
            return row_named(kind->extensions[i].rows, kind->extensions[i].row_count, name);
    }
    return NULL;
}

static bool has_child(const struct block_schema *schema, const struct block_schema *child)
{
    for (uint32_t i = 0; i < schema->child_count; i++) {
        if (schema->children[i] == child)
            return true;
    }
    return false;
}

/* Looks for a field of things of a block. False when no such thing can have it. */
static bool find_field(struct checker *c, struct shape object, const struct block_schema *schema, atom name, struct shape *out)
{
    struct evaluator *eval = c->eval;
    const struct model *model = eval->model;
    uintptr_t row = (uintptr_t)map_get(&schema->by_name, name);
    const struct attr_row *extra = NULL;

    *out = shape_of(NULL);
    if (row) {
        *out = shape_of(schema->rows[row - 1].type);
        return true;
    }
    if (schema->id >= BLOCK_COUNT)
        return false; /* a copy: made up, see computed.c */
    if (object.kind)
        extra = kind_row(object.kind, schema, name);
    for (uint32_t i = 0; !object.kind && !extra && i < model->kinds.len; i++)
        extra = kind_row(model->kinds.entries[i].value, schema, name);
    if (extra) {
        *out = shape_of(extra->type);
        return true;
    }
    for (uint32_t i = 0; i < schema->child_count; i++) {
        const struct block_schema *child = schema->children[i];

        if (child->flags & SCHEMA_SINGLE && child->name == name) {
            *out = (struct shape){ref_type(eval, child), object.kind, false};
            return true;
        }
        if (strcmp(child->plural, name) == 0) {
            *out = (struct shape){list_type(eval, child), object.kind, false};
            return true;
        }
    }
    if (name == eval->state->names.name || name == eval->state->names.label) {
        *out = shape_of(&type_string);
        return true;
    }
    if (name == eval->state->names.kind && schema->kind != KIND_NONE) {
        *out = shape_of(ref_type(eval, &model->schemas[BLOCK_KIND]));
        return true;
    }
    if (name == eval->state->names.site && (schema->id == BLOCK_REPLICA || schema->id == BLOCK_STANDBY || schema->id == BLOCK_TARGET)) {
        *out = shape_of(ref_type(eval, &model->schemas[BLOCK_SITE]));
        return true;
    }
    if ((schema->id == BLOCK_PARAM && name == eval->state->names.value) || (name == eval->state->names.parent && !(schema->flags & SCHEMA_TOP)))
        return true;
    for (uint32_t i = 0; i < BLOCK_COUNT; i++) {
        if (model->schemas[i].name == name && has_child(&model->schemas[i], schema)) {
            *out = (struct shape){ref_type(eval, &model->schemas[i]), object.kind, false};
            return true;
        }
    }
    return computed_shape(eval, schema, name, false, &out->type);
}

static void field_names(struct checker *c, struct shape object, const struct block_schema *schema, const char ***names, uint32_t *count)
{
    const char **computed = NULL;
    uint32_t computed_len = 0, room = schema->row_count + 2 * schema->child_count + 2, extra = 0;
    const struct attr_row *rows = NULL;

    if (schema->id < BLOCK_COUNT)
        computed_names(c->eval, schema, false, &computed, &computed_len);
    if (object.kind && object.kind->of == schema) {
        rows = object.kind->rows;
        extra = object.kind->row_count;
    }
    for (uint32_t i = 0; object.kind && i < object.kind->extension_count; i++) {
        if (object.kind->extensions[i].schema == schema) {
            rows = object.kind->extensions[i].rows;
            extra = object.kind->extensions[i].row_count;
        }
    }
    *names = ARENA_ARRAY(c->eval->arena, const char *, room + computed_len + extra);
    *count = 0;
    for (uint32_t i = 0; i < schema->row_count; i++)
        (*names)[(*count)++] = schema->rows[i].name;
    for (uint32_t i = 0; i < extra; i++)
        (*names)[(*count)++] = rows[i].name;
    for (uint32_t i = 0; i < schema->child_count; i++) {
        (*names)[(*count)++] = schema->children[i]->plural;
        if (schema->children[i]->flags & SCHEMA_SINGLE)
            (*names)[(*count)++] = schema->children[i]->name;
    }
    (*names)[(*count)++] = "name";
    for (uint32_t i = 0; i < computed_len; i++)
        (*names)[(*count)++] = computed[i];
}

/* The last name of a member expression. */
static struct span last_name(const struct expr *expr)
{
    uint32_t len = (uint32_t)strlen(expr->u.member.name);
    struct span span = expr->span;

    if (!expr->parenthesised && span.end - span.start > len)
        span.start = span.end - len;
    return span;
}

static struct shape mistake(struct expr *expr)
{
    expr->kind = EXPR_ERROR;
    return shape_of(NULL);
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

static struct shape no_field(struct checker *c, struct expr *expr, struct shape object, const char *what)
{
    const struct type *type = object.type->kind == TYPE_UNION ? object.type->alternatives[0] : object.type;
    const char **names, *near = NULL;
    struct diag *diag;
    uint32_t count;

    if (type->kind == TYPE_REF && type->schema->kind == KIND_REQUIRED && field_is_lost(c, object, expr->u.member.name))
        return mistake(expr);
    diag = diag_report(c->eval->sink, DIAG_E0308, last_name(expr), "%s has no field `%s`", what, expr->u.member.name);
    if (type->kind == TYPE_REF) {
        field_names(c, object, type->schema, &names, &count);
        near = suggest(c->eval, expr->u.member.name, names, count);
    }
    if (near)
        diag_fix(diag, last_name(expr), near, "did you mean `%s`?", near);
    else if (type->kind == TYPE_LIST && type->element->kind == TYPE_REF)
        diag_help(diag, "for the field of each element, write `[for x in %s: x.%s]`", span_text(c->eval, expr->u.member.object->span),
                  expr->u.member.name);
    else if (type->kind == TYPE_REF && type->schema->id < BLOCK_COUNT)
        diag_help(diag, "`drc explain %s` lists what it has",
                  object.kind && object.kind->of == type->schema ? object.kind->entity->name : type->schema->name);
    return mistake(expr);
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

static struct shape field(struct checker *c, struct expr *expr, struct shape object)
{
    const struct type *type = object.type;
    const struct eval_state *state = c->eval->state;
    atom name = expr->u.member.name;
    struct shape found;

    if (!type)
        return object; /* a run-time value's parts are run-time values */
    switch (type->kind) {
    case TYPE_REF:
        if (find_field(c, object, type->schema, name, &found))
            return found;
        return no_field(c, expr, object, describe_ref(c, object, type->schema));
    case TYPE_UNION:
        for (uint32_t i = 0; i < type->count; i++) {
            if (type->alternatives[i]->kind != TYPE_REF)
                return shape_of(NULL);
        }
        for (uint32_t i = 0; i < type->count; i++) {
            if (find_field(c, object, type->alternatives[i]->schema, name, &found))
                return shape_of(NULL);
        }
        return no_field(c, expr, object, type_show(c->eval, type));
    case TYPE_LIST:
        if (name == state->names.first || name == state->names.last)
            return element_of(object);
        if (name == state->names.count)
            return shape_of(&type_int);
        return no_field(c, expr, object, "a list");
    case TYPE_MAP: return shape_of(type->element);
    case TYPE_RANGE:
        type = type->element;
        /* fall through */
    case TYPE_INT:
    case TYPE_DECIMAL:
    case TYPE_DURATION:
    case TYPE_SIZE:
    case TYPE_RATE:
    case TYPE_MONEY:
        if (name == state->names.best || name == state->names.typical || name == state->names.worst)
            return shape_of(type);
        return no_field(c, expr, object, arena_printf(c->eval->arena, "a value of type `%s`", type_show(c->eval, object.type)));
    case TYPE_BOOL:
    case TYPE_PERCENT:
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_SCHEDULE:
    case TYPE_ENUM: return no_field(c, expr, object, arena_printf(c->eval->arena, "a value of type `%s`", type_show(c->eval, type)));
    case TYPE_STRING: /* may be a run-time value, which has fields */
    case TYPE_LABEL:
    case TYPE_ANY:
    case TYPE_OBJECT:
    case TYPE_COMMAND:
    case TYPE_TYPE: break;
    }
    return shape_of(NULL);
}

/* ---------------------------------------------------------------- names */

static const struct scope *find_in(const struct scope *scope, atom name)
{
    while (scope && scope->name != name)
        scope = scope->outer;
    return scope;
}

static struct shape name(struct checker *c, struct expr *expr, const struct scope *scope, const struct type *expected)
{
    const struct scope *local = find_in(scope, expr->u.name);
    const struct type *seen = NULL;
    struct value value = value_unknown();

    if (local && (!local->weak || !expected))
        return (struct shape){local->type, ((const struct shape_scope *)local)->kind, ((const struct shape_scope *)local)->runtime};
    if (!name_find(c->eval, expr, expr->u.name, scope, expected, &value, &seen)) {
        eval_name(c->eval, expr, scope, expected, NULL);
        return mistake(expr);
    }
    if (value.type == VALUE_ERROR)
        return mistake(expr);
    return shape_of_value(c, value, seen);
}

static struct shape member(struct checker *c, struct expr *expr, const struct scope *scope, const struct type *expected)
{
    struct expr *root = expr->u.member.object;
    struct shape object;

    while (root->kind == EXPR_MEMBER)
        root = root->u.member.object;
    /* Without a local name at its root it depends on nothing local: kinds, declared things, parameters. */
    if (root->kind == EXPR_NAME && !find_in(scope, root->u.name) && root->u.name != c->eval->state->names.plan) {
        uint32_t before = c->eval->sink->diags.len;
        const struct type *seen = NULL;
        struct value value = eval_typed(c->eval, expr, NULL, NULL, &seen);

        (void)expected;
        if (c->eval->sink->diags.len > before)
            return mistake(expr);
        return shape_of_value(c, value, seen);
    }
    object = check(c, expr->u.member.object, scope, NULL);
    return expr->u.member.object->kind == EXPR_ERROR ? mistake(expr) : field(c, expr, object);
}

/* An expression compared with something of a shape: barewords are its words or things. */
static struct shape beside(struct checker *c, struct expr *expr, const struct scope *scope, struct shape other)
{
    struct value value;

    if (expr->kind == EXPR_NAME && !find_in(scope, expr->u.name)) {
        uint32_t before = c->eval->sink->diags.len;
        const struct type *seen = NULL;

        /* Of the other side nothing is known, so the word may be one of its words. */
        if (!other.type && !name_find(c->eval, expr, expr->u.name, scope, NULL, &value, &seen))
            return shape_of(NULL);
        value = eval_beside(c->eval, expr, scope, other.type, value_unknown(), &seen);
        return c->eval->sink->diags.len > before ? mistake(expr) : shape_of_value(c, value, seen);
    }
    if ((expr->kind == EXPR_MEMBER && other.type && other.type->kind == TYPE_REF && other.type->schema->id == BLOCK_KIND) ||
        (expr->kind == EXPR_STRING && other.type)) {
        uint32_t before = c->eval->sink->diags.len;
        const struct expr *root = expr;
        const struct type *seen = NULL;

        while (root->kind == EXPR_MEMBER)
            root = root->u.member.object;
        if (root->kind != EXPR_NAME || !find_in(scope, root->u.name)) {
            value = eval_beside(c->eval, expr, scope, other.type, value_unknown(), &seen);
            return c->eval->sink->diags.len > before ? mistake(expr) : shape_of_value(c, value, seen);
        }
    }
    return check(c, expr, scope, NULL);
}

/* ---------------------------------------------------------------- operators */

static struct shape report_runtime(struct checker *c, struct expr *expr, const struct expr *culprit, const char *doing)
{
    struct diag *diag =
        diag_report(c->eval->sink, DIAG_E0319, culprit->span, "the run-time value `%s` cannot be %s", span_text(c->eval, culprit->span), doing);

    diag_at(diag, "known only when the plan runs");
    return mistake(expr);
}

static struct shape binary(struct checker *c, struct expr *expr, const struct scope *scope)
{
    struct expr *left = expr->u.binary.left, *right = expr->u.binary.right;
    bool compares = expr->op >= OP_EQ && expr->op <= OP_GE;
    struct shape a, b;
    struct value result, from, by;
    uint32_t before;

    if (expr->op == OP_AND || expr->op == OP_OR) {
        check(c, left, scope, &type_bool);
        check(c, right, scope, &type_bool);
        return shape_of(&type_bool);
    }
    if (compares && left->kind == EXPR_NAME && !find_in(scope, left->u.name)) {
        b = check(c, right, scope, NULL);
        a = beside(c, left, scope, b);
    } else {
        a = check(c, left, scope, NULL);
        b = compares ? beside(c, right, scope, a) : check(c, right, scope, NULL);
    }
    if (left->kind == EXPR_ERROR || right->kind == EXPR_ERROR)
        return mistake(expr);
    if (a.runtime || b.runtime)
        return report_runtime(c, expr, a.runtime ? left : right, compares ? "compared" : "calculated with");
    from = sample(left, a.type);
    by = sample(right, b.type);
    if (from.type == VALUE_PENDING || by.type == VALUE_PENDING) {
        /* Things have no units; an order of things, or a thing beside a quantity, is a mistake all the same. */
        bool thing = a.type && a.type->kind == TYPE_REF && a.type->schema->id < BLOCK_COUNT && a.type->schema->id != BLOCK_KIND;
        bool quantity = by.type != VALUE_PENDING;

        if (compares && thing && quantity) {
            struct diag *diag = diag_report(c->eval->sink, DIAG_E0303, expr->span, "cannot compare %s with %s",
                                            describe_ref(c, shape_of(a.type), a.type->schema), value_describe(c->eval, by));

            diag_help(diag, "compare one of its attributes, for example `%s.%s`", span_text(c->eval, left->span),
                      a.type->schema->id == BLOCK_TIER ? "level" : "name");
            return mistake(expr);
        }
        return shape_of(compares ? &type_bool : NULL);
    }
    before = c->eval->sink->diags.len;
    result = operate(c->eval, (enum binary_op)expr->op, (struct operand){from, left->span}, (struct operand){by, right->span}, expr->span);
    if (c->eval->sink->diags.len > before)
        return mistake(expr);
    return shape_of(compares ? &type_bool : type_of_sample((enum value_type)result.type));
}

/* ---------------------------------------------------------------- loops and calls */

static struct shape_scope bound(atom local, struct shape shape, const struct scope *outer)
{
    return (struct shape_scope){
        .base = {.outer = outer, .name = local, .value = value_unknown(), .type = shape.type}, .kind = shape.kind, .runtime = shape.runtime};
}

/* The shape of what a loop runs over. */
static struct shape source(struct checker *c, struct expr *expr, const struct scope *scope)
{
    struct shape list = check(c, expr, scope, NULL);

    if (expr->kind == EXPR_ERROR || !list.type || list.type->kind == TYPE_LIST || list.type->kind == TYPE_UNION || list.type->kind == TYPE_STRING ||
        list.type->kind == TYPE_LABEL)
        return list;
    diag_report(c->eval->sink, DIAG_E0321, expr->span, "expected a list to loop over, found a value of type `%s`", type_show(c->eval, list.type));
    return mistake(expr);
}

static struct shape loop(struct checker *c, struct expr *expr, const struct scope *scope)
{
    struct expr_loop *each = expr->u.loop;
    struct shape list = source(c, each->source, scope), body;
    struct shape_scope local = bound(each->name, element_of(list), scope);

    if (each->filter)
        check(c, each->filter, &local.base, &type_bool);
    body = check(c, each->body, &local.base, expr->kind == EXPR_FOR ? NULL : &type_bool);
    if (expr->kind == EXPR_FOR)
        return list_of(c, body);
    return shape_of(expr->kind == EXPR_COUNT ? &type_int : &type_bool);
}

static struct shape result_of(struct checker *c, const char *function, const struct shape *args, uint32_t count)
{
    static const char *const bools[] = {"contains", "known", "starts_with", "ends_with"};
    static const char *const ints[] = {"len",      "int",     "milliseconds", "seconds", "minutes", "hours", "days",   "seconds_up", "minutes_up",
                                       "hours_up", "days_up", "bytes",        "kib",     "mib",     "gib",   "kib_up", "mib_up",     "gib_up"};

    (void)c;
    for (size_t i = 0; i < sizeof bools / sizeof *bools; i++) {
        if (strcmp(function, bools[i]) == 0)
            return shape_of(&type_bool);
    }
    for (size_t i = 0; i < sizeof ints / sizeof *ints; i++) {
        if (strcmp(function, ints[i]) == 0)
            return shape_of(&type_int);
    }
    if (!count)
        return shape_of(NULL);
    if (strcmp(function, "concat") == 0 || strcmp(function, "distinct") == 0)
        return args[0];
    if (strcmp(function, "first") == 0 || strcmp(function, "last") == 0 || strcmp(function, "flatten") == 0)
        return element_of(args[0]);
    if (strcmp(function, "min") == 0 || strcmp(function, "max") == 0)
        return args[0].type && args[0].type->kind == TYPE_LIST ? element_of(args[0]) : args[0];
    if (strcmp(function, "coalesce") == 0) {
        for (uint32_t i = 0; i < count; i++) {
            if (args[i].type)
                return args[i];
        }
    }
    if (strcmp(function, "keys") == 0 || strcmp(function, "split") == 0)
        return shape_of(&type_strings);
    return shape_of(NULL);
}

static struct shape method(struct checker *c, struct expr *expr, const struct scope *scope)
{
    struct expr *callee = expr->u.call.callee;
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
    if (callee->u.member.object->kind == EXPR_ERROR)
        return mistake(expr);
    if (!object.type || (object.type->kind != TYPE_REF && object.type->kind != TYPE_LIST))
        return shape_of(NULL);
    if (object.type->kind == TYPE_LIST) {
        atom path = args && args->count == 1 ? expr_path(args->items[0], c->eval->names) : NULL;

        if (strcmp(called, "of") == 0)
            return (struct shape){object.type, path ? map_get(&c->eval->model->kinds, path) : NULL, false};
        value_error_at(c->eval, DIAG_E0309, last_name(callee), "a list has no function `%s`", called);
        return mistake(expr);
    }
    if (object.type->schema->id >= BLOCK_COUNT || computed_shape(c->eval, object.type->schema, called, true, &type))
        return shape_of(type);
    diag = diag_report(c->eval->sink, DIAG_E0309, last_name(callee), "%s has no function `%s`", describe_ref(c, object, object.type->schema), called);
    computed_names(c->eval, object.type->schema, true, &names, &count);
    near = suggest(c->eval, called, names, count);
    if (near)
        diag_help(diag, "did you mean `%s(…)`?", near);
    return mistake(expr);
}

static struct shape call(struct checker *c, struct expr *expr, const struct scope *scope, const struct type *expected)
{
    struct expr *callee = expr->u.call.callee;
    struct expr_list *args = expr->u.call.args;
    uint32_t count = args ? args->count : 0;
    struct shape shapes[8] = {0};
    const struct block_schema *schema;
    bool reference;

    if (callee->kind == EXPR_MEMBER)
        return method(c, expr, scope);
    if (callee->kind != EXPR_NAME)
        return shape_of(NULL);
    if (!call_is_known(c->eval, expr))
        return mistake(expr);
    reference = strcmp(callee->u.name, "ref") == 0;
    schema = map_get(&c->eval->model->schema_by_name, callee->u.name);
    for (uint32_t i = 0; i < count; i++) {
        struct shape shape = shape_of(NULL);

        /* Names of the target language, and of kinds, are no names of ours. */
        if (reference && i != 1)
            continue;
        if (strcmp(callee->u.name, "contains") == 0 && i == 1)
            shape = beside(c, args->items[i], scope, element_of(shapes[0]));
        else if (schema && strcmp(callee->u.name, "secret") != 0)
            shape = beside(c, args->items[i], scope, shape_of(ref_type(c->eval, schema)));
        else
            shape =
                check(c, args->items[i], scope, strcmp(callee->u.name, "coalesce") == 0 || strcmp(callee->u.name, "concat") == 0 ? expected : NULL);
        if (i < sizeof shapes / sizeof *shapes)
            shapes[i] = shape;
    }
    if (schema && strcmp(callee->u.name, "secret") != 0)
        return shape_of(ref_type(c->eval, schema));
    return result_of(c, callee->u.name, shapes, count < 8 ? count : 8);
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

static struct shape check_compound(struct checker *c, struct expr *expr, const struct scope *scope, const struct type *expected)
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
        shape = check(c, expr->u.cond->yes, scope, expected);
        {
            struct shape no = check(c, expr->u.cond->no, scope, expected);

            if (!shape.type)
                shape = no;
            else if (no.type && (no.type->kind != shape.type->kind || no.kind != shape.kind))
                shape = shape_of(NULL);
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
            else if (!item.type || !shape.type || item.type->kind != shape.type->kind ||
                     (item.type->kind == TYPE_REF && item.type->schema != shape.type->schema))
                shape = shape_of(NULL);
            else if (item.kind != shape.kind)
                shape.kind = NULL;
        }
        return list_of(c, shape);
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
            return mistake(expr);
        }
        return (struct shape){shape.type, kind, false};
    default: return shape;
    }
}

static struct shape check(struct checker *c, struct expr *expr, const struct scope *scope, const struct type *expected)
{
    static const struct type literals[] = {
        [EXPR_BOOL] = {.kind = TYPE_BOOL},       [EXPR_INT] = {.kind = TYPE_INT},           [EXPR_DECIMAL] = {.kind = TYPE_DECIMAL},
        [EXPR_PERCENT] = {.kind = TYPE_PERCENT}, [EXPR_DURATION] = {.kind = TYPE_DURATION}, [EXPR_SIZE] = {.kind = TYPE_SIZE},
        [EXPR_RATE] = {.kind = TYPE_RATE},       [EXPR_MONEY] = {.kind = TYPE_MONEY},       [EXPR_DATE] = {.kind = TYPE_DATE},
        [EXPR_TIME] = {.kind = TYPE_TIME},       [EXPR_STRING] = {.kind = TYPE_STRING},     [EXPR_SCHEDULE] = {.kind = TYPE_SCHEDULE},
    };
    struct shape shape;

    if (!expr || expr->kind == EXPR_ERROR || c->depth >= EVAL_DEPTH)
        return shape_of(NULL);
    if (expected && expected->kind == TYPE_TYPE)
        return shape_of(NULL);
    if (expr->kind >= EXPR_BOOL && expr->kind <= EXPR_SCHEDULE && expr->kind != EXPR_TEMPLATE) {
        /* What is written down can be judged as it is. */
        if (expected && expected->kind != TYPE_ANY && eval_typed(c->eval, expr, scope, expected, NULL).type == VALUE_ERROR)
            return mistake(expr);
        return shape_of(&literals[expr->kind]);
    }
    c->depth++;
    shape = check_compound(c, expr, scope, expected);
    c->depth--;
    if (expr->kind != EXPR_ERROR && shape.runtime && expected && expected->kind == TYPE_BOOL) {
        struct diag *diag = diag_report(c->eval->sink, DIAG_E0319, expr->span, "a condition cannot depend on the run-time value `%s`",
                                        span_text(c->eval, expr->span));

        diag_at(diag, "known only when the plan runs");
        return mistake(expr);
    }
    if (expr->kind != EXPR_ERROR && expected && expected->kind == TYPE_BOOL && shape.type && shape.type->kind != TYPE_BOOL &&
        shape.type->kind != TYPE_UNION && shape.type->kind != TYPE_STRING && shape.type->kind != TYPE_LABEL) {
        struct diag *diag =
            diag_report(c->eval->sink, DIAG_E0325, expr->span, "expected true or false, found a value of type `%s`", type_show(c->eval, shape.type));

        if (shape.type->kind == TYPE_LIST)
            diag_help(diag, "to ask whether it has elements, write `%s.count > 0`", span_text(c->eval, expr->span));
        else
            diag_help(diag, "to ask whether it has a value, write `known(%s)`", span_text(c->eval, expr->span));
        return mistake(expr);
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
    for (struct attr *attr = tree->attrs; attr; attr = attr->next) {
        if (attr->is_let)
            scope = add(c, scope, attr->name, check(c, attr->value, scope, NULL));
    }
    return scope;
}

static struct attr *attribute(struct checker *c, const struct block *tree, const char *called)
{
    return block_attr(tree, intern_str(c->eval->names, called));
}

/* `for = x in xs`: binds x for everything else in the block. */
static const struct scope *add_loop(struct checker *c, const struct block *tree, const struct scope *scope)
{
    struct attr *each = attribute(c, tree, "for");

    if (!each || !each->loop_name)
        return scope;
    return add(c, scope, each->loop_name, element_of(source(c, each->value, scope)));
}

static void check_attributes(struct checker *c, const struct entity *block, const struct scope *scope)
{
    for (struct attr *attr = block->tree->attrs; attr; attr = attr->next) {
        uintptr_t row = (uintptr_t)map_get(&block->schema->by_name, attr->name);

        if (attr->is_let || attr->loop_name || !row)
            continue;
        check(c, attr->value, scope, block->schema->rows[row - 1].type);
    }
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
    struct attr *value = block->tree ? attribute(c, block->tree, "default") : NULL;

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
    scope = add_lets(c, tree, add_loop(c, tree, scope));
    for (struct attr *attr = tree->attrs; attr; attr = attr->next) {
        if (attr->is_let || attr->loop_name)
            continue;
        if (outermost && strcmp(attr->name, "root") == 0) {
            if (attr->value->kind == EXPR_CALL) {
                for (uint32_t i = 0; attr->value->u.call.args && i < attr->value->u.call.args->count; i++)
                    check(c, attr->value->u.call.args->items[i], scope, NULL);
            }
            continue;
        }
        check(c, attr->value, scope, strcmp(attr->name, "when") == 0 ? &type_bool : NULL);
    }
    for (uint32_t i = 0; !outermost && tree->labels && i < tree->labels->count; i++) {
        struct expr *label = tree->labels->items[i];
        const struct expr *root = label;

        while (root->kind == EXPR_MEMBER)
            root = root->u.member.object;
        if (label->kind == EXPR_CALL || label->kind == EXPR_TEMPLATE ||
            (label->kind == EXPR_MEMBER && root->kind == EXPR_NAME && find_in(scope, root->u.name)))
            check(c, label, scope, NULL);
    }
    for (struct block *nested = tree->blocks; nested; nested = nested->next)
        check_emitted(c, nested, scope, false);
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
