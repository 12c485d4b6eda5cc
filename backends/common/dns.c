/* Reads the `endpoint` blocks into the terms of Route 53. Nothing is judged here: that is the targets'
 * `check`. */
#include "backends/common/dns.h"

#include "base/address.h"

#include <string.h>

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool dns_is_ipv4(const char *text)
{
    for (int part = 0; part < 4; part++) {
        int number = 0, digits = 0;

        if (part > 0 && *text++ != '.')
            return false;
        for (; *text >= '0' && *text <= '9' && digits < 4; text++, digits++)
            number = number * 10 + (*text - '0');
        if (digits == 0 || digits > 3 || number > 255)
            return false;
    }
    return *text == '\0';
}

bool dns_is_ipv6(const char *text)
{
    unsigned groups = 0, gaps = 0;

    if (!strchr(text, ':'))
        return false;
    while (*text) {
        unsigned digits = 0;

        if (text[0] == ':' && text[1] == ':') {
            gaps++;
            text += 2;
            continue;
        }
        if (*text == ':') {
            if (groups == 0)
                return false;
            text++;
        }
        for (; (*text >= '0' && *text <= '9') || (lower(*text) >= 'a' && lower(*text) <= 'f'); text++)
            digits++;
        if (digits == 0 || digits > 4)
            return false;
        groups++;
    }
    return gaps == 0 ? groups == 8 : gaps == 1 && groups < 8;
}

bool dns_is_name(const char *text)
{
    size_t len = strlen(text), label = 0;

    if (len == 0 || len > 253)
        return false;
    if (text[0] == '*' && text[1] == '.')
        text += 2;
    for (; *text; text++) {
        if (*text == '.') {
            if (label == 0 || text[-1] == '-')
                return false;
            label = 0;
        } else if (is_alnum(*text) || *text == '_' || (*text == '-' && label > 0)) {
            if (++label > 63)
                return false;
        } else {
            return false;
        }
    }
    return label > 0 && text[-1] != '-';
}

bool dns_within(const char *name, const char *zone)
{
    size_t name_len = strlen(name), zone_len = strlen(zone);
    const char *tail;

    if (zone_len == 0 || name_len < zone_len)
        return false;
    tail = name + name_len - zone_len;
    for (size_t i = 0; i < zone_len; i++) {
        if (lower(tail[i]) != lower(zone[i]))
            return false;
    }
    return tail == name || tail[-1] == '.';
}

static const char *without_final_dot(struct arena *arena, const char *name)
{
    size_t len = strlen(name);

    return len > 1 && name[len - 1] == '.' ? arena_strndup(arena, name, len - 1) : name;
}

/* Seconds, rounded up. */
static int64_t seconds_of(int64_t ms)
{
    return ms < 0 ? ms : ms / MS_SECOND + (ms % MS_SECOND != 0);
}

static const char **string_list(const struct plan *plan, struct arena *arena, struct entity *entity,
                                const char *name, uint32_t *count)
{
    struct value value = entity_get(plan->model, entity, name);
    const char **strings;

    *count = 0;
    if (value.type != VALUE_LIST)
        return NULL;
    strings = ARENA_ARRAY(arena, const char *, value.u.list->count);
    for (uint32_t i = 0; i < value.u.list->count; i++) {
        if (value.u.list->items[i].type == VALUE_STRING)
            strings[(*count)++] = value.u.list->items[i].u.string;
    }
    return strings;
}

static void read_health(const struct plan *plan, struct arena *arena, struct dns_target *target)
{
    struct dns_health *health = &target->health;
    struct model *model = plan->model;
    struct address_block address;
    uint32_t cursor = 0;
    const char *type;

    health->entity = entity_child(target->entity, BLOCK_HEALTH, &cursor);
    if (!health->entity)
        return;
    type = entity_string(model, health->entity, "type", "https");
    health->alarm = entity_string(model, health->entity, "alarm", NULL);
    health->alarm_region = entity_string(model, health->entity, "alarm_region", target->region);
    health->request = strcmp(type, "alarm") != 0;
    health->search = entity_string(model, health->entity, "search", NULL);
    health->secure = strcmp(type, "https") == 0 || strcmp(type, "calculated") == 0;
    if (strcmp(type, "tcp") == 0)
        health->type = "TCP";
    else if (strcmp(type, "http") == 0)
        health->type = health->search ? "HTTP_STR_MATCH" : "HTTP";
    else
        health->type = health->search ? "HTTPS_STR_MATCH" : "HTTPS";
    health->path = strcmp(type, "tcp") == 0 ? NULL : entity_string(model, health->entity, "path", "/health");
    health->host =
        entity_string(model, health->entity, "host", target->alias ? target->alias : target->value);
    health->host_is_address = health->host && (dns_is_ipv4(health->host) || dns_is_ipv6(health->host));
    /* A name may lead anywhere: where the target has an address that the internet reaches, that is asked, under the name. */
    if (health->host && !health->host_is_address && target->value && address_read(target->value, &address) && address_is_public(&address))
        health->address = target->value;
    health->port = entity_integer(model, health->entity, "port", strcmp(type, "http") == 0 ? 80 : 443);
    health->interval_s = seconds_of(entity_integer(model, health->entity, "interval", 30 * MS_SECOND));
    health->threshold = entity_integer(model, health->entity, "threshold", 3);
    /* Route 53 gives a TCP connection 10 s; HTTP and HTTPS 4 s to connect and 2 s to answer. */
    health->timeout_s = seconds_of(
        entity_integer(model, health->entity, "timeout", (strcmp(type, "tcp") == 0 ? 10 : 6) * MS_SECOND));
    if (__builtin_add_overflow(health->interval_s, health->timeout_s, &health->detect_s) ||
        __builtin_mul_overflow(health->detect_s, health->threshold, &health->detect_s))
        health->detect_s = INT64_MAX;
    health->regions = string_list(plan, arena, health->entity, "regions", &health->region_count);
}

