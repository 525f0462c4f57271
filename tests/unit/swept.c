#include "swept.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "interrupt.h"
#include "journal.h"
#include "plan.h"

int swept_leave(void **state)
{
    ppt_interrupted = 0;
    return place_leave(state);
}

bool swept_enough(const struct ppt_samples *samples, void *context)
{
    struct judge *judge = context;

    assert_true(judge->asked < 10);
    judge->samples[judge->asked++] = samples->count;
    return judge->asked >= judge->patience;
}

static void read_lines(struct swept *run)
{
    char *text = NULL, *line, *rest;
    size_t length = 0;

    require(ppt_file_read("journal/samples.jsonl", 10000000, &text, &length, &run->error),
            &run->error);
    assert_true(length == 0 || text[length - 1] == '\n');
    for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        assert_true(run->line_count < SWEPT_MOST_LINES);
        run->lines[run->line_count] = json_tokener_parse(line);
        assert_non_null(run->lines[run->line_count]);
        run->line_count++;
    }
    free(text);
}

const struct ppt_folder swept_dot = {AT_FDCWD, (char[]){"."}};
const struct ppt_dirs swept_here = {.scratch = &swept_dot, .results = &swept_dot};

struct ppt_folder swept_folder(const char *name)
{
    struct ppt_folder folder;
    struct ppt_error error = {""};

    require(ppt_file_make_folders(name, &error), &error);
    require(ppt_folder_open(name, &folder, &error), &error);
    return folder;
}

enum ppt_status swept_run(struct swept *run, const char *config, size_t patience)
{
    const struct ppt_sweep_judge judge = {.enough = swept_enough, .context = &run->judge};
    struct ppt_journal *journal = NULL;
    enum ppt_status status;

    *run = (struct swept){.judge = {.patience = patience}};
    require(ppt_file_write("c.json", config, strlen(config), &run->error), &run->error);
    require(ppt_configs_load("c.json", NULL, &run->configs, &run->error), &run->error);
    run->config = run->configs.items;
    require(
        ppt_config_settle(run->configs.items, &(const struct ppt_cpus){.logical = 2}, &run->error),
        &run->error);
    struct ppt_folder folder = swept_folder("journal");
    unlink("journal/samples.jsonl");
    require(ppt_journal_create(&folder, &journal, &run->error), &run->error);
    run->error.text[0] = '\0';
    status = ppt_sweep_run(run->config, &swept_here, journal, &judge, &run->samples, &run->error);
    ppt_journal_close(journal);
    ppt_folder_close(&folder);
    struct ppt_error kept = run->error;
    read_lines(run);
    run->error = kept;
    return status;
}

void swept_stop(struct swept *run)
{
    for (size_t i = 0; i < run->line_count; i++) {
        json_object_put(run->lines[i]);
    }
    ppt_samples_free(&run->samples);
    ppt_configs_free(&run->configs);
}

json_object *swept_member(json_object *object, const char *key)
{
    json_object *value = NULL;

    if (!json_object_object_get_ex(object, key, &value)) {
        fail_msg("no \"%s\" in %s", key, json_object_to_json_string(object));
    }
    return value;
}

int64_t swept_number(json_object *object, const char *key)
{
    json_object *value = swept_member(object, key);

    assert_true(json_object_is_type(value, json_type_int));
    return json_object_get_int64(value);
}

bool swept_is_a(json_object *line, const char *type)
{
    return strcmp(json_object_get_string(swept_member(line, "type")), type) == 0;
}

/* Samples are in the order of the plan: the warm-up rounds, then block by block. */
static void check_order(const struct swept *run)
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

void swept_check_times(const struct swept *run, double wait_s)
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
    json_object *workers = swept_member(line, "worker_times");
    char digest[17];

    snprintf(digest, sizeof(digest), "%016" PRIx64, s->digest);
    assert_int_equal(swept_number(line, "position"), s->position);
    assert_int_equal(swept_number(line, "block"), s->block);
    assert_int_equal(swept_number(line, "workers"), s->point.workers);
    assert_int_equal(swept_number(line, "inner_threads"), s->point.inner_threads);
    assert_int_equal(swept_number(line, "started_ns"), s->started_ns);
    assert_int_equal(swept_number(line, "init_ns"), s->init_ns);
    assert_int_equal(swept_number(line, "work_ns"), s->work_ns);
    assert_int_equal(swept_number(line, "cleanup_ns"), s->cleanup_ns);
    assert_int_equal(swept_number(line, "total_ns"), s->total_ns);
    assert_int_equal(swept_number(line, "task_count"), s->task_count);
    assert_string_equal(json_object_get_string(swept_member(line, "digest")), digest);
    assert_int_equal(swept_number(swept_member(line, "usage"), "user_ns"), s->usage.user_ns);
    assert_int_equal(swept_number(swept_member(line, "task_times"), "sum_ns"), s->times.sum_ns);
    assert_int_equal(swept_number(swept_member(line, "task_times"), "p95_ns"), s->times.p95_ns);
    assert_int_equal(json_object_array_length(workers), s->worker_count);
    for (size_t i = 0; i < s->worker_count; i++) {
        json_object *worker = json_object_array_get_idx(workers, i);

        assert_int_equal(swept_number(worker, "tasks"), s->workers[i].tasks);
        assert_int_equal(swept_number(worker, "busy_ns"), s->workers[i].busy_ns);
        assert_int_equal(swept_number(worker, "start_ns"), s->workers[i].start_ns);
        assert_int_equal(swept_number(worker, "end_ns"), s->workers[i].end_ns);
    }
    assert_int_equal(json_object_array_length(swept_member(line, "task_ns")), s->task_count);
}

void swept_check_journal(const struct swept *run)
{
    size_t at = 0;

    for (size_t i = 0; i < run->line_count; i++) {
        if (swept_is_a(run->lines[i], "pass")) {
            assert_true(at < run->samples.count);
            check_line(run->lines[i], &run->samples.items[at++]);
        }
    }
    assert_int_equal(at, run->samples.count);
}

void swept_check(const struct swept *run)
{
    check_order(run);
    swept_check_times(run, 0);
    swept_check_journal(run);
}
