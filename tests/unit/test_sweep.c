/*
 * Whole runs with kernels whose behaviour is known: the order of passes, what is compared, and
 * what the journal says.
 */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <json-c/json.h>
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
#include "interrupt.h"
#include "journal.h"
#include "kernels.h"
#include "place.h"
#include "plan.h"
#include "recording.h"
#include "sweep.h"
#include "tasks.h"

#define PATH 256
#define MOST_LINES 500

static int leave(void **state)
{
    ppt_interrupted = 0;
    return place_leave(state);
}

static void require(enum ppt_status status, const struct ppt_error *error)
{
    if (status != PPT_OK) {
        fail_msg("status %d: %s", (int)status, error->text);
    }
}

/* ---- a run and its journal ---- */

/* A judge that says "enough" when asked for the `patience`-th time. */
struct judge {
    size_t patience, asked;
    size_t samples[10]; /* how many there were when it was asked */
};

static bool enough(const struct ppt_samples *samples, void *context)
{
    struct judge *judge = context;

    assert_true(judge->asked < 10);
    judge->samples[judge->asked++] = samples->count;
    return judge->asked >= judge->patience;
}

struct run {
    struct ppt_configs configs;
    const struct ppt_config *config; /* the only one */
    struct judge judge;
    struct ppt_samples samples;
    struct ppt_error error;
    json_object *lines[MOST_LINES]; /* of the journal */
    size_t line_count;
};

static void read_lines(struct run *run)
{
    char *text = NULL, *line, *rest;
    size_t length = 0;

    require(ppt_file_read("journal/samples.jsonl", 10000000, &text, &length, &run->error),
            &run->error);
    assert_true(length == 0 || text[length - 1] == '\n');
    for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        assert_true(run->line_count < MOST_LINES);
        run->lines[run->line_count] = json_tokener_parse(line);
        assert_non_null(run->lines[run->line_count]);
        run->line_count++;
    }
    free(text);
}

static const struct ppt_folder dot = {AT_FDCWD, (char[]){"."}};
static const struct ppt_dirs here = {.scratch = &dot, .results = &dot};

/* A folder of that name, which holds a journal. */
static struct ppt_folder folder_of(const char *name)
{
    struct ppt_folder folder;
    struct ppt_error error = {""};

    require(ppt_file_make_folders(name, &error), &error);
    require(ppt_folder_open(name, &folder, &error), &error);
    return folder;
}

/* A journal with that content in a folder of that name, read. */
static enum ppt_status reread(const char *name, const char *text, size_t length,
                              struct ppt_recording *recording, struct ppt_error *error)
{
    struct ppt_folder folder = folder_of(name);
    enum ppt_status status = PPT_OK;

    if (text) {
        require(ppt_file_write_in(&folder, PPT_JOURNAL_NAME, text, length, error), error);
    }
    status = ppt_recording_read(&folder, recording, error);
    ppt_folder_close(&folder);
    return status;
}

/* Runs the configuration, a JSON text, and reads its journal. */
static enum ppt_status sweep(struct run *run, const char *config, size_t patience)
{
    const struct ppt_sweep_judge judge = {enough, &run->judge, NULL, NULL};
    struct ppt_journal *journal = NULL;
    enum ppt_status status;

    *run = (struct run){.judge = {.patience = patience}};
    require(ppt_file_write("c.json", config, strlen(config), &run->error), &run->error);
    require(ppt_configs_load("c.json", NULL, &run->configs, &run->error), &run->error);
    run->config = run->configs.items;
    require(
        ppt_config_settle(run->configs.items, &(const struct ppt_cpus){.logical = 2}, &run->error),
        &run->error);
    struct ppt_folder folder = folder_of("journal");
    unlink("journal/samples.jsonl");
    require(ppt_journal_create(&folder, &journal, &run->error), &run->error);
    run->error.text[0] = '\0';
    status = ppt_sweep_run(run->config, &here, journal, &judge, &run->samples, &run->error);
    ppt_journal_close(journal);
    ppt_folder_close(&folder);
    struct ppt_error kept = run->error;
    read_lines(run);
    run->error = kept;
    return status;
}

static void stop(struct run *run)
{
    for (size_t i = 0; i < run->line_count; i++) {
        json_object_put(run->lines[i]);
    }
    ppt_samples_free(&run->samples);
    ppt_configs_free(&run->configs);
}

/* A member of an object, which must be there. */
static json_object *member(json_object *object, const char *key)
{
    json_object *value = NULL;

    if (!json_object_object_get_ex(object, key, &value)) {
        fail_msg("no \"%s\" in %s", key, json_object_to_json_string(object));
    }
    return value;
}

