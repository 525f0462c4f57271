/*
 * sort - uniform random doubles into ascending order, by a radix sort of our own (radix.h).
 *
 * The digest depends on the place of every number, so that a wrong order, a lost or a doubled
 * number changes it; it takes 3 % of the sort's time.
 */
#include <stdlib.h>

#include "digest.h"
#include "kernel.h"
#include "radix.h"
#include "rng.h"
#include "scratch.h"

enum { SIZE };

static const struct ppt_param params[] = {
    [SIZE] = {.name = "size",
              .kind = PPT_PARAM_INTEGER,
              .value = "1000000",
              .smallest = 1,
              .largest = PPT_RADIX_LARGEST,
              .unit = "",
              .help = "random numbers that one task sorts"},
};

struct local {
    double *values;
    double *spare;
};

static void detach(void *pointer)
{
    struct local *local = pointer;

    if (local) {
        free(local->spare);
        free(local->values);
        free(local);
    }
}

static enum ppt_status attach(const struct ppt_setup *setup, void *shared, unsigned worker,
                              void **out, struct ppt_error *error)
{
    struct local *local = ppt_scratch_alloc(sizeof(*local), "sort", error);
    const size_t largest = ppt_scratch_largest(setup, SIZE);

    (void)shared;
    (void)worker;
    if (!local) {
        return PPT_FAILED;
    }
    local->values = ppt_scratch_alloc(largest * sizeof(double), "sort", error);
    if (!local->values) {
        goto out;
    }
    local->spare = ppt_scratch_alloc(largest * sizeof(double), "sort", error);
    if (!local->spare) {
        goto out;
    }
    *out = local;
    return PPT_OK;
out:
    detach(local);
    return PPT_FAILED;
}

static enum ppt_status run(void *pointer, const struct ppt_task *task, uint64_t *digest,
                           struct ppt_error *error)
{
    struct local *local = pointer;
    const size_t size = (size_t)task->args[SIZE].integer;
    struct ppt_rng_bulk rng;

    (void)error;
    ppt_rng_bulk_seed_task(&rng, task);
    ppt_rng_fill_doubles(&rng, local->values, size, 0.0, 1.0);
    ppt_radix_sort(local->values, local->spare, size);
    *digest = ppt_digest(0, local->values, size * sizeof(double));
    return PPT_OK;
}

static enum ppt_status dump(void *pointer, const struct ppt_task *task, FILE *file,
                            struct ppt_error *error)
{
    const struct local *local = pointer;
    const size_t size = (size_t)task->args[SIZE].integer;

    (void)error;
    for (size_t i = 0; i < size; i++) {
        fprintf(file, "%.17g\n", local->values[i]);
    }
    return PPT_OK;
}

static void needs(const union ppt_value *args, struct ppt_needs *needs)
{
    needs->worker_bytes = 2 * (uint64_t)args[SIZE].integer * sizeof(double);
}

static void draw(struct ppt_rng *rng, union ppt_value *args)
{
    args[SIZE].integer = ppt_rng_between(rng, 200000, 10000000);
}

const struct ppt_kernel ppt_kernel_sort = {
    .version = PPT_KERNEL_VERSION,
    .struct_size = sizeof(struct ppt_kernel),
    .name = "sort",
    .category = "memory",
    .summary = "radix sort of random doubles",
    .params = params,
    .param_count = sizeof(params) / sizeof(params[0]),
    .attach = attach,
    .run = run,
    .detach = detach,
    .draw = draw,
    .needs = needs,
    .dump = dump,
};
