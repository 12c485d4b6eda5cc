/* Consistency groups: whether members that are brought back come back to one moment (SEMANTICS §2).
 *
 * A member restored from logs or versions can stop at any moment older than its loss (POINTS_ANY). A replica is one point, no
 * older than its worst lag (POINTS_ONE). Full backups and snapshots are one point a run (POINTS_SLOTS); a run of the group's
 * own backup is the same point for all members. With at most one source of single points, which all others reach within their retention,
 * there is a common point, and the group loses what that point loses; every member then loses as much. Otherwise the members differ by a
 * skew: members are led to a member whose points are single (the anchor), as near as their own points allow.
 *
 * Ages count back from the interruption, or from the corruption for damaged data; whatever is not damaged then is newer by what is
 * discarded. All bounds are worst cases: an age that may lie between two values counts as whichever is worse. */
#include "analysis/common/missing.h"
#include "analysis/recovery/recovery.h"

#include <string.h>

/* What one member offers by one candidate. */
struct offer {
    struct candidate *candidate; /* NULL: intact */
    enum points points;
    int64_t newest;              /* worst age of the newest usable point */
    int64_t youngest;            /* its least age; of a replica 0: it may lag by nothing */
    int64_t later;               /* how much after the others its clock stopped: not damaged where others are */
    struct spacing spacing;      /* POINTS_SLOTS */
    const struct entity *shared; /* a backup of the group */
    atom slots;                  /* of the copy: see slots_of() */
};

struct outcome {
    bool known, common, shared;
    int64_t point, skew, loss;
};

struct choice {
    struct offer *offers; /* by member */
    int64_t *ages;        /* by member: how old what it goes back to is at most; NULL: its newest, or the common point */
    struct outcome outcome;
    bool settled; /* no finding about the skew */
    bool meets;   /* RPO of the group and of every member */
    int64_t time; /* of the slowest member */
};

static int64_t sum(int64_t x, int64_t y)
{
    int64_t result;

    return x == INT64_MAX || y == INT64_MAX || __builtin_add_overflow(x, y, &result) ? INT64_MAX : result;
}

static int64_t larger(int64_t x, int64_t y)
{
    return x > y ? x : y;
}

static bool is_log(const struct entity *backup)
{
    struct value kind = entity_slot(backup, BACKUP_kind), schedule = entity_slot(backup, BACKUP_schedule);

    return (kind.type == VALUE_WORD && strcmp(kind.u.word, "log") == 0) ||
           (schedule.type == VALUE_SCHEDULE && schedule.u.schedule->kind == SCHEDULE_CONTINUOUS);
}

/* Whether copies of the kind offer any moment. What it does not say its logs do. */
static bool any_moment(const struct asset *asset)
{
    struct value consistency = kind_slot(asset->entity->kind, KIND_consistency);

    return consistency.type != VALUE_WORD || strcmp(consistency.u.word, "points") != 0;
}

/* A slot of the group's own backup is the same point for all members, unless each has a run of its own and any of these may be missing. */
static bool is_one_point(const struct entity *backup)
{
    struct value missed = entity_slot(backup, BACKUP_missed);

    if (backup->parent->schema->id != BLOCK_GROUP)
        return false;
    return !backup_runs_apart(backup) || missed.type != VALUE_INT || missed.u.integer == 0;
}

/* What the slots of a backup follow from, as a name: equal for two backups, they are due at the same times. */
static atom slots_of(struct analysis *a, const struct entity *backup)
{
    struct value schedule = entity_slot(backup, BACKUP_schedule), missed = entity_slot(backup, BACKUP_missed);
    struct strbuf text = STRBUF_INIT;
    atom name;

    if (schedule.type != VALUE_SCHEDULE)
        return NULL;
    print_schedule(&text, schedule.u.schedule);
    strbuf_addf(&text, " of kind %d in %s%s under %u%s", (int)schedule.u.schedule->kind, schedule.u.schedule->zone ? "zone " : "UTC",
                schedule.u.schedule->zone ? schedule.u.schedule->zone : "", backup_dialects(backup),
                missed.type != VALUE_INT || missed.u.integer == 0 ? "" : ", some missed");
    name = intern_add(a->model->names, strbuf_str(&text), text.len);
    strbuf_release(&text);
    return name;
}

static struct offer make_offer(struct analysis *a, struct asset_state *state, struct candidate *candidate, bool any_damage)
{
    struct offer offer = {.candidate = candidate, .points = POINTS_UNKNOWN, .newest = candidate->rpo};

