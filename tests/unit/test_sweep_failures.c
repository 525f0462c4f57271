/*
 * Whole runs with kernels that fail: what is compared, which points are left out, and when a run
 * ends for it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interrupt.h"
#include "journal.h"
#include "swept.h"

#define PATH 256

static void different_results_are_a_failure(void **state)
{
    struct swept run;

    (void)state;
    assert_int_equal(swept_run(&run,
                               "{\"task\": \"wrong\", \"task_count\": 5, \"iterations\": 3,\n"
                               "\"warmup\": 0, \"workers\": [0, 1, 2]}",
                               1),
                     PPT_DIFFERS);
    assert_non_null(strstr(run.error.text, "wrong"));
    assert_int_equal(run.samples.count, 3); /* the block was finished */
    swept_check(&run);
    swept_stop(&run);
    assert_int_equal(swept_run(&run,
                               "{\"task\": \"random\", \"task_args\": [\"wrong\", \"steady\"],\n"
                               "\"task_count\": 20, \"iterations\": 3, \"workers\": [0, 2]}",
                               1),
                     PPT_DIFFERS);
    swept_check(&run);
    swept_stop(&run);
}

/* What was compared once is not looked at again: a sweep compares after every block. */
static void results_are_compared_once(void **state)
{
    enum { SAMPLES = 9 };
    struct ppt_config config = {.task = (char[]){"mock"}, .inner_count = 1};
    struct ppt_sample items[SAMPLES] = {0};
    struct ppt_samples samples = {.items = items, .count = SAMPLES - 1};
    struct ppt_compared compared = {0};
    struct ppt_error error = {""};

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        items[i].point.workers = (unsigned)(SAMPLES - i); /* the last one has the fewest */
        items[i].digest = 7;
    }
    require(ppt_sweep_compare(&config, &samples, 1, &compared, &error), &error);
    assert_int_equal(compared.count, SAMPLES - 1);
    assert_int_equal(compared.references[0], SAMPLES - 1);
    items[4].digest = 8;
    samples.count = SAMPLES;
    require(ppt_sweep_compare(&config, &samples, 1, &compared, &error), &error);
    /* The one that those of before were compared with stands for all of them. */
    compared.count = SAMPLES - 1;
    compared.references[0] = SAMPLES - 1;
    items[SAMPLES - 1].digest = 9;
    assert_int_equal(ppt_sweep_compare(&config, &samples, 1, &compared, &error), PPT_DIFFERS);
    assert_non_null(strstr(error.text, "at 1 and at 2 workers"));
    items[SAMPLES - 1].point.workers = SAMPLES + 1;
    assert_int_equal(ppt_sweep_compare(&config, &samples, 1, &compared, &error), PPT_DIFFERS);
    assert_non_null(strstr(error.text, "at 2 and at 10 workers"));
}

/* Programs may do different things, but each the same everywhere. */
static void results_are_compared_within_a_program(void **state)
{
    enum { SAMPLES = 6 };
    static char label[] = "other";
    struct ppt_use uses[2] = {{.label = label}, {.label = label}};
    struct ppt_config config = {
        .task = (char[]){"mock"}, .inner_count = 1, .uses = uses, .variant_count = 2};
    struct ppt_sample items[SAMPLES] = {0};
    struct ppt_samples samples = {.items = items, .count = SAMPLES};
    struct ppt_compared compared = {0}, nothing = {0};
    struct ppt_error error = {""};

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        items[i].point.workers = (unsigned)i / 2 + 1;
        items[i].point.program = (unsigned)i % 2 + 1;
        items[i].digest = i % 2;
    }
    require(ppt_sweep_compare(&config, &samples, 1, &compared, &error), &error);
    items[3].digest = 7;
    require(ppt_sweep_compare(&config, &samples, 1, &compared, &error), &error);
    assert_int_equal(ppt_sweep_compare(&config, &samples, 1, &nothing, &error), PPT_DIFFERS);
    assert_non_null(strstr(error.text, "\"other\" computes different results at 1 and at 2"));
}

/* The warm-up of one block and the passes of the next must agree, too. */
static void one_count_alone_cannot_differ(void **state)
{
    struct swept run;

    (void)state;
    require(swept_run(
                &run,
                "{\"task\": \"wrong\", \"task_count\": 5, \"iterations\": 3, \"workers\": [2]}", 1),
            &run.error);
    assert_int_equal(run.samples.count, 4);
    swept_stop(&run);
}

