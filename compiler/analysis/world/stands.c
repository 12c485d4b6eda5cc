/* What stands in a scenario (SEMANTICS §1).
 *
 * A scenario takes places: it loses them, cuts them off, or lets somebody else control them, with everything physically inside; an account
 * also takes what only belongs to it. What that does to a thing is decided here and nowhere else, the same for instances, replicas,
 * standbys, stores, keys, secrets, people and places to recover into. A thing that names only the place around what is taken may be in
 * it: the worst case decides, unless its kind spans zones and outlives as many as are taken.
 *
 * Lists of a scenario are walked once for all sites; what is asked for a thing is then one look at its site. */
#include "analysis/world/stands.h"
#include "analysis/world/world.h"

#include "model/places.h"

#include <string.h>

const struct ground *ground_of(const struct analysis *a, const struct site_info *site)
{
    return &a->places[site->index];
}

static struct site_info *around(const struct analysis *a, const struct site_info *site)
{
    return site->within ? plan_site(a->plan, site->within) : NULL;
}

static bool is_level(const struct site_info *site, const char *level)
{
    return strcmp(site->level, level) == 0;
}

/* ---------------------------------------------------------------- who controls what */

/* Calls back for each person of a person, a team, or a list of them; somebody may come more than once. */
static void each_person(struct value who, void (*call)(const struct entity *person, void *context), void *context)
{
    const struct entity *entity = who.type == VALUE_ENTITY ? who.u.entity : NULL;

    for (uint32_t i = 0; who.type == VALUE_LIST && i < who.u.list->count; i++)
        each_person(who.u.list->items[i], call, context);
    if (entity && entity->schema->id == BLOCK_PERSON) {
        call(entity, context);
    } else if (entity && entity->schema->id == BLOCK_TEAM) {
        each_person(entity_slot(entity, TEAM_members), call, context);
        each_person(entity_slot(entity, TEAM_lead), call, context);
        each_person(entity_slot(entity, TEAM_deputy), call, context);
    }
}

struct hands {
    bool *held;     /* by person: in the hands of the intruder */
    uint32_t *met;  /* by person: in which count it was last met, so that everybody counts once */
    uint32_t count; /* of counts */
    int64_t all, theirs;
};

static void hold(const struct entity *person, void *context)
{
    ((struct hands *)context)->held[person->index] = true;
}

static void count_person(const struct entity *person, void *context)
{
    struct hands *hands = context;

    if (hands->met[person->index] == hands->count)
        return;
    hands->met[person->index] = hands->count;
    hands->all++;
    hands->theirs += hands->held[person->index];
}

/* Whether somebody who administers the place is in the intruder's hands and may change it alone. A quorum keeps him out, but not one of
 * more than there are people: one person is no two. */
static bool falls_to(const struct entity *site, struct hands *hands)
{
    uint32_t cursor = 0;
    const struct entity *admins = entity_child(site, BLOCK_ADMINS, &cursor);
    struct value quorum = admins ? entity_slot(admins, ADMINS_quorum) : value_unknown();
    bool alone = quorum.type != VALUE_INT || quorum.u.integer < 2;

    if (!admins)
        return false;
    hands->count++;
    hands->all = hands->theirs = 0;
    each_person(entity_slot(admins, ADMINS_of), count_person, hands);
    return hands->theirs > 0 && (alone || hands->all < 2);
}

/* Whoever holds an account gets at the people who administer it, and through them at every place that these may change. */
static void reach_through_people(struct analysis *a, struct entity **held)
{
    uint32_t people = (uint32_t)a->model->declared[BLOCK_PERSON].list.len;
    struct hands hands = {ARENA_ARRAY(a->arena, bool, people + 1), ARENA_ARRAY(a->arena, uint32_t, people + 1), 0, 0, 0};
    bool grown = people > 0;

    while (grown) {
        grown = false;
        for (uint32_t i = 0; i < a->plan->site_count; i++) {
            uint32_t cursor = 0;
            const struct entity *admins = held[i] ? entity_child(held[i], BLOCK_ADMINS, &cursor) : NULL;

            if (admins)
                each_person(entity_slot(admins, ADMINS_of), hold, &hands);
        }
        for (uint32_t i = 0; i < a->plan->site_count; i++) {
            struct entity *site = a->plan->sites[i].entity;

            if (held[i] || !falls_to(site, &hands))
                continue;
            held[i] = site;
            grown = true;
        }
    }
}

/* ---------------------------------------------------------------- what a scenario takes */

