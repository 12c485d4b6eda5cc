/* Health checks and records of the plan's endpoints, made as emissions like those of a kind, so that they are
 * checked, resolved and printed in one way. All of them belong to the root `global`: they are changed through
 * one control plane.
 *
 * health: a failover pair, the primary with its health check. manual: one plain record an operator rewrites,
 * which Terraform then leaves alone. stop: the primary is healthy only while an alarm in the recovery Region
 * is quiet; setting the alarm off there moves traffic without a call to Route 53. arc: routing controls with
 * a rule that one stays on. */
#include "backends/terraform/terraform.h"

#include "base/units.h"

#include <string.h>

/* ---- small builders ---- */

struct maker {
    struct tf *tf;
    struct arena *arena;
    const struct plan_endpoint *endpoint;
    struct plan_place place;
};

static struct plan_emitted_block *new_block(const struct maker *m, const char *type, const char *label, const char *label2)
{
    struct plan_emitted_block *block = ARENA_NEW(m->arena, struct plan_emitted_block);

    block->type = type;
    block->labels_count = label2 ? 2 : label ? 1 : 0;
    block->labels = ARENA_ARRAY(m->arena, const char *, 2);
    block->labels[0] = label;
    block->labels[1] = label2;
    block->place = m->place;
    return block;
}

static void set(const struct maker *m, struct plan_emitted_block *block, const char *name, struct plan_value value)
{
    struct plan_value *kept = ARENA_NEW(m->arena, struct plan_value);

    *kept = value;
    block->attributes = arena_grow(m->arena, block->attributes, block->attributes_count * sizeof *block->attributes,
                                   (block->attributes_count + 1) * sizeof *block->attributes);
    block->attributes[block->attributes_count++] = (struct plan_emitted_attribute){name, kept, NULL, m->place};
}

static struct plan_value text(enum plan_tag tag, const char *words)
{
    return (struct plan_value){.tag = (uint8_t)tag, .shape = PLAN_SHAPE_STRING, .text = words};
}

static void set_string(const struct maker *m, struct plan_emitted_block *block, const char *name, const char *words)
{
    set(m, block, name, text(PLAN_TAG_NONE, words));
}

static void set_int(const struct maker *m, struct plan_emitted_block *block, const char *name, int64_t number)
{
    set(m, block, name, (struct plan_value){.shape = PLAN_SHAPE_NUMBER, .number = number});
}

static void set_bool(const struct maker *m, struct plan_emitted_block *block, const char *name, bool yes)
{
    set(m, block, name, (struct plan_value){.shape = PLAN_SHAPE_BOOL, .truth = yes});
}

static struct plan_value source(const char *words)
{
    return text(PLAN_TAG_EXPRESSION, words);
}

static struct plan_value ref(const struct maker *m, const char *resource, const char *key, const char *attribute)
{
    struct plan_value to = {.tag = PLAN_TAG_REFERENCE, .shape = PLAN_SHAPE_PAIRS, .count = 3};

    to.pairs = ARENA_ARRAY(m->arena, struct plan_pair, 3);
    to.pairs[0] = (struct plan_pair){"resource", text(PLAN_TAG_NONE, resource)};
    to.pairs[1] = (struct plan_pair){"key", text(PLAN_TAG_NONE, key)};
    to.pairs[2] = (struct plan_pair){"attribute", text(PLAN_TAG_NONE, attribute)};
    return to;
}

static struct plan_value list(const struct maker *m, const struct plan_value *items, uint32_t count)
{
    struct plan_value made = {.shape = PLAN_SHAPE_ITEMS, .count = count};

    made.items = ARENA_ARRAY(m->arena, struct plan_value, count);
    for (uint32_t i = 0; i < count; i++)
        made.items[i] = items[i];
    return made;
}

static struct plan_value string_list(const struct maker *m, const char *const *items, uint32_t count)
{
    struct plan_value made = {.shape = PLAN_SHAPE_ITEMS, .count = count};

    made.items = ARENA_ARRAY(m->arena, struct plan_value, count);
    for (uint32_t i = 0; i < count; i++)
        made.items[i] = text(PLAN_TAG_NONE, items[i]);
    return made;
}

static struct plan_value object1(const struct maker *m, const char *key, const char *words)
{
    struct plan_value made = {.tag = PLAN_TAG_OBJECT, .shape = PLAN_SHAPE_PAIRS, .count = 1};

