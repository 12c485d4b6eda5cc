/* Witnesses of losses: whether the runs of a story are legal, the newest state that comes back is the newest there is, and the loss is what the
 * story says (docs/certificate.md, "Witness"). */
#include "verify/check.h"

#include <string.h>

enum { MADE_OF_MAX = 8 };

struct telling {
    struct check *c;
    const struct plan_outcome *outcome;
    const struct plan_story *story;
    const struct plan_link *link; /* the first of the chain */
    struct timetable *table;      /* of it */
    bool usable;                  /* a run whose state comes back was found */
};

static bool is_moment(int64_t ms)
{
    return ms >= 0 && ms <= LONGEST;
}

static void wrong(struct telling *t, uint32_t i, const char *what)
{
    problem(t->c, arena_printf(t->c->arena, ".story.runs[%u]", i), "%s", what);
}

static const struct plan_link *link_of(const struct telling *t, const struct plan_run *run)
{
    for (uint32_t i = 0; i < t->outcome->chain_count; i++) {
        if (t->outcome->chain[i].backup == run->backup)
            return &t->outcome->chain[i];
    }
    return NULL;
}

static bool within(int64_t value, int64_t least, int64_t most)
{
    return value >= least && value <= most;
}

/* How long after it is due a run starts at most. */
static int64_t latest(const struct telling *t, const struct plan_link *link, const struct timetable *table)
{
    const struct plan_thing *backup = link->backup;
    int64_t delay = link->waits, every, busy;

    (void)t;
    if (table->slots)
        return lateness(link);
    delay = plus(delay, closed_length(backup));
    every = interval_of(table, backup);
    busy = plus(worst_end(backup, "duration", 0), link->waits);
    if (table->kind == SCHEDULE_ON_CHANGE)
        delay = plus(delay, worst_end(backup, "settle", 0));
    if (every > 0 && busy >= every && (table->kind == SCHEDULE_ON_CHANGE || !word_is(backup, "kind", "log")))
        delay = plus(delay, busy / every * every);
    return delay;
}

static void check_started(struct telling *t, uint32_t i, const struct plan_link *link, struct timetable *table)
{
    const struct plan_run *run = &t->story->runs[i];
    int64_t late = latest(t, link, table), shortest = best_end(link->backup, "duration", 0), longest = worst_end(link->backup, "duration", 0);

    if (late < 0 || shortest < 0 || longest < 0) {
        wrong(t, i, "how late it may start, or how long it may last, is not known");
        return;
    }
    if (!is_moment(run->starts) || !is_moment(run->ends))
        wrong(t, i, "it does not say when it starts and ends");
    else if (!within(run->starts - run->slot, 0, late))
        wrong(t, i, "it starts before it is due, or later than it may");
    else if (!within(run->ends - run->starts, shortest, longest))
        wrong(t, i, "it lasts shorter or longer than it may");
}

/* When its copy may begin at the latest: when the one before has arrived. */
static int64_t free_at(const struct telling *t, uint32_t i)
{
    const struct plan_run *run = &t->story->runs[i];

    for (uint32_t b = i; b-- > 0;) {
        const struct plan_run *before = &t->story->runs[b];

        if (before->backup == run->backup && (before->fate == PLAN_RUN_done || before->fate == PLAN_RUN_deleted))
            return before->arrives > run->ends ? before->arrives : run->ends;
    }
    return run->ends;
}

static void check_done(struct telling *t, uint32_t i, const struct plan_link *link, const struct timetable *table)
{
    const struct plan_run *run = &t->story->runs[i];
    int64_t state = table->slots ? (link->at_end ? run->ends : run->starts) : run->slot;
    int64_t sealed = table->slots && word_is(link->backup, "kind", "log") ? worst_end(link->backup, "ship_every", 0) : 0;
    int64_t least = link->copied ? best_end(link->backup, "copy_time", PLAN_UNKNOWN) : 0;
    int64_t most = link->copied ? worst_end(link->backup, "copy_time", PLAN_UNKNOWN) : 0;

    if (!is_moment(run->captured) || !is_moment(run->arrives) || !is_moment(run->ends))
        wrong(t, i, "it does not say what it holds and when that arrives");
    else if (sealed < 0 || !within(state - run->captured, 0, sealed))
        wrong(t, i, "it holds another state than it may");
    else if (least < 0 || most < 0 || run->arrives < plus(run->ends, least) || run->arrives > plus(link->copied ? free_at(t, i) : run->ends, most))
        wrong(t, i, "its copy arrives earlier or later than it may");
}

