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
#define TEAM_LONG_ENOUGH_NS 30000000
#define MOST_COPIES 8

#define MANY_TIMES 5
#define LEAST_S 0.05

/* What tasks are run by. */
struct round {
    const struct ppt_config *config;
    const struct ppt_dirs *dirs;
    struct ppt_hooks *hooks;
    uint64_t most;          /* tasks */
    int64_t long_enough_ns; /* after that no other one is begun */
    struct ppt_sandbox sandbox;
};

static double seconds_since(int64_t start_ns)
{
    return (double)(ppt_clock_ns() - start_ns) * 1e-9;
}

/* Whether one task can use up what is for all, and it is left to us how many they are. */
static bool is_shared(const struct ppt_config *config)
{
    return config->size_tasks && config->variant_count == 0 && ppt_config_readied_once(config);
}

/* ---- tasks ---- */

/* Whether another one is to be run behind so many, after so long. */
static bool is_wanted(const struct round *round, uint64_t ran, int64_t ns)
{
    return ran < round->most &&
           (ns < round->long_enough_ns || (ran == 1 && is_shared(round->config) &&
                                           (double)ns * 1e-9 < round->config->max_seconds));
}

static enum ppt_status run_them(const struct round *round, const struct ppt_workload *workload,
                                const struct ppt_attached *attached, struct ppt_first *first,
                                struct ppt_error *error)
{
    const int64_t start = ppt_clock_ns();
    int64_t now = start, warm = start;
    uint64_t ran = 0;

    while (is_wanted(round, ran, now - start)) {
        uint64_t digest;

        PPT_TRY(ppt_workload_run(workload, attached, ppt_plan_spread(ran++, workload->tasks.count),
                                 &digest, error));
        now = ppt_clock_ns();
        warm = ran == 1 ? now : warm;
    }
    first->first_ns = warm - start;
    first->task.task_s =
        (double)(ran > 1 ? now - warm : now - start) * 1e-9 / (double)(ran > 1 ? ran - 1 : 1);
    first->task.task_s += 1e-9; /* even an empty task takes some time */
    return PPT_OK;
}

static enum ppt_status attach_and_run(const struct round *round,
                                      const struct ppt_workload *workload, struct ppt_first *first,
                                      struct ppt_error *error)
{
    struct ppt_attached *attached PPT_FREED =
        ppt_alloc(workload->tasks.group_count, sizeof(*attached));

    PPT_TRY(ppt_workload_attach(workload, 0, attached, error));
    const enum ppt_status status = run_them(round, workload, attached, first, error);

    ppt_workload_detach(workload, attached);
    return status;
}

/* What a task takes with the most inner threads. */
static enum ppt_status run_team(const struct round *round, struct ppt_workload *workload,
                                struct ppt_point calls, double *team_s, struct ppt_error *error)
{
    const struct ppt_config *config = round->config;
    const unsigned most = config->inner_threads[config->inner_count - 1];
    struct round shorter = *round;
    struct ppt_first first = {.sizes = NULL};

    if (config->inner_count == 1) {
        return PPT_OK;
    }
    shorter.long_enough_ns = TEAM_LONG_ENOUGH_NS;
    calls.inner_threads = most;
    omp_set_num_threads((int)most);
    ppt_workload_move(workload, calls);
    const enum ppt_status status = attach_and_run(&shorter, workload, &first, error);

    /* They might go on waiting as busily as the user wants that (OMP_WAIT_POLICY). */
    omp_pause_resource_all(omp_pause_hard);
    *team_s = first.task.task_s;
    return status;
}

/* One variant, or the task. */
static enum ppt_status run_variant(const struct round *round, struct ppt_workload *workload,
                                   struct ppt_point calls, struct ppt_first *first,
                                   struct ppt_error *error)
{
    omp_set_num_threads((int)calls.inner_threads);
    ppt_workload_move(workload, calls);
    PPT_TRY(attach_and_run(round, workload, first, error));
    return run_team(round, workload, calls, &first->task.team_s, error);
}

/* Every variant. What the very first task took is told of a single one alone. */
static enum ppt_status run_each(const struct round *round, struct ppt_workload *workload,
                                struct ppt_first *first, struct ppt_error *error)
{
    const struct ppt_config *config = round->config;
    const size_t variants = config->variant_count > 0 ? config->variant_count : 1;
    struct ppt_point calls = ppt_point_calls(config->points[0]);
    struct ppt_task_cost sum = {0};

