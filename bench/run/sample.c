#include "sample.h"

#include <stdlib.h>

#include "memory.h"
#include "sample_fields.h"

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

void ppt_sample_divide(struct ppt_sample *sample, int64_t wall_ns, struct ppt_price price)
{
    int64_t ready = wall_ns, done = 0;

    for (size_t i = 0; i < sample->worker_count; i++) {
        ready = smaller(ready, sample->workers[i].start_ns);
        done = larger(done, sample->workers[i].end_ns);
    }
    const bool calls = sample->point.workers == 0;
    const int64_t before = calls ? ready : smaller(price.attach_ns, ready);
    const int64_t after = calls ? wall_ns - done : smaller(price.detach_ns, wall_ns - done);

    sample->init_ns = ready - before;
    sample->work_ns = done - ready;
    sample->cleanup_ns = wall_ns - done - after;
    sample->scratch_ns = before + after;
    sample->total_ns = wall_ns - sample->scratch_ns;
}

void ppt_sample_free(struct ppt_sample *sample)
{
    ppt_fields_free(ppt_sample_list_fields, sample);
    free(sample->task_ns);
    free(sample->latency_ns);
    *sample = (struct ppt_sample){0};
}

void ppt_samples_add(struct ppt_samples *samples, struct ppt_sample *sample)
{
    if (samples->count >= samples->capacity) {
        samples->capacity = 2 * samples->count + 16;
        samples->items = ppt_realloc(samples->items, samples->capacity, sizeof(*samples->items));
    }
    samples->items[samples->count++] = *sample;
    *sample = (struct ppt_sample){0};
}

bool ppt_samples_failed(const struct ppt_samples *samples, struct ppt_point point)
{
    for (size_t i = 0; i < samples->failure_count; i++) {
        if (ppt_point_same(samples->failures[i].point, point)) {
            return true;
        }
    }
    return false;
}

void ppt_samples_fail(struct ppt_samples *samples, const struct ppt_failure *failure)
{
    if (ppt_samples_failed(samples, failure->point)) {
        return;
    }
    samples->failures =
        ppt_realloc(samples->failures, samples->failure_count + 1, sizeof(*samples->failures));
    samples->failures[samples->failure_count] = *failure;
    samples->failures[samples->failure_count++].message = ppt_strdup(failure->message);
}

void ppt_samples_free(struct ppt_samples *samples)
{
    while (samples->count > 0) {
        ppt_sample_free(&samples->items[--samples->count]);
    }
    while (samples->failure_count > 0) {
        free(samples->failures[--samples->failure_count].message);
    }
    free(samples->items);
    free(samples->failures);
    *samples = (struct ppt_samples){0};
}
