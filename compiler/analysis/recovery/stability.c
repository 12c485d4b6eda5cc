/* Static stability (SEMANTICS §5): a recovery that has to ask a control plane which is lost with the disaster cannot be carried out,
 * and one that creates infrastructure while everybody else does so too rests on capacity nobody promised.
 *
 * A step calls the control plane it names, else the one its kind names, else that of the place it works in: where it fences the old
 * side, elsewhere the new one. When that does not answer, a fence with an attestation becomes the attestation; a method with any
 * other such step cannot be used, `best_effort` or not. Steps of people may be attested as well. */
#include "analysis/recovery/recovery.h"
#include "analysis/world/stands.h"
#include "analysis/world/world.h"

#include <string.h>

/* A zone has no control plane of its own: its region has. */
static const struct site_info *plane_of(const struct analysis *a, const struct site_info *site)
{
    for (const struct site_info *at = site; at; at = at->within ? plan_site(a->plan, at->within) : NULL) {
        if (strcmp(at->level, "region") == 0)
            return at;
    }
    return site;
}

/* Why the control plane of a site does not answer; NULL when it does. One whose account is closed answers to the others that have something there. */
static const char *plane_down(const struct analysis *a, const struct site_info *asks)
{
    const struct site_info *site = asks ? plane_of(a, asks) : NULL;
    const struct ground *place = site ? ground_of(a, site) : NULL;

    if (!site)
        return NULL;
    if (a->site_lost[site->index] && (a->site_lost[asks->index] || place->by[TAKEN_LOST] != place->closed))
        return "is lost";
    if (plane_degraded(a, a->scenario->scenario, site, "control"))
        return "does not answer";
    return is_among(a, entity_slot(a->scenario->scenario, SCENARIO_partitions), site) ? "is cut off" : NULL;
}

static struct entity *kind_plane(struct analysis *a, struct entity *thing)
{
    struct entity *block = kind_deferred(thing->kind, KIND_control_plane);
    struct value site =
        block ? eval_deferred(a->eval, block, KIND_control_plane, scope_add(a->eval, NULL, "self", value_entity(thing))) : value_unknown();

    return site.type == VALUE_ENTITY ? site.u.entity : NULL;
}

/* False when the step cannot be carried out. */
static bool can_run(struct analysis *a, struct step *step, const struct site_info *site)
{
    if (!plane_down(a, site))
        return true;
    if (step->otherwise) {
        attest_instead(step);
        return true;
    }
    return false;
}

void bar_step(struct analysis *a, struct asset_state *state, const struct candidate *candidate, struct step *step)
{
    const struct site_info *site;

    if (!step->control_plane && !step->planeless && step_has_command(step))
        step->control_plane = kind_plane(a, state->asset->entity);
    if (step->at || step->mode == STEP_ATTESTED)
        return;
    if (step->control_plane)
        site = plan_site(a->plan, step->control_plane);
    else if (step->planeless || !command_is_set(step->run))
        return;
    else if (step->phase == PHASE_FENCE)
        site = state->asset->site_count ? state->asset->sites[0] : NULL;
    else
        site = candidate->into;
    /* Nobody's word makes a recovery: only what keeps the old side out may be attested. */
    if (step->phase == PHASE_FENCE ? can_run(a, step, site) : !plane_down(a, site))
        return;
    step->barred = plane_of(a, site)->entity;
    step->takes.known = false;
}

const char *barred_reason(struct analysis *a, const struct candidate *candidate)
{
    for (uint32_t i = 0; i < candidate->step_count; i++) {
        const struct step *step = candidate->steps[i];
        const char *reason = place_reason(a, step);

        if (reason)
            return reason;
        if (!step->barred || step->phase == PHASE_REPROTECT)
            continue;
        if (step->phase == PHASE_FENCE)
            return intern_text(a, "its fence `%s` calls `%s`, which %s, and nothing stands in for it", step->id, step->barred->name,
                               plane_down(a, plan_site(a->plan, step->barred)));
        return intern_text(a, "its step `%s` calls the control plane of `%s`, which %s", step->id, step->barred->name,
                           plane_down(a, plan_site(a->plan, step->barred)));
    }
    return NULL;
}

