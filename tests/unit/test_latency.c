/*
 * Tasks that arrive: what is said of their latencies against what queueing theory says of them.
 *
 * Here workers are simulated, by the arrivals that a run would have, so that nothing depends on the
 * machine; scripts/check_arrivals.py does the same with real ones.
 */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "arrivals.h"
#include "latency.h"
#include "memory.h"
#include "owned.h"
#include "rng.h"
#include "sentence.h"
#include "unit.h"

#define MOST_WORKERS 8
#define SERVICE_S 0.004

/* ---- theory ---- */

/* Erlang's C: how likely it is to wait for one of c workers at a load of a of them. */
static double erlang_c(unsigned c, double a)
{
    double term = 1, sum = 1;

    for (unsigned k = 1; k < c; k++) {
        term *= a / k;
        sum += term;
    }
    const double last = term * a / c * c / (c - a);
    return last / (sum + last);
}

/* Mean wait of M/M/c, and how likely a response takes longer than t. */
static double mmc_wait(unsigned c, double rate)
{
    return erlang_c(c, rate * SERVICE_S) / (c / SERVICE_S - rate);
}

static double mmc_longer(unsigned c, double rate, double t)
{
    const double a = rate * SERVICE_S, mu = 1 / SERVICE_S, rest = c - 1 - a;
    const double wait = erlang_c(c, a);

    return exp(-mu * t) *
           (1 + wait * (fabs(rest) < 1e-9 ? mu * t : (1 - exp(-mu * t * rest)) / rest));
}

static double mmc_percentile(unsigned c, double rate, double share)
{
    double low = 0, high = 1000 * SERVICE_S;

    while (high - low > 1e-9) {
        const double middle = (low + high) / 2;

        *(mmc_longer(c, rate, middle) > 1 - share ? &low : &high) = middle;
    }
    return low;
}

/* Mean wait of M/D/c. Its tasks go round the workers, so each has the queue E_c/D/1, of which
 * Spitzer's identity says: the sum over n of E(max(0, n D - A))/n, A the gap of n c arrivals. */
static double mdc_wait(unsigned c, double rate)
{
    double sum = 0;

    for (unsigned n = 1; n < 3000; n++) {
        const double k = (double)n * c, x = n * SERVICE_S;

        sum +=
            (x * gsl_cdf_gamma_P(x, k, 1 / rate) - k / rate * gsl_cdf_gamma_P(x, k + 1, 1 / rate)) /
            n;
    }
    return sum;
}

static void the_formulas_are_right(void **state)
{
    (void)state;
    /* One worker: the load; two of load 1 in all: a third. */
    assert_true(fabs(erlang_c(1, 0.7) - 0.7) < 1e-12);
    assert_true(fabs(erlang_c(2, 1) - 1.0 / 3) < 1e-12);
    /* M/M/1: responses are exponential. */
    assert_true(fabs(mmc_percentile(1, 100, 0.99) - log(100) / (250 - 100)) < 1e-6);
    /* M/D/1: rho / (2 (1 - rho)) services. */
    assert_true(fabs(mdc_wait(1, 200) - 0.8 / (2 * 0.2) * SERVICE_S) < 1e-6);
}

/* ---- simulated passes ---- */

struct setting {
    struct ppt_arrivals arrivals;
    unsigned workers;
    bool constant;
    uint64_t tasks;
};

/* Workers take tasks in the order of arrival, whoever is free first. */
static void simulate(const struct setting *setting, uint64_t seed, unsigned block,
                     struct ppt_sample *sample)
{
    struct ppt_open_loop *loop =
        ppt_open_loop_create(&setting->arrivals, seed, block, setting->tasks);
    double free_ns[MOST_WORKERS] = {0}, end_ns = 0;
    struct ppt_rng rng;

    ppt_rng_seed(&rng, seed, block, PPT_STREAM_DATA);
    *sample = (struct ppt_sample){.block = block,
                                  .process = block,
                                  .point = {setting->workers, 1, 0, 0, 0, 0},
                                  .task_count = setting->tasks};
    for (uint64_t i = 0; i < setting->tasks; i++) {
        const double service =
            1e9 * SERVICE_S * (setting->constant ? 1 : -log1p(-ppt_rng_double(&rng)));
        unsigned first = 0;

        for (unsigned w = 1; w < setting->workers; w++) {
            first = free_ns[w] < free_ns[first] ? w : first;
        }
        const double begin = fmax(free_ns[first], (double)loop->arrives_ns[i]);

        free_ns[first] = begin + service;
        end_ns = fmax(end_ns, free_ns[first]);
        loop->latency_ns[i] = (int64_t)(free_ns[first] - (double)loop->arrives_ns[i]);
        sample->times.sum_ns += (int64_t)service;
    }
    atomic_store(&loop->next, setting->tasks);
    ppt_open_loop_tell(loop, sample);
    sample->work_ns = sample->total_ns = (int64_t)end_ns;
    ppt_open_loop_destroy(loop);
}

static void check_near(const char *what, unsigned workers, double load, double found,
                       double expected)
{
    if (fabs(found / expected - 1) > 0.05) {
        fail_msg("%s with %u workers at load %g: %g, not %g", what, workers, load, found, expected);
    }
}

