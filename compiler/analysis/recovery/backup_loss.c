/* Worst-case data loss of one backup at one store (SEMANTICS §2): largest gap + start window or jitter + duration of a run + time of the copy
 * to that store; and what is wrong with a backup whatever happens. */
#include "analysis/common/missing.h"
#include "analysis/recovery/loss.h"
#include "analysis/recovery/recovery.h"
#include "analysis/world/stands.h"

#include "source/lost.h"

#include <string.h>

int64_t worst_of(const struct entity *entity, uint32_t row, int64_t unset)
{
    struct value value = value_worst(entity_slot(entity, row));

    return value.type == VALUE_DURATION ? value.u.integer : value.type == VALUE_UNKNOWN ? unset : TIME_UNKNOWN;
}

void add_term(struct analysis *a, struct loss *loss, enum term_what what, const char *text, int64_t ms, struct span span)
{
    if (ms == 0)
        return;
    vec_push(a->proof, &loss->terms, ((struct term){text, ms, span, (uint8_t)what}));
    if (ms == TIME_UNKNOWN)
        loss->ms = TIME_UNKNOWN;
    else if (loss->ms >= 0 && __builtin_add_overflow(loss->ms, ms, &loss->ms))
        loss->ms = TIME_UNKNOWN;
}

/* At the attribute that says so, which is looked up only where there is something to add. */
static void add_row_term(struct analysis *a, struct loss *loss, enum term_what what, const char *text, int64_t ms, const struct entity *entity,
                         uint32_t row)
{
    if (ms != 0)
        add_term(a, loss, what, text, ms, entity_attr_span(entity, row));
}

static const struct schedule_gap *gap_of(struct analysis *a, const struct entity *backup, const struct schedule *schedule)
{
    return backup_gap(a, backup, schedule, tolerated_misses(backup));
}

static void add_start_window(struct analysis *a, struct loss *loss, const struct entity *backup)
{
    const struct entity *kind;
    int64_t window = backup_start_window(backup, &kind);

    if (kind)
        add_row_term(a, loss, TERM_WINDOW, intern_text(a, "start window of `%s` when none is set", kind->name), window, kind, KIND_start_window);
    else
        add_row_term(a, loss, TERM_WINDOW, "start window", window, backup, BACKUP_start_window);
}

static int64_t waits_at(struct analysis *a, struct value store)
{
    struct entity *says = store.type == VALUE_ENTITY ? kind_deferred(store.u.entity->kind, KIND_run_waits) : NULL;
    struct value waits;

    if (!says)
        return 0;
    waits = eval_deferred(a->eval, says, KIND_run_waits, scope_add(a->eval, NULL, "self", store));
    return waits.type == VALUE_DURATION ? waits.u.integer : TIME_UNKNOWN;
}

int64_t backup_waits(struct analysis *a, const struct entity *backup)
{
    struct value copies = entity_slot(backup, BACKUP_copies);
    int64_t sum = waits_at(a, entity_slot(backup, BACKUP_to)), more;

    for (uint32_t i = 0; sum >= 0 && copies.type == VALUE_LIST && i < copies.u.list->count; i++) {
        more = waits_at(a, copies.u.list->items[i]);
        if (more < 0 || __builtin_add_overflow(sum, more, &sum))
            sum = TIME_UNKNOWN;
    }
    return sum;
}

static void add_waits(struct analysis *a, struct loss *loss, const struct entity *backup)
{
    int64_t waits = backup_waits(a, backup);

    if (waits)
        add_row_term(a, loss, TERM_WAITS, intern_text(a, "`%s` waits for others that use its store", backup->name), waits, backup, BACKUP_to);
}

/* Copies that the job itself makes keep its next run out as well; those of a platform do not. */
int64_t own_copies(struct analysis *a, const struct entity *backup)
{
    struct value copies = entity_slot(backup, BACKUP_copies);
    int64_t time = worst_of(backup, BACKUP_copy_time, 0);
    const struct entity *procedure;
    bool put = false;

    for (uint32_t i = 0; time > 0 && copies.type == VALUE_LIST && i < copies.u.list->count; i++) {
        const struct entity *store = copies.u.list->items[i].type == VALUE_ENTITY ? copies.u.list->items[i].u.entity : NULL;

        for (uint32_t p = 0; store && p < store->kind->procedures.len; p++)
            put |= strcmp(store->kind->procedures.items[p]->name, "put") == 0;
    }
    if (!put)
        return 0;
    procedure = backup_procedure(a, (struct entity *)(uintptr_t)backup);
    return procedure && eval_is_written(procedure, PROCEDURE_run) ? time : 0;
}

