/* The evaluator's core: one walk over an expression, with the type that is expected at each place.
 *
 * The expected type travels down (into lists, branches and arguments), because a bareword means what its place expects.
 * Values travel up; ERROR and UNKNOWN spread. Loops and slots are bounded by the operation budget and by depth, so an
 * evaluation always ends. */
#include "model/places.h"
#include "sema/eval_internal.h"
#include "source/lost.h"

#include <stddef.h>
#include <string.h>

/* How many values one walks over, with the value's own: lists are shared, and each other's elements. */
static uint32_t inside_of(struct value value)
{
    if (value.type == VALUE_LIST)
        return value.u.list->count + value.u.list->inside;
    return value.type == VALUE_OBJECT ? value.u.object->count + value.u.object->inside : 0;
}

static uint32_t joined(uint32_t inside, uint32_t more)
{
    return inside > EVAL_INSIDE_MAX || more > EVAL_INSIDE_MAX ? EVAL_INSIDE_MAX + 1 : inside + more;
}

struct value eval_list_of(struct evaluator *eval, const struct value *items, uint32_t count)
{
    static const struct value_list empty = {.count = 0};
    struct value_list *list;

    if (!count)
        return (struct value){.type = VALUE_LIST, .u.list = &empty};
    list = ARENA_NEW(eval->arena, struct value_list);
    list->count = count;
    list->items = ARENA_ARRAY(eval->arena, struct value, count);
    memcpy(list->items, items, sizeof *items * count);
    for (uint32_t i = 0; i < count; i++)
        list->inside = joined(list->inside, inside_of(items[i]));
    return (struct value){.type = VALUE_LIST, .u.list = list};
}

/* The value, unless so much is inside of it that nobody could walk over it. */
static struct value held(struct evaluator *eval, struct value value, struct span span)
{
    if (inside_of(value) <= EVAL_INSIDE_MAX)
        return value;
    diag_help(diag_report(eval->sink, DIAG_E0326, span, "%s would hold more than %d values", value.type == VALUE_LIST ? "a list" : "an object",
                          EVAL_INSIDE_MAX),
              "look for lists and objects that are put together of each other again and again");
    return value_error();
}

/* ---------------------------------------------------------------- text */

struct pieces {
    VEC(struct text_part) parts;
    bool dynamic;              /* has a part that is no plain text */
    struct text_part first[8]; /* most texts have no more, and only dynamic ones are kept as parts */
};

static void add_piece(struct evaluator *eval, struct pieces *pieces, struct value value, bool literal)
{
    if (!pieces->parts.items) {
        pieces->parts.items = pieces->first;
        pieces->parts.cap = sizeof pieces->first / sizeof *pieces->first;
    }
    if (value.type != VALUE_STRING)
        pieces->dynamic = true;
    vec_push(eval->arena, &pieces->parts, ((struct text_part){literal, value}));
}

/* Adds an interpolated value. Gives back VALUE_NULL when all is well, else the value the whole text gets. */
static struct value add_value(struct evaluator *eval, struct pieces *pieces, struct value value, struct span span, bool shell)
{
    struct diag *diag;

    switch ((enum value_type)value.type) {
    case VALUE_PENDING:
    case VALUE_BUSY:
    case VALUE_ERROR: return value_error();
    case VALUE_UNKNOWN:
        if (!eval->state->unknown_as_text)
            return value_unknown();
        add_piece(eval, pieces, value_string("unknown"), true);
        return VALUE_OF(VALUE_NULL);
    case VALUE_RUNTIME:
    case VALUE_REF:
    case VALUE_FACT: add_piece(eval, pieces, value, false); return VALUE_OF(VALUE_NULL);
    case VALUE_TEXT:
        if (shell) {
            add_piece(eval, pieces, value, false);
        } else {
            for (uint32_t i = 0; i < value.u.text->count; i++)
                add_piece(eval, pieces, value.u.text->parts[i].value, value.u.text->parts[i].literal);
        }
        return VALUE_OF(VALUE_NULL);
    case VALUE_LIST:
        if (shell || eval->state->unknown_as_text) {
            /* In shell text each element is a word of its own; in a message they are told one after the other. */
            for (uint32_t i = 0; i < value.u.list->count; i++) {
                struct value bad;

                if (i)
                    add_piece(eval, pieces, value_string(shell ? " " : ", "), true);
                bad = add_value(eval, pieces, value.u.list->items[i], span, shell);
                if (bad.type != VALUE_NULL)
                    return bad;
            }
            return VALUE_OF(VALUE_NULL);
        }
        diag = diag_report(eval->sink, DIAG_E0320, span, "a list has no single text");
        label_data(eval, diag, value);
        diag_help(diag, "join its elements: `join(%s, \", \")`", span_text(eval, span));
        return value_error();
    default: break;
    }
    if (value_has_text(value)) {
        struct value text = value_string(value_text(value, eval->arena));

        text.places = places_in(eval->model, value) & PLACES_MASK;
        add_piece(eval, pieces, text, false);
        return VALUE_OF(VALUE_NULL);
    }
    diag = diag_report(eval->sink, DIAG_E0320, span, "%s has no single text", value_describe(eval, value));
    label_data(eval, diag, value);
    if (value.type == VALUE_OBJECT)
        diag_help(diag, "name one of its fields, or write `json(%s)`", span_text(eval, span));
    return value_error();
}

