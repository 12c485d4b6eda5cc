/* Built-in functions: one table row each, with what the reference says of it.
 *
 * Arguments are evaluated before a function is called, and an error, an unknown or an n/a among them is the result. Functions
 * marked RAW get their arguments unevaluated: those that ask whether something is known, and those whose argument must be
 * written down literally. */
#include "sema/eval_internal.h"

#include <stdlib.h>
#include <string.h>

struct call;

enum call_flags {
    RAW = 1,       /* evaluates its arguments itself */
    LISTS = 2,     /* its arguments are lists of what is expected of the result */
    SAME = 4,      /* its arguments are what is expected of the result */
    ELEMENTS = 8,  /* its argument is a list of what is expected of the result */
};

enum { MANY = 1000 };

struct function {
    const char *name;
    uint32_t min, max;
    unsigned flags;
    struct value (*run)(struct call *call);
    const char *signature;
    const char *doc;
    int64_t unit; /* for conversions: the unit in ms or bytes */
};

struct call {
    struct evaluator *eval;
    const struct function *function;
    const struct expr *expr;
    const struct expr *const *arg_exprs;
    const struct scope *scope;
    const struct type *expected;
    const struct type **seen;
    struct value *args;
    const struct type **types; /* declared types of the arguments, where known */
    uint32_t count;
};

/* ---------------------------------------------------------------- arguments */

static struct span arg_span(const struct call *call, uint32_t index)
{
    return call->arg_exprs[index]->span;
}

static struct value bad_argument(const struct call *call, uint32_t index, const char *wanted)
{
    struct value value = call->args[index];
    bool runtime = value.type == VALUE_RUNTIME || value.type == VALUE_TEXT || value.type == VALUE_FACT || value.type == VALUE_REF;
    struct diag *diag = diag_report(call->eval->sink, runtime ? DIAG_E0319 : DIAG_E0311, arg_span(call, index), "`%s` needs %s, not %s",
                                    call->function->name, wanted, value_describe(call->eval, value));

    if (runtime)
        diag_at(diag, "known only when the plan runs");
    else
        diag_note(diag, "signature: `%s`", call->function->signature);
    return value_error();
}

static bool arg_string(const struct call *call, uint32_t index, const char **out)
{
    struct value value = call->args[index];

    if (value.type == VALUE_FACT)
        value = value.u.fact->value;
    if (value.type == VALUE_STRING || value.type == VALUE_WORD) {
        *out = value_text(value, call->eval->arena);
        return true;
    }
    bad_argument(call, index, "a string");
    return false;
}

static bool arg_list(const struct call *call, uint32_t index, const struct value_list **out)
{
    if (call->args[index].type == VALUE_LIST) {
        *out = call->args[index].u.list;
        return true;
    }
    bad_argument(call, index, "a list");
    return false;
}

static struct value make_string(const struct call *call, struct strbuf *buf)
{
    struct value value = value_string(strbuf_dup(buf, call->eval->arena));

    strbuf_release(buf);
    return value;
}

static const struct type *list_element(const struct type *type)
{
    return type && type->kind == TYPE_LIST ? type->element : NULL;
}

/* ---------------------------------------------------------------- lists */

static struct value fn_concat(struct call *call)
{
    VEC(struct value) items = {0};

    for (uint32_t i = 0; i < call->count; i++) {
        const struct value_list *list;

        if (!arg_list(call, i, &list))
            return value_error();
        if (!eval_charge(call->eval, list->count, call->expr->span))
            return value_error();
        for (uint32_t j = 0; j < list->count; j++)
            vec_push(call->eval->arena, &items, list->items[j]);
    }
    if (call->seen && call->count)
        *call->seen = call->types[0];
    return eval_list_of(call->eval, items.items, items.len);
}

static struct value fn_flatten(struct call *call)
{
    const struct value_list *list;
    VEC(struct value) items = {0};
    bool unknown = false;

    if (!arg_list(call, 0, &list))
        return value_error();
    for (uint32_t i = 0; i < list->count; i++) {
        struct value item = list->items[i];

        if (!eval_charge(call->eval, item.type == VALUE_LIST ? item.u.list->count + 1 : 1, call->expr->span))
            return value_error();
        if (item.type != VALUE_LIST) {
            unknown = unknown || item.type == VALUE_UNKNOWN;
            vec_push(call->eval->arena, &items, item);
            continue;
        }
        for (uint32_t j = 0; j < item.u.list->count; j++)
            vec_push(call->eval->arena, &items, item.u.list->items[j]);
    }
    if (unknown)
        return value_unknown();
    if (call->seen)
        *call->seen = list_element(call->types[0]);
    return eval_list_of(call->eval, items.items, items.len);
}

static struct value fn_distinct(struct call *call)
{
    const struct value_list *list;
    VEC(struct value) items = {0};

    if (!arg_list(call, 0, &list))
        return value_error();
    for (uint32_t i = 0; i < list->count; i++) {
        bool found = false;

        if (!eval_charge(call->eval, items.len / 8 + 1, call->expr->span))
            return value_error();
        for (uint32_t j = 0; j < items.len && !found; j++)
            found = value_equal(items.items[j], list->items[i]);
        if (!found)
            vec_push(call->eval->arena, &items, list->items[i]);
    }
    if (call->seen)
        *call->seen = call->types[0];
    return eval_list_of(call->eval, items.items, items.len);
}

static struct value extreme(struct call *call, bool greater)
{
    const struct value *items = call->args;
    uint32_t count = call->count;
    struct value result;

    if (count == 1 && items[0].type == VALUE_LIST) {
        count = items[0].u.list->count;
        items = items[0].u.list->items;
    }
    if (!count)
        return value_unknown();
    if (!eval_charge(call->eval, count, call->expr->span))
        return value_error();
    result = items[0];
    for (uint32_t i = 0; i < count; i++) {
        struct value next = items[i];

        if (next.type == VALUE_UNKNOWN || next.type == VALUE_ERROR)
            return next;
        if (!value_extreme(call->eval, greater, result, next, &result)) {
            struct diag *diag = diag_report(call->eval->sink, DIAG_E0303, call->expr->span, "`%s` cannot compare %s with %s",
                                            call->function->name, value_describe(call->eval, result),
                                            value_describe(call->eval, next));

            diag_note(diag, "signature: `%s`", call->function->signature);
            return value_error();
        }
    }
    if (call->seen)
        *call->seen = call->args[0].type == VALUE_LIST ? list_element(call->types[0]) : call->types[0];
    return result;
}

