/* Fields and methods of declared things that follow from the model: one table row each.
 *
 * Nothing here depends on a scenario's outcome; what does is asked of the analysis through hooks. Walks over the graph of
 * assets are iterative and pay from the operation budget. Who refers to a thing is looked up in indexes that are built once,
 * on first use. */
#include "base/file_name.h"
#include "base/phases.h"
#include "model/places.h"
#include "plan/seen.h"
#include "sema/eval_internal.h"

#include <stdlib.h>
#include <string.h>

enum { WITHIN_MAX = 64 }; /* places nested deeper than that are taken for a circle */

/* ---------------------------------------------------------------- places */

static struct entity *slot_entity(struct evaluator *eval, struct entity *entity, uint32_t row)
{
    struct value value = eval_slot(eval, entity, row);

    return value.type == VALUE_ENTITY ? value.u.entity : NULL;
}

bool place_is_in(struct evaluator *eval, struct entity *site, const struct entity *outer)
{
    for (int depth = 0; site && depth < WITHIN_MAX; depth++) {
        if (site == outer)
            return true;
        site = slot_entity(eval, site, SITE_within);
    }
    return false;
}

/* A property that a kind states, or one it is based on; deferred ones are evaluated for the thing. */
struct value kind_property(struct evaluator *eval, struct entity *thing, uint32_t row)
{
    for (struct kind_info *kind = thing->kind; kind; kind = kind->base) {
        struct entity *block = kind->entity;
        const struct attr_row *info = &block->schema->rows[row];
        struct value value;

        if (!block->tree || !block_attr(block->tree, info->name))
            continue;
        if (!(info->flags & ROW_DEFERRED))
            value = eval_slot(eval, block, row);
        else
            value = eval_deferred(eval, block, row, scope_add(eval, NULL, "self", value_entity(thing)));
        if (value.type != VALUE_UNKNOWN)
            return value;
    }
    return value_unknown();
}

static struct value site_ancestors(struct evaluator *eval, struct entity *site)
{
    struct value items[WITHIN_MAX];
    uint32_t count = 0;

    while (count < WITHIN_MAX && (site = slot_entity(eval, site, SITE_within)))
        items[count++] = value_entity(site);
    return eval_list_of(eval, items, count);
}

/* The region a place is in: what the nearest place round it says in `region`, else the name of a place of level region. */
struct value site_region(struct evaluator *eval, struct entity *site)
{
    for (int depth = 0; site && depth < WITHIN_MAX; depth++) {
        int row = entity_row(site, eval->state->names.region);
        struct value value = row >= 0 ? eval_slot(eval, site, (uint32_t)row) : value_unknown();

        if (value.type != VALUE_UNKNOWN)
            return places_add(eval->model, value, places_of(eval->model, site));
        value = kind_property(eval, site, KIND_level);
        if (value.type == VALUE_WORD && strcmp(value.u.word, "region") == 0)
            return places_add(eval->model, value_string(site->name), places_of(eval->model, site));
        site = slot_entity(eval, site, SITE_within);
    }
    return value_unknown();
}

static struct value site_provider(struct evaluator *eval, struct entity *site)
{
    struct value found = value_unknown();

    for (int depth = 0; site && depth < WITHIN_MAX; depth++) {
        struct value level = kind_property(eval, site, KIND_level);

        if (level.type == VALUE_WORD && strcmp(level.u.word, "provider") == 0)
            found = value_entity(site);
        site = slot_entity(eval, site, SITE_within);
    }
    return found;
}

struct value inherited_field(struct evaluator *eval, struct entity *entity, uint32_t row, struct value own)
{
    struct entity *site = entity;

    if (entity->schema->id != BLOCK_SITE || row != SITE_account)
        return own;
    for (int depth = 0; site && depth < WITHIN_MAX; depth++) {
        struct value is_account, account;

        if (site != entity) {
            is_account = kind_property(eval, site, KIND_is_account);
            if (is_account.type == VALUE_BOOL && is_account.u.integer)
                return value_entity(site);
        }
        account = eval_slot(eval, site, SITE_account);
        if (account.type != VALUE_UNKNOWN)
            return account;
        site = slot_entity(eval, site, SITE_within);
    }
    /* Where no account is named, everything is in one account without a name: the same for all such places. */
    return VALUE_OF(VALUE_NULL);
}

/* Where a thing is, for questions about places. */
struct value place_of(struct evaluator *eval, struct entity *entity)
{
    switch (entity->schema->id) {
    case BLOCK_SITE: return value_entity(entity);
    case BLOCK_ASSET: return eval_slot(eval, entity, ASSET_site);
    case BLOCK_STORE: return eval_slot(eval, entity, STORE_site);
    case BLOCK_REPLICA:
    case BLOCK_STANDBY:
    case BLOCK_TARGET: {
        struct entity *site = model_find(eval->model, BLOCK_SITE, entity->name);

        return site ? value_entity(site) : value_unknown();
    }
    default: return value_unknown();
    }
}

/* ---------------------------------------------------------------- who refers to a thing */

struct reverse_index {
    struct reverse_index *next;
    uint32_t from, row, to; /* attribute `row` of blocks `from` refers to blocks `to` */
    uint32_t count;
    struct referrers {
        VEC(struct value) list;
    } * by_target; /* by index of the target */
};

static void index_reference(struct evaluator *eval, struct reverse_index *index, struct value target, struct entity *referrer)
{
    if (target.type == VALUE_ENTITY && target.u.entity->schema->id == index->to && target.u.entity->index < index->count)
        vec_push(eval->arena, &index->by_target[target.u.entity->index].list, value_entity(referrer));
}

struct value referrers_of(struct evaluator *eval, const struct entity *target, uint32_t from, uint32_t row)
{
    struct reverse_index *index = eval->state->indexes;

