/* Time zones: the offset from UTC at every instant, read from the bytes of a TZif file (RFC 8536).
 *
 * Nothing here opens a file: whoever drives the compilation reads the bytes of the system's tz database
 * and hands them over. Explicit transitions of the file are used as far as they reach, its POSIX footer
 * rule after that, so that offsets are known for ever. */
#ifndef DRC_SCHEDULE_ZONE_H
#define DRC_SCHEDULE_ZONE_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zone;

/* A change of the offset: from `at` on (seconds since 1970 UTC) clocks show UTC + `after` seconds. */
struct zone_change {
    int64_t at;
    int32_t before;
    int32_t after;
};

/* Schedules are judged from this day on (2026-01-01): earlier changes of a zone do not matter to a plan. A
 * constant and not the clock, so that the same input gives the same output. */
#define ZONE_FROM_DAY INT64_C(20454)

/* Reads a TZif file of version 2 or later. `name` is the IANA name for messages. The result lives in the
 * arena; NULL with a message in *error (lower case, no full stop; arena memory or static) when the bytes
 * are not such a file. */
const struct zone *zone_parse(struct arena *arena, const char *name, const void *bytes, size_t size, const char **error);

const char *zone_name(const struct zone *zone); /* "UTC" for NULL */

/* Seconds east of UTC at an instant (seconds since 1970 UTC). NULL is UTC. */
int32_t zone_offset(const struct zone *zone, int64_t at);

/* Whether the tz database calls the time then daylight saving time (in Dublin and Casablanca that is the
 * winter). */
bool zone_is_daylight(const struct zone *zone, int64_t at);

/* The first change of the offset after `after`; false when the offset never changes again. */
bool zone_next_change(const struct zone *zone, int64_t after, struct zone_change *out);

/* Whether the offset never changes from ZONE_FROM_DAY on; its value goes to *offset (may be NULL). */
bool zone_is_fixed(const struct zone *zone, int32_t *offset);

/* Whether from ZONE_FROM_DAY on, for 400 years, each change of the offset is like those before it: forward always on the same weekday, at the same
 * time and by as much, and so back; then what repeats each week goes past each of them alike. False for a zone that never changes. */
bool zone_changes_alike(const struct zone *zone);

/* The instant after which only the footer rule decides, in seconds; from there on changes repeat every 400
 * years. */
int64_t zone_table_end(const struct zone *zone);

#endif
