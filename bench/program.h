/*
 * program.h - all that a command line asks for, from reading it to the exit code.
 */
#ifndef PPT_PROGRAM_H
#define PPT_PROGRAM_H

#include <stdbool.h>

#include "engine.h"

/* `engine` runs passes over ranks; NULL: this program runs none. Returns the exit code. */
int ppt_program(int count, char *const *arguments, const struct ppt_engine *engine);

/* Whether it may run tasks in this process, so that settings of libraries matter. */
bool ppt_program_measures(int count, char *const *arguments);

#endif
