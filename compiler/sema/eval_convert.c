/* Conversion of values to the type that is expected, and what is said when that is not possible. */
#include "model/places.h"
#include "sema/eval_internal.h"

#include <string.h>

enum { SHOW_MAX = 60 };

/* ---------------------------------------------------------------- telling */

const char *value_show(struct evaluator *eval, struct value value)
{
    struct strbuf out = STRBUF_INIT;
    char *text;

    value_print(value, &out);
    if (out.len > SHOW_MAX) {
        size_t cut = SHOW_MAX;

        /* Never inside a UTF-8 sequence. */
        while (cut > 0 && ((unsigned char)out.data[cut] & 0xc0) == 0x80)
            cut--;
        text = arena_printf(eval->arena, "%.*s…", (int)cut, out.data);
    } else {
        text = strbuf_dup(&out, eval->arena);
    }
    strbuf_release(&out);
    return text;
}

const char *type_show(struct evaluator *eval, const struct type *type)
{
    struct strbuf out = STRBUF_INIT;
    char *text;

    type_print(type, &out);
    text = strbuf_dup(&out, eval->arena);
    strbuf_release(&out);
    return text;
}

const char *value_describe(struct evaluator *eval, struct value value)
{
    const struct entity *entity;

    switch ((enum value_type)value.type) {
    case VALUE_PENDING:
    case VALUE_BUSY:
    case VALUE_UNKNOWN: return "an unknown value";
    case VALUE_ERROR: return "an error";
    case VALUE_NULL: return "`null`";
    case VALUE_NA: return "n/a";
    case VALUE_INT: return arena_printf(eval->arena, "the number `%s`", value_show(eval, value));
    case VALUE_DECIMAL: return arena_printf(eval->arena, "the number `%s`", value_show(eval, value));
    case VALUE_BOOL: return arena_printf(eval->arena, "`%s`", value_show(eval, value));
    case VALUE_PERCENT: return arena_printf(eval->arena, "the percentage `%s`", value_show(eval, value));
    case VALUE_ENTITY:
        entity = value.u.entity;
        if (!entity->name || !entity->name[0])
            return arena_printf(eval->arena, "the block `%s`", entity->schema->name);
        return arena_printf(eval->arena, "the %s `%s`", entity->schema->name, entity->name);
    case VALUE_RANGE:
        return arena_printf(eval->arena, "the %s range `%s`", value_type_name((enum value_type)value.u.range->best.type), value_show(eval, value));
    case VALUE_LIST: return value.u.list->count ? "a list" : "an empty list";
    case VALUE_OBJECT: return "an object";
    case VALUE_RUNTIME: return arena_printf(eval->arena, "the run-time value `%s`", value.u.word);
    case VALUE_TEXT: return "a text with run-time parts";
    case VALUE_SHELL: return "shell text";
    case VALUE_REF: return arena_printf(eval->arena, "the resource `%s`", value_show(eval, value));
    case VALUE_FACT: return arena_printf(eval->arena, "the fact `%s`", value_show(eval, value));
    case VALUE_HCL: return "an HCL expression";
    case VALUE_CALL: return arena_printf(eval->arena, "a call of `%s`", value.u.call->function);
    case VALUE_DURATION:
    case VALUE_SIZE:
    case VALUE_RATE:
    case VALUE_MONEY:
    case VALUE_DATE:
    case VALUE_TIME:
    case VALUE_STRING:
    case VALUE_WORD:
    case VALUE_SCHEDULE:
    case VALUE_TYPE: break;
    }
    return arena_printf(eval->arena, "the %s `%s`", value_type_name((enum value_type)value.type), value_show(eval, value));
}

static bool is_written_number(const struct evaluator *eval, struct span span)
{
    const char *text = span_text(eval, span);

    return *text && strspn(text, "-0123456789._") == strlen(text);
}

const char *describe_number(struct evaluator *eval, struct value number, struct span span)
{
    if (!span.start || is_written_number(eval, span))
        return value_describe(eval, number);
    return arena_printf(eval->arena, "the number `%s`", span_text(eval, span));
}

