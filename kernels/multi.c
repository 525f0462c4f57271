/*
 * multi - dependent double multiplications: the speed of light is the latency of one of them.
 */
#include "digest.h"
#include "kernel.h"
#include "rng.h"

#define FACTOR 1.00001

enum { PRODUCTS };

/* 1.00001 to the power of 70 million is about 1e304: beyond, the product is no number any more. */
static const struct ppt_param multi_params[] = {
    [PRODUCTS] = {.name = "iterations",
                  .kind = PPT_PARAM_INTEGER,
                  .value = "200000",
                  .largest = 1e15,
                  .unit = "",
                  .help = "multiplications by 1.00001 of one task, each waiting for the one "
                          "before"},
};

/* Keeps a double in a floating-point register, so that no multiplication can be merged away. */
#if defined(__x86_64__)
#define KEEP(x) __asm__ volatile("" : "+x"(x))
#elif defined(__aarch64__)
#define KEEP(x) __asm__ volatile("" : "+w"(x))
#else
#define KEEP(x) __asm__ volatile("" : "+m"(x))
#endif

static double multiply(int64_t iterations)
{
    double product = 1.0;

    for (int64_t i = 0; i < iterations; i++) {
        product *= FACTOR;
        KEEP(product);
    }
    return product;
}

static enum ppt_status multi_run(void *local, const struct ppt_task *task, uint64_t *digest,
                                 struct ppt_error *error)
{
    const double product = multiply(task->args[PRODUCTS].integer);

    (void)local;
    (void)error;
    *digest = ppt_digest(0, &product, sizeof(product));
    return PPT_OK;
}

static enum ppt_status multi_dump(void *local, const struct ppt_task *task, FILE *file,
                                  struct ppt_error *error)
{
    (void)local;
    (void)error;
    fprintf(file, "%.17g\n", multiply(task->args[PRODUCTS].integer));
    return PPT_OK;
}

static void multi_draw(struct ppt_rng *rng, union ppt_value *args)
{
    args[PRODUCTS].integer = ppt_rng_between(rng, 10000, 10000000);
}

static void multi_work(const union ppt_value *args, struct ppt_work *work)
{
    work->products = (double)args[PRODUCTS].integer;
}

const struct ppt_kernel ppt_kernel_multi = {
    PPT_KERNEL_HEAD,
    .name = "multi",
    .category = "computation",
    .summary = "dependent double multiplications by 1.00001",
    PPT_KERNEL_PARAMS(multi_params),
    .run = multi_run,
    .draw = multi_draw,
    .dump = multi_dump,
    .work = multi_work,
};
