/*
 * bound_thread.h - a thread of this process that has one CPU alone, and hears no signals.
 */
#ifndef PPT_HOST_BOUND_THREAD_H
#define PPT_HOST_BOUND_THREAD_H

#include <pthread.h>

/* Bound from its first instruction on. Returns 0 or an errno; whoever starts it joins it. */
int ppt_bound_thread_start(pthread_t *thread, unsigned cpu, void *(*run)(void *), void *argument);

#endif
