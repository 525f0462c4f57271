#include "disturbance.h"

#define STEAL_SHARE 0.01

bool ppt_sample_stolen(const struct ppt_sample *sample)
{
    return (double)sample->noise.steal_ns > STEAL_SHARE * (double)ppt_sample_wall_ns(sample);
}

bool ppt_sample_disturbed(const struct ppt_sample *sample)
{
    return sample->noise.throttled_ns > 0 || sample->noise.stopped > 0 || ppt_sample_stolen(sample);
}

/* CPUs of the first pass of as many ranks, the warm-up included; 0: unknown. */
static int64_t first_cpus(const struct ppt_samples *samples, unsigned ranks)
{
    for (size_t i = 0; i < samples->count; i++) {
        if (samples->items[i].point.ranks == ranks && samples->items[i].noise.cpus > 0) {
            return samples->items[i].noise.cpus;
        }
    }
    return 0;
}

struct ppt_disturbance ppt_disturbance_of(const struct ppt_samples *samples)
{
    struct ppt_disturbance all = {0};

    for (size_t i = 0; i < samples->count; i++) {
        const struct ppt_sample *sample = &samples->items[i];
        const struct ppt_noise *noise = &sample->noise;

        if (sample->block == 0) {
            continue;
        }
        all.passes++;
        all.disturbed += ppt_sample_disturbed(sample);
        all.stolen += ppt_sample_stolen(sample);
        all.throttled += noise->throttled_ns > 0;
        all.stopped += noise->stopped > 0;
        all.moved += noise->cpus > 0 && noise->cpus != first_cpus(samples, sample->point.ranks);
        /* Below 0: the system does not count it. */
        all.steal_s += noise->steal_ns > 0 ? (double)noise->steal_ns * 1e-9 : 0;
        all.throttled_s += noise->throttled_ns > 0 ? (double)noise->throttled_ns * 1e-9 : 0;
    }
    return all;
}
