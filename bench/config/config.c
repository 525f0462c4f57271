#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "file_digest.h"
#include "layer.h"
#include "memory.h"
#include "plugin.h"
#include "read.h"
#include "stand_in.h"
#include "tasks.h"
#include "text.h"

const char *const ppt_schedule_names[] = {"static", "dynamic", "guided", NULL};
const char *const ppt_placement_names[] = {"none", "close", "spread", NULL};
const char *const ppt_memory_names[] = {"reuse", "fresh", NULL};

static const char *const known_keys[] = {"iterations",
                                         "task",
                                         "task_args",
                                         "kernel",
                                         "kernel_digest",
                                         "task_count",
                                         "workers",
                                         "wait_time_after_runner",
                                         "wait_time_after_iteration",
                                         "gc_after_iteration",
                                         "multiprocessing_start_method",
                                         "inner_threads",
                                         "ranks",
                                         "distribution",
                                         "schedule",
                                         "placement",
                                         "memory",
                                         "precision",
                                         "tolerance",
                                         "warmup",
                                         "seed",
                                         "runs",
                                         "$schema",
                                         NULL};

const char *ppt_config_inner_text(const struct ppt_config *config, char out[PPT_POINT_WORDS_SIZE])
{
    const struct ppt_point of_all = {.inner_threads = config->inner_threads[0]};
    const bool shown = config->inner_count == 1 && of_all.inner_threads > 1;

    return ppt_point_words(of_all, shown ? PPT_ONLY(PPT_INNER_THREADS) : 0, ", ", "", out);
}

/* ---- whole configurations ---- */

static void free_config(struct ppt_config *config)
{
    for (size_t i = 0; i < config->use_count; i++) {
        ppt_args_free(config->uses[i].kernel, config->uses[i].args);
    }
    free(config->uses);
    free(config->workers);
    free(config->ranks);
    free(config->inner_threads);
    free(config->points);
    free(config->origin);
    free(config->args_origin);
    free(config->task);
    free(config->kernel_file);
    free(config->kernel_digest);
    ppt_stand_in_destroy(config->stand_in);
    free(config->details);
    free(config->warning);
    *config = (struct ppt_config){0};
}

void ppt_config_warn(struct ppt_config *config, char *text)
{
    char *before = config->warning;

    config->warning = before ? ppt_text_format("%s; %s", before, text) : text;
    if (before) {
        free(before);
        free(text);
    }
}

/* To a task that uses none, points that differ in inner threads alone are the same: one is left. */
static void drop_unused_threads(struct ppt_config *config)
{
    const unsigned fewest = config->inner_threads[0];
    bool used = config->inner_threads[config->inner_count - 1] == 1;

    for (size_t i = 0; i < config->use_count; i++) {
        used |= config->uses[i].kernel->inner_threads;
    }
    if (used) {
        return;
    }
    char only[64] = "";

    if (config->inner_count > 1) {
        snprintf(only, sizeof(only), "; only %u is measured", fewest);
    }
    ppt_config_warn(
        config,
        ppt_text_format("%s: \"inner_threads\" changes nothing: a task of \"%s\" uses one thread%s",
                        config->origin, config->task, only));

    size_t left = 0;
    for (size_t i = 0; i < config->point_count; i++) {
        if (config->points[i].inner_threads == fewest) {
            config->points[left++] = config->points[i];
        }
    }
    config->point_count = left;
    config->inner_count = 1;
}

static enum ppt_status read_config(const struct ppt_layer *top, struct ppt_config *config,
                                   struct ppt_error *error)
{
    enum ppt_status status;

    config->origin = ppt_layer_describe(top);
    status = ppt_read_keys(top, config, error);
    if (status == PPT_OK) {
        status = ppt_read_task(top, config, error);
    }
    if (status == PPT_OK) {
        drop_unused_threads(config);
    }
    return status;
}

