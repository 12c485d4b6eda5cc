/* The limits of a job: twice the worst time, at least a quarter of an hour more, six hours where nobody knows; and what it may have to wait for
 * others. A whole run has room for four commands, its copies, and ten minutes. */
#include "base/units.h"
#include "validate/reading.h"

static int64_t with_room(const struct plan_range *takes)
{
    int64_t worst = takes->known ? takes->worst / MS_SECOND : 0;

    if (worst <= 0)
        return 6 * 3600;
    return worst > 900 ? 2 * worst : worst + 900;
}

struct job_limits limits_of(const struct plan_job *job)
{
    int64_t waits = job->waits > 0 ? job->waits / MS_SECOND : 0;
    struct job_limits limits = {.run = with_room(&job->duration) + waits, .copy = with_room(&job->copy_time) + waits};

    if (limits.copy < limits.run)
        limits.copy = limits.run;
    limits.whole = 4 * limits.run + 600 + (int64_t)job->copies_count * limits.copy * 3;
    return limits;
}
