/*
 * The tasks of a block.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "tasks.h"
#include "unit.h"

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
    case PPT_PARAM_INPUTS:
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_tasks_are_all_alike),
        cmocka_unit_test(a_mix_is_drawn_per_block_and_seed),
        cmocka_unit_test(arguments_of_a_mix_fill_their_ranges),
        cmocka_unit_test(tensors_of_a_mix_cost_what_they_should),
        cmocka_unit_test(all_kernels_of_a_mix_are_drawn),
        cmocka_unit_test(only_kernels_with_tasks_are_groups),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
