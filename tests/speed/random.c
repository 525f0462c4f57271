/*
 * random: the generators that make every kernel's input, against GSL's fastest and its default, and
 * the digest of results against adding up the same words.
 */
#include <gsl/gsl_rng.h>

#include "digest.h"
#include "rng_bulk.h"
#include "scratch.h"
#include "solo.h"
#include "subjects.h"

#define WORDS 32768 /* 256 KiB, which stays in the second level of cache */

/* The bits of a double in memory; this type may look at any object. */
typedef uint64_t bits __attribute__((may_alias));

struct generators {
    struct ppt_rng_bulk rng;
    gsl_rng *taus2, *mt19937;
    gsl_rng *chosen; /* one of the two */
    double *numbers; /* WORDS; its bytes serve as words too */
    uint64_t result;
};

static enum ppt_status run_doubles(void *state, struct ppt_error *error)
{
    struct generators *g = state;

    (void)error;
    ppt_rng_fill_doubles(&g->rng, g->numbers, WORDS, 0.0, 1.0);
    SPEED_KEEP(g->numbers);
    return PPT_OK;
}

static enum ppt_status run_bytes(void *state, struct ppt_error *error)
{
    struct generators *g = state;

    (void)error;
    ppt_rng_fill_bytes(&g->rng, g->numbers, WORDS * sizeof(double));
    SPEED_KEEP(g->numbers);
    return PPT_OK;
}

static enum ppt_status run_gsl_doubles(void *state, struct ppt_error *error)
{
    struct generators *g = state;

    (void)error;
    for (size_t i = 0; i < WORDS; i++) {
        g->numbers[i] = gsl_rng_uniform(g->chosen);
    }
    SPEED_KEEP(g->numbers);
    return PPT_OK;
}

/* Both of GSL's give 32 bits at a time. */
static enum ppt_status run_gsl_bytes(void *state, struct ppt_error *error)
{
    struct generators *g = state;
    bits *words = (bits *)g->numbers;

    (void)error;
    for (size_t i = 0; i < WORDS; i++) {
        const uint64_t high = gsl_rng_get(g->chosen);

        words[i] = high << 32 | gsl_rng_get(g->chosen);
    }
    SPEED_KEEP(words);
    return PPT_OK;
}

static enum ppt_status run_digest(void *state, struct ppt_error *error)
{
    struct generators *g = state;

    (void)error;
    g->result = ppt_digest(0, g->numbers, WORDS * sizeof(double));
    return PPT_OK;
}

static enum ppt_status run_adding(void *state, struct ppt_error *error)
{
    struct generators *g = state;
    const bits *words = (const bits *)g->numbers;
    uint64_t total = 0;

    (void)error;
    for (size_t i = 0; i < WORDS; i++) {
        total += words[i];
    }
    g->result = total;
    SPEED_KEEP(g);
    return PPT_OK;
}

static enum ppt_status hold_all(const struct venue *venue, struct generators *g,
                                struct ppt_error *error)
{
    gsl_rng *const chosen[] = {g->taus2, g->mt19937};
    struct contest doubles = {
        .measured = {"a double", run_doubles, .state = g, .units = WORDS},
        .reference = {"", run_gsl_doubles, .state = g, .units = WORDS},
        .unit = "ns",
        .unit_ns = 1,
        .ratio = CONTEST_SPEED,
    };
    struct contest bytes = {
        .measured = {"8 bytes", run_bytes, .state = g, .units = WORDS},
        .reference = {"", run_gsl_bytes, .state = g, .units = WORDS},
        .unit = "ns",
        .unit_ns = 1,
        .ratio = CONTEST_SPEED,
    };
    const struct contest digest = {
        .measured = {"digest of 8 bytes", run_digest, .state = g, .units = WORDS},
        .reference = {"adding up the words", run_adding, .state = g, .units = WORDS},
        .unit = "ns",
        .unit_ns = 1,
    };
    enum ppt_status status = PPT_OK;

    for (size_t i = 0; status == PPT_OK && i < 2; i++) {
        g->chosen = chosen[i];
        doubles.reference.name = i == 0 ? "gsl_rng_uniform of taus2" : "gsl_rng_uniform of mt19937";
        bytes.reference.name = i == 0 ? "two gsl_rng_get of taus2" : "two gsl_rng_get of mt19937";
        status = contest_hold(venue, &doubles, error);
        if (status == PPT_OK) {
            status = contest_hold(venue, &bytes, error);
        }
    }
    return status == PPT_OK ? contest_hold(venue, &digest, error) : status;
}

/* All numbers are in their range and are spread over it. */
static enum ppt_status random_check(struct generators *g, struct ppt_error *error)
{
    double total = 0.0;

    run_doubles(g, error);
    for (size_t i = 0; i < WORDS; i++) {
        if (!(g->numbers[i] >= 0.0 && g->numbers[i] < 1.0)) {
            return ppt_fail(error, PPT_FAILED, "random: a number outside of [0, 1)");
        }
        total += g->numbers[i];
    }
    return total > 0.48 * WORDS && total < 0.52 * WORDS
               ? PPT_OK
               : ppt_fail(error, PPT_FAILED, "random: the mean is %g", total / WORDS);
}

enum ppt_status speed_random(const struct venue *venue, struct ppt_error *error)
{
    struct generators g = {
        .taus2 = gsl_rng_alloc(gsl_rng_taus2),
        .mt19937 = gsl_rng_alloc(gsl_rng_mt19937),
        .numbers = ppt_scratch_alloc(WORDS * sizeof(double), "random", error),
    };
    enum ppt_status status = PPT_FAILED;

    if (!g.taus2 || !g.mt19937) {
        status = ppt_fail(error, PPT_FAILED, "random: not enough memory");
    } else if (g.numbers) {
        ppt_rng_bulk_seed(&g.rng, SOLO_SEED, SOLO_INDEX, PPT_STREAM_DATA);
        status = random_check(&g, error);
        if (status == PPT_OK) {
            status = hold_all(venue, &g, error);
        }
    }
    if (g.taus2) {
        gsl_rng_free(g.taus2);
    }
    if (g.mt19937) {
        gsl_rng_free(g.mt19937);
    }
    free(g.numbers);
    return status;
}
