/*
 * How near a run comes to ceilings that are made up: the figures, and the sentences of them.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "ceiling_sentence.h"
#include "memory.h"
#include "registry.h"
#include "sentence.h"
#include "unit.h"
#include "work.h"

#define BLOCKS 8
#define TASKS 10

/* Two workers of a machine with 4: L1 and L2 of their own, an L3 for all. */
static const struct ppt_topology topology = {
    .cpus = 4,
    .caches = {{1, 1, 32 << 10}, {2, 1, 1 << 20}, {3, 4, 32 << 20}},
    .cache_count = 3,
};

static const struct ppt_ceilings ceilings = {
    .workers = 4,
    .best = {.cycle_ns = 0.5,
             .multiply_ns = 2,
             .fma_gflops = {50, 160},
             .copy_gbs = {[0] = {10, 12}, [1] = {100, 400}, [2] = {60, 240}, [3] = {40, 80}},
             .file_write_gbs = {2, 3}},
};

static struct ppt_bound_context context_of(struct ppt_work work)
{
    return (struct ppt_bound_context){&ceilings, &topology, work, "thing"};
}

static struct ppt_point point_of(unsigned workers)
{
    return (struct ppt_point){workers, 1, 0, 0, 0, 0};
}

/* Passes at 0, 2 and 4 workers, whose work takes a second by one thread, with a little noise that
 * all points of a block share; creating the team takes as long again, and is not counted. */
static void fill(struct ppt_samples *samples)
{
    static const unsigned counts[] = {0, 2, 4};

    *samples = (struct ppt_samples){0};
    for (unsigned block = 1; block <= BLOCKS; block++) {
        for (size_t i = 0; i < COUNT(counts); i++) {
            const unsigned threads = counts[i] > 0 ? counts[i] : 1;
            struct ppt_sample sample = {.block = block,
                                        .point = point_of(counts[i]),
                                        .task_count = TASKS,
                                        .work_ns = (int64_t)(1e9 + 1e6 * block) / threads,
                                        .peak_bytes = -1,
                                        .noise = PPT_NOISE_UNKNOWN};

            sample.init_ns = counts[i] > 0 ? sample.work_ns : 0;
            sample.total_ns = sample.work_ns + sample.init_ns;
            sample.worker_count = threads;
            sample.workers = ppt_alloc(threads, sizeof(*sample.workers));
            sample.times.sum_ns = threads * sample.work_ns;
            sample.usage.user_ns = sample.times.sum_ns;
            ppt_samples_add(samples, &sample);
        }
    }
}

/* What is said of such a run with tasks that do so much. */
static char *said(struct ppt_work work, const struct ppt_ceilings *known, double *share)
{
    const struct ppt_answer_context context = {
        .tasks = TASKS,
        .cpus = 4,
        .tolerance = 0.05,
        .confidence = 0.95,
        .bounds = {known, &topology, work, "thing"},
    };
    struct ppt_samples samples;
    struct ppt_index index;
    struct ppt_answer answer;
    struct ppt_claim claim = {.value = NAN};
    struct ppt_text words = {0};

    fill(&samples);
    ppt_index_create(&samples, &index);
    ppt_answer_from_index(&index, &context, &answer);
    assert_true(answer.verdict.exists);
    assert_int_equal(answer.grid.points[answer.verdict.recommended].workers, 4);
    if (ppt_ceiling_claim(&answer, &claim, &words)) {
        struct ppt_text all = {0};

        assert_true(claim.interval.exists && claim.interval.low <= claim.value);
        assert_true(claim.interval.high >= claim.value && claim.level == 0.95);
        ppt_sentence_details(&answer, &all);
        assert_non_null(strstr(all.data, words.data));
        ppt_text_free(&all);
    }
    *share = claim.value;
    ppt_answer_free(&answer);
    ppt_index_free(&index);
    ppt_samples_free(&samples);
    return words.data;
}

static void check(struct ppt_work work, double share, const char *words)
{
    double found;
    char *text = said(work, &ceilings, &found);

    assert_non_null(text);
    if (fabs(found - share) > 0.001) {
        fail_msg("%s: %g, not %g", text, found, share);
    }
    assert_string_equal(text, words);
    free(text);
}