static struct value fn_min(struct call *call)
{
    return extreme(call, false);
}

static struct value fn_max(struct call *call)
{
    return extreme(call, true);
}

static struct value fn_sum(struct call *call)
{
    const struct value_list *list;
    struct operand total = {.span = arg_span(call, 0)};
    uint32_t i = 0;

    if (!arg_list(call, 0, &list))
        return value_error();
    if (!eval_charge(call->eval, list->count, call->expr->span))
        return value_error();
    if (call->count == 2)
        total.value = call->args[1];
    else if (list->count)
        total.value = list->items[i++];
    else
        return value_int(VALUE_INT, 0);
    for (; i < list->count && total.value.type != VALUE_ERROR; i++)
        total.value = operate(call->eval, OP_ADD, total, (struct operand){list->items[i], arg_span(call, 0)}, call->expr->span);
    return total.value;
}

static struct value fn_len(struct call *call)
{
    struct value value = call->args[0];
    const char *text;
    int64_t characters = 0;

    if (value.type == VALUE_LIST)
        return value_int(VALUE_INT, value.u.list->count);
    if (value.type == VALUE_OBJECT)
        return value_int(VALUE_INT, value.u.object->count);
    if (value.type != VALUE_STRING)
        return bad_argument(call, 0, "a list, a string or an object");
    for (text = value.u.string; *text; text++)
        characters += ((unsigned char)*text & 0xc0) != 0x80;
    return value_int(VALUE_INT, characters);
}

static struct value fn_contains(struct call *call)
{
    const struct type *type = NULL;
    struct value where = eval_typed(call->eval, call->arg_exprs[0], call->scope, NULL, &type), what;
    bool unknown = false;

    call->args[0] = where;
    if (where.type == VALUE_LIST && !list_element(type) && where.u.list->count)
        what = eval_beside(call->eval, call->arg_exprs[1], call->scope, NULL, where.u.list->items[0], NULL);
    else
        what = eval_beside(call->eval, call->arg_exprs[1], call->scope, list_element(type), where, NULL);
    if (where.type == VALUE_ERROR || what.type == VALUE_ERROR)
        return value_error();
    if (!value_is_known(where) || where.type == VALUE_NA)
        return where;
    if (where.type == VALUE_STRING) {
        const char *part;

        if (!value_is_known(what))
            return what;
        call->args[1] = what;
        if (!arg_string(call, 1, &part))
            return value_error();
        return value_int(VALUE_BOOL, strstr(where.u.string, part) != NULL);
    }
    if (where.type != VALUE_LIST)
        return bad_argument(call, 0, "a list or a string");
    if (!eval_charge(call->eval, where.u.list->count / 4, call->expr->span))
        return value_error();
    if (!value_is_known(what))
        return where.u.list->count ? what : value_int(VALUE_BOOL, false);
    for (uint32_t i = 0; i < where.u.list->count; i++) {
        if (value_equal(where.u.list->items[i], what))
            return value_int(VALUE_BOOL, true);
        unknown = unknown || where.u.list->items[i].type == VALUE_UNKNOWN;
    }
    return unknown ? value_unknown() : value_int(VALUE_BOOL, false);
}

static struct value fn_first(struct call *call)
{
    const struct value_list *list;

    if (!arg_list(call, 0, &list))
        return value_error();
    if (call->seen)
        *call->seen = list_element(call->types[0]);
    return list->count ? list->items[0] : value_unknown();
}

static struct value fn_last(struct call *call)
{
    const struct value_list *list;

    if (!arg_list(call, 0, &list))
        return value_error();
    if (call->seen)
        *call->seen = list_element(call->types[0]);
    return list->count ? list->items[list->count - 1] : value_unknown();
}

/* ---------------------------------------------------------------- known or not */

static struct value fn_known(struct call *call)
{
    struct value value = eval_typed(call->eval, call->arg_exprs[0], call->scope, NULL, NULL);

    if (value.type == VALUE_ERROR)
        return value;
    return value_int(VALUE_BOOL, value_is_known(value) && value.type != VALUE_NULL);
}

static struct value fn_coalesce(struct call *call)
{
    struct value value = value_unknown();

    for (uint32_t i = 0; i < call->count; i++) {
        value = eval_typed(call->eval, call->arg_exprs[i], call->scope, call->expected, call->seen);
        if (value.type == VALUE_ERROR || (value_is_known(value) && value.type != VALUE_NULL && value.type != VALUE_NA))
            return value;
    }
    return value;
}

/* ---------------------------------------------------------------- objects */

static struct value fn_keys(struct call *call)
{
    const struct value_object *object;
    struct value *items;

    if (call->args[0].type != VALUE_OBJECT)
        return bad_argument(call, 0, "an object");
    object = call->args[0].u.object;
    items = ARENA_ARRAY(call->eval->arena, struct value, object->count);
    for (uint32_t i = 0; i < object->count; i++)
        items[i] = value_string(object->pairs[i].key);
    return eval_list_of(call->eval, items, object->count);
}

static struct value fn_get(struct call *call)
{
    const char *key;

    if (!arg_string(call, 1, &key))
        return value_error();
    if (call->args[0].type != VALUE_OBJECT)
        return bad_argument(call, 0, "an object");
    for (uint32_t i = 0; i < call->args[0].u.object->count; i++) {
        if (strcmp(call->args[0].u.object->pairs[i].key, key) == 0)
            return call->args[0].u.object->pairs[i].value;
    }
    return call->count > 2 ? eval_typed(call->eval, call->arg_exprs[2], call->scope, call->expected, call->seen) : value_unknown();
}

/* get(object, key, default): the default may be unknown, so only the first two are evaluated here. */
static struct value fn_get_raw(struct call *call)
{
    for (uint32_t i = 0; i < 2; i++) {
        call->args[i] = eval_typed(call->eval, call->arg_exprs[i], call->scope, NULL, NULL);
        if (!value_is_known(call->args[i]))
            return call->args[i];
    }
    return fn_get(call);
}

/* ---------------------------------------------------------------- strings */

