/* How long copies are kept, where two statements about it must agree (SEMANTICS §5): what a store's lock allows, and how long what a
 * copy builds on is there. Needs no scenario. Also counts the copies of each asset for the plan. */
#include "analysis/recovery/loss.h"
#include "analysis/recovery/recovery.h"

#include <string.h>

/* Shortest and longest life of a copy of the backup, ms; INT64_MAX for ever. False when nothing is stated. */
static bool life_of(const struct entity *backup, int64_t *shortest, int64_t *longest)
{
    static const struct {
        const char *name;
        int64_t period;
    } classes[] = {{"hourly", MS_HOUR}, {"daily", MS_DAY}, {"weekly", 7 * MS_DAY}, {"monthly", 31 * MS_DAY}, {"yearly", 366 * MS_DAY}};
    struct value retain = entity_slot(backup, BACKUP_retain);
    bool any = false;

    *shortest = *longest = retain.type == VALUE_DURATION ? retain.u.integer : INT64_MAX;
    if (retain.type != VALUE_OBJECT)
        return retain.type == VALUE_DURATION || (retain.type == VALUE_WORD && strcmp(retain.u.word, "forever") == 0);
    *longest = 0;
    /* Most copies are in the finest class only, and live as long as that keeps them. */
    for (size_t c = 0; c < sizeof classes / sizeof *classes; c++) {
        for (uint32_t i = 0; i < retain.u.object->count; i++) {
            const struct value_pair *pair = &retain.u.object->pairs[i];
            int64_t life;

            if (strcmp(pair->key, classes[c].name) != 0 || pair->value.type != VALUE_INT || pair->value.u.integer < 1)
                continue;
            if (__builtin_mul_overflow(pair->value.u.integer, classes[c].period, &life))
                life = INT64_MAX;
            if (!any)
                *shortest = life;
            any = true;
            *longest = life > *longest ? life : *longest;
        }
    }
    return any;
}

static const char *duration_text(struct analysis *a, int64_t ms)
{
    return ms == INT64_MAX ? "for ever" : text_of_duration(a->arena, ms);
}

static bool is_on_change(const struct entity *backup)
{
    struct value schedule = entity_slot(backup, BACKUP_schedule);

    return schedule.type == VALUE_SCHEDULE && schedule.u.schedule->kind == SCHEDULE_ON_CHANGE;
}

static int64_t longest_in(struct value store)
{
    uint32_t cursor = 0;
    struct entity *lock = store.type == VALUE_ENTITY ? entity_child(store.u.entity, BLOCK_STORE_LOCK, &cursor) : NULL;
    struct value max = lock ? entity_slot(lock, STORE_LOCK_max) : value_unknown();

    return max.type == VALUE_DURATION ? max.u.integer : INT64_MAX;
}

int64_t backup_renewal(const struct entity *backup)
{
    struct value copies = entity_slot(backup, BACKUP_copies);
    int64_t least = longest_in(entity_slot(backup, BACKUP_to)), shortest, longest;

    for (uint32_t i = 0; copies.type == VALUE_LIST && i < copies.u.list->count; i++)
        least = longest_in(copies.u.list->items[i]) < least ? longest_in(copies.u.list->items[i]) : least;
    if (!is_on_change(backup) || least == INT64_MAX || !life_of(backup, &shortest, &longest) || longest >= least)
        return TIME_UNKNOWN;
    return (least - longest) / 2;
}

static void check_lock(struct analysis *a, struct entity *backup, struct value store)
{
    uint32_t cursor = 0;
    struct entity *lock = store.type == VALUE_ENTITY ? entity_child(store.u.entity, BLOCK_STORE_LOCK, &cursor) : NULL;
    struct value min = lock ? entity_slot(lock, STORE_LOCK_min) : value_unknown(), max = lock ? entity_slot(lock, STORE_LOCK_max) : value_unknown();
    int64_t shortest, longest;
    bool under, over;
    struct diag *diag;

    if (!lock || !life_of(backup, &shortest, &longest))
        return;
    under = min.type == VALUE_DURATION && shortest < min.u.integer;
    /* What is made on change is what there was until the next copy, and needs its time after that one. */
    over = max.type == VALUE_DURATION && (is_on_change(backup) ? longest >= max.u.integer : longest > max.u.integer);
    if (!under && !over)
        return;
    diag = find(a, DIAG_E0542, (struct about){.subject = backup->parent, .span = entity_attr_span(backup, BACKUP_retain)},
                "backup `%s` of `%s` keeps copies %s, the lock of `%s` %s %s", backup->name, backup->parent->name,
                duration_text(a, under ? shortest : longest), store.u.entity->name, under ? "demands at least" : "allows at most",
                duration_text(a, under ? min.u.integer : max.u.integer));
    if (!diag)
        return;
    diag_label(diag, entity_attr_span(lock, under ? STORE_LOCK_min : STORE_LOCK_max), "the lock");
    if (is_on_change(backup) && !under)
        diag_note(diag, "one that is made on change may be the only one for long, and goes there by its age");
    diag_help(diag,
              is_on_change(backup) && !under ? "write `retain` shorter than %s, or give the copies there a backup of their own"
                                             : "write `retain = %s`, or give the copies there a backup of their own",
              duration_text(a, under ? min.u.integer : max.u.integer));
}

