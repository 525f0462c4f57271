/*
 * The chart of several programs: tasks per second of each at every point.
 */
#include <stdint.h>

#include "chart.h"
#include "charts.h"
#include "memory.h"
#include "owned.h"
#include "several.h"

/* A name longer than this is shortened in the legend, which has room for one a line. */
#define LONGEST_LABEL 44

/* The place of a point among those of the configuration, which all programs have. */
static size_t place_of_point(const struct ppt_config *config, struct ppt_point point)
{
    size_t i = 0;

    while (i < config->point_count && !ppt_point_same(config->points[i], point)) {
        i++;
    }
    return i;
}

/* One block of data per program (gnuplot's "index"). */
static void add_programs_data(const struct ppt_outcome *outcomes, size_t count,
                              struct ppt_text *out, struct ppt_chart_range *range)
{
    ppt_text_add(out, "# position  point  tasks/s: median  95 % interval: low  high\n");
    for (size_t i = 0; i < count; i++) {
        const struct ppt_summary *summary = outcomes[i].summary;

        ppt_text_add(out, i > 0 ? "\n\n# " : "# ");
        ppt_text_add_shown(out, outcomes[i].label, SIZE_MAX);
        ppt_text_add(out, "\n");
        for (size_t p = 0; p < summary->count; p++) {
            const struct ppt_stat *rate = &summary->points[p].rate;

            ppt_text_addf(out, "%zu", place_of_point(outcomes[i].config, summary->points[p].point));
            ppt_chart_point_column(&outcomes[i], summary->points[p].point, out);
            ppt_text_addf(out, "%.9g %.9g %.9g\n", summary->points[p].shown.rate,
                          ppt_stat_low(rate), ppt_stat_high(rate));
            ppt_chart_reach(range, ppt_stat_high(rate));
        }
    }
}

/* Programs stand a little apart so that their whiskers do not hide each other. */
static void add_program_curve(struct ppt_chart *chart, size_t which, size_t count,
                              const char *label)
{
    const unsigned style = ppt_chart_series(which);
    const double apart = 0.4 * ((double)which / (double)(count > 1 ? count - 1 : 1) - 0.5);
    char *shown PPT_FREED = ppt_text_shortened(label, LONGEST_LABEL);

    ppt_chart_plot(chart, shown, "data index %zu using ($1%+.6g):3:4:5 with yerrorbars ls %u",
                   which, apart, style);
    ppt_chart_plot(chart, NULL, "data index %zu using ($1%+.6g):3 with lines ls %u", which, apart,
                   style);
}

void ppt_programs_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_chart *chart)
{
    const struct ppt_config *config = outcomes[0].config;
    struct ppt_chart_range range = {0};

    add_programs_data(outcomes, count, &chart->data, &range);
    ppt_text_add(&chart->headline, "Tasks per second of every program");
    ppt_chart_bars(chart, &outcomes[0], PPT_CHART_BARS " " PPT_CHART_APART);
    ppt_chart_value_axis(chart, "tasks per second", range, false);
    ppt_chart_point_axis(chart, config->points, config->point_count, ppt_config_several(config),
                         outcomes[0].host);
    for (size_t i = 0; i < count; i++) {
        add_program_curve(chart, i, count, outcomes[i].label);
    }
}

enum ppt_status ppt_charts_write_programs(const struct ppt_outcome *outcomes, size_t count,
                                          const struct ppt_folder *folder, struct ppt_text *notes,
                                          struct ppt_error *error)
{
    struct ppt_chart charts[] = {{.name = "programs"}, {.name = NULL}};

    ppt_programs_write(outcomes, count, &charts[0]);
    return ppt_charts_finish(folder, outcomes[0].chart_mm, charts, notes, error);
}
