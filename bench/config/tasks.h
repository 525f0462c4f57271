/*
 * tasks.h - the tasks of one block: which kernel, with which arguments, at which index.
 *
 * A plain configuration has one kernel with one argument set at every index; of several programs
 * each has a set, and which one it is, the point says. The random mix draws a kernel and arguments
 * for every index, anew for each block and alike for every point of it.
 */
#ifndef PPT_CONFIG_TASKS_H
#define PPT_CONFIG_TASKS_H

#include "config.h"

/* One kernel with the argument sets that tasks use it with. */
struct ppt_task_group {
    const struct ppt_kernel *kernel;
    const union ppt_value **sets;
    size_t set_count;
};

struct ppt_task_ref {
    uint32_t group;
    uint32_t set;
};

struct ppt_tasks {
    struct ppt_task_group *groups; /* only kernels that have tasks */
    size_t group_count;
    struct ppt_task_ref *refs; /* per index; NULL: group 0 throughout, and the point's set */
    uint64_t count;
    union ppt_value *drawn; /* storage of drawn sets, or NULL */
};

/* The tasks of a block (1, 2, ...; 0: of the warm-up). Depends on the configuration and its seed
 * alone. Argument values are borrowed from the configuration or owned by the result. */
void ppt_tasks_create(const struct ppt_config *config, unsigned block, struct ppt_tasks *tasks);
void ppt_tasks_free(struct ppt_tasks *tasks);

/* The memory that the tasks of a block take: of a mix so much per task, else next to nothing. */
uint64_t ppt_tasks_bytes(const struct ppt_config *config);

/* What running these tasks takes at a point; worker_bytes are of all workers, libraries included.
 */
struct ppt_needs ppt_tasks_needs(const struct ppt_tasks *tasks, struct ppt_point point);

/* Adds to the most of each need: what is needed at once is the largest of several. */
void ppt_needs_widen(struct ppt_needs *most, const struct ppt_needs *one);

/* Sums of sizes stop at the largest number instead of starting again at 0. */
static inline uint64_t ppt_bytes_plus(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* The most threads of a process that may run the configuration's tasks at a time, and in *kernel
 * whose limit that is; 0: any number. */
uint64_t ppt_tasks_most_threads(const struct ppt_config *config, const char **kernel);

#endif
