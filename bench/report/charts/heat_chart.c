/*
 * The chart of a grid: tasks per second by workers and ranks, or by workers and inner threads, the
 * recommended point framed. Of several numbers of ranks and of inner threads, those with the
 * recommended inner threads.
 */

#include "chart.h"

/* What goes upwards. */
struct axis {
    bool ranks;
    const unsigned *numbers;
    size_t count;
    unsigned inner_threads; /* of all points, where they differ in ranks */
};

static struct axis axis_of(const struct ppt_outcome *outcome)
{
    const struct ppt_config *config = outcome->config;
    const struct ppt_grid *row = &outcome->answer->row;

    return config->rank_count > 1
               ? (struct axis){true, config->ranks, config->rank_count,
                               row->point_count > 0 ? row->points[0].inner_threads
                                                    : config->inner_threads[0]}
               : (struct axis){false, config->inner_threads, config->inner_count, 0};
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
    return place_of(axis->numbers, axis->count, axis->ranks ? point.ranks : point.inner_threads);
}

static void heat_add_data(const struct ppt_outcome *outcome, const struct axis *axis,
                          struct ppt_text *out)
{
    const struct ppt_summary *summary = outcome->summary;

    ppt_text_addf(out, "# column  row  tasks/s: median  label  workers  %s\n",
                  axis->ranks ? "ranks" : "inner threads");
    for (size_t i = 0; i < summary->count; i++) {
        const struct ppt_point_summary *p = &summary->points[i];
        const bool beyond = ppt_host_beyond(outcome->host, p->point);
        char rate[PPT_UNITS_SIZE];

        if (!axis->ranks || p->point.inner_threads == axis->inner_threads) {
            ppt_text_addf(out, "%zu %zu %.9g \"%s%s\" %u %u\n",
                          column_of(outcome->config, p->point), row_of(axis, p->point),
                          p->rate.median, beyond ? "*" : "", ppt_text_rate(p->rate.median, rate),
                          p->point.workers, axis->ranks ? p->point.ranks : p->point.inner_threads);
        }
    }
}

/* 0 has a name. */
static void add_tics(const unsigned *numbers, size_t count, const char *none, struct ppt_text *out)
{
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] == 0) {
            ppt_text_addf(out, "%s'%s' %zu", i ? ", " : "", none, i);
        } else {
            ppt_text_addf(out, "%s'%u' %zu", i ? ", " : "", numbers[i], i);
        }
    }
}

static void add_axes(const struct ppt_config *config, const struct axis *axis, unsigned cpus,
                     struct ppt_text *out)
{
    const size_t columns = config->worker_count;

    if (axis->ranks) {
        ppt_text_add(out, "set xlabel 'workers of each rank; *: more threads than CPUs' offset "
                          "0,0.4\nset xtics (");
    } else {
        ppt_text_addf(out,
                      "set xlabel 'workers (threads); *: more threads in all than the %u CPU%s' "
                      "offset 0,0.4\nset xtics (",
                      cpus, cpus == 1 ? "" : "s");
    }
    add_tics(config->workers, columns, "sequential", out);
    ppt_text_addf(out, ")\nset ylabel '%s'\nset ytics (",
                  axis->ranks ? "ranks (processes)" : "inner threads (per task)");
    add_tics(axis->numbers, axis->count, "without MPI", out);
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

    heat_add_data(outcome, &axis, &chart->data);
    ppt_chart_title(outcome,
                    axis.ranks ? "tasks per second by workers and ranks"
                               : "tasks per second by workers and inner threads",
                    &chart->plot);
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
