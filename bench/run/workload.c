#include "workload.h"

#include <stdlib.h>

#include "guard.h"
#include "interrupt.h"
#include "memory.h"
#include "runtime.h"
#include "scratch_block.h"
#include "services.h"
#include "usage.h"

static int given_up(const void *pass)
{
    const struct ppt_workload *workload = pass;
    const int asked = ppt_interrupted;

    return asked > 0 ? asked : atomic_load_explicit(&workload->stop, memory_order_relaxed);
}

enum ppt_status ppt_workload_judge(const struct ppt_workload *workload,
                                   const struct ppt_kernel *kernel, const char *function,
                                   enum ppt_status status, struct ppt_error *error)
{
    switch ((int)status) {
    case PPT_OK:
        return status;
    case PPT_INTERRUPTED:
        return given_up(workload) ? status
                                  : ppt_fail(error, PPT_FAILED,
                                             "kernel \"%s\": %s says that it was interrupted, but "
                                             "nobody asked for that",
                                             kernel->name, function);
    case PPT_FAILED:
    case PPT_BAD_INPUT:
    case PPT_UNSUPPORTED:
        return error->text[0]
                   ? status
                   : ppt_fail(error, status, "kernel \"%s\": %s failed without saying why",
                              kernel->name, function);
    default:
        return ppt_fail(error, PPT_FAILED,
                        "kernel \"%s\": %s returned %d, which is nothing that a kernel may return",
                        kernel->name, function, (int)status);
    }
}

static enum ppt_status open_kernel(const struct ppt_workload *workload,
                                   const struct ppt_kernel *kernel, struct ppt_opened *opened,
                                   struct ppt_error *error)
{
    enum ppt_status status;

    if (!kernel->open) {
        return PPT_OK;
    }
    ppt_guard_enter(workload->foreign);
    status = kernel->open(&opened->setup, &opened->shared, error);
    ppt_guard_leave(workload->foreign);
    return ppt_workload_judge(workload, kernel, "open", status, error);
}

/* To who did not think of it. */
static const char *advice_of(const struct ppt_config *config)
{
    return config->sandbox == PPT_SANDBOX_OF_TASK ? NULL
           : config->prepare || config->sandbox == PPT_SANDBOX_OF_PASS
               ? "Others of its tasks ended well, and each runs many times: if it uses up its "
                 "input, --sandbox gives every task a copy of its own"
               : "It has ended well before, and runs many times: if it uses up its input, "
                 "--prepare CMD brings that back before each pass, and --sandbox gives every task "
                 "a copy of the folder";
}

enum ppt_status ppt_workload_open(const struct ppt_config *config, unsigned block,
                                  const struct ppt_dirs *dirs, struct ppt_workload *workload,
                                  struct ppt_error *error)
{
    bool outside = false;

    *workload = (struct ppt_workload){
        .config = config,
        .scratch = dirs->scratch,
        .results = dirs->results,
        .foreign = config->kernel_file != NULL,
    };
    error->text[0] = '\0';
    ppt_tasks_create(config, block, &workload->tasks);
    workload->opened = ppt_alloc(workload->tasks.group_count, sizeof(*workload->opened));
    for (size_t i = 0; i < workload->tasks.group_count; i++) {
        const struct ppt_task_group *group = &workload->tasks.groups[i];
        struct ppt_opened *opened = &workload->opened[i];

        opened->setup = (struct ppt_setup){
            .seed = config->seed,
            .scratch_dir = dirs->scratch->path,
            .scratch_fd = dirs->scratch->fd,
            .results_dir = dirs->results ? dirs->results->path : NULL,
            .results_fd = dirs->results ? dirs->results->fd : -1,
            .sets = group->sets,
            .set_count = group->set_count,
            .workers = ppt_config_most(config).workers,
            .inner_threads = ppt_config_most(config).inner_threads,
            .services = &ppt_services,
            .used_up = advice_of(config),
            .own_variables = ppt_runtime_own_variables(),
            .given_up = given_up,
            .pass = workload,
        };
        outside |= group->kernel->outside != NULL;
        const enum ppt_status status = open_kernel(workload, group->kernel, opened, error);

        if (status != PPT_OK) {
            opened->shared = NULL;
            ppt_workload_close(workload);
            return status;
        }
        workload->opened_count++;
    }
    ppt_interrupt_spare(outside || ppt_config_has_commands(config));
    return PPT_OK;
}

