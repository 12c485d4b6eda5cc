/* The points members of a consistency group offer, and how far apart these are (SEMANTICS §2).
 *
 * Ages count back from the interruption, or from the corruption for damaged data; whatever is not damaged then is newer by what is
 * discarded. All bounds are worst cases: an age that may lie between two values counts as whichever is worse. */
#include "analysis/recovery/group.h"
#include "analysis/recovery/loss.h"

#include <stdlib.h>
#include <string.h>

int64_t group_sum(int64_t x, int64_t y)
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

/* Kept by classes: of the runs of a period the newest is left, by when it began. */
static bool keeps_classes(const struct entity *backup)
{
    return entity_slot(backup, BACKUP_retain).type == VALUE_OBJECT;
}

/* A slot of the group's own backup is the same point for all members, unless each has a run of its own and any of these may be missing, or may be the
 * one of its period that goes: each run begins when it can, and so one member keeps the copy of another slot than the next. */
static bool is_one_point(const struct entity *backup)
{
    struct value missed = entity_slot(backup, BACKUP_missed);

    if (backup->parent->schema->id != BLOCK_GROUP)
        return false;
    return !backup_runs_apart(backup) || ((missed.type != VALUE_INT || missed.u.integer == 0) && !keeps_classes(backup));
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

struct offer make_offer(struct analysis *a, struct asset_state *state, struct candidate *candidate, bool any_damage)
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
    offer.spacing.apart = group_sum(offer.spacing.apart, share_of(&candidate->rpo_terms, TERM_THINNED));
    offer.youngest = offer.spacing.youngest;
    offer.points = POINTS_SLOTS;
    offer.shared = is_one_point(candidate->copy) ? candidate->copy : NULL;
    return offer;
}

/* ---------------------------------------------------------------- common point */

bool offers_one_point(const struct offer *offer)
{
    return offer->points != POINTS_ANY;
}

bool offers_logs(const struct analysis *a, const struct asset_state *state, const struct candidate *candidate)
{
    (void)a;
    return candidate->copy && is_log(candidate->copy) && any_moment(state->asset);
}

bool same_point(const struct offer *x, const struct offer *y)
{
    if (x->later != y->later)
        return false;
    return (x->points == POINTS_NOW && y->points == POINTS_NOW) || (x->shared && x->shared == y->shared);
}

/* Whether of its copies older ones may be gone although the newest is there: more than one run falls into the shortest period of which one stays. */
static bool loses_older(const struct entity *backup, int64_t gap)
{
    static const struct {
        const char *key;
        int64_t ms;
    } periods[] = {{"hourly", MS_HOUR}, {"daily", MS_DAY}, {"weekly", 7 * MS_DAY}, {"monthly", 31 * MS_DAY}, {"yearly", 366 * MS_DAY}};
    struct value retain = entity_slot(backup, BACKUP_retain);

    for (size_t i = 0; retain.type == VALUE_OBJECT && i < sizeof periods / sizeof *periods; i++) {
        for (uint32_t p = 0; p < retain.u.object->count; p++) {
            if (strcmp(retain.u.object->pairs[p].key, periods[i].key) == 0 && retain.u.object->pairs[p].value.u.integer > 1)
                return gap < periods[i].ms;
        }
    }
    return retain.type == VALUE_OBJECT;
}

/* Whether what the member restores from still holds the point of that age: copies must live that much longer. *result: a copy of the
 * candidate, then what it loses when it has to live that long (more where copies are thinned out). */
static bool reach_with(struct analysis *a, struct asset_state *state, const struct offer *offer, int64_t age, struct candidate *result)
{
    struct candidate trial = *result;
    int64_t beyond = group_sum(age, offer->later);
    bool there;

    if (!trial.copy)
        return false;
    if (offer->points == POINTS_SLOTS)
        beyond = beyond > offer->newest ? beyond - offer->newest : 0; /* its own loss is counted already */
    if (offer->points == POINTS_SLOTS && beyond > 0 && !goes_back(a, state) && loses_older(trial.copy, offer->spacing.gap))
        return false;
    beyond = group_sum(beyond, trial.own.known ? trial.own.worst : 0);
    there = beyond < INT64_MAX && copies_loss(a, state, &trial, trial.method, beyond, trial.copy->parent) && trial.copy == offer->candidate->copy &&
            trial.from_store == offer->candidate->from_store;
    *result = trial;
    return there;
}

bool reaches(struct analysis *a, struct asset_state *state, const struct offer *offer, int64_t age)
{
    struct candidate trial = candidate_copy(offer->candidate);
    bool there = reach_with(a, state, offer, age, &trial);

    drop_method_scope(a, &trial);
    return there;
}

/* ---------------------------------------------------------------- skew */

