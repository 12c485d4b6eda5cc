/* Endpoints held against what DNS accepts, and those that Route 53 moves against what that accepts. Limits: API reference of HealthCheckConfig,
 * ResourceRecordSet and the developer guide's page on failover routing. */
#include "backends/common/dns.h"

#include "base/address.h"
#include "base/units.h"
#include "base/utf8.h"
#include "emit/fileset.h"

#include <string.h>

/* Regions with health checkers. */
static const char *const checker_regions[] = {
    "ap-northeast-1", "ap-southeast-1", "ap-southeast-2", "eu-west-1", "sa-east-1", "us-east-1", "us-west-1", "us-west-2",
};

static struct span span(struct plan_place place)
{
    return (struct span){place.start, place.end};
}

/* Where the attribute was written, else the block it is of. */
static struct span span_of(const struct plan_thing *thing, const char *name)
{
    for (uint32_t i = 0; thing->attributes.places && i < thing->attributes.count; i++) {
        if (strcmp(thing->attributes.pairs[i].key, name) == 0)
            return span(thing->attributes.places[i]);
    }
    return span(thing->place);
}

static bool is_route53(const struct plan_endpoint *endpoint)
{
    return dns_is_of(endpoint, "route53");
}

static bool is_address(const char *text, bool six)
{
    struct address_block address;

    return !strchr(text, '/') && address_read(text, &address) && address.six == six;
}

static void check_health(struct diag_sink *sink, const struct plan_endpoint *endpoint, const struct plan_target *target)
{
    const struct plan_probe *health = target->probe;
    const struct plan_thing *thing = health ? health->thing : NULL;
    const char *type;

    if (!health)
        return;
    type = plan_words(sink->arena, thing, "type", "https");
    if (!health->alarm && (strcmp(type, "calculated") == 0 || strcmp(type, "alarm") == 0))
        diag_help(diag_report(sink, DIAG_E0711, span_of(thing, "type"), "a health check of type `%s` does not say which alarm it follows", type),
                  "add `alarm = \"NAME\"`; a check of type `https` with an `alarm` wants both to be well");
    if (health->alarm && !*health->alarm_region)
        diag_help(diag_report(sink, DIAG_E0711, span_of(thing, "alarm"), "the Region of alarm `%s` is not known", health->alarm),
                  "add `alarm_region = \"REGION\"`, or label the target with a site in a Region");
    if (!health->asks)
        return;
    if (health->host_is_address) {
        struct address_block address;

        if (address_read(health->host, &address) && !address_is_public(&address))
            diag_help(diag_report(sink, DIAG_E0711, span_of(thing, "host"), "`%s` is asked from the internet, which leads to no private address",
                                  health->host),
                      "give the check a `host` that the internet reaches, or follow an `alarm` that watches from inside");
    }
    if (health->interval != 10 * MS_SECOND && health->interval != 30 * MS_SECOND)
        diag_help(diag_report(sink, DIAG_E0711, span_of(thing, "interval"), "Route 53 asks every 10 or every 30 seconds, not every %lld",
                              (long long)(health->interval / MS_SECOND)),
                  "write `interval = 10s` or `interval = 30s`");
    if (health->threshold < 1 || health->threshold > 10)
        diag_help(diag_report(sink, DIAG_E0711, span_of(thing, "threshold"), "the threshold is %lld failures in a row, and Route 53 takes 1 to 10",
                              (long long)health->threshold),
                  "write a threshold from 1 to 10");
    if (health->port < 1 || health->port > 65535)
        diag_help(diag_report(sink, DIAG_E0711, span_of(thing, "port"), "%lld is no port", (long long)health->port), "write a port from 1 to 65535");
    if (health->path && (health->path[0] != '/' || strlen(health->path) > 255))
        diag_help(diag_report(sink, DIAG_E0711, span_of(thing, "path"), "the path of a health check begins with `/` and has at most 255 characters"),
                  "write `path = \"/health\"`");
    if (health->search && (!health->path || strlen(health->search) == 0 || strlen(health->search) > 255))
        diag_help(
            diag_report(sink, DIAG_E0711, span_of(thing, "search"), "the text to search for has 1 to 255 characters, in an answer of http or https"),
            "shorten it, or leave it out");
    if (!health->host || (!health->host_is_address && !dns_is_name(health->host)))
        diag_help(diag_report(sink, DIAG_E0711, span_of(thing, "host"), "the health check of target `%s` has no host to ask", target->name),
                  "write `host = \"NAME\"`");
    if (health->host && endpoint->mode != PLAN_MODE_manual && endpoint->routing != PLAN_ROUTING_simple && strcmp(health->host, endpoint->fqdn) == 0)
        diag_help(diag_report(sink, DIAG_E0711, span_of(thing, "host"),
                              "the health check of target `%s` asks `%s`, which leads elsewhere once traffic has moved", target->name, health->host),
                  "ask the target itself: `host` is a name that always leads to this site");
    if (health->regions_count > 0 && health->regions_count < 3)
        diag_help(diag_report(sink, DIAG_E0711, span_of(thing, "regions"), "Route 53 checks from at least three Regions"),
                  "name three or more, or leave `regions` out to use all");
    for (uint32_t i = 0; i < health->regions_count; i++) {
        size_t count = sizeof checker_regions / sizeof *checker_regions;
        const char *near;
        struct diag *diag;
        bool known = false;

        for (size_t r = 0; r < count; r++)
            known = known || strcmp(health->regions[i], checker_regions[r]) == 0;
        if (known)
            continue;
        diag = diag_report(sink, DIAG_E0711, span_of(thing, "regions"), "Route 53 has no health checkers in `%s`", health->regions[i]);
        near = nearest(health->regions[i], checker_regions, count);
        if (near)
            diag_help(diag, "did you mean `%s`?", near);
        else
            diag_help(diag, "use Regions such as us-east-1, us-west-2, eu-west-1, ap-southeast-1");
    }
}