    while (index && !(index->from == from && index->row == row && index->to == target->schema->id))
        index = index->next;
    if (!index) {
        index = ARENA_NEW(eval->arena, struct reverse_index);
        index->from = from;
        index->row = row;
        index->to = target->schema->id;
        index->count = eval->model->declared[index->to].list.len;
        index->by_target = ARENA_ARRAY(eval->arena, struct referrers, index->count);
        for (uint32_t i = 0; i < eval->model->declared[from].list.len; i++) {
            struct entity *referrer = eval->model->declared[from].list.items[i];
            struct value value = eval_slot(eval, referrer, row);

            if (value.type == VALUE_LIST) {
                for (uint32_t j = 0; j < value.u.list->count; j++)
                    index_reference(eval, index, value.u.list->items[j], referrer);
            } else {
                index_reference(eval, index, value, referrer);
            }
            if (from == BLOCK_ASSET && row == ASSET_uses) { /* the block form says how it fares without */
                const struct entity *uses;

                for (uint32_t j = 0; (uses = entity_child(referrer, BLOCK_USES, &j));) {
                    struct entity *used = model_find(eval->model, BLOCK_ASSET, uses->name);

                    index_reference(eval, index, used ? value_entity(used) : value_unknown(), referrer);
                }
            }
        }
        index->next = eval->state->indexes;
        eval->state->indexes = index;
    }
    if (target->index >= index->count)
        return eval_list_of(eval, NULL, 0);
    return eval_list_of(eval, index->by_target[target->index].list.items, index->by_target[target->index].list.len);
}

/* Who names it in `needs` and in `uses`. */
static struct value clients(struct evaluator *eval, const struct entity *asset)
{
    struct value needing = referrers_of(eval, asset, BLOCK_ASSET, ASSET_needs), using = referrers_of(eval, asset, BLOCK_ASSET, ASSET_uses);
    uint32_t count = needing.u.list->count + using.u.list->count;
    struct value *items = ARENA_ARRAY(eval->arena, struct value, count);

    for (uint32_t i = 0; i < count; i++)
        items[i] = i < needing.u.list->count ? needing.u.list->items[i] : using.u.list->items[i - needing.u.list->count];
    return eval_list_of(eval, items, count);
}

/* ---------------------------------------------------------------- walks over assets */

/* Visited flags that need no clearing: a walk marks with its own number. */
struct marks {
    struct marks *next;
    uint32_t *stamps;
    uint32_t count;
    uint32_t number;
    bool busy; /* a walk may start while another one evaluates an attribute */
};

static struct marks *marks_take(struct evaluator *eval)
{
    uint32_t count = eval->model->declared[BLOCK_ASSET].list.len;
    struct marks *marks = eval->state->marks;

    while (marks && (marks->busy || marks->count < count))
        marks = marks->next;
    if (!marks) {
        marks = ARENA_NEW(eval->arena, struct marks);
        marks->count = count;
        marks->stamps = ARENA_ARRAY(eval->arena, uint32_t, count);
        marks->next = eval->state->marks;
        eval->state->marks = marks;
    }
    if (++marks->number == 0) {
        memset(marks->stamps, 0, sizeof *marks->stamps * marks->count);
        marks->number = 1;
    }
    marks->busy = true;
    return marks;
}

/* Everything reached by following one attribute (or, backwards, its referrers) from the asset, nearest first. */
static struct value closure(struct evaluator *eval, struct entity *asset, uint32_t row, bool backwards, struct span span)
{
    struct marks *marks = marks_take(eval);
    VEC(struct value) found = {0};
    struct value result = VALUE_OF(VALUE_NULL);

    marks->stamps[asset->index] = marks->number;
    for (uint32_t next = 0; result.type == VALUE_NULL; next++) {
        struct entity *at = next ? found.items[next - 1].u.entity : asset;
        struct value list = backwards ? referrers_of(eval, at, BLOCK_ASSET, row) : eval_slot(eval, at, row);

        if (list.type == VALUE_ERROR || list.type == VALUE_UNKNOWN) {
            result = list;
            break;
        }
        for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++) {
            struct entity *other = list.u.list->items[i].type == VALUE_ENTITY ? list.u.list->items[i].u.entity : NULL;

            if (!other || other->schema->id != BLOCK_ASSET || marks->stamps[other->index] == marks->number)
                continue;
            marks->stamps[other->index] = marks->number;
            vec_push(eval->arena, &found, value_entity(other));
        }
        if (!eval_charge(eval, list.type == VALUE_LIST ? list.u.list->count + 1 : 1, span))
            result = value_error();
        if (next >= found.len)
            break;
    }
    marks->busy = false;
    return result.type == VALUE_NULL ? eval_list_of(eval, found.items, found.len) : result;
}

/* ---------------------------------------------------------------- other fields */

static struct value team_email(struct evaluator *eval, struct entity *team)
{
    static const uint32_t rows[] = {TEAM_lead, TEAM_deputy};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct entity *person = slot_entity(eval, team, rows[i]);

        if (person)
            return eval_slot(eval, person, PERSON_email);
    }
    return value_unknown();
}

static struct value plan_vaults(struct evaluator *eval)
{
    VEC(struct value) found = {0};

    for (uint32_t i = 0; i < eval->model->declared[BLOCK_STORE].list.len; i++) {
        struct entity *store = eval->model->declared[BLOCK_STORE].list.items[i];
        struct entity *site = slot_entity(eval, store, STORE_site);
        struct value role = site ? eval_slot(eval, site, SITE_role) : value_unknown(), locked;

        locked = store_immutable(eval, store);
        if ((role.type == VALUE_WORD && strcmp(role.u.word, "vault") == 0) || (locked.type == VALUE_BOOL && locked.u.integer))
            vec_push(eval->arena, &found, value_entity(store));
    }
    return eval_list_of(eval, found.items, found.len);
}

static struct value endpoint_sites(struct evaluator *eval, const struct entity *endpoint)
{
    VEC(struct value) found = {0};
    struct entity *target;

    for (uint32_t i = 0; (target = entity_child(endpoint, BLOCK_TARGET, &i));) {
        struct value site = place_of(eval, target);

        if (site.type == VALUE_ENTITY)
            vec_push(eval->arena, &found, site);
    }
    return eval_list_of(eval, found.items, found.len);
}

