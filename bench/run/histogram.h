/*
 * histogram.h - the distribution of many times in a fixed 57 KB.
 *
 * Log-linear buckets, as those of Gil Tene's HdrHistogram with two significant digits (public
 * domain, github.com/HdrHistogram/HdrHistogram): below 256 ns every time has a bucket of its own;
 * from there on every doubling is cut into 128 equal ones. With e the highest bit of a time t,
 *
 *     shift  = max(e - 7, 0)
 *     bucket = 128 shift + (t >> shift)
 *
 * A bucket is 2^shift wide and begins at 128 x 2^shift or later: it is at most 1/128 of its times
 * wide, and its middle at most half of that away from any of them.
 */
#ifndef PPT_RUN_HISTOGRAM_H
#define PPT_RUN_HISTOGRAM_H

#include <stdint.h>

#define PPT_HISTOGRAM_BITS 7
/* Up to INT64_MAX, whose highest bit is 62. */
#define PPT_HISTOGRAM_BUCKETS ((62 - PPT_HISTOGRAM_BITS + 2) << PPT_HISTOGRAM_BITS)
/* The width of a bucket by the smallest time in it, at most. */
#define PPT_HISTOGRAM_RESOLUTION (1.0 / (1 << PPT_HISTOGRAM_BITS))

/* To be cleared before the first time is added. For one thread at a time. */
struct ppt_histogram {
    int64_t smallest_ns, largest_ns; /* exact; INT64_MAX and 0 while it is empty */
    uint64_t counts[PPT_HISTOGRAM_BUCKETS];
};

void ppt_histogram_clear(struct ppt_histogram *histogram);

/* The bucket of a time, which must not be negative. */
static inline unsigned ppt_histogram_bucket(int64_t ns)
{
    const uint64_t t = (uint64_t)ns;
    /* With that bit set the shift is never below 0, and needs no branch. */
    const unsigned highest = 63U - (unsigned)__builtin_clzll(t | UINT64_C(1) << PPT_HISTOGRAM_BITS);
    const unsigned shift = highest - PPT_HISTOGRAM_BITS;

    return (shift << PPT_HISTOGRAM_BITS) + (unsigned)(t >> shift);
}

/* Takes a nanosecond or two; the time must not be negative. */
static inline void ppt_histogram_add(struct ppt_histogram *histogram, int64_t ns)
{
    histogram->counts[ppt_histogram_bucket(ns)]++;
    histogram->smallest_ns = ns < histogram->smallest_ns ? ns : histogram->smallest_ns;
    histogram->largest_ns = ns > histogram->largest_ns ? ns : histogram->largest_ns;
}

/* Adds all times of the other one. */
void ppt_histogram_merge(struct ppt_histogram *histogram, const struct ppt_histogram *other);

/* The rank, from 1, of the smallest of `count` values that at least so many percent of them do not
 * exceed (nearest rank). */
static inline uint64_t ppt_nearest_rank(uint64_t count, unsigned percent)
{
    return (count * percent + 99) / 100;
}

/* The middle of the bucket that the time of nearest rank is in, but never outside smallest_ns and
 * largest_ns. Percent from 1 to 100; the histogram must not be empty. */
int64_t ppt_histogram_quantile(const struct ppt_histogram *histogram, unsigned percent);

#endif
