/*
 * What the tasks of a run need, and that more than there is is refused.
 */
#include <string.h>

#include "config.h"
#include "plan.h"
#include "tasks.h"
#include "unit.h"

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
        const struct ppt_needs needs =
            ppt_tasks_needs(&tasks, (struct ppt_point){workers, 1, 0, 0, 0, 0});

        assert_int_equal(needs.shared_bytes, 5);
        assert_int_equal(needs.worker_bytes, 50 * workers);
        assert_int_equal(needs.disk_bytes, 5000 * workers);
    }
    group.kernel = &modest;
    const struct ppt_needs none = ppt_tasks_needs(&tasks, (struct ppt_point){1000, 1, 0, 0, 0, 0});
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
    const struct ppt_needs needs = ppt_tasks_needs(&tasks, (struct ppt_point){4, 1, 0, 0, 0, 0});

    (void)state;
    assert_true(needs.shared_bytes >= 3);
    assert_int_equal(needs.worker_bytes, 4 * (30 + 7));
    assert_int_equal(needs.disk_bytes, 4 * 3000);
}

/* Of the configuration below; the first point is that of plain calls. */
static struct ppt_point points[2] = {{.workers = 0, .inner_threads = 1}};

static struct ppt_config needy(union ppt_value *args, struct ppt_use *use, unsigned most_workers)
{
    static char task[] = "plain", details[] = "1048576", origin[] = "here.json";

    points[1] = (struct ppt_point){.workers = most_workers, .inner_threads = 1};
    args[0].integer = 1048576;
    *use = (struct ppt_use){.kernel = &plain, .args = args};
    return (struct ppt_config){
        .origin = origin,
        .task = task,
        .details = details,
        .uses = use,
        .use_count = 1,
        .points = points,
        .point_count = 2,
        .seed = 1,
        .blocks = 10,
        .warmup = 1,
        .task_count = 10,
    };
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
        {{6, 1, 0, 0, 0, 0}, NULL},
        {{3, 2, 0, 0, 0, 0}, NULL},
        {{0, 6, 0, 0, 0, 0}, NULL},
        {{6, 1, 100, 0, 0, 0}, NULL},
        {{7, 1, 0, 0, 0, 0},
         "here.json: 7 workers are 7 threads, but the library behind task \"limited\" "
         "allows 6 in one process: use at most 6 workers"},
        {{2, 4, 0, 0, 0, 0}, "2 workers of 4 inner threads are 8 threads"},
        {{2, 4, 0, 0, 0, 0}, "use at most 1 worker"},
        {{0, 7, 0, 0, 0, 0}, "1 worker of 7 inner threads is 7 threads"},
        {{0, 7, 0, 0, 0, 0}, "use at most 6 inner threads"},
        {{7, 1, 2, 0, 0, 0}, "use at most 6 workers on each rank"},
    };
    union ppt_value args[1];
    struct ppt_use uses[2];
    struct ppt_config config = needy(args, uses, 3);
    struct ppt_error error = {""};

    (void)state;
    uses[1] = (struct ppt_use){.kernel = &limited, .args = args};
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
    struct ppt_use use, mixed = {.kernel = &drawn, .args = args};
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
