/* The ledger, second part: what the numbers of a recovery are made of, and who acts.
 *
 * A figure of a kind whose worst end somebody else gives is the platform's; one whose worst end is ours, and what a specification states about
 * its own steps, is asked of whoever answers for the thing: a drill tells. Limits that restores share are statements as well. People and places
 * that name no site are taken to be outside of the reach of every scenario: that is asked of the plan's owner. */
#include "analysis/common/entries.h"
#include "analysis/common/ledger.h"
#include "analysis/judge/judge.h"
#include "analysis/recovery/credit.h"
#include "analysis/recovery/loss.h"
#include "analysis/world/world.h"

#include <string.h>

/* ---------------------------------------------------------------- figures */

static const struct figure_source *strongest(const struct figure *figure)
{
    const struct figure_source *best = NULL;

    for (uint32_t i = 0; i < figure->source_count; i++) {
        if (!best || grade_rank(figure->sources[i].grade) < grade_rank(best->grade))
            best = &figure->sources[i];
    }
    return best;
}

static const char *grade_text(struct analysis *a, char grade)
{
    return grade ? intern_text(a, "%c", grade) : NULL;
}

static const char *says_what(const struct figure *figure)
{
    return strcmp(figure->attribute, "rpo") == 0 ? "loses" : "takes";
}

static struct assumption *add_figure(struct analysis *a, const struct figure *figure, struct entity *asset)
{
    const struct entity *kind = figure->block;
    const struct figure_source *source = strongest(figure);
    struct assumption *entry;
    bool is_new;

    while (kind->parent)
        kind = kind->parent;
    entry = ledger_entry(a, ASSUME_FIGURE, (struct entity *)(uintptr_t)kind, figure->id + strlen(kind->name), &is_new);
    if (!is_new)
        return entry;
    entry->span = figure->span;
    entry->value = figure->time.known ? ledger_time(a, figure->time) : figure->written;
    entry->says = figure->time.known ? intern_text(a, "`%s` %s %s at worst", figure->id, says_what(figure), ledger_duration(a, figure->time.worst))
                                     : intern_text(a, "`%s` %s no more than `%s` says", figure->id, says_what(figure), figure->written);
    if (figure_is_assumed(figure))
        entry->says = intern_text(a, "%s, which nobody else bounds", entry->says);
    if (figure_is_assumed(figure))
        ask_owner(a, entry, asset, "restore", "what did the last drill measure? State it as `timing` where it is more");
    else
        entry->by = BY_PLATFORM;
    if (source) {
        entry->source = source->url;
        entry->was_read = source->was_read;
        entry->read = source->read;
    }
    entry->grade = grade_text(a, figure->bound);
    return entry;
}

/* What comes after the subject's name in the step's id: "database.promote" of `database`. */
static const char *step_tail(struct analysis *a, const struct step *step)
{
    size_t len = strlen(step->subject->name);

    return strncmp(step->id, step->subject->name, len) == 0 && step->id[len] == '.' ? step->id + len : intern_text(a, ".%s", step->id);
}

/* Where the figure comes from that an asset's own `timing` states in place of the kind's; NULL. */
static const char *measured_by(const struct scenario_result *result, const struct step *step)
{
    const struct candidate *chosen = step->asset ? result->states[step->asset->index].chosen : NULL;
    const struct entity *timing = chosen ? entity_child_named(step->asset->entity, BLOCK_TIMING, chosen->method->name) : NULL;
    bool counts = timing && entity_attr_span(timing, TIMING_rto).start == step->stated.start;
    struct value source = counts ? entity_slot(timing, TIMING_source) : value_unknown();

    return source.type == VALUE_STRING ? source.u.string : NULL;
}

/* How long something takes that the specification says itself. */
static struct assumption *add_statement(struct analysis *a, const struct scenario_result *result, const struct step *step)
{
    const char *value = ledger_time(a, step->takes), *tail = step_tail(a, step), *source = measured_by(result, step);
    struct assumption *entry;
    bool is_new;

