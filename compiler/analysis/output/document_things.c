/* What is declared, with its attributes; and what everything else of the document is made of: values, commands, ranges. */
#include "analysis/output/document.h"

#include "sema/eval.h"

#include <string.h>

/* ---- values */

static struct plan_value tagged(enum plan_tag tag, enum plan_shape shape)
{
    return (struct plan_value){.tag = (uint8_t)tag, .shape = (uint8_t)shape};
}

static struct plan_value number(enum plan_tag tag, int64_t amount)
{
    struct plan_value out = tagged(tag, PLAN_SHAPE_NUMBER);

    out.number = amount;
    return out;
}

static struct plan_value text(enum plan_tag tag, const char *words)
{
    struct plan_value out = tagged(tag, PLAN_SHAPE_STRING);

    out.text = words;
    return out;
}

static struct plan_value items(struct maker *m, enum plan_tag tag, uint32_t count)
{
    struct plan_value out = tagged(tag, PLAN_SHAPE_ITEMS);

    out.items = ARENA_ARRAY(m->arena, struct plan_value, count);
    out.count = count;
    return out;
}

static struct plan_value pairs(struct maker *m, enum plan_tag tag, uint32_t count)
{
    struct plan_value out = tagged(tag, PLAN_SHAPE_PAIRS);

    out.pairs = ARENA_ARRAY(m->arena, struct plan_pair, count);
    out.count = count;
    return out;
}

/* In the language's own notation, without quotation marks. */
static struct plan_value printed(struct maker *m, enum plan_tag tag, struct value value)
{
    struct strbuf buf = STRBUF_INIT;
    struct plan_value out;

    if (value.type == VALUE_DATE)
        print_date(&buf, value.u.integer);
    else if (value.type == VALUE_TIME)
        print_time(&buf, value.u.integer);
    else if (value.type == VALUE_TYPE)
        type_print(value.u.type, &buf);
    else
        value_print(value, &buf);
    out = text(tag, strbuf_dup(&buf, m->arena));
    strbuf_release(&buf);
    return out;
}

static struct plan_value joined(struct maker *m, enum plan_tag tag, const struct value_text *from)
{
    struct plan_value out = items(m, tag, from->count);

    for (uint32_t i = 0; i < from->count; i++) {
        const struct text_part *part = &from->parts[i];

        out.items[i] = part->literal && tag == PLAN_TAG_SHELL ? text(PLAN_TAG_LITERAL, part->value.u.string) : document_value(m, part->value);
    }
    return out;
}

static struct plan_value entity_value(const struct maker *m, const struct entity *entity)
{
    const struct plan_thing *thing = document_thing(m, entity);

    return text(PLAN_TAG_REF, thing ? thing->id : entity->name);
}

static struct plan_value list_value(struct maker *m, const struct value_list *list)
{
    struct plan_value out = items(m, PLAN_TAG_NONE, list->count);

    for (uint32_t i = 0; i < list->count; i++)
        out.items[i] = document_value(m, list->items[i]);
    return out;
}

static struct plan_value object_value(struct maker *m, const struct value_object *object)
{
    struct plan_value out = pairs(m, PLAN_TAG_OBJECT, object->count);

    for (uint32_t i = 0; i < object->count; i++)
        out.pairs[i] = (struct plan_pair){object->pairs[i].key, document_value(m, object->pairs[i].value)};
    return out;
}

static struct plan_value range_value(struct maker *m, const struct value_range *range)
{
    struct plan_value out = items(m, PLAN_TAG_RANGE, 3);

    out.items[0] = document_value(m, range->best);
    out.items[1] = document_value(m, range->typical);
    out.items[2] = document_value(m, range->worst);
    return out;
}

static struct plan_value reference_value(struct maker *m, const struct value_ref *ref)
{
    struct plan_value out = pairs(m, PLAN_TAG_REFERENCE, 3);

    out.pairs[0] = (struct plan_pair){"resource", text(PLAN_TAG_NONE, ref->resource)};
    out.pairs[1] = (struct plan_pair){"key", text(PLAN_TAG_NONE, ref->key)};
    out.pairs[2] = (struct plan_pair){"attribute", text(PLAN_TAG_NONE, ref->attribute)};
    return out;
}

static struct plan_value fact_value(struct maker *m, const struct value_fact *fact)
{
    struct plan_value out = pairs(m, PLAN_TAG_FACT, fact->entity ? 3 : 4);

