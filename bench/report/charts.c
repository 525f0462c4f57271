/*
 * The charts of a run's times: speedup, tasks per second, where the time goes; and the overview of
 * several runs. Marks are medians; whiskers of speedups are 95 % intervals, those of times and
 * rates span all blocks.
 */
#include <math.h>
#include <stdlib.h>

#include "file.h"
#include "gnuplot.h"
#include "memory.h"
#include "report.h"

#define BLUE "#0072B2"
#define ORANGE "#E69F00"
#define GREEN "#009E73"
#define VERMILLION "#D55E00"
#define GREY "#7f7f7f"

void ppt_chart_title(const struct ppt_outcome *outcome, const char *what, struct ppt_text *out)
{
    const struct ppt_config *config = outcome->config;
    const unsigned long long tasks = config->task_count;
    char *title =
        ppt_text_format("%s: %s\n%s%s%llu task%s per pass, %zu block%s", config->task, what,
                        config->details, *config->details ? "; " : "", tasks, tasks == 1 ? "" : "s",
                        outcome->summary->blocks, outcome->summary->blocks == 1 ? "" : "s");
    char *second = title;

    /* Two quoted lines joined by gnuplot's own newline, which single quotes cannot hold. */
    while (*second != '\n') {
        second++;
    }
    *second++ = '\0';
    ppt_text_add(out, "set title ");
    ppt_gnuplot_quote(out, title);
    ppt_text_add(out, ".\"\\n\".");
    ppt_gnuplot_quote(out, second);
    ppt_text_add(out, "\n");
    free(title);
}

/* The worker axis of speedup charts: linear while all ticks fit, logarithmic beyond. */
static void add_worker_axis(const unsigned *workers, size_t count, struct ppt_text *out)
{
    const unsigned most = workers[count - 1];

    ppt_text_add(out, "set xlabel 'workers (threads)' offset 0,0.4\nset xtics (");
    for (size_t i = 0; i < count; i++) {
        ppt_text_addf(out, "%s'%u' %u", i ? ", " : "", workers[i], workers[i]);
    }
    ppt_text_add(out, ")\n");
    if (most > 16) {
        ppt_text_addf(out, "set logscale x 2\nset logscale y 2\nset xrange [0.8:%.9g]\n",
                      1.25 * most);
    } else {
        ppt_text_addf(out, "set xrange [0:%.9g]\nset yrange [0:*]\n",
                      most + fmax(0.5, most * 0.05));
    }
}

void ppt_chart_cpu_mark(unsigned cpus, unsigned most, struct ppt_text *out)
{
    if (cpus > most) {
        ppt_text_addf(out,
                      "set label 1 '%u CPUs lie beyond this axis' at graph 0.98,0.04 right "
                      "tc rgb '" GREY "'\n",
                      cpus);
        return;
    }
    ppt_text_addf(out,
                  "set arrow 1 from first %u, graph 0 to first %u, graph 1 nohead lc rgb '" GREY
                  "' lw 1.5 dt 3\n"
                  "set label 1 ' %u CPU%s' at first %u, graph 0.04 left tc rgb '" GREY "'\n",
                  cpus, cpus, cpus, cpus == 1 ? "" : "s", cpus);
}

/* A point without an interval (one block) is its own whiskers: a mark, and nothing around it. */
static void add_speedup_row(const struct ppt_answer *answer, size_t point, struct ppt_text *out)
{
    const struct ppt_ratio *speedup = &answer->points[point].over_fewest;
    const bool exists = speedup->interval.exists;

    ppt_text_addf(out, "%u %.9g %.9g %.9g\n", answer->grid.workers[point], speedup->value,
                  exists ? speedup->interval.low : speedup->value,
                  exists ? speedup->interval.high : speedup->value);
}

void ppt_chart_worker_axis(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_summary *summary = outcome->summary;
    unsigned *workers = ppt_alloc(summary->count + 1, sizeof(*workers));
    size_t count = 0;

    for (size_t i = 0; i < summary->count; i++) {
        if (summary->points[i].point.workers > 0) {
            workers[count++] = summary->points[i].point.workers;
        }
    }
    add_worker_axis(workers, count, out);
    free(workers);
}

