/*
 * Several rates of arrivals: up to which of them each count is said to keep a limit, by hand and on
 * simulated queues, against Erlang's formulas; and where it is looked next.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "arriving.h"
#include "latency.h"
#include "memory.h"
#include "owned.h"
#include "policy.h"
#include "unit.h"

#define COUNTS 2
#define MOST_RATES 40

static const unsigned workers[COUNTS] = {1, 2};

/* ---- by hand ---- */

/* What was found of a count at a rate. */
enum found { KEPT, KEPT99, OPEN, BROKEN, UNSEEN };

/* Answers of rates, of which nothing is set but what is asked of them. */
struct answers {
    struct ppt_answer items[MOST_RATES];
    struct ppt_rate rates[MOST_RATES];
    size_t count;
};

static const struct ppt_goal goal = {.kind = PPT_GOAL_LATENCY, .percentile = 99, .at_most_s = 0.05};

static void add(struct answers *answers, double rate, const enum found *found, double load)
{
    struct ppt_answer *answer = &answers->items[answers->count];

    *answer = (struct ppt_answer){.context = {.goal = goal, .tasks = 1000}};
    ppt_grid_create_curve(workers, COUNTS, 3, &answer->grid);
    answer->points = ppt_alloc(COUNTS, sizeof(*answer->points));
    answer->objective.points = ppt_alloc(COUNTS, sizeof(*answer->objective.points));
    for (size_t c = 0; c < COUNTS; c++) {
        answer->points[c].latency.load.median = load / workers[c];
        answer->objective.points[c] = (struct ppt_objective_point){
            .figure_count = found[c] != UNSEEN,
            .keeps = found[c] == KEPT || found[c] == KEPT99,
            .keeps99 = found[c] == KEPT99,
            .breaks = found[c] == BROKEN,
        };
    }
    answers->rates[answers->count++] = (struct ppt_rate){rate, answer};
}

static void free_answers(struct answers *answers)
{
    while (answers->count > 0) {
        ppt_answer_free(&answers->items[--answers->count]);
    }
}

static void check_next(const struct ppt_rates *rates, const double *expected, size_t count)
{
    double next[4];
    const size_t found = ppt_rates_next(rates, next, COUNT(next));

    assert_int_equal(found, count);
    for (size_t i = 0; i < count; i++) {
        if (fabs(next[i] / expected[i] - 1) > 1e-9) {
            fail_msg("next is %g, not %g", next[i], expected[i]);
        }
    }
}

static void check_sentence(const struct ppt_policy *policy, const char *expected)
{
    struct ppt_text words PPT_OWNED(ppt_text_free) = {0};

    ppt_policy_sentence(policy, &words);
    assert_string_equal(words.data, expected);
}

/* Rates in the order in which they came: what was added is last. */
static void counts_are_kept_up_to_a_rate(void **state)
{
    struct answers answers PPT_OWNED(free_answers) = {0};
    struct ppt_policy policy PPT_OWNED(ppt_policy_free) = {0};

    (void)state;
    add(&answers, 100, (const enum found[]){KEPT99, KEPT99}, 0.4);
    add(&answers, 400, (const enum found[]){BROKEN, OPEN}, 1.6);
    add(&answers, 800, (const enum found[]){BROKEN, BROKEN}, 3.2);
    add(&answers, 200, (const enum found[]){OPEN, KEPT}, 0.8);
    ppt_policy_of_rates(answers.rates, answers.count, &policy);
    policy.name = "rate";

    const struct ppt_rate_limit *limits = policy.rates->limits;
    assert_int_equal(policy.rates->limit_count, COUNTS);
    assert_true(limits[0].kept_at == 100 && limits[0].kept99 && limits[0].broken_at == 400);
    assert_true(limits[0].above == 200 && limits[0].below == 200 && limits[0].capacity == 250);
    assert_true(limits[1].kept_at == 200 && !limits[1].kept99 && limits[1].broken_at == 800);
    assert_true(limits[1].capacity == 500);
    assert_int_equal(ppt_policy_confidence(&policy), PPT_CONFIDENCE_MEDIUM);
    assert_ptr_equal(ppt_rates_at(policy.rates, 100), &limits[0]);
    assert_ptr_equal(ppt_rates_at(policy.rates, 101), &limits[1]);
    assert_ptr_equal(ppt_rates_at(policy.rates, 201), NULL);
    assert_ptr_equal(ppt_rates_most(policy.rates), &limits[1]);
    check_sentence(&policy,
                   "to have 99 % of tasks done within 50.00 ms, 1 worker up to 100 tasks a "
                   "second [not at 400], 2 workers up to 200 [not at 800] (95 %, of all "
                   "together)");
    /* Next to what is kept, and just beyond what can be done, of both counts; near ones once. */
    check_next(policy.rates, (const double[]){141, 283, 300, 600}, 4);
}