bool help_units(struct evaluator *eval, struct diag *diag, struct value number, enum value_type unit, struct span span)
{
    const char *digits = value_show(eval, number);
    const char *const *units;
    static const char *const durations[] = {"s", "m", "h"};
    static const char *const sizes[] = {"MiB", "GiB", "TiB"};
    static const char *const rates[] = {"KiB/s", "MiB/s", "GiB/s"};

    switch (unit) {
    case VALUE_DURATION: units = durations; break;
    case VALUE_SIZE: units = sizes; break;
    case VALUE_RATE: units = rates; break;
    case VALUE_PERCENT:
        if (span.start && !is_written_number(eval, span)) {
            diag_help(diag, "multiply it by its unit, for example `%s * 1%%`", span_text(eval, span));
            return true;
        }
        /* 0.3 is meant as a share of one. */
        if (number.type == VALUE_DECIMAL && number.u.integer > 0 && number.u.integer <= NANO)
            digits = value_show(eval, value_int(VALUE_DECIMAL, number.u.integer * 100));
        diag_fix(diag, span, arena_printf(eval->arena, "%s%%", digits), "write `%s%%`", digits);
        return true;
    case VALUE_MONEY:
        if (span.start && !is_written_number(eval, span)) {
            diag_help(diag, "multiply it by its currency, for example `%s * 1 USD`", span_text(eval, span));
            return true;
        }
        diag_fix(diag, span, arena_printf(eval->arena, "%s USD", digits), "name the currency, for example `%s USD`", digits);
        return true;
    default: return false;
    }
    if (span.start && !is_written_number(eval, span)) {
        diag_help(diag, "multiply it by its unit, for example `%s * 1%s`", span_text(eval, span), units[0]);
        return true;
    }
    if (number.u.integer == 0) {
        diag_fix(diag, span, arena_printf(eval->arena, "0%s", units[0]), "write `0%s`", units[0]);
        return true;
    }
    if (unit == VALUE_DURATION)
        diag_fix(diag, span, arena_printf(eval->arena, "%s%s", digits, units[0]), "write `%ss`, `%sm`, `%sh` or `%sd`", digits, digits, digits,
                 digits);
    else
        diag_fix(diag, span, arena_printf(eval->arena, "%s%s", digits, units[0]), "write `%s%s`, `%s%s` or `%s%s`", digits, units[0], digits,
                 units[1], digits, units[2]);
    return true;
}

/* ---------------------------------------------------------------- words of a type */

bool type_has_word(const struct type *type, atom word)
{
    for (uint32_t i = 0; i < type->count; i++) {
        if (type->kind == TYPE_ENUM ? type->words[i] == word : type_has_word(type->alternatives[i], word))
            return true;
    }
    return false;
}

/* ---------------------------------------------------------------- converting */

static enum value_type scalar_of(enum type_kind kind)
{
    switch (kind) {
    case TYPE_BOOL: return VALUE_BOOL;
    case TYPE_INT: return VALUE_INT;
    case TYPE_DECIMAL: return VALUE_DECIMAL;
    case TYPE_PERCENT: return VALUE_PERCENT;
    case TYPE_DURATION: return VALUE_DURATION;
    case TYPE_SIZE: return VALUE_SIZE;
    case TYPE_RATE: return VALUE_RATE;
    case TYPE_MONEY: return VALUE_MONEY;
    case TYPE_DATE: return VALUE_DATE;
    case TYPE_TIME: return VALUE_TIME;
    case TYPE_SCHEDULE: return VALUE_SCHEDULE;
    case TYPE_TYPE: return VALUE_TYPE;
    default: return VALUE_PENDING;
    }
}

static bool is_negative(struct value value)
{
    switch (value.type) {
    case VALUE_DURATION:
    case VALUE_SIZE: return value.u.integer < 0;
    case VALUE_RATE: return value.u.rate->num < 0;
    case VALUE_RANGE: return is_negative(value.u.range->best) || is_negative(value.u.range->worst);
    default: return false;
    }
}

