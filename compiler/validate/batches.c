/* What the AWS CLI makes of the records and health checks of a name: batches of Route 53, checks, the facts that traffic.sh reads. Of each file is
 * worked out what it has to say by the plan, key by key; then the file is read, and has to say that and nothing else. */
#include "base/file_name.h"
#include "base/units.h"
#include "base/vec.h"
#include "validate/reading.h"

#include <string.h>

struct batches {
    struct reading *r;
    struct arena *arena;
    const struct plan_endpoint *endpoint;
    const char *folder;
    uint32_t files; /* that the plan asks for */
    VEC(struct said) said;
};

/* What a file has to say. */
struct said {
    const char *key, *value;
};

static void say_text(struct batches *b, const char *key, const char *value)
{
    vec_push(b->arena, &b->said, ((struct said){key, value ? value : "null"}));
}

static void say_number(struct batches *b, const char *key, int64_t value)
{
    say_text(b, key, arena_printf(b->arena, "%lld", (long long)value));
}

static void say_truth(struct batches *b, const char *key, bool value)
{
    say_text(b, key, value ? "true" : "false");
}

/* Compares the file with what was said, which is forgotten. `free`: a key whose text is for people. */
static void compare(struct batches *b, const char *name, const char *free)
{
    const char *path = arena_printf(b->arena, "%s/%s.json", b->folder, name);
    struct artifact artifact;
    struct scalars scalars;

    b->files++;
    if (!artifact_open(b->r, b->arena, path, &artifact)) {
        wrong_file(b->r, path, "it is missing");
    } else if (read_yaml(&artifact, b->arena, &scalars)) {
        for (uint32_t i = 0; i < b->said.len; i++)
            same_scalar(&artifact, &scalars, b->said.items[i].key, b->said.items[i].value);
        if (free)
            scalar_at(&scalars, free);
        scalars_end(&artifact, &scalars);
    }
    b->said.len = 0;
}

static const char *key(struct batches *b, const char *before, uint32_t number, const char *after)
{
    return arena_printf(b->arena, "%s[%u]%s", before, number, after);
}

/* ---- health checks ----------------------------------------------------------------------------- */

static const struct plan_target *standby(const struct plan_endpoint *endpoint)
{
    return endpoint->mode == PLAN_MODE_stop && endpoint->targets_count > 1 ? &endpoint->targets[1] : NULL;
}

static const char *alarm_of_switch(const struct batches *b)
{
    return arena_printf(b->arena, "%s-%s-primary-out", b->r->plan->name, b->endpoint->name);
}

struct watchers {
    const char *names[4]; /* of files; the last one, where there are several, combines the others */
    uint32_t count, parts;
};

/* What watches a target: its request, its alarm, the switch of the primary. */
static struct watchers watchers_of(const struct batches *b, uint32_t number)
{
    const struct plan_target *target = &b->endpoint->targets[number];
    const char *name = output_name(b->arena, target->name);
    struct watchers w = {0};

    if (b->endpoint->mode == PLAN_MODE_arc)
        return w;
    if (target->probe && target->probe->asks)
        w.names[w.count++] = arena_printf(b->arena, "health-check-%s", name);
    if (target->probe && target->probe->alarm)
        w.names[w.count++] = arena_printf(b->arena, "health-check-%s-alarm", name);
    if (number == 0 && standby(b->endpoint))
        w.names[w.count++] = "health-check-switch";
    w.parts = w.count;
    if (w.parts > 1)
        w.names[w.count++] = number == 0 && b->endpoint->mode == PLAN_MODE_stop ? "health-check-primary-serves"
                                                                                : arena_printf(b->arena, "health-check-%s-healthy", name);
    return w;
}