    entry = ledger_entry(a, ASSUME_FIGURE, step->subject, tail, &is_new);
    if (!is_new && strcmp(entry->value, value) != 0) /* what it has to move differs */
        entry = ledger_entry(a, ASSUME_FIGURE, step->subject, intern_text(a, "%s/%s", tail, result->scenario->name), &is_new);
    if (!is_new)
        return entry;
    entry->span = step->stated;
    entry->value = value;
    entry->says =
        intern_text(a, source ? "`%s` takes %s at worst: %s" : "`%s` takes %s at worst", step->id, ledger_duration(a, step->takes.worst), source);
    if (step->by && step_is_by_people(step))
        ask_person(entry, step->by, "runbooks", "was it tried at night, and how long did it take?");
    else
        ask_owner(a, entry, step->subject, "restore", "what did the last drill measure?");
    return entry;
}

static void add_shared(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, const struct step *step)
{
    for (uint32_t i = 0; step->transfer && i < step->transfer->through_count; i++) {
        struct entity *through = step->transfer->through[i];
        bool is_new, site = through->schema->id == BLOCK_SITE;
        struct assumption *limit = ledger_entry(a, ASSUME_LIMIT, through, "", &is_new);

        if (is_new) {
            limit->value = ledger_value(a, entity_slot(through, site ? (uint32_t)SITE_bandwidth : (uint32_t)STORE_read_rate));
            limit->says =
                intern_text(a, site ? "what is restored into `%s` gets %s, all of it together" : "`%s` is read at %s, by all restores together",
                            through->name, limit->value ? limit->value : "what is stated");
            ask_owner(a, limit, through, "restore", "what rate did the last restore reach?");
        }
        rest_rto(a, limit, result, state);
    }
}

static void add_step(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, const struct step *step)
{
    struct assumption *entry = NULL;

    if (step->figure)
        entry = add_figure(a, step->figure, state->asset->entity);
    else if (step->takes.known && step->takes.worst > 0 && step->subject)
        entry = add_statement(a, result, step);
    if (entry)
        rest_rto(a, entry, result, state);
    add_shared(a, result, state, step);
}

/* What its steps ask and nobody stated, each once: "archive, host". NULL: nothing. */
static const char *asked_of_people(struct analysis *a, const struct asset_state *state)
{
    struct strbuf names = STRBUF_INIT;
    struct map seen = {0};
    const char *text;

    for (uint32_t i = 0; i < state->step_count; i++) {
        const struct step *step = state->steps[i];

        for (uint32_t n = 0; step->phase != PHASE_REPROTECT && n < step->input_count; n++) {
            const struct entity *input = step->inputs[n];

            if (!value_is_known(entity_slot(input, INPUT_default)) && map_add(&seen, a->arena, intern_str(a->model->names, input->name), a))
                strbuf_addf(&names, "%s%s", names.len ? ", " : "", input->name);
        }
    }
    text = names.len ? strbuf_dup(&names, a->arena) : NULL;
    strbuf_release(&names);
    return text;
}

/* The clock counts no time for an answer: it is there when the recovery begins, and a copy from before the damage was looked for until then. */
static void add_answers(struct analysis *a, const struct scenario_result *result, const struct asset_state *state)
{
    const char *names = asked_of_people(a, state);
    struct assumption *entry;
    bool is_new;

    if (!names || state->rto_verdict == VERDICT_NOT_APPLICABLE)
        return;
    entry = ledger_entry(a, ASSUME_ANSWERS, state->asset->entity, ".inputs", &is_new);
    if (is_new) {
        entry->value = names;
        entry->says = intern_text(a, "what the recovery of `%s` asks (%s) is answered when it begins: the time to find that out is part of `declare`",
                                  state->asset->name, names);
        entry->span = state->asset->entity->span;
        ask_owner(a, entry, state->asset->entity, "restore",
                  "how long did the last drill look for the answers, and for a copy from before the damage?");
    }
    rest_rto(a, entry, result, state);
}

