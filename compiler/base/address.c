/* Addresses of IP are read into sixteen bytes and a length of prefix; what overlaps or is public is a comparison of leading bits. */
#include "base/address.h"

#include <string.h>

static bool read_number(const char **text, unsigned base, unsigned digits, unsigned most, unsigned *number)
{
    unsigned count = 0;

    for (*number = 0; count < digits; count++) {
        char c = (*text)[count];
        unsigned digit;

        if (c >= '0' && c <= '9')
            digit = (unsigned)(c - '0');
        else if (base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            digit = (unsigned)((c | 0x20) - 'a') + 10;
        else
            break;
        *number = *number * base + digit;
    }
    /* A leading zero is octal for some programs and decimal for others. */
    if (count == 0 || *number > most || (base == 10 && count > 1 && **text == '0'))
        return false;
    *text += count;
    return true;
}

static bool read_four(const char **text, uint8_t *bytes)
{
    for (int i = 0; i < 4; i++) {
        unsigned number;

        if (i > 0 && *(*text)++ != '.')
            return false;
        if (!read_number(text, 10, 3, 255, &number))
            return false;
        bytes[i] = (uint8_t)number;
    }
    return true;
}

static bool read_six(const char **text, uint8_t *bytes)
{
    unsigned count = 0, gap = 8, group;
    uint8_t groups[16] = {0};
    bool pending = false; /* a colon that wants a group after it */

    if (strncmp(*text, "::", 2) == 0) {
        gap = 0;
        *text += 2;
    }
    while (count < 8 && **text && **text != '/') {
        if (!read_number(text, 16, 4, 0xFFFF, &group))
            return false;
        groups[2 * count] = (uint8_t)(group >> 8);
        groups[2 * count + 1] = (uint8_t)group;
        count++;
        pending = false;
        if (**text != ':')
            break;
        ++*text;
        if (**text == ':') {
            if (gap < 8)
                return false;
            gap = count;
            ++*text;
        } else {
            pending = true;
        }
    }
    if (pending || (gap == 8 ? count != 8 : count > 7))
        return false;
    memset(bytes, 0, 16);
    for (unsigned i = 0; i < count; i++)
        memcpy(bytes + 2 * (i < gap ? i : 8 - count + i), groups + 2 * i, 2);
    return true;
}

static bool bit_at(const uint8_t *bytes, unsigned bit)
{
    return bytes[bit / 8] >> (7 - bit % 8) & 1;
}

static bool read_any(const char *text, struct address_block *block, bool *written)
{
    unsigned most;

    memset(block, 0, sizeof *block);
    block->six = strchr(text, ':') != NULL;
    most = block->six ? 128 : 32;
    block->prefix = most;
    *written = false;
    if (!(block->six ? read_six(&text, block->bytes) : read_four(&text, block->bytes)))
        return false;
    if (*text == '/') {
        *written = true;
        text++;
        if (!read_number(&text, 10, 3, most, &block->prefix))
            return false;
    }
    return *text == '\0';
}

bool address_read(const char *text, struct address_block *block)
{
    bool written;

    return read_any(text, block, &written);
}

bool address_read_block(const char *text, struct address_block *block)
{
    bool written;

    if (!read_any(text, block, &written) || !written)
        return false;
    for (unsigned bit = block->prefix; bit < (block->six ? 128u : 32u); bit++) {
        if (bit_at(block->bytes, bit))
            return false;
    }
    return true;
}

bool address_overlap(const struct address_block *a, const struct address_block *b)
{
    unsigned shared = a->prefix < b->prefix ? a->prefix : b->prefix;

    if (a->six != b->six)
        return false;
    for (unsigned bit = 0; bit < shared; bit++) {
        if (bit_at(a->bytes, bit) != bit_at(b->bytes, bit))
            return false;
    }
    return true;
}

bool address_is_public(const struct address_block *address)
{
    static const char *const special[] = {
        "0.0.0.0/8",    "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",    "::/128",
        "::1/128",      "::ffff:0:0/96",  "100::/64",      "fc00::/7",    "fe80::/10",      "ff00::/8",
    };

    for (unsigned i = 0; i < sizeof special / sizeof *special; i++) {
        struct address_block block;

        if (address_read(special[i], &block) && address_overlap(&block, address))
            return false;
    }
    return true;
}
