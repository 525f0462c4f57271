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

unsigned ppt_outcome_cpus(const struct ppt_outcome *outcome)
{
    return ppt_host_all_cpus(outcome->host, outcome->config);
}

size_t ppt_chart_curve_count(const struct ppt_config *config)
{
    return config->rank_count * config->inner_count;
}

struct ppt_curve ppt_chart_curve(const struct ppt_config *config, size_t which)
{
    return (struct ppt_curve){config->ranks[which / config->inner_count],
                              config->inner_threads[which % config->inner_count]};
}

bool ppt_chart_on_curve(const struct ppt_curve *curve, struct ppt_point point)
{
    return point.workers > 0 && point.ranks == curve->ranks &&
           point.inner_threads == curve->inner_threads;
}

char *ppt_chart_curve_title(const struct ppt_config *config, size_t which)
{
    const struct ppt_curve curve = ppt_chart_curve(config, which);
    char ranks[40] = "", inner[40] = "";

    if (curve.ranks > 0) {
        snprintf(ranks, sizeof(ranks), "%u rank%s", curve.ranks, curve.ranks == 1 ? "" : "s");
    } else if (config->rank_count > 1) {
        snprintf(ranks, sizeof(ranks), "without MPI");
    }
    if (config->inner_count > 1) {
        snprintf(inner, sizeof(inner), "%u inner thread%s", curve.inner_threads,
                 curve.inner_threads == 1 ? "" : "s");
    }
    return ppt_chart_curve_count(config) == 1
               ? NULL
               : ppt_text_format("%s%s%s", ranks, *ranks && *inner ? ", " : "", inner);
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

    ppt_text_addf(out, "%u %.9g %.9g %.9g %d\n", ppt_point_workers(answer->grid.points[point]),
                  speedup->value, exists ? speedup->interval.low : speedup->value,
                  exists ? speedup->interval.high : speedup->value,
                  ppt_answer_beyond(answer, point));
}

void ppt_chart_worker_axis(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    (void)ppt_chart_union_ticks(outcome, 1, out);
}

/* One block of data per curve (gnuplot's "index"). */
static void add_speedup_data(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_config *config = outcome->config;
    const struct ppt_grid *grid = &outcome->answer->grid;

    ppt_text_add(out, "# workers  speedup: median  95 % interval: low  high  beyond CPUs\n");
    for (size_t i = 0; i < ppt_chart_curve_count(config); i++) {
        const struct ppt_curve curve = ppt_chart_curve(config, i);
        char *title = ppt_chart_curve_title(config, i);
        size_t rows = 0;

        if (title) {
            ppt_text_addf(out, "%s# %s\n", i ? "\n\n" : "", title);
        }
        for (size_t p = 0; p < grid->point_count && grid->block_count > 0; p++) {
            if (ppt_chart_on_curve(&curve, grid->points[p])) {
                ppt_chart_speedup_row(outcome->answer, p, out);
                rows++;
            }
        }
        if (rows == 0) {
            ppt_text_add(out, PPT_CHART_NO_ROW);
        }
        free(title);
    }
}