/* The check that a record carries; NULL: none. */
static const char *carried(const struct batches *b, uint32_t number)
{
    struct watchers w = watchers_of(b, number);

    if (b->endpoint->routing == PLAN_ROUTING_simple || b->endpoint->mode == PLAN_MODE_manual)
        return NULL;
    if (b->endpoint->mode == PLAN_MODE_arc)
        return arena_printf(b->arena, "health-check-%s-control", output_name(b->arena, b->endpoint->targets[number].name));
    return w.count ? w.names[w.count - 1] : NULL;
}

static void read_request(struct batches *b, const struct plan_target *target)
{
    const struct plan_probe *probe = target->probe;
    bool https = strcmp(probe->asks, "https") == 0, tcp = strcmp(probe->asks, "tcp") == 0;

    say_text(b, "Type", tcp ? "TCP" : arena_printf(b->arena, "%s%s", https ? "HTTPS" : "HTTP", probe->search ? "_STR_MATCH" : ""));
    if (probe->host_is_address || probe->address)
        say_text(b, "IPAddress", probe->host_is_address ? probe->host : probe->address);
    if (probe->host)
        say_text(b, "FullyQualifiedDomainName", probe->host_is_address ? b->endpoint->fqdn : probe->host);
    say_number(b, "Port", probe->port);
    if (probe->path)
        say_text(b, "ResourcePath", probe->path);
    if (probe->path && probe->search)
        say_text(b, "SearchString", probe->search);
    say_number(b, "RequestInterval", probe->interval / MS_SECOND);
    say_number(b, "FailureThreshold", probe->threshold);
    if (https)
        say_truth(b, "EnableSNI", true);
    for (uint32_t i = 0; i < probe->regions_count; i++)
        say_text(b, key(b, "Regions", i, ""), probe->regions[i]);
    compare(b, arena_printf(b->arena, "health-check-%s", output_name(b->arena, target->name)), NULL);
}

static void read_alarm(struct batches *b, const char *name, const char *alarm, const char *region, const char *without_data)
{
    say_text(b, "Type", "CLOUDWATCH_METRIC");
    say_text(b, "AlarmIdentifier.Region", region);
    say_text(b, "AlarmIdentifier.Name", alarm);
    say_text(b, "InsufficientDataHealthStatus", without_data);
    compare(b, name, NULL);
}

static void read_checks(struct batches *b)
{
    for (uint32_t i = 0; i < b->endpoint->targets_count && b->endpoint->mode != PLAN_MODE_arc; i++) {
        const struct plan_target *target = &b->endpoint->targets[i];
        struct watchers w = watchers_of(b, i);

        if (target->probe && target->probe->asks)
            read_request(b, target);
        if (target->probe && target->probe->alarm)
            read_alarm(b, arena_printf(b->arena, "health-check-%s-alarm", output_name(b->arena, target->name)), target->probe->alarm,
                       target->probe->alarm_region, "LastKnownStatus");
        if (w.parts < 2)
            continue;
        say_text(b, "Type", "CALCULATED");
        say_number(b, "HealthThreshold", w.parts);
        for (uint32_t n = 0; n < w.parts; n++)
            say_text(b, key(b, "ChildHealthChecks", n, ""), w.names[n]);
        compare(b, w.names[w.parts], NULL);
    }
    if (standby(b->endpoint)) {
        say_text(b, "AlarmName", alarm_of_switch(b));
        say_text(b, "Namespace", arena_printf(b->arena, "drc/%s", b->r->plan->name));
        say_text(b, "MetricName", "PrimaryOut");
        say_text(b, "Dimensions[0].Name", "Endpoint");
        say_text(b, "Dimensions[0].Value", b->endpoint->name);
        say_text(b, "Statistic", "Maximum");
        say_text(b, "Period", "60");
        say_text(b, "EvaluationPeriods", "1");
        say_text(b, "Threshold", "1");
        say_text(b, "ComparisonOperator", "GreaterThanOrEqualToThreshold");
        say_text(b, "TreatMissingData", "ignore");
        compare(b, "alarm-switch", "AlarmDescription");
        read_alarm(b, "health-check-switch", alarm_of_switch(b), standby(b->endpoint)->region, "Healthy");
    }
}

