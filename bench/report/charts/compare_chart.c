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
                              struct ppt_text *out)
{
    const struct ppt_comparison *comparison = outcome->comparison;
    const double tasks = (double)outcome->old_runs[0].config->task_count;
    size_t position = 0;

    for (size_t i = 0; i < comparison->point_count; i++) {
        const struct ppt_compared_point *point = &comparison->points[i];
        const struct ppt_stat *s = old ? &point->old_s : &point->new_s;

        if (point->common) {
            const bool exists = s->interval.exists && s->interval.low > 0;

            ppt_text_addf(out, "%zu %.9g %.9g %.9g\n", position++, tasks / s->median,
                          tasks / (exists ? s->interval.high : s->median),
                          tasks / (exists ? s->interval.low : s->median));
        }
    }
    if (position == 0) {
        ppt_text_add(out, "0 NaN NaN NaN\n");
    }
}

static void add_axis(const struct ppt_comparison_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_comparison *comparison = outcome->comparison;
    struct ppt_point *points PPT_FREED = ppt_alloc(comparison->point_count, sizeof(*points));
    size_t count = 0;

    for (size_t i = 0; i < comparison->point_count; i++) {
        if (comparison->points[i].common) {
            points[count++] = comparison->points[i].point;
        }
    }
    ppt_chart_point_axis(points, count, ppt_comparison_several(comparison),
                         outcome->old_runs[0].host, out);
}

enum ppt_status ppt_comparison_chart(const struct ppt_comparison_outcome *outcome,
                                     const struct ppt_folder *folder, struct ppt_text *notes,
                                     struct ppt_error *error)
{
    struct ppt_chart charts[] = {{.name = "compare"}, {.name = NULL}};
    struct ppt_text *data = &charts[0].data, *plot = &charts[0].plot;

    ppt_text_add(data, "# old: position  tasks/s: median  95 % interval: low  high\n");
    compare_add_curve(outcome, true, data);
    ppt_text_add(data, "\n\n# new\n");
    compare_add_curve(outcome, false, data);
    ppt_text_add(plot, "set title ");
    ppt_gnuplot_quote(plot, ppt_config_subject(outcome->old_runs[0].config));
    ppt_text_add(plot, ".': old and new'\nset ylabel 'tasks per second'\n");
    add_axis(outcome, plot);
    ppt_text_add(
        plot,
        "plot data index 0 using ($1-0.04):2:3:4 with yerrorbars lc rgb "
        "'" PPT_BLUE "' pt 7 ps 0.6 lw 1.5 title 'old: median and 95 % interval', \\\n"
        "  '' index 0 using ($1-0.04):2 with lines lc rgb '" PPT_BLUE "' lw 1.5 notitle, \\\n"
        "  '' index 1 using ($1+0.04):2:3:4 with yerrorbars lc rgb '" PPT_VERMILLION "' pt 5 ps "
        "0.6 lw 1.5 title 'new', \\\n"
        "  '' index 1 using ($1+0.04):2 with lines lc rgb '" PPT_VERMILLION "' lw 1.5 dt 2 "
        "notitle\n");
    return ppt_charts_finish(folder, charts, notes, error);
}
