#include "arriving.h"

#include <math.h>

#include "memory.h"
#include "rng.h"

/* ---- theory ---- */

double erlang_c(unsigned c, double a)
{
    double term = 1, sum = 1;

    for (unsigned k = 1; k < c; k++) {
        term *= a / k;
        sum += term;
    }
    const double last = term * a / c * c / (c - a);
    return last / (sum + last);
}

double mmc_wait(unsigned c, double rate)
{
    return erlang_c(c, rate * SERVICE_S) / (c / SERVICE_S - rate);
}

/* How likely a response takes longer than t. */
static double mmc_longer(unsigned c, double rate, double t)
{
    const double a = rate * SERVICE_S, mu = 1 / SERVICE_S, rest = c - 1 - a;
    const double wait = erlang_c(c, a);

    return exp(-mu * t) *
           (1 + wait * (fabs(rest) < 1e-9 ? mu * t : (1 - exp(-mu * t * rest)) / rest));
}

double mmc_percentile(unsigned c, double rate, double share)
{
    double low = 0, high = 1000 * SERVICE_S;

    while (high - low > 1e-9) {
        const double middle = (low + high) / 2;

        *(mmc_longer(c, rate, middle) > 1 - share ? &low : &high) = middle;
    }
    return low;
}

/* ---- passes ---- */

void simulate(const struct setting *setting, uint64_t seed, unsigned block,
              struct ppt_sample *sample)
{
    struct ppt_open_loop *loop =
        ppt_open_loop_create(&setting->arrivals, seed, block, setting->tasks);
    double free_ns[MOST_WORKERS] = {0}, end_ns = 0;
    struct ppt_rng rng;

    ppt_rng_seed(&rng, seed, block, PPT_STREAM_DATA);
    *sample = (struct ppt_sample){.block = block,
                                  .process = block,
                                  .point = {setting->workers, 1, 0, 0, 0, 0},
                                  .task_count = setting->tasks};
    for (uint64_t i = 0; i < setting->tasks; i++) {
        const double service =
            1e9 * SERVICE_S * (setting->constant ? 1 : -log1p(-ppt_rng_double(&rng)));
        unsigned first = 0;

        for (unsigned w = 1; w < setting->workers; w++) {
            first = free_ns[w] < free_ns[first] ? w : first;
        }
        const double begin = fmax(free_ns[first], (double)loop->arrives_ns[i]);

        free_ns[first] = begin + service;
        end_ns = fmax(end_ns, free_ns[first]);
        loop->latency_ns[i] = (int64_t)(free_ns[first] - (double)loop->arrives_ns[i]);
        sample->times.sum_ns += (int64_t)service;
    }
    atomic_store(&loop->next, setting->tasks);
    ppt_open_loop_tell(loop, sample);
    sample->work_ns = sample->total_ns = (int64_t)end_ns;
    ppt_open_loop_destroy(loop);
}

void simulate_into(const struct setting *setting, uint64_t seed, unsigned block,
                   struct ppt_samples *samples)
{
    struct ppt_sample sample;

    simulate(setting, seed, block, &sample);
    sample.workers = ppt_alloc(1, sizeof(*sample.workers));
    sample.worker_count = 1;
    ppt_samples_add(samples, &sample);
}
