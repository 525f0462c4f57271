/*
 * The order of passes.
 */
#include <string.h>

#include "config.h"
#include "plan.h"
#include "unit.h"

#define MOST_POINTS 20

static struct ppt_point points[MOST_POINTS];

/* A configuration with so many points and otherwise nothing but a seed. */
static struct ppt_config config_of(size_t point_count, uint64_t seed)
{
    assert_true(point_count <= MOST_POINTS);
    for (size_t i = 0; i < point_count; i++) {
        points[i] = (struct ppt_point){.workers = (unsigned)i, .inner_threads = 1};
    }
    return (struct ppt_config){
        .points = points, .point_count = point_count, .seed = seed, .blocks = 10, .warmup = 1};
}

static void each_block_is_a_permutation(void **state)
{
    (void)state;
    for (size_t count = 1; count <= MOST_POINTS; count++) {
        const struct ppt_config config = config_of(count, 3);

        for (unsigned block = 1; block <= 50; block++) {
            size_t order[MOST_POINTS];
            bool seen[MOST_POINTS] = {false};

            ppt_plan_block(&config, block, order);
            for (size_t i = 0; i < count; i++) {
                assert_true(order[i] < count);
                assert_false(seen[order[i]]);
                seen[order[i]] = true;
            }
        }
    }
}

static void all_orders_come_up_equally_often(void **state)
{
    size_t counts[27] = {0};
    size_t orders = 0;
    double chi2 = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 6; seed++) {
        const struct ppt_config config = config_of(3, seed);

        for (unsigned block = 1; block <= 1000; block++) {
            size_t order[3];

            ppt_plan_block(&config, block, order);
            counts[order[0] * 9 + order[1] * 3 + order[2]]++;
        }
    }
    for (size_t i = 0; i < COUNT(counts); i++) {
        if (counts[i] > 0) {
            orders++;
            chi2 += ((double)counts[i] - 1000) * ((double)counts[i] - 1000) / 1000;
        }
    }
    assert_int_equal(orders, 6);
    assert_true(chi2 < 25.8); /* 99.99 % point of chi-square with 5 degrees of freedom */
}

/* Over the blocks of one run, each point is at each place, and follows each other one, alike. */
static void places_are_shared_equally(void **state)
{
    const struct ppt_config config = config_of(5, 77);
    size_t at[5][5] = {{0}}, after[5][5] = {{0}};

    (void)state;
    for (unsigned block = 1; block <= 5000; block++) {
        size_t order[5];

        ppt_plan_block(&config, block, order);
        for (size_t i = 0; i < 5; i++) {
            at[i][order[i]]++;
            if (i > 0) {
                after[order[i - 1]][order[i]]++;
            }
        }
    }
    for (size_t i = 0; i < 5; i++) {
        for (size_t k = 0; k < 5; k++) {
            /* 1000 each, standard deviation 28 and less. */
            assert_in_range(at[i][k], 880, 1120);
            assert_true(i == k || (after[i][k] > 880 && after[i][k] < 1120));
        }
    }
}

static void orders_depend_on_seed_and_block_alone(void **state)
{
    const struct ppt_config one = config_of(8, 1), other = config_of(8, 2);
    size_t same_seed = 0, same_block = 0;

    (void)state;
    for (unsigned block = 1; block <= 100; block++) {
        size_t a[8], b[8], next[8];

        ppt_plan_block(&one, block, a);
        ppt_plan_block(&one, block + 1, next);
        ppt_plan_block(&one, block, b);
        assert_memory_equal(a, b, sizeof(a));
        same_block += memcmp(a, next, sizeof(a)) == 0;
        ppt_plan_block(&other, block, b);
        same_seed += memcmp(a, b, sizeof(a)) == 0;
    }
    /* One order in 40320. */
    assert_true(same_block <= 1);
    assert_true(same_seed <= 1);
}

static void warm_up_visits_the_largest_and_the_smallest(void **state)
{
    size_t order[2] = {9, 9};
    struct ppt_config config = config_of(5, 1);

    (void)state;
    assert_int_equal(ppt_plan_warmup(&config, order), 2);
    assert_int_equal(order[0], 4);
    assert_int_equal(order[1], 0);
    config = config_of(1, 1);
    assert_int_equal(ppt_plan_warmup(&config, order), 1);
    assert_int_equal(order[0], 0);
}

