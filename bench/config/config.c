#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "file_digest.h"
#include "keys.h"
#include "layer.h"
#include "memory.h"
#include "order.h"
#include "owned.h"
#include "plugin.h"
#include "read.h"
#include "stand_in.h"
#include "tasks.h"
#include "text.h"

void ppt_config_describe(const struct ppt_config *config, struct ppt_text *out)
{
    if (config->use_count == 1) {
        ppt_args_describe(config->uses[0].kernel, config->uses[0].args, true, out);
    } else {
        ppt_text_add(out, config->details);
    }
}

const char *ppt_config_inner_text(const struct ppt_config *config, char out[PPT_POINT_WORDS_SIZE])
{
    const struct ppt_point of_all = {.inner_threads = config->inner_threads[0]};
    const bool shown = config->inner_count == 1 && of_all.inner_threads > 1;

    return ppt_point_words(of_all, shown ? PPT_ONLY(PPT_INNER_THREADS) : 0, ", ", "", out);
}

/* ---- whole configurations ---- */

static void free_sizes(struct ppt_config *config)
{
    for (size_t i = 0; i < config->axis_count; i++) {
        free(config->axes[i].name);
        free(config->axes[i].values);
    }
    free(config->axes);
    if (config->base_args) {
        ppt_args_free(config->base_kernel, config->base_args);
    }
    free(config->task_counts);
    free(config->rounds);
}

static void free_config(struct ppt_config *config)
{
    for (size_t i = 0; i < config->use_count; i++) {
        ppt_args_free(config->uses[i].kernel, config->uses[i].args);
        free(config->uses[i].details);
        free(config->uses[i].label);
        free(config->uses[i].subject);
        free(config->uses[i].values);
    }
    free_sizes(config);
    free(config->uses);
    free(config->workers);
    free(config->workers_text);
    free(config->ranks);
    free(config->inner_threads);
    free(config->points);
    free(config->origin);
    free(config->args_origin);
    free(config->name);
    free(config->task);
    free(config->subject);
    free(config->kernel_file);
    free(config->kernel_digest);
    ppt_stand_in_destroy(config->stand_in);
    free(config->details);
    free(config->setup);
    free(config->prepare);
    free(config->cleanup);
    free(config->shell);
    free(config->sandbox_files);
    free(config->arrivals.times_s);
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
    config->origin = ppt_layer_describe(top);
    PPT_TRY(ppt_read_keys(top, config, error));
    PPT_TRY(ppt_read_task(top, config, error));
    ppt_config_name_programs(config);
    PPT_TRY(ppt_check_commands(top, config, error));
    PPT_TRY(ppt_check_sandbox(top, config, error));
    PPT_TRY(ppt_check_goal(top, config, error));
    PPT_TRY(ppt_check_why(top, config, error));
    drop_unused_threads(config);
    return PPT_OK;
}

static enum ppt_status append(const struct ppt_layer *top, struct ppt_configs *configs,
                              struct ppt_error *error)
{
    struct ppt_config config PPT_OWNED(free_config) = {0};

    PPT_TRY(read_config(top, &config, error));
    configs->items = ppt_realloc(configs->items, configs->count + 1, sizeof(*configs->items));
    configs->items[configs->count++] = config;
    config = (struct ppt_config){0};
    return PPT_OK;
}

/* With the options over it; `under` may be NULL. */
static enum ppt_status append_below(const struct ppt_overrides *overrides,
                                    const struct ppt_layer *under, struct ppt_configs *configs,
                                    struct ppt_error *error)
{
    struct ppt_layer *top PPT_FREED = ppt_overrides_stack(overrides, under);

    return append(&top[0], configs, error);
}

static enum ppt_status append_runs(const struct ppt_layer *file, const struct ppt_item *runs,
                                   const struct ppt_overrides *overrides,
                                   struct ppt_configs *configs, struct ppt_error *error)
{
    if (!json_object_is_type(runs->value, json_type_array) ||
        json_object_array_length(runs->value) == 0) {
        return ppt_item_reject(runs, error, "must be a list of configurations, each an object");
    }
    for (size_t i = 0; i < json_object_array_length(runs->value); i++) {
        struct ppt_place place;
        const struct ppt_item item = ppt_item_element(runs, i, &place);
        struct ppt_layer run;

        PPT_TRY(ppt_layer_over(&run, file, &item, error));
        if (json_object_object_get_ex(item.value, ppt_key_name(PPT_KEY_RUNS), NULL)) {
            return ppt_layer_reject(&run, error, "\"%s\" inside a run", ppt_key_name(PPT_KEY_RUNS));
        }
        PPT_TRY(append_below(overrides, &run, configs, error));
    }
    return PPT_OK;
}