/* One that started before its slot ends, with its own copies, not before it. */
static bool is_kept_out(const struct telling *t, uint32_t i)
{
    const struct plan_run *run = &t->story->runs[i];

    for (uint32_t b = i; b-- > 0;) {
        const struct plan_run *before = &t->story->runs[b];

        if (before->backup != run->backup || before->fate == PLAN_RUN_skipped)
            continue;
        return is_moment(before->starts) && is_moment(before->ends) && before->slot < run->slot && t->link->own_copies >= 0 &&
               plus(before->ends, t->link->own_copies) >= run->slot;
    }
    return false;
}

/* The period a run begins in. */
static bool same_period(enum keep_class keep, int64_t a, int64_t b)
{
    int64_t day_a = a / MS_DAY, day_b = b / MS_DAY, year_a, year_b;
    unsigned month_a, month_b, day;

    if (keep == KEEP_HOURLY)
        return a / MS_HOUR == b / MS_HOUR;
    if (keep == KEEP_DAILY)
        return day_a == day_b;
    if (keep == KEEP_WEEKLY) /* 1970-01-05 was a monday */
        return (day_a + 3) / 7 == (day_b + 3) / 7;
    civil_from_days(day_a, &year_a, &month_a, &day);
    civil_from_days(day_b, &year_b, &month_b, &day);
    return year_a == year_b && (keep == KEEP_YEARLY || month_a == month_b);
}

/* A later run of the same period, of one of the classes, is there, and of no use: it holds what was struck. */
static bool is_superseded(const struct telling *t, uint32_t i)
{
    const struct plan_run *run = &t->story->runs[i];
    const struct plan_value *retain = plan_attribute(run->backup, "retain");

    for (uint32_t p = 0; retain && retain->tag == PLAN_TAG_OBJECT && retain->shape == PLAN_SHAPE_PAIRS && p < retain->count; p++) {
        enum keep_class keep;

        for (uint32_t later = i + 1; class_named(retain->pairs[p].key, &keep) && later < t->story->runs_count; later++) {
            const struct plan_run *other = &t->story->runs[later];

            if (other->backup == run->backup && other->fate == PLAN_RUN_done && other->captured > t->story->strikes &&
                other->arrives <= t->story->read && is_moment(run->starts) && is_moment(other->starts) &&
                same_period(keep, run->starts, other->starts))
                return true;
        }
    }
    return false;
}

static void check_fate(struct telling *t, uint32_t i, const struct plan_link *link, struct timetable *table)
{
    const struct plan_run *run = &t->story->runs[i];

    switch ((enum plan_choice_RUN)run->fate) {
    case PLAN_RUN_done:
        check_started(t, i, link, table);
        check_done(t, i, link, table);
        break;
    case PLAN_RUN_missed: /* it may have started, and failed */
        if (run->starts >= 0 || run->ends >= 0)
            check_started(t, i, link, table);
        break;
    case PLAN_RUN_skipped:
        if (!table->slots || !is_kept_out(t, i))
            wrong(t, i, "it is skipped, and the one before has ended");
        break;
    case PLAN_RUN_deleted:
        check_started(t, i, link, table);
        check_done(t, i, link, table);
        if (!is_superseded(t, i))
            wrong(t, i, "it is deleted, and no later run of its period is there");
        break;
    default: break;
    }
}