/* A lower rate that is not surely kept is in the way of a higher one; and so is a higher one where
 * it is about what is not kept. */
static void all_lower_rates_have_to_be_kept(void **state)
{
    struct answers answers PPT_OWNED(free_answers) = {0};
    struct ppt_policy policy PPT_OWNED(ppt_policy_free) = {0};

    (void)state;
    add(&answers, 100, (const enum found[]){BROKEN, KEPT99}, 0.4);
    add(&answers, 200, (const enum found[]){KEPT, UNSEEN}, 0.8);
    add(&answers, 400, (const enum found[]){BROKEN, KEPT99}, 1.6);
    ppt_policy_of_rates(answers.rates, answers.count, &policy);

    const struct ppt_rate_limit *limits = policy.rates->limits;
    assert_true(limits[0].kept_at == 0 && limits[0].broken_at == 400);
    assert_true(limits[1].kept_at == 100 && isinf(limits[1].broken_at));
    assert_int_equal(ppt_policy_confidence(&policy), PPT_CONFIDENCE_HIGH);
    check_sentence(&policy,
                   "to have 99 % of tasks done within 50.00 ms, 1 worker surely at none of "
                   "the rates [not at 400], 2 workers up to 100 tasks a second [not known "
                   "beyond] (95 %, of all together)");
    check_next(policy.rates, (const double[]){141, 600, 300}, 3);
}

/* Just beyond what a count can do at all, but no more than twice as far. */
static void it_is_looked_beyond_the_highest(void **state)
{
    struct answers answers PPT_OWNED(free_answers) = {0};
    struct ppt_policy policy PPT_OWNED(ppt_policy_free) = {0};

    (void)state;
    add(&answers, 100, (const enum found[]){KEPT, KEPT}, 0.8);
    ppt_policy_of_rates(answers.rates, answers.count, &policy);
    check_next(policy.rates, (const double[]){200, 150}, 2);
    check_sentence(&policy,
                   "to have 99 % of tasks done within 50.00 ms, 1 worker up to 100 tasks a "
                   "second, the highest rate, 2 workers up to 100, the highest rate (95 %, "
                   "of all together)");
}

/* Within a tenth of each other, or with all that lies between tried that near. */
static void it_is_not_looked_where_all_is_known(void **state)
{
    struct answers answers PPT_OWNED(free_answers) = {0};
    struct ppt_policy policy PPT_OWNED(ppt_policy_free) = {0};

    (void)state;
    add(&answers, 100, (const enum found[]){KEPT, KEPT}, 0.4);
    add(&answers, 108, (const enum found[]){BROKEN, KEPT}, 0.4);
    add(&answers, 118, (const enum found[]){BROKEN, OPEN}, 0.4);
    add(&answers, 400, (const enum found[]){BROKEN, OPEN}, 0.4);
    add(&answers, 430, (const enum found[]){BROKEN, BROKEN}, 0.4);
    ppt_policy_of_rates(answers.rates, answers.count, &policy);
    check_next(policy.rates, NULL, 0);
}

/* Without an objective of latency there is nothing to keep. */
static void latencies_alone_are_not_judged(void **state)
{
    struct answers answers PPT_OWNED(free_answers) = {0};
    struct ppt_policy policy PPT_OWNED(ppt_policy_free) = {0};

    (void)state;
    add(&answers, 100, (const enum found[]){OPEN, OPEN}, 0.8);
    answers.items[0].context.goal.kind = PPT_GOAL_TIME;
    ppt_policy_of_rates(answers.rates, answers.count, &policy);
    assert_int_equal(policy.rates->limit_count, 0);
    assert_false(ppt_policy_exists(&policy));
    check_next(policy.rates, NULL, 0);
    check_sentence(&policy, "no objective of latency says what is to be kept: latencies are shown, "
                            "and not judged");
}

/* ---- simulated ---- */

#define RUNS 200
#define BLOCKS 10
#define TASKS 400

/* Of 90 % of the tasks: with 400 in a pass their queues have mostly settled. */
static const struct ppt_goal kept = {
    .kind = PPT_GOAL_LATENCY, .percentile = 90, .at_most_s = 0.015};

/* The rate up to which c workers keep it in truth. */
static double true_limit(unsigned c)
{
    double low = 1, high = c / SERVICE_S - 1e-6;

    while (high - low > 1e-6) {
        const double middle = (low + high) / 2;

        *(mmc_percentile(c, middle, kept.percentile / 100) <= kept.at_most_s ? &low : &high) =
            middle;
    }
    return low;
}

