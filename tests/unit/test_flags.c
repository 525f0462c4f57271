/*
 * Passes beside others: which are flagged, which are measured again, what then counts, and how much
 * may be claimed of them.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <math.h>

#include "answer.h"
#include "flags.h"
#include "memory.h"
#include "sentence.h"
#include "unit.h"

#define MS INT64_C(1000000)

enum { QUIET, BUSY, QUEUED, STOPPED, MOVED, UNKNOWN };

/* 2 CPUs. A pass of so many milliseconds of wall time at that point, of which tasks have all that
 * the kind leaves them. */
static void add(struct ppt_samples *samples, unsigned block, unsigned workers, int64_t ms, int kind,
                bool again)
{
    const size_t count = workers > 0 ? workers : 1;
    const int64_t wall = ms * MS, own = wall * (count > 2 ? 2 : (int64_t)count);
    struct ppt_sample sample = {
        .block = block,
        .again = again,
        .position = samples->count,
        .point = {workers, 1, 0},
        .work_ns = wall,
        .total_ns = wall,
        .task_count = 100,
        .usage = {.user_ns = kind == QUEUED || kind == BUSY ? own / 2 : own},
        .noise = {.busy_ns = kind == BUSY ? 2 * wall : own, .cpus = 2},
        .times = {.sum_ns = wall * (int64_t)count, .smallest_ns = 1, .largest_ns = wall},
        .workers = ppt_alloc(count, sizeof(*sample.workers)),
        .worker_count = count,
    };

    sample.noise.queued_ns = kind == QUEUED || kind == BUSY ? own / 2 : 0;
    sample.noise.stopped = kind == STOPPED;
    if (kind == QUEUED) {
        sample.noise.busy_ns = own / 2;
    }
    if (kind == MOVED) {
        sample.noise.cpus = 1;
    }
    if (kind == UNKNOWN) {
        sample.noise = PPT_NOISE_UNKNOWN;
    }
    for (size_t i = 0; i < count; i++) {
        sample.workers[i].busy_ns = wall;
        sample.workers[i].cpu_ns = sample.usage.user_ns / (int64_t)count;
        sample.workers[i].end_ns = wall;
    }
    ppt_samples_add(samples, &sample);
}

static void flags_name_what_it_was(void **state)
{
    struct ppt_samples samples = {0};

    (void)state;
    for (int kind = QUIET; kind <= UNKNOWN; kind++) {
        add(&samples, 1, 2, 1000, kind, false);
    }
    struct ppt_flags *flags = ppt_flags_of(&samples);
    for (int kind = QUIET; kind <= UNKNOWN; kind++) {
        assert_int_equal(flags[kind].much, kind == BUSY || kind == QUEUED);
        assert_int_equal(flags[kind].stopped, kind == STOPPED);
        assert_int_equal(flags[kind].moved, kind == MOVED);
        assert_int_equal(ppt_flagged(&flags[kind]), kind != QUIET && kind != UNKNOWN);
        assert_int_equal(isnan(flags[kind].lost.others) != 0, kind == UNKNOWN);
    }
    assert_true(fabs(flags[BUSY].lost.others - 0.5) < 1e-9);
    assert_true(fabs(flags[BUSY].lost.queued - 0.5) < 1e-9);
    assert_true(fabs(flags[QUEUED].lost.others) < 1e-9);
    free(flags);
    /* Ranks may share CPUs: theirs is unknown. */
    samples.items[BUSY].point.ranks = 2;
    flags = ppt_flags_of(&samples);
    assert_false(ppt_flagged(&flags[BUSY]));
    free(flags);
    ppt_samples_free(&samples);
}

/* 50 ms on 2 CPUs are 10 ticks: four of such passes are enough, and two of eight are not. */
static void short_passes_have_the_share_of_their_block(void **state)
{
    struct ppt_samples samples = {0};

    (void)state;
    for (unsigned block = 1; block <= 2; block++) {
        for (int i = 0; i < 4; i++) {
            add(&samples, block, 0, 50, block == 1 ? BUSY : QUIET, false);
        }
    }
    struct ppt_flags *flags = ppt_flags_of(&samples);
    for (size_t i = 0; i < samples.count; i++) {
        assert_true(fabs(flags[i].lost.others - (i < 4 ? 0.75 : 0)) < 1e-9);
    }
    free(flags);
    ppt_samples_free(&samples);
    /* Blocks of 100 ms of CPUs have that of the run, once it is all there. */
    for (unsigned block = 1; block <= 5; block++) {
        add(&samples, block, 0, 50, block == 1 ? BUSY : QUIET, false);
    }
    flags = ppt_flags_of(&samples);
    for (size_t i = 0; i < samples.count; i++) {
        assert_true(fabs(flags[i].lost.others - 0.15) < 1e-9);
    }
    free(flags);
    samples.items[0].noise.queued_ns = 0;
    assert_int_equal(ppt_flags_again(&samples, 5), SIZE_MAX);
    ppt_samples_free(&samples);
}

