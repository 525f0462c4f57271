/*
 * That nothing is said which its figures do not bear: every statement about thousands of random
 * runs, most of them on noisy machines, is held against its interval, and against one made anew.
 */
#include "claims.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "noises.h"
#include "reason.h"
#include "sentence.h"
#include "unit.h"

#define TABLES 10000
#define RUNS 400
#define MOST_POINTS 6

static const unsigned counts[] = {0, 1, 2, 3, 4, 6, 8, 12, 16};

/* Some of the counts, ascending. */
static size_t draw_counts(struct ppt_rng *rng, unsigned *workers)
{
    size_t count = 0;

    while (count < 2) {
        count = 0;
        for (size_t i = 0; i < COUNT(counts) && count < MOST_POINTS; i++) {
            if (ppt_rng_below(rng, 2) == 0) {
                workers[count++] = counts[i];
            }
        }
    }
    return count;
}

static void draw_curve(struct ppt_rng *rng, const unsigned *workers, size_t count, double *curve)
{
    const double sigma = ppt_rng_double(rng) * ppt_rng_double(rng);
    const double kappa = 0.1 * ppt_rng_double(rng) * ppt_rng_double(rng);

    for (size_t p = 0; p < count; p++) {
        const double n = fmax(1, workers[p]);

        curve[p] = (1 + sigma * (n - 1) + kappa * n * (n - 1)) / n *
                   (workers[p] == 0 ? 1 - 0.3 * ppt_rng_double(rng) : 1);
    }
}

/* ---- statements against figures ---- */

static void fail_claim(const struct ppt_claim *claim, const char *why)
{
    fail_msg("%s: \"%s\" (%s): %g [%g, %g] at %g, limit %g", why, claim->text, claim->kind,
             claim->value, claim->interval.low, claim->interval.high, claim->level, claim->limit);
}

/* Words that need an interval on the right side of a limit, and the kinds that have it. */
static const struct {
    const char *words;
    const char *kinds;
} strong[] = {
    {" faster than ", "faster"},
    {"the speed of", "slower speedup"},
    {"It is a tie", "tie"},
    {"takes", "dispatch"},
    {"do not make it faster", "gains_nothing"},
    {"still gets faster", "still_rising"},
    {"Most is lost to", "most_lost"},
    {" slower side by side", "inflation"},
    {"No count tried above", "gain_of_more"},
    {"throughput falls", "falls"},
    {"Using all ", "all_cpus"},
    {"Economical", "economical"},
    {"Too many threads", "too_many_threads"},
    {"Worth it from", "worth_it"},
    {"would bring", "outlook"},
    {"slower than the best count tried", "bound"},
};

static void check_words(const struct ppt_claim *claim)
{
    for (size_t i = 0; i < COUNT(strong); i++) {
        if (strstr(claim->text, strong[i].words) && !strstr(strong[i].kinds, claim->kind)) {
            fail_claim(claim, "words of another kind");
        }
    }
    if (claim->side != 0 && !ppt_claim_borne(claim)) {
        fail_claim(claim, "not borne");
    }
    if (claim->interval.exists && !(claim->level >= 0.9 && claim->level < 1)) {
        fail_claim(claim, "an interval without a level");
    }
    if (claim->interval.exists && !(claim->interval.low <= claim->interval.high)) {
        fail_claim(claim, "an interval upside down");
    }
}

/* The interval of ln(T_a / T_b), made anew. */
static struct ppt_interval gap(const struct ppt_grid *grid, size_t a, size_t b, double level)
{
    double *logs = malloc(grid->block_count * sizeof(*logs));

    for (size_t block = 0; block < grid->block_count; block++) {
        logs[block] = log(ppt_grid_at(grid, block, a)) - log(ppt_grid_at(grid, block, b));
    }
    const struct ppt_interval interval = ppt_interval_of(logs, grid->block_count, level);
    free(logs);
    return interval;
}

