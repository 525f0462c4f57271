/*
 * wait - sleeps, first freely and then, if asked to, under one lock that all tasks share.
 *
 * A stand-in for remote calls and for code that queues, and a yardstick: how long M such tasks take
 * on N workers is known exactly, far beyond the number of CPUs.
 */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

#include "digest.h"
#include "kernel.h"
#include "rng.h"
#include "scratch.h"

enum { FREE_MS, LOCKED_MS, SERVICE };

static const char *const services[] = {"constant", "exponential", NULL};
enum { CONSTANT, EXPONENTIAL };

static const struct ppt_param wait_params[] = {
    [FREE_MS] = {.name = "milliseconds",
                 .kind = PPT_PARAM_REAL,
                 .value = "10",
                 .largest = 3600000,
                 .unit = "ms",
                 .help = "sleep that tasks can do side by side"},
    [LOCKED_MS] = {.name = "locked",
                   .kind = PPT_PARAM_REAL,
                   .value = "0",
                   .optional = true,
                   .largest = 3600000,
                   .unit = "ms",
                   .help = "further sleep that only one task at a time can do"},
    [SERVICE] = {.name = "service",
                 .kind = PPT_PARAM_CHOICE,
                 .value = "\"constant\"",
                 .optional = true,
                 .choices = services,
                 .unit = "",
                 .help = "whether every task sleeps as long, or so long on average, exponentially "
                         "distributed: with tasks that arrive at random a yardstick (M/M/c)"},
};

struct wait_shared {
    pthread_mutex_t lock; /* an OpenMP lock would spin, and so use the CPUs that it waits on */
};

struct wait_local {
    struct wait_shared *shared;
    int slack_before_ns;
};

static enum ppt_status open_wait(const struct ppt_setup *setup, void **shared,
                                 struct ppt_error *error)
{
    struct wait_shared *s = ppt_scratch_alloc(sizeof(*s), "wait", error);

    (void)setup;
    if (!s) {
        return PPT_FAILED;
    }
    pthread_mutex_init(&s->lock, NULL);
    *shared = s;
    return PPT_OK;
}

static void close_wait(void *shared)
{
    struct wait_shared *s = shared;

    if (s) {
        pthread_mutex_destroy(&s->lock);
        free(s);
    }
}

static enum ppt_status wait_attach(const struct ppt_setup *setup, void *shared, unsigned worker,
                                   struct ppt_scratch *scratch, void **local,
                                   struct ppt_error *error)
{
    struct wait_local *l = ppt_scratch_take(scratch, 1, sizeof(*l));

    (void)setup;
    (void)worker;
    (void)error;
    l->shared = shared;
    /* By default the kernel may wake a sleeper 50 µs late to save power. */
    l->slack_before_ns = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
    *local = l;
    return PPT_OK;
}

static void wait_detach(void *local)
{
    const struct wait_local *l = local;

    if (l && l->slack_before_ns > 0) {
        prctl(PR_SET_TIMERSLACK, (unsigned long)l->slack_before_ns, 0, 0, 0);
    }
}

/* Until an absolute time, so that an interruption does not lengthen the sleep. */
static void sleep_ms(double ms)
{
    struct timespec until;

    if (ms <= 0) {
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &until);
    const int64_t end_ns = (int64_t)until.tv_nsec + (int64_t)(ms * 1e6);
    until.tv_sec += (time_t)(end_ns / 1000000000);
    until.tv_nsec = (long)(end_ns % 1000000000);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
}

/* What this task sleeps of the mean. */
static double share_of(const struct ppt_task *task)
{
    struct ppt_rng rng;

    if (task->args[SERVICE].choice == CONSTANT) {
        return 1;
    }
    ppt_rng_seed(&rng, task->seed, task->index, PPT_STREAM_DATA);
    return -log1p(-ppt_rng_double(&rng));
}

static enum ppt_status wait_run(void *local, const struct ppt_task *task, uint64_t *digest,
                                struct ppt_error *error)
{
    struct wait_shared *shared = ((struct wait_local *)local)->shared;

    const double times = share_of(task);

    (void)error;
    sleep_ms(task->args[FREE_MS].real * times);
    if (task->args[LOCKED_MS].real > 0) {
        pthread_mutex_lock(&shared->lock);
        sleep_ms(task->args[LOCKED_MS].real * times);
        pthread_mutex_unlock(&shared->lock);
    }
    *digest = ppt_digest_word(task->seed, task->index);
    return PPT_OK;
}

static void wait_needs(const union ppt_value *args, unsigned inner_threads, struct ppt_needs *needs)
{
    (void)args;
    (void)inner_threads;
    needs->worker_bytes = ppt_scratch_size(1, sizeof(struct wait_local));
}

const struct ppt_kernel ppt_kernel_wait = {
    PPT_KERNEL_HEAD,
    .name = "wait",
    .category = "waiting",
    .summary = "sleep, and sleep under a lock that all tasks share",
    PPT_KERNEL_PARAMS(wait_params),
    .open = open_wait,
    .attach = wait_attach,
    .run = wait_run,
    .detach = wait_detach,
    .close = close_wait,
    .needs = wait_needs,
};
