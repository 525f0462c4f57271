/*
 * sorting.h - sorts doubles by whatever is fastest on the CPU at hand (isa.c): a quicksort by
 * vectors (quick.c), or one of two radix sorts (radix.h).
 */
#ifndef PPT_SORTING_H
#define PPT_SORTING_H

#include <stddef.h>

/*
 * Sorts `count` values, at most PPT_RADIX_LARGEST (radix.h), in ascending order, -0 before +0: so
 * that equal input becomes the same bits, whatever sorts it. `spare` has room for as many and holds
 * nothing of use afterwards; the two do not overlap. No memory is allocated.
 *
 * None of the values is NaN. Where one is, nothing is touched beyond both arrays, but the order and
 * even what numbers there are is left open.
 */
void ppt_sort(double *values, double *spare, size_t count);

#endif
