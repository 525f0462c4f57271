#include "noises.h"

#include <math.h>
#include <stdint.h>

#include "memory.h"
#include "owned.h"

const char *const noise_names[NOISE_COUNT] = {
    "quiet",   "developers'", "mixture", "Pareto",     "slow",    "drift",    "bimodal",
    "growing", "skewed",      "rare",    "neighbours", "uniform", "periodic", "Student",
};

double noise_normal(struct ppt_rng *rng)
{
    const double u = 1 - ppt_rng_double(rng), v = ppt_rng_double(rng);

    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

/* What goes on from pass to pass. */
struct weather {
    double slow;
    bool on;
    size_t passes, all;
};

static double student(struct ppt_rng *rng)
{
    double squares = 0;

    for (int i = 0; i < 3; i++) {
        const double z = noise_normal(rng);

        squares += z * z;
    }
    return noise_normal(rng) / sqrt(squares / 3);
}

/* ln of what the next pass takes more, at so many workers of so many at most. */
static double next(struct ppt_rng *rng, enum noise kind, double workers, double most,
                   struct weather *weather)
{
    const double chance = ppt_rng_double(rng), z = noise_normal(rng);
    const double done = (double)weather->passes++ / (double)weather->all;

    switch (kind) {
    case NOISE_DEVELOPERS:
        return 0.03 * z + (chance < 0.07 ? log(2) : 0);
    case NOISE_MIXTURE:
        return (chance < 0.1 ? 0.1 : 0.01) * z;
    case NOISE_PARETO:
        return log1p(0.01 * (pow(1 - chance, -1 / 1.3) - 1));
    case NOISE_SLOW:
        weather->slow = 0.9 * weather->slow + 0.03 * sqrt(1 - 0.81) * z;
        return weather->slow;
    case NOISE_DRIFT:
        return 0.01 * z + log1p(0.3 * done);
    case NOISE_BIMODAL:
        return 0.01 * z + (chance < 0.5 ? log(1.12) : 0);
    case NOISE_GROWING:
        return 0.01 * sqrt(fmax(1, workers)) * z;
    case NOISE_SKEWED:
        return 0.01 * sqrt(fmax(1, workers)) * fabs(z);
    case NOISE_RARE:
        return 0.01 * z + (chance < 0.02 ? log(10) * (1 + ppt_rng_double(rng)) : 0);
    case NOISE_NEIGHBOURS:
        weather->on = weather->on ? chance > 0.15 : chance < 0.1;
        return 0.01 * z + (weather->on ? log1p(0.2 + 0.05 * workers / most) : 0);
    case NOISE_UNIFORM:
        return 0.08 * chance;
    case NOISE_PERIODIC:
        return 0.01 * z + (weather->passes % 7 == 0 ? log(1.2) : 0);
    case NOISE_STUDENT:
        return 0.02 * student(rng);
    default:
        return 0.01 * z;
    }
}

void noise_fill(struct ppt_rng *rng, const double *curve, enum noise kind, double bias,
                struct ppt_grid *grid)
{
    const size_t points = grid->point_count;
    const double shared = kind == NOISE_QUIET ? 0.01 : kind == NOISE_DEVELOPERS ? 0.04 : 0;
    size_t *order PPT_FREED = ppt_alloc(points, sizeof(*order));
    struct weather weather = {.slow = 0.03 * noise_normal(rng),
                              .on = ppt_rng_double(rng) < 0.4,
                              .passes = (size_t)ppt_rng_below(rng, 7),
                              .all = points * grid->block_count};

    for (size_t p = 0; p < points; p++) {
        order[p] = p;
    }
    for (size_t b = 0; b < grid->block_count; b++) {
        const double block = shared * noise_normal(rng);

        for (size_t left = points; left > 1; left--) {
            const size_t drawn = (size_t)ppt_rng_below(rng, left), last = order[left - 1];

            order[left - 1] = order[drawn];
            order[drawn] = last;
        }
        for (size_t i = 0; i < points; i++) {
            const size_t p = order[i];
            const double most = ppt_point_workers(grid->points[points - 1]);

            grid->seconds[b * points + p] =
                curve[p] * exp(block + bias * noise_normal(rng) +
                               next(rng, kind, ppt_point_workers(grid->points[p]), most, &weather));
        }
    }
}
