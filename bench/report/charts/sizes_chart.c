/*
 * The chart of several sizes: how many times as fast as the fewest threads each count is at every
 * size, and from which size on the policy says what. Where something else varies, too, there is one
 * for each of its values.
 */
#include <math.h>
#include <string.h>

#include "chart.h"
#include "charts.h"
#include "owned.h"
#include "range.h"
#include "several.h"

/* More of them are in the data of each size. */
#define MOST_CHARTS 6

/* A policy with the outcomes that it is about. */
struct sizes_view {
    const struct ppt_policy *policy;
    const struct ppt_outcome *outcomes; /* of all sizes */
    size_t count;
};

static bool is_shown(const struct sizes_view *view, size_t outcome)
{
    const struct ppt_config *config = view->outcomes[outcome].config;

    return ppt_policy_covers(view->policy, config->uses[0].label) &&
           view->outcomes[outcome].answer->grid.block_count > 0;
}

static double size_of(const struct sizes_view *view, size_t outcome)
{
    return view->outcomes[outcome].config->uses[0].values[0];
}

/* Sizes that are all above 0 are alike by their ratios. */
static bool is_logarithmic(const struct sizes_view *view)
{
    for (size_t i = 0; i < view->count; i++) {
        if (size_of(view, i) <= 0) {
            return false;
        }
    }
    return true;
}

/* "10 100 0.95 0.93 0.97": a size, a count, and how many times as fast as the first it is. */
static void add_row(const struct sizes_view *view, size_t outcome, struct ppt_point point,
                    struct ppt_text *out, struct ppt_chart_range *range)
{
    const struct ppt_grid *grid = &view->outcomes[outcome].answer->grid;
    const size_t base = ppt_grid_find(grid, view->policy->points[0]);
    const size_t here = ppt_grid_find(grid, point);
    char number[PPT_RANGE_NUMBER_SIZE];

    if (base == SIZE_MAX || here == SIZE_MAX) {
        return;
    }
    const struct ppt_ratio gain = ppt_grid_speedup(grid, base, here, 0.95);
    const double low = gain.interval.exists ? gain.interval.low : gain.value;
    const double high = gain.interval.exists ? gain.interval.high : gain.value;

    ppt_text_add(out, ppt_range_number(size_of(view, outcome), number));
    ppt_chart_point_column(&view->outcomes[outcome], point, out);
    ppt_text_addf(out, "%.9g %.9g %.9g\n", gain.value, low, high);
    ppt_chart_reach(range, low);
    ppt_chart_reach(range, high);
}

/* One block of data per count (gnuplot's "index"). */
static void add_sizes_data(const struct sizes_view *view, struct ppt_text *out,
                           struct ppt_chart_range *range)
{
    ppt_text_addf(out, "# %s  point  times as fast: median  95 %% interval: low  high\n",
                  view->policy->name);
    for (size_t p = 0; p < view->policy->point_count; p++) {
        const size_t before = out->length;
        struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

        ppt_policy_point(view->policy, view->policy->points[p], &words);
        ppt_text_addf(out, "%s# %s\n", p > 0 ? "\n\n" : "", words.data);
        const size_t rows = out->length;
        for (size_t i = 0; i < view->count; i++) {
            if (is_shown(view, i)) {
                add_row(view, i, view->policy->points[p], out, range);
            }
        }
        if (out->length == rows && rows > before) {
            ppt_text_add(out, "1 \"\" NaN NaN NaN\n"); /* else it would not be counted */
        }
    }
}

/* Where the choice changes, with the band that its interval is. */
static void mark_steps(struct ppt_chart *chart, const struct ppt_policy *policy)
{
    for (size_t i = 1; i < policy->step_count; i++) {
        const struct ppt_policy_step *step = &policy->steps[i];
        struct ppt_text words PPT_OWNED(ppt_text_free) = {0};
        char number[PPT_RANGE_NUMBER_SIZE];

        if (isfinite(step->low) && isfinite(step->high)) {
            ppt_chart_set(
                chart,
                "set object %zu rectangle from first %.9g, graph 0 to first %.9g, graph 1 "
                "behind fs solid 0.5 noborder fc ls recommended",
                i, step->low, step->high);
        }
        ppt_chart_set(chart,
                      "set arrow %zu from first %.9g, graph 0 to first %.9g, graph 1 nohead lc rgb "
                      "frame lw 1.5",
                      i, step->from, step->from);
        ppt_policy_point(policy, step->point, &words);
        ppt_chart_note(chart, "%s %s %s%s", words.data, i == 1 ? "from the green line at" : "from",
                       ppt_range_number(step->from, number),
                       i + 1 < policy->step_count ? "," : ".");
    }
}

