/* Verdicts: whether each follows from its numbers and its objective, and how many there are of each (docs/certificate.md, "Verdicts",
 * "Availability"). What one that holds must rest on is noted here, and looked for by ledger.c. */
#include "verify/check.h"

#include <string.h>

int64_t objective_of(const struct plan_objective *objective)
{
    return objective ? objective->ms : PLAN_NOT_APPLICABLE;
}

/* There is a verdict where there is an objective, and none elsewhere. */
static bool applies(struct check *c, const char *field, bool objective, uint8_t verdict)
{
    if (objective != (verdict != PLAN_VERDICT_na))
        problem(c, field, objective ? "there is an objective, and no verdict" : "there is a verdict, and no objective");
    return objective && verdict != PLAN_VERDICT_na;
}

/* ---- assets */

/* Numbers alone do not decide it. */
static bool is_unsure(const struct plan_outcome *outcome)
{
    return outcome->nobody || outcome->undecided || outcome->split;
}

static void check_rto(struct check *c, const struct plan_outcome *outcome)
{
    int64_t rto = objective_of(outcome->rto), mtd = objective_of(outcome->asset->mtd), more = worst_end(outcome->asset->thing, "work_recovery", 0);
    struct verdict_record *record =
        record_verdict(c, outcome->rto_verdict, "rto", outcome->asset->name, outcome->rto_assumed_figures_count > 0, outcome->rto_on_declared);
    bool too_long = mtd >= 0 && (plus(outcome->finish.worst, more) < 0 || outcome->finish.worst + more > mtd);
    bool late = outcome->finish.known && (rto >= 0 ? outcome->finish.worst > rto : too_long);

    if (record)
        record->says_on_demand = outcome->rto_on_demand;
    if (rto < 0 && outcome->fate == PLAN_FATE_lost && stated_for(c, outcome, "rto") >= 0)
        problem(c, ".rto", "one is stated, and not compared");
    if (outcome->fate == PLAN_FATE_lost && !outcome->method && rto < 0 && outcome->rto_verdict == PLAN_VERDICT_refuted)
        return; /* what has no way back is refuted, objective or not */
    if (!applies(c, ".rto_verdict", rto >= 0 || mtd >= 0, outcome->rto_verdict) || !record)
        return;
    c->report->derivations++;
    if (outcome->rto_verdict == PLAN_VERDICT_ok && (!outcome->finish.known || late))
        problem(c, ".rto_verdict", "it holds, and the asset is back at %lld, its objective is %lld",
                (long long)(outcome->finish.known ? outcome->finish.worst : PLAN_UNKNOWN), (long long)rto);
    if (outcome->never && outcome->rto_verdict == PLAN_VERDICT_ok)
        problem(c, ".never", "it says that no time counts, and the verdict holds");
    if (outcome->rto_verdict == PLAN_VERDICT_unknown && rto >= 0 && late && !is_unsure(outcome))
        problem(c, ".rto_verdict", "it is unknown, and the asset is not back in time");
    if (rto >= 0 && stated_for(c, outcome, "rto") >= 0 && rto > stated_for(c, outcome, "rto"))
        problem(c, ".rto", "it is longer than the %lld that are stated", (long long)stated_for(c, outcome, "rto"));
    c->report->in_words += outcome->rto_verdict == PLAN_VERDICT_refuted && outcome->never;
    if (outcome->rto_verdict == PLAN_VERDICT_refuted && !late && !outcome->never && !(outcome->finish.known && too_long) &&
        !is_lost_for_good(c, outcome->asset))
        problem(c, ".rto_verdict", "it is refuted, and the asset may be back in time");
    if (!record->holds)
        return;
    for (uint32_t i = 0; i < outcome->steps_count; i++) {
        const struct plan_step *step = outcome->steps[i];

        if (step->phase == PLAN_PHASE_reprotect)
            continue;
        if (step->figure)
            need_entry(c, record, "figure:%s", step->figure->id);
        record->wants_detected |= step->release != PLAN_RELEASE_at_once;
        record->wants_decided |= step->release == PLAN_RELEASE_declared;
    }
}

/* "asset.database/backup.full" as entries have it: "database.full". A name may hold dots and slashes itself. */
static const char *owned_name(struct check *c, const struct plan_thing *backup)
{
    const char *dot = strchr(backup->id, '.'), *name = backup->name ? backup->name : "";
    size_t len = dot ? strlen(dot + 1) : 0, end = strlen("/backup.") + strlen(name);

    return len < end ? backup->id : arena_printf(c->scratch, "%.*s.%s", (int)(len - end), dot + 1, name);
}

