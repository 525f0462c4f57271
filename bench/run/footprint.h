/*
 * footprint.h - how much memory a pass takes by the number of its workers: what all share, and as
 * much again for each. It is seen in passes that ran: each knows the most that it had resident,
 * programs that its tasks started included, all at their largest at a time.
 */
#ifndef PPT_RUN_FOOTPRINT_H
#define PPT_RUN_FOOTPRINT_H

#include "sample.h"

/* What is kept free: nobody knows to the byte what the next pass takes. */
#define PPT_MEMORY_MARGIN 0.1

struct ppt_footprint {
    bool known; /* for any number of workers: two were measured, or programs at one */
    double base_bytes, worker_bytes;
};

/* Of points that differ from this one in their workers alone. A line through what was measured, or
 * above it; `outside`: tasks are programs, of which each takes as much as the first, and then all
 * of one measured number counts as theirs. */
struct ppt_footprint ppt_footprint_of(const struct ppt_samples *samples, struct ppt_point like,
                                      bool outside);

/* For so many workers; 1 for plain calls. */
double ppt_footprint_at(const struct ppt_footprint *footprint, unsigned running);

/* Whether that fits, with the margin. */
static inline bool ppt_memory_fits(double bytes, uint64_t limit)
{
    return bytes <= (1 - PPT_MEMORY_MARGIN) * (double)limit;
}

/* The most workers that fit; 0: not one. */
unsigned ppt_footprint_most(const struct ppt_footprint *footprint, uint64_t limit);

/* The most that passes of a point had; 0: none ran, or it is not known. */
double ppt_footprint_seen(const struct ppt_samples *samples, struct ppt_point point);

#endif
