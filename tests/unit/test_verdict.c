/*
 * The verdict: worked cases with their expected answers, and what it must say of odd tables.
 */
#include <stdio.h>

#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "reason.h"
#include "rng.h"
#include "sentence.h"
#include "unit.h"

#define TOLERANCE 0.05

/* A table from rows of seconds, one per block. */
static void make_grid(const unsigned *workers, size_t points, const double *seconds, size_t blocks,
                      struct ppt_grid *grid)
{
    ppt_grid_create_curve(workers, points, blocks, grid);
    memcpy(grid->seconds, seconds, points * blocks * sizeof(*seconds));
}

static struct ppt_answer answer_of(struct ppt_grid *grid, uint64_t tasks, unsigned cpus)
{
    const struct ppt_answer_context context = {
        .tasks = tasks, .cpus = cpus, .tolerance = TOLERANCE, .confidence = 0.95};
    struct ppt_answer answer;

    ppt_answer_from_grid(grid, &context, &answer);
    return answer;
}

/* ---- worked cases, by verdict_cases.py ---- */

static double number(json_object *object, const char *key)
{
    return json_object_get_double(json_object_object_get(object, key));
}

static void near(double value, json_object *expected, double digits)
{
    const double wanted = json_object_get_double(expected);

    if (fabs(value - wanted) > 0.5000001 * digits) {
        fail_msg("%.9g is not %.9g", value, wanted);
    }
}

static void check_case(json_object *one)
{
    json_object *list = json_object_object_get(one, "workers");
    json_object *rows = json_object_object_get(one, "pass_seconds");
    json_object *expected = json_object_object_get(one, "expected");
    const size_t points = json_object_array_length(list), blocks = json_object_array_length(rows);
    unsigned workers[16];
    struct ppt_grid grid;

    for (size_t p = 0; p < points; p++) {
        workers[p] = (unsigned)json_object_get_int(json_object_array_get_idx(list, p));
    }
    ppt_grid_create_curve(workers, points, blocks, &grid);
    for (size_t i = 0; i < points * blocks; i++) {
        json_object *row = json_object_array_get_idx(rows, i / points);

        grid.seconds[i] = json_object_get_double(json_object_array_get_idx(row, i % points));
    }
    struct ppt_answer answer = answer_of(&grid, 0, 0);
    const struct ppt_verdict *verdict = &answer.verdict;
    assert_true(verdict->exists);
    assert_int_equal(workers[verdict->recommended], (int)number(expected, "recommended"));
    assert_int_equal(workers[verdict->best], (int)number(expected, "best_point"));
    assert_int_equal(verdict->contenders, (int)number(expected, "contenders"));
    near(verdict->slowdown_point, json_object_object_get(expected, "slowdown_point"), 1e-6);
    near(verdict->slowdown_upper, json_object_object_get(expected, "slowdown_upper95"), 1e-6);
    near(verdict->slowdown_upper99, json_object_object_get(expected, "slowdown_upper99"), 1e-6);
    assert_string_equal(ppt_confidence_names[verdict->confidence],
                        json_object_get_string(json_object_object_get(expected, "confidence")));
    assert_int_equal(verdict->blocks_needed, (int)number(expected, "blocks_needed"));
    json_object_object_foreach(json_object_object_get(expected, "speedup"), key, speedup)
    {
        const size_t p = ppt_grid_find(
            &answer.grid, (struct ppt_point){(unsigned)strtoul(key, NULL, 10), 1, 0, 0, 0, 0});
        const struct ppt_ratio *ratio = &answer.points[p].over_sequential;

        near(ratio->value, json_object_array_get_idx(speedup, 0), 1e-6);
        near(ratio->interval.low, json_object_array_get_idx(speedup, 1), 1e-6);
        near(ratio->interval.high, json_object_array_get_idx(speedup, 2), 1e-6);
    }
    ppt_answer_free(&answer);
}

static void worked_cases(void **state)
{
    json_object *cases = json_object_from_file(PPT_TEST_DATA "/verdict_cases.json");

    (void)state;
    assert_int_equal(json_object_array_length(cases), 7);
    for (size_t i = 0; i < json_object_array_length(cases); i++) {
        check_case(json_object_array_get_idx(cases, i));
    }
    json_object_put(cases);
}

/* ---- made cases ---- */

/* Blocks of a curve under a little noise: lognormal 1 % per pass, 3 % per block. */
static struct ppt_answer simulate(const unsigned *workers, const double *curve, size_t points,
                                  size_t blocks, uint64_t tasks, unsigned cpus)
{
    struct ppt_grid grid;
    struct ppt_rng rng;

    ppt_rng_seed(&rng, 7, 0, PPT_STREAM_DATA);
    ppt_grid_create_curve(workers, points, blocks, &grid);
    for (size_t b = 0; b < blocks; b++) {
        const double shared = exp(0.03 * (ppt_rng_double(&rng) - 0.5));

        for (size_t p = 0; p < points; p++) {
            grid.seconds[b * points + p] =
                curve[p] * shared * exp(0.02 * (ppt_rng_double(&rng) - 0.5));
        }
    }
    return answer_of(&grid, tasks, cpus);
}