    offer.slots = candidate->copy ? slots_of(a, candidate->copy) : NULL;
    if (any_damage && !goes_back(a, state))
        offer.later = time_of_damage(a->scenario);
    if (candidate->rpo < 0 || offer.later < 0)
        return offer;
    if (!candidate->copy) {
        offer.points = candidate->rpo == 0 ? POINTS_NOW : POINTS_ONE;
        return offer;
    }
    if (is_log(candidate->copy) && any_moment(state->asset)) {
        offer.points = POINTS_ANY;
        return offer;
    }
    backup_spacing(a, state->asset, candidate->copy, candidate->from_store, &offer.spacing);
    if (is_log(candidate->copy)) /* its logs offer single points: at worst one for each time they are shipped */
        offer.spacing = (struct spacing){.apart = candidate->rpo, .within = candidate->rpo};
    if (offer.spacing.apart < 0)
        return offer;
    offer.youngest = offer.spacing.youngest;
    offer.points = POINTS_SLOTS;
    offer.shared = is_one_point(candidate->copy) ? candidate->copy : NULL;
    return offer;
}

/* ---------------------------------------------------------------- common point */

static bool single(const struct offer *offer)
{
    return offer->points != POINTS_ANY;
}

static bool same_point(const struct offer *x, const struct offer *y)
{
    if (x->later != y->later)
        return false;
    return (x->points == POINTS_NOW && y->points == POINTS_NOW) || (x->shared && x->shared == y->shared);
}

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

/* Whether what the member restores from still holds the point of that age: copies must live that much longer. *result: a copy of the
 * candidate, then what it loses when it has to live that long (more where copies are thinned out). */
static bool reach_with(struct analysis *a, struct asset_state *state, const struct offer *offer, int64_t age, struct candidate *result)
{
    struct candidate trial = *result;
    int64_t beyond = sum(age, offer->later);
    bool there;

    if (!trial.copy)
        return false;
    if (offer->points == POINTS_SLOTS)
        beyond = beyond > offer->newest ? beyond - offer->newest : 0; /* its own loss is counted already */
    beyond = sum(beyond, trial.own.known ? trial.own.worst : 0);
    there = beyond < INT64_MAX && copies_loss(a, state, &trial, trial.method, beyond, trial.copy->parent) && trial.copy == offer->candidate->copy &&
            trial.from_store == offer->candidate->from_store;
    *result = trial;
    return there;
}

static bool reaches(struct analysis *a, struct asset_state *state, const struct offer *offer, int64_t age)
{
    struct candidate trial = candidate_copy(offer->candidate);
    bool there = reach_with(a, state, offer, age, &trial);

    drop_method_scope(a, &trial);
    return there;
}

static struct outcome find_point(struct analysis *a, const struct group_member *members, const struct offer *offers, uint32_t count)
{
    struct outcome out = {.known = true, .common = true, .point = 0, .skew = 0};
    const struct offer *anchor = NULL;
    int64_t newest_any = 0;

    for (uint32_t i = 0; i < count; i++) {
        if (offers[i].points == POINTS_UNKNOWN) {
            out = (struct outcome){.point = TIME_UNKNOWN, .skew = TIME_UNKNOWN, .loss = TIME_UNKNOWN};
            return out;
        }
        out.loss = larger(out.loss, offers[i].newest);
        if (!single(&offers[i]))
            newest_any = larger(newest_any, offers[i].newest > offers[i].later ? offers[i].newest - offers[i].later : 0);
        else if (!anchor)
            anchor = &offers[i];
        else if (!same_point(anchor, &offers[i]))
            out.common = false;
    }
    if (!out.common)
        return out;
    out.point = out.loss;
    if (anchor && anchor->points != POINTS_SLOTS && newest_any > anchor->youngest)
        out.common = false; /* that point may be newer than what the others have */
    if (anchor && anchor->points == POINTS_SLOTS) {
        /* A point that is too new for the others: the one before it is taken. */
        if (newest_any > anchor->youngest)
            out.point = larger(out.point, sum(newest_any, anchor->spacing.apart));
        out.shared = anchor->shared != NULL;
        /* One run captures its members one after the other; runs of their own may start one at the slot, another as late as allowed. */
        out.skew = !anchor->shared || count < 2 ? 0 : backup_runs_apart(anchor->shared) ? anchor->spacing.within : anchor->spacing.longest;
    }
    for (uint32_t i = 0; i < count && out.common; i++) {
        if (offers[i].points == POINTS_ANY || (offers[i].points == POINTS_SLOTS && out.point > offers[i].newest))
            out.common = reaches(a, members[i].state, &offers[i], out.point);
    }
    out.loss = out.common ? out.point : out.loss;
    return out;
}

/* ---------------------------------------------------------------- skew */