bool eval_may_hold(struct evaluator *eval, size_t len, struct span span)
{
    if (len > EVAL_TEXT_MAX) {
        diag_help(diag_report(eval->sink, DIAG_E0326, span, "a text would be longer than %d MiB", EVAL_TEXT_MAX >> 20),
                  "look for texts that are put together of each other again and again");
        return false;
    }
    return eval_charge(eval, (int64_t)len / (len > 4096 ? 4 : 64), span);
}

static struct value finish_pieces(struct evaluator *eval, const struct pieces *pieces, struct span span, bool shell)
{
    struct strbuf out = STRBUF_INIT;
    struct value result;
    uint32_t set = 0;
    size_t len = 0;

    for (uint32_t i = 0; i < pieces->parts.len; i++)
        set = places_join(eval->model, set, pieces->parts.items[i].value.places);
    if (shell || pieces->dynamic) {
        struct value_text *text;

        if (!eval_may_hold(eval, pieces->parts.len * sizeof *text->parts, span))
            return value_error();
        text = ARENA_NEW(eval->arena, struct value_text);

        text->count = pieces->parts.len;
        text->parts = ARENA_ARRAY(eval->arena, struct text_part, text->count);
        if (text->count)
            memcpy(text->parts, pieces->parts.items, text->count * sizeof *text->parts);
        return (struct value){.type = shell ? VALUE_SHELL : VALUE_TEXT, .places = set & PLACES_MASK, .u.text = text};
    }
    for (uint32_t i = 0; i < pieces->parts.len; i++)
        len += strlen(pieces->parts.items[i].value.u.string);
    if (!eval_may_hold(eval, len, span))
        return value_error();
    for (uint32_t i = 0; i < pieces->parts.len; i++)
        strbuf_addstr(&out, pieces->parts.items[i].value.u.string);
    result = value_string(strbuf_dup(&out, eval->arena));
    result.places = set & PLACES_MASK;
    strbuf_release(&out);
    return result;
}

struct value eval_template(struct evaluator *eval, const struct expr *expr, const struct scope *scope, bool shell)
{
    struct pieces pieces;
    struct value result = VALUE_OF(VALUE_NULL);

    memset(&pieces, 0, offsetof(struct pieces, first));
    for (uint32_t i = 0; i < expr->u.list->count; i++) {
        const struct expr *item = expr->u.list->items[i];
        struct value bad;

        if (item->kind == EXPR_STRING) {
            if (item->u.string.len)
                add_piece(eval, &pieces, value_string(item->u.string.text), true);
            continue;
        }
        bad = add_value(eval, &pieces, eval_typed(eval, item, scope, NULL, NULL), item->span, shell);
        if (bad.type != VALUE_NULL && result.type != VALUE_ERROR)
            result = bad;
    }
    return result.type != VALUE_NULL ? result : finish_pieces(eval, &pieces, expr->span, shell);
}

struct value eval_join(struct evaluator *eval, const struct value *items, uint32_t count, const char *between, struct span span)
{
    struct pieces pieces;

    memset(&pieces, 0, offsetof(struct pieces, first));
    for (uint32_t i = 0; i < count; i++) {
        struct value bad;

        if (i && *between)
            add_piece(eval, &pieces, value_string(between), true);
        bad = add_value(eval, &pieces, items[i], span, false);
        if (bad.type != VALUE_NULL)
            return bad;
    }
    return finish_pieces(eval, &pieces, span, false);
}

/* ---------------------------------------------------------------- lists, objects, conditions, loops */

/* The type a list's elements are expected to have. */
static const struct type *element_type(const struct type *type)
{
    if (!type)
        return NULL;
    if (type->kind == TYPE_LIST)
        return type->element;
    if (type->kind == TYPE_UNION) {
        for (uint32_t i = 0; i < type->count; i++) {
            if (type->alternatives[i]->kind == TYPE_LIST)
                return type->alternatives[i]->element;
        }
    }
    return NULL;
}

