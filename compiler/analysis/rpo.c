/* Worst-case data loss of a restore from copies (SEMANTICS §2).
 *
 * A recovery point exists at a store only if every link of its chain (full, incrementals, logs) and its key is there and
 * survives; the loss is that of the newest link: largest gap + start window or jitter + duration of a run + time of the
 * copy to that store. The smallest loss over all stores and chains counts. */
#include "analysis/credit.h"
#include "analysis/stands.h"
#include "source/lost.h"
#include "analysis/schedule.h"

#include <string.h>

enum { CHAIN_LIMIT = 16 };

static bool word_is(struct value value, const char *word)
{
    return value.type == VALUE_WORD && strcmp(value.u.word, word) == 0;
}

static int64_t worst(const struct entity *entity, uint32_t row, int64_t unset)
{
    struct value value = value_worst(entity_slot(entity, row));

    return value.type == VALUE_DURATION ? value.u.integer : value.type == VALUE_UNKNOWN ? unset : TIME_UNKNOWN;
}

static const struct zone *zone_of(struct analysis *a, const struct schedule *schedule)
{
    if (!schedule->zone || !a->options->zone)
        return NULL;
    return a->options->zone(a->options->zone_context, schedule->zone);
}

/* Gaps are cached by what the schedule says: 100,000 assets share a few schedules. */
struct known_gap {
    struct schedule_gap gap;
    enum cron_dialect dialect; /* whose gap it is */
    const char *bounds;        /* " under systemd, from … to …"; made when first told */
    const char *text;          /* the whole term of the backup that was told of last: many share a name */
    const char *text_of;
};

/* A job is written for cron, systemd and Kubernetes, and nobody knows which of them will run it: the worst counts. What none of them can
 * express (`every 7h`) is judged by the instants it names; the targets say that a person must run it. */
static void work_out_gap(struct analysis *a, const struct schedule *schedule, uint32_t dialects, uint32_t missed, struct known_gap *out)
{
    schedule_gap_among(a->arena, schedule, dialects, zone_of(a, schedule), missed, &out->gap, &out->dialect);
    if (out->gap.status == SCHEDULE_REFUSED) {
        out->dialect = DIALECT_PLAIN;
        schedule_gap(a->arena, schedule, DIALECT_PLAIN, zone_of(a, schedule), missed, &out->gap);
    }
}

static int64_t tolerated_misses(const struct entity *backup)
{
    struct value missed = entity_slot(backup, BACKUP_missed);

    return missed.type == VALUE_INT && missed.u.integer > 0 ? missed.u.integer : 0;
}

/* With that many runs lost in a row. */
static const struct schedule_gap *gap_with(struct analysis *a, const struct entity *backup, const struct schedule *schedule, int64_t misses)
{
    uint32_t k = misses > SCHEDULE_MISSED_MAX ? SCHEDULE_MISSED_MAX + 1 : (uint32_t)misses;
    uint32_t dialects = backup_dialects(backup);
    struct value value = {.type = VALUE_SCHEDULE, .u.schedule = schedule};
    struct strbuf text = STRBUF_INIT;
    struct known_gap *gap;
    atom key;

    /* Neighbours mostly say the same: then nothing is printed to find it. */
    if (a->last_gap && a->last_gap_missed == k && a->last_gap_dialects == dialects && value_equal(a->last_gap_schedule, value))
        return a->last_gap;
    print_schedule(&text, schedule);
    strbuf_addf(&text, " missed %u under %u", k, dialects);
    key = intern_add(a->model->names, strbuf_str(&text), text.len);
    strbuf_release(&text);
    gap = map_get(&a->gaps, key);
    if (!gap) {
        gap = ARENA_NEW(a->arena, struct known_gap);
        work_out_gap(a, schedule, dialects, k, gap);
        map_add(&a->gaps, a->arena, key, gap);
    }
    a->last_gap = &gap->gap;
    a->last_gap_missed = k;
    a->last_gap_dialects = dialects;
    a->last_gap_schedule = value;
    return &gap->gap;
}

static const struct schedule_gap *gap_of(struct analysis *a, const struct entity *backup, const struct schedule *schedule)
{
    return gap_with(a, backup, schedule, tolerated_misses(backup));
}

