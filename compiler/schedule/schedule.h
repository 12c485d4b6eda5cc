/* What a schedule means: its slots, the largest and the shortest gap between them, and its form for each
 * scheduler.
 *
 * Gaps are exact over the whole 400-year calendar cycle, in milliseconds, with the clock changes of a time
 * zone as the scheduler treats them. All instants are milliseconds since 1970-01-01 00:00 UTC. */
#ifndef DRC_SCHEDULE_SCHEDULE_H
#define DRC_SCHEDULE_SCHEDULE_H

#include "base/strbuf.h"
#include "base/units.h"
#include "schedule/cron.h"
#include "schedule/zone.h"

enum schedule_status {
    SCHEDULE_OK,
    SCHEDULE_NEVER,   /* it never fires */
    SCHEDULE_UNTIMED, /* `continuous` and `on change` have no slots */
    SCHEDULE_REFUSED  /* unreadable, or this scheduler cannot run it: see reason */
};

/* Why a schedule was refused. offset and len lie in schedule->cron (0, 0 when the reason is not a place in
 * it). */
struct schedule_refusal {
    const char *reason; /* lower case, no full stop */
    const char *help;   /* may be NULL */
    size_t offset;
    size_t len;
};

struct schedule_gap {
    enum schedule_status status;
    struct schedule_refusal refusal; /* SCHEDULE_REFUSED */
    int64_t max_gap;                 /* largest span of missed + 2 consecutive slots, i.e. with `missed` runs lost */
    int64_t max_from, max_to;        /* witness: the first such span from ZONE_FROM_DAY on */
    int64_t min_gap;                 /* shortest distance of two consecutive slots: a longer run overlaps the next */
    int64_t min_from, min_to;
};

enum { SCHEDULE_MISSED_MAX = 10000 };

/* Hours of every day, in UTC, in which no run may begin. A run may begin up to `late` milliseconds after its slot. */
struct closed_hours {
    uint16_t from, to; /* minutes of the day; to < from: over midnight */
    int64_t late;
};

/* "06:00-23:00"; false when the text is no such thing. Does not set `late`. */
bool read_closed_hours(const char *text, struct closed_hours *out);

/* Works out the gaps under a scheduler. `zone` is the parsed schedule->zone, NULL for UTC (a schedule that
 * names a zone other than UTC while `zone` is NULL is refused, never taken as UTC). missed <=
 * SCHEDULE_MISSED_MAX, else refused. A schedule the scheduler cannot express is refused; DIALECT_PLAIN
 * refuses only what cannot be read. The arena holds texts of refusals and scratch memory of bounded size. */
void schedule_gap(struct arena *arena, const struct schedule *schedule, enum cron_dialect dialect, const struct zone *zone, uint32_t missed,
                  struct schedule_gap *out);

/* The same over the slots after which a run surely begins outside of the closed hours (NULL: all of them).
 * SCHEDULE_NEVER when there are none; refused for slots that are no minutes of the day. Where the clock changes
 * a slot counts only if it lies outside by every offset of the zone. */
void schedule_gap_outside(struct arena *arena, const struct schedule *schedule, enum cron_dialect dialect, const struct zone *zone, uint32_t missed,
                          const struct closed_hours *closed, struct schedule_gap *out);

/* The worst of several schedulers: for each that can run the schedule, bit `1u << dialect` of `dialects`,
 * schedule_gap is worked out; the largest max_gap and the smallest min_gap count, each with its witness.
 * *worst says whose max_gap it is. The status is that of the first scheduler when none can run it, and
 * SCHEDULE_NEVER when it never fires for one of them. */
void schedule_gap_among(struct arena *arena, const struct schedule *schedule, uint32_t dialects, const struct zone *zone, uint32_t missed,
                        const struct closed_hours *closed, struct schedule_gap *out, enum cron_dialect *worst);

/* Whether all runs of a slot begin on the same day of UTC, all year round, when they begin up to `late` milliseconds
 * after it. False for what is not listed as times of the day. */
bool schedule_keeps_day(const struct schedule *schedule, const struct zone *zone, int64_t late);

/* Walking the slots in order, for simulation and tests. */
struct schedule_slots;
/* NULL when status (may not be NULL) is not SCHEDULE_OK; lives in the arena. */
struct schedule_slots *schedule_slots_new(struct arena *arena, const struct schedule *schedule, enum cron_dialect dialect, const struct zone *zone,
                                          enum schedule_status *status, struct schedule_refusal *refusal);
/* The same without those in the closed hours (NULL: all of them); NULL where that cannot be said. */
struct schedule_slots *schedule_slots_outside(struct arena *arena, const struct schedule *schedule, enum cron_dialect dialect,
                                              const struct zone *zone, const struct closed_hours *closed);
/* The first slot strictly after `after`. */
bool schedule_next(const struct schedule_slots *slots, int64_t after, int64_t *slot);
/* The last slot strictly before `before`. */
bool schedule_previous(const struct schedule_slots *slots, int64_t before, int64_t *slot);

/* ---- thinning.c: only the newest copy of each period is kept, of the last `count` periods that have one */
enum keep_class { KEEP_HOURLY, KEEP_DAILY, KEEP_WEEKLY, KEEP_MONTHLY, KEEP_YEARLY };

