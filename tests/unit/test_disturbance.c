/*
 * What a quota, and others, leave in the answer: how passes are counted, what is said of them, and
 * what must not be concluded from them.
 */
#include <stdio.h>
#include <string.h>

#include <math.h>

#include "answer.h"
#include "memory.h"
#include "sentence.h"
#include "unit.h"

#define MS INT64_C(1000000)

/* A pass that works for `work_ns` on each worker, of which it is on a CPU for `cpu_ns`. */
static void add_pass(struct ppt_samples *samples, unsigned block, unsigned workers, int64_t work_ns,
                     int64_t cpu_ns, struct ppt_noise noise)
{
    const size_t count = workers > 0 ? workers : 1;
    struct ppt_sample sample = {
        .block = block,
        .point = {workers, 1},
        .work_ns = work_ns,
        .total_ns = work_ns,
        .task_count = 100,
        .noise = noise,
        .times = {.sum_ns = work_ns * (int64_t)count, .smallest_ns = 1, .largest_ns = work_ns},
        .workers = ppt_alloc(count, sizeof(*sample.workers)),
        .worker_count = count,
    };

    for (size_t i = 0; i < count; i++) {
        sample.workers[i].tasks = 100 / count;
        sample.workers[i].busy_ns = work_ns;
        sample.workers[i].cpu_ns = cpu_ns;
        sample.workers[i].end_ns = work_ns;
    }
    ppt_samples_add(samples, &sample);
}

static void answer_from(const struct ppt_samples *samples, const struct ppt_answer_context *context,
                        struct ppt_answer *answer)
{
    struct ppt_index index;

    ppt_index_create(samples, &index);
    ppt_answer_from_index(&index, context, answer);
    ppt_index_free(&index);
}

static struct ppt_disturbance disturbance_of(const struct ppt_samples *samples)
{
    struct ppt_index index;

    ppt_index_create(samples, &index);
    const struct ppt_disturbance all = ppt_disturbance_of(&index);
    ppt_index_free(&index);
    return all;
}

static void counted(void **state)
{
    struct ppt_samples samples = {0};

    (void)state;
    add_pass(&samples, 0, 0, 100 * MS, 100 * MS,
             (struct ppt_noise){.steal_ns = 50 * MS, .throttled_ns = 50 * MS});
    add_pass(&samples, 1, 0, 100 * MS, 100 * MS,
             (struct ppt_noise){.steal_ns = -1, .throttled_ns = -1});
    add_pass(&samples, 1, 1, 100 * MS, 100 * MS, (struct ppt_noise){.steal_ns = 1 * MS});
    add_pass(&samples, 2, 0, 100 * MS, 100 * MS, (struct ppt_noise){.steal_ns = 10 * MS});
    add_pass(&samples, 2, 1, 100 * MS, 100 * MS, (struct ppt_noise){.throttled_ns = 1});
    add_pass(&samples, 3, 0, 100 * MS, 100 * MS,
             (struct ppt_noise){.steal_ns = 20 * MS, .throttled_ns = 30 * MS});
    const struct ppt_disturbance all = disturbance_of(&samples);
    assert_int_equal(all.passes, 5);
    assert_int_equal(all.disturbed, 3);
    assert_int_equal(all.stolen, 2);
    assert_int_equal(all.throttled, 2);
    assert_true(fabs(all.steal_s - 0.031) < 1e-12);
    assert_true(fabs(all.throttled_s - 0.030000001) < 1e-12);
    ppt_samples_free(&samples);
}

/* Half a CPU: passes take twice as long, and the tasks are off the CPU half of the time. */
static void stopped_tasks_do_not_wait(void **state)
{
    const struct ppt_answer_context context = {
        .tasks = 100, .cpus = 1, .tolerance = 0.05, .confidence = 0.95, .quota_cpus = 0.4};

    (void)state;
    for (int throttled = 0; throttled <= 1; throttled++) {
        const struct ppt_noise noise = {.throttled_ns = throttled ? 120 * MS : 0};
        struct ppt_samples samples = {0};
        struct ppt_answer answer;

        for (unsigned block = 1; block <= 6; block++) {
            add_pass(&samples, block, 0, 200 * MS, 80 * MS, noise);
            add_pass(&samples, block, 1, 201 * MS, 80 * MS, noise);
        }
        answer_from(&samples, &context, &answer);
        assert_int_equal(answer.waiting, !throttled);
        ppt_answer_free(&answer);
        ppt_samples_free(&samples);
    }
}

