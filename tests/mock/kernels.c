#include "kernels.h"

#include <dirent.h>
#include <errno.h>
#include <omp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

#include "registry.h"
#include "rng.h"
#include "scratch.h"

extern const struct ppt_kernel ppt_kernel_wait;

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct ppt_param steady_params[] = {
    {.name = "work",
     .kind = PPT_PARAM_INTEGER,
     .value = "100",
     .largest = 1e12,
     .unit = "",
     .help = "iterations of an empty loop"},
};

static const struct ppt_param usl_params[] = {
    {.name = "milliseconds",
     .kind = PPT_PARAM_REAL,
     .value = "5",
     .largest = 10000,
     .unit = "ms",
     .help = "sleep at one worker"},
    {.name = "sigma",
     .kind = PPT_PARAM_REAL,
     .value = "0.05",
     .largest = 1,
     .unit = "",
     .help = "contention"},
    {.name = "kappa",
     .kind = PPT_PARAM_REAL,
     .value = "0.002",
     .largest = 1,
     .unit = "",
     .help = "coherence"},
};

static const struct ppt_param crew_params[] = {
    {.name = "milliseconds",
     .kind = PPT_PARAM_REAL,
     .value = "5",
     .largest = 10000,
     .unit = "ms",
     .help = "sleep with one inner thread"},
    {.name = "serial",
     .kind = PPT_PARAM_REAL,
     .value = "0.1",
     .largest = 1,
     .unit = "",
     .help = "share that inner threads do not shorten"},
};

static const struct ppt_param priced_params[] = {
    {.name = "size",
     .kind = PPT_PARAM_INTEGER,
     .value = "5",
     .largest = 10000,
     .unit = "ms",
     .help = "sleep with one inner thread"},
    {.name = "start",
     .kind = PPT_PARAM_REAL,
     .value = "1",
     .largest = 10000,
     .unit = "ms",
     .help = "sleep for each of several"},
};

static const struct ppt_param fading_params[] = {
    {.name = "passes",
     .kind = PPT_PARAM_INTEGER,
     .value = "2",
     .largest = 1e9,
     .unit = "",
     .help = "passes at 2 workers that do not fail yet"},
};

static const struct ppt_param failing_params[] = {
    {.name = "at",
     .kind = PPT_PARAM_INTEGER,
     .value = "0",
     .largest = 1e12,
     .unit = "",
     .help = "index of the task that fails"},
};

static enum ppt_status run_steady(void *local, const struct ppt_task *task, uint64_t *digest,
                                  struct ppt_error *error)
{
    (void)local;
    (void)error;
    for (int64_t i = 0; i < task->args[0].integer; i++) {
        __asm__ volatile("");
    }
    *digest = ppt_mix64(task->seed ^ task->index);
    return PPT_OK;
}

static void draw_steady(struct ppt_rng *rng, union ppt_value *args)
{
    args[0].integer = ppt_rng_between(rng, 1, 1000);
}

/* The number of workers, carried from attach to run. */
static enum ppt_status attach_count(const struct ppt_setup *setup, void *shared, unsigned worker,
                                    struct ppt_scratch *scratch, void **local,
                                    struct ppt_error *error)
{
    unsigned *counts = ppt_scratch_take(scratch, 2, sizeof(*counts));

    (void)shared;
    (void)worker;
    (void)error;
    counts[0] = setup->workers;
    counts[1] = setup->inner_threads;
    *local = counts;
    return PPT_OK;
}

/* One worker after the other. */
static enum ppt_status attach_queueing(const struct ppt_setup *setup, void *shared, unsigned worker,
                                       struct ppt_scratch *scratch, void **local,
                                       struct ppt_error *error)
{
    static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;
    enum ppt_status status;

    pthread_mutex_lock(&door);
    nanosleep(&(struct timespec){.tv_nsec = PPT_MOCK_QUEUE_NS}, NULL);
    status = attach_count(setup, shared, worker, scratch, local, error);
    pthread_mutex_unlock(&door);
    return status;
}

static enum ppt_status run_wrong(void *local, const struct ppt_task *task, uint64_t *digest,
                                 struct ppt_error *error)
{
    (void)task;
    (void)error;
    *digest = *(const unsigned *)local;
    return PPT_OK;
}

static enum ppt_status run_failing(void *local, const struct ppt_task *task, uint64_t *digest,
                                   struct ppt_error *error)
{
    (void)local;
    *digest = 0;
    return (int64_t)task->index == task->args[0].integer
               ? ppt_fail(error, PPT_FAILED, "failing: task %llu fails on purpose",
                          (unsigned long long)task->index)
               : PPT_OK;
}

