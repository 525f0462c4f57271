/*
 * A configuration file's keys: defaults, what they may hold, and how a wrong one is named.
 */
#include <stdio.h>
#include <string.h>

#include "configs.h"

#define PATH 256

static void defaults(void **state)
{
    struct ppt_configs configs = configs_load("{\"task\": \"sum\"}");
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
    struct ppt_configs configs = configs_load(
        "{\"iterations\": 7, \"task\": \"sort\", \"task_args\": [1234], \"task_count\": 9,\n"
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
    configs_workers(c, workers, COUNT(workers));
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
    struct ppt_configs configs = configs_load(
        "{\"task\": \"sum\", \"precision\": {\"relative_ci\": 0.03, \"max_seconds\": 77}}");

    (void)state;
    assert_true(configs.items[0].adaptive);
    assert_true(configs.items[0].relative_ci == 0.03);
    assert_true(configs.items[0].max_seconds == 77.0);
    ppt_configs_free(&configs);
    configs = configs_load("{\"task\": \"sum\", \"precision\": null}");
    assert_false(configs.items[0].adaptive);
    ppt_configs_free(&configs);
    configs_refuse("{\"task\": \"sum\", \"precision\": 0.0002}", "c.json:1:30: precision: ");
    configs_refuse("{\"task\": \"sum\", \"precision\": {\"max_second\": 1}}",
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
        struct ppt_configs configs = configs_load(text);
        assert_int_equal(configs.items[0].schedule.kind, cases[i].kind);
        /* "dynamic" may say its chunk of 1 or leave it to the runtime, for which it is 1, too. */
        assert_true(configs.items[0].schedule.chunk == cases[i].chunk ||
                    (cases[i].chunk == 0 && cases[i].kind == PPT_SCHEDULE_DYNAMIC &&
                     configs.items[0].schedule.chunk == 1));
        ppt_configs_free(&configs);
    }
    for (size_t i = 0; i < COUNT(wrong); i++) {
        snprintf(text, sizeof(text), "{\"task\": \"sum\", \"schedule\": \"%s\"}", wrong[i]);
        configs_refuse(text, "c.json:1:29: ");
    }
}

/* The original's file: its key is there, and says something only for processes. */
static void start_method_gets_a_warning(void **state)
{
    struct ppt_configs configs = configs_load(
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
    struct ppt_configs configs = configs_load(
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
    struct ppt_configs configs = configs_load(
        "{\"task\": \"sort\", \"workers\": [2, 0, 2.0, 1, 0], \"inner_threads\": [4, 1, 4]}");
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
    struct ppt_configs configs = configs_load(
        "{\"task\": \"sum\", \"task_args\": [1e6], \"task_count\": 20.0, \"iterations\": 2E+1}");

    (void)state;
    assert_int_equal(configs.items[0].uses[0].args[0].integer, 1000000);
    assert_int_equal(configs.items[0].task_count, 20);
    assert_int_equal(configs.items[0].blocks, 20);
    ppt_configs_free(&configs);
    configs = configs_load("{\"task\": \"sum\", \"seed\": 9007199254740991}");
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
        configs_refuse(cases[i][0], cases[i][1]);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(defaults),
        PLACED(every_key),
        PLACED(precision_makes_it_adaptive),
        PLACED(schedules),
        PLACED(start_method_gets_a_warning),
        PLACED(null_leaves_a_key_out),
        PLACED(repeated_counts_are_one),
        PLACED(numbers_may_be_written_in_any_way),
        PLACED(wrong_keys_and_values_are_named),
        PLACED(a_missing_file_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
