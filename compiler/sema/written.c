/* Where an attribute is written, by its row or by its name: the one answer for the proof and for what the driver tells. */
#include "sema/eval_internal.h"

static const struct attr *find(const struct entity *entity, atom name)
{
    const struct attr *attr = entity && entity->tree ? block_attr(entity->tree, name) : NULL;

    return attr && attr->value ? attr : NULL;
}

const struct attr *entity_attr(const struct entity *entity, uint32_t row)
{
    return entity ? find(entity, entity_row_info(entity, row)->name) : NULL;
}

const struct attr *entity_attr_named(const struct model *model, const struct entity *entity, const char *name)
{
    return find(entity, intern_str(model->names, name));
}

struct span attr_span_or(const struct attr *attr, const struct entity *entity)
{
    return attr ? attr_span(attr) : entity->span;
}

/* Where the value of a written attribute stands in a data file: all other values have the place of their expression. */
static struct span place_in_data(const struct entity *entity, uint32_t row, const struct attr *attr)
{
    struct value value = entity_slot(entity, row);
    bool elsewhere = attr && attr->value && value_is_known(value) && value.origin &&
                     (value.origin < attr->value->span.start || value.origin > attr->value->span.end);

    return elsewhere ? (struct span){value.origin, value.origin} : (struct span){0, 0};
}

struct span entity_attr_span(const struct entity *entity, uint32_t row)
{
    const struct attr *attr = entity_attr(entity, row);
    struct span in_data = place_in_data(entity, row, attr);

    return in_data.start ? in_data : attr_span_or(attr, entity);
}

struct span entity_attr_span_named(const struct model *model, const struct entity *entity, const char *name)
{
    return attr_span_or(entity_attr_named(model, entity, name), entity);
}

struct span entity_value_span(const struct entity *entity, uint32_t row)
{
    const struct attr *attr = entity_attr(entity, row);

    return attr ? attr->value->span : entity->span;
}

/* ---- what was carried out */

const char *way_executed(const struct entity *way)
{
    const struct attr *attr = entity_attr(way, way->schema->id == BLOCK_METHOD ? (uint32_t)METHOD_executed : (uint32_t)PROCEDURE_executed);

    return attr && attr->value->kind == EXPR_STRING && *attr->value->u.string.text ? attr->value->u.string.text : NULL;
}

/* Of which a kind says something: what the families have for all their kinds (`make_anew`) runs what the specification says. */
static bool way_is_of_a_kind(const struct entity *way)
{
    struct value abstract = way->parent ? entity_slot(way->parent, KIND_abstract) : value_unknown();

    return abstract.type != VALUE_BOOL || !abstract.u.integer;
}

enum kind_tried kind_tried(const struct kind_info *kind)
{
    uint32_t executed = 0, declared = 0;

    for (uint32_t i = 0; i < kind->methods.len + kind->procedures.len; i++) {
        const struct entity *way = i < kind->methods.len ? kind->methods.items[i] : kind->procedures.items[i - kind->methods.len];

        executed += way_executed(way) != NULL;
        declared += !way_executed(way) && way_is_of_a_kind(way);
    }
    if (!executed)
        return declared ? KIND_DECLARED : KIND_WITHOUT_WAYS;
    return declared ? KIND_PARTLY : KIND_EXECUTED;
}

bool span_is_in_data(const struct evaluator *eval, struct span span)
{
    return eval->state->data_from && span.start >= eval->state->data_from;
}

/* What was reported since `before` while a text of many entries was evaluated for one of them names that entry, unless it names a line of a
 * data file already. */
void eval_show_entry(const struct evaluator *eval, const struct entity *entity, uint32_t before)
{
    const struct diag_sink *sink = eval->sink;

    while (entity->parent)
        entity = entity->parent;
    if (!span_is_in_data(eval, entity->span))
        return;
    for (uint32_t i = before; i < sink->diags.len; i++) {
        struct diag *diag = sink->diags.items[i];
        bool shown = span_is_in_data(eval, diag->primary.span);

        for (uint32_t l = 0; l < diag->labels.len; l++)
            shown |= span_is_in_data(eval, diag->labels.items[l].span);
        if (!shown)
            diag_label(diag, entity->span, "of this entry");
    }
}

/* ---- attributes that wait for their scope */

static bool is_literal(struct value value)
{
    return value.type != VALUE_PENDING && value_is_known(value);
}

static void tell_written(const struct written_attr *named, const struct expr *expr, written_fn *each, void *context)
{
    struct written_attr attr = *named;
    struct value_range range;

    attr.span = expr->span;
    attr.literal = eval_literal(expr);
    if (expr->kind == EXPR_RANGE) {
        range = (struct value_range){eval_literal(expr->u.range->best), eval_literal(expr->u.range->typical), eval_literal(expr->u.range->worst)};
        if (is_literal(range.best) && is_literal(range.typical) && is_literal(range.worst))
            attr.literal = (struct value){.type = VALUE_RANGE, .u.range = &range};
    }
    if (attr.loop || !is_literal(attr.literal))
        attr.literal = VALUE_OF(VALUE_PENDING);
    each(context, &attr);
}

static bool has_row(const struct entity *entity, atom name)
{
    for (uint32_t i = 0; i < entity->slot_count; i++) {
        if (entity_row_info(entity, i)->name == name)
            return true;
    }
    return false;
}

void entity_written(const struct entity *entity, written_fn *each, void *context)
{
    const struct attr *attrs = entity->tree && (entity->schema->flags & SCHEMA_DEFERRED) ? entity->tree->attrs : NULL;

    for (uint32_t i = 0; i < entity->slot_count; i++) {
        const struct deferred *deferred = entity->slots[i].type == VALUE_UNKNOWN ? entity->slots[i].u.deferred : NULL;
        const struct attr *attr = deferred && deferred->expr ? entity_attr(entity, i) : NULL;

        if (deferred && deferred->expr)
            tell_written(&(struct written_attr){.name = entity_row_info(entity, i)->name, .loop = attr ? attr_loop_name(attr) : NULL}, deferred->expr,
                         each, context);
    }
    for (const struct attr *attr = attrs; attr; attr = attr->next) {
        if (attr->value && (attr->is_let || !has_row(entity, attr->name)))
            tell_written(&(struct written_attr){.name = attr->name, .is_let = attr->is_let}, attr->value, each, context);
    }
}