static void latencies_are_those_of_theory(void **state)
{
    static const unsigned workers[] = {1, 2, 4, 8};
    static const double loads[] = {0.3, 0.6, 0.9};

    (void)state;
    for (size_t i = 0; i < COUNT(workers) * COUNT(loads) * 2; i++) {
        const unsigned c = workers[i % COUNT(workers)];
        const double load = loads[i / COUNT(workers) % COUNT(loads)], rate = load * c / SERVICE_S;
        const bool constant = i >= COUNT(workers) * COUNT(loads);
        const uint64_t tasks = load > 0.8 ? 1000000 : 100000;
        const struct setting setting = {{.rate = rate}, c, constant, tasks};
        struct ppt_sample sample PPT_OWNED(ppt_sample_free) = {0};
        const struct ppt_sample *one = &sample;

        simulate(&setting, 11, 1, &sample);
        const struct ppt_latency latency = ppt_latency_of((struct ppt_passes){&one, 1}, 0);
        const double wait = latency.mean_s.mean - SERVICE_S;

        check_near("load", c, load, latency.load.median, load);
        check_near("throughput", c, load, latency.throughput.median, rate);
        assert_false(latency.overloaded);
        /* Where nearly nobody waits the mean is of a few tasks. */
        if (constant && mdc_wait(c, rate) > 0.02 * SERVICE_S) {
            check_near("wait of M/D/c", c, load, wait, mdc_wait(c, rate));
        } else if (!constant) {
            check_near("p99 of M/M/c", c, load, latency.p99_s.median,
                       mmc_percentile(c, rate, 0.99));
            check_near("response of M/M/c", c, load, latency.mean_s.mean,
                       mmc_wait(c, rate) + SERVICE_S);
            if (mmc_wait(c, rate) > 0.02 * SERVICE_S) {
                check_near("waiting of M/M/c", c, load, latency.waiting.median,
                           mmc_wait(c, rate) / (mmc_wait(c, rate) + SERVICE_S));
            }
        }
    }
}

static void steady_tasks_do_not_wait(void **state)
{
    const struct setting setting = {
        {.rate = 2 * 0.99 / SERVICE_S, .process = PPT_ARRIVALS_STEADY}, 2, true, 5000};
    struct ppt_sample sample PPT_OWNED(ppt_sample_free) = {0};
    const struct ppt_sample *one = &sample;

    (void)state;
    simulate(&setting, 11, 1, &sample);
    const struct ppt_latency latency = ppt_latency_of((struct ppt_passes){&one, 1}, 0);
    assert_true(latency.waiting.median < 1e-6);
    assert_true(latency.longest_s.median < SERVICE_S * 1.000001);
}

/* A closed loop would have one slow task; here all wait that arrive meanwhile. */
static void a_stall_is_seen(void **state)
{
    const struct setting setting = {{.rate = 300, .process = PPT_ARRIVALS_STEADY}, 4, true, 3000};
    struct ppt_sample sample PPT_OWNED(ppt_sample_free) = {0};
    const struct ppt_sample *one = &sample;

    (void)state;
    simulate(&setting, 11, 1, &sample);
    for (uint64_t i = 1000; i < 1060; i++) {
        sample.latency_ns[i] += 200000000 - (int64_t)(i - 1000) * 3333333;
    }
    const struct ppt_latency latency = ppt_latency_of((struct ppt_passes){&one, 1}, 0);
    assert_true(latency.p99_s.median > 0.09);
    assert_true(latency.p95_s.median < 0.01);
}

/* ---- arrivals ---- */

static void arrivals_follow_from_the_seed(void **state)
{
    const struct ppt_arrivals poisson = {.rate = 100}, steady = {100, PPT_ARRIVALS_STEADY, NULL, 0};
    const struct ppt_arrivals recorded = {0, PPT_ARRIVALS_RECORDED, (double[]){0.5, 0.5, 2}, 3};
    struct ppt_open_loop *a = ppt_open_loop_create(&poisson, 5, 1, 1000);
    struct ppt_open_loop *same = ppt_open_loop_create(&poisson, 5, 1, 1000);
    struct ppt_open_loop *other = ppt_open_loop_create(&poisson, 5, 2, 1000);
    struct ppt_open_loop *even = ppt_open_loop_create(&steady, 5, 2, 1000);
    struct ppt_open_loop *given = ppt_open_loop_create(&recorded, 5, 2, 3);

    (void)state;
    assert_memory_equal(a->arrives_ns, same->arrives_ns, 1000 * sizeof(*a->arrives_ns));
    assert_memory_not_equal(a->arrives_ns, other->arrives_ns, 1000 * sizeof(*a->arrives_ns));
    assert_int_equal(a->arrives_ns[0], 0);
    assert_true(fabs((double)a->arrives_ns[999] / 1e10 - 1) < 0.1);
    assert_int_equal(even->arrives_ns[999], 9990000000);
    assert_int_equal(given->arrives_ns[1], 500000000);
    assert_int_equal(given->arrives_ns[2], 2000000000);
    ppt_open_loop_destroy(a);
    ppt_open_loop_destroy(same);
    ppt_open_loop_destroy(other);
    ppt_open_loop_destroy(even);
    ppt_open_loop_destroy(given);
}

