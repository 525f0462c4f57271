/*
 * trimmed.h - the trimmed mean: a centre that outliers do not move, with a standard error.
 *
 * From 6 values on a fifth is left out at either end; the error is that of the winsorised values
 * (Tukey and McLaughlin, "Less vulnerable confidence and significance procedures for location based
 * on a single sample", Sankhya A 25 (1963)). Differences of it are compared by Student's t, where a
 * median's ranks give no bound at 99 % from ten values.
 */
#ifndef PPT_ANALYZE_TRIMMED_H
#define PPT_ANALYZE_TRIMMED_H

#include <stddef.h>

struct ppt_trimmed {
    double mean;
    double variance; /* of the mean; 0 for fewer than 2 values */
    double freedom;  /* degrees, for Student's t; 0 for fewer than 2 values */
};

/* How many of n values are left between those at the ends. */
size_t ppt_trimmed_left(size_t n);

/* The values may be in any order. */
struct ppt_trimmed ppt_trimmed_of(const double *values, size_t n);

#endif
