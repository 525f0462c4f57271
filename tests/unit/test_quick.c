/*
 * The vector quicksort from inside: its networks, its partition, its bound on the depth. Compiled
 * twice: for AVX2, and for AVX-512 as plain C (emulated/immintrin.h).
 */
#include "unit.h"

#include <float.h>
#include <stdlib.h>

#include "radix.h"
#include "rng.h"

/* Stands in for the radix sort, to see when it is asked. */
static void counted_radix_sort(double *values, double *spare, size_t count);
#define ppt_radix_sort counted_radix_sort
#include "quick.c"
#undef ppt_radix_sort

static size_t radix_calls, radix_values;

static void counted_radix_sort(double *values, double *spare, size_t count)
{
    radix_calls++;
    radix_values += count;
    ppt_radix_sort(values, spare, count);
}

#define LARGEST 200000
#define GUARD 64

/* A number that no test sorts. */
static const double guard = -1234.5678e-200;

/* As numbers; -0 before +0. */
static int compare(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    if (a < b || a > b) {
        return a < b ? -1 : 1;
    }
    return (signbit(a) ? 0 : 1) - (signbit(b) ? 0 : 1);
}

/* ---- arrays with guards on both sides ---- */

static double *guarded(size_t count)
{
    double *memory = malloc((count + 2 * GUARD) * sizeof(double));

    assert_non_null(memory);
    for (size_t i = 0; i < count + 2 * GUARD; i++) {
        memory[i] = guard;
    }
    return memory + GUARD;
}

static void free_guarded(double *values, size_t count)
{
    for (size_t i = 0; i < GUARD; i++) {
        assert_memory_equal(values - GUARD + i, &guard, sizeof(guard));
        assert_memory_equal(values + count + i, &guard, sizeof(guard));
    }
    free(values - GUARD);
}

/* ---- inputs ---- */

static double uniform(size_t i, size_t count)
{
    return (double)(ppt_mix64(i + 77 * count) >> 11) * 0x1p-53;
}

static double same(size_t i, size_t count)
{
    (void)i;
    (void)count;
    return 0.1;
}

static double two(size_t i, size_t count)
{
    return uniform(i, count) < 0.5 ? 3.25 : -7.5;
}

static double few(size_t i, size_t count)
{
    return (double)(int)(uniform(i, count) * 9) - 4;
}

/* Nearly all are the smallest, or the largest. */
static double crowded_below(size_t i, size_t count)
{
    return uniform(i, count) < 0.98 ? -1.0 : uniform(i + 1, count);
}

static double crowded_above(size_t i, size_t count)
{
    return uniform(i, count) < 0.98 ? 1.0 : uniform(i + 1, count);
}

static double sorted(size_t i, size_t count)
{
    return (double)i * 0.37 - (double)count * 0.1;
}

static double backwards(size_t i, size_t count)
{
    return sorted(count - i, count);
}

static double organ_pipe(size_t i, size_t count)
{
    return (double)(i < count / 2 ? i : count - i);
}

static double saw(size_t i, size_t count)
{
    return (double)(i % (count / 7 + 1));
}

static double special(size_t i, size_t count)
{
    static const double values[] = {0.0,          -0.0,          HUGE_VAL, -HUGE_VAL,
                                    DBL_MAX,      -DBL_MAX,      DBL_MIN,  -DBL_MIN,
                                    DBL_TRUE_MIN, -DBL_TRUE_MIN, 1.0,      -1.0};

    return values[ppt_mix64(i * 3 + count) % COUNT(values)];
}

static double zeros(size_t i, size_t count)
{
    return ppt_mix64(i + count) % 3 ? -0.0 : 0.0;
}

typedef double make(size_t i, size_t count);

static make *const shapes[] = {uniform, same,      two,        few, crowded_below, crowded_above,
                               sorted,  backwards, organ_pipe, saw, special,       zeros};

/* ---- tests ---- */

/* A network that sorts every sequence of zeros and ones sorts everything (Knuth, volume 3, section
 * 5.3.4). Each lane has a sequence of its own. */
static void columns(int rows)
{
    for (unsigned first = 0; first < 1U << rows; first += QUICK_LANES) {
        quick_row row[QUICK_ROWS];
        double lanes[QUICK_ROWS][QUICK_LANES];

        for (int i = 0; i < rows; i++) {
            for (unsigned lane = 0; lane < QUICK_LANES; lane++) {
                lanes[i][lane] = (first + lane) >> i & 1;
            }
            row[i] = quick_load(lanes[i]);
        }
        switch (rows) {
        case 4:
            quick_columns(row, 4);
            break;
        case 8:
            quick_columns(row, 8);
            break;
        default:
            quick_columns(row, 16);
            break;
        }
        for (int i = 0; i < rows; i++) {
            quick_store(lanes[i], row[i]);
        }
        for (unsigned lane = 0; lane < QUICK_LANES; lane++) {
            const int ones = __builtin_popcount(first + lane);

            for (int i = 0; i < rows; i++) {
                assert_int_equal(lanes[i][lane] > 0, i >= rows - ones);
            }
        }
    }
}

static void networks_sort_columns(void **state)
{
    (void)state;
    columns(4);
    columns(8);
    columns(16);
}

