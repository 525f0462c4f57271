/*
 * Comparisons of runs: worked cases, runs with known differences, and whether all that is said of
 * them is borne.
 */
#include <stdio.h>

#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare_sentence.h"
#include "sides.h"
#include "unit.h"

static const unsigned workers[POINTS] = {0, 1, 2, 4, 8};

static const struct world quiet = {.noise = NOISE_QUIET};

static void start(struct ppt_rng *rng, struct sides *sides, const double *factors, size_t blocks)
{
    ppt_rng_seed(rng, 11, 0, PPT_STREAM_DATA);
    sides_simulate(rng, &quiet, factors, 1, blocks, sides);
}

/* ---- worked cases, by compare_cases.py ---- */

static void near(double value, json_object *expected)
{
    if (fabs(value - json_object_get_double(expected)) > 1e-6) {
        fail_msg("%.9g instead of %s", value, json_object_get_string(expected));
    }
}

static void read_run(json_object *blocks, json_object *counts, struct ppt_grid *grid)
{
    const size_t points = json_object_array_length(counts);
    unsigned numbers[POINTS];

    for (size_t p = 0; p < points; p++) {
        numbers[p] = (unsigned)json_object_get_int(json_object_array_get_idx(counts, p));
    }
    ppt_grid_create_curve(numbers, points, json_object_array_length(blocks), grid);
    for (size_t i = 0; i < grid->block_count * points; i++) {
        grid->seconds[i] = json_object_get_double(
            json_object_array_get_idx(json_object_array_get_idx(blocks, i / points), i % points));
    }
    grid->processes = grid->block_count;
}

static void read_side(json_object *runs, json_object *counts, struct sides *sides, size_t *count)
{
    *count = json_object_array_length(runs);
    for (size_t r = 0; r < *count; r++) {
        const size_t place = count == &sides->old_count ? r : sides->old_count + r;

        read_run(json_object_array_get_idx(runs, r), counts, &sides->grids[place]);
    }
}

static void check_case(json_object *object, json_object *counts)
{
    struct sides sides = {.rules = {.threshold = THRESHOLD}};
    json_object *points = json_object_object_get(object, "points");

    read_side(json_object_object_get(object, "old"), counts, &sides, &sides.old_count);
    read_side(json_object_object_get(object, "new"), counts, &sides, &sides.new_count);
    sides_compare(&sides);
    assert_string_equal(ppt_change_names[sides.comparison.change],
                        json_object_get_string(json_object_object_get(object, "verdict")));
    for (size_t p = 0; p < json_object_array_length(points); p++) {
        const struct ppt_difference *time = &sides.comparison.points[p].time;
        json_object *expected = json_object_array_get_idx(points, p);
        json_object *interval = json_object_object_get(expected, "interval");

        near(expm1(time->shift), json_object_object_get(expected, "change"));
        near(expm1(time->interval.low), json_object_array_get_idx(interval, 0));
        near(expm1(time->interval.high), json_object_array_get_idx(interval, 1));
        near(expm1(time->high), json_object_object_get(expected, "slower_at_most"));
        near(-expm1(time->low), json_object_object_get(expected, "faster_at_most"));
        assert_string_equal(ppt_change_names[time->change],
                            json_object_get_string(json_object_object_get(expected, "verdict")));
    }
    sides_free(&sides);
}

static void worked_cases(void **state)
{
    json_object *file = json_object_from_file(PPT_TEST_DATA "/compare_cases.json");
    json_object *cases = json_object_object_get(file, "cases");

    (void)state;
    assert_int_equal(json_object_array_length(cases), 9);
    for (size_t i = 0; i < json_object_array_length(cases); i++) {
        check_case(json_object_array_get_idx(cases, i), json_object_object_get(file, "workers"));
    }
    json_object_put(file);
}

/* ---- sentences ---- */

static char *words_of(const struct sides *sides)
{
    struct ppt_text text = {0};

    ppt_comparison_sentence(&sides->comparison, &text);
    ppt_comparison_details(&sides->comparison, &text);
    return text.data;
}

static void says(const struct sides *sides, const char *words)
{
    char *text = words_of(sides);

    if (!strstr(text, words)) {
        fail_msg("\"%s\" does not say \"%s\"", text, words);
    }
    free(text);
}

