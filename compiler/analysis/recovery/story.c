/* Witnesses of losses (docs/certificate.md): a legal execution of backups, replicas and fences that loses as much as one was found to.
 *
 * The run whose state comes back starts at its slot; those after it are missed, or kept out by one that lasts too long, as often as they may
 * be; the next one starts as late and lasts as long as it may, and whatever strikes comes a millisecond before its copy arrives. */
#include "analysis/recovery/loss.h"
#include "analysis/recovery/recovery.h"

#include <string.h>

enum {
    SLOTS_AROUND = 400, /* first slots that are tried where runs keep others out */
    OUTS_LIMIT = 32,    /* slots that one run keeps out, there */
    RUNS_LIMIT = 4000   /* longest story */
};

/* Stories whose runs no clock starts begin here: schedules are judged from this day on. */
#define STORY_BEGINS (ZONE_FROM_DAY * MS_DAY)

struct teller {
    struct analysis *a;
    const struct chain_link *link; /* the newest of the chain */
    struct schedule_slots *slots;
    int64_t least, longest; /* duration of a run */
    int64_t copy_least, copy_longest;
    int64_t late; /* how long after its slot a run starts at most */
    int64_t sealed;
    uint32_t newest; /* the run whose state comes back */
    int64_t noticed; /* how late it may be noticed */
    bool pruned;     /* what is noticed late finds the copies gone that others of their period have replaced */
    struct arena *scratch;
    VEC(struct story_run) runs;
};

static int64_t best_of(const struct entity *entity, uint32_t row)
{
    struct value value = value_best(entity_slot(entity, row));

    return value.type == VALUE_DURATION ? value.u.integer : 0;
}

static bool add_run(struct teller *t, enum run_fate fate, int64_t slot)
{
    if (t->runs.len == RUNS_LIMIT)
        return false;
    vec_push(t->scratch, &t->runs, ((struct story_run){t->link->backup, fate, slot, TIME_UNKNOWN, TIME_UNKNOWN, TIME_UNKNOWN, TIME_UNKNOWN}));
    return true;
}

static void run_from(struct teller *t, struct story_run *run, int64_t starts, int64_t lasts, int64_t copy)
{
    run->starts = starts;
    run->ends = starts + lasts;
    run->captured = (t->link->at_end ? run->ends : starts) - t->sealed;
    run->arrives = run->ends + (t->link->copied ? copy : 0);
}

/* The slots due before the last run has ended, its own copies included, are kept out. False when the story gets too long. */
static bool keep_out(struct teller *t, int64_t until, int64_t *slot)
{
    while (schedule_next(t->slots, *slot, slot) && *slot <= until) {
        if (!add_run(t, RUN_SKIPPED, *slot))
            return false;
    }
    return true;
}

/* The story in which the run of `slot` keeps the next `out` slots out, and each that fails as many as it can. Its loss; -1 when there is none. */
static int64_t play(struct teller *t, int64_t slot, uint32_t out)
{
    struct schedule_runs runs = {.late = t->late,
                                 .least = t->least,
                                 .longest = t->longest,
                                 .own = t->link->own_copies,
                                 .at_end = t->link->at_end,
                                 .missed = (uint32_t)t->link->missed};
    struct schedule_overlap world;
    struct story_run *run;
    int64_t captured, ends;

    t->runs.len = 0;
    if (!schedule_overlap_at(t->slots, &runs, slot, out, &world) || !add_run(t, RUN_DONE, slot))
        return -1;
    run_from(t, &t->runs.items[0], slot + world.delay, world.lasts, t->copy_least);
    captured = t->runs.items[0].captured;
    ends = t->runs.items[0].ends + t->link->own_copies;
    if (!keep_out(t, ends > slot ? ends : slot, &slot))
        return -1;
    for (int64_t k = 0; k < t->link->missed; k++) {
        if (!add_run(t, RUN_MISSED, slot))
            return -1;
        run = &t->runs.items[t->runs.len - 1];
        run->starts = slot + t->late;
        run->ends = run->starts + t->longest;
        if (!keep_out(t, run->ends + t->link->own_copies, &slot))
            return -1;
    }
    if (!add_run(t, RUN_DONE, slot))
        return -1;
    run_from(t, &t->runs.items[t->runs.len - 1], slot + t->late, t->longest, t->copy_longest);
    return t->runs.items[t->runs.len - 1].arrives - 1 - captured;
}