static void few_numbers(void **state)
{
    (void)state;
    for (size_t count = 0; count <= QUICK_FEW; count++) {
        for (size_t shape = 0; shape < COUNT(shapes); shape++) {
            double *from = guarded(count), *to = guarded(count), *expected = guarded(count);

            for (size_t i = 0; i < count; i++) {
                from[i] = shapes[shape](i, count);
            }
            memcpy(expected, from, count * sizeof(*from));
            qsort(expected, count, sizeof(*from), compare);
            quick_sort_few(from, to, count);
            for (size_t i = 0; i < count; i++) {
                assert_true(to[i] == expected[i]);
            }
            free_guarded(from, count);
            free_guarded(to, count);
            free_guarded(expected, count);
        }
    }
}

/* Every mask of a row, and what a row does not fill: lower numbers keep their order in front, the
 * others lie at the end, and nothing is lost. */
static void check_part(size_t count, unsigned mask, bool like)
{
    double *here = guarded(count), *there = guarded(count);
    double sum = 0, parted = 0;
    size_t expected = 0;

    for (size_t i = 0; i < count; i++) {
        const bool low = mask >> i % 16 & 1;

        here[i] = low ? (like ? 5.0 : 5.0 - (double)(i + 1)) : 5.0 + (double)(i + like);
        expected += low || (like && here[i] <= 5.0);
        sum += here[i];
    }
    const size_t low = quick_part(here, there, count, 5.0, like);
    assert_int_equal(low, expected);
    for (size_t i = 0; i < count; i++) {
        const double number = i < low ? here[i] : there[i];

        assert_true((like ? number <= 5.0 : number < 5.0) == (i < low));
        parted += number;
    }
    assert_true(sum == parted);
    free_guarded(here, count);
    free_guarded(there, count);
}

static void parts(void **state)
{
    (void)state;
    for (unsigned mask = 0; mask < 1U << 16; mask += mask < 512 ? 1 : 241) {
        for (size_t count = 0; count <= 37; count++) {
            check_part(count, mask, false);
        }
        check_part(35, mask, true);
    }
}

static void check(make *shape, size_t count)
{
    double *values = guarded(count), *spare = guarded(count), *expected = guarded(count);

    for (size_t i = 0; i < count; i++) {
        values[i] = shape(i, count);
    }
    memcpy(expected, values, count * sizeof(*values));
    qsort(expected, count, sizeof(*values), compare);
    PPT_VARIANT(ppt_quick_sort)(values, spare, count);
    assert_memory_equal(values, expected, count * sizeof(*values));
    free_guarded(values, count);
    free_guarded(spare, count);
    free_guarded(expected, count);
}

static void every_size(void **state)
{
    (void)state;
    for (size_t shape = 0; shape < COUNT(shapes); shape++) {
        for (size_t count = 0; count <= 1000; count++) {
            check(shapes[shape], count);
        }
    }
}

/* None of these is so bad that the radix sort is needed. */
static void large(void **state)
{
    (void)state;
    radix_calls = 0;
    for (size_t shape = 0; shape < COUNT(shapes); shape++) {
        check(shapes[shape], QUICK_MANY + 1);
        check(shapes[shape], LARGEST);
    }
    assert_int_equal(radix_calls, 0);
}

/* Halves of halves of halves are left to the radix sort when there may be no more. */
static void depth_is_bounded(void **state)
{
    (void)state;
    for (unsigned depth = 0; depth < 4; depth++) {
        double *values = guarded(LARGEST), *spare = guarded(LARGEST), *expected = guarded(LARGEST);

        for (size_t i = 0; i < LARGEST; i++) {
            values[i] = uniform(i, LARGEST);
        }
        memcpy(expected, values, LARGEST * sizeof(*values));
        qsort(expected, LARGEST, sizeof(*values), compare);
        radix_calls = 0;
        radix_values = 0;
        quick_sort(values, spare, depth % 2 ? spare : values, LARGEST, depth);
        assert_int_equal(radix_calls, 1U << depth);
        assert_int_equal(radix_values, LARGEST);
        assert_memory_equal(depth % 2 ? spare : values, expected, LARGEST * sizeof(*values));
        free_guarded(values, LARGEST);
        free_guarded(spare, LARGEST);
        free_guarded(expected, LARGEST);
    }
}

/* The caller has none; where there is one all the same, it ends and stays within its arrays. */
static void not_a_number(void **state)
{
    (void)state;
    for (size_t every = 1; every <= 2000; every = every * 3 + 1) {
        double *values = guarded(2000), *spare = guarded(2000);

        for (size_t i = 0; i < 2000; i++) {
            values[i] = i % every ? uniform(i, 2000) : (double)NAN;
        }
        PPT_VARIANT(ppt_quick_sort)(values, spare, 2000);
        free_guarded(values, 2000);
        free_guarded(spare, 2000);
    }
}

static int setup(void **state)
{
    (void)state;
#ifdef __AVX2__
    if (!__builtin_cpu_supports("avx2")) {
        print_message("this CPU lacks AVX2\n");
        exit(77);
    }
#endif
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_sort_columns),
        cmocka_unit_test(few_numbers),
        cmocka_unit_test(parts),
        cmocka_unit_test(every_size),
        cmocka_unit_test(large),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(not_a_number),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
