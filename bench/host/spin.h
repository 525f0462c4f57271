/*
 * spin.h - the noise test: every CPU that may be used does the same small piece of work over and
 * over. On a quiet machine it always takes equally long; what takes longer was taken by others.
 */
#ifndef PPT_HOST_SPIN_H
#define PPT_HOST_SPIN_H

#include <stddef.h>
#include <stdint.h>

#include "lost.h"
#include "noise.h"
#include "status.h"

struct ppt_spins {
    unsigned cpus;          /* that spun, each thread on one of its own */
    size_t count;           /* of all spins; 0: there was no test */
    double seconds;         /* that the test took */
    double typical_s;       /* median spin */
    double spread;          /* from the 5th to the 95th percentile, by the median; worst CPU */
    double lost;            /* share of all time by which interrupted spins exceed the median */
    double unequal;         /* how much longer the slowest CPU's median is than the fastest's */
    struct ppt_noise noise; /* meanwhile */
    struct ppt_lost taken;  /* as of a pass */
};

/* Spins on so many CPUs for so long; about 0.5 ms a spin, shorter than a scheduler's time slice.
 * Fails with PPT_FAILED when threads or their binding cannot be had. */
enum ppt_status ppt_spin_run(unsigned cpus, double seconds, struct ppt_spins *spins,
                             struct ppt_error *error);

/* Sets what follows from the times: `times[c]` are `counts[c]` > 0 durations of CPU c, which are
 * sorted. */
void ppt_spin_summarise(int64_t *const *times, const size_t *counts, unsigned cpus,
                        struct ppt_spins *spins);

#endif