static struct value backup_stores(struct evaluator *eval, struct entity *backup)
{
    VEC(struct value) found = {0};
    struct value to = eval_slot(eval, backup, BACKUP_to), copies = eval_slot(eval, backup, BACKUP_copies);

    if (to.type == VALUE_ENTITY)
        vec_push(eval->arena, &found, to);
    for (uint32_t i = 0; copies.type == VALUE_LIST && i < copies.u.list->count; i++)
        vec_push(eval->arena, &found, copies.u.list->items[i]);
    return eval_list_of(eval, found.items, found.len);
}

/* How long the oldest copy lives: of a map of classes the longest counts, each as many of its periods as are kept. */
static struct value backup_kept(struct evaluator *eval, struct entity *backup)
{
    static const struct {
        const char *name;
        int64_t period;
    } classes[] = {{"hourly", MS_HOUR}, {"daily", MS_DAY}, {"weekly", 7 * MS_DAY}, {"monthly", 30 * MS_DAY}, {"yearly", 365 * MS_DAY}};
    const int64_t for_ever = INT64_C(36500) * MS_DAY;
    struct value retain = eval_slot(eval, backup, BACKUP_retain);
    int64_t longest = -1;

    if (retain.type == VALUE_WORD)
        return value_int(VALUE_DURATION, for_ever);
    if (retain.type != VALUE_OBJECT)
        return retain;
    for (uint32_t i = 0; i < retain.u.object->count; i++) {
        const struct value_pair *pair = &retain.u.object->pairs[i];

        for (size_t c = 0; pair->value.type == VALUE_INT && c < sizeof classes / sizeof *classes; c++) {
            int64_t kept = pair->value.u.integer > for_ever / classes[c].period ? for_ever : pair->value.u.integer * classes[c].period;

            if (strcmp(pair->key, classes[c].name) == 0 && kept > longest)
                longest = kept;
        }
    }
    return longest < 0 ? value_unknown() : value_int(VALUE_DURATION, longest);
}

/* ---------------------------------------------------------------- the table */

/* clang-format off */
enum computed {
    ASSET_STATEFUL, ASSET_COPIES, ASSET_ALL_NEEDS, ASSET_DEPENDENTS, ASSET_ALL_DEPENDENTS, ASSET_SITES_SERVED, ASSET_GROUPS,
    ASSET_ENDPOINTS, ASSET_MULTI_ZONE, ASSET_AVAILABILITY, ASSET_CONSISTENCY, ASSET_VERSIONED, ASSET_REBUILDABLE, ASSET_HERE, ASSET_BINDINGS,
    ASSET_REGION, REPLICA_REGION, STANDBY_REGION,
    SITE_REGION, SITE_ANCESTORS, SITE_LEVEL, SITE_IS_ACCOUNT, SITE_ASSETS, SITE_STORES, STORE_IMMUTABLE, STORE_REGION,
    PLAN_VAULTS, ENDPOINT_SITES, ENDPOINT_PRIMARY, BACKUP_STORES, TIER_MEMBERS, ASSET_IS, SITE_IS, STORE_IS, ENDPOINT_IS, SITE_IS_IN,
    SCENARIO_LOSES, ASSET_OBSERVERS, ASSET_DRILLS, SCENARIO_DRILLS, SCENARIO_RUNBOOKS, CLASS_SCENARIOS, ASSET_OUTCOMES, ASSET_AUTOMATIC_FOR,
    BACKUP_PROCEDURE, BACKUP_ZONE, BACKUP_AMBIGUITIES, BACKUP_KEPT, SITE_PROVIDER, ASSET_COPY_COUNTS, ASSET_DEMANDS, ASSET_SERVICES,
    TEAM_EMAIL, SCENARIO_TAKES, ASSET_SERVES_AT, BACKUP_APART, BACKUP_JOB, SITE_ADMINISTRATORS, SITE_AGREEMENT, ASSET_CLIENTS, ASSET_FOLLOWS,
    ENDPOINT_FQDN, ENDPOINT_ZONE_FQDN, ENDPOINT_POLICY, TARGET_SHARE, HEALTH_ASKS, HEALTH_ASKED_PORT, HEALTH_ADDRESS, HEALTH_HOST_NAME,
};

/* clang-format on */

/* What only the analysis knows: asked through its hook. */
static bool is_hooked(int row)
{
    return row == ASSET_HERE || row == ASSET_BINDINGS || row == ASSET_SERVES_AT || (row >= ASSET_OUTCOMES && row <= BACKUP_AMBIGUITIES);
}

