/*
 * The chart of how single task times are distributed: what share of the tasks takes less than a
 * time, a curve for every number of workers.
 *
 * Tasks of one pass depend on each other, so passes are not thrown together: each share's time is
 * the median over passes of what it is in each. So the marks are where the tables have them.
 */
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdint.h>

#include "chart.h"
#include "memory.h"
#include "owned.h"

/* A curve has a step for every task, up to so many. */
#define MOST_STEPS 200

/* A range of more than this is drawn on a logarithmic scale. */
#define WIDE_RANGE 20

/* Tasks of each pass at a point, if all of their times are there; else 0. */
static size_t tasks_at(const struct ppt_passes *passes)
{
    size_t tasks = passes->count > 0 ? passes->items[0]->task_count : 0;

    for (size_t i = 0; i < passes->count; i++) {
        const struct ppt_sample *pass = passes->items[i];

        tasks = !pass->task_ns || pass->task_count != tasks ? 0 : tasks;
    }
    return tasks;
}

static struct ppt_passes passes_at(const struct ppt_outcome *outcome, size_t which)
{
    return ppt_index_passes(outcome->index,
                            ppt_index_find(outcome->index, outcome->summary->points[which].point));
}

/* ---- the curves ---- */

/* The times of each pass ascend. seconds[p * tasks + t] */
static double *sorted_times(const struct ppt_passes *passes, size_t tasks)
{
    double *times = ppt_alloc(passes->count * tasks, sizeof(*times));

    for (size_t p = 0; p < passes->count; p++) {
        for (size_t t = 0; t < tasks; t++) {
            times[p * tasks + t] = (double)passes->items[p]->task_ns[t] * 1e-9;
        }
        gsl_sort(times + p * tasks, 1, tasks);
    }
    return times;
}

/* A line of data for a step: what share of the tasks takes that long or less, and how long. */
static void add_steps(const struct ppt_passes *passes, size_t tasks, double unit,
                      struct ppt_text *out)
{
    const size_t steps = tasks < MOST_STEPS ? tasks : MOST_STEPS;
    double *times PPT_FREED = sorted_times(passes, tasks);
    double *column PPT_FREED = ppt_alloc(passes->count, sizeof(*column));

    for (size_t s = 1; s <= steps; s++) {
        const size_t rank = (s * tasks + steps - 1) / steps;

        for (size_t p = 0; p < passes->count; p++) {
            column[p] = times[p * tasks + rank - 1];
        }
        ppt_text_addf(out, "%.9g %.6g 0\n", ppt_median(column, passes->count) / unit,
                      100.0 * (double)rank / (double)tasks);
    }
}

/* Lines for the shares that tables tell. */
static void add_marks(const struct ppt_point_summary *point, uint64_t tasks, double unit,
                      struct ppt_text *out)
{
    for (size_t k = 0; k < PPT_PERCENTILES; k++) {
        const struct ppt_percentile *percentile = &ppt_percentiles[k];

        if (percentile->share < 1 && ppt_percentile_known(percentile->share, tasks)) {
            ppt_text_addf(out, "%.9g %.6g 1\n", ppt_percentile_s(point, percentile) / unit,
                          100 * percentile->share);
        }
    }
}

static void add_curve(struct ppt_chart *chart, const struct ppt_outcome *outcome, size_t which,
                      size_t index, double unit)
{
    const struct ppt_point_summary *point = &outcome->summary->points[which];
    const struct ppt_passes passes = passes_at(outcome, which);
    const size_t tasks = tasks_at(&passes);
    const unsigned style = ppt_chart_series(index);
    char title[PPT_POINT_WORDS_SIZE], look[40];

    ppt_point_words(point->point,
                    ppt_point_shown(point->point, ppt_config_several(outcome->config)) |
                        PPT_ONLY(PPT_WORKERS),
                    "", " x ", title);
    ppt_text_addf(&chart->data, "%s# %s\n", index > 0 ? "\n\n" : "", title);
    if (tasks > 0) {
        add_steps(&passes, tasks, unit, &chart->data);
        add_marks(point, tasks, unit, &chart->data);
    } else {
        ppt_text_add(&chart->data, "NaN NaN 0\n");
    }
    ppt_chart_plot(chart, NULL, "data index %zu using ($3 == 0 ? $1 : NaN):2 with steps ls %u",
                   index, style);
    ppt_chart_plot(chart, NULL, "data index %zu using ($3 == 1 ? $1 : NaN):2 with points ls %u",
                   index, style);
    snprintf(look, sizeof(look), "linespoints ls %u", style);
    ppt_chart_key(chart, look, title);
}

static void distribution_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    size_t chosen[PPT_CHART_MOST_CURVES];
    const size_t count = ppt_chart_choose_points(outcome, chosen);
    const bool known95 = ppt_percentile_known(0.95, outcome->config->task_count),
               known99 = ppt_percentile_known(0.99, outcome->config->task_count);
    struct ppt_chart_range range = {0};
    double unit;

    for (size_t i = 0; i < count; i++) {
        const struct ppt_point_summary *point = &outcome->summary->points[chosen[i]];

        ppt_chart_reach(&range, point->task_median_s.median);
        ppt_chart_reach(&range, point->task_longest_s.median);
    }
    const char *name = ppt_chart_unit(range.high, &unit);
    ppt_text_addf(&chart->data, "# time (%s)  tasks that take no longer (%%)  mark\n", name);
    ppt_chart_about(chart, outcome, "how task times are distributed");
    ppt_chart_note(chart, "Medians over iterations; marks at half of the tasks%s%s.",
                   known95 ? known99 ? ", 95 %" : " and 95 %" : "", known99 ? " and 99 %" : "");
    if (count < outcome->summary->count) {
        ppt_chart_note(chart, "%zu of %zu counts.", count, outcome->summary->count);
    }
    ppt_chart_set(chart,
                  "set xlabel '%s per task'\nset ylabel 'tasks that take no longer (%%)'\n"
                  "set yrange [0:102]\nset ytics (0, 25, 50, 75, 100)\nset xrange [%s:*]\n"
                  "set grid xtics ytics",
                  name, range.high > WIDE_RANGE * range.low ? "*" : "0");
    if (range.high > WIDE_RANGE * range.low) {
        ppt_chart_set(chart, "set logscale x");
    }
    for (size_t i = 0; i < count; i++) {
        add_curve(chart, outcome, chosen[i], i, unit);
    }
}

static bool has_times(const struct ppt_outcome *outcome)
{
    bool any = false;

    for (size_t i = 0; i < outcome->summary->count; i++) {
        const struct ppt_passes passes = passes_at(outcome, i);

        any |= tasks_at(&passes) > 1;
    }
    return any;
}

const struct ppt_chart_kind ppt_chart_distribution = {
    .name = "distribution", .applies = has_times, .write = distribution_write};
