/*
 * latency.h - tasks that arrive: how long they take from their arrival on, point by point, over
 * blocks; and whether workers keep up.
 *
 * The load of a pass is how many tasks arrived per second, times how long one takes, by the number
 * of workers: from 1 on the queue grows as long as tasks arrive. A point is overloaded where the
 * interval of its load lies above 1, or half of its passes were ended since a quarter of their
 * tasks waited.
 */
#ifndef PPT_ANALYZE_LATENCY_H
#define PPT_ANALYZE_LATENCY_H

#include "grid.h"
#include "index.h"
#include "stat.h"

struct ppt_latency {
    bool exists;            /* tasks arrive */
    struct ppt_stat mean_s; /* over blocks, of each pass' latencies */
    /* n is 0 where a pass has too few tasks for it, see ppt_goal_tasks(). */
    struct ppt_stat p50_s, p95_s, p99_s;
    struct ppt_stat longest_s;
    struct ppt_stat waiting; /* share of latency that tasks waited for a worker */
    struct ppt_stat load;
    struct ppt_stat throughput; /* tasks per second that were done */
    bool overloaded;
    double growth; /* then: tasks per second by which the queue grows */
    double late_s; /* median over passes of how late tasks began that a worker waited for */
    size_t late;   /* passes in which that is more than a hundredth of their 99th percentile, or
                      of the limit (below) */
    size_t passes;
};

/* `limit_s`: what the latency is to be, 0: nothing. */
struct ppt_latency ppt_latency_of(struct ppt_passes passes, double limit_s);

/* What a pass' latency is below for such a share of its tasks, in per cent; seconds, above 0. */
double ppt_latency_percentile(const struct ppt_sample *pass, double percentile);

/* That of every pass, of a run whose tasks arrive. */
void ppt_latency_grid(const struct ppt_index *index, double percentile, struct ppt_grid *grid);

/* The highest of the usual percentiles that passes of so many tasks tell; 0: none. */
double ppt_latency_known(uint64_t tasks);

/* What latencies of a point come from, over all of its passes.
 *
 * Tasks that wait do so together: behind one burst many are late. So there are fewer independent
 * tasks than tasks, by about the length of a stretch in which the queue forgets its past. Near
 * capacity that is rho/(1 - sqrt(rho))^2 tasks at a load of rho (the relaxation time of M/M/c),
 * times (a + s)/2 for the squared coefficients of variation of arrivals and services. With K
 * stretches beyond the percentile, and latencies that fall off exponentially there, a percentile q
 * is known to about 1/(ln(1/(1 - q)) sqrt(K)) of itself. */
struct ppt_backlog {
    double tasks;
    double percentile_s; /* of all of them */
    double stretch;      /* in tasks, at least 1 */
};
struct ppt_backlog ppt_backlog_of(struct ppt_passes passes, double percentile, bool steady);

/* Where statistics are, and what they are called; the last has no key. */
struct ppt_latency_row {
    const char *key, *words; /* in JSON, and in tables */
    size_t offset;
    bool seconds; /* else a share or a number */
};
extern const struct ppt_latency_row ppt_latency_rows[];

static inline const struct ppt_stat *ppt_latency_stat(const struct ppt_latency *latency,
                                                      const struct ppt_latency_row *row)
{
    return (const struct ppt_stat *)(const void *)((const char *)latency + row->offset);
}

#endif
