/*
 * The chart of several runs: the speedup of each, of the recommended number of inner threads where
 * several were measured. Marks are medians, whiskers 95 % intervals.
 */
#include <math.h>

#include "chart.h"
#include "charts.h"
#include "owned.h"

/* One block of data per run (gnuplot's "index"); lines by workers. */
static void add_overview_data(const struct ppt_outcome *outcomes, size_t count,
                              struct ppt_text *out)
{
    ppt_text_add(out, "# one block per run: workers  speedup: median  95 % interval: low  high  "
                      "beyond CPUs\n");
    for (size_t i = 0; i < count; i++) {
        const struct ppt_grid *grid = &outcomes[i].answer->grid;
        const struct ppt_grid *row = &outcomes[i].answer->row;
        size_t rows = 0;

        ppt_text_addf(out, "\n\n# %s\n", ppt_config_title(outcomes[i].config));
        for (size_t r = 0; r < row->point_count && row->block_count > 0; r++) {
            if (row->points[r].workers > 0) {
                ppt_chart_speedup_row(outcomes[i].answer, ppt_grid_find(grid, row->points[r]), out);
                rows++;
            }
        }
        if (rows == 0) {
            ppt_text_add(out, PPT_CHART_NO_ROW);
        }
    }
}

enum ppt_status ppt_charts_write_overview(const struct ppt_outcome *outcomes, size_t count,
                                          const struct ppt_folder *folder, struct ppt_text *notes,
                                          struct ppt_error *error)
{
    struct ppt_chart charts[] = {{.name = "overview"}, {.name = NULL}};
    struct ppt_text *plot = &charts[0].plot;

    add_overview_data(outcomes, count, &charts[0].data);
    ppt_text_add(plot, "set title 'Speedup of every task'\n");
    const double most = ppt_chart_speedup_axis(outcomes, count, plot);
    ppt_chart_speedup_label(0, plot);
    ppt_text_add(plot, "set key outside right top vertical reverse Left samplen 3\n"
                       "set samples 500\n");
    ppt_text_add(plot, "plot x with lines lc rgb '" PPT_GREY "' dt 2 lw 1.5 title 'ideal'");
    for (size_t i = 0; i < count; i++) {
        const struct ppt_series_style style = ppt_series_style(i);
        /* Runs stand a little apart so that their whiskers do not hide each other. */
        const double apart = count > 1 ? (double)i / (double)(count - 1) - 0.5 : 0;
        char x[64];

        if (most > 16) {
            snprintf(x, sizeof(x), "($1*%.6g)", exp2(0.15 * apart));
        } else {
            snprintf(x, sizeof(x), "($1%+.6g)", 0.03 * most * apart);
        }

        ppt_text_addf(plot,
                      ", \\\n  data index %zu using %s:2:3:4 with yerrorbars lc "
                      "rgb '%s' pt %d ps 0.6 lw 1.2 notitle, \\\n"
                      "  data index %zu using %s:2 with linespoints lc rgb '%s' "
                      "pt %d ps 0.6 lw 1.5 dt %zu title ",
                      i, x, style.colour, style.mark, i, x, style.colour, style.mark, style.dash);
        ppt_gnuplot_quote(plot, ppt_config_title(outcomes[i].config));
        if (ppt_chart_any_beyond(outcomes[i].answer,
                                 count > 1 ? ppt_chart_task_of(&outcomes[i]) : NULL)) {
            char *data PPT_FREED = ppt_text_format("data index %zu", i);

            ppt_chart_stars(data, x, plot);
        }
    }
    ppt_text_add(plot, "\n");
    return ppt_charts_finish(folder, charts, notes, error);
}
