/* When the runs of a backup are due: its schedule as the plan writes it, under the scheduler the plan names. What a schedule means is worked out by
 * schedule/, once for all backups that say the same. */
#include "verify/check.h"

#include <stdio.h>
#include <string.h>

static const struct zone *zone_of(struct check *c, const char *name)
{
    atom key = intern_str(c->names, name);
    const struct zone *zone = map_get(&c->zones, key);

    if (!zone && c->options->zone) {
        zone = c->options->zone(c->options->zone_context, name);
        if (zone)
            map_add(&c->zones, c->scratch, key, (void *)(uintptr_t)zone);
    }
    return zone;
}

static const struct plan_value *load_value(const struct plan_thing *backup, const char *attribute)
{
    uint32_t cursor = 0;
    const struct plan_thing *load = plan_child(backup, "load", &cursor);

    return load ? plan_attribute(load, attribute) : NULL;
}

/* The hours in which it must not run, as they are written; NULL: none. */
static const char *closed_text(const struct plan_thing *backup)
{
    const struct plan_value *value = load_value(backup, "not_within");

    return value && value->tag == PLAN_TAG_NONE && value->shape == PLAN_SHAPE_STRING ? value->text : NULL;
}

int64_t closed_length(const struct plan_thing *backup)
{
    enum { DAY = 24 * 60 };
    const char *text = closed_text(backup);
    struct closed_hours hours = {0};

    if (!text)
        return 0;
    if (!read_closed_hours(text, &hours))
        return PLAN_UNKNOWN;
    return (hours.to + DAY - hours.from) % DAY * MS_MINUTE;
}

int64_t lateness(const struct plan_link *link)
{
    return plus(plus(link->window, worst_end(link->backup, "jitter", 0)), link->waits);
}

bool class_named(const char *name, enum keep_class *keep)
{
    static const char *const names[] = {"hourly", "daily", "weekly", "monthly", "yearly"};

    for (int i = KEEP_HOURLY; i <= KEEP_YEARLY; i++) {
        if (strcmp(names[i], name) == 0) {
            *keep = (enum keep_class)i;
            return true;
        }
    }
    return false;
}

static bool dialect_of(const char *word, enum cron_dialect *out)
{
    for (int dialect = 0; word && dialect < DIALECT_COUNT; dialect++) {
        if (strcmp(dialect_word((enum cron_dialect)dialect), word) == 0) {
            *out = (enum cron_dialect)dialect;
            return true;
        }
    }
    return false;
}

static struct timetable *make_timetable(struct check *c, const char *written, const struct plan_link *link, const char *closed, int64_t late)
{
    struct timetable *table = ARENA_NEW(c->scratch, struct timetable);
    struct schedule *schedule = ARENA_NEW(c->scratch, struct schedule);

    table->schedule = schedule;
    table->readable = written && read_schedule(c->scratch, written, schedule);
    table->kind = schedule->kind;
    if (!table->readable || table->kind == SCHEDULE_CONTINUOUS || table->kind == SCHEDULE_ON_CHANGE)
        return table;
    table->zone = schedule->zone ? zone_of(c, schedule->zone) : NULL;
    table->closed = closed != NULL;
    if (!dialect_of(link->scheduler, &table->dialect) || (closed && !read_closed_hours(closed, &table->hours)))
        return table;
    table->hours.late = late;
    table->slots = schedule_slots_outside(c->scratch, schedule, table->dialect, table->zone, table->closed ? &table->hours : NULL);
    return table;
}

struct timetable *timetable_of(struct check *c, const struct plan_link *link)
{
    const struct plan_value *value = plan_attribute(link->backup, "schedule");
    const char *written = value && value->tag == PLAN_TAG_SCHEDULE && value->shape == PLAN_SHAPE_STRING ? value->text : NULL;
    const char *closed = closed_text(link->backup);
    struct strbuf text = STRBUF_INIT;
    struct timetable *table;
    int64_t late = 0;
    atom key;

    if (closed) { /* a run that lasts into these hours is none; a delay nobody knows may reach into them from anywhere */
        late = plus(lateness(link), worst_end(link->backup, "duration", 0));
        late = late < 0 || late > MS_DAY ? MS_DAY : late;
    }
    strbuf_addf(&text, "%s under %s closed %s late %lld", written ? written : "", link->scheduler ? link->scheduler : "", closed ? closed : "",
                (long long)late);
    key = intern_add(c->names, strbuf_str(&text), text.len);
    strbuf_release(&text);
    table = map_get(&c->timetables, key);
    if (!table) {
        table = make_timetable(c, written, link, closed, late);
        map_add(&c->timetables, c->scratch, key, table);
    }
    return table;
}

