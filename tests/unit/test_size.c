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
        points[i] = (struct ppt_point){i == 0 ? 0 : 1U << (i - 1), 1, 0, 0, 0, 0};
    }
    return (struct ppt_config){.points = points,
                               .point_count = count,
                               .max_seconds = max_seconds,
                               .task_count = 7,
                               .warmup = 3,
                               .size_tasks = true,
                               .size_warmup = true};
}

/* Where nothing takes time but tasks. */
static struct ppt_size sized(struct ppt_config *config, double task_s, unsigned cpus)
{
    const struct ppt_size_needs needs = {.task_s = task_s, .most_tasks = UINT64_MAX, .cpus = cpus};

    return ppt_size_config(config, &needs);
}

static void passes_are_long_enough_and_blocks_fit(void **state)
{
    (void)state;
    for (size_t count = 1; count <= MOST_POINTS; count++) {
        for (double task_s = 1e-7; task_s < 1e3; task_s *= 1.7) {
            for (unsigned cpus = 1; cpus <= 64; cpus *= 2) {
                struct ppt_config config = config_of(count, 30);
                const struct ppt_size size = sized(&config, task_s, cpus);
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
    const struct ppt_size size = sized(&config, 1, 2);
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

        sized(&config, rows[i][0], 2);
        assert_in_range(config.task_count, rows[i][1], rows[i][1] + 2);
    }
}

/* What is in no figure is in the time all the same. */
static void beside_the_tasks(void **state)
{
    /* Seconds for each pass, for each task of it; tasks of 1 ms: 0, 1 and 2 workers on 2 CPUs, in
     * 30 s. */
    static const double rows[][3] = {
        {0, 0, 200},     /* 0.1 s at 2 workers */
        {0.5, 0, 200},   /* a block of 2 s is left 1 s */
        {0.8, 0, 96},    /* is left 0.1 s: a tenth more */
        {0.8333, 0, 96}, /* nothing: a tenth of it */
        {10, 0, 200},    /* likewise, and that is enough */
        {0, 0.01, 76},   /* 32.5 ms a task */
        {0, 2, 2},       {0.5, 0.02, 16},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ppt_config config = config_of(3, 30);
        const struct ppt_size_needs needs = {.task_s = 1e-3,
                                             .pass_s = rows[i][0],
                                             .copy_s = rows[i][1],
                                             .most_tasks = UINT64_MAX,
                                             .cpus = 2};
        const struct ppt_size size = ppt_size_config(&config, &needs);
        const double tasks = (double)config.task_count;

        assert_in_range(config.task_count, rows[i][2], rows[i][2] + 5);
        assert_true(fabs(size.beside_s - 3 * (rows[i][0] + tasks * rows[i][1])) < 1e-9);
        assert_true(fabs(size.block_s - size.beside_s - 2.5e-3 * tasks) < 1e-9);
        assert_true(fabs(size.least_s - 3 * size.block_s - 1.5e-3 * tasks -
                         2.0 / 3 * size.beside_s) < 1e-9);
    }
}

static void there_is_room(void **state)
{
    /* Tasks that there is room for, and those that are chosen: whole rounds, at least one. */
    static const uint64_t rows[][2] = {{UINT64_MAX, 200}, {200, 200}, {199, 198}, {3, 2}, {1, 2}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ppt_config config = config_of(3, 30);
        struct ppt_size_needs needs = {.task_s = 1.0001e-3, .most_tasks = rows[i][0], .cpus = 2};

        ppt_size_config(&config, &needs);
        assert_int_equal(config.task_count, rows[i][1]);
        config.size_tasks = false;
        config.task_count = 50;
        ppt_size_config(&config, &needs);
        assert_int_equal(config.task_count, 50);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_are_long_enough_and_blocks_fit),
        cmocka_unit_test(what_is_given_stays),
        cmocka_unit_test(examples),
        cmocka_unit_test(beside_the_tasks),
        cmocka_unit_test(there_is_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
