/* Built-in functions over lists and objects, and those that ask whether something is known. */
#include "model/places.h"
#include "sema/builtins.h"

#include <string.h>

enum { ELEMENT = 8 }; /* operations that an element of a new list pays: it takes memory, and lists that are made of each other double */

/* ---------------------------------------------------------------- lists */

struct value fn_concat(struct call *call)
{
    VEC(struct value) items = {0};

    for (uint32_t i = 0; i < call->count; i++) {
        const struct value_list *list;

        if (!arg_list(call, i, &list))
            return value_error();
        if (!eval_charge(call->eval, (int64_t)list->count * ELEMENT, call->expr->span))
            return value_error();
        for (uint32_t j = 0; j < list->count; j++)
            vec_push(call->eval->arena, &items, list->items[j]);
    }
    if (call->seen && call->count)
        *call->seen = call->types[0];
    return eval_list_of(call->eval, items.items, items.len);
}

struct value fn_flatten(struct call *call)
{
    const struct value_list *list;
    VEC(struct value) items = {0};
    bool unknown = false;

    if (!arg_list(call, 0, &list))
        return value_error();
    for (uint32_t i = 0; i < list->count; i++) {
        struct value item = list->items[i];

        if (!eval_charge(call->eval, item.type == VALUE_LIST ? (int64_t)item.u.list->count * ELEMENT + 1 : 1, call->expr->span))
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

struct value fn_distinct(struct call *call)
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
            struct diag *diag = diag_report(call->eval->sink, DIAG_E0303, call->expr->span, "`%s` cannot compare %s with %s", call->function->name,
                                            value_describe(call->eval, result), value_describe(call->eval, next));

            diag_note(diag, "signature: `%s`", call->function->signature);
            return value_error();
        }
    }
    if (call->seen)
        *call->seen = call->args[0].type == VALUE_LIST ? list_element(call->types[0]) : call->types[0];
    return result;
}

struct value fn_min(struct call *call)
{
    return extreme(call, false);
}

struct value fn_max(struct call *call)
{
    return extreme(call, true);
}

struct value fn_sum(struct call *call)
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

struct value fn_len(struct call *call)
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

struct value fn_contains(struct call *call)
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

struct value fn_first(struct call *call)
{
    const struct value_list *list;

    if (!arg_list(call, 0, &list))
        return value_error();
    if (call->seen)
        *call->seen = list_element(call->types[0]);
    return list->count ? list->items[0] : value_unknown();
}

struct value fn_last(struct call *call)
{
    const struct value_list *list;

    if (!arg_list(call, 0, &list))
        return value_error();
    if (call->seen)
        *call->seen = list_element(call->types[0]);
    return list->count ? list->items[list->count - 1] : value_unknown();
}

/* ---------------------------------------------------------------- known or not */

struct value fn_known(struct call *call)
{
    struct value value = eval_typed(call->eval, call->arg_exprs[0], call->scope, NULL, NULL);

    if (value.type == VALUE_ERROR)
        return value;
    return value_int(VALUE_BOOL, value_is_known(value) && value.type != VALUE_NULL);
}

struct value fn_is(struct call *call)
{
    const struct block_schema *schema = sort_named(call->eval, call->arg_exprs[1]);
    struct value value = eval_typed(call->eval, call->arg_exprs[0], call->scope, NULL, NULL);

    if (!schema || value.type == VALUE_ERROR)
        return value_error();
    if (!value_is_known(value) || value.type == VALUE_NA)
        return value;
    return value_int(VALUE_BOOL, value.type == VALUE_ENTITY && value.u.entity->schema == schema);
}

struct value fn_coalesce(struct call *call)
{
    struct value value = value_unknown();

    for (uint32_t i = 0; i < call->count; i++) {
        value = eval_typed(call->eval, call->arg_exprs[i], call->scope, call->expected, call->seen);
        if (value.type == VALUE_ERROR || (value_is_known(value) && value.type != VALUE_NULL && value.type != VALUE_NA))
            return value;
    }
    return value;
}

/* ---------------------------------------------------------------- places */

struct value fn_named(struct call *call)
{
    if (call->seen)
        *call->seen = call->types[0];
    return places_drop(call->eval->model, call->args[0]);
}

/* ---------------------------------------------------------------- objects */

struct value fn_keys(struct call *call)
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
struct value fn_get_raw(struct call *call)
{
    for (uint32_t i = 0; i < 2; i++) {
        call->args[i] = eval_typed(call->eval, call->arg_exprs[i], call->scope, NULL, NULL);
        if (!value_is_known(call->args[i]))
            return call->args[i];
    }
    return fn_get(call);
}
