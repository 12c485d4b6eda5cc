/*
 * schedule_probe: answers questions about cron expressions, for the oracles in tests/oracles/. One question a line on
 * standard input, one answer a line on standard output:
 *
 *   gap DIALECT ZONE MISSED EXPRESSION   "ok MAX FROM TO MIN", milliseconds; "never"; "refused REASON"
 *   slots DIALECT ZONE AFTER COUNT EXPRESSION   the next slots after an instant, seconds since 1970 UTC
 *
 * ZONE is a name of the computer's tz database, or UTC.
 */
#include "schedule/schedule.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;

static const struct zone *zone_of(const char *name)
{
    static struct {
        char name[64];
        const struct zone *zone;
    } known[64];
    static size_t count;
    static unsigned char bytes[200000];
    const char *error;
    size_t size;
    FILE *file;

    if (strcmp(name, "UTC") == 0)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(known[i].name, name) == 0)
            return known[i].zone;
    }
    file = fopen(arena_printf(arena, "/usr/share/zoneinfo/%s", name), "rb");
    if (!file || count == 64 || strlen(name) >= sizeof known[0].name) {
        fprintf(stderr, "zone %s cannot be read\n", name);
        exit(2);
    }
    size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    strcpy(known[count].name, name);
    known[count].zone = zone_parse(arena, name, bytes, size, &error);
    if (!known[count].zone) {
        fprintf(stderr, "zone %s: %s\n", name, error);
        exit(2);
    }
    return known[count++].zone;
}

static enum cron_dialect dialect_of(const char *name)
{
    static const char *const names[DIALECT_COUNT] = {"plain", "debian", "cronie", "kubernetes", "systemd", "aws"};

    for (int i = 0; i < DIALECT_COUNT; i++) {
        if (strcmp(names[i], name) == 0)
            return (enum cron_dialect)i;
    }
    fprintf(stderr, "no dialect is called %s\n", name);
    exit(2);
}

static void answer_gap(const struct schedule *schedule, enum cron_dialect dialect, const struct zone *zone, uint32_t missed)
{
    struct schedule_gap gap;

    schedule_gap(arena, schedule, dialect, zone, missed, &gap);
    if (gap.status == SCHEDULE_OK)
        printf("ok %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n", gap.max_gap, gap.max_from, gap.max_to, gap.min_gap);
    else if (gap.status == SCHEDULE_NEVER)
        printf("never\n");
    else
        printf("refused %s\n", gap.status == SCHEDULE_REFUSED ? gap.refusal.reason : "untimed");
}

static void answer_slots(const struct schedule *schedule, enum cron_dialect dialect, const struct zone *zone, int64_t after, long count)
{
    enum schedule_status status;
    struct schedule_refusal refusal;
    struct schedule_slots *slots = schedule_slots_new(arena, schedule, dialect, zone, &status, &refusal);
    int64_t at = after * MS_SECOND;

    for (long i = 0; slots && i < count && schedule_next(slots, at, &at); i++)
        printf("%s%" PRId64, i ? " " : "", at / MS_SECOND);
    printf("%s\n", slots ? "" : status == SCHEDULE_NEVER ? "never" : "refused");
}

int main(void)
{
    char line[4096], what[16], dialect[32], zone[64];

    arena = arena_new();
    while (fgets(line, sizeof line, stdin)) {
        struct schedule schedule = {.kind = SCHEDULE_CRON};
        long long first, count = 0;
        int read = 0;

        line[strcspn(line, "\n")] = '\0';
        if (sscanf(line, "%15s %31s %63s %lld %n", what, dialect, zone, &first, &read) < 4)
            return 2;
        if (strcmp(what, "slots") == 0) {
            int more = 0;

            if (sscanf(line + read, "%lld %n", &count, &more) < 1)
                return 2;
            read += more;
        }
        schedule.cron = line + read;
        schedule.zone = strcmp(zone, "UTC") == 0 ? NULL : zone;
        if (strcmp(what, "slots") == 0)
            answer_slots(&schedule, dialect_of(dialect), zone_of(zone), first, (long)count);
        else
            answer_gap(&schedule, dialect_of(dialect), zone_of(zone), (uint32_t)first);
    }
    arena_delete(arena);
    return 0;
}
