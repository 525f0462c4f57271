#include "factors.h"

#include <math.h>

#include "memory.h"
#include "owned.h"

/* CPU clocks of threads are not trusted below this: they tick by scheduler events. */
#define SHORTEST_CPU_NS 100000

const char *const ppt_factor_names[] = {"load balance", "communication", "scheduling", "startup",
                                        "work",         "reference",     NULL};

struct busy {
    double sum, largest, cpu;
    double queued;
    double waited; /* of the one that was busy for longest */
};

double ppt_task_cpu_ns(const struct ppt_sample *sample)
{
    double cpu = 0;

    if (sample->point.inner_threads > 1) {
        return (double)(sample->usage.user_ns + sample->usage.system_ns);
    }
    for (size_t i = 0; i < sample->worker_count; i++) {
        cpu += (double)sample->workers[i].cpu_ns;
    }
    return cpu;
}

double ppt_task_queued_ns(const struct ppt_sample *sample)
{
    return sample->noise.queued_ns > 0 ? (double)sample->noise.queued_ns : 0;
}

static struct busy busy_of(const struct ppt_sample *sample)
{
    struct busy busy = {0};

    for (size_t i = 0; i < sample->worker_count; i++) {
        const struct ppt_worker_sample *worker = &sample->workers[i];

        busy.sum += (double)worker->busy_ns;
        if ((double)worker->busy_ns > busy.largest) {
            busy.largest = (double)worker->busy_ns;
            busy.waited = (double)worker->waited_ns;
        }
    }
    busy.cpu = ppt_task_cpu_ns(sample);
    busy.queued = ppt_task_queued_ns(sample);
    return busy;
}

/* Its two parts multiply to what is off the CPU in all. */
static void split_off_cpu(struct ppt_factors *factors, const struct busy *b, const struct busy *b0,
                          bool known)
{
    const double queued = known ? b->queued : 0, queued0 = known ? b0->queued : 0;

    factors->off_cpu_inflation = (b->sum / (b->cpu + queued)) / (b0->sum / (b0->cpu + queued0));
    factors->queued_inflation =
        known ? ((b->cpu + queued) / b->cpu) / ((b0->cpu + queued0) / b0->cpu) : 0;
}

struct ppt_factors ppt_factors_of(const struct ppt_sample *pass,
                                  const struct ppt_sample *sequential)
{
    const struct busy b = busy_of(pass), b0 = busy_of(sequential);
    /* Where the work grows with the workers, theirs is so many times as much. */
    const double times = pass->task_count == sequential->task_count
                             ? 1
                             : (double)pass->task_count / (double)sequential->task_count;
    const double n = ppt_point_workers(pass->point), at_hand = (double)pass->work_ns - b.waited;
    struct ppt_factors factors = {
        .speedup = times * (double)sequential->total_ns / (double)pass->total_ns,
        .factor =
            {
                [PPT_FACTOR_BALANCE] = b.sum / n / b.largest,
                [PPT_FACTOR_COMMUNICATION] = at_hand / (double)pass->work_ns,
                [PPT_FACTOR_SCHEDULING] = b.largest / at_hand,
                [PPT_FACTOR_STARTUP] = (double)pass->work_ns / (double)pass->total_ns,
                [PPT_FACTOR_WORK] = times * b0.sum / b.sum,
                [PPT_FACTOR_REFERENCE] = (double)sequential->total_ns / b0.sum,
            },
    };

    if (b.cpu > SHORTEST_CPU_NS && b0.cpu > SHORTEST_CPU_NS) {
        factors.on_cpu_inflation = b.cpu / b0.cpu / times;
        split_off_cpu(&factors, &b, &b0,
                      pass->noise.queued_ns >= 0 && sequential->noise.queued_ns >= 0);
    }
    return factors;
}

double ppt_granularity_bound(uint64_t tasks, unsigned workers)
{
    const uint64_t rounds = (tasks + workers - 1) / workers;

    return (double)tasks / ((double)workers * (double)rounds);
}

double ppt_replay(const int64_t *task_ns, uint64_t tasks, unsigned workers)
{
    double *free_at PPT_FREED = ppt_alloc(workers, sizeof(*free_at));
    double end = 0;

    for (uint64_t i = 0; i < tasks; i++) {
        unsigned next = 0;

        for (unsigned w = 1; w < workers; w++) {
            if (free_at[w] < free_at[next]) {
                next = w;
            }
        }
        free_at[next] += (double)task_ns[i];
        end = fmax(end, free_at[next]);
    }
    return end;
}

double ppt_karp_flatt(double speedup, unsigned workers)
{
    const double n = workers;

    return (1 / speedup - 1 / n) / (1 - 1 / n);
}

/* Nobody asks about more rounds than this. */
uint64_t ppt_break_even(double overhead_s, double round_s, unsigned workers, double task_s)
{
    const double n = workers, gain = n * task_s - round_s, overhead = fmax(overhead_s, 0);

    if (gain <= 0) {
        return 0;
    }
    /* The first round in which even its first task beats sequential calls. */
    const double round = fmax(1, floor((overhead + (n - 1) * task_s) / gain) + 1);
    /* In the one before it, so many tasks still lose. */
    const double losing = floor((overhead + (round - 1) * round_s) / task_s);

    return round > 1 ? (uint64_t)fmin(losing, (round - 1) * n) + 1 : 1;
}

double ppt_break_even_speedup(uint64_t tasks, unsigned workers)
{
    const double m = (double)tasks, n = workers, rounds = ceil(m / n);

    return fmax(1, m * (rounds + 1) / (rounds * (rounds * n + 1)));
}
