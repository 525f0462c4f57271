/*
 * The chart of speedup: a curve for each number of ranks and of inner threads. Marks are medians,
 * whiskers 95 % intervals.
 */
#include "chart.h"
#include "owned.h"

/* One block of data per curve (gnuplot's "index"). */
static void add_speedup_data(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_config *config = outcome->config;
    const struct ppt_grid *grid = &outcome->answer->grid;

    ppt_text_add(out, "# workers  speedup: median  95 % interval: low  high  beyond CPUs\n");
    for (size_t i = 0; i < ppt_chart_curve_count(config); i++) {
        const struct ppt_point curve = ppt_chart_curve(config, i);
        char *title PPT_FREED = ppt_chart_curve_title(config, i);
        size_t rows = 0;

        if (title) {
            ppt_text_addf(out, "%s# %s\n", i ? "\n\n" : "", title);
        }
        for (size_t p = 0; p < grid->point_count && grid->block_count > 0; p++) {
            if (ppt_chart_on_curve(curve, grid->points[p])) {
                ppt_chart_speedup_row(outcome->answer, p, out);
                rows++;
            }
        }
        if (rows == 0) {
            ppt_text_add(out, PPT_CHART_NO_ROW);
        }
    }
}

static void add_speedup_curves(const struct ppt_config *config, struct ppt_text *out)
{
    for (size_t i = 0; i < ppt_chart_curve_count(config); i++) {
        const struct ppt_series_style style = ppt_series_style(i);
        char *title PPT_FREED = ppt_chart_curve_title(config, i);

        ppt_text_addf(out,
                      ", \\\n  data index %zu using 1:2:3:4 with yerrorbars lc rgb '%s' "
                      "pt %d ps 0.6 lw 1.5 title '%s'",
                      i, style.colour, style.mark,
                      title ? title : "measured: median and 95 % interval");
        ppt_text_addf(out, ", \\\n  data index %zu using 1:2 with lines lc rgb '%s' lw 1.5 notitle",
                      i, style.colour);
    }
}

/* The CPUs on an axis over workers; the curves of several hosts meet theirs at different places. */
static void add_cpu_mark(const struct ppt_outcome *outcome, unsigned most, struct ppt_text *out)
{
    const struct ppt_config *config = outcome->config;

    ppt_chart_cpu_mark(ppt_outcome_cpus(outcome),
                       ppt_chart_curve_count(config) == 1 ? config->inner_threads[0] : 0,
                       most > 0 ? most : 1, out);
}

static void speedup_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    const struct ppt_grid *grid = &outcome->answer->grid;
    const unsigned base = grid->point_count > 0 ? grid->points[0].workers : 0;
    const unsigned most =
        grid->point_count > 0 ? ppt_point_workers(grid->points[grid->point_count - 1]) : 0;

    add_speedup_data(outcome, &chart->data);
    ppt_chart_title(outcome, "how much faster with workers", &chart->plot);
    (void)ppt_chart_worker_axis(outcome, 1, &chart->plot);
    ppt_chart_speedup_label(base, &chart->plot);
    const bool stars = ppt_chart_any_beyond(outcome->answer, NULL);
    if (stars) {
        ppt_chart_stars_title(ppt_outcome_cpus(outcome), &chart->plot);
    }
    add_cpu_mark(outcome, most, &chart->plot);
    ppt_text_addf(&chart->plot,
                  "set samples 500\n"
                  "plot x / %u.0 with lines lc rgb '" PPT_GREY "' dt 2 lw 1.5 title 'ideal', \\\n"
                  "  1 with lines lc rgb '" PPT_GREY "' lw 1 title 'baseline'",
                  base ? base : 1);
    add_speedup_curves(outcome->config, &chart->plot);
    if (stars) {
        ppt_chart_stars("data", "1", &chart->plot);
    }
    ppt_text_add(&chart->plot, "\n");
}

const struct ppt_chart_kind ppt_chart_speedup = {"speedup", NULL, speedup_write};
