/*
 * Whole runs with kernels whose behaviour is known: the order of passes, what a journal of them
 * says, and when they end.
 */
#include <stdio.h>

#include "plan.h"
#include "swept.h"
#include "tasks.h"

/* ---- runs that succeed ---- */

static void a_run_follows_its_plan(void **state)
{
    struct swept run;

    (void)state;
    require(
        swept_run(&run,
                  "{\"task\": \"steady\", \"task_args\": [100], \"task_count\": 7, \"warmup\": 1,\n"
                  "\"iterations\": 5, \"workers\": [0, 1, 2, 3], \"seed\": 4}",
                  1),
        &run.error);
    assert_int_equal(run.samples.count, 2 + 5 * 4);
    assert_int_equal(run.samples.count, ppt_plan_passes(run.config));
    assert_int_equal(run.judge.asked, 0);
    swept_check(&run);
    for (size_t i = 1; i < run.samples.count; i++) {
        assert_true(run.samples.items[i].digest == run.samples.items[0].digest);
    }
    swept_stop(&run);
}

static void warm_up_may_be_left_out_or_repeated(void **state)
{
    struct swept run;

    (void)state;
    require(
        swept_run(&run,
                  "{\"task\": \"steady\", \"task_count\": 3, \"warmup\": 0, \"iterations\": 2,\n"
                  "\"workers\": [0, 2]}",
                  1),
        &run.error);
    assert_int_equal(run.samples.count, 4);
    assert_int_equal(run.samples.items[0].block, 1);
    swept_check(&run);
    swept_stop(&run);
    require(
        swept_run(&run,
                  "{\"task\": \"steady\", \"task_count\": 3, \"warmup\": 3, \"iterations\": 1,\n"
                  "\"workers\": [0, 1, 2]}",
                  1),
        &run.error);
    assert_int_equal(run.samples.count, 3 * 2 + 3);
    assert_int_equal(run.samples.items[5].block, 0);
    assert_int_equal(run.samples.items[6].block, 1);
    swept_check(&run);
    swept_stop(&run);
}

static void a_single_point(void **state)
{
    struct swept run;

    (void)state;
    require(
        swept_run(&run,
                  "{\"task\": \"steady\", \"task_count\": 1, \"iterations\": 3, \"workers\": [2]}",
                  1),
        &run.error);
    assert_int_equal(run.samples.count, 1 + 3);
    swept_check(&run);
    swept_stop(&run);
}

static void waits_lie_between_passes(void **state)
{
    struct swept run;

    (void)state;
    require(
        swept_run(&run,
                  "{\"task\": \"steady\", \"task_count\": 1, \"iterations\": 2, \"warmup\": 0,\n"
                  "\"workers\": [0, 1], \"wait_time_after_runner\": 0.02,\n"
                  "\"wait_time_after_iteration\": 0.05, \"gc_after_iteration\": true}",
                  1),
        &run.error);
    swept_check(&run);
    swept_check_times(&run, 0.02);
    const struct ppt_sample *last = &run.samples.items[1], *next = &run.samples.items[2];
    assert_true(next->started_ns >= last->started_ns + last->total_ns + 70000000);
    swept_stop(&run);
}

static void runs_with_a_seed_are_alike(void **state)
{
    static const char config[] =
        "{\"task\": \"random\", \"task_args\": [\"steady\"], \"seed\": 11,\n"
        "\"task_count\": 5, \"iterations\": 4, \"workers\": [0, 1, 2]}";
    struct swept first, second;

    (void)state;
    require(swept_run(&first, config, 1), &first.error);
    require(swept_run(&second, config, 1), &second.error);
    assert_int_equal(first.samples.count, second.samples.count);
    for (size_t i = 0; i < first.samples.count; i++) {
        assert_true(first.samples.items[i].digest == second.samples.items[i].digest);
        assert_int_equal(first.samples.items[i].point.workers,
                         second.samples.items[i].point.workers);
    }
    swept_stop(&first);
    swept_stop(&second);
}

/* ---- the random mix ---- */

static void check_tasks_line(json_object *line, const struct ppt_config *config, unsigned block)
{
    struct ppt_tasks tasks;
    json_object *list = swept_member(line, "tasks");

    ppt_tasks_create(config, block, &tasks);
    assert_int_equal(swept_number(line, "block"), block);
    assert_int_equal(json_object_array_length(list), tasks.count);
    for (uint64_t i = 0; i < tasks.count; i++) {
        const struct ppt_task_group *group = &tasks.groups[tasks.refs ? tasks.refs[i].group : 0];
        const union ppt_value *args = group->sets[tasks.refs ? tasks.refs[i].set : 0];
        json_object *entry = json_object_array_get_idx(list, i);

        assert_string_equal(json_object_get_string(swept_member(entry, "task")),
                            group->kernel->name);
        assert_int_equal(swept_number(swept_member(entry, "args"), "work"), args[0].integer);
    }
    ppt_tasks_free(&tasks);
}

