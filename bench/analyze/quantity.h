/*
 * quantity.h - one of the two things that a comparison is about, times or speedups, at all points
 * where it is: what is known of each point, and what that amounts to. The rules are those of
 * compare.h, which is the one that uses this.
 */
#ifndef PPT_ANALYZE_QUANTITY_H
#define PPT_ANALYZE_QUANTITY_H

#include "compare.h"
#include "shift.h"

struct ppt_quantity {
    bool of_speedup;
    struct ppt_difference **differences; /* owned; what they point to belongs to the comparison */
    size_t *points;                      /* owned; their places there */
    struct ppt_shift *shifts; /* owned; of logarithms of which more is always slower: those of time,
                                 or of time over that of the base */
    size_t count;
};

/* Without shifts, which are left to the caller. */
struct ppt_quantity ppt_quantity_of(struct ppt_comparison *comparison, bool of_speedup);
void ppt_quantity_free(struct ppt_quantity *quantity);

/* Fills the differences and says what they are as a whole. `confidence` is that of each end of
 * their intervals. Where there is a doubt, all is inconclusive. */
enum ppt_change ppt_quantity_judge(struct ppt_quantity *quantity,
                                   const struct ppt_comparison *comparison, double confidence);

/* Points that are slower together; with these, they are so in their differences. */
struct ppt_together ppt_quantity_together(struct ppt_quantity *quantity,
                                          const struct ppt_comparison *comparison);

/* Whether so many times as many values, or runs, would settle it: errors would be small enough for
 * all points to be not slower, or for one to be so surely. */
bool ppt_quantity_settles(const struct ppt_quantity *quantity,
                          const struct ppt_comparison *comparison, double times);

#endif
