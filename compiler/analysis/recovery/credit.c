/* See credit.h.
 *
 * A kind says in its `emit` blocks what they make true: `makes = r` in the block that creates the replica, in `emit demands` for what an
 * owner is asked to do; `watches = r` where an alarm is created. So the claim stands and falls with the emission itself: its `for` and `when`
 * decide both. Emits are asked only of what somebody rests on, each once. */
#include "analysis/recovery/credit.h"
#include "analysis/recovery/loss.h"
#include "analysis/recovery/recovery.h"
#include "analysis/world/stands.h"

#include <string.h>

enum { CHAIN_LINKS = 16 };

/* What an emit says of a protection. */
struct maker {
    const struct entity *makes, *watches;
    struct entity *subject;
    const struct scope *scope; /* of `makes`: with its loop variable */
};

static atom key_of(const struct entity *thing)
{
    return (atom)(const void *)thing; /* equal things have one address */
}

static bool is_demand(const struct entity *emit)
{
    return strcmp(emit->name, "demands") == 0;
}

static struct maker *maker_entry(struct analysis *a, const struct entity *thing)
{
    struct maker *maker = map_get(&a->makers, key_of(thing));

    if (!maker) {
        maker = ARENA_NEW(a->arena, struct maker);
        map_add(&a->makers, a->arena, key_of(thing), maker);
    }
    return maker;
}

static void add_maker(struct analysis *a, struct value thing, const struct entity *emit, struct entity *subject, const struct scope *scope,
                      bool watches)
{
    struct maker *maker;

    for (uint32_t i = 0; thing.type == VALUE_LIST && i < thing.u.list->count; i++)
        add_maker(a, thing.u.list->items[i], emit, subject, scope, watches);
    if (thing.type != VALUE_ENTITY)
        return;
    maker = maker_entry(a, thing.u.entity);
    if (watches) {
        maker->watches = emit;
    } else if (!maker->makes || (is_demand(maker->makes) && !is_demand(emit))) {
        maker->makes = emit; /* a file that does it goes before a word that asks for it */
        maker->subject = subject;
        maker->scope = scope;
    }
}

static void ask_emit(struct analysis *a, const struct entity *emit, struct entity *subject, const struct scope *scope)
{
    const struct attr *makes = entity_attr_named(a->model, emit, "makes"), *watches = entity_attr_named(a->model, emit, "watches"),
                      *when = entity_attr_named(a->model, emit, "when");

    scope = emit_scope(a, emit->tree, scope);
    if (when) {
        struct value value = eval(a->eval, when->value, scope, NULL);

        if (value.type != VALUE_BOOL || !value.u.integer)
            return;
    }
    if (makes)
        add_maker(a, eval(a->eval, makes->value, scope, NULL), emit, subject, scope, false);
    if (watches)
        add_maker(a, eval(a->eval, watches->value, scope, NULL), emit, subject, scope, true);
}

/* What the emits of an asset, store, site or endpoint make and watch: once for each. */
static void ask_emits(struct analysis *a, struct entity *subject)
{
    const struct scope *outer = NULL;

    if (!subject || !subject->kind || !map_add(&a->emitters, a->arena, key_of(subject), subject))
        return;
    for (uint32_t i = 0; i < subject->kind->emits.len; i++) {
        const struct entity *emit = subject->kind->emits.items[i];
        const struct attr *loop = entity_attr_named(a->model, emit, "for");
        struct value list;

        if (!entity_attr_named(a->model, emit, "makes") && !entity_attr_named(a->model, emit, "watches"))
            continue;
        if (!outer) {
            outer = a->model->plan ? scope_add(a->eval, NULL, "plan", value_entity(a->model->plan)) : NULL;
            outer = scope_add(a->eval, outer, "self", value_entity(subject));
        }
        if (!loop || !attr_loop_name(loop)) {
            ask_emit(a, emit, subject, outer);
            continue;
        }
        list = eval(a->eval, loop->value, outer, NULL);
        for (uint32_t n = 0; list.type == VALUE_LIST && n < list.u.list->count; n++)
            ask_emit(a, emit, subject, scope_add(a->eval, outer, attr_loop_name(loop), list.u.list->items[n]));
    }
}

