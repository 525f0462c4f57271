/*
 * radix.h - sorts doubles by their bits, in time that grows linearly with their number.
 */
#ifndef PPT_RADIX_H
#define PPT_RADIX_H

#include <stddef.h>

/* The most values that ppt_radix_sort() takes. */
#define PPT_RADIX_LARGEST 4294967295.0

/*
 * Sorts `count` values in ascending order. `spare` has room for as many and holds nothing of use
 * afterwards; the two do not overlap. No memory is allocated; the stack takes about 150 KB at
 * worst.
 *
 * The order is the total order of IEEE 754 (section 5.10), of which `<` on numbers is a part:
 * NaNs with the sign bit set, -infinity, negative numbers, -0, +0, positive numbers, +infinity,
 * other NaNs.
 */
void ppt_radix_sort(double *values, double *spare, size_t count);

/* The same by another way: a large array is split into parts that fit the nearest cache first. */
void ppt_radix_sort_split(double *values, double *spare, size_t count);

#endif