/* clang-format off */
static const struct computed_info table[] = {
    [ASSET_STATEFUL] = {BLOCK_ASSET, "stateful", "bool", NULL, "Holds data that can be lost, says its kind."},
    [ASSET_COPIES] = {BLOCK_ASSET, "copies", "list(object)", NULL, "Every place its data is kept, the original included: objects with site, store, kind (primary, replica, or the backup's), backup, immutable, offline, encrypted, media."},
    [ASSET_ALL_NEEDS] = {BLOCK_ASSET, "all_needs", "list(ref(asset))", NULL, "What it needs, and what that needs, and so on; nearest first."},
    [ASSET_DEPENDENTS] = {BLOCK_ASSET, "dependents", "list(ref(asset))", NULL, "Assets that need it."},
    [ASSET_CLIENTS] = {BLOCK_ASSET, "clients", "list(ref(asset))", NULL, "Assets that need it, then those that only use it: who connects to it."},
    [ASSET_FOLLOWS] = {BLOCK_ASSET, "follows", "list(ref(asset))", NULL, "Assets its `bind` follows: of which it says where they serve (`X.here`, `X.serves_at`, a name that leads to them)."},
    [ASSET_ALL_DEPENDENTS] = {BLOCK_ASSET, "all_dependents", "list(ref(asset))", NULL, "Assets that need it, directly or through others; nearest first."},
    [ASSET_SITES_SERVED] = {BLOCK_ASSET, "sites_served", "list(ref(site))", NULL, "Sites it serves from at once."},
    [ASSET_GROUPS] = {BLOCK_ASSET, "groups", "list(ref(group))", NULL, "Consistency groups it is a member of."},
    [ASSET_ENDPOINTS] = {BLOCK_ASSET, "endpoints", "list(ref(endpoint))", NULL, "Endpoints that lead to it."},
    [ASSET_MULTI_ZONE] = {BLOCK_ASSET, "multi_zone", "bool", NULL, "Survives the loss of one zone without doing anything, says its kind."},
    [ASSET_AVAILABILITY] = {BLOCK_ASSET, "availability", "percent", NULL, "Availability the provider promises, says its kind."},
    [ASSET_CONSISTENCY] = {BLOCK_ASSET, "consistency", "enum(interval, points)", NULL, "Whether its copies offer any moment or single points, says its kind."},
    [ASSET_VERSIONED] = {BLOCK_ASSET, "versioned", "bool", NULL, "Keeps earlier versions of its data in itself, says its kind."},
    [ASSET_REBUILDABLE] = {BLOCK_ASSET, "rebuildable", "bool", NULL, "Comes back from its definition without data, says its kind."},
    [ASSET_HERE] = {BLOCK_ASSET, "here", "any", NULL, "In a scenario: what serves in its place, a replica or standby with its own attributes, else the asset itself."},
    [ASSET_BINDINGS] = {BLOCK_ASSET, "bindings", "list(object)", NULL, "In a scenario: what its `bind` block says, as objects with name and value."},
    [ASSET_SERVES_AT] = {BLOCK_ASSET, "serves_at", "ref(site)", NULL, "In a scenario: the site it serves at in the end, also when it was made anew there and `here` is the asset itself."},
    [ASSET_REGION] = {BLOCK_ASSET, "region", "string", NULL, "The region of its site."},
    [REPLICA_REGION] = {BLOCK_REPLICA, "region", "string", NULL, "The region of its site."},
    [STANDBY_REGION] = {BLOCK_STANDBY, "region", "string", NULL, "The region of its site."},
    [SITE_REGION] = {BLOCK_SITE, "region", "string", NULL, "The region it is in, as the provider writes it."},
    [SITE_ANCESTORS] = {BLOCK_SITE, "ancestors", "list(ref(site))", NULL, "The places it is in, nearest first."},
    [SITE_LEVEL] = {BLOCK_SITE, "level", "enum(host, rack, datacenter, zone, region, account, provider, global)", NULL, "What is lost with it, says its kind."},
    [SITE_IS_ACCOUNT] = {BLOCK_SITE, "is_account", "bool", NULL, "Holds credentials, says its kind."},
    [SITE_ASSETS] = {BLOCK_SITE, "assets", "list(ref(asset))", NULL, "Assets whose `site` it is."},
    [SITE_STORES] = {BLOCK_SITE, "stores", "list(ref(store))", NULL, "Stores whose `site` it is."},
    [STORE_IMMUTABLE] = {BLOCK_STORE, "immutable", "bool", NULL, "Nobody can delete what is in it before its time: it has a lock of mode `compliance` and a `min`, or none and its kind says so. A governance lock is lifted by who administers the place, and append-only binds writers."},
    [STORE_REGION] = {BLOCK_STORE, "region", "string", NULL, "The region of its site."},
    [PLAN_VAULTS] = {BLOCK_PLAN, "vaults", "list(ref(store))", NULL, "Stores at a site of role vault, and immutable ones."},
    [ENDPOINT_SITES] = {BLOCK_ENDPOINT, "sites", "list(ref(site))", NULL, "Sites its targets are at, in written order."},
    [ENDPOINT_PRIMARY] = {BLOCK_ENDPOINT, "primary", "ref(target)", NULL, "Its first target."},
    [ENDPOINT_FQDN] = {BLOCK_ENDPOINT, "fqdn", "string", NULL, "Its DNS name, without a dot at its end."},
    [ENDPOINT_ZONE_FQDN] = {BLOCK_ENDPOINT, "zone_fqdn", "string", NULL, "Name of its zone, without a dot at its end."},
    [ENDPOINT_POLICY] = {BLOCK_ENDPOINT, "policy", "enum(simple, failover, weighted, latency)", NULL, "Routing its records have: `routing`, but what would be a failover pair is one plain record when an operator moves it."},
    [TARGET_SHARE] = {BLOCK_TARGET, "share", "int", NULL, "Its weight; where none is written 100 of the first target, 0 of the others."},
    [HEALTH_ASKS] = {BLOCK_HEALTH, "asks", "enum(https, http, tcp)", NULL, "What is asked; unknown when it only follows an alarm."},
    [HEALTH_ASKED_PORT] = {BLOCK_HEALTH, "asked_port", "int", NULL, "Port that is asked: `port`, else the usual one of the protocol."},
    [HEALTH_ADDRESS] = {BLOCK_HEALTH, "address", "string", NULL, "Address that is asked: the host where it is one, else that of the target where the internet leads to it; unknown: whatever the host's name leads to."},
    [HEALTH_HOST_NAME] = {BLOCK_HEALTH, "host_name", "string", NULL, "Name that is asked for: `host`, else where the target leads; of an address the name of the endpoint."},
    [BACKUP_STORES] = {BLOCK_BACKUP, "stores", "list(ref(store))", NULL, "The store it is written to and those it is copied to."},
    [TIER_MEMBERS] = {BLOCK_TIER, "members", "list(ref(asset))", NULL, "Assets of the tier."},
    [ASSET_IS] = {BLOCK_ASSET, "is", "bool", "(kind)", "Whether it is of a kind, or of one derived from it: `a.is(data)`."},
    [SITE_IS] = {BLOCK_SITE, "is", "bool", "(kind)", "Whether it is of a kind, or of one derived from it."},
    [STORE_IS] = {BLOCK_STORE, "is", "bool", "(kind)", "Whether it is of a kind, or of one derived from it."},
    [ENDPOINT_IS] = {BLOCK_ENDPOINT, "is", "bool", "(kind)", "Whether it is of a kind, or of one derived from it."},
    [SITE_IS_IN] = {BLOCK_SITE, "is_in", "bool", "(site)", "Whether it is the other place or lies in it."},
    [SCENARIO_LOSES] = {BLOCK_SCENARIO, "loses", "bool", "(thing)", "Whether a site, or the place of an asset, store, replica or standby, is gone in the scenario."},
    [ASSET_OBSERVERS] = {BLOCK_ASSET, "observers", "list(ref(asset))", NULL, "Assets that observe it."},
    [ASSET_DRILLS] = {BLOCK_ASSET, "drills", "list(ref(drill))", NULL, "Drills that name it in `of`."},
    [SCENARIO_DRILLS] = {BLOCK_SCENARIO, "drills", "list(ref(drill))", NULL, "Drills that rehearse it."},
    [SCENARIO_RUNBOOKS] = {BLOCK_SCENARIO, "runbooks", "list(ref(runbook))", NULL, "Runbooks for it."},
    [CLASS_SCENARIOS] = {BLOCK_CLASS, "scenarios", "list(ref(scenario))", NULL, "Scenarios of the class."},
    [ASSET_OUTCOMES] = {BLOCK_ASSET, "outcomes", "list(object)", NULL, "In a rule: how it comes back in each scenario that touches it, as worked out: objects with the fields that docs/reference.md lists under Outcomes."},
    [ASSET_AUTOMATIC_FOR] = {BLOCK_ASSET, "automatic_for", "list(string)", NULL, "In a rule: losses (instance, zone …) from which a method of its kind brings it back without anybody deciding."},
    [BACKUP_PROCEDURE] = {BLOCK_BACKUP, "procedure", "string", NULL, "In a rule: the kind's procedure that takes it; unknown when no kind knows how, and a person must."},
    [BACKUP_ZONE] = {BLOCK_BACKUP, "zone", "string", NULL, "In a rule: the time zone of its schedule, \"UTC\" unless one is written."},
    [BACKUP_AMBIGUITIES] = {BLOCK_BACKUP, "ambiguities", "list(string)", NULL, "In a rule: what schedulers read differently in its cron expression, or hardly means what its author thought."},
    [ASSET_COPY_COUNTS] = {BLOCK_ASSET, "copy_counts", "object", NULL, "How often its data exists: total (the original included; incremental backups and logs are no copies by themselves), media (different ones), offsite (not in the region or data centre of the original), immutable (under lock or off line), verified (longest time between two checks that a copy can be restored; unknown when there is none)."},
    [ASSET_DEMANDS] = {BLOCK_ASSET, "demands", "list(string)", NULL, "Services of the platform that its recovery cannot do without, says its kind: identity, secrets, registry, certificates, dns, state."},
    [ASSET_SERVICES] = {BLOCK_ASSET, "services", "list(string)", NULL, "Services of the platform it provides: `provides`, else what its kind says."},
    [SITE_ADMINISTRATORS] = {BLOCK_SITE, "administrators", "list(ref(person))", NULL, "Who can change it, each once: the people of `admins` of the place, of those it is in, and of its account."},
    [SITE_AGREEMENT] = {BLOCK_SITE, "agreement", "int", NULL, "How many different people have to agree before it is changed: the least `quorum` among these, and no more than there are people; unknown where nobody says."},
    [SITE_PROVIDER] = {BLOCK_SITE, "provider", "ref(site)", NULL, "The outermost place it is in that is a provider's, of level provider; unknown when it is in none."},
    [SCENARIO_TAKES] = {BLOCK_SCENARIO, "takes", "bool", "(thing)", "Whether nothing can be done at a site, or at the place of an asset, store, replica or standby: it is lost, cut off, compromised, or does not answer."},
    [TEAM_EMAIL] = {BLOCK_TEAM, "email", "string", NULL, "The e-mail address of its lead; without a lead, of its deputy."},
    [BACKUP_KEPT] = {BLOCK_BACKUP, "kept", "duration", NULL, "How long its oldest copy lives at least: `retain`, or the longest class of a map of daily, weekly, monthly and yearly; 100 years when for ever."},
    [BACKUP_JOB] = {BLOCK_BACKUP, "job", "string", "(asset)", "Name of the job that takes it of the asset, as its files and copies have it: `cron/jobs/NAME.sh`."},
    [BACKUP_APART] = {BLOCK_BACKUP, "apart", "bool", NULL, "Of a group: each member is backed up in a run of its own, because no tool that takes them all is named in `method`."},
};

