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

/* Of 20 tasks that take 0.1 s each. */
static double in_rounds(double n)
{
    return 20 / (0.1 * ceil(20 / n));
}

static double falling_in_rounds(double n)
{
    return retrograde(n) * in_rounds(n) / (10 * n);
}

/* Every second count is slow: no law has that. */
static double comb(double n)
{
    return 10 * n * (fmod(log2(n), 2) == 0 ? 1 : 0.5);
}

static const unsigned workers[] = {0, 1, 2, 4, 8, 16};

static struct ppt_scaling scale_with(curve *rate, size_t points, size_t blocks,
                                     const struct ppt_scaling_context *context, enum noise noise,
                                     uint64_t seed)
{
    struct ppt_scaling scaling;
    double seconds[6];
    struct ppt_grid grid;
    struct ppt_rng rng;

    for (size_t p = 0; p < points; p++) {
        seconds[p] = context->tasks / rate(fmax(1, workers[p]));
    }
    ppt_rng_seed(&rng, seed, 0, PPT_STREAM_DATA);
    ppt_grid_create_curve(workers, points, blocks, &grid);
    noise_fill(&rng, seconds, noise, 0, &grid);
    ppt_scaling_of(&grid, context, &scaling);
    ppt_grid_free(&grid);
    return scaling;
}

static struct ppt_scaling scale(curve *rate, size_t points, size_t blocks, unsigned cpus,
                                bool drifting)
{
    const struct ppt_scaling_context context = {
        .tasks = 1e6, .cpus = cpus, .drifting = drifting, .confidence = 0.95};

    return scale_with(rate, points, blocks, &context, NOISE_QUIET, 61);
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
    assert_int_equal(ppt_outlook_lowest(&outlook), PPT_RIVAL_COUNT); /* it stops */
    assert_int_equal(ppt_outlook_highest(&outlook) < PPT_RIVAL_COUNT, true);
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

/* A law may leave nothing open, as a roof does; but what was measured is never known exactly. */
static void no_law_is_surer_than_what_was_measured(void **state)
{
    curve *const rates[] = {amdahl, linear, roof, retrograde};

    (void)state;
    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        struct ppt_scaling scaling = scale(rates[i], 5, 5, 0, false);
        const struct ppt_outlook outlook = ppt_scaling_outlook(&scaling, 16);
        const struct ppt_interval now = scaling.throughput_interval;
        double low = INFINITY, high = 0;

        assert_true(now.exists && now.low < scaling.throughput && scaling.throughput < now.high);
        for (size_t law = 0; law <= PPT_RIVAL_COUNT; law++) {
            if (law == PPT_RIVAL_COUNT || outlook.rivals.laws[law].kept > 0) {
                const struct ppt_outlook_law says =
                    ppt_scaling_law(&scaling, &outlook, (enum ppt_rival_law)law);

                assert_true(says.low < says.value && says.value < says.high);
                assert_true(log(says.high / says.low) >
                            log(now.high / now.low) + 2 * PPT_RIVALS_MARGIN - 1e-9);
                low = fmin(low, says.low);
                high = fmax(high, says.high);
            }
        }
        /* Together they are what is said of all of them. */
        assert_true(fabs(low / outlook.rate.low - 1) < 1e-9);
        assert_true(fabs(high / outlook.rate.high - 1) < 1e-9);
        ppt_scaling_free(&scaling);
    }
}

/* 20 tasks: 8 workers have three rounds, the last for 4 of them, and 16 two. A curve as it is drawn
 * goes through what was measured at the most workers, and ends at what the list says. */