static void does_not_say(const struct sides *sides, const char *words)
{
    char *text = words_of(sides);

    if (strstr(text, words)) {
        fail_msg("\"%s\" says \"%s\"", text, words);
    }
    free(text);
}

#define CONDITION "if nothing else changed between the two runs"

/* ---- known differences ---- */

static void same_data_is_unchanged(void **state)
{
    struct sides sides;
    struct ppt_rng rng;

    (void)state;
    start(&rng, &sides, NULL, 20);
    memcpy(sides.grids[1].seconds, sides.grids[0].seconds, 20 * POINTS * sizeof(double));
    sides_compare(&sides);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_UNCHANGED);
    assert_int_equal(sides.comparison.speedup_change, PPT_CHANGE_UNCHANGED);
    for (size_t p = 0; p < POINTS; p++) {
        const struct ppt_difference *time = &sides.comparison.points[p].time;

        assert_true(time->shift == 0 && time->low == -time->high && time->high > 0);
        assert_true(time->interval.low == -time->interval.high);
    }
    says(&sides, "nothing changed: at most ");
    says(&sides, " % more and at most ");
    says(&sides, CONDITION);
    sides_free(&sides);
}

static void slower_at_one_point(void **state)
{
    static const double factors[POINTS] = {1, 1, 1, 1.1, 1};
    struct sides sides;
    struct ppt_rng rng;

    (void)state;
    start(&rng, &sides, factors, 20);
    const struct ppt_comparison *comparison = &sides.comparison;

    assert_int_equal(comparison->change, PPT_CHANGE_SLOWER);
    assert_int_equal(comparison->speedup_change, PPT_CHANGE_SLOWER);
    assert_int_equal(comparison->kind, PPT_CHANGE_SCALING);
    for (size_t p = 0; p < POINTS; p++) {
        const struct ppt_compared_point *point = &comparison->points[p];

        assert_int_equal(point->time.change, p == 3 ? PPT_CHANGE_SLOWER : PPT_CHANGE_UNCHANGED);
        assert_int_equal(point->has_speedup, p > 0);
        assert_true(point->time.interval.low <= log(factors[p]));
        assert_true(point->time.interval.high >= log(factors[p]));
    }
    assert_true(fabs(comparison->confidence - 0.99) < 1e-12);
    assert_true(fabs(comparison->speedup_confidence - 0.9875) < 1e-12);
    says(&sides, "scaling got worse at 4 workers: ");
    says(&sides, CONDITION);
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
    start(&rng, &sides, factors, 20);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_SLOWER);
    assert_int_equal(sides.comparison.speedup_change, PPT_CHANGE_UNCHANGED);
    assert_int_equal(sides.comparison.kind, PPT_CHANGE_EVERYWHERE);
    says(&sides, "slower everywhere, by at least ");
    says(&sides, "; it is the machine or the task itself");
    sides_free(&sides);

    start(&rng, &sides, faster, 20);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_IMPROVED);
    assert_int_equal(sides.comparison.kind, PPT_CHANGE_EVERYWHERE);
    says(&sides, "it takes less time everywhere, by at least ");
    sides_free(&sides);

    start(&rng, &sides, both, 20);
    assert_int_equal(sides.comparison.kind, PPT_CHANGE_BOTH);
    says(&sides, "and scaling got worse at 4 and 8 workers");
    sides_free(&sides);
}

/* Sequential calls alone became faster: no time is worse, and yet speedups fell. */
static void speedups_fall_without_a_slower_time(void **state)
{
    static const double factors[POINTS] = {0.8, 1, 1, 1, 1};
    struct sides sides;
    struct ppt_rng rng;

    (void)state;
    start(&rng, &sides, factors, 20);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_IMPROVED);
    assert_int_equal(sides.comparison.speedup_change, PPT_CHANGE_SLOWER);
    says(&sides, "less time at 0 workers");
    says(&sides, "Speedups fell at 1, 2, 4 and 8 workers");
    sides_free(&sides);
}

