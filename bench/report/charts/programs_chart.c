/*
 * The chart of several programs: tasks per second of each at every point. Marks are medians,
 * whiskers 95 % intervals.
 */
#include "chart.h"
#include "charts.h"
#include "memory.h"
#include "owned.h"

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
                              struct ppt_text *out)
{
    ppt_text_add(out, "# one block per program: position  tasks/s: median  95 % interval: low  "
                      "high\n");
    for (size_t i = 0; i < count; i++) {
        const struct ppt_summary *summary = outcomes[i].summary;

        ppt_text_addf(out, "\n\n# ");
        ppt_text_add_shown(out, outcomes[i].label, SIZE_MAX);
        ppt_text_add(out, "\n");
        for (size_t p = 0; p < summary->count; p++) {
            const struct ppt_stat *rate = &summary->points[p].rate;
            const bool exists = rate->interval.exists;

            ppt_text_addf(out, "%zu %.9g %.9g %.9g\n",
                          place_of_point(outcomes[i].config, summary->points[p].point),
                          rate->median, exists ? rate->interval.low : rate->median,
                          exists ? rate->interval.high : rate->median);
        }
    }
}

/* Programs stand a little apart so that their whiskers do not hide each other. */
static void add_program_curve(const struct ppt_outcome *outcomes, size_t count, size_t which,
                              struct ppt_text *out)
{
    const struct ppt_series_style style = ppt_series_style(which);
    const double apart = 0.3 * ((double)which / (double)(count > 1 ? count - 1 : 1) - 0.5);

    ppt_text_addf(out,
                  "%s data index %zu using ($1%+.6g):2:3:4 with yerrorbars lc rgb '%s' pt %d ps "
                  "0.7 lw 1.2 notitle, \\\n"
                  "  data index %zu using ($1%+.6g):2 with linespoints lc rgb '%s' pt %d ps 0.7 lw "
                  "1.5 dt %zu title ",
                  which == 0 ? "plot" : ", \\\n ", which, apart, style.colour, style.mark, which,
                  apart, style.colour, style.mark, style.dash);
    ppt_gnuplot_quote(out, outcomes[which].label);
}

enum ppt_status ppt_charts_write_programs(const struct ppt_outcome *outcomes, size_t count,
                                          const struct ppt_folder *folder, struct ppt_text *notes,
                                          struct ppt_error *error)
{
    const struct ppt_config *config = outcomes[0].config;
    struct ppt_chart charts[] = {{.name = "programs"}, {.name = NULL}};
    struct ppt_text *plot = &charts[0].plot;

    add_programs_data(outcomes, count, &charts[0].data);
    ppt_text_add(plot, "set title 'Tasks per second of every program'\n");
    ppt_chart_point_axis(config->points, config->point_count, ppt_config_several(config),
                         outcomes[0].host, plot);
    ppt_text_add(plot, "set ylabel 'tasks per second'\n"
                       "set key outside right top vertical reverse Left samplen 3\n");
    for (size_t i = 0; i < count; i++) {
        add_program_curve(outcomes, count, i, plot);
    }
    ppt_text_add(plot, "\n");
    return ppt_charts_finish(folder, charts, notes, error);
}
