/*
 * Bencher Metric Format: by point the time of a pass ("latency", nanoseconds), tasks per second
 * ("throughput") and, as a measure of its own, the speedup: it alone is safe from a runner that is
 * slow today. Medians over blocks, and the ends of their intervals.
 */
#include <stdlib.h>

#include "json_value.h"
#include "report.h"
#include "series.h"

static json_object *metric(double value, const struct ppt_interval *interval, double unit)
{
    json_object *object = json_object_new_object();

    add(object, "value", number(value * unit));
    if (interval->exists) {
        add_finite(object, "lower_value", interval->low * unit);
        add_finite(object, "upper_value", interval->high * unit);
    }
    return object;
}

static json_object *point_of(const struct ppt_outcome *outcome, const struct ppt_point_summary *p)
{
    const struct ppt_grid *grid = &outcome->answer->grid;
    const size_t point = ppt_grid_find(grid, p->point);
    json_object *object = json_object_new_object();

    add(object, "latency", metric(p->total_s.median, &p->total_s.interval, 1e9));
    add(object, "throughput", metric(p->rate.median, &p->rate.interval, 1));
    /* The first point is what the others are compared with. */
    if (grid->block_count > 0 && point != SIZE_MAX && point > 0) {
        const struct ppt_ratio *speedup = &outcome->answer->points[point].over_fewest;

        add(object, "speedup", metric(speedup->value, &speedup->interval, 1));
    }
    return object;
}

void ppt_bmf_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_text *out)
{
    json_object *document = json_object_new_object();

    for (size_t i = 0; i < count; i++) {
        for (size_t p = 0; p < outcomes[i].summary->count; p++) {
            const struct ppt_point_summary *summary = &outcomes[i].summary->points[p];
            char *name = ppt_series_name(outcomes, i, summary->point, NULL);

            add(document, name, point_of(&outcomes[i], summary));
            free(name);
        }
    }
    print_document(document, out);
}