/* What a program has in caches is its own. */
static void warm_up_visits_every_program(void **state)
{
    size_t order[6];
    struct ppt_config config = config_of(15, 1);

    (void)state;
    config.variant_count = 3;
    assert_int_equal(ppt_plan_warmup(&config, order), 6);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(order[2 * i], 14 - 5 * i);
        assert_int_equal(order[2 * i + 1], 10 - 5 * i);
    }
    config = config_of(3, 1);
    config.variant_count = 3;
    assert_int_equal(ppt_plan_warmup(&config, order), 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(order[i], 2 - i);
    }
}

static void passes_are_counted(void **state)
{
    struct ppt_config config = config_of(5, 1);

    (void)state;
    assert_int_equal(ppt_plan_passes(&config), 10 * 5 + 2);
    config.warmup = 3;
    assert_int_equal(ppt_plan_passes(&config), 10 * 5 + 6);
    config.warmup = 0;
    assert_int_equal(ppt_plan_passes(&config), 10 * 5);
    config = config_of(1, 1);
    assert_int_equal(ppt_plan_passes(&config), 10 + 1);
    config = config_of(MOST_POINTS, 1);
    config.blocks = PPT_MOST_BLOCKS;
    assert_true(ppt_plan_passes(&config) == (uint64_t)PPT_MOST_BLOCKS * MOST_POINTS + 2);
}

static void blocks_are_spread_over_processes(void **state)
{
    static const unsigned by_three[] = {1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3};
    unsigned none[] = {0}, some[] = {0, 2};
    struct ppt_config config = config_of(3, 1);

    (void)state;
    config.ranks = none;
    config.rank_count = 1;
    for (unsigned block = 0; block <= 10; block++) {
        config.processes = 0;
        assert_int_equal(ppt_plan_process(&config, block), block > 0 ? block : 1);
        config.processes = 1;
        assert_int_equal(ppt_plan_process(&config, block), 0);
        config.processes = 3;
        assert_int_equal(ppt_plan_process(&config, block), by_three[block]);
        config.processes = 11;
        assert_int_equal(ppt_plan_process(&config, block), block > 0 ? block : 1);
    }
    /* As even as can be, whatever the numbers. */
    for (config.blocks = 1; config.blocks <= 40; config.blocks++) {
        for (config.processes = 2; config.processes <= config.blocks; config.processes++) {
            unsigned counts[41] = {0};

            for (unsigned block = 1; block <= config.blocks; block++) {
                counts[ppt_plan_process(&config, block)]++;
            }
            for (unsigned process = 1; process <= config.processes; process++) {
                const unsigned least = config.blocks / config.processes;

                assert_in_range(counts[process], least, least + 1);
            }
        }
    }
    config.processes = 3;
    config.adaptive = true;
    assert_int_equal(ppt_plan_process(&config, 7), 7);
    config.ranks = some;
    config.rank_count = 2;
    assert_int_equal(ppt_plan_process(&config, 7), 0);
}

static void few_tasks_stand_for_all(void **state)
{
    (void)state;
    for (uint64_t count = 1; count <= 300; count++) {
        bool met[300] = {false}, quarters[4] = {false};

        for (uint64_t i = 0; i < count; i++) {
            const uint64_t task = ppt_plan_spread(i, count);

            assert_true(task < count && !met[task]);
            met[task] = true;
            quarters[task * 4 / count] = true;
            assert_true(i != 7 || count < 50 ||
                        quarters[0] + quarters[1] + quarters[2] + quarters[3] >= 3);
        }
    }
    assert_true(ppt_plan_spread(999999999, 1000000000) < 1000000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_block_is_a_permutation),
        cmocka_unit_test(all_orders_come_up_equally_often),
        cmocka_unit_test(places_are_shared_equally),
        cmocka_unit_test(orders_depend_on_seed_and_block_alone),
        cmocka_unit_test(warm_up_visits_the_largest_and_the_smallest),
        cmocka_unit_test(warm_up_visits_every_program),
        cmocka_unit_test(passes_are_counted),
        cmocka_unit_test(blocks_are_spread_over_processes),
        cmocka_unit_test(few_tasks_stand_for_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
