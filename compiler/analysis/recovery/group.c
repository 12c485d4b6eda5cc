/* Consistency groups: whether members that are brought back come back to one moment (SEMANTICS §2).
 *
 * A member restored from logs or versions can stop at any moment older than its loss (POINTS_ANY). A replica is one point, no
 * older than its worst lag (POINTS_ONE). Full backups and snapshots are one point a run (POINTS_SLOTS); a run of the group's
 * own backup is the same point for all members. With at most one source of single points, which all others reach within their retention,
 * there is a common point, and the group loses what that point loses; every member then loses as much. Otherwise the members differ by a
 * skew: members are led to a member whose points are single (the anchor), as near as their own points allow, or stay each at its newest.
 *
 * An asset comes back to one point, whatever groups it is in. So groups that share something are decided together: one choice of methods and of
 * points for all that is in them, by which each of them is judged. What is made anew from others stands where these do. In which order groups are
 * written decides nothing: they are taken by their names. */
#include "analysis/recovery/group.h"

#include <stdlib.h>
#include <string.h>

/* Something lost whose points are chosen: a member, or what one is made anew from. */
struct part {
    struct asset_state *state;
    struct offer offer;
    bool led; /* a group wants it near the others */
    struct lie lie;
};

struct outcome {
    bool known, common, shared;
    int64_t point, skew, loss, back; /* back: the oldest of its points, by the clock of all */
};

/* A group, and what of it is lost. */
struct held {
    struct group_state *group;
    VEC(uint32_t) parts;
    bool now;   /* something of it is made anew from what is intact */
    bool kept;  /* its members are as near as it says, or nothing says how near and they are reconciled */
    bool meets; /* its own RPO, and those of its members */
    struct outcome outcome;
};

/* One way to bring all of it back: by these methods, to these points. */
struct trial {
    struct held *groups;
    VEC(struct part) parts;
    const struct part *anchor;
    bool moved; /* away from the newest of each */
    uint32_t kept, meets, common;
    int64_t apart; /* of those that are not kept */
    int64_t loss, time;
};

/* Groups that share something. */
struct joined {
    struct analysis *a;
    struct group_state **groups; /* by name */
    uint32_t count;
    struct candidate **picked; /* by asset: tried in place of the chosen one; NULL */
    struct spot {
        uint32_t trial, group, at;
    } * places; /* by asset: its part */
    uint32_t trials, numbers;
};

static int64_t larger(int64_t x, int64_t y)
{
    return x > y ? x : y;
}

/* ---------------------------------------------------------------- what is in them */

static const struct entity *made_by(const struct candidate *candidate)
{
    const struct entity *element = candidate->element.type == VALUE_ENTITY ? candidate->element.u.entity : NULL;

    return element && element->schema->id == BLOCK_REBUILD ? element : NULL;
}

static struct candidate *candidate_of(const struct joined *j, const struct asset_state *state)
{
    struct candidate *picked = j->picked[state->asset->index];

    return picked ? picked : state->chosen;
}

static struct asset_state *source_at(const struct joined *j, const struct value_list *from, uint32_t i)
{
    struct asset *asset = from->items[i].type == VALUE_ENTITY ? plan_asset(j->a->plan, from->items[i].u.entity) : NULL;

    return asset ? &j->a->scenario->states[asset->index] : NULL;
}

/* What it is made anew from, where it has the points of that: all of it holds data, and something of it is lost. NULL otherwise. */
static const struct value_list *sources_of(const struct joined *j, const struct asset_state *state)
{
    const struct candidate *candidate = candidate_of(j, state);
    const struct entity *made = candidate ? made_by(candidate) : NULL;
    struct value from = made ? entity_slot(made, REBUILD_from) : value_unknown();
    bool lost = false;

    if (from.type != VALUE_LIST || candidate->circular)
        return NULL;
    for (uint32_t i = 0; i < from.u.list->count; i++) {
        const struct asset_state *source = source_at(j, from.u.list, i);

        if (!source || source->asset->holds == HOLDS_NOTHING || source->split || (source->fate == FATE_LOST && !source->chosen))
            return NULL;
        lost |= source->fate == FATE_LOST;
    }
    return lost ? from.u.list : NULL;
}

static void add_part(struct joined *j, struct trial *trial, struct held *held, struct asset_state *state, uint32_t depth)
{
    enum { DEPTH = 64 };
    const struct value_list *from = depth < DEPTH ? sources_of(j, state) : NULL;
    struct spot *place = &j->places[state->asset->index];

    for (uint32_t i = 0; from && i < from->count; i++) {
        struct asset_state *source = source_at(j, from, i);

        if (source->fate == FATE_LOST)
            add_part(j, trial, held, source, depth + 1);
        else
            held->now = true;
    }
    if (from)
        return;
    if (place->trial != j->trials) {
        *place = (struct spot){j->trials, 0, trial->parts.len};
        vec_push(j->a->arena, &trial->parts, ((struct part){.state = state}));
    }
    if (place->group != j->numbers) {
        place->group = j->numbers;
        vec_push(j->a->arena, &held->parts, place->at);
    }
}

