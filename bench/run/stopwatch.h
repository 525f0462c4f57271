/*
 * stopwatch.h - the times of a pass' tasks: one stopwatch for each worker while they run, and the
 * summary of all of them.
 *
 * There is one rule: up to PPT_MOST_TASK_TIMES tasks the time of each is kept. Beyond, every worker
 * counts its times in a histogram of its own, so that what a pass takes and writes does not grow
 * with its tasks; quantiles are then known to PPT_HISTOGRAM_RESOLUTION.
 */
#ifndef PPT_RUN_STOPWATCH_H
#define PPT_RUN_STOPWATCH_H

#include <stdint.h>

#include "histogram.h"
#include "sample.h"

#define PPT_CACHE_LINE 64

struct ppt_task_time {
    uint64_t index;
    int64_t ns;
};

/* What one worker writes to, and nobody else: on cache lines of its own. */
struct ppt_stopwatch {
    _Alignas(PPT_CACHE_LINE) struct ppt_task_time *times; /* NULL: the histogram is used */
    struct ppt_histogram *histogram;
    uint64_t count;
    int64_t sum_ns;
    int64_t last_ns; /* not yet in the histogram */
};

/* Those of all workers, whose memory is kept between passes so that timing costs no page faults. */
struct ppt_stopwatches;
struct ppt_stopwatches *ppt_stopwatches_create(void);
void ppt_stopwatches_destroy(struct ppt_stopwatches *watches); /* NULL is fine */

/* Sets those of so many workers to nothing, with room for so many tasks in each. */
void ppt_stopwatches_prepare(struct ppt_stopwatches *watches, unsigned workers, uint64_t tasks);

/* That of a worker; valid until the next preparation. */
struct ppt_stopwatch *ppt_stopwatches_of(struct ppt_stopwatches *watches, unsigned worker);

/* Called for every task, between two readings of the clock. A reading waits until all that came
 * before is done, and finding a time's bucket takes 3 ns from when the time is known. So a time is
 * added one task late: that is done while the clock is still being read for the next one. */
static inline void ppt_stopwatch_add(struct ppt_stopwatch *watch, uint64_t index, int64_t ns)
{
    if (watch->times) {
        watch->times[watch->count] = (struct ppt_task_time){index, ns};
    } else {
        if (watch->count > 0) {
            ppt_histogram_add(watch->histogram, watch->last_ns);
        }
        watch->last_ns = ns;
    }
    watch->count++;
    watch->sum_ns += ns;
}

/* What those of all workers hold, as bytes to be sent to another process of this program; to
 * be given to free(). */
void *ppt_stopwatches_pack(const struct ppt_stopwatches *watches, size_t *bytes);

/* Makes it what a worker's stopwatch here holds, of which the same tasks were prepared for. False
 * when these are no such bytes. */
bool ppt_stopwatches_unpack(struct ppt_stopwatches *watches, unsigned worker, const void *packed,
                            size_t bytes);

/* Of the tasks that were prepared for only the first so many have been run. */
void ppt_stopwatches_end(struct ppt_stopwatches *watches, uint64_t tasks);

/* Fills the sample's times and, while each is known, task_ns. Every task that was prepared for must
 * have been added once. */
void ppt_stopwatches_summarise(const struct ppt_stopwatches *watches, struct ppt_sample *sample);

#endif
