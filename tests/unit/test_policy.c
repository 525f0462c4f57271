/*
 * From which size on how many workers: thresholds of known costs, simulated with fixed seeds; the
 * sizes that are asked for next; what is said.
 */
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "noises.h"
#include "policy_compare.h"
#include "text.h"

#define COUNTS 3
#define BLOCKS 10
#define MOST_SIZES 64
#define RUNS 200
#define TOLERANCE 0.05

static const unsigned workers[COUNTS] = {0, 2, 4};

/* What a pass takes: so much to begin for each worker, and a task's time by its size, of which a
 * share is lost to each worker beside the first. */
struct cost {
    double start, task, contention;
};

static double cost_of(const struct cost *cost, double size, unsigned count)
{
    const double n = count > 0 ? count : 1;

    return cost->start * count + cost->task * size / n * (1 + cost->contention * (n - 1));
}

/* The size from which more workers gain more than half of the tolerance. */
static double true_threshold(const struct cost *cost, unsigned fewer, unsigned more)
{
    double low = 1e-6, high = 1e12;

    for (int i = 0; i < 200; i++) {
        const double middle = sqrt(low * high);
        const double gain = log(cost_of(cost, middle, fewer) / cost_of(cost, middle, more));

        *(gain > log1p(TOLERANCE) / 2 ? &high : &low) = middle;
    }
    return low;
}

/* A run of such tasks. */
struct sizes {
    double size[MOST_SIZES];
    struct ppt_grid grids[MOST_SIZES];
    struct ppt_verdict verdicts[MOST_SIZES];
    size_t count;
};

static void add_size(struct sizes *sizes, const struct cost *cost, double size, enum noise noise,
                     struct ppt_rng *rng)
{
    double curve[COUNTS];
    const size_t i = sizes->count++;

    for (size_t c = 0; c < COUNTS; c++) {
        curve[c] = cost_of(cost, size, workers[c]);
    }
    sizes->size[i] = size;
    ppt_grid_create_curve(workers, COUNTS, BLOCKS, &sizes->grids[i]);
    noise_fill(rng, curve, noise, 0.005, &sizes->grids[i]);
    sizes->grids[i].processes = BLOCKS;
    ppt_verdict_of(&sizes->grids[i], TOLERANCE, 0.95, &sizes->verdicts[i]);
}

static void policy_of(const struct sizes *sizes, struct ppt_policy *policy)
{
    struct ppt_policy_input inputs[MOST_SIZES] = {0};

    /* In the order in which they came. */
    for (size_t i = 0; i < sizes->count; i++) {
        inputs[i] =
            (struct ppt_policy_input){sizes->size[i], &sizes->grids[i], &sizes->verdicts[i]};
    }
    ppt_policy_of(inputs, sizes->count, TOLERANCE, policy);
    policy->name = "size";
}

static void free_sizes(struct sizes *sizes)
{
    for (size_t i = 0; i < sizes->count; i++) {
        ppt_grid_free(&sizes->grids[i]);
        ppt_verdict_free(&sizes->verdicts[i]);
    }
    sizes->count = 0;
}

/* How often it was right. */
struct tally {
    unsigned thresholds, held; /* all, and those within their intervals */
    unsigned unseen, good;     /* sizes that were not tried, and those where the choice is at most
                                  the tolerance slower than the best */
    unsigned bounds, kept;     /* sizes that were tried, where it is within its bound */
    double widest;             /* interval, as a ratio */
};

static void check_thresholds(const struct cost *cost, const struct ppt_policy *policy,
                             struct tally *tally)
{
    for (size_t i = 1; i < policy->step_count; i++) {
        const struct ppt_policy_step *step = &policy->steps[i];
        const double truth =
            true_threshold(cost, policy->steps[i - 1].point.workers, step->point.workers);

        tally->thresholds++;
        tally->held += truth >= step->low && truth <= step->high;
        assert_true(step->low <= step->from && step->from <= step->high);
        if (isfinite(step->low) && isfinite(step->high)) {
            tally->widest = fmax(tally->widest, step->high / step->low);
        }
    }
}

static double slower_than_best(const struct cost *cost, double size, unsigned count)
{
    double best = INFINITY;

    for (size_t c = 0; c < COUNTS; c++) {
        best = fmin(best, cost_of(cost, size, workers[c]));
    }
    return cost_of(cost, size, count) / best - 1;
}

