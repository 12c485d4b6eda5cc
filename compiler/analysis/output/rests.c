/* Which verdicts rest on an entry of the ledger through others (SEMANTICS §7). An entry is made for the verdicts whose own terms it is in; what waits
 * for those rests on it as well: an asset for what it needs and is restored with, a name for what it serves, an availability for its name, what is
 * made anew for the loss of its sources; and for how long it takes, whatever the same hands do, or the same line carries, afterwards.
 *
 * In each scenario the relation is turned round once and then walked from the verdicts of each entry. Their number grows with the depth of the plan:
 * beyond a limit for the whole ledger no entry lists any but its own, and says so, since half a list would be read as a whole one. */
#include "analysis/common/entries.h"
#include "analysis/common/ledger.h"

#include <string.h>

enum { THROUGH_MAX = 250000 };

/* Who waits for each asset: lists of indices, one behind the other. */
struct waiting {
    uint32_t *first; /* by asset, and one more */
    uint32_t *who;
};

struct walk {
    struct analysis *a;
    struct arena *scratch; /* of the scenario at work */
    struct scenario_result *result;
    struct waiting assets, names; /* cannot be back before it is: assets, endpoints */
    struct waiting later, led;    /* are done by the same hands or over the same line after it, well or not: only how long it takes matters */
    struct waiting made;          /* lose what it loses: made from it */
    uint32_t *seen, *seen_loss, *seen_name; /* the number of the entry that met it last; names by index of the endpoint */
    uint32_t *queue;
    uint32_t number, added;
};

typedef VEC(uint32_t) pairs; /* what is waited for, who waits; one after the other */

static void wait_on(struct walk *w, pairs *out, const struct asset *asset, uint32_t who)
{
    if (!asset || w->result->states[asset->index].fate == FATE_UNAFFECTED)
        return;
    vec_push(w->scratch, out, asset->index);
    vec_push(w->scratch, out, who);
}

static void wait_on_steps(struct walk *w, pairs *out, struct step *const *steps, uint32_t count, const struct asset *own, uint32_t who)
{
    for (uint32_t i = 0; i < count; i++) {
        if (steps[i]->asset != own)
            wait_on(w, out, steps[i]->asset, who);
    }
}

static struct waiting turned_round(struct walk *w, const pairs *found)
{
    uint32_t count = w->a->plan->asset_count;
    struct waiting out = {ARENA_ARRAY(w->scratch, uint32_t, count + 2), ARENA_ARRAY(w->scratch, uint32_t, found->len / 2 + 1)};

    for (uint32_t i = 0; i < found->len; i += 2)
        out.first[found->items[i] + 2]++;
    for (uint32_t i = 2; i < count + 2; i++)
        out.first[i] += out.first[i - 1];
    for (uint32_t i = 0; i < found->len; i += 2)
        out.who[out.first[found->items[i] + 1]++] = found->items[i + 1];
    return out;
}

static void find_waiting(struct walk *w)
{
    const struct plan *plan = w->a->plan;
    pairs assets = {0}, names = {0}, later = {0}, led = {0}, made = {0};

    for (uint32_t i = 0; i < plan->asset_count; i++) {
        const struct asset_state *state = &w->result->states[i];
        const struct edges *edges[2] = {&state->asset->needs, &state->asset->restores_with};
        const struct entity *element = state->chosen && state->chosen->element.type == VALUE_ENTITY ? state->chosen->element.u.entity : NULL;
        struct value from = element && element->schema->id == BLOCK_REBUILD ? entity_slot(element, REBUILD_from) : value_unknown();

        if (state->fate == FATE_UNAFFECTED)
            continue;
        for (int kind = 0; kind < 2; kind++) {
            for (uint32_t n = 0; n < edges[kind]->count; n++)
                wait_on(w, &assets, edges[kind]->items[n].to, i);
        }
        for (uint32_t n = 0; n < state->step_count; n++) {
            wait_on_steps(w, &assets, state->steps[n]->after, state->steps[n]->after_count, state->asset, i);
            wait_on_steps(w, &later, state->steps[n]->follows, state->steps[n]->follow_count, state->asset, i);
        }
        for (uint32_t n = 0; from.type == VALUE_LIST && n < from.u.list->count; n++)
            wait_on(w, &made, from.u.list->items[n].type == VALUE_ENTITY ? plan_asset(plan, from.u.list->items[n].u.entity) : NULL, i);
    }
    for (uint32_t e = 0; e < w->result->endpoint_count; e++) {
        const struct endpoint_state *name = &w->result->endpoints[e];
        struct value serves = entity_slot(name->endpoint, ENDPOINT_serves);

        for (uint32_t n = 0; serves.type == VALUE_LIST && n < serves.u.list->count; n++)
            wait_on(w, &names, serves.u.list->items[n].type == VALUE_ENTITY ? plan_asset(plan, serves.u.list->items[n].u.entity) : NULL, e);
        if (!name->step)
            continue;
        wait_on_steps(w, &names, name->step->after, name->step->after_count, NULL, e);
        wait_on_steps(w, &led, name->step->follows, name->step->follow_count, NULL, e);
    }
    w->assets = turned_round(w, &assets);
    w->names = turned_round(w, &names);
    w->later = turned_round(w, &later);
    w->led = turned_round(w, &led);
    w->made = turned_round(w, &made);
}

