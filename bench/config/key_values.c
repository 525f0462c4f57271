#include "key_values.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "counts.h"
#include "keys.h"
#include "memory.h"
#include "name.h"
#include "order.h"
#include "owned.h"
#include "read.h"
#include "text.h"

/* ---- numbers, or lists of them ---- */

static enum ppt_status read_number(enum ppt_key_id id, const struct ppt_item *item, unsigned *out,
                                   struct ppt_error *error)
{
    const struct ppt_field *field = &ppt_keys[id].field;
    int64_t value = 0;

    PPT_TRY(ppt_item_integer(item, field->smallest, field->largest, &value, error));
    *out = (unsigned)value;
    return PPT_OK;
}

/* What a text of such a list may say. */
static struct ppt_counts_rule rule_of(enum ppt_key_id id)
{
    const struct ppt_key *key = &ppt_keys[id];

    return (struct ppt_counts_rule){.smallest = (unsigned)key->field.smallest,
                                    .largest = (unsigned)key->field.largest,
                                    .example = key->example,
                                    .of_machine = id == PPT_KEY_WORKERS};
}

static void warn_of_repeated(const struct ppt_item *item, struct ppt_config *config)
{
    char *position PPT_FREED = ppt_json_position(item->source, item->place);

    ppt_config_warn(config, ppt_text_format("%s: some are in the list more than once; each is "
                                            "measured as one",
                                            position));
}

/* "0-4": see counts.h. */
static enum ppt_status read_counts_text(enum ppt_key_id id, const struct ppt_item *item,
                                        struct ppt_counts *counts, struct ppt_error *error)
{
    const struct ppt_counts_rule rule = rule_of(id);
    struct ppt_error problem;

    return ppt_counts_read(json_object_get_string(item->value), &rule, counts, &problem) == PPT_OK
               ? PPT_OK
               : ppt_item_reject(item, error, "%s", problem.text);
}

/* Each number is kept once, in a new array. */
static enum ppt_status read_counts(enum ppt_key_id id, const struct ppt_item *item,
                                   struct ppt_config *config, unsigned **numbers, size_t *count,
                                   struct ppt_error *error)
{
    const size_t given = json_object_array_length(item->value);

    *numbers = ppt_alloc(given, sizeof(**numbers));
    if (given == 0) {
        return ppt_item_reject(item, error, "an empty list; give %s", ppt_keys[id].example);
    }
    for (size_t i = 0; i < given; i++) {
        struct ppt_place place;
        const struct ppt_item one = ppt_item_element(item, i, &place);

        PPT_TRY(read_number(id, &one, &(*numbers)[i], error));
    }
    *count = ppt_order_distinct(*numbers, given);
    if (*count < given) {
        warn_of_repeated(item, config);
    }
    return PPT_OK;
}

/* A list, a text that stands for one, or a number that stands for a list of one. */
static enum ppt_status read_count_or_counts(enum ppt_key_id id, const struct ppt_item *item,
                                            struct ppt_config *config, unsigned **numbers,
                                            size_t *count, struct ppt_error *error)
{
    if (json_object_is_type(item->value, json_type_array)) {
        return read_counts(id, item, config, numbers, count, error);
    }
    if (json_object_is_type(item->value, json_type_string)) {
        struct ppt_counts counts = {0};

        PPT_TRY(read_counts_text(id, item, &counts, error));
        *numbers = counts.numbers;
        *count = ppt_order_distinct(*numbers, counts.count);
        if (*count < counts.count) {
            warn_of_repeated(item, config);
        }
        return PPT_OK;
    }
    *numbers = ppt_alloc(1, sizeof(**numbers));
    *count = 1;
    return read_number(id, item, *numbers, error);
}

static json_object *counts_to_json(const unsigned *numbers, size_t count)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < count; i++) {
        json_object_array_add(list, json_object_new_int64(numbers[i]));
    }
    return list;
}

/* One that depends on the machine is kept until that is known. */
static enum ppt_status read_workers_text(const struct ppt_item *item, struct ppt_config *config,
                                         struct ppt_error *error)
{
    struct ppt_counts counts = {0};

    PPT_TRY(read_counts_text(PPT_KEY_WORKERS, item, &counts, error));
    unsigned *numbers PPT_FREED = counts.numbers;
    config->workers_auto = counts.of_machine;
    if (counts.of_machine) {
        config->workers_text = ppt_strdup(json_object_get_string(item->value));
        return PPT_OK;
    }
    const size_t count = ppt_order_distinct(numbers, counts.count);

    if (count < counts.count) {
        warn_of_repeated(item, config);
    }
    ppt_config_set_points(config, numbers, count);
    return PPT_OK;
}

enum ppt_status ppt_read_workers(const struct ppt_item *item, void *record, struct ppt_error *error)
{
    struct ppt_config *config = record;
    unsigned *workers PPT_FREED = NULL;
    size_t count = 0;

