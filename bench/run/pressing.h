/*
 * pressing.h - what presses beside a pass, where its point says so: started before the pass and its
 * team, marked when tasks begin, stopped behind it.
 */
#ifndef PPT_RUN_PRESSING_H
#define PPT_RUN_PRESSING_H

#include "press.h"
#include "workload.h"

/* Starts it beside workers that are bound so; *pressure becomes NULL where nothing is to press.
 * Fails with PPT_UNSUPPORTED, whatever the cause: the task has done nothing wrong. */
enum ppt_status ppt_pressing_start(const struct ppt_workload *workload, struct ppt_point point,
                                   const struct ppt_binding *binding,
                                   struct ppt_pressure **pressure, struct ppt_error *error);

/* Ends it, and fails likewise; of NULL nothing was pressed. */
enum ppt_status ppt_pressing_stop(struct ppt_pressure *pressure, struct ppt_pressed *pressed,
                                  struct ppt_error *error);

#endif
