/* See ledger.h. The entries are gathered from what was chosen: the protections of each asset's method, what its restore reads, the clock of
 * its scenario, the names that lead there. Each thing is one entry with the list of verdicts that rest on it. */
#include "analysis/ledger.h"

#include "analysis/credit.h"
#include "analysis/internal.h"
#include "analysis/stands.h"

#include <string.h>

enum { CHAIN_LINKS = 16 };

static struct assumption *entry(struct analysis *a, enum assumption_kind kind, struct entity *subject, const char *what, bool *is_new)
{
    const char *id = intern_text(a, "%s:%s%s", assumption_kind_name(kind), subject->name, what);
    atom key = intern_str(a->model->names, id);
    struct assumption *assumption = map_get(&a->ledger, key);

    *is_new = !assumption;
    if (assumption)
        return assumption;
    assumption = ARENA_NEW(a->arena, struct assumption);
    *assumption = (struct assumption){.id = id, .kind = kind, .subject = subject, .by = BY_NOBODY, .span = subject->span};
    map_add(&a->ledger, a->arena, key, assumption);
    return assumption;
}

static void rest(struct analysis *a, struct assumption *assumption, enum objective_kind kind, struct entity *subject, struct entity *scenario)
{
    struct resting *last = assumption->rest_count ? &assumption->rests[assumption->rest_count - 1] : NULL;

    if (last && last->kind == kind && last->subject == subject && last->scenario == scenario)
        return;
    if (assumption->rest_count == assumption->rest_cap) {
        uint32_t cap = assumption->rest_cap ? assumption->rest_cap * 2 : 4;

        assumption->rests = arena_grow(a->arena, assumption->rests, assumption->rest_cap * sizeof *assumption->rests,
                                       cap * sizeof *assumption->rests);
        assumption->rest_cap = cap;
    }
    assumption->rests[assumption->rest_count++] = (struct resting){kind, subject, scenario};
}

/* Both verdicts of an asset: without the thing there is neither a recovery nor its data. */
static void rest_both(struct analysis *a, struct assumption *assumption, const struct scenario_result *result, const struct asset_state *state)
{
    if (state->rto_verdict != VERDICT_NOT_APPLICABLE)
        rest(a, assumption, OBJECTIVE_RTO, state->asset->entity, result->scenario);
    if (state->rpo_verdict != VERDICT_NOT_APPLICABLE)
        rest(a, assumption, OBJECTIVE_RPO, state->asset->entity, result->scenario);
}

static void on_demand(struct analysis *a, struct assumption *assumption, struct entity *of, const char *question)
{
    assumption->on = answers_for(a, of);
    assumption->by = assumption->on ? BY_DEMAND : BY_NOBODY;
    assumption->question = question;
}

static void take_source(const struct entity *block, struct assumption *assumption)
{
    uint32_t cursor = 0;
    const struct entity *source = block ? entity_child(block, BLOCK_SOURCE, &cursor) : NULL;
    struct value grade = source ? entity_slot(source, SOURCE_grade) : value_unknown();

    assumption->source = source ? source->name : NULL;
    assumption->grade = grade.type == VALUE_WORD ? grade.u.word : NULL;
}

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

static void take_credit(struct analysis *a, struct assumption *assumption, struct entity *thing)
{
    const struct credit *credit = credit_of(a, thing);
    const struct entity *maker = credit->maker;

    assumption->by = credit->by;
    assumption->on = credit->on;
    assumption->unwatched = !credit->watched;
    assumption->span = thing->span;
    if (credit->by == BY_ARTIFACT && maker && maker->schema->id == BLOCK_PROCEDURE) {
        assumption->target = "cron";
        assumption->file = intern_text(a, "cron/jobs/%s-%s.sh", thing->parent->name, thing->name);
        assumption->question = intern_text(a, "does `%s list` show a copy no older than its schedule allows?", assumption->file);
    } else if (credit->by == BY_ARTIFACT && maker) {
        assumption->target = maker->name;
        assumption->file = emit_file(a, maker, credit->subject, credit->scope);
        assumption->question = "does `terraform plan` in this root show no change?";
    } else if (credit->by == BY_PLATFORM) {
        take_source(maker, assumption);
    } else if (credit->by == BY_DEMAND && maker) {
        take_items(a, credit, assumption);
    }
    if (credit->by >= BY_PLATFORM && !assumption->question && !command_is_set(&assumption->check))
        assumption->question = "is it so today, and who saw it?";
}