enum { COMPUTED = sizeof table / sizeof *table };
_Static_assert(COMPUTED <= sizeof((struct eval_state *)0)->computed_types / sizeof(struct type *), "one type for each row");

uint32_t computed_count(void)
{
    return COMPUTED;
}

struct computed_info computed_info(uint32_t index)
{
    return table[index];
}

void computed_names(struct evaluator *eval, const struct block_schema *schema, bool methods, const char ***names, uint32_t *count)
{
    *names = ARENA_ARRAY(eval->arena, const char *, COMPUTED);
    *count = 0;
    for (uint32_t i = 0; i < COMPUTED; i++) {
        if ((uint32_t)table[i].block == schema->id && (table[i].args != NULL) == methods)
            (*names)[(*count)++] = table[i].name;
    }
}

static int find_row(struct evaluator *eval, const struct block_schema *schema, atom name, bool method)
{
    atom *names = eval->state->computed_names;

    for (int i = 0; i < COMPUTED && !names[COMPUTED - 1]; i++)
        names[i] = intern_str(eval->names, table[i].name);
    for (int i = 0; i < COMPUTED; i++) {
        if ((uint32_t)table[i].block == schema->id && (table[i].args != NULL) == method && names[i] == name)
            return i;
    }
    return -1;
}

struct value list_of_kind(struct evaluator *eval, struct value list, const char *kind, struct span span)
{
    VEC(struct value) items = {0};

    if (!eval_charge(eval, list.u.list->count, span))
        return value_error();
    for (uint32_t i = 0; i < list.u.list->count; i++) {
        struct value item = list.u.list->items[i];

        if (item.type == VALUE_ENTITY && kind_is_a(item.u.entity->kind, kind))
            vec_push(eval->arena, &items, item);
    }
    return eval_list_of(eval, items.items, items.len);
}

