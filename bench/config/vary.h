/*
 * vary.h - sizes: numbers of the task that take several values in one run. Each combination of them
 * is a variant of the task (see point.h), measured in the same blocks as the others, and the answer
 * to all is a policy: from which size on how many workers.
 *
 * What varies is an argument of the kernel, or a word in braces among those of a program, or the
 * number of tasks of a pass. Once the first sizes are measured, others may be added between them:
 * that begins another round of blocks, see plan.h.
 */
#ifndef PPT_CONFIG_VARY_H
#define PPT_CONFIG_VARY_H

#include "config.h"

/* The axis of a variant's own value: "size" of 64. Borrowed from the configuration. */
struct ppt_varied {
    const char *name;
    double value;
};

/* The i-th number that is varied, at a variant (1, 2, ...). */
static inline struct ppt_varied ppt_varied_at(const struct ppt_config *config, size_t variant,
                                              size_t axis)
{
    return (struct ppt_varied){config->axes[axis].name, config->uses[variant - 1].values[axis]};
}

/* Whether an axis has a value. */
bool ppt_axis_has(const struct ppt_axis *axis, double value);

/* Whether all values of an axis are whole numbers, so that others must be, too. */
bool ppt_axis_is_whole(const struct ppt_axis *axis);

/* Sizes of one axis that are added to a run. */
struct ppt_more_sizes {
    unsigned block;        /* the first that has them, and nothing but them */
    double *values;        /* owned, as far as these functions make them */
    uint64_t *task_counts; /* of their passes, owned likewise; NULL: the configuration's */
    size_t count;
};
void ppt_more_sizes_free(struct ppt_more_sizes *more);

/* Adds them, with their points, as a new round. The configuration has one axis. Fails when a size
 * is none that the task can have, or is there. */
enum ppt_status ppt_config_add_sizes(struct ppt_config *config, const struct ppt_more_sizes *more,
                                     struct ppt_error *error);

#endif
