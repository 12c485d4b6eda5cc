/* plan.json: the plan as data, by the published schema compiler/model/plan.schema.json.
 *
 * Times are milliseconds; null is unknown, or all data where `loses` beside it says so; "n/a" stands for what does not apply. Arrays are in
 * declaration order, steps in the plan's total order. */
#include "backends/registry.h"

#include "backends/plan/plan_backend.h"
#include "emit/json.h"

#include <string.h>

struct printer {
    struct jsonw j;
    const struct plan *plan;
    struct strbuf text;
};

static void key_ms(struct printer *p, const char *key, bool known, int64_t ms)
{
    jsonw_key(&p->j, key);
    if (!known || ms == TIME_UNKNOWN || ms == RPO_ALL) /* all: no number bounds it */
        jsonw_null(&p->j);
    else if (ms == RPO_NOT_APPLICABLE)
        jsonw_string(&p->j, "n/a");
    else
        jsonw_int(&p->j, ms);
}

/* What a null says of a loss: all of it, or nobody knows. */
static void key_loses(struct printer *p, int64_t ms)
{
    jsonw_key_string(&p->j, "loses", ms == RPO_ALL ? "all" : ms == RPO_NOT_APPLICABLE ? "n/a" : ms < 0 ? "unknown" : "bounded");
}

static void key_time(struct printer *p, const char *key, struct span_of_time time)
{
    jsonw_key(&p->j, key);
    if (!time.known) {
        jsonw_null(&p->j);
        return;
    }
    jsonw_object_begin(&p->j);
    jsonw_key_int(&p->j, "best", time.best);
    jsonw_key_int(&p->j, "typical", time.typical);
    jsonw_key_int(&p->j, "worst", time.worst);
    jsonw_object_end(&p->j);
}

static void key_name(struct printer *p, const char *key, const struct entity *entity)
{
    jsonw_key_string(&p->j, key, entity ? entity->name : NULL);
}

static void key_origin(struct printer *p, struct span span)
{
    const char *origin = backend_origin(p->plan, span);

    jsonw_key_string(&p->j, "origin", origin[0] ? origin : NULL);
}

static void key_objective(struct printer *p, const char *key, const struct objective *objective)
{
    jsonw_key(&p->j, key);
    if (objective->ms == TIME_UNKNOWN) {
        jsonw_null(&p->j);
        return;
    }
    jsonw_object_begin(&p->j);
    key_ms(p, "ms", true, objective->ms);
    jsonw_key_string(&p->j, "source", objective->source);
    key_origin(p, objective->span);
    jsonw_object_end(&p->j);
}

static void key_edges(struct printer *p, const char *key, const struct edges *edges)
{
    jsonw_key_array(&p->j, key);
    for (uint32_t i = 0; i < edges->count; i++)
        jsonw_string(&p->j, edges->items[i].to->name);
    jsonw_array_end(&p->j);
}

static void key_date(struct printer *p, const char *key, bool known, int64_t day)
{
    strbuf_clear(&p->text);
    if (known)
        print_date(&p->text, day);
    jsonw_key_string(&p->j, key, known ? strbuf_str(&p->text) : NULL);
}

/* By its id in `figures`, where one finds who says it. */
static void key_figure(struct printer *p, const char *key, const struct figure *figure)
{
    jsonw_key_string(&p->j, key, figure ? figure->id : NULL);
}

static void key_assumed(struct printer *p, const char *key, const struct assumed_figures *assumed)
{
    jsonw_key_array(&p->j, key);
    for (uint32_t i = 0; assumed && i < assumed->count; i++)
        jsonw_string(&p->j, assumed->items[i]->id);
    jsonw_array_end(&p->j);
}

static const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {"ok", "refuted", "unknown", "n/a"};

    return names[verdict];
}

static void print_sites(struct printer *p)
{
    jsonw_key_array(&p->j, "sites");
    for (uint32_t i = 0; i < p->plan->site_count; i++) {
        const struct site_info *site = &p->plan->sites[i];

        jsonw_object_begin(&p->j);
        jsonw_key_string(&p->j, "name", site->entity->name);
        jsonw_key_string(&p->j, "kind", site->entity->kind->entity->name);
        jsonw_key_string(&p->j, "level", site->level);
        jsonw_key_string(&p->j, "role", site->role);
        jsonw_key_string(&p->j, "region", site->region);
        key_name(p, "within", site->within);
        key_name(p, "account", site->account);
        key_origin(p, site->entity->span);
        jsonw_object_end(&p->j);
    }
    jsonw_array_end(&p->j);
}

