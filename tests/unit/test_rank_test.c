/*
 * The rank test and its shift: published tables, all orders counted one by one, and simulations.
 */

#include <math.h>
#include <stdlib.h>

#include "memory.h"
#include "rank_test.h"
#include "rng.h"
#include "unit.h"

static void near(double value, double wanted, double within)
{
    if (!(fabs(value - wanted) <= within)) {
        fail_msg("%.12g is not %.12g", value, wanted);
    }
}

/* ---- the distribution ---- */

/* Largest U that is significant at 5 % and at 1 %, two-sided, as in every textbook's table; -1:
 * none is. */
static void published_tables(void **state)
{
    static const struct {
        size_t a, b;
        int five, one;
    } rows[] = {
        {3, 3, -1, -1}, {3, 5, 0, -1},    {4, 4, 0, -1},    {5, 5, 2, 0},       {5, 10, 8, 4},
        {6, 6, 5, 2},   {7, 7, 8, 4},     {8, 8, 13, 7},    {9, 9, 17, 11},     {10, 10, 23, 16},
        {10, 5, 8, 4},  {12, 12, 37, 27}, {15, 15, 64, 51}, {20, 20, 127, 105}, {7, 12, 18, 12},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int five = -1, one = -1;

        for (size_t u = 0; u < rows[i].a * rows[i].b / 2; u++) {
            const double p = 2 * ppt_rank_below(rows[i].a, rows[i].b, u);

            five = p <= 0.05 ? (int)u : five;
            one = p <= 0.01 ? (int)u : one;
        }
        assert_int_equal(five, rows[i].five);
        assert_int_equal(one, rows[i].one);
    }
}

static void exact_values(void **state)
{
    (void)state;
    near(ppt_rank_below(5, 5, 0), 1 / 252.0, 1e-15);
    near(ppt_rank_below(5, 5, 1), 2 / 252.0, 1e-15);
    near(ppt_rank_below(5, 5, 4), 12 / 252.0, 1e-15); /* partitions: 1 + 1 + 2 + 3 + 5 */
    near(ppt_rank_below(10, 10, 0), 1 / 184756.0, 1e-18);
    near(ppt_rank_below(10, 10, 49), 1 - ppt_rank_below(10, 10, 50), 1e-15); /* symmetric */
    assert_true(ppt_rank_below(4, 4, 16) == 1);
    /* Exact and approximate meet where one takes over from the other. */
    near(ppt_rank_below(50, 50, 1000), ppt_rank_below(50, 51, 1025), 0.005);
    assert_int_equal(ppt_shift_fewest(0.95), 4);
    assert_int_equal(ppt_shift_fewest(1 - 0.05 / 6), 5);
    assert_int_equal(ppt_shift_fewest(1 - 0.05 / 7), 6);
}

/* The example of Hollander and Wolfe (permeability of membranes), as R's wilcox.test has it. */
static void published_example(void **state)
{
    static const double at_term[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
    static const double early[] = {1.15, 0.88, 0.90, 0.74, 1.21};
    const struct ppt_sample_pair pair = {early, at_term, 5, 10};
    const struct ppt_rank_test test = ppt_rank_test_of(&pair);
    const struct ppt_shift shift = ppt_shift_of(&pair, 0.95);

    (void)state;
    assert_true(test.u == 35);
    near(test.p, 0.2544, 5e-5);
    near(shift.value, 0.305, 1e-12);
    near(shift.interval.low, -0.15, 1e-12);
    near(shift.interval.high, 0.76, 1e-12);
}

/* ---- every order one by one ---- */

static double u_of(const double *a, size_t m, const double *b, size_t n)
{
    double u = 0;

    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++) {
            u += b[j] > a[i] ? 1 : b[j] < a[i] ? 0 : 0.5;
        }
    }
    return u;
}

/* Deals the values out in every possible way and counts how often U is so far out. */
static double brute_p(const double *all, size_t m, size_t n, double u)
{
    size_t low = 0, high = 0, ways = 0;

    for (unsigned set = 0; set < 1u << (m + n); set++) {
        double a[16], b[16];
        size_t i = 0, j = 0;

        if ((size_t)__builtin_popcount(set) != n) {
            continue;
        }
        for (size_t v = 0; v < m + n; v++) {
            if (set >> v & 1) {
                b[j++] = all[v];
            } else {
                a[i++] = all[v];
            }
        }
        const double other = u_of(a, m, b, n);
        low += other <= u;
        high += other >= u;
        ways++;
    }
    return fmin(1, 2 * (double)(low < high ? low : high) / (double)ways);
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* All differences, sorted. */
static double *differences(const double *a, size_t m, const double *b, size_t n)
{
    double *list = ppt_alloc(m * n, sizeof(*list));

    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++) {
            list[i * n + j] = b[j] - a[i];
        }
    }
    qsort(list, m * n, sizeof(*list), compare_doubles);
    return list;
}

static void check_shift(const double *a, size_t m, const double *b, size_t n, double confidence)
{
    const struct ppt_sample_pair pair = {a, b, m, n};
    const struct ppt_shift shift = ppt_shift_of(&pair, confidence);
    double *list = differences(a, m, b, n);
    const size_t pairs = m * n;
    size_t c = 0;

    while (c < pairs / 2 && ppt_rank_below(m, n, c) <= (1 - confidence) / 2) {
        c++;
    }
    assert_true(shift.value ==
                (pairs % 2 ? list[pairs / 2] : (list[pairs / 2 - 1] + list[pairs / 2]) / 2));
    assert_int_equal(shift.interval.exists, c > 0);
    if (c > 0) {
        assert_true(shift.interval.low == list[c - 1]);
        assert_true(shift.interval.high == list[pairs - c]);
    }
    free(list);
}