/* A list of words as texts, which can be compared with anything; without one the empty list. */
static struct value as_strings(struct evaluator *eval, struct value words)
{
    struct value *items = words.type == VALUE_LIST ? ARENA_ARRAY(eval->arena, struct value, words.u.list->count) : NULL;

    for (uint32_t i = 0; items && i < words.u.list->count; i++)
        items[i] = value_string(value_text(words.u.list->items[i], eval->arena));
    return eval_list_of(eval, items, items ? words.u.list->count : 0);
}

/* `tolerates = n` says the same as `multi_zone`, and more; the asset's own word comes first. */
static struct value spans_zones(struct evaluator *eval, struct entity *asset)
{
    struct value zones = eval_slot(eval, asset, ASSET_tolerates);

    if (!value_is_known(zones))
        zones = kind_property(eval, asset, KIND_tolerates);
    return zones.type == VALUE_INT ? value_int(VALUE_BOOL, zones.u.integer > 0) : kind_property(eval, asset, KIND_multi_zone);
}

static struct value field(struct evaluator *eval, enum computed which, struct entity *entity, struct span span)
{
    struct value value;
    uint32_t cursor = 0;
    struct entity *child;

    switch (which) {
    case ASSET_STATEFUL:
        value = kind_property(eval, entity, KIND_stateful);
        return value.type == VALUE_UNKNOWN ? value_int(VALUE_BOOL, false) : value;
    case ASSET_COPIES:
        return asset_copies(eval, entity, span);
    case ASSET_ALL_NEEDS:
        return closure(eval, entity, ASSET_needs, false, span);
    case ASSET_DEPENDENTS:
        return referrers_of(eval, entity, BLOCK_ASSET, ASSET_needs);
    case ASSET_CLIENTS:
        return clients(eval, entity);
    case ASSET_FOLLOWS:
        return eval_follows(eval, entity, false);
    case ASSET_ALL_DEPENDENTS:
        return closure(eval, entity, ASSET_needs, true, span);
    case ASSET_SITES_SERVED:
        return asset_sites(eval, entity);
    case ASSET_GROUPS:
        return referrers_of(eval, entity, BLOCK_GROUP, GROUP_members);
    case ASSET_ENDPOINTS:
        return referrers_of(eval, entity, BLOCK_ENDPOINT, ENDPOINT_serves);
    case ASSET_MULTI_ZONE:
        return spans_zones(eval, entity);
    case ASSET_AVAILABILITY:
        return kind_property(eval, entity, KIND_availability);
    case ASSET_CONSISTENCY:
        return kind_property(eval, entity, KIND_consistency);
    case ASSET_VERSIONED:
        return kind_property(eval, entity, KIND_versioned);
    case ASSET_REBUILDABLE:
        return kind_property(eval, entity, KIND_rebuildable);
    case ASSET_REGION:
        value = eval_slot(eval, entity, ASSET_site);
        return value.type == VALUE_ENTITY ? site_region(eval, value.u.entity) : value_unknown();
    case REPLICA_REGION:
    case STANDBY_REGION:
        value = place_of(eval, entity);
        return value.type == VALUE_ENTITY ? site_region(eval, value.u.entity) : value_unknown();
    case SITE_REGION:
        return site_region(eval, entity);
    case SITE_ANCESTORS:
        return site_ancestors(eval, entity);
    case TEAM_EMAIL:
        return team_email(eval, entity);
    case SITE_LEVEL:
        return kind_property(eval, entity, KIND_level);
    case SITE_IS_ACCOUNT:
        value = kind_property(eval, entity, KIND_is_account);
        return value.type == VALUE_UNKNOWN ? value_int(VALUE_BOOL, false) : value;
    case SITE_ASSETS:
        return referrers_of(eval, entity, BLOCK_ASSET, ASSET_site);
    case SITE_STORES:
        return referrers_of(eval, entity, BLOCK_STORE, STORE_site);
    case STORE_IMMUTABLE:
        return store_immutable(eval, entity);
    case STORE_REGION:
        child = slot_entity(eval, entity, STORE_site);
        return child ? site_region(eval, child) : value_unknown();
    case PLAN_VAULTS:
        return plan_vaults(eval);
    case ENDPOINT_SITES:
        return endpoint_sites(eval, entity);
    case ENDPOINT_PRIMARY:
        child = entity_child(entity, BLOCK_TARGET, &cursor);
        return child ? value_entity(child) : value_unknown();
    case ENDPOINT_FQDN:
        return endpoint_fqdn(eval, entity, ENDPOINT_name);
    case ENDPOINT_ZONE_FQDN:
        return endpoint_fqdn(eval, entity, ENDPOINT_zone);
    case ENDPOINT_POLICY:
        return endpoint_policy(eval, entity);
    case TARGET_SHARE:
        return target_share(eval, entity);
    case HEALTH_ASKS:
        return health_asks(eval, entity);
    case HEALTH_ASKED_PORT:
        return health_port(eval, entity);
    case HEALTH_ADDRESS:
        return health_address(eval, entity);
    case HEALTH_HOST_NAME:
        return health_host_name(eval, entity);
    case BACKUP_STORES:
        return backup_stores(eval, entity);
    case TIER_MEMBERS:
        return referrers_of(eval, entity, BLOCK_ASSET, ASSET_tier);
    case ASSET_OBSERVERS:
        return referrers_of(eval, entity, BLOCK_ASSET, ASSET_observes);
    case ASSET_DRILLS:
        return referrers_of(eval, entity, BLOCK_DRILL, DRILL_of);
    case SCENARIO_DRILLS:
        return referrers_of(eval, entity, BLOCK_DRILL, DRILL_scenario);
    case SCENARIO_RUNBOOKS:
        return referrers_of(eval, entity, BLOCK_RUNBOOK, RUNBOOK_for);
    case CLASS_SCENARIOS:
        return referrers_of(eval, entity, BLOCK_SCENARIO, SCENARIO_class);
    case ASSET_COPY_COUNTS:
        return copy_counts_value(eval, entity, span);
    case ASSET_DEMANDS:
        return as_strings(eval, kind_property(eval, entity, KIND_demands));
    case ASSET_SERVICES:
        value = eval_slot(eval, entity, ASSET_provides);
        return as_strings(eval, value.type == VALUE_LIST ? value : kind_property(eval, entity, KIND_provides));
    case SITE_PROVIDER:
        return site_provider(eval, entity);
    case SITE_ADMINISTRATORS:
        return site_administrators(eval, entity);
    case SITE_AGREEMENT:
        return site_agreement(eval, entity);
    case BACKUP_KEPT:
        return backup_kept(eval, entity);
    case BACKUP_APART:
        return value_int(VALUE_BOOL, backup_runs_apart(entity));
    default:
        return value_unknown();
    }
}

