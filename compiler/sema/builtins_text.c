/* Built-in functions over texts, and conversions: of names to identifiers, quantities to numbers, values to JSON. */
#include "sema/builtins.h"

#include <string.h>

/* ---------------------------------------------------------------- strings */

struct value fn_join(struct call *call)
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

struct value fn_lower(struct call *call)
{
    return change_case(call, 'A', 'Z', 'a' - 'A');
}

struct value fn_upper(struct call *call)
{
    return change_case(call, 'a', 'z', 'A' - 'a');
}

struct value fn_trim(struct call *call)
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

struct value fn_replace(struct call *call)
{
    const char *text, *from, *to, *at;
    struct strbuf out = STRBUF_INIT;

    if (!arg_string(call, 0, &text) || !arg_string(call, 1, &from) || !arg_string(call, 2, &to))
        return value_error();
    if (!*from)
        return refuse_argument(call, 1, "`replace` cannot look for an empty string");
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

struct value fn_split(struct call *call)
{
    const char *text, *by, *at;
    VEC(struct value) items = {0};

    if (!arg_string(call, 0, &text) || !arg_string(call, 1, &by))
        return value_error();
    if (!*by)
        return refuse_argument(call, 1, "`split` cannot split at an empty string");
    for (; (at = strstr(text, by)); text = at + strlen(by))
        vec_push(call->eval->arena, &items, value_string(arena_strndup(call->eval->arena, text, (size_t)(at - text))));
    vec_push(call->eval->arena, &items, value_string(text));
    return eval_list_of(call->eval, items.items, items.len);
}

struct value fn_starts_with(struct call *call)
{
    const char *text, *start;

    if (!arg_string(call, 0, &text) || !arg_string(call, 1, &start))
        return value_error();
    return value_int(VALUE_BOOL, strncmp(text, start, strlen(start)) == 0);
}

struct value fn_ends_with(struct call *call)
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

struct value fn_ident(struct call *call)
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

struct value fn_slug(struct call *call)
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

/* POSIX shell: between single quotes everything stands for itself; a single quote ends them, is escaped, and opens them again. */
struct value fn_remote(struct call *call)
{
    struct strbuf out = STRBUF_INIT;
    const char *text;

    for (uint32_t i = 0; i < call->count; i++) {
        if (!arg_name(call, i, &text)) {
            strbuf_release(&out);
            return value_error();
        }
        strbuf_addstr(&out, out.len ? " '" : "'");
        for (; *text; text++) {
            if (*text == '\'')
                strbuf_addstr(&out, "'\\''");
            else
                strbuf_addch(&out, *text);
        }
        strbuf_addch(&out, '\'');
    }
    return make_string(call, &out);
}

/* ---------------------------------------------------------------- conversions */

struct value fn_string(struct call *call)
{
    return eval_join(call->eval, call->args, 1, "", arg_span(call, 0));
}

struct value fn_int(struct call *call)
{
    struct value value = call->args[0];
    int64_t nano;

    switch (value.type) {
    case VALUE_INT: return value;
    case VALUE_DECIMAL:
        if (value.u.integer % NANO == 0)
            return value_int(VALUE_INT, value.u.integer / NANO);
        return refuse_argument(call, 0, "`%s` is not a whole number", value_show(call->eval, value));
    case VALUE_STRING:
        if (read_decimal(value.u.string, strlen(value.u.string), &nano) && nano % NANO == 0)
            return value_int(VALUE_INT, nano / NANO);
        return refuse_argument(call, 0, "%s is not a whole number", value_show(call->eval, value));
    default: return bad_argument(call, 0, "a number or a string of digits");
    }
}

struct value not_a_text_of(struct call *call, const char *what)
{
    struct value value = call->args[0];
    struct diag *diag = diag_report(call->eval->sink, DIAG_E0311, arg_span(call, 0), "%s is not a %s", value_show(call->eval, value), what);

    label_data(call->eval, diag, value);
    return value_error();
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
    case VALUE_DURATION: read = read_duration(text, len, &number); break;
    case VALUE_SIZE: read = read_size(text, len, &number); break;
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
    default: break;
    }
    if (read)
        return value_int(type, number);
    return not_a_text_of(call, value_type_name(type));
}

struct value fn_duration(struct call *call)
{
    return from_text(call, VALUE_DURATION);
}

struct value fn_size(struct call *call)
{
    return from_text(call, VALUE_SIZE);
}

struct value fn_rate(struct call *call)
{
    return from_text(call, VALUE_RATE);
}

struct value fn_percent(struct call *call)
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
            diag = diag_report(call->eval->sink, DIAG_E0311, arg_span(call, 0), "`%s` is not a whole number of %s", value_show(call->eval, value),
                               call->function->name);
            label_data(call->eval, diag, value);
            diag_help(diag, "to round up, write `%s_up(%s)`", call->function->name, span_text(call->eval, arg_span(call, 0)));
            return value_error();
        }
        number += value.u.integer > 0;
    }
    return value_int(VALUE_INT, number);
}

struct value fn_time_unit(struct call *call)
{
    return in_unit(call, VALUE_DURATION, false);
}

struct value fn_time_unit_up(struct call *call)
{
    return in_unit(call, VALUE_DURATION, true);
}

struct value fn_size_unit(struct call *call)
{
    return in_unit(call, VALUE_SIZE, false);
}

struct value fn_size_unit_up(struct call *call)
{
    return in_unit(call, VALUE_SIZE, true);
}

/* ---------------------------------------------------------------- JSON */

/* False when a part has no JSON form; *problem is that part. */
static bool json_value(struct call *call, struct value value, struct strbuf *out, struct value *problem)
{
    switch (value.type) {
    case VALUE_NULL: strbuf_addstr(out, "null"); return true;
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_DECIMAL: value_print(value, out); return true;
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
            strbuf_add_json(out, value.u.object->pairs[i].key);
            strbuf_addch(out, ':');
            if (!json_value(call, value.u.object->pairs[i].value, out, problem))
                return false;
        }
        strbuf_addch(out, '}');
        return true;
    default:
        if (value_has_text(value) && value.type != VALUE_NA) {
            strbuf_add_json(out, value_text(value, call->eval->arena));
            return true;
        }
        *problem = value;
        return false;
    }
}

struct value fn_json(struct call *call)
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
    label_data(call->eval, diag, problem);
    diag_help(diag, "for values that are known only to the target, write `jsonencode(…)`");
    return value_error();
}