static void add_through(struct walk *w, struct assumption *entry, enum objective_kind kind, struct entity *subject, bool applies)
{
    if (!applies)
        return;
    add_resting(w->a, entry, (struct resting){kind, false, subject, w->result->scenario});
    w->added++;
}

/* A group loses what its members lose. */
static void add_groups(struct walk *w, struct assumption *entry, const struct asset_state *state)
{
    for (uint32_t g = 0; state->grouped && g < w->result->group_count; g++) {
        const struct group_state *group = &w->result->groups[g];
        bool rests = false, already = group->verdict == VERDICT_NOT_APPLICABLE;

        for (uint32_t m = 0; m < group->member_count; m++)
            rests |= group->members[m].state == state && group->members[m].recovered;
        for (uint32_t i = 0; i < entry->rest_count && rests && !already; i++) {
            const struct resting *r = &entry->rests[i];

            already = r->kind == OBJECTIVE_GROUP && r->subject == group->group && r->scenario == w->result->scenario;
        }
        add_through(w, entry, OBJECTIVE_GROUP, group->group, rests && !already);
    }
}

static void walk_losses(struct walk *w, struct assumption *entry, uint32_t queued)
{
    for (uint32_t at = 0; at < queued; at++) {
        for (uint32_t i = w->made.first[w->queue[at]]; i < w->made.first[w->queue[at] + 1]; i++) {
            uint32_t who = w->made.who[i];

            if (w->seen_loss[who] == w->number)
                continue;
            w->seen_loss[who] = w->number;
            w->queue[queued++] = who;
            add_through(w, entry, OBJECTIVE_RPO, w->a->plan->assets[who].entity, w->result->states[who].rpo_verdict != VERDICT_NOT_APPLICABLE);
            add_groups(w, entry, &w->result->states[who]);
        }
    }
}

static void meet_assets(struct walk *w, struct assumption *entry, const struct waiting *waiting, uint32_t asset, uint32_t *queued)
{
    for (uint32_t i = waiting->first[asset]; i < waiting->first[asset + 1]; i++) {
        uint32_t who = waiting->who[i];

        if (w->seen[who] == w->number)
            continue;
        w->seen[who] = w->number;
        w->queue[(*queued)++] = who;
        add_through(w, entry, OBJECTIVE_RTO, w->a->plan->assets[who].entity, w->result->states[who].rto_verdict != VERDICT_NOT_APPLICABLE);
    }
}

static void meet_names(struct walk *w, struct assumption *entry, const struct waiting *waiting, uint32_t asset)
{
    for (uint32_t i = waiting->first[asset]; i < waiting->first[asset + 1]; i++) {
        const struct endpoint_state *name = &w->result->endpoints[waiting->who[i]];

        if (w->seen_name[name->endpoint->index] == w->number)
            continue;
        w->seen_name[name->endpoint->index] = w->number;
        add_through(w, entry, OBJECTIVE_ENDPOINT, name->endpoint, name->verdict != VERDICT_NOT_APPLICABLE);
    }
}

static void walk_recoveries(struct walk *w, struct assumption *entry, uint32_t queued)
{
    bool times = entry->kind == ASSUME_FIGURE || entry->kind == ASSUME_LIMIT;

    for (uint32_t at = 0; at < queued; at++) {
        uint32_t asset = w->queue[at];

        meet_assets(w, entry, &w->assets, asset, &queued);
        meet_names(w, entry, &w->names, asset);
        if (!times)
            continue;
        meet_assets(w, entry, &w->later, asset, &queued);
        meet_names(w, entry, &w->led, asset);
    }
}

