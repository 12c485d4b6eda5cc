/* Addresses and address blocks of IP, version 4 and 6: `10.0.0.0/16`, `fd00::/8`. */
#ifndef DRC_BASE_ADDRESS_H
#define DRC_BASE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

struct address_block {
    uint8_t bytes[16]; /* version 4 uses the first four */
    bool six;
    unsigned prefix; /* leading bits that all of its addresses share */
};

/* An address, or a block in CIDR notation; without a prefix it is the single address. False when the text is neither. */
bool address_read(const char *text, struct address_block *block);
/* The same, but the prefix must be written, and no bit after it set. */
bool address_read_block(const char *text, struct address_block *block);
bool address_overlap(const struct address_block *a, const struct address_block *b);
/* Whether the internet leads to it: not private, shared, local to a link or machine, multicast or reserved (the special purpose registries
 * of IANA). Those of documentation count as public: in a text they stand for one that is. */
bool address_is_public(const struct address_block *address);

#endif