/* What builds on a copy is of no use once that is gone. */
static void check_base(struct analysis *a, struct entity *backup)
{
    struct value of = entity_slot(backup, BACKUP_of);
    struct entity *base = of.type == VALUE_STRING || of.type == VALUE_WORD
                              ? entity_child_named(backup->parent, BLOCK_BACKUP, intern_str(a->model->names, of.u.string))
                              : NULL;
    int64_t shortest, longest, base_shortest, base_longest;
    struct diag *diag;

    if (!base || !life_of(backup, &shortest, &longest) || !life_of(base, &base_shortest, &base_longest) || base_longest >= longest)
        return;
    diag = find(a, DIAG_E0543, (struct about){.subject = backup->parent, .span = entity_attr_span(backup, BACKUP_retain)},
                "backup `%s` of `%s` is kept %s, but `%s`, which it builds on, only %s", backup->name, backup->parent->name,
                duration_text(a, longest), base->name, duration_text(a, base_longest));
    if (!diag)
        return;
    diag_label(diag, entity_attr_span(base, BACKUP_retain), "`%s` is gone earlier", base->name);
    diag_help(diag, "keep `%s` at least %s", base->name, duration_text(a, longest));
}

/* Replay needs every segment, an increment the one before it: a copy in the middle that is gone makes all behind it worthless. */
static void check_thinned(struct analysis *a, const struct entity *backup)
{
    struct diag *diag;

    if (!is_thinned(backup))
        return;
    diag = diag_report(a->sink, DIAG_E0556, entity_attr_span(backup, BACKUP_retain),
                       "of `%s` of `%s` only some are kept, but each builds on the one before", backup->name, backup->parent->name);
    diag_help(diag, "keep all of them for a time, as in `retain = 35d`; what is kept by classes is the full backup they build on");
}

static void check_periods(struct analysis *a, const struct entity *backup)
{
    struct value retain = entity_slot(backup, BACKUP_retain);
    bool keeps = false, negative = false;

    for (uint32_t i = 0; retain.type == VALUE_OBJECT && i < retain.u.object->count; i++) {
        const char *key = retain.u.object->pairs[i].key;
        struct value count = retain.u.object->pairs[i].value;

        keeps |= count.type != VALUE_INT || count.u.integer > 0;
        negative |= count.type == VALUE_INT && count.u.integer < 0;
        if (!is_period(key))
            diag_help(diag_report(a->sink, DIAG_E0558, entity_attr_span(backup, BACKUP_retain), "`retain` of `%s` of `%s` names a period `%s`",
                                  backup->name, backup->parent->name, key),
                      "the periods are `hourly`, `daily`, `weekly`, `monthly` and `yearly`");
    }
    if (retain.type == VALUE_OBJECT && (!keeps || negative))
        diag_help(diag_report(a->sink, DIAG_E0558, entity_attr_span(backup, BACKUP_retain), "`retain` of `%s` of `%s` keeps %s", backup->name,
                              backup->parent->name, negative ? "less than nothing" : "no copy at all"),
                  "say how many of each period are kept, as in `retain = { daily = 14 }`");
}

static void check_platform_limit(struct analysis *a, const struct entity *backup)
{
    struct asset *asset = plan_asset(a->plan, backup->parent);
    struct value retain = entity_slot(backup, BACKUP_retain);
    const struct entity *limit;
    int64_t most, shortest, longest;
    struct diag *diag;

    if (!asset || (most = platform_limit(a, asset, backup, &limit)) == INT64_MAX || !value_is_known(retain) ||
        !life_of(backup, &shortest, &longest) || longest <= most)
        return;
    diag = diag_report(a->sink, DIAG_E0557, entity_attr_span(backup, BACKUP_retain), "backup `%s` of `%s` is kept %s, but `%s` keeps it %s at most",
                       backup->name, asset->name, duration_text(a, longest), limit->parent->name, duration_text(a, most));
    diag_help(diag, "write `retain = %s`, and protect what is older with a backup of another kind", duration_text(a, most));
}

/* What a specification states below the platform's own interval is true of nothing. */
static void check_platform_interval(struct analysis *a, const struct entity *backup)
{
    struct asset *asset = plan_asset(a->plan, backup->parent);
    struct value every = value_worst(entity_slot(backup, BACKUP_ship_every));
    const struct entity *limit;
    int64_t least = asset ? platform_interval(asset, backup, &limit) : 0;

    if (every.type != VALUE_DURATION || every.u.integer >= least)
        return;
    diag_help(diag_report(a->sink, DIAG_E0557, entity_attr_span(backup, BACKUP_ship_every),
                          "backup `%s` of `%s` ships every %s, but `%s` ships every %s", backup->name, asset->name, duration_text(a, every.u.integer),
                          limit->parent->name, duration_text(a, least)),
              "write `ship_every = %s`: nobody can set it", duration_text(a, least));
}