static void rounds_of_tasks_are_in_the_curve_of_a_law(void **state)
{
    const struct ppt_scaling_context context = {.tasks = 20, .confidence = 0.95};
    const struct ppt_scaling_context weak = {.tasks = 20, .whole_rounds = true, .confidence = 0.95};
    struct ppt_scaling scaling = scale_with(in_rounds, 5, BLOCKS, &context, NOISE_QUIET, 61);
    const struct ppt_outlook outlook = ppt_scaling_outlook(&scaling, 16);

    (void)state;
    assert_true(fabs(ppt_scaling_round_loss(&scaling, 8) - 4.0 / 24) < 1e-9);
    assert_true(fabs(ppt_scaling_round_loss(&scaling, 16) - 12.0 / 32) < 1e-9);
    for (size_t law = 0; law <= PPT_RIVAL_COUNT; law++) {
        const enum ppt_rival_law of = (enum ppt_rival_law)law;

        if (law == PPT_RIVAL_COUNT || outlook.rivals.laws[law].kept > 0) {
            assert_true(fabs(ppt_scaling_law_at(&scaling, &outlook, of, 8) / scaling.throughput -
                             1) < 1e-9);
            assert_true(fabs(ppt_scaling_law_at(&scaling, &outlook, of, 16) /
                                 ppt_scaling_law(&scaling, &outlook, of).value -
                             1) < 1e-9);
        }
    }
    /* Five rounds of 4 workers, without a loss, and ten of 2. */
    assert_true(fabs(ppt_scaling_law_at(&scaling, &outlook, PPT_RIVAL_AMDAHL, 4) / in_rounds(4) -
                     1) < 0.05);
    assert_true(fabs(ppt_scaling_law_at(&scaling, &outlook, PPT_RIVAL_AMDAHL, 16) / in_rounds(16) -
                     1) < 0.05);
    /* Behind a peak the most that may come is that it stops there, however the tasks come out. */
    ppt_scaling_free(&scaling);
    scaling = scale_with(falling_in_rounds, 5, BLOCKS, &context, NOISE_QUIET, 61);
    const struct ppt_outlook falling = ppt_scaling_outlook(&scaling, 16);
    assert_int_equal(ppt_outlook_lowest(&falling), PPT_RIVAL_USL);
    assert_int_equal(ppt_outlook_highest(&falling), PPT_RIVAL_COUNT);
    assert_true(falling.high > 1);
    ppt_scaling_free(&scaling);
    scaling = scale_with(linear, 5, BLOCKS, &weak, NOISE_QUIET, 61);
    assert_true(ppt_scaling_round_loss(&scaling, 8) == 0);
    ppt_scaling_free(&scaling);
}

/* Figures in tasks per second hold for what really is, though its level is only estimated. */
static void stated_rates_hold(void **state)
{
    const struct ppt_scaling_context context = {.tasks = 1e6, .confidence = 0.95};
    size_t held = 0, of_law = 0, answered = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct ppt_scaling scaling = scale_with(roof, 5, BLOCKS, &context, NOISE_DEVELOPERS, seed);
        const struct ppt_outlook outlook = ppt_scaling_outlook(&scaling, 16);
        const struct ppt_outlook_law says = ppt_scaling_law(&scaling, &outlook, PPT_RIVAL_ROOF);

        if (outlook.kind != PPT_OUTLOOK_REFUSED && outlook.rivals.laws[PPT_RIVAL_ROOF].kept > 0) {
            answered++;
            held += outlook.rate.low <= roof(16) && roof(16) <= outlook.rate.high;
            of_law += says.low <= roof(16) && roof(16) <= says.high;
        }
    }
    assert_true(answered > 150);
    assert_true((double)held >= 0.95 * (double)answered);
    assert_true((double)of_law >= 0.95 * (double)answered);
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
        cmocka_unit_test(no_law_is_surer_than_what_was_measured),
        cmocka_unit_test(rounds_of_tasks_are_in_the_curve_of_a_law),
        cmocka_unit_test(stated_rates_hold),
        cmocka_unit_test(a_fall_is_one_that_was_measured),
        cmocka_unit_test(refusals_have_their_reasons),
        cmocka_unit_test(points_beyond_the_cpus_are_no_part_of_it),
        cmocka_unit_test(superlinear_speedup_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
