/*
 * The charts of objectives: time against cost, and latency by workers.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "chart.h"
#include "memory.h"
#include "owned.h"

/* ---- cost ---- */

static bool is_priced(const struct ppt_outcome *outcome)
{
    return outcome->answer->objective.goal.kind == PPT_GOAL_CHEAPEST &&
           outcome->answer->verdict.exists;
}

static const struct ppt_figure *cost_of(const struct ppt_outcome *outcome, size_t p)
{
    return &outcome->answer->objective.points[p].figures[0];
}

static const struct ppt_stat *total_of(const struct ppt_outcome *outcome, size_t p)
{
    const struct ppt_summary *summary = outcome->summary;
    size_t i = 0;

    /* Every point of the grid has passes. */
    while (!ppt_point_same(summary->points[i].point, outcome->answer->grid.points[p])) {
        i++;
    }
    return &summary->points[i].total_s;
}

/* Whether no other point is both quicker and cheaper. */
static bool is_unbeaten(const struct ppt_outcome *outcome, size_t p)
{
    for (size_t other = 0; other < outcome->answer->grid.point_count; other++) {
        if (total_of(outcome, other)->median < total_of(outcome, p)->median &&
            cost_of(outcome, other)->value < cost_of(outcome, p)->value) {
            return false;
        }
    }
    return true;
}

static void add_cost_row(const struct ppt_outcome *outcome, size_t p, double unit,
                         struct ppt_text *out)
{
    const struct ppt_figure *cost = cost_of(outcome, p);
    const struct ppt_stat *total = total_of(outcome, p);
    const double low = cost->interval.exists ? cost->interval.low : cost->value;
    const double high = cost->interval.exists ? cost->interval.high : cost->value;

    ppt_text_addf(out, "%zu", p);
    ppt_chart_point_column(outcome, outcome->answer->grid.points[p], out);
    ppt_text_addf(out, "%.9g %.9g %.9g %.9g %.9g %.9g\n", total->median / unit,
                  ppt_stat_low(total) / unit, ppt_stat_high(total) / unit, cost->value, low, high);
}

/* From the quickest to the cheapest of those that are not beaten. Returns how many. */
static size_t add_unbeaten(const struct ppt_outcome *outcome, double unit, struct ppt_text *out)
{
    double after = 0;

    for (size_t count = 0;; count++) {
        size_t next = SIZE_MAX;

        for (size_t p = 0; p < outcome->answer->grid.point_count; p++) {
            const double seconds = total_of(outcome, p)->median;

            if (seconds > after && is_unbeaten(outcome, p) &&
                (next == SIZE_MAX || seconds < total_of(outcome, next)->median)) {
                next = p;
            }
        }
        if (next == SIZE_MAX) {
            return count;
        }
        add_cost_row(outcome, next, unit, out);
        after = total_of(outcome, next)->median;
    }
}

/* The names of points that lie together, at their upper right corner; in shares of the plot. */
struct cost_label {
    double x, y;
    struct ppt_text text;
};

/* What a label and its mark take to the right, to the left, above and below: of the narrow plot,
 * for what is clear there is clear in the wide one. */
#define LETTER 0.024
#define RIGHT 0.04
#define LEFT 0.015
#define OVER 0.1
#define UNDER 0.02

static bool labels_touch(const struct cost_label *a, const struct cost_label *b)
{
    const double a_end = a->x + RIGHT + LETTER * (double)a->text.length;
    const double b_end = b->x + RIGHT + LETTER * (double)b->text.length;

    return a->x - LEFT < b_end && b->x - LEFT < a_end && a->y - UNDER < b->y + OVER &&
           b->y - UNDER < a->y + OVER;
}

/* Makes one label of those that would lie on each other. Returns how many are left. */
static size_t join_labels(struct cost_label *labels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; k < count; k++) {
            if (labels_touch(&labels[i], &labels[k])) {
                ppt_text_addf(&labels[i].text, ", %s", labels[k].text.data);
                labels[i].x = fmax(labels[i].x, labels[k].x);
                labels[i].y = fmax(labels[i].y, labels[k].y);
                ppt_text_free(&labels[k].text);
                memmove(&labels[k], &labels[k + 1], (--count - k) * sizeof(*labels));
                return join_labels(labels, count);
            }
        }
    }
    return count;
}

static void name_points(const struct ppt_outcome *outcome, double most_s, double most_cost,
                        double unit, struct ppt_chart *chart)
{
    const struct ppt_grid *grid = &outcome->answer->grid;
    struct cost_label *labels PPT_FREED = ppt_alloc(grid->point_count, sizeof(*labels));

    for (size_t p = 0; p < grid->point_count; p++) {
        char label[PPT_POINT_SIZE];

        labels[p].x = total_of(outcome, p)->median / most_s;
        labels[p].y = cost_of(outcome, p)->value / most_cost;
        ppt_text_add(&labels[p].text,
                     ppt_point_label(grid->points[p], ppt_config_several(outcome->config), label));
    }
    const size_t count = join_labels(labels, grid->point_count);
    for (size_t i = 0; i < count; i++) {
        ppt_chart_set(chart, "set label %zu '%s' at first %.9g, first %.9g left offset 1.3,0.9",
                      i + 1, labels[i].text.data, labels[i].x * most_s / unit,
                      labels[i].y * most_cost);
        ppt_text_free(&labels[i].text);
    }
}

