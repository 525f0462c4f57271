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
 *
 * Several threads share out the rows of the product, each its own from the first factor to the
 * last, and the making of each factor, which goes to one of two places by turns: so they wait for
 * each other once per factor.
 */
#include <inttypes.h>
#include <math.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_matrix.h>

#include "blas.h"
#include "checksum.h"
#include "digest.h"
#include "inner.h"
#include "kernel.h"
#include "rng_bulk.h"
#include "scratch.h"

extern const struct ppt_kernel ppt_kernel_tensor;

enum { SIZE, COUNT };

static const struct ppt_param tensor_params[] = {
    [SIZE] = {.name = "size",
              .kind = PPT_PARAM_INTEGER,
              .value = "256",
              .largest = 65535,
              .unit = "",
              .help = "rows and columns of each matrix"},
    [COUNT] = {.name = "count",
               .kind = PPT_PARAM_INTEGER,
               .value = "50",
               .largest = 1e9,
               .unit = "",
               .help = "random matrices multiplied by one task; one is made even of none",
               .joint = "x"},
};

struct tensor_local {
    double *weights;    /* the first `size` of these are a task's */
    double *product[2]; /* (size + 1) * size, the last row being one of sums; the result of an odd
                           number of factors is in [0] */
    double *factor[2];  /* the same place for one thread */
    double *work;       /* 2 * size, for the last check */
    double *result;     /* of the last task; one of the products */
    unsigned threads;
};

static struct tensor_local *tensor_lay_out(struct ppt_scratch *scratch, size_t size,
                                           unsigned threads)
{
    struct tensor_local local = {.threads = threads};

    local.product[0] = ppt_scratch_take(scratch, (size + 1) * size, sizeof(double));
    local.product[1] = ppt_scratch_take(scratch, (size + 1) * size, sizeof(double));
    local.weights = ppt_scratch_take(scratch, size, sizeof(double));
    local.work = ppt_scratch_take(scratch, 2 * size, sizeof(double));
    local.factor[0] = local.factor[1] = ppt_scratch_take(scratch, size * size, sizeof(double));
    if (threads > 1) {
        local.factor[1] = ppt_scratch_take(scratch, size * size, sizeof(double));
    }
    return ppt_scratch_keep(scratch, &local, sizeof(local));
}

/* Larger ones are made of the same blocks. */
#define PROOF_SIZE 2000

static void tensor_shorten(union ppt_value *args)
{
    args[SIZE].integer = args[SIZE].integer < PROOF_SIZE ? args[SIZE].integer : PROOF_SIZE;
    args[COUNT].integer = 2;
}

static enum ppt_status tensor_open(const struct ppt_setup *setup, void **shared,
                                   struct ppt_error *error)
{
    *shared = NULL;
    /* GSL's own handler ends the process. The setting belongs to the process, not to a thread, so
     * it is made before there are any workers, and never taken back. */
    gsl_set_error_handler_off();
    return ppt_blas_open(&ppt_kernel_tensor, setup, tensor_shorten, error);
}

static enum ppt_status tensor_attach(const struct ppt_setup *setup, void *shared, unsigned worker,
                                     struct ppt_scratch *scratch, void **out,
                                     struct ppt_error *error)
{
    const size_t largest = ppt_scratch_largest(setup, SIZE);
    struct tensor_local *local = tensor_lay_out(scratch, largest, setup->inner_threads);

    (void)shared;
    (void)worker;
    (void)error;
    ppt_checksum_weights(local->weights, largest);
    *out = local;
    return PPT_OK;
}

/* One task, and what its threads find out together. */
struct tensor_job {
    struct tensor_local *local;
    const struct ppt_task *task;
    size_t size;
    int64_t count;
    double bound;
    uint64_t mark; /* of the numbers that went in, see ppt_rng_fill_blocks() */
    int status;    /* of GSL */
};

/* The calling thread's share of the numbers of one factor. */
static uint64_t make(const struct tensor_job *job, uint64_t factor, double *out, unsigned thread,
                     unsigned threads)
{
    const size_t count = job->size * job->size;
    const struct ppt_rng_share share = ppt_rng_share(count, thread, threads);

    return ppt_rng_fill_blocks(job->task, factor * ppt_rng_block_count(count) + share.begin,
                               out + share.from, share.count, -job->bound, job->bound);
}

/* Rows `begin` to `end` of out = product * factor. */
static int multiply(const double *product, const double *factor, double *out, size_t size,
                    size_t begin, size_t end)
{
    if (begin == end) {
        return GSL_SUCCESS;
    }
    const gsl_matrix_const_view a =
        gsl_matrix_const_view_array(product + begin * size, end - begin, size);
    const gsl_matrix_const_view b = gsl_matrix_const_view_array(factor, size, size);
    gsl_matrix_view c = gsl_matrix_view_array(out + begin * size, end - begin, size);

    return gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1.0, &a.matrix, &b.matrix, 0.0, &c.matrix);
}

