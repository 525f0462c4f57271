/*
 * recorder.h - the times of a pass' tasks, while they run and as a summary.
 *
 * There is one rule: up to PPT_MOST_TASK_TIMES tasks the time of each is kept. Beyond, every worker
 * counts its times in a histogram of its own, so that what a pass takes and writes does not grow
 * with its tasks; quantiles are then known to PPT_HISTOGRAM_RESOLUTION.
 */
#ifndef PPT_RUN_RECORDER_H
#define PPT_RUN_RECORDER_H

#include <stdint.h>

#include "histogram.h"
#include "sample.h"

#define PPT_CACHE_LINE 64

struct ppt_task_time {
    uint64_t index;
    int64_t ns;
};

/* What one worker writes to, and nobody else: on cache lines of its own. */
struct ppt_record {
    _Alignas(PPT_CACHE_LINE) struct ppt_task_time *times; /* NULL: the histogram is used */
    struct ppt_histogram *histogram;
    uint64_t count;
    int64_t sum_ns;
    int64_t last_ns; /* not yet in the histogram */
};

/* Memory of records, kept between passes so that recording costs no page faults. */
struct ppt_recorder;
struct ppt_recorder *ppt_recorder_create(void);
void ppt_recorder_destroy(struct ppt_recorder *recorder); /* NULL is fine */

/* Empties the records of so many workers, with room for so many tasks in each. */
void ppt_recorder_prepare(struct ppt_recorder *recorder, unsigned workers, uint64_t tasks);

/* The record of a worker; valid until the next preparation. */
struct ppt_record *ppt_recorder_of(struct ppt_recorder *recorder, unsigned worker);

/* Called for every task, between two readings of the clock. A reading waits until all that came
 * before is done, and finding a time's bucket takes 3 ns from when the time is known. So a time is
 * added one task late: that is done while the clock is still being read for the next one. */
static inline void ppt_record_task(struct ppt_record *record, uint64_t index, int64_t ns)
{
    if (record->times) {
        record->times[record->count] = (struct ppt_task_time){index, ns};
    } else {
        if (record->count > 0) {
            ppt_histogram_add(record->histogram, record->last_ns);
        }
        record->last_ns = ns;
    }
    record->count++;
    record->sum_ns += ns;
}

/* What the records of all workers hold, as bytes to be sent to another process of this program; to
 * be given to free(). */
void *ppt_recorder_pack(const struct ppt_recorder *recorder, size_t *bytes);

/* Makes it the record of a worker here, of which the same tasks were prepared for. False when these
 * are no such bytes. */
bool ppt_recorder_unpack(struct ppt_recorder *recorder, unsigned worker, const void *packed,
                         size_t bytes);

/* Fills the sample's times and, while each is known, task_ns. Every task that was prepared for must
 * have been recorded once. */
void ppt_recorder_summarise(const struct ppt_recorder *recorder, struct ppt_sample *sample);

#endif
