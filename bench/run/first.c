#include "first.h"

#include <math.h>
#include <omp.h>

#include "clock.h"
#include "guard.h"
#include "memory.h"
#include "owned.h"

#define LONG_ENOUGH_NS 100000000

/* From all over the list: neighbours may be alike. Fractions of multiples of the golden ratio are
 * spread evenly, however many there are. */
static uint64_t place_of(uint64_t i, uint64_t count)
{
    const double part = (double)i * 0.6180339887498949;

    return (uint64_t)((part - floor(part)) * (double)count);
}

static enum ppt_status run_them(const struct ppt_workload *workload,
                                const struct ppt_attached *attached, double *seconds,
                                struct ppt_error *error)
{
    const int64_t start = ppt_clock_ns();
    int64_t now = start, warm = start;
    const uint64_t count = workload->tasks.count;
    uint64_t ran = 0;

    while (ran < count && now - start < LONG_ENOUGH_NS) {
        uint64_t digest;

        PPT_TRY(ppt_workload_run(workload, attached, place_of(ran++, count), &digest, error));
        now = ppt_clock_ns();
        warm = ran == 1 ? now : warm;
    }
    *seconds =
        ran > 1 ? (double)(now - warm) * 1e-9 / (double)(ran - 1) : (double)(now - start) * 1e-9;
    *seconds += 1e-9; /* even an empty task takes some time */
    return PPT_OK;
}

static enum ppt_status attach_and_run(const struct ppt_workload *workload, double *seconds,
                                      struct ppt_error *error)
{
    struct ppt_attached *attached PPT_FREED =
        ppt_alloc(workload->tasks.group_count, sizeof(*attached));

    PPT_TRY(ppt_workload_attach(workload, 0, attached, error));
    const enum ppt_status status = run_them(workload, attached, seconds, error);

    ppt_workload_detach(workload, attached);
    return status;
}

/* Every program. */
static enum ppt_status run_each(struct ppt_workload *workload, double *seconds,
                                struct ppt_error *error)
{
    const struct ppt_config *config = workload->config;
    const size_t programs = config->program_count > 0 ? config->program_count : 1;
    struct ppt_point calls = ppt_point_calls(config->points[0]);
    double sum = 0;

    for (size_t i = 0; i < programs; i++) {
        ppt_workload_move(workload, calls);
        PPT_TRY(attach_and_run(workload, seconds, error));
        sum += *seconds;
        calls.program++;
    }
    *seconds = sum / (double)programs;
    return PPT_OK;
}

enum ppt_status ppt_first_tasks(const struct ppt_config *config, const struct ppt_dirs *dirs,
                                double *seconds, struct ppt_error *error)
{
    struct ppt_workload workload PPT_OWNED(ppt_workload_close) = {0};

    PPT_TRY(ppt_workload_open(config, 0, dirs, &workload, error));
    omp_set_dynamic(0);
    omp_set_num_threads((int)config->inner_threads[0]);
    ppt_guard_enter(workload.foreign);
    const enum ppt_status status = run_each(&workload, seconds, error);

    ppt_guard_leave(workload.foreign);
    return status;
}
