#include "first.h"

#include <omp.h>

#include "clock.h"
#include "guard.h"
#include "interrupt.h"
#include "memory.h"
#include "owned.h"
#include "plan.h"
#include "sandbox.h"

#define LONG_ENOUGH_NS 100000000
#define MOST_COPIES 8

uint64_t ppt_first_most(const struct ppt_config *config)
{
    return config->sandbox == PPT_SANDBOX_OF_TASK && config->task_count > MOST_COPIES
               ? MOST_COPIES
               : config->task_count;
}

static enum ppt_status run_them(const struct ppt_workload *workload,
                                const struct ppt_attached *attached, struct ppt_first *first,
                                struct ppt_error *error)
{
    const int64_t start = ppt_clock_ns();
    int64_t now = start, warm = start;
    const uint64_t count = workload->tasks.count, most = ppt_first_most(workload->config);
    uint64_t ran = 0;

    while (ran < count && ran < most && now - start < LONG_ENOUGH_NS) {
        uint64_t digest;

        PPT_TRY(
            ppt_workload_run(workload, attached, ppt_plan_spread(ran++, count), &digest, error));
        now = ppt_clock_ns();
        warm = ran == 1 ? now : warm;
    }
    first->first_ns = warm - start;
    first->task_s =
        (double)(ran > 1 ? now - warm : now - start) * 1e-9 / (double)(ran > 1 ? ran - 1 : 1);
    first->task_s += 1e-9; /* even an empty task takes some time */
    return PPT_OK;
}

static enum ppt_status attach_and_run(const struct ppt_workload *workload, struct ppt_first *first,
                                      struct ppt_error *error)
{
    struct ppt_attached *attached PPT_FREED =
        ppt_alloc(workload->tasks.group_count, sizeof(*attached));

    PPT_TRY(ppt_workload_attach(workload, 0, attached, error));
    const enum ppt_status status = run_them(workload, attached, first, error);

    ppt_workload_detach(workload, attached);
    return status;
}

/* Every program. What the very first task took is told of one program alone. */
static enum ppt_status run_each(struct ppt_workload *workload, struct ppt_first *first,
                                struct ppt_error *error)
{
    const struct ppt_config *config = workload->config;
    const size_t programs = config->program_count > 0 ? config->program_count : 1;
    struct ppt_point calls = ppt_point_calls(config->points[0]);
    double sum = 0;

    calls.program = config->program_count > 0;
    for (size_t i = 0; i < programs; i++) {
        ppt_workload_move(workload, calls);
        PPT_TRY(attach_and_run(workload, first, error));
        sum += first->task_s;
        calls.program++;
    }
    first->task_s = sum / (double)programs;
    first->first_ns = programs > 1 ? 0 : first->first_ns;
    return PPT_OK;
}

static enum ppt_status open_and_run(const struct ppt_config *config, const struct ppt_dirs *dirs,
                                    struct ppt_found found, struct ppt_first *first,
                                    struct ppt_error *error)
{
    struct ppt_workload workload PPT_OWNED(ppt_workload_close) = {0};

    PPT_TRY(ppt_workload_open(config, 0, dirs, &workload, error));
    omp_set_dynamic(0);
    omp_set_num_threads((int)config->inner_threads[0]);
    workload.found = found;
    ppt_guard_enter(workload.foreign);
    const enum ppt_status status = run_each(&workload, first, error);

    ppt_guard_leave(workload.foreign);
    return status;
}

enum ppt_status ppt_first_tasks(const struct ppt_config *config, const struct ppt_dirs *dirs,
                                struct ppt_hooks *hooks, struct ppt_first *first,
                                struct ppt_error *error)
{
    struct ppt_sandbox sandbox PPT_OWNED(ppt_sandbox_empty) = {0};

    PPT_TRY(ppt_hooks_run(hooks, PPT_HOOK_PREPARE, error));
    PPT_TRY(ppt_sandbox_fill(&sandbox, config, ppt_first_most(config), dirs->scratch, error));
    const struct ppt_found found = {.work_dir = sandbox.work_dir};
    const enum ppt_status status = open_and_run(config, dirs, found, first, error);

    return ppt_interrupted ? ppt_fail(error, PPT_INTERRUPTED, "interrupted") : status;
}
