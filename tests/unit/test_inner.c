/*
 * Threads inside a task: that a kernel uses as many as it was told, and computes the same with any
 * number of them.
 */
#include "works.h"

#include <dlfcn.h>
#include <math.h>
#include <omp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const unsigned inner_counts[] = {1, 2, 3, 5, 8, 64};

static void any_number_of_threads_gives_the_same_digest(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORKS; i++) {
        uint64_t expected[WORK_TASKS];
        struct fixture f;

        works_digests(&works[i], expected);
        fixture_start(&f, works[i].kernel, works[i].args);
        for (size_t k = 0; k < COUNT(inner_counts); k++) {
            fixture_attach(&f, inner_counts[k]);
            /* The first again at the end: what the others left behind must not matter. */
            for (uint64_t task = 0; task <= WORK_TASKS; task++) {
                const uint64_t index = task % WORK_TASKS;

                works_check(&works[i], inner_counts[k], index, fixture_run(&f, index),
                            expected[index]);
            }
        }
        fixture_stop(&f);
    }
}

/* A kernel takes the number from its setup, whatever OpenMP would do otherwise. */
static void the_callers_own_setting_does_not_matter(void **state)
{
    const int before = omp_get_max_threads();

    (void)state;
    for (size_t i = 0; i < WORKS; i++) {
        uint64_t expected[WORK_TASKS];
        struct fixture f;

        omp_set_num_threads(1);
        works_digests(&works[i], expected);
        fixture_start(&f, works[i].kernel, works[i].args);
        for (int setting = 1; setting <= 7; setting += 3) {
            for (unsigned inner = 2; inner <= 5; inner += 3) {
                const unsigned used = inner < works[i].most ? inner : works[i].most;

                omp_pause_resource_all(omp_pause_hard);
                omp_set_num_threads(setting);
                fixture_attach(&f, inner);
                works_threads();
                works_check(&works[i], inner, 0, fixture_run(&f, 0), expected[0]);
                if (works[i].kernel != &ppt_kernel_password) {
                    assert_int_equal(works_threads(), used - 1);
                }
                assert_int_equal(omp_get_max_threads(), setting);
            }
        }
        fixture_stop(&f);
    }
    omp_set_num_threads(before);
}

/* Outside a team OpenMP keeps the threads for the next region, libargon2 for none. */
static void as_many_threads_are_used(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORKS; i++) {
        struct fixture f;

        fixture_start(&f, works[i].kernel, works[i].args);
        for (size_t k = 0; k < COUNT(inner_counts); k++) {
            const unsigned inner = inner_counts[k];
            const unsigned used = inner < works[i].most ? inner : works[i].most;
            unsigned expected = used - 1;

            omp_set_num_threads((int)inner); /* as the bench does */
            omp_pause_resource_all(omp_pause_hard);
            fixture_attach(&f, inner);
            works_threads();
            fixture_run(&f, 0);
            const unsigned found = works_threads();
            if (works[i].kernel == &ppt_kernel_password) {
                /* It starts a thread for every lane of every slice, so many at a time. */
                expected = used > 1 ? works[i].most * works[i].regions : 0;
            }
            if (found != expected) {
                fail_msg("%s, case %zu: %u threads started with %u inner threads, not %u",
                         works[i].kernel->name, i, found, inner, expected);
            }
        }
        fixture_stop(&f);
    }
    omp_set_num_threads(1);
}

struct bytes {
    char *data;
    size_t count;
};

static struct bytes dump_of(struct fixture *f)
{
    FILE *file = fixture_dump(f, 1);
    struct bytes all = {NULL, 0};

    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    all.count = (size_t)ftell(file);
    assert_true(all.count > 0);
    all.data = calloc(all.count + 1, 1);
    assert_non_null(all.data);
    rewind(file);
    assert_int_equal(fread(all.data, 1, all.count, file), all.count);
    fclose(file);
    return all;
}

/* As many numbers, each as near to the other as rounding in another order may leave it. */
static void check_near(const char *one, const char *other)
{
    double largest = 0.0;
    size_t numbers = 0;

    for (int round = 0; round < 2; round++) {
        const char *a = one, *b = other;
        char *a_end = NULL, *b_end = NULL;

        for (;; a = a_end, b = b_end) {
            const double x = strtod(a, &a_end), y = strtod(b, &b_end);

            assert_int_equal(a == a_end, b == b_end);
            if (a == a_end) {
                break;
            }
            largest = fmax(largest, fabs(x));
            numbers++;
            assert_true(round == 0 || fabs(x - y) <= 1e-9 * largest);
        }
    }
    assert_true(numbers > 0 && largest > 0.0);
}

static void any_number_of_threads_gives_the_same_result(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORKS; i++) {
        const bool exact =
            works[i].kernel == &ppt_kernel_sort || works[i].kernel == &ppt_kernel_img;
        struct fixture f;

        if (!works[i].kernel->dump) {
            continue;
        }
        fixture_start(&f, works[i].kernel, works[i].args);
        struct bytes one = dump_of(&f);
        for (size_t k = 0; k < COUNT(inner_counts); k++) {
            fixture_attach(&f, inner_counts[k]);
            struct bytes many = dump_of(&f);
            if (exact) {
                assert_int_equal(one.count, many.count);
                assert_memory_equal(one.data, many.data, one.count);
            } else if (works[i].kernel != &ppt_kernel_password) {
                check_near(one.data, many.data);
            }
            free(many.data);
        }
        free(one.data);
        fixture_stop(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_threads_gives_the_same_digest),
        cmocka_unit_test(the_callers_own_setting_does_not_matter),
        cmocka_unit_test(as_many_threads_are_used),
        cmocka_unit_test(any_number_of_threads_gives_the_same_result),
    };

    omp_set_dynamic(0);
    omp_set_num_threads(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
