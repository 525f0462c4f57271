/*
 * Verdicts for other things than time: worked by hand, and how often the bounds that they state are
 * wrong on tables whose truth is known.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "answer.h"
#include "memory.h"
#include "noises.h"
#include "objective_sentence.h"
#include "owned.h"
#include "sentence.h"
#include "unit.h"

#define BLOCKS 10
#define POINTS 5
#define RUNS 400
#define TOLERANCE 0.05

static const unsigned workers[POINTS] = {0, 1, 2, 4, 8};

/* What the points of a run take by themselves: all tasks, and the middle and a slow one of them. */
struct truth {
    double total_s[POINTS], median_s[POINTS], p95_s[POINTS];
};

static struct ppt_grid empty_grid(void)
{
    struct ppt_grid grid;

    ppt_grid_create_curve(workers, POINTS, BLOCKS, &grid);
    return grid;
}

/* A run of a process for each block, whose figures all waver in this way. */
static void make_samples(struct ppt_rng *rng, const struct truth *truth, enum noise kind,
                         struct ppt_samples *samples)
{
    const double *const curves[] = {truth->total_s, truth->median_s, truth->p95_s};
    struct ppt_grid grids[3];

    *samples = (struct ppt_samples){0};
    for (size_t i = 0; i < 3; i++) {
        grids[i] = empty_grid();
        noise_fill(rng, curves[i], kind, 0.01, &grids[i]);
    }
    for (unsigned b = 0; b < BLOCKS; b++) {
        for (size_t p = 0; p < POINTS; p++) {
            struct ppt_sample sample = {
                .block = b + 1,
                .process = b + 1,
                .point = grids[0].points[p],
                .total_ns = (int64_t)(1e9 * ppt_grid_at(&grids[0], b, p)),
                .task_count = 100,
                .times = {.median_ns = (int64_t)(1e9 * ppt_grid_at(&grids[1], b, p)),
                          .p95_ns = (int64_t)(1e9 * ppt_grid_at(&grids[2], b, p))},
            };

            ppt_samples_add(samples, &sample);
        }
    }
    for (size_t i = 0; i < 3; i++) {
        ppt_grid_free(&grids[i]);
    }
}

/* What comes of them: the number of the recommended point, POINTS where there is none. */
struct outcome {
    size_t recommended;
    double upper; /* of what it may be slower or dearer than the best */
    enum ppt_confidence confidence;
};

static struct outcome judge(const struct ppt_samples *samples, const struct ppt_goal *goal)
{
    const struct ppt_objective_context context = {
        .goal = *goal, .tolerance = TOLERANCE, .confidence = 0.95, .tasks = 100};
    struct ppt_objective objective PPT_OWNED(ppt_objective_free) = {0};
    struct ppt_verdict verdict PPT_OWNED(ppt_verdict_free) = {0};
    struct ppt_index index PPT_OWNED(ppt_index_free) = {0};
    struct ppt_grid grid PPT_OWNED(ppt_grid_free) = {0};

    ppt_index_create(samples, &index);
    ppt_grid_from_index(&index, &grid);
    ppt_objective_of(&index, &grid, &context, &objective, &verdict);
    assert_int_equal(objective.none, !verdict.exists);
    return (struct outcome){verdict.exists ? verdict.recommended : POINTS, verdict.slowdown_upper,
                            verdict.confidence};
}

static struct outcome judge_truth(struct ppt_rng *rng, const struct truth *truth, enum noise kind,
                                  const struct ppt_goal *goal)
{
    struct ppt_samples samples PPT_OWNED(ppt_samples_free) = {0};

    make_samples(rng, truth, kind, &samples);
    return judge(&samples, goal);
}

/* ---- each ---- */

static const struct ppt_goal each = {.kind = PPT_GOAL_EACH, .each_at_most = 1.05};

/* Tasks that are as quick beside one other, and take 20 % longer beside three. */
static void the_fastest_that_slows_no_task_is_chosen(void **state)
{
    const struct truth truth = {{8, 8.1, 4.1, 2.4, 2.3}, {1, 1, 1, 1.2, 1.5}, {2, 2, 2, 2.4, 3}};
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 1, 0, PPT_STREAM_DATA);
    const struct outcome outcome = judge_truth(&rng, &truth, NOISE_QUIET, &each);
    assert_int_equal(outcome.recommended, 2);
    assert_int_equal(outcome.confidence, PPT_CONFIDENCE_HIGH);
}

/* The middle of them alone does not tell that the slow ones are much slower. */
static void slow_tasks_count(void **state)
{
    const struct truth truth = {{8, 8.1, 4.1, 2.4, 1.3}, {1, 1, 1, 1, 1}, {2, 2, 2, 2, 4}};
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 2, 0, PPT_STREAM_DATA);
    assert_int_equal(judge_truth(&rng, &truth, NOISE_QUIET, &each).recommended, 3);
}

/* Every count but that of calls is beyond the limit, by as little as can be: none of the others may
 * be chosen. */
static void limits_are_kept(void **state)
{
    static const enum noise kinds[] = {NOISE_QUIET, NOISE_DEVELOPERS, NOISE_MIXTURE, NOISE_BIMODAL,
                                       NOISE_STUDENT};
    struct truth truth = {{8, 8, 4, 2, 1}, {1, 1, 1, 1, 1}, {2, 2.101, 2.101, 2.101, 2.101}};

    (void)state;
    for (size_t k = 0; k < COUNT(kinds); k++) {
        size_t wrong = 0, sure = 0;
        struct ppt_rng rng;

        ppt_rng_seed(&rng, 3, k, PPT_STREAM_DATA);
        for (size_t run = 0; run < RUNS; run++) {
            const struct outcome outcome = judge_truth(&rng, &truth, kinds[k], &each);

            wrong += outcome.recommended > 0;
            sure += outcome.recommended > 0 && outcome.confidence == PPT_CONFIDENCE_HIGH;
        }
        if (wrong > RUNS * 5 / 100 || sure > RUNS / 100) {
            fail_msg("%s: %zu of %d are beyond the limit, %zu of them HIGH", noise_names[kinds[k]],
                     wrong, RUNS, sure);
        }
    }
}

