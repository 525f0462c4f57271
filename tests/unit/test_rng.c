/*
 * The generators against published numbers, and their distributions against what they promise.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rng_bulk.h"
#include "unit.h"

static struct ppt_rng_bulk bulk(uint64_t seed, uint64_t index, enum ppt_stream stream)
{
    struct ppt_rng_bulk rng;

    ppt_rng_bulk_seed(&rng, seed, index, stream);
    return rng;
}

static struct ppt_rng single(uint64_t seed, uint64_t index, enum ppt_stream stream)
{
    struct ppt_rng rng;

    ppt_rng_seed(&rng, seed, index, stream);
    return rng;
}

/* All lanes in the state 1, 2, 3, 4. */
static struct ppt_rng_bulk bulk_1234(void)
{
    struct ppt_rng_bulk rng;

    for (size_t i = 0; i < 4; i++) {
        for (size_t lane = 0; lane < PPT_RNG_LANES; lane++) {
            rng.s[i][lane] = i + 1;
        }
    }
    return rng;
}

static void *memory(size_t bytes)
{
    void *data = malloc(bytes);

    assert_non_null(data);
    return data;
}

/* ---- published numbers ---- */

/* SplitMix64 seeded with 0: the finaliser of the golden ratio and its multiples. */
static void mix64_is_splitmix64(void **state)
{
    const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15);

    (void)state;
    assert_true(ppt_mix64(golden) == UINT64_C(0xe220a8397b1dcdaf));
    assert_true(ppt_mix64(2 * golden) == UINT64_C(0x6e789e6aa1b965f4));
    assert_true(ppt_mix64(3 * golden) == UINT64_C(0x06c45d188009454f));
    assert_true(ppt_mix64(0) == 0);
}

static void next_is_xoshiro256plusplus(void **state)
{
    static const uint64_t expected[] = {UINT64_C(41943041), UINT64_C(58720359),
                                        UINT64_C(3588806011781223), UINT64_C(3591011842654386)};
    struct ppt_rng rng = {.s = {1, 2, 3, 4}};

    (void)state;
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_true(ppt_rng_next(&rng) == expected[i]);
    }
}

static void double_is_the_upper_53_bits(void **state)
{
    struct ppt_rng rng = single(3, 4, PPT_STREAM_DATA);
    struct ppt_rng same = rng;

    (void)state;
    for (size_t i = 0; i < 1000; i++) {
        const double value = ppt_rng_double(&rng);

        assert_true(value == (double)(ppt_rng_next(&same) >> 11) / 9007199254740992.0);
    }
}

static void bulk_doubles_are_xoshiro256plus(void **state)
{
    static const uint64_t expected[] = {UINT64_C(5), UINT64_C(211106232532999),
                                        UINT64_C(211106635186183), UINT64_C(9223759065350669058)};
    struct ppt_rng_bulk rng = bulk_1234();
    double out[COUNT(expected) * PPT_RNG_LANES];

    (void)state;
    ppt_rng_fill_doubles(&rng, out, COUNT(out), 0.0, 1.0);
    for (size_t i = 0; i < COUNT(out); i++) {
        assert_true(out[i] == (double)(expected[i / PPT_RNG_LANES] >> 12) * 0x1p-52);
    }
}

/* ---- ranges ---- */

struct range {
    double low, high;
};

/* The first number of each lane is the largest there is. */
static struct ppt_rng_bulk bulk_largest(void)
{
    struct ppt_rng_bulk rng;

    for (size_t lane = 0; lane < PPT_RNG_LANES; lane++) {
        rng.s[0][lane] = UINT64_MAX;
        rng.s[1][lane] = 1;
        rng.s[2][lane] = 1;
        rng.s[3][lane] = 0; /* xoshiro256+ gives the sum of the first and the last */
    }
    return rng;
}

static void check_range(struct range range, size_t count, double *out)
{
    struct ppt_rng_bulk rng = bulk(1, 2, PPT_STREAM_DATA);
    const double width = range.high - range.low;
    size_t lower_half = 0;

    ppt_rng_fill_doubles(&rng, out, count, range.low, range.high);
    for (size_t i = 0; i < count; i++) {
        assert_true(out[i] >= range.low);
        assert_true(out[i] < range.high);
        lower_half += (out[i] - range.low) < width / 2;
    }
    /* For 100000: 50000 expected, standard deviation 158. */
    assert_in_range(lower_half, count / 2 - count / 100, count / 2 + count / 100);
    rng = bulk_largest();
    ppt_rng_fill_doubles(&rng, out, PPT_RNG_LANES, range.low, range.high);
    for (size_t lane = 0; lane < PPT_RNG_LANES; lane++) {
        assert_true(out[lane] < range.high);
        assert_true(out[lane] > range.high - width / 1000);
    }
}

