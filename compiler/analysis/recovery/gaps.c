/* The largest gap between two runs of a backup, under whoever runs it; worked out once for all backups with the same schedule. */
#include "analysis/recovery/loss.h"
#include "analysis/recovery/recovery.h"

#include <string.h>

const struct zone *backup_zone(struct analysis *a, const struct schedule *schedule)
{
    if (!schedule->zone || !a->options->zone)
        return NULL;
    return a->options->zone(a->options->zone_context, schedule->zone);
}

void *worked_out(struct analysis *a, struct strbuf *text, size_t size, bool *first)
{
    struct schedule_memory *memory = a->schedules;
    atom key = intern_add(memory->names, strbuf_str(text), text->len);
    void *known = map_get(&memory->known, key);

    strbuf_release(text);
    *first = !known;
    if (!known) {
        known = arena_alloc(memory->arena, size);
        memset(known, 0, size);
        map_add(&memory->known, memory->arena, key, known);
    }
    return known;
}

/* Of the calendar: whose gap it is, too. */
struct worst_gap {
    struct schedule_gap gap;
    enum cron_dialect dialect;
};

/* Gaps are cached by what the schedule says: 100,000 assets share a few schedules. What is told of them belongs to one compilation. */
struct known_gap {
    struct schedule_gap gap;
    enum cron_dialect dialect;
    const char *bounds; /* " under systemd, from … to …"; made when first told */
    const char *text;   /* the whole term of the backup that was told of last: many share a name */
    const char *text_of;
};

/* A job is written for cron, systemd and Kubernetes, and nobody knows which of them will run it: the worst counts. What none of them can
 * express (`every 7h`) is judged by the instants it names; the targets say that a person must run it. */
static void work_out_gap(struct analysis *a, const struct schedule *schedule, uint32_t dialects, uint32_t missed, const struct closed_hours *closed,
                         struct worst_gap *out)
{
    struct arena *arena = a->schedules->arena;

    a->schedules->walks += schedule->zone != NULL;
    schedule_gap_among(arena, schedule, dialects, backup_zone(a, schedule), missed, closed, &out->gap, &out->dialect);
    if (out->gap.status == SCHEDULE_REFUSED) {
        out->dialect = DIALECT_PLAIN;
        schedule_gap_outside(arena, schedule, DIALECT_PLAIN, backup_zone(a, schedule), missed, closed, &out->gap);
    }
}

const char *backup_not_within(const struct entity *backup)
{
    uint32_t cursor = 0;
    const struct entity *load = entity_child(backup, BLOCK_LOAD, &cursor);
    struct value hours = load ? entity_slot(load, LOAD_not_within) : value_unknown();

    return hours.type == VALUE_STRING ? hours.u.string : NULL;
}

int64_t backup_late(struct analysis *a, const struct entity *backup)
{
    const struct entity *kind;
    int64_t window = backup_start_window(backup, &kind), jitter = worst_of(backup, BACKUP_jitter, 0), waits = backup_waits(a, backup), late;

    return window < 0 || jitter < 0 || waits < 0 || __builtin_add_overflow(window, jitter, &late) || __builtin_add_overflow(late, waits, &late)
               ? TIME_UNKNOWN
               : late;
}

/* The hours in which its runs are not: what would last into them is none either. False when there are none. A delay nobody knows may reach into
 * them from anywhere. */
static bool closed_of(struct analysis *a, const struct entity *backup, struct closed_hours *out)
{
    const char *text = backup_not_within(backup);

    memset(out, 0, sizeof *out);
    if (!text || !read_closed_hours(text, out))
        return false; /* what cannot be read was reported */
    out->late = backup_late(a, backup);
    if (out->late < 0 || __builtin_add_overflow(out->late, worst_of(backup, BACKUP_duration, 0), &out->late) || out->late > MS_DAY)
        out->late = MS_DAY;
    return true;
}

int64_t tolerated_misses(const struct entity *backup)
{
    struct value missed = entity_slot(backup, BACKUP_missed);

    return missed.type == VALUE_INT && missed.u.integer > 0 ? missed.u.integer : 0;
}