/* Ends that are apart are seen to be, however near 100 % they lie. */
static void no_interval_looks_as_if_it_had_no_width(void **state)
{
    static const struct {
        double low, high;
        const char *shown;
    } cases[] = {
        {-0.902, -0.897, " [-90.2, -89.7]"}, {-0.99, -0.9896, " [-99.00, -98.96]"},
        {0.059, 0.101, " [+5.9, +10]"},      {0.0512, 0.0514, " [+5.12, +5.14]"},
        {-0.55, -0.54, " [-55, -54]"},       {8.812, 8.814, " [+881.2, +881.4]"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct ppt_difference difference = {
            .interval = {true, log1p(cases[i].low), log1p(cases[i].high)}};
        struct ppt_text out = {0};

        ppt_comparison_ends(&difference, &out);
        assert_string_equal(out.data, cases[i].shown);
        ppt_text_free(&out);
    }
}

/* ---- doubts ---- */

static void assert_doubt(struct sides *sides, enum ppt_doubt doubt, const char *words)
{
    assert_string_equal(ppt_doubt_names[sides->comparison.doubt], ppt_doubt_names[doubt]);
    assert_int_equal(sides->comparison.change, PPT_CHANGE_INCONCLUSIVE);
    for (size_t p = 0; doubt != PPT_DOUBT_WIDE && p < sides->comparison.point_count; p++) {
        assert_int_equal(sides->comparison.points[p].time.change, PPT_CHANGE_INCONCLUSIVE);
    }
    says(sides, words);
    if (doubt != PPT_DOUBT_WIDE) {
        does_not_say(sides, "if nothing else changed");
    }
    sides_free(sides);
}

static void too_few_blocks(void **state)
{
    static const double factors[POINTS] = {1, 1, 1, 1.5, 1};
    struct sides sides;
    struct ppt_rng rng;

    (void)state;
    for (size_t blocks = 1; blocks < 5; blocks++) {
        char words[60];

        start(&rng, &sides, factors, blocks);
        snprintf(words, sizeof(words), "%zu old and %zu new, each side needs 5", blocks, blocks);
        assert_int_equal(sides.comparison.points[0].time.interval.exists, blocks > 1);
        assert_doubt(&sides, PPT_DOUBT_FEW, words);
    }
    start(&rng, &sides, factors, 5);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_SLOWER);
    sides_free(&sides);
    /* Three runs of 2 blocks make 6. */
    ppt_rng_seed(&rng, 12, 0, PPT_STREAM_DATA);
    sides_simulate(&rng, &quiet, factors, 3, 2, &sides);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_SLOWER);
    assert_int_equal(sides.comparison.old_blocks, 6);
    does_not_say(&sides, CONDITION);
    sides_free(&sides);
}

/* The same figures: what one process shows of the next is nothing. */
static void one_process(void **state)
{
    static const double factors[POINTS] = {1, 1, 1, 1.5, 1};
    struct sides sides;
    struct ppt_rng rng;

    (void)state;
    start(&rng, &sides, factors, 10);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_SLOWER);
    sides.grids[0].processes = 1;
    sides_compare(&sides);
    assert_doubt(&sides, PPT_DOUBT_SPREAD, "3 runs a side");
    start(&rng, &sides, NULL, 40);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_UNCHANGED);
    sides.grids[1].processes = 4;
    sides_compare(&sides);
    assert_doubt(&sides, PPT_DOUBT_SPREAD, "at least 5 processes");
    /* Two runs on one side alone are not enough, two on both are. */
    sides_simulate(&rng, &quiet, factors, 2, 10, &sides);
    for (size_t r = 0; r < 4; r++) {
        sides.grids[r].processes = 1;
    }
    sides_compare(&sides);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_SLOWER);
    ppt_grid_free(&sides.grids[3]);
    sides.new_count = 1;
    sides_compare(&sides);
    assert_doubt(&sides, PPT_DOUBT_SPREAD, "nobody can tell");
}

