/* Consistency of what the specification promises, before any scenario is played (SEMANTICS §4): ceilings of tiers and of the
 * plan, and labels that name nothing. Needs that promise less than what needs them are in inversions.c. */
#include "analysis/judge/judge.h"
#include "analysis/recovery/recovery.h"

#include "source/lost.h"

#include <string.h>

/* ---------------------------------------------------------------- ceilings */

/* What is stated for one class is bound by the tier and the plan like the general objective. */
void check_class_objective(struct analysis *a, struct entity *scenario, const struct asset *asset, struct objective rto, struct objective rpo)
{
    uint32_t cursor = 0;
    struct entity *limit = asset->tier ? entity_child(asset->tier, BLOCK_TIER_LIMIT, &cursor) : NULL;
    struct entity *plan = plan_objectives(a, "ceiling");

    if (limit) {
        const char *what = intern_text(a, "tier `%s`", asset->tier->name);

        check_ceiling(a, scenario, asset, limit, TIER_LIMIT_rto, "rto", rto, what);
        check_ceiling(a, scenario, asset, limit, TIER_LIMIT_rpo, "rpo", rpo, what);
    }
    if (plan) {
        check_ceiling(a, scenario, asset, plan, PLAN_OBJECTIVES_rto, "rto", rto, "the plan");
        check_ceiling(a, scenario, asset, plan, PLAN_OBJECTIVES_rpo, "rpo", rpo, "the plan");
    }
}

static void check_own_class_objectives(struct analysis *a, const struct asset *asset)
{
    struct entity *block;

    for (uint32_t i = 0; (block = entity_child(asset->entity, BLOCK_OBJECTIVE, &i));) {
        struct value rto = entity_slot(block, OBJECTIVE_rto), rpo = entity_slot(block, OBJECTIVE_rpo);
        const char *source = intern_text(a, "objective %s", block->name);
        struct objective time = {rto.type == VALUE_DURATION ? rto.u.integer : TIME_UNKNOWN, source, block->span, FROM_ELSEWHERE};
        struct objective loss = {rpo.type == VALUE_DURATION ? rpo.u.integer : TIME_UNKNOWN, source, block->span, FROM_ELSEWHERE};

        check_class_objective(a, NULL, asset, time, loss);
    }
}

static void check_asset_ceilings(struct analysis *a, const struct asset *asset)
{
    uint32_t cursor = 0;
    struct entity *limit = asset->tier ? entity_child(asset->tier, BLOCK_TIER_LIMIT, &cursor) : NULL;
    struct entity *plan = plan_objectives(a, "ceiling");

    if (limit) {
        const char *what = intern_text(a, "tier `%s`", asset->tier->name);

        check_ceiling(a, NULL, asset, limit, TIER_LIMIT_rto, "rto", asset->rto, what);
        check_ceiling(a, NULL, asset, limit, TIER_LIMIT_rpo, "rpo", asset->rpo, what);
        check_ceiling(a, NULL, asset, limit, TIER_LIMIT_mtd, "mtd", asset->mtd, what);
    }
    if (plan) {
        check_ceiling(a, NULL, asset, plan, PLAN_OBJECTIVES_rto, "rto", asset->rto, "the plan");
        check_ceiling(a, NULL, asset, plan, PLAN_OBJECTIVES_rpo, "rpo", asset->rpo, "the plan");
    }
}

/* rto + work_recovery <= mtd */
static void check_downtime(struct analysis *a, const struct asset *asset)
{
    struct value work = entity_slot(asset->entity, ASSET_work_recovery);
    uint32_t cursor = 0;
    struct entity *defaults = asset->tier ? entity_child(asset->tier, BLOCK_TIER_DEFAULT, &cursor) : NULL;
    struct strbuf have = STRBUF_INIT, limit = STRBUF_INIT;
    int64_t sum;
    struct diag *diag;

    if (work.type != VALUE_DURATION && defaults)
        work = entity_slot(defaults, TIER_DEFAULT_work_recovery);
    if (asset->mtd.ms < 0 || asset->rto.ms < 0)
        return;
    if (__builtin_add_overflow(asset->rto.ms, work.type == VALUE_DURATION ? work.u.integer : 0, &sum) || sum <= asset->mtd.ms)
        return;
    print_duration(&have, sum);
    print_duration(&limit, asset->mtd.ms);
    diag = find(a, DIAG_E0518, (struct about){.subject = asset->entity},
                "RTO and work recovery of `%s` are %s together, its maximum tolerable downtime is %s", asset->name, strbuf_str(&have),
                strbuf_str(&limit));
    if (diag) {
        diag_label(diag, asset->rto.span, "RTO from here (%s)", asset->rto.source);
        diag_label(diag, asset->mtd.span, "downtime from here (%s)", asset->mtd.source);
        diag_help(diag, "state a shorter RTO, or a longer `mtd`");
    }
    strbuf_release(&have);
    strbuf_release(&limit);
}

