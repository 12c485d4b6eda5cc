/* The endpoints of a plan as DNS sees them: records, targets and health checks, with the figures Route 53
 * works with (seconds, its own names of types). Shared by the Terraform and the Route 53 target, so that both
 * say the same. */
#ifndef DRC_BACKENDS_COMMON_DNS_H
#define DRC_BACKENDS_COMMON_DNS_H

#include "model/plan.h"
#include "source/diag.h"

enum dns_mode {
    DNS_HEALTH, /* health checks move traffic */
    DNS_MANUAL, /* an operator rewrites the record */
    DNS_STOP,   /* the recovery Region declares the primary out: no call to the control plane */
    DNS_ARC     /* routing controls of Application Recovery Controller */
};

enum dns_routing { DNS_SIMPLE, DNS_FAILOVER, DNS_WEIGHTED, DNS_LATENCY };

struct dns_health {
    struct entity *entity; /* the `health` block; NULL: the target has none */
    const char *type;      /* Route 53's name: HTTPS, HTTPS_STR_MATCH, HTTP, HTTP_STR_MATCH, TCP */
    bool request;          /* something is asked; false: only the alarm counts */
    const char *alarm, *alarm_region; /* CloudWatch alarm that must be quiet; NULL */
    bool secure;           /* HTTPS: SNI is sent */
    const char *host;      /* name or address checked; NULL when the specification does not say */
    bool host_is_address;  /* IPv4 or IPv6 */
    const char *address;   /* public one of the target, asked under the name `host`; NULL: whatever that name leads to, or `host` itself */
    const char *path;      /* NULL for TCP */
    const char *search;    /* NULL */
    int64_t port;
    int64_t interval_s; /* between two checks of one checker */
    int64_t threshold;  /* N failures in a row */
    int64_t timeout_s;  /* until one check fails; Route 53's figure by type unless written */
    int64_t detect_s;   /* N × (interval + timeout) */
    const char **regions;
    uint32_t region_count;
};

struct dns_target {
    struct entity *entity;          /* the `target` block */
    const char *name;               /* its label: a site */
    struct site_info *site;         /* NULL when no site has the name */
    const char *region;             /* "" */
    const char *alias, *alias_zone; /* alias record; NULL */
    const char *value;              /* plain record; NULL */
    int64_t weight;                 /* -1 when unset */
    bool evaluate_health;
    struct dns_health health;
    const char *set_id; /* set identifier: the label */
};

struct dns_endpoint {
    struct entity *entity;
    const char *name;    /* label */
    const char *fqdn;    /* "api.example.com", without a final dot */
    const char *zone;    /* "example.com"; "" when unset */
    const char *zone_id; /* NULL */
    const char *record;  /* "A" */
    enum dns_mode mode;
    enum dns_routing routing; /* what is emitted: manual and simple endpoints have one plain record */
    int64_t ttl_s;            /* of a plain record */
    int64_t effective_ttl_s;  /* 60 for aliases, whatever is written */
    struct dns_target *targets;
    uint32_t target_count;
};

/* All endpoints in declaration order, in the arena. */
struct dns_endpoint *dns_endpoints(const struct plan *plan, struct arena *arena, uint32_t *count);

/* What Route 53 would refuse, with a place. Both targets call it; the sink keeps one of each. */
void dns_check(const struct plan *plan, struct diag_sink *sink);

bool dns_is_ipv4(const char *text);
bool dns_is_ipv6(const char *text);
/* A host name: labels of 1 to 63 letters, digits, `-` and `_`, at most 253 characters; `*` may be the first
 * label. */
bool dns_is_name(const char *text);
bool dns_within(const char *name,
                const char *zone); /* the zone itself or a name below it, without regard to case */

#endif
