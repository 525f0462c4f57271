/*
 * journal_pass.h - the lines of a journal that tell of passes, each checked against those before.
 */
#ifndef PPT_RUN_JOURNAL_PASS_H
#define PPT_RUN_JOURNAL_PASS_H

#include "item.h"
#include "journal_content.h"

/* Adds what a line "pass", or "failed", tells to what was read before it, where the configuration
 * is known. Both fail with PPT_BAD_INPUT, naming the line. */
enum ppt_status ppt_journal_take_pass(const struct ppt_item *line,
                                      struct ppt_journal_content *content, struct ppt_error *error);
enum ppt_status ppt_journal_take_failure(const struct ppt_item *line,
                                         struct ppt_journal_content *content,
                                         struct ppt_error *error);

/* Sizes that the run goes on with, into its configuration. */
enum ppt_status ppt_journal_take_sizes(const struct ppt_item *line,
                                       struct ppt_journal_content *content,
                                       struct ppt_error *error);

/* Likewise where causes are searched for. */
enum ppt_status ppt_journal_take_why(const struct ppt_item *line,
                                     struct ppt_journal_content *content, struct ppt_error *error);

#endif
