/*
 * The efficiency factors: that their product is the speedup, on real passes of every kernel, and
 * that the bounds they are read with are bounds.
 */
#include <stdio.h>

#include <math.h>
#include <stdlib.h>

#include "factors.h"
#include "pass.h"
#include "rng.h"
#include "unit.h"
#include "workspace.h"

static const char *const configs[] = {
    "{\"task\": \"sum\", \"task_args\": [20000]",
    "{\"task\": \"multi\", \"task_args\": [20000]",
    "{\"task\": \"io\", \"task_args\": [1]",
    "{\"task\": \"zip\", \"task_args\": [1, 1]",
    "{\"task\": \"tensor\", \"task_args\": [64, 3]",
    "{\"task\": \"sort\", \"task_args\": [20000]",
    "{\"task\": \"matrix\", \"task_args\": [64]",
    "{\"task\": \"img\"",
    "{\"task\": \"password\", \"task_args\": [5, 50, [6, 9], 0.5]",
    "{\"task\": \"random\", \"task_args\": [\"sum\", \"multi\"]",
    "{\"task\": \"wait\", \"task_args\": [1, 0.2]",
};

static void load(const char *start, struct ppt_configs *loaded)
{
    struct ppt_overrides *none = ppt_overrides_create();
    char path[] = "/tmp/ppt-omp-factors-XXXXXX";
    struct ppt_error error = {""};
    const int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");

    assert_non_null(file);
    fprintf(file, "%s, \"task_count\": 12, \"workers\": [0, 1, 2, 4], \"seed\": 3}\n", start);
    fclose(file);
    if (ppt_configs_load(path, none, loaded, &error) != PPT_OK) {
        fail_msg("%s", error.text);
    }
    remove(path);
    ppt_overrides_destroy(none);
}

/* N x the product is T0/T to 1e-9; the replay keeps Graham's bounds; inflation splits exactly. */
static void check_pass(const struct ppt_sample *pass, const struct ppt_sample *sequential)
{
    const struct ppt_factors factors = ppt_factors_of(pass, sequential);
    const unsigned n = pass->point.workers;
    double product = n;

    for (size_t i = 0; i < PPT_FACTOR_COUNT; i++) {
        product *= factors.factor[i];
        assert_true(factors.factor[i] > 0);
    }
    assert_true(fabs(product / factors.speedup - 1) < 1e-9);
    assert_true(factors.factor[PPT_FACTOR_BALANCE] <= 1 + 1e-12);
    assert_true(factors.factor[PPT_FACTOR_SCHEDULING] <= 1 + 1e-12);
    assert_true(factors.factor[PPT_FACTOR_STARTUP] <= 1);
    if (factors.on_cpu_inflation > 0) {
        /* Of a short pass it is unknown. */
        const double queued = factors.queued_inflation > 0 ? factors.queued_inflation : 1;

        assert_true(fabs(factors.on_cpu_inflation * queued * factors.off_cpu_inflation *
                             factors.factor[PPT_FACTOR_WORK] -
                         1) < 1e-9);
    }
    const double replay = ppt_replay(sequential->task_ns, sequential->task_count, n);
    const double sum = (double)sequential->times.sum_ns;
    const double longest = (double)sequential->times.largest_ns;
    assert_true(replay >= fmax(sum / n, longest) * (1 - 1e-12));
    assert_true(replay <= (sum / n + (1 - 1.0 / n) * longest) * (1 + 1e-12));
}

static void check_kernel(const char *start)
{
    struct ppt_stopwatches *watches = ppt_stopwatches_create();
    struct ppt_configs loaded = {0};
    struct ppt_workload workload;
    struct ppt_error error = {""};
    struct ppt_sample sequential;
    struct ppt_workspace scratch;

    load(start, &loaded);
    assert_int_equal(ppt_workspace_create(&scratch, &error), PPT_OK);
    const struct ppt_dirs dirs = {.scratch = &scratch.folder};
    assert_int_equal(ppt_workload_open(loaded.items, 1, &dirs, &workload, &error), PPT_OK);
    for (size_t p = 0; p < 4; p++) {
        struct ppt_sample pass;

        if (ppt_pass_run(&workload, loaded.items->points[p], watches, &pass, &error) != PPT_OK) {
            fail_msg("%s: %s", start, error.text);
        }
        if (p == 0) {
            sequential = pass;
        } else {
            assert_true(pass.digest == sequential.digest);
            check_pass(&pass, &sequential);
            ppt_sample_free(&pass);
        }
    }
    ppt_sample_free(&sequential);
    ppt_workload_close(&workload);
    ppt_workspace_remove(&scratch);
    ppt_configs_free(&loaded);
    ppt_stopwatches_destroy(watches);
}

static void product_is_the_speedup(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(configs) / sizeof(configs[0]); i++) {
        check_kernel(configs[i]);
    }
}

