/*
 * arrivals.h - tasks that arrive while a pass runs: an open loop.
 *
 * When each task arrives is laid down before the pass begins, and nothing that happens in it
 * changes that: where workers are late, tasks queue. Workers take tasks in the order of arrival,
 * one that is idle waits for the next one. So there is nobody who creates tasks and could be too
 * slow for it, and a task's latency counts from when it was to arrive. What remains is that a
 * worker who waits for a task wakes up late: that is measured.
 *
 * A pass in which a quarter of all tasks wait is overloaded: no more are begun.
 */
#ifndef PPT_RUN_ARRIVALS_H
#define PPT_RUN_ARRIVALS_H

#include <stdatomic.h>

#include "counter.h"
#include "goal.h"
#include "sample.h"

/* But not before so many wait. */
#define PPT_LEAST_BACKLOG 50

struct ppt_open_loop {
    int64_t *arrives_ns; /* ascending, since `start_ns`; owned */
    int64_t *latency_ns; /* from arrival to end, of those that were run; owned */
    int64_t *late_ns;    /* how long after its arrival a task began that a worker waited for; 0: it
                            queued; owned */
    uint64_t count;
    int64_t start_ns; /* of the counter's clock, set when all workers are ready */
    _Alignas(64) atomic_uint_fast64_t next;
    atomic_bool overloaded;
};

/* The tasks' arrivals of a block, by the seed: alike at all of its points. */
struct ppt_open_loop *ppt_open_loop_create(const struct ppt_arrivals *arrivals, uint64_t seed,
                                           unsigned block, uint64_t count);
void ppt_open_loop_destroy(struct ppt_open_loop *loop); /* NULL is fine */

/* Waits for the next task in the order of arrival; false: there are no more, or `stop` says so
 * (asked every so often), or the pass is overloaded. */
bool ppt_open_loop_take(struct ppt_open_loop *loop, const struct ppt_counter *clock,
                        bool (*stop)(const void *context), const void *context, uint64_t *index);

/* Called when that task has ended. */
void ppt_open_loop_done(struct ppt_open_loop *loop, const struct ppt_counter *clock,
                        uint64_t index);

/* So many tasks were run, the first ones. */
uint64_t ppt_open_loop_run(const struct ppt_open_loop *loop);

/* What the sample tells of it; the latencies become the sample's. */
void ppt_open_loop_tell(struct ppt_open_loop *loop, struct ppt_sample *sample);

#endif
