/* What may be changed where objectives contradict each other: a dependency that promises less than what needs it, an objective weaker than
 * a ceiling, a recovery that does not fit into the tolerable downtime. */
#include "analysis/repair/repair.h"

#include "base/strbuf.h"

#include <string.h>

enum { ABOVE_MAX = 64 };

static void set_objective(struct repair_list *list, const struct entity *entity, const char *name, int64_t ms)
{
    const char *text = text_of_promise(list->arena, ms);
    struct edit edit;

    if (!edit_set(list, entity, name, text, &edit))
        return;
    if (entity->schema->id == BLOCK_OBJECTIVE)
        repair_add(list, edit, "`%s = %s` in `objective %s` of asset `%s`", name, text, entity->name, entity->parent->name);
    else
        repair_add(list, edit, "`%s = %s` in asset `%s`", name, text, entity->name);
}

/* ---------------------------------------------------------------- inversions */

/* Which asset needs it there; the finding points at the reference. */
static const struct asset *user_of(const struct plan *plan, const struct finding *finding)
{
    for (uint32_t i = 0; i < plan->asset_count; i++) {
        const struct edges *needs = &plan->assets[i].needs;

        for (uint32_t n = 0; n < needs->count; n++) {
            if (needs->items[n].to->entity == finding->subject && needs->items[n].from == finding->span.start)
                return &plan->assets[i];
        }
    }
    return NULL;
}

/* The strictest of what is promised above an asset: by those that need it, those that need them, and so on. */
struct above {
    int64_t rto, rpo;
    const struct asset *tier; /* one of the strictest tier; NULL */
    const struct asset *seen[ABOVE_MAX];
    uint32_t count;
};

static void add_user(struct above *above, const struct asset *asset)
{
    for (uint32_t i = 0; i < above->count; i++) {
        if (above->seen[i] == asset)
            return;
    }
    if (above->count == ABOVE_MAX)
        return;
    above->seen[above->count++] = asset;
    if (asset->rto.ms >= 0 && (above->rto < 0 || asset->rto.ms < above->rto))
        above->rto = asset->rto.ms;
    if (asset->rpo.ms >= 0 && (above->rpo < 0 || asset->rpo.ms < above->rpo))
        above->rpo = asset->rpo.ms;
    if (asset->tier && (!above->tier || asset->level < above->tier->level))
        above->tier = asset;
}

static void look_above(const struct plan *plan, const struct asset *needed, struct above *above)
{
    *above = (struct above){.rto = -1, .rpo = -1};
    for (uint32_t at = 0; at <= above->count; at++) {
        const struct asset *target = at ? above->seen[at - 1] : needed;

        for (uint32_t i = 0; i < plan->asset_count; i++) {
            for (uint32_t n = 0; n < plan->assets[i].needs.count; n++) {
                if (plan->assets[i].needs.items[n].to == target)
                    add_user(above, &plan->assets[i]);
            }
        }
    }
}

void repair_inversion(struct repair_list *list, const struct finding *finding)
{
    const struct asset *needed = plan_asset(list->plan, finding->subject), *user = user_of(list->plan, finding);
    struct above above;
    struct entity *own;
    struct edit edit;

    if (!user)
        return;
    look_above(list->plan, needed, &above);
    repair_next(list, OFFER_CHANGES);
    if (above.rto >= 0 && above.rto < needed->rto.ms)
        set_objective(list, needed->entity, "rto", above.rto);
    for (uint32_t i = 0; (own = entity_child(needed->entity, BLOCK_OBJECTIVE, &i));) {
        struct value rto = entity_slot(own, OBJECTIVE_rto);

        if (above.rto >= 0 && rto.type == VALUE_DURATION && rto.u.integer > above.rto)
            set_objective(list, own, "rto", above.rto);
    }
    repair_next(list, OFFER_CHANGES);
    if (above.rpo >= 0 && above.rpo < needed->rpo.ms)
        set_objective(list, needed->entity, "rpo", above.rpo);
    repair_next(list, OFFER_CHANGES);
    if (above.tier && above.tier->level < needed->level && edit_names(list, needed->entity) &&
        edit_set(list, needed->entity, "tier", above.tier->tier->name, &edit))
        repair_add(list, edit, "`tier = %s` in asset `%s`", above.tier->tier->name, needed->name);
    repair_next(list, OFFER_ASSERTS);
    if (edit_soften(list, user->entity, needed->name, &edit))
        repair_add(list, edit, "`uses = [%s]` in place of `needs` in asset `%s`, if it can serve without", needed->name, user->name);
    repair_next(list, OFFER_WEAKENS);
    if (user->rto.ms >= 0 && needed->rto.ms > user->rto.ms)
        set_objective(list, user->entity, "rto", needed->rto.ms);
    else if (user->rpo.ms >= 0 && needed->rpo.ms > user->rpo.ms)
        set_objective(list, user->entity, "rpo", needed->rpo.ms);
}

/* ---------------------------------------------------------------- ceilings */