struct loss {
    int64_t ms; /* TIME_UNKNOWN, RPO_NOT_APPLICABLE */
    int64_t gap; /* of the schedule; 0 when there is none */
    bool uniform;
    VEC(struct term) terms;
};

static void add_term(struct analysis *a, struct loss *loss, const char *text, int64_t ms, struct span span)
{
    if (ms == 0)
        return;
    vec_push(a->arena, &loss->terms, ((struct term){text, ms, span}));
    if (ms == TIME_UNKNOWN)
        loss->ms = TIME_UNKNOWN;
    else if (loss->ms >= 0 && __builtin_add_overflow(loss->ms, ms, &loss->ms))
        loss->ms = TIME_UNKNOWN;
}

static struct span row_span(const struct analysis *a, const struct entity *entity, const char *name)
{
    const struct attr *attr = entity->tree ? block_attr(entity->tree, intern_str(a->model->names, name)) : NULL;

    return attr ? span_join(attr->name_span, attr->value->span) : entity->span;
}

static void add_start_window(struct analysis *a, struct loss *loss, const struct entity *backup)
{
    const struct entity *kind;
    int64_t window = backup_start_window(backup, &kind);

    if (kind)
        add_term(a, loss, intern_text(a, "start window of `%s` when none is set", kind->name), window, row_span(a, kind, "start_window"));
    else
        add_term(a, loss, "start window", window, row_span(a, backup, "start_window"));
}

/* What is said of the gap of a backup. The bounds are the same for all backups with this schedule. */
static const char *gap_text(struct analysis *a, const struct entity *backup, const struct schedule *schedule, struct known_gap *known)
{
    if (!known->bounds) {
        const struct zone *zone = zone_of(a, schedule);
        bool by = zone || schedule->kind == SCHEDULE_CRON; /* schedulers differ here */
        struct strbuf text = STRBUF_INIT;

        strbuf_addf(&text, "%s%s, from ", by ? " under " : "", by ? dialect_name(known->dialect) : "");
        print_instant(&text, known->gap.max_from, zone);
        strbuf_addstr(&text, " to ");
        print_instant(&text, known->gap.max_to, zone);
        known->bounds = strbuf_dup(&text, a->arena);
        strbuf_release(&text);
    }
    if (known->text_of != backup->name) {
        known->text = intern_text(a, "largest gap of `%s`%s", backup->name, known->bounds);
        known->text_of = backup->name;
    }
    return known->text;
}

/* A run that lasts beyond the next slot makes that run be skipped: each tolerated miss then costs as many slots more. */
static void add_skipped(struct analysis *a, struct loss *loss, const struct entity *backup, const struct schedule *schedule,
                        const struct schedule_gap *gap)
{
    int64_t duration = worst(backup, BACKUP_duration, 0), misses;
    const struct schedule_gap *grown;

    if (duration < gap->min_gap || gap->min_gap <= 0)
        return;
    if (__builtin_mul_overflow(tolerated_misses(backup) + 1, duration / gap->min_gap + 1, &misses))
        misses = INT64_MAX;
    grown = gap_with(a, backup, schedule, misses - 1);
    loss->gap = grown->status == SCHEDULE_OK ? grown->max_gap : TIME_UNKNOWN;
    add_term(a, loss, "runs skipped because the one before has not ended", grown->status == SCHEDULE_OK ? grown->max_gap - gap->max_gap : TIME_UNKNOWN,
             row_span(a, backup, "duration"));
}

/* Each segment that may fail to arrive costs as much again. */
static void add_missed_segments(struct analysis *a, struct loss *loss, const struct entity *backup)
{
    int64_t every = worst(backup, BACKUP_ship_every, TIME_UNKNOWN), misses = tolerated_misses(backup), more;

    if (misses && every > 0)
        add_term(a, loss, "segments missed", __builtin_mul_overflow(every, misses, &more) ? TIME_UNKNOWN : more, row_span(a, backup, "missed"));
}

/* The first procedure that takes the backup and says `word` of the row; NULL word: any. A tool named by the backup is another procedure. */
static const struct entity *procedure_that(struct analysis *a, const struct asset *asset, const struct entity *backup, uint32_t row, const char *word)
{
    struct value kind = entity_slot(backup, BACKUP_kind), tool = entity_slot(backup, BACKUP_method);

    for (uint32_t i = 0; i < asset->entity->kind->procedures.len; i++) {
        const struct entity *procedure = asset->entity->kind->procedures.items[i];
        bool named = tool.type == VALUE_STRING || tool.type == VALUE_WORD;

        if (!(named ? strcmp(tool.u.string, procedure->name) == 0 : word_is(kind, procedure->name)))
            continue;
        if (word ? word_is(eval_deferred(a->eval, procedure, row, NULL), word) : eval_is_written(procedure, row))
            return procedure;
    }
    return NULL;
}

