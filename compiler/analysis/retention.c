/* Whether a copy of a certain age is still there (SEMANTICS §2, retention).
 *
 * A duration keeps every copy that long. `{ daily = 7  weekly = 4 }` keeps the newest copy of each of the last 7 days and 4 weeks:
 * the older a copy has to be, the further apart are those that are left, which adds to the loss. */
#include "analysis/internal.h"

#include <string.h>

static const struct {
    const char *name;
    int64_t period; /* the longest it can be */
} classes[] = {{"hourly", MS_HOUR}, {"daily", MS_DAY}, {"weekly", 7 * MS_DAY}, {"monthly", 31 * MS_DAY}, {"yearly", 366 * MS_DAY}};

/* Largest distance of two copies that are left when only the newest of each period is. */
static bool distance_of_kept(int64_t period, int64_t gap, bool uniform, int64_t *out)
{
    if (gap >= period || (uniform && gap > 0 && period % gap == 0)) {
        *out = gap > period ? gap : period;
        return true;
    }
    return !__builtin_add_overflow(period, gap, out);
}

static enum retention kept_by_class(const struct value_object *object, int64_t age, int64_t gap, bool uniform, int64_t *extra)
{
    enum retention result = RETENTION_UNKNOWN;

    for (size_t c = 0; c < sizeof classes / sizeof *classes; c++) {
        for (uint32_t i = 0; i < object->count; i++) {
            int64_t count = object->pairs[i].value.type == VALUE_INT ? object->pairs[i].value.u.integer : 0;
            int64_t distance, life, need;

            if (strcmp(object->pairs[i].key, classes[c].name) != 0 || count < 1)
                continue;
            result = RETENTION_SHORT;
            /* The newest of the running period counts as one of them. */
            if (!distance_of_kept(classes[c].period, gap, uniform, &distance) || __builtin_mul_overflow(count - 1, classes[c].period, &life) ||
                __builtin_add_overflow(age, distance - gap, &need) || need > life)
                continue;
            *extra = distance - gap;
            return RETENTION_LASTS;
        }
    }
    return result;
}

enum retention retention_covers(const struct entity *backup, int64_t age, bool newest, int64_t gap, bool uniform, int64_t locked, int64_t *extra)
{
    struct value retain = entity_slot(backup, BACKUP_retain);

    *extra = 0;
    if (age > locked)
        return RETENTION_SHORT;
    if (retain.type == VALUE_WORD && strcmp(retain.u.word, "forever") == 0)
        return RETENTION_LASTS;
    if (retain.type == VALUE_DURATION)
        return retain.u.integer >= age ? RETENTION_LASTS : RETENTION_SHORT;
    if (retain.type == VALUE_OBJECT) {
        enum retention result = kept_by_class(retain.u.object, age, gap, uniform, extra);

        /* The newest of all is the newest of its day, week and month, and none follows it. */
        if (newest && result != RETENTION_UNKNOWN) {
            *extra = 0;
            result = RETENTION_LASTS;
        }
        return result;
    }
    return RETENTION_UNKNOWN;
}