bool backup_has_slots(const struct entity *backup)
{
    struct value schedule = entity_slot(backup, BACKUP_schedule);

    return schedule.type == VALUE_SCHEDULE && schedule.u.schedule->kind != SCHEDULE_CONTINUOUS && schedule.u.schedule->kind != SCHEDULE_ON_CHANGE;
}

/* Cached by what is said: many backups say the same. */
struct known_overlap {
    struct schedule_overlap worst;
    bool found;
};

/* How its runs go; false where that is not known, or too long to be looked at. */
static bool runs_of(struct analysis *a, const struct asset *asset, const struct entity *backup, struct schedule_runs *runs)
{
    struct value shortest = value_best(entity_slot(backup, BACKUP_duration));
    int64_t missed = tolerated_misses(backup);

    *runs = (struct schedule_runs){.late = backup_late(a, backup),
                                   .least = shortest.type == VALUE_DURATION ? shortest.u.integer : 0,
                                   .longest = worst_of(backup, BACKUP_duration, 0),
                                   .own = own_copies(a, backup),
                                   .at_end = captured_at_end(a, asset, backup) != NULL,
                                   .missed = (uint32_t)missed};
    return runs->late >= 0 && runs->longest >= 0 && runs->own >= 0 && missed <= UINT32_MAX && runs->late <= 400 * MS_DAY &&
           runs->longest <= 400 * MS_DAY && runs->own <= 400 * MS_DAY;
}

static void print_runs(struct strbuf *text, const struct entity *backup, const struct schedule_runs *runs)
{
    const char *closed = backup_not_within(backup);

    print_schedule(text, entity_slot(backup, BACKUP_schedule).u.schedule);
    strbuf_addf(text, " late %lld runs %lld to %lld and %lld as of its %s missed %u under %u closed %s", (long long)runs->late,
                (long long)runs->least, (long long)runs->longest, (long long)runs->own, runs->at_end ? "end" : "start", runs->missed,
                backup_dialects(backup), closed ? closed : "");
}

bool backup_overlap(struct analysis *a, const struct asset *asset, const struct entity *backup, struct schedule_overlap *out)
{
    struct value schedule = entity_slot(backup, BACKUP_schedule);
    struct schedule_runs runs;
    struct strbuf text = STRBUF_INIT;
    struct known_overlap *known;
    struct arena *scratch;
    struct schedule_slots *slots;
    bool first;

    if (!runs_of(a, asset, backup, &runs))
        return false;
    print_runs(&text, backup, &runs);
    known = worked_out(a, &text, sizeof *known, &first);
    if (first) {
        scratch = arena_new();
        slots = backup_slots(a, scratch, backup, schedule.u.schedule);
        known->found = slots && schedule_overlaps(slots, &runs, &known->worst);
        arena_delete(scratch);
    }
    *out = known->worst;
    return known->found;
}

static bool keeps_out(struct analysis *a, const struct entity *backup, const struct schedule_runs *runs)
{
    int64_t shortest = backup_shortest_gap(a, backup, entity_slot(backup, BACKUP_schedule).u.schedule);

    return runs->late + runs->longest + runs->own >= shortest;
}

struct known_behind {
    struct schedule_behind worst;
    bool found;
};

bool backup_behind(struct analysis *a, const struct asset *asset, const struct entity *backup, const struct entity *base, struct schedule_behind *out)
{
    struct schedule_runs runs, base_runs;
    struct strbuf text = STRBUF_INIT;
    struct schedule_slots *slots, *bases;
    struct known_behind *known;
    struct arena *scratch;
    bool first;

    if (!backup_has_slots(backup) || !backup_has_slots(base) || !runs_of(a, asset, backup, &runs) || !runs_of(a, asset, base, &base_runs) ||
        keeps_out(a, backup, &runs))
        return false;
    print_runs(&text, backup, &runs);
    strbuf_addstr(&text, " on ");
    print_runs(&text, base, &base_runs);
    known = worked_out(a, &text, sizeof *known, &first);
    if (first) {
        scratch = arena_new();
        slots = backup_slots(a, scratch, backup, entity_slot(backup, BACKUP_schedule).u.schedule);
        bases = backup_slots(a, scratch, base, entity_slot(base, BACKUP_schedule).u.schedule);
        known->found = slots && bases && schedule_behind_base(bases, &base_runs, slots, &runs, &known->worst);
        arena_delete(scratch);
    }
    *out = known->worst;
    return known->found;
}

