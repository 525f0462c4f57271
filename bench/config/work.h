/*
 * work.h - what a task of a run does at least (struct ppt_work), as its kernel states it.
 */
#ifndef PPT_CONFIG_WORK_H
#define PPT_CONFIG_WORK_H

#include "config.h"
#include "field.h"

/* Of a kernel from outside as its journal has it, since reports do not load it. */
extern const struct ppt_field ppt_work_fields[];

/* Of each task; all 0 for a mix, whose tasks differ, and where nothing is stated. */
struct ppt_work ppt_work_of(const struct ppt_config *config);

#endif
