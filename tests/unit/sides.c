#include "sides.h"

#include <math.h>

static const unsigned counts[POINTS] = {0, 1, 2, 4, 8};
static const double curve[POINTS] = {8, 8.2, 4.2, 2.3, 1.6};

static void make_noise(struct ppt_rng *rng, const struct world *world, const double *at,
                       struct ppt_grid *grid)
{
    if (world->noise != NOISE_USUAL) {
        noise_fill(rng, at, (enum noise)world->noise, 0, grid);
        return;
    }
    for (size_t b = 0; b < grid->block_count; b++) {
        const double shared = 0.03 * noise_normal(rng);

        for (size_t p = 0; p < POINTS; p++) {
            const double outlier = ppt_rng_double(rng) < 0.05 ? 2 : 1;

            grid->seconds[b * POINTS + p] =
                at[p] * exp(shared + 0.02 * noise_normal(rng)) * outlier;
        }
    }
}

void sides_simulate_run(struct ppt_rng *rng, const struct world *world, const double *factors,
                        size_t blocks, struct ppt_grid *grid)
{
    const double run = world->run * noise_normal(rng);
    double at[POINTS];

    ppt_grid_create_curve(counts, POINTS, blocks, grid);
    for (size_t p = 0; p < POINTS; p++) {
        at[p] = curve[p] * (factors ? factors[p] : 1) * exp(run + world->run * noise_normal(rng));
    }
    make_noise(rng, world, at, grid);
    for (size_t b = 0; b < blocks; b++) {
        const double process = world->process * noise_normal(rng);
        const double drift = log1p(world->drift * (double)b / (double)blocks);

        for (size_t p = 0; p < POINTS; p++) {
            grid->seconds[b * POINTS + p] *=
                exp(drift + process + world->process * noise_normal(rng));
        }
    }
    grid->processes = blocks;
}

void sides_compare(struct sides *sides)
{
    const size_t count = sides->old_count + sides->new_count;
    struct ppt_compared_run runs[MOST_RUNS];

    for (size_t r = 0; r < count; r++) {
        runs[r] = (struct ppt_compared_run){&sides->grids[r], sides->disturbed && r + 1 == count};
    }
    ppt_comparison_free(&sides->comparison);
    ppt_comparison_of(runs, sides->old_count, sides->new_count, &sides->rules, &sides->comparison);
}

void sides_simulate(struct ppt_rng *rng, const struct world *world, const double *factors,
                    size_t runs, size_t blocks, struct sides *sides)
{
    *sides =
        (struct sides){.old_count = runs, .new_count = runs, .rules = {.threshold = THRESHOLD}};
    for (size_t r = 0; r < 2 * runs; r++) {
        sides_simulate_run(rng, world, r < runs ? NULL : factors, blocks, &sides->grids[r]);
    }
    sides_compare(sides);
}

void sides_free(struct sides *sides)
{
    for (size_t r = 0; r < sides->old_count + sides->new_count; r++) {
        ppt_grid_free(&sides->grids[r]);
    }
    ppt_comparison_free(&sides->comparison);
}
