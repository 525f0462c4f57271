/*
 * One pass, with kernels whose behaviour is known exactly: what it must hold at every number of
 * workers, and how it ends when something is wrong.
 */
#include <dirent.h>
#include <fcntl.h>
#include <omp.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "config.h"
#include "interrupt.h"
#include "kernels.h"
#include "pass.h"
#include "rng.h"
#include "workload.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SEED 9

static const unsigned worker_counts[] = {0, 1, 2, 3, 8};

/* ---- a pass of a kernel ---- */

struct bench {
    struct ppt_config config;
    struct ppt_use use;
    union ppt_value args[1];
    struct ppt_point points[1];
    struct ppt_workload workload;
    struct ppt_recorder *recorder;
    char origin[8], task[16], details[8];
};

/* A configuration of that kernel with the argument `value`. */
static void prepare(struct bench *b, const struct ppt_kernel *kernel, int64_t value,
                    uint64_t task_count)
{
    *b = (struct bench){.use = {kernel, b->args}, .points = {{8, 1}}, .origin = "test"};
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
        .seed = SEED,
        .blocks = 1,
        .task_count = task_count,
        .schedule = {PPT_SCHEDULE_DYNAMIC, 1},
    };
}

/* To be called when the configuration is as it should be. */
static void start(struct bench *b)
{
    const struct ppt_folder scratch = {AT_FDCWD, (char[]){"/tmp"}};
    const struct ppt_dirs dirs = {.scratch = &scratch};
    struct ppt_error error = {""};

    if (ppt_workload_open(&b->config, 1, &dirs, &b->workload, &error) != PPT_OK) {
        fail_msg("%s", error.text);
    }
    b->recorder = ppt_recorder_create();
}

static void stop(struct bench *b)
{
    ppt_workload_close(&b->workload);
    ppt_recorder_destroy(b->recorder);
}

static enum ppt_status run(struct bench *b, unsigned workers, unsigned inner_threads,
                           struct ppt_sample *sample, struct ppt_error *error)
{
    const struct ppt_point point = {workers, inner_threads, 0};

    *sample = (struct ppt_sample){0};
    error->text[0] = '\0';
    return ppt_pass_run(&b->workload, point, b->recorder, sample, error);
}

static struct ppt_sample run_well(struct bench *b, unsigned workers)
{
    struct ppt_sample sample;
    struct ppt_error error;