static const struct type *member_type(const struct type *type)
{
    if (!type)
        return NULL;
    if (type->kind == TYPE_MAP)
        return type->element;
    if (type->kind == TYPE_UNION) {
        for (uint32_t i = 0; i < type->count; i++) {
            if (type->alternatives[i]->kind == TYPE_MAP)
                return type->alternatives[i]->element;
        }
    }
    return NULL;
}

static struct value eval_list(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct type *expected)
{
    const struct type *element = element_type(expected);
    struct value_list *list;
    bool failed = false;

    if (!expr->u.list || !expr->u.list->count)
        return eval_list_of(eval, NULL, 0);
    list = ARENA_NEW(eval->arena, struct value_list);
    list->count = expr->u.list->count;
    list->items = ARENA_ARRAY(eval->arena, struct value, list->count);
    for (uint32_t i = 0; i < list->count; i++) {
        list->items[i] = eval_typed(eval, expr->u.list->items[i], scope, element, NULL);
        failed = failed || list->items[i].type == VALUE_ERROR;
        list->inside = joined(list->inside, inside_of(list->items[i]));
    }
    return failed ? value_error() : held(eval, (struct value){.type = VALUE_LIST, .u.list = list}, expr->span);
}

static struct value eval_object(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct type *expected)
{
    const struct type *element = member_type(expected);
    struct value_object *object = ARENA_NEW(eval->arena, struct value_object);
    bool failed = false;

    object->count = expr->u.object ? expr->u.object->count : 0;
    object->pairs = ARENA_ARRAY(eval->arena, struct value_pair, object->count);
    for (uint32_t i = 0; i < object->count; i++) {
        const struct expr_pair *pair = &expr->u.object->pairs[i];

        object->pairs[i].key = pair->key;
        object->pairs[i].value = eval_typed(eval, pair->value, scope, element, NULL);
        failed = failed || object->pairs[i].value.type == VALUE_ERROR;
        object->inside = joined(object->inside, inside_of(object->pairs[i].value));
        /* Objects are written by hand and short, so comparing with each earlier key is cheap; a huge one pays from the budget. */
        if (!eval_charge(eval, i / 16, expr->span))
            return value_error();
        for (uint32_t j = 0; j < i; j++) {
            if (object->pairs[j].key == pair->key) {
                struct diag *diag = diag_report(eval->sink, DIAG_E0324, pair->key_span, "the object has the key `%s` twice", pair->key);

                diag_label(diag, expr->u.object->pairs[j].key_span, "first here");
                failed = true;
                break;
            }
        }
    }
    return failed ? value_error() : held(eval, (struct value){.type = VALUE_OBJECT, .u.object = object}, expr->span);
}

/* A condition: BOOL, UNKNOWN, NA or ERROR. */
static struct value eval_condition(struct evaluator *eval, const struct expr *expr, const struct scope *scope)
{
    struct value value = eval_typed(eval, expr, scope, NULL, NULL);
    struct diag *diag;

    switch (value.type) {
    case VALUE_BOOL:
    case VALUE_UNKNOWN:
    case VALUE_NA:
    case VALUE_ERROR: return value;
    case VALUE_RUNTIME:
    case VALUE_TEXT:
        diag = diag_report(eval->sink, DIAG_E0319, expr->span, "a condition cannot depend on %s", value_describe(eval, value));
        diag_at(diag, "known only when the plan runs");
        return value_error();
    default: break;
    }
    diag = diag_report(eval->sink, DIAG_E0325, expr->span, "expected true or false, found %s", value_describe(eval, value));
    label_data(eval, diag, value);
    if (value.type == VALUE_LIST)
        diag_help(diag, "to ask whether it has elements, write `%s.count > 0`", span_text(eval, expr->span));
    return value_error();
}

static struct value eval_cond(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct type *expected,
                              const struct type **seen)
{
    struct value test = eval_condition(eval, expr->u.cond->test, scope);

    if (test.type != VALUE_BOOL)
        return test;
    return eval_typed(eval, test.u.integer ? expr->u.cond->yes : expr->u.cond->no, scope, expected, seen);
}

/* Kleene's logic: false decides `&&` and true decides `||`, whatever is unknown on the other side. */
static struct value eval_logic(struct evaluator *eval, const struct expr *expr, const struct scope *scope)
{
    int64_t decides = expr->op == OP_OR;
    struct value left = eval_condition(eval, expr->u.binary.left, scope), right;