/* Before a point of no return the script asks once more, in the middle of the night's work: nor is that waiting on the clock. */
static void add_gates(struct analysis *a, const struct scenario_result *result, const struct asset_state *state)
{
    struct assumption *entry;
    struct strbuf steps = STRBUF_INIT;
    bool is_new;

    for (uint32_t i = 0; i < state->step_count; i++) {
        const struct step *step = state->steps[i];

        if (step->irreversible && step->mode == STEP_BY_SCRIPT && step->phase != PHASE_REPROTECT)
            strbuf_addf(&steps, "%s`%s`", steps.len ? ", " : "", step->title);
    }
    if (!steps.len || state->rto_verdict == VERDICT_NOT_APPLICABLE) {
        strbuf_release(&steps);
        return;
    }
    entry = ledger_entry(a, ASSUME_ANSWERS, state->asset->entity, ".gate", &is_new);
    if (is_new) {
        entry->value = strbuf_dup(&steps, a->arena);
        entry->says = intern_text(a, "somebody sits at the script when it asks before the point of no return of `%s` (%s), and answers at once",
                                  state->asset->name, entry->value);
        entry->span = state->asset->entity->span;
        ask_owner(a, entry, state->asset->entity, "restore", "how long did the script wait for that answer in the last drill?");
    }
    strbuf_release(&steps);
    rest_rto(a, entry, result, state);
}

/* Who does it is where the scenario leaves him, as long as nobody says where that is. */
static bool is_anywhere(const struct entity *who)
{
    struct value members;

    if (!who)
        return false;
    if (who->schema->id == BLOCK_PERSON)
        return !value_is_known(entity_slot(who, PERSON_at));
    members = entity_slot(who, TEAM_members);
    for (uint32_t i = 0; members.type == VALUE_LIST && i < members.u.list->count; i++) {
        if (members.u.list->items[i].type == VALUE_ENTITY && is_anywhere(members.u.list->items[i].u.entity))
            return true;
    }
    for (uint32_t row = 0; row < 2; row++) {
        struct value lead = entity_slot(who, row ? TEAM_deputy : TEAM_lead);

        if (lead.type == VALUE_ENTITY && is_anywhere(lead.u.entity))
            return true;
    }
    return members.type != VALUE_LIST || members.u.list->count == 0;
}

/* Whose clock waits: that of an asset, or of a name that a step moves. */
struct rested {
    const struct asset_state *state;
    const struct endpoint_state *endpoint;
};

static void rest_one(struct analysis *a, struct assumption *entry, const struct scenario_result *result, const struct rested *on)
{
    if (on->state)
        rest_rto(a, entry, result, on->state);
    else
        rest_on(a, entry, OBJECTIVE_ENDPOINT, on->endpoint->endpoint, result->scenario);
}

static void add_person(struct analysis *a, const struct scenario_result *result, const struct rested *on, struct entity *who)
{
    struct assumption *reach;
    bool is_new;

    if (!is_anywhere(who))
        return;
    reach = ledger_entry(a, ASSUME_STANDS_READY, who, ".reach", &is_new);
    if (is_new) {
        reach->says =
            intern_text(a,
                        who->schema->id == BLOCK_PERSON ? "`%s` is outside of the reach of every scenario and can act from there"
                                                        : "somebody of `%s` is outside of the reach of every scenario and can act from there",
                        who->name);
        ask_owner(a, reach, a->model->plan, "runbooks", "where do they work, and from where else could they act? State it as `at`");
    }
    rest_one(a, reach, result, on);
}

