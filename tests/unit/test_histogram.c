/*
 * The histogram of task times against the times themselves: its quantiles must be those of the
 * sorted list within the resolution that it promises, whatever the times are.
 */
#include <math.h>
#include <stdlib.h>

#include "histogram.h"
#include "rng.h"
#include "unit.h"

#define MOST 20000

/* ---- buckets ---- */

/* Every bucket begins where the one before ended, and none is wider than promised. */
static void buckets_leave_no_gap(void **state)
{
    int64_t start = 0;

    (void)state;
    for (unsigned bucket = 0; bucket < PPT_HISTOGRAM_BUCKETS; bucket++) {
        const unsigned shift = bucket < 256 ? 0 : bucket / 128 - 1;
        const int64_t end = start + ((INT64_C(1) << shift) - 1);

        assert_int_equal(ppt_histogram_bucket(start), bucket);
        assert_int_equal(ppt_histogram_bucket(end), bucket);
        assert_true((double)(end - start) <= (double)start * PPT_HISTOGRAM_RESOLUTION);
        if (bucket + 1 == PPT_HISTOGRAM_BUCKETS) {
            assert_true(end == INT64_MAX);
        } else {
            start = end + 1;
        }
    }
}

static void times_below_256_ns_are_exact(void **state)
{
    (void)state;
    for (int64_t ns = 0; ns < 256; ns++) {
        struct ppt_histogram h;

        ppt_histogram_clear(&h);
        ppt_histogram_add(&h, 0);
        ppt_histogram_add(&h, ns);
        ppt_histogram_add(&h, 1000000);
        assert_int_equal(ppt_histogram_quantile(&h, 50), ns);
    }
}

/* ---- quantiles of known times ---- */

/* A time in each case, drawn from a distribution. */
typedef int64_t (*draw)(struct ppt_rng *rng, size_t i);

static int64_t zeros(struct ppt_rng *rng, size_t i)
{
    (void)rng;
    (void)i;
    return 0;
}

static int64_t constant(struct ppt_rng *rng, size_t i)
{
    (void)rng;
    (void)i;
    return 1234567;
}

static int64_t uniform(struct ppt_rng *rng, size_t i)
{
    (void)i;
    return ppt_rng_between(rng, 0, 5000);
}

static int64_t ascending(struct ppt_rng *rng, size_t i)
{
    (void)rng;
    return (int64_t)i;
}

/* Sums of twelve uniform numbers are nearly normal. */
static int64_t lognormal(struct ppt_rng *rng, size_t i)
{
    double sum = -6;

    (void)i;
    for (int k = 0; k < 12; k++) {
        sum += (double)ppt_rng_below(rng, 1000000) * 1e-6;
    }
    return (int64_t)exp(7 + sum);
}

/* Two kinds of tasks: 1 µs, and 1 ms in every eighth case. */
static int64_t bimodal(struct ppt_rng *rng, size_t i)
{
    return i % 8 == 0 ? ppt_rng_between(rng, 990000, 1010000) : ppt_rng_between(rng, 990, 1010);
}

/* One time in so many orders of magnitude. */
static int64_t spread(struct ppt_rng *rng, size_t i)
{
    return INT64_MAX >> ppt_rng_below(rng, i % 2 ? 63 : 8);
}

static int64_t huge(struct ppt_rng *rng, size_t i)
{
    (void)i;
    return INT64_MAX - ppt_rng_between(rng, 0, 1000000000);
}

static const draw draws[] = {zeros, constant, uniform, ascending, lognormal, bimodal, spread, huge};
static const size_t counts[] = {1, 2, 3, 100, 101, 9999, MOST};

static int compare(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

/* Half a bucket is as far as its middle is from any time in it. */
static void check_near(int64_t found, int64_t exact)
{
    const double off = fabs((double)found - (double)exact);

    assert_true(off <= (double)exact * PPT_HISTOGRAM_RESOLUTION / 2);
    assert_true(found == exact || exact >= 256);
}

/* The smallest of the sorted times that at least so many percent do not exceed, by counting. */
static int64_t exact_quantile(const int64_t *sorted, size_t count, unsigned percent)
{
    size_t i = 0;

    while ((i + 1) * 100 < count * percent) {
        i++;
    }
    return sorted[i];
}

static void check_all(const struct ppt_histogram *h, int64_t *times, size_t count)
{
    qsort(times, count, sizeof(*times), compare);
    assert_true(h->smallest_ns == times[0]);
    assert_true(h->largest_ns == times[count - 1]);
    for (unsigned percent = 1; percent <= 100; percent++) {
        const int64_t found = ppt_histogram_quantile(h, percent);

        check_near(found, exact_quantile(times, count, percent));
        assert_true(found >= h->smallest_ns && found <= h->largest_ns);
        assert_true(percent == 1 || found >= ppt_histogram_quantile(h, percent - 1));
    }
}

static void quantiles_are_those_of_the_times(void **state)
{
    static int64_t times[MOST];

    (void)state;
    for (size_t d = 0; d < COUNT(draws); d++) {
        for (size_t c = 0; c < COUNT(counts); c++) {
            struct ppt_histogram h;
            struct ppt_rng rng;

            ppt_rng_seed(&rng, 1, d, c);
            ppt_histogram_clear(&h);
            for (size_t i = 0; i < counts[c]; i++) {
                times[i] = draws[d](&rng, i);
                ppt_histogram_add(&h, times[i]);
            }
            check_all(&h, times, counts[c]);
        }
    }
}

static void equal_times_have_an_exact_median(void **state)
{
    struct ppt_histogram h;

    (void)state;
    ppt_histogram_clear(&h);
    for (int i = 0; i < 1000; i++) {
        ppt_histogram_add(&h, 123456789);
    }
    assert_int_equal(ppt_histogram_quantile(&h, 1), 123456789);
    assert_int_equal(ppt_histogram_quantile(&h, 50), 123456789);
    assert_int_equal(ppt_histogram_quantile(&h, 100), 123456789);
}

/* Merged histograms are what one of all times would be, and a cleared one is empty again. */
static void merging_is_adding(void **state)
{
    static int64_t times[MOST];
    struct ppt_histogram parts[3], all;

    (void)state;
    for (size_t d = 0; d < COUNT(draws); d++) {
        struct ppt_rng rng;

        ppt_rng_seed(&rng, 2, d, 0);
        for (size_t p = 0; p < COUNT(parts); p++) {
            ppt_histogram_clear(&parts[p]);
        }
        for (size_t i = 0; i < MOST; i++) {
            times[i] = draws[d](&rng, i);
            ppt_histogram_add(&parts[i % 5 == 0], times[i]); /* the third remains empty */
        }
        ppt_histogram_clear(&all);
        for (size_t p = 0; p < COUNT(parts); p++) {
            ppt_histogram_merge(&all, &parts[p]);
        }
        check_all(&all, times, MOST);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buckets_leave_no_gap),
        cmocka_unit_test(times_below_256_ns_are_exact),
        cmocka_unit_test(quantiles_are_those_of_the_times),
        cmocka_unit_test(equal_times_have_an_exact_median),
        cmocka_unit_test(merging_is_adding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