static bool has_reconcile(const struct entity *group)
{
    uint32_t cursor = 0;

    return entity_child(group, BLOCK_RECONCILE, &cursor) != NULL;
}

static bool wants_one_point(const struct group_state *group)
{
    return group->max_skew >= 0 || !has_reconcile(group->group);
}

static void gather(struct joined *j, struct trial *trial)
{
    bool any_damage = false;

    *trial = (struct trial){.groups = ARENA_ARRAY(j->a->arena, struct held, j->count)};
    j->trials++;
    for (uint32_t g = 0; g < j->count; g++) {
        struct held *held = &trial->groups[g];

        *held = (struct held){.group = j->groups[g]};
        j->numbers++;
        for (uint32_t m = 0; m < held->group->member_count; m++) {
            const struct group_member *member = &held->group->members[m];

            if (!member->recovered)
                continue;
            add_part(j, trial, held, member->state, 0);
            trial->time = larger(trial->time, candidate_time(j->a, candidate_of(j, member->state)));
        }
    }
    for (uint32_t i = 0; i < trial->parts.len; i++)
        any_damage |= goes_back(j->a, trial->parts.items[i].state); /* its clock is the one of the damage: that of all */
    for (uint32_t i = 0; i < trial->parts.len; i++) {
        struct part *part = &trial->parts.items[i];

        part->offer = make_offer(j->a, part->state, candidate_of(j, part->state), any_damage);
    }
    for (uint32_t g = 0; g < j->count; g++) {
        for (uint32_t i = 0; i < trial->groups[g].parts.len; i++)
            trial->parts.items[trial->groups[g].parts.items[i]].led |= wants_one_point(trial->groups[g].group);
    }
}

static bool is_known(const struct part *part)
{
    return part->offer.points != POINTS_UNKNOWN;
}

/* ---------------------------------------------------------------- where to */

/* How old the newest moment is that all who can stop at any have reached. */
static int64_t newest_of_logs(const struct trial *trial, bool led)
{
    int64_t newest = 0;

    for (uint32_t i = 0; i < trial->parts.len; i++) {
        const struct part *part = &trial->parts.items[i];

        if (is_known(part) && !offers_one_point(&part->offer) && (!led || part->led))
            newest = larger(newest, part->offer.newest - part->offer.later);
    }
    return newest;
}

/* All to one point: one source of single points, and all others reach it. */
static bool lead_to_one(struct joined *j, struct trial *trial)
{
    const struct offer *anchor = NULL;
    int64_t logs = newest_of_logs(trial, false), point = 0;

    for (uint32_t i = 0; i < trial->parts.len; i++) {
        const struct offer *offer = &trial->parts.items[i].offer;

        if (!is_known(&trial->parts.items[i]))
            return false;
        point = larger(point, offer->newest);
        if (!offers_one_point(offer))
            continue;
        if (anchor && !same_point(anchor, offer))
            return false;
        anchor = anchor ? anchor : offer;
    }
    for (uint32_t g = 0; g < j->count; g++) {
        if (trial->groups[g].now && !(anchor && anchor->points == POINTS_NOW))
            return false;
    }
    if (anchor && logs > anchor->youngest) {
        if (anchor->points != POINTS_SLOTS)
            return false;                                              /* that point may be newer than what the others have */
        point = larger(point, group_sum(logs, anchor->spacing.apart)); /* the one before it is taken */
    }
    for (uint32_t i = 0; i < trial->parts.len; i++) {
        struct part *part = &trial->parts.items[i];

        if ((part->offer.points == POINTS_ANY || (part->offer.points == POINTS_SLOTS && point > part->offer.newest)) &&
            !reaches(j->a, part->state, &part->offer, point))
            return false;
        part->lie = (struct lie){0, 0, group_sum(point, part->offer.later)};
    }
    for (uint32_t g = 0; g < j->count; g++) {
        struct held *held = &trial->groups[g];
        const struct entity *shared = anchor && held->parts.len ? anchor->shared : NULL;
        bool apart = shared && held->parts.len > 1;

        /* One run captures its members one after the other; runs of their own may start one at the slot, another as late as allowed. */
        held->outcome = (struct outcome){.known = true,
                                         .common = true,
                                         .shared = shared != NULL,
                                         .point = point,
                                         .skew = !apart                      ? 0
                                                 : backup_runs_apart(shared) ? anchor->spacing.within
                                                                             : anchor->spacing.longest};
    }
    trial->moved = true;
    return true;
}