/* Before the passes of each block, the warm-up's included. */
static void a_mix_journals_its_tasks(void **state)
{
    struct swept run;
    unsigned expected = 0;

    (void)state;
    require(swept_run(&run,
                      "{\"task\": \"random\", \"task_args\": [\"steady\"], \"task_count\": 6,\n"
                      "\"iterations\": 3, \"workers\": [0, 1, 2]}",
                      1),
            &run.error);
    swept_check(&run);
    for (size_t i = 0; i < run.line_count; i++) {
        if (swept_is_a(run.lines[i], "tasks")) {
            check_tasks_line(run.lines[i], run.config, expected++);
        } else {
            assert_int_equal(swept_number(run.lines[i], "block"), expected - 1);
        }
    }
    assert_int_equal(expected, 4);
    swept_stop(&run);
}

static void a_plain_task_journals_none(void **state)
{
    struct swept run;

    (void)state;
    require(swept_run(&run, "{\"task\": \"steady\", \"task_count\": 1, \"workers\": [0]}", 1),
            &run.error);
    for (size_t i = 0; i < run.line_count; i++) {
        assert_true(swept_is_a(run.lines[i], "pass"));
    }
    swept_stop(&run);
}

/* Each task of a mix is in the journal as long as each task's time is. */
static void large_mixes_are_not_listed(void **state)
{
    (void)state;
    for (uint64_t count = PPT_MOST_TASK_TIMES; count <= PPT_MOST_TASK_TIMES + 1; count++) {
        struct swept run;
        char config[200];
        size_t lists = 0;

        snprintf(config, sizeof(config),
                 "{\"task\": \"random\", \"task_args\": [\"steady\"], \"task_count\": %d,\n"
                 "\"iterations\": 1, \"warmup\": 0, \"workers\": [0, 2]}",
                 (int)count);
        require(swept_run(&run, config, 1), &run.error);
        for (size_t i = 0; i < run.line_count; i++) {
            lists += swept_is_a(run.lines[i], "tasks");
        }
        assert_int_equal(run.samples.count, 2);
        assert_int_equal(lists, count <= PPT_MOST_TASK_TIMES ? 1 : 0);
        assert_int_equal(run.line_count, lists + 2);
        swept_stop(&run);
    }
}

/* ---- adaptive runs ---- */

static void adaptive_runs_ask_the_judge(void **state)
{
    struct swept run;

    (void)state;
    require(
        swept_run(&run,
                  "{\"task\": \"steady\", \"task_count\": 1, \"workers\": [0, 1], \"warmup\": 0,\n"
                  "\"precision\": {}}",
                  3),
        &run.error);
    assert_int_equal(run.judge.asked, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(run.judge.samples[i], 2 * (PPT_ADAPTIVE_FIRST + i * PPT_ADAPTIVE_STEP));
    }
    assert_int_equal(run.samples.count, 2 * (PPT_ADAPTIVE_FIRST + 2 * PPT_ADAPTIVE_STEP));
    swept_check(&run);
    swept_stop(&run);
}

static void adaptive_runs_end_at_their_limits(void **state)
{
    struct swept run;

    (void)state;
    require(swept_run(&run,
                      "{\"task\": \"steady\", \"task_count\": 1, \"workers\": [0], \"warmup\": 0,\n"
                      "\"precision\": {}, \"iterations\": 12}",
                      9),
            &run.error);
    assert_int_equal(run.samples.count, 12);
    swept_stop(&run);
    require(swept_run(&run,
                      "{\"task\": \"steady\", \"task_count\": 1, \"workers\": [0], \"warmup\": 0,\n"
                      "\"precision\": {\"max_seconds\": 0.1}, \"wait_time_after_iteration\": 0.05}",
                      9),
            &run.error);
    assert_in_range(run.samples.count, 1, 3);
    swept_stop(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SWEPT(a_run_follows_its_plan),
        SWEPT(warm_up_may_be_left_out_or_repeated),
        SWEPT(a_single_point),
        SWEPT(waits_lie_between_passes),
        SWEPT(runs_with_a_seed_are_alike),
        SWEPT(a_mix_journals_its_tasks),
        SWEPT(a_plain_task_journals_none),
        SWEPT(large_mixes_are_not_listed),
        SWEPT(adaptive_runs_ask_the_judge),
        SWEPT(adaptive_runs_end_at_their_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
