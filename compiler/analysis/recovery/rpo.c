/* Worst-case data loss of a restore from copies (SEMANTICS §2).
 *
 * A recovery point exists at a store only if every link of its chain (full, incrementals, logs) and its key is there and
 * survives; the loss is that of the newest link (backup_loss.c). The smallest loss over all stores and chains counts. */
#include "analysis/common/missing.h"
#include "analysis/recovery/credit.h"
#include "analysis/recovery/loss.h"
#include "analysis/recovery/recovery.h"
#include "analysis/world/stands.h"
#include "analysis/world/world.h"

#include <string.h>

/* A log that names no base (`of`) goes with any full backup or snapshot beside it: the one after `last` that is kept in the store, or for
 * NULL beside the asset or in a store that stands. NULL when there is none left. */
static const struct entity *next_base(struct analysis *a, const struct entity *log, const struct entity *store, const struct entity *last)
{
    struct entity *other;
    bool is_copy, passed = !last;
    struct why gone;

    for (uint32_t i = 0; (other = entity_child(log->parent, BLOCK_BACKUP, &i));) {
        struct value kind = entity_slot(other, BACKUP_kind), to = entity_slot(other, BACKUP_to);

        if (passed && (is_word(kind, "full") || is_word(kind, "snapshot")) &&
            (store ? backup_is_at(other, store, &is_copy) : to.type != VALUE_ENTITY || store_survives(a, to.u.entity, &gone)))
            return other;
        passed |= other == last;
    }
    return NULL;
}

/* Follows the chain of a backup. `base`: what a log without `of` builds on. */
static bool chain_complete(struct analysis *a, const struct entity *backup, const struct entity *store, const struct entity *base,
                           struct links *links, struct why *why)
{
    bool is_copy;

    while (links->count < CHAIN_LIMIT) {
        struct value kind = entity_slot(backup, BACKUP_kind), to = entity_slot(backup, BACKUP_to);
        const struct entity *next;

        if (store && !backup_is_at(backup, store, &is_copy)) {
            why->text = intern_text(a, "`%s` is not in `%s`, so what builds on it is of no use there", backup->name, store->name);
            return false;
        }
        if (!store && to.type == VALUE_ENTITY && !store_survives(a, to.u.entity, why))
            return false;
        if (store && copy_loses_points(a, backup, store)) {
            why->text = intern_text(a, "the copy of `%s` in `%s` is no longer continuous: point-in-time recovery is lost", backup->name, store->name);
            return false;
        }
        links->items[links->count++] = backup;
        if (is_word(kind, "full") || is_word(kind, "snapshot"))
            return true;
        if (is_word(kind, "log") && (links->since_base = platform_base(a, backup)) >= 0)
            return true;
        next = link_of(a, backup);
        if (!next && is_word(kind, "log"))
            next = base;
        if (!next) {
            why->text = store ? intern_text(a, "`%s` in `%s` has no full backup there to build on", backup->name, store->name)
                              : intern_text(a, "`%s` has no full backup to build on", backup->name);
            return false;
        }
        backup = next;
    }
    why->text = intern_text(a, "the chain of `%s` is longer than %d links", links->items[0]->name, CHAIN_LIMIT);
    return false;
}

static bool reads(struct value from, struct value kind)
{
    if (from.type != VALUE_LIST || from.u.list->count == 0)
        return true;
    for (uint32_t i = 0; i < from.u.list->count; i++) {
        if (kind.type == VALUE_WORD && is_word(from.u.list->items[i], kind.u.word))
            return true;
    }
    return false;
}

struct best {
    bool found, circular;
    bool nobody; /* a link of the chain is taken by nobody */
    struct loss loss;
    int64_t since_base;
    struct entity *backup, *store;
    struct links *links; /* gets those of the chain; NULL: nobody asks */
    struct value reads;  /* formats the method reads; anything but a list: it does not say */
    struct why why;
};

static bool smaller(const struct loss *a, const struct loss *b)
{
    if (a->ms == TIME_UNKNOWN)
        return false;
    if (b->ms == TIME_UNKNOWN)
        return true;
    if (a->ms == RPO_NOT_APPLICABLE)
        return false;
    return b->ms == RPO_NOT_APPLICABLE || a->ms < b->ms;
}

/* Whether one has to go back behind what went unnoticed, and not only to the newest copy: damage, or somebody in its account. What is
 * lost otherwise is lost in a moment, and missed at once. */
bool goes_back(const struct analysis *a, const struct asset_state *state)
{
    return is_damaged(state) || is_held(a, state->asset);
}

