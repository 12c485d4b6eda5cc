/* Names that users call, as the published plan has them: where they lead, what shows whether that is well, and how long until resolvers
 * follow. Made here once: Terraform, change batches and pages say the same. Nothing is judged: that is the targets' `check`. */
#include "analysis/output/document.h"

#include "analysis/world/world.h"
#include "model/names.h"

#include <string.h>

enum { ALIAS_KEPT = 60 * MS_SECOND }; /* those of Route 53, by resolvers, whatever is written */

/* Rounded up. */
static int64_t whole_seconds(int64_t ms)
{
    return ms < 0 || ms > INT64_MAX - MS_SECOND ? ms : (ms + MS_SECOND - 1) / MS_SECOND * MS_SECOND;
}

static const char **texts_of(struct maker *m, struct value list, uint32_t *count)
{
    const char **texts;

    if (list.type != VALUE_LIST)
        return NULL;
    texts = ARENA_ARRAY(m->arena, const char *, list.u.list->count);
    for (uint32_t i = 0; i < list.u.list->count; i++) {
        if (list.u.list->items[i].type == VALUE_STRING)
            texts[(*count)++] = list.u.list->items[i].u.string;
    }
    return texts;
}

static void fill_notices(struct plan_probe *out)
{
    int64_t one;

    if (out->timeout == PLAN_UNKNOWN)
        out->notices = PLAN_UNKNOWN;
    else if (__builtin_add_overflow(out->interval, out->timeout, &one) || __builtin_mul_overflow(one, out->threshold, &out->notices))
        out->notices = INT64_MAX;
}

static struct plan_probe *probe_of(struct maker *m, const struct entity *health, const struct plan_target *target, const char *mover)
{
    const struct model *model = m->plan->model;
    const char *type = health ? entity_string(model, health, "type", "https") : "";
    bool tcp = strcmp(type, "tcp") == 0;
    struct plan_probe *out;

    if (!health)
        return NULL;
    out = ARENA_NEW(m->arena, struct plan_probe);
    out->thing = document_thing(m, health);
    out->asks = check_asks(type);
    out->alarm = entity_string(model, health, "alarm", NULL);
    out->alarm_region = entity_string(model, health, "alarm_region", target->region);
    out->search = entity_string(model, health, "search", NULL);
    out->path = tcp ? NULL : entity_string(model, health, "path", "/health");
    out->host = entity_string(model, health, "host", target->alias ? target->alias : target->value);
    out->host_is_address = out->host && check_is_address(out->host);
    out->address = out->host_is_address ? NULL : check_address(out->host, target->value);
    out->port = entity_integer(model, health, "port", check_port(type));
    out->interval = whole_seconds(entity_integer(model, health, "interval", 30 * MS_SECOND));
    out->threshold = entity_integer(model, health, "threshold", 3);
    /* Route 53 gives a TCP connection 10 s; HTTP and HTTPS 4 s to connect and 2 s to answer. */
    out->timeout = whole_seconds(entity_integer(model, health, "timeout", mover ? (tcp ? 10 : 6) * MS_SECOND : PLAN_UNKNOWN));
    fill_notices(out);
    out->regions = texts_of(m, entity_get(model, health, "regions"), &out->regions_count);
    return out;
}

static void fill_target(struct maker *m, const struct entity *from, bool first, const char *mover, struct plan_target *out)
{
    const struct model *model = m->plan->model;
    uint32_t cursor = 0;

    out->name = from->name;
    out->thing = document_thing(m, from);
    out->site = document_place(m, model_find(model, BLOCK_SITE, from->name));
    out->region = out->site && out->site->region ? out->site->region : "";
    out->alias = entity_string(model, from, "alias", NULL);
    out->alias_zone = entity_string(model, from, "alias_zone", NULL);
    out->value = entity_string(model, from, "value", NULL);
    out->weight = entity_integer(model, from, "weight", first ? FIRST_SHARE : 0);
    out->evaluate_health = entity_integer(model, from, "evaluate_health", 1) != 0;
    out->probe = probe_of(m, entity_child(from, BLOCK_HEALTH, &cursor), out, mover);
    out->origin = document_origin(m, from->span);
    out->place = document_at(from->span);
}

static uint8_t word_of(const char *word, const char *const *words, uint8_t count, uint8_t fallback)
{
    for (uint8_t i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0)
            return i;
    }
    return fallback;
}

static void fill_records(struct maker *m, const struct entity *from, struct plan_endpoint *out)
{
    static const char *const modes[] = {"health", "manual", "stop", "arc"}, *const routings[] = {"simple", "failover", "weighted", "latency"};
    const struct model *model = m->plan->model;
    const char *mode = entity_string(model, from, "mode", "health");

    out->fqdn = name_without_dot(m->arena, entity_string(model, from, "name", ""));
    out->zone = name_without_dot(m->arena, entity_string(model, from, "zone", ""));
    out->zone_id = entity_string(model, from, "zone_id", NULL);
    out->record = entity_string(model, from, "record", "A");
    out->mode = word_of(mode, modes, PLAN_MODE_COUNT, PLAN_MODE_health);
    out->routing = word_of(name_policy(mode, entity_string(model, from, "routing", "failover")), routings, PLAN_ROUTING_COUNT, PLAN_ROUTING_failover);
    out->ttl = out->kept = whole_seconds(entity_integer(model, from, "ttl", 60 * MS_SECOND));
    out->propagation = entity_integer(model, from, "propagation", 60 * MS_SECOND);
}

static void fill_targets(struct maker *m, const struct entity *from, struct plan_endpoint *out)
{
    const struct entity *target;

    for (uint32_t at = 0; entity_child(from, BLOCK_TARGET, &at);)
        out->targets_count++;
    out->targets = ARENA_ARRAY(m->arena, struct plan_target, out->targets_count);
    for (uint32_t at = 0, n = 0; (target = entity_child(from, BLOCK_TARGET, &at)); n++) {
        fill_target(m, target, n == 0, out->moved_by, &out->targets[n]);
        if (out->targets[n].alias && out->moved_by)
            out->kept = ALIAS_KEPT;
    }
}

void make_names(struct maker *m)
{
    const struct model *model = m->plan->model;

    m->out->endpoints_count = model->declared[BLOCK_ENDPOINT].list.len;
    m->out->endpoints = ARENA_ARRAY(m->arena, struct plan_endpoint, m->out->endpoints_count);
    for (uint32_t i = 0; i < m->out->endpoints_count; i++) {
        const struct entity *entity = model->declared[BLOCK_ENDPOINT].list.items[i];
        struct plan_endpoint *out = &m->out->endpoints[i];

        out->name = entity->name;
        out->thing = document_thing(m, entity);
        out->serves = document_assets(m, entity, ENDPOINT_serves, &out->serves_count);
        out->origin = document_origin(m, entity->span);
        out->place = document_at(entity->span);
        out->moved_by = name_mover(entity);
        fill_records(m, entity, out);
        fill_targets(m, entity, out);
    }
}