const struct schedule_gap *gap_of(struct check *c, struct timetable *table, int64_t missed)
{
    struct schedule_gap *gap;
    char text[32];
    atom key;

    if (!table->slots || missed < 0 || missed > SCHEDULE_MISSED_MAX)
        return NULL;
    snprintf(text, sizeof text, "%d", (int)missed);
    key = intern_str(c->names, text);
    gap = map_get(&table->gaps, key);
    if (!gap) {
        gap = ARENA_NEW(c->scratch, struct schedule_gap);
        schedule_gap_outside(c->scratch, table->schedule, table->dialect, table->zone, (uint32_t)missed, table->closed ? &table->hours : NULL, gap);
        map_add(&table->gaps, c->scratch, key, gap);
    }
    return gap->status == SCHEDULE_OK ? gap : NULL;
}

const struct schedule_thinning *thinning_of(struct check *c, struct timetable *table, enum keep_class keep, int64_t count, int64_t missed,
                                            int64_t late)
{
    struct schedule_thinning *known;
    struct strbuf text = STRBUF_INIT;
    struct arena *scratch;
    atom key;

    if (!table->slots || missed < 0 || missed > SCHEDULE_MISSED_MAX || late < 0)
        return NULL;
    strbuf_addf(&text, "%d of %lld missed %lld late %lld", (int)keep, (long long)count, (long long)missed, (long long)late);
    key = intern_add(c->names, strbuf_str(&text), text.len);
    strbuf_release(&text);
    known = map_get(&table->thinned, key);
    if (!known) {
        known = ARENA_NEW(c->scratch, struct schedule_thinning);
        scratch = arena_new();
        if (!schedule_thinned(scratch, table->slots, keep, count, (uint32_t)missed, late, known))
            known->apart = 0;
        arena_delete(scratch);
        map_add(&table->thinned, c->scratch, key, known);
    }
    return known->apart ? known : NULL;
}

/* How the runs of a link go; false where that is not known, or too long to be looked at. */
static bool runs_of(const struct plan_link *link, struct schedule_runs *runs)
{
    const int64_t most = 400 * MS_DAY;

    *runs = (struct schedule_runs){.late = lateness(link),
                                   .least = best_end(link->backup, "duration", 0),
                                   .longest = worst_end(link->backup, "duration", 0),
                                   .own = link->own_copies,
                                   .at_end = link->at_end,
                                   .missed = (uint32_t)link->missed};
    return runs->late >= 0 && runs->least >= 0 && runs->longest >= 0 && runs->own >= 0 && runs->late <= most && runs->longest <= most &&
           runs->own <= most && link->missed >= 0 && link->missed <= SCHEDULE_MISSED_MAX;
}

/* No run of it keeps another one out. */
static bool runs_apart(struct check *c, const struct plan_link *link, struct schedule_runs *runs)
{
    return timetable_of(c, link)->slots && runs_of(link, runs) && runs->late + runs->longest + runs->own < link->shortest;
}

bool behind_of(struct check *c, const struct plan_link *link, const struct plan_link *base, struct schedule_behind *worst)
{
    struct schedule_runs runs, bases;

    return runs_apart(c, link, &runs) && timetable_of(c, base)->slots && runs_of(base, &bases) &&
           schedule_behind_base(timetable_of(c, base)->slots, &bases, timetable_of(c, link)->slots, &runs, worst);
}

bool queue_of(struct check *c, const struct plan_link *link, struct schedule_queue *worst)
{
    struct schedule_runs runs;
    int64_t copy = worst_end(link->backup, "copy_time", PLAN_UNKNOWN);

    return copy > 0 && runs_apart(c, link, &runs) && schedule_queues(timetable_of(c, link)->slots, &runs, copy, worst);
}

const struct schedule_overlap *overlap_of(struct check *c, struct timetable *table, const struct plan_link *link)
{
    struct schedule_runs runs;
    struct known {
        struct schedule_overlap worst;
        bool found;
    } * known;
    struct strbuf text = STRBUF_INIT;
    atom key;

    if (!table->slots || !runs_of(link, &runs))
        return NULL;
    strbuf_addf(&text, "%lld %lld %lld %lld %d %u", (long long)runs.late, (long long)runs.least, (long long)runs.longest, (long long)runs.own,
                runs.at_end, runs.missed);
    key = intern_add(c->names, strbuf_str(&text), text.len);
    strbuf_release(&text);
    known = map_get(&table->overlaps, key);
    if (!known) {
        known = ARENA_NEW(c->scratch, struct known);
        known->found = schedule_overlaps(table->slots, &runs, &known->worst);
        map_add(&table->overlaps, c->scratch, key, known);
    }
    return known->found ? &known->worst : NULL;
}