/* They do not change what is known of the first ones, and are known by themselves. */
static void second_ones_have_a_share_of_their_own(void **state)
{
    struct ppt_samples samples = {0};

    (void)state;
    for (int i = 0; i < 4; i++) {
        add(&samples, 1, 0, i < 2 ? 100 : 150, i < 2 ? BUSY : QUIET, i >= 2);
    }
    struct ppt_flags *flags = ppt_flags_of(&samples);
    for (size_t i = 0; i < 4; i++) {
        assert_true(fabs(flags[i].lost.others - (i < 2 ? 0.75 : 0)) < 1e-9);
    }
    free(flags);
    ppt_samples_free(&samples);
}

/* ---- again ---- */

static void two_are_measured_again_in_order(void **state)
{
    struct ppt_samples samples = {0};

    (void)state;
    add(&samples, 0, 0, 1000, BUSY, false); /* the warm-up never is */
    assert_int_equal(ppt_flags_again(&samples, 0), SIZE_MAX);
    add(&samples, 1, 4, 1000, QUIET, false);
    assert_int_equal(ppt_flags_again(&samples, 1), SIZE_MAX);
    add(&samples, 1, 2, 1000, STOPPED, false);
    add(&samples, 1, 0, 1000, BUSY, false);
    add(&samples, 1, 1, 1000, BUSY, false);
    assert_int_equal(ppt_flags_again(&samples, 1), 2);
    add(&samples, 1, 2, 1000, BUSY, true); /* flagged or not: once */
    assert_int_equal(ppt_flags_again(&samples, 1), 3);
    add(&samples, 1, 0, 1000, QUIET, true);
    assert_int_equal(ppt_flags_again(&samples, 1), SIZE_MAX);
    /* One whose point has failed meanwhile is not, and has had its turn. */
    samples.count -= 2;
    ppt_samples_fail(&samples,
                     &(struct ppt_failure){1, {2, 1, 0, 0, 0, 0}, (char[]){"on purpose"}, false});
    assert_int_equal(ppt_flags_again(&samples, 1), 3);
    samples.count += 2;
    ppt_samples_free(&samples);
}

/* Two of 50 ms say nothing by themselves, and with the six before them they do. */
static void short_ones_are_in_vain_too(void **state)
{
    struct ppt_samples samples = {0};

    (void)state;
    for (unsigned block = 1; block <= 4; block++) {
        for (unsigned workers = 0; workers < 6; workers++) {
            add(&samples, block, workers, 50, BUSY, false);
            samples.items[samples.count - 1].noise.queued_ns = 0;
        }
        for (unsigned i = 0; i < 2; i++) {
            const size_t next = ppt_flags_again(&samples, block);

            assert_int_equal(next, block < 4 ? samples.count - 6 : SIZE_MAX);
            if (next != SIZE_MAX) {
                add(&samples, block, i, 50, BUSY, true);
                samples.items[samples.count - 1].noise.queued_ns = 0;
            }
        }
    }
    ppt_samples_free(&samples);
}

static void over_ranks_none_is(void **state)
{
    struct ppt_samples samples = {0};

    (void)state;
    add(&samples, 1, 2, 1000, STOPPED, false);
    assert_int_equal(ppt_flags_again(&samples, 1), 0);
    samples.items[0].point.ranks = 1;
    assert_int_equal(ppt_flags_again(&samples, 1), SIZE_MAX);
    ppt_samples_free(&samples);
}

/* A block of one flagged pass, which is measured again. */
static void add_block(struct ppt_samples *samples, unsigned block, int kind)
{
    add(samples, block, 2, 1000, BUSY, false);
    assert_true(ppt_flags_again(samples, block) != SIZE_MAX);
    add(samples, block, 2, 1000, kind, true);
}