static void add_speedup_curves(const struct ppt_config *config, struct ppt_text *out)
{
    for (size_t i = 0; i < ppt_chart_curve_count(config); i++) {
        const char *colour = ppt_chart_colours[i % PPT_CHART_COLOURS];
        const int mark = ppt_chart_marks[i % PPT_CHART_COLOURS];
        char *title = ppt_chart_curve_title(config, i);

        ppt_text_addf(out,
                      ", \\\n  data index %zu using 1:2:3:4 with yerrorbars lc rgb '%s' "
                      "pt %d ps 0.6 lw 1.5 title '%s'",
                      i, colour, mark, title ? title : "measured: median and 95 % interval");
        ppt_text_addf(out, ", \\\n  data index %zu using 1:2 with lines lc rgb '%s' lw 1.5 notitle",
                      i, colour);
        free(title);
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

static enum ppt_status write_speedup(const struct ppt_outcome *outcome,
                                     const struct ppt_folder *folder, struct ppt_error *error)
{
    const struct ppt_grid *grid = &outcome->answer->grid;
    struct ppt_chart chart = {.name = "speedup"};
    const unsigned base = grid->point_count > 0 ? grid->points[0].workers : 0;
    const unsigned most =
        grid->point_count > 0 ? ppt_point_workers(grid->points[grid->point_count - 1]) : 0;

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
        ppt_chart_stars_title(ppt_outcome_cpus(outcome), &chart.plot);
    }
    add_cpu_mark(outcome, most, &chart.plot);
    ppt_text_addf(&chart.plot,
                  "set samples 500\n"
                  "plot x / %u.0 with lines lc rgb '" GREY "' dt 2 lw 1.5 title 'ideal', \\\n"
                  "  1 with lines lc rgb '" GREY "' lw 1 title 'baseline'",
                  base ? base : 1);
    add_speedup_curves(outcome->config, &chart.plot);
    if (stars) {
        ppt_chart_stars("data", "1", &chart.plot);
    }
    ppt_text_add(&chart.plot, "\n");
    return ppt_chart_write(&chart, folder, error);
}

/* Labels beyond so many would overlap. */
#define MOST_UPRIGHT 14

void ppt_chart_point_axis(const struct ppt_point *points, size_t count, bool with_inner,
                          const struct ppt_host *host, struct ppt_text *out)
{
    const bool with_ranks = count > 0 && points[count - 1].ranks > 0;
    const unsigned cpus = host->effective_cpus;
    bool stars = false;

    ppt_text_addf(out, "set xtics %s(", count > MOST_UPRIGHT ? "rotate by 60 right " : "");
    for (size_t i = 0; i < count; i++) {
        const bool beyond = ppt_host_beyond(host, points[i]);
        char label[PPT_POINT_SIZE] = "sequential";

        if (with_inner || points[i].workers > 0) {
            ppt_point_label(points[i], with_inner, label);
        }
        ppt_text_addf(out, "%s'%s%s' %zu", i ? ", " : "", beyond ? "*" : "", label, i);
        stars |= beyond;
    }
    ppt_text_addf(out, ")\nset xlabel '%s",
                  with_ranks && with_inner ? "ranks r workers x inner threads"
                  : with_ranks             ? "ranks r workers of each (no r: without MPI)"
                  : with_inner             ? "workers x inner threads (0: sequential calls)"
                                           : "workers (threads)");
    if (stars && with_ranks) {
        ppt_text_add(out, "; *: more threads than CPUs");
    } else if (stars) {
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
    ppt_chart_point_axis(points, summary->count, outcome->config->inner_count > 1, outcome->host,
                         out);
    free(points);
}

void ppt_chart_category_cpu_mark(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_summary *summary = outcome->summary;
    const unsigned cpus = ppt_outcome_cpus(outcome);
    size_t beyond = 0;

    if (ppt_chart_curve_count(outcome->config) > 1) {
        return; /* points that fit and points that do not take turns */
    }
    while (beyond < summary->count &&
           !ppt_host_beyond(outcome->host, summary->points[beyond].point)) {
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

static enum ppt_status write_rate(const struct ppt_outcome *outcome,
                                  const struct ppt_folder *folder, struct ppt_error *error)
{
    const struct ppt_summary *summary = outcome->summary;
    struct ppt_chart chart = {.name = "tasks_per_second"};

    ppt_text_add(&chart.data, "# position  workers  tasks/s: median  smallest  largest\n");
    for (size_t i = 0; i < summary->count; i++) {
        const struct ppt_point_summary *p = &summary->points[i];

        ppt_text_addf(&chart.data, "%zu %u %.9g %.9g %.9g\n", i, ppt_point_workers(p->point),
                      p->rate.median, p->rate.smallest, p->rate.largest);
    }
    ppt_chart_title(outcome, "tasks per second", &chart.plot);
    ppt_chart_category_axis(outcome, &chart.plot);
    ppt_chart_category_cpu_mark(outcome, &chart.plot);
    ppt_text_add(&chart.plot,
                 "set ylabel 'tasks per second'\n"
                 "set boxwidth 0.6\n"
                 "set style fill solid 0.85 border lc rgb 'black'\n"
                 "plot data using 1:3 with boxes lc rgb '#56B4E9' title 'median', \\\n"
                 "  data using 1:3:4:5 with yerrorbars lc rgb 'black' pt 0 ps 0 lw 1.5 title "
                 "'smallest to largest'\n");
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

static enum ppt_status write_time(const struct ppt_outcome *outcome,
                                  const struct ppt_folder *folder, struct ppt_error *error)
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

        ppt_text_addf(&chart.data, "%zu %u %.9g %.9g %.9g %.9g %.9g %.9g\n", i,
                      ppt_point_workers(p->point), p->init_s.median / unit, p->work_s.median / unit,
                      p->cleanup_s.median / unit, p->total_s.median / unit,
                      p->total_s.smallest / unit, p->total_s.largest / unit);
    }
    ppt_chart_title(outcome, "where the time of a pass goes", &chart.plot);
    ppt_chart_category_axis(outcome, &chart.plot);
    ppt_chart_category_cpu_mark(outcome, &chart.plot);
    ppt_text_addf(&chart.plot,
                  "set ylabel '%s per pass'\n"
                  "set boxwidth 0.6\n"
                  "set style fill solid 0.85 border lc rgb 'black'\n"
                  "plot data using 1:($3+$4+$5) with boxes lc rgb '" VERMILLION
                  "' title 'cleanup', \\\n"
                  "  data using 1:($3+$4) with boxes lc rgb '#56B4E9' title 'work', \\\n"
                  "  data using 1:3 with boxes lc rgb '" BLUE "' title 'init', \\\n"
                  "  data using 1:6:7:8 with yerrorbars lc rgb 'black' pt 0 ps 0 lw 1.5 title "
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
    struct ppt_folder charts;
    const struct ppt_folder *folder = &charts;
    enum ppt_status status = ppt_folder_enter(outcome->folder, "charts", true, &charts, error);

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
    if (status == PPT_OK && ppt_chart_curve_count(outcome->config) > 1) {
        *end_of(names) = "heat";
        status = ppt_heat_chart_write(outcome, folder, error);
    }
    if (status == PPT_OK) {
        status = ppt_gnuplot_draw(folder, names, notes, error);
    }
    ppt_folder_close(&charts);
    return status;
}