/* ---- cost ---- */

static const struct ppt_goal cheapest = {
    .kind = PPT_GOAL_CHEAPEST, .per_hour = 0.1, .per_worker_hour = 0.04};

/* By hand: an hour costs .14, .14, .18, .26 and .42, which 8, 8, 4.2, 2.4 and 2 hours of work make
 * 1.12, 1.12, 0.756, 0.624 and 0.84. */
static void the_cheapest_is_chosen(void **state)
{
    const struct truth truth = {{8, 8, 4.2, 2.4, 2}, {1, 1, 1, 1, 1}, {1, 1, 1, 1, 1}};
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 4, 0, PPT_STREAM_DATA);
    const struct outcome outcome = judge_truth(&rng, &truth, NOISE_QUIET, &cheapest);
    assert_int_equal(outcome.recommended, 3);
    assert_int_equal(outcome.confidence, PPT_CONFIDENCE_HIGH);
}

/* Counts that are dearer than the cheapest by hardly more than the tolerance, or less. */
static void bounds_of_cost_hold(void **state)
{
    static const double dearer[] = {1.02, 1.051, 1.08};
    static const enum noise kinds[] = {NOISE_QUIET, NOISE_DEVELOPERS, NOISE_GROWING};
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 5, 0, PPT_STREAM_DATA);
    for (size_t k = 0; k < COUNT(kinds) * COUNT(dearer); k++) {
        const double by = dearer[k % COUNT(dearer)];
        struct truth truth = {{0}, {1, 1, 1, 1, 1}, {1, 1, 1, 1, 1}};
        double cost[POINTS];
        size_t wrong = 0;

        for (size_t p = 0; p < POINTS; p++) {
            cost[p] = p == POINTS - 1 ? 1 : by;
            truth.total_s[p] =
                cost[p] /
                (cheapest.per_hour + cheapest.per_worker_hour * (workers[p] > 0 ? workers[p] : 1));
        }
        for (size_t run = 0; run < RUNS; run++) {
            const struct outcome outcome =
                judge_truth(&rng, &truth, kinds[k / COUNT(dearer)], &cheapest);

            wrong += cost[outcome.recommended] > 1 + outcome.upper;
        }
        if (wrong > RUNS * 5 / 100) {
            fail_msg("%s, %g: %zu of %d bounds are wrong", noise_names[kinds[k / COUNT(dearer)]],
                     by, wrong, RUNS);
        }
    }
}

/* ---- sentences ---- */

static void check_sentence(const struct truth *truth, const struct ppt_goal *goal,
                           const char *expected, const char *because)
{
    const struct ppt_answer_context context = {
        .tasks = 100, .cpus = 8, .goal = *goal, .tolerance = TOLERANCE, .confidence = 0.95};
    struct ppt_samples samples PPT_OWNED(ppt_samples_free) = {0};
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};
    struct ppt_text reason PPT_OWNED(ppt_text_free) = {0};
    struct ppt_answer answer PPT_OWNED(ppt_answer_free) = {0};
    struct ppt_index index PPT_OWNED(ppt_index_free) = {0};
    struct ppt_rng rng;

    ppt_rng_seed(&rng, 6, 0, PPT_STREAM_DATA);
    make_samples(&rng, truth, NOISE_QUIET, &samples);
    ppt_index_create(&samples, &index);
    ppt_answer_from_index(&index, &context, &answer);
    ppt_sentence_verdict(&answer, &words);
    ppt_sentence_reason(&answer, &reason);
    if (strncmp(words.data, expected, strlen(expected)) != 0) {
        fail_msg("%s\nnot %s", words.data, expected);
    }
    if (strncmp(reason.data ? reason.data : "", because, strlen(because)) != 0) {
        fail_msg("%s\nnot %s", reason.data, because);
    }
}

static void the_sentence_says_what_it_is_for(void **state)
{
    const struct truth slow = {{8, 8, 4, 2, 1}, {1, 1, 1.4, 1.4, 1.4}, {2, 2, 2, 2, 2}};
    const struct truth even = {{8, 8, 4.2, 2.4, 2}, {1, 1, 1, 1, 1}, {1, 1, 1, 1, 1}};
    const struct ppt_goal time = {.kind = PPT_GOAL_TIME};

    (void)state;
    check_sentence(&slow, &each,
                   "use plain sequential calls where each task may take 1.05x its time alone "
                   "(confidence HIGH): a task takes at most 1x its time alone (95 %)",
                   "With 8 workers, the fastest, a task takes 1.");
    check_sentence(&even, &cheapest,
                   "use 4 workers for the least cost (confidence HIGH): 1000 tasks cost 0.001",
                   "With 8 workers, the fastest, 1000 tasks cost 0.002");
    check_sentence(&even, &time, "use 8 workers (confidence HIGH)", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fastest_that_slows_no_task_is_chosen),
        cmocka_unit_test(slow_tasks_count),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(the_cheapest_is_chosen),
        cmocka_unit_test(bounds_of_cost_hold),
        cmocka_unit_test(the_sentence_says_what_it_is_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
