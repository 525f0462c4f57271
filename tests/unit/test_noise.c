/*
 * Whether what is stated holds, with every block in a process of its own: thousands of simulated
 * runs under each kind of noise, with fixed seeds. A bias of 1 or 3 % is what a process' layout of
 * memory does to each point of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "noises.h"
#include "verdict.h"

#define POINTS 5
#define BLOCKS 10

static const unsigned workers[] = {0, 1, 2, 4, 8};
static const double biases[] = {0, 0.01, 0.03};

static int compare_numbers(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The median of ln(T_a / T_b) in so many passes that it is known: noise on one side only moves it
 * from what the curve says. */
static double true_ratio(const double *curve, enum noise kind, size_t a, size_t b)
{
    const size_t many = 20001;
    double *ratios = malloc(many * sizeof(*ratios));
    struct ppt_grid grid;
    struct ppt_rng rng;

    ppt_rng_seed(&rng, 21, kind, PPT_STREAM_DATA);
    ppt_grid_create_curve(workers, POINTS, many, &grid);
    noise_fill(&rng, curve, kind, 0, &grid);
    ppt_grid_log_ratios(&grid, a, b, ratios);
    qsort(ratios, many, sizeof(*ratios), compare_numbers);
    const double truth = ratios[many / 2];
    ppt_grid_free(&grid);
    free(ratios);
    return truth;
}

static void intervals_cover(void **state)
{
    static const double curve[POINTS] = {8, 8.2, 4.2, 2.3, 1.6};
    const size_t runs = 1000;
    struct ppt_grid grid;
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 22, 0, PPT_STREAM_DATA);
    ppt_grid_create_curve(workers, POINTS, BLOCKS, &grid);
    for (size_t kind = 0; kind < NOISE_COUNT; kind++) {
        /* Neighbours come for several passes in a row: what blocks share is not all they do. */
        const double least = kind == NOISE_NEIGHBOURS ? 0.89 : 0.93;
        double truth[POINTS];

        for (size_t p = 1; p < POINTS; p++) {
            truth[p] = true_ratio(curve, (enum noise)kind, 0, p);
        }
        for (size_t bias = 0; bias < 3; bias++) {
            size_t covered = 0;

            for (size_t run = 0; run < runs; run++) {
                noise_fill(&rng, curve, (enum noise)kind, biases[bias], &grid);
                for (size_t p = 1; p < POINTS; p++) {
                    const struct ppt_ratio ratio = ppt_grid_speedup(&grid, 0, p, 0.95);

                    covered +=
                        log(ratio.interval.low) <= truth[p] && truth[p] <= log(ratio.interval.high);
                }
            }
            const double share = (double)covered / (double)(runs * (POINTS - 1));
            print_message("%-11s bias %.0f %%: %.1f %% covered\n", noise_names[kind],
                          100 * biases[bias], 100 * share);
            assert_true(share >= least);
        }
    }
    ppt_grid_free(&grid);
}

/* ---- the verdict ---- */

struct tally {
    size_t runs, high, right, wrong, violated;
};

static void judge(const struct ppt_grid *grid, const double *curve, struct tally *tally)
{
    struct ppt_verdict verdict;
    double best = INFINITY;

    for (size_t p = 0; p < grid->point_count; p++) {
        best = fmin(best, curve[p]);
    }
    ppt_verdict_of(grid, 0.05, 0.95, &verdict);
    const double slower = curve[verdict.recommended] / best - 1;
    const bool high = verdict.confidence == PPT_CONFIDENCE_HIGH;
    assert_true(verdict.slowdown_upper99 >= verdict.slowdown_upper);
    tally->runs++;
    tally->high += high;
    tally->right += high && slower <= 0.05;
    tally->wrong += high && slower > 0.05 + 1e-9;
    tally->violated += slower > verdict.slowdown_upper + 1e-9;
    ppt_verdict_free(&verdict);
}

static double percent(size_t part, size_t all)
{
    return 100.0 * (double)part / (double)all;
}

/* A curve drawn at random: it falls, then stays or rises, as measured ones do. */
static void draw_curve(struct ppt_rng *rng, double *curve)
{
    const double sigma = 0.5 * ppt_rng_double(rng) * ppt_rng_double(rng);
    const double kappa = 0.05 * ppt_rng_double(rng) * ppt_rng_double(rng);

    for (size_t p = 0; p < POINTS; p++) {
        const double n = workers[p] > 0 ? workers[p] : 1;

        curve[p] = (1 + sigma * (n - 1) + kappa * n * (n - 1)) / n;
    }
    curve[0] *= 1 - 0.1 * ppt_rng_double(rng);
}

