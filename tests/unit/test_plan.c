/*
 * The order of passes, the tasks of a block, and what they need.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config.h"
#include "plan.h"
#include "tasks.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
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

/* ---- order ---- */

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

/* ---- tasks ---- */

static struct ppt_configs load(const char *task, const char *args, const char *task_count)
{
    struct ppt_overrides *overrides = ppt_overrides_create();
    struct ppt_configs configs = {0};
    struct ppt_error error = {""};

    if (ppt_overrides_add(overrides, "--task", "task", task, &error) != PPT_OK ||
        ppt_overrides_add(overrides, "--task-args", "task_args", args, &error) != PPT_OK ||
        ppt_overrides_add(overrides, "--task-count", "task_count", task_count, &error) != PPT_OK ||
        ppt_overrides_add(overrides, "--seed", "seed", "5", &error) != PPT_OK ||
        ppt_overrides_add(overrides, "--workers", "workers", "[0, 4]", &error) != PPT_OK ||
        ppt_configs_load(NULL, overrides, &configs, &error) != PPT_OK) {
        fail_msg("%s", error.text);
    }
    ppt_overrides_destroy(overrides);
    return configs;
}

static const struct ppt_kernel *kernel_at(const struct ppt_tasks *tasks, uint64_t index)
{
    return tasks->groups[tasks->refs ? tasks->refs[index].group : 0].kernel;
}

static const union ppt_value *args_at(const struct ppt_tasks *tasks, uint64_t index)
{
    const struct ppt_task_ref ref =
        tasks->refs ? tasks->refs[index] : (struct ppt_task_ref){.group = 0, .set = 0};

    assert_true(ref.group < tasks->group_count);
    assert_true(ref.set < tasks->groups[ref.group].set_count);
    return tasks->groups[ref.group].sets[ref.set];
}

static void plain_tasks_are_all_alike(void **state)
{
    struct ppt_configs configs = load("\"sort\"", "[77]", "1000");
    struct ppt_tasks tasks;

    (void)state;
    for (unsigned block = 0; block < 3; block++) {
        ppt_tasks_create(configs.items, block, &tasks);
        assert_int_equal(tasks.count, 1000);
        assert_int_equal(tasks.group_count, 1);
        assert_int_equal(tasks.groups[0].set_count, 1);
        for (uint64_t i = 0; i < tasks.count; i++) {
            assert_string_equal(kernel_at(&tasks, i)->name, "sort");
            assert_int_equal(args_at(&tasks, i)[0].integer, 77);
        }
        ppt_tasks_free(&tasks);
    }
    ppt_configs_free(&configs);
}

static bool same_number(const struct ppt_param *param, const union ppt_value *a,
                        const union ppt_value *b)
{
    switch (param->kind) {
    case PPT_PARAM_INTEGER:
        return a->integer == b->integer;
    case PPT_PARAM_REAL:
        return a->real == b->real;
    case PPT_PARAM_SPAN:
        return a->span.low == b->span.low && a->span.high == b->span.high;
    case PPT_PARAM_CHOICE:
        return a->choice == b->choice;
    case PPT_PARAM_PATHS:
        return a->paths.count == b->paths.count;
    case PPT_PARAM_WORDS:
        return a->words.count == b->words.count;
    }
    return false;
}

/* How many indices have the same kernel with the same arguments. */
static size_t alike(const struct ppt_tasks *a, const struct ppt_tasks *b)
{
    size_t count = 0;

    for (uint64_t i = 0; i < a->count; i++) {
        const struct ppt_kernel *kernel = kernel_at(a, i);
        bool same = kernel == kernel_at(b, i);

        for (size_t p = 0; same && p < kernel->param_count; p++) {
            same = same_number(&kernel->params[p], &args_at(a, i)[p], &args_at(b, i)[p]);
        }
        count += same;
    }
    return count;
}

