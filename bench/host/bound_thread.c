#include "bound_thread.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>

int ppt_bound_thread_start(pthread_t *thread, unsigned cpu, void *(*run)(void *), void *argument)
{
    const size_t bytes = CPU_ALLOC_SIZE(cpu + 1);
    cpu_set_t *set = CPU_ALLOC(cpu + 1);
    sigset_t all, before;
    pthread_attr_t attributes;
    int problem = set ? pthread_attr_init(&attributes) : ENOMEM;

    if (problem == 0) {
        CPU_ZERO_S(bytes, set);
        CPU_SET_S(cpu, bytes, set);
        problem = pthread_attr_setaffinity_np(&attributes, bytes, set);
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        problem = problem != 0 ? problem : pthread_create(thread, &attributes, run, argument);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        pthread_attr_destroy(&attributes);
    }
    CPU_FREE(set);
    return problem;
}