static int64_t number(json_object *object, const char *key)
{
    json_object *value = member(object, key);

    assert_true(json_object_is_type(value, json_type_int));
    return json_object_get_int64(value);
}

static bool is_a(json_object *line, const char *type)
{
    return strcmp(json_object_get_string(member(line, "type")), type) == 0;
}

/* ---- what holds for every run ---- */

/* Samples are in the order of the plan: the warm-up rounds, then block by block. */
static void check_order(const struct run *run)
{
    const struct ppt_config *config = run->config;
    size_t *order = calloc(config->point_count + 2, sizeof(*order));
    size_t at = 0;

    assert_non_null(order);
    for (unsigned block = 0; at < run->samples.count; block++) {
        size_t count = config->point_count;
        const unsigned number_of_block = block < config->warmup ? 0 : block - config->warmup + 1;

        if (number_of_block == 0) {
            count = ppt_plan_warmup(config, order);
        } else {
            ppt_plan_block(config, number_of_block, order);
        }
        for (size_t i = 0; i < count && at < run->samples.count; i++, at++) {
            const struct ppt_sample *sample = &run->samples.items[at];

            assert_int_equal(sample->block, number_of_block);
            assert_int_equal(sample->point.workers, config->points[order[i]].workers);
            assert_int_equal(sample->position, at);
            assert_int_equal(sample->task_count, config->task_count);
        }
    }
    free(order);
}

/* One does not begin before the other has ended. */
static void check_times(const struct run *run, double wait_s)
{
    const int64_t wait_ns = (int64_t)(wait_s * 1e9);

    for (size_t i = 0; i < run->samples.count; i++) {
        const struct ppt_sample *sample = &run->samples.items[i];

        assert_true(sample->started_ns >= 0);
        if (i > 0) {
            assert_true(sample->started_ns >=
                        sample[-1].started_ns + sample[-1].total_ns + wait_ns);
        }
    }
}

static void check_line(json_object *line, const struct ppt_sample *s)
{
    json_object *workers = member(line, "worker_times");
    char digest[17];

    snprintf(digest, sizeof(digest), "%016" PRIx64, s->digest);
    assert_int_equal(number(line, "position"), s->position);
    assert_int_equal(number(line, "block"), s->block);
    assert_int_equal(number(line, "workers"), s->point.workers);
    assert_int_equal(number(line, "inner_threads"), s->point.inner_threads);
    assert_int_equal(number(line, "started_ns"), s->started_ns);
    assert_int_equal(number(line, "init_ns"), s->init_ns);
    assert_int_equal(number(line, "work_ns"), s->work_ns);
    assert_int_equal(number(line, "cleanup_ns"), s->cleanup_ns);
    assert_int_equal(number(line, "total_ns"), s->total_ns);
    assert_int_equal(number(line, "task_count"), s->task_count);
    assert_string_equal(json_object_get_string(member(line, "digest")), digest);
    assert_int_equal(number(member(line, "usage"), "user_ns"), s->usage.user_ns);
    assert_int_equal(number(member(line, "task_times"), "sum_ns"), s->times.sum_ns);
    assert_int_equal(number(member(line, "task_times"), "p95_ns"), s->times.p95_ns);
    assert_int_equal(json_object_array_length(workers), s->worker_count);
    for (size_t i = 0; i < s->worker_count; i++) {
        json_object *worker = json_object_array_get_idx(workers, i);

        assert_int_equal(number(worker, "tasks"), s->workers[i].tasks);
        assert_int_equal(number(worker, "busy_ns"), s->workers[i].busy_ns);
        assert_int_equal(number(worker, "start_ns"), s->workers[i].start_ns);
        assert_int_equal(number(worker, "end_ns"), s->workers[i].end_ns);
    }
    assert_int_equal(json_object_array_length(member(line, "task_ns")), s->task_count);
}

/* The journal has the passes that are in the samples, in their order. */
static void check_journal(const struct run *run)
{
    size_t at = 0;

    for (size_t i = 0; i < run->line_count; i++) {
        if (is_a(run->lines[i], "pass")) {
            assert_true(at < run->samples.count);
            check_line(run->lines[i], &run->samples.items[at++]);
        }
    }
    assert_int_equal(at, run->samples.count);
}

static void check_run(const struct run *run)
{
    check_order(run);
    check_times(run, 0);
    check_journal(run);
}

/* ---- runs that succeed ---- */