static void drifting_or_disturbed(void **state)
{
    static const double factors[POINTS] = {1.1, 1.1, 1.1, 1.1, 1.1};
    static const struct world drifting = {.noise = NOISE_QUIET, .drift = 0.3};
    struct sides sides;
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 13, 0, PPT_STREAM_DATA);
    sides_simulate(&rng, &drifting, factors, 1, 10, &sides);
    assert_doubt(&sides, PPT_DOUBT_DRIFT, "drifted");
    sides_simulate(&rng, &quiet, factors, 3, 10, &sides);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_SLOWER);
    sides.disturbed = true;
    sides_compare(&sides);
    assert_doubt(&sides, PPT_DOUBT_DISTURBED, "disturbed");
    start(&rng, &sides, NULL, 20);
    sides.disturbed = true;
    sides_compare(&sides);
    assert_doubt(&sides, PPT_DOUBT_DISTURBED, "disturbed");
}

/* As many blocks as make the error as small as the distance from the threshold, by the point that
 * needs most; somewhat fewer will do, since Student's t has more degrees of freedom then. */
static size_t needed_anew(const struct ppt_comparison *comparison)
{
    double most = 0;

    for (size_t p = 0; p < POINTS; p++) {
        const struct ppt_difference *time = &comparison->points[p].time;
        const double distance = log1p(THRESHOLD) - time->shift;

        assert_true(distance > 0);
        most = fmax(most, (time->high - time->shift) / distance);
    }
    return (size_t)ceil((double)comparison->old_blocks * most * most);
}

static void too_wide(void **state)
{
    static const struct world usual = {.noise = NOISE_USUAL};
    static const struct world spread = {.noise = NOISE_QUIET, .process = 0.02};
    struct sides sides;
    struct ppt_rng rng;
    char words[100];

    (void)state;
    ppt_rng_seed(&rng, 17, 0, PPT_STREAM_DATA);
    sides_simulate(&rng, &spread, NULL, 1, 10, &sides);
    const size_t needed = sides.comparison.blocks_needed;

    assert_true(needed <= needed_anew(&sides.comparison));
    assert_true((double)needed >= 0.8 * (double)needed_anew(&sides.comparison));
    assert_int_equal(sides.comparison.runs_needed, 0);
    snprintf(words, sizeof(words), "; if that is how it is, --iterations %zu on each side", needed);
    says(&sides, "not settled: between ");
    says(&sides, CONDITION);
    assert_doubt(&sides, PPT_DOUBT_WIDE, words);

    /* By 4 % that are sure not to be 0. */
    static const double factors[POINTS] = {1, 1, 1, 1.04, 1};

    start(&rng, &sides, factors, 20);
    assert_doubt(&sides, PPT_DOUBT_WIDE, "surely slower at 4 workers, but perhaps by less");
    sides_simulate(&rng, &usual, NULL, 2, 5, &sides);
    assert_int_equal(sides.comparison.blocks_needed, 0);
    assert_true(sides.comparison.runs_needed > 2);
    assert_doubt(&sides, PPT_DOUBT_WIDE, " runs a side would settle it");
}

static void points_of_one_side(void **state)
{
    static const unsigned few[] = {1, 2, 16};
    struct sides sides = {.old_count = 1, .new_count = 2, .rules = {.threshold = THRESHOLD}};
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 15, 0, PPT_STREAM_DATA);
    sides_simulate_run(&rng, &quiet, NULL, 20, &sides.grids[0]);
    ppt_grid_create_curve(few, 3, 6, &sides.grids[1]);
    for (size_t i = 0; i < 18; i++) {
        sides.grids[1].seconds[i] = i % 3 == 0 ? 8.2 : 4.2;
    }
    sides.grids[1].processes = 6;
    /* Without a complete block: as if it were not there. */
    ppt_grid_create_curve(workers, POINTS, 0, &sides.grids[2]);
    sides_compare(&sides);
    assert_int_equal(sides.comparison.new_runs, 1);
    assert_int_equal(sides.comparison.point_count, 6);
    assert_int_equal(sides.comparison.common, 2);
    assert_int_equal(sides.comparison.points[sides.comparison.base].point.workers, 1);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_UNCHANGED);
    assert_true(sides.comparison.points[0].old_s.n == 20 &&
                sides.comparison.points[0].new_s.n == 0);
    assert_true(sides.comparison.points[5].old_s.n == 0 && sides.comparison.points[5].new_s.n == 6);
    /* A second run that has all points changes nothing of that; its others are not in all runs. */
    ppt_grid_free(&sides.grids[2]);
    sides_simulate_run(&rng, &quiet, NULL, 6, &sides.grids[2]);
    sides_compare(&sides);
    assert_int_equal(sides.comparison.common, 2);
    assert_int_equal(sides.comparison.new_blocks, 12);
    assert_false(sides.comparison.points[0].common);
    assert_true(sides.comparison.points[0].new_s.n == 6);
    sides_free(&sides);

    sides = (struct sides){.old_count = 1, .new_count = 1};
    ppt_grid_create_curve(few, 1, 6, &sides.grids[0]);
    ppt_grid_create_curve(few + 1, 1, 6, &sides.grids[1]);
    for (size_t i = 0; i < 6; i++) {
        sides.grids[0].seconds[i] = sides.grids[1].seconds[i] = 1;
    }
    sides_compare(&sides);
    assert_int_equal(sides.comparison.common, 0);
    assert_doubt(&sides, PPT_DOUBT_NO_POINT, "no point was measured on both sides");
}

