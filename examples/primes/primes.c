/*
 * primes - counts the prime numbers of a range: a kernel that is built outside of ppt-omp.
 *
 * Everything a kernel can have is here: arguments, shared input, scratch of each worker, threads
 * inside a task, and a digest. docs/adding-a-kernel.md goes through it.
 */
#include <stdlib.h>
#include <string.h>

#include <inner.h>
#include <kernel.h>
#include <rng.h>
#include <scratch.h>

enum { NUMBERS, METHOD };
enum { DIVISION, SIEVE };

static const char *const methods[] = {"division", "sieve", NULL};

/* The harness checks arguments against this table, and shows it in `ppt-omp list`. */
static const struct ppt_param params[] = {
    [NUMBERS] = {.name = "numbers",
                 .kind = PPT_PARAM_INTEGER,
                 .value = "100000",
                 .smallest = 1,
                 .largest = 1e8,
                 .unit = "",
                 .help = "how many numbers a task looks at"},
    [METHOD] = {.name = "method",
                .kind = PPT_PARAM_CHOICE,
                .value = "\"sieve\"",
                .optional = true,
                .choices = methods,
                .unit = "",
                .help = "dividing each by all small primes, or a segmented sieve"},
};

/* A task's range begins at a random number below this; its largest prime factor but one is below
 * LIMIT. */
#define HIGHEST UINT64_C(4000000000)
#define LIMIT 65536

/* What all workers share, and nobody writes to once it is made. */
struct shared {
    uint32_t primes[6542]; /* all below LIMIT */
    size_t count;
};

struct local {
    const struct shared *shared;
    unsigned threads;
    uint8_t *composite; /* one per number of the range */
};

static enum ppt_status open_primes(const struct ppt_setup *setup, void **shared,
                                   struct ppt_error *error)
{
    struct shared *s = ppt_scratch_alloc(sizeof(*s), "primes", error);

    (void)setup;
    if (!s) {
        return PPT_FAILED;
    }
    for (uint32_t n = 2; n < LIMIT; n++) {
        size_t i = 0;

        while (i < s->count && s->primes[i] * s->primes[i] <= n && n % s->primes[i] != 0) {
            i++;
        }
        if (i == s->count || s->primes[i] * s->primes[i] > n) {
            s->primes[s->count++] = n;
        }
    }
    *shared = s;
    return PPT_OK;
}

static struct local *lay_out(struct ppt_scratch *scratch, size_t numbers, unsigned threads)
{
    struct local local = {.threads = threads};

    local.composite = ppt_scratch_take(scratch, numbers, sizeof(*local.composite));
    return ppt_scratch_keep(scratch, &local, sizeof(local));
}

/* Runs in the worker itself, which has just touched its scratch: so that is near to it. */
static enum ppt_status attach(const struct ppt_setup *setup, void *shared, unsigned worker,
                              struct ppt_scratch *scratch, void **local, struct ppt_error *error)
{
    struct local *l = lay_out(scratch, ppt_scratch_largest(setup, NUMBERS), setup->inner_threads);

    (void)worker;
    (void)error;
    l->shared = shared;
    *local = l;
    return PPT_OK;
}

/* One task, shared out to the threads inside it. */
struct job {
    const struct local *local;
    uint64_t start;
    size_t numbers;
    int method;
};

static void sieve(const struct job *job, size_t begin, size_t end)
{
    const struct shared *shared = job->local->shared;
    uint8_t *composite = job->local->composite;
    const uint64_t first = job->start + begin, last = job->start + end;

    memset(composite + begin, 0, end - begin);
    for (size_t i = 0; i < shared->count; i++) {
        const uint64_t prime = shared->primes[i];
        uint64_t multiple = (first + prime - 1) / prime * prime;

        if (prime * prime >= last) {
            break;
        }
        if (multiple < prime * prime) {
            multiple = prime * prime;
        }
        for (; multiple < last; multiple += prime) {
            composite[multiple - job->start] = 1;
        }
    }
}

static void divide(const struct job *job, size_t begin, size_t end)
{
    const struct shared *shared = job->local->shared;

    for (size_t k = begin; k < end; k++) {
        const uint64_t n = job->start + k;
        size_t i = 0;

        while (i < shared->count && (uint64_t)shared->primes[i] * shared->primes[i] <= n &&
               n % shared->primes[i] != 0) {
            i++;
        }
        job->local->composite[k] =
            i < shared->count && (uint64_t)shared->primes[i] * shared->primes[i] <= n;
    }
}

static void part(void *context, unsigned thread, unsigned threads)
{
    const struct job *job = context;
    const size_t begin = ppt_inner_begin(job->numbers, thread, threads);
    const size_t end = ppt_inner_begin(job->numbers, thread + 1, threads);

    (job->method == SIEVE ? sieve : divide)(job, begin, end);
}

static enum ppt_status run(void *local, const struct ppt_task *task, uint64_t *digest,
                           struct ppt_error *error)
{
    const struct local *l = local;
    struct job job = {.local = l,
                      .numbers = (size_t)task->args[NUMBERS].integer,
                      .method = task->args[METHOD].choice};
    struct ppt_rng rng;
    uint64_t count = 0, sum = 0;

    /* The same range for the same task, whichever worker runs it. */
    ppt_rng_seed(&rng, task->seed, task->index, PPT_STREAM_DATA);
    job.start = 2 + ppt_rng_below(&rng, HIGHEST);
    PPT_TRY(ppt_inner_run(l->threads, part, &job, "primes", error));
    for (size_t i = 0; i < job.numbers; i++) {
        count += !l->composite[i];
        sum += l->composite[i] ? 0 : job.start + i;
    }
    *digest = ppt_mix64(ppt_mix64(count) + sum);
    return PPT_OK;
}

/* How much scratch to give, for which a run that takes more than there is is refused. */
static void needs(const union ppt_value *args, unsigned inner_threads, struct ppt_needs *needs)
{
    struct ppt_scratch ruler = PPT_SCRATCH_RULER;

    lay_out(&ruler, (size_t)args[NUMBERS].integer, inner_threads);
    needs->shared_bytes = sizeof(struct shared);
    needs->worker_bytes = ruler.used;
}

const struct ppt_kernel ppt_kernel = {
    PPT_KERNEL_HEAD,
    .name = "primes",
    .category = "computation",
    .summary = "count the prime numbers of a range",
    PPT_KERNEL_PARAMS(params),
    .inner_threads = true,
    .open = open_primes,
    .attach = attach,
    .run = run,
    .close = free,
    .needs = needs,
};
