/* Endpoints held against what Route 53 accepts. Limits: API reference of HealthCheckConfig, ResourceRecordSet
 * and the developer guide's page on failover routing. */
#include "backends/common/dns.h"

#include "base/utf8.h"
#include "base/address.h"
#include "emit/fileset.h"

#include <string.h>

/* Regions with health checkers. */
static const char *const checker_regions[] = {
    "ap-northeast-1", "ap-southeast-1", "ap-southeast-2", "eu-west-1",
    "sa-east-1",      "us-east-1",      "us-west-1",      "us-west-2",
};

static struct span span_of(const struct plan *plan, const struct entity *entity, const char *name)
{
    struct value value = entity_get(plan->model, entity, name);

    /* A value knows where it was written; a default does not. */
    if (value.origin && !value.defaulted)
        return (struct span){value.origin, value.origin};
    return entity->span;
}

static void check_health(const struct plan *plan, struct diag_sink *sink, const struct dns_endpoint *endpoint,
                         const struct dns_target *target)
{
    const struct dns_health *health = &target->health;
    const struct entity *entity = health->entity;
    const char *type;

    if (!entity)
        return;
    type = entity_string(plan->model, entity, "type", "https");
    if (!health->alarm && (strcmp(type, "calculated") == 0 || strcmp(type, "alarm") == 0))
        diag_help(diag_report(sink, DIAG_E0711, span_of(plan, entity, "type"),
                              "a health check of type `%s` does not say which alarm it follows", type),
                  "add `alarm = \"NAME\"`; a check of type `https` with an `alarm` wants both to be well");
    if (health->alarm && !*health->alarm_region)
        diag_help(diag_report(sink, DIAG_E0711, span_of(plan, entity, "alarm"),
                              "the Region of alarm `%s` is not known", health->alarm),
                  "add `alarm_region = \"REGION\"`, or label the target with a site in a Region");
    if (!health->request)
        return;
    if (health->host_is_address) {
        struct address_block address;

        if (address_read(health->host, &address) && !address_is_public(&address))
            diag_help(diag_report(sink, DIAG_E0711, span_of(plan, entity, "host"),
                                  "`%s` is asked from the internet, which leads to no private address", health->host),
                      "give the check a `host` that the internet reaches, or follow an `alarm` that watches from inside");
    }
    if (health->interval_s != 10 && health->interval_s != 30)
        diag_help(diag_report(sink, DIAG_E0711, span_of(plan, entity, "interval"),
                              "Route 53 asks every 10 or every 30 seconds, not every %lld",
                              (long long)health->interval_s),
                  "write `interval = 10s` or `interval = 30s`");
    if (health->threshold < 1 || health->threshold > 10)
        diag_help(diag_report(sink, DIAG_E0711, span_of(plan, entity, "threshold"),
                              "the threshold is %lld failures in a row, and Route 53 takes 1 to 10",
                              (long long)health->threshold),
                  "write a threshold from 1 to 10");
    if (health->port < 1 || health->port > 65535)
        diag_help(diag_report(sink, DIAG_E0711, span_of(plan, entity, "port"), "%lld is no port",
                              (long long)health->port),
                  "write a port from 1 to 65535");
    if (health->path && (health->path[0] != '/' || strlen(health->path) > 255))
        diag_help(diag_report(sink, DIAG_E0711, span_of(plan, entity, "path"),
                              "the path of a health check begins with `/` and has at most 255 characters"),
                  "write `path = \"/health\"`");
    if (health->search && (!health->path || strlen(health->search) == 0 || strlen(health->search) > 255))
        diag_help(
            diag_report(sink, DIAG_E0711, span_of(plan, entity, "search"),
                        "the text to search for has 1 to 255 characters, in an answer of http or https"),
            "shorten it, or leave it out");
    if (!health->host || (!health->host_is_address && !dns_is_name(health->host)))
        diag_help(diag_report(sink, DIAG_E0711, span_of(plan, entity, "host"),
                              "the health check of target `%s` has no host to ask", target->name),
                  "write `host = \"NAME\"`");
    if (health->host && endpoint->mode != DNS_MANUAL && endpoint->routing != DNS_SIMPLE &&
        strcmp(health->host, endpoint->fqdn) == 0)
        diag_help(
            diag_report(
                sink, DIAG_E0711, span_of(plan, entity, "host"),
                "the health check of target `%s` asks `%s`, which leads elsewhere once traffic has moved",
                target->name, health->host),
            "ask the target itself: `host` is a name that always leads to this site");
    if (health->region_count > 0 && health->region_count < 3)
        diag_help(diag_report(sink, DIAG_E0711, span_of(plan, entity, "regions"),
                              "Route 53 checks from at least three Regions"),
                  "name three or more, or leave `regions` out to use all");
    for (uint32_t i = 0; i < health->region_count; i++) {
        size_t count = sizeof checker_regions / sizeof *checker_regions;
        const char *near;
        struct diag *diag;
        bool known = false;

        for (size_t r = 0; r < count; r++)
            known = known || strcmp(health->regions[i], checker_regions[r]) == 0;
        if (known)
            continue;
        diag = diag_report(sink, DIAG_E0711, span_of(plan, entity, "regions"),
                           "Route 53 has no health checkers in `%s`", health->regions[i]);
        near = nearest(health->regions[i], checker_regions, count);
        if (near)
            diag_help(diag, "did you mean `%s`?", near);
        else
            diag_help(diag, "use Regions such as us-east-1, us-west-2, eu-west-1, ap-southeast-1");
    }
}

