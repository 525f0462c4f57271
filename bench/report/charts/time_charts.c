/*
 * The charts of a run's times: tasks per second, where the time goes. Marks are medians; whiskers
 * span all blocks.
 */
#include <math.h>

#include "chart.h"

static void rate_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    const struct ppt_summary *summary = outcome->summary;

    ppt_text_add(&chart->data, "# position  workers  tasks/s: median  smallest  largest\n");
    for (size_t i = 0; i < summary->count; i++) {
        const struct ppt_point_summary *p = &summary->points[i];

        ppt_text_addf(&chart->data, "%zu %u %.9g %.9g %.9g\n", i, ppt_point_workers(p->point),
                      p->rate.median, p->rate.smallest, p->rate.largest);
    }
    ppt_chart_title(outcome, "tasks per second", &chart->plot);
    ppt_chart_category_axis(outcome, &chart->plot);
    ppt_text_add(&chart->plot,
                 "set ylabel 'tasks per second'\n"
                 "set boxwidth 0.6\n"
                 "set style fill solid 0.85 border lc rgb 'black'\n"
                 "plot data using 1:3 with boxes lc rgb '" PPT_SKY "' title 'median', \\\n"
                 "  data using 1:3:4:5 with yerrorbars lc rgb 'black' pt 0 ps 0 lw 1.5 title "
                 "'smallest to largest'\n");
}

const struct ppt_chart_kind ppt_chart_tasks_per_second = {"tasks_per_second", NULL, rate_write};

static void time_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    const struct ppt_summary *summary = outcome->summary;
    double largest = 0, unit;

    for (size_t i = 0; i < summary->count; i++) {
        largest = fmax(largest, summary->points[i].total_s.largest);
    }
    const char *unit_name = ppt_chart_unit(largest, &unit);
    ppt_text_addf(&chart->data,
                  "# position  workers  medians: init  work  cleanup  total  total: smallest  "
                  "largest   (%s)\n",
                  unit_name);
    for (size_t i = 0; i < summary->count; i++) {
        const struct ppt_point_summary *p = &summary->points[i];

        ppt_text_addf(&chart->data, "%zu %u %.9g %.9g %.9g %.9g %.9g %.9g\n", i,
                      ppt_point_workers(p->point), p->shown.init_s / unit, p->shown.work_s / unit,
                      p->shown.cleanup_s / unit, p->shown.total_s / unit,
                      p->total_s.smallest / unit, p->total_s.largest / unit);
    }
    ppt_chart_title(outcome, "where the time of a pass goes", &chart->plot);
    ppt_chart_category_axis(outcome, &chart->plot);
    ppt_text_addf(&chart->plot,
                  "set ylabel '%s per pass'\n"
                  "set boxwidth 0.6\n"
                  "set style fill solid 0.85 border lc rgb 'black'\n"
                  "plot data using 1:($3+$4+$5) with boxes lc rgb '" PPT_VERMILLION
                  "' title 'cleanup', \\\n"
                  "  data using 1:($3+$4) with boxes lc rgb '" PPT_SKY "' title 'work', \\\n"
                  "  data using 1:3 with boxes lc rgb '" PPT_BLUE "' title 'init', \\\n"
                  "  data using 1:6:7:8 with yerrorbars lc rgb 'black' pt 0 ps 0 lw 1.5 title "
                  "'total: smallest to largest'\n",
                  unit_name);
}

const struct ppt_chart_kind ppt_chart_time = {"time", NULL, time_write};