/* Whether its kind knows a way to do such things at all. */
static bool kind_has_a_way(const struct kind_info *kind, bool backups)
{
    return kind && (backups ? kind->procedures.len > 0 : kind->emits.len > 0);
}

/* Whether backups of an asset, or of a member of a group, are something a kind knows how to take. */
static bool owner_has_a_way(const struct entity *owner)
{
    struct value members = owner->schema->id == BLOCK_GROUP ? entity_slot(owner, GROUP_members) : value_unknown();

    if (owner->schema->id != BLOCK_GROUP)
        return kind_has_a_way(owner->kind, true);
    for (uint32_t i = 0; members.type == VALUE_LIST && i < members.u.list->count; i++) {
        if (members.u.list->items[i].type == VALUE_ENTITY && kind_has_a_way(members.u.list->items[i].u.entity->kind, true))
            return true;
    }
    return false;
}

bool hears(struct value who, const struct entity *watched)
{
    for (uint32_t i = 0; who.type == VALUE_LIST && i < who.u.list->count; i++) {
        if (hears(who.u.list->items[i], watched))
            return true;
    }
    if (who.type == VALUE_STRING)
        return who.u.string[0] != '\0';
    if (who.type != VALUE_ENTITY || who.u.entity == watched)
        return false;
    return who.u.entity->schema->id != BLOCK_TEAM || has_people(who.u.entity);
}

static bool store_has_put(const struct entity *store)
{
    for (uint32_t i = 0; store->kind && i < store->kind->procedures.len; i++) {
        if (strcmp(store->kind->procedures.items[i]->name, "put") == 0)
            return true;
    }
    return false;
}

/* Whether a job's output gets into its store by itself: the job brings it there, or the procedure writes into it. */
static bool is_carried(struct analysis *a, const struct entity *backup, const struct entity *procedure)
{
    struct value to = entity_slot(backup, BACKUP_to), output = eval_deferred(a->eval, procedure, PROCEDURE_output, NULL);

    return to.type != VALUE_ENTITY || (output.type == VALUE_WORD && strcmp(output.u.word, "none") == 0) || store_has_put(to.u.entity);
}

/* A tape, a disk in a drawer: what nobody reaches between two runs, or what has to be asked for before it is read, somebody carries away. */
static bool somebody_carries(const struct entity *backup)
{
    struct value to = entity_slot(backup, BACKUP_to), offline = to.type == VALUE_ENTITY ? entity_slot(to.u.entity, STORE_offline) : value_unknown();

    return to.type == VALUE_ENTITY && ((offline.type == VALUE_BOOL && offline.u.integer) || kind_deferred(to.u.entity->kind, KIND_retrieval));
}

/* Each pod counts failures in a row from none: it never comes to a second one. */
static bool is_counted_in_pods(const struct entity *backup)
{
    uint32_t cursor = 0;
    const struct entity *failure = entity_child(backup, BLOCK_ON_FAILURE, &cursor);
    struct value after = failure ? entity_slot(failure, ON_FAILURE_after) : value_unknown();

    return is_word(entity_slot(backup, BACKUP_scheduler), "kubernetes") && after.type == VALUE_INT && after.u.integer > 1;
}

/* Whether a program can tell him: mail to a person or somebody of a team, a channel with an address in mail or an API. */
static bool a_program_reaches(struct value value)
{
    const struct entity *who = value.type == VALUE_ENTITY ? value.u.entity : NULL;

    for (uint32_t i = 0; value.type == VALUE_LIST && i < value.u.list->count; i++) {
        if (a_program_reaches(value.u.list->items[i]))
            return true;
    }
    if (!who)
        return false;
    switch (who->schema->id) {
    case BLOCK_PERSON: return entity_slot(who, PERSON_email).type == VALUE_STRING && entity_slot(who, PERSON_email).u.string[0];
    case BLOCK_TEAM:
        return a_program_reaches(entity_slot(who, TEAM_lead)) || a_program_reaches(entity_slot(who, TEAM_deputy)) ||
               a_program_reaches(entity_slot(who, TEAM_members));
    case BLOCK_CHANNEL: return is_word(entity_slot(who, CHANNEL_type), "email") || entity_slot(who, CHANNEL_api).type == VALUE_STRING;
    default: return false;
    }
}

