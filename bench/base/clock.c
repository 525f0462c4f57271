#include "clock.h"

#include <stdlib.h>

/* A signal that comes between looking at the flag and falling asleep wakes nobody; so nobody sleeps
 * for longer than this at a time. */
#define LONGEST_NAP_NS INT64_C(50000000)

void ppt_clock_sleep(double seconds, const volatile int *stop)
{
    const int64_t end = ppt_clock_ns() + (int64_t)(seconds * 1e9);

    for (int64_t now; (now = ppt_clock_ns()) < end && !(stop && *stop);) {
        const int64_t wake = stop && end - now > LONGEST_NAP_NS ? now + LONGEST_NAP_NS : end;
        const struct timespec until = {.tv_sec = (time_t)(wake / 1000000000),
                                       .tv_nsec = (long)(wake % 1000000000)};

        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    }
}

int ppt_clock_order(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

double ppt_clock_setting_s(const char *variable, double least, double usual)
{
    const char *text = getenv(variable);
    char *end = NULL;
    const double seconds = text ? strtod(text, &end) : 0;

    return text && end != text && *end == '\0' && seconds >= least ? seconds : usual;
}