struct known_queue {
    struct schedule_queue worst;
    bool found;
};

bool backup_queue(struct analysis *a, const struct asset *asset, const struct entity *backup, struct schedule_queue *out)
{
    struct schedule_runs runs;
    int64_t copy = worst_of(backup, BACKUP_copy_time, TIME_UNKNOWN);
    struct strbuf text = STRBUF_INIT;
    struct schedule_slots *slots;
    struct known_queue *known;
    struct arena *scratch;
    bool first;

    if (copy <= 0 || !backup_has_slots(backup) || !runs_of(a, asset, backup, &runs) || keeps_out(a, backup, &runs))
        return false;
    print_runs(&text, backup, &runs);
    strbuf_addf(&text, " copied for %lld", (long long)copy);
    known = worked_out(a, &text, sizeof *known, &first);
    if (first) {
        scratch = arena_new();
        slots = backup_slots(a, scratch, backup, entity_slot(backup, BACKUP_schedule).u.schedule);
        known->found = slots && schedule_queues(slots, &runs, copy, &known->worst);
        arena_delete(scratch);
    }
    *out = known->worst;
    return known->found;
}

/* A scheduler starts no run while the one before has not ended: one that starts late and lasts long takes the next slots with it. Exactly, where
 * the slots repeat each week. Else each run in a row that fails costs as many slots more. A run that takes slots with it starts late, so its
 * data is younger than its slot by at least what it needs to reach them beyond `counted`: its longest duration; where data is as of the end, what
 * of it was counted already. */
static void add_skipped(struct analysis *a, struct loss *loss, const struct asset *asset, const struct entity *backup,
                        const struct schedule *schedule, const struct schedule_gap *gap, int64_t counted, bool at_end)
{
    int64_t late = backup_late(a, backup), run = worst_of(backup, BACKUP_duration, 0), copies = own_copies(a, backup), busy, misses, shortest, skips;
    const struct schedule_gap *grown;
    struct schedule_overlap worst;
    int64_t extra, younger;

    if (late < 0 || run < 0 || copies < 0)
        return; /* unknown by a term of its own */
    shortest = backup_shortest_gap(a, backup, schedule);
    if (shortest <= 0 || __builtin_add_overflow(late, run, &busy) || __builtin_add_overflow(busy, copies, &busy) || busy < shortest)
        return;
    skips = busy / shortest;
    if (__builtin_mul_overflow(tolerated_misses(backup) + 1, skips + 1, &misses))
        misses = INT64_MAX;
    grown = backup_gap(a, backup, schedule, misses - 1);
    loss->gap = grown->status == SCHEDULE_OK ? grown->max_gap : TIME_UNKNOWN;
    loss->uniform = false;
    loss->shortest = 0; /* nobody knows which runs are left */
    extra = grown->status == SCHEDULE_OK ? grown->max_gap - gap->max_gap : TIME_UNKNOWN;
    younger = skips <= INT64_MAX / shortest ? skips * shortest - copies - counted : 0;
    if (backup_overlap(a, asset, backup, &worst)) {
        extra = worst.next - worst.slot - gap->max_gap;
        younger = worst.delay + (at_end ? worst.lasts - counted : 0);
    }
    add_term(a, loss, TERM_SKIPPED, "runs skipped because the one before has not ended", extra,
             entity_attr_span(backup, run >= shortest          ? BACKUP_duration
                                      : late >= shortest - run ? BACKUP_jitter
                                                               : BACKUP_copy_time));
    if (younger > 0)
        add_row_term(a, loss, TERM_READ_LATE, "a run that keeps the next one out reads its data late", -younger, backup, BACKUP_schedule);
}

/* Each segment or verification that may be missed costs as much again. */
static void add_missed(struct analysis *a, struct loss *loss, const struct entity *backup, uint32_t row, const char *text)
{
    int64_t every = worst_of(backup, row, TIME_UNKNOWN), misses = tolerated_misses(backup), more;

    if (misses && every > 0)
        add_row_term(a, loss, TERM_MISSED, text, __builtin_mul_overflow(every, misses, &more) ? TIME_UNKNOWN : more, backup, BACKUP_missed);
}

