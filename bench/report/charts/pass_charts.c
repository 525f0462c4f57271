/*
 * The charts of what lies behind the medians: how long single tasks took, how busy each worker was,
 * and all passes in the order they ran.
 */
#include <gsl/gsl_sort.h>
#include <math.h>

#include "chart.h"
#include "memory.h"
#include "owned.h"

/* A range of more than this is drawn on a logarithmic scale. */
#define WIDE_RANGE 20

/* ---- times of single tasks ---- */

static void task_times_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    const struct ppt_summary *summary = outcome->summary;
    double largest = 0, smallest = INFINITY, unit;

    for (size_t i = 0; i < summary->count; i++) {
        largest = fmax(largest, summary->points[i].task_longest_s.median);
        smallest = fmin(smallest, summary->points[i].task_median_s.median);
    }
    const char *name = ppt_chart_unit(largest, &unit);
    ppt_text_addf(&chart->data, "# position  workers  median  p95  p99  longest   (%s)\n", name);
    for (size_t i = 0; i < summary->count; i++) {
        const struct ppt_point_summary *p = &summary->points[i];

        ppt_text_addf(&chart->data, "%zu %u %.9g %.9g %.9g %.9g\n", i, ppt_point_workers(p->point),
                      p->task_median_s.median / unit, p->task_p95_s.median / unit,
                      p->task_p99_s.median / unit, p->task_longest_s.median / unit);
    }
    ppt_chart_title(outcome, "how long single tasks take", &chart->plot);
    ppt_chart_category_axis(outcome, &chart->plot);
    ppt_text_addf(&chart->plot, "set ylabel '%s per task'\n", name);
    if (smallest > 0 && largest > WIDE_RANGE * smallest) {
        ppt_text_add(&chart->plot, "set logscale y\nset yrange [*:*]\n");
    }
    ppt_text_add(&chart->plot,
                 "plot data using 1:6 with points lc rgb '" PPT_VERMILLION "' pt 9 title "
                 "'longest', \\\n"
                 "  data using 1:5 with points lc rgb '" PPT_PURPLE "' pt 11 title "
                 "'99 % are shorter', \\\n"
                 "  data using 1:4 with points lc rgb '" PPT_ORANGE "' pt 5 title "
                 "'95 % are shorter', \\\n"
                 "  data using 1:3 with points lc rgb '" PPT_BLUE "' pt 7 title "
                 "'median'\n");
}

const struct ppt_chart_kind ppt_chart_task_times = {"task_times", NULL, task_times_write};

/* ---- how busy workers were ---- */

/* Workers of different passes have nothing to do with each other, so they go by their rank: the
 * least busy of each pass, the next one, and so on; medians over blocks. `shares` has one entry per
 * worker. */
static void busy_shares(struct ppt_passes passes, size_t workers, double *shares)
{
    double *all PPT_FREED = ppt_alloc(passes.count * workers, sizeof(*all));
    double *column PPT_FREED = ppt_alloc(passes.count, sizeof(*column));

    for (size_t p = 0; p < passes.count; p++) {
        const struct ppt_sample *pass = passes.items[p];
        double *row = &all[p * workers];

        for (size_t w = 0; w < workers; w++) {
            row[w] = (double)pass->workers[w].busy_ns / (double)pass->work_ns;
        }
        gsl_sort(row, 1, workers);
    }
    for (size_t w = 0; w < workers; w++) {
        for (size_t p = 0; p < passes.count; p++) {
            column[p] = all[p * workers + w];
        }
        shares[w] = ppt_median(column, passes.count);
    }
}

static void balance_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    const struct ppt_summary *summary = outcome->summary;

    ppt_text_add(&chart->data,
                 "# position  busy share of the time that tasks ran, in %  workers\n");
    for (size_t i = 0; i < summary->count; i++) {
        const struct ppt_point point = summary->points[i].point;
        const size_t workers = ppt_point_running(point);
        double *shares PPT_FREED = ppt_alloc(workers, sizeof(*shares));

        busy_shares(ppt_index_passes(outcome->index, ppt_index_find(outcome->index, point)),
                    workers, shares);
        for (size_t w = 0; w < workers; w++) {
            const double place = workers > 1 ? 0.5 * ((double)w / (double)(workers - 1) - 0.5) : 0;

            ppt_text_addf(&chart->data, "%.4g %.9g %u\n", (double)i + place, 100 * shares[w],
                          ppt_point_workers(point));
        }
    }
    ppt_chart_title(outcome, "how busy each worker is while tasks run", &chart->plot);
    ppt_chart_category_axis(outcome, &chart->plot);
    ppt_text_add(&chart->plot, "set ylabel 'busy with tasks (%)'\n"
                               "set yrange [0:110]\n"
                               "plot data using 1:2 with points lc rgb '" PPT_BLUE "' pt 7 ps "
                               "0.7 title 'one mark per worker, the least busy first'\n");
}

const struct ppt_chart_kind ppt_chart_balance = {"balance", NULL, balance_write};

/* ---- the passes in time ---- */

/* The passes that were disturbed, or the others; gnuplot's "index" needs a row in each. */
static void add_passes(const struct ppt_outcome *outcome, bool disturbed, struct ppt_text *out)
{
    size_t rows = 0;

    for (size_t i = 0; i < outcome->index->ran.count; i++) {
        const struct ppt_sample *sample = outcome->index->ran.items[i];

        if (sample->block > 0 && ppt_pass_disturbed(outcome->index, sample) == disturbed) {
            const size_t p = ppt_index_find(outcome->index, sample->point);

            ppt_text_addf(
                out, "%.9g %.9g %u %u %u\n", (double)sample->started_ns * 1e-9,
                (double)sample->total_ns * 1e-9 / outcome->summary->points[p].total_s.median,
                sample->block, ppt_point_workers(sample->point), sample->point.inner_threads);
            rows++;
        }
    }
    if (rows == 0) {
        ppt_text_add(out, "NaN NaN 0 0 0\n");
    }
}

static void passes_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    ppt_text_add(&chart->data,
                 "# started (s)  time / median of its point  iteration  workers  inner threads\n");
    add_passes(outcome, false, &chart->data);
    ppt_text_add(&chart->data, "\n\n# disturbed by others or by a quota\n");
    add_passes(outcome, true, &chart->data);
    ppt_chart_title(outcome, "all passes in the order they ran", &chart->plot);
    ppt_text_add(&chart->plot,
                 "set xlabel 'seconds since the start' offset 0,0.4\n"
                 "set ylabel 'time of the pass / median of its point'\n"
                 "set xrange [0:*]\nset yrange [0:*<2]\n"
                 "set offsets graph 0.02, graph 0.02, graph 0.02, 0\n"
                 "plot 1 with lines lc rgb '" PPT_GREY "' lw 1 title 'median', \\\n"
                 "  data index 0 using 1:2 with points lc rgb '" PPT_BLUE "' pt 7 ps 0.5 title "
                 "'passes', \\\n"
                 "  data index 1 using 1:2 with points lc rgb '" PPT_VERMILLION "' pt 2 ps 1 title "
                 "'disturbed by others or a quota'\n");
}

const struct ppt_chart_kind ppt_chart_passes = {"passes", NULL, passes_write};
