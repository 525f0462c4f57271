/*
 * order.h - ascending numbers, for qsort() and bsearch().
 */
#ifndef PPT_BASE_ORDER_H
#define PPT_BASE_ORDER_H

#include <stddef.h>

int ppt_order_double(const void *a, const void *b);
int ppt_order_int64(const void *a, const void *b);
int ppt_order_unsigned(const void *a, const void *b);

/* Sorts numbers and moves each of them, once, to the front. Returns how many there are. */
size_t ppt_order_distinct(unsigned *values, size_t count);

#endif
