/* Values: comparing, printing, and the ends of ranges. Nothing here evaluates anything. */
#include "model/value.h"

#include "model/entity.h"

#include <string.h>

struct value value_worst(struct value value)
{
    return value.type == VALUE_RANGE ? value.u.range->worst : value;
}

struct value value_best(struct value value)
{
    return value.type == VALUE_RANGE ? value.u.range->best : value;
}

struct value value_typical(struct value value)
{
    return value.type == VALUE_RANGE ? value.u.range->typical : value;
}

bool value_is_known(struct value value)
{
    return value.type > VALUE_UNKNOWN;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_times(const struct schedule *a, const struct schedule *b)
{
    if (a->time_count != b->time_count)
        return false;
    for (uint32_t i = 0; i < a->time_count; i++) {
        if (a->times[i] != b->times[i])
            return false;
    }
    return true;
}

/* Field by field, because unused fields and padding of the struct say nothing. */
static bool same_schedule(const struct schedule *a, const struct schedule *b)
{
    if (a->kind != b->kind || !same_text(a->zone, b->zone))
        return false;
    switch (a->kind) {
    case SCHEDULE_EVERY: return a->every == b->every;
    case SCHEDULE_DAILY: return same_times(a, b);
    case SCHEDULE_WEEKLY: return a->weekdays == b->weekdays && same_times(a, b);
    case SCHEDULE_MONTHLY: return a->monthdays == b->monthdays && same_times(a, b);
    case SCHEDULE_CRON: return same_text(a->cron, b->cron);
    case SCHEDULE_CONTINUOUS:
    case SCHEDULE_ON_CHANGE: return true;
    }
    return false;
}

static bool same_object(const struct value_object *a, const struct value_object *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        uint32_t j = 0;

        /* The order in which keys were written does not matter; it usually is the same one, so start there. */
        if (b->pairs[i].key != a->pairs[i].key) {
            while (j < b->count && b->pairs[j].key != a->pairs[i].key)
                j++;
            if (j == b->count)
                return false;
        } else {
            j = i;
        }
        if (!value_equal(a->pairs[i].value, b->pairs[j].value))
            return false;
    }
    return true;
}

static bool same_parts(const struct value_text *a, const struct value_text *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->parts[i].literal != b->parts[i].literal || !value_equal(a->parts[i].value, b->parts[i].value))
            return false;
    }
    return true;
}

bool value_is_integer(struct value value)
{
    switch (value.type) {
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_DECIMAL:
    case VALUE_PERCENT:
    case VALUE_DURATION:
    case VALUE_SIZE:
    case VALUE_DATE:
    case VALUE_TIME: return true;
    default: return false;
    }
}

bool value_has_text(struct value value)
{
    switch (value.type) {
    case VALUE_RATE:
    case VALUE_MONEY:
    case VALUE_STRING:
    case VALUE_WORD:
    case VALUE_SCHEDULE:
    case VALUE_RANGE:
    case VALUE_ENTITY:
    case VALUE_NA: return true;
    default: return value_is_integer(value);
    }
}

