#include "configs.h"

#include <string.h>

struct ppt_configs configs_load(const char *text)
{
    struct ppt_configs configs = {0};
    struct ppt_error error = {""};

    place_put("c.json", text);
    if (ppt_configs_load("c.json", NULL, &configs, &error) != PPT_OK) {
        fail_msg("%s: %s", text, error.text);
    }
    return configs;
}

void configs_refuse(const char *text, const char *message)
{
    struct ppt_configs configs = {0};
    struct ppt_error error = {""};

    place_put("c.json", text);
    if (ppt_configs_load("c.json", NULL, &configs, &error) != PPT_BAD_INPUT) {
        fail_msg("%s was not refused", text);
    }
    assert_int_equal(configs.count, 0);
    if (strncmp(error.text, message, strlen(message)) != 0) {
        fail_msg("of %s: %s, not %s", text, error.text, message);
    }
}

void configs_workers(const struct ppt_config *config, const unsigned *workers, size_t count)
{
    assert_int_equal(config->point_count, count);
    assert_int_equal(config->inner_count, 1);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(config->points[i].workers, workers[i]);
        assert_int_equal(config->points[i].inner_threads, config->inner_threads[0]);
    }
}