static enum ppt_status append_file(const char *path, const struct ppt_overrides *overrides,
                                   struct ppt_configs *configs, struct ppt_error *error)
{
    struct ppt_source source PPT_OWNED(ppt_source_free) = {0};
    json_object *value PPT_OWNED(ppt_json_put) = NULL;
    struct ppt_layer file;
    struct ppt_found runs;

    PPT_TRY(ppt_source_read(path, &source, error));
    PPT_TRY(ppt_json_parse(&source, &value, error));
    const struct ppt_item item = {.value = value, .source = &source};
    PPT_TRY(ppt_layer_over(&file, NULL, &item, error));
    return ppt_layer_find(&file, PPT_KEY_RUNS, NULL, &runs)
               ? append_runs(&file, &runs.item, overrides, configs, error)
               : append_below(overrides, &file, configs, error);
}

enum ppt_status ppt_config_from_item(const struct ppt_item *item, struct ppt_configs *configs,
                                     struct ppt_error *error)
{
    struct ppt_layer layer;

    PPT_TRY(ppt_layer_over(&layer, NULL, item, error));
    return append(&layer, configs, error);
}

enum ppt_status ppt_configs_load(const char *path, const struct ppt_overrides *overrides,
                                 struct ppt_configs *configs, struct ppt_error *error)
{
    const size_t before = configs->count;
    const enum ppt_status status = path ? append_file(path, overrides, configs, error)
                                        : append_below(overrides, NULL, configs, error);

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

/* The recorded arguments as those of the kernel that was loaded. */
static enum ppt_status take_over_args(const struct ppt_config *config,
                                      const struct ppt_kernel *kernel, union ppt_value **args,
                                      struct ppt_error *error)
{
    const struct ppt_kernel *stand_in = ppt_stand_in_kernel(config->stand_in);
    const struct ppt_search search = {.recorded = true};
    struct ppt_source source PPT_OWNED(ppt_source_free) = {0};
    json_object *value PPT_OWNED(ppt_json_put) = ppt_args_to_json(stand_in, *args);
    const struct ppt_item item = {.value = value, .source = &source};
    union ppt_value *own = NULL;

    ppt_source_from_text(&source, config->kernel_file, "");
    PPT_TRY(ppt_args_parse(kernel, &item, &search, &own, error));
    ppt_args_free(stand_in, *args);
    *args = own;
    return PPT_OK;
}

/* Of the task, or of each of its sizes and what they have in common. */
static enum ppt_status take_over_all(struct ppt_config *config, const struct ppt_kernel *kernel,
                                     struct ppt_error *error)
{
    for (size_t i = 0; i < config->use_count; i++) {
        PPT_TRY(take_over_args(config, kernel, &config->uses[i].args, error));
        config->uses[i].kernel = kernel;
    }
    if (config->base_args) {
        PPT_TRY(take_over_args(config, kernel, &config->base_args, error));
        config->base_kernel = kernel;
    }
    return PPT_OK;
}

enum ppt_status ppt_config_load_kernel(struct ppt_config *config, bool *same,
                                       struct ppt_error *error)
{
    const struct ppt_kernel *kernel;
    char digest[PPT_FILE_DIGEST_SIZE];

    *same = true;
    if (!config->stand_in) {
        return PPT_OK;
    }
    PPT_TRY(ppt_plugin_load(config->kernel_file, &kernel, error));
    if (strcmp(kernel->name, config->task) != 0) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s: holds the kernel \"%s\", not \"%s\"",
                        config->kernel_file, kernel->name, config->task);
    }
    PPT_TRY(take_over_all(config, kernel, error));
    ppt_file_digest(config->kernel_file, digest);
    *same = config->kernel_digest && strcmp(digest, config->kernel_digest) == 0;
    free(config->kernel_digest);
    config->kernel_digest = ppt_strdup(digest);
    ppt_stand_in_destroy(config->stand_in);
    config->stand_in = NULL;
    return PPT_OK;
}

/* Longer ones are cut, which tells as much. */
#define IDENTITY_SIZE 16384

enum ppt_status ppt_config_from_message(const char *from, const char *json,
                                        struct ppt_configs *configs, struct ppt_error *error)
{
    struct ppt_source source PPT_OWNED(ppt_source_free) = {0};
    json_object *value PPT_OWNED(ppt_json_put) = NULL;
    bool same = true;