static const char *value_words(struct analysis *a, struct value value)
{
    struct strbuf text = STRBUF_INIT;
    const char *words;

    if (!value_is_known(value))
        return NULL;
    value_print(value, &text);
    words = strbuf_dup(&text, a->arena);
    strbuf_release(&text);
    return words;
}

/* ---------------------------------------------------------------- copies, replicas, standbys */

static void add_backup(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, struct entity *backup,
                       const struct entity *store)
{
    const char *where = intern_text(a, ".%s%s%s", backup->name, store ? "@" : "", store ? store->name : "");
    bool is_new;
    struct assumption *runs = entry(a, ASSUME_RUNS, backup->parent, where, &is_new);

    if (is_new) {
        take_credit(a, runs, backup);
        runs->value = value_words(a, entity_slot(backup, BACKUP_schedule));
        runs->says = intern_text(a, "backup `%s` of `%s` runs%s%s, and no run is missed without being told%s%s", backup->name, backup->parent->name,
                                 runs->value ? " " : "", runs->value ? runs->value : "", store ? "; its copy reaches " : "", store ? store->name : "");
    }
    rest_both(a, runs, result, state);
    runs = entry(a, ASSUME_KEPT, backup->parent, where, &is_new);
    if (is_new) {
        take_credit(a, runs, backup);
        runs->unwatched = false;
        runs->value = value_words(a, entity_slot(backup, BACKUP_retain));
        runs->says = intern_text(a, "copies of `%s` of `%s` are kept%s%s and can be read", backup->name, backup->parent->name,
                                 runs->value ? " for " : "", runs->value ? runs->value : "");
    }
    rest_both(a, runs, result, state);
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
    allowed = entry(a, ASSUME_ALLOWED, store, intern_text(a, "<-%s", here->account ? here->account->name : here->entity->name), &is_new);
    if (is_new) {
        allowed->says = intern_text(a, "what writes in `%s` may write into `%s` of account `%s`, and the recovery may read there, key included",
                                    here->account ? here->account->name : here->entity->name, store->name, there->account->name);
        on_demand(a, allowed, store, "do role, resource policy and key policy of both sides allow it? Has a copy been read back?");
    }
    rest_both(a, allowed, result, state);
}

