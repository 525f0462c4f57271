/*
 * matrix: the rate of LAPACK's own two steps bounds it. The reference factorises and inverts a
 * matrix that is made in the same way before the clock starts, so that it is in the same caches.
 * The kernel also proves the inverse by weighted sums.
 */
#include "blas.h"
#include "bounds.h"
#include "checksum.h"
#include "lapack.h"
#include "scratch.h"
#include "solo.h"
#include "subjects.h"

#define BLOCK 64

extern const struct ppt_kernel ppt_kernel_matrix;

struct bare {
    int32_t size;
    double *matrix;         /* size * size */
    double *work;           /* BLOCK * size */
    double *weights, *sums; /* size */
    int32_t *pivots;
};

static size_t elements(const struct bare *bare)
{
    return (size_t)bare->size * (size_t)bare->size;
}

static void prepare(void *state)
{
    struct bare *bare = state;
    struct ppt_rng_bulk rng;

    ppt_rng_bulk_seed(&rng, SOLO_SEED, SOLO_INDEX, PPT_STREAM_DATA);
    ppt_rng_fill_doubles(&rng, bare->matrix, elements(bare), 0.0, 1.0);
}

static enum ppt_status run_bare(void *state, struct ppt_error *error)
{
    struct bare *bare = state;
    const int32_t work_count = BLOCK * bare->size;
    int32_t info;

    dgetrf_(&bare->size, &bare->size, bare->matrix, &bare->size, bare->pivots, &info);
    if (info == 0) {
        dgetri_(&bare->size, bare->matrix, &bare->size, bare->pivots, bare->work, &work_count,
                &info);
    }
    return info == 0 ? PPT_OK : ppt_fail(error, PPT_FAILED, "matrix: LAPACK says %d", info);
}

/* What else the kernel does: it fills the matrix and takes sums before and after. */
static enum ppt_status run_rest(void *state, struct ppt_error *error)
{
    struct bare *bare = state;
    const size_t size = (size_t)bare->size;

    (void)error;
    prepare(bare);
    ppt_checksum(bare->weights, bare->matrix, size, size, bare->sums);
    const double wrong =
        ppt_checksum_error(bare->sums, bare->matrix, size, size, bare->weights, bare->work);
    SPEED_KEEP(&wrong);
    return PPT_OK;
}

static enum ppt_status check(struct bare *bare, struct ppt_error *error)
{
    const size_t size = (size_t)bare->size;
    enum ppt_status status;

    prepare(bare);
    ppt_checksum_weights(bare->weights, size);
    ppt_checksum(bare->weights, bare->matrix, size, size, bare->sums);
    status = run_bare(bare, error);
    if (status != PPT_OK) {
        return status;
    }
    const double wrong =
        ppt_checksum_error(bare->sums, bare->matrix, size, size, bare->weights, bare->work);

    return wrong <= PPT_CHECKSUM_TOLERANCE
               ? PPT_OK
               : ppt_fail(error, PPT_FAILED, "matrix: the reference is wrong by %g", wrong);
}

static enum ppt_status bare_start(struct bare *bare, int32_t order, struct ppt_error *error)
{
    const size_t size = (size_t)order;

    *bare = (struct bare){.size = order};
    bare->matrix = ppt_scratch_alloc(size * size * sizeof(double), "matrix", error);
    bare->work = ppt_scratch_alloc(BLOCK * size * sizeof(double), "matrix", error);
    bare->weights = ppt_scratch_alloc(size * sizeof(double), "matrix", error);
    bare->sums = ppt_scratch_alloc(size * sizeof(double), "matrix", error);
    bare->pivots = ppt_scratch_alloc(size * sizeof(int32_t), "matrix", error);
    if (!bare->matrix || !bare->work || !bare->weights || !bare->sums || !bare->pivots) {
        return PPT_FAILED;
    }
    return PPT_OK;
}

static void bare_stop(struct bare *bare)
{
    free(bare->matrix);
    free(bare->work);
    free(bare->weights);
    free(bare->sums);
    free(bare->pivots);
}

static enum ppt_status matrix_hold_all(const struct venue *venue, struct solo *solo,
                                       struct bare *bare, struct ppt_error *error)
{
    char name[96];
    struct contest contest = {
        .measured = {name, solo_run, .state = solo, .units = 1},
        .reference = {"bare dgetrf and dgetri", run_bare, prepare, .state = bare, .units = 1},
        .unit = "ms",
        .unit_ns = 1e6,
        .ratio = CONTEST_SPEED,
        .bar = CONTEST_RATIO,
        .limit = 0.9,
    };

    snprintf(name, sizeof(name), "size %d", bare->size);
    PPT_TRY(contest_hold(venue, &contest, error));
    snprintf(name, sizeof(name), "size %d, making the matrix and the proof", bare->size);
    contest.measured = (struct contestant){name, run_rest, .state = bare, .units = 1};
    contest.ratio = CONTEST_TIME;
    contest.bar = CONTEST_NO_BAR;
    return contest_hold(venue, &contest, error);
}

static enum ppt_status matrix_hold_ceiling(const struct venue *venue, struct solo *solo,
                                           struct bare *bare, struct ppt_error *error)
{
    const double operations = 2 * (double)bare->size * (double)bare->size * (double)bare->size;
    char name[96], known[96];
    const struct bound bound = {
        .measured = {name, solo_run, .state = solo, .units = 1},
        .ceiling = bound_flops(operations),
        .known = {known, run_bare, prepare, .state = bare, .units = 1},
        .unit = "ms",
        .unit_ns = 1e6,
        .rate = "GFLOP/s",
        .work = operations,
        .least_share = 0.4,
    };

    snprintf(name, sizeof(name), "matrix: size %d", bare->size);
    snprintf(known, sizeof(known), "bare dgetrf and dgetri of OpenBLAS (%s)", ppt_blas_core());
    return bound_hold(venue, &bound, error);
}

typedef enum ppt_status hold_function(const struct venue *venue, struct solo *solo,
                                      struct bare *bare, struct ppt_error *error);

static enum ppt_status measure(const struct venue *venue, int32_t size, hold_function *hold,
                               struct ppt_error *error)
{
    const union ppt_value args[] = {{.integer = size}};
    struct solo solo = {0};
    struct bare bare;
    enum ppt_status status = bare_start(&bare, size, error);

    if (status == PPT_OK) {
        status = check(&bare, error);
    }
    if (status == PPT_OK) {
        status = solo_start(&solo, &ppt_kernel_matrix, args, venue->scratch, error);
    }
    if (status == PPT_OK) {
        status = hold(venue, &solo, &bare, error);
    }
    solo_stop(&solo);
    bare_stop(&bare);
    return status;
}

enum ppt_status speed_matrix(const struct venue *venue, struct ppt_error *error)
{
    PPT_TRY(measure(venue, 200, matrix_hold_all, error));
    return measure(venue, 1000, matrix_hold_all, error);
}

enum ppt_status bound_matrix(const struct venue *venue, struct ppt_error *error)
{
    return measure(venue, 1000, matrix_hold_ceiling, error);
}