/* A word of a command line. */
static bool command_word(struct evaluator *eval, struct value value, struct value *out)
{
    switch (value.type) {
    case VALUE_UNKNOWN:
    case VALUE_ERROR:
    case VALUE_STRING:
    case VALUE_RUNTIME:
    case VALUE_TEXT:
    case VALUE_FACT:
    case VALUE_REF: *out = value; return true;
    case VALUE_INT:
    case VALUE_DECIMAL:
    case VALUE_WORD:
    case VALUE_DATE:
    case VALUE_TIME:
        *out = value_string(value_text(value, eval->arena));
        out->places = value.places;
        return true;
    default: return false;
    }
}

static bool fits_command(struct evaluator *eval, struct value value, struct value *out)
{
    struct value_list *list;

    if (value.type == VALUE_SHELL) {
        *out = value;
        return true;
    }
    if (value.type != VALUE_LIST)
        return false;
    list = ARENA_NEW(eval->arena, struct value_list);
    list->items = ARENA_ARRAY(eval->arena, struct value, value.u.list->count);
    for (uint32_t i = 0; i < value.u.list->count; i++) {
        /* `c ? "--flag" : null` leaves the word out. */
        if (value.u.list->items[i].type == VALUE_NULL)
            continue;
        if (!command_word(eval, value.u.list->items[i], &list->items[list->count]))
            return false;
        if (list->items[list->count].type == VALUE_ERROR || list->items[list->count].type == VALUE_UNKNOWN) {
            *out = list->items[list->count];
            return true;
        }
        list->count++;
    }
    *out = (struct value){.type = VALUE_LIST, .u.list = list};
    return true;
}

static bool value_fits(struct evaluator *eval, struct value value, const struct type *type, struct value *out);

static bool fits_list(struct evaluator *eval, struct value value, const struct type *element, struct value *out)
{
    const struct value_list *from = value.u.list;
    struct value_list *to = NULL;

    if (value.type != VALUE_LIST)
        return false;
    for (uint32_t i = 0; i < from->count; i++) {
        struct value item = from->items[i];
        bool dropped = item.type == VALUE_NULL && element->kind != TYPE_ANY; /* `c ? x : null` leaves the element out */

        if (!dropped && !value_fits(eval, from->items[i], element, &item))
            return false;
        /* Most lists need no copy. */
        if (!to && (dropped || item.type != from->items[i].type || item.u.integer != from->items[i].u.integer)) {
            to = ARENA_NEW(eval->arena, struct value_list);
            to->count = i;
            to->inside = from->inside;
            to->items = ARENA_ARRAY(eval->arena, struct value, from->count);
            memcpy(to->items, from->items, sizeof *to->items * i);
        }
        if (to && !dropped)
            to->items[to->count++] = item;
    }
    *out = value;
    if (to)
        out->u.list = to;
    return true;
}

static bool fits_map(struct evaluator *eval, struct value value, const struct type *element, struct value *out)
{
    struct value_object *object;

    if (value.type != VALUE_OBJECT)
        return false;
    object = ARENA_NEW(eval->arena, struct value_object);
    object->count = value.u.object->count;
    object->inside = value.u.object->inside;
    object->pairs = ARENA_ARRAY(eval->arena, struct value_pair, object->count);
    object->count = 0;
    for (uint32_t i = 0; i < value.u.object->count; i++) {
        const struct value_pair *pair = &value.u.object->pairs[i];

        if (pair->value.type == VALUE_NULL && element->kind != TYPE_ANY)
            continue;
        object->pairs[object->count].key = pair->key;
        if (!value_fits(eval, pair->value, element, &object->pairs[object->count++].value))
            return false;
    }
    *out = value;
    out->u.object = object;
    return true;
}

static bool fits_range(struct evaluator *eval, struct value value, const struct type *element, struct value *out)
{
    struct value_range *range;
    struct value best, typical, worst;

    if (value.type != VALUE_RANGE)
        return value_fits(eval, value, element, out);
    if (!value_fits(eval, value.u.range->best, element, &best) || !value_fits(eval, value.u.range->typical, element, &typical) ||
        !value_fits(eval, value.u.range->worst, element, &worst))
        return false;
    range = ARENA_NEW(eval->arena, struct value_range);
    *range = (struct value_range){best, typical, worst};
    *out = value;
    out->u.range = range;
    return true;
}

