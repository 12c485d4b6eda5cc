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
    int weak; /* 2: a link of the chain is taken by nobody; 1: nobody knows whose the place of the store is */
    struct loss loss;
    int64_t since_base, rpo; /* rpo: of the asset; less than 0: none */
    struct entity *backup, *store;
    struct links *links;     /* gets those of the chain; NULL: nobody asks */
    struct value reads;      /* formats the method reads; anything but a list: it does not say */
    VEC(const char *) needs; /* what it presupposes and only copies can have */
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

int64_t late_notice(const struct analysis *a, const struct asset_state *state)
{
    struct value noticed = goes_back(a, state) ? entity_slot(a->scenario->scenario, SCENARIO_noticed_within) : value_unknown();

    return noticed.type == VALUE_DURATION ? noticed.u.integer : 0;
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

static int64_t add(int64_t a, int64_t b)
{
    int64_t sum;

    return a == TIME_UNKNOWN || b == TIME_UNKNOWN || __builtin_add_overflow(a, b, &sum) ? TIME_UNKNOWN : sum;
}

static bool builds_back(const struct entity *backup)
{
    struct value kind = entity_slot(backup, BACKUP_kind);

    return is_word(kind, "incremental") || is_word(kind, "log");
}

/* How long after the state it holds a copy of the link is of use at the latest, ms. */
static int64_t way_of(struct analysis *a, const struct asset_state *state, const struct links *links, uint32_t i, const struct entity *store)
{
    const struct entity *backup = links->items[i];
    int64_t way = captured_at_end(a, state->asset, backup) ? 0 : worst_of(backup, BACKUP_duration, 0);
    bool is_copy = false;

    if (store)
        backup_is_at(backup, store, &is_copy);
    return add(way, is_copy ? worst_of(backup, BACKUP_copy_time, 0) : 0);
}

/* Between the states of a link and those of the next one that builds on something else, ms: what it alone loses, but for its copy, on which
 * nobody waits who runs beside it. */
static int64_t apart_of(const struct links *links, uint32_t i, const struct entity *store)
{
    int64_t loss = links->losses[i].ms, copy;
    bool is_copy = false;

    if (store)
        backup_is_at(links->items[i], store, &is_copy);
    copy = is_copy ? worst_of(links->items[i], BACKUP_copy_time, 0) : 0;
    return loss < 0 || copy < 0 || copy > loss ? TIME_UNKNOWN : loss - copy;
}

/* How old a copy of the link may be when what it belongs to is read, counted from the moment one goes back to. What a run builds on is the newest
 * that has ended, so an increment may be made on an old base while the next one is being made, and be the newest for as long as increments are
 * apart. An increment and a log reach back to what they build on. */
struct ages {
    int64_t most, least; /* at the worst, as far as that can be said; what some execution reaches; TIME_UNKNOWN */
};

static struct ages ages_of(struct analysis *a, const struct asset_state *state, const struct links *links, uint32_t i, const struct entity *store,
                           int64_t noticed)
{
    bool log = is_word(entity_slot(links->items[0], BACKUP_kind), "log");
    uint32_t first = log && i > 0 ? 1 : 0, last = builds_back(links->items[i]) && !(log && i == 0) ? links->count - 1 : i;
    struct ages ages = {.most = links->losses[first].ms, .least = links->losses[i].ms};
    int64_t way = way_of(a, state, links, first, store), own = way_of(a, state, links, i, store);

    if (ages.least == RPO_NOT_APPLICABLE)
        ages.least = 0;
    if (ages.most == RPO_NOT_APPLICABLE)
        ages.most = 0;
    for (uint32_t link = first + 1; link <= last; link++)
        ages.most = add(ages.most, apart_of(links, link, store));
    if (last > i && ages.least >= 0) { /* the first of those on one base is there as long as increments are apart after it */
        int64_t base = links->losses[last].ms, run = worst_of(links->items[last], BACKUP_duration, 0);

        if (base >= 0 && run >= 0 && base - run - ages.least > ages.least)
            ages.least = base - run - ages.least;
    }
    /* Whoever notices late finds what was on its way in the meantime. */
    ages.most = add(ages.most, way >= 0 && noticed > way ? noticed - way : 0);
    ages.least = add(ages.least, own >= 0 && noticed > own ? noticed - own : 0);
    if (log && i == 0 && links->count > 1) {
        struct ages base = ages_of(a, state, links, 1, store, noticed);

        if (base.most == TIME_UNKNOWN || (ages.most >= 0 && base.most > ages.most))
            ages.most = base.most;
        if (base.least > ages.least)
            ages.least = base.least;
    }
    return ages;
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

/* What is asked about the copies of one link. */
struct kept {
    const struct entity *backup, *limit;
    struct ages ages; /* when it has been read */
    int64_t locked, most;
    bool any_moment; /* one may go back behind the newest copy */
    bool built_on;   /* by name: of classes nothing goes that a copy builds on which is still there */
    int64_t extra;   /* how much further apart copies of that age are */
};

/* Whether the copies of a link are there as long as they may be read. */
static enum retention is_kept(struct analysis *a, struct kept *kept, const struct loss *loss)
{
    struct value retain = entity_slot(kept->backup, BACKUP_retain);
    int64_t locked = kept->locked < kept->most ? kept->locked : kept->most;

    kept->extra = 0;
    if (kept->built_on && retain.type == VALUE_OBJECT)
        return kept->ages.most > locked ? RETENTION_SHORT : RETENTION_LASTS;
    return retention_covers(a, kept->backup, kept->ages.most, !kept->any_moment, rhythm_of(a, kept->backup, loss), locked, &kept->extra);
}

static void add_unknown_age(struct analysis *a, struct loss *newest, const struct entity *backup, const struct unset_time *missing)
{
    if (newest->ms == TIME_UNKNOWN)
        return;
    if (missing->text && !newest->missing)
        newest->missing = missing->row ? unset_row(a, a->scenario->scenario, missing->row, NULL, NULL) : unset_clock(a);
    add_term(a, newest, TERM_UNBOUNDED, missing->text ? missing->text : intern_text(a, "how old `%s` may have to be when it is read", backup->name),
             TIME_UNKNOWN, backup->span);
}

/* What is left of classes is further apart than runs are, and whoever reads it waits for no copy: that much the loss is larger. Where a run may
 * still be under way when the next one is due, one that is left may not yet be there. */
static int64_t thinned_by_classes(struct analysis *a, const struct asset_state *state, const struct links *links, const struct entity *store,
                                  int64_t extra)
{
    int64_t way = way_of(a, state, links, 0, store), late = backup_late(a, links->items[0]);

    if (way < 0 || late < 0 || links->losses[0].shortest <= 0 || late > links->losses[0].shortest - way)
        return extra;
    return extra > way ? extra - way : 0;
}

/* Every link must still be there when it is read: see ages_of(). */
static bool lives_long_enough(struct analysis *a, const struct asset_state *state, struct links *links, const struct entity *store, int64_t read,
                              struct why *why)
{
    struct unset_time missing;
    int64_t reach = reach_back(a, state, read, &missing), noticed = reach < 0 ? 0 : late_notice(a, state), apart = 0;
    struct loss *newest = &links->losses[0];
    bool log = is_word(entity_slot(links->items[0], BACKUP_kind), "log");
    struct kept kept = {.locked = locked_for(a, store), .any_moment = goes_back(a, state)};

    if (log && links->count > 1)
        links->since_base = links->losses[1].ms;
    for (uint32_t i = links->count; i-- > 0;) {
        const struct entity *backup = links->items[i];
        struct value retain = entity_slot(backup, BACKUP_retain);
        enum retention result;
        int64_t least;

        kept.backup = backup;
        kept.most = platform_limit(a, state->asset, backup, &kept.limit);
        kept.built_on = i > 0 && link_of(a, links->items[i - 1]) == backup;
        links->ages[i] = TIME_UNKNOWN;
        if (is_thinned(backup)) { /* reported where it is stated */
            add_term(a, newest, TERM_UNBOUNDED,
                     intern_text(a, "of `%s` only some are kept (`retain`), but each builds on the one before", backup->name), TIME_UNKNOWN,
                     entity_attr_span(backup, BACKUP_retain));
            continue;
        }
        kept.ages = ages_of(a, state, links, i, store, noticed);
        kept.ages.most = add(kept.ages.most, reach < 0 ? TIME_UNKNOWN : reach - noticed);
        least = add(kept.ages.least, reach < 0 ? TIME_UNKNOWN : reach - noticed);
        if (builds_back(backup)) { /* what it reaches back to is that much further apart */
            kept.ages.most = add(kept.ages.most, apart);
            least = add(least, apart);
        }
        links->ages[i] = kept.ages.most;
        if (is_word(retain, "forever") && kept.locked == INT64_MAX && kept.most == INT64_MAX && !missing.text)
            continue;
        if (kept.ages.most == TIME_UNKNOWN) {
            add_unknown_age(a, newest, backup, &missing);
            continue;
        }
        result = is_kept(a, &kept, &links->losses[i]);
        if (result == RETENTION_SHORT && least >= 0 && least < kept.ages.most) {
            int64_t most = kept.ages.most;

            kept.ages.most = least;
            result = is_kept(a, &kept, &links->losses[i]);
            if (result != RETENTION_SHORT) {
                newest->unsure = true;
                add_term(a, newest, TERM_UNBOUNDED,
                         intern_text(a, "`%s` may be needed after %s, and is not kept that long", backup->name, text_of_duration(a->arena, most)),
                         TIME_UNKNOWN, entity_attr_span(backup, BACKUP_retain));
                continue;
            }
        }
        if (result == RETENTION_UNKNOWN && (kept.any_moment || retain.type == VALUE_OBJECT)) {
            add_term(a, newest, TERM_UNBOUNDED, intern_text(a, "how long `%s` is kept (`retain`)", backup->name), TIME_UNKNOWN, backup->span);
        } else if (result == RETENTION_SHORT) {
            *why = kept_too_short(a, backup, kept.ages.most, kept.locked, kept.limit, kept.most);
            return false;
        } else if (i == 0) {
            add_term(a, newest, TERM_THINNED, "copies of that age are further apart", thinned_by_classes(a, state, links, store, kept.extra),
                     entity_attr_span(backup, BACKUP_retain));
        } else if (i + 1 == links->count) {
            apart = kept.extra;
        }
        if (log && i == 1)
            links->since_base = add(links->since_base, kept.extra);
    }
    return true;
}

/* Its copies wait for each other. */
static bool waits_in_row(const struct loss *loss)
{
    for (uint32_t i = 0; i < loss->terms.len; i++) {
        if (loss->terms.items[i].what == TERM_QUEUED)
            return true;
    }
    return loss->ms == TIME_UNKNOWN;
}

/* What builds on a copy that is still on its way is of no use until that has arrived. */
static void wait_for_base(struct analysis *a, const struct asset *asset, struct links *links, const struct entity *store)
{
    struct schedule_behind behind;
    const struct entity *newest = links->items[0];
    int64_t way = worst_of(newest, BACKUP_duration, 0), wait;
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
        wait = copy < 0 || waits_in_row(&links->losses[i]) ? TIME_UNKNOWN : copy - way;
        if (i == 1 && wait > 0 && links->losses[0].ms >= 0 && backup_behind(a, asset, newest, links->items[1], &behind))
            wait = behind.between + copy > links->losses[0].ms ? behind.between + copy - links->losses[0].ms : 0;
        add_term(a, &links->losses[0], TERM_BASE, intern_text(a, "time of the copy of `%s`, beyond that", links->items[i]->name), wait,
                 entity_attr_span(links->items[i], BACKUP_copy_time));
        way = copy < 0 ? way : copy;
    }
}

/* What may do counts more than what surely does not. */
static bool better(const struct loss *loss, const struct best *best)
{
    bool beyond = best->rpo >= 0 && best->loss.ms > best->rpo;

    if (loss->unsure != best->loss.unsure && best->rpo >= 0)
        return loss->unsure ? beyond : loss->ms >= 0 && loss->ms <= best->rpo;
    return smaller(loss, &best->loss);
}

static void keep_best(struct analysis *a, struct best *best, const struct links *links, struct entity *backup, struct entity *store, bool circular)
{
    const struct loss *loss = &links->losses[0];
    /* The same copies on a base that is nearer: less is replayed. */
    int weak = whose_source(a, value_unknown(), store) ? 1 : 0;
    bool nearer = backup == best->backup && store == best->store && loss->ms == best->loss.ms && links->since_base >= 0 &&
                  (best->since_base < 0 || links->since_base < best->since_base);

    for (uint32_t i = 0; i < links->count; i++)
        weak = credit_of(a, (struct entity *)(uintptr_t)links->items[i])->by == BY_NOBODY ? 2 : weak;
    /* What rests on the asset itself, or on what nobody does or has for sure, is no copy as long as there is another one. */
    if (best->found && (circular != best->circular ? circular : weak != best->weak ? weak > best->weak : !better(loss, best) && !nearer))
        return;
    best->weak = weak;
    best->found = true;
    best->circular = circular;
    best->loss = *loss;
    best->since_base = links->since_base;
    best->backup = backup;
    best->store = store;
    if (best->links)
        *best->links = *links;
}

/* What the procedure of a link says in one attribute; UNKNOWN. */
static struct value said_of(struct analysis *a, const struct asset *asset, const struct entity *backup, uint32_t row)
{
    bool own = backup->parent == asset->entity || backup_runs_apart(backup); /* else one run takes a whole group */
    const struct scope *scope = run_scope(a, backup, own ? asset : NULL);
    const struct entity *procedure = run_procedure(a, backup, own ? asset : NULL, scope);
    struct value said = procedure ? eval_deferred(a->eval, procedure, row, scope) : value_unknown();

    scope_drop(a->eval, scope, NULL);
    return said;
}

static bool has_word(struct value list, const char *word)
{
    for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++) {
        if (list.u.list->items[i].type == VALUE_STRING && strcmp(list.u.list->items[i].u.string, word) == 0)
            return true;
    }
    return false;
}

