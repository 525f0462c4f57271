/*
 * sum and multi: what bounds them is how long one dependent operation takes. The references are
 * chains of exactly that operation, written in assembly so that no compiler has a say.
 */
#include "bounds.h"
#include "ceilings.h"
#include "solo.h"
#include "subjects.h"

#define ADDITIONS 1000000
#define MULTIPLICATIONS 200000
#define FACTOR 1.00001
#define STEP 3

extern const struct ppt_kernel ppt_kernel_sum, ppt_kernel_multi;

struct chain {
    uint64_t total;
    double product;
};

static enum ppt_status run_adds(void *state, struct ppt_error *error)
{
    struct chain *chain = state;

    (void)error;
    chain->total = ppt_ceiling_add(ADDITIONS / PPT_CEILING_LINKS, STEP);
    return PPT_OK;
}

static enum ppt_status run_multiplies(void *state, struct ppt_error *error)
{
    struct chain *chain = state;

    (void)error;
    chain->product = ppt_ceiling_multiply(MULTIPLICATIONS / PPT_CEILING_LINKS, FACTOR);
    return PPT_OK;
}

static double product_of_all(void)
{
    double product = 1.0;

    for (int i = 0; i < MULTIPLICATIONS; i++) {
        product *= FACTOR;
    }
    return product;
}

static struct contestant cycle(struct chain *chain)
{
    return (struct contestant){.name = "a link of a chain of register additions, the cycle",
                               .run = run_adds,
                               .state = chain,
                               .units = ADDITIONS};
}

static struct contestant latency(struct chain *chain)
{
    return (struct contestant){.name = "a link of a chain of multiplications",
                               .run = run_multiplies,
                               .state = chain,
                               .units = MULTIPLICATIONS};
}

enum ppt_status speed_sum(const struct venue *venue, struct ppt_error *error)
{
    const union ppt_value args[] = {{.integer = ADDITIONS}};
    struct chain chain = {0};
    struct solo solo;
    struct contest contest = {
        .measured = {"1000000 additions", solo_run, .state = &solo, .units = ADDITIONS},
        .reference = cycle(&chain),
        .unit = "ns per addition",
        .unit_ns = 1,
        .bar = CONTEST_RATIO,
        .limit = 1.1,
    };
    enum ppt_status status = solo_start(&solo, &ppt_kernel_sum, args, venue->scratch, error);

    if (status == PPT_OK) {
        status = contest_hold(venue, &contest, error);
    }
    if (status == PPT_OK && (solo.digest != (uint64_t)ADDITIONS * (ADDITIONS - 1) / 2 ||
                             chain.total != (uint64_t)ADDITIONS * STEP)) {
        status = ppt_fail(error, PPT_FAILED, "sum: a wrong sum");
    }
    solo_stop(&solo);
    return status;
}

enum ppt_status speed_multi(const struct venue *venue, struct ppt_error *error)
{
    const union ppt_value args[] = {{.integer = MULTIPLICATIONS}};
    struct chain chain = {0};
    struct solo solo;
    struct contest contest = {
        .measured = {"200000 multiplications", solo_run, .state = &solo, .units = MULTIPLICATIONS},
        .reference = latency(&chain),
        .unit = "ns per multiplication",
        .unit_ns = 1,
        .bar = CONTEST_RATIO,
        .limit = 1.05,
    };
    enum ppt_status status = solo_start(&solo, &ppt_kernel_multi, args, venue->scratch, error);

    if (status == PPT_OK) {
        status = contest_hold(venue, &contest, error);
    }
    if (status == PPT_OK && chain.product != product_of_all()) {
        status = ppt_fail(error, PPT_FAILED, "multi: a wrong product");
    }
    contest.measured.name = "200000 multiplications, in cycles";
    contest.reference = cycle(&chain);
    contest.bar = CONTEST_NO_BAR;
    if (status == PPT_OK) {
        status = contest_hold(venue, &contest, error);
    }
    solo_stop(&solo);
    return status;
}

enum ppt_status bound_sum(const struct venue *venue, struct ppt_error *error)
{
    const union ppt_value args[] = {{.integer = ADDITIONS}};
    struct chain chain = {0};
    const struct bound bound = {.measured = {"sum: 1000000 additions", .units = ADDITIONS},
                                .ceiling = cycle(&chain),
                                .known = {"the same"},
                                .unit = "ns per addition",
                                .unit_ns = 1};

    return bound_hold_task(venue, &ppt_kernel_sum, args, bound, error);
}

enum ppt_status bound_multi(const struct venue *venue, struct ppt_error *error)
{
    const union ppt_value args[] = {{.integer = MULTIPLICATIONS}};
    struct chain chain = {0};
    const struct bound bound = {
        .measured = {"multi: 200000 multiplications", .units = MULTIPLICATIONS},
        .ceiling = latency(&chain),
        .known = {"the same"},
        .unit = "ns per multiplication",
        .unit_ns = 1};

    return bound_hold_task(venue, &ppt_kernel_multi, args, bound, error);
}
