/*
 * What is shown of a point: parts that add up, rates of the same total.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "rng.h"
#include "summary.h"

#define BLOCKS 10

/* Passes whose parts waver on their own; at 0 workers all is work. */
static void simulate(struct ppt_samples *samples)
{
    struct ppt_rng rng;

    ppt_rng_seed(&rng, 71, 0, PPT_STREAM_DATA);
    for (unsigned i = 0; i < 3 * BLOCKS; i++) {
        const unsigned workers = i % 3;
        struct ppt_sample sample = {
            .block = 1 + i / 3, .point = {workers, 1, 0}, .position = i, .task_count = 12};

        sample.work_ns = (int64_t)(1e7 * (1 + ppt_rng_double(&rng)));
        sample.init_ns = workers > 0 ? (int64_t)(1e6 * (1 + 4 * ppt_rng_double(&rng))) : 0;
        sample.cleanup_ns = workers > 0 ? (int64_t)(1e5 * (1 + 9 * ppt_rng_double(&rng))) : 0;
        sample.total_ns = sample.init_ns + sample.work_ns + sample.cleanup_ns;
        ppt_samples_add(samples, &sample);
    }
}

static void what_is_shown_adds_up(void **state)
{
    struct ppt_samples samples = {0};
    struct ppt_summary summary;
    struct ppt_index index;
    size_t moved = 0;

    (void)state;
    simulate(&samples);
    ppt_index_create(&samples, &index);
    ppt_summary_create(&index, &summary);
    assert_int_equal(summary.count, 3);
    for (size_t p = 0; p < summary.count; p++) {
        const struct ppt_point_summary *point = &summary.points[p];
        const struct ppt_shown *shown = &point->shown;
        const double sum = shown->init_s + shown->work_s + shown->cleanup_s;

        assert_true(fabs(sum / shown->total_s - 1) < 1e-12);
        assert_true(shown->total_s == point->total_s.median);
        assert_true(fabs(shown->rate * shown->total_s / 12 - 1) < 1e-12);
        moved += shown->init_s != point->init_s.median;
        /* Where it is moved to, it might be. */
        assert_true(point->init_s.interval.low <= shown->init_s &&
                    shown->init_s <= point->init_s.interval.high);
        assert_true(point->work_s.interval.low <= shown->work_s &&
                    shown->work_s <= point->work_s.interval.high);
    }
    assert_int_equal(moved, 2);
    assert_true(summary.points[0].shown.init_s == 0 && summary.points[0].shown.cleanup_s == 0);
    ppt_summary_free(&summary);
    ppt_index_free(&index);
    ppt_samples_free(&samples);
}

/* Init is next to nothing in most blocks and much in some. Work and cleanup are low in turns, so
 * that their medians are more than the whole's, and init's share of that is more than it has. */
static void no_part_is_below_nothing(void **state)
{
    struct ppt_samples samples = {0};
    struct ppt_summary summary;
    struct ppt_index index;

    (void)state;
    for (unsigned i = 0; i < BLOCKS; i++) {
        struct ppt_sample sample = {.block = 1 + i, .point = {1, 1, 0}, .position = i};

        sample.task_count = 12;
        sample.init_ns = i < 6 ? 100 : 80000;
        sample.work_ns = i < 3 ? 950000 : 1000000;
        sample.cleanup_ns = i >= 3 && i < 6 ? 50000 : 100000;
        sample.total_ns = sample.init_ns + sample.work_ns + sample.cleanup_ns;
        ppt_samples_add(&samples, &sample);
    }
    ppt_index_create(&samples, &index);
    ppt_summary_create(&index, &summary);
    const struct ppt_shown *shown = &summary.points[0].shown;
    assert_true(shown->init_s >= 0 && shown->work_s > 0 && shown->cleanup_s >= 0);
    assert_true(fabs((shown->init_s + shown->work_s + shown->cleanup_s) / shown->total_s - 1) <
                1e-12);
    ppt_summary_free(&summary);
    ppt_index_free(&index);
    ppt_samples_free(&samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_shown_adds_up),
        cmocka_unit_test(no_part_is_below_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