/* What ships more slowly than it is written falls behind for ever: at some time in its life every lag is reached. */
static void add_slow_log(struct analysis *a, struct loss *loss, const struct asset *asset, const struct entity *backup)
{
    struct value every = value_best(entity_slot(backup, BACKUP_ship_every)), written = entity_slot(asset->entity, ASSET_change_rate);
    int64_t ships = worst_of(backup, BACKUP_duration, 0);
    uint32_t cursor = 0;
    const struct entity *load = entity_child(backup, BLOCK_LOAD, &cursor);
    struct value bandwidth = load ? entity_slot(load, LOAD_bandwidth) : value_unknown();
    bool continuous = entity_slot(backup, BACKUP_schedule).u.schedule->kind == SCHEDULE_CONTINUOUS;

    if (continuous && every.type == VALUE_DURATION && every.u.integer > 0 && ships > every.u.integer)
        add_row_term(a, loss, TERM_UNBOUNDED, intern_text(a, "`%s` may ship more slowly than it seals: it falls behind without bound", backup->name),
                     TIME_UNKNOWN, backup, BACKUP_duration);
    if (bandwidth.type == VALUE_RATE && written.type == VALUE_RATE && frac_compare(*bandwidth.u.rate, *written.u.rate))
        add_row_term(a, loss, TERM_UNBOUNDED,
                     intern_text(a, "`%s` may ship less than is written to `%s`: it falls behind without bound", backup->name, asset->name),
                     TIME_UNKNOWN, load, LOAD_bandwidth);
}

/* A full copy that may not read as fast as its size and `duration` want. */
static void add_slow_run(struct analysis *a, struct loss *loss, const struct asset *asset, const struct entity *backup)
{
    struct value size = value_worst(entity_slot(asset->entity, ASSET_size)), kind = entity_slot(backup, BACKUP_kind);
    uint32_t cursor = 0;
    const struct entity *load = entity_child(backup, BLOCK_LOAD, &cursor);
    struct value bandwidth = load ? entity_slot(load, LOAD_bandwidth) : value_unknown();
    int64_t longest = worst_of(backup, BACKUP_duration, TIME_UNKNOWN), needs;

    if (bandwidth.type != VALUE_RATE || size.type != VALUE_SIZE || longest < 0 || backup->parent != asset->entity || !is_word(kind, "full"))
        return;
    if (divide_size_by_rate(size.u.integer, *bandwidth.u.rate, &needs) && needs <= longest)
        return;
    add_row_term(a, loss, TERM_UNBOUNDED,
                 intern_text(a, "`%s` may read only so fast (`load`) that it is not done within its `duration`", backup->name), TIME_UNKNOWN, load,
                 LOAD_bandwidth);
}

/* The first procedure that takes the backup and says `word` of the row; NULL word: any. A tool named by the backup is another procedure. */
static const struct entity *procedure_that(struct analysis *a, const struct asset *asset, const struct entity *backup, uint32_t row, const char *word)
{
    struct value kind = entity_slot(backup, BACKUP_kind), tool = entity_slot(backup, BACKUP_method);

    for (uint32_t i = 0; i < asset->entity->kind->procedures.len; i++) {
        const struct entity *procedure = asset->entity->kind->procedures.items[i];
        bool named = tool.type == VALUE_STRING || tool.type == VALUE_WORD;

        if (!(named ? strcmp(tool.u.string, procedure->name) == 0 : is_word(kind, procedure->name)))
            continue;
        if (word ? is_word(eval_deferred(a->eval, procedure, row, NULL), word) : eval_is_written(procedure, row))
            return procedure;
    }
    return NULL;
}

const struct entity *captured_at_end(struct analysis *a, const struct asset *asset, const struct entity *backup)
{
    return procedure_that(a, asset, backup, PROCEDURE_capture, "end");
}

int64_t kept_through(struct analysis *a, const struct asset *asset, const struct entity *backup)
{
    const struct entity *procedure = procedure_that(a, asset, backup, PROCEDURE_tolerates, NULL);
    struct value zones = procedure ? eval_deferred(a->eval, procedure, PROCEDURE_tolerates, NULL) : value_unknown();

    return zones.type == VALUE_INT ? zones.u.integer : outlives(a, asset->entity);
}