static void a_run_follows_its_plan(void **state)
{
    struct run run;

    (void)state;
    require(sweep(&run,
                  "{\"task\": \"steady\", \"task_args\": [100], \"task_count\": 7, \"warmup\": 1,\n"
                  "\"iterations\": 5, \"workers\": [0, 1, 2, 3], \"seed\": 4}",
                  1),
            &run.error);
    assert_int_equal(run.samples.count, 2 + 5 * 4);
    assert_int_equal(run.samples.count, ppt_plan_passes(run.config));
    assert_int_equal(run.judge.asked, 0);
    check_run(&run);
    for (size_t i = 1; i < run.samples.count; i++) {
        assert_true(run.samples.items[i].digest == run.samples.items[0].digest);
    }
    stop(&run);
}

static void warm_up_may_be_left_out_or_repeated(void **state)
{
    struct run run;

    (void)state;
    require(sweep(&run,
                  "{\"task\": \"steady\", \"task_count\": 3, \"warmup\": 0, \"iterations\": 2,\n"
                  "\"workers\": [0, 2]}",
                  1),
            &run.error);
    assert_int_equal(run.samples.count, 4);
    assert_int_equal(run.samples.items[0].block, 1);
    check_run(&run);
    stop(&run);
    require(sweep(&run,
                  "{\"task\": \"steady\", \"task_count\": 3, \"warmup\": 3, \"iterations\": 1,\n"
                  "\"workers\": [0, 1, 2]}",
                  1),
            &run.error);
    assert_int_equal(run.samples.count, 3 * 2 + 3);
    assert_int_equal(run.samples.items[5].block, 0);
    assert_int_equal(run.samples.items[6].block, 1);
    check_run(&run);
    stop(&run);
}

static void a_single_point(void **state)
{
    struct run run;

    (void)state;
    require(sweep(&run,
                  "{\"task\": \"steady\", \"task_count\": 1, \"iterations\": 3, \"workers\": [2]}",
                  1),
            &run.error);
    assert_int_equal(run.samples.count, 1 + 3);
    check_run(&run);
    stop(&run);
}

static void waits_lie_between_passes(void **state)
{
    struct run run;

    (void)state;
    require(sweep(&run,
                  "{\"task\": \"steady\", \"task_count\": 1, \"iterations\": 2, \"warmup\": 0,\n"
                  "\"workers\": [0, 1], \"wait_time_after_runner\": 0.02,\n"
                  "\"wait_time_after_iteration\": 0.05, \"gc_after_iteration\": true}",
                  1),
            &run.error);
    check_run(&run);
    check_times(&run, 0.02);
    const struct ppt_sample *last = &run.samples.items[1], *next = &run.samples.items[2];
    assert_true(next->started_ns >= last->started_ns + last->total_ns + 70000000);
    stop(&run);
}

static void runs_with_a_seed_are_alike(void **state)
{
    static const char config[] =
        "{\"task\": \"random\", \"task_args\": [\"steady\"], \"seed\": 11,\n"
        "\"task_count\": 5, \"iterations\": 4, \"workers\": [0, 1, 2]}";
    struct run first, second;

    (void)state;
    require(sweep(&first, config, 1), &first.error);
    require(sweep(&second, config, 1), &second.error);
    assert_int_equal(first.samples.count, second.samples.count);
    for (size_t i = 0; i < first.samples.count; i++) {
        assert_true(first.samples.items[i].digest == second.samples.items[i].digest);
        assert_int_equal(first.samples.items[i].point.workers,
                         second.samples.items[i].point.workers);
    }
    stop(&first);
    stop(&second);
}

/* ---- the random mix ---- */

static void check_tasks_line(json_object *line, const struct ppt_config *config, unsigned block)
{
    struct ppt_tasks tasks;
    json_object *list = member(line, "tasks");

    ppt_tasks_create(config, block, &tasks);
    assert_int_equal(number(line, "block"), block);
    assert_int_equal(json_object_array_length(list), tasks.count);
    for (uint64_t i = 0; i < tasks.count; i++) {
        const struct ppt_task_group *group = &tasks.groups[tasks.refs ? tasks.refs[i].group : 0];
        const union ppt_value *args = group->sets[tasks.refs ? tasks.refs[i].set : 0];
        json_object *entry = json_object_array_get_idx(list, i);

        assert_string_equal(json_object_get_string(member(entry, "task")), group->kernel->name);
        assert_int_equal(number(member(entry, "args"), "work"), args[0].integer);
    }
    ppt_tasks_free(&tasks);
}