    if (run(b, workers, 1, &sample, &error) != PPT_OK) {
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

/* The kernel may show a thread for a moment after it was joined. */
static void check_one_thread(void)
{
    const struct timespec pause = {.tv_nsec = 10000000};

    for (int i = 0; i < 200 && threads() > 1; i++) {
        nanosleep(&pause, NULL);
    }
    assert_int_equal(threads(), 1);
}

/* ---- what holds for every sample ---- */

static int compare(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static void check_times(const struct ppt_sample *s)
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

static void check_workers(const struct ppt_sample *s)
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
static void check_sample(const struct ppt_sample *s, unsigned workers, uint64_t task_count)
{
    assert_int_equal(s->point.workers, workers);
    assert_int_equal(s->point.inner_threads, 1);
    assert_int_equal(s->task_count, task_count);
    check_times(s);
    check_workers(s);
    if (task_count <= PPT_MOST_TASK_TIMES) {
        check_tasks(s);
        assert_true(s->times.resolution == 0);
    } else {
        assert_null(s->task_ns);
        assert_true(s->times.resolution > 0 && s->times.resolution < 0.01);
    }
}

/* ---- passes that succeed ---- */

static const struct ppt_schedule schedules[] = {{PPT_SCHEDULE_STATIC, 0},
                                                {PPT_SCHEDULE_STATIC, 3},
                                                {PPT_SCHEDULE_DYNAMIC, 1},
                                                {PPT_SCHEDULE_GUIDED, 0}};

static void check_all_schedules(enum ppt_memory memory, uint64_t task_count)
{
    uint64_t digest = 0;

    for (size_t schedule = 0; schedule < COUNT(schedules); schedule++) {
        struct bench b;

        prepare(&b, &ppt_mock_steady, 2000, task_count);
        b.config.schedule = schedules[schedule];
        b.config.memory = memory;
        start(&b);
        for (size_t i = 0; i < COUNT(worker_counts); i++) {
            struct ppt_sample sample = run_well(&b, worker_counts[i]);

            check_sample(&sample, worker_counts[i], task_count);
            if (schedule == 0 && i == 0) {
                digest = sample.digest;
            }
            assert_true(sample.digest == digest);
            assert_true(sample.digest != 0);
            ppt_sample_free(&sample);
            check_one_thread();
        }
        stop(&b);
    }
}

static void reused_memory(void **state)
{
    (void)state;
    check_all_schedules(PPT_MEMORY_REUSE, 100);
}

static void fresh_memory(void **state)
{
    (void)state;
    check_all_schedules(PPT_MEMORY_FRESH, 100);
}

static void fewer_tasks_than_workers(void **state)
{
    (void)state;
    check_all_schedules(PPT_MEMORY_REUSE, 1);
    check_all_schedules(PPT_MEMORY_REUSE, 3);
}

/* static hands out equal blocks, and with a chunk it goes round. */
static void static_schedules_share_equally(void **state)
{
    struct bench b;
    struct ppt_sample sample;

    (void)state;
    prepare(&b, &ppt_mock_steady, 10, 100);
    b.config.schedule = (struct ppt_schedule){PPT_SCHEDULE_STATIC, 0};
    start(&b);
    sample = run_well(&b, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_in_range(sample.workers[i].tasks, 12, 13);
    }
    ppt_sample_free(&sample);
    stop(&b);

    prepare(&b, &ppt_mock_steady, 10, 100);
    b.config.schedule = (struct ppt_schedule){PPT_SCHEDULE_STATIC, 30};
    start(&b);
    sample = run_well(&b, 3);
    assert_int_equal(sample.workers[0].tasks, 40);
    assert_int_equal(sample.workers[1].tasks, 30);
    assert_int_equal(sample.workers[2].tasks, 30);
    ppt_sample_free(&sample);
    stop(&b);
}

static void digests_depend_on_seed_and_tasks(void **state)
{
    uint64_t digests[3];

    (void)state;
    for (size_t i = 0; i < COUNT(digests); i++) {
        struct bench b;

        prepare(&b, &ppt_mock_steady, 1, i == 1 ? 101 : 100);
        b.config.seed = i == 2 ? SEED + 1 : SEED;
        start(&b);
        struct ppt_sample sample = run_well(&b, 2);
        digests[i] = sample.digest;
        ppt_sample_free(&sample);
        stop(&b);
    }
    assert_true(digests[0] != digests[1]);
    assert_true(digests[0] != digests[2]);
    assert_true(digests[1] != digests[2]);
}

static void task_times_end_at_the_limit(void **state)
{
    static const uint64_t counts[] = {PPT_MOST_TASK_TIMES, PPT_MOST_TASK_TIMES + 1, 50000};

    (void)state;
    for (size_t i = 0; i < COUNT(counts); i++) {
        struct bench b;
        uint64_t digest = 0;

        prepare(&b, &ppt_mock_steady, 0, counts[i]);
        start(&b);
        for (unsigned workers = 0; workers < 3; workers++) {
            struct ppt_sample sample = run_well(&b, workers);

            check_sample(&sample, workers, counts[i]);
            digest = workers == 0 ? sample.digest : digest;
            assert_true(sample.digest == digest);
            ppt_sample_free(&sample);
        }
        stop(&b);
    }
}

/* Tasks that work longer take longer, and it is the CPU's time that they take. */
static void times_follow_the_work(void **state)
{
    int64_t sums[2];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bench b;

        prepare(&b, &ppt_mock_steady, i == 0 ? 1000 : 1000000, 20);
        start(&b);
        struct ppt_sample sample = run_well(&b, 0);
        sums[i] = sample.times.sum_ns;
        assert_true(sample.times.sum_ns <= sample.work_ns);
        assert_true(i == 0 || sample.workers[0].cpu_ns > 0);
        assert_true(i == 0 || sample.usage.user_ns + sample.usage.system_ns > 0);
        assert_true(sample.usage.minor_faults >= 0 && sample.usage.voluntary_switches >= 0);
        ppt_sample_free(&sample);
        stop(&b);
    }
    assert_true(sums[1] > 10 * sums[0]);
}

/* A recorder serves passes of any size one after another. */
static void recorders_are_used_again(void **state)
{
    static const uint64_t counts[] = {5, 2000, 20000, 1, 100};
    struct ppt_recorder *recorder = ppt_recorder_create();

    (void)state;
    for (size_t i = 0; i < COUNT(counts); i++) {
        struct bench b;

        prepare(&b, &ppt_mock_steady, 1, counts[i]);
        start(&b);
        ppt_recorder_destroy(b.recorder);
        b.recorder = recorder;
        for (unsigned workers = 0; workers < 6; workers += 5) {
            struct ppt_sample sample = run_well(&b, workers);

            check_sample(&sample, workers, counts[i]);
            ppt_sample_free(&sample);
        }
        b.recorder = NULL;
        stop(&b);
    }
    ppt_recorder_destroy(recorder);
}

/* ---- threads ---- */

/* The kernel itself looks for the right number of threads, with reused and with fresh memory. */
static void inside_a_pass_there_are_the_threads_asked_for(void **state)
{
    (void)state;
    for (unsigned inner = 1; inner <= 2; inner++) {
        struct bench b;

        prepare(&b, &ppt_mock_census, 0, 1);
        b.points[0].inner_threads = inner;
        start(&b);
        for (size_t i = 0; i < 3; i++) {
            struct ppt_sample sample;
            struct ppt_error error;

            if (run(&b, worker_counts[i], inner, &sample, &error) != PPT_OK) {
                fail_msg("%u workers, %u inner threads: %s", worker_counts[i], inner, error.text);
            }
            assert_int_equal(sample.point.inner_threads, inner);
            ppt_sample_free(&sample);
            check_one_thread();
        }
        stop(&b);
    }
}

static void openmp_settings_are_as_before(void **state)
{
    struct bench b;
    const int threads_before = omp_get_max_threads();
    const int levels_before = omp_get_max_active_levels();

    (void)state;
    prepare(&b, &ppt_mock_steady, 1, 10);
    start(&b);
    for (size_t i = 0; i < COUNT(worker_counts); i++) {
        for (unsigned inner = 1; inner <= 3; inner++) {
            struct ppt_sample sample;
            struct ppt_error error;
            omp_sched_t kind;
            int chunk = 0;

            assert_int_equal(run(&b, worker_counts[i], inner, &sample, &error), PPT_OK);
            ppt_sample_free(&sample);
            assert_int_equal(omp_get_max_threads(), threads_before);
            assert_int_equal(omp_get_max_active_levels(), levels_before);
            omp_get_schedule(&kind, &chunk);
            assert_true(chunk >= 0);
        }
    }
    stop(&b);
}

static void placement_gives_the_binding_back(void **state)
{
    cpu_set_t before, after;

    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
    for (int placement = PPT_PLACEMENT_CLOSE; placement <= PPT_PLACEMENT_SPREAD; placement++) {
        struct bench b;

        prepare(&b, &ppt_mock_steady, 1000, 50);
        b.config.placement = (enum ppt_placement)placement;
        start(&b);
        for (size_t i = 0; i < COUNT(worker_counts); i++) {
            struct ppt_sample sample = run_well(&b, worker_counts[i]);

            check_sample(&sample, worker_counts[i], 50);
            ppt_sample_free(&sample);
            assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
            assert_true(CPU_EQUAL(&before, &after));
        }
        stop(&b);
        check_one_thread();
    }
}

/* Workers stay within what the caller may use, even when that is one CPU. */
static void placement_stays_within_the_affinity(void **state)
{
    cpu_set_t before, one;
    char one_text[16];
    int last = -1;
    struct bench b;

    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        last = CPU_ISSET(cpu, &before) ? (int)cpu : last;
    }
    snprintf(one_text, sizeof(one_text), "%d", last);
    CPU_ZERO(&one);
    CPU_SET((size_t)last, &one);
    assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
    for (int placement = PPT_PLACEMENT_NONE; placement <= PPT_PLACEMENT_SPREAD; placement++) {
        prepare(&b, &ppt_mock_steady, 1000, 50);
        b.config.placement = (enum ppt_placement)placement;
        start(&b);
        struct ppt_sample sample = run_well(&b, 3);
        for (size_t i = 0; i < sample.worker_count; i++) {
            assert_true(sample.workers[i].cpu == last || sample.workers[i].cpu == -1);
            if (placement == PPT_PLACEMENT_NONE) {
                assert_null(sample.workers[i].bound);
            } else {
                assert_string_equal(sample.workers[i].bound, one_text);
            }
        }
        ppt_sample_free(&sample);
        stop(&b);
    }
    assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
}

/* ---- passes that fail ---- */

static void check_empty(const struct ppt_sample *s)
{
    assert_null(s->workers);
    assert_null(s->task_ns);
    assert_int_equal(s->worker_count, 0);
    assert_true(s->total_ns == 0);
}

static void a_failing_task_fails_the_pass(void **state)
{
    static const int64_t places[] = {0, 49, 99};

    (void)state;
    for (size_t place = 0; place < COUNT(places); place++) {
        for (int memory = PPT_MEMORY_REUSE; memory <= PPT_MEMORY_FRESH; memory++) {
            struct bench b;

            prepare(&b, &ppt_mock_failing, places[place], 100);
            b.config.memory = (enum ppt_memory)memory;
            start(&b);
            for (size_t i = 0; i < COUNT(worker_counts); i++) {
                struct ppt_sample sample;
                struct ppt_error error;

                assert_int_equal(run(&b, worker_counts[i], 1, &sample, &error), PPT_FAILED);
                assert_non_null(strstr(error.text, "fails on purpose"));
                check_empty(&sample);
                check_one_thread();
            }
            stop(&b);
        }
    }
}

/* The other workers, which attached, are detached again: what leaks is found by tools. */
static void a_worker_that_cannot_attach_fails_the_pass(void **state)
{
    struct bench b;
    struct ppt_sample sample;
    struct ppt_error error;

    (void)state;
    prepare(&b, &ppt_mock_unattachable, 1, 20);
    start(&b);
    for (unsigned workers = 0; workers < 2; workers++) {
        sample = run_well(&b, workers); /* there is no worker 1 */
        check_sample(&sample, workers, 20);
        ppt_sample_free(&sample);
    }
    for (unsigned workers = 2; workers < 6; workers++) {
        assert_int_equal(run(&b, workers, 1, &sample, &error), PPT_FAILED);
        assert_non_null(strstr(error.text, "worker 1 cannot attach on purpose"));
        check_empty(&sample);
        check_one_thread();
    }
    /* And it can be used again. */
    sample = run_well(&b, 1);
    ppt_sample_free(&sample);
    stop(&b);
}

static void a_fresh_worker_that_cannot_attach_fails_the_pass(void **state)
{
    struct bench b;
    struct ppt_sample sample;
    struct ppt_error error;

    (void)state;
    prepare(&b, &ppt_mock_unattachable, 100, 20);
    b.config.memory = PPT_MEMORY_FRESH;
    b.config.schedule = (struct ppt_schedule){PPT_SCHEDULE_STATIC, 0}; /* worker 1 has tasks */
    start(&b);
    assert_int_equal(run(&b, 2, 1, &sample, &error), PPT_FAILED);
    assert_non_null(strstr(error.text, "worker 1 cannot attach on purpose"));
    check_empty(&sample);
    stop(&b);
}

/* Workers queue for their scratch: at any number of them, what one would take alone is left out,
 * and what the others wait for beyond it is a price of having them. */
static void scratch_is_left_out_once(void **state)
{
    struct bench b;
    int64_t scratch = 0;

    (void)state;
    prepare(&b, &ppt_mock_queueing, 1000, 10);
    start(&b);
    for (unsigned workers = 0; workers <= 4; workers++) {
        struct ppt_sample s = run_well(&b, workers);

        check_times(&s);
        check_workers(&s);
        if (workers == 0) {
            assert_true(s.scratch_ns >= PPT_MOCK_QUEUE_NS);
        } else {
            const int64_t all = (int64_t)workers * PPT_MOCK_QUEUE_NS;

            scratch = workers == 1 ? s.scratch_ns : scratch;
            assert_true(s.init_ns + s.scratch_ns >= all);
            /* Equal but where cleanup was shorter than giving back had been. */
            assert_in_range(s.scratch_ns, scratch - PPT_MOCK_QUEUE_NS / 10,
                            scratch + PPT_MOCK_QUEUE_NS / 10);
        }
        ppt_sample_free(&s);
    }
    stop(&b);
}

static void wrong_results_are_visible(void **state)
{
    struct bench b;
    uint64_t digests[COUNT(worker_counts)];

    (void)state;
    prepare(&b, &ppt_mock_wrong, 1, 100);
    start(&b);
    for (size_t i = 0; i < COUNT(worker_counts); i++) {
        struct ppt_sample sample = run_well(&b, worker_counts[i]);

        digests[i] = sample.digest;
        ppt_sample_free(&sample);
        for (size_t k = 0; k < i; k++) {
            assert_true(digests[i] != digests[k]);
        }
    }
    stop(&b);
}

static void the_wish_to_stop_ends_a_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(worker_counts); i++) {
        struct bench b;
        struct ppt_sample sample;
        struct ppt_error error;

        prepare(&b, &ppt_mock_steady, 1000000, 100000); /* would take a minute */
        start(&b);
        ppt_interrupted = 1;
        assert_int_equal(run(&b, worker_counts[i], 1, &sample, &error), PPT_INTERRUPTED);
        ppt_interrupted = 0;
        check_empty(&sample);
        check_one_thread();
        stop(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reused_memory),
        cmocka_unit_test(fresh_memory),
        cmocka_unit_test(fewer_tasks_than_workers),
        cmocka_unit_test(static_schedules_share_equally),
        cmocka_unit_test(digests_depend_on_seed_and_tasks),
        cmocka_unit_test(task_times_end_at_the_limit),
        cmocka_unit_test(times_follow_the_work),
        cmocka_unit_test(recorders_are_used_again),
        cmocka_unit_test(inside_a_pass_there_are_the_threads_asked_for),
        cmocka_unit_test(openmp_settings_are_as_before),
        cmocka_unit_test(placement_gives_the_binding_back),
        cmocka_unit_test(placement_stays_within_the_affinity),
        cmocka_unit_test(a_failing_task_fails_the_pass),
        cmocka_unit_test(a_worker_that_cannot_attach_fails_the_pass),
        cmocka_unit_test(a_fresh_worker_that_cannot_attach_fails_the_pass),
        cmocka_unit_test(scratch_is_left_out_once),
        cmocka_unit_test(wrong_results_are_visible),
        cmocka_unit_test(the_wish_to_stop_ends_a_pass),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
