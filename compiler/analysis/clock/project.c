/* List scheduling of tasks under limited hands and bandwidth (see bound.h).
 *
 * Time goes from event to event: a task becomes ready, or one ends and gives back what it held. Then waiting tasks are served in the
 * order of their rank. Tasks that need the same things wait in one queue, in which nobody overtakes: a big transfer is not kept waiting by
 * small ones. Tasks that need nothing limited start when they are ready. What begins at a time nobody knows, or lasts as long, is served
 * when all others that want the same have ended: so it changes no time that is known. What is late, and awaited by nothing else, takes
 * no hands from what is not: it starts when all that is known of the others has ended. */
#include "analysis/clock/bound.h"
#include "analysis/clock/clock.h"

#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

typedef VEC(uint32_t) number_list;

/* Tasks that need the same things; a heap, the first to be served on top. */
struct queue {
    uint32_t *heap;
    uint32_t len;
    uint32_t like; /* a task with these needs */
};

struct event {
    int64_t at;
    uint32_t task;
    bool is_end; /* of the task; otherwise it becomes ready */
};

/* A part of a channel, or a pair of hands, that is free, and who had it before. */
struct share {
    int64_t amount;
    uint32_t owner; /* NO_TASK: nobody */
};

struct resource {
    int64_t free;
    VEC(struct share) shares; /* free ones from `taken` on, the longest free first */
    uint32_t taken;
};

struct engine {
    struct project *project;
    struct arena *scratch, *arena;
    uint32_t *first, *next; /* successors of task i: next[first[i] .. first[i + 1]) */
    uint32_t *waits;        /* how many it still waits for */
    uint32_t *queue_of;     /* NO_TASK: needs nothing limited */
    bool *doubtful;         /* its start cannot be known, or its end and others want what it holds: it comes last */
    bool *late;             /* it is, and so is all that waits for it */
    number_list held;       /* late ones that are ready */
    uint32_t open;          /* others that end at a known time and have not */
    VEC(struct queue) queues;
    struct event *events; /* a heap, the earliest on top */
    uint32_t event_len;
    struct resource pools[POOL_COUNT];
    struct resource *teams;
    struct resource *channels;
    number_list heirs;
    int64_t now;
};

static int64_t add_path(int64_t x, int64_t y)
{
    int64_t sum;

    return x == INT64_MAX || y == INT64_MAX || __builtin_add_overflow(x, y, &sum) ? INT64_MAX : sum;
}

/* Whether task x is served before task y. */
static bool before(const struct project *project, uint32_t x, uint32_t y)
{
    const struct task *a = &project->tasks[x], *b = &project->tasks[y];

    if (a->rank != b->rank)
        return a->rank < b->rank;
    if (a->remaining != b->remaining)
        return a->remaining > b->remaining;
    return a->tie < b->tie;
}

/* ---------------------------------------------------------------- the graph */

static void link_tasks(struct engine *engine)
{
    const struct project *project = engine->project;
    uint32_t *fill = ARENA_ARRAY(engine->scratch, uint32_t, project->count);

    engine->first = ARENA_ARRAY(engine->scratch, uint32_t, project->count + 1);
    for (uint32_t i = 0; i < project->count; i++) {
        for (uint32_t w = 0; w < project->tasks[i].after_count; w++)
            engine->first[project->tasks[i].after[w] + 1]++;
    }
    for (uint32_t i = 0; i < project->count; i++)
        engine->first[i + 1] += engine->first[i];
    engine->next = ARENA_ARRAY(engine->scratch, uint32_t, engine->first[project->count]);
    for (uint32_t i = 0; i < project->count; i++) {
        for (uint32_t w = 0; w < project->tasks[i].after_count; w++) {
            uint32_t from = project->tasks[i].after[w];

            engine->next[engine->first[from] + fill[from]++] = i;
        }
    }
}

