#include "arrivals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "histogram.h"
#include "memory.h"
#include "order.h"
#include "owned.h"
#include "rng.h"

#define SECOND_NS 1000000000

/* Whoever sleeps looks that often whether to go on. */
#define LOOK_NS 100000000

static void lay_down(const struct ppt_arrivals *arrivals, uint64_t seed, unsigned block,
                     struct ppt_open_loop *loop)
{
    struct ppt_rng rng;
    double at_s = 0;

    ppt_rng_seed(&rng, seed, block, PPT_STREAM_ARRIVALS);
    for (uint64_t i = 0; i < loop->count; i++) {
        switch (arrivals->process) {
        case PPT_ARRIVALS_POISSON:
            at_s -= i > 0 ? log1p(-ppt_rng_double(&rng)) / arrivals->rate : 0;
            break;
        case PPT_ARRIVALS_STEADY:
            at_s = (double)i / arrivals->rate;
            break;
        case PPT_ARRIVALS_RECORDED:
            at_s = arrivals->times_s[i];
            break;
        }
        loop->arrives_ns[i] = (int64_t)(at_s * SECOND_NS);
    }
}

struct ppt_open_loop *ppt_open_loop_create(const struct ppt_arrivals *arrivals, uint64_t seed,
                                           unsigned block, uint64_t count)
{
    struct ppt_open_loop *loop = ppt_alloc_aligned(64, sizeof(*loop));

    memset(loop, 0, sizeof(*loop));
    loop->count = count;
    loop->arrives_ns = ppt_alloc(count, sizeof(*loop->arrives_ns));
    loop->latency_ns = ppt_alloc(count, sizeof(*loop->latency_ns));
    loop->late_ns = ppt_alloc(count, sizeof(*loop->late_ns));
    lay_down(arrivals, seed, block, loop);
    /* Pages are touched before the pass. */
    memset(loop->latency_ns, 0, count * sizeof(*loop->latency_ns));
    memset(loop->late_ns, 0, count * sizeof(*loop->late_ns));
    return loop;
}

void ppt_open_loop_destroy(struct ppt_open_loop *loop)
{
    if (loop) {
        free(loop->arrives_ns);
        free(loop->latency_ns);
        free(loop->late_ns);
        free(loop);
    }
}

static int64_t since_start(const struct ppt_open_loop *loop, const struct ppt_counter *clock)
{
    return ppt_counter_ns(clock) - loop->start_ns;
}

/* Whether so many have arrived behind task `index`, and wait, that the workers do not keep up. */
static bool is_overloaded(const struct ppt_open_loop *loop, uint64_t index, int64_t now_ns)
{
    const uint64_t quarter = loop->count / 4;
    const uint64_t behind = index + (quarter > PPT_LEAST_BACKLOG ? quarter : PPT_LEAST_BACKLOG);

    return behind < loop->count && loop->arrives_ns[behind] <= now_ns;
}

static void sleep_ns(int64_t ns)
{
    const struct timespec left = {.tv_sec = (time_t)(ns / SECOND_NS), .tv_nsec = ns % SECOND_NS};
    const int slack_ns = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);

    /* By default the system may wake a sleeper 50 µs late. Tasks are to find what was set. */
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
    /* Woken by a signal it looks around sooner. */
    (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &left, NULL);
    if (slack_ns > 0) {
        prctl(PR_SET_TIMERSLACK, (unsigned long)slack_ns, 0, 0, 0);
    }
}

bool ppt_open_loop_take(struct ppt_open_loop *loop, const struct ppt_counter *clock,
                        bool (*stop)(const void *context), const void *context, uint64_t *index)
{
    const int64_t asked_ns = since_start(loop, clock);
    int64_t left_ns;

    if (atomic_load_explicit(&loop->overloaded, memory_order_relaxed)) {
        return false;
    }
    *index = atomic_fetch_add_explicit(&loop->next, 1, memory_order_relaxed);
    if (*index >= loop->count) {
        return false;
    }
    if (is_overloaded(loop, *index, asked_ns)) {
        atomic_store_explicit(&loop->overloaded, true, memory_order_relaxed);
    }
    while ((left_ns = loop->arrives_ns[*index] - since_start(loop, clock)) > 0) {
        if (stop(context)) {
            return false;
        }
        sleep_ns(left_ns < LOOK_NS ? left_ns : LOOK_NS);
    }
    if (loop->arrives_ns[*index] > asked_ns) {
        loop->late_ns[*index] = -left_ns;
    }
    return true;
}

void ppt_open_loop_done(struct ppt_open_loop *loop, const struct ppt_counter *clock, uint64_t index)
{
    const int64_t ns = since_start(loop, clock) - loop->arrives_ns[index];

    /* Of a counter that was set back, which is found behind the pass. */
    loop->latency_ns[index] = ns > 0 ? ns : 0;
}

/* Whoever sees the overload has a task, and runs it. */
uint64_t ppt_open_loop_run(const struct ppt_open_loop *loop)
{
    const uint64_t taken = atomic_load(&loop->next);

    return taken < loop->count ? taken : loop->count;
}

void ppt_open_loop_tell(struct ppt_open_loop *loop, struct ppt_sample *sample)
{
    const uint64_t run = ppt_open_loop_run(loop);

    qsort(loop->late_ns, run, sizeof(*loop->late_ns), ppt_order_int64);
    sample->arrivals = loop->count;
    sample->arrivals_ns = loop->arrives_ns[loop->count - 1] - loop->arrives_ns[0];
    sample->late_ns = loop->late_ns[ppt_nearest_rank(run, 99) - 1];
    sample->overloaded = atomic_load(&loop->overloaded);
    sample->latency_ns = loop->latency_ns;
    loop->latency_ns = NULL;
}
