#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "layer.h"
#include "memory.h"
#include "registry.h"
#include "text.h"

const char *const ppt_schedule_names[] = {"static", "dynamic", "guided", NULL};
const char *const ppt_placement_names[] = {"none", "close", "spread", NULL};
const char *const ppt_memory_names[] = {"reuse", "fresh", NULL};

static const char *const keys[] = {"iterations",
                                   "task",
                                   "task_args",
                                   "task_count",
                                   "workers",
                                   "wait_time_after_runner",
                                   "wait_time_after_iteration",
                                   "gc_after_iteration",
                                   "multiprocessing_start_method",
                                   "inner_threads",
                                   "schedule",
                                   "placement",
                                   "memory",
                                   "warmup",
                                   "seed",
                                   "runs",
                                   "$schema",
                                   NULL};

/* ---- the task and its arguments ---- */

/* All kernel names, and behind them "random"; the caller frees the array. */
static const char **task_names(bool with_mix)
{
    const char **names;
    size_t count = 0;

    while (ppt_kernels[count]) {
        count++;
    }
    names = ppt_alloc(count + 2, sizeof(*names));
    for (size_t i = 0; i < count; i++) {
        names[i] = ppt_kernels[i]->name;
    }
    if (with_mix) {
        names[count] = "random";
    }
    return names;
}

static enum ppt_status find_kernel(const struct ppt_item *item, bool or_mix,
                                   const struct ppt_kernel **kernel, struct ppt_error *error)
{
    enum ppt_status status;
    const char *name = NULL;

    *kernel = NULL;
    status = ppt_item_text(item, &name, error);
    if (status != PPT_OK || (or_mix && strcmp(name, "random") == 0)) {
        return status;
    }
    for (size_t i = 0; ppt_kernels[i]; i++) {
        if (strcmp(ppt_kernels[i]->name, name) == 0) {
            *kernel = ppt_kernels[i];
        }
    }
    if (!*kernel) {
        const char **names = task_names(or_mix);
        const char *meant = ppt_text_suggest(name, names);
        struct ppt_text list = {0};

        ppt_names_list(names, &list);
        if (meant) {
            ppt_item_reject(item, error, "no kernel \"%s\"; did you mean \"%s\"?", name, meant);
        } else {
            ppt_item_reject(item, error, "no kernel \"%s\"; there are %s", name, list.data);
        }
        ppt_text_free(&list);
        free(names);
        return PPT_BAD_INPUT;
    }
    if ((*kernel)->missing) {
        ppt_item_reject(item, error, "\"%s\" cannot be run: %s", name, (*kernel)->missing);
        return PPT_UNSUPPORTED;
    }
    return PPT_OK;
}

static void add_use(struct ppt_config *config, const struct ppt_kernel *kernel,
                    union ppt_value *args)
{
    config->uses = ppt_realloc(config->uses, config->use_count + 1, sizeof(*config->uses));
    config->uses[config->use_count++] = (struct ppt_use){kernel, args};
}

static enum ppt_status add_default_use(struct ppt_config *config, const struct ppt_kernel *kernel,
                                       const struct ppt_search *search, struct ppt_error *error)
{
    union ppt_value *args = NULL;
    const enum ppt_status status = ppt_args_default(kernel, search, &args, error);

    if (status == PPT_OK) {
        add_use(config, kernel, args);
    }
    return status;
}

/* The kernels of a mix: those named, or all that this build has. */
static enum ppt_status read_mix(const struct ppt_item *args, const struct ppt_search *search,
                                struct ppt_config *config, struct ppt_error *error)
{
    const size_t named = args->value ? json_object_array_length(args->value) : 0;
    struct ppt_text details = {0};
    enum ppt_status status = PPT_OK;

    for (size_t i = 0; i < named && status == PPT_OK; i++) {
        const struct ppt_place place = {.outer = args->place, .index = i};
        const struct ppt_item name = {json_object_array_get_idx(args->value, i), args->source,
                                      &place};
        const struct ppt_kernel *kernel = NULL;

        status = find_kernel(&name, false, &kernel, error);
        if (status == PPT_OK && !kernel->draw) {
            status = ppt_item_reject(&name, error, "\"%s\" cannot be part of a random mix",
                                     kernel->name);
        }
        if (status == PPT_OK) {
            status = add_default_use(config, kernel, search, error);
            ppt_text_addf(&details, "%s%s", i ? ", " : "", kernel->name);
        }
    }
    for (size_t i = 0; named == 0 && ppt_kernels[i] && status == PPT_OK; i++) {
        if (ppt_kernels[i]->draw && !ppt_kernels[i]->missing) {
            status = add_default_use(config, ppt_kernels[i], search, error);
        }
    }
    config->details = details.data ? details.data : ppt_strdup("all tasks");
    return status;
}

