#include "waiting.h"

#include <math.h>

#include "factors.h"
#include "memory.h"
#include "owned.h"

const char *const ppt_wait_names[] = {"unknown", "cpu", "device", "lock", "other", NULL};

/* Below this share of a task's time what grows explains nothing. */
#define LEAST_GROWTH 0.02

/* A task in twenty that has to queue for a lock is one that can be told from chance wake-ups. */
#define LEAST_SWITCHES 0.05

/* Of the three kinds of waiting and of CPU time one is named: their intervals hold together. */
#define TOGETHER (1 - 0.05 / 4)

/* One pass, in nanoseconds. */
struct part {
    double busy, on_cpu;
    double cpu; /* NAN: unknown, and part of `other` */
    double device, other;
    double switches;
    double tasks;
};

static bool is_known(const struct ppt_sample *sample)
{
    return sample->io_blocks >= 0 && sample->point.inner_threads == 1 && sample->point.ranks == 0 &&
           sample->arrivals == 0 && sample->task_count > 0;
}

/* The system counts less waiting than there is: a mean over its CPUs, that are busy with others,
 * too; and not all that it does on behalf of a task. So of two programs that write synchronously
 * two thirds were told. What is to be told from it waits for no device at all. */
#define UNTOLD 2

/* For how long tasks can have waited for a device. A system that counts no such time leaves it to
 * whether they used one. */
static double device_limit(const struct ppt_sample *sample)
{
    const int64_t stalled = sample->noise.io_stalled_ns;
    const double at_a_time = fmax((double)sample->worker_count, (double)sample->noise.cpus);

    return sample->io_blocks == 0 ? 0
           : stalled < 0          ? (double)INFINITY
                                  : UNTOLD * (double)stalled * at_a_time;
}

static struct part part_of(const struct ppt_sample *sample)
{
    struct part part = {.tasks = (double)sample->task_count, .on_cpu = ppt_task_cpu_ns(sample)};

    for (size_t i = 0; i < sample->worker_count; i++) {
        const struct ppt_worker_sample *worker = &sample->workers[i];

        part.busy += (double)worker->busy_ns;
        part.cpu += worker->queued_ns < 0 ? (double)NAN : (double)worker->queued_ns;
        part.switches += (double)worker->voluntary;
    }
    const double off = fmax(0, part.busy - part.on_cpu);

    part.cpu = isnan(part.cpu) ? part.cpu : fmin(part.cpu, off);
    const double left = off - (isnan(part.cpu) ? 0 : part.cpu);

    part.device = fmin(device_limit(sample), left);
    part.other = left - part.device;
    return part;
}

/* ---- one point ---- */

enum { OFF, CPU, DEVICE, OTHER, SWITCHES, COLUMNS };

static void fill_row(const struct part *part, double *row[COLUMNS], size_t at)
{
    const double cpu = isnan(part->cpu) ? 0 : part->cpu;

    row[OFF][at] = (cpu + part->device + part->other) / part->busy;
    row[CPU][at] = part->cpu / part->busy;
    row[DEVICE][at] = part->device / part->busy;
    row[OTHER][at] = part->other / part->busy;
    row[SWITCHES][at] = part->switches / part->tasks;
}

struct ppt_waiting ppt_waiting_of(const struct ppt_index *index, size_t point)
{
    const struct ppt_passes passes = ppt_index_passes(index, point);
    double *values PPT_FREED = ppt_alloc(passes.count * COLUMNS + 1, sizeof(*values));
    double *row[COLUMNS];
    bool cpu_known = true;
    size_t n = 0;

    for (size_t c = 0; c < COLUMNS; c++) {
        row[c] = values + c * passes.count;
    }
    for (size_t i = 0; i < passes.count; i++) {
        const struct part part = part_of(passes.items[i]);

        if (is_known(passes.items[i]) && part.busy > 0) {
            cpu_known = cpu_known && !isnan(part.cpu);
            fill_row(&part, row, n++);
        }
    }
    return (struct ppt_waiting){
        .exists = n > 0,
        .off = ppt_stat_of(row[OFF], n),
        .cpu = ppt_stat_of(row[CPU], cpu_known ? n : 0),
        .device = ppt_stat_of(row[DEVICE], n),
        .other = ppt_stat_of(row[OTHER], n),
        .switches = ppt_stat_of(row[SWITCHES], n),
    };
}

enum ppt_wait ppt_waiting_most(const struct ppt_waiting *waiting)
{
    const double half = waiting->off.median / 2;

    if (!waiting->exists || waiting->off.median < 0.5) {
        return PPT_WAIT_UNKNOWN;
    }
    return ppt_stat_low(&waiting->device) > half                      ? PPT_WAIT_DEVICE
           : waiting->cpu.n > 0 && ppt_stat_low(&waiting->cpu) > half ? PPT_WAIT_CPU
                                                                      : PPT_WAIT_UNKNOWN;
}