/* Converts quietly; false when the value is not of the type. */
static bool value_fits(struct evaluator *eval, struct value value, const struct type *type, struct value *out)
{
    *out = value;
    if (value.type <= VALUE_UNKNOWN || value.type == VALUE_NA)
        return true;
    if (value.type == VALUE_NULL)
        return true; /* takes an attribute back, or leaves an element out: see unset_null() */
    switch (type->kind) {
    case TYPE_ANY: return true;
    case TYPE_BOOL:
    case TYPE_PERCENT:
    case TYPE_MONEY:
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_SCHEDULE:
    case TYPE_TYPE:
        if (value.type == (uint8_t)scalar_of(type->kind))
            return true;
        break;
    case TYPE_DURATION:
    case TYPE_SIZE:
    case TYPE_RATE:
        if (value.type == (uint8_t)scalar_of(type->kind))
            return !is_negative(value);
        break;
    case TYPE_INT:
        if (value.type == VALUE_INT)
            return true;
        if (value.type == VALUE_DECIMAL && value.u.integer % NANO == 0) {
            *out = value_int(VALUE_INT, value.u.integer / NANO);
            return true;
        }
        break;
    case TYPE_DECIMAL:
        if (value.type == VALUE_DECIMAL)
            return true;
        if (value.type == VALUE_INT) {
            out->type = VALUE_DECIMAL;
            return !__builtin_mul_overflow(value.u.integer, (int64_t)NANO, &out->u.integer);
        }
        break;
    case TYPE_STRING:
    case TYPE_LABEL:
        switch (value.type) {
        case VALUE_STRING:
        case VALUE_TEXT:
        case VALUE_RUNTIME:
        case VALUE_FACT:
        case VALUE_REF: return true;
        case VALUE_WORD:
            *out = value_string(value.u.word);
            out->places = value.places;
            return true;
        case VALUE_ENTITY:
            if (type->kind == TYPE_LABEL) {
                *out = value_string(value.u.entity->name);
                out->places = places_in(eval->model, value) & PLACES_MASK;
                return true;
            }
            break;
        default: break;
        }
        break;
    case TYPE_ENUM:
        if (value.type == VALUE_WORD)
            return type_has_word(type, value.u.word);
        if (value.type == VALUE_STRING) {
            atom word = intern_str(eval->names, value.u.string);

            *out = (struct value){.type = VALUE_WORD, .places = value.places, .u.word = word};
            return type_has_word(type, word);
        }
        break;
    case TYPE_REF: return value.type == VALUE_ENTITY && value.u.entity->schema == type->schema;
    case TYPE_RANGE: return fits_range(eval, value, type->element, out);
    case TYPE_LIST:
        if (value.type == VALUE_LIST)
            return fits_list(eval, value, type->element, out);
        break;
    case TYPE_MAP:
        if (value.type == VALUE_OBJECT)
            return fits_map(eval, value, type->element, out);
        break;
    case TYPE_OBJECT:
        if (value.type == VALUE_OBJECT)
            return true;
        break;
    case TYPE_COMMAND:
        if (value.type == VALUE_LIST || value.type == VALUE_SHELL)
            return fits_command(eval, value, out);
        break;
    case TYPE_UNION:
        for (uint32_t i = 0; i < type->count; i++) {
            if (value_fits(eval, value, type->alternatives[i], out))
                return true;
        }
        return false;
    }
    return false;
}

/* ---------------------------------------------------------------- reporting */

static enum value_type unit_of(const struct type *type)
{
    while (type->kind == TYPE_RANGE || type->kind == TYPE_LIST)
        type = type->element;
    if (type->kind == TYPE_UNION) {
        for (uint32_t i = 0; i < type->count; i++) {
            enum value_type unit = unit_of(type->alternatives[i]);

            if (unit != VALUE_PENDING)
                return unit;
        }
        return VALUE_PENDING;
    }
    switch (type->kind) {
    case TYPE_DURATION:
    case TYPE_SIZE:
    case TYPE_RATE:
    case TYPE_PERCENT:
    case TYPE_MONEY: return scalar_of(type->kind);
    default: return VALUE_PENDING;
    }
}

static bool accepts(struct evaluator *eval, const struct type *type, struct value value)
{
    struct value unused;

    return value_fits(eval, value, type, &unused);
}