/* A time of the scenario nobody stated: what is said of it, and its row where there is one. */
struct unset_time {
    const char *text, *row;
};

/* How old the moment one goes back to may be when the restore has read its copies: late notice + detection + declaration + reading. */
static int64_t reach_back(const struct analysis *a, const struct asset_state *state, int64_t read, struct unset_time *missing)
{
    struct value noticed = goes_back(a, state) ? entity_slot(a->scenario->scenario, SCENARIO_noticed_within) : value_unknown();
    struct span_of_time act = a->scenario->begin;
    int64_t reach;

    *missing = (struct unset_time){NULL, NULL};
    if (goes_back(a, state) && noticed.type != VALUE_DURATION)
        *missing = (struct unset_time){is_damaged(state) ? "how long the damage goes unnoticed (`noticed_within`)"
                                                         : "how long an intruder goes unnoticed (`noticed_within`)",
                                       "noticed_within"};
    else if (goes_back(a, state) && !act.known)
        *missing = (struct unset_time){"how soon somebody acts (`detect`, `declare`, `approve_within`)", NULL};
    if (missing->text || __builtin_add_overflow(noticed.type == VALUE_DURATION ? noticed.u.integer : 0, act.known ? act.worst : 0, &reach) ||
        __builtin_add_overflow(reach, read, &reach))
        return TIME_UNKNOWN;
    return reach;
}

/* What it is called that a copy is kept for too short a time. */
static struct why kept_too_short(const struct analysis *a, const struct entity *backup, int64_t need, int64_t locked, const struct entity *limit,
                                 int64_t most)
{
    struct value retain = entity_slot(backup, BACKUP_retain);
    const char *kept = need > most ? intern_text(a, "kept for %s by `%s`, whatever is stated", text_of_duration(a->arena, most), limit->parent->name)
                       : need > locked                 ? intern_text(a, "locked for %s", text_of_duration(a->arena, locked))
                       : retain.type == VALUE_DURATION ? intern_text(a, "kept for %s", text_of_duration(a->arena, retain.u.integer))
                                                       : "kept for too few periods";

    bool by_lock = need <= most && need > locked;

    return (struct why){.as = by_lock ? REFUSED_OTHERWISE : REFUSED_KEPT_SHORT,
                        .at = by_lock ? NULL : backup,
                        .text = intern_text(a, "`%s` is %s, but it may be needed after %s", backup->name, kept, text_of_duration(a->arena, need))};
}

/* How long before the moment one goes back to the link must have been taken at most, ms: logs and increments reach back to the full one they
 * build on, of which those that are left are `base` apart. */
static int64_t reach_of(const struct links *links, uint32_t i, int64_t base)
{
    struct value kind = entity_slot(links->items[i], BACKUP_kind);
    bool builds = i + 1 < links->count && (is_word(kind, "log") || is_word(kind, "incremental"));
    int64_t span = links->losses[i].ms == RPO_NOT_APPLICABLE ? 0 : links->losses[i].ms;

    if (builds && base == TIME_UNKNOWN)
        return TIME_UNKNOWN;
    return builds && span >= 0 && base > span ? base : span;
}

/* Periods end at midnight UTC: a late run may begin in the next one. */
static struct rhythm rhythm_of(struct analysis *a, const struct entity *backup, const struct loss *loss)
{
    struct value value = entity_slot(backup, BACKUP_schedule);
    const struct schedule *schedule = value.type == VALUE_SCHEDULE ? value.u.schedule : NULL;
    struct rhythm rhythm = {.gap = loss->gap, .shortest = loss->shortest, .uniform = loss->uniform, .late = backup_late(a, backup)};

    if (!schedule || rhythm.late < 0 || rhythm.shortest == 0 || tolerated_misses(backup))
        return rhythm;
    rhythm.keeps_day = schedule_keeps_day(schedule, backup_zone(a, schedule), rhythm.late);
    if (!rhythm.keeps_day || schedule->time_count != 1 || backup_not_within(backup))
        return rhythm;
    if (schedule->kind == SCHEDULE_DAILY)
        rhythm.once = MS_DAY;
    else if (schedule->kind == SCHEDULE_WEEKLY && __builtin_popcount(schedule->weekdays) == 1)
        rhythm.once = 7 * MS_DAY;
    else if (schedule->kind == SCHEDULE_MONTHLY && __builtin_popcount(schedule->monthdays) == 1)
        rhythm.once = 31 * MS_DAY;
    return rhythm;
}

static const struct reason *unset_clock(struct analysis *a)
{
    struct reason clock, *reason = NULL;

    if (clock_is_unset(a->scenario, &clock)) {
        reason = ARENA_NEW(a->arena, struct reason);
        *reason = clock;
    }
    return reason;
}

