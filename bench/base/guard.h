/*
 * guard.h - what code from outside may do to the process, and must not do to the program.
 *
 * A kernel that is loaded from a file shares the process. Its locale would put commas into numbers,
 * its current folder would send reports elsewhere, its rounding would change figures, and its
 * exit() would end the program with an exit code of its choice and no results. So all three are the
 * program's own while it is not inside of such code, and the code's while it is; and an exit() is
 * told, and ends with code 1.
 */
#ifndef PPT_BASE_GUARD_H
#define PPT_BASE_GUARD_H

#include <stdbool.h>

/* At the begin and the end of the program; in between the calling thread is the main one. */
void ppt_guard_begin(void);
void ppt_guard_end(void);

/* Code of this file (its name is copied) may end the program from here on. */
void ppt_guard_expect(const char *file);

/* Around what is removed at exit. False: nothing is to be, as this is a child that the code forked;
 * then without the end. */
bool ppt_guard_clean_begin(void);
void ppt_guard_clean_end(void);

/* Around everything that the main thread lets code from outside do; `foreign` says whether it is
 * any, else nothing happens. Not to be nested. */
void ppt_guard_enter(bool foreign);
void ppt_guard_leave(bool foreign);

/* The calling thread is a worker that will run such code. Where it is the program's own, its
 * messages are written as the program's. */
void ppt_guard_worker(bool foreign);

#endif