/* A second's work of one thread by four: 4 times TASKS tasks in a second, less 0.45 %. */
static void sentences_are_of_the_nearest_ceiling(void **state)
{
    (void)state;
    check((struct ppt_work){.flops = 3.2e9}, 0.7964,
          " thing runs at 80 % [79, 80] of this machine's multiply-add peak.");
    /* The same, with little memory moved; and with much. */
    check((struct ppt_work){.flops = 3.2e9, .moved_bytes = 1e6, .set_bytes = 1e9}, 0.7964,
          " thing runs at 80 % [79, 80] of this machine's multiply-add peak.");
    check((struct ppt_work){.flops = 1e6, .moved_bytes = 1.5e8, .set_bytes = 1e9}, 0.4978,
          " thing moves 5.97 GB/s, 50 % [50, 50] of what 4 workers can copy in memory.");
    check((struct ppt_work){.moved_bytes = 1e9, .set_bytes = 8 << 20}, 0.4978,
          " thing moves 39.8 GB/s, 50 % [50, 50] of what 4 workers can copy within L3.");
    check((struct ppt_work){.additions = 2e8}, 0.9955,
          " thing runs at 100 % [99, 100] of one addition per cycle.");
    check((struct ppt_work){.products = 2.5e7}, 0.4978,
          " thing runs at 50 % [50, 50] of multiplications that wait for each other.");
    check((struct ppt_work){.written_bytes = 6e7}, 0.7964,
          " thing writes 2.39 GB/s to files, 80 % [79, 80] of what 4 workers can write.");
}

static void nothing_is_said_of_what_is_not_known(void **state)
{
    const struct ppt_ceilings none = {.workers = 4};
    const struct ppt_work work = {.flops = 1e9, .moved_bytes = 1e9, .additions = 1e9};
    double share;

    (void)state;
    assert_null(said(work, NULL, &share));
    assert_null(said(work, &none, &share));
    assert_null(said((struct ppt_work){0}, &ceilings, &share));
    assert_null(said((struct ppt_work){.flops = 1e6}, &ceilings, &share));
}

/* What is beyond it by more than a tenth shows that it was none. */
static void ceilings_may_be_wrong(void **state)
{
    (void)state;
    check((struct ppt_work){.flops = 4.3e9}, 1.0702,
          " thing runs at 107 % [107, 107] of this machine's multiply-add peak.");
    check((struct ppt_work){.flops = 5e9}, 1.2444,
          " What this machine can do at most is not known well: thing runs at 124 % [124, 125] of "
          "it. On a quiet machine ppt-omp doctor --ceilings measures it again.");
}

/* Without caches nobody can tell what copies are to be held against. */
static void unknown_caches(void **state)
{
    const struct ppt_topology bare = {.cpus = 4};
    struct ppt_bound_context context = context_of((struct ppt_work){.moved_bytes = 1});

    (void)state;
    assert_true(ppt_bound_ceiling(&context, PPT_BOUND_COPIES, point_of(1)) == 100);
    context.topology = &bare;
    assert_true(ppt_bound_ceiling(&context, PPT_BOUND_COPIES, point_of(1)) == 0);
    assert_true(ppt_bound_ceiling(&context, PPT_BOUND_MULTIPLY_ADDS, point_of(1)) == 50);
}

/* As many times that of one, and no more than that of all. */
static void threads_between_one_and_all(void **state)
{
    const struct ppt_bound_context context = context_of((struct ppt_work){.set_bytes = 1e9});

    (void)state;
    assert_true(ppt_bound_ceiling(&context, PPT_BOUND_MULTIPLY_ADDS, point_of(0)) == 50);
    assert_true(ppt_bound_ceiling(&context, PPT_BOUND_MULTIPLY_ADDS, point_of(1)) == 50);
    assert_true(ppt_bound_ceiling(&context, PPT_BOUND_MULTIPLY_ADDS, point_of(3)) == 150);
    assert_true(ppt_bound_ceiling(&context, PPT_BOUND_MULTIPLY_ADDS, point_of(4)) == 160);
    assert_true(ppt_bound_ceiling(&context, PPT_BOUND_MULTIPLY_ADDS, point_of(64)) == 160);
    assert_true(ppt_bound_ceiling(&context, PPT_BOUND_COPIES, point_of(2)) == 12);
    assert_true(ppt_bound_ceiling(&context, PPT_BOUND_ADDITIONS, point_of(3)) == 6);
    const struct ppt_point threads = {1, 3, 0, 0, 0, 0};
    assert_true(ppt_bound_ceiling(&context, PPT_BOUND_MULTIPLY_ADDS, threads) == 150);
}

