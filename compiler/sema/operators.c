/* Operators: exact arithmetic with units, ranges and comparisons.
 *
 * Times, sizes and rates are exact; a division or a multiplication by a share is done in 128 bits and rounded once, towards the
 * pessimistic side: up for durations, sizes and money (a result says how long, how much, how dear), down for rates where a
 * fraction cannot hold the exact value. Decimals round half away from zero at their ninth digit.
 *
 * A range is an interval with its ends named by who wants them: the best end of a time, size or number is the low one, of a
 * rate the high one. Arithmetic is done on low and high ends, and the result is turned back into best and worst. */
#include "sema/eval_internal.h"

#include <string.h>

__extension__ typedef __int128 wide;

enum outcome { DONE, TOO_LARGE, BY_ZERO, NO_MEANING };

static const char *const symbols[] = {
    [OP_ADD] = "+", [OP_SUB] = "-", [OP_MUL] = "*", [OP_DIV] = "/",  [OP_MOD] = "%", [OP_EQ] = "==", [OP_NE] = "!=", [OP_LT] = "<",
    [OP_LE] = "<=", [OP_GT] = ">",  [OP_GE] = ">=", [OP_AND] = "&&", [OP_OR] = "||", [OP_NEG] = "-", [OP_NOT] = "!",
};

/* ---------------------------------------------------------------- exact scalars */

static bool is_number(struct value value)
{
    return value.type == VALUE_INT || value.type == VALUE_DECIMAL;
}

/* A plain factor: number or share. */
static bool is_factor(struct value value)
{
    return is_number(value) || value.type == VALUE_PERCENT;
}

/* Kept as one integer, greater means more. */
static bool is_linear(struct value value)
{
    return value.type == VALUE_DURATION || value.type == VALUE_SIZE || value.type == VALUE_PERCENT;
}

static bool narrow(wide from, int64_t *to)
{
    if (from > INT64_MAX || from < INT64_MIN)
        return false;
    *to = (int64_t)from;
    return true;
}

static wide divide_up(wide a, wide b)
{
    wide quotient = a / b;

    return a % b != 0 && (a < 0) == (b < 0) ? quotient + 1 : quotient;
}

static wide divide_nearest(wide a, wide b)
{
    wide half;

    if (b < 0) {
        a = -a;
        b = -b;
    }
    half = b / 2;
    return a >= 0 ? (a + half) / b : -((-a + half) / b);
}

/* The factor as a fraction: an int over 1, a decimal or percentage over 10^9. */
static void factor_parts(struct value value, int64_t *num, int64_t *den)
{
    *num = value.u.integer;
    *den = value.type == VALUE_INT ? 1 : NANO;
}

static enum outcome put(wide result, enum value_type type, struct value *out)
{
    *out = VALUE_OF(type);
    return narrow(result, &out->u.integer) ? DONE : TOO_LARGE;
}

/* A number as int when it is whole and both sides were ints, else as decimal. */
static enum outcome put_number(wide num, wide den, bool whole, struct value *out)
{
    if (whole && num % den == 0)
        return put(num / den, VALUE_INT, out);
    if (num > ((wide)1 << 95) || num < -((wide)1 << 95))
        return TOO_LARGE;
    return put(divide_nearest(num * NANO, den), VALUE_DECIMAL, out);
}

