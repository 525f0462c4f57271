/*
 * The passes of a run by block and point: what is found, what does not count, and that what is made
 * of them takes as many times as long as there are times as many.
 */
#include <stdlib.h>
#include <time.h>

#include <math.h>

#include "answer.h"
#include "index.h"
#include "memory.h"
#include "summary.h"
#include "unit.h"

static void add_pass(struct ppt_samples *samples, unsigned block, struct ppt_point point,
                     int64_t total_ns)
{
    const size_t count = point.workers > 0 ? point.workers : 1;
    struct ppt_sample sample = {
        .block = block,
        .point = point,
        .work_ns = total_ns,
        .total_ns = total_ns,
        .task_count = 8,
        .times = {.sum_ns = total_ns, .largest_ns = total_ns},
        .workers = ppt_alloc(count, sizeof(*sample.workers)),
        .worker_count = count,
    };

    for (size_t i = 0; i < count; i++) {
        sample.workers[i].busy_ns = total_ns;
        sample.workers[i].cpu_ns = total_ns;
        sample.workers[i].end_ns = total_ns;
    }
    ppt_samples_add(samples, &sample);
}

static const struct ppt_point calls = {0, 1, 0, 0, 0, 0}, two = {2, 1, 0, 0, 0, 0},
                              inner = {2, 2, 0, 0, 0, 0}, ranks = {1, 1, 2, 0, 0, 0};

/* A warm-up, a whole block, one with a point less, nothing of a third, and one pass of a fourth. */
static void few_passes(struct ppt_samples *samples)
{
    *samples = (struct ppt_samples){0};
    add_pass(samples, 0, ranks, 1);
    add_pass(samples, 0, calls, 2);
    add_pass(samples, 1, ranks, 10);
    add_pass(samples, 1, two, 11);
    add_pass(samples, 1, calls, 12);
    add_pass(samples, 1, inner, 13);
    add_pass(samples, 2, two, 21);
    add_pass(samples, 2, ranks, 20);
    add_pass(samples, 2, calls, 22);
    add_pass(samples, 0, calls, 3);
    add_pass(samples, 4, calls, 42);
}

static void passes_are_found(void **state)
{
    static const int64_t of_calls[] = {12, 22, 42};
    struct ppt_samples samples;
    struct ppt_index index;
    struct ppt_grid grid;

    (void)state;
    few_passes(&samples);
    ppt_index_create(&samples, &index);
    assert_int_equal(index.point_count, 4);
    assert_int_equal(index.block_count, 4);
    assert_int_equal(ppt_index_find(&index, calls), 0);
    assert_int_equal(ppt_index_find(&index, two), 1);
    assert_int_equal(ppt_index_find(&index, inner), 2);
    assert_int_equal(ppt_index_find(&index, ranks), 3);
    assert_int_equal(ppt_index_find(&index, (struct ppt_point){1, 1, 0, 0, 0, 0}), SIZE_MAX);
    assert_int_equal(ppt_index_at(&index, 2, 1)->total_ns, 21);
    assert_int_equal(ppt_index_at(&index, 2, 3)->total_ns, 20);
    assert_null(ppt_index_at(&index, 2, 2));
    assert_null(ppt_index_at(&index, 3, 0));
    assert_null(ppt_index_at(&index, 1, SIZE_MAX));
    assert_int_equal(ppt_index_passes(&index, SIZE_MAX).count, 0);
    const struct ppt_passes passes = ppt_index_passes(&index, 0);
    assert_int_equal(passes.count, 3);
    for (size_t i = 0; i < passes.count; i++) {
        assert_int_equal(passes.items[i]->total_ns, of_calls[i]);
    }
    ppt_grid_from_index(&index, &grid);
    assert_int_equal(grid.block_count, 1);
    assert_int_equal(lround(1e9 * ppt_grid_at(&grid, 0, 3)), 10);
    ppt_grid_free(&grid);
    ppt_index_free(&index);
    ppt_samples_free(&samples);
}

