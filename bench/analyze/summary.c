#include "summary.h"

#include <math.h>
#include <stdlib.h>

#include "memory.h"

static double init_s(const struct ppt_sample *sample)
{
    return (double)sample->init_ns * 1e-9;
}

static double work_s(const struct ppt_sample *sample)
{
    return (double)sample->work_ns * 1e-9;
}

static double cleanup_s(const struct ppt_sample *sample)
{
    return (double)sample->cleanup_ns * 1e-9;
}

static double total_s(const struct ppt_sample *sample)
{
    return (double)sample->total_ns * 1e-9;
}

static double scratch_s(const struct ppt_sample *sample)
{
    return (double)sample->scratch_ns * 1e-9;
}

static double task_s(const struct ppt_sample *sample)
{
    return (double)sample->times.sum_ns * 1e-9 / (double)sample->task_count;
}

static double task_median_s(const struct ppt_sample *sample)
{
    return (double)sample->times.median_ns * 1e-9;
}

static double task_p99_s(const struct ppt_sample *sample)
{
    return (double)sample->times.p99_ns * 1e-9;
}

static double task_p95_s(const struct ppt_sample *sample)
{
    return (double)sample->times.p95_ns * 1e-9;
}

static double task_longest_s(const struct ppt_sample *sample)
{
    return (double)sample->times.largest_ns * 1e-9;
}

static double rate(const struct ppt_sample *sample)
{
    return (double)sample->task_count / total_s(sample);
}

static double cpu_s(const struct ppt_sample *sample)
{
    return (double)(sample->usage.user_ns + sample->usage.system_ns) * 1e-9;
}

static double faults(const struct ppt_sample *sample)
{
    return (double)(sample->usage.minor_faults + sample->usage.major_faults);
}

static double task_faults(const struct ppt_sample *sample)
{
    double sum = 0;

    for (size_t i = 0; i < sample->worker_count; i++) {
        sum += (double)sample->workers[i].faults;
    }
    return sum;
}

static struct ppt_stat over_blocks(struct ppt_passes passes, ppt_pass_value *value)
{
    double *values = ppt_passes_values(passes, value);
    const struct ppt_stat stat = ppt_stat_of(values, passes.count);

    free(values);
    return stat;
}

static double peak_bytes(struct ppt_passes passes)
{
    double most = -1;

    for (size_t i = 0; i < passes.count; i++) {
        most = fmax(most, (double)passes.items[i]->peak_bytes);
    }
    return most;
}

static double width_of(const struct ppt_stat *stat)
{
    return stat->interval.exists ? stat->interval.high - stat->interval.low : 0;
}

static struct ppt_shown shown_of(const struct ppt_point_summary *point, double tasks)
{
    const struct ppt_stat *const parts[] = {&point->init_s, &point->work_s, &point->cleanup_s};
    double shown[3], missing = point->total_s.median, all = 0;

    for (size_t i = 0; i < 3; i++) {
        missing -= parts[i]->median;
        all += width_of(parts[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        shown[i] = parts[i]->median + (all > 0 ? missing * width_of(parts[i]) / all : 0);
    }
    return (struct ppt_shown){shown[0], shown[1], shown[2], point->total_s.median,
                              tasks / point->total_s.median};
}

static struct ppt_point_summary summary_of(struct ppt_point point, struct ppt_passes passes)
{
    struct ppt_point_summary summary = {
        .point = point,
        .init_s = over_blocks(passes, init_s),
        .work_s = over_blocks(passes, work_s),
        .cleanup_s = over_blocks(passes, cleanup_s),
        .scratch_s = over_blocks(passes, scratch_s),
        .total_s = over_blocks(passes, total_s),
        .task_s = over_blocks(passes, task_s),
        .task_median_s = over_blocks(passes, task_median_s),
        .task_p99_s = over_blocks(passes, task_p99_s),
        .task_p95_s = over_blocks(passes, task_p95_s),
        .task_longest_s = over_blocks(passes, task_longest_s),
        .rate = over_blocks(passes, rate),
        .cpu_s = over_blocks(passes, cpu_s),
        .faults = over_blocks(passes, faults),
        .task_faults = over_blocks(passes, task_faults),
        .peak_bytes = peak_bytes(passes),
    };

    summary.shown = shown_of(&summary, (double)passes.items[0]->task_count);
    return summary;
}

void ppt_summary_create(const struct ppt_index *index, struct ppt_summary *summary)
{
    *summary = (struct ppt_summary){
        .points = ppt_alloc(index->point_count, sizeof(*summary->points)),
        .count = index->point_count,
    };
    for (size_t p = 0; p < index->point_count; p++) {
        const struct ppt_passes passes = ppt_index_passes(index, p);

        summary->points[p] = summary_of(index->points[p], passes);
        summary->blocks = passes.count > summary->blocks ? passes.count : summary->blocks;
    }
}

void ppt_summary_free(struct ppt_summary *summary)
{
    free(summary->points);
    *summary = (struct ppt_summary){0};
}