/* Whether those times are the same wherever it runs: schedulers differ in cron expressions and at clock changes. */
static bool keeps_slots(const struct entity *backup)
{
    uint32_t dialects = backup_dialects(backup);
    struct value schedule = entity_slot(backup, BACKUP_schedule), missed = entity_slot(backup, BACKUP_missed);

    return schedule.type == VALUE_SCHEDULE && (missed.type != VALUE_INT || missed.u.integer == 0) &&
           ((dialects & (dialects - 1)) == 0 || (!schedule.u.schedule->zone && schedule.u.schedule->kind != SCHEDULE_CRON));
}

static bool same_schedule(const struct offer *x, const struct offer *y)
{
    return x->slots && x->slots == y->slots && keeps_slots(x->candidate->copy);
}

/* The only time of a day at which the backup runs every day without a change of clocks or a missed run, ms; -1. */
static int64_t daily_at(const struct offer *offer)
{
    struct value schedule = entity_slot(offer->candidate->copy, BACKUP_schedule), missed = entity_slot(offer->candidate->copy, BACKUP_missed);

    if (offer->points != POINTS_SLOTS || schedule.type != VALUE_SCHEDULE || schedule.u.schedule->kind != SCHEDULE_DAILY ||
        schedule.u.schedule->zone || schedule.u.schedule->time_count != 1 || offer->spacing.gap != MS_DAY ||
        (missed.type == VALUE_INT && missed.u.integer != 0))
        return -1;
    return schedule.u.schedule->times[0] * MS_MINUTE;
}

/* Two daily backups at fixed times in UTC are a fixed time apart: when the anchor's slot comes, the other's last run was so long before,
 * is finished and there, and not yet thinned out or deleted when one goes back to it. How far the two points are apart at most, either
 * way; INT64_MAX when any of that is not sure. */
static int64_t phase_apart(struct analysis *a, const struct group_member *member, const struct offer *anchor, const struct offer *other)
{
    int64_t at = daily_at(anchor), before = daily_at(other), ready = other->newest - other->spacing.gap;
    struct candidate trial;
    bool there;

    if (at < 0 || before < 0 || at == before || anchor->later != other->later)
        return INT64_MAX;
    before = at - before + (at < before ? MS_DAY : 0);
    if (ready < 0 || ready > before || other->spacing.within > before || sum(anchor->newest, before) == INT64_MAX)
        return INT64_MAX;
    trial = candidate_copy(other->candidate);
    there = reach_with(a, member->state, other, sum(anchor->newest, before), &trial);
    drop_method_scope(a, &trial);
    if (!there || trial.rpo != other->candidate->rpo)
        return INT64_MAX;
    return sum(before, larger(anchor->spacing.within, other->spacing.within));
}

/* How much older (and newer) than the anchor's point the other's may be, when it is led as near to it as its points allow. */
static void distance(struct analysis *a, const struct group_member *member, const struct offer *anchor, const struct offer *other, int64_t *older,
                     int64_t *newer, int64_t *age)
{
    int64_t beyond = other->newest > anchor->youngest ? other->newest - anchor->youngest : 0;

    *older = *newer = 0;
    *age = other->newest;
    if (same_point(anchor, other)) {
        *older = *newer = other->shared ? other->spacing.longest : 0;
        *age = larger(anchor->newest, other->newest);
    } else if (other->later > anchor->later && !other->candidate->copy) {
        *newer = sum(anchor->newest, other->later); /* it cannot go back at all */
    } else if (other->points == POINTS_NOW) {
        *newer = anchor->newest;
    } else if (other->points == POINTS_ONE) {
        *older = beyond;
        *newer = anchor->newest > other->youngest ? anchor->newest - other->youngest : 0;
    } else if (!reaches(a, member->state, other, anchor->newest)) {
        *older = beyond;
        *newer = sum(anchor->newest, other->later); /* it goes back as far as it can */
    } else if (other->points == POINTS_ANY) {
        *older = beyond;
        *age = larger(sum(anchor->newest, other->later), other->newest);
    } else {
        int64_t phase = phase_apart(a, member, anchor, other);

        *age = larger(sum(anchor->newest, other->later), other->newest);

        /* The oldest point that is no older than the anchor's; its newest one when all are older. */
        *older = beyond;
        *newer = other->spacing.apart;
        if (phase < larger(*older, *newer)) {
            *older = *newer = phase;
            *age = larger(*age, sum(anchor->newest, phase)); /* its point before that of the anchor */
        }
        if (anchor->points == POINTS_SLOTS && anchor->later == other->later && same_schedule(anchor, other) &&
            larger(anchor->spacing.within, other->spacing.within) < larger(*older, *newer)) {
            *older = *newer = larger(anchor->spacing.within, other->spacing.within);
            *age = larger(*age, sum(larger(anchor->newest, other->newest), *older));
        }
    }
}

/* The two largest of a number of values, of different owners: the largest that is not one's own. */
struct largest {
    int64_t value[2]; /* 0 until there is one */
    const void *owner[2];
};

