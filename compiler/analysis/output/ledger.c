/* See ledger.h. The entries are gathered from what was chosen: the protections of each asset's method, what its restore reads, the clock of
 * its scenario, the names that lead there. Each thing is one entry with the list of verdicts that rest on it. */
#include "analysis/common/ledger.h"
#include "analysis/common/entries.h"
#include "analysis/output/output.h"
#include "analysis/recovery/credit.h"
#include "analysis/recovery/loss.h"
#include "analysis/recovery/recovery.h"
#include "analysis/world/stands.h"
#include "analysis/world/world.h"

#include "base/file_name.h"

#include <string.h>

enum { CHAIN_LINKS = 16 };

/* What the items of an `emit demands` ask for, and how one sees whether it is so. */
static void take_items(struct analysis *a, const struct credit *credit, struct assumption *assumption)
{
    for (const struct block *item = credit->maker->tree->blocks; item; item = item->next) {
        const struct attr *text = block_attr(item, intern_str(a->model->names, "text"));
        const struct attr *check = block_attr(item, intern_str(a->model->names, "check"));
        const struct scope *scope = emit_scope(a, item, credit->scope);
        struct value words = text ? eval(a->eval, text->value, scope, NULL) : value_unknown();

        if (words.type == VALUE_STRING)
            assumption->words = assumption->words ? intern_text(a, "%s %s", assumption->words, words.u.string) : words.u.string;
        if (check && !command_is_set(&assumption->check))
            evaluate_command(a, eval(a->eval, check->value, scope, NULL), &assumption->check);
    }
}

/* Whose README tells what is asked of the owner of a thing: that of the target which makes things of its kind. */
static const char *told_by(const struct entity *thing)
{
    return thing->kind && thing->kind->emits.len ? "terraform" : "restore";
}

/* Who makes a backup, replica or standby; `job`: the name of the job that takes the backup. */
static void take_credit(struct analysis *a, struct assumption *assumption, struct entity *thing, const char *job)
{
    const struct credit *credit = credit_of(a, thing);
    const struct entity *maker = credit->maker;

    assumption->by = credit->by;
    assumption->on = credit->on;
    assumption->unwatched = !credit->watched;
    assumption->span = thing->span;
    if (credit->by == BY_ARTIFACT && maker && maker->schema->id == BLOCK_PROCEDURE) {
        assumption->target = "cron";
        assumption->file = intern_text(a, "cron/jobs/%s.sh", output_name(a->arena, job));
        assumption->question = intern_text(a, "does `%s list` show a copy no older than its schedule allows?", assumption->file);
    } else if (credit->by == BY_ARTIFACT && maker) {
        assumption->target = maker->name;
        assumption->file = emit_file(a, maker, credit->subject, credit->scope);
        assumption->question = "does `terraform plan` in this root show no change?";
    } else if (credit->by == BY_PLATFORM) {
        take_source(maker, NULL, assumption);
    } else if (credit->by == BY_DEMAND) {
        assumption->target = maker ? "terraform" : thing->schema->id == BLOCK_BACKUP ? "cron" : "restore";
        if (maker)
            take_items(a, credit, assumption);
    }
    if (credit->by >= BY_PLATFORM && !assumption->question && !command_is_set(&assumption->check))
        assumption->question = "is it so today, and who saw it?";
}

/* ---------------------------------------------------------------- copies, replicas, standbys */

/* "`a`, `b` and `c`": the members a group's run captures. */
static const char *member_names(struct analysis *a, const struct entity *group)
{
    struct value members = entity_slot(group, GROUP_members);
    struct strbuf text = STRBUF_INIT;
    const char *names;

    for (uint32_t i = 0; members.type == VALUE_LIST && i < members.u.list->count; i++)
        strbuf_addf(&text, "%s`%s`", i == 0 ? "" : i + 1 < members.u.list->count ? ", " : " and ", members.u.list->items[i].u.entity->name);
    names = strbuf_dup(&text, a->arena);
    strbuf_release(&text);
    return names;
}

/* One run of a group takes all members; where each has its own, the entries are of each. */
struct taken_backup {
    struct entity *backup;
    const char *job;   /* its name */
    const char *of;    /* what it captures, for sentences */
    const char *where; /* behind the subject in its id */
};

static struct taken_backup taken_backup(struct analysis *a, const struct asset_state *state, struct entity *backup, const struct entity *store)
{
    const struct entity *owner = backup->parent;
    const char *at = store ? intern_text(a, "@%s", store->name) : "", *member = state->asset->name;
    const char *job = backup_job_name(a->arena, backup, state->asset->entity);