/* Before the passes of each block, the warm-up's included. */
static void a_mix_journals_its_tasks(void **state)
{
    struct run run;
    unsigned expected = 0;

    (void)state;
    require(sweep(&run,
                  "{\"task\": \"random\", \"task_args\": [\"steady\"], \"task_count\": 6,\n"
                  "\"iterations\": 3, \"workers\": [0, 1, 2]}",
                  1),
            &run.error);
    check_run(&run);
    for (size_t i = 0; i < run.line_count; i++) {
        if (is_a(run.lines[i], "tasks")) {
            check_tasks_line(run.lines[i], run.config, expected++);
        } else {
            assert_int_equal(number(run.lines[i], "block"), expected - 1);
        }
    }
    assert_int_equal(expected, 4);
    stop(&run);
}

static void a_plain_task_journals_none(void **state)
{
    struct run run;

    (void)state;
    require(sweep(&run, "{\"task\": \"steady\", \"task_count\": 1, \"workers\": [0]}", 1),
            &run.error);
    for (size_t i = 0; i < run.line_count; i++) {
        assert_true(is_a(run.lines[i], "pass"));
    }
    stop(&run);
}

/* Each task of a mix is in the journal as long as each task's time is. */
static void large_mixes_are_not_listed(void **state)
{
    (void)state;
    for (uint64_t count = PPT_MOST_TASK_TIMES; count <= PPT_MOST_TASK_TIMES + 1; count++) {
        struct run run;
        char config[200];
        size_t lists = 0;

        snprintf(config, sizeof(config),
                 "{\"task\": \"random\", \"task_args\": [\"steady\"], \"task_count\": %d,\n"
                 "\"iterations\": 1, \"warmup\": 0, \"workers\": [0, 2]}",
                 (int)count);
        require(sweep(&run, config, 1), &run.error);
        for (size_t i = 0; i < run.line_count; i++) {
            lists += is_a(run.lines[i], "tasks");
        }
        assert_int_equal(run.samples.count, 2);
        assert_int_equal(lists, count <= PPT_MOST_TASK_TIMES ? 1 : 0);
        assert_int_equal(run.line_count, lists + 2);
        stop(&run);
    }
}

/* ---- adaptive runs ---- */

static void adaptive_runs_ask_the_judge(void **state)
{
    struct run run;

    (void)state;
    require(sweep(&run,
                  "{\"task\": \"steady\", \"task_count\": 1, \"workers\": [0, 1], \"warmup\": 0,\n"
                  "\"precision\": {}}",
                  3),
            &run.error);
    assert_int_equal(run.judge.asked, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(run.judge.samples[i], 2 * (PPT_ADAPTIVE_FIRST + i * PPT_ADAPTIVE_STEP));
    }
    assert_int_equal(run.samples.count, 2 * (PPT_ADAPTIVE_FIRST + 2 * PPT_ADAPTIVE_STEP));
    check_run(&run);
    stop(&run);
}

static void adaptive_runs_end_at_their_limits(void **state)
{
    struct run run;

    (void)state;
    require(sweep(&run,
                  "{\"task\": \"steady\", \"task_count\": 1, \"workers\": [0], \"warmup\": 0,\n"
                  "\"precision\": {}, \"iterations\": 12}",
                  9),
            &run.error);
    assert_int_equal(run.samples.count, 12);
    stop(&run);
    require(sweep(&run,
                  "{\"task\": \"steady\", \"task_count\": 1, \"workers\": [0], \"warmup\": 0,\n"
                  "\"precision\": {\"max_seconds\": 0.1}, \"wait_time_after_iteration\": 0.05}",
                  9),
            &run.error);
    assert_in_range(run.samples.count, 1, 3);
    stop(&run);
}

/* ---- runs that fail ---- */

static void different_results_are_a_failure(void **state)
{
    struct run run;

    (void)state;
    assert_int_equal(sweep(&run,
                           "{\"task\": \"wrong\", \"task_count\": 5, \"iterations\": 3,\n"
                           "\"warmup\": 0, \"workers\": [0, 1, 2]}",
                           1),
                     PPT_DIFFERS);
    assert_non_null(strstr(run.error.text, "wrong"));
    assert_int_equal(run.samples.count, 3); /* the block was finished */
    check_run(&run);
    stop(&run);
    assert_int_equal(sweep(&run,
                           "{\"task\": \"random\", \"task_args\": [\"wrong\", \"steady\"],\n"
                           "\"task_count\": 20, \"iterations\": 3, \"workers\": [0, 2]}",
                           1),
                     PPT_DIFFERS);
    check_run(&run);
    stop(&run);
}