/* ---- runs that differ ---- */

/* Runs of a side that differ by 10 % cannot tell that the other side's are 12 % slower. */
static void runs_that_differ(void **state)
{
    struct sides sides = {.old_count = 2, .new_count = 2, .rules = {.threshold = THRESHOLD}};
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 16, 0, PPT_STREAM_DATA);
    for (size_t r = 0; r < 4; r++) {
        double factors[POINTS];

        for (size_t p = 0; p < POINTS; p++) {
            factors[p] = (r % 2 == 0 ? 1 : 1.1) * (r < 2 ? 1 : 1.12);
        }
        sides_simulate_run(&rng, &quiet, factors, 20, &sides.grids[r]);
    }
    sides_compare(&sides);
    const struct ppt_difference *time = &sides.comparison.points[0].time;

    assert_int_equal(sides.comparison.doubt, PPT_DOUBT_WIDE);
    assert_true(time->interval.low < 0 && time->shift > 0.1);
    assert_true(fabs(M_SQRT2 * time->run_sd - log(1.1)) < 0.02);
    /* What runs differ by as a whole cancels in speedups. */
    assert_int_equal(sides.comparison.speedup_change, PPT_CHANGE_UNCHANGED);
    assert_true(sides.comparison.points[3].speedup.run_sd < 0.02);
    says(&sides, "Two runs of the same side differ by about ");
    sides_free(&sides);
}

/* What is known of runs widens all bounds, and then nothing else has to be taken for granted. */
static void between_runs(void **state)
{
    static const double factors[POINTS] = {1.1, 1.1, 1.1, 1.1, 1.1};
    struct sides sides;
    struct ppt_rng rng;

    (void)state;
    start(&rng, &sides, factors, 20);
    const double low = sides.comparison.points[2].time.interval.low;
    const double high = sides.comparison.points[2].time.high;
    const double shift = sides.comparison.points[2].time.shift;

    says(&sides, CONDITION);
    sides.rules.between_runs = 0.01;
    sides_compare(&sides);
    const struct ppt_difference *time = &sides.comparison.points[2].time;

    /* The normal distribution's points at 0.99 and 0.95. */
    assert_true(fabs(hypot(shift - low, M_SQRT2 * 2.3263479 * 0.01) -
                     (time->shift - time->interval.low)) < 1e-6);
    assert_true(fabs(hypot(high - shift, M_SQRT2 * 1.6448536 * 0.01) - (time->high - time->shift)) <
                1e-6);
    assert_int_equal(sides.comparison.change, PPT_CHANGE_SLOWER);
    does_not_say(&sides, CONDITION);
    sides.rules.between_runs = 0.05;
    sides_compare(&sides);
    says(&sides, "3 runs a side");
    assert_doubt(&sides, PPT_DOUBT_WIDE, "not settled");
}

/* ---- what is said is borne ---- */

/* A range that the sentence has for one point is the one that the table has for it. */
static void check_as_in_the_table(const struct ppt_claim *claim,
                                  const struct ppt_comparison *comparison)
{
    bool found = false;

    if (strcmp(claim->kind, "wide") != 0 && strcmp(claim->kind, "most") != 0) {
        return;
    }
    for (size_t p = 0; p < comparison->point_count; p++) {
        const struct ppt_interval *shown = &comparison->points[p].time.interval;

        found |= shown->low == claim->interval.low && shown->high == claim->interval.high;
    }
    assert_true(found);
}

