#include "latency.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "goal.h"
#include "histogram.h"
#include "memory.h"
#include "order.h"
#include "owned.h"

/* A worker that wakes up later than that share of what is measured is part of it. */
#define LATE_SHARE 0.01

#define ROW(member, key, words, seconds)                                                           \
    {                                                                                              \
        key, words, offsetof(struct ppt_latency, member), seconds                                  \
    }

const struct ppt_latency_row ppt_latency_rows[] = {
    ROW(mean_s, "mean_s", "mean", true),
    ROW(p50_s, "p50_s", "p50", true),
    ROW(p95_s, "p95_s", "p95", true),
    ROW(p99_s, "p99_s", "p99", true),
    ROW(longest_s, "longest_s", "longest", true),
    ROW(waiting, "waiting_share", "waiting", false),
    ROW(load, "load", "load", false),
    ROW(throughput, "tasks_per_second", "tasks/s", false),
    {0},
};

/* The nearest rank, of percentiles that are no whole numbers as well, in seconds. */
static double rank_of(const int64_t *sorted_ns, uint64_t count, double percentile)
{
    const double rank = fmax(ceil((double)count * percentile / 100 - 1e-9), 1);

    return fmax((double)sorted_ns[(size_t)rank - 1], 1) * 1e-9;
}

static int64_t *sorted_copy(const struct ppt_sample *pass)
{
    int64_t *sorted = ppt_alloc(pass->task_count + 1, sizeof(*sorted));

    memcpy(sorted, pass->latency_ns, pass->task_count * sizeof(*sorted));
    qsort(sorted, pass->task_count, sizeof(*sorted), ppt_order_int64);
    return sorted;
}

double ppt_latency_percentile(const struct ppt_sample *pass, double percentile)
{
    int64_t *sorted PPT_FREED = sorted_copy(pass);

    return rank_of(sorted, pass->task_count, percentile);
}

static double latency_s(const struct ppt_sample *pass, const void *percentile)
{
    return ppt_latency_percentile(pass, *(const double *)percentile);
}

void ppt_latency_grid(const struct ppt_index *index, double percentile, struct ppt_grid *grid)
{
    ppt_grid_of(index, latency_s, &percentile, grid);
}

double ppt_latency_known(uint64_t tasks)
{
    static const double usual[] = {99, 95, 50};
    const size_t count = sizeof(usual) / sizeof(usual[0]);
    size_t i = 0;

    while (i < count && tasks < ppt_goal_tasks(usual[i])) {
        i++;
    }
    return i < count ? usual[i] : 0;
}

static double sum_of(const int64_t *times_ns, uint64_t count)
{
    double sum = 0;

    for (uint64_t i = 0; i < count; i++) {
        sum += (double)times_ns[i];
    }
    return sum;
}

static double mean_s(const struct ppt_sample *pass)
{
    return sum_of(pass->latency_ns, pass->task_count) * 1e-9 / (double)pass->task_count;
}

static double waiting(const struct ppt_sample *pass)
{
    const double all = sum_of(pass->latency_ns, pass->task_count);

    return all > 0 ? fmax(0, 1 - (double)pass->times.sum_ns / all) : 0;
}

static double load(const struct ppt_sample *pass)
{
    const double span_s = (double)pass->arrivals_ns * 1e-9;
    const double task_s = (double)pass->times.sum_ns * 1e-9 / (double)pass->task_count;

    return span_s > 0
               ? (double)(pass->arrivals - 1) / span_s * task_s / ppt_point_running(pass->point)
               : 0;
}

static double throughput(const struct ppt_sample *pass)
{
    return (double)pass->task_count / ((double)pass->work_ns * 1e-9);
}

static struct ppt_stat stat_over(struct ppt_passes passes, ppt_pass_value *value)
{
    double *values PPT_FREED = ppt_alloc(passes.count + 1, sizeof(*values));

    for (size_t i = 0; i < passes.count; i++) {
        values[i] = value(passes.items[i]);
    }
    return ppt_stat_of(values, passes.count);
}

/* The latencies of every pass, sorted once for all of their percentiles. */
struct sorted {
    struct ppt_passes passes;
    int64_t **latency_ns;
};

static struct sorted sort_all(struct ppt_passes passes)
{
    struct sorted sorted = {passes, ppt_alloc(passes.count + 1, sizeof(*sorted.latency_ns))};

    for (size_t i = 0; i < passes.count; i++) {
        sorted.latency_ns[i] = sorted_copy(passes.items[i]);
    }
    return sorted;
}

static void sorted_free(struct sorted *sorted)
{
    for (size_t i = 0; i < sorted->passes.count; i++) {
        free(sorted->latency_ns[i]);
    }
    free(sorted->latency_ns);
}