/* The procedure that takes it, when its data is as of the end of the run; NULL. */
static const struct entity *captured_at_end(struct analysis *a, const struct asset *asset, const struct entity *backup)
{
    return procedure_that(a, asset, backup, PROCEDURE_capture, "end");
}

/* How many lost zones those copies outlive that the platform keeps beside the asset. */
static int64_t kept_through(struct analysis *a, const struct asset *asset, const struct entity *backup)
{
    const struct entity *procedure = procedure_that(a, asset, backup, PROCEDURE_tolerates, NULL);
    struct value zones = procedure ? eval_deferred(a->eval, procedure, PROCEDURE_tolerates, NULL) : value_unknown();

    return zones.type == VALUE_INT ? zones.u.integer : outlives(a, asset->entity);
}

/* See backup_loss(). */
static struct loss work_out_loss(struct analysis *a, const struct asset *asset, const struct entity *backup, bool is_copy)
{
    struct value schedule = entity_slot(backup, BACKUP_schedule);
    struct value kind = entity_slot(backup, BACKUP_kind), shortest = value_best(entity_slot(backup, BACKUP_duration));
    const struct entity *at_end;
    struct loss loss = {0};
    const struct schedule_gap *gap;

    if (schedule.type != VALUE_SCHEDULE) {
        loss.ms = TIME_UNKNOWN;
        return loss;
    }
    switch (schedule.u.schedule->kind) {
    case SCHEDULE_CONTINUOUS:
        /* A log that no clock seals (`archive_timeout` = 0) is shipped when it is full: in a quiet night never. */
        if (word_is(kind, "log") && worst(backup, BACKUP_ship_every, TIME_UNKNOWN) == 0)
            add_term(a, &loss, intern_text(a, "`%s` is sealed by no clock, only when it is full", backup->name), TIME_UNKNOWN,
                     row_span(a, backup, "ship_every"));
        add_term(a, &loss, intern_text(a, "`%s` seals and ships every", backup->name),
                 worst(backup, BACKUP_ship_every, TIME_UNKNOWN), row_span(a, backup, "ship_every"));
        add_missed_segments(a, &loss, backup);
        add_term(a, &loss, "longest duration of a run", worst(backup, BACKUP_duration, 0), row_span(a, backup, "duration"));
        break;
    case SCHEDULE_ON_CHANGE:
        if (entity_slot(backup, BACKUP_interval).type != VALUE_DURATION) {
            loss.ms = RPO_NOT_APPLICABLE;
            vec_push(a->arena, &loss.terms,
                     ((struct term){intern_text(a, "`%s` runs on change: its loss is not bounded by time", backup->name), RPO_NOT_APPLICABLE,
                                    row_span(a, backup, "schedule")}));
            return loss;
        }
        add_term(a, &loss, intern_text(a, "`%s` is verified every", backup->name), worst(backup, BACKUP_interval, 0),
                 row_span(a, backup, "interval"));
        add_term(a, &loss, "quiet time before a run", worst(backup, BACKUP_settle, 0), row_span(a, backup, "settle"));
        add_term(a, &loss, "duration of a run", worst(backup, BACKUP_duration, 0), row_span(a, backup, "duration"));
        break;
    default:
        gap = gap_of(a, backup, schedule.u.schedule);
        if (gap->status != SCHEDULE_OK) {
            loss.ms = TIME_UNKNOWN;
            return loss; /* reported by check_backups */
        }
        add_term(a, &loss, gap_text(a, backup, schedule.u.schedule, (struct known_gap *)(uintptr_t)gap), gap->max_gap, row_span(a, backup, "schedule"));
        loss.gap = gap->max_gap;
        loss.uniform = gap->max_gap == gap->min_gap;
        add_skipped(a, &loss, backup, schedule.u.schedule, gap);
        add_start_window(a, &loss, backup);
        add_term(a, &loss, "jitter", worst(backup, BACKUP_jitter, 0), row_span(a, backup, "jitter"));
        add_term(a, &loss, "longest duration of a run", worst(backup, BACKUP_duration, TIME_UNKNOWN), row_span(a, backup, "duration"));
        at_end = captured_at_end(a, asset, backup);
        if (at_end && shortest.type == VALUE_DURATION && shortest.u.integer >= MS_SECOND)
            add_term(a, &loss, "captured at the end of the run, the shortest duration is not lost", -shortest.u.integer, at_end->span);
    }
    if (is_copy)
        add_term(a, &loss, "time of the copy", worst(backup, BACKUP_copy_time, TIME_UNKNOWN), row_span(a, backup, "copy_time"));
    return loss;
}

