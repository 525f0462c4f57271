/*
 * Bencher Metric Format: by point the time of a pass ("latency", nanoseconds), tasks per second
 * ("throughput") and, as a measure of its own, the speedup: it alone is safe from a runner that is
 * slow today. Medians over blocks, and the ends of their intervals.
 */
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

static void bmf_add_point(const struct ppt_outcome *outcome, const struct ppt_point_summary *p,
                          const char *series, json_object *document)
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
    add(document, series, object);
}

void ppt_bmf_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_text *out)
{
    json_object *document = json_object_new_object();

    ppt_series_each(outcomes, count, bmf_add_point, document);
    print_document(document, out);
}