/* Runs that a clock starts. False when none can be told. */
static bool by_the_clock(struct teller *t, const struct asset *asset)
{
    struct schedule_overlap worst;
    bool overlap = t->late + t->longest + t->link->own_copies >= t->link->shortest;
    int64_t best = play(t, t->link->from, 0), at = t->link->from, slot = at - 8 * MS_DAY > STORY_BEGINS ? at - 8 * MS_DAY : STORY_BEGINS, loss;
    uint32_t outs = 0;
    int64_t most = overlap ? (t->late + t->longest + t->link->own_copies) / t->link->shortest : 0;

    if (overlap && backup_overlap(t->a, asset, t->link->backup, &worst))
        return play(t, worst.slot, worst.out) >= 0;
    for (uint32_t i = 0; overlap && i < SLOTS_AROUND && schedule_next(t->slots, slot, &slot); i++) {
        for (int64_t out = 0; out <= most; out = out + 1 == OUTS_LIMIT && most > out + 1 ? most : out + 1) {
            loss = out < RUNS_LIMIT ? play(t, slot, (uint32_t)out) : -1;
            if (loss > best) {
                best = loss;
                at = slot;
                outs = (uint32_t)out;
            }
        }
    }
    return best >= 0 && play(t, at, outs) >= 0;
}

/* Only the newest copy of each period is left: the runs between two that are left are lost, or superseded by the later one, which holds the state
 * just after whatever strikes. */
static bool by_periods(struct teller *t, const struct schedule_thinning *thinned)
{
    int64_t slot = thinned->from, least = thinned->ends > thinned->starts ? thinned->ends : thinned->starts, starts;
    struct story_run *run;

    if (!add_run(t, RUN_DONE, slot))
        return false;
    run_from(t, &t->runs.items[0], slot, t->least, t->copy_least);
    for (int64_t k = 0; schedule_next(t->slots, slot, &slot) && slot < thinned->to; k++) {
        if (!add_run(t, k < t->link->missed ? RUN_MISSED : RUN_DELETED, slot))
            return false;
        run = &t->runs.items[t->runs.len - 1];
        if (run->fate == RUN_DELETED)
            run_from(t, run, slot > least ? slot : least, t->least, t->copy_least);
    }
    if (slot != thinned->to || !add_run(t, RUN_DONE, slot))
        return false;
    starts = slot + t->late < thinned->stops ? slot + t->late : thinned->stops - 1;
    run_from(t, &t->runs.items[t->runs.len - 1], starts > slot ? starts : slot, t->longest, t->copy_longest);
    t->pruned = true;
    return true;
}

static bool add_missed(struct teller *t, int64_t *slot)
{
    for (int64_t k = 0; k < t->link->missed; k++) {
        if (!schedule_next(t->slots, *slot, slot) || !add_run(t, RUN_MISSED, *slot))
            return false;
    }
    return schedule_next(t->slots, *slot, slot);
}

/* What builds on a copy that is still on its way is of no use: the base ends just as the next run begins, and is copied slowly. */
static bool by_the_base(struct teller *t, const struct entity *backup, bool at_end, const struct schedule_behind *world)
{
    int64_t longest = worst_of(backup, BACKUP_duration, 0), slot = world->slot;
    struct story_run *run;

    t->runs.len = 0;
    if (!add_run(t, RUN_DONE, slot) || !add_run(t, RUN_DONE, world->base))
        return false;
    run_from(t, &t->runs.items[0], slot, t->least, t->copy_least);
    run = &t->runs.items[1];
    run->backup = backup;
    run->starts = world->ends - longest > world->base ? world->ends - longest : world->base;
    run->captured = at_end ? world->ends : run->starts;
    run->ends = world->ends;
    run->arrives = world->ends + worst_of(backup, BACKUP_copy_time, 0);
    if (!add_missed(t, &slot) || slot != world->next || !add_run(t, RUN_DONE, slot))
        return false;
    run_from(t, &t->runs.items[t->runs.len - 1], slot > world->ends ? slot : world->ends, t->longest, t->copy_longest);
    return true;
}

