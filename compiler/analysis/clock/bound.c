/* What no order of the tasks can beat (see bound.h). Every bound here holds for each feasible schedule on its own, so their largest does.
 *
 * Heads and tails: a task cannot start before the longest path to it, and after it the longest path to a task that counts has to be
 * walked. Work that n pairs of hands do, or that passes through a channel, lies between the heads and the tails of its tasks:
 *
 *   end >= least head + work / n + least tail                            for any set of them (Jackson's preemptive schedule finds the largest)
 *   end >= (sum of the n least heads + work + sum of the n least tails) / n    for any set of at least n: each hand begins and ends once
 *   end >= least head + the k + 1 shortest of the k n + 1 longest + least tail    because some hand does k + 1 of them (Dell'Amico and
 *          Martello, Optimal scheduling of tasks on identical parallel processors, 1995)
 */
#include "analysis/clock/bound.h"
#include "analysis/clock/clock.h"

#include <stdlib.h>

enum { PAIR_LIMIT = 600 }; /* the second bound looks at pairs of tasks */

/* A piece of work on one machine: a pair of hands, all pairs of a pool together, or a channel. */
struct job {
    int64_t head, work, tail;
};

struct paths {
    int64_t *head, *tail; /* tail: -1 for a task after which nothing counts */
};

static int64_t at_least_0(int64_t ms)
{
    return ms > 0 ? ms : 0;
}

/* Sums beyond 2^63 ms: the bound in question is not used. */
static bool plus(int64_t *sum, int64_t more)
{
    return !__builtin_add_overflow(*sum, more, sum);
}

static int64_t divide_up(int64_t sum, int64_t by)
{
    return sum / by + (sum % by != 0);
}

static int64_t larger(int64_t x, int64_t y)
{
    return x > y ? x : y;
}

/* ---------------------------------------------------------------- paths */

static uint32_t *topological(const struct project *project, struct arena *scratch)
{
    uint32_t *order = ARENA_ARRAY(scratch, uint32_t, project->count), *waits = ARENA_ARRAY(scratch, uint32_t, project->count);
    uint32_t *first = ARENA_ARRAY(scratch, uint32_t, project->count + 1), *fill = ARENA_ARRAY(scratch, uint32_t, project->count), *next;
    uint32_t head = 0, tail = 0;

    for (uint32_t i = 0; i < project->count; i++) {
        for (uint32_t w = 0; w < project->tasks[i].after_count; w++)
            first[project->tasks[i].after[w] + 1]++;
    }
    for (uint32_t i = 0; i < project->count; i++)
        first[i + 1] += first[i];
    next = ARENA_ARRAY(scratch, uint32_t, first[project->count]);
    for (uint32_t i = 0; i < project->count; i++) {
        waits[i] = project->tasks[i].after_count;
        if (!waits[i])
            order[tail++] = i;
        for (uint32_t w = 0; w < waits[i]; w++)
            next[first[project->tasks[i].after[w]] + fill[project->tasks[i].after[w]]++] = i;
    }
    for (; head < tail; head++) {
        for (uint32_t n = first[order[head]]; n < first[order[head] + 1]; n++) {
            if (--waits[next[n]] == 0)
                order[tail++] = next[n];
        }
    }
    return order;
}

/* The longest path through a task that counts, or leads to one; -1 on overflow. */
static int64_t find_paths(const struct project *project, struct paths *paths, struct arena *scratch)
{
    const uint32_t *order = topological(project, scratch);
    int64_t longest = 0;

    paths->head = ARENA_ARRAY(scratch, int64_t, project->count);
    paths->tail = ARENA_ARRAY(scratch, int64_t, project->count);
    for (uint32_t at = 0; at < project->count; at++) {
        const struct task *task = &project->tasks[order[at]];
        int64_t head = at_least_0(task->release);

        for (uint32_t w = 0; w < task->after_count; w++) {
            int64_t end = paths->head[task->after[w]];

            if (!plus(&end, at_least_0(project->tasks[task->after[w]].takes)))
                return -1;
            head = larger(head, end);
        }
        paths->head[order[at]] = head;
        paths->tail[order[at]] = task->counts ? 0 : -1;
    }
    for (uint32_t at = project->count; at-- > 0;) {
        const struct task *task = &project->tasks[order[at]];
        int64_t tail = paths->tail[order[at]], path;

        if (tail < 0)
            continue;
        if (!plus(&tail, at_least_0(task->takes)))
            return -1;
        path = tail;
        if (!plus(&path, paths->head[order[at]]))
            return -1;
        longest = larger(longest, path);
        for (uint32_t w = 0; w < task->after_count; w++)
            paths->tail[task->after[w]] = larger(paths->tail[task->after[w]], tail);
    }
    return longest;
}

/* ---------------------------------------------------------------- one machine */

