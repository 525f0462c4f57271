/*
 * runtime.h - what must be in place before the OpenMP runtime is used: its settings, and threads.
 */
#ifndef PPT_RUN_RUNTIME_H
#define PPT_RUN_RUNTIME_H

#include "config.h"

/* libgomp reads its environment once, when it is loaded. A thread that waits at its barriers spins
 * for milliseconds by default, which takes a CPU (or half a core, or the quota of a container) from
 * the thread it waits for, and is counted as CPU time of the tasks. Unless the user has chosen a
 * wait policy, this starts the program again with OMP_WAIT_POLICY=passive. Call it first of all. */
void ppt_runtime_prepare(char *const *arguments);

/* Environment variables that are not for other programs, separated by commas, or NULL: those that
 * this has set, and those that ppt_runtime_keep() names. */
const char *ppt_runtime_own_variables(void);

/* All variables that are there and begin with one of these prefixes (NULL-terminated) are for this
 * program alone, too. Call it before there are threads. */
void ppt_runtime_keep(const char *const *prefixes);

/* libgomp ends the process when a thread cannot be created. So this finds out beforehand, by
 * creating as many as one process has at the point; fails with PPT_FAILED when that cannot be done,
 * or when OMP_THREAD_LIMIT forbids it. Call it outside of any parallel region. */
enum ppt_status ppt_runtime_check_threads(struct ppt_point point, struct ppt_error *error);

#endif