static void check_choices(const struct cost *cost, const struct ppt_policy *policy,
                          struct ppt_rng *rng, struct tally *tally)
{
    const double first = policy->sizes[0].size;
    const double last = policy->sizes[policy->size_count - 1].size;
    bool within = true;

    for (int i = 0; i < 60; i++) {
        const double size = first * pow(last / first, ppt_rng_double(rng));

        tally->unseen++;
        tally->good +=
            slower_than_best(cost, size, ppt_policy_at(policy, size)->point.workers) <= TOLERANCE;
    }
    for (size_t i = 0; i < policy->size_count; i++) {
        const unsigned count = policy->points[policy->sizes[i].choice].workers;

        within &= slower_than_best(cost, policy->sizes[i].size, count) <= policy->regret_upper;
    }
    tally->bounds++;
    tally->kept += within;
}

/* Sizes of twice the one before, and then those that the policy asks for. */
static void simulate(const struct cost *cost, enum noise noise, int rounds, struct tally *tally)
{
    struct ppt_rng rng;

    *tally = (struct tally){0};
    ppt_rng_seed(&rng, (uint64_t)noise + 1, 0, PPT_STREAM_MIX);
    for (int run = 0; run < RUNS; run++) {
        struct sizes sizes = {.count = 0};
        struct ppt_policy policy;
        double next[4];

        for (double size = 16; size <= 16384; size *= 2) {
            add_size(&sizes, cost, size, noise, &rng);
        }
        policy_of(&sizes, &policy);
        for (int round = 0; round < rounds; round++) {
            const size_t count = ppt_policy_next(&policy, next, COUNT(next));

            for (size_t i = 0; i < count; i++) {
                add_size(&sizes, cost, next[i], noise, &rng);
            }
            ppt_policy_free(&policy);
            policy_of(&sizes, &policy);
        }
        check_thresholds(cost, &policy, tally);
        check_choices(cost, &policy, &rng, tally);
        ppt_policy_free(&policy);
        free_sizes(&sizes);
    }
}

/* Sequential calls, then 2 workers, then 4; and one where 4 are never worth it. */
static const struct cost costs[] = {{1e-3, 1e-5, 0.05}, {3e-4, 4e-6, 0.1}, {2e-3, 1e-5, 0.4}};

static void thresholds_lie_within_their_intervals(void **state)
{
    static const enum noise noises[] = {NOISE_QUIET, NOISE_DEVELOPERS, NOISE_SKEWED, NOISE_STUDENT};

    (void)state;
    for (size_t c = 0; c < COUNT(costs); c++) {
        for (size_t n = 0; n < COUNT(noises); n++) {
            for (int rounds = 0; rounds <= 5; rounds += 5) {
                struct tally tally;

                simulate(&costs[c], noises[n], rounds, &tally);
                print_message(
                    "%zu %-12s %d rounds: %u of %u thresholds, %u of %u choices, %u of %u "
                    "bounds, widest %.2f\n",
                    c, noise_names[noises[n]], rounds, tally.held, tally.thresholds, tally.good,
                    tally.unseen, tally.kept, tally.bounds, tally.widest);
                assert_true(tally.thresholds >= RUNS);
                assert_true(tally.held >= 0.95 * tally.thresholds);
                assert_true(tally.kept >= 0.95 * tally.bounds);
                assert_true(tally.good >= 0.95 * tally.unseen || rounds == 0 ||
                            noises[n] == NOISE_DEVELOPERS);
            }
        }
    }
}

/* ---- what follows from times without noise ---- */

/* Times that a block shares are no noise to differences. */
static void add_exact(struct sizes *sizes, double size, const double *curve)
{
    const size_t i = sizes->count++;

    sizes->size[i] = size;
    ppt_grid_create_curve(workers, COUNTS, BLOCKS, &sizes->grids[i]);
    for (size_t b = 0; b < BLOCKS; b++) {
        for (size_t c = 0; c < COUNTS; c++) {
            sizes->grids[i].seconds[b * COUNTS + c] = curve[c] * (1 + 0.001 * (double)(b * c % 3));
        }
    }
    ppt_verdict_of(&sizes->grids[i], TOLERANCE, 0.95, &sizes->verdicts[i]);
}

