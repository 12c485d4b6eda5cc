/* Private to the schedule files: a schedule made ready for walking under one scheduler. */
#ifndef DRC_SCHEDULE_SLOTS_H
#define DRC_SCHEDULE_SLOTS_H

#include "schedule/schedule.h"

enum { DAY_MINUTES = 1440 };

/* Two programs look for the next slot step by step, and around a change of the clock the steps decide. */
enum slot_search { SEARCH_CALENDAR, SEARCH_ROBFIG, SEARCH_SYSTEMD };

/* Slots are instants on the wall clock: on every day of `days` at every time of the day. Two kinds of
 * times: the listed minutes, or the multiples of `every` below a day. With `elapsed` > 0 there is no wall
 * clock: a slot every so many milliseconds from monday 1970-01-05 00:00 UTC on. */
struct schedule_slots {
    struct day_rule days;
    uint16_t minutes[DAY_MINUTES]; /* ascending */
    int64_t every;                 /* milliseconds; 0: minutes[] counts */
    uint32_t count;                /* times per day, > 0 */
    int64_t elapsed;
    const struct zone *zone; /* NULL when the offset never changes */
    int64_t offset;          /* milliseconds east of UTC while zone is NULL */
    bool catch_up;           /* runs that fall into skipped wall time start when the clock jumps; else they are lost */
    bool repeat;             /* wall time that comes twice runs twice; else once */
    enum slot_search search; /* how the slot after a change of the clock is found */
    bool crossed;            /* the times are every minute of `of_hour` in every hour of `of_day`: one line of cron */
    uint64_t of_hour;
    uint32_t of_day;
    bool from_cron; /* `cron` was parsed into the following */
    struct cron cron;
};

/* Fills *slots (large: keep one per call, not per asset). False with a refusal; *status says
 * SCHEDULE_UNTIMED for schedules without slots. SCHEDULE_NEVER is found only by walking. */
bool slots_init(struct arena *arena, struct schedule_slots *slots, const struct schedule *schedule, enum cron_dialect dialect,
                const struct zone *zone, enum schedule_status *status, struct schedule_refusal *refusal);

/* Milliseconds after midnight of the i-th time of a day. */
static inline int64_t slots_time(const struct schedule_slots *slots, uint32_t i)
{
    return slots->every > 0 ? (int64_t)i * slots->every : (int64_t)slots->minutes[i] * MS_MINUTE;
}

/* Takes away the slots after which a run may begin within the closed hours; count may be 0 afterwards. False
 * with a refusal where that cannot be said. */
bool slots_close(struct schedule_slots *slots, const struct closed_hours *closed, struct schedule_refusal *refusal);

/* Whether an hour has any slot, and which of its minutes. Whole minutes only. */
bool slots_has_hour(const struct schedule_slots *slots, unsigned hour);
bool slots_has_minute(const struct schedule_slots *slots, unsigned hour, unsigned minute);

/* Walks the slots in order. A walk can be copied. */
struct slot_walk {
    const struct schedule_slots *slots;
    int64_t slot; /* the current one, milliseconds since 1970 UTC */
    /* private */
    struct day_walk day;
    uint32_t time;             /* index into the day's times; the candidate after `slot` */
    int64_t offset;            /* milliseconds east of UTC in this stretch of constant offset */
    int64_t change_before;     /* SEARCH_ROBFIG: a change less than two days ago; INT64_MIN: none */
    bool stray;                /* SEARCH_ROBFIG: its search ended off the calendar */
    int64_t stretch_end;       /* INT64_MAX: never */
    struct zone_change change; /* at stretch_end */
};

/* Puts the walk on the first slot > after; false when the schedule never fires. */
bool slot_walk_start(struct slot_walk *walk, const struct schedule_slots *slots, int64_t after);
/* Moves to the next slot; false when there is none any more. */
bool slot_walk_next(struct slot_walk *walk);

static inline int64_t div_floor(int64_t value, int64_t divisor)
{
    int64_t quotient = value / divisor;
    return value % divisor < 0 ? quotient - 1 : quotient;
}

#endif