/* ---- from few workers to many ---- */

/* How much more of each a task has, by block. */
enum { MORE_ON_CPU, MORE_CPU, MORE_DEVICE, MORE_OTHER, MORE_SWITCHES, MORE_COLUMNS };

static double more(double many, double few, const struct part *b, const struct part *a)
{
    return (many / b->tasks - few / a->tasks) / (a->busy / a->tasks);
}

static void fill_more(const struct part *a, const struct part *b, double *row[MORE_COLUMNS],
                      size_t at)
{
    row[MORE_ON_CPU][at] = more(b->on_cpu, a->on_cpu, b, a);
    row[MORE_CPU][at] = more(b->cpu, a->cpu, b, a);
    row[MORE_DEVICE][at] = more(b->device, a->device, b, a);
    row[MORE_OTHER][at] = more(b->other, a->other, b, a);
    row[MORE_SWITCHES][at] = b->switches / b->tasks - a->switches / a->tasks;
}

static struct ppt_ratio middle_of(const double *values, size_t n)
{
    return (struct ppt_ratio){ppt_median(values, n), ppt_interval_of(values, n, TOGETHER)};
}

static bool surely_above(const struct ppt_ratio *ratio, double limit)
{
    return ratio->interval.exists && ratio->interval.low > 0 && ratio->value > limit;
}

/* Whether the values of `a` are surely larger than those of `b`. */
static bool surely_more(const double *a, const double *b, size_t n)
{
    double *apart PPT_FREED = ppt_alloc(n + 1, sizeof(*apart));

    for (size_t i = 0; i < n; i++) {
        apart[i] = a[i] - b[i];
    }
    const struct ppt_interval interval = ppt_interval_of(apart, n, TOGETHER);
    return interval.exists && interval.low > 0;
}

static enum ppt_wait most_of(const struct ppt_waiting_growth *growth, double *row[MORE_COLUMNS],
                             size_t n)
{
    static const struct {
        size_t column;
        enum ppt_wait wait;
    } kinds[] = {
        {MORE_CPU, PPT_WAIT_CPU}, {MORE_DEVICE, PPT_WAIT_DEVICE}, {MORE_OTHER, PPT_WAIT_OTHER}};

    for (size_t k = 0; k < 3; k++) {
        bool most = surely_above(&growth->grows[kinds[k].wait], LEAST_GROWTH);

        for (size_t c = MORE_ON_CPU; c <= MORE_OTHER && most; c++) {
            most = c == kinds[k].column || surely_more(row[kinds[k].column], row[c], n);
        }
        if (most) {
            return kinds[k].wait != PPT_WAIT_OTHER ||
                           !surely_above(&growth->switches, LEAST_SWITCHES)
                       ? kinds[k].wait
                       : PPT_WAIT_LOCK;
        }
    }
    return PPT_WAIT_UNKNOWN;
}

struct ppt_waiting_growth ppt_waiting_grows(const struct ppt_index *index, size_t few, size_t many)
{
    const struct ppt_passes passes = ppt_index_passes(index, many);
    double *values PPT_FREED = ppt_alloc(passes.count * MORE_COLUMNS + 1, sizeof(*values));
    struct ppt_waiting_growth growth = {0};
    double *row[MORE_COLUMNS];
    size_t n = 0;

    for (size_t c = 0; c < MORE_COLUMNS; c++) {
        row[c] = values + c * passes.count;
    }
    for (size_t i = 0; i < passes.count; i++) {
        const struct ppt_sample *one = ppt_index_at(index, passes.items[i]->block, few);

        if (one && is_known(one) && is_known(passes.items[i])) {
            const struct part a = part_of(one), b = part_of(passes.items[i]);

            /* Queueing that is not known cannot be told from a lock. */
            if (a.busy > 0 && b.busy > 0 && !isnan(a.cpu) && !isnan(b.cpu)) {
                fill_more(&a, &b, row, n++);
            }
        }
    }
    growth.exists = n > 0;
    growth.on_cpu = middle_of(row[MORE_ON_CPU], n);
    growth.switches = middle_of(row[MORE_SWITCHES], n);
    growth.grows[PPT_WAIT_CPU] = middle_of(row[MORE_CPU], n);
    growth.grows[PPT_WAIT_DEVICE] = middle_of(row[MORE_DEVICE], n);
    growth.grows[PPT_WAIT_LOCK] = growth.grows[PPT_WAIT_OTHER] = middle_of(row[MORE_OTHER], n);
    growth.most = most_of(&growth, row, n);
    return growth;
}