static void enter(struct largest *top, int64_t value, const void *owner)
{
    if (top->owner[0] == owner) {
        top->value[0] = larger(top->value[0], value);
    } else if (!top->owner[0] || value > top->value[0]) {
        top->value[1] = top->value[0];
        top->owner[1] = top->owner[0];
        top->value[0] = value;
        top->owner[0] = owner;
    } else if (!top->owner[1] || value > top->value[1]) {
        top->value[1] = value;
        top->owner[1] = owner;
    }
}

static int64_t besides(const struct largest *top, const void *owner)
{
    return larger(0, top->owner[0] != owner ? top->value[0] : top->value[1]);
}

/* The newest slot that all members of one schedule have done: until the slowest has done the next. Capturing at the end hides that in a
 * member's own loss. */
static int64_t same_slot_loss(struct analysis *a, const struct offer *offers, uint32_t count)
{
    struct map lists = {0};
    int64_t worst = 0;

    for (uint32_t i = 0; i < count; i++) {
        struct largest *within;

        if (offers[i].points != POINTS_SLOTS || !offers[i].slots || !keeps_slots(offers[i].candidate->copy))
            continue;
        if (!(within = map_get(&lists, offers[i].slots))) {
            within = ARENA_NEW(a->arena, struct largest);
            map_add(&lists, a->arena, offers[i].slots, within);
        }
        enter(within, offers[i].spacing.within, offers[i].candidate->copy);
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct largest *within = offers[i].points == POINTS_SLOTS && offers[i].slots ? map_get(&lists, offers[i].slots) : NULL;

        if (within && within->owner[1])
            worst = larger(worst, sum(offers[i].spacing.gap, besides(within, offers[i].candidate->copy)));
    }
    return worst;
}

/* Anchors that differ in nothing a distance depends on: the others are led to each of them alike. */
struct anchor_class {
    const struct offer *anchor; /* the first of them */
    struct largest older, newer, age;
};

static bool same_anchor(const struct offer *x, const struct offer *y)
{
    return x->points == y->points && x->newest == y->newest && x->youngest == y->youngest && x->later == y->later && x->shared == y->shared &&
           x->slots == y->slots && x->spacing.gap == y->spacing.gap && x->spacing.apart == y->spacing.apart &&
           x->spacing.within == y->spacing.within && x->spacing.longest == y->spacing.longest && x->spacing.youngest == y->spacing.youngest;
}

/* Of the choices of points, one for each member they could be led to, the one within the group's skew that loses least; else the one with the
 * least skew. *loss: what that very choice loses, `ages` what each member does. Members that are alike as anchors are weighed together, so
 * that it costs as many distances as there are members times unlike ones. */
static int64_t best_skew(struct analysis *a, const struct group_state *group, const struct group_member *members, const struct offer *offers,
                         uint32_t count, int64_t *loss, int64_t *ages)
{
    VEC(struct anchor_class) classes = {0};
    int64_t best = INT64_MAX, back, ahead, age;
    const struct offer *chosen = NULL;

    *loss = INT64_MAX;
    for (uint32_t i = 0; i < count; i++) {
        int64_t older, newer, most;
        bool within, was_within = group->max_skew >= 0 && best <= group->max_skew;
        struct anchor_class *own = NULL;

        if (!single(&offers[i]))
            continue;
        for (uint32_t c = 0; c < classes.len && !own; c++)
            own = same_anchor(classes.items[c].anchor, &offers[i]) ? &classes.items[c] : NULL;
        if (!own) {
            vec_push(a->arena, &classes, ((struct anchor_class){.anchor = &offers[i]}));
            own = &classes.items[classes.len - 1];
            for (uint32_t j = 0; j < count; j++) {
                distance(a, &members[j], &offers[i], &offers[j], &back, &ahead, &age);
                enter(&own->older, back, &offers[j]);
                enter(&own->newer, ahead, &offers[j]);
                enter(&own->age, age, &offers[j]);
            }
        }
        older = besides(&own->older, &offers[i]);
        newer = besides(&own->newer, &offers[i]);
        most = larger(offers[i].newest, besides(&own->age, &offers[i]));
        /* With one other member only one of them can be. */
        older = count == 2 ? larger(older, newer) : sum(older, newer);
        within = group->max_skew >= 0 && older <= group->max_skew;
        if (within == was_within ? (within ? most < *loss : older < best) : within) {
            best = older;
            *loss = most;
            chosen = &offers[i];
        }
    }
    for (uint32_t j = 0; chosen && j < count; j++) {
        ages[j] = offers[j].newest;
        if (&offers[j] != chosen)
            distance(a, &members[j], chosen, &offers[j], &back, &ahead, &ages[j]);
    }
    return best == INT64_MAX ? TIME_UNKNOWN : best;
}

