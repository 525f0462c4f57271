/*
 * Passes that fail or are stopped, and what of them is visible.
 */
#include <string.h>

#include "interrupt.h"
#include "passed.h"

static void check_empty(const struct ppt_sample *s)
{
    assert_null(s->workers);
    assert_null(s->task_ns);
    assert_int_equal(s->worker_count, 0);
    assert_true(s->total_ns == 0);
}

static void a_failing_task_fails_the_pass(void **state)
{
    static const int64_t places[] = {0, 49, 99};

    (void)state;
    for (size_t place = 0; place < COUNT(places); place++) {
        for (int memory = PPT_MEMORY_REUSE; memory <= PPT_MEMORY_FRESH; memory++) {
            struct passed b;

            passed_prepare(&b, &ppt_mock_failing, places[place], 100);
            b.config.memory = (enum ppt_memory)memory;
            passed_start(&b);
            for (size_t i = 0; i < PASSED_WORKERS; i++) {
                struct ppt_sample sample;
                struct ppt_error error;

                assert_int_equal(passed_run(&b, passed_workers[i], 1, &sample, &error), PPT_FAILED);
                assert_non_null(strstr(error.text, "fails on purpose"));
                check_empty(&sample);
                passed_one_thread();
            }
            passed_stop(&b);
        }
    }
}

/* The other workers, which attached, are detached again: what leaks is found by tools. */
static void a_worker_that_cannot_attach_fails_the_pass(void **state)
{
    struct passed b;
    struct ppt_sample sample;
    struct ppt_error error;

    (void)state;
    passed_prepare(&b, &ppt_mock_unattachable, 1, 20);
    passed_start(&b);
    for (unsigned workers = 0; workers < 2; workers++) {
        sample = passed_well(&b, workers); /* there is no worker 1 */
        passed_check(&sample, workers, 20);
        ppt_sample_free(&sample);
    }
    for (unsigned workers = 2; workers < 6; workers++) {
        assert_int_equal(passed_run(&b, workers, 1, &sample, &error), PPT_FAILED);
        assert_non_null(strstr(error.text, "worker 1 cannot attach on purpose"));
        check_empty(&sample);
        passed_one_thread();
    }
    /* And it can be used again. */
    sample = passed_well(&b, 1);
    ppt_sample_free(&sample);
    passed_stop(&b);
}

static void a_fresh_worker_that_cannot_attach_fails_the_pass(void **state)
{
    struct passed b;
    struct ppt_sample sample;
    struct ppt_error error;

    (void)state;
    passed_prepare(&b, &ppt_mock_unattachable, 100, 20);
    b.config.memory = PPT_MEMORY_FRESH;
    b.config.schedule = (struct ppt_schedule){PPT_SCHEDULE_STATIC, 0}; /* worker 1 has tasks */
    passed_start(&b);
    assert_int_equal(passed_run(&b, 2, 1, &sample, &error), PPT_FAILED);
    assert_non_null(strstr(error.text, "worker 1 cannot attach on purpose"));
    check_empty(&sample);
    passed_stop(&b);
}

/* Workers queue for their scratch: at any number of them, what one would take alone is left out,
 * and what the others wait for beyond it is a price of having them. */
static void scratch_is_left_out_once(void **state)
{
    struct passed b;
    int64_t scratch = 0;

    (void)state;
    passed_prepare(&b, &ppt_mock_queueing, 1000, 10);
    passed_start(&b);
    for (unsigned workers = 0; workers <= 4; workers++) {
        struct ppt_sample s = passed_well(&b, workers);

        passed_check_times(&s);
        passed_check_workers(&s);
        if (workers == 0) {
            assert_true(s.scratch_ns >= PPT_MOCK_QUEUE_NS);
        } else {
            const int64_t all = (int64_t)workers * PPT_MOCK_QUEUE_NS;

            scratch = workers == 1 ? s.scratch_ns : scratch;
            assert_true(s.init_ns + s.scratch_ns >= all);
            /* Equal but where cleanup was shorter than giving back had been. */
            assert_in_range(s.scratch_ns, scratch - PPT_MOCK_QUEUE_NS / 10,
                            scratch + PPT_MOCK_QUEUE_NS / 10);
        }
        ppt_sample_free(&s);
    }
    passed_stop(&b);
}

static void wrong_results_are_visible(void **state)
{
    struct passed b;
    uint64_t digests[PASSED_WORKERS];

    (void)state;
    passed_prepare(&b, &ppt_mock_wrong, 1, 100);
    passed_start(&b);
    for (size_t i = 0; i < PASSED_WORKERS; i++) {
        struct ppt_sample sample = passed_well(&b, passed_workers[i]);

        digests[i] = sample.digest;
        ppt_sample_free(&sample);
        for (size_t k = 0; k < i; k++) {
            assert_true(digests[i] != digests[k]);
        }
    }
    passed_stop(&b);
}

static void the_wish_to_stop_ends_a_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < PASSED_WORKERS; i++) {
        struct passed b;
        struct ppt_sample sample;
        struct ppt_error error;

        passed_prepare(&b, &ppt_mock_steady, 1000000, 100000); /* would take a minute */
        passed_start(&b);
        ppt_interrupted = 1;
        assert_int_equal(passed_run(&b, passed_workers[i], 1, &sample, &error), PPT_INTERRUPTED);
        ppt_interrupted = 0;
        check_empty(&sample);
        passed_one_thread();
        passed_stop(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failing_task_fails_the_pass),
        cmocka_unit_test(a_worker_that_cannot_attach_fails_the_pass),
        cmocka_unit_test(a_fresh_worker_that_cannot_attach_fails_the_pass),
        cmocka_unit_test(scratch_is_left_out_once),
        cmocka_unit_test(wrong_results_are_visible),
        cmocka_unit_test(the_wish_to_stop_ends_a_pass),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