static struct value fn_join(struct call *call)
{
    const struct value_list *list;
    const char *between = "";

    if (!arg_list(call, 0, &list) || (call->count > 1 && !arg_string(call, 1, &between)))
        return value_error();
    if (!eval_charge(call->eval, list->count, call->expr->span))
        return value_error();
    return eval_join(call->eval, list->items, list->count, between, arg_span(call, 0));
}

/* Letters beyond ASCII stay as they are: names and identifiers of providers have none. */
static struct value change_case(struct call *call, char first, char last, int shift)
{
    const char *text;
    char *copy;

    if (!arg_string(call, 0, &text))
        return value_error();
    copy = arena_strdup(call->eval->arena, text);
    for (char *p = copy; *p; p++) {
        if (*p >= first && *p <= last)
            *p = (char)(*p + shift);
    }
    return value_string(copy);
}

static struct value fn_lower(struct call *call)
{
    return change_case(call, 'A', 'Z', 'a' - 'A');
}

static struct value fn_upper(struct call *call)
{
    return change_case(call, 'a', 'z', 'A' - 'a');
}

static struct value fn_trim(struct call *call)
{
    const char *text;
    size_t len;

    if (!arg_string(call, 0, &text))
        return value_error();
    text += strspn(text, " \t\r\n");
    len = strlen(text);
    while (len && strchr(" \t\r\n", text[len - 1]))
        len--;
    return value_string(arena_strndup(call->eval->arena, text, len));
}

static struct value fn_replace(struct call *call)
{
    const char *text, *from, *to, *at;
    struct strbuf out = STRBUF_INIT;

    if (!arg_string(call, 0, &text) || !arg_string(call, 1, &from) || !arg_string(call, 2, &to))
        return value_error();
    if (!*from)
        return value_error_at(call->eval, DIAG_E0311, arg_span(call, 1), "`replace` cannot look for an empty string");
    while ((at = strstr(text, from))) {
        strbuf_add(&out, text, (size_t)(at - text));
        strbuf_addstr(&out, to);
        text = at + strlen(from);
        if (!eval_charge(call->eval, 1 + (int64_t)(strlen(to) / 64), call->expr->span)) {
            strbuf_release(&out);
            return value_error();
        }
    }
    strbuf_addstr(&out, text);
    return make_string(call, &out);
}

static struct value fn_split(struct call *call)
{
    const char *text, *by, *at;
    VEC(struct value) items = {0};

    if (!arg_string(call, 0, &text) || !arg_string(call, 1, &by))
        return value_error();
    if (!*by)
        return value_error_at(call->eval, DIAG_E0311, arg_span(call, 1), "`split` cannot split at an empty string");
    for (; (at = strstr(text, by)); text = at + strlen(by))
        vec_push(call->eval->arena, &items, value_string(arena_strndup(call->eval->arena, text, (size_t)(at - text))));
    vec_push(call->eval->arena, &items, value_string(text));
    return eval_list_of(call->eval, items.items, items.len);
}

static struct value fn_starts_with(struct call *call)
{
    const char *text, *start;

    if (!arg_string(call, 0, &text) || !arg_string(call, 1, &start))
        return value_error();
    return value_int(VALUE_BOOL, strncmp(text, start, strlen(start)) == 0);
}

static struct value fn_ends_with(struct call *call)
{
    const char *text, *end;
    size_t len;

    if (!arg_string(call, 0, &text) || !arg_string(call, 1, &end))
        return value_error();
    len = strlen(text);
    return value_int(VALUE_BOOL, len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0);
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

const char *clean_identifier(struct arena *arena, const char *text)
{
    struct strbuf out = STRBUF_INIT;
    char *clean;

    if (!*text || (*text >= '0' && *text <= '9'))
        strbuf_addch(&out, '_');
    for (; *text; text++) {
        /* One `_` for each character, so bytes that continue a UTF-8 sequence add none. */
        if (((unsigned char)*text & 0xc0) == 0x80)
            continue;
        strbuf_addch(&out, is_word_char(*text) ? *text : '_');
    }
    clean = strbuf_dup(&out, arena);
    strbuf_release(&out);
    return clean;
}

/* Text of an argument that names something. */
static bool arg_name(const struct call *call, uint32_t index, const char **out)
{
    struct value value = call->args[index];

    switch (value.type) {
    case VALUE_STRING:
    case VALUE_WORD:
    case VALUE_ENTITY:
    case VALUE_INT:
        *out = value_text(value, call->eval->arena);
        return true;
    default:
        bad_argument(call, index, "strings, numbers or declared things");
        return false;
    }
}

static struct value fn_ident(struct call *call)
{
    struct strbuf out = STRBUF_INIT;
    const char *text;
    struct value value;

    for (uint32_t i = 0; i < call->count; i++) {
        if (!arg_name(call, i, &text)) {
            strbuf_release(&out);
            return value_error();
        }
        if (i)
            strbuf_addch(&out, '_');
        strbuf_addstr(&out, text);
    }
    value = value_string(clean_identifier(call->eval->arena, strbuf_str(&out)));
    strbuf_release(&out);
    return value;
}

static struct value fn_slug(struct call *call)
{
    struct strbuf out = STRBUF_INIT;
    const char *text;

    for (uint32_t i = 0; i < call->count; i++) {
        if (!arg_name(call, i, &text)) {
            strbuf_release(&out);
            return value_error();
        }
        if (out.len && out.data[out.len - 1] != '-')
            strbuf_addch(&out, '-');
        for (; *text; text++) {
            if (is_word_char(*text))
                strbuf_addch(&out, *text >= 'A' && *text <= 'Z' ? (char)(*text + 'a' - 'A') : *text);
            else if (out.len && out.data[out.len - 1] != '-')
                strbuf_addch(&out, '-');
        }
    }
    while (out.len && out.data[out.len - 1] == '-')
        out.data[--out.len] = 0;
    return make_string(call, &out);
}

/* ---------------------------------------------------------------- conversions */

static struct value fn_string(struct call *call)
{
    return eval_join(call->eval, call->args, 1, "", arg_span(call, 0));
}

static struct value fn_int(struct call *call)
{
    struct value value = call->args[0];
    int64_t nano;