static void add_hands(struct analysis *a, const struct scenario_result *result, const struct asset_state *state)
{
    struct entity *plan = a->model->plan;
    struct value count = entity_slot(plan, PLAN_operators);
    bool is_new;
    struct assumption *hands = ledger_entry(a, ASSUME_LIMIT, plan, ".operators", &is_new);

    if (is_new) {
        hands->value = count.type == VALUE_INT ? intern_text(a, "%lld", (long long)count.u.integer) : NULL;
        hands->says = hands->value ? intern_text(a, "%s people work on manual steps at once", hands->value)
                                   : "those whom manual steps name are free for them, each for one at a time";
        ask_owner(a, hands, plan, "runbooks", "how many can be reached at night?");
    }
    rest_rto(a, hands, result, state);
}

void add_terms(struct analysis *a, const struct scenario_result *result, const struct asset_state *state)
{
    struct rested on = {.state = state};
    bool manual = false;

    for (uint32_t i = 0; i < state->step_count; i++) {
        const struct step *step = state->steps[i];

        if (step->phase == PHASE_REPROTECT)
            continue; /* afterwards: no verdict waits for it */
        add_step(a, result, state, step);
        if (!step_takes_people(step))
            continue;
        manual = true;
        add_person(a, result, &on, step->by);
    }
    if (manual && a->model->plan)
        add_hands(a, result, state);
    add_answers(a, result, state);
    add_gates(a, result, state);
    for (uint32_t i = 0; i < state->rpo_terms.count; i++) {
        const struct figure *figure = term_figure(state, i);

        if (figure)
            rest_rpo(a, add_figure(a, figure, state->asset->entity), result, state);
    }
}

/* ---------------------------------------------------------------- the clock */

/* The target whose health check notices the scenario; NULL: somebody or something else does. */
static struct entity *noticing_target(const struct analysis *a, const struct scenario_result *result)
{
    for (uint32_t e = 0; e < a->model->declared[BLOCK_ENDPOINT].list.len; e++) {
        struct entity *endpoint = a->model->declared[BLOCK_ENDPOINT].list.items[e], *target;

        for (uint32_t t = 0; (target = entity_child(endpoint, BLOCK_TARGET, &t));) {
            uint32_t cursor = 0;
            const struct entity *health = entity_child(target, BLOCK_HEALTH, &cursor);

            if (health && result->detected_by && health->span.start == result->detect_span.start)
                return target;
        }
    }
    return NULL;
}

/* "`db`, `web`": what is down of what the name serves, and of what that needs. */
static const char *names_of_down(struct analysis *a, const struct scenario_result *result)
{
    const char *names = "";
    uint32_t count = 0;

    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        const struct asset_state *state = &result->states[i];

        if (state->fate != FATE_LOST || ++count > 5)
            continue;
        names = intern_text(a, "%s%s`%s`", names, count > 1 ? ", " : "", state->asset->name);
    }
    return count > 5 ? intern_text(a, "%s, …", names) : names;
}

/* Whether the place itself is gone: then nothing answers there, whatever is asked. */
static bool place_is_gone(const struct analysis *a, const struct scenario_result *result, const struct entity *target)
{
    const struct site_info *site = plan_site(a->plan, model_find(a->model, BLOCK_SITE, target->name));

    return site && (is_among(a, entity_slot(result->scenario, SCENARIO_loses), site) ||
                    is_among(a, entity_slot(result->scenario, SCENARIO_partitions), site));
}

struct assumption *add_answer(struct analysis *a, const struct scenario_result *result, struct entity *target)
{
    struct entity *endpoint = target->parent;
    bool is_new;
    struct assumption *entry;

    if (place_is_gone(a, result, target))
        return NULL;
    entry = ledger_entry(a, ASSUME_DETECTS, endpoint, intern_text(a, ".%s.%s", target->name, result->scenario->name), &is_new);
    if (is_new) {
        entry->says = intern_text(a, "what the health check of `%s` asks at `%s` is answered without success as soon as %s does not serve",
                                  endpoint->name, target->name, names_of_down(a, result));
        entry->span = target->span;
        ask_owner(a, entry, endpoint, name_told_in(endpoint), "what does the page look at, and did the check turn red when it was tried?");
    }
    return entry;
}

