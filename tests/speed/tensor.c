/*
 * tensor: the rate of a bare cblas_dgemm bounds it. The reference multiplies as many matrices of
 * the same size into a product; the factor is one and the same, made beforehand.
 *
 * The kernel also makes its factors and carries a row of sums along, one row more to multiply. Two
 * more contests show what these take.
 */
#include <gsl/gsl_cblas.h>
#include <math.h>
#include <string.h>

#include "blas.h"
#include "bounds.h"
#include "checksum.h"
#include "known.h"
#include "scratch.h"
#include "solo.h"
#include "subjects.h"

extern const struct ppt_kernel ppt_kernel_tensor;

struct bare {
    __typeof__(&cblas_dgemm) gemm;
    size_t size, rows;
    int64_t products;
    double *first, *product, *spare; /* (size + 1) * size each */
    double *factor;                  /* size * size */
    double *weights;                 /* size */
    double *work;                    /* 4 * size */
};

static void multiply(const struct bare *bare)
{
    const int size = (int)bare->size;

    bare->gemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)bare->rows, size, size, 1.0,
               bare->product, size, bare->factor, size, 0.0, bare->spare, size);
}

static void tensor_prepare(void *state)
{
    struct bare *bare = state;

    memcpy(bare->product, bare->first, bare->rows * bare->size * sizeof(double));
}

static enum ppt_status run_products(void *state, struct ppt_error *error)
{
    struct bare *bare = state;

    (void)error;
    for (int64_t i = 0; i < bare->products; i++) {
        double *const swap = bare->product;

        multiply(bare);
        bare->product = bare->spare;
        bare->spare = swap;
    }
    return PPT_OK;
}

static enum ppt_status run_fill(void *state, struct ppt_error *error)
{
    struct bare *bare = state;
    const double bound = sqrt(3.0 / (double)bare->size);
    struct ppt_rng_bulk rng;

    (void)error;
    ppt_rng_bulk_seed(&rng, SOLO_SEED, SOLO_INDEX, PPT_STREAM_DATA);
    for (int64_t i = 0; i < bare->products + 1; i++) {
        ppt_rng_fill_doubles(&rng, bare->factor, bare->size * bare->size, -bound, bound);
        SPEED_KEEP(bare->factor);
    }
    return PPT_OK;
}

/* One product of the reference is right: weighted sums of its columns are those that the factor
 * makes of the first matrix' sums. */
static enum ppt_status tensor_check(struct bare *bare, struct ppt_error *error)
{
    double *const sums = bare->work, *const expected = sums + bare->size;

    tensor_prepare(bare);
    multiply(bare);
    ppt_checksum_weights(bare->weights, bare->size);
    ppt_checksum(bare->weights, bare->first, bare->size, bare->size, sums);
    ppt_checksum(sums, bare->factor, bare->size, bare->size, expected);
    const double wrong = ppt_checksum_error(bare->weights, bare->spare, bare->size, bare->size,
                                            expected, bare->work + 2 * bare->size);

    return wrong <= PPT_CHECKSUM_TOLERANCE
               ? PPT_OK
               : ppt_fail(error, PPT_FAILED, "tensor: the reference is wrong by %g", wrong);
}

static enum ppt_status bare_start(struct bare *bare, size_t size, int64_t products,
                                  struct ppt_error *error)
{
    const double bound = sqrt(3.0 / (double)size);
    const size_t bytes = (size + 1) * size * sizeof(double);
    struct ppt_rng_bulk rng;

    *bare = (struct bare){.gemm = cblas_dgemm, .size = size, .rows = size, .products = products};
    bare->first = ppt_scratch_alloc(bytes, "tensor", error);
    bare->product = ppt_scratch_alloc(bytes, "tensor", error);
    bare->spare = ppt_scratch_alloc(bytes, "tensor", error);
    bare->factor = ppt_scratch_alloc(bytes, "tensor", error);
    bare->weights = ppt_scratch_alloc(size * sizeof(double), "tensor", error);
    bare->work = ppt_scratch_alloc(4 * size * sizeof(double), "tensor", error);
    if (!bare->first || !bare->product || !bare->spare || !bare->factor || !bare->weights ||
        !bare->work) {
        return PPT_FAILED;
    }
    ppt_rng_bulk_seed(&rng, SOLO_SEED, SOLO_INDEX, PPT_STREAM_SIDE);
    ppt_rng_fill_doubles(&rng, bare->first, (size + 1) * size, -bound, bound);
    ppt_rng_fill_doubles(&rng, bare->factor, size * size, -bound, bound);
    return PPT_OK;
}

static void bare_stop(struct bare *bare)
{
    free(bare->first);
    free(bare->product);
    free(bare->spare);
    free(bare->factor);
    free(bare->weights);
    free(bare->work);
}

