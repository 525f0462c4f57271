/*
 * rivals.h - what may be said of throughput beyond the largest count of workers: every curve that
 * the passes do not exclude, under every law that is known to bend such curves.
 *
 * A fit says how well one law describes what was measured, not whether another would do so as well
 * and go on differently. So families of curves are gone through on a grid of their coefficients:
 *
 *     USL         N / (1 + sigma (N-1) + kappa N (N-1))   contention and coherence
 *     Amdahl      the same without kappa                  a part that runs one at a time
 *     saturation  (N^-p + k^-p)^(-1/p), 3/4 <= p <= 8     bandwidth that is shared
 *     roof        min(N, k); where k is far, linear       a device or a quota
 *     two slopes  min(N, k) + eta max(0, N-k)             second threads of cores, sockets
 *     lock        the machine repairman's queue, whose service takes r of one task's other time
 *
 * With y = ln throughput of a block and count, less the block's median over counts, and less what
 * the number of tasks alone costs (ln G, G = M / (N ceil(M/N))), m and s^2 are the trimmed mean of
 * y at a count and its variance; s^2 is half of that, half the mean over counts, and 0.005^2. A
 * curve f is kept where
 *
 *     min over c of sum (m - c - ln f)^2 / s^2  <=  (K-1) F(0.95; K-1, (h-1)(K-1))
 *
 * for K counts and h values left by trimming. That is fit, lack of fit and interval in one, without
 * start values. A law none of whose curves is kept is excluded.
 */
#ifndef PPT_ANALYZE_RIVALS_H
#define PPT_ANALYZE_RIVALS_H

#include <stdbool.h>
#include <stddef.h>

#include "grid.h"

enum ppt_rival_law {
    PPT_RIVAL_AMDAHL, /* the plainest first: of laws that fit alike the first is named */
    PPT_RIVAL_ROOF,
    PPT_RIVAL_USL,
    PPT_RIVAL_SATURATION,
    PPT_RIVAL_LOCK,
    PPT_RIVAL_SLOPES,
    PPT_RIVAL_COUNT
};

extern const char *const ppt_rival_names[PPT_RIVAL_COUNT];   /* "Amdahl" */
extern const char *const ppt_rival_phrases[PPT_RIVAL_COUNT]; /* "Amdahl's law" */

struct ppt_rival_curve {
    enum ppt_rival_law law;
    double a, b;  /* sigma, kappa; k; k, eta; r */
    double p;     /* of saturation */
    double scale; /* tasks per second are scale times ppt_rival_at() */
    double chi;   /* the sum above */
};

/* f(N), N >= 1. */
double ppt_rival_at(const struct ppt_rival_curve *curve, double workers);

/* ln of what so many tasks leave of N workers' throughput, since the last round may not be full;
 * 0 of an unknown number (0). */
double ppt_rival_rounds(double tasks, double workers);

struct ppt_rival {
    size_t kept;                 /* curves; 0: the law is excluded */
    struct ppt_rival_curve best; /* of those kept: with the least sum */
    double low, high;            /* ln f(target)/f(largest) over those kept, without the margin */
};

struct ppt_rivals {
    bool exists; /* at least 3 counts from 1 on, and 5 blocks */
    size_t count_count;
    unsigned largest, target;
    struct ppt_rival laws[PPT_RIVAL_COUNT];
    /* Over the kept curves of the USL; the estimate is its best curve's. */
    struct ppt_interval lambda, sigma, kappa;
    /* ln throughput at the target less that at the largest count: over all curves kept, with and
     * without what the number of tasks costs where it goes no further, which is always among them;
     * widened by what the grid of coefficients may miss. Where no law is kept: from 0 to what is
     * ideal. */
    double low, high;
    double waves; /* of that, what the number of tasks costs: ln G(target)/G(largest) */
};

/* What the grid of coefficients may miss, either way, as a logarithm. */
#define PPT_RIVALS_MARGIN 0.02

#define PPT_RIVALS_FEWEST_COUNTS 3
#define PPT_RIVALS_FEWEST_BLOCKS 5

/* A curve over workers, of which the points with 1 to `limit` of them count; 0: all. `tasks` of a
 * pass; 0: unknown. The target is at least the largest of these counts, and at most twice that. */
void ppt_rivals_of(const struct ppt_grid *row, unsigned limit, double tasks, unsigned target,
                   struct ppt_rivals *rivals);

/* How many laws are kept. */
size_t ppt_rivals_kept(const struct ppt_rivals *rivals);

#endif