static enum ppt_status write_speedup(const struct ppt_outcome *outcome, const char *folder,
                                     struct ppt_error *error)
{
    const struct ppt_grid *grid = &outcome->answer->grid;
    struct ppt_chart chart = {.name = "speedup"};
    unsigned *workers = ppt_alloc(grid->point_count + 1, sizeof(*workers));
    const unsigned base = grid->point_count > 0 ? grid->workers[0] : 0;
    size_t count = 0;

    ppt_text_add(&chart.data, "# workers  speedup: median  95 % interval: low  high\n");
    for (size_t p = 0; p < grid->point_count; p++) {
        if (grid->workers[p] > 0 && grid->block_count > 0) {
            workers[count++] = grid->workers[p];
            add_speedup_row(outcome->answer, p, &chart.data);
        }
    }
    if (count == 0) {
        /* Sequential calls alone: a chart of one known number says nothing, but stays valid. */
        workers[count++] = 1;
        ppt_text_add(&chart.data, "1 1 1 1\n");
    }
    ppt_chart_title(outcome, "how much faster with workers", &chart.plot);
    add_worker_axis(workers, count, &chart.plot);
    if (base == 0) {
        ppt_text_add(&chart.plot, "set ylabel 'speedup over sequential calls (times)'\n");
    } else {
        ppt_text_addf(&chart.plot, "set ylabel 'speedup over %u worker%s (times)'\n", base,
                      base == 1 ? "" : "s");
    }
    ppt_chart_cpu_mark(outcome->host->effective_cpus, workers[count - 1], &chart.plot);
    ppt_text_addf(&chart.plot,
                  "set samples 500\n"
                  "plot x / %u.0 with lines lc rgb '" GREY "' dt 2 lw 1.5 title 'ideal', \\\n"
                  "  1 with lines lc rgb '" GREY "' lw 1 title 'baseline', \\\n"
                  "  'speedup.dat' using 1:2:3:4 with yerrorbars lc rgb '" BLUE
                  "' pt 7 ps 0.6 lw 1.5 title 'measured: median and 95 %% interval', \\\n"
                  "  'speedup.dat' using 1:2 with lines lc rgb '" BLUE "' lw 1.5 notitle\n",
                  base ? base : 1);
    free(workers);
    return ppt_chart_write(&chart, folder, error);
}

void ppt_chart_category_axis(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_summary *summary = outcome->summary;

    ppt_text_add(out, "set xlabel 'workers (threads)' offset 0,0.4\nset xtics (");
    for (size_t i = 0; i < summary->count; i++) {
        const unsigned workers = summary->points[i].point.workers;

        if (workers == 0) {
            ppt_text_addf(out, "%s'sequential' %zu", i ? ", " : "", i);
        } else {
            ppt_text_addf(out, "%s'%u' %zu", i ? ", " : "", workers, i);
        }
    }
    ppt_text_addf(out, ")\nset xrange [-0.6:%zu.6]\nset yrange [0:*]\n",
                  summary->count > 0 ? summary->count - 1 : 0);
}

void ppt_chart_category_cpu_mark(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_summary *summary = outcome->summary;
    const unsigned cpus = outcome->host->effective_cpus;
    size_t beyond = 0;

    while (beyond < summary->count && summary->points[beyond].point.workers <= cpus) {
        beyond++;
    }
    if (beyond > 0 && beyond < summary->count) {
        ppt_text_addf(
            out,
            "set arrow 1 from first %zu.5, graph 0 to first %zu.5, graph 1 nohead lc rgb "
            "'" GREY "' lw 1.5 dt 3\n"
            "set label 1 ' more than %u CPU%s' at first %zu.5, graph 0.97 left tc rgb '" GREY "'\n",
            beyond - 1, beyond - 1, cpus, cpus == 1 ? "" : "s", beyond - 1);
    }
}

static enum ppt_status write_rate(const struct ppt_outcome *outcome, const char *folder,
                                  struct ppt_error *error)
{
    const struct ppt_summary *summary = outcome->summary;
    struct ppt_chart chart = {.name = "tasks_per_second"};