/* The losses worked out last: the same ones are asked for again when a method was timed and when its asset is back. */
struct loss_memo {
    const struct entity *backup;
    const struct kind_info *kind; /* of the asset: its procedures count */
    bool is_copy;
    struct loss loss;
};

enum { MEMO_SIZE = 16 };

/* The loss of one backup at one store, the same in every scenario. `is_copy`: the store is not where the run writes to. */
static struct loss backup_loss(struct analysis *a, const struct asset *asset, const struct entity *backup, bool is_copy)
{
    struct loss_memo *memo;

    if (!a->losses)
        a->losses = ARENA_ARRAY(a->arena, struct loss_memo, MEMO_SIZE);
    memo = &a->losses[(backup->index * 2 + is_copy) % MEMO_SIZE];
    if (memo->backup != backup || memo->kind != asset->entity->kind || memo->is_copy != is_copy) {
        *memo = (struct loss_memo){backup, asset->entity->kind, is_copy, work_out_loss(a, asset, backup, is_copy)};
        memo->loss.terms.cap = memo->loss.terms.len; /* whoever adds a term to his copy moves it to a place of his own */
    }
    return memo->loss;
}

static bool list_has(struct value list, const struct entity *entity)
{
    for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++) {
        if (list.u.list->items[i].type == VALUE_ENTITY && list.u.list->items[i].u.entity == entity)
            return true;
    }
    return false;
}

static bool is_at(const struct entity *backup, const struct entity *store, bool *is_copy)
{
    struct value to = entity_slot(backup, BACKUP_to);

    *is_copy = !(to.type == VALUE_ENTITY && to.u.entity == store);
    return !*is_copy || list_has(entity_slot(backup, BACKUP_copies), store);
}

/* The backup a link builds on: in the same asset or group. */
static struct entity *link_of(const struct analysis *a, const struct entity *backup)
{
    struct value of = entity_slot(backup, BACKUP_of);

    if (of.type != VALUE_STRING && of.type != VALUE_WORD)
        return NULL;
    return entity_child_named(backup->parent, BLOCK_BACKUP, intern_str(a->model->names, of.u.string));
}

/* Logs need no `of`: any full backup or snapshot beside them is their base. */
static const struct entity *base_of_log(const struct entity *backup, const struct entity *store)
{
    struct entity *other;
    bool is_copy;

    for (uint32_t i = 0; (other = entity_child(backup->parent, BLOCK_BACKUP, &i));) {
        struct value kind = entity_slot(other, BACKUP_kind);

        if ((word_is(kind, "full") || word_is(kind, "snapshot")) && is_at(other, store, &is_copy))
            return other;
    }
    return NULL;
}

/* The backups of one chain at one store, newest first; a full one or a snapshot is the last. */
struct links {
    const struct entity *items[CHAIN_LIMIT];
    struct loss losses[CHAIN_LIMIT];
    uint32_t count;
};

static bool chain_complete(struct analysis *a, const struct entity *backup, const struct entity *store, struct links *links, const char **why)
{
    bool is_copy;

    while (links->count < CHAIN_LIMIT) {
        struct value kind = entity_slot(backup, BACKUP_kind);
        const struct entity *next;

        if (!is_at(backup, store, &is_copy)) {
            *why = intern_text(a, "`%s` is not in `%s`, so what builds on it is of no use there", backup->name, store->name);
            return false;
        }
        if (copy_loses_points(a, backup, store)) {
            *why = intern_text(a, "the copy of `%s` in `%s` is no longer continuous: point-in-time recovery is lost", backup->name, store->name);
            return false;
        }
        links->items[links->count++] = backup;
        if (word_is(kind, "full") || word_is(kind, "snapshot"))
            return true;
        next = link_of(a, backup);
        if (!next && word_is(kind, "log"))
            next = base_of_log(backup, store);
        if (!next) {
            *why = intern_text(a, "`%s` in `%s` has no full backup there to build on", backup->name, store->name);
            return false;
        }
        backup = next;
    }
    *why = intern_text(a, "the chain of `%s` is longer than %d links", links->items[0]->name, CHAIN_LIMIT);
    return false;
}

