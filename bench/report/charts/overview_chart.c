/*
 * The chart of several runs: the speedup of each in a small chart of its own, all on the same axes,
 * of the recommended number of inner threads where several were measured.
 */
#include <math.h>
#include <string.h>

#include "charts.h"
#include "owned.h"
#include "several.h"

/* Small charts beside each other, and units of each: its height, its title, and what its axes take.
 */
static const size_t across[PPT_CHART_LAYOUTS] = {[PPT_CHART_WIDE] = 4, [PPT_CHART_NARROW] = 2};
#define PANEL_HEIGHT 182
#define PANEL_TITLE 22
#define PANEL_AXIS 36
/* Left of all of them, for the name of the axis. */
#define LEFT 22
/* Characters that fit above one. */
#define LONGEST_TITLE 23

/* One block of data per run (gnuplot's "index"); lines by workers. */
static void add_overview_data(const struct ppt_outcome *outcomes, size_t count,
                              struct ppt_text *out, struct ppt_chart_range *medians,
                              struct ppt_chart_range *bars)
{
    ppt_text_add(out, PPT_CHART_SPEEDUP_COLUMNS);
    for (size_t i = 0; i < count; i++) {
        const struct ppt_grid *grid = &outcomes[i].answer->grid;
        const struct ppt_grid *row = &outcomes[i].answer->row;
        size_t rows = 0;

        ppt_text_addf(out, "%s# %s", i > 0 ? "\n\n" : "", ppt_config_title(outcomes[i].config));
        ppt_text_add(out, " ");
        ppt_text_add_shown(out, outcomes[i].config->details, SIZE_MAX);
        ppt_text_add(out, "\n");
        for (size_t r = 0; r < row->point_count && row->block_count > 0; r++) {
            if (row->points[r].workers > 0) {
                const size_t point = ppt_grid_find(grid, row->points[r]);

                ppt_chart_speedup_row(outcomes[i].answer, point, out);
                ppt_chart_reach(medians, outcomes[i].answer->points[point].over_fewest.value);
                ppt_chart_speedup_reach(outcomes[i].answer, point, bars);
                rows++;
            }
        }
        if (rows == 0) {
            ppt_text_add(out, PPT_CHART_NO_ROW);
        }
    }
}

/* ---- one of them ---- */

/* Where it is: `place` counts from 0, row by row. */
static void set_place(struct ppt_chart *chart, size_t place)
{
    ppt_chart_set(chart,
                  "column = %zu %% columns\ntop = 1 - (head + %d*(%zu / columns))/height\n"
                  "left = (%d + panel*column)/width\n"
                  "set lmargin at screen left + 30/width\n"
                  "set rmargin at screen left + (panel - 10)/width\n"
                  "set tmargin at screen top - %d/height\n"
                  "set bmargin at screen top - %d/height",
                  place, PANEL_HEIGHT, place, LEFT, PANEL_TITLE, PANEL_HEIGHT - PANEL_AXIS);
}

/* Its name; with its arguments where another has the same. */
static void set_title(struct ppt_chart *chart, const struct ppt_outcome *outcomes, size_t count,
                      size_t which)
{
    struct ppt_text title PPT_OWNED(ppt_text_free) = {0}, quoted PPT_OWNED(ppt_text_free) = {0};
    const char *name = ppt_config_title(outcomes[which].config);

    ppt_text_add(&title, name);
    for (size_t i = 0; i < count; i++) {
        if (i != which && strcmp(ppt_config_title(outcomes[i].config), name) == 0) {
            ppt_text_addf(&title, " %s", outcomes[which].config->details);
            break;
        }
    }
    char *shown PPT_FREED = ppt_text_shortened(title.data, LONGEST_TITLE);
    ppt_gnuplot_quote(&quoted, shown);
    ppt_chart_set(chart, "set title %s offset 0,-0.7", quoted.data);
}

/* Whether there is a point with workers on it. */
static bool has_curve(const struct ppt_outcome *outcome)
{
    const struct ppt_grid *row = &outcome->answer->row;

    return row->block_count > 0 && row->point_count > 0 &&
           row->points[row->point_count - 1].workers > 0;
}