/* A group backs its members up in one run, or each in one of its own. */
static void need_run(struct check *c, struct verdict_record *record, const char *kind, const char *name, const char *asset, const char *store)
{
    const char *whole = arena_printf(c->scratch, "%s:%s%s%s", kind, name, store ? "@" : "", store ? store : "");
    const char *apart = arena_printf(c->scratch, "%s:%s.%s%s%s", kind, name, asset, store ? "@" : "", store ? store : "");

    need_entry(c, record, "%s", has_entry(c, apart) && !has_entry(c, whole) ? apart : whole);
}

static void need_copies(struct check *c, const struct plan_outcome *outcome, struct verdict_record *record)
{
    for (uint32_t i = 0; i < outcome->chain_count && i < LINKS_MAX; i++) {
        const struct plan_link *link = &outcome->chain[i];
        const char *name = is_block(link->backup, "backup") ? owned_name(c, link->backup) : "", *store = link->store ? link->store->name : NULL;

        need_run(c, record, "runs", name, outcome->asset->name, store);
        need_run(c, record, "kept", name, outcome->asset->name, store);
        if (store)
            need_entry(c, record, "readable:%s", store);
    }
}

static void check_rpo(struct check *c, const struct plan_outcome *outcome)
{
    const struct plan_candidate *chosen = chosen_of(outcome);
    int64_t rpo = objective_of(outcome->rpo), loss = outcome->data_loss;
    struct verdict_record *record =
        record_verdict(c, outcome->rpo_verdict, "rpo", outcome->asset->name, outcome->rpo_assumed_figures_count > 0, outcome->rpo_on_declared);

    if (record)
        record->says_on_demand = outcome->rpo_on_demand;
    if (outcome->fate != PLAN_FATE_lost && outcome->rpo_verdict == PLAN_VERDICT_na)
        return; /* it loses nothing */
    if (rpo < 0 && outcome->fate == PLAN_FATE_lost && outcome->asset->holds == PLAN_HOLDS_data && stated_for(c, outcome, "rpo") >= 0)
        problem(c, ".rpo", "one is stated, and not compared");
    if (outcome->fate == PLAN_FATE_lost && !outcome->method && rpo < 0 && outcome->rpo_verdict == PLAN_VERDICT_refuted)
        return; /* what has no way back is refuted, objective or not */
    if (!applies(c, ".rpo_verdict", rpo >= 0, outcome->rpo_verdict) || !record)
        return;
    if (outcome->rpo_verdict == PLAN_VERDICT_ok && (loss < 0 || loss > rpo))
        problem(c, ".rpo_verdict", "it holds, and %s than its objective allows is lost", loss < 0 ? "it is not known to be less" : "more");
    if (outcome->rpo_verdict == PLAN_VERDICT_unknown && outcome->story && outcome->story->loss > rpo && !is_unsure(outcome))
        problem(c, ".rpo_verdict", "it is unknown, and a story loses more than its objective allows");
    if (rpo >= 0 && stated_for(c, outcome, "rpo") >= 0 && rpo > stated_for(c, outcome, "rpo"))
        problem(c, ".rpo", "it is longer than the %lld that are stated", (long long)stated_for(c, outcome, "rpo"));
    c->report->in_words += outcome->rpo_verdict == PLAN_VERDICT_refuted && outcome->never;
    if (outcome->rpo_verdict == PLAN_VERDICT_refuted && loss != PLAN_ALL && !outcome->never && !(outcome->story && outcome->story->loss >= rpo) &&
        !is_lost_for_good(c, outcome->asset))
        problem(c, ".rpo_verdict", "it is refuted, and no story loses more than its objective allows");
    if (!record->holds)
        return;
    need_copies(c, outcome, record);
    record->wants_replica = !outcome->chain_count && chosen && is_block(chosen->element, "replica");
}

/* ---- names */

static void check_name(struct check *c, const struct plan_name_outcome *name)
{
    int64_t rto = objective_of(name->rto);
    struct verdict_record *record =
        record_verdict(c, name->verdict, "endpoint", name->endpoint->name, name->assumed_figures_count > 0, name->on_declared);

    if (!record || (!name->finish.known && name->verdict == PLAN_VERDICT_refuted)) /* what leads nowhere is refuted, objective or not */
        return;
    if (!applies(c, ".verdict", rto >= 0, name->verdict))
        return;
    if (name->verdict == PLAN_VERDICT_ok && (!name->finish.known || name->finish.worst > rto))
        problem(c, ".verdict", "it holds, and the name is back at %lld, its objective is %lld",
                (long long)(name->finish.known ? name->finish.worst : PLAN_UNKNOWN), (long long)rto);
    if (name->verdict == PLAN_VERDICT_refuted && name->finish.known && name->finish.worst <= rto)
        problem(c, ".verdict", "it is refuted, and the name is back in time");
    if (record->holds && name->moves != PLAN_MOVES_not)
        record->wants_answer = name->endpoint->name;
}

