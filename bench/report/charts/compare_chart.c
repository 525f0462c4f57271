/*
 * The chart of a comparison: tasks per second, old and new.
 */
#include "chart.h"
#include "compare_report.h"
#include "compare_sentence.h"
#include "memory.h"
#include "owned.h"

/* Tasks per second of one side at every common point; its position, median and 95 % interval. */
static void compare_add_curve(const struct ppt_comparison_outcome *outcome, bool old,
                              struct ppt_text *out, struct ppt_chart_range *range)
{
    const struct ppt_comparison *comparison = outcome->comparison;
    const double tasks = (double)outcome->old_runs[0].config->task_count;
    size_t position = 0;

    for (size_t i = 0; i < comparison->point_count; i++) {
        const struct ppt_compared_point *point = &comparison->points[i];
        const struct ppt_stat *s = old ? &point->old_s : &point->new_s;

        if (point->common) {
            const bool exists = s->interval.exists && s->interval.low > 0;

            const double high = tasks / (exists ? s->interval.low : s->median);
            char label[PPT_POINT_SIZE];

            ppt_text_addf(out, "%zu \"%s\" %.9g %.9g %.9g\n", position++,
                          ppt_point_label(point->point, ppt_comparison_several(comparison), label),
                          tasks / s->median, tasks / (exists ? s->interval.high : s->median), high);
            ppt_chart_reach(range, high);
        }
    }
    if (position == 0) {
        ppt_text_add(out, "0 \"\" NaN NaN NaN\n");
    }
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

    ppt_text_add(&chart->data,
                 "# position  point  tasks/s: median  95 % interval: low  high\n# old\n");
    compare_add_curve(outcome, true, &chart->data, &range);
    ppt_text_add(&chart->data, "\n\n# new\n");
    compare_add_curve(outcome, false, &chart->data, &range);
    ppt_text_addf(&chart->headline, "%s: old and new",
                  ppt_config_subject(outcome->old_runs[0].config));
    ppt_config_describe(outcome->old_runs[0].config, &chart->given);
    ppt_chart_note(chart, PPT_CHART_BARS);
    ppt_chart_value_axis(chart, "tasks per second", range, false);
    add_axis(chart, outcome);
    ppt_chart_plot(chart, "old", "data index 0 using ($1-0.1):3:4:5 with yerrorbars ls before");
    ppt_chart_plot(chart, "new", "data index 1 using ($1+0.1):3:4:5 with yerrorbars ls measured");
    return ppt_charts_finish(folder, 0, charts, notes, error);
}