/* ---- records ----------------------------------------------------------------------------------- */

/* The record of one target that leads to another; `plain`: the one that stood there before. */
static void say_record(struct batches *b, uint32_t number, const char *action, uint32_t of, uint32_t to, int64_t weight, bool plain)
{
    const struct plan_endpoint *endpoint = b->endpoint;
    const struct plan_target *own = &endpoint->targets[of], *lead = &endpoint->targets[to];
    enum plan_choice_ROUTING routing = plain ? PLAN_ROUTING_simple : (enum plan_choice_ROUTING)endpoint->routing;
    const char *check = routing == PLAN_ROUTING_simple ? NULL : carried(b, of);

#define SET(name) key(b, "Changes", number, ".ResourceRecordSet." name)
    say_text(b, key(b, "Changes", number, ".Action"), action);
    say_text(b, SET("Name"), endpoint->fqdn);
    say_text(b, SET("Type"), endpoint->record);
    if (routing != PLAN_ROUTING_simple)
        say_text(b, SET("SetIdentifier"), own->name);
    if (routing == PLAN_ROUTING_failover)
        say_text(b, SET("Failover"), of == 0 ? "PRIMARY" : "SECONDARY");
    if (routing == PLAN_ROUTING_weighted)
        say_number(b, SET("Weight"), weight);
    if (routing == PLAN_ROUTING_latency)
        say_text(b, SET("Region"), own->region);
    if (check)
        say_text(b, SET("HealthCheckId"), check);
    if (lead->alias) {
        say_text(b, SET("AliasTarget.HostedZoneId"), lead->alias_zone ? lead->alias_zone : "");
        say_text(b, SET("AliasTarget.DNSName"), lead->alias);
        say_truth(b, SET("AliasTarget.EvaluateTargetHealth"), lead->evaluate_health);
    } else {
        say_number(b, SET("TTL"), endpoint->ttl / MS_SECOND);
        say_text(b, SET("ResourceRecords[0].Value"), lead->value ? lead->value : "");
    }
#undef SET
}

/* As it is when all is well; `number` on. */
static void say_normal(struct batches *b, uint32_t number, const char *action)
{
    uint32_t count = b->endpoint->routing == PLAN_ROUTING_simple ? 1 : b->endpoint->targets_count;

    for (uint32_t i = 0; i < count; i++)
        say_record(b, number + i, action, i, i, b->endpoint->targets[i].weight, false);
}

static void read_failover(struct batches *b, uint32_t to)
{
    const struct plan_endpoint *endpoint = b->endpoint;
    const char *name = output_name(b->arena, endpoint->targets[to].name);

    switch (endpoint->routing) {
    case PLAN_ROUTING_weighted:
        for (uint32_t i = 0; i < endpoint->targets_count; i++)
            say_record(b, i, "UPSERT", i, i, i != to ? 0 : endpoint->targets[to].weight > 0 ? endpoint->targets[to].weight : 100, false);
        break;
    case PLAN_ROUTING_latency:
        for (uint32_t i = 0; i < endpoint->targets_count; i++)
            say_record(b, i, "UPSERT", i, to, 0, false);
        break;
    default: say_record(b, 0, "UPSERT", 0, to, 0, false); break; /* the primary's record leads there */
    }
    compare(b, arena_printf(b->arena, "failover-%s", name), "Comment");
    say_normal(b, 0, "UPSERT");
    compare(b, arena_printf(b->arena, "rollback-%s", name), "Comment");
}

static void read_records(struct batches *b)
{
    say_normal(b, 0, "CREATE");
    compare(b, "create", "Comment");
    say_normal(b, 0, "UPSERT");
    compare(b, "failback", "Comment");
    for (uint32_t i = 1; i < b->endpoint->targets_count; i++)
        read_failover(b, i);
    if (b->endpoint->routing == PLAN_ROUTING_simple)
        return;
    say_record(b, 0, "DELETE", 0, 0, 0, true);
    say_normal(b, 1, "CREATE");
    compare(b, "adopt", "Comment");
}

