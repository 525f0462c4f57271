/*
 * inner.h - the threads inside a task.
 *
 * A task that uses several threads opens one parallel region for its whole work, and not one for
 * every step: inside a worker, OpenMP starts the region's threads anew each time. With one thread
 * there is no region at all, as in a program without OpenMP.
 *
 * A BLAS called from such a region runs on the calling thread alone, so the kernels share out what
 * they ask of it.
 */
#ifndef PPT_INNER_H
#define PPT_INNER_H

#include <omp.h>
#include <stddef.h>

#include "status.h"

/* What each thread of the team runs; `threads` is their number, `thread` counts from 0. */
typedef void ppt_inner_body(void *context, unsigned thread, unsigned threads);

/* Runs the body on so many threads at once, the calling one among them, and waits for all. Fails,
 * without having run it, when OpenMP started fewer; `what` names the kernel. (A team of one counts
 * as none, and a BLAS called in it would start threads of its own.) */
static inline enum ppt_status ppt_inner_run(unsigned threads, ppt_inner_body *body, void *context,
                                            const char *what, struct ppt_error *error)
{
    unsigned team = 1;

    if (threads <= 1) {
        body(context, 0, 1);
        return PPT_OK;
    }
#pragma omp parallel num_threads((int)threads) default(none) shared(body, context, team, threads)
    {
        const unsigned thread = (unsigned)omp_get_thread_num();
        const unsigned started = (unsigned)omp_get_num_threads();

        if (thread == 0) {
            team = started;
        }
        if (started == threads) {
            body(context, thread, threads);
        }
    }
    return team == threads ? PPT_OK
                           : ppt_fail(error, PPT_FAILED,
                                      "%s: %u inner threads were asked for, but OpenMP started %u; "
                                      "OMP_THREAD_LIMIT or a limit of the system may be lower",
                                      what, threads, team);
}

/* Waits for the other threads of the team; all must call it. */
static inline void ppt_inner_wait(unsigned threads)
{
    if (threads > 1) {
#pragma omp barrier
    }
}

/* The part of 0 ... total - 1 that falls to a thread begins here, and ends where the next one's
 * begins; all parts are as large as each other, to within one. */
static inline size_t ppt_inner_begin(size_t total, unsigned thread, unsigned threads)
{
    return total / threads * thread + total % threads * thread / threads;
}

#endif