    out.pairs[0] = (struct plan_pair){"of", fact->entity ? entity_value(m, fact->entity) : tagged(PLAN_TAG_NONE, PLAN_SHAPE_NULL)};
    out.pairs[1] = (struct plan_pair){"name", text(PLAN_TAG_NONE, fact->name)};
    out.pairs[2] = (struct plan_pair){"value", document_value(m, fact->value)};
    if (!fact->entity)
        out.pairs[3] = (struct plan_pair){"says", text(PLAN_TAG_NONE, fact->says)};
    return out;
}

static struct plan_value call_value(struct maker *m, const struct value_call *call)
{
    struct plan_value out = pairs(m, PLAN_TAG_CALL, 2), arguments = items(m, PLAN_TAG_NONE, call->count);

    for (uint32_t i = 0; i < call->count; i++)
        arguments.items[i] = document_value(m, call->arguments[i]);
    out.pairs[0] = (struct plan_pair){"function", text(PLAN_TAG_NONE, call->function)};
    out.pairs[1] = (struct plan_pair){"arguments", arguments};
    return out;
}

static struct plan_value rate_value(struct maker *m, const struct frac *rate)
{
    struct plan_value out = items(m, PLAN_TAG_RATE, 2);

    out.items[0] = number(PLAN_TAG_NONE, rate->num);
    out.items[1] = number(PLAN_TAG_NONE, rate->den);
    return out;
}

struct plan_value document_value(struct maker *m, struct value value)
{
    struct plan_value out;

    switch ((enum value_type)value.type) {
    case VALUE_NULL: return tagged(PLAN_TAG_NONE, PLAN_SHAPE_NULL);
    case VALUE_NA: return text(PLAN_TAG_NOTHING, "n/a");
    case VALUE_BOOL:
        out = tagged(PLAN_TAG_NONE, PLAN_SHAPE_BOOL);
        out.truth = value.u.integer != 0;
        return out;
    case VALUE_INT: return number(PLAN_TAG_NONE, value.u.integer);
    case VALUE_DECIMAL: return number(PLAN_TAG_DECIMAL, value.u.integer);
    case VALUE_PERCENT: return number(PLAN_TAG_PERCENT, value.u.integer);
    case VALUE_DURATION: return number(PLAN_TAG_DURATION, value.u.integer);
    case VALUE_SIZE: return number(PLAN_TAG_SIZE, value.u.integer);
    case VALUE_RATE: return rate_value(m, value.u.rate);
    case VALUE_MONEY: return printed(m, PLAN_TAG_MONEY, value);
    case VALUE_DATE: return printed(m, PLAN_TAG_DATE, value);
    case VALUE_TIME: return printed(m, PLAN_TAG_TIME, value);
    case VALUE_STRING: return text(PLAN_TAG_NONE, value.u.string);
    case VALUE_WORD: return text(PLAN_TAG_NONE, value.u.word);
    case VALUE_SCHEDULE:
        out = printed(m, PLAN_TAG_SCHEDULE, value);
        document_schedule(m, out.text, value.u.schedule);
        return out;
    case VALUE_RANGE: return range_value(m, value.u.range);
    case VALUE_LIST: return list_value(m, value.u.list);
    case VALUE_OBJECT: return object_value(m, value.u.object);
    case VALUE_ENTITY: return entity_value(m, value.u.entity);
    case VALUE_RUNTIME: return text(PLAN_TAG_RUNTIME, value.u.word);
    case VALUE_TEXT: return joined(m, PLAN_TAG_TEXT, value.u.text);
    case VALUE_SHELL: return joined(m, PLAN_TAG_SHELL, value.u.text);
    case VALUE_REF: return reference_value(m, value.u.ref);
    case VALUE_FACT: return fact_value(m, value.u.fact);
    case VALUE_HCL: return text(PLAN_TAG_EXPRESSION, value.u.string);
    case VALUE_CALL: return call_value(m, value.u.call);
    case VALUE_TYPE: return printed(m, PLAN_TAG_TYPE, value);
    case VALUE_ERROR: /* only where a check looks: what failed is published nowhere */ return text(PLAN_TAG_NOTHING, "error");
    case VALUE_PENDING:
    case VALUE_BUSY:
    case VALUE_UNKNOWN: break;
    }
    return text(PLAN_TAG_NOTHING, "unknown");
}

/* ---- commands, ranges, places */

static void fill_word(struct maker *m, const struct word *from, struct plan_word *out)
{
    out->count = from->count;
    out->parts = ARENA_ARRAY(m->arena, struct plan_part, from->count);
    for (uint32_t i = 0; i < from->count; i++)
        out->parts[i] = (struct plan_part){from->parts[i].runtime, from->parts[i].text};
}

struct plan_command *document_command(struct maker *m, const struct command *from)
{
    struct plan_command *out;

