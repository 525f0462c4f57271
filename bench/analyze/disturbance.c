#include "disturbance.h"

#define STEAL_SHARE 0.01

bool ppt_sample_stolen(const struct ppt_sample *sample)
{
    return (double)sample->noise.steal_ns > STEAL_SHARE * (double)sample->total_ns;
}

bool ppt_sample_disturbed(const struct ppt_sample *sample)
{
    return sample->noise.throttled_ns > 0 || ppt_sample_stolen(sample);
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
        /* Below 0: the system does not count it. */
        all.steal_s += noise->steal_ns > 0 ? (double)noise->steal_ns * 1e-9 : 0;
        all.throttled_s += noise->throttled_ns > 0 ? (double)noise->throttled_ns * 1e-9 : 0;
    }
    return all;
}