/* ---------------------------------------------------------------- choosing together */

static bool has_reconcile(const struct entity *group)
{
    uint32_t cursor = 0;

    return entity_child(group, BLOCK_RECONCILE, &cursor) != NULL;
}

static bool skew_settled(const struct group_state *group, const struct outcome *outcome)
{
    if (!outcome->known)
        return false;
    if (group->max_skew >= 0)
        return outcome->skew >= 0 && outcome->skew <= group->max_skew;
    return outcome->common || has_reconcile(group->group);
}

static void weigh(struct analysis *a, const struct group_state *group, const struct group_member *members, uint32_t count, struct choice *choice)
{
    struct outcome *outcome = &choice->outcome;

    *outcome = find_point(a, members, choice->offers, count);
    choice->ages = NULL;
    if (outcome->known && !outcome->common) {
        int64_t loss, *ages = ARENA_ARRAY(a->arena, int64_t, count);

        outcome->skew = best_skew(a, group, members, choice->offers, count, &loss, ages);
        outcome->loss = larger(outcome->loss, same_slot_loss(a, choice->offers, count));
        /* Who has to keep a skew loses what the choice loses that keeps it; who makes members agree afterwards takes the newest of each. */
        if (group->max_skew >= 0 && outcome->skew >= 0 && loss < INT64_MAX) {
            outcome->loss = larger(outcome->loss, loss);
            choice->ages = ages;
        }
    }
    choice->settled = skew_settled(group, outcome);
    choice->meets = outcome->known && (group->rpo.ms < 0 || outcome->loss <= group->rpo.ms);
    choice->time = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct asset_state *state = members[i].state;
        int64_t loss = outcome->known && outcome->common ? outcome->loss : choice->ages ? choice->ages[i] : choice->offers[i].newest;

        choice->time = larger(choice->time, candidate_time(a, choice->offers[i].candidate));
        if (state->rpo.ms >= 0 && (loss < 0 || loss > state->rpo.ms))
            choice->meets = false;
    }
}

static bool better(const struct choice *x, const struct choice *y)
{
    if (x->settled != y->settled)
        return x->settled;
    if (!x->settled && x->outcome.skew != y->outcome.skew) /* nothing settles it: the least that is left to agree on */
        return x->outcome.skew >= 0 && (y->outcome.skew < 0 || x->outcome.skew < y->outcome.skew);
    if (x->meets != y->meets)
        return x->meets;
    return x->time < y->time;
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
        if (policy == POLICY_LOGS && candidate != state->chosen && !(candidate->copy && is_log(candidate->copy) && any_moment(state->asset)))
            continue;
        if (policy == POLICY_SHARED && !(candidate = from_group(a, state, candidate, group)))
            continue;
        /* Any moment is easier to agree on than single points. */
        any = (policy == POLICY_RESTORE || policy == POLICY_LOGS) && candidate->copy && is_log(candidate->copy) && any_moment(state->asset);
        if (!best || (any && !best_any) || (any == best_any && candidate_time(a, candidate) < candidate_time(a, best))) {
            best = candidate;
            best_any = any;
        }
    }
    return best;
}

static bool try_policy(struct analysis *a, const struct group_state *group, const struct group_member *members, uint32_t count, bool any_damage,
                       enum policy policy, const char *method, struct choice *out)
{
    out->offers = ARENA_ARRAY(a->arena, struct offer, count);
    for (uint32_t i = 0; i < count; i++) {
        struct candidate *candidate = pick(a, members[i].state, policy, method, group->group);

        if (!candidate)
            return false;
        out->offers[i] = make_offer(a, members[i].state, candidate, any_damage);
    }
    weigh(a, group, members, count, out);
    return true;
}

/* Takes over a choice: what is replaced says why. A candidate that now reads the group's backup is changed in its place. */
static void adopt(struct analysis *a, const struct group_state *group, struct asset_state *state, struct candidate *candidate)
{
    struct candidate *old = state->chosen;

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
}

static void choose_together(struct analysis *a, struct group_state *group, struct group_member *members, uint32_t count, bool any_damage, bool fixed,
                            struct choice *best)
{
    struct choice trial = {0};
    static const enum policy policies[] = {POLICY_SHARED, POLICY_PROMOTE, POLICY_RESTORE, POLICY_LOGS};
    bool changed = false;

