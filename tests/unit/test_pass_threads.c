/*
 * The threads of a pass: how many there are, what it leaves as it was, and where they are bound.
 */
#include <omp.h>
#include <sched.h>
#include <stdio.h>

#include "passed.h"

/* The kernel itself looks for the right number of threads, with reused and with fresh memory. */
static void inside_a_pass_there_are_the_threads_asked_for(void **state)
{
    (void)state;
    for (unsigned inner = 1; inner <= 2; inner++) {
        struct passed b;

        passed_prepare(&b, &ppt_mock_census, 0, 1);
        b.points[0].inner_threads = inner;
        passed_start(&b);
        for (size_t i = 0; i < 3; i++) {
            struct ppt_sample sample;
            struct ppt_error error;

            if (passed_run(&b, passed_workers[i], inner, &sample, &error) != PPT_OK) {
                fail_msg("%u workers, %u inner threads: %s", passed_workers[i], inner, error.text);
            }
            assert_int_equal(sample.point.inner_threads, inner);
            ppt_sample_free(&sample);
            passed_one_thread();
        }
        passed_stop(&b);
    }
}

static void openmp_settings_are_as_before(void **state)
{
    struct passed b;
    const int threads_before = omp_get_max_threads();
    const int levels_before = omp_get_max_active_levels();

    (void)state;
    passed_prepare(&b, &ppt_mock_steady, 1, 10);
    passed_start(&b);
    for (size_t i = 0; i < PASSED_WORKERS; i++) {
        for (unsigned inner = 1; inner <= 3; inner++) {
            struct ppt_sample sample;
            struct ppt_error error;
            omp_sched_t kind;
            int chunk = 0;

            assert_int_equal(passed_run(&b, passed_workers[i], inner, &sample, &error), PPT_OK);
            ppt_sample_free(&sample);
            assert_int_equal(omp_get_max_threads(), threads_before);
            assert_int_equal(omp_get_max_active_levels(), levels_before);
            omp_get_schedule(&kind, &chunk);
            assert_true(chunk >= 0);
        }
    }
    passed_stop(&b);
}

static void placement_gives_the_binding_back(void **state)
{
    cpu_set_t before, after;

    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
    for (int placement = PPT_PLACEMENT_CLOSE; placement <= PPT_PLACEMENT_SPREAD; placement++) {
        struct passed b;

        passed_prepare(&b, &ppt_mock_steady, 1000, 50);
        b.config.placement = (enum ppt_placement)placement;
        passed_start(&b);
        for (size_t i = 0; i < PASSED_WORKERS; i++) {
            struct ppt_sample sample = passed_well(&b, passed_workers[i]);

            passed_check(&sample, passed_workers[i], 50);
            ppt_sample_free(&sample);
            assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
            assert_true(CPU_EQUAL(&before, &after));
        }
        passed_stop(&b);
        passed_one_thread();
    }
}

/* Workers stay within what the caller may use, even when that is one CPU. */
static void placement_stays_within_the_affinity(void **state)
{
    cpu_set_t before, one;
    char one_text[16];
    int last = -1;
    struct passed b;

    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        last = CPU_ISSET(cpu, &before) ? (int)cpu : last;
    }
    snprintf(one_text, sizeof(one_text), "%d", last);
    CPU_ZERO(&one);
    CPU_SET((size_t)last, &one);
    assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
    for (int placement = PPT_PLACEMENT_NONE; placement <= PPT_PLACEMENT_SPREAD; placement++) {
        passed_prepare(&b, &ppt_mock_steady, 1000, 50);
        b.config.placement = (enum ppt_placement)placement;
        passed_start(&b);
        struct ppt_sample sample = passed_well(&b, 3);
        for (size_t i = 0; i < sample.worker_count; i++) {
            assert_true(sample.workers[i].cpu == last || sample.workers[i].cpu == -1);
            if (placement == PPT_PLACEMENT_NONE) {
                assert_null(sample.workers[i].bound);
            } else {
                assert_string_equal(sample.workers[i].bound, one_text);
            }
        }
        ppt_sample_free(&sample);
        passed_stop(&b);
    }
    assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inside_a_pass_there_are_the_threads_asked_for),
        cmocka_unit_test(openmp_settings_are_as_before),
        cmocka_unit_test(placement_gives_the_binding_back),
        cmocka_unit_test(placement_stays_within_the_affinity),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