/* The verdicts of this scenario that the entry was made for, as seeds; then what waits for them. */
static void walk_entry(struct walk *w, struct assumption *entry)
{
    uint32_t queued = 0, losses = 0;

    w->number++;
    for (uint32_t i = 0; i < entry->own_count; i++) {
        const struct resting *r = &entry->rests[i];
        const struct asset *asset =
            r->scenario == w->result->scenario && (r->kind == OBJECTIVE_RTO || r->kind == OBJECTIVE_RPO) ? plan_asset(w->a->plan, r->subject) : NULL;

        if (asset && r->kind == OBJECTIVE_RPO && w->seen_loss[asset->index] != w->number) {
            w->seen_loss[asset->index] = w->number;
            w->queue[losses++] = asset->index;
        }
        if (r->kind == OBJECTIVE_ENDPOINT && r->scenario == w->result->scenario)
            w->seen_name[r->subject->index] = w->number;
    }
    walk_losses(w, entry, losses);
    for (uint32_t i = 0; i < entry->own_count; i++) {
        const struct resting *r = &entry->rests[i];
        const struct asset *asset = r->kind == OBJECTIVE_RTO && r->scenario == w->result->scenario ? plan_asset(w->a->plan, r->subject) : NULL;

        if (asset && w->seen[asset->index] != w->number) {
            w->seen[asset->index] = w->number;
            w->queue[queued++] = asset->index;
        }
    }
    walk_recoveries(w, entry, queued);
}

/* An availability counts how long its name is away in each scenario. */
static void add_availabilities(struct walk *w, struct assumption *entry)
{
    for (uint32_t s = 0; s < w->a->plan->slo_count; s++) {
        const struct slo_state *slo = &w->a->plan->slos[s];
        bool rests = false, already = slo->verdict == VERDICT_NOT_APPLICABLE;

        for (uint32_t i = 0; i < entry->rest_count && !already; i++) {
            rests |= entry->rests[i].kind == OBJECTIVE_ENDPOINT && entry->rests[i].subject == slo->endpoint;
            already = entry->rests[i].kind == OBJECTIVE_SLO && entry->rests[i].subject == slo->endpoint;
        }
        if (!rests || already)
            continue;
        add_resting(w->a, entry, (struct resting){OBJECTIVE_SLO, false, slo->endpoint, NULL});
        w->added++;
    }
}

/* Recoveries that have no objective themselves were seeds only. */
static void drop_seeds(struct assumption *entry, bool whole)
{
    uint32_t kept = 0, own = 0;

    for (uint32_t i = 0; i < (whole ? entry->rest_count : entry->own_count); i++) {
        if (entry->rests[i].seed)
            continue;
        own += i < entry->own_count;
        entry->rests[kept++] = entry->rests[i];
    }
    entry->rest_count = kept;
    entry->own_count = own;
    entry->whole = whole;
}

void complete_rests(struct analysis *a)
{
    struct plan *plan = a->plan;
    uint32_t names = a->model->declared[BLOCK_ENDPOINT].list.len;
    struct arena *scratch = arena_new();
    struct walk w = {.a = a};

    w.seen = ARENA_ARRAY(scratch, uint32_t, plan->asset_count + 1);
    w.seen_loss = ARENA_ARRAY(scratch, uint32_t, plan->asset_count + 1);
    w.seen_name = ARENA_ARRAY(scratch, uint32_t, names + 1);
    w.queue = ARENA_ARRAY(scratch, uint32_t, plan->asset_count + 1);
    for (uint32_t i = 0; i < plan->assumption_count; i++)
        plan->assumptions[i]->own_count = plan->assumptions[i]->rest_count;
    for (uint32_t s = 0; s < plan->scenario_count && w.added <= THROUGH_MAX; s++) {
        w.result = &plan->scenarios[s];
        if (!w.result->states)
            continue;
        w.scratch = arena_new();
        find_waiting(&w);
        for (uint32_t i = 0; i < plan->assumption_count && w.added <= THROUGH_MAX; i++)
            walk_entry(&w, plan->assumptions[i]);
        arena_delete(w.scratch);
    }
    arena_delete(scratch);
    for (uint32_t i = 0; i < plan->assumption_count && w.added <= THROUGH_MAX; i++)
        add_availabilities(&w, plan->assumptions[i]);
    for (uint32_t i = 0; i < plan->assumption_count; i++)
        drop_seeds(plan->assumptions[i], w.added <= THROUGH_MAX);
}