    best->offers = ARENA_ARRAY(a->arena, struct offer, count);
    for (uint32_t i = 0; i < count; i++)
        best->offers[i] = make_offer(a, members[i].state, members[i].state->chosen, any_damage);
    weigh(a, group, members, count, best);
    if (fixed || count < 2 || (best->settled && best->meets))
        return;
    for (uint32_t i = 0; i < members[0].state->candidate_count; i++) {
        const struct candidate *candidate = &members[0].state->candidates[i];

        if (candidate->usable && try_policy(a, group, members, count, any_damage, POLICY_METHOD, candidate->method->name, &trial) &&
            better(&trial, best)) {
            *best = trial;
            changed = true;
        }
    }
    for (size_t p = 0; p < sizeof policies / sizeof *policies; p++) {
        if (try_policy(a, group, members, count, any_damage, policies[p], NULL, &trial) && better(&trial, best)) {
            *best = trial;
            changed = true;
        }
    }
    for (uint32_t i = 0; changed && i < count; i++) {
        adopt(a, group, members[i].state, best->offers[i].candidate);
        best->offers[i].candidate = members[i].state->chosen;
    }
}

/* ---------------------------------------------------------------- one group */

/* A member that goes back further than it would have to loses that much more. */
static void carry_loss(struct analysis *a, const struct group_state *group, struct asset_state *state, const char *to, int64_t point)
{
    struct candidate *chosen = state->chosen;
    int64_t extra = point - chosen->rpo;
    struct term *terms;

    if (extra <= 0)
        return;
    terms = ARENA_ARRAY(a->arena, struct term, chosen->rpo_terms.count + 1);
    if (chosen->rpo_terms.count)
        memcpy(terms, chosen->rpo_terms.items, chosen->rpo_terms.count * sizeof *terms);
    terms[chosen->rpo_terms.count] = (struct term){intern_text(a, "back to %s of group `%s`", to, group->group->name), extra,
                                                   entity_attr_span(group->group, GROUP_members), TERM_GROUP};
    chosen->rpo_terms.items = terms;
    chosen->rpo_terms.count++;
    chosen->rpo = point;
}

static void work_out(struct analysis *a, struct scenario_result *result, struct group_state *group, bool fixed)
{
    struct group_member *recovered = ARENA_ARRAY(a->arena, struct group_member, group->member_count);
    struct choice best = {0};
    uint32_t count = 0;
    bool any_damage = false, whole = true, datasets = false;

    for (uint32_t i = 0; i < group->member_count; i++) {
        if (group->members[i].recovered) {
            any_damage |= goes_back(a, group->members[i].state);
            whole &= group->members[i].state->chosen != NULL;
            datasets = true; /* also where objects are put back: they are older then than what goes with them elsewhere */
            recovered[count++] = group->members[i];
        }
    }
    group->point_ms = group->skew_ms = group->loss_ms = TIME_UNKNOWN;
    if (!whole)
        return; /* a member that nothing brings back: said there */
    choose_together(a, group, recovered, count, any_damage, fixed, &best);
    if (!best.outcome.known)
        return;
    group->common = best.outcome.common;
    group->shared = best.outcome.shared;
    group->loss_ms = best.outcome.loss;
    group->skew_ms = best.outcome.skew;
    group->point_ms = group->common ? best.outcome.point : TIME_UNKNOWN;
    for (uint32_t i = 0, at = 0; i < group->member_count; i++) {
        struct group_member *member = &group->members[i];

        if (!member->recovered) {
            int64_t damage = any_damage ? time_of_damage(result) : 0;

            member->points = POINTS_NOW;
            group->intact_ms = !datasets ? 0 : damage < 0 ? TIME_UNKNOWN : sum(group->loss_ms, damage);
            continue;
        }
        member->points = best.offers[at].points;
        member->newest = best.offers[at].newest;
        if (group->common)
            carry_loss(a, group, member->state, "the common point", group->point_ms);
        else if (best.ages && best.ages[at] < INT64_MAX)
            carry_loss(a, group, member->state, "a point near the others", best.ages[at]);
        at++;
    }
    group->reconciles = has_reconcile(group->group) && (!group->common || group->intact_ms != 0);
}

/* Whether an earlier group has a member of this one, and so chose its method. */
static bool is_fixed(const struct group_state *group)
{
    bool fixed = false;

    for (uint32_t i = 0; i < group->member_count; i++) {
        fixed |= group->members[i].state->grouped;
        group->members[i].state->grouped = true;
    }
    return fixed;
}

void choose_for_groups(struct analysis *a, struct scenario_result *result)
{
    uint32_t declared = a->model->declared[BLOCK_GROUP].list.len;

    result->groups = ARENA_ARRAY(a->arena, struct group_state, declared);
    for (uint32_t i = 0; i < declared; i++) {
        struct group_state *group = &result->groups[result->group_count];
        struct value list, rpo, skew;
        bool any = false;

        *group = (struct group_state){.group = a->model->declared[BLOCK_GROUP].list.items[i], .max_skew = TIME_UNKNOWN};
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
        result->group_count++;
        work_out(a, result, group, is_fixed(group));
    }
}

