/*
 * share.h - one pass as every rank but 0 runs it: its share of the tasks.
 */
#ifndef PPT_MPI_SHARE_H
#define PPT_MPI_SHARE_H

#include "stopwatch.h"
#include "workload.h"
#include "world.h"

/* From the kernels being open to the result being sent; returns early when rank 0 abandons the
 * pass. That tasks fail is no failure: rank 0 is told. */
enum ppt_status ppt_share_run(struct ppt_world *world, struct ppt_workload *workload,
                              struct ppt_point point, struct ppt_stopwatches *watches,
                              struct ppt_error *error);

#endif
