/*
 * Sizes: lists and ranges of them, the argument set of each, their points and blocks, and what is
 * refused.
 */
#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "configs.h"
#include "plan.h"
#include "range.h"
#include "size.h"
#include "text.h"
#include "vary.h"

/* ---- lists of numbers ---- */

static void check_range(const char *text, bool whole, const double *values, size_t count)
{
    const struct ppt_range_rule rule = {-1e9, 1e12, whole, !whole, 64};
    struct ppt_range range = {0};
    struct ppt_error error = {""};

    require(ppt_range_read(text, &rule, &range, &error), &error);
    assert_int_equal(range.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_true(range.values[i] == values[i]);
    }
    free(range.values);
}

#define LIST(...) ((const double[]){__VA_ARGS__})
#define CHECK_RANGE(text, whole, ...)                                                              \
    check_range(text, whole, LIST(__VA_ARGS__), COUNT(LIST(__VA_ARGS__)))

static void ranges_are_read(void **state)
{
    (void)state;
    CHECK_RANGE("64", true, 64);
    CHECK_RANGE("64, 128 ,64", true, 64, 128);
    CHECK_RANGE("1-4", true, 1, 2, 3, 4);
    CHECK_RANGE("10-50:+20", true, 10, 30, 50);
    CHECK_RANGE("10-50:20", true, 10, 30, 50);
    CHECK_RANGE("64-1024:*4", true, 64, 256, 1024);
    CHECK_RANGE("64-1000:*4", true, 64, 256);
    CHECK_RANGE("10-40:*1.5", true, 10, 15, 23, 34);
    CHECK_RANGE("10-40:*1.5", false, 10, 15, 23, 34);
    CHECK_RANGE("1-2:*1.3", true, 1, 2);
    CHECK_RANGE("1K,4Ki,2M,1G", true, 1024, 4096, 2097152, 1073741824);
    CHECK_RANGE("1K-64M:*256", true, 1024, 262144, 67108864);
    CHECK_RANGE("1e3-1e5:*10", true, 1000, 10000, 100000);
    CHECK_RANGE("0.1-0.4:+0.1", false, 0.1, 0.1 + 0.1, 0.1 + 0.1 * 2, 0.1 + 0.1 * 3);
    CHECK_RANGE("-2-1", false, -2, -1, 0, 1);
    CHECK_RANGE("1e-3", false, 1e-3);
}

static void check_wrong(const char *text, const char *message)
{
    const struct ppt_range_rule rule = {1, 100, true, false, 8};
    struct ppt_range range = {0};
    struct ppt_error error = {""};

    assert_int_equal(ppt_range_read(text, &rule, &range, &error), PPT_BAD_INPUT);
    if (!strstr(error.text, message)) {
        fail_msg("of %s: %s", text, error.text);
    }
    free(range.values);
}

static void wrong_ranges_are_named(void **state)
{
    (void)state;
    check_wrong("", "\"\" is no number");
    check_wrong("x", "\"x\" is no number");
    check_wrong("inf", "is no number");
    check_wrong("0x10", "\"0x10\" is no number");
    check_wrong("1,,2", "\"\" is no number");
    check_wrong("1-", "\"1-\" is no range");
    check_wrong("1-2x", "\"1-2x\" is no range");
    check_wrong("4-2", "\"4-2\" runs backwards");
    check_wrong("0-9:*2", "begins above 0");
    check_wrong("1-9:*1", "a factor above 1");
    check_wrong("1-9:", "behind the colon");
    check_wrong("1-9:-1", "behind the colon");
    check_wrong("1-9:*2x", "behind the colon");
    check_wrong("0", "0 is below 1");
    check_wrong("1K", "1024 is above 100");
    check_wrong("1.5", "1.5 is not a whole number");
    check_wrong("1-2:+0.5", "1.5 is not a whole number");
    check_wrong("1-50", "more than 8 values");
}

