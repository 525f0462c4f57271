/*
 * sum - dependent integer additions: one per cycle is the most that any CPU does.
 */
#include <inttypes.h>

#include "kernel.h"
#include "rng.h"

enum { ADDITIONS };

static const struct ppt_param sum_params[] = {
    [ADDITIONS] = {.name = "iterations",
                   .kind = PPT_PARAM_INTEGER,
                   .value = "1000000",
                   .largest = 1e15,
                   .unit = "",
                   .help = "additions of one task, each waiting for the one before"},
};

/* The compiler knows a closed form for the loop; that each partial sum must exist in a register
 * keeps it from using it, at no cost. */
static inline uint64_t add(uint64_t total, int64_t *i)
{
    total += (uint64_t)(*i)++;
    __asm__ volatile("" : "+r"(total), "+r"(*i));
    return total;
}

/* Four additions for each jump: with one, fetching instructions sometimes takes longer than the
 * additions do. The counter must exist, too, or the compiler adds in steps of two cycles. */
static uint64_t sum(int64_t iterations)
{
    uint64_t total = 0;
    int64_t i = 0;

    while (i < iterations - 3) {
        total = add(total, &i);
        total = add(total, &i);
        total = add(total, &i);
        total = add(total, &i);
    }
    while (i < iterations) {
        total = add(total, &i);
    }
    return total;
}

static enum ppt_status sum_run(void *local, const struct ppt_task *task, uint64_t *digest,
                               struct ppt_error *error)
{
    (void)local;
    (void)error;
    *digest = sum(task->args[ADDITIONS].integer);
    return PPT_OK;
}

static enum ppt_status sum_dump(void *local, const struct ppt_task *task, FILE *file,
                                struct ppt_error *error)
{
    (void)local;
    (void)error;
    fprintf(file, "%" PRIu64 "\n", sum(task->args[ADDITIONS].integer));
    return PPT_OK;
}

static void sum_draw(struct ppt_rng *rng, union ppt_value *args)
{
    args[ADDITIONS].integer = ppt_rng_between(rng, 10000, 10000000);
}

static void sum_work(const union ppt_value *args, struct ppt_work *work)
{
    work->additions = (double)args[ADDITIONS].integer;
}

const struct ppt_kernel ppt_kernel_sum = {
    PPT_KERNEL_HEAD,
    .name = "sum",
    .category = "computation",
    .summary = "dependent integer additions",
    PPT_KERNEL_PARAMS(sum_params),
    .run = sum_run,
    .draw = sum_draw,
    .dump = sum_dump,
    .work = sum_work,
};