/* An order in which each task comes after what it waits for (Kahn), and the longest path from each to an end. */
static uint32_t *sort_tasks(struct engine *engine)
{
    struct project *project = engine->project;
    uint32_t *order = ARENA_ARRAY(engine->scratch, uint32_t, project->count), head = 0, tail = 0;

    for (uint32_t i = 0; i < project->count; i++) {
        engine->waits[i] = project->tasks[i].after_count;
        project->tasks[i].wave = 1;
        if (!engine->waits[i])
            order[tail++] = i;
    }
    for (; head < tail; head++) {
        for (uint32_t n = engine->first[order[head]]; n < engine->first[order[head] + 1]; n++) {
            struct task *task = &project->tasks[engine->next[n]];

            if (task->wave <= project->tasks[order[head]].wave)
                task->wave = project->tasks[order[head]].wave + 1;
            if (--engine->waits[engine->next[n]] == 0)
                order[tail++] = engine->next[n];
        }
    }
    while (head-- > 0) {
        struct task *task = &project->tasks[order[head]];
        int64_t longest = 0;

        for (uint32_t n = engine->first[order[head]]; n < engine->first[order[head] + 1]; n++) {
            int64_t path = project->tasks[engine->next[n]].remaining;

            longest = path > longest ? path : longest;
        }
        task->remaining = add_path(longest, task->takes < 0 ? INT64_MAX : task->takes);
    }
    return order;
}

/* ---------------------------------------------------------------- heaps */

static void queue_push(struct engine *engine, struct queue *queue, uint32_t task)
{
    uint32_t at = queue->len++;

    for (; at && before(engine->project, task, queue->heap[(at - 1) / 2]); at = (at - 1) / 2)
        queue->heap[at] = queue->heap[(at - 1) / 2];
    queue->heap[at] = task;
}

static uint32_t queue_pop(struct engine *engine, struct queue *queue)
{
    uint32_t top = queue->heap[0], last = queue->heap[--queue->len], at = 0;

    for (;;) {
        uint32_t child = 2 * at + 1;

        if (child >= queue->len)
            break;
        if (child + 1 < queue->len && before(engine->project, queue->heap[child + 1], queue->heap[child]))
            child++;
        if (!before(engine->project, queue->heap[child], last))
            break;
        queue->heap[at] = queue->heap[child];
        at = child;
    }
    if (queue->len)
        queue->heap[at] = last;
    return top;
}

static bool earlier(const struct event *a, const struct event *b)
{
    return a->at != b->at ? a->at < b->at : a->is_end != b->is_end ? a->is_end : a->task < b->task;
}

static void event_push(struct engine *engine, struct event event)
{
    uint32_t at = engine->event_len++;

    for (; at && earlier(&event, &engine->events[(at - 1) / 2]); at = (at - 1) / 2)
        engine->events[at] = engine->events[(at - 1) / 2];
    engine->events[at] = event;
}

static struct event event_pop(struct engine *engine)
{
    struct event top = engine->events[0], last = engine->events[--engine->event_len];
    uint32_t at = 0;

    for (;;) {
        uint32_t child = 2 * at + 1;

        if (child >= engine->event_len)
            break;
        if (child + 1 < engine->event_len && earlier(&engine->events[child + 1], &engine->events[child]))
            child++;
        if (!earlier(&engine->events[child], &last))
            break;
        engine->events[at] = engine->events[child];
        at = child;
    }
    if (engine->event_len)
        engine->events[at] = last;
    return top;
}

/* ---------------------------------------------------------------- what is limited */

static bool pool_limited(const struct engine *engine, const struct task *task)
{
    return task->pool != POOL_NONE && engine->project->hands[task->pool] && engine->project->hands[task->pool] < engine->project->count;
}

static bool team_limited(const struct engine *engine, const struct task *task)
{
    return task->team && engine->project->team_hands[task->team] < engine->project->count;
}

enum { HANDS_MAX = 2 };

/* Whose hands it takes a pair of: those of its pool, those of its team. How many there are. */
static uint32_t hands_of(struct engine *engine, const struct task *task, struct resource *hands[HANDS_MAX])
{
    uint32_t count = 0;

    if (pool_limited(engine, task))
        hands[count++] = &engine->pools[task->pool];
    if (team_limited(engine, task))
        hands[count++] = &engine->teams[task->team];
    return count;
}

static bool is_limited(const struct engine *engine, const struct task *task)
{
    return task->takes != 0 && (task->channel_count || pool_limited(engine, task) || team_limited(engine, task));
}

static bool same_needs(const struct engine *engine, const struct task *a, const struct task *b)
{
    enum pool x = pool_limited(engine, a) ? a->pool : POOL_NONE, y = pool_limited(engine, b) ? b->pool : POOL_NONE;
    uint32_t p = team_limited(engine, a) ? a->team : 0, q = team_limited(engine, b) ? b->team : 0;

    return x == y && p == q && a->channel_count == b->channel_count &&
           (a->channel_count == 0 || memcmp(a->channels, b->channels, a->channel_count * sizeof *a->channels) == 0);
}

