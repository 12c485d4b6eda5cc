/* Built-in functions: one table row each, with what the reference says of it.
 *
 * Arguments are evaluated before a function is called, and an error, an unknown or an n/a among them is the result. Functions
 * marked RAW get their arguments unevaluated: those that ask whether something is known, and those whose argument must be
 * written down literally. */
#include "sema/builtins.h"
#include "model/places.h"
#include "source/lost.h"

#include <string.h>

/* ---------------------------------------------------------------- arguments */

struct span arg_span(const struct call *call, uint32_t index)
{
    return call->arg_exprs[index]->span;
}

struct value bad_argument(const struct call *call, uint32_t index, const char *wanted)
{
    struct value value = call->args[index];
    bool runtime = value.type == VALUE_RUNTIME || value.type == VALUE_TEXT || value.type == VALUE_FACT || value.type == VALUE_REF;
    struct diag *diag = diag_report(call->eval->sink, runtime ? DIAG_E0319 : DIAG_E0311, arg_span(call, index), "`%s` needs %s, not %s",
                                    call->function->name, wanted, value_describe(call->eval, value));

    if (runtime)
        diag_at(diag, "known only when the plan runs");
    else
        diag_note(diag, "signature: `%s`", call->function->signature);
    label_data(call->eval, diag, value);
    return value_error();
}

struct value refuse_argument(const struct call *call, uint32_t index, const char *format, ...)
{
    const char *message;
    va_list args;

    va_start(args, format);
    message = arena_vprintf(call->eval->arena, format, args);
    va_end(args);
    label_data(call->eval, diag_report(call->eval->sink, DIAG_E0311, arg_span(call, index), "%s", message), call->args[index]);
    return value_error();
}

bool arg_string(const struct call *call, uint32_t index, const char **out)
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

bool arg_list(const struct call *call, uint32_t index, const struct value_list **out)
{
    if (call->args[index].type == VALUE_LIST) {
        *out = call->args[index].u.list;
        return true;
    }
    bad_argument(call, index, "a list");
    return false;
}

struct value make_string(const struct call *call, struct strbuf *buf)
{
    struct value value = value_error();

    if (eval_may_hold(call->eval, buf->len, call->expr->span))
        value = value_string(strbuf_dup(buf, call->eval->arena));
    strbuf_release(buf);
    return value;
}

const struct type *list_element(const struct type *type)
{
    return type && type->kind == TYPE_LIST ? type->element : NULL;
}

/* Text of an argument that names something. */
bool arg_name(const struct call *call, uint32_t index, const char **out)
{
    struct value value = call->args[index];

    switch (value.type) {
    case VALUE_STRING:
    case VALUE_WORD:
    case VALUE_ENTITY:
    case VALUE_INT: *out = value_text(value, call->eval->arena); return true;
    default: bad_argument(call, index, "strings, numbers or declared things"); return false;
    }
}

/* ---------------------------------------------------------------- the table */