void ppt_workload_close(struct ppt_workload *workload)
{
    const bool foreign = workload->foreign;

    ppt_guard_enter(foreign);
    for (size_t i = 0; i < workload->opened_count; i++) {
        const struct ppt_kernel *kernel = workload->tasks.groups[i].kernel;

        if (kernel->close) {
            kernel->close(workload->opened[i].shared);
        }
    }
    ppt_guard_leave(foreign);
    free(workload->opened);
    free(workload->prices);
    ppt_tasks_free(&workload->tasks);
    *workload = (struct ppt_workload){0};
}

uint64_t ppt_workload_tasks(const struct ppt_workload *workload, struct ppt_point point)
{
    const struct ppt_config *config = workload->config;
    const bool own = config->axis_count > 0 || config->per_worker;
    const uint64_t count = own ? ppt_config_tasks(config, point) : workload->tasks.count;

    return workload->at_most > 0 && workload->at_most < count ? workload->at_most : count;
}

/* Scratch for a small size is not to be as large as that for the largest. Programs have none, but
 * know each other by their sets. */
static void take_size(const struct ppt_workload *workload, size_t group, struct ppt_opened *opened)
{
    const struct ppt_task_group *tasks = &workload->tasks.groups[group];

    if (workload->config->axis_count > 0 && !tasks->kernel->outside) {
        opened->setup.sets = &tasks->sets[workload->set];
        opened->setup.set_count = 1;
    }
}

void ppt_workload_move(struct ppt_workload *workload, struct ppt_point point)
{
    const unsigned variant = ppt_point_variant(point);

    workload->set = variant > 0 ? variant - 1 : 0;
    for (size_t i = 0; i < workload->opened_count; i++) {
        struct ppt_opened *opened = &workload->opened[i];

        take_size(workload, i, opened);
        opened->setup.workers = point.workers;
        opened->setup.inner_threads = point.inner_threads;
        /* Other ranks have none, and files are named by workers and inner threads. */
        opened->setup.results_dir =
            point.ranks > 0 || !workload->results ? NULL : workload->results->path;
        opened->setup.repeated = workload->found.repeated;
        opened->setup.work_dir = workload->found.work_dir;
        opened->setup.work_dir_of_task = workload->config->sandbox == PPT_SANDBOX_OF_TASK;
        opened->scratch_bytes =
            ppt_scratch_needed(workload->tasks.groups[i].kernel, &opened->setup);
    }
}

static void detach(const struct ppt_kernel *kernel, struct ppt_attached *attached)
{
    if (kernel->detach) {
        kernel->detach(attached->local);
    }
    free(attached->scratch);
    *attached = (struct ppt_attached){0};
}

/* A kernel of the workload, for the sets of this setup. */
static enum ppt_status attach(const struct ppt_workload *workload, size_t group,
                              const struct ppt_setup *setup, size_t scratch_bytes, unsigned worker,
                              struct ppt_attached *attached, struct ppt_error *error)
{
    const struct ppt_kernel *kernel = workload->tasks.groups[group].kernel;
    struct ppt_scratch scratch;

    *attached = (struct ppt_attached){0};
    if (!kernel->attach) {
        return PPT_OK;
    }
    PPT_TRY(ppt_scratch_begin(kernel, scratch_bytes, &scratch, error));
    attached->scratch = scratch.memory;

    const enum ppt_status status =
        ppt_workload_judge(workload, kernel, "attach",
                           kernel->attach(setup, workload->opened[group].shared, worker, &scratch,
                                          &attached->local, error),
                           error);