/* ---- configurations ---- */

static struct ppt_config *load(struct ppt_configs *configs, const char *text)
{
    *configs = configs_load(text);
    return &configs->items[0];
}

/* As written, and read again as a journal has it. */
static void check_again(const struct ppt_config *config)
{
    json_object *json = ppt_config_to_json(config);
    const char *text = json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN);
    struct ppt_configs again = {0};
    struct ppt_error error = {""};

    require(ppt_config_from_message("the test", text, &again, &error), &error);
    json_object *other = ppt_config_to_json(&again.items[0]);
    assert_string_equal(text, json_object_to_json_string_ext(other, JSON_C_TO_STRING_PLAIN));
    assert_int_equal(again.items[0].variant_count, config->variant_count);
    assert_int_equal(again.items[0].point_count, config->point_count);
    for (size_t i = 0; i < config->variant_count; i++) {
        assert_string_equal(again.items[0].uses[i].label, config->uses[i].label);
        assert_int_equal(again.items[0].uses[i].task_count, config->uses[i].task_count);
    }
    json_object_put(json);
    json_object_put(other);
    ppt_configs_free(&again);
}

static void every_size_is_an_argument_set(void **state)
{
    struct ppt_configs configs;
    struct ppt_config *config =
        load(&configs, "{\"task\": \"tensor\", \"task_args\": {\"count\": 3}, \"workers\": [0, 2], "
                       "\"task_count\": 5, \"vary\": {\"size\": [64, 16, 32]}}");

    (void)state;
    assert_int_equal(config->variant_count, 3);
    assert_int_equal(config->point_count, 6);
    for (size_t i = 0; i < 3; i++) {
        static const int sizes[] = {16, 32, 64};

        assert_int_equal(config->uses[i].args[0].integer, sizes[i]);
        assert_int_equal(config->uses[i].args[1].integer, 3);
        assert_int_equal(config->points[2 * i].size, i + 1);
        assert_int_equal(config->points[2 * i + 1].workers, 2);
        assert_int_equal(ppt_config_tasks(config, config->points[2 * i]), 5);
        assert_true(ppt_varied_at(config, i + 1, 0).value == sizes[i]);
    }
    assert_string_equal(config->uses[1].label, "size=32");
    assert_string_equal(config->uses[1].details, "32x3");
    assert_false(config->size_tasks);
    check_again(config);
    ppt_configs_free(&configs);
}

static void two_numbers_make_a_grid(void **state)
{
    static const char *const labels[] = {"size=16,count=1", "size=16,count=4", "size=32,count=1",
                                         "size=32,count=4"};
    struct ppt_configs configs;
    struct ppt_config *config = load(&configs, "{\"task\": \"tensor\", \"workers\": [0], \"vary\": "
                                               "{\"size\": \"16-32:*2\", \"count\": [1, 4]}}");

    (void)state;
    assert_int_equal(config->variant_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(config->uses[i].label, labels[i]);
    }
    assert_true(config->size_tasks);
    check_again(config);
    ppt_configs_free(&configs);
}

static void words_have_places(void **state)
{
    struct ppt_configs configs;
    struct ppt_config *config = load(
        &configs, "{\"task\": \"command\", \"task_args\": [\"sh\", \"-c\", \"head -c {size} f | "
                  "wc {x}{size}\", \"{task}\"], \"workers\": [0], \"vary\": {\"size\": \"1K\"}}");

    (void)state;
    assert_string_equal(config->uses[0].args[0].words.items[2], "head -c 1024 f | wc {x}1024");
    assert_string_equal(config->uses[0].args[0].words.items[3], "{task}");
    assert_string_equal(config->subject, "sh");
    check_again(config);
    ppt_configs_free(&configs);
}

