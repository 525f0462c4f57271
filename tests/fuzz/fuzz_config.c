/*
 * Configurations: as a file, and as the value of an option. What is accepted must survive being
 * written to a journal and read back.
 */
#include <json-c/json.h>
#include <string.h>

#include "config.h"
#include "input.h"
#include "plan.h"

/* The configuration as the journal's line holds it. */
static void check_round_trip(const struct ppt_config *config)
{
    json_object *object = ppt_config_to_json(config);
    const char *text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN);
    struct ppt_source source;
    struct ppt_item item = {.source = &source};
    struct ppt_configs again = {0};
    struct ppt_error error = {""};
    json_object *second;

    ppt_source_from_line(&source, "samples.jsonl", text, strlen(text), 1);
    MUST(ppt_json_parse(&source, &item.value, &error) == PPT_OK);
    MUST(ppt_config_from_item(&item, &again, &error) == PPT_OK);
    MUST(again.count == 1);
    second = ppt_config_to_json(&again.items[0]);
    MUST(strcmp(text, json_object_to_json_string_ext(second, JSON_C_TO_STRING_PLAIN)) == 0);
    json_object_put(second);
    ppt_configs_free(&again);
    json_object_put(item.value);
    ppt_source_free(&source);
    json_object_put(object);
}

static void check(struct ppt_configs *configs)
{
    static const unsigned cores[] = {4};
    const struct ppt_cpus cpus = {.logical = 8, .landmarks = cores, .landmark_count = 1};
    struct ppt_error error = {""};

    for (size_t i = 0; i < configs->count; i++) {
        struct ppt_config *config = &configs->items[i];

        MUST(ppt_config_settle(config, &cpus, &error) == PPT_OK);
        MUST(config->point_count > 0 && config->inner_count > 0);
        MUST(ppt_plan_passes(config) > 0);
        ppt_plan_check_needs(config, (uint64_t)1 << 34, (uint64_t)1 << 34, &error);
        check_round_trip(config);
    }
}

static void read_file(const uint8_t *data, size_t size)
{
    const struct input input = input_open(data, size);
    struct ppt_configs configs = {0};
    struct ppt_error error = {""};
    const enum ppt_status status = ppt_configs_load(input.path, NULL, &configs, &error);

    MUST((status == PPT_OK) == (configs.count > 0));
    MUST(status == PPT_OK || error.text[0]);
    check(&configs);
    ppt_configs_free(&configs);
    input_close(&input);
}

static void read_option(const uint8_t *data, size_t size, const char *option, const char *key)
{
    struct ppt_overrides *overrides = ppt_overrides_create();
    char *text = strndup((const char *)data, size);
    struct ppt_configs configs = {0};
    struct ppt_error error = {""};
    enum ppt_status status = ppt_overrides_add(overrides, "--task", "task", "\"sort\"", &error);

    MUST(status == PPT_OK && text);
    status = ppt_overrides_add(overrides, option, key, text, &error);
    if (status == PPT_OK) {
        status = ppt_configs_load(NULL, overrides, &configs, &error);
    }
    MUST(status == PPT_OK || error.text[0]);
    check(&configs);
    ppt_configs_free(&configs);
    ppt_overrides_destroy(overrides);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_file(data, size);
    read_option(data, size, "--task-args", "task_args");
    read_option(data, size, "--workers", "workers");
    return 0;
}
