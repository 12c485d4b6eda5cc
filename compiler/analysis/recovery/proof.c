/* What others check the losses of a scenario by (docs/certificate.md): the chain of copies each restore reads, as numbers, and a legal
 * execution that loses as much. Only for a plan that is written; the analysis itself needs none of it. */
#include "analysis/recovery/loss.h"
#include "analysis/recovery/recovery.h"

static void link_numbers(struct analysis *a, const struct asset_state *state, const struct links *links, uint32_t i, const struct entity *store,
                         struct chain_link *out)
{
    const struct entity *backup = links->items[i], *kind, *limit;
    struct value schedule = entity_slot(backup, BACKUP_schedule);
    int64_t most = platform_limit(a, state->asset, backup, &limit);
    const struct schedule_gap *gap;

    *out = (struct chain_link){.backup = backup,
                               .store = store,
                               .gap = TIME_UNKNOWN,
                               .from = TIME_UNKNOWN,
                               .to = TIME_UNKNOWN,
                               .shortest = TIME_UNKNOWN,
                               .missed = tolerated_misses(backup),
                               .window = backup_start_window(backup, &kind),
                               .jitter = worst_of(backup, BACKUP_jitter, 0),
                               .waits = backup_waits(a, backup),
                               .own_copies = own_copies(a, backup),
                               .limit = most == INT64_MAX ? TIME_UNKNOWN : most,
                               .loss = links->losses[i].ms,
                               .reach = links->ages[i],
                               .at_end = captured_at_end(a, state->asset, backup) != NULL};
    if (store)
        backup_is_at(backup, store, &out->copied);
    if (schedule.type != VALUE_SCHEDULE || schedule.u.schedule->kind == SCHEDULE_CONTINUOUS || schedule.u.schedule->kind == SCHEDULE_ON_CHANGE)
        return;
    gap = backup_gap(a, backup, schedule.u.schedule, out->missed);
    if (gap->status != SCHEDULE_OK)
        return;
    out->scheduler = dialect_word(backup_gap_dialect(gap));
    out->gap = gap->max_gap;
    out->from = gap->max_from;
    out->to = gap->max_to;
    out->shortest = backup_shortest_gap(a, backup, schedule.u.schedule);
}

static void prove_loss(struct analysis *a, const struct scenario_result *result, struct asset_state *state, uint32_t depth, struct loss_proof *out);

static void prove_own(struct analysis *a, const struct scenario_result *result, struct asset_state *state, struct loss_proof *out);

/* Takes the story of another over, where that loses more and no more than this one may. `own`: only what that one's own copies tell. */
static void take_over(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, struct asset_state *other, bool own,
                      uint32_t depth, struct loss_proof *out)
{
    struct loss_proof proof;

    if (other == state || other->fate != FATE_LOST || !other->chosen || other->loss_ms < 0)
        return;
    if (own)
        prove_own(a, result, other, &proof);
    else
        prove_loss(a, result, other, depth + 1, &proof);
    if (!proof.story || proof.story->fenced != TIME_UNKNOWN || proof.story->loss > state->loss_ms ||
        (out->story && out->story->loss >= proof.story->loss))
        return;
    out->story = ARENA_NEW(a->arena, struct story);
    *out->story = *proof.story;
    out->story->runs = NULL;
    out->story->run_count = 0;
    out->story->of = other->asset;
}

enum { DEPTH = 8 };

/* Of what it is made from; what holds nothing has lost what that was made from. */
static void told_by_sources(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, const struct asset_state *made,
                            uint32_t depth, struct loss_proof *out)
{
    const struct entity *element = made->chosen && made->chosen->element.type == VALUE_ENTITY ? made->chosen->element.u.entity : NULL;
    struct value from = element && element->schema->id == BLOCK_REBUILD ? entity_slot(element, REBUILD_from) : value_unknown();

    for (uint32_t i = 0; depth < DEPTH && from.type == VALUE_LIST && i < from.u.list->count; i++) {
        const struct asset *source = from.u.list->items[i].type == VALUE_ENTITY ? plan_asset(a->plan, from.u.list->items[i].u.entity) : NULL;

        if (source && source->holds == HOLDS_NOTHING)
            told_by_sources(a, result, state, &result->states[source->index], depth + 1, out);
        else if (source)
            take_over(a, result, state, &result->states[source->index], false, depth, out);
    }
}

