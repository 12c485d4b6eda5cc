/* Slots of a schedule: from the specification's words to days and times of day, and walking them through
 * the changes of a time zone's clock.
 *
 * Between two changes of the offset, wall time and elapsed time run alike, so slots are found by plain
 * calendar arithmetic. What happens at a change differs from scheduler to scheduler (read in the programs'
 * sources and tried with them):
 *
 *   Debian cron, cronie  jobs at fixed times whose time is skipped start when the clock jumps and do not run
 *                        again in repeated time; jobs with `*` as minute or hour follow the wall clock:
 *                        skipped time is lost, repeated time runs twice
 *   AWS                  skipped time is lost, repeated time runs once
 *   systemd              the same, and see oncalendar.c
 *   Kubernetes           skipped time is lost, repeated time runs twice; and see robfig.c
 *
 * DIALECT_PLAIN behaves like Debian cron. */
#include "schedule/schedule.h"

#include "schedule/oncalendar.h"
#include "schedule/robfig.h"
#include "schedule/slots.h"

#include <string.h>

enum { EVERY_DAYS_MAX = 366 };

/* Debian cron takes jumps up to this for clock changes, larger ones for corrections of the clock. */
#define CATCH_UP_MAX (3 * MS_HOUR)
/* monday 1970-01-05 */
#define ELAPSED_ORIGIN (4 * MS_DAY)

/* ---- from words to slots ------------------------------------------------------------------------------- */

static bool refuse(struct schedule_refusal *refusal, const char *reason, const char *help)
{
    refusal->reason = reason;
    refusal->help = help;
    refusal->offset = 0;
    refusal->len = 0;
    return false;
}

static bool init_every(struct arena *arena, struct schedule_slots *slots, int64_t every, enum cron_dialect dialect, struct schedule_refusal *refusal)
{
    if (every < MS_SECOND) {
        return refuse(refusal, "a schedule cannot run more often than every second", NULL);
    }
    if (every > (int64_t)EVERY_DAYS_MAX * MS_DAY) {
        return refuse(refusal, "a schedule must run at least every 366 days", NULL);
    }
    const char *text = text_of_duration(arena, every);
    const char *who = dialect_name(dialect);
    if (every % MS_DAY == 0) {
        slots->count = 1;
        slots->minutes[0] = 0;
        if (every == 7 * MS_DAY) {
            slots->days.weekdays = 1u << 1; /* counted from a monday */
        } else if (every != MS_DAY) {
            slots->days.every_days = every / MS_DAY;
        }
        if (dialect != DIALECT_PLAIN && every != MS_DAY && every != 7 * MS_DAY) {
            return refuse(refusal, arena_printf(arena, "%s cannot run `every %s`: its days start anew with every month", who, text),
                          "run it daily, weekly, or on days of the month");
        }
        return true;
    }
    if (dialect != DIALECT_PLAIN && (every > MS_DAY || MS_DAY % every != 0)) {
        return refuse(refusal, arena_printf(arena, "`every %s` does not divide the day", text),
                      "take a duration that divides 24h, or list the times with `daily at`");
    }
    if (dialect != DIALECT_PLAIN && dialect != DIALECT_SYSTEMD && every % MS_MINUTE != 0) {
        return refuse(refusal, arena_printf(arena, "%s has no seconds, so it cannot run `every %s`", who, text), "take whole minutes");
    }
    if (every > MS_DAY) {
        slots->elapsed = every;
        return true;
    }
    slots->every = every;
    slots->count = (uint32_t)((MS_DAY + every - 1) / every);
    return true;
}

