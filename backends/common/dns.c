/* Names of DNS: which texts are some, and which lie in which zone. */
#include "backends/common/dns.h"

#include <string.h>

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool dns_is_of(const struct plan_endpoint *endpoint, const char *target)
{
    return endpoint->moved_by && strcmp(endpoint->moved_by, target) == 0;
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
