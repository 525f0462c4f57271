/*
 * timeval.h - times as getrusage() and wait4() tell them.
 */
#ifndef PPT_TIMEVAL_H
#define PPT_TIMEVAL_H

#include <stdint.h>
#include <sys/time.h>

static inline int64_t ppt_timeval_ns(struct timeval t)
{
    return (int64_t)t.tv_sec * INT64_C(1000000000) + (int64_t)t.tv_usec * 1000;
}

#endif