/* Each slot is one; the runs of the first link are all there are, and no more in a row are missed than may be. */
static bool check_runs(struct telling *t)
{
    const struct plan_run *before = NULL;
    int64_t missed = 0, slot, every = t->table->slots ? 0 : interval_of(t->table, t->link->backup);

    for (uint32_t i = 0; i < t->story->runs_count; i++) {
        const struct plan_run *run = &t->story->runs[i];
        const struct plan_link *link = link_of(t, run);
        struct timetable *table = link ? timetable_of(t->c, link) : NULL;

        if (!link || !is_moment(run->slot)) {
            wrong(t, i, link ? "it has no slot" : "its backup is no link of the chain");
            return false;
        }
        if (table->slots && (!schedule_next(table->slots, run->slot - 1, &slot) || slot != run->slot))
            wrong(t, i, "its slot is none of its schedule");
        check_fate(t, i, link, table);
        if (link != t->link)
            continue;
        if (before && before->slot >= run->slot && !(every == 0 && before->slot == run->slot))
            wrong(t, i, "it is not after the one before");
        else if (before && table->slots && (!schedule_next(table->slots, before->slot, &slot) || slot != run->slot))
            wrong(t, i, "a slot between it and the one before is left out");
        else if (before && !table->slots && (every < 0 || run->slot - before->slot > every))
            wrong(t, i, "it is due later after the one before than it may be");
        missed = run->fate == PLAN_RUN_missed ? missed + 1 : run->fate == PLAN_RUN_skipped ? missed : 0;
        if (missed > t->link->missed)
            wrong(t, i, "more are missed one after the other than may be");
        before = run;
    }
    if (!before)
        problem(t->c, ".story.runs", "none is of `%s`, which is read", t->link->backup->id);
    return before != NULL;
}

/* The newest run of what a run of the first link builds on, of those that ended before it started; NULL: the story tells none. */
static const struct plan_run *base_of(const struct telling *t, const struct plan_run *run)
{
    const struct plan_run *newest = NULL;

    for (uint32_t i = 0; t->outcome->chain_count > 1 && i < t->story->runs_count; i++) {
        const struct plan_run *other = &t->story->runs[i];

        if (other->backup != run->backup && other->fate == PLAN_RUN_done && other->ends <= run->starts && (!newest || other->ends > newest->ends))
            newest = other;
    }
    return newest;
}

/* What comes back is the newest that has arrived, with what it builds on; and it is still kept when it is read. */
static void check_newest(struct telling *t)
{
    const struct plan_story *story = t->story;
    const struct plan_value *retain = plan_attribute(t->link->backup, "retain");
    int64_t thinned = part_of(t->outcome, PLAN_TERM_thinned), way = thinned > 0 ? worst_end(t->link->backup, "duration", 0) : 0;
    bool found = false;

    if (thinned > 0 && t->link->copied) /* what is left of classes has arrived long ago */
        way = plus(way, worst_end(t->link->backup, "copy_time", 0));

    for (uint32_t i = 0; i < story->runs_count; i++) {
        const struct plan_run *run = &story->runs[i];
        const struct plan_run *base;

        if (run->backup != t->link->backup || run->fate != PLAN_RUN_done || run->arrives > story->strikes)
            continue;
        base = base_of(t, run);
        if (base && base->arrives > story->strikes)
            continue;
        found |= run->captured == story->newest;
        if (run->captured > story->newest)
            wrong(t, i, "it is there when it strikes, and newer than what comes back");
    }
    if (!found)
        problem(t->c, ".story.newest", "no run that is there holds it");
    if (retain && retain->tag == PLAN_TAG_DURATION && retain->shape == PLAN_SHAPE_NUMBER && story->read - story->newest > retain->number)
        problem(t->c, ".story.read", "the copy is deleted before it is read");
    if (thinned >= 0 && t->link->reach >= 0 && story->read - story->newest > plus(t->link->reach, plus(thinned, way)))
        problem(t->c, ".story.read", "the copy is %lld old when it is read, and `reach` is %lld", (long long)(story->read - story->newest),
                (long long)t->link->reach);
}

/* A replica is behind by its lag at most. */
static void check_lag(struct check *c, const struct plan_outcome *outcome)
{
    const struct plan_candidate *chosen = chosen_of(outcome);
    int64_t lag = chosen && is_block(chosen->element, "replica")
                      ? worst_end(chosen->element, "lag", word_is(chosen->element, "mode", "sync") ? 0 : PLAN_UNKNOWN)
                      : LONGEST;

    if (outcome->story->strikes - outcome->story->newest > lag)
        problem(c, ".story", "the replica is further behind than it may be");
}

static bool are_in_a_group(const struct check *c, const struct plan_asset *a, const struct plan_asset *b)
{
    bool together = false;

    for (uint32_t i = 0; i < c->scenario->groups_count && !together; i++) {
        const struct plan_group_outcome *group = &c->scenario->groups[i];
        uint32_t found = 0;

        for (uint32_t m = 0; m < group->members_count; m++)
            found += group->members[m].recovered && (group->members[m].asset == a || group->members[m].asset == b);
        together = found == 2;
    }
    return together;
}

