/*
 * start.h - how the process was started, before libraries made something else of it.
 *
 * libgomp reads its environment once, when it is loaded, which is before main(). Two of its
 * settings do harm here. A thread that waits at its barriers spins for milliseconds by default,
 * which takes a CPU (or half a core, or the quota of a container) from the thread it waits for, and
 * is counted as CPU time of the tasks. And where threads are to be bound it binds the main thread
 * there and then, so that nobody sees any more which CPUs the process was given. So the program is
 * started a second time with other settings, by the process itself, if it is to run tasks, and the
 * environment is put back afterwards: what a task runs, or gnuplot, gets that of the user.
 */
#ifndef PPT_HOST_START_H
#define PPT_HOST_START_H

#include <spawn.h>
#include <stdbool.h>

/* Starts the program again, if it `may`, unless it runs with the right settings: passive waiting,
 * if the user has chosen no other (OMP_WAIT_POLICY, GOMP_SPINCOUNT), and no binding (OMP_PROC_BIND,
 * OMP_PLACES, GOMP_CPU_AFFINITY), with the CPUs and the name that it was started with. Then it does
 * not return. In the second start it puts the environment back. Call it first of all in main().
 * Where it cannot be done, as without /proc, the settings stay as they are, but for the CPUs. */
void ppt_start_prepare(char *const *arguments, bool may);

/* Starts another process of this program, even when its file has been replaced meanwhile. `words`
 * is NULL-terminated and begins with the program's name; the attributes may be NULL. Returns 0, or
 * the cause as in errno. It is possible after ppt_start_prepare(), and not without /proc. */
int ppt_start_another(const char *const *words, const posix_spawn_file_actions_t *actions,
                      const posix_spawnattr_t *attributes, pid_t *child);
bool ppt_start_possible(void);

/* What libgomp was loaded with, where the environment says something else: whether it waits
 * passively though nobody asked for that, and whether a variable, given with its value, was kept
 * from it. */
bool ppt_start_passive(void);
bool ppt_start_withheld(const char *variable);

#endif
