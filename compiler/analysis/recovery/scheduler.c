/* Who runs the schedule of a backup, and what that service does with it (SEMANTICS §2).
 *
 * A job of ours is written for cron, systemd and Kubernetes alike: the worst of them counts, unless the backup names the one that runs
 * it. A store that only its provider's own service writes to (a vault of AWS Backup) says so in its kind, with the window in which that
 * service starts a run when nobody sets one, the least that can be set, and what becomes of a continuous backup that is copied. */
#include "analysis/recovery/recovery.h"

#include "schedule/schedule.h"

#include <string.h>

static const struct {
    const char *word;
    enum cron_dialect dialect;
    const char *elsewhere; /* its name, where it starts nothing on a machine of ours */
    bool written;          /* the cron target writes its files */
} schedulers[] = {{"debian", DIALECT_DEBIAN, NULL, true},
                  {"cronie", DIALECT_CRONIE, NULL, true},
                  {"systemd", DIALECT_SYSTEMD, NULL, true},
                  {"kubernetes", DIALECT_KUBERNETES, "Kubernetes", true},
                  {"eventbridge", DIALECT_AWS, "EventBridge", false},
                  {"aws_backup", DIALECT_AWS, "AWS Backup", false}};

static const struct kind_info *store_kind(const struct entity *backup)
{
    struct value to = entity_slot(backup, BACKUP_to);

    return to.type == VALUE_ENTITY ? to.u.entity->kind : NULL;
}

static const char *scheduler_word(const struct entity *backup)
{
    struct value own = entity_slot(backup, BACKUP_scheduler), kinds;

    if (own.type == VALUE_WORD)
        return own.u.word;
    kinds = kind_slot(store_kind(backup), KIND_scheduler);
    return kinds.type == VALUE_WORD ? kinds.u.word : NULL;
}

uint32_t backup_dialects(const struct entity *backup)
{
    const char *word = scheduler_word(backup);

    for (size_t i = 0; word && i < sizeof schedulers / sizeof *schedulers; i++) {
        if (strcmp(schedulers[i].word, word) == 0)
            return 1u << schedulers[i].dialect;
    }
    return 1u << DIALECT_DEBIAN | 1u << DIALECT_SYSTEMD | 1u << DIALECT_KUBERNETES;
}

const char *backup_scheduler_elsewhere(const struct entity *backup)
{
    const char *word = scheduler_word(backup);

    for (size_t i = 0; word && i < sizeof schedulers / sizeof *schedulers; i++) {
        if (strcmp(schedulers[i].word, word) == 0)
            return schedulers[i].elsewhere;
    }
    return NULL;
}

const char *backup_scheduler_unwritten(const struct entity *backup)
{
    struct value own = entity_slot(backup, BACKUP_scheduler);

    for (size_t i = 0; own.type == VALUE_WORD && i < sizeof schedulers / sizeof *schedulers; i++) {
        if (strcmp(schedulers[i].word, own.u.word) == 0 && !schedulers[i].written)
            return schedulers[i].elsewhere;
    }
    return NULL;
}

static bool backup_runs_in_aws_backup(const struct entity *backup)
{
    const char *word = scheduler_word(backup);

    return word && strcmp(word, "aws_backup") == 0;
}

static const struct entity *kind_with(const struct kind_info *kind, uint32_t row)
{
    for (; kind; kind = kind->base) {
        struct value value = entity_slot(kind->entity, row);

        if (value_is_known(value) && !value.defaulted)
            return kind->entity;
    }
    return NULL;
}

int64_t backup_start_window(const struct entity *backup, const struct entity **from)
{
    struct value own = entity_slot(backup, BACKUP_start_window), kinds;

    /* Its controller looks every ten seconds, and the emitted file lets it start a Job that late. */
    int64_t least = is_word(entity_slot(backup, BACKUP_scheduler), "kubernetes") ? 10 * MS_SECOND : 0;

    *from = NULL;
    if (own.type == VALUE_DURATION)
        return own.u.integer > least ? own.u.integer : least;
    if (own.type != VALUE_UNKNOWN)
        return TIME_UNKNOWN;
    kinds = kind_slot(store_kind(backup), KIND_start_window);
    if (kinds.type != VALUE_DURATION)
        return least;
    *from = kind_with(store_kind(backup), KIND_start_window);
    return kinds.u.integer;
}