    made.pairs = ARENA_ARRAY(m->arena, struct plan_pair, 1);
    made.pairs[0] = (struct plan_pair){key, text(PLAN_TAG_NONE, words)};
    return made;
}

/* The place of the next one may differ: it is good until then. */
static struct plan_emitted_block *nest(const struct maker *m, struct plan_emitted_block *block, const char *type)
{
    block->blocks =
        arena_grow(m->arena, block->blocks, block->blocks_count * sizeof *block->blocks, (block->blocks_count + 1) * sizeof *block->blocks);
    block->blocks[block->blocks_count] = *new_block(m, type, NULL, NULL);
    return &block->blocks[block->blocks_count++];
}

static void ignore_changes(const struct maker *m, struct plan_emitted_block *block, const char *names)
{
    set(m, nest(m, block, "lifecycle"), "ignore_changes", source(names));
}

static void add(const struct maker *m, struct plan_emitted_block *block, bool shared)
{
    struct plan_emission *emission = ARENA_NEW(m->arena, struct plan_emission);

    emission->target = "terraform";
    emission->root = PLAN_ROOT_global;
    emission->file = "dns";
    emission->subject = m->endpoint->thing;
    emission->block = block;
    emission->shared = shared;
    vec_push(m->arena, &m->tf->made, emission);
}

static const char *ident(const struct maker *m, const char *more)
{
    return hcl_identifier(m->arena, more ? arena_printf(m->arena, "%s_%s", m->endpoint->name, more) : m->endpoint->name);
}

/* ---- health checks ---- */

static struct plan_emitted_block *new_check(const struct maker *m, const char *name, const char *type)
{
    struct plan_emitted_block *block = new_block(m, "resource", "aws_route53_health_check", name);

    set_string(m, block, "type", type);
    return block;
}

static void finish_check(const struct maker *m, struct plan_emitted_block *block, const char *title)
{
    struct plan_emitted_block *output;
    const char *name = block->labels[1];

    set(m, block, "tags", object1(m, "Name", title));
    /* Scripts invert or disable a check during an incident; an apply must not undo that. */
    ignore_changes(m, block, "[invert_healthcheck, disabled]");
    add(m, block, false);
    output = new_block(m, "output", arena_printf(m->arena, "%s_health_check_id", name), NULL);
    set_string(m, output, "description", arena_printf(m->arena, "Identifier of the Route 53 health check %s", name));
    set(m, output, "value", ref(m, "aws_route53_health_check", name, "id"));
    add(m, output, false);
}

static const char *check_type(const struct plan_probe *health)
{
    if (strcmp(health->asks, "tcp") == 0)
        return "TCP";
    if (strcmp(health->asks, "http") == 0)
        return health->search ? "HTTP_STR_MATCH" : "HTTP";
    return health->search ? "HTTPS_STR_MATCH" : "HTTPS";
}

static const char *request_check(const struct maker *m, const struct plan_target *target)
{
    const struct plan_probe *health = target->probe;
    const char *name = ident(m, target->name);
    struct plan_emitted_block *block = new_check(m, name, check_type(health));

    if (health->host_is_address) {
        set_string(m, block, "ip_address", health->host);
        set_string(m, block, "fqdn", m->endpoint->fqdn);
    } else if (health->host) {
        if (health->address)
            set_string(m, block, "ip_address", health->address);
        set_string(m, block, "fqdn", health->host);
    }
    set_int(m, block, "port", health->port);
    if (health->path)
        set_string(m, block, "resource_path", health->path);
    if (health->search && health->path)
        set_string(m, block, "search_string", health->search);
    set_int(m, block, "request_interval", health->interval / MS_SECOND);
    set_int(m, block, "failure_threshold", health->threshold);
    if (strcmp(health->asks, "https") == 0)
        set_bool(m, block, "enable_sni", true);
    if (health->regions_count)
        set(m, block, "regions", string_list(m, health->regions, health->regions_count));
    finish_check(m, block, arena_printf(m->arena, "%s %s", m->endpoint->name, target->name));
    return name;
}

static const char *alarm_check(const struct maker *m, const struct plan_target *target)
{
    const char *name = ident(m, arena_printf(m->arena, "%s_alarm", target->name));
    struct plan_emitted_block *block = new_check(m, name, "CLOUDWATCH_METRIC");

    set_string(m, block, "cloudwatch_alarm_name", target->probe->alarm);
    set_string(m, block, "cloudwatch_alarm_region", target->probe->alarm_region);
    set_string(m, block, "insufficient_data_health_status", "LastKnownStatus");
    finish_check(m, block, arena_printf(m->arena, "%s %s alarm", m->endpoint->name, target->name));
    return name;
}

