/*
 * runtime.h - the OpenMP runtime's settings that must be in place before the program starts.
 */
#ifndef PPT_RUN_RUNTIME_H
#define PPT_RUN_RUNTIME_H

/* libgomp reads its environment once, when it is loaded. A thread that waits at its barriers spins
 * for milliseconds by default, which takes a CPU (or half a core, or the quota of a container) from
 * the thread it waits for, and is counted as CPU time of the tasks. Unless the user has chosen a
 * wait policy, this starts the program again with OMP_WAIT_POLICY=passive. Call it first of all. */
void ppt_runtime_prepare(char *const *arguments);

#endif
