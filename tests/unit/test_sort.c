/*
 * The sort kernel against qsort on the same input, and both sorts, that of this CPU and the radix
 * sort, on numbers that the kernel never makes.
 */
#include "fixture.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "radix.h"
#include "rng_bulk.h"
#include "sorting.h"

extern const struct ppt_kernel ppt_kernel_sort;

/* As numbers; -0 before +0. Written without a look at bits, unlike the code under test. */
static int compare(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;

    if (a < b || a > b) {
        return a < b ? -1 : 1;
    }
    return (signbit(a) ? 0 : 1) - (signbit(b) ? 0 : 1);
}

static double *numbers(size_t count)
{
    double *memory = calloc(count, sizeof(double));

    assert_non_null(memory);
    return memory;
}

/* Sorts `values` in all ways and compares every bit; frees them. */
static void check(double *values, size_t count)
{
    double *given = numbers(count);
    double *expected = numbers(count);
    double *spare = numbers(count);
    void (*const ways[])(double *, double *, size_t) = {ppt_sort, ppt_radix_sort,
                                                        ppt_radix_sort_split};

    memcpy(given, values, count * sizeof(double));
    memcpy(expected, values, count * sizeof(double));
    qsort(expected, count, sizeof(double), compare);
    for (size_t i = 0; i < COUNT(ways); i++) {
        memcpy(values, given, count * sizeof(double));
        ways[i](values, spare, count);
        assert_memory_equal(values, expected, count * sizeof(double));
    }
    free(given);
    free(expected);
    free(spare);
    free(values);
}

static void fill(double *values, size_t count, double low, double high)
{
    struct ppt_rng_bulk rng;

    ppt_rng_bulk_seed(&rng, 7, count, PPT_STREAM_DATA);
    ppt_rng_fill_doubles(&rng, values, count, low, high);
}

/* Block by block, each beginning with its number. */
static uint64_t digest_of(const double *sorted, size_t count)
{
    uint64_t digest = 0;

    for (size_t block = 0; block * PPT_RNG_BLOCK < count; block++) {
        const size_t left = count - block * PPT_RNG_BLOCK;

        digest += ppt_digest(block, sorted + block * PPT_RNG_BLOCK,
                             (left < PPT_RNG_BLOCK ? left : PPT_RNG_BLOCK) * sizeof(double));
    }
    return digest;
}

static void check_dump(struct fixture *f, const double *expected, size_t count)
{
    FILE *file = fixture_dump(f, 5);

    for (size_t i = 0; i < count; i++) {
        char line[64];

        assert_non_null(fgets(line, sizeof(line), file));
        const double value = strtod(line, NULL);
        assert_memory_equal(&value, &expected[i], sizeof(value));
    }
    assert_int_equal(fgetc(file), EOF);
    fclose(file);
}

static void kernel_sorts_its_input(void **state)
{
    static const int64_t sizes[] = {1, 2, 3, 47, 48, 49, 63, 64, 65, 1000, 100003, 1000000};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const union ppt_value args[] = {{.integer = sizes[i]}};
        const size_t count = (size_t)sizes[i];
        double *expected = numbers(count);
        const struct ppt_task task = {.seed = 1, .index = 5};
        struct fixture f;

        ppt_rng_fill_blocks(&task, 0, expected, count, 0.0, 1.0);
        qsort(expected, count, sizeof(double), compare);
        fixture_start(&f, &ppt_kernel_sort, args);
        for (unsigned inner = 1; inner <= 4; inner++) {
            fixture_attach(&f, inner);
            assert_int_equal(fixture_run(&f, 5), digest_of(expected, count));
            check_dump(&f, expected, count);
        }
        fixture_stop(&f);
        free(expected);
    }
}

static void kernel_is_deterministic(void **state)
{
    const union ppt_value args[] = {{.integer = 5000}};
    struct fixture one, two;

    (void)state;
    fixture_start(&one, &ppt_kernel_sort, args);
    fixture_start(&two, &ppt_kernel_sort, args);
    const uint64_t digest = fixture_run(&one, 0);
    assert_int_not_equal(fixture_run(&one, 1), digest);
    assert_int_equal(fixture_run(&one, 0), digest);
    assert_int_equal(fixture_run(&two, 0), digest);
    fixture_stop(&one);
    fixture_stop(&two);
}

static void kernel_serves_the_largest_set(void **state)
{
    const union ppt_value small[] = {{.integer = 10}};
    const union ppt_value large[] = {{.integer = 70000}};
    const union ppt_value *sets[] = {small, large, small};
    struct ppt_error error = {""};
    struct fixture alone, all;

    (void)state;
    fixture_start(&alone, &ppt_kernel_sort, small);
    fixture_start_sets(&all, &ppt_kernel_sort, sets, 3);
    for (size_t set = 0; set < 3; set++) {
        const struct ppt_task task = {.seed = 1, .index = set, .set = set, .args = sets[set]};
        uint64_t digest = 0;

        assert_int_equal(ppt_kernel_sort.run(all.local, &task, &digest, &error), PPT_OK);
        if (sets[set] == small) {
            assert_int_equal(digest, fixture_run(&alone, set));
        }
    }
    fixture_stop(&all);
    fixture_stop(&alone);
}

