/*
 * All keys but the task's: how to run it.
 */
#include "read.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "order.h"
#include "text.h"

static void add_points(struct ppt_config *config, unsigned workers, unsigned ranks)
{
    for (size_t i = 0; i < config->inner_count; i++) {
        config->points[config->point_count++] =
            (struct ppt_point){workers, config->inner_threads[i], ranks};
    }
}

void ppt_config_set_points(struct ppt_config *config, const unsigned *workers, size_t count)
{
    config->workers = ppt_alloc(count, sizeof(*config->workers));
    config->worker_count = count;
    memcpy(config->workers, workers, count * sizeof(*workers));
    qsort(config->workers, count, sizeof(*workers), ppt_order_unsigned);
    config->points =
        ppt_alloc(count * config->rank_count * config->inner_count, sizeof(*config->points));
    for (size_t i = 0; i < count; i++) {
        /* Sequential calls are those of one process, however many there are. */
        const size_t ranks = config->workers[i] > 0 ? config->rank_count : 1;

        for (size_t r = 0; r < ranks; r++) {
            add_points(config, config->workers[i], config->workers[i] > 0 ? config->ranks[r] : 0);
        }
    }
    qsort(config->points, config->point_count, sizeof(*config->points), ppt_point_compare);
}

/* A key that is a number, or a list of them; without it `smallest` alone. */
struct numbers {
    const char *key;
    unsigned smallest, largest;
    const char *example;
};

/* A list of whole numbers, each of which is kept once, in a new array. */
static enum ppt_status read_list(const struct ppt_item *item, const struct numbers *about,
                                 struct ppt_config *config, unsigned **numbers, size_t *count,
                                 struct ppt_error *error)
{
    const size_t given = json_object_array_length(item->value);
    enum ppt_status status = PPT_OK;

    *numbers = ppt_alloc(given, sizeof(**numbers));
    if (given == 0) {
        return ppt_item_reject(item, error, "an empty list; give %s", about->example);
    }
    for (size_t i = 0; i < given && status == PPT_OK; i++) {
        const struct ppt_place place = {.outer = item->place, .index = i};
        const struct ppt_item one = {json_object_array_get_idx(item->value, i), item->source,
                                     &place};
        int64_t value = 0;

        status = ppt_item_integer(&one, about->smallest, about->largest, &value, error);
        (*numbers)[i] = (unsigned)value;
    }
    if (status != PPT_OK) {
        return status;
    }
    *count = ppt_order_distinct(*numbers, given);
    if (*count < given) {
        char *position = ppt_json_position(item->source, item->place);

        ppt_config_warn(config, ppt_text_format("%s: some are in the list more than once; each is "
                                                "measured as one",
                                                position));
        free(position);
    }
    return status;
}

static enum ppt_status read_worker_list(const struct ppt_item *item, struct ppt_config *config,
                                        struct ppt_error *error)
{
    static const struct numbers about = {"workers", 0, PPT_MOST_WORKERS,
                                         "worker counts such as [0, 1, 2]"};
    unsigned *workers = NULL;
    size_t count = 0;
    const enum ppt_status status = read_list(item, &about, config, &workers, &count, error);