bool value_equal(struct value a, struct value b)
{
    if (a.type != b.type) {
        /* An int is a whole decimal; a word is equal to a string of the same letters. */
        if (a.type == VALUE_INT && b.type == VALUE_DECIMAL)
            return b.u.integer % NANO == 0 && b.u.integer / NANO == a.u.integer;
        if (a.type == VALUE_DECIMAL && b.type == VALUE_INT)
            return value_equal(b, a);
        if (a.type == VALUE_WORD && b.type == VALUE_STRING)
            return strcmp(a.u.word, b.u.string) == 0;
        if (a.type == VALUE_STRING && b.type == VALUE_WORD)
            return strcmp(a.u.string, b.u.word) == 0;
        return false;
    }
    switch ((enum value_type)a.type) {
    case VALUE_PENDING:
    case VALUE_BUSY:
    case VALUE_ERROR:
    case VALUE_UNKNOWN:
    case VALUE_NULL:
    case VALUE_NA: return true;
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_DECIMAL:
    case VALUE_PERCENT:
    case VALUE_DURATION:
    case VALUE_SIZE:
    case VALUE_DATE:
    case VALUE_TIME: return a.u.integer == b.u.integer;
    case VALUE_RATE: return a.u.rate->num == b.u.rate->num && a.u.rate->den == b.u.rate->den;
    case VALUE_MONEY:
        return a.u.money->amount == b.u.money->amount && same_text(a.u.money->currency, b.u.money->currency) &&
               same_text(a.u.money->period, b.u.money->period);
    case VALUE_STRING:
    case VALUE_HCL: return same_text(a.u.string, b.u.string);
    case VALUE_WORD:
    case VALUE_RUNTIME: return a.u.word == b.u.word;
    case VALUE_SCHEDULE: return same_schedule(a.u.schedule, b.u.schedule);
    case VALUE_RANGE:
        return value_equal(a.u.range->best, b.u.range->best) && value_equal(a.u.range->typical, b.u.range->typical) &&
               value_equal(a.u.range->worst, b.u.range->worst);
    case VALUE_LIST:
        if (a.u.list->count != b.u.list->count)
            return false;
        for (uint32_t i = 0; i < a.u.list->count; i++) {
            if (!value_equal(a.u.list->items[i], b.u.list->items[i]))
                return false;
        }
        return true;
    case VALUE_OBJECT: return same_object(a.u.object, b.u.object);
    case VALUE_ENTITY: return a.u.entity == b.u.entity;
    case VALUE_TEXT:
    case VALUE_SHELL: return same_parts(a.u.text, b.u.text);
    case VALUE_REF:
        return a.u.ref->resource == b.u.ref->resource && same_text(a.u.ref->key, b.u.ref->key) && same_text(a.u.ref->attribute, b.u.ref->attribute);
    case VALUE_FACT:
        return a.u.fact->entity == b.u.fact->entity && a.u.fact->name == b.u.fact->name &&
               (a.u.fact->entity || value_equal(a.u.fact->value, b.u.fact->value));
    case VALUE_CALL:
        if (a.u.call->count != b.u.call->count || !same_text(a.u.call->function, b.u.call->function))
            return false;
        for (uint32_t i = 0; i < a.u.call->count; i++) {
            if (!value_equal(a.u.call->arguments[i], b.u.call->arguments[i]))
                return false;
        }
        return true;
    case VALUE_TYPE: return a.u.type == b.u.type;
    }
    return false;
}

static void print_quoted(const char *text, struct strbuf *out)
{
    strbuf_addch(out, '"');
    for (const char *p = text; *p; p++) {
        switch (*p) {
        case '"': strbuf_addstr(out, "\\\""); break;
        case '\\': strbuf_addstr(out, "\\\\"); break;
        case '\n': strbuf_addstr(out, "\\n"); break;
        case '\t': strbuf_addstr(out, "\\t"); break;
        default:
            if ((unsigned char)*p < 0x20 || *p == 0x7f)
                strbuf_addf(out, "\\u{%x}", (unsigned)(unsigned char)*p);
            else
                strbuf_addch(out, *p);
        }
    }
    strbuf_addch(out, '"');
}

static void print_parts(const struct value_text *text, struct strbuf *out)
{
    for (uint32_t i = 0; i < text->count; i++) {
        struct value part = text->parts[i].value;

        if (part.type == VALUE_STRING) {
            strbuf_addstr(out, part.u.string);
        } else {
            strbuf_addstr(out, "\\(");
            value_print(part, out);
            strbuf_addch(out, ')');
        }
    }
}

