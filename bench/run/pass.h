/*
 * pass.h - one pass: all tasks of a workload, once, at one point. The heart of the program.
 */
#ifndef PPT_RUN_PASS_H
#define PPT_RUN_PASS_H

#include "recorder.h"
#include "sample.h"
#include "workload.h"

/* Runs the pass and fills the sample's measurements (not block, position and started_ns). Must be
 * called outside any parallel region; when it returns, the team's threads are gone. The recorder
 * is to be kept for the next pass.
 *
 * Fails with PPT_FAILED when a task fails, a worker cannot attach or the team is smaller than
 * asked for, with PPT_INTERRUPTED when the user stopped it. The sample is then empty. */
enum ppt_status ppt_pass_run(struct ppt_workload *workload, struct ppt_point point,
                             struct ppt_recorder *recorder, struct ppt_sample *sample,
                             struct ppt_error *error);

#endif
