/*
 * Runs held against all of them: what is stated holds where nothing differs between runs, and is
 * seen not to where something does.
 */
#include "audit.h"

#include <math.h>
#include <string.h>

#include "noises.h"
#include "unit.h"

#define POINTS 4
#define RUNS 40

static const unsigned workers[POINTS] = {0, 1, 2, 4};
static const double curve[POINTS] = {8, 8.1, 4.2, 2.3};

/* Runs of 10 blocks, each point of each run off by about so much. */
static void make_runs(double between, struct ppt_answer *answers, size_t count)
{
    const struct ppt_answer_context context = {.tolerance = 0.05, .confidence = 0.95};
    struct ppt_rng rng;

    ppt_rng_seed(&rng, 91, 0, PPT_STREAM_DATA);
    for (size_t r = 0; r < count; r++) {
        double own[POINTS];
        struct ppt_grid grid;

        for (size_t p = 0; p < POINTS; p++) {
            own[p] = curve[p] * exp(between * noise_normal(&rng));
        }
        ppt_grid_create_curve(workers, POINTS, 10, &grid);
        noise_fill(&rng, own, NOISE_QUIET, 0, &grid);
        ppt_answer_from_grid(&grid, &context, &answers[r]);
    }
}

static struct ppt_audit audit(double between)
{
    struct ppt_answer answers[RUNS];
    const struct ppt_answer *list[RUNS];
    struct ppt_error error = {""};
    struct ppt_audit audit;

    make_runs(between, answers, RUNS);
    for (size_t r = 0; r < RUNS; r++) {
        list[r] = &answers[r];
    }
    require(ppt_audit_of(list, RUNS, &audit, &error), &error);
    for (size_t r = 0; r < RUNS; r++) {
        ppt_answer_free(&answers[r]);
    }
    return audit;
}

static void what_holds_is_counted(void **state)
{
    struct ppt_audit quiet = audit(0);

    (void)state;
    assert_int_equal(quiet.runs, RUNS);
    assert_int_equal(quiet.intervals, RUNS * (POINTS - 1));
    assert_true(quiet.intervals_held >= 0.9 * (double)quiet.intervals);
    assert_int_equal(quiet.bounds_held, RUNS);
    assert_int_equal(quiet.recommended[3], RUNS);
    assert_int_equal(quiet.confidences[PPT_CONFIDENCE_HIGH], RUNS);
    assert_true(quiet.between_run_sd < 0.01);
    ppt_audit_free(&quiet);
}

/* Within each run everything agrees; only others tell. */
static void what_differs_between_runs_is_seen(void **state)
{
    struct ppt_audit apart = audit(0.03);

    (void)state;
    assert_true(apart.intervals_held <= 0.7 * (double)apart.intervals);
    assert_true(apart.between_run_sd > 0.02 && apart.between_run_sd < 0.04);
    ppt_audit_free(&apart);
}

static void too_few_and_unlike_runs_are_refused(void **state)
{
    struct ppt_answer answers[3];
    const struct ppt_answer *const list[] = {&answers[0], &answers[1], &answers[2]};
    struct ppt_error error = {""};
    struct ppt_audit result;

    (void)state;
    make_runs(0, answers, 3);
    assert_int_equal(ppt_audit_of(list, 2, &result, &error), PPT_INCONCLUSIVE);
    ppt_audit_free(&result);
    answers[2].grid.points[1].workers = 3;
    assert_int_equal(ppt_audit_of(list, 3, &result, &error), PPT_BAD_INPUT);
    assert_non_null(strstr(error.text, "runs 1 and 3 have other points"));
    ppt_audit_free(&result);
    for (size_t r = 0; r < 3; r++) {
        ppt_answer_free(&answers[r]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_holds_is_counted),
        cmocka_unit_test(what_differs_between_runs_is_seen),
        cmocka_unit_test(too_few_and_unlike_runs_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
