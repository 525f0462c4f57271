/*
 * The chart of several runs: the speedup of each, of the recommended number of inner threads where
 * several were measured. Marks are medians, whiskers 95 % intervals.
 */
#include <math.h>
#include <stdlib.h>

#include "gnuplot.h"
#include "memory.h"
#include "report.h"

#define GREY "#7f7f7f"

static int compare_unsigned(const void *a, const void *b)
{
    const unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

    return x < y ? -1 : x > y;
}

/* All worker counts above 0 of all runs, ascending, each once. */
static unsigned *union_of_workers(const struct ppt_outcome *outcomes, size_t count, size_t *found)
{
    unsigned *all = ppt_alloc(1, sizeof(*all));
    size_t n = 0, kept = 0;

    for (size_t i = 0; i < count; i++) {
        const struct ppt_summary *summary = outcomes[i].summary;

        all = ppt_realloc(all, n + summary->count + 1, sizeof(*all));
        for (size_t p = 0; p < summary->count; p++) {
            if (summary->points[p].point.workers > 0) {
                all[n++] = ppt_point_workers(summary->points[p].point);
            }
        }
    }
    if (n == 0) {
        all[n++] = 1;
    }
    qsort(all, n, sizeof(*all), compare_unsigned);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || all[kept - 1] != all[i]) {
            all[kept++] = all[i];
        }
    }
    *found = kept;
    return all;
}

/* The inner threads of a run's curve among others; of a single run 0: it has a curve for each. */
static unsigned inner_of(const struct ppt_outcome *outcome, size_t count)
{
    const struct ppt_grid *row = &outcome->answer->row;

    return count == 1             ? 0
           : row->point_count > 0 ? row->points[0].inner_threads
                                  : outcome->config->inner_threads[0];
}

static bool any_beyond(const struct ppt_outcome *outcomes, size_t count)
{
    bool any = false;

    for (size_t i = 0; i < count; i++) {
        any |= ppt_chart_any_beyond(outcomes[i].answer, inner_of(&outcomes[i], count));
    }
    return any;
}

/* The inner threads of all curves, or 0 where they differ. */
static unsigned shared_inner(const struct ppt_outcome *outcomes, size_t count)
{
    if (count == 1) {
        return ppt_chart_curve_count(outcomes[0].config) == 1 ? outcomes[0].config->inner_threads[0]
                                                              : 0;
    }
    for (size_t i = 1; i < count; i++) {
        if (inner_of(&outcomes[i], count) != inner_of(&outcomes[0], count)) {
            return 0;
        }
    }
    return inner_of(&outcomes[0], count);
}

unsigned ppt_chart_union_ticks(const struct ppt_outcome *outcomes, size_t count,
                               struct ppt_text *out)
{
    size_t found = 0;
    unsigned *workers = union_of_workers(outcomes, count, &found);
    const unsigned most = workers[found - 1];

    ppt_chart_workers(workers, found, out);
    free(workers);
    return most;
}

unsigned ppt_chart_union_axis(const struct ppt_outcome *outcomes, size_t count,
                              struct ppt_text *out)
{
    const unsigned most = ppt_chart_union_ticks(outcomes, count, out);

    if (any_beyond(outcomes, count)) {
        ppt_chart_stars_title(ppt_outcome_cpus(&outcomes[0]), out);
    }
    ppt_chart_cpu_mark(ppt_outcome_cpus(&outcomes[0]), shared_inner(outcomes, count), most, out);
    return most;
}

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

        ppt_text_addf(out, "\n\n# %s\n", outcomes[i].config->task);
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
    static const char *const names[] = {"overview", NULL};
    struct ppt_folder charts;
    struct ppt_chart chart = {.name = "overview"};
    enum ppt_status status = ppt_folder_enter(folder, "charts", true, &charts, error);

    add_overview_data(outcomes, count, &chart.data);
    ppt_text_add(&chart.plot, "set title 'Speedup of every task'\n");
    const double most = ppt_chart_union_axis(outcomes, count, &chart.plot);
    ppt_text_add(&chart.plot, "set ylabel 'speedup over sequential calls (times)'\n"
                              "set key outside right top vertical reverse Left samplen 3\n"
                              "set samples 500\n");
    ppt_text_add(&chart.plot, "plot x with lines lc rgb '" GREY "' dt 2 lw 1.5 title 'ideal'");
    for (size_t i = 0; i < count; i++) {
        const char *colour = ppt_chart_colours[i % PPT_CHART_COLOURS];
        const int mark = ppt_chart_marks[i % PPT_CHART_COLOURS];
        /* Runs stand a little apart so that their whiskers do not hide each other. */
        const double apart = count > 1 ? (double)i / (double)(count - 1) - 0.5 : 0;
        char x[64];

        if (most > 16) {
            snprintf(x, sizeof(x), "($1*%.6g)", exp2(0.15 * apart));
        } else {
            snprintf(x, sizeof(x), "($1%+.6g)", 0.03 * most * apart);
        }

        ppt_text_addf(&chart.plot,
                      ", \\\n  data index %zu using %s:2:3:4 with yerrorbars lc "
                      "rgb '%s' pt %d ps 0.6 lw 1.2 notitle, \\\n"
                      "  data index %zu using %s:2 with linespoints lc rgb '%s' "
                      "pt %d ps 0.6 lw 1.5 dt %zu title ",
                      i, x, colour, mark, i, x, colour, mark, i / PPT_CHART_COLOURS + 1);
        ppt_gnuplot_quote(&chart.plot, outcomes[i].config->task);
        if (ppt_chart_any_beyond(outcomes[i].answer, inner_of(&outcomes[i], count))) {
            char *data = ppt_text_format("data index %zu", i);

            ppt_chart_stars(data, x, &chart.plot);
            free(data);
        }
    }
    ppt_text_add(&chart.plot, "\n");
    if (status == PPT_OK) {
        status = ppt_chart_write(&chart, &charts, error);
    }
    if (status == PPT_OK) {
        status = ppt_gnuplot_draw(&charts, names, notes, error);
    }
    ppt_text_free(&chart.data);
    ppt_text_free(&chart.plot);
    ppt_folder_close(&charts);
    return status;
}
