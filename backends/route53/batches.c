/* The JSON of one endpoint: health checks as `create-health-check` takes them, change batches for every way
 * traffic may move, and endpoint.json, from which traffic.sh knows the rest.
 *
 * A health check has no identifier before it exists. Where one is needed, the batches hold the name of the
 * check's file
 * ("health-check-east"), and traffic.sh puts the identifier in its place. */
#include "backends/route53/route53.h"

#include "backends/common/dns.h"
#include "base/units.h"
#include "base/utf8.h"
#include "emit/json.h"

#include <string.h>

struct out {
    struct strbuf text;
    struct jsonw json;
};

static void begin(struct out *out)
{
    strbuf_init(&out->text);
    jsonw_init(&out->json, &out->text);
    jsonw_object_begin(&out->json);
}

static const char *r53_folder(struct r53 *r53, const struct plan_endpoint *endpoint);

static void end(struct r53 *r53, struct out *out, const struct plan_endpoint *endpoint, const char *name)
{
    const char *path = arena_printf(r53->arena, "%s/%s.json", r53_folder(r53, endpoint), name);
    struct output_file *file;

    jsonw_object_end(&out->json);
    if (!jsonw_finish(&out->json))
        fileset_lose(r53->files, "route53", path, "a text in it is not UTF-8");
    file = fileset_add(r53->files, "route53", path, out->text.data, out->text.len, NULL);
    if (file && endpoint->origin)
        output_file_add_origin(r53->files, file, endpoint->origin);
    strbuf_release(&out->text);
}

const char *r53_name(struct r53 *r53, const char *text)
{
    return output_name(r53->arena, text);
}

static const char *r53_folder(struct r53 *r53, const struct plan_endpoint *endpoint)
{
    return arena_printf(r53->arena, "route53/%s", r53_name(r53, endpoint->name));
}

const char *r53_mode(const struct plan_endpoint *endpoint)
{
    static const char *const names[] = {"health", "manual", "stop", "arc"};

    return names[endpoint->mode];
}

static const char *routing_name(const struct plan_endpoint *endpoint)
{
    static const char *const names[] = {"simple", "failover", "weighted", "latency"};

    return names[endpoint->routing];
}

static const char *r53_alarm(struct r53 *r53, const struct plan_endpoint *endpoint)
{
    return arena_printf(r53->arena, "%s-%s-primary-out", r53->plan->name, endpoint->name);
}

/* ---- health checks ---- */

/* Names of the checks a target's record depends on, without the prefix: its request, its alarm, and for the
 * primary of `mode = stop` the switch. */
struct checks {
    const char *names[3];
    uint32_t count;
};

static const struct plan_target *standby_of(const struct plan_endpoint *endpoint)
{
    return endpoint->targets_count > 1 ? &endpoint->targets[1] : NULL;
}

static struct checks checks_of(struct r53 *r53, const struct plan_endpoint *endpoint, uint32_t target)
{
    const struct plan_probe *health = endpoint->targets[target].probe;
    const char *name = r53_name(r53, endpoint->targets[target].name);
    struct checks checks = {0};

    if (endpoint->mode == PLAN_MODE_arc)
        return checks;
    if (health && health->asks)
        checks.names[checks.count++] = name;
    if (health && health->alarm)
        checks.names[checks.count++] = arena_printf(r53->arena, "%s-alarm", name);
    if (endpoint->mode == PLAN_MODE_stop && target == 0 && standby_of(endpoint))
        checks.names[checks.count++] = "switch";
    return checks;
}

/* The one that combines several; a calculated check cannot watch another one. */
static const char *combined_name(struct r53 *r53, const struct plan_endpoint *endpoint, uint32_t target)
{
    return endpoint->mode == PLAN_MODE_stop && target == 0 ? "primary-serves"
                                                           : arena_printf(r53->arena, "%s-healthy", r53_name(r53, endpoint->targets[target].name));
}

const char *r53_check_type(const struct plan_probe *health)
{
    if (strcmp(health->asks, "tcp") == 0)
        return "TCP";
    if (strcmp(health->asks, "http") == 0)
        return health->search ? "HTTP_STR_MATCH" : "HTTP";
    return health->search ? "HTTPS_STR_MATCH" : "HTTPS";
}

