/* One machine told as two. What is declared at two places under one address is lost with both, and a proof that counts on the second counts on
 * nothing. Regions declared once for each account are one place, and the scenario takes them together (stands.c); hosts, stores, assets and
 * replicas of one address are a contradiction. Where two networks use the same addresses, a waiver says so. */
#include "analysis/clock/clock.h"
#include "analysis/common/entries.h"
#include "analysis/judge/judge.h"
#include "analysis/world/world.h"

#include "model/places.h"

#include <string.h>

/* A thing with an address, and where it is said to be. */
struct addressed {
    struct entity *thing;
    struct span span;
    const struct site_info *at;
};

static bool are_apart(const struct analysis *a, const struct site_info *x, const struct site_info *y)
{
    return x && y && !site_is_in(a, x, y->entity) && !site_is_in(a, y, x->entity) && !places_are_one(x->entity, y->entity);
}

static const char *called(const struct analysis *a, const struct addressed *thing)
{
    const struct entity *entity = thing->thing;

    if (entity->schema->id == BLOCK_SITE)
        return intern_text(a, "`%s`", entity->name);
    return entity->schema->id == BLOCK_REPLICA ? intern_text(a, "replica `%s` of `%s`", entity->name, entity->parent->name)
                                               : intern_text(a, "%s `%s` at `%s`", entity->schema->name, entity->name, thing->at->entity->name);
}

static void tell(struct analysis *a, const struct addressed *first, const struct addressed *second, const char *address)
{
    struct diag *diag = find(a, DIAG_E0582, (struct about){.subject = second->thing, .span = second->span}, "%s has the address of %s: `%s`",
                             called(a, second), called(a, first), address);

    if (!diag)
        return;
    diag_label(diag, first->span, "the same machine is elsewhere by this");
    diag_help(diag, "give each its own address, or put both at the place where that machine is");
}

/* Remembers who has the address, or tells that somebody elsewhere has it. */
static void take_text(struct analysis *a, struct map *seen, const struct addressed *thing, const char *text, size_t len)
{
    atom key = intern_add(a->model->names, text, len);
    const struct addressed *first = map_get(seen, key);

    if (first && (first->thing == thing->thing || !are_apart(a, first->at, thing->at)))
        return;
    if (first) {
        tell(a, first, thing, key);
        return;
    }
    first = ARENA_NEW(a->arena, struct addressed);
    *(struct addressed *)(uintptr_t)first = *thing;
    map_set(seen, a->arena, key, (void *)(uintptr_t)first);
}

/* The hosts that a text names: itself, and what stands between the marks of an URL, as far as a host is known by it. */
static void take_hosts(struct analysis *a, const struct map *hosts, const struct addressed *thing, const char *text)
{
    static const char between[] = "/@:[]=, ";

    for (const char *at = text; *at;) {
        size_t len = strcspn(at, between);
        const struct addressed *host = len ? map_get(hosts, intern_add(a->model->names, at, len)) : NULL;

        if (host && are_apart(a, host->at, thing->at)) {
            tell(a, host, thing, intern_add(a->model->names, at, len));
            return;
        }
        at += len;
        at += *at ? 1 : 0;
    }
}

static bool is_local(const char *address)
{
    return strcmp(address, "localhost") == 0 || strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0 || address[0] == '/';
}

/* Things name the machines they are on in attributes of their kind that are addresses. Of an asset at several places none is meant alone. */
static void take_thing(struct analysis *a, struct map *seen, const struct map *hosts, const struct addressed *thing)
{
    for (uint32_t slot = thing->thing->schema->row_count; thing->at && slot < thing->thing->slot_count; slot++) {
        const struct attr_row *info = entity_row_info(thing->thing, slot);
        struct value value = entity_slot(thing->thing, slot);

        if (!info || !(info->flags & ROW_ADDRESS) || value.type != VALUE_STRING || !value.u.string[0])
            continue;
        if (is_local(value.u.string))
            continue;
        take_text(a, seen, thing, value.u.string, strlen(value.u.string));
        take_hosts(a, hosts, thing, value.u.string);
    }
}