struct schedule_thinning {
    int64_t apart;         /* slots of two copies that are left, one after the other, at most */
    int64_t from, to;      /* a witness: the first such pair from ZONE_FROM_DAY on */
    int64_t ends;          /* the period of the first of them; what runs after it, but for lost runs, begins later */
    int64_t starts, stops; /* the period of the second: what runs after the lost ones begins in it */
    bool whole;            /* every case was looked at; else a year of them, which bounds nothing */
    int64_t life;          /* how long after its state a copy that is left is there at least */
};

/* Exact over the calendar, but for days and hours where that would be too much to look at (`whole`: in a time zone whose changes differ). Runs
 * begin up to `late` ms after their slot, `missed` in a row may be lost. False for spans that are no days and for what is longer than a period.
 * `scratch` is grown by some megabytes. */
bool schedule_thinned(struct arena *scratch, const struct schedule_slots *slots, enum keep_class keep, int64_t count, uint32_t missed, int64_t late,
                      struct schedule_thinning *out);

/* ---- overlap.c: runs that keep the next ones out */
struct schedule_runs {
    int64_t late;           /* how long after its slot one starts at most */
    int64_t least, longest; /* how long one lasts */
    int64_t own;            /* how long it keeps others out beyond its end */
    bool at_end;            /* it holds the state of its end, not of its start */
    uint32_t missed;        /* so many in a row may fail */
};

struct schedule_overlap {
    int64_t slot, delay, lasts; /* the run whose state comes back: its slot, how late it starts, how long it lasts */
    uint32_t out;               /* how many slots it keeps out */
    int64_t next;               /* slot of the run whose copy is awaited */
    int64_t between;            /* from the state to `next` */
};

/* One of these worlds: the run of `slot` keeps `out` slots out. False when it cannot. */
bool schedule_overlap_at(const struct schedule_slots *slots, const struct schedule_runs *runs, int64_t slot, uint32_t out,
                         struct schedule_overlap *world);
/* The largest `between`, over all slots. False where they do not repeat each week, in UTC or past changes of the clock that are all alike, or are
 * too many. */
bool schedule_overlaps(const struct schedule_slots *slots, const struct schedule_runs *runs, struct schedule_overlap *best);

/* ---- behind.c: copies that what comes back waits for; exact where slots repeat each week in UTC, and false elsewhere */
struct schedule_behind {
    int64_t base, ends; /* the run of what is built on: its slot, when it ends */
    int64_t slot, next; /* the last one on the base before, whose state comes back; the first that is on this one */
    int64_t between;    /* from that state to `ends` */
};

/* The largest `between`: the copy of the base is of use so long after, and its own time. No run keeps another one out. */
bool schedule_behind_base(const struct schedule_slots *bases, const struct schedule_runs *base, const struct schedule_slots *slots,
                          const struct schedule_runs *runs, struct schedule_behind *worst);

struct schedule_queue {
    bool endless;       /* the row grows for ever: then the others are not set */
    int64_t first;      /* the first run whose copy others wait for */
    int64_t slot, next; /* the run whose state comes back; the next one that is not missed */
    int64_t between;    /* from that state until the copy of `next` has arrived */
};

/* The largest `between` where copies, `copy` ms each at the worst, follow each other. No run keeps another one out. */
bool schedule_queues(const struct schedule_slots *slots, const struct schedule_runs *runs, int64_t copy, struct schedule_queue *worst);

/* What a schedule is written for. */
enum schedule_target {
    TARGET_CRON_DEBIAN, /* "0 2 * * *", UTC only */
    TARGET_CRON_CRONIE, /* "0 2 * * *", UTC only */
    TARGET_KUBERNETES,  /* "0 2 * * *" with .timeZone */
    TARGET_SYSTEMD,     /* "Mon..Fri *-*-* 02:00:00 UTC" */
    TARGET_EVENTBRIDGE, /* "cron(0 2 * * ? *)", or rate(…) where the phase is free */
    TARGET_AWS_BACKUP   /* "cron(0 2 * * ? *)", not more often than hourly */
};

enum { SCHEDULE_LINES_MAX = 48 };

struct schedule_lines {
    const char *line[SCHEDULE_LINES_MAX]; /* the union of the lines is the schedule */
    uint32_t count;
    const char *zone; /* IANA name to put beside the lines (Kubernetes .timeZone, AWS timezone); "Etc/UTC" for UTC.
                       * systemd lines already carry it */
    struct schedule_refusal refusal;
};

/* Writes the schedule for a target: exactly, or not at all (false, with a refusal). */
bool schedule_convert(struct arena *arena, const struct schedule *schedule, enum schedule_target target, const struct zone *zone,
                      struct schedule_lines *out);

/* Whether two schedulers start it at the same instants; false when one of them cannot express it. */
bool schedule_same(struct arena *arena, const struct schedule *schedule, const struct zone *zone, enum cron_dialect one, enum cron_dialect other);

/* EventBridge `rate(…)` of an `every` schedule of whole minutes. The gap is right but the phase counts
 * from the moment of creation, not from midnight. NULL when there is none. */
const char *schedule_rate(struct arena *arena, const struct schedule *schedule);

enum cron_dialect target_dialect(enum schedule_target target);

/* "2026-03-31 02:00 UTC", or with a zone "2026-03-28 02:30+01:00". Seconds only when they are not 0. */
void print_instant(struct strbuf *out, int64_t ms, const struct zone *zone);

#endif