/* The two largest of a number of values, of different owners: the largest that is not one's own. */
struct two {
    int64_t value[2];
    uint32_t owner; /* of the first */
    bool any;
};

static void enter(struct two *top, int64_t value, uint32_t owner)
{
    if (!top->any || value > top->value[0]) {
        top->value[1] = top->any ? top->value[0] : 0;
        top->value[0] = value;
        top->owner = owner;
        top->any = true;
    } else if (value > top->value[1]) {
        top->value[1] = value;
    }
}

/* The largest sum of one of each that are not the same one's. */
static int64_t sum_of_two(const struct two *x, const struct two *y)
{
    if (x->owner != y->owner)
        return group_sum(x->value[0], y->value[0]);
    return larger(group_sum(x->value[0], y->value[1]), group_sum(x->value[1], y->value[0]));
}

/* Each at its newest point: how far those of a group are apart. */
static int64_t apart_at_newest(const struct trial *trial, const struct held *held)
{
    enum { FEW = 64 };
    struct offer now = {.points = POINTS_NOW}, *nothing = held->now ? &now : NULL;
    struct two oldest = {.owner = UINT32_MAX}, youngest = {.owner = UINT32_MAX};
    int64_t apart = 0;

    for (uint32_t i = 0; i < held->parts.len; i++) {
        const struct offer *offer = &trial->parts.items[held->parts.items[i]].offer;

        if (nothing)
            apart = larger(apart, newest_apart(nothing, offer));
        for (uint32_t k = 0; held->parts.len <= FEW && k < i; k++)
            apart = larger(apart, newest_apart(offer, &trial->parts.items[held->parts.items[k]].offer));
        enter(&oldest, offer->newest - offer->later, i);
        enter(&youngest, offer->later - (offer->points == POINTS_ANY ? 0 : offer->youngest), i);
    }
    return held->parts.len <= FEW ? apart : larger(apart, sum_of_two(&oldest, &youngest));
}

static void stay_at_newest(struct joined *j, struct trial *trial)
{
    for (uint32_t i = 0; i < trial->parts.len; i++)
        trial->parts.items[i].lie = (struct lie){0, 0, trial->parts.items[i].offer.newest};
    for (uint32_t g = 0; g < j->count; g++)
        trial->groups[g].outcome = (struct outcome){.known = true, .skew = apart_at_newest(trial, &trial->groups[g])};
}

/* All whom a group wants near the others to a point of the anchor: its newest, or the newest that the logs reach (`back`). */
static bool lead_to(struct joined *j, struct trial *trial, const struct part *anchor, bool back)
{
    struct offer at = anchor->offer;
    int64_t logs = newest_of_logs(trial, true);

    if (back) {
        if (at.points != POINTS_SLOTS || logs <= at.youngest || group_sum(logs, at.spacing.apart) == INT64_MAX)
            return false;
        at.newest = larger(at.newest, group_sum(logs, at.spacing.apart) + at.later);
        at.youngest = larger(at.youngest, logs + at.later);
        if (at.newest > anchor->offer.newest && !reaches(j->a, anchor->state, &anchor->offer, at.newest - at.later))
            return false;
    }
    for (uint32_t i = 0; i < trial->parts.len; i++) {
        struct part *part = &trial->parts.items[i];

        if (!is_known(part))
            continue;
        if (part == anchor)
            part->lie = (struct lie){0, 0, at.newest};
        else
            part->lie = part->led ? led_to(j->a, part->state, &at, &part->offer) : beside(&at, &part->offer);
    }
    for (uint32_t g = 0; g < j->count; g++) {
        struct held *held = &trial->groups[g];
        struct outcome *out = &held->outcome;
        struct two older = {.owner = UINT32_MAX}, newer = {.owner = UINT32_MAX};

        *out = (struct outcome){.known = true, .common = !held->now};
        for (uint32_t i = 0; i < held->parts.len; i++) {
            const struct part *part = &trial->parts.items[held->parts.items[i]];
            bool same = part == anchor || same_point(&anchor->offer, &part->offer);

            enter(&older, part->lie.older, i);
            enter(&newer, part->lie.newer, i);
            out->common = out->common && (same || (part->offer.points == POINTS_ANY && !part->lie.older && !part->lie.newer && part->led));
            out->shared |= same && part->offer.shared && held->parts.len > 1;
            out->point = larger(out->point, part->lie.age - part->offer.later);
        }
        if (held->now) {
            enter(&older, 0, UINT32_MAX - 1);
            enter(&newer, at.newest, UINT32_MAX - 1);
        }
        out->skew = held->parts.len + held->now < 2 ? 0 : sum_of_two(&older, &newer);
        if (out->common)
            out->skew = !out->shared ? 0 : backup_runs_apart(anchor->offer.shared) ? at.spacing.within : at.spacing.longest;
    }
    trial->moved = true;
    return true;
}

