/*
 * process.h - passes that run in a process of their own.
 *
 * Where memory lies, which pages are large and where threads begin is drawn once per process: the
 * passes of one process share it, and more of them do not average it out. So a run spreads its
 * blocks over fresh processes of this program. The run's own process plans, compares and records;
 * the other one runs one pass after the other as it is told, and sends back what it measured.
 *
 * They speak over a pair of sockets, one line of JSON for each message. A process that loses the
 * one that started it ends.
 */
#ifndef PPT_RUN_PROCESS_H
#define PPT_RUN_PROCESS_H

#include "config.h"
#include "progress.h"
#include "sample.h"
#include "workload.h"

/* ---- the side of the run ---- */

struct ppt_process;

/* Whether another process of this program can be started at all: not without /proc. */
bool ppt_process_possible(void);

/* Starts one for passes of this configuration. The folders must exist until it has ended, and so
 * must what tells of its passes while they run (NULL: nothing does). */
enum ppt_status ppt_process_start(const struct ppt_config *config, const struct ppt_dirs *dirs,
                                  struct ppt_progress *progress, struct ppt_process **process,
                                  struct ppt_error *error);

/* Makes it ready for the passes of a block, as ppt_workload_open() does; with `warm` it runs one
 * task per worker first, at the largest point, of which nothing is told. */
enum ppt_status ppt_process_open(struct ppt_process *process, unsigned block, bool warm,
                                 struct ppt_error *error);

/* As ppt_pass_run(), of the block that it was made ready for, with at most so many tasks (0: as
 * many as the point has); these find this. */
enum ppt_status ppt_process_pass(struct ppt_process *process, struct ppt_point point,
                                 uint64_t at_most, struct ppt_found found,
                                 struct ppt_sample *sample, struct ppt_error *error);

/* Whether it has ended by itself: then a call has failed, and only ppt_process_end() is left. */
bool ppt_process_is_lost(const struct ppt_process *process);

/* Returns when it is gone. NULL is fine. */
void ppt_process_end(struct ppt_process *process);

/* ---- the other side ---- */

/* The verb that it is started with; its operand is the number of an open descriptor. */
#define PPT_PROCESS_VERB "process"

/* Does what it is told over that descriptor, until nothing more comes. */
enum ppt_status ppt_process_serve(int channel, struct ppt_error *error);

#endif