static void check(struct ppt_answer answer, unsigned recommended, enum ppt_reason reason)
{
    assert_true(answer.verdict.exists);
    assert_int_equal(answer.grid.points[answer.verdict.recommended].workers, recommended);
    assert_int_equal(answer.verdict.confidence, PPT_CONFIDENCE_HIGH);
    assert_int_equal(answer.reason, reason);
    ppt_answer_free(&answer);
}

/* Ten tasks on 5, 6 ... 9 workers all take two rounds. */
static void staircase(void **state)
{
    const unsigned workers[] = {0, 1, 2, 4, 5, 8};
    const double curve[] = {10, 10.05, 5.02, 3.02, 2.02, 2.02};

    (void)state;
    check(simulate(workers, curve, 6, 10, 10, 16), 5, PPT_REASON_FEW_TASKS);
}

static void still_rising(void **state)
{
    const unsigned workers[] = {0, 1, 2, 4};
    const double curve[] = {8, 8.1, 4.05, 2.05};

    (void)state;
    check(simulate(workers, curve, 4, 10, 1000, 16), 4, PPT_REASON_STILL_RISING);
    /* With all CPUs in use it is no use to try more. */
    check(simulate(workers, curve, 4, 10, 1000, 4), 4, PPT_REASON_CPUS_BUSY);
}

/* A factor that takes less than half a percent is no reason; "most is lost to ... (0.0 %)" would
 * say nothing. */
static void small_losses_are_no_reason(void **state)
{
    const unsigned workers[] = {0, 1, 2};
    const double curve[] = {1.2, 1, 1};
    struct ppt_answer answer = simulate(workers, curve, 3, 10, 1000, 4);
    struct ppt_point_factors *factors = &answer.points[1].factors;

    (void)state;
    assert_int_equal(answer.verdict.recommended, 1);
    factors->exists = true;
    factors->most_lost = PPT_FACTOR_STARTUP;
    for (size_t f = 0; f < PPT_FACTOR_COUNT; f++) {
        factors->factor[f] = 1;
    }
    factors->factor[PPT_FACTOR_STARTUP] = 0.994;
    ppt_reason_find(&answer);
    assert_int_equal(answer.reason, PPT_REASON_FACTOR);
    factors->factor[PPT_FACTOR_STARTUP] = 0.996;
    ppt_reason_find(&answer);
    assert_int_equal(answer.reason, PPT_REASON_NO_GAIN);
    ppt_answer_free(&answer);
}

static void all_points_equal(void **state)
{
    const unsigned workers[] = {0, 1, 2, 4};
    const double curve[] = {1, 1, 1, 1};

    (void)state;
    check(simulate(workers, curve, 4, 10, 100, 4), 0, PPT_REASON_NO_GAIN);
}

static void exactly_equal_times(void **state)
{
    const unsigned workers[] = {0, 1, 2};
    double seconds[30];
    struct ppt_grid grid;

    (void)state;
    for (size_t i = 0; i < 30; i++) {
        seconds[i] = 1.5;
    }
    make_grid(workers, 3, seconds, 10, &grid);
    struct ppt_answer answer = answer_of(&grid, 0, 0);
    assert_true(answer.verdict.slowdown_upper == 0);
    assert_false(answer.drift.flagged);
    check(answer, 0, PPT_REASON_NO_GAIN);
}

/* A third of the passes at the best point take twice as long: the mean would say 2 workers. */
static void heavy_outliers(void **state)
{
    const unsigned workers[] = {0, 2, 4};
    double seconds[30];
    struct ppt_grid grid;
    double mean = 0;

    (void)state;
    for (size_t b = 0; b < 10; b++) {
        seconds[3 * b] = 4 + 0.01 * (double)b;
        seconds[3 * b + 1] = 2.1 + 0.01 * (double)b;
        seconds[3 * b + 2] = (1.8 + 0.01 * (double)b) * (b % 3 == 0 ? 2 : 1);
        mean += seconds[3 * b + 2] / 10;
    }
    assert_true(mean > 2.14);
    make_grid(workers, 3, seconds, 10, &grid);
    struct ppt_answer answer = answer_of(&grid, 0, 0);
    assert_int_equal(answer.grid.points[answer.verdict.recommended].workers, 4);
    /* But it cannot be sure of it. */
    assert_int_not_equal(answer.verdict.confidence, PPT_CONFIDENCE_HIGH);
    assert_false(answer.verdict.tie);
    assert_true(answer.verdict.slowdown_upper > TOLERANCE);
    ppt_answer_free(&answer);
}

static void a_single_count_is_no_choice(void **state)
{
    const unsigned workers[] = {3};
    const double curve[] = {1};
    struct ppt_text words = {0};

    (void)state;
    struct ppt_answer answer = simulate(workers, curve, 1, 5, 10, 4);
    assert_int_equal(answer.reason, PPT_REASON_SINGLE);
    ppt_sentence_verdict(&answer, &words);
    assert_non_null(strstr(words.data, "no choice"));
    ppt_text_free(&words);
    ppt_answer_free(&answer);
}

