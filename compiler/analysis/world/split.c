/* What a partition leaves on both sides (SEMANTICS §2: lag, and what the cut-off side accepts until it is fenced; with a quorum nothing), and
 * what is left where one of several places is lost.
 *
 * Nothing is lost, so nothing is recovered, and yet it is not true that nothing happened: data that is written on both sides of a cut has two
 * truths afterwards, and data whose every write waits for a replica on the other side cannot be written at all. Which of that happens the
 * specification does not say, so objectives of such an asset, and of what needs it, are unknown. So they are of what serves in a place that may
 * belong to an account that is taken (whose.c). */
#include "analysis/common/missing.h"
#include "analysis/world/stands.h"
#include "analysis/world/world.h"

#include <string.h>

/* The place with which a thing at the site is cut off; NULL. */
static struct entity *cut_with(const struct analysis *a, const struct entity *thing, const struct site_info *site)
{
    bool perhaps;

    return site ? taken_with(a, thing, site, TAKEN_CUT, &perhaps) : NULL;
}

static const struct reason *both_sides(struct analysis *a, const struct asset *asset)
{
    const char *text =
        intern_text(a, "`%s` is written on both sides when one is cut off, and nothing says which of them counts afterwards", asset->name);

    return unset_row(a, asset->entity, "quorum", text,
                     "state a `quorum` of more than half of its places, so that only one side goes on, or let it serve from one place");
}

/* Served from several places of which none is the majority: those that are cut off go on as well as the others. */
static const struct reason *two_majorities(struct analysis *a, const struct asset *asset, struct entity **with)
{
    struct value quorum = entity_slot(asset->entity, ASSET_quorum);
    int64_t needed = quorum.type == VALUE_INT ? quorum.u.integer : 1;
    int64_t off = 0, on = 0;

    for (uint32_t i = 0; i < asset->site_count; i++) {
        struct entity *cut = cut_with(a, asset->entity, asset->sites[i]);

        if (cut)
            *with = cut;
        off += cut != NULL;
        on += stands_at(a, asset->entity, asset->sites[i]);
    }
    return off >= needed && on >= needed && off > 0 ? both_sides(a, asset) : NULL;
}

/* Served from several places of which one is lost: without a majority that confirms, what the others have may be older. */
static const struct reason *older_elsewhere(struct analysis *a, const struct asset *asset, struct entity **with)
{
    struct value quorum = entity_slot(asset->entity, ASSET_quorum);
    bool perhaps;

    if ((quorum.type == VALUE_INT ? quorum.u.integer : 1) * 2 > asset->site_count)
        return NULL;
    for (uint32_t i = 0; i < asset->site_count; i++) {
        *with = taken_with(a, asset->entity, asset->sites[i], TAKEN_LOST, &perhaps);
        if (*with)
            return unset_row(
                a, asset->entity, "quorum",
                intern_text(a, "nothing says how the data of `%s` at its places is kept the same: what is left may be older", asset->name),
                "state a `quorum` of more than half of its places, or one `site` and a `replica` with its `lag`");
    }
    return NULL;
}

bool is_of_one_place(const struct asset_state *state)
{
    struct value quorum = entity_slot(state->asset->entity, ASSET_quorum);

    return state->fate == FATE_LOST && state->asset->stateful && state->asset->site_count > 1 && state->chosen && state->chosen->copy &&
           !(quorum.type == VALUE_INT && quorum.u.integer >= state->asset->site_count);
}

static const struct reason *one_of_several(struct analysis *a, const struct asset *asset)
{
    return unset_row(
        a, asset->entity, "quorum",
        intern_text(a, "nothing says how the data of `%s` at its places is kept the same: a copy is that of one of them", asset->name),
        "state a `quorum` of all of its places where every write is at each of them, or an asset with backups of its own for each place");
}

