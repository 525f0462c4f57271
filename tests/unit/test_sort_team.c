/*
 * Sorting by a team, called as a kernel calls it, on numbers that the kernel never makes: where
 * they crowd, where splitters coincide, and where comparing finds them equal though they are not.
 */
#include "fixture.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "inner.h"
#include "rng.h"
#include "scratch.h"
#include "sort_team.h"

#define MOST_THREADS 9u
#define GUARD ((size_t)64)

/* A number that no test sorts, so that a copy of it or a missing one is noticed. */
static const double guard = -1234.5678e-200;

/* As numbers; -0 before +0. */
static int compare(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;

    if (a < b || a > b) {
        return a < b ? -1 : 1;
    }
    return (signbit(a) ? 0 : 1) - (signbit(b) ? 0 : 1);
}

/* ---- buffers with guards on both sides ---- */

static double *numbers(size_t count)
{
    double *memory = aligned_alloc(PPT_CACHE_LINE, (count + 2 * GUARD + 7) / 8 * 8 *
                                                       sizeof(double)); /* whole cache lines */

    assert_non_null(memory);
    for (size_t i = 0; i < count + 2 * GUARD; i++) {
        memory[i] = guard;
    }
    return memory + GUARD;
}

static void check_guards(const double *values, size_t count)
{
    for (size_t i = 0; i < GUARD; i++) {
        assert_memory_equal(&values[(ptrdiff_t)i - (ptrdiff_t)GUARD], &guard, sizeof(guard));
        assert_memory_equal(&values[count + i], &guard, sizeof(guard));
    }
}

static void free_numbers(double *values)
{
    free(values - GUARD);
}

/* A team with a guard behind it; what it is given is not zero, which nobody promised. */
struct crew {
    unsigned char *memory;
    struct ppt_sort_team *team;
    size_t bytes;
};

static struct crew crew_of(unsigned threads)
{
    struct crew crew = {.bytes = ppt_sort_team_bytes(threads)};
    const size_t rounded = (crew.bytes + GUARD + PPT_CACHE_LINE) / PPT_CACHE_LINE * PPT_CACHE_LINE;

    crew.memory = aligned_alloc(PPT_CACHE_LINE, rounded);
    assert_non_null(crew.memory);
    memset(crew.memory, 0x5a, rounded);
    crew.team = ppt_sort_team_init(crew.memory, threads);
    return crew;
}

static void free_crew(struct crew *crew)
{
    for (size_t i = 0; i < GUARD; i++) {
        assert_int_equal(crew->memory[crew->bytes + i], 0x5a);
    }
    free(crew->memory);
}

/* ---- running ---- */

struct job {
    struct ppt_sort_team *team;
    double *values, *spare;
    size_t count;
};

static void body(void *context, unsigned thread, unsigned threads)
{
    const struct job *job = context;

    ppt_sort_team_run(job->team, job->values, job->spare, job->count, thread, threads);
}

static void check_with(struct ppt_sort_team *team, unsigned threads, const double *input,
                       const double *expected, size_t count)
{
    struct job job = {team, numbers(count), numbers(count), count};
    struct ppt_error error = {""};

    memcpy(job.values, input, count * sizeof(double));
    assert_int_equal(ppt_inner_run(threads, body, &job, "test", &error), PPT_OK);
    check_guards(job.values, count);
    check_guards(job.spare, count);
    for (size_t i = 0; i < count; i++) {
        if (memcmp(&job.spare[i], &expected[i], sizeof(double)) != 0) {
            fail_msg("%u threads, %zu values: [%zu] is %a, not %a", threads, count, i, job.spare[i],
                     expected[i]);
        }
    }
    free_numbers(job.values);
    free_numbers(job.spare);
}

/* Sorts with every number of threads: in a team made for so many, and in one made for more. */
static void check(const double *input, size_t count)
{
    struct crew large = crew_of(MOST_THREADS);
    double *expected = numbers(count);

    memcpy(expected, input, count * sizeof(double));
    qsort(expected, count, sizeof(double), compare);
    for (unsigned threads = 1; threads <= MOST_THREADS; threads++) {
        struct crew crew = crew_of(threads);

        check_with(crew.team, threads, input, expected, count);
        check_with(large.team, threads, input, expected, count);
        free_crew(&crew);
    }
    free_numbers(expected);
    free_crew(&large);
}

/* Around every size that changes what a thread gets; the last two are above the sample's. */
static const size_t counts[] = {0, 1, 2, 3, 5, 8, 9, 10, 17, 64, 255, 256, 257, 2304, 5003, 20011};

typedef double make(size_t i, size_t count);

static void check_all(make *value)
{
    for (size_t c = 0; c < COUNT(counts); c++) {
        double *input = numbers(counts[c]);

        for (size_t i = 0; i < counts[c]; i++) {
            input[i] = value(i, counts[c]);
        }
        check(input, counts[c]);
        free_numbers(input);
    }
}

/* ---- inputs ---- */

static double uniform(size_t i)
{
    return (double)(ppt_mix64(i + 77) >> 11) * 0x1p-53;
}

static double random_one(size_t i, size_t count)
{
    return uniform(i + count) - 0.5;
}

static double same(size_t i, size_t count)
{
    (void)i;
    (void)count;
    return 0.1;
}

