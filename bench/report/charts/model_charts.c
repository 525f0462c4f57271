/*
 * The charts of what was concluded: the scaling laws that may hold, and the efficiency factors.
 */
#include <math.h>

#include "chart.h"
#include "memory.h"
#include "owned.h"

#define CURVE_STEPS 120

/* ---- the laws ---- */

/* The best curve of each law that is kept, one index of the data for each. */
static void add_curves(const struct ppt_outlook *outlook, double most, struct ppt_text *out)
{
    for (size_t law = 0; law < PPT_RIVAL_COUNT; law++) {
        const struct ppt_rival *rival = &outlook->rivals.laws[law];

        if (rival->kept == 0) {
            continue;
        }
        ppt_text_addf(out, "\n\n# %s: workers  tasks/s\n", ppt_rival_names[law]);
        for (int i = 0; i <= CURVE_STEPS; i++) {
            const double n = pow(most, (double)i / CURVE_STEPS);

            ppt_text_addf(out, "%.6g %.9g\n", n, rival->best.scale * ppt_rival_at(&rival->best, n));
        }
    }
}

static void add_measured(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_summary *summary = outcome->summary;
    const struct ppt_point row = outcome->answer->row.points[0];

    ppt_text_add(out, "# measured: workers  tasks/s: median  95 % interval: low  high\n");
    for (size_t i = 0; i < summary->count; i++) {
        const struct ppt_stat *rate = &summary->points[i].rate;
        const bool exists = rate->interval.exists;

        if (summary->points[i].point.workers > 0 &&
            ppt_point_same_task(summary->points[i].point, row)) {
            ppt_text_addf(out, "%u %.9g %.9g %.9g\n", ppt_point_workers(summary->points[i].point),
                          rate->median, exists ? rate->interval.low : rate->median,
                          exists ? rate->interval.high : rate->median);
        }
    }
}

static void model_add_recommended(const struct ppt_answer *answer, struct ppt_text *out)
{
    const struct ppt_verdict *verdict = &answer->verdict;
    const unsigned n =
        verdict->exists ? ppt_point_workers(answer->grid.points[verdict->recommended]) : 0;

    if (n > 0) {
        char label[PPT_POINT_SIZE];

        ppt_text_addf(out,
                      "set arrow 2 from first %u, graph 0 to first %u, graph 1 nohead lc rgb "
                      "'" PPT_GREEN "' lw 2\n"
                      "set label 2 'recommended: %s ' at first %u, graph 0.12 right tc rgb "
                      "'" PPT_GREEN "'\n",
                      n, n, ppt_point_label(answer->grid.points[verdict->recommended], 0, label),
                      n);
    }
}

/* Why nothing is drawn beyond the points. */
static void add_refusal(unsigned refusals, struct ppt_text *out)
{
    const unsigned first = refusals & (0 - refusals);

    if (refusals != 0) {
        ppt_text_addf(
            out, "set label 3 \"nothing is said beyond:\\n%s\" at graph 0.02, graph 0.95 left\n",
            ppt_refusal_text((enum ppt_refusal)first));
    }
}

/* Tasks per second of one worker, or of each of the fewest. */
static double one_worker(const struct ppt_scaling *scaling)
{
    const struct ppt_grid *row = &scaling->row;
    double *rates PPT_FREED = ppt_alloc(row->block_count, sizeof(*rates));

    for (size_t b = 0; b < row->block_count; b++) {
        rates[b] = fmax(1, scaling->context.tasks) / ppt_grid_at(row, b, 0) /
                   ppt_point_workers(row->points[0]);
    }
    return ppt_median(rates, row->block_count);
}

static void add_law_lines(const struct ppt_outlook *outlook, struct ppt_text *out)
{
    size_t index = 1;

    for (size_t law = 0; law < PPT_RIVAL_COUNT; law++) {
        if (outlook->rivals.laws[law].kept > 0) {
            const struct ppt_series_style style = ppt_series_style(law + 1);

            ppt_text_addf(out,
                          "data index %zu using 1:2 with lines lc rgb '%s' dt %zu lw 1.5 title "
                          "'%s', \\\n  ",
                          index++, style.colour, law % 2 + 1, ppt_rival_names[law]);
        }
    }
}

/* Of several numbers of inner threads the law is that of one. */
static void add_model_title(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    char words[PPT_POINT_WORDS_SIZE];
    char *title PPT_FREED = ppt_text_format(
        "throughput%s and the laws it may follow",
        ppt_point_words(outcome->answer->row.points[0],
                        ppt_config_several(outcome->config) & PPT_OF_TASK, " with ", ", ", words));

    ppt_chart_title(outcome, title, out);
}