static void add_element(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, struct entity *thing)
{
    bool replica = thing->schema->id == BLOCK_REPLICA, is_new;
    const char *what = intern_text(a, ".%s.%s", replica ? "replica" : "standby", thing->name);
    struct assumption *ready = entry(a, ASSUME_STANDS_READY, thing->parent, what, &is_new);

    if (is_new) {
        take_credit(a, ready, thing);
        ready->unwatched = false;
        ready->says = replica ? intern_text(a, "replica `%s` of `%s` exists and follows it", thing->name, thing->parent->name)
                              : intern_text(a, "`%s` stands ready at `%s`", thing->parent->name, thing->name);
    }
    rest_both(a, ready, result, state);
    if (replica) {
        struct assumption *lag = entry(a, ASSUME_LAG, thing->parent, what, &is_new);

        if (is_new) {
            lag->span = thing->span;
            lag->value = value_words(a, entity_slot(thing, REPLICA_lag));
            lag->says = intern_text(a, "replica `%s` of `%s` is never further behind than %s", thing->name, thing->parent->name,
                                    lag->value ? lag->value : "its mode allows");
            if (lag_is_enforced(a, thing))
                lag->by = BY_PLATFORM;
            else
                on_demand(a, lag, thing->parent, "what was its largest lag since the last look?");
            lag->unwatched = !credit_of(a, thing)->watched;
        }
        if (state->rpo_verdict != VERDICT_NOT_APPLICABLE)
            rest(a, lag, OBJECTIVE_RPO, state->asset->entity, result->scenario);
    } else {
        struct assumption *capacity = entry(a, ASSUME_CAPACITY, thing->parent, what, &is_new);

        if (is_new) {
            capacity->span = thing->span;
            capacity->value = value_words(a, entity_slot(thing, STANDBY_capacity));
            capacity->says = intern_text(a, "%s of the capacity of `%s` runs at `%s`, and the rest can be had there", capacity->value ? capacity->value : "all",
                                         thing->parent->name, thing->name);
            on_demand(a, capacity, thing->parent, "how much runs there, and what does the quota allow?");
        }
        if (state->rto_verdict != VERDICT_NOT_APPLICABLE)
            rest(a, capacity, OBJECTIVE_RTO, state->asset->entity, result->scenario);
    }
}

/* A method that rests on no copy, replica or standby rests on what the platform does, or on what its owner set up. */
static void add_method(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, const struct candidate *chosen)
{
    bool is_new;
    struct assumption *ready = entry(a, ASSUME_STANDS_READY, state->asset->entity, intern_text(a, ".%s", chosen->method->name), &is_new);
    uint32_t cursor = 0;

    if (is_new) {
        ready->says = intern_text(a, "`%s` of `%s` is set up and works", chosen->method->name, state->asset->name);
        if (chosen->automatic && entity_child(chosen->method, BLOCK_SOURCE, &cursor)) {
            ready->by = BY_PLATFORM;
            take_source(chosen->method, ready);
        } else {
            on_demand(a, ready, state->asset->entity, "when was it last done or rehearsed?");
        }
        ready->span = state->asset->entity->span;
    }
    rest_both(a, ready, result, state);
}

static void add_inputs_of(struct analysis *a, const struct scenario_result *result, const struct asset_state *state)
{
    uint32_t end;

    for (uint32_t i = restore_inputs_of(result, state->asset, &end); i < end; i++) {
        const struct restore_input *input = &result->inputs[i];
        struct assumption *readable;
        bool is_new;

        readable = entry(a, ASSUME_READABLE, input->thing, input->through ? intern_text(a, ">%s", input->through->name) : "", &is_new);
        if (is_new) {
            readable->says = input->through ? intern_text(a, "`%s` opens `%s` for whoever recovers", input->thing->name, input->through->name)
                                            : intern_text(a, "whoever recovers can read `%s`", input->thing->name);
            readable->span = input->span;
            on_demand(a, readable, input->thing, "was it used for a restore, and when?");
        }
        rest_both(a, readable, result, state);
    }
}

/* ---------------------------------------------------------------- the clock */

