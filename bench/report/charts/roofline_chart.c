/*
 * The roofline: what tasks compute in a second against how much they compute for each byte that
 * they move, below what the machine can do of both (Williams, Waterman and Patterson, "Roofline: an
 * insightful visual performance model for multicore architectures", CACM 52 (2009)).
 */
#include <math.h>
#include <stdint.h>

#include "chart.h"

static const struct ppt_bound_context *bounds_of(const struct ppt_outcome *outcome)
{
    return &outcome->answer->context.bounds;
}

/* What is known of both, of the point with that place in the answer. */
static const struct ppt_ceiling_share *rate_at(const struct ppt_outcome *outcome, size_t p)
{
    const struct ppt_ceiling_share *shares = outcome->answer->points[p].ceilings;

    return shares[PPT_BOUND_MULTIPLY_ADDS].share.value > 0 &&
                   shares[PPT_BOUND_COPIES].share.value > 0
               ? &shares[PPT_BOUND_MULTIPLY_ADDS]
               : NULL;
}

static bool has_roofline(const struct ppt_outcome *outcome)
{
    for (size_t p = 0; p < outcome->answer->grid.point_count; p++) {
        if (rate_at(outcome, p)) {
            return true;
        }
    }
    return false;
}

/* ---- roofs ---- */

/* Of so many workers: what they compute at most, and what they copy. */
struct roof {
    unsigned workers, level;
    double flops, copies;
};

static struct roof roof_of(const struct ppt_outcome *outcome, unsigned workers)
{
    const struct ppt_bound_context *bounds = bounds_of(outcome);
    const struct ppt_point point = {.workers = workers, .inner_threads = 1};

    return (struct roof){
        .workers = workers,
        .level = ppt_bound_level(bounds, point),
        .flops = ppt_bound_ceiling(bounds, PPT_BOUND_MULTIPLY_ADDS, point),
        .copies = ppt_bound_ceiling(bounds, PPT_BOUND_COPIES, point),
    };
}

static void add_roof(struct ppt_chart *chart, const struct roof *roof, struct ppt_chart_range x)
{
    ppt_text_addf(&chart->data, "\n\n# roof of %u worker%s\n", roof->workers, PPT_S(roof->workers));
    for (int i = 0; i < 3; i++) {
        const double at = i == 0 ? x.low : i == 1 ? roof->flops / roof->copies : x.high;

        ppt_text_addf(&chart->data, "0 \"roof\" %.9g %.9g ? ?\n", at,
                      fmin(roof->flops, roof->copies * at));
    }
}

static void name_roof(const struct roof *roof, char *out, size_t size)
{
    if (roof->level > 0) {
        snprintf(out, size, "%u worker%s at most, copies within L%u", roof->workers,
                 PPT_S(roof->workers), roof->level);
    } else {
        snprintf(out, size, "%u worker%s at most, copies in memory", roof->workers,
                 PPT_S(roof->workers));
    }
}

/* ---- the chart ---- */

/* Marks of points, which compute as much for a byte, would hide each other. */
#define APART 1.1

/* From one of the points that are drawn. */
static void add_mark(struct ppt_chart *chart, const struct ppt_outcome *outcome, size_t p, double x,
                     size_t index)
{
    const struct ppt_point point = outcome->answer->grid.points[p];
    const struct ppt_ratio *rate = &rate_at(outcome, p)->rate;
    char title[PPT_POINT_WORDS_SIZE];

    ppt_point_words(
        point, ppt_point_shown(point, ppt_config_several(outcome->config)) | PPT_ONLY(PPT_WORKERS),
        "", " x ", title);
    ppt_text_addf(&chart->data, "%s# %s\n%zu", index > 0 ? "\n\n" : "", title, p);
    ppt_chart_point_column(outcome, point, &chart->data);
    ppt_text_addf(&chart->data, "%.9g %.9g %.9g %.9g\n", x, rate->value,
                  rate->interval.exists ? rate->interval.low : rate->value,
                  rate->interval.exists ? rate->interval.high : rate->value);
    ppt_chart_plot(chart, title, "data index %zu using 3:4:5:6 with yerrorbars ls %u", index,
                   ppt_chart_series(index));
}

/* The places in the answer of the points that are drawn. */
static size_t choose_marks(const struct ppt_outcome *outcome, size_t marks[PPT_CHART_MOST_CURVES])
{
    size_t chosen[PPT_CHART_MOST_CURVES], count = 0;
    const size_t wanted = ppt_chart_choose_points(outcome, chosen);

    for (size_t i = 0; i < wanted; i++) {
        const size_t p =
            ppt_grid_find(&outcome->answer->grid, outcome->summary->points[chosen[i]].point);

        if (p != SIZE_MAX && rate_at(outcome, p)) {
            marks[count++] = p;
        }
    }
    return count;
}

static void roofline_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    const struct ppt_bound_context *bounds = bounds_of(outcome);
    const double intensity = bounds->work.flops / bounds->work.moved_bytes;
    const unsigned all = bounds->ceilings->workers;
    const struct roof roofs[] = {roof_of(outcome, 1), roof_of(outcome, all)};
    const size_t roof_count = all > 1 ? 2 : 1;
    size_t marks[PPT_CHART_MOST_CURVES];
    const size_t count = choose_marks(outcome, marks);
    struct ppt_chart_range x = {0}, y = {0};
    char title[96];

    ppt_chart_reach(&x, intensity);
    for (size_t i = 0; i < roof_count; i++) {
        ppt_chart_reach(&x, roofs[i].flops / roofs[i].copies);
        ppt_chart_reach(&y, roofs[i].flops);
    }
    x.low /= 4;
    x.high *= 4;
    ppt_chart_reach(&y, roofs[0].copies * x.low);
    ppt_text_add(&chart->data, "# position  point  operations for a byte  GFLOP/s: median  95 % "
                               "interval: low  high\n");
    for (size_t i = 0; i < count; i++) {
        ppt_chart_reach(&y, rate_at(outcome, marks[i])->rate.value);
        add_mark(chart, outcome, marks[i],
                 intensity * pow(APART, (double)i - (double)(count - 1) / 2), i);
    }
    for (size_t i = 0; i < roof_count; i++) {
        add_roof(chart, &roofs[i], x);
        name_roof(&roofs[i], title, sizeof(title));
        ppt_chart_plot(chart, title, "data index %zu using 3:4 with lines ls %s", count + i,
                       i == 0 ? "baseline" : "ideal");
    }
    ppt_chart_about(chart, outcome, "what it computes, and what the machine could");
    ppt_chart_bars(chart, outcome, PPT_CHART_BARS);
    ppt_chart_note(chart, "%.3g operations for each byte moved; marks stand a little apart.",
                   intensity);
    ppt_chart_value_axis(chart, "GFLOP/s", y, true);
    ppt_chart_set(chart,
                  "set xlabel 'floating-point operations for each byte moved'\nset logscale x\n"
                  "set xrange [%.9g:%.9g]\nset format x '%%g'\nset grid xtics ytics",
                  x.low, x.high);
}

const struct ppt_chart_kind ppt_chart_roofline = {
    .name = "roofline", .applies = has_roofline, .write = roofline_write};
