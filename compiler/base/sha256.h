/* SHA-256 (FIPS 180-4). */
#ifndef DRC_BASE_SHA256_H
#define DRC_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

struct sha256 {
    uint32_t state[8];
    uint64_t size; /* bytes so far */
    unsigned char block[64];
};

void sha256_init(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *data, size_t size);
void sha256_final(struct sha256 *hash, unsigned char digest[32]);

void sha256_final_hex(struct sha256 *hash, char hex[65]); /* as 64 lower-case hexadecimal digits and a NUL */

/* The digest of one buffer as 64 lower-case hexadecimal digits and a NUL. */
void sha256_hex(const void *data, size_t size, char hex[65]);

#endif