static void request_check(struct r53 *r53, const struct plan_endpoint *endpoint, const struct plan_target *target)
{
    const struct plan_probe *health = target->probe;
    struct out out;
    struct jsonw *j = &out.json;

    begin(&out);
    jsonw_key_string(j, "Type", r53_check_type(health));
    if (health->host_is_address || health->address)
        jsonw_key_string(j, "IPAddress", health->host_is_address ? health->host : health->address);
    if (health->host)
        jsonw_key_string(j, "FullyQualifiedDomainName", health->host_is_address ? endpoint->fqdn : health->host);
    jsonw_key_int(j, "Port", health->port);
    if (health->path)
        jsonw_key_string(j, "ResourcePath", health->path);
    if (health->search && health->path)
        jsonw_key_string(j, "SearchString", health->search);
    jsonw_key_int(j, "RequestInterval", health->interval / MS_SECOND);
    jsonw_key_int(j, "FailureThreshold", health->threshold);
    if (strcmp(health->asks, "https") == 0)
        jsonw_key_bool(j, "EnableSNI", true);
    if (health->regions_count) {
        jsonw_key_array(j, "Regions");
        for (uint32_t i = 0; i < health->regions_count; i++)
            jsonw_string(j, health->regions[i]);
        jsonw_array_end(j);
    }
    end(r53, &out, endpoint, arena_printf(r53->arena, "health-check-%s", r53_name(r53, target->name)));
}

static void alarm_check(struct r53 *r53, const struct plan_endpoint *endpoint, const char *name, const char *alarm, const char *region,
                        const char *without_data)
{
    struct out out;
    struct jsonw *j = &out.json;

    begin(&out);
    jsonw_key_string(j, "Type", "CLOUDWATCH_METRIC");
    jsonw_key_object(j, "AlarmIdentifier");
    jsonw_key_string(j, "Region", region);
    jsonw_key_string(j, "Name", alarm);
    jsonw_object_end(j);
    jsonw_key_string(j, "InsufficientDataHealthStatus", without_data);
    end(r53, &out, endpoint, arena_printf(r53->arena, "health-check-%s", name));
}

static void combined_check(struct r53 *r53, const struct plan_endpoint *endpoint, uint32_t target)
{
    struct checks checks = checks_of(r53, endpoint, target);
    struct out out;
    struct jsonw *j = &out.json;

    if (checks.count < 2)
        return;
    begin(&out);
    jsonw_key_string(j, "Type", "CALCULATED");
    jsonw_key_int(j, "HealthThreshold", checks.count);
    jsonw_key_array(j, "ChildHealthChecks");
    for (uint32_t i = 0; i < checks.count; i++)
        jsonw_string(j, arena_printf(r53->arena, "health-check-%s", checks.names[i]));
    jsonw_array_end(j);
    end(r53, &out, endpoint, arena_printf(r53->arena, "health-check-%s", combined_name(r53, endpoint, target)));
}

/* mode = stop: an alarm in the recovery Region, a check of that alarm, and both checks of the primary as one.
 */
static void switch_checks(struct r53 *r53, const struct plan_endpoint *endpoint)
{
    const struct plan_target *standby = standby_of(endpoint);
    struct out out;
    struct jsonw *j = &out.json;

    if (!standby)
        return;
    begin(&out);
    jsonw_key_string(j, "AlarmName", r53_alarm(r53, endpoint));
    jsonw_key_string(j, "AlarmDescription",
                     arena_printf(r53->arena, "Set off by traffic.sh: takes %s away from the primary without a call to Route 53", endpoint->fqdn));
    jsonw_key_string(j, "Namespace", arena_printf(r53->arena, "drc/%s", r53->plan->name));
    jsonw_key_string(j, "MetricName", "PrimaryOut");
    jsonw_key_array(j, "Dimensions");
    jsonw_object_begin(j);
    jsonw_key_string(j, "Name", "Endpoint");
    jsonw_key_string(j, "Value", endpoint->name);
    jsonw_object_end(j);
    jsonw_array_end(j);
    jsonw_key_string(j, "Statistic", "Maximum");
    jsonw_key_int(j, "Period", 60);
    jsonw_key_int(j, "EvaluationPeriods", 1);
    jsonw_key_int(j, "Threshold", 1);
    jsonw_key_string(j, "ComparisonOperator", "GreaterThanOrEqualToThreshold");
    jsonw_key_string(j, "TreatMissingData", "ignore");
    end(r53, &out, endpoint, "alarm-switch");

    alarm_check(r53, endpoint, "switch", r53_alarm(r53, endpoint), standby->region, "Healthy");
}

