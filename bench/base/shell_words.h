/*
 * shell_words.h - a line as a shell would take it apart into words, for who wants no shell.
 *
 * Blanks separate words. Within '...' everything stands for itself, within "..." all but a
 * backslash before one of \ " $ ` and elsewhere a backslash before any character. Nothing is
 * expanded: $, * and | are characters like others.
 */
#ifndef PPT_BASE_SHELL_WORDS_H
#define PPT_BASE_SHELL_WORDS_H

#include <stddef.h>

struct ppt_shell_words {
    char **items; /* ends in NULL; with its strings one piece of memory, to be given to free();
                     NULL: a quotation is not closed, or a backslash is the last character */
    size_t count;
};

struct ppt_shell_words ppt_shell_words_of(const char *line);

/* For PPT_OWNED(). */
void ppt_shell_words_free(struct ppt_shell_words *words);

#endif
