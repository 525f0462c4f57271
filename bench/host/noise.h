/*
 * noise.h - what the rest of the machine did meanwhile.
 */
#ifndef PPT_HOST_NOISE_H
#define PPT_HOST_NOISE_H

#include <stddef.h>
#include <stdint.h>

#include "field.h"

/* Counters since some start; differences of two readings count. -1: not available here. */
struct ppt_noise {
    int64_t steal_ns;     /* CPU time that the hypervisor gave to others, all CPUs (10 ms steps) */
    int64_t pressure_ns;  /* time in which some task of the system waited for a CPU */
    int64_t throttled_ns; /* time in which this control group was stopped by its quota */

    /* Time in which some task of the system waited for a device; a journal of before it was looked
     * at does not say: PPT_NOISE_UNKNOWN. */
    int64_t io_stalled_ns;

    /* Of a pass; 0 where a journal of before they were looked at does not say. */
    int64_t stopped; /* how often it was stopped and continued, the suspended machine included */
    int64_t cpus; /* that the process might use at its end; over ranks those of all; 0: unknown */

    /* Unknown in such a journal: PPT_NOISE_UNKNOWN. */
    int64_t busy_ns;   /* of these CPUs, whoever used them (10 ms steps), steal included; over ranks
                          unknown */
    int64_t queued_ns; /* for which the pass's own threads were ready to run, but had no CPU */
};

/* What a record has where nothing is said of these. */
#define PPT_NOISE_UNKNOWN                                                                          \
    (struct ppt_noise)                                                                             \
    {                                                                                              \
        .io_stalled_ns = -1, .busy_ns = -1, .queued_ns = -1                                        \
    }

extern const struct ppt_field ppt_noise_fields[];

/* CPUs that a thread may use. */
struct ppt_cpu_set {
    unsigned long words[1024]; /* the kernel wants room for all CPUs that it could have */
    size_t bits;               /* 0: unknown */
};

/* Those of the calling thread. */
void ppt_cpu_set_read(struct ppt_cpu_set *set);

/* About 150 µs: not inside a timed span. Leaves alone what is a pass's. Readings that are compared
 * are of the same CPUs. */
void ppt_noise_read(const struct ppt_cpu_set *set, struct ppt_noise *noise);

/* after - before, by member; -1 where either is not available. What is a pass's is 0. */
struct ppt_noise ppt_noise_between(const struct ppt_noise *before, const struct ppt_noise *after);

/* CPUs that the calling thread may use; 0: unknown. */
int64_t ppt_noise_cpus(void);

/* For how long all threads that this process has now were ready to run, but had no CPU; -1:
 * unknown. Takes 5 µs for each. */
int64_t ppt_noise_queued_ns(void);

/* How long the machine has been suspended since it began, to about a millisecond. */
int64_t ppt_noise_suspended_ns(void);

/* Resets the mark, and reads it: the most memory the process had resident since then. -1 where the
 * system does not tell. */
void ppt_noise_reset_peak(void);
int64_t ppt_noise_peak_bytes(void);

/* Present clock of a CPU in kHz; -1 where it cannot be read. */
int64_t ppt_noise_clock_khz(int cpu);

#endif