    if (left.type == VALUE_ERROR || (left.type == VALUE_BOOL && left.u.integer == decides))
        return left;
    right = eval_condition(eval, expr->u.binary.right, scope);
    if (right.type == VALUE_ERROR || (right.type == VALUE_BOOL && right.u.integer == decides))
        return right;
    if (left.type == VALUE_UNKNOWN || right.type == VALUE_UNKNOWN)
        return value_unknown();
    return left.type == VALUE_NA ? left : right;
}

/* The list a loop runs over; otherwise what the whole loop is worth (UNKNOWN, NA, ERROR). */
static struct value eval_source(struct evaluator *eval, const struct expr *source, const struct scope *scope, const struct type **seen)
{
    struct value list = eval_typed(eval, source, scope, NULL, seen);
    struct diag *diag;

    if (list.type == VALUE_LIST || list.type == VALUE_UNKNOWN || list.type == VALUE_NA || list.type == VALUE_ERROR)
        return list;
    diag = diag_report(eval->sink, DIAG_E0321, source->span, "expected a list to loop over, found %s", value_describe(eval, list));
    label_data(eval, diag, list);
    if (list.type == VALUE_OBJECT)
        diag_help(diag, "loop over its keys: `keys(%s)`", span_text(eval, source->span));
    else if (list.type == VALUE_ENTITY || list.type == VALUE_STRING)
        diag_help(diag, "for a list of one element, write `[%s]`", span_text(eval, source->span));
    return value_error();
}

static struct value eval_for(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct type *expected)
{
    const struct expr_loop *loop = expr->u.loop;
    const struct type *seen = NULL, *element = element_type(expected);
    struct value source = eval_source(eval, loop->source, scope, &seen);
    struct scope local = {.outer = scope, .name = loop->name};
    struct value_list *result;

    if (source.type != VALUE_LIST)
        return source;
    if (!source.u.list->count)
        return source;
    local.type = element_type(seen);
    result = ARENA_NEW(eval->arena, struct value_list);
    result->items = ARENA_ARRAY(eval->arena, struct value, source.u.list->count);
    for (uint32_t i = 0; i < source.u.list->count; i++) {
        struct value item;

        local.value = source.u.list->items[i];
        if (loop->filter) {
            struct value keep = eval_condition(eval, loop->filter, &local);

            /* Whether an element belongs to the list is not known, so neither is the list. */
            if (keep.type == VALUE_ERROR || keep.type == VALUE_UNKNOWN)
                return keep;
            if (keep.type == VALUE_NA || !keep.u.integer)
                continue;
        }
        item = eval_typed(eval, loop->body, &local, element, NULL);
        if (item.type == VALUE_ERROR)
            return item;
        result->items[result->count++] = item;
        result->inside = joined(result->inside, inside_of(item));
    }
    return held(eval, (struct value){.type = VALUE_LIST, .u.list = result}, expr->span);
}

static struct value eval_quantifier(struct evaluator *eval, const struct expr *expr, const struct scope *scope)
{
    const struct expr_loop *loop = expr->u.loop;
    const struct type *seen = NULL;
    struct value source = eval_source(eval, loop->source, scope, &seen);
    struct scope local = {.outer = scope, .name = loop->name};
    int64_t count = 0;
    bool unknown = false;

    if (source.type != VALUE_LIST)
        return source;
    local.type = element_type(seen);
    for (uint32_t i = 0; i < source.u.list->count; i++) {
        struct value holds;

        local.value = source.u.list->items[i];
        if (loop->filter) {
            struct value keep = eval_condition(eval, loop->filter, &local);

            if (keep.type == VALUE_ERROR)
                return keep;
            if (keep.type == VALUE_UNKNOWN)
                unknown = true;
            if (keep.type != VALUE_BOOL || !keep.u.integer)
                continue;
        }
        holds = eval_condition(eval, loop->body, &local);
        if (holds.type == VALUE_ERROR)
            return holds;
        if (holds.type == VALUE_UNKNOWN) {
            unknown = true;
        } else if (holds.type == VALUE_BOOL) {
            if (expr->kind == EXPR_ANY && holds.u.integer)
                return holds;
            if (expr->kind == EXPR_ALL && !holds.u.integer)
                return holds;
            count += holds.u.integer;
        }
    }
    if (unknown)
        return value_unknown();
    if (expr->kind == EXPR_COUNT)
        return value_int(VALUE_INT, count);
    return value_int(VALUE_BOOL, expr->kind == EXPR_ALL);
}

static struct value eval_binary(struct evaluator *eval, const struct expr *expr, const struct scope *scope)
{
    const struct expr *left = expr->u.binary.left, *right = expr->u.binary.right;
    struct operand a = {.span = left->span}, b = {.span = right->span};
    const struct type *seen = NULL;
    struct value result;