/* Nothing fails but the pass at 2 workers, wherever the plan has it; the others go on. */
static void a_point_that_fails_is_left_out(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 8; seed++) {
        struct swept run;
        char config[PATH];

        snprintf(config, sizeof(config),
                 "{\"task\": \"unattachable\", \"task_count\": 5, \"iterations\": 2,\n"
                 "\"warmup\": 0, \"workers\": [0, 1, 2], \"seed\": %u}",
                 seed);
        require(swept_run(&run, config, 1), &run.error);
        assert_int_equal(run.samples.failure_count, 1);
        assert_int_equal(run.samples.failures[0].block, 1);
        assert_int_equal(run.samples.failures[0].point.workers, 2);
        assert_non_null(
            strstr(run.samples.failures[0].message, "worker 1 cannot attach on purpose"));
        assert_int_equal(run.samples.count, 4);
        assert_int_equal(run.line_count, 5);
        assert_int_equal(ppt_sweep_failures(run.config, &run.samples, &run.error), PPT_FAILED);
        assert_non_null(strstr(run.error.text, "at 2 workers: unattachable: worker 1"));
        swept_stop(&run);
    }
}

/* Passes of before are recorded, but count no longer; a run that goes on skips the point, too. */
static void a_point_may_fail_in_a_later_block(void **state)
{
    static const char config[] =
        "{\"task\": \"fading\", \"task_args\": [2], \"task_count\": 3, \"iterations\": 4,\n"
        "\"warmup\": 0, \"workers\": [0, 1, 2]}";
    const struct ppt_sweep_judge judge = {.enough = swept_enough};
    struct swept run;

    (void)state;
    require(swept_run(&run, config, 1), &run.error);
    assert_int_equal(run.samples.failure_count, 1);
    assert_int_equal(run.samples.failures[0].block, 3);
    assert_int_equal(run.samples.count, 2 * 3 + 2 * 2);
    /* All is there already, and from the second block on it is not. */
    for (size_t kept = run.samples.count; kept >= 6; kept--) {
        struct ppt_journal *journal = NULL;

        while (run.samples.count > kept) {
            ppt_sample_free(&run.samples.items[--run.samples.count]);
        }
        struct ppt_folder folder = swept_folder("second");
        unlink("second/samples.jsonl");
        require(ppt_journal_create(&folder, &journal, &run.error), &run.error);
        require(ppt_sweep_run(run.config, &swept_here, journal, &judge, &run.samples, &run.error),
                &run.error);
        ppt_journal_close(journal);
        ppt_folder_close(&folder);
        assert_int_equal(run.samples.count, 2 * 3 + 2 * 2);
        assert_int_equal(run.samples.failure_count, 1);
    }
    swept_stop(&run);
}

static void a_run_whose_points_all_fail_ends(void **state)
{
    struct swept run;

    (void)state;
    require(swept_run(&run,
                      "{\"task\": \"failing\", \"task_args\": [3], \"task_count\": 5,\n"
                      "\"iterations\": 100000, \"wait_time_after_iteration\": 1, \"warmup\": 0,\n"
                      "\"workers\": [0, 1]}",
                      1),
            &run.error);
    assert_int_equal(run.samples.count, 0);
    assert_int_equal(run.samples.failure_count, 2);
    assert_int_equal(run.line_count, 2);
    assert_int_equal(ppt_sweep_failures(run.config, &run.samples, &run.error), PPT_FAILED);
    assert_non_null(strstr(run.error.text, "task 3 fails on purpose"));
    swept_stop(&run);
}

static void an_unopenable_kernel_is_found_before_the_run(void **state)
{
    static const char config[] = "{\"task\": \"unopenable\", \"workers\": [0, 1]}";
    const struct ppt_workspace folder = {.folder = swept_dot};
    struct swept run;

    (void)state;
    assert_int_equal(swept_run(&run, config, 1), PPT_BAD_INPUT);
    assert_int_equal(run.samples.count, 0);
    assert_int_equal(ppt_sweep_check(run.config, &folder, 1, UINT64_MAX, &run.error),
                     PPT_BAD_INPUT);
    assert_non_null(strstr(run.error.text, "cannot be opened on purpose"));
    swept_stop(&run);
    require(swept_run(&run, "{\"task\": \"steady\", \"task_count\": 1, \"workers\": [0, 1]}", 1),
            &run.error);
    require(ppt_sweep_check(run.config, &folder, 1, UINT64_MAX, &run.error), &run.error);
    swept_stop(&run);
}

static void the_wish_to_stop_ends_a_run(void **state)
{
    struct swept run;

    (void)state;
    ppt_interrupted = 1;
    assert_int_equal(
        swept_run(&run, "{\"task\": \"steady\", \"task_count\": 9, \"workers\": [0]}", 1),
        PPT_INTERRUPTED);
    assert_int_equal(run.samples.count, 0);
    swept_check_journal(&run);
    swept_stop(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SWEPT(different_results_are_a_failure),
        SWEPT(results_are_compared_once),
        SWEPT(results_are_compared_within_a_program),
        SWEPT(one_count_alone_cannot_differ),
        SWEPT(a_point_that_fails_is_left_out),
        SWEPT(a_point_may_fail_in_a_later_block),
        SWEPT(a_run_whose_points_all_fail_ends),
        SWEPT(an_unopenable_kernel_is_found_before_the_run),
        SWEPT(the_wish_to_stop_ends_a_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