static enum ppt_status append(const struct ppt_layer *top, struct ppt_configs *configs,
                              struct ppt_error *error)
{
    struct ppt_config config = {0};
    const enum ppt_status status = read_config(top, &config, error);

    if (status != PPT_OK) {
        free_config(&config);
        return status;
    }
    configs->items = ppt_realloc(configs->items, configs->count + 1, sizeof(*configs->items));
    configs->items[configs->count++] = config;
    return PPT_OK;
}

static enum ppt_status append_runs(const struct ppt_layer *file, const struct ppt_item *runs,
                                   const struct ppt_overrides *overrides,
                                   struct ppt_configs *configs, struct ppt_error *error)
{
    enum ppt_status status = PPT_OK;

    if (!json_object_is_type(runs->value, json_type_array) ||
        json_object_array_length(runs->value) == 0) {
        return ppt_item_reject(runs, error, "must be a list of configurations, each an object");
    }
    for (size_t i = 0; i < json_object_array_length(runs->value) && status == PPT_OK; i++) {
        const struct ppt_place place = {.outer = runs->place, .index = i};
        const struct ppt_item item = {json_object_array_get_idx(runs->value, i), runs->source,
                                      &place};
        struct ppt_layer run;

        status = ppt_layer_over(&run, file, &item, known_keys, error);
        if (status == PPT_OK && json_object_object_get_ex(item.value, "runs", NULL)) {
            status = ppt_layer_reject(&run, error, "\"runs\" inside a run");
        }
        if (status == PPT_OK) {
            struct ppt_layer *top = ppt_overrides_stack(overrides, &run);

            status = append(&top[0], configs, error);
            free(top);
        }
    }
    return status;
}

static enum ppt_status append_file(const char *path, const struct ppt_overrides *overrides,
                                   struct ppt_configs *configs, struct ppt_error *error)
{
    struct ppt_source source = {0};
    struct ppt_item item = {.source = &source};
    struct ppt_layer file;
    enum ppt_status status = ppt_source_read(path, &source, error);

    if (status == PPT_OK) {
        status = ppt_json_parse(&source, &item.value, error);
    }
    if (status == PPT_OK) {
        status = ppt_layer_over(&file, NULL, &item, known_keys, error);
    }
    if (status == PPT_OK) {
        struct ppt_found runs;

        if (ppt_layer_find(&file, "runs", NULL, &runs)) {
            status = append_runs(&file, &runs.item, overrides, configs, error);
        } else {
            struct ppt_layer *top = ppt_overrides_stack(overrides, &file);

            status = append(&top[0], configs, error);
            free(top);
        }
    }
    json_object_put(item.value);
    ppt_source_free(&source);
    return status;
}

enum ppt_status ppt_config_from_item(const struct ppt_item *item, struct ppt_configs *configs,
                                     struct ppt_error *error)
{
    struct ppt_layer layer;
    const enum ppt_status status = ppt_layer_over(&layer, NULL, item, known_keys, error);

    return status == PPT_OK ? append(&layer, configs, error) : status;
}

enum ppt_status ppt_configs_load(const char *path, const struct ppt_overrides *overrides,
                                 struct ppt_configs *configs, struct ppt_error *error)
{
    const size_t before = configs->count;
    enum ppt_status status;

    if (path) {
        status = append_file(path, overrides, configs, error);
    } else {
        struct ppt_layer *top = ppt_overrides_stack(overrides, NULL);

        status = append(&top[0], configs, error);
        free(top);
    }
    while (status != PPT_OK && configs->count > before) {
        free_config(&configs->items[--configs->count]);
    }
    if (configs->count == 0) {
        ppt_configs_free(configs);
    }
    return status;
}

void ppt_configs_free(struct ppt_configs *configs)
{
    while (configs->count > 0) {
        free_config(&configs->items[--configs->count]);
    }
    free(configs->items);
    configs->items = NULL;
}

