/*
 * sum and multi: what bounds them is how long one dependent operation takes. The references are
 * chains of exactly that operation, written in assembly so that no compiler has a say.
 */
#include "solo.h"
#include "subjects.h"

#define ADDITIONS 1000000
#define MULTIPLICATIONS 200000
#define FACTOR 1.00001
#define STEP 3
#define LINKS 100 /* in one block, so that what closes the loop does not show */

extern const struct ppt_kernel ppt_kernel_sum, ppt_kernel_multi;

struct chain {
    uint64_t total;
    double product;
};

/* An addition of two registers takes one cycle, so a link of this chain is the cycle itself. */
static inline uint64_t add_links(uint64_t total, uint64_t step)
{
#if defined(__x86_64__)
    __asm__ volatile(".rept %c2\n\taddq %1, %0\n\t.endr"
                     : "+r"(total)
                     : "r"(step), "i"(LINKS)
                     : "cc");
#elif defined(__aarch64__)
    __asm__ volatile(".rept %c2\n\tadd %0, %0, %1\n\t.endr" : "+r"(total) : "r"(step), "i"(LINKS));
#else
    for (int i = 0; i < LINKS; i++) {
        total += step;
        __asm__ volatile("" : "+r"(total));
    }
#endif
    return total;
}

static inline double multiply_links(double product, double factor)
{
#if defined(__x86_64__)
    __asm__ volatile(".rept %c2\n\tmulsd %1, %0\n\t.endr"
                     : "+x"(product)
                     : "x"(factor), "i"(LINKS));
#elif defined(__aarch64__)
    __asm__ volatile(".rept %c2\n\tfmul %d0, %d0, %d1\n\t.endr"
                     : "+w"(product)
                     : "w"(factor), "i"(LINKS));
#else
    for (int i = 0; i < LINKS; i++) {
        product *= factor;
        __asm__ volatile("" : "+m"(product));
    }
#endif
    return product;
}

static enum ppt_status run_adds(void *state, struct ppt_error *error)
{
    struct chain *chain = state;
    uint64_t total = 0;

    (void)error;
    for (int i = 0; i < ADDITIONS / LINKS; i++) {
        total = add_links(total, STEP);
    }
    chain->total = total;
    return PPT_OK;
}

static enum ppt_status run_multiplies(void *state, struct ppt_error *error)
{
    struct chain *chain = state;
    double product = 1.0;

    (void)error;
    for (int i = 0; i < MULTIPLICATIONS / LINKS; i++) {
        product = multiply_links(product, FACTOR);
    }
    chain->product = product;
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
        .reference = {"a link of a chain of multiplications", run_multiplies, .state = &chain,
                      .units = MULTIPLICATIONS},
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
