/* Private to the schedule files: the search of robfig/cron v3 for the next run, step by step as that
 * program makes it. */
#ifndef DRC_SCHEDULE_ROBFIG_H
#define DRC_SCHEDULE_ROBFIG_H

#include "schedule/slots.h"

/* The first run after an instant (milliseconds since 1970 UTC); false when nothing is found within a
 * calendar cycle (the program itself gives up after five years). */
bool robfig_next(const struct schedule_slots *slots, int64_t after, int64_t *next);

#endif
