/* SHA-256 as FIPS 180-4 section 6.2 describes it, block by block; by the processor's own instructions where it has them, at a fifth of the
 * time. Sanitizer builds take the plain code, so that the tests see both. */
#include "base/sha256.h"

#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(DRC_ARENA_MALLOC)
#define HAS_INSTRUCTIONS 1
#include <cpuid.h>
#include <immintrin.h>
#endif

/* First 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
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
#define ROUND(a, b, c, d, e, f, g, h, i)                                                                                                             \
    do {                                                                                                                                             \
        uint32_t t1_ = (h) + (rotate((e), 6) ^ rotate((e), 11) ^ rotate((e), 25)) + (((e) & (f)) ^ (~(e) & (g))) + round_constants[i] + w[i];        \
        uint32_t t2_ = (rotate((a), 2) ^ rotate((a), 13) ^ rotate((a), 22)) + (((a) & (b)) ^ ((a) & (c)) ^ ((b) & (c)));                             \
        (d) += t1_;                                                                                                                                  \
        (h) = t1_ + t2_;                                                                                                                             \
    } while (0)

static void mix_plain(uint32_t state[8], const unsigned char *block)
{
    uint32_t w[64];
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];

    for (size_t i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
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

#ifdef HAS_INSTRUCTIONS
/* SSSE3, SSE4.1 and the SHA extensions. */
static bool has_instructions(void)
{
    static int known; /* 0: not asked yet */
    unsigned a, b, c, d;

    if (!known)
        known = __get_cpuid(1, &a, &b, &c, &d) && c & 1u << 9 && c & 1u << 19 && __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & 1u << 29 ? 1 : -1;
    return known > 0;
}

/* The instructions keep the eight words as A B E F and C D G H, and make two rounds each. */
__attribute__((target("sha,sse4.1"))) static void mix_by_instruction(uint32_t state[8], const unsigned char *block)
{
    const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)state), 0xb1);
    __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)(state + 4)), 0x1b);
    __m128i abef = _mm_alignr_epi8(low, high, 8), cdgh = _mm_blend_epi16(high, low, 0xf0);
    const __m128i abef_before = abef, cdgh_before = cdgh;
    __m128i w[4], next;

#pragma GCC unroll 16
    for (int i = 0; i < 16; i++) {
        if (i < 4)
            w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(block + 16 * i)), order);
        else
            w[i & 3] = _mm_sha256msg2_epu32(
                _mm_add_epi32(_mm_sha256msg1_epu32(w[i & 3], w[(i + 1) & 3]), _mm_alignr_epi8(w[(i + 3) & 3], w[(i + 2) & 3], 4)), w[(i + 3) & 3]);
        next = _mm_add_epi32(w[i & 3], _mm_loadu_si128((const __m128i *)(const void *)(round_constants + 4 * i)));
        cdgh = _mm_sha256rnds2_epu32(cdgh, abef, next);
        abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(next, 0x0e));
    }
    low = _mm_shuffle_epi32(_mm_add_epi32(abef, abef_before), 0x1b);
    high = _mm_shuffle_epi32(_mm_add_epi32(cdgh, cdgh_before), 0xb1);
    _mm_storeu_si128((__m128i *)(void *)state, _mm_blend_epi16(low, high, 0xf0));
    _mm_storeu_si128((__m128i *)(void *)(state + 4), _mm_alignr_epi8(high, low, 8));
}
#endif

static void mix(uint32_t state[8], const unsigned char *block)
{
#ifdef HAS_INSTRUCTIONS
    if (has_instructions()) {
        mix_by_instruction(state, block);
        return;
    }
#endif
    mix_plain(state, block);
}

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

void sha256_final_hex(struct sha256 *hash, char hex[65])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[32];

    sha256_final(hash, digest);
    for (size_t i = 0; i < 32; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[64] = '\0';
}

void sha256_hex(const void *data, size_t size, char hex[65])
{
    struct sha256 hash;

    sha256_init(&hash);
    sha256_add(&hash, data, size);
    sha256_final_hex(&hash, hex);
}