static const struct type *only_words(const struct type *type)
{
    if (type->kind == TYPE_ENUM)
        return type;
    if (type->kind == TYPE_UNION) {
        for (uint32_t i = 0; i < type->count; i++) {
            if (type->alternatives[i]->kind == TYPE_ENUM)
                return type->alternatives[i];
        }
    }
    return NULL;
}

/* The element of a list that is to blame, so that the message is about it. */
static bool report_element(struct evaluator *eval, struct value value, const struct type *type, struct span span, const struct expr *expr,
                           const char *what)
{
    const struct type *list = type;

    if (value.type != VALUE_LIST)
        return false;
    for (uint32_t i = 0; type->kind == TYPE_UNION && i < type->count; i++) {
        if (type->alternatives[i]->kind == TYPE_LIST || type->alternatives[i]->kind == TYPE_COMMAND)
            list = type->alternatives[i];
    }
    for (uint32_t i = 0; i < value.u.list->count; i++) {
        struct value item = value.u.list->items[i], unused;
        const struct expr *item_expr = NULL;
        struct span place = span;

        if (expr && expr->kind == EXPR_LIST && expr->u.list->count == value.u.list->count) {
            item_expr = expr->u.list->items[i];
            place = item_expr->span;
        } else if (item.origin) {
            place = (struct span){item.origin, item.origin};
        }
        if (list->kind == TYPE_LIST && !value_fits(eval, item, list->element, &unused)) {
            convert(eval, item, list->element, place, item_expr, what);
            return true;
        }
        if (list->kind == TYPE_COMMAND && item.type != VALUE_NULL && !command_word(eval, item, &unused)) {
            struct diag *diag = diag_report(eval->sink, DIAG_E0300, place, "%s cannot be an argument of a command", value_describe(eval, item));

            if (item.type == VALUE_DURATION)
                diag_help(diag, "say in which unit the program expects it: `seconds(x)`, `minutes(x)` …");
            else if (item.type == VALUE_SIZE)
                diag_help(diag, "say in which unit the program expects it: `bytes(x)`, `mib(x)`, `gib(x)` …");
            else if (item.type == VALUE_LIST)
                diag_help(diag, "put lists of arguments together with `concat(…)`");
            else if (item.type == VALUE_ENTITY)
                diag_help(diag, "use one of its attributes, for example `.name`");
            return true;
        }
    }
    return false;
}

