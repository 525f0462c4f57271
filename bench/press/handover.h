/*
 * handover.h - how far apart two CPUs are: the time that a line of memory which one of them has
 * written takes to reach the other.
 *
 * CPUs that share a cache hand it over within that. Those that do not take a way through the
 * machine, which is no shorter than that to memory. A virtual machine's CPUs may be at either
 * distance, whatever its system says of their caches, and change it while the machine runs.
 */
#ifndef PPT_PRESS_HANDOVER_H
#define PPT_PRESS_HANDOVER_H

/* Nanoseconds for one way; 0: it cannot be told, as where others keep one of the CPUs busy. Takes
 * less than 1 ms, or 5 ms until it gives up. */
double ppt_handover_ns(unsigned cpu, unsigned other);

#endif