    if (owner->schema->id != BLOCK_GROUP)
        return (struct taken_backup){backup, job, intern_text(a, "`%s`", owner->name), intern_text(a, ".%s%s", backup->name, at)};
    if (backup_runs_apart(backup))
        return (struct taken_backup){backup, job, intern_text(a, "`%s` of group `%s`", member, owner->name),
                                     intern_text(a, ".%s.%s%s", backup->name, member, at)};
    return (struct taken_backup){backup, job, intern_text(a, "group `%s` (%s in one run)", owner->name, member_names(a, owner)),
                                 intern_text(a, ".%s%s", backup->name, at)};
}

/* That runs happen is the scheduler's; that the host is up and the tool ends well each time is somebody's. */
static void add_missed(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, const struct taken_backup *taken)
{
    struct value missed = entity_slot(taken->backup, BACKUP_missed);
    long long count = missed.type == VALUE_INT ? missed.u.integer : 0;
    struct assumption *runs;
    bool is_new;

    runs = ledger_entry(a, ASSUME_RUNS, taken->backup->parent, intern_text(a, "%s/missed", taken->where), &is_new);
    if (is_new) {
        runs->span = taken->backup->span;
        runs->value = intern_text(a, "%lld", count);
        runs->says = count ? intern_text(a, "no more than %lld run%s in a row of backup `%s` of %s %s missed or fail%s", count, count == 1 ? "" : "s",
                                         taken->backup->name, taken->of, count == 1 ? "is" : "are", count == 1 ? "s" : "")
                           : intern_text(a, "no run of backup `%s` of %s is missed or fails", taken->backup->name, taken->of);
        /* A platform that ships all the time has no runs to miss; one that starts runs promises no success of each. */
        if (credit_of(a, taken->backup)->by != BY_PLATFORM)
            ask_owner(a, runs, taken->backup->parent, "cron", "how many runs in a row were missed or failed since the last look?");
        else if (backup_has_slots(taken->backup))
            ask_owner(a, runs, taken->backup->parent, "terraform", "how many runs in a row expired or failed since the last look?");
        else
            take_credit(a, runs, taken->backup, taken->job);
        runs->unwatched = !credit_of(a, taken->backup)->watched;
    }
    rest_rpo(a, runs, result, state);
}

/* A job of a host looks whether it is there; of a place that is no machine nothing tells it which of the machines there is meant. */
static void add_run_place(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, const struct taken_backup *taken)
{
    const struct entity *owner = taken->backup->parent;
    bool one_run = owner->schema->id == BLOCK_GROUP && !backup_runs_apart(taken->backup);
    const struct site_info *site = run_site(a, taken->backup, one_run ? NULL : state->asset);
    struct assumption *runs;
    bool is_new;

    if (!site || strcmp(site->level, "host") == 0)
        return;
    runs = ledger_entry(a, ASSUME_RUNS, taken->backup->parent, intern_text(a, "%s/machine", taken->where), &is_new);
    if (is_new) {
        runs->span = taken->backup->span;
        runs->value = site->entity->name;
        runs->says = intern_text(a, "backup `%s` of %s runs on the machine at `%s` that has what it reads, and on no other", taken->backup->name,
                                 taken->of, site->entity->name);
        ask_owner(a, runs, taken->backup->parent, "cron", "on which machine is its job installed, and does the newest copy hold what is there?");
    }
    rest_rpo(a, runs, result, state);
}

/* Nothing is kept longer than the platform keeps anything, whatever is stated. */
static void add_limit(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, const struct entity *backup)
{
    const struct entity *limit;
    struct assumption *most;
    int64_t keeps = platform_limit(a, state->asset, backup, &limit);
    bool is_new;

    if (!limit)
        return;
    most = ledger_entry(a, ASSUME_LIMIT, limit->parent, intern_text(a, ".%s", limit->name), &is_new);
    if (is_new) {
        most->span = limit->span;
        most->value = ledger_duration(a, keeps);
        most->says = intern_text(a, "what is %s of kind `%s` is kept by its platform for %s at most, and that long where it is asked for",
                                 limit->name, limit->parent->name, most->value);
        if (!platform_says(most, limit, NULL))
            ask_owner(a, most, state->asset->entity, told_by(state->asset->entity), "how long does the platform keep it, by its documentation?");
    }
    rest_both(a, most, result, state);
}

/* No file of ours holds a job to the bandwidth its specification states, and the proof counts on no more. */
static void add_bandwidth(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, const struct taken_backup *taken,
                          struct entity *backup)
{
    uint32_t cursor = 0;
    struct entity *load = entity_child(backup, BLOCK_LOAD, &cursor);
    const char *limit = load ? ledger_value(a, entity_slot(load, LOAD_bandwidth)) : NULL;
    bool is_new;
    struct assumption *entry;