void value_print(struct value value, struct strbuf *out)
{
    switch ((enum value_type)value.type) {
    case VALUE_PENDING:
    case VALUE_BUSY:
    case VALUE_UNKNOWN: strbuf_addstr(out, "unknown"); break;
    case VALUE_ERROR: strbuf_addstr(out, "error"); break;
    case VALUE_NULL: strbuf_addstr(out, "null"); break;
    case VALUE_NA: strbuf_addstr(out, "n/a"); break;
    case VALUE_BOOL: strbuf_addstr(out, value.u.integer ? "true" : "false"); break;
    case VALUE_INT: strbuf_addint(out, value.u.integer); break;
    case VALUE_DECIMAL: print_decimal(out, value.u.integer); break;
    case VALUE_PERCENT: print_percent(out, value.u.integer); break;
    case VALUE_DURATION: print_duration(out, value.u.integer); break;
    case VALUE_SIZE: print_size(out, value.u.integer); break;
    case VALUE_RATE: print_rate(out, value.u.rate); break;
    case VALUE_MONEY: print_money(out, value.u.money); break;
    case VALUE_DATE: print_date(out, value.u.integer); break;
    case VALUE_TIME: print_time(out, value.u.integer); break;
    case VALUE_STRING: print_quoted(value.u.string, out); break;
    case VALUE_WORD:
    case VALUE_RUNTIME: strbuf_addstr(out, value.u.word); break;
    case VALUE_SCHEDULE: print_schedule(out, value.u.schedule); break;
    case VALUE_RANGE:
        value_print(value.u.range->best, out);
        strbuf_addstr(out, "..");
        value_print(value.u.range->typical, out);
        strbuf_addstr(out, "..");
        value_print(value.u.range->worst, out);
        break;
    case VALUE_LIST:
        strbuf_addch(out, '[');
        for (uint32_t i = 0; i < value.u.list->count; i++) {
            if (i)
                strbuf_addstr(out, ", ");
            value_print(value.u.list->items[i], out);
        }
        strbuf_addch(out, ']');
        break;
    case VALUE_OBJECT:
        if (value.u.object->count == 0) {
            strbuf_addstr(out, "{}");
            break;
        }
        strbuf_addstr(out, "{ ");
        for (uint32_t i = 0; i < value.u.object->count; i++) {
            if (i)
                strbuf_addstr(out, "  ");
            strbuf_addf(out, "%s = ", value.u.object->pairs[i].key);
            value_print(value.u.object->pairs[i].value, out);
        }
        strbuf_addstr(out, " }");
        break;
    case VALUE_ENTITY:
        strbuf_addstr(out, value.u.entity->name && value.u.entity->name[0] ? value.u.entity->name : value.u.entity->schema->name);
        break;
    case VALUE_TEXT:
        strbuf_addch(out, '"');
        print_parts(value.u.text, out);
        strbuf_addch(out, '"');
        break;
    case VALUE_SHELL:
        strbuf_addstr(out, "shell(\"");
        print_parts(value.u.text, out);
        strbuf_addstr(out, "\")");
        break;
    case VALUE_REF: strbuf_addf(out, "%s.%s.%s", value.u.ref->resource, value.u.ref->key, value.u.ref->attribute); break;
    case VALUE_FACT:
        if (value.u.fact->entity)
            strbuf_addf(out, "fact(%s, \"%s\")", value.u.fact->entity->name, value.u.fact->name);
        else
            strbuf_addf(out, "variable(\"%s\")", value.u.fact->name);
        break;
    case VALUE_HCL:
        strbuf_addstr(out, "hcl(");
        print_quoted(value.u.string, out);
        strbuf_addch(out, ')');
        break;
    case VALUE_CALL:
        strbuf_addf(out, "%s(", value.u.call->function);
        for (uint32_t i = 0; i < value.u.call->count; i++) {
            if (i)
                strbuf_addstr(out, ", ");
            value_print(value.u.call->arguments[i], out);
        }
        strbuf_addch(out, ')');
        break;
    case VALUE_TYPE: type_print(value.u.type, out); break;
    }
}

const char *value_text(struct value value, struct arena *arena)
{
    struct strbuf out;
    const char *text;

    switch (value.type) {
    case VALUE_STRING: return value.u.string;
    case VALUE_WORD: return value.u.word;
    case VALUE_ENTITY: return value.u.entity->name && value.u.entity->name[0] ? value.u.entity->name : value.u.entity->schema->name;
    default: break;
    }
    strbuf_init(&out);
    if (value.type == VALUE_TEXT)
        print_parts(value.u.text, &out);
    else
        value_print(value, &out);
    text = strbuf_dup(&out, arena);
    strbuf_release(&out);
    return text;
}

const char *value_type_name(enum value_type type)
{
    switch (type) {
    case VALUE_PENDING:
    case VALUE_BUSY:
    case VALUE_UNKNOWN: return "unknown value";
    case VALUE_ERROR: return "error";
    case VALUE_NULL: return "null";
    case VALUE_NA: return "n/a";
    case VALUE_BOOL: return "bool";
    case VALUE_INT: return "int";
    case VALUE_DECIMAL: return "decimal";
    case VALUE_PERCENT: return "percent";
    case VALUE_DURATION: return "duration";
    case VALUE_SIZE: return "size";
    case VALUE_RATE: return "rate";
    case VALUE_MONEY: return "money";
    case VALUE_DATE: return "date";
    case VALUE_TIME: return "time";
    case VALUE_STRING: return "string";
    case VALUE_WORD: return "word";
    case VALUE_SCHEDULE: return "schedule";
    case VALUE_RANGE: return "range";
    case VALUE_LIST: return "list";
    case VALUE_OBJECT: return "object";
    case VALUE_ENTITY: return "declared thing";
    case VALUE_RUNTIME: return "run-time value";
    case VALUE_TEXT: return "text with run-time parts";
    case VALUE_SHELL: return "shell text";
    case VALUE_REF: return "reference to a resource";
    case VALUE_FACT: return "fact";
    case VALUE_HCL: return "HCL expression";
    case VALUE_CALL: return "call in the target language";
    case VALUE_TYPE: return "type";
    }
    return "value";
}