static int compare_heads(const void *x, const void *y)
{
    const struct job *a = x, *b = y;

    return a->head != b->head ? (a->head < b->head ? -1 : 1) : (a->tail > b->tail) - (a->tail < b->tail);
}

static int compare_tails(const void *x, const void *y)
{
    const struct job *a = x, *b = y;

    return a->tail != b->tail ? (a->tail > b->tail ? -1 : 1) : (a->head > b->head) - (a->head < b->head);
}

/* A heap of jobs, the one with the longest tail on top. */
static void sink(struct job *heap, uint32_t len, uint32_t at, struct job job)
{
    for (;;) {
        uint32_t child = 2 * at + 1;

        if (child >= len)
            break;
        if (child + 1 < len && heap[child + 1].tail > heap[child].tail)
            child++;
        if (heap[child].tail <= job.tail)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = job;
}

static void rise(struct job *heap, uint32_t at, struct job job)
{
    for (; at && heap[(at - 1) / 2].tail < job.tail; at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = job;
}

/* Jackson's preemptive schedule: of the jobs that are there, the one with the longest tail goes on. Its end is the largest of
 * least head + work + least tail over all sets. -1 on overflow. Sorts the jobs. */
static int64_t one_machine(struct job *jobs, uint32_t count, struct arena *scratch)
{
    struct job *heap = ARENA_ARRAY(scratch, struct job, count);
    uint32_t len = 0, next = 0;
    int64_t now = 0, end = 0;

    if (count)
        qsort(jobs, count, sizeof *jobs, compare_heads);
    while (next < count || len) {
        int64_t until = INT64_MAX, done;

        if (!len && jobs[next].head > now)
            now = jobs[next].head;
        for (; next < count && jobs[next].head <= now; next++)
            rise(heap, len++, jobs[next]);
        if (next < count)
            until = jobs[next].head;
        done = now;
        if (!plus(&done, heap[0].work))
            return -1;
        if (done > until) {
            heap[0].work -= until - now;
            now = until;
            continue;
        }
        now = done;
        if (!plus(&done, heap[0].tail))
            return -1;
        end = larger(end, done);
        len--;
        sink(heap, len, 0, heap[len]);
    }
    return end;
}

/* ---------------------------------------------------------------- pools */

/* All pairs of hands as one machine that is as fast as all of them: times are multiplied by their number instead. */
static int64_t fast_machine(const struct job *jobs, uint32_t count, int64_t hands, struct arena *scratch)
{
    struct job *fast = ARENA_ARRAY(scratch, struct job, count);
    int64_t end;

    for (uint32_t i = 0; i < count; i++) {
        fast[i].work = jobs[i].work;
        if (__builtin_mul_overflow(jobs[i].head, hands, &fast[i].head) || __builtin_mul_overflow(jobs[i].tail, hands, &fast[i].tail))
            return 0;
    }
    end = one_machine(fast, count, scratch);
    return end < 0 ? 0 : divide_up(end, hands);
}

/* A heap of numbers, the largest on top. */
static void replace_largest(int64_t *heap, uint32_t len, int64_t number)
{
    uint32_t at = 0;

    for (;;) {
        uint32_t child = 2 * at + 1;

        if (child >= len)
            break;
        if (child + 1 < len && heap[child + 1] > heap[child])
            child++;
        if (heap[child] <= number)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = number;
}

/* Over the sets {head >= from, tail >= some tail}: sum of the least heads + work + sum of the least tails, by as many as there are hands.
 * `jobs` by falling tail. */
static int64_t sets_from(const struct job *jobs, uint32_t count, uint32_t hands, int64_t from, int64_t *heads, int64_t *tails)
{
    uint32_t size = 0;
    int64_t sum_heads = 0, sum_tails = 0, work = 0, best = 0;

    for (uint32_t i = 0; i < count; i++) {
        int64_t all;

        if (jobs[i].head < from)
            continue;
        if (!plus(&work, jobs[i].work) || !plus(&sum_tails, jobs[i].tail))
            return 0;
        if (size >= hands)
            sum_tails -= tails[size % hands];
        tails[size % hands] = jobs[i].tail;
        if (size < hands) {
            uint32_t at = size;

            if (!plus(&sum_heads, jobs[i].head))
                return 0;
            for (; at && heads[(at - 1) / 2] < jobs[i].head; at = (at - 1) / 2)
                heads[at] = heads[(at - 1) / 2];
            heads[at] = jobs[i].head;
        } else if (jobs[i].head < heads[0]) {
            sum_heads += jobs[i].head - heads[0];
            replace_largest(heads, hands, jobs[i].head);
        }
        size++;
        all = work;
        if (size >= hands && plus(&all, sum_heads) && plus(&all, sum_tails))
            best = larger(best, divide_up(all, (int64_t)hands));
    }
    return best;
}

static int64_t each_begins_and_ends(struct job *jobs, uint32_t count, uint32_t hands, struct arena *scratch)
{
    int64_t *heads, *tails, best = 0;

    if (count < hands || count > PAIR_LIMIT)
        return 0;
    heads = ARENA_ARRAY(scratch, int64_t, hands);
    tails = ARENA_ARRAY(scratch, int64_t, hands);
    qsort(jobs, count, sizeof *jobs, compare_tails);
    for (uint32_t i = 0; i < count; i++)
        best = larger(best, sets_from(jobs, count, hands, jobs[i].head, heads, tails));
    return best;
}

static int compare_works(const void *x, const void *y)
{
    const struct job *a = x, *b = y;

    return a->work != b->work ? (a->work > b->work ? -1 : 1) : compare_heads(x, y);
}

static int64_t some_hand_does_more(struct job *jobs, uint32_t count, uint32_t hands)
{
    int64_t head = INT64_MAX, tail = INT64_MAX, best = 0;
    uint32_t seen = 0;

    if (count)
        qsort(jobs, count, sizeof *jobs, compare_works);
    for (uint32_t k = 1; (uint64_t)k * hands < count; k++) {
        uint32_t last = k * hands;
        int64_t sum = 0;
        bool fits = true;

        for (; seen <= last; seen++) {
            head = jobs[seen].head < head ? jobs[seen].head : head;
            tail = jobs[seen].tail < tail ? jobs[seen].tail : tail;
        }
        for (uint32_t i = last - k; fits && i <= last; i++)
            fits = plus(&sum, jobs[i].work);
        if (!fits || !plus(&sum, head) || !plus(&sum, tail))
            return best;
        best = larger(best, sum);
        if (k > PAIR_LIMIT)
            return best; /* sums of so many are work by hands anyway */
    }
    return best;
}

/* The tasks of a pool, or, when `pool` is POOL_NONE, of a team. */
static int64_t bound_hands(const struct project *project, const struct paths *paths, enum pool pool, uint32_t team, struct arena *scratch)
{
    uint32_t hands = pool == POOL_NONE ? project->team_hands[team] : project->hands[pool], count = 0;
    struct job *jobs;
    int64_t bound;

    if (!hands || hands >= project->count)
        return 0;
    jobs = ARENA_ARRAY(scratch, struct job, project->count);
    for (uint32_t i = 0; i < project->count; i++) {
        const struct task *task = &project->tasks[i];

        if ((pool == POOL_NONE ? task->team == team : task->pool == pool) && task->takes > 0 && paths->tail[i] >= 0)
            jobs[count++] = (struct job){paths->head[i], task->takes, paths->tail[i]};
    }
    bound = fast_machine(jobs, count, hands, scratch);
    bound = larger(bound, some_hand_does_more(jobs, count, hands));
    return larger(bound, each_begins_and_ends(jobs, count, hands, scratch));
}

/* ---------------------------------------------------------------- channels */

/* How long the channel is busy with a volume on its own, rounded down: a bound may be too small, never too large. */
static int64_t passing(int64_t volume, int64_t capacity)
{
    int64_t whole, rest;

    if (__builtin_mul_overflow(volume / capacity, INT64_C(1000), &whole) || __builtin_mul_overflow(volume % capacity, INT64_C(1000), &rest))
        return 0;
    return plus(&whole, rest / capacity) ? whole : 0;
}

static bool passes(const struct task *task, uint32_t channel)
{
    for (uint32_t c = 0; c < task->channel_count; c++) {
        if (task->channels[c] == channel)
            return true;
    }
    return false;
}

static int64_t bound_channel(const struct project *project, const struct paths *paths, uint32_t channel, struct arena *scratch)
{
    struct job *jobs = ARENA_ARRAY(scratch, struct job, project->count);
    uint32_t count = 0;

    for (uint32_t i = 0; i < project->count; i++) {
        const struct task *task = &project->tasks[i];

        if (task->takes > 0 && task->volume > 0 && paths->tail[i] >= 0 && passes(task, channel))
            jobs[count++] = (struct job){paths->head[i], passing(task->volume, project->capacity[channel]), paths->tail[i]};
    }
    return at_least_0(one_machine(jobs, count, scratch));
}

int64_t project_bound(const struct project *project)
{
    struct arena *scratch = arena_new();
    struct paths paths;
    int64_t bound = find_paths(project, &paths, scratch);

    for (int pool = POOL_NONE + 1; bound >= 0 && pool < POOL_COUNT; pool++)
        bound = larger(bound, bound_hands(project, &paths, (enum pool)pool, 0, scratch));
    for (uint32_t team = 1; bound >= 0 && team < project->team_count; team++)
        bound = larger(bound, bound_hands(project, &paths, POOL_NONE, team, scratch));
    for (uint32_t c = 0; bound >= 0 && c < project->channel_count; c++)
        bound = larger(bound, bound_channel(project, &paths, c, scratch));
    arena_delete(scratch);
    return at_least_0(bound);
}