    if (!limit)
        return;
    entry = ledger_entry(a, ASSUME_LIMIT, backup->parent, intern_text(a, "%s/bandwidth", taken->where), &is_new);
    if (is_new) {
        entry->value = limit;
        entry->span = load->span;
        entry->says = intern_text(a, "a run of `%s` of %s reads and sends at %s, and something holds it to that", backup->name, taken->of, limit);
        ask_owner(a, entry, backup->parent, "cron", "what limits it: the tool's own option, the host's network, and what was measured?");
    }
    rest_rpo(a, entry, result, state);
}

/* Nothing bounds what lies between a Job and the first command of its pod. */
static void add_pod(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, const struct taken_backup *taken,
                    struct entity *backup)
{
    const struct entity *says;
    struct assumption *entry;
    bool is_new;

    if (!is_word(entity_slot(backup, BACKUP_scheduler), "kubernetes"))
        return;
    entry = ledger_entry(a, ASSUME_RUNS, backup->parent, intern_text(a, "%s/pod", taken->where), &is_new);
    if (is_new) {
        entry->value = ledger_duration(a, backup_start_window(backup, &says));
        entry->span = backup->span;
        entry->says =
            intern_text(a, "the pod of backup `%s` of %s has begun its work %s after its time: a node has room for it, and its image is there",
                        backup->name, taken->of, entry->value);
        ask_owner(a, entry, backup->parent, "cron", "how long did pods of this job take from their Job to their first line of log?");
    }
    rest_rpo(a, entry, result, state);
}

static bool fetches_one(const struct asset_state *state)
{
    for (uint32_t i = 0; i < state->step_count; i++) {
        for (uint32_t n = 0; n < state->steps[i]->input_count; n++) {
            if (is_word(entity_slot(state->steps[i]->inputs[n], INPUT_type), "stored"))
                return true;
        }
    }
    return false;
}

/* A script fetches the copy that was chosen; what that builds on is the tool's to find. */
static void add_links(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, const struct taken_backup *taken,
                      struct entity *backup)
{
    struct value of = entity_slot(backup, BACKUP_of);
    struct assumption *entry;
    bool is_new;

    if (!state->chosen || state->chosen->copy != backup || (of.type != VALUE_STRING && of.type != VALUE_WORD) || !fetches_one(state))
        return;
    entry = ledger_entry(a, ASSUME_READABLE, backup->parent, intern_text(a, "%s/links", taken->where), &is_new);
    if (is_new) {
        entry->span = backup->span;
        entry->says =
            intern_text(a, "whoever loads a copy of `%s` of %s has all it builds on as well, `%s` and each copy between: the script fetches one",
                        backup->name, taken->of, of.u.string);
        ask_owner(a, entry, backup->parent, "restore", "where does the tool take the others from, and does it say so when one is missing?");
    }
    rest_rpo(a, entry, result, state);
}

static void add_backup(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, struct entity *backup,
                       const struct entity *store)
{
    struct taken_backup taken = taken_backup(a, state, backup, store);
    bool is_new;
    struct assumption *entry = ledger_entry(a, ASSUME_RUNS, backup->parent, taken.where, &is_new);

    if (is_new) {
        take_credit(a, entry, backup, taken.job);
        entry->value = ledger_value(a, entity_slot(backup, BACKUP_schedule));
        entry->says = intern_text(a, "backup `%s` of %s runs%s%s%s%s", backup->name, taken.of, entry->value ? " " : "",
                                  entry->value ? entry->value : "", store ? "; its copy reaches " : "", store ? store->name : "");
    }
    rest_both(a, entry, result, state);
    add_missed(a, result, state, &taken);
    add_run_place(a, result, state, &taken);
    add_bandwidth(a, result, state, &taken, backup);
    add_links(a, result, state, &taken, backup);
    add_pod(a, result, state, &taken, backup);
    entry = ledger_entry(a, ASSUME_KEPT, backup->parent, taken.where, &is_new);
    if (is_new) {
        take_credit(a, entry, backup, taken.job);
        entry->unwatched = false;
        entry->value = ledger_value(a, entity_slot(backup, BACKUP_retain));
        entry->says = intern_text(a, "copies of `%s` of %s are kept%s%s and can be read", backup->name, taken.of, entry->value ? " for " : "",
                                  entry->value ? entry->value : "");
    }
    rest_both(a, entry, result, state);
    add_limit(a, result, state, backup);
}

static const struct site_info *site_of_store(const struct analysis *a, const struct entity *store)
{
    struct value site = entity_slot(store, STORE_site);

    return site.type == VALUE_ENTITY ? plan_site(a->plan, site.u.entity) : NULL;
}

