/*
 * first.h - how long a task takes, before anything is planned: a run is sized by it.
 */
#ifndef PPT_RUN_FIRST_H
#define PPT_RUN_FIRST_H

#include "hooks.h"
#include "workload.h"

/* The configuration with no more tasks than are worth a copy of the folder each, where they have
 * such; whatever else it has is still that of the one given. */
struct ppt_config ppt_first_config(const struct ppt_config *config);

/* Runs the first tasks one after the other, as plain calls, until a tenth of a second is over, and
 * fills in the mean seconds of one; of several the first does not count. What is made ready for a
 * pass is made ready for them, by these commands (NULL: none) and in copies of the folder. */
enum ppt_status ppt_first_tasks(const struct ppt_config *config, const struct ppt_dirs *dirs,
                                struct ppt_hooks *hooks, double *seconds, struct ppt_error *error);

#endif