static void doubles_stay_below_the_upper_bound(void **state)
{
    static const struct range ranges[] = {
        {0.0, 1.0},      {-1.0, 1.0}, {-100.0, 100.0}, {1.0, 2.0},       {1e-300, 2e-300},
        {-1e300, 1e300}, {0.0, 1e-3}, {-0.054, 0.054}, {0.0, 12345.678},
    };
    const size_t count = 100000;
    double *out = memory(count * sizeof(*out));

    (void)state;
    for (size_t r = 0; r < COUNT(ranges); r++) {
        check_range(ranges[r], count, out);
    }
    free(out);
}

/* Symmetric ranges whose bound is any number at all: what tensor asks for. */
static void symmetric_ranges_stay_below(void **state)
{
    struct ppt_rng random = single(15, 0, PPT_STREAM_DATA);

    (void)state;
    for (size_t i = 0; i < 100000; i++) {
        const double bound = ppt_rng_double(&random) + 1e-9;
        struct ppt_rng_bulk rng = bulk_largest();
        double out[PPT_RNG_LANES];

        ppt_rng_fill_doubles(&rng, out, COUNT(out), -bound, bound);
        assert_true(out[0] < bound && out[0] > 0.999 * bound);
        ppt_rng_fill_doubles(&rng, out, COUNT(out), 0.0, bound);
        assert_true(out[0] >= 0.0 && out[0] < bound);
    }
}

/* Where numbers lie further apart than 2^-52 of the range, rounding can reach the upper bound. */
static void ranges_far_from_zero_stay_below(void **state)
{
    static const struct range ranges[] = {
        {-3.0, -2.0}, {5.0, 5.5}, {1e15, 1e15 + 1}, {1.0, 1.0 + 0x1p-50}};

    (void)state;
    for (size_t r = 0; r < COUNT(ranges); r++) {
        struct ppt_rng_bulk rng = bulk_largest();
        double out[PPT_RNG_LANES];

        ppt_rng_fill_doubles(&rng, out, COUNT(out), ranges[r].low, ranges[r].high);
        assert_true(out[0] >= ranges[r].low);
        assert_true(out[0] < ranges[r].high);
    }
}

/* ---- filling ---- */

static void nothing_is_written_behind_the_end(void **state)
{
    (void)state;
    for (size_t count = 0; count <= 100; count++) {
        struct ppt_rng_bulk rng = bulk(1, count, PPT_STREAM_DATA);
        unsigned char bytes[128];
        double doubles[128];

        memset(bytes, 0xa5, sizeof(bytes));
        ppt_rng_fill_bytes(&rng, bytes, count);
        for (size_t i = count; i < sizeof(bytes); i++) {
            assert_int_equal(bytes[i], 0xa5);
        }
        for (size_t i = 0; i < COUNT(doubles); i++) {
            doubles[i] = -7.0;
        }
        ppt_rng_fill_doubles(&rng, doubles, count, 0.0, 1.0);
        for (size_t i = 0; i < COUNT(doubles); i++) {
            assert_true(i < count ? doubles[i] >= 0.0 && doubles[i] < 1.0 : doubles[i] == -7.0);
        }
    }
}

/* Also: a shorter fill is the beginning of a longer one. */
static void pieces_of_bytes_equal_the_whole(void **state)
{
    static const size_t pieces[] = {64, 128, 64, 1024, 4096, 0, 192, 65536, 37};
    unsigned char *whole, *parts;
    struct ppt_rng_bulk rng = bulk(9, 2, PPT_STREAM_SIDE);
    struct ppt_rng_bulk again = rng;
    size_t total = 0, at = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(pieces); i++) {
        total += pieces[i];
    }
    whole = memory(total);
    parts = memory(total);
    ppt_rng_fill_bytes(&rng, whole, total);
    for (size_t i = 0; i < COUNT(pieces); i++) {
        ppt_rng_fill_bytes(&again, parts + at, pieces[i]);
        at += pieces[i];
    }
    assert_memory_equal(whole, parts, total);
    free(whole);
    free(parts);
}

