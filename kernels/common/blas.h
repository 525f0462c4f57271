/*
 * blas.h - OpenBLAS, which is loaded when a kernel needs it, what it computes as, and what it
 * bears.
 *
 * Its routines are called by their own names, those of GSL's cblas.h and of lapack.h. GSL's calls
 * of them end up there, too, and not in GSL's own CBLAS.
 *
 * It takes the CPU for one of those that it knows ("core"). Where that is below what the CPU's
 * instructions allow (core.h), another is chosen, unless the user has (OPENBLAS_CORETYPE, be it
 * empty), and is proved by tasks before it is used: by their own checks of their results.
 */
#ifndef PPT_BLAS_H
#define PPT_BLAS_H

#include <stdbool.h>
#include <stdint.h>

#include "core.h"
#include "kernel.h"

#define PPT_BLAS_VARIABLE "OPENBLAS_CORETYPE"

struct ppt_blas_choice {
    const struct ppt_core *core; /* chosen here; NULL: the library's own, or the user's */
    char own[32];                /* what the library takes by itself; "": was not asked */
    bool proved;                 /* elsewhere */
    bool used;                   /* a kernel was opened that needs it */
};

/* Loads it, unless it is there already. */
enum ppt_status ppt_blas_load(struct ppt_error *error);

/* The same for tasks of a kernel, which calls it when it is opened: loading is no part of a task,
 * and a routine that is called without it ends the process when it cannot be loaded. If a core was
 * chosen, a task of each set is run first, at every number of inner threads; if one of them fails,
 * the library's own core is taken instead, for good. `shorten` makes the arguments those of a
 * task that is as good a proof and takes less time. */
enum ppt_status ppt_blas_open(const struct ppt_kernel *kernel, const struct ppt_setup *setup,
                              void (*shorten)(union ppt_value *args), struct ppt_error *error);

struct ppt_blas_choice *ppt_blas_choice(void);

/* Loads it with the core that it takes by itself, instead of the chosen one. No routine may be
 * running. */
void ppt_blas_withdraw(void);

/* What this process has found right, for another one, which decides on it before it loads the
 * library: the name of a core or PPT_BLAS_OWN. NULL: it has not needed it. */
#define PPT_BLAS_OWN "own"
const char *ppt_blas_decision(void);
void ppt_blas_decide(const char *decision);

/* The file of it that would be loaded first. */
const char *ppt_blas_path(void);

/* How the library describes itself, with the core that it computes as; loads it. "": it cannot be
 * loaded. */
const char *ppt_blas_config(void);

/* That core alone, likewise. */
const char *ppt_blas_core(void);

/* The most threads of a process that may be inside of OpenBLAS at a time; 0: it names no limit. It
 * is built for a number of threads and has buffers for twice as many (NUM_BUFFERS in its common.h),
 * of which it keeps one for each thread of its own, up to that number. What is left is sure. Beyond
 * its last buffer version 0.3.21 writes where it must not. Loads it. */
uint64_t ppt_blas_most_threads(void);

/* One product of matrices of that order, by one thread; the third is the result. */
#define PPT_BLAS_ORDER 256
void ppt_blas_multiply(const double *a, const double *b, double *c);

#endif