/* At most what one target has (a request, an alarm) and the switch: a calculated check cannot watch another
 * one. */
struct checks {
    const char *names[3];
    uint32_t count;
};

static void own_checks(const struct maker *m, const struct plan_target *target, struct checks *checks)
{
    if (target->probe && target->probe->asks)
        checks->names[checks->count++] = request_check(m, target);
    if (target->probe && target->probe->alarm)
        checks->names[checks->count++] = alarm_check(m, target);
}

/* One check for the record: all of them must be well. */
static const char *combined(const struct maker *m, const struct checks *checks, const char *name, const char *title)
{
    struct plan_emitted_block *block;
    struct plan_value children[3];

    if (checks->count < 2)
        return checks->count ? checks->names[0] : NULL;
    for (uint32_t i = 0; i < checks->count; i++)
        children[i] = ref(m, "aws_route53_health_check", checks->names[i], "id");
    name = ident(m, name);
    block = new_check(m, name, "CALCULATED");
    set_int(m, block, "child_health_threshold", checks->count);
    set(m, block, "child_healthchecks", list(m, children, checks->count));
    finish_check(m, block, arena_printf(m->arena, "%s %s", m->endpoint->name, title));
    return name;
}

/* The first other target: who takes over. */
static const struct plan_target *standby_of(const struct plan_endpoint *endpoint)
{
    return endpoint->targets_count > 1 ? &endpoint->targets[1] : NULL;
}

/* An alarm in the recovery Region that traffic.sh sets off there, and the check that follows it. */
static void stop_check(const struct maker *m, struct checks *checks)
{
    const struct plan_target *standby = standby_of(m->endpoint);
    const char *name = ident(m, "switch"), *alarm;
    struct plan_emitted_block *block;

    if (!standby || !standby->site)
        return; /* dns_check reports it */
    alarm = arena_printf(m->arena, "%s-%s-primary-out", m->tf->plan->name, m->endpoint->name);
    block = new_block(m, "resource", "aws_cloudwatch_metric_alarm", name);
    set(m, block, "provider", text(PLAN_TAG_REF, standby->site->thing->id));
    set_string(m, block, "alarm_name", alarm);
    set_string(m, block, "alarm_description",
               arena_printf(m->arena, "Set off by traffic.sh: takes %s away from the primary without a call to Route 53", m->endpoint->fqdn));
    set_string(m, block, "namespace", arena_printf(m->arena, "drc/%s", m->tf->plan->name));
    set_string(m, block, "metric_name", "PrimaryOut");
    set(m, block, "dimensions", object1(m, "Endpoint", m->endpoint->name));
    set_string(m, block, "statistic", "Maximum");
    set_string(m, block, "comparison_operator", "GreaterThanOrEqualToThreshold");
    set_int(m, block, "threshold", 1);
    set_int(m, block, "period", 60);
    set_int(m, block, "evaluation_periods", 1);
    /* Without new data the decision stands. */
    set_string(m, block, "treat_missing_data", "ignore");
    add(m, block, false);

    block = new_check(m, name, "CLOUDWATCH_METRIC");
    set(m, block, "cloudwatch_alarm_name", ref(m, "aws_cloudwatch_metric_alarm", name, "alarm_name"));
    set_string(m, block, "cloudwatch_alarm_region", standby->region);
    set_string(m, block, "insufficient_data_health_status", "Healthy");
    finish_check(m, block, arena_printf(m->arena, "%s switch", m->endpoint->name));
    checks->names[checks->count++] = name;
}

/* ---- Application Recovery Controller ---- */

static const char *routing_control(const struct maker *m, const struct plan_target *target)
{
    const char *name = ident(m, target->name), *check = ident(m, arena_printf(m->arena, "%s_control", target->name));
    struct plan_emitted_block *block;

    block = new_block(m, "resource", "aws_route53recoverycontrolconfig_cluster", "this");
    set_string(m, block, "name", m->tf->plan->name);
    add(m, block, true);
    block = new_block(m, "resource", "aws_route53recoverycontrolconfig_control_panel", "this");
    set_string(m, block, "name", m->tf->plan->name);
    set(m, block, "cluster_arn", ref(m, "aws_route53recoverycontrolconfig_cluster", "this", "arn"));
    add(m, block, true);
    block = new_block(m, "resource", "aws_route53recoverycontrolconfig_routing_control", name);
    set_string(m, block, "name", arena_printf(m->arena, "%s-%s", m->endpoint->name, target->name));
    set(m, block, "cluster_arn", ref(m, "aws_route53recoverycontrolconfig_cluster", "this", "arn"));
    set(m, block, "control_panel_arn", ref(m, "aws_route53recoverycontrolconfig_control_panel", "this", "arn"));
    add(m, block, false);
    block = new_check(m, check, "RECOVERY_CONTROL");
    set(m, block, "routing_control_arn", ref(m, "aws_route53recoverycontrolconfig_routing_control", name, "arn"));
    finish_check(m, block, arena_printf(m->arena, "%s %s control", m->endpoint->name, target->name));
    return check;
}

