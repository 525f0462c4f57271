/*
 * Comparisons of runs with known differences, and how often they cry wolf: simulated runs with
 * fixed seeds.
 */

#include <math.h>
#include <string.h>

#include "compare.h"
#include "compare_sentence.h"
#include "rng.h"
#include "unit.h"

#define POINTS 5
#define THRESHOLD 0.03

static const unsigned workers[POINTS] = {0, 1, 2, 4, 8};
static const double curve[POINTS] = {8, 8.2, 4.2, 2.3, 1.6};

/* Logarithmic: of a pass, of a block, of a run as a whole, of a run at one point. */
struct noise {
    double pass, outliers, block, run, run_point;
};

static const struct noise quiet = {.pass = 0.01, .block = 0.01};
static const struct noise usual = {.pass = 0.02, .outliers = 0.05, .block = 0.03};

/* Box and Muller. */
static double normal(struct ppt_rng *rng)
{
    const double u = 1 - ppt_rng_double(rng), v = ppt_rng_double(rng);

    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

/* A run whose points take `factors` times as long; NULL: 1 each. */
static void simulate(struct ppt_rng *rng, const struct noise *noise, const double *factors,
                     size_t blocks, struct ppt_grid *grid)
{
    const double run = noise->run * normal(rng);
    double at[POINTS];

    ppt_grid_create_curve(workers, POINTS, blocks, grid);
    for (size_t p = 0; p < POINTS; p++) {
        at[p] = curve[p] * (factors ? factors[p] : 1) * exp(run + noise->run_point * normal(rng));
    }
    for (size_t b = 0; b < blocks; b++) {
        const double shared = noise->block * normal(rng);

        for (size_t p = 0; p < POINTS; p++) {
            const double outlier = ppt_rng_double(rng) < noise->outliers ? 2 : 1;

            grid->seconds[b * POINTS + p] =
                at[p] * exp(shared + noise->pass * normal(rng)) * outlier;
        }
    }
}

#define MOST_RUNS 10

struct sides {
    struct ppt_grid old[MOST_RUNS], new[MOST_RUNS];
    size_t old_count, new_count;
    struct ppt_comparison comparison;
};

static void compare(struct sides *sides)
{
    ppt_comparison_of(sides->old, sides->old_count, sides->new, sides->new_count, THRESHOLD,
                      &sides->comparison);
}

static void simulate_sides(struct ppt_rng *rng, const struct noise *noise, const double *factors,
                           size_t runs, size_t blocks, struct sides *sides)
{
    sides->old_count = sides->new_count = runs;
    for (size_t r = 0; r < runs; r++) {
        simulate(rng, noise, NULL, blocks, &sides->old[r]);
        simulate(rng, noise, factors, blocks, &sides->new[r]);
    }
    compare(sides);
}

static void sides_free(struct sides *sides)
{
    for (size_t r = 0; r < sides->old_count; r++) {
        ppt_grid_free(&sides->old[r]);
    }
    for (size_t r = 0; r < sides->new_count; r++) {
        ppt_grid_free(&sides->new[r]);
    }
    ppt_comparison_free(&sides->comparison);
}

/* ---- known differences ---- */

static void start(struct ppt_rng *rng, struct sides *sides, const double *factors, size_t blocks)
{
    ppt_rng_seed(rng, 11, 0, PPT_STREAM_DATA);
    simulate_sides(rng, &quiet, factors, 1, blocks, sides);
}

static void says(const struct sides *sides, const char *words)
{
    struct ppt_text text = {0};

    ppt_comparison_sentence(&sides->comparison, &text);
    ppt_comparison_details(&sides->comparison, &text);
    if (!strstr(text.data, words)) {
        fail_msg("\"%s\" does not say \"%s\"", text.data, words);
    }
    ppt_text_free(&text);
}

static void same_data_is_unchanged(void **state)
{
    struct sides sides;
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 10, 0, PPT_STREAM_DATA);
    for (size_t blocks = 5; blocks < 40; blocks += 7) {
        struct ppt_comparison twice;

        simulate_sides(&rng, &usual, NULL, 1, blocks, &sides);
        ppt_comparison_of(sides.old, 1, sides.old, 1, THRESHOLD, &twice);
        assert_int_equal(twice.change, PPT_CHANGE_UNCHANGED);
        assert_int_equal(twice.speedup_change, PPT_CHANGE_UNCHANGED);
        for (size_t p = 0; p < POINTS; p++) {
            const struct ppt_difference *time = &twice.points[p].time;

            assert_true(time->p == 1 && time->delta == 0);
            assert_true(time->shift.value == 0);
            assert_true(time->shift.interval.low == -time->shift.interval.high);
        }
        ppt_comparison_free(&twice);
        sides_free(&sides);
    }
}

