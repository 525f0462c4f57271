/*
 * runtime.h - what must be in place before the OpenMP runtime is used.
 */
#ifndef PPT_RUN_RUNTIME_H
#define PPT_RUN_RUNTIME_H

#include "config.h"

/* Environment variables that are not for other programs, separated by commas, or NULL: those that
 * ppt_runtime_keep() found. */
const char *ppt_runtime_own_variables(void);

/* All variables that are there and begin with one of these prefixes (NULL-terminated) are for this
 * program alone. Call it before there are threads. */
void ppt_runtime_keep(const char *const *prefixes);

/* libgomp ends the process when a thread cannot be created. So this finds out beforehand, by
 * creating as many as one process has at the point, with the stacks that libgomp will give them;
 * fails with PPT_FAILED when that cannot be done, when their stacks are too small for a task, or
 * when OMP_THREAD_LIMIT forbids it. Beside these there will be so many threads of other processes
 * of the program, which limits of the system count, too. Call it outside of any parallel region. */
enum ppt_status ppt_runtime_check_threads(struct ppt_point point, unsigned others,
                                          struct ppt_error *error);

#endif