static bool reads(struct value from, struct value kind)
{
    if (from.type != VALUE_LIST || from.u.list->count == 0)
        return true;
    for (uint32_t i = 0; i < from.u.list->count; i++) {
        if (kind.type == VALUE_WORD && word_is(from.u.list->items[i], kind.u.word))
            return true;
    }
    return false;
}

struct best {
    bool found, circular;
    bool nobody; /* a link of the chain is taken by nobody */
    struct loss loss;
    struct entity *backup, *store;
    const char *why;
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

static bool is_damaged(const struct asset_state *state)
{
    return state_has_loss(state, "corruption") || state_has_loss(state, "deletion") || state_has_loss(state, "object");
}

/* Whether one has to go back behind what went unnoticed, and not only to the newest copy: damage, or somebody in its account. What is
 * lost otherwise is lost in a moment, and missed at once. */
bool goes_back(const struct analysis *a, const struct asset_state *state)
{
    return is_damaged(state) || is_held(a, state->asset);
}

/* How old the moment one goes back to may be when the restore has read its copies: late notice + detection + declaration + reading. */
static int64_t reach_back(const struct analysis *a, const struct asset_state *state, int64_t read, const char **missing)
{
    struct value noticed = goes_back(a, state) ? entity_slot(a->scenario->scenario, SCENARIO_noticed_within) : value_unknown();
    struct span_of_time act = a->scenario->begin;
    int64_t reach;

    *missing = NULL;
    if (goes_back(a, state) && noticed.type != VALUE_DURATION)
        *missing = is_damaged(state) ? "how long the damage goes unnoticed (`noticed_within`)" : "how long an intruder goes unnoticed (`noticed_within`)";
    else if (goes_back(a, state) && !act.known)
        *missing = "how soon somebody acts (`detect`, `declare`, `approve_within`)";
    if (*missing || __builtin_add_overflow(noticed.type == VALUE_DURATION ? noticed.u.integer : 0, act.known ? act.worst : 0, &reach) ||
        __builtin_add_overflow(reach, read, &reach))
        return TIME_UNKNOWN;
    return reach;
}

/* How long nobody can delete what is in the store; a lock counts where the account that holds it is compromised. */
static int64_t locked_for(const struct analysis *a, const struct entity *store)
{
    struct value site = store ? entity_slot(store, STORE_site) : value_unknown();
    const struct site_info *info = site.type == VALUE_ENTITY ? plan_site(a->plan, site.u.entity) : NULL;
    uint32_t cursor = 0;
    const struct entity *lock = info && a->site_compromised[info->index] ? entity_child(store, BLOCK_STORE_LOCK, &cursor) : NULL;
    struct value min, other = store ? entity_slot(store, STORE_offline) : value_unknown();

    if (!lock || (other.type == VALUE_BOOL && other.u.integer))
        return INT64_MAX;
    min = entity_slot(lock, STORE_LOCK_min);
    return min.type == VALUE_DURATION ? min.u.integer : 0;
}

/* Every link must still be there when it is read: its own loss before the moment one goes back to. Logs and incremental backups must reach
 * back to the full one they build on. */
static bool lives_long_enough(struct analysis *a, const struct asset_state *state, struct links *links, const struct entity *store, int64_t read,
                              const char **why)
{
    const char *missing;
    int64_t reach = reach_back(a, state, read, &missing), base = links->losses[links->count - 1].ms, locked = locked_for(a, store);
    struct loss *newest = &links->losses[0];
    bool any_moment = goes_back(a, state);

    /* The full one first: how far apart those are that are left decides how far the others must reach back. */
    for (uint32_t i = links->count; i-- > 0;) {
        const struct entity *backup = links->items[i];
        struct value kind = entity_slot(backup, BACKUP_kind), retain = entity_slot(backup, BACKUP_retain);
        int64_t span = links->losses[i].ms, need, extra;
        bool whole = word_is(kind, "log") || word_is(kind, "incremental");
        enum retention result;

        if (word_is(retain, "forever") && locked == INT64_MAX && !missing)
            continue;
        if (span == RPO_NOT_APPLICABLE)
            span = 0;
        if (whole && base == TIME_UNKNOWN)
            span = TIME_UNKNOWN;
        else if (whole && span >= 0 && base > span)
            span = base;
        if (reach < 0 || span < 0 || __builtin_add_overflow(reach, span, &need)) {
            if (newest->ms == TIME_UNKNOWN)
                continue;
            add_term(a, newest, missing ? missing : intern_text(a, "how old `%s` may have to be when it is read", backup->name), TIME_UNKNOWN, backup->span);
            continue;
        }
        result = retention_covers(backup, need, !any_moment, links->losses[i].gap, links->losses[i].uniform, locked, &extra);
        if (result == RETENTION_UNKNOWN && any_moment) {
            add_term(a, newest, intern_text(a, "how long `%s` is kept (`retain`)", backup->name), TIME_UNKNOWN, backup->span);
        } else if (result == RETENTION_SHORT) {
            struct strbuf text = STRBUF_INIT;

            strbuf_addf(&text, "`%s` is %s ", backup->name, need > locked ? "locked for" : "kept for");
            if (need > locked)
                print_duration(&text, locked);
            else if (retain.type == VALUE_DURATION)
                print_duration(&text, retain.u.integer);
            else
                strbuf_addstr(&text, "too few periods");
            strbuf_addstr(&text, ", but it may be needed after ");
            print_duration(&text, need);
            *why = strbuf_dup(&text, a->arena);
            strbuf_release(&text);
            return false;
        } else if (i == 0) {
            add_term(a, newest, "copies of that age are further apart", extra, row_span(a, backup, "retain"));
        } else if (i + 1 == links->count && base != TIME_UNKNOWN && __builtin_add_overflow(base, extra, &base)) {
            base = TIME_UNKNOWN;
        }
    }
    return true;
}

/* What builds on a copy that is still on its way is of no use until that has arrived. */
static void wait_for_base(struct analysis *a, struct links *links, const struct entity *store)
{
    const struct entity *newest = links->items[0];
    int64_t way = worst(newest, BACKUP_duration, 0);
    bool is_copy;

    is_at(newest, store, &is_copy);
    if (word_is(entity_slot(newest, BACKUP_kind), "log") || way < 0 ||
        __builtin_add_overflow(way, is_copy ? worst(newest, BACKUP_copy_time, 0) : 0, &way))
        return;
    for (uint32_t i = 1; i < links->count; i++) {
        int64_t copy = worst(links->items[i], BACKUP_copy_time, TIME_UNKNOWN);

        is_at(links->items[i], store, &is_copy);
        if (!is_copy || (copy >= 0 && copy <= way))
            continue;
        add_term(a, &links->losses[0], intern_text(a, "time of the copy of `%s`, beyond that", links->items[i]->name),
                 copy < 0 ? TIME_UNKNOWN : copy - way, row_span(a, links->items[i], "copy_time"));
        way = copy < 0 ? way : copy;
    }
}

static void keep_best(struct analysis *a, struct best *best, const struct links *links, struct entity *backup, struct entity *store, bool circular)
{
    const struct loss *loss = &links->losses[0];
    bool nobody = false;

    for (uint32_t i = 0; i < links->count; i++)
        nobody |= credit_of(a, (struct entity *)(uintptr_t)links->items[i])->by == BY_NOBODY;
    /* What rests on the asset itself, or on what nobody does, is no copy as long as there is another one. */
    if (best->found && (circular != best->circular ? circular : nobody != best->nobody ? nobody : !smaller(loss, &best->loss)))
        return;
    best->nobody = nobody;
    best->found = true;
    best->circular = circular;
    best->loss = *loss;
    best->backup = backup;
    best->store = store;
}

static void try_store(struct analysis *a, struct asset_state *state, struct entity *backup, struct entity *store, int64_t read, struct best *best)
{
    const char *why = NULL;
    struct links links; /* as far as it is filled: it is big */
    enum comes comes;
    bool is_copy;

    links.count = 0;
    if (!store_survives(a, store, state->loss, &why) || !chain_complete(a, backup, store, &links, &why) ||
        (comes = store_opens(a, store, &why)) == COMES_NEVER) {
        if (why)
            best->why = why;
        return;
    }
    for (uint32_t i = 0; i < links.count; i++) {
        is_at(links.items[i], store, &is_copy);
        links.losses[i] = backup_loss(a, state->asset, links.items[i], is_copy);
    }
    wait_for_base(a, &links, store);
    if (!lives_long_enough(a, state, &links, store, read, &why)) {
        best->why = why;
        return;
    }
    keep_best(a, best, &links, backup, store, comes == COMES_IN_CIRCLE);
}

/* A backup without a store is kept by the platform beside the asset: it is gone with the site, not with the instance. What it builds on
 * must be kept beside it as well. */
static void try_platform(struct analysis *a, struct asset_state *state, struct entity *backup, int64_t read, struct best *best)
{
    struct links links; /* as far as it is filled: it is big */
    const struct entity *link = backup;
    const char *why = NULL;

    links.count = 0;
    for (uint32_t s = 0; s < state->asset->site_count; s++) {
        const struct site_info *site = state->asset->sites[s];

        if (place_stands(a, site) && (!ground_of(a, site)->zones || stands_if(a, kept_through(a, state->asset, backup), site)))
            continue;
        best->why = intern_text(a, place_stands(a, site) ? "`%s` is kept beside it, and may be in what is lost as well" : "`%s` is kept at the site that is lost",
                                backup->name);
        return;
    }
    while (link && links.count < CHAIN_LIMIT) {
        struct value kind = entity_slot(link, BACKUP_kind), to = entity_slot(link, BACKUP_to);
        const struct entity *next = NULL;
        struct entity *other;

        if (to.type == VALUE_ENTITY && !store_survives(a, to.u.entity, state->loss, &best->why))
            return;
        links.losses[links.count] = backup_loss(a, state->asset, link, false);
        links.items[links.count++] = link;
        if (word_is(kind, "full") || word_is(kind, "snapshot"))
            break;
        next = link_of(a, link);
        for (uint32_t i = 0; !next && word_is(kind, "log") && (other = entity_child(backup->parent, BLOCK_BACKUP, &i));) {
            struct value base = entity_slot(other, BACKUP_kind), where = entity_slot(other, BACKUP_to);
            const char *gone;

            if ((word_is(base, "full") || word_is(base, "snapshot")) &&
                (where.type != VALUE_ENTITY || store_survives(a, where.u.entity, state->loss, &gone)))
                next = other;
        }
        if (!next) {
            best->why = intern_text(a, "`%s` has no full backup to build on", link->name);
            return;
        }
        link = next;
    }
    if (!lives_long_enough(a, state, &links, NULL, read, &why)) {
        best->why = why;
        return;
    }
    keep_best(a, best, &links, backup, NULL, false);
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

bool copies_loss(struct analysis *a, struct asset_state *state, struct candidate *candidate, const struct entity *method, int64_t read,
                 const struct entity *owner)
{
    struct value from = eval_deferred(a->eval, method, METHOD_from, method_scope(a, state, candidate));
    struct best best = {0};
    uint32_t count;
    struct entity **groups = asset_groups(a, state->asset, &count);

    if (!owner || owner == state->asset->entity)
        try_backups(a, state, from, state->asset->entity, read, &best);
    for (uint32_t i = 0; i < count; i++) {
        if ((!owner || owner == groups[i]) && !(i && groups[i] == groups[i - 1]))
            try_backups(a, state, from, groups[i], read, &best);
    }
    if (!best.found) {
        candidate->rejected = best.why ? best.why : "there is no copy to restore from";
        return false;
    }
    candidate->rpo = best.loss.ms;
    candidate->rpo_terms.items = best.loss.terms.items;
    candidate->rpo_terms.count = best.loss.terms.len;
    candidate->copy = best.backup;
    candidate->from_store = best.store;
    candidate->circular |= best.circular;
    return true;
}

void backup_spacing(struct analysis *a, const struct asset *asset, const struct entity *backup, const struct entity *store, struct spacing *out)
{
    struct value schedule = entity_slot(backup, BACKUP_schedule);
    struct value shortest = value_best(entity_slot(backup, BACKUP_duration)), copy = value_best(entity_slot(backup, BACKUP_copy_time));
    int64_t longest = worst(backup, BACKUP_duration, 0), jitter = worst(backup, BACKUP_jitter, 0);
    int64_t run = shortest.type == VALUE_DURATION ? shortest.u.integer : 0, late;
    const struct entity *kind;
    int64_t window = backup_start_window(backup, &kind);
    bool is_copy = false, at_end = captured_at_end(a, asset, backup) != NULL;
    struct loss loss;

    *out = (struct spacing){.apart = TIME_UNKNOWN, .youngest = at_end ? 0 : run, .within = TIME_UNKNOWN, .longest = longest, .gap = TIME_UNKNOWN};
    if (store)
        is_at(backup, store, &is_copy);
    if (is_copy && copy.type == VALUE_DURATION)
        out->youngest += copy.u.integer;
    if (schedule.type != VALUE_SCHEDULE || schedule.u.schedule->kind == SCHEDULE_CONTINUOUS || schedule.u.schedule->kind == SCHEDULE_ON_CHANGE)
        return;
    loss = backup_loss(a, asset, backup, false);
    if (loss.ms < 0 || window < 0 || jitter < 0 || longest < 0 || __builtin_add_overflow(window, jitter, &late) ||
        __builtin_add_overflow(late, longest, &out->within) || __builtin_add_overflow(loss.gap, late, &out->apart) ||
        __builtin_add_overflow(out->apart, at_end && longest > run ? longest - run : 0, &out->apart))
        out->apart = out->within = TIME_UNKNOWN;
    out->gap = loss.gap;
}

/* ---------------------------------------------------------------- backups on their own */

static void check_backup(struct analysis *a, struct entity *backup)
{
    struct value schedule = entity_slot(backup, BACKUP_schedule), of = entity_slot(backup, BACKUP_of);
    int64_t duration = worst(backup, BACKUP_duration, TIME_UNKNOWN);
    const struct schedule_gap *gap;

    if ((of.type == VALUE_STRING || of.type == VALUE_WORD) && !link_of(a, backup) && !lost_name(a->sink, of.u.string))
        diag_help(diag_report(a->sink, DIAG_E0513, row_span(a, backup, "of"), "`%s` builds on `%s`, which does not exist", backup->name,
                              of.u.string),
                  "`of` is the name of another `backup` block beside it");
    if (schedule.type != VALUE_SCHEDULE)
        return;
    check_service(a, backup);
    if (entity_slot(backup, BACKUP_missed).type == VALUE_INT && entity_slot(backup, BACKUP_missed).u.integer < 0)
        diag_report(a->sink, DIAG_E0317, row_span(a, backup, "missed"), "`missed` of `%s` is negative", backup->name);
    gap = gap_of(a, backup, schedule.u.schedule);
    if (gap->status == SCHEDULE_NEVER) {
        diag_report(a->sink, DIAG_E0512, row_span(a, backup, "schedule"), "the schedule of `%s` never fires", backup->name);
    } else if (gap->status == SCHEDULE_REFUSED) {
        struct diag *diag = diag_report(a->sink, DIAG_E0512, row_span(a, backup, "schedule"), "the schedule of `%s`: %s", backup->name,
                                        gap->refusal.reason);

        if (gap->refusal.help)
            diag_help(diag, "%s", gap->refusal.help);
    } else if (gap->status == SCHEDULE_OK && duration >= gap->min_gap) {
        struct strbuf text = STRBUF_INIT;

        print_duration(&text, gap->min_gap);
        diag_at(diag_report(a->sink, DIAG_E0514, row_span(a, backup, "duration"),
                            "a run of `%s` may not be finished when the next one is due", backup->name),
                "the shortest gap is %s", strbuf_str(&text));
        strbuf_release(&text);
    }
}

void check_backups(struct analysis *a)
{
    struct entity *backup;

    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        for (uint32_t c = 0; (backup = entity_child(a->plan->assets[i].entity, BLOCK_BACKUP, &c));)
            check_backup(a, backup);
    }
    for (uint32_t i = 0; i < a->model->declared[BLOCK_GROUP].list.len; i++) {
        for (uint32_t c = 0; (backup = entity_child(a->model->declared[BLOCK_GROUP].list.items[i], BLOCK_BACKUP, &c));)
            check_backup(a, backup);
    }
}
