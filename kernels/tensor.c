/*
 * tensor - the product of many random matrices, by GSL on OpenBLAS.
 *
 * R = A1 A2 ... Acount. Every entry is uniform in [-sqrt(3/size), sqrt(3/size)) and so has variance
 * 1/size, which keeps the expected size of the product's entries the same however many factors
 * there are. (Only their logarithm drifts, by about -1/(2 size) a factor: for the product to reach
 * zero takes more than a thousand factors times size.)
 *
 * A row of weighted column sums is multiplied along below the product and proves the result in the
 * end, see checksum.h. The digest is that of the task's input: it is only given out when the
 * product was proved to be the input's.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_matrix.h>

#include "checksum.h"
#include "digest.h"
#include "kernel.h"
#include "rng.h"
#include "scratch.h"

enum { SIZE, COUNT };

static const struct ppt_param params[] = {
    [SIZE] = {.name = "size",
              .kind = PPT_PARAM_INTEGER,
              .value = "256",
              .smallest = 1,
              .largest = 65535,
              .unit = "",
              .help = "rows and columns of each matrix"},
    [COUNT] = {.name = "count",
               .kind = PPT_PARAM_INTEGER,
               .value = "50",
               .smallest = 1,
               .largest = 1e9,
               .unit = "",
               .help = "random matrices multiplied by one task"},
};

/* Three matrices, two of them with a row of sums, the weights, and room for the last check. */
static size_t scratch_count(size_t size)
{
    return 3 * size * size + 5 * size;
}

struct local {
    double *memory;
    double *weights; /* the first `size` of these are a task's */
    double *product; /* (size + 1) * size, as are all products */
    double *spare;
    double *factor;
    double *work; /* 2 * size */
};

static enum ppt_status open(const struct ppt_setup *setup, void **shared, struct ppt_error *error)
{
    (void)setup;
    (void)error;
    *shared = NULL;
    /* GSL's own handler ends the process. The setting belongs to the process, not to a thread, so
     * it is made before there are any workers, and never taken back. */
    gsl_set_error_handler_off();
    return PPT_OK;
}

static void detach(void *pointer)
{
    struct local *local = pointer;

    if (local) {
        free(local->memory);
        free(local);
    }
}

static enum ppt_status attach(const struct ppt_setup *setup, void *shared, unsigned worker,
                              void **out, struct ppt_error *error)
{
    struct local *local = ppt_scratch_alloc(sizeof(*local), "tensor", error);
    const size_t largest = ppt_scratch_largest(setup, SIZE);

    (void)shared;
    (void)worker;
    if (!local) {
        return PPT_FAILED;
    }
    local->memory = ppt_scratch_alloc(scratch_count(largest) * sizeof(double), "tensor", error);
    if (!local->memory) {
        detach(local);
        return PPT_FAILED;
    }
    local->factor = local->memory;
    local->product = local->factor + largest * largest;
    local->spare = local->product + (largest + 1) * largest;
    local->weights = local->spare + (largest + 1) * largest;
    local->work = local->weights + largest;
    ppt_checksum_weights(local->weights, largest);
    *out = local;
    return PPT_OK;
}

/* spare = product * factor, and then the two change places. */
static int multiply(struct local *local, size_t size)
{
    const gsl_matrix_const_view a = gsl_matrix_const_view_array(local->product, size + 1, size);
    const gsl_matrix_const_view b = gsl_matrix_const_view_array(local->factor, size, size);
    gsl_matrix_view c = gsl_matrix_view_array(local->spare, size + 1, size);
    const int status =
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1.0, &a.matrix, &b.matrix, 0.0, &c.matrix);
    double *const swap = local->product;

    local->product = local->spare;
    local->spare = swap;
    return status;
}

static enum ppt_status run(void *pointer, const struct ppt_task *task, uint64_t *digest,
                           struct ppt_error *error)
{
    struct local *local = pointer;
    const size_t size = (size_t)task->args[SIZE].integer;
    const int64_t count = task->args[COUNT].integer;
    const double bound = sqrt(3.0 / (double)size);
    struct ppt_rng_bulk rng;

    ppt_rng_bulk_seed_task(&rng, task);
    ppt_rng_fill_doubles(&rng, local->product, size * size, -bound, bound);
    ppt_checksum(local->weights, local->product, size, size, local->product + size * size);
    for (int64_t i = 1; i < count; i++) {
        ppt_rng_fill_doubles(&rng, local->factor, size * size, -bound, bound);
        const int status = multiply(local, size);
        if (status) {
            return ppt_fail(error, PPT_FAILED, "tensor: gsl_blas_dgemm: %s", gsl_strerror(status));
        }
    }
    const double wrong = ppt_checksum_error(local->weights, local->product, size, size,
                                            local->product + size * size, local->work);
    if (!(wrong <= PPT_CHECKSUM_TOLERANCE)) {
        return ppt_fail(error, PPT_FAILED,
                        "tensor: the product of task %" PRIu64 " is wrong (by %g, relatively)",
                        task->index, wrong);
    }
    /* Where the generator ended says which numbers it gave. */
    *digest = ppt_digest(size, &rng, sizeof(rng));
    return PPT_OK;
}

static enum ppt_status dump(void *pointer, const struct ppt_task *task, FILE *file,
                            struct ppt_error *error)
{
    const struct local *local = pointer;
    const size_t size = (size_t)task->args[SIZE].integer;

    (void)error;
    for (size_t i = 0; i < size * size; i++) {
        fprintf(file, "%.17g%c", local->product[i], (i + 1) % size ? ' ' : '\n');
    }
    return PPT_OK;
}

static void needs(const union ppt_value *args, struct ppt_needs *needs)
{
    needs->worker_bytes = scratch_count((size_t)args[SIZE].integer) * sizeof(double);
}

/* From 128 with 12 factors to 1024 with 2: the work grows less than the size cubed. */
static void draw(struct ppt_rng *rng, union ppt_value *args)
{
    const int64_t size = ppt_rng_between_log(rng, 128, 1024);
    const double octaves = log2((double)size / 128.0);

    args[SIZE].integer = size;
    args[COUNT].integer = llround(12.0 - 10.0 / 3.0 * octaves);
}

const struct ppt_kernel ppt_kernel_tensor = {
    .version = PPT_KERNEL_VERSION,
    .struct_size = sizeof(struct ppt_kernel),
    .name = "tensor",
    .category = "computation",
    .summary = "product of random matrices by GSL and OpenBLAS",
    .params = params,
    .param_count = sizeof(params) / sizeof(params[0]),
    .open = open,
    .attach = attach,
    .run = run,
    .detach = detach,
    .draw = draw,
    .needs = needs,
    .dump = dump,
};