/* Whether the job itself tells somebody of the first failure that is not tolerated: whom `on_failure` names, else who answers for the asset or
 * the plan; or stops telling what waits for its successes. */
static bool failure_is_told(const struct analysis *a, const struct entity *backup)
{
    uint32_t cursor = 0;
    const struct entity *failure = entity_child(backup, BLOCK_ON_FAILURE, &cursor);
    struct value notify = failure ? entity_slot(failure, ON_FAILURE_notify) : value_unknown();
    struct value after = failure ? entity_slot(failure, ON_FAILURE_after) : value_unknown(), missed = entity_slot(backup, BACKUP_missed);

    if (failure && entity_slot(failure, ON_FAILURE_heartbeat).type == VALUE_STRING)
        return true;
    if (after.type == VALUE_INT && after.u.integer - 1 > (missed.type == VALUE_INT ? missed.u.integer : 0))
        return false;
    if (a_program_reaches(notify))
        return true;
    for (const struct entity *of = backup->parent; of; of = of == a->model->plan ? NULL : a->model->plan) {
        struct entity *owner = answers_for(a, (struct entity *)(uintptr_t)of);

        if (owner && a_program_reaches(value_entity(owner)))
            return true;
    }
    return false;
}

/* A failed job of ours tells whom `on_failure` names, else the owner by e-mail. */
static void credit_backup(struct analysis *a, struct entity *backup, struct credit *credit)
{
    const struct entity *procedure = backup_procedure(a, backup);
    uint32_t cursor = 0;
    bool managed;

    credit->by = BY_NOBODY;
    credit->subject = backup->parent;
    if (!procedure) {
        credit->by = owner_has_a_way(backup->parent) ? BY_NOBODY : BY_DEMAND;
        return;
    }
    managed = eval_is_written(procedure, PROCEDURE_managed);
    if (!managed && !eval_is_written(procedure, PROCEDURE_run)) {
        credit->by = BY_DEMAND; /* it says what a copy is, not how one is taken */
        return;
    }
    if (!managed && backup_scheduler_unwritten(backup))
        return; /* a script that nothing starts; unless the kind emits what does */
    if (!managed) {
        credit->maker = procedure;
        credit->by = is_carried(a, backup, procedure) ? BY_ARTIFACT : somebody_carries(backup) ? BY_DEMAND : BY_NOBODY;
        credit->watched = !is_counted_in_pods(backup) && failure_is_told(a, backup);
        return;
    }
    if (entity_child(procedure, BLOCK_SOURCE, &cursor)) {
        credit->maker = procedure;
        credit->by = BY_PLATFORM;
        credit->watched = true; /* a service of the platform tells its customers */
    }
}

static void credit_element(struct analysis *a, struct entity *thing, struct credit *credit)
{
    (void)a;
    credit->subject = thing->parent;
    credit->by = kind_has_a_way(thing->parent->kind, false) ? BY_NOBODY : BY_DEMAND;
}

static void ask_stores(struct analysis *a, const struct entity *backup)
{
    struct value to = entity_slot(backup, BACKUP_to), copies = entity_slot(backup, BACKUP_copies);

    if (to.type == VALUE_ENTITY)
        ask_emits(a, to.u.entity);
    for (uint32_t i = 0; copies.type == VALUE_LIST && i < copies.u.list->count; i++) {
        if (copies.u.list->items[i].type == VALUE_ENTITY)
            ask_emits(a, copies.u.list->items[i].u.entity);
    }
}

/* A lag that the platform enforces, or that is none, needs no alarm. */
static bool lag_holds_by_itself(const struct analysis *a, const struct entity *replica)
{
    struct value mode = entity_slot(replica, REPLICA_mode);

    return lag_is_enforced(a, replica) || (mode.type == VALUE_WORD && strcmp(mode.u.word, "sync") == 0);
}

