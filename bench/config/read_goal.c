/*
 * What the recommended count is to be good for, the memory that there is for it, and how tasks
 * come.
 */
#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>

#include "amount.h"
#include "key_values.h"
#include "keys.h"
#include "memory.h"
#include "owned.h"
#include "range.h"
#include "read.h"

const char *const ppt_goal_names[] = {"time", "each", "cost", "latency", NULL};
const char *const ppt_arrival_processes[] = {"poisson", "steady", NULL};

uint64_t ppt_goal_tasks(double percentile)
{
    /* Of 99.9 in binary the rest is not quite 0.1. */
    return (uint64_t)ceil(PPT_TASKS_BEYOND * 100 / (100 - percentile) - 1e-6);
}

/* ---- the objective ---- */

/* The kinds by their keys, in the order of these. */
static const enum ppt_goal_kind goal_kinds[] = {PPT_GOAL_EACH, PPT_GOAL_CHEAPEST, PPT_GOAL_LATENCY};

enum ppt_status ppt_read_objective(const struct ppt_item *item, void *record,
                                   struct ppt_error *error)
{
    const struct ppt_key *key = &ppt_keys[PPT_KEY_OBJECTIVE];
    struct ppt_config *config = record;

    if (!json_object_is_type(item->value, json_type_object) ||
        json_object_object_length(item->value) != 1) {
        return ppt_item_reject(item, error, "must be an object with one key, such as %s",
                               key->example);
    }
    PPT_TRY(ppt_key_read_members(key->keys, item, config, error));
    for (size_t i = 0; key->keys[i].field.key; i++) {
        if (json_object_object_get_ex(item->value, key->keys[i].field.key, NULL)) {
            config->goal.kind = goal_kinds[i];
        }
    }
    return PPT_OK;
}

enum ppt_status ppt_read_cheapest(const struct ppt_item *item, void *record,
                                  struct ppt_error *error)
{
    struct ppt_config *config = record;

    PPT_TRY(ppt_key_read_members(ppt_cheapest_keys, item, config, error));
    return config->goal.per_hour + config->goal.per_worker_hour > 0
               ? PPT_OK
               : ppt_item_reject(item, error,
                                 "costs nothing: say what a machine costs per hour, "
                                 "what a worker does, or both");
}

enum ppt_status ppt_read_latency(const struct ppt_item *item, void *record, struct ppt_error *error)
{
    struct ppt_config *config = record;

    PPT_TRY(ppt_key_read_members(ppt_latency_keys, item, config, error));
    return config->goal.at_most_s > 0
               ? PPT_OK
               : ppt_item_reject(item, error, "says no limit: add one such as %s",
                                 ppt_keys[PPT_KEY_OBJECTIVE].keys[2].example);
}

#define SHORTEST_LIMIT_S 1e-6
#define LONGEST_LIMIT_S 86400

enum ppt_status ppt_read_latency_limit(const struct ppt_item *item, void *record,
                                       struct ppt_error *error)
{
    struct ppt_config *config = record;

    return ppt_item_amount(item, ppt_units_of_time, SHORTEST_LIMIT_S, LONGEST_LIMIT_S, "\"50ms\"",
                           &config->goal.at_most_s, error);
}

/* As people would write it. */
static json_object *plain_number(double value)
{
    char number[PPT_RANGE_NUMBER_SIZE];

    return json_object_new_double_s(value, ppt_range_number(value, number));
}

static json_object *record_numbers(const struct ppt_key *keys, const struct ppt_config *config)
{
    json_object *object = json_object_new_object();

    for (; keys->field.key; keys++) {
        json_object *value = ppt_field_value(&keys->field, config);

        if (value) {
            json_object_object_add(object, keys->field.key, value);
        }
    }
    return object;
}

json_object *ppt_record_latency_limit(const void *record)
{
    return plain_number(((const struct ppt_config *)record)->goal.at_most_s);
}

json_object *ppt_record_cheapest(const void *record)
{
    return record_numbers(ppt_cheapest_keys, record);
}

json_object *ppt_record_latency(const void *record)
{
    return record_numbers(ppt_latency_keys, record);
}

json_object *ppt_record_objective(const void *record)
{
    const struct ppt_config *config = record;
    json_object *object = NULL;

    for (size_t i = 0; i < sizeof(goal_kinds) / sizeof(goal_kinds[0]); i++) {
        if (config->goal.kind == goal_kinds[i]) {
            const struct ppt_key *key = &ppt_keys[PPT_KEY_OBJECTIVE].keys[i];

            object = json_object_new_object();
            json_object_object_add(object, key->field.key, ppt_field_value(&key->field, config));
        }
    }
    return object;
}

/* ---- memory ---- */

enum ppt_status ppt_read_memory_limit(const struct ppt_item *item, void *record,
                                      struct ppt_error *error)
{
    const struct ppt_key *key = &ppt_keys[PPT_KEY_MEMORY_LIMIT];
    struct ppt_config *config = record;
    double bytes = 0;