static void print_copies(struct printer *p, const struct copy_counts *counts)
{
    jsonw_key(&p->j, "copies");
    if (!counts) {
        jsonw_null(&p->j);
        return;
    }
    jsonw_object_begin(&p->j);
    jsonw_key_int(&p->j, "total", counts->total);
    jsonw_key_int(&p->j, "media", counts->media);
    jsonw_key_int(&p->j, "offsite", counts->offsite);
    jsonw_key_int(&p->j, "immutable", counts->immutable);
    key_ms(p, "verified_every", true, counts->verified);
    jsonw_object_end(&p->j);
}

static void print_assets(struct printer *p)
{
    jsonw_key_array(&p->j, "assets");
    for (uint32_t i = 0; i < p->plan->asset_count; i++) {
        const struct asset *asset = &p->plan->assets[i];

        jsonw_object_begin(&p->j);
        jsonw_key_string(&p->j, "name", asset->name);
        jsonw_key_string(&p->j, "kind", asset->entity->kind->entity->name);
        key_name(p, "tier", asset->tier);
        key_name(p, "owner", asset->owner);
        jsonw_key_bool(&p->j, "stateful", asset->stateful);
        jsonw_key_array(&p->j, "sites");
        for (uint32_t s = 0; s < asset->site_count; s++)
            jsonw_string(&p->j, asset->sites[s]->entity->name);
        jsonw_array_end(&p->j);
        key_edges(p, "needs", &asset->needs);
        key_edges(p, "uses", &asset->uses);
        key_edges(p, "restores_with", &asset->restores_with);
        key_objective(p, "rto", &asset->rto);
        key_objective(p, "rpo", &asset->rpo);
        print_copies(p, p->plan->copies && asset->stateful ? &p->plan->copies[i] : NULL);
        key_origin(p, asset->entity->span);
        jsonw_object_end(&p->j);
    }
    jsonw_array_end(&p->j);
}

static void print_candidates(struct printer *p, const struct asset_state *state)
{
    jsonw_key_array(&p->j, "candidates");
    for (uint32_t i = 0; i < state->candidate_count; i++) {
        const struct candidate *candidate = &state->candidates[i];

        jsonw_object_begin(&p->j);
        jsonw_key_string(&p->j, "method", candidate->label);
        jsonw_key_bool(&p->j, "chosen", candidate == state->chosen);
        jsonw_key_string(&p->j, "rejected", candidate == state->chosen ? NULL : candidate->rejected);
        key_time(p, "takes", candidate->own);
        key_ms(p, "rpo", true, candidate->usable ? candidate->rpo : TIME_UNKNOWN);
        key_loses(p, candidate->usable ? candidate->rpo : TIME_UNKNOWN);
        key_name(p, "into", candidate->into ? candidate->into->entity : NULL);
        key_name(p, "copy", candidate->copy);
        key_name(p, "store", candidate->from_store);
        jsonw_object_end(&p->j);
    }
    jsonw_array_end(&p->j);
}

static void print_terms(struct printer *p, const struct asset_state *state)
{
    const struct terms *terms = &state->rpo_terms;

    jsonw_key_array(&p->j, "rpo_terms");
    for (uint32_t i = 0; i < terms->count; i++) {
        jsonw_object_begin(&p->j);
        jsonw_key_string(&p->j, "text", terms->items[i].text);
        key_ms(p, "ms", true, terms->items[i].ms);
        key_figure(p, "figure", term_figure(state, i));
        key_origin(p, terms->items[i].span);
        jsonw_object_end(&p->j);
    }
    jsonw_array_end(&p->j);
}

