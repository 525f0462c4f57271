/*
 * harness: what the bench itself costs, measured with tasks that do nothing: handing a task out,
 * timing and recording it; and starting and ending a pass. The references are the loops and teams
 * that a program without any recording would write.
 */
#include <omp.h>

#include "clock.h"
#include "crew.h"
#include "subjects.h"

#define TASKS 200000

static enum ppt_status run_nothing(void *local, const struct ppt_task *task, uint64_t *digest,
                                   struct ppt_error *error)
{
    (void)local;
    (void)error;
    *digest = task->index;
    return PPT_OK;
}

static const struct ppt_kernel nothing = {.version = PPT_KERNEL_VERSION,
                                          .struct_size = sizeof(struct ppt_kernel),
                                          .name = "nothing",
                                          .category = "test",
                                          .summary = "nothing",
                                          .run = run_nothing};

/* A bare loop or team. */
struct bare {
    int threads; /* 0: no OpenMP */
    int64_t span_ns;
};

static __attribute__((noinline)) void do_nothing(int64_t index)
{
    __asm__ volatile("" : : "r"(index));
}

/* The time of the loop alone, in a team that is there already: from the first thread's start, as
 * one may have done much before another has woken up. */
static enum ppt_status run_loop(void *state, struct ppt_error *error)
{
    struct bare *bare = state;
    int64_t start = INT64_MAX;

    (void)error;
    if (bare->threads == 0) {
        start = ppt_clock_ns();
        for (int64_t i = 0; i < TASKS; i++) {
            do_nothing(i);
        }
    } else {
#pragma omp parallel num_threads(bare->threads) default(none) reduction(min : start)
        {
#pragma omp barrier
            start = ppt_clock_ns();
#pragma omp for schedule(dynamic, 1)
            for (int64_t i = 0; i < TASKS; i++) {
                do_nothing(i);
            }
        }
    }
    bare->span_ns = ppt_clock_ns() - start;
    return PPT_OK;
}

static enum ppt_status run_team(void *state, struct ppt_error *error)
{
    struct bare *bare = state;
    const int64_t start = ppt_clock_ns();

    (void)error;
#pragma omp parallel num_threads(bare->threads) default(none)
    do_nothing(omp_get_thread_num());
    omp_pause_resource_all(omp_pause_hard);
    bare->span_ns = ppt_clock_ns() - start;
    return PPT_OK;
}

static int64_t bare_span_ns(const void *state)
{
    return ((const struct bare *)state)->span_ns;
}

static enum ppt_status hold_tasks(const struct venue *venue, struct ppt_error *error)
{
    static const struct {
        unsigned workers;
        const char *name, *reference;
        double limit; /* ns */
    } cases[] = {
        {0, "an empty task, 0 workers", "a plain loop of calls", 40},
        {1, "an empty task, 1 worker", "a bare dynamic loop of 1 thread", 60},
        {2, "an empty task, 2 workers", "a bare dynamic loop of 2 threads", 60},
    };
    struct crew crew;
    enum ppt_status status = crew_start(&crew, &nothing, NULL, TASKS, venue->scratch, error);

    for (size_t i = 0; status == PPT_OK && i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct shift shift = {.crew = &crew, .workers = cases[i].workers};
        struct bare bare = {.threads = (int)cases[i].workers};
        const struct contest contest = {
            .measured = {cases[i].name, shift_run, NULL, shift_work_ns, &shift, TASKS},
            .reference = {cases[i].reference, run_loop, NULL, bare_span_ns, &bare, TASKS},
            .unit = "ns",
            .unit_ns = 1,
            .bar = CONTEST_VALUE,
            .limit = cases[i].limit,
        };

        status = contest_hold(venue, &contest, error);
    }
    crew_stop(&crew);
    return status;
}

static enum ppt_status hold_passes(const struct venue *venue, struct ppt_error *error)
{
    static const unsigned workers[] = {1, 2, 4};
    struct crew crew;
    enum ppt_status status = crew_start(&crew, &nothing, NULL, 1, venue->scratch, error);

    for (size_t i = 0; status == PPT_OK && i < sizeof(workers) / sizeof(workers[0]); i++) {
        struct shift shift = {.crew = &crew, .workers = workers[i]};
        struct bare bare = {.threads = (int)workers[i]};
        char name[96];
        const struct contest contest = {
            .measured = {name, shift_run, NULL, shift_overhead_ns, &shift, 1},
            .reference = {"a bare team, started and ended", run_team, NULL, bare_span_ns, &bare, 1},
            .unit = "µs",
            .unit_ns = 1e3,
            .bar = CONTEST_VALUE,
            .limit = 10000,
        };

        snprintf(name, sizeof(name), "start and end of a pass, workers: %u", workers[i]);
        status = contest_hold(venue, &contest, error);
    }
    crew_stop(&crew);
    return status;
}

enum ppt_status speed_harness(const struct venue *venue, struct ppt_error *error)
{
    const enum ppt_status status = hold_tasks(venue, error);

    return status == PPT_OK ? hold_passes(venue, error) : status;
}