    switch (expr->op) {
    case OP_AND:
    case OP_OR: return eval_logic(eval, expr, scope);
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        if (left->kind == EXPR_UNKNOWN || right->kind == EXPR_UNKNOWN) {
            struct diag *diag = diag_report(eval->sink, DIAG_E0323, expr->span, "a comparison with `unknown` is always unknown");

            diag_help(diag, "to ask whether a value is known, write `%sknown(%s)`", expr->op == OP_EQ ? "!" : "",
                      span_text(eval, left->kind == EXPR_UNKNOWN ? right->span : left->span));
            return value_error();
        }
        /* The side that is no bareword decides what the other side's bareword means. */
        if (left->kind == EXPR_NAME && !name_is_local(scope, left->u.name) && !(right->kind == EXPR_NAME && !name_is_local(scope, right->u.name))) {
            b.value = eval_typed(eval, right, scope, NULL, &seen);
            a.value = eval_beside(eval, left, scope, seen, b.value, NULL);
        } else {
            a.value = eval_typed(eval, left, scope, NULL, &seen);
            b.value = eval_beside(eval, right, scope, seen, a.value, NULL);
        }
        break;
    default: a.value = eval_typed(eval, left, scope, NULL, NULL); b.value = eval_typed(eval, right, scope, NULL, NULL);
    }
    result = operate(eval, expr->op, a, b, expr->span);
    if (a.value.places | b.value.places)
        result = places_add(eval->model, result, places_join(eval->model, a.value.places, b.value.places));
    return result;
}

static struct value eval_unary(struct evaluator *eval, const struct expr *expr, const struct scope *scope)
{
    struct operand operand = {.span = expr->u.unary->span};

    if (expr->op != OP_NOT) {
        operand.value = eval_typed(eval, expr->u.unary, scope, NULL, NULL);
        return operate_unary(eval, expr->op, operand, expr->span);
    }
    operand.value = eval_condition(eval, expr->u.unary, scope);
    if (operand.value.type == VALUE_BOOL)
        operand.value.u.integer = !operand.value.u.integer;
    return operand.value;
}

static struct value eval_range(struct evaluator *eval, const struct expr *expr, const struct scope *scope)
{
    const struct expr_range *range = expr->u.range;
    struct operand best = {eval_typed(eval, range->best, scope, NULL, NULL), range->best->span};
    struct operand worst = {eval_typed(eval, range->worst, scope, NULL, NULL), range->worst->span};
    struct operand typical = worst;

    if (range->typical != range->worst)
        typical = (struct operand){eval_typed(eval, range->typical, scope, NULL, NULL), range->typical->span};
    return make_range(eval, best, typical, worst, expr->span);
}

/* `assets : aws.rds.postgres`, the source of a loop over things of one kind. */
static struct value eval_of_kind(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct type **seen)
{
    struct value source = eval_source(eval, expr->u.member.object, scope, seen);
    struct kind_info *kind = map_get(&eval->model->kinds, expr->u.member.name);

    if (!kind && lost_name(eval->sink, expr->u.member.name))
        return value_error();
    if (!kind) {
        const char **names = ARENA_ARRAY(eval->arena, const char *, eval->model->kinds.len);
        struct diag *diag = diag_report(eval->sink, DIAG_E0306, expr->span, "there is no kind `%s`", expr->u.member.name);
        const char *near;

        for (uint32_t i = 0; i < eval->model->kinds.len; i++)
            names[i] = eval->model->kinds.entries[i].key;
        near = suggest(eval, expr->u.member.name, names, eval->model->kinds.len);
        if (near)
            diag_help(diag, "did you mean `%s`?", near);
        return value_error();
    }
    return source.type == VALUE_LIST ? list_of_kind(eval, source, kind->entity->name, expr->span) : source;
}

/* ---------------------------------------------------------------- the walk */

static struct value eval_compound(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct type *expected,
                                  const struct type **seen)
{
    switch ((enum expr_kind)expr->kind) {
    case EXPR_TEMPLATE: return eval_template(eval, expr, scope, false);
    case EXPR_NAME: return eval_name(eval, expr, scope, expected, seen);
    case EXPR_MEMBER: return eval_member(eval, expr, scope, expected, seen);
    case EXPR_CALL: return eval_call(eval, expr, scope, expected, seen);
    case EXPR_UNARY: return eval_unary(eval, expr, scope);
    case EXPR_BINARY: return eval_binary(eval, expr, scope);
    case EXPR_COND: return eval_cond(eval, expr, scope, expected, seen);
    case EXPR_RANGE: return eval_range(eval, expr, scope);
    case EXPR_LIST: return eval_list(eval, expr, scope, expected);
    case EXPR_OBJECT: return eval_object(eval, expr, scope, expected);
    case EXPR_FOR: return eval_for(eval, expr, scope, expected);
    case EXPR_ANY:
    case EXPR_ALL:
    case EXPR_COUNT: return eval_quantifier(eval, expr, scope);
    case EXPR_OF_KIND: return eval_of_kind(eval, expr, scope, seen);
    default: return value_error();
    }
}

