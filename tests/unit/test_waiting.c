/*
 * What tasks wait for: that the shares are those of made-up passes, and that what is named as what
 * more workers wait for is what was planted, and nothing where nothing was.
 */
#include <math.h>
#include <string.h>

#include "memory.h"
#include "rng.h"
#include "unit.h"
#include "waiting.h"

#define MS 1e6
#define TASKS 100
#define BLOCKS 10
#define WORKERS 2

/* Of one task, in milliseconds. */
struct kind {
    double on_cpu, cpu, device, other;
    double switches;
    int64_t io_blocks;
    double noise; /* logarithmic spread of each part */
};

static struct ppt_rng draws;

static int64_t about(double ms, double spread)
{
    double sum = 0;

    for (int i = 0; i < 12; i++) {
        sum += ppt_rng_double(&draws);
    }
    return (int64_t)(ms * MS * exp(spread * (sum - 6)));
}

/* A pass whose tasks are of that kind, shared out equally. */
static struct ppt_sample pass_of(const struct kind *kind, unsigned block, unsigned workers)
{
    const size_t count = workers > 0 ? workers : 1;
    struct ppt_sample sample = {
        .block = block,
        .point = {.workers = workers, .inner_threads = 1},
        .task_count = TASKS,
        .io_blocks = TASKS * kind->io_blocks,
        .workers = ppt_alloc(count, sizeof(*sample.workers)),
        .worker_count = count,
        .noise = {.cpus = 2, .busy_ns = -1, .queued_ns = -1},
    };
    double device = 0;

    for (size_t i = 0; i < count; i++) {
        struct ppt_worker_sample *worker = &sample.workers[i];
        const double share = (double)TASKS / (double)count;
        const double waited = (double)about(share * kind->device, kind->noise);

        worker->tasks = TASKS / count;
        worker->cpu_ns = about(share * kind->on_cpu, kind->noise);
        worker->queued_ns = about(share * kind->cpu, kind->noise);
        worker->busy_ns = worker->cpu_ns + worker->queued_ns + (int64_t)waited +
                          about(share * kind->other, kind->noise);
        worker->voluntary = (int64_t)(share * kind->switches);
        worker->end_ns = worker->busy_ns;
        sample.work_ns = worker->busy_ns > sample.work_ns ? worker->busy_ns : sample.work_ns;
        device += waited;
    }
    sample.total_ns = sample.work_ns;
    /* The system counts a time, not one for each that waits, and half of it. */
    sample.noise.io_stalled_ns = (int64_t)(device / fmax((double)count, 2) / 2);
    return sample;
}

static struct ppt_samples run_of(const struct kind *alone, const struct kind *beside,
                                 unsigned workers)
{
    struct ppt_samples samples = {0};

    for (unsigned block = 1; block <= BLOCKS; block++) {
        struct ppt_sample one = pass_of(alone, block, 1), many = pass_of(beside, block, workers);

        ppt_samples_add(&samples, &one);
        ppt_samples_add(&samples, &many);
    }
    return samples;
}

static struct ppt_waiting_growth growth_of(const struct kind *alone, const struct kind *beside,
                                           unsigned workers)
{
    struct ppt_samples samples = run_of(alone, beside, workers);
    struct ppt_index index;

    ppt_index_create(&samples, &index);
    const struct ppt_waiting_growth growth = ppt_waiting_grows(&index, 0, 1);
    ppt_index_free(&index);
    ppt_samples_free(&samples);
    return growth;
}

static struct ppt_waiting waiting_of(struct ppt_samples *samples)
{
    struct ppt_index index;

    ppt_index_create(samples, &index);
    const struct ppt_waiting waiting = ppt_waiting_of(&index, index.point_count - 1);
    ppt_index_free(&index);
    return waiting;
}

static void check_share(const struct ppt_stat *stat, double expected)
{
    assert_int_equal(stat->n, BLOCKS);
    if (fabs(stat->median - expected) > 1e-3) {
        fail_msg("%g instead of %g", stat->median, expected);
    }
}

static void shares(void **state)
{
    const struct kind all = {4, 1, 2, 3, 1.5, 8, 0};
    struct ppt_samples samples = run_of(&all, &all, 2);
    struct ppt_waiting waiting = waiting_of(&samples);

    (void)state;
    assert_true(waiting.exists);
    check_share(&waiting.off, 0.6);
    check_share(&waiting.cpu, 0.1);
    check_share(&waiting.device, 0.2);
    check_share(&waiting.other, 0.3);
    check_share(&waiting.switches, 1.5);

    /* Others' use of a device is not the tasks': they used none. */
    for (size_t i = 0; i < samples.count; i++) {
        samples.items[i].io_blocks = 0;
    }
    waiting = waiting_of(&samples);
    check_share(&waiting.device, 0);
    check_share(&waiting.other, 0.5);

    /* A system that does not count leaves it at whether they used one. */
    for (size_t i = 0; i < samples.count; i++) {
        samples.items[i].io_blocks = 1;
        samples.items[i].noise.io_stalled_ns = -1;
    }
    waiting = waiting_of(&samples);
    check_share(&waiting.device, 0.5);
    check_share(&waiting.other, 0);
    ppt_samples_free(&samples);
}