static enum ppt_status attach_failing(const struct ppt_setup *setup, void *shared, unsigned worker,
                                      struct ppt_scratch *scratch, void **local,
                                      struct ppt_error *error)
{
    (void)setup;
    (void)shared;
    (void)scratch;
    (void)local;
    return worker == 1
               ? ppt_fail(error, PPT_FAILED, "unattachable: worker 1 cannot attach on purpose")
               : PPT_OK;
}

/* Passes at 2 workers so far. */
static atomic_uint fading_passes;

static enum ppt_status attach_fading(const struct ppt_setup *setup, void *shared, unsigned worker,
                                     struct ppt_scratch *scratch, void **local,
                                     struct ppt_error *error)
{
    /* What scratch takes is measured outside of a pass. */
    if (setup->workers == 2 && worker == 0 && omp_in_parallel()) {
        atomic_fetch_add(&fading_passes, 1);
    }
    return attach_count(setup, shared, worker, scratch, local, error);
}

static enum ppt_status run_fading(void *local, const struct ppt_task *task, uint64_t *digest,
                                  struct ppt_error *error)
{
    *digest = ppt_mix64(task->index);
    return ((const unsigned *)local)[0] == 2 &&
                   (int64_t)atomic_load(&fading_passes) > task->args[0].integer
               ? ppt_fail(error, PPT_FAILED, "fading: it has faded on purpose")
               : PPT_OK;
}

static void needs_count(const union ppt_value *args, unsigned inner_threads,
                        struct ppt_needs *needs)
{
    (void)args;
    (void)inner_threads;
    needs->worker_bytes = ppt_scratch_size(2, sizeof(unsigned));
}

static void needs_much(const union ppt_value *args, unsigned inner_threads, struct ppt_needs *needs)
{
    (void)args;
    (void)inner_threads;
    needs->worker_bytes = UINT64_C(1) << 60;
}

static unsigned threads_of_process(void)
{
    DIR *folder = opendir("/proc/self/task");
    const struct dirent *entry;
    unsigned count = 0;

    while (folder && (entry = readdir(folder))) {
        count += entry->d_name[0] != '.';
    }
    if (folder) {
        closedir(folder);
    }
    return count;
}

static enum ppt_status run_census(void *local, const struct ppt_task *task, uint64_t *digest,
                                  struct ppt_error *error)
{
    const unsigned *counts = local;
    const unsigned workers = counts[0] > 0 ? counts[0] : 1;
    const unsigned threads = threads_of_process();
    unsigned inner = 0;

    (void)task;
    *digest = 0;
    /* Threads inside tasks come and go: only without them the number is known. */
    if (counts[1] == 1 && threads != workers) {
        return ppt_fail(error, PPT_FAILED, "census: %u threads at %u workers", threads, counts[0]);
    }
#pragma omp parallel default(none) shared(inner)
    if (omp_get_thread_num() == 0) {
        inner = (unsigned)omp_get_num_threads();
    }
    return inner == counts[1]
               ? PPT_OK
               : ppt_fail(error, PPT_FAILED, "census: %u inner threads, not %u", inner, counts[1]);
}

static void sleep_ms(double ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    const int64_t end_ns = until.tv_nsec + (int64_t)(ms * 1e6);
    until.tv_sec += (time_t)(end_ns / 1000000000);
    until.tv_nsec = (long)(end_ns % 1000000000);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
}

static enum ppt_status run_crew(void *local, const struct ppt_task *task, uint64_t *digest,
                                struct ppt_error *error)
{
    const double inner = ((const unsigned *)local)[1], serial = task->args[1].real;

    (void)error;
    sleep_ms(task->args[0].real * (serial + (1 - serial) / inner));
    *digest = task->index;
    return PPT_OK;
}

static enum ppt_status run_priced(void *local, const struct ppt_task *task, uint64_t *digest,
                                  struct ppt_error *error)
{
    const double inner = ((const unsigned *)local)[1];

    (void)error;
    sleep_ms((double)task->args[0].integer / inner + (inner > 1 ? inner * task->args[1].real : 0));
    *digest = task->index + (uint64_t)task->args[0].integer;
    return PPT_OK;
}

static enum ppt_status run_usl(void *local, const struct ppt_task *task, uint64_t *digest,
                               struct ppt_error *error)
{
    const double n = ((const unsigned *)local)[0] > 1 ? ((const unsigned *)local)[0] : 1;
    const double sigma = task->args[1].real, kappa = task->args[2].real;

