/*
 * objective.h - the verdict for whatever the recommended count is to be good for (goal.h).
 *
 *     time      the shortest time: the verdict of verdict.h on pass times
 *     cost      the same verdict on pass times multiplied by what an hour at that point costs:
 *               "slower" then means "dearer", and its bounds are as good
 *     each      counts are asked one by one whether a task there takes at most so many times as
 *               long as alone, by its median and by its 95th percentile; of those that surely keep
 *               it the verdict on pass times
 *     latency   counts are asked whether so many per cent of the tasks are done soon enough; the
 *               one with the fewest threads of those that surely keep it
 *
 * Of latency a figure is that of all tasks of a point, over all passes, and its bounds are wider
 * than what passes differ by: see struct ppt_backlog.
 *
 * A count surely keeps a limit where the upper bound of its figure, over blocks, is within it: at
 * 1 - 0.05/k for each of k counts that are asked, so that with 95 % confidence none is said to keep
 * it that does not, whichever is then chosen. Of several rates of arrivals k is multiplied by the
 * rounds in which they may be measured; that a count surely does not keep the limit is then said by
 * a lower bound, which is shared likewise. Two figures of one count need no more: to be wrong both
 * have to be. HIGH needs the same at 1 - 0.01/k, by the bound that U99 has (verdict.h). Tasks
 * "alone" are those of sequential calls, or else of one worker, with as many inner threads.
 */
#ifndef PPT_ANALYZE_OBJECTIVE_H
#define PPT_ANALYZE_OBJECTIVE_H

#include "goal.h"
#include "grid.h"
#include "verdict.h"

/* Something that is measured of a point, over blocks. */
struct ppt_figure {
    double value;                 /* its median */
    struct ppt_interval interval; /* two-sided, at 95 % */
    double upper, upper99;        /* one-sided bounds, see above; 0: none are needed */
    double lower;                 /* likewise, of several rates; 0: none is needed */
};

#define PPT_MOST_FIGURES 2 /* each: median, 95th percentile. Else there is one */

struct ppt_objective_point {
    struct ppt_figure figures[PPT_MOST_FIGURES];
    size_t figure_count; /* 0: nothing is known, or asked */
    bool keeps, keeps99; /* the limit, at the two confidences; without a limit true */
    bool breaks;         /* it surely does not, at 95 % */
    bool overloaded;     /* tasks arrive faster than workers do them, see latency.h: then it breaks
                            every limit */
    double growth;       /* tasks per second by which the queue grows */
};

/* What is known beside the passes. */
struct ppt_objective_context {
    struct ppt_goal goal;
    double tolerance, confidence; /* see struct ppt_answer_context */
    bool same_alone;
    uint64_t tasks; /* per pass; 0: unknown */
    bool steady;    /* tasks arrive each as long after the other */
    size_t
        rounds; /* of several rates: as many as there may be, see rates.h; 0: there is one rate */
};

struct ppt_objective {
    struct ppt_goal goal;
    double limit;                       /* of its figures; 0: there is none */
    struct ppt_grid judged;             /* what the verdict compares */
    struct ppt_objective_point *points; /* as in the grid; owned */
    size_t fastest;                     /* of those that may be recommended at all */
    bool none;                          /* no count surely keeps it: there is no verdict */
    size_t nearest;                     /* then: the one that comes nearest */
};

/* `grid` has the pass times; `index` may be NULL, and then the goal is time or cost. */
void ppt_objective_of(const struct ppt_index *index, const struct ppt_grid *grid,
                      const struct ppt_objective_context *context, struct ppt_objective *objective,
                      struct ppt_verdict *verdict);
void ppt_objective_free(struct ppt_objective *objective); /* zeroed is fine */

/* Whether passes measured so far settle it; at one of several rates, whether it is known of every
 * count if it keeps the limit. An adaptive run asks this while it measures: nothing
 * but the verdict is computed. */
bool ppt_objective_settles(const struct ppt_samples *samples,
                           const struct ppt_objective_context *context, double relative);

/* What an hour at a point costs. */
double ppt_goal_price(const struct ppt_goal *goal, struct ppt_point point);

#endif