/* What was compared once is not looked at again: a sweep compares after every block. */
static void results_are_compared_once(void **state)
{
    enum { COUNT = 9 };
    struct ppt_config config = {.task = (char[]){"mock"}, .inner_count = 1};
    struct ppt_sample items[COUNT] = {0};
    struct ppt_samples samples = {.items = items, .count = COUNT - 1};
    struct ppt_compared compared = {0};
    struct ppt_error error = {""};

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        items[i].point.workers = (unsigned)(COUNT - i); /* the last one has the fewest */
        items[i].digest = 7;
    }
    require(ppt_sweep_compare(&config, &samples, 1, &compared, &error), &error);
    assert_int_equal(compared.count, COUNT - 1);
    assert_int_equal(compared.reference, COUNT - 2);
    items[4].digest = 8;
    samples.count = COUNT;
    require(ppt_sweep_compare(&config, &samples, 1, &compared, &error), &error);
    /* The first of before stands for all of them, whoever the new ones are compared with. */
    compared.count = COUNT - 1;
    compared.reference = COUNT - 2;
    items[COUNT - 1].digest = 9;
    assert_int_equal(ppt_sweep_compare(&config, &samples, 1, &compared, &error), PPT_DIFFERS);
    assert_non_null(strstr(error.text, "at 1 and at 9 workers"));
    items[COUNT - 1].point.workers = COUNT + 1;
    assert_int_equal(ppt_sweep_compare(&config, &samples, 1, &compared, &error), PPT_DIFFERS);
    assert_non_null(strstr(error.text, "at 2 and at 10 workers"));
}

/* The warm-up of one block and the passes of the next must agree, too. */
static void one_count_alone_cannot_differ(void **state)
{
    struct run run;

    (void)state;
    require(sweep(&run,
                  "{\"task\": \"wrong\", \"task_count\": 5, \"iterations\": 3, \"workers\": [2]}",
                  1),
            &run.error);
    assert_int_equal(run.samples.count, 4);
    stop(&run);
}

/* Nothing fails but the pass at 2 workers, wherever the plan has it; the others go on. */
static void a_point_that_fails_is_left_out(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 8; seed++) {
        struct run run;
        char config[PATH];

        snprintf(config, sizeof(config),
                 "{\"task\": \"unattachable\", \"task_count\": 5, \"iterations\": 2,\n"
                 "\"warmup\": 0, \"workers\": [0, 1, 2], \"seed\": %u}",
                 seed);
        require(sweep(&run, config, 1), &run.error);
        assert_int_equal(run.samples.failure_count, 1);
        assert_int_equal(run.samples.failures[0].block, 1);
        assert_int_equal(run.samples.failures[0].point.workers, 2);
        assert_non_null(
            strstr(run.samples.failures[0].message, "worker 1 cannot attach on purpose"));
        assert_int_equal(run.samples.count, 4);
        assert_int_equal(run.line_count, 5);
        assert_int_equal(ppt_sweep_failures(run.config, &run.samples, &run.error), PPT_FAILED);
        assert_non_null(strstr(run.error.text, "at 2 workers: unattachable: worker 1"));
        stop(&run);
    }
}

/* Passes of before are recorded, but count no longer; a run that goes on skips the point, too. */
static void a_point_may_fail_in_a_later_block(void **state)
{
    static const char config[] =
        "{\"task\": \"fading\", \"task_args\": [2], \"task_count\": 3, \"iterations\": 4,\n"
        "\"warmup\": 0, \"workers\": [0, 1, 2]}";
    const struct ppt_sweep_judge judge = {enough, NULL, NULL, NULL};
    struct run run;

    (void)state;
    require(sweep(&run, config, 1), &run.error);
    assert_int_equal(run.samples.failure_count, 1);
    assert_int_equal(run.samples.failures[0].block, 3);
    assert_int_equal(run.samples.count, 2 * 3 + 2 * 2);
    /* All is there already, and from the second block on it is not. */
    for (size_t kept = run.samples.count; kept >= 6; kept--) {
        struct ppt_journal *journal = NULL;

        while (run.samples.count > kept) {
            ppt_sample_free(&run.samples.items[--run.samples.count]);
        }
        struct ppt_folder folder = folder_of("second");
        unlink("second/samples.jsonl");
        require(ppt_journal_create(&folder, &journal, &run.error), &run.error);
        require(ppt_sweep_run(run.config, &here, journal, &judge, &run.samples, &run.error),
                &run.error);
        ppt_journal_close(journal);
        ppt_folder_close(&folder);
        assert_int_equal(run.samples.count, 2 * 3 + 2 * 2);
        assert_int_equal(run.samples.failure_count, 1);
    }
    stop(&run);
}