static void print_inputs(struct printer *p, const struct scenario_result *result, const struct asset_state *state, uint32_t *input)
{
    jsonw_key_array(&p->j, "stands_on");
    while (*input < result->input_count && result->inputs[*input].asset->index < state->asset->index)
        ++*input;
    for (; *input < result->input_count && result->inputs[*input].asset == state->asset; ++*input) {
        const struct restore_input *on = &result->inputs[*input];

        jsonw_object_begin(&p->j);
        jsonw_key_string(&p->j, "kind", on->thing->schema->name);
        key_name(p, "name", on->thing);
        key_name(p, "opens", on->through);
        jsonw_key_string(&p->j, "how", on->how);
        jsonw_key_string(&p->j, "waits_for", on->waits ? on->waits->name : NULL);
        key_origin(p, on->span);
        jsonw_object_end(&p->j);
    }
    jsonw_array_end(&p->j);
}

static void print_state(struct printer *p, const struct scenario_result *result, const struct asset_state *state, uint32_t *input)
{
    jsonw_object_begin(&p->j);
    jsonw_key_string(&p->j, "asset", state->asset->name);
    jsonw_key_string(&p->j, "fate", state->fate == FATE_LOST ? "lost" : "impaired");
    jsonw_key_string(&p->j, "loss", state->loss[0] ? state->loss : NULL);
    key_name(p, "because_of", state->lost_with);
    jsonw_key_string(&p->j, "method", state->chosen ? state->chosen->label : NULL);
    key_name(p, "serves_at", state->serving ? state->serving->entity : NULL);
    key_objective(p, "rto", &state->rto);
    key_objective(p, "rpo", &state->rpo);
    key_time(p, "start", state->start);
    key_time(p, "finish", state->finish);
    key_time(p, "full_speed", state->full_speed ? *state->full_speed : state->finish);
    key_figure(p, "full_speed_figure", state->figures ? state->figures->full_speed : NULL);
    key_ms(p, "data_loss", true, state->loss_ms);
    key_loses(p, state->loss_ms);
    key_ms(p, "discarded", true, state->discarded_ms);
    jsonw_key(&p->j, "of_its_data");
    if (state->derived.from) {
        jsonw_object_begin(&p->j);
        jsonw_key_string(&p->j, "from", state->derived.from->name);
        key_ms(p, "rpo", true, state->derived.rpo_ms);
        key_ms(p, "data_loss", true, state->derived.loss_ms);
        key_loses(p, state->derived.loss_ms);
        jsonw_object_end(&p->j);
    } else {
        jsonw_null(&p->j);
    }
    jsonw_key_string(&p->j, "rto_verdict", verdict_name(state->rto_verdict));
    jsonw_key_string(&p->j, "rpo_verdict", verdict_name(state->rpo_verdict));
    key_assumed(p, "rto_assumed_figures", state->figures ? &state->figures->rto : NULL);
    key_assumed(p, "rpo_assumed_figures", state->figures ? &state->figures->rpo : NULL);
    print_terms(p, state);
    print_candidates(p, state);
    print_inputs(p, result, state, input);
    jsonw_object_end(&p->j);
}

static const char *word_text(struct printer *p, const struct word *word)
{
    strbuf_clear(&p->text);
    for (uint32_t i = 0; i < word->count; i++)
        strbuf_addf(&p->text, word->parts[i].runtime ? "{{%s}}" : "%s", word->parts[i].text);
    return strbuf_str(&p->text);
}

/* An argument list, or a shell text with its values in place of variables: for readers, not for running. */
static void key_command(struct printer *p, const char *key, const struct command *command)
{
    jsonw_key(&p->j, key);
    if (!command_is_set(command)) {
        jsonw_null(&p->j);
        return;
    }
    jsonw_object_begin(&p->j);
    jsonw_key_string(&p->j, "form", command->is_shell ? "shell" : "arguments");
    jsonw_key_array(&p->j, "words");
    for (uint32_t i = 0; i < command->count; i++)
        jsonw_string(&p->j, word_text(p, &command->words[i]));
    for (uint32_t i = 0; i < command->piece_count; i++) {
        jsonw_object_begin(&p->j);
        if (command->pieces[i].script)
            jsonw_key_string(&p->j, "script", command->pieces[i].script);
        else
            jsonw_key_string(&p->j, "value", word_text(p, &command->pieces[i].value));
        jsonw_object_end(&p->j);
    }
    jsonw_array_end(&p->j);
    jsonw_object_end(&p->j);
}