static struct value tell_mismatch(struct evaluator *eval, struct value value, const struct type *type, struct span span, const struct expr *expr,
                                  const char *what)
{
    enum value_type unit = unit_of(type);
    const struct type *words = only_words(type);
    const char *subject = what ? arena_printf(eval->arena, "`%s`: ", what) : "";
    const char *source = span_text(eval, span), *near;
    struct diag *diag;
    struct value unused;

    if (report_element(eval, value, type, span, expr, what))
        return value_error();
    if ((value.type == VALUE_INT || value.type == VALUE_DECIMAL) && unit != VALUE_PENDING) {
        diag = diag_report(eval->sink, DIAG_E0301, span, "%s%s has no unit", subject, describe_number(eval, value, span));
        diag_at(diag, "expected `%s`", type_show(eval, type));
        help_units(eval, diag, value, unit, span);
        return value_error();
    }
    if (is_negative(value) &&
        accepts(eval, type, value.type == VALUE_RATE || value.type == VALUE_RANGE ? value_unknown() : value_int((enum value_type)value.type, 0)) &&
        unit == (enum value_type)value_worst(value).type) {
        diag = diag_report(eval->sink, DIAG_E0317, span, "%s`%s` is negative", subject, value_show(eval, value));
        if (value.type == VALUE_DURATION)
            diag_help(diag, "if zero is meant then, write `max(0s, %s)`", source);
        return value_error();
    }
    if ((value.type == VALUE_STRING || value.type == VALUE_WORD) && words) {
        const char *text = value.type == VALUE_STRING ? value.u.string : value.u.word;

        diag = diag_report(eval->sink, DIAG_E0312, span, "%s`%s` is not one of the words allowed here", subject, text);
        diag_at(diag, "expected `%s`", type_show(eval, type));
        near = suggest(eval, text, words->words, words->count);
        if (near)
            diag_fix(diag, span, near, "did you mean `%s`?", near);
        return value_error();
    }
    /* A list whose end was guessed: what stands in it was meant for something else. */
    if (expr && expr->kind == EXPR_LIST && source[0] == '[' && source[strlen(source) - 1] != ']')
        return value_error();
    diag = diag_report(eval->sink, DIAG_E0300, span, "%sexpected `%s`, found %s", subject, type_show(eval, type), value_describe(eval, value));
    if (value.type == VALUE_RANGE && accepts(eval, type, value.u.range->worst)) {
        diag_help(diag, "a range is not possible here; use one of its ends, for example `(%s).worst`", source);
    } else if (type->kind == TYPE_LIST && value.type != VALUE_LIST && value_fits(eval, value, type->element, &unused)) {
        diag_fix(diag, span, arena_printf(eval->arena, "[%s]", source), "for a list of one element, write `[%s]`", source);
    } else if (value.type == VALUE_LIST && value.u.list->count == 1 && accepts(eval, type, value.u.list->items[0])) {
        const char *inner = source[0] == '[' && source[strlen(source) - 1] == ']'
                                ? arena_printf(eval->arena, "%.*s", (int)(strlen(source) - 2), source + 1)
                                : value_show(eval, value.u.list->items[0]);

        diag_fix(diag, span, inner, "leave out these brackets: `%s`", inner);
    } else if (value.type == VALUE_DURATION && accepts(eval, type, VALUE_OF(VALUE_SCHEDULE))) {
        diag_fix(diag, span, arena_printf(eval->arena, "every %s", source), "a schedule says `every %s`", source);
    } else if (value.type == VALUE_SCHEDULE && unit == VALUE_DURATION) {
        if (value.u.schedule->kind == SCHEDULE_EVERY) {
            const char *every = value_show(eval, value_int(VALUE_DURATION, value.u.schedule->every));

            diag_fix(diag, span, every, "this is the longest time between two, a duration: `%s`", every);
        } else {
            diag_help(diag, "this is the longest time between two, a duration such as `30d`");
        }
    } else if (value.type == VALUE_STRING && expr && expr->kind == EXPR_STRING) {
        atom name = intern_str(eval->names, value.u.string);
        const struct type *ref = type->kind == TYPE_UNION ? type->alternatives[0] : type;

        if (type->kind == TYPE_REF || (type->kind == TYPE_UNION && ref->kind == TYPE_REF)) {
            if (model_find(eval->model, (enum block_id)ref->schema->id, name))
                diag_fix(diag, span, name, "declared things are named without quotes: `%s`", name);
            else
                diag_help(diag, "declared things are named without quotes");
        } else if (unit != VALUE_PENDING || type->kind == TYPE_INT || type->kind == TYPE_BOOL || type->kind == TYPE_DECIMAL ||
                   type->kind == TYPE_SCHEDULE || type->kind == TYPE_DATE || type->kind == TYPE_TIME) {
            diag_help(diag, "write the value without quotes");
        } else if (type->kind == TYPE_COMMAND) {
            diag_help(diag, "write the program and its arguments as a list, `[\"program\", \"argument\"]`, or `shell(\"…\")`");
        }
    } else if ((value.type == VALUE_INT || value.type == VALUE_BOOL || value.type == VALUE_ENTITY || unit_of(type) != VALUE_PENDING) &&
               accepts(eval, type, value_string(""))) {
        if (value.type == VALUE_ENTITY)
            diag_help(diag, "use one of its attributes, for example `%s.name`", source);
        else
            diag_help(diag, expr && expr->kind >= EXPR_BOOL && expr->kind <= EXPR_TIME ? "as text, write `\"%s\"`" : "as text, write `\"\\(%s)\"`",
                      source);
    } else if (value.type == VALUE_DECIMAL && type->kind == TYPE_INT) {
        diag_help(diag, "a whole number is needed");
    } else if (value.type == VALUE_RUNTIME || value.type == VALUE_TEXT) {
        diag_note(diag, "it is known only when the plan runs, and can be an argument of a command or part of a text");
    }
    return value_error();
}

