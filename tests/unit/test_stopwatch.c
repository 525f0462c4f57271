/*
 * Recording known times: up to the limit each of them is kept, beyond it their distribution, and
 * crossing it must not change what is said about them by more than the resolution.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "rng.h"
#include "stopwatch.h"
#include "unit.h"

/* The time of a task, by its index alone: log-uniform from 100 ns to 10 ms. */
static int64_t time_of(uint64_t index)
{
    struct ppt_rng rng;

    ppt_rng_seed(&rng, 5, index, 0);
    return llround(100 * pow(1e5, ppt_rng_double(&rng)));
}

static int64_t nearly_constant(uint64_t index)
{
    return 1000000 + (int64_t)(index % 100);
}

/* A pass of so many tasks, shared out unequally: worker 0 has every second task. */
static struct ppt_sample record(struct ppt_stopwatches *watches, unsigned workers, uint64_t tasks,
                                int64_t (*time)(uint64_t))
{
    struct ppt_sample sample = {.task_count = tasks};

    ppt_stopwatches_prepare(watches, workers, tasks);
    for (uint64_t i = 0; i < tasks; i++) {
        const unsigned worker = i % 2 ? (unsigned)(i / 2 % workers) : 0;

        ppt_stopwatch_add(ppt_stopwatches_of(watches, worker), i, time(i));
    }
    ppt_stopwatches_summarise(watches, &sample);
    return sample;
}

static int compare(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static void check_near(int64_t found, int64_t exact, double resolution)
{
    assert_true(fabs((double)(found - exact)) <= (double)exact * resolution / 2);
}

/* Against what is found by sorting all times. */
static void check(const struct ppt_sample *sample, int64_t (*time)(uint64_t))
{
    const struct ppt_task_times *t = &sample->times;
    const uint64_t count = sample->task_count;
    int64_t *sorted = calloc(count, sizeof(*sorted)), sum = 0;

    assert_non_null(sorted);
    for (uint64_t i = 0; i < count; i++) {
        sorted[i] = time(i);
        sum += sorted[i];
        assert_true(!sample->task_ns || sample->task_ns[i] == sorted[i]);
    }
    qsort(sorted, count, sizeof(*sorted), compare);
    if (count <= PPT_MOST_TASK_TIMES) {
        assert_non_null(sample->task_ns);
        assert_true(t->resolution == 0);
    } else {
        assert_null(sample->task_ns);
        assert_true(t->resolution > 0 && t->resolution < 0.01);
    }
    assert_true(t->sum_ns == sum);
    assert_true(t->smallest_ns == sorted[0]);
    assert_true(t->largest_ns == sorted[count - 1]);
    check_near(t->median_ns, sorted[(count + 1) / 2 - 1], t->resolution);
    check_near(t->p95_ns, sorted[(count * 95 + 99) / 100 - 1], t->resolution);
    check_near(t->p99_ns, sorted[(count * 99 + 99) / 100 - 1], t->resolution);
    free(sorted);
}

static const uint64_t counts[] = {1, 2, 99, PPT_MOST_TASK_TIMES, PPT_MOST_TASK_TIMES + 1, 100000};
static const unsigned worker_counts[] = {1, 2, 3, 40};

static void summaries_are_those_of_the_times(void **state)
{
    (void)state;
    for (size_t w = 0; w < COUNT(worker_counts); w++) {
        for (size_t c = 0; c < COUNT(counts); c++) {
            struct ppt_stopwatches *watches = ppt_stopwatches_create();
            struct ppt_sample sample = record(watches, worker_counts[w], counts[c], time_of);

            check(&sample, time_of);
            ppt_sample_free(&sample);
            ppt_stopwatches_destroy(watches);
        }
    }
}

/* One task more: the times are the same ones, and so must be what is said about them. */
static void crossing_the_limit_changes_nothing(void **state)
{
    int64_t (*const times[])(uint64_t) = {time_of, nearly_constant};

    (void)state;
    for (size_t i = 0; i < COUNT(times); i++) {
        struct ppt_stopwatches *watches = ppt_stopwatches_create();
        struct ppt_sample below = record(watches, 2, PPT_MOST_TASK_TIMES, times[i]);
        struct ppt_sample beyond = record(watches, 2, PPT_MOST_TASK_TIMES + 1, times[i]);
        const double resolution = beyond.times.resolution;
        const double last = (double)times[i](PPT_MOST_TASK_TIMES);

        assert_non_null(below.task_ns);
        assert_null(beyond.task_ns);
        assert_true((double)(beyond.times.sum_ns - below.times.sum_ns) == last);
        /* The task more may move a rank by one: neighbours are nearer than half the resolution. */
        check_near(beyond.times.median_ns, below.times.median_ns, 2 * resolution);
        check_near(beyond.times.p95_ns, below.times.p95_ns, 2 * resolution);
        check_near(beyond.times.p99_ns, below.times.p99_ns, 2 * resolution);
        ppt_sample_free(&below);
        ppt_sample_free(&beyond);
        ppt_stopwatches_destroy(watches);
    }
}

/* Nothing of the pass before is left, whichever kind it was. */
static void recorders_forget(void **state)
{
    static const uint64_t sizes[] = {20000, 10, 10000, 30000, 1, 10001, 10001, 5};
    struct ppt_stopwatches *watches = ppt_stopwatches_create();

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        const unsigned workers = worker_counts[i % COUNT(worker_counts)];
        struct ppt_sample sample = record(watches, workers, sizes[i], time_of);

        check(&sample, time_of);
        ppt_sample_free(&sample);
    }
    ppt_stopwatches_destroy(watches);
    ppt_stopwatches_destroy(NULL);
}

/* Two workers never write to the same cache line. */
static void records_share_no_cache_line(void **state)
{
    struct ppt_stopwatches *watches = ppt_stopwatches_create();

    (void)state;
    for (unsigned workers = 1; workers < 5; workers++) {
        ppt_stopwatches_prepare(watches, workers, PPT_MOST_TASK_TIMES + 1);
        for (unsigned i = 0; i < workers; i++) {
            const struct ppt_stopwatch *watch = ppt_stopwatches_of(watches, i);

            assert_true((uintptr_t)watch % PPT_CACHE_LINE == 0);
            assert_true((uintptr_t)watch->histogram % PPT_CACHE_LINE == 0);
            for (unsigned other = 0; other < i; other++) {
                assert_ptr_not_equal(watch, ppt_stopwatches_of(watches, other));
                assert_ptr_not_equal(watch->histogram,
                                     ppt_stopwatches_of(watches, other)->histogram);
            }
        }
    }
    ppt_stopwatches_destroy(watches);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summaries_are_those_of_the_times),
        cmocka_unit_test(crossing_the_limit_changes_nothing),
        cmocka_unit_test(recorders_forget),
        cmocka_unit_test(records_share_no_cache_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