/* By site: the listed one, itself. */
static struct entity **listed(struct analysis *a, uint32_t row)
{
    struct value list = entity_slot(a->scenario->scenario, row);
    struct entity **sites = ARENA_ARRAY(a->arena, struct entity *, a->plan->site_count);

    for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++) {
        struct site_info *site = list.u.list->items[i].type == VALUE_ENTITY ? plan_site(a->plan, list.u.list->items[i].u.entity) : NULL;

        if (site)
            sites[site->index] = site->entity;
    }
    return sites;
}

/* What is lost is so for every account that has something there: a place may be declared once for each. */
static void mark_others(const struct analysis *a, struct entity **marks)
{
    for (uint32_t i = 0; i < a->plan->site_count; i++) {
        struct entity *site = a->plan->sites[i].entity;

        for (uint32_t other = 0; marks[i] == site && other < a->plan->site_count; other++) {
            if (!marks[other] && places_are_one(site, a->plan->sites[other].entity))
                marks[other] = site;
        }
    }
}

/* The marked site this one is, or is inside of; NULL. */
static struct entity *marked(const struct analysis *a, struct entity *const *marks, const struct site_info *site)
{
    for (int depth = 0; site && depth < 64; depth++) {
        if (marks[site->index])
            return marks[site->index];
        site = around(a, site);
    }
    return NULL;
}

/* The account it belongs to, when that is marked, or is inside of a provider that is; NULL. */
static struct entity *account_marked(const struct analysis *a, struct entity *const *marks, const struct site_info *site)
{
    struct entity *with = site->account ? marked(a, marks, plan_site(a->plan, site->account)) : NULL;
    const struct site_info *info = with ? plan_site(a->plan, with) : NULL;

    return info && (site_is_account(with) || is_level(info, "account") || is_level(info, "provider")) ? with : NULL;
}

static void take(struct analysis *a, struct site_info *site, struct entity *const *lost, struct entity *const *held, struct entity *const *cut)
{
    struct ground *place = &a->places[site->index];

    place->by[TAKEN_LOST] = marked(a, lost, site);
    place->closed = account_marked(a, lost, site);
    if (!place->by[TAKEN_LOST])
        place->by[TAKEN_LOST] = place->closed;
    place->by[TAKEN_HELD] = marked(a, held, site);
    if (!place->by[TAKEN_HELD] && site->account)
        place->by[TAKEN_HELD] = marked(a, held, plan_site(a->plan, site->account));
    place->by[TAKEN_CUT] = marked(a, cut, site);
    if (!place->by[TAKEN_CUT] && plane_degraded(a, a->scenario->scenario, site, "data"))
        place->by[TAKEN_CUT] = site->entity;
    a->site_lost[site->index] = place->by[TAKEN_LOST] != NULL;
    a->site_compromised[site->index] = place->by[TAKEN_HELD] != NULL;
    a->site_cut[site->index] = place->by[TAKEN_CUT] != NULL;
}

/* Whether it is taken as a place: accounts are no places of which something could stand elsewhere. */
static bool taken_physically(const struct analysis *a, const struct site_info *site)
{
    const struct ground *place = &a->places[site->index];

    for (int how = 0; how < TAKINGS; how++) {
        const struct site_info *by = place->by[how] ? plan_site(a->plan, place->by[how]) : NULL;

        if (by && !is_level(by, "account") && (how != TAKEN_LOST || by->entity != place->closed))
            return true;
    }
    return false;
}

static void add_level(struct ground *place, const char *level)
{
    for (uint32_t i = 0; i < place->level_count; i++) {
        if (strcmp(place->levels[i], level) == 0)
            return;
    }
    if (place->level_count < LOSS_LIMIT)
        place->levels[place->level_count++] = level;
}

/* Tells everything around an outermost taken place that something inside of it is taken. Two hosts of one zone are one zone. */
static void tell_around(struct analysis *a, const struct site_info *site, bool *counted)
{
    const struct site_info *unit = site;
    const struct ground *place = &a->places[site->index];

    for (const struct site_info *at = around(a, site); at; at = around(a, at)) {
        struct ground *outer = &a->places[at->index];

        for (int how = 0; how < TAKINGS; how++) {
            if (place->by[how] && !outer->inner[how])
                outer->inner[how] = site->entity;
            outer->roomy[how] |= place->by[how] && !is_level(site, "host") && !is_level(site, "rack");
        }
        if (place->by[TAKEN_LOST])
            add_level(outer, site->level[0] ? site->level : "region");
        outer->whole |= is_level(site, "region") || is_level(site, "provider");
        if (!counted[unit->index])
            outer->zones++;
        if (is_level(at, "zone")) { /* from here on it is this zone that counts, once */
            counted[unit->index] = true;
            unit = at;
        }
    }
    counted[unit->index] = true;
}