static void print_transfer(struct printer *p, const struct transfer *transfer)
{
    jsonw_key(&p->j, "transfer");
    if (!transfer) {
        jsonw_null(&p->j);
        return;
    }
    jsonw_object_begin(&p->j);
    key_ms(p, "bytes", transfer->bytes >= 0, transfer->bytes);
    jsonw_key_int(&p->j, "rate", transfer->rate);
    jsonw_key_bool(&p->j, "shared", transfer->shared);
    key_name(p, "slowed_by", transfer->slowed_by);
    jsonw_key_array(&p->j, "through");
    for (uint32_t i = 0; i < transfer->through_count; i++)
        jsonw_string(&p->j, transfer->through[i]->name);
    jsonw_array_end(&p->j);
    jsonw_object_end(&p->j);
}

static void print_step(struct printer *p, const struct step *step)
{
    static const char *const phases[] = {"prepare", "fence", "recover", "verify", "traffic", "reprotect"};

    jsonw_object_begin(&p->j);
    jsonw_key_string(&p->j, "id", step->id);
    jsonw_key_string(&p->j, "title", step->title);
    jsonw_key_string(&p->j, "asset", step->asset ? step->asset->name : NULL);
    jsonw_key_string(&p->j, "phase", phases[step->phase]);
    jsonw_key_int(&p->j, "ordinal", step->ordinal);
    jsonw_key_int(&p->j, "wave", step->wave);
    jsonw_key_bool(&p->j, "automated", step->automated);
    jsonw_key_bool(&p->j, "irreversible", step->irreversible);
    jsonw_key_bool(&p->j, "critical", step->critical);
    jsonw_key_string(&p->j, "manual", step->manual);
    key_name(p, "by", step->by);
    key_name(p, "control_plane", step->control_plane);
    key_command(p, "run", &step->run);
    key_command(p, "check", &step->check);
    key_command(p, "until", &step->until);
    key_command(p, "verify", &step->verify);
    key_time(p, "takes", step->takes);
    key_figure(p, "figure", step->figure);
    jsonw_key_string(&p->j, "stated", step->figure || !step->stated.start ? NULL : backend_origin(p->plan, step->stated));
    print_transfer(p, step->transfer);
    key_time(p, "start", step->start);
    key_time(p, "finish", step->finish);
    key_ms(p, "timeout", step->timeout > 0, step->timeout);
    jsonw_key_string(&p->j, "on_failure", step->on_failure);
    jsonw_key_array(&p->j, "after");
    for (uint32_t i = 0; i < step->after_count; i++)
        jsonw_string(&p->j, step->after[i]->id);
    jsonw_array_end(&p->j);
    jsonw_key_array(&p->j, "follows");
    for (uint32_t i = 0; i < step->follow_count; i++)
        jsonw_string(&p->j, step->follows[i]->id);
    jsonw_array_end(&p->j);
    key_origin(p, step->span);
    jsonw_object_end(&p->j);
}

static void print_endpoint(struct printer *p, const struct endpoint_state *state)
{
    jsonw_object_begin(&p->j);
    jsonw_key_string(&p->j, "endpoint", state->endpoint->name);
    jsonw_key_bool(&p->j, "affected", state->affected);
    key_name(p, "from", state->from);
    key_name(p, "to", state->to);
    key_objective(p, "rto", &state->rto);
    key_time(p, "finish", state->finish);
    key_ms(p, "detection", true, state->detection);
    key_ms(p, "ttl", true, state->ttl);
    key_ms(p, "propagation", true, state->propagation);
    jsonw_key_string(&p->j, "verdict", verdict_name(state->verdict));
    key_assumed(p, "assumed_figures", &state->assumed);
    jsonw_object_end(&p->j);
}