static void add_clock(struct analysis *a, const struct scenario_result *result, const struct asset_state *state)
{
    const struct candidate *chosen = state->chosen;
    struct entity *scenario = result->scenario, *plan = a->model->plan;
    struct assumption *detects, *decides;
    bool is_new;

    if (state->rto_verdict == VERDICT_NOT_APPLICABLE)
        return;
    if (!(chosen && chosen->automatic && chosen->includes_detect)) {
        detects = entry(a, ASSUME_DETECTS, scenario, "", &is_new);
        if (is_new) {
            detects->value = result->detect.known ? text_of_duration(a->arena, result->detect.worst) : NULL;
            detects->says = intern_text(a, "`%s` is noticed within %s%s%s", scenario->name, detects->value ? detects->value : "an unknown time",
                                        result->detected_by ? " by " : "", result->detected_by ? result->detected_by : "");
            detects->span = result->detect_span;
            on_demand(a, detects, plan, "who or what would notice it at night, and was that tried?");
        }
        rest(a, detects, OBJECTIVE_RTO, state->asset->entity, scenario);
    }
    if (chosen && chosen->automatic)
        return;
    decides = entry(a, ASSUME_DECIDES_WITHIN, scenario, "", &is_new);
    if (is_new) {
        decides->value = result->declare.known ? text_of_duration(a->arena, result->declare.worst) : NULL;
        decides->says = intern_text(a, "somebody who may declare `%s` is reached and does so within %s", scenario->name,
                                    decides->value ? decides->value : "an unknown time");
        on_demand(a, decides, plan, "who is on call now, and who stands in?");
    }
    rest(a, decides, OBJECTIVE_RTO, state->asset->entity, scenario);
    if (!plan)
        return;
    detects = entry(a, ASSUME_STANDS_READY, plan, ".scripts", &is_new);
    if (is_new) {
        detects->says = "scripts and runbooks can be read and started where they are run from";
        on_demand(a, detects, plan, "were they opened from there without the primary site?");
    }
    rest(a, detects, OBJECTIVE_RTO, state->asset->entity, scenario);
}

static void add_endpoint(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state)
{
    struct assumption *answers;
    bool is_new;

    if (!state->affected || state->verdict == VERDICT_NOT_APPLICABLE)
        return;
    answers = entry(a, ASSUME_ANSWERS, state->endpoint, "", &is_new);
    if (is_new) {
        answers->says = intern_text(a, "`%s` has its records and checks as stated, and answers change when they do", state->endpoint->name);
        on_demand(a, answers, state->endpoint, "does `dig` from outside show the records of the plan?");
        answers->target = "route53";
    }
    rest(a, answers, OBJECTIVE_ENDPOINT, state->endpoint, result->scenario);
}

static void add_state(struct analysis *a, const struct scenario_result *result, const struct asset_state *state)
{
    struct candidate *chosen = state->chosen;
    struct entity *element = chosen->element.type == VALUE_ENTITY ? chosen->element.u.entity : NULL;
    struct entity *copy = chosen->copy, *store = chosen->from_store;
    bool protects = element && (element->schema->id == BLOCK_REPLICA || element->schema->id == BLOCK_STANDBY);

    if (protects)
        add_element(a, result, state, element);
    for (int links = 0; copy && links < CHAIN_LINKS; links++) {
        struct value of = entity_slot(copy, BACKUP_of);

        add_backup(a, result, state, copy, store);
        copy = of.type == VALUE_STRING || of.type == VALUE_WORD
                   ? entity_child_named(copy->parent, BLOCK_BACKUP, intern_str(a->model->names, of.u.string)) : NULL;
    }
    if (store)
        add_access(a, result, state, store);
    if (!protects && !chosen->copy)
        add_method(a, result, state, chosen);
    add_inputs_of(a, result, state);
    add_clock(a, result, state);
}

void make_ledger(struct analysis *a)
{
    for (uint32_t s = 0; s < a->plan->scenario_count; s++) {
        const struct scenario_result *result = &a->plan->scenarios[s];

        a->scenario = &a->plan->scenarios[s];
        for (uint32_t i = 0; result->states && i < a->plan->asset_count; i++) {
            const struct asset_state *state = &result->states[i];

            if (state->fate == FATE_LOST && state->chosen)
                add_state(a, result, state);
        }
        for (uint32_t i = 0; i < result->endpoint_count; i++)
            add_endpoint(a, result, &result->endpoints[i]);
    }
    a->scenario = NULL;
    a->plan->assumptions = ARENA_ARRAY(a->arena, struct assumption *, a->ledger.len);
    for (uint32_t i = 0; i < a->ledger.len; i++)
        a->plan->assumptions[a->plan->assumption_count++] = a->ledger.entries[i].value;
}
