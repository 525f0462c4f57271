/*
 * The chart of a grid: tasks per second by workers and ranks, or by workers and inner threads, the
 * recommended point framed. Of several numbers of ranks and of inner threads, those with the
 * recommended inner threads.
 */
#include <math.h>

#include "chart.h"
#include "owned.h"

/* What goes upwards. */
struct axis {
    enum ppt_dimension dimension;
    const unsigned *numbers;
    size_t count;
    const struct ppt_point *task; /* of all points, where they differ in ranks; else NULL */
};

static struct axis axis_of(const struct ppt_outcome *outcome)
{
    const struct ppt_config *config = outcome->config;

    return config->rank_count > 1
               ? (struct axis){PPT_RANKS, config->ranks, config->rank_count,
                               ppt_chart_task_of(outcome)}
               : (struct axis){PPT_INNER_THREADS, config->inner_threads, config->inner_count, NULL};
}

/* Plain calls are measured without ranks, and stand where there are fewest. */
static size_t place_of(const unsigned *numbers, size_t count, unsigned number)
{
    for (size_t place = 0; place < count; place++) {
        if (numbers[place] == number) {
            return place;
        }
    }
    return 0;
}

static size_t column_of(const struct ppt_config *config, struct ppt_point point)
{
    return place_of(config->workers, config->worker_count, point.workers);
}

static size_t row_of(const struct axis *axis, struct ppt_point point)
{
    return place_of(axis->numbers, axis->count, ppt_point_get(point, axis->dimension));
}

static void heat_add_data(const struct ppt_outcome *outcome, const struct axis *axis,
                          struct ppt_text *out)
{
    const struct ppt_summary *summary = outcome->summary;
    char head[PPT_POINT_WORDS_SIZE];

    ppt_text_addf(out, "# position  row  tasks/s: median  label  workers  %s\n",
                  ppt_point_heads(PPT_ONLY(axis->dimension), head));
    for (size_t i = 0; i < summary->count; i++) {
        const struct ppt_point_summary *p = &summary->points[i];
        const bool beyond = ppt_host_beyond(outcome->host, p->point);
        char rate[PPT_UNITS_SIZE];

        if (!axis->task || ppt_point_same_task(p->point, *axis->task)) {
            ppt_text_addf(out, "%zu %zu %.9g \"%s%s\" %u %u\n",
                          column_of(outcome->config, p->point), row_of(axis, p->point),
                          p->shown.rate, beyond ? "*" : "", ppt_text_rate(p->shown.rate, rate),
                          p->point.workers, ppt_point_get(p->point, axis->dimension));
        }
    }
}

/* Names of more columns than this would run into each other. */
#define MOST_LEVEL 9

/* 0 has a name. */
static void add_tics(const unsigned *numbers, size_t count, enum ppt_dimension dimension,
                     struct ppt_text *out)
{
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] == 0) {
            ppt_text_addf(out, "%s'%s' %zu", i ? ", " : "", ppt_dimensions[dimension].none, i);
        } else {
            ppt_text_addf(out, "%s'%u' %zu", i ? ", " : "", numbers[i], i);
        }
    }
}

static void add_axes(struct ppt_chart *chart, const struct ppt_config *config,
                     const struct axis *axis)
{
    const size_t columns = config->worker_count;
    struct ppt_text x PPT_OWNED(ppt_text_free) = {0}, y PPT_OWNED(ppt_text_free) = {0};

    add_tics(config->workers, columns, PPT_WORKERS, &x);
    add_tics(axis->numbers, axis->count, axis->dimension, &y);
    ppt_chart_set(chart, "set xlabel '%s'\nset ylabel '%s'",
                  axis->dimension == PPT_RANKS ? "workers of each rank" : "workers (threads)",
                  axis->dimension == PPT_RANKS ? "ranks (processes)" : "inner threads (per task)");
    ppt_chart_set(chart, "set xtics %s(%s)\nset ytics (%s)",
                  columns > MOST_LEVEL ? "rotate by 90 right " : "", x.data, y.data);
    ppt_chart_set(chart,
                  "set xrange [-0.5:%zu.5]\nset yrange [-0.5:%zu.5]\nunset grid\nset tics scale 0",
                  columns - 1, axis->count - 1);
}

static void heat_add_recommended(struct ppt_chart *chart, const struct ppt_outcome *outcome,
                                 const struct axis *axis)
{
    const struct ppt_verdict *verdict = &outcome->answer->verdict;

    if (verdict->exists) {
        const struct ppt_point point = outcome->answer->grid.points[verdict->recommended];

        ppt_chart_set(chart,
                      "set object 1 rectangle center %zu,%zu size 0.94,0.94 front fs empty border "
                      "lc rgb frame lw 3",
                      column_of(outcome->config, point), row_of(axis, point));
        ppt_chart_plot(chart, "recommended", "NaN with lines lc rgb frame lw 3");
    }
}

/* A field as large as the narrow picture has it holds so many letters of this size. */
static double letters(const struct ppt_config *config, double width)
{
    const double field = (width - 90) / (double)config->worker_count;

    return fmax(5, fmin(12, field / 5.5));
}

static void heat_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    const struct axis axis = axis_of(outcome);
    char head[PPT_POINT_WORDS_SIZE], title[PPT_POINT_WORDS_SIZE + 40];

    heat_add_data(outcome, &axis, &chart->data);
    snprintf(title, sizeof(title), "speed by workers and %s",
             ppt_point_heads(PPT_ONLY(axis.dimension), head));
    ppt_chart_about(chart, outcome, title);
    ppt_chart_note(chart, "Tasks per second, medians; the stronger the colour, the faster.");
    if (ppt_chart_any_beyond(outcome->answer, NULL)) {
        ppt_chart_note(chart, "*: more threads than CPUs.");
    }
    add_axes(chart, outcome->config, &axis);
    ppt_chart_set(chart, "set cbrange [0:*]\nunset colorbox");
    ppt_chart_plot(chart, NULL,
                   "data using 1:2:($1-0.48):($1+0.48):($2-0.48):($2+0.48):3 with boxxyerror fs "
                   "solid 1 noborder fc palette");
    ppt_chart_plot(chart, NULL,
                   "data using 1:2:4 with labels font sprintf('%%s,%%g', font, narrow ? %.3g : "
                   "%.3g) tc rgb ink",
                   letters(outcome->config, ppt_chart_layouts[PPT_CHART_NARROW].width),
                   letters(outcome->config, ppt_chart_layouts[PPT_CHART_WIDE].width));
    heat_add_recommended(chart, outcome, &axis);
}

static bool is_grid(const struct ppt_outcome *outcome)
{
    return ppt_chart_curve_count(outcome->config) > 1;
}

const struct ppt_chart_kind ppt_chart_heat = {
    .name = "heat", .applies = is_grid, .write = heat_write, .of_passes = true};
