/*
 * How often comparisons are right: simulated pairs of runs whose truth is known, fixed seeds.
 */
#include <math.h>
#include <stdio.h>

#include "sides.h"
#include "unit.h"

struct rates {
    double slower, fine; /* exit codes 4 and 0, in percent */
};

struct trial {
    struct world world;
    double factor;       /* of all points of the new side; 0: 1 */
    size_t runs, blocks; /* of each side; 0: 1, 10 */
    double between_runs, threshold;
    size_t pairs;
};

static struct rates try(uint64_t seed, const char *what, struct trial trial)
{
    const size_t runs = trial.runs > 0 ? trial.runs : 1;
    const size_t blocks = trial.blocks > 0 ? trial.blocks : 10;
    const struct world *world = &trial.world;
    struct rates rates = {0};
    double factors[POINTS];
    struct ppt_rng rng;

    for (size_t p = 0; p < POINTS; p++) {
        factors[p] = trial.factor > 0 ? trial.factor : 1;
    }
    ppt_rng_seed(&rng, seed, 0, PPT_STREAM_DATA);
    for (size_t i = 0; i < trial.pairs; i++) {
        struct sides sides;

        sides_simulate(&rng, world, factors, runs, blocks, &sides);
        if (trial.between_runs > 0 || trial.threshold > 0) {
            sides.rules.between_runs = trial.between_runs;
            sides.rules.threshold = trial.threshold > 0 ? trial.threshold : THRESHOLD;
            sides_compare(&sides);
        }
        rates.slower += sides.comparison.change == PPT_CHANGE_SLOWER;
        rates.fine += sides.comparison.change != PPT_CHANGE_SLOWER &&
                      sides.comparison.change != PPT_CHANGE_INCONCLUSIVE;
        sides_free(&sides);
    }
    rates.slower *= 100.0 / (double)trial.pairs;
    rates.fine *= 100.0 / (double)trial.pairs;
    print_message("%-12s %-40s %zu x %zu: exit 4 %5.1f %%, exit 0 %5.1f %%\n",
                  world->noise == NOISE_USUAL ? "usual" : noise_names[world->noise], what, runs,
                  blocks, rates.slower, rates.fine);
    return rates;
}

#define USUAL .noise = NOISE_USUAL

/* What differs between processes is seen. */
static void alike_with_processes_that_differ(void **state)
{
    (void)state;
    for (int noise = 0; noise <= NOISE_USUAL; noise++) {
        /* What goes on from pass to pass is for the looks at drift and at others, in part. */
        const double most = noise == NOISE_NEIGHBOURS ? 8
                            : noise == NOISE_SLOW     ? 5
                            : noise == NOISE_BIMODAL  ? 4
                                                      : 1;
        const uint64_t seed = 20 + (uint64_t)noise;

        assert_true(try(seed, "alike, processes 1 + 1 %",
                        (struct trial){{.noise = noise, .process = 0.01}, .pairs = 300})
                        .slower <= most);
        assert_true(try(seed, "alike, processes 2 + 2 %",
                        (struct trial){{.noise = noise, .process = 0.02}, .pairs = 300})
                        .slower <= most);
    }
    assert_true(
        try(40, "alike, processes 1 + 1 %", (struct trial){{.process = 0.01}, .pairs = 300}).fine >=
        50);
    assert_true(
        try(41, "alike, 1 + 1 %, a threshold of 5 %",
            (struct trial){{USUAL, .process = 0.01}, .blocks = 20, .threshold = 0.05, .pairs = 300})
            .fine >= 75);
}

/* What is common to a run is seen with several of them, or where it is known. */
static void alike_with_runs_that_differ(void **state)
{
    (void)state;
    for (int noise = 0; noise <= NOISE_USUAL; noise += NOISE_USUAL) {
        for (int spread = 1; spread <= 2; spread++) {
            const struct world world = {.noise = noise, .run = 0.01 * spread};
            const uint64_t seed = 50 + (uint64_t)(noise + spread);
            char what[40];

            snprintf(what, sizeof(what), "alike, runs %d + %d %%", spread, spread);
            try(seed, what, (struct trial){world, .pairs = 300});
            assert_true(try(seed, what, (struct trial){world, .runs = 3, .pairs = 300}).slower <=
                        1);
            assert_true(try(seed, what, (struct trial){world, .runs = 2, .blocks = 3, .pairs = 300})
                            .slower <= 1.5);
            snprintf(what, sizeof(what), "alike, runs %d + %d %%, which is known", spread, spread);
            assert_true(
                try(seed, what,
                    (struct trial){world, .between_runs = M_SQRT2 * world.run, .pairs = 300})
                    .slower <= 1);
        }
    }
}

static void slower_ones_are_found(void **state)
{
    (void)state;
    assert_true(try(70, "+10 %, processes 1 + 1 %",
                    (struct trial){{USUAL, .process = 0.01}, 1.1, .pairs = 3000})
                    .slower >= 94);
    assert_true(try(71, "+10 %", (struct trial){{USUAL}, 1.1, .pairs = 1000}).slower >= 94);
    assert_true(
        try(72, "+10 %, processes 2 + 2 %", (struct trial){{.process = 0.02}, 1.1, .pairs = 300})
            .slower >= 94);
    assert_true(
        try(73, "+10 %, runs 1 + 1 %", (struct trial){{.run = 0.01}, 1.1, .runs = 3, .pairs = 300})
            .slower >= 94);
    assert_true(try(74, "+10 %, runs 1 + 1 %, which is known",
                    (struct trial){{.run = 0.01}, 1.1, .between_runs = 0.0141, .pairs = 300})
                    .slower >= 85);
    /* Neither more nor less than the threshold: no answer is the right one. */
    const struct rates edge = try(75, "+3 %, processes 1 + 1 %",
                                  (struct trial){{USUAL, .process = 0.01}, 1.03, .pairs = 1000});

    assert_true(edge.slower <= 6 && edge.fine <= 1);
    const struct rates runs =
        try(76, "+3 %, runs 1 + 1 %",
            (struct trial){{USUAL, .run = 0.01}, 1.03, .runs = 3, .pairs = 1000});

    assert_true(runs.slower <= 6 && runs.fine <= 1);
}

static void drift_is_never_fine(void **state)
{
    (void)state;
    for (size_t runs = 1; runs <= 3; runs += 2) {
        const struct trial plain = {
            {.noise = NOISE_DRIFT, .process = 0.01}, 1.1, runs, .pairs = 300};
        const struct trial noisy = {
            {USUAL, .process = 0.01, .drift = 0.3}, 1.1, runs, .pairs = 300};
        const struct trial alike = {{USUAL, .process = 0.01, .drift = 0.3}, 1, runs, .pairs = 300};

        assert_true(try(80, "+10 %, drift of 30 %", plain).fine == 0);
        assert_true(try(81, "+10 %, drift of 30 %", noisy).fine == 0);
        assert_true(try(82, "alike, drift of 30 %", alike).slower <= 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alike_with_processes_that_differ),
        cmocka_unit_test(alike_with_runs_that_differ),
        cmocka_unit_test(slower_ones_are_found),
        cmocka_unit_test(drift_is_never_fine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
