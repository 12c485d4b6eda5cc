/* Whether a copy of a certain age is still there (SEMANTICS §2, retention).
 *
 * A duration keeps every copy that long. `{ daily = 7  weekly = 4 }` keeps the newest copy of each of the last 7 days and 4 weeks:
 * the older a copy has to be, the further apart are those that are left, which adds to the loss. */
#include "analysis/recovery/loss.h"
#include "analysis/recovery/recovery.h"

#include <string.h>

static const struct {
    const char *name;
    int64_t period; /* the longest it can be */
} classes[] = {{"hourly", MS_HOUR}, {"daily", MS_DAY}, {"weekly", 7 * MS_DAY}, {"monthly", 31 * MS_DAY}, {"yearly", 366 * MS_DAY}};

/* Whether the slots divide the period evenly and no run begins in another one than its slot. */
static bool divides(int64_t period, struct rhythm rhythm)
{
    return rhythm.uniform && rhythm.keeps_day && rhythm.gap > rhythm.late && period % rhythm.gap == 0 && period <= 7 * MS_DAY;
}

/* Largest distance of two copies that are left when only the newest of each period is. The slot after one of them is in a later period, and the
 * last of that is left. */
static bool distance_of_kept(int64_t period, struct rhythm rhythm, int64_t *out)
{
    bool alone = rhythm.once >= period || (rhythm.late >= 0 && rhythm.shortest - rhythm.late >= period);

    if (alone || divides(period, rhythm)) {
        *out = alone ? rhythm.gap : period;
        return true;
    }
    return !__builtin_add_overflow(period, rhythm.gap, out);
}

/* The newest of the running period counts as one of the `count` that are left. What is left of a period that the slots divide is the run of its
 * last slot: a gap longer is it there, until the next period has its first. */
static bool life_in_class(int64_t count, int64_t period, struct rhythm rhythm, int64_t *life)
{
    return !__builtin_mul_overflow(count - 1, period, life) &&
           !__builtin_add_overflow(*life, divides(period, rhythm) ? rhythm.gap - rhythm.late : 0, life);
}

/* Exactly, where the calendar could be walked; else at least so. */
static bool class_of(struct analysis *a, const struct entity *backup, uint32_t class_, int64_t count, struct rhythm rhythm, int64_t *distance,
                     int64_t *life)
{
    /* Where runs keep others out nobody knows which are left. */
    const struct schedule_thinning *thinned = rhythm.shortest ? backup_thinning(a, backup, (enum keep_class)class_, count) : NULL;

    if (thinned && thinned->whole) {
        *distance = thinned->apart > rhythm.gap ? thinned->apart : rhythm.gap;
        *life = thinned->life;
        return true;
    }
    return distance_of_kept(classes[class_].period, rhythm, distance) && life_in_class(count, classes[class_].period, rhythm, life);
}

static enum retention kept_by_class(struct analysis *a, const struct entity *backup, const struct value_object *object, int64_t age,
                                    struct rhythm rhythm, int64_t *extra)
{
    int64_t gap = rhythm.gap;
    enum retention result = RETENTION_UNKNOWN;

    for (uint32_t c = 0; c < sizeof classes / sizeof *classes; c++) {
        for (uint32_t i = 0; i < object->count; i++) {
            int64_t count = object->pairs[i].value.type == VALUE_INT ? object->pairs[i].value.u.integer : 0;
            int64_t distance, life, need;

            if (strcmp(object->pairs[i].key, classes[c].name) != 0 || count < 1)
                continue;
            result = RETENTION_SHORT;
            if (!class_of(a, backup, c, count, rhythm, &distance, &life) || __builtin_add_overflow(age, distance - gap, &need) || need > life)
                continue;
            *extra = distance - gap;
            return RETENTION_LASTS;
        }
    }
    return result;
}

const struct schedule_thinning *thinned_by(struct analysis *a, const struct entity *backup, int64_t apart, int64_t age)
{
    struct value retain = entity_slot(backup, BACKUP_retain);

    for (uint32_t c = 0; c < sizeof classes / sizeof *classes; c++) {
        for (uint32_t i = 0; retain.type == VALUE_OBJECT && i < retain.u.object->count; i++) {
            const struct schedule_thinning *thinned;

            if (strcmp(retain.u.object->pairs[i].key, classes[c].name) != 0 || retain.u.object->pairs[i].value.type != VALUE_INT)
                continue;
            thinned = backup_thinning(a, backup, (enum keep_class)c, retain.u.object->pairs[i].value.u.integer);
            if (thinned && (thinned->whole ? thinned->apart == apart : thinned->life >= age))
                return thinned;
        }
    }
    return NULL;
}

bool is_period(const char *key)
{
    bool known = false;

    for (size_t c = 0; c < sizeof classes / sizeof *classes; c++)
        known |= strcmp(classes[c].name, key) == 0;
    return known;
}

bool is_thinned(const struct entity *backup)
{
    struct value kind = entity_slot(backup, BACKUP_kind);

    return entity_slot(backup, BACKUP_retain).type == VALUE_OBJECT && kind.type == VALUE_WORD &&
           (strcmp(kind.u.word, "log") == 0 || strcmp(kind.u.word, "incremental") == 0);
}

enum retention retention_covers(struct analysis *a, const struct entity *backup, int64_t age, bool newest, struct rhythm rhythm, int64_t locked,
                                int64_t *extra)
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
        enum retention result = kept_by_class(a, backup, retain.u.object, age, rhythm, extra);

        /* The newest of all is the newest of its day, week and month, and none follows it. */
        if (newest && result != RETENTION_UNKNOWN) {
            *extra = 0;
            result = RETENTION_LASTS;
        }
        return result;
    }
    return RETENTION_UNKNOWN;
}
