/*
 * Several rates of arrivals in one run: what varies is how often tasks come, and nothing else.
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "key_values.h"
#include "keys.h"
#include "owned.h"
#include "read.h"

/* A task in a quarter of an hour. */
#define SMALLEST_RATE 0.001

static const struct ppt_range_rule rates_rule = {.smallest = SMALLEST_RATE,
                                                 .largest = PPT_LARGEST_RATE,
                                                 .rounds = true,
                                                 .most = PPT_MOST_VARIANTS};

static const struct ppt_key *rate_key(void)
{
    return &ppt_keys[PPT_KEY_ARRIVALS].keys[0];
}

static bool is_number(const struct ppt_item *item)
{
    return json_object_is_type(item->value, json_type_int) ||
           json_object_is_type(item->value, json_type_double);
}

enum ppt_status ppt_read_arrival_rate(const struct ppt_item *item, void *record,
                                      struct ppt_error *error)
{
    struct ppt_arrivals *arrivals = &((struct ppt_config *)record)->arrivals;
    struct ppt_range range = {0};

    if (is_number(item)) {
        return ppt_item_real(item, 0, PPT_LARGEST_RATE, &arrivals->rate, error);
    }
    const enum ppt_status status =
        ppt_read_numbers(item, &rates_rule, rate_key()->example, &range, error);
    arrivals->rates = range.values;
    arrivals->rate_count = range.count;
    arrivals->rate = range.count > 0 ? range.values[0] : 0;
    return status;
}

json_object *ppt_record_arrival_rate(const void *record)
{
    const struct ppt_config *config = record;
    json_object *list;

    if (!config->rates || config->variant_count == 0) {
        return ppt_json_number(config->arrivals.rate);
    }
    list = json_object_new_array_ext((int)config->axes[0].count);
    for (size_t i = 0; i < config->axes[0].count; i++) {
        json_object_array_add(list, ppt_json_number(config->axes[0].values[i]));
    }
    return list;
}

bool ppt_rate_varies(const struct ppt_config *config, const char *name, struct ppt_range_rule *rule)
{
    const bool varies = config->arrivals.given && config->arrivals.time_count == 0 &&
                        strcmp(name, rate_key()->field.key) == 0;

    if (varies) {
        *rule = rates_rule;
    }
    return varies;
}

enum ppt_status ppt_read_rates(const struct ppt_layer *top, struct ppt_config *config,
                               struct ppt_error *error)
{
    struct ppt_arrivals *arrivals = &config->arrivals;
    struct ppt_range range = {arrivals->rates, arrivals->rate_count};
    struct ppt_found found;

    /* What an option lets vary lies over them. */
    if (arrivals->rate_count > 0 && !config->rates &&
        ppt_layer_find(top, PPT_KEY_ARRIVALS, NULL, &found)) {
        PPT_TRY(ppt_check_varying(top, &found.item, config, error));
        arrivals->rates = NULL;
        arrivals->rate_count = 0;
        config->rates = true;
        ppt_add_axis(top, config, rate_key()->field.key, &range, config->axis_count);
    }
    for (size_t i = 0; i < config->axis_count; i++) {
        if (config->rates && strcmp(config->axes[i].name, rate_key()->field.key) == 0) {
            arrivals->rate = config->axes[i].values[0];
        }
    }
    return PPT_OK;
}
