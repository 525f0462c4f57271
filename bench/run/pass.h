/*
 * pass.h - one pass: all tasks of a workload, once, at one point. The heart of the program.
 */
#ifndef PPT_RUN_PASS_H
#define PPT_RUN_PASS_H

#include "sample.h"
#include "workload.h"

/* Buffers that passes record into; kept between passes so that recording costs no page faults. */
struct ppt_recorder;
struct ppt_recorder *ppt_recorder_create(void);
void ppt_recorder_destroy(struct ppt_recorder *recorder); /* NULL is fine */

/* Runs the pass and fills the sample's measurements (not block, position and started_ns). Must be
 * called outside any parallel region; when it returns, the team's threads are gone.
 *
 * Fails with PPT_FAILED when a task fails, a worker cannot attach or the team is smaller than
 * asked for, with PPT_INTERRUPTED when the user stopped it. The sample is then empty. */
enum ppt_status ppt_pass_run(struct ppt_workload *workload, struct ppt_point point,
                             struct ppt_recorder *recorder, struct ppt_sample *sample,
                             struct ppt_error *error);

#endif
