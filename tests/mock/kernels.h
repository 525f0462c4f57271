/*
 * kernels.h - kernels that misbehave on purpose, or whose behaviour is known exactly.
 */
#ifndef PPT_TEST_MOCK_KERNELS_H
#define PPT_TEST_MOCK_KERNELS_H

#include "kernel.h"

/* Argument "work": iterations of a loop; otherwise does nothing and succeeds. */
extern const struct ppt_kernel ppt_mock_steady;

/* Its digest depends on the number of workers, as the result of a racy kernel would. */
extern const struct ppt_kernel ppt_mock_wrong;

/* The task of index "at" fails. */
extern const struct ppt_kernel ppt_mock_failing;

/* Attaching worker 1 fails. */
extern const struct ppt_kernel ppt_mock_unattachable;

/* Its passes at 2 workers fail after the first so many of a process. */
extern const struct ppt_kernel ppt_mock_fading;

/* Takes its scratch for so long, and each worker waits for the one before. */
#define PPT_MOCK_QUEUE_NS 10000000
extern const struct ppt_kernel ppt_mock_queueing;

/* Says that it needs 1 EiB of memory. */
extern const struct ppt_kernel ppt_mock_hungry;

/* Fails unless the process has exactly as many threads as there are workers, and OpenMP regions
 * inside a task have exactly the inner threads asked for. */
extern const struct ppt_kernel ppt_mock_census;

/* Cannot be opened. */
extern const struct ppt_kernel ppt_mock_unopenable;

/* Is not part of the build. */
extern const struct ppt_kernel ppt_mock_absent;

/* Sleeps D (1 + sigma (N-1) + kappa N (N-1)) at N workers: a task that follows the Universal
 * Scalability Law exactly, on any number of CPUs. Arguments: D in milliseconds, sigma, kappa. */
extern const struct ppt_kernel ppt_mock_usl;

/* Sleeps D (s + (1-s)/k) with k inner threads: a task that follows Amdahl's law inside itself, on
 * any number of CPUs. Arguments: D in milliseconds, s. */
extern const struct ppt_kernel ppt_mock_crew;

/* Sleeps size / k, and start * k where k is above 1, with k inner threads: from a size on they are
 * worth it, on any number of CPUs. Arguments: size and start, both in milliseconds. */
extern const struct ppt_kernel ppt_mock_priced;

/* Uses all CPUs by threads of its own, whatever it was asked to do. */
extern const struct ppt_kernel ppt_mock_greedy;

#endif