static void model_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    const struct ppt_scaling *scaling = &outcome->answer->scaling;
    const struct ppt_summary *summary = outcome->summary;
    const struct ppt_outlook outlook = ppt_scaling_outlook(scaling, 2 * scaling->largest);
    unsigned most = ppt_point_workers(summary->points[summary->count - 1].point);

    add_measured(outcome, &chart->data);
    add_curves(&outlook, outlook.refusals != 0 ? scaling->largest : outlook.workers, &chart->data);
    add_model_title(outcome, &chart->plot);
    (void)ppt_chart_worker_axis(outcome, 1, &chart->plot);
    if (outlook.refusals == 0 && outlook.workers > most) {
        most = outlook.workers;
        ppt_text_addf(&chart->plot, "set xrange [*:%.9g]\nset xtics add ('%u' %u)\n", 1.05 * most,
                      most, most);
    }
    ppt_text_add(&chart->plot, "set ylabel 'tasks per second'\n");
    ppt_chart_cpu_mark(ppt_outcome_cpus(outcome), outcome->answer->row.points[0].inner_threads,
                       most, &chart->plot);
    model_add_recommended(outcome->answer, &chart->plot);
    add_refusal(outlook.refusals, &chart->plot);
    ppt_text_addf(&chart->plot,
                  "plot %.9g * x with lines lc rgb '" PPT_GREY "' dt 2 lw 1.5 title 'ideal', \\\n"
                  "  ",
                  one_worker(scaling));
    add_law_lines(&outlook, &chart->plot);
    ppt_text_add(&chart->plot, "data index 0 using 1:2:3:4 with yerrorbars lc rgb '" PPT_BLUE
                               "' pt 7 ps 0.6 lw 1.5 title 'measured, 95 % interval'\n");
}

static bool has_curve(const struct ppt_outcome *outcome)
{
    return outcome->answer->scaling.exists;
}

const struct ppt_chart_kind ppt_chart_model = {"model", has_curve, model_write};

/* ---- efficiency factors ---- */

static bool has_factors(const struct ppt_outcome *outcome)
{
    const struct ppt_answer *answer = outcome->answer;
    bool any = false;

    for (size_t p = 0; p < answer->grid.point_count; p++) {
        any |= answer->points[p].factors.exists;
    }
    return any;
}

static void factors_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    static const struct {
        const char *colour;
        int mark;
    } styles[PPT_FACTOR_COUNT] = {
        [PPT_FACTOR_BALANCE] = {PPT_BLUE, 7},      [PPT_FACTOR_COMMUNICATION] = {PPT_SKY, 3},
        [PPT_FACTOR_SCHEDULING] = {PPT_ORANGE, 5}, [PPT_FACTOR_STARTUP] = {PPT_GREEN, 9},
        [PPT_FACTOR_WORK] = {PPT_VERMILLION, 11},  [PPT_FACTOR_REFERENCE] = {PPT_PURPLE, 13},
    };
    const bool with_ranks = ppt_config_ranks(outcome->config) > 0;
    const struct ppt_answer *answer = outcome->answer;

    ppt_text_add(&chart->data, "# position  workers  efficiency");
    for (size_t f = 0; f < PPT_FACTOR_COUNT; f++) {
        ppt_text_addf(&chart->data, "  %s", ppt_factor_names[f]);
    }
    ppt_text_add(&chart->data, "\n");
    for (size_t p = 0; p < answer->grid.point_count; p++) {
        const struct ppt_point_answer *point = &answer->points[p];

        if (point->factors.exists) {
            const unsigned workers = ppt_point_workers(answer->grid.points[p]);

            ppt_text_addf(&chart->data, "%zu %u %.9g", p, workers,
                          point->by_workers.value / workers);
            for (size_t f = 0; f < PPT_FACTOR_COUNT; f++) {
                ppt_text_addf(&chart->data, " %.9g", point->factors.factor[f]);
            }
            ppt_text_add(&chart->data, "\n");
        }
    }
    ppt_chart_title(outcome, "what speedup per worker is lost to", &chart->plot);
    ppt_chart_category_axis(outcome, &chart->plot);
    ppt_text_add(&chart->plot, "set ylabel 'factor (1: nothing is lost)'\n"
                               "set yrange [0:1.15<*]\n"
                               "set boxwidth 0.5\n"
                               "plot data using 1:3 with boxes fs solid 0.4 border lc "
                               "rgb '" PPT_GREY "' fc rgb '" PPT_PALE "' title 'all together'");
    for (size_t f = 0; f < PPT_FACTOR_COUNT; f++) {
        if (f == PPT_FACTOR_COMMUNICATION && !with_ranks) {
            continue; /* 1 everywhere */
        }
        /* In a grid neighbours differ in inner threads: a line between them would say nothing. */
        ppt_text_addf(&chart->plot,
                      ", \\\n  data using ($1%+.3g):%zu with %spoints lc rgb '%s' "
                      "pt %d ps 0.8 lw 1.2 title '%s'",
                      0.06 * ((double)f - 2.5), f + 4,
                      ppt_chart_curve_count(outcome->config) > 1 ? "" : "lines", styles[f].colour,
                      styles[f].mark, ppt_factor_names[f]);
    }
    ppt_text_add(&chart->plot, "\n");
}

const struct ppt_chart_kind ppt_chart_efficiency = {"efficiency", has_factors, factors_write};