/* The check a record carries; NULL: none. */
static const char *record_check(struct r53 *r53, const struct plan_endpoint *endpoint, uint32_t target)
{
    struct checks checks = checks_of(r53, endpoint, target);

    if (endpoint->routing == PLAN_ROUTING_simple || endpoint->mode == PLAN_MODE_manual)
        return NULL;
    if (endpoint->mode == PLAN_MODE_arc)
        return arena_printf(r53->arena, "health-check-%s-control", r53_name(r53, endpoint->targets[target].name));
    if (checks.count == 0)
        return NULL;
    return arena_printf(r53->arena, "health-check-%s", checks.count > 1 ? combined_name(r53, endpoint, target) : checks.names[0]);
}

/* ---- records ---- */

/* The record of `target`, leading to `to`. `weight` < 0: the target's own. */
static void record(struct r53 *r53, struct jsonw *j, const char *action, const struct plan_endpoint *endpoint, uint32_t target, uint32_t to,
                   int64_t weight)
{
    const struct plan_target *own = &endpoint->targets[target], *lead = &endpoint->targets[to];
    const char *check = record_check(r53, endpoint, target);

    jsonw_object_begin(j);
    jsonw_key_string(j, "Action", action);
    jsonw_key_object(j, "ResourceRecordSet");
    jsonw_key_string(j, "Name", endpoint->fqdn);
    jsonw_key_string(j, "Type", endpoint->record);
    if (endpoint->routing != PLAN_ROUTING_simple)
        jsonw_key_string(j, "SetIdentifier", own->name);
    if (endpoint->routing == PLAN_ROUTING_failover)
        jsonw_key_string(j, "Failover", target == 0 ? "PRIMARY" : "SECONDARY");
    if (endpoint->routing == PLAN_ROUTING_weighted)
        jsonw_key_int(j, "Weight", weight >= 0 ? weight : own->weight);
    if (endpoint->routing == PLAN_ROUTING_latency)
        jsonw_key_string(j, "Region", own->region);
    /* Kept where the record leads elsewhere too: if the check fails, the other record answers, and that leads
     * there as well. */
    if (check)
        jsonw_key_string(j, "HealthCheckId", check);
    if (lead->alias) {
        jsonw_key_object(j, "AliasTarget");
        jsonw_key_string(j, "HostedZoneId", lead->alias_zone ? lead->alias_zone : "");
        jsonw_key_string(j, "DNSName", lead->alias);
        jsonw_key_bool(j, "EvaluateTargetHealth", lead->evaluate_health);
        jsonw_object_end(j);
    } else {
        jsonw_key_int(j, "TTL", endpoint->ttl / MS_SECOND);
        jsonw_key_array(j, "ResourceRecords");
        jsonw_object_begin(j);
        jsonw_key_string(j, "Value", lead->value ? lead->value : "");
        jsonw_object_end(j);
        jsonw_array_end(j);
    }
    jsonw_object_end(j);
    jsonw_object_end(j);
}

static void batch_begin(struct r53 *r53, struct out *out, const struct plan_endpoint *endpoint, const char *what)
{
    /* Route 53 keeps 256 characters of a comment. */
    const char *comment = arena_printf(r53->arena, "%.120s (%.100s)", what, endpoint->origin ? endpoint->origin : r53->plan->name);
    size_t len = strlen(comment), whole;

    begin(out);
    if ((whole = utf8_invalid(comment, len)) < len)
        comment = arena_strndup(r53->arena, comment, whole);
    jsonw_key_string(&out->json, "Comment", comment);
    jsonw_key_array(&out->json, "Changes");
}

static void batch_end(struct r53 *r53, struct out *out, const struct plan_endpoint *endpoint, const char *name)
{
    jsonw_array_end(&out->json);
    end(r53, out, endpoint, name);
}

/* All records as they are in normal operation. */
static void normal_records(struct r53 *r53, struct jsonw *j, const char *action, const struct plan_endpoint *endpoint)
{
    uint32_t count = endpoint->routing == PLAN_ROUTING_simple ? 1 : endpoint->targets_count;

    for (uint32_t i = 0; i < count; i++)
        record(r53, j, action, endpoint, i, i, -1);
}