static enum ppt_status read_task(const struct ppt_layer *top, struct ppt_config *config,
                                 struct ppt_error *error)
{
    struct ppt_found task, args;
    const struct ppt_search search = ppt_layer_search(top);
    const struct ppt_kernel *kernel = NULL;
    struct ppt_text details = {0};
    union ppt_value *values = NULL;
    enum ppt_status status;

    if (!ppt_layer_find(top, "task", NULL, &task)) {
        const char **names = task_names(true);
        struct ppt_text list = {0};

        ppt_names_list(names, &list);
        ppt_layer_reject(top, error, "\"task\" is missing; it names what to run: %s", list.data);
        ppt_text_free(&list);
        free(names);
        return PPT_BAD_INPUT;
    }
    status = find_kernel(&task.item, true, &kernel, error);
    if (status != PPT_OK) {
        return status;
    }
    config->task = ppt_strdup(json_object_get_string(task.item.value));
    config->mix = !kernel;
    /* Arguments below the layer that names the task were meant for another task. */
    const bool given = ppt_layer_find(top, "task_args", task.layer, &args);
    if (config->mix) {
        if (given && !json_object_is_type(args.item.value, json_type_array)) {
            return ppt_item_reject(&args.item, error, "must be a list of task names, or []");
        }
        if (!given) {
            args.item = (struct ppt_item){0};
        }
        return read_mix(&args.item, &search, config, error);
    }
    status = given ? ppt_args_parse(kernel, &args.item, &search, &values, error)
                   : ppt_args_default(kernel, &search, &values, error);
    if (status == PPT_OK) {
        add_use(config, kernel, values);
        ppt_args_describe(kernel, values, &details);
        config->details = details.data ? details.data : ppt_strdup("");
    }
    return status;
}

/* ---- the other keys ---- */

static int compare_points(const void *a, const void *b)
{
    const struct ppt_point *const x = a, *const y = b;

    return x->workers < y->workers ? -1 : x->workers > y->workers;
}

static void set_points(struct ppt_config *config, const unsigned *workers, size_t count)
{
    config->points = ppt_alloc(count, sizeof(*config->points));
    config->point_count = count;
    for (size_t i = 0; i < count; i++) {
        config->points[i] = (struct ppt_point){workers[i], config->inner_threads};
    }
    qsort(config->points, count, sizeof(*config->points), compare_points);
}

static enum ppt_status read_worker_list(const struct ppt_item *item, struct ppt_config *config,
                                        struct ppt_error *error)
{
    const size_t count = json_object_array_length(item->value);
    unsigned *workers = ppt_alloc(count, sizeof(*workers));
    enum ppt_status status = PPT_OK;

    if (count == 0) {
        status =
            ppt_item_reject(item, error, "an empty list; give worker counts such as [0, 1, 2]");
    }
    for (size_t i = 0; i < count && status == PPT_OK; i++) {
        const struct ppt_place place = {.outer = item->place, .index = i};
        const struct ppt_item one = {json_object_array_get_idx(item->value, i), item->source,
                                     &place};
        int64_t value = 0;

        status = ppt_item_integer(&one, 0, PPT_MOST_WORKERS, &value, error);
        workers[i] = (unsigned)value;
        for (size_t j = 0; j < i && status == PPT_OK; j++) {
            if (workers[j] == workers[i]) {
                status = ppt_item_reject(&one, error, "%u is in the list twice", workers[i]);
            }
        }
    }
    if (status == PPT_OK) {
        set_points(config, workers, count);
    }
    free(workers);
    return status;
}

static enum ppt_status read_workers(const struct ppt_layer *top, struct ppt_config *config,
                                    struct ppt_error *error)
{
    struct ppt_found found;

    if (!ppt_layer_find(top, "workers", NULL, &found)) {
        config->workers_auto = true;
        return PPT_OK;
    }
    if (json_object_is_type(found.item.value, json_type_string) &&
        strcmp(json_object_get_string(found.item.value), "auto") == 0) {
        config->workers_auto = true;
        return PPT_OK;
    }
    if (!json_object_is_type(found.item.value, json_type_array)) {
        return ppt_item_reject(&found.item, error,
                               "must be a list of worker counts such as [0, 1, 2], or \"auto\"");
    }
    return read_worker_list(&found.item, config, error);
}