static void after_three_blocks_in_vain_none_is(void **state)
{
    struct ppt_samples samples = {0};

    (void)state;
    add_block(&samples, 1, BUSY);
    add_block(&samples, 2, BUSY);
    add_block(&samples, 3, QUIET); /* it was worth it */
    add_block(&samples, 4, BUSY);
    add_block(&samples, 5, BUSY);
    add(&samples, 6, 2, 1000, QUIET, false); /* nor is this one in a row with them */
    add_block(&samples, 7, BUSY);
    add(&samples, 0, 2, 1000, QUIET, false); /* a run that goes on warms up */
    add_block(&samples, 8, BUSY);
    add_block(&samples, 9, BUSY);
    for (unsigned block = 10; block < 15; block++) {
        add(&samples, block, 2, 1000, BUSY, false);
        assert_int_equal(ppt_flags_again(&samples, block), SIZE_MAX);
    }
    ppt_samples_free(&samples);
}

/* ---- what counts ---- */

static void the_second_measurement_counts(void **state)
{
    struct ppt_samples samples = {0};
    struct ppt_index index;

    (void)state;
    add(&samples, 1, 0, 1000, BUSY, false);
    add(&samples, 1, 1, 1000, QUIET, false);
    add(&samples, 1, 0, 3000, BUSY, true); /* although it is slower, and as disturbed */
    add(&samples, 2, 1, 1000, QUIET, false);
    add(&samples, 2, 0, 1000, QUIET, false);
    ppt_index_create(&samples, &index);
    assert_int_equal(index.ran.count, 5);
    assert_int_equal(index.point_count, 2);
    assert_ptr_equal(ppt_index_at(&index, 1, 0), &samples.items[2]);
    const struct ppt_passes passes = ppt_index_passes(&index, 0);
    assert_int_equal(passes.count, 2);
    assert_ptr_equal(passes.items[0], &samples.items[2]);
    assert_ptr_equal(passes.items[1], &samples.items[4]);
    assert_int_equal(ppt_index_passes(&index, 1).count, 2);
    for (size_t i = 0; i < samples.count; i++) {
        assert_int_equal(ppt_index_counts(&index, &samples.items[i]), i != 0);
    }
    const struct ppt_disturbance all = ppt_disturbance_of(&index);
    assert_int_equal(all.passes, 4);
    assert_int_equal(all.much, 1);
    assert_int_equal(all.again, 1);
    ppt_index_free(&index);
    ppt_samples_free(&samples);
}

/* ---- what may be claimed ---- */

/* 20 blocks at 0, 1 and 2 workers, of which each first `busy[i]` have others at 0 or 2. */
static void add_run(struct ppt_samples *samples, unsigned busy0, unsigned busy2, int kind)
{
    *samples = (struct ppt_samples){0};
    for (unsigned block = 1; block <= 20; block++) {
        add(samples, block, 0, 2000, block <= busy0 ? kind : QUIET, false);
        add(samples, block, 1, 2000, QUIET, false);
        add(samples, block, 2, 1000, block <= busy2 ? kind : QUIET, false);
    }
}

static void answer_of(const struct ppt_samples *samples, struct ppt_answer *answer,
                      struct ppt_text *words)
{
    const struct ppt_answer_context context = {
        .tasks = 100, .cpus = 2, .tolerance = 0.05, .confidence = 0.95};
    struct ppt_index index;

    ppt_index_create(samples, &index);
    ppt_answer_from_index(&index, &context, answer);
    ppt_sentence_verdict(answer, words);
    ppt_text_add(words, ".");
    ppt_sentence_reason(answer, words);
    ppt_sentence_details(answer, words);
    ppt_index_free(&index);
}