static void slower_at_one_point(void **state)
{
    static const double factors[POINTS] = {1, 1, 1, 1.1, 1};
    struct sides sides;
    struct ppt_rng rng;

    (void)state;
    start(&rng, &sides, factors, 10);
    const struct ppt_comparison *comparison = &sides.comparison;
    assert_int_equal(comparison->change, PPT_CHANGE_REGRESSION);
    assert_int_equal(comparison->speedup_change, PPT_CHANGE_REGRESSION);
    assert_int_equal(comparison->kind, PPT_CHANGE_SCALING);
    for (size_t p = 0; p < POINTS; p++) {
        const struct ppt_compared_point *point = &comparison->points[p];

        assert_int_equal(point->time.change, p == 3 ? PPT_CHANGE_REGRESSION : PPT_CHANGE_UNCHANGED);
        assert_int_equal(point->has_speedup, p > 0);
        assert_true(point->time.shift.interval.low <= log(factors[p]));
        assert_true(point->time.shift.interval.high >= log(factors[p]));
    }
    assert_true(fabs(comparison->confidence - 0.99) < 1e-12);
    assert_true(fabs(comparison->speedup_confidence - 0.9875) < 1e-12);
    says(&sides, "scaling got worse at 4 workers");
    says(&sides, "One run on a side");
    sides_free(&sides);
}

static void slower_everywhere(void **state)
{
    static const double factors[POINTS] = {1.08, 1.08, 1.08, 1.08, 1.08};
    static const double faster[POINTS] = {0.9, 0.9, 0.9, 0.9, 0.9};
    static const double both[POINTS] = {1.08, 1.08, 1.08, 1.3, 1.5};
    struct sides sides;
    struct ppt_rng rng;

    (void)state;
    start(&rng, &sides, factors, 12);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_REGRESSION);
    assert_int_equal(sides.comparison.speedup_change, PPT_CHANGE_UNCHANGED);
    assert_int_equal(sides.comparison.kind, PPT_CHANGE_EVERYWHERE);
    says(&sides, "the machine or the task itself");
    sides_free(&sides);

    start(&rng, &sides, faster, 12);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_IMPROVED);
    assert_int_equal(sides.comparison.kind, PPT_CHANGE_EVERYWHERE);
    says(&sides, "less time everywhere");
    sides_free(&sides);

    start(&rng, &sides, both, 12);
    assert_int_equal(sides.comparison.kind, PPT_CHANGE_BOTH);
    says(&sides, "and scaling got worse at 4 and 8 workers");
    sides_free(&sides);
}

/* Sequential calls alone became faster: no time is worse, and yet speedups fell. */
static void speedups_fall_without_a_regression(void **state)
{
    static const double factors[POINTS] = {0.8, 1, 1, 1, 1};
    struct sides sides;
    struct ppt_rng rng;

    (void)state;
    start(&rng, &sides, factors, 12);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_IMPROVED);
    assert_int_equal(sides.comparison.speedup_change, PPT_CHANGE_REGRESSION);
    says(&sides, "less time at 0 workers");
    says(&sides, "Speedups fell at 1, 2, 4 and 8 workers");
    sides_free(&sides);
}

static void too_few_blocks(void **state)
{
    static const double factors[POINTS] = {1, 1, 1, 1.5, 1};
    struct sides sides;
    struct ppt_rng rng;

    (void)state;
    start(&rng, &sides, factors, 3);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_INCONCLUSIVE);
    assert_int_equal(sides.comparison.judged, 0);
    says(&sides, "3 old and 3 new, each side needs 5");
    sides_free(&sides);

    /* Two runs of 3 blocks make 6. */
    ppt_rng_seed(&rng, 12, 0, PPT_STREAM_DATA);
    simulate_sides(&rng, &quiet, factors, 2, 3, &sides);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_REGRESSION);
    assert_int_equal(sides.comparison.old_blocks, 6);
    sides_free(&sides);
}

