/*
 * sides.h - simulated runs on two sides, and what a comparison makes of them.
 */
#ifndef PPT_TEST_SIDES_H
#define PPT_TEST_SIDES_H

#include "compare.h"
#include "noises.h"

#define POINTS 5
#define THRESHOLD 0.03
#define MOST_RUNS 14

/* A kind of noise of its own: lognormal of 2 %, one pass in twenty twice as long, 3 % that a block
 * shares. */
#define NOISE_USUAL NOISE_COUNT

/* What a machine is like. Spreads are logarithmic, one that is common to all points and as much of
 * each by itself. */
struct world {
    int noise;           /* one of noises.h, or the usual */
    double process, run; /* that differ */
    double drift;        /* from the first block to the last */
};

struct sides {
    struct ppt_grid grids[MOST_RUNS]; /* old ones first */
    bool disturbed;                   /* the last of them */
    size_t old_count, new_count;
    struct ppt_compare_rules rules;
    struct ppt_comparison comparison;
};

/* A run whose points, of 0 to 8 workers, take `factors` times as long (NULL: 1 each); every block
 * is a process of its own. */
void sides_simulate_run(struct ppt_rng *rng, const struct world *world, const double *factors,
                        size_t blocks, struct ppt_grid *grid);

/* So many runs a side, of which the new ones take `factors` times as long, and compares them. */
void sides_simulate(struct ppt_rng *rng, const struct world *world, const double *factors,
                    size_t runs, size_t blocks, struct sides *sides);

/* Anew, when something of them was changed. */
void sides_compare(struct sides *sides);
void sides_free(struct sides *sides);

#endif
