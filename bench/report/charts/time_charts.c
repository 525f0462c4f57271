/*
 * The charts of a run's times: tasks per second, where the time goes.
 */
#include <math.h>

#include "chart.h"

static void rate_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    const struct ppt_summary *summary = outcome->summary;
    struct ppt_chart_range range = {0};

    ppt_text_add(&chart->data,
                 "# position  point  workers  tasks/s: median  95 % interval: low  high\n");
    for (size_t i = 0; i < summary->count; i++) {
        const struct ppt_point_summary *p = &summary->points[i];

        ppt_text_addf(&chart->data, "%zu", i);
        ppt_chart_point_column(outcome, p->point, &chart->data);
        ppt_text_addf(&chart->data, "%u %.9g %.9g %.9g\n", ppt_point_workers(p->point),
                      p->shown.rate, ppt_stat_low(&p->rate), ppt_stat_high(&p->rate));
        ppt_chart_reach(&range, ppt_stat_high(&p->rate));
    }
    ppt_chart_about(chart, outcome, "tasks per second");
    ppt_chart_bars(chart, outcome, "Bars: medians; whiskers: 95 % intervals.");
    ppt_chart_value_axis(chart, "tasks per second", range, false);
    ppt_chart_plot(chart, "measured", "data using 1:4 with boxes ls measured");
    ppt_chart_plot(chart, NULL, "data using 1:4:5:6 with yerrorbars lc rgb ink pt 0 ps 0 lw 1.5");
    ppt_chart_category_axis(chart, outcome);
}

const struct ppt_chart_kind ppt_chart_tasks_per_second = {
    .name = "tasks_per_second", .write = rate_write, .of_passes = true};

static void time_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    const struct ppt_summary *summary = outcome->summary;
    struct ppt_chart_range range = {0};
    double largest = 0, unit;
    char label[40];

    for (size_t i = 0; i < summary->count; i++) {
        largest = fmax(largest, ppt_stat_high(&summary->points[i].total_s));
    }
    const char *unit_name = ppt_chart_unit(largest, &unit);
    ppt_text_addf(
        &chart->data,
        "# position  point  workers  init (%s)  work  cleanup  total  95 %% interval: low  "
        "high\n",
        unit_name);
    for (size_t i = 0; i < summary->count; i++) {
        const struct ppt_point_summary *p = &summary->points[i];

        ppt_text_addf(&chart->data, "%zu", i);
        ppt_chart_point_column(outcome, p->point, &chart->data);
        ppt_text_addf(&chart->data, "%u %.9g %.9g %.9g %.9g %.9g %.9g\n",
                      ppt_point_workers(p->point), p->shown.init_s / unit, p->shown.work_s / unit,
                      p->shown.cleanup_s / unit, p->shown.total_s / unit,
                      ppt_stat_low(&p->total_s) / unit, ppt_stat_high(&p->total_s) / unit);
        ppt_chart_reach(&range, fmax(p->shown.total_s, ppt_stat_high(&p->total_s)) / unit);
    }
    snprintf(label, sizeof(label), "%s per pass", unit_name);
    ppt_chart_about(chart, outcome, "where the time of a pass goes");
    ppt_chart_bars(chart, outcome, "Bars: medians; whiskers: 95 % intervals of the total.");
    ppt_chart_value_axis(chart, label, range, false);
    ppt_chart_plot(chart, "cleanup", "data using 1:($4+$5+$6) with boxes ls cleanup");
    ppt_chart_plot(chart, "work", "data using 1:($4+$5) with boxes ls work");
    ppt_chart_plot(chart, "init", "data using 1:4 with boxes ls startup");
    ppt_chart_plot(chart, NULL, "data using 1:7:8:9 with yerrorbars lc rgb ink pt 0 ps 0 lw 1.5");
    ppt_chart_category_axis(chart, outcome);
}

const struct ppt_chart_kind ppt_chart_time = {
    .name = "time", .write = time_write, .of_passes = true};
