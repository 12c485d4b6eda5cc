/* Built-in functions that make the values of commands and of what is emitted: shell text, references, facts, secrets. */
#include "model/places.h"
#include "sema/builtins.h"

#include <string.h>

/* ---------------------------------------------------------------- values of what is emitted */

static struct value not_literal(struct call *call, uint32_t index)
{
    struct diag *diag =
        diag_report(call->eval->sink, DIAG_E0318, arg_span(call, index), "the text of `%s` must be written down literally", call->function->name);

    diag_help(diag, "write `%s(\"…\")`%s", call->function->name,
              strcmp(call->function->name, "shell") == 0 ? "; values go in by `\\(…)` and arrive quoted" : "");
    return value_error();
}

struct value fn_shell(struct call *call)
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

struct value fn_hcl(struct call *call)
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
        !(expr->kind == EXPR_MEMBER && expr->u.member.object->kind == EXPR_NAME && name_is_local(call->scope, expr->u.member.object->u.name)))
        return path;
    call->args[index] = eval_typed(call->eval, expr, call->scope, NULL, NULL);
    if (call->args[index].type == VALUE_ERROR)
        return NULL;
    return arg_string(call, index, &text) ? text : NULL;
}

struct value fn_ref(struct call *call)
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

struct value fn_emitted(struct call *call)
{
    struct value list = value_unknown();
    const char *type;

    if (!arg_string(call, 0, &type))
        return value_error();
    if (call->eval->hooks && call->eval->hooks->emitted)
        call->eval->hooks->emitted(call->eval, intern_str(call->eval->names, type), &list);
    return list;
}

struct value fn_fact(struct call *call)
{
    struct value_fact *fact = ARENA_NEW(call->eval->arena, struct value_fact);
    const char *name;
    uint32_t places;
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
    places = fact->entity->schema->id == BLOCK_SITE ? places_of(call->eval->model, fact->entity) : fact->value.places;
    if (value_is_known(fact->value) && fact->value.type != VALUE_STRING)
        fact->value = value_string(value_text(fact->value, call->eval->arena));
    return (struct value){.type = VALUE_FACT, .places = places & PLACES_MASK, .u.fact = fact};
}

struct value fn_variable(struct call *call)
{
    struct value_fact *fact = ARENA_NEW(call->eval->arena, struct value_fact);
    const char *name;

    for (uint32_t i = 0; i < call->count; i++) {
        call->args[i] = eval_typed(call->eval, call->arg_exprs[i], call->scope, NULL, NULL);
        if (call->args[i].type == VALUE_ERROR)
            return value_error();
        if (i < 2 && !value_is_known(call->args[i]))
            return call->args[i];
    }
    if (!arg_string(call, 0, &name) || !arg_string(call, 1, &fact->says))
        return value_error();
    if (strcmp(clean_identifier(call->eval->arena, name), name) != 0)
        return refuse_argument(call, 0, "`%s` cannot be the name of a variable", name);
    fact->name = intern_str(call->eval->names, name);
    fact->value = call->args[2];
    if (value_is_known(fact->value)) {
        if (!arg_string(call, 2, &name))
            return value_error();
        fact->value = value_string(name);
    }
    return (struct value){.type = VALUE_FACT, .u.fact = fact};
}

struct value fn_attest(struct call *call)
{
    struct value value = call->args[0];

    return value.type == VALUE_STRING || value.type == VALUE_TEXT ? value : bad_argument(call, 0, "a string");
}

struct value fn_secret(struct call *call)
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
        return refuse_argument(call, 0, "`%s` cannot be the name of an environment variable", name);
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

struct value fn_jsonencode(struct call *call)
{
    return target_call(call, "jsonencode", call->args, 1);
}

struct value fn_call(struct call *call)
{
    const struct expr *name = call->arg_exprs[0];

    if (name->kind != EXPR_STRING)
        return not_literal(call, 0);
    if (strcmp(clean_identifier(call->eval->arena, name->u.string.text), name->u.string.text) != 0)
        return value_error_at(call->eval, DIAG_E0311, name->span, "`%s` is not the name of a function", name->u.string.text);
    return target_call(call, name->u.string.text, call->args + 1, call->count - 1);
}