    switch (value.type) {
    case VALUE_INT:
        return value;
    case VALUE_DECIMAL:
        if (value.u.integer % NANO == 0)
            return value_int(VALUE_INT, value.u.integer / NANO);
        return value_error_at(call->eval, DIAG_E0311, arg_span(call, 0), "`%s` is not a whole number", value_show(call->eval, value));
    case VALUE_STRING:
        if (read_decimal(value.u.string, strlen(value.u.string), &nano) && nano % NANO == 0)
            return value_int(VALUE_INT, nano / NANO);
        return value_error_at(call->eval, DIAG_E0311, arg_span(call, 0), "%s is not a whole number", value_show(call->eval, value));
    default:
        return bad_argument(call, 0, "a number or a string of digits");
    }
}

/* A quantity from its text, as a JSON inventory has it; a quantity stays what it is. */
static struct value from_text(struct call *call, enum value_type type)
{
    struct value value = call->args[0];
    struct frac rate;
    int64_t number = 0;
    const char *text;
    size_t len;
    bool read = false;

    if (value.type == (uint8_t)type)
        return value;
    if (!arg_string(call, 0, &text))
        return value_error();
    len = strlen(text);
    switch (type) {
    case VALUE_DURATION:
        read = read_duration(text, len, &number);
        break;
    case VALUE_SIZE:
        read = read_size(text, len, &number);
        break;
    case VALUE_PERCENT:
        /* A decimal counts in parts of 1, a percentage in parts of 100. */
        read = len > 1 && text[len - 1] == '%' && read_decimal(text, len - 1, &number) && number % 100 == 0;
        number /= 100;
        break;
    case VALUE_RATE:
        if (read_rate(text, len, &rate)) {
            struct frac *kept = ARENA_NEW(call->eval->arena, struct frac);

            *kept = rate;
            return (struct value){.type = VALUE_RATE, .u.rate = kept};
        }
        break;
    default:
        break;
    }
    if (read)
        return value_int(type, number);
    return value_error_at(call->eval, DIAG_E0311, arg_span(call, 0), "%s is not a %s", value_show(call->eval, value),
                          value_type_name(type));
}

static struct value fn_duration(struct call *call)
{
    return from_text(call, VALUE_DURATION);
}

static struct value fn_size(struct call *call)
{
    return from_text(call, VALUE_SIZE);
}

static struct value fn_rate(struct call *call)
{
    return from_text(call, VALUE_RATE);
}

static struct value fn_percent(struct call *call)
{
    return from_text(call, VALUE_PERCENT);
}

/* A quantity as a plain number of one unit; what is not whole is an error, or rounded up by the variants that say so. */
static struct value in_unit(struct call *call, enum value_type type, bool up)
{
    struct value value = call->args[0];
    int64_t unit = call->function->unit, number;
    struct diag *diag;

    if (value.type != (uint8_t)type)
        return bad_argument(call, 0, type == VALUE_DURATION ? "a duration" : "a size");
    number = value.u.integer / unit;
    if (value.u.integer % unit) {
        if (!up) {
            diag = diag_report(call->eval->sink, DIAG_E0311, arg_span(call, 0), "`%s` is not a whole number of %s",
                               value_show(call->eval, value), call->function->name);
            diag_help(diag, "to round up, write `%s_up(%s)`", call->function->name, span_text(call->eval, arg_span(call, 0)));
            return value_error();
        }
        number += value.u.integer > 0;
    }
    return value_int(VALUE_INT, number);
}

static struct value fn_time_unit(struct call *call)
{
    return in_unit(call, VALUE_DURATION, false);
}

static struct value fn_time_unit_up(struct call *call)
{
    return in_unit(call, VALUE_DURATION, true);
}

static struct value fn_size_unit(struct call *call)
{
    return in_unit(call, VALUE_SIZE, false);
}

static struct value fn_size_unit_up(struct call *call)
{
    return in_unit(call, VALUE_SIZE, true);
}

/* ---------------------------------------------------------------- JSON */

static void json_string(const char *text, struct strbuf *out)
{
    strbuf_addch(out, '"');
    for (; *text; text++) {
        switch (*text) {
        case '"':
        case '\\':
            strbuf_addch(out, '\\');
            strbuf_addch(out, *text);
            break;
        case '\n':
            strbuf_addstr(out, "\\n");
            break;
        case '\t':
            strbuf_addstr(out, "\\t");
            break;
        case '\r':
            strbuf_addstr(out, "\\r");
            break;
        default:
            if ((unsigned char)*text < 0x20)
                strbuf_addf(out, "\\u%04x", (unsigned)(unsigned char)*text);
            else
                strbuf_addch(out, *text);
        }
    }
    strbuf_addch(out, '"');
}

/* False when a part has no JSON form; *problem is that part. */
static bool json_value(struct call *call, struct value value, struct strbuf *out, struct value *problem)
{
    switch (value.type) {
    case VALUE_NULL:
        strbuf_addstr(out, "null");
        return true;
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_DECIMAL:
        value_print(value, out);
        return true;
    case VALUE_LIST:
        strbuf_addch(out, '[');
        for (uint32_t i = 0; i < value.u.list->count; i++) {
            if (i)
                strbuf_addch(out, ',');
            if (!json_value(call, value.u.list->items[i], out, problem))
                return false;
        }
        strbuf_addch(out, ']');
        return true;
    case VALUE_OBJECT:
        strbuf_addch(out, '{');
        for (uint32_t i = 0; i < value.u.object->count; i++) {
            if (i)
                strbuf_addch(out, ',');
            json_string(value.u.object->pairs[i].key, out);
            strbuf_addch(out, ':');
            if (!json_value(call, value.u.object->pairs[i].value, out, problem))
                return false;
        }
        strbuf_addch(out, '}');
        return true;
    case VALUE_PERCENT:
    case VALUE_DURATION:
    case VALUE_SIZE:
    case VALUE_RATE:
    case VALUE_MONEY:
    case VALUE_DATE:
    case VALUE_TIME:
    case VALUE_STRING:
    case VALUE_WORD:
    case VALUE_SCHEDULE:
    case VALUE_RANGE:
    case VALUE_ENTITY:
        json_string(value_text(value, call->eval->arena), out);
        return true;
    default:
        *problem = value;
        return false;
    }
}

static struct value fn_json(struct call *call)
{
    struct strbuf out = STRBUF_INIT;
    struct value problem = value_unknown();
    struct diag *diag;