/* The memory of all workers that share a cache has to fit into it. */
static void the_cache_is_that_of_all_sets(void **state)
{
    const struct ppt_bound_context small = context_of((struct ppt_work){.set_bytes = 1 << 20});
    const struct ppt_bound_context large = context_of((struct ppt_work){.set_bytes = 9 << 20});

    (void)state;
    assert_int_equal(ppt_bound_level(&small, point_of(0)), 2);
    assert_int_equal(ppt_bound_level(&small, point_of(4)), 2);
    assert_int_equal(ppt_bound_level(&large, point_of(1)), 3);
    assert_int_equal(ppt_bound_level(&large, point_of(3)), 3);
    assert_int_equal(ppt_bound_level(&large, point_of(4)), 0);
    assert_true(ppt_bound_ceiling(&large, PPT_BOUND_COPIES, point_of(3)) == 80);
    assert_true(ppt_bound_ceiling(&large, PPT_BOUND_COPIES, point_of(4)) == 12);
}

/* ---- what kernels state ---- */

static struct ppt_work work_of(const char *name, const union ppt_value *args)
{
    struct ppt_work work = {0};
    size_t i = 0;

    while (strcmp(ppt_kernels[i]->name, name) != 0) {
        i++;
        assert_non_null(ppt_kernels[i]);
    }
    ppt_kernels[i]->work(args, &work);
    return work;
}

static void kernels_state_their_work(void **state)
{
    const double mib = 1 << 20;

    (void)state;
    assert_true(work_of("sum", (union ppt_value[]){{.integer = 7}}).additions == 7);
    assert_true(work_of("multi", (union ppt_value[]){{.integer = 7}}).products == 7);
    const struct ppt_work sort = work_of("sort", (union ppt_value[]){{.integer = 1000}});
    assert_true(sort.moved_bytes == 32000 && sort.set_bytes == 16000 && sort.flops == 0);
    const struct ppt_work tensor =
        work_of("tensor", (union ppt_value[]){{.integer = 10}, {.integer = 4}});
    assert_true(tensor.flops == 3 * 2000 && tensor.moved_bytes == 800 * (4 + 3 * 3));
    assert_true(tensor.set_bytes == 2400);
    assert_true(work_of("tensor", (union ppt_value[]){{.integer = 10}, {.integer = 0}}).flops == 0);
    const struct ppt_work matrix = work_of("matrix", (union ppt_value[]){{.integer = 10}});
    assert_true(matrix.flops == 2000 && matrix.moved_bytes == 2400 && matrix.set_bytes == 800);
    assert_true(work_of("io", (union ppt_value[]){{.integer = 5}}).written_bytes == 10 * mib);
    union ppt_value zip[] = {{.integer = 5}, {.integer = 9}, {.choice = 0}};
    assert_true(work_of("zip", zip).written_bytes == 15 * mib);
    zip[2].choice = 1;
    assert_true(work_of("zip", zip).written_bytes == 10 * mib);
}

static void state_too_much(const union ppt_value *args, struct ppt_work *work)
{
    (void)args;
    work->flops = 1;
}

/* A descriptor that ends before has no such function, whatever lies behind it. */
static void older_kernels_state_none(void **state)
{
    struct ppt_kernel kernel = {PPT_KERNEL_HEAD, .name = "old", .work = state_too_much};
    struct ppt_use use = {.kernel = &kernel};
    struct ppt_config config = {.uses = &use, .use_count = 1};

    (void)state;
    assert_true(ppt_work_of(&config).flops == 1);
    kernel.struct_size = PPT_KERNEL_LEAST_SIZE;
    assert_true(ppt_work_of(&config).flops == 0);
    kernel.struct_size = sizeof(kernel);
    config.mix = true;
    assert_true(ppt_work_of(&config).flops == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences_are_of_the_nearest_ceiling),
        cmocka_unit_test(nothing_is_said_of_what_is_not_known),
        cmocka_unit_test(ceilings_may_be_wrong),
        cmocka_unit_test(unknown_caches),
        cmocka_unit_test(threads_between_one_and_all),
        cmocka_unit_test(the_cache_is_that_of_all_sets),
        cmocka_unit_test(kernels_state_their_work),
        cmocka_unit_test(older_kernels_state_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
