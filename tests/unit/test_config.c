/*
 * From a file and options to a checked configuration, and back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config.h"
#include "file.h"
#include "item.h"
#include "place.h"
#include "registry.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PATH 256

static void require(enum ppt_status status, const struct ppt_error *error)
{
    if (status != PPT_OK) {
        fail_msg("status %d: %s", (int)status, error->text);
    }
}

static void put(const char *path, const char *text)
{
    struct ppt_error error = {""};

    require(ppt_file_write(path, text, strlen(text), &error), &error);
}

/* Loads the text as c.json. */
static struct ppt_configs load(const char *text)
{
    struct ppt_configs configs = {0};
    struct ppt_error error = {""};

    put("c.json", text);
    if (ppt_configs_load("c.json", NULL, &configs, &error) != PPT_OK) {
        fail_msg("%s: %s", text, error.text);
    }
    return configs;
}

static void check_refused(const char *text, const char *message)
{
    struct ppt_configs configs = {0};
    struct ppt_error error = {""};

    put("c.json", text);
    if (ppt_configs_load("c.json", NULL, &configs, &error) != PPT_BAD_INPUT) {
        fail_msg("%s was not refused", text);
    }
    assert_int_equal(configs.count, 0);
    if (strncmp(error.text, message, strlen(message)) != 0) {
        fail_msg("of %s: %s, not %s", text, error.text, message);
    }
}

/* Of configurations with one number of inner threads. */
static void check_workers(const struct ppt_config *config, const unsigned *workers, size_t count)
{
    assert_int_equal(config->point_count, count);
    assert_int_equal(config->inner_count, 1);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(config->points[i].workers, workers[i]);
        assert_int_equal(config->points[i].inner_threads, config->inner_threads[0]);
    }
}

/* ---- keys ---- */

static void defaults(void **state)
{
    struct ppt_configs configs = load("{\"task\": \"sum\"}");
    const struct ppt_config *c = configs.items;

    (void)state;
    assert_int_equal(configs.count, 1);
    assert_string_equal(c->task, "sum");
    assert_string_equal(c->details, "1000000");
    assert_false(c->mix);
    assert_int_equal(c->use_count, 1);
    assert_string_equal(c->uses[0].kernel->name, "sum");
    assert_int_equal(c->uses[0].args[0].integer, 1000000);
    assert_true(c->workers_auto);
    assert_int_equal(c->point_count, 0);
    assert_int_equal(c->inner_threads[0], 1);
    assert_false(c->seed_given);
    assert_int_equal(c->blocks, 10);
    assert_int_equal(c->warmup, 1);
    assert_false(c->adaptive);
    assert_true(c->wait_after_pass_s == 0.0 && c->wait_after_block_s == 0.0);
    assert_false(c->trim_after_block);
    assert_int_equal(c->schedule.kind, PPT_SCHEDULE_DYNAMIC);
    assert_int_equal(c->schedule.chunk, 1);
    assert_int_equal(c->placement, PPT_PLACEMENT_NONE);
    assert_int_equal(c->memory, PPT_MEMORY_REUSE);
    assert_null(c->warning);
    assert_non_null(strstr(c->origin, "c.json"));
    ppt_configs_free(&configs);
}

static void every_key(void **state)
{
    static const unsigned workers[] = {0, 1, 2, 5};
    struct ppt_configs configs =
        load("{\"iterations\": 7, \"task\": \"sort\", \"task_args\": [1234], \"task_count\": 9,\n"
             "\"workers\": [5, 0, 2, 1], \"wait_time_after_runner\": 0.5,\n"
             "\"wait_time_after_iteration\": 2, \"gc_after_iteration\": true,\n"
             "\"multiprocessing_start_method\": null, \"inner_threads\": 3,\n"
             "\"schedule\": \"guided,4\", \"placement\": \"spread\", \"memory\": \"fresh\",\n"
             "\"warmup\": 0, \"seed\": 42, \"tolerance\": 0.1, \"$schema\": \"schema.json\"}");
    const struct ppt_config *c = configs.items;

    (void)state;
    assert_int_equal(c->blocks, 7);
    assert_string_equal(c->task, "sort");
    assert_string_equal(c->details, "1234");
    assert_int_equal(c->uses[0].args[0].integer, 1234);
    assert_int_equal(c->task_count, 9);
    assert_int_equal(c->inner_threads[0], 3);
    check_workers(c, workers, COUNT(workers));
    assert_false(c->workers_auto);
    assert_true(c->wait_after_pass_s == 0.5);
    assert_true(c->wait_after_block_s == 2.0);
    assert_true(c->trim_after_block);
    assert_null(c->warning);
    assert_int_equal(c->schedule.kind, PPT_SCHEDULE_GUIDED);
    assert_int_equal(c->schedule.chunk, 4);
    assert_int_equal(c->placement, PPT_PLACEMENT_SPREAD);
    assert_int_equal(c->memory, PPT_MEMORY_FRESH);
    assert_int_equal(c->warmup, 0);
    assert_true(c->seed_given);
    assert_int_equal(c->seed, 42);
    assert_true(c->tolerance == 0.1);
    ppt_configs_free(&configs);
}