static void add_panel(struct ppt_chart *chart, const struct ppt_outcome *outcomes, size_t count,
                      size_t place, unsigned most)
{
    const struct ppt_outcome *outcome = &outcomes[place];
    const struct ppt_verdict *verdict = &outcome->answer->verdict;
    const unsigned recommended = ppt_chart_recommended(outcome);

    set_place(chart, place);
    set_title(chart, outcomes, count, place);
    ppt_chart_set(chart, "unset object\nunset arrow");
    if (recommended > 0) {
        ppt_chart_mark_column(chart, recommended, most);
    } else if (verdict->exists) {
        ppt_chart_mark_calls(chart);
    }
    ppt_chart_plot(chart, NULL, "x with lines ls ideal");
    ppt_chart_plot(chart, NULL, "1 with lines ls baseline");
    if (has_curve(outcome)) {
        ppt_chart_speedup_curve(chart, place, ppt_chart_series(0), "1",
                                ppt_chart_any_beyond(outcome->answer, ppt_chart_task_of(outcome)),
                                NULL);
    }
    ppt_chart_next(chart);
}

static bool overview_has_beyond(const struct ppt_outcome *outcomes, size_t count)
{
    bool any = false;

    for (size_t i = 0; i < count; i++) {
        any |= ppt_chart_any_beyond(outcomes[i].answer, ppt_chart_task_of(&outcomes[i]));
    }
    return any;
}

/* What all have in common: a plot as wide as the picture, of which the legend alone is seen. */
static void add_common(struct ppt_chart *chart, bool beyond)
{
    ppt_chart_set(chart,
                  "set label 103 'workers (threads)' at screen 0.5, screen 13/height center\n"
                  "set label 104 'times as fast as sequential calls' at screen 12/width, screen "
                  "0.5*(1 - head/height) center rotate by 90\n"
                  "columns = narrow ? %zu : %zu\npanel = (width - %d)/columns\n"
                  "set multiplot\nset border 0\nunset tics\nunset grid\nset yrange [0:1]",
                  across[PPT_CHART_NARROW], across[PPT_CHART_WIDE], LEFT);
    ppt_chart_plot(chart, NULL, "1/0");
    ppt_chart_key(chart, "lines ls ideal", "ideal");
    ppt_chart_key(chart, "lines ls baseline", "sequential calls");
    ppt_chart_key(chart, "yerrorbars ls measured", "measured");
    if (beyond) {
        ppt_chart_key(chart, "points ls beyond", "more threads than CPUs");
    }
    ppt_chart_key(chart, PPT_CHART_RECOMMENDED, "recommended");
    ppt_chart_next(chart);
    ppt_chart_set(chart, "do for [i = 101:104] { unset label i }\nunset key");
}

/* ---- all of them ---- */

/* One uncertain count must not flatten the curves of all others: axes end so far beyond the
 * medians, and bars may run out of them. */
#define BEYOND_MEDIANS 1.5

void ppt_overview_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_chart *chart)
{
    struct ppt_chart_range range = {1, 1}, bars = {1, 1};

    add_overview_data(outcomes, count, &chart->data, &range, &bars);
    ppt_text_add(&chart->headline, "How much faster, task by task");
    ppt_chart_note(chart, "%s", PPT_CHART_BARS);
    range.low /= BEYOND_MEDIANS;
    range.high *= BEYOND_MEDIANS;
    if (bars.high > range.high) {
        ppt_chart_note(chart, "Bars that run out of a chart are in its data.");
    }
    range.low = fmax(range.low, bars.low);
    range.high = fmin(range.high, bars.high);
    for (size_t i = 0; i < PPT_CHART_LAYOUTS; i++) {
        chart->panel_columns[i] = across[i];
        chart->panel_rows[i] = (count + across[i] - 1) / across[i];
        chart->foot[i] = 26;
    }
    chart->panel_height = PANEL_HEIGHT;
    add_common(chart, overview_has_beyond(outcomes, count));
    ppt_chart_set(chart, "set border 3\nset tics\nset grid ytics");
    const unsigned most = ppt_chart_worker_axis(chart, outcomes, count, 0);
    ppt_chart_speedup_axis(chart, 0, range, ppt_chart_worker_axis_is_long(most));
    ppt_chart_set(chart, "set xtics nomirror out textcolor rgb ink\n"
                         "set ytics nomirror out textcolor rgb ink\n"
                         "unset xlabel\nunset ylabel");
    for (size_t i = 0; i < count; i++) {
        add_panel(chart, outcomes, count, i, most);
    }
    ppt_chart_set(chart, "unset multiplot\nset key\nunset logscale\nunset title\nunset object\n"
                         "unset arrow\nunset lmargin\nunset rmargin\nunset bmargin");
    ppt_chart_next(chart);
}

enum ppt_status ppt_charts_write_overview(const struct ppt_outcome *outcomes, size_t count,
                                          const struct ppt_folder *folder, struct ppt_text *notes,
                                          struct ppt_error *error)
{
    struct ppt_chart charts[] = {{.name = "overview"}, {.name = NULL}};

    ppt_overview_write(outcomes, count, &charts[0]);
    return ppt_charts_finish(folder, outcomes[0].chart_mm, charts, notes, error);
}
