/*
 * blas.h - what OpenBLAS bears.
 */
#ifndef PPT_BLAS_H
#define PPT_BLAS_H

#include <stdint.h>

/* The most threads of a process that may be inside of OpenBLAS at a time; 0: it names no limit. It
 * is built for a number of threads and has buffers for twice as many (NUM_BUFFERS in its common.h),
 * of which it keeps one for each thread of its own, up to that number. What is left is sure. Beyond
 * its last buffer version 0.3.21 writes where it must not. */
uint64_t ppt_blas_most_threads(void);

#endif