static void bytes_are_uniform(void **state)
{
    const size_t count = 256 * 4000;
    unsigned char *out = memory(count);
    struct ppt_rng_bulk rng = bulk(5, 5, PPT_STREAM_DATA);
    size_t counts[256] = {0};
    double chi2 = 0;

    (void)state;
    ppt_rng_fill_bytes(&rng, out, count);
    for (size_t i = 0; i < count; i++) {
        counts[out[i]]++;
    }
    for (size_t i = 0; i < 256; i++) {
        chi2 += ((double)counts[i] - 4000) * ((double)counts[i] - 4000) / 4000;
    }
    /* 255 degrees of freedom: mean 255, standard deviation 22.6. */
    assert_true(chi2 > 165 && chi2 < 345);
    free(out);
}

/* ---- keys ---- */

static void keys_and_streams_differ(void **state)
{
    static const struct {
        uint64_t seed, index;
        enum ppt_stream stream;
    } keys[] = {
        {0, 0, PPT_STREAM_DATA},          {0, 0, PPT_STREAM_SIDE},
        {0, 0, PPT_STREAM_PLAN},          {0, 0, PPT_STREAM_MIX},
        {0, 1, PPT_STREAM_DATA},          {1, 0, PPT_STREAM_DATA},
        {1, 1, PPT_STREAM_DATA},          {2, 0, PPT_STREAM_DATA},
        {0, 2, PPT_STREAM_DATA},          {2, 1, PPT_STREAM_DATA},
        {1, 2, PPT_STREAM_DATA},          {UINT64_MAX, 0, PPT_STREAM_DATA},
        {0, UINT64_MAX, PPT_STREAM_DATA}, {UINT64_C(1) << 32, 0, PPT_STREAM_DATA},
    };
    uint64_t first[COUNT(keys)];
    unsigned char lanes[COUNT(keys)][64];

    (void)state;
    for (size_t i = 0; i < COUNT(keys); i++) {
        struct ppt_rng rng = single(keys[i].seed, keys[i].index, keys[i].stream);
        struct ppt_rng again = single(keys[i].seed, keys[i].index, keys[i].stream);
        struct ppt_rng_bulk many = bulk(keys[i].seed, keys[i].index, keys[i].stream);

        first[i] = ppt_rng_next(&rng);
        assert_true(first[i] == ppt_rng_next(&again));
        ppt_rng_fill_bytes(&many, lanes[i], sizeof(lanes[i]));
        for (size_t k = 0; k < i; k++) {
            assert_true(first[i] != first[k]);
            for (size_t lane = 0; lane < 64; lane += 8) {
                assert_memory_not_equal(lanes[i] + lane, lanes[k] + lane, 8);
            }
        }
    }
}

static void lanes_differ(void **state)
{
    struct ppt_rng_bulk rng = bulk(1, 1, PPT_STREAM_DATA);
    double out[PPT_RNG_LANES];

    (void)state;
    ppt_rng_fill_doubles(&rng, out, COUNT(out), 0.0, 1.0);
    for (size_t i = 0; i < COUNT(out); i++) {
        for (size_t k = 0; k < i; k++) {
            assert_true(out[i] != out[k]);
        }
    }
}

/* Neighbouring keys: one flipped bit of the key flips about half the bits of the first number. */
static void neighbouring_keys_are_unlike(void **state)
{
    unsigned flipped = 0;

    (void)state;
    for (uint64_t index = 0; index < 1000; index++) {
        struct ppt_rng a = single(1, index, PPT_STREAM_DATA);
        struct ppt_rng b = single(1, index + 1, PPT_STREAM_DATA);

        flipped += (unsigned)__builtin_popcountll(ppt_rng_next(&a) ^ ppt_rng_next(&b));
    }
    /* 32000 expected, standard deviation 126. */
    assert_in_range(flipped, 31300, 32700);
}

/* ---- bounded integers ---- */

static void below_has_no_bias(void **state)
{
    static const uint64_t bounds[] = {2, 3, 6, 7, 10, 16};
    /* 99.99 % points of chi-square with bound - 1 degrees of freedom. */
    static const double limits[] = {15.2, 18.5, 25.8, 27.9, 33.8, 44.3};

    (void)state;
    for (size_t b = 0; b < COUNT(bounds); b++) {
        struct ppt_rng rng = single(11, b, PPT_STREAM_DATA);
        const double expected = 100000.0;
        size_t counts[16] = {0};
        double chi2 = 0;

        for (uint64_t i = 0; i < 100000 * bounds[b]; i++) {
            const uint64_t value = ppt_rng_below(&rng, bounds[b]);

            assert_true(value < bounds[b]);
            counts[value]++;
        }
        for (size_t i = 0; i < bounds[b]; i++) {
            chi2 += ((double)counts[i] - expected) * ((double)counts[i] - expected) / expected;
        }
        assert_true(chi2 < limits[b]);
    }
}