/* A replica that is cut off from what it follows: one that is written to as well goes on, one that has to confirm every write confirms none. */
static const struct reason *left_replica(struct analysis *a, const struct asset *asset, struct entity **with)
{
    const struct entity *replica, *held = NULL;
    bool confirmed = false;

    for (uint32_t i = 0; (replica = entity_child(asset->entity, BLOCK_REPLICA, &i));) {
        const struct site_info *site = plan_site(a->plan, model_find(a->model, BLOCK_SITE, replica->name));
        struct value mode = entity_slot(replica, REPLICA_mode);
        struct entity *cut = cut_with(a, replica, site);

        if (cut && is_word(mode, "multi_writer")) {
            *with = cut;
            return both_sides(a, asset);
        }
        if (!is_word(mode, "sync"))
            continue;
        confirmed |= !cut && site && stands_at(a, replica, site);
        held = cut && !held ? replica : held;
        *with = cut && !confirmed ? cut : *with;
    }
    if (!held || confirmed)
        return NULL;
    return unset_row(
        a, held, "mode",
        intern_text(a, "replica `%s` of `%s` has to confirm every write, and is cut off: whether anything can be written then is not stated",
                    held->name, asset->name),
        "add a synchronous replica on the side that goes on, or say `mode = async` with its `lag`");
}

static const struct reason *data_of_parts(struct analysis *a, const struct asset *asset, struct entity **with)
{
    const struct reason *why = asset->site_count > 1 ? two_majorities(a, asset, with) : NULL;

    if (!why && asset->site_count > 1)
        why = older_elsewhere(a, asset, with);
    return why ? why : left_replica(a, asset, with);
}

void find_split(struct analysis *a, struct scenario_result *result)
{
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];
        struct entity *with = NULL;

        if (state->fate != FATE_UNAFFECTED)
            continue;
        state->split = whose_doubt(a, state->asset, &with);
        if (!state->split && state->asset->stateful)
            state->split = data_of_parts(a, state->asset, &with);
        if (!state->split)
            continue;
        state->fate = FATE_IMPAIRED;
        state->lost_with = with;
    }
}

/* As undecided as what it needs. */
static const struct reason *needed_split(const struct scenario_result *result, const struct asset_state *state)
{
    const struct reason *why = state->split;

    for (uint32_t n = 0; !why && n < state->asset->needs.count; n++)
        why = result->states[state->asset->needs.items[n].index].split;
    return why;
}

static void leave_open(struct analysis *a, const struct reason *why, enum verdict *verdict, struct objective_ref objective)
{
    if (*verdict == VERDICT_REFUTED)
        return;
    *verdict = VERDICT_UNKNOWN;
    decides(a, why, objective);
}

/* Where several places were lost with their data: what comes back is one place's. */
static void judge_copy(struct analysis *a, struct scenario_result *result, struct asset_state *state)
{
    const struct reason *why = NULL;

    if (is_of_one_place(state) && state->rpo.ms >= 0)
        why = one_of_several(a, state->asset);
    if (!why)
        return;
    state->undecided = why;
    state->loss_ms = TIME_UNKNOWN;
    leave_open(a, why, &state->rpo_verdict,
               (struct objective_ref){OBJECTIVE_RPO, state->asset->entity, result->scenario, asset_wants_proof(a, state->asset)});
}

void judge_split(struct analysis *a, struct scenario_result *result)
{
    for (uint32_t at = 0; at < a->plan->asset_count; at++) {
        struct asset_state *state = &result->states[a->needs_first[at]];
        bool own = state->split != NULL;
        struct objective_ref objective = {OBJECTIVE_RTO, state->asset->entity, result->scenario, asset_wants_proof(a, state->asset)};

        judge_copy(a, result, state);
        if (state->fate == FATE_UNAFFECTED || !(state->split = needed_split(result, state)))
            continue;
        state->undecided = state->split;
        if (state->rto_verdict != VERDICT_NOT_APPLICABLE)
            leave_open(a, state->split, &state->rto_verdict, objective);
        if (!own || state->rpo.ms < 0)
            continue;
        objective.kind = OBJECTIVE_RPO;
        state->loss_ms = TIME_UNKNOWN;
        leave_open(a, state->split, &state->rpo_verdict, objective);
    }
}