    (void)error;
    sleep_ms(task->args[0].real * (1 + sigma * (n - 1) + kappa * n * (n - 1)));
    *digest = task->index;
    return PPT_OK;
}

static enum ppt_status attach_usl(const struct ppt_setup *setup, void *shared, unsigned worker,
                                  struct ppt_scratch *scratch, void **local,
                                  struct ppt_error *error)
{
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
    return attach_count(setup, shared, worker, scratch, local, error);
}

static void *spin(void *iterations)
{
    for (int64_t i = 0; i < *(const int64_t *)iterations; i++) {
        __asm__ volatile("");
    }
    return NULL;
}

/* Burns CPU time in two threads for each task, without having been asked to. */
static enum ppt_status run_greedy(void *local, const struct ppt_task *task, uint64_t *digest,
                                  struct ppt_error *error)
{
    int64_t iterations = task->args[0].integer;
    pthread_t other;

    (void)local;
    if (pthread_create(&other, NULL, spin, &iterations) != 0) {
        return ppt_fail(error, PPT_FAILED, "greedy: no second thread");
    }
    spin(&iterations);
    pthread_join(other, NULL);
    *digest = task->index;
    return PPT_OK;
}

static enum ppt_status open_failing(const struct ppt_setup *setup, void **shared,
                                    struct ppt_error *error)
{
    (void)setup;
    (void)shared;
    return ppt_fail(error, PPT_BAD_INPUT, "unopenable: cannot be opened on purpose");
}

#define KERNEL(kernel_name, kernel_run, kernel_params)                                             \
    .version = PPT_KERNEL_VERSION, .struct_size = sizeof(struct ppt_kernel),                       \
    .name = (kernel_name), .category = "test", .summary = "for tests", .params = (kernel_params),  \
    .param_count = COUNT(kernel_params), .run = (kernel_run)

const struct ppt_kernel ppt_mock_steady = {KERNEL("steady", run_steady, steady_params),
                                           .draw = draw_steady};
const struct ppt_kernel ppt_mock_wrong = {KERNEL("wrong", run_wrong, steady_params),
                                          .attach = attach_count, .needs = needs_count,
                                          .draw = draw_steady};
const struct ppt_kernel ppt_mock_failing = {KERNEL("failing", run_failing, failing_params)};
const struct ppt_kernel ppt_mock_unattachable = {KERNEL("unattachable", run_steady, steady_params),
                                                 .attach = attach_failing};
const struct ppt_kernel ppt_mock_fading = {KERNEL("fading", run_fading, fading_params),
                                           .attach = attach_fading, .needs = needs_count};
const struct ppt_kernel ppt_mock_queueing = {KERNEL("queueing", run_steady, steady_params),
                                             .attach = attach_queueing, .needs = needs_count};
const struct ppt_kernel ppt_mock_hungry = {KERNEL("hungry", run_steady, steady_params),
                                           .needs = needs_much};
const struct ppt_kernel ppt_mock_census = {KERNEL("census", run_census, steady_params),
                                           .inner_threads = true, .attach = attach_count,
                                           .needs = needs_count};
const struct ppt_kernel ppt_mock_crew = {KERNEL("crew", run_crew, crew_params),
                                         .inner_threads = true, .attach = attach_usl,
                                         .needs = needs_count};
const struct ppt_kernel ppt_mock_priced = {KERNEL("priced", run_priced, priced_params),
                                           .inner_threads = true, .attach = attach_usl,
                                           .needs = needs_count};
const struct ppt_kernel ppt_mock_unopenable = {KERNEL("unopenable", run_steady, steady_params),
                                               .open = open_failing};
const struct ppt_kernel ppt_mock_absent = {KERNEL("absent", run_steady, steady_params),
                                           .missing = "built without it on purpose"};

const struct ppt_kernel ppt_mock_usl = {KERNEL("usl", run_usl, usl_params), .attach = attach_usl,
                                        .needs = needs_count};
const struct ppt_kernel ppt_mock_greedy = {KERNEL("greedy", run_greedy, steady_params)};

const struct ppt_kernel *const ppt_kernels[] = {
    &ppt_mock_steady,   &ppt_mock_wrong,  &ppt_mock_failing, &ppt_mock_unattachable,
    &ppt_mock_fading,   &ppt_mock_hungry, &ppt_mock_census,  &ppt_mock_unopenable,
    &ppt_mock_absent,   &ppt_mock_usl,    &ppt_mock_greedy,  &ppt_mock_crew,
    &ppt_mock_queueing, &ppt_mock_priced, &ppt_kernel_wait,  NULL,
};
