#include "recorder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "memory.h"
#include "order.h"
#include "owned.h"
#include "plan.h"

/* Memory of one worker; each kind is there from the first pass that needs it. */
struct buffers {
    struct ppt_task_time *times;
    uint64_t capacity;
    struct ppt_histogram *histogram;
};

struct ppt_recorder {
    struct buffers *buffers;
    struct ppt_record *records;
    size_t capacity; /* workers that both have room for */
    unsigned workers;
    uint64_t tasks;
};

#define HISTOGRAM_BYTES                                                                            \
    ((sizeof(struct ppt_histogram) + PPT_CACHE_LINE - 1) / PPT_CACHE_LINE * PPT_CACHE_LINE)

_Static_assert(HISTOGRAM_BYTES + sizeof(struct ppt_record) + sizeof(struct buffers) <=
                   PPT_WORKER_RECORD_BYTES,
               "the estimate of memory must cover it");

struct ppt_recorder *ppt_recorder_create(void)
{
    return ppt_alloc(1, sizeof(struct ppt_recorder));
}

void ppt_recorder_destroy(struct ppt_recorder *recorder)
{
    if (!recorder) {
        return;
    }
    for (size_t i = 0; i < recorder->capacity; i++) {
        free(recorder->buffers[i].times);
        free(recorder->buffers[i].histogram);
    }
    free(recorder->buffers);
    free(recorder->records);
    free(recorder);
}

static void make_room(struct ppt_recorder *recorder, unsigned workers)
{
    if (recorder->capacity >= workers) {
        return;
    }
    recorder->buffers = ppt_realloc(recorder->buffers, workers, sizeof(*recorder->buffers));
    memset(recorder->buffers + recorder->capacity, 0,
           (workers - recorder->capacity) * sizeof(*recorder->buffers));
    free(recorder->records);
    recorder->records = ppt_alloc_aligned(PPT_CACHE_LINE, workers * sizeof(*recorder->records));
    recorder->capacity = workers;
}

/* Room for all tasks, since under a dynamic schedule one worker may take them all. Only what is
 * written to becomes real memory; twice the fair share is touched here so that the timed loop does
 * not pay for it. */
static void prepare_times(struct buffers *buffers, unsigned workers, uint64_t tasks)
{
    const uint64_t share = tasks / workers * 2 + 1024;

    if (buffers->capacity < tasks) {
        free(buffers->times);
        buffers->times = ppt_alloc(tasks, sizeof(*buffers->times));
        buffers->capacity = tasks;
    }
    memset(buffers->times, 0, (share < tasks ? share : tasks) * sizeof(*buffers->times));
}

static void prepare_histogram(struct buffers *buffers)
{
    if (!buffers->histogram) {
        buffers->histogram = ppt_alloc_aligned(PPT_CACHE_LINE, HISTOGRAM_BYTES);
    }
    ppt_histogram_clear(buffers->histogram);
}

void ppt_recorder_prepare(struct ppt_recorder *recorder, unsigned workers, uint64_t tasks)
{
    make_room(recorder, workers);
    recorder->workers = workers;
    recorder->tasks = tasks;
    for (unsigned i = 0; i < workers; i++) {
        struct buffers *buffers = &recorder->buffers[i];

        recorder->records[i] = (struct ppt_record){0};
        if (tasks <= PPT_MOST_TASK_TIMES) {
            prepare_times(buffers, workers, tasks);
            recorder->records[i].times = buffers->times;
        } else {
            prepare_histogram(buffers);
            recorder->records[i].histogram = buffers->histogram;
        }
    }
}

struct ppt_record *ppt_recorder_of(struct ppt_recorder *recorder, unsigned worker)
{
    assert(worker < recorder->workers);
    return &recorder->records[worker];
}

/* ---- between processes ---- */

/* What comes before the times, or before the histogram. */
struct packed {
    uint64_t count;
    int64_t sum_ns, last_ns;
};

/* All times of all workers but one, which is returned: see ppt_record_task(). */
static int64_t merge_histograms(const struct ppt_recorder *recorder, struct ppt_histogram *all)
{
    int64_t last_ns = -1;

    ppt_histogram_clear(all);
    for (unsigned i = 0; i < recorder->workers; i++) {
        const struct ppt_record *record = &recorder->records[i];

        ppt_histogram_merge(all, record->histogram);
        if (record->count > 0 && last_ns >= 0) {
            ppt_histogram_add(all, last_ns);
        }
        last_ns = record->count > 0 ? record->last_ns : last_ns;
    }
    return last_ns;
}

