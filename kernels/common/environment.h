/*
 * environment.h - the environment that programs of the user's get.
 */
#ifndef PPT_ENVIRONMENT_H
#define PPT_ENVIRONMENT_H

#include "kernel.h"

/* This process's environment without the variables that are named in `own` (see own_variables in
 * kernel.h) and without `left_out` ("NAME="; NULL: none). It ends in two NULLs: there is room for
 * one more. The strings are borrowed, the list is to be given to free(). NULL: no memory. */
char **ppt_environment_create(const char *own, const char *left_out, struct ppt_error *error);

#endif