static size_t find_workers(const struct ppt_grid *grid, unsigned workers)
{
    return ppt_grid_find(grid, (struct ppt_point){workers, 1, 0, 0, 0, 0});
}

/* What is said of two counts, by the times themselves. */
static void check_anew(const struct ppt_claim *claim, const struct ppt_answer *answer)
{
    const struct ppt_grid *grid = &answer->grid;
    const size_t rec = answer->verdict.recommended, last = grid->point_count - 1;
    const double zone = log1p(answer->context.tolerance);

    if (strcmp(claim->kind, "faster") == 0) {
        const size_t base = strstr(claim->text, "sequential") ? 0 : find_workers(grid, 1);

        assert_true(gap(grid, base, rec, 0.95).low > 0);
    } else if (strcmp(claim->kind, "bound") == 0) {
        for (size_t p = 0; p <= last; p++) {
            if (p != rec && gap(grid, rec, p, 0.9).high > log1p(claim->interval.high) + 1e-9) {
                fail_claim(claim, "a count may be faster by more");
            }
        }
    } else if (strcmp(claim->kind, "tie") == 0) {
        const struct ppt_interval between = gap(grid, rec, answer->verdict.best, 0.9);

        assert_true(between.low > -zone && between.high < zone);
    } else if (strcmp(claim->kind, "gains_nothing") == 0 ||
               strcmp(claim->kind, "gain_of_more") == 0) {
        for (size_t p = rec + 1; p <= last; p++) {
            assert_true(gap(grid, rec, p, 0.9).high < zone);
        }
    } else if (strcmp(claim->kind, "still_rising") == 0) {
        assert_true(rec == last && gap(grid, last - 1, last, 0.95).low > 0);
    } else if (strcmp(claim->kind, "dispatch") == 0) {
        assert_true(gap(grid, find_workers(grid, 1), 0, 0.95).low > 0);
    } else if (strcmp(claim->kind, "all_cpus") == 0) {
        assert_true(gap(grid, find_workers(grid, answer->context.cpus), rec, 0.95).low > 0);
    }
}

/* Pieces together are the sentence. */
static void check_sentence(const struct ppt_answer *answer, enum ppt_claim_part part,
                           const char *joined)
{
    static void (*const sentences[])(const struct ppt_answer *, struct ppt_text *) = {
        ppt_sentence_verdict, ppt_sentence_reason, ppt_sentence_details};
    struct ppt_text words = {0};

    sentences[part](answer, &words);
    assert_string_equal(words.data ? words.data : "", joined);
    ppt_text_free(&words);
}

/* Each statement answers one question, and none is lost where they are told by questions. */
static void check_topics(const struct ppt_answer *answer)
{
    struct ppt_text topics = {0}, parts = {0}, sure = {0};

    ppt_sentence_topic(answer, PPT_TOPIC_USE, &topics);
    assert_int_equal(topics.length, 0); /* that is the verdict's alone */
    for (int topic = PPT_TOPIC_WHY; topic <= PPT_TOPIC_SURE; topic++) {
        ppt_sentence_topic(answer, (enum ppt_claim_topic)topic, &topics);
    }
    ppt_sentence_reason(answer, &parts);
    ppt_sentence_details(answer, &parts);
    assert_string_equal(topics.data ? topics.data : "", parts.data ? parts.data : "");
    ppt_sentence_sure(answer, &sure);
    assert_int_equal(sure.data[sure.length - 1], '.');
    assert_int_equal(!strncmp(sure.data, "Confidence ", 11),
                     answer->verdict.exists && answer->verdict.ranked > 1);
    ppt_text_free(&topics);
    ppt_text_free(&parts);
    ppt_text_free(&sure);
}