static bool init_times(struct schedule_slots *slots, const struct schedule *schedule, struct schedule_refusal *refusal)
{
    if (schedule->time_count == 0 || schedule->time_count > sizeof schedule->times / sizeof schedule->times[0]) {
        return refuse(refusal, "the schedule names no time of day", "write a time, as in `daily at 02:00`");
    }
    /* Sorted and without duplicates, whatever the caller did. */
    uint8_t seen[DAY_MINUTES] = {0};
    for (uint32_t i = 0; i < schedule->time_count; i++) {
        if (schedule->times[i] >= DAY_MINUTES) {
            return refuse(refusal, "a time of day lies beyond 23:59", NULL);
        }
        seen[schedule->times[i]] = 1;
    }
    for (uint32_t minute = 0; minute < DAY_MINUTES; minute++) {
        if (seen[minute]) {
            slots->minutes[slots->count++] = (uint16_t)minute;
        }
    }
    return true;
}

static bool init_cron(struct arena *arena, struct schedule_slots *slots, const char *text, enum cron_dialect dialect,
                      struct schedule_refusal *refusal)
{
    struct cron_error error;
    if (text == NULL || !cron_parse(arena, text, dialect, &slots->cron, &error)) {
        if (text == NULL) {
            return refuse(refusal, "the cron expression is missing", NULL);
        }
        refusal->reason = error.message;
        refusal->help = error.help;
        refusal->offset = error.offset;
        refusal->len = error.len;
        return false;
    }
    slots->from_cron = true;
    slots->days = slots->cron.days;
    for (unsigned hour = 0; hour < 24; hour++) {
        for (unsigned minute = 0; minute < 60; minute++) {
            if ((slots->cron.hours >> hour & 1u) != 0 && (slots->cron.minutes >> minute & 1u) != 0) {
                slots->minutes[slots->count++] = (uint16_t)(hour * 60 + minute);
            }
        }
    }
    return true;
}