/* Every link must still be there when it is read: its own loss before the moment one goes back to. Logs and incremental backups must reach
 * back to the full one they build on. */
static bool lives_long_enough(struct analysis *a, const struct asset_state *state, struct links *links, const struct entity *store, int64_t read,
                              struct why *why)
{
    struct unset_time missing;
    int64_t reach = reach_back(a, state, read, &missing), base = links->losses[links->count - 1].ms, locked = locked_for(a, store);
    struct loss *newest = &links->losses[0];
    bool any_moment = goes_back(a, state), log = is_word(entity_slot(links->items[0], BACKUP_kind), "log");

    if (log && links->count > 1)
        links->since_base = links->losses[1].ms;
    /* The full one first: how far apart those are that are left decides how far the others must reach back. */
    for (uint32_t i = links->count; i-- > 0;) {
        const struct entity *backup = links->items[i], *limit;
        struct value retain = entity_slot(backup, BACKUP_retain);
        int64_t span = reach_of(links, i, base), most = platform_limit(a, state->asset, backup, &limit), need, extra;
        enum retention result;

        links->ages[i] = TIME_UNKNOWN;
        if (is_thinned(backup)) { /* reported where it is stated */
            add_term(a, newest, TERM_UNBOUNDED,
                     intern_text(a, "of `%s` only some are kept (`retain`), but each builds on the one before", backup->name), TIME_UNKNOWN,
                     entity_attr_span(backup, BACKUP_retain));
            continue;
        }
        if (reach >= 0 && span >= 0 && !__builtin_add_overflow(reach, span, &need))
            links->ages[i] = need;
        if (is_word(retain, "forever") && locked == INT64_MAX && most == INT64_MAX && !missing.text)
            continue;
        if (reach < 0 || span < 0 || __builtin_add_overflow(reach, span, &need)) {
            if (newest->ms == TIME_UNKNOWN)
                continue;
            if (missing.text && !newest->missing)
                newest->missing = missing.row ? unset_row(a, a->scenario->scenario, missing.row, NULL, NULL) : unset_clock(a);
            add_term(a, newest, TERM_UNBOUNDED,
                     missing.text ? missing.text : intern_text(a, "how old `%s` may have to be when it is read", backup->name), TIME_UNKNOWN,
                     backup->span);
            continue;
        }
        result = retention_covers(a, backup, need, !any_moment, rhythm_of(a, backup, &links->losses[i]), locked < most ? locked : most, &extra);
        if (result == RETENTION_UNKNOWN && (any_moment || retain.type == VALUE_OBJECT)) {
            add_term(a, newest, TERM_UNBOUNDED, intern_text(a, "how long `%s` is kept (`retain`)", backup->name), TIME_UNKNOWN, backup->span);
        } else if (result == RETENTION_SHORT) {
            *why = kept_too_short(a, backup, need, locked, limit, most);
            return false;
        } else if (i == 0) {
            add_term(a, newest, TERM_THINNED, "copies of that age are further apart", extra, entity_attr_span(backup, BACKUP_retain));
        } else if (i + 1 == links->count && base != TIME_UNKNOWN && __builtin_add_overflow(base, extra, &base)) {
            base = TIME_UNKNOWN;
        }
        if (log && i == 1 && links->since_base >= 0 && __builtin_add_overflow(links->since_base, extra, &links->since_base))
            links->since_base = TIME_UNKNOWN;
    }
    return true;
}

/* What builds on a copy that is still on its way is of no use until that has arrived. */
static void wait_for_base(struct analysis *a, struct links *links, const struct entity *store)
{
    const struct entity *newest = links->items[0];
    int64_t way = worst_of(newest, BACKUP_duration, 0);
    bool is_copy;

    backup_is_at(newest, store, &is_copy);
    if (is_word(entity_slot(newest, BACKUP_kind), "log") || way < 0 ||
        __builtin_add_overflow(way, is_copy ? worst_of(newest, BACKUP_copy_time, 0) : 0, &way))
        return;
    for (uint32_t i = 1; i < links->count; i++) {
        int64_t copy = worst_of(links->items[i], BACKUP_copy_time, TIME_UNKNOWN);

        backup_is_at(links->items[i], store, &is_copy);
        if (!is_copy || (copy >= 0 && copy <= way))
            continue;
        add_term(a, &links->losses[0], TERM_BASE, intern_text(a, "time of the copy of `%s`, beyond that", links->items[i]->name),
                 copy < 0 ? TIME_UNKNOWN : copy - way, entity_attr_span(links->items[i], BACKUP_copy_time));
        way = copy < 0 ? way : copy;
    }
}

