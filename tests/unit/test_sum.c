/*
 * The sum and multi kernels: that every iteration is really executed. Compilers know closed forms
 * for such loops, and a benchmark of nothing is fast.
 */
#include "fixture.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

extern const struct ppt_kernel ppt_kernel_sum, ppt_kernel_multi;

#define ROUNDS 15

/* CPU time: what else runs on the machine must not count. */
static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double timed(const struct ppt_kernel *kernel, int64_t iterations)
{
    const union ppt_value args = {.integer = iterations};
    struct fixture f;

    fixture_start(&f, kernel, &args);
    const double start = seconds();
    fixture_run(&f, 0);
    const double taken = seconds() - start;
    fixture_stop(&f);
    return taken;
}

/* Eight times the iterations take about eight times as long: medians, measured alternately. */
static void check_proportion(const struct ppt_kernel *kernel)
{
    double few[ROUNDS], many[ROUNDS];

    for (int i = 0; i < ROUNDS; i++) {
        few[i] = timed(kernel, 500000);
        many[i] = timed(kernel, 4000000);
    }
    qsort(few, ROUNDS, sizeof(few[0]), compare);
    qsort(many, ROUNDS, sizeof(many[0]), compare);
    const double ratio = many[ROUNDS / 2] / few[ROUNDS / 2];
    print_message("%s: %.2f times as long for 8 times the iterations\n", kernel->name, ratio);
    assert_true(ratio > 4 && ratio < 16);
}

static void time_grows_in_proportion(void **state)
{
    (void)state;
    check_proportion(&ppt_kernel_sum);
    check_proportion(&ppt_kernel_multi);
}

static double dumped(const struct ppt_kernel *kernel, int64_t iterations)
{
    const union ppt_value args = {.integer = iterations};
    struct fixture f;
    char text[64] = "";

    fixture_start(&f, kernel, &args);
    FILE *file = fixture_dump(&f, 0);
    assert_non_null(fgets(text, sizeof(text), file));
    fclose(file);
    fixture_stop(&f);
    return strtod(text, NULL);
}

static void results_are_right(void **state)
{
    (void)state;
    assert_true(dumped(&ppt_kernel_sum, 0) == 0);
    assert_true(dumped(&ppt_kernel_sum, 1000000) == 499999500000.0);
    assert_true(dumped(&ppt_kernel_multi, 0) == 1);
    /* 1.00001^200000 = exp(200000 ln 1.00001) = 7.38898... */
    assert_true(fabs(dumped(&ppt_kernel_multi, 200000) - exp(200000 * log1p(0.00001))) < 1e-8);
    assert_true(fabs(dumped(&ppt_kernel_multi, 200000) - 7.389) < 1e-3);
}

static void digest_depends_on_the_iterations(void **state)
{
    const union ppt_value few = {.integer = 1000}, more = {.integer = 1001};
    const struct ppt_kernel *kernels[] = {&ppt_kernel_sum, &ppt_kernel_multi};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct fixture a, b;

        fixture_start(&a, kernels[i], &few);
        fixture_start(&b, kernels[i], &more);
        assert_true(fixture_run(&a, 0) == fixture_run(&a, 7));
        assert_true(fixture_run(&a, 0) != fixture_run(&b, 0));
        fixture_stop(&a);
        fixture_stop(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_right),
        cmocka_unit_test(digest_depends_on_the_iterations),
        cmocka_unit_test(time_grows_in_proportion),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