    if (json_value(call, call->args[0], &out, &problem))
        return make_string(call, &out);
    strbuf_release(&out);
    if (!value_is_known(problem))
        return problem;
    diag = diag_report(call->eval->sink, DIAG_E0311, arg_span(call, 0), "%s has no JSON text", value_describe(call->eval, problem));
    diag_help(diag, "for values that are known only to the target, write `jsonencode(…)`");
    return value_error();
}

/* ---------------------------------------------------------------- values of what is emitted */

static struct value not_literal(struct call *call, uint32_t index)
{
    struct diag *diag = diag_report(call->eval->sink, DIAG_E0318, arg_span(call, index), "the text of `%s` must be written down literally",
                                    call->function->name);

    diag_help(diag, "write `%s(\"…\")`%s", call->function->name,
              strcmp(call->function->name, "shell") == 0 ? "; values go in by `\\(…)` and arrive quoted" : "");
    return value_error();
}

static struct value fn_shell(struct call *call)
{
    const struct expr *text = call->arg_exprs[0];

    if (text->kind == EXPR_TEMPLATE)
        return eval_template(call->eval, text, call->scope, true);
    if (text->kind == EXPR_STRING) {
        struct value_text *parts = ARENA_NEW(call->eval->arena, struct value_text);

        parts->count = 1;
        parts->parts = ARENA_NEW(call->eval->arena, struct text_part);
        parts->parts[0] = (struct text_part){true, value_string(text->u.string.text)};
        return (struct value){.type = VALUE_SHELL, .u.text = parts};
    }
    return text->kind == EXPR_ERROR ? value_error() : not_literal(call, 0);
}

static struct value fn_hcl(struct call *call)
{
    const struct expr *text = call->arg_exprs[0];

    if (text->kind != EXPR_STRING)
        return text->kind == EXPR_ERROR ? value_error() : not_literal(call, 0);
    return (struct value){.type = VALUE_HCL, .u.string = text->u.string.text};
}

/* A name of the target language, written as a bareword, a path or a string. */
static const char *arg_target_name(struct call *call, uint32_t index)
{
    const struct expr *expr = call->arg_exprs[index];
    atom path = expr_path(expr, call->eval->names);
    const char *text;

    if (path && !(expr->kind == EXPR_NAME && name_is_local(call->scope, path)) &&
        !(expr->kind == EXPR_MEMBER && expr->u.member.object->kind == EXPR_NAME &&
          name_is_local(call->scope, expr->u.member.object->u.name)))
        return path;
    call->args[index] = eval_typed(call->eval, expr, call->scope, NULL, NULL);
    if (call->args[index].type == VALUE_ERROR)
        return NULL;
    return arg_string(call, index, &text) ? text : NULL;
}

static struct value fn_ref(struct call *call)
{
    struct value_ref *ref = ARENA_NEW(call->eval->arena, struct value_ref);
    const char *resource = arg_target_name(call, 0), *attribute = arg_target_name(call, 2), *key;

    call->args[1] = eval_typed(call->eval, call->arg_exprs[1], call->scope, NULL, NULL);
    if (!resource || !attribute || call->args[1].type == VALUE_ERROR)
        return value_error();
    if (!value_is_known(call->args[1]))
        return call->args[1];
    if (!arg_name(call, 1, &key))
        return value_error();
    ref->resource = intern_str(call->eval->names, resource);
    ref->key = clean_identifier(call->eval->arena, key);
    ref->attribute = attribute;
    return (struct value){.type = VALUE_REF, .u.ref = ref};
}

static struct value fn_fact(struct call *call)
{
    struct value_fact *fact = ARENA_NEW(call->eval->arena, struct value_fact);
    const char *name;
    int row;

    if (call->args[0].type != VALUE_ENTITY)
        return bad_argument(call, 0, "an asset, a site or a store");
    if (!arg_string(call, 1, &name))
        return value_error();
    fact->entity = call->args[0].u.entity;
    fact->name = intern_str(call->eval->names, name);
    row = entity_row(fact->entity, fact->name);
    fact->value = row < 0 ? value_unknown() : eval_slot(call->eval, fact->entity, (uint32_t)row);
    if (fact->value.type == VALUE_ERROR)
        return value_error();
    if (value_is_known(fact->value) && fact->value.type != VALUE_STRING)
        fact->value = value_string(value_text(fact->value, call->eval->arena));
    return (struct value){.type = VALUE_FACT, .u.fact = fact};
}

static struct value fn_attest(struct call *call)
{
    struct value value = call->args[0];

    return value.type == VALUE_STRING || value.type == VALUE_TEXT ? value : bad_argument(call, 0, "a string");
}

static struct value fn_secret(struct call *call)
{
    struct evaluator *eval = call->eval;
    struct value value = call->args[0], env = value_unknown();
    const char *name;

    if (value.type == VALUE_STRING) {
        struct entity *declared = model_find(eval->model, BLOCK_SECRET, intern_str(eval->names, value.u.string));

        if (declared)
            value = value_entity(declared);
    }
    if (value.type == VALUE_ENTITY && value.u.entity->schema->id == BLOCK_SECRET)
        env = eval_slot(eval, value.u.entity, SECRET_env);
    if (env.type == VALUE_STRING) {
        name = env.u.string;
    } else if (value.type == VALUE_ENTITY && value.u.entity->schema->id == BLOCK_SECRET) {
        char *upper = arena_strdup(eval->arena, clean_identifier(eval->arena, value.u.entity->name));

        for (char *p = upper; *p; p++)
            *p = (char)(*p >= 'a' && *p <= 'z' ? *p + 'A' - 'a' : *p);
        name = upper;
    } else if (!arg_string(call, 0, &name)) {
        return value_error();
    }
    if (strcmp(clean_identifier(eval->arena, name), name) != 0)
        return value_error_at(eval, DIAG_E0311, arg_span(call, 0), "`%s` cannot be the name of an environment variable", name);
    return (struct value){.type = VALUE_RUNTIME, .u.word = intern_str(eval->names, arena_printf(eval->arena, "env.%s", name))};
}

static struct value target_call(struct call *call, const char *function, const struct value *arguments, uint32_t count)
{
    struct value_call *made = ARENA_NEW(call->eval->arena, struct value_call);