struct value eval_typed(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct type *expected,
                        const struct type **seen)
{
    struct value value;

    if (seen)
        *seen = NULL;
    if (!expr)
        return value_unknown();
    if (--eval->budget < 0 && !eval_charge(eval, 0, expr->span))
        return value_error();
    if (expr_is_mistake(eval, expr))
        return value_error();
    if (expected && expected->kind == TYPE_ANY)
        expected = NULL;
    if (expected && expected->kind == TYPE_TYPE)
        return eval_type(eval, expr, scope);
    value = eval_literal(expr);
    if (value.type == VALUE_PENDING) {
        if (eval->depth >= EVAL_DEPTH)
            return value_error_at(eval, DIAG_E0315, expr->span, "values depend on each other in a chain of more than %d", EVAL_DEPTH);
        eval->depth++;
        value = eval_compound(eval, expr, scope, expected, seen);
        eval->depth--;
    }
    if (expected)
        value = convert(eval, value, expected, expr->span, expr, NULL);
    if (!is_from_data(eval, value))
        value.origin = expr->span.start;
    return value;
}

struct value eval(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct type *expected)
{
    return unset_null(eval_typed(eval, expr, scope, expected, NULL), expected);
}

/* ---------------------------------------------------------------- scopes, slots, deferred attributes */

struct scope *scope_add(struct evaluator *eval, const struct scope *outer, const char *name, struct value value)
{
    struct scope *scope = eval->state->free_scopes;

    if (scope)
        eval->state->free_scopes = (struct scope *)(uintptr_t)scope->outer;
    else
        scope = ARENA_NEW(eval->arena, struct scope);
    *scope = (struct scope){.outer = outer, .name = intern_str(eval->names, name), .value = value};
    return scope;
}

void scope_drop(struct evaluator *eval, const struct scope *scope, const struct scope *until)
{
#ifndef DRC_ARENA_MALLOC /* there, each is an allocation of its own and stays */
    while (scope && scope != until) {
        struct scope *free_one = (struct scope *)(uintptr_t)scope;

        scope = scope->outer;
        free_one->outer = eval->state->free_scopes;
        eval->state->free_scopes = free_one;
    }
#else
    (void)eval, (void)scope, (void)until;
#endif
}

/* `let` names of a block: each sees those before it. */
static const struct scope *add_lets(struct evaluator *eval, const struct block *block, const struct scope *scope)
{
    for (const struct attr *attr = block && block->has_let ? block->attrs : NULL; attr; attr = attr->next) {
        if (attr->is_let) {
            struct scope *local = ARENA_NEW(eval->arena, struct scope);

            local->outer = scope;
            local->name = attr->name;
            local->value = (struct value){.type = VALUE_PENDING, .u.pending = attr->value};
            scope = local;
        }
    }
    return scope;
}

const struct scope *entity_scope(struct evaluator *eval, struct entity *entity)
{
    struct scope *scope;

    if (entity->own_scope)
        return entity->own_scope;
    scope = scope_add(eval, NULL, "", value_entity(entity));
    scope->type = ref_type(eval, entity->schema);
    if (entity->parent) {
        scope->outer = entity_scope(eval, entity->parent);
        scope->name = entity->schema->name;
        scope->weak = true;
    } else {
        scope->outer = entity->scope;
        scope->name = eval->state->names.self;
    }
    entity->own_scope = add_lets(eval, entity->tree, scope);
    return entity->own_scope;
}

void entity_scope_drop(struct evaluator *eval, struct entity *entity)
{
    for (uint32_t i = 0; i < entity->child_count; i++)
        entity_scope_drop(eval, entity->children[i]);
    if (entity->own_scope && !(entity->tree && entity->tree->has_let))
        scope_drop(eval, entity->own_scope, entity->own_scope->outer);
    entity->own_scope = NULL;
}

static struct span slot_span(const struct entity *entity, const struct attr_row *row, const struct expr *expr)
{
    const struct attr *attr = entity->tree && row ? block_attr(entity->tree, row->name) : NULL;

    if (attr)
        return attr_name_span(attr);
    return expr && expr->span.start ? expr->span : entity->span;
}