static void check_sentence(const struct ppt_policy *policy, const char *words)
{
    struct ppt_text text = {0};
    struct ppt_claims claims;

    ppt_policy_sentence(policy, &text);
    if (!strstr(text.data, words)) {
        fail_msg("%s: does not say: %s", text.data, words);
    }
    ppt_policy_claims(policy, &claims);
    for (size_t i = 0; i < claims.count; i++) {
        assert_true(ppt_claim_borne(&claims.items[i]));
    }
    ppt_claims_free(&claims);
    ppt_text_free(&text);
}

static void a_policy_is_told(void **state)
{
    static const double curves[][COUNTS] = {{1, 3, 6}, {4, 3.8, 6}, {16, 8, 7}, {64, 32, 17}};
    struct sizes sizes = {.count = 0};
    struct ppt_policy policy;
    double next[4];

    (void)state;
    for (size_t i = COUNT(curves); i-- > 0;) {
        add_exact(&sizes, 10 * pow(4, (double)i), curves[i]);
    }
    policy_of(&sizes, &policy);
    assert_true(policy.monotone);
    assert_int_equal(policy.step_count, 3);
    assert_int_equal(policy.steps[1].point.workers, 2);
    assert_int_equal(policy.steps[2].point.workers, 4);
    /* ln(T0 / T2) is ln(1/3) at 10 and ln(4/3.8) at 40; half of the tolerance is passed nearer to
     * 40, and surely only there. */
    assert_in_range(policy.steps[1].from, 36, 40);
    assert_true(policy.steps[1].low == 10 && policy.steps[1].high == 40);
    assert_true(policy.whole);
    assert_int_equal(ppt_policy_at(&policy, 5)->point.workers, 0);
    assert_int_equal(ppt_policy_at(&policy, 40)->point.workers, 2);
    assert_int_equal(ppt_policy_at(&policy, 1e9)->point.workers, 4);
    check_sentence(&policy, "size from 10 to 640: use sequential calls below ");
    check_sentence(&policy, " [10, 40], 2 workers from there on, 4 workers from ");
    check_sentence(&policy, " [40, 160]: no slower than any count at any size tried");
    check_sentence(&policy, "Always sequential calls: at most 3.8 times as long as by this policy; "
                            "always 2 workers: at most 3.0 times as long; always 4 workers: at "
                            "most 6.0 times as long");
    /* The wider gap first: 4 workers may be 58 % slower between 40 and 160, and 2 at 10 thrice. */
    assert_int_equal(ppt_policy_next(&policy, next, COUNT(next)), 2);
    assert_true(next[0] > 10 && next[0] < 40);
    assert_true(next[1] > 40 && next[1] < 160);
    assert_int_equal(ppt_policy_next(&policy, next, 1), 1);
    assert_true(next[0] > 10 && next[0] < 40);
    assert_int_equal(ppt_policy_confidence(&policy), PPT_CONFIDENCE_MEDIUM);
    ppt_policy_free(&policy);
    free_sizes(&sizes);
}

/* Fewer at large sizes again, as where memory is the limit: nothing is made to look ordered. */
static void what_neither_rises_nor_falls_is_said(void **state)
{
    static const double curves[][COUNTS] = {{1, 3, 6}, {16, 8, 5}, {64, 90, 99}};
    struct sizes sizes = {.count = 0};
    struct ppt_policy policy;

    (void)state;
    for (size_t i = 0; i < COUNT(curves); i++) {
        add_exact(&sizes, (double)i + 1, curves[i]);
    }
    policy_of(&sizes, &policy);
    assert_false(policy.monotone);
    assert_int_equal(policy.step_count, 3);
    assert_int_equal(policy.steps[2].point.workers, 0);
    check_sentence(&policy, "neither rises nor falls");
    ppt_policy_free(&policy);
    free_sizes(&sizes);
}

