/*
 * workload.h - the tasks of a block with their kernels opened: ready to be run by passes.
 */
#ifndef PPT_RUN_WORKLOAD_H
#define PPT_RUN_WORKLOAD_H

#include "config.h"
#include "tasks.h"

/* One kernel of the workload. */
struct ppt_opened {
    struct ppt_setup setup;
    void *shared;
};

struct ppt_workload {
    const struct ppt_config *config; /* borrowed */
    struct ppt_tasks tasks;
    struct ppt_opened *opened; /* one per group of tasks */
    size_t opened_count;
};

/* Draws the tasks of a block and opens their kernels. `scratch` is borrowed and must exist until
 * the workload is closed. */
enum ppt_status ppt_workload_open(const struct ppt_config *config, unsigned block,
                                  const char *scratch, struct ppt_workload *workload,
                                  struct ppt_error *error);
void ppt_workload_close(struct ppt_workload *workload);

/* Says at which point the next pass runs; call it while no worker is attached. */
void ppt_workload_move(struct ppt_workload *workload, struct ppt_point point);

/* A worker's scratch of every kernel of the workload: attaches all of them, or none. `locals` has
 * room for tasks.group_count pointers. */
enum ppt_status ppt_workload_attach(const struct ppt_workload *workload, unsigned worker,
                                    void **locals, struct ppt_error *error);
void ppt_workload_detach(const struct ppt_workload *workload, void **locals);

/* Runs one task with scratch of its own: attach, run, detach. */
enum ppt_status ppt_workload_run_fresh(const struct ppt_workload *workload, unsigned worker,
                                       uint64_t index, uint64_t *digest, struct ppt_error *error);

/* Runs one task with the worker's scratch. */
enum ppt_status ppt_workload_run(const struct ppt_workload *workload, void *const *locals,
                                 uint64_t index, uint64_t *digest, struct ppt_error *error);

#endif