/* A check that is red in a console rings nobody by itself. */
static void add_telling(struct analysis *a, const struct scenario_result *result, struct entity *target, const struct rested *on)
{
    bool is_new;
    struct assumption *entry = ledger_entry(a, ASSUME_DETECTS, target->parent, intern_text(a, ".%s.told", target->name), &is_new);

    if (is_new) {
        entry->says =
            intern_text(a, "whoever is on call is told when the health check of `%s` at `%s` turns red", target->parent->name, target->name);
        entry->span = target->span;
        ask_owner(a, entry, target->parent, name_told_in(target->parent), "which alarm looks at it, whom does it call, and when did it last?");
    }
    rest_one(a, entry, result, on);
}

static void add_detection(struct analysis *a, const struct scenario_result *result, const struct rested *on)
{
    struct entity *scenario = result->scenario, *target;
    bool is_new;
    struct assumption *detects = ledger_entry(a, ASSUME_DETECTS, scenario, "", &is_new);

    if (is_new) {
        detects->value = result->detect.known ? ledger_duration(a, result->detect.worst) : NULL;
        detects->says = intern_text(a, "`%s` is noticed within %s%s%s", scenario->name, detects->value ? detects->value : "an unknown time",
                                    result->detected_by ? " by the " : "", result->detected_by ? result->detected_by : "");
        detects->span = result->detect_span;
        target = noticing_target(a, result);
        if (!target || !check_made_by(a, detects, target, "does the check exist, and who gets its alarm at night?"))
            ask_owner(a, detects, a->model->plan, "runbooks", "who or what would notice it at night, and was that tried?");
    }
    rest_one(a, detects, result, on);
    if (!(target = noticing_target(a, result)))
        return;
    add_telling(a, result, target, on);
    detects = add_answer(a, result, target);
    if (detects)
        rest_one(a, detects, result, on);
}

static void add_decision(struct analysis *a, const struct scenario_result *result, const struct rested *on)
{
    struct entity *scenario = result->scenario, *plan = a->model->plan;
    struct value approver = plan ? entity_slot(plan, PLAN_approver) : value_unknown();
    bool is_new;
    struct assumption *decides = ledger_entry(a, ASSUME_DECIDES_WITHIN, scenario, "", &is_new);

    if (is_new) {
        decides->value = result->declare.known ? ledger_duration(a, result->declare.worst) : NULL;
        decides->says = intern_text(a, "somebody who may declare `%s` is reached and does so within %s", scenario->name,
                                    decides->value ? decides->value : "an unknown time");
        ask_owner(a, decides, plan, "runbooks", "who is on call now, and who stands in?");
    }
    rest_one(a, decides, result, on);
    if (approver.type == VALUE_ENTITY)
        add_person(a, result, on, approver.u.entity);
    for (uint32_t i = 0; i < result->runbook_count; i++) {
        struct value who = entity_slot(result->runbooks[i], RUNBOOK_approve), within = entity_slot(result->runbooks[i], RUNBOOK_approve_within);

        if (who.type != VALUE_LIST || !who.u.list->count)
            continue;
        decides = ledger_entry(a, ASSUME_DECIDES_WITHIN, result->runbooks[i], ".approve", &is_new);
        if (is_new) {
            decides->value = ledger_value(a, within);
            decides->says = intern_text(a, "whoever approves runbook `%s` is reached and does so within %s", result->runbooks[i]->name,
                                        decides->value ? decides->value : "an unknown time");
            ask_owner(a, decides, plan, "runbooks", "who is asked, how, and who stands in?");
        }
        rest_one(a, decides, result, on);
        for (uint32_t w = 0; w < who.u.list->count; w++)
            add_person(a, result, on, who.u.list->items[w].type == VALUE_ENTITY ? who.u.list->items[w].u.entity : NULL);
    }
}

