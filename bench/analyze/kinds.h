/*
 * kinds.h - the tasks of a random mix by kind: what each kernel's tasks take at every point.
 */
#ifndef PPT_ANALYZE_KINDS_H
#define PPT_ANALYZE_KINDS_H

#include "config.h"
#include "index.h"

struct ppt_kind {
    const struct ppt_kernel *kernel;
    double tasks_per_block; /* mean number of its tasks in a block */
    /* By config->points: median over blocks of the mean task time in seconds. Each block has tasks
     * of its own, but the same ones at every point. 0: none were measured. */
    double *task_s;
    /* Median over blocks of its task time against the first point's in the same block: above 1 its
     * tasks take longer side by side. */
    double *inflation;
};

struct ppt_kinds {
    struct ppt_kind *items; /* in the order of config->uses; empty for a plain task */
    size_t count;
};

/* Needs the times of single tasks, so there are none beyond PPT_MOST_TASK_TIMES. */
void ppt_kinds_of(const struct ppt_config *config, const struct ppt_index *index,
                  struct ppt_kinds *kinds);
void ppt_kinds_free(struct ppt_kinds *kinds);

#endif
