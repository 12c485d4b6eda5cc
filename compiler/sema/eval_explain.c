/* Says afterwards why an expression came out as it did: which comparisons the worst end of a range decided, and which parts
 * were unknown. Both walk the expression again in the scope it was evaluated in. */
#include "sema/eval_internal.h"

#include <string.h>

enum { LINES_MAX = 3 }; /* more reasons than that help nobody */

struct explanation {
    struct evaluator *eval;
    void (*tell)(void *context, const char *line);
    void (*unset)(void *context, struct entity *entity, atom attribute); /* asked for instead of lines; or NULL */
    void *context;
    const char *told[LINES_MAX];
    uint32_t lines, unsets;
};

/* Each line once, up to the limit. */
static void tell(struct explanation *to, const char *line)
{
    if (to->unset)
        return;
    for (uint32_t i = 0; i < to->lines; i++) {
        if (strcmp(to->told[i], line) == 0)
            return;
    }
    if (to->lines == LINES_MAX)
        return;
    to->told[to->lines++] = line;
    to->tell(to->context, line);
}

/* ---------------------------------------------------------------- worst ends */

static void explain_side(struct explanation *to, const struct expr *side, const struct scope *scope)
{
    struct value value;

    /* A range that is written in the comparison itself needs no explanation. */
    if (side->kind != EXPR_MEMBER && side->kind != EXPR_NAME && side->kind != EXPR_BINARY)
        return;
    if (side->kind == EXPR_NAME && !name_is_local(scope, side->u.name))
        return;
    value = eval_typed(to->eval, side, scope, NULL, NULL);
    if (value.type == VALUE_RANGE)
        tell(to, arena_printf(to->eval->arena, "`%s` is %s; its worst end, %s, is compared", span_text(to->eval, side->span),
                              value_show(to->eval, value), value_show(to->eval, value.u.range->worst)));
}

static void explain_ends(struct explanation *to, const struct expr *expr, const struct scope *scope)
{
    switch (expr->kind) {
    case EXPR_BINARY:
        if (expr->op >= OP_EQ && expr->op <= OP_GE) {
            explain_side(to, expr->u.binary.left, scope);
            explain_side(to, expr->u.binary.right, scope);
        } else {
            explain_ends(to, expr->u.binary.left, scope);
            explain_ends(to, expr->u.binary.right, scope);
        }
        break;
    case EXPR_UNARY: explain_ends(to, expr->u.unary, scope); break;
    case EXPR_COND:
        explain_ends(to, expr->u.cond->test, scope);
        explain_ends(to, expr->u.cond->yes, scope);
        explain_ends(to, expr->u.cond->no, scope);
        break;
    default:
        /* Inside a loop there is a range for each element. */
        break;
    }
}

void eval_worst_ends(struct evaluator *eval, const struct expr *expr, const struct scope *scope, void (*teller)(void *context, const char *line),
                     void *context)
{
    struct explanation to = {.eval = eval, .tell = teller, .context = context};

    if (expr)
        explain_ends(&to, expr, scope);
}

/* ---------------------------------------------------------------- unknown parts */

static void explain_unknown(struct explanation *to, const struct expr *expr, const struct scope *scope);

/* What its default is made of, where that names something unset; else the attribute itself. */
static void explain_attribute(struct explanation *to, struct entity *entity, atom name)
{
    const int slot = entity_row(entity, name);
    const struct attr_row *row = slot >= 0 ? entity_row_info(entity, (uint32_t)slot) : NULL;
    const uint32_t before = to->unsets;

    if (row && row->fallback)
        explain_unknown(to, row->fallback, entity_scope(to->eval, entity));
    if (to->unsets > before)
        return;
    to->unset(to->context, entity, name);
    to->unsets++;
}

/* The first part of a path that is unknown, for example `a.site` of `a.site.region`. */
static void explain_path(struct explanation *to, const struct expr *expr, const struct scope *scope)
{
    struct value value = eval_typed(to->eval, expr, scope, NULL, NULL), object;

    if (value.type != VALUE_UNKNOWN)
        return;
    if (expr->kind == EXPR_MEMBER) {
        object = eval_typed(to->eval, expr->u.member.object, scope, NULL, NULL);
        if (object.type == VALUE_UNKNOWN) {
            explain_path(to, expr->u.member.object, scope);
            return;
        }
        if (object.type == VALUE_ENTITY && to->unset) {
            explain_attribute(to, object.u.entity, expr->u.member.name);
            return;
        }
        if (object.type == VALUE_ENTITY) {
            tell(to, arena_printf(to->eval->arena, "`%s` of %s is not known", expr->u.member.name, value_describe(to->eval, object)));
            return;
        }
    }
    tell(to, arena_printf(to->eval->arena, "`%s` is not known", span_text(to->eval, expr->span)));
}