/* What is no log is taken again and again: the next run begins at the first time due after the last has ended. */
static void add_overrun(struct analysis *a, struct loss *loss, const struct entity *backup, uint32_t row)
{
    int64_t every = worst_of(backup, row, TIME_UNKNOWN), longest = worst_of(backup, BACKUP_duration, TIME_UNKNOWN), waits = backup_waits(a, backup);

    if (longest >= 0 && (waits < 0 || __builtin_add_overflow(longest, waits, &longest)))
        longest = TIME_UNKNOWN;
    if (every > 0 && longest >= every)
        add_row_term(a, loss, TERM_OVERRUN, intern_text(a, "`%s` is still running when the next run is due", backup->name), longest / every * every,
                     backup, BACKUP_duration);
}

/* What has no times of its own is looked at again and again; in hours in which it must not run that does nothing until they end. */
static void add_closed(struct analysis *a, struct loss *loss, const struct entity *backup)
{
    enum { DAY = 24 * 60 };
    const char *text = backup_not_within(backup);
    struct closed_hours hours;
    uint32_t cursor = 0, minutes;

    if (!text)
        return;
    if (!read_closed_hours(text, &hours)) { /* told where it is written */
        add_term(a, loss, TERM_UNBOUNDED, "in which hours it must not run", TIME_UNKNOWN, backup->span);
        return;
    }
    minutes = (uint32_t)(hours.to + DAY - hours.from) % DAY;
    add_term(a, loss, TERM_CLOSED, intern_text(a, "`%s` must not run for", backup->name), minutes ? minutes * MS_MINUTE : TIME_UNKNOWN,
             entity_attr_span(entity_child(backup, BLOCK_LOAD, &cursor), LOAD_not_within));
}

/* See backup_loss(). */
static struct loss work_out_loss(struct analysis *a, const struct asset *asset, const struct entity *backup, bool is_copy)
{
    struct value schedule = entity_slot(backup, BACKUP_schedule);
    struct value kind = entity_slot(backup, BACKUP_kind), shortest = value_best(entity_slot(backup, BACKUP_duration));
    const struct entity *at_end;
    struct closed_hours hours;
    struct loss loss = {0};
    const struct schedule_gap *gap;
    int64_t counted;

