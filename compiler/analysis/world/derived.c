/* What a stateless asset loses: it derives its recovery point from its data (SEMANTICS §4).
 *
 * An asset without data of its own shows n/a; beside that stands what the data it needs can lose, the worst of all, through any number of
 * stateless assets between. Whoever looks at a service rather than at its database finds the number there. */
#include "analysis/world/stands.h"
#include "analysis/world/world.h"

#include <string.h>

/* ---------------------------------------------------------------- made from other data: `rebuild { from }` */

static struct value sources_of(const struct asset *asset)
{
    uint32_t cursor = 0;
    const struct entity *rebuild = entity_child(asset->entity, BLOCK_REBUILD, &cursor);

    return rebuild ? entity_slot(rebuild, REBUILD_from) : value_unknown();
}

void find_rebuilt(struct analysis *a)
{
    for (int pass = 0; pass < 2; pass++) {
        uint32_t count = 0;

        for (uint32_t i = 0; i < a->plan->asset_count; i++) {
            struct value from = sources_of(&a->plan->assets[i]);

            if (from.type != VALUE_LIST || !from.u.list->count)
                continue;
            if (pass)
                a->rebuilt[count] = &a->plan->assets[i];
            count++;
        }
        if (!pass)
            a->rebuilt = ARENA_ARRAY(a->arena, struct asset *, count);
        a->rebuilt_count = count;
    }
}

static bool lose_with(struct analysis *a, struct asset_state *state, const struct asset_state *source, const char *loss)
{
    if (state_has_loss(state, loss))
        return false;
    lose(a, state, loss, source->asset->entity);
    return true;
}

/* What is wrong or gone in the source is so in what is made from it, and served from it until it is made anew, whether that is called data or
 * not; whoever changed the source changed that as well. */
static bool inherit(struct analysis *a, struct asset_state *state, const struct asset_state *source)
{
    static const char *const damages[] = {"corruption", "deletion", "object"};
    struct entity *with;
    bool grown = false;

    if (source == state)
        return false;
    if (state->fate == FATE_UNAFFECTED && source->split && whose_doubt(a, source->asset, &with) &&
        a->site_compromised[plan_site(a->plan, with)->index]) {
        state->fate = FATE_IMPAIRED; /* whoever may have changed the source may have changed this */
        state->lost_with = with;
        state->split = source->split;
        return true;
    }
    if (source->fate != FATE_LOST)
        return false;
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        if (state_has_loss(source, damages[i]))
            grown |= lose_with(a, state, source, damages[i]);
    }
    if (is_held(a, source->asset))
        grown |= lose_with(a, state, source, "corruption");
    return grown;
}

void spread_damage(struct analysis *a, struct scenario_result *result)
{
    bool grown = true;

    while (grown) {
        grown = false;
        for (uint32_t i = 0; i < a->rebuilt_count; i++) {
            struct value from = sources_of(a->rebuilt[i]);

            for (uint32_t n = 0; n < from.u.list->count; n++) {
                const struct asset *source = from.u.list->items[n].type == VALUE_ENTITY ? plan_asset(a->plan, from.u.list->items[n].u.entity) : NULL;

                if (source)
                    grown |= inherit(a, &result->states[a->rebuilt[i]->index], &result->states[source->index]);
            }
        }
    }
}