static void precision_makes_it_adaptive(void **state)
{
    struct ppt_configs configs =
        load("{\"task\": \"sum\", \"precision\": {\"relative_ci\": 0.03, \"max_seconds\": 77}}");

    (void)state;
    assert_true(configs.items[0].adaptive);
    assert_true(configs.items[0].relative_ci == 0.03);
    assert_true(configs.items[0].max_seconds == 77.0);
    ppt_configs_free(&configs);
    configs = load("{\"task\": \"sum\", \"precision\": null}");
    assert_false(configs.items[0].adaptive);
    ppt_configs_free(&configs);
    check_refused("{\"task\": \"sum\", \"precision\": 0.02}", "c.json:1:30: precision: ");
    check_refused("{\"task\": \"sum\", \"precision\": {\"max_second\": 1}}",
                  "c.json:1:45: precision.max_second: unknown key; did you mean \"max_seconds\"?");
}

static void schedules(void **state)
{
    static const struct {
        const char *text;
        enum ppt_schedule_kind kind;
        unsigned chunk;
    } cases[] = {
        {"static", PPT_SCHEDULE_STATIC, 0},       {"dynamic", PPT_SCHEDULE_DYNAMIC, 0},
        {"guided", PPT_SCHEDULE_GUIDED, 0},       {"static,3", PPT_SCHEDULE_STATIC, 3},
        {"dynamic,16", PPT_SCHEDULE_DYNAMIC, 16},
    };
    static const char *const wrong[] = {"statics",    "dynamic,",   "dynamic,0",
                                        "dynamic,-1", "dynamic,1x", "dynamic,1,2",
                                        "",           ",1",         "auto"};
    char text[PATH];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        snprintf(text, sizeof(text), "{\"task\": \"sum\", \"schedule\": \"%s\"}", cases[i].text);
        struct ppt_configs configs = load(text);
        assert_int_equal(configs.items[0].schedule.kind, cases[i].kind);
        /* "dynamic" may say its chunk of 1 or leave it to the runtime, for which it is 1, too. */
        assert_true(configs.items[0].schedule.chunk == cases[i].chunk ||
                    (cases[i].chunk == 0 && cases[i].kind == PPT_SCHEDULE_DYNAMIC &&
                     configs.items[0].schedule.chunk == 1));
        ppt_configs_free(&configs);
    }
    for (size_t i = 0; i < COUNT(wrong); i++) {
        snprintf(text, sizeof(text), "{\"task\": \"sum\", \"schedule\": \"%s\"}", wrong[i]);
        check_refused(text, "c.json:1:29: ");
    }
}

/* The original's file: its key is there, and says something only for processes. */
static void start_method_gets_a_warning(void **state)
{
    struct ppt_configs configs = load(
        "{\"iterations\": 2, \"task\": \"sum\", \"task_args\": [1000], \"task_count\": 4,\n"
        "\"workers\": [0, 2], \"wait_time_after_runner\": 0, \"wait_time_after_iteration\": 0,\n"
        "\"gc_after_iteration\": false, \"multiprocessing_start_method\": \"spawn\"}");

    (void)state;
    assert_non_null(configs.items[0].warning);
    assert_non_null(strstr(configs.items[0].warning, "multiprocessing_start_method"));
    ppt_configs_free(&configs);
}

/* What the original's own defaults are: null, where nothing is to be waited for. */
static void null_leaves_a_key_out(void **state)
{
    struct ppt_configs configs = load(
        "{\"task\": \"sum\", \"wait_time_after_runner\": 2, \"wait_time_after_iteration\": 3,\n"
        "\"gc_after_iteration\": true, \"runs\": [{}, {\"wait_time_after_runner\": null,\n"
        "\"wait_time_after_iteration\": null, \"gc_after_iteration\": null,\n"
        "\"multiprocessing_start_method\": null}]}");
    const struct ppt_config *c = configs.items;

    (void)state;
    assert_int_equal(configs.count, 2);
    assert_true(c[0].wait_after_pass_s == 2 && c[0].wait_after_block_s == 3);
    assert_true(c[0].trim_after_block);
    assert_true(c[1].wait_after_pass_s == 0 && c[1].wait_after_block_s == 0);
    assert_false(c[1].trim_after_block);
    assert_null(c[1].warning);
    ppt_configs_free(&configs);
}

