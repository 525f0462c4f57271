/*
 * comparable.h - whether runs may be compared, and what else than the task differs between them.
 */
#ifndef PPT_COMPARABLE_H
#define PPT_COMPARABLE_H

#include "report.h"

/* Fails with PPT_BAD_INPUT when task, arguments or number of tasks are not the same in all runs.
 * Files named in arguments may lie in different folders: a checkout moves. With `different` those
 * of the first `old_count` and those of the others may be two tasks, with as many of each. */
enum ppt_status ppt_comparable_check(const struct ppt_outcome *runs, size_t old_count, size_t count,
                                     bool different, struct ppt_error *error);

/* Whether these two are runs of the same task. */
bool ppt_comparable_same_task(const struct ppt_outcome *a, const struct ppt_outcome *b);

/* Adds a line for each thing that differs and may explain a change (machine, seed, settings, ...),
 * and for each run that was disturbed or drifted. */
void ppt_comparable_warn(const struct ppt_outcome *runs, size_t count, struct ppt_text *lines);

#endif
