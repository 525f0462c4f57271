/*
 * matrix - the inverse of a random matrix, by LAPACK of OpenBLAS.
 *
 * Entries are uniform in [0, 1). That such a matrix is exactly singular practically never happens;
 * then the task fails. The result is proved by a row of weighted column sums, see checksum.h: with
 * s = w A, taken before A is overwritten, s times the inverse must be w again. The digest is that
 * of the task's input: it is only given out when the inverse was proved to be the input's.
 *
 * LAPACK takes what is here row by row for the transpose; the transpose of its inverse is the
 * inverse. Several threads do without dgetri, which knows no way to share (inverse.h).
 */
#include <inttypes.h>
#include <stdlib.h>

#include "blas.h"
#include "checksum.h"
#include "digest.h"
#include "inner.h"
#include "inverse.h"
#include "kernel.h"
#include "lapack.h"
#include "rng_bulk.h"
#include "scratch.h"

/* The number of columns that dgetri_ works on at a time (LAPACK's ilaenv); with less work space it
 * takes fewer. Several threads have as many each. */
#define BLOCK PPT_INVERSE_BLOCK

extern const struct ppt_kernel ppt_kernel_matrix;

enum { SIZE };

static const struct ppt_param matrix_params[] = {
    [SIZE] = {.name = "size",
              .kind = PPT_PARAM_INTEGER,
              .value = "1000",
              .largest = 65535,
              .unit = "",
              .help = "rows and columns of the matrix that one task inverts"},
};

struct matrix_local {
    double *matrix;  /* the inverse, after a task */
    double *inverse; /* NULL for one thread, which inverts in place */
    double *work;    /* BLOCK * size for each thread */
    double *weights; /* the first `size` of these are a task's */
    double *sums;
    int32_t *pivots; /* two numbers for each row */
    unsigned threads;
};

static struct matrix_local *matrix_lay_out(struct ppt_scratch *scratch, size_t size,
                                           unsigned threads)
{
    struct matrix_local local = {.threads = threads};

    local.matrix = ppt_scratch_take(scratch, size * size, sizeof(double));
    if (threads > 1) {
        local.inverse = ppt_scratch_take(scratch, size * size, sizeof(double));
    }
    local.work = ppt_scratch_take(scratch, (size_t)threads * BLOCK * size, sizeof(double));
    local.weights = ppt_scratch_take(scratch, size, sizeof(double));
    local.sums = ppt_scratch_take(scratch, size, sizeof(double));
    local.pivots = ppt_scratch_take(scratch, 2 * size, sizeof(*local.pivots));
    return ppt_scratch_keep(scratch, &local, sizeof(local));
}

/* Larger ones are made of the same blocks. */
#define PROOF_SIZE 2000

static void matrix_shorten(union ppt_value *args)
{
    args[SIZE].integer = args[SIZE].integer < PROOF_SIZE ? args[SIZE].integer : PROOF_SIZE;
}

static enum ppt_status matrix_open(const struct ppt_setup *setup, void **shared,
                                   struct ppt_error *error)
{
    *shared = NULL;
    return ppt_blas_open(&ppt_kernel_matrix, setup, matrix_shorten, error);
}

static enum ppt_status matrix_attach(const struct ppt_setup *setup, void *shared, unsigned worker,
                                     struct ppt_scratch *scratch, void **out,
                                     struct ppt_error *error)
{
    const size_t largest = ppt_scratch_largest(setup, SIZE);
    struct matrix_local *local = matrix_lay_out(scratch, largest, setup->inner_threads);

    (void)shared;
    (void)worker;
    (void)error;
    ppt_checksum_weights(local->weights, largest);
    *out = local;
    return PPT_OK;
}

/* One task, and what its threads find out together. */
struct matrix_job {
    struct matrix_local *local;
    const struct ppt_task *task;
    size_t size;
    uint64_t mark; /* of the numbers that went in, see ppt_rng_fill_blocks() */
    struct ppt_inverse inverse;
};

static int32_t invert_alone(const struct matrix_local *local, int32_t size)
{
    const int32_t work_count = BLOCK * size;
    int32_t info = 0;

    dgetrf_(&size, &size, local->matrix, &size, local->pivots, &info);
    if (info == 0) {
        dgetri_(&size, local->matrix, &size, local->pivots, local->work, &work_count, &info);
    }
    return info;
}

static void matrix_work(void *context, unsigned thread, unsigned threads)
{
    struct matrix_job *job = context;
    const struct matrix_local *local = job->local;
    const size_t size = job->size;
    const struct ppt_rng_share share = ppt_rng_share(size * size, thread, threads);
    const uint64_t mark = ppt_rng_fill_blocks(job->task, share.begin, local->matrix + share.from,
                                              share.count, 0.0, 1.0);

    __atomic_fetch_add(&job->mark, mark, __ATOMIC_RELAXED);
    ppt_inner_wait(threads);
    if (thread == 0) {
        ppt_checksum(local->weights, local->matrix, size, size, local->sums);
    }
    ppt_inner_wait(threads);
    if (threads > 1) {
        ppt_inverse_run(&job->inverse, thread, threads);
    } else {
        job->inverse.info = invert_alone(local, (int32_t)size);
    }
}