static void failover_batch(struct r53 *r53, const struct plan_endpoint *endpoint, uint32_t to)
{
    const char *name = r53_name(r53, endpoint->targets[to].name);
    struct out out;

    batch_begin(r53, &out, endpoint, arena_printf(r53->arena, "%s: lead %s to %s", endpoint->name, endpoint->fqdn, endpoint->targets[to].name));
    switch (endpoint->routing) {
    case PLAN_ROUTING_simple: record(r53, &out.json, "UPSERT", endpoint, 0, to, -1); break;
    case PLAN_ROUTING_failover: record(r53, &out.json, "UPSERT", endpoint, 0, to, -1); break;
    case PLAN_ROUTING_weighted:
        for (uint32_t i = 0; i < endpoint->targets_count; i++) {
            int64_t weight = endpoint->targets[to].weight;

            record(r53, &out.json, "UPSERT", endpoint, i, i, i != to ? 0 : weight > 0 ? weight : 100);
        }
        break;
    case PLAN_ROUTING_latency:
        for (uint32_t i = 0; i < endpoint->targets_count; i++)
            record(r53, &out.json, "UPSERT", endpoint, i, to, -1);
        break;
    }
    batch_end(r53, &out, endpoint, arena_printf(r53->arena, "failover-%s", name));

    batch_begin(r53, &out, endpoint, arena_printf(r53->arena, "%s: take failover-%s back, exactly what was there before", endpoint->name, name));
    normal_records(r53, &out.json, "UPSERT", endpoint);
    batch_end(r53, &out, endpoint, arena_printf(r53->arena, "rollback-%s", name));
}

static void batches(struct r53 *r53, const struct plan_endpoint *endpoint)
{
    struct out out;

    batch_begin(r53, &out, endpoint, arena_printf(r53->arena, "%s: the records of normal operation", endpoint->name));
    normal_records(r53, &out.json, "CREATE", endpoint);
    batch_end(r53, &out, endpoint, "create");

    batch_begin(r53, &out, endpoint, arena_printf(r53->arena, "%s: back to %s", endpoint->name, endpoint->targets[0].name));
    normal_records(r53, &out.json, "UPSERT", endpoint);
    batch_end(r53, &out, endpoint, "failback");

    for (uint32_t i = 1; i < endpoint->targets_count; i++)
        failover_batch(r53, endpoint, i);

    if (endpoint->routing == PLAN_ROUTING_simple)
        return;
    /* A plain record and a set of records cannot stand side by side: one batch, all or nothing. */
    struct plan_endpoint plain = *endpoint;

    plain.routing = PLAN_ROUTING_simple;
    batch_begin(r53, &out, endpoint, arena_printf(r53->arena, "%s: turn the plain record into %s records", endpoint->name, routing_name(endpoint)));
    record(r53, &out.json, "DELETE", &plain, 0, 0, -1);
    normal_records(r53, &out.json, "CREATE", endpoint);
    batch_end(r53, &out, endpoint, "adopt");
}

/* ---- endpoint.json ---- */

/* Every check with the file that makes it; one that takes another's identifier comes after it. */
static void list_checks(struct r53 *r53, struct jsonw *j, const struct plan_endpoint *endpoint)
{
    jsonw_key_array(j, "checks");
    for (uint32_t i = 0; i < endpoint->targets_count; i++) {
        struct checks checks = checks_of(r53, endpoint, i);

        for (uint32_t c = 0; c < checks.count; c++)
            jsonw_string(j, arena_printf(r53->arena, "health-check-%s", checks.names[c]));
        if (checks.count > 1)
            jsonw_string(j, arena_printf(r53->arena, "health-check-%s", combined_name(r53, endpoint, i)));
    }
    jsonw_array_end(j);
}