static void make_queues(struct engine *engine)
{
    const struct project *project = engine->project;
    number_list sizes = {0};

    for (uint32_t i = 0; i < project->count; i++) {
        uint32_t q = 0;

        engine->queue_of[i] = NO_TASK;
        if (!is_limited(engine, &project->tasks[i]))
            continue;
        while (q < engine->queues.len && !same_needs(engine, &project->tasks[engine->queues.items[q].like], &project->tasks[i]))
            q++;
        if (q == engine->queues.len) {
            struct queue queue = {.like = i};

            vec_push(engine->scratch, &engine->queues, queue);
            vec_push(engine->scratch, &sizes, 0);
        }
        engine->queue_of[i] = q;
        sizes.items[q]++;
    }
    for (uint32_t q = 0; q < engine->queues.len; q++)
        engine->queues.items[q].heap = ARENA_ARRAY(engine->scratch, uint32_t, sizes.items[q]);
}

static void add_share(struct engine *engine, struct resource *resource, int64_t amount, uint32_t owner)
{
    struct share share = {amount, owner};

    vec_push(engine->scratch, &resource->shares, share);
    resource->free += amount;
}

static void reset_resource(struct resource *resource)
{
    resource->free = 0;
    resource->shares.len = resource->taken = 0;
}

static void reset_resources(struct engine *engine)
{
    const struct project *project = engine->project;

    for (int p = 0; p < POOL_COUNT; p++) {
        reset_resource(&engine->pools[p]);
        for (uint32_t h = 0; p != POOL_NONE && project->hands[p] < project->count && h < project->hands[p]; h++)
            add_share(engine, &engine->pools[p], 1, NO_TASK);
    }
    for (uint32_t t = 1; t < project->team_count; t++) {
        reset_resource(&engine->teams[t]);
        for (uint32_t h = 0; project->team_hands[t] < project->count && h < project->team_hands[t]; h++)
            add_share(engine, &engine->teams[t], 1, NO_TASK);
    }
    for (uint32_t c = 0; c < project->channel_count; c++) {
        reset_resource(&engine->channels[c]);
        add_share(engine, &engine->channels[c], project->capacity[c], NO_TASK);
    }
}

static bool fits(struct engine *engine, uint32_t number)
{
    const struct task *task = &engine->project->tasks[number];
    struct resource *hands[HANDS_MAX];
    uint32_t count = hands_of(engine, task, hands);

    for (uint32_t h = 0; h < count; h++) {
        if (hands[h]->free < 1)
            return false;
    }
    for (uint32_t c = 0; c < task->channel_count; c++) {
        if (engine->channels[task->channels[c]].free < task->rate)
            return false;
    }
    return true;
}

static void inherit(struct engine *engine, const struct task *task, uint32_t owner)
{
    uint32_t len = engine->heirs.len;

    if (owner == NO_TASK || (len > task->first_heir && engine->heirs.items[len - 1] == owner))
        return;
    vec_push(engine->arena, &engine->heirs, owner);
}

static void take(struct engine *engine, struct resource *resource, const struct task *task, int64_t amount)
{
    resource->free -= amount;
    while (amount > 0) {
        struct share *share = &resource->shares.items[resource->taken];

        inherit(engine, task, share->owner);
        if (share->amount > amount) {
            share->amount -= amount;
            return;
        }
        amount -= share->amount;
        resource->taken++;
    }
}

/* ---------------------------------------------------------------- running */

static void start(struct engine *engine, uint32_t number)
{
    struct task *task = &engine->project->tasks[number];
    struct resource *hands[HANDS_MAX];
    uint32_t count = hands_of(engine, task, hands);

    task->start = engine->now;
    task->first_heir = engine->heirs.len;
    if (engine->queue_of[number] != NO_TASK) {
        for (uint32_t h = 0; h < count; h++)
            take(engine, hands[h], task, 1);
        for (uint32_t c = 0; c < task->channel_count; c++)
            take(engine, &engine->channels[task->channels[c]], task, task->rate);
    }
    task->heir_count = engine->heirs.len - task->first_heir;
    if (task->takes >= 0 && !__builtin_add_overflow(task->start, task->takes, &task->finish)) {
        event_push(engine, (struct event){task->finish, number, true});
        return;
    }
    task->finish = START_UNKNOWN;
}