static enum ppt_status tensor_hold_all(const struct venue *venue, struct solo *solo,
                                       struct bare *bare, struct ppt_error *error)
{
    const double products = (double)bare->products;
    char name[96], reference[96];
    struct bare taller = *bare;
    struct contest contest = {
        .measured = {name, solo_run, .state = solo, .units = products},
        .reference = {reference, run_products, tensor_prepare, .state = bare, .units = products},
        .unit = "µs per product",
        .unit_ns = 1e3,
        .ratio = CONTEST_SPEED,
        .bar = CONTEST_RATIO,
        /* Of small products the numbers take a share: docs/performance.md. */
        .limit = bare->size < 256 ? 0.9 : 0.95,
    };
    enum ppt_status status;

    snprintf(name, sizeof(name), "size %zu, %.0f products", bare->size, products);
    snprintf(reference, sizeof(reference), "bare dgemm of OpenBLAS (%s)", ppt_blas_core());
    status = contest_hold(venue, &contest, error);
    contest.bar = CONTEST_NO_BAR;
    contest.ratio = CONTEST_TIME;
    if (status == PPT_OK) {
        snprintf(name, sizeof(name), "size %zu, making the random matrices", bare->size);
        contest.measured.run = run_fill;
        contest.measured.state = bare;
        status = contest_hold(venue, &contest, error);
    }
    if (status == PPT_OK) {
        snprintf(name, sizeof(name), "size %zu, bare dgemm with one row more", bare->size);
        taller.rows++;
        contest.measured = (struct contestant){name, run_products, tensor_prepare, .state = &taller,
                                               .units = products};
        status = contest_hold(venue, &contest, error);
    }
    return status;
}

typedef enum ppt_status hold_function(const struct venue *venue, struct solo *solo,
                                      struct bare *bare, struct ppt_error *error);

static enum ppt_status tensor_measure(const struct venue *venue, size_t size, int64_t products,
                                      hold_function *hold, struct ppt_error *error)
{
    const union ppt_value args[] = {{.integer = (int64_t)size}, {.integer = products + 1}};
    struct solo solo;
    struct bare bare;
    enum ppt_status status = bare_start(&bare, size, products, error);

    solo = (struct solo){0};
    if (status == PPT_OK) {
        status = tensor_check(&bare, error);
    }
    if (status == PPT_OK) {
        status = solo_start(&solo, &ppt_kernel_tensor, args, venue->scratch, error);
    }
    if (status == PPT_OK) {
        status = hold(venue, &solo, &bare, error);
    }
    solo_stop(&solo);
    bare_stop(&bare);
    return status;
}

enum ppt_status speed_tensor(const struct venue *venue, struct ppt_error *error)
{
    static const struct {
        size_t size;
        int64_t products;
    } cases[] = {{64, 400}, {128, 100}, {256, 49}, {512, 7}};
    enum ppt_status status = PPT_OK;

    for (size_t i = 0; status == PPT_OK && i < sizeof(cases) / sizeof(cases[0]); i++) {
        status = tensor_measure(venue, cases[i].size, cases[i].products, tensor_hold_all, error);
    }
    return status;
}

/* ---- against the ceiling ---- */

static enum ppt_status tensor_hold_ceiling(const struct venue *venue, struct solo *solo,
                                           struct bare *bare, struct ppt_error *error)
{
    const struct known_blis *blis = known_blis();
    const double products = (double)bare->products;
    const double operations = 2 * (double)bare->size * (double)bare->size * (double)bare->size;
    char name[96], known[96];
    struct bound bound = {
        .measured = {name, solo_run, .state = solo, .units = products},
        .ceiling = bound_flops(operations),
        .known = {KNOWN_NO_BLIS},
        .unit = "µs per product",
        .unit_ns = 1e3,
        .rate = "GFLOP/s",
        .work = operations,
        .least_share = 0.65,
    };

    snprintf(name, sizeof(name), "tensor: size %zu, %.0f products", bare->size, products);
    if (blis) {
        bare->gemm = blis->cblas_dgemm;
        PPT_TRY(tensor_check(bare, error));
        snprintf(known, sizeof(known), "bare dgemm of BLIS (%s)",
                 blis->bli_arch_string(blis->bli_arch_query_id()));
        bound.known = (struct contestant){known, run_products, tensor_prepare, .state = bare,
                                          .units = products};
    }
    return bound_hold(venue, &bound, error);
}

enum ppt_status bound_tensor(const struct venue *venue, struct ppt_error *error)
{
    PPT_TRY(tensor_measure(venue, 256, 49, tensor_hold_ceiling, error));
    return tensor_measure(venue, 512, 7, tensor_hold_ceiling, error);
}
