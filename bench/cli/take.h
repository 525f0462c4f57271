/*
 * take.h - what a row of options makes of a value.
 */
#ifndef PPT_CLI_TAKE_H
#define PPT_CLI_TAKE_H

#include "option.h"

/* The row that says what an option is: itself, or the one that it shares. */
const struct ppt_option *ppt_option_face(const struct ppt_option *option);

bool ppt_option_takes_value(const struct ppt_option *face);

/* Whether the next argument is its value, where none stands behind "=". */
bool ppt_option_takes_next(const struct ppt_option *face);

/* Whether a text looks like a number, so that it is none of the options that begin with "-". */
bool ppt_option_is_number(const char *text);

/* Puts a value, borrowed, where it belongs: into a verb's options or the overrides. Operands and
 * what asks for help are left to the caller. Fails with PPT_BAD_INPUT. */
enum ppt_status ppt_option_take(const struct ppt_option *option, const char *value, void *options,
                                struct ppt_overrides *overrides, struct ppt_error *error);

#endif