static void facts(struct r53 *r53, const struct plan_endpoint *endpoint)
{
    struct out out;
    struct jsonw *j = &out.json;

    begin(&out);
    jsonw_key_string(j, "schema", "drc.route53/1");
    jsonw_key_string(j, "plan", r53->plan->name);
    jsonw_key_string(j, "endpoint", endpoint->name);
    jsonw_key_string(j, "origin", endpoint->origin ? endpoint->origin : "");
    jsonw_key_string(j, "name", endpoint->fqdn);
    jsonw_key_string(j, "type", endpoint->record);
    jsonw_key_string(j, "zone", endpoint->zone);
    jsonw_key_string(j, "zone_id", endpoint->zone_id);
    jsonw_key_string(j, "mode", r53_mode(endpoint));
    jsonw_key_string(j, "routing", routing_name(endpoint));
    jsonw_key_int(j, "ttl_seconds", endpoint->kept / MS_SECOND);
    jsonw_key_array(j, "targets");
    for (uint32_t i = 0; i < endpoint->targets_count; i++) {
        const struct plan_target *target = &endpoint->targets[i];
        const char *name = r53_name(r53, target->name);

        jsonw_object_begin(j);
        jsonw_key_string(j, "name", target->name);
        jsonw_key_string(j, "set_identifier", endpoint->routing == PLAN_ROUTING_simple ? NULL : target->name);
        jsonw_key_string(j, "region", target->region);
        jsonw_key_bool(j, "primary", i == 0);
        jsonw_key_string(j, "health_check", record_check(r53, endpoint, i));
        jsonw_key_string(j, "leads_to", target->alias ? target->alias : target->value);
        jsonw_key_string(j, "batch", i == 0 ? "failback" : arena_printf(r53->arena, "failover-%s", name));
        jsonw_key_string(j, "rollback", i == 0 ? NULL : arena_printf(r53->arena, "rollback-%s", name));
        if (target->probe)
            jsonw_key_int(j, "detection_seconds", target->probe->notices / MS_SECOND);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    list_checks(r53, j, endpoint);
    if (endpoint->mode == PLAN_MODE_stop && standby_of(endpoint)) {
        jsonw_key_object(j, "switch");
        jsonw_key_string(j, "region", standby_of(endpoint)->region);
        jsonw_key_string(j, "alarm", r53_alarm(r53, endpoint));
        jsonw_key_string(j, "namespace", arena_printf(r53->arena, "drc/%s", r53->plan->name));
        jsonw_key_string(j, "metric", "PrimaryOut");
        jsonw_object_end(j);
    }
    end(r53, &out, endpoint, "endpoint");
}

bool r53_moves(const struct plan_endpoint *endpoint)
{
    return dns_is_of(endpoint, "route53");
}

void r53_endpoint(struct r53 *r53, const struct plan_endpoint *endpoint)
{
    if (endpoint->targets_count == 0)
        return;
    for (uint32_t i = 0; i < endpoint->targets_count && endpoint->mode != PLAN_MODE_arc; i++) {
        const struct plan_target *target = &endpoint->targets[i];

        if (target->probe && target->probe->asks)
            request_check(r53, endpoint, target);
        if (target->probe && target->probe->alarm)
            alarm_check(r53, endpoint, arena_printf(r53->arena, "%s-alarm", r53_name(r53, target->name)), target->probe->alarm,
                        target->probe->alarm_region, "LastKnownStatus");
        combined_check(r53, endpoint, i);
    }
    if (endpoint->mode == PLAN_MODE_stop)
        switch_checks(r53, endpoint);
    batches(r53, endpoint);
    facts(r53, endpoint);
}

/* ---- names that become one ---- */

struct named {
    const char *name; /* without prefix and suffix */
    const struct plan_target *target;
};

static void add_name(struct r53 *r53, const struct plan_endpoint *endpoint, struct named *names, uint32_t *count, const char *name,
                     const struct plan_target *target, struct diag_sink *sink)
{
    struct plan_place here = target->place, there;
    struct diag *diag;

    for (uint32_t i = 0; i < *count; i++) {
        if (names[i].target == target || !same_but_for_case(names[i].name, name))
            continue;
        there = names[i].target->place;
        diag = diag_report(sink, DIAG_E0790, (struct span){here.start, here.end},
                           "targets `%s` and `%s` would share files of `route53/%s`: both have `%s`", names[i].target->name, target->name,
                           r53_name(r53, endpoint->name), name);
        diag_label(diag, (struct span){there.start, there.end}, "the other one");
        diag_help(diag, "rename one of the two sites");
        return;
    }
    names[(*count)++] = (struct named){arena_strdup(r53->arena, name), target};
}

void r53_check_files(struct r53 *r53, const struct plan_endpoint *endpoint, struct diag_sink *sink)
{
    struct named *names = ARENA_ARRAY(r53->arena, struct named, endpoint->targets_count * 5);
    uint32_t count = 0;

    for (uint32_t i = 0; i < endpoint->targets_count; i++)
        add_name(r53, endpoint, names, &count, r53_name(r53, endpoint->targets[i].name), &endpoint->targets[i], sink);
    count = 0; /* batches and checks are different files */
    for (uint32_t i = 0; i < endpoint->targets_count; i++) {
        struct checks checks = checks_of(r53, endpoint, i);

        for (uint32_t c = 0; c < checks.count; c++)
            add_name(r53, endpoint, names, &count, checks.names[c], &endpoint->targets[i], sink);
        if (checks.count > 1)
            add_name(r53, endpoint, names, &count, combined_name(r53, endpoint, i), &endpoint->targets[i], sink);
    }
}
