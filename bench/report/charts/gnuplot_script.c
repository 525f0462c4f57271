/*
 * One gnuplot script with its data inside, which draws the speedup on whatever terminal is set:
 *
 *     ppt-omp report RUN --format gnuplot | gnuplot -p
 *
 * A run has one curve per number of ranks and of inner threads; of several runs each has the one
 * that goes through its recommended point.
 */
#include <stdint.h>

#include "chart.h"
#include "memory.h"
#include "owned.h"

extern const char ppt_chart_bare[]; /* bare.gp: how it begins */

/* Arguments longer than this do not fit a key beside others. */
#define LONGEST_TITLE 20

struct curve {
    const struct ppt_outcome *outcome;
    bool row;     /* the answer's */
    size_t which; /* of the run's curves */
};

/* The list is to be given to free(). */
static struct curve *list_curves(const struct ppt_outcome *outcomes, size_t count, size_t *found)
{
    struct curve *curves;

    *found = count > 1 ? count : ppt_chart_curve_count(outcomes[0].config);
    curves = ppt_alloc(*found, sizeof(*curves));
    for (size_t i = 0; i < *found; i++) {
        curves[i] = (struct curve){&outcomes[count > 1 ? i : 0], count > 1, i};
    }
    return curves;
}

static bool is_on(const struct curve *curve, struct ppt_point point)
{
    const struct ppt_outcome *outcome = curve->outcome;

    return curve->row ? point.workers > 0 && ppt_grid_find(&outcome->answer->row, point) != SIZE_MAX
                      : ppt_chart_on_curve(ppt_chart_curve(outcome->config, curve->which), point);
}

static bool script_any_beyond(const struct curve *curve)
{
    const struct ppt_answer *answer = curve->outcome->answer;

    for (size_t p = 0; p < answer->grid.point_count; p++) {
        if (is_on(curve, answer->grid.points[p]) && ppt_answer_beyond(answer, p)) {
            return true;
        }
    }
    return false;
}

/* A heredoc "$curveN"; "EOD" alone on a line ends it, which data never is. */
static void add_data(const struct curve *curve, size_t index, struct ppt_text *out)
{
    const struct ppt_grid *grid = &curve->outcome->answer->grid;
    size_t rows = 0;

    ppt_text_addf(out,
                  "$curve%zu << EOD\n"
                  "# workers  speedup: median  95 %% interval: low  high  beyond CPUs\n",
                  index);
    for (size_t p = 0; p < grid->point_count && grid->block_count > 0; p++) {
        if (is_on(curve, grid->points[p])) {
            ppt_chart_speedup_row(curve->outcome->answer, p, out);
            rows++;
        }
    }
    ppt_text_add(out, rows > 0 ? "EOD\n" : PPT_CHART_NO_ROW "EOD\n");
}

/* The number of workers that speedups are over, if it is the same everywhere. */
static bool find_base(const struct curve *curves, size_t count, unsigned *base)
{
    *base = 0;
    for (size_t i = 0; i < count; i++) {
        const struct ppt_grid *grid = &curves[i].outcome->answer->grid;
        const unsigned fewest = grid->point_count > 0 ? grid->points[0].workers : 0;

        if (i > 0 && fewest != *base) {
            return false;
        }
        *base = fewest;
    }
    return true;
}

/* The axis, the ideal (as many times faster as there are workers) and the baseline. */
static void add_plot(const struct curve *curves, size_t count, struct ppt_text *out)
{
    unsigned base;
    const bool shared = find_base(curves, count, &base);

    if (!shared) {
        ppt_text_add(out, "set ylabel 'speedup over the fewest workers (times)'\n");
    } else {
        ppt_chart_speedup_label(base, out);
    }
    ppt_text_addf(out,
                  "set samples 500\n"
                  "plot x / %u.0 with lines lc rgb '" PPT_GREY "' dt 2 title 'ideal', \\\n"
                  "  1 with lines lc rgb '" PPT_GREY "' title 'baseline'",
                  shared && base > 0 ? base : 1);
}

static void script_add_curve(const struct curve *curve, size_t index, bool several_runs,
                             struct ppt_text *out)
{
    const struct ppt_config *config = curve->outcome->config;
    const struct ppt_series_style style = ppt_series_style(index);
    char *title PPT_FREED = NULL;

    if (several_runs) {
        const bool named = *config->details && ppt_text_columns(config->details) <= LONGEST_TITLE;

        title = ppt_text_format("%s%s%s", ppt_config_title(config), named ? " " : "",
                                named ? config->details : "");
    } else {
        title = ppt_chart_curve_title(config, curve->which);
        title = title ? title : ppt_strdup("measured: median and 95 % interval");
    }
    ppt_text_addf(out,
                  ", \\\n  $curve%zu using 1:2:3:4 with yerrorbars lc rgb '%s' pt %d lw 1.5 title ",
                  index, style.colour, style.mark);
    ppt_gnuplot_quote(out, title);
    ppt_text_addf(out, ", \\\n  $curve%zu using 1:2 with lines lc rgb '%s' lw 1.5 notitle", index,
                  style.colour);
    if (script_any_beyond(curve)) {
        char *data PPT_FREED = ppt_text_format("$curve%zu", index);

        ppt_chart_stars(data, "1", out);
    }
}

void ppt_gnuplot_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_text *out)
{
    size_t curve_count;
    struct curve *curves PPT_FREED = list_curves(outcomes, count, &curve_count);

    ppt_text_add(out, ppt_chart_bare);
    for (size_t i = 0; i < curve_count; i++) {
        add_data(&curves[i], i, out);
    }
    if (count > 1) {
        ppt_text_add(out, "set title 'Speedup of every task'\n");
    } else {
        ppt_chart_title(&outcomes[0], "how much faster with workers", out);
    }
    ppt_chart_speedup_axis(outcomes, count, out);
    add_plot(curves, curve_count, out);
    for (size_t i = 0; i < curve_count; i++) {
        script_add_curve(&curves[i], i, count > 1, out);
    }
    ppt_text_add(out, "\n");
}