static void check_target(const struct plan *plan, struct diag_sink *sink, const struct dns_endpoint *endpoint,
                         const struct dns_target *target)
{
    struct entity *entity = target->entity;

    if (target->alias && target->value) {
        diag_help(diag_report(sink, DIAG_E0715, entity->span,
                              "target `%s` is an alias and a plain value at once", target->name),
                  "keep `alias` with `alias_zone`, or `value`");
    } else if (target->alias && !target->alias_zone) {
        diag_help(diag_report(sink, DIAG_E0715, entity->span,
                              "the alias of target `%s` lacks its hosted zone", target->name),
                  "add `alias_zone`, the canonical hosted zone identifier of the load balancer");
    } else if (!target->alias && !target->value) {
        diag_help(diag_report(sink, DIAG_E0715, entity->span, "target `%s` leads nowhere", target->name),
                  "add `alias` and `alias_zone` of a load balancer, or a `value`");
    }
    if (target->alias && !dns_is_name(target->alias))
        diag_help(diag_report(sink, DIAG_E0715, span_of(plan, entity, "alias"), "`%s` is no DNS name",
                              target->alias),
                  "write the DNS name of the load balancer");
    if (target->alias && strcmp(endpoint->record, "CNAME") == 0)
        diag_help(diag_report(sink, DIAG_E0715, span_of(plan, entity, "alias"),
                              "an alias to a load balancer is an A or AAAA record, not CNAME"),
                  "write `record = A`, or `value` instead of `alias`");
    if (target->value) {
        const char *want = strcmp(endpoint->record, "A") == 0      ? "an IPv4 address"
                           : strcmp(endpoint->record, "AAAA") == 0 ? "an IPv6 address"
                                                                   : "a host name";
        bool fits = strcmp(endpoint->record, "A") == 0      ? dns_is_ipv4(target->value)
                    : strcmp(endpoint->record, "AAAA") == 0 ? dns_is_ipv6(target->value)
                                                            : dns_is_name(target->value);

        if (!fits)
            diag_help(diag_report(sink, DIAG_E0715, span_of(plan, entity, "value"),
                                  "`%s` is not %s, which an %s record leads to", target->value, want,
                                  endpoint->record),
                      "change the value, or `record`");
    }
    check_health(plan, sink, endpoint, target);
}

