/*
 * Titles and axes. Over workers there are two: a numeric one for curves, and points side by side.
 */
#include <math.h>

#include "chart.h"
#include "memory.h"
#include "order.h"
#include "owned.h"

void ppt_chart_title(const struct ppt_outcome *outcome, const char *what, struct ppt_text *out)
{
    const struct ppt_config *config = outcome->config;
    const unsigned long long tasks = config->task_count;
    char inner[PPT_POINT_WORDS_SIZE];
    char *title PPT_FREED =
        ppt_text_format("%s: %s\n%s%s%llu task%s per pass, %zu iteration%s%s",
                        ppt_config_title(config), what, config->details,
                        *config->details ? "; " : "", tasks, PPT_S(tasks), outcome->summary->blocks,
                        PPT_S(outcome->summary->blocks), ppt_config_inner_text(config, inner));
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
}

const char *ppt_chart_unit(double largest_s, double *unit)
{
    *unit = largest_s >= 1 ? 1 : largest_s >= 1e-3 ? 1e-3 : largest_s >= 1e-6 ? 1e-6 : 1e-9;
    return largest_s >= 1      ? "seconds"
           : largest_s >= 1e-3 ? "milliseconds"
           : largest_s >= 1e-6 ? "microseconds"
                               : "nanoseconds";
}

void ppt_chart_speedup_label(unsigned base, struct ppt_text *out)
{
    if (base == 0) {
        ppt_text_add(out, "set ylabel 'speedup over sequential calls (times)'\n");
    } else {
        ppt_text_addf(out, "set ylabel 'speedup over %u worker%s (times)'\n", base, PPT_S(base));
    }
}

/* ---- numbers of workers ---- */

/* All worker counts above 0 of all runs, ascending, each once. */
static unsigned *union_of_workers(const struct ppt_outcome *outcomes, size_t count, size_t *found)
{
    unsigned *all = ppt_alloc(1, sizeof(*all));
    size_t n = 0;

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
    *found = ppt_order_distinct(all, n);
    return all;
}

/* From here on an axis is logarithmic. */
#define MOST_LINEAR 16

/* On a logarithmic axis numbers between powers of two would run into each other. */
static bool is_labelled(unsigned number, unsigned most)
{
    const bool power_of_two = (number & (number - 1)) == 0;

    return most <= MOST_LINEAR || number == most || (power_of_two && 5 * number < 4 * most);
}

/* Numbers ascending, above 0. */
static void add_ticks(const unsigned *workers, size_t count, struct ppt_text *out)
{
    const unsigned most = workers[count - 1];

    ppt_text_add(out, "set xlabel 'workers (threads)' offset 0,0.4\nset xtics (");
    for (size_t i = 0; i < count; i++) {
        char label[16] = "";

        if (is_labelled(workers[i], most)) {
            snprintf(label, sizeof(label), "%u", workers[i]);
        }
        ppt_text_addf(out, "%s'%s' %u", i ? ", " : "", label, workers[i]);
    }
    ppt_text_add(out, ")\n");
    if (most > MOST_LINEAR) {
        ppt_text_addf(out, "set logscale x 2\nset logscale y 2\nset xrange [0.8:%.9g]\n",
                      1.25 * most);
    } else {
        ppt_text_addf(out, "set xrange [0:%.9g]\nset yrange [0:*]\n",
                      most + fmax(0.5, most * 0.05));
    }
}

unsigned ppt_chart_worker_axis(const struct ppt_outcome *outcomes, size_t count,
                               struct ppt_text *out)
{
    size_t found = 0;
    unsigned *workers PPT_FREED = union_of_workers(outcomes, count, &found);
    const unsigned most = workers[found - 1];

    add_ticks(workers, found, out);
    return most;
}