static void keep_best(struct analysis *a, struct best *best, const struct links *links, struct entity *backup, struct entity *store, bool circular)
{
    const struct loss *loss = &links->losses[0];
    /* The same copies on a base that is nearer: less is replayed. */
    bool nobody = false, nearer = backup == best->backup && store == best->store && loss->ms == best->loss.ms && links->since_base >= 0 &&
                                  (best->since_base < 0 || links->since_base < best->since_base);

    for (uint32_t i = 0; i < links->count; i++)
        nobody |= credit_of(a, (struct entity *)(uintptr_t)links->items[i])->by == BY_NOBODY;
    /* What rests on the asset itself, or on what nobody does, is no copy as long as there is another one. */
    if (best->found && (circular != best->circular ? circular : nobody != best->nobody ? nobody : !smaller(loss, &best->loss) && !nearer))
        return;
    best->nobody = nobody;
    best->found = true;
    best->circular = circular;
    best->loss = *loss;
    best->since_base = links->since_base;
    best->backup = backup;
    best->store = store;
    if (best->links)
        *best->links = *links;
}

/* Whether every link is of a format that the method reads, as far as both are said. */
static bool can_be_read(struct analysis *a, const struct asset *asset, const struct links *links, struct value reads, struct why *why)
{
    for (uint32_t i = 0; i < links->count && reads.type == VALUE_LIST; i++) {
        const struct entity *backup = links->items[i];
        bool own = backup->parent == asset->entity || backup_runs_apart(backup); /* else one run takes a whole group */
        const struct scope *scope = run_scope(a, backup, own ? asset : NULL);
        const struct entity *procedure = run_procedure(a, backup, own ? asset : NULL, scope);
        struct value format = procedure ? eval_deferred(a->eval, procedure, PROCEDURE_produces, NULL) : value_unknown();
        bool found = format.type != VALUE_STRING;

        scope_drop(a->eval, scope, NULL);

        for (uint32_t r = 0; r < reads.u.list->count && !found; r++)
            found = reads.u.list->items[r].type == VALUE_STRING && strcmp(reads.u.list->items[r].u.string, format.u.string) == 0;
        if (found)
            continue;
        why->text = intern_text(a, "it cannot read `%s`: its copies are in the format `%s`", links->items[i]->name, format.u.string);
        return false;
    }
    return true;
}

/* One chain of the backup at a store; NULL: beside the asset. */
static void try_chain(struct analysis *a, struct asset_state *state, struct entity *backup, struct entity *store, const struct entity *base,
                      int64_t read, bool circular, struct best *best)
{
    struct why why = {0};
    struct links links; /* as far as it is filled: it is big */

    links.count = 0;
    links.since_base = 0;
    if (!chain_complete(a, backup, store, base, &links, &why) || !can_be_read(a, state->asset, &links, best->reads, &why)) {
        if (why.text)
            best->why = why;
        return;
    }
    for (uint32_t i = 0; i < links.count; i++) {
        bool is_copy = false;

        if (store)
            backup_is_at(links.items[i], store, &is_copy);
        links.losses[i] = backup_loss(a, state->asset, links.items[i], is_copy);
        if (is_copy)
            add_queue(a, &links.losses[i], links.items[i], store);
    }
    if (store)
        wait_for_base(a, &links, store);
    if (!lives_long_enough(a, state, &links, store, read, &why)) {
        best->why = why;
        return;
    }
    keep_best(a, best, &links, backup, store, circular);
}

static void try_chains(struct analysis *a, struct asset_state *state, struct entity *backup, struct entity *store, int64_t read, bool circular,
                       struct best *best)
{
    bool open = is_word(entity_slot(backup, BACKUP_kind), "log") && !link_of(a, backup);
    const struct entity *base = open ? next_base(a, backup, store, NULL) : NULL;

    do {
        try_chain(a, state, backup, store, base, read, circular, best);
        base = base ? next_base(a, backup, store, base) : NULL;
    } while (base);
}

static void try_store(struct analysis *a, struct asset_state *state, struct entity *backup, struct entity *store, int64_t read, struct best *best)
{
    struct why why = {0};
    enum comes comes;

    if (!store_survives(a, store, &why) || (comes = store_opens(a, store, &why)) == COMES_NEVER) {
        if (why.text)
            best->why = why;
        return;
    }
    if (deleted_by_writer(a, store, &why)) {
        best->why = why;
        return;
    }
    try_chains(a, state, backup, store, read, comes == COMES_IN_CIRCLE, best);
}