/* Copies follow each other: all runs up to the one whose state comes back are late, and theirs take as long as they may. */
static bool in_a_row(struct teller *t, const struct schedule_queue *world)
{
    int64_t slot = world->first, free = 0;

    t->runs.len = 0;
    while (true) {
        struct story_run *run;
        bool last = slot == world->next;

        if (!add_run(t, RUN_DONE, slot))
            return false;
        run = &t->runs.items[t->runs.len - 1];
        if (slot == world->slot)
            run_from(t, run, slot, t->link->at_end ? t->least : t->longest, 0);
        else
            run_from(t, run, slot + t->late, t->longest, 0);
        run->arrives = free = (free > run->ends ? free : run->ends) + t->copy_longest;
        if (slot == world->slot)
            t->newest = t->runs.len - 1;
        if (last)
            return true;
        if (!(slot == world->slot ? add_missed(t, &slot) : schedule_next(t->slots, slot, &slot)) || slot > world->next)
            return false;
    }
}

static int64_t closed_for(const struct entity *backup)
{
    const char *text = backup_not_within(backup);
    struct closed_hours hours;

    if (!text || !read_closed_hours(text, &hours))
        return 0;
    return (hours.to + 24 * 60 - hours.from) % (24 * 60) * MS_MINUTE;
}

/* Segments and verifications: what is due every so often holds all that was there when it was due. */
static bool by_itself(struct teller *t)
{
    const struct entity *backup = t->link->backup;
    bool on_change = entity_slot(backup, BACKUP_schedule).u.schedule->kind == SCHEDULE_ON_CHANGE,
         log = is_word(entity_slot(backup, BACKUP_kind), "log");
    int64_t every = worst_of(backup, on_change ? BACKUP_interval : BACKUP_ship_every, TIME_UNKNOWN), slot = STORY_BEGINS, delay;
    struct story_run *run;

    if (every < 0)
        return false;
    delay = closed_for(backup) + t->link->waits + (on_change ? worst_of(backup, BACKUP_settle, 0) : 0);
    if (!(log && !on_change) && every > 0 && t->longest + t->link->waits >= every)
        delay += (t->longest + t->link->waits) / every * every;
    for (int64_t k = -1; k <= t->link->missed; k++) {
        if (!add_run(t, k < 0 || k == t->link->missed ? RUN_DONE : RUN_MISSED, slot))
            return false;
        run = &t->runs.items[t->runs.len - 1];
        if (k < 0)
            run_from(t, run, slot, t->least, t->copy_least);
        else if (k == t->link->missed)
            run_from(t, run, slot + delay, t->longest, t->copy_longest);
        if (run->fate == RUN_DONE)
            run->captured = slot;
        slot += every;
    }
    return true;
}

int64_t share_of(const struct terms *terms, enum term_what what)
{
    int64_t sum = 0;

    for (uint32_t i = 0; i < terms->count; i++)
        sum += terms->items[i].what == what ? terms->items[i].ms : 0;
    return sum;
}

/* The runs of the newest link, and where a base is on its way, of that. */
static bool tell_runs(struct teller *t, const struct asset *asset, const struct terms *terms, const struct chain_link *links, uint32_t count,
                      struct arena *scratch)
{
    int64_t thinned = share_of(terms, TERM_THINNED), whole, way;
    const struct chain_link *base = share_of(terms, TERM_BASE) > 0 && count > 1 && links[1].copied ? &links[1] : NULL;
    struct schedule_behind behind;
    struct schedule_queue queue;
    const struct schedule_thinning *left;
    const struct entity *backup = t->link->backup;
    struct value schedule = entity_slot(backup, BACKUP_schedule);

