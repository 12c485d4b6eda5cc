/* Draws: the generator against its published numbers, the triangle against its definition. */
#include "test.h"

#include "analysis/clock/simulate.h"

static void check_generator(void)
{
    /* https://rosettacode.org/wiki/Pseudo-random_numbers/Splitmix64, state 1234567 */
    TEST("splitmix64");
    CHECK(draw_at(1234567, 0) == UINT64_C(6457827717110365317));
    CHECK(draw_at(1234567, 1) == UINT64_C(3203168211198807973));
    CHECK(draw_at(1234567, 2) == UINT64_C(9817491932198370423));
    CHECK(draw_at(1234567, 3) == UINT64_C(4593380528125082431));
    CHECK(draw_at(1234567, 4) == UINT64_C(16408922859458223821));
}

/* The share of the triangle up to x, times 2 * wide: as a fraction, exactly. Holds when (1 ms coarser) x - 1 < inverse(u) <= x. */
static bool is_inverse(struct span_of_time range, uint32_t u, int64_t x)
{
    int64_t wide = range.worst - range.best, rise = range.typical - range.best, fall = range.worst - range.typical;
    /* share(x) = (x - best)^2 / (wide * rise), or 1 - (worst - x)^2 / (wide * fall); small numbers, so 64 bits do. */
    for (int k = 0; k < 2; k++) {
        int64_t at = x - k, share_num, share_den;

        if (at < range.best)
            return true;
        if (at <= range.typical && rise > 0) {
            share_num = (at - range.best) * (at - range.best);
            share_den = wide * rise;
        } else if (fall > 0) {
            share_num = wide * fall - (range.worst - at) * (range.worst - at);
            share_den = wide * fall;
        } else {
            share_num = share_den = 1;
        }
        /* u / 2^32 <= share(x), and share(x - 1) <= u / 2^32; the square under the root is a whole number, so one of it may be missing */
        if (k == 0 && (int64_t)u * share_den > (share_num + 1) * (INT64_C(1) << 32))
            return false;
        if (k == 1 && (int64_t)u * share_den < (share_num - 1) * (INT64_C(1) << 32))
            return false;
    }
    return true;
}

static void check_triangle(void)
{
    static const struct span_of_time ranges[] = {
        {true, 0, 10000, 30000}, {true, 100, 100, 20000}, {true, 5, 20000, 20000}, {true, 7, 8, 9}, {true, 60, 90, 120}};
    int outside = 0, falls = 0, wrong = 0;

    for (size_t r = 0; r < sizeof ranges / sizeof ranges[0]; r++) {
        int64_t last = ranges[r].best;

        for (uint64_t u = 0; u < UINT64_C(1) << 32; u += 1000003) {
            int64_t x = triangle_at(ranges[r], (uint32_t)u);

            outside += x < ranges[r].best || x > ranges[r].worst;
            falls += x < last;
            wrong += !is_inverse(ranges[r], (uint32_t)u, x);
            last = x;
        }
    }
    TEST("triangle");
    CHECK_INT(outside, 0);
    CHECK_INT(falls, 0);
    CHECK_INT(wrong, 0);
    TEST("ends");
    CHECK_INT(triangle_at((struct span_of_time){true, 60, 90, 120}, 0), 60);
    CHECK_INT(triangle_at((struct span_of_time){true, 60, 90, 120}, UINT32_MAX), 120);
    CHECK_INT(triangle_at((struct span_of_time){true, 60, 90, 120}, UINT32_C(1) << 31), 90);
    CHECK_INT(triangle_at((struct span_of_time){true, 42, 42, 42}, 12345), 42);
    TEST("ranges of years keep within their ends");
    for (uint64_t u = 0; u < UINT64_C(1) << 32; u += 100000007) {
        struct span_of_time years = {true, INT64_C(1) << 40, INT64_C(5) << 40, INT64_C(9) << 50};
        int64_t x = triangle_at(years, (uint32_t)u);

        if (x < years.best || x > years.worst)
            CHECK(false);
    }
}

int main(void)
{
    check_generator();
    check_triangle();
    return test_finish();
}
