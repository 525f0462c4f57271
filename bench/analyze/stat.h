/*
 * stat.h - what a handful of numbers, one per block, amounts to.
 */
#ifndef PPT_ANALYZE_STAT_H
#define PPT_ANALYZE_STAT_H

#include <stddef.h>

/* In the unit of the values; all 0 when n is 0. */
struct ppt_stat {
    size_t n;
    double mean, median, smallest, largest;
};

/* The values may be in any order and are not changed. */
struct ppt_stat ppt_stat_of(const double *values, size_t n);

#endif