/* "64M" of a power of 2 from 1024 on, as people type it; of others (256000 is 250 times 1024)
 * nobody thinks so. */
static const char *short_number(double size, char out[PPT_RANGE_NUMBER_SIZE])
{
    static const char *const units[] = {"", "K", "M", "G"};
    size_t unit = 0;

    while (unit < 3 && size >= 1024 && log2(size) == floor(log2(size))) {
        size /= 1024;
        unit++;
    }
    if (unit == 0 && fabs(size) >= 1e6) {
        snprintf(out, PPT_RANGE_NUMBER_SIZE, "%.3g", size);
        return out;
    }
    ppt_range_number(size, out);
    return strcat(out, units[unit]);
}

static void add_size_axis(struct ppt_chart *chart, const struct sizes_view *view)
{
    struct ppt_text tics PPT_OWNED(ppt_text_free) = {0};
    struct ppt_text name PPT_OWNED(ppt_text_free) = {0};
    char number[PPT_RANGE_NUMBER_SIZE];
    double first = NAN, last = NAN;
    size_t shown = 0;

    for (size_t i = 0; i < view->count; i++) {
        if (is_shown(view, i)) {
            last = size_of(view, i);
            first = shown++ == 0 ? last : first;
            ppt_text_addf(&tics, "%s'%s' %.9g", shown > 1 ? ", " : "", short_number(last, number),
                          last);
        }
    }
    ppt_gnuplot_quote(&name, view->policy->name);
    ppt_chart_set(chart, "set xlabel %s\nset xtics rotate by 45 right (%s)", name.data, tics.data);
    if (is_logarithmic(view)) {
        const double beyond = last > first ? pow(last / first, 0.03) : 1.1;

        ppt_chart_set(chart, "set logscale x\nset xrange [%.9g:%.9g]", first / beyond,
                      last * beyond);
    } else {
        const double beyond = last > first ? 0.03 * (last - first) : 1;

        ppt_chart_set(chart, "set xrange [%.9g:%.9g]", first - beyond, last + beyond);
    }
}

static void write_sizes(const struct sizes_view *view, struct ppt_chart *chart)
{
    const struct ppt_policy *policy = view->policy;
    struct ppt_chart_range range = {0};
    struct ppt_text base PPT_OWNED(ppt_text_free) = {0};

    add_sizes_data(view, &chart->data, &range);
    ppt_policy_point(policy, policy->points[0], &base);
    ppt_text_addf(&chart->headline, "%s: from which %s on is which count worth it?",
                  ppt_config_title(view->outcomes[0].config), policy->name);
    if (policy->where) {
        ppt_text_add(&chart->given, policy->where);
    }
    ppt_chart_note(chart, "%s", PPT_CHART_BARS);
    if (policy->step_count > 1) {
        ppt_chart_note(chart, "The policy (pale: its interval):");
    }
    char *label PPT_FREED = ppt_text_format("times as fast as %s", base.data);
    ppt_chart_value_axis(chart, label, range, range.high > 4 || range.low < 0.25);
    add_size_axis(chart, view);
    mark_steps(chart, policy);
    ppt_chart_plot(chart, NULL, "1 with lines ls baseline");
    for (size_t p = 0; p < policy->point_count; p++) {
        const unsigned style = ppt_chart_series(p);
        struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

        ppt_policy_point(policy, policy->points[p], &words);
        ppt_chart_plot(chart, words.data, "data index %zu using 1:3:4:5 with yerrorbars ls %u", p,
                       style);
        ppt_chart_plot(chart, NULL, "data index %zu using 1:3 with lines ls %u", p, style);
    }
}

enum ppt_status ppt_charts_write_sizes(const struct ppt_outcome *outcomes, size_t count,
                                       const struct ppt_folder *folder, struct ppt_text *notes,
                                       struct ppt_error *error)
{
    struct ppt_chart charts[MOST_CHARTS + 1] = {{.name = NULL}};
    static const char *const names[MOST_CHARTS] = {"sizes",   "sizes_2", "sizes_3",
                                                   "sizes_4", "sizes_5", "sizes_6"};
    size_t written = 0;

    for (size_t i = 0; i < outcomes[0].policy_count && written < MOST_CHARTS; i++) {
        const struct sizes_view view = {&outcomes[0].policies[i], outcomes, count};

        if (view.policy->rates) {
            charts[written].name = "rates";
            ppt_rates_write(outcomes, count, &charts[written++]);
        } else if (view.policy->size_count > 0) {
            charts[written].name = names[written];
            write_sizes(&view, &charts[written++]);
        }
    }
    return ppt_charts_finish(folder, outcomes[0].chart_mm, charts, notes, error);
}