static void without_sequential_calls(void **state)
{
    const unsigned workers[] = {1, 2, 4};
    const double curve[] = {8, 4.1, 2.1};

    (void)state;
    struct ppt_answer answer = simulate(workers, curve, 3, 10, 1000, 4);
    assert_true(answer.points[2].over_sequential.value == 0);
    assert_true(answer.points[2].over_one.value > 3.5);
    assert_true(answer.dispatch.value == 0);
    check(answer, 4, PPT_REASON_CPUS_BUSY);
}

/* One or two blocks: no verdict, and no interval of one value. */
/* Of a program one worker is sequential calls again: whichever was luckier is nobody's choice. */
static void one_worker_of_a_program_is_not_ranked(void **state)
{
    static const unsigned workers[] = {0, 1, 2};
    static const double seconds[] = {1.0, 0.90, 0.99, 1.1, 0.91, 1.08, 1.0, 0.92, 0.99,
                                     1.0, 0.90, 0.98, 1.1, 0.91, 1.09, 1.0, 0.92, 1.0};

    (void)state;
    for (int same = 0; same < 2; same++) {
        struct ppt_answer_context context = {.tasks = 100,
                                             .cpus = 2,
                                             .tolerance = TOLERANCE,
                                             .confidence = 0.95,
                                             .same_alone = same == 1};
        struct ppt_answer answer;
        struct ppt_grid grid;

        make_grid(workers, COUNT(workers), seconds, COUNT(seconds) / COUNT(workers), &grid);
        ppt_answer_from_grid(&grid, &context, &answer);
        assert_int_equal(answer.grid.points[answer.verdict.recommended].workers, same ? 0 : 1);
        assert_int_equal(answer.grid.points[answer.verdict.best].workers, same ? 2 : 1);
        assert_true(!same || answer.verdict.slowdown_upper < 0.05);
        ppt_answer_free(&answer);
    }
    for (unsigned one = 0; one < 2; one++) {
        const unsigned alone[] = {1, 2};
        struct ppt_answer_context context = {
            .tasks = 100, .cpus = 2, .tolerance = TOLERANCE, .confidence = 0.95, .same_alone = one};
        struct ppt_answer answer;
        struct ppt_grid grid;

        make_grid(alone, COUNT(alone), seconds, 6, &grid);
        ppt_answer_from_grid(&grid, &context, &answer);
        assert_true(answer.verdict.exists);
        ppt_answer_free(&answer);
    }
}

static void too_few_blocks(void **state)
{
    const unsigned workers[] = {0, 2};
    const double seconds[] = {2, 1, 2.1, 1.1};

    (void)state;
    for (size_t blocks = 0; blocks <= 2; blocks++) {
        struct ppt_text words = {0};
        struct ppt_grid grid;

        make_grid(workers, 2, seconds, blocks, &grid);
        struct ppt_answer answer = answer_of(&grid, 10, 2);
        assert_false(answer.verdict.exists);
        assert_int_equal(answer.points[1].over_sequential.interval.exists, blocks == 2);
        if (blocks == 2) {
            assert_true(answer.points[1].over_sequential.interval.high >
                        answer.points[1].over_sequential.interval.low);
        }
        ppt_sentence_verdict(&answer, &words);
        assert_non_null(strstr(words.data, "no verdict"));
        assert_non_null(strstr(words.data, "at least 3"));
        ppt_text_free(&words);
        ppt_answer_free(&answer);
    }
}

static void times_a_million_fold_apart(void **state)
{
    const unsigned workers[] = {0, 1, 2};
    const double curve[] = {1e-6, 1, 0.5};

    (void)state;
    struct ppt_answer answer = simulate(workers, curve, 3, 10, 10, 2);
    assert_true(answer.points[2].over_sequential.value < 3e-6);
    check(answer, 0, PPT_REASON_DISPATCH);
}

static void the_same_table_gives_the_same_answer(void **state)
{
    const unsigned workers[] = {0, 1, 2, 4, 8, 16};
    const double curve[] = {8, 8.1, 4.1, 2.2, 1.3, 1.1};
    struct ppt_text first = {0}, second = {0};

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct ppt_answer answer = simulate(workers, curve, 6, 10, 1000, 32);

        ppt_sentence_verdict(&answer, i ? &second : &first);
        ppt_sentence_details(&answer, i ? &second : &first);
        ppt_answer_free(&answer);
    }
    assert_string_equal(first.data, second.data);
    ppt_text_free(&first);
    ppt_text_free(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_cases),
        cmocka_unit_test(staircase),
        cmocka_unit_test(still_rising),
        cmocka_unit_test(small_losses_are_no_reason),
        cmocka_unit_test(all_points_equal),
        cmocka_unit_test(exactly_equal_times),
        cmocka_unit_test(heavy_outliers),
        cmocka_unit_test(a_single_count_is_no_choice),
        cmocka_unit_test(without_sequential_calls),
        cmocka_unit_test(one_worker_of_a_program_is_not_ranked),
        cmocka_unit_test(too_few_blocks),
        cmocka_unit_test(times_a_million_fold_apart),
        cmocka_unit_test(the_same_table_gives_the_same_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