static void read_target(const struct plan *plan, struct arena *arena, struct entity *entity,
                        struct dns_target *target)
{
    struct model *model = plan->model;
    struct entity *site = model_find(model, BLOCK_SITE, entity->name);

    target->entity = entity;
    target->name = entity->name;
    target->set_id = entity->name;
    target->site = site ? plan_site(plan, site) : NULL;
    target->region = target->site && target->site->region ? target->site->region : "";
    target->alias = entity_string(model, entity, "alias", NULL);
    target->alias_zone = entity_string(model, entity, "alias_zone", NULL);
    target->value = entity_string(model, entity, "value", NULL);
    target->weight = entity_integer(model, entity, "weight", -1);
    target->evaluate_health = entity_integer(model, entity, "evaluate_health", 1) != 0;
    read_health(plan, arena, target);
}

static enum dns_routing read_routing(const char *word)
{
    if (strcmp(word, "weighted") == 0)
        return DNS_WEIGHTED;
    if (strcmp(word, "latency") == 0)
        return DNS_LATENCY;
    return strcmp(word, "simple") == 0 ? DNS_SIMPLE : DNS_FAILOVER;
}

static enum dns_mode read_mode(const char *word)
{
    if (strcmp(word, "manual") == 0)
        return DNS_MANUAL;
    if (strcmp(word, "stop") == 0)
        return DNS_STOP;
    return strcmp(word, "arc") == 0 ? DNS_ARC : DNS_HEALTH;
}

struct dns_endpoint *dns_endpoints(const struct plan *plan, struct arena *arena, uint32_t *count)
{
    struct model *model = plan->model;
    struct dns_endpoint *endpoints;

    *count = model->declared[BLOCK_ENDPOINT].list.len;
    endpoints = ARENA_ARRAY(arena, struct dns_endpoint, *count);
    for (uint32_t i = 0; i < *count; i++) {
        struct entity *entity = model->declared[BLOCK_ENDPOINT].list.items[i];
        struct dns_endpoint *endpoint = &endpoints[i];
        struct entity *target;
        bool alias = false;

        endpoint->entity = entity;
        endpoint->name = entity->name;
        endpoint->fqdn = without_final_dot(arena, entity_string(model, entity, "name", ""));
        endpoint->zone = without_final_dot(arena, entity_string(model, entity, "zone", ""));
        endpoint->zone_id = entity_string(model, entity, "zone_id", NULL);
        endpoint->record = entity_string(model, entity, "record", "A");
        endpoint->mode = read_mode(entity_string(model, entity, "mode", "health"));
        endpoint->routing = read_routing(entity_string(model, entity, "routing", "failover"));
        /* By hand, one record is rewritten: a failover pair would move by itself. */
        if (endpoint->mode == DNS_MANUAL && endpoint->routing == DNS_FAILOVER)
            endpoint->routing = DNS_SIMPLE;
        endpoint->ttl_s = seconds_of(entity_integer(model, entity, "ttl", 60 * MS_SECOND));
        for (uint32_t at = 0; (target = entity_child(entity, BLOCK_TARGET, &at));)
            endpoint->target_count++;
        endpoint->targets = ARENA_ARRAY(arena, struct dns_target, endpoint->target_count);
        for (uint32_t at = 0, n = 0; (target = entity_child(entity, BLOCK_TARGET, &at)); n++) {
            read_target(plan, arena, target, &endpoint->targets[n]);
            alias = alias || endpoint->targets[n].alias;
        }
        endpoint->effective_ttl_s = alias ? 60 : endpoint->ttl_s;
    }
    return endpoints;
}