/* What computed lists of objects hold: not declared by anybody, but described like a block, so that the fields can be checked. */
struct made_up {
    const char *name, *plural;
    const char *fields[8][2];
};

static const struct made_up made_up_copy = {"copy", "copies", {
    {"site", "ref(site)"}, {"store", "ref(store)"},
    {"kind", "enum(primary, replica, full, incremental, differential, log, snapshot)"}, {"backup", "ref(backup)"},
    {"immutable", "bool"}, {"offline", "bool"}, {"encrypted", "bool"}, {"media", "enum(object, block, disk, tape, git, paper)"},
}};

static const struct made_up made_up_counts = {"copy_counts", "copy_counts", {
    {"total", "int"}, {"media", "int"}, {"offsite", "int"}, {"immutable", "int"}, {"verified", "duration"},
}};
/* clang-format on */

static struct block_schema *begin_made_up(struct evaluator *eval, const char *name, const char *plural, uint32_t fields)
{
    struct block_schema *schema = ARENA_NEW(eval->arena, struct block_schema);

    schema->name = intern_str(eval->names, name);
    schema->plural = plural;
    schema->id = BLOCK_COUNT;
    schema->rows = ARENA_ARRAY(eval->arena, struct attr_row, fields);
    return schema;
}

static void add_made_up(struct evaluator *eval, struct block_schema *schema, const char *name, const struct type *type)
{
    struct attr_row *row = &schema->rows[schema->row_count++];

    row->name = intern_str(eval->names, name);
    row->type = type;
    map_add(&schema->by_name, eval->arena, row->name, (void *)(uintptr_t)schema->row_count);
}

static const struct type *list_of_made_up(struct evaluator *eval, const struct block_schema *schema)
{
    struct type *list = ARENA_NEW(eval->arena, struct type), *ref = ARENA_NEW(eval->arena, struct type);

    ref->kind = TYPE_REF;
    ref->schema = schema;
    list->kind = TYPE_LIST;
    list->element = ref;
    return list;
}

static const struct type *made_up_type(struct evaluator *eval, const struct made_up *what)
{
    const uint32_t most = sizeof what->fields / sizeof *what->fields;
    struct block_schema *schema = begin_made_up(eval, what->name, what->plural, most);

    for (uint32_t i = 0; i < most && what->fields[i][0]; i++)
        add_made_up(eval, schema, what->fields[i][0], type_read(eval->model, what->fields[i][1], NULL));
    return list_of_made_up(eval, schema);
}

/* What rules see of steps and outcomes are rows of plan.def; of an outcome also what there is of the method that was chosen. */
static void add_seen(struct evaluator *eval, struct block_schema *schema, enum plan_struct_id in, const struct type *steps)
{
    unsigned count;
    const struct plan_seen *rows = plan_seen(in, &count);

    for (unsigned i = 0; i < count; i++)
        add_made_up(eval, schema, rows[i].name, rows[i].of == PLAN_STRUCT_step ? steps : type_read(eval->model, rows[i].type, NULL));
}

static const struct type *outcomes_type(struct evaluator *eval)
{
    struct block_schema *step = begin_made_up(eval, "outcome's step", "steps", PLAN_SEEN_step_COUNT);
    struct block_schema *outcome =
        begin_made_up(eval, "outcome", "outcomes", (uint32_t)PLAN_SEEN_outcome_COUNT + (uint32_t)PLAN_SEEN_candidate_COUNT);
    const struct type *steps;

    add_seen(eval, step, PLAN_STRUCT_step, NULL);
    steps = list_of_made_up(eval, step);
    add_seen(eval, outcome, PLAN_STRUCT_outcome, steps);
    add_seen(eval, outcome, PLAN_STRUCT_candidate, steps);
    return list_of_made_up(eval, outcome);
}

static const struct type *row_type(struct evaluator *eval, int row)
{
    const struct type **slot = &eval->state->computed_types[row];

    if (!*slot)
        *slot = row == ASSET_COPIES        ? made_up_type(eval, &made_up_copy)
                : row == ASSET_COPY_COUNTS ? made_up_type(eval, &made_up_counts)->element
                : row == ASSET_OUTCOMES    ? outcomes_type(eval)
                                           : type_read(eval->model, table[row].type, NULL);
    return *slot;
}

bool computed_shape(struct evaluator *eval, const struct block_schema *schema, atom name, bool method, const struct type **type)
{
    int row = find_row(eval, schema, name, method);

    if (row < 0)
        return false;
    *type = row_type(eval, row);
    if (*type && (*type)->kind == TYPE_ANY)
        *type = NULL;
    return true;
}

bool computed_field(struct evaluator *eval, struct entity *entity, atom name, struct span span, struct value *out, const struct type **seen)
{
    int row = find_row(eval, entity->schema, name, false);

    if (row < 0)
        return false;
    if (seen)
        *seen = row_type(eval, row);
    if (is_hooked(row))
        return false;
    *out = field(eval, (enum computed)row, entity, span);
    return true;
}

/* ---------------------------------------------------------------- methods */