enum ppt_status ppt_config_load_kernel(struct ppt_config *config, bool *same,
                                       struct ppt_error *error)
{
    const struct ppt_search search = {.recorded = true};
    struct ppt_use *use = &config->uses[0];
    struct ppt_source source = {0};
    struct ppt_item item = {.source = &source};
    const struct ppt_kernel *kernel;
    union ppt_value *args = NULL;
    char digest[PPT_FILE_DIGEST_SIZE];
    enum ppt_status status;

    *same = true;
    if (!config->stand_in) {
        return PPT_OK;
    }
    status = ppt_plugin_load(config->kernel_file, &kernel, error);
    if (status == PPT_OK && strcmp(kernel->name, config->task) != 0) {
        status = ppt_fail(error, PPT_BAD_INPUT, "%s: holds the kernel \"%s\", not \"%s\"",
                          config->kernel_file, kernel->name, config->task);
    }
    if (status == PPT_OK) {
        ppt_source_from_text(&source, config->kernel_file, "");
        item.value = ppt_args_to_json(use->kernel, use->args);
        status = ppt_args_parse(kernel, &item, &search, &args, error);
    }
    json_object_put(item.value);
    ppt_source_free(&source);
    if (status != PPT_OK) {
        return status;
    }
    ppt_file_digest(config->kernel_file, digest);
    *same = config->kernel_digest && strcmp(digest, config->kernel_digest) == 0;
    free(config->kernel_digest);
    config->kernel_digest = ppt_strdup(digest);
    ppt_args_free(use->kernel, use->args);
    *use = (struct ppt_use){kernel, args};
    ppt_stand_in_destroy(config->stand_in);
    config->stand_in = NULL;
    return PPT_OK;
}

/* Longer ones are cut, which tells as much. */
#define IDENTITY_SIZE 16384

char *ppt_config_identity(const struct ppt_config *config)
{
    const struct ppt_use *use = &config->uses[0];
    char *text = NULL;

    if (!config->mix && use->kernel->identify) {
        text = ppt_alloc(IDENTITY_SIZE, 1);
        use->kernel->identify(use->args, text, IDENTITY_SIZE);
    }
    return text;
}

/* ---- settling ---- */

/* As many as there are CPUs, within what can be measured and what the kernels bear. */
static unsigned most_workers(const struct ppt_config *config, unsigned cpus)
{
    const char *kernel;
    const uint64_t threads = ppt_tasks_most_threads(config, &kernel);
    const uint64_t limit = threads / config->inner_threads[config->inner_count - 1];
    const unsigned most =
        threads == 0 || limit > PPT_MOST_WORKERS ? PPT_MOST_WORKERS : (unsigned)limit;

    return cpus < 1 || most < 1 ? 1 : cpus < most ? cpus : most;
}

/* A curve bends where workers begin to differ, so it is measured there, too. */
static void settle_workers(struct ppt_config *config, const struct ppt_cpus *cpus)
{
    const unsigned most = most_workers(config, cpus->logical);
    unsigned *workers = ppt_alloc(cpus->landmark_count + 40, sizeof(*workers));
    size_t count = 1, mark = 0; /* the first is 0: sequential calls */

    for (unsigned n = 1; n < most; n *= 2) {
        workers[count++] = n;
        for (; mark < cpus->landmark_count && cpus->landmarks[mark] < 2 * n; mark++) {
            const unsigned landmark = cpus->landmarks[mark];

            if (landmark > workers[count - 1] && landmark < most) {
                workers[count++] = landmark;
            }
        }
    }
    workers[count++] = most;
    ppt_config_set_points(config, workers, count);
    free(workers);
}

enum ppt_status ppt_config_settle(struct ppt_config *config, const struct ppt_cpus *cpus,
                                  struct ppt_error *error)
{
    if (config->workers_auto && config->point_count == 0) {
        settle_workers(config, cpus);
    }
    if (!config->seed_given) {
        if (getrandom(&config->seed, sizeof(config->seed), 0) != (ssize_t)sizeof(config->seed)) {
            return ppt_fail(error, PPT_FAILED, "no random seed from the system: %s",
                            strerror(errno));
        }
        /* Short enough to be typed again. */
        config->seed &= UINT64_C(0xffffffff);
        config->seed_given = true;
    }
    return PPT_OK;
}