/* The answer of a rate, as far as it is asked. */
static void ask(const struct ppt_samples *samples, struct ppt_answer *answer)
{
    const struct ppt_objective_context context = {.goal = kept,
                                                  .tolerance = 0.05,
                                                  .confidence = 0.95,
                                                  .tasks = TASKS,
                                                  .rounds = PPT_RATE_ROUNDS};
    struct ppt_index index PPT_OWNED(ppt_index_free) = {0};

    *answer = (struct ppt_answer){.context = {.goal = kept, .tasks = TASKS}};
    ppt_index_create(samples, &index);
    ppt_grid_from_index(&index, &answer->grid);
    answer->points = ppt_alloc(answer->grid.point_count, sizeof(*answer->points));
    ppt_objective_of(&index, &answer->grid, &context, &answer->objective, &answer->verdict);
    for (size_t p = 0; p < answer->grid.point_count; p++) {
        answer->points[p].latency = ppt_latency_of(ppt_index_passes(&index, p), kept.at_most_s);
    }
}

/* A run whose rates are searched: samples by rate. */
struct run {
    struct ppt_samples samples[MOST_RATES];
    struct answers answers;
    size_t count;
};

static void measure(struct run *run, uint64_t seed, double rate)
{
    struct ppt_samples *samples = &run->samples[run->count];

    assert_true(run->count < MOST_RATES);
    for (unsigned b = 1; b <= BLOCKS; b++) {
        for (size_t c = 0; c < COUNTS; c++) {
            const struct setting setting = {{.rate = rate}, workers[c], false, TASKS};

            simulate_into(&setting, seed * MOST_RATES + run->count, b, samples);
        }
    }
    ask(samples, &run->answers.items[run->count]);
    run->answers.rates[run->count] = (struct ppt_rate){rate, &run->answers.items[run->count]};
    run->answers.count = ++run->count;
}

static void free_run(struct run *run)
{
    free_answers(&run->answers);
    while (run->count > 0) {
        ppt_samples_free(&run->samples[--run->count]);
    }
}

/* How often it was wrong, and how near it came. */
struct tally {
    unsigned kept_wrong, broken_wrong;
    double kept[COUNTS], broken[COUNTS]; /* sums of logarithms, against the truth */
};

static void search(uint64_t seed, const double *truth, struct tally *tally)
{
    struct run run PPT_OWNED(free_run) = {0};
    struct ppt_policy policy PPT_OWNED(ppt_policy_free) = {0};
    double next[2] = {40, 400};
    size_t more = COUNT(next), rounds = 0;

    while (more > 0) {
        if (rounds++ == 2 * PPT_RATE_ROUNDS) {
            fail_msg("seed %u: after %zu rounds it goes on", (unsigned)seed, rounds);
        }
        for (size_t i = 0; i < more; i++) {
            measure(&run, seed, next[i]);
        }
        ppt_policy_free(&policy);
        ppt_policy_of_rates(run.answers.rates, run.count, &policy);
        more = ppt_rates_next(policy.rates, next, COUNT(next));
    }
    bool kept_wrong = false, broken_wrong = false;
    for (size_t c = 0; c < COUNTS; c++) {
        const struct ppt_rate_limit *limit = &policy.rates->limits[c];

        kept_wrong = kept_wrong || limit->kept_at > truth[c];
        broken_wrong = broken_wrong || limit->broken_at < truth[c];
        tally->kept[c] += log(fmax(limit->kept_at, 1) / truth[c]);
        tally->broken[c] += log(limit->broken_at / truth[c]);
    }
    tally->kept_wrong += kept_wrong;
    tally->broken_wrong += broken_wrong;
}

static void bounds_hold_of_all_counts_together(void **state)
{
    struct tally tally = {0};
    double truth[COUNTS];

    (void)state;
    for (size_t c = 0; c < COUNTS; c++) {
        truth[c] = true_limit(workers[c]);
    }
    for (uint64_t seed = 1; seed <= RUNS; seed++) {
        search(seed, truth, &tally);
    }
    if (tally.kept_wrong > RUNS * 5 / 100 || tally.broken_wrong > RUNS * 5 / 100) {
        fail_msg("of %d runs %u are wrong of what is kept, %u of what is not", RUNS,
                 tally.kept_wrong, tally.broken_wrong);
    }
    for (size_t c = 0; c < COUNTS; c++) {
        const double low = exp(tally.kept[c] / RUNS), high = exp(tally.broken[c] / RUNS);

        print_message("%u: kept at %.2f of %.0f, broken at %.2f; wrong %u, %u\n", workers[c], low,
                      truth[c], high, tally.kept_wrong, tally.broken_wrong);
        if (low < 0.6 || !(high < 2)) {
            fail_msg("with %u workers kept at %.2f, broken at %.2f of the truth", workers[c], low,
                     high);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_kept_up_to_a_rate),
        cmocka_unit_test(all_lower_rates_have_to_be_kept),
        cmocka_unit_test(it_is_looked_beyond_the_highest),
        cmocka_unit_test(it_is_not_looked_where_all_is_known),
        cmocka_unit_test(latencies_alone_are_not_judged),
        cmocka_unit_test(bounds_hold_of_all_counts_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
