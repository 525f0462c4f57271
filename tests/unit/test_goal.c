/*
 * Objectives, limits of memory and arrivals in configurations: what is read, kept and refused.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "configs.h"
#include "vary.h"

/* Written back and read again it must be the same. */
static void recorded(const struct ppt_config *config, const char *key, const char *value)
{
    json_object *object = ppt_config_to_json(config);
    json_object *member = json_object_object_get(object, key);

    assert_string_equal(
        member ? json_object_to_json_string_ext(member, JSON_C_TO_STRING_PLAIN) : "", value);
    json_object_put(object);
}

static void objectives_are_read(void **state)
{
    struct ppt_configs configs = configs_load(
        "{\"task\": \"sum\", \"workers\": [0, 1], \"objective\": {\"each_at_most\": 1.05}}");

    (void)state;
    assert_int_equal(configs.items[0].goal.kind, PPT_GOAL_EACH);
    assert_true(configs.items[0].goal.each_at_most == 1.05);
    recorded(&configs.items[0], "objective", "{\"each_at_most\":1.05}");
    ppt_configs_free(&configs);

    configs = configs_load("{\"task\": \"sum\", \"workers\": [0, 1], \"objective\": "
                           "{\"cheapest\": {\"per_worker_hour\": 0.04}}}");
    assert_int_equal(configs.items[0].goal.kind, PPT_GOAL_CHEAPEST);
    assert_true(configs.items[0].goal.per_hour == 0);
    assert_true(configs.items[0].goal.per_worker_hour == 0.04);
    ppt_configs_free(&configs);

    configs = configs_load("{\"task\": \"sum\", \"workers\": [0, 1]}");
    assert_int_equal(configs.items[0].goal.kind, PPT_GOAL_TIME);
    recorded(&configs.items[0], "objective", "");
    recorded(&configs.items[0], "arrivals", "");
    recorded(&configs.items[0], "memory_limit", "");
    ppt_configs_free(&configs);
}

static void wrong_objectives_are_refused(void **state)
{
    (void)state;
    configs_refuse("{\"task\": \"sum\", \"objective\": {}}",
                   "c.json:1:30: objective: must be an object with one key");
    configs_refuse("{\"task\": \"sum\", \"objective\": {\"each_at_most\": 0.9}}",
                   "c.json:1:47: objective.each_at_most: 0.9 is below 1");
    configs_refuse("{\"task\": \"sum\", \"objective\": {\"cheapes\": {}}}",
                   "c.json:1:42: objective.cheapes: unknown key; did you mean \"cheapest\"?");
    configs_refuse("{\"task\": \"sum\", \"objective\": {\"cheapest\": {}}}",
                   "c.json:1:43: objective.cheapest: costs nothing");
    configs_refuse("{\"task\": \"sum\", \"objective\": {\"latency\": {\"percentile\": 99}}}",
                   "c.json:1:42: objective.latency: says no limit");
    configs_refuse("{\"task\": \"sum\", \"objective\": {\"latency\": {\"at_most\": \"50mm\"}}}",
                   "c.json:1:54: objective.latency.at_most: \"50mm\" is no amount");
    configs_refuse("{\"task\": \"sum\", \"objective\": {\"latency\": {\"at_most\": \"50ms\"}}}",
                   "c.json:1:30: objective: latency is that of tasks that arrive");
    configs_refuse("{\"task\": \"sum\", \"vary\": {\"iterations\": [1000, 2000]}, \"objective\": "
                   "{\"each_at_most\": 1.05}}",
                   "c.json:1:68: objective: does not go with \"vary\"");
}

static void amounts_have_units(void **state)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } amounts[] = {{"\"2GiB\"", 2147483648},
                   {"\"2 GB\"", 2147483648},
                   {"\"1.5M\"", 1572864},
                   {"1048576", 1048576}};

    (void)state;
    for (size_t i = 0; i < COUNT(amounts); i++) {
        char text[128];

        snprintf(text, sizeof(text), "{\"task\": \"sum\", \"workers\": [0], \"memory_limit\": %s}",
                 amounts[i].text);
        struct ppt_configs configs = configs_load(text);
        assert_int_equal(configs.items[0].memory_limit, amounts[i].bytes);
        ppt_configs_free(&configs);
    }
    configs_refuse(
        "{\"task\": \"sum\", \"memory_limit\": \"2 apples\"}",
        "c.json:1:33: memory_limit: \"2 apples\" is no amount; say one such as \"2GiB\"");
    configs_refuse("{\"task\": \"sum\", \"memory_limit\": \"1KiB\"}",
                   "c.json:1:33: memory_limit: 1KiB is below 1.04858e+06 B");
    configs_refuse("{\"task\": \"sum\", \"memory_limit\": \"0x10\"}",
                   "c.json:1:33: memory_limit: \"0x10\" is no amount");
}