static void unknown(void **state)
{
    const struct kind all = {4, 1, 0, 3, 1, 0, 0};
    struct ppt_samples samples = run_of(&all, &all, 2);
    struct ppt_waiting waiting;

    (void)state;
    samples.items[1].workers[1].queued_ns = -1;
    waiting = waiting_of(&samples);
    assert_true(waiting.exists);
    assert_int_equal(waiting.cpu.n, 0);
    check_share(&waiting.off, 0.5);
    for (size_t i = 0; i < samples.count; i++) {
        samples.items[i].io_blocks = -1;
    }
    waiting = waiting_of(&samples);
    assert_false(waiting.exists);
    ppt_samples_free(&samples);
}

static void most(void **state)
{
    const struct kind disk = {1, 0, 8, 1, 2, 8, 0}, sleep = {1, 0, 0, 9, 1, 0, 0},
                      crowd = {2, 7, 1, 0, 0, 0, 0}, busy = {9, 0, 1, 0, 1, 8, 0};
    const struct {
        const struct kind *kind;
        enum ppt_wait wait;
    } cases[] = {{&disk, PPT_WAIT_DEVICE},
                 {&sleep, PPT_WAIT_UNKNOWN},
                 {&crowd, PPT_WAIT_CPU},
                 {&busy, PPT_WAIT_UNKNOWN}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ppt_samples samples = run_of(cases[i].kind, cases[i].kind, 2);
        const struct ppt_waiting waiting = waiting_of(&samples);

        assert_int_equal(ppt_waiting_most(&waiting), cases[i].wait);
        ppt_samples_free(&samples);
    }
}

#define RUNS 200

/* Of so many runs it may be missed in some, and another one named in one of twenty. */
static void check_planted(const char *name, const struct kind *alone, const struct kind *beside,
                          unsigned workers, enum ppt_wait planted)
{
    int found = 0, wrong = 0;

    ppt_rng_seed(&draws, 24, 0, PPT_STREAM_DATA);
    for (int i = 0; i < RUNS; i++) {
        const struct ppt_waiting_growth growth = growth_of(alone, beside, workers);

        assert_true(growth.exists);
        found += growth.most == planted;
        wrong += growth.most != planted && growth.most != PPT_WAIT_UNKNOWN;
    }
    if (found < RUNS * 9 / 10 || wrong > RUNS / 20) {
        fail_msg("%s: found %d times, another %d times", name, found, wrong);
    }
}

static void planted(void **state)
{
    const struct kind alone = {10, 0.01, 0, 0.01, 0, 0, 0.03}, lock = {10, 0.1, 0, 6, 0.9, 0, 0.03},
                      longer = {10, 0.1, 0, 6, 0, 0, 0.03},
                      slower = {13, 0.1, 0, 0.1, 0.5, 0, 0.03},
                      crowded = {10, 9, 0, 0.1, 0.3, 0, 0.03}, both = {16, 0.1, 0, 6, 0.9, 0, 0.03},
                      rather = {16, 0.1, 0, 3, 0.9, 0, 0.03}, disk = {2, 0.01, 8, 0.1, 2, 8, 0.03},
                      queue = {2, 0.1, 15, 1, 3, 8, 0.03}, sleep = {1, 0, 0, 9, 1, 0, 0.03};

    (void)state;
    check_planted("a lock", &alone, &lock, 2, PPT_WAIT_LOCK);
    check_planted("something else", &alone, &longer, 2, PPT_WAIT_OTHER);
    check_planted("CPU time", &alone, &slower, 2, PPT_WAIT_UNKNOWN);
    check_planted("a CPU", &alone, &crowded, 4, PPT_WAIT_CPU);
    check_planted("a device", &disk, &queue, 2, PPT_WAIT_DEVICE);
    check_planted("CPU time as much as a lock", &alone, &both, 2, PPT_WAIT_UNKNOWN);
    check_planted("CPU time rather than a lock", &alone, &rather, 2, PPT_WAIT_UNKNOWN);
    check_planted("nothing", &alone, &alone, 2, PPT_WAIT_UNKNOWN);
    check_planted("nothing, asleep", &sleep, &sleep, 2, PPT_WAIT_UNKNOWN);
    check_planted("nothing, with a device", &disk, &disk, 2, PPT_WAIT_UNKNOWN);
}

/* Beside a device it may be either: what waits for one gives up its CPU, too. */
static void not_told_apart(void **state)
{
    const struct kind alone = {10, 0.01, 0, 0.01, 0, 0, 0}, lock = {10, 0.1, 0, 6, 0.9, 0, 0};
    struct ppt_samples samples = run_of(&alone, &lock, 2);
    struct ppt_index index;

    (void)state;
    for (size_t i = 0; i < samples.count; i++) {
        samples.items[i].workers[0].queued_ns = -1;
    }
    ppt_index_create(&samples, &index);
    assert_false(ppt_waiting_grows(&index, 0, 1).exists);
    assert_int_equal(ppt_waiting_grows(&index, 0, 1).most, PPT_WAIT_UNKNOWN);
    assert_false(ppt_waiting_grows(&index, SIZE_MAX, 1).exists);
    ppt_index_free(&index);
    ppt_samples_free(&samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares),  cmocka_unit_test(unknown),        cmocka_unit_test(most),
        cmocka_unit_test(planted), cmocka_unit_test(not_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
