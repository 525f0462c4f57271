/*
 * Points: what their table of dimensions makes of them; and lists of inner threads: what a
 * configuration may say, the points that it makes together with the workers, and the way there and
 * back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configs.h"
#include "file.h"
#include "item.h"
#include "plan.h"
#include "tasks.h"

/* A run of `task` with these values of "workers" (NULL: without) and "inner_threads". */
static struct ppt_configs load_lists(const char *task, const char *workers, const char *inner)
{
    char text[512];

    snprintf(text, sizeof(text), "{\"task\": \"%s\", \"inner_threads\": %s%s%s}", task, inner,
             workers ? ", \"workers\": " : "", workers ? workers : "");
    return configs_load(text);
}

static void check_refused(const char *inner, const char *message)
{
    char text[256], expected[256];

    snprintf(text, sizeof(text), "{\"task\": \"sort\", \"inner_threads\": %s}", inner);
    snprintf(expected, sizeof(expected), "c.json:1:%s", message);
    configs_refuse(text, expected);
}

/* ---- the table ---- */

#define ALL (PPT_OF_SPREAD | PPT_OF_TASK)

static void points_have_names(void **state)
{
    static const struct {
        struct ppt_point point;
        unsigned several;
        const char *label, *words;
    } cases[] = {
        {{0, 1, 0, 0, 0, 0}, 0, "0", "sequential"},
        {{0, 1, 0, 0, 0, 0}, ALL, "0x1", "sequential x 1 inner thread"},
        {{1, 1, 0, 0, 0, 0}, 0, "1", "1 worker"},
        {{4, 2, 0, 0, 0, 0}, 0, "4", "4 workers"},
        {{4, 2, 0, 0, 0, 0}, PPT_OF_SPREAD, "4", "4 workers"},
        {{4, 2, 0, 0, 0, 0}, PPT_OF_TASK, "4x2", "4 workers x 2 inner threads"},
        {{1, 1, 1, 0, 0, 0}, ALL, "1r1x1", "1 rank x 1 worker x 1 inner thread"},
        {{4, 2, 3, 0, 0, 0}, PPT_OF_TASK, "3r4x2", "3 ranks x 4 workers x 2 inner threads"},
        {{4, 2, 3, 0, 0, 0}, 0, "3r4", "3 ranks x 4 workers"},
        {{4, 2, 0, 2, 0, 0}, 0, "p2:4", "program 2 x 4 workers"},
        {{0, 2, 0, 12, 0, 0}, PPT_OF_TASK, "p12:0x2", "program 12 x sequential x 2 inner threads"},
    };
    char label[PPT_POINT_SIZE], words[PPT_POINT_WORDS_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct ppt_point point = cases[i].point;
        const unsigned shown = ppt_point_shown(point, cases[i].several);

        assert_string_equal(ppt_point_label(point, cases[i].several, label), cases[i].label);
        assert_string_equal(ppt_point_words(point, shown, "", " x ", words), cases[i].words);
    }
}

/* What stands before the first of them and before others; what is not in the set is not there, and
 * what none of it is called. */
static void words_are_put_together(void **state)
{
    const struct ppt_point point = {4, 2, 0, 0, 0, 0};
    char words[PPT_POINT_WORDS_SIZE];

    (void)state;
    assert_string_equal(ppt_point_words(point, 0, ", ", "; ", words), "");
    assert_string_equal(ppt_point_words(point, PPT_OF_TASK, ", ", "; ", words),
                        ", 2 inner threads");
    assert_string_equal(ppt_point_words(point, ALL, ", ", "; ", words),
                        ", without MPI; 4 workers; 2 inner threads");
    assert_string_equal(ppt_point_heads(ALL, words), "ranks r workers x inner threads");
    assert_string_equal(ppt_point_heads(PPT_OF_TASK | PPT_ONLY(PPT_WORKERS), words),
                        "workers x inner threads");
    assert_string_equal(ppt_point_heads(PPT_OF_TASK, words), "inner threads");
}

/* A point with other numbers in one dimension alone, one that there can be. */
static struct ppt_point with(size_t dimension, unsigned number)
{
    struct ppt_point point = {7, 7, 7, 7, 7, 7};

    *(unsigned *)(void *)((char *)&point + ppt_dimensions[dimension].offset) = number;
    return point;
}