static struct value report_mismatch(struct evaluator *eval, struct value value, const struct type *type, struct span span, const struct expr *expr,
                                    const char *what)
{
    uint32_t before = eval->sink->diags.len;
    struct value result = tell_mismatch(eval, value, type, span, expr, what);

    if (eval->sink->diags.len > before)
        label_data(eval, eval->sink->diags.items[eval->sink->diags.len - 1], value);
    return result;
}

struct value convert(struct evaluator *eval, struct value value, const struct type *type, struct span span, const struct expr *expr, const char *what)
{
    struct value out;

    /* A literal string for a word is a habit from other languages; elsewhere (inventories) strings are all there is. */
    if (expr && expr->kind == EXPR_STRING && type->kind == TYPE_ENUM) {
        atom word = intern_str(eval->names, value.u.string);

        if (type_has_word(type, word)) {
            struct diag *diag = diag_report(eval->sink, DIAG_E0300, span, "expected a word, found the string \"%s\"", word);

            diag_fix(diag, span, word, "write it without quotes: `%s`", word);
            return value_error();
        }
    }
    if (value_fits(eval, value, type, &out)) {
        out.defaulted = value.defaulted;
        out.origin = value.origin;
        return out;
    }
    return report_mismatch(eval, value, type, span, expr, what);
}

struct value unset_null(struct value value, const struct type *type)
{
    return value.type == VALUE_NULL && type && type->kind != TYPE_ANY ? value_unknown() : value;
}

struct value eval_convert(struct evaluator *eval, struct value value, const struct type *expected, struct span span, const char *what)
{
    return expected ? unset_null(convert(eval, value, expected, span, NULL, what), expected) : value;
}

/* ---------------------------------------------------------------- types as values */

/* Writes `list(duration)` and the like as the notation that type_read() understands. */
static bool type_notation(const struct expr *expr, struct intern *names, struct strbuf *out)
{
    atom path = expr_path(expr, names);

    if (path) {
        strbuf_addstr(out, path);
        return true;
    }
    if (expr->kind != EXPR_CALL || !expr->u.call.callee || expr->u.call.callee->kind != EXPR_NAME)
        return false;
    strbuf_addf(out, "%s(", expr->u.call.callee->u.name);
    for (uint32_t i = 0; i < (expr->u.call.args ? expr->u.call.args->count : 0); i++) {
        if (i)
            strbuf_addstr(out, ", ");
        if (!type_notation(expr->u.call.args->items[i], names, out))
            return false;
    }
    strbuf_addch(out, ')');
    return true;
}

struct value eval_type(struct evaluator *eval, const struct expr *expr, const struct scope *scope)
{
    struct strbuf notation = STRBUF_INIT;
    const struct type *type = NULL;
    const char *error = NULL;

    if (expr->kind == EXPR_ERROR)
        return value_error();
    if (expr->kind == EXPR_STRING)
        strbuf_addstr(&notation, expr->u.string.text);
    else if (expr->kind == EXPR_NAME && name_is_local(scope, expr->u.name))
        return convert(eval, eval_typed(eval, expr, scope, NULL, NULL), &(struct type){.kind = TYPE_TYPE}, expr->span, expr, NULL);
    else if (!type_notation(expr, eval->names, &notation))
        error = "it is not a type";
    if (!error)
        type = type_read(eval->model, strbuf_str(&notation), &error);
    strbuf_release(&notation);
    if (!type) {
        static const char *const known[] = {"any",   "bool",   "int",  "decimal", "percent", "duration", "size",  "rate",
                                            "money", "date",   "time", "string",  "label",   "schedule", "range", "list",
                                            "map",   "object", "enum", "ref",     "command", "type"};
        struct diag *diag = diag_report(eval->sink, DIAG_E0322, expr->span, "`%s` is not understood as a type", span_text(eval, expr->span));
        const char *near = expr->kind == EXPR_NAME ? suggest(eval, expr->u.name, known, sizeof known / sizeof *known) : NULL;

        diag_at(diag, "%s", error ? error : "it is not a type");
        if (near)
            diag_fix(diag, expr->span, near, "did you mean `%s`?", near);
        return value_error();
    }
    return (struct value){.type = VALUE_TYPE, .u.type = type, .origin = expr->span.start};
}
