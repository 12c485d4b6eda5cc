/* SHA-256 as FIPS 180-4 section 6.2 describes it, block by block. */
#include "base/sha256.h"

#include <string.h>

/* First 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

void sha256_init(struct sha256 *hash)
{
    static const uint32_t start[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    };

    memset(hash, 0, sizeof *hash);
    memcpy(hash->state, start, sizeof start);
}

static uint32_t rotate(uint32_t x, unsigned by)
{
    return x >> by | x << (32 - by);
}

/* One round; the eight words change places by the order in which they are named, so nothing is moved. */
#define ROUND(a, b, c, d, e, f, g, h, i)                                                                                        \
    do {                                                                                                                        \
        uint32_t t1_ = (h) + (rotate((e), 6) ^ rotate((e), 11) ^ rotate((e), 25)) + (((e) & (f)) ^ (~(e) & (g))) +              \
                       round_constants[i] + w[i];                                                                               \
        uint32_t t2_ = (rotate((a), 2) ^ rotate((a), 13) ^ rotate((a), 22)) + (((a) & (b)) ^ ((a) & (c)) ^ ((b) & (c)));        \
        (d) += t1_;                                                                                                             \
        (h) = t1_ + t2_;                                                                                                        \
    } while (0)

static void mix(uint32_t state[8], const unsigned char *block)
{
    uint32_t w[64];
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];

    for (size_t i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (size_t i = 16; i < 64; i++) {
        uint32_t x = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t y = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;

        w[i] = w[i - 16] + x + w[i - 7] + y;
    }
    for (size_t i = 0; i < 64; i += 8) {
        ROUND(a, b, c, d, e, f, g, h, i);
        ROUND(h, a, b, c, d, e, f, g, i + 1);
        ROUND(g, h, a, b, c, d, e, f, i + 2);
        ROUND(f, g, h, a, b, c, d, e, i + 3);
        ROUND(e, f, g, h, a, b, c, d, i + 4);
        ROUND(d, e, f, g, h, a, b, c, i + 5);
        ROUND(c, d, e, f, g, h, a, b, i + 6);
        ROUND(b, c, d, e, f, g, h, a, i + 7);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
}

#undef ROUND

void sha256_add(struct sha256 *hash, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    size_t used = hash->size % 64;

    hash->size += size;
    if (used > 0) {
        size_t take = 64 - used < size ? 64 - used : size;

        if (take > 0)
            memcpy(hash->block + used, bytes, take);
        if (used + take < 64)
            return;
        mix(hash->state, hash->block);
        bytes += take;
        size -= take;
    }
    for (; size >= 64; bytes += 64, size -= 64)
        mix(hash->state, bytes);
    if (size > 0)
        memcpy(hash->block, bytes, size);
}

void sha256_final(struct sha256 *hash, unsigned char digest[32])
{
    uint64_t bits = hash->size * 8;
    size_t used = hash->size % 64;

    hash->block[used++] = 0x80;
    if (used > 56) {
        memset(hash->block + used, 0, 64 - used);
        mix(hash->state, hash->block);
        used = 0;
    }
    memset(hash->block + used, 0, 56 - used);
    for (size_t i = 0; i < 8; i++)
        hash->block[56 + i] = (unsigned char)(bits >> (56 - 8 * i));
    mix(hash->state, hash->block);
    for (size_t i = 0; i < 32; i++)
        digest[i] = (unsigned char)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}

void sha256_hex(const void *data, size_t size, char hex[65])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[32];
    struct sha256 hash;

    sha256_init(&hash);
    sha256_add(&hash, data, size);
    sha256_final(&hash, digest);
    for (size_t i = 0; i < 32; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[64] = '\0';
}
