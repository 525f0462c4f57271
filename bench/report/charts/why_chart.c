/*
 * The chart of what a task minds: how much longer it takes beside pressure on each resource.
 */
#include <math.h>

#include "chart.h"
#include "sensitivity_sentence.h"

static bool has_causes(const struct ppt_outcome *outcome)
{
    return outcome->answer->why.blocks > 0 && outcome->answer->why.rows[0].count > 0;
}

/* Resources stand along the axis in the order of their table. */
static void why_add_rows(const struct ppt_sensitivity_row *row, struct ppt_text *out)
{
    for (unsigned r = 1; r < PPT_RESOURCE_COUNT; r++) {
        const struct ppt_sensitivity *found = ppt_sensitivity_find(row, (enum ppt_resource)r);

        ppt_text_addf(out, "%u \"%s\" ", r - 1, ppt_resources[r].name);
        if (found && found->slowdown.interval.exists) {
            ppt_text_addf(out, "%.9g %.9g %.9g\n", found->slowdown.value,
                          found->slowdown.interval.low, found->slowdown.interval.high);
        } else {
            ppt_text_add(out, "? ? ?\n");
        }
    }
}

static void add_resource_axis(struct ppt_chart *chart)
{
    struct ppt_text ticks = {0};

    for (unsigned r = 1; r < PPT_RESOURCE_COUNT; r++) {
        ppt_text_addf(&ticks, "%s'%s' %u", r > 1 ? ", " : "", ppt_resources[r].name, r - 1);
    }
    ppt_chart_set(chart,
                  "if (narrow) { set xtics rotate by 90 right (%s) } else { set xtics "
                  "norotate (%s) }",
                  ticks.data, ticks.data);
    ppt_chart_set(chart, "set xlabel 'pressed on beside the tasks'\nset xrange [-0.6:%u.6]",
                  PPT_RESOURCE_COUNT - 2);
    chart->foot[PPT_CHART_NARROW] = 60;
    ppt_text_free(&ticks);
}

static void why_write(const struct ppt_outcome *outcome, struct ppt_chart *chart)
{
    const struct ppt_sensitivities *why = &outcome->answer->why;
    struct ppt_chart_range range = {1, 1};
    char name[PPT_UNITS_SIZE];

    ppt_text_add(&chart->data,
                 "# position  pressed on  times as long as alone: mean  95 % interval "
                 "(of all together): low  high\n");
    for (size_t i = 0; i < why->row_count; i++) {
        for (size_t k = 0; k < why->rows[i].count; k++) {
            ppt_chart_reach(&range, why->rows[i].items[k].slowdown.interval.high);
        }
        ppt_text_addf(&chart->data, "%s# %s\n", i > 0 ? "\n\n" : "",
                      ppt_sensitivity_count(&why->rows[i], name));
        why_add_rows(&why->rows[i], &chart->data);
    }
    ppt_chart_about(chart, outcome, "how much longer a task takes beside pressure");
    ppt_chart_note(chart,
                   "Marks: trimmed means of up to %zu iterations; bars: 95 %% intervals of all "
                   "together.",
                   why->blocks);
    ppt_chart_value_axis(chart, "times as long as alone", range, false);
    add_resource_axis(chart);
    ppt_chart_plot(chart, NULL, "1 with lines ls baseline");
    for (size_t i = 0; i < why->row_count; i++) {
        const double apart = 0.16 * ((double)i - 0.5 * (double)(why->row_count - 1));

        if (why->rows[i].count > 0) {
            ppt_chart_plot(chart, ppt_sensitivity_count(&why->rows[i], name),
                           "data index %zu using ($1%+.3g):3:4:5 with yerrorbars ls %u", i, apart,
                           ppt_chart_series(i));
        }
    }
}

const struct ppt_chart_kind ppt_chart_why = {
    .name = "why", .applies = has_causes, .write = why_write};