/* A region whose zones are all taken is a name. Where one alone is declared there are others of which nobody speaks. */
static void find_hollow(struct analysis *a)
{
    uint32_t *zones = ARENA_ARRAY(a->arena, uint32_t, a->plan->site_count), *gone = ARENA_ARRAY(a->arena, uint32_t, a->plan->site_count);

    for (uint32_t i = 0; i < a->plan->site_count; i++) {
        const struct site_info *site = &a->plan->sites[i], *outer = is_level(site, "zone") ? around(a, site) : NULL;

        if (!outer)
            continue;
        zones[outer->index]++;
        gone[outer->index] += a->site_lost[i] || a->site_compromised[i] || a->site_cut[i];
    }
    for (uint32_t i = 0; i < a->plan->site_count; i++)
        a->places[i].hollow = zones[i] > 1 && gone[i] == zones[i];
}

/* A store that jobs write to with a shell (`writers_delete`) is a way to the host it lies on, for whoever holds where those jobs run. */
static bool reach_store(struct analysis *a, struct entity **held, struct entity *by, struct value to)
{
    struct value at = to.type == VALUE_ENTITY ? entity_slot(to.u.entity, STORE_site) : value_unknown();
    const struct site_info *site = at.type == VALUE_ENTITY ? plan_site(a->plan, at.u.entity) : NULL;

    if (!site || !is_level(site, "host") || marked(a, held, site) || !writers_delete(a, to.u.entity))
        return false;
    held[site->index] = by;
    return true;
}

static bool reach_stores(struct analysis *a, struct entity **held, struct entity *by, const struct entity *owner)
{
    struct entity *backup;
    bool reached = false;

    for (uint32_t i = 0; (backup = entity_child(owner, BLOCK_BACKUP, &i));) {
        struct value copies = entity_slot(backup, BACKUP_copies);

        reached |= reach_store(a, held, by, entity_slot(backup, BACKUP_to));
        for (uint32_t c = 0; copies.type == VALUE_LIST && c < copies.u.list->count; c++)
            reached |= reach_store(a, held, by, copies.u.list->items[c]);
    }
    return reached;
}

static void reach_through_jobs(struct analysis *a, struct entity **held)
{
    struct value compromises = entity_slot(a->scenario->scenario, SCENARIO_compromises);
    bool reached = compromises.type == VALUE_LIST && compromises.u.list->count;

    while (reached) { /* each time one more host is held */
        reached = false;
        for (uint32_t i = 0; i < a->plan->asset_count; i++) {
            const struct asset *asset = &a->plan->assets[i];
            struct entity *by = NULL, **groups;
            uint32_t count;

            for (uint32_t s = 0; s < asset->site_count && !by; s++)
                by = marked(a, held, asset->sites[s]);
            if (!by)
                continue;
            reached |= reach_stores(a, held, by, asset->entity);
            groups = asset_groups(a, asset, &count);
            for (uint32_t g = 0; g < count; g++)
                reached |= reach_stores(a, held, by, groups[g]);
        }
    }
}

/* What is asked when the scenario is no longer at work: whoever looks for a change that mends something asks where it may be. */
static void keep_standing(struct analysis *a)
{
    uint32_t stores = (uint32_t)a->model->declared[BLOCK_STORE].list.len;
    bool *places = ARENA_ARRAY(a->arena, bool, a->plan->site_count), *stand = ARENA_ARRAY(a->arena, bool, stores);

    for (uint32_t i = 0; i < a->plan->site_count; i++)
        places[i] = place_stands(a, &a->plan->sites[i]);
    for (uint32_t i = 0; i < stores; i++) {
        const struct entity *store = a->model->declared[BLOCK_STORE].list.items[i];
        struct value site = entity_slot(store, STORE_site);

        stand[store->index] = site.type != VALUE_ENTITY || stands_at(a, store, plan_site(a->plan, site.u.entity));
    }
    a->scenario->places_stand = places;
    a->scenario->stores_stand = stand;
}

