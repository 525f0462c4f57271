/*
 * drift.h - whether the machine changed while it was measured, and which passes stand out.
 */
#ifndef PPT_ANALYZE_DRIFT_H
#define PPT_ANALYZE_DRIFT_H

#include "grid.h"

struct ppt_drift {
    double rho;    /* Spearman's rank correlation of block medians with the block's place */
    double p;      /* two-sided, by Student's t with n-2 degrees of freedom */
    bool flagged;  /* p < 0.01: figures carry a caveat, nothing is discarded */
    double change; /* median of the last third of blocks against the first third: 0.05 is 5 %
                      slower */
};

/* Not flagged below 5 blocks. */
struct ppt_drift ppt_drift_of(const struct ppt_grid *grid);

struct ppt_outliers {
    size_t mild; /* beyond 1.5 interquartile ranges (Tukey's inner fence), not beyond 3 */
    size_t far;  /* beyond 3 */
};

/* Of the times of one point. They are counted, never dropped. Needs 4 values, else none. */
struct ppt_outliers ppt_outliers_of(const double *values, size_t n);

#endif
