/*
 * noise.h - what the rest of the machine did meanwhile.
 */
#ifndef PPT_HOST_NOISE_H
#define PPT_HOST_NOISE_H

#include <stdint.h>

#include "field.h"

/* Counters since some start; differences of two readings count. -1: not available here. */
struct ppt_noise {
    int64_t steal_ns;     /* CPU time that the hypervisor gave to others, all CPUs (10 ms steps) */
    int64_t pressure_ns;  /* time in which some task of the system waited for a CPU */
    int64_t throttled_ns; /* time in which this control group was stopped by its quota */

    /* Of a pass; 0 where a journal of before they were looked at does not say. */
    int64_t stopped; /* how often it was stopped and continued, the suspended machine included */
    int64_t cpus; /* that the process might use at its end; over ranks those of all; 0: unknown */
};

extern const struct ppt_field ppt_noise_fields[];

/* About 150 µs: not inside a timed span. Leaves alone what is a pass's. */
void ppt_noise_read(struct ppt_noise *noise);

/* after - before, by member; -1 where either is not available. What is a pass's is 0. */
struct ppt_noise ppt_noise_between(const struct ppt_noise *before, const struct ppt_noise *after);

/* CPUs that the calling thread may use; 0: unknown. */
int64_t ppt_noise_cpus(void);

/* How long the machine has been suspended since it began, to about a millisecond. */
int64_t ppt_noise_suspended_ns(void);

/* Resets the mark, and reads it: the most memory the process had resident since then. -1 where the
 * system does not tell. */
void ppt_noise_reset_peak(void);
int64_t ppt_noise_peak_bytes(void);

/* Present clock of a CPU in kHz; -1 where it cannot be read. */
int64_t ppt_noise_clock_khz(int cpu);

#endif