/* ---- the smallest count that keeps a limit ---- */

#define BLOCKS 10

static void make_run(const unsigned *workers, size_t count, double rate, uint64_t seed,
                     uint64_t tasks, struct ppt_samples *samples)
{
    for (unsigned b = 1; b <= BLOCKS; b++) {
        for (size_t p = 0; p < count; p++) {
            const struct setting setting = {{.rate = rate}, workers[p], false, tasks};
            struct ppt_sample sample;

            simulate(&setting, seed, b, &sample);
            sample.workers = ppt_alloc(1, sizeof(*sample.workers));
            sample.worker_count = 1;
            ppt_samples_add(samples, &sample);
        }
    }
}

static void answer_for(const struct ppt_samples *samples, double at_most_s, struct ppt_index *index,
                       struct ppt_answer *answer)
{
    const struct ppt_answer_context context = {
        .tasks = 1000,
        .goal = {.kind = PPT_GOAL_LATENCY, .percentile = 99, .at_most_s = at_most_s},
        .arriving = true,
        .tolerance = 0.05,
        .confidence = 0.95};

    ppt_index_create(samples, index);
    ppt_answer_from_index(index, &context, answer);
}

static void check_choice(double at_most_s, unsigned expected, const char *words,
                         const char *because)
{
    static const unsigned workers[] = {1, 2, 4};
    struct ppt_samples samples PPT_OWNED(ppt_samples_free) = {0};
    struct ppt_text verdict PPT_OWNED(ppt_text_free) = {0};
    struct ppt_text reason PPT_OWNED(ppt_text_free) = {0};
    struct ppt_answer answer PPT_OWNED(ppt_answer_free) = {0};
    struct ppt_index index PPT_OWNED(ppt_index_free) = {0};

    make_run(workers, COUNT(workers), 300, 3, 1000, &samples);
    answer_for(&samples, at_most_s, &index, &answer);
    ppt_sentence_verdict(&answer, &verdict);
    ppt_sentence_reason(&answer, &reason);
    assert_int_equal(answer.verdict.exists, expected > 0);
    if (expected > 0) {
        assert_int_equal(answer.grid.points[answer.verdict.recommended].workers, expected);
    }
    if (!strstr(verdict.data, words) || !strstr(reason.data ? reason.data : "", because)) {
        fail_msg("%s. %s", verdict.data, reason.data);
    }
}

/* Of 300 tasks a second, of 4 ms each, one worker does 250. With two, 99 of a hundred are done
 * within 26 ms, with four within 19. */
static void the_fewest_that_keep_it_are_chosen(void **state)
{
    (void)state;
    assert_true(fabs(mmc_percentile(2, 300, 0.99) - 0.0263) < 0.0005);
    assert_true(fabs(mmc_percentile(4, 300, 0.99) - 0.0187) < 0.0005);
    check_choice(0.05, 2,
                 "use 2 workers to have 99 % of tasks done within 50.00 ms (confidence HIGH): "
                 "99 % of tasks take at most",
                 "; it is overloaded: the queue grows by");
    check_choice(0.024, 4, "use 4 workers to have", "With 2 workers 99 % of tasks take 2");
    check_choice(0.015, 0,
                 "no count tried will do to have 99 % of tasks done within 15.00 ms: with 4", "");
}

/* The limit is a little below what two workers keep, or what theory says of them. */
static void limits_of_latency_are_kept(void **state)
{
    static const unsigned workers[] = {2, 4};
    static const double loads[] = {0.3, 0.6, 0.85};

    (void)state;
    for (size_t l = 0; l < COUNT(loads); l++) {
        const double rate = loads[l] * 2 / SERVICE_S;
        const double limit = 0.99 * mmc_percentile(2, rate, 0.99);
        const size_t runs = 60;
        size_t wrong = 0;

        for (size_t run = 0; run < runs; run++) {
            struct ppt_samples samples PPT_OWNED(ppt_samples_free) = {0};
            struct ppt_answer answer PPT_OWNED(ppt_answer_free) = {0};
            struct ppt_index index PPT_OWNED(ppt_index_free) = {0};

            make_run(workers, COUNT(workers), rate, 100 + run, 1000, &samples);
            answer_for(&samples, limit, &index, &answer);
            wrong += answer.verdict.exists && answer.verdict.recommended == 0;
        }
        if (wrong > runs * 5 / 100) {
            fail_msg("load %g: %zu of %zu do not keep the limit", loads[l], wrong, runs);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_formulas_are_right),
        cmocka_unit_test(latencies_are_those_of_theory),
        cmocka_unit_test(steady_tasks_do_not_wait),
        cmocka_unit_test(a_stall_is_seen),
        cmocka_unit_test(arrivals_follow_from_the_seed),
        cmocka_unit_test(the_fewest_that_keep_it_are_chosen),
        cmocka_unit_test(limits_of_latency_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
