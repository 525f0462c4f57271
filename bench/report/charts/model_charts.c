/*
 * The charts of what was concluded: the scaling laws that may hold, and the efficiency factors.
 */
#include <math.h>
#include <stdint.h>

#include "chart.h"
#include "memory.h"
#include "owned.h"

#define CURVE_STEPS 40

/* ---- the laws ---- */

static void add_rate(double n, double rate, struct ppt_text *out, struct ppt_chart_range *range)
{
    ppt_text_addf(out, "%.6g %.9g %.9g %.9g\n", n, rate, rate, rate);
    ppt_chart_reach(range, rate);
}

/* What a law says of more workers than were measured: it goes on from what was measured at the most
 * of them, as the tables have it. */
static void add_beyond(const struct ppt_scaling *scaling, const struct ppt_outlook *outlook,
                       enum ppt_rival_law law, struct ppt_text *out, struct ppt_chart_range *range)
{
    ppt_text_add(out, "\n"); /* a gap in the line */
    for (unsigned n = scaling->largest; n <= outlook->workers; n++) {
        add_rate(n, ppt_scaling_law_at(scaling, outlook, law, n), out, range);
    }
}

/* The best curve of each law that is kept, one index of the data for each. */
static void add_curves(const struct ppt_scaling *scaling, const struct ppt_outlook *outlook,
                       struct ppt_text *out, struct ppt_chart_range *range)
{
    for (size_t law = 0; law < PPT_RIVAL_COUNT; law++) {
        const struct ppt_rival *rival = &outlook->rivals.laws[law];

        if (rival->kept == 0) {
            continue;
        }
        ppt_text_addf(out, "\n\n# %s\n", ppt_rival_names[law]);
        for (int i = 0; i <= CURVE_STEPS; i++) {
            const double n = pow(scaling->largest, (double)i / CURVE_STEPS);

            add_rate(n, rival->best.scale * ppt_rival_at(&rival->best, n), out, range);
        }
        if (outlook->refusals == 0 && outlook->workers > scaling->largest) {
            add_beyond(scaling, outlook, (enum ppt_rival_law)law, out, range);
        }
    }
}

static void add_measured(const struct ppt_outcome *outcome, struct ppt_text *out,
                         struct ppt_chart_range *range)
{
    const struct ppt_summary *summary = outcome->summary;
    const struct ppt_point row = outcome->answer->row.points[0];

    ppt_text_add(out, "# workers  tasks/s  95 % interval: low  high\n# measured: medians\n");
    for (size_t i = 0; i < summary->count; i++) {
        const struct ppt_stat *rate = &summary->points[i].rate;

        if (summary->points[i].point.workers > 0 &&
            ppt_point_same_task(summary->points[i].point, row)) {
            ppt_text_addf(out, "%u %.9g %.9g %.9g\n", ppt_point_workers(summary->points[i].point),
                          summary->points[i].shown.rate, ppt_stat_low(rate), ppt_stat_high(rate));
            ppt_chart_reach(range, ppt_stat_low(rate));
            ppt_chart_reach(range, ppt_stat_high(rate));
        }
    }
}

/* Why nothing is drawn beyond the points. */
static void add_refusal(struct ppt_chart *chart, unsigned refusals)
{
    const unsigned first = refusals & (0 - refusals);

    if (refusals != 0) {
        ppt_chart_note(chart, "Nothing is said beyond: %s.",
                       ppt_refusal_text((enum ppt_refusal)first));
    }
}

/* Tasks per second that each worker is ideally worth: those of the plain calls that speedups are
 * over, or else of one worker, or of each of the fewest. */
static double ideal_rate(const struct ppt_outcome *outcome)
{
    const struct ppt_scaling *scaling = &outcome->answer->scaling;
    const struct ppt_point calls = ppt_point_calls(outcome->answer->row.points[0]);
    const struct ppt_grid *row = &scaling->row;
    double *rates PPT_FREED = ppt_alloc(row->block_count, sizeof(*rates));

    for (size_t i = 0; i < outcome->summary->count; i++) {
        if (ppt_point_same(outcome->summary->points[i].point, calls)) {
            return outcome->summary->points[i].shown.rate;
        }
    }
    for (size_t b = 0; b < row->block_count; b++) {
        rates[b] = fmax(1, scaling->context.tasks) / ppt_grid_at(row, b, 0) /
                   ppt_point_workers(row->points[0]);
    }
    return ppt_median(rates, row->block_count);
}

static void add_law_lines(struct ppt_chart *chart, const struct ppt_outlook *outlook)
{
    size_t index = 1;

    for (size_t law = 0; law < PPT_RIVAL_COUNT; law++) {
        if (outlook->rivals.laws[law].kept > 0) {
            ppt_chart_plot(chart, ppt_rival_phrases[law],
                           "data index %zu using 1:2 with lines ls %u dt %zu", index++,
                           ppt_chart_series(law + 1), law % 2 + 1);
        }
    }
}

/* Of several numbers of inner threads the law is that of one. */
static void add_model_title(struct ppt_chart *chart, const struct ppt_outcome *outcome, bool laws)
{
    char words[PPT_POINT_WORDS_SIZE];
    char *title PPT_FREED = ppt_text_format(
        "throughput%s%s",
        ppt_point_words(outcome->answer->row.points[0],
                        ppt_config_several(outcome->config) & PPT_OF_TASK, " with ", ", ", words),
        laws ? " and possible laws" : "");

    ppt_chart_about(chart, outcome, title);
}