static void safety_rule(const struct maker *m)
{
    struct plan_emitted_block *block = new_block(m, "resource", "aws_route53recoverycontrolconfig_safety_rule", ident(m, NULL)), *rule;
    struct plan_value *controls = ARENA_ARRAY(m->arena, struct plan_value, m->endpoint->targets_count);

    for (uint32_t i = 0; i < m->endpoint->targets_count; i++)
        controls[i] = ref(m, "aws_route53recoverycontrolconfig_routing_control", ident(m, m->endpoint->targets[i].name), "arn");
    set_string(m, block, "name", arena_printf(m->arena, "%s-one-serves", m->endpoint->name));
    set(m, block, "control_panel_arn", ref(m, "aws_route53recoverycontrolconfig_control_panel", "this", "arn"));
    set(m, block, "asserted_controls", list(m, controls, m->endpoint->targets_count));
    set_int(m, block, "wait_period_ms", 5000);
    rule = nest(m, block, "rule_config");
    set_bool(m, rule, "inverted", false);
    set_int(m, rule, "threshold", 1);
    set_string(m, rule, "type", "ATLEAST");
    add(m, block, false);
}

/* ---- records ---- */

static const char *zone_variable(const struct maker *m)
{
    const struct plan_endpoint *endpoint = m->endpoint;
    const char *zone = *endpoint->zone ? endpoint->zone : endpoint->fqdn;
    const char *name = arena_printf(m->arena, "zone_id_%s", hcl_identifier(m->arena, zone));
    struct tf_variable *variable = tf_variable(m->tf, tf_root(m->tf, PLAN_ROOT_global, NULL), name);

    if (!variable->description) {
        variable->description = arena_printf(m->arena, "Identifier of the hosted zone %s", zone);
        variable->place = endpoint->place;
    }
    if (!variable->value && endpoint->zone_id)
        variable->value = hcl_string(m->arena, endpoint->zone_id);
    return arena_printf(m->arena, "var.%s", name);
}

/* What traffic.sh moves, an apply after the failover must not move back. A failover pair with a health check
 * and what an alarm or a routing control decides are moved without touching the record. */
static void ignore_moves(const struct maker *m, struct plan_emitted_block *block, const struct plan_target *target, const char *check)
{
    const struct plan_endpoint *endpoint = m->endpoint;
    bool checked = check || (endpoint->routing == PLAN_ROUTING_failover && target != endpoint->targets);

    if (endpoint->mode == PLAN_MODE_stop || endpoint->mode == PLAN_MODE_arc || (endpoint->routing == PLAN_ROUTING_failover && checked))
        return;
    if (endpoint->routing == PLAN_ROUTING_weighted)
        ignore_changes(m, block, "[weighted_routing_policy]");
    else
        ignore_changes(m, block, target->alias ? "[alias]" : "[records]");
}