/* "dynamic", or with a chunk: "dynamic,4". */
static enum ppt_status read_schedule(const struct ppt_layer *top, struct ppt_schedule *schedule,
                                     struct ppt_error *error)
{
    struct ppt_found found;
    const char *text = NULL;
    enum ppt_status status;

    *schedule = (struct ppt_schedule){PPT_SCHEDULE_DYNAMIC, 1};
    if (!ppt_layer_find(top, "schedule", NULL, &found)) {
        return PPT_OK;
    }
    status = ppt_item_text(&found.item, &text, error);
    if (status != PPT_OK) {
        return status;
    }
    const size_t length = strcspn(text, ",");
    for (int i = 0; ppt_schedule_names[i]; i++) {
        if (strlen(ppt_schedule_names[i]) == length &&
            strncmp(ppt_schedule_names[i], text, length) == 0) {
            char *end = NULL;
            const char *chunk = text[length] ? text + length + 1 : "0";
            const unsigned long value = strtoul(chunk, &end, 10);

            if (*chunk >= '0' && *chunk <= '9' && *end == '\0' && value <= 1000000000 &&
                (value > 0 || !text[length])) {
                *schedule = (struct ppt_schedule){(enum ppt_schedule_kind)i, (unsigned)value};
                return PPT_OK;
            }
        }
    }
    return ppt_item_reject(&found.item, error,
                           "\"%s\" is no schedule; use \"static\", \"dynamic\" or \"guided\", or "
                           "one with a chunk such as \"dynamic,4\"",
                           text);
}

static enum ppt_status read_choice(const struct ppt_layer *top, const char *key,
                                   const char *const *names, int *out, struct ppt_error *error)
{
    struct ppt_found found;

    *out = 0;
    return ppt_layer_find(top, key, NULL, &found) ? ppt_item_choice(&found.item, names, out, error)
                                                  : PPT_OK;
}

static enum ppt_status read_whole(const struct ppt_layer *top, const char *key, double smallest,
                                  double largest, int64_t *out, struct ppt_error *error)
{
    struct ppt_found found;

    return ppt_layer_find(top, key, NULL, &found)
               ? ppt_item_integer(&found.item, smallest, largest, out, error)
               : PPT_OK;
}

static enum ppt_status read_counts(const struct ppt_layer *top, struct ppt_config *config,
                                   struct ppt_error *error)
{
    int64_t blocks = 10, tasks = 100, warmup = 1, inner = 1, seed = -1;
    struct ppt_found found;
    enum ppt_status status = read_whole(top, "iterations", 1, PPT_MOST_BLOCKS, &blocks, error);

    if (status == PPT_OK) {
        status = read_whole(top, "task_count", 1, 1e9, &tasks, error);
    }
    if (status == PPT_OK) {
        status = read_whole(top, "warmup", 0, 1000, &warmup, error);
    }
    if (status == PPT_OK) {
        status = read_whole(top, "inner_threads", 1, PPT_MOST_WORKERS, &inner, error);
    }
    /* null draws a seed, as leaving the key out does. */
    if (status == PPT_OK && ppt_layer_find(top, "seed", NULL, &found) && found.item.value) {
        status = ppt_item_integer(&found.item, 0, PPT_LARGEST_SEED, &seed, error);
    }
    config->blocks = (unsigned)blocks;
    config->task_count = (uint64_t)tasks;
    config->warmup = (unsigned)warmup;
    config->inner_threads = (unsigned)inner;
    config->seed_given = seed >= 0;
    config->seed = seed >= 0 ? (uint64_t)seed : 0;
    return status;
}

static enum ppt_status read_waits(const struct ppt_layer *top, struct ppt_config *config,
                                  struct ppt_error *error)
{
    static const char *const names[] = {"wait_time_after_runner", "wait_time_after_iteration"};
    double *const targets[] = {&config->wait_after_pass_s, &config->wait_after_block_s};
    enum ppt_status status = PPT_OK;
    struct ppt_found found;

    for (size_t i = 0; i < 2 && status == PPT_OK; i++) {
        if (ppt_layer_find(top, names[i], NULL, &found)) {
            status = ppt_item_real(&found.item, 0, 86400, targets[i], error);
        }
    }
    if (status == PPT_OK && ppt_layer_find(top, "gc_after_iteration", NULL, &found)) {
        status = ppt_item_bool(&found.item, &config->trim_after_block, error);
    }
    return status;
}