/* As the original, which has one runner for each number. */
static void repeated_counts_are_one(void **state)
{
    struct ppt_configs configs =
        load("{\"task\": \"sort\", \"workers\": [2, 0, 2.0, 1, 0], \"inner_threads\": [4, 1, 4]}");
    const struct ppt_config *c = configs.items;

    (void)state;
    assert_int_equal(c->worker_count, 3);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(c->workers[i], i);
    }
    assert_int_equal(c->inner_count, 2);
    assert_int_equal(c->inner_threads[0], 1);
    assert_int_equal(c->inner_threads[1], 4);
    assert_int_equal(c->point_count, 6);
    assert_string_equal(
        c->warning,
        "c.json:1:65: inner_threads: some are in the list more than once; each is measured as one; "
        "c.json:1:29: workers: some are in the list more than once; each is measured as one");
    ppt_configs_free(&configs);
}

static void numbers_may_be_written_in_any_way(void **state)
{
    struct ppt_configs configs = load(
        "{\"task\": \"sum\", \"task_args\": [1e6], \"task_count\": 20.0, \"iterations\": 2E+1}");

    (void)state;
    assert_int_equal(configs.items[0].uses[0].args[0].integer, 1000000);
    assert_int_equal(configs.items[0].task_count, 20);
    assert_int_equal(configs.items[0].blocks, 20);
    ppt_configs_free(&configs);
    configs = load("{\"task\": \"sum\", \"seed\": 9007199254740991}");
    assert_true(configs.items[0].seed == UINT64_C(9007199254740991));
    ppt_configs_free(&configs);
}

