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
    struct ppt_chart_range range = {0};
    char label[40];
    double unit;

    for (size_t i = 0; i < summary->count * PPT_PERCENTILES; i++) {
        ppt_chart_reach(&range, ppt_percentile_s(&summary->points[i / PPT_PERCENTILES],
                                                 &ppt_percentiles[i % PPT_PERCENTILES]));
    }
    const char *name = ppt_chart_unit(range.high, &unit);
    ppt_text_add(&chart->data, "# position  point  workers");
    for (size_t k = 0; k < PPT_PERCENTILES; k++) {
        ppt_text_addf(&chart->data, "  %s (%s)", ppt_percentiles[k].key, name);
    }
    ppt_text_add(&chart->data, "\n");
    for (size_t i = 0; i < summary->count; i++) {
        const struct ppt_point_summary *p = &summary->points[i];

        ppt_text_addf(&chart->data, "%zu", i);
        ppt_chart_point_column(outcome, p->point, &chart->data);
        ppt_text_addf(&chart->data, "%u", ppt_point_workers(p->point));
        for (size_t k = 0; k < PPT_PERCENTILES; k++) {
            ppt_text_addf(&chart->data, " %.9g", ppt_percentile_s(p, &ppt_percentiles[k]) / unit);
        }
        ppt_text_add(&chart->data, "\n");
    }
    snprintf(label, sizeof(label), "%s per task", name);
    ppt_chart_about(chart, outcome, "how long single tasks take");
    ppt_chart_note(chart, "Medians over iterations.");
    ppt_chart_value_axis(chart, label,
                         (struct ppt_chart_range){range.low / unit, range.high / unit},
                         range.high > WIDE_RANGE * range.low);
    for (size_t k = 0; k < PPT_PERCENTILES; k++) {
        const struct ppt_percentile *percentile = &ppt_percentiles[k];
        char title[40];

        snprintf(title, sizeof(title), "%s%s", percentile->name,
                 percentile->share > 0.5 && percentile->share < 1 ? " are shorter" : "");
        if (ppt_percentile_known(percentile->share, outcome->config->task_count)) {
            ppt_chart_plot(chart, title, "data using 1:%zu with points ls %s", k + 4,
                           percentile->key);
        }
    }
    ppt_chart_category_axis(chart, outcome);
}

const struct ppt_chart_kind ppt_chart_task_times = {.name = "task_times",
                                                    .write = task_times_write};

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

    ppt_text_add(&chart->data, "# position  point  busy while tasks run (%)  workers\n");
    for (size_t i = 0; i < summary->count; i++) {
        const struct ppt_point point = summary->points[i].point;
        const size_t workers = ppt_point_running(point);
        double *shares PPT_FREED = ppt_alloc(workers, sizeof(*shares));

        busy_shares(ppt_index_passes(outcome->index, ppt_index_find(outcome->index, point)),
                    workers, shares);
        for (size_t w = 0; w < workers; w++) {
            const double place = workers > 1 ? 0.6 * ((double)w / (double)(workers - 1) - 0.5) : 0;

            ppt_text_addf(&chart->data, "%.4g", (double)i + place);
            ppt_chart_point_column(outcome, point, &chart->data);
            ppt_text_addf(&chart->data, "%.9g %u\n", 100 * shares[w], ppt_point_workers(point));
        }
    }
    ppt_chart_about(chart, outcome, "how busy each worker is while tasks run");
    ppt_chart_note(chart, "A mark for each worker, the least busy first; medians.");
    ppt_chart_value_axis(chart, "busy with tasks (%)", (struct ppt_chart_range){0, 100}, false);
    ppt_chart_set(chart, "set yrange [0:105]");
    ppt_chart_plot(chart, "a worker", "data using 1:3 with points ls measured");
    ppt_chart_category_axis(chart, outcome);
}

const struct ppt_chart_kind ppt_chart_balance = {.name = "balance", .write = balance_write};

/* ---- the passes in time ---- */

/* The passes that were disturbed, or the others; gnuplot's "index" needs a row in each. */
static size_t add_passes(const struct ppt_outcome *outcome, bool disturbed, struct ppt_text *out)
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
    return rows;
}

static void passes_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    ppt_text_add(
        &chart->data,
        "# started (s)  time / median of its point  iteration  workers  inner threads\n# passes\n");
    const size_t calm = add_passes(outcome, false, &chart->data);
    ppt_text_add(&chart->data, "\n\n# disturbed by others or by a quota\n");
    const size_t disturbed = add_passes(outcome, true, &chart->data);
    ppt_chart_about(chart, outcome, "all passes in the order they ran");
    ppt_chart_set(chart, "set xlabel 'seconds since the start'\n"
                         "set ylabel 'time of the pass / median of its point'\n"
                         "set xrange [0:*]\nset yrange [*<0.9:1.1<*]\n"
                         "set offsets graph 0.02, graph 0.02, graph 0.02, 0");
    ppt_chart_plot(chart, "median", "1 with lines ls baseline");
    if (calm > 0) {
        ppt_chart_plot(chart, "a pass", "data index 0 using 1:2 with points ls measured ps 0.5");
    }
    if (disturbed > 0) {
        ppt_chart_plot(chart, "one disturbed by others or a quota",
                       "data index 1 using 1:2 with points ls disturbed");
    }
}

const struct ppt_chart_kind ppt_chart_passes = {.name = "passes", .write = passes_write};