static enum ppt_status matrix_run(void *pointer, const struct ppt_task *task, uint64_t *digest,
                                  struct ppt_error *error)
{
    struct matrix_local *local = pointer;
    const size_t size = (size_t)task->args[SIZE].integer;
    struct matrix_job job = {.local = local, .task = task, .size = size};

    if (size == 0) {
        *digest = 0; /* LAPACK refuses a leading dimension of 0, though there is nothing to do */
        return PPT_OK;
    }
    job.inverse = (struct ppt_inverse){
        .size = size,
        .matrix = local->matrix,
        .inverse = local->inverse,
        .work = local->work,
        .pivots = local->pivots,
        .columns = local->pivots + size,
    };
    PPT_TRY(ppt_inner_run(local->threads, matrix_work, &job, "matrix", error));
    if (job.inverse.info > 0) {
        return ppt_fail(error, PPT_FAILED, "matrix: the matrix of task %" PRIu64 " is singular",
                        task->index);
    }
    if (job.inverse.info < 0) {
        return ppt_fail(error, PPT_FAILED, "matrix: LAPACK refuses its argument %" PRId32,
                        -job.inverse.info);
    }
    if (local->threads > 1) {
        local->inverse = local->matrix;
        local->matrix = job.inverse.inverse;
    }
    const double wrong =
        ppt_checksum_error(local->sums, local->matrix, size, size, local->weights, local->work);
    if (!(wrong <= PPT_CHECKSUM_TOLERANCE)) {
        return ppt_fail(error, PPT_FAILED,
                        "matrix: the inverse of task %" PRIu64 " is wrong (by %g, relatively)",
                        task->index, wrong);
    }
    *digest = ppt_digest_word(size, job.mark);
    return PPT_OK;
}

/* `count` numbers, of which the first has that place in the matrix. */
static void print_numbers(FILE *file, const double *numbers, size_t place, size_t count,
                          size_t size)
{
    for (size_t i = 0; i < count; i++) {
        fprintf(file, "%.17g%c", numbers[i], (place + i + 1) % size ? ' ' : '\n');
    }
}

/* The matrix was overwritten by its inverse, so it is made again, a block at a time. */
static enum ppt_status matrix_dump(void *pointer, const struct ppt_task *task, FILE *file,
                                   struct ppt_error *error)
{
    const struct matrix_local *local = pointer;
    const size_t size = (size_t)task->args[SIZE].integer, count = size * size;
    double *block = malloc(PPT_RNG_BLOCK * sizeof(*block));

    if (!block) {
        return ppt_fail(error, PPT_FAILED, "matrix: not enough memory to write the matrix");
    }
    for (size_t at = 0; at < count; at += PPT_RNG_BLOCK) {
        const size_t now = count - at < PPT_RNG_BLOCK ? count - at : PPT_RNG_BLOCK;

        ppt_rng_fill_blocks(task, at / PPT_RNG_BLOCK, block, now, 0.0, 1.0);
        print_numbers(file, block, at, now, size);
    }
    free(block);
    fputc('\n', file);
    print_numbers(file, local->matrix, 0, count, size);
    return PPT_OK;
}

static void matrix_needs(const union ppt_value *args, unsigned inner_threads,
                         struct ppt_needs *needs)
{
    struct ppt_scratch ruler = PPT_SCRATCH_RULER;

    matrix_lay_out(&ruler, (size_t)args[SIZE].integer, inner_threads);
    needs->worker_bytes = ruler.used;
    needs->most_threads = ppt_blas_most_threads();
}

static void matrix_draw(struct ppt_rng *rng, union ppt_value *args)
{
    args[SIZE].integer = ppt_rng_between(rng, 100, 2000);
}

/* The matrix is written when it is made, and read and written when it is inverted. */
static void matrix_work_of(const union ppt_value *args, struct ppt_work *work)
{
    const double size = (double)args[SIZE].integer;

    work->flops = 2 * size * size * size;
    work->set_bytes = size * size * sizeof(double);
    work->moved_bytes = 3 * work->set_bytes;
}

const struct ppt_kernel ppt_kernel_matrix = {
    PPT_KERNEL_HEAD,
    .name = "matrix",
    .category = "memory",
    .summary = "inverse of a random matrix by LAPACK",
    PPT_KERNEL_PARAMS(matrix_params),
    .inner_threads = true,
    .open = matrix_open,
    .attach = matrix_attach,
    .run = matrix_run,
    .draw = matrix_draw,
    .needs = matrix_needs,
    .dump = matrix_dump,
    .work = matrix_work_of,
};
