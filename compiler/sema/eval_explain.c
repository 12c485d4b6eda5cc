/* Tells which comparisons of an expression were decided by the worst end of a range. */
#include "sema/eval_internal.h"

struct explanation {
    struct evaluator *eval;
    void (*tell)(void *context, const char *line);
    void *context;
};

static void explain_side(const struct explanation *to, const struct expr *side, const struct scope *scope)
{
    struct value value;

    /* A range that is written in the comparison itself needs no explanation. */
    if (side->kind != EXPR_MEMBER && side->kind != EXPR_NAME && side->kind != EXPR_BINARY)
        return;
    if (side->kind == EXPR_NAME && !name_is_local(scope, side->u.name))
        return;
    value = eval_typed(to->eval, side, scope, NULL, NULL);
    if (value.type != VALUE_RANGE)
        return;
    to->tell(to->context, arena_printf(to->eval->arena, "`%s` is %s; its worst end, %s, is compared",
                                       span_text(to->eval, side->span), value_show(to->eval, value),
                                       value_show(to->eval, value.u.range->worst)));
}

static void explain(const struct explanation *to, const struct expr *expr, const struct scope *scope)
{
    switch (expr->kind) {
    case EXPR_BINARY:
        if (expr->op >= OP_EQ && expr->op <= OP_GE) {
            explain_side(to, expr->u.binary.left, scope);
            explain_side(to, expr->u.binary.right, scope);
        } else {
            explain(to, expr->u.binary.left, scope);
            explain(to, expr->u.binary.right, scope);
        }
        break;
    case EXPR_UNARY:
        explain(to, expr->u.unary, scope);
        break;
    case EXPR_COND:
        explain(to, expr->u.cond->test, scope);
        explain(to, expr->u.cond->yes, scope);
        explain(to, expr->u.cond->no, scope);
        break;
    default:
        /* Inside a loop there is a range for each element: too many lines to help anybody. */
        break;
    }
}

void eval_worst_ends(struct evaluator *eval, const struct expr *expr, const struct scope *scope,
                     void (*tell)(void *context, const char *line), void *context)
{
    struct explanation to = {eval, tell, context};

    if (expr)
        explain(&to, expr, scope);
}