static void explain_list(struct explanation *to, const struct expr_list *list, const struct scope *scope)
{
    for (uint32_t i = 0; list && i < list->count; i++)
        explain_unknown(to, list->items[i], scope);
}

static void explain_loop(struct explanation *to, const struct expr *expr, const struct scope *scope)
{
    const struct expr_loop *loop = expr->u.loop;
    struct value source = eval_typed(to->eval, loop->source, scope, NULL, NULL);
    struct scope local = {.outer = scope, .name = loop->name};

    if (source.type == VALUE_UNKNOWN)
        explain_unknown(to, loop->source, scope);
    for (uint32_t i = 0; source.type == VALUE_LIST && i < source.u.list->count && to->lines < LINES_MAX; i++) {
        local.value = source.u.list->items[i];
        if (loop->filter) {
            struct value keep = eval_typed(to->eval, loop->filter, &local, NULL, NULL);

            if (keep.type == VALUE_UNKNOWN)
                explain_unknown(to, loop->filter, &local);
            if (keep.type != VALUE_BOOL || !keep.u.integer)
                continue;
        }
        explain_unknown(to, loop->body, &local);
    }
}

/* Walks only into what is unknown itself: the rest did not matter. */
static void explain_unknown(struct explanation *to, const struct expr *expr, const struct scope *scope)
{
    struct value value = to->lines == LINES_MAX ? value_error() : eval_typed(to->eval, expr, scope, NULL, NULL);
    const bool holds_unknown = to->unset && (value.type == VALUE_LIST || value.type == VALUE_SHELL); /* a command with a hole */

    if (value.type != VALUE_UNKNOWN && !holds_unknown)
        return;
    switch (expr->kind) {
    case EXPR_MEMBER:
    case EXPR_NAME: explain_path(to, expr, scope); break;
    case EXPR_BINARY:
        /* A bareword on one side means nothing without the other, and is never what is unknown. */
        if (expr->u.binary.left->kind != EXPR_NAME || name_is_local(scope, expr->u.binary.left->u.name))
            explain_unknown(to, expr->u.binary.left, scope);
        if (expr->u.binary.right->kind != EXPR_NAME || name_is_local(scope, expr->u.binary.right->u.name))
            explain_unknown(to, expr->u.binary.right, scope);
        break;
    case EXPR_UNARY: explain_unknown(to, expr->u.unary, scope); break;
    case EXPR_COND: {
        /* The branch that was taken; nobody knows which when the test is unknown itself. */
        struct value test = eval_typed(to->eval, expr->u.cond->test, scope, NULL, NULL);

        explain_unknown(to, test.type != VALUE_BOOL ? expr->u.cond->test : test.u.integer ? expr->u.cond->yes : expr->u.cond->no, scope);
        break;
    }
    case EXPR_CALL:
        if (expr->u.call.callee->kind == EXPR_MEMBER)
            explain_unknown(to, expr->u.call.callee->u.member.object, scope);
        else
            explain_list(to, expr->u.call.args, scope);
        break;
    case EXPR_LIST:
    case EXPR_TEMPLATE: explain_list(to, expr->u.list, scope); break;
    case EXPR_FOR:
    case EXPR_ANY:
    case EXPR_ALL:
    case EXPR_COUNT: explain_loop(to, expr, scope); break;
    default: break;
    }
}

void eval_unset_parts(struct evaluator *eval, const struct expr *expr, const struct scope *scope,
                      void (*teller)(void *context, struct entity *entity, atom attribute), void *context)
{
    struct explanation to = {.eval = eval, .unset = teller, .context = context};

    if (expr)
        explain_unknown(&to, expr, scope);
}

void eval_unknown_parts(struct evaluator *eval, const struct expr *expr, const struct scope *scope, void (*teller)(void *context, const char *line),
                        void *context)
{
    struct explanation to = {.eval = eval, .tell = teller, .context = context};

    if (expr)
        explain_unknown(&to, expr, scope);
}