    PPT_TRY(ppt_item_amount(item, ppt_units_of_memory, key->field.smallest, key->field.largest,
                            key->example, &bytes, error));
    config->memory_limit = (uint64_t)bytes;
    return PPT_OK;
}

json_object *ppt_record_memory_limit(const void *record)
{
    const uint64_t limit = ((const struct ppt_config *)record)->memory_limit;

    return limit > 0 ? json_object_new_int64((int64_t)limit) : NULL;
}

/* ---- arrivals ---- */

#define MOST_ARRIVALS PPT_MOST_TASK_TIMES
#define LATEST_ARRIVAL_S 86400

static enum ppt_status read_times(const struct ppt_item *item, struct ppt_arrivals *arrivals,
                                  struct ppt_error *error)
{
    const size_t count = json_object_array_length(item->value);
    double before = 0;

    if (count == 0 || count > MOST_ARRIVALS) {
        return ppt_item_reject(item, error, "must be a list of 1 to %d times", MOST_ARRIVALS);
    }
    arrivals->process = PPT_ARRIVALS_RECORDED;
    arrivals->times_s = ppt_alloc(count, sizeof(*arrivals->times_s));
    arrivals->time_count = count;
    for (size_t i = 0; i < count; i++) {
        struct ppt_place place;
        const struct ppt_item one = ppt_item_element(item, i, &place);

        PPT_TRY(ppt_item_real(&one, 0, LATEST_ARRIVAL_S, &arrivals->times_s[i], error));
        if (arrivals->times_s[i] < before) {
            return ppt_item_reject(&one, error, "is before the time in front of it");
        }
        before = arrivals->times_s[i];
    }
    return PPT_OK;
}

enum ppt_status ppt_read_arrival_process(const struct ppt_item *item, void *record,
                                         struct ppt_error *error)
{
    struct ppt_arrivals *arrivals = &((struct ppt_config *)record)->arrivals;
    int which = 0;

    if (json_object_is_type(item->value, json_type_array)) {
        return read_times(item, arrivals, error);
    }
    PPT_TRY(ppt_item_choice(item, ppt_arrival_processes, &which, error));
    arrivals->process = (enum ppt_arrival_process)which;
    return PPT_OK;
}

json_object *ppt_record_arrival_process(const void *record)
{
    const struct ppt_arrivals *arrivals = &((const struct ppt_config *)record)->arrivals;
    json_object *list;

    if (arrivals->process != PPT_ARRIVALS_RECORDED) {
        return json_object_new_string(ppt_arrival_processes[arrivals->process]);
    }
    list = json_object_new_array_ext((int)arrivals->time_count);
    for (size_t i = 0; i < arrivals->time_count; i++) {
        json_object_array_add(list, plain_number(arrivals->times_s[i]));
    }
    return list;
}

static enum ppt_status refuse_arrivals(const struct ppt_item *item, struct ppt_error *error)
{
    return ppt_item_reject(item, error, "needs a rate or a list of times, and not both");
}

enum ppt_status ppt_read_arrivals(const struct ppt_item *item, void *record,
                                  struct ppt_error *error)
{
    const struct ppt_key *key = &ppt_keys[PPT_KEY_ARRIVALS];
    struct ppt_config *config = record;

    if (!json_object_is_type(item->value, json_type_object)) {
        return ppt_item_reject(item, error, "must be an object such as %s", key->example);
    }
    PPT_TRY(ppt_key_read_members(key->keys, item, config, error));
    config->arrivals.given = true;
    return config->arrivals.rate > 0 && config->arrivals.time_count > 0
               ? refuse_arrivals(item, error)
               : PPT_OK;
}

json_object *ppt_record_arrivals(const void *record)
{
    const struct ppt_config *config = record;

    return ppt_arrivals_exist(&config->arrivals)
               ? record_numbers(ppt_keys[PPT_KEY_ARRIVALS].keys, config)
               : NULL;
}

/* ---- with other keys ---- */

/* What another key says does not go with one of these. */
static enum ppt_status refuse_beside(const struct ppt_layer *top, enum ppt_key_id id,
                                     enum ppt_key_id other, const char *why,
                                     struct ppt_error *error)
{
    struct ppt_found found;

    return ppt_layer_find(top, id, NULL, &found)
               ? ppt_item_reject(&found.item, error, "does not go with \"%s\": %s",
                                 ppt_key_name(other), why)
               : PPT_OK;
}

/* Of rates it is asked up to which of them a limit of latency is kept. */
static enum ppt_status check_rates(const struct ppt_layer *top, const struct ppt_config *config,
                                   struct ppt_error *error)
{
    if (config->axis_count > 1 || config->per_worker) {
        return refuse_beside(top, PPT_KEY_VARY, PPT_KEY_ARRIVALS,
                             "where several rates are measured nothing else varies", error);
    }
    return config->goal.kind != PPT_GOAL_TIME && config->goal.kind != PPT_GOAL_LATENCY
               ? refuse_beside(top, PPT_KEY_OBJECTIVE, PPT_KEY_ARRIVALS,
                               "several rates are for an objective of latency", error)
               : PPT_OK;
}