static void tensor_work(void *context, unsigned thread, unsigned threads)
{
    struct tensor_job *job = context;
    const struct tensor_local *local = job->local;
    const size_t size = job->size;
    const bool last = thread + 1 == threads;
    const size_t begin = ppt_inner_begin(size, thread, threads);
    /* The row of sums belongs to the last thread. */
    const size_t end = ppt_inner_begin(size, thread + 1, threads) + last;
    uint64_t mark = make(job, 0, local->product[0], thread, threads);
    int status = GSL_SUCCESS;

    ppt_inner_wait(threads);
    if (last) {
        ppt_checksum(local->weights, local->product[0], size, size,
                     local->product[0] + size * size);
    }
    for (int64_t i = 1; i < job->count; i++) {
        mark += make(job, (uint64_t)i, local->factor[i & 1], thread, threads);
        ppt_inner_wait(threads);
        const int now = multiply(local->product[~i & 1], local->factor[i & 1],
                                 local->product[i & 1], size, begin, end);
        status = now ? now : status;
    }
    __atomic_fetch_add(&job->mark, mark, __ATOMIC_RELAXED);
    if (status) {
        __atomic_store_n(&job->status, status, __ATOMIC_RELAXED);
    }
}

static enum ppt_status tensor_run(void *pointer, const struct ppt_task *task, uint64_t *digest,
                                  struct ppt_error *error)
{
    struct tensor_local *local = pointer;
    const size_t size = (size_t)task->args[SIZE].integer;
    struct tensor_job job = {
        .local = local,
        .task = task,
        .size = size,
        .count = task->args[COUNT].integer > 0 ? task->args[COUNT].integer : 1,
        .bound = sqrt(3.0 / (double)size),
    };

    if (size == 0) {
        local->result = local->product[0];
        *digest = 0; /* a product of nothing, which GSL refuses to look at */
        return PPT_OK;
    }
    PPT_TRY(ppt_inner_run(local->threads, tensor_work, &job, "tensor", error));
    if (job.status) {
        return ppt_fail(error, PPT_FAILED, "tensor: gsl_blas_dgemm: %s", gsl_strerror(job.status));
    }
    local->result = local->product[~job.count & 1];
    const double wrong = ppt_checksum_error(local->weights, local->result, size, size,
                                            local->result + size * size, local->work);
    if (!(wrong <= PPT_CHECKSUM_TOLERANCE)) {
        return ppt_fail(error, PPT_FAILED,
                        "tensor: the product of task %" PRIu64 " is wrong (by %g, relatively)",
                        task->index, wrong);
    }
    *digest = ppt_digest_word(size, job.mark);
    return PPT_OK;
}

static enum ppt_status tensor_dump(void *pointer, const struct ppt_task *task, FILE *file,
                                   struct ppt_error *error)
{
    const struct tensor_local *local = pointer;
    const size_t size = (size_t)task->args[SIZE].integer;

    (void)error;
    for (size_t i = 0; i < size * size; i++) {
        fprintf(file, "%.17g%c", local->result[i], (i + 1) % size ? ' ' : '\n');
    }
    return PPT_OK;
}

static void tensor_needs(const union ppt_value *args, unsigned inner_threads,
                         struct ppt_needs *needs)
{
    struct ppt_scratch ruler = PPT_SCRATCH_RULER;

    tensor_lay_out(&ruler, (size_t)args[SIZE].integer, inner_threads);
    needs->worker_bytes = ruler.used;
    needs->most_threads = ppt_blas_most_threads();
}

/* At most 12 factors of 128 rows, at most 2 of 1024: the work grows less than the size cubed. It is
 * 0.97 GFLOP on average, and 0.81 in the median. */
static void tensor_draw(struct ppt_rng *rng, union ppt_value *args)
{
    const int64_t size = ppt_rng_between(rng, 128, 1024);
    const double octaves = log2((double)size / 128.0);

    args[SIZE].integer = size;
    args[COUNT].integer = ppt_rng_between(rng, 2, llround(12.0 - 10.0 / 3.0 * octaves));
}

/* Each factor is written when it is made; a product reads two matrices and writes one. */
static void tensor_work_of(const union ppt_value *args, struct ppt_work *work)
{
    const double size = (double)args[SIZE].integer;
    const double count = args[COUNT].integer > 0 ? (double)args[COUNT].integer : 1;
    const double bytes = size * size * sizeof(double);

    work->flops = 2 * size * size * size * (count - 1);
    work->moved_bytes = bytes * (count + 3 * (count - 1));
    work->set_bytes = 3 * bytes;
}

const struct ppt_kernel ppt_kernel_tensor = {
    PPT_KERNEL_HEAD,
    .name = "tensor",
    .category = "computation",
    .summary = "product of random matrices by GSL and OpenBLAS",
    PPT_KERNEL_PARAMS(tensor_params),
    .inner_threads = true,
    .open = tensor_open,
    .attach = tensor_attach,
    .run = tensor_run,
    .draw = tensor_draw,
    .needs = tensor_needs,
    .dump = tensor_dump,
    .work = tensor_work_of,
};
