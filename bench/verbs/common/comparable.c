#include "comparable.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "owned.h"

/* ---- the same task ---- */

static const char *last_part(json_object *string)
{
    const char *text = json_object_get_string(string), *slash = strrchr(text, '/');

    return slash ? slash + 1 : text;
}

static bool same_value(json_object *a, json_object *b)
{
    if (json_object_get_type(a) != json_object_get_type(b)) {
        return false;
    }
    if (json_object_is_type(a, json_type_string)) {
        return strcmp(last_part(a), last_part(b)) == 0;
    }
    if (json_object_is_type(a, json_type_array)) {
        bool same = json_object_array_length(a) == json_object_array_length(b);

        for (size_t i = 0; same && i < json_object_array_length(a); i++) {
            same = same_value(json_object_array_get_idx(a, i), json_object_array_get_idx(b, i));
        }
        return same;
    }
    if (json_object_is_type(a, json_type_object)) {
        bool same = json_object_object_length(a) == json_object_object_length(b);

        json_object_object_foreach(a, key, value)
        {
            same = same && same_value(value, json_object_object_get(b, key));
        }
        return same;
    }
    return json_object_equal(a, b);
}

static bool same_args(const struct ppt_config *a, const struct ppt_config *b)
{
    json_object *first = ppt_config_to_json(a), *second = ppt_config_to_json(b);
    const bool same = same_value(json_object_object_get(first, "task_args"),
                                 json_object_object_get(second, "task_args"));

    json_object_put(first);
    json_object_put(second);
    return same;
}

static enum ppt_status check_pair(const struct ppt_outcome *a, const struct ppt_outcome *b,
                                  struct ppt_error *error)
{
    if (strcmp(a->config->task, b->config->task) != 0) {
        return ppt_fail(error, PPT_BAD_INPUT, "cannot be compared: the task is %s in %s, %s in %s",
                        a->config->task, a->folder->path, b->config->task, b->folder->path);
    }
    if (!same_args(a->config, b->config)) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "cannot be compared: the arguments of %s are (%.200s) in %s, (%.200s) in "
                        "%s",
                        a->config->task, a->config->details, a->folder->path, b->config->details,
                        b->folder->path);
    }
    if (a->config->task_count != b->config->task_count) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "cannot be compared: task_count is %llu in %s, %llu in %s",
                        (unsigned long long)a->config->task_count, a->folder->path,
                        (unsigned long long)b->config->task_count, b->folder->path);
    }
    return PPT_OK;
}

enum ppt_status ppt_comparable_check(const struct ppt_outcome *runs, size_t count,
                                     struct ppt_error *error)
{
    for (size_t i = 1; i < count; i++) {
        PPT_TRY(check_pair(&runs[0], &runs[i], error));
    }
    return PPT_OK;
}

/* ---- what else differs ---- */

static char *machine(const struct ppt_outcome *run)
{
    return ppt_strdup(run->host->name);
}

static char *cpu(const struct ppt_outcome *run)
{
    return ppt_strdup(run->host->cpu_model);
}

static char *operating_system(const struct ppt_outcome *run)
{
    return ppt_strdup(run->host->system);
}

static char *cpus(const struct ppt_outcome *run)
{
    return ppt_text_format("%u", run->host->effective_cpus);
}

static char *instruction_set(const struct ppt_outcome *run)
{
    return ppt_strdup(run->host->instruction_set);
}

static char *blas(const struct ppt_outcome *run)
{
    return ppt_strdup(run->host->blas);
}

static char *environment(const struct ppt_outcome *run)
{
    return ppt_strdup(
        json_object_to_json_string_ext(run->host->environment, JSON_C_TO_STRING_PLAIN));
}

static char *program(const struct ppt_outcome *run)
{
    return ppt_strdup(run->program);
}

static char *seed(const struct ppt_outcome *run)
{
    return ppt_text_format("%llu", (unsigned long long)run->config->seed);
}

