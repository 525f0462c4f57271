/*
 * The chart of a grid: tasks per second by workers and inner threads, the recommended point framed.
 */
#include <stdlib.h>

#include "gnuplot.h"
#include "report.h"

/* The place of a number on its axis. */
static size_t place_of(const struct ppt_config *config, struct ppt_point point, size_t *row)
{
    size_t p = 0;

    while (p < config->point_count && !ppt_point_same(config->points[p], point)) {
        p++;
    }
    *row = p % config->inner_count;
    return p / config->inner_count;
}

static void add_data(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_summary *summary = outcome->summary;

    ppt_text_add(out, "# column  row  tasks/s: median  label  workers  inner threads\n");
    for (size_t i = 0; i < summary->count; i++) {
        const struct ppt_point_summary *p = &summary->points[i];
        const bool beyond = ppt_point_threads(p->point) > outcome->host->effective_cpus;
        char rate[PPT_UNITS_SIZE];
        size_t row;
        const size_t column = place_of(outcome->config, p->point, &row);

        ppt_text_addf(out, "%zu %zu %.9g \"%s%s\" %u %u\n", column, row, p->rate.median,
                      beyond ? "*" : "", ppt_text_rate(p->rate.median, rate), p->point.workers,
                      p->point.inner_threads);
    }
}

static void add_axes(const struct ppt_config *config, unsigned cpus, struct ppt_text *out)
{
    const size_t columns = config->point_count / config->inner_count;

    ppt_text_addf(out,
                  "set xlabel 'workers (threads); *: more threads in all than the %u CPU%s' offset "
                  "0,0.4\nset xtics (",
                  cpus, cpus == 1 ? "" : "s");
    for (size_t i = 0; i < columns; i++) {
        const unsigned workers = config->points[i * config->inner_count].workers;

        if (workers == 0) {
            ppt_text_addf(out, "%s'sequential' %zu", i ? ", " : "", i);
        } else {
            ppt_text_addf(out, "%s'%u' %zu", i ? ", " : "", workers, i);
        }
    }
    ppt_text_add(out, ")\nset ylabel 'inner threads (per task)'\nset ytics (");
    for (size_t i = 0; i < config->inner_count; i++) {
        ppt_text_addf(out, "%s'%u' %zu", i ? ", " : "", config->inner_threads[i], i);
    }
    ppt_text_addf(out,
                  ")\nset xrange [-0.5:%zu.5]\nset yrange [-0.5:%zu.5]\nunset grid\n"
                  "set tics scale 0\n",
                  columns - 1, config->inner_count - 1);
}

static void add_recommended(const struct ppt_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_verdict *verdict = &outcome->answer->verdict;

    if (verdict->exists) {
        size_t row;
        const size_t column =
            place_of(outcome->config, outcome->answer->grid.points[verdict->recommended], &row);

        ppt_text_addf(out,
                      "set object 1 rectangle center %zu,%zu size 0.94,0.94 front fs empty border "
                      "lc rgb '#009E73' lw 3\n",
                      column, row);
    }
}

enum ppt_status ppt_heat_chart_write(const struct ppt_outcome *outcome, const char *folder,
                                     struct ppt_error *error)
{
    struct ppt_chart chart = {.name = "heat"};

    add_data(outcome, &chart.data);
    ppt_chart_title(outcome, "tasks per second by workers and inner threads", &chart.plot);
    add_axes(outcome->config, outcome->host->effective_cpus, &chart.plot);
    add_recommended(outcome, &chart.plot);
    ppt_text_addf(
        &chart.plot,
        /* Light enough throughout for black numbers. */
        "set palette defined (0 '#ffffff', 1 '#56B4E9')\n"
        "set cbrange [0:*]\n"
        "set cblabel 'tasks per second'\n"
        "plot 'heat.dat' using 1:2:($1-0.48):($1+0.48):($2-0.48):($2+0.48):3 with boxxyerror fs "
        "solid 1 noborder fc palette notitle, \\\n"
        "  'heat.dat' using 1:2:4 with labels tc rgb 'black' notitle%s\n",
        outcome->answer->verdict.exists
            ? ", \\\n  NaN with lines lc rgb '#009E73' lw 3 title 'recommended'"
            : "");
    return ppt_chart_write(&chart, folder, error);
}
