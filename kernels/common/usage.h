/*
 * usage.h - what processes have used, and adding it up.
 */
#ifndef PPT_USAGE_H
#define PPT_USAGE_H

#include <sys/resource.h>

#include "kernel.h"
#include "queued.h"
#include "timeval.h"

static inline struct ppt_usage ppt_usage_of(const struct rusage *told)
{
    return (struct ppt_usage){
        .user_ns = ppt_timeval_ns(told->ru_utime),
        .system_ns = ppt_timeval_ns(told->ru_stime),
        .minor_faults = told->ru_minflt,
        .major_faults = told->ru_majflt,
        .voluntary_switches = told->ru_nvcsw,
        .involuntary_switches = told->ru_nivcsw,
    };
}

/* Of the calling thread. */
static inline struct ppt_usage ppt_usage_of_thread(void)
{
    struct rusage told;

    getrusage(RUSAGE_THREAD, &told);
    return ppt_usage_of(&told);
}

/* Read from devices or written, 512 bytes each. */
static inline int64_t ppt_usage_io_blocks(const struct rusage *told)
{
    return told->ru_inblock + told->ru_oublock;
}

/* Adds, or with a sign of -1 takes away. */
static inline void ppt_usage_add(struct ppt_usage *sum, struct ppt_usage one, int sign)
{
    sum->user_ns += sign * one.user_ns;
    sum->system_ns += sign * one.system_ns;
    sum->minor_faults += sign * one.minor_faults;
    sum->major_faults += sign * one.major_faults;
    sum->voluntary_switches += sign * one.voluntary_switches;
    sum->involuntary_switches += sign * one.involuntary_switches;
}

/* All costs add up but memory: tasks of one worker come one after the other. */
static inline void ppt_outside_add(struct ppt_outside *sum, const struct ppt_outside *one)
{
    sum->cpu_ns += one->cpu_ns;
    sum->peak_bytes = one->peak_bytes > sum->peak_bytes ? one->peak_bytes : sum->peak_bytes;
    ppt_usage_add(&sum->usage, one->usage, 1);
    sum->failed += one->failed;
    sum->io_blocks += one->io_blocks;
    sum->queued_ns = ppt_queued_sum_ns(sum->queued_ns, one->queued_ns);
}

#endif