/* ---- what traffic.sh reads --------------------------------------------------------------------- */

static void read_facts(struct batches *b)
{
    static const char *const modes[] = {"health", "manual", "stop", "arc"}, *const routings[] = {"simple", "failover", "weighted", "latency"};
    const struct plan_endpoint *endpoint = b->endpoint;
    uint32_t checks = 0;

    say_text(b, "schema", "drc.route53/1");
    say_text(b, "plan", b->r->plan->name);
    say_text(b, "endpoint", endpoint->name);
    say_text(b, "name", endpoint->fqdn);
    say_text(b, "type", endpoint->record);
    say_text(b, "zone", endpoint->zone);
    say_text(b, "zone_id", endpoint->zone_id);
    say_text(b, "mode", modes[endpoint->mode]);
    say_text(b, "routing", routings[endpoint->routing]);
    say_number(b, "ttl_seconds", endpoint->kept / MS_SECOND);
    for (uint32_t i = 0; i < endpoint->targets_count; i++) {
        const struct plan_target *target = &endpoint->targets[i];
        const char *name = output_name(b->arena, target->name);
        struct watchers w = watchers_of(b, i);

        say_text(b, key(b, "targets", i, ".name"), target->name);
        say_text(b, key(b, "targets", i, ".set_identifier"), endpoint->routing == PLAN_ROUTING_simple ? NULL : target->name);
        say_text(b, key(b, "targets", i, ".region"), target->region);
        say_truth(b, key(b, "targets", i, ".primary"), i == 0);
        say_text(b, key(b, "targets", i, ".health_check"), carried(b, i));
        say_text(b, key(b, "targets", i, ".leads_to"), target->alias ? target->alias : target->value);
        say_text(b, key(b, "targets", i, ".batch"), i ? arena_printf(b->arena, "failover-%s", name) : "failback");
        say_text(b, key(b, "targets", i, ".rollback"), i ? arena_printf(b->arena, "rollback-%s", name) : NULL);
        if (target->probe)
            say_number(b, key(b, "targets", i, ".detection_seconds"), target->probe->notices / MS_SECOND);
        for (uint32_t n = 0; n < w.count; n++)
            say_text(b, key(b, "checks", checks++, ""), w.names[n]);
    }
    if (standby(endpoint)) {
        say_text(b, "switch.region", standby(endpoint)->region);
        say_text(b, "switch.alarm", alarm_of_switch(b));
        say_text(b, "switch.namespace", arena_printf(b->arena, "drc/%s", b->r->plan->name));
        say_text(b, "switch.metric", "PrimaryOut");
    }
    compare(b, "endpoint", "origin");
}

void read_batches(struct reading *r)
{
    const char *path;
    uint32_t next = 0, wanted = 0, found = 0;

    if (!artifact_next(r, "route53/", &next, &path))
        return;
    for (uint32_t i = 0; i < r->plan->endpoints_count; i++) {
        const struct plan_endpoint *endpoint = &r->plan->endpoints[i];
        struct arena *arena;
        struct batches b;

        if (!endpoint->targets_count || !endpoint->moved_by || strcmp(endpoint->moved_by, "route53") != 0)
            continue;
        arena = arena_new();
        b = (struct batches){
            .r = r, .arena = arena, .endpoint = endpoint, .folder = arena_printf(arena, "route53/%s", output_name(arena, endpoint->name))};
        read_checks(&b);
        read_records(&b);
        read_facts(&b);
        wanted += b.files;
        arena_delete(arena);
    }
    for (next = 0; artifact_next(r, "route53/", &next, &path);)
        found += strlen(path) > 5 && strcmp(path + strlen(path) - 5, ".json") == 0;
    if (found != wanted)
        wrong_file(r, "route53", "there are %u files of JSON, and by the plan %u", found, wanted);
}
