/*
 * handover.h - how far apart two CPUs are: the time that a line of memory which one of them has
 * written takes to reach the other.
 *
 * CPUs that share a cache hand it over within that. Those that do not take a way through the
 * machine, which is no shorter than that to memory. A virtual machine's CPUs may be at either
 * distance, whatever its system says of their caches, and change it while the machine runs.
 */
#ifndef PPT_HOST_HANDOVER_H
#define PPT_HOST_HANDOVER_H

#define PPT_HANDOVER_UNKNOWN_NS 1e9

/* Nanoseconds for one way; PPT_HANDOVER_UNKNOWN_NS where that cannot be told, since others keep one
 * of the CPUs busy all the time or no thread can be had. Takes 3 ms, or 20 ms until it gives
 * up. */
double ppt_handover_ns(unsigned cpu, unsigned other);

/* Within that time the caches of one die hand a line over (25 to 75 ns on x86 and Arm servers, by
 * this program on AMD Zen 4: 42 to 55); between dies and sockets it takes 100 ns and more (there:
 * 155 to 180). */
#define PPT_HANDOVER_NEAR_NS 80

/* Of pairs of CPUs that this process may use, and that share a cache by what the system says. */
struct ppt_handovers {
    unsigned pairs;
    double nearest_ns, farthest_ns;
};

/* Adds what is so now to what was found before: one CPU of each last-level cache and each other. */
void ppt_handover_among(struct ppt_handovers *found);

#endif