/* ---------------------------------------------------------------- labels */

static void check_label(struct analysis *a, const struct entity *child, enum block_id of)
{
    const struct block_schema *schema = &a->model->schemas[of];
    VEC(const char *) names = {0};
    struct diag *diag;
    const char *near;

    if (model_find(a->model, of, child->name) || lost_name(a->sink, child->name))
        return;
    for (uint32_t i = 0; i < a->model->declared[of].list.len; i++)
        vec_push(a->arena, &names, a->model->declared[of].list.items[i]->name);
    diag = diag_report(a->sink, DIAG_E0511, child->span, "`%s %s`: there is no %s `%s`", child->schema->name, child->name, schema->name, child->name);
    lost_missing(diag, schema->name, child->name);
    near = nearest(child->name, names.items, names.len);
    if (near)
        diag_fix(diag, child->span, near, "did you mean `%s`?", near);
    else
        diag_help(diag, "the label of a `%s` block is the name of a %s", child->schema->name, schema->name);
}

/* `recovery { method = … }` and the label of `timing` name a method of the asset's kind. */
static void check_method_name(struct analysis *a, const struct entity *asset, const char *name, struct span span)
{
    VEC(const char *) names = {0};
    struct strbuf all = STRBUF_INIT;
    const char *near;
    struct diag *diag;

    if (!asset->kind || asset->kind->incomplete || kind_has_method(asset->kind, name) || lost_name(a->sink, name))
        return;
    for (uint32_t i = 0; i < asset->kind->methods.len; i++) {
        vec_push(a->arena, &names, asset->kind->methods.items[i]->name);
        strbuf_addf(&all, "%s`%s`", i ? ", " : "", asset->kind->methods.items[i]->name);
    }
    diag = diag_report(a->sink, DIAG_E0511, span, "`%s` has no method `%s`", asset->kind->entity->name, name);
    near = nearest(name, names.items, names.len);
    if (near)
        diag_fix(diag, span, near, "did you mean `%s`?", near);
    if (names.len)
        diag_note(diag, "its methods: %s", strbuf_str(&all));
    strbuf_release(&all);
}

static void check_recovery(struct analysis *a, const struct entity *asset, const struct entity *child)
{
    struct value method = entity_slot(child, RECOVERY_method);

    if (method.type == VALUE_STRING || method.type == VALUE_WORD)
        check_method_name(a, asset, method.u.string, entity_value_span(child, RECOVERY_method));
}

static void check_labels(struct analysis *a, const struct entity *entity)
{
    for (uint32_t i = 0; i < entity->child_count; i++) {
        const struct entity *child = entity->children[i];

        switch (child->schema->id) {
        case BLOCK_REPLICA:
        case BLOCK_STANDBY:
        case BLOCK_TARGET: check_label(a, child, BLOCK_SITE); break;
        case BLOCK_OBJECTIVE: check_label(a, child, BLOCK_CLASS); break;
        case BLOCK_RECOVERY:
            if (child->name[0])
                check_label(a, child, BLOCK_CLASS);
            check_recovery(a, entity, child);
            break;
        case BLOCK_TIMING: check_method_name(a, entity, child->name, child->span); break;
        default: break;
        }
    }
}

/* ---------------------------------------------------------------- places */

static bool takes_places(const struct analysis *a)
{
    for (uint32_t i = 0; i < a->model->declared[BLOCK_SCENARIO].list.len; i++) {
        static const uint32_t rows[] = {SCENARIO_loses, SCENARIO_compromises, SCENARIO_partitions};

        for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++) {
            struct value list = entity_slot(a->model->declared[BLOCK_SCENARIO].list.items[i], rows[row]);

            if (list.type == VALUE_LIST && list.u.list->count)
                return true;
        }
    }
    return false;
}

/* What stands nowhere is lost with nothing: that would be a verdict nobody proved. Somebody else's service has no place of ours. */
static void check_place(struct analysis *a, const struct asset *asset)
{
    struct diag *diag;

    if (asset->site_count || kind_is_a(asset->entity->kind, "external"))
        return;
    diag = find(a, DIAG_E0519, (struct about){.unknown = true, .subject = asset->entity},
                "asset `%s` stands nowhere, so no scenario that loses a site affects it", asset->name);
    if (diag)
        diag_help(diag, "add `site = …`; for a service of somebody else use a kind built on `external`");
}