static void model_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    const struct ppt_scaling *scaling = &outcome->answer->scaling;
    const struct ppt_outlook outlook = ppt_scaling_outlook(scaling, 2 * scaling->largest);
    const bool refused = outlook.refusals != 0;
    struct ppt_chart_range range = {0};

    add_measured(outcome, &chart->data, &range);
    add_curves(scaling, &outlook, &chart->data, &range);
    add_model_title(chart, outcome, ppt_rivals_kept(&outlook.rivals) > 0);
    ppt_chart_bars(chart, outcome, PPT_CHART_BARS);
    add_refusal(chart, outlook.refusals);
    if (!refused) {
        ppt_chart_note(
            chart, "Beyond %u workers laws go on from what was measured there%s.", scaling->largest,
            scaling->context.whole_rounds ? "" : ", in steps, since tasks are shared out whole");
    }
    const unsigned most = ppt_chart_worker_axis(chart, outcome, 1, refused ? 0 : outlook.workers);
    ppt_chart_value_axis(chart, "tasks per second", range, ppt_chart_worker_axis_is_long(most));
    ppt_chart_plot(chart, "ideal", "%.9g * x with lines ls ideal", ideal_rate(outcome));
    add_law_lines(chart, &outlook);
    ppt_chart_plot(chart, "measured", "data index 0 using 1:2:3:4 with yerrorbars ls measured");
    ppt_chart_mark_workers(chart, outcome, outcome->answer->row.points[0].inner_threads, most,
                           false);
}

static bool has_curve(const struct ppt_outcome *outcome)
{
    return outcome->answer->scaling.exists;
}

const struct ppt_chart_kind ppt_chart_model = {
    .name = "model", .applies = has_curve, .write = model_write, .of_passes = true};

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

/* A line of data, if there are factors at that point: then it is the next of the chart's. */
static bool add_factors(const struct ppt_outcome *outcome, struct ppt_point place, size_t position,
                        struct ppt_text *out, struct ppt_chart_range *range)
{
    const struct ppt_answer *answer = outcome->answer;
    const size_t found = ppt_grid_find(&answer->grid, place);

    if (found == SIZE_MAX || !answer->points[found].factors.exists) {
        return false;
    }
    const struct ppt_point_answer *point = &answer->points[found];
    const unsigned workers = ppt_point_workers(place);

    ppt_text_addf(out, "%zu", position);
    ppt_chart_point_column(outcome, place, out);
    ppt_text_addf(out, "%u %.9g", workers, point->by_workers.value / workers);
    for (size_t f = 0; f < PPT_FACTOR_COUNT; f++) {
        ppt_text_addf(out, " %.9g", point->factors.factor[f]);
        ppt_chart_reach(range, point->factors.factor[f]);
    }
    ppt_text_add(out, "\n");
    return true;
}

static void factors_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    static const char *const styles[PPT_FACTOR_COUNT] = {
        [PPT_FACTOR_BALANCE] = "balance",
        [PPT_FACTOR_COMMUNICATION] = "communication",
        [PPT_FACTOR_SCHEDULING] = "scheduling",
        [PPT_FACTOR_STARTUP] = "startup",
        [PPT_FACTOR_WORK] = "work",
        [PPT_FACTOR_REFERENCE] = "reference",
    };
    const struct ppt_summary *summary = outcome->summary;
    struct ppt_point *points PPT_FREED = ppt_alloc(summary->count + 1, sizeof(*points));
    struct ppt_chart_range range = {1, 1};
    size_t count = 0;
    const bool with_ranks = ppt_config_ranks(outcome->config) > 0;

    ppt_text_add(&chart->data, "# position  point  workers  all together");
    for (size_t f = 0; f < PPT_FACTOR_COUNT; f++) {
        ppt_text_addf(&chart->data, "  %s", ppt_factor_names[f]);
    }
    ppt_text_add(&chart->data, "\n");
    for (size_t i = 0; i < summary->count; i++) {
        points[count] = summary->points[i].point;
        count += add_factors(outcome, points[count], count, &chart->data, &range);
    }
    ppt_chart_about(chart, outcome, "what speedup is lost to");
    ppt_chart_note(chart,
                   "1: nothing is lost. Bars: all factors multiplied, which is speedup / workers "
                   "over sequential calls%s.",
                   outcome->config->inner_count > 1 ? " with as many inner threads" : "");
    ppt_chart_value_axis(chart, "factor", range, false);
    ppt_chart_plot(chart, NULL, "1 with lines ls baseline");
    ppt_chart_plot(chart, "all together",
                   "data using 1:4 with boxes fs solid border ls together fc rgb pale");
    for (size_t f = 0; f < PPT_FACTOR_COUNT; f++) {
        if (f == PPT_FACTOR_COMMUNICATION && !with_ranks) {
            continue; /* 1 everywhere */
        }
        ppt_chart_plot(chart, ppt_factor_names[f], "data using ($1%+.3g):%zu with points ls %s",
                       0.11 * ((double)f - 2.5), f + 5, styles[f]);
    }
    ppt_chart_some_points_axis(chart, outcome, points, count);
}

const struct ppt_chart_kind ppt_chart_efficiency = {
    .name = "efficiency", .applies = has_factors, .write = factors_write, .of_passes = true};