/* Points that differ in one dimension are told apart by everything, in the table's order. */
static void every_dimension_tells_points_apart(void **state)
{
    const struct ppt_point base = {7, 7, 7, 7, 7, 7};
    char label[2][PPT_POINT_SIZE], words[2][PPT_POINT_WORDS_SIZE];

    (void)state;
    for (size_t d = 0; d < PPT_DIMENSION_COUNT; d++) {
        const struct ppt_point more = with(d, 8);

        assert_int_equal(ppt_point_get(more, d), 8);
        assert_int_equal(ppt_point_differ(base, more), PPT_ONLY(d));
        assert_false(ppt_point_same(base, more));
        assert_int_equal(ppt_point_same_task(base, more), (PPT_OF_SPREAD & PPT_ONLY(d)) != 0);
        assert_true(ppt_point_compare(&base, &more) < 0);
        assert_true(ppt_point_compare(&more, &base) > 0);
        assert_string_not_equal(ppt_point_label(base, ALL, label[0]),
                                ppt_point_label(more, ALL, label[1]));
        assert_string_not_equal(ppt_point_words(base, PPT_ONLY(d), "", " ", words[0]),
                                ppt_point_words(more, PPT_ONLY(d), "", " ", words[1]));
        for (size_t later = d + 1; later < PPT_DIMENSION_COUNT; later++) {
            const struct ppt_point less = with(later, 9);

            assert_true(ppt_point_compare(&less, &more) < 0);
        }
    }
    assert_true(ppt_point_same(base, base));
    assert_int_equal(ppt_point_compare(&base, &base), 0);
}

/* Under its key, and in no other order than files have had it from the first. */
static void every_dimension_is_written_and_read(void **state)
{
    struct ppt_point point = {7, 7, 7, 7, 7, 7}, again = {0};
    struct ppt_error error = {""};
    json_object *object = json_object_new_object();
    const struct ppt_source source = {.name = error.text, .text = error.text};
    const struct ppt_item item = {.value = object, .source = &source};

    (void)state;
    for (size_t d = 0; d < PPT_DIMENSION_COUNT; d++) {
        *(unsigned *)(void *)((char *)&point + ppt_dimensions[d].offset) = (unsigned)d + 2;
    }
    point.pressure = PPT_RESOURCE_MEMORY;
    ppt_fields_write(ppt_point_fields, &point, 0, object);
    assert_string_equal(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN),
                        "{\"workers\":6,\"inner_threads\":7,\"ranks\":5,\"program\":2,\"size\":3,"
                        "\"pressure\":\"memory\"}");
    for (size_t i = 0; i < PPT_DIMENSION_COUNT; i++) {
        assert_true(json_object_object_get_ex(object, ppt_dimension_key(i), NULL));
    }
    require(ppt_fields_read(ppt_point_fields, &item, 0, &again, &error), &error);
    assert_true(ppt_point_same(point, again));
    json_object_put(object);
}

static void every_dimension_has_bounds(void **state)
{
    (void)state;
    for (size_t d = 0; d < PPT_DIMENSION_COUNT; d++) {
        const struct ppt_dimension_row *row = &ppt_dimensions[d];

        assert_true(ppt_point_possible(with(d, row->most)));
        assert_false(ppt_point_possible(with(d, row->most + 1)));
        assert_true(row->least == 0 || !ppt_point_possible(with(d, row->least - 1)));
    }
    assert_true(ppt_point_possible((struct ppt_point){0, 1, 0, 0, 0, 0}));
    assert_false(
        ppt_point_possible((struct ppt_point){0, 1, 1, 0, 0, 0})); /* ranks share by workers */
}

/* ---- what may be said ---- */

/* The place is that of the number which is wrong; the list begins in column 35. */
static void wrong_lists_are_named(void **state)
{
    (void)state;
    check_refused("[]", "35: inner_threads: an empty list; give numbers of threads such as [1, 2]");
    check_refused("[0]", "36: inner_threads[0]: 0 is below 1");
    check_refused("[1, 0]", "39: inner_threads[1]: 0 is below 1");
    check_refused("[1, -2]", "39: inner_threads[1]: -2 is below 1");
    check_refused("[1, 1025]", "39: inner_threads[1]: 1025 is above 1024");
    check_refused("1025", "35: inner_threads: 1025 is above 1024");
    check_refused("[1, 4294967298]", "39: inner_threads[1]: 4294967298 is above");
    check_refused("[1, 1.5]", "39: inner_threads[1]: ");
    check_refused("[1, \"2\"]", "39: inner_threads[1]: ");
    check_refused("[1, null]", "39: inner_threads[1]: ");
    check_refused("[1, [2]]", "39: inner_threads[1]: ");
    check_refused("[true]", "36: inner_threads[0]: ");
    check_refused("\"x\"", "35: inner_threads: ");
    check_refused("\"auto\"", "35: inner_threads: ");
    check_refused("null", "35: inner_threads: ");
    check_refused("{}", "35: inner_threads: ");
}