/* ---------------------------------------------------------------- what comes of it */

/* How old the data of a member is at most: its own, or that of what it is made from. */
static int64_t age_of(const struct joined *j, const struct trial *trial, const struct asset_state *state, uint32_t depth)
{
    const struct value_list *from = depth < 64 ? sources_of(j, state) : NULL;
    int64_t age = 0;

    for (uint32_t i = 0; from && i < from->count; i++) {
        const struct asset_state *source = source_at(j, from, i);

        if (source->fate == FATE_LOST)
            age = larger(age, age_of(j, trial, source, depth + 1));
    }
    return from ? age : trial->parts.items[j->places[state->asset->index].at].lie.age;
}

/* What a choice that brings members near each other loses by way of the newest slot that all of one schedule have done. */
static int64_t slots_loss(struct joined *j, const struct trial *trial, const struct held *held)
{
    const struct offer **offers = ARENA_ARRAY(j->a->work, const struct offer *, held->parts.len);

    for (uint32_t i = 0; i < held->parts.len; i++)
        offers[i] = &trial->parts.items[held->parts.items[i]].offer;
    return same_slot_loss(j->a, offers, held->parts.len);
}

static void losses_of(const struct trial *trial, struct held *held)
{
    held->outcome.loss = held->outcome.back = 0;
    for (uint32_t i = 0; i < held->parts.len; i++) {
        const struct part *part = &trial->parts.items[held->parts.items[i]];

        held->outcome.loss = larger(held->outcome.loss, part->lie.age);
        held->outcome.back = larger(held->outcome.back, part->lie.age - part->offer.later);
    }
}

static void weigh(struct joined *j, struct trial *trial)
{
    trial->kept = trial->meets = trial->common = 0;
    trial->apart = trial->loss = 0;
    for (uint32_t g = 0; g < j->count; g++) {
        struct held *held = &trial->groups[g];
        const struct group_state *group = held->group;
        struct outcome *out = &held->outcome;

        for (uint32_t i = 0; i < held->parts.len; i++)
            out->known = out->known && is_known(&trial->parts.items[held->parts.items[i]]);
        if (!out->known)
            continue;
        losses_of(trial, held);
        held->kept = group->max_skew >= 0 ? out->skew <= group->max_skew : out->common || !wants_one_point(group);
        if (trial->anchor && !out->common) /* so near each other they are only there */
            out->loss = larger(out->loss, slots_loss(j, trial, held));
        held->meets = group->rpo.ms < 0 || out->loss <= group->rpo.ms;
        for (uint32_t m = 0; m < group->member_count && held->meets; m++) {
            const struct asset_state *state = group->members[m].state;

            held->meets = !group->members[m].recovered || state->rpo.ms < 0 || age_of(j, trial, state, 0) <= state->rpo.ms;
        }
        trial->kept += held->kept;
        trial->meets += held->kept && held->meets;
        trial->common += out->common;
        trial->apart = held->kept ? trial->apart : group_sum(trial->apart, out->skew);
        trial->loss = larger(trial->loss, out->loss);
    }
}

/* 1: the first settles more, or leaves less to agree on, or meets more objectives; -1: the second; 0: they are alike. */
static int keeps_more(const struct trial *x, const struct trial *y)
{
    if (x->kept != y->kept)
        return x->kept > y->kept ? 1 : -1;
    if (x->apart != y->apart)
        return x->apart < y->apart ? 1 : -1;
    return (x->meets > y->meets) - (x->meets < y->meets);
}

/* Of two choices of points by the same methods. What settles nothing should at least leave little to agree on. */
static bool nearer(const struct trial *x, const struct trial *y)
{
    int order = keeps_more(x, y);

    if (order)
        return order > 0;
    if (x->common != y->common)
        return x->common > y->common;
    return x->loss < y->loss;
}

static bool better(const struct trial *x, const struct trial *y)
{
    int order = keeps_more(x, y);

    return order ? order > 0 : x->time < y->time;
}

static void keep(struct joined *j, const struct trial *from, struct trial *to)
{
    *to = *from;
    to->groups = ARENA_ARRAY(j->a->arena, struct held, j->count);
    memcpy(to->groups, from->groups, j->count * sizeof *to->groups);
    to->parts.items = ARENA_ARRAY(j->a->arena, struct part, from->parts.len);
    if (from->parts.len)
        memcpy(to->parts.items, from->parts.items, from->parts.len * sizeof *to->parts.items);
    to->parts.cap = from->parts.len;
    to->anchor = from->anchor ? to->parts.items + (from->anchor - from->parts.items) : NULL;
}

