/*
 * matrix - the inverse of a random matrix, by LAPACK of OpenBLAS.
 *
 * Entries are uniform in [0, 1). That such a matrix is exactly singular practically never happens;
 * then the task fails. The result is proved by a row of weighted column sums, see checksum.h: with
 * s = w A, taken before A is overwritten, s times the inverse must be w again. The digest is that
 * of the task's input: it is only given out when the inverse was proved to be the input's.
 *
 * LAPACK takes what is here row by row for the transpose; the transpose of its inverse is the
 * inverse.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "checksum.h"
#include "digest.h"
#include "kernel.h"
#include "lapack.h"
#include "rng.h"
#include "scratch.h"

/* The number of columns that dgetri_ works on at a time (LAPACK's ilaenv); with less work space it
 * takes fewer. */
#define BLOCK 64

enum { SIZE };

static const struct ppt_param params[] = {
    [SIZE] = {.name = "size",
              .kind = PPT_PARAM_INTEGER,
              .value = "1000",
              .smallest = 1,
              .largest = 65535,
              .unit = "",
              .help = "rows and columns of the matrix that one task inverts"},
};

/* The matrix, dgetri_'s work space, weights and sums. */
static size_t scratch_count(size_t size)
{
    return size * size + BLOCK * size + 2 * size;
}

struct local {
    double *memory;
    double *matrix;
    double *work;    /* BLOCK * size */
    double *weights; /* the first `size` of these are a task's */
    double *sums;
    int32_t *pivots;
};

static void detach(void *pointer)
{
    struct local *local = pointer;

    if (local) {
        free(local->pivots);
        free(local->memory);
        free(local);
    }
}

static enum ppt_status attach(const struct ppt_setup *setup, void *shared, unsigned worker,
                              void **out, struct ppt_error *error)
{
    struct local *local = ppt_scratch_alloc(sizeof(*local), "matrix", error);
    const size_t largest = ppt_scratch_largest(setup, SIZE);

    (void)shared;
    (void)worker;
    if (!local) {
        return PPT_FAILED;
    }
    local->memory = ppt_scratch_alloc(scratch_count(largest) * sizeof(double), "matrix", error);
    if (!local->memory) {
        goto out;
    }
    local->pivots = ppt_scratch_alloc(largest * sizeof(*local->pivots), "matrix", error);
    if (!local->pivots) {
        goto out;
    }
    local->matrix = local->memory;
    local->work = local->matrix + largest * largest;
    local->weights = local->work + BLOCK * largest;
    local->sums = local->weights + largest;
    ppt_checksum_weights(local->weights, largest);
    *out = local;
    return PPT_OK;
out:
    detach(local);
    return PPT_FAILED;
}

static enum ppt_status invert(struct local *local, int32_t size, uint64_t index,
                              struct ppt_error *error)
{
    const int32_t work_count = BLOCK * size;
    int32_t info = 0;

    dgetrf_(&size, &size, local->matrix, &size, local->pivots, &info);
    if (info > 0) {
        return ppt_fail(error, PPT_FAILED, "matrix: the matrix of task %" PRIu64 " is singular",
                        index);
    }
    if (info == 0) {
        dgetri_(&size, local->matrix, &size, local->pivots, local->work, &work_count, &info);
    }
    if (info != 0) {
        return ppt_fail(error, PPT_FAILED, "matrix: LAPACK refuses its argument %" PRId32, -info);
    }
    return PPT_OK;
}

static enum ppt_status run(void *pointer, const struct ppt_task *task, uint64_t *digest,
                           struct ppt_error *error)
{
    struct local *local = pointer;
    const size_t size = (size_t)task->args[SIZE].integer;
    struct ppt_rng_bulk rng;

    ppt_rng_bulk_seed_task(&rng, task);
    ppt_rng_fill_doubles(&rng, local->matrix, size * size, 0.0, 1.0);
    ppt_checksum(local->weights, local->matrix, size, size, local->sums);
    const enum ppt_status status = invert(local, (int32_t)size, task->index, error);
    if (status != PPT_OK) {
        return status;
    }
    const double wrong =
        ppt_checksum_error(local->sums, local->matrix, size, size, local->weights, local->work);
    if (!(wrong <= PPT_CHECKSUM_TOLERANCE)) {
        return ppt_fail(error, PPT_FAILED,
                        "matrix: the inverse of task %" PRIu64 " is wrong (by %g, relatively)",
                        task->index, wrong);
    }
    /* Where the generator ended says which numbers it gave. */
    *digest = ppt_digest(size, &rng, sizeof(rng));
    return PPT_OK;
}

static void print_rows(FILE *file, const double *rows, size_t count, size_t size)
{
    for (size_t i = 0; i < count * size; i++) {
        fprintf(file, "%.17g%c", rows[i], (i + 1) % size ? ' ' : '\n');
    }
}

/* The matrix was overwritten by its inverse, so it is made again, BLOCK rows at a time: a multiple
 * of the generator's lanes, which makes the pieces the same as the whole. */
static enum ppt_status dump(void *pointer, const struct ppt_task *task, FILE *file,
                            struct ppt_error *error)
{
    const struct local *local = pointer;
    const size_t size = (size_t)task->args[SIZE].integer;
    struct ppt_rng_bulk rng;

    (void)error;
    ppt_rng_bulk_seed_task(&rng, task);
    for (size_t row = 0; row < size; row += BLOCK) {
        const size_t count = size - row < BLOCK ? size - row : BLOCK;

        ppt_rng_fill_doubles(&rng, local->work, count * size, 0.0, 1.0);
        print_rows(file, local->work, count, size);
    }
    fputc('\n', file);
    print_rows(file, local->matrix, size, size);
    return PPT_OK;
}

static void needs(const union ppt_value *args, struct ppt_needs *needs)
{
    const size_t size = (size_t)args[SIZE].integer;

    needs->worker_bytes = scratch_count(size) * sizeof(double) + size * sizeof(int32_t);
}

static void draw(struct ppt_rng *rng, union ppt_value *args)
{
    args[SIZE].integer = ppt_rng_between(rng, 100, 2000);
}

const struct ppt_kernel ppt_kernel_matrix = {
    .version = PPT_KERNEL_VERSION,
    .struct_size = sizeof(struct ppt_kernel),
    .name = "matrix",
    .category = "memory",
    .summary = "inverse of a random matrix by LAPACK",
    .params = params,
    .param_count = sizeof(params) / sizeof(params[0]),
    .attach = attach,
    .run = run,
    .detach = detach,
    .draw = draw,
    .needs = needs,
    .dump = dump,
};
