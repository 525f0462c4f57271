/*
 * interrupt.h - the user's wish to stop, as a count that the measuring loop looks at.
 */
#ifndef PPT_RUN_INTERRUPT_H
#define PPT_RUN_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/* How often SIGINT, SIGTERM or SIGHUP came; a mutable global, since a signal handler can reach
 * nothing else. */
extern volatile int ppt_interrupted;

/* How often this process was continued after it had been stopped (SIGCONT); another such global. */
extern volatile int ppt_continued;

/* From here on a write that nobody reads, or to a file that grows beyond a limit, is an error of
 * that write, and no signal that ends the program. Programs that it starts are to have the signals
 * back.
 */
void ppt_interrupt_spare_writes(void);

/* From here on the first of these signals is counted and the second ends the program. That
 * the process is continued is counted. */
void ppt_interrupt_watch(void);

/* Instead, in a process that another one of the program has started and decides for: these signals,
 * which a terminal sends to both, are left to that one, and what it passes on is counted. It is to
 * be started with a set of signals held back, which then come. */
void ppt_interrupt_held(sigset_t *set);
void ppt_interrupt_obey(void);

/* Passes one of them on to such a process. */
void ppt_interrupt_pass_on(pid_t process);

/* Signals that come within a second of each other count as one: launchers of several processes send
 * the same by several ways. */
void ppt_interrupt_gather(void);

/* Whether tasks run outside of this process, and would go on without it: then the second signal is
 * counted too, for them to be ended at once, and the third ends the program. */
void ppt_interrupt_spare(bool outside);

#endif
