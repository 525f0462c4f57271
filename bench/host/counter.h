/*
 * counter.h - the CPU's time-stamp counter as a clock, at a third of the price of CLOCK_MONOTONIC:
 * a task that takes no time is timed in the time of two instructions.
 *
 * It is used where it counts evenly on all CPUs: the CPU says that it is invariant, the kernel
 * takes its own time from it, and programs may read it. Its rate is what CLOCK_MONOTONIC says since
 * the process began. After a pass the two are compared: where they do not agree, as after a move to
 * another machine, the counter is refused for the rest of the process.
 *
 * Reading it does not wait for instructions that came before and are still under way, some
 * nanoseconds' worth: they count as what comes next. Nothing is lost or counted twice.
 */
#ifndef PPT_HOST_COUNTER_H
#define PPT_HOST_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"

/* Products of counts and rates. */
__extension__ typedef __int128 ppt_wide;

#if defined(__x86_64__)
#include <x86intrin.h>
#define PPT_COUNTER() ((int64_t)__rdtsc())
#else
#define PPT_COUNTER() INT64_C(0) /* there is none that is known to do */
#endif

/* How to read the time during one pass: times are comparable with those of ppt_clock_ns(). */
struct ppt_counter {
    bool used;    /* false: the clock is CLOCK_MONOTONIC */
    int64_t zero; /* the counter when the clock was at: */
    int64_t zero_ns;
    int64_t scale; /* nanoseconds per count, times 2 to the power of 32 */
};

/* What two readings of counter and clock at the same moment are. */
struct ppt_counter_moment {
    int64_t count, ns;
};

static inline int64_t ppt_counter_ns(const struct ppt_counter *counter)
{
    if (!counter->used) {
        return ppt_clock_ns();
    }
    return counter->zero_ns +
           (int64_t)(((ppt_wide)(PPT_COUNTER() - counter->zero) * counter->scale) >> 32);
}

/* To be called early: the longer ago that was, the better the rate is known. */
void ppt_counter_begin(void);

/* For the next pass. Waits until 2 ms have passed since the beginning. */
struct ppt_counter ppt_counter_start(void);

/* Behind a pass: whether its times can be believed. If not the counter is not used any more. */
bool ppt_counter_held(const struct ppt_counter *counter);

/* The rate between two moments, as `scale`; 0: they are none that make sense. */
int64_t ppt_counter_scale(struct ppt_counter_moment begin, struct ppt_counter_moment end);

/* Whether the counter said at a moment what the clock did, as far as two clocks ever do. */
bool ppt_counter_agrees(const struct ppt_counter *counter, struct ppt_counter_moment now);

/* What times tasks in this process: "time-stamp counter" or "CLOCK_MONOTONIC". */
const char *ppt_counter_name(void);

#endif