    if (json_object_is_type(item->value, json_type_string)) {
        return read_workers_text(item, config, error);
    }
    if (!json_object_is_type(item->value, json_type_array)) {
        return ppt_item_reject(item, error, "must be a list of %s",
                               ppt_keys[PPT_KEY_WORKERS].example);
    }
    PPT_TRY(read_counts(PPT_KEY_WORKERS, item, config, &workers, &count, error));
    ppt_config_set_points(config, workers, count);
    return PPT_OK;
}

enum ppt_status ppt_config_count_workers(const struct ppt_config *config,
                                         const struct ppt_counts_rule *machine,
                                         struct ppt_counts *counts, struct ppt_error *error)
{
    struct ppt_counts_rule rule = rule_of(PPT_KEY_WORKERS);

    rule.cpus = machine->cpus;
    rule.choice = machine->choice;
    rule.choice_count = machine->choice_count;
    return ppt_counts_read(config->workers_text, &rule, counts, error);
}

json_object *ppt_record_workers(const void *record)
{
    const struct ppt_config *config = record;

    return counts_to_json(config->workers, config->worker_count);
}

enum ppt_status ppt_read_inner_threads(const struct ppt_item *item, void *record,
                                       struct ppt_error *error)
{
    struct ppt_config *config = record;

    return read_count_or_counts(PPT_KEY_INNER_THREADS, item, config, &config->inner_threads,
                                &config->inner_count, error);
}

json_object *ppt_record_inner_threads(const void *record)
{
    const struct ppt_config *config = record;

    return config->inner_count == 1 ? json_object_new_int64(config->inner_threads[0])
                                    : counts_to_json(config->inner_threads, config->inner_count);
}

enum ppt_status ppt_read_ranks(const struct ppt_item *item, void *record, struct ppt_error *error)
{
    struct ppt_config *config = record;

    return read_count_or_counts(PPT_KEY_RANKS, item, config, &config->ranks, &config->rank_count,
                                error);
}

json_object *ppt_record_ranks(const void *record)
{
    const struct ppt_config *config = record;

    return ppt_config_ranks(config) > 0 ? counts_to_json(config->ranks, config->rank_count) : NULL;
}

/* ---- choices with a chunk ---- */

/* Finds the choice in "dynamic,4", and its chunk: 0 where there is none. */
static bool split_chunk(const struct ppt_key *key, const char *text, unsigned *which,
                        unsigned *chunk)
{
    const size_t length = strcspn(text, ",");
    const char *number = text[length] ? text + length + 1 : "0";
    char *end = NULL;
    const unsigned long value = strtoul(number, &end, 10);

    for (unsigned i = 0; key->field.choices[i]; i++) {
        const char *choice = key->field.choices[i];

        if (strlen(choice) == length && strncmp(choice, text, length) == 0) {
            *which = i;
            *chunk = (unsigned)value;
            return *number >= '0' && *number <= '9' && *end == '\0' && value <= 1000000000 &&
                   (value > 0 ? i < key->chunked : !text[length]);
        }
    }
    return false;
}

static enum ppt_status read_chunked(enum ppt_key_id id, const struct ppt_item *item,
                                    unsigned *which, unsigned *chunk, struct ppt_error *error)
{
    const struct ppt_key *key = &ppt_keys[id];
    const char *text = NULL;

    PPT_TRY(ppt_item_text(item, &text, error));
    return split_chunk(key, text, which, chunk)
               ? PPT_OK
               : ppt_item_reject(item, error, "\"%s\" is no %s; use %s", text, key->field.key,
                                 key->example);
}

static json_object *chunked_to_json(enum ppt_key_id id, unsigned which, unsigned chunk)
{
    char text[32];

    snprintf(text, sizeof(text), chunk ? "%s,%u" : "%s", ppt_keys[id].field.choices[which], chunk);
    return json_object_new_string(text);
}

enum ppt_status ppt_read_schedule(const struct ppt_item *item, void *record,
                                  struct ppt_error *error)
{
    struct ppt_schedule *schedule = &((struct ppt_config *)record)->schedule;
    unsigned kind = 0;

    PPT_TRY(read_chunked(PPT_KEY_SCHEDULE, item, &kind, &schedule->chunk, error));
    schedule->kind = (enum ppt_schedule_kind)kind;
    return PPT_OK;
}

json_object *ppt_record_schedule(const void *record)
{
    const struct ppt_schedule *schedule = &((const struct ppt_config *)record)->schedule;

    return chunked_to_json(PPT_KEY_SCHEDULE, schedule->kind, schedule->chunk);
}

enum ppt_status ppt_read_distribution(const struct ppt_item *item, void *record,
                                      struct ppt_error *error)
{
    struct ppt_distribution *distribution = &((struct ppt_config *)record)->distribution;
    unsigned kind = 0;

