/*
 * Points in two dimensions, workers and inner threads: the verdict over all of them, and what is
 * said of the row that it picks.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "rng.h"
#include "sentence.h"
#include "unit.h"

#define WORKERS 4 /* 0, 1, 2, 4 */
#define INNERS 3  /* 1, 2, 4 */
#define POINTS (WORKERS * INNERS)
#define BLOCKS 10

static const unsigned workers[WORKERS] = {0, 1, 2, 4};
static const unsigned inners[INNERS] = {1, 2, 4};

/* Seconds of a pass at a point. */
typedef double curve(unsigned workers, unsigned inner);

/* Passes under a little noise: 2 % each, 3 % per block. */
static void simulate(curve *seconds, struct ppt_grid *grid)
{
    struct ppt_point points[POINTS];
    struct ppt_rng rng;

    for (size_t i = 0; i < POINTS; i++) {
        points[i] = (struct ppt_point){workers[i / INNERS], inners[i % INNERS], 0, 0, 0, 0};
    }
    ppt_rng_seed(&rng, 5, 0, PPT_STREAM_DATA);
    ppt_grid_create(points, POINTS, BLOCKS, grid);
    for (size_t b = 0; b < BLOCKS; b++) {
        const double shared = exp(0.03 * (ppt_rng_double(&rng) - 0.5));

        for (size_t p = 0; p < POINTS; p++) {
            grid->seconds[b * POINTS + p] = shared *
                                            seconds(points[p].workers, points[p].inner_threads) *
                                            exp(0.02 * (ppt_rng_double(&rng) - 0.5));
        }
    }
}

static struct ppt_answer answer_of(curve *seconds, unsigned cpus)
{
    const struct ppt_answer_context context = {
        .tasks = 1000, .cpus = cpus, .tolerance = 0.05, .confidence = 0.95};
    struct ppt_grid grid;
    struct ppt_answer answer;

    simulate(seconds, &grid);
    ppt_answer_from_grid(&grid, &context, &answer);
    assert_null(grid.points); /* taken over */
    assert_true(answer.verdict.exists);
    return answer;
}

static struct ppt_point recommended(const struct ppt_answer *answer)
{
    return answer->grid.points[answer->verdict.recommended];
}

static void check_point(struct ppt_point point, unsigned n, unsigned inner)
{
    assert_int_equal(point.workers, n);
    assert_int_equal(point.inner_threads, inner);
}

static void check_says(const struct ppt_answer *answer, const char *words)
{
    struct ppt_text text = {0};

    ppt_sentence_verdict(answer, &text);
    ppt_text_add(&text, ". ");
    ppt_sentence_reason(answer, &text);
    ppt_sentence_details(answer, &text);
    if (!strstr(text.data, words)) {
        fail_msg("not in it: %s\n%s", words, text.data);
    }
    ppt_text_free(&text);
}

static double at_least_one(unsigned n)
{
    return n > 0 ? n : 1;
}

/* On four CPUs, side by side beats together: inner threads lose a fifth to waiting, and every
 * thread beyond the CPUs costs. */
static double side_by_side(unsigned n, unsigned inner)
{
    const double threads = at_least_one(n) * inner;
    const double gain = fmin(threads, 4) * (inner > 1 ? 0.8 : 1);

    return 8 / gain * (threads > 4 ? 1 + 0.05 * (threads - 4) : 1);
}

static void tasks_side_by_side(void **state)
{
    struct ppt_answer answer = answer_of(side_by_side, 4);

    (void)state;
    check_point(recommended(&answer), 4, 1);
    check_point(answer.grid.points[answer.verdict.best], 4, 1);
    assert_int_equal(answer.verdict.confidence, PPT_CONFIDENCE_HIGH);
    assert_int_equal(answer.reason, PPT_REASON_CPUS_BUSY);
    assert_int_equal(answer.row.point_count, WORKERS);
    assert_int_equal(answer.row.points[0].inner_threads, 1);
    assert_true(answer.has_crowd);
    check_point(answer.grid.points[answer.crowd], 4, 4);
    assert_true(fabs(answer.crowd_cost.value - 2) < 0.05); /* 16 threads: 1.6 / 0.8 */
    check_says(&answer, "use 4 workers × 1 inner thread (confidence HIGH):");
    check_says(&answer, "Too many threads: 4 workers × 4 inner threads, 16 threads on 4 CPUs");
    ppt_answer_free(&answer);
}

/* Workers share something that only one of them can use; threads of one task do not. */
static double together(unsigned n, unsigned inner)
{
    return 8 / fmin(inner, 4) * (1 + 0.3 * at_least_one(n));
}

static void tasks_one_after_the_other(void **state)
{
    struct ppt_answer answer = answer_of(together, 4);

    (void)state;
    /* One worker is as fast as calls without OpenMP, which need no more. */
    check_point(recommended(&answer), 0, 4);
    assert_int_equal(answer.row.points[0].inner_threads, 4);
    assert_int_equal(answer.reason, PPT_REASON_NO_GAIN);
    assert_true(fabs(answer.points[answer.verdict.recommended].over_sequential.value - 4) < 0.1);
    assert_true(answer.points[answer.verdict.recommended].by_workers.value == 1);
    check_says(&answer, "use plain sequential calls × 4 inner threads");
    check_says(&answer, "faster than sequential calls");
    ppt_answer_free(&answer);
}

