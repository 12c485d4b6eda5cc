/* Private to the schedule files: the search of systemd for the next elapse of OnCalendar=, step by step. */
#ifndef DRC_SCHEDULE_ONCALENDAR_H
#define DRC_SCHEDULE_ONCALENDAR_H

#include "schedule/slots.h"

/* The first elapse after an instant (milliseconds since 1970 UTC) of a schedule of whole minutes; false
 * when systemd finds none. */
bool oncalendar_next(const struct schedule_slots *slots, int64_t after, int64_t *next);

#endif
