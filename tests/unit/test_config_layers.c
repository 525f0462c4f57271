/*
 * What lies over what in a configuration: options over runs over outer keys; and suites of runs.
 */
#include <string.h>

#include "configs.h"

/* ---- layers ---- */

static void add(struct ppt_overrides *overrides, const char *option, const char *key,
                const char *json)
{
    struct ppt_error error = {""};

    require(ppt_overrides_add(overrides, option, key, json, &error), &error);
}

static void overrides_lie_over_runs_over_outer_keys(void **state)
{
    static const unsigned outer[] = {0, 1}, inner[] = {0, 2};
    struct ppt_overrides *overrides = ppt_overrides_create();
    struct ppt_configs configs = {0};
    struct ppt_error error = {""};

    (void)state;
    place_put("c.json",
              "{\"task\": \"sum\", \"task_args\": [10], \"task_count\": 3, \"iterations\": 5,\n"
              "\"workers\": [0, 1],\n"
              "\"runs\": [{}, {\"workers\": [2, 0], \"iterations\": 6, \"task_count\": 4}]}");
    add(overrides, "--task-count", "task_count", "8");
    add(overrides, "--seed", "seed", "1");
    add(overrides, "--seed", "seed", "2"); /* the later one wins */
    require(ppt_configs_load("c.json", overrides, &configs, &error), &error);
    assert_int_equal(configs.count, 2);
    configs_workers(&configs.items[0], outer, 2);
    configs_workers(&configs.items[1], inner, 2);
    assert_int_equal(configs.items[0].blocks, 5);
    assert_int_equal(configs.items[1].blocks, 6);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(configs.items[i].task_count, 8);
        assert_int_equal(configs.items[i].seed, 2);
        assert_int_equal(configs.items[i].uses[0].args[0].integer, 10);
    }
    ppt_configs_free(&configs);
    ppt_overrides_destroy(overrides);
    ppt_overrides_destroy(NULL);
}

static void overrides_alone_make_one_configuration(void **state)
{
    static const unsigned workers[] = {0, 1, 4};
    struct ppt_overrides *overrides = ppt_overrides_create();
    struct ppt_configs configs = {0};
    struct ppt_error error = {""};

    (void)state;
    assert_int_equal(ppt_configs_load(NULL, overrides, &configs, &error), PPT_BAD_INPUT);
    assert_non_null(strstr(error.text, "task"));
    add(overrides, "--workers", "workers", "[4, 1, 0]");
    add(overrides, "--task", "task", "\"sort\"");
    add(overrides, "--task-args", "task_args", "[777]");
    require(ppt_configs_load(NULL, overrides, &configs, &error), &error);
    assert_int_equal(configs.count, 1);
    assert_string_equal(configs.items[0].task, "sort");
    assert_int_equal(configs.items[0].uses[0].args[0].integer, 777);
    configs_workers(&configs.items[0], workers, 3);
    ppt_configs_free(&configs);
    ppt_overrides_destroy(overrides);
}

static void wrong_overrides_name_the_option(void **state)
{
    struct ppt_overrides *overrides = ppt_overrides_create();
    struct ppt_configs configs = {0};
    struct ppt_error error = {""};

    (void)state;
    assert_int_equal(ppt_overrides_add(overrides, "--workers", "workers", "[1,", &error),
                     PPT_BAD_INPUT);
    assert_memory_equal(error.text, "--workers: ", 11);
    add(overrides, "--task", "task", "\"sum\"");
    add(overrides, "--workers", "workers", "[0, -2]");
    assert_int_equal(ppt_configs_load(NULL, overrides, &configs, &error), PPT_BAD_INPUT);
    assert_string_equal(error.text, "--workers: [1]: -2 is below 0");
    place_put("c.json", "{\"task\": \"sum\", \"workers\": [0]}");
    assert_int_equal(ppt_configs_load("c.json", overrides, &configs, &error), PPT_BAD_INPUT);
    assert_string_equal(error.text, "--workers: [1]: -2 is below 0");
    assert_int_equal(configs.count, 0);
    ppt_overrides_destroy(overrides);
}

/* A value is one value: it cannot bring other keys along. */
static void overrides_are_single_values(void **state)
{
    struct ppt_overrides *overrides = ppt_overrides_create();
    struct ppt_error error = {""};

    (void)state;
    assert_int_equal(ppt_overrides_add(overrides, "--seed", "seed", "1 2", &error), PPT_BAD_INPUT);
    assert_int_equal(ppt_overrides_add(overrides, "--seed", "seed", "", &error), PPT_BAD_INPUT);
    assert_int_equal(ppt_overrides_add(overrides, "--seed", "seed", "1, \"task\": \"sum\"", &error),
                     PPT_BAD_INPUT);
    ppt_overrides_destroy(overrides);
}

