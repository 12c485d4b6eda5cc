/* Who else could change what a recovery from a compromise rests on (SEMANTICS §1).
 *
 * Whoever holds an account gets at all that the people who administer it may change alone; stands.c follows them. Where a place says nothing
 * of its `admins`, others are taken to administer it. That is credit: an entry of the ledger, "nobody who can change A can change B", and
 * unknown where the tier demands an immutable copy. A copy under a lock that nobody lifts rests on no people.
 *
 * Which account a place belongs to is not for others to guess either (whose.c): what rests on a store, a replica or a standby in one that may
 * be the intruder's, or closed, is unknown. */
#include "analysis/common/entries.h"
#include "analysis/common/ledger.h"
#include "analysis/common/missing.h"
#include "analysis/judge/judge.h"
#include "analysis/world/stands.h"
#include "analysis/world/world.h"

#include <string.h>

/* Two places that are taken to have nobody in common. */
struct apart {
    struct entity *held, *kept; /* the compromised one, and the one the recovery rests on */
    struct entity *silent;      /* that of them which does not say who administers it */
};

static bool says_admins(const struct entity *site)
{
    uint32_t cursor = 0;

    return site && entity_child(site, BLOCK_ADMINS, &cursor);
}

/* Whether it, something around it, or the account of one of them says who administers it. */
static bool is_administered(const struct analysis *a, const struct site_info *site)
{
    for (int depth = 0; site && depth < 64; depth++) {
        if (says_admins(site->entity) || says_admins(site->account))
            return true;
        site = site->within ? plan_site(a->plan, site->within) : NULL;
    }
    return false;
}

static struct entity *account_or_place(const struct site_info *site)
{
    return site->account ? site->account : site->entity;
}

/* The places a recovery rests on: where its copy lies, unless that is locked; where its replica or standby is; where it serves, last. */
static uint32_t places_of(const struct analysis *a, const struct asset_state *state, const struct site_info **places)
{
    const struct candidate *chosen = state->chosen;
    const struct entity *element = chosen->element.type == VALUE_ENTITY ? chosen->element.u.entity : NULL;
    struct value at = chosen->from_store ? entity_slot(chosen->from_store, STORE_site) : value_unknown();
    uint32_t count = 0;

    if (at.type == VALUE_ENTITY && !store_withstands(a, chosen->from_store))
        places[count++] = plan_site(a->plan, at.u.entity);
    if (element && (element->schema->id == BLOCK_REPLICA || element->schema->id == BLOCK_STANDBY))
        places[count++] = plan_site(a->plan, model_find(a->model, BLOCK_SITE, element->name));
    if (state->serving)
        places[count++] = state->serving;
    return count;
}

static bool rests_apart(const struct analysis *a, const struct scenario_result *result, const struct asset_state *state, struct apart *apart)
{
    struct value held = entity_slot(result->scenario, SCENARIO_compromises);
    const struct site_info *places[3];
    uint32_t count = state->fate == FATE_LOST && state->chosen ? places_of(a, state, places) : 0;

    for (uint32_t p = 0; p < count; p++) {
        for (uint32_t i = 0; places[p] && held.type == VALUE_LIST && i < held.u.list->count; i++) {
            const struct site_info *site = held.u.list->items[i].type == VALUE_ENTITY ? plan_site(a->plan, held.u.list->items[i].u.entity) : NULL;
            bool here = site && is_administered(a, site), there = is_administered(a, places[p]);

            if (!site || (here && there && (places[p]->account || !site_is_account(site->entity))))
                continue;
            *apart = (struct apart){account_or_place(site), account_or_place(places[p]), here ? account_or_place(places[p]) : account_or_place(site)};
            return apart->held != apart->kept;
        }
    }
    return false;
}

static bool wants_immutable(const struct asset *asset)
{
    uint32_t cursor = 0;
    const struct entity *demands = asset->tier ? entity_child(asset->tier, BLOCK_TIER_DEMANDS, &cursor) : NULL;
    struct value isolated = demands ? entity_slot(demands, TIER_DEMANDS_isolated) : value_unknown();
    struct value copies = demands ? entity_slot(demands, TIER_DEMANDS_copies) : value_unknown();
    struct value immutable = demands ? entity_slot(demands, TIER_DEMANDS_immutable) : value_unknown();

    if (isolated.type == VALUE_BOOL && isolated.u.integer)
        return true;
    return immutable.type == VALUE_INT && immutable.u.integer > 0 && (copies.type == VALUE_INT || !immutable.defaulted);
}

static const struct reason *reason_of(struct analysis *a, const struct apart *apart)
{
    struct reason reason = {.code = DIAG_E0561, .at = apart->silent, .attribute = "admins"};

    reason.text = intern_text(a, "who administers `%s` is not stated, so nobody knows whether who can change `%s` can change `%s`",
                              apart->silent->name, apart->held->name, apart->kept->name);
    reason.help = "add `admins { of = [PERSON, …]  quorum = N }`, or keep the copy under a lock of mode `compliance`";
    return keep_reason(a, &reason);
}

static void leave_open(struct analysis *a, struct scenario_result *result, struct asset_state *state, const struct reason *reason, bool its_data)
{
    struct objective_ref objective = {OBJECTIVE_RTO, state->asset->entity, result->scenario, asset_wants_proof(a, state->asset)};

    state->undecided = reason;
    if (state->rto_verdict == VERDICT_OK) {
        state->rto_verdict = VERDICT_UNKNOWN;
        decides(a, reason, objective);
    }
    objective.kind = OBJECTIVE_RPO;
    if (its_data && state->rpo_verdict == VERDICT_OK) {
        state->rpo_verdict = VERDICT_UNKNOWN;
        decides(a, reason, objective);
    }
}

void check_admins(struct analysis *a, struct scenario_result *result)
{
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];
        struct apart apart;

        if (state->fate == FATE_LOST && state->chosen && state->chosen->whose)
            leave_open(a, result, state, whose_unset(a, state->chosen->whose), true);
        if (state->rto_verdict != VERDICT_OK && state->rpo_verdict != VERDICT_OK)
            continue;
        if (wants_immutable(state->asset) && rests_apart(a, result, state, &apart))
            leave_open(a, result, state, reason_of(a, &apart), true);
    }
}

void add_admins(struct analysis *a, const struct scenario_result *result, const struct asset_state *state)
{
    struct assumption *entry;
    struct apart apart;
    bool is_new;

    if (!rests_apart(a, result, state, &apart))
        return;
    entry = ledger_entry(a, ASSUME_ALLOWED, apart.kept, intern_text(a, "!%s", apart.held->name), &is_new);
    if (is_new) {
        entry->span = apart.silent->span;
        entry->says = intern_text(a, "nobody who can change `%s` can change `%s`", apart.held->name, apart.kept->name);
        ask_owner(a, entry, apart.kept, "runbooks", "who administers both, also through roles and federation? State it as `admins`");
    }
    rest_both(a, entry, result, state);
}