    if (schedule.type != VALUE_SCHEDULE) {
        loss.ms = TIME_UNKNOWN;
        return loss;
    }
    switch (schedule.u.schedule->kind) {
    case SCHEDULE_CONTINUOUS:
        /* A log that no clock seals (`archive_timeout` = 0) is shipped when it is full: in a quiet night never. */
        if (is_word(kind, "log") && worst_of(backup, BACKUP_ship_every, TIME_UNKNOWN) == 0)
            add_row_term(a, &loss, TERM_UNBOUNDED, intern_text(a, "`%s` is sealed by no clock, only when it is full", backup->name), TIME_UNKNOWN,
                         backup, BACKUP_ship_every);
        add_row_term(a, &loss, TERM_EVERY, intern_text(a, "`%s` seals and ships every", backup->name),
                     worst_of(backup, BACKUP_ship_every, TIME_UNKNOWN), backup, BACKUP_ship_every);
        add_missed(a, &loss, backup, BACKUP_ship_every, "segments missed");
        if (!is_word(kind, "log"))
            add_overrun(a, &loss, backup, BACKUP_ship_every);
        add_closed(a, &loss, backup);
        add_row_term(a, &loss, TERM_RUN, "longest duration of a run", worst_of(backup, BACKUP_duration, 0), backup, BACKUP_duration);
        break;
    case SCHEDULE_ON_CHANGE:
        if (entity_slot(backup, BACKUP_interval).type != VALUE_DURATION) {
            loss.missing = unset_row(a, backup, "interval",
                                     intern_text(a, "backup `%s` of `%s` runs on change, and nothing bounds how long a change may go unseen",
                                                 backup->name, backup->parent->name),
                                     "state `interval`, the longest time between two verifications that nothing was missed");
            add_row_term(a, &loss, TERM_UNBOUNDED,
                         intern_text(a, "`%s` runs on change: nothing bounds how long a change may go unseen", backup->name), TIME_UNKNOWN, backup,
                         BACKUP_schedule);
            return loss;
        }
        add_row_term(a, &loss, TERM_EVERY, intern_text(a, "`%s` is verified every", backup->name), worst_of(backup, BACKUP_interval, 0), backup,
                     BACKUP_interval);
        add_missed(a, &loss, backup, BACKUP_interval, "verifications missed");
        add_overrun(a, &loss, backup, BACKUP_interval);
        add_closed(a, &loss, backup);
        add_row_term(a, &loss, TERM_SETTLE, "quiet time before a run", worst_of(backup, BACKUP_settle, 0), backup, BACKUP_settle);
        add_row_term(a, &loss, TERM_RUN, "duration of a run", worst_of(backup, BACKUP_duration, 0), backup, BACKUP_duration);
        break;
    default:
        gap = gap_of(a, backup, schedule.u.schedule);
        if (gap->status != SCHEDULE_OK) {
            loss.ms = TIME_UNKNOWN;
            return loss; /* reported by check_backups */
        }
        add_row_term(a, &loss, TERM_GAP, backup_gap_text(a, backup, schedule.u.schedule, gap), gap->max_gap, backup, BACKUP_schedule);
        loss.gap = gap->max_gap;
        loss.shortest = gap->min_gap;
        loss.uniform = gap->max_gap == gap->min_gap;
        if (backup_not_within(backup) && !read_closed_hours(backup_not_within(backup), &hours))
            add_term(a, &loss, TERM_UNBOUNDED, "in which hours it must not run", TIME_UNKNOWN, backup->span);
        at_end = captured_at_end(a, asset, backup);
        if (at_end)
            counted = shortest.type == VALUE_DURATION && shortest.u.integer >= MS_SECOND ? shortest.u.integer : 0;
        else
            counted = worst_of(backup, BACKUP_duration, 0);
        add_skipped(a, &loss, asset, backup, schedule.u.schedule, gap, counted, at_end != NULL);
        add_start_window(a, &loss, backup);
        add_row_term(a, &loss, TERM_JITTER, "jitter", worst_of(backup, BACKUP_jitter, 0), backup, BACKUP_jitter);
        add_row_term(a, &loss, TERM_RUN, "longest duration of a run", worst_of(backup, BACKUP_duration, TIME_UNKNOWN), backup, BACKUP_duration);
        /* What a clock ships is what was sealed before: the two do not wait for each other. */
        if (is_word(kind, "log") && value_is_known(entity_slot(backup, BACKUP_ship_every)))
            add_row_term(a, &loss, TERM_SEALED, intern_text(a, "`%s` is sealed every", backup->name),
                         worst_of(backup, BACKUP_ship_every, TIME_UNKNOWN), backup, BACKUP_ship_every);
        if (at_end && counted)
            add_term(a, &loss, TERM_CAPTURED, "captured at the end of the run, the shortest duration is not lost", -counted, at_end->span);
    }
    add_waits(a, &loss, backup);
    if (is_word(kind, "log"))
        add_slow_log(a, &loss, asset, backup);
    add_slow_run(a, &loss, asset, backup);
    if (is_copy)
        add_row_term(a, &loss, TERM_COPY, "time of the copy", worst_of(backup, BACKUP_copy_time, TIME_UNKNOWN), backup, BACKUP_copy_time);
    return loss;
}

void add_queue(struct analysis *a, struct loss *loss, const struct asset *asset, const struct entity *backup, const struct entity *store)
{
    struct schedule_queue queue;
    struct value schedule = entity_slot(backup, BACKUP_schedule), every = value_best(entity_slot(backup, BACKUP_ship_every));
    struct value abreast = kind_slot(store->kind, KIND_parallel_copies);
    int64_t copy = worst_of(backup, BACKUP_copy_time, 0), between = INT64_MAX;

    if (schedule.type != VALUE_SCHEDULE || copy <= 0 || loss->ms == TIME_UNKNOWN || (abreast.type == VALUE_BOOL && abreast.u.integer))
        return;
    if (schedule.u.schedule->kind == SCHEDULE_CONTINUOUS)
        between = every.type == VALUE_DURATION && every.u.integer > 0 ? every.u.integer : INT64_MAX;
    else if (loss->gap > 0 && !own_copies(a, backup)) /* the job's own copies keep out its next run instead */
        between = backup_shortest_gap(a, backup, schedule.u.schedule);
    if (copy > between && between < INT64_MAX && loss->gap > 0 && backup_queue(a, asset, backup, &queue) && !queue.endless)
        add_term(a, loss, TERM_QUEUED, intern_text(a, "copies of `%s` to `%s` that are made before", backup->name, store->name),
                 queue.between > loss->ms ? queue.between - loss->ms : 0, entity_attr_span(backup, BACKUP_copy_time));
    else if (copy > between)
        add_term(
            a, loss, TERM_UNBOUNDED,
            intern_text(a, "copies of `%s` to `%s` take longer than the time between two: they pile up without bound", backup->name, store->name),
            TIME_UNKNOWN, entity_attr_span(backup, BACKUP_copy_time));
}