static enum ppt_status check_variants(const struct ppt_layer *top, const struct ppt_config *config,
                                      struct ppt_error *error)
{
    const bool sizes = config->axis_count > 0 || config->per_worker;
    const enum ppt_key_id other = sizes ? PPT_KEY_VARY : PPT_KEY_VS;
    const char *why = sizes ? "policies are for the shortest time" : "programs are ranked by time";

    if (config->rates) {
        return check_rates(top, config, error);
    }
    if (config->variant_count == 0 && !config->per_worker) {
        return PPT_OK;
    }
    if (config->goal.kind != PPT_GOAL_TIME) {
        PPT_TRY(refuse_beside(top, PPT_KEY_OBJECTIVE, other, why, error));
    }
    return ppt_arrivals_exist(&config->arrivals)
               ? refuse_beside(top, PPT_KEY_ARRIVALS, other, why, error)
               : PPT_OK;
}

/* Of all rates, or of one. */
static enum ppt_status check_tasks(const struct ppt_config *config, uint64_t tasks, uint64_t needed,
                                   struct ppt_error *error)
{
    if (tasks > PPT_MOST_TASK_TIMES) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "%s: %llu are more than %d tasks that arrive in a pass", config->origin,
                        (unsigned long long)tasks, PPT_MOST_TASK_TIMES);
    }
    if (config->goal.kind == PPT_GOAL_LATENCY && tasks < needed) {
        return ppt_fail(error, PPT_BAD_INPUT,
                        "%s: %llu tasks do not tell percentile %g of their latency: it takes %llu",
                        config->origin, (unsigned long long)tasks, config->goal.percentile,
                        (unsigned long long)needed);
    }
    return PPT_OK;
}

/* A pass has as many tasks as what is asked of it needs, unless somebody has said how many. */
static enum ppt_status count_arrivals(const struct ppt_layer *top, struct ppt_config *config,
                                      struct ppt_error *error)
{
    const struct ppt_arrivals *arrivals = &config->arrivals;
    const uint64_t needed =
        ppt_goal_tasks(config->goal.kind == PPT_GOAL_LATENCY ? config->goal.percentile : 99);
    struct ppt_found count;

    config->size_tasks = false;
    if (!ppt_layer_find(top, PPT_KEY_TASK_COUNT, NULL, &count)) {
        /* Of inputs each is a task, and there are no others. */
        const bool listed = ppt_use_has_inputs(&config->uses[0]);
        const uint64_t most = arrivals->time_count > 0 ? arrivals->time_count
                              : listed                 ? PPT_MOST_TASK_TIMES
                                                       : needed;

        config->task_count = listed && config->task_count < most ? config->task_count : most;
    } else if (arrivals->time_count > 0 && config->task_count > arrivals->time_count) {
        return ppt_item_reject(&count.item, error, "is more than the %zu times of arrivals",
                               arrivals->time_count);
    } else if (config->task_count > PPT_MOST_TASK_TIMES) {
        return ppt_item_reject(&count.item, error, "is more than %d tasks that arrive in a pass",
                               PPT_MOST_TASK_TIMES);
    }
    PPT_TRY(check_tasks(config, config->task_count, needed, error));
    for (size_t i = 0; i < config->variant_count; i++) {
        if (config->uses[i].task_count > 0) {
            PPT_TRY(check_tasks(config, config->uses[i].task_count, needed, error));
        }
    }
    return PPT_OK;
}

enum ppt_status ppt_check_goal(const struct ppt_layer *top, struct ppt_config *config,
                               struct ppt_error *error)
{
    const bool arrive = ppt_arrivals_exist(&config->arrivals);
    struct ppt_found goal;

    if (config->arrivals.given && !arrive && ppt_layer_find(top, PPT_KEY_ARRIVALS, NULL, &goal)) {
        return refuse_arrivals(&goal.item, error);
    }
    PPT_TRY(check_variants(top, config, error));
    if (config->goal.kind == PPT_GOAL_LATENCY && !arrive &&
        ppt_layer_find(top, PPT_KEY_OBJECTIVE, NULL, &goal)) {
        return ppt_item_reject(&goal.item, error,
                               "latency is that of tasks that arrive: say how, "
                               "\"%s\": %s",
                               ppt_key_name(PPT_KEY_ARRIVALS), ppt_keys[PPT_KEY_ARRIVALS].example);
    }
    if (!arrive) {
        return PPT_OK;
    }
    if (config->goal.kind == PPT_GOAL_CHEAPEST) {
        PPT_TRY(refuse_beside(top, PPT_KEY_OBJECTIVE, PPT_KEY_ARRIVALS,
                              "they say how long it takes", error));
    }
    if (ppt_config_ranks(config) > 0) {
        PPT_TRY(refuse_beside(top, PPT_KEY_ARRIVALS, PPT_KEY_RANKS, "tasks arrive in one process",
                              error));
    }
    return count_arrivals(top, config, error);
}