/* Anchors that differ in nothing a distance depends on lead the others alike. */
static bool same_anchor(const struct offer *x, const struct offer *y)
{
    return x->points == y->points && x->newest == y->newest && x->youngest == y->youngest && x->later == y->later && x->shared == y->shared &&
           x->slots == y->slots && x->spacing.gap == y->spacing.gap && x->spacing.apart == y->spacing.apart &&
           x->spacing.within == y->spacing.within && x->spacing.longest == y->spacing.longest && x->spacing.youngest == y->spacing.youngest;
}

/* By the methods that are picked, the best choice of points: all to one, each at its newest, or all to those of one of them. */
static void choose_points(struct joined *j, struct trial *best)
{
    struct trial now;

    gather(j, &now);
    if (lead_to_one(j, &now)) {
        weigh(j, &now);
        keep(j, &now, best);
        if (best->kept == j->count && best->meets == j->count)
            return;
    }
    stay_at_newest(j, &now);
    now.moved = false;
    weigh(j, &now);
    if (!best->groups || nearer(&now, best))
        keep(j, &now, best);
    for (uint32_t i = 0; i < now.parts.len; i++) {
        const struct part *anchor = &now.parts.items[i];
        bool seen = !is_known(anchor) || !offers_one_point(&anchor->offer) || !anchor->led;

        for (uint32_t k = 0; k < i && !seen; k++)
            seen = now.parts.items[k].led && is_known(&now.parts.items[k]) && same_anchor(&now.parts.items[k].offer, &anchor->offer);
        for (int back = 0; back < 2 && !seen; back++) {
            if (!lead_to(j, &now, anchor, back != 0))
                continue;
            now.anchor = anchor;
            weigh(j, &now);
            if (nearer(&now, best))
                keep(j, &now, best);
        }
    }
}

/* ---------------------------------------------------------------- choosing methods together */

struct candidate candidate_copy(const struct candidate *candidate)
{
    struct candidate copy = *candidate;

    copy.scope = NULL;
    copy.scope_copy = NULL;
    copy.steps = NULL;
    copy.step_count = 0;
    copy.steps_copy = copy.steps_store = NULL;
    return copy;
}

static bool may_use(const struct analysis *a, const struct asset_state *state, const struct candidate *candidate)
{
    const char *named = method_named(a, state);

    return candidate->usable && (!candidate->circular || candidate == state->chosen) && (!named || strcmp(candidate->method->name, named) == 0);
}

/* The candidate as it would be from the group's own backup; NULL when it cannot be. */
static struct candidate *from_group(struct analysis *a, struct asset_state *state, struct candidate *candidate, const struct entity *group)
{
    struct candidate *trial;

    if (!candidate->restores || !candidate->copy)
        return NULL;
    if (candidate->copy->parent == group)
        return candidate;
    trial = ARENA_NEW(a->arena, struct candidate);
    *trial = candidate_copy(candidate);
    if (!copies_loss(a, state, trial, trial->method, 0, group))
        return NULL;
    trial->own = own_time(a, state, trial);
    if (trial->own.known && !copies_loss(a, state, trial, trial->method, trial->own.worst, group))
        return NULL;
    return trial;
}

enum policy { POLICY_METHOD, POLICY_SHARED, POLICY_PROMOTE, POLICY_RESTORE, POLICY_LOGS /* who has any, the others as they chose */ };

/* The candidate of a member under a policy: the best by what the policy wants, then the fastest; NULL when it has none. */
static struct candidate *pick(struct analysis *a, struct asset_state *state, enum policy policy, const char *method, const struct entity *group)
{
    struct candidate *best = NULL;
    bool best_any = false;

    for (uint32_t i = 0; i < state->candidate_count; i++) {
        struct candidate *candidate = &state->candidates[i];
        bool any;

        if (!may_use(a, state, candidate))
            continue;
        if (policy == POLICY_METHOD && strcmp(candidate->method->name, method) != 0)
            continue;
        if (policy == POLICY_PROMOTE && candidate->copy)
            continue;
        if (policy == POLICY_RESTORE && !candidate->copy)
            continue;
        if (policy == POLICY_LOGS && candidate != state->chosen && !offers_logs(a, state, candidate))
            continue;
        if (policy == POLICY_SHARED && !(candidate = from_group(a, state, candidate, group)))
            continue;
        /* Any moment is easier to agree on than single points. */
        any = (policy == POLICY_RESTORE || policy == POLICY_LOGS) && offers_logs(a, state, candidate);
        if (!best || (any && !best_any) || (any == best_any && candidate_time(a, candidate) < candidate_time(a, best))) {
            best = candidate;
            best_any = any;
        }
    }
    return best;
}