/* Who writes into the store and reads from it stands in another account. */
static void add_access(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, struct entity *store)
{
    const struct site_info *there = site_of_store(a, store), *here = state->asset->site_count ? state->asset->sites[0] : NULL;
    struct assumption *allowed;
    bool is_new;

    if (!there || !here || there->account == here->account || !there->account)
        return;
    allowed = ledger_entry(a, ASSUME_ALLOWED, store, intern_text(a, "<-%s", here->account ? here->account->name : here->entity->name), &is_new);
    if (is_new) {
        allowed->says = intern_text(a, "what writes in `%s` may write into `%s` of account `%s`, and the recovery may read there, key included",
                                    here->account ? here->account->name : here->entity->name, store->name, there->account->name);
        ask_owner(a, allowed, store, told_by(store), "do role, resource policy and key policy of both sides allow it? Has a copy been read back?");
    }
    rest_both(a, allowed, result, state);
}

/* What the specification says of a store, and no file of ours makes true: that who writes there cannot delete, that nobody reaches it, that
 * its lock is on. */
static void add_door(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, struct entity *store)
{
    static const struct {
        uint32_t row;
        const char *name, *says, *question;
    } doors[] = {
        {STORE_append_only, "append_only", "can be deleted or changed by nobody who writes there, with the credentials of the jobs neither",
         "does deleting a copy fail with the credentials of the job? Try it with one made for it"},
        {STORE_offline, "offline", "can be reached with no credential between two runs",
         "who carries the copies away, how often, and where do they lie now?"},
    };
    uint32_t cursor = 0;
    struct entity *lock = entity_child(store, BLOCK_STORE_LOCK, &cursor);
    struct assumption *entry;
    bool is_new;

    for (size_t i = 0; i < sizeof doors / sizeof *doors; i++) {
        struct value flag = entity_slot(store, doors[i].row);

        if (flag.type != VALUE_BOOL || !flag.u.integer)
            continue;
        entry = ledger_entry(a, ASSUME_KEPT, store, intern_text(a, ".%s", doors[i].name), &is_new);
        if (is_new) {
            entry->span = entity_attr_span(store, doors[i].row);
            /* Where jobs log in with a shell only people can keep to it, and no verdict on a compromise rests on it. */
            if (doors[i].row == STORE_append_only && writers_delete(a, store)) {
                entry->says = intern_text(a, "what is in `%s` is deleted or changed by nobody, although whoever writes there could", store->name);
                ask_owner(a, entry, store, told_by(store), "who can log in there, and what was deleted since the last look?");
            } else {
                entry->says = intern_text(a, "what is in `%s` %s", store->name, doors[i].says);
                ask_owner(a, entry, store, told_by(store), doors[i].question);
            }
        }
        rest_both(a, entry, result, state);
    }
    if (!lock)
        return;
    entry = ledger_entry(a, ASSUME_KEPT, store, ".lock", &is_new);
    if (is_new) {
        const char *mode = ledger_value(a, entity_slot(lock, STORE_LOCK_mode));

        entry->span = lock->span;
        entry->value = ledger_value(a, entity_slot(lock, STORE_LOCK_min));
        entry->says = intern_text(a, "the lock of `%s` is on%s%s%s%s", store->name, mode ? ", of mode " : "", mode ? mode : "",
                                  entry->value ? ", for " : "", entry->value ? entry->value : "");
        ask_owner(a, entry, store, told_by(store), "what does the store itself say of its lock: mode, time, and is it final?");
    }
    rest_both(a, entry, result, state);
}

static void add_lag(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, struct entity *replica,
                    const char *what)
{
    struct assumption *lag;
    bool is_new;

    if (state->rpo_verdict == VERDICT_NOT_APPLICABLE)
        return; /* nothing is lost by it */
    lag = ledger_entry(a, ASSUME_LAG, replica->parent, what, &is_new);
    if (is_new) {
        lag->span = replica->span;
        lag->value = ledger_value(a, entity_slot(replica, REPLICA_lag));
        lag->says = is_word(entity_slot(replica, REPLICA_mode), "sync")
                        ? intern_text(a, "`%s` confirms no write before replica `%s` has it, even while that cannot be reached",
                                      replica->parent->name, replica->name)
                        : intern_text(a, "replica `%s` of `%s` is never further behind than %s", replica->name, replica->parent->name,
                                      lag->value ? lag->value : "its mode allows");
        if (lag_is_enforced(a, replica) && kind_enforces_lag(a, replica))
            lag->by = BY_PLATFORM;
        else if (lag_is_enforced(a, replica))
            ask_owner(a, lag, replica->parent, told_by(replica->parent),
                      "what stops writes when the replica falls further behind, and was it seen to?");
        else
            ask_owner(a, lag, replica->parent, told_by(replica->parent), "what was its largest lag since the last look?");
        lag->unwatched = !credit_of(a, replica)->watched;
    }
    rest_rpo(a, lag, result, state);
}