/* A bound of 3/4 of the range: without rejection, the lowest third would come up twice as often. */
static void below_has_no_bias_at_a_large_bound(void **state)
{
    const uint64_t bound = UINT64_C(3) << 62;
    struct ppt_rng rng = single(12, 0, PPT_STREAM_DATA);
    size_t thirds[3] = {0};

    (void)state;
    for (size_t i = 0; i < 300000; i++) {
        const uint64_t value = ppt_rng_below(&rng, bound);

        assert_true(value < bound);
        thirds[value >> 62]++;
        assert_true(ppt_rng_below(&rng, 1) == 0);
    }
    for (size_t i = 0; i < 3; i++) {
        assert_in_range(thirds[i], 98800, 101200);
    }
}

static void between_covers_both_ends(void **state)
{
    struct ppt_rng rng = single(13, 0, PPT_STREAM_DATA);
    size_t counts[6] = {0};
    bool negative = false, positive = false;

    (void)state;
    for (size_t i = 0; i < 6000; i++) {
        const int64_t value = ppt_rng_between(&rng, -3, 2);

        assert_true(value >= -3 && value <= 2);
        counts[value + 3]++;
    }
    for (size_t i = 0; i < 6; i++) {
        assert_in_range(counts[i], 850, 1150);
    }
    assert_true(ppt_rng_between(&rng, 42, 42) == 42);
    assert_true(ppt_rng_between(&rng, INT64_MIN, INT64_MIN) == INT64_MIN);
    for (size_t i = 0; i < 100; i++) {
        const int64_t value = ppt_rng_between(&rng, INT64_MIN, INT64_MAX);

        negative |= value < 0;
        positive |= value > 0;
    }
    assert_true(negative && positive);
}

/* ---- moments ---- */

static void check_moments(const double *values, size_t count)
{
    double sum = 0, squares = 0, products = 0;

    for (size_t i = 0; i < count; i++) {
        sum += values[i];
        squares += (values[i] - 0.5) * (values[i] - 0.5);
        products += i ? (values[i] - 0.5) * (values[i - 1] - 0.5) : 0.0;
    }
    /* Standard deviations of these estimates over 1e6 numbers: 0.00029, 0.000075, 0.001. */
    assert_true(fabs(sum / (double)count - 0.5) < 0.0015);
    assert_true(fabs(squares / (double)count - 1.0 / 12.0) < 0.0004);
    assert_true(fabs(products / squares) < 0.005);
}

static void doubles_have_the_moments_of_a_uniform(void **state)
{
    const size_t count = 1000000;
    double *values = memory(count * sizeof(*values));
    struct ppt_rng_bulk many = bulk(1, 0, PPT_STREAM_DATA);
    struct ppt_rng one = single(1, 0, PPT_STREAM_DATA);

    (void)state;
    ppt_rng_fill_doubles(&many, values, count, 0.0, 1.0);
    check_moments(values, count);
    for (size_t i = 0; i < count; i++) {
        values[i] = ppt_rng_double(&one);
    }
    check_moments(values, count);
    /* The first number of consecutive keys, as tasks see it. */
    for (size_t i = 0; i < count; i++) {
        one = single(1, i, PPT_STREAM_DATA);
        values[i] = ppt_rng_double(&one);
    }
    check_moments(values, count);
    free(values);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mix64_is_splitmix64),
        cmocka_unit_test(next_is_xoshiro256plusplus),
        cmocka_unit_test(double_is_the_upper_53_bits),
        cmocka_unit_test(bulk_doubles_are_xoshiro256plus),
        cmocka_unit_test(doubles_stay_below_the_upper_bound),
        cmocka_unit_test(symmetric_ranges_stay_below),
        cmocka_unit_test(ranges_far_from_zero_stay_below),
        cmocka_unit_test(nothing_is_written_behind_the_end),
        cmocka_unit_test(pieces_of_bytes_equal_the_whole),
        cmocka_unit_test(bytes_are_uniform),
        cmocka_unit_test(keys_and_streams_differ),
        cmocka_unit_test(lanes_differ),
        cmocka_unit_test(neighbouring_keys_are_unlike),
        cmocka_unit_test(below_has_no_bias),
        cmocka_unit_test(below_has_no_bias_at_a_large_bound),
        cmocka_unit_test(between_covers_both_ends),
        cmocka_unit_test(doubles_have_the_moments_of_a_uniform),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