static void a_mix_is_drawn_per_block_and_seed(void **state)
{
    struct ppt_configs configs = load("\"random\"", "[\"sum\", \"multi\", \"sort\"]", "200");
    struct ppt_tasks first, again, next;

    (void)state;
    for (unsigned block = 0; block < 5; block++) {
        ppt_tasks_create(configs.items, block, &first);
        ppt_tasks_create(configs.items, block, &again);
        assert_int_equal(first.count, 200);
        assert_int_equal(alike(&first, &again), 200);
        ppt_tasks_free(&again);
        ppt_tasks_create(configs.items, block + 1, &next);
        assert_in_range(alike(&first, &next), 0, 5);
        ppt_tasks_free(&next);
        configs.items[0].seed++;
        ppt_tasks_create(configs.items, block, &next);
        assert_in_range(alike(&first, &next), 0, 5);
        ppt_tasks_free(&next);
        configs.items[0].seed--;
        ppt_tasks_free(&first);
    }
    ppt_configs_free(&configs);
}

/* The numbers that a mix drew for one parameter. */
struct drawn {
    const char *kernel;
    size_t param;
    double smallest, largest; /* allowed */
    double low, high;         /* what came up */
    double sum;
    size_t count;
};

static void note(struct drawn *drawn, const struct ppt_kernel *kernel, const union ppt_value *args)
{
    const union ppt_value *value = &args[drawn->param];
    const bool real = kernel->params[drawn->param].kind == PPT_PARAM_REAL;
    const double number = real ? value->real : (double)value->integer;

    assert_true(number >= drawn->smallest && number <= drawn->largest);
    drawn->low = drawn->count == 0 || number < drawn->low ? number : drawn->low;
    drawn->high = drawn->count == 0 || number > drawn->high ? number : drawn->high;
    drawn->sum += number;
    drawn->count++;
}

static void note_lengths(const union ppt_value *args, size_t counts[2][32])
{
    const struct ppt_span span = args[2].span;

    assert_true(span.low >= 6 && span.low <= 20);
    assert_true(span.high >= 21 && span.high <= 30);
    counts[0][span.low]++;
    counts[1][span.high]++;
}

static void arguments_of_a_mix_fill_their_ranges(void **state)
{
    struct drawn drawn[] = {
        {.kernel = "sum", .smallest = 1e4, .largest = 1e7},
        {.kernel = "multi", .smallest = 1e4, .largest = 1e7},
        {.kernel = "io", .smallest = 1, .largest = 100},
        {.kernel = "zip", .smallest = 1, .largest = 100},
        {.kernel = "tensor", .smallest = 128, .largest = 1024},
        {.kernel = "tensor", .param = 1, .smallest = 2, .largest = 12},
        {.kernel = "sort", .smallest = 2e5, .largest = 1e7},
        {.kernel = "matrix", .smallest = 100, .largest = 2000},
        {.kernel = "password", .smallest = 1000, .largest = 10000},
        {.kernel = "password", .param = 1, .smallest = 100, .largest = 1000},
        {.kernel = "password", .param = 3, .smallest = 0.1, .largest = 0.9},
    };
    struct ppt_configs configs = load("\"random\"", "[]", "20000");
    size_t lengths[2][32] = {{0}};
    struct ppt_tasks tasks;

    (void)state;
    ppt_tasks_create(configs.items, 1, &tasks);
    for (uint64_t i = 0; i < tasks.count; i++) {
        const struct ppt_kernel *kernel = kernel_at(&tasks, i);

        for (size_t d = 0; d < COUNT(drawn); d++) {
            if (strcmp(drawn[d].kernel, kernel->name) == 0) {
                note(&drawn[d], kernel, args_at(&tasks, i));
            }
        }
        if (strcmp(kernel->name, "password") == 0) {
            note_lengths(args_at(&tasks, i), lengths);
        }
    }
    for (size_t d = 0; d < COUNT(drawn); d++) {
        const double width = drawn[d].largest - drawn[d].smallest;
        const double mean = (drawn[d].sum / (double)drawn[d].count - drawn[d].smallest) / width;

        assert_true(drawn[d].low < drawn[d].smallest + 0.03 * width);
        assert_true(drawn[d].high > drawn[d].largest - 0.03 * width);
        /* Uniform has its mean in the middle; large matrices of tensor come in small numbers. */
        assert_true(fabs(mean - (drawn[d].param == 1 && drawn[d].largest == 12 ? 0.163 : 0.5)) <
                    0.03);
    }
    assert_true(lengths[0][6] > 0 && lengths[0][20] > 0);
    assert_true(lengths[1][21] > 0 && lengths[1][30] > 0);
    ppt_tasks_free(&tasks);
    ppt_configs_free(&configs);
}