static void check_routing(struct diag_sink *sink, const struct dns_endpoint *endpoint)
{
    const struct entity *entity = endpoint->entity;
    bool weight = false;

    if (endpoint->target_count == 0) {
        diag_help(diag_report(sink, DIAG_E0719, entity->span, "endpoint `%s` has no target", endpoint->name),
                  "add a `target SITE { … }`");
        return;
    }
    if (endpoint->routing == DNS_FAILOVER && endpoint->target_count != 2)
        diag_help(
            diag_report(sink, DIAG_E0719, entity->span,
                        "failover routing leads to one primary and one secondary target, and `%s` has %u",
                        endpoint->name, (unsigned)endpoint->target_count),
            endpoint->target_count == 1 ? "add the target that takes over, or write `routing = simple`"
                                        : "write `routing = weighted`, or keep two targets");
    if (endpoint->routing == DNS_FAILOVER && endpoint->mode == DNS_HEALTH &&
        !endpoint->targets[0].health.entity && !endpoint->targets[0].alias)
        diag_help(diag_report(sink, DIAG_E0719, endpoint->targets[0].entity->span,
                              "nothing ever moves `%s`: its primary target has no health check",
                              endpoint->name),
                  "add `health { … }` to the first target, or write `mode = manual`");
    if (endpoint->mode == DNS_STOP &&
        (endpoint->target_count < 2 || !endpoint->targets[1].site || !*endpoint->targets[1].region))
        diag_help(diag_report(sink, DIAG_E0719, entity->span,
                              "with `mode = stop` the second target of `%s` is a site in an AWS Region",
                              endpoint->name),
                  "label the second target with the recovery site, whose kind has a `region`");
    for (uint32_t i = 0; i < endpoint->target_count; i++) {
        const struct dns_target *target = &endpoint->targets[i];

        weight = weight || target->weight > 0 || (target->weight < 0 && i == 0);
        if (endpoint->routing == DNS_WEIGHTED && target->weight > 255)
            diag_help(diag_report(sink, DIAG_E0719, target->entity->span, "the weight %lld is above 255",
                                  (long long)target->weight),
                      "scale the weights down");
        for (uint32_t other = 0; endpoint->routing == DNS_LATENCY && other < i; other++) {
            if (strcmp(endpoint->targets[other].region, target->region) == 0)
                diag_help(
                    diag_report(sink, DIAG_E0719, target->entity->span,
                                "latency routing has one target in a Region, and `%s` is in that of `%s`",
                                target->name, endpoint->targets[other].name),
                    "label targets with sites of different Regions");
        }
    }
    if (endpoint->routing == DNS_WEIGHTED && !weight)
        diag_help(diag_report(sink, DIAG_E0719, entity->span, "every target of `%s` has the weight 0",
                              endpoint->name),
                  "give the one that serves a weight above 0");
}

static void check_name(const struct plan *plan, struct diag_sink *sink, const struct dns_endpoint *endpoint)
{
    const struct entity *entity = endpoint->entity;

    if (!dns_is_name(endpoint->fqdn))
        diag_help(diag_report(sink, DIAG_E0716, span_of(plan, entity, "name"), "`%s` is no DNS name",
                              endpoint->fqdn),
                  "use labels of letters, digits and `-`, separated by dots");
    else if (*endpoint->zone && !dns_within(endpoint->fqdn, endpoint->zone))
        diag_help(diag_report(sink, DIAG_E0716, span_of(plan, entity, "name"),
                              "`%s` does not lie in the zone `%s`", endpoint->fqdn, endpoint->zone),
                  "change `name` or `zone`");
    else if (strcmp(endpoint->record, "CNAME") == 0 && strcmp(endpoint->fqdn, endpoint->zone) == 0)
        diag_help(diag_report(sink, DIAG_E0716, span_of(plan, entity, "record"),
                              "the top of the zone `%s` cannot be a CNAME", endpoint->zone),
                  "use an alias: `record = A` with `alias` and `alias_zone`");
}

/* Each endpoint has a folder of its own. */
static void check_folder(struct diag_sink *sink, const struct dns_endpoint *one, const struct dns_endpoint *other)
{
    const char *name = output_name(sink->arena, one->name);
    struct diag *diag;

    if (!same_but_for_case(name, output_name(sink->arena, other->name)))
        return;
    diag = diag_report(sink, DIAG_E0790, one->entity->span, "endpoints `%s` and `%s` would share the folder `route53/%s`", one->name, other->name, name);
    diag_label(diag, other->entity->span, "the other one");
    diag_help(diag, "give one of them a name that differs in letters, digits, `-` or `_`");
}

void dns_check(const struct plan *plan, struct diag_sink *sink)
{
    uint32_t count;
    struct dns_endpoint *endpoints = dns_endpoints(plan, plan->arena, &count);

    for (uint32_t i = 0; i < count; i++) {
        check_name(plan, sink, &endpoints[i]);
        check_routing(sink, &endpoints[i]);
        for (uint32_t t = 0; t < endpoints[i].target_count; t++)
            check_target(plan, sink, &endpoints[i], &endpoints[i].targets[t]);
        for (uint32_t other = 0; other < i; other++) {
            struct diag *diag;

            check_folder(sink, &endpoints[i], &endpoints[other]);
            if (!same_but_for_case(endpoints[other].fqdn, endpoints[i].fqdn) ||
                strcmp(endpoints[other].record, endpoints[i].record) != 0)
                continue;
            diag = diag_report(sink, DIAG_E0716, endpoints[i].entity->span,
                               "endpoints `%s` and `%s` are the same %s record", endpoints[other].name,
                               endpoints[i].name, endpoints[i].record);
            diag_label(diag, endpoints[other].entity->span, "the other one");
            diag_help(diag, "make one endpoint of the two, with all that it `serves`");
        }
    }
}
