/*
 * verdict.h - how many workers to use, and how sure that is.
 *
 * With y = ln(seconds) by block and point:
 *   m_c  = median over blocks of (y_bc - median over points of y_b): how slow point c is
 *   best = the point with the smallest m
 *   recommended = the point with the fewest threads (workers times inner threads; sequential calls
 *          before one worker) whose m is at most m_best + ln(1 + tolerance); of those with as many
 *          threads, those with the fewest ranks, and of these the one with the smallest m
 *   U    = the largest upper end, over all other points j, of the 90 % interval of the paired
 *          differences y_recommended - y_j, at least 0: with 95 % confidence (one-sided) the
 *          recommended count is at most exp(U) - 1 slower than any count that was tried
 * The indifference zone and the comparison with the best of the others follow Hsu, "Constrained
 * simultaneous confidence intervals for multiple comparisons with the best" (1984), and the
 * selection procedures of Bechhofer. Choosing the smallest mean instead is wrong up to a third of
 * the time, since the winner of a noisy race is often just lucky.
 */
#ifndef PPT_ANALYZE_VERDICT_H
#define PPT_ANALYZE_VERDICT_H

#include "disturbance.h"
#include "grid.h"

#define PPT_FEWEST_BLOCKS 3

enum ppt_confidence { PPT_CONFIDENCE_LOW, PPT_CONFIDENCE_MEDIUM, PPT_CONFIDENCE_HIGH };
extern const char *const ppt_confidence_names[]; /* "LOW", "MEDIUM", "HIGH" */

struct ppt_verdict {
    bool exists;        /* false below PPT_FEWEST_BLOCKS blocks, and then nothing else is set */
    size_t recommended; /* index of a point of the grid */
    size_t best;
    double slowdown_point;          /* of the recommended point against the best: 0.02 is 2 % */
    double slowdown_upper;          /* exp(U) - 1 */
    enum ppt_confidence confidence; /* HIGH: U within the tolerance; MEDIUM: within twice that */
    bool tie; /* the recommended point is slower by nearly the tolerance: more blocks will not
                 settle which side of it it is on */
    size_t blocks_needed; /* about so many blocks in all would make it HIGH; 0: not needed, or
                             not to be had (tie) */
    double *slowness;     /* m by point; owned */
};

/* `tolerance` is how much slower is as good as equal, 0.05 for 5 %; `confidence` that of the bound
 * U, one-sided: 0.95, or 0.97 where blocks were added until it was settled. */
void ppt_verdict_of(const struct ppt_grid *grid, double tolerance, double confidence,
                    struct ppt_verdict *verdict);
void ppt_verdict_free(struct ppt_verdict *verdict);

/* What stands still for minutes, or has other CPUs, was not measured as the rest was: not HIGH. */
void ppt_verdict_doubt(struct ppt_verdict *verdict, const struct ppt_disturbance *disturbance);

/* Whether the verdict is settled: HIGH, or a tie, and every comparison of the recommended point
 * that it rests on is known to within `relative` (half-width of the interval at `confidence`). A
 * point that is surely slower needs no sharper figure. */
bool ppt_verdict_settled(const struct ppt_verdict *verdict, const struct ppt_grid *grid,
                         double confidence, double relative);

/* Whether passes measured so far settle it. An adaptive run asks this while it measures: nothing
 * but the verdict is computed. */
bool ppt_verdict_settles(const struct ppt_samples *samples, double tolerance, double confidence,
                         double relative);

#endif