static void points_that_failed_do_not_count(void **state)
{
    struct ppt_samples samples;
    struct ppt_index index;
    struct ppt_grid grid;

    (void)state;
    few_passes(&samples);
    ppt_samples_fail(&samples, &(struct ppt_failure){2, inner, (char[]){"on purpose"}, false});
    ppt_index_create(&samples, &index);
    assert_int_equal(index.point_count, 3);
    assert_int_equal(ppt_index_find(&index, inner), SIZE_MAX);
    assert_int_equal(ppt_index_passes(&index, 1).count, 2);
    /* All that ran but of that point, in that order. */
    assert_int_equal(index.ran.count, samples.count - 1);
    for (size_t i = 0; i < index.ran.count; i++) {
        assert_ptr_equal(index.ran.items[i], &samples.items[i < 5 ? i : i + 1]);
    }
    ppt_grid_from_index(&index, &grid);
    assert_int_equal(grid.block_count, 2);
    ppt_grid_free(&grid);
    ppt_index_free(&index);
    ppt_samples_free(&samples);
}

/* Blocks 1 and 2 of one process, 3 and 4 of the next: two values, medians of logarithms. */
static void a_process_is_one_value(void **state)
{
    static const int64_t ns[] = {100, 400, 900, 900};

    (void)state;
    for (unsigned known = 0; known < 2; known++) {
        struct ppt_samples samples = {0};
        struct ppt_index index;
        struct ppt_grid grid;

        for (unsigned block = 1; block <= 4; block++) {
            struct ppt_sample sample = {.block = block, .point = calls, .total_ns = ns[block - 1]};

            /* One that nobody knows of makes all of them doubtful. */
            sample.process = block == 4 && !known ? 0 : (block + 1) / 2;
            ppt_samples_add(&samples, &sample);
        }
        ppt_index_create(&samples, &index);
        ppt_grid_from_index(&index, &grid);
        assert_int_equal(grid.processes, known ? 2 : 1);
        assert_int_equal(grid.block_count, known ? 2 : 4);
        assert_int_equal(lround(1e9 * ppt_grid_at(&grid, 0, 0)), known ? 200 : 100);
        assert_int_equal(lround(1e9 * ppt_grid_at(&grid, 1, 0)), known ? 900 : 400);
        ppt_grid_free(&grid);
        ppt_index_free(&index);
        ppt_samples_free(&samples);
    }
}

static void nothing_is_an_index(void **state)
{
    struct ppt_samples samples = {0};
    struct ppt_index index;

    (void)state;
    add_pass(&samples, 0, calls, 1);
    ppt_index_create(&samples, &index);
    assert_int_equal(index.point_count, 0);
    assert_int_equal(index.block_count, 0);
    assert_int_equal(ppt_index_find(&index, calls), SIZE_MAX);
    ppt_index_free(&index);
    ppt_samples_free(&samples);
}

/* ---- a look, and the whole answer ---- */

static const struct ppt_answer_context context = {
    .tasks = 8, .cpus = 4, .tolerance = 0.05, .confidence = 0.97};

static void many_passes(struct ppt_samples *samples, unsigned blocks)
{
    uint32_t noise = 1;

    *samples = (struct ppt_samples){0};
    for (unsigned block = 0; block <= blocks; block++) {
        for (unsigned workers = 0; workers <= 4; workers++) {
            noise = 1664525 * noise + 1013904223;
            add_pass(samples, block, (struct ppt_point){workers, 1, 0, 0, 0, 0},
                     10000000 / (workers > 1 ? workers : 1) + noise % 500000);
        }
    }
}

static bool is_settled_for(const struct ppt_samples *samples, bool same_alone)
{
    struct ppt_answer_context about = context;
    struct ppt_answer answer;
    struct ppt_index index;

    about.same_alone = same_alone;
    ppt_index_create(samples, &index);
    ppt_answer_from_index(&index, &about, &answer);
    const bool settled =
        ppt_verdict_settled(&answer.verdict, &answer.grid, context.confidence, 0.02);
    const struct ppt_objective_context asked = ppt_answer_objective(&about);
    assert_int_equal(ppt_objective_settles(samples, &asked, 0.02), settled);
    ppt_answer_free(&answer);
    ppt_index_free(&index);
    return settled;
}