static void print_group(struct printer *p, const struct group_state *state)
{
    static const char *const points[] = {"now", "any", "one", "slots", "unknown"};

    jsonw_object_begin(&p->j);
    jsonw_key_string(&p->j, "group", state->group->name);
    jsonw_key_array(&p->j, "members");
    for (uint32_t i = 0; i < state->member_count; i++) {
        const struct group_member *member = &state->members[i];

        jsonw_object_begin(&p->j);
        jsonw_key_string(&p->j, "asset", member->state->asset->name);
        jsonw_key_bool(&p->j, "recovered", member->recovered);
        jsonw_key_string(&p->j, "points", points[member->points]);
        key_ms(p, "newest", member->points != POINTS_UNKNOWN, member->newest);
        jsonw_object_end(&p->j);
    }
    jsonw_array_end(&p->j);
    jsonw_key_bool(&p->j, "common_point", state->common);
    jsonw_key_bool(&p->j, "shared_run", state->shared);
    jsonw_key_bool(&p->j, "reconciles", state->reconciles);
    key_ms(p, "point", true, state->point_ms);
    key_ms(p, "skew", true, state->skew_ms);
    key_ms(p, "intact_newer_by", true, state->intact_ms);
    key_ms(p, "max_skew", true, state->max_skew);
    key_ms(p, "data_loss", true, state->loss_ms);
    key_loses(p, state->loss_ms);
    key_objective(p, "rpo", &state->rpo);
    jsonw_key_string(&p->j, "verdict", verdict_name(state->verdict));
    key_assumed(p, "assumed_figures", &state->assumed);
    jsonw_object_end(&p->j);
}

static void print_scenario(struct printer *p, const struct scenario_result *result)
{
    uint32_t input = 0; /* both run in the order of assets */

    jsonw_object_begin(&p->j);
    jsonw_key_string(&p->j, "name", result->scenario->name);
    key_name(p, "class", result->class_);
    key_time(p, "detect", result->detect);
    jsonw_key_string(&p->j, "detected_by", result->detected_by);
    key_time(p, "declare", result->declare);
    key_time(p, "approve", result->approve);
    key_time(p, "finish", result->finish);
    jsonw_key_int(&p->j, "lower_bound", result->bound);
    jsonw_key_array(&p->j, "runbooks");
    for (uint32_t i = 0; i < result->runbook_count; i++)
        jsonw_string(&p->j, result->runbooks[i]->name);
    jsonw_array_end(&p->j);
    jsonw_key_int(&p->j, "waves", result->wave_count);
    jsonw_key_array(&p->j, "assets");
    for (uint32_t i = 0; i < p->plan->asset_count; i++) {
        if (result->states[i].fate != FATE_UNAFFECTED)
            print_state(p, result, &result->states[i], &input);
    }
    jsonw_array_end(&p->j);
    jsonw_key_array(&p->j, "order");
    for (uint32_t i = 0; i < result->order_count; i++)
        jsonw_string(&p->j, result->order[i]->name);
    jsonw_array_end(&p->j);
    jsonw_key_array(&p->j, "groups");
    for (uint32_t i = 0; i < result->group_count; i++)
        print_group(p, &result->groups[i]);
    jsonw_array_end(&p->j);
    jsonw_key_array(&p->j, "endpoints");
    for (uint32_t i = 0; i < result->endpoint_count; i++)
        print_endpoint(p, &result->endpoints[i]);
    jsonw_array_end(&p->j);
    jsonw_key_array(&p->j, "steps");
    for (uint32_t i = 0; i < result->step_count; i++)
        print_step(p, result->steps[i]);
    jsonw_array_end(&p->j);
    jsonw_key_array(&p->j, "critical_path");
    for (uint32_t i = 0; i < result->critical_count; i++)
        jsonw_string(&p->j, result->critical[i]->id);
    jsonw_array_end(&p->j);
    jsonw_object_end(&p->j);
}

static void key_parts(struct printer *p, const char *key, int64_t parts)
{
    jsonw_key(&p->j, key);
    if (parts < 0)
        jsonw_null(&p->j);
    else
        jsonw_int(&p->j, parts);
}