/* ---------------------------------------------------------------- methods */

/* A method has one figure, or one on every step: both would count twice, a gap would make the result unknown. */
static void check_method(struct analysis *a, const struct entity *method)
{
    bool figure = entity_attr(method, METHOD_rto) != NULL;
    struct entity *step;

    for (uint32_t i = 0; (step = entity_child(method, BLOCK_STEP, &i));) {
        bool takes = entity_attr(step, STEP_takes) || entity_slot(step, STEP_takes).type == VALUE_ERROR;

        if (figure && takes)
            diag_help(diag_label(diag_report(a->sink, DIAG_E0515, step->span, "method `%s` has one figure and its step `%s` another", method->name,
                                             step->name),
                                 method->span, "`rto` is given for the whole method"),
                      "give either `rto` on the method or `takes` on every step");
        else if (!figure && !takes)
            diag_help(diag_report(a->sink, DIAG_E0515, step->span, "how long step `%s` of method `%s` takes is not stated", step->name, method->name),
                      "add `takes = best..typical..worst`");
    }
}

void check_kinds(struct analysis *a)
{
    struct entity *method;

    for (uint32_t i = 0; i < a->model->declared[BLOCK_KIND].list.len; i++) {
        const struct entity *kind = a->model->declared[BLOCK_KIND].list.items[i];

        for (uint32_t m = 0; (method = entity_child(kind, BLOCK_METHOD, &m));)
            check_method(a, method);
    }
}

/* A check that asks without a pause would notice everything at once. */
static void check_health(struct analysis *a, const struct entity *endpoint)
{
    const struct entity *target, *health;

    for (uint32_t i = 0; (target = entity_child(endpoint, BLOCK_TARGET, &i));) {
        for (uint32_t h = 0; (health = entity_child(target, BLOCK_HEALTH, &h));) {
            struct value interval = entity_slot(health, HEALTH_interval);

            if (interval.type == VALUE_DURATION && interval.u.integer < 1)
                diag_help(diag_report(a->sink, DIAG_E0317, entity_attr_span(health, HEALTH_interval), "`interval` has to be more than 0"),
                          "it is the time from one check to the next");
        }
    }
}

/* A list may come out empty by a condition: then nothing is promised, and it looks as if all of it held. */
static void check_not_empty(struct analysis *a, struct entity *entity, uint32_t slot, const char *message, const char *help)
{
    struct value list = entity_slot(entity, slot);
    struct diag *diag;

    if (list.type != VALUE_LIST || list.u.list->count)
        return;
    diag = find(a, DIAG_E0554, (struct about){.unknown = true, .subject = entity, .span = entity_attr_span(entity, slot)}, "%s `%s` %s",
                entity->schema->name, entity->name, message);
    if (diag)
        diag_help(diag, "%s", help);
}

static void check_empty_lists(struct analysis *a)
{
    for (uint32_t i = 0; i < a->model->declared[BLOCK_GROUP].list.len; i++)
        check_not_empty(a, a->model->declared[BLOCK_GROUP].list.items[i], GROUP_members, "has no members",
                        "name the assets whose data belongs together, or remove the group");
    for (uint32_t i = 0; i < a->model->declared[BLOCK_ENDPOINT].list.len; i++)
        check_not_empty(a, a->model->declared[BLOCK_ENDPOINT].list.items[i], ENDPOINT_serves, "serves nothing",
                        "name the assets behind it: without them no loss moves its traffic, and no objective follows for it");
}

void check_form(struct analysis *a)
{
    for (uint32_t i = 0; i < a->plan->asset_count; i++)
        check_labels(a, a->plan->assets[i].entity);
    for (uint32_t i = 0; i < a->model->declared[BLOCK_ENDPOINT].list.len; i++) {
        check_labels(a, a->model->declared[BLOCK_ENDPOINT].list.items[i]);
        check_health(a, a->model->declared[BLOCK_ENDPOINT].list.items[i]);
    }
}

void check_consistency(struct analysis *a)
{
    bool places = takes_places(a);

    check_empty_lists(a);
    for (uint32_t i = 0; places && i < a->plan->asset_count; i++)
        check_place(a, &a->plan->assets[i]);
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        check_asset_ceilings(a, &a->plan->assets[i]);
        check_own_class_objectives(a, &a->plan->assets[i]);
        check_downtime(a, &a->plan->assets[i]);
    }
    check_form(a);
    check_takers(a);
    check_run_places(a);
    check_budgets(a);
    if (!a->has_cycle)
        check_inversions(a);
}