void check_verdicts(struct check *c)
{
    const struct plan_scenario *s = c->scenario;

    for (uint32_t i = 0; i < s->assets_count; i++) {
        if (!s->assets[i].asset)
            continue;
        at(c, "assets", s->assets[i].asset->name);
        check_rto(c, &s->assets[i]);
        check_rpo(c, &s->assets[i]);
    }
    for (uint32_t i = 0; i < s->endpoints_count; i++) {
        at(c, "endpoints", s->endpoints[i].endpoint ? s->endpoints[i].endpoint->name : "");
        if (s->endpoints[i].endpoint)
            check_name(c, &s->endpoints[i]);
    }
    check_groups(c);
    at(c, NULL, NULL);
}

/* ---- over all scenarios */

/* Parts are exact at 10^18; what is taken away is taken at the same. False where a part is none. */
static bool availability_of(const struct plan_slo *slo, int64_t *parts)
{
    const int64_t whole = INT64_C(1000000000);
    int64_t product = whole * whole;

    for (uint32_t i = 0; i < slo->terms_count; i++) {
        int64_t part = slo->terms[i].parts;

        if (part < 0 || part > whole)
            return false;
        if (!slo->terms[i].taken) /* product × part / 10^9 in two halves: each fits */
            product = product / whole * part + product % whole * part / whole;
    }
    for (uint32_t i = 0; i < slo->terms_count; i++) {
        if (slo->terms[i].taken)
            product = product > slo->terms[i].parts * whole ? product - slo->terms[i].parts * whole : 0;
    }
    *parts = product / whole;
    return true;
}

void check_slos(struct check *c)
{
    for (uint32_t i = 0; i < c->document->slos_count; i++) {
        const struct plan_slo *slo = &c->document->slos[i];
        const char *name = slo->endpoint ? slo->endpoint->name : "";
        int64_t parts;

        at(c, "slos", name);
        record_verdict(c, slo->verdict, "slo", name, false, false);
        if (slo->availability >= 0 && (!availability_of(slo, &parts) || parts != slo->availability))
            problem(c, ".availability", "it is %lld, and its terms do not say so", (long long)slo->availability);
        if (slo->verdict == PLAN_VERDICT_ok && (slo->availability < 0 || slo->target < 0 || slo->availability < slo->target))
            problem(c, ".verdict", "it holds, and the availability is less than its target");
        if (slo->verdict == PLAN_VERDICT_refuted && slo->availability >= slo->target)
            problem(c, ".verdict", "it is refuted, and the availability is no less than its target");
    }
    at(c, NULL, NULL);
}

static void check_count(struct check *c, const char *field, int64_t is, int64_t found)
{
    if (is != found)
        problem(c, field, "it is %lld, and there are %lld", (long long)is, (long long)found);
}

/* What somebody accepts stays refuted or unknown where it is told, and is counted apart. */
static void count_accepted(struct check *c, int64_t *accepted)
{
    *accepted = 0;
    for (uint32_t i = 0; i < c->document->findings_count; i++) {
        const struct plan_finding *finding = &c->document->findings[i];

        if (!finding->accepted)
            continue;
        ++*accepted;
        c->refuted -= finding->scenario && finding->verdict == PLAN_VERDICT_refuted && c->refuted;
        c->unknown -= finding->scenario && finding->verdict == PLAN_VERDICT_unknown && c->unknown;
    }
}

void check_counts(struct check *c)
{
    const struct plan_counts *counts = c->document->counts;
    int64_t accepted;

    if (!counts) {
        problem(c, "counts", "there are none");
        return;
    }
    check_count(c, "counts.hold", counts->hold, c->hold);
    check_count(c, "counts.assumed", counts->assumed, c->assumed);
    check_count(c, "counts.on_declared", counts->on_declared, c->declared);
    count_accepted(c, &accepted);
    check_count(c, "counts.accepted", counts->accepted, accepted);
    check_count(c, "counts.refuted", counts->refuted, c->refuted);
    check_count(c, "counts.unknown", counts->unknown, c->unknown);
}