static void check_answer(const struct ppt_answer *answer, size_t *said)
{
    for (size_t part = 0; part < PPT_CLAIM_PARTS; part++) {
        struct ppt_text joined = {0};
        struct ppt_claims claims;

        ppt_claims_of(answer, (enum ppt_claim_part)part, &claims);
        for (size_t i = 0; i < claims.count; i++) {
            check_words(&claims.items[i]);
            check_anew(&claims.items[i], answer);
            ppt_text_add(&joined, claims.items[i].text);
            *said += claims.items[i].side != 0;
        }
        check_sentence(answer, (enum ppt_claim_part)part, joined.data ? joined.data : "");
        ppt_text_free(&joined);
        ppt_claims_free(&claims);
    }
}

/* ---- random tables of times ---- */

static void statements_are_borne(void **state)
{
    size_t said = 0;
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 81, 0, PPT_STREAM_DATA);
    for (size_t table = 0; table < TABLES; table++) {
        const unsigned cpus[] = {0, 2, 8, 64};
        const struct ppt_answer_context context = {
            .tasks = ppt_rng_below(&rng, 3) == 0 ? 0 : 1 + ppt_rng_below(&rng, 300),
            .cpus = cpus[ppt_rng_below(&rng, COUNT(cpus))],
            .tolerance = 0.05,
            .confidence = 0.95,
        };
        unsigned workers[MOST_POINTS];
        double curve[MOST_POINTS];
        const size_t points = draw_counts(&rng, workers);
        struct ppt_answer answer;
        struct ppt_grid grid;

        draw_curve(&rng, workers, points, curve);
        ppt_grid_create_curve(workers, points, 1 + ppt_rng_below(&rng, 12), &grid);
        noise_fill(&rng, curve, (enum noise)ppt_rng_below(&rng, NOISE_COUNT),
                   0.03 * ppt_rng_double(&rng), &grid);
        ppt_answer_from_grid(&grid, &context, &answer);
        check_answer(&answer, &said);
        if (table % 20 == 0) {
            check_topics(&answer);
        }
        ppt_answer_free(&answer);
    }
    assert_true(said > TABLES);
}

/* ---- random runs, whose passes have workers ---- */

static void add_pass(struct ppt_rng *rng, struct ppt_samples *samples, unsigned block,
                     unsigned workers, double seconds)
{
    const unsigned n = workers > 0 ? workers : 1;
    const double slower = 1 + 0.3 * ppt_rng_double(rng);
    struct ppt_sample sample = {
        .block = block,
        .point = {workers, 1, 0},
        .position = samples->count,
        .task_count = 24,
        .worker_count = n,
        .workers = calloc(n, sizeof(struct ppt_worker_sample)),
        .noise = {.steal_ns = -1, .pressure_ns = -1, .throttled_ns = -1},
    };

    assert_non_null(sample.workers);
    sample.work_ns = (int64_t)(1e9 * seconds);
    sample.init_ns = workers > 0 ? (int64_t)(1e7 * n * ppt_rng_double(rng)) : 0;
    sample.cleanup_ns = workers > 0 ? (int64_t)(1e6 * n * ppt_rng_double(rng)) : 0;
    sample.total_ns = sample.init_ns + sample.work_ns + sample.cleanup_ns;
    for (unsigned w = 0; w < n; w++) {
        const double share = 0.6 + 0.4 * ppt_rng_double(rng);

        sample.workers[w].tasks = 24 / n;
        sample.workers[w].start_ns = sample.init_ns;
        sample.workers[w].end_ns = sample.init_ns + sample.work_ns;
        sample.workers[w].busy_ns = (int64_t)((double)sample.work_ns * share);
        sample.workers[w].cpu_ns = (int64_t)((double)sample.workers[w].busy_ns / slower);
        sample.usage.user_ns += sample.workers[w].cpu_ns;
        sample.times.sum_ns += sample.workers[w].busy_ns;
    }
    ppt_samples_add(samples, &sample);
}

