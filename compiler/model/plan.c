/* Small questions asked of the plan. */
#include "model/plan.h"

#include <string.h>

struct asset *plan_asset(const struct plan *plan, const struct entity *entity)
{
    if (!entity || entity->schema->id != BLOCK_ASSET || entity->parent || entity->index >= plan->asset_count)
        return NULL;
    return &plan->assets[entity->index];
}

struct site_info *plan_site(const struct plan *plan, const struct entity *entity)
{
    if (!entity || entity->schema->id != BLOCK_SITE || entity->index >= plan->site_count)
        return NULL;
    return &plan->sites[entity->index];
}

const char *entity_title(const struct model *model, const struct entity *entity)
{
    const char *title = entity ? entity_string(model, entity, "title", NULL) : NULL;

    if (title)
        return title;
    if (entity && entity->schema->id == BLOCK_PERSON)
        return entity_string(model, entity, "name", entity->name);
    return entity ? entity->name : "";
}

bool command_is_set(const struct command *command)
{
    return command->count > 0 || command->piece_count > 0;
}