    PPT_TRY(read_chunked(PPT_KEY_DISTRIBUTION, item, &kind, &distribution->chunk, error));
    distribution->blocks = kind == 1;
    return PPT_OK;
}

json_object *ppt_record_distribution(const void *record)
{
    const struct ppt_config *config = record;

    return ppt_config_ranks(config) > 0
               ? chunked_to_json(PPT_KEY_DISTRIBUTION, config->distribution.blocks,
                                 config->distribution.chunk)
               : NULL;
}

/* ---- others ---- */

/* 0.02 is short for {"relative_ci": 0.02}. */
static enum ppt_status take_short_precision(const struct ppt_key *relative,
                                            const struct ppt_item *item, struct ppt_config *config,
                                            struct ppt_error *error)
{
    PPT_TRY(ppt_key_read(relative, item, config, error));
    for (const struct ppt_key *key = relative + 1; key->field.key; key++) {
        PPT_TRY(ppt_key_read(key, NULL, config, error));
    }
    return PPT_OK;
}

enum ppt_status ppt_read_precision(const struct ppt_item *item, void *record,
                                   struct ppt_error *error)
{
    const struct ppt_key *keys = ppt_keys[PPT_KEY_PRECISION].keys;
    struct ppt_config *config = record;

    config->adaptive = item->value != NULL;
    if (json_object_is_type(item->value, json_type_double) ||
        json_object_is_type(item->value, json_type_int)) {
        return take_short_precision(keys, item, config, error);
    }
    if (config->adaptive && !json_object_is_type(item->value, json_type_object)) {
        return ppt_item_reject(item, error,
                               "must be a number such as 0.02, or an object such "
                               "as %s",
                               ppt_keys[PPT_KEY_PRECISION].example);
    }
    return ppt_key_read_members(keys, item, config, error);
}

/* Without a precision the choice alone is to be settled. */
enum ppt_status ppt_read_max_seconds(const struct ppt_item *item, void *record,
                                     struct ppt_error *error)
{
    const struct ppt_field *field = &ppt_keys[PPT_KEY_MAX_SECONDS].field;
    struct ppt_config *config = record;

    PPT_TRY(ppt_item_real(item, field->smallest, field->largest, &config->max_seconds, error));
    config->relative_ci = config->adaptive ? config->relative_ci : 1;
    config->adaptive = config->budget = config->size_tasks = config->size_warmup = true;
    return PPT_OK;
}

json_object *ppt_record_precision(const void *record)
{
    const struct ppt_config *config = record;

    if (!config->adaptive) {
        return NULL;
    }
    json_object *object = json_object_new_object();
    for (const struct ppt_key *key = ppt_keys[PPT_KEY_PRECISION].keys; key->field.key; key++) {
        json_object_object_add(object, key->field.key, ppt_field_value(&key->field, config));
    }
    return object;
}

enum ppt_status ppt_read_seed(const struct ppt_item *item, void *record, struct ppt_error *error)
{
    const struct ppt_field *field = &ppt_keys[PPT_KEY_SEED].field;
    struct ppt_config *config = record;
    int64_t seed = 0;

    PPT_TRY(ppt_item_integer(item, field->smallest, field->largest, &seed, error));
    config->seed = (uint64_t)seed;
    config->seed_given = true;
    return PPT_OK;
}

enum ppt_status ppt_read_name(const struct ppt_item *item, void *record, struct ppt_error *error)
{
    struct ppt_config *config = record;
    const char *name, *wrong;

    PPT_TRY(ppt_item_text(item, &name, error));
    wrong = ppt_name_wrong(name);
    if (wrong) {
        return ppt_item_reject(item, error, "\"%.100s\" %s", name, wrong);
    }
    config->name = ppt_strdup(name);
    return PPT_OK;
}

enum ppt_status ppt_read_start_method(const struct ppt_item *item, void *record,
                                      struct ppt_error *error)
{
    struct ppt_config *config = record;

    (void)item, (void)error;
    ppt_config_warn(config, ppt_text_format("%s: \"%s\" is ignored: workers are threads here",
                                            config->origin, ppt_key_name(PPT_KEY_START_METHOD)));
    return PPT_OK;
}

json_object *ppt_record_task_args(const void *record)
{
    const struct ppt_config *config = record;

    if (!config->mix && config->variant_count > 0 && config->base_args) {
        return ppt_args_to_json(config->base_kernel, config->base_args);
    }
    if (!config->mix) {
        return ppt_args_to_json(config->uses[0].kernel, config->uses[0].args);
    }
    json_object *names = json_object_new_array();
    for (size_t i = 0; i < config->use_count; i++) {
        json_object_array_add(names, json_object_new_string(config->uses[i].kernel->name));
    }
    return names;
}