static void a_run_whose_points_all_fail_ends(void **state)
{
    struct run run;

    (void)state;
    require(sweep(&run,
                  "{\"task\": \"failing\", \"task_args\": [3], \"task_count\": 5,\n"
                  "\"iterations\": 100000, \"wait_time_after_iteration\": 1, \"warmup\": 0,\n"
                  "\"workers\": [0, 1]}",
                  1),
            &run.error);
    assert_int_equal(run.samples.count, 0);
    assert_int_equal(run.samples.failure_count, 2);
    assert_int_equal(run.line_count, 2);
    assert_int_equal(ppt_sweep_failures(run.config, &run.samples, &run.error), PPT_FAILED);
    assert_non_null(strstr(run.error.text, "task 3 fails on purpose"));
    stop(&run);
}

static void an_unopenable_kernel_is_found_before_the_run(void **state)
{
    static const char config[] = "{\"task\": \"unopenable\", \"workers\": [0, 1]}";
    const struct ppt_workspace folder = {.folder = dot};
    struct run run;

    (void)state;
    assert_int_equal(sweep(&run, config, 1), PPT_BAD_INPUT);
    assert_int_equal(run.samples.count, 0);
    assert_int_equal(ppt_sweep_check(run.config, &folder, 1, UINT64_MAX, &run.error),
                     PPT_BAD_INPUT);
    assert_non_null(strstr(run.error.text, "cannot be opened on purpose"));
    stop(&run);
    require(sweep(&run, "{\"task\": \"steady\", \"task_count\": 1, \"workers\": [0, 1]}", 1),
            &run.error);
    require(ppt_sweep_check(run.config, &folder, 1, UINT64_MAX, &run.error), &run.error);
    stop(&run);
}

static void the_wish_to_stop_ends_a_run(void **state)
{
    struct run run;

    (void)state;
    ppt_interrupted = 1;
    assert_int_equal(sweep(&run, "{\"task\": \"steady\", \"task_count\": 9, \"workers\": [0]}", 1),
                     PPT_INTERRUPTED);
    assert_int_equal(run.samples.count, 0);
    check_journal(&run);
    stop(&run);
}

/* ---- journals ---- */

static void a_journal_is_never_overwritten(void **state)
{
    struct ppt_journal *journal = NULL, *other = NULL;
    struct ppt_error error = {""};

    (void)state;
    struct ppt_folder folder = folder_of("journal");
    require(ppt_journal_create(&folder, &journal, &error), &error);
    assert_int_equal(ppt_journal_create(&folder, &other, &error), PPT_FAILED);
    assert_non_null(strstr(error.text, "journal"));
    assert_int_equal(unlink("journal/samples.jsonl"), 0);
    assert_int_equal(rmdir("journal"), 0);
    assert_int_equal(ppt_journal_create(&folder, &other, &error), PPT_FAILED);
    ppt_journal_close(journal);
    ppt_folder_close(&folder);
    ppt_journal_close(NULL);
}

static void check_equal(const struct ppt_sample *a, const struct ppt_sample *b)
{
    assert_int_equal(a->block, b->block);
    assert_int_equal(a->position, b->position);
    assert_memory_equal(&a->point, &b->point, sizeof(a->point));
    assert_true(a->digest == b->digest);
    assert_int_equal(a->started_ns, b->started_ns);
    assert_int_equal(a->init_ns, b->init_ns);
    assert_int_equal(a->work_ns, b->work_ns);
    assert_int_equal(a->cleanup_ns, b->cleanup_ns);
    assert_int_equal(a->total_ns, b->total_ns);
    assert_int_equal(a->task_count, b->task_count);
    assert_memory_equal(&a->usage, &b->usage, sizeof(a->usage));
    assert_memory_equal(&a->noise, &b->noise, sizeof(a->noise));
    assert_memory_equal(&a->times, &b->times, sizeof(a->times));
    assert_int_equal(a->peak_bytes, b->peak_bytes);
    assert_int_equal(a->clock_khz, b->clock_khz);
    assert_int_equal(a->worker_count, b->worker_count);
    for (size_t i = 0; i < a->worker_count; i++) {
        assert_int_equal(a->workers[i].tasks, b->workers[i].tasks);
        assert_int_equal(a->workers[i].busy_ns, b->workers[i].busy_ns);
        assert_int_equal(a->workers[i].cpu_ns, b->workers[i].cpu_ns);
        assert_int_equal(a->workers[i].start_ns, b->workers[i].start_ns);
        assert_int_equal(a->workers[i].end_ns, b->workers[i].end_ns);
        assert_int_equal(a->workers[i].cpu, b->workers[i].cpu);
    }
    if (a->task_count > PPT_MOST_TASK_TIMES) {
        assert_null(a->task_ns);
        assert_null(b->task_ns);
        return;
    }
    assert_memory_equal(a->task_ns, b->task_ns, a->task_count * sizeof(*a->task_ns));
}