/* Whether every link is of a format that the method reads, as far as both are said. */
static bool can_be_read(struct analysis *a, const struct asset *asset, const struct links *links, const struct best *best, struct why *why)
{
    for (uint32_t i = 0; i < links->count && best->reads.type == VALUE_LIST; i++) {
        struct value format = said_of(a, asset, links->items[i], PROCEDURE_produces);

        if (format.type != VALUE_STRING || has_word(best->reads, format.u.string))
            continue;
        why->text = intern_text(a, "it cannot read `%s`: its copies are in the format `%s`", links->items[i]->name, format.u.string);
        return false;
    }
    return true;
}

/* Whether what the method presupposes of an empty target is in the copies, made by its steps or asked of somebody, as far as copies say it. */
static bool finds_what_it_needs(struct analysis *a, const struct asset *asset, const struct links *links, const struct best *best, struct why *why)
{
    for (uint32_t i = 0; i < best->needs.len; i++) {
        bool there = false;

        for (uint32_t link = 0; link < links->count && !there; link++) {
            struct value contains = said_of(a, asset, links->items[link], PROCEDURE_contains);

            there = contains.type != VALUE_LIST || has_word(contains, best->needs.items[i]);
        }
        if (there)
            continue;
        why->text = intern_text(a, "`%s` has no %s in it, no step makes any, and nobody is asked for it: an empty target has none",
                                links->items[links->count - 1]->name, best->needs.items[i]);
        return false;
    }
    return true;
}

