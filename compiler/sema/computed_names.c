/* Computed fields of endpoints, their targets and health checks: what the published plan says of them as well. */
#include "model/names.h"
#include "model/places.h"
#include "sema/eval_internal.h"

static const char *text_at(struct evaluator *eval, struct entity *entity, uint32_t row)
{
    struct value value = entity ? eval_slot(eval, entity, row) : value_unknown();

    return value.type == VALUE_STRING ? value.u.string : value.type == VALUE_WORD ? value.u.word : NULL;
}

static struct value text_of(const char *text)
{
    return text ? value_string(text) : value_unknown();
}

static struct value word_of(struct evaluator *eval, const char *text)
{
    return text ? (struct value){.type = VALUE_WORD, .u.word = intern_str(eval->names, text)} : value_unknown();
}

/* Names and addresses of a target lead to its site. */
static struct value leads_to(struct evaluator *eval, struct entity *target, const char *text)
{
    struct value place = place_of(eval, target), value = text_of(text);

    return text && place.type == VALUE_ENTITY ? places_add(eval->model, value, places_of(eval->model, place.u.entity)) : value;
}

struct value endpoint_fqdn(struct evaluator *eval, struct entity *endpoint, uint32_t row)
{
    const char *name = text_at(eval, endpoint, row);

    return text_of(name ? name_without_dot(eval->arena, name) : NULL);
}

struct value endpoint_policy(struct evaluator *eval, struct entity *endpoint)
{
    const char *mode = text_at(eval, endpoint, ENDPOINT_mode), *routing = text_at(eval, endpoint, ENDPOINT_routing);

    return word_of(eval, mode && routing ? name_policy(mode, routing) : NULL);
}

struct value target_share(struct evaluator *eval, struct entity *target)
{
    struct value weight = eval_slot(eval, target, TARGET_weight);
    uint32_t cursor = 0;

    if (weight.type != VALUE_UNKNOWN)
        return weight;
    return value_int(VALUE_INT, entity_child(target->parent, BLOCK_TARGET, &cursor) == target ? FIRST_SHARE : 0);
}

static const char *host_of(struct evaluator *eval, struct entity *health)
{
    static const uint32_t rows[] = {TARGET_alias, TARGET_value};
    const char *host = text_at(eval, health, HEALTH_host);

    for (size_t i = 0; !host && i < sizeof rows / sizeof *rows; i++)
        host = text_at(eval, health->parent, rows[i]);
    return host;
}

struct value health_asks(struct evaluator *eval, struct entity *health)
{
    const char *type = text_at(eval, health, HEALTH_type);

    return word_of(eval, type ? check_asks(type) : NULL);
}

struct value health_port(struct evaluator *eval, struct entity *health)
{
    struct value port = eval_slot(eval, health, HEALTH_port);
    const char *type = text_at(eval, health, HEALTH_type);

    return port.type == VALUE_UNKNOWN && type ? value_int(VALUE_INT, check_port(type)) : port;
}

struct value health_address(struct evaluator *eval, struct entity *health)
{
    return leads_to(eval, health->parent, check_address(host_of(eval, health), text_at(eval, health->parent, TARGET_value)));
}

/* An address is no name to ask for: then it is that of the endpoint. */
struct value health_host_name(struct evaluator *eval, struct entity *health)
{
    const char *host = host_of(eval, health);

    if (host && check_is_address(host))
        return endpoint_fqdn(eval, health->parent->parent, ENDPOINT_name);
    return leads_to(eval, health->parent, host);
}