static const struct schedule_gap *known_gap(struct analysis *a, const struct entity *backup, const struct schedule *schedule, int64_t misses,
                                            const struct closed_hours *closed)
{
    uint32_t k = misses > SCHEDULE_MISSED_MAX ? SCHEDULE_MISSED_MAX + 1 : (uint32_t)misses;
    uint32_t dialects = backup_dialects(backup);
    struct value value = {.type = VALUE_SCHEDULE, .u.schedule = schedule};
    struct strbuf text = STRBUF_INIT;
    struct known_gap *gap;
    atom key;

    /* Neighbours mostly say the same: then nothing is printed to find it. */
    if (!closed && a->last_gap && a->last_gap_missed == k && a->last_gap_dialects == dialects && value_equal(a->last_gap_schedule, value))
        return a->last_gap;
    print_schedule(&text, schedule);
    strbuf_addf(&text, " missed %u under %u", k, dialects);
    if (closed)
        strbuf_addf(&text, " closed %u %u late %lld", closed->from, closed->to, (long long)closed->late);
    key = intern_add(a->model->names, strbuf_str(&text), text.len);
    gap = map_get(&a->gaps, key);
    if (!gap) {
        bool first;
        struct worst_gap *worst = worked_out(a, &text, sizeof *worst, &first);

        if (first)
            work_out_gap(a, schedule, dialects, k, closed, worst);
        gap = ARENA_NEW(a->arena, struct known_gap);
        gap->gap = worst->gap;
        gap->dialect = worst->dialect;
        map_add(&a->gaps, a->arena, key, gap);
    }
    strbuf_release(&text);
    if (closed)
        return &gap->gap;
    a->last_gap = &gap->gap;
    a->last_gap_missed = k;
    a->last_gap_dialects = dialects;
    a->last_gap_schedule = value;
    return &gap->gap;
}

const struct schedule_gap *backup_gap(struct analysis *a, const struct entity *backup, const struct schedule *schedule, int64_t misses)
{
    struct closed_hours closed;

    return known_gap(a, backup, schedule, misses, closed_of(a, backup, &closed) ? &closed : NULL);
}

int64_t backup_shortest_gap(struct analysis *a, const struct entity *backup, const struct schedule *schedule)
{
    struct closed_hours closed;
    bool any = closed_of(a, backup, &closed);

    /* A delayed run of a slot in the closed hours may begin after them. */
    return known_gap(a, backup, schedule, 0, any && closed.late == 0 ? &closed : NULL)->min_gap;
}

enum cron_dialect backup_gap_dialect(const struct schedule_gap *gap)
{
    return ((const struct known_gap *)(const void *)gap)->dialect; /* its first member */
}

struct schedule_slots *backup_slots(struct analysis *a, struct arena *arena, const struct entity *backup, const struct schedule *schedule)
{
    const struct schedule_gap *gap = backup_gap(a, backup, schedule, tolerated_misses(backup));
    struct closed_hours closed;

    if (gap->status != SCHEDULE_OK)
        return NULL;
    return schedule_slots_outside(arena, schedule, backup_gap_dialect(gap), backup_zone(a, schedule), closed_of(a, backup, &closed) ? &closed : NULL);
}

const struct schedule_thinning *backup_thinning(struct analysis *a, const struct entity *backup, enum keep_class keep, int64_t count)
{
    struct value schedule = entity_slot(backup, BACKUP_schedule);
    int64_t late = backup_late(a, backup), missed = tolerated_misses(backup);
    struct strbuf text = STRBUF_INIT;
    struct schedule_thinning *known;
    const char *closed = backup_not_within(backup);
    struct arena *scratch;
    struct schedule_slots *slots;
    bool first;

    if (schedule.type != VALUE_SCHEDULE || schedule.u.schedule->kind == SCHEDULE_CONTINUOUS || schedule.u.schedule->kind == SCHEDULE_ON_CHANGE ||
        late < 0 || missed > SCHEDULE_MISSED_MAX)
        return NULL;
    print_schedule(&text, schedule.u.schedule);
    strbuf_addf(&text, " class %d of %lld missed %lld late %lld under %u closed %s %lld", (int)keep, (long long)count, (long long)missed,
                (long long)late, backup_dialects(backup), closed ? closed : "", closed ? (long long)worst_of(backup, BACKUP_duration, 0) : 0);
    known = worked_out(a, &text, sizeof *known, &first);
    if (first) {
        a->schedules->walks += schedule.u.schedule->zone != NULL;
        scratch = arena_new();
        slots = backup_slots(a, scratch, backup, schedule.u.schedule);
        if (!slots || !schedule_thinned(scratch, slots, keep, count, (uint32_t)missed, late, known))
            known->apart = 0;
        arena_delete(scratch);
    }
    return known->apart ? known : NULL;
}

/* What is said of the gap of a backup. The bounds are the same for all backups with this schedule. */
const char *backup_gap_text(struct analysis *a, const struct entity *backup, const struct schedule *schedule, const struct schedule_gap *gap)
{
    struct known_gap *known = (struct known_gap *)(uintptr_t)gap; /* its first member */

    if (!known->bounds) {
        const struct zone *zone = backup_zone(a, schedule);
        bool by = zone || schedule->kind == SCHEDULE_CRON; /* schedulers differ here */
        struct strbuf text = STRBUF_INIT;

        strbuf_addf(&text, "%s%s, from ", by ? " under " : "", by ? dialect_name(known->dialect) : "");
        print_instant(&text, known->gap.max_from, zone);
        strbuf_addstr(&text, " to ");
        print_instant(&text, known->gap.max_to, zone);
        known->bounds = strbuf_dup(&text, a->arena);
        strbuf_release(&text);
    }
    if (known->text_of != backup->name) {
        known->text = intern_text(a, "largest gap of `%s`%s", backup->name, known->bounds);
        known->text_of = backup->name;
    }
    return known->text;
}
