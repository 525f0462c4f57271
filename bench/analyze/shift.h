/*
 * shift.h - how far the runs of one side lie above those of another, point by point, and how far
 * that may be off.
 *
 * Values are logarithms, one per process of a run where there are several, else one per block. What
 * stands for a run at a point is their trimmed mean, see trimmed.h.
 *
 * One run a side: the shift is the difference of the two, its variance the sum of theirs, with
 * degrees of freedom by Satterthwaite ("An approximate distribution of estimates of variance
 * components", Biometrics Bulletin 2 (1946)); so Student's t is Welch's. That knows what differs
 * from value to value, and nothing of what a whole run shares.
 *
 * More runs: each is one value, and the shift is the difference of the sides' means. What runs of
 * a side differ by has two parts (Kalibera and Jones, "Rigorous benchmarking in reasonable time",
 * ISMM 2013): A, the variance of their means over all points, and I, the mean square of what is
 * left at each point. Either is an average over sides and points, so that few runs give enough
 * degrees of freedom, and neither counts as less than what the values within runs make of it:
 * chance alone would have it so in some. With r and s runs and K points the variance is
 * (1/r + 1/s) (A + I (1 - 1/K)).
 */
#ifndef PPT_ANALYZE_SHIFT_H
#define PPT_ANALYZE_SHIFT_H

#include <stddef.h>

struct ppt_run_logs {
    double *values; /* [value * points + point] */
    size_t count;   /* at least 1 */
};

/* Everything is borrowed. Every run has all points. */
struct ppt_shift_sides {
    const struct ppt_run_logs *runs; /* old ones first */
    size_t old_count, new_count;     /* at least 1 each */
    size_t points;
};

struct ppt_shift {
    double value;    /* of new against old */
    double variance; /* of that */
    double freedom;  /* degrees, for Student's t, at least 1; 0: a side has one value, and nothing
                        is known of how far the shift may be off */
    double run_sd;   /* how far runs of the same side are apart at this point: standard deviation;
                        0 with one run a side */
};

/* Fills one for every point. */
void ppt_shifts_of(const struct ppt_shift_sides *sides, struct ppt_shift *shifts);

#endif