    ppt_source_from_line(&source, from, json, strlen(json), 1);
    PPT_TRY(ppt_json_parse(&source, &value, error));
    const struct ppt_item item = {.value = value, .source = &source};
    PPT_TRY(ppt_config_from_item(&item, configs, error));
    struct ppt_config *config = &configs->items[0];
    PPT_TRY(ppt_config_load_kernel(config, &same, error));
    return same ? PPT_OK
                : ppt_fail(error, PPT_BAD_INPUT, "%s: is another file than it is to %s",
                           config->kernel_file, from);
}

char *ppt_config_identity(const struct ppt_config *config)
{
    /* Sizes are numbers, and others are added while it is measured. */
    const size_t uses = config->axis_count > 0 ? 1 : config->use_count;
    struct ppt_text all = {0};

    if (config->mix || !config->uses[0].kernel->identify) {
        return NULL;
    }
    for (size_t i = 0; i < uses; i++) {
        char *text PPT_FREED = ppt_alloc(IDENTITY_SIZE, 1);

        config->uses[i].kernel->identify(config->uses[i].args, text, IDENTITY_SIZE);
        ppt_text_addf(&all, "%s%s", i > 0 ? "; " : "", text);
    }
    return all.data;
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

/* Of 0, 1, 2 ... all but the 1; two where there is nothing else, since what waits gains from them
 * on one CPU as well. Returns how many are left. */
static size_t leave_one_out(unsigned *workers, size_t count)
{
    size_t left = 0;

    for (size_t i = 0; i < count; i++) {
        if (workers[i] != 1) {
            workers[left++] = workers[i];
        }
    }
    if (left == 1) {
        workers[left++] = 2;
    }
    return left;
}

/* A curve bends where workers begin to differ, so it is measured there, too. */
static unsigned *choose_workers(const struct ppt_config *config, const struct ppt_cpus *cpus,
                                size_t *chosen)
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
    *chosen = ppt_config_same_alone(config) ? leave_one_out(workers, count) : count;
    return workers;
}

static enum ppt_status settle_workers(struct ppt_config *config, const struct ppt_cpus *cpus,
                                      struct ppt_error *error)
{
    struct ppt_counts_rule machine = {.cpus = cpus->logical > 0 ? cpus->logical : 1};
    struct ppt_counts counts = {0};
    struct ppt_error problem;
    unsigned *choice PPT_FREED = choose_workers(config, cpus, &machine.choice_count);

    machine.choice = choice;
    if (ppt_config_count_workers(config, &machine, &counts, &problem) != PPT_OK) {
        return ppt_fail(error, PPT_BAD_INPUT, "%s: \"%s\": %s", config->origin,
                        ppt_key_name(PPT_KEY_WORKERS), problem.text);
    }
    unsigned *numbers PPT_FREED = counts.numbers;
    ppt_config_set_points(config, numbers, ppt_order_distinct(numbers, counts.count));
    return PPT_OK;
}

enum ppt_status ppt_config_settle(struct ppt_config *config, const struct ppt_cpus *cpus,
                                  struct ppt_error *error)
{
    if (config->workers_auto && config->point_count == 0) {
        PPT_TRY(settle_workers(config, cpus, error));
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

bool ppt_config_readied_once(const struct ppt_config *config)
{
    const struct ppt_use *use = &config->uses[0];
    bool alike = !config->mix;

    for (size_t i = 0; alike && i < use->kernel->param_count; i++) {
        alike = use->kernel->params[i].kind != PPT_PARAM_INPUTS || use->args[i].words.count == 0;
    }
    return alike && (config->sandbox == PPT_SANDBOX_OF_PASS ||
                     (config->sandbox == PPT_SANDBOX_OF_NONE && config->prepare));
}

/* ---- back to JSON ---- */

json_object *ppt_config_value(const struct ppt_config *config, enum ppt_key_id key)
{
    return ppt_field_value(&ppt_keys[key].field, config);
}

json_object *ppt_config_to_json(const struct ppt_config *config)
{
    json_object *object = json_object_new_object();

    const struct ppt_key *key;

    for (unsigned place = 1; (key = ppt_key_at(PPT_KEYS_RECORDED, place)); place++) {
        json_object *value = ppt_field_value(&key->field, config);

        if (value) {
            json_object_object_add(object, key->field.key, value);
        }
    }
    return object;
}
