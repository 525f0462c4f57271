/*
 * What lies below a grid's times: the processes that passes ran in, and the clock that timed them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "noises.h"
#include "verdict.h"

#define POINTS 3
#define BLOCKS 12

static const unsigned workers[POINTS] = {0, 1, 2};
static const double curve[POINTS] = {0.4, 0.41, 0.21};

/* 4 processes of 3 blocks each, in which each point is off by the same in all blocks. */
static void simulate(struct ppt_rng *rng, double bias, struct ppt_grid *grid, double *process)
{
    ppt_grid_create_curve(workers, POINTS, BLOCKS, grid);
    for (size_t b = 0; b < BLOCKS; b++) {
        process[b] = (double)(b / 3 + 1);
    }
    for (size_t p = 0; p < POINTS; p++) {
        double off = 0;

        for (size_t b = 0; b < BLOCKS; b++) {
            off = b % 3 == 0 ? bias * noise_normal(rng) : off;
            grid->seconds[b * POINTS + p] = curve[p] * exp(off + 0.003 * noise_normal(rng));
        }
    }
}

static void processes_are_the_values(void **state)
{
    double process[BLOCKS];
    struct ppt_grid grid;
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 41, 0, PPT_STREAM_DATA);
    simulate(&rng, 0.03, &grid, process);
    const double *s = grid.seconds;
    const double second = s[4 * POINTS]; /* block 5, point 0: of the second process */
    const double a = s[3 * POINTS], c = s[5 * POINTS];
    const double middle = fmax(fmin(a, second), fmin(fmax(a, second), c));
    ppt_grid_by_process(&grid, process);
    assert_int_equal(grid.block_count, 4);
    assert_int_equal(grid.processes, 4);
    assert_true(grid.grouped);
    assert_true(fabs(ppt_grid_at(&grid, 1, 0) / middle - 1) < 1e-12);
    ppt_grid_free(&grid);

    /* Of one process everything stays. */
    simulate(&rng, 0.03, &grid, process);
    for (size_t b = 0; b < BLOCKS; b++) {
        process[b] = 7;
    }
    ppt_grid_by_process(&grid, process);
    assert_int_equal(grid.block_count, BLOCKS);
    assert_int_equal(grid.processes, 1);
    assert_false(grid.grouped);
    ppt_grid_free(&grid);

    /* As do blocks of one each. */
    simulate(&rng, 0.03, &grid, process);
    for (size_t b = 0; b < BLOCKS; b++) {
        process[b] = (double)b;
    }
    ppt_grid_by_process(&grid, process);
    assert_int_equal(grid.processes, BLOCKS);
    assert_false(grid.grouped);
    ppt_grid_free(&grid);
}

/* With 3 % per process, blocks pooled cover far less than they say; processes do. */
static void intervals_cover_what_differs_between_processes(void **state)
{
    const double truth = curve[0] / curve[2];
    size_t pooled = 0, covered = 0;
    const size_t runs = 2000;
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 42, 0, PPT_STREAM_DATA);
    for (size_t run = 0; run < runs; run++) {
        double process[BLOCKS];
        struct ppt_grid grid;
        struct ppt_ratio ratio;

        simulate(&rng, 0.03, &grid, process);
        ratio = ppt_grid_speedup(&grid, 0, 2, 0.95);
        pooled += ratio.interval.low <= truth && truth <= ratio.interval.high;
        ppt_grid_by_process(&grid, process);
        ratio = ppt_grid_speedup(&grid, 0, 2, 0.95);
        covered += ratio.interval.low <= truth && truth <= ratio.interval.high;
        ppt_grid_free(&grid);
    }
    print_message("pooled %.1f %%, by process %.1f %%\n", 100.0 * (double)pooled / (double)runs,
                  100.0 * (double)covered / (double)runs);
    assert_true((double)pooled < 0.85 * (double)runs);
    assert_true((double)covered >= 0.93 * (double)runs);
}

/* ---- the clock ---- */

static void round_to(struct ppt_grid *grid, double step)
{
    for (size_t i = 0; i < grid->block_count * grid->point_count; i++) {
        grid->seconds[i] = round(grid->seconds[i] / step) * step;
    }
}

static void steps_are_seen(void **state)
{
    static const double steps[] = {0.1, 0.01, 0.004, 0.001};
    double process[BLOCKS];
    struct ppt_grid grid;
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 43, 0, PPT_STREAM_DATA);
    for (size_t i = 0; i < 4; i++) {
        simulate(&rng, 0, &grid, process);
        round_to(&grid, steps[i]);
        ppt_grid_find_step(&grid);
        assert_true(fabs(grid.step / steps[i] - 1) < 1e-9);
        ppt_grid_free(&grid);
    }
    /* Written with six digits, which is no step of a clock. */
    simulate(&rng, 0, &grid, process);
    round_to(&grid, 1e-6);
    ppt_grid_find_step(&grid);
    assert_true(grid.step == 0);
    ppt_grid_free(&grid);
}

static void intervals_cover_what_the_clock_hides(void **state)
{
    static const double times[] = {0.0563, 0.0565, 0.0287};
    const double truth = times[0] / times[2];
    size_t covered = 0, blind = 0;
    const size_t runs = 1000;
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 44, 0, PPT_STREAM_DATA);
    for (size_t run = 0; run < runs; run++) {
        struct ppt_verdict verdict;
        struct ppt_grid grid;
        struct ppt_ratio ratio;

        ppt_grid_create_curve(workers, POINTS, BLOCKS, &grid);
        for (size_t i = 0; i < BLOCKS * POINTS; i++) {
            grid.seconds[i] = times[i % POINTS] * exp(0.002 * noise_normal(&rng));
        }
        round_to(&grid, 0.01);
        ratio = ppt_grid_speedup(&grid, 0, 2, 0.95);
        blind += ratio.interval.low <= truth && truth <= ratio.interval.high;
        ppt_grid_find_step(&grid);
        ratio = ppt_grid_speedup(&grid, 0, 2, 0.95);
        covered += ratio.interval.low <= truth && truth <= ratio.interval.high;
        ppt_verdict_of(&grid, 0.05, 0.95, &verdict);
        assert_true(verdict.coarse && verdict.confidence != PPT_CONFIDENCE_HIGH);
        ppt_verdict_free(&verdict);
        ppt_grid_free(&grid);
    }
    assert_true((double)blind < 0.5 * (double)runs);
    assert_true((double)covered >= 0.95 * (double)runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(processes_are_the_values),
        cmocka_unit_test(intervals_cover_what_differs_between_processes),
        cmocka_unit_test(steps_are_seen),
        cmocka_unit_test(intervals_cover_what_the_clock_hides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