static void read_start_method(const struct ppt_layer *top, struct ppt_config *config)
{
    struct ppt_found found;

    if (ppt_layer_find(top, "multiprocessing_start_method", NULL, &found) && found.item.value) {
        config->warning = ppt_text_format(
            "%s: \"multiprocessing_start_method\" is ignored: workers are threads here",
            config->origin);
    }
}

/* ---- whole configurations ---- */

static void free_config(struct ppt_config *config)
{
    for (size_t i = 0; i < config->use_count; i++) {
        ppt_args_free(config->uses[i].kernel, config->uses[i].args);
    }
    free(config->uses);
    free(config->points);
    free(config->origin);
    free(config->task);
    free(config->details);
    free(config->warning);
    *config = (struct ppt_config){0};
}

static enum ppt_status read_config(const struct ppt_layer *top, struct ppt_config *config,
                                   struct ppt_error *error)
{
    int placement = 0, memory = 0;
    enum ppt_status status;

    config->origin = ppt_layer_describe(top);
    read_start_method(top, config);
    status = read_counts(top, config, error);
    if (status == PPT_OK) {
        status = read_workers(top, config, error);
    }
    if (status == PPT_OK) {
        status = read_waits(top, config, error);
    }
    if (status == PPT_OK) {
        status = read_schedule(top, &config->schedule, error);
    }
    if (status == PPT_OK) {
        status = read_choice(top, "placement", ppt_placement_names, &placement, error);
    }
    if (status == PPT_OK) {
        status = read_choice(top, "memory", ppt_memory_names, &memory, error);
    }
    config->placement = (enum ppt_placement)placement;
    config->memory = (enum ppt_memory)memory;
    return status == PPT_OK ? read_task(top, config, error) : status;
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

        status = ppt_layer_over(&run, file, &item, keys, error);
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
        status = ppt_layer_over(&file, NULL, &item, keys, error);
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

/* ---- settling ---- */

static void settle_workers(struct ppt_config *config, unsigned physical, unsigned logical)
{
    unsigned workers[40] = {0};
    size_t count = 1;

    for (unsigned n = 1; n < logical; n *= 2) {
        workers[count++] = n;
        if (physical > n && physical < 2 * n && physical < logical) {
            workers[count++] = physical;
        }
    }
    workers[count++] = logical;
    set_points(config, workers, count);
}

enum ppt_status ppt_config_settle(struct ppt_config *config, unsigned physical_cpus,
                                  unsigned logical_cpus, struct ppt_error *error)
{
    if (config->workers_auto && config->point_count == 0) {
        const unsigned logical = logical_cpus > PPT_MOST_WORKERS ? PPT_MOST_WORKERS : logical_cpus;

        settle_workers(config, physical_cpus, logical ? logical : 1);
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

json_object *ppt_config_to_json(const struct ppt_config *config)
{
    json_object *object = json_object_new_object();
    json_object *workers = json_object_new_array();

    for (size_t i = 0; i < config->point_count; i++) {
        json_object_array_add(workers, json_object_new_int64(config->points[i].workers));
    }
    json_object_object_add(object, "task", json_object_new_string(config->task));
    json_object_object_add(object, "task_args", task_args_to_json(config));
    json_object_object_add(object, "task_count",
                           json_object_new_int64((int64_t)config->task_count));
    json_object_object_add(object, "workers", workers);
    json_object_object_add(object, "iterations", json_object_new_int64(config->blocks));
    json_object_object_add(object, "wait_time_after_runner",
                           json_object_new_double(config->wait_after_pass_s));
    json_object_object_add(object, "wait_time_after_iteration",
                           json_object_new_double(config->wait_after_block_s));
    json_object_object_add(object, "gc_after_iteration",
                           json_object_new_boolean(config->trim_after_block));
    json_object_object_add(object, "inner_threads", json_object_new_int64(config->inner_threads));
    json_object_object_add(object, "schedule", schedule_to_json(&config->schedule));
    json_object_object_add(object, "placement",
                           json_object_new_string(ppt_placement_names[config->placement]));
    json_object_object_add(object, "memory",
                           json_object_new_string(ppt_memory_names[config->memory]));
    json_object_object_add(object, "warmup", json_object_new_int64(config->warmup));
    json_object_object_add(object, "seed", json_object_new_int64((int64_t)config->seed));
    return object;
}