static void add_capacity(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, struct entity *standby,
                         const char *what)
{
    bool is_new;
    struct assumption *capacity = ledger_entry(a, ASSUME_CAPACITY, standby->parent, what, &is_new);

    if (is_new) {
        capacity->span = standby->span;
        capacity->value = ledger_value(a, entity_slot(standby, STANDBY_capacity));
        capacity->says = intern_text(a, "%s of the capacity of `%s` runs at `%s`, and the rest can be had there",
                                     capacity->value ? capacity->value : "all", standby->parent->name, standby->name);
        ask_owner(a, capacity, standby->parent, told_by(standby->parent), "how much runs there, and what does the quota allow?");
    }
    rest_rto(a, capacity, result, state);
}

static void add_element(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, struct entity *thing)
{
    bool replica = thing->schema->id == BLOCK_REPLICA, is_new;
    const char *what = intern_text(a, ".%s.%s", replica ? "replica" : "standby", thing->name);
    struct assumption *ready = ledger_entry(a, ASSUME_STANDS_READY, thing->parent, what, &is_new);

    if (is_new) {
        take_credit(a, ready, thing, NULL);
        ready->unwatched = false;
        ready->says = replica ? intern_text(a, "replica `%s` of `%s` exists and follows it", thing->name, thing->parent->name)
                              : intern_text(a, "`%s` stands ready at `%s`", thing->parent->name, thing->name);
    }
    rest_both(a, ready, result, state);
    (replica ? add_lag : add_capacity)(a, result, state, thing, what);
}

/* A method that rests on no copy, replica or standby rests on what the platform does, or on what its owner set up. */
static void add_method(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, const struct candidate *chosen)
{
    bool is_new;
    struct assumption *ready = ledger_entry(a, ASSUME_STANDS_READY, state->asset->entity, intern_text(a, ".%s", chosen->method->name), &is_new);

    if (is_new) {
        ready->says = intern_text(a, "`%s` of `%s` is set up and works", chosen->method->name, state->asset->name);
        if (!chosen->automatic || !platform_says(ready, chosen->method, NULL))
            ask_owner(a, ready, state->asset->entity, "restore", "when was it last done or rehearsed?");
        ready->span = state->asset->entity->span;
    }
    rest_both(a, ready, result, state);
}

/* What the method presupposes and nothing in it does (`demand` of the method): asked of the owner of the thing it is about. The same of one
 * thing is one entry, whatever asks for it. */
static void add_demands(struct analysis *a, const struct scenario_result *result, struct asset_state *state)
{
    struct candidate *chosen = state->chosen;
    const struct scope *scope = method_scope(a, state, chosen);
    const struct entity *block;

    for (uint32_t i = 0; (block = entity_child(chosen->method, BLOCK_METHOD_DEMAND, &i));) {
        struct value when = eval_deferred(a->eval, block, METHOD_DEMAND_when, scope), of = eval_deferred(a->eval, block, METHOD_DEMAND_of, scope);
        struct value question = eval_deferred(a->eval, block, METHOD_DEMAND_question, scope), says;
        struct entity *subject = of.type == VALUE_ENTITY ? of.u.entity : state->asset->entity;
        struct assumption *entry;
        bool is_new;

        if (when.type == VALUE_BOOL && !when.u.integer)
            continue;
        entry = ledger_entry(a, ASSUME_STANDS_READY, subject,
                             of.type == VALUE_ENTITY ? intern_text(a, ".%s", block->name)
                                                     : intern_text(a, ".%s/%s%s%s", chosen->method->name, block->name, state->serving ? "@" : "",
                                                                   state->serving ? state->serving->entity->name : ""),
                             &is_new);
        if (is_new) {
            says = eval_deferred(a->eval, block, METHOD_DEMAND_says, scope);
            entry->says = says.type == VALUE_STRING
                              ? says.u.string
                              : intern_text(a, "what `%s` of `%s` asks for (`%s`) is so", chosen->method->name, state->asset->name, block->name);
            entry->span = subject->span;
            ask_owner(a, entry, subject, "restore", question.type == VALUE_STRING ? question.u.string : NULL);
            if (eval_is_written(block, METHOD_DEMAND_check))
                evaluate_command(a, eval_deferred(a->eval, block, METHOD_DEMAND_check, scope), &entry->check);
            if (!entry->question && !command_is_set(&entry->check))
                entry->question = "is it so today, and who saw it?";
        }
        rest_both(a, entry, result, state);
    }
    drop_method_scope(a, chosen);
}