static void tasks_can_be_counted_out(void **state)
{
    struct ppt_configs configs;
    struct ppt_config *config = load(&configs, "{\"task\": \"sum\", \"workers\": [0], \"vary\": "
                                               "{\"task_count\": \"1-100:*10\"}}");

    (void)state;
    assert_int_equal(config->variant_count, 3);
    assert_int_equal(ppt_config_tasks(config, config->points[1]), 10);
    assert_false(config->size_tasks);
    check_again(config);
    ppt_configs_free(&configs);

    config = load(&configs, "{\"task\": \"sum\", \"workers\": [0], \"task_counts\": [7, 5], "
                            "\"vary\": {\"iterations\": [1, 2]}}");
    assert_int_equal(ppt_config_tasks(config, config->points[1]), 5);
    assert_false(config->size_tasks);
    check_again(config);
    ppt_configs_free(&configs);
}

/* A pass at 4 workers has four times the tasks. */
static void tasks_grow_with_the_workers(void **state)
{
    struct ppt_configs configs;
    struct ppt_config *config =
        load(&configs, "{\"task\": \"sum\", \"workers\": [0, 1, 4], \"task_count\": 3, \"vary\": "
                       "{\"task_count\": \"per_worker\"}}");

    (void)state;
    assert_int_equal(config->variant_count, 0);
    assert_int_equal(ppt_config_tasks(config, config->points[0]), 3);
    assert_int_equal(ppt_config_tasks(config, config->points[1]), 3);
    assert_int_equal(ppt_config_tasks(config, config->points[2]), 12);
    check_again(config);
    ppt_configs_free(&configs);
}

