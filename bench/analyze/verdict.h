/*
 * verdict.h - how many workers to use, and how sure that is.
 *
 * With y = ln(seconds) by block and point:
 *   m_c  = median over blocks of (y_bc - median over points of y_b): how slow point c is
 *   best = the point with the smallest m; where one worker is what sequential calls are (programs),
 *          and both were measured, it is left out here and in all that follows
 *   recommended = the point with the fewest threads (workers times inner threads; sequential calls
 *          before one worker) whose m is at most m_best + ln(1 + tolerance); of those with as many
 *          threads, those with the fewest ranks, and of these the one with the smallest m
 *   k    = how many points may be as good as the best: at least 1, and those others for which the
 *          90 % interval of y_j - y_best begins below ln(1 + tolerance)
 *   U    = the largest upper end, over all other points j, of the two-sided interval of the paired
 *          differences y_recommended - y_j at 1 - 0.1/k, and at least m_recommended - m_best: with
 *          95 % confidence the recommended count is at most exp(U) - 1 slower than any that was
 *          tried, however many are nearly as good
 *   U99  = the same at 99 %, and at least U. Ten values have no interval of the median at 99 %, so
 *          it is that of the trimmed mean by Student's t, at 1 - 0.01/k. HIGH rests on it
 * Where blocks are added until it is settled, 0.03 and 0.002 take the place of 0.05 and 0.01, for
 * every look is a chance to be wrong.
 *
 * The indifference zone and the comparison with the best of the others follow Hsu, "Constrained
 * simultaneous confidence intervals for multiple comparisons with the best" (1984), and the
 * selection procedures of Bechhofer. Of single runs the smallest mean is more than 5 % slower than
 * the best in up to a tenth of them; what is gained beyond that is the bound, and fewer workers.
 */
#ifndef PPT_ANALYZE_VERDICT_H
#define PPT_ANALYZE_VERDICT_H

#include "disturbance.h"
#include "grid.h"
#include "plan.h"

#define PPT_MOST_NEEDED 400

struct ppt_verdict {
    bool exists;        /* false below PPT_FEWEST_BLOCKS blocks, and then nothing else is set */
    size_t recommended; /* index of a point of the grid */
    size_t best;
    size_t choices;          /* points to choose from; 1: there was no choice */
    size_t contenders;       /* k */
    double slowdown_point;   /* of the recommended point against the best: 0.02 is 2 % */
    double slowdown_upper;   /* exp(U) - 1 */
    double slowdown_upper99; /* exp(U99) - 1 */
    enum ppt_confidence
        confidence; /* HIGH: U99 within the tolerance; MEDIUM: U within twice that */
    bool tie;       /* the recommended point and the best differ by less than the tolerance:
                       the 90 % interval of their difference lies within it */
    bool coarse;    /* the clock's step alone may hide half the tolerance: never HIGH */
    bool capped;    /* its bounds would be HIGH, but passes were stopped or disturbed */
    bool disturbed; /* others or queues took part in so many passes that the bounds alone do not
                       say how sure it is */
    size_t blocks_needed; /* with about so many in all it is HIGH 3 times in 4; 0: it is, or with no
                             number up to PPT_MOST_NEEDED */
    double *slowness;     /* m by point; owned */
};

/* `tolerance` is how much slower is as good as equal, 0.05 for 5 %; `confidence` that of the bound
 * U, one-sided: 0.95, or 0.97 where blocks were added until it was settled. */
void ppt_verdict_of(const struct ppt_grid *grid, double tolerance, double confidence,
                    struct ppt_verdict *verdict);
void ppt_verdict_free(struct ppt_verdict *verdict);

/* What was stopped, and what others or queues took, limits it: see disturbance.h. The grid is the
 * index's. */
void ppt_verdict_doubt(struct ppt_verdict *verdict, const struct ppt_index *index,
                       const struct ppt_grid *grid, const struct ppt_disturbance *disturbance);

/* Whether more blocks will not make it HIGH soon: it mostly is slower by nearly the tolerance. Few
 * blocks cannot tell that. */
bool ppt_verdict_hopeless(const struct ppt_verdict *verdict, const struct ppt_grid *grid);

/* Whether the verdict is settled: HIGH, or hopeless, and every comparison of the recommended point
 * that it rests on is known to within `relative` (half-width of the interval at `confidence`). A
 * point that is surely slower needs no sharper figure. */
bool ppt_verdict_settled(const struct ppt_verdict *verdict, const struct ppt_grid *grid,
                         double confidence, double relative);

#endif
