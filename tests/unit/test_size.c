/*
 * How many tasks a pass has when nobody says so.
 */
#include <math.h>

#include "config.h"
#include "size.h"
#include "unit.h"

#define MOST_POINTS 8

static struct ppt_point points[MOST_POINTS];

/* 0, 1, 2, 4 ... workers. */
static struct ppt_config config_of(size_t count, double max_seconds)
{
    for (size_t i = 0; i < count; i++) {
        points[i] = (struct ppt_point){i == 0 ? 0 : 1U << (i - 1), 1, 0, 0};
    }
    return (struct ppt_config){.points = points,
                               .point_count = count,
                               .max_seconds = max_seconds,
                               .task_count = 7,
                               .warmup = 3,
                               .size_tasks = true,
                               .size_warmup = true};
}

static void passes_are_long_enough_and_blocks_fit(void **state)
{
    (void)state;
    for (size_t count = 1; count <= MOST_POINTS; count++) {
        for (double task_s = 1e-7; task_s < 1e3; task_s *= 1.7) {
            for (unsigned cpus = 1; cpus <= 64; cpus *= 2) {
                struct ppt_config config = config_of(count, 30);
                const struct ppt_size size = ppt_size_config(&config, task_s, cpus);
                const uint64_t most = ppt_point_running(ppt_config_most(&config));
                const double tasks = (double)config.task_count;
                const double quickest = tasks * task_s / fmin((double)most, cpus);

                assert_int_equal(config.task_count % most, 0);
                assert_true(size.task_s == task_s);
                assert_true(size.least_s >= 2.999 * size.block_s);
                assert_int_equal(config.warmup, task_s < 0.1);
                /* A dozen blocks fit, but for what whole rounds add. */
                if (config.task_count > most) {
                    const double round_s = size.block_s * (double)most / tasks;

                    assert_true(12 * (size.block_s - round_s) <= 30 * 1.000001);
                }
                /* Up to 8 CPUs there is time for passes of 0.1 s. */
                assert_true(quickest >= 0.0999 || cpus > 8 || most > 8);
                /* Not longer than need be. */
                assert_true(config.task_count <= 5 * most ||
                            quickest <= 0.1 + (double)most * task_s);
            }
        }
    }
}

static void what_is_given_stays(void **state)
{
    struct ppt_config config = config_of(3, 30);

    (void)state;
    config.size_tasks = config.size_warmup = false;
    const struct ppt_size size = ppt_size_config(&config, 1, 2);
    assert_int_equal(config.task_count, 7);
    assert_int_equal(config.warmup, 3);
    /* 7 tasks of 1 s: 7 + 7 + 3.5 s a block, and three times the largest and smallest. */
    assert_true(fabs(size.block_s - 17.5) < 1e-9);
    assert_true(fabs(size.least_s - (3 * 17.5 + 3 * 10.5)) < 1e-9);
}

static void examples(void **state)
{
    /* Seconds of a task, tasks: 0, 1 and 2 workers on 2 CPUs, 30 s. */
    static const double rows[][2] = {{1e-3, 200}, {0.2, 6}, {5, 2}, {60, 2}, {1e-6, 200000}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ppt_config config = config_of(3, 30);

        ppt_size_config(&config, rows[i][0], 2);
        assert_in_range(config.task_count, rows[i][1], rows[i][1] + 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_are_long_enough_and_blocks_fit),
        cmocka_unit_test(what_is_given_stays),
        cmocka_unit_test(examples),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
