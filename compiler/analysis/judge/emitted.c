/* Rules about what kinds emit: what a provider refuses although its configuration is valid.
 *
 * `emitted(TYPE)` gives the resources of a type as objects: attributes by name, blocks inside of it by type, each a list of such objects. What is
 * not literal (a reference, a fact, an expression) is known only when the configuration is applied: here it is unknown. Objects are made of the
 * types that rules ask for, once. A rule that asks while nothing is emitted yet waits; it is judged when everything is. */
#include "analysis/judge/judge.h"

#include "schedule/schedule.h"

#include <string.h>

struct source {
    const struct emission *emission;
    const struct emitted_block *block;
};

struct emitted {
    struct map types;   /* resource type -> struct emitted_type * */
    struct map sources; /* object -> struct source * */
};

struct emitted_type {
    VEC(const struct emission *) emissions;
    struct value list; /* PENDING until somebody asks */
};

static struct value literal(struct analysis *a, struct value value);

static struct value literal_list(struct analysis *a, const struct value_list *from)
{
    struct value_list *list = ARENA_NEW(a->arena, struct value_list);

    list->items = ARENA_ARRAY(a->arena, struct value, from->count);
    for (uint32_t i = 0; i < from->count; i++) {
        if (from->items[i].type != VALUE_NULL)
            list->items[list->count++] = literal(a, from->items[i]);
    }
    return (struct value){.type = VALUE_LIST, .u.list = list};
}

static struct value literal_object(struct analysis *a, const struct value_object *from)
{
    struct value_object *object = ARENA_NEW(a->arena, struct value_object);

    object->pairs = ARENA_ARRAY(a->arena, struct value_pair, from->count);
    for (uint32_t i = 0; i < from->count; i++) {
        if (from->pairs[i].value.type != VALUE_NULL)
            object->pairs[object->count++] = (struct value_pair){.key = from->pairs[i].key, .value = literal(a, from->pairs[i].value)};
    }
    return (struct value){.type = VALUE_OBJECT, .u.object = object};
}

/* As Terraform gets it: words and names are texts, a schedule is the one expression of EventBridge. */
static struct value literal(struct analysis *a, struct value value)
{
    struct schedule_lines lines;

    switch (value.type) {
    case VALUE_STRING:
    case VALUE_INT:
    case VALUE_BOOL:
    case VALUE_DECIMAL: return value;
    case VALUE_WORD: return value_string(value.u.word);
    case VALUE_ENTITY: return value_string(value.u.entity->name);
    case VALUE_LIST: return literal_list(a, value.u.list);
    case VALUE_OBJECT: return literal_object(a, value.u.object);
    case VALUE_SCHEDULE:
        if (schedule_convert(a->arena, value.u.schedule, TARGET_EVENTBRIDGE, NULL, &lines) && lines.count == 1)
            return value_string(lines.line[0]);
        return value_unknown();
    default: return value_unknown();
    }
}

static struct value body_of(struct analysis *a, const struct emission *emission, const struct emitted_block *block)
{
    struct value_object *object = ARENA_NEW(a->arena, struct value_object);
    struct source *source = ARENA_NEW(a->arena, struct source);

    object->pairs = ARENA_ARRAY(a->arena, struct value_pair, block->attr_count + block->block_count);
    for (uint32_t i = 0; i < block->attr_count; i++)
        object->pairs[object->count++] = (struct value_pair){intern_str(a->model->names, block->attrs[i].name), literal(a, block->attrs[i].value)};
    for (uint32_t i = 0; i < block->block_count; i++) {
        atom type = intern_str(a->model->names, block->blocks[i]->type);
        struct value_list *list;
        uint32_t at = block->attr_count;

        while (at < object->count && object->pairs[at].key != type)
            at++;
        if (at == object->count) {
            list = ARENA_NEW(a->arena, struct value_list);
            list->items = ARENA_ARRAY(a->arena, struct value, block->block_count - i);
            object->pairs[object->count].key = type;
            object->pairs[object->count++].value = (struct value){.type = VALUE_LIST, .u.list = list};
        }
        list = (struct value_list *)(uintptr_t)object->pairs[at].value.u.list;
        list->items[list->count++] = body_of(a, emission, block->blocks[i]);
    }
    *source = (struct source){emission, block};
    map_set(&a->emitted->sources, a->arena, (atom)(const void *)object, source);
    return (struct value){.type = VALUE_OBJECT, .u.object = object};
}

static struct value resources_of(struct analysis *a, struct emitted_type *type)
{
    struct value_list *list;

    if (type->list.type == VALUE_LIST)
        return type->list;
    list = ARENA_NEW(a->arena, struct value_list);
    list->items = ARENA_ARRAY(a->arena, struct value, type->emissions.len);
    for (uint32_t i = 0; i < type->emissions.len; i++)
        list->items[list->count++] = body_of(a, type->emissions.items[i], type->emissions.items[i]->block);
    return type->list = (struct value){.type = VALUE_LIST, .u.list = list};
}

bool emitted_hook(struct evaluator *eval, atom name, struct value *out)
{
    struct analysis *a = eval->hooks->data;
    struct emitted_type *type;

    if (!a->emitted) {
        a->asked_emitted = true;
        *out = value_unknown();
        return true;
    }
    type = map_get(&a->emitted->types, name);
    *out = type ? resources_of(a, type) : (struct value){.type = VALUE_LIST, .u.list = ARENA_NEW(a->arena, struct value_list)};
    return true;
}

const struct emission *emitted_for(const struct analysis *a, struct value element, const char *attribute, struct span *span)
{
    const struct source *source = NULL;

    if (a->emitted && element.type == VALUE_OBJECT)
        source = map_get(&a->emitted->sources, (atom)(const void *)element.u.object);
    if (!source)
        return NULL;
    *span = source->block->span;
    for (uint32_t i = 0; attribute && i < source->block->attr_count; i++) {
        if (strcmp(source->block->attrs[i].name, attribute) == 0)
            *span = source->block->attrs[i].span;
    }
    return source->emission;
}

void check_emitted(struct analysis *a)
{
    uint32_t before = a->sink->errors;

    a->emitted = ARENA_NEW(a->arena, struct emitted);
    for (uint32_t i = 0; i < a->plan->emission_count; i++) {
        const struct emission *emission = &a->plan->emissions[i];
        const struct emitted_block *block = emission->block;
        struct emitted_type *type;
        atom name;

        if (strcmp(emission->target, "terraform") != 0 || emission->example || strcmp(block->type, "resource") != 0 || block->label_count != 2)
            continue;
        name = intern_str(a->model->names, block->labels[0]);
        type = map_get(&a->emitted->types, name);
        if (!type) {
            type = ARENA_NEW(a->arena, struct emitted_type);
            map_add(&a->emitted->types, a->arena, name, type);
        }
        vec_push(a->arena, &type->emissions, emission);
    }
    judge_waiting_rules(a);
    a->plan->refused += a->sink->errors - before;
}