/* ---------------------------------------------------------------- what the platform does by itself */

/* Where the platform works for a method that is one figure: the place named, else the one it serves from afterwards. */
static const struct site_info *worked_at(struct analysis *a, struct asset_state *state, struct candidate *candidate, bool *named)
{
    struct value at = eval_deferred(a->eval, candidate->method, METHOD_control_plane, method_scope(a, state, candidate));

    *named = at.type == VALUE_ENTITY || eval_is_null(candidate->method, METHOD_control_plane);
    if (at.type == VALUE_ENTITY)
        return plan_site(a->plan, at.u.entity);
    return *named ? NULL : candidate->into;
}

const char *barred_figure(struct analysis *a, struct asset_state *state, struct candidate *candidate)
{
    const struct site_info *site;
    bool named;

    if (!eval_is_written(candidate->method, METHOD_control_plane))
        return NULL;
    site = worked_at(a, state, candidate, &named);
    return plane_down(a, site) ? intern_text(a, "the platform does it through the control plane of `%s`, which %s", plane_of(a, site)->entity->name,
                                             plane_down(a, site))
                               : NULL;
}

const struct entity *plane_in_doubt(struct analysis *a, struct asset_state *state, struct candidate *candidate)
{
    const struct site_info *site;
    bool named;

    if (!eval_is_written(candidate->method, METHOD_rto))
        return NULL;
    site = worked_at(a, state, candidate, &named);
    return !named && plane_down(a, site) ? plane_of(a, site)->entity : NULL;
}

/* ---------------------------------------------------------------- steps of people, and names */

static void report_barred(struct analysis *a, struct scenario_result *result, struct entity *subject, const struct step *step,
                          const struct site_info *site)
{
    struct diag *diag = find(a, DIAG_E0544, (struct about){.subject = subject, .scenario = result->scenario, .span = step->span},
                             "step `%s` cannot be carried out in `%s`: the control plane of `%s` %s", step->id, result->scenario->name,
                             plane_of(a, site)->entity->name, plane_down(a, site));

    if (diag)
        diag_help(diag, "use what needs no control plane (health checks, an inverted check, routing controls), or say what somebody does instead: "
                        "`otherwise = attest(\"…\")`");
}

void bar_runbook(struct analysis *a, struct scenario_result *result, struct step *step)
{
    const struct site_info *site = step->control_plane ? plan_site(a->plan, step->control_plane) : NULL;

    if (site && !can_run(a, step, site))
        report_barred(a, result, step->subject, step, site);
}

/* Whatever makes a place, people or a program, asks the control plane of the region it is in. */
void bar_provision(struct analysis *a, const struct site_info *site, struct step *step)
{
    if (step->at || !plane_down(a, site))
        return;
    step->takes = (struct span_of_time){0};
    report_barred(a, a->scenario, site->entity, step, site);
}

/* The control plane of the provider of a name whose zone is no asset: its kind knows, where it was imported. */
static struct entity *provider_plane(struct analysis *a, const struct entity *endpoint)
{
    struct kind_info *provider = endpoint->kind;
    struct entity *says = provider ? kind_deferred(provider, KIND_control_plane) : NULL;
    struct value site =
        says ? eval_deferred(a->eval, says, KIND_control_plane, scope_add(a->eval, NULL, "self", value_entity((struct entity *)(uintptr_t)endpoint)))
             : value_unknown();

    return site.type == VALUE_ENTITY ? site.u.entity : NULL;
}

/* The site where the record is changed; NULL. */
static struct entity *plane_of_record(struct analysis *a, const struct entity *endpoint)
{
    struct value zone = entity_slot(endpoint, ENDPOINT_zone);
    const struct asset *asset = zone.type == VALUE_STRING ? zone_asset(a, zone.u.string) : NULL;