static void arrive(struct engine *engine, uint32_t number)
{
    if (engine->late[number] && engine->open)
        vec_push(engine->scratch, &engine->held, number);
    else if (engine->project->tasks[number].release > engine->now)
        event_push(engine, (struct event){engine->project->tasks[number].release, number, false});
    else if (engine->queue_of[number] == NO_TASK)
        start(engine, number);
    else
        queue_push(engine, &engine->queues.items[engine->queue_of[number]], number);
}

static void finish(struct engine *engine, uint32_t number)
{
    const struct task *task = &engine->project->tasks[number];
    struct resource *hands[HANDS_MAX];
    uint32_t count = hands_of(engine, task, hands);

    if (engine->queue_of[number] != NO_TASK) {
        for (uint32_t h = 0; h < count; h++)
            add_share(engine, hands[h], 1, number);
        for (uint32_t c = 0; c < task->channel_count; c++)
            add_share(engine, &engine->channels[task->channels[c]], task->rate, number);
    }
    for (uint32_t n = engine->first[number]; n < engine->first[number + 1]; n++) {
        if (--engine->waits[engine->next[n]] == 0 && !engine->doubtful[engine->next[n]])
            arrive(engine, engine->next[n]);
    }
    if (engine->late[number] || --engine->open)
        return;
    for (uint32_t i = 0; i < engine->held.len; i++)
        arrive(engine, engine->held.items[i]);
    engine->held.len = 0;
}

/* Serves who can be served: of the first in each queue the one that ranks first, again and again. */
static void serve(struct engine *engine)
{
    for (;;) {
        struct queue *best = NULL;

        for (uint32_t q = 0; q < engine->queues.len; q++) {
            struct queue *queue = &engine->queues.items[q];

            if (queue->len && (!best || before(engine->project, queue->heap[0], best->heap[0])) && fits(engine, queue->heap[0]))
                best = queue;
        }
        if (!best)
            return;
        start(engine, queue_pop(engine, best));
    }
}

static void run(struct engine *engine)
{
    struct project *project = engine->project;

    reset_resources(engine);
    engine->now = 0;
    engine->event_len = 0;
    engine->heirs.len = 0;
    for (uint32_t q = 0; q < engine->queues.len; q++)
        engine->queues.items[q].len = 0;
    engine->open = 0;
    for (uint32_t i = 0; i < project->count; i++) {
        project->tasks[i].start = project->tasks[i].finish = START_UNKNOWN;
        project->tasks[i].heir_count = 0;
        engine->waits[i] = project->tasks[i].after_count;
        engine->open += !engine->late[i] && !engine->doubtful[i] && project->tasks[i].takes >= 0;
    }
    for (uint32_t i = 0; i < project->count; i++) {
        if (!project->tasks[i].after_count && !engine->doubtful[i])
            arrive(engine, i);
    }
    for (;;) {
        serve(engine);
        if (!engine->event_len)
            break;
        engine->now = engine->events[0].at;
        while (engine->event_len && engine->events[0].at == engine->now) {
            struct event event = event_pop(engine);

            if (event.is_end)
                finish(engine, event.task);
            else
                arrive(engine, event.task);
        }
    }
}

/* ---------------------------------------------------------------- what nobody knows */

static void find_doubtful(struct engine *engine, const uint32_t *order)
{
    const struct project *project = engine->project;

    for (uint32_t at = 0; at < project->count; at++) {
        const struct task *task = &project->tasks[order[at]];

        engine->doubtful[order[at]] |= task->release < 0 || (task->takes < 0 && engine->queue_of[order[at]] != NO_TASK);
        if (!engine->doubtful[order[at]] && task->takes >= 0)
            continue;
        for (uint32_t n = engine->first[order[at]]; n < engine->first[order[at] + 1]; n++)
            engine->doubtful[engine->next[n]] = true;
    }
}

static void find_late(struct engine *engine, const uint32_t *order)
{
    for (uint32_t at = engine->project->count; at-- > 0;) {
        uint32_t number = order[at];

        engine->late[number] = engine->project->tasks[number].late;
        for (uint32_t n = engine->first[number]; n < engine->first[number + 1]; n++)
            engine->late[number] &= engine->late[engine->next[n]];
    }
}