/* Picks for the members of one group, or of all (`only` NULL). False where one of them has nothing of the kind. */
static bool pick_all(struct joined *j, const struct group_state *only, enum policy policy, const char *method)
{
    for (uint32_t g = 0; g < j->count; g++) {
        const struct group_state *group = j->groups[g];

        for (uint32_t m = 0; m < group->member_count && (!only || only == group); m++) {
            struct asset_state *state = group->members[m].state;
            struct candidate *candidate = group->members[m].recovered ? pick(j->a, state, policy, method, group->group) : NULL;

            if (!candidate && group->members[m].recovered)
                return false;
            if (candidate)
                j->picked[state->asset->index] = candidate;
        }
    }
    return true;
}

/* Takes over a choice: what is replaced says why. A candidate that now reads the group's backup is changed in its place. */
static struct candidate *adopt(struct analysis *a, const struct group_state *group, struct asset_state *state, struct candidate *candidate)
{
    struct candidate *old = state->chosen;

    if (old == candidate)
        return candidate;
    for (uint32_t i = 0; i < state->candidate_count; i++) {
        if (state->candidates[i].method == candidate->method && state->candidates[i].label == candidate->label) {
            state->candidates[i] = *candidate;
            candidate = &state->candidates[i];
            break;
        }
    }
    if (old != candidate)
        old->rejected = intern_text(a, "with it group `%s` has no common point within its objectives", group->group->name);
    candidate->rejected = NULL;
    state->chosen = candidate;
    return candidate;
}

static void put_back(struct joined *j, struct candidate *const *from)
{
    for (uint32_t g = 0; g < j->count; g++) {
        for (uint32_t m = 0; m < j->groups[g]->member_count; m++) {
            uint32_t at = j->groups[g]->members[m].state->asset->index;

            j->picked[at] = from ? from[at] : NULL;
        }
    }
}

static void try_picked(struct joined *j, struct trial *best, struct candidate **taken)
{
    struct trial trial = {0};

    choose_points(j, &trial);
    if (better(&trial, best)) {
        *best = trial;
        for (uint32_t g = 0; g < j->count; g++) {
            for (uint32_t m = 0; m < j->groups[g]->member_count; m++) {
                uint32_t at = j->groups[g]->members[m].state->asset->index;

                taken[at] = j->picked[at];
            }
        }
    }
    put_back(j, taken);
}

static bool is_content(const struct joined *j, const struct trial *trial)
{
    return trial->kept == j->count && trial->meets == j->count;
}

static void try_for(struct joined *j, const struct group_state *only, struct trial *best, struct candidate **taken)
{
    static const enum policy policies[] = {POLICY_SHARED, POLICY_PROMOTE, POLICY_RESTORE, POLICY_LOGS};
    const struct group_state *first = only ? only : j->groups[0];
    const struct asset_state *state = NULL;

    for (uint32_t m = 0; m < first->member_count && !state; m++)
        state = first->members[m].recovered ? first->members[m].state : NULL;
    for (uint32_t i = 0; state && i < state->candidate_count; i++) {
        if (state->candidates[i].usable && pick_all(j, only, POLICY_METHOD, state->candidates[i].method->name))
            try_picked(j, best, taken);
        put_back(j, taken);
    }
    for (size_t p = 0; p < sizeof policies / sizeof *policies; p++) {
        if (pick_all(j, only, policies[p], NULL))
            try_picked(j, best, taken);
        put_back(j, taken);
    }
}

static void choose_together(struct joined *j, struct trial *best)
{
    struct candidate **taken;

    choose_points(j, best);
    if (is_content(j, best))
        return;
    taken = ARENA_ARRAY(j->a->work, struct candidate *, j->a->plan->asset_count);
    try_for(j, NULL, best, taken);
    for (uint32_t g = 0; j->count > 1 && g < j->count && !is_content(j, best); g++)
        try_for(j, j->groups[g], best, taken);
    for (uint32_t g = 0; g < j->count; g++) {
        for (uint32_t m = 0; m < j->groups[g]->member_count; m++) {
            struct asset_state *state = j->groups[g]->members[m].state;
            struct candidate *candidate = taken[state->asset->index];

            if (candidate)
                j->picked[state->asset->index] = taken[state->asset->index] = adopt(j->a, j->groups[g], state, candidate);
        }
    }
}

/* ---------------------------------------------------------------- taking it over */