/* Two copies in one store are one: they are lost together. */
static void check_twice(struct analysis *a, const struct entity *backup)
{
    struct value to = entity_slot(backup, BACKUP_to), copies = entity_slot(backup, BACKUP_copies);

    for (uint32_t c = 0; copies.type == VALUE_LIST && c < copies.u.list->count; c++) {
        const struct entity *store = copies.u.list->items[c].type == VALUE_ENTITY ? copies.u.list->items[c].u.entity : NULL;
        bool twice = store && to.type == VALUE_ENTITY && to.u.entity == store;

        for (uint32_t before = 0; store && before < c; before++)
            twice |= copies.u.list->items[before].type == VALUE_ENTITY && copies.u.list->items[before].u.entity == store;
        if (!twice)
            continue;
        diag_help(diag_report(a->sink, DIAG_E0581, entity_attr_span(backup, BACKUP_copies),
                              "backup `%s` of `%s` names store `%s` twice: that is one copy", backup->name, backup->parent->name, store->name),
                  "name each store once; another copy is in another store");
        return;
    }
}

static bool is_set(const struct entity *store, uint32_t row)
{
    struct value flag = entity_slot(store, row);

    return flag.type == VALUE_BOOL && flag.u.integer;
}

/* Whether the kind of the store has a procedure of the name that jobs run for it. */
static bool has_procedure(struct analysis *a, struct entity *store, const char *name)
{
    struct entity *procedure = kind_procedure(store->kind, name);
    struct value job = {.type = VALUE_RUNTIME, .u.word = intern_str(a->model->names, "job")};
    struct value when = value_unknown();

    if (procedure)
        when =
            eval_deferred(a->eval, procedure, PROCEDURE_when, scope_add(a->eval, scope_add(a->eval, NULL, "job", job), "self", value_entity(store)));
    return procedure && (when.type != VALUE_BOOL || when.u.integer);
}

/* Whoever holds what writes the copies can do what the job does. */
static void check_door(struct analysis *a, struct entity *backup, struct value to)
{
    struct entity *store = to.type == VALUE_ENTITY && to.u.entity->schema->id == BLOCK_STORE ? to.u.entity : NULL;
    const struct entity *by;
    struct diag *diag;

    if (!store || !(is_set(store, STORE_append_only) || is_set(store, STORE_offline)))
        return;
    by = backup_procedure(a, backup);
    if (is_set(store, STORE_append_only) && has_procedure(a, store, "remove")) {
        diag = diag_report(a->sink, DIAG_E0580, entity_attr_span(store, STORE_append_only),
                           "store `%s` is `append_only`, and the job of backup `%s` of `%s` deletes from it", store->name, backup->name,
                           backup->parent->name);
        diag_label(diag, backup->span, "with the credentials it writes with");
        diag_help(diag, "say `when = !self.append_only` in `procedure remove` of kind `%s`, or take `append_only` away", store->kind->entity->name);
    }
    if (is_set(store, STORE_offline) && (has_procedure(a, store, "put") || (by && by->parent == store->kind->entity))) {
        diag = diag_report(a->sink, DIAG_E0580, entity_attr_span(store, STORE_offline),
                           "store `%s` is `offline`, and the job of backup `%s` of `%s` writes into it", store->name, backup->name,
                           backup->parent->name);
        diag_label(diag, backup->span, "reaches it at any time, and whoever holds its credentials does too");
        diag_help(
            diag,
            "take `offline` away; copies that somebody carries away are in a store of a kind that no job writes to, as `generic.offline_media`");
    }
}

static void check_owner(struct analysis *a, const struct entity *owner)
{
    struct entity *backup;

    for (uint32_t i = 0; (backup = entity_child(owner, BLOCK_BACKUP, &i));) {
        struct value copies = entity_slot(backup, BACKUP_copies);

        check_lock(a, backup, entity_slot(backup, BACKUP_to));
        check_door(a, backup, entity_slot(backup, BACKUP_to));
        check_twice(a, backup);
        for (uint32_t c = 0; copies.type == VALUE_LIST && c < copies.u.list->count; c++) {
            check_lock(a, backup, copies.u.list->items[c]);
            check_door(a, backup, copies.u.list->items[c]);
        }
        check_base(a, backup);
        check_periods(a, backup);
        check_thinned(a, backup);
        check_platform_limit(a, backup);
        check_platform_interval(a, backup);
    }
}

void check_keeping(struct analysis *a)
{
    for (uint32_t i = 0; i < a->plan->asset_count; i++)
        check_owner(a, a->plan->assets[i].entity);
    for (uint32_t i = 0; i < a->model->declared[BLOCK_GROUP].list.len; i++)
        check_owner(a, a->model->declared[BLOCK_GROUP].list.items[i]);
}

void count_copies(struct analysis *a)
{
    a->plan->copies = ARENA_ARRAY(a->arena, struct copy_counts, a->plan->asset_count);
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        if (a->plan->assets[i].stateful)
            a->plan->copies[i] = eval_copy_counts(a->eval, a->plan->assets[i].entity);
    }
}