    return asset ? kind_plane(a, asset->entity) : provider_plane(a, endpoint);
}

bool record_can_be_held(struct analysis *a, const struct entity *endpoint)
{
    const struct entity *plane = plane_of_record(a, endpoint);

    return !plane || !plane_down(a, plan_site(a->plan, plane));
}

void bar_record(struct analysis *a, struct scenario_result *result, struct endpoint_state *state, struct step *step)
{
    struct entity *plane = plane_of_record(a, state->endpoint);

    if (!plane)
        return;
    step->control_plane = plane;
    if (!plane_down(a, plan_site(a->plan, plane)))
        return;
    step->takes = (struct span_of_time){0};
    state->barred = true;
    report_barred(a, result, state->endpoint, step, plan_site(a->plan, plane));
}

/* ---------------------------------------------------------------- infrastructure made during the recovery */

/* Programs that create infrastructure, and the word that makes them do it. */
static const struct {
    const char *program, *verb;
} creators[] = {{"terraform", "apply"}, {"tofu", "apply"}, {"pulumi", "up"}, {"cdk", "deploy"}, {"terragrunt", "apply"}};

static bool word_equals(const struct word *word, const char *text)
{
    return word->count == 1 && !word->parts[0].runtime && strcmp(word->parts[0].text, text) == 0;
}

static bool creates(const struct command *command)
{
    for (size_t c = 0; c < sizeof creators / sizeof *creators; c++) {
        bool verb = false;

        for (uint32_t i = 1; i < command->count; i++)
            verb |= word_equals(&command->words[i], creators[c].verb);
        if (verb && word_equals(&command->words[0], creators[c].program))
            return true;
        for (uint32_t i = 0; i < command->piece_count; i++) {
            const char *at = command->pieces[i].script ? strstr(command->pieces[i].script, creators[c].program) : NULL;

            if (at && strstr(at, creators[c].verb))
                return true;
        }
    }
    return false;
}

static const struct step *creating_step(const struct asset_state *state)
{
    for (uint32_t i = 0; i < state->step_count; i++) {
        if (state->steps[i]->phase != PHASE_REPROTECT && creates(state->steps[i]->run))
            return state->steps[i];
    }
    return NULL;
}

/* The `provision` block of the place it moves to, when that is made by a program; NULL. */
static struct entity *created_place(const struct asset_state *state)
{
    uint32_t cursor = 0;
    struct entity *block = state->chosen && state->chosen->into ? entity_child(state->chosen->into->entity, BLOCK_PROVISION, &cursor) : NULL;
    struct value method = block ? entity_slot(block, PROVISION_method) : value_unknown();

    for (uint32_t i = 0; i < state->asset->site_count; i++) {
        if (state->asset->sites[i] == state->chosen->into)
            return NULL;
    }
    return (method.type == VALUE_WORD || method.type == VALUE_STRING) && strcmp(method.u.word, "terraform") == 0 ? block : NULL;
}

void check_creation(struct analysis *a, struct scenario_result *result)
{
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];
        const struct step *step = state->chosen ? creating_step(state) : NULL;
        struct entity *place = state->chosen && !step ? created_place(state) : NULL;
        struct diag *diag;

        bool *told = step ? &a->told_creation[i] : place ? &a->told_place[state->chosen->into->index] : NULL;

        if (!told || *told || state->asset->level > 1)
            continue;
        *told = true;
        diag = find(a, DIAG_E0545,
                    (struct about){.subject = state->asset->entity, .scenario = result->scenario, .span = step ? step->span : place->span},
                    "the recovery of `%s` in `%s` creates infrastructure first", state->asset->name, result->scenario->name);
        if (!diag)
            continue;
        diag_label(diag, state->asset->entity->span, "tier `%s`", state->asset->tier->name);
        diag_help(diag,
                  "create it beforehand: a standby, or a site that exists; what is made during a disaster needs capacity, quotas and control planes "
                  "that everybody wants then");
    }
}