/* More numbers than there can be different ones. */
static void the_longest_list(void **state)
{
    static char text[16384], *to = text;
    struct ppt_configs configs;

    (void)state;
    to += sprintf(to, "{\"task\": \"sort\", \"workers\": [0, 1], \"inner_threads\": [1");
    for (unsigned i = 2; i <= PPT_MOST_WORKERS; i++) {
        to += sprintf(to, ", %u", i);
    }
    sprintf(to, "]}");
    configs = configs_load(text);
    assert_int_equal(configs.items[0].inner_count, PPT_MOST_WORKERS);
    assert_int_equal(configs.items[0].point_count, 2 * PPT_MOST_WORKERS);
    assert_int_equal(configs.items[0].points[2 * PPT_MOST_WORKERS - 1].workers, 1);
    assert_int_equal(configs.items[0].points[2 * PPT_MOST_WORKERS - 1].inner_threads,
                     PPT_MOST_WORKERS);
    ppt_configs_free(&configs);
}

/* ---- points ---- */

static void check_points(const struct ppt_config *config, const struct ppt_point *points,
                         size_t count)
{
    assert_int_equal(config->point_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(config->points[i].workers, points[i].workers);
        assert_int_equal(config->points[i].inner_threads, points[i].inner_threads);
    }
}

static void points_ascend_by_workers_then_inner_threads(void **state)
{
    static const struct ppt_point points[] = {
        {0, 1, 0, 0, 0, 0}, {0, 2, 0, 0, 0, 0}, {0, 8, 0, 0, 0, 0},
        {2, 1, 0, 0, 0, 0}, {2, 2, 0, 0, 0, 0}, {2, 8, 0, 0, 0, 0},
        {5, 1, 0, 0, 0, 0}, {5, 2, 0, 0, 0, 0}, {5, 8, 0, 0, 0, 0}};
    static const char *const workers[] = {"[0, 2, 5]", "[5, 2, 0]", "[2, 5, 0]"};
    static const char *const inner[] = {"[1, 2, 8]", "[8, 2, 1]", "[2, 8, 1]", "[2.0, 8e0, 1]"};

    (void)state;
    for (size_t w = 0; w < COUNT(workers); w++) {
        for (size_t i = 0; i < COUNT(inner); i++) {
            struct ppt_configs configs = load_lists("sort", workers[w], inner[i]);
            const struct ppt_config *config = configs.items;

            assert_int_equal(config->inner_count, 3);
            assert_int_equal(config->inner_threads[0], 1);
            assert_int_equal(config->inner_threads[1], 2);
            assert_int_equal(config->inner_threads[2], 8);
            check_points(config, points, COUNT(points));
            ppt_configs_free(&configs);
        }
    }
}

static void one_number_is_a_list_of_one(void **state)
{
    static const struct ppt_point points[] = {{1, 3, 0, 0, 0, 0}, {4, 3, 0, 0, 0, 0}};
    static const char *const inner[] = {"3", "[3]"};

    (void)state;
    for (size_t i = 0; i < COUNT(inner); i++) {
        struct ppt_configs configs = load_lists("sort", "[4, 1]", inner[i]);

        assert_int_equal(configs.items[0].inner_count, 1);
        check_points(configs.items, points, COUNT(points));
        ppt_configs_free(&configs);
    }
}

/* Also those that the machine decides. */
static void automatic_workers_get_all_inner_threads(void **state)
{
    static const struct ppt_point points[] = {
        {0, 1, 0, 0, 0, 0}, {0, 2, 0, 0, 0, 0}, {0, 4, 0, 0, 0, 0}, {1, 1, 0, 0, 0, 0},
        {1, 2, 0, 0, 0, 0}, {1, 4, 0, 0, 0, 0}, {2, 1, 0, 0, 0, 0}, {2, 2, 0, 0, 0, 0},
        {2, 4, 0, 0, 0, 0}, {3, 1, 0, 0, 0, 0}, {3, 2, 0, 0, 0, 0}, {3, 4, 0, 0, 0, 0}};
    struct ppt_configs configs = load_lists("sort", NULL, "[4, 1, 2]");
    struct ppt_error error = {""};

    (void)state;
    assert_int_equal(configs.items[0].point_count, 0);
    require(ppt_config_settle(configs.items, &(const struct ppt_cpus){.logical = 3}, &error),
            &error);
    check_points(configs.items, points, COUNT(points));
    ppt_configs_free(&configs);
}