    for (size_t i = 0; i < variants; i++) {
        if (config->variant_count > 0) {
            ppt_config_set_variant(config, &calls, (unsigned)i + 1);
        }
        PPT_TRY(run_variant(round, workload, calls, first, error));
        sum.task_s += first->task.task_s;
        sum.team_s += first->task.team_s;
        if (first->sizes) {
            first->sizes[i] = first->task;
        }
    }
    first->task =
        (struct ppt_task_cost){sum.task_s / (double)variants, sum.team_s / (double)variants};
    first->first_ns = variants > 1 ? 0 : first->first_ns;
    return PPT_OK;
}

static enum ppt_status open_and_run(const struct round *round, struct ppt_first *first,
                                    struct ppt_error *error)
{
    struct ppt_workload workload PPT_OWNED(ppt_workload_close) = {0};

    PPT_TRY(ppt_workload_open(round->config, 0, round->dirs, &workload, error));
    omp_set_dynamic(0);
    workload.found = (struct ppt_found){.work_dir = round->sandbox.work_dir};
    ppt_guard_enter(workload.foreign);
    const enum ppt_status status = run_each(round, &workload, first, error);

    ppt_guard_leave(workload.foreign);
    return status;
}

/* ---- and what they find ---- */

static void round_end(struct round *round)
{
    ppt_sandbox_empty(&round->sandbox);
}

/* Of copies what one of them takes, to be made and removed. */
static void add_copies(const struct round *round, double seconds, struct ppt_first *first)
{
    if (round->config->sandbox == PPT_SANDBOX_OF_TASK) {
        first->copy_s += seconds / (double)round->most;
    } else {
        first->pass_s += seconds;
    }
}

static enum ppt_status run_round(struct round *round, struct ppt_first *first,
                                 struct ppt_error *error)
{
    int64_t start = ppt_clock_ns();

    *first = (struct ppt_first){.sizes = first->sizes};
    PPT_TRY(ppt_hooks_run(round->hooks, PPT_HOOK_PREPARE, error));
    first->pass_s = seconds_since(start);
    start = ppt_clock_ns();
    PPT_TRY(ppt_sandbox_fill(&round->sandbox, round->config, round->most, round->config->task_count,
                             round->dirs->scratch, error));
    add_copies(round, seconds_since(start), first);
    PPT_TRY(open_and_run(round, first, error));
    start = ppt_clock_ns();
    ppt_sandbox_empty(&round->sandbox);
    add_copies(round, seconds_since(start), first);
    return PPT_OK;
}

bool ppt_first_longer(double first_s, double later_s)
{
    return first_s >= MANY_TIMES * later_s && first_s - later_s >= LEAST_S;
}

static bool is_first_longer(const struct ppt_first *first)
{
    return ppt_first_longer((double)first->first_ns * 1e-9, first->task.task_s);
}

/* The very first task may just have warmed something up: then it is not so a second time. */
static enum ppt_status look_again(struct round *round, struct ppt_first *first,
                                  struct ppt_error *error)
{
    struct ppt_first again = {0};

    if (!is_shared(round->config) || !is_first_longer(first)) {
        return PPT_OK;
    }
    PPT_TRY(run_round(round, &again, error));
    first->used_up = is_first_longer(&again);
    if (first->used_up) {
        first->task.task_s = (double)again.first_ns * 1e-9;
    }
    return PPT_OK;
}

enum ppt_status ppt_first_tasks(const struct ppt_config *config, const struct ppt_dirs *dirs,
                                struct ppt_hooks *hooks, uint64_t most, struct ppt_first *first,
                                struct ppt_error *error)
{
    struct round round PPT_OWNED(round_end) = {.config = config,
                                               .dirs = dirs,
                                               .hooks = hooks,
                                               .most = most,
                                               .long_enough_ns = LONG_ENOUGH_NS};

    if (config->sandbox == PPT_SANDBOX_OF_TASK && round.most > MOST_COPIES) {
        round.most = MOST_COPIES;
    }
    enum ppt_status status = run_round(&round, first, error);

    if (status == PPT_OK) {
        status = look_again(&round, first, error);
    }
    return ppt_interrupted ? ppt_fail(error, PPT_INTERRUPTED, "interrupted") : status;
}