static int compare_work(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The larger the matrices, the fewer at most: from 12 of 128 rows to 2 of 1024. Over all sizes and
 * numbers of them that is 0.97 GFLOP a task on average and 0.81 in the median, added up over every
 * size and number that there is. */
static void tensors_of_a_mix_cost_what_they_should(void **state)
{
    struct ppt_configs configs = load("\"random\"", "[\"tensor\"]", "20000");
    struct ppt_tasks tasks;
    double *gflop = calloc(20000, sizeof(*gflop)), sum = 0;

    (void)state;
    ppt_tasks_create(configs.items, 1, &tasks);
    for (uint64_t i = 0; i < tasks.count; i++) {
        const union ppt_value *args = args_at(&tasks, i);
        const double size = (double)args[0].integer, count = (double)args[1].integer;

        assert_true(count <= 2.5 + 10 * (log(1024) - log(size)) / log(8));
        gflop[i] = 2 * size * size * size * (count - 1) * 1e-9;
        sum += gflop[i];
    }
    qsort(gflop, 20000, sizeof(*gflop), compare_work);
    assert_true(fabs(sum / 20000 - 0.970) < 0.03);
    assert_true(fabs(gflop[10000] - 0.807) < 0.03);
    free(gflop);
    ppt_tasks_free(&tasks);
    ppt_configs_free(&configs);
}

static void all_kernels_of_a_mix_are_drawn(void **state)
{
    struct ppt_configs configs = load("\"random\"", "[]", "9000");
    const size_t kinds = configs.items[0].use_count;
    struct ppt_tasks tasks;

    (void)state;
    ppt_tasks_create(configs.items, 1, &tasks);
    assert_int_equal(tasks.group_count, kinds);
    for (size_t group = 0; group < tasks.group_count; group++) {
        const double expected = 9000.0 / (double)kinds;
        size_t count = 0;

        for (uint64_t i = 0; i < tasks.count; i++) {
            count += kernel_at(&tasks, i) == tasks.groups[group].kernel;
        }
        assert_true(fabs((double)count - expected) < 5 * sqrt(expected));
    }
    ppt_tasks_free(&tasks);
    ppt_configs_free(&configs);
}

static void only_kernels_with_tasks_are_groups(void **state)
{
    struct ppt_configs configs = load("\"random\"", "[]", "1");
    struct ppt_tasks tasks;

    (void)state;
    ppt_tasks_create(configs.items, 1, &tasks);
    assert_int_equal(tasks.group_count, 1);
    assert_int_equal(tasks.count, 1);
    assert_non_null(args_at(&tasks, 0));
    ppt_tasks_free(&tasks);
    ppt_configs_free(&configs);
}

/* ---- needs ---- */

static void needs_of_plain(const union ppt_value *args, unsigned inner_threads,
                           struct ppt_needs *needs)
{
    (void)inner_threads;
    needs->shared_bytes = (uint64_t)args[0].integer;
    needs->worker_bytes = (uint64_t)args[0].integer * 10;
    needs->disk_bytes = (uint64_t)args[0].integer * 1000;
}

static void needs_of_other(const union ppt_value *args, unsigned inner_threads,
                           struct ppt_needs *needs)
{
    (void)args;
    (void)inner_threads;
    needs->worker_bytes = 7;
    needs->disk_bytes = 9;
}

static const struct ppt_kernel plain = {.name = "plain", .needs = needs_of_plain};
static const struct ppt_kernel other = {.name = "other", .needs = needs_of_other};
static const struct ppt_kernel modest = {.name = "modest"};

static void needs_grow_with_workers(void **state)
{
    const union ppt_value args[] = {{.integer = 5}};
    const union ppt_value *sets[] = {args};
    struct ppt_task_group group = {&plain, sets, 1};
    struct ppt_tasks tasks = {.groups = &group, .group_count = 1, .count = 100};

    (void)state;
    for (unsigned workers = 1; workers < 5; workers++) {
        const struct ppt_needs needs = ppt_tasks_needs(&tasks, (struct ppt_point){workers, 1, 0});

        assert_int_equal(needs.shared_bytes, 5);
        assert_int_equal(needs.worker_bytes, 50 * workers);
        assert_int_equal(needs.disk_bytes, 5000 * workers);
    }
    group.kernel = &modest;
    const struct ppt_needs none = ppt_tasks_needs(&tasks, (struct ppt_point){1000, 1, 0});
    assert_int_equal(none.shared_bytes + none.worker_bytes + none.disk_bytes, 0);
}

/* A worker has scratch of every kernel, each for the largest of its sets, but runs one task at a
 * time. */
static void needs_of_a_mix_are_summed(void **state)
{
    const union ppt_value small[] = {{.integer = 2}}, large[] = {{.integer = 3}};
    const union ppt_value *plain_sets[] = {small, large, small};
    const union ppt_value *other_sets[] = {small};
    struct ppt_task_group groups[] = {{&plain, plain_sets, 3}, {&other, other_sets, 1}};
    struct ppt_tasks tasks = {.groups = groups, .group_count = 2, .count = 4};
    const struct ppt_needs needs = ppt_tasks_needs(&tasks, (struct ppt_point){4, 1, 0});

    (void)state;
    assert_true(needs.shared_bytes >= 3);
    assert_int_equal(needs.worker_bytes, 4 * (30 + 7));
    assert_int_equal(needs.disk_bytes, 4 * 3000);
}

static struct ppt_config needy(union ppt_value *args, struct ppt_use *use, unsigned most_workers)
{
    static char task[] = "plain", details[] = "1048576", origin[] = "here.json";
    struct ppt_config config = config_of(2, 1);

    points[1].workers = most_workers;
    args[0].integer = 1048576;
    *use = (struct ppt_use){&plain, args};
    config.origin = origin;
    config.task = task;
    config.details = details;
    config.task_count = 10;
    config.uses = use;
    config.use_count = 1;
    return config;
}

static void too_much_memory_is_refused(void **state)
{
    const uint64_t mib = UINT64_C(1) << 20, plenty = UINT64_MAX;
    const uint64_t records =
        10 * PPT_TASK_RECORD_BYTES; /* of the tasks, beside what the kernel needs */
    union ppt_value args[1];
    struct ppt_use use;
    const struct ppt_config config = needy(args, &use, 3);
    struct ppt_error error = {""};

    (void)state;
    assert_int_equal(ppt_plan_check_needs(&config, plenty, plenty, &error), PPT_OK);
    assert_int_equal(ppt_plan_check_needs(&config, 31 * mib + records, 3000 * mib, &error), PPT_OK);
    assert_int_equal(ppt_plan_check_needs(&config, 31 * mib + records - 1, plenty, &error),
                     PPT_BAD_INPUT);
    assert_non_null(strstr(error.text, "here.json"));
    assert_non_null(strstr(error.text, "plain"));
    assert_non_null(strstr(error.text, "memory"));
    assert_non_null(strstr(error.text, "31.0 MiB"));
    assert_non_null(strstr(error.text, "3 workers"));
    assert_int_equal(ppt_plan_check_needs(&config, 16 * mib, plenty, &error), PPT_BAD_INPUT);
    assert_non_null(strstr(error.text, "16.0 MiB"));
}

static void needs_of_limited(const union ppt_value *args, unsigned inner_threads,
                             struct ppt_needs *needs)
{
    (void)args;
    (void)inner_threads;
    needs->most_threads = 6;
}

static const struct ppt_kernel limited = {.name = "limited", .needs = needs_of_limited};

/* Counted are the threads of one process: workers times inner threads. */
static void more_threads_than_a_kernel_bears_are_refused(void **state)
{
    static const struct {
        struct ppt_point most;
        const char *right; /* NULL: is allowed */
    } cases[] = {
        {{6, 1, 0}, NULL},
        {{3, 2, 0}, NULL},
        {{0, 6, 0}, NULL},
        {{6, 1, 100}, NULL},
        {{7, 1, 0},
         "here.json: 7 workers are 7 threads, but the library behind task \"limited\" "
         "allows 6 in one process: use at most 6 workers"},
        {{2, 4, 0}, "2 workers of 4 inner threads are 8 threads"},
        {{2, 4, 0}, "use at most 1 worker"},
        {{0, 7, 0}, "1 worker of 7 inner threads is 7 threads"},
        {{0, 7, 0}, "use at most 6 inner threads"},
        {{7, 1, 2}, "use at most 6 workers on each rank"},
    };
    union ppt_value args[1];
    struct ppt_use uses[2];
    struct ppt_config config = needy(args, uses, 3);
    struct ppt_error error = {""};

    (void)state;
    uses[1] = (struct ppt_use){&limited, args};
    config.use_count = 2;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        points[1] = cases[i].most;
        assert_int_equal(ppt_plan_check_needs(&config, UINT64_MAX, UINT64_MAX, &error),
                         cases[i].right ? PPT_BAD_INPUT : PPT_OK);
        assert_true(!cases[i].right || strstr(error.text, cases[i].right));
    }
}