static void take_sites(struct analysis *a, struct map *hosts)
{
    for (uint32_t i = 0; i < a->plan->site_count; i++) {
        const struct site_info *site = &a->plan->sites[i];
        const char *address = strcmp(site->level, "host") == 0 ? place_address(site->entity) : NULL;
        struct addressed thing = {site->entity, site->entity->span, site};

        if (address && !is_local(address)) {
            take_text(a, hosts, &thing, address, strlen(address));
        } else if ((address = place_address(site->entity)) && strstr(address, "://")) {
            /* A service is known by the host of its URL; that two places name the same one is told by places_are_one(). */
            size_t len = strcspn(address = strstr(address, "://") + 3, "/:");
            atom host = intern_add(a->model->names, address, len);
            struct addressed *known = ARENA_NEW(a->arena, struct addressed);

            *known = thing;
            if (len && !map_get(hosts, host))
                map_set(hosts, a->arena, host, known);
        }
    }
}

/* ---------------------------------------------------------------- names users reach */

static const char *leads_to(const struct entity *target, uint32_t *row)
{
    *row = entity_slot(target, TARGET_alias).type == VALUE_STRING ? TARGET_alias : TARGET_value;
    return entity_slot(target, *row).type == VALUE_STRING ? entity_slot(target, *row).u.string : NULL;
}

/* A name that moves from a place to the address it had there moves nowhere. */
static void check_targets(struct analysis *a, const struct entity *endpoint)
{
    struct entity *first, *second;
    uint32_t one, other;

    for (uint32_t i = 0; (first = entity_child(endpoint, BLOCK_TARGET, &i));) {
        const char *address = leads_to(first, &one);
        const struct site_info *here = plan_site(a->plan, model_find(a->model, BLOCK_SITE, first->name));

        for (uint32_t j = i; address && (second = entity_child(endpoint, BLOCK_TARGET, &j));) {
            const struct site_info *there = plan_site(a->plan, model_find(a->model, BLOCK_SITE, second->name));
            const char *same = leads_to(second, &other);
            struct diag *diag;

            if (!same || strcmp(same, address) != 0 || !are_apart(a, here, there))
                continue;
            diag = find(a, DIAG_E0582, (struct about){.subject = second, .span = entity_attr_span(second, other)},
                        "target `%s` of `%s` has the address of target `%s`: `%s`", second->name, endpoint->name, first->name, address);
            if (!diag)
                continue;
            diag_label(diag, entity_attr_span(first, one), "the same machine is elsewhere by this");
            diag_help(diag, "give each the address under which what it serves answers there");
        }
    }
}

/* What a check of ours takes as long as its provider has it take, whatever is stated: no file can say less. */
static void check_clock(struct analysis *a, const struct entity *target)
{
    uint32_t cursor = 0;
    struct entity *health = entity_child(target, BLOCK_HEALTH, &cursor);
    struct value stated = health ? entity_slot(health, HEALTH_timeout) : value_unknown();
    struct diag *diag;
    int64_t least;

    if (stated.type != VALUE_DURATION || is_word(entity_slot(health, HEALTH_type), "alarm") || !name_mover(target->parent))
        return;
    least = provider_timeout(health);
    if (stated.u.integer >= least)
        return;
    diag = diag_report(a->sink, DIAG_E0587, entity_attr_span(health, HEALTH_timeout), "the health check of `%s` at `%s` cannot fail within %s",
                       target->parent->name, target->name, text_of_duration(a->arena, stated.u.integer));
    diag_help(diag, "leave `timeout` out, it is %s; or state a longer one", text_of_duration(a->arena, least));
}

/* Names of hosts are the same in any case of letters, and with the dot that ends them. */
static bool is_same_host(const char *x, const char *y)
{
    for (; *x && *y; x++, y++) {
        char a = *x >= 'A' && *x <= 'Z' ? (char)(*x + ('a' - 'A')) : *x, b = *y >= 'A' && *y <= 'Z' ? (char)(*y + ('a' - 'A')) : *y;

        if (a != b)
            return false;
    }
    return (!*x || strcmp(x, ".") == 0) && (!*y || strcmp(y, ".") == 0);
}