static void print_slo(struct printer *p, const struct slo_state *state)
{
    jsonw_object_begin(&p->j);
    jsonw_key_string(&p->j, "endpoint", state->endpoint->name);
    key_parts(p, "target", state->target);
    key_parts(p, "availability", state->known ? state->parts : TIME_UNKNOWN);
    key_ms(p, "over", true, state->over_ms);
    key_ms(p, "budget", true, state->budget_ms);
    key_name(p, "outlasted_by", state->outlasts);
    jsonw_key_array(&p->j, "terms");
    for (uint32_t i = 0; i < state->term_count; i++) {
        jsonw_object_begin(&p->j);
        jsonw_key_string(&p->j, "text", state->terms[i].text);
        key_parts(p, state->terms[i].lost ? "less" : "times", state->terms[i].parts);
        key_origin(p, state->terms[i].span);
        jsonw_object_end(&p->j);
    }
    jsonw_array_end(&p->j);
    jsonw_key_string(&p->j, "verdict", verdict_name(state->verdict));
    jsonw_object_end(&p->j);
}

static void print_job(struct printer *p, const struct backup_job *job)
{
    jsonw_object_begin(&p->j);
    jsonw_key_string(&p->j, "name", job->name);
    jsonw_key_array(&p->j, "assets");
    for (uint32_t i = 0; i < job->member_count; i++)
        jsonw_string(&p->j, job->members[i]->name);
    jsonw_array_end(&p->j);
    strbuf_clear(&p->text);
    if (job->schedule)
        print_schedule(&p->text, job->schedule);
    jsonw_key_string(&p->j, "schedule", job->schedule ? strbuf_str(&p->text) : NULL);
    jsonw_key_string(&p->j, "managed", job->managed);
    key_name(p, "runs_at", job->runs_at ? job->runs_at->entity : NULL);
    key_name(p, "procedure", job->procedure);
    key_name(p, "to", job->to);
    jsonw_key_array(&p->j, "copies");
    for (uint32_t i = 0; i < job->copy_count; i++)
        jsonw_string(&p->j, job->copies[i]->name);
    jsonw_array_end(&p->j);
    key_time(p, "duration", job->duration);
    strbuf_clear(&p->text);
    value_print(job->retain, &p->text);
    jsonw_key_string(&p->j, "retain", job->retain.type == VALUE_UNKNOWN ? NULL : strbuf_str(&p->text));
    jsonw_key_string(&p->j, "of", job->of ? job->of->name : NULL);
    key_origin(p, job->span);
    jsonw_object_end(&p->j);
}

/* Why somebody accepted it, who, and until when. */
static void print_waiver(struct printer *p, const struct entity *accept)
{
    const struct model *model = p->plan->model;
    struct value by, until;

    if (!accept) {
        jsonw_key_string(&p->j, "waiver", NULL);
        return;
    }
    by = entity_slot(accept, ACCEPT_by);
    until = entity_slot(accept, ACCEPT_until);
    jsonw_key_object(&p->j, "waiver");
    jsonw_key_string(&p->j, "why", entity_string(model, accept, "why", ""));
    key_name(p, "by", by.type == VALUE_ENTITY ? by.u.entity : NULL);
    strbuf_clear(&p->text);
    if (until.type == VALUE_DATE)
        print_date(&p->text, until.u.integer);
    jsonw_key_string(&p->j, "until", p->text.len ? strbuf_str(&p->text) : NULL);
    jsonw_key_string(&p->j, "ticket", entity_string(model, accept, "ticket", NULL));
    key_origin(p, accept->span);
    jsonw_object_end(&p->j);
}

static void print_finding(struct printer *p, const struct finding *finding)
{
    jsonw_object_begin(&p->j);
    jsonw_key_string(&p->j, "code", finding->code);
    jsonw_key_string(&p->j, "name", finding->name);
    jsonw_key_string(&p->j, "severity", severity_name((enum severity)finding->severity));
    jsonw_key_string(&p->j, "verdict", verdict_name(finding->verdict));
    jsonw_key_string(&p->j, "message", finding->message);
    jsonw_key_string(&p->j, "subject_kind", finding->subject ? finding->subject->schema->name : NULL);
    key_name(p, "subject", finding->subject);
    key_name(p, "scenario", finding->scenario);
    key_name(p, "accepted_by", finding->accepted);
    print_waiver(p, finding->accepted);
    key_name(p, "told_with", finding->cause);
    key_origin(p, finding->span);
    jsonw_object_end(&p->j);
}

