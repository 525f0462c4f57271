#include "summary.h"

#include <stdlib.h>

#include "memory.h"

static void list_points(const struct ppt_samples *samples, struct ppt_summary *summary)
{
    summary->points = ppt_alloc(samples->count, sizeof(*summary->points));
    for (size_t i = 0; i < samples->count; i++) {
        size_t at = 0;

        while (at < summary->count &&
               !ppt_point_same(summary->points[at].point, samples->items[i].point)) {
            at++;
        }
        if (at == summary->count && samples->items[i].block > 0) {
            summary->points[summary->count++].point = samples->items[i].point;
        }
    }
    /* The point is the first member. */
    qsort(summary->points, summary->count, sizeof(*summary->points), ppt_point_compare);
}

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

static struct ppt_stat over_blocks(const struct ppt_samples *samples, struct ppt_point point,
                                   double (*value)(const struct ppt_sample *))
{
    double *values = ppt_alloc(samples->count, sizeof(*values));
    struct ppt_stat stat;
    size_t n = 0;

    for (size_t i = 0; i < samples->count; i++) {
        const struct ppt_sample *sample = &samples->items[i];

        if (sample->block > 0 && ppt_point_same(sample->point, point)) {
            values[n++] = value(sample);
        }
    }
    stat = ppt_stat_of(values, n);
    free(values);
    return stat;
}

static double peak_bytes(const struct ppt_samples *samples, struct ppt_point point)
{
    double most = -1;

    for (size_t i = 0; i < samples->count; i++) {
        const struct ppt_sample *sample = &samples->items[i];

        if (sample->block > 0 && ppt_point_same(sample->point, point) &&
            (double)sample->peak_bytes > most) {
            most = (double)sample->peak_bytes;
        }
    }
    return most;
}

void ppt_summary_create(const struct ppt_samples *samples, struct ppt_summary *summary)
{
    *summary = (struct ppt_summary){0};
    list_points(samples, summary);
    for (size_t i = 0; i < summary->count; i++) {
        struct ppt_point_summary *p = &summary->points[i];

        p->init_s = over_blocks(samples, p->point, init_s);
        p->work_s = over_blocks(samples, p->point, work_s);
        p->cleanup_s = over_blocks(samples, p->point, cleanup_s);
        p->scratch_s = over_blocks(samples, p->point, scratch_s);
        p->total_s = over_blocks(samples, p->point, total_s);
        p->task_s = over_blocks(samples, p->point, task_s);
        p->task_median_s = over_blocks(samples, p->point, task_median_s);
        p->task_p99_s = over_blocks(samples, p->point, task_p99_s);
        p->task_p95_s = over_blocks(samples, p->point, task_p95_s);
        p->task_longest_s = over_blocks(samples, p->point, task_longest_s);
        p->rate = over_blocks(samples, p->point, rate);
        p->cpu_s = over_blocks(samples, p->point, cpu_s);
        p->faults = over_blocks(samples, p->point, faults);
        p->task_faults = over_blocks(samples, p->point, task_faults);
        p->peak_bytes = peak_bytes(samples, p->point);
        if (p->total_s.n > summary->blocks) {
            summary->blocks = p->total_s.n;
        }
    }
}

void ppt_summary_free(struct ppt_summary *summary)
{
    free(summary->points);
    *summary = (struct ppt_summary){0};
}