/* What is faster by less than half of the tolerance is not worth more threads, nor a change. */
static void one_count_may_do_for_all(void **state)
{
    static const double curves[][COUNTS] = {{1, 0.99, 1.2}, {2, 1.97, 2.5}, {4, 4.05, 6}};
    struct sizes sizes = {.count = 0};
    struct ppt_policy policy;
    double next[4];

    (void)state;
    for (size_t i = 0; i < COUNT(curves); i++) {
        add_exact(&sizes, pow(2, (double)i), curves[i]);
    }
    policy_of(&sizes, &policy);
    assert_int_equal(policy.step_count, 1);
    assert_int_equal(policy.steps[0].point.workers, 0);
    check_sentence(&policy, "size from 1 to 4: use sequential calls at every size: at most 1.");
    assert_int_equal(ppt_policy_next(&policy, next, COUNT(next)), 0);
    assert_int_equal(ppt_policy_confidence(&policy), PPT_CONFIDENCE_HIGH);
    ppt_policy_free(&policy);
    free_sizes(&sizes);
}

static void nothing_comes_of_nothing(void **state)
{
    struct sizes sizes = {.count = 0};
    struct ppt_policy policy;
    double next[4];

    (void)state;
    policy_of(&sizes, &policy);
    assert_int_equal(policy.size_count, 0);
    assert_int_equal(ppt_policy_next(&policy, next, COUNT(next)), 0);
    check_sentence(&policy, "no policy: it takes 3 complete iterations");
    ppt_policy_free(&policy);
}

/* ---- two runs ---- */

static void fill(struct sizes *sizes, const struct cost *cost, enum noise noise,
                 struct ppt_rng *rng, struct ppt_policy *policy)
{
    sizes->count = 0;
    for (double size = 16; size <= 16384; size *= 2) {
        add_size(sizes, cost, size, noise, rng);
    }
    policy_of(sizes, policy);
}

/* How often each is said of an old and a new cost, in so many pairs of runs. */
static void compare_costs_of(const struct cost *before, const struct cost *after, enum noise noise,
                             unsigned said[3])
{
    struct ppt_rng rng;

    said[0] = said[1] = said[2] = 0;
    ppt_rng_seed(&rng, 77, (uint64_t)noise, PPT_STREAM_MIX);
    for (int run = 0; run < RUNS; run++) {
        struct sizes a, b;
        struct ppt_policy old, new;
        struct ppt_policy_comparison comparison;
        struct ppt_policy_input inputs[MOST_SIZES] = {0};

        fill(&a, before, noise, &rng, &old);
        fill(&b, after, noise, &rng, &new);
        for (size_t i = 0; i < b.count; i++) {
            inputs[i] = (struct ppt_policy_input){b.size[i], &b.grids[i], &b.verdicts[i]};
        }
        ppt_policy_compare(&old, &new, inputs, b.count, &comparison);
        said[comparison.change]++;
        for (size_t i = 0; i < comparison.shift_count; i++) {
            /* Where nothing has changed, no threshold has moved. */
            assert_false(before == after && noise == NOISE_QUIET && comparison.shifts[i].moved);
        }
        ppt_policy_comparison_free(&comparison);
        ppt_policy_free(&old);
        ppt_policy_free(&new);
        free_sizes(&a);
        free_sizes(&b);
    }
}

static void a_policy_that_holds_is_told_from_one_that_does_not(void **state)
{
    const struct cost before = {1e-3, 1e-5, 0.05}, later = {4e-3, 1e-5, 0.05};
    unsigned said[3];

    (void)state;
    compare_costs_of(&before, &before, NOISE_QUIET, said);
    assert_true(said[PPT_POLICY_HOLDS] >= 0.9 * RUNS);
    assert_int_equal(said[PPT_POLICY_MOVED], 0);
    compare_costs_of(&before, &before, NOISE_DEVELOPERS, said);
    assert_true(said[PPT_POLICY_MOVED] <= 0.01 * RUNS);
    compare_costs_of(&before, &later, NOISE_QUIET, said);
    assert_int_equal(said[PPT_POLICY_MOVED], RUNS);
    compare_costs_of(&before, &later, NOISE_DEVELOPERS, said);
    assert_int_equal(said[PPT_POLICY_HOLDS], 0);
    assert_true(said[PPT_POLICY_MOVED] >= 0.9 * RUNS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thresholds_lie_within_their_intervals),
        cmocka_unit_test(a_policy_is_told),
        cmocka_unit_test(what_neither_rises_nor_falls_is_said),
        cmocka_unit_test(one_count_may_do_for_all),
        cmocka_unit_test(nothing_comes_of_nothing),
        cmocka_unit_test(a_policy_that_holds_is_told_from_one_that_does_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
