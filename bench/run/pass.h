/*
 * pass.h - one pass: all tasks of a workload, once, at one point. The heart of the program.
 */
#ifndef PPT_RUN_PASS_H
#define PPT_RUN_PASS_H

#include "queue.h"
#include "sample.h"
#include "stopwatch.h"
#include "topology.h"
#include "workload.h"

/* Runs the pass and fills the sample's measurements (not block and position; started_ns is
 * CLOCK_MONOTONIC's time of its start). Must be called outside any parallel region; when it
 * returns, the team's threads are gone. The watches are to be kept for the next pass.
 *
 * Fails with PPT_FAILED when a task fails, a worker cannot attach or the team is smaller than
 * asked for, with PPT_INTERRUPTED when the user stopped it. The sample is then empty. */
enum ppt_status ppt_pass_run(struct ppt_workload *workload, struct ppt_point point,
                             struct ppt_stopwatches *watches, struct ppt_sample *sample,
                             struct ppt_error *error);

/* What a process that runs a part of a pass, beside others, asks of those who share it out. Its
 * team has one thread more, the first, which runs no tasks and alone may speak to other processes:
 * by these functions. */
struct ppt_share {
    void *context;
    struct ppt_queue *queue; /* that the workers here take their tasks from */
    struct ppt_peers peers;  /* processes on the same CPUs */

    void (*begin)(void *context);                  /* first of all, timed from here on */
    bool (*gate)(void *context, unsigned workers); /* returns when the workers of all processes have
                                                      arrived, of this one so many; whether all are
                                                      well: then tasks may be run */
    void (*feed)(void *context);                   /* returns when all workers here have left */
    void (*rest)(void *context);   /* returns when all have given back their scratch */
    void (*finish)(void *context); /* last of all: the team is gone */
};

/* Runs this process's part of a pass, as above, at a point with ranks. The sample is of this
 * process alone, without a distribution of task times: they are in the watches. Fails with
 * PPT_INTERRUPTED, too, when another process gave up. */
enum ppt_status ppt_pass_run_share(struct ppt_workload *workload, struct ppt_point point,
                                   const struct ppt_share *share, struct ppt_stopwatches *watches,
                                   struct ppt_sample *sample, struct ppt_error *error);

#endif