/* Seven intervals that hold together need more than five blocks each can give. */
static void too_few_blocks_for_so_many_points(void **state)
{
    static const unsigned counts[] = {0, 1, 2, 3, 4, 5, 6};
    struct sides sides = {.old_count = 1, .new_count = 1};

    (void)state;
    ppt_grid_create_curve(counts, 7, 5, &sides.old[0]);
    ppt_grid_create_curve(counts, 7, 5, &sides.new[0]);
    for (size_t i = 0; i < 35; i++) {
        sides.old[0].seconds[i] = 1 + 0.001 * (double)i;
        sides.new[0].seconds[i] = 2 + 0.001 * (double)i;
    }
    compare(&sides);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_INCONCLUSIVE);
    assert_int_equal(sides.comparison.blocks_needed, 6);
    says(&sides, "each side needs 6 for 7 points");
    sides_free(&sides);
}

static void points_of_one_side(void **state)
{
    static const unsigned few[] = {1, 2, 16};
    struct sides sides = {.old_count = 1, .new_count = 2};
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 13, 0, PPT_STREAM_DATA);
    simulate(&rng, &quiet, NULL, 6, &sides.old[0]);
    ppt_grid_create_curve(few, 3, 6, &sides.new[0]);
    for (size_t i = 0; i < 18; i++) {
        sides.new[0].seconds[i] = i % 3 == 0 ? 8.2 : 4.2;
    }
    /* Without a complete block: as if it were not there. */
    ppt_grid_create_curve(workers, POINTS, 0, &sides.new[1]);
    compare(&sides);
    assert_int_equal(sides.comparison.point_count, 6);
    assert_int_equal(sides.comparison.common, 2);
    assert_int_equal(sides.comparison.points[sides.comparison.base].point.workers, 1);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_UNCHANGED);
    assert_true(sides.comparison.points[0].old_s.n == 6 && sides.comparison.points[0].new_s.n == 0);
    assert_true(sides.comparison.points[5].old_s.n == 0 && sides.comparison.points[5].new_s.n == 6);
    sides_free(&sides);

    sides = (struct sides){.old_count = 1, .new_count = 1};
    ppt_grid_create_curve(few, 1, 6, &sides.old[0]);
    ppt_grid_create_curve(few + 1, 1, 6, &sides.new[0]);
    for (size_t i = 0; i < 6; i++) {
        sides.old[0].seconds[i] = sides.new[0].seconds[i] = 1;
    }
    compare(&sides);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_INCONCLUSIVE);
    assert_false(sides.comparison.has_base);
    says(&sides, "no point was measured on both sides");
    sides_free(&sides);
}

/* Runs of a side that differ by 10 % cannot tell that the other side's are 8 % slower. */
static void runs_that_differ(void **state)
{
    struct sides sides = {.old_count = 2, .new_count = 2};
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 14, 0, PPT_STREAM_DATA);
    for (size_t r = 0; r < 2; r++) {
        double old[POINTS], new[POINTS];

        for (size_t p = 0; p < POINTS; p++) {
            old[p] = r == 0 ? 1 : 1.1;
            new[p] = 1.12 * old[p];
        }
        simulate(&rng, &quiet, old, 20, &sides.old[r]);
        simulate(&rng, &quiet, new, 20, &sides.new[r]);
    }
    compare(&sides);
    const struct ppt_difference *time = &sides.comparison.points[0].time;
    assert_true(time->runs.exists);
    assert_true(fabs(time->runs.spread - log(1.1)) < 0.02);
    /* Student's t for 2 degrees of freedom is 2.92; the standard error is that of one run. */
    assert_true(fabs(time->runs.reach - 2.92 * time->runs.spread / M_SQRT2) < 1e-3);
    assert_true(time->shift.interval.low > log1p(THRESHOLD));
    assert_int_equal(time->change, PPT_CHANGE_SUSPECT);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_SUSPECT);
    /* What runs differ by as a whole cancels in speedups. */
    assert_true(sides.comparison.points[3].speedup.runs.spread < 0.02);
    says(&sides, "more runs");
    sides_free(&sides);
}