static const char *slot_name(struct evaluator *eval, const struct entity *entity, uint32_t slot)
{
    const struct attr_row *row = entity_row_info(entity, slot);
    const char *field = row ? row->name : "?";
    const char *name = entity->name && entity->name[0] ? entity->name : entity->schema->name;

    if (!entity->parent)
        return arena_printf(eval->arena, "%s.%s", name, field);
    return arena_printf(eval->arena, "%s.%s.%s", value_text(value_entity(entity->parent), eval->arena), name, field);
}

/* Every slot from the one that is met again up to the one that met it. */
static struct value report_circle(struct evaluator *eval, struct entity *entity, uint32_t slot)
{
    const struct slot_frame *frame = eval->state->frame;
    const struct slot_frame *chain[64];
    uint32_t count = 0;
    struct diag *diag;

    for (; frame; frame = frame->outer) {
        if (count < sizeof chain / sizeof *chain)
            chain[count++] = frame;
        if (frame->entity == entity && frame->slot == slot)
            break;
    }
    if (!count)
        return value_error();
    diag = diag_report(eval->sink, DIAG_E0313, chain[count - 1]->span, "`%s` depends on itself", slot_name(eval, entity, slot));
    if (count == 1) {
        diag_at(diag, "its value needs its own value");
    } else {
        diag_at(diag, "needs `%s`", slot_name(eval, chain[count - 2]->entity, chain[count - 2]->slot));
        for (uint32_t i = count - 1; i-- > 0;)
            diag_label(diag, chain[i]->span, "needs `%s`",
                       i ? slot_name(eval, chain[i - 1]->entity, chain[i - 1]->slot) : slot_name(eval, entity, slot));
    }
    diag_help(diag, "write one of these values down");
    return value_error();
}

struct value eval_slot(struct evaluator *eval, struct entity *entity, uint32_t slot)
{
    struct value *place, value;
    const struct attr_row *row;
    const struct expr *expr;
    struct slot_frame frame;
    uint32_t before = eval->sink->diags.len;

    if (slot >= entity->slot_count)
        return value_unknown();
    place = &entity->slots[slot];
    if (place->type != VALUE_PENDING)
        return place->type == VALUE_BUSY ? report_circle(eval, entity, slot) : *place;
    expr = place->u.pending;
    row = entity_row_info(entity, slot);
    if (!expr || (row && row->flags & ROW_DEFERRED)) {
        /* A deferred slot keeps its expression; only readers of this stage see it as unknown. */
        if (!expr)
            *place = value_unknown();
        return value_unknown();
    }
    value = eval_literal(expr);
    if (value.type != VALUE_PENDING && (!row || row->type->kind != TYPE_TYPE)) {
        eval->budget--;
        value = row ? convert(eval, value, row->type, expr->span, expr, NULL) : value;
        value.origin = expr->span.start;
    } else {
        bool as_text = eval->state->unknown_as_text;

        frame = (struct slot_frame){eval->state->frame, entity, slot, slot_span(entity, row, expr)};
        eval->state->frame = &frame;
        /* The value stays, so it must not depend on who asked first. */
        eval->state->unknown_as_text = false;
        place->type = VALUE_BUSY;
        value = eval_typed(eval, expr, entity_scope(eval, entity), row ? row->type : NULL, NULL);
        eval->state->unknown_as_text = as_text;
        eval->state->frame = frame.outer;
    }
    if (eval->sink->diags.len > before)
        eval_show_entry(eval, entity, before);
    value = unset_null(value, row ? row->type : NULL);
    /* A circle reports while its slots are busy; whatever came of it stands now. */
    value.defaulted = place->defaulted;
    *place = value;
    return value;
}

/* Lets of the deferred blocks round an attribute, outermost first, on top of what the caller supplies, and the entry it is made from. */
static const struct scope *deferred_scope(struct evaluator *eval, const struct entity *block, const struct scope *scope)
{
    const struct block_schema *schema = block->schema;

    if (block->parent && schema->id != BLOCK_KIND && block->parent->schema->id != BLOCK_KIND && block->parent->schema->id != BLOCK_ASSET)
        scope = deferred_scope(eval, block->parent, scope);
    else if (block->parent && block->parent->scope)
        scope = scope_add(eval, scope, block->parent->scope->name, block->parent->scope->value); /* the entry of an inventory */
    return add_lets(eval, block->tree, scope);
}

/* What binding knows of the attribute; NULL when the block was not bound like others. */
static struct deferred *deferred_of(const struct entity *block, uint32_t row)
{
    return row < block->slot_count && block->slots[row].type == VALUE_UNKNOWN ? block->slots[row].u.deferred : NULL;
}