static bool is_settled(const struct ppt_samples *samples)
{
    return is_settled_for(samples, false);
}

/* It must say what the report will say. */
static void a_look_is_the_verdict(void **state)
{
    struct ppt_samples samples;

    (void)state;
    many_passes(&samples, 2);
    assert_false(is_settled(&samples));
    ppt_samples_free(&samples);
    many_passes(&samples, 60);
    assert_true(is_settled(&samples));
    samples.items[20].noise.stopped = 1; /* a pass of 0 workers */
    assert_false(is_settled(&samples));
    samples.items[20].noise.stopped = 0;
    samples.items[samples.count - 1].noise.stopped = 1; /* of 4 */
    assert_false(is_settled(&samples));
    ppt_samples_fail(&samples,
                     &(struct ppt_failure){60, {4, 1, 0, 0, 0, 0}, (char[]){"on purpose"}, false});
    assert_true(is_settled(&samples));
    ppt_samples_free(&samples);
}

/* A worker of a program keeps no run going by its noise: sequential calls are the same. */
static void a_look_leaves_one_worker_of_a_program_aside(void **state)
{
    struct ppt_samples samples = {0};
    uint32_t noise = 1;

    (void)state;
    for (unsigned block = 0; block <= 12; block++) {
        for (unsigned workers = 0; workers <= 2; workers++) {
            noise = 1664525 * noise + 1013904223;
            add_pass(&samples, block, (struct ppt_point){workers, 1, 0, 0, 0, 0},
                     workers == 0   ? 10000000 + noise % 1000
                     : workers == 1 ? 8000000 + noise % 4000000
                                    : 20000000 + noise % 1000);
        }
    }
    assert_false(is_settled_for(&samples, false));
    assert_true(is_settled_for(&samples, true));
    ppt_samples_free(&samples);
}

static double cpu_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void analyse(const struct ppt_samples *samples)
{
    struct ppt_answer answer;
    struct ppt_summary summary;
    struct ppt_index index;

    ppt_index_create(samples, &index);
    ppt_summary_create(&index, &summary);
    ppt_answer_from_index(&index, &context, &answer);
    ppt_answer_free(&answer);
    ppt_summary_free(&summary);
    ppt_index_free(&index);
}

static void look(const struct ppt_samples *samples)
{
    const struct ppt_objective_context asked = ppt_answer_objective(&context);

    (void)ppt_objective_settles(samples, &asked, 0.02);
}

/* CPU time of this thread, the least of several attempts: what disturbs only adds to it. */
static double least_s(void (*work)(const struct ppt_samples *), unsigned blocks)
{
    struct ppt_samples samples;
    double least = INFINITY;

    many_passes(&samples, blocks);
    for (int i = 0; i < 5; i++) {
        const double start = cpu_s();

        work(&samples);
        least = fmin(least, cpu_s() - start);
    }
    ppt_samples_free(&samples);
    return least;
}

/* 10 times the passes take about 10 times as long; 100 times if each looked through all. */
static void time_grows_with_the_passes(void **state)
{
    (void)state;
    assert_true(least_s(analyse, 4000) < 30 * least_s(analyse, 400));
    assert_true(least_s(look, 4000) < 30 * least_s(look, 400));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_are_found),
        cmocka_unit_test(points_that_failed_do_not_count),
        cmocka_unit_test(a_process_is_one_value),
        cmocka_unit_test(nothing_is_an_index),
        cmocka_unit_test(a_look_is_the_verdict),
        cmocka_unit_test(a_look_leaves_one_worker_of_a_program_aside),
        cmocka_unit_test(time_grows_with_the_passes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