static void check_claims(const struct sides *sides)
{
    for (int part = 0; part < PPT_CLAIM_PARTS; part++) {
        struct ppt_claims claims;

        ppt_comparison_claims(&sides->comparison, (enum ppt_claim_part)part, &claims);
        for (size_t i = 0; i < claims.count; i++) {
            const struct ppt_claim *claim = &claims.items[i];

            check_as_in_the_table(claim, &sides->comparison);

            if (!ppt_claim_borne(claim) || (claim->interval.exists && claim->level < 0.95) ||
                (claim->side != 0 && !claim->interval.exists)) {
                fail_msg("\"%s\" (%s): [%g, %g] at %g, limit %g", claim->text, claim->kind,
                         claim->interval.low, claim->interval.high, claim->level, claim->limit);
            }
        }
        ppt_claims_free(&claims);
    }
}

/* The verdict, by the figures of the points alone. */
static void check_verdict(const struct ppt_comparison *comparison)
{
    const double limit = log1p(comparison->rules.threshold);
    bool slower = comparison->together.count > 0, fine = true, close = true;

    for (size_t p = 0; p < comparison->point_count; p++) {
        const struct ppt_difference *time = &comparison->points[p].time;

        slower |= time->interval.low > limit;
        fine &= time->high < limit;
        close &= time->low > -limit;
        assert_true(time->high <= comparison->slower && -time->low <= comparison->faster);
    }
    assert_int_equal(comparison->change == PPT_CHANGE_SLOWER, slower);
    assert_int_equal(comparison->change == PPT_CHANGE_INCONCLUSIVE, !slower && !fine);
    assert_int_equal(comparison->change == PPT_CHANGE_UNCHANGED, !slower && fine && close);
}

static void every_claim_is_borne(void **state)
{
    size_t found[PPT_CHANGE_SLOWER + 1] = {0}, together = 0;
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 17, 0, PPT_STREAM_DATA);
    for (size_t i = 0; i < 4000; i++) {
        const struct world world = {.noise = (int)ppt_rng_below(&rng, NOISE_COUNT + 1),
                                    .run = 0.01 * ppt_rng_double(&rng)};
        const double all = 0.15 * (ppt_rng_double(&rng) - 0.5) * (double)ppt_rng_below(&rng, 2);
        double factors[POINTS];
        struct sides sides;

        for (size_t p = 0; p < POINTS; p++) {
            factors[p] =
                exp(all + 0.1 * (ppt_rng_double(&rng) - 0.5) * (double)ppt_rng_below(&rng, 2));
        }
        sides_simulate(&rng, &world, factors, 1 + (size_t)ppt_rng_below(&rng, 3),
                       2 + (size_t)ppt_rng_below(&rng, 30), &sides);
        check_claims(&sides);
        if (sides.comparison.doubt == PPT_DOUBT_NONE || sides.comparison.doubt == PPT_DOUBT_WIDE) {
            check_verdict(&sides.comparison);
        }
        found[sides.comparison.change]++;
        together += sides.comparison.together.count > 0;
        sides_free(&sides);
    }
    for (size_t c = 0; c < COUNT(found); c++) {
        assert_true(found[c] > 50);
    }
    print_message("%zu slower together alone\n", together);
    assert_true(together > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_cases),
        cmocka_unit_test(same_data_is_unchanged),
        cmocka_unit_test(slower_at_one_point),
        cmocka_unit_test(slower_everywhere),
        cmocka_unit_test(no_interval_looks_as_if_it_had_no_width),
        cmocka_unit_test(speedups_fall_without_a_slower_time),
        cmocka_unit_test(too_few_blocks),
        cmocka_unit_test(one_process),
        cmocka_unit_test(drifting_or_disturbed),
        cmocka_unit_test(too_wide),
        cmocka_unit_test(points_of_one_side),
        cmocka_unit_test(runs_that_differ),
        cmocka_unit_test(between_runs),
        cmocka_unit_test(every_claim_is_borne),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