/* Spot capacity ends when its provider wants it back, most likely when a Region is lost and everybody wants it. */
static bool can_be_taken_away(const struct entity *thing)
{
    return thing->schema->id == BLOCK_STANDBY && entity_slot(thing, STANDBY_spot).u.integer;
}

const struct credit *credit_of(struct analysis *a, struct entity *thing)
{
    struct credit *credit = map_get(&a->credits, key_of(thing));
    enum block_id block = (enum block_id)thing->schema->id;
    const struct maker *maker;

    if (credit)
        return credit;
    credit = ARENA_NEW(a->arena, struct credit);
    map_add(&a->credits, a->arena, key_of(thing), credit);
    ask_emits(a, thing->parent);
    if (block == BLOCK_BACKUP) {
        ask_stores(a, thing);
        credit_backup(a, thing, credit);
    } else {
        credit_element(a, thing, credit);
    }
    maker = map_get(&a->makers, key_of(thing));
    /* What the platform does once it is asked to, somebody has to ask it for: the kind says so by a demand. */
    if (maker && maker->makes && (credit->by >= BY_DEMAND || (credit->by == BY_PLATFORM && is_demand(maker->makes)))) {
        credit->by = is_demand(maker->makes) ? BY_DEMAND : BY_ARTIFACT;
        credit->maker = maker->makes;
        credit->subject = maker->subject;
        credit->scope = maker->scope;
    }
    if (maker && maker->watches) {
        credit->watch = maker->watches;
        credit->watched = true;
    }
    if (block == BLOCK_REPLICA)
        credit->watched |= lag_holds_by_itself(a, thing) || hears(entity_slot(thing, REPLICA_watched_by), thing->parent);
    else if (block == BLOCK_BACKUP)
        credit->watched |= hears(entity_slot(thing, BACKUP_watched_by), thing->parent);
    else
        credit->watched = true; /* that it stands ready is checked, not watched */
    if (can_be_taken_away(thing)) {
        credit->by = BY_NOBODY;
        credit->maker = NULL;
    }
    if (credit->by == BY_DEMAND) {
        credit->on = answers_for(a, thing->parent);
        if (!credit->on)
            credit->by = BY_NOBODY;
    }
    return credit;
}

bool emit_makes(struct analysis *a, const struct entity *thing, struct entity *subject, struct credit *out)
{
    const struct maker *maker;

    ask_emits(a, subject);
    maker = thing ? map_get(&a->makers, key_of(thing)) : NULL;
    if (!maker || !maker->makes || is_demand(maker->makes))
        return false;
    *out = (struct credit){.by = BY_ARTIFACT, .maker = maker->makes, .subject = maker->subject, .scope = maker->scope};
    return true;
}

static struct entity *base_link(const struct analysis *a, const struct entity *backup)
{
    struct value of = entity_slot(backup, BACKUP_of);

    if (of.type != VALUE_STRING && of.type != VALUE_WORD)
        return NULL;
    return entity_child_named(backup->parent, BLOCK_BACKUP, intern_str(a->model->names, of.u.string));
}

static void take_worst(struct analysis *a, struct entity *thing, enum makes_true *worst, struct entity **who)
{
    enum makes_true by = credit_of(a, thing)->by;

    if (by > *worst)
        *worst = by;
    if (by == BY_NOBODY && !*who)
        *who = thing;
}

static bool has_a_source(const struct entity *block)
{
    const struct entity *source;

    for (uint32_t i = 0; (source = entity_child(block, BLOCK_SOURCE, &i));) {
        struct value grade = entity_slot(source, SOURCE_grade);

        if (grade.type != VALUE_WORD || strcmp(grade.u.word, "P") != 0)
            return true;
    }
    return false;
}

