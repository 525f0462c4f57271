/*
 * first.h - how long a task takes, before anything is planned: a run is sized by it.
 */
#ifndef PPT_RUN_FIRST_H
#define PPT_RUN_FIRST_H

#include "workload.h"

/* Runs some of the tasks one after the other, as plain calls, until a tenth of a second is over,
 * and fills in the mean seconds of one; of several the first does not count. Of several programs it
 * does so with each, and the mean is of all. */
enum ppt_status ppt_first_tasks(const struct ppt_config *config, const struct ppt_dirs *dirs,
                                double *seconds, struct ppt_error *error);

#endif
