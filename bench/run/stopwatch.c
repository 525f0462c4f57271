#include "stopwatch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

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

struct ppt_stopwatches {
    struct buffers *buffers;
    struct ppt_stopwatch *each; /* worker */
    size_t capacity;            /* workers that both have room for */
    unsigned workers;
    uint64_t tasks;
};

#define HISTOGRAM_BYTES                                                                            \
    ((sizeof(struct ppt_histogram) + PPT_CACHE_LINE - 1) / PPT_CACHE_LINE * PPT_CACHE_LINE)

_Static_assert(HISTOGRAM_BYTES + sizeof(struct ppt_stopwatch) + sizeof(struct buffers) <=
                   PPT_WORKER_RECORD_BYTES,
               "the estimate of memory must cover it");

struct ppt_stopwatches *ppt_stopwatches_create(void)
{
    return ppt_alloc(1, sizeof(struct ppt_stopwatches));
}

void ppt_stopwatches_destroy(struct ppt_stopwatches *watches)
{
    if (!watches) {
        return;
    }
    for (size_t i = 0; i < watches->capacity; i++) {
        free(watches->buffers[i].times);
        free(watches->buffers[i].histogram);
    }
    free(watches->buffers);
    free(watches->each);
    free(watches);
}

static void make_room(struct ppt_stopwatches *watches, unsigned workers)
{
    if (watches->capacity >= workers) {
        return;
    }
    watches->buffers = ppt_realloc(watches->buffers, workers, sizeof(*watches->buffers));
    memset(watches->buffers + watches->capacity, 0,
           (workers - watches->capacity) * sizeof(*watches->buffers));
    free(watches->each);
    watches->each = ppt_alloc_aligned(PPT_CACHE_LINE, workers * sizeof(*watches->each));
    watches->capacity = workers;
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

void ppt_stopwatches_prepare(struct ppt_stopwatches *watches, unsigned workers, uint64_t tasks)
{
    make_room(watches, workers);
    watches->workers = workers;
    watches->tasks = tasks;
    for (unsigned i = 0; i < workers; i++) {
        struct buffers *buffers = &watches->buffers[i];

        watches->each[i] = (struct ppt_stopwatch){0};
        if (tasks <= PPT_MOST_TASK_TIMES) {
            prepare_times(buffers, workers, tasks);
            watches->each[i].times = buffers->times;
        } else {
            prepare_histogram(buffers);
            watches->each[i].histogram = buffers->histogram;
        }
    }
}

void ppt_stopwatches_end(struct ppt_stopwatches *watches, uint64_t tasks)
{
    assert(tasks <= watches->tasks && watches->tasks <= PPT_MOST_TASK_TIMES);
    watches->tasks = tasks;
}

struct ppt_stopwatch *ppt_stopwatches_of(struct ppt_stopwatches *watches, unsigned worker)
{
    assert(worker < watches->workers);
    return &watches->each[worker];
}

/* ---- between processes ---- */

/* What comes before the times, or before the histogram. */
struct packed {
    uint64_t count;
    int64_t sum_ns, last_ns;
};

/* All times of all workers but one, which is returned: see ppt_stopwatch_add(). */
static int64_t merge_histograms(const struct ppt_stopwatches *watches, struct ppt_histogram *all)
{
    int64_t last_ns = -1;

    ppt_histogram_clear(all);
    for (unsigned i = 0; i < watches->workers; i++) {
        const struct ppt_stopwatch *watch = &watches->each[i];

        ppt_histogram_merge(all, watch->histogram);
        if (watch->count > 0 && last_ns >= 0) {
            ppt_histogram_add(all, last_ns);
        }
        last_ns = watch->count > 0 ? watch->last_ns : last_ns;
    }
    return last_ns;
}

void *ppt_stopwatches_pack(const struct ppt_stopwatches *watches, size_t *bytes)
{
    const bool exact = watches->tasks <= PPT_MOST_TASK_TIMES;
    struct ppt_histogram *all PPT_FREED = exact ? NULL : ppt_alloc(1, sizeof(*all));
    struct packed head = {.last_ns = exact ? 0 : merge_histograms(watches, all)};
    char *packed, *end;

    for (unsigned i = 0; i < watches->workers; i++) {
        head.count += watches->each[i].count;
        head.sum_ns += watches->each[i].sum_ns;
    }
    *bytes = sizeof(head) + (exact ? head.count * sizeof(struct ppt_task_time) : sizeof(*all));
    packed = ppt_alloc(*bytes, 1);
    end = packed + sizeof(head);
    memcpy(packed, &head, sizeof(head));
    for (unsigned i = 0; exact && i < watches->workers; i++) {
        const size_t length = watches->each[i].count * sizeof(struct ppt_task_time);

        memcpy(end, watches->each[i].times, length);
        end += length;
    }
    if (!exact) {
        memcpy(end, all, sizeof(*all));
    }
    return packed;
}

bool ppt_stopwatches_unpack(struct ppt_stopwatches *watches, unsigned worker, const void *packed,
                            size_t bytes)
{
    struct ppt_stopwatch *watch = ppt_stopwatches_of(watches, worker);
    const bool exact = watches->tasks <= PPT_MOST_TASK_TIMES;
    const void *rest = (const char *)packed + sizeof(struct packed);
    struct packed head;

    if (bytes < sizeof(head)) {
        return false;
    }
    memcpy(&head, packed, sizeof(head));
    if (head.count > watches->tasks ||
        bytes - sizeof(head) !=
            (exact ? head.count * sizeof(*watch->times) : sizeof(*watch->histogram))) {
        return false;
    }
    if (exact) {
        memcpy(watch->times, rest, bytes - sizeof(head));
    } else {
        memcpy(watch->histogram, rest, bytes - sizeof(head));
    }
    watch->count = head.count;
    watch->sum_ns = head.sum_ns;
    watch->last_ns = head.last_ns;
    return true;
}

/* ---- the summary ---- */

static void summarise_times(const struct ppt_stopwatches *watches, struct ppt_sample *sample)
{
    const uint64_t count = watches->tasks;
    struct ppt_task_times *times = &sample->times;
    int64_t *sorted PPT_FREED = ppt_alloc(count, sizeof(*sorted));

    sample->task_ns = ppt_alloc(count, sizeof(*sample->task_ns));
    for (unsigned i = 0; i < watches->workers; i++) {
        const struct ppt_stopwatch *watch = &watches->each[i];

        for (uint64_t t = 0; t < watch->count; t++) {
            sample->task_ns[watch->times[t].index] = watch->times[t].ns;
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

static void summarise_histograms(const struct ppt_stopwatches *watches, struct ppt_sample *sample)
{
    struct ppt_task_times *times = &sample->times;
    struct ppt_histogram *all PPT_FREED = ppt_alloc(1, sizeof(*all));

    ppt_histogram_add(all, merge_histograms(watches, all));
    times->smallest_ns = all->smallest_ns;
    times->median_ns = ppt_histogram_quantile(all, 50);
    times->p95_ns = ppt_histogram_quantile(all, 95);
    times->p99_ns = ppt_histogram_quantile(all, 99);
    times->largest_ns = all->largest_ns;
    times->resolution = PPT_HISTOGRAM_RESOLUTION;
}

void ppt_stopwatches_summarise(const struct ppt_stopwatches *watches, struct ppt_sample *sample)
{
    sample->times.sum_ns = 0;
    for (unsigned i = 0; i < watches->workers; i++) {
        sample->times.sum_ns += watches->each[i].sum_ns;
    }
    if (watches->tasks <= PPT_MOST_TASK_TIMES) {
        summarise_times(watches, sample);
    } else {
        summarise_histograms(watches, sample);
    }
}