static double sorted_percentile(const struct sorted *sorted, size_t pass, double percentile)
{
    return rank_of(sorted->latency_ns[pass], sorted->passes.items[pass]->task_count, percentile);
}

/* Nothing, where one of the passes has too few tasks, unless too many waited in it. */
static struct ppt_stat percentile_over(const struct sorted *sorted, double percentile)
{
    double *values PPT_FREED = ppt_alloc(sorted->passes.count + 1, sizeof(*values));

    for (size_t i = 0; i < sorted->passes.count; i++) {
        if (percentile < 100 && sorted->passes.items[i]->task_count < ppt_goal_tasks(percentile)) {
            return (struct ppt_stat){0};
        }
        values[i] = sorted_percentile(sorted, i, percentile);
    }
    return ppt_stat_of(values, sorted->passes.count);
}

static double late_s(const struct ppt_sample *pass)
{
    return (double)pass->late_ns * 1e-9;
}

static size_t count_late(const struct sorted *sorted, double limit_s)
{
    size_t count = 0;

    for (size_t i = 0; i < sorted->passes.count; i++) {
        const double least = limit_s > 0 ? limit_s : sorted_percentile(sorted, i, 99);

        count += late_s(sorted->passes.items[i]) > LATE_SHARE * least;
    }
    return count;
}

static void find_overload(struct ppt_passes passes, struct ppt_latency *latency)
{
    const double rate = passes.items[0]->arrivals_ns > 0
                            ? (double)(passes.items[0]->arrivals - 1) /
                                  ((double)passes.items[0]->arrivals_ns * 1e-9)
                            : 0;
    size_t ended = 0;

    for (size_t i = 0; i < passes.count; i++) {
        ended += passes.items[i]->overloaded;
    }
    latency->overloaded = 2 * ended >= passes.count ||
                          (latency->load.interval.exists && latency->load.interval.low > 1);
    if (latency->overloaded && latency->load.median > 1) {
        latency->growth = rate * (1 - 1 / latency->load.median);
    }
}

struct ppt_latency ppt_latency_of(struct ppt_passes passes, double limit_s)
{
    struct ppt_latency latency = {.passes = passes.count};

    for (size_t i = 0; i < passes.count; i++) {
        if (!passes.items[i]->latency_ns) {
            return latency;
        }
    }
    if (passes.count == 0) {
        return latency;
    }
    struct sorted sorted PPT_OWNED(sorted_free) = sort_all(passes);

    latency.exists = true;
    latency.mean_s = stat_over(passes, mean_s);
    latency.p50_s = percentile_over(&sorted, 50);
    latency.p95_s = percentile_over(&sorted, 95);
    latency.p99_s = percentile_over(&sorted, 99);
    latency.longest_s = percentile_over(&sorted, 100);
    latency.waiting = stat_over(passes, waiting);
    latency.load = stat_over(passes, load);
    latency.throughput = stat_over(passes, throughput);
    latency.late_s = stat_over(passes, late_s).median;
    latency.late = count_late(&sorted, limit_s);
    find_overload(passes, &latency);
    return latency;
}

/* How much services differ: their variance by the square of their mean. */
static double spread_of(struct ppt_passes passes)
{
    double n = 0, sum = 0, squares = 0;

    for (size_t i = 0; i < passes.count; i++) {
        const struct ppt_sample *pass = passes.items[i];

        for (uint64_t t = 0; pass->task_ns && t < pass->task_count; t++) {
            const double ns = (double)pass->task_ns[t];

            n++;
            sum += ns;
            squares += ns * ns;
        }
    }
    /* Of what is not known: as if it were exponential. */
    return sum > 0 ? fmax(0, squares * n / (sum * sum) - 1) : 1;
}

struct ppt_backlog ppt_backlog_of(struct ppt_passes passes, double percentile, bool steady)
{
    struct ppt_backlog backlog = {0};
    int64_t *all PPT_FREED = NULL;
    uint64_t count = 0;

    for (size_t i = 0; i < passes.count; i++) {
        count += passes.items[i]->task_count;
    }
    all = ppt_alloc(count + 1, sizeof(*all));
    count = 0;
    for (size_t i = 0; i < passes.count; i++) {
        const struct ppt_sample *pass = passes.items[i];

        memcpy(all + count, pass->latency_ns, pass->task_count * sizeof(*all));
        count += pass->task_count;
    }
    const double rho = fmin(stat_over(passes, load).median, 0.999);
    const double variation = ((steady ? 0 : 1) + spread_of(passes)) / 2;

    backlog.tasks = (double)count;
    qsort(all, count, sizeof(*all), ppt_order_int64);
    backlog.percentile_s = rank_of(all, count, percentile);
    backlog.stretch = fmax(1, variation * rho / pow(1 - sqrt(rho), 2));
    return backlog;
}
