/* Where an attribute is written, by its row or by its name: the one answer for the proof and for what the driver tells. */
#include "sema/eval.h"

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

struct span entity_attr_span(const struct entity *entity, uint32_t row)
{
    return attr_span_or(entity_attr(entity, row), entity);
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