    if (status == PPT_OK) {
        ppt_config_set_points(config, workers, count);
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

/* One of `names`, or one with a chunk: "dynamic,4". Without one *chunk is 0. */
static bool read_with_chunk(const char *text, const char *const *names, int *which, unsigned *chunk)
{
    const size_t length = strcspn(text, ",");
    const char *number = text[length] ? text + length + 1 : "0";
    char *end = NULL;
    const unsigned long value = strtoul(number, &end, 10);

    for (int i = 0; names[i]; i++) {
        if (strlen(names[i]) == length && strncmp(names[i], text, length) == 0) {
            *which = i;
            *chunk = (unsigned)value;
            return *number >= '0' && *number <= '9' && *end == '\0' && value <= 1000000000 &&
                   (value > 0 || !text[length]);
        }
    }
    return false;
}

static enum ppt_status read_schedule(const struct ppt_layer *top, struct ppt_schedule *schedule,
                                     struct ppt_error *error)
{
    struct ppt_found found;
    const char *text = NULL;
    int kind = 0;
    enum ppt_status status;

    *schedule = (struct ppt_schedule){PPT_SCHEDULE_DYNAMIC, 1};
    if (!ppt_layer_find(top, "schedule", NULL, &found)) {
        return PPT_OK;
    }
    status = ppt_item_text(&found.item, &text, error);
    if (status == PPT_OK && !read_with_chunk(text, ppt_schedule_names, &kind, &schedule->chunk)) {
        return ppt_item_reject(&found.item, error,
                               "\"%s\" is no schedule; use \"static\", \"dynamic\" or "
                               "\"guided\", or one with a chunk such as \"dynamic,4\"",
                               text);
    }
    schedule->kind = (enum ppt_schedule_kind)kind;
    return status;
}

static enum ppt_status read_distribution(const struct ppt_layer *top,
                                         struct ppt_distribution *distribution,
                                         struct ppt_error *error)
{
    static const char *const names[] = {"dynamic", "static", NULL};
    struct ppt_found found;
    const char *text = NULL;
    int kind = 0;
    enum ppt_status status;

    *distribution = (struct ppt_distribution){0};
    if (!ppt_layer_find(top, "distribution", NULL, &found)) {
        return PPT_OK;
    }
    status = ppt_item_text(&found.item, &text, error);
    if (status == PPT_OK && (!read_with_chunk(text, names, &kind, &distribution->chunk) ||
                             (kind == 1 && distribution->chunk > 0))) {
        return ppt_item_reject(&found.item, error,
                               "\"%s\" is no distribution; use \"dynamic\", one with a chunk such "
                               "as \"dynamic,4\", or \"static\"",
                               text);
    }
    distribution->blocks = kind == 1;
    return status;
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

static enum ppt_status read_numbers(const struct ppt_layer *top, const struct numbers *about,
                                    struct ppt_config *config, unsigned **numbers, size_t *count,
                                    struct ppt_error *error)
{
    struct ppt_found found;
    int64_t one = about->smallest;
    enum ppt_status status = PPT_OK;

    *count = 1;
    if (!ppt_layer_find(top, about->key, NULL, &found)) {
        *numbers = ppt_alloc(1, sizeof(**numbers));
    } else if (!json_object_is_type(found.item.value, json_type_array)) {
        *numbers = ppt_alloc(1, sizeof(**numbers));
        status = ppt_item_integer(&found.item, about->smallest, about->largest, &one, error);
    } else {
        return read_list(&found.item, about, config, numbers, count, error);
    }
    (*numbers)[0] = (unsigned)one;
    return status;
}

static enum ppt_status read_counts(const struct ppt_layer *top, struct ppt_config *config,
                                   struct ppt_error *error)
{
    static const struct numbers inner = {"inner_threads", 1, PPT_MOST_WORKERS,
                                         "numbers of threads such as [1, 2]"};
    static const struct numbers ranks = {"ranks", 0, PPT_MOST_RANKS,
                                         "numbers of ranks such as [0, 1, 2]"};
    int64_t blocks = 10, tasks = 100, warmup = 1, seed = -1;
    struct ppt_found found;
    enum ppt_status status = read_whole(top, "iterations", 1, PPT_MOST_BLOCKS, &blocks, error);

    if (status == PPT_OK) {
        status = read_whole(top, "task_count", 1, 1e9, &tasks, error);
    }
    if (status == PPT_OK) {
        status = read_whole(top, "warmup", 0, 1000, &warmup, error);
    }
    if (status == PPT_OK) {
        status =
            read_numbers(top, &inner, config, &config->inner_threads, &config->inner_count, error);
    }
    if (status == PPT_OK) {
        status = read_numbers(top, &ranks, config, &config->ranks, &config->rank_count, error);
    }
    /* null draws a seed, as leaving the key out does. */
    if (status == PPT_OK && ppt_layer_find(top, "seed", NULL, &found) && found.item.value) {
        status = ppt_item_integer(&found.item, 0, PPT_LARGEST_WHOLE, &seed, error);
    }
    config->blocks = (unsigned)blocks;
    config->task_count = (uint64_t)tasks;
    config->warmup = (unsigned)warmup;
    config->seed_given = seed >= 0;
    config->seed = seed >= 0 ? (uint64_t)seed : 0;
    return status;
}

/* null is what leaving the key out is. */
static enum ppt_status read_waits(const struct ppt_layer *top, struct ppt_config *config,
                                  struct ppt_error *error)
{
    static const char *const names[] = {"wait_time_after_runner", "wait_time_after_iteration"};
    double *const targets[] = {&config->wait_after_pass_s, &config->wait_after_block_s};
    enum ppt_status status = PPT_OK;
    struct ppt_found found;

    for (size_t i = 0; i < 2 && status == PPT_OK; i++) {
        if (ppt_layer_find(top, names[i], NULL, &found) && found.item.value) {
            status = ppt_item_real(&found.item, 0, 86400, targets[i], error);
        }
    }
    if (status == PPT_OK && ppt_layer_find(top, "gc_after_iteration", NULL, &found) &&
        found.item.value) {
        status = ppt_item_bool(&found.item, &config->trim_after_block, error);
    }
    return status;
}

/* {"relative_ci": 0.02, "max_seconds": 600}, both optional. */
static enum ppt_status read_precision(const struct ppt_layer *top, struct ppt_config *config,
                                      struct ppt_error *error)
{
    static const char *const names[] = {"relative_ci", "max_seconds", NULL};
    static const double bounds[][2] = {{0.001, 1}, {0.1, 1e6}};
    double *const targets[] = {&config->relative_ci, &config->max_seconds};
    enum ppt_status status = PPT_OK;
    struct ppt_found found, blocks;

    config->relative_ci = 0.02;
    config->max_seconds = 600;
    if (!ppt_layer_find(top, "precision", NULL, &found) || !found.item.value) {
        return PPT_OK;
    }
    if (!json_object_is_type(found.item.value, json_type_object)) {
        return ppt_item_reject(&found.item, error,
                               "must be an object such as {\"relative_ci\": 0.02, "
                               "\"max_seconds\": 600}");
    }
    config->adaptive = true;
    if (!ppt_layer_find(top, "iterations", NULL, &blocks)) {
        config->blocks = PPT_MOST_BLOCKS;
    }
    status = ppt_item_check_keys(&found.item, names, error);
    for (size_t i = 0; i < 2 && status == PPT_OK; i++) {
        const struct ppt_place place = {.outer = found.item.place, .key = names[i]};
        struct ppt_item item = {NULL, found.item.source, &place};

        if (json_object_object_get_ex(found.item.value, names[i], &item.value)) {
            status = ppt_item_real(&item, bounds[i][0], bounds[i][1], targets[i], error);
        }
    }
    return status;
}

static enum ppt_status read_tolerance(const struct ppt_layer *top, struct ppt_config *config,
                                      struct ppt_error *error)
{
    struct ppt_found found;

    config->tolerance = 0.05;
    return ppt_layer_find(top, "tolerance", NULL, &found)
               ? ppt_item_real(&found.item, 0.001, 1, &config->tolerance, error)
               : PPT_OK;
}

static void read_start_method(const struct ppt_layer *top, struct ppt_config *config)
{
    struct ppt_found found;

    if (ppt_layer_find(top, "multiprocessing_start_method", NULL, &found) && found.item.value) {
        ppt_config_warn(config, ppt_text_format("%s: \"multiprocessing_start_method\" is ignored: "
                                                "workers are threads here",
                                                config->origin));
    }
}

/* Ranks share tasks among workers: sequential calls alone are nothing for them. */
static enum ppt_status check_ranks(const struct ppt_layer *top, const struct ppt_config *config,
                                   struct ppt_error *error)
{
    struct ppt_found found;

    if (config->workers_auto || ppt_config_ranks(config) == 0 ||
        config->workers[config->worker_count - 1] > 0 ||
        !ppt_layer_find(top, "ranks", NULL, &found)) {
        return PPT_OK;
    }
    return ppt_item_reject(&found.item, error,
                           "\"workers\" has no number above 0, which ranks need");
}

enum ppt_status ppt_read_keys(const struct ppt_layer *top, struct ppt_config *config,
                              struct ppt_error *error)
{
    int placement = 0, memory = 0;
    enum ppt_status status;

    read_start_method(top, config);
    status = read_counts(top, config, error);
    if (status == PPT_OK) {
        status = read_workers(top, config, error);
    }
    if (status == PPT_OK) {
        status = read_waits(top, config, error);
    }
    if (status == PPT_OK) {
        status = read_precision(top, config, error);
    }
    if (status == PPT_OK) {
        status = read_tolerance(top, config, error);
    }
    if (status == PPT_OK) {
        status = read_schedule(top, &config->schedule, error);
    }
    if (status == PPT_OK) {
        status = read_distribution(top, &config->distribution, error);
    }
    if (status == PPT_OK) {
        status = read_choice(top, "placement", ppt_placement_names, &placement, error);
    }
    if (status == PPT_OK) {
        status = read_choice(top, "memory", ppt_memory_names, &memory, error);
    }
    if (status == PPT_OK) {
        status = check_ranks(top, config, error);
    }
    config->placement = (enum ppt_placement)placement;
    config->memory = (enum ppt_memory)memory;
    return status;
}
