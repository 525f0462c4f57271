#include "disturbance.h"

#include <stdlib.h>

#include "memory.h"

#define STEAL_SHARE 0.01

static bool is_stolen(const struct ppt_sample *sample)
{
    return (double)sample->noise.steal_ns > STEAL_SHARE * (double)ppt_sample_wall_ns(sample);
}

bool ppt_sample_disturbed(const struct ppt_sample *sample)
{
    return sample->noise.throttled_ns > 0 || sample->noise.stopped > 0 || is_stolen(sample);
}

/* CPUs of the first pass of every number of ranks that said them, the warm-up included. */
struct first_cpus {
    struct {
        unsigned ranks;
        int64_t cpus;
    } * items;
    size_t count;
};

/* Those of as many ranks as the sample's; the sample itself may be the first. */
static int64_t first_cpus(struct first_cpus *first, const struct ppt_sample *sample)
{
    size_t i = 0;

    while (i < first->count && first->items[i].ranks != sample->point.ranks) {
        i++;
    }
    if (i == first->count) {
        first->items = ppt_realloc(first->items, i + 1, sizeof(*first->items));
        first->items[i].ranks = sample->point.ranks;
        first->items[i].cpus = sample->noise.cpus;
        first->count++;
    }
    return first->items[i].cpus;
}

struct ppt_disturbance ppt_disturbance_of(const struct ppt_index *index)
{
    struct ppt_disturbance all = {0};
    struct first_cpus first = {0};

    for (size_t i = 0; i < index->ran.count; i++) {
        const struct ppt_sample *sample = index->ran.items[i];
        const struct ppt_noise *noise = &sample->noise;
        const bool moved = noise->cpus > 0 && noise->cpus != first_cpus(&first, sample);
        if (sample->block == 0) {
            continue;
        }
        all.passes++;
        all.disturbed += ppt_sample_disturbed(sample);
        all.stolen += is_stolen(sample);
        all.throttled += noise->throttled_ns > 0;
        all.stopped += noise->stopped > 0;
        all.moved += moved;
        /* Below 0: the system does not count it. */
        all.steal_s += noise->steal_ns > 0 ? (double)noise->steal_ns * 1e-9 : 0;
        all.throttled_s += noise->throttled_ns > 0 ? (double)noise->throttled_ns * 1e-9 : 0;
    }
    free(first.items);
    return all;
}