/* The target, in whatever name, that has the address and is elsewhere; or the name itself, if it is one that leads to several places. */
static const struct entity *leads_elsewhere(struct analysis *a, const struct entity *target, const char *host)
{
    const struct site_info *here = plan_site(a->plan, model_find(a->model, BLOCK_SITE, target->name));

    for (uint32_t i = 0; i < a->model->declared[BLOCK_ENDPOINT].list.len; i++) {
        const struct entity *endpoint = a->model->declared[BLOCK_ENDPOINT].list.items[i], *other;
        struct value name = entity_slot(endpoint, ENDPOINT_name);
        bool apart = false, same = false;
        uint32_t row;

        for (uint32_t t = 0; (other = entity_child(endpoint, BLOCK_TARGET, &t));) {
            const char *address = leads_to(other, &row);
            bool away = are_apart(a, here, plan_site(a->plan, model_find(a->model, BLOCK_SITE, other->name)));

            if (away && address && is_same_host(address, host))
                return other;
            apart |= away;
        }
        same = name.type == VALUE_STRING && is_same_host(name.u.string, host);
        if (same && apart && endpoint != target->parent) /* its own name: the targets tell (E0711) */
            return endpoint;
    }
    return NULL;
}

/* A check that asks the other side is green when its own is gone. */
static void check_host(struct analysis *a, const struct entity *target)
{
    uint32_t cursor = 0;
    const struct entity *health = entity_child(target, BLOCK_HEALTH, &cursor), *other;
    struct value host = health ? entity_slot(health, HEALTH_host) : value_unknown();
    struct diag *diag;

    if (host.type != VALUE_STRING || !host.u.string[0] || !(other = leads_elsewhere(a, target, host.u.string)))
        return;
    diag = find(a, DIAG_E0588, (struct about){.subject = (struct entity *)(uintptr_t)target, .span = entity_attr_span(health, HEALTH_host)},
                "the health check of `%s` at `%s` asks `%s`, which leads elsewhere", target->parent->name, target->name, host.u.string);
    if (!diag)
        return;
    diag_label(diag, other->span, other->schema->id == BLOCK_TARGET ? "to this target" : "wherever this name leads");
    diag_help(diag, "leave `host` out, or name what always leads to `%s`", target->name);
}

static void check_names(struct analysis *a)
{
    for (uint32_t i = 0; i < a->model->declared[BLOCK_ENDPOINT].list.len; i++) {
        const struct entity *endpoint = a->model->declared[BLOCK_ENDPOINT].list.items[i];
        struct entity *target;

        check_targets(a, endpoint);
        for (uint32_t t = 0; (target = entity_child(endpoint, BLOCK_TARGET, &t));) {
            check_clock(a, target);
            check_host(a, target);
        }
    }
}

void check_addresses(struct analysis *a)
{
    struct map hosts = {0}, seen = {0};
    struct entity *element;

    take_sites(a, &hosts);
    for (uint32_t i = 0; i < a->model->declared[BLOCK_STORE].list.len; i++) {
        struct entity *store = a->model->declared[BLOCK_STORE].list.items[i];
        struct value at = entity_slot(store, STORE_site);

        take_thing(a, &seen, &hosts, &(struct addressed){store, store->span, at.type == VALUE_ENTITY ? plan_site(a->plan, at.u.entity) : NULL});
    }
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        const struct asset *asset = &a->plan->assets[i];

        take_thing(a, &seen, &hosts, &(struct addressed){asset->entity, asset->entity->span, asset->site_count == 1 ? asset->sites[0] : NULL});
        for (uint32_t c = 0; (element = entity_child(asset->entity, BLOCK_REPLICA, &c));)
            take_thing(a, &seen, &hosts,
                       &(struct addressed){element, element->span, plan_site(a->plan, model_find(a->model, BLOCK_SITE, element->name))});
    }
    check_names(a);
}
