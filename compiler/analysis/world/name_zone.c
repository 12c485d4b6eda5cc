/* Where a name is kept: its hosted zone goes with the account or the provider it belongs to, whatever its data plane outlives.
 *
 * The zone is the asset whose `zone_name` is the `zone` of the name; where that stands, whose account it is in and how it comes back is said
 * there. A name without one may be in whatever account or provider a scenario takes, if things of its provider are there at all. */
#include "analysis/common/missing.h"
#include "analysis/world/stands.h"
#include "analysis/world/world.h"

#include <string.h>

static bool ends_accounts(const struct site_info *site)
{
    return site_is_account(site->entity) || strcmp(site->level, "account") == 0 || strcmp(site->level, "provider") == 0;
}

static bool is_within(const struct analysis *a, const struct site_info *site, const struct entity *outer)
{
    for (int depth = 0; site && depth < 64; depth++) {
        if (site->entity == outer)
            return true;
        site = site->within ? plan_site(a->plan, site->within) : NULL;
    }
    return false;
}

/* Whether something of the provider of the name is in what is lost: it, a place in it, or a place that belongs to it. */
static bool may_hold(const struct analysis *a, const struct kind_info *provider, const struct site_info *lost)
{
    for (uint32_t i = 0; i < a->plan->site_count; i++) {
        const struct site_info *site = &a->plan->sites[i], *account = site->account ? plan_site(a->plan, site->account) : NULL;

        if (stands_in_rank(provider, site->entity) >= 0 && (is_within(a, site, lost->entity) || is_within(a, account, lost->entity)))
            return true;
    }
    return false;
}

/* Whether it is said of each place of the zone whose account it is, and of a provider also in which it is. */
static bool place_is_stated(const struct analysis *a, const struct asset *zone, const struct site_info *lost)
{
    for (uint32_t i = 0; zone && i < zone->site_count; i++) {
        const struct site_info *site = zone->sites[i], *account = site->account ? plan_site(a->plan, site->account) : NULL, *top = site;

        if (is_within(a, site, lost->entity) || is_within(a, account, lost->entity))
            continue;
        if (strcmp(lost->level, "provider") != 0 && (account || ends_accounts(site)))
            continue;
        for (int depth = 0; top && top->within && depth < 64; depth++)
            top = plan_site(a->plan, top->within);
        for (int depth = 0; account && account->within && depth < 64; depth++)
            account = plan_site(a->plan, account->within);
        if ((top && strcmp(top->level, "provider") == 0) || (account && strcmp(account->level, "provider") == 0))
            continue;
        return false;
    }
    return zone && zone->site_count > 0;
}

/* The account or provider the scenario takes, and nobody says that the name is elsewhere; NULL. */
static const struct site_info *perhaps_taken(struct analysis *a, const struct entity *endpoint, const struct asset *zone)
{
    const struct kind_info *provider = endpoint->kind;
    struct value loses = entity_slot(a->scenario->scenario, SCENARIO_loses);

    /* Without an import nothing that is declared can be a place of it. */
    for (uint32_t i = 0; provider && loses.type == VALUE_LIST && i < loses.u.list->count; i++) {
        const struct site_info *lost = loses.u.list->items[i].type == VALUE_ENTITY ? plan_site(a->plan, loses.u.list->items[i].u.entity) : NULL;

        if (lost && ends_accounts(lost) && may_hold(a, provider, lost) && !place_is_stated(a, zone, lost))
            return lost;
    }
    return NULL;
}

/* A data plane that goes on by itself at once has kept the name. */
static bool goes_on(const struct asset_state *zone)
{
    return zone->chosen && zone->chosen->automatic && zone->chosen->instant;
}

void find_zone(struct analysis *a, struct scenario_result *result, struct endpoint_state *state)
{
    struct value name = entity_slot(state->endpoint, ENDPOINT_zone);
    const struct asset *zone = name.type == VALUE_STRING ? zone_asset(a, name.u.string) : NULL;
    const struct asset_state *own = zone ? &result->states[zone->index] : NULL;
    const struct site_info *lost = perhaps_taken(a, state->endpoint, zone);
    struct reason reason = {.code = DIAG_E0561, .at = state->endpoint, .attribute = "zone"};

    if (own && own->fate == FATE_LOST && !goes_on(own))
        state->zone = zone;
    else if (lost) {
        reason.text =
            zone ? intern_text(a, "whether `%s`, the zone of `%s`, is in `%s` is not stated", zone->name, state->endpoint->name, lost->entity->name)
                 : intern_text(a, "whether the zone of `%s` is in `%s` is not stated", state->endpoint->name, lost->entity->name);
        reason.help =
            zone
                ? "state the `account` of the place it is at, and what that is `within`"
                : "declare its zone as an asset, such as `asset dns : aws.route53.zone { site = ACCOUNT  zone_name = \"…\" }`, and say in its `zone` "
                  "which it is in";
        state->zone_unstated = keep_reason(a, &reason);
    }
}