/* The losses worked out last: the same ones are asked for again when a method was timed and when its asset is back. */
struct loss_memo {
    const struct entity *backup;
    const struct kind_info *kind; /* of the asset: its procedures count */
    bool is_copy;
    struct loss loss;
};

enum { MEMO_SIZE = 16 };

/* The loss of one backup at one store, the same in every scenario. `is_copy`: the store is not where the run writes to. */
struct loss backup_loss(struct analysis *a, const struct asset *asset, const struct entity *backup, bool is_copy)
{
    struct loss_memo *memo;

    if (!a->losses)
        a->losses = ARENA_ARRAY(a->arena, struct loss_memo, MEMO_SIZE);
    memo = &a->losses[(backup->index * 2 + is_copy) % MEMO_SIZE];
    if (memo->backup != backup || memo->kind != asset->entity->kind || memo->is_copy != is_copy) {
        *memo = (struct loss_memo){backup, asset->entity->kind, is_copy, work_out_loss(a, asset, backup, is_copy)};
        memo->loss.terms.cap = memo->loss.terms.len; /* whoever adds a term to his copy moves it to a place of his own */
    }
    return memo->loss;
}

static bool list_has(struct value list, const struct entity *entity)
{
    for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++) {
        if (list.u.list->items[i].type == VALUE_ENTITY && list.u.list->items[i].u.entity == entity)
            return true;
    }
    return false;
}

bool backup_is_at(const struct entity *backup, const struct entity *store, bool *is_copy)
{
    struct value to = entity_slot(backup, BACKUP_to);

    *is_copy = !(to.type == VALUE_ENTITY && to.u.entity == store);
    return !*is_copy || list_has(entity_slot(backup, BACKUP_copies), store);
}

/* The backup a link builds on: in the same asset or group. */
struct entity *link_of(const struct analysis *a, const struct entity *backup)
{
    struct value of = entity_slot(backup, BACKUP_of);

    if (of.type != VALUE_STRING && of.type != VALUE_WORD)
        return NULL;
    return entity_child_named(backup->parent, BLOCK_BACKUP, intern_str(a->model->names, of.u.string));
}

void backup_spacing(struct analysis *a, const struct asset *asset, const struct entity *backup, const struct entity *store, struct spacing *out)
{
    struct value schedule = entity_slot(backup, BACKUP_schedule);
    struct value shortest = value_best(entity_slot(backup, BACKUP_duration)), copy = value_best(entity_slot(backup, BACKUP_copy_time));
    int64_t longest = worst_of(backup, BACKUP_duration, 0), late = backup_late(a, backup);
    int64_t run = shortest.type == VALUE_DURATION ? shortest.u.integer : 0;
    bool is_copy = false, at_end = captured_at_end(a, asset, backup) != NULL;
    struct loss loss;

    *out = (struct spacing){.apart = TIME_UNKNOWN, .youngest = at_end ? 0 : run, .within = TIME_UNKNOWN, .longest = longest, .gap = TIME_UNKNOWN};
    if (store)
        backup_is_at(backup, store, &is_copy);
    if (is_copy && copy.type == VALUE_DURATION)
        out->youngest += copy.u.integer;
    if (schedule.type != VALUE_SCHEDULE || schedule.u.schedule->kind == SCHEDULE_CONTINUOUS || schedule.u.schedule->kind == SCHEDULE_ON_CHANGE)
        return;
    loss = backup_loss(a, asset, backup, false);
    if (loss.ms < 0 || late < 0 || longest < 0 || __builtin_add_overflow(late, longest, &out->within) ||
        __builtin_add_overflow(loss.gap, late, &out->apart) ||
        __builtin_add_overflow(out->apart, at_end && longest > run ? longest - run : 0, &out->apart))
        out->apart = out->within = TIME_UNKNOWN;
    out->gap = loss.gap;
}