/* The names of the sites of a list: "`a`, `b`". */
static const char *site_names(struct analysis *a, struct value list)
{
    const char *names = "";

    for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++)
        names = intern_text(a, "%s%s`%s`", names, i ? ", " : "", list.u.list->items[i].u.entity->name);
    return names;
}

static void add_scripts(struct analysis *a, const struct scenario_result *result, const struct rested *on)
{
    struct entity *plan = a->model->plan;
    struct value from = entity_slot(plan, PLAN_runs_from);
    bool is_new, named = from.type == VALUE_LIST && from.u.list->count > 0;
    struct assumption *scripts = ledger_entry(a, ASSUME_STANDS_READY, plan, ".scripts", &is_new);

    if (is_new) {
        scripts->value = named ? site_names(a, from) : NULL;
        scripts->says = named ? intern_text(a, "scripts and runbooks can be read and started at whichever of %s is left", scripts->value)
                              : "scripts and runbooks are read and started from a place that no scenario reaches";
        ask_owner(a, scripts, plan, "restore",
                  named ? "were they opened from there without the primary site?"
                        : "where is that, and were they opened there without the primary site? State it as `runs_from`");
    }
    rest_one(a, scripts, result, on);
}

struct step **before_recovery(struct analysis *a, const struct scenario_result *result, uint32_t *count)
{
    struct step **steps = ARENA_ARRAY(a->arena, struct step *, result->step_count);

    *count = 0;
    for (uint32_t i = 0; i < result->step_count; i++) {
        struct step *step = result->steps[i];

        if (!step->asset && step->subject && step->subject->schema->id == BLOCK_RUNBOOK && step->finish.known)
            steps[(*count)++] = step;
    }
    return steps;
}

void add_clock(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, struct step *const *runbook, uint32_t count)
{
    const struct candidate *chosen = state->chosen;
    struct rested on = {.state = state};
    bool declared = false; /* somebody has to act, whatever the platform does */

    if (state->rto_verdict == VERDICT_NOT_APPLICABLE)
        return;
    for (uint32_t i = 0; i < state->step_count && !declared; i++)
        declared = step_takes_people(state->steps[i]) && state->steps[i]->phase != PHASE_REPROTECT;
    if (declared || !(chosen && chosen->automatic && chosen->includes_detect))
        add_detection(a, result, &on);
    if (!declared && chosen && chosen->automatic)
        return;
    add_decision(a, result, &on);
    for (uint32_t i = 0; i < count && state->start.known; i++) {
        if (runbook[i]->finish.worst > state->start.worst)
            continue; /* it comes later */
        add_step(a, result, state, runbook[i]);
        if (step_takes_people(runbook[i]))
            add_person(a, result, &on, runbook[i]->by);
    }
    if (a->model->plan)
        add_scripts(a, result, &on);
}

void add_moving_step(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state)
{
    struct rested on = {.endpoint = state};

    if (!state->step)
        return;
    if (state->step->takes.known && state->step->takes.worst > 0)
        rest_on(a, add_statement(a, result, state->step), OBJECTIVE_ENDPOINT, state->endpoint, result->scenario);
    add_detection(a, result, &on);
    add_decision(a, result, &on);
    if (step_takes_people(state->step))
        add_person(a, result, &on, state->step->by);
    if (a->model->plan)
        add_scripts(a, result, &on);
}

/* ---------------------------------------------------------------- availability */

/* The people who are named, or who answer for what is named: an asset that monitors. Else whoever answers for the name. */
static struct entity *measured_by_whom(struct analysis *a, struct entity *endpoint, struct value who)
{
    for (uint32_t i = 0; who.type == VALUE_LIST && i < who.u.list->count; i++) {
        struct value one = who.u.list->items[i];

        if (one.type == VALUE_ENTITY && (one.u.entity->schema->id == BLOCK_PERSON || one.u.entity->schema->id == BLOCK_TEAM))
            return one.u.entity;
        if (one.type == VALUE_ENTITY && plan_asset(a->plan, one.u.entity))
            return answers_for(a, one.u.entity);
    }
    return answers_for(a, endpoint);
}

