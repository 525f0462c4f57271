#include "clock.h"

#include <errno.h>

void ppt_clock_sleep(double seconds, const volatile int *stop)
{
    if (seconds <= 0) {
        return;
    }
    const int64_t end = ppt_clock_ns() + (int64_t)(seconds * 1e9);
    const struct timespec until = {.tv_sec = (time_t)(end / 1000000000),
                                   .tv_nsec = (long)(end % 1000000000)};

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
        if (stop && *stop) {
            return;
        }
    }
}