static void bounds_hold_on_any_curve(void **state)
{
    struct ppt_grid grid;
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 23, 0, PPT_STREAM_DATA);
    ppt_grid_create_curve(workers, POINTS, BLOCKS, &grid);
    for (size_t kind = 0; kind < NOISE_COUNT; kind++) {
        for (size_t bias = 0; bias < 3; bias++) {
            struct tally tally = {0};

            for (size_t run = 0; run < 1000; run++) {
                double curve[POINTS];

                draw_curve(&rng, curve);
                noise_fill(&rng, curve, (enum noise)kind, biases[bias], &grid);
                judge(&grid, curve, &tally);
            }
            print_message(
                "%-11s bias %.0f %%: %3.0f %% HIGH, %.2f %% wrongly so, bound exceeded in "
                "%.1f %%\n",
                noise_names[kind], 100 * biases[bias], percent(tally.high, tally.runs),
                percent(tally.wrong, tally.runs), percent(tally.violated, tally.runs));
            assert_true(percent(tally.wrong, tally.runs) <= 1);
            assert_true(percent(tally.violated, tally.runs) <= 5);
        }
    }
    ppt_grid_free(&grid);
}

/* All other counts are slower by just more than the tolerance. */
static void bounds_hold_on_the_least_favourable_curve(void **state)
{
    static const unsigned many[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,
                                    10, 11, 12, 13, 14, 15, 16, 17, 18, 19};
    static const size_t lengths[] = {3, 5, 10, 20}, blocks[] = {5, 10, 30};
    static const double gaps[] = {1.0505, 1.06, 1.07, 1.09};
    static const enum noise kinds[] = {NOISE_QUIET, NOISE_DEVELOPERS, NOISE_GROWING, NOISE_STUDENT};
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 24, 0, PPT_STREAM_DATA);
    for (size_t length = 0; length < 4; length++) {
        for (size_t n = 0; n < 3; n++) {
            double wrong = 0, violated = 0;
            struct ppt_grid grid;

            ppt_grid_create_curve(many, lengths[length], blocks[n], &grid);
            for (size_t i = 0; i < 16; i++) {
                struct tally tally = {0};
                double curve[20];

                for (size_t run = 0; run < 400; run++) {
                    const size_t best = (size_t)ppt_rng_below(&rng, lengths[length]);

                    for (size_t p = 0; p < lengths[length]; p++) {
                        curve[p] = p == best ? 1 : gaps[i % 4];
                    }
                    noise_fill(&rng, curve, kinds[i / 4], 0.01, &grid);
                    judge(&grid, curve, &tally);
                }
                wrong = fmax(wrong, percent(tally.wrong, tally.runs));
                violated = fmax(violated, percent(tally.violated, tally.runs));
            }
            print_message(
                "%2zu counts, %2zu blocks: at worst %.2f %% wrongly HIGH, bound exceeded in "
                "%.1f %%\n",
                lengths[length], blocks[n], wrong, violated);
            assert_true(wrong <= 1);
            assert_true(violated <= 5);
            ppt_grid_free(&grid);
        }
    }
}

/* Saying nothing is no way to be right: all others are at least 10 % slower. */
static void clear_cases_are_high(void **state)
{
    struct ppt_grid grid;
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 25, 0, PPT_STREAM_DATA);
    ppt_grid_create_curve(workers, POINTS, BLOCKS, &grid);
    for (size_t kind = 0; kind < NOISE_COUNT; kind++) {
        for (size_t bias = 0; bias < 3; bias++) {
            struct tally tally = {0};

            for (size_t run = 0; run < 500; run++) {
                const size_t best = (size_t)ppt_rng_below(&rng, POINTS);
                double curve[POINTS];

                for (size_t p = 0; p < POINTS; p++) {
                    curve[p] = p == best ? 1 : 1.1 + ppt_rng_double(&rng);
                }
                noise_fill(&rng, curve, (enum noise)kind, biases[bias], &grid);
                judge(&grid, curve, &tally);
            }
            print_message("%-11s bias %.0f %%: %.1f %% right and HIGH\n", noise_names[kind],
                          100 * biases[bias], percent(tally.right, tally.runs));
            assert_true(percent(tally.right, tally.runs) >= 90);
        }
    }
    ppt_grid_free(&grid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_cover),
        cmocka_unit_test(bounds_hold_on_any_curve),
        cmocka_unit_test(bounds_hold_on_the_least_favourable_curve),
        cmocka_unit_test(clear_cases_are_high),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