    ppt_text_add(&chart.data, "# position  workers  tasks/s: median  smallest  largest\n");
    for (size_t i = 0; i < summary->count; i++) {
        const struct ppt_point_summary *p = &summary->points[i];

        ppt_text_addf(&chart.data, "%zu %u %.9g %.9g %.9g\n", i, p->point.workers, p->rate.median,
                      p->rate.smallest, p->rate.largest);
    }
    ppt_chart_title(outcome, "tasks per second", &chart.plot);
    ppt_chart_category_axis(outcome, &chart.plot);
    ppt_chart_category_cpu_mark(outcome, &chart.plot);
    ppt_text_add(
        &chart.plot,
        "set ylabel 'tasks per second'\n"
        "set boxwidth 0.6\n"
        "set style fill solid 0.85 border lc rgb 'black'\n"
        "plot 'tasks_per_second.dat' using 1:3 with boxes lc rgb '#56B4E9' title "
        "'median', \\\n"
        "  'tasks_per_second.dat' using 1:3:4:5 with yerrorbars lc rgb 'black' pt 0 ps 0 lw 1.5 "
        "title 'smallest to largest'\n");
    return ppt_chart_write(&chart, folder, error);
}

/* The unit in which the largest total reads best. */
static double time_unit(const struct ppt_summary *summary, const char **name)
{
    double largest = 0;

    for (size_t i = 0; i < summary->count; i++) {
        largest = fmax(largest, summary->points[i].total_s.largest);
    }
    *name = largest >= 1 ? "seconds" : largest >= 1e-3 ? "milliseconds" : "microseconds";
    return largest >= 1 ? 1 : largest >= 1e-3 ? 1e-3 : 1e-6;
}

static enum ppt_status write_time(const struct ppt_outcome *outcome, const char *folder,
                                  struct ppt_error *error)
{
    const struct ppt_summary *summary = outcome->summary;
    struct ppt_chart chart = {.name = "time"};
    const char *unit_name;
    const double unit = time_unit(summary, &unit_name);

    ppt_text_addf(&chart.data,
                  "# position  workers  medians: init  work  cleanup  total  total: smallest  "
                  "largest   (%s)\n",
                  unit_name);
    for (size_t i = 0; i < summary->count; i++) {
        const struct ppt_point_summary *p = &summary->points[i];

        ppt_text_addf(&chart.data, "%zu %u %.9g %.9g %.9g %.9g %.9g %.9g\n", i, p->point.workers,
                      p->init_s.median / unit, p->work_s.median / unit, p->cleanup_s.median / unit,
                      p->total_s.median / unit, p->total_s.smallest / unit,
                      p->total_s.largest / unit);
    }
    ppt_chart_title(outcome, "where the time of a pass goes", &chart.plot);
    ppt_chart_category_axis(outcome, &chart.plot);
    ppt_chart_category_cpu_mark(outcome, &chart.plot);
    ppt_text_addf(
        &chart.plot,
        "set ylabel '%s per pass'\n"
        "set boxwidth 0.6\n"
        "set style fill solid 0.85 border lc rgb 'black'\n"
        "plot 'time.dat' using 1:($3+$4+$5) with boxes lc rgb '" VERMILLION
        "' title 'cleanup', \\\n"
        "  'time.dat' using 1:($3+$4) with boxes lc rgb '#56B4E9' title 'work', \\\n"
        "  'time.dat' using 1:3 with boxes lc rgb '" BLUE "' title 'init', \\\n"
        "  'time.dat' using 1:6:7:8 with yerrorbars lc rgb 'black' pt 0 ps 0 lw 1.5 title "
        "'total: smallest to largest'\n",
        unit_name);
    return ppt_chart_write(&chart, folder, error);
}

enum ppt_status ppt_charts_write(const struct ppt_outcome *outcome, struct ppt_text *notes,
                                 struct ppt_error *error)
{
    const char *names[] = {"speedup", "tasks_per_second", "time", NULL, NULL, NULL};
    char *folder = ppt_text_format("%s/charts", outcome->folder);
    enum ppt_status status = ppt_file_make_folders(folder, error);

    if (status == PPT_OK) {
        status = write_speedup(outcome, folder, error);
    }
    if (status == PPT_OK) {
        status = write_rate(outcome, folder, error);
    }
    if (status == PPT_OK) {
        status = write_time(outcome, folder, error);
    }
    if (status == PPT_OK) {
        status = ppt_model_charts_write(outcome, folder, &names[3], error);
    }
    if (status == PPT_OK) {
        ppt_gnuplot_draw(folder, names, notes);
    }
    free(folder);
    return status;
}