static wide greatest_divisor(wide a, wide b)
{
    a = a < 0 ? -a : a;
    while (b) {
        wide rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* A rate from a fraction of any size. What does not fit in 64 by 64 bits is rounded down, the pessimistic side. */
static enum outcome put_rate(struct arena *arena, wide num, wide den, struct value *out)
{
    struct frac *rate = ARENA_NEW(arena, struct frac);
    wide divisor;

    if (den < 0) {
        num = -num;
        den = -den;
    }
    divisor = greatest_divisor(num, den);
    if (divisor > 1) {
        num /= divisor;
        den /= divisor;
    }
    while (den > INT64_MAX) {
        num = num >= 0 ? num / 2 : -((-num + 1) / 2);
        den = divide_up(den, 2);
    }
    if (!narrow(num, &rate->num))
        return TOO_LARGE;
    rate->den = (int64_t)den;
    if (!frac_make(rate->num, rate->den, rate))
        return TOO_LARGE;
    *out = (struct value){.type = VALUE_RATE, .u.rate = rate};
    return DONE;
}

static enum outcome put_money(struct arena *arena, wide amount, const struct money *like, struct value *out)
{
    struct money *money = ARENA_NEW(arena, struct money);

    *money = *like;
    *out = (struct value){.type = VALUE_MONEY, .u.money = money};
    return narrow(amount, &money->amount) ? DONE : TOO_LARGE;
}

static bool same_money(struct value a, struct value b)
{
    return a.u.money->currency == b.u.money->currency && a.u.money->period == b.u.money->period;
}

static enum outcome add(struct arena *arena, int sign, struct value a, struct value b, struct value *out)
{
    if (is_number(a) && is_number(b)) {
        if (a.type == VALUE_INT && b.type == VALUE_INT)
            return put((wide)a.u.integer + sign * (wide)b.u.integer, VALUE_INT, out);
        return put((wide)a.u.integer * (a.type == VALUE_INT ? NANO : 1) + sign * (wide)b.u.integer * (b.type == VALUE_INT ? NANO : 1), VALUE_DECIMAL,
                   out);
    }
    if (a.type == b.type && is_linear(a))
        return put((wide)a.u.integer + sign * (wide)b.u.integer, (enum value_type)a.type, out);
    if (a.type == VALUE_RATE && b.type == VALUE_RATE)
        return put_rate(arena, (wide)a.u.rate->num * b.u.rate->den + sign * (wide)b.u.rate->num * a.u.rate->den, (wide)a.u.rate->den * b.u.rate->den,
                        out);
    if (a.type == VALUE_MONEY && b.type == VALUE_MONEY && same_money(a, b))
        return put_money(arena, (wide)a.u.money->amount + sign * (wide)b.u.money->amount, a.u.money, out);
    if (a.type == VALUE_DATE && b.type == VALUE_DURATION && b.u.integer % MS_DAY == 0)
        return put((wide)a.u.integer + sign * (wide)(b.u.integer / MS_DAY), VALUE_DATE, out);
    if (a.type == VALUE_DURATION && b.type == VALUE_DATE && sign > 0)
        return add(arena, sign, b, a, out);
    if (a.type == VALUE_DATE && b.type == VALUE_DATE && sign < 0)
        return put(((wide)a.u.integer - b.u.integer) * MS_DAY, VALUE_DURATION, out);
    return NO_MEANING;
}

/* a * num / den, rounded towards the pessimistic side. A number times a share is the share of the number. */
static enum outcome scale(struct arena *arena, struct value a, int64_t num, int64_t den, struct value *out)
{
    switch (a.type) {
    case VALUE_DURATION:
    case VALUE_SIZE: return put(divide_up((wide)a.u.integer * num, den), (enum value_type)a.type, out);
    case VALUE_PERCENT: return put(divide_nearest((wide)a.u.integer * num, den), VALUE_PERCENT, out);
    case VALUE_INT: return put_number((wide)a.u.integer * num, den, false, out);
    case VALUE_DECIMAL: return put(divide_nearest((wide)a.u.integer * num, den), VALUE_DECIMAL, out);
    case VALUE_RATE: return put_rate(arena, (wide)a.u.rate->num * num, (wide)a.u.rate->den * den, out);
    case VALUE_MONEY: return put_money(arena, divide_up((wide)a.u.money->amount * num, den), a.u.money, out);
    default: return NO_MEANING;
    }
}

static enum outcome multiply(struct arena *arena, struct value a, struct value b, struct value *out)
{
    int64_t num, den;

    if (is_number(a) && is_number(b)) {
        int64_t more, under;

        factor_parts(a, &num, &den);
        factor_parts(b, &more, &under);
        return put_number((wide)num * more, (wide)den * under, a.type == VALUE_INT && b.type == VALUE_INT, out);
    }
    if (a.type == VALUE_RATE && b.type == VALUE_DURATION) {
        *out = VALUE_OF(VALUE_SIZE);
        return put(divide_up((wide)a.u.rate->num * b.u.integer, a.u.rate->den), VALUE_SIZE, out);
    }
    if (a.type == VALUE_DURATION && b.type == VALUE_RATE)
        return multiply(arena, b, a, out);
    if (!is_factor(b)) {
        if (!is_factor(a))
            return NO_MEANING;
        return multiply(arena, b, a, out);
    }
    factor_parts(b, &num, &den);
    return scale(arena, a, num, den, out);
}

static bool is_zero(struct value value)
{
    switch (value.type) {
    case VALUE_INT:
    case VALUE_DECIMAL:
    case VALUE_PERCENT:
    case VALUE_DURATION:
    case VALUE_SIZE: return value.u.integer == 0;
    case VALUE_RATE: return value.u.rate->num == 0;
    case VALUE_MONEY: return value.u.money->amount == 0;
    default: return false;
    }
}

static enum outcome divide(struct arena *arena, struct value a, struct value b, struct value *out)
{
    int64_t num, den;

    if (is_zero(b))
        return BY_ZERO;
    if (is_number(a) && is_number(b)) {
        int64_t more, under;

        factor_parts(a, &num, &den);
        factor_parts(b, &more, &under);
        return put_number((wide)num * under, (wide)den * more, a.type == VALUE_INT && b.type == VALUE_INT, out);
    }
    if (a.type == VALUE_SIZE && b.type == VALUE_RATE)
        return put(divide_up((wide)a.u.integer * b.u.rate->den, b.u.rate->num), VALUE_DURATION, out);
    if (a.type == VALUE_SIZE && b.type == VALUE_DURATION)
        return put_rate(arena, a.u.integer, b.u.integer, out);
    if (a.type == b.type && is_linear(a))
        return put_number(a.u.integer, b.u.integer, false, out);
    if (a.type == VALUE_RATE && b.type == VALUE_RATE)
        return put_number((wide)a.u.rate->num * b.u.rate->den, (wide)a.u.rate->den * b.u.rate->num, false, out);
    if (a.type == VALUE_MONEY && b.type == VALUE_MONEY && same_money(a, b))
        return put_number(a.u.money->amount, b.u.money->amount, false, out);
    if (!is_factor(b))
        return NO_MEANING;
    factor_parts(b, &num, &den);
    return scale(arena, a, den, num, out);
}

/* The remainder is never negative for a positive right side. */
static enum outcome modulo(struct value a, struct value b, struct value *out)
{
    wide rest;

    if (a.type != b.type || (a.type != VALUE_INT && a.type != VALUE_DURATION && a.type != VALUE_SIZE))
        return NO_MEANING;
    if (is_zero(b))
        return BY_ZERO;
    rest = (wide)a.u.integer % b.u.integer;
    if (rest < 0)
        rest += b.u.integer < 0 ? -(wide)b.u.integer : b.u.integer;
    return put(rest, (enum value_type)a.type, out);
}

static enum outcome scalar(struct arena *arena, enum binary_op op, struct value a, struct value b, struct value *out)
{
    switch (op) {
    case OP_ADD: return add(arena, 1, a, b, out);
    case OP_SUB: return add(arena, -1, a, b, out);
    case OP_MUL: return multiply(arena, a, b, out);
    case OP_DIV: return divide(arena, a, b, out);
    case OP_MOD: return modulo(a, b, out);
    default: return NO_MEANING;
    }
}

/* ---------------------------------------------------------------- order */

static int compare_wide(wide a, wide b)
{
    return (a > b) - (a < b);
}

/* Order of two values of one unit (ranges by their worst ends): false when there is none. *order < 0, 0, > 0. */
static bool value_order(struct value a, struct value b, int *order)
{
    a = value_worst(a);
    b = value_worst(b);
    if (is_number(a) && is_number(b)) {
        *order = compare_wide((wide)a.u.integer * (a.type == VALUE_INT ? NANO : 1), (wide)b.u.integer * (b.type == VALUE_INT ? NANO : 1));
        return true;
    }
    if (a.type != b.type)
        return false;
    switch (a.type) {
    case VALUE_DURATION:
    case VALUE_SIZE:
    case VALUE_PERCENT:
    case VALUE_DATE:
    case VALUE_TIME: *order = compare_wide(a.u.integer, b.u.integer); return true;
    case VALUE_RATE: *order = compare_wide((wide)a.u.rate->num * b.u.rate->den, (wide)b.u.rate->num * a.u.rate->den); return true;
    case VALUE_MONEY: *order = compare_wide(a.u.money->amount, b.u.money->amount); return same_money(a, b);
    default: return false;
    }
}

/* ---------------------------------------------------------------- ranges */

static enum value_type unit(struct value value)
{
    return (enum value_type)value_worst(value).type;
}

/* The low and the high end, whatever they are called. */
static void ends(struct value value, struct value *low, struct value *high)
{
    bool fast = unit(value) == VALUE_RATE;

    *low = fast ? value_worst(value) : value_best(value);
    *high = fast ? value_best(value) : value_worst(value);
}

static struct value range_of(struct arena *arena, struct value low, struct value typical, struct value high)
{
    struct value_range *range = ARENA_NEW(arena, struct value_range);
    bool fast = low.type == VALUE_RATE;

    *range = (struct value_range){fast ? high : low, typical, fast ? low : high};
    return (struct value){.type = VALUE_RANGE, .u.range = range};
}

/* 0 for below zero, 1 for zero, 2 for above. */
static int sign_of(struct value value)
{
    int64_t number = value.type == VALUE_RATE ? value.u.rate->num : value.type == VALUE_MONEY ? value.u.money->amount : value.u.integer;

    return number < 0 ? 0 : number == 0 ? 1 : 2;
}

/* Interval arithmetic on ends of one sign, where each operation is monotone in both operands. */
static enum outcome interval(struct arena *arena, enum binary_op op, struct value a, struct value b, struct value *out)
{
    struct value low_a, high_a, low_b, high_b, low, typical, high;
    enum outcome outcome;

    ends(a, &low_a, &high_a);
    ends(b, &low_b, &high_b);
    switch (op) {
    case OP_ADD: break;
    case OP_SUB: {
        struct value swap = low_b;

        low_b = high_b;
        high_b = swap;
        break;
    }
    case OP_MUL:
        if (scalar(arena, op, value_worst(a), value_worst(b), &typical) == NO_MEANING)
            return NO_MEANING;
        if (!sign_of(low_a) || !sign_of(low_b))
            return NO_MEANING;
        break;
    case OP_DIV: {
        struct value swap = low_b;

        if (scalar(arena, op, value_worst(a), value_worst(b), &typical) == NO_MEANING)
            return NO_MEANING;
        if (sign_of(low_b) == 1 || (sign_of(low_b) == 0 && sign_of(high_b) != 0))
            return BY_ZERO;
        if (!sign_of(low_a) || !sign_of(low_b))
            return NO_MEANING;
        low_b = high_b;
        high_b = swap;
        break;
    }
    default: return NO_MEANING;
    }
    outcome = scalar(arena, op, low_a, low_b, &low);
    if (outcome == DONE)
        outcome = scalar(arena, op, value_typical(a), value_typical(b), &typical);
    if (outcome == DONE)
        outcome = scalar(arena, op, high_a, high_b, &high);
    if (outcome == DONE)
        *out = range_of(arena, low, typical, high);
    return outcome;
}

bool value_extreme(struct evaluator *eval, bool greater, struct value a, struct value b, struct value *out)
{
    struct value low_a, high_a, low_b, high_b, typical;
    int low, middle, high;

    ends(a, &low_a, &high_a);
    ends(b, &low_b, &high_b);
    if (!value_order(low_a, low_b, &low) || !value_order(value_typical(a), value_typical(b), &middle) || !value_order(high_a, high_b, &high))
        return false;
    low = greater ? -low : low;
    middle = greater ? -middle : middle;
    high = greater ? -high : high;
    if (a.type != VALUE_RANGE && b.type != VALUE_RANGE) {
        *out = low <= 0 ? a : b;
        return true;
    }
    typical = middle <= 0 ? value_typical(a) : value_typical(b);
    *out = range_of(eval->arena, low <= 0 ? low_a : low_b, typical, high <= 0 ? high_a : high_b);
    return true;
}

static bool can_range(struct value value)
{
    switch (value.type) {
    case VALUE_INT:
    case VALUE_DECIMAL:
    case VALUE_DURATION:
    case VALUE_SIZE:
    case VALUE_RATE:
    case VALUE_MONEY: return true;
    default: return false;
    }
}

static struct value spread(struct value a, struct value b)
{
    if (a.type == VALUE_ERROR || b.type == VALUE_ERROR)
        return value_error();
    if (a.type == VALUE_UNKNOWN || b.type == VALUE_UNKNOWN)
        return value_unknown();
    return VALUE_OF(VALUE_NA);
}

static bool spreads(struct value value)
{
    return value.type <= VALUE_UNKNOWN || value.type == VALUE_NA;
}

enum range_end { END_BEST, END_TYPICAL, END_WORST };

/* Rates run the other way, and nothing is written with them so: they stay what they are, and are refused. */
static struct value end_of_end(struct value value, enum range_end end)
{
    if (value.type != VALUE_RANGE || value.u.range->worst.type == VALUE_RATE)
        return value;
    return end == END_BEST ? value.u.range->best : end == END_TYPICAL ? value.u.range->typical : value.u.range->worst;
}

struct value make_range(struct evaluator *eval, struct operand best, struct operand typical, struct operand worst, struct span span)
{
    const struct operand *parts[] = {&best, &typical, &worst};
    struct value low, high;
    int first, second;
    struct diag *diag;

    /* An end that is a range itself (`1m..5m + self.restart`) stands for its own end: the best of the best, the worst of the worst. */
    typical.value = end_of_end(typical.value, typical.span.start == worst.span.start ? END_WORST : END_TYPICAL);
    low = best.value = end_of_end(best.value, END_BEST);
    high = worst.value = end_of_end(worst.value, END_WORST);
    if (spreads(best.value) || spreads(typical.value) || spreads(worst.value))
        return spread(spread(best.value, best.value), spread(typical.value, worst.value));
    for (int i = 0; i < 3; i++) {
        if (can_range(parts[i]->value))
            continue;
        diag = diag_report(eval->sink, DIAG_E0316, parts[i]->span, "%s cannot be an end of a range", value_describe(eval, parts[i]->value));
        label_data(eval, diag, parts[i]->value);
        if (parts[i]->value.type == VALUE_RANGE)
            diag_help(diag, "take one of its ends, for example `(%s).worst`", span_text(eval, parts[i]->span));
        return value_error();
    }
    if (!value_order(best.value, typical.value, &first) || !value_order(typical.value, worst.value, &second)) {
        bool with_typical = !value_order(best.value, typical.value, &first);
        const struct operand *a = with_typical ? &best : &typical, *b = with_typical ? &typical : &worst;

        diag = diag_report(eval->sink, DIAG_E0316, span, "the ends of a range are %s and %s", value_describe(eval, a->value),
                           value_describe(eval, b->value));
        diag_help(diag, "all ends of a range have one unit, as in `1m..3m..10m`");
        if (is_number(a->value))
            help_units(eval, diag, a->value, unit(b->value), a->span);
        else if (is_number(b->value))
            help_units(eval, diag, b->value, unit(a->value), b->span);
        return value_error();
    }
    if (low.type == VALUE_RATE) {
        first = -first;
        second = -second;
    }
    if (first > 0 || second > 0) {
        diag =
            diag_report(eval->sink, DIAG_E0316, span, "the ends of the range `%s` are not in the order best, typical, worst", span_text(eval, span));
        if (low.type == VALUE_RATE)
            diag_note(diag, "the best end of a rate is the high one");
        if (first >= 0 && second >= 0 && best.span.start && worst.span.start)
            diag_fix(
                diag, span,
                typical.span.start == worst.span.start
                    ? arena_printf(eval->arena, "%s..%s", span_text(eval, worst.span), span_text(eval, best.span))
                    : arena_printf(eval->arena, "%s..%s..%s", span_text(eval, worst.span), span_text(eval, typical.span), span_text(eval, best.span)),
                "write the best end first");
        return value_error();
    }
    if (low.type != high.type || typical.value.type != low.type) {
        /* ints and decimals mixed: all decimal */
        struct type decimal = {.kind = TYPE_DECIMAL};

        low = convert(eval, best.value, &decimal, best.span, NULL, NULL);
        typical.value = convert(eval, typical.value, &decimal, typical.span, NULL, NULL);
        high = convert(eval, worst.value, &decimal, worst.span, NULL, NULL);
        if (low.type == VALUE_ERROR || typical.value.type == VALUE_ERROR || high.type == VALUE_ERROR)
            return value_error();
    }
    if (low.type == VALUE_RATE)
        return range_of(eval->arena, high, typical.value, low);
    return range_of(eval->arena, low, typical.value, high);
}

/* ---------------------------------------------------------------- telling */

/* The operator between two operands, so that the caret stands under it. */
static struct span operator_span(struct evaluator *eval, enum binary_op op, struct operand left, struct operand right, struct span whole)
{
    struct span gap = {left.span.end, right.span.start};
    const char *text, *at;

    if (!left.span.start || !right.span.start || gap.end <= gap.start)
        return whole;
    text = span_text(eval, gap);
    at = strstr(text, symbols[op]);
    if (!at)
        return whole;
    gap.start += (uint32_t)(at - text);
    gap.end = gap.start + (uint32_t)strlen(symbols[op]);
    return gap;
}

static const char *unit_name(struct evaluator *eval, struct value value)
{
    if (value.type == VALUE_RANGE)
        return arena_printf(eval->arena, "range(%s)", value_type_name(unit(value)));
    if (value.type == VALUE_ENTITY)
        return value.u.entity->schema->name;
    if (value.type == VALUE_MONEY)
        return arena_printf(eval->arena, "money in %s%s%s", value.u.money->currency, value.u.money->period ? " per " : "",
                            value.u.money->period ? value.u.money->period : "");
    return value_type_name((enum value_type)value.type);
}

static const char *with_article(struct evaluator *eval, const char *noun)
{
    return arena_printf(eval->arena, "%s %s", strchr("aeiou", noun[0]) ? "an" : "a", noun);
}

static bool is_runtime(struct value value)
{
    return value.type == VALUE_RUNTIME || value.type == VALUE_TEXT || value.type == VALUE_SHELL || value.type == VALUE_REF ||
           value.type == VALUE_HCL || value.type == VALUE_CALL;
}

static struct value report_runtime(struct evaluator *eval, struct operand operand, const char *doing)
{
    struct diag *diag = diag_report(eval->sink, DIAG_E0319, operand.span, "%s cannot be %s", value_describe(eval, operand.value), doing);

    diag_at(diag, "known only when the plan runs");
    return value_error();
}

static struct value report_units(struct evaluator *eval, enum binary_op op, struct operand left, struct operand right, struct span place,
                                 bool compare)
{
    const char *a = unit_name(eval, left.value), *b = unit_name(eval, right.value);
    bool strings = left.value.type == VALUE_STRING || right.value.type == VALUE_STRING;
    struct diag *diag;

    /* A number beside a quantity has lost its unit, unless it is a factor. */
    if (compare || op == OP_ADD || op == OP_SUB) {
        const struct operand *number = is_number(left.value) ? &left : is_number(right.value) ? &right : NULL;
        const struct operand *other = number == &left ? &right : &left;
        enum value_type of = unit(other->value);

        if (number && (of == VALUE_DURATION || of == VALUE_SIZE || of == VALUE_RATE || of == VALUE_PERCENT || of == VALUE_MONEY)) {
            diag = diag_report(eval->sink, DIAG_E0301, number->span, "%s has no unit", describe_number(eval, number->value, number->span));
            diag_at(diag, "it stands beside %s", with_article(eval, unit_name(eval, other->value)));
            diag_label(diag, other->span, "%s", unit_name(eval, other->value));
            label_data(eval, diag, number->value);
            help_units(eval, diag, number->value, of, number->span);
            return value_error();
        }
    }
    if (compare)
        diag = diag_report(eval->sink, DIAG_E0303, place, "cannot compare %s with %s", with_article(eval, a), with_article(eval, b));
    else
        diag = diag_report(eval->sink, DIAG_E0302, place, "`%s` has no meaning for %s and %s", symbols[op], with_article(eval, a),
                           with_article(eval, b));
    diag_label(diag, left.span, "%s", a);
    diag_label(diag, right.span, "%s", b);
    label_data(eval, diag, left.value);
    label_data(eval, diag, right.value);
    if (compare && (left.value.type == VALUE_ENTITY) != (right.value.type == VALUE_ENTITY)) {
        const struct operand *thing = left.value.type == VALUE_ENTITY ? &left : &right;

        diag_help(diag, "compare one of its attributes, for example `%s.%s`", span_text(eval, thing->span),
                  thing->value.u.entity->schema->id == BLOCK_TIER ? "level" : "name");
    } else if (compare && left.value.type == VALUE_ENTITY && left.value.u.entity->schema == right.value.u.entity->schema) {
        diag_help(diag, "declared things have no order; compare an attribute%s",
                  left.value.u.entity->schema->id == BLOCK_TIER ? ", for example `.level`" : "");
    } else if (compare && left.value.type == VALUE_MONEY && right.value.type == VALUE_MONEY) {
        diag_help(diag, "amounts are never converted: use one currency and period");
    } else if (!compare && strings && op == OP_ADD) {
        diag_help(diag, "texts are put together by interpolation: `\"\\(%s)\\(%s)\"`", span_text(eval, left.span), span_text(eval, right.span));
    } else if (!compare && op == OP_ADD && left.value.type == VALUE_LIST && right.value.type == VALUE_LIST) {
        diag_help(diag, "lists are put together by `concat(%s, %s)`", span_text(eval, left.span), span_text(eval, right.span));
    } else if (!compare && left.value.type == VALUE_MONEY && right.value.type == VALUE_MONEY) {
        diag_help(diag, "amounts are never converted: use one currency and period");
    } else if (!compare && op == OP_ADD &&
               ((unit(left.value) == VALUE_DURATION && unit(right.value) == VALUE_SIZE) ||
                (unit(left.value) == VALUE_SIZE && unit(right.value) == VALUE_DURATION))) {
        diag_help(diag, "a size becomes a duration when it is divided by a rate: `500GiB / 200MiB/s`");
    } else if (!compare && op == OP_MUL && (left.value.type == VALUE_RANGE || right.value.type == VALUE_RANGE)) {
        diag_help(diag, "ranges are multiplied only by what is not negative");
    }
    return value_error();
}

static struct value report_overflow(struct evaluator *eval, enum binary_op op, struct operand left, struct operand right, struct span place)
{
    struct diag *diag = diag_report(eval->sink, DIAG_E0304, place, "the result of `%s %s %s` is too large", value_show(eval, left.value), symbols[op],
                                    value_show(eval, right.value));

    label_data(eval, diag, left.value);
    label_data(eval, diag, right.value);
    diag_help(diag, "check the units of both sides");
    return value_error();
}

static struct value report_zero(struct evaluator *eval, enum binary_op op, struct operand left, struct operand right, struct span place)
{
    struct diag *diag = diag_report(eval->sink, DIAG_E0305, place, "division by zero: `%s %s %s`", value_show(eval, left.value), symbols[op],
                                    value_show(eval, right.value));

    diag_label(diag, right.span, right.value.type == VALUE_RANGE ? "this range holds zero" : "this is zero");
    label_data(eval, diag, right.value);
    return value_error();
}

/* ---------------------------------------------------------------- the operators */

/* What a fact is worth in a comparison. */
static struct value settle(struct value value)
{
    return value.type == VALUE_FACT ? value.u.fact->value : value;
}

static bool is_text(struct value value)
{
    return value.type == VALUE_STRING || value.type == VALUE_WORD;
}

static bool is_kind(struct value value)
{
    return value.type == VALUE_ENTITY && value.u.entity->schema->id == BLOCK_KIND;
}

/* Whether two values can be equal at all. */
static bool comparable(struct value a, struct value b)
{
    enum value_type left = unit(a), right = unit(b);

    if (left == VALUE_NULL || right == VALUE_NULL)
        return true;
    if (is_text(a) && is_text(b))
        return true;
    if (is_number(value_worst(a)) && is_number(value_worst(b)))
        return true;
    if ((is_kind(a) && is_text(b)) || (is_kind(b) && is_text(a)))
        return true;
    /* `retain == forever`: an attribute that takes a quantity or a word. */
    if (left == VALUE_WORD || right == VALUE_WORD)
        return left != VALUE_ENTITY && right != VALUE_ENTITY && left != VALUE_LIST && right != VALUE_LIST;
    if (left != right)
        return false;
    if (left == VALUE_ENTITY)
        return a.u.entity->schema == b.u.entity->schema;
    if (left == VALUE_MONEY)
        return same_money(value_worst(a), value_worst(b));
    return true;
}

static struct value compare(struct evaluator *eval, enum binary_op op, struct operand left, struct operand right, struct span span)
{
    struct value a, b;
    bool equal;
    int order;

    left.value = a = settle(left.value);
    right.value = b = settle(right.value);
    if (spreads(a) || spreads(b))
        return spread(a, b);
    if (is_runtime(a))
        return report_runtime(eval, left, "compared");
    if (is_runtime(b))
        return report_runtime(eval, right, "compared");
    if (op == OP_EQ || op == OP_NE) {
        if (!comparable(a, b))
            return report_units(eval, op, left, right, operator_span(eval, op, left, right, span), true);
        if (is_kind(a) && is_text(b))
            equal = strcmp(a.u.entity->name, value_text(b, eval->arena)) == 0;
        else if (is_kind(b) && is_text(a))
            equal = strcmp(b.u.entity->name, value_text(a, eval->arena)) == 0;
        else if (value_order(a, b, &order))
            equal = order == 0;
        else
            equal = value_equal(a, b);
        return value_int(VALUE_BOOL, equal == (op == OP_EQ));
    }
    /* `forever` is longer than any duration. */
    if (a.type == VALUE_WORD && a.u.word == eval->state->names.forever && unit(b) == VALUE_DURATION)
        order = 1;
    else if (b.type == VALUE_WORD && b.u.word == eval->state->names.forever && unit(a) == VALUE_DURATION)
        order = -1;
    else if (!value_order(a, b, &order))
        return report_units(eval, op, left, right, operator_span(eval, op, left, right, span), true);
    switch (op) {
    case OP_LT: return value_int(VALUE_BOOL, order < 0);
    case OP_LE: return value_int(VALUE_BOOL, order <= 0);
    case OP_GT: return value_int(VALUE_BOOL, order > 0);
    default: return value_int(VALUE_BOOL, order >= 0);
    }
}

struct value operate(struct evaluator *eval, enum binary_op op, struct operand left, struct operand right, struct span span)
{
    struct value result = value_error();
    enum outcome outcome;

    if (op >= OP_EQ && op <= OP_GE)
        return compare(eval, op, left, right, span);
    if (spreads(left.value) || spreads(right.value))
        return spread(left.value, right.value);
    if (is_runtime(left.value) || left.value.type == VALUE_FACT)
        return report_runtime(eval, left, "calculated with");
    if (is_runtime(right.value) || right.value.type == VALUE_FACT)
        return report_runtime(eval, right, "calculated with");
    if (left.value.type == VALUE_RANGE || right.value.type == VALUE_RANGE)
        outcome = interval(eval->arena, op, left.value, right.value, &result);
    else
        outcome = scalar(eval->arena, op, left.value, right.value, &result);
    switch (outcome) {
    case DONE: return result;
    case TOO_LARGE: return report_overflow(eval, op, left, right, operator_span(eval, op, left, right, span));
    case BY_ZERO: return report_zero(eval, op, left, right, operator_span(eval, op, left, right, span));
    case NO_MEANING: break;
    }
    return report_units(eval, op, left, right, operator_span(eval, op, left, right, span), false);
}

struct value operate_unary(struct evaluator *eval, enum binary_op op, struct operand operand, struct span span)
{
    struct value value = operand.value, result = value_error();
    struct diag *diag;

    (void)op;
    if (spreads(value))
        return value;
    if (is_runtime(value) || value.type == VALUE_FACT)
        return report_runtime(eval, operand, "calculated with");
    switch (value.type) {
    case VALUE_INT:
    case VALUE_DECIMAL:
    case VALUE_PERCENT:
    case VALUE_DURATION:
    case VALUE_SIZE:
        if (value.u.integer != INT64_MIN) {
            value.u.integer = -value.u.integer;
            return value;
        }
        break;
    case VALUE_MONEY:
        if (put_money(eval->arena, -(wide)value.u.money->amount, value.u.money, &result) == DONE)
            return result;
        break;
    case VALUE_RATE:
        if (put_rate(eval->arena, -(wide)value.u.rate->num, value.u.rate->den, &result) == DONE)
            return result;
        break;
    default:
        diag = diag_report(eval->sink, DIAG_E0302, span, "`-` has no meaning for %s", with_article(eval, unit_name(eval, value)));
        diag_label(diag, operand.span, "%s", unit_name(eval, value));
        label_data(eval, diag, value);
        return value_error();
    }
    diag_report(eval->sink, DIAG_E0304, span, "the result of `-%s` is too large", value_show(eval, value));
    return value_error();
}