static void cost_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    const size_t count = outcome->answer->grid.point_count;
    struct ppt_chart_range range = {0};
    double longest_s = 0, unit;

    for (size_t p = 0; p < count; p++) {
        const struct ppt_figure *cost = cost_of(outcome, p);

        longest_s = fmax(longest_s, ppt_stat_high(total_of(outcome, p)));
        ppt_chart_reach(&range, cost->interval.exists ? cost->interval.high : cost->value);
    }
    const char *unit_name = ppt_chart_unit(longest_s, &unit);
    ppt_text_addf(&chart->data,
                  "# position  point  time of a pass (%s)  95 %% interval: low  high  cost of 1000 "
                  "tasks  low  high\n# all points\n",
                  unit_name);
    for (size_t p = 0; p < count; p++) {
        add_cost_row(outcome, p, unit, &chart->data);
    }
    ppt_text_add(&chart->data, "\n\n# points that no other beats in both\n");
    const size_t unbeaten = add_unbeaten(outcome, unit, &chart->data);
    ppt_text_add(&chart->data, "\n\n# recommended\n");
    add_cost_row(outcome, outcome->answer->verdict.recommended, unit, &chart->data);
    ppt_chart_about(chart, outcome, "what tasks cost, and how long they take");
    ppt_chart_bars(chart, outcome, PPT_CHART_BARS);
    ppt_chart_value_axis(chart, "cost of 1000 tasks", range, false);
    ppt_chart_set(chart, "set xlabel '%s per pass'\nset xrange [0:%.9g]\nset xtics autofreq",
                  unit_name, 1.12 * longest_s / unit);
    name_points(outcome, 1.12 * longest_s, range.high, unit, chart);
    if (unbeaten > 1) {
        ppt_chart_plot(chart, "no other is both quicker and cheaper",
                       "data index 1 using 3:6 with lines ls ideal");
    }
    ppt_chart_plot(chart, NULL, "data index 2 using 3:6 with points ls recommended pt 7 ps 2.4");
    ppt_chart_key(chart, "points ls recommended pt 7 ps 1.6", "recommended");
    ppt_chart_plot(chart, "by number of workers",
                   "data index 0 using 3:6:4:5:7:8 with xyerrorbars ls measured");
}

const struct ppt_chart_kind ppt_chart_cost = {
    .name = "cost", .applies = is_priced, .write = cost_write};

/* ---- latency ---- */

static bool has_latencies(const struct ppt_outcome *outcome)
{
    return outcome->answer->context.arriving && outcome->answer->grid.point_count > 0;
}

/* Columns of latencies that are drawn, with their styles. */
static const struct {
    const char *key, *style;
} drawn[] = {{"p50_s", "median"}, {"p95_s", "p95"}, {"p99_s", "p99"}, {"longest_s", "longest"}};

#define DRAWN (sizeof(drawn) / sizeof(drawn[0]))

static const struct ppt_latency_row *latency_row_of(size_t which)
{
    const struct ppt_latency_row *row = ppt_latency_rows;

    while (row->key && strcmp(row->key, drawn[which].key) != 0) {
        row++;
    }
    return row;
}

static const struct ppt_stat *latency_at(const struct ppt_outcome *outcome, size_t p, size_t which)
{
    return ppt_latency_stat(&outcome->answer->points[p].latency, latency_row_of(which));
}

static void add_latency_rows(const struct ppt_outcome *outcome, size_t which, double unit,
                             struct ppt_text *out)
{
    for (size_t p = 0; p < outcome->answer->grid.point_count; p++) {
        const struct ppt_stat *stat = latency_at(outcome, p, which);

        ppt_text_addf(out, "%zu", p);
        ppt_chart_point_column(outcome, outcome->answer->grid.points[p], out);
        if (stat->n > 0) {
            ppt_text_addf(out, "%.9g %.9g %.9g\n", stat->median / unit, ppt_stat_low(stat) / unit,
                          ppt_stat_high(stat) / unit);
        } else {
            ppt_text_add(out, "? ? ?\n");
        }
    }
}

static void latency_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    const struct ppt_goal *goal = &outcome->answer->objective.goal;
    const bool limited = goal->kind == PPT_GOAL_LATENCY;
    struct ppt_chart_range range = {0};
    char label[48];
    double unit;

    for (size_t p = 0; p < outcome->answer->grid.point_count; p++) {
        for (size_t i = 0; i < DRAWN; i++) {
            ppt_chart_reach(&range, latency_at(outcome, p, i)->median);
            ppt_chart_reach(&range, ppt_stat_high(latency_at(outcome, p, i)));
        }
    }
    ppt_chart_reach(&range, limited ? goal->at_most_s : 0);
    const char *unit_name = ppt_chart_unit(range.high, &unit);
    range.low /= unit;
    range.high /= unit;
    ppt_text_addf(&chart->data,
                  "# position  point  latency (%s): median  95 %% interval: low  high\n",
                  unit_name);
    for (size_t i = 0; i < DRAWN; i++) {
        ppt_text_addf(&chart->data, "%s# %s\n", i > 0 ? "\n\n" : "", latency_row_of(i)->words);
        add_latency_rows(outcome, i, unit, &chart->data);
    }
    snprintf(label, sizeof(label), "%s from arrival to end", unit_name);
    ppt_chart_about(chart, outcome, "latency of tasks that arrive");
    ppt_chart_bars(chart, outcome, PPT_CHART_BARS);
    ppt_chart_value_axis(chart, label, range, range.high > 20 * range.low);
    for (size_t i = 0; i < DRAWN; i++) {
        const double apart = 0.1 * ((double)i - 1.5);

        ppt_chart_plot(chart, latency_row_of(i)->words,
                       "data index %zu using ($1%+.3g):3:4:5 with yerrorbars ls %s", i, apart,
                       drawn[i].style);
    }
    if (limited) {
        ppt_chart_plot(chart, "limit", "%.9g with lines ls ideal", goal->at_most_s / unit);
    }
    ppt_chart_category_axis(chart, outcome);
}

const struct ppt_chart_kind ppt_chart_latency = {
    .name = "latency", .applies = has_latencies, .write = latency_write};