bool eval_is_written(const struct entity *block, uint32_t row)
{
    const struct deferred *deferred = deferred_of(block, row);
    const struct attr_row *info;

    if (deferred)
        return deferred->expr != NULL;
    info = entity_row_info(block, row);
    return info && block->tree && block_attr(block->tree, info->name);
}

bool eval_is_null(const struct entity *block, uint32_t row)
{
    const struct attr *attr = eval_is_written(block, row) ? block_attr(block->tree, block->schema->rows[row].name) : NULL;

    return attr && attr->value && attr->value->kind == EXPR_NULL;
}

/* Whether the expression is made of literals and words only, and `value`, what it was worth, of the same: then it is worth that in every
 * scope that has none of these words as a local name. */
static bool is_constant(const struct expr *expr, struct value value)
{
    switch (expr->kind) {
    case EXPR_NAME: return value.type == VALUE_WORD && value.u.word == expr->u.name;
    case EXPR_LIST:
        if (value.type != VALUE_LIST || !expr->u.list || value.u.list->count != expr->u.list->count)
            return false;
        for (uint32_t i = 0; i < expr->u.list->count; i++) {
            if (!is_constant(expr->u.list->items[i], value.u.list->items[i]))
                return false;
        }
        return true;
    case EXPR_RANGE:
        return value_is_known(value) && eval_literal(expr->u.range->best).type != VALUE_PENDING &&
               eval_literal(expr->u.range->typical).type != VALUE_PENDING && eval_literal(expr->u.range->worst).type != VALUE_PENDING;
    default: return value_is_known(value) && eval_literal(expr).type != VALUE_PENDING;
    }
}

static bool has_local(const struct expr *expr, const struct scope *scope)
{
    if (expr->kind == EXPR_NAME)
        return name_is_local(scope, expr->u.name);
    for (uint32_t i = 0; expr->kind == EXPR_LIST && i < expr->u.list->count; i++) {
        if (has_local(expr->u.list->items[i], scope))
            return true;
    }
    return false;
}

struct value eval_deferred(struct evaluator *eval, const struct entity *block, uint32_t row, const struct scope *scope)
{
    const struct attr_row *info = entity_row_info(block, row);
    struct deferred *deferred = deferred_of(block, row);
    const struct expr *expr = deferred ? deferred->expr : NULL;
    uint32_t before = eval->sink->diags.len;
    struct value value;

    /* Fixed when the block was bound: an inventory's value, or the compiler's own. */
    if (row < block->slot_count && value_is_known(block->slots[row]))
        return block->slots[row];
    if (deferred && !expr && info->constant.type != VALUE_PENDING)
        return info->constant;
    if (!deferred && info && block->tree) {
        const struct attr *attr = block_attr(block->tree, info->name);

        expr = attr ? attr->value : NULL;
    }
    if (!expr)
        expr = info ? info->fallback : NULL;
    if (!expr)
        return value_unknown();
    if (deferred && deferred->state == DEFERRED_CONSTANT && expr->kind != EXPR_NAME && expr->kind != EXPR_LIST)
        return deferred->value; /* has no word that might be a local name */
    scope = deferred_scope(eval, block, scope);
    if (deferred && deferred->state == DEFERRED_CONSTANT && !has_local(expr, scope))
        return deferred->value;
    value = unset_null(eval_typed(eval, expr, scope, info->type, NULL), info->type);
    if (eval->sink->diags.len > before)
        eval_show_entry(eval, block, before);
    if (deferred && deferred->expr && deferred->state == DEFERRED_FRESH) {
        deferred->state = is_constant(expr, value) && !has_local(expr, scope) ? DEFERRED_CONSTANT : DEFERRED_VARIES;
        deferred->value = value;
    }
    return value;
}

struct value eval_loop(struct evaluator *eval, const struct entity *block, uint32_t row, const struct scope *scope, atom *name)
{
    const struct attr_row *info = entity_row_info(block, row);
    const struct attr *attr = info && block->tree ? block_attr(block->tree, info->name) : NULL;

    *name = NULL;
    if (!attr)
        return VALUE_OF(VALUE_NULL);
    *name = attr_loop_name(attr);
    return eval_source(eval, attr->value, deferred_scope(eval, block, scope), NULL);
}

const char *eval_text(struct evaluator *eval, const struct entity *block, uint32_t row, const struct scope *scope)
{
    bool before = eval->state->unknown_as_text;
    struct value value;

    eval->state->unknown_as_text = true;
    value = eval_deferred(eval, block, row, scope);
    eval->state->unknown_as_text = before;
    switch (value.type) {
    case VALUE_STRING:
    case VALUE_WORD:
    case VALUE_TEXT: return value_text(value, eval->arena);
    default: return NULL;
    }
}
