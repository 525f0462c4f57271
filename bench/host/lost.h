/*
 * lost.h - what others took of the CPUs while something ran, from what was counted meanwhile.
 *
 * With C CPUs that may be used for a time T, the CPU time `own` that was had, `queued` for which
 * own threads were ready to run but had no CPU, and `busy` for which anybody used these CPUs:
 *
 *     queued share  q   = (min(C T, own + queued) - own) / (N T)   for N threads, N <= C
 *     others' share phi = max(0, busy - own) / (C T)
 *
 * q is what was lost, whoever took it. More threads than CPUs queue for these by themselves, which
 * no sum tells from what others make them wait: 4 threads each in 4 workers on 2 CPUs lost 5 % with
 * nobody else there. So q is unknown then. Time for which a quota stopped threads is no part of it:
 * it would do so on an idle machine, too, and is told apart.
 */
#ifndef PPT_HOST_LOST_H
#define PPT_HOST_LOST_H

#include <stdbool.h>
#include <stdint.h>

/* What was counted. All but the last two in nanoseconds; those below 0 are unknown. */
struct ppt_meanwhile {
    int64_t wall_ns, own_ns, busy_ns, queued_ns, throttled_ns;
    int64_t cpus; /* 0: unknown */
    unsigned threads;
};

/* Shares; NAN: unknown. */
struct ppt_lost {
    double queued, others;
};

/* Time of CPUs that is too short for others' share: it is counted in steps of 10 ms. */
#define PPT_LOST_SHORT_NS INT64_C(400000000)

/* Wall time that is too short for the queued share, of one thread and of several: these are started
 * on CPUs of each other, for some milliseconds, and the last ones leave some idle. Where nobody
 * else runs 2 threads on 2 CPUs lose up to 48 % of 4 ms, 18 % of 22 ms and 5 % of 92 ms, 4 threads
 * up to 36 % of 0.6 ms, 12 % of 37 ms and 6 % of 92 ms; one alone, with programs that it starts, 3
 * % of 35 ms. */
#define PPT_LOST_QUEUED_SHORT_NS INT64_C(20000000)
#define PPT_LOST_QUEUED_SHORT_TEAM_NS INT64_C(100000000)

/* CPU time that there was, cpus x wall; 0: unknown. */
int64_t ppt_meanwhile_offered_ns(const struct ppt_meanwhile *meanwhile);

/* Shares of what is too short are unknown. */
struct ppt_lost ppt_lost_of(const struct ppt_meanwhile *meanwhile);

/* Others' share alone, of sums over several spans. */
double ppt_lost_to_others(int64_t busy_ns, int64_t own_ns, int64_t offered_ns);

/* Whether it is more than is lost where nobody disturbs, and enough to mislead. */
bool ppt_lost_much(const struct ppt_lost *lost);

#endif
