/*
 * The chart of a grid: tasks per second by workers and ranks, or by workers and inner threads, the
 * recommended point framed. Of several numbers of ranks and of inner threads, those with the
 * recommended inner threads.
 */
#include "chart.h"

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

static size_t place_of(const unsigned *numbers, size_t count, unsigned number)
{
    size_t place = 0;

    while (place + 1 < count && numbers[place] != number) {
        place++;
    }
    return place;
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

    ppt_text_addf(out, "# column  row  tasks/s: median  label  workers  %s\n",
                  ppt_point_heads(PPT_ONLY(axis->dimension), head));
    for (size_t i = 0; i < summary->count; i++) {
        const struct ppt_point_summary *p = &summary->points[i];
        const bool beyond = ppt_host_beyond(outcome->host, p->point);
        char rate[PPT_UNITS_SIZE];

        if (!axis->task || ppt_point_same_task(p->point, *axis->task)) {
            ppt_text_addf(out, "%zu %zu %.9g \"%s%s\" %u %u\n",
                          column_of(outcome->config, p->point), row_of(axis, p->point),
                          p->rate.median, beyond ? "*" : "", ppt_text_rate(p->rate.median, rate),
                          p->point.workers, ppt_point_get(p->point, axis->dimension));
        }
    }
}

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

static void add_axes(const struct ppt_config *config, const struct axis *axis, unsigned cpus,
                     struct ppt_text *out)
{
    const size_t columns = config->worker_count;

    if (axis->dimension == PPT_RANKS) {
        ppt_text_add(out, "set xlabel 'workers of each rank; *: more threads than CPUs' offset "
                          "0,0.4\nset xtics (");
    } else {
        ppt_text_addf(out,
                      "set xlabel 'workers (threads); *: more threads in all than the %u CPU%s' "
                      "offset 0,0.4\nset xtics (",
                      cpus, PPT_S(cpus));
    }
    add_tics(config->workers, columns, PPT_WORKERS, out);
    ppt_text_addf(out, ")\nset ylabel '%s'\nset ytics (",
                  axis->dimension == PPT_RANKS ? "ranks (processes)" : "inner threads (per task)");
    add_tics(axis->numbers, axis->count, axis->dimension, out);
    ppt_text_addf(out,
                  ")\nset xrange [-0.5:%zu.5]\nset yrange [-0.5:%zu.5]\nunset grid\n"
                  "set tics scale 0\n",
                  columns - 1, axis->count - 1);
}

static void heat_add_recommended(const struct ppt_outcome *outcome, const struct axis *axis,
                                 struct ppt_text *out)
{
    const struct ppt_verdict *verdict = &outcome->answer->verdict;

    if (verdict->exists) {
        const struct ppt_point point = outcome->answer->grid.points[verdict->recommended];
        const size_t column = column_of(outcome->config, point), row = row_of(axis, point);

        ppt_text_addf(out,
                      "set object 1 rectangle center %zu,%zu size 0.94,0.94 front fs empty border "
                      "lc rgb '" PPT_GREEN "' lw 3\n",
                      column, row);
    }
}

static void heat_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    const struct axis axis = axis_of(outcome);
    char head[PPT_POINT_WORDS_SIZE], title[PPT_POINT_WORDS_SIZE + 40];

    heat_add_data(outcome, &axis, &chart->data);
    snprintf(title, sizeof(title), "tasks per second by workers and %s",
             ppt_point_heads(PPT_ONLY(axis.dimension), head));
    ppt_chart_title(outcome, title, &chart->plot);
    add_axes(outcome->config, &axis, outcome->host->effective_cpus, &chart->plot);
    heat_add_recommended(outcome, &axis, &chart->plot);
    ppt_text_addf(
        &chart->plot,
        /* Light enough throughout for black numbers. */
        "set palette defined (0 '" PPT_WHITE "', 1 '" PPT_SKY "')\n"
        "set cbrange [0:*]\n"
        "set cblabel 'tasks per second'\n"
        "plot data using 1:2:($1-0.48):($1+0.48):($2-0.48):($2+0.48):3 with boxxyerror fs "
        "solid 1 noborder fc palette notitle, \\\n"
        "  data using 1:2:4 with labels tc rgb 'black' notitle%s\n",
        outcome->answer->verdict.exists ? ", \\\n  NaN with lines lc rgb '" PPT_GREEN
                                          "' lw 3 title 'recommended'"
                                        : "");
}

static bool is_grid(const struct ppt_outcome *outcome)
{
    return ppt_chart_curve_count(outcome->config) > 1;
}

const struct ppt_chart_kind ppt_chart_heat = {"heat", is_grid, heat_write};