/* Whether an asset is made from another, itself or by way of what loses nothing of its own. */
static bool is_made_from(struct check *c, const struct plan_asset *asset, const struct plan_asset *source, uint32_t depth)
{
    uint32_t cursor = 0;
    const struct plan_thing *rebuild = asset->thing ? plan_child(asset->thing, "rebuild", &cursor) : NULL;
    const struct plan_value *from = rebuild ? plan_attribute(rebuild, "from") : NULL;
    bool found = from && refers_to(from, source->thing);

    for (uint32_t i = 0; from && depth < MADE_OF_MAX && i < c->scenario->assets_count && !found; i++) {
        const struct plan_outcome *between = &c->scenario->assets[i];

        found = between->asset && between->data_loss == PLAN_NOT_APPLICABLE && refers_to(from, between->asset->thing) &&
                is_made_from(c, between->asset, source, depth + 1);
    }
    return found;
}

/* The story of another member of its group, or of what it is made from: the same one. */
static void check_elsewhere(struct check *c, const struct plan_outcome *outcome)
{
    const struct plan_story *story = outcome->story;
    const struct plan_outcome *other = outcome_of(c, story->of);
    bool source = part_of(outcome, PLAN_TERM_source) != 0 && is_made_from(c, outcome->asset, story->of, 0);
    bool group = part_of(outcome, PLAN_TERM_group) != 0 && are_in_a_group(c, outcome->asset, story->of);

    if (story->of == outcome->asset || (!source && !group))
        problem(c, ".story.of", "`%s` decides nothing of what it loses", story->of->name);
    if (!other || !other->story || other->story->newest != story->newest || other->story->strikes != story->strikes || other->story->fenced >= 0 ||
        story->fenced >= 0 || story->runs_count)
        problem(c, ".story.of", "it is not the story of `%s`", story->of->name);
}

static void tell_gap(struct check *c, const struct plan_outcome *outcome)
{
    int64_t gap = outcome->data_loss - outcome->story->loss;

    if (gap <= 1)
        return;
    c->report->gaps++;
    if (gap <= c->report->largest_gap)
        return;
    c->report->largest_gap = gap;
    c->report->largest_gap_at = arena_printf(c->arena, "%s in %s", outcome->asset->name, c->scenario->name);
}

void check_story(struct check *c, const struct plan_outcome *outcome)
{
    const struct plan_story *story = outcome->story;
    struct telling t = {.c = c, .outcome = outcome, .story = story};
    int64_t cut = part_of(outcome, PLAN_TERM_cut), loss;

    c->report->witnesses++;
    if (!is_moment(story->strikes) || !is_moment(story->newest) || !is_moment(story->read) || story->newest > story->strikes ||
        story->read < story->strikes || (story->fenced != PLAN_UNKNOWN && (!is_moment(story->fenced) || story->fenced < story->strikes))) {
        problem(c, ".story", "its moments are in no order, or beyond what is judged");
        return;
    }
    if (story->fenced >= 0 && (cut < 0 || story->fenced - story->strikes > cut))
        problem(c, ".story.fenced", "it is later than `cut` says");
    loss = story->strikes - story->newest + (story->fenced >= 0 ? story->fenced - story->strikes : 0);
    if (loss != story->loss)
        problem(c, ".story.loss", "it is %lld, and its moments say %lld", (long long)story->loss, (long long)loss);
    if (outcome->data_loss < 0)
        ; /* it has no bound */
    else if (story->loss > outcome->data_loss)
        problem(c, ".data_loss", "it is %lld, and the story loses %lld", (long long)outcome->data_loss, (long long)story->loss);
    else
        tell_gap(c, outcome);
    if (story->of) {
        check_elsewhere(c, outcome);
        return;
    }
    if (!outcome->chain_count) {
        if (story->runs_count)
            problem(c, ".story.runs", "no copies are read");
        if (part_of(outcome, PLAN_TERM_source) != 0)
            problem(c, ".story", "it is made from other data, and the story is of none of these");
        check_lag(c, outcome);
        return;
    }
    t.link = &outcome->chain[0];
    if (!is_block(t.link->backup, "backup") || outcome->chain_count > LINKS_MAX)
        return; /* told with the chain */
    if (story->runs_count > RUNS_MAX) {
        problem(c, ".story.runs", "there are more than %d", RUNS_MAX);
        return;
    }
    t.table = timetable_of(c, t.link);
    if (check_runs(&t))
        check_newest(&t);
}
