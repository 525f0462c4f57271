/*
 * Memory by the number of workers: what is predicted, what fits, and what is said of it.
 */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "answer.h"
#include "memory.h"
#include "owned.h"
#include "sentence.h"
#include "unit.h"

#define MIB ((int64_t)1 << 20)
#define BLOCKS 6

static struct ppt_point at(unsigned workers)
{
    return (struct ppt_point){workers, 1, 0, 0, 0, 0};
}

static void add_pass(struct ppt_samples *samples, unsigned block, unsigned workers, int64_t peak,
                     int64_t total_ns)
{
    struct ppt_sample sample = {.block = block,
                                .point = at(workers),
                                .total_ns = total_ns,
                                .task_count = 8,
                                .times = {.sum_ns = total_ns, .largest_ns = total_ns},
                                .peak_bytes = peak,
                                .workers = ppt_alloc(1, sizeof(*sample.workers)),
                                .worker_count = 1};

    ppt_samples_add(samples, &sample);
}

static void a_line_lies_above_what_was_measured(void **state)
{
    struct ppt_samples samples PPT_OWNED(ppt_samples_free) = {0};
    struct ppt_footprint footprint;

    (void)state;
    add_pass(&samples, 1, 0, 30 * MIB, 1);
    footprint = ppt_footprint_of(&samples, at(8), false);
    assert_false(footprint.known);
    add_pass(&samples, 1, 2, 50 * MIB, 1);
    footprint = ppt_footprint_of(&samples, at(8), false);
    assert_true(footprint.known);
    assert_true(fabs(ppt_footprint_at(&footprint, 8) - 170.0 * MIB) < 1);
    /* One that lies above the others lifts the line. */
    add_pass(&samples, 2, 2, 60 * MIB, 1);
    footprint = ppt_footprint_of(&samples, at(8), false);
    assert_true(ppt_footprint_at(&footprint, 2) >= 60.0 * MIB - 1);
    assert_true(ppt_footprint_at(&footprint, 8) > 190.0 * MIB);
    /* Another task says nothing of it, nor does a pass of which it is not known. */
    add_pass(&samples, 2, 4, -1, 1);
    const struct ppt_footprint same = ppt_footprint_of(&samples, at(8), false);
    assert_true(same.worker_bytes == footprint.worker_bytes);
    assert_false(ppt_footprint_of(&samples, (struct ppt_point){8, 2, 0, 0, 0, 0}, false).known);
}

static void programs_are_known_by_one(void **state)
{
    struct ppt_samples samples PPT_OWNED(ppt_samples_free) = {0};

    (void)state;
    add_pass(&samples, 0, 0, 200 * MIB, 1);
    const struct ppt_footprint footprint = ppt_footprint_of(&samples, at(8), true);
    assert_true(ppt_footprint_at(&footprint, 8) == 1600.0 * MIB);
    /* A tenth is kept free. */
    assert_int_equal(ppt_footprint_most(&footprint, (uint64_t)1000 * MIB), 4);
    assert_int_equal(ppt_footprint_most(&footprint, (uint64_t)1112 * MIB), 5);
    assert_int_equal(ppt_footprint_most(&footprint, (uint64_t)200 * MIB), 0);
    assert_false(ppt_memory_fits(ppt_footprint_at(&footprint, 5), (uint64_t)1000 * MIB));
    assert_true(ppt_memory_fits(ppt_footprint_at(&footprint, 4), (uint64_t)1000 * MIB));
    const struct ppt_footprint flat = {true, 1, 0};
    assert_int_equal(ppt_footprint_most(&flat, 100), UINT_MAX);
}

/* Twice as fast with twice the workers, and 100 MiB for each. */
static void make_run(struct ppt_samples *samples, unsigned most)
{
    for (unsigned block = 1; block <= BLOCKS; block++) {
        for (unsigned workers = 1; workers <= most; workers *= 2) {
            add_pass(samples, block, workers, (10 + 100 * workers) * MIB,
                     800000000 / workers + block * 1000);
        }
    }
}

static void check(struct ppt_samples *samples, uint64_t limit, unsigned recommended,
                  const char *reason)
{
    const struct ppt_answer_context context = {
        .tasks = 8, .cpus = 64, .tolerance = 0.05, .confidence = 0.95, .memory_limit = limit};
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};
    struct ppt_answer answer PPT_OWNED(ppt_answer_free) = {0};
    struct ppt_index index PPT_OWNED(ppt_index_free) = {0};

    ppt_index_create(samples, &index);
    ppt_answer_from_index(&index, &context, &answer);
    assert_int_equal(answer.verdict.exists, recommended > 0);
    if (recommended > 0) {
        assert_int_equal(answer.grid.points[answer.verdict.recommended].workers, recommended);
        ppt_sentence_reason(&answer, &words);
    } else {
        ppt_sentence_verdict(&answer, &words);
    }
    if (!words.data || strncmp(words.data, reason, strlen(reason)) != 0) {
        fail_msg("%s, not %s", words.data, reason);
    }
}

static void what_does_not_fit_is_not_recommended(void **state)
{
    struct ppt_samples samples PPT_OWNED(ppt_samples_free) = {0};

    (void)state;
    make_run(&samples, 8);
    check(&samples, 0, 8, "It still gets faster");
    check(&samples, (uint64_t)10000 * MIB, 8, "It still gets faster");
    check(&samples, (uint64_t)880 * MIB, 4,
          "Memory binds: 8 workers take about 810 MiB (10.0 MiB, and 100 MiB for each), and nine "
          "tenths of 880 MiB may be used.");
    check(&samples, (uint64_t)100 * MIB, 0, "no count tried fits into the memory that may be used");
}

static void what_was_not_run_is_named(void **state)
{
    struct ppt_samples samples PPT_OWNED(ppt_samples_free) = {0};

    (void)state;
    make_run(&samples, 4);
    for (unsigned workers = 16; workers >= 8; workers /= 2) {
        ppt_samples_fail(&samples,
                         &(struct ppt_failure){0, at(workers), (char[]){"too large"}, true});
    }
    check(&samples, (uint64_t)880 * MIB, 4, "Memory binds: 8 workers take about 810 MiB");
    /* Something that failed does not tell of memory. */
    samples.failures[0].withheld = samples.failures[1].withheld = false;
    check(&samples, (uint64_t)880 * MIB, 4, "It still gets faster");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_lies_above_what_was_measured),
        cmocka_unit_test(programs_are_known_by_one),
        cmocka_unit_test(what_does_not_fit_is_not_recommended),
        cmocka_unit_test(what_was_not_run_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