static void add_record(const struct maker *m, const struct plan_target *target, const char *check, bool alone)
{
    const struct plan_endpoint *endpoint = m->endpoint;
    struct plan_emitted_block *block = new_block(m, "resource", "aws_route53_record", alone ? ident(m, NULL) : ident(m, target->name));
    struct plan_emitted_block *nested;

    set(m, block, "zone_id", source(zone_variable(m)));
    set_string(m, block, "name", endpoint->fqdn);
    set_string(m, block, "type", endpoint->record);
    if (!target->alias) {
        set_int(m, block, "ttl", endpoint->ttl / MS_SECOND);
        set(m, block, "records", string_list(m, &target->value, target->value ? 1 : 0));
    }
    if (!alone)
        set_string(m, block, "set_identifier", target->name);
    if (!alone && check)
        set(m, block, "health_check_id", ref(m, "aws_route53_health_check", check, "id"));
    if (target->alias) {
        nested = nest(m, block, "alias");
        set_string(m, nested, "name", target->alias);
        set_string(m, nested, "zone_id", target->alias_zone ? target->alias_zone : "");
        set_bool(m, nested, "evaluate_target_health", target->evaluate_health);
    }
    if (!alone && endpoint->routing == PLAN_ROUTING_failover) {
        nested = nest(m, block, "failover_routing_policy");
        set_string(m, nested, "type", target == endpoint->targets ? "PRIMARY" : "SECONDARY");
    } else if (!alone && endpoint->routing == PLAN_ROUTING_weighted) {
        nested = nest(m, block, "weighted_routing_policy");
        set_int(m, nested, "weight", target->weight);
    } else if (!alone && endpoint->routing == PLAN_ROUTING_latency) {
        nested = nest(m, block, "latency_routing_policy");
        set_string(m, nested, "region", target->region);
    }
    ignore_moves(m, block, target, check);
    add(m, block, false);
}

static void add_endpoint(struct tf *tf, const struct plan_endpoint *endpoint)
{
    struct maker m = {tf, tf->arena, endpoint, endpoint->place};
    const char **checks = ARENA_ARRAY(tf->arena, const char *, endpoint->targets_count);

    if (endpoint->targets_count == 0)
        return;
    for (uint32_t i = 0; i < endpoint->targets_count; i++) {
        const struct plan_target *target = &endpoint->targets[i];
        bool stop = endpoint->mode == PLAN_MODE_stop && i == 0;
        struct checks own = {0};

        m.place = target->place;
        if (endpoint->mode == PLAN_MODE_arc) {
            checks[i] = routing_control(&m, target);
            continue;
        }
        own_checks(&m, target, &own);
        if (stop)
            stop_check(&m, &own);
        checks[i] = combined(&m, &own, stop ? "primary_serves" : arena_printf(tf->arena, "%s_healthy", target->name),
                             stop ? "primary serves" : arena_printf(tf->arena, "%s healthy", target->name));
    }
    m.place = endpoint->place;
    if (endpoint->mode == PLAN_MODE_arc && endpoint->targets_count > 1)
        safety_rule(&m);
    if (endpoint->routing == PLAN_ROUTING_simple) {
        add_record(&m, &endpoint->targets[0], NULL, true);
        return;
    }
    for (uint32_t i = 0; i < endpoint->targets_count; i++)
        add_record(&m, &endpoint->targets[i], endpoint->mode == PLAN_MODE_manual ? NULL : checks[i], false);
}

void tf_endpoints(struct tf *tf)
{
    for (uint32_t i = 0; i < tf->plan->endpoints_count; i++)
        add_endpoint(tf, &tf->plan->endpoints[i]);
}

/* ---- adopting records that exist ---- */

void tf_import_example(struct tf *tf, struct tf_root *root, struct fileset *files)
{
    struct hcl_body *file = hcl_body_new(tf->arena);
    struct strbuf text = STRBUF_INIT;

    if (tf->plan->endpoints_count == 0)
        return;
    hcl_comment(file, "Rename to imports.tf to take over records that exist already, then apply once and remove the file.\n"
                      "A plain record must first become a failover pair: see adopt.json of the endpoint in ../../route53.");
    hcl_blank(file);
    for (uint32_t i = 0; i < tf->plan->endpoints_count; i++) {
        const struct plan_endpoint *endpoint = &tf->plan->endpoints[i];
        struct maker m = {tf, tf->arena, endpoint, endpoint->place};
        bool alone = endpoint->routing == PLAN_ROUTING_simple;

        for (uint32_t t = 0; t < (alone && endpoint->targets_count ? 1 : endpoint->targets_count); t++) {
            const char *name = alone ? ident(&m, NULL) : ident(&m, endpoint->targets[t].name);
            struct hcl_body *import = hcl_block(file, "import", NULL, NULL);

            hcl_set_ref(import, "to", hcl_ref(tf->arena, "aws_route53_record", name));
            hcl_set(import, "id",
                    hcl_stringf(tf->arena, "%s_%s_%s%s%s", endpoint->zone_id ? endpoint->zone_id : "ZONE_ID", endpoint->fqdn, endpoint->record,
                                alone ? "" : "_", alone ? "" : endpoint->targets[t].name));
            hcl_blank(file);
        }
    }
    hcl_print(file, &text);
    tf_add(tf, files, root, "imports.tf.example", &text);
    strbuf_release(&text);
}