/* Runs with all the lines of a real journal. */
static void record(struct run *run, const char *path, uint64_t task_count)
{
    char config[200];
    struct ppt_journal *journal = NULL;
    struct ppt_host host = {0};

    snprintf(config, sizeof(config),
             "{\"task\": \"steady\", \"task_count\": %d, \"workers\": [0, 1, 2],\n"
             "\"iterations\": 2, \"seed\": 3}",
             (int)task_count);
    require(sweep(run, config, 1), &run->error);
    ppt_host_read(&host);
    struct ppt_folder folder = folder_of(path);
    unlink("whole/samples.jsonl");
    require(ppt_journal_create(&folder, &journal, &run->error), &run->error);
    require(ppt_journal_run(journal, run->config, &host, "2026-01-02T03:04:05+00:00", &run->error),
            &run->error);
    for (size_t i = 0; i < run->samples.count; i++) {
        require(ppt_journal_pass(journal, &run->samples.items[i], &run->error), &run->error);
    }
    require(ppt_journal_end(journal, PPT_OK, &run->error), &run->error);
    ppt_journal_close(journal);
    ppt_folder_close(&folder);
    ppt_host_free(&host);
}

static void a_journal_reads_back_equal(void **state)
{
    struct ppt_recording recording = {0};
    struct run run;

    (void)state;
    record(&run, "whole", 4);
    require(reread("whole", NULL, 0, &recording, &run.error), &run.error);
    assert_true(recording.ended);
    assert_int_equal(recording.status, PPT_OK);
    assert_string_equal(recording.started, "2026-01-02T03:04:05+00:00");
    assert_int_equal(recording.configs.count, 1);
    assert_string_equal(recording.configs.items[0].task, "steady");
    assert_string_equal(recording.configs.items[0].details, run.config->details);
    assert_int_equal(recording.configs.items[0].seed, 3);
    assert_int_equal(recording.configs.items[0].point_count, 3);
    assert_int_equal(recording.samples.count, run.samples.count);
    for (size_t i = 0; i < run.samples.count; i++) {
        check_equal(&recording.samples.items[i], &run.samples.items[i]);
    }
    ppt_recording_free(&recording);
    stop(&run);
}

static void failures_read_back_equal(void **state)
{
    static const char message[] = "io: \"/a\": cannot write: No space\\left";
    const struct ppt_failure failure = {2,
                                        {4, 2, 3},
                                        (char[]){"io: \"/a\": cannot write: No "
                                                 "space\\left"}};
    struct ppt_recording recording = {0};
    struct ppt_journal *journal = NULL;
    struct run run;

    (void)state;
    record(&run, "failed", 4);
    struct ppt_folder folder = folder_of("failed");
    require(ppt_journal_open(&folder, &journal, &run.error), &run.error);
    require(ppt_journal_failed(journal, &failure, &run.error), &run.error);
    ppt_journal_close(journal);
    ppt_folder_close(&folder);
    require(reread("failed", NULL, 0, &recording, &run.error), &run.error);
    assert_int_equal(recording.samples.failure_count, 1);
    assert_int_equal(recording.samples.failures[0].block, 2);
    assert_int_equal(recording.samples.failures[0].point.workers, 4);
    assert_int_equal(recording.samples.failures[0].point.inner_threads, 2);
    assert_int_equal(recording.samples.failures[0].point.ranks, 3);
    assert_string_equal(recording.samples.failures[0].message, message);
    ppt_recording_free(&recording);
    stop(&run);
}

static void a_large_journal_reads_back_equal(void **state)
{
    struct ppt_recording recording = {0};
    struct run run;

    (void)state;
    record(&run, "large", PPT_MOST_TASK_TIMES + 1);
    require(reread("large", NULL, 0, &recording, &run.error), &run.error);
    assert_int_equal(recording.samples.count, run.samples.count);
    for (size_t i = 0; i < run.samples.count; i++) {
        assert_true(run.samples.items[i].times.resolution > 0);
        check_equal(&recording.samples.items[i], &run.samples.items[i]);
    }
    ppt_recording_free(&recording);
    stop(&run);
}