static void inherit_all(struct engine *engine, const struct task *task, const struct resource *resource)
{
    for (uint32_t s = resource->taken; s < resource->shares.len; s++)
        inherit(engine, task, resource->shares.items[s].owner);
}

/* It takes over from whoever was the last to have what it wants. */
static void come_last(struct engine *engine)
{
    struct project *project = engine->project;

    for (uint32_t i = 0; i < project->count; i++) {
        struct task *task = &project->tasks[i];
        struct resource *hands[HANDS_MAX];
        uint32_t count = hands_of(engine, task, hands);

        if (!engine->doubtful[i] || engine->queue_of[i] == NO_TASK)
            continue;
        task->first_heir = engine->heirs.len;
        for (uint32_t h = 0; h < count; h++)
            inherit_all(engine, task, hands[h]);
        for (uint32_t c = 0; c < task->channel_count; c++)
            inherit_all(engine, task, &engine->channels[task->channels[c]]);
        task->heir_count = engine->heirs.len - task->first_heir;
    }
}

static void decide(struct engine *engine, struct task *task)
{
    const struct project *project = engine->project;
    int64_t latest = 0;

    if (task->start < 0) {
        for (uint32_t w = 0; w < task->after_count; w++) {
            if (project->tasks[task->after[w]].finish < 0) {
                task->decided_by = task->after[w];
                return;
            }
        }
        return;
    }
    for (uint32_t w = 0; w < task->after_count; w++) {
        if (project->tasks[task->after[w]].finish >= latest) {
            latest = project->tasks[task->after[w]].finish;
            task->decided_by = task->after[w];
        }
    }
    if (task->decided_by != NO_TASK && latest == task->start)
        return;
    task->decided_by = NO_TASK;
    for (uint32_t h = 0; h < task->heir_count; h++) {
        if (project->tasks[engine->heirs.items[task->first_heir + h]].finish == task->start)
            task->decided_by = engine->heirs.items[task->first_heir + h];
    }
}

/* Nothing is limited: each starts when the last it waits for has ended. */
static void run_freely(struct engine *engine, const uint32_t *order)
{
    struct project *project = engine->project;

    for (uint32_t at = 0; at < project->count; at++) {
        struct task *task = &project->tasks[order[at]];

        task->start = task->release;
        for (uint32_t w = 0; w < task->after_count && task->start >= 0; w++) {
            int64_t end = project->tasks[task->after[w]].finish;

            task->start = end < 0 ? START_UNKNOWN : end > task->start ? end : task->start;
        }
        if (task->start < 0 || task->takes < 0 || __builtin_add_overflow(task->start, task->takes, &task->finish))
            task->finish = START_UNKNOWN;
    }
}

void project_schedule(struct project *project, struct arena *arena)
{
    struct engine engine = {.project = project, .scratch = arena_new(), .arena = arena};
    const uint32_t *order;

    engine.waits = ARENA_ARRAY(engine.scratch, uint32_t, project->count);
    engine.queue_of = ARENA_ARRAY(engine.scratch, uint32_t, project->count);
    for (uint32_t i = 0; i < project->count; i++) {
        project->tasks[i].decided_by = NO_TASK;
        project->tasks[i].first_heir = project->tasks[i].heir_count = 0;
    }
    link_tasks(&engine);
    order = sort_tasks(&engine);
    make_queues(&engine);
    if (engine.queues.len == 0) {
        run_freely(&engine, order);
    } else {
        engine.doubtful = ARENA_ARRAY(engine.scratch, bool, project->count);
        engine.teams = ARENA_ARRAY(engine.scratch, struct resource, project->team_count);
        engine.channels = ARENA_ARRAY(engine.scratch, struct resource, project->channel_count);
        engine.events = ARENA_ARRAY(engine.scratch, struct event, project->count);
        engine.late = ARENA_ARRAY(engine.scratch, bool, project->count);
        find_late(&engine, order);
        find_doubtful(&engine, order);
        run(&engine);
        come_last(&engine);
    }
    project->heirs = engine.heirs.items;
    for (uint32_t i = 0; i < project->count; i++)
        decide(&engine, &project->tasks[i]);
    arena_delete(engine.scratch);
}
