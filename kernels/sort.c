/*
 * sort - uniform random doubles into ascending order, by a sort of our own (sorting.h), or by
 * several threads that sort a part each (sort_team.h).
 *
 * The digest depends on the place of every number, so that a wrong order, a lost or a doubled
 * number changes it; it takes 3 % of the sort's time.
 */
#include "digest.h"
#include "inner.h"
#include "kernel.h"
#include "radix.h"
#include "rng_bulk.h"
#include "scratch.h"
#include "sort_team.h"
#include "sorting.h"

enum { SIZE };

static const struct ppt_param sort_params[] = {
    [SIZE] = {.name = "size",
              .kind = PPT_PARAM_INTEGER,
              .value = "1000000",
              .largest = PPT_RADIX_LARGEST,
              .unit = "",
              .help = "random numbers that one task sorts"},
};

struct sort_local {
    double *values; /* the sorted numbers, after a task */
    double *spare;
    unsigned threads;
    void *team_memory;
    struct ppt_sort_team *team;
};

static struct sort_local *sort_lay_out(struct ppt_scratch *scratch, size_t size, unsigned threads)
{
    struct sort_local local = {.threads = threads};

    local.values = ppt_scratch_take(scratch, size, sizeof(double));
    local.spare = ppt_scratch_take(scratch, size, sizeof(double));
    local.team_memory = ppt_scratch_take(scratch, 1, ppt_sort_team_bytes(threads));
    return ppt_scratch_keep(scratch, &local, sizeof(local));
}

static enum ppt_status sort_attach(const struct ppt_setup *setup, void *shared, unsigned worker,
                                   struct ppt_scratch *scratch, void **out, struct ppt_error *error)
{
    struct sort_local *local =
        sort_lay_out(scratch, ppt_scratch_largest(setup, SIZE), setup->inner_threads);

    (void)shared;
    (void)worker;
    (void)error;
    local->team = ppt_sort_team_init(local->team_memory, local->threads);
    *out = local;
    return PPT_OK;
}

/* One task, and what its threads find out together. */
struct sort_job {
    struct sort_local *local;
    const struct ppt_task *task;
    size_t size;
    uint64_t digest;
};

/* Each thread makes and digests its share of the blocks; a block's digest begins with its number,
 * so that they can be added up. */
static void sort_work(void *context, unsigned thread, unsigned threads)
{
    struct sort_job *job = context;
    struct sort_local *local = job->local;
    const size_t size = job->size;
    const struct ppt_rng_share share = ppt_rng_share(size, thread, threads);
    const double *sorted = local->values;
    uint64_t digest = 0;

    ppt_rng_fill_blocks(job->task, share.begin, local->values + share.from, share.count, 0.0, 1.0);
    ppt_inner_wait(threads);
    if (threads == 1) {
        ppt_sort(local->values, local->spare, size);
    } else {
        ppt_sort_team_run(local->team, local->values, local->spare, size, thread, threads);
        sorted = local->spare;
    }
    ppt_inner_wait(threads);
    for (uint64_t block = share.begin; block < share.end; block++) {
        const size_t from = block * PPT_RNG_BLOCK;
        const size_t left = size - from;
        const size_t count = left < PPT_RNG_BLOCK ? left : PPT_RNG_BLOCK;

        digest += ppt_digest(block, sorted + from, count * sizeof(double));
    }
    __atomic_fetch_add(&job->digest, digest, __ATOMIC_RELAXED);
}

static enum ppt_status sort_run(void *pointer, const struct ppt_task *task, uint64_t *digest,
                                struct ppt_error *error)
{
    struct sort_local *local = pointer;
    struct sort_job job = {.local = local, .task = task, .size = (size_t)task->args[SIZE].integer};
    const enum ppt_status status = ppt_inner_run(local->threads, sort_work, &job, "sort", error);

    if (local->threads > 1) {
        double *const sorted = local->spare;

        local->spare = local->values;
        local->values = sorted;
    }
    *digest = job.digest;
    return status;
}

static enum ppt_status sort_dump(void *pointer, const struct ppt_task *task, FILE *file,
                                 struct ppt_error *error)
{
    const struct sort_local *local = pointer;
    const size_t size = (size_t)task->args[SIZE].integer;

    (void)error;
    for (size_t i = 0; i < size; i++) {
        fprintf(file, "%.17g\n", local->values[i]);
    }
    return PPT_OK;
}

static void sort_needs(const union ppt_value *args, unsigned inner_threads, struct ppt_needs *needs)
{
    struct ppt_scratch ruler = PPT_SCRATCH_RULER;

    sort_lay_out(&ruler, (size_t)args[SIZE].integer, inner_threads);
    needs->worker_bytes = ruler.used;
}

static void sort_draw(struct ppt_rng *rng, union ppt_value *args)
{
    args[SIZE].integer = ppt_rng_between(rng, 200000, 10000000);
}

/* Every number is written when it is made, read and written where it is put into its place, be that
 * but once, and read for the digest. */
static void sort_work_of(const union ppt_value *args, struct ppt_work *work)
{
    const double bytes = (double)args[SIZE].integer * sizeof(double);

    work->moved_bytes = 4 * bytes;
    work->set_bytes = 2 * bytes;
}

const struct ppt_kernel ppt_kernel_sort = {
    PPT_KERNEL_HEAD,
    .name = "sort",
    .category = "memory",
    .summary = "sort of random doubles",
    PPT_KERNEL_PARAMS(sort_params),
    .inner_threads = true,
    .attach = sort_attach,
    .run = sort_run,
    .draw = sort_draw,
    .needs = sort_needs,
    .dump = sort_dump,
    .work = sort_work_of,
};
