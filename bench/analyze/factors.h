/*
 * factors.h - why a pass at N workers is not N times as fast as sequential calls.
 *
 * With B_w the busy time of worker w (the sum of its task times), W the time from the first
 * worker's start to the last one's end, T the whole pass, and T0, B0 the whole and the busy time of
 * the sequential pass of the same block, the speedup T0/T is exactly
 *
 *     N x load balance x communication x scheduling x startup x work x reference
 *
 *     load balance  = mean B / max B      workers finish with unequal loads
 *     communication = (W - M) / W         waiting for tasks that another rank has
 *     scheduling    = max B / (W - M)     handing tasks out, waiting for the first
 *     startup       = W / T               creating and releasing teams, scratch beyond one's
 *     work          = B0 / sum B          tasks take longer side by side (the inverse of inflation)
 *     reference     = T0 / B0             what the sequential pass spends outside its tasks
 *
 * where N are the workers of all ranks, and M is how long the worker with the largest B waited for
 * its rank to be sent tasks: 0 without ranks. It is the multiplicative model of the POP project
 * (Rosas, Gimenez, Labarta, "Scalability prediction for fundamental performance factors", 2014).
 * Inflation sum B / B0 splits by the workers' CPU time C into
 *
 *     on-CPU  = sum C / C0                         caches, memory bandwidth, clock, SMT
 *     queued  = ((C + Q) / C) / ((C0 + Q0) / C0)   more threads than CPUs, own or others'
 *     off-CPU = (sum B / (C + Q)) / (B0 / (C0 + Q0))   locks, I/O
 *
 * where Q is for how long they were queued for a CPU. Where that is unknown it is part of off-CPU.
 *
 * Tasks that use threads of their own count with the CPU time of the whole process, since a worker
 * knows that of its own thread alone. Both passes have the same number of inner threads.
 */
#ifndef PPT_ANALYZE_FACTORS_H
#define PPT_ANALYZE_FACTORS_H

#include "interval.h"
#include "sample.h"

enum ppt_factor {
    PPT_FACTOR_BALANCE,
    PPT_FACTOR_COMMUNICATION,
    PPT_FACTOR_SCHEDULING,
    PPT_FACTOR_STARTUP,
    PPT_FACTOR_WORK,
    PPT_FACTOR_REFERENCE,
    PPT_FACTOR_COUNT
};

/* "load balance", ... in the order of the enumeration. */
extern const char *const ppt_factor_names[];

/* CPU time of a pass's tasks in ns: that of its workers, or of the whole process where tasks have
 * threads of their own. */
double ppt_task_cpu_ns(const struct ppt_sample *sample);

/* For how long the threads of a pass's tasks were ready to run but had no CPU, in ns; 0: unknown.
 */
double ppt_task_queued_ns(const struct ppt_sample *sample);

/* Of one pass against the sequential pass of its block. */
struct ppt_factors {
    double speedup;
    double factor[PPT_FACTOR_COUNT];
    double on_cpu_inflation, off_cpu_inflation; /* 0 when CPU times are too short to be told */
    double queued_inflation;                    /* 0 then, and when it is unknown */
};

/* `pass` has N >= 1 workers, `sequential` 0; both of the same tasks. */
struct ppt_factors ppt_factors_of(const struct ppt_sample *pass,
                                  const struct ppt_sample *sequential);

/* The most that M tasks on N workers allow if all tasks take equally long: M / (N ceil(M/N)). */
double ppt_granularity_bound(uint64_t tasks, unsigned workers);

/* How long `workers` workers would take for tasks of these times handed out in order to whoever is
 * free (list scheduling; Graham, "Bounds on multiprocessing timing anomalies", 1969), in the unit
 * of the times. What the task list alone allows: the rest of a loss is contention. */
double ppt_replay(const int64_t *task_ns, uint64_t tasks, unsigned workers);

/* Experimentally determined serial fraction (Karp and Flatt, "Measuring parallel processor
 * performance", CACM 33, 1990); workers > 1. */
double ppt_karp_flatt(double speedup, unsigned workers);

/* The number of tasks from which N workers beat sequential calls for every number: M tasks take
 * M x task there and overhead + ceil(M/N) x round here, so that a round begun anew may lose again
 * what fewer tasks had won. 0: never for all. Seconds. */
uint64_t ppt_break_even(double overhead_s, double round_s, unsigned workers, double task_s);

/* So many times as fast as sequential calls M tasks have to be on N workers for every larger number
 * to be faster, too. The first that may fall behind is the only task of a further round, which
 * takes at most 1/K of what K = ceil(M/N) rounds took: M (K + 1) / (K (K N + 1)), and at least 1.
 */
double ppt_break_even_speedup(uint64_t tasks, unsigned workers);

#endif
