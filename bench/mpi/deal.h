/*
 * deal.h - one pass as rank 0 runs it: it hands out the tasks, its own workers run some of them,
 * and it gathers what came of all.
 */
#ifndef PPT_MPI_DEAL_H
#define PPT_MPI_DEAL_H

#include "sample.h"
#include "stopwatch.h"
#include "workload.h"
#include "world.h"

/* As ppt_pass_run(), at a point with ranks for which there is a group. */
enum ppt_status ppt_deal_run(struct ppt_world *world, struct ppt_workload *workload, unsigned block,
                             struct ppt_point point, struct ppt_stopwatches *watches,
                             struct ppt_sample *sample, struct ppt_error *error);

#endif