/* Arguments below the layer that names the task were meant for another task. */
static void arguments_of_another_task_are_ignored(void **state)
{
    struct ppt_overrides *overrides = ppt_overrides_create();
    struct ppt_configs configs = {0};
    struct ppt_error error = {""};

    (void)state;
    place_put("c.json", "{\"task\": \"sort\", \"task_args\": [10],\n"
                        "\"runs\": [{\"task\": \"tensor\"}, {\"task\": \"sort\"},\n"
                        "{\"task_args\": [20]}, {\"task\": \"sum\", \"task_args\": [30]}]}");
    require(ppt_configs_load("c.json", NULL, &configs, &error), &error);
    assert_string_equal(configs.items[0].details, "256x50");
    assert_int_equal(configs.items[1].uses[0].args[0].integer, 1000000);
    assert_int_equal(configs.items[2].uses[0].args[0].integer, 20);
    assert_int_equal(configs.items[3].uses[0].args[0].integer, 30);
    ppt_configs_free(&configs);

    add(overrides, "--task", "task", "\"multi\"");
    require(ppt_configs_load("c.json", overrides, &configs, &error), &error);
    for (size_t i = 0; i < configs.count; i++) {
        assert_string_equal(configs.items[i].task, "multi");
        assert_string_equal(configs.items[i].details, "200000");
    }
    ppt_configs_free(&configs);
    ppt_overrides_destroy(overrides);
}

/* Options are one layer to the user: their order must not matter. */
static void task_and_arguments_as_options_in_any_order(void **state)
{
    struct ppt_configs configs = {0};
    struct ppt_error error = {""};

    (void)state;
    for (int first = 0; first < 2; first++) {
        struct ppt_overrides *overrides = ppt_overrides_create();

        for (int i = 0; i < 2; i++) {
            if (i == first) {
                add(overrides, "--task", "task", "\"sum\"");
            } else {
                add(overrides, "--task-args", "task_args", "[123]");
            }
        }
        require(ppt_configs_load(NULL, overrides, &configs, &error), &error);
        assert_string_equal(configs.items[0].details, "123");
        ppt_configs_free(&configs);
        ppt_overrides_destroy(overrides);
    }
}

/* ---- suites ---- */

static void suites_append_their_runs(void **state)
{
    struct ppt_configs configs = {0};
    struct ppt_error error = {""};

    (void)state;
    place_put("one.json", "{\"task\": \"sum\"}");
    place_put("suite.json",
              "{\"iterations\": 3, \"runs\": [{\"task\": \"sum\"}, {\"task\": \"sort\"},\n"
              "{\"task\": \"multi\", \"iterations\": 4}]}");
    require(ppt_configs_load("one.json", NULL, &configs, &error), &error);
    require(ppt_configs_load("suite.json", NULL, &configs, &error), &error);
    assert_int_equal(configs.count, 4);
    assert_string_equal(configs.items[0].origin, "one.json");
    assert_string_equal(configs.items[1].origin, "suite.json: runs[0]");
    assert_string_equal(configs.items[3].origin, "suite.json: runs[2]");
    assert_string_equal(configs.items[2].task, "sort");
    assert_int_equal(configs.items[2].blocks, 3);
    assert_int_equal(configs.items[3].blocks, 4);
    /* Nothing is appended by a file that is wrong in its last run. */
    place_put("wrong.json",
              "{\"runs\": [{\"task\": \"sum\"},\n {\"task\": \"sum\", \"workers\": [-1]}]}");
    assert_int_equal(ppt_configs_load("wrong.json", NULL, &configs, &error), PPT_BAD_INPUT);
    assert_string_equal(error.text, "wrong.json:2:30: runs[1].workers[0]: -1 is below 0");
    assert_int_equal(configs.count, 4);
    assert_string_equal(configs.items[3].task, "multi");
    ppt_configs_free(&configs);
}

static void wrong_suites_are_refused(void **state)
{
    static const char *const cases[][2] = {
        {"{\"runs\": {}}", "c.json:1:10: runs: "},
        {"{\"runs\": []}", "c.json:1:10: runs: "},
        {"{\"runs\": [1]}", "c.json:1:11: runs[0]: "},
        {"{\"task\": \"sum\", \"runs\": [{\"runs\": []}]}", "c.json:1:2"},
        {"{\"runs\": [{\"task\": \"sum\"}, {\"workers\": [1]}]}", "c.json:1:28: runs[1]: \"task\""},
        {"{\"runs\": [{\"task\": \"sum\", \"worker\": [1]}]}", "c.json:1:37: runs[0].worker: "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        configs_refuse(cases[i][0], cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(overrides_lie_over_runs_over_outer_keys),
        PLACED(overrides_alone_make_one_configuration),
        PLACED(wrong_overrides_name_the_option),
        PLACED(overrides_are_single_values),
        PLACED(arguments_of_another_task_are_ignored),
        PLACED(task_and_arguments_as_options_in_any_order),
        PLACED(suites_append_their_runs),
        PLACED(wrong_suites_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
