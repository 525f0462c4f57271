/*
 * Whether runs that go on until their verdict is settled stay honest: stopping when it fits must
 * not make intervals miss more often, nor verdicts wrong. Simulated, with fixed seeds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "answer.h"
#include "noises.h"
#include "sweep.h"

#define POINTS 5
#define MOST 60

static const unsigned workers[POINTS] = {0, 1, 2, 4, 8};
static const enum noise kinds[] = {NOISE_QUIET, NOISE_DEVELOPERS, NOISE_GROWING, NOISE_STUDENT};
static const struct ppt_answer_context context = {.tolerance = 0.05, .confidence = 0.97};

/* What is answered after as many blocks as it takes. */
static void settle(const struct ppt_grid *whole, struct ppt_answer *answer)
{
    bool settled = false;

    *answer = (struct ppt_answer){0};
    for (size_t n = PPT_ADAPTIVE_FIRST; n <= MOST && !settled; n += PPT_ADAPTIVE_STEP) {
        struct ppt_grid part;

        ppt_answer_free(answer);
        ppt_grid_create_curve(workers, POINTS, n, &part);
        memcpy(part.seconds, whole->seconds, n * POINTS * sizeof(*part.seconds));
        ppt_answer_from_grid(&part, &context, answer);
        settled = ppt_verdict_settled(&answer->verdict, &answer->grid, context.confidence, 0.02);
    }
}

struct tally {
    size_t runs, blocks, wrong, covered, intervals;
};

static void run(struct ppt_rng *rng, enum noise kind, const double *curve, struct tally *tally)
{
    struct ppt_grid whole;
    struct ppt_answer answer;
    double best = INFINITY;

    for (size_t p = 0; p < POINTS; p++) {
        best = fmin(best, curve[p]);
    }
    ppt_grid_create_curve(workers, POINTS, MOST, &whole);
    noise_fill(rng, curve, kind, 0.01, &whole);
    settle(&whole, &answer);
    const size_t chosen = answer.verdict.recommended;
    const struct ppt_interval *interval = &answer.points[chosen].over_sequential.interval;
    if (chosen > 0) {
        const double truth = curve[0] / curve[chosen];

        tally->covered += interval->low <= truth && truth <= interval->high;
        tally->intervals++;
    }
    tally->runs++;
    tally->wrong +=
        answer.verdict.confidence == PPT_CONFIDENCE_HIGH && curve[chosen] > 1.0501 * best;
    tally->blocks += answer.grid.block_count;
    ppt_answer_free(&answer);
    ppt_grid_free(&whole);
}

static double percent(size_t part, size_t all)
{
    return 100.0 * (double)part / (double)all;
}

static void random_curves(void **state)
{
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 31, 0, PPT_STREAM_DATA);
    for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
        struct tally tally = {0};

        for (size_t i = 0; i < 1000; i++) {
            const double sigma = 0.5 * ppt_rng_double(&rng) * ppt_rng_double(&rng);
            double curve[POINTS];

            for (size_t p = 0; p < POINTS; p++) {
                const double n = fmax(1, workers[p]);

                curve[p] = (1 + sigma * (n - 1) + 0.05 * sigma * n * (n - 1)) / n;
            }
            curve[0] *= 1 - 0.1 * ppt_rng_double(&rng);
            run(&rng, kinds[kind], curve, &tally);
        }
        print_message("%-11s %4.1f blocks, %.1f %% covered, %.2f %% wrongly HIGH\n",
                      noise_names[kinds[kind]], (double)tally.blocks / (double)tally.runs,
                      percent(tally.covered, tally.intervals), percent(tally.wrong, tally.runs));
        assert_true(percent(tally.covered, tally.intervals) >= 94);
        assert_true(percent(tally.wrong, tally.runs) <= 1);
    }
}

/* All others are slower by just more than the tolerance, and every look is a chance to miss it. */
static void the_least_favourable_curve(void **state)
{
    static const double gaps[] = {1.0505, 1.06, 1.07, 1.09};
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 32, 0, PPT_STREAM_DATA);
    for (size_t i = 0; i < 16; i++) {
        struct tally tally = {0};

        for (size_t j = 0; j < 300; j++) {
            const size_t best = (size_t)ppt_rng_below(&rng, POINTS);
            double curve[POINTS];

            for (size_t p = 0; p < POINTS; p++) {
                curve[p] = p == best ? 1 : gaps[i % 4];
            }
            run(&rng, kinds[i / 4], curve, &tally);
        }
        print_message("%-11s others %.4f: %4.1f blocks, %.2f %% wrongly HIGH\n",
                      noise_names[kinds[i / 4]], gaps[i % 4],
                      (double)tally.blocks / (double)tally.runs, percent(tally.wrong, tally.runs));
        assert_true(percent(tally.wrong, tally.runs) <= 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_curves),
        cmocka_unit_test(the_least_favourable_curve),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
