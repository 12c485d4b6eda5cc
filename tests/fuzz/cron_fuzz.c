/* Schedules and time zones from arbitrary bytes: no crash, no hang, and what the proof relies on holds.
 *
 * Input: one byte for the dialect, one for the missed runs, the expression up to a newline, then a time
 * zone: the bytes of a TZif file, or the rule of one. */
#include "schedule/schedule.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool condition)
{
    if (!condition)
        abort();
}

/* A TZif file around a rule. */
static const struct zone *zone_of_rule(struct arena *arena, const uint8_t *rule, size_t len)
{
    const char *error;
    size_t head = 44 + 6 + 1;
    unsigned char *bytes = arena_alloc(arena, 2 * head + len + 2);

    memcpy(bytes, "TZif2", 5);
    bytes[39] = bytes[43] = 1;
    memcpy(bytes + head, bytes, head);
    bytes[2 * head] = '\n';
    memcpy(bytes + 2 * head + 1, rule, len);
    bytes[2 * head + 1 + len] = '\n';
    return zone_parse(arena, "Fuzz/Rule", bytes, 2 * head + len + 2, &error);
}

static void check_slots(struct arena *arena, const struct schedule *schedule, enum cron_dialect dialect, const struct zone *zone, uint32_t missed)
{
    struct schedule_gap gap;
    struct schedule_refusal refusal;
    enum schedule_status status;
    struct schedule_slots *slots;
    int64_t at;

    schedule_gap(arena, schedule, dialect, zone, missed, &gap);
    if (gap.status == SCHEDULE_REFUSED)
        demand(gap.refusal.reason != NULL);
    if (gap.status != SCHEDULE_OK)
        return;
    demand(gap.min_gap > 0 && gap.max_gap >= gap.min_gap);
    demand(gap.max_to - gap.max_from == gap.max_gap && gap.min_to - gap.min_from == gap.min_gap);
    slots = schedule_slots_new(arena, schedule, dialect, zone, &status, &refusal);
    demand(slots != NULL);
    /* Kubernetes may find other slots when its search starts elsewhere; everyone else must find the
     * witness. */
    if (zone != NULL && dialect == DIALECT_KUBERNETES)
        return;
    at = gap.max_from;
    for (uint32_t i = 0; i <= missed; i++)
        demand(schedule_next(slots, at, &at));
    demand(at == gap.max_to);
    demand(schedule_previous(slots, gap.min_to, &at) && at == gap.min_from);
}

static void check_conversions(struct arena *arena, const struct schedule *schedule, const struct zone *zone)
{
    static const enum schedule_target targets[] = {TARGET_CRON_DEBIAN, TARGET_CRON_CRONIE, TARGET_KUBERNETES,
                                                   TARGET_SYSTEMD,     TARGET_EVENTBRIDGE, TARGET_AWS_BACKUP};

    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        struct schedule_lines lines;

        if (!schedule_convert(arena, schedule, targets[i], zone, &lines)) {
            demand(lines.refusal.reason != NULL);
            continue;
        }
        demand(lines.count > 0 && lines.count <= SCHEDULE_LINES_MAX);
        for (uint32_t n = 0; n < lines.count && targets[i] != TARGET_SYSTEMD; n++) {
            struct cron cron;
            struct cron_error error;

            demand(cron_parse(arena, lines.line[n], target_dialect(targets[i]), &cron, &error));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena;
    struct schedule schedule = {.kind = SCHEDULE_CRON};
    struct cron cron;
    struct cron_error error;
    struct cron_lint lints[CRON_LINT_MAX];
    const struct zone *zone = NULL;
    const uint8_t *end;
    enum cron_dialect dialect;
    uint32_t missed;

    if (size < 3)
        return 0;
    arena = arena_new();
    dialect = (enum cron_dialect)(data[0] % DIALECT_COUNT);
    missed = data[1] % 40;
    data += 2;
    size -= 2;
    end = memchr(data, '\n', size);
    schedule.cron = arena_strndup(arena, (const char *)data, end ? (size_t)(end - data) : size);
    if (end) {
        const uint8_t *rest = end + 1;
        size_t len = size - (size_t)(rest - data);
        const char *message;

        zone = len > 4 && memcmp(rest, "TZif", 4) == 0 ? zone_parse(arena, "Fuzz/File", rest, len, &message) : zone_of_rule(arena, rest, len);
        if (zone)
            schedule.zone = "Fuzz/Zone";
    }
    if (cron_parse(arena, schedule.cron, dialect, &cron, &error)) {
        unsigned count = cron_lint(arena, schedule.cron, dialect, lints);

        for (unsigned i = 0; i < count; i++)
            demand(lints[i].message && lints[i].offset + lints[i].len <= strlen(schedule.cron));
        check_slots(arena, &schedule, dialect, zone, missed);
    } else {
        demand(error.message && error.offset + error.len <= strlen(schedule.cron));
    }
    check_conversions(arena, &schedule, zone);
    arena_delete(arena);
    return 0;
}