/* That the platform fences what is cut off is what the method says of its figure. */
static void add_fence(struct analysis *a, const struct scenario_result *result, const struct asset_state *state)
{
    const struct candidate *chosen = state->chosen;
    struct assumption *fence;
    bool is_new;

    if (!chosen->includes_fence || !state_has_loss(state, "partition"))
        return;
    fence = ledger_entry(a, ASSUME_STANDS_READY, state->asset->entity, intern_text(a, ".%s/fence", chosen->method->name), &is_new);
    if (is_new) {
        fence->says = intern_text(a, "`%s` keeps a side of `%s` that is cut off from taking writes", chosen->method->name, state->asset->name);
        fence->span = chosen->method->span;
        if (!platform_says(fence, chosen->method, NULL))
            ask_owner(a, fence, state->asset->entity, "restore", "was a side cut off for trial, and did a write there fail?");
    }
    rest_both(a, fence, result, state);
}

/* What the platform does by itself may ask a control plane that does not answer, and nothing says that it does not. */
static void add_plane_asked(struct analysis *a, const struct scenario_result *result, struct asset_state *state)
{
    struct candidate *chosen = state->chosen;
    const struct entity *plane = plane_in_doubt(a, state, chosen);
    struct assumption *works;
    bool is_new;

    if (!plane)
        return;
    works = ledger_entry(a, ASSUME_STANDS_READY, state->asset->entity, intern_text(a, ".%s/without:%s", chosen->method->name, plane->name), &is_new);
    if (is_new) {
        works->says = intern_text(a, "`%s` of `%s` needs no control plane of `%s`", chosen->method->name, state->asset->name, plane->name);
        works->span = chosen->method->span;
        if (!platform_says(works, chosen->method, "control_plane"))
            ask_owner(a, works, state->asset->entity, "restore", "what does the platform say it needs for that, and did it work in such an outage?");
    }
    rest_both(a, works, result, state);
}

/* Where the old side cannot be reached, somebody has to keep it from taking writes all the same: from outside of the cut. */
static void add_fence_by_hand(struct analysis *a, const struct scenario_result *result, const struct asset_state *state)
{
    struct assumption *fence;
    bool is_new;

    for (uint32_t i = 0; state_has_loss(state, "partition") && i < state->step_count; i++) {
        const struct step *step = state->steps[i];

        if (step->phase != PHASE_FENCE || !step_takes_people(step))
            continue;
        fence = ledger_entry(a, ASSUME_STANDS_READY, state->asset->entity, intern_text(a, ".%s/by_hand", step->id), &is_new);
        if (is_new) {
            fence->says = intern_text(a, "the old side of `%s` can be kept from taking writes while nobody reaches it (\"%s\")", state->asset->name,
                                      step->manual ? step->manual : step->title);
            fence->span = step->span;
            ask_owner(a, fence, state->asset->entity, "restore",
                      "with what, from where, and was it tried while the side was cut off? What is asked of a person or a machine inside of it is "
                      "not done");
        }
        rest_both(a, fence, result, state);
    }
}

/* Data at several places of which some are gone: that a majority has every write is what the rest is worth. */
static void add_quorum(struct analysis *a, const struct scenario_result *result, const struct asset_state *state)
{
    struct entity *asset = state->asset->entity;
    struct value quorum = entity_slot(asset, ASSET_quorum);
    bool is_new, missing = false;
    struct assumption *agreed;

    for (uint32_t i = 0; i < state->asset->site_count; i++)
        missing |= !place_stands(a, state->asset->sites[i]);
    if (!missing || !state->asset->stateful || state->asset->site_count < 2 || quorum.type != VALUE_INT || quorum.defaulted)
        return;
    agreed = ledger_entry(a, ASSUME_STANDS_READY, asset, ".quorum", &is_new);
    if (is_new) {
        agreed->value = ledger_value(a, quorum);
        agreed->span = entity_attr_span(asset, ASSET_quorum);
        agreed->says = intern_text(a, "`%s` confirms no write before %lld of its %u places have it, and serves from any as many of them", asset->name,
                                   (long long)quorum.u.integer, state->asset->site_count);
        ask_owner(a, agreed, asset, told_by(asset),
                  "does it say so of itself now (members, leader, how many must confirm), and was one stopped for trial?");
    }
    rest_both(a, agreed, result, state);
}