/* What a method presupposes, but for what its steps make or somebody is asked for. */
static void find_needs(struct analysis *a, struct asset_state *state, struct candidate *candidate, const struct entity *method, struct best *best)
{
    const struct scope *scope = method_scope(a, state, candidate);
    struct value words = eval_deferred(a->eval, method, METHOD_presupposes, scope), creates = value_unknown();
    const struct entity *block;

    if (words.type == VALUE_LIST && words.u.list->count)
        creates = eval_deferred(a->eval, method, METHOD_creates, scope);
    for (uint32_t w = 0; words.type == VALUE_LIST && w < words.u.list->count; w++) {
        const char *word = words.u.list->items[w].type == VALUE_STRING ? words.u.list->items[w].u.string : NULL;
        bool there = !word || has_word(creates, word);

        for (uint32_t i = 0; !there && (block = entity_child(method, BLOCK_METHOD_DEMAND, &i));) {
            struct value when = eval_deferred(a->eval, block, METHOD_DEMAND_when, scope);

            there = (when.type != VALUE_BOOL || when.u.integer) && has_word(eval_deferred(a->eval, block, METHOD_DEMAND_provides, scope), word);
        }
        if (!there)
            vec_push(a->arena, &best->needs, word);
    }
}

/* One chain of the backup at a store; NULL: beside the asset. */
static void try_chain(struct analysis *a, struct asset_state *state, struct entity *backup, struct entity *store, const struct entity *base,
                      int64_t read, bool circular, struct best *best)
{
    struct why why = {0};
    struct links links; /* as far as it is filled: it is big */

    links.count = 0;
    links.since_base = 0;
    if (!chain_complete(a, backup, store, base, &links, &why) || !can_be_read(a, state->asset, &links, best, &why) ||
        !finds_what_it_needs(a, state->asset, &links, best, &why)) {
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
            add_queue(a, &links.losses[i], state->asset, links.items[i], store);
    }
    if (store)
        wait_for_base(a, state->asset, &links, store);
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

    best.rpo = state->rpo.ms;
    best.reads = eval_deferred(a->eval, method, METHOD_reads, method_scope(a, state, candidate));
    find_needs(a, state, candidate, method, &best);
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
    struct best best = {.links = out, .rpo = state->rpo.ms};

    if (!candidate->copy)
        return false;
    try_chains(a, state, candidate->copy, candidate->from_store, read, false, &best);
    return best.found;
}
