/*
 * github-action-benchmark's "customBiggerIsBetter": a list of entries, tasks per second and speedup
 * of every point. Medians over blocks; "range" is how far the interval reaches to its longer side.
 */
#include "json_value.h"
#include "owned.h"
#include "report.h"
#include "series.h"

struct entry {
    const char *series, *what, *unit;
    double value;
    const struct ppt_interval *interval;
};

static void add_entry(const struct ppt_outcome *outcome, const struct entry *entry,
                      json_object *list)
{
    const struct ppt_interval *interval = entry->interval;
    const unsigned long long tasks = outcome->config->task_count;
    json_object *object = json_object_new_object();
    char *name PPT_FREED = ppt_text_format("%s %s", entry->series, entry->what);
    struct ppt_text extra PPT_OWNED(ppt_text_free) = {0};

    ppt_text_addf(&extra, "median of %zu iteration%s, %llu task%s per pass",
                  outcome->summary->blocks, PPT_S(outcome->summary->blocks), tasks, PPT_S(tasks));
    add(object, "name", text(name));
    add(object, "unit", text(entry->unit));
    add(object, "value", number(entry->value));
    if (interval->exists && isfinite(interval->low) && isfinite(interval->high)) {
        /* Its reader wants more than one character behind the sign: "#" keeps the point. */
        char *range PPT_FREED = ppt_text_format(
            "± %#.6g", fmax(interval->high - entry->value, entry->value - interval->low));

        add(object, "range", text(range));
        ppt_text_addf(&extra, "\ninterval [%.6g, %.6g]", interval->low, interval->high);
    }
    ppt_text_add(&extra, "\n");
    if (ppt_config_command(outcome->config, &extra)) {
        ppt_text_add(&extra, "\n");
    }
    ppt_text_addf(&extra, "%s, %u CPUs, %s", outcome->host->cpu_model,
                  outcome->host->effective_cpus, outcome->program);
    add(object, "extra", text(extra.data));
    json_object_array_add(list, object);
}

static void ghab_add_point(const struct ppt_outcome *outcome, const struct ppt_point_summary *p,
                           const char *series, json_object *list)
{
    const struct ppt_grid *grid = &outcome->answer->grid;
    const size_t point = ppt_grid_find(grid, p->point);
    const struct entry rate = {series, "throughput", "tasks/s", p->rate.median, &p->rate.interval};

    add_entry(outcome, &rate, list);
    /* The first point is what the others are compared with. */
    if (grid->block_count > 0 && point != SIZE_MAX && point > 0) {
        const struct ppt_ratio *ratio = &outcome->answer->points[point].over_fewest;
        const struct entry speedup = {series, "speedup", "x", ratio->value, &ratio->interval};

        add_entry(outcome, &speedup, list);
    }
}

void ppt_ghab_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_text *out)
{
    json_object *list = json_object_new_array();

    ppt_series_each(outcomes, count, ghab_add_point, list);
    print_document(list, out);
}