    made->function = function;
    made->count = count;
    made->arguments = ARENA_ARRAY(call->eval->arena, struct value, count);
    if (count)
        memcpy(made->arguments, arguments, sizeof *arguments * count);
    return (struct value){.type = VALUE_CALL, .u.call = made};
}

static struct value fn_jsonencode(struct call *call)
{
    return target_call(call, "jsonencode", call->args, 1);
}

static struct value fn_call(struct call *call)
{
    const struct expr *name = call->arg_exprs[0];

    if (name->kind != EXPR_STRING)
        return not_literal(call, 0);
    if (strcmp(clean_identifier(call->eval->arena, name->u.string.text), name->u.string.text) != 0)
        return value_error_at(call->eval, DIAG_E0311, name->span, "`%s` is not the name of a function", name->u.string.text);
    return target_call(call, name->u.string.text, call->args + 1, call->count - 1);
}

/* ---------------------------------------------------------------- the table */

static const struct function functions[] = {
    {"concat", 1, MANY, LISTS, fn_concat, "concat(list, …) -> list", "The elements of all lists, in order.", 0},
    {"flatten", 1, 1, 0, fn_flatten, "flatten(list of lists) -> list", "The elements of the lists in a list, one level deep.", 0},
    {"distinct", 1, 1, SAME, fn_distinct, "distinct(list) -> list", "Each element once, where it first stands.", 0},
    {"first", 1, 1, ELEMENTS, fn_first, "first(list) -> element", "The first element; unknown when the list is empty.", 0},
    {"last", 1, 1, ELEMENTS, fn_last, "last(list) -> element", "The last element; unknown when the list is empty.", 0},
    {"contains", 2, 2, RAW, fn_contains, "contains(list, element) -> bool", "Whether the list has the element, or the string the part.", 0},
    {"len", 1, 1, 0, fn_len, "len(list) -> int", "How many elements a list, keys an object or characters a string has.", 0},
    {"min", 1, MANY, SAME, fn_min, "min(a, b, …) -> value", "The smallest of values of one unit, or of the elements of one list; of ranges end by end.", 0},
    {"max", 1, MANY, SAME, fn_max, "max(a, b, …) -> value", "The greatest of values of one unit, or of the elements of one list; of ranges end by end.", 0},
    {"sum", 1, 2, 0, fn_sum, "sum(list, start) -> value", "The sum of the elements; `start` gives an empty list its unit: `sum(xs, 0s)`.", 0},
    {"known", 1, 1, RAW, fn_known, "known(value) -> bool", "Whether the value is known. The only function that asks this instead of being unknown itself.", 0},
    {"coalesce", 1, MANY, RAW, fn_coalesce, "coalesce(a, b, …) -> value", "The first value that is known.", 0},
    {"keys", 1, 1, 0, fn_keys, "keys(object) -> list(string)", "The keys of an object, in written order.", 0},
    {"get", 2, 3, RAW, fn_get_raw, "get(object, key, default) -> value", "The value of a key that may be missing; without a default it is then unknown.", 0},
    {"join", 1, 2, 0, fn_join, "join(list, separator) -> string", "The texts of the elements with the separator between them.", 0},
    {"split", 2, 2, 0, fn_split, "split(string, separator) -> list(string)", "The parts of a string between separators.", 0},
    {"replace", 3, 3, 0, fn_replace, "replace(string, from, to) -> string", "Each occurrence replaced.", 0},
    {"lower", 1, 1, 0, fn_lower, "lower(string) -> string", "ASCII letters in lower case.", 0},
    {"upper", 1, 1, 0, fn_upper, "upper(string) -> string", "ASCII letters in upper case.", 0},
    {"trim", 1, 1, 0, fn_trim, "trim(string) -> string", "Without white space at both ends.", 0},
    {"starts_with", 2, 2, 0, fn_starts_with, "starts_with(string, start) -> bool", "Whether it starts so.", 0},
    {"ends_with", 2, 2, 0, fn_ends_with, "ends_with(string, end) -> bool", "Whether it ends so.", 0},
    {"ident", 1, MANY, 0, fn_ident, "ident(part, …) -> string", "The parts joined by `_` as an identifier of letters, digits and `_`; declared things by their name.", 0},
    {"slug", 1, MANY, 0, fn_slug, "slug(part, …) -> string", "The parts joined by `-` in lower case, of letters, digits and single `-`.", 0},
    {"string", 1, 1, 0, fn_string, "string(value) -> string", "The text of a value, as interpolation writes it.", 0},
    {"int", 1, 1, 0, fn_int, "int(value) -> int", "A whole decimal, or a string of digits, as an int.", 0},
    {"duration", 1, 1, 0, fn_duration, "duration(string) -> duration", "A duration from its text, as data files have it: `duration(e.rto)`.", 0},
    {"size", 1, 1, 0, fn_size, "size(string) -> size", "A size from its text.", 0},
    {"rate", 1, 1, 0, fn_rate, "rate(string) -> rate", "A rate from its text.", 0},
    {"percent", 1, 1, 0, fn_percent, "percent(string) -> percent", "A percentage from its text.", 0},
    {"milliseconds", 1, 1, 0, fn_time_unit, "milliseconds(duration) -> int", "The number of milliseconds.", 1},
    {"seconds", 1, 1, 0, fn_time_unit, "seconds(duration) -> int", "The number of seconds, which must be whole.", MS_SECOND},
    {"minutes", 1, 1, 0, fn_time_unit, "minutes(duration) -> int", "The number of minutes, which must be whole.", MS_MINUTE},
    {"hours", 1, 1, 0, fn_time_unit, "hours(duration) -> int", "The number of hours, which must be whole.", MS_HOUR},
    {"days", 1, 1, 0, fn_time_unit, "days(duration) -> int", "The number of days, which must be whole.", MS_DAY},
    {"seconds_up", 1, 1, 0, fn_time_unit_up, "seconds_up(duration) -> int", "The number of seconds, rounded up.", MS_SECOND},
    {"minutes_up", 1, 1, 0, fn_time_unit_up, "minutes_up(duration) -> int", "The number of minutes, rounded up.", MS_MINUTE},
    {"hours_up", 1, 1, 0, fn_time_unit_up, "hours_up(duration) -> int", "The number of hours, rounded up.", MS_HOUR},
    {"days_up", 1, 1, 0, fn_time_unit_up, "days_up(duration) -> int", "The number of days, rounded up.", MS_DAY},
    {"bytes", 1, 1, 0, fn_size_unit, "bytes(size) -> int", "The number of bytes.", 1},
    {"kib", 1, 1, 0, fn_size_unit, "kib(size) -> int", "The number of KiB, which must be whole.", 1024},
    {"mib", 1, 1, 0, fn_size_unit, "mib(size) -> int", "The number of MiB, which must be whole.", INT64_C(1) << 20},
    {"gib", 1, 1, 0, fn_size_unit, "gib(size) -> int", "The number of GiB, which must be whole.", INT64_C(1) << 30},
    {"kib_up", 1, 1, 0, fn_size_unit_up, "kib_up(size) -> int", "The number of KiB, rounded up.", 1024},
    {"mib_up", 1, 1, 0, fn_size_unit_up, "mib_up(size) -> int", "The number of MiB, rounded up.", INT64_C(1) << 20},
    {"gib_up", 1, 1, 0, fn_size_unit_up, "gib_up(size) -> int", "The number of GiB, rounded up.", INT64_C(1) << 30},
    {"json", 1, 1, 0, fn_json, "json(value) -> string", "The JSON text of a value. Quantities and declared things are strings in it.", 0},
    {"shell", 1, 1, RAW, fn_shell, "shell(\"text\") -> command", "A command in shell text, written literally; interpolated values arrive as quoted variables, the elements of a list as words.", 0},
    {"attest", 1, 1, 0, fn_attest, "attest(string) -> string", "What a person confirms in place of a command that cannot run.", 0},
    {"secret", 1, 1, 0, fn_secret, "secret(name) -> run-time value", "The value of a secret, which only the environment of the running plan has.", 0},
    {"fact", 2, 2, 0, fn_fact, "fact(thing, name) -> fact", "Something true of what exists already: a variable of what is emitted, pinned to the attribute of that name where it is known.", 0},
    {"ref", 3, 3, RAW, fn_ref, "ref(resource, key, attribute) -> reference", "An attribute of an emitted resource.", 0},
    {"hcl", 1, 1, RAW, fn_hcl, "hcl(\"text\") -> expression", "An expression of the target language, written literally.", 0},
    {"jsonencode", 1, 1, 0, fn_jsonencode, "jsonencode(value) -> expression", "Terraform's jsonencode(), for values that hold references or facts.", 0},
    {"call", 1, MANY, 0, fn_call, "call(\"function\", …) -> expression", "A function of the target language.", 0},
};

enum { FUNCTIONS = sizeof functions / sizeof *functions };

uint32_t builtin_count(void)
{
    return FUNCTIONS;
}

struct builtin_info builtin_info(uint32_t index)
{
    return (struct builtin_info){functions[index].name, functions[index].signature, functions[index].doc};
}

/* ---------------------------------------------------------------- calling */

static const struct function *find_function(struct evaluator *eval, atom name)
{
    struct map *map = &eval->state->functions;
    uintptr_t found;

    if (!map->len) {
        for (uintptr_t i = 0; i < FUNCTIONS; i++)
            map_add(map, eval->arena, intern_str(eval->names, functions[i].name), (void *)(i + 1));
    }
    found = (uintptr_t)map_get(map, name);
    return found ? &functions[found - 1] : NULL;
}

/* `asset("database")`: a declared thing by a name that is a string; `kind("aws.rds.postgres")`. */
static struct value find_thing(struct evaluator *eval, const struct expr *expr, const struct block_schema *schema,
                               const struct scope *scope, const struct type **seen)
{
    const struct expr_list *args = expr->u.call.args;
    struct kind_info *kind;
    struct entity *entity;
    struct value value;
    const char *near;
    const char **names;
    struct diag *diag;
    atom name;

    if (!args || args->count != 1)
        return value_error_at(eval, DIAG_E0310, expr->span, "`%s` takes one argument, a name", schema->name);
    value = eval_beside(eval, args->items[0], scope, ref_type(eval, schema), value_unknown(), NULL);
    if (!value_is_known(value))
        return value;
    if (seen)
        *seen = ref_type(eval, schema);
    if (value.type == VALUE_ENTITY && value.u.entity->schema == schema)
        return value;
    if (value.type != VALUE_STRING && value.type != VALUE_WORD)
        return value_error_at(eval, DIAG_E0311, args->items[0]->span, "`%s` needs a name, not %s", schema->name,
                              value_describe(eval, value));
    name = intern_str(eval->names, value_text(value, eval->arena));
    model_enter(eval->model, expr->span);
    entity = model_find_here(eval->model, (enum block_id)schema->id, name);
    if (!entity && schema->id == BLOCK_KIND && (kind = map_get(&eval->model->kinds, name)))
        entity = kind->entity;
    if (entity)
        return value_entity(entity);
    diag = diag_report(eval->sink, DIAG_E0306, args->items[0]->span, "there is no %s `%s`", schema->name, name);
    if (value.origin && value.origin != args->items[0]->span.start)
        diag_label(diag, (struct span){value.origin, value.origin}, "the name comes from here");
    names = ARENA_ARRAY(eval->arena, const char *, eval->model->declared[schema->id].list.len);
    for (uint32_t i = 0; i < eval->model->declared[schema->id].list.len; i++)
        names[i] = eval->model->declared[schema->id].list.items[i]->name;
    near = suggest(eval, name, names, eval->model->declared[schema->id].list.len);
    if (near)
        diag_help(diag, "did you mean `%s`?", near);
    return value_error();
}

static struct value unknown_function(struct evaluator *eval, const struct expr *callee)
{
    VEC(const char *) names = {0};
    const char *near;
    struct diag *diag;