/* A run's list takes the place of its file's, and an option's that of both. */
static void lists_lie_over_lists(void **state)
{
    static const struct ppt_point outer[] = {{1, 1, 0, 0, 0, 0}, {1, 2, 0, 0, 0, 0}},
                                  run[] = {{1, 5, 0, 0, 0, 0}, {1, 6, 0, 0, 0, 0}},
                                  option[] = {{1, 3, 0, 0, 0, 0}, {1, 7, 0, 0, 0, 0}};
    const char *text = "{\"task\": \"sort\", \"workers\": [1], \"inner_threads\": [1, 2],\n"
                       "\"runs\": [{\"inner_threads\": [6, 5]}, {}]}";
    struct ppt_configs configs = configs_load(text);
    struct ppt_overrides *overrides = ppt_overrides_create();
    struct ppt_error error = {""};

    (void)state;
    check_points(&configs.items[0], run, COUNT(run));
    check_points(&configs.items[1], outer, COUNT(outer));
    ppt_configs_free(&configs);
    require(ppt_overrides_add(overrides, "--inner-threads", "inner_threads", "[7, 3]", &error),
            &error);
    require(ppt_configs_load("c.json", overrides, &configs, &error), &error);
    check_points(&configs.items[0], option, COUNT(option));
    check_points(&configs.items[1], option, COUNT(option));
    ppt_configs_free(&configs);
    ppt_overrides_destroy(overrides);
}

/* Every point once per block. */
static void the_plan_visits_all_points(void **state)
{
    struct ppt_configs configs = load_lists("sort", "[0, 1, 2]", "[1, 2, 3, 4]");
    const struct ppt_config *config = configs.items;
    size_t order[12], warmup[2];
    bool seen[12] = {false};

    (void)state;
    assert_int_equal(config->point_count, COUNT(order));
    ppt_plan_block(config, 1, order);
    for (size_t i = 0; i < COUNT(order); i++) {
        assert_true(order[i] < COUNT(seen) && !seen[order[i]]);
        seen[order[i]] = true;
    }
    assert_int_equal(ppt_plan_warmup(config, warmup), 2);
    assert_int_equal(config->points[warmup[0]].workers, 2);
    assert_int_equal(config->points[warmup[0]].inner_threads, 4);
    assert_int_equal(config->points[warmup[1]].workers, 0);
    assert_int_equal(config->points[warmup[1]].inner_threads, 1);
    ppt_configs_free(&configs);
}

/* Memory is asked for as the most workers with the most inner threads need it, wherever in the
 * lists these stand. */
static void needs_are_those_of_the_most_threads(void **state)
{
    struct ppt_configs few = load_lists("matrix", "[4, 0]", "[1, 2]");
    struct ppt_configs many = load_lists("matrix", "[4, 0]", "[16, 1, 2]");
    struct ppt_error error = {""};
    uint64_t bytes = 1 << 20;

    (void)state;
    while (ppt_plan_check_needs(few.items, bytes, UINT64_MAX, &error) != PPT_OK) {
        bytes += 1 << 20;
        assert_true(bytes < (uint64_t)1 << 40);
    }
    /* 14 more threads with 64 * 1000 numbers of work space each, for every worker. */
    const uint64_t more = UINT64_C(14) * 64 * 1000 * 8 * 4;
    assert_int_equal(ppt_plan_check_needs(many.items, bytes + more - (2 << 20), UINT64_MAX, &error),
                     PPT_BAD_INPUT);
    assert_int_equal(ppt_plan_check_needs(many.items, bytes + more + (2 << 20), UINT64_MAX, &error),
                     PPT_OK);
    ppt_configs_free(&few);
    ppt_configs_free(&many);
}

/* ---- and back ---- */

