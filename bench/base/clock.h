/*
 * clock.h - time. Nanoseconds of clocks that never step back, but for the calendar.
 */
#ifndef PPT_BASE_CLOCK_H
#define PPT_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* CLOCK_MONOTONIC: wall time from an arbitrary start; about 25 ns a call. */
static inline int64_t ppt_clock_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* CPU time of the calling thread; about 1 µs a call, so never per task. */
static inline int64_t ppt_clock_thread_cpu_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* For qsort() of nanoseconds, ascending. */
int ppt_clock_order(const void *a, const void *b);

/* Sleeps that long, interrupted by signals whose handler sets *stop (may be NULL) alone. */
void ppt_clock_sleep(double seconds, const volatile int *stop);

/* The seconds that a variable of the environment holds, `usual` unless that is a number of at least
 * `least`, which may be infinite. */
double ppt_clock_setting_s(const char *variable, double least, double usual);

#endif