/* Before there were histograms, journals had no resolution; and it is a share, not anything. */
static void journals_without_a_resolution_are_exact(void **state)
{
    static const char key[] = "\"resolution\":0.0";
    struct ppt_recording recording = {0};
    struct run run;
    char *text = NULL, *at;
    size_t length = 0, found = 0;

    (void)state;
    record(&run, "whole", 4);
    require(ppt_file_read("whole/samples.jsonl", 10000000, &text, &length, &run.error), &run.error);
    for (at = text; (at = strstr(at, key)); found++) {
        memcpy(at, "\"res0lution\":0.0", sizeof(key) - 1);
    }
    assert_int_equal(found, run.samples.count);
    require(reread("old", text, length, &recording, &run.error), &run.error);
    assert_int_equal(recording.samples.count, run.samples.count);
    for (size_t i = 0; i < run.samples.count; i++) {
        check_equal(&recording.samples.items[i], &run.samples.items[i]);
    }
    ppt_recording_free(&recording);
    memcpy(strstr(text, "\"res0lution\":0.0"), "\"resolution\":1.5", sizeof(key) - 1);
    assert_int_equal(reread("old", text, length, &recording, &run.error), PPT_BAD_INPUT);
    assert_non_null(strstr(run.error.text, "resolution"));
    free(text);
    stop(&run);
}

/* A run that died: the journal ends anywhere. Whole lines count, the last one may be cut. */
static void a_cut_journal_has_its_whole_lines(void **state)
{
    struct run run;
    char *text = NULL;
    size_t length = 0, first = 0;

    (void)state;
    record(&run, "whole", 4);
    require(ppt_file_read("whole/samples.jsonl", 10000000, &text, &length, &run.error), &run.error);
    first = strcspn(text, "\n") + 1;
    for (size_t cut = first; cut < length; cut += cut < length - 200 ? 97 : 1) {
        struct ppt_recording recording = {0};
        size_t lines = 0;

        for (size_t i = first; i < cut; i++) {
            lines += text[i] == '\n';
        }
        require(reread("cut", text, cut, &recording, &run.error), &run.error);
        assert_false(recording.ended);
        assert_int_equal(recording.samples.count, lines);
        ppt_recording_free(&recording);
    }
    free(text);
    stop(&run);
}

static void damaged_journals_name_the_line(void **state)
{
    struct run run;
    struct ppt_recording recording = {0};
    char *text = NULL, *second;
    size_t length = 0;

    (void)state;
    record(&run, "whole", 4);
    require(ppt_file_read("whole/samples.jsonl", 10000000, &text, &length, &run.error), &run.error);
    second = strchr(text, '\n') + 1;
    memcpy(second, "#", 1);
    assert_int_equal(reread("damaged", text, length, &recording, &run.error), PPT_BAD_INPUT);
    assert_non_null(strstr(run.error.text, "damaged/samples.jsonl:2:"));
    /* No first line at all. */
    memcpy(second, "{", 1);
    assert_int_equal(reread("damaged", second, strlen(second), &recording, &run.error),
                     PPT_BAD_INPUT);
    assert_non_null(strstr(run.error.text, "damaged"));
    assert_int_equal(reread("damaged", "", 0, &recording, &run.error), PPT_BAD_INPUT);
    assert_int_equal(reread("missing", NULL, 0, &recording, &run.error), PPT_BAD_INPUT);
    free(text);
    stop(&run);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, place_enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_run_follows_its_plan),
        TEST(warm_up_may_be_left_out_or_repeated),
        TEST(a_single_point),
        TEST(waits_lie_between_passes),
        TEST(runs_with_a_seed_are_alike),
        TEST(a_mix_journals_its_tasks),
        TEST(a_plain_task_journals_none),
        TEST(large_mixes_are_not_listed),
        TEST(adaptive_runs_ask_the_judge),
        TEST(adaptive_runs_end_at_their_limits),
        TEST(different_results_are_a_failure),
        TEST(results_are_compared_once),
        TEST(one_count_alone_cannot_differ),
        TEST(a_point_that_fails_is_left_out),
        TEST(a_point_may_fail_in_a_later_block),
        TEST(a_run_whose_points_all_fail_ends),
        TEST(an_unopenable_kernel_is_found_before_the_run),
        TEST(the_wish_to_stop_ends_a_run),
        TEST(a_journal_is_never_overwritten),
        TEST(a_journal_reads_back_equal),
        TEST(failures_read_back_equal),
        TEST(a_large_journal_reads_back_equal),
        TEST(journals_without_a_resolution_are_exact),
        TEST(a_cut_journal_has_its_whole_lines),
        TEST(damaged_journals_name_the_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