    if (!command_is_set(from))
        return NULL;
    out = ARENA_NEW(m->arena, struct plan_command);
    out->shell = from->is_shell;
    out->place = document_at(from->span);
    if (!out->shell) {
        out->count = from->count;
        out->words = ARENA_ARRAY(m->arena, struct plan_word, out->count);
        for (uint32_t i = 0; i < out->count; i++)
            fill_word(m, &from->words[i], &out->words[i]);
        return out;
    }
    out->count = from->piece_count;
    out->pieces = ARENA_ARRAY(m->arena, struct plan_piece, out->count);
    for (uint32_t i = 0; i < out->count; i++) {
        out->pieces[i].script = from->pieces[i].script;
        if (!from->pieces[i].script)
            fill_word(m, &from->pieces[i].value, &out->pieces[i].value);
    }
    return out;
}

struct plan_range document_range(struct span_of_time time)
{
    return time.known ? (struct plan_range){true, time.best, time.typical, time.worst} : (struct plan_range){0};
}

struct plan_place document_at(struct span span)
{
    return (struct plan_place){span.start, span.end};
}

const char *document_origin(const struct maker *m, struct span span)
{
    const char *origin = m->wanted ? "" : sources_origin(m->sources, span); /* a check has the place itself */

    return origin[0] ? origin : NULL;
}

struct plan_objective *document_objective(struct maker *m, const struct objective *from)
{
    struct plan_objective *out;

    if (from->ms == TIME_UNKNOWN)
        return NULL;
    out = ARENA_NEW(m->arena, struct plan_objective);
    *out = (struct plan_objective){from->ms, from->source, document_origin(m, from->span)};
    return out;
}

/* ---- declared things */

static bool is_published(enum block_id block)
{
    return block != BLOCK_KIND && block != BLOCK_RULE && block != BLOCK_PARAM;
}

const char *document_free_id(struct maker *m, const char *id)
{
    size_t taken = intern_count(m->ids);
    const char *kept = intern_str(m->ids, id);

    for (unsigned n = 2; intern_count(m->ids) == taken; n++) {
        struct strbuf tried = STRBUF_INIT;

        strbuf_addf(&tried, "%s#%u", id, n);
        kept = intern_str(m->ids, strbuf_str(&tried));
        strbuf_release(&tried);
    }
    return kept;
}

/* BLOCK.NAME, or the block alone where there can be one, or with its number among its like. */
static void add_own_id(struct strbuf *id, const struct entity *entity)
{
    uint32_t n = 1;

    strbuf_addstr(id, entity->schema->name);
    if (entity->name[0])
        strbuf_addf(id, ".%s", entity->name);
    if (entity->name[0] || !entity->parent || (entity->schema->flags & SCHEMA_SINGLE))
        return;
    for (uint32_t i = 0; i < entity->parent->child_count && entity->parent->children[i] != entity; i++)
        n += entity->parent->children[i]->schema == entity->schema;
    strbuf_addf(id, ".%u", n);
}

struct writing {
    struct maker *m;
    VEC(struct plan_pair) pairs;
};

/* What is worked out where it is used: a literal is worth the same everywhere, anything else is published as it is written. */
static void add_written(void *context, const struct written_attr *attr)
{
    struct writing *to = context;
    struct maker *m = to->m;
    struct plan_value value;

    if (attr->literal.type == VALUE_STRING) /* it goes with the trees */
        value = text(PLAN_TAG_NONE, arena_strndup(m->arena, attr->literal.u.string, strlen(attr->literal.u.string)));
    else if (attr->literal.type != VALUE_PENDING)
        value = document_value(m, attr->literal);
    else
        value = text(PLAN_TAG_WRITTEN, sources_essence(m->sources, attr->span, m->arena));
    if (attr->loop)
        value.text = arena_printf(m->arena, "%s in %s", attr->loop, value.text);
    vec_push(m->arena, &to->pairs, ((struct plan_pair){attr->is_let ? arena_printf(m->arena, "let %s", attr->name) : attr->name, value}));
}

/* As long as there are trees. */
static void fill_written(struct maker *m, const struct entity *entity, struct plan_thing *out)
{
    struct writing to = {.m = m};

    entity_written(entity, add_written, &to);
    out->attributes.pairs = to.pairs.items;
    out->attributes.count = to.pairs.len;
}