/* Another region, or another account. */
static bool elsewhere(const struct analysis *a, const struct entity *one, const struct entity *other)
{
    struct value x = entity_slot(one, STORE_site), y = entity_slot(other, STORE_site);
    const struct site_info *here = x.type == VALUE_ENTITY ? plan_site(a->plan, x.u.entity) : NULL;
    const struct site_info *there = y.type == VALUE_ENTITY ? plan_site(a->plan, y.u.entity) : NULL;

    return here && there && here != there && (strcmp(here->region, there->region) != 0 || here->account != there->account);
}

bool copy_loses_points(const struct analysis *a, const struct entity *backup, const struct entity *store)
{
    struct value schedule = entity_slot(backup, BACKUP_schedule), to = entity_slot(backup, BACKUP_to);
    struct value keeps = kind_slot(store->kind, KIND_copied_continuous);

    return schedule.type == VALUE_SCHEDULE && schedule.u.schedule->kind == SCHEDULE_CONTINUOUS && keeps.type == VALUE_WORD &&
           strcmp(keeps.u.word, "points") == 0 && to.type == VALUE_ENTITY && elsewhere(a, to.u.entity, store);
}

static void check_window(struct analysis *a, const struct entity *backup)
{
    struct value own = entity_slot(backup, BACKUP_start_window), least = kind_slot(store_kind(backup), KIND_least_start_window);
    struct strbuf text = STRBUF_INIT;
    struct diag *diag;

    if (own.type != VALUE_DURATION || least.type != VALUE_DURATION || own.u.integer >= least.u.integer)
        return;
    print_duration(&text, least.u.integer);
    diag = diag_report(a->sink, DIAG_E0533, entity_attr_span(backup, BACKUP_start_window),
                       "the start window of `%s` is shorter than %s, the least `%s` takes", backup->name, strbuf_str(&text),
                       store_kind(backup)->entity->name);
    diag_help(diag, "write `start_window = %s` or more; it is part of the worst-case loss", strbuf_str(&text));
    strbuf_release(&text);
}

static void check_copies(struct analysis *a, const struct entity *backup)
{
    struct value copies = entity_slot(backup, BACKUP_copies);

    for (uint32_t i = 0; copies.type == VALUE_LIST && i < copies.u.list->count; i++) {
        const struct entity *store = copies.u.list->items[i].type == VALUE_ENTITY ? copies.u.list->items[i].u.entity : NULL;

        if (store && copy_loses_points(a, backup, store))
            diag_help(diag_report(a->sink, DIAG_E0534, entity_attr_span(backup, BACKUP_copies),
                                  "the copy of `%s` in `%s` loses point-in-time recovery", backup->name, store->name),
                      "add a backup of kind `snapshot` with a schedule and copy that one, or let the database copy its logs itself");
    }
}

/* A store that only one service writes to is filled by no other. */
static void check_same_service(struct analysis *a, const struct entity *backup)
{
    struct value own = entity_slot(backup, BACKUP_scheduler), kinds = kind_slot(store_kind(backup), KIND_scheduler);

    if (own.type != VALUE_WORD || kinds.type != VALUE_WORD || strcmp(own.u.word, kinds.u.word) == 0)
        return;
    diag_help(diag_report(a->sink, DIAG_E0577, entity_attr_span(backup, BACKUP_scheduler),
                          "backup `%s` names `%s`, and what goes into `%s` is started by `%s` alone", backup->name, own.u.word,
                          entity_slot(backup, BACKUP_to).u.entity->name, kinds.u.word),
              "leave `scheduler` out: `%s` says which one it is", store_kind(backup)->entity->name);
}

void check_service(struct analysis *a, const struct entity *backup)
{
    struct value schedule = entity_slot(backup, BACKUP_schedule);
    const struct zone *zone = NULL;
    struct schedule_lines lines;
    struct diag *diag;

    check_same_service(a, backup);
    check_window(a, backup);
    check_copies(a, backup);
    if (schedule.type != VALUE_SCHEDULE || !backup_runs_in_aws_backup(backup) || schedule.u.schedule->kind == SCHEDULE_CONTINUOUS ||
        schedule.u.schedule->kind == SCHEDULE_ON_CHANGE)
        return;
    if (schedule.u.schedule->zone && a->options->zone)
        zone = a->options->zone(a->options->zone_context, schedule.u.schedule->zone);
    if (schedule_convert(a->arena, schedule.u.schedule, TARGET_AWS_BACKUP, zone, &lines))
        return;
    diag =
        diag_report(a->sink, DIAG_E0512, entity_attr_span(backup, BACKUP_schedule), "the schedule of `%s`: %s", backup->name, lines.refusal.reason);
    if (lines.refusal.help)
        diag_help(diag, "%s", lines.refusal.help);
}
