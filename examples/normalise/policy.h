/*
 * From which size on how many workers: normalise, measured by ppt-omp 0.2.0 on vm (AMD EPYC, 2
 * CPUs), 2026-11-30T12:27:36+0000.
 */
#ifndef NORMALISE_POLICY_H
#define NORMALISE_POLICY_H

/*
 * vectors from 64 to 1048576: use 1 inner thread below 13539 [13371, 65536], 2 inner threads from
 * there on: at most 4.4 % slower than the best count at any size tried (95 %). Always 1 inner
 * thread: at most 97 % slower than by this policy; always 2 inner threads: at most 55 times as
 * long. Between the sizes next to a threshold it may be 9.5 % slower. At 2 of 14 sizes passes
 * were disturbed or stopped: this may not hold on an idle machine.
 *
 *          vectors   workers  inner_threads   slower than the best
 *               64         0              1   at most 0.0 %
 *              256         0              1   at most 0.0 %
 *             1024         0              1   at most 0.0 %
 *             4096         0              1   at most 0.0 %
 *            11585         0              1   at most 0.0 %
 *            13061         0              1   at most 4.0 %
 *            13192         0              1   at most 4.4 %
 *            13371         0              1   at most 2.8 %
 *            13593         0              2   at most 0.0 %
 *            14337         0              2   at most 0.0 %
 *            16384         0              2   at most 2.2 %
 *            65536         0              2   at most 0.0 %
 *           262144         0              2   at most 0.0 %
 *          1048576         0              2   at most 0.0 %
 *
 * Threads of one task(vectors): 1 is one after the other.
 * Threads inside of tasks waited from one task to the next as OMP_WAIT_POLICY=passive has it. In
 * a program where they wait otherwise they pay from another size on.
 */
static inline unsigned normalise_workers(double size)
{
    if (size < 13539) {
        return 1;
    }
    return 2;
}

#endif
