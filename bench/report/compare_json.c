/*
 * The answer of compare for programs: docs/results.md describes every field. What does not exist is
 * null.
 */
#include <json-c/json.h>
#include <math.h>
#include <string.h>

#include "compare_report.h"
#include "compare_sentence.h"

#define COMPARISON_VERSION 1

/* Takes over the value. */
static void compare_add(json_object *object, const char *key, json_object *value)
{
    json_object_object_add(object, key, value);
}

static json_object *compare_number(double value)
{
    char text[40];

    if (!isfinite(value)) {
        return NULL;
    }
    snprintf(text, sizeof(text), "%.9g", value);
    return json_object_new_double_s(value, text);
}

static json_object *compare_integer(uint64_t value)
{
    return json_object_new_int64((int64_t)value);
}

static json_object *compare_string(const char *value)
{
    return json_object_new_string(value);
}

static json_object *pair(bool exists, double low, double high)
{
    json_object *list;

    if (!exists || !isfinite(low) || !isfinite(high)) {
        return NULL;
    }
    list = json_object_new_array_ext(2);
    json_object_array_add(list, compare_number(low));
    json_object_array_add(list, compare_number(high));
    return list;
}

static json_object *statistics(const struct ppt_stat *stat)
{
    json_object *object;

    if (stat->n == 0) {
        return NULL;
    }
    object = json_object_new_object();
    compare_add(object, "n", compare_integer(stat->n));
    compare_add(object, "mean", compare_number(stat->mean));
    compare_add(object, "median", compare_number(stat->median));
    compare_add(object, "interval",
                pair(stat->interval.exists, stat->interval.low, stat->interval.high));
    compare_add(object, "smallest", compare_number(stat->smallest));
    compare_add(object, "largest", compare_number(stat->largest));
    return object;
}

/* [value, low, high] */
static json_object *ratio(const struct ppt_ratio *value)
{
    json_object *list = json_object_new_array_ext(3);

    json_object_array_add(list, compare_number(value->value));
    json_object_array_add(list,
                          value->interval.exists ? compare_number(value->interval.low) : NULL);
    json_object_array_add(list,
                          value->interval.exists ? compare_number(value->interval.high) : NULL);
    return list;
}

static json_object *difference(const struct ppt_difference *value)
{
    const struct ppt_interval *ends = &value->shift.interval;
    json_object *object = json_object_new_object();

    compare_add(object, "class", compare_string(ppt_change_names[value->change]));
    compare_add(object, "change", compare_number(expm1(value->shift.value)));
    compare_add(object, "interval", pair(ends->exists, expm1(ends->low), expm1(ends->high)));
    compare_add(object, "p", compare_number(value->p));
    compare_add(object, "p_adjusted", compare_number(value->p_adjusted));
    compare_add(object, "cliffs_delta", compare_number(value->delta));
    compare_add(object, "exact", json_object_new_boolean(value->exact));
    compare_add(object, "old_blocks", compare_integer(value->old_n));
    compare_add(object, "new_blocks", compare_integer(value->new_n));
    compare_add(object, "run_spread",
                value->runs.exists ? compare_number(expm1(value->runs.spread)) : NULL);
    compare_add(object, "run_reach",
                value->runs.exists ? compare_number(expm1(value->runs.reach)) : NULL);
    return object;
}

static json_object *speedup(const struct ppt_compared_point *point)
{
    json_object *object;

    if (!point->has_speedup) {
        return NULL;
    }
    object = difference(&point->speedup);
    compare_add(object, "old", ratio(&point->old_speedup));
    compare_add(object, "new", ratio(&point->new_speedup));
    return object;
}

/* Points that one side alone has are there too: its curve is not to have a hole. */
static json_object *point_json(const struct ppt_compared_point *point)
{
    json_object *object = json_object_new_object();

    compare_add(object, "workers", compare_integer(point->point.workers));
    if (point->point.ranks > 0) {
        compare_add(object, "ranks", compare_integer(point->point.ranks));
    }
    compare_add(object, "inner_threads", compare_integer(point->point.inner_threads));
    compare_add(object, "old_s", statistics(&point->old_s));
    compare_add(object, "new_s", statistics(&point->new_s));
    compare_add(object, "time", ppt_compared_common(point) ? difference(&point->time) : NULL);
    compare_add(object, "speedup", speedup(point));
    return object;
}