/* What goes back further than it would have to loses that much more. */
static void carry_loss(struct analysis *a, const struct held *held, struct asset_state *state, int64_t age)
{
    struct candidate *chosen = state->chosen;
    int64_t extra = age - chosen->rpo;
    struct term *terms;

    if (extra <= 0)
        return;
    terms = ARENA_ARRAY(a->arena, struct term, chosen->rpo_terms.count + 1);
    if (chosen->rpo_terms.count)
        memcpy(terms, chosen->rpo_terms.items, chosen->rpo_terms.count * sizeof *terms);
    terms[chosen->rpo_terms.count] = (struct term){
        intern_text(a, "back to %s of group `%s`", held->outcome.common ? "the common point" : "a point near the others", held->group->group->name),
        extra, entity_attr_span(held->group->group, GROUP_members), TERM_GROUP};
    chosen->rpo_terms.items = terms;
    chosen->rpo_terms.count++;
    chosen->rpo = age;
}

/* Only what a group that is kept wants there goes back further; what is reconciled afterwards, or does not fit together anyhow, does not. */
static void settle_points(struct joined *j, struct trial *best)
{
    for (uint32_t i = 0; i < best->parts.len; i++)
        best->parts.items[i].led = false;
    for (uint32_t g = 0; g < j->count; g++) {
        struct held *held = &best->groups[g];

        for (uint32_t i = 0; held->outcome.known && held->kept && best->moved && i < held->parts.len; i++)
            best->parts.items[held->parts.items[i]].led |= wants_one_point(held->group) || held->outcome.common;
    }
    for (uint32_t i = 0; i < best->parts.len; i++) {
        if (!best->parts.items[i].led)
            best->parts.items[i].lie.age = best->parts.items[i].offer.newest;
    }
    for (uint32_t g = 0; g < j->count; g++) {
        struct held *held = &best->groups[g];

        if (held->outcome.known && !held->kept) {
            losses_of(best, held);
            if (best->anchor && !held->outcome.common) /* told with the skew, which is that of a point of the anchor */
                held->outcome.loss = larger(held->outcome.loss, slots_loss(j, best, held));
        }
        for (uint32_t i = 0; held->kept && i < held->parts.len; i++) {
            const struct part *part = &best->parts.items[held->parts.items[i]];

            if (part->led && held->outcome.known && part->lie.age < INT64_MAX)
                carry_loss(j->a, held, part->state, part->lie.age);
        }
    }
}

static void tell_group(struct joined *j, const struct trial *best, const struct held *held)
{
    struct group_state *group = held->group;
    const struct outcome *out = &held->outcome;
    bool any_damage = false, datasets = false;

    if (!out->known)
        return;
    group->common = out->common;
    group->shared = out->shared;
    group->loss_ms = out->loss;
    group->skew_ms = out->skew == INT64_MAX ? TIME_UNKNOWN : out->skew;
    group->point_ms = group->common ? out->point : TIME_UNKNOWN;
    for (uint32_t i = 0; i < best->parts.len; i++)
        any_damage |= goes_back(j->a, best->parts.items[i].state);
    datasets = held->parts.len > 0; /* also where objects are put back: they are older then than what goes with them elsewhere */
    for (uint32_t i = 0; i < group->member_count; i++) {
        struct group_member *member = &group->members[i];

        if (!member->recovered) {
            int64_t damage = any_damage ? time_of_damage(j->a->scenario) : 0;

            member->points = POINTS_NOW;
            group->intact_ms = !datasets ? 0 : damage < 0 ? TIME_UNKNOWN : group_sum(out->back, damage);
        } else if (sources_of(j, member->state)) {
            member->points = POINTS_ONE;
            member->newest = age_of(j, best, member->state, 0);
        } else {
            const struct offer *offer = &best->parts.items[j->places[member->state->asset->index].at].offer;

            member->points = offer->points;
            member->newest = offer->newest;
        }
    }
    group->reconciles = has_reconcile(group->group) && (!group->common || group->intact_ms != 0);
}

static void decide(struct joined *j)
{
    struct trial best = {0}, again;

    choose_together(j, &best);
    gather(j, &again); /* where the parts of the methods taken are */
    settle_points(j, &best);
    for (uint32_t g = 0; g < j->count; g++)
        tell_group(j, &best, &best.groups[g]);
    put_back(j, NULL);
}

/* ---------------------------------------------------------------- which belong together */

static uint32_t root_of(uint32_t *up, uint32_t at)
{
    while (up[at] != at)
        at = up[at] = up[up[at]];
    return at;
}

/* With everything it may be made anew from. */
static void join(struct analysis *a, const struct scenario_result *result, uint32_t *up, uint32_t with, const struct asset *asset, uint32_t depth)
{
    const struct asset_state *state = &result->states[asset->index];

    if (state->fate != FATE_LOST || (depth && root_of(up, asset->index) == root_of(up, with)))
        return;
    up[root_of(up, asset->index)] = root_of(up, with);
    for (uint32_t i = 0; i < state->candidate_count; i++) {
        const struct entity *made = state->candidates[i].usable ? made_by(&state->candidates[i]) : NULL;
        struct value from = made ? entity_slot(made, REBUILD_from) : value_unknown();

        for (uint32_t k = 0; from.type == VALUE_LIST && k < from.u.list->count && depth < 64; k++) {
            const struct asset *source = from.u.list->items[k].type == VALUE_ENTITY ? plan_asset(a->plan, from.u.list->items[k].u.entity) : NULL;

            if (source)
                join(a, result, up, with, source, depth + 1);
        }
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(struct group_state *const *)a)->group->name, (*(struct group_state *const *)b)->group->name);
}

