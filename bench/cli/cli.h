/*
 * cli.h - reads a command line by the descriptors of verbs, and tells of them; it knows none of
 * them by name.
 */
#ifndef PPT_CLI_CLI_H
#define PPT_CLI_CLI_H

#include "text.h"
#include "verb.h"

/* `verbs` ends with NULL; the first is the one that is meant when none is named. Fails with
 * PPT_BAD_INPUT. `line` is to be freed in any case. */
enum ppt_status ppt_cli_read(const struct ppt_verb *const *verbs, int count, char *const *arguments,
                             struct ppt_line *line, struct ppt_error *error);
void ppt_cli_free(struct ppt_line *line);

/* Whether a command line asks for help or the version, and in *verb which verb it names, whatever
 * else is wrong with it. */
bool ppt_cli_asks(const struct ppt_verb *const *verbs, int count, char *const *arguments,
                  const struct ppt_verb **verb);

/* Adds the part of --help that follows from descriptors: verbs, then options. */
void ppt_cli_help(const struct ppt_verb *const *verbs, struct ppt_text *out);

#endif
