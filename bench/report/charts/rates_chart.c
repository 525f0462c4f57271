/*
 * The chart of several rates of arrivals: how long tasks take at each, a curve for every count, and
 * the limit that was asked for.
 */
#include <math.h>
#include <stdint.h>

#include "owned.h"
#include "range.h"
#include "several.h"

/* Of the axis, from curve to curve, so that their bars do not lie on each other. */
#define APART 0.008

/* What a run of rates has to draw. */
struct rates_view {
    const struct ppt_policy *policy;
    const struct ppt_outcome *outcomes; /* ascending in their rates */
    size_t count;
    double unit;
    size_t overloaded; /* points that are left out */
};

static double rate_of(const struct ppt_outcome *outcome)
{
    return outcome->config->uses[0].values[0];
}

/* What is drawn of a count at a rate; false: nothing is. */
static bool figure_at(const struct ppt_outcome *outcome, struct ppt_point point,
                      struct ppt_figure *figure, size_t *overloaded)
{
    const struct ppt_answer *answer = outcome->answer;
    const size_t p = ppt_grid_find(&answer->grid, point);

    if (p == SIZE_MAX) {
        return false;
    }
    *overloaded += answer->points[p].latency.overloaded;
    *figure = ppt_rates_latency(answer, p);
    if (!figure->interval.exists) {
        figure->interval.low = figure->interval.high = figure->value;
    }
    return figure->value > 0 && !answer->points[p].latency.overloaded;
}

static struct ppt_chart_range reach(struct rates_view *view)
{
    const struct ppt_rates *rates = view->policy->rates;
    struct ppt_chart_range range = {0};

    for (size_t i = 0; i < view->count; i++) {
        for (size_t p = 0; p < view->policy->point_count; p++) {
            struct ppt_figure figure;

            if (figure_at(&view->outcomes[i], view->policy->points[p], &figure,
                          &view->overloaded)) {
                ppt_chart_reach(&range, figure.interval.low);
                ppt_chart_reach(&range, figure.interval.high);
            }
        }
    }
    ppt_chart_reach(&range, rates->limit_count > 0 ? rates->goal.at_most_s : 0);
    return range;
}

/* One block of data per count (gnuplot's "index"). */
static void add_count(const struct rates_view *view, struct ppt_point point, struct ppt_text *out)
{
    bool some = false;

    for (size_t i = 0; i < view->count; i++) {
        char number[PPT_RANGE_NUMBER_SIZE];
        struct ppt_figure figure;
        size_t overloaded = 0;

        if (figure_at(&view->outcomes[i], point, &figure, &overloaded)) {
            ppt_text_add(out, ppt_range_number(rate_of(&view->outcomes[i]), number));
            ppt_chart_point_column(&view->outcomes[i], point, out);
            ppt_text_addf(out, "%.9g %.9g %.9g\n", figure.value / view->unit,
                          figure.interval.low / view->unit, figure.interval.high / view->unit);
            some = true;
        }
    }
    /* Else it would not be counted. */
    ppt_text_add(out, some ? "" : "1 \"\" NaN NaN NaN\n");
}

static void add_rates_data(const struct rates_view *view, const char *subject,
                           const char *unit_name, struct ppt_text *out)
{
    ppt_text_addf(out, "# %s  point  %s (%s)  95 %% interval: low  high\n", view->policy->name,
                  subject, unit_name);
    for (size_t p = 0; p < view->policy->point_count; p++) {
        struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

        ppt_policy_point(view->policy, view->policy->points[p], &words);
        ppt_text_addf(out, "%s# %s\n", p > 0 ? "\n\n" : "", words.data);
        add_count(view, view->policy->points[p], out);
    }
}

static void add_rate_axis(const struct rates_view *view, struct ppt_chart *chart)
{
    const double first = rate_of(&view->outcomes[0]);
    const double last = rate_of(&view->outcomes[view->count - 1]);
    const double beyond = last > first ? pow(last / first, 0.04) : 1.1;
    struct ppt_text tics PPT_OWNED(ppt_text_free) = {0};
    double before = 0;

    for (size_t i = 0; i < view->count; i++) {
        const double rate = rate_of(&view->outcomes[i]);
        char number[PPT_RANGE_NUMBER_SIZE];

        /* Labels of rates that lie close would lie on each other. */
        if (before == 0 || log(rate / before) >= 0.04 * log(last / first)) {
            ppt_text_addf(&tics, "%s'%s' %.9g", before > 0 ? ", " : "",
                          ppt_range_number(rate, number), rate);
            before = rate;
        }
    }
    ppt_chart_set(chart,
                  "set xlabel 'tasks that arrive per second'\nset logscale x\n"
                  "set xtics rotate by 45 right (%s)\nset xrange [%.9g:%.9g]",
                  tics.data, first / beyond, last * beyond);
}

static void add_curves(const struct rates_view *view, struct ppt_chart *chart)
{
    const struct ppt_rates *rates = view->policy->rates;
    const double middle = 0.5 * (double)(view->policy->point_count - 1);
    const double all = log(rate_of(&view->outcomes[view->count - 1]) / rate_of(&view->outcomes[0]));

    for (size_t p = 0; p < view->policy->point_count; p++) {
        const unsigned style = ppt_chart_series(p);
        const double apart = exp(APART * all * ((double)p - middle));
        struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

        ppt_policy_point(view->policy, view->policy->points[p], &words);
        ppt_chart_plot(chart, words.data,
                       "data index %zu using ($1*%.6g):3:4:5 with yerrorbars ls %u", p, apart,
                       style);
        ppt_chart_plot(chart, NULL, "data index %zu using ($1*%.6g):3 with lines ls %u", p, apart,
                       style);
    }
    if (rates->limit_count > 0) {
        ppt_chart_plot(chart, "limit", "%.9g with lines ls ideal",
                       rates->goal.at_most_s / view->unit);
    }
}

void ppt_rates_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_chart *chart)
{
    struct rates_view view = {
        .policy = &outcomes[0].policies[0], .outcomes = outcomes, .count = count};
    struct ppt_chart_range range = reach(&view);
    const char *unit_name = ppt_chart_unit(range.high, &view.unit);
    char *subject PPT_FREED = ppt_rates_subject(outcomes[0].answer);
    char *label PPT_FREED = ppt_text_format("%s, %s from arrival to end", subject, unit_name);

    add_rates_data(&view, subject, unit_name, &chart->data);
    ppt_text_addf(&chart->headline, "%s: how long do tasks take, by how often they arrive?",
                  ppt_config_title(outcomes[0].config));
    ppt_config_describe(outcomes[0].config, &chart->given);
    ppt_chart_note(chart, "%zu rates. Marks: of all tasks; bars: 95 %% intervals. " PPT_CHART_APART,
                   count);
    if (view.overloaded > 0) {
        ppt_chart_note(chart, "Where a count does not keep up its curve ends.");
    }
    range.low /= view.unit;
    range.high /= view.unit;
    ppt_chart_value_axis(chart, label, range, true);
    add_rate_axis(&view, chart);
    add_curves(&view, chart);
}