static void what_cannot_vary_is_refused(void **state)
{
#define VARY(task, vary) "{\"task\": \"" task "\", \"vary\": " vary "}"
    static const char *const wrong[][2] = {
        {VARY("sort", "[1]"), "c.json:1:26: vary: must be an object"},
        {VARY("sort", "{}"), "c.json:1:26: vary: must be an object"},
        {VARY("sort", "{\"siz\": [1]}"),
         "c.json:1:34: vary.siz: no argument \"siz\"; did you mean"},
        {VARY("sort", "{\"xyzzy\": 1}"), "c.json:1:36: vary.xyzzy: no argument \"xyzzy\" of"},
        {VARY("sort", "{\"size\": []}"), "c.json:1:35: vary.size: an empty list"},
        {VARY("sort", "{\"size\": [1, -2]}"), "c.json:1:39: vary.size[1]: -2 is below 0"},
        {VARY("sort", "{\"size\": [1, 2.5]}"), "c.json:1:39: vary.size[1]: 2.5 is not a whole"},
        {VARY("sort", "{\"size\": [1, null]}"), "c.json:1:39: vary.size[1]: "},
        {VARY("sort", "{\"size\": \"1-9:*\"}"), "c.json:1:35: vary.size: \"1-9:*\": behind"},
        {VARY("sort", "{\"size\": \"1-1000\"}"), "c.json:1:35: vary.size: more than 256"},
        {VARY("tensor", "{\"size\": \"1-20\", \"count\": \"1-20\"}"),
         "c.json:1:28: vary: makes 400 sizes; 256 are the most"},
        {VARY("password", "{\"lengths\": [1]}"), "c.json:1:42: vary.lengths: \"lengths\" of"},
        {VARY("random", "{\"size\": [1]}"), "c.json:1:28: vary: does not go with \"random\""},
        {"{\"task\": \"command\", \"task_args\": [\"a\"], \"vary\": {\"n\": 1}}",
         "c.json:1:55: vary.n: no word of the program says {n}"},
        {"{\"task\": \"command\", \"task_args\": [\"a\", \"{task}\"], \"vary\": {\"task\": 1}}",
         "c.json:1:68: vary.task: {task} is filled in by itself"},
        {"{\"task\": \"command\", \"task_args\": {\"argv\": [\"a\"], \"inputs\": [\"b\"]}, "
         "\"vary\": "
         "{\"task_count\": \"per_worker\"}}",
         "c.json:1:91: vary.task_count: there is a task for each input"},
        {"{\"task\": \"sum\", \"task_counts\": [1], \"vary\": {\"iterations\": [1, 2]}}",
         "c.json:1:32: task_counts: has 1 numbers for 2 sizes"},
        {"{\"task\": \"sum\", \"vary\": {\"iterations\": 1}, \"ranks\": 2, \"workers\": [1]}",
         "c.json:1:25: vary: does not go with \"ranks\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        configs_refuse(wrong[i][0], wrong[i][1]);
    }
}

static void options_add_up(void **state)
{
    struct ppt_overrides *overrides = ppt_overrides_create();
    struct ppt_configs configs = {0};
    struct ppt_error error = {""};

    (void)state;
    place_put("c.json",
              "{\"task\": \"tensor\", \"workers\": [0], \"vary\": {\"size\": [1, 2, 3]}}");
    require(ppt_overrides_add(overrides, "--vary", "vary", "{\"size\": \"8,16\"}", &error), &error);
    require(ppt_overrides_add(overrides, "--vary", "vary", "{\"count\": \"2,3\"}", &error), &error);
    require(ppt_overrides_add(overrides, "--seed", "seed", "5", &error), &error);
    require(ppt_configs_load("c.json", overrides, &configs, &error), &error);
    assert_int_equal(configs.items[0].variant_count, 4);
    assert_int_equal(configs.items[0].axis_count, 2);
    assert_string_equal(configs.items[0].axes[0].name, "size");
    ppt_configs_free(&configs);
    ppt_overrides_destroy(overrides);
}

/* ---- rounds ---- */

static void added_sizes_have_blocks_of_their_own(void **state)
{
    static double values[] = {90, 45};
    static uint64_t counts[] = {2, 3};
    const struct ppt_more_sizes more = {11, values, counts, 2};
    struct ppt_configs configs;
    struct ppt_config *config =
        load(&configs, "{\"task\": \"sort\", \"workers\": [0, 2], \"task_counts\": [9, 8, 7], "
                       "\"vary\": {\"size\": [32, 64, 128]}, \"seed\": 1}");
    struct ppt_error error = {""};
    size_t order[10];

    (void)state;
    require(ppt_config_add_sizes(config, &more, &error), &error);
    assert_int_equal(config->variant_count, 5);
    assert_int_equal(config->point_count, 10);
    assert_int_equal(config->uses[4].args[0].integer, 45);
    assert_int_equal(ppt_config_tasks(config, config->points[9]), 3);
    for (unsigned block = 1; block <= 20; block++) {
        const size_t first = block < 11 ? 0 : 6, count = block < 11 ? 6 : 4;
        unsigned seen = 0;

        assert_int_equal(ppt_plan_block(config, block, order), count);
        for (size_t i = 0; i < count; i++) {
            assert_in_range(order[i], first, first + count - 1);
            seen |= 1U << order[i];
        }
        assert_int_equal(seen, ((1U << count) - 1) << first);
        assert_int_equal(ppt_plan_round(config, block).last, block >= 11);
        assert_int_equal(ppt_plan_round(config, block).first_block, block < 11 ? 1 : 11);
    }
    assert_int_equal(ppt_plan_warmup(config, order), 2);
    assert_int_equal(order[0], 9);
    assert_int_equal(order[1], 6);
    assert_int_equal(ppt_config_add_sizes(config, &more, &error), PPT_BAD_INPUT);
    assert_non_null(strstr(error.text, "size of 90 is there already"));
    values[0] = 70.5;
    assert_int_equal(ppt_config_add_sizes(config, &more, &error), PPT_BAD_INPUT);
    assert_non_null(strstr(error.text, "70.5 is not a whole number"));
    ppt_configs_free(&configs);
}

/* ---- how many tasks ---- */

/* Passes of all sizes last about as long, and a dozen blocks fit. */
static void every_size_has_tasks_enough(void **state)
{
    static const struct ppt_task_cost times[] = {{1e-6, 0}, {1e-4, 0}, {1e-2, 0}, {1, 0}};
    const struct ppt_size_needs needs = {
        .task = {0.25, 0}, .sizes = times, .most_tasks = UINT64_MAX, .cpus = 2};
    struct ppt_configs configs;
    struct ppt_config *config = load(&configs, "{\"task\": \"sort\", \"workers\": [0, 2], "
                                               "\"max_seconds\": 60, \"vary\": {\"size\": "
                                               "[1, 2, 3, 4]}}");

    (void)state;
    ppt_size_config(config, &needs);
    assert_in_range(config->uses[0].task_count, 190000, 210000);
    assert_in_range(config->uses[1].task_count, 1900, 2100);
    assert_in_range(config->uses[2].task_count, 18, 22);
    assert_int_equal(config->uses[3].task_count, 2);
    assert_int_equal(config->task_count, config->uses[0].task_count);
    ppt_configs_free(&configs);

    /* Where there is no time for that, the long ones have a round of tasks, others what is left. */
    config = load(&configs, "{\"task\": \"sort\", \"workers\": [0, 2], \"max_seconds\": 6, "
                            "\"vary\": {\"size\": [1, 2, 3, 4]}}");
    ppt_size_config(config, &needs);
    assert_in_range(config->uses[0].task_count, 10000, 190000);
    assert_int_equal(config->uses[3].task_count, 2);
    ppt_configs_free(&configs);
}

/* Threads inside small tasks take many times as long as these: that must not take all of the time.
 */
static void slow_teams_have_shorter_passes(void **state)
{
    static const struct ppt_task_cost times[] = {{1e-6, 50e-6}, {1e-5, 60e-6}, {1e-3, 55e-5}};
    const struct ppt_size_needs needs = {
        .task = {3.4e-4, 2.2e-4}, .sizes = times, .most_tasks = UINT64_MAX, .cpus = 2};
    struct ppt_configs configs;
    struct ppt_config *config =
        load(&configs, "{\"task\": \"sort\", \"workers\": [0], \"inner_threads\": [1, 2], "
                       "\"vary\": {\"size\": [1, 2, 3]}}");
    struct ppt_size size;

    (void)state;
    config->size_tasks = true;
    size = ppt_size_config(config, &needs);
    /* A second with two threads, of which there are 50 us; a tenth with one. */
    assert_int_equal(config->uses[0].task_count, 20000);
    assert_int_equal(config->uses[1].task_count, 10000);
    /* The quickest is the one with two. */
    assert_in_range(config->uses[2].task_count, 181, 201);
    const double block_s =
        20000 * 51e-6 + 10000 * 70e-6 + (double)config->uses[2].task_count * 155e-5;
    assert_true(fabs(size.block_s / block_s - 1) < 1e-6);
    ppt_configs_free(&configs);

    config = load(&configs, "{\"task\": \"sort\", \"workers\": [0], \"inner_threads\": [1, 2], "
                            "\"max_seconds\": 20, \"vary\": {\"size\": [1, 2, 3]}}");
    size = ppt_size_config(config, &needs);
    assert_true(size.block_s < 1.05 * 0.6 * 20 / 12);
    ppt_configs_free(&configs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_read),
        cmocka_unit_test(wrong_ranges_are_named),
        PLACED(every_size_is_an_argument_set),
        PLACED(two_numbers_make_a_grid),
        PLACED(words_have_places),
        PLACED(tasks_can_be_counted_out),
        PLACED(tasks_grow_with_the_workers),
        PLACED(what_cannot_vary_is_refused),
        PLACED(options_add_up),
        PLACED(added_sizes_have_blocks_of_their_own),
        PLACED(every_size_has_tasks_enough),
        PLACED(slow_teams_have_shorter_passes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