    for (uint32_t i = 0; i < FUNCTIONS; i++)
        vec_push(eval->arena, &names, functions[i].name);
    for (uint32_t i = 0; i < BLOCK_COUNT; i++) {
        if (eval->model->schemas[i].flags & SCHEMA_TOP)
            vec_push(eval->arena, &names, eval->model->schemas[i].name);
    }
    diag = diag_report(eval->sink, DIAG_E0309, callee->span, "there is no function `%s`", callee->u.name);
    near = suggest(eval, callee->u.name, names.items, names.len);
    if (near)
        diag_fix(diag, callee->span, near, "did you mean `%s`?", near);
    return value_error();
}

/* Evaluates the arguments. VALUE_NULL: all are known; otherwise what the call is worth. */
static struct value evaluate_arguments(struct call *call, const struct type *argument_type)
{
    bool unknown = false, not_applicable = false, failed = false;

    for (uint32_t i = 0; i < call->count; i++) {
        call->args[i] = eval_typed(call->eval, call->arg_exprs[i], call->scope, argument_type, &call->types[i]);
        failed = failed || call->args[i].type == VALUE_ERROR;
        unknown = unknown || call->args[i].type == VALUE_UNKNOWN;
        not_applicable = not_applicable || call->args[i].type == VALUE_NA;
    }
    if (failed)
        return value_error();
    if (unknown)
        return value_unknown();
    return not_applicable ? VALUE_OF(VALUE_NA) : VALUE_OF(VALUE_NULL);
}

static struct value eval_method(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct type **seen)
{
    const struct expr *callee = expr->u.call.callee;
    struct value object = eval_typed(eval, callee->u.member.object, scope, NULL, NULL), result;
    uint32_t count = expr->u.call.args ? expr->u.call.args->count : 0;
    struct value *args;
    const char **names = NULL, *near;
    uint32_t name_count = 0;
    atom name = callee->u.member.name;
    struct diag *diag;
    bool unknown = false;