static json_object *side(const struct ppt_outcome *runs, size_t count, size_t blocks)
{
    json_object *object = json_object_new_object(), *list = json_object_new_array();

    for (size_t i = 0; i < count; i++) {
        json_object *run = json_object_new_object();

        compare_add(run, "folder", compare_string(runs[i].folder->path));
        compare_add(run, "started", compare_string(runs[i].started));
        compare_add(run, "program", compare_string(runs[i].program));
        compare_add(run, "machine", compare_string(runs[i].host->name));
        compare_add(run, "seed", compare_integer(runs[i].config->seed));
        compare_add(run, "blocks", compare_integer(runs[i].answer->grid.block_count));
        json_object_array_add(list, run);
    }
    compare_add(object, "blocks", compare_integer(blocks));
    compare_add(object, "runs", list);
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

static json_object *words(const struct ppt_comparison *comparison,
                          void (*write)(const struct ppt_comparison *, struct ppt_text *))
{
    struct ppt_text out = {0};
    json_object *value;

    write(comparison, &out);
    value = compare_string(out.data ? out.data + (out.data[0] == ' ') : "");
    ppt_text_free(&out);
    return value;
}

void ppt_comparison_json(const struct ppt_comparison_outcome *outcome, struct ppt_text *out)
{
    const struct ppt_comparison *comparison = outcome->comparison;
    const struct ppt_config *config = outcome->old_runs[0].config;
    json_object *object = json_object_new_object(), *points = json_object_new_array();
    const bool judged = comparison->change != PPT_CHANGE_INCONCLUSIVE;
    const struct ppt_point *base =
        comparison->common > 1 ? &comparison->points[comparison->base].point : NULL;

    for (size_t i = 0; i < comparison->point_count; i++) {
        json_object_array_add(points, point_json(&comparison->points[i]));
    }
    compare_add(object, "version", compare_integer(COMPARISON_VERSION));
    compare_add(object, "task", compare_string(config->task));
    compare_add(object, "task_details", compare_string(config->details));
    compare_add(object, "task_count", compare_integer(config->task_count));
    compare_add(object, "class", compare_string(ppt_change_names[comparison->change]));
    compare_add(object, "speedup_class",
                compare_string(ppt_change_names[comparison->speedup_change]));
    compare_add(object, "where", compare_string(ppt_change_kind_names[comparison->kind]));
    compare_add(object, "typical_change",
                judged ? compare_number(expm1(comparison->typical)) : NULL);
    compare_add(object, "slower_at_most", judged ? compare_number(expm1(comparison->most)) : NULL);
    compare_add(object, "sentence", words(comparison, ppt_comparison_sentence));
    compare_add(object, "details", words(comparison, ppt_comparison_details));
    compare_add(object, "threshold", compare_number(comparison->threshold));
    compare_add(object, "interval_confidence", compare_number(comparison->confidence));
    compare_add(object, "speedup_interval_confidence",
                compare_number(comparison->speedup_confidence));
    compare_add(object, "speedup_over", base ? compare_integer(base->workers) : NULL);
    compare_add(object, "speedup_over_inner_threads",
                base ? compare_integer(base->inner_threads) : NULL);
    compare_add(object, "blocks_needed", compare_integer(comparison->blocks_needed));
    compare_add(object, "old",
                side(outcome->old_runs, comparison->old_runs, comparison->old_blocks));
    compare_add(object, "new",
                side(outcome->new_runs, comparison->new_runs, comparison->new_blocks));
    compare_add(object, "points", points);
    compare_add(object, "warnings", warnings(outcome->warnings));
    ppt_text_add_json(out, json_object_to_json_string_ext(
                               object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                           JSON_C_TO_STRING_NOSLASHESCAPE));
    ppt_text_add(out, "\n");
    json_object_put(object);
}