static bool is_whole(const struct group_state *group)
{
    for (uint32_t m = 0; m < group->member_count; m++) {
        if (group->members[m].recovered && !group->members[m].state->chosen)
            return false; /* nothing brings it back: said there */
    }
    return true;
}

static void decide_all(struct analysis *a, struct scenario_result *result)
{
    struct joined j = {.a = a};
    uint32_t *up = ARENA_ARRAY(a->work, uint32_t, a->plan->asset_count), count = 0, *of;
    struct group_state **sorted = ARENA_ARRAY(a->work, struct group_state *, result->group_count);

    for (uint32_t i = 0; i < a->plan->asset_count; i++)
        up[i] = i;
    for (uint32_t i = 0; i < result->group_count; i++) {
        if (is_whole(&result->groups[i]))
            sorted[count++] = &result->groups[i];
    }
    if (count)
        qsort(sorted, count, sizeof *sorted, by_name);
    of = ARENA_ARRAY(a->work, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t with = UINT32_MAX;

        for (uint32_t m = 0; m < sorted[i]->member_count; m++) {
            if (!sorted[i]->members[m].recovered)
                continue;
            with = with == UINT32_MAX ? sorted[i]->members[m].state->asset->index : with;
            join(a, result, up, with, sorted[i]->members[m].state->asset, 0);
        }
        of[i] = with;
    }
    j.picked = ARENA_ARRAY(a->work, struct candidate *, a->plan->asset_count);
    j.places = ARENA_ARRAY(a->work, struct spot, a->plan->asset_count);
    j.groups = ARENA_ARRAY(a->work, struct group_state *, count);
    for (uint32_t i = 0; i < count; i++) {
        bool first = true;

        for (uint32_t k = 0; k < i && first; k++)
            first = root_of(up, of[k]) != root_of(up, of[i]);
        j.count = 0;
        for (uint32_t k = i; first && k < count; k++) {
            if (root_of(up, of[k]) == root_of(up, of[i]))
                j.groups[j.count++] = sorted[k];
        }
        if (j.count)
            decide(&j);
    }
}

void choose_for_groups(struct analysis *a, struct scenario_result *result)
{
    uint32_t declared = a->model->declared[BLOCK_GROUP].list.len;

    result->groups = ARENA_ARRAY(a->arena, struct group_state, declared);
    for (uint32_t i = 0; i < declared; i++) {
        struct group_state *group = &result->groups[result->group_count];
        struct value list, rpo, skew;
        bool any = false;

        *group = (struct group_state){.group = a->model->declared[BLOCK_GROUP].list.items[i],
                                      .max_skew = TIME_UNKNOWN,
                                      .point_ms = TIME_UNKNOWN,
                                      .skew_ms = TIME_UNKNOWN,
                                      .loss_ms = TIME_UNKNOWN};
        list = entity_slot(group->group, GROUP_members);
        rpo = entity_slot(group->group, GROUP_rpo);
        skew = entity_slot(group->group, GROUP_max_skew);
        group->rpo = (struct objective){rpo.type == VALUE_DURATION ? rpo.u.integer : TIME_UNKNOWN, "group", entity_attr_span(group->group, GROUP_rpo),
                                        FROM_ELSEWHERE};
        if (skew.type == VALUE_DURATION)
            group->max_skew = skew.u.integer;
        group->members = ARENA_ARRAY(a->arena, struct group_member, list.type == VALUE_LIST ? list.u.list->count : 0);
        for (uint32_t m = 0; list.type == VALUE_LIST && m < list.u.list->count; m++) {
            struct asset *asset = list.u.list->items[m].type == VALUE_ENTITY ? plan_asset(a->plan, list.u.list->items[m].u.entity) : NULL;
            struct group_member *member = &group->members[group->member_count];

            if (!asset || !asset->stateful)
                continue;
            *member = (struct group_member){.state = &result->states[asset->index], .points = POINTS_UNKNOWN};
            member->recovered = member->state->fate == FATE_LOST;
            any |= member->recovered;
            group->member_count++;
        }
        if (!any)
            continue;
        for (uint32_t m = 0; m < group->member_count; m++)
            group->members[m].state->grouped = true;
        result->group_count++;
    }
    if (result->group_count)
        decide_all(a, result);
}
