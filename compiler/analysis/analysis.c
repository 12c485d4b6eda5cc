/* Runs the questions in order and gathers the plan. */
#include "analysis/internal.h"

#include "analysis/credit.h"
#include "analysis/ledger.h"
#include "analysis/missing.h"

#include <string.h>

/* What expressions may ask that only the analysis knows. */
static bool field_hook(struct evaluator *eval, struct entity *entity, atom name, struct span span, struct value *out)
{
    struct analysis *a = eval->hooks->data;

    (void)span;
    a->asked++;
    if (asked_field(a, entity, name, out))
        return true;
    if (entity->schema->id != BLOCK_ASSET || !a->scenario)
        return false;
    if (strcmp(name, "here") == 0)
        *out = serving_instance(a, entity);
    else if (strcmp(name, "bindings") == 0)
        *out = bindings_of(a, entity);
    else if (strcmp(name, "serves_at") == 0)
        *out = serving_site(a, entity);
    else
        return false;
    return true;
}

static void name_scenario(struct analysis *a, struct scenario_result *result, struct entity *scenario)
{
    struct value class_ = entity_slot(scenario, SCENARIO_class);

    result->scenario = scenario;
    result->class_ = class_.type == VALUE_ENTITY ? class_.u.entity : NULL;
    result->detect = time_of(entity_slot(scenario, SCENARIO_detect));
    result->detect_span = scenario->span;
    result->declare = time_of(entity_slot(scenario, SCENARIO_declare));
    result->states = ARENA_ARRAY(a->arena, struct asset_state, a->plan->asset_count);
    find_runbooks(a, result);
}

/* An objective nobody stated cannot be proved; that is said once for an asset, not for each scenario. */
static void check_objectives(struct analysis *a)
{
    if (a->model->declared[BLOCK_CLASS].list.len)
        return; /* with classes it depends on the scenario: see judge */
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        const struct asset *asset = &a->plan->assets[i];

        if (asset->rto.ms == TIME_UNKNOWN)
            no_objective(a, NULL, asset, NO_RTO);
        if (asset->rpo.ms == TIME_UNKNOWN && asset->stateful && !asset->rebuildable)
            no_objective(a, NULL, asset, NO_RPO);
    }
}

static void work_out(struct analysis *a, struct scenario_result *result)
{
    a->scenario = result;
    survive(a, result);
    close_restores(a, result);
    find_targets(a, result);
    make_steps(a, result);
    check_creation(a, result);
    check_capacity(a, result);
    time_steps(a, result);
    time_cuts(a, result);
    check_reach(a, result);
    judge(a, result);
    refute_without_hands(a, result);
    check_watched(a, result);
    check_admins(a, result);
    judge_split(a, result);
    derive_losses(a, result);
    judge_damage(a, result);
    judge_groups(a, result);
    move_traffic(a, result);
    take_figures(a, result);
    rest_on_figures(a, result);
    find_declare_by(a, result);
    check_effect(a, result);
    tell_consequences(a);
}

struct plan *analyse(struct model *model, struct evaluator *eval, const struct analysis_options *options)
{
    struct analysis a = {.model = model, .eval = eval, .sink = eval->sink, .arena = model->arena, .options = options};
    struct eval_hooks hooks = {.field = field_hook, .data = &a};
    const struct eval_hooks *outer = eval->hooks;
    struct plan *plan = ARENA_NEW(model->arena, struct plan);

    a.plan = plan;
    eval->hooks = &hooks;
    plan->model = model;
    plan->arena = model->arena;
    plan->compiler = options->version;
    plan->rules_off = options->rules_off;
    plan->rules_off_count = options->rules_off_count;
    plan->name = model->plan ? model->plan->name : "plan";
    build_sites(&a);
    find_links(&a);
    build_assets(&a);
    graph_cycles(&a);
    a.site_lost = ARENA_ARRAY(a.arena, bool, plan->site_count);
    a.site_compromised = ARENA_ARRAY(a.arena, bool, plan->site_count);
    a.told_place = ARENA_ARRAY(a.arena, bool, plan->site_count);
    a.told_creation = ARENA_ARRAY(a.arena, bool, plan->asset_count);
    a.no_objective = ARENA_ARRAY(a.arena, uint8_t, plan->asset_count);
    a.site_cut = ARENA_ARRAY(a.arena, bool, plan->site_count);
    check_kinds(&a);
    check_figures(&a);
    check_objectives(&a);
    check_consistency(&a);
    check_backups(&a);
    check_keeping(&a);
    check_not_yet(&a);
    check_addresses(&a);
    check_standing(&a);
    check_resources(&a);
    check_encryption(&a);
    if (options->digest)
        count_copies(&a);
    if (!a.has_cycle) {
        plan->scenario_count = model->declared[BLOCK_SCENARIO].list.len;
        plan->scenarios = ARENA_ARRAY(a.arena, struct scenario_result, plan->scenario_count);
        for (uint32_t i = 0; i < plan->scenario_count; i++) {
            name_scenario(&a, &plan->scenarios[i], model->declared[BLOCK_SCENARIO].list.items[i]);
            work_out(&a, &plan->scenarios[i]);
        }
    }
    a.scenario = NULL;
    tell_reasons(&a);
    check_availability(&a);
    check_strategies(&a);
    if (!a.has_cycle)
        check_mean_time(&a);
    a.scenarios_done = true;
    if (!a.has_cycle)
        check_inputs(&a);
    check_rules(&a);
    check_review(&a);
    if (options->digest || options->ledger)
        make_ledger(&a);
    plan->digest = options->digest ? plan_digest(&a) : "";
    check_records(&a);
    check_waivers(&a);
    if (options->trees != TREES_NONE && eval->sink->errors == 0) {
        make_jobs(&a);
        make_failbacks(&a);
        make_drills(&a);
        make_job_tasks(&a);
        make_exports(&a);
        make_emissions(&a);
    }
    plan->figures = a.figures.items;
    plan->figure_count = a.figures.len;
    plan->findings = a.findings.items;
    plan->finding_count = a.findings.len;
    eval->hooks = outer;
    return plan;
}
