/*
 * workload.h - the tasks of a block with their kernels opened: ready to be run by passes.
 */
#ifndef PPT_RUN_WORKLOAD_H
#define PPT_RUN_WORKLOAD_H

#include <stdatomic.h>

#include "config.h"
#include "folder.h"
#include "sample.h"
#include "stopwatch.h"
#include "tasks.h"

/* Folders that kernels may write to, both borrowed. */
struct ppt_dirs {
    const struct ppt_folder *scratch; /* temporary files */
    const struct ppt_folder *results; /* of the run; NULL while there is none */
};

/* One kernel of the workload. */
struct ppt_opened {
    struct ppt_setup setup;
    void *shared;
    size_t scratch_bytes; /* that each worker's attach is given */
};

/* What a worker has of one kernel. */
struct ppt_attached {
    void *local;
    void *scratch; /* that the local lies in */
};

/* See price.h. */
struct ppt_known_price {
    unsigned inner_threads;
    uint32_t set;
    struct ppt_price price;
};

/* What tasks of a pass find; see kernel.h. */
struct ppt_found {
    bool repeated;  /* passes have ended well */
    char *work_dir; /* borrowed, or NULL */
};

struct ppt_workload {
    const struct ppt_config *config; /* borrowed */
    struct ppt_tasks tasks;
    struct ppt_opened *opened; /* one per group of tasks */
    size_t opened_count;
    uint32_t set;                     /* of plain tasks, at the point that was moved to */
    unsigned block;                   /* that the next pass is of */
    uint64_t at_most;                 /* tasks of a pass; 0: as many as the point has */
    const struct ppt_folder *scratch; /* for temporary files */
    const struct ppt_folder *results; /* for points of this process alone; may be NULL */
    bool foreign;                     /* whether the kernel comes from a file */
    struct ppt_found found;           /* by the passes to come */
    struct ppt_known_price *prices;   /* of scratch, as far as they were asked for */
    size_t price_count;
    /* Set when a pass is to be given up, by any thread; tasks may look at it too. */
    _Alignas(PPT_CACHE_LINE) atomic_bool stop;
};

/* What is to be made of a status that a kernel's function returned: where it is none that a kernel
 * may return, or comes without a message, the message names the kernel and the function. */
enum ppt_status ppt_workload_judge(const struct ppt_workload *workload,
                                   const struct ppt_kernel *kernel, const char *function,
                                   enum ppt_status status, struct ppt_error *error);

/* Draws the tasks of a block and opens their kernels. The folders must exist until the workload is
 * closed, and the workload must stay where it is. */
enum ppt_status ppt_workload_open(const struct ppt_config *config, unsigned block,
                                  const struct ppt_dirs *dirs, struct ppt_workload *workload,
                                  struct ppt_error *error);
void ppt_workload_close(struct ppt_workload *workload);

/* Says at which point the next pass runs; call it while no worker is attached. */
void ppt_workload_move(struct ppt_workload *workload, struct ppt_point point);

/* The tasks of a pass at a point. */
uint64_t ppt_workload_tasks(const struct ppt_workload *workload, struct ppt_point point);

/* Takes a worker's scratch and attaches every kernel of the workload, or none. `attached` has room
 * for tasks.group_count of them. Called by the worker, at the point that was moved to. */
enum ppt_status ppt_workload_attach(const struct ppt_workload *workload, unsigned worker,
                                    struct ppt_attached *attached, struct ppt_error *error);
void ppt_workload_detach(const struct ppt_workload *workload, struct ppt_attached *attached);

/* Adds what the worker's tasks cost outside of its thread, in all kernels; call it before detach.
 */
void ppt_workload_outside(const struct ppt_workload *workload, const struct ppt_attached *attached,
                          struct ppt_outside *outside);

/* Runs one task with scratch of its own: attach, run, detach. Adds what it cost outside. */
enum ppt_status ppt_workload_run_fresh(const struct ppt_workload *workload, unsigned worker,
                                       uint64_t index, uint64_t *digest,
                                       struct ppt_outside *outside, struct ppt_error *error);

/* Runs one task with the worker's scratch. */
enum ppt_status ppt_workload_run(const struct ppt_workload *workload,
                                 const struct ppt_attached *attached, uint64_t index,
                                 uint64_t *digest, struct ppt_error *error);

#endif
