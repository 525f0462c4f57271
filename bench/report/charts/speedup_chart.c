/*
 * The chart of speedup: a curve for each number of ranks and of inner threads.
 */
#include "chart.h"
#include "owned.h"

/* One block of data (gnuplot's "index"). Returns how many rows there are. */
static size_t add_speedup_rows(const struct ppt_outcome *outcome, struct ppt_point curve,
                               struct ppt_text *out, struct ppt_chart_range *range)
{
    const struct ppt_grid *grid = &outcome->answer->grid;
    size_t rows = 0;

    for (size_t p = 0; p < grid->point_count && grid->block_count > 0; p++) {
        if (ppt_chart_on_curve(curve, grid->points[p])) {
            ppt_chart_speedup_row(outcome->answer, p, out);
            ppt_chart_speedup_reach(outcome->answer, p, range);
            rows++;
        }
    }
    ppt_text_add(out, rows > 0 ? "" : PPT_CHART_NO_ROW);
    return rows;
}

static void add_speedup_curves(const struct ppt_outcome *outcome, unsigned most, bool stars,
                               struct ppt_chart_range *range, struct ppt_chart *chart)
{
    const struct ppt_config *config = outcome->config;
    const size_t count = ppt_chart_curve_count(config);

    ppt_text_add(&chart->data, PPT_CHART_SPEEDUP_COLUMNS);
    for (size_t i = 0; i < count; i++) {
        char *title PPT_FREED = ppt_chart_curve_title(config, i);
        char x[PPT_CHART_X_SIZE];

        if (title) {
            ppt_text_addf(&chart->data, "%s# %s\n", i ? "\n\n" : "", title);
        }
        if (add_speedup_rows(outcome, ppt_chart_curve(config, i), &chart->data, range) > 0) {
            ppt_chart_speedup_curve(chart, i, ppt_chart_series(i),
                                    ppt_chart_apart(i, count, most, x), stars,
                                    title ? title : "measured");
        }
    }
}

static void speedup_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    const struct ppt_config *config = outcome->config;
    const struct ppt_grid *grid = &outcome->answer->grid;
    const unsigned base = grid->point_count > 0 ? grid->points[0].workers : 0;
    const bool stars = ppt_chart_any_beyond(outcome->answer, NULL);
    struct ppt_chart_range range = {1, 1};

    ppt_chart_about(chart, outcome, "how much faster with workers");
    ppt_chart_bars(chart, outcome, PPT_CHART_BARS);
    if (ppt_chart_curve_count(config) > 1) {
        ppt_chart_note(chart, PPT_CHART_APART);
    }
    const unsigned most = ppt_chart_worker_axis(chart, outcome, 1, 0);
    if (config->inner_count == 1) { /* else each curve has another */
        ppt_chart_plot(chart, "ideal", "x / %u.0 with lines ls ideal", base ? base : 1);
    }
    ppt_chart_plot(chart, base ? "baseline" : "sequential calls", "1 with lines ls baseline");
    add_speedup_curves(outcome, most, stars, &range, chart);
    ppt_chart_speedup_axis(chart, base, range, ppt_chart_worker_axis_is_long(most));
    if (stars) {
        ppt_chart_key(chart, "points ls beyond", "more threads than CPUs");
    }
    ppt_chart_mark_workers(chart, outcome,
                           ppt_chart_curve_count(config) == 1 ? config->inner_threads[0] : 0, most,
                           true);
}

const struct ppt_chart_kind ppt_chart_speedup = {
    .name = "speedup", .write = speedup_write, .of_passes = true};
