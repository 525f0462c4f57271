#include "sample.h"

#include <stdlib.h>

#include "memory.h"

void ppt_sample_free(struct ppt_sample *sample)
{
    free(sample->workers);
    free(sample->task_ns);
    *sample = (struct ppt_sample){0};
}

void ppt_samples_add(struct ppt_samples *samples, struct ppt_sample *sample)
{
    samples->items = ppt_realloc(samples->items, samples->count + 1, sizeof(*samples->items));
    samples->items[samples->count++] = *sample;
    *sample = (struct ppt_sample){0};
}

void ppt_samples_free(struct ppt_samples *samples)
{
    while (samples->count > 0) {
        ppt_sample_free(&samples->items[--samples->count]);
    }
    free(samples->items);
    samples->items = NULL;
}