/* Where its group goes back further, or it is made from other data, another story than its own tells what is lost. */
static void told_elsewhere(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, uint32_t depth,
                           struct loss_proof *out)
{
    for (uint32_t i = 0; depth < DEPTH && share_of(&state->rpo_terms, TERM_GROUP) > 0 && i < result->group_count; i++) {
        const struct group_state *group = &result->groups[i];
        bool member = false;

        for (uint32_t m = 0; m < group->member_count; m++)
            member |= group->members[m].state == state;
        for (uint32_t m = 0; member && m < group->member_count; m++) {
            bool further = share_of(&group->members[m].state->rpo_terms, TERM_GROUP) > 0;

            /* Who goes back to the same point goes back no less than any other of them has to. */
            if (group->members[m].recovered && (!further || group->common))
                take_over(a, result, state, group->members[m].state, further, depth, out);
        }
    }
    if (share_of(&state->rpo_terms, TERM_SOURCE) > 0)
        told_by_sources(a, result, state, state, depth, out);
}

static void prove_own(struct analysis *a, const struct scenario_result *result, struct asset_state *state, struct loss_proof *out)
{
    const struct candidate *chosen = state->chosen;
    int64_t own = chosen->own.known ? chosen->own.worst : 0, read = own, later = 0;
    struct links links;

    *out = (struct loss_proof){.state = state};
    links.count = 0;
    /* What the restore waits for makes its copies older still, where that is known to be longer than its own time. */
    if (state->finish.known && result->begin.known && state->finish.worst - result->begin.worst > read)
        read = state->finish.worst - result->begin.worst;
    else if (!state->finish.known && state->start.known && result->begin.known && state->start.worst > result->begin.worst)
        read += state->start.worst - result->begin.worst;
    if (chosen->copy && !chain_of(a, state, chosen, read, &links)) {
        if (!chain_of(a, state, chosen, own, &links))
            return;
        later = read - own; /* they may have expired by then: told as such */
    }
    later += share_of(&state->rpo_terms, TERM_GROUP);
    out->link_count = links.count;
    out->links = ARENA_ARRAY(a->proof, struct chain_link, links.count);
    for (uint32_t i = 0; i < links.count; i++) {
        link_numbers(a, state, &links, i, chosen->from_store, &out->links[i]);
        if (out->links[i].reach >= 0 && __builtin_add_overflow(out->links[i].reach, later, &out->links[i].reach))
            out->links[i].reach = TIME_UNKNOWN;
    }
    out->story = share_of(&state->rpo_terms, TERM_SOURCE) > 0 || (!out->link_count && share_of(&state->rpo_terms, TERM_GROUP) > 0)
                     ? NULL
                     : tell_story(a, state, out->links, out->link_count, read);
}

static void prove_loss(struct analysis *a, const struct scenario_result *result, struct asset_state *state, uint32_t depth, struct loss_proof *out)
{
    prove_own(a, result, state, out);
    if (out->link_count || !state->chosen->copy) /* else its copies may be gone */
        told_elsewhere(a, result, state, depth, out);
}

int64_t reached_loss(struct analysis *a, const struct scenario_result *result, struct asset_state *state)
{
    struct loss_proof proof;

    prove_loss(a, result, state, 0, &proof);
    return proof.story ? proof.story->loss : TIME_UNKNOWN;
}

/* What its copies lose is too much already where nobody can say how much more it is. */
static bool has_proof(const struct asset_state *state)
{
    return state->fate == FATE_LOST && state->chosen &&
           (state->loss_ms >= 0 || (state->loss_ms == TIME_UNKNOWN && state->rpo_verdict == VERDICT_REFUTED));
}

void exceed_groups(struct analysis *a, struct scenario_result *result)
{
    for (uint32_t i = 0; i < result->group_count; i++) {
        struct group_state *group = &result->groups[i];

        for (uint32_t m = 0; m < group->member_count && group->rpo.ms >= 0 && !group->exceeded; m++) {
            struct asset_state *state = group->members[m].state;
            bool more = group->members[m].recovered && state->chosen && state->loss_ms > group->rpo.ms;
            int64_t reached = more ? reached_loss(a, result, state) : TIME_UNKNOWN;

            group->exceeded = reached != TIME_UNKNOWN && reached + 1 > group->rpo.ms;
        }
    }
}

void prove_losses(struct analysis *a, struct scenario_result *result)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < a->plan->asset_count; i++)
        count += has_proof(&result->states[i]);
    result->proofs = ARENA_ARRAY(a->proof, struct loss_proof, count);
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        if (has_proof(&result->states[i]))
            prove_loss(a, result, &result->states[i], 0, &result->proofs[result->proof_count++]);
    }
}