static void nothing_to_sort(void **state)
{
    double value = 3.0;

    (void)state;
    ppt_radix_sort(&value, NULL, 0);
    ppt_radix_sort(&value, NULL, 1);
    ppt_sort(&value, NULL, 0);
    ppt_sort(&value, NULL, 1);
    assert_true(value == 3.0);
}

/* Around every size at which the code takes another way. */
static void sizes(void **state)
{
    static const size_t counts[] = {2,    3,     48,    49,    127,   128,    129,    1024,
                                    8193, 65535, 65536, 65537, 99999, 131072, 131073, 300000};

    (void)state;
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        double *values = numbers(counts[i]);

        fill(values, counts[i], -3.0, 5.0);
        check(values, counts[i]);
    }
}

static void orders(void **state)
{
    const size_t count = 200000;
    double *equal = numbers(count);
    double *ascending = numbers(count);
    double *descending = numbers(count);
    double *organ = numbers(count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        equal[i] = 0.1;
        ascending[i] = (double)i * 0.37 - 5000.0;
        descending[i] = 5000.0 - (double)i * 0.37;
        organ[i] = (double)(i < count / 2 ? i : count - i);
    }
    check(equal, count);
    check(ascending, count);
    check(descending, count);
    check(organ, count);
}

static void special_numbers(void **state)
{
    static const double special[] = {0.0,      -0.0,    HUGE_VAL,    -HUGE_VAL,    DBL_MAX,
                                     -DBL_MAX, DBL_MIN, -DBL_MIN,    DBL_TRUE_MIN, -DBL_TRUE_MIN,
                                     1.0,      -1.0,    DBL_EPSILON, 5e-310,       -5e-310,
                                     1e300,    -1e300,  0x1p-1000,   -0x1p-1000};
    static const size_t counts[] = {19, 40, 100, 5000, 150000};
    const size_t kinds = sizeof(special) / sizeof(special[0]);

    (void)state;
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        double *values = numbers(counts[i]);

        fill(values, counts[i], -1.0, 1.0);
        for (size_t k = 0; k < counts[i]; k++) {
            /* 1 in 4 stays an ordinary number */
            values[k] = k % 4 == 3 ? values[k] : special[ppt_mix64(k) % kinds];
        }
        check(values, counts[i]);
    }
}

/* Stretches of numbers that the leading bits cannot tell apart: too long for insertion alone. */
static void like_numbers(void **state)
{
    const size_t count = 150000;
    static const size_t distinct[] = {2, 30, 700, 2500, 40000};

    (void)state;
    for (size_t i = 0; i < sizeof(distinct) / sizeof(distinct[0]); i++) {
        double *few = numbers(count);
        double *clusters = numbers(count);
        double *negative = numbers(count);

        for (size_t k = 0; k < count; k++) {
            const double centre = (double)(ppt_mix64(k) % distinct[i]);
            const double offset = (double)(ppt_mix64(k + count) % 100000);

            few[k] = centre;
            clusters[k] = centre + offset * 0x1p-36;
            negative[k] = -1.0 - offset * DBL_EPSILON;
        }
        negative[count / 2] = DBL_MAX;
        negative[count / 3] = -DBL_MAX;
        check(few, count);
        check(clusters, count);
        check(negative, count);
    }
}

/* Most lie in a range of keys that is narrow next to all of them: it is no use to split by that. */
static void crowds(void **state)
{
    const size_t count = 200000;
    static const double widths[] = {0, 0x1p-52, 0x1p-40, 0x1p-20, 0x1p-3};

    (void)state;
    for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
        double *above = numbers(count);
        double *around = numbers(count);

        fill(above, count, 0.0, 1.0);
        fill(around, count, -1.0, 1.0);
        for (size_t k = 0; k < count; k++) {
            if (k % 1000) {
                above[k] = 1.0 + above[k] * widths[i];
                around[k] = around[k] * widths[i] * widths[i];
            } else {
                around[k] = 1e9 * around[k];
            }
        }
        check(above, count);
        check(around, count);
    }
}

static void any_bits(void **state)
{
    const size_t count = 120000;
    double *values = numbers(count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        const uint64_t bits = ppt_mix64(i);

        memcpy(&values[i], &bits, sizeof(bits));
        if (isnan(values[i])) {
            values[i] = 0.0;
        }
    }
    check(values, count);
}

/* Of the radix sort, to which any bits are a key. */
static void not_numbers_go_to_the_ends(void **state)
{
    const size_t count = 3000;
    double *values = numbers(count);
    double *spare = numbers(count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        values[i] = i % 3 == 0 ? (double)NAN : i % 3 == 1 ? -HUGE_VAL : (double)i;
        if (i % 6 == 0) {
            values[i] = copysign((double)NAN, -1.0);
        }
    }
    ppt_radix_sort(values, spare, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(isnan(values[i]) != 0, i < count / 6 || i >= count - count / 6);
        assert_int_equal(signbit(values[i]) != 0, i < count / 2);
    }
    free(values);
    free(spare);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernel_sorts_its_input),
        cmocka_unit_test(kernel_is_deterministic),
        cmocka_unit_test(kernel_serves_the_largest_set),
        cmocka_unit_test(nothing_to_sort),
        cmocka_unit_test(sizes),
        cmocka_unit_test(orders),
        cmocka_unit_test(special_numbers),
        cmocka_unit_test(like_numbers),
        cmocka_unit_test(crowds),
        cmocka_unit_test(any_bits),
        cmocka_unit_test(not_numbers_go_to_the_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