static void others_limit_what_is_claimed(void **state)
{
    static const struct {
        unsigned busy0, busy2;
        int kind;
        enum ppt_confidence confidence;
        const char *words;
    } cases[] = {
        {0, 0, BUSY, PPT_CONFIDENCE_HIGH, NULL},
        {20, 20, UNKNOWN, PPT_CONFIDENCE_HIGH, NULL},
        {6, 0, BUSY, PPT_CONFIDENCE_HIGH, " Caution: others disturbed 6 of 60 passes."}, /* 10 % */
        {7, 0, BUSY, PPT_CONFIDENCE_MEDIUM, " of the CPUs: this holds beside them, not on an idle"},
        {0, 4, BUSY, PPT_CONFIDENCE_HIGH,
         " Caution: others disturbed 4 of 60"}, /* 20 % of the best's */
        {0, 5, BUSY, PPT_CONFIDENCE_MEDIUM, ". Others used 2.5 % of the CPUs"}, /* 25 % */
        {20, 10, BUSY, PPT_CONFIDENCE_MEDIUM, NULL},                            /* 50 % */
        {20, 11, BUSY, PPT_CONFIDENCE_LOW, ", not on an idle machine."},
        {20, 20, BUSY, PPT_CONFIDENCE_LOW,
         ". Others used 40 % of the CPUs: this holds beside them"},
        {20, 20, QUEUED, PPT_CONFIDENCE_LOW, ". Its own threads shared CPUs (placement)"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ppt_text words = {0};
        struct ppt_samples samples;
        struct ppt_answer answer;

        add_run(&samples, cases[i].busy0, cases[i].busy2, cases[i].kind);
        answer_of(&samples, &answer, &words);
        if (answer.verdict.confidence != cases[i].confidence ||
            (cases[i].words && !strstr(words.data, cases[i].words)) ||
            (cases[i].confidence != PPT_CONFIDENCE_HIGH && strstr(words.data, "Caution")) ||
            strstr(words.data, "will not settle") || strstr(words.data, "mostly wait")) {
            fail_msg("case %zu: %s: %s", i, ppt_confidence_names[answer.verdict.confidence],
                     words.data);
        }
        assert_false(answer.waiting);
        ppt_text_free(&words);
        ppt_answer_free(&answer);
        ppt_samples_free(&samples);
    }
}

/* Half of the CPU each: without what is known of the queue that would be waiting. */
static void queueing_is_no_waiting(void **state)
{
    (void)state;
    for (int known = 0; known <= 1; known++) {
        struct ppt_text words = {0};
        struct ppt_samples samples;
        struct ppt_answer answer;

        add_run(&samples, 20, 20, BUSY);
        for (size_t i = 0; i < samples.count; i++) {
            struct ppt_sample *sample = &samples.items[i];

            sample->workers[0].cpu_ns = sample->usage.user_ns = sample->work_ns * 2 / 5;
            sample->noise.queued_ns = known ? sample->work_ns * 3 / 5 : -1;
            if (sample->worker_count > 1) {
                sample->workers[1].cpu_ns = sample->workers[0].cpu_ns;
                sample->usage.user_ns *= 2;
                sample->noise.queued_ns = known ? 2 * sample->noise.queued_ns : -1;
            }
        }
        answer_of(&samples, &answer, &words);
        assert_int_equal(answer.waiting, !known);
        ppt_text_free(&words);
        ppt_answer_free(&answer);
        ppt_samples_free(&samples);
    }
}

/* Tasks take twice as long on 2 workers since they are off the CPU. Where others took part in most
 * passes nobody knows why. */
static void a_queue_is_no_lock(void **state)
{
    static const char *const causes[] = {
        " (waiting for a CPU)", " (waiting for a CPU, a lock or a device)",
        " (waiting for a lock or a device)", " Tasks run 90 % slower side by side."};

    (void)state;
    for (int i = 0; i < 4; i++) {
        struct ppt_text words = {0};
        struct ppt_samples samples = {0};
        struct ppt_answer answer;

        for (unsigned block = 1; block <= 20; block++) {
            add(&samples, block, 0, 100, QUIET, false);
            add(&samples, block, 2, 95, BUSY, false);
            struct ppt_sample *sample = &samples.items[samples.count - 1];

            for (size_t w = 0; w < sample->worker_count; w++) {
                sample->workers[w].queued_ns = -1; /* as of systems that do not tell of threads */
            }
            sample->noise.queued_ns = i == 0 ? sample->usage.user_ns : i == 1 ? -1 : 0;
            sample->noise.busy_ns = i == 3 ? 190 * MS : sample->usage.user_ns;
        }
        answer_of(&samples, &answer, &words);
        if (!strstr(words.data, causes[i])) {
            fail_msg("%d: %s", i, words.data);
        }
        ppt_text_free(&words);
        ppt_answer_free(&answer);
        ppt_samples_free(&samples);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_name_what_it_was),
        cmocka_unit_test(short_passes_have_the_share_of_their_block),
        cmocka_unit_test(second_ones_have_a_share_of_their_own),
        cmocka_unit_test(two_are_measured_again_in_order),
        cmocka_unit_test(short_ones_are_in_vain_too),
        cmocka_unit_test(over_ranks_none_is),
        cmocka_unit_test(after_three_blocks_in_vain_none_is),
        cmocka_unit_test(the_second_measurement_counts),
        cmocka_unit_test(others_limit_what_is_claimed),
        cmocka_unit_test(queueing_is_no_waiting),
        cmocka_unit_test(a_queue_is_no_lock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