    if (status != PPT_OK) {
        free(attached->scratch);
        *attached = (struct ppt_attached){0};
    }
    return status;
}

/* Those of the first kernels. */
static void detach_first(const struct ppt_workload *workload, struct ppt_attached *attached,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        detach(workload->tasks.groups[i].kernel, &attached[i]);
    }
}

void ppt_workload_detach(const struct ppt_workload *workload, struct ppt_attached *attached)
{
    detach_first(workload, attached, workload->tasks.group_count);
}

enum ppt_status ppt_workload_attach(const struct ppt_workload *workload, unsigned worker,
                                    struct ppt_attached *attached, struct ppt_error *error)
{
    for (size_t i = 0; i < workload->tasks.group_count; i++) {
        const struct ppt_opened *opened = &workload->opened[i];
        const enum ppt_status status =
            attach(workload, i, &opened->setup, opened->scratch_bytes, worker, &attached[i], error);

        if (status != PPT_OK) {
            detach_first(workload, attached, i);
            return status;
        }
    }
    return PPT_OK;
}

static void add_outside(const struct ppt_kernel *kernel, void *local, struct ppt_outside *sum)
{
    struct ppt_outside one = {0};

    if (kernel->outside) {
        kernel->outside(local, &one);
        ppt_outside_add(sum, &one);
    }
}

void ppt_workload_outside(const struct ppt_workload *workload, const struct ppt_attached *attached,
                          struct ppt_outside *outside)
{
    for (size_t i = 0; i < workload->tasks.group_count; i++) {
        add_outside(workload->tasks.groups[i].kernel, attached[i].local, outside);
    }
}

/* The task at an index, and in *group the kernel that runs it. */
static inline struct ppt_task task_at(const struct ppt_workload *workload, uint64_t index,
                                      size_t *group)
{
    const struct ppt_tasks *tasks = &workload->tasks;
    const struct ppt_task_ref ref =
        tasks->refs ? tasks->refs[index] : (struct ppt_task_ref){.group = 0, .set = workload->set};

    *group = ref.group;
    return (struct ppt_task){.seed = workload->config->seed,
                             .index = index,
                             .set = ref.set,
                             .args = tasks->groups[ref.group].sets[ref.set]};
}

enum ppt_status ppt_workload_run(const struct ppt_workload *workload,
                                 const struct ppt_attached *attached, uint64_t index,
                                 uint64_t *digest, struct ppt_error *error)
{
    size_t group;
    const struct ppt_task task = task_at(workload, index, &group);

    const struct ppt_kernel *kernel = workload->tasks.groups[group].kernel;
    const enum ppt_status status = kernel->run(attached[group].local, &task, digest, error);

    return status == PPT_OK ? status : ppt_workload_judge(workload, kernel, "run", status, error);
}

enum ppt_status ppt_workload_run_fresh(const struct ppt_workload *workload, unsigned worker,
                                       uint64_t index, uint64_t *digest,
                                       struct ppt_outside *outside, struct ppt_error *error)
{
    size_t group;
    const struct ppt_task task = task_at(workload, index, &group);
    const struct ppt_kernel *kernel = workload->tasks.groups[group].kernel;
    /* Scratch for this task alone, not for the largest of the block. */
    const union ppt_value *const set = task.args;
    struct ppt_setup setup = workload->opened[group].setup;
    struct ppt_attached attached;
    enum ppt_status status;

    if (workload->tasks.refs) {
        setup.sets = &set;
        setup.set_count = 1;
    }
    PPT_TRY(attach(workload, group, &setup, ppt_scratch_needed(kernel, &setup), worker, &attached,
                   error));
    status = kernel->run(attached.local, &task, digest, error);
    status = ppt_workload_judge(workload, kernel, "run", status, error);
    add_outside(kernel, attached.local, outside);
    detach(kernel, &attached);
    return status;
}