static void wrong_keys_and_values_are_named(void **state)
{
    static const char *const cases[][2] = {
        {"{\"task\": \"sum\",\n  \"workers\": [0, 1, 2, -2]}",
         "c.json:2:24: workers[3]: -2 is below 0"},
        {"{\"task\": \"sorr\"}", "c.json:1:10: task: no kernel \"sorr\"; did you mean \"sort\"?"},
        {"{\"task\": \"sum\", \"workers\": []}", "c.json:1:28: workers: "},
        {"{\"task\": \"sum\", \"workers\": 4}", "c.json:1:28: workers: "},
        {"{\"task\": \"sum\", \"workers\": \"many\"}", "c.json:1:28: workers: "},
        {"{\"task\": \"sum\", \"workers\": [0, 2000]}",
         "c.json:1:32: workers[1]: 2000 is above 1024"},
        {"{\"task\": \"sum\", \"workers\": [0, 1.5]}",
         "c.json:1:32: workers[1]: 1.5 is not a whole number"},
        {"{\"task\": \"sum\", \"workers\": [2, \"2\"]}", "c.json:1:32: workers[1]: "},
        {"{\"task\": \"sum\", \"workers\": [2, null]}", "c.json:1:32: workers[1]: "},
        {"{\"task\": \"sum\", \"iterations\": 0}", "c.json:1:31: iterations: 0 is below 1"},
        {"{\"task\": \"sum\", \"iterations\": 1e9}", "c.json:1:31: iterations: 1e9 is above"},
        {"{\"task\": \"sum\", \"iterations\": true}", "c.json:1:31: iterations: true is not"},
        {"{\"task\": \"sum\", \"task_count\": 0}", "c.json:1:31: task_count: 0 is below 1"},
        {"{\"task\": \"sum\", \"wait_time_after_runner\": -1}",
         "c.json:1:43: wait_time_after_runner: -1 is below 0"},
        {"{\"task\": \"sum\", \"gc_after_iteration\": 1}", "c.json:1:39: gc_after_iteration: 1 is"},
        {"{\"task\": \"sum\", \"placement\": \"far\"}", "c.json:1:30: placement: \"far\" is not"},
        {"{\"task\": \"sum\", \"memory\": \"fresch\"}", "c.json:1:27: memory: "},
        {"{\"task\": \"sum\", \"seed\": -1}", "c.json:1:25: seed: -1 is below 0"},
        {"{\"task\": \"sum\", \"seed\": 1e17}", "c.json:1:25: seed: 1e17 is above"},
        {"{\"task\": \"sum\", \"warmup\": -1}", "c.json:1:27: warmup: -1 is below 0"},
        {"{\"task\": \"sum\", \"inner_threads\": 0}", "c.json:1:34: inner_threads: 0 is below 1"},
        {"{\"task\": \"sum\", \"worker\": [1]}",
         "c.json:1:27: worker: unknown key; did you mean \"workers\"?"},
        {"{\"task\": \"sum\", \"colour\": 1}", "c.json:1:27: colour: unknown key"},
        {"{\"task\": 5}", "c.json:1:10: task: 5 is not a text"},
        {"[]", "c.json:1:1: "},
        {"{\"iterations\": 3}", "c.json:1:1: \"task\" is missing"},
        {"{\"task\": \"sum\", \"task_args\": [-1]}", "c.json:1:31: task_args[0]: -1 is below 0"},
        {"{\"task\": \"sum\", \"task_args\": {\"iteration\": 1}}",
         "c.json:1:44: task_args.iteration: unknown key; did you mean \"iterations\"?"},
        {"{\"task\": \"sum\", \"task_args\": [1, 2]}", "c.json:1:30: task_args: 2 arguments given"},
        {"{\"task\": \"tensor\", \"task_args\": [1]}", "c.json:1:33: task_args: 1 argument given"},
        {"{\"task\": \"sum\", \"task_args\": 7}", "c.json:1:30: task_args: "},
        {"{\"task\": \"random\", \"task_args\": [\"sum\", \"sorr\"]}",
         "c.json:1:41: task_args[1]: no kernel \"sorr\"; did you mean \"sort\"?"},
        {"{\"task\": \"random\", \"task_args\": [\"random\"]}",
         "c.json:1:34: task_args[0]: no kernel"},
        {"{\"task\": \"random\", \"task_args\": {\"a\": 1}}", "c.json:1:33: task_args: "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        check_refused(cases[i][0], cases[i][1]);
    }
}

static void a_missing_file_is_named(void **state)
{
    struct ppt_configs configs = {0};
    struct ppt_error error = {""};

    (void)state;
    assert_int_equal(ppt_configs_load("nowhere.json", NULL, &configs, &error), PPT_BAD_INPUT);
    assert_non_null(strstr(error.text, "nowhere.json"));
    assert_int_equal(configs.count, 0);
}

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
    put("c.json", "{\"task\": \"sum\", \"task_args\": [10], \"task_count\": 3, \"iterations\": 5,\n"
                  "\"workers\": [0, 1],\n"
                  "\"runs\": [{}, {\"workers\": [2, 0], \"iterations\": 6, \"task_count\": 4}]}");
    add(overrides, "--task-count", "task_count", "8");
    add(overrides, "--seed", "seed", "1");
    add(overrides, "--seed", "seed", "2"); /* the later one wins */
    require(ppt_configs_load("c.json", overrides, &configs, &error), &error);
    assert_int_equal(configs.count, 2);
    check_workers(&configs.items[0], outer, 2);
    check_workers(&configs.items[1], inner, 2);
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
    check_workers(&configs.items[0], workers, 3);
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
    put("c.json", "{\"task\": \"sum\", \"workers\": [0]}");
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
    put("c.json", "{\"task\": \"sort\", \"task_args\": [10],\n"
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
    put("one.json", "{\"task\": \"sum\"}");
    put("suite.json", "{\"iterations\": 3, \"runs\": [{\"task\": \"sum\"}, {\"task\": \"sort\"},\n"
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
    put("wrong.json",
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
        check_refused(cases[i][0], cases[i][1]);
    }
}

/* ---- arguments ---- */

static void check_details(const char *task, const char *args, const char *details)
{
    char text[2 * PATH];

    snprintf(text, sizeof(text), "{\"task\": \"%s\"%s%s}", task, args ? ", \"task_args\": " : "",
             args ? args : "");
    struct ppt_configs configs = load(text);
    assert_string_equal(configs.items[0].details, details);
    ppt_configs_free(&configs);
}

static int hash_of(const char *args)
{
    char text[2 * PATH];
    int choice;

    snprintf(text, sizeof(text), "{\"task\": \"password\"%s%s}", args ? ", \"task_args\": " : "",
             args ? args : "");
    struct ppt_configs configs = load(text);
    const struct ppt_use *use = &configs.items[0].uses[0];
    assert_string_equal(use->kernel->params[4].name, "hash");
    choice = use->args[4].choice;
    const char *name = use->kernel->params[4].choices[choice];
    choice = strcmp(name, "sha256") == 0 ? 256 : strcmp(name, "argon2id") == 0 ? 2 : 0;
    ppt_configs_free(&configs);
    return choice;
}

/* The original hashes with SHA-256, and its files have four arguments. */
static void four_arguments_of_password_mean_sha256(void **state)
{
    (void)state;
    assert_int_equal(hash_of("[5, 10, [12, 20], 0.8]"), 256);
    assert_int_equal(hash_of(NULL), 2);
    assert_int_equal(hash_of("{}"), 2);
    assert_int_equal(hash_of("{\"stored\": 7}"), 2);
    assert_int_equal(hash_of("{\"t_cost\": 1}"), 2);
    assert_int_equal(hash_of("{\"hash\": \"sha256\"}"), 256);
    assert_int_equal(hash_of("[5, 10, [12, 20], 0.8, {\"hash\": \"argon2id\"}]"), 2);
    assert_int_equal(hash_of("[5, 10, [12, 20], 0.8, {\"t_cost\": 1}]"), 2);
    assert_int_equal(hash_of("[5, 10, [12, 20], 0.8, {\"t_cost\": 1, \"lookup\": \"set\"}]"), 2);
    assert_int_equal(hash_of("[5, 10, [12, 20], 0.8, {\"lookup\": \"set\"}]"), 256);
    assert_int_equal(hash_of("[5, 10, [12, 20], 0.8, {}]"), 256);
    assert_int_equal(hash_of("[5, 10, [12, 20], 0.8, {\"hash\": \"sha256\"}]"), 256);
}

static void an_empty_list_of_arguments_is_the_defaults(void **state)
{
    (void)state;
    for (size_t i = 0; ppt_kernels[i]; i++) {
        char text[PATH];

        if (ppt_kernels[i]->missing) {
            continue;
        }
        snprintf(text, sizeof(text), "{\"task\": \"%s\"}", ppt_kernels[i]->name);
        struct ppt_configs without = load(text);
        snprintf(text, sizeof(text), "{\"task\": \"%s\", \"task_args\": []}", ppt_kernels[i]->name);
        struct ppt_configs empty = load(text);

        assert_string_equal(empty.items[0].details, without.items[0].details);
        ppt_configs_free(&without);
        ppt_configs_free(&empty);
    }
    assert_int_equal(hash_of("[]"), 2);
}

static void arguments_are_described_as_positional(void **state)
{
    (void)state;
    check_details("sum", NULL, "1000000");
    check_details("tensor", "[64, 3]", "64x3");
    check_details("tensor", "{\"count\": 3}", "256x3");
    check_details("password", "[100, 1000, [20, 20], 0.8]", "100/1000; [20, 20]; 0.8");
    check_details("password", "{\"lengths\": [3, 4], \"hash\": \"sha256\"}", "5/20; [3, 4]; 0.8");
    check_details("password", "[1, 2, [3, 4], 0.5, {\"lookup\": \"set\"}]",
                  "1/2; [3, 4]; 0.5; {lookup: set}");
    check_details("password", "[]", "5/20; [12, 20]; 0.8; {hash: argon2id}");
    check_details("password", "{\"lanes\": 2}", "5/20; [12, 20]; 0.8; {hash: argon2id, lanes: 2}");
    check_details("password", "{\"hash\": \"sha256\", \"t_cost\": 3}",
                  "5/20; [12, 20]; 0.8; {hash: sha256, t_cost: 3}");
    check_details("zip", "[50]", "50");
    check_details("zip", "[50, 6]", "50, 6");
    check_details("img", "[]", "landscape.png");
    check_details("random", "[]", "any");
    check_details("random", NULL, "any");
    check_details("random", "[\"sum\", \"sort\"]", "sum;sort");
}

static void wrong_arguments_are_named(void **state)
{
    static const char *const cases[][2] = {
        {"[5, 10, [20, 12], 0.8]", "c.json:1:43: task_args[2]: "},
        {"[5, 10, [12], 0.8]", "c.json:1:43: task_args[2]: "},
        {"[5, 10, 12, 0.8]", "c.json:1:43: task_args[2]: "},
        {"[5, 10, [-1, 12], 0.8]", "c.json:1:44: task_args[2][0]: -1 is below 0"},
        {"[5, 10, [12, 20], 1.5]", "c.json:1:53: task_args[3]: 1.5 is above 1"},
        {"[5, 10, [12, 20]]", "c.json:1:35: task_args: 3 arguments given"},
        {"[5, 10, [12, 20], 0.8, \"sha256\"]", "c.json:1:58: task_args[4]: "},
        {"[5, 10, [12, 20], 0.8, {\"hash\": \"md5\"}]", "c.json:1:67: task_args[4].hash: "},
        {"[5, 10, [12, 20], 0.8, {\"hesh\": \"sha256\"}]", "c.json:1:67: task_args[4].hesh: "},
        {"{\"lanes\": 0}", "c.json:1:45: task_args.lanes: 0 is below 1"},
        {"{\"hesh\": \"sha256\"}", "c.json:1:44: task_args.hesh: unknown key"},
    };
    char text[2 * PATH];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        snprintf(text, sizeof(text), "{\"task\": \"password\", \"task_args\": %s}", cases[i][0]);
        check_refused(text, cases[i][1]);
    }
}

static void files_are_looked_for_beside_the_configuration(void **state)
{
    struct ppt_configs configs = {0};
    struct ppt_error error = {""};

    (void)state;
    require(ppt_file_make_folders("sub/images", &error), &error);
    put("sub/images/a.png", "no image yet");
    put("b.png", "no image yet");
    put("sub/c.json", "{\"task\": \"img\", \"task_args\": [[\"images/a.png\", \"b.png\"]]}");
    require(ppt_configs_load("sub/c.json", NULL, &configs, &error), &error);
    const struct ppt_texts *paths = &configs.items[0].uses[0].args[0].paths;
    assert_int_equal(paths->count, 2);
    assert_int_equal(access(paths->items[0], R_OK), 0);
    assert_int_equal(access(paths->items[1], R_OK), 0);
    ppt_configs_free(&configs);
    put("sub/c.json", "{\"task\": \"img\", \"task_args\": [[\"images/a.png\", \"images/c.png\"]]}");
    assert_int_equal(ppt_configs_load("sub/c.json", NULL, &configs, &error), PPT_BAD_INPUT);
    assert_memory_equal(error.text, "sub/c.json:1:48: task_args[0][1]: ", 34);
    check_refused("{\"task\": \"img\", \"task_args\": [[]]}", "c.json:1:31: task_args[0]: ");
}

static void folders_are_no_files(void **state)
{
    struct ppt_error error = {""};

    (void)state;
    require(ppt_file_make_folders("sub", &error), &error);
    check_refused("{\"task\": \"img\", \"task_args\": [[\"sub\"]]}",
                  "c.json:1:32: task_args[0][0]: ");
}

static void a_mix_draws_from_the_kernels_named(void **state)
{
    struct ppt_configs configs =
        load("{\"task\": \"random\", \"task_args\": [\"sum\", \"sort\"], \"task_count\": 5}");
    const struct ppt_config *c = configs.items;

    (void)state;
    assert_true(c->mix);
    assert_string_equal(c->task, "random");
    assert_int_equal(c->use_count, 2);
    assert_string_equal(c->uses[0].kernel->name, "sum");
    assert_string_equal(c->uses[1].kernel->name, "sort");
    assert_int_equal(c->uses[1].args[0].integer, 1000000);
    ppt_configs_free(&configs);
    configs = load("{\"task\": \"random\", \"task_args\": []}");
    assert_true(configs.items[0].use_count >= 8);
    for (size_t i = 0; i < configs.items[0].use_count; i++) {
        assert_non_null(configs.items[0].uses[i].kernel->draw);
    }
    ppt_configs_free(&configs);
}

/* ---- settling ---- */

/* Lists end in 0. */
static void check_auto(unsigned logical, const unsigned *landmarks, const unsigned *workers,
                       size_t count)
{
    struct ppt_configs configs =
        load("{\"task\": \"sum\", \"workers\": \"auto\", \"inner_threads\": 2}");
    struct ppt_cpus cpus = {.logical = logical, .landmarks = landmarks};
    struct ppt_error error = {""};

    while (landmarks[cpus.landmark_count] > 0) {
        cpus.landmark_count++;
    }
    require(ppt_config_settle(configs.items, &cpus, &error), &error);
    check_workers(configs.items, workers, count);
    ppt_configs_free(&configs);
}

#define LIST(...) ((const unsigned[]){__VA_ARGS__})
#define CHECK_AUTO(logical, landmarks, ...)                                                        \
    check_auto(logical, landmarks, LIST(__VA_ARGS__), COUNT(LIST(__VA_ARGS__)))

static void automatic_workers_reach_both_cpu_counts(void **state)
{
    (void)state;
    CHECK_AUTO(1, LIST(1, 0), 0, 1);
    CHECK_AUTO(2, LIST(2, 0), 0, 1, 2);
    CHECK_AUTO(2, LIST(1, 0), 0, 1, 2);
    CHECK_AUTO(8, LIST(4, 0), 0, 1, 2, 4, 8);
    CHECK_AUTO(24, LIST(12, 0), 0, 1, 2, 4, 8, 12, 16, 24);
    CHECK_AUTO(6, LIST(6, 0), 0, 1, 2, 4, 6);
    CHECK_AUTO(0, LIST(0), 0, 1); /* nobody knows */
}

static void automatic_workers_stop_at_landmarks(void **state)
{
    (void)state;
    CHECK_AUTO(20, LIST(6, 14, 0), 0, 1, 2, 4, 6, 8, 14, 16, 20);
    CHECK_AUTO(8, LIST(1, 4, 8, 0), 0, 1, 2, 4, 8);
    CHECK_AUTO(16, LIST(9, 10, 12, 0), 0, 1, 2, 4, 8, 9, 10, 12, 16);
    CHECK_AUTO(3, LIST(6, 14, 0), 0, 1, 2, 3); /* a quota allows fewer */
    CHECK_AUTO(6, LIST(5, 5, 0), 0, 1, 2, 4, 5, 6);
}

static void given_workers_are_left_alone(void **state)
{
    static const unsigned workers[] = {3, 7};
    struct ppt_configs configs = load("{\"task\": \"sum\", \"workers\": [7, 3], \"seed\": 5}");
    struct ppt_error error = {""};

    (void)state;
    require(ppt_config_settle(configs.items, &(const struct ppt_cpus){.logical = 8}, &error),
            &error);
    check_workers(configs.items, workers, COUNT(workers));
    assert_int_equal(configs.items[0].seed, 5);
    ppt_configs_free(&configs);
}

/* Also: what is drawn can be written into a configuration. */
static void a_missing_seed_is_drawn(void **state)
{
    static const char *const texts[] = {"{\"task\": \"sum\"}",
                                        "{\"task\": \"sum\", \"seed\": null}"};
    uint64_t seeds[20];

    (void)state;
    for (size_t i = 0; i < COUNT(seeds); i++) {
        struct ppt_configs configs = load(texts[i % 2]);
        struct ppt_error error = {""};

        require(ppt_config_settle(configs.items, &(const struct ppt_cpus){.logical = 1}, &error),
                &error);
        seeds[i] = configs.items[0].seed;
        assert_true((double)seeds[i] <= PPT_LARGEST_WHOLE);
        for (size_t k = 0; k < i; k++) {
            assert_true(seeds[k] != seeds[i]);
        }
        ppt_configs_free(&configs);
    }
}

static void a_run_with_seed_null_lies_over_a_seed(void **state)
{
    struct ppt_configs configs =
        load("{\"task\": \"sum\", \"seed\": 1, \"runs\": [{\"seed\": null}, {}, {\"seed\": 0}]}");

    (void)state;
    assert_false(configs.items[0].seed_given);
    assert_true(configs.items[1].seed_given);
    assert_int_equal(configs.items[1].seed, 1);
    assert_true(configs.items[2].seed_given);
    assert_int_equal(configs.items[2].seed, 0);
    ppt_configs_free(&configs);
}

/* ---- and back ---- */

static void check_round_trip(const char *text)
{
    struct ppt_configs configs = load(text);
    struct ppt_error error = {""};

    require(ppt_config_settle(configs.items, &(const struct ppt_cpus){.logical = 8}, &error),
            &error);
    json_object *first = ppt_config_to_json(configs.items);
    struct ppt_configs again = load(json_object_to_json_string(first));
    assert_int_equal(again.count, 1);
    json_object *second = ppt_config_to_json(again.items);
    assert_string_equal(json_object_to_json_string(first), json_object_to_json_string(second));
    assert_true(again.items[0].seed == configs.items[0].seed);
    assert_int_equal(again.items[0].point_count, configs.items[0].point_count);
    assert_int_equal(again.items[0].use_count, configs.items[0].use_count);

    const struct ppt_source source = {.name = error.text, .text = error.text};
    const struct ppt_item item = {.value = first, .source = &source};
    struct ppt_configs recorded = {0};
    require(ppt_config_from_item(&item, &recorded, &error), &error);
    json_object *third = ppt_config_to_json(recorded.items);
    assert_string_equal(json_object_to_json_string(first), json_object_to_json_string(third));
    json_object_put(first);
    json_object_put(second);
    json_object_put(third);
    ppt_configs_free(&configs);
    ppt_configs_free(&again);
    ppt_configs_free(&recorded);
}

static void what_is_written_reads_back_equal(void **state)
{
    (void)state;
    put("a b.png", "");
    check_round_trip("{\"task\": \"sum\"}");
    check_round_trip("{\"task\": \"sum\", \"task_args\": [1e15], \"seed\": 9007199254740991}");
    check_round_trip(
        "{\"task\": \"tensor\", \"task_args\": {\"size\": 3}, \"workers\": [0, 1024],\n"
        "\"iterations\": 3, \"task_count\": 1e9, \"wait_time_after_runner\": 0.1,\n"
        "\"wait_time_after_iteration\": 1e-3, \"gc_after_iteration\": true,\n"
        "\"inner_threads\": 4, \"schedule\": \"static,7\", \"placement\": \"close\",\n"
        "\"memory\": \"fresh\", \"warmup\": 0, \"tolerance\": 0.07}");
    check_round_trip("{\"task\": \"sum\", \"schedule\": \"static\"}");
    check_round_trip("{\"task\": \"sum\", \"schedule\": \"guided\"}");
    check_round_trip("{\"task\": \"password\"}");
    check_round_trip("{\"task\": \"password\", \"task_args\": [5, 10, [12, 20], 0.3]}");
    check_round_trip("{\"task\": \"password\", \"task_args\": {\"t_cost\": 9}}");
    check_round_trip("{\"task\": \"zip\", \"task_args\": [3, 1, \"text\"]}");
    check_round_trip("{\"task\": \"wait\", \"task_args\": [0.1, 1e-3]}");
    check_round_trip("{\"task\": \"img\", \"task_args\": [[\"a b.png\"]]}");
    check_round_trip("{\"task\": \"img\"}");
    check_round_trip("{\"task\": \"random\", \"task_args\": [\"sum\", \"password\"]}");
    check_round_trip("{\"task\": \"random\"}");
    check_round_trip("{\"task\": \"sum\", \"precision\": {\"relative_ci\": 0.01}}");
    check_round_trip("{\"task\": \"sum\", \"precision\": {}, \"iterations\": 50}");
    check_round_trip("{\"task\": \"sum\", \"multiprocessing_start_method\": \"fork\"}");
}

/* Reports made from a recording must say what those of the run itself said. */
static void descriptions_read_back_equal(void **state)
{
    static const char *const texts[] = {
        "{\"task\": \"sum\"}",
        "{\"task\": \"password\"}",
        "{\"task\": \"password\", \"task_args\": [5, 10, [12, 20], 0.3]}",
        "{\"task\": \"zip\", \"task_args\": [3]}",
        "{\"task\": \"wait\", \"task_args\": [0.1]}",
        "{\"task\": \"random\", \"task_args\": [\"sum\", \"sort\"]}",
        "{\"task\": \"random\"}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct ppt_configs configs = load(texts[i]);
        struct ppt_error error = {""};

        require(ppt_config_settle(configs.items, &(const struct ppt_cpus){.logical = 8}, &error),
                &error);
        json_object *object = ppt_config_to_json(configs.items);
        struct ppt_configs again = load(json_object_to_json_string(object));
        assert_string_equal(configs.items[0].details, again.items[0].details);
        json_object_put(object);
        ppt_configs_free(&configs);
        ppt_configs_free(&again);
    }
}

static void written_configurations_have_every_key(void **state)
{
    static const char *const keys[] = {"iterations",
                                       "task",
                                       "task_args",
                                       "task_count",
                                       "workers",
                                       "wait_time_after_runner",
                                       "wait_time_after_iteration",
                                       "gc_after_iteration",
                                       "inner_threads",
                                       "schedule",
                                       "placement",
                                       "memory",
                                       "warmup",
                                       "seed",
                                       "tolerance"};
    struct ppt_configs configs = load("{\"task\": \"sum\"}");
    struct ppt_error error = {""};

    (void)state;
    require(ppt_config_settle(configs.items, &(const struct ppt_cpus){.logical = 1}, &error),
            &error);
    json_object *object = ppt_config_to_json(configs.items);
    for (size_t i = 0; i < COUNT(keys); i++) {
        json_object *member = NULL;

        if (!json_object_object_get_ex(object, keys[i], &member)) {
            fail_msg("\"%s\" is missing", keys[i]);
        }
    }
    json_object_put(object);
    ppt_configs_free(&configs);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, place_enter, place_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(defaults),
        TEST(every_key),
        TEST(precision_makes_it_adaptive),
        TEST(schedules),
        TEST(start_method_gets_a_warning),
        TEST(null_leaves_a_key_out),
        TEST(repeated_counts_are_one),
        TEST(an_empty_list_of_arguments_is_the_defaults),
        TEST(numbers_may_be_written_in_any_way),
        TEST(wrong_keys_and_values_are_named),
        TEST(a_missing_file_is_named),
        TEST(overrides_lie_over_runs_over_outer_keys),
        TEST(overrides_alone_make_one_configuration),
        TEST(wrong_overrides_name_the_option),
        TEST(overrides_are_single_values),
        TEST(arguments_of_another_task_are_ignored),
        TEST(task_and_arguments_as_options_in_any_order),
        TEST(suites_append_their_runs),
        TEST(wrong_suites_are_refused),
        TEST(four_arguments_of_password_mean_sha256),
        TEST(arguments_are_described_as_positional),
        TEST(wrong_arguments_are_named),
        TEST(files_are_looked_for_beside_the_configuration),
        TEST(folders_are_no_files),
        TEST(a_mix_draws_from_the_kernels_named),
        TEST(automatic_workers_reach_both_cpu_counts),
        TEST(automatic_workers_stop_at_landmarks),
        TEST(given_workers_are_left_alone),
        TEST(a_missing_seed_is_drawn),
        TEST(a_run_with_seed_null_lies_over_a_seed),
        TEST(what_is_written_reads_back_equal),
        TEST(descriptions_read_back_equal),
        TEST(written_configurations_have_every_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
