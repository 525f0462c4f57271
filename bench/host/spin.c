#include "spin.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "clock.h"
#include "memory.h"
#include "order.h"
#include "owned.h"
#include "queued.h"
#include "topology.h"
#include "usage.h"

#define SPIN_NS INT64_C(500000)

/* Room for spins that get four times as fast as they were when their length was chosen. */
#define HEADROOM 4

/* One chain of dependent operations, so that its time is that of the clock alone. */
static uint64_t spin(uint64_t value, uint64_t rounds)
{
    for (uint64_t i = 0; i < rounds; i++) {
        value ^= value << 13;
        value ^= value >> 7;
        value ^= value << 17;
    }
    return value;
}

/* So many rounds that the fastest of some tries takes SPIN_NS. */
static uint64_t choose_rounds(uint64_t *sink)
{
    uint64_t rounds = 1000;

    for (;;) {
        int64_t best = INT64_MAX;

        for (int i = 0; i < 5; i++) {
            const int64_t start = ppt_clock_ns();

            *sink += spin(*sink | 1, rounds);
            const int64_t took = ppt_clock_ns() - start;
            best = took < best ? took : best;
        }
        if (best >= SPIN_NS / 2) {
            return (uint64_t)((double)rounds * (double)SPIN_NS / (double)best) + 1;
        }
        rounds *= 2;
    }
}

/* What spinners share. */
struct test {
    struct ppt_binding binding;
    pthread_mutex_t gate; /* closed until all are there */
    uint64_t rounds;
    int64_t length_ns; /* 0: go home, not all could come */
    size_t most;       /* spins of each */
    struct spinner *spinners;
    unsigned cpus; /* as many */
};

struct spinner {
    pthread_t thread;
    struct test *test;
    unsigned id;
    int64_t *times;
    size_t count;
    int problem;
    int64_t queued_ns;
    uint64_t sink;
};

static void *run_spinner(void *argument)
{
    struct spinner *spinner = argument;
    struct test *test = spinner->test;

    spinner->problem = ppt_binding_apply(&test->binding, spinner->id);
    pthread_mutex_lock(&test->gate);
    pthread_mutex_unlock(&test->gate);
    int64_t now = ppt_clock_ns();
    const int64_t end = now + test->length_ns;
    while (now < end && spinner->count < test->most) {
        const int64_t before = now;

        spinner->sink += spin(spinner->sink | 1, test->rounds);
        now = ppt_clock_ns();
        spinner->times[spinner->count++] = now - before;
    }
    spinner->queued_ns = ppt_queued_ns(PPT_QUEUED_THREAD);
    return NULL;
}

/* ---- what the times say ---- */

/* A spin that takes so much longer than its median was interrupted; what takes a little longer ran
 * at a lower clock, or beside a busy neighbour on its core. */
#define INTERRUPTED 1.5

static double quantile(const int64_t *sorted, size_t count, double share)
{
    return (double)sorted[(size_t)(share * (double)(count - 1) + 0.5)];
}

void ppt_spin_summarise(int64_t *const *times, const size_t *counts, unsigned cpus,
                        struct ppt_spins *spins)
{
    double all = 0, excess = 0, fastest = INFINITY, slowest = 0;

    spins->cpus = cpus;
    spins->count = 0;
    spins->spread = 0;
    for (unsigned c = 0; c < cpus; c++) {
        qsort(times[c], counts[c], sizeof(*times[c]), ppt_order_int64);
        const double median = quantile(times[c], counts[c], 0.5);
        const double width =
            quantile(times[c], counts[c], 0.95) - quantile(times[c], counts[c], 0.05);

        spins->count += counts[c];
        spins->spread = fmax(spins->spread, width / median);
        fastest = fmin(fastest, median);
        slowest = fmax(slowest, median);
        for (size_t i = 0; i < counts[c]; i++) {
            all += (double)times[c][i];
            excess += (double)times[c][i] > INTERRUPTED * median ? (double)times[c][i] - median : 0;
        }
    }
    spins->typical_s = fastest * 1e-9;
    spins->lost = excess / all;
    spins->unequal = slowest / fastest - 1;
}

/* ---- the test ---- */