/* What is promised over a window and measured by nobody is met by nobody. */
static void add_measuring(struct analysis *a, const struct slo_state *slo)
{
    uint32_t cursor = 0;
    const struct entity *block = entity_child(slo->endpoint, BLOCK_SLO, &cursor);
    struct value out = block ? entity_slot(block, SLO_exclude) : value_unknown();
    const char *without = out.type == VALUE_LIST && !out.u.list->count ? NULL : ledger_value(a, out);
    struct assumption *entry;
    bool is_new;

    if (slo->verdict == VERDICT_NOT_APPLICABLE)
        return;
    entry = ledger_entry(a, ASSUME_DETECTS, slo->endpoint, ".slo", &is_new);
    if (is_new) {
        entry->span = slo->span;
        entry->value = slo->over_ms >= 0 ? ledger_duration(a, slo->over_ms) : NULL;
        entry->says =
            intern_text(a, "the availability of `%s` is measured from outside%s%s%s%s, and who answers for it sees it", slo->endpoint->name,
                        entry->value ? " over " : "", entry->value ? entry->value : "", without ? ", without " : "", without ? without : "");
        ask_person(entry, slo->measured ? measured_by_whom(a, slo->endpoint, entity_slot(block, SLO_watched_by)) : NULL, "runbooks",
                   slo->measured ? "what was it in the last window?" : "who measures it?");
    }
    rest_on(a, entry, OBJECTIVE_SLO, slo->endpoint, NULL);
}

/* What is compared are averages over many years: one event may use up more than a window leaves. */
static void add_window(struct analysis *a, const struct slo_state *slo)
{
    bool is_new;
    struct assumption *entry;

    if (slo->verdict == VERDICT_NOT_APPLICABLE || !slo->outlasts)
        return;
    entry = ledger_entry(a, ASSUME_LIMIT, slo->endpoint, ".window", &is_new);
    if (is_new) {
        entry->span = slo->span;
        entry->value = ledger_duration(a, slo->budget_ms);
        entry->says =
            intern_text(a, "the `slo` of `%s` is promised on average: a window with `%s` in it is down for more than the %s that the promise leaves",
                        slo->endpoint->name, slo->outlasts->name, entry->value);
        ask_owner(a, entry, slo->endpoint, "runbooks", "was it promised on average over the years, or for each window?");
    }
    rest_on(a, entry, OBJECTIVE_SLO, slo->endpoint, NULL);
}

void add_availability(struct analysis *a, const struct slo_state *slo)
{
    add_measuring(a, slo);
    add_window(a, slo);
    for (uint32_t i = 0; slo->verdict != VERDICT_NOT_APPLICABLE && i < slo->term_count; i++) {
        const struct slo_term *term = &slo->terms[i];
        struct strbuf share = STRBUF_INIT;
        struct assumption *entry;
        bool is_new;

        if (!term->entity || term->parts < 0)
            continue;
        entry = ledger_entry(a, ASSUME_FIGURE, term->entity, term->lost ? ".frequency" : ".slo", &is_new);
        if (is_new) {
            print_percent(&share, term->parts);
            entry->span = term->span;
            entry->value = strbuf_dup(&share, a->arena);
            entry->says = intern_text(a, "`%s` %s %s of the time: %s", term->entity->name, term->lost ? "takes at most" : "serves at least",
                                      entry->value, term->text);
            ask_owner(a, entry, term->entity, "runbooks", "what was it over the last year?");
        }
        strbuf_release(&share);
        rest_on(a, entry, OBJECTIVE_SLO, slo->endpoint, NULL);
    }
}
