/* Names that users reach, and what asks whether a target of one is well. */
#include "model/names.h"

#include "base/address.h"

#include <string.h>

const char *name_without_dot(struct arena *arena, const char *name)
{
    size_t len = strlen(name);

    return len > 1 && name[len - 1] == '.' ? arena_strndup(arena, name, len - 1) : name;
}

const char *name_policy(const char *mode, const char *routing)
{
    return strcmp(mode, "manual") == 0 && strcmp(routing, "failover") == 0 ? "simple" : routing;
}

const char *check_asks(const char *type)
{
    if (strcmp(type, "alarm") == 0)
        return NULL;
    return strcmp(type, "http") == 0 || strcmp(type, "tcp") == 0 ? type : "https";
}

int64_t check_port(const char *type)
{
    return strcmp(type, "http") == 0 ? 80 : 443;
}

bool check_is_address(const char *text)
{
    struct address_block address;

    return !strchr(text, '/') && address_read(text, &address);
}

const char *check_address(const char *host, const char *value)
{
    struct address_block address;

    if (!host || check_is_address(host))
        return host;
    return value && address_read(value, &address) && address_is_public(&address) ? value : NULL;
}