/* 24 tasks that surely gain bound the number from which any do; one worker gains nothing. */
static void check_break_even(const struct ppt_answer *answer)
{
    for (size_t p = 0; p < answer->grid.point_count; p++) {
        const struct ppt_break_even *even = &answer->points[p].break_even;
        const struct ppt_interval *gain = &answer->points[p].by_workers.interval;
        const unsigned n = ppt_point_workers(answer->grid.points[p]);
        const bool shown = n > 1 && answer->grid.points[0].workers == 0 && gain->exists &&
                           gain->low > ppt_break_even_speedup(24, n);

        assert_true(even->low <= even->tasks && even->tasks <= even->high);
        assert_true((even->low == 0) == (even->high == 0));
        assert_true(n > 1 || even->high == 0);
        assert_true(!shown || (even->high > 0 && even->high <= 24));
    }
}

static void statements_of_runs_are_borne(void **state)
{
    size_t said = 0;
    struct ppt_rng rng;

    (void)state;
    ppt_rng_seed(&rng, 82, 0, PPT_STREAM_DATA);
    for (size_t run = 0; run < RUNS; run++) {
        const struct ppt_answer_context context = {
            .tasks = 24, .cpus = 8, .tolerance = 0.05, .confidence = 0.95};
        const unsigned blocks = 1 + (unsigned)ppt_rng_below(&rng, 12);
        unsigned workers[MOST_POINTS];
        double curve[MOST_POINTS];
        const size_t points = draw_counts(&rng, workers);
        struct ppt_samples samples = {0};
        struct ppt_answer answer;
        struct ppt_index index;

        draw_curve(&rng, workers, points, curve);
        for (unsigned block = 1; block <= blocks; block++) {
            for (size_t p = 0; p < points; p++) {
                add_pass(&rng, &samples, block, workers[p],
                         curve[p] * exp(0.05 * noise_normal(&rng)));
            }
        }
        ppt_index_create(&samples, &index);
        ppt_answer_from_index(&index, &context, &answer);
        check_answer(&answer, &said);
        check_break_even(&answer);
        for (size_t p = 0; p < answer.grid.point_count; p++) {
            const struct ppt_point_factors *factors = &answer.points[p].factors;
            double product = ppt_point_workers(answer.grid.points[p]);

            for (size_t f = 0; f < PPT_FACTOR_COUNT; f++) {
                product *= factors->factor[f];
            }
            if (factors->exists && answer.points[p].by_workers.value > 0 && product > 0) {
                assert_true(fabs(product / answer.points[p].by_workers.value - 1) < 1e-9);
            }
        }
        ppt_answer_free(&answer);
        ppt_index_free(&index);
        ppt_samples_free(&samples);
    }
    assert_true(said > RUNS);
}

/* ---- why ---- */

/* Passes of 0, 2 and 4 workers whose start takes so much of them, of tasks that take so many times
 * as long side by side, and use a CPU for so much of their time: what is said of these. */
static void explain(double start, double longer, double cpu, struct ppt_text *said)
{
    static const unsigned workers[] = {0, 2, 4};
    const struct ppt_answer_context context = {
        .tasks = 24, .cpus = 8, .tolerance = 0.05, .confidence = 0.95};
    struct ppt_samples samples = {0};
    struct ppt_answer answer;
    struct ppt_index index;
    struct ppt_rng rng;

    ppt_rng_seed(&rng, 85, 0, PPT_STREAM_DATA);
    for (unsigned block = 1; block <= 8; block++) {
        for (size_t p = 0; p < COUNT(workers); p++) {
            const unsigned n = workers[p] > 0 ? workers[p] : 1;

            add_pass(&rng, &samples, block, workers[p], (n > 1 ? longer : 1) / n);
            struct ppt_sample *sample = &samples.items[samples.count - 1];

            sample->work_ns += (int64_t)(1e6 * ppt_rng_double(&rng));
            sample->init_ns = n > 1 ? (int64_t)((double)sample->work_ns * start / (1 - start)) : 0;
            sample->cleanup_ns = 0;
            sample->total_ns = sample->init_ns + sample->work_ns;
            sample->usage.user_ns = 0;
            sample->times.sum_ns = n * sample->work_ns;
            for (unsigned w = 0; w < n; w++) {
                sample->workers[w].busy_ns = sample->work_ns;
                sample->workers[w].cpu_ns = (int64_t)(cpu * (double)sample->work_ns);
                sample->usage.user_ns += sample->workers[w].cpu_ns;
            }
        }
    }
    ppt_index_create(&samples, &index);
    ppt_answer_from_index(&index, &context, &answer);
    ppt_sentence_reason(&answer, said);
    ppt_sentence_details(&answer, said);
    ppt_answer_free(&answer);
    ppt_index_free(&index);
    ppt_samples_free(&samples);
}