/* ---- overview ---- */

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
                all[n++] = summary->points[p].point.workers;
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

/* One block of data per run (gnuplot's "index"); lines by workers. */
static void add_overview_data(const struct ppt_outcome *outcomes, size_t count,
                              struct ppt_text *out)
{
    ppt_text_add(out, "# one block per run: workers  speedup: median  95 % interval: low  high\n");
    for (size_t i = 0; i < count; i++) {
        const struct ppt_grid *grid = &outcomes[i].answer->grid;
        size_t rows = 0;

        ppt_text_addf(out, "\n\n# %s\n", outcomes[i].config->task);
        for (size_t p = 0; p < grid->point_count && grid->block_count > 0; p++) {
            if (grid->workers[p] > 0) {
                add_speedup_row(outcomes[i].answer, p, out);
                rows++;
            }
        }
        if (rows == 0) {
            ppt_text_add(out, "1 1 1 1\n");
        }
    }
}

enum ppt_status ppt_charts_write_overview(const struct ppt_outcome *outcomes, size_t count,
                                          const char *folder, struct ppt_text *notes,
                                          struct ppt_error *error)
{
    static const char *const colours[] = {BLUE,      VERMILLION, GREEN,     ORANGE,
                                          "#CC79A7", "#56B4E9",  "#000000", "#8C6D1F"};
    static const int marks[] = {7, 5, 9, 11, 13, 6, 4, 8, 10, 12};
    static const char *const names[] = {"overview", NULL};
    char *charts = ppt_text_format("%s/charts", folder);
    struct ppt_chart chart = {.name = "overview"};
    size_t workers_count = 0;
    unsigned *workers = union_of_workers(outcomes, count, &workers_count);
    const double most = workers[workers_count - 1];
    enum ppt_status status = ppt_file_make_folders(charts, error);

    add_overview_data(outcomes, count, &chart.data);
    ppt_text_add(&chart.plot, "set title 'Speedup of every task'\n");
    add_worker_axis(workers, workers_count, &chart.plot);
    ppt_text_add(&chart.plot, "set ylabel 'speedup over sequential calls (times)'\n"
                              "set key outside right top vertical reverse Left samplen 3\n"
                              "set samples 500\n");
    ppt_chart_cpu_mark(outcomes[0].host->effective_cpus, workers[workers_count - 1], &chart.plot);
    ppt_text_add(&chart.plot, "plot x with lines lc rgb '" GREY "' dt 2 lw 1.5 title 'ideal'");
    for (size_t i = 0; i < count; i++) {
        const char *colour = colours[i % 8];
        const int mark = marks[i % 10];
        /* Runs stand a little apart so that their whiskers do not hide each other. */
        const double apart = count > 1 ? (double)i / (double)(count - 1) - 0.5 : 0;
        char x[64];

        if (most > 16) {
            snprintf(x, sizeof(x), "($1*%.6g)", exp2(0.15 * apart));
        } else {
            snprintf(x, sizeof(x), "($1%+.6g)", 0.03 * most * apart);
        }

        ppt_text_addf(&chart.plot,
                      ", \\\n  'overview.dat' index %zu using %s:2:3:4 with yerrorbars lc "
                      "rgb '%s' pt %d ps 0.6 lw 1.2 notitle, \\\n"
                      "  'overview.dat' index %zu using %s:2 with linespoints lc rgb '%s' "
                      "pt %d ps 0.6 lw 1.5 dt %zu title ",
                      i, x, colour, mark, i, x, colour, mark, i / 8 + 1);
        ppt_gnuplot_quote(&chart.plot, outcomes[i].config->task);
    }
    ppt_text_add(&chart.plot, "\n");
    if (status == PPT_OK) {
        status = ppt_chart_write(&chart, charts, error);
    }
    if (status == PPT_OK) {
        ppt_gnuplot_draw(charts, names, notes);
    }
    ppt_text_free(&chart.data);
    ppt_text_free(&chart.plot);
    free(workers);
    free(charts);
    return status;
}
