/* Runs the questions in order and gathers the plan. */
#include "analysis/clock/clock.h"
#include "analysis/common/ledger.h"
#include "analysis/common/missing.h"
#include "analysis/judge/judge.h"
#include "analysis/output/output.h"
#include "analysis/recovery/credit.h"
#include "analysis/recovery/recovery.h"
#include "analysis/world/world.h"

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
    result->states = ARENA_ARRAY(a->proof, struct asset_state, a->plan->asset_count);
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

/* A scenario, pass by pass. What one finds the next may read: fates before methods, methods before steps, steps before times, times before
 * verdicts, and what takes a verdict back after it. */
static void work_out(struct analysis *a, struct scenario_result *result)
{
    a->scenario = result;
    find_fates(a, result);             /* what is lost, impaired, split, damaged */
    find_begin(a, result);             /* when somebody notices, declares, approves */
    find_reach(a, result);             /* whether anything can be begun at all */
    effective_objectives(a, result);   /* which RTO and RPO hold in it */
    choose_methods(a, result);         /* how each comes back, where, from which copies; groups together */
    close_restores(a, result);         /* what restores stand on: keys, secrets, images, copies of the plan */
    find_targets(a, result);           /* where names lead afterwards, and what moves them */
    make_steps(a, result);             /* the steps of all of it, and what waits for what */
    check_creation(a, result);         /* infrastructure made during the recovery of critical tiers */
    check_capacity(a, result);         /* room where things go */
    time_steps(a, result);             /* the schedule: hands, bandwidth, worst, typical, best */
    find_discarded(a, result);         /* what is written after a damage and goes with the restore */
    time_cuts(a, result);              /* what a cut-off side accepts until it is fenced */
    check_reach(a, result);            /* whether somebody is left to act, from somewhere */
    judge(a, result);                  /* RTO and RPO of each asset */
    check_restore_promises(a, result); /* what restores read, promised too late for that */
    refute_without_hands(a, result);   /* what waits for those who cannot act is never back */
    check_watched(a, result);          /* protections whose end nobody would notice */
    check_admins(a, result);           /* who else might change what a recovery rests on */
    judge_split(a, result);            /* two truths after a partition */
    spread_doubt(a, result);           /* what waits for what is unknown */
    derive_losses(a, result);          /* what is made from others loses what they lose */
    judge_damage(a, result);           /* ceilings of what is discarded; copies that expire while they are read */
    refute_with_lost(a, result);       /* what waits for what these would have brought back */
    exceed_groups(a, result);
    judge_groups(a, result);    /* whether members fit together */
    move_traffic(a, result);    /* when users reach it, and whether that is in time */
    take_figures(a, result);    /* which figure each step rests on */
    rest_on_figures(a, result); /* which verdicts would change were an assumed figure doubled */
    find_declare_by(a, result); /* until when a declaration saves every objective */
    if (a->options->digest || a->options->ledger || a->options->proofs)
        prove_losses(a, result); /* the derivation of each loss, and a world that reaches it, for a plan that is written */
    check_effect(a, result);     /* a scenario that hits nothing */
    tell_consequences(a);        /* messages with the names of what misses its objective for the same cause */
}

struct plan *analyse(struct model *model, struct evaluator *eval, const struct analysis_options *options)
{
    struct analysis a = {.model = model,
                         .eval = eval,
                         .sink = eval->sink,
                         .arena = model->arena,
                         .proof = arena_new(),
                         .entries = arena_new(),
                         .work = arena_new(),
                         .options = options};
    struct schedule_memory own = {.arena = model->arena, .names = model->names};
    struct eval_hooks hooks = {.field = field_hook, .emitted = emitted_hook, .data = &a};
    const struct eval_hooks *outer = eval->hooks;
    struct plan *plan = ARENA_NEW(model->arena, struct plan);

