/*
 * hyperfine's JSON: what it would have written had it timed passes. Seconds; "user" and "system"
 * are means over the passes, as there.
 */
#include "json_value.h"
#include "owned.h"
#include "report.h"
#include "series.h"

/* Parameters are texts in hyperfine; its scripts turn them into numbers. */
static json_object *parameters_of(const struct ppt_config *config, struct ppt_point point)
{
    json_object *object = json_object_new_object();
    const unsigned shown = ppt_config_several(config) | PPT_ONLY(PPT_WORKERS);

    for (size_t i = 0; i < PPT_FILE_DIMENSIONS; i++) {
        const size_t d = PPT_IN_FILES(i);
        char number[16];

        if (shown & PPT_ONLY(d)) {
            snprintf(number, sizeof(number), "%u", ppt_point_get(point, d));
            add(object, ppt_dimension_key(d), text(number));
        }
    }
    return object;
}

/* Seconds of the passes at a point, and what hyperfine tells of them beyond a summary's. */
struct passes {
    json_object *times, *exit_codes;
    size_t count;
    double squares, user_s, system_s; /* sums */
};

static struct passes passes_of(const struct ppt_outcome *outcome, const struct ppt_point_summary *p)
{
    const struct ppt_passes all =
        ppt_index_passes(outcome->index, ppt_index_find(outcome->index, p->point));
    struct passes passes = {json_object_new_array(), json_object_new_array(), all.count, 0, 0, 0};

    for (size_t i = 0; i < all.count; i++) {
        const struct ppt_sample *sample = all.items[i];
        const double seconds = (double)sample->total_ns * 1e-9;

        json_object_array_add(passes.times, number(seconds));
        json_object_array_add(passes.exit_codes, integer(0));
        passes.squares += (seconds - p->total_s.mean) * (seconds - p->total_s.mean);
        passes.user_s += (double)sample->usage.user_ns * 1e-9;
        passes.system_s += (double)sample->usage.system_ns * 1e-9;
    }
    return passes;
}

static void hyperfine_add_point(const struct ppt_outcome *outcome,
                                const struct ppt_point_summary *p, const char *series,
                                json_object *results)
{
    const struct passes passes = passes_of(outcome, p);
    const double n = (double)passes.count;
    json_object *object = json_object_new_object();
    struct ppt_text command PPT_OWNED(ppt_text_free) = {0};
    const bool typed = ppt_config_command(outcome->config, &command);

    /* The same for all points, whose parameters tell them apart, as in hyperfine. */
    add(object, "command", text(typed ? command.data : series));
    add(object, "mean", number(p->total_s.mean));
    /* null for one pass, as in hyperfine. */
    add(object, "stddev", passes.count > 1 ? number(sqrt(passes.squares / (n - 1))) : NULL);
    add(object, "median", number(p->total_s.median));
    add(object, "user", number(passes.user_s / n));
    add(object, "system", number(passes.system_s / n));
    add(object, "min", number(p->total_s.smallest));
    add(object, "max", number(p->total_s.largest));
    add(object, "times", passes.times);
    add(object, "exit_codes", passes.exit_codes);
    add(object, "parameters", parameters_of(outcome->config, p->point));
    json_object_array_add(results, object);
}

void ppt_hyperfine_write(const struct ppt_outcome *outcomes, size_t count, struct ppt_text *out)
{
    json_object *document = json_object_new_object(), *results = json_object_new_array();

    ppt_series_each(outcomes, count, hyperfine_add_point, results);
    add(document, "results", results);
    print_document(document, out);
}