/* Drills as they are planned, and what records say of them; `state` is null where no records were given. */
static void print_drills(struct printer *p)
{
    jsonw_key_array(&p->j, "drills");
    for (uint32_t i = 0; i < p->plan->evidence_count; i++) {
        const struct drill_evidence *evidence = &p->plan->evidence[i];

        jsonw_object_begin(&p->j);
        key_name(p, "name", evidence->drill);
        jsonw_key_string(&p->j, "kind", entity_string(p->plan->model, evidence->drill, "kind", NULL));
        key_name(p, "scenario", entity_ref(p->plan->model, evidence->drill, "scenario"));
        key_ms(p, "cadence", true, entity_integer(p->plan->model, evidence->drill, "cadence", TIME_UNKNOWN));
        jsonw_key_string(&p->j, "state", evidence->state);
        jsonw_key_string(&p->j, "record", evidence->file);
        key_date(p, "held_on", evidence->file, evidence->day);
        key_origin(p, evidence->drill->span);
        jsonw_object_end(&p->j);
    }
    jsonw_array_end(&p->j);
}

bool plan_json(const struct plan *plan, struct strbuf *out)
{
    struct printer p = {.plan = plan, .text = STRBUF_INIT};
    bool whole;

    jsonw_init(&p.j, out);
    jsonw_object_begin(&p.j);
    jsonw_key_string(&p.j, "schema", "drc.plan/1");
    jsonw_key_string(&p.j, "compiler", plan->compiler);
    jsonw_key_string(&p.j, "name", plan->name);
    jsonw_key_string(&p.j, "title", plan->model->plan ? entity_title(plan->model, plan->model->plan) : NULL);
    jsonw_key_string(&p.j, "revision", entity_string(plan->model, plan->model->plan, "revision", NULL));
    strbuf_addf(&p.text, "sha256:%s", plan->digest);
    jsonw_key_string(&p.j, "digest", strbuf_str(&p.text));
    print_sites(&p);
    print_assets(&p);
    jsonw_key_array(&p.j, "scenarios");
    for (uint32_t i = 0; i < plan->scenario_count; i++)
        print_scenario(&p, &plan->scenarios[i]);
    jsonw_array_end(&p.j);
    jsonw_key_array(&p.j, "figures");
    for (uint32_t i = 0; i < plan->figure_count; i++)
        figure_json(&p.j, plan->model->sources, plan->figures[i]);
    jsonw_array_end(&p.j);
    jsonw_key_array(&p.j, "slos");
    for (uint32_t i = 0; i < plan->slo_count; i++)
        print_slo(&p, &plan->slos[i]);
    jsonw_array_end(&p.j);
    jsonw_key_array(&p.j, "jobs");
    for (uint32_t i = 0; i < plan->job_count; i++)
        print_job(&p, &plan->jobs[i]);
    jsonw_array_end(&p.j);
    print_drills(&p);
    jsonw_key_array(&p.j, "assumptions");
    for (uint32_t i = 0; i < plan->assumption_count; i++)
        ledger_entry_json(&p.j, plan, plan->assumptions[i]);
    jsonw_array_end(&p.j);
    jsonw_key_array(&p.j, "findings");
    for (uint32_t i = 0; i < plan->finding_count; i++)
        print_finding(&p, &plan->findings[i]);
    jsonw_array_end(&p.j);
    jsonw_key_array(&p.j, "rules_off");
    for (uint32_t i = 0; i < plan->rules_off_count; i++)
        jsonw_string(&p.j, plan->rules_off[i]);
    jsonw_array_end(&p.j);
    jsonw_object_end(&p.j);
    whole = jsonw_finish(&p.j);
    strbuf_release(&p.text);
    return whole;
}

static void emit(const struct plan *plan, const struct backend_options *options, struct fileset *files)
{
    struct strbuf text = STRBUF_INIT;

    (void)options;
    if (!plan_json(plan, &text))
        fileset_lose(files, "plan", "plan.json", "a text in it is not UTF-8");
    fileset_add(files, "plan", "plan.json", strbuf_str(&text), text.len, NULL);
    strbuf_release(&text);
    plan_readme(plan, files);
}

static const char *const beside[] = {"README.md", "plan.json", NULL};

const struct backend drc_plan = {
    .name = "plan",
    .summary = "the plan as JSON (plan.json) and the README of the folder",
    .roots = beside,
    .emit = emit,
};