/* ---------------------------------------------------------------- backups on their own */

static void check_closed_hours(struct analysis *a, const struct entity *backup, const struct schedule *schedule)
{
    const char *text = backup_not_within(backup);
    struct closed_hours hours;
    uint32_t cursor = 0;
    struct diag *diag;

    if (text && !read_closed_hours(text, &hours))
        diag_help(diag_report(a->sink, DIAG_E0512, entity_attr_span(entity_child(backup, BLOCK_LOAD, &cursor), LOAD_not_within),
                              "the hours in which `%s` must not run are not readable", backup->name),
                  "write them as in \"06:00-23:00\" (UTC), from and to different");
    else if (text && schedule->zone && strcmp(schedule->zone, "UTC") != 0) {
        diag = diag_report(a->sink, DIAG_E0512, entity_attr_span(entity_child(backup, BLOCK_LOAD, &cursor), LOAD_not_within),
                           "the hours in which `%s` must not run are in UTC, its schedule is in `%s`", backup->name, schedule->zone);
        diag_set_severity(diag, SEVERITY_WARNING);
        diag_label(diag, entity_attr_span(backup, BACKUP_schedule), "in this zone");
        diag_help(diag, "write the schedule in UTC as well; hours of the day in another zone move with daylight saving");
    }
}

static void check_backup(struct analysis *a, struct entity *backup)
{
    struct value schedule = entity_slot(backup, BACKUP_schedule), of = entity_slot(backup, BACKUP_of);
    int64_t duration = worst_of(backup, BACKUP_duration, TIME_UNKNOWN);
    const struct schedule_gap *gap;

    if ((of.type == VALUE_STRING || of.type == VALUE_WORD) && !link_of(a, backup) && !lost_name(a->sink, of.u.string))
        diag_help(diag_report(a->sink, DIAG_E0513, entity_attr_span(backup, BACKUP_of), "`%s` builds on `%s`, which does not exist", backup->name,
                              of.u.string),
                  "`of` is the name of another `backup` block beside it");
    if (schedule.type != VALUE_SCHEDULE)
        return;
    check_service(a, backup);
    check_closed_hours(a, backup, schedule.u.schedule);
    gap = gap_of(a, backup, schedule.u.schedule);
    if (gap->status == SCHEDULE_NEVER) {
        struct diag *diag = diag_report(a->sink, DIAG_E0512, entity_attr_span(backup, BACKUP_schedule), "the schedule of `%s` never fires%s",
                                        backup->name, backup_not_within(backup) ? " outside of the hours in which it must not run" : "");

        if (backup_not_within(backup))
            diag_help(diag,
                      "these hours are in UTC, and a run may begin as late as its start window and jitter allow: take another time, or other hours");
    } else if (gap->status == SCHEDULE_REFUSED) {
        struct diag *diag = diag_report(a->sink, DIAG_E0512, entity_attr_span(backup, BACKUP_schedule), "the schedule of `%s`: %s", backup->name,
                                        gap->refusal.reason);

        if (gap->refusal.help)
            diag_help(diag, "%s", gap->refusal.help);
    } else if (gap->status == SCHEDULE_OK && duration >= gap->min_gap) {
        struct strbuf text = STRBUF_INIT;

        print_duration(&text, gap->min_gap);
        diag_at(diag_report(a->sink, DIAG_E0514, entity_attr_span(backup, BACKUP_duration),
                            "a run of `%s` may not be finished when the next one is due", backup->name),
                "the shortest gap is %s", strbuf_str(&text));
        strbuf_release(&text);
    }
}

void check_backups(struct analysis *a)
{
    struct entity *backup;

    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        for (uint32_t c = 0; (backup = entity_child(a->plan->assets[i].entity, BLOCK_BACKUP, &c));)
            check_backup(a, backup);
    }
    for (uint32_t i = 0; i < a->model->declared[BLOCK_GROUP].list.len; i++) {
        for (uint32_t c = 0; (backup = entity_child(a->model->declared[BLOCK_GROUP].list.items[i], BLOCK_BACKUP, &c));)
            check_backup(a, backup);
    }
}
