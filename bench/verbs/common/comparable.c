#include "comparable.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "memory.h"
#include "owned.h"

/* ---- the same task ---- */

static bool same_value(json_object *a, json_object *b)
{
    if (json_object_get_type(a) != json_object_get_type(b)) {
        return false;
    }
    if (json_object_is_type(a, json_type_string)) {
        return strcmp(basename(json_object_get_string(a)), basename(json_object_get_string(b))) ==
               0;
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
    json_object *first PPT_OWNED(ppt_json_put) = ppt_config_value(a, PPT_KEY_TASK_ARGS);
    json_object *second PPT_OWNED(ppt_json_put) = ppt_config_value(b, PPT_KEY_TASK_ARGS);

    return same_value(first, second);
}

bool ppt_comparable_same_task(const struct ppt_outcome *a, const struct ppt_outcome *b)
{
    return strcmp(a->config->task, b->config->task) == 0 && same_args(a->config, b->config);
}

/* What to do about it. */
#define DIFFERENT "; --different compares them all the same"

static enum ppt_status check_task(const struct ppt_outcome *a, const struct ppt_outcome *b,
                                  const char *hint, struct ppt_error *error)
{
    if (strcmp(a->config->task, b->config->task) != 0) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "cannot be compared: the task is %s in %s, %s in %s%s", a->config->task,
                        a->folder->path, b->config->task, b->folder->path, hint);
    }
    if (!same_args(a->config, b->config)) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "cannot be compared: the arguments of %s are (%.200s) in %s, (%.200s) in "
                        "%s%s",
                        a->config->task, a->config->details, a->folder->path, b->config->details,
                        b->folder->path, hint);
    }
    return PPT_OK;
}

/* A pass of one side must be as much as one of the other, whatever it is. */
static enum ppt_status check_count(const struct ppt_outcome *a, const struct ppt_outcome *b,
                                   struct ppt_error *error)
{
    return a->config->task_count == b->config->task_count
               ? PPT_OK
               : ppt_fail(error, PPT_BAD_INPUT,
                          "cannot be compared: task_count is %llu in %s, %llu in %s; runs that are "
                          "to be "
                          "compared need the same %s N",
                          (unsigned long long)a->config->task_count, a->folder->path,
                          (unsigned long long)b->config->task_count, b->folder->path,
                          ppt_keys[PPT_KEY_TASK_COUNT].option.name);
}

/* How long tasks take from their arrival on depends on how they arrive. */
static enum ppt_status check_arrivals(const struct ppt_outcome *a, const struct ppt_outcome *b,
                                      struct ppt_error *error)
{
    json_object *old PPT_OWNED(ppt_json_put) = ppt_config_value(a->config, PPT_KEY_ARRIVALS);
    json_object *new PPT_OWNED(ppt_json_put) = ppt_config_value(b->config, PPT_KEY_ARRIVALS);

    if (!json_object_equal(old, new)) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "cannot be compared: tasks arrive in another way in %s than in %s; runs "
                        "that are to be compared need the same \"%s\"",
                        a->folder->path, b->folder->path, ppt_key_name(PPT_KEY_ARRIVALS));
    }
    if (old && ppt_latency_known(a->config->task_count) <= 0) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "cannot be compared: passes of %s have too few tasks to tell how long half "
                        "of them take; \"%s\" has to be %llu at least",
                        a->folder->path, ppt_key_name(PPT_KEY_TASK_COUNT),
                        (unsigned long long)ppt_goal_tasks(50));
    }
    return PPT_OK;
}

enum ppt_status ppt_comparable_check(const struct ppt_outcome *runs, size_t old_count, size_t count,
                                     bool different, struct ppt_error *error)
{
    for (size_t i = 1; i < count; i++) {
        const bool crosses = i >= old_count;

        if (!(different && i == old_count)) {
            PPT_TRY(check_task(&runs[different && crosses ? old_count : 0], &runs[i],
                               crosses && !different ? DIFFERENT : "", error));
        }
        PPT_TRY(check_count(&runs[0], &runs[i], error));
        PPT_TRY(check_arrivals(&runs[0], &runs[i], error));
    }
    return PPT_OK;
}

/* ---- what else differs ---- */

static const struct {
    const char *name;    /* NULL: the key's own */
    const char *of_host; /* a member of the host as it is recorded; NULL: a key's value */
    enum ppt_key_id key;
    bool of_program;
} circumstances[] = {
    {.name = "machine", .of_host = "name"},
    {.name = "CPU model", .of_host = "cpu_model"},
    {.name = "system", .of_host = "system"},
    {.name = "number of CPUs", .of_host = "effective_cpus"},
    {.name = "instruction set", .of_host = "instruction_set"},
    {.name = "clock of tasks", .of_host = "task_clock"},
    {.name = "BLAS", .of_host = "blas"},
    {.name = "environment", .of_host = "environment"},
    {.name = "program version", .of_program = true},
    {.key = PPT_KEY_SEED},
    {.key = PPT_KEY_SCHEDULE},
    {.key = PPT_KEY_PLACEMENT},
    {.name = "memory mode", .key = PPT_KEY_MEMORY},
};

/* One line without control characters, whatever the journals hold. */
static void add_line(struct ppt_text *lines, char *line)
{
    struct ppt_error clean;

    ppt_fail(&clean, PPT_OK, "%s", line);
    ppt_text_addf(lines, "%s\n", clean.text);
    free(line);
}

/* As a text, to be given to free(). */
static char *circumstance_of(const struct ppt_outcome *run, size_t which)
{
    const char *of_host = circumstances[which].of_host;

    if (circumstances[which].of_program) {
        return ppt_strdup(run->program);
    }
    json_object *host PPT_OWNED(ppt_json_put) = ppt_host_to_json(run->host);
    json_object *value PPT_OWNED(ppt_json_put) =
        of_host ? json_object_get(json_object_object_get(host, of_host))
                : ppt_config_value(run->config, circumstances[which].key);
    return ppt_strdup(json_object_is_type(value, json_type_string)
                          ? json_object_get_string(value)
                          : json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN));
}

/* The first run that is not like the first of all. */
static void warn_of_difference(const struct ppt_outcome *runs, size_t count, size_t which,
                               struct ppt_text *lines)
{
    const char *own = circumstances[which].name;
    const char *name = own ? own : ppt_key_name(circumstances[which].key);
    char *first PPT_FREED = circumstance_of(&runs[0], which);
    bool same = true;

    for (size_t i = 1; i < count && same; i++) {
        char *other PPT_FREED = circumstance_of(&runs[i], which);

        same = strcmp(first, other) == 0;
        if (!same) {
            add_line(lines,
                     ppt_text_format("the %s differs: %.300s in %s, %.300s in %s", name, first,
                                     runs[0].folder->path, other, runs[i].folder->path));
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
        same = runs[i].config->seed != runs[0].config->seed ||
               !ppt_comparable_same_task(&runs[0], &runs[i]) || !find_digest(&runs[i], &other) ||
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
                                            "%% from its first to its last iterations",
                                            runs[i].folder->path, 100 * answer->drift.change));
        }
    }
}