static void check_target(struct diag_sink *sink, const struct plan_endpoint *endpoint, const struct plan_target *target)
{
    const struct plan_thing *thing = target->thing;

    if (target->alias && target->value) {
        diag_help(diag_report(sink, DIAG_E0715, span(target->place), "target `%s` is an alias and a plain value at once", target->name),
                  "keep `alias` with `alias_zone`, or `value`");
    } else if (target->alias && !target->alias_zone && is_route53(endpoint)) {
        diag_help(diag_report(sink, DIAG_E0715, span(target->place), "the alias of target `%s` lacks its hosted zone", target->name),
                  "add `alias_zone`, the canonical hosted zone identifier of the load balancer");
    } else if (!target->alias && !target->value) {
        diag_help(diag_report(sink, DIAG_E0715, span(target->place), "target `%s` leads nowhere", target->name),
                  is_route53(endpoint) ? "add `alias` and `alias_zone` of a load balancer, or a `value`" : "add a `value`, or an `alias`");
    }
    if (target->alias && !dns_is_name(target->alias))
        diag_help(diag_report(sink, DIAG_E0715, span_of(thing, "alias"), "`%s` is no DNS name", target->alias),
                  "write the DNS name of the load balancer");
    if (target->alias && strcmp(endpoint->record, "CNAME") == 0 && is_route53(endpoint))
        diag_help(diag_report(sink, DIAG_E0715, span_of(thing, "alias"), "an alias to a load balancer is an A or AAAA record, not CNAME"),
                  "write `record = A`, or `value` instead of `alias`");
    if (target->value) {
        const char *want = strcmp(endpoint->record, "A") == 0      ? "an IPv4 address"
                           : strcmp(endpoint->record, "AAAA") == 0 ? "an IPv6 address"
                                                                   : "a host name";
        bool fits = strcmp(endpoint->record, "A") == 0      ? is_address(target->value, false)
                    : strcmp(endpoint->record, "AAAA") == 0 ? is_address(target->value, true)
                                                            : dns_is_name(target->value);

        if (!fits)
            diag_help(diag_report(sink, DIAG_E0715, span_of(thing, "value"), "`%s` is not %s, which an %s record leads to", target->value, want,
                                  endpoint->record),
                      "change the value, or `record`");
    }
    if (is_route53(endpoint))
        check_health(sink, endpoint, target);
}

/* What only Route 53 has moves no name that is not of it. */
static void check_mode(struct diag_sink *sink, const struct plan_endpoint *endpoint)
{
    struct diag *diag;

    if (is_route53(endpoint) || (endpoint->mode != PLAN_MODE_stop && endpoint->mode != PLAN_MODE_arc))
        return;
    diag = diag_report(sink, DIAG_E0719, span_of(endpoint->thing, "mode"), "`mode = %s` is of Route 53, and `%s` is of kind `%s`",
                       endpoint->mode == PLAN_MODE_stop ? "stop" : "arc", endpoint->name, endpoint->thing->kind ? endpoint->thing->kind : "");
    diag_help(diag, "write `mode = manual`, or `mode = health` where its provider's health checks move it");
}