/* That 1 worker takes longer than plain calls is no cost of handing out tasks then. */
static void stops_are_no_dispatch(void **state)
{
    const struct ppt_answer_context context = {
        .tasks = 100, .cpus = 1, .tolerance = 0.05, .confidence = 0.95};

    (void)state;
    for (int throttled = 0; throttled <= 1; throttled++) {
        const struct ppt_noise noise = {.throttled_ns = throttled ? 50 * MS : 0};
        struct ppt_samples samples = {0};
        struct ppt_answer answer;

        for (unsigned block = 1; block <= 6; block++) {
            add_pass(&samples, block, 0, 100 * MS, 100 * MS, noise);
            add_pass(&samples, block, 1, 150 * MS, 100 * MS, noise);
        }
        answer_from(&samples, &context, &answer);
        assert_int_equal(answer.reason, throttled ? PPT_REASON_NO_GAIN : PPT_REASON_DISPATCH);
        ppt_answer_free(&answer);
        ppt_samples_free(&samples);
    }
}

/* ---- words ---- */

/* An answer over these seconds at 0, 1 and 2 workers, the same in every block. */
static struct ppt_answer answer_of(double zero, double one, double two, unsigned cpus, double quota)
{
    static const unsigned workers[] = {0, 1, 2};
    const struct ppt_answer_context context = {
        .tasks = 100, .cpus = cpus, .tolerance = 0.05, .confidence = 0.95, .quota_cpus = quota};
    struct ppt_answer answer;
    struct ppt_grid grid;

    ppt_grid_create_curve(workers, 3, 6, &grid);
    for (size_t block = 0; block < 6; block++) {
        grid.seconds[block * 3] = zero;
        grid.seconds[block * 3 + 1] = one;
        grid.seconds[block * 3 + 2] = two;
    }
    ppt_answer_from_grid(&grid, &context, &answer);
    return answer;
}

static void check_words(const struct ppt_answer *answer, const char *wanted, const char *unwanted)
{
    struct ppt_text words = {0};

    ppt_sentence_reason(answer, &words);
    ppt_sentence_details(answer, &words);
    if ((wanted && !strstr(words.data, wanted)) || (unwanted && strstr(words.data, unwanted))) {
        fail_msg("%s", words.data);
    }
    ppt_text_free(&words);
}

static void a_quota_is_named(void **state)
{
    struct ppt_answer answer = answer_of(1, 1.01, 1.02, 1, 0.5);

    (void)state;
    check_words(&answer, " A quota allows 0.5 CPUs.", "stopped");
    answer.disturbance = (struct ppt_disturbance){.passes = 18, .disturbed = 7, .throttled = 7};
    check_words(&answer, " A quota allows 0.5 CPUs; it stopped 7 of 18 passes", "others");
    answer.context.quota_cpus = 1;
    check_words(&answer, " A quota allows 1 CPU; it", NULL);
    answer.context.quota_cpus = 0; /* one that is above the CPUs, or of a group above */
    check_words(&answer, " A quota stopped 7 of 18 passes", "allows");
    answer.disturbance = (struct ppt_disturbance){.passes = 18, .disturbed = 3, .stolen = 3};
    check_words(&answer, " Caution: the hypervisor took CPU time from 3 of 18 passes.", "quota");
    answer.disturbance = (struct ppt_disturbance){.passes = 18};
    check_words(&answer, NULL, "disturbed");
    check_words(&answer, NULL, "quota");
    ppt_answer_free(&answer);
}

static void a_quota_that_is_used_up_is_the_reason(void **state)
{
    struct ppt_answer answer = answer_of(1, 1.01, 0.67, 2, 1.5);

    (void)state;
    assert_int_equal(answer.reason, PPT_REASON_CPUS_BUSY);
    answer.disturbance = (struct ppt_disturbance){.passes = 18, .disturbed = 6, .throttled = 6};
    check_words(&answer, "All that a quota allows is busy: 1.5 CPUs.", "A quota allows");
    check_words(&answer, " The quota stopped 6 of 18 passes", "2 of 2 CPUs");
    ppt_answer_free(&answer);
    answer = answer_of(1, 1.01, 0.51, 2, 0);
    check_words(&answer, "2 of 2 CPUs are busy.", "quota");
    ppt_answer_free(&answer);
}

