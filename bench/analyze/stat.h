/*
 * stat.h - what a handful of numbers, one per block, amounts to.
 */
#ifndef PPT_ANALYZE_STAT_H
#define PPT_ANALYZE_STAT_H

#include <stddef.h>

#include "interval.h"

/* In the unit of the values; all 0 when n is 0. */
struct ppt_stat {
    size_t n;
    double mean, median, smallest, largest;
    struct ppt_interval interval; /* of the median, at 95 %; none for n = 1 */
};

/* The values, 0 or above, may be in any order and are not changed. */
struct ppt_stat ppt_stat_of(const double *values, size_t n);

/* The ends of the median's interval, or the median where it has none. */
static inline double ppt_stat_low(const struct ppt_stat *stat)
{
    return stat->interval.exists ? stat->interval.low : stat->median;
}

static inline double ppt_stat_high(const struct ppt_stat *stat)
{
    return stat->interval.exists ? stat->interval.high : stat->median;
}

#endif
