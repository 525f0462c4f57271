/*
 * The charts of a run's times: speedup, tasks per second, where the time goes. Marks are medians;
 * whiskers of speedups are 95 % intervals, those of times and rates span all blocks.
 */
#include <math.h>
#include <stdlib.h>

#include "file.h"
#include "gnuplot.h"
#include "memory.h"
#include "report.h"

#define BLUE "#0072B2"
#define VERMILLION "#D55E00"
#define GREY "#7f7f7f"

void ppt_chart_title(const struct ppt_outcome *outcome, const char *what, struct ppt_text *out)
{
    const struct ppt_config *config = outcome->config;
    const unsigned long long tasks = config->task_count;
    char inner[PPT_INNER_SIZE];
    char *title = ppt_text_format(
        "%s: %s\n%s%s%llu task%s per pass, %zu block%s%s", config->task, what, config->details,
        *config->details ? "; " : "", tasks, tasks == 1 ? "" : "s", outcome->summary->blocks,
        outcome->summary->blocks == 1 ? "" : "s", ppt_config_inner_text(config, inner));
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

void ppt_chart_workers(const unsigned *workers, size_t count, struct ppt_text *out)
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

void ppt_chart_cpu_mark(unsigned cpus, unsigned inner, unsigned most, struct ppt_text *out)
{
    const double place = inner > 0 ? (double)cpus / inner : 0;
    char each[40] = "";

    if (inner == 0 || place < 1) {
        return; /* all points have more threads, which their stars say */
    }
    if (place > most) {
        ppt_text_addf(out,
                      "set label 1 '%u CPUs lie beyond this axis' at graph 0.98,0.04 right "
                      "tc rgb '" GREY "'\n",
                      cpus);
        return;
    }
    if (inner > 1) {
        snprintf(each, sizeof(each), ": %.3g worker%s x %u", place, place > 1 ? "s" : "", inner);
    }
    ppt_text_addf(out,
                  "set arrow 1 from first %.6g, graph 0 to first %.6g, graph 1 nohead lc rgb '" GREY
                  "' lw 1.5 dt 3\n"
                  "set label 1 ' %u CPU%s%s' at first %.6g, graph 0.04 left tc rgb '" GREY "'\n",
                  place, place, cpus, cpus == 1 ? "" : "s", each, place);
}

bool ppt_chart_any_beyond(const struct ppt_answer *answer, unsigned inner)
{
    for (size_t p = 0; p < answer->grid.point_count; p++) {
        const struct ppt_point point = answer->grid.points[p];

        if (point.workers > 0 && (inner == 0 || point.inner_threads == inner) &&
            ppt_answer_beyond(answer, p)) {
            return true;
        }
    }
    return false;
}

void ppt_chart_stars(const char *data, const char *x, struct ppt_text *out)
{
    ppt_text_addf(out,
                  ", \\\n  %s using %s:($5 > 0 ? $2 : 1/0) with points lc rgb 'black' pt 3 ps 1 "
                  "notitle",
                  data, x);
}

void ppt_chart_stars_title(unsigned cpus, struct ppt_text *out)
{
    ppt_text_addf(out,
                  "set xlabel 'workers (threads); *: more threads in all than the %u CPU%s' offset "
                  "0,0.4\n",
                  cpus, cpus == 1 ? "" : "s");
}

/* A point without an interval (one block) is its own whiskers: a mark, and nothing around it. */
void ppt_chart_speedup_row(const struct ppt_answer *answer, size_t point, struct ppt_text *out)
{
    const struct ppt_ratio *speedup = &answer->points[point].over_fewest;
    const bool exists = speedup->interval.exists;

    ppt_text_addf(out, "%u %.9g %.9g %.9g %d\n", answer->grid.points[point].workers, speedup->value,
                  exists ? speedup->interval.low : speedup->value,
                  exists ? speedup->interval.high : speedup->value,
                  ppt_answer_beyond(answer, point));
}

void ppt_chart_worker_axis(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_grid *grid = &outcome->answer->grid;
    unsigned *workers = ppt_alloc(grid->point_count + 1, sizeof(*workers));
    size_t count = 0;

    for (size_t p = 0; p < grid->point_count; p++) {
        const unsigned n = grid->points[p].workers;

        if (n > 0 && (count == 0 || workers[count - 1] != n)) {
            workers[count++] = n;
        }
    }
    if (count == 0) {
        /* Sequential calls alone: a chart of one known number says nothing, but stays valid. */
        workers[count++] = 1;
    }
    ppt_chart_workers(workers, count, out);
    free(workers);
}

/* One block of data per number of inner threads (gnuplot's "index"), each a curve over workers. */
static void add_speedup_data(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_config *config = outcome->config;
    const struct ppt_grid *grid = &outcome->answer->grid;

    ppt_text_add(out, "# workers  speedup: median  95 % interval: low  high  beyond CPUs\n");
    for (size_t i = 0; i < config->inner_count; i++) {
        size_t rows = 0;

        if (config->inner_count > 1) {
            ppt_text_addf(out, "%s# %u inner threads\n", i ? "\n\n" : "", config->inner_threads[i]);
        }
        for (size_t p = 0; p < grid->point_count && grid->block_count > 0; p++) {
            if (grid->points[p].workers > 0 &&
                grid->points[p].inner_threads == config->inner_threads[i]) {
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
    for (size_t i = 0; i < config->inner_count; i++) {
        const char *colour = ppt_chart_colours[i % PPT_CHART_COLOURS];
        const int mark = ppt_chart_marks[i % PPT_CHART_COLOURS];

        ppt_text_addf(out,
                      ", \\\n  'speedup.dat' index %zu using 1:2:3:4 with yerrorbars lc rgb '%s' "
                      "pt %d ps 0.6 lw 1.5 title ",
                      i, colour, mark);
        if (config->inner_count > 1) {
            ppt_text_addf(out, "'%u inner thread%s'", config->inner_threads[i],
                          config->inner_threads[i] == 1 ? "" : "s");
        } else {
            ppt_text_add(out, "'measured: median and 95 % interval'");
        }
        ppt_text_addf(out,
                      ", \\\n  'speedup.dat' index %zu using 1:2 with lines lc rgb '%s' lw 1.5 "
                      "notitle",
                      i, colour);
    }
}

static enum ppt_status write_speedup(const struct ppt_outcome *outcome, const char *folder,
                                     struct ppt_error *error)
{
    const struct ppt_grid *grid = &outcome->answer->grid;
    struct ppt_chart chart = {.name = "speedup"};
    const unsigned base = grid->point_count > 0 ? grid->points[0].workers : 0;
    const unsigned most = grid->point_count > 0 ? grid->points[grid->point_count - 1].workers : 0;

    add_speedup_data(outcome, &chart.data);
    ppt_chart_title(outcome, "how much faster with workers", &chart.plot);
    ppt_chart_worker_axis(outcome, &chart.plot);
    if (base == 0) {
        ppt_text_add(&chart.plot, "set ylabel 'speedup over sequential calls (times)'\n");
    } else {
        ppt_text_addf(&chart.plot, "set ylabel 'speedup over %u worker%s (times)'\n", base,
                      base == 1 ? "" : "s");
    }
    const bool stars = ppt_chart_any_beyond(outcome->answer, 0);
    if (stars) {
        ppt_chart_stars_title(outcome->host->effective_cpus, &chart.plot);
    }
    ppt_chart_cpu_mark(outcome->host->effective_cpus,
                       outcome->config->inner_count == 1 ? outcome->config->inner_threads[0] : 0,
                       most > 0 ? most : 1, &chart.plot);
    ppt_text_addf(&chart.plot,
                  "set samples 500\n"
                  "plot x / %u.0 with lines lc rgb '" GREY "' dt 2 lw 1.5 title 'ideal', \\\n"
                  "  1 with lines lc rgb '" GREY "' lw 1 title 'baseline'",
                  base ? base : 1);
    add_speedup_curves(outcome->config, &chart.plot);
    if (stars) {
        ppt_chart_stars("'speedup.dat'", "1", &chart.plot);
    }
    ppt_text_add(&chart.plot, "\n");
    return ppt_chart_write(&chart, folder, error);
}

/* Labels beyond so many would overlap. */
#define MOST_UPRIGHT 14

void ppt_chart_point_axis(const struct ppt_point *points, size_t count, bool with_inner,
                          unsigned cpus, struct ppt_text *out)
{
    bool stars = false;

    ppt_text_addf(out, "set xtics %s(", count > MOST_UPRIGHT ? "rotate by 60 right " : "");
    for (size_t i = 0; i < count; i++) {
        const bool beyond = ppt_point_threads(points[i]) > cpus;
        char label[PPT_POINT_SIZE] = "sequential";

        if (with_inner || points[i].workers > 0) {
            ppt_point_label(points[i], with_inner, label);
        }
        ppt_text_addf(out, "%s'%s%s' %zu", i ? ", " : "", beyond ? "*" : "", label, i);
        stars |= beyond;
    }
    ppt_text_addf(out, ")\nset xlabel '%s",
                  with_inner ? "workers x inner threads (0: sequential calls)"
                             : "workers (threads)");
    if (stars) {
        ppt_text_addf(out, "; *: more than the %u CPU%s", cpus, cpus == 1 ? "" : "s");
    }
    ppt_text_addf(out, "' offset 0,0.4\nset xrange [-0.6:%zu.6]\nset yrange [0:*]\n",
                  count > 0 ? count - 1 : 0);
}

void ppt_chart_category_axis(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_summary *summary = outcome->summary;
    struct ppt_point *points = ppt_alloc(summary->count, sizeof(*points));

    for (size_t i = 0; i < summary->count; i++) {
        points[i] = summary->points[i].point;
    }
    ppt_chart_point_axis(points, summary->count, outcome->config->inner_count > 1,
                         outcome->host->effective_cpus, out);
    free(points);
}

void ppt_chart_category_cpu_mark(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_summary *summary = outcome->summary;
    const unsigned cpus = outcome->host->effective_cpus;
    size_t beyond = 0;

    if (outcome->config->inner_count > 1) {
        return; /* points that fit and points that do not take turns */
    }
    while (beyond < summary->count && ppt_point_threads(summary->points[beyond].point) <= cpus) {
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

/* The place behind the last name. */
static const char **end_of(const char **names)
{
    while (*names) {
        names++;
    }
    return names;
}

enum ppt_status ppt_charts_write(const struct ppt_outcome *outcome, struct ppt_text *notes,
                                 struct ppt_error *error)
{
    const char *names[PPT_CHARTS_MOST + 1] = {"speedup", "tasks_per_second", "time"};
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
        status = ppt_model_charts_write(outcome, folder, end_of(names), error);
    }
    if (status == PPT_OK) {
        status = ppt_pass_charts_write(outcome, folder, end_of(names), error);
    }
    if (status == PPT_OK && outcome->config->inner_count > 1) {
        *end_of(names) = "heat";
        status = ppt_heat_chart_write(outcome, folder, error);
    }
    if (status == PPT_OK) {
        ppt_gnuplot_draw(folder, names, notes);
    }
    free(folder);
    return status;
}
