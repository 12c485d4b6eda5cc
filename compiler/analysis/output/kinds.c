/* What the kinds of a plan's things, and their methods, are called. */
#include "analysis/output/output.h"
#include "analysis/recovery/steps.h"

/* The title of a method as far as it depends on no asset; NULL otherwise. */
static const char *method_title(struct analysis *a, const struct entity *method)
{
    const struct attr *title = entity_attr(method, METHOD_title);

    if (!title || !title->value)
        return title_from_name(a, method->name);
    return title->value->kind == EXPR_STRING ? title->value->u.string.text : NULL;
}

void find_kinds(struct analysis *a)
{
    const struct model *model = a->model;
    uint32_t declared = model->declared[BLOCK_KIND].list.len;
    bool *used = ARENA_ARRAY(a->arena, bool, declared);
    struct plan *plan = a->plan;

    for (int b = 0; b < BLOCK_COUNT; b++) {
        for (uint32_t i = 0; b != BLOCK_KIND && i < model->declared[b].list.len; i++) {
            const struct entity *thing = model->declared[b].list.items[i];

            if (thing->kind)
                used[thing->kind->entity->index] = true;
        }
    }
    plan->kinds = ARENA_ARRAY(a->arena, struct named_kind, declared);
    for (uint32_t i = 0; i < declared; i++) {
        const struct kind_info *kind = model->declared[BLOCK_KIND].list.items[i]->kind;
        struct named_kind *out = &plan->kinds[plan->kind_count];

        if (!used[i] || !kind)
            continue;
        plan->kind_count++;
        out->kind = kind;
        out->titles = ARENA_ARRAY(a->arena, const char *, kind->methods.len);
        for (uint32_t m = 0; m < kind->methods.len; m++)
            out->titles[m] = method_title(a, kind->methods.items[m]);
        out->tried = (uint8_t)kind_tried(kind);
        out->executed = ARENA_ARRAY(a->arena, const char *, kind->methods.len + kind->procedures.len);
        for (uint32_t m = 0; m < kind->methods.len; m++)
            out->executed[m] = way_executed(kind->methods.items[m]);
        for (uint32_t p = 0; p < kind->procedures.len; p++)
            out->executed[kind->methods.len + p] = way_executed(kind->procedures.items[p]);
    }
}