static void arrivals_are_read(void **state)
{
    struct ppt_configs configs = configs_load(
        "{\"task\": \"wait\", \"workers\": [1], \"arrivals\": {\"rate\": 300}, \"objective\": "
        "{\"latency\": {\"percentile\": 99.9, \"at_most\": \"50ms\"}}}");

    (void)state;
    assert_int_equal(configs.items[0].arrivals.process, PPT_ARRIVALS_POISSON);
    assert_true(configs.items[0].goal.at_most_s == 0.05);
    /* As many as that percentile needs. */
    assert_int_equal(configs.items[0].task_count, 10000);
    recorded(&configs.items[0], "arrivals", "{\"rate\":300,\"process\":\"poisson\"}");
    recorded(&configs.items[0], "objective",
             "{\"latency\":{\"percentile\":99.9,\"at_most\":0.05}}");
    ppt_configs_free(&configs);

    configs = configs_load("{\"task\": \"wait\", \"workers\": [1], "
                           "\"arrivals\": {\"process\": [0, 0.5, 0.5, 2]}}");
    assert_int_equal(configs.items[0].arrivals.process, PPT_ARRIVALS_RECORDED);
    assert_int_equal(configs.items[0].task_count, 4);
    recorded(&configs.items[0], "arrivals", "{\"rate\":0,\"process\":[0,0.5,0.5,2]}");
    ppt_configs_free(&configs);
}

/* What varies, in ascending order; each is a task of its own rate. */
static void several_rates_vary(void **state)
{
    struct ppt_configs configs = configs_load(
        "{\"task\": \"wait\", \"workers\": [1, 2], \"arrivals\": {\"rate\": [200, 50, \"1-2\"]}, "
        "\"objective\": {\"latency\": {\"percentile\": 90, \"at_most\": 1}}}");
    const struct ppt_config *config = &configs.items[0];
    const double rates[] = {1, 2, 50, 200};
    struct ppt_more_sizes more = {.block = 4, .values = (double[]){100}, .count = 1};
    struct ppt_error error;

    (void)state;
    assert_true(config->rates);
    assert_int_equal(config->axis_count, 1);
    assert_int_equal(config->variant_count, COUNT(rates));
    assert_int_equal(config->point_count, 2 * COUNT(rates));
    assert_int_equal(config->task_count, 100);
    for (size_t i = 0; i < config->point_count; i++) {
        struct ppt_point points[2 * COUNT(rates)];
        const struct ppt_point point = config->points[i];
        const struct ppt_config alone = ppt_config_of_variant(config, point.size, points);

        assert_true(ppt_config_arrivals(config, point).rate == rates[i / 2]);
        assert_true(ppt_config_arrivals(&alone, ppt_point_of_variant(point)).rate == rates[i / 2]);
    }
    recorded(config, "arrivals", "{\"rate\":[1,2,50,200],\"process\":\"poisson\"}");
    recorded(config, "vary", "");

    /* What is added has not to be whole as the others are, and comes last. */
    more.values[0] = 70.5;
    require(ppt_config_add_sizes(&configs.items[0], &more, &error), &error);
    recorded(config, "arrivals", "{\"rate\":[1,2,50,200,70.5],\"process\":\"poisson\"}");
    more.values[0] = 0;
    assert_int_equal(ppt_config_add_sizes(&configs.items[0], &more, &error), PPT_BAD_INPUT);
    assert_string_equal(error.text, "0 is no rate of arrivals");
    ppt_configs_free(&configs);
}

static void wrong_arrivals_are_refused(void **state)
{
    (void)state;
    configs_refuse("{\"task\": \"wait\", \"arrivals\": {}}",
                   "c.json:1:30: arrivals: needs a rate or a list of times");
    configs_refuse("{\"task\": \"wait\", \"arrivals\": {\"rate\": 1, \"process\": [1]}}",
                   "c.json:1:30: arrivals: needs a rate or a list of times");
    configs_refuse("{\"task\": \"wait\", \"arrivals\": {\"process\": [1, 0.5]}}",
                   "c.json:1:46: arrivals.process[1]: is before the time in front of it");
    configs_refuse("{\"task\": \"wait\", \"arrivals\": {\"process\": \"bursty\"}}",
                   "c.json:1:42: arrivals.process: \"bursty\" is not");
    configs_refuse("{\"task\": \"wait\", \"task_count\": 5, \"arrivals\": {\"process\": [1, 2]}}",
                   "c.json:1:32: task_count: is more than the 2 times");
    configs_refuse("{\"task\": \"wait\", \"task_count\": 999, \"arrivals\": {\"rate\": 9}, "
                   "\"objective\": {\"latency\": {\"at_most\": 1}}}",
                   "c.json: 999 tasks do not tell percentile 99 of their latency: it takes 1000");
    configs_refuse("{\"task\": \"wait\", \"arrivals\": {\"rate\": 9}, "
                   "\"objective\": {\"cheapest\": {\"per_hour\": 1}}}",
                   "c.json:1:56: objective: does not go with \"arrivals\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(objectives_are_read),        PLACED(wrong_objectives_are_refused),
        PLACED(amounts_have_units),         PLACED(arrivals_are_read),
        PLACED(wrong_arrivals_are_refused), PLACED(several_rates_vary),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