/* What it loses while it still gets faster, and for how sure; nothing that sleeping cannot be. */
static void what_is_lost_is_told(void **state)
{
    static const struct {
        double start, longer, cpu;
        const char *told, *not_told;
    } cases[] = {
        {0.4, 1, 1, "Most is lost to starting and ending the workers (40 % [40, 40]).", "side by"},
        {0.001, 1, 1, "It still gets faster", "Most is lost"},
        {0.001, 1.5, 0.98, "slower side by side (memory, caches or clock)", "Most is lost"},
        {0.001, 1.5, 0.01, "slower side by side (waiting for a lock or a device)", "memory"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ppt_text said = {0};

        explain(cases[i].start, cases[i].longer, cases[i].cpu, &said);
        if (!strstr(said.data, "still gets faster") || !strstr(said.data, cases[i].told) ||
            strstr(said.data, cases[i].not_told)) {
            fail_msg("%zu: %s", i, said.data);
        }
        ppt_text_free(&said);
    }
}

/* ---- shares ---- */

/* The serial fraction of 1 and 4 workers, whose times by block are these. */
static double serial_of(const double (*seconds)[2], size_t blocks)
{
    static const unsigned workers[] = {1, 4};
    const struct ppt_answer_context context = {.tasks = 24, .tolerance = 0.05, .confidence = 0.95};
    struct ppt_answer answer;
    struct ppt_grid grid;

    ppt_grid_create_curve(workers, 2, blocks, &grid);
    memcpy(grid.seconds, seconds, blocks * sizeof(*seconds));
    ppt_answer_from_grid(&grid, &context, &answer);
    const double serial = answer.points[1].karp_flatt;
    ppt_answer_free(&answer);
    return serial;
}

/* A share of the work is from 0 to 1, and one that may be anything is none. */
static void no_share_is_nonsense(void **state)
{
    static const double amdahl[][2] = {{4, 1.3}, {4.01, 1.31}, {4, 1.3}, {3.99, 1.31}, {4, 1.29}};
    static const double slower[][2] = {{1, 5}, {1.01, 5}, {1, 5.1}, {1, 5}, {1, 4.9}};
    static const double superlinear[][2] = {{5, 1}, {5.1, 1}, {5, 1}, {5, 1.01}, {5, 1}};
    static const double wild[][2] = {{4, 1.3}, {4, 3}, {4, 1.1}, {4, 2}, {4, 1.5}};

    (void)state;
    assert_true(fabs(serial_of(amdahl, 5) - 0.1) < 0.02);
    assert_true(isnan(serial_of(amdahl, 1)));
    assert_true(isnan(serial_of(slower, 5)));
    assert_true(isnan(serial_of(superlinear, 5)));
    assert_true(isnan(serial_of(wild, 5)));
}

/* ---- what more would do ---- */

/* Times of a curve at 1, 2, 4, 8 and 16 workers, and what is said of more of them. */
static void tell(double (*rate)(double), struct ppt_text *said)
{
    static const unsigned workers[] = {1, 2, 4, 8, 16};
    const struct ppt_answer_context context = {
        .tasks = 1024, .cpus = 64, .tolerance = 0.05, .confidence = 0.95};
    double seconds[COUNT(workers)];
    struct ppt_answer answer;
    struct ppt_grid grid;
    struct ppt_rng rng;

    for (size_t p = 0; p < COUNT(workers); p++) {
        seconds[p] = 1024 / rate(workers[p]);
    }
    ppt_rng_seed(&rng, 84, 0, PPT_STREAM_DATA);
    ppt_grid_create_curve(workers, COUNT(workers), 10, &grid);
    noise_fill(&rng, seconds, NOISE_QUIET, 0, &grid);
    ppt_answer_from_grid(&grid, &context, &answer);
    ppt_sentence_reason(&answer, said);
    ppt_sentence_details(&answer, said);
    ppt_answer_free(&answer);
}

/* Rises to its peak at about 16, and would fall from there. */
static double peaking(double n)
{
    return n / (1 + 0.05 * (n - 1) + 0.003 * n * (n - 1));
}

static double linear(double n)
{
    return n;
}

/* More than 4 workers have nothing to do. */
static double roofed(double n)
{
    return fmin(n, 4);
}

/* Nobody is told to try what is said to bring nothing. */
static void advice_does_not_contradict_itself(void **state)
{
    struct ppt_text said = {0};

    (void)state;
    tell(peaking, &said);
    assert_non_null(strstr(said.data, "still gets faster at 16 workers"));
    assert_non_null(strstr(said.data, "32 workers would bring no more: "));
    assert_null(strstr(said.data, "try more"));
    assert_null(strstr(said.data, "measure"));
    ppt_text_free(&said);
    said = (struct ppt_text){0};
    tell(linear, &said);
    assert_non_null(strstr(said.data, "try more"));
    assert_non_null(strstr(said.data, "measure 32"));
    ppt_text_free(&said);
    said = (struct ppt_text){0};
    tell(roofed, &said);
    assert_non_null(strstr(said.data, " No count tried above 4 workers is "));
    assert_non_null(strstr(said.data, "faster (95 %)"));
    ppt_text_free(&said);
}

/* ---- points that failed ---- */

/* What is said of a program's counts from 0 on, after others failed. */
static void check_failed(size_t points, const unsigned *failed, size_t failures, bool programs,
                         const char *words)
{
    const struct ppt_answer_context context = {
        .tasks = 24, .cpus = 8, .tolerance = 0.05, .confidence = 0.95, .same_alone = programs};
    struct ppt_samples samples = {0};
    struct ppt_text said = {0};
    struct ppt_answer answer;
    struct ppt_index index;
    struct ppt_rng rng;
    size_t claims = 0;

    ppt_rng_seed(&rng, 83, 0, PPT_STREAM_DATA);
    for (size_t i = 0; i < failures; i++) {
        char message[] = "on purpose";
        const struct ppt_failure failure = {
            .block = 1, .point = {.workers = failed[i], .inner_threads = 1}, .message = message};

        ppt_samples_fail(&samples, &failure);
    }
    for (unsigned block = 1; block <= 6; block++) {
        for (unsigned p = 0; p < points; p++) {
            add_pass(&rng, &samples, block, p, 1.0 / (p > 0 ? p : 1));
        }
    }
    ppt_index_create(&samples, &index);
    ppt_answer_from_index(&index, &context, &answer);
    ppt_sentence_verdict(&answer, &said);
    if (!strstr(said.data, words)) {
        fail_msg("\"%s\" is not in \"%s\"", words, said.data);
    }
    check_answer(&answer, &claims);
    /* A bound is one against other counts. */
    assert_int_equal(strstr(said.data, "count tried") != NULL, answer.verdict.ranked > 1);
    ppt_text_free(&said);
    ppt_answer_free(&answer);
    ppt_index_free(&index);
    ppt_samples_free(&samples);
}

/* One of no other counts than itself is no best one, and of those that failed nothing is known. */
static void counts_that_failed_are_told(void **state)
{
    static const unsigned failed[] = {2, 4, 8, 16};

    (void)state;
    check_failed(2, failed, 1, true,
                 "no choice: only plain sequential calls were measured, and 1 worker, which for "
                 "programs is the same; 2 workers failed, and nothing is said of that");
    check_failed(1, failed, 0, false, "no choice: only plain sequential calls were measured");
    check_failed(3, failed + 1, 2, true,
                 "; 4 workers and 8 workers failed, and nothing is said of those");
    check_failed(2, failed, 3, false,
                 "; 2 workers, 4 workers and 8 workers failed, and nothing is said of those");
    check_failed(2, failed, 4, false, "; 4 counts failed, and nothing is said of those");
}

/* A statement that its interval does not bear is found. */
static void what_is_not_borne_is_told(void **state)
{
    struct ppt_claim claim = {.kind = "faster",
                              .value = 1.1,
                              .interval = {true, 0.9, 1.3},
                              .level = 0.95,
                              .side = 1,
                              .limit = 1};

    (void)state;
    assert_false(ppt_claim_borne(&claim));
    claim.interval.low = 1.05;
    assert_true(ppt_claim_borne(&claim));
    claim.side = -1;
    assert_false(ppt_claim_borne(&claim));
    claim.interval = (struct ppt_interval){true, 0.7, 0.9};
    assert_true(ppt_claim_borne(&claim));
    claim.interval.exists = false;
    assert_false(ppt_claim_borne(&claim));
}

static void check_needed(enum ppt_longer longer, bool grouped, const char *words)
{
    const struct ppt_answer answer = {
        .context.longer = longer,
        .grid = {.block_count = 10, .grouped = grouped},
        .verdict = {.exists = true, .blocks_needed = 72},
        .seconds = 8.1,
    };
    struct ppt_text needed = {0};

    ppt_sentence_needed(&answer, &needed);
    assert_string_equal(needed.data, words);
    ppt_text_free(&needed);
}

/* By the options that the run was made with; where processes had several blocks, by one each. */
static void what_would_settle_it_is_named(void **state)
{
    (void)state;
    check_needed(PPT_LONGER_ITERATIONS, false, "--iterations 72");
    check_needed(PPT_LONGER_ITERATIONS, true, "--processes 0 --iterations 72");
    check_needed(PPT_LONGER_SECONDS, false, "--max-seconds 59");
    check_needed(PPT_LONGER_ELSEWHERE, false, "about 72 iterations");
    check_needed(PPT_LONGER_ELSEWHERE, true, "about 72 processes");
}

/* Two rows: too few for a verdict. */
static void check_no_verdict(enum ppt_longer longer, bool grouped, const char *words)
{
    const struct ppt_answer answer = {
        .context.longer = longer,
        .grid = {.block_count = 2, .grouped = grouped},
    };
    struct ppt_text sentence = {0};

    ppt_sentence_verdict(&answer, &sentence);
    assert_string_equal(sentence.data, words);
    ppt_text_free(&sentence);
}

static void what_a_verdict_takes_is_named(void **state)
{
    (void)state;
    check_no_verdict(PPT_LONGER_ITERATIONS, false,
                     "no verdict: 2 complete iterations were measured, at least 3 are needed: "
                     "--iterations 3");
    check_no_verdict(PPT_LONGER_SECONDS, false,
                     "no verdict: 2 complete iterations were measured, at least 3 are needed");
    check_no_verdict(PPT_LONGER_ELSEWHERE, true,
                     "no verdict: 2 processes were measured, at least 3 are needed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_share_is_nonsense),
        cmocka_unit_test(what_is_lost_is_told),
        cmocka_unit_test(advice_does_not_contradict_itself),
        cmocka_unit_test(counts_that_failed_are_told),
        cmocka_unit_test(what_is_not_borne_is_told),
        cmocka_unit_test(what_would_settle_it_is_named),
        cmocka_unit_test(what_a_verdict_takes_is_named),
        cmocka_unit_test(statements_are_borne),
        cmocka_unit_test(statements_of_runs_are_borne),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