void mark_places(struct analysis *a)
{
    struct entity **lost = listed(a, SCENARIO_loses), **held = listed(a, SCENARIO_compromises), **cut = listed(a, SCENARIO_partitions);
    bool *counted = ARENA_ARRAY(a->arena, bool, a->plan->site_count);

    a->places = ARENA_ARRAY(a->arena, struct ground, a->plan->site_count);
    a->nearest = (struct map){0};
    a->held_writers = a->needs_come = (struct map){0};
    mark_others(a, lost);
    mark_others(a, cut);
    reach_through_people(a, held);
    reach_through_jobs(a, held);
    for (uint32_t i = 0; i < a->plan->site_count; i++)
        take(a, &a->plan->sites[i], lost, held, cut);
    for (uint32_t i = 0; i < a->plan->site_count; i++) {
        const struct site_info *site = &a->plan->sites[i], *outer = around(a, site);

        if (taken_physically(a, site) && !(outer && taken_physically(a, outer)))
            tell_around(a, site, counted);
    }
    find_hollow(a);
    keep_standing(a);
}

/* ---------------------------------------------------------------- what that does to a thing */

static int64_t whole_number(struct value value)
{
    return value.type == VALUE_INT && value.u.integer > 0 ? value.u.integer : 0;
}

/* What the kind says of `self`. */
static struct value of_kind(const struct analysis *a, const struct entity *self, uint32_t row)
{
    struct entity *block = self->kind ? kind_deferred(self->kind, row) : NULL;

    return block ? eval_deferred(a->eval, block, row, scope_add(a->eval, NULL, "self", value_entity((struct entity *)(uintptr_t)self)))
                 : value_unknown();
}

/* What the kind of its asset says of replicas, or of standbys, in general. */
static struct value of_element(const struct analysis *a, const struct entity *thing, uint32_t row)
{
    bool replica = thing->schema->id == BLOCK_REPLICA;
    struct entity *self = thing->parent;

    for (const struct kind_info *kind = self->kind; kind; kind = kind->base) {
        uint32_t cursor = 0;
        struct entity *block = entity_child(kind->entity, replica ? BLOCK_KIND_REPLICA : BLOCK_KIND_STANDBY, &cursor);

        if (block && eval_is_written(block, row))
            return eval_deferred(a->eval, block, row,
                                 scope_add(a->eval, scope_add(a->eval, NULL, "self", value_entity(self)), replica ? "replica" : "standby",
                                           value_entity((struct entity *)(uintptr_t)thing)));
    }
    return value_unknown();
}

bool lag_is_enforced(const struct analysis *a, const struct entity *replica)
{
    struct value stated = entity_slot(replica, REPLICA_bounded), known = value_unknown();

    if (stated.type != VALUE_BOOL || !stated.u.integer)
        return false;
    known = of_element(a, replica, KIND_REPLICA_bounds);
    return known.type != VALUE_BOOL || known.u.integer;
}

bool kind_enforces_lag(const struct analysis *a, const struct entity *replica)
{
    struct value known = of_element(a, replica, KIND_REPLICA_bounds);

    return known.type == VALUE_BOOL && known.u.integer;
}

int64_t outlives(const struct analysis *a, const struct entity *thing)
{
    struct value own = value_unknown(), spans;

    switch (thing->schema->id) {
    case BLOCK_ASSET: own = entity_slot(thing, ASSET_tolerates); break;
    case BLOCK_STORE: own = entity_slot(thing, STORE_tolerates); break;
    case BLOCK_REPLICA: own = entity_slot(thing, REPLICA_tolerates); break;
    case BLOCK_STANDBY: own = entity_slot(thing, STANDBY_tolerates); break;
    default: return 0; /* a person, a secret, a place: it is somewhere */
    }
    if (value_is_known(own))
        return whole_number(own);
    if (thing->schema->id == BLOCK_REPLICA || thing->schema->id == BLOCK_STANDBY) {
        own = of_element(a, thing, thing->schema->id == BLOCK_REPLICA ? (uint32_t)KIND_REPLICA_tolerates : (uint32_t)KIND_STANDBY_tolerates);
        if (value_is_known(own))
            return whole_number(own);
        thing = thing->parent; /* it is made like what it stands in for */
        own = entity_slot(thing, ASSET_tolerates);
        if (value_is_known(own))
            return whole_number(own);
    }
    own = of_kind(a, thing, KIND_tolerates);
    if (value_is_known(own))
        return whole_number(own);
    spans = of_kind(a, thing, KIND_multi_zone);
    return spans.type == VALUE_BOOL && spans.u.integer ? 1 : 0;
}

/* How many zones it outlives is asked only where zones are taken. */
static bool may_be_inside(const struct analysis *a, const struct ground *place, const struct entity *thing, int64_t zones, enum taking how)
{
    if (thing && thing->schema->id == BLOCK_SITE)
        return false; /* something new is put where the place stands */
    if (thing && thing->schema->id == BLOCK_PERSON && !place->roomy[how])
        return false; /* who works in a hall is not inside of the machine that breaks */
    return place->whole || place->zones > (thing ? outlives(a, thing) : zones);
}