/* Few different values: many ties; or none. */
static void brute_force(void **state)
{
    static const unsigned levels[] = {1, 2, 3, 6, 1000000};
    static const double confidences[] = {0.8, 0.95, 0.99};
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 4, 0, PPT_STREAM_DATA);
    for (int round = 0; round < 400; round++) {
        const size_t m = 1 + (size_t)(6 * ppt_rng_double(&rng));
        const size_t n = 1 + (size_t)(6 * ppt_rng_double(&rng));
        double all[16];

        for (size_t i = 0; i < m + n; i++) {
            all[i] = floor(levels[round % 5] * ppt_rng_double(&rng)) * 0.1;
        }
        const struct ppt_sample_pair pair = {all, all + m, m, n};
        const struct ppt_rank_test test = ppt_rank_test_of(&pair);
        const double u = u_of(all, m, all + m, n);

        assert_true(test.exact);
        assert_true(test.u == u);
        near(test.p, brute_p(all, m, n, u), 1e-12);
        near(test.delta, 2 * u / (double)(m * n) - 1, 1e-15);
        check_shift(all, m, all + m, n, confidences[round % 3]);
    }
    for (int round = 0; round < 20; round++) {
        double a[60], b[60];

        for (size_t i = 0; i < 60; i++) {
            a[i] = ppt_rng_double(&rng);
            b[i] = round % 2 ? floor(5 * ppt_rng_double(&rng)) : ppt_rng_double(&rng);
        }
        check_shift(a, 10 + (size_t)round, b, 60, 0.99);
    }
}

/* ---- ends ---- */

static void odd_samples(void **state)
{
    static const double same[] = {2, 2, 2, 2, 2, 2}, one[] = {7};
    const struct ppt_sample_pair none = {one, one, 1, 0}, alike = {same, same, 6, 6},
                                 single = {one, one, 1, 1};
    struct ppt_sample_pair large = {.a_count = 1200, .b_count = 1500};
    double *values = ppt_alloc(2700, sizeof(*values));

    (void)state;
    assert_true(ppt_rank_test_of(&none).p == 1);
    assert_true(ppt_shift_of(&none, 0.95).value == 0);
    assert_false(ppt_shift_of(&none, 0.95).interval.exists);
    assert_false(ppt_shift_of(&single, 0.95).interval.exists);
    near(ppt_rank_test_of(&alike).p, 1, 0);
    near(ppt_shift_of(&alike, 0.95).interval.high, 0, 0);

    large.a = large.b = values;
    assert_false(ppt_rank_test_of(&large).exact);
    assert_true(ppt_rank_test_of(&large).p == 1); /* all alike */
    for (size_t i = 0; i < 2700; i++) {
        values[i] = (double)(i * 7919 % 2700);
    }
    large.b = values + 1200;
    assert_true(ppt_rank_test_of(&large).p > 0.01);
    check_shift(large.a, 1200, large.b, 1500, 0.95);
    free(values);
}

/* ---- what it promises ---- */

/* Lognormal noise of 2 %, and passes that take twice as long. */
static double noisy(struct ppt_rng *rng)
{
    const double u = 1 - ppt_rng_double(rng), v = ppt_rng_double(rng);

    return 0.02 * sqrt(-2 * log(u)) * cos(2 * M_PI * v) + (ppt_rng_double(rng) < 0.05 ? log(2) : 0);
}

static void intervals_cover(void **state)
{
    static const size_t sizes[][2] = {{5, 5}, {5, 12}, {10, 10}, {30, 30}, {60, 60}};
    const double truth = log(1.05);
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 5, 0, PPT_STREAM_DATA);
    for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
        const size_t m = sizes[s][0], n = sizes[s][1];
        const int runs = m > 20 ? 1000 : 4000;
        int covered = 0, rejected = 0;

        for (int run = 0; run < runs; run++) {
            double a[60], b[60], c[60];

            for (size_t i = 0; i < m; i++) {
                a[i] = noisy(&rng);
            }
            for (size_t i = 0; i < n; i++) {
                b[i] = noisy(&rng);
                c[i] = b[i] + truth;
            }
            const struct ppt_sample_pair null = {a, b, m, n}, moved = {a, c, m, n};
            const struct ppt_shift shift = ppt_shift_of(&moved, 0.95);

            covered += shift.interval.low <= truth && truth <= shift.interval.high;
            rejected += ppt_rank_test_of(&null).p <= 0.05;
        }
        print_message("%zu and %zu: %.1f %% covered, %.1f %% rejected at 5 %%\n", m, n,
                      100.0 * covered / runs, 100.0 * rejected / runs);
        assert_true(covered >= 0.94 * runs);
        assert_true(rejected <= 0.06 * runs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_tables),  cmocka_unit_test(exact_values),
        cmocka_unit_test(published_example), cmocka_unit_test(brute_force),
        cmocka_unit_test(odd_samples),       cmocka_unit_test(intervals_cover),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
