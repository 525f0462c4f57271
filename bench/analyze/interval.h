/*
 * interval.h - how far a median may be off.
 */
#ifndef PPT_ANALYZE_INTERVAL_H
#define PPT_ANALYZE_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>

struct ppt_interval {
    bool exists; /* false for n < 2: one value says nothing about its spread */
    double low, high;
};

/* Interval of the median of n values at a confidence in (0, 1); the values may be in any order.
 *
 * n >= 6: Hettmansperger and Sheather, "Confidence intervals based on interpolated order
 * statistics", Statistics & Probability Letters 4 (1986): no assumption about the distribution.
 * n = 2 ... 5, and where the whole range of more values would be less sure than that: Student's t
 * around the mean, for which the values should be about normal: pass logarithms of times. */
struct ppt_interval ppt_interval_of(const double *values, size_t n, double confidence);

/* The same for positive values, through their logarithms where normality is assumed. */
struct ppt_interval ppt_interval_of_positive(const double *values, size_t n, double confidence);

/* Median of values in any order; 0 for n = 0. */
double ppt_median(const double *values, size_t n);

/* Columns of n values each, every `stride` of which begins one. */
struct ppt_log_columns {
    const double *values;
    size_t stride, n, count;
};

/* The medians of these, moved so that they add up to `sum`, each by its share of what is missing by
 * how wide its own interval is, and these intervals at 95 %. Of medians the parts' sum is not the
 * whole's. A sum that is not finite moves nothing. */
void ppt_medians_adding_up(const struct ppt_log_columns *columns, double sum, double *middles,
                           struct ppt_interval *intervals);

/* The exponentials of its ends; none of none. */
struct ppt_interval ppt_interval_exp(struct ppt_interval interval);

/* A copy in ascending order, to be given to free(). */
double *ppt_sorted(const double *values, size_t n);

#endif