/* A closed account, or the end of its provider, takes along what only belongs to it. */
static bool account_ends(struct evaluator *eval, struct entity *place, struct entity *lost)
{
    struct value level = kind_property(eval, lost, KIND_level), is_account = kind_property(eval, lost, KIND_is_account);
    bool ends = (is_account.type == VALUE_BOOL && is_account.u.integer) ||
                (level.type == VALUE_WORD && (strcmp(level.u.word, "account") == 0 || strcmp(level.u.word, "provider") == 0));

    for (int depth = 0; ends && place && depth < WITHIN_MAX; depth++) {
        struct entity *account = slot_entity(eval, place, SITE_account);

        if (account)
            return place_is_in(eval, account, lost);
        place = slot_entity(eval, place, SITE_within);
    }
    return false;
}

/* Whether it is, or is inside of, another declaration of the place: a Region is lost in every account. */
static bool in_same_place(struct evaluator *eval, struct entity *place, struct entity *lost)
{
    for (int depth = 0; place && depth < WITHIN_MAX; depth++) {
        if (place->schema->id == BLOCK_SITE && lost->schema->id == BLOCK_SITE && places_are_one(place, lost))
            return true;
        place = slot_entity(eval, place, SITE_within);
    }
    return false;
}

/* Whether the place is one of those in the scenario's list, or inside of one; UNKNOWN when the list is. */
static struct value hit(struct evaluator *eval, struct entity *scenario, uint32_t row, struct value place)
{
    struct value list = eval_slot(eval, scenario, row);

    if (list.type != VALUE_LIST)
        return list;
    for (uint32_t i = 0; i < list.u.list->count; i++) {
        if (place.type == VALUE_ENTITY && list.u.list->items[i].type == VALUE_ENTITY &&
            (place_is_in(eval, place.u.entity, list.u.list->items[i].u.entity) ||
             (row != SCENARIO_compromises && in_same_place(eval, place.u.entity, list.u.list->items[i].u.entity)) ||
             (row == SCENARIO_loses && account_ends(eval, place.u.entity, list.u.list->items[i].u.entity))))
            return value_int(VALUE_BOOL, true);
    }
    return value_int(VALUE_BOOL, false);
}

/* The same of the place or the account it belongs to. */
static struct value hit_or_account(struct evaluator *eval, struct entity *scenario, uint32_t row, struct value place)
{
    struct value itself = hit(eval, scenario, row, place), account = inherited_field(eval, place.u.entity, SITE_account, value_unknown());

    if (account.type != VALUE_ENTITY || itself.type != VALUE_BOOL || itself.u.integer)
        return itself;
    return hit(eval, scenario, row, account);
}

/* Whether nothing can be done there: lost, cut off, degraded, or in the hands of whoever has its account. */
static struct value taken(struct evaluator *eval, struct entity *scenario, struct value place)
{
    static const uint32_t rows[] = {SCENARIO_loses, SCENARIO_compromises, SCENARIO_partitions, SCENARIO_degrades};
    struct value result = value_int(VALUE_BOOL, false);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct value one = i < 2 ? hit_or_account(eval, scenario, rows[i], place) : hit(eval, scenario, rows[i], place);

        if (one.type == VALUE_BOOL && one.u.integer)
            return one;
        if (one.type != VALUE_BOOL)
            result = one;
    }
    return result;
}

static struct value gone(struct evaluator *eval, struct entity *scenario, struct entity *thing, bool takes)
{
    struct value places = thing->schema->id == BLOCK_ASSET ? asset_sites(eval, thing) : place_of(eval, thing);

    if (places.type == VALUE_ENTITY)
        places = eval_list_of(eval, &places, 1);
    if (places.type != VALUE_LIST)
        return places;
    /* What serves from several places at once is lost only with the last of them. */
    for (uint32_t i = 0; i < places.u.list->count; i++) {
        struct value place = places.u.list->items[i], one;

        if (place.type != VALUE_ENTITY)
            return value_int(VALUE_BOOL, false);
        one = takes ? taken(eval, scenario, place) : hit_or_account(eval, scenario, SCENARIO_loses, place);
        if (one.type != VALUE_BOOL || !one.u.integer)
            return one;
    }
    return value_int(VALUE_BOOL, places.u.list->count > 0);
}

bool computed_method(struct evaluator *eval, struct entity *entity, atom name, const struct value *args, uint32_t count, struct span span,
                     struct value *out)
{
    int row = find_row(eval, entity->schema, name, true);
    struct diag *diag;
    bool fits;

    if (row < 0)
        return false;
    if (count != 1) {
        *out = value_error_at(eval, DIAG_E0310, span, "`%s%s` takes one argument, found %u", name, table[row].args, count);
        return true;
    }
    switch ((enum computed)row) {
    case ASSET_IS:
    case SITE_IS:
    case STORE_IS:
    case ENDPOINT_IS:
        fits = (args[0].type == VALUE_ENTITY && args[0].u.entity->schema->id == BLOCK_KIND) || args[0].type == VALUE_STRING;
        if (fits)
            *out = value_int(VALUE_BOOL, kind_is_a(entity->kind, value_text(args[0], eval->arena)));
        break;
    case SITE_IS_IN:
        fits = args[0].type == VALUE_ENTITY && args[0].u.entity->schema->id == BLOCK_SITE;
        if (fits)
            *out = value_int(VALUE_BOOL, place_is_in(eval, entity, args[0].u.entity));
        break;
    case BACKUP_JOB:
        fits = args[0].type == VALUE_ENTITY && (args[0].u.entity->schema->id == BLOCK_ASSET || args[0].u.entity->schema->id == BLOCK_GROUP);
        if (fits)
            *out = value_string(output_name(eval->arena, backup_job_name(eval->arena, entity, args[0].u.entity)));
        break;
    default:
        fits = args[0].type == VALUE_ENTITY;
        if (fits)
            *out = gone(eval, entity, args[0].u.entity, row == SCENARIO_TAKES);
        break;
    }
    if (!fits) {
        diag = diag_report(eval->sink, DIAG_E0311, span, "`%s%s` cannot be asked about %s", name, table[row].args, value_describe(eval, args[0]));
        diag_note(diag, "%s", table[row].doc);
        *out = value_error();
    }
    return true;
}
