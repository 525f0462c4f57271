/*
 * From which size on how many workers: normalise, measured by ppt-omp 0.2.0 on vm (AMD EPYC, 2
 * CPUs), 2026-11-30T10:17:23+0000.
 */
#ifndef NORMALISE_POLICY_H
#define NORMALISE_POLICY_H

/*
 * vectors from 64 to 1048576: use 1 inner thread at every size: at most 30 % slower than the best
 * count at any size tried (95 %). At 8 of 8 sizes passes were disturbed or stopped: this may not
 * hold on an idle machine.
 *
 *          vectors   workers  inner_threads   slower than the best
 *               64         0              1   at most 0.0 %
 *              256         0              1   at most 0.0 %
 *             1024         0              1   at most 0.0 %
 *             4096         0              1   at most 0.0 %
 *            16384         0              1   at most 17.7 %
 *            65536         0              1   at most 30.1 %
 *           262144         0              1   at most 24.4 %
 *          1048576         0              1   at most 19.6 %
 *
 * Threads of one task(vectors): 1 is one after the other.
 */
static inline unsigned normalise_workers(double size)
{
    (void)size;
    return 1;
}

#endif