/* Beyond the limit a pass has histograms, one per worker, and no further task takes memory. */
static void more_tasks_take_no_more_memory(void **state)
{
    const uint64_t kernels = UINT64_C(31) << 20, plenty = UINT64_MAX;
    const uint64_t counts[] = {PPT_MOST_TASK_TIMES, PPT_MOST_TASK_TIMES + 1, 10000000, 1000000000};
    union ppt_value args[1];
    struct ppt_use use;
    struct ppt_config config = needy(args, &use, 3);
    struct ppt_error error = {""};

    (void)state;
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        const uint64_t own =
            i == 0 ? counts[0] * PPT_TASK_RECORD_BYTES : UINT64_C(3) * PPT_WORKER_RECORD_BYTES;

        config.task_count = counts[i];
        assert_int_equal(ppt_plan_check_needs(&config, kernels + own, plenty, &error), PPT_OK);
        assert_int_equal(ppt_plan_check_needs(&config, kernels + own - 1, plenty, &error),
                         PPT_BAD_INPUT);
    }
}

static void draw_nothing(struct ppt_rng *rng, union ppt_value *args)
{
    (void)rng;
    (void)args;
}

/* A mix keeps its tasks; one that is too large is refused before they are all drawn. */
static void tasks_of_a_mix_take_memory(void **state)
{
    static const struct ppt_param params[2];
    static const struct ppt_kernel drawn = {
        .name = "drawn", .params = params, .param_count = 2, .draw = draw_nothing};
    const uint64_t gib = UINT64_C(1) << 30;
    union ppt_value args[2] = {{.integer = 0}, {.integer = 0}}, plain_args[1];
    struct ppt_use use, mixed = {&drawn, args};
    struct ppt_config config = needy(plain_args, &use, 3);
    struct ppt_error error = {""};

    (void)state;
    config.task_count = 10000000;
    config.uses = &mixed;
    config.mix = true;
    config.blocks = 3;
    const uint64_t bytes = ppt_tasks_bytes(&config);
    assert_int_equal(bytes, config.task_count * (16 + 2 * sizeof(union ppt_value)));
    assert_int_equal(ppt_plan_check_needs(&config, bytes, gib, &error), PPT_BAD_INPUT);
    assert_int_equal(ppt_plan_check_needs(&config, bytes + gib, gib, &error), PPT_OK);
    config.task_count = 1000000000; /* would be 48 GB of tasks */
    assert_int_equal(ppt_plan_check_needs(&config, gib, gib, &error), PPT_BAD_INPUT);
    assert_non_null(strstr(error.text, "GiB of memory"));
    config.mix = false;
    assert_int_equal(ppt_tasks_bytes(&config), 0);
}