/* All spin at the same time, or none. Returns 0, or what kept them from it. */
static int run_spinners(struct test *test, struct spinner *spinners, unsigned cpus)
{
    unsigned created = 0;
    int problem = 0;

    pthread_mutex_init(&test->gate, NULL);
    pthread_mutex_lock(&test->gate);
    while (created < cpus && problem == 0) {
        problem = pthread_create(&spinners[created].thread, NULL, run_spinner, &spinners[created]);
        created += problem == 0;
    }
    if (problem != 0) {
        test->length_ns = 0;
    }
    pthread_mutex_unlock(&test->gate);
    for (unsigned i = 0; i < created; i++) {
        pthread_join(spinners[i].thread, NULL);
        problem = problem != 0 ? problem : spinners[i].problem;
    }
    pthread_mutex_destroy(&test->gate);
    return problem;
}

static void summarise(const struct spinner *spinners, unsigned cpus, struct ppt_spins *spins)
{
    int64_t **times PPT_FREED = ppt_alloc(cpus, sizeof(*times));
    size_t *counts PPT_FREED = ppt_alloc(cpus, sizeof(*counts));

    for (unsigned i = 0; i < cpus; i++) {
        times[i] = spinners[i].times;
        counts[i] = spinners[i].count;
    }
    ppt_spin_summarise(times, counts, cpus, spins);
}

static int64_t own_ns(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return ppt_usage_of(&usage).user_ns + ppt_usage_of(&usage).system_ns;
}

/* What is said of passes, of the test. */
static struct ppt_lost taken_of(const struct test *test, const struct ppt_spins *spins,
                                int64_t used_ns)
{
    struct ppt_meanwhile meanwhile = {
        .wall_ns = (int64_t)(spins->seconds * 1e9),
        .own_ns = used_ns,
        .busy_ns = spins->noise.busy_ns,
        .throttled_ns = spins->noise.throttled_ns,
        .cpus = ppt_noise_cpus(),
        .threads = test->cpus,
    };

    for (unsigned i = 0; i < test->cpus; i++) {
        meanwhile.queued_ns = ppt_queued_sum_ns(meanwhile.queued_ns, test->spinners[i].queued_ns);
    }
    return ppt_lost_of(&meanwhile);
}

static void free_test(struct test *test)
{
    for (unsigned i = 0; i < test->cpus; i++) {
        free(test->spinners[i].times);
    }
    free(test->spinners);
    ppt_binding_free(&test->binding);
}

enum ppt_status ppt_spin_run(unsigned cpus, double seconds, struct ppt_spins *spins,
                             struct ppt_error *error)
{
    const struct ppt_point point = {.workers = cpus, .inner_threads = 1};
    struct test test PPT_OWNED(free_test) = {.length_ns = (int64_t)(seconds * 1e9)};
    struct ppt_noise before, after;
    struct ppt_cpu_set set;
    uint64_t sink = 1;

    *spins = (struct ppt_spins){0};
    PPT_TRY(ppt_binding_create(PPT_PLACEMENT_SPREAD, point, (struct ppt_peers){0, 1}, &test.binding,
                               error));
    test.rounds = choose_rounds(&sink);
    test.most = HEADROOM * (size_t)(test.length_ns / SPIN_NS + 1);
    test.spinners = ppt_alloc(cpus, sizeof(*test.spinners));
    test.cpus = cpus;
    for (unsigned i = 0; i < cpus; i++) {
        test.spinners[i] = (struct spinner){.test = &test, .id = i, .sink = sink};
        test.spinners[i].times = ppt_alloc(test.most, sizeof(*test.spinners[i].times));
    }
    ppt_cpu_set_read(&set);
    ppt_noise_read(&set, &before);
    const int64_t start = ppt_clock_ns(), used = own_ns();
    const int problem = run_spinners(&test, test.spinners, cpus);
    spins->seconds = (double)(ppt_clock_ns() - start) * 1e-9;
    const int64_t used_ns = own_ns() - used;
    ppt_noise_read(&set, &after);
    if (problem != 0) {
        return ppt_fail(error, PPT_FAILED, "noise test: %u threads on CPUs of their own: %s", cpus,
                        strerror(problem));
    }
    spins->noise = ppt_noise_between(&before, &after);
    spins->taken = taken_of(&test, spins, used_ns);
    summarise(test.spinners, cpus, spins);
    return PPT_OK;
}