/* Two ways to use two threads, nothing beyond: of points with as many threads the faster is taken,
 * not the first. */
static double either_way(unsigned n, unsigned inner)
{
    const double threads = fmin(at_least_one(n) * inner, 2);

    return 8 / threads * (inner == 2 && n < 2 ? 1 : 1.03);
}

static void equal_threads(void **state)
{
    struct ppt_answer answer = answer_of(either_way, 2);

    (void)state;
    check_point(recommended(&answer), 0, 2);
    ppt_answer_free(&answer);
}

/* The fewest threads that are nearly as fast, not the fewest workers. */
static double flat(unsigned n, unsigned inner)
{
    (void)n;
    return 1 + 0.001 * inner;
}

static void fewest_threads(void **state)
{
    struct ppt_answer answer = answer_of(flat, 4);

    (void)state;
    check_point(recommended(&answer), 0, 1);
    ppt_answer_free(&answer);
}

/* What is said of workers is said of one row: its own baseline, law and Karp-Flatt fraction. */
static double amdahl_rows(unsigned n, unsigned inner)
{
    const double serial = inner == 1 ? 0.2 : 0.05;

    return 8 * (serial + (1 - serial) / at_least_one(n)) / (inner == 4 ? 2.5 : inner);
}

static void rows_have_baselines_of_their_own(void **state)
{
    struct ppt_answer answer = answer_of(amdahl_rows, 64);

    (void)state;
    for (size_t p = 0; p < POINTS; p++) {
        const struct ppt_point point = answer.grid.points[p];
        const double serial = point.inner_threads == 1 ? 0.2 : 0.05;
        const double expected = 1 / (serial + (1 - serial) / at_least_one(point.workers));

        assert_true(fabs(answer.points[p].by_workers.value / expected - 1) < 0.02);
        assert_true(fabs(answer.points[p].over_sequential.value /
                             (8 / amdahl_rows(point.workers, point.inner_threads)) -
                         1) < 0.02);
        if (point.workers > 1) {
            assert_true(fabs(answer.points[p].karp_flatt - serial) < 0.02);
        }
    }
    check_point(recommended(&answer), 4, 4);
    assert_int_equal(answer.reason, PPT_REASON_STILL_RISING);
    assert_true(answer.scaling.exists);
    assert_true(fabs(ppt_scaling_outlook(&answer.scaling, 4).rivals.laws[PPT_RIVAL_USL].best.a -
                     0.05) < 0.03);
    /* Each worker has four of the CPUs. */
    assert_int_equal(answer.scaling.context.cpus, 16);
    assert_false(answer.has_crowd);
    ppt_answer_free(&answer);
}

static void rows_are_cut_out_whole(void **state)
{
    struct ppt_grid grid, row;

    (void)state;
    simulate(side_by_side, &grid);
    assert_int_equal(ppt_grid_several(&grid), PPT_ONLY(PPT_WORKERS) | PPT_OF_TASK);
    assert_int_equal(ppt_grid_find(&grid, (struct ppt_point){2, 4, 0, 0, 0, 0}), 8);
    assert_true(ppt_grid_find(&grid, (struct ppt_point){2, 3, 0, 0, 0, 0}) == SIZE_MAX);
    ppt_grid_row(&grid, 1, &row);
    assert_int_equal(ppt_grid_several(&row), PPT_ONLY(PPT_WORKERS));
    assert_int_equal(row.point_count, WORKERS);
    assert_int_equal(row.block_count, BLOCKS);
    for (size_t b = 0; b < BLOCKS; b++) {
        for (size_t w = 0; w < WORKERS; w++) {
            check_point(row.points[w], workers[w], 2);
            assert_true(ppt_grid_at(&row, b, w) == ppt_grid_at(&grid, b, w * INNERS + 1));
        }
    }
    ppt_grid_free(&row);
    ppt_grid_free(&grid);
}

static void labels(void **state)
{
    char label[PPT_POINT_SIZE];

    (void)state;
    assert_string_equal(ppt_point_label((struct ppt_point){4, 2, 0, 0, 0, 0}, 0, label), "4");
    assert_string_equal(ppt_point_label((struct ppt_point){4, 2, 0, 0, 0, 0}, PPT_OF_TASK, label),
                        "4x2");
    assert_string_equal(
        ppt_point_label((struct ppt_point){0, 1024, 0, 0, 0, 0}, PPT_OF_TASK, label), "0x1024");
    assert_string_equal(
        ppt_point_label((struct ppt_point){UINT32_MAX, UINT32_MAX, 0, 0, 0, 0}, PPT_OF_TASK, label),
        "4294967295x4294967295");
    assert_int_equal(ppt_point_threads((struct ppt_point){0, 3, 0, 0, 0, 0}), 3);
    assert_int_equal(ppt_point_threads((struct ppt_point){4, 3, 0, 0, 0, 0}), 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_side_by_side),
        cmocka_unit_test(tasks_one_after_the_other),
        cmocka_unit_test(equal_threads),
        cmocka_unit_test(fewest_threads),
        cmocka_unit_test(rows_have_baselines_of_their_own),
        cmocka_unit_test(rows_are_cut_out_whole),
        cmocka_unit_test(labels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