    (void)seen;
    if (!value_is_known(object) || object.type == VALUE_NA)
        return object;
    args = ARENA_ARRAY(eval->arena, struct value, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct expr *arg = expr->u.call.args->items[i];
        atom path = expr_path(arg, eval->names);
        struct kind_info *kind = path ? map_get(&eval->model->kinds, path) : NULL;

        args[i] = kind ? value_entity(kind->entity) : eval_typed(eval, arg, scope, NULL, NULL);
        if (args[i].type == VALUE_ERROR)
            return value_error();
        unknown = unknown || args[i].type == VALUE_UNKNOWN;
    }
    if (unknown)
        return value_unknown();
    if (object.type == VALUE_LIST && strcmp(name, "of") == 0 && count == 1 && args[0].type == VALUE_ENTITY &&
        args[0].u.entity->schema->id == BLOCK_KIND)
        return list_of_kind(eval, object, args[0].u.entity->name, expr->span);
    if (object.type != VALUE_ENTITY)
        return value_error_at(eval, DIAG_E0309, callee->span, "%s has no function `%s`", value_describe(eval, object), name);
    if (computed_method(eval, object.u.entity, name, args, count, expr->span, &result))
        return result;
    if (eval->hooks && eval->hooks->method && eval->hooks->method(eval, object.u.entity, name, args, count, expr->span, &result))
        return result;
    computed_names(eval, object.u.entity->schema, true, &names, &name_count);
    diag = diag_report(eval->sink, DIAG_E0309, callee->span, "%s has no function `%s`", value_describe(eval, object), name);
    near = suggest(eval, name, names, name_count);
    if (near)
        diag_help(diag, "did you mean `%s(…)`?", near);
    return value_error();
}

static bool right_count(struct evaluator *eval, const struct expr *expr, const struct function *function, uint32_t count)
{
    bool few = count < function->min;
    uint32_t limit = few ? function->min : function->max;
    struct diag *diag;

    if (!few && count <= function->max)
        return true;
    diag = diag_report(eval->sink, DIAG_E0310, expr->span, "`%s` takes %s%u argument%s, found %u", function->name,
                       function->min == function->max ? "" : few ? "at least " : "at most ", limit, limit == 1 ? "" : "s", count);
    diag_note(diag, "signature: `%s`", function->signature);
    return false;
}

bool call_is_known(struct evaluator *eval, const struct expr *expr)
{
    const struct expr *callee = expr->u.call.callee;
    const struct function *function = find_function(eval, callee->u.name);
    uint32_t count = expr->u.call.args ? expr->u.call.args->count : 0;

    if (function)
        return right_count(eval, expr, function, count);
    if (map_get(&eval->model->schema_by_name, callee->u.name))
        return true;
    unknown_function(eval, callee);
    return false;
}

struct value eval_call(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct type *expected,
                       const struct type **seen)
{
    const struct expr *callee = expr->u.call.callee;
    const struct expr_list *list = expr->u.call.args;
    const struct block_schema *schema;
    struct call call = {.eval = eval, .expr = expr, .scope = scope, .expected = expected, .seen = seen};
    struct value early;
    struct value room[4];
    const struct type *types[4];
    struct type of_list = {.kind = TYPE_LIST, .element = expected};
    const struct type *argument_type = NULL;

    if (callee->kind == EXPR_ERROR)
        return value_error();
    if (callee->kind == EXPR_MEMBER)
        return eval_method(eval, expr, scope, seen);
    if (callee->kind != EXPR_NAME)
        return value_error_at(eval, DIAG_E0309, callee->span, "only a function can be called");
    call.function = find_function(eval, callee->u.name);
    if (!call.function) {
        schema = map_get(&eval->model->schema_by_name, callee->u.name);
        return schema ? find_thing(eval, expr, schema, scope, seen) : unknown_function(eval, callee);
    }
    call.count = list ? list->count : 0;
    if (!right_count(eval, expr, call.function, call.count))
        return value_error();
    call.arg_exprs = list ? (const struct expr *const *)list->items : NULL;
    call.args = room;
    call.types = types;
    if (call.count > 4) {
        call.args = ARENA_ARRAY(eval->arena, struct value, call.count);
        call.types = ARENA_ARRAY(eval->arena, const struct type *, call.count);
    }
    for (uint32_t i = 0; i < call.count; i++) {
        call.args[i] = value_unknown();
        call.types[i] = NULL;
    }
    if (!(call.function->flags & RAW)) {
        if (expected && call.function->flags & (SAME | LISTS))
            argument_type = expected;
        else if (expected && call.function->flags & ELEMENTS)
            argument_type = &of_list;
        early = evaluate_arguments(&call, argument_type);
        if (early.type != VALUE_NULL)
            return early;
    }
    return call.function->run(&call);
}
