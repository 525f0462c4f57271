/*
 * words.h - a program on the command line: what follows "--" is a task of the kernel "command", and
 * its words are the arguments, just as they are; those behind ":::" are its inputs. Between them
 * "--vs" begins another program, which is measured beside it.
 */
#ifndef PPT_VERBS_WORDS_H
#define PPT_VERBS_WORDS_H

#include "verb.h"

/* What options say of that program; NULL: nothing. */
struct ppt_words_options {
    const char *timeout;
    const char *output; /* what becomes of it */
    const char *inputs; /* a file of these, or "-" */
    bool null;          /* the entries of which end in a zero byte */
    bool show;          /* its output is shown */
    bool ignore;        /* exit codes other than 0 are no failures */
};

/* Makes the program the task, if there is one. Fails with PPT_BAD_INPUT, also when there are
 * options for one but no program. */
enum ppt_status ppt_words_take(struct ppt_line *line, const struct ppt_words_options *options,
                               struct ppt_error *error);

/* How many words of all programs on the line come before ":::", which begins the inputs. */
size_t ppt_words_count(const struct ppt_line *line);

#endif
