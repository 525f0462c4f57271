/*
 * One pass, with kernels whose behaviour is known exactly: what it must hold at every number of
 * workers.
 */
#include <linux/perf_event.h>
#include <string.h>
#include <unistd.h>

#include "passed.h"

static const struct ppt_schedule schedules[] = {{PPT_SCHEDULE_STATIC, 0},
                                                {PPT_SCHEDULE_STATIC, 3},
                                                {PPT_SCHEDULE_DYNAMIC, 1},
                                                {PPT_SCHEDULE_GUIDED, 0}};

static void check_all_schedules(enum ppt_memory memory, uint64_t task_count)
{
    uint64_t digest = 0;

    for (size_t schedule = 0; schedule < COUNT(schedules); schedule++) {
        struct passed b;

        passed_prepare(&b, &ppt_mock_steady, 2000, task_count);
        b.config.schedule = schedules[schedule];
        b.config.memory = memory;
        passed_start(&b);
        for (size_t i = 0; i < PASSED_WORKERS; i++) {
            struct ppt_sample sample = passed_well(&b, passed_workers[i]);

            passed_check(&sample, passed_workers[i], task_count);
            if (schedule == 0 && i == 0) {
                digest = sample.digest;
            }
            assert_true(sample.digest == digest);
            assert_true(sample.digest != 0);
            ppt_sample_free(&sample);
            passed_one_thread();
        }
        passed_stop(&b);
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
    struct passed b;
    struct ppt_sample sample;

    (void)state;
    passed_prepare(&b, &ppt_mock_steady, 10, 100);
    b.config.schedule = (struct ppt_schedule){PPT_SCHEDULE_STATIC, 0};
    passed_start(&b);
    sample = passed_well(&b, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_in_range(sample.workers[i].tasks, 12, 13);
    }
    ppt_sample_free(&sample);
    passed_stop(&b);

    passed_prepare(&b, &ppt_mock_steady, 10, 100);
    b.config.schedule = (struct ppt_schedule){PPT_SCHEDULE_STATIC, 30};
    passed_start(&b);
    sample = passed_well(&b, 3);
    assert_int_equal(sample.workers[0].tasks, 40);
    assert_int_equal(sample.workers[1].tasks, 30);
    assert_int_equal(sample.workers[2].tasks, 30);
    ppt_sample_free(&sample);
    passed_stop(&b);
}

static void digests_depend_on_seed_and_tasks(void **state)
{
    uint64_t digests[3];

    (void)state;
    for (size_t i = 0; i < COUNT(digests); i++) {
        struct passed b;

        passed_prepare(&b, &ppt_mock_steady, 1, i == 1 ? 101 : 100);
        b.config.seed = i == 2 ? PASSED_SEED + 1 : PASSED_SEED;
        passed_start(&b);
        struct ppt_sample sample = passed_well(&b, 2);
        digests[i] = sample.digest;
        ppt_sample_free(&sample);
        passed_stop(&b);
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
        struct passed b;
        uint64_t digest = 0;

        passed_prepare(&b, &ppt_mock_steady, 0, counts[i]);
        passed_start(&b);
        for (unsigned workers = 0; workers < 3; workers++) {
            struct ppt_sample sample = passed_well(&b, workers);

            passed_check(&sample, workers, counts[i]);
            digest = workers == 0 ? sample.digest : digest;
            assert_true(sample.digest == digest);
            ppt_sample_free(&sample);
        }
        passed_stop(&b);
    }
}

/* Tasks that work longer take longer, and it is the CPU's time that they take. */
static void times_follow_the_work(void **state)
{
    int64_t sums[2];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct passed b;

        passed_prepare(&b, &ppt_mock_steady, i == 0 ? 1000 : 1000000, 20);
        passed_start(&b);
        struct ppt_sample sample = passed_well(&b, 0);
        sums[i] = sample.times.sum_ns;
        assert_true(sample.times.sum_ns <= sample.work_ns);
        assert_true(i == 0 || sample.workers[0].cpu_ns > 0);
        assert_true(i == 0 || sample.usage.user_ns + sample.usage.system_ns > 0);
        assert_true(sample.usage.minor_faults >= 0 && sample.usage.voluntary_switches >= 0);
        ppt_sample_free(&sample);
        passed_stop(&b);
    }
    assert_true(sums[1] > 10 * sums[0]);
}

/* Watches serve passes of any size one after another. */
static void recorders_are_used_again(void **state)
{
    static const uint64_t counts[] = {5, 2000, 20000, 1, 100};
    struct ppt_stopwatches *watches = ppt_stopwatches_create();

    (void)state;
    for (size_t i = 0; i < COUNT(counts); i++) {
        struct passed b;

        passed_prepare(&b, &ppt_mock_steady, 1, counts[i]);
        passed_start(&b);
        ppt_stopwatches_destroy(b.watches);
        b.watches = watches;
        for (unsigned workers = 0; workers < 6; workers += 5) {
            struct ppt_sample sample = passed_well(&b, workers);

            passed_check(&sample, workers, counts[i]);
            ppt_sample_free(&sample);
        }
        b.watches = NULL;
        passed_stop(&b);
    }
    ppt_stopwatches_destroy(watches);
}