static void check_written(const char *inner, const char *expected)
{
    struct ppt_configs configs = load_lists("sort", "[3, 0]", inner);
    struct ppt_error error = {""};
    json_object *member = NULL;

    require(ppt_config_settle(configs.items, &(const struct ppt_cpus){.logical = 8}, &error),
            &error);
    json_object *object = ppt_config_to_json(configs.items);
    assert_true(json_object_object_get_ex(object, "inner_threads", &member));
    assert_string_equal(json_object_to_json_string_ext(member, JSON_C_TO_STRING_PLAIN), expected);
    assert_true(json_object_object_get_ex(object, "workers", &member));
    assert_string_equal(json_object_to_json_string_ext(member, JSON_C_TO_STRING_PLAIN), "[0,3]");

    struct ppt_configs again = configs_load(json_object_to_json_string(object));
    check_points(again.items, configs.items[0].points, configs.items[0].point_count);
    const struct ppt_source source = {.name = error.text, .text = error.text};
    const struct ppt_item item = {.value = object, .source = &source};
    struct ppt_configs recorded = {0};
    require(ppt_config_from_item(&item, &recorded, &error), &error);
    check_points(recorded.items, configs.items[0].points, configs.items[0].point_count);
    json_object_put(object);
    ppt_configs_free(&configs);
    ppt_configs_free(&again);
    ppt_configs_free(&recorded);
}

static void what_is_written_reads_back_equal(void **state)
{
    (void)state;
    check_written("1", "1");
    check_written("[1]", "1");
    check_written("[7]", "7");
    check_written("[1, 2]", "[1,2]");
    check_written("[9, 1024, 1, 4]", "[1,4,9,1024]");
}

/* ---- the warning ---- */

static void threads_that_nothing_uses_are_told(void **state)
{
    static const struct {
        const char *task, *inner;
        bool warned;
    } cases[] = {
        {"sum", "1", false},       {"sum", "[1]", false},    {"sum", "2", true},
        {"sum", "[1, 2]", true},   {"multi", "[4]", true},   {"zip", "[1, 8]", true},
        {"sort", "[1, 2]", false}, {"tensor", "2", false},   {"matrix", "2", false},
        {"random", "2", false},    {"random", "[1]", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ppt_configs configs = load_lists(cases[i].task, "[0]", cases[i].inner);
        const char *warning = configs.items[0].warning;

        if ((warning != NULL) != cases[i].warned) {
            fail_msg("%s, %s: %s", cases[i].task, cases[i].inner, warning ? warning : "no warning");
        }
        if (warning) {
            assert_non_null(strstr(warning, "c.json"));
            assert_non_null(strstr(warning, "\"inner_threads\" changes nothing"));
            assert_non_null(strstr(warning, cases[i].task));
        }
        if (cases[i].warned) {
            assert_int_equal(configs.items[0].inner_count, 1);
            assert_int_equal(configs.items[0].point_count, 1);
            assert_int_equal(configs.items[0].points[0].inner_threads,
                             configs.items[0].inner_threads[0]);
        }
        ppt_configs_free(&configs);
    }
}

/* A mix is warned of when none of its kernels uses them, and another warning stays. */
static void warnings_of_mixes_and_beside_others(void **state)
{
    struct ppt_configs configs = configs_load(
        "{\"task\": \"random\", \"task_args\": [\"sum\", \"zip\"], \"inner_threads\": 2}");

    (void)state;
    assert_non_null(configs.items[0].warning);
    ppt_configs_free(&configs);
    configs = configs_load(
        "{\"task\": \"random\", \"task_args\": [\"sum\", \"sort\"], \"inner_threads\": 2}");
    assert_null(configs.items[0].warning);
    ppt_configs_free(&configs);
    configs = configs_load("{\"task\": \"sum\", \"inner_threads\": [1, 2],\n"
                           "\"multiprocessing_start_method\": \"fork\"}");
    assert_non_null(strstr(configs.items[0].warning, "multiprocessing_start_method"));
    assert_non_null(strstr(configs.items[0].warning, "changes nothing"));
    ppt_configs_free(&configs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_have_names),
        cmocka_unit_test(words_are_put_together),
        cmocka_unit_test(every_dimension_tells_points_apart),
        cmocka_unit_test(every_dimension_is_written_and_read),
        cmocka_unit_test(every_dimension_has_bounds),
        PLACED(wrong_lists_are_named),
        PLACED(the_longest_list),
        PLACED(points_ascend_by_workers_then_inner_threads),
        PLACED(one_number_is_a_list_of_one),
        PLACED(automatic_workers_get_all_inner_threads),
        PLACED(lists_lie_over_lists),
        PLACED(the_plan_visits_all_points),
        PLACED(needs_are_those_of_the_most_threads),
        PLACED(what_is_written_reads_back_equal),
        PLACED(threads_that_nothing_uses_are_told),
        PLACED(warnings_of_mixes_and_beside_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