static struct entity *taken(const struct analysis *a, const struct entity *thing, int64_t zones, const struct site_info *site, enum taking how,
                            bool *perhaps)
{
    const struct ground *place = ground_of(a, site);

    *perhaps = false;
    if (place->by[how])
        return place->by[how];
    if (!place->inner[how] || !may_be_inside(a, place, thing, zones, how))
        return NULL;
    *perhaps = true;
    return place->inner[how];
}

struct entity *taken_with(const struct analysis *a, const struct entity *thing, const struct site_info *site, enum taking how, bool *perhaps)
{
    return taken(a, thing, 0, site, how, perhaps);
}

bool stands_if(const struct analysis *a, int64_t zones, const struct site_info *site)
{
    bool perhaps;

    for (int how = 0; site && how < TAKINGS; how++) {
        if (taken(a, NULL, zones, site, (enum taking)how, &perhaps))
            return false;
    }
    return true;
}

bool stands_at(const struct analysis *a, const struct entity *thing, const struct site_info *site)
{
    bool perhaps;

    for (int how = 0; site && how < TAKINGS; how++) {
        if (taken_with(a, thing, site, (enum taking)how, &perhaps))
            return false;
    }
    return true;
}

bool is_held(const struct analysis *a, const struct asset *asset)
{
    struct value list = entity_slot(a->scenario->scenario, SCENARIO_compromises);
    const struct entity *replica;
    bool perhaps;

    for (uint32_t i = 0; i < asset->site_count; i++) {
        if (taken_with(a, asset->entity, asset->sites[i], TAKEN_HELD, &perhaps))
            return true;
    }
    for (uint32_t i = 0; list.type == VALUE_LIST && list.u.list->count && (replica = entity_child(asset->entity, BLOCK_REPLICA, &i));) {
        const struct site_info *site = plan_site(a->plan, model_find(a->model, BLOCK_SITE, replica->name));

        if (site && is_word(entity_slot(replica, REPLICA_mode), "multi_writer") && taken_with(a, replica, site, TAKEN_HELD, &perhaps))
            return true;
    }
    return false;
}

uint32_t zones_taken_around(const struct analysis *a, const struct site_info *site)
{
    const struct site_info *area = around(a, site);

    for (const struct site_info *at = site; at; at = around(a, at)) {
        if (is_level(at, "region"))
            area = at;
    }
    return ground_of(a, area ? area : site)->zones;
}

/* ---------------------------------------------------------------- where something can be put */

bool place_stands(const struct analysis *a, const struct site_info *site)
{
    return !a->site_lost[site->index] && !a->site_compromised[site->index] && !a->site_cut[site->index] && !ground_of(a, site)->hollow;
}

/* ---------------------------------------------------------------- people */

/* Whether one of those named in a list, or in a slot, is in reach. */
static bool any_stands(const struct analysis *a, struct value who)
{
    if (who.type == VALUE_ENTITY)
        return somebody_stands(a, who.u.entity);
    for (uint32_t i = 0; who.type == VALUE_LIST && i < who.u.list->count; i++) {
        if (any_stands(a, who.u.list->items[i]))
            return true;
    }
    return false;
}

bool somebody_stands(const struct analysis *a, const struct entity *who)
{
    const struct site_info *site;
    struct value at;
    bool perhaps;

    if (who->schema->id != BLOCK_PERSON)
        return any_stands(a, entity_slot(who, TEAM_members)) || any_stands(a, entity_slot(who, TEAM_lead)) ||
               any_stands(a, entity_slot(who, TEAM_deputy));
    at = entity_slot(who, PERSON_at);
    site = at.type == VALUE_ENTITY ? plan_site(a->plan, at.u.entity) : NULL;
    /* Who is cut off is told nothing, and can do nothing beyond. */
    return !site || !(taken_with(a, who, site, TAKEN_LOST, &perhaps) || taken_with(a, who, site, TAKEN_CUT, &perhaps));
}

bool has_people(const struct entity *who)
{
    struct value members = who->schema->id == BLOCK_PERSON ? value_unknown() : entity_slot(who, TEAM_members);

    return who->schema->id == BLOCK_PERSON || (members.type == VALUE_LIST && members.u.list->count) ||
           entity_slot(who, TEAM_lead).type == VALUE_ENTITY || entity_slot(who, TEAM_deputy).type == VALUE_ENTITY;
}