/* How records share a name: of Route 53. */
static void check_routing(struct diag_sink *sink, const struct plan_endpoint *endpoint)
{
    bool weight = false;

    if (endpoint->routing == PLAN_ROUTING_failover && endpoint->targets_count != 2)
        diag_help(diag_report(sink, DIAG_E0719, span(endpoint->place),
                              "failover routing leads to one primary and one secondary target, and `%s` has %u", endpoint->name,
                              (unsigned)endpoint->targets_count),
                  endpoint->targets_count == 1 ? "add the target that takes over, or write `routing = simple`"
                                               : "write `routing = weighted`, or keep two targets");
    if (endpoint->routing == PLAN_ROUTING_failover && endpoint->mode == PLAN_MODE_health && !endpoint->targets[0].probe &&
        !endpoint->targets[0].alias)
        diag_help(diag_report(sink, DIAG_E0719, span(endpoint->targets[0].place), "nothing ever moves `%s`: its primary target has no health check",
                              endpoint->name),
                  "add `health { … }` to the first target, or write `mode = manual`");
    if (endpoint->mode == PLAN_MODE_stop && (endpoint->targets_count < 2 || !endpoint->targets[1].site || !*endpoint->targets[1].region))
        diag_help(diag_report(sink, DIAG_E0719, span(endpoint->place), "with `mode = stop` the second target of `%s` is a site in an AWS Region",
                              endpoint->name),
                  "label the second target with the recovery site, whose kind has a `region`");
    for (uint32_t i = 0; i < endpoint->targets_count; i++) {
        const struct plan_target *target = &endpoint->targets[i];

        weight = weight || target->weight > 0;
        if (endpoint->routing == PLAN_ROUTING_weighted && target->weight > 255)
            diag_help(diag_report(sink, DIAG_E0719, span(target->place), "the weight %lld is above 255", (long long)target->weight),
                      "scale the weights down");
        for (uint32_t other = 0; endpoint->routing == PLAN_ROUTING_latency && other < i; other++) {
            if (strcmp(endpoint->targets[other].region, target->region) == 0)
                diag_help(diag_report(sink, DIAG_E0719, span(target->place),
                                      "latency routing has one target in a Region, and `%s` is in that of `%s`", target->name,
                                      endpoint->targets[other].name),
                          "label targets with sites of different Regions");
        }
    }
    if (endpoint->routing == PLAN_ROUTING_weighted && !weight)
        diag_help(diag_report(sink, DIAG_E0719, span(endpoint->place), "every target of `%s` has the weight 0", endpoint->name),
                  "give the one that serves a weight above 0");
}

static void check_name(struct diag_sink *sink, const struct plan_endpoint *endpoint)
{
    const struct plan_thing *thing = endpoint->thing;

    if (!dns_is_name(endpoint->fqdn))
        diag_help(diag_report(sink, DIAG_E0716, span_of(thing, "name"), "`%s` is no DNS name", endpoint->fqdn),
                  "use labels of letters, digits and `-`, separated by dots");
    else if (*endpoint->zone && !dns_within(endpoint->fqdn, endpoint->zone))
        diag_help(diag_report(sink, DIAG_E0716, span_of(thing, "name"), "`%s` does not lie in the zone `%s`", endpoint->fqdn, endpoint->zone),
                  "change `name` or `zone`");
    else if (strcmp(endpoint->record, "CNAME") == 0 && strcmp(endpoint->fqdn, endpoint->zone) == 0)
        diag_help(diag_report(sink, DIAG_E0716, span_of(thing, "record"), "the top of the zone `%s` cannot be a CNAME", endpoint->zone),
                  "use an alias: `record = A` with `alias` and `alias_zone`");
}

/* Each endpoint has a folder of its own. */
static void check_folder(struct diag_sink *sink, const struct plan_endpoint *one, const struct plan_endpoint *other)
{
    const char *name = output_name(sink->arena, one->name);
    struct diag *diag;

    if (!same_but_for_case(name, output_name(sink->arena, other->name)))
        return;
    diag =
        diag_report(sink, DIAG_E0790, span(one->place), "endpoints `%s` and `%s` would share the folder `route53/%s`", one->name, other->name, name);
    diag_label(diag, span(other->place), "the other one");
    diag_help(diag, "give one of them a name that differs in letters, digits, `-` or `_`");
}

void dns_check(const struct plan_document *plan, struct diag_sink *sink)
{
    const struct plan_endpoint *endpoints = plan->endpoints;

    for (uint32_t i = 0; i < plan->endpoints_count; i++) {
        check_name(sink, &endpoints[i]);
        check_mode(sink, &endpoints[i]);
        if (endpoints[i].targets_count == 0)
            diag_help(diag_report(sink, DIAG_E0719, span(endpoints[i].place), "endpoint `%s` has no target", endpoints[i].name),
                      "add a `target SITE { … }`");
        else if (is_route53(&endpoints[i]))
            check_routing(sink, &endpoints[i]);
        for (uint32_t t = 0; t < endpoints[i].targets_count; t++)
            check_target(sink, &endpoints[i], &endpoints[i].targets[t]);
        for (uint32_t other = 0; other < i; other++) {
            struct diag *diag;

            if (is_route53(&endpoints[i]) && is_route53(&endpoints[other]))
                check_folder(sink, &endpoints[i], &endpoints[other]);
            if (!same_but_for_case(endpoints[other].fqdn, endpoints[i].fqdn) || strcmp(endpoints[other].record, endpoints[i].record) != 0)
                continue;
            diag = diag_report(sink, DIAG_E0716, span(endpoints[i].place), "endpoints `%s` and `%s` are the same %s record", endpoints[other].name,
                               endpoints[i].name, endpoints[i].record);
            diag_label(diag, span(endpoints[other].place), "the other one");
            diag_help(diag, "make one endpoint of the two, with all that it `serves`");
        }
    }
}