static bool any_beyond(const struct ppt_outcome *outcomes, size_t count)
{
    bool any = false;

    for (size_t i = 0; i < count; i++) {
        any |= ppt_chart_any_beyond(outcomes[i].answer,
                                    count > 1 ? ppt_chart_task_of(&outcomes[i]) : NULL);
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
    const unsigned inner = ppt_chart_task_of(&outcomes[0])->inner_threads;
    for (size_t i = 1; i < count; i++) {
        if (ppt_chart_task_of(&outcomes[i])->inner_threads != inner) {
            return 0;
        }
    }
    return inner;
}

void ppt_chart_stars_title(unsigned cpus, struct ppt_text *out)
{
    ppt_text_addf(out,
                  "set xlabel 'workers (threads); *: more threads in all than the %u CPU%s' offset "
                  "0,0.4\n",
                  cpus, PPT_S(cpus));
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
                      "tc rgb '" PPT_GREY "'\n",
                      cpus);
        return;
    }
    if (inner > 1) {
        snprintf(each, sizeof(each), ": %.3g worker%s x %u", place, PPT_S(place), inner);
    }
    ppt_text_addf(
        out,
        "set arrow 1 from first %.6g, graph 0 to first %.6g, graph 1 nohead lc rgb '" PPT_GREY
        "' lw 1.5 dt 3\n"
        "set label 1 ' %u CPU%s%s' at first %.6g, graph 0.04 left tc rgb '" PPT_GREY "'\n",
        place, place, cpus, PPT_S(cpus), each, place);
}

unsigned ppt_chart_speedup_axis(const struct ppt_outcome *outcomes, size_t count,
                                struct ppt_text *out)
{
    const unsigned most = ppt_chart_worker_axis(outcomes, count, out);

    if (any_beyond(outcomes, count)) {
        ppt_chart_stars_title(ppt_outcome_cpus(&outcomes[0]), out);
    }
    ppt_chart_cpu_mark(ppt_outcome_cpus(&outcomes[0]), shared_inner(outcomes, count), most, out);
    return most;
}

/* ---- points side by side ---- */

/* Labels beyond so many would overlap. */
#define MOST_UPRIGHT 14

void ppt_chart_point_axis(const struct ppt_point *points, size_t count, unsigned several,
                          const struct ppt_host *host, struct ppt_text *out)
{
    const struct ppt_point most = count > 0 ? points[count - 1] : (struct ppt_point){0};
    const bool with_ranks = most.ranks > 0, with_task = several & PPT_OF_TASK;
    const unsigned cpus = host->effective_cpus;
    char words[PPT_POINT_WORDS_SIZE];
    bool stars = false;

    ppt_text_addf(out, "set xtics %s(", count > MOST_UPRIGHT ? "rotate by 60 right " : "");
    for (size_t i = 0; i < count; i++) {
        const bool beyond = ppt_host_beyond(host, points[i]);
        char label[PPT_POINT_SIZE] = "sequential";

        if (with_task || points[i].workers > 0) {
            ppt_point_label(points[i], several, label);
        }
        ppt_text_addf(out, "%s'%s%s' %zu", i ? ", " : "", beyond ? "*" : "", label, i);
        stars |= beyond;
    }
    ppt_text_addf(out, ")\nset xlabel '%s%s",
                  ppt_point_heads(ppt_point_shown(most, several), words),
                  with_ranks && with_task ? ""
                  : with_ranks            ? " of each (no r: without MPI)"
                  : with_task             ? " (0: sequential calls)"
                                          : " (threads)");
    if (stars && with_ranks) {
        ppt_text_add(out, "; *: more threads than CPUs");
    } else if (stars) {
        ppt_text_addf(out, "; *: more than the %u CPU%s", cpus, PPT_S(cpus));
    }
    ppt_text_addf(out, "' offset 0,0.4\nset xrange [-0.6:%zu.6]\nset yrange [0:*]\n",
                  count > 0 ? count - 1 : 0);
}

/* A line between the last point that fits the CPUs and the next. */
static void add_category_cpu_mark(const struct ppt_outcome *outcome, struct ppt_text *out)
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
            "'" PPT_GREY "' lw 1.5 dt 3\n"
            "set label 1 ' more than %u CPU%s' at first %zu.5, graph 0.97 left tc rgb '" PPT_GREY
            "'\n",
            beyond - 1, beyond - 1, cpus, PPT_S(cpus), beyond - 1);
    }
}

void ppt_chart_category_axis(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_summary *summary = outcome->summary;
    struct ppt_point *points PPT_FREED = ppt_alloc(summary->count, sizeof(*points));

    for (size_t i = 0; i < summary->count; i++) {
        points[i] = summary->points[i].point;
    }
    ppt_chart_point_axis(points, summary->count, ppt_config_several(outcome->config), outcome->host,
                         out);
    add_category_cpu_mark(outcome, out);
}