/* ---- back to JSON ---- */

static json_object *task_args_to_json(const struct ppt_config *config)
{
    if (!config->mix) {
        return ppt_args_to_json(config->uses[0].kernel, config->uses[0].args);
    }
    json_object *names = json_object_new_array();
    for (size_t i = 0; i < config->use_count; i++) {
        json_object_array_add(names, json_object_new_string(config->uses[i].kernel->name));
    }
    return names;
}

static json_object *schedule_to_json(const struct ppt_schedule *schedule)
{
    char text[32];

    snprintf(text, sizeof(text), schedule->chunk ? "%s,%u" : "%s",
             ppt_schedule_names[schedule->kind], schedule->chunk);
    return json_object_new_string(text);
}

static json_object *distribution_to_json(const struct ppt_distribution *distribution)
{
    char text[32];

    snprintf(text, sizeof(text), distribution->chunk ? "%s,%u" : "%s",
             distribution->blocks ? "static" : "dynamic", distribution->chunk);
    return json_object_new_string(text);
}

static json_object *numbers_to_json(const unsigned *numbers, size_t count)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < count; i++) {
        json_object_array_add(list, json_object_new_int64(numbers[i]));
    }
    return list;
}

static json_object *inner_threads_to_json(const struct ppt_config *config)
{
    return config->inner_count == 1 ? json_object_new_int64(config->inner_threads[0])
                                    : numbers_to_json(config->inner_threads, config->inner_count);
}

json_object *ppt_config_to_json(const struct ppt_config *config)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, "task", json_object_new_string(config->task));
    json_object_object_add(object, "task_args", task_args_to_json(config));
    if (config->kernel_file) {
        json_object_object_add(object, "kernel", json_object_new_string(config->kernel_file));
        json_object_object_add(object, "kernel_digest",
                               json_object_new_string(config->kernel_digest));
    }
    json_object_object_add(object, "task_count",
                           json_object_new_int64((int64_t)config->task_count));
    json_object_object_add(object, "workers",
                           numbers_to_json(config->workers, config->worker_count));
    json_object_object_add(object, "iterations", json_object_new_int64(config->blocks));
    json_object_object_add(object, "wait_time_after_runner",
                           ppt_json_number(config->wait_after_pass_s));
    json_object_object_add(object, "wait_time_after_iteration",
                           ppt_json_number(config->wait_after_block_s));
    json_object_object_add(object, "gc_after_iteration",
                           json_object_new_boolean(config->trim_after_block));
    json_object_object_add(object, "inner_threads", inner_threads_to_json(config));
    if (ppt_config_ranks(config) > 0) {
        json_object_object_add(object, "ranks", numbers_to_json(config->ranks, config->rank_count));
        json_object_object_add(object, "distribution", distribution_to_json(&config->distribution));
    }
    json_object_object_add(object, "schedule", schedule_to_json(&config->schedule));
    json_object_object_add(object, "placement",
                           json_object_new_string(ppt_placement_names[config->placement]));
    json_object_object_add(object, "memory",
                           json_object_new_string(ppt_memory_names[config->memory]));
    if (config->adaptive) {
        json_object *precision = json_object_new_object();

        json_object_object_add(precision, "relative_ci", ppt_json_number(config->relative_ci));
        json_object_object_add(precision, "max_seconds", ppt_json_number(config->max_seconds));
        json_object_object_add(object, "precision", precision);
    }
    json_object_object_add(object, "tolerance", ppt_json_number(config->tolerance));
    json_object_object_add(object, "warmup", json_object_new_int64(config->warmup));
    json_object_object_add(object, "seed", json_object_new_int64((int64_t)config->seed));
    return object;
}
