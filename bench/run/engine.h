/*
 * engine.h - who runs passes that several processes share, as the sweep sees it. There is one with
 * MPI (bench/mpi); the program without it has none.
 */
#ifndef PPT_RUN_ENGINE_H
#define PPT_RUN_ENGINE_H

#include "cluster.h"
#include "config.h"
#include "sample.h"
#include "stopwatch.h"
#include "workload.h"

struct ppt_engine {
    void *context;
    const struct ppt_cluster *cluster; /* borrowed: all processes that there are */

    /* Makes all processes, of which there must be enough, ready for passes of a configuration, the
     * last one that this was called for; with `check` each of them tries its kernels. Fails when
     * one of them cannot run it: with its own status, and a message that names it. */
    enum ppt_status (*prepare)(void *context, const struct ppt_config *config, bool check,
                               struct ppt_error *error);

    /* As ppt_pass_run(), at a point with ranks. */
    enum ppt_status (*run)(void *context, struct ppt_workload *workload, unsigned block,
                           struct ppt_point point, struct ppt_stopwatches *watches,
                           struct ppt_sample *sample, struct ppt_error *error);

    /* Whether a process was lost: then there are no passes any more. */
    bool (*broken)(const void *context);
};

#endif