/* ---- false alarms, and what is found ---- */

struct rates {
    size_t regression, suspect, improved, pairs;
};

static struct rates run_pairs(uint64_t seed, const struct noise *noise, const double *factors,
                              size_t runs, size_t blocks, size_t pairs)
{
    struct rates rates = {.pairs = pairs};
    struct ppt_rng rng;

    ppt_rng_seed(&rng, seed, 0, PPT_STREAM_DATA);
    for (size_t i = 0; i < pairs; i++) {
        struct sides sides;

        simulate_sides(&rng, noise, factors, runs, blocks, &sides);
        rates.regression += sides.comparison.change == PPT_CHANGE_REGRESSION;
        rates.suspect += sides.comparison.change == PPT_CHANGE_SUSPECT;
        rates.improved += sides.comparison.change == PPT_CHANGE_IMPROVED;
        sides_free(&sides);
    }
    print_message("pass %.0f %%, runs %.1f + %.1f %%, %zu x %zu blocks%s: %.1f %% regression, %.1f "
                  "%% suspect, %.1f %% improved\n",
                  100 * noise->pass, 100 * noise->run, 100 * noise->run_point, runs, blocks,
                  factors ? ", slower" : ", alike",
                  100.0 * (double)rates.regression / (double)pairs,
                  100.0 * (double)rates.suspect / (double)pairs,
                  100.0 * (double)rates.improved / (double)pairs);
    return rates;
}

/* The same program measured twice. */
static void few_false_alarms(void **state)
{
    static const struct noise alike = {.pass = 0.02, .outliers = 0.05, .block = 0.03};
    static const struct noise runs_differ = {
        .pass = 0.02, .outliers = 0.05, .block = 0.03, .run = 0.01, .run_point = 0.01};
    static const struct noise much = {
        .pass = 0.02, .outliers = 0.05, .block = 0.03, .run = 0.03, .run_point = 0.03};
    struct rates rates, several;

    (void)state;
    rates = run_pairs(20, &alike, NULL, 1, 10, 1000);
    assert_true(rates.regression <= rates.pairs / 100);
    rates = run_pairs(21, &runs_differ, NULL, 1, 10, 2000);
    assert_true((double)rates.regression <= 0.023 * (double)rates.pairs);
    several = run_pairs(22, &runs_differ, NULL, 3, 10, 300);
    assert_true((double)several.regression <= 0.01 * (double)several.pairs);
    /* Where runs differ by more than what counts, only several of them show it. */
    rates = run_pairs(23, &much, NULL, 1, 10, 500);
    several = run_pairs(24, &much, NULL, 3, 10, 300);
    assert_true((double)several.regression / (double)several.pairs <
                0.6 * (double)rates.regression / (double)rates.pairs);
}

static void regressions_are_found(void **state)
{
    static const double one[POINTS] = {1, 1, 1, 1.05, 1}, more[POINTS] = {1, 1, 1, 1.1, 1};
    static const double all[POINTS] = {1.05, 1.05, 1.05, 1.05, 1.05};
    static const struct noise plain = {.pass = 0.02};
    struct rates rates;

    (void)state;
    rates = run_pairs(30, &plain, one, 1, 10, 500);
    assert_true((double)(rates.regression + rates.suspect) >= 0.9 * (double)rates.pairs);
    rates = run_pairs(31, &plain, all, 1, 10, 500);
    assert_true((double)rates.regression >= 0.6 * (double)rates.pairs);
    rates = run_pairs(32, &plain, more, 1, 10, 500);
    assert_true((double)rates.regression >= 0.95 * (double)rates.pairs);
    rates = run_pairs(33, &plain, one, 3, 10, 200);
    assert_true((double)rates.regression >= 0.7 * (double)rates.pairs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_data_is_unchanged),
        cmocka_unit_test(slower_at_one_point),
        cmocka_unit_test(slower_everywhere),
        cmocka_unit_test(speedups_fall_without_a_regression),
        cmocka_unit_test(too_few_blocks),
        cmocka_unit_test(too_few_blocks_for_so_many_points),
        cmocka_unit_test(points_of_one_side),
        cmocka_unit_test(runs_that_differ),
        cmocka_unit_test(few_false_alarms),
        cmocka_unit_test(regressions_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
