/*
 * The chart of a comparison: tasks per second, old and new; of tasks that arrive, how long they
 * take.
 */
#include "chart.h"
#include "compare_report.h"
#include "compare_sentence.h"
#include "latency.h"
#include "memory.h"
#include "owned.h"

/* What is drawn of a run at a point. */
static double drawn_of(const struct ppt_comparison_outcome *outcome, const struct ppt_outcome *run,
                       const struct ppt_point_summary *summary, struct ppt_stat *stat)
{
    struct ppt_grid grid PPT_OWNED(ppt_grid_free) = {0};

    if (outcome->percentile <= 0) {
        *stat = summary->rate;
        return summary->shown.rate;
    }
    ppt_latency_grid(run->index, outcome->percentile, &grid);
    const size_t p = ppt_grid_find(&grid, summary->point);
    double *values PPT_FREED = ppt_alloc(grid.block_count + 1, sizeof(*values));

    for (size_t b = 0; b < grid.block_count; b++) {
        values[b] = ppt_grid_at(&grid, b, p);
    }
    *stat = ppt_stat_of(values, grid.block_count);
    return stat->median;
}

/* A line of data, if the run has that point. */
static void add_run(const struct ppt_comparison_outcome *outcome, const struct ppt_outcome *run,
                    struct ppt_point point, size_t position, struct ppt_text *out,
                    struct ppt_chart_range *range)
{
    for (size_t p = 0; p < run->summary->count; p++) {
        const struct ppt_point_summary *summary = &run->summary->points[p];

        if (ppt_point_same(summary->point, point)) {
            struct ppt_stat stat;
            const double value = drawn_of(outcome, run, summary, &stat);

            ppt_text_addf(out, "%zu", position);
            ppt_chart_point_column(run, point, out);
            ppt_text_addf(out, "%.9g %.9g %.9g\n", value, ppt_stat_low(&stat),
                          ppt_stat_high(&stat));
            ppt_chart_reach(range, ppt_stat_high(&stat));
        }
    }
}

/* One side: where several runs are there a mark for each of them, since runs differ by more than
 * the passes of one tell; of a single run its median with the interval. */
static void compare_add_side(const struct ppt_comparison_outcome *outcome,
                             const struct ppt_outcome *runs, size_t count, struct ppt_text *out,
                             struct ppt_chart_range *range)
{
    const struct ppt_comparison *comparison = outcome->comparison;
    size_t position = 0;

    for (size_t i = 0; i < comparison->point_count; i++) {
        const struct ppt_point point = comparison->points[i].point;

        if (comparison->points[i].common) {
            for (size_t r = 0; r < count; r++) {
                add_run(outcome, &runs[r], point, position, out, range);
            }
            position++;
        }
    }
    ppt_text_add(out, position == 0 ? "0 \"\" NaN NaN NaN\n" : "");
}

static void add_axis(struct ppt_chart *chart, const struct ppt_comparison_outcome *outcome)
{
    const struct ppt_comparison *comparison = outcome->comparison;
    struct ppt_point *points PPT_FREED = ppt_alloc(comparison->point_count, sizeof(*points));
    size_t count = 0;

    for (size_t i = 0; i < comparison->point_count; i++) {
        if (comparison->points[i].common) {
            points[count++] = comparison->points[i].point;
        }
    }
    ppt_chart_point_axis(chart, points, count, ppt_comparison_several(comparison),
                         outcome->old_runs[0].host);
}

enum ppt_status ppt_comparison_chart(const struct ppt_comparison_outcome *outcome,
                                     const struct ppt_folder *folder, struct ppt_text *notes,
                                     struct ppt_error *error)
{
    struct ppt_chart charts[] = {{.name = "compare"}, {.name = NULL}}, *chart = &charts[0];
    struct ppt_chart_range range = {0};

    const bool several = outcome->old_count > 1 || outcome->new_count > 1;
    const unsigned long long tasks = outcome->old_runs[0].config->task_count;
    const char *drawn = several ? "points" : "yerrorbars", *columns = several ? "3" : "3:4:5";
    char *share PPT_FREED = ppt_text_format("%g %% of tasks take at most", outcome->percentile);
    const char *what = outcome->percentile > 0 ? share : "tasks per second";

    ppt_text_addf(&chart->data, "# position  point  %s: median  95 %% interval: low  high\n# old\n",
                  outcome->percentile > 0 ? "seconds from arrival to end" : "tasks/s");
    compare_add_side(outcome, outcome->old_runs, outcome->old_count, &chart->data, &range);
    ppt_text_add(&chart->data, "\n\n# new\n");
    compare_add_side(outcome, outcome->new_runs, outcome->new_count, &chart->data, &range);
    ppt_text_addf(&chart->headline, "%s: %s%s, old and new",
                  ppt_config_subject(outcome->old_runs[0].config), what,
                  outcome->percentile > 0 ? " this from their arrival on" : "");
    ppt_config_describe(outcome->old_runs[0].config, &chart->given);
    ppt_chart_note(chart, "%llu task%s per pass.", tasks, PPT_S(tasks));
    ppt_chart_note(chart, "%s", several ? "A mark for each run, its median." : PPT_CHART_BARS);
    ppt_chart_value_axis(chart, outcome->percentile > 0 ? "s" : what, range, false);
    add_axis(chart, outcome);
    ppt_chart_plot(chart, "old", "data index 0 using ($1-0.1):%s with %s ls before", columns,
                   drawn);
    ppt_chart_plot(chart, "new", "data index 1 using ($1+0.1):%s with %s ls measured", columns,
                   drawn);
    return ppt_charts_finish(folder, 0, charts, notes, error);
}