/* Served from several places of which some are gone: what is left has to carry what all of them did. */
static void add_survivors(struct analysis *a, const struct scenario_result *result, const struct asset_state *state)
{
    struct entity *asset = state->asset->entity;
    struct assumption *carries;
    const char *left = NULL;
    uint32_t standing = 0;
    bool is_new;

    for (uint32_t i = 0; i < state->asset->site_count; i++) {
        const struct site_info *site = state->asset->sites[i];

        if (!stands_at(a, asset, site))
            continue;
        left = left ? intern_text(a, "%s+%s", left, site->entity->name) : site->entity->name;
        standing++;
    }
    if (!standing || standing == state->asset->site_count)
        return;
    carries = ledger_entry(a, ASSUME_CAPACITY, asset, intern_text(a, ".left@%s", left), &is_new);
    if (is_new) {
        carries->span = asset->span;
        carries->value = left;
        carries->says = intern_text(a, "`%s` carries the whole load from %s alone", asset->name, left);
        ask_owner(a, carries, asset, told_by(asset), "how much runs there, how much can it take, and what does the quota allow?");
    }
    rest_both(a, carries, result, state);
    for (uint32_t i = 0; i < result->endpoint_count; i++) {
        const struct endpoint_state *name = &result->endpoints[i];
        struct value serves = entity_slot(name->endpoint, ENDPOINT_serves);

        for (uint32_t n = 0; name->affected && serves.type == VALUE_LIST && n < serves.u.list->count; n++) {
            if (serves.u.list->items[n].type == VALUE_ENTITY && serves.u.list->items[n].u.entity == asset)
                rest_on(a, carries, OBJECTIVE_ENDPOINT, name->endpoint, result->scenario);
        }
    }
}

static void add_inputs_of(struct analysis *a, const struct scenario_result *result, const struct asset_state *state)
{
    uint32_t end;

    for (uint32_t i = restore_inputs_of(result, state->asset, &end); i < end; i++) {
        const struct restore_input *input = &result->inputs[i];
        struct assumption *readable;
        bool is_new;

        readable = ledger_entry(a, ASSUME_READABLE, input->thing, input->through ? intern_text(a, ">%s", input->through->name) : "", &is_new);
        if (is_new) {
            readable->says = input->through ? intern_text(a, "`%s` opens `%s` for whoever recovers", input->thing->name, input->through->name)
                                            : intern_text(a, "whoever recovers can read `%s`", input->thing->name);
            readable->span = input->span;
            ask_owner(a, readable, input->thing, "restore", "was it used for a restore, and when?");
        }
        rest_both(a, readable, result, state);
    }
}

/* Proofs run in the order of assets, as states do. */
static const struct loss_proof *proof_of(const struct scenario_result *result, const struct asset_state *state)
{
    uint32_t low = 0, high = result->proof_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (result->proofs[middle].state < state)
            low = middle + 1;
        else
            high = middle;
    }
    return low < result->proof_count && result->proofs[low].state == state ? &result->proofs[low] : NULL;
}

static void add_state(struct analysis *a, const struct scenario_result *result, struct asset_state *state)
{
    struct candidate *chosen = state->chosen;
    struct entity *element = chosen->element.type == VALUE_ENTITY ? chosen->element.u.entity : NULL;
    struct entity *copy = chosen->copy, *store = chosen->from_store;
    bool protects = element && (element->schema->id == BLOCK_REPLICA || element->schema->id == BLOCK_STANDBY);
    const struct loss_proof *proof = proof_of(result, state);

    if (protects)
        add_element(a, result, state, element);
    /* The chain that was chosen; where its loss is no number, what the copy says that it builds on. */
    for (uint32_t i = 0; proof && i < proof->link_count; i++) {
        add_backup(a, result, state, (struct entity *)(uintptr_t)proof->links[i].backup, store);
        copy = NULL;
    }
    for (int links = 0; copy && links < CHAIN_LINKS; links++) {
        struct value of = entity_slot(copy, BACKUP_of);

        add_backup(a, result, state, copy, store);
        copy = of.type == VALUE_STRING || of.type == VALUE_WORD
                   ? entity_child_named(copy->parent, BLOCK_BACKUP, intern_str(a->model->names, of.u.string))
                   : NULL;
    }
    if (store) {
        add_access(a, result, state, store);
        add_door(a, result, state, store);
    }
    if (!protects && !chosen->copy)
        add_method(a, result, state, chosen);
    add_demands(a, result, state);
    add_fence(a, result, state);
    add_fence_by_hand(a, result, state);
    add_plane_asked(a, result, state);
    add_inputs_of(a, result, state);
    add_admins(a, result, state);
    if (!protects)
        add_room(a, result, state);
}