static void granularity(void **state)
{
    (void)state;
    assert_true(fabs(ppt_granularity_bound(10, 4) - 10.0 / 12) < 1e-12);
    assert_true(fabs(ppt_granularity_bound(12, 4) - 1) < 1e-12);
    assert_true(fabs(ppt_granularity_bound(1, 8) - 1.0 / 8) < 1e-12);
}

static void replay_hands_out_in_order(void **state)
{
    const int64_t tasks[] = {5, 3, 2, 4, 1};

    (void)state;
    assert_true(ppt_replay(tasks, 5, 1) == 15);
    /* Workers A and B: A 5, B 3, B 2 (free at 5), A 4 (free at 9), B 1. */
    assert_true(ppt_replay(tasks, 5, 2) == 9);
    assert_true(ppt_replay(tasks, 5, 16) == 5);
}

static void break_even(void **state)
{
    (void)state;
    /* A task alone gains nothing from a second worker; two of them do. */
    assert_int_equal(ppt_break_even(0, 0.25, 2, 0.25), 2);
    /* 1 s of overhead: 4 rounds of 2 tasks are a draw with 8 x 0.25 s, and the ninth task begins a
     * fifth round; the tenth is the first that wins. */
    assert_int_equal(ppt_break_even(1, 0.25, 2, 0.25), 10);
    assert_int_equal(ppt_break_even(0, 0.5, 2, 0.25), 0);
    assert_int_equal(ppt_break_even(1, 0.3, 1, 0.25), 0);
    assert_int_equal(ppt_break_even(-1, 0.25, 4, 0.25), 2);
}

/* The last number of tasks up to `most` that does not win, counted one by one, and one more. */
static uint64_t counted(double overhead, double round, unsigned workers, double task, uint64_t most)
{
    uint64_t from = 1;

    for (uint64_t m = 1; m <= most; m++) {
        if (overhead + (double)((m + workers - 1) / workers) * round >= (double)m * task) {
            from = m + 1;
        }
    }
    return from;
}

/* Quarters of seconds, so that sums are exact. */
static void from_there_on_every_number_wins(void **state)
{
    struct ppt_rng rng;
    size_t again = 0;

    (void)state;
    ppt_rng_seed(&rng, 51, 0, PPT_STREAM_DATA);
    for (int i = 0; i < 5000; i++) {
        const unsigned workers = 1 + (unsigned)ppt_rng_below(&rng, 9);
        const double overhead = 0.25 * (double)ppt_rng_below(&rng, 60);
        const double task = 0.25 * (double)(1 + ppt_rng_below(&rng, 12));
        const double round = 0.25 * (double)(1 + ppt_rng_below(&rng, 30));
        const uint64_t from = ppt_break_even(overhead, round, workers, task);

        if (round >= workers * task) {
            assert_int_equal(from, 0);
        } else {
            assert_int_equal(from, counted(overhead, round, workers, task, 2000));
            /* One that wins before, though not for good. */
            again += from > 1 && overhead + ceil((double)(from - 2) / workers) * round <
                                     (double)(from - 2) * task;
        }
    }
    assert_true(again > 100);
}

/* Where so many tasks are faster by as much as that, all larger numbers are; and not by much less.
 */
static void a_speedup_shows_that_every_larger_number_wins(void **state)
{
    struct ppt_rng rng;
    size_t shown = 0, near = 0;

    (void)state;
    assert_true(fabs(ppt_break_even_speedup(8, 2) - 8.0 * 5 / (4 * 9)) < 1e-12);
    assert_true(ppt_break_even_speedup(1, 8) == 1);
    ppt_rng_seed(&rng, 52, 0, PPT_STREAM_DATA);
    for (int i = 0; i < 20000; i++) {
        const unsigned workers = 2 + (unsigned)ppt_rng_below(&rng, 8);
        const double overhead = 0.25 * (double)ppt_rng_below(&rng, 60);
        const double task = 0.25 * (double)(1 + ppt_rng_below(&rng, 12));
        const double round = fmax(task, 0.25 * (double)(1 + ppt_rng_below(&rng, 30)));
        const uint64_t tasks = 1 + ppt_rng_below(&rng, 40);
        const double speedup =
            (double)tasks * task / (overhead + ceil((double)tasks / workers) * round);
        const uint64_t from = counted(overhead, round, workers, task, 2000);

        if (speedup > ppt_break_even_speedup(tasks, workers) + 1e-9) {
            assert_true(from <= tasks);
            shown++;
        } else if (speedup > 1 + 1e-9 && from > tasks) {
            near++;
        }
    }
    assert_true(shown > 1000 && near > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(product_is_the_speedup),
        cmocka_unit_test(granularity),
        cmocka_unit_test(replay_hands_out_in_order),
        cmocka_unit_test(break_even),
        cmocka_unit_test(from_there_on_every_number_wins),
        cmocka_unit_test(a_speedup_shows_that_every_larger_number_wins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