static double two(size_t i, size_t count)
{
    (void)count;
    return ppt_mix64(i) % 2 ? 3.25 : -7.5;
}

/* Nearly all values are the smallest, which then is every splitter. */
static double mostly_smallest(size_t i, size_t count)
{
    return ppt_mix64(i + count) % 50 ? -1.0 : uniform(i);
}

static double mostly_largest(size_t i, size_t count)
{
    return ppt_mix64(i + count) % 50 ? 1.0 : uniform(i);
}

static double sorted(size_t i, size_t count)
{
    return (double)i * 0.37 - (double)count * 0.1;
}

static double backwards(size_t i, size_t count)
{
    return (double)(count - i) * 0.37 - (double)count * 0.1;
}

static double skewed(size_t i, size_t count)
{
    const double x = uniform(i + count) + 1e-9;

    return 1.0 / (x * x * x);
}

static double negative(size_t i, size_t count)
{
    return -skewed(i, count);
}

/* The sample sees one number in many: here all of what it sees is the same. */
static double unlike_the_sample(size_t i, size_t count)
{
    return i % (count / (256 * MOST_THREADS) + 1) ? uniform(i) : 0.5;
}

static double zeros(size_t i, size_t count)
{
    (void)count;
    return ppt_mix64(i) % 2 ? 0.0 : -0.0;
}

static double around_zero(size_t i, size_t count)
{
    static const double values[] = {0.0, -0.0, DBL_TRUE_MIN, -DBL_TRUE_MIN};

    (void)count;
    return values[ppt_mix64(i) % COUNT(values)];
}

static double infinities(size_t i, size_t count)
{
    const uint64_t kind = ppt_mix64(i + count) % 3;

    return kind == 0 ? HUGE_VAL : kind == 1 ? -HUGE_VAL : uniform(i);
}

static double infinite(size_t i, size_t count)
{
    (void)i;
    (void)count;
    return HUGE_VAL;
}

static double last_infinite(size_t i, size_t count)
{
    return i + 1 == count ? HUGE_VAL : uniform(i);
}

static double lowest(size_t i, size_t count)
{
    (void)i;
    (void)count;
    return -HUGE_VAL;
}

static double extremes(size_t i, size_t count)
{
    static const double values[] = {DBL_MAX, -DBL_MAX, DBL_MIN, -DBL_MIN, HUGE_VAL, -HUGE_VAL, 0.0,
                                    -0.0,    1.0,      -1.0,    1e300,    -1e300,   5e-310};

    return values[ppt_mix64(i * 3 + count) % COUNT(values)];
}

#define SORTS(name, value)                                                                         \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        check_all(value);                                                                          \
    }

SORTS(random_numbers, random_one)
SORTS(all_equal, same)
SORTS(two_distinct_values, two)
SORTS(crowded_at_the_bottom, mostly_smallest)
SORTS(crowded_at_the_top, mostly_largest)
SORTS(sorted_already, sorted)
SORTS(sorted_backwards, backwards)
SORTS(heavy_skew, skewed)
SORTS(negative_numbers, negative)
SORTS(a_misleading_sample, unlike_the_sample)
SORTS(both_zeros, zeros)
SORTS(both_zeros_among_the_smallest, around_zero)
SORTS(infinities_among_numbers, infinities)
SORTS(infinities_alone, infinite)
SORTS(one_infinity_at_the_end, last_infinite)
SORTS(negative_infinities_alone, lowest)
SORTS(extreme_numbers, extremes)

/* Nothing of one task is left for the next, whatever their sizes and numbers of threads. */
static void a_team_serves_many_tasks(void **state)
{
    struct crew crew = crew_of(MOST_THREADS);

    (void)state;
    for (unsigned task = 0; task < 60; task++) {
        const size_t count = (size_t)(ppt_mix64(task) % 9000);
        double *input = numbers(count);
        double *expected = numbers(count);

        for (size_t i = 0; i < count; i++) {
            input[i] = task % 3 ? skewed(i, task) : two(i, task);
        }
        memcpy(expected, input, count * sizeof(double));
        qsort(expected, count, sizeof(double), compare);
        check_with(crew.team, 1 + task % MOST_THREADS, input, expected, count);
        free_numbers(input);
        free_numbers(expected);
    }
    free_crew(&crew);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_numbers),
        cmocka_unit_test(all_equal),
        cmocka_unit_test(two_distinct_values),
        cmocka_unit_test(crowded_at_the_bottom),
        cmocka_unit_test(crowded_at_the_top),
        cmocka_unit_test(sorted_already),
        cmocka_unit_test(sorted_backwards),
        cmocka_unit_test(heavy_skew),
        cmocka_unit_test(negative_numbers),
        cmocka_unit_test(a_misleading_sample),
        cmocka_unit_test(both_zeros),
        cmocka_unit_test(both_zeros_among_the_smallest),
        cmocka_unit_test(infinities_among_numbers),
        cmocka_unit_test(infinities_alone),
        cmocka_unit_test(one_infinity_at_the_end),
        cmocka_unit_test(negative_infinities_alone),
        cmocka_unit_test(extreme_numbers),
        cmocka_unit_test(a_team_serves_many_tasks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
