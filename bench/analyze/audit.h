/*
 * audit.h - how often what runs state of themselves holds, when the same run is made again and
 * again.
 *
 * What is true of a machine nobody knows; the middle of many runs is the best that there is. So
 * each run's speedup intervals are held against the median of all runs' speedups, and each run's
 * bound against how slow, by the medians of all runs, the count that it recommends really is.
 *
 * A pure function of the runs' answers.
 */
#ifndef PPT_ANALYZE_AUDIT_H
#define PPT_ANALYZE_AUDIT_H

#include "answer.h"

struct ppt_audit {
    size_t runs;           /* that have a verdict */
    size_t point_count;    /* points of all of them */
    size_t intervals;      /* of speedups, in all runs, */
    size_t intervals_held; /* and those that hold the median of all */
    size_t bounds_held;    /* runs whose bound held */
    size_t *recommended;   /* by point of the first run's grid: so many runs recommend it; owned */
    size_t *confidences;   /* by enum ppt_confidence: so many runs; owned */
    double between_run_sd; /* how far runs' medians of ln seconds are apart: standard deviation,
                              over all points */
};

#define PPT_AUDIT_FEWEST 3

/* Fails with PPT_INCONCLUSIVE when fewer than PPT_AUDIT_FEWEST runs have a verdict, and with
 * PPT_BAD_INPUT when their points differ. `audit` is to be freed even then. */
enum ppt_status ppt_audit_of(const struct ppt_answer *const *answers, size_t count,
                             struct ppt_audit *audit, struct ppt_error *error);
void ppt_audit_free(struct ppt_audit *audit); /* zeroed is fine */

#endif