static void too_much_disk_is_refused(void **state)
{
    const uint64_t mib = UINT64_C(1) << 20, plenty = UINT64_MAX;
    union ppt_value args[1];
    struct ppt_use use;
    struct ppt_config config = needy(args, &use, 1);
    struct ppt_error error = {""};

    (void)state;
    assert_int_equal(ppt_plan_check_needs(&config, plenty, 1000 * mib, &error), PPT_OK);
    assert_int_equal(ppt_plan_check_needs(&config, plenty, 1000 * mib - 1, &error), PPT_BAD_INPUT);
    assert_non_null(strstr(error.text, "1000 MiB"));
    assert_non_null(strstr(error.text, "disk"));
    assert_non_null(strstr(error.text, "1 worker,"));
    config.point_count = 1; /* sequential calls alone need it, too */
    assert_int_equal(ppt_plan_check_needs(&config, plenty, 1000 * mib, &error), PPT_OK);
    assert_int_equal(ppt_plan_check_needs(&config, plenty, 999 * mib, &error), PPT_BAD_INPUT);
    assert_int_equal(ppt_plan_check_needs(&config, 11 * mib - 1, plenty, &error), PPT_BAD_INPUT);
}

/* What does not fit into 64 bits is not little. */
static void needs_beyond_all_are_refused(void **state)
{
    union ppt_value args[1];
    struct ppt_use use;
    const struct ppt_config config = needy(args, &use, 1024);
    struct ppt_error error = {""};

    (void)state;
    args[0].integer = INT64_C(1) << 53; /* times 10 x 1024 wraps around */
    assert_int_equal(ppt_plan_check_needs(&config, UINT64_C(1) << 40, UINT64_MAX, &error),
                     PPT_BAD_INPUT);
    args[0].integer = INT64_C(1) << 51; /* times 1000 x 1024 does */
    assert_int_equal(ppt_plan_check_needs(&config, UINT64_MAX, UINT64_C(1) << 50, &error),
                     PPT_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_block_is_a_permutation),
        cmocka_unit_test(all_orders_come_up_equally_often),
        cmocka_unit_test(places_are_shared_equally),
        cmocka_unit_test(orders_depend_on_seed_and_block_alone),
        cmocka_unit_test(warm_up_visits_the_largest_and_the_smallest),
        cmocka_unit_test(passes_are_counted),
        cmocka_unit_test(plain_tasks_are_all_alike),
        cmocka_unit_test(a_mix_is_drawn_per_block_and_seed),
        cmocka_unit_test(arguments_of_a_mix_fill_their_ranges),
        cmocka_unit_test(tensors_of_a_mix_cost_what_they_should),
        cmocka_unit_test(all_kernels_of_a_mix_are_drawn),
        cmocka_unit_test(only_kernels_with_tasks_are_groups),
        cmocka_unit_test(needs_grow_with_workers),
        cmocka_unit_test(needs_of_a_mix_are_summed),
        cmocka_unit_test(too_much_memory_is_refused),
        cmocka_unit_test(more_threads_than_a_kernel_bears_are_refused),
        cmocka_unit_test(more_tasks_take_no_more_memory),
        cmocka_unit_test(tasks_of_a_mix_take_memory),
        cmocka_unit_test(too_much_disk_is_refused),
        cmocka_unit_test(needs_beyond_all_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