/* Whether somebody is asked for what the method presupposes, or for what it says happens by itself and no source of others says. */
static bool method_asks(struct analysis *a, struct asset_state *state, struct candidate *candidate)
{
    const struct scope *scope = method_scope(a, state, candidate);
    const struct entity *block;

    if (candidate->automatic && !has_a_source(candidate->method))
        return true;
    for (uint32_t i = 0; (block = entity_child(candidate->method, BLOCK_METHOD_DEMAND, &i));) {
        struct value when = eval_deferred(a->eval, block, METHOD_DEMAND_when, scope);

        if (when.type != VALUE_BOOL || when.u.integer)
            return true;
    }
    return false;
}

enum makes_true credit_of_candidate(struct analysis *a, struct asset_state *state, struct candidate *candidate, struct entity **thing)
{
    struct entity *element = candidate->element.type == VALUE_ENTITY ? candidate->element.u.entity : NULL;
    struct entity *copy = candidate->copy;
    enum makes_true worst = BY_ARTIFACT;

    *thing = NULL;
    if (element && (element->schema->id == BLOCK_REPLICA || element->schema->id == BLOCK_STANDBY))
        take_worst(a, element, &worst, thing);
    for (int links = 0; copy && links < CHAIN_LINKS; links++) {
        take_worst(a, copy, &worst, thing);
        copy = base_link(a, copy);
    }
    return worst < BY_DEMAND && method_asks(a, state, candidate) ? BY_DEMAND : worst;
}

/* Into it and out of it. */
static bool store_is_executed(const struct entity *store)
{
    const struct entity *put = store ? kind_procedure(store->kind, "put") : NULL, *fetch = store ? kind_procedure(store->kind, "fetch") : NULL;

    return put && fetch && way_executed(put) && way_executed(fetch);
}

bool copies_are_executed(struct analysis *a, const struct candidate *candidate)
{
    struct entity *copy = candidate->copy;

    for (int links = 0; copy && links < CHAIN_LINKS; links++) {
        const struct entity *maker = credit_of(a, copy)->maker, *store = candidate->from_store;

        if (!maker || maker->schema->id != BLOCK_PROCEDURE || !way_executed(maker))
            return false;
        /* What a store takes by itself it gives back by itself. */
        if (!store_is_executed(store) && !(store && kind_is_a(store->kind, maker->parent->name)))
            return false;
        copy = base_link(a, copy);
    }
    return true;
}

bool copies_on_demand(struct analysis *a, const struct candidate *candidate)
{
    struct entity *copy = candidate->copy;

    for (int links = 0; copy && links < CHAIN_LINKS; links++) {
        if (credit_of(a, copy)->by != BY_PLATFORM || backup_has_slots(copy))
            return true;
        copy = base_link(a, copy);
    }
    return false;
}

/* It has a job, and the scheduler it names gets none. */
static bool is_unstarted(struct analysis *a, struct entity *backup)
{
    const struct entity *procedure = backup_scheduler_unwritten(backup) ? backup_procedure(a, backup) : NULL;

    return procedure && eval_is_written(procedure, PROCEDURE_run) && !eval_is_written(procedure, PROCEDURE_managed);
}

/* A job of ours takes it, and nothing gets it into its store. */
static bool is_left_behind(struct analysis *a, struct entity *backup)
{
    const struct entity *procedure = backup_procedure(a, backup);

    return procedure && eval_is_written(procedure, PROCEDURE_run) && !eval_is_written(procedure, PROCEDURE_managed) &&
           !is_carried(a, backup, procedure) && !somebody_carries(backup);
}

struct reason nobody_reason(struct analysis *a, struct entity *thing)
{
    const struct entity *parent = thing->parent;
    struct reason reason = {.code = DIAG_E0562, .at = thing, .span = thing->span};

