/*
 * comparable.h - whether runs may be compared, and what else than the task differs between them.
 */
#ifndef PPT_COMPARABLE_H
#define PPT_COMPARABLE_H

#include "report.h"

/* Fails with PPT_BAD_INPUT when task, arguments or number of tasks are not the same in all runs.
 * Files named in arguments may lie in different folders: a checkout moves. */
enum ppt_status ppt_comparable_check(const struct ppt_outcome *runs, size_t count,
                                     struct ppt_error *error);

/* Adds a line for each thing that differs and may explain a change (machine, seed, settings, ...),
 * and for each run that was disturbed or drifted. */
void ppt_comparable_warn(const struct ppt_outcome *runs, size_t count, struct ppt_text *lines);

#endif