    t->least = best_of(backup, BACKUP_duration);
    t->longest = worst_of(backup, BACKUP_duration, 0);
    t->copy_least = best_of(backup, BACKUP_copy_time);
    t->copy_longest = worst_of(backup, BACKUP_copy_time, 0);
    t->late = t->link->window + t->link->jitter + t->link->waits;
    if (t->longest < 0 || t->copy_longest < 0 || t->link->window < 0 || t->link->jitter < 0 || t->link->waits < 0 || t->link->own_copies < 0 ||
        schedule.type != VALUE_SCHEDULE)
        return false;
    if (!t->link->scheduler)
        return by_itself(t);
    t->sealed = is_word(entity_slot(backup, BACKUP_kind), "log") ? worst_of(backup, BACKUP_ship_every, 0) : 0;
    t->slots = backup_slots(t->a, scratch, backup, schedule.u.schedule);
    if (t->sealed < 0 || !t->slots)
        return false;
    /* Where runs keep others out nobody knows which are left of a period. */
    way = (t->link->at_end ? 0 : t->longest) + (t->link->copied ? t->copy_longest : 0);
    left = thinned > 0 && t->noticed >= way && t->late + t->longest + t->link->own_copies < t->link->shortest
               ? thinned_by(t->a, backup, t->link->gap + thinned + (t->late <= t->link->shortest - way ? way : 0), t->link->reach)
               : NULL;
    if (left && by_periods(t, left))
        return true;
    t->runs.len = 0;
    if (share_of(terms, TERM_QUEUED) > 0 && backup_queue(t->a, asset, backup, &queue) && !queue.endless && in_a_row(t, &queue))
        return true;
    t->newest = 0;
    if (!by_the_clock(t, asset))
        return false;
    if (base && backup_behind(t->a, asset, backup, base->backup, &behind)) {
        whole = t->runs.items[t->runs.len - 1].arrives - t->runs.items[0].captured;
        if (behind.between + worst_of(base->backup, BACKUP_copy_time, 0) > whole)
            return by_the_base(t, base->backup, base->at_end, &behind) || (!(t->runs.len = 0) && by_the_clock(t, asset));
    }
    return true;
}

struct story *tell_story(struct analysis *a, const struct asset_state *state, const struct chain_link *links, uint32_t count, int64_t read)
{
    int64_t cut = share_of(&state->rpo_terms, TERM_CUT), age = age_of_moment(a, state, read);
    /* Where more may be lost than the copies lose, and nobody can say how much, this much is. */
    int64_t loss = state->loss_ms == TIME_UNKNOWN ? state->chosen->rpo : state->loss_ms;
    struct story *story;
    struct teller *t;
    struct arena *scratch;
    bool told = true;

    if (age < 0 || loss < 0)
        return NULL;
    scratch = arena_new();
    t = ARENA_NEW(scratch, struct teller);
    *t = (struct teller){.a = a, .link = links, .noticed = late_notice(a, state), .scratch = scratch};
    story = ARENA_NEW(a->proof, struct story);
    *story = (struct story){.strikes = STORY_BEGINS + loss - cut, .newest = STORY_BEGINS, .fenced = TIME_UNKNOWN};
    if (count && (told = tell_runs(t, state->asset, &state->rpo_terms, links, count, scratch))) {
        int64_t there = t->runs.items[t->runs.len - 1].arrives;

        if (t->runs.len > 1 && t->runs.items[1].backup != t->runs.items[0].backup && t->runs.items[1].arrives > there)
            there = t->runs.items[1].arrives; /* a base on its way */
        if (t->pruned)
            there = t->runs.items[t->runs.len - 1].captured;
        else
            age -= late_notice(a, state); /* noticed at once */
        story->newest = t->runs.items[t->newest].captured;
        story->strikes = there - 1 > story->newest ? there - 1 : story->newest;
        story->run_count = t->runs.len;
        story->runs = ARENA_ARRAY(a->proof, struct story_run, t->runs.len);
        memcpy(story->runs, t->runs.items, t->runs.len * sizeof *t->runs.items);
    }
    arena_delete(scratch);
    if (!told)
        return NULL;
    story->loss = story->strikes - story->newest;
    if (cut > 0) {
        story->fenced = story->strikes + cut;
        story->loss += cut;
    }
    story->read = story->strikes + age;
    return story;
}
