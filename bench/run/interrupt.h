/*
 * interrupt.h - the user's wish to stop, as a flag that the measuring loop looks at.
 */
#ifndef PPT_RUN_INTERRUPT_H
#define PPT_RUN_INTERRUPT_H

/* Set to 1 by SIGINT and SIGTERM; the one mutable global of the program, since a signal handler
 * can reach nothing else. */
extern volatile int ppt_interrupted;

/* From here on the first SIGINT or SIGTERM sets the flag and the second ends the program. A file
 * that grows beyond a limit is an error of its write(), and no signal any more. */
void ppt_interrupt_watch(void);

#endif
