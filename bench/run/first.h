/*
 * first.h - how long a task takes, before anything is planned: a run is sized by it.
 */
#ifndef PPT_RUN_FIRST_H
#define PPT_RUN_FIRST_H

#include "hooks.h"
#include "workload.h"

/* So many tasks at most are run for that: where each needs a copy of the folder, only a few. */
uint64_t ppt_first_most(const struct ppt_config *config);

struct ppt_first {
    double task_s;    /* of one, in the mean; of several the first does not count */
    int64_t first_ns; /* of that one */
};

/* Runs some of the tasks one after the other, as plain calls, until a tenth of a second is over,
 * and fills in what one takes. What is made ready for a pass is made ready for them, by these
 * commands (NULL: none) and in copies of the folder. Of several programs it does so with each, and
 * the mean is of all. */
enum ppt_status ppt_first_tasks(const struct ppt_config *config, const struct ppt_dirs *dirs,
                                struct ppt_hooks *hooks, struct ppt_first *first,
                                struct ppt_error *error);

#endif
