/*
 * What a machine adds to a configuration, and that it is written so that it reads back equal.
 */
#include "configs.h"
#include "item.h"

/* ---- settling ---- */

/* Lists end in 0. */
static void check_auto(unsigned logical, const unsigned *landmarks, const unsigned *workers,
                       size_t count)
{
    struct ppt_configs configs =
        configs_load("{\"task\": \"sum\", \"workers\": \"auto\", \"inner_threads\": 2}");
    struct ppt_cpus cpus = {.logical = logical, .landmarks = landmarks};
    struct ppt_error error = {""};

    while (landmarks[cpus.landmark_count] > 0) {
        cpus.landmark_count++;
    }
    require(ppt_config_settle(configs.items, &cpus, &error), &error);
    configs_workers(configs.items, workers, count);
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

/* Of a program 1 would be 0 again; asked for it is measured. */
static void automatic_workers_of_programs_leave_one_out(void **state)
{
    static const struct {
        const char *text;
        unsigned cpus, workers[5];
        size_t count;
    } cases[] = {
        {"", 8, {0, 2, 4, 8}, 4},
        {"", 2, {0, 2}, 2},
        {"", 1, {0, 2}, 2},
        {", \"workers\": \"auto\"", 6, {0, 2, 4, 6}, 4},
        {", \"workers\": \"auto,1\"", 4, {0, 1, 2, 4}, 4},
        {", \"workers\": [0, 1, 2]", 4, {0, 1, 2}, 3},
        {", \"ranks\": [0, 1]", 4, {0, 1, 2, 4}, 4},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[256];

        snprintf(text, sizeof(text), "{\"task\": \"command\", \"task_args\": [\"true\"]%s}",
                 cases[i].text);
        struct ppt_configs configs = configs_load(text);
        const struct ppt_cpus cpus = {.logical = cases[i].cpus};
        struct ppt_error error = {""};

        require(ppt_config_settle(configs.items, &cpus, &error), &error);
        assert_int_equal(configs.items[0].worker_count, cases[i].count);
        assert_memory_equal(configs.items[0].workers, cases[i].workers,
                            cases[i].count * sizeof(unsigned));
        ppt_configs_free(&configs);
    }
}

static void given_workers_are_left_alone(void **state)
{
    static const unsigned workers[] = {3, 7};
    struct ppt_configs configs =
        configs_load("{\"task\": \"sum\", \"workers\": [7, 3], \"seed\": 5}");
    struct ppt_error error = {""};

    (void)state;
    require(ppt_config_settle(configs.items, &(const struct ppt_cpus){.logical = 8}, &error),
            &error);
    configs_workers(configs.items, workers, COUNT(workers));
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
        struct ppt_configs configs = configs_load(texts[i % 2]);
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
    struct ppt_configs configs = configs_load(
        "{\"task\": \"sum\", \"seed\": 1, \"runs\": [{\"seed\": null}, {}, {\"seed\": 0}]}");

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
    struct ppt_configs configs = configs_load(text);
    struct ppt_error error = {""};

    require(ppt_config_settle(configs.items, &(const struct ppt_cpus){.logical = 8}, &error),
            &error);
    json_object *first = ppt_config_to_json(configs.items);
    struct ppt_configs again = configs_load(json_object_to_json_string(first));
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
    place_put("a b.png", "");
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
        struct ppt_configs configs = configs_load(texts[i]);
        struct ppt_error error = {""};

        require(ppt_config_settle(configs.items, &(const struct ppt_cpus){.logical = 8}, &error),
                &error);
        json_object *object = ppt_config_to_json(configs.items);
        struct ppt_configs again = configs_load(json_object_to_json_string(object));
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
    struct ppt_configs configs = configs_load("{\"task\": \"sum\"}");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(automatic_workers_reach_both_cpu_counts),
        PLACED(automatic_workers_stop_at_landmarks),
        PLACED(automatic_workers_of_programs_leave_one_out),
        PLACED(given_workers_are_left_alone),
        PLACED(a_missing_seed_is_drawn),
        PLACED(a_run_with_seed_null_lies_over_a_seed),
        PLACED(what_is_written_reads_back_equal),
        PLACED(descriptions_read_back_equal),
        PLACED(written_configurations_have_every_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