/* A backup without a store is kept by the platform beside the asset: it is gone with the site, not with the instance. What it builds on
 * must be kept beside it as well. */
static void try_platform(struct analysis *a, struct asset_state *state, struct entity *backup, int64_t read, struct best *best)
{
    for (uint32_t s = 0; s < state->asset->site_count; s++) {
        const struct site_info *site = state->asset->sites[s];

        if (place_stands(a, site) && (!ground_of(a, site)->zones || stands_if(a, kept_through(a, state->asset, backup), site)))
            continue;
        best->why.text = intern_text(
            a, place_stands(a, site) ? "`%s` is kept beside it, and may be in what is lost as well" : "`%s` is kept at the site that is lost",
            backup->name);
        return;
    }
    try_chains(a, state, backup, NULL, read, false, best);
}

static void try_backups(struct analysis *a, struct asset_state *state, struct value from, const struct entity *owner, int64_t read, struct best *best)
{
    struct entity *backup;

    for (uint32_t i = 0; (backup = entity_child(owner, BLOCK_BACKUP, &i));) {
        struct value to = entity_slot(backup, BACKUP_to), copies = entity_slot(backup, BACKUP_copies);

        if (!reads(from, entity_slot(backup, BACKUP_kind)))
            continue;
        if (to.type == VALUE_ENTITY)
            try_store(a, state, backup, to.u.entity, read, best);
        for (uint32_t c = 0; copies.type == VALUE_LIST && c < copies.u.list->count; c++) {
            if (copies.u.list->items[c].type == VALUE_ENTITY)
                try_store(a, state, backup, copies.u.list->items[c].u.entity, read, best);
        }
        if (to.type != VALUE_ENTITY)
            try_platform(a, state, backup, read, best);
    }
}

/* Whether the method reads earlier versions that the kind of its asset does not say it keeps. */
static bool reads_no_versions(struct analysis *a, const struct asset *asset, struct value from)
{
    struct entity *says = kind_deferred(asset->entity->kind, KIND_versioned);
    struct value kept =
        says ? eval_deferred(a->eval, says, KIND_versioned, scope_add(a->eval, NULL, "self", value_entity(asset->entity))) : value_unknown();

    for (uint32_t i = 0; from.type == VALUE_LIST && i < from.u.list->count; i++) {
        if (is_word(from.u.list->items[i], "versions"))
            return kept.type != VALUE_BOOL || !kept.u.integer;
    }
    return false;
}

bool copies_loss(struct analysis *a, struct asset_state *state, struct candidate *candidate, const struct entity *method, int64_t read,
                 const struct entity *owner)
{
    struct value from = eval_deferred(a->eval, method, METHOD_from, method_scope(a, state, candidate));
    struct best best = {0};
    uint32_t count;
    struct entity **groups = asset_groups(a, state->asset, &count);

    best.reads = eval_deferred(a->eval, method, METHOD_reads, method_scope(a, state, candidate));
    if (reads_no_versions(a, state->asset, from)) {
        candidate->rejected = intern_text(a, "it reads earlier versions, and kind `%s` does not say that it keeps any (`versioned`)",
                                          state->asset->entity->kind->entity->name);
        return false;
    }
    if (!owner || owner == state->asset->entity)
        try_backups(a, state, from, state->asset->entity, read, &best);
    for (uint32_t i = 0; i < count; i++) {
        if ((!owner || owner == groups[i]) && !(i && groups[i] == groups[i - 1]))
            try_backups(a, state, from, groups[i], read, &best);
    }
    if (!best.found) {
        refuse(candidate, &best.why);
        if (!candidate->rejected)
            candidate->rejected = "there is no copy to restore from";
        return false;
    }
    candidate->rpo = best.loss.ms;
    candidate->missing = best.loss.missing;
    candidate->since_base = best.since_base;
    candidate->rpo_terms.items = best.loss.terms.items;
    candidate->rpo_terms.count = best.loss.terms.len;
    candidate->rpo_terms.starts_with_gap = best.loss.gap != 0;
    candidate->copy = best.backup;
    candidate->from_store = best.store;
    candidate->circular |= best.circular;
    return true;
}

int64_t age_of_moment(const struct analysis *a, const struct asset_state *state, int64_t read)
{
    struct unset_time missing;

    return reach_back(a, state, read, &missing);
}

bool chain_of(struct analysis *a, struct asset_state *state, const struct candidate *candidate, int64_t read, struct links *out)
{
    struct best best = {.links = out};

    if (!candidate->copy)
        return false;
    try_chains(a, state, candidate->copy, candidate->from_store, read, false, &best);
    return best.found;
}
