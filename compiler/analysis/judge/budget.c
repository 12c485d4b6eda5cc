/* Budgets add up: what is written as their total is the sum of their lines, and neither is above their limit (SEMANTICS §4). */
#include "analysis/judge/judge.h"

#include <string.h>

static bool is_money(struct value value)
{
    return value.type == VALUE_MONEY;
}

static bool one_unit(const struct money *x, const struct money *y)
{
    return x->currency == y->currency && x->period == y->period;
}

static const char *money_text(struct analysis *a, int64_t amount, const struct money *like)
{
    struct money *money = ARENA_NEW(a->arena, struct money);

    *money = *like;
    money->amount = amount;
    return value_text((struct value){.type = VALUE_MONEY, .u.money = money}, a->arena);
}

/* The sum of the lines in one currency for one span of time; NULL when there are none, or they cannot be added. */
static const struct money *sum_of_lines(struct analysis *a, const struct entity *budget, uint32_t row, const char *what)
{
    struct money *sum = NULL;
    const struct entity *line;

    for (uint32_t i = 0; (line = entity_child(budget, BLOCK_LINE, &i));) {
        struct value value = entity_slot(line, row);

        if (!is_money(value))
            return NULL; /* not known, or reported */
        if (!sum) {
            sum = ARENA_NEW(a->arena, struct money);
            *sum = *value.u.money;
        } else if (!one_unit(sum, value.u.money)) {
            diag_help(
                diag_label(diag_report(a->sink, DIAG_E0565, line->span, "the lines of budget `%s` cannot be added: `%s` of `%s` is in another unit",
                                       budget->name, what, line->name),
                           budget->span, "this budget"),
                "write all lines in one currency for one span of time");
            return NULL;
        } else if (__builtin_add_overflow(sum->amount, value.u.money->amount, &sum->amount)) {
            return NULL;
        }
    }
    return sum;
}

static void check_total(struct analysis *a, const struct entity *budget, uint32_t row, uint32_t line_row, const char *what)
{
    const struct money *sum = sum_of_lines(a, budget, line_row, what);
    struct value total = entity_slot(budget, row), limit = entity_slot(budget, BUDGET_limit);
    const struct money *most = sum;
    struct diag *diag;

    if (sum && is_money(total) && (!one_unit(sum, total.u.money) || sum->amount != total.u.money->amount)) {
        diag = diag_report(a->sink, DIAG_E0565, entity_value_span(budget, row), "`%s` of budget `%s` is %s, and its lines add up to %s", what,
                           budget->name, value_text(total, a->arena), money_text(a, sum->amount, sum));
        diag_help(diag, "write `%s = %s`, or leave it out", what, money_text(a, sum->amount, sum));
    }
    if (is_money(total) && (!most || (one_unit(most, total.u.money) && total.u.money->amount > most->amount)))
        most = total.u.money;
    if (!most || !is_money(limit))
        return;
    if (!one_unit(most, limit.u.money)) {
        diag = diag_report(a->sink, DIAG_E0565, entity_value_span(budget, BUDGET_limit), "`limit` of budget `%s` is in another unit than its `%s`",
                           budget->name, what);
        diag_help(diag, "write both in one currency for one span of time");
    } else if (most->amount > limit.u.money->amount) {
        diag = diag_report(a->sink, DIAG_E0565, entity_value_span(budget, BUDGET_limit), "budget `%s` may cost %s, and its `%s` is %s", budget->name,
                           value_text(limit, a->arena), what, money_text(a, most->amount, most));
        diag_help(diag, "raise the limit, or lower what it costs");
    }
}

void check_budgets(struct analysis *a)
{
    for (uint32_t i = 0; i < a->model->declared[BLOCK_BUDGET].list.len; i++) {
        const struct entity *budget = a->model->declared[BLOCK_BUDGET].list.items[i];

        check_total(a, budget, BUDGET_normal, LINE_normal, "normal");
        check_total(a, budget, BUDGET_active, LINE_active, "active");
    }
}
