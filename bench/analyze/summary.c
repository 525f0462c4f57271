#include "summary.h"

#include <math.h>
#include <stdlib.h>

#include "memory.h"
#include "owned.h"

static double task_s(const struct ppt_sample *sample)
{
    return (double)sample->times.sum_ns * 1e-9 / (double)sample->task_count;
}

static double rate(const struct ppt_sample *sample)
{
    return (double)sample->task_count / ((double)sample->total_ns * 1e-9);
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

#define ROW(member, name) .key = (name), .offset = offsetof(struct ppt_point_summary, member)
#define NS(member) .ns_offset = offsetof(struct ppt_sample, member)

const struct ppt_summary_row ppt_summary_rows[] = {
    {ROW(init_s, "init_s"), NS(init_ns)},
    {ROW(work_s, "work_s"), NS(work_ns)},
    {ROW(cleanup_s, "cleanup_s"), NS(cleanup_ns)},
    {ROW(scratch_s, "scratch_s"), NS(scratch_ns)},
    {ROW(total_s, "total_s"), NS(total_ns)},
    {ROW(task_s, "task_s"), .value = task_s},
    {ROW(task_median_s, "task_median_s"), NS(times.median_ns)},
    {ROW(task_p95_s, "task_p95_s"), NS(times.p95_ns)},
    {ROW(task_p99_s, "task_p99_s"), NS(times.p99_ns)},
    {ROW(task_longest_s, "task_longest_s"), NS(times.largest_ns)},
    {ROW(rate, "tasks_per_second"), .value = rate},
    {ROW(cpu_s, "cpu_s"), .value = cpu_s},
    {ROW(faults, "page_faults"), .value = faults},
    {ROW(task_faults, "task_page_faults"), .value = task_faults},
    {0},
};

const struct ppt_stat *ppt_summary_stat(const struct ppt_point_summary *point,
                                        const struct ppt_summary_row *row)
{
    return (const void *)((const char *)point + row->offset);
}

static struct ppt_stat over_blocks(const struct ppt_summary_row *row, struct ppt_passes passes)
{
    double *values PPT_FREED = ppt_alloc(passes.count, sizeof(*values));

    for (size_t i = 0; i < passes.count; i++) {
        const char *member = (const char *)passes.items[i] + row->ns_offset;

        values[i] = row->value ? row->value(passes.items[i])
                               : (double)*(const int64_t *)(const void *)member * 1e-9;
    }
    return ppt_stat_of(values, passes.count);
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
    double shown[3], width[3], missing = point->total_s.median;

    for (size_t i = 0; i < 3; i++) {
        shown[i] = parts[i]->median;
        width[i] = width_of(parts[i]);
        missing -= shown[i];
    }
    /* No part is below 0: what one cannot give, the others do. */
    for (double all = 1; missing != 0 && all > 0;) {
        double left = 0;

        all = width[0] + width[1] + width[2];
        for (size_t i = 0; i < 3 && all > 0; i++) {
            const double part = shown[i] + missing * width[i] / all;

            shown[i] = fmax(part, 0);
            width[i] = part > 0 ? width[i] : 0;
            left += part - shown[i];
        }
        missing = left;
    }
    return (struct ppt_shown){shown[0], shown[1], shown[2], point->total_s.median,
                              tasks / point->total_s.median};
}

static struct ppt_point_summary summary_of(struct ppt_point point, struct ppt_passes passes)
{
    struct ppt_point_summary summary = {.point = point, .peak_bytes = peak_bytes(passes)};

    for (const struct ppt_summary_row *row = ppt_summary_rows; row->key; row++) {
        *(struct ppt_stat *)(void *)((char *)&summary + row->offset) = over_blocks(row, passes);
    }
    summary.shown = shown_of(&summary, (double)passes.items[0]->task_count);
    if (passes.items[0]->arrivals > 0) {
        /* Passes that were overloaded have fewer tasks than others. */
        summary.shown.rate = summary.rate.median;
    }
    return summary;
}

const struct ppt_percentile ppt_percentiles[PPT_PERCENTILES] = {
    {0.5, "median", "median", offsetof(struct ppt_point_summary, task_median_s)},
    {0.95, "p95", "95 %", offsetof(struct ppt_point_summary, task_p95_s)},
    {0.99, "p99", "99 %", offsetof(struct ppt_point_summary, task_p99_s)},
    {1, "longest", "longest", offsetof(struct ppt_point_summary, task_longest_s)},
};

double ppt_percentile_s(const struct ppt_point_summary *point,
                        const struct ppt_percentile *percentile)
{
    const void *stat = (const char *)point + percentile->offset;

    return ((const struct ppt_stat *)stat)->median;
}

bool ppt_percentile_known(double share, uint64_t tasks)
{
    return share >= 1 || share <= 0.5 || (1 - share) * (double)tasks >= 1 - 1e-9;
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