/* The strictest ceiling of one sort that binds the asset; TIME_UNKNOWN when there is none. */
static int64_t ceiling(const struct repair_list *list, const struct asset *asset, const struct scenario_result *result, const char *name)
{
    const struct entity *plan = list->plan->model->plan;
    uint32_t in_tier = 0, in_plan = 0;
    const struct entity *blocks[3] = {asset->tier ? entity_child(asset->tier, BLOCK_TIER_LIMIT, &in_tier) : NULL,
                                      plan ? entity_child(plan, BLOCK_PLAN_OBJECTIVES, &in_plan) : NULL, result ? result->class_ : NULL};
    int64_t strictest = TIME_UNKNOWN;

    if (blocks[1] && strcmp(entity_string(list->plan->model, blocks[1], "role", "default"), "ceiling") != 0)
        blocks[1] = NULL;
    for (int i = 0; i < 3; i++) {
        int row = blocks[i] ? entity_row(blocks[i], intern_str(list->plan->model->names, name)) : -1;
        struct value value = row < 0 ? value_unknown() : entity_slot(blocks[i], (uint32_t)row);

        if (value.type == VALUE_DURATION && (strictest < 0 || value.u.integer < strictest))
            strictest = value.u.integer;
    }
    return strictest;
}

void repair_ceiling(struct repair_list *list, const struct asset *asset, const struct scenario_result *result)
{
    static const char *const names[] = {"rto", "rpo", "mtd"};
    const struct objective *objectives[] = {&asset->rto, &asset->rpo, &asset->mtd};

    for (int i = 0; i < 3; i++) {
        int64_t limit = ceiling(list, asset, result, names[i]);
        struct entity *own;

        if (limit < 0)
            continue;
        repair_next(list, OFFER_CHANGES);
        for (uint32_t c = 0; (own = entity_child(asset->entity, BLOCK_OBJECTIVE, &c));) {
            int row = entity_row(own, intern_str(list->plan->model->names, names[i]));
            struct value value = row < 0 ? value_unknown() : entity_slot(own, (uint32_t)row);

            if (value.type == VALUE_DURATION && value.u.integer > limit)
                set_objective(list, own, names[i], limit);
        }
        if (objectives[i]->ms > limit)
            set_objective(list, asset->entity, names[i], limit);
    }
}

/* ---------------------------------------------------------------- availability, discarded work */

void repair_availability(struct repair_list *list, const struct entity *endpoint)
{
    uint32_t cursor = 0;
    const struct entity *slo = entity_child(endpoint, BLOCK_SLO, &cursor);

    for (uint32_t i = 0; slo && i < list->plan->slo_count; i++) {
        const struct slo_state *state = &list->plan->slos[i];
        struct strbuf text = STRBUF_INIT;
        const char *share;
        struct edit edit;

        if (state->endpoint != endpoint || !state->known || state->parts < 0)
            continue;
        print_percent(&text, state->parts);
        share = strbuf_dup(&text, list->arena);
        strbuf_release(&text);
        repair_next(list, OFFER_WEAKENS);
        if (edit_set(list, slo, "availability", share, &edit))
            repair_add(list, edit, "`availability = %s` in the `slo` of endpoint `%s`", share, endpoint->name);
    }
}

/* Earlier notice, in whole minutes; or the ceiling of the class as it is proved. */
void repair_discarded(struct repair_list *list, const struct scenario_result *result, const struct asset_state *state)
{
    struct value noticed = entity_slot(result->scenario, SCENARIO_noticed_within);
    struct value limit = result->class_ ? entity_slot(result->class_, CLASS_discarded) : value_unknown();
    struct edit edit;
    int64_t room;

    if (noticed.type != VALUE_DURATION || limit.type != VALUE_DURATION || state->discarded_ms < 0)
        return;
    room = (noticed.u.integer - (state->discarded_ms - limit.u.integer)) / MS_MINUTE * MS_MINUTE;
    repair_next(list, OFFER_ASSERTS);
    if (room >= MS_MINUTE && edit_set(list, result->scenario, "noticed_within", text_of_duration(list->arena, room), &edit))
        repair_add(list, edit, "`noticed_within = %s` in scenario `%s`", text_of_duration(list->arena, room), result->scenario->name);
    repair_next(list, OFFER_WEAKENS);
    if (edit_set(list, result->class_, "discarded", text_of_promise(list->arena, state->discarded_ms), &edit))
        repair_add(list, edit, "`discarded = %s` in class `%s`", text_of_promise(list->arena, state->discarded_ms), result->class_->name);
}

/* ---------------------------------------------------------------- downtime */

void repair_downtime(struct repair_list *list, const struct asset *asset)
{
    struct value work = entity_slot(asset->entity, ASSET_work_recovery);
    uint32_t cursor = 0;
    const struct entity *defaults = asset->tier ? entity_child(asset->tier, BLOCK_TIER_DEFAULT, &cursor) : NULL;
    int64_t catching_up, sum;

    if (work.type != VALUE_DURATION && defaults)
        work = entity_slot(defaults, TIER_DEFAULT_work_recovery);
    catching_up = work.type == VALUE_DURATION ? work.u.integer : 0;
    repair_next(list, OFFER_CHANGES);
    if (asset->mtd.ms > catching_up)
        set_objective(list, asset->entity, "rto", asset->mtd.ms - catching_up);
    repair_next(list, OFFER_WEAKENS);
    if (!__builtin_add_overflow(asset->rto.ms, catching_up, &sum))
        set_objective(list, asset->entity, "mtd", sum);
}