/* Names first: attributes refer to things that are declared later. */
static void name_thing(struct maker *m, const struct entity *entity, const struct plan_thing *parent, struct plan_thing *out)
{
    const char *title = entity_string(m->plan->model, entity, "title", NULL);
    struct strbuf id = STRBUF_INIT;

    if (parent)
        strbuf_addf(&id, "%s/", parent->id);
    add_own_id(&id, entity);
    out->id = document_free_id(m, strbuf_str(&id));
    strbuf_release(&id);
    out->block = entity->schema->name;
    out->name = entity->name[0] ? entity->name : NULL;
    out->kind = entity->kind ? entity->kind->entity->name : NULL;
    out->title = title;
    out->doc = entity->doc && entity->doc[0] ? entity->doc : NULL;
    out->origin = document_origin(m, entity->span);
    out->place = document_at(entity->span);
    m->things[entity->number] = out;
    if (!m->wanted)
        fill_written(m, entity, out);
    out->blocks_count = entity->child_count;
    out->blocks = ARENA_ARRAY(m->arena, struct plan_thing, entity->child_count);
    for (uint32_t i = 0; i < entity->child_count; i++)
        name_thing(m, entity->children[i], out, &out->blocks[i]);
}

/* A value knows where it was written; a default does not. */
static struct plan_place place_of(const struct entity *entity, struct value value)
{
    return document_at(value.origin && !value.defaulted ? (struct span){value.origin, value.origin} : entity->span);
}

static void fill_attributes(struct maker *m, const struct entity *entity, struct plan_thing *out)
{
    const struct plan_values written = out->attributes;
    struct plan_place *places = NULL;
    uint32_t count = written.count;

    for (uint32_t i = 0; i < entity->slot_count; i++)
        count += value_is_known(entity->slots[i]);
    out->attributes = (struct plan_values){.pairs = ARENA_ARRAY(m->arena, struct plan_pair, count)};
    if (m->wanted)
        out->attributes.places = places = ARENA_ARRAY(m->arena, struct plan_place, count);
    for (uint32_t i = 0; i < entity->slot_count; i++) {
        if (value_is_known(entity->slots[i])) {
            if (places)
                places[out->attributes.count] = place_of(entity, entity->slots[i]);
            out->attributes.pairs[out->attributes.count++] =
                (struct plan_pair){entity_row_info(entity, i)->name, document_value(m, entity->slots[i])};
        }
    }
    for (uint32_t i = 0; i < written.count; i++)
        out->attributes.pairs[out->attributes.count++] = written.pairs[i];
    for (uint32_t i = 0; i < entity->child_count; i++)
        fill_attributes(m, entity->children[i], &out->blocks[i]);
}

static bool is_wanted(const struct maker *m, const struct entity *entity)
{
    return is_published(entity->schema->id) && (!m->wanted || map_get(m->wanted, (atom)(const void *)entity));
}

void name_things(struct maker *m)
{
    const struct model *model = m->plan->model;
    struct plan_document *out = m->out;
    uint32_t n = 0;

    for (int b = 0; b < BLOCK_COUNT; b++) {
        for (uint32_t i = 0; i < model->declared[b].list.len; i++)
            out->declared_count += is_wanted(m, model->declared[b].list.items[i]);
    }
    out->declared = ARENA_ARRAY(m->arena, struct plan_thing, out->declared_count);
    m->things = ARENA_ARRAY(m->arena, struct plan_thing *, model->entity_count + 1);
    for (int b = 0; b < BLOCK_COUNT; b++) {
        for (uint32_t i = 0; i < model->declared[b].list.len; i++) {
            if (is_wanted(m, model->declared[b].list.items[i]))
                name_thing(m, model->declared[b].list.items[i], NULL, &out->declared[n++]);
        }
    }
}

void fill_things(struct maker *m)
{
    const struct model *model = m->plan->model;
    struct plan_document *out = m->out;
    uint32_t n = 0;

    for (int b = 0; b < BLOCK_COUNT; b++) {
        for (uint32_t i = 0; i < model->declared[b].list.len; i++) {
            if (!is_wanted(m, model->declared[b].list.items[i]))
                continue;
            if (m->wanted && b != BLOCK_SITE && b != BLOCK_ENDPOINT && b != BLOCK_TERRAFORM_PROVIDER)
                n++; /* of others a check asks what they are called and where they stand */
            else
                fill_attributes(m, model->declared[b].list.items[i], &out->declared[n++]);
        }
    }
}

struct plan_thing *document_thing(const struct maker *m, const struct entity *entity)
{
    return entity && m->things && entity->number ? m->things[entity->number] : NULL;
}

struct plan_thing **document_list(struct maker *m, struct entity *const *from, uint32_t count, uint32_t *out)
{
    struct plan_thing **list = ARENA_ARRAY(m->arena, struct plan_thing *, count);

    for (uint32_t i = 0; i < count; i++) {
        if ((list[*out] = document_thing(m, from[i])))
            ++*out;
    }
    return list;
}
