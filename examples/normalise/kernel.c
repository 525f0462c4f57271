/*
 * The call of normalise.h as a kernel, so that ppt-omp can measure it: a task is one call, in a
 * process that stays, as a program would make it. (docs/adding-a-kernel.md says what else there is
 * to kernels.)
 */
#include <string.h>

#include <kernel.h>
#include <rng.h>
#include <scratch.h>

#include "normalise.h"

enum { VECTORS };

static const struct ppt_param params[] = {
    [VECTORS] = {.name = "vectors",
                 .kind = PPT_PARAM_INTEGER,
                 .value = "1000",
                 .smallest = 1,
                 .largest = 1e8,
                 .unit = "",
                 .help = "how many a call is given"},
};

struct local {
    double *in, *out;
    unsigned threads;
};

static struct local *lay_out(struct ppt_scratch *scratch, size_t vectors, unsigned threads)
{
    struct local local = {.threads = threads};

    local.in = ppt_scratch_take(scratch, 3 * vectors, sizeof(*local.in));
    local.out = ppt_scratch_take(scratch, 3 * vectors, sizeof(*local.out));
    return ppt_scratch_keep(scratch, &local, sizeof(local));
}

/* The input is there before the first call, and the same for all of them. */
static enum ppt_status attach(const struct ppt_setup *setup, void *shared, unsigned worker,
                              struct ppt_scratch *scratch, void **local, struct ppt_error *error)
{
    const size_t vectors = ppt_scratch_largest(setup, VECTORS);
    struct local *l = lay_out(scratch, vectors, setup->inner_threads);

    (void)shared, (void)worker, (void)error;
    for (size_t i = 0; i < 3 * vectors; i++) {
        l->in[i] = 1 + (double)(i % 1000);
    }
    *local = l;
    return PPT_OK;
}

/* A few of the results stand for all: to look at each would take longer than to make it. */
static enum ppt_status run(void *local, const struct ppt_task *task, uint64_t *digest,
                           struct ppt_error *error)
{
    const struct local *l = local;
    const size_t vectors = (size_t)task->args[VECTORS].integer;
    uint64_t sum = task->index;

    (void)error;
    normalise_by(l->in, l->out, vectors, l->threads);
    for (size_t i = 0; i < 8; i++) {
        uint64_t bits;

        memcpy(&bits, &l->out[3 * (i * (vectors - 1) / 7)], sizeof(bits));
        sum = ppt_mix64(sum) + bits;
    }
    *digest = sum;
    return PPT_OK;
}

static void needs(const union ppt_value *args, unsigned inner_threads, struct ppt_needs *needs)
{
    struct ppt_scratch ruler = PPT_SCRATCH_RULER;

    lay_out(&ruler, (size_t)args[VECTORS].integer, inner_threads);
    needs->worker_bytes = ruler.used;
}

const struct ppt_kernel ppt_kernel = {
    PPT_KERNEL_HEAD,
    .name = "normalise",
    .category = "computation",
    .summary = "give vectors the length 1",
    PPT_KERNEL_PARAMS(params),
    .inner_threads = true,
    .attach = attach,
    .run = run,
    .needs = needs,
};