static char *schedule(const struct ppt_outcome *run)
{
    const struct ppt_schedule *value = &run->config->schedule;

    return value->chunk ? ppt_text_format("%s,%u", ppt_schedule_names[value->kind], value->chunk)
                        : ppt_strdup(ppt_schedule_names[value->kind]);
}

static char *placement(const struct ppt_outcome *run)
{
    return ppt_strdup(ppt_placement_names[run->config->placement]);
}

static char *memory(const struct ppt_outcome *run)
{
    return ppt_strdup(ppt_memory_names[run->config->memory]);
}

static const struct {
    const char *name;
    char *(*of)(const struct ppt_outcome *run); /* to be given to free() */
} circumstances[] = {
    {"machine", machine},
    {"CPU model", cpu},
    {"system", operating_system},
    {"number of CPUs", cpus},
    {"instruction set", instruction_set},
    {"BLAS", blas},
    {"environment", environment},
    {"program version", program},
    {"seed", seed},
    {"schedule", schedule},
    {"placement", placement},
    {"memory mode", memory},
};

/* One line without control characters, whatever the recordings hold. */
static void add_line(struct ppt_text *lines, char *line)
{
    struct ppt_error clean;

    ppt_fail(&clean, PPT_OK, "%s", line);
    ppt_text_addf(lines, "%s\n", clean.text);
    free(line);
}

/* The first run that is not like the first of all. */
static void warn_of_difference(const struct ppt_outcome *runs, size_t count, size_t which,
                               struct ppt_text *lines)
{
    char *first PPT_FREED = circumstances[which].of(&runs[0]);
    bool same = true;

    for (size_t i = 1; i < count && same; i++) {
        char *other PPT_FREED = circumstances[which].of(&runs[i]);

        same = strcmp(first, other) == 0;
        if (!same) {
            add_line(lines, ppt_text_format("the %s differs: %.300s in %s, %.300s in %s",
                                            circumstances[which].name, first, runs[0].folder->path,
                                            other, runs[i].folder->path));
        }
    }
}

/* Of the first measured block; all points have it. */
static bool find_digest(const struct ppt_outcome *run, uint64_t *digest)
{
    for (size_t i = 0; i < run->index->ran.count; i++) {
        if (run->index->ran.items[i]->block == 1) {
            *digest = run->index->ran.items[i]->digest;
            return true;
        }
    }
    return false;
}

/* Digests depend on task, arguments and seed alone. */
static void warn_of_results(const struct ppt_outcome *runs, size_t count, struct ppt_text *lines)
{
    uint64_t first = 0, other = 0;
    bool same = find_digest(&runs[0], &first);

    for (size_t i = 1; i < count && same; i++) {
        same = runs[i].config->seed != runs[0].config->seed || !find_digest(&runs[i], &other) ||
               first == other;
        if (!same) {
            add_line(lines, ppt_text_format("results differ between %s and %s, whose task, "
                                            "arguments and seed are the same: what a task does "
                                            "has changed",
                                            runs[0].folder->path, runs[i].folder->path));
        }
    }
}

void ppt_comparable_warn(const struct ppt_outcome *runs, size_t count, struct ppt_text *lines)
{
    for (size_t i = 0; i < sizeof(circumstances) / sizeof(circumstances[0]); i++) {
        warn_of_difference(runs, count, i, lines);
    }
    warn_of_results(runs, count, lines);
    for (size_t i = 0; i < count; i++) {
        const struct ppt_answer *answer = runs[i].answer;

        if (answer->disturbance.disturbed > 0) {
            add_line(lines, ppt_text_format("%s: others or a quota disturbed %zu of %zu passes",
                                            runs[i].folder->path, answer->disturbance.disturbed,
                                            answer->disturbance.passes));
        }
        if (answer->drift.flagged) {
            add_line(lines, ppt_text_format("%s: the machine changed while it was measured: %+.1f "
                                            "%% from its first to its last blocks",
                                            runs[i].folder->path, 100 * answer->drift.change));
        }
    }
}