void *ppt_recorder_pack(const struct ppt_recorder *recorder, size_t *bytes)
{
    const bool exact = recorder->tasks <= PPT_MOST_TASK_TIMES;
    struct ppt_histogram *all PPT_FREED = exact ? NULL : ppt_alloc(1, sizeof(*all));
    struct packed head = {.last_ns = exact ? 0 : merge_histograms(recorder, all)};
    char *packed, *end;

    for (unsigned i = 0; i < recorder->workers; i++) {
        head.count += recorder->records[i].count;
        head.sum_ns += recorder->records[i].sum_ns;
    }
    *bytes = sizeof(head) + (exact ? head.count * sizeof(struct ppt_task_time) : sizeof(*all));
    packed = ppt_alloc(*bytes, 1);
    end = packed + sizeof(head);
    memcpy(packed, &head, sizeof(head));
    for (unsigned i = 0; exact && i < recorder->workers; i++) {
        const size_t length = recorder->records[i].count * sizeof(struct ppt_task_time);

        memcpy(end, recorder->records[i].times, length);
        end += length;
    }
    if (!exact) {
        memcpy(end, all, sizeof(*all));
    }
    return packed;
}

bool ppt_recorder_unpack(struct ppt_recorder *recorder, unsigned worker, const void *packed,
                         size_t bytes)
{
    struct ppt_record *record = ppt_recorder_of(recorder, worker);
    const bool exact = recorder->tasks <= PPT_MOST_TASK_TIMES;
    const void *rest = (const char *)packed + sizeof(struct packed);
    struct packed head;

    if (bytes < sizeof(head)) {
        return false;
    }
    memcpy(&head, packed, sizeof(head));
    if (head.count > recorder->tasks ||
        bytes - sizeof(head) !=
            (exact ? head.count * sizeof(*record->times) : sizeof(*record->histogram))) {
        return false;
    }
    if (exact) {
        memcpy(record->times, rest, bytes - sizeof(head));
    } else {
        memcpy(record->histogram, rest, bytes - sizeof(head));
    }
    record->count = head.count;
    record->sum_ns = head.sum_ns;
    record->last_ns = head.last_ns;
    return true;
}

/* ---- the summary ---- */

static void summarise_times(const struct ppt_recorder *recorder, struct ppt_sample *sample)
{
    const uint64_t count = recorder->tasks;
    struct ppt_task_times *times = &sample->times;
    int64_t *sorted PPT_FREED = ppt_alloc(count, sizeof(*sorted));

    sample->task_ns = ppt_alloc(count, sizeof(*sample->task_ns));
    for (unsigned i = 0; i < recorder->workers; i++) {
        const struct ppt_record *record = &recorder->records[i];

        for (uint64_t t = 0; t < record->count; t++) {
            sample->task_ns[record->times[t].index] = record->times[t].ns;
        }
    }
    memcpy(sorted, sample->task_ns, count * sizeof(*sorted));
    qsort(sorted, count, sizeof(*sorted), ppt_order_int64);
    times->smallest_ns = sorted[0];
    times->median_ns = sorted[ppt_nearest_rank(count, 50) - 1];
    times->p95_ns = sorted[ppt_nearest_rank(count, 95) - 1];
    times->p99_ns = sorted[ppt_nearest_rank(count, 99) - 1];
    times->largest_ns = sorted[count - 1];
    times->resolution = 0;
}

static void summarise_histograms(const struct ppt_recorder *recorder, struct ppt_sample *sample)
{
    struct ppt_task_times *times = &sample->times;
    struct ppt_histogram *all PPT_FREED = ppt_alloc(1, sizeof(*all));

    ppt_histogram_add(all, merge_histograms(recorder, all));
    times->smallest_ns = all->smallest_ns;
    times->median_ns = ppt_histogram_quantile(all, 50);
    times->p95_ns = ppt_histogram_quantile(all, 95);
    times->p99_ns = ppt_histogram_quantile(all, 99);
    times->largest_ns = all->largest_ns;
    times->resolution = PPT_HISTOGRAM_RESOLUTION;
}

void ppt_recorder_summarise(const struct ppt_recorder *recorder, struct ppt_sample *sample)
{
    sample->times.sum_ns = 0;
    for (unsigned i = 0; i < recorder->workers; i++) {
        sample->times.sum_ns += recorder->records[i].sum_ns;
    }
    if (recorder->tasks <= PPT_MOST_TASK_TIMES) {
        summarise_times(recorder, sample);
    } else {
        summarise_histograms(recorder, sample);
    }
}
