/*
 * Whether the statistics keep what they promise: thousands of simulated runs with fixed seeds.
 * Noise as measured on shared machines: lognormal 2 to 5 % per pass, passes that take twice as
 * long with a probability of 5 to 10 %, and an effect of 3 to 5 % that a whole block shares.
 */

#include <math.h>

#include "answer.h"
#include "rng.h"
#include "sweep.h"
#include "unit.h"

#define POINTS 5

struct noise {
    double pass, outliers, block;
};

static const struct noise noises[] = {{0.02, 0.05, 0.03}, {0.05, 0.10, 0.05}};

/* Box and Muller. */
static double normal(struct ppt_rng *rng)
{
    const double u = 1 - ppt_rng_double(rng), v = ppt_rng_double(rng);

    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

static void simulate(struct ppt_rng *rng, const double *curve, const struct noise *noise,
                     struct ppt_grid *grid)
{
    for (size_t b = 0; b < grid->block_count; b++) {
        const double shared = noise->block * normal(rng);

        for (size_t p = 0; p < POINTS; p++) {
            const double outlier = ppt_rng_double(rng) < noise->outliers ? 2 : 1;

            grid->seconds[b * POINTS + p] =
                curve[p] * exp(shared + noise->pass * normal(rng)) * outlier;
        }
    }
}

static const unsigned workers[POINTS] = {0, 1, 2, 4, 8};

static void speedup_intervals_cover(void **state)
{
    static const size_t sizes[] = {5, 10, 30};
    static const double curve[POINTS] = {8, 8.2, 4.2, 2.3, 1.6};
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 1, 0, PPT_STREAM_DATA);
    for (size_t s = 0; s < 3; s++) {
        for (size_t n = 0; n < 2; n++) {
            size_t covered = 0, all = 0;
            struct ppt_grid grid;

            ppt_grid_create_curve(workers, POINTS, sizes[s], &grid);
            for (int run = 0; run < 2000; run++) {
                simulate(&rng, curve, &noises[n], &grid);
                for (size_t p = 1; p < POINTS; p++) {
                    const struct ppt_ratio ratio = ppt_grid_speedup(&grid, 0, p, 0.95);
                    const double truth = curve[0] / curve[p];

                    covered += ratio.interval.low <= truth && truth <= ratio.interval.high;
                    all++;
                }
            }
            print_message("n = %zu, noise %.0f %%: %.1f %% covered\n", sizes[s],
                          100 * noises[n].pass, 100.0 * (double)covered / (double)all);
            assert_true((double)covered >= 0.93 * (double)all);
            ppt_grid_free(&grid);
        }
    }
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

/* Called HIGH, and yet slower than the true best by more than the tolerance: at most 1 %. */
static void high_confidence_is_deserved(void **state)
{
    static const size_t sizes[] = {5, 10, 30};
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 2, 0, PPT_STREAM_DATA);
    for (size_t s = 0; s < 3; s++) {
        size_t high = 0, wrong = 0;
        const size_t runs = 4000;
        struct ppt_grid grid;

        ppt_grid_create_curve(workers, POINTS, sizes[s], &grid);
        for (size_t run = 0; run < runs; run++) {
            struct ppt_verdict verdict;
            double curve[POINTS], best = INFINITY;

            draw_curve(&rng, curve);
            for (size_t p = 0; p < POINTS; p++) {
                best = fmin(best, curve[p]);
            }
            simulate(&rng, curve, &noises[run % 2], &grid);
            ppt_verdict_of(&grid, 0.05, 0.95, &verdict);
            if (verdict.confidence == PPT_CONFIDENCE_HIGH) {
                high++;
                wrong += curve[verdict.recommended] > 1.05 * best;
            }
            ppt_verdict_free(&verdict);
        }
        print_message("n = %zu: %.1f %% HIGH, %.2f %% wrongly so\n", sizes[s],
                      100.0 * (double)high / (double)runs, 100.0 * (double)wrong / (double)runs);
        assert_true((double)wrong <= 0.01 * (double)runs);
        /* Saying nothing is no way to be right. */
        assert_true(sizes[s] < 30 || high > runs / 2);
        ppt_grid_free(&grid);
    }
}

/* Blocks are added until the verdict is settled: stopping when it fits must not make intervals
 * miss more often, nor verdicts wrong. Noise of quiet and of shared machines. */
static void stopping_when_settled_is_honest(void **state)
{
    static const struct noise kinds[] = {{0.003, 0, 0.003}, {0.01, 0.02, 0.01}, {0.02, 0.05, 0.03}};
    const struct ppt_answer_context context = {.tolerance = 0.05, .confidence = 0.97};
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 3, 0, PPT_STREAM_DATA);
    for (size_t kind = 0; kind < 3; kind++) {
        size_t covered = 0, all = 0, wrong = 0, blocks = 0;
        const size_t runs = 1500, most = 60;

        for (size_t run = 0; run < runs; run++) {
            double curve[POINTS], best = INFINITY;
            struct ppt_grid whole;
            struct ppt_answer answer = {0};
            bool settled = false;

            draw_curve(&rng, curve);
            for (size_t p = 0; p < POINTS; p++) {
                best = fmin(best, curve[p]);
            }
            ppt_grid_create_curve(workers, POINTS, most, &whole);
            simulate(&rng, curve, &kinds[kind], &whole);
            for (size_t n = PPT_ADAPTIVE_FIRST; n <= most && !settled; n += PPT_ADAPTIVE_STEP) {
                struct ppt_grid part;

                ppt_answer_free(&answer);
                ppt_grid_create_curve(workers, POINTS, n, &part);
                for (size_t i = 0; i < n * POINTS; i++) {
                    part.seconds[i] = whole.seconds[i];
                }
                ppt_answer_from_grid(&part, &context, &answer);
                settled =
                    ppt_verdict_settled(&answer.verdict, &answer.grid, context.confidence, 0.02);
            }
            const size_t chosen = answer.verdict.recommended;
            const struct ppt_ratio *speedup = &answer.points[chosen].over_sequential;
            if (chosen > 0) {
                const double truth = curve[0] / curve[chosen];

                covered += speedup->interval.low <= truth && truth <= speedup->interval.high;
                all++;
            }
            wrong +=
                answer.verdict.confidence == PPT_CONFIDENCE_HIGH && curve[chosen] > 1.05 * best;
            blocks += answer.grid.block_count;
            ppt_answer_free(&answer);
            ppt_grid_free(&whole);
        }
        print_message("noise %.1f %%: %.1f blocks, %.1f %% covered, %.2f %% wrongly HIGH\n",
                      100 * kinds[kind].pass, (double)blocks / (double)runs,
                      100.0 * (double)covered / (double)all, 100.0 * (double)wrong / (double)runs);
        assert_true((double)covered >= 0.94 * (double)all);
        assert_true((double)wrong <= 0.01 * (double)runs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speedup_intervals_cover),
        cmocka_unit_test(high_confidence_is_deserved),
        cmocka_unit_test(stopping_when_settled_is_honest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