static void a_point_beyond_the_cpus_is_told(void **state)
{
    struct ppt_answer answer = answer_of(1, 1.01, 0.51, 1, 0);

    (void)state;
    assert_true(ppt_answer_beyond(&answer, 2));
    assert_false(ppt_answer_beyond(&answer, 1));
    check_words(&answer, " That is 2 threads on 1 CPU.", NULL);
    answer.waiting = true;
    check_words(&answer, " That is 2 threads on 1 CPU: tasks mostly wait.", NULL);
    ppt_answer_free(&answer);
    answer = answer_of(1, 1.01, 0.51, 2, 0);
    check_words(&answer, NULL, "threads on");
    ppt_answer_free(&answer);
    answer = answer_of(1, 1.01, 0.51, 0, 0); /* nobody knows how many */
    check_words(&answer, NULL, "threads on");
    ppt_answer_free(&answer);
}

/* Passes of 4 workers that take a quarter of the time of plain calls; the last one may be odd. */
static struct ppt_answer answer_with(struct ppt_noise last, struct ppt_noise others,
                                     struct ppt_samples *samples)
{
    const struct ppt_answer_context context = {
        .tasks = 100, .cpus = 4, .tolerance = 0.05, .confidence = 0.95};
    struct ppt_answer answer;

    *samples = (struct ppt_samples){0};
    for (unsigned block = 0; block <= 6; block++) {
        add_pass(samples, block, 0, 400 * MS, 400 * MS, others);
        add_pass(samples, block, 4, 100 * MS, 100 * MS, block == 6 ? last : others);
    }
    answer_from(samples, &context, &answer);
    return answer;
}

static void stops_and_other_cpus_are_told(void **state)
{
    static const struct {
        struct ppt_noise last, others;
        size_t stopped, moved;
        const char *words;
    } cases[] = {
        {{.cpus = 4}, {.cpus = 4}, 0, 0, NULL},
        {{0}, {0}, 0, 0, NULL}, /* of before they were looked at */
        {{0}, {.cpus = 4}, 0, 0, NULL},
        {{.stopped = 2, .cpus = 4}, {.cpus = 4}, 1, 0, " Caution: 1 of 12 passes were stopped"},
        {{.cpus = 1}, {.cpus = 4}, 0, 1, " Caution: 1 of 12 passes had other CPUs"},
        {{.cpus = 8}, {.cpus = 4}, 0, 1, " Caution: 1 of 12 passes had other CPUs"},
        {{.stopped = 1, .cpus = 1},
         {.stopped = 1, .cpus = 4},
         12,
         1,
         " Caution: 12 of 12 passes were stopped"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ppt_samples samples;
        struct ppt_answer answer = answer_with(cases[i].last, cases[i].others, &samples);
        struct ppt_text verdict = {0};

        assert_int_equal(answer.disturbance.stopped, cases[i].stopped);
        assert_int_equal(answer.disturbance.disturbed, cases[i].stopped);
        assert_int_equal(answer.disturbance.moved, cases[i].moved);
        assert_int_equal(answer.verdict.confidence,
                         cases[i].words ? PPT_CONFIDENCE_MEDIUM : PPT_CONFIDENCE_HIGH);
        check_words(&answer, cases[i].words, cases[i].words ? "gain nothing" : "Caution");
        ppt_sentence_verdict(&answer, &verdict);
        assert_null(strstr(verdict.data, "--iterations 0"));
        ppt_text_free(&verdict);
        ppt_answer_free(&answer);
        ppt_samples_free(&samples);
    }
}

/* Several ranks have the CPUs of all: other passes are not to be compared with these. */
static void cpus_are_compared_with_as_many_ranks(void **state)
{
    struct ppt_samples samples;
    struct ppt_answer answer =
        answer_with((struct ppt_noise){.cpus = 8}, (struct ppt_noise){.cpus = 8}, &samples);

    (void)state;
    for (size_t i = 0; i < samples.count; i++) {
        samples.items[i].point.ranks = samples.items[i].point.workers / 4;
        samples.items[i].noise.cpus = samples.items[i].point.ranks > 0 ? 8 : 4;
    }
    assert_int_equal(disturbance_of(&samples).moved, 0);
    samples.items[samples.count - 1].noise.cpus = 4;
    assert_int_equal(disturbance_of(&samples).moved, 1);
    ppt_answer_free(&answer);
    ppt_samples_free(&samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counted),
        cmocka_unit_test(stopped_tasks_do_not_wait),
        cmocka_unit_test(stops_are_no_dispatch),
        cmocka_unit_test(a_quota_is_named),
        cmocka_unit_test(a_quota_that_is_used_up_is_the_reason),
        cmocka_unit_test(a_point_beyond_the_cpus_is_told),
        cmocka_unit_test(stops_and_other_cpus_are_told),
        cmocka_unit_test(cpus_are_compared_with_as_many_ranks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