static const struct function functions[] = {
    {"concat", 1, MANY, LISTS, fn_concat, "concat(list, …) -> list", "The elements of all lists, in order.", 0},
    {"flatten", 1, 1, FLAT, fn_flatten, "flatten(list of lists) -> list", "The elements of the lists in a list, one level deep.", 0},
    {"distinct", 1, 1, SAME, fn_distinct, "distinct(list) -> list", "Each element once, where it first stands.", 0},
    {"first", 1, 1, ELEMENTS, fn_first, "first(list) -> element", "The first element; unknown when the list is empty.", 0},
    {"last", 1, 1, ELEMENTS, fn_last, "last(list) -> element", "The last element; unknown when the list is empty.", 0},
    {"position", 2, 2, 0, fn_position, "position(list, element) -> int",
     "Where the element first stands in the list, counted from 1; unknown when it does not.", 0},
    {"contains", 2, 2, RAW | BESIDE, fn_contains, "contains(list, element) -> bool", "Whether the list has the element, or the string the part.", 0},
    {"len", 1, 1, 0, fn_len, "len(list) -> int", "How many elements a list, keys an object or characters a string has.", 0},
    {"min", 1, MANY, ONE_OF, fn_min, "min(a, b, …) -> value",
     "The smallest of values of one unit, or of the elements of one list; of ranges end by end.", 0},
    {"max", 1, MANY, ONE_OF, fn_max, "max(a, b, …) -> value",
     "The greatest of values of one unit, or of the elements of one list; of ranges end by end.", 0},
    {"sum", 1, 2, 0, fn_sum, "sum(list, start) -> value", "The sum of the elements; `start` gives an empty list its unit: `sum(xs, 0s)`.", 0},
    {"known", 1, 1, RAW, fn_known, "known(value) -> bool",
     "Whether the value is known. The only function that asks this instead of being unknown itself.", 0},
    {"is", 2, 2, RAW | SORT, fn_is, "is(value, block) -> bool",
     "Whether it is a thing of such a block. Where that holds, it has the fields of one: `is(a.owner, person) ? a.owner.phone : a.owner.on_call`.",
     0},
    {"coalesce", 1, MANY, RAW | SAME, fn_coalesce, "coalesce(a, b, …) -> value", "The first value that is known.", 0},
    {"keys", 1, 1, 0, fn_keys, "keys(object) -> list(string)", "The keys of an object, in written order.", 0},
    {"get", 2, 3, RAW, fn_get_raw, "get(object, key, default) -> value",
     "The value of a key that may be missing; without a default it is then unknown.", 0},
    {"named", 1, 1, SAME, fn_named, "named(value) -> value",
     "The value as a mere name: a command it stands in does not work at the place the value comes from. For identifiers that hold the name of a "
     "Region in a call that is made elsewhere.",
     0},
    {"join", 1, 2, 0, fn_join, "join(list, separator) -> string", "The texts of the elements with the separator between them.", 0},
    {"split", 2, 2, MADE_OF, fn_split, "split(string, separator) -> list(string)", "The parts of a string between separators.", 0},
    {"replace", 3, 3, MADE_OF, fn_replace, "replace(string, from, to) -> string", "Each occurrence replaced.", 0},
    {"lower", 1, 1, MADE_OF, fn_lower, "lower(string) -> string", "ASCII letters in lower case.", 0},
    {"upper", 1, 1, MADE_OF, fn_upper, "upper(string) -> string", "ASCII letters in upper case.", 0},
    {"trim", 1, 1, MADE_OF, fn_trim, "trim(string) -> string", "Without white space at both ends.", 0},
    {"starts_with", 2, 2, 0, fn_starts_with, "starts_with(string, start) -> bool", "Whether it starts so.", 0},
    {"ends_with", 2, 2, 0, fn_ends_with, "ends_with(string, end) -> bool", "Whether it ends so.", 0},
    {"ident", 1, MANY, MADE_OF, fn_ident, "ident(part, …) -> string",
     "The parts joined by `_` as an identifier of letters, digits and `_`; declared things by their name.", 0},
    {"slug", 1, MANY, MADE_OF, fn_slug, "slug(part, …) -> string", "The parts joined by `-` in lower case, of letters, digits and single `-`.", 0},
    {"short", 2, MANY, MADE_OF, fn_short, "short(limit, part, …) -> string",
     "The parts joined by `-`; what is longer than `limit` characters is cut and ends in eight digits of its SHA-256, so that two names stay two.",
     0},
    {"matches", 2, 2, 0, fn_matches, "matches(string, pattern) -> bool",
     "Whether the whole string is of the form: characters, `.`, `[a-z0-9-]`, `[^…]`, `(a|b)`, each with `*`, `+`, `?` or `{3,8}`; `\\` takes a "
     "character's meaning.",
     0},
    {"is_cidr", 1, 1, 0, fn_is_cidr, "is_cidr(string) -> bool", "Whether it is an address block, of IPv4 or IPv6, such as `10.0.0.0/16`.", 0},
    {"cidr_prefix", 1, 1, 0, fn_cidr_prefix, "cidr_prefix(string) -> int", "The length of an address block's prefix: 16 of `10.0.0.0/16`.", 0},
    {"cidr_overlap", 2, 2, 0, fn_cidr_overlap, "cidr_overlap(string, string) -> bool", "Whether two address blocks have an address in common.", 0},
    {"schedule", 1, 1, 0, fn_schedule, "schedule(string) -> schedule", "A schedule from its text, as data files have it: `schedule(e.backup)`.", 0},
    {"local", 1, 1, 0, fn_local, "local(schedule) -> schedule",
     "The schedule without its time zone, for a target that takes the zone beside the times.", 0},
    {"remote", 1, MANY, MADE_OF, fn_remote, "remote(word, …) -> string",
     "The words as one command for the shell of another host (ssh gives it one text): each is quoted.", 0},
    {"string", 1, 1, 0, fn_string, "string(value) -> string", "The text of a value, as interpolation writes it.", 0},
    {"int", 1, 1, MADE_OF, fn_int, "int(value) -> int", "A whole decimal, or a string of digits, as an int.", 0},
    {"round_up", 1, 1, 0, fn_round_up, "round_up(value) -> int",
     "The next whole number of a decimal, or of a percentage in parts of 1: `round_up(25% * 6)` is 2.", 0},
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
    {"json", 1, 1, MADE_OF, fn_json, "json(value) -> string", "The JSON text of a value. Quantities and declared things are strings in it.", 0},
    {"shell", 1, 1, RAW, fn_shell, "shell(\"text\") -> command",
     "A command in shell text, written literally; interpolated values arrive as quoted variables, the elements of a list as words.", 0},
    {"attest", 1, 1, MADE_OF, fn_attest, "attest(string) -> string", "What a person confirms in place of a command that cannot run.", 0},
    {"secret", 1, 1, 0, fn_secret, "secret(name) -> run-time value", "The value of a secret, which only the environment of the running plan has.", 0},
    {"fact", 2, 2, 0, fn_fact, "fact(thing, name) -> fact",
     "Something true of what exists already: a variable of what is emitted, pinned to the attribute of that name where it is known.", 0},
    {"variable", 3, 3, RAW, fn_variable, "variable(name, says, value) -> fact",
     "A variable of what is emitted, one for all that use the name: what it is, and the value it has unless somebody sets another; an unknown value "
     "leaves it to whoever applies.",
     0},
    {"ref", 3, 3, RAW | FOREIGN, fn_ref, "ref(resource, key, attribute) -> reference", "An attribute of an emitted resource.", 0},
    {"emitted", 1, 1, 0, fn_emitted, "emitted(type) -> list(object)",
     "The resources of that type that kinds emit for Terraform: attributes by name, blocks inside by type, each a list of such objects. What is no "
     "literal is unknown. For rules: one that asks this is judged once everything is emitted, and nobody can waive it.",
     0},
    {"hcl", 1, 1, RAW, fn_hcl, "hcl(\"text\") -> expression", "An expression of the target language, written literally.", 0},
    {"jsonencode", 1, 1, MADE_OF, fn_jsonencode, "jsonencode(value) -> expression",
     "Terraform's jsonencode(), for values that hold references or facts.", 0},
    {"call", 1, MANY, MADE_OF, fn_call, "call(\"function\", …) -> expression", "A function of the target language.", 0},
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

const struct function *function_named(struct evaluator *eval, atom name)
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

const struct type *function_result(struct evaluator *eval, const struct function *function)
{
    const char *notation = strstr(function->signature, "-> ");
    const struct type *type = notation ? map_get(&eval->state->results, intern_str(eval->names, notation + 3)) : NULL;

    if (!notation || function->flags & (SAME | ELEMENTS | LISTS | FLAT | ONE_OF))
        return NULL;
    if (!type && (type = type_read(eval->model, notation + 3, NULL)))
        map_set(&eval->state->results, eval->arena, intern_str(eval->names, notation + 3), (void *)(uintptr_t)type);
    return type;
}

const struct block_schema *sort_named(struct evaluator *eval, const struct expr *expr)
{
    const struct block_schema *schema = expr->kind == EXPR_NAME ? map_get(&eval->model->schema_by_name, expr->u.name) : NULL;
    atom path = schema ? NULL : expr_path(expr, eval->names);
    struct diag *diag;

    if (schema)
        return schema;
    diag = diag_report(eval->sink, DIAG_E0311, expr->span, "`is` needs the word of a block, such as `team`");
    if (path && map_get(&eval->model->kinds, path))
        diag_help(diag, "whether a thing is of a kind asks `x.is(%s)`", path);
    return NULL;
}

/* `asset("database")`: a declared thing by a name that is a string; `kind("aws.rds.postgres")`. */
static struct value find_thing(struct evaluator *eval, const struct expr *expr, const struct block_schema *schema, const struct scope *scope,
                               const struct type **seen)
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
    if (value.type != VALUE_STRING && value.type != VALUE_WORD) {
        diag = diag_report(eval->sink, DIAG_E0311, args->items[0]->span, "`%s` needs a name, not %s", schema->name, value_describe(eval, value));
        label_data(eval, diag, value);
        return value_error();
    }
    name = intern_str(eval->names, value_text(value, eval->arena));
    model_enter(eval->model, expr->span);
    entity = model_find_here(eval->model, (enum block_id)schema->id, name);
    if (!entity && schema->id == BLOCK_KIND && (kind = map_get(&eval->model->kinds, name)))
        entity = kind->entity;
    if (entity)
        return value_entity(entity);
    if (lost_name(eval->sink, name))
        return value_error();
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
    if (lost_is_all(eval->sink))
        return value_error();
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
                       function->min == function->max ? ""
                       : few                          ? "at least "
                                                      : "at most ",
                       limit, limit == 1 ? "" : "s", count);
    diag_note(diag, "signature: `%s`", function->signature);
    return false;
}

bool call_is_known(struct evaluator *eval, const struct expr *expr)
{
    const struct expr *callee = expr->u.call.callee;
    const struct function *function = function_named(eval, callee->u.name);
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
    struct value early, result;
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
    call.function = function_named(eval, callee->u.name);
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
    result = call.function->run(&call);
    /* What one value of a data file was read as keeps its place. */
    if (call.count == 1 && !result.origin && is_from_data(eval, call.args[0]))
        result.origin = call.args[0].origin;
    for (uint32_t i = 0; call.function->flags & MADE_OF && i < call.count; i++)
        result = places_add(eval->model, result, places_in(eval->model, call.args[i]));
    return result;
}
