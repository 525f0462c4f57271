#include "passed.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void passed_prepare(struct passed *b, const struct ppt_kernel *kernel, int64_t value,
                    uint64_t task_count)
{
    *b = (struct passed){.use = {kernel, b->args}, .points = {{8, 1}}, .origin = "test"};
    b->args[0].integer = value;
    strcpy(b->task, kernel->name);
    b->config = (struct ppt_config){
        .origin = b->origin,
        .task = b->task,
        .details = b->details,
        .uses = &b->use,
        .use_count = 1,
        .points = b->points,
        .point_count = 1,
        .seed = PASSED_SEED,
        .blocks = 1,
        .task_count = task_count,
        .schedule = {PPT_SCHEDULE_DYNAMIC, 1},
    };
}

void passed_start(struct passed *b)
{
    const struct ppt_folder scratch = {AT_FDCWD, (char[]){"/tmp"}};
    const struct ppt_dirs dirs = {.scratch = &scratch};
    struct ppt_error error = {""};

    if (ppt_workload_open(&b->config, 1, &dirs, &b->workload, &error) != PPT_OK) {
        fail_msg("%s", error.text);
    }
    b->watches = ppt_stopwatches_create();
}

void passed_stop(struct passed *b)
{
    ppt_workload_close(&b->workload);
    ppt_stopwatches_destroy(b->watches);
}

enum ppt_status passed_run(struct passed *b, unsigned workers, unsigned inner_threads,
                           struct ppt_sample *sample, struct ppt_error *error)
{
    const struct ppt_point point = {workers, inner_threads, 0, 0, 0, 0};

    *sample = (struct ppt_sample){0};
    error->text[0] = '\0';
    return ppt_pass_run(&b->workload, point, b->watches, sample, error);
}

struct ppt_sample passed_well(struct passed *b, unsigned workers)
{
    struct ppt_sample sample;
    struct ppt_error error;

    if (passed_run(b, workers, 1, &sample, &error) != PPT_OK) {
        fail_msg("%u workers: %s", workers, error.text);
    }
    return sample;
}

static size_t threads(void)
{
    DIR *folder = opendir("/proc/self/task");
    size_t count = 0;

    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder));) {
        count += entry->d_name[0] != '.';
    }
    closedir(folder);
    return count;
}

void passed_one_thread(void)
{
    const struct timespec pause = {.tv_nsec = 10000000};

    for (int i = 0; i < 200 && threads() > 1; i++) {
        nanosleep(&pause, NULL);
    }
    assert_int_equal(threads(), 1);
}

static int compare(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

void passed_check_times(const struct ppt_sample *s)
{
    assert_true(s->init_ns >= 0 && s->work_ns >= 0 && s->cleanup_ns >= 0);
    assert_true(s->init_ns + s->work_ns + s->cleanup_ns == s->total_ns);
    assert_true(s->times.smallest_ns > 0);
    assert_true(s->times.smallest_ns <= s->times.median_ns);
    assert_true(s->times.median_ns <= s->times.p95_ns);
    assert_true(s->times.p95_ns <= s->times.p99_ns);
    assert_true(s->times.p99_ns <= s->times.largest_ns);
    assert_true(s->times.largest_ns <= s->times.sum_ns);
}

void passed_check_workers(const struct ppt_sample *s)
{
    int64_t first = INT64_MAX, last = INT64_MIN, busy = 0;
    uint64_t tasks = 0;

    assert_int_equal(s->worker_count, s->point.workers > 0 ? s->point.workers : 1);
    for (size_t i = 0; i < s->worker_count; i++) {
        const struct ppt_worker_sample *w = &s->workers[i];

        assert_true(w->start_ns >= 0 && w->start_ns <= w->end_ns &&
                    w->end_ns <= ppt_sample_wall_ns(s));
        assert_true(w->busy_ns >= 0 && w->busy_ns <= w->end_ns - w->start_ns);
        assert_true(w->busy_ns > 0 || w->tasks == 0);
        assert_true(w->cpu_ns >= 0);
        assert_true(w->cpu >= -1 && w->cpu < CPU_SETSIZE);
        first = w->start_ns < first ? w->start_ns : first;
        last = w->end_ns > last ? w->end_ns : last;
        tasks += w->tasks;
        busy += w->busy_ns;
    }
    assert_true(s->work_ns == last - first);
    if (s->point.workers == 0) {
        assert_true(s->init_ns == 0 && s->cleanup_ns == 0 && s->total_ns == s->work_ns);
    } else {
        assert_true(s->init_ns <= first && s->cleanup_ns <= ppt_sample_wall_ns(s) - last);
    }
    assert_int_equal(tasks, s->task_count);
    assert_true(busy == s->times.sum_ns);
}

static void check_tasks(const struct ppt_sample *s)
{
    int64_t *sorted, sum = 0;

    assert_non_null(s->task_ns);
    sorted = calloc(s->task_count, sizeof(*sorted));
    assert_non_null(sorted);
    for (uint64_t i = 0; i < s->task_count; i++) {
        assert_true(s->task_ns[i] > 0);
        sum += s->task_ns[i];
        sorted[i] = s->task_ns[i];
    }
    qsort(sorted, s->task_count, sizeof(*sorted), compare);
    assert_true(sum == s->times.sum_ns);
    assert_true(sorted[0] == s->times.smallest_ns);
    assert_true(sorted[s->task_count - 1] == s->times.largest_ns);
    assert_true(s->times.median_ns >= sorted[(s->task_count - 1) / 2]);
    assert_true(s->times.median_ns <= sorted[s->task_count / 2]);
    free(sorted);
}

/* Independent of the order of tasks: a sum over all of them, each with its own digest. */
void passed_check(const struct ppt_sample *s, unsigned workers, uint64_t task_count)
{
    assert_int_equal(s->point.workers, workers);
    assert_int_equal(s->point.inner_threads, 1);
    assert_int_equal(s->task_count, task_count);
    passed_check_times(s);
    passed_check_workers(s);
    if (task_count <= PPT_MOST_TASK_TIMES) {
        check_tasks(s);
        assert_true(s->times.resolution == 0);
    } else {
        assert_null(s->task_ns);
        assert_true(s->times.resolution > 0 && s->times.resolution < 0.01);
    }
}
