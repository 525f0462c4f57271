/*
 * The answer of compare for programs: docs/results.md describes every field. What does not exist is
 * null.
 */
#include <math.h>
#include <string.h>

#include "compare_report.h"
#include "compare_sentence.h"
#include "json_value.h"
#include "owned.h"

#define COMPARISON_VERSION 2

static json_object *difference(const struct ppt_difference *value)
{
    const struct ppt_interval *ends = &value->interval;
    json_object *object = json_object_new_object();

    add(object, "verdict", text(ppt_change_names[value->change]));
    add(object, "change", number(expm1(value->shift)));
    add(object, "interval",
        ppt_json_interval(
            &(struct ppt_interval){ends->exists, expm1(ends->low), expm1(ends->high)}));
    add(object, "run_spread", value->run_sd > 0 ? number(expm1(M_SQRT2 * value->run_sd)) : NULL);
    return object;
}

static json_object *speedup(const struct ppt_compared_point *point)
{
    json_object *object;

    if (!point->has_speedup) {
        return NULL;
    }
    object = difference(&point->speedup);
    add(object, "old", ppt_json_ratio(&point->old_speedup));
    add(object, "new", ppt_json_ratio(&point->new_speedup));
    return object;
}

/* Points that one side alone has are there too: its curve is not to have a hole. */
static json_object *point_json(const struct ppt_compared_point *point)
{
    const unsigned shown = ppt_point_shown(point->point, PPT_OF_TASK);
    json_object *object = json_object_new_object();

    add(object, ppt_dimension_key(PPT_WORKERS), integer(point->point.workers));
    for (size_t d = 0; d < PPT_DIMENSION_COUNT; d++) {
        if (d != PPT_WORKERS && shown & PPT_ONLY(d)) {
            add(object, ppt_dimension_key(d), integer(ppt_point_get(point->point, d)));
        }
    }
    add(object, "old_s", ppt_json_statistics(&point->old_s));
    add(object, "new_s", ppt_json_statistics(&point->new_s));
    add(object, "slower_at_most", point->common ? number(expm1(point->time.high)) : NULL);
    add(object, "faster_at_most", point->common ? number(-expm1(point->time.low)) : NULL);
    add(object, "time", point->common ? difference(&point->time) : NULL);
    add(object, "speedup", speedup(point));
    return object;
}

static json_object *side(const struct ppt_outcome *runs, size_t count, size_t blocks)
{
    json_object *object = json_object_new_object(), *list = json_object_new_array();

    for (size_t i = 0; i < count; i++) {
        json_object *run = json_object_new_object();

        add(run, "folder", text(runs[i].folder->path));
        add(run, "started", text(runs[i].started));
        add(run, "program", text(runs[i].program));
        add(run, "machine", text(runs[i].host->name));
        add(run, "seed", integer(runs[i].config->seed));
        add(run, "blocks", integer(runs[i].answer->grid.block_count));
        add(run, "processes", integer(runs[i].answer->grid.processes));
        json_object_array_add(list, run);
    }
    add(object, "blocks", integer(blocks));
    add(object, "runs", list);
    return object;
}

static json_object *warnings(const char *lines)
{
    json_object *list = json_object_new_array();

    while (*lines) {
        const size_t length = strcspn(lines, "\n");

        json_object_array_add(list, json_object_new_string_len(lines, (int)length));
        lines += length + 1;
    }
    return list;
}

static json_object *needed(size_t count)
{
    return count > 0 ? integer(count) : NULL;
}

static json_object *words(const struct ppt_comparison *comparison,
                          void (*write)(const struct ppt_comparison *, struct ppt_text *))
{
    struct ppt_text out PPT_OWNED(ppt_text_free) = {0};

    write(comparison, &out);
    return text(out.data ? out.data + (out.data[0] == ' ') : "");
}

void ppt_comparison_json(const struct ppt_comparison_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_comparison *comparison = outcome->comparison;
    const struct ppt_config *config = outcome->old_runs[0].config;
    json_object *object = json_object_new_object(), *points = json_object_new_array();
    const bool any = comparison->common > 0;
    const struct ppt_point *base = comparison->common > 1 && outcome->percentile <= 0
                                       ? &comparison->points[comparison->base].point
                                       : NULL;

    for (size_t i = 0; i < comparison->point_count; i++) {
        json_object_array_add(points, point_json(&comparison->points[i]));
    }
    add(object, "version", integer(COMPARISON_VERSION));
    add(object, "task", text(config->task));
    add(object, "task_details", text(config->details));
    if (outcome->different) {
        add(object, "new_task", text(outcome->new_runs[0].config->task));
        add(object, "new_task_details", text(outcome->new_runs[0].config->details));
    }
    add(object, "task_count", integer(config->task_count));
    add(object, "percentile", outcome->percentile > 0 ? number(outcome->percentile) : NULL);
    add(object, "verdict", text(ppt_change_names[comparison->change]));
    add(object, "speedup_verdict", text(ppt_change_names[comparison->speedup_change]));
    add(object, "doubt",
        comparison->doubt == PPT_DOUBT_NONE ? NULL : text(ppt_doubt_names[comparison->doubt]));
    add(object, "where", text(ppt_change_kind_names[comparison->kind]));
    add(object, "typical_change", any ? number(expm1(comparison->typical)) : NULL);
    add(object, "slower_at_most", number(expm1(comparison->slower)));
    add(object, "faster_at_most", number(-expm1(-comparison->faster)));
    add(object, "sentence", words(comparison, ppt_comparison_sentence));
    add(object, "details", words(comparison, ppt_comparison_details));
    add(object, "threshold", number(comparison->rules.threshold));
    add(object, "between_runs",
        comparison->rules.between_runs > 0 ? number(comparison->rules.between_runs) : NULL);
    add(object, "interval_confidence", number(comparison->confidence));
    add(object, "speedup_interval_confidence", number(comparison->speedup_confidence));
    add_dimensions(object, "speedup_over", PPT_ONLY(PPT_WORKERS) | PPT_OF_TASK, base);
    add(object, "blocks_needed", needed(comparison->blocks_needed));
    add(object, "runs_needed", needed(comparison->runs_needed));
    add(object, "old", side(outcome->old_runs, outcome->old_count, comparison->old_blocks));
    add(object, "new", side(outcome->new_runs, outcome->new_count, comparison->new_blocks));
    add(object, "points", points);
    add(object, "warnings", warnings(outcome->warnings));
    print_document(object, out);
}
