/*
 * blas.h - OpenBLAS, which is loaded when a kernel needs it, and what it bears.
 *
 * Its routines are called by their own names, those of GSL's cblas.h and of lapack.h. GSL's calls
 * of them end up there, too, and not in GSL's own CBLAS.
 */
#ifndef PPT_BLAS_H
#define PPT_BLAS_H

#include <stdint.h>

#include "status.h"

/* Loads it, unless it is there already. Kernels call it when they are opened: loading is no part of
 * a task, and a routine that is called without it ends the process when it cannot be loaded. */
enum ppt_status ppt_blas_load(struct ppt_error *error);

/* How the library describes itself, with the type of CPU that it computes for; loads it. "": it
 * cannot be loaded. */
const char *ppt_blas_config(void);

/* That type alone, likewise. */
const char *ppt_blas_core(void);

/* The most threads of a process that may be inside of OpenBLAS at a time; 0: it names no limit. It
 * is built for a number of threads and has buffers for twice as many (NUM_BUFFERS in its common.h),
 * of which it keeps one for each thread of its own, up to that number. What is left is sure. Beyond
 * its last buffer version 0.3.21 writes where it must not. Loads it. */
uint64_t ppt_blas_most_threads(void);

#endif
