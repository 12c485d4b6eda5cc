/* What a thing made anew from others loses: as much as they do. */
#include "analysis/recovery/recovery.h"
#include "analysis/world/world.h"

#include <string.h>

/* What of it others derive; its own data hides what that data needs in turn. */
static struct derived own_data(const struct asset_state *state)
{
    bool lost = state->fate == FATE_LOST;

    return (struct derived){state->asset, state->rpo.ms, lost ? state->loss_ms : 0};
}

static int64_t worse(int64_t x, int64_t y)
{
    if (x == RPO_ALL || y == RPO_ALL)
        return RPO_ALL;
    if (x == TIME_UNKNOWN || y == TIME_UNKNOWN)
        return TIME_UNKNOWN;
    return x > y ? x : y; /* RPO_NOT_APPLICABLE is less than any time */
}

static const struct entity *rebuild_of_state(const struct asset_state *state)
{
    const struct entity *made = state->chosen && state->chosen->element.type == VALUE_ENTITY ? state->chosen->element.u.entity : NULL;

    return made && made->schema->id == BLOCK_REBUILD ? made : NULL;
}

static struct term worst_source(struct analysis *a, const struct entity *rebuild, bool promised);

/* A cache promises nothing, and yet what is made from one that started empty, or that was made from what lost something, has lost that too.
 * `promised`: whoever is made from it promises a loss, so what is not said on the way is not known. */
static int64_t loss_of_source(struct analysis *a, struct asset_state *source, bool promised)
{
    const struct entity *rebuild;
    struct value rpo;

    if (source->fate != FATE_LOST)
        return source->split ? TIME_UNKNOWN : 0;
    if (is_of_one_place(source))
        return TIME_UNKNOWN;
    if (source->asset->holds != HOLDS_NOTHING)
        return source->chosen ? source->chosen->rpo : TIME_UNKNOWN;
    if (!source->chosen)
        return 0;
    rpo = eval_deferred(a->eval, source->chosen->method, METHOD_rpo, method_scope(a, source, source->chosen));
    if (rpo.type == VALUE_WORD && strcmp(rpo.u.word, "all") == 0)
        return RPO_ALL;
    rebuild = rebuild_of_state(source);
    return rebuild ? worst_source(a, rebuild, promised).ms : 0;
}

void derive_losses(struct analysis *a, struct scenario_result *result)
{
    for (uint32_t at = 0; at < a->plan->asset_count; at++) {
        struct asset_state *state = &result->states[a->needs_first[at]];
        struct derived sum = {NULL, RPO_NOT_APPLICABLE, RPO_NOT_APPLICABLE};
        const struct entity *made = rebuild_of_state(state);
        struct value sources = made ? entity_slot(made, REBUILD_from) : value_unknown();
        const struct value_list *from = sources.type == VALUE_LIST ? sources.u.list : NULL;

        for (uint32_t n = 0; !state->asset->stateful && n < state->asset->needs.count; n++) {
            const struct asset_state *other = &result->states[state->asset->needs.items[n].index];
            struct derived one;
            int64_t loss;

            if (!other->asset->stateful && !other->derived)
                continue;
            one = other->asset->stateful ? own_data(other) : *other->derived;
            loss = worse(sum.loss_ms, one.loss_ms);
            if (!sum.from || (sum.loss_ms != TIME_UNKNOWN && loss != sum.loss_ms))
                sum.from = one.from;
            sum.loss_ms = loss;
            sum.rpo_ms = worse(sum.rpo_ms, one.rpo_ms);
        }
        for (uint32_t i = 0; !state->asset->stateful && from && i < from->count; i++) {
            const struct asset *source = from->items[i].type == VALUE_ENTITY ? plan_asset(a->plan, from->items[i].u.entity) : NULL;
            struct asset_state *other = source ? &result->states[source->index] : NULL;
            int64_t loss = !other ? 0 : source->stateful ? own_data(other).loss_ms : loss_of_source(a, other, false);

            if (!other || (!source->stateful && !loss))
                continue;
            loss = worse(sum.loss_ms, loss);
            if (!sum.from || (sum.loss_ms != TIME_UNKNOWN && loss != sum.loss_ms))
                sum.from = other->asset;
            sum.loss_ms = loss;
            if (source->stateful)
                sum.rpo_ms = worse(sum.rpo_ms, other->rpo.ms);
        }
        if (sum.from) {
            struct derived *kept = ARENA_NEW(a->arena, struct derived);

            *kept = sum;
            state->derived = kept;
        }
    }
}

/* The largest loss of what something is made from: n/a where that is not said, and nobody promises more. */
static struct term worst_source(struct analysis *a, const struct entity *rebuild, bool promised)
{
    struct value from = entity_slot(rebuild, REBUILD_from);
    struct term worst = {NULL, RPO_NOT_APPLICABLE, rebuild->span, TERM_SOURCE};

    if (from.type != VALUE_LIST || !from.u.list->count)
        worst =
            (struct term){"from what it is made anew is not said (`from`)", promised ? TIME_UNKNOWN : RPO_NOT_APPLICABLE, rebuild->span, TERM_SOURCE};
    for (uint32_t i = 0; from.type == VALUE_LIST && i < from.u.list->count; i++) {
        const struct entity *thing = from.u.list->items[i].type == VALUE_ENTITY ? from.u.list->items[i].u.entity : NULL;
        const struct asset *asset = thing ? plan_asset(a->plan, thing) : NULL;
        int64_t loss = asset ? loss_of_source(a, &a->scenario->states[asset->index], promised) : 0, sum;

        if (thing && thing->schema->id == BLOCK_STORE && promised)
            loss = TIME_UNKNOWN;
        sum = worse(worst.ms, loss);
        if (sum == worst.ms && worst.text)
            continue;
        worst.ms = sum;
        worst.text = intern_text(a,
                                 thing && thing->schema->id == BLOCK_STORE ? "how old what `%s` holds may be, from which it is made"
                                                                           : "loss of `%s`, from which it is made",
                                 thing ? thing->name : "");
    }
    return worst;
}

void loss_of_sources(struct analysis *a, const struct asset_state *state, struct candidate *candidate, const struct entity *rebuild)
{
    /* What holds data has lost what the store lacks, whoever set its objective; what is only kept anew is asked where somebody promises more. */
    bool promised = state->asset->holds == HOLDS_DATA || entity_slot(state->asset->entity, ASSET_rpo).type == VALUE_DURATION;
    struct term worst = worst_source(a, rebuild, promised);

    candidate->rpo = worst.ms;
    candidate->rpo_terms.items = ARENA_NEW(a->arena, struct term);
    candidate->rpo_terms.items[0] = worst;
    candidate->rpo_terms.count = worst.text ? 1 : 0;
}
