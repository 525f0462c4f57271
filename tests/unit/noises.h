/*
 * noises.h - what makes one pass take longer than another: kinds of it that were seen on machines,
 * and others that no rule was chosen on.
 */
#ifndef PPT_TEST_NOISES_H
#define PPT_TEST_NOISES_H

#include "grid.h"
#include "rng.h"

enum noise {
    NOISE_QUIET,      /* lognormal 1 %, and 1 % that a block shares */
    NOISE_DEVELOPERS, /* lognormal 3 %, 7 % of passes twice as long, 4 % that a block shares */
    NOISE_MIXTURE,    /* lognormal 1 %, one in ten 10 % */
    NOISE_PARETO,     /* a tail of exponent 1.3 */
    NOISE_SLOW,       /* AR(1) of 0.9 from pass to pass */
    NOISE_DRIFT,      /* 30 % slower in the end */
    NOISE_BIMODAL,    /* one in two 12 % longer */
    NOISE_GROWING,    /* with the root of the workers */
    NOISE_SKEWED,     /* the same, to one side only */
    NOISE_RARE,       /* one in 50 takes 10 to 100 times as long */
    NOISE_NEIGHBOURS, /* on and off for some passes in a row; on, 20 to 25 % longer */
    NOISE_UNIFORM,    /* own kinds: a band of 8 % */
    NOISE_PERIODIC,   /* every seventh pass 20 % longer */
    NOISE_STUDENT,    /* t of 3 degrees, 2 % */
    NOISE_COUNT
};

extern const char *const noise_names[NOISE_COUNT];

/* Box and Muller. */
double noise_normal(struct ppt_rng *rng);

/* Fills a grid of passes that take `curve` seconds by themselves, block by block in random order.
 * Every block is a process of its own, in which each point is off by about `bias`. */
void noise_fill(struct ppt_rng *rng, const double *curve, enum noise kind, double bias,
                struct ppt_grid *grid);

#endif
