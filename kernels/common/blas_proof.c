/*
 * A core that the library did not take by itself is used only if its results are right for what is
 * to be measured. The kernels prove every result by a row of sums (checksum.h), so a task is run of
 * each shape.
 */
#include <assert.h>
#include <omp.h>
#include <string.h>

#include <gsl/gsl_cblas.h>

#include "blas.h"
#include "owned.h"
#include "scratch_block.h"

#define MOST_PARAMS 8

/* Of a random mix, whose tasks may have as many shapes as there are, some: a wrong result of
 * another one still fails its task. */
#define MOST_SETS 16

static enum ppt_status run_one(const struct ppt_kernel *kernel, const struct ppt_setup *setup,
                               const union ppt_value *args, struct ppt_error *error)
{
    const struct ppt_task task = {.seed = setup->seed, .args = args};
    struct ppt_scratch scratch;
    uint64_t digest;
    void *local;

    PPT_TRY(ppt_scratch_begin(kernel, ppt_scratch_needed(kernel, setup), &scratch, error));
    void *memory PPT_FREED = scratch.memory;
    PPT_TRY(kernel->attach(setup, NULL, 0, &scratch, &local, error));
    const enum ppt_status status = kernel->run(local, &task, &digest, error);

    if (kernel->detach) {
        kernel->detach(local);
    }
    return status;
}

static enum ppt_status prove(const struct ppt_kernel *kernel, const struct ppt_setup *setup,
                             const union ppt_value *args, void (*shorten)(union ppt_value *args),
                             struct ppt_error *error)
{
    union ppt_value shorter[MOST_PARAMS];
    const union ppt_value *const sets[] = {shorter};
    struct ppt_setup one = *setup;

    assert(kernel->param_count <= MOST_PARAMS);
    memcpy(shorter, args, kernel->param_count * sizeof(*args));
    shorten(shorter);
    one.sets = sets;
    one.set_count = 1;
    for (one.inner_threads = 1; one.inner_threads <= setup->inner_threads; one.inner_threads++) {
        omp_set_num_threads((int)one.inner_threads);
        PPT_TRY(run_one(kernel, &one, shorter, error));
    }
    return PPT_OK;
}

enum ppt_status ppt_blas_open(const struct ppt_kernel *kernel, const struct ppt_setup *setup,
                              void (*shorten)(union ppt_value *args), struct ppt_error *error)
{
    struct ppt_blas_choice *choice = ppt_blas_choice();
    const int threads = omp_get_max_threads();
    struct ppt_error ignored;

    PPT_TRY(ppt_blas_load(error));
    choice->used = true;
    for (size_t i = 0; i < setup->set_count && i < MOST_SETS; i++) {
        if (choice->core && !choice->proved &&
            prove(kernel, setup, setup->sets[i], shorten, &ignored) != PPT_OK) {
            ppt_blas_withdraw();
        }
    }
    omp_set_num_threads(threads);
    if (choice->core && !choice->proved && setup->inner_threads > 1) {
        /* As at the end of a pass: no thread is left that another one would be slowed by. */
        omp_pause_resource_all(omp_pause_hard);
    }
    return ppt_blas_load(error);
}

void ppt_blas_multiply(const double *a, const double *b, double *c)
{
    const int threads = omp_get_max_threads(), order = PPT_BLAS_ORDER;

    omp_set_num_threads(1);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, order, order, order, 1.0, a, order, b,
                order, 0.0, c, order);
    omp_set_num_threads(threads);
}
