/* The order of the questions. */
#include "verify/check.h"

#include <string.h>

const char *const verify_not_checked[] = {"whether another method, order or repair would be better", "whether the specification describes the system",
                                          "whether an entry of the ledger is true: that is what its check is for",
                                          "how long runs wait for others, what a platform keeps, what needs no step, and how far members of a group "
                                          "without a common point are apart: these "
                                          "are taken as the plan says them",
                                          NULL};

static void enter_scenario(struct check *c, const struct plan_scenario *scenario)
{
    uint32_t assets = c->document->assets_count;

    c->scenario = scenario;
    at(c, NULL, NULL);
    memset(c->outcomes, 0, assets * sizeof *c->outcomes);
    memset(c->for_good, 0, assets);
    memset(c->group_loss, 0, assets * sizeof *c->group_loss);
    find_lost_sites(c);
    for (uint32_t i = 0; i < scenario->assets_count; i++) {
        const struct plan_outcome *outcome = &scenario->assets[i];

        at(c, "assets", outcome->asset ? outcome->asset->name : "");
        if (!outcome->asset)
            problem(c, "", "it is of no asset");
        else if (c->outcomes[outcome->asset - c->document->assets])
            problem(c, "", "the asset is there twice");
        else
            c->outcomes[outcome->asset - c->document->assets] = outcome;
    }
    at(c, NULL, NULL);
}

void verify_plan(struct arena *arena, const struct plan_document *document, const struct verify_options *options, struct verify_report *report)
{
    struct check *c = ARENA_NEW(arena, struct check);

    memset(report, 0, sizeof *report);
    c->arena = arena;
    c->scratch = arena_new();
    c->names = intern_new(c->scratch);
    c->document = document;
    c->options = options;
    c->report = report;
    c->outcomes = ARENA_ARRAY(c->scratch, const struct plan_outcome *, document->assets_count);
    c->for_good = ARENA_ARRAY(c->scratch, uint8_t, document->assets_count);
    c->group_loss = ARENA_ARRAY(c->scratch, int64_t, document->assets_count);
    c->site_lost = ARENA_ARRAY(c->scratch, bool, document->sites_count);
    for (uint32_t i = 0; i < document->sites_count; i++) {
        if (document->sites[i].thing)
            map_add(&c->sites, c->scratch, intern_str(c->names, document->sites[i].thing->id), (void *)(uintptr_t)&document->sites[i]);
    }
    for (uint32_t i = 0; i < document->assets_count; i++) {
        if (document->assets[i].thing)
            map_add(&c->assets, c->scratch, intern_str(c->names, document->assets[i].thing->id), (void *)(uintptr_t)&document->assets[i]);
    }
    index_ledger(c);
    find_plan_objectives(c);
    for (uint32_t i = 0; i < document->scenarios_count; i++) {
        enter_scenario(c, &document->scenarios[i]);
        check_times(c);
        check_losses(c);
        check_statements(c);
        check_verdicts(c);
    }
    c->scenario = NULL;
    check_slos(c);
    check_jobs(c);
    check_ledger(c);
    check_counts(c);
    arena_delete(c->scratch);
}
