/*
 * What is said of more workers than were tried: how surely, from which laws, and when nothing is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "noises.h"
#include "scaling.h"

#define BLOCKS 10

/* Tasks per second of so many workers. */
typedef double curve(double workers);

static double amdahl(double n)
{
    return 10 * n / (1 + 0.3 * (n - 1));
}

static double linear(double n)
{
    return 10 * n;
}

static double roof(double n)
{
    return 10 * fmin(n, 2);
}

static double retrograde(double n)
{
    return 10 * n / (1 + 0.1 * (n - 1) + 0.05 * n * (n - 1));
}

static double superlinear(double n)
{
    return 10 * n * (1 + 0.02 * n);
}

/* Every second count is slow: no law has that. */
static double comb(double n)
{
    return 10 * n * (fmod(log2(n), 2) == 0 ? 1 : 0.5);
}

static const unsigned workers[] = {0, 1, 2, 4, 8, 16};

static struct ppt_scaling scale(curve *rate, size_t points, size_t blocks, unsigned cpus,
                                bool drifting)
{
    const struct ppt_scaling_context context = {
        .tasks = 1e6, .cpus = cpus, .drifting = drifting, .confidence = 0.95};
    struct ppt_scaling scaling;
    double seconds[6];
    struct ppt_grid grid;
    struct ppt_rng rng;

    for (size_t p = 0; p < points; p++) {
        seconds[p] = 1e6 / rate(fmax(1, workers[p]));
    }
    ppt_rng_seed(&rng, 61, 0, PPT_STREAM_DATA);
    ppt_grid_create_curve(workers, points, blocks, &grid);
    noise_fill(&rng, seconds, NOISE_QUIET, 0, &grid);
    ppt_scaling_of(&grid, &context, &scaling);
    ppt_grid_free(&grid);
    return scaling;
}

static void a_curve_that_bends_is_answered(void **state)
{
    struct ppt_scaling scaling = scale(amdahl, 6, BLOCKS, 0, false);
    const struct ppt_outlook outlook = ppt_scaling_outlook(&scaling, 32);
    const double truth = amdahl(32) / amdahl(16);

    (void)state;
    assert_int_equal(scaling.largest, 16);
    assert_true(fabs(scaling.throughput / amdahl(16) - 1) < 0.02);
    assert_int_equal(outlook.kind, PPT_OUTLOOK_NARROW);
    assert_true(outlook.low <= truth && truth <= outlook.high);
    const struct ppt_outlook_law says = ppt_scaling_law(&scaling, &outlook, PPT_RIVAL_AMDAHL);
    assert_true(says.low <= says.value && says.value <= says.high);
    assert_true(fabs(says.value / amdahl(32) - 1) < 0.05);
    /* The USL and others fit as well and go on otherwise: none of them is its name. */
    assert_int_equal(outlook.law, PPT_RIVAL_COUNT);
    ppt_scaling_free(&scaling);
}

static void where_laws_part_the_next_count_is_named(void **state)
{
    struct ppt_scaling scaling = scale(linear, 5, BLOCKS, 0, false);
    struct ppt_outlook outlook = ppt_scaling_outlook(&scaling, 16);

    (void)state;
    assert_int_equal(outlook.kind, PPT_OUTLOOK_OPEN);
    assert_int_equal(outlook.law, PPT_RIVAL_COUNT);
    assert_int_equal(outlook.measure_next, 16);
    assert_int_equal(ppt_outlook_lowest(&outlook) < PPT_RIVAL_COUNT, true);
    ppt_scaling_free(&scaling);

    /* Where there are no CPUs for twice as many, all of them; where all are used, none. */
    scaling = scale(linear, 5, BLOCKS, 12, false);
    assert_int_equal(ppt_scaling_outlook(&scaling, 12).measure_next, 12);
    ppt_scaling_free(&scaling);
    scaling = scale(linear, 5, BLOCKS, 8, false);
    assert_int_equal(ppt_scaling_outlook(&scaling, 8).measure_next, 0);
    ppt_scaling_free(&scaling);
}

static void a_roof_that_was_seen_is_narrow(void **state)
{
    struct ppt_scaling scaling = scale(roof, 5, BLOCKS, 0, false);
    const struct ppt_outlook outlook = ppt_scaling_outlook(&scaling, 16);

    (void)state;
    assert_int_equal(outlook.kind, PPT_OUTLOOK_NARROW);
    assert_true(outlook.low <= 1 && 1 <= outlook.high);
    assert_int_equal(outlook.law, PPT_RIVAL_ROOF);
    assert_false(scaling.falls);
    ppt_scaling_free(&scaling);
}

static void a_fall_is_one_that_was_measured(void **state)
{
    struct ppt_scaling scaling = scale(retrograde, 6, BLOCKS, 0, false);

    (void)state;
    assert_true(scaling.falls);
    assert_int_equal(scaling.peak, 4);
    ppt_scaling_free(&scaling);
}

static void refusals_have_their_reasons(void **state)
{
    static const struct {
        curve *rate;
        size_t points, blocks;
        unsigned cpus, target;
        bool drifting;
        unsigned refusals;
    } cases[] = {
        {amdahl, 3, BLOCKS, 0, 4, false, PPT_REFUSAL_FEW_POINTS},
        {amdahl, 5, 4, 0, 16, false, PPT_REFUSAL_FEW_BLOCKS},
        {amdahl, 5, BLOCKS, 0, 16, true, PPT_REFUSAL_DRIFT},
        {amdahl, 5, BLOCKS, 0, 17, false, PPT_REFUSAL_TOO_FAR},
        {amdahl, 5, BLOCKS, 12, 13, false, PPT_REFUSAL_CROSSES_CPUS},
        {comb, 6, BLOCKS, 0, 32, false, PPT_REFUSAL_NO_LAW},
        {amdahl, 5, BLOCKS, 12, 12, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ppt_scaling scaling = scale(cases[i].rate, cases[i].points, cases[i].blocks,
                                           cases[i].cpus, cases[i].drifting);
        const struct ppt_outlook outlook = ppt_scaling_outlook(&scaling, cases[i].target);

        assert_int_equal(outlook.refusals, cases[i].refusals);
        assert_int_equal(outlook.kind == PPT_OUTLOOK_REFUSED, cases[i].refusals != 0);
        ppt_scaling_free(&scaling);
    }
}

/* Points with more workers than CPUs take turns, unless tasks wait. */
static void points_beyond_the_cpus_are_no_part_of_it(void **state)
{
    struct ppt_scaling scaling = scale(amdahl, 6, BLOCKS, 8, false);

    (void)state;
    assert_int_equal(scaling.largest, 8);
    ppt_scaling_free(&scaling);
}

static void superlinear_speedup_is_said(void **state)
{
    struct ppt_scaling scaling = scale(superlinear, 5, BLOCKS, 0, false);

    (void)state;
    assert_true(scaling.superlinear);
    ppt_scaling_free(&scaling);
    scaling = scale(linear, 5, BLOCKS, 0, false);
    assert_false(scaling.superlinear);
    ppt_scaling_free(&scaling);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_curve_that_bends_is_answered),
        cmocka_unit_test(where_laws_part_the_next_count_is_named),
        cmocka_unit_test(a_roof_that_was_seen_is_narrow),
        cmocka_unit_test(a_fall_is_one_that_was_measured),
        cmocka_unit_test(refusals_have_their_reasons),
        cmocka_unit_test(points_beyond_the_cpus_are_no_part_of_it),
        cmocka_unit_test(superlinear_speedup_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