/* ---------------------------------------------------------------- findings */

static void note_members(struct analysis *a, struct diag *diag, const struct group_state *group)
{
    for (uint32_t i = 0; i < group->member_count; i++) {
        const struct group_member *member = &group->members[i];
        const char *name = member->state->asset->name, *label = member->state->chosen ? member->state->chosen->label : "";

        if (!member->recovered)
            diag_note(diag, "`%s` is intact", name);
        else if (member->points == POINTS_ANY)
            diag_note(diag, "`%s` by `%s`: any moment up to %s before", name, label, text_of_duration(a->arena, member->newest));
        else if (member->points == POINTS_ONE)
            diag_note(diag, "`%s` by `%s`: one point, up to %s before", name, label, text_of_duration(a->arena, member->newest));
        else if (member->points == POINTS_SLOTS)
            diag_note(diag, "`%s` by `%s`: one point a run of `%s`, the newest up to %s before", name, label, member->state->chosen->copy->name,
                      text_of_duration(a->arena, member->newest));
        else if (member->points == POINTS_NOW)
            diag_note(diag, "`%s` by `%s`: nothing is lost", name, label);
    }
}

static void say_unknown(struct analysis *a, const struct scenario_result *result, const struct group_state *group)
{
    bool strict = false, told = false;
    struct diag *diag;

    for (uint32_t i = 0; i < group->member_count; i++)
        strict |= asset_wants_proof(a, group->members[i].state->asset);
    for (uint32_t i = 0; i < group->member_count; i++) {
        const struct candidate *chosen = group->members[i].recovered ? group->members[i].state->chosen : NULL;

        if (!chosen || !chosen->missing || chosen->rpo != TIME_UNKNOWN)
            continue;
        told = true;
        decides(a, chosen->missing, (struct objective_ref){OBJECTIVE_GROUP, group->group, result->scenario, strict});
    }
    for (uint32_t i = 0; i < group->member_count; i++) {
        const struct asset_state *state = group->members[i].state;

        /* Said at the member already. */
        if (told || (state->fate == FATE_LOST && (!state->chosen || state->rpo_verdict == VERDICT_UNKNOWN)))
            return;
    }
    diag = find(a, DIAG_E0504, (struct about){.unknown = true, .subject = group->group, .scenario = result->scenario},
                "whether group `%s` comes back to one point in `%s` is unknown", group->group->name, result->scenario->name);
    if (!diag)
        return;
    for (uint32_t i = 0; i < group->member_count; i++) {
        if (group->members[i].recovered && group->members[i].points == POINTS_UNKNOWN)
            diag_note(diag, "what `%s` loses is not known, or not bounded by time", group->members[i].state->asset->name);
    }
    diag_help(diag, "state the missing figures; for a backup on change its `interval`");
}

static void refute_skew(struct analysis *a, const struct scenario_result *result, const struct group_state *group)
{
    const char *name = group->group->name, *scenario = result->scenario->name;
    struct diag *diag;

    if (group->skew_ms < 0)
        diag = find(a, DIAG_E0530,
                    (struct about){.subject = group->group, .scenario = result->scenario, .span = entity_attr_span(group->group, GROUP_members)},
                    "group `%s` has no common point in `%s`", name, scenario);
    else if (group->max_skew >= 0)
        diag = find(a, DIAG_E0530,
                    (struct about){.subject = group->group, .scenario = result->scenario, .span = entity_attr_span(group->group, GROUP_max_skew)},
                    "the members of `%s` come back up to %s apart in `%s`, at most %s is allowed", name,
                    text_of_time(a->arena, group->skew_ms, group->max_skew), scenario, text_of_duration(a->arena, group->max_skew));
    else
        diag = find(a, DIAG_E0530,
                    (struct about){.subject = group->group, .scenario = result->scenario, .span = entity_attr_span(group->group, GROUP_members)},
                    "group `%s` has no common point in `%s`: its members come back up to %s apart", name, scenario,
                    text_of_duration(a->arena, group->skew_ms));
    if (!diag)
        return;
    note_members(a, diag, group);
    if (group->common)
        diag_help(diag, "make the shared run shorter");
    else
        diag_help(diag, "give the group one `backup` for all, keep logs of all members but one, or declare `reconcile` steps%s%s",
                  group->skew_ms < 0 ? "" : "; tolerable is what `max_skew` says, here ",
                  group->skew_ms < 0 ? "" : text_of_duration(a->arena, group->skew_ms));
}