    switch (thing->schema->id) {
    case BLOCK_BACKUP: reason.text = intern_text(a, "nobody takes backup `%s` of `%s`", thing->name, parent->name); break;
    case BLOCK_REPLICA: reason.text = intern_text(a, "nobody sees to replica `%s` of `%s`", thing->name, parent->name); break;
    default: reason.text = intern_text(a, "nobody makes `%s` stand ready at `%s`", parent->name, thing->name);
    }
    if (thing->schema->id == BLOCK_BACKUP && is_left_behind(a, thing)) {
        reason.text = intern_text(a, "nobody brings backup `%s` of `%s` to store `%s`", thing->name, parent->name,
                                  entity_slot(thing, BACKUP_to).u.entity->name);
        reason.help = "add `procedure put { run = [\"program\", job.input, job.object] }` to the kind of the store; or say `offline = true` where "
                      "somebody carries it";
    } else if (can_be_taken_away(thing)) {
        reason.text = intern_text(a, "the standby of `%s` at `%s` runs on capacity that can be taken away (`spot`)", parent->name, thing->name);
        reason.help = "run it on capacity that stays, `spot = false`; or name a method that does not need it";
    } else if (thing->schema->id == BLOCK_BACKUP && is_unstarted(a, thing)) {
        reason.text =
            intern_text(a, "nothing that starts backup `%s` of `%s` is written for %s", thing->name, parent->name, backup_scheduler_unwritten(thing));
        reason.help = "leave `scheduler` out, or name one whose files are written: `debian`, `cronie`, `systemd` or `kubernetes`";
    } else if (!answers_for(a, (struct entity *)(uintptr_t)parent))
        reason.help = intern_text(a, "give `%s`, or the plan, an `owner` who answers for it", parent->name);
    else if (thing->schema->id == BLOCK_BACKUP)
        reason.help = parent->kind
                          ? intern_text(a,
                                        "kind `%s` has no procedure for it: use a kind of backup or a `method` that it knows, or write a "
                                        "`procedure` in a kind of your own",
                                        parent->kind->entity->name)
                          : "no `method` is named that takes a group: name one of its store's kind, or let each member have a backup of its own";
    else
        reason.help = intern_text(a, "no `emit` of kind `%s` makes it, and nobody is asked for it", parent->kind->entity->name);
    return reason;
}

/* ---------------------------------------------------------------- what nobody would notice */

static const char *watch_text(struct analysis *a, const struct entity *thing)
{
    return thing->schema->id == BLOCK_REPLICA
               ? intern_text(a, "nothing enforces or watches the lag of replica `%s` of `%s`", thing->name, thing->parent->name)
               : intern_text(a, "nobody would hear if backup `%s` of `%s` stopped", thing->name, thing->parent->name);
}

static void tell_unwatched(struct analysis *a, struct scenario_result *result, struct asset_state *state, struct entity *thing)
{
    struct reason reason = {.code = DIAG_E0563, .at = thing, .span = thing->span};
    struct objective_ref objective = {OBJECTIVE_RPO, state->asset->entity, result->scenario, asset_wants_proof(a, state->asset)};

    if (credit_of(a, thing)->watched || state->rpo_verdict != VERDICT_OK)
        return;
    reason.text = watch_text(a, thing);
    reason.help = thing->schema->id == BLOCK_REPLICA
                      ? (entity_slot(thing, REPLICA_bounded).u.integer
                             ? intern_text(a, "name what watches it: `watched_by = …`; kind `%s` enforces no lag, whatever `bounded` says",
                                           thing->parent->kind->entity->name)
                             : "name what watches it: `watched_by = …`; or say `bounded = true` where the platform enforces the lag")
                      : "name who or what hears of a run that did not happen: `watched_by = …`";
    state->unwatched = true;
    if (objective.strict) {
        state->rpo_verdict = VERDICT_UNKNOWN;
        decides(a, &reason, objective);
    } else {
        concerns(a, &reason, objective);
    }
}

void check_watched(struct analysis *a, struct scenario_result *result)
{
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];
        struct candidate *chosen = state->fate == FATE_LOST ? state->chosen : NULL;
        struct entity *element = chosen && chosen->element.type == VALUE_ENTITY ? chosen->element.u.entity : NULL;
        struct entity *copy = chosen ? chosen->copy : NULL;

        if (element && element->schema->id == BLOCK_REPLICA)
            tell_unwatched(a, result, state, element);
        for (int links = 0; copy && links < CHAIN_LINKS; links++) {
            tell_unwatched(a, result, state, copy);
            copy = base_link(a, copy);
        }
    }
}