/* Whether the text of a method asks for an attribute (".clients"): then it deals with them by a step or a demand. Prose does not count. */
static bool method_says(const struct analysis *a, const struct entity *method, const char *word)
{
    const struct span span = method->tree ? method->tree->span : (struct span){0, 0};
    const struct source_file *file = span.end ? sources_file_at(a->model->sources, span.start) : NULL;
    const char *at = file ? file->text + (span.start - file->base) : "", *end = file ? at + (span.end - span.start) : at;
    size_t len = strlen(word);

    for (; at + len <= end; at++) {
        if (*at == *word && memcmp(at, word, len) == 0)
            return true;
    }
    return false;
}

/* Whether it serves in another place than usual, by a method that leads nobody there. */
static bool moved_alone(const struct analysis *a, const struct asset_state *state)
{
    const struct candidate *chosen = state->chosen;

    if (state->fate != FATE_LOST || !chosen || !chosen->into)
        return false;
    for (uint32_t i = 0; i < state->asset->site_count; i++) {
        if (state->asset->sites[i] == chosen->into)
            return false;
    }
    return state->asset->site_count && !method_says(a, chosen->method, ".clients") && !method_says(a, chosen->method, ".dependents");
}

static bool follows(struct analysis *a, const struct asset *user, const struct asset *used)
{
    struct value list = eval_follows(a->eval, user->entity, false);

    for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++) {
        if (list.u.list->items[i].u.entity == used->entity)
            return true;
    }
    return false;
}

/* Whoever uses what came back in another place has to find it there; nobody leads him who has no binding that follows. */
static void add_finding_it(struct analysis *a, const struct scenario_result *result, const bool *alone, const struct asset_state *user,
                           const struct edges *edges)
{
    for (uint32_t i = 0; i < edges->count; i++) {
        const struct asset *used = edges->items[i].to;
        const struct site_info *into = alone[used->index] ? result->states[used->index].chosen->into : NULL;
        struct assumption *entry;
        bool is_new;

        if (!into || follows(a, user->asset, used))
            continue;
        entry = ledger_entry(a, ASSUME_ANSWERS, used->entity, intern_text(a, ".users@%s", into->entity->name), &is_new);
        if (is_new) {
            entry->says = intern_text(a, "who uses `%s` finds it when it serves at `%s`", used->name, into->entity->name);
            ask_owner(a, entry, used->entity, "runbooks", "by which name or address do they reach it, and who or what changes that?");
        }
        rest_rto(a, entry, result, user);
    }
}

static void add_all_finding_it(struct analysis *a, const struct scenario_result *result)
{
    bool *alone = ARENA_ARRAY(a->arena, bool, a->plan->asset_count), any = false;

    for (uint32_t i = 0; i < a->plan->asset_count; i++)
        any |= alone[i] = moved_alone(a, &result->states[i]);
    for (uint32_t i = 0; any && i < a->plan->asset_count; i++) {
        const struct asset_state *user = &result->states[i];

        if (user->fate == FATE_UNAFFECTED)
            continue;
        add_finding_it(a, result, alone, user, &user->asset->needs);
        add_finding_it(a, result, alone, user, &user->asset->uses);
    }
}

void make_ledger(struct analysis *a)
{
    for (uint32_t s = 0; s < a->plan->scenario_count; s++) {
        const struct scenario_result *result = &a->plan->scenarios[s];

        uint32_t runbook_count;
        struct step **runbook = before_recovery(a, result, &runbook_count);

        a->scenario = &a->plan->scenarios[s];
        for (uint32_t i = 0; result->states && i < a->plan->asset_count; i++) {
            struct asset_state *state = &result->states[i];

            if (state->fate == FATE_LOST && state->chosen)
                add_state(a, result, state);
            if (state->fate == FATE_UNAFFECTED) {
                add_quorum(a, result, state);
                add_survivors(a, result, state);
            }
            if (state->fate == FATE_IMPAIRED || state->chosen) {
                add_terms(a, result, state);
                add_clock(a, result, state, runbook, runbook_count);
            }
        }
        if (result->states)
            add_all_finding_it(a, result);
        for (uint32_t i = 0; i < result->endpoint_count; i++)
            add_endpoint(a, result, &result->endpoints[i]);
    }
    a->scenario = NULL;
    for (uint32_t i = 0; i < a->plan->slo_count; i++)
        add_availability(a, &a->plan->slos[i]);
    a->plan->assumptions = ARENA_ARRAY(a->entries, struct assumption *, a->ledger.len);
    for (uint32_t i = 0; i < a->ledger.len; i++)
        a->plan->assumptions[a->plan->assumption_count++] = a->ledger.entries[i].value;
    complete_rests(a);
}