    a.plan = plan;
    a.schedules = options->schedules ? options->schedules : &own;
    eval->hooks = &hooks;
    plan->model = model;
    plan->arena = model->arena;
    plan->proof = a.proof;
    plan->entries = a.entries;
    plan->work = a.work;
    plan->compiler = options->version;
    plan->rules_off = options->rules_off;
    plan->rules_off_count = options->rules_off_count;
    plan->name = model->plan ? model->plan->name : "plan";
    build_sites(&a);     /* places, and what is inside of what */
    find_links(&a);      /* limits on what restores move */
    build_assets(&a);    /* typed view of assets: edges, places, groups, what they hold */
    find_objectives(&a); /* of every asset, before a scenario says otherwise */
    graph_cycles(&a);    /* an order, or the circles */
    a.site_lost = ARENA_ARRAY(a.arena, bool, plan->site_count);
    a.site_compromised = ARENA_ARRAY(a.arena, bool, plan->site_count);
    a.told_place = ARENA_ARRAY(a.arena, bool, plan->site_count);
    a.told_creation = ARENA_ARRAY(a.arena, bool, plan->asset_count);
    a.no_objective = ARENA_ARRAY(a.arena, uint8_t, plan->asset_count);
    a.site_cut = ARENA_ARRAY(a.arena, bool, plan->site_count);
    a.told_restores = ARENA_ARRAY(a.arena, bool, plan->asset_count);
    check_kinds(&a);       /* methods with two figures, steps without one */
    check_figures(&a);     /* worst ends that are ours */
    check_objectives(&a);  /* objectives nobody stated */
    check_consistency(&a); /* ceilings, tiers, promises of what is needed */
    check_backups(&a);     /* what is wrong with a backup whatever happens */
    check_keeping(&a);     /* locks against retention, what copies build on */
    check_not_yet(&a);     /* things at places that only a recovery makes */
    check_addresses(&a);   /* one machine told as two */
    check_standing(&a);    /* things where their kind cannot stand */
    check_resources(&a);   /* what no quota has */
    check_encryption(&a);  /* keys nobody has, ciphers no job knows */
    if (options->digest) {
        count_copies(&a);
        find_kinds(&a); /* what they and their methods are called */
    }
    if (!a.has_cycle) {
        plan->scenario_count = model->declared[BLOCK_SCENARIO].list.len;
        plan->scenarios = ARENA_ARRAY(a.arena, struct scenario_result, plan->scenario_count);
        for (uint32_t i = 0; i < plan->scenario_count; i++) {
            name_scenario(&a, &plan->scenarios[i], model->declared[BLOCK_SCENARIO].list.items[i]);
            work_out(&a, &plan->scenarios[i]);
        }
    }
    a.scenario = NULL;
    check_availability(&a); /* SLOs of names against what they need */
    tell_reasons(&a);       /* one message for each thing that leaves objectives undecided */
    check_strategies(&a);   /* strategies of sites against what was chosen */
    if (!a.has_cycle)
        check_mean_time(&a); /* of the plan's `mttr` */
    a.scenarios_done = true;
    if (!a.has_cycle)
        check_inputs(&a); /* answers no step asks for */
    check_rules(&a);      /* the library's and users', over everything above */
    check_review(&a);     /* whether the plan was looked at in time */
    if (options->digest || options->ledger)
        make_ledger(&a); /* what verdicts rest on, and who makes it true */
    plan->digest = options->digest ? plan_digest(&a) : "";
    check_records(&a); /* drills and recoveries that took place */
    check_waivers(&a); /* last: which of them nothing needed */
    if (options->trees != TREES_NONE && eval->sink->errors == 0) {
        make_jobs(&a);      /* what takes backups */
        make_failbacks(&a); /* the way back, where no runbook has one */
        make_drills(&a);
        make_job_tasks(&a); /* what schedulers start of the jobs */
        make_exports(&a);   /* what takes data out, and brings it back */
        make_emissions(&a); /* what kinds emit */
        check_emitted(&a);  /* rules about that */
    }
    /* Of what remains these are as large as the plan. */
    map_release(&a.ledger, a.entries);
    map_release(&a.credits, a.arena);
    map_release(&a.makers, a.arena);
    map_release(&a.emitters, a.arena);
    map_release(&a.after_sets, a.arena);
    plan->figures = a.figures.items;
    plan->figure_count = a.figures.len;
    plan->findings = a.findings.items;
    plan->finding_count = a.findings.len;
    eval->hooks = outer;
    return plan;
}