/* Whether those times are the same wherever it runs: schedulers differ in cron expressions and at clock changes. */
static bool keeps_slots(const struct entity *backup)
{
    uint32_t dialects = backup_dialects(backup);
    struct value schedule = entity_slot(backup, BACKUP_schedule), missed = entity_slot(backup, BACKUP_missed);

    return schedule.type == VALUE_SCHEDULE && (missed.type != VALUE_INT || missed.u.integer == 0) && !keeps_classes(backup) &&
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
static int64_t phase_apart(struct analysis *a, struct asset_state *state, const struct offer *anchor, const struct offer *other)
{
    int64_t at = daily_at(anchor), before = daily_at(other), ready = other->newest - other->spacing.gap;
    struct candidate trial;
    bool there;

    if (at < 0 || before < 0 || at == before || anchor->later != other->later)
        return INT64_MAX;
    before = at - before + (at < before ? MS_DAY : 0);
    if (ready < 0 || ready > before || other->spacing.within > before || group_sum(anchor->newest, before) == INT64_MAX)
        return INT64_MAX;
    trial = candidate_copy(other->candidate);
    there = reach_with(a, state, other, group_sum(anchor->newest, before), &trial);
    drop_method_scope(a, &trial);
    if (!there || trial.rpo != other->candidate->rpo)
        return INT64_MAX;
    return group_sum(before, larger(anchor->spacing.within, other->spacing.within));
}

struct lie led_to(struct analysis *a, struct asset_state *state, const struct offer *anchor, const struct offer *other)
{
    int64_t beyond = other->newest > anchor->youngest ? other->newest - anchor->youngest : 0;
    struct lie lie = {0, 0, other->newest};

    if (same_point(anchor, other)) {
        lie.older = lie.newer = other->shared ? other->spacing.longest : 0;
        lie.age = larger(anchor->newest, other->newest);
    } else if (other->later > anchor->later && !(other->candidate && other->candidate->copy)) {
        lie.newer = group_sum(anchor->newest, other->later); /* it cannot go back at all */
    } else if (other->points == POINTS_NOW) {
        lie.newer = anchor->newest;
    } else if (other->points == POINTS_ONE) {
        lie.older = beyond;
        lie.newer = anchor->newest > other->youngest ? anchor->newest - other->youngest : 0;
    } else if (!reaches(a, state, other, anchor->newest)) {
        lie.older = beyond;
        lie.newer = group_sum(anchor->newest, other->later); /* it goes back as far as it can */
    } else if (other->points == POINTS_ANY) {
        lie.older = beyond;
        lie.age = larger(group_sum(anchor->newest, other->later), other->newest);
    } else {
        int64_t phase = phase_apart(a, state, anchor, other);

        lie.age = larger(group_sum(anchor->newest, other->later), other->newest);

        /* The oldest point that is no older than the anchor's; its newest one when all are older. */
        lie.older = beyond;
        lie.newer = other->spacing.apart;
        if (phase < larger(lie.older, lie.newer)) {
            lie.older = lie.newer = phase;
            lie.age = larger(lie.age, group_sum(anchor->newest, phase)); /* its point before that of the anchor */
        }
        if (anchor->points == POINTS_SLOTS && anchor->later == other->later && same_schedule(anchor, other) &&
            larger(anchor->spacing.within, other->spacing.within) < larger(lie.older, lie.newer)) {
            lie.older = lie.newer = larger(anchor->spacing.within, other->spacing.within);
            lie.age = larger(lie.age, group_sum(larger(anchor->newest, other->newest), lie.older));
        }
    }
    return lie;
}

struct lie beside(const struct offer *anchor, const struct offer *other)
{
    int64_t older = other->newest - other->later - (anchor->youngest - anchor->later);
    int64_t newer = anchor->newest - anchor->later - (other->youngest - other->later);

    return (struct lie){larger(older, 0), larger(newer, 0), other->newest};
}

/* From a slot until its copy is there, at the worst. */
static int64_t ready_after(const struct offer *offer)
{
    const struct terms *terms = &offer->candidate->rpo_terms;

    return larger(offer->newest - offer->spacing.gap,
                  group_sum(offer->spacing.within, group_sum(share_of(terms, TERM_COPY), share_of(terms, TERM_QUEUED))));
}

/* Two daily backups at fixed times in UTC: their newest copies follow each other in turn. */
static bool take_turns(const struct offer *x, const struct offer *y)
{
    int64_t at = daily_at(x), other = daily_at(y), between;

    if (at < 0 || other < 0 || at == other || x->later != y->later || share_of(&x->candidate->rpo_terms, TERM_THINNED) ||
        share_of(&y->candidate->rpo_terms, TERM_THINNED))
        return false;
    between = at > other ? at - other : at - other + MS_DAY; /* from a slot of y to the next of x */
    /* Each is there before the next slot of the other comes, and nothing of it is on its way any longer then. */
    return ready_after(y) <= between && ready_after(x) <= MS_DAY - between;
}

int64_t newest_apart(const struct offer *x, const struct offer *y)
{
    struct lie lie = beside(x, y);
    int64_t apart = larger(lie.older, lie.newer);

    if (x->points == POINTS_SLOTS && y->points == POINTS_SLOTS && take_turns(x, y)) {
        int64_t between = llabs(daily_at(x) - daily_at(y));
        int64_t turns = group_sum(larger(between, MS_DAY - between), larger(x->spacing.within, y->spacing.within));

        apart = turns < apart ? turns : apart;
    }
    return apart;
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
int64_t same_slot_loss(struct analysis *a, const struct offer *const *offers, uint32_t count)
{
    struct map lists = {0};
    int64_t worst = 0;

    for (uint32_t i = 0; i < count; i++) {
        struct largest *within;

        if (offers[i]->points != POINTS_SLOTS || !offers[i]->slots || !keeps_slots(offers[i]->candidate->copy))
            continue;
        if (!(within = map_get(&lists, offers[i]->slots))) {
            within = ARENA_NEW(a->arena, struct largest);
            map_add(&lists, a->arena, offers[i]->slots, within);
        }
        enter(within, offers[i]->spacing.within, offers[i]->candidate->copy);
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct largest *within = offers[i]->points == POINTS_SLOTS && offers[i]->slots ? map_get(&lists, offers[i]->slots) : NULL;

        if (within && within->owner[1])
            worst = larger(worst, group_sum(offers[i]->spacing.gap, besides(within, offers[i]->candidate->copy)));
    }
    return worst;
}