static bool is_utc_name(const char *name)
{
    static const char *const names[] = {"UTC", "Etc/UTC", "Etc/UCT", "UCT", "Zulu", "Etc/Zulu", "Etc/Universal", "Universal", "GMT", "Etc/GMT", "Z"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Finds out whether the times are one line of cron, because a search steps through hours and minutes of a
 * line. */
static void cross_times(struct schedule_slots *slots)
{
    if (slots->every % MS_MINUTE != 0 || slots->elapsed > 0) {
        return;
    }
    for (uint32_t i = 0; i < slots->count; i++) {
        int64_t minute = slots_time(slots, i) / MS_MINUTE;
        slots->of_hour |= UINT64_C(1) << (minute % 60);
        slots->of_day |= UINT32_C(1) << (minute / 60);
    }
    uint32_t product = (uint32_t)(__builtin_popcountll(slots->of_hour) * __builtin_popcount(slots->of_day));
    slots->crossed = product == slots->count;
}

bool slots_init(struct arena *arena, struct schedule_slots *slots, const struct schedule *schedule, enum cron_dialect dialect,
                const struct zone *zone, enum schedule_status *status, struct schedule_refusal *refusal)
{
    memset(slots, 0, sizeof *slots);
    memset(refusal, 0, sizeof *refusal);
    *status = SCHEDULE_REFUSED;
    slots->days = day_rule_all;
    bool wild = false;
    bool valid = false;
    switch (schedule->kind) {
    case SCHEDULE_CONTINUOUS:
    case SCHEDULE_ON_CHANGE: *status = SCHEDULE_UNTIMED; return refuse(refusal, "the schedule has no times", NULL);
    case SCHEDULE_EVERY:
        valid = init_every(arena, slots, schedule->every, dialect, refusal);
        wild = slots->every > 0;
        break;
    case SCHEDULE_DAILY: valid = init_times(slots, schedule, refusal); break;
    case SCHEDULE_WEEKLY:
        valid = init_times(slots, schedule, refusal);
        slots->days.weekdays = schedule->weekdays & ALL_WEEKDAYS;
        break;
    case SCHEDULE_MONTHLY:
        valid = init_times(slots, schedule, refusal);
        slots->days.monthdays = schedule->monthdays & ALL_MONTHDAYS;
        break;
    case SCHEDULE_CRON:
        valid = init_cron(arena, slots, schedule->cron, dialect, refusal);
        wild = slots->cron.wild;
        break;
    }
    if (!valid) {
        return false;
    }
    if (zone == NULL && schedule->zone != NULL && !is_utc_name(schedule->zone)) {
        return refuse(refusal, arena_printf(arena, "the rules of time zone `%s` are not known", schedule->zone),
                      "install the system's tz database, or write the schedule in UTC");
    }
    cross_times(slots);
    int32_t offset;
    if (zone_is_fixed(zone, &offset)) {
        slots->offset = (int64_t)offset * MS_SECOND;
    } else {
        slots->zone = zone;
    }
    switch (dialect) {
    case DIALECT_PLAIN:
    case DIALECT_DEBIAN:
    case DIALECT_CRONIE:
    case DIALECT_COUNT:
        slots->catch_up = !wild;
        slots->repeat = wild;
        break;
    case DIALECT_KUBERNETES:
        slots->repeat = true;
        slots->search = SEARCH_ROBFIG;
        break;
    case DIALECT_SYSTEMD: slots->search = slots->every % MS_MINUTE == 0 ? SEARCH_SYSTEMD : SEARCH_CALENDAR; break;
    case DIALECT_AWS: break;
    }
    *status = SCHEDULE_OK;
    return true;
}

/* ---- closed hours ---------------------------------------------------------------------------------------- */

static bool read_clock(const char *text, uint16_t *minutes)
{
    for (int i = 0; i < 5; i++) {
        if (i == 2 ? text[i] != ':' : text[i] < '0' || text[i] > '9') {
            return false;
        }
    }
    int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
    *minutes = (uint16_t)(hour * 60 + minute);
    return minute < 60 && *minutes <= DAY_MINUTES;
}

bool read_closed_hours(const char *text, struct closed_hours *out)
{
    return strlen(text) == 11 && text[5] == '-' && read_clock(text, &out->from) && read_clock(text + 6, &out->to) && out->from != out->to &&
           out->from < DAY_MINUTES;
}

/* Whether a run that begins within `within` minutes after that minute of the UTC day may begin in the closed hours. */
static bool may_begin_in(const struct closed_hours *closed, int64_t minute, int64_t within)
{
    int64_t length = (closed->to - closed->from + DAY_MINUTES) % DAY_MINUTES;
    int64_t since = ((minute - closed->from) % DAY_MINUTES + DAY_MINUTES) % DAY_MINUTES;

    if (length == 0) {
        length = DAY_MINUTES; /* 00:00-24:00 */
    }
    return since < length || DAY_MINUTES - since <= within;
}

/* The offsets from UTC a clock takes from ZONE_FROM_DAY on, in minutes, rounded outwards. */
static void offsets_of(const struct zone *zone, int64_t *least, int64_t *most)
{
    struct zone_change change;
    int64_t at = (int64_t)ZONE_FROM_DAY * 86400, low = zone_offset(zone, at), high = low;
    int64_t end = zone != NULL ? zone_table_end(zone) : 0;

    end = (end > at ? end : at) + 800 * INT64_C(86400); /* after the table every year is the same */
    while (zone != NULL && zone_next_change(zone, at, &change) && change.at <= end) {
        low = change.after < low ? change.after : low;
        high = change.after > high ? change.after : high;
        at = change.at;
    }
    *least = div_floor(low, 60);
    *most = -div_floor(-high, 60);
}

bool schedule_keeps_day(const struct schedule *schedule, const struct zone *zone, int64_t late)
{
    int64_t least, most, minutes = late / MS_MINUTE + 1;

    offsets_of(zone, &least, &most);
    if (schedule->kind == SCHEDULE_EVERY) {
        return least == 0 && most == 0 && late < schedule->every && MS_DAY % schedule->every == 0;
    }
    for (uint32_t i = 0; i < schedule->time_count; i++) {
        int64_t first = schedule->times[i] - most;
        if (div_floor(first, DAY_MINUTES) != div_floor(schedule->times[i] - least + minutes - 1, DAY_MINUTES)) {
            return false;
        }
    }
    return schedule->time_count > 0 && (schedule->zone == NULL || zone != NULL);
}

bool slots_close(struct schedule_slots *slots, const struct closed_hours *closed, struct schedule_refusal *refusal)
{
    int64_t least, most;

    if (slots->elapsed > 0 || slots->every % MS_MINUTE != 0) {
        return refuse(refusal, "its runs are no minutes of the day, so they cannot be kept out of certain hours",
                      "take whole minutes that divide the day, or list the times with `daily at`");
    }
    uint32_t left = 0;
    offsets_of(slots->zone, &least, &most);
    if (slots->zone == NULL) {
        least = div_floor(slots->offset, MS_MINUTE);
        most = -div_floor(-slots->offset, MS_MINUTE);
    }
    for (uint32_t i = 0; i < slots->count; i++) {
        int64_t minute = slots_time(slots, i) / MS_MINUTE;
        if (!may_begin_in(closed, minute - most, most - least + closed->late / MS_MINUTE)) {
            slots->minutes[left++] = (uint16_t)minute;
        }
    }
    slots->every = 0;
    slots->count = left;
    slots->crossed = false;
    return true;
}

bool slots_has_minute(const struct schedule_slots *slots, unsigned hour, unsigned minute)
{
    if (slots->crossed) {
        return (slots->of_hour >> minute & 1u) != 0;
    }
    unsigned time = hour * 60 + minute;
    if (slots->every > 0) {
        return (int64_t)time * MS_MINUTE % slots->every == 0;
    }
    for (uint32_t i = 0; i < slots->count; i++) {
        if (slots->minutes[i] == time) {
            return true;
        }
    }
    return false;
}

bool slots_has_hour(const struct schedule_slots *slots, unsigned hour)
{
    if (slots->crossed) {
        return (slots->of_day >> hour & 1u) != 0;
    }
    for (unsigned minute = 0; minute < 60; minute++) {
        if (slots_has_minute(slots, hour, minute)) {
            return true;
        }
    }
    return false;
}

/* ---- walking ------------------------------------------------------------------------------------------- */

/* Index of the first time of day >= ms. */
static uint32_t first_time(const struct schedule_slots *slots, int64_t ms)
{
    if (slots->every > 0) {
        return (uint32_t)((ms + slots->every - 1) / slots->every);
    }
    uint32_t low = 0, high = slots->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (slots_time(slots, middle) < ms) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Makes the first slot at or after a wall time the candidate. */
static bool seek(struct slot_walk *walk, int64_t wall)
{
    const struct schedule_slots *slots = walk->slots;
    int64_t day = div_floor(wall, MS_DAY);
    walk->time = 0;
    if (!day_walk_start(&walk->day, &slots->days, day)) {
        return false;
    }
    if (walk->day.day == day) {
        walk->time = first_time(slots, wall - day * MS_DAY);
        if (walk->time >= slots->count) {
            walk->time = 0;
            day_walk_next(&walk->day);
        }
    }
    return true;
}

static int64_t candidate(const struct slot_walk *walk)
{
    return walk->day.day * MS_DAY + slots_time(walk->slots, walk->time);
}

static void step(struct slot_walk *walk)
{
    if (++walk->time == walk->slots->count) {
        walk->time = 0;
        day_walk_next(&walk->day);
    }
}

/* Sets offset and end of the stretch that holds an instant. */
static void enter(struct slot_walk *walk, int64_t at)
{
    const struct zone *zone = walk->slots->zone;
    walk->stretch_end = INT64_MAX;
    walk->change_before = INT64_MIN;
    if (zone == NULL) {
        walk->offset = walk->slots->offset;
        return;
    }
    int64_t seconds = div_floor(at, MS_SECOND);
    walk->offset = (int64_t)zone_offset(zone, seconds) * MS_SECOND;
    if (zone_next_change(zone, seconds, &walk->change)) {
        walk->stretch_end = walk->change.at * MS_SECOND;
    }
    /* Whether a change is so near that robfig may come back to it. */
    if (walk->slots->search == SEARCH_ROBFIG) {
        struct zone_change change = {0};
        int64_t from = seconds - 2 * 86400;
        while (zone_next_change(zone, from, &change) && change.at <= seconds) {
            from = change.at;
            walk->change_before = change.at * MS_SECOND;
        }
    }
}

/* robfig starts by rounding down: to the hour, and to the day when the day does not match, as after a run
 * that a change brought about on a wrong day. When that comes back to a change just past, only its own
 * search tells the next slot. */
static bool near_change(const struct slot_walk *walk)
{
    if (walk->slots->search != SEARCH_ROBFIG || walk->change_before == INT64_MIN) {
        return false;
    }
    int64_t since = walk->slot - walk->change_before;
    return since < 2 * MS_HOUR || (walk->stray && since <= 2 * MS_DAY);
}

/* Makes what another program's search found the current slot. */
static bool land(struct slot_walk *walk, int64_t slot)
{
    if (slot >= walk->stretch_end) {
        enter(walk, slot);
    }
    walk->slot = slot;
    int64_t wall = slot + walk->offset;
    if (!seek(walk, wall)) {
        return false;
    }
    /* Found on the calendar, or a time of its own? */
    walk->stray = candidate(walk) != wall;
    if (!walk->stray) {
        step(walk);
    }
    return true;
}

/* Crosses the change at the end of the stretch; true when a run caught up at the change becomes the
 * current slot. */
static bool cross(struct slot_walk *walk)
{
    const struct schedule_slots *slots = walk->slots;
    int64_t at = walk->stretch_end;
    int64_t wall_before = at + (int64_t)walk->change.before * MS_SECOND;
    int64_t wall_after = at + (int64_t)walk->change.after * MS_SECOND;
    bool caught_up = false;
    enter(walk, at);
    if (wall_after > wall_before) { /* wall time is skipped */
        int64_t missed = candidate(walk);
        if (missed < wall_after) {
            seek(walk, wall_after);
            if (slots->catch_up && wall_after - wall_before <= CATCH_UP_MAX) {
                /* A run due exactly at the change is the same run. */
                if (candidate(walk) == wall_after) {
                    step(walk);
                }
                walk->slot = at;
                caught_up = true;
            }
        }
    } else if (slots->repeat || wall_before - wall_after > CATCH_UP_MAX) { /* wall time comes a second time */
        seek(walk, wall_after);
    }
    return caught_up;
}

bool slot_walk_next(struct slot_walk *walk)
{
    const struct schedule_slots *slots = walk->slots;
    if (slots->elapsed > 0) {
        walk->slot += slots->elapsed;
        return true;
    }
    for (;;) {
        int64_t slot = candidate(walk) - walk->offset;
        if (slot < walk->stretch_end && !near_change(walk)) {
            walk->slot = slot;
            walk->stray = false;
            step(walk);
            return true;
        }
        if (slots->search != SEARCH_CALENDAR) {
            bool found = slots->search == SEARCH_ROBFIG ? robfig_next(slots, walk->slot, &slot) : oncalendar_next(slots, walk->slot, &slot);
            if (!found) {
                return false;
            }
            return land(walk, slot);
        }
        if (cross(walk)) {
            return true;
        }
    }
}

bool slot_walk_start(struct slot_walk *walk, const struct schedule_slots *slots, int64_t after)
{
    memset(walk, 0, sizeof *walk);
    walk->slots = slots;
    walk->slot = after;
    if (slots->elapsed > 0) {
        int64_t since = after - ELAPSED_ORIGIN;
        walk->slot = ELAPSED_ORIGIN + (div_floor(since, slots->elapsed) + 1) * slots->elapsed;
        return true;
    }
    /* What repeated time does depends on the stretch before: start there when a change was less than a day
     * ago. */
    int64_t start = after;
    struct zone_change change;
    int64_t earlier = div_floor(after, MS_SECOND) - 86400;
    if (slots->zone != NULL && slots->search != SEARCH_ROBFIG && zone_next_change(slots->zone, earlier, &change) &&
        change.at <= div_floor(after, MS_SECOND)) {
        start = change.at * MS_SECOND - 1;
    }
    enter(walk, start);
    if (slots->search == SEARCH_ROBFIG && slots->zone != NULL) {
        int64_t slot;
        return robfig_next(slots, after, &slot) && land(walk, slot);
    }
    if (!seek(walk, start + walk->offset + 1)) {
        return false;
    }
    do {
        if (!slot_walk_next(walk)) {
            return false;
        }
    } while (walk->slot <= after);
    return true;
}

/* ---- interface ----------------------------------------------------------------------------------------- */

struct schedule_slots *schedule_slots_new(struct arena *arena, const struct schedule *schedule, enum cron_dialect dialect, const struct zone *zone,
                                          enum schedule_status *status, struct schedule_refusal *refusal)
{
    struct schedule_slots *slots = ARENA_NEW(arena, struct schedule_slots);
    struct slot_walk walk;
    if (!slots_init(arena, slots, schedule, dialect, zone, status, refusal)) {
        return NULL;
    }
    if (!slot_walk_start(&walk, slots, ZONE_FROM_DAY * MS_DAY)) {
        *status = SCHEDULE_NEVER;
        return NULL;
    }
    return slots;
}

struct schedule_slots *schedule_slots_outside(struct arena *arena, const struct schedule *schedule, enum cron_dialect dialect,
                                              const struct zone *zone, const struct closed_hours *closed)
{
    struct schedule_refusal refusal;
    enum schedule_status status;
    struct schedule_slots *slots = schedule_slots_new(arena, schedule, dialect, zone, &status, &refusal);

    if (slots && closed && (!slots_close(slots, closed, &refusal) || !slots->count)) {
        return NULL;
    }
    return slots;
}

bool schedule_next(const struct schedule_slots *slots, int64_t after, int64_t *slot)
{
    struct slot_walk walk;
    if (!slot_walk_start(&walk, slots, after)) {
        return false;
    }
    *slot = walk.slot;
    return true;
}

bool schedule_previous(const struct schedule_slots *slots, int64_t before, int64_t *slot)
{
    if (slots->elapsed > 0) {
        *slot = ELAPSED_ORIGIN + div_floor(before - 1 - ELAPSED_ORIGIN, slots->elapsed) * slots->elapsed;
        return true;
    }
    /* From a matching day, walk forward; step back a day further while nothing comes before. Offsets are
     * below 26 hours, hence the two days. */
    int64_t day = div_floor(before, MS_DAY) + 2;
    for (int tries = 0; tries < 64; tries++) {
        struct slot_walk walk;
        if (!day_rule_last(&slots->days, day, &day)) {
            return false;
        }
        int64_t after = (day - 2) * MS_DAY;
        bool found = false;
        if (after < before && slot_walk_start(&walk, slots, after)) {
            while (walk.slot < before) {
                *slot = walk.slot;
                found = true;
                if (!slot_walk_next(&walk)) {
                    break;
                }
            }
        }
        if (found) {
            return true;
        }
        day--;
    }
    return false;
}

void print_instant(struct strbuf *out, int64_t ms, const struct zone *zone)
{
    int32_t offset = zone_offset(zone, div_floor(ms, MS_SECOND));
    int64_t wall = ms + (int64_t)offset * MS_SECOND;
    int64_t day = div_floor(wall, MS_DAY);
    int64_t rest = wall - day * MS_DAY;
    print_date(out, day);
    strbuf_addf(out, " %02d:%02d", (int)(rest / MS_HOUR), (int)(rest / MS_MINUTE % 60));
    if (rest % MS_MINUTE != 0) {
        strbuf_addf(out, ":%02d", (int)(rest / MS_SECOND % 60));
    }
    if (zone == NULL) {
        strbuf_addstr(out, " UTC");
        return;
    }
    int32_t size = offset < 0 ? -offset : offset;
    strbuf_addf(out, "%c%02d:%02d", offset < 0 ? '-' : '+', (int)(size / 3600), (int)(size / 60 % 60));
}
