/*
 * queued.h - how long threads were ready to run, but had no CPU.
 */
#ifndef PPT_QUEUED_H
#define PPT_QUEUED_H

#include <stdint.h>

/* Of the calling thread. */
#define PPT_QUEUED_THREAD "/proc/thread-self/schedstat"

/* Nanoseconds so far of the thread that the file is of ("schedstat", Linux with CONFIG_SCHED_INFO);
 * -1 where the system does not tell. Takes 2 to 4 µs, and no memory: a process that shares that of
 * another may call it. */
int64_t ppt_queued_ns(const char *path);

/* The same of another process' first thread, as long as nobody has reaped it. */
int64_t ppt_queued_of_ns(int64_t pid);

/* What is not known of a part is not known of the sum. */
static inline int64_t ppt_queued_sum_ns(int64_t a, int64_t b)
{
    return a < 0 || b < 0 ? -1 : a + b;
}

#endif