/* ---- hardware counters ---- */

/* A system that counts, of which it is seen when it was told to. */
static struct {
    int open, opened, enabled;
    bool elsewhere; /* it was asked by another thread than that of the pass */
} counting;

static int counting_open(struct perf_event_attr *attr, pid_t pid, int cpu)
{
    (void)attr;
    counting.elsewhere |= gettid() != getpid() || pid != 0 || cpu != -1 || counting.enabled > 0;
    counting.open++;
    return 1000 + counting.opened++;
}

static ssize_t counting_read(int fd, void *out, size_t size)
{
    const uint64_t words[] = {1000000, 2000, 1000};

    (void)fd;
    assert_int_equal(size, sizeof(words));
    assert_int_equal(counting.enabled, 0);
    memcpy(out, words, sizeof(words));
    return (ssize_t)size;
}

static void counting_control(int fd, unsigned long request)
{
    (void)fd;
    counting.enabled += request == PERF_EVENT_IOC_ENABLE ? 1 : -1;
}

static void counting_close(int fd)
{
    (void)fd;
    counting.open--;
}

static const struct ppt_event_calls counting_calls = {counting_open, counting_read,
                                                      counting_control, counting_close, "/nowhere"};

/* How long tasks take is known from the second pass on; of short ones nothing is counted. */
static void long_passes_are_counted(void **state)
{
    static const struct {
        int64_t work;
        bool counted;
    } cases[] = {{60000000, true}, {100, false}};

    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct passed b;

        passed_prepare(&b, &ppt_mock_steady, cases[c].work, 8);
        passed_start(&b);
        b.workload.event_calls = &counting_calls;
        memset(&counting, 0, sizeof(counting));
        for (unsigned workers = 0; workers <= 2; workers++) {
            struct ppt_sample sample = passed_well(&b, workers);
            const bool counted = cases[c].counted && workers > 0;

            assert_int_equal(sample.counts.instructions, counted ? 2000000 : 0);
            assert_int_equal(sample.counts.counted_ns, counted ? 2000 : 0);
            assert_int_equal(sample.counts.energy_uj, 0);
            assert_int_equal(counting.open, 0);
            assert_int_equal(counting.enabled, 0);
            assert_false(counting.elsewhere);
            ppt_sample_free(&sample);
        }
        passed_stop(&b);
    }
}

/* What the system itself counts, without any hardware: CPU time, in nanoseconds. */
static int clock_open(struct perf_event_attr *attr, pid_t pid, int cpu)
{
    attr->type = PERF_TYPE_SOFTWARE;
    attr->config = PERF_COUNT_SW_TASK_CLOCK;
    return ppt_event_system.open(attr, pid, cpu);
}

/* Threads of the team are counted with the one that starts them. */
static void all_threads_are_counted(void **state)
{
    struct ppt_event_calls calls = ppt_event_system;
    struct passed b;

    (void)state;
    calls.open = clock_open;
    passed_prepare(&b, &ppt_mock_steady, 60000000, 8);
    passed_start(&b);
    b.workload.event_calls = &calls;
    for (unsigned workers = 0; workers <= 3; workers++) {
        struct ppt_sample sample = passed_well(&b, workers);
        int64_t cpu_ns = 0;

        for (size_t i = 0; i < sample.worker_count; i++) {
            cpu_ns += sample.workers[i].cpu_ns;
        }
        if (workers > 0 && b.workload.event_access.refused[0] != 0) {
            ppt_sample_free(&sample);
            passed_stop(&b);
            skip();
        }
        if (workers > 0) {
            const double share = (double)sample.counts.instructions / (double)cpu_ns;

            if (share < 0.95 || share > 1.3 || sample.counts.counted_ns < cpu_ns / 2) {
                fail_msg("%u workers: %g of their CPU time", workers, share);
            }
        }
        ppt_sample_free(&sample);
    }
    passed_stop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reused_memory),
        cmocka_unit_test(long_passes_are_counted),
        cmocka_unit_test(all_threads_are_counted),
        cmocka_unit_test(fresh_memory),
        cmocka_unit_test(fewer_tasks_than_workers),
        cmocka_unit_test(static_schedules_share_equally),
        cmocka_unit_test(digests_depend_on_seed_and_tasks),
        cmocka_unit_test(task_times_end_at_the_limit),
        cmocka_unit_test(times_follow_the_work),
        cmocka_unit_test(recorders_are_used_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