static void refute_loss(struct analysis *a, const struct scenario_result *result, const struct group_state *group)
{
    bool unknown = group->verdict == VERDICT_UNKNOWN;
    struct diag *diag =
        find(a, DIAG_E0532, (struct about){.unknown = unknown, .subject = group->group, .scenario = result->scenario, .span = group->rpo.span},
             "group `%s` can lose %s in `%s`, its RPO is %s", group->group->name, text_of_time(a->arena, group->loss_ms, group->rpo.ms),
             result->scenario->name, text_of_duration(a->arena, group->rpo.ms));

    if (!diag)
        return;
    note_members(a, diag, group);
    if (unknown)
        diag_note(diag, "that is a bound: no execution was found in which a member loses more than its RPO");
    diag_help(diag, "a group loses what its worst member loses");
}

static void tell_intact(struct analysis *a, const struct scenario_result *result, const struct group_state *group, bool refuted)
{
    const char *intact = NULL;
    struct diag *diag;

    for (uint32_t i = 0; i < group->member_count; i++) {
        if (!group->members[i].recovered)
            intact = intact ? intern_text(a, "%s, `%s`", intact, group->members[i].state->asset->name)
                            : intern_text(a, "`%s`", group->members[i].state->asset->name);
    }
    diag = find(a, DIAG_E0531,
                (struct about){.unknown = !refuted,
                               .strict = refuted,
                               .subject = group->group,
                               .scenario = result->scenario,
                               .span = entity_attr_span(group->group, refuted ? GROUP_max_skew : GROUP_members)},
                "`%s` leaves %s of group `%s` intact: newer than what the others come back to, by %s%s", result->scenario->name, intact,
                group->group->name, group->intact_ms < 0 ? "an unknown time" : "up to ",
                group->intact_ms < 0 ? "" : text_of_duration(a->arena, group->intact_ms));
    if (!diag)
        return;
    note_members(a, diag, group);
    diag_help(diag, "declare `reconcile` steps: they make the members agree, or take the others back to the same point");
}

/* What its members' loss rests on, the group's does. */
static void keep_credit(struct analysis *a, const struct scenario_result *result, struct group_state *group)
{
    const struct reason *why = NULL;
    bool strict = false;

    for (uint32_t m = 0; m < group->member_count; m++) {
        const struct asset_state *state = group->members[m].state;

        if (!why)
            why = group->members[m].recovered ? state->undecided : state->split; /* what is left elsewhere may be older, too */
        strict |= asset_wants_proof(a, state->asset);
    }
    if (!why)
        return;
    group->verdict = VERDICT_UNKNOWN;
    decides(a, why, (struct objective_ref){OBJECTIVE_GROUP, group->group, result->scenario, strict});
}

/* Another group may have taken a member further back than this one comes to: it loses as much, and its members are as far apart. */
static void follow_members(struct group_state *group)
{
    int64_t most = group->loss_ms, more;

    for (uint32_t m = 0; m < group->member_count; m++) {
        const struct asset_state *state = group->members[m].state;

        if (group->members[m].recovered && state->loss_ms > most && most >= 0)
            most = state->loss_ms;
    }
    more = most - group->loss_ms;
    if (more <= 0)
        return;
    group->loss_ms = most;
    group->common = false;
    if (group->skew_ms >= 0 && __builtin_add_overflow(group->skew_ms, more, &group->skew_ms))
        group->skew_ms = TIME_UNKNOWN;
}

void judge_groups(struct analysis *a, struct scenario_result *result)
{
    for (uint32_t i = 0; i < result->group_count; i++) {
        struct group_state *group = &result->groups[i];
        bool settled;

        follow_members(group);
        if (group->loss_ms < 0) {
            group->verdict = VERDICT_UNKNOWN;
            say_unknown(a, result, group);
            continue;
        }
        settled = group->max_skew >= 0 ? group->skew_ms >= 0 && group->skew_ms <= group->max_skew : group->common || group->reconciles;
        group->verdict = VERDICT_OK;
        if (!settled) {
            group->verdict = VERDICT_REFUTED;
            refute_skew(a, result, group);
        }
        if (group->rpo.ms >= 0 && group->loss_ms > group->rpo.ms) {
            if (group->verdict != VERDICT_REFUTED)
                group->verdict = group->exceeded ? VERDICT_REFUTED : VERDICT_UNKNOWN;
            refute_loss(a, result, group);
        }
        if (group->intact_ms != 0 && !group->reconciles && (group->max_skew < 0 || group->intact_ms < 0 || group->intact_ms > group->max_skew)) {
            /* Only `max_skew` says what is too much. Without it, or without the time, nobody knows whether the members still fit together. */
            bool refuted = group->max_skew >= 0 && group->intact_ms >= 0;

            if (group->verdict == VERDICT_OK || refuted)
                group->verdict = refuted ? VERDICT_REFUTED : VERDICT_UNKNOWN;
            tell_intact(a, result, group, refuted);
        }
        if (group->verdict == VERDICT_OK)
            keep_credit(a, result, group);
    }
}
